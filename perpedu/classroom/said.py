"""What the bank knows about an exercise with its numbers, in words for a teacher."""

from __future__ import annotations

from typing import Any

from ..teaching.exercise import Exercise
from ..teaching.template import template
from . import key


def filled(ex: Exercise, text: Any) -> str:
    """A text of the bank with these numbers."""
    return template(ex.plan.program, text).fill(ex.values)


def right(ex: Exercise) -> str:
    """The right answer as a student would type it, in one line.

    >>> from perpedu.teaching.exercise import load
    >>> right(load("ch01.first-profit"))
    '2,500.00 USDT'
    """
    answer = key.answer(ex)
    return _lines(answer) if isinstance(answer, dict) else answer


def mistaken(ex: Exercise, name: str) -> str:
    """What a mistake gives, as a student would type it; of a ledger the line that it is in."""
    if ex.plan.asked:
        return key.number(ex.answers[name], ex.plan.asked)
    if ex.plan.table:
        return _lines(_slip(ex, name))
    if ex.plan.steps:
        return key.letters(ex.mistakes[name], ex.steps)
    return key.letters([name], ex.options) if ex.options else ex.mistakes[name]


def _slip(ex: Exercise, name: str) -> dict[str, str]:
    row, mistake = name.split(".")
    asked = next(one.asked for one in ex.plan.table.blanks if one.name == row)
    return {row: key.number(ex.row_answers[row][mistake], asked)}


def _lines(numbers: dict[str, str]) -> str:
    return ", ".join(f"{name} = {number}" for name, number in numbers.items())


def meaning(ex: Exercise, name: str) -> str:
    """What a mistake means, and what to do next."""
    return filled(ex, ex.plan.mistakes[name]["says"])


def discuss(ex: Exercise) -> str:
    """Why the answer is right, and of a prediction the question that follows it."""
    return " ".join(filled(ex, ex.item[name]) for name in ("why", "ask") if name in ex.item.fields)
