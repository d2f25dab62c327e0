"""The key: the answers for each student's numbers, as a student would type them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from ..teaching.asked import Asked
from ..teaching.exercise import Exercise
from ..teaching.numbers_typed import show
from ..teaching.steps import LETTERS
from ..teaching.trees import number_text
from . import sheets
from .course import Assignment, Course

COLUMNS = ("student", "exercise", "kind", "answer", "unit", "solution")


def rows(course: Course, assignment: Assignment) -> Iterator[dict[str, str]]:
    """One row a student and exercise, in the order of the roster and of the assignment."""
    for student in course.students:
        for item in assignment.items:
            ex = course.exercise(assignment.name, item, student)
            typed = answer(ex)
            shown = json.dumps(typed, ensure_ascii=False) if isinstance(typed, dict) else typed
            yield dict(zip(COLUMNS, (student.id, ex.id, ex.kind, shown, ex.unit or "",
                                     ex.solution)))


def write(course: Course, assignment: Assignment) -> Path:
    """Write `key/<assignment>.csv`."""
    path = course.folder / "key" / f"{assignment.name}.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_text(sheets.sheet(COLUMNS, (list(row.values())
                                           for row in rows(course, assignment))), "utf-8")
    return path


def answer(ex: Exercise) -> Any:
    """The right answer as a student would type it: text, or of a ledger a text for each line.

    >>> from perpedu.teaching.exercise import load
    >>> answer(load("ch01.first-profit"))
    '2,500.00 USDT'
    """
    if ex.plan.asked:
        return number(ex.truth, ex.plan.asked)
    if ex.plan.table:
        return {row.name: number(ex.values[row.name], row.asked) for row in ex.plan.table.blanks}
    if ex.plan.steps:
        return letters(ex.expected, ex.steps)
    return letters([ex.expected], ex.options) if ex.options else ex.expected


def number(value: Fraction, asked: Asked) -> str:
    """A number rounded as it is asked for; with all its digits where that would be too rough."""
    if abs(asked.printed(value) - value) <= asked.tolerance:
        return show(asked.printed(value), asked.places, asked.unit)
    return number_text(value)


def letters(keys: list[str], listed: list[tuple[str, str]]) -> str:
    """The letters of options or steps, by their keys."""
    known = dict(zip((key for key, _ in listed), LETTERS))
    return " ".join(known[key] for key in keys)
