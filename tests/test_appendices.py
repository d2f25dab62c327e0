"""The appendices: the audit is whole, its places are there, and it can be searched."""

import inspect
import re
from html import unescape
from pathlib import Path

import nbformat
import pytest
from docutils.nodes import make_id

import perpedu as pp
from perpedu.market.rulebook import KEYS, NOT_FOUND
from perpedu.teaching.registry import KINDS, VERDICTS
from tools.book import ROOT, SITE, audit, cheatsheet, pages, questions, reference, venues
from tools.book.axe import grave
from tools.book.chapters import by_number, chapters
from tools.book.glossary import terms
from tools.book.links import Page

DATA = Path(__file__).parent / "data"
#: What a statement is must compute something.
COMPUTING = {"worked example", "formula", "table"}


def planned():
    """Every item of the five articles, its chapter and what it is."""
    rows = [line.split(maxsplit=2) for line in (DATA / "audit.txt").read_text().splitlines()[1:]]
    return {id: (chapter, kind) for id, chapter, kind in rows}


EVERY = planned()
ITEMS = {item.id: item for item in pp.worked_examples()}
THERE = {str(chapter.number) for chapter in chapters()} | {"A"}


# ---- A, the audit


def test_the_five_articles_have_267_items():
    assert len(EVERY) == 267
    kinds = [kind for _, kind in EVERY.values()]
    assert sum(map(kinds.count, COMPUTING)) == 64 and set(kinds) == set(KINDS)


def test_every_item_of_the_chapters_that_are_there_has_its_verdict():
    wanted = {id for id, (chapter, _) in EVERY.items() if chapter in THERE}
    assert not wanted - ITEMS.keys(), "items without a row in perpedu/teaching/sources"
    assert not ITEMS.keys() - EVERY.keys(), "rows that are no item of the audit"


@pytest.mark.parametrize("id", ITEMS)
def test_an_item_says_what_it_is_and_what_is_right(id):
    item = ITEMS[id]
    assert item.kind == EVERY[id][1] and item.verdict in VERDICTS
    assert len(item.why.split()) >= 6 and not re.search("to do|todo|tbd", item.why, re.I)
    computed = item.right is not None or item.values
    assert computed or item.kind not in COMPUTING, "a statement that computes has a value"
    assert computed or not re.search(r"\d", item.quote), "its number has a witness"


def test_items_are_chosen_by_kind():
    tables = pp.worked_examples(kind="table")
    assert [item.id for item in tables] == [id for id in ITEMS if EVERY[id][1] == "table"]
    assert len(pp.worked_examples(kind=["table", "advice"], chapter="A")) == 0
    with pytest.raises(ValueError, match="kind = 'tables': expected one of worked example"):
        pp.worked_examples(kind="tables")


def headings(chapter):
    cells = nbformat.read(ROOT / f"{chapter.file}.ipynb", as_version=4).cells
    return {make_id(title) for cell in cells if cell.cell_type == "markdown"
            for title in re.findall(r"^#{1,3} (.+)$", cell.source, re.MULTILINE)}


@pytest.mark.parametrize("number", by_number())
def test_an_item_leads_to_a_section_of_its_chapter(number):
    places = {f"{part.file}.html": headings(part) for part in by_number()[number]}
    for item in (item for item in ITEMS.values() if item.chapter == number):
        address, words = audit.place(item)
        page, _, place = address.partition("#")
        assert place in places.get(page, ()), (item.id, address)
        assert words.startswith(f"Chapter {number}, ")


def test_a_chapter_that_prints_an_item_of_another_one_is_named_as_well():
    found = {item.id: audit.again(item) for item in ITEMS.values() if audit.again(item)}
    assert found
    for id, places in found.items():
        assert all(not words.startswith(f"Chapter {ITEMS[id].chapter},") for _, words in places)
        assert audit.place(ITEMS[id]) not in places
    row = audit._way(ITEMS[next(iter(found))])
    assert row.count("<a ") >= 2 and "; again: <a" in row


def test_what_no_chapter_takes_up_leads_to_the_audit_itself():
    assert {audit.place(item)[0] for item in pp.worked_examples(chapter="A")} == {
        f"#item-{id}" for id, (chapter, _) in EVERY.items() if chapter == "A"}


def test_counts_add_up():
    rows = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', audit.counts())
    numbers = {word: [int(n) for n in re.findall(r"<td>(\d+)</td>", row)] for word, row in rows}
    assert list(numbers) == [*VERDICTS, "all"]
    assert all(row[0] == sum(row[1:]) for row in numbers.values())
    assert numbers["all"][0] == len(ITEMS) == sum(numbers[word][0] for word in VERDICTS)
    assert numbers["wrong"][0] == len(pp.worked_examples(verdict="wrong"))


