"""Second and third tries: led on by what went wrong, the same on a page and in Jupyter."""

import json
from random import Random

import pytest

import perpedu as pp
from perpedu.showing.card import ExerciseCard
from perpedu.teaching import exercise as teaching, tries
from tests.test_card import mounted
from tests.test_javascript import inside  # noqa: F401
from tests.test_order import made
from tests.test_static_page import FIRST, opened


def step(card, answer):
    """What is said beside the verdict on an answer."""
    card.answer(answer)
    return card.verdict["next"]


def test_the_same_slip_again_is_led_to_a_hint_then_to_the_solution():
    card = pp.exercise("ch01.notional")
    slip = card.mistakes["at-entry"]
    assert step(card, slip) == "" and card.hinted == 0
    assert step(card, slip) == tries.SENTENCES["same_hint"].format(number=1) and card.hinted == 1
    assert step(card, slip).startswith("The solution begins like this: “The notional now is")
    assert step(card, card.expected) == "" and card.hinted == 1
    card.new_numbers()
    assert card.hinted == 0 and step(card, card.mistakes["at-entry"]) == ""


def test_the_next_hint_is_the_one_that_is_not_open_yet():
    card = pp.exercise("ch01.notional")
    card.hinted = 2
    slip = card.mistakes["at-entry"]
    step(card, slip)
    assert "Hint 3 is open" in step(card, slip) and card.hinted == 3
    other = card.mistakes["times-leverage"]
    assert step(card, other) == tries.SENTENCES["mended"]
    assert "solution begins" in step(card, other) and card.hinted == 3, "no hint is left"


def test_another_slip_is_told_what_became_right():
    card = pp.exercise("ch01.notional")
    step(card, card.mistakes["at-entry"])
    assert step(card, card.mistakes["price-over-size"]) == tries.SENTENCES["mended"]
    assert step(card, "ten") == "", "what cannot be read is no try"
    assert step(card, card.mistakes["at-entry"]).endswith("come back to this one."), "again"
    assert step(card, "1") == tries.SENTENCES["mended"]
    assert step(card, "2") == tries.SENTENCES["other_hint"].format(number=2)


def test_of_a_ledger_the_lines_that_became_right_are_named():
    card = pp.exercise("ch02.table-two")
    names = list(card.expected)
    filled = {name: "1" for name in names}
    step(card, filled)
    filled[names[0]] = card.expected[names[0]]
    label = next(row["label"] for row in card.exercise.rows if row["name"] == names[0])
    assert step(card, filled) == f"Right since the last try: “{label}”."
    assert "Hint 1 is open" in step(card, filled)


def test_of_options_and_predictions():
    card = pp.exercise(next(id for id in teaching.ids() if teaching.load(id).kind == "choice"))
    one, other = list(card.mistakes)[:2]
    step(card, one)
    assert step(card, other) == tries.SENTENCES["mended_option"]
    assert "Hint 1" in step(card, other)
    seen = pp.exercise(FIRST["predict"])
    wrong = next(iter(seen.mistakes.values()))
    assert step(seen, wrong) == step(seen, wrong) == "", "the outcome was told"


def test_nothing_shames():
    words = " ".join(tries.SENTENCES.values()).lower()
    assert not any(word in words for word in ("wrong", "mistake", "error", "fail", "again", "still", "only"))


def answers(pure, rng):
    """A walk of a reader, with slips that come back."""
    slips = [*pure.mistakes.values(), *(["1", "2"] if pure.kind in ("number", "expression") else [])]
    few = rng.sample(slips, min(2, len(slips)))
    return [*rng.choices(few, k=5), "?", *rng.choices([*slips, pure.expected], k=4)]


def test_the_page_says_the_same(inside):  # noqa: F811
    rng, asked, expected = Random("tries"), [], []
    for first in [*map(teaching.load, teaching.ids()), made()]:
        state = first.page_state()
        for place in rng.sample(range(20), 4):
            card = ExerciseCard(teaching.Exercise(first.item, state["variants"][place]["seed"]))
            walk = []
            for answer in answers(card.exercise, rng):
                card.hinted = min(card.hinted + (rng.random() < 0.1), len(card.hints))
                before = card.hinted
                card.answer(answer)
                typed = exactly(card, answer)
                walk.append([typed, before])
                expected.append((first.id, answer, card.verdict["next"], card.hinted))
            asked.append([state, place, walk])
    got = inside.evaluate("""asked => asked.flatMap(([state, place, walk]) => {
        const face = pp.variantOf(state, state.variants[place]), tries = pp.remembering();
        return walk.map(([text, hinted]) => tries.judge(face, text, hinted));
    })""", json.loads(json.dumps(asked)))
    for (id, answer, words, hinted), told in zip(expected, got, strict=True):
        assert (told["next"], told["hinted"]) == (words, hinted), (id, answer)
    said = " ".join(words for _, _, words, _ in expected)
    for sentence in tries.SENTENCES.values():
        assert sentence.split("{")[0] in said, sentence


def exactly(card, answer):
    """An answer as the card's boxes hold it, with every digit."""
    if answer == "?" and card.kind == "table":
        return "{}"
    if isinstance(answer, dict):
        return json.dumps({name: f"{value.p}/{value.q}" for name, value in answer.items()})
    if isinstance(answer, list):
        return " ".join(answer)
    return answer if isinstance(answer, str) else f"{answer.p}/{answer.q}"


def test_on_a_page_the_hint_opens_and_is_counted(page, tmp_path):
    card = pp.exercise("ch01.notional", "3")
    opened(page, tmp_path, card.html())
    page.evaluate("""() => { window.counted = [];
        document.addEventListener("pp-hint", event => counted.push(event.detail.hinted)); }""")
    box, slip = page.get_by_role("textbox"), card.mistakes["at-entry"]
    box.fill(f"{slip.p}/{slip.q}")
    for turn in range(3):
        box.press("Enter")
        card.answer(slip)
        assert card.verdict["next"] in page.locator(".pp-feedback").inner_text()
        assert page.locator(".pp-help h4").count() == card.hinted == min(turn, 1)
    assert page.evaluate("counted") == [1]
    assert page.locator(".pp-element").get_attribute("data-hinted") == "1"
    page.get_by_role("button", name="Hint 2 of").press("Enter")
    assert page.evaluate("counted") == [1, 2]
    page.get_by_role("button", name="New numbers").press("Enter")
    assert page.locator(".pp-element").get_attribute("data-hinted") is None
    assert page.console_errors == page.page_errors == []


def test_in_jupyter_hints_are_counted_both_ways(page):
    card = pp.exercise("ch01.notional")
    mounted(page, card, "spec", "typed", "presses", "turns", "verdict", "hinted")
    page.get_by_role("button", name="Hint 1 of").press("Enter")
    assert page.evaluate("model.traits.hinted") == 1
    card.hinted = 1
    for _ in range(2):
        card.answer(card.mistakes["at-entry"])
        page.evaluate("verdict => model.hear('verdict', verdict)", card.verdict)
    assert card.hinted == 2 and page.locator(".pp-help h4").count() == 2
    assert card.verdict["next"] in page.locator(".pp-feedback").inner_text()
    assert page.console_errors == page.page_errors == []


@pytest.mark.parametrize("id", teaching.ids())
def test_every_solution_has_a_first_sentence(id):
    line = tries._first(teaching.load(id).solution)
    assert line.endswith((".", "!", "?")) and len(line) < 400
