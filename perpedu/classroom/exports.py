"""`python -m perpedu class moodle|sheet`: exercises for other places."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .choose import chosen


def add(tasks: Any) -> None:
    """Add both words to the parser of the class."""
    one = _task(tasks, "moodle", moodle, "write questions for Moodle, as XML")
    one.add_argument("--seeds", type=int, default=10, metavar="N", help="variants of each; else 10")
    one = _task(tasks, "sheet", sheet, "write a sheet to print, with its key, as HTML")
    one.add_argument("--seed", default="1", help="any text; draws the numbers")
    one.add_argument("--title", default="", help="what stands at the top")
    one.add_argument("--pdf", action="store_true", help="and as PDF, in the book's own folder")


def _task(tasks: Any, name: str, do: Any, words: str) -> Any:
    one = tasks.add_parser(name, help=words, description=words)
    one.set_defaults(do=do)
    one.add_argument("ids", metavar="ID", nargs="+", help="exercises (ch01.equity), chapters (ch01)")
    one.add_argument("--bank", metavar="FILE", default="", help="a bank of your own")
    one.add_argument("-o", "--to", metavar="FILE", required=True, type=Path, help="the file to write")
    return one


def moodle(given: argparse.Namespace) -> Iterator[str]:
    from .moodle import document

    text, notes = document(chosen(given.ids, given.bank), given.seeds)
    given.to.write_text(text, "utf-8")
    yield str(given.to)
    yield from notes


def sheet(given: argparse.Namespace) -> Iterator[str]:
    from .printed import pdf, text

    made = text(chosen(given.ids, given.bank), given.seed, given.title)
    given.to.write_text(made, "utf-8")
    yield str(given.to)
    if given.pdf:
        yield str(pdf(given.to))
