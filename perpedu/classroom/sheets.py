"""CSV files that a spreadsheet may open: nothing in them is a formula.

A cell that a spreadsheet could take for a formula gets an apostrophe in front; `plain` takes it
off again. Numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

#: Signs with which a spreadsheet begins a formula, also in their wide forms.
FORMULA = tuple("=+-@|%\t\r＝＋－＠")
_NUMBER = re.compile(r"[-+]?[0-9][0-9., ]*%?")


def cell(text: str) -> str:
    """A text as a cell that is no formula.

    >>> cell("=cmd()"), cell("-570"), cell("anna")
    ("'=cmd()", '-570', 'anna')
    """
    begins = text.lstrip(" \n\xa0")
    if begins.startswith((*FORMULA, "'")) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def plain(text: str) -> str:
    """The text that `cell` made a cell of.

    >>> plain(cell("=cmd()")), plain(cell("'quoted'"))
    ('=cmd()', "'quoted'")
    """
    return text.removeprefix("'")


def sheet(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The text of a CSV file, its first line the names of the columns."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([cell(text) for text in row] for row in rows)
    return out.getvalue()


def rows(path: Path | str) -> list[dict[str, str]]:
    """The rows of a file that `sheet` made, by the names of the columns."""
    with open(path, encoding="utf-8", newline="") as file:
        return [{name: plain(text) for name, text in row.items()} for row in csv.DictReader(file)]
