"""What an answer is told, and how fast an exercise is there. On the page: in Chromium, an answer is
put into the box of a number, a table of seven lines and an expression, Check is pressed, and the
page is laid out, ten times in a turn, a slip each time; the slowest of the three against a frame of
16 ms. First paint: the page with a card is loaded from its file until the browser has painted it,
against the same page with the card's text alone, no script. In Jupyter: a kernel is sent an
expression that it has not seen and a press, as the browser does, until the verdict has come and it
is idle, against running `None` in that kernel, both there and back; and a cell that makes and shows
the card, against the same `None`. Medians of 30 turns.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import count, cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import sync_playwright

import perpedu as pp
from perpedu.showing import page as pages
from tools.browser import launch

from ..kernel import answers, kernel
from ..timing import at_most, medians, seconds

FRAME = 0.016
NUMBER, TABLE, EXPRESSION = "ch01.notional", "ch02.table-all", "ch02.line-formula"
TYPED = ("E*(1 + 1/L)/(1 - m)", "E*(1 + 1/L - m)", "E*(1 + 1/L)*(1 + m)", "(E + E/L)/(1 + 2*m)")
"""Two known slips, and two that are none."""
ON_PAGE = "Feedback on the page: the time of the slowest kind over that of one frame"
PAINT = "First paint of a page with an exercise: its time over that of its text alone"
IN_JUPYTER = "Feedback in Jupyter on an expression: its time over that of a bare round trip"
CELL = "An exercise's cell in Jupyter: its time over that of a bare round trip"
TARGETS = {ON_PAGE: at_most(1), PAINT: at_most(3), IN_JUPYTER: at_most(10), CELL: at_most(50)}

CHECKS = """answers => {
    const root = document.querySelector(".pp-element"), said = root.querySelector(".pp-feedback");
    const boxes = root.querySelectorAll("input"), check = root.querySelector(".pp-main");
    const start = performance.now();
    for (const answer of answers) {
        for (const box of boxes) box.value = answer;
        check.click();
        root.getBoundingClientRect();
    }
    const seconds = (performance.now() - start) / 1000;
    if (!said.textContent) throw new Error("nothing was said");
    return seconds / answers.length;
}"""
"""The seconds of one answer, layout and all."""

PAINTED = """() => new Promise(done => {
    const told = () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
    const look = () => told() ? done(told() / 1000) : setTimeout(look, 5);
    look();
})"""
"""The seconds from the start of loading to the first paint of something."""


def measure(tiny: bool = False) -> dict[str, float]:
    """The ratios to a frame, to a page of text and to a bare round trip."""
    with ExitStack() as stack:
        jobs = stack.enter_context(browsing()) | stack.enter_context(working())
        took = medians(1 if tiny else 30, **jobs)
    slowest = max(took[kind] for kind in ("number", "table", "expression"))
    return {ON_PAGE: slowest / FRAME, PAINT: took["card"] / took["text"],
            IN_JUPYTER: took["press"] / took["bare"], CELL: took["cell"] / took["bare"]}


# ---- in Chromium

@contextmanager
def browsing() -> Iterator[dict[str, Callable[[], float]]]:
    """Jobs: ten answers to each of three cards, and the first paint of one, and of its text."""
    opened = chromium()
    with ThreadPoolExecutor(1) as thread:  # the browser keeps an event loop, the kernel another
        jobs = thread.submit(opened.__enter__).result()
        try:
            yield {name: lambda job=job: thread.submit(job).result() for name, job in jobs.items()}
        finally:
            thread.submit(opened.__exit__, None, None, None).result()


@contextmanager
def chromium() -> Iterator[dict[str, Callable[[], float]]]:
    """The same jobs, for the browser's own thread."""
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = launch(playwright)

        def at(name: str, text: str) -> Any:
            file = Path(folder, f"{name}.html")
            file.write_text(text, "utf-8")
            page = browser.new_page(viewport={"width": 1000, "height": 800})
            page.goto(file.as_uri())
            return page

        cards = {"number": (NUMBER, ["1", "2,000", "3.5"]), "table": (TABLE, ["1", "20", "3.5"]),
                 "expression": (EXPRESSION, TYPED)}
        jobs = {kind: checking(at(kind, pages.html(pp.exercise(id).html())), typed)
                for kind, (id, typed) in cards.items()}
        card = pp.exercise(NUMBER)
        text = pages.html(card.static()).split("<script>")[0] + "</body></html>"
        yield jobs | {"card": painting(at("card", pages.html(card.html()))),
                      "text": painting(at("text", text))}
        browser.close()


def checking(page: Any, typed: Any) -> Callable[[], float]:
    """A job: ten answers, one after the other; the seconds of one."""
    ten = [one for one, _ in zip(cycle(typed), range(10))]
    return lambda: page.evaluate(CHECKS, ten)


def painting(page: Any) -> Callable[[], float]:
    """A job: load the page anew; the seconds to its first paint."""

    def paint() -> float:
        page.bring_to_front()
        page.reload()
        return page.evaluate(PAINTED)

    return paint


# ---- in a kernel

@contextmanager
def working() -> Iterator[dict[str, Callable[[], float]]]:
    """Jobs: a press of Check, a cell with a card, and a cell with nothing."""
    with kernel() as client:
        made = f"import perpedu as pp\ncard = pp.exercise({EXPRESSION!r})\ncard"
        shown = answers(client, client.execute(made))
        opened = [message["content"] for message in shown if message["msg_type"] == "comm_open"]
        (comm,) = (one["comm_id"] for one in opened if "presses" in one["data"]["state"])
        presses = ((f"(E + {n}*E/L)/(1 + m)", n) for n in count(2))
        yield {"bare": lambda: seconds(lambda: answers(client, client.execute("None"))),
               "cell": lambda: seconds(lambda: run(client, made)),
               "press": lambda: seconds(lambda: press(client, comm, *next(presses)))}


def run(client: Any, source: str) -> None:
    """Run a cell that shows something, and wait for it."""
    expect("display_data", "execute_result", among=answers(client, client.execute(source)))


def press(client: Any, comm: str, typed: str, number: int) -> None:
    """Send an answer and a press, as the page does, and wait until the verdict has come."""
    change = {"method": "update", "state": {"typed": typed, "presses": number}, "buffer_paths": []}
    message = client.session.msg("comm_msg", {"comm_id": comm, "data": change})
    client.shell_channel.send(message)
    expect("comm_msg", among=answers(client, message["header"]["msg_id"]))


def expect(*kinds: str, among: list[dict[str, Any]]) -> None:
    """An error where the kernel sent no message of these kinds."""
    sent = [message["msg_type"] for message in among]
    if not set(kinds) & set(sent):
        raise RuntimeError(f"expected one of {kinds}; the kernel sent {sent}")
