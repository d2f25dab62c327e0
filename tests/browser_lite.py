"""JupyterLite as a reader gets it: over HTTP, offline, every chapter run.  `make lite-test`.

The name keeps it out of `make test`, which does not build the site.
"""

import os
import re
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from playwright.sync_api import expect

import perpedu as pp
from perpedu.showing.look import NO_PICTURE
from tests.test_lab import CARD, LIMIT, NOISE, answer_by_keyboard, code, faults, tab
from tools.lite.build import exact_notebooks
from tools.notebooks import NOTEBOOKS

ROOT = NOTEBOOKS.parent
SITE = ROOT / os.environ.get("LITE_SITE", "_site/lite")
TEXT = (ROOT / "docs" / "lite.md").read_text("utf-8")
CHAPTERS = [path.name for path in exact_notebooks()]
IDLE = re.compile(r"^Python \(Pyodide\) \| Idle$")
FIGURE = '<figure class="pp-figure">'
# The notebook in the page, as JupyterLab's own object: `expose` makes it reachable.
MODEL = "JSON.stringify(jupyterapp.shell.currentWidget.content.model)"
LINE = 'print(pp.Position("long", "0.10", 60_000, leverage=10).liquidation_price("0.005"))'


class Folder(SimpleHTTPRequestHandler):
    """Files under a sub-path, as on a web host, counted as they are sent."""

    sent: list[tuple[str, int]]

    def copyfile(self, source: Any, outputfile: Any) -> None:
        content = source.read()
        self.sent.append((self.path, len(content)))
        outputfile.write(content)

    def do_GET(self) -> None:
        """The browser's own question for an icon is no fault of the page."""
        if self.path == "/favicon.ico":
            self.send_response(204)
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the first page; what has been sent is in `Folder.sent`."""
    assert (SITE / "jupyter-lite.json").exists(), f"{SITE} is not built: make lite"
    folder = tmp_path_factory.mktemp("host")
    (folder / "book").symlink_to(SITE.resolve())
    Folder.sent = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Folder, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/book/"
    server.shutdown()
    server.server_close()


def expose(route: Any) -> None:
    """Hand out the settings with one more, by which JupyterLab can be asked for its notebook."""
    answer = route.fetch()
    whole = answer.json()
    whole.setdefault("jupyter-config-data", {})["exposeAppInBrowser"] = True
    route.fulfill(response=answer, json=whole)


def test_the_first_page_says_the_cost_and_downloads_nothing_else(browser, site):
    with tab(browser) as page:
        page.goto(site, wait_until="networkidle")
        for words in (" MB; ", "seconds until the first cell has answered"):
            expect(page.get_by_text(words)).to_be_visible()
        links = page.get_by_role("link", name="Chapter").evaluate_all(
            "all => all.map(link => new URL(link.href).searchParams.get('path'))")
        assert links == CHAPTERS
        assert page.errors == [] and page.external == []
    assert {path for path, _ in Folder.sent} == {"/book/"}


@pytest.fixture(scope="module", params=CHAPTERS)
def chapter(browser: Any, site: str, request: Any) -> Iterator[Any]:
    """A chapter, opened from the first page: `page.first` as it was, `page.notebook` after a run.

    `page.weight` is the number of bytes sent until then.
    """
    with tab(browser) as page:
        page.route("**/jupyter-lite.json*", expose)
        Folder.sent.clear()
        page.goto(site)
        page.locator(f'a[href$="path={request.param}"]').click()
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        page.get_by_text(IDLE).wait_for()
        page.stored, page.first = stored(request.param), model(page)
        page.drawn = page.locator(".jp-OutputArea figure.pp-figure svg").count()
        page.notebook = run_all(page)
        page.weight = sum(size for _, size in Folder.sent)
        yield page


@pytest.fixture
def page(chapter: Any) -> Iterator[Any]:
    """The chapter's page; afterwards nothing has gone wrong and nothing was asked for outside."""
    yield chapter
    assert [text for text in chapter.errors if not NOISE.fullmatch(text)] == []
    assert chapter.external == []


def stored(name: str) -> NotebookNode:
    return nbformat.read(NOTEBOOKS / name, as_version=4)


def model(page: Any) -> NotebookNode:
    return nbformat.reads(page.evaluate(MODEL), as_version=4)


