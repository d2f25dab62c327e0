"""A page of the site in Chromium, ready: mathematics set, fonts there, elements alive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tools.browser import ADVICE, find, launch

from . import Refused

READY = """async () => { await document.fonts.ready; await window.MathJax?.startup?.promise; }"""


@contextmanager
def started() -> Iterator[Any]:
    """One Chromium, which reaches this machine and nothing else."""
    if find() is None:
        raise Refused(ADVICE)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Any, address: str, theme: str = "light", width: int = 1100) -> Iterator[Any]:
    """The page at an address, in a theme and a width, when it is ready."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme,
                                  reduced_motion="reduce")
    page = context.new_page()
    page.goto(address)
    page.evaluate(READY)
    yield page
    context.close()
