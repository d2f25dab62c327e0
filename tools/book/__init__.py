"""The site: what `make site`, `serve`, `print`, `screenshots` and `outside` run."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SITE = ROOT / "site"
CACHE = ROOT / ".cache" / "site"
OUT = ROOT / "_site"
#: The part of the site that `make lite` builds; the rest leaves it alone.
LITE = "lite"


class Refused(Exception):
    """What stands in the way of the site, one fault a line, each with its place."""


def raw(html: str) -> str:
    """HTML as a page takes it, unread."""
    return "```{raw} html\n" + html + "\n```"
