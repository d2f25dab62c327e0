"""A sheet of exercises to print, with its key on a page of its own: one HTML file, no LaTeX.

    python -m perpedu class sheet ch01.notional ch01.equity --seed group1 -o sheet.html

The file needs nothing beside it: mathematics is MathML, and its style prints on A4.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from ..showing.mathml import written
from ..teaching.bank import Item
from ..teaching.exercise import Exercise
from ..theory.exact import refuse
from . import release, said

STYLE = """
@page { size: A4; margin: 18mm; }
body { font: 11pt/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
  max-width: 46rem; margin: 0 auto; padding: 1rem; color: #111; background: #fff; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: 0 0 .3rem; }
.who { display: flex; gap: 2rem; } .who span { flex: 1; border-bottom: 1px solid #111; }
section { break-inside: avoid; margin: 1.4rem 0; }
h1, h2 { break-after: avoid; }
.about, .form { color: #444; font-size: .9rem; margin: .2rem 0; }
.room { height: 5.5rem; border-bottom: 1px solid #999; }
table { border-collapse: collapse; width: 100%; } td, th { border: 1px solid #999;
  padding: .25rem .5rem; text-align: left; font-weight: normal; } td.number { text-align: right;
  min-width: 9rem; }
.key { break-before: page; }
@media print { body { max-width: none; padding: 0; } }
@media screen { .key { border-top: 2px solid #111; margin-top: 3rem; } }
"""
PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>{style}</style></head>
<body>
<main>
<h1>{title}</h1>
<p class="who">Name: <span></span> Date: <span></span></p>
<p class="about">{about}</p>
{questions}
</main>
<div class="key">
<h1>Key: {title}</h1>
<p class="about">The numbers are those of the seed “{seed}”.</p>
{key}
</div>
</body>
</html>
"""
NEEDS = ("the book's own folder with its tests set up (make test), since a browser prints it; or "
         "open the HTML in any browser and print it there")


def text(items: Sequence[Item], seed: str = "1", title: str = "") -> str:
    """The HTML of a sheet with its key; the same for the same seed, for ever.

    Without a title, it is called “Exercises”. Raises BankError for a bank that cannot be used.
    """
    made = [Exercise(item, seed) for item in items]
    count = f"{len(made)} exercise{'s' * (len(made) > 1)}"
    minutes = sum(ex.minutes for ex in made)
    return PAGE.format(
        title=escape(title or "Exercises"), style=STYLE, seed=escape(str(seed)),
        about=f"{count}, about {minutes} minute{'s' * (minutes > 1)}.",
        questions="\n".join(_question(ex, n) for n, ex in enumerate(made, 1)),
        key="\n".join(_answer(ex, n) for n, ex in enumerate(made, 1)))


def _question(ex: Exercise, number: int) -> str:
    """A question, with room to work."""
    listed = "".join(f"<li>{words(text)}</li>" for _, text in (ex.options or ex.steps))
    letters = f'<ol type="A">{listed}</ol>' if listed else ""
    return (f"<section><h2>{number}. {escape(ex.title)}</h2>{paragraphs(ex.question)}{letters}"
            f'{_table(ex)}<p class="form">{_form(ex)}</p>'
            + ("" if ex.rows else '<div class="room"></div>') + "</section>")


def _form(ex: Exercise) -> str:
    """In which form the answer is expected; an expression needs no typing here."""
    if ex.plan.table:
        return f"Fill in the blank lines, {escape(ex.rounding)}."
    if ex.kind == "expression":
        return "Answer: an expression."
    return f"Answer: {words(release.form(ex))}."


def _table(ex: Exercise) -> str:
    """A ledger with room in its blank lines."""
    lines = "".join(
        f'<tr><th scope="row">{words(row["label"])}'
        + (f'<br><span class="about">{words(row["how"])}</span>' if row["how"] else "")
        + f'</th><td class="number">{row["value"] or ""}</td><td>{row["unit"] or ""}</td></tr>'
        for row in ex.rows)
    return f"<table><tbody>{lines}</tbody></table>" if lines else ""


def _answer(ex: Exercise, number: int) -> str:
    """The key of a question: answer, solution, and what the usual mistakes give."""
    slips = "".join(f"<li>{escape(said.mistaken(ex, name))}: {words(said.meaning(ex, name))}</li>"
                    for name in ex.mistakes)
    return (f"<section><h2>{number}. {escape(ex.title)}: {escape(said.right(ex))}</h2>"
            f'<p class="about">{escape(ex.objective)}</p>{paragraphs(ex.solution)}'
            f"<ul>{slips}</ul></section>")


def paragraphs(text: str) -> str:
    """A text of the bank in paragraphs."""
    return "".join(f"<p>{words(line)}</p>" for line in re.split(r"\n+", text.strip()) if line)


def words(text: Any) -> str:
    """A line as HTML: mathematics as MathML, and what stands between backquotes as code."""
    made = escape(str(text), quote=False)
    for latex, inside in written(str(text)).items():
        made = made.replace(f"${escape(latex, quote=False)}$", f"<math>{inside}</math>")
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", made)


def pdf(sheet: Path) -> Path:
    """The sheet beside it as PDF, by the Chromium that prints the book. Raises ValueError."""
    try:
        from tools.book import Refused
        from tools.book.chromium import opened, started
    except ImportError:
        raise refuse("pdf", str(sheet), NEEDS) from None
    target = sheet.with_suffix(".pdf")
    try:
        with started() as browser, opened(browser, sheet.resolve().as_uri()) as shown:
            shown.pdf(path=target, prefer_css_page_size=True, tagged=True)
    except (ImportError, Refused):
        raise refuse("pdf", str(sheet), NEEDS) from None
    return target
