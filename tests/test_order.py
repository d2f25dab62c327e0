"""Steps put in order: judged the same in Python and on the page, and moved by keyboard."""

import json
from itertools import permutations

import pytest

from perpedu.showing.card import ExerciseCard
from perpedu.teaching import bank
from perpedu.teaching.exercise import Exercise
from perpedu.teaching.validate import validate
from tests.test_static_page import opened

BANK = """\
sections: [The way down]
exercises:
  - id: ch09.way
    version: 1
    title: The way down
    kind: order
    minutes: 2
    difficulty: 1
    objective: Put the steps in order.
    section: The way down
    question: "A long of {{size}} BTC is liquidated. What comes first?"
    givens:
      size: {choose: [2, 3]}
    steps:
      - {key: touch, text: The equity meets the requirement.}
      - {key: cancel, text: Open orders are cancelled.}
      - {key: reduce, text: "A part of the {{size}} BTC is closed."}
      - {key: takeover, text: The rest is taken over.}
      - {key: queue, text: Others are closed against it.}
    mistakes:
      takeover-first:
        before: takeover, cancel
        says: A venue tries the gentler means first.
      queue-early:
        before: queue, takeover
        says: Others are asked last.
    hints: [One., Two., Three.]
    solution: In the order of the list.
    why: Each step is taken only where the one before was not enough.
"""


def made(seed="1", text=BANK):
    return Exercise(bank.parse(text, "exercises/ch09.yaml", "ch09")["ch09.way"], seed)


def test_it_is_valid_and_never_shown_in_the_right_order():
    assert validate(bank.parse(BANK, "exercises/ch09.yaml", "ch09")) == 1
    shown = {tuple(key for key, _ in made(seed).steps) for seed in range(200)}
    assert len(shown) > 60 and tuple(made().expected) not in shown


def test_what_an_order_is_told():
    ex = made()
    assert ex.expected == ["touch", "cancel", "reduce", "takeover", "queue"]
    assert ex.check(ex.expected).message == f"Right. {ex.item['why']}"
    assert ex.mistakes["takeover-first"] == ["touch", "takeover", "cancel", "reduce", "queue"]
    verdict = ex.check("touch takeover cancel reduce queue")
    assert (verdict.mistake, verdict.reread) == ("takeover-first", "The way down")
    begun = ex.check("touch, cancel, takeover, reduce, queue")
    assert begun.mistake is None and begun.message.startswith(
        "2 of the 5 stand right from the start. “The rest is taken over” does not come next.")
    first = ex.check(["cancel", "touch", "reduce", "takeover", "queue"])
    assert first.message.startswith("“Open orders are cancelled” does not come first.")


def test_letters_stand_for_the_steps_as_they_are_shown():
    ex = made()
    letters = {key: "ABCDE"[place] for place, (key, _) in enumerate(ex.steps)}
    right = [letters[key] for key in ex.expected]
    for answer in ("".join(right), " ".join(right).lower(), ", ".join(right), right):
        assert ex.check(answer).correct, answer


@pytest.mark.parametrize("answer", [None, True, 5, "", "A", "AABCD", "ABCDEF", ["A", 2], {}, "x y",
                                    ["touch"] * 5, float("nan"), "A" * 5000])
def test_what_is_no_order_is_told_how_to_write_one(answer):
    verdict = made().check(answer)
    assert not verdict.correct and verdict.message == (
        "Put all 5 steps in order: their letters A B C D E, each once.")


@pytest.mark.parametrize("old, new, said", [
    ("before: takeover, cancel", "before: cancel, takeover", "line 22.*the other way round"),
    ("before: takeover, cancel", "before: takeover, sell", "line 22.*the other way round"),
    ("before: takeover, cancel", "answer: takeover", "line 21.*field “before” is missing"),
    ("{key: cancel,", "{key: touch,", "the key “touch” is used twice"),
    ("{key: cancel,", "{key: c,", "is one letter"),
    ("      queue-early:\n        before: queue, takeover\n        says: Others are asked last.\n",
     "", "1 mistakes; an order exercise needs at least 2"),
    ("before: queue, takeover", "before: takeover, cancel", "is taken for"),
])
def test_a_faulty_one_is_refused_with_its_line(old, new, said):
    assert old in BANK
    with pytest.raises(bank.BankError, match=said):
        validate(bank.parse(BANK.replace(old, new, 1), "exercises/ch09.yaml", "ch09"))


def test_the_page_judges_every_order_like_python(page, tmp_path):
    card = ExerciseCard(made())
    opened(page, tmp_path, card.html())
    orders = [list(order) for order in permutations(card.expected)]
    found = page.evaluate("""async orders => {
      const list = document.querySelector(".pp-steps"), said = document.querySelector(".pp-feedback");
      const steps = [...list.children], words = step => step.firstChild.textContent;
      return orders.map(order => {
        list.append(...order.map(text => steps.find(step => words(step) === text)));
        document.querySelector(".pp-entry .pp-main").click();
        return said.innerText;
      });
    }""", [[dict(card.exercise.steps)[key] for key in order] for order in orders])
    for order, told in zip(orders, found, strict=True):
        verdict = card.check(order)
        assert verdict.message in told and told[0] == ("✓" if verdict.correct else "→"), order
    assert page.console_errors == page.page_errors == []


def test_steps_are_moved_by_keyboard_and_the_place_is_said(page, tmp_path):
    card = ExerciseCard(made())
    opened(page, tmp_path, card.html())
    texts = dict(card.exercise.steps)
    for place, key in enumerate(card.expected):
        while True:
            now = page.locator(".pp-steps li > span:first-child").all_inner_texts()
            if now.index(texts[key]) == place:
                break
            up = page.get_by_role("button", name=f"Earlier: {texts[key]}")
            up.press("Enter")
            assert up.evaluate("node => node === document.activeElement")
            moved = page.get_by_role("status").first.inner_text()
            assert moved.startswith("Now step ") and texts[key] in moved
    page.get_by_role("button", name="Check").press("Enter")
    assert page.locator(".pp-feedback").inner_text().startswith("✓ Right.")


def test_in_jupyter_the_card_takes_keys_and_says_its_verdict():
    card = ExerciseCard(made())
    assert card.answer(card.expected).correct and card.typed == " ".join(card.expected)
    card.typed = "takeover touch cancel reduce queue"
    card.presses += 1
    assert card.verdict["mistake"] == "takeover-first"
    assert json.loads(json.dumps(card.spec["steps"])) == [list(step) for step in made().steps]
