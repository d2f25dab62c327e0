"""What a student handed in, read as data: a notebook is JSON, and only its texts are looked at.

No link is followed, no more is read than a notebook may hold, no number in it becomes a number,
and stored outputs, kernels and code count for nothing. What is odd is flagged, in plain words.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from ..teaching.numbers_typed import shown
from . import literal
from .release import grade_id

LARGEST, MOST_FILES, MOST_TRIED, MOST_CELLS, MOST_COPIES = 10_000_000, 1_000, 5, 5_000, 20
LONGEST_QUESTION = 20_000

NOTHING = "no submission"
LINK = "a link, not followed"
NOT_A_FILE = "not a file"
TOO_LARGE = f"larger than {LARGEST // 1_000_000} MB, not read"
EMPTY = "an empty file"
NOT_UTF8 = "not UTF-8, read as far as possible"
NOT_A_NOTEBOOK = "not a notebook"
UNREADABLE = "cannot be read"
RENAMED = "renamed"
BESIDE = "another notebook beside it, not read"
OTHER_ASSIGNMENT = "from another assignment"
OTHER_STUDENT = "the file of another student"
UNMARKED = "it does not say whose it is"
MISSING = "answer cell missing"
COPIED = "answer cell copied"
NO_CODE_CELL = "answer not in a code cell"
BY_ITS_ID = "answer cell without its mark, found by its id"
OUTPUTS = "stored outputs, not read"
CHANGED = "the question is not the one released"
STRANGERS = "cells of other exercises, not read"
TOO_MANY = f"more than {MOST_CELLS} cells, the rest not read"


class Refused(Exception):
    """A file that is not read; the text is the flag."""


@dataclass(frozen=True)
class Cell:
    """The answer cell of an exercise."""

    source: str = ""
    answer: Any = None
    found: bool = False
    flags: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether the answer is still blank."""
        parts = self.answer.values() if isinstance(self.answer, dict) else [self.answer]
        return self.found and all(one is None or isinstance(one, str) and not one.strip()
                                  for one in parts)


