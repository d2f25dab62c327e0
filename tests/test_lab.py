"""The book in real JupyterLab: it runs, explorers and cards answer, `make lab` serves it."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

import nbformat
import pytest
from nbformat import NotebookNode, v4
from nbformat.reader import NotJSONError
from playwright.sync_api import TimeoutError, expect

import perpedu as pp
from tools.lab import DEFAULTS, FIRST, NOTEBOOKS, ROOT, options

LIMIT = 180  # seconds that a slow machine may take for one step
OWN = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
FOREIGN = re.compile("JUPYTER|DISPLAY$|WAYLAND_DISPLAY$|PYTHONPATH$")
# JupyterLab 4.6 asks where its cell toolbar is for a cell that it has taken away meanwhile.
# And jupyterlab-myst looks for the glossary in the chapter; it is a page of the site.
NOISE = re.compile(r".*_markdownOverlapsToolbar.*"
                   r"|(Cross reference target was not found: term-[A-Za-z -]+\n?)+", re.DOTALL)
IDLE = re.compile(r"^Python 3.* \| Idle$")  # in the status bar; it comes from the kernel itself
AUTOSAVE = "@jupyterlab/docmanager-extension:plugin"
CARD = re.compile(r'^pp\.exercise\("([\w.-]+)", seed="([^"]*)"\)$', re.MULTILINE)
CARDS = {path.name: CARD.findall("\n".join(cell.source for cell in nbformat.read(
    path, as_version=4).cells)) for path in sorted(NOTEBOOKS.glob("*.ipynb"))}
#: The chapters that are opened: a widget of each make is in one of them.  What explorers say, and
#: that every chapter runs, is tested for all of them elsewhere, without JupyterLab.
OPENED = [FIRST, "02_line.ipynb", "02b_steering.ipynb", "05_venues.ipynb", "11_watching.ipynb",
          "12_journal.ipynb"]
EACH = pytest.mark.parametrize("chapter", OPENED, indirect=True)
IN_CHAPTER_1 = pytest.mark.parametrize("chapter", [FIRST], indirect=True)
IN_CHAPTER_5 = pytest.mark.parametrize("chapter", ["05_venues.ipynb"], indirect=True)
KEYS = ("ArrowRight", "PageUp", "End", "ArrowLeft", "PageDown", "Home")


# ---- the server


@contextmanager
def served(home: Path, *command: str, **settings: str) -> Iterator[str]:
    """JupyterLab by this command, with nobody's settings, until the block is left.

    Yields the address that it prints, once that answers.
    """
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not FOREIGN.match(name)}
    own = {name: str(home / name.lower()) for name in OWN}
    own |= {"JUPYTER_PLATFORM_DIRS": "1", "BROWSER": "true"}  # no window opens, not on a Mac either
    own |= {"PERPEDU_RECORD": str(home / "record.jsonl")}
    log = home / "log.txt"
    with log.open("w") as out:
        process = subprocess.Popen([sys.executable, *command, f"--port={port}"], cwd=ROOT,
                                   env=kept | own | settings, stdout=out, stderr=out)
    try:
        yield printed_address(process, log, port)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return door.getsockname()[1]


def printed_address(process: subprocess.Popen, log: Path, port: int) -> str:
    end = time.monotonic() + LIMIT
    while time.monotonic() < end and process.poll() is None:
        found = re.search(rf"http://localhost:{port}/lab\S*\?token=\w+", log.read_text("utf-8"))
        if found and answers(found[0]):
            return found[0]
        time.sleep(0.1)
    return pytest.fail(f"JupyterLab does not answer:\n{log.read_text('utf-8')}", pytrace=False)


def answers(address: str) -> bool:
    try:
        get(address)
    except URLError:
        return False
    return True


def get(address: str) -> str:
    """What stands there, without a proxy; an HTTP status other than 200 raises."""
    with build_opener(ProxyHandler({})).open(address, timeout=LIMIT) as answer:
        assert answer.status == 200
        return answer.read().decode("utf-8")


# ---- a notebook in the browser


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """JupyterLab as tools/lab.py starts it, on a copy of the book: its address, the folder."""
    home = tmp_path_factory.mktemp("lab")
    folder = home / "notebooks"
    folder.mkdir()
    for path in NOTEBOOKS.glob("*.ipynb"):
        nbformat.write(without_outputs(nbformat.read(path, as_version=4)), folder / path.name)
    chosen = [option for option in options() if "root_dir" not in option]
    with served(home, "-m", "jupyterlab", *chosen, f"--ServerApp.root_dir={folder}",
                "--no-browser", PYTHONPATH=str(ROOT), JUPYTER_CONFIG_PATH=str(DEFAULTS),
                ) as address:  # fmt: skip
        yield address, folder


def without_outputs(notebook: NotebookNode) -> NotebookNode:
    """So that every output found later comes from the run in JupyterLab."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


