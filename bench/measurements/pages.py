"""The pages as `make site` builds them. A cold build reads everything anew, a warm one has
Sphinx's notes of the last; npm's files are there in both. Weight is bytes on the disk that the
page of chapter 1 asks for: its own, and those it shares with the other pages. First life is the
time from the address of that page to an explorer that has said its sentence and drawn its
picture, in a fresh context of Chromium from a local server, against the same for a page with
nothing on it but that explorer. Medians of 5 turns; one turn for the builds.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from perpedu import chapter1
from perpedu.showing.page import html
from tools.book import OUT
from tools.book import measure as site
from tools.book.build import build
from tools.book.chromium import started
from tools.book.serve import served

from ..timing import at_most, medians

PAGE = "notebooks/01_ledger.html"
WARM = "Site, warm build: its time over that of a cold one"
OWN = "Chapter page: its own bytes over those that all pages share"
LIFE = "Chapter page, first live explorer: its time over that of a page with nothing else"
TARGETS = {WARM: at_most(1), OWN: at_most(1), LIFE: at_most(20)}


def measure(tiny: bool = False) -> dict[str, float]:
    """The ratios of builds, bytes and first life."""
    with TemporaryDirectory() as folder:
        out = _built() if tiny else Path(folder, "site")
        cold = None if tiny else site.seconds_to_build(cold=True, out=out)
        warm = None if tiny else site.seconds_to_build(cold=False, out=out)
        (Path(folder) / "alone.html").write_text(html(chapter1.ledger_explorer().html()), "utf-8")
        with started() as browser, served(out) as base, served(Path(folder)) as beside:
            bytes_ = site.weight(browser, base, PAGE, out)
            took = medians(1 if tiny else 5,
                           page=lambda: site.seconds_to_first_explorer(browser, base + PAGE),
                           alone=lambda: site.seconds_to_first_explorer(browser,
                                                                        beside + "alone.html"))
    return {WARM: 1.0 if tiny else warm / cold, OWN: bytes_["own"] / bytes_["shared"],
            LIFE: took["page"] / took["alone"]}


def _built() -> Path:
    """The pages, if they are there; otherwise they are built."""
    return OUT if (OUT / "index.html").exists() else build()
