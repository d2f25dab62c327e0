"""Each chapter as slides, by nbconvert: `make slides` writes them into _slides.

What stands on a slide follows from the cells. A heading with one or two number signs begins a
slide; a card, a figure, a derivation, a table, an output begins one below it. A slide shows the
first paragraph of its section, and every formula, table, list and quotation; the whole text stands
in the speaker's notes (press S). The tag `hide-input` hides the code, as on the pages. A cell that
has slideshow metadata of its own keeps it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html import escape
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from perpedu.showing import element

from . import ROOT, licences, vendor
from .chapters import Chapter, chapters

FOLDER = ROOT / "_slides"
TEMPLATES = Path(__file__).parent / "templates"
HEADING = re.compile(r"^(?=#{1,2} )", re.MULTILINE)
#: What stays on a slide: headings, formulas, tables, lists, quotations.
SHOWN = re.compile(r"#|\$\$|\||[-*] |\d+\. |>")
CONTENTS = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>perpedu: slides</title></head>
<body><main><h1>Slides</h1><ul>{items}</ul>
<p>Arrows turn the slides, S opens the speaker's notes, Esc shows all of them.</p>
<p>Licences: {licences}</p></main></body></html>
"""


def main() -> None:
    """Write the slides and say where they are."""
    print(f"The slides are in {build().name}/index.html")


def build(folder: Path = FOLDER) -> Path:
    """One page of slides a chapter, with all they need beside them."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    vendor.mathjax(folder / "vendor" / "mathjax")
    vendor.reveal(folder / "vendor" / "reveal.js")
    (folder / "perpedu.css").write_text(element.stylesheet(), "utf-8")
    (folder / "perpedu.js").write_text(element.script(), "utf-8")
    shutil.copyfile(TEMPLATES / "slides.css", folder / "slides.css")
    for chapter in chapters():
        (folder / _page(chapter)).write_text(page(ROOT / f"{chapter.file}.ipynb"), "utf-8")
    (folder / "index.html").write_text(_contents(folder), "utf-8")
    return folder


def page(path: Path) -> str:
    """A chapter's slides as HTML."""
    from nbconvert.exporters import SlidesExporter
    from traitlets.config import Config

    notebook = deck(nbformat.read(path, as_version=4))
    settings = Config({"TagRemovePreprocessor": {"enabled": True,
                                                 "remove_input_tags": {"hide-input"}}})
    exporter = SlidesExporter(
        config=settings, template_name="slides", extra_template_basedirs=[str(TEMPLATES)],
        reveal_url_prefix="vendor/reveal.js", reveal_theme="white", exclude_input_prompt=True,
        exclude_output_prompt=True)
    return exporter.from_notebook_node(notebook, {"metadata": {"name": path.stem}})[0]


# ---- which cell goes where

def deck(notebook: NotebookNode) -> NotebookNode:
    """The notebook with slideshow metadata in every cell, its long texts in notes."""
    notebook.cells = [made for cell in notebook.cells for made in _slides(cell)]
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"s{number}"
    title = re.match(r"# (.*)", notebook.cells[0].source)
    notebook.metadata["title"] = title[1] if title else ""
    return notebook


def _slides(cell: NotebookNode) -> Iterator[NotebookNode]:
    if "slideshow" in cell.metadata:
        yield cell
    elif cell.cell_type == "markdown":
        for part in filter(str.strip, HEADING.split(cell.source)):
            yield from _spoken(plain(part))
    else:
        yield _placed(cell, "subslide" if cell.outputs else "skip")


def _spoken(text: str) -> Iterator[NotebookNode]:
    """A part of the text: what is shown of it, and all of it as notes where that is more."""
    headed = text.startswith("#")
    paragraphs = [part.strip("\n") for part in re.split(r"\n\s*\n", text.strip())]
    prose = next((part for part in paragraphs if headed and not SHOWN.match(part)), None)
    shown = [part for part in paragraphs if SHOWN.match(part) or part is prose]
    if shown:
        kind = "slide" if re.match("#{1,2} ", text) else "subslide"
        yield _placed(new_markdown_cell("\n\n".join(shown)), kind)
    if len(shown) < len(paragraphs):
        yield _placed(new_markdown_cell(text.strip()), "notes")


def _placed(cell: NotebookNode, kind: str) -> NotebookNode:
    cell.metadata["slideshow"] = {"slide_type": kind}
    return cell


def plain(text: str) -> str:
    """Markdown without what only the pages read: roles, labels, links to notebooks.

    >>> plain("{term}`its equity <equity>` is $A$, see [Chapter 2b](02b_steering.ipynb#x)")
    'its equity is $A$, see [Chapter 2b](02b_steering.html)'
    """
    text = re.sub(r"\$\$ \(eq-[a-z0-9-]+\)", "$$", text)
    text = re.sub(r"\{eq\}`eq-([a-z0-9-]+)`", lambda found: found[1].replace("-", " "), text)
    text = re.sub(r"\{term\}`([^`<]*?)(?: <[^`>]*>)?`", r"\1", text)
    text = re.sub(r"\{cite\}`([^`]*)`", r"(\1)", text)
    return re.sub(r"\]\((\d\d[a-z]?_\w+)\.ipynb(?:#[^)]*)?\)", r"](\1.html)", text)


# ---- around them

def _page(chapter: Chapter) -> str:
    return f"{Path(chapter.file).name}.html"


def _contents(folder: Path) -> str:
    """The list of all slides, and the licences of what is beside them."""
    texts = {name: text for name, text in licences.texts().items()
             if name in ("mathjax.txt", "reveal.js.txt")}
    (folder / "licences").mkdir()
    for name, text in texts.items():
        (folder / "licences" / name).write_text(text, "utf-8")
    items = "".join(f'<li><a href="{_page(one)}">{one.label}. {escape(one.title)}</a></li>'
                    for one in chapters())
    links = ", ".join(f'<a href="licences/{name}">{name.removesuffix(".txt")}</a>'
                      for name in texts)
    return CONTENTS.format(items=items, licences=links)
