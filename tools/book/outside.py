"""Try every address outside the book that its pages link to: `make outside`, for a schedule."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from . import OUT, Refused
from .links import Page

#: Addresses that only make sense for a reader who is signed in, or start something.
UNTRIED = ("https://mybinder.org/v2/", "https://colab.research.google.com/")
UNTRIED_PART = "/issues/new?"


def main(site: Path = OUT) -> None:
    """Refused for addresses that do not answer; otherwise says how many were tried."""
    tried = addresses(site)
    with ThreadPoolExecutor(8) as pool:
        faults = [fault for fault in pool.map(fault_of, tried) if fault]
    if faults:
        raise Refused("\n".join(faults))
    print(f"{len(tried)} addresses answer.")


def addresses(site: Path) -> list[str]:
    """Each address outside the site, once."""
    return sorted({address for path in site.rglob("*.html") for address in _outside(path)})


def _outside(path: Path) -> Iterator[str]:
    for address in Page(path).outside:
        if not address.startswith(UNTRIED) and UNTRIED_PART not in address:
            yield address.split("#")[0]


def fault_of(address: str) -> str | None:
    """What is wrong with an address; None where it answers."""
    request = Request(address, headers={"User-Agent": "perpedu link check"})
    try:
        with urlopen(request, timeout=30):
            return None
    except HTTPError as error:
        return f"{address}: {error.code} {error.reason}"
    except (URLError, TimeoutError, OSError) as error:
        return f"{address}: {error}"