@dataclass(frozen=True)
class Submission:
    """A notebook that was handed in: whose it says it is, its cells by kind, and its flags."""

    student: str | None = None
    assignment: str | None = None
    cells: dict[str, list[Cell]] = field(default_factory=dict)
    questions: dict[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = (NOTHING,)

    @property
    def there(self) -> bool:
        """Whether there is a notebook to grade."""
        return NOTHING not in self.flags

    def cell(self, exercise: str) -> Cell:
        """The answer to an exercise: of copied cells, the first that is not blank."""
        cells = self.cells.get(exercise)
        if not cells:
            return Cell(flags=(MISSING,) if self.there else ())
        chosen = next((cell for cell in cells if cell.found and not cell.empty), cells[0])
        if len(cells) == 1:
            return chosen
        return Cell(chosen.source, chosen.answer, chosen.found, (*chosen.flags, COPIED))


def _answer(cell: dict[str, Any]) -> Cell:
    source = _source(cell)[:literal.LONGEST + 1]
    read = literal.read(source)
    odd = {NO_CODE_CELL: cell.get("cell_type") != "code", OUTPUTS: bool(cell.get("outputs")),
           BY_ITS_ID: _own(cell).get("exercise") is None}
    return Cell(source, read.answer, read.found,
                (*read.flags, *(flag for flag, is_so in odd.items() if is_so)))


# ---- files

def find(place: Path, assignment: str, exercises: Iterable[str] = ()) -> Submission:
    """The notebook in a student's folder, or the file itself; the first that can be read."""
    flags: list[str] = []
    paths = _candidates(place, f"{assignment}.ipynb", flags)
    for path in islice(paths, MOST_TRIED):
        name = shown(path.name, 60)
        try:
            found = _notebook(*_text(path), exercises)
        except Refused as error:
            flags.append(f"{name}: {error}")
            continue
        if path.name != f"{assignment}.ipynb" and path != place:
            flags.append(f"{RENAMED}: {name}")
        flags += [f"{BESIDE}: {shown(other.name, 60)}" for other in islice(paths, MOST_TRIED)]
        return Submission(found.student, found.assignment, found.cells, found.questions,
                          (*flags, *found.flags))
    return Submission(flags=(NOTHING, *flags))


def _candidates(place: Path, expected: str, flags: list[str]) -> Iterator[Path]:
    """The files to try: the expected name, then other notebooks, then any other file."""
    try:
        if stat.S_ISLNK(place.lstat().st_mode):
            flags.append(f"{shown(place.name, 60)}: {LINK}")
        elif not place.is_dir():
            yield place
        else:
            yield from _in_order(os.scandir(place), expected)
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        flags.append(f"{UNREADABLE}: {type(error).__name__}")


def _in_order(entries: Iterable[Any], expected: str) -> list[Path]:
    files = [entry for entry in islice(entries, MOST_FILES) if entry.name[:1] != "."
             and (entry.is_symlink() or not entry.is_dir())]
    named = [entry for entry in files if entry.name.lower().endswith(".ipynb")]
    rest = named or [entry for entry in files if entry.name != "timestamp.txt"]
    return [Path(entry.path) for entry in sorted(rest, key=lambda e: (e.name != expected, e.name))]


def _text(path: Path) -> tuple[str, tuple[str, ...]]:
    """The text of a file and its flags; a link, a pipe or a large file is not opened."""
    try:
        _check(path.lstat())
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        with open(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb") as file:
            _check(os.fstat(file.fileno()))
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise Refused(f"{UNREADABLE}: {type(error).__name__}") from None
    if not raw.strip():
        raise Refused(EMPTY)
    try:
        return raw.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        return raw.decode("utf-8-sig", "replace"), (NOT_UTF8,)


def _check(found: os.stat_result) -> None:
    if stat.S_ISLNK(found.st_mode):
        raise Refused(LINK)
    if not stat.S_ISREG(found.st_mode):
        raise Refused(NOT_A_FILE)
    if found.st_size > LARGEST:
        raise Refused(TOO_LARGE)


# ---- notebooks

def _notebook(text: str, flags: tuple[str, ...], exercises: Iterable[str]) -> Submission:
    """The parts of a notebook that grading looks at. Raises Refused where it is none."""
    try:
        content = json.loads(text, parse_int=_no_number, parse_float=_no_number,
                             parse_constant=_no_number)
    except (ValueError, RecursionError, MemoryError):
        raise Refused(NOT_A_NOTEBOOK) from None
    cells = content.get("cells") if isinstance(content, dict) else None
    if not isinstance(cells, list):
        raise Refused(NOT_A_NOTEBOOK)
    by_id = {grade_id(exercise): exercise for exercise in exercises}
    answers, questions, strange = _sorted(cells[:MOST_CELLS], by_id)
    odd = {STRANGERS: strange, TOO_MANY: len(cells) > MOST_CELLS}
    flags += tuple(flag for flag, is_so in odd.items() if is_so)
    own = _own(content)
    return Submission(_name(own, "student"), _name(own, "assignment"), answers, questions, flags)


def _no_number(text: str) -> None:
    """Numbers of a notebook are not read: they may be of any length."""


def _sorted(cells: list[Any], by_id: dict[str, str]) -> tuple[dict[str, list[Cell]],
                                                              dict[str, str], bool]:
    """The answers by exercise, the texts of the questions, and whether there were others."""
    answers: dict[str, list[Cell]] = {exercise: [] for exercise in by_id.values()}
    questions: dict[str, str] = {}
    strange = False
    for cell in cells:
        own = _own(cell) if isinstance(cell, dict) else {}
        exercise = _name(own, "exercise") or by_id.get(_name(cell, "id") or "")
        if asked := _name(own, "question"):
            if asked in answers:
                questions.setdefault(asked, _source(cell)[:LONGEST_QUESTION])
        elif exercise and exercise not in answers:
            strange = True
        elif exercise and len(answers[exercise]) < MOST_COPIES:
            answers[exercise].append(_answer(cell))
    return answers, questions, strange


def _own(part: dict[str, Any]) -> dict[str, Any]:
    """What the release wrote into the metadata of a notebook or a cell."""
    for name in ("metadata", "perpedu"):
        part = part.get(name)
        if not isinstance(part, dict):
            return {}
    return part


def _name(own: Any, field: str) -> str | None:
    name = own.get(field) if isinstance(own, dict) else None
    return name if isinstance(name, str) else None


def _source(cell: dict[str, Any]) -> str:
    """The text of a cell: one string, or a list of them."""
    source = cell.get("source")
    lines = source if isinstance(source, list) else [source]
    return "".join(line for line in lines if isinstance(line, str))
