"""The exercise card: what the contract promises, in Python, in Jupyter and on a page."""

import re

import pytest

import perpedu as pp
from perpedu.showing.card import ExerciseCard, next_seed
from perpedu.showing.element import module
from perpedu.showing.mathml import written
from perpedu.teaching import exercise as teaching
from tests.test_explorer import linear

IDS = teaching.ids()


@pytest.mark.parametrize("id", IDS)
def test_the_card_delegates_to_the_exercise_and_remembers(id):
    card, pure = pp.exercise(id, seed="any text"), teaching.load(id, "any text")
    for name in ("question", "kind", "expected", "hints", "solution", "mistakes", "seed"):
        assert getattr(card, name) == getattr(pure, name), name
    assert repr(card) == f"{id} · not answered · seed any text"
    wrong = next(iter(card.mistakes.values()))
    for answer in (wrong, card.expected, "?"):
        verdict = card.answer(answer)
        assert verdict == card.check(answer) == pure.check(answer)
        assert card.verdict["message"] == verdict.message, "shown in place"
        assert ("· right ·" in repr(card)) is verdict.correct
        assert len(repr(card)) < 105 and "\n" not in repr(card)


def test_exercises_lists_every_id_and_unknown_ones_are_refused():
    assert pp.exercises() == IDS and len(set(IDS)) == len(IDS) > 0
    with pytest.raises(ValueError, match="id = 'ch99.none'"):
        pp.exercise("ch99.none")


def test_a_press_in_the_browser_is_judged_by_python():
    card = pp.exercise(IDS[0])
    card.typed = str(float(card.expected))
    assert card.verdict == {}, "typing alone judges nothing"
    card.presses += 1
    assert card.verdict["correct"] is True
    card.turns += 1
    assert (card.seed, card.typed, card.verdict) == ("2", "", {})
    assert card.spec["question"] == teaching.load(IDS[0], "2").question


def test_each_answer_is_news_also_the_same_one_twice():
    card, heard = pp.exercise(IDS[0]), []
    card.observe(heard.append, "verdict")
    card.answer("1")
    card.answer("1")
    assert len(heard) == 2


@pytest.mark.parametrize("seed, then", [("1", "2"), ("009", "10"), ("any text", "any text 2"),
                                        ("any text 2", "any text 3"), ("", " 2")])
def test_next_seed(seed, then):
    assert next_seed(seed) == then


@pytest.mark.parametrize("id", IDS)
def test_the_element_is_whole_without_scripts_and_the_same_each_time(id):
    data, _ = pp.exercise(id, "3")._repr_mimebundle_()
    html = data["text/html"]
    assert html == pp.exercise(id, "3")._repr_mimebundle_()[0]["text/html"]
    assert len(html.encode()) < 25_000 and len(data["text/plain"]) < 105
    still = html.split('class="pp-still"')[1]
    card = pp.exercise(id, "3")
    assert still.count("<details>") == len(card.hints) + 1, "hints and solution unfold"
    assert "</script" not in html.split('<script type="application/json">')[1].split(
        "</script>")[0]


MODEL = """async ([source, traits]) => {
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const { default: widget } = await import(address), heard = {};
  const model = { sent: [], traits, get: name => traits[name],
    set: (name, value) => { traits[name] = value; model.sent.push(name); },
    save_changes: () => {},
    off: (name, then) => { heard[name] = heard[name].filter(h => h !== then); },
    on: (name, then) => { (heard[name] ??= []).push(then); },
    hear: (name, value) => { traits[name] = value; heard["change:" + name].forEach(h => h()); } };
  Object.assign(window, { model, heard, leave: widget.render({ model, el: document.body }) });
}"""


def mounted(page, widget, *names):
    """The widget's view in a page, on a stand-in for Jupyter's model."""
    page.goto("about:blank")
    page.evaluate(MODEL, [module(), {name: getattr(widget, name) for name in names}])


def test_the_view_in_jupyter_sends_what_is_typed_and_shows_what_python_says(page):
    card = pp.exercise(IDS[0])
    mounted(page, card, "spec", "typed", "presses", "turns", "verdict")
    box = page.get_by_role("textbox", name="Your answer")
    box.fill("7")
    box.press("Enter")
    assert page.evaluate("[model.traits.typed, model.traits.presses]") == ["7", 1]
    assert page.get_by_role("status").inner_text() == "", "Python has not answered yet"
    verdict = card.answer("7")
    page.evaluate("verdict => model.hear('verdict', verdict)", card.verdict)
    assert verdict.message in page.get_by_role("status").inner_text()
    page.get_by_role("button", name="New numbers").click()
    card.new_numbers()
    for name in ("typed", "verdict", "spec"):
        page.evaluate("([name, value]) => model.hear(name, value)", [name, getattr(card, name)])
    assert card.question.split("\n")[0] in page.locator(".pp-question").inner_text()
    assert page.get_by_role("status").inner_text() == box.input_value() == ""
    page.evaluate("leave()")
    assert page.evaluate("Object.values(heard).flat().length") == 0, "nothing listens any more"
    assert page.console_errors == page.page_errors == []


def test_an_explorer_in_jupyter_moves_both_ways_and_keeps_its_keys(page):
    explorer = linear()
    mounted(page, explorer, "spec", "values")
    page.evaluate("document.addEventListener('keydown', () => { window.taken = true; })")
    page.get_by_role("slider", name="leverage").press("ArrowRight")
    assert page.evaluate("model.traits.values.leverage") == "11"
    assert page.evaluate("window.taken") is None, "JupyterLab does not see the arrow keys"
    explorer.set(leverage=20, side="short")
    page.evaluate("values => model.hear('values', values)", explorer.values)
    assert page.get_by_role("status").inner_text() == explorer.state
    assert page.console_errors == page.page_errors == []


def test_every_formula_in_the_texts_is_drawn():
    for id in IDS:
        face = ExerciseCard(teaching.load(id, "1")).spec
        texts = "\n".join([face["question"], *face["hints"], face["solution"]])
        assert set(re.findall(r"\$([^$\n]+)\$", texts)) <= set(face["math"]), id


def test_latex_that_cannot_be_drawn_is_named():
    with pytest.raises(ValueError, match="begin"):
        written(r"$\begin{cases}1\end{cases}$")
