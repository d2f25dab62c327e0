"""Measure every page of the site as readers meet it: `make audit`, into docs/audit.md.

Bytes are those on the disk, and as a server sends them (gzip). First paint and first life are
medians of three visits in fresh contexts of Chromium, from a local server: when something is
painted, and when the first explorer has said its sentence and drawn its picture. "Too wide" is by
how many pixels a page is wider than the window, at 390 px and at 200 % of a window of 1,280. Axe is
the number of serious and critical findings, light and dark. Outside are requests to other servers,
faults are errors that the page reports. Words are those that stand there without JavaScript.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import unquote, urlsplit

from . import ROOT
from .axe import grave
from .build import build
from .chapters import chapters
from .chromium import READY, opened, started
from .measure import ALIVE
from .serve import served

PAGE = ROOT / "docs" / "audit.md"
VISITS = 3
OWN = 300_000
COLUMNS = ("Page", "Own kB", "Sent kB", "Shared kB", "First paint ms", "First life ms",
           "Too wide at 390", "Too wide at 200 %", "Axe", "Outside", "Faults", "Words")
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
WIDER = "document.documentElement.scrollWidth - innerWidth"


def main() -> None:
    """Measure, print, and write the page; a missed aim is said, not an error."""
    site = build()
    with started() as browser, served(site) as base:
        rows = []
        for name in names(site):
            rows.append(row(browser, base, name, site))
            print(line(rows[-1]), flush=True)
    PAGE.write_text(page(rows), "utf-8")


def names(site: Path) -> list[str]:
    """Every page: those around the chapters, then the chapters."""
    around = [path.name for path in sorted(site.glob("*.html"))]
    return around + [f"{chapter.file}.html" for chapter in chapters()]


def row(browser: Any, base: str, name: str, site: Path) -> dict[str, Any]:
    """What one page costs and lacks, by the name of the column."""
    address = base + name
    bytes_ = _bytes(browser, base, name, site)
    return {"Page": name.removesuffix(".html").removeprefix("notebooks/"), **bytes_,
            **_times(browser, address),
            "Too wide at 390": _wider(browser, address, 390, 1),
            "Too wide at 200 %": _wider(browser, address, 640, 2),
            "Axe": sum(_axe(browser, address, theme) for theme in ("light", "dark")),
            "Words": _words(browser, address)}


def _bytes(browser: Any, base: str, name: str, site: Path) -> dict[str, Any]:
    """What a visit asks for: its own page, what pages share, what is elsewhere; and what it says."""
    asked, faults = set(), []
    with _visit(browser) as tab:
        tab.on("request", lambda request: asked.add(request.url.split("?")[0]))
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.on("console", lambda said: said.type == "error" and faults.append(said.text))
        tab.goto(base + name, wait_until="networkidle")
    own = site / name
    there = {site / unquote(urlsplit(url).path.lstrip("/")) for url in asked if url.startswith(base)}
    shared = sum(path.stat().st_size for path in there - {own} if path.is_file())
    outside = [url for url in asked if not url.startswith((base, "data:", "blob:"))]
    return {"Own kB": round(own.stat().st_size / 1000),
            "Sent kB": round(len(gzip.compress(own.read_bytes())) / 1000),
            "Shared kB": round(shared / 1000), "Outside": len(outside), "Faults": len(faults)}


def _times(browser: Any, address: str) -> dict[str, Any]:
    """First paint, and first life where the page has an explorer."""
    paints, lives = [], []
    for _ in range(VISITS):
        with _visit(browser) as tab:
            tab.goto(address, wait_until="load")
            tab.wait_for_function(f"{PAINTED} > 0")
            paints.append(tab.evaluate(PAINTED))
            if tab.locator(".pp-element[data-pp=explorer]").count():
                lives.append(_life(tab, address))
    return {"First paint ms": round(median(paints)),
            "First life ms": round(median(lives)) if lives else "–"}


def _life(tab: Any, address: str) -> float:
    """Milliseconds from the address to an explorer that answers."""
    tab.goto("about:blank")
    tab.goto(address, wait_until="commit")
    return tab.wait_for_function(f"() => ({ALIVE})() && performance.now()").json_value()


def _wider(browser: Any, address: str, width: int, zoom: int) -> int:
    with _visit(browser, viewport={"width": width, "height": 800}, device_scale_factor=zoom) as tab:
        tab.goto(address)
        tab.evaluate(READY)
        return max(0, tab.evaluate(WIDER))


def _axe(browser: Any, address: str, theme: str) -> int:
    with opened(browser, address, theme) as tab:
        return len(grave(tab))


def _words(browser: Any, address: str) -> int:
    with _visit(browser, java_script_enabled=False) as tab:
        tab.goto(address)
        return len(tab.locator("main").first.inner_text().split())


@contextmanager
def _visit(browser: Any, **settings: Any) -> Iterator[Any]:
    context = browser.new_context(**settings)
    yield context.new_page()
    context.close()


def page(rows: list[dict[str, Any]]) -> str:
    """The whole page: the aims with their numbers, then a row for each page of the book."""
    head = [line(dict(zip(COLUMNS, COLUMNS))), "| --- |" + " ---: |" * (len(COLUMNS) - 1)]
    return "\n".join(["# Pages", "", " ".join((__doc__ or "").split("\n\n", 1)[1].split()), "",
                      *aims(rows), "", *head, *map(line, rows), ""])


def line(row: dict[str, Any]) -> str:
    """One row of the table."""
    return "| " + " | ".join(f"{row[name]:,}" if isinstance(row[name], int) else str(row[name])
                             for name in COLUMNS) + " |"


def aims(rows: list[dict[str, Any]]) -> list[str]:
    """Each aim, whether it is met, and where it is missed."""
    parts: tuple[tuple[str, Callable[[dict[str, Any]], bool]], ...] = (
        ("a page's own bytes as sent are under 300 kB", lambda row: row["Sent kB"] < OWN / 1000),
        ("a page's own bytes on the disk are under 300 kB", lambda row: row["Own kB"] < OWN / 1000),
        ("nothing is wider than the window", lambda row: not (
            row["Too wide at 390"] or row["Too wide at 200 %"])),
        ("axe finds nothing serious", lambda row: not row["Axe"]),
        ("nothing is asked of other servers", lambda row: not row["Outside"]),
        ("no page reports an error", lambda row: not row["Faults"]))
    return [f"- {said}: {_met([row for row in rows if not holds(row)])}" for said, holds in parts]


def _met(missed: list[dict[str, Any]]) -> str:
    return "yes." if not missed else "**not** " + ", ".join(row["Page"] for row in missed) + "."
