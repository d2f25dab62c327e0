"""The whole book as one page with static figures, and as PDF: `make print`.

The page needs no script but MathJax. Hints and solutions stand at its end, linked both ways.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

from . import CACHE, LITE, ROOT, check, links
from .assemble import SOURCE, assemble
from .build import jupyter_book
from .chapters import contents
from .chromium import opened, started

FOLDER = ROOT / "_print"
MARK = re.compile(r'<span id="document-([^"]+)">')
CARD = re.compile(r'<div class="pp-element pp-card" data-pp="card">.*?<p class="pp-title">(.*?)</p>'
                  r"(.*?)((?:<details>.*?</details>)+)</div></div>", re.DOTALL)
PAGE = """<!DOCTYPE html>
<html lang="en" data-theme="light" data-content_root="./">
<head>{head}</head>
<body class="pp-print"><main class="bd-article">
{body}
</main></body>
</html>
"""


def main() -> None:
    """Write both and say where they are."""
    print(f"One page: {page().relative_to(ROOT)}")
    with started() as browser:
        print(f"PDF:      {pdf(browser).relative_to(ROOT)}")


def page(folder: Path = FOLDER) -> Path:
    """The one page, in `folder` with what it needs.  Refused for a link that leads nowhere."""
    check.sources()
    assemble()
    built = jupyter_book("singlehtml", built=CACHE / "single")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(built / "_static", folder / "_static",
                    ignore=shutil.ignore_patterns("*.map", "*macros.html", "scripts", "locales"))
    shutil.copytree(SOURCE / "assets", folder / "_static", dirs_exist_ok=True)
    target = folder / "perpedu.html"
    target.write_text(whole((built / "index.html").read_text("utf-8")), "utf-8")
    links.check(folder)
    return target


def pdf(browser: Any, folder: Path = FOLDER) -> Path:
    """The page as PDF, by Chromium, with an outline and links."""
    target = folder / "perpedu.pdf"
    with opened(browser, (folder / "perpedu.html").as_uri()) as shown:
        shown.pdf(path=target, format="A4", outline=True, tagged=True, print_background=True,
                  margin=dict.fromkeys(("top", "bottom", "left", "right"), "18mm"))
    return target


def whole(text: str) -> str:
    """Sphinx's single page without the theme around it, every link inside it, in one piece."""
    head = re.sub(r"<script(?![^>]*mathjax).*?</script>|<link (?![^>]*stylesheet)[^>]*>", "",
                  re.search(r"<head>(.*?)</head>", text, re.DOTALL)[1], flags=re.DOTALL)
    configured = re.search(r"<script>window\.MathJax = .*?</script>", text)
    article = re.search(r'<article class="bd-article">(.*)</article>', text, re.DOTALL)[1]
    first, *others = _parts(article)
    solved, answers = _solutions(first + _contents(text) + "".join(others))
    body = re.sub(r'<a class="headerlink".*?</a>', "", solved + answers)
    return PAGE.format(head=(configured[0] if configured else "") + head, body=body)


def _parts(article: str) -> list[str]:
    """The documents one after the other, their counted ids and the links to them made their own."""
    pieces = MARK.split(article)
    parts = [document(pieces[0], "index")]
    for name, text in zip(pieces[1::2], pieces[2::2]):
        parts.append(f'<span id="document-{name}">' + document(text, name))
    return parts


def document(text: str, name: str) -> str:
    """One document: its ids and links, and no way to JupyterLite, which paper does not have."""
    text = re.sub(rf'<a [^>]*href="{LITE}/[^"]*"[^>]*>(.*?)</a>', r"\1", text)
    text = re.sub(r'(id="|href="#)(id\d+)"', rf'\1{name}-\2"', text)
    text = re.sub(r'href="index\.html#(id\d+)"', r'href="#bibliography-\1"', text)
    text = text.replace('href="index.html#', 'href="#')
    return re.sub(r'href="((?:notebooks/)?\w+)\.html(?:#[^"]*)?"', r'href="#document-\1"', text)


def _contents(text: str) -> str:
    """A table of contents, in the order of the book."""
    titles = dict(re.findall(r'<span id="document-([^"]+)">.*?<h\d>(.*?)<a class="headerlink"', text,
                             re.DOTALL))
    items = "".join(f'<li><a href="#document-{entry["file"]}">{titles[entry["file"]]}</a></li>'
                    for part in contents()["parts"] for entry in part["chapters"])
    return f'<nav class="pp-contents"><h2>Contents</h2><ul>{items}</ul></nav>'


def _solutions(text: str) -> tuple[str, str]:
    """The text with a link in place of each card's hints and solution; and those, for the end."""
    answers: list[str] = []

    def put(found: re.Match) -> str:
        number = len(answers) + 1
        title, question, folded = found.groups()
        told = re.sub(r"<details><summary>(.*?)</summary>", r"<h4>\1</h4>", folded)
        answers.append(f'<section id="solution-{number}"><h3>{number}. {title}</h3>'
                       f"{told.replace('</details>', '')}"
                       f'<p><a href="#question-{number}">Back to the question</a></p></section>')
        return (f'<div class="pp-card" id="question-{number}"><p class="pp-title">{title}</p>'
                f'{question}<p><a href="#solution-{number}">Hints and solution {number}</a></p>'
                "</div>")
    body = CARD.sub(put, text)
    return body, f"<section><h2>Hints and solutions</h2>{''.join(answers)}</section>"
