"""Every kind of page in light, in dark and 390 px wide: `make screenshots`, to be looked at."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

from . import OUT, ROOT
from .build import build
from .chapters import chapters
from .chromium import opened, started

FOLDER = ROOT / "_screenshots"
FORMS = {"light": ("light", 1200), "dark": ("dark", 1200), "390": ("light", 390),
         "390-dark": ("dark", 390)}
#: Long pages are cut into pictures of this height.
TALLEST = 6000


def main() -> None:
    """Write the pictures and say where they are."""
    count = sum(1 for _ in shoot(build()))
    print(f"{count} pictures in {FOLDER.name}/")


def shoot(site: Path = OUT, folder: Path = FOLDER) -> Iterator[Path]:
    """Each page of the site in each form."""
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    names = [path.stem for path in sorted(site.glob("*.html"))] + [
        chapter.file for chapter in chapters()]
    with started() as browser:
        for name, (form, (theme, width)) in product(names, FORMS.items()):
            with opened(browser, (site / f"{name}.html").as_uri(), theme, width) as page:
                yield from _pictures(page, folder / f"{name.split('/')[-1]}-{form}", width)


def _pictures(page: object, stem: Path, width: int) -> Iterator[Path]:
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": min(height, TALLEST)})
    for number, top in enumerate(range(0, height, TALLEST), 1):
        page.evaluate("top => scrollTo(0, top)", top)
        path = stem.with_name(f"{stem.name}-{number}.png" if height > TALLEST else
                              f"{stem.name}.png")
        page.screenshot(path=path)
        yield path
