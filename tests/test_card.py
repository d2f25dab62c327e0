"""The exercise card: what the contract promises, in Python, in Jupyter and on a page."""

import json
import re

import pytest

import perpedu as pp
from perpedu.showing.card import ExerciseCard, next_seed
from perpedu.showing.element import module
from perpedu.showing.mathml import written
from perpedu.teaching import exercise as teaching
from tests.test_explorer import linear
from tests.test_static_page import opened

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


# ---- ledgers

LEDGER = "ch02.table-all"


def test_a_filled_ledger_is_remembered_as_typed():
    card = pp.exercise(LEDGER)
    for answer in (card.expected, list(card.expected.values())):
        assert card.answer(answer).correct
        assert json.loads(card.typed) == {
            name: pp.show(value) for name, value in card.expected.items()}
    assert card.verdict["cells"]["divisor"]["state"] == "right"
    card.typed = json.dumps({"entry_notional": "1", "divisor": ""})
    card.presses += 1
    assert card.verdict["cells"]["entry_notional"]["state"] == "not yet"
    assert card.verdict["cells"]["divisor"]["state"] == "empty"
    assert not card.answer("1").correct and json.loads(card.typed) == {}
    for text in ("", "five", "5", "[1]", "null"):
        card.typed = text
        card.presses += 1
        assert card.verdict["correct"] is False and card.verdict["cells"] == {}, text


def test_a_ledger_in_jupyter_sends_every_line_and_shows_what_python_says(page):
    card = pp.exercise(LEDGER)
    card.answer({"entry_notional": "5"})
    mounted(page, card, "spec", "typed", "presses", "turns", "verdict")
    first = page.get_by_role("textbox", name="entry notional")
    assert first.input_value() == "5" and "Not yet" in page.locator(".pp-said").first.inner_text()
    name, slip = next(item for item in card.mistakes.items() if item[0].startswith("collateral."))
    for box, value in zip(page.get_by_role("textbox").all(), slip.values(), strict=True):
        box.fill(pp.show(value, 5))
    first.press("Enter")
    assert page.evaluate("model.traits.presses") == 1
    card.typed = page.evaluate("model.traits.typed")
    card.presses += 1
    assert card.verdict["mistake"] == name
    page.evaluate("verdict => model.hear('verdict', verdict)", card.verdict)
    assert marks(page) == ["✓", "→ Not yet.", "↳ Follows.", "✓", *["↳ Follows."] * 3]
    assert card.verdict["message"] in page.get_by_role("status").inner_text()
    card.new_numbers()
    for trait in ("typed", "verdict", "spec"):
        page.evaluate("([name, value]) => model.hear(name, value)", [trait, getattr(card, trait)])
    assert marks(page) == [] and first.input_value() == ""
    assert page.console_errors == page.page_errors == []


def marks(page):
    """The marks that stand below the lines of a ledger."""
    return [mark.inner_text() for mark in page.locator(".pp-said .pp-verdict").all()
            if mark.is_visible()]


@pytest.mark.parametrize("width", [390, 1000])
def test_a_ledger_on_a_page_by_keyboard(page, tmp_path, width):
    """Line by line with Tab, Enter in any of them; each line is named, marked and told."""
    page.set_viewport_size({"width": width, "height": 900})
    card = pp.exercise(LEDGER, "3")
    opened(page, tmp_path, card.html())
    name, slip = next(item for item in card.mistakes.items() if item[0].startswith("fixed_part."))
    assert page.get_by_role("rowheader").count() == page.get_by_role("textbox").count() == 7
    page.get_by_role("textbox", name="entry notional").focus()
    for value in slip.values():
        page.keyboard.type(pp.show(value, 5))
        page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    verdict = card.check(slip)
    assert verdict.mistake == name
    assert verdict.message in page.get_by_role("status").inner_text()
    assert marks(page) == ["✓", "✓", "→ Not yet.", "✓", "↳ Follows.", "↳ Follows.", "↳ Follows."]
    box = page.get_by_role("textbox", name="fixed part")
    assert box.get_attribute("aria-invalid") == "true"
    about = page.evaluate("ids => ids.map(id => document.getElementById(id).textContent)",
                          box.get_attribute("aria-describedby").split())
    assert about[0] == "USDT" and verdict.cells["fixed_part"].message in about[1]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for place, value in enumerate(card.expected.values()):
        page.get_by_role("textbox").nth(place).fill(f"{value.p}/{value.q}")
    page.get_by_role("button", name="Check").click()
    assert page.get_by_role("status").inner_text().startswith("✓ Right, all 7 lines.")
    assert set(marks(page)) == {"✓"} and page.locator("[aria-invalid]").count() == 0
    page.get_by_role("button", name="New numbers").press("Enter")
    assert marks(page) == [] and page.evaluate("document.activeElement.value") == ""
    assert page.console_errors == page.page_errors == page.external == []


def test_a_ledger_with_one_blank_shows_its_sentence_once(page, tmp_path):
    card = pp.exercise("ch02.table-one", "3")
    opened(page, tmp_path, card.html())
    (name, slip), *_ = card.mistakes.items()
    page.get_by_role("textbox", name="liquidation price").fill(pp.show(slip["liquidation_price"], 2))
    page.keyboard.press("Enter")
    text = page.locator(".pp-element").inner_text()
    assert text.count(card.check(slip).message) == 1 and marks(page) == ["→ Not yet."]
    given = page.get_by_role("row", name="collateral").first.inner_text()
    assert card.exercise.rows[1]["value"] in given and card.exercise.rows[1]["how"] in given


def test_a_ledger_without_scripts_has_its_blanks(browser, tmp_path):
    context = browser.new_context(java_script_enabled=False)
    still = context.new_page()
    card = pp.exercise("ch02.table-two", "3")
    opened(still, tmp_path, card.html())
    lines = [row.inner_text().split() for row in still.get_by_role("row").all()]
    assert [line[-2] == "…" for line in lines] == [False, False, True, True, True]
    assert card.exercise.rows[0]["value"] in lines[0]
    context.close()


def test_typed_text_in_a_ledger_is_never_markup(page, tmp_path):
    opened(page, tmp_path, pp.exercise(LEDGER).html())
    page.get_by_role("textbox").first.fill("5 <img src=x onerror=document.title='pwned'>")
    page.keyboard.press("Enter")
    assert "<img" in page.locator(".pp-said").first.inner_text()
    assert page.locator(".pp-element img").count() == 0 and page.title() == "perpedu"


def test_every_formula_in_the_texts_is_drawn():
    for id in IDS:
        face = ExerciseCard(teaching.load(id, "1")).spec
        texts = "\n".join([face["question"], *face["hints"], face["solution"]])
        assert set(re.findall(r"\$([^$\n]+)\$", texts)) <= set(face["math"]), id


def test_latex_that_cannot_be_drawn_is_named():
    with pytest.raises(ValueError, match="begin"):
        written(r"$\begin{cases}1\end{cases}$")
