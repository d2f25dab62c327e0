"""Exercises for everyone: axe-core finds nothing serious, and the keyboard alone is enough."""

import pytest

import perpedu as pp
from perpedu.showing.card import ExerciseCard
from perpedu.teaching import exercise as teaching
from tools.book.axe import grave
from tests.test_order import made
from tests.test_static_page import FIRST, opened

PREDICTED = next(id for id in teaching.ids() if teaching.load(id).kind == "predict"
                 and not teaching.load(id).options)
MADE = {**{kind: lambda id=id: pp.exercise(id, "3") for kind, id in FIRST.items()},
        "order": lambda: ExerciseCard(made("3")), "predict a number": lambda: pp.exercise(PREDICTED, "3")}
KINDS = pytest.mark.parametrize("kind", sorted(MADE))


def press_until(page, words, most=60):
    """Tab from where the page is to the control with this name."""
    for _ in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate("""(() => { const at = document.activeElement;
            return [at.ariaLabel ?? at.labels?.[0]?.textContent ?? at.textContent, at.matches(":focus-visible")
            && getComputedStyle(at).outlineStyle !== "none"]; })()""")
        if at[0].strip().startswith(words):
            assert at[1], f"the focus is seen on {words}"
            return
    raise AssertionError(f"no Tab leads to {words}")


def give(page, card, answer):
    """Give an answer and check it, with keys alone."""
    page.locator("body").evaluate("() => document.activeElement.blur()")
    if card.exercise.options:
        press_until(page, tuple(f"{letter}. " for letter in "ABCDEF"))
        page.keyboard.press("Space")
        while page.evaluate("document.activeElement.value") != answer:
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    elif card.kind == "table":
        for row in card.exercise.rows:
            if row["value"] is None:
                press_until(page, row["label"].replace("$", "")[:8])
                page.keyboard.press("Control+A")
                value = answer[row["name"]]
                page.keyboard.type(f"{value.p}/{value.q}")
        page.keyboard.press("Enter")
    elif card.kind == "order":
        ordered(page, dict(card.exercise.steps), answer)
    else:
        press_until(page, "Your answer")
        page.keyboard.press("Control+A")
        page.keyboard.type(answer if isinstance(answer, str) else f"{answer.p}/{answer.q}")
        page.keyboard.press("Enter")


def ordered(page, texts, answer):
    """Move each step up to its place, then press Check."""
    for place, key in enumerate(answer):
        now = page.locator(".pp-steps li > span:first-child").all_inner_texts()
        moves = now.index(texts[key]) - place
        if moves:
            page.locator("body").evaluate("() => document.activeElement.blur()")
            press_until(page, f"Earlier: {texts[key]}")
        for _ in range(moves):
            page.keyboard.press("Enter")
    page.locator("body").evaluate("() => document.activeElement.blur()")
    press_until(page, "Check")
    page.keyboard.press("Enter")


@KINDS
def test_every_kind_is_done_by_keyboard_alone(page, tmp_path, kind):
    card = MADE[kind]()
    opened(page, tmp_path, card.html())
    said, slip = page.locator(".pp-feedback"), next(iter(card.mistakes.values()))
    for answer in (slip, slip, card.expected):
        give(page, card, answer)
        verdict = card.answer(answer)
        assert verdict.message in said.inner_text() and card.verdict["next"] in said.inner_text()
    press_until(page, f"Hint {card.hinted + 1} of")
    page.keyboard.press("Enter")
    press_until(page, "Solution")
    page.keyboard.press("Enter")
    assert page.locator(".pp-help h4").last.inner_text() == "Solution"
    page.locator("body").evaluate("() => document.activeElement.blur()")
    press_until(page, "New numbers")
    page.keyboard.press("Enter")
    assert said.inner_text() == "" and page.locator(".pp-entry").evaluate(
        "entry => entry.contains(document.activeElement)"), "ready for the next answer"
    assert page.console_errors == page.page_errors == page.external == []


@pytest.mark.parametrize(("theme", "width"), [("light", 1000), ("dark", 1000), ("light", 390)])
@KINDS
def test_axe_finds_nothing_serious(page, tmp_path, kind, theme, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(reduced_motion="reduce")
    card = MADE[kind]()
    opened(page, tmp_path, card.html(), theme=theme)
    assert grave(page) == [], "fresh"
    slip = next(iter(card.mistakes.values()))
    for answer in (slip, slip, card.expected):
        give(page, card, answer)
        assert grave(page) == [], answer
    for _ in card.hints[card.hinted + (kind not in ("predict", "predict a number")):]:
        page.locator(".pp-actions button").first.click()
    page.get_by_role("button", name="Solution").click()
    assert grave(page) == [], "all unfolded"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