def test_every_item_stands_in_the_audit_and_its_link_leads_somewhere(site):
    text = (site / "verdicts.html").read_text("utf-8")
    rows = dict(re.findall(r'<li id="item-(\d{3}-\d\d)"(.*?)</li>', text, re.DOTALL))
    assert rows.keys() == ITEMS.keys()
    anchors = {}
    for id, row in rows.items():
        if audit.place(ITEMS[id]) is None:
            assert f"For Chapter {ITEMS[id].chapter}<" in row
            continue
        page, _, place = re.search('Taken up: <a href="(.*?)"', row)[1].partition("#")
        path = site / (page or "verdicts.html")
        if path not in anchors:
            anchors[path] = Page(path).anchors
        assert place in anchors[path], (id, page, place)


def test_the_audit_is_filtered_and_searched_by_keyboard(page, site):
    page.goto((site / "verdicts.html").as_uri())
    said, shown = page.locator(".pp-audit [role=status]"), page.locator(".pp-items > li:visible")
    assert said.inner_text() == f"All {len(ITEMS)} items" and shown.count() == len(ITEMS)
    wrong = [item.id for item in pp.worked_examples(verdict="wrong")]
    page.get_by_label("Verdict").select_option("wrong")
    assert said.inner_text() == f"{len(wrong)} of {len(ITEMS)} items"
    assert shown.evaluate_all("nodes => nodes.map(n => n.id.slice(5))") == wrong
    page.get_by_label("Chapter").select_option("1")
    assert shown.count() == len(pp.worked_examples(chapter=1, verdict="wrong"))
    assert page.locator("h2:visible").count() == len({id[:3] for id in shown.evaluate_all(
        "nodes => nodes.map(n => n.id.slice(5))")})
    page.get_by_role("button", name="Show all").press("Enter")
    said.filter(has_text=re.compile("^All ")).wait_for()  # a reset is told before the fields are empty
    words = page.get_by_label("Words")
    words.press_sequentially("54,300 Exact")
    words.press("Enter")
    assert "000-32" in shown.evaluate_all("nodes => nodes.map(n => n.id.slice(5))")
    assert 0 < shown.count() < 20
    words.fill("wibble")
    assert shown.count() == 0 and said.inner_text().startswith("No item fits")
    page.evaluate("location.hash = 'item-000-26'")
    page.locator("#item-000-26").wait_for()
    assert said.inner_text().startswith("All ") and words.input_value() == ""
    assert page.console_errors == page.page_errors == page.external == []
    assert grave(page, ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]) == []


def test_the_audit_reads_without_scripts(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "verdicts.html").as_uri())
    assert page.locator(".pp-items > li:visible").count() == len(ITEMS)
    assert not page.locator(".pp-audit").is_visible()
    context.close()


# ---- B, the glossary

#: What the articles' own glossaries explain: 001, lines 103 to 108, and the whole of 003.
OF_THE_SOURCES = ["MMR", "maintenance margin rate", "IM", "initial margin", "notional",
                  "mark price", "funding", "ADL", "auto-deleveraging", "maintenance margin"]
#: Capital letters that are no terms: coins, contracts, markets, who runs them, file formats.
NAMES = set("""ADA BNB BTC BTCUSD BTCUSDC BTCUSDT CME DOGE DOGEUSDT CSV ETH ETHUSDT FTX IMF JSON MEXC OKX SOL
SOLUSDT SPAN USD USDC USDT UTC XBT XBTUSD XXKK XYZUSD XYZUSDT""".split())
KNOWN = {term.lower() for term in terms((SITE / "glossary.md").read_text("utf-8"))}


