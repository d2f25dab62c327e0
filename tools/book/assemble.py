"""Bring together what Jupyter Book reads: pages, notebooks, scripts, styles, fonts.

A file is written only where its content changed, so that a second build reads only what is new.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import nbformat
from ruamel.yaml import YAML

from perpedu import __version__
from perpedu.showing import element, look, review

from . import CACHE, ROOT, SITE, licences
from .chapters import chapters, contents
from .glossary import script as terms
from .pages import filled
from .vendor import mathjax

SOURCE = CACHE / "source"
#: In place of a script of 1.5 MB: the theme brings its icons twice, and as a font they do.
ICONS = "// The icons come from the font that the stylesheet names.\n"


def assemble(target: Path = SOURCE, site: Path = SITE, book: Path = ROOT) -> None:
    """Write the source of the site; what no longer belongs to it is removed."""
    wanted = dict(_files(site, book))
    for name, text in wanted.items():
        write(target / name, text)
    mathjax(target / "assets" / "vendor" / "mathjax")
    for path in target.rglob("*"):
        name = path.relative_to(target)
        if path.is_file() and name.parts[:2] != ("assets", "vendor") and str(name) not in wanted:
            path.unlink()


def _files(site: Path, book: Path) -> Iterator[tuple[str, str]]:
    yield "_config.yml", (site / "_config.yml").read_text("utf-8").replace("VERSION", __version__)
    yield "references.bib", (site / "references.bib").read_text("utf-8")
    yield "_toc.yml", _yaml(contents(site / "_toc.yml"))
    for page in sorted(site.glob("*.md")):
        yield page.name, filled(page.read_text("utf-8"), page.name)
    for template in sorted((site / "templates").glob("*.html")):
        yield f"templates/{template.name}", template.read_text("utf-8")
    for chapter in chapters(site / "chapters.yml"):
        yield f"{chapter.file}.ipynb", chapter_page(book / f"{chapter.file}.ipynb")
    yield "assets/perpedu.css", element.stylesheet() + _without_theme()
    yield "assets/perpedu.js", element.script()
    for address, text in review.bank_scripts():
        yield f"assets/{address.removeprefix('_static/')}", text
    for name, text in licences.texts().items():
        yield f"assets/licences/{name}", text
    yield "assets/terms.js", terms((site / "glossary.md").read_text("utf-8"))
    yield "assets/scripts/fontawesome.js", ICONS
    for name in ("site.css", "site.js", "favicon.svg"):
        yield f"assets/{name}", (site / "assets" / name).read_text("utf-8")


def chapter_page(path: Path) -> str:
    """The notebook as the site reads it: its title without the number, which the site counts."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source = re.sub(r"^# Chapter \d+[a-z]?\. ", "# ", notebook.cells[0].source)
    return nbformat.writes(notebook)


def write(path: Path, text: str) -> None:
    """Write a file, unless it says the same already."""
    if path.exists() and path.read_text("utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def clear() -> None:
    """Forget everything but what npm fetched."""
    for folder in (SOURCE, CACHE / "built"):
        shutil.rmtree(folder, ignore_errors=True)


def _without_theme() -> str:
    """Where no script sets the theme, the theme's paper is light, and so are our colours."""
    return f"html:not([data-theme=dark]) {{ {look.variables('light')} }}\n"


def _yaml(value: object) -> str:
    out = StringIO()
    YAML(typ="safe", pure=True).dump(json.loads(json.dumps(value)), out)
    return out.getvalue()
