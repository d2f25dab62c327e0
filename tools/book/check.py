"""What is checked before Jupyter Book starts: chapters, notebooks, alternative texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat

from tools.notebooks import lint

from . import ROOT, Refused
from .chapters import Chapter, chapters

MINUTES = re.compile(r"^\| Time \| (\d+) minutes", re.MULTILINE)
TITLE = re.compile(r"^# Chapter (\d+[a-z]?)\. ")
PICTURE = re.compile(r"<(?:svg|img)\b[^>]*>|!\[[^\]]*\]\([^)]*\)")
DESCRIBED = re.compile(r'aria-label="[^"]+"|alt="[^"]+"|aria-hidden="true"|!\[[^\]]+\]')


def sources(book: Path = ROOT) -> None:
    """Raises Refused, with the place of each fault."""
    listed = chapters()
    faults = [*_strangers(book, listed)]
    for chapter in listed:
        path = book / f"{chapter.file}.ipynb"
        if path.exists():
            faults += [*lint(path), *_chapter(path, chapter), *pictures(path)]
    if faults:
        raise Refused("\n".join(faults))


def _strangers(book: Path, listed: list[Chapter]) -> Iterator[str]:
    """Notebooks without a place in the book, and chapters without a notebook."""
    known = {chapter.file for chapter in listed}
    there = {f"notebooks/{path.stem}" for path in (book / "notebooks").glob("*.ipynb")}
    for name in sorted(there - known):
        yield f"{name}.ipynb has no entry in site/chapters.yml"
    for name in sorted(known - there):
        yield f"site/chapters.yml names {name}, which is not there"


def _chapter(path: Path, chapter: Chapter) -> Iterator[str]:
    first = nbformat.read(path, as_version=4).cells[0].source
    minutes = MINUTES.search(first)
    if not minutes or int(minutes[1]) != chapter.minutes:
        yield (f"{path.name}, cell 0: its row Time says {minutes and minutes[1]} minutes, "
               f"site/chapters.yml says {chapter.minutes}")
    title = TITLE.match(first)
    if not title or title[1] != chapter.label:
        yield f"{path.name}, cell 0: its title does not begin with 'Chapter {chapter.label}. '"


def pictures(path: Path) -> Iterator[str]:
    """Pictures of a notebook that a reader who cannot see them is told nothing about."""
    for number, cell in enumerate(nbformat.read(path, as_version=4).cells):
        for text in _texts(cell):
            for picture in PICTURE.findall(text):
                if not DESCRIBED.search(picture):
                    yield (f"{path.name}, cell {number}: a figure without alternative text: "
                           f"{picture[:60]}")


def _texts(cell: nbformat.NotebookNode) -> Iterator[str]:
    if cell.cell_type == "markdown":
        yield cell.source
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        yield data.get("text/html", "")
        if "image/png" in data and "text/html" not in data:
            yield "<img>"
