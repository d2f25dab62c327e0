"""Explorers and cards on a page that is opened from a file, without kernel or network."""

import pytest

import perpedu as pp
from perpedu.showing import chapter1, page as pages
from perpedu.teaching import exercise as teaching
from tests.test_explorer import CHAPTER_2, linear

FIRST = {teaching.load(id).kind: id for id in reversed(teaching.ids())}


def opened(page, tmp_path, body, **options):
    """The page with this body, opened from a file."""
    file = tmp_path / "page.html"
    file.write_text(pages.html(body, **options), "utf-8")
    page.goto(file.as_uri())


@pytest.fixture
def quiet(page):
    """A page that must stay without errors and without requests to the outside."""
    yield page
    assert page.console_errors == page.page_errors == page.external == []


def test_a_wrong_number_gets_its_sentence_and_the_right_one_its_reason(quiet, tmp_path):
    card = pp.exercise(FIRST["number"], "4")
    opened(quiet, tmp_path, card.html())
    assert card.question.split("\n")[0] in quiet.locator(".pp-question").inner_text()
    box, said = quiet.get_by_role("textbox", name="Your answer"), quiet.get_by_role("status")
    solution = quiet.get_by_role("button", name="Solution")
    assert solution.is_disabled(), "the solution comes after one try"
    for name, value in [*card.mistakes.items(), ("right", card.expected)]:
        box.fill(f"{value.p}/{value.q}")
        box.press("Enter")
        verdict = card.check(value)
        assert (verdict.mistake or "right") == name
        word = "✓" if verdict.correct else "→ Not yet."
        assert said.inner_text().startswith(f"{word} ")
        assert verdict.message in said.inner_text(), name
        assert not verdict.reread or verdict.reread in said.inner_text()
    solution.click()
    assert card.solution.split("\n")[0][:40] in quiet.locator(".pp-help").inner_text()


def test_hints_one_by_one_and_new_numbers_by_keyboard(quiet, tmp_path):
    card = pp.exercise(FIRST["number"], "20")
    opened(quiet, tmp_path, card.html())
    for number in range(1, len(card.hints) + 1):
        quiet.get_by_role("button", name=f"Hint {number} of {len(card.hints)}").press("Enter")
        assert quiet.locator(".pp-help h4").count() == number
    quiet.get_by_role("button", name="New numbers").press("Enter")
    first = pp.exercise(FIRST["number"], "1")
    assert first.question.split("\n")[0] in quiet.locator(".pp-question").inner_text()
    assert quiet.locator(".pp-help").inner_text() == "", "hints are folded again"
    assert quiet.evaluate("document.activeElement.type") == "text", "ready to type"


@pytest.mark.parametrize("kind", sorted({"choice", "predict"} & set(FIRST)))
def test_options_by_keyboard(quiet, tmp_path, kind):
    id = next(id for id in teaching.ids() if teaching.load(id).kind == kind
              and teaching.load(id).options)
    card = pp.exercise(id, "2")
    opened(quiet, tmp_path, card.html())
    assert quiet.get_by_role("group", name="Your answer").count() == 1
    for place, (key, text) in enumerate(card.exercise.options):
        radio = quiet.get_by_role("radio").nth(place)
        assert radio.evaluate("r => r.parentElement.innerText").strip().startswith("ABCDEF"[place])
        radio.press("Space")
        radio.press("Enter")
        said = quiet.get_by_role("status").inner_text()
        assert card.check(key).message in said and said[0] == ("✓" if key == card.expected else "→")


def test_an_expression_is_checked_where_it_stands(quiet, tmp_path):
    card = pp.exercise(FIRST["expression"])
    opened(quiet, tmp_path, card.html())
    box, said = quiet.get_by_role("textbox", name="Your answer"), quiet.get_by_role("status")
    for answer in ("<img src=x onerror=alert(1)>", "2q", *card.mistakes.values(), card.expected):
        box.fill(answer)
        box.press("Enter")
        assert card.check(answer).message in said.inner_text(), answer
    assert said.inner_text().startswith("✓ Right.")
    assert quiet.get_by_role("button", name="Solution").is_enabled()


def test_typed_text_is_never_markup(quiet, tmp_path):
    opened(quiet, tmp_path, pp.exercise(FIRST["number"]).html())
    box = quiet.get_by_role("textbox", name="Your answer")
    box.fill("5 <img src=x onerror=document.title='pwned'>")
    box.press("Enter")
    assert "<img" in quiet.get_by_role("status").inner_text()
    assert quiet.locator(".pp-feedback img").count() == 0 and quiet.title() == "perpedu"


#: Words of the explorer's picture that are not wholly in it.
STICKING_OUT = """(() => {
  const svg = document.querySelector('.pp-picture'), box = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].filter(node => {
    const at = node.getBoundingClientRect();
    return at.left < box.left - 1 || at.right > box.right + 1 || at.top < box.top - 2;
  }).map(node => node.textContent);
})()"""


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1000])
def test_nothing_is_wider_than_the_page(quiet, tmp_path, theme, width):
    cards = "".join(pp.exercise(id).html() for id in FIRST.values())
    shown = chapter1.ledger_bars()._repr_html_() + chapter1.equity_lines()._repr_html_()
    quiet.set_viewport_size({"width": width, "height": 800})
    opened(quiet, tmp_path, linear().html() + cards + shown, theme=theme)
    quiet.locator(".pp-picture text").first.wait_for()
    quiet.get_by_role("button", name="Show table").click()
    assert quiet.evaluate("document.documentElement.scrollWidth") <= width
    small = quiet.evaluate("""[...document.querySelectorAll(
        'button, input:not([type=radio]), .pp-radio')]
        .filter(node => node.offsetParent && node.getBoundingClientRect().height < 36)
        .map(node => node.outerHTML)""")
    assert small == [], "touch targets"
    unnamed = quiet.evaluate("""[...document.querySelectorAll('input:not([type=radio])')]
        .filter(node => node.offsetParent && !node.labels.length && !node.ariaLabel).length""")
    assert unnamed == 0
    order = quiet.evaluate("""['.pp-controls', '.pp-picture', '.pp-state[role=status]']
        .map(part => document.querySelector(part).getBoundingClientRect().top)""")
    assert order == sorted(order), "controls, picture, sentence"
    outside = quiet.evaluate(STICKING_OUT)
    assert outside == [], "words of the picture stay in it"


@pytest.mark.parametrize("made", [linear, *CHAPTER_2])
def test_words_stay_in_the_picture_at_the_ends_of_every_control(quiet, tmp_path, made):
    for width in (390, 1000):
        quiet.set_viewport_size({"width": width, "height": 800})
        opened(quiet, tmp_path, made().html())
        quiet.locator(".pp-picture text").first.wait_for()
        for side in ("short", "long"):
            quiet.get_by_role("radio", name=side).check()
            for slider in quiet.get_by_role("slider").all():
                for key in ("Home", "End"):
                    slider.press(key)
                    assert quiet.evaluate(STICKING_OUT) == [], (width, side, key)
                    assert quiet.evaluate("document.documentElement.scrollWidth") <= width


def test_without_scripts_the_still_forms_remain(browser, tmp_path):
    file = tmp_path / "page.html"
    file.write_text(pages.html(linear().html() + pp.exercise(FIRST["number"]).html()), "utf-8")
    context = browser.new_context(java_script_enabled=False)
    still = context.new_page()
    still.goto(file.as_uri())
    text = still.locator("main").inner_text()
    assert linear().state in text and "Hint 1 of" in text and "Solution" in text
    assert still.get_by_role("img").first.is_visible() and still.get_by_role("table").is_visible()
    context.close()