@contextmanager
def tab(browser: Any) -> Iterator[Any]:
    """A page that gathers what went wrong: `page.errors` and `page.external`."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    context.set_default_timeout(LIMIT * 1000)
    page = context.new_page()
    page.errors, page.external = [], []
    page.on("console", lambda said: said.type == "error" and page.errors.append(said.text))
    page.on("pageerror", lambda error: page.errors.append(error.stack or str(error)))
    context.on("request", lambda request: page.external.append(request.url) if urlsplit(
        request.url).hostname not in (None, "localhost", "127.0.0.1") else None)
    yield page
    context.close()


def run_all(page: Any, lab: tuple[str, Path], name: str) -> NotebookNode:
    """Open a notebook, Run All by the menu, save.  Returns the notebook as it is then."""
    address, folder = lab
    page.goto(address.replace(FIRST, name) + "&reset")
    select = page.locator(".jp-Dialog", has_text="Select Kernel")
    page.add_locator_handler(select, lambda: select.locator("button.jp-mod-accept").click())
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.get_by_text(IDLE).wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    end, before = time.monotonic() + LIMIT, None
    while time.monotonic() < end:
        notebook = saved(page, folder / name)
        ended = notebook and (errors(notebook) or code(notebook)[-1].execution_count)
        if ended and notebook == before:
            break
        before = notebook
        page.wait_for_timeout(300)
    return notebook


def saved(page: Any, path: Path) -> NotebookNode | None:
    """The notebook as it is in the page once the kernel is idle; None while it is being written."""
    page.get_by_text(IDLE).wait_for()
    with suppress(TimeoutError):  # nothing is sent where nothing has changed since the last time
        with page.expect_response(is_save, timeout=3000) as answer:
            page.keyboard.press("Control+s")
        assert answer.value.ok
    with suppress(NotJSONError):
        return nbformat.read(path, as_version=4)


def is_save(response: Any) -> bool:
    return response.request.method == "PUT" and "/api/contents/" in response.url


def code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def errors(notebook: NotebookNode) -> list[str]:
    """Outputs that are errors or were written to stderr."""
    return [f"{cell.source}: {output.get('ename') or output.text}" for cell in code(notebook)
            for output in cell.outputs
            if output.output_type == "error" or output.get("name") == "stderr"]


def faults(notebook: NotebookNode) -> list[str]:
    """Errors, and cells that were not run in order, each once."""
    return errors(notebook) + [
        f"{cell.source}: run as number {cell.execution_count}, not {number}"
        for number, cell in enumerate(code(notebook), 1) if cell.execution_count != number]


@pytest.fixture(scope="module")
def chapters(browser: Any, lab: tuple[str, Path]) -> Iterator[Any]:
    """Chapters after Run All, each opened once: a function from a file's name to its page."""
    with ExitStack() as stack:
        @cache
        def opened(name: str) -> Any:
            page = stack.enter_context(tab(browser))
            page.name, page.notebook = name, run_all(page, lab, name)
            return page

        yield opened


@pytest.fixture
def chapter(request: Any, chapters: Any) -> Any:
    """The page of the chapter that the test names: `name`, and `notebook` as saved."""
    return chapters(request.param)


@pytest.fixture
def page(chapter: Any) -> Iterator[Any]:
    """The chapter's page; afterwards nothing has gone wrong and nothing was asked for outside."""
    yield chapter
    assert [text for text in chapter.errors if not NOISE.fullmatch(text)] == []
    assert chapter.external == []


# ---- the chapter


@EACH
def test_run_all_without_error(page):
    cards = CARDS[page.name]
    assert faults(page.notebook) == []
    assert len(code(page.notebook)) > 40 and len(cards) >= 10
    expect(page.locator(".pp-card .pp-entry")).to_have_count(len(cards), timeout=LIMIT * 1000)


