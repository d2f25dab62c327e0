"""Every link of a built site: the page is there, and so is the place in it."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from . import LITE, Refused


class Page(HTMLParser):
    """The links and the anchors of one page, what it would load from elsewhere, and where it
    sends readers outside."""

    def __init__(self, path: Path):
        super().__init__()
        self.path, self.links, self.anchors = path, set(), set()
        self.external, self.outside = set(), set()
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors |= {given[key] for key in ("id", "name") if given.get(key)}
        for key in ("href", "src"):
            if given.get(key) is not None:
                self._note(tag, given)

    def _note(self, tag: str, given: dict[str, str | None]) -> None:
        address = given.get("href") or given.get("src") or ""
        if not urlsplit(address).scheme and not address.startswith("//"):
            self.links.add(address)
        elif (tag != "a" and given.get("rel") != "canonical"
              and not address.startswith("data:")):
            self.external.add(address)
        elif tag == "a" and urlsplit(address).scheme in ("http", "https"):
            self.outside.add(address)

    handle_startendtag = handle_starttag


def check(site: Path) -> None:
    """Raises Refused for links that lead nowhere and for anything loaded from elsewhere."""
    pages = {path.resolve(): Page(path) for path in sorted(site.rglob("*.html"))
             if path.relative_to(site).parts[0] != LITE}
    faults = [fault for page in pages.values() for fault in _faults(page, pages, site)]
    if faults:
        raise Refused("\n".join(faults))


def _faults(page: Page, pages: dict[Path, Page], site: Path) -> Iterator[str]:
    name = page.path.relative_to(site)
    for address in sorted(page.external):
        yield f"{name}: asks another server for {address}"
    for link in sorted(page.links):
        parts = urlsplit(link)
        target = (page.path.parent / unquote(parts.path)).resolve() if parts.path else (
            page.path.resolve())
        if target.is_relative_to(site.resolve() / LITE):
            continue  # `make lite` builds it, into the published site alone
        if not target.exists():
            yield f"{name}: a link to {link}, which is not there"
        elif parts.fragment and target in pages and unquote(parts.fragment) not in (
                pages[target].anchors):
            yield f"{name}: a link to {link}: the page is there, the place in it is not"