def run_all(page: Any) -> NotebookNode:
    """Clear all outputs, Run All, by the menus.  Returns the notebook as it is at the end."""
    for menu, item in (("Edit", "Clear Outputs of All Cells"), ("Run", "Run All Cells")):
        page.get_by_role("menuitem", name=menu, exact=True).click()
        page.get_by_role("menuitem", name=item, exact=True).click()
    end = time.monotonic() + 2 * LIMIT
    while time.monotonic() < end:
        page.wait_for_timeout(300)
        notebook = model(page)
        failed = any(output.output_type == "error" for cell in code(notebook)
                     for output in cell.outputs)
        if failed or code(notebook)[-1].execution_count:
            break
    page.get_by_text(IDLE).wait_for()
    return model(page)


# ---- a chapter


def test_a_chapter_opens_with_its_stored_outputs(page):
    assert [cell.outputs for cell in code(page.first)] == [
        cell.outputs for cell in code(page.stored)]
    assert page.drawn == sum(any(map(is_figure, cell.outputs)) for cell in code(page.stored))


def is_figure(output: NotebookNode) -> bool:
    return FIGURE in output.get("data", {}).get("text/html", "")


def test_every_cell_runs_and_says_what_it_says_elsewhere(page):
    assert faults(page.notebook) == []
    for here, there in zip(code(page.notebook), code(page.stored), strict=True):
        assert texts(here) == texts(there), here.source


def texts(cell: NotebookNode) -> list[str]:
    """What a cell says as text without Matplotlib: numbers, tables, sentences, no pictures."""
    return [NO_PICTURE if is_figure(output) else output.get("text") or output.data["text/plain"]
            for output in cell.outputs]


def test_the_download_is_as_large_as_the_first_page_says(page):
    assert page.weight / 1e6 == pytest.approx(int(re.search(r"(\d+) MB;", TEXT)[1]), rel=0.05)


def write_cell(page: Any, text: str, *keys: str) -> None:
    """What a reader does for a new cell below the last code; `keys` choose its kind."""
    page.locator(".jp-CodeCell").last.click()
    for key in ("Escape", "b", *keys, "Enter"):
        page.keyboard.press(key)
    page.keyboard.insert_text(text)
    page.keyboard.press("Shift+Enter")


def test_a_reader_writes_code_and_gets_an_exact_answer(page):
    write_cell(page, LINE)
    own = page.locator(".jp-CodeCell", has_text=LINE)
    expect(own.locator(".jp-OutputArea-output")).to_have_text("10800000/199", timeout=LIMIT * 1000)


def test_roles_render(page):
    write_cell(page, "one role: {sub}`below`", "m")
    expect(page.locator(".jp-MarkdownCell sub")).to_have_text("below")
    shown = page.locator(".jp-MarkdownCell .jp-InputArea > :not(.jp-Editor)").evaluate_all(
        "all => all.map(cell => cell.textContent)")
    assert "Predict first" in "".join(shown)
    assert [text for text in shown if re.search(r"\{[\w:-]+\}`|:::|```", text)] == []


def test_cards_tell_right_from_wrong(page):
    """Every expression, which only Python can check, and the first card of another kind."""
    written = "\n".join(cell.source for cell in code(page.notebook))
    cards = [(pp.exercise(*found).exercise, found) for found in CARD.findall(written)]
    expressions = [card for card in cards if card[0].kind == "expression"]
    others = [card for card in cards if card[0].kind != "expression"][:1]
    for pure, (_, seed) in [*expressions, *others]:
        card = page.locator(".pp-card", has=page.get_by_text(pure.title, exact=True)).filter(
            has=page.get_by_text(f"numbers {seed}"))
        for answer in (next(iter(pure.mistakes.values())), pure.expected):
            verdict = pure.check(answer_by_keyboard(card, pure, answer))
            said = expect(card.get_by_role("status"))
            said.to_contain_text(verdict.message, timeout=LIMIT * 1000)
            said.to_contain_text("✓ Right" if verdict.correct else "→ Not yet.")
        assert verdict.correct, pure.item


def test_explorers_are_alive(page):
    cards = page.locator(".pp-card", has=page.locator("svg.pp-picture"))
    assert cards.count() == sum('data-pp="explorer"' in output.data.get("text/html", "")
                                for cell in code(page.stored) for output in cell.outputs
                                if "data" in output)
    for card in cards.all():
        slider = card.get_by_role("slider").first
        before = card.get_by_role("status").inner_text(), slider.input_value()
        slider.press("Home")
        after = card.get_by_role("status").inner_text(), slider.input_value()
        assert after[0] != before[0] and after[1] != before[1]