def test_a_notebook_with_an_error_is_reported(browser, lab):
    sources = ["print('fine')", "1 / 0", "print('never')"]
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source) for source in sources])
    nbformat.write(notebook, lab[1] / "broken.ipynb")
    with tab(browser) as page:
        found = faults(run_all(page, lab, "broken.ipynb"))
    assert found == ["1 / 0: ZeroDivisionError", "print('never'): run as number None, not 3"]


def test_a_review_puts_what_a_reader_checks_into_the_record(browser, lab):
    path = lab[1] / "own.jsonl"
    record, asked = pp.Record(path), pp.exercise("ch01.notional", "5")
    record.add(pp.Answer("ch01.notional", "4", "2026-03-01T12:00:00+00:00", True))
    sources = ["import perpedu as pp", f"sitting = pp.review('2026-03-20', pp.Record({str(path)!r}))",
               "sitting", "pp.exercise('ch01.notional').answer('5').correct"]
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source) for source in sources])
    nbformat.write(notebook, lab[1] / "review.ipynb")
    with tab(browser) as page:
        assert faults(run_all(page, lab, "review.ipynb")) == []
        page.get_by_role("button", name="Hint 1 of").press("Enter")
        answer_by_keyboard(page.locator(".pp-card"), asked.exercise, asked.expected)
        page.get_by_role("button", name="Finish").press("Enter")
        page.get_by_text("Nothing is in your record yet").or_(page.get_by_text("comes in")).wait_for()
        assert page.errors == [] and page.external == []
    assert len(record.answers) == 2, "not what the last cell ran"
    added = record.answers[-1]
    assert (added.exercise, added.seed, added.correct, added.hints) == (asked.exercise.id, "5", True, 1)


@pytest.fixture
def ledger(page):
    """The ledger explorer, as when the chapter is opened, with its table."""
    card = page.locator(".pp-card", has=page.get_by_text(pp.chapter1.ledger_explorer().title,
                                                         exact=True))
    card.get_by_role("button", name="Reset").press("Enter")
    if card.get_by_role("button", name="Show table").count():
        card.get_by_role("button", name="Show table").press("Enter")
    return card


def on_page(card):
    """The sentence, the result of the formula and the table, as the reader sees them."""
    rows = card.locator(".pp-numbers tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText))")
    return (card.get_by_role("status").inner_text(), card.locator(".pp-result").inner_text(),
            dict(rows))


def in_python(explorer):
    """The same from the exact values."""
    text = {name: "none" if explorer.exact[name] is None else pp.show(
        explorer.exact[name], unit=explorer.facts(name)["unit"]) for name in explorer.exact}
    side = explorer.controls["side"]
    text["side"] = next(word for word, value in side.options.items()
                        if value == explorer.exact["side"])
    names = [*explorer.controls, *explorer.fixed, *explorer.show]
    return (explorer.state, f"= {text['liquidation_price']}",
            {explorer.facts(name)["label"]: text[name] for name in names})


def place_on_page(card, explorer):
    """Where the reader has put the controls."""
    label = {name: explorer.facts(name)["label"] for name in explorer.controls}
    place = {name: card.get_by_role("slider", name=label[name], exact=True).input_value()
             for name in explorer.controls if name != "side"}
    word = card.locator(".pp-choice label", has=card.page.locator(":checked")).inner_text()
    return place | {"side": word.strip()}


def visit(card, explorer, control, key):
    """Press a key at a control: page and Python then say the same, and something new."""
    before = on_page(card)
    control.press(key)
    place = place_on_page(card, explorer)
    explorer.set(**place)
    assert on_page(card) == in_python(explorer) != before, (key, place)
    return tuple(explorer.given.items()), re.sub(r"[−0-9.,]+", "0", explorer.state)