def prose(chapter):
    cells = nbformat.read(ROOT / f"{chapter.file}.ipynb", as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def defined(term):
    """Whether the glossary has a term, or one that begins with it: isolated, isolated margin."""
    plain = term.lower().strip().removeprefix("the ")
    return any(known == plain or known.startswith(plain + " ") for known in
               KNOWN | {known.removesuffix("s") for known in KNOWN})


def used(text):
    """The terms of a chapter: those that lead to the glossary, those of its summary, and
    words in capitals."""
    yield from re.findall(r"\{term\}`(?:[^`<]*<)?([^`<>]+)>?`", text)
    summary = re.search(r"\*\*Terms\.\*\*(.*?)(?:\n\n|$)", text, re.DOTALL)
    for words in re.findall(r"\*([^*]+)\*(?=:|,| and| \()", summary[1] if summary else ""):
        yield from re.split(r", (?:and )?", words)
    plain = re.sub(r"`[^`]*`|\$[^$]*\$|\]\([^)]*\)|https?://\S+", "", text)
    yield from set(re.findall(r"\b(?:[A-Z]{2,}|[A-Z][a-z][A-Z])\b", plain)) - NAMES


@pytest.mark.parametrize("chapter", chapters(), ids=lambda chapter: chapter.file[-12:])
def test_every_term_of_a_chapter_is_in_the_glossary(chapter):
    found = list(used(prose(chapter)))
    assert len(found) > 5
    assert not [term for term in found if not defined(term)]


def test_the_finder_of_terms_can_fail():
    text = "{term}`wibble`, {term}`a floor <floor>`, WIB\n\n**Terms.** *Wobble*, *gap*: so.\n\nEnd."
    assert [term for term in used(text) if not defined(term)] == ["wibble", "Wobble", "WIB"]


@pytest.mark.parametrize("term", OF_THE_SOURCES)
def test_every_term_of_the_sources_glossaries_is_in_ours(term):
    assert term.lower() in KNOWN


# ---- D, the venues


def section(venue):
    """The part of the page that is about one venue."""
    return venues.rulebooks().split(f"(venue-{venue.name})=")[1].split("\n(venue-")[0]


@pytest.mark.parametrize("name", pp.Venue.names())
def test_every_rule_of_a_venue_stands_with_its_source_and_its_date(name):
    venue = pp.Venue.load(name)
    rows = dict(re.findall(r'<tr><th scope="row">(.*?)</th><td>(.*?)</td></tr>', section(venue)))
    assert list(rows) == list(venues.NAMES.values()) and set(venues.NAMES) == set(KEYS)
    for key, row in zip(venues.NAMES, rows.values()):
        rule = venue.rule(key)
        assert ("not found</i>" in row) == (rule.value == NOT_FOUND)
        assert bool(rule.source) == ("source: " in row)
        for address in re.findall(r'href="#(.*?)"', row):
            assert f'<li id="{address}">' in section(venue)
        if rule.source:
            assert f", {venues.dated(rule.source)}</a>" in row


def test_dates_of_citations():
    assert venues.dated("Bybit, as of 2024-09-10, https://a.b/2026-01-01") == "2024-09-10"
    assert venues.dated("Deribit, Auto Liquidation") == "without a date"


def test_earlier_rules_tables_and_examples_are_shown():
    bybit = section(pp.Venue.load("bybit"))
    assert "Until 2026-05-27: entry" in bybit and "Computed here: 92.5." in bybit
    assert "BTCUSDT, undated: " in bybit and "0.0075" not in section(pp.Venue.load("deribit"))
    assert "Until 2022-01-11: 0.5 %" in section(pp.Venue.load("deribit"))
    assert section(pp.Venue.load("binance")).count("<li>BTCUSDT, 20") == 12


def test_the_table_of_differences_has_a_line_for_each_venue():
    lines = re.findall(r'<tr><th scope="row"><a href="#venue-(\w+)">', venues.differences())
    assert lines == pp.Venue.names()


# ---- E, questions and answers

#: Where the articles ask: the lines of their questions.
ASKED = {"002": [60, 61, 62, 63], "003": [90, 94, 98, 102], "004": [70, 72, 74, 76]}


def test_every_question_of_the_articles_is_asked():
    wanted = [f"{seed}-{line}" for seed, lines in ASKED.items() for line in lines]
    assert list(questions.ASKED) == wanted
    wanted_ids = " ".join(ids for _, ids in questions.ASKED.values()).split()
    assert set(wanted_ids) <= EVERY.keys()
    text = questions.questions()
    for id in set(wanted_ids) & ITEMS.keys():
        assert f'verdicts.html#item-{id}">{id}</a>' in text


@pytest.mark.parametrize("key", questions.ASKED)
def test_a_question_has_one_right_answer_and_a_word_for_each_other(key):
    for seed in ("1", "2", "3"):
        pure = questions.load(f"faq.{key}", seed, file=questions.FILE)
        assert pure.check(pure.expected).correct and len(pure.options) >= 4
        for option in {name for name, _ in pure.options} - {pure.expected}:
            verdict = pure.check(option)
            assert not verdict.correct and len(verdict.message.split()) > 12


def test_the_questions_are_answered_on_the_page(page, site):
    page.goto((site / "questions.html").as_uri())
    cards = page.locator(".pp-element[data-pp=card]")
    assert cards.count() == len(questions.ASKED)
    for key, shown in zip(questions.ASKED, cards.all()):
        shown.locator(f"input[value={questions.card(key).expected}]").check()
        shown.get_by_role("button", name="Check").press("Enter")
        assert shown.locator(".pp-feedback").inner_text().startswith("✓")
    assert page.console_errors == page.page_errors == page.external == []


# ---- C, the notation


def test_every_symbol_stands_with_its_unit_its_meaning_and_its_chapter():
    rows = [line.split(" | ") for line in pages.notation().splitlines()[2:]]
    assert [row[1].strip("`") for row in rows] == list(pp.symbols.every())
    first = {row[1].strip("`"): row[-1].strip("| ") for row in rows}
    assert first["equity"] == "1" and first["liquidation_price"] == "2"
    known = pp.formulas.catalogue().values()
    for name, chapter in first.items():
        with_it = [one.chapter for one in known
                   if name in (one.result.name, *(symbol.name for symbol in one.symbols))]
        assert chapter == (str(min(with_it)) if with_it else "–"), name


# ---- F, the reference

MODULES = [name for name in pp.__all__ if inspect.ismodule(getattr(pp, name))]


@pytest.fixture(scope="module")
def told():
    return reference.reference()


def test_every_public_name_is_in_the_reference(told):
    for name in pp.__all__:
        assert f"## {name}\n" in told or f"### pp.{name}\n" in told, name


@pytest.mark.parametrize("name", MODULES)
def test_every_public_name_of_a_module_is_in_the_reference_and_says_something(told, name):
    module, names = getattr(pp, name), reference.public(name)
    assert set(getattr(module, "__all__", names)) == set(names)
    for key, item in names.items():
        shown = f"`{key}`" if name in reference.ELSEWHERE else f"pp.{name}.{key}"
        constant = name.startswith("chapter") and not callable(item)
        assert shown in told or constant, key
        assert not callable(item) or inspect.getdoc(item), f"{name}.{key} has no docstring"


def test_methods_and_properties_are_in_the_reference(told):
    for part in ("**`.liquidation_price(position, symbol=None", "**`.symbols`**",
                 "**`.load(name, folder=None)`**"):
        assert part in told
    assert "[](formulas)" in told and "[](notation)" in told


# ---- G, the cheat sheet

#: The long of 0.10 BTC from 60,000 at ten times leverage, by hand.
BY_HAND = {"notional": "6,000", "initial_margin": "600", "maintenance_margin": "30",
           "loss_buffer": "570", "margin_ratio": "5.00 %", "liquidation_price": "54,271.36",
           "bankruptcy_price": "54,000", "liquidation_distance": "9.55 %",
           "liquidation_distance_entry_basis": "9.50 %"}


def test_every_formula_of_the_sheet_stands_with_its_conventions_and_its_number():
    text = cheatsheet.sheet()
    groups = cheatsheet.groups()
    assert sum(map(len, groups.values())) > 25
    for title, formulas in groups.items():
        part = unescape(text.split(f"<h2>{title}")[1].split("</section>")[0])
        for formula in formulas:
            assert f'data-formula="{formula.name}"' in part
            assert all(said in part for said in formula.assumptions), formula.name
    for name, value in BY_HAND.items():
        row = text.split(f'data-formula="{name}"')[1].split("</li>")[0]
        assert f'<b class="pp-sheet-value">{value}</b>' in row, name


def test_every_letter_of_the_sheet_is_explained():
    legend = cheatsheet.sheet().split("pp-sheet-legend")[1]
    for formulas in cheatsheet.groups().values():
        for one in formulas:
            for symbol in (one.result, *one.symbols):
                assert symbol.meaning in unescape(legend), symbol


def test_the_sheet_is_one_page_of_paper(page, site):
    page.goto((site / "cheatsheet.html").as_uri())
    printed = page.pdf(format="A4", prefer_css_page_size=True, print_background=True)
    assert printed.count(b"/Type /Page\n") == 1
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1
    page.emulate_media(media="print")
    others = page.evaluate("""[...document.querySelectorAll('body *')].filter(node =>
        node.checkVisibility() && node.getBoundingClientRect().height > 0
        && !node.closest('.pp-sheet') && !node.querySelector('.pp-sheet')).length""")
    assert others == 0
    assert page.console_errors == page.page_errors == page.external == []
