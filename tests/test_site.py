"""The built site in a browser: over http under a sub-path, and from a file with no network."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import perpedu as pp
from tools.book.axe import grave
from tools.book import LITE, links
from tools.book.serve import served

# What the pages are; the site itself is built in a fixture, so a list by glob would be too early.
ROOT = Path(__file__).resolve().parent.parent
CHAPTERS = sorted(f"notebooks/{path.stem}.html" for path in ROOT.glob("notebooks/*.ipynb"))
PAGES = sorted(f"{path.stem}.html" for path in ROOT.glob("site/*.md")) + CHAPTERS + [
    "search.html", "genindex.html"]
LIVE = ["index.html", "calculator.html", *CHAPTERS]
#: Pages of every kind, which are read from a folder as well; all explorers are tried there.
FROM_A_FILE = ["index.html", "calculator.html", "review.html", "glossary.html", *CHAPTERS[:1]]
RAW = re.compile(r"\{(term|eq|cite|ref|doc|numref)\}|```|:::|\$\$|\\\(|\\frac")
#: Everything in light; in dark only what the theme can change, and of the chapters every sixth:
#: their colours come from one place.
AXE = {"light": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
       "dark": ["color-contrast", "link-in-text-block"]}


@pytest.fixture(scope="session", params=["http", "file"])
def base(request: Any, site: Path, tmp_path_factory: Any) -> Iterator[str]:
    """Where the site starts: under a sub-path of a server, or in a folder."""
    if request.param == "file":
        yield site.as_uri() + "/"
        return
    home = tmp_path_factory.mktemp("www")
    (home / "book").symlink_to(site, target_is_directory=True)
    with served(home) as address:
        yield f"{address}book/"


@pytest.fixture
def quiet(page: Any) -> Iterator[Any]:
    """A page that must stay without errors and without requests to the outside."""
    yield page
    assert page.console_errors == page.page_errors == page.external == []


def opened(page: Any, address: str) -> Any:
    """The page with its mathematics set and its elements alive."""
    page.goto(address)
    page.evaluate("window.MathJax?.startup?.promise?.then(() => 0)")
    return page


def spec_of(element: Any) -> dict:
    """What an element of a page carries."""
    return json.loads(element.locator("script").text_content())


# ---- every page


@pytest.mark.parametrize("base, name", [("http", name) for name in PAGES]
                         + [("file", name) for name in FROM_A_FILE], indirect=["base"])
def test_a_page_is_whole(quiet, base, name):
    quiet.set_viewport_size({"width": 390, "height": 800})
    opened(quiet, base + name)
    text = quiet.locator("main").inner_text()
    assert len(text) > 40
    assert not RAW.search(text), RAW.search(text)
    assert quiet.locator("mjx-merror").count() == 0
    given = quiet.locator("span.math, div.math, .tex2jax_process td").count()
    assert bool(quiet.locator("article mjx-container").count()) == bool(given), "math is set"
    wide = quiet.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, [quiet.evaluate(STICKING_OUT), wide]


STICKING_OUT = """[...document.querySelectorAll('article *')].filter(node =>
    node.getBoundingClientRect().right > innerWidth + 1).map(node =>
    node.tagName + '.' + node.className).slice(0, 8)"""


def test_every_link_leads_somewhere_and_nothing_is_loaded_from_elsewhere(site):
    links.check(site)
    there = {path.relative_to(site) for path in site.rglob("*.html")}
    assert {name.as_posix() for name in there if name.parts[0] != LITE} == set(PAGES)


def test_the_checker_of_links_can_fail(tmp_path):
    (tmp_path / "a.html").write_text('<a href="b.html#no">b</a><a href="c.html">c</a>'
                                     '<script src="https://cdn.example/x.js"></script>', "utf-8")
    (tmp_path / "b.html").write_text('<p id="yes">b</p>', "utf-8")
    with pytest.raises(Exception) as refusal:
        links.check(tmp_path)
    for word in ("b.html#no", "c.html, which is not there", "cdn.example"):
        assert word in str(refusal.value)


@pytest.mark.parametrize("name, theme", [(name, "light") for name in PAGES] + [
    (name, "dark") for name in PAGES if name not in CHAPTERS or name in CHAPTERS[::6]])
def test_axe_finds_nothing_serious(browser, site, name, theme):
    context = browser.new_context(color_scheme=theme, viewport={"width": 1100, "height": 800},
                                  reduced_motion="reduce")
    page = opened(context.new_page(), (site / name).as_uri())
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    found = grave(page, AXE[theme])
    context.close()
    assert found == []


@pytest.mark.parametrize("name", LIVE)
def test_in_dark_pictures_stand_on_dark_paper(browser, site, name):
    context = browser.new_context(color_scheme="dark")
    page = opened(context.new_page(), (site / name).as_uri())
    lit = page.evaluate("""[...document.querySelectorAll('.pp-svg, .pp-picture')].filter(node => {
        for (let at = node; at; at = at.parentElement) {
            const colour = getComputedStyle(at).backgroundColor;
            const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number);
            if (a > 0) return r + g + b > 180;
        }
        return true;
    }).map(node => node.getAttribute('aria-label'))""")
    context.close()
    assert lit == []


@pytest.mark.parametrize("name", LIVE)
def test_without_scripts_the_static_forms_are_there(browser, site, name):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / name).as_uri())
    stills = page.locator(".pp-element .pp-still")
    assert stills.count() == page.locator(".pp-element").count() > 0
    for still in stills.all():
        assert still.is_visible() and len(still.inner_text()) > 60
    context.close()


# ---- every explorer


@pytest.mark.parametrize("base", ["file"], indirect=True)
@pytest.mark.parametrize("name", LIVE)
def test_explorers_answer_the_keyboard_at_both_ends_of_each_slider(quiet, base, name):
    opened(quiet, base + name)
    explorers = quiet.locator(".pp-element[data-pp=explorer]")
    for explorer in explorers.all():
        state = explorer.get_by_role("status").first
        for slider in explorer.get_by_role("slider").all():
            seen = {}
            for key in ("Home", "ArrowRight", "End"):
                slider.press(key)
                seen[key] = (slider.input_value(), state.inner_text())
                assert not re.search(r"NaN|undefined|Infinity|null", seen[key][1])
                assert explorer.locator(".pp-picture path, .pp-picture text").count()
            assert seen["Home"][0] == slider.get_attribute("min") != seen["ArrowRight"][0]
            assert seen["End"][0] == slider.get_attribute("max")
        for radio in explorer.get_by_role("radio").all():
            radio.press("Space")
            assert radio.is_checked()
    assert explorers.count() or name != "index.html"


def test_an_explorer_survives_a_reload_and_can_be_sent(quiet, base):
    explorer = opened(quiet, base + "index.html").locator(".pp-element[data-pp=explorer]")
    box, copy = explorer.get_by_role("textbox", name="mark price"), explorer.get_by_role(
        "button", name="Copy link")
    box.fill("54,000")
    box.press("Enter")
    quiet.reload()
    assert box.input_value() == "54,000"
    copy.press("Enter")
    assert "mark_price=54000" in quiet.url
    link = quiet.url
    box.fill("70000")
    box.press("Enter")
    assert "mark_price" not in quiet.url, "the address does not say what no longer holds"
    quiet.goto(link)
    assert box.input_value() == "54,000"
    explorer.get_by_role("button", name="Reset").press("Enter")
    quiet.reload()
    assert box.input_value() == "60,000"


@pytest.mark.parametrize("wrong, word", [("mark_price=1", "goes from 40,000"),
                                         ("mark_price=1e9", "goes from"), ("side=7", "no such"),
                                         ("<b>=1", "there is no"), ("", "there is no")])
def test_a_link_with_nonsense_starts_at_the_defaults_and_says_so(quiet, base, wrong, word):
    opened(quiet, base + "index.html")
    explorer = quiet.locator(".pp-element[data-pp=explorer]")
    explorer.get_by_role("slider", name="mark price").press("Home")
    quiet.goto("about:blank")
    opened(quiet, f"{base}index.html#{explorer_id()};{wrong}")
    assert explorer.get_by_role("textbox", name="mark price").input_value() == "60,000"
    said = explorer.locator(".pp-said").inner_text()
    assert word in said and "so this starts at its defaults" in said


def explorer_id() -> str:
    return "pp-where-is-a-leveraged-position-liquidated"


@pytest.mark.parametrize("base", ["file"], indirect=True)
def test_ids_of_elements_are_each_once(quiet, base):
    for name in LIVE:
        opened(quiet, base + name)
        ids = quiet.locator(".pp-element").evaluate_all("nodes => nodes.map(node => node.id)")
        assert ids and all(ids) and len(ids) == len(set(ids))


# ---- every exercise

ANSWER = """([form, answers]) => answers.map(answer => {
    const boxes = form.querySelectorAll('input[type=text]');
    const list = form.querySelector('.pp-steps');
    if (list) {
        form.shown ??= [...list.children];
        list.append(...answer.map(place => form.shown[place]));
    } else if (boxes.length) [answer].flat().forEach((text, i) => { boxes[i].value = text; });
    else for (const radio of form.querySelectorAll('input[type=radio]')) {
        radio.checked = radio.value === answer;
    }
    form.requestSubmit();
    return form.closest('.pp-card').querySelector('.pp-feedback').innerText;
})"""


def typed(value: Any, pure: Any) -> str | list[Any]:
    """What a reader could do for an answer; options are named by their key, a ledger's blanks
    are typed one after another, steps are named by their place as they are shown."""
    if isinstance(value, list):
        shown = [key for key, _ in pure.steps]
        return [shown.index(key) for key in value]
    if isinstance(value, dict):
        return [typed(cell, pure) for cell in value.values()]
    return value if isinstance(value, str) else f"{value.p}/{value.q}"


@pytest.mark.parametrize("base", ["http"], indirect=True)
@pytest.mark.parametrize("name", CHAPTERS)
def test_cards_accept_the_right_answer_and_name_each_mistake(quiet, base, name):
    opened(quiet, base + name)
    cards = quiet.locator(".pp-element[data-pp=card]")
    assert cards.count() >= 10
    for card in cards.all():
        spec = spec_of(card)
        pure = pp.exercise(spec["state"]["id"], spec["seed"]).exercise
        answers = [*pure.mistakes.items(), (None, pure.expected)]
        form = card.locator("form").element_handle()
        said = quiet.evaluate(ANSWER, [form, [typed(value, pure) for _, value in answers]])
        for (mistake, value), words in zip(answers, said):
            verdict = pure.check(value)
            text = verdict.message.split("$")[::2]  # what stands between is shown as MathML
            assert verdict.mistake == mistake and all(part.strip() in words for part in text), (
                pure, value, words)
            assert words.startswith("→ Not yet" if mistake else "✓"), (pure, words)
        assert card.locator(".pp-done").inner_text() == "✓ answered"


def test_what_was_answered_is_remembered_in_a_quiet_row(quiet, base):
    opened(quiet, base + CHAPTERS[0])
    cards = quiet.locator(".pp-element[data-pp=card]")
    dots = quiet.get_by_role("navigation", name="The cards of this page").get_by_role("link")
    assert "".join(dots.all_inner_texts()) == "○" * cards.count()
    spec = spec_of(cards.nth(1))
    pure = pp.exercise(spec["state"]["id"], spec["seed"]).exercise
    form = cards.nth(1).locator("form").element_handle()
    for answer, mark in ((next(iter(pure.mistakes.values())), "◐"), (pure.expected, "●")):
        quiet.evaluate(ANSWER, [form, [typed(answer, pure)]])
        assert dots.nth(1).inner_text() == mark
    quiet.reload()
    assert dots.nth(1).inner_text() == "●" and dots.nth(0).inner_text() == "○"
    dots.nth(1).press("Enter")
    assert quiet.url.endswith("#" + cards.nth(1).get_attribute("id"))


# ---- terms, equations, search, what a page offers


def test_a_term_is_explained_at_the_pointer_and_at_the_focus(quiet, base):
    opened(quiet, base + CHAPTERS[0])
    term, tip = quiet.locator("a:has(> .std-term)").first, quiet.get_by_role("tooltip")
    assert not tip.is_visible()
    term.hover()
    assert len(tip.inner_text()) > 20
    tip.hover()
    assert tip.is_visible() and len(tip.inner_text()) > 20
    quiet.keyboard.press("Escape")
    assert not tip.is_visible()
    term.hover()
    quiet.mouse.move(0, 0)
    tip.wait_for(state="hidden")
    term.focus()
    assert tip.is_visible() and term.get_attribute("aria-describedby") == "pp-tip"
    quiet.keyboard.press("Escape")
    assert not tip.is_visible()
    known = set(quiet.evaluate("Object.keys(window.perpeduTerms)"))
    asked = quiet.locator("a:has(> .std-term)").evaluate_all(
        "nodes => nodes.map(node => node.hash.slice(1))")
    assert len(asked) >= 5 and set(asked) <= known
    term.press("Enter")
    quiet.wait_for_url("**/glossary.html#term-*")


def test_a_term_is_explained_by_a_tap_and_followed_by_a_second_one(browser, site):
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    page = opened(context.new_page(), (site / CHAPTERS[0]).as_uri())
    term, tip = page.locator("a:has(> .std-term)").first, page.get_by_role("tooltip")
    term.tap()
    assert tip.is_visible() and page.url.endswith(CHAPTERS[0])
    inside = tip.evaluate("node => node.getBoundingClientRect().right <= innerWidth")
    assert inside and page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("article h1").first.tap()
    assert not tip.is_visible()
    term.tap()
    term.tap()
    page.wait_for_url("**/glossary.html#term-*")
    context.close()


def test_an_explanation_is_not_printed(page, site):
    opened(page, (site / CHAPTERS[0]).as_uri()).locator("a:has(> .std-term)").first.hover()
    assert page.get_by_role("tooltip").is_visible()
    page.emulate_media(media="print")
    assert not page.get_by_role("tooltip").is_visible()


def test_every_explanation_has_its_place_in_the_glossary(page, site):
    page.goto((site / "glossary.html").as_uri())
    missing = page.evaluate(
        "Object.keys(window.perpeduTerms).filter(id => !document.getElementById(id))")
    assert missing == []


def test_equations_are_numbered_and_linked(quiet, base):
    opened(quiet, base + CHAPTERS[0])
    numbers = quiet.locator(".eqno").all_inner_texts()
    assert [re.match(r"\(1\.\d+\)", text) for text in numbers].count(None) == 0 < len(numbers)
    link = quiet.locator("a.internal[href^='#equation-']").first
    assert re.fullmatch(r"\(1\.\d+\)", link.inner_text())


def test_search_finds_and_leads_there(quiet, base):
    quiet.goto(f"{base}search.html?q=bankruptcy")
    quiet.locator("#search-results li a").first.wait_for()
    found = quiet.locator("#search-results li a").evaluate_all("nodes => nodes.map(n => n.href)")
    assert any("notebooks/" in address for address in found)


def test_a_chapter_offers_its_notebook_launches_and_a_way_to_report(quiet, site):
    opened(quiet, (site / CHAPTERS[0]).as_uri())
    links_of = quiet.locator("a").evaluate_all("nodes => nodes.map(node => node.href)")
    for part in ("mybinder.org", "colab.research", "issues/new", "errata.html",
                 "running.html"):
        assert any(part in link for link in links_of), part
    notebook = next(link for link in links_of if link.endswith(".ipynb") and "_sources" in link)
    stored = Path(notebook.removeprefix("file://")).read_bytes()
    assert stored == (ROOT / "notebooks" / Path(notebook).name).read_bytes()
    foot = quiet.locator(".bd-footer-content").inner_text()
    assert pp.__version__ in foot and re.search(r"20\d\d-\d\d-\d\d", foot)


def test_the_first_page_is_as_the_metadata_says(quiet, site):
    from tools.book.chapters import chapters

    opened(quiet, (site / "index.html").as_uri())
    items = quiet.locator(".pp-map li").all_inner_texts()
    assert len(items) == len(chapters())
    for chapter, text in zip(chapters(), items):
        assert f"{chapter.label}. {chapter.title}" in text and f"{chapter.minutes} min" in text


def test_weight_and_the_first_explorer_can_be_measured(browser, site):
    from tools.book import measure

    with served(site) as address:
        found = measure.weight(browser, address, "index.html")
        taken = measure.seconds_to_first_explorer(browser, address + "index.html")
    assert 0 < found["own"] == (site / "index.html").stat().st_size < found["shared"]
    assert taken > 0