@IN_CHAPTER_1
def test_explorer_equals_python_at_positions_reached_by_keyboard(ledger):
    explorer, visits = pp.chapter1.ledger_explorer(), []
    assert on_page(ledger) == in_python(explorer)
    for name in ("leverage", "mark_price", "maintenance_rate", "size"):
        slider = ledger.get_by_role("slider", name=explorer.facts(name)["label"], exact=True)
        met = [visit(ledger, explorer, slider, key) for key in KEYS]
        control = explorer.controls[name]
        assert {control.low, control.high} <= {dict(place)[name] for place, _ in met}
        reset = ledger.get_by_role("button", name="Reset")
        visits += [*met, visit(ledger, explorer, reset, "Enter")]
    chosen = ledger.get_by_role("radio", checked=True)
    visits += [visit(ledger, explorer, chosen, key) for key in ("ArrowDown", "ArrowUp")]
    places, sentences = map(set, zip(*visits))
    assert len(places) >= 20 and len(sentences) >= 3
    assert {dict(place)["side"] for place in places} == {1, -1}


@pytest.mark.parametrize("chapter, make", [
    ("02_line.ipynb", pp.chapter2.line_explorer),
    ("02_line.ipynb", pp.chapter2.five_formulas_explorer),
    ("02b_steering.ipynb", pp.chapter2.drag_explorer)], indirect=["chapter"])
def test_explorers_of_chapter_2_say_what_python_says(page, make):
    assert says_what_python_says(page, make()) >= 10


def card_of(page, explorer):
    """The explorer's card, in view, and the sentence that it says."""
    card = page.locator(".pp-card", has=page.get_by_text(explorer.title, exact=True))
    card.scroll_into_view_if_needed()
    return card, card.get_by_role("status").first


def says_what_python_says(page, explorer):
    """Every key at every slider, on both sides; returns how many different sentences were said."""
    card, said, sentences = *card_of(page, explorer), set()
    for side in explorer.controls["side"].options:
        card.get_by_role("radio", name=side).check()
        for name in [name for name in explorer.controls if name != "side"]:
            slider = card.get_by_role("slider", name=explorer.facts(name)["label"], exact=True)
            for key in KEYS:
                slider.press(key)
                explorer.set(**place_on_page(card, explorer))
                assert said.inner_text() == explorer.state
                sentences.add(explorer.state)
    return len(sentences)


@IN_CHAPTER_5
def test_the_venues_of_chapter_5_say_what_python_says(page):
    explorer = pp.chapter5.venue_explorer()
    card, said, sentences = *card_of(page, explorer), set()
    size = card.get_by_role("slider", name="size", exact=True)
    for venue in explorer.controls["venue"].options:
        card.get_by_role("radio", name=venue, exact=True).check()
        for side, key in (("long", "End"), ("short", "PageDown")):
            card.get_by_role("radio", name=side, exact=True).check()
            size.press(key)
            explorer.set(venue=venue, side=side, size=size.input_value())
            expect(said).to_have_text(explorer.state)
            sentences.add(explorer.state)
    assert len(sentences) == 2 * len(explorer.controls["venue"].options)


@IN_CHAPTER_1
def test_a_held_key_is_not_thrown_back_by_what_python_answers(ledger):
    explorer = pp.chapter1.ledger_explorer()
    slider = ledger.get_by_role("slider", name="mark price", exact=True)
    for _ in range(60):
        slider.press("ArrowRight")
    settle(ledger.page)
    control = explorer.controls["mark_price"]
    explorer.set(mark_price=control.start + 60 * control.step)
    assert on_page(ledger) == in_python(explorer)


def settle(page):
    """Python has answered everything."""
    page.wait_for_timeout(300)
    page.get_by_text(IDLE).wait_for()
    page.wait_for_timeout(300)


@IN_CHAPTER_1
def test_a_number_can_be_typed_and_a_bad_one_is_answered(ledger):
    explorer = pp.chapter1.ledger_explorer()
    box = ledger.get_by_role("textbox", name="mark price")
    explorer.set(mark_price=54_000)
    box.fill("54 000 USDT")
    box.press("Enter")
    assert on_page(ledger) == in_python(explorer)
    box.fill("54,0")
    box.press("Enter")
    assert "The value stays 54,000" in ledger.locator(".pp-message:visible").inner_text()
    assert on_page(ledger) == in_python(explorer)


def one_of_each_kind():
    """Chapter, id and seed: the first card of each kind in the chapters that are opened.

    That verdicts are the same everywhere, for every exercise, is tested elsewhere.
    """
    seen = set()
    for name in OPENED:
        for id, seed in CARDS[name]:
            pure = pp.exercise(id, seed).exercise
            kind = pure.kind, bool(pure.options), pure.unit
            if kind not in seen:
                yield name, id, seed
            seen.add(kind)


