"""Fixtures for all tests: a browser for the session, a fresh page for each test."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tools.browser import ADVICE, find, launch

OWN_HOSTS = {None, "localhost", "127.0.0.1"}
#: What `--units` leaves out: what opens a browser, builds pages, starts a server or another
#: environment, or compares notebooks, whose outputs hold under the lock alone.
BIG = {"browser", "site", "printed", "lab", "wheel", "deck_folder"}
BIG_FILES = {"test_lab", "test_lite", "test_nbgrader", "test_notebooks", "test_environment",
             "test_site", "test_book", "test_appendices", "test_bench"}


def pytest_addoption(parser: Any) -> None:
    parser.addoption("--units", action="store_true",
                     help="only what needs no browser, no pages, no server and no notebook")


def pytest_ignore_collect(collection_path: Path, config: Any) -> bool | None:
    """Their very imports ask for what the pages are built with."""
    return config.getoption("--units") and collection_path.stem in BIG_FILES or None


def pytest_collection_modifyitems(config: Any, items: list[Any]) -> None:
    if config.getoption("--units"):
        left_out = [item for item in items if BIG & set(getattr(item, "fixturenames", ()))]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(autouse=True)
def own_record(tmp_path_factory: Any, monkeypatch: Any) -> None:
    """No test writes into the record of whoever runs it."""
    home = tmp_path_factory.getbasetemp() / "no reader" / "record.jsonl"
    monkeypatch.setenv("PERPEDU_RECORD", str(home))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One headless Chromium, which reaches this machine and nothing else."""
    if find() is None:
        pytest.fail(ADVICE, pytrace=False)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def site() -> Path:
    """The site, built now."""
    from tools.book.build import build

    return build()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page of 1000 by 800 in a context of its own.

    It gathers what went wrong: `page.console_errors` and `page.page_errors` (texts) and
    `page.external` (addresses asked for outside this machine).
    """
    context = browser.new_context(viewport={"width": 1000, "height": 800})
    fresh = context.new_page()
    fresh.console_errors, fresh.page_errors, fresh.external = [], [], []
    fresh.on("console", lambda m: m.type == "error" and fresh.console_errors.append(m.text))
    fresh.on("pageerror", lambda error: fresh.page_errors.append(str(error)))
    context.on("request", lambda request: _note_external(request.url, fresh.external))
    yield fresh
    context.close()


def _note_external(url: str, seen: list[str]) -> None:
    if urlsplit(url).hostname not in OWN_HOSTS:
        seen.append(url)
