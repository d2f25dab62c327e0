"""Chapter 1's explorer on a page opened from a file, in Chromium: its first slider gets an input
event, the explorer computes, says and draws everything anew, and the page is laid out, ten times
in a turn. `interact` is that of ipywidgets with a live kernel: its slider is sent a new value, it
draws a new pyplot figure with the same two lines, and the kernel says that it is idle; nothing is
painted. A frame is 16 ms. Medians of 30 turns.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import sync_playwright

import perpedu as pp
from perpedu.showing import page as pages
from tools.browser import launch

from ..kernel import answers, kernel
from ..timing import at_least, at_most, medians, seconds

FRAME = 0.016
OVER = "Explorer, one update: its time over that of one frame"
FASTER = "Explorer, one update: times faster than `interact` with a new figure"
TARGETS = {OVER: at_most(1), FASTER: at_least(50)}

UPDATES = """values => {
    const root = document.querySelector(".pp-element");
    const slider = root.querySelector("input[type=range]");
    const said = root.querySelector("[role=status]"), before = said.textContent;
    const start = performance.now();
    for (const value of values) {
        slider.value = value;
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        root.getBoundingClientRect();
    }
    const seconds = (performance.now() - start) / 1000;
    if (said.textContent === before) throw new Error("the explorer did not follow");
    return seconds / values.length;
}"""
"""The seconds of one update, layout and all."""

INTERACT = """
%matplotlib inline
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import interact

mark = np.linspace(40_000, 80_000, 200)

@interact(price=(40_000, 80_000, 100))
def draw(price=60_000):
    figure, axes = plt.subplots()
    axes.plot(mark, 600 + 0.1 * (mark - 60_000), label="equity")
    axes.plot(mark, 0.005 * 0.1 * mark, label="maintenance margin")
    axes.axvline(price)
    axes.set_title(f"equity {600 + 0.1 * (price - 60_000):,.2f}")
    axes.legend()
    plt.show()
"""


def measure(tiny: bool = False) -> dict[str, float]:
    """The ratios of one update to a frame and to `interact`."""
    with browsing() as update, interacting() as move:
        took = medians(1 if tiny else 30, page=update, interact=move)
    return {OVER: took["page"] / FRAME, FASTER: took["interact"] / took["page"]}


def marks() -> Iterator[int]:
    """Mark prices without end, each another than the one before."""
    return cycle(range(41_000, 79_000, 1_300))


@contextmanager
def browsing() -> Iterator[Callable[[], float]]:
    """A job: ten updates of the explorer; the seconds of one."""
    opened, prices = opened_page(), marks()
    with ThreadPoolExecutor(1) as thread:  # the browser keeps an event loop, the kernel another
        page = thread.submit(opened.__enter__).result()
        try:
            yield lambda: thread.submit(page.evaluate, UPDATES, list(islice(prices, 10))).result()
        finally:
            thread.submit(opened.__exit__, None, None, None).result()


@contextmanager
def opened_page() -> Iterator[Any]:
    """Chromium with the explorer alive on a page from a file."""
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder, "page.html")
        file.write_text(pages.html(pp.chapter1.ledger_explorer().html()), "utf-8")
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1000, "height": 800})
        page.goto(file.as_uri())
        page.locator(".pp-picture text").first.wait_for()
        yield page
        browser.close()


@contextmanager
def interacting() -> Iterator[Callable[[], float]]:
    """A job: one move of the slider that `interact` made; its seconds."""
    with kernel() as client:
        shown = answers(client, client.execute(INTERACT))
        (slider,) = (message["content"]["comm_id"] for message in shown
                     if message["msg_type"] == "comm_open" and _is_slider(message["content"]))
        prices = marks()
        yield lambda: seconds(lambda: move(client, slider, next(prices)))


def _is_slider(opened: dict[str, Any]) -> bool:
    return opened["data"]["state"].get("_model_name") == "IntSliderModel"


def move(client: Any, slider: str, value: int) -> None:
    """Send the slider a value, as the page does, and wait until the figure has come."""
    change = {"method": "update", "state": {"value": value}, "buffer_paths": []}
    message = client.session.msg("comm_msg", {"comm_id": slider, "data": change})
    client.shell_channel.send(message)
    kinds = [answer["msg_type"] for answer in answers(client, message["header"]["msg_id"])]
    if "display_data" not in kinds:
        raise RuntimeError(f"the slider drew no figure; the kernel sent {kinds}")