@pytest.mark.parametrize("chapter, id, seed", one_of_each_kind(), indirect=["chapter"])
def test_a_wrong_answer_gets_its_sentence_and_a_right_one_its_reason(page, id, seed):
    pure = pp.exercise(id, seed).exercise
    card = page.locator(".pp-card", has=page.get_by_text(pure.title, exact=True)).filter(
        has=page.get_by_text(f"numbers {seed}"))
    mistake, wrong = next(iter(pure.mistakes.items()))
    for answer in (wrong, pure.expected):
        typed = answer_by_keyboard(card, pure, answer)
        verdict = pure.check(typed)
        assert verdict.correct or verdict.mistake == mistake, "the test types what it means"
        said = expect(card.locator(".pp-feedback[role=status]"))
        said.to_contain_text(verdict.message, timeout=LIMIT * 1000)
        said.to_contain_text("✓ Right" if verdict.correct else "→ Not yet.")
    assert verdict.correct


def answer_by_keyboard(card, pure, answer):
    """Type it, or choose it, and press Enter.  Returns the text that stands for it."""
    if pure.options:
        keys = [key for key, _ in pure.options]
        card.get_by_role("radio").first.focus()
        for key in ["Space", *["ArrowDown"] * keys.index(answer), "Enter"]:
            card.page.keyboard.press(key)
        return answer
    if pure.kind == "table":
        return fill_in_by_keyboard(card, answer)
    if pure.kind == "order":
        return order_by_keyboard(card, dict(pure.steps), answer)
    how = (6, "%") if pure.unit == "%" else (None, None)  # some ask for more than two decimals
    text = answer if isinstance(answer, str) else pp.show(answer, *how)
    box = card.get_by_role("textbox", name="Your answer")
    box.fill("")
    box.press_sequentially(str(text))
    box.press("Enter")
    return text


def fill_in_by_keyboard(card, answer):
    """Every blank of a ledger, then Enter in the last."""
    texts = [f"{value.p}/{value.q}" for value in answer.values()]
    boxes = card.get_by_role("textbox").all()
    for box, text in zip(boxes, texts, strict=True):
        box.fill(text)
    boxes[-1].press("Enter")
    return texts


def order_by_keyboard(card, texts, answer):
    """Each step in its turn up to its place, then Enter on Check."""
    for place, key in enumerate(answer):
        now = card.locator(".pp-steps li > span:first-child").all_text_contents()
        for _ in range(now.index(texts[key]) - place):
            card.get_by_role("button", name=f"Earlier: {texts[key]}", exact=True).press("Enter")
    card.get_by_role("button", name="Check").press("Enter")
    return answer


@IN_CHAPTER_1
def test_no_role_label_or_directive_is_left_as_text(page):
    stored = [cell.source for cell in page.notebook.cells if cell.cell_type == "markdown"]
    assert any("{term}`" in text for text in stored) and any("$$ (eq-" in text for text in stored)
    cells = page.locator(".jp-MarkdownCell .myst")
    shown = "\n".join(cells.evaluate_all("nodes => nodes.map(node => node.textContent)"))
    assert "Ann thinks bitcoin will rise" in shown and "Where is the leverage in" in shown
    assert not re.search(r"\{(term|eq|cite)\}|\(eq-|```|\$\$", shown)
    said = page.locator(".myst", has_text="Where is the leverage in").text_content()
    assert re.search(r"leverage in \(\d+\)", said), said


# ---- make lab


def test_lab_serves_the_book_and_leaves_it_as_it_is(tmp_path):
    before = book()
    with served(tmp_path, "tools/lab.py") as address:
        assert urlsplit(address).path == f"/lab/tree/{FIRST}"
        assert "jupyter-config-data" in get(address), "JupyterLab, and not its question for a token"
        stored = json.loads(get(address.replace("lab/tree", "api/contents")))["content"]["cells"]
        trusted = [cell["metadata"]["trusted"] for cell in stored if cell["cell_type"] == "code"]
        assert trusted and all(trusted), "stored outputs show before anything is run"
        keeping = get(address.replace(f"tree/{FIRST}", "api/settings/" + AUTOSAVE))
        assert json.loads(keeping)["schema"]["properties"]["autosave"]["default"] is False
    assert book() == before


def book():
    return {path: path.read_bytes() for path in NOTEBOOKS.rglob("*") if path.is_file()}
