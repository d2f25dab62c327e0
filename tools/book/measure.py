"""How heavy and how fast the site is: what `make bench` asks."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from . import OUT
from .build import build

#: From the address to the first explorer whose sentence and picture are there.
ALIVE = """() => [...document.querySelectorAll('.pp-element[data-pp=explorer]')].some(node =>
    node.querySelector('[role=status]')?.textContent
    && node.querySelector('svg.pp-picture path'))"""


def seconds_to_build(cold: bool, out: Path = OUT) -> float:
    """A cold build reads everything anew; what npm fetched stays in the cache."""
    start = time.perf_counter()
    build(out, cold)
    return time.perf_counter() - start


def weight(browser: Any, base: str, page: str, site: Path = OUT) -> dict[str, int]:
    """Bytes on the disk that a page asks for: its `own`, and those `shared` with other pages."""
    context = browser.new_context()
    tab, asked = context.new_page(), set()
    tab.on("request", lambda request: asked.add(request.url.split("?")[0]))
    tab.goto(base + page)
    tab.wait_for_load_state("networkidle")
    context.close()
    paths = {site / unquote(urlsplit(url).path.removeprefix(urlsplit(base).path))
             for url in asked if url.startswith(base)}
    sizes = {path: path.stat().st_size for path in paths if path.is_file()}
    own = sizes.get(site / page, 0)
    return {"own": own, "shared": sum(sizes.values()) - own}


def seconds_to_first_explorer(browser: Any, address: str) -> float:
    """In a fresh context, so that nothing is in the cache."""
    context = browser.new_context()
    tab, start = context.new_page(), time.perf_counter()
    tab.goto(address, wait_until="commit")
    tab.wait_for_function(ALIVE)
    taken = time.perf_counter() - start
    context.close()
    return taken
