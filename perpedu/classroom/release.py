"""The notebook that a student gets: questions with the student's own numbers, and empty answers.

It holds no seed, no secret, no answer, hint or mistake. `question` and `answer_cell` say what
stands in it; grading compares the questions that come back with them.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from ..teaching.exercise import Exercise
from ..teaching.steps import LETTERS
from .course import Assignment, Course
from .roster import Student

ABOUT = ("Write each answer between the quotes below its question, as you would in the book: "
         "`54,300`, `5 %` or `1/3`. Save this file and hand it in. Your answers are read as text; "
         "no code in this file is run when it is graded, and nothing else in it counts.")
COMMENT = "  # your answer between the quotes"
KERNEL = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python",
                         "name": "python3"}, "language_info": {"name": "python"}}
_SIMPLE = re.compile(r"[A-Za-z0-9]+\.[A-Za-z0-9_-]{1,40}")


def write(course: Course, assignment: Assignment, nbgrader: bool = False) -> list[Path]:
    """One notebook a student, in `release/<assignment>/<folder of the student>/`."""
    paths = []
    for student in course.students:
        path = course.folder / "release" / assignment.name / student.folder
        path.mkdir(parents=True, exist_ok=True)
        paths.append(path / f"{assignment.name}.ipynb")
        made = notebook(course, assignment, student, nbgrader)
        paths[-1].write_text(text(made), "utf-8")
    return paths


def text(made: dict[str, Any]) -> str:
    """A notebook as its file holds it; the same on every run."""
    return json.dumps(made, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def notebook(course: Course, assignment: Assignment, student: Student,
             nbgrader: bool = False) -> dict[str, Any]:
    """The notebook of one student, as nbformat 4.5 has it."""
    cells = [_markdown("about", {"about": assignment.name}, about(assignment, student))]
    for number, item in enumerate(assignment.items, 1):
        ex = course.exercise(assignment.name, item, student)
        cells.append(_markdown(f"question-{number}", {"question": ex.id}, question(ex, number)))
        cells.append(answer_cell(ex, assignment.name, nbgrader))
    own = {"assignment": assignment.name, "student": student.id}
    return {"cells": cells, "metadata": {**KERNEL, "perpedu": own}, "nbformat": 4,
            "nbformat_minor": 5}


def _markdown(id: str, own: dict[str, str], source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": id, "metadata": {"perpedu": own},
            "source": source.splitlines(keepends=True)}


def answer_cell(ex: Exercise, assignment: str, nbgrader: bool = False) -> dict[str, Any]:
    """The code cell for an answer."""
    metadata: dict[str, Any] = {"perpedu": {"exercise": ex.id, "assignment": assignment}}
    if nbgrader:
        metadata["nbgrader"] = {"cell_type": "code", "grade": True, "grade_id": grade_id(ex.id),
                                "locked": False, "points": 1, "schema_version": 3,
                                "solution": True, "task": False}
    return {"cell_type": "code", "execution_count": None, "id": grade_id(ex.id),
            "metadata": metadata, "outputs": [], "source": blank(ex).splitlines(keepends=True)}


def grade_id(exercise: str) -> str:
    """An exercise's id as nbgrader and nbformat allow it for a cell; different for each.

    >>> grade_id("ch01.notional")
    'ch01-notional'
    """
    words = re.sub(r"[^A-Za-z0-9_-]", "-", exercise)
    if _SIMPLE.fullmatch(exercise):
        return words
    return f"{words[:40]}-{sha256(exercise.encode()).hexdigest()[:8]}"


def blank(ex: Exercise) -> str:
    """The source of an answer cell that nobody has filled yet."""
    if ex.kind != "table":
        return f'answer = ""{COMMENT}'
    lines = "".join(f'    "{row.name}": "",  # {_asked(row.asked.unit, row.asked.rounding)}\n'
                    for row in ex.plan.table.blanks)
    return f"answer = {{\n{lines}}}"


# ---- questions

def about(assignment: Assignment, student: Student) -> str:
    """The first cell: title, whose notebook it is, what to do."""
    who = f"{student.name} ({student.id})" if student.name else student.id
    due = f"\n\nDue: {_words(assignment.due)}" if assignment.due else ""
    return f"# {_words(assignment.title)}\n\nFor {_words(who)}{due}\n\n{ABOUT}"


def question(ex: Exercise, number: int) -> str:
    """The cell of a question: what is asked, with this student's numbers, and in which form."""
    parts = [f"## Question {number}", ex.question.strip(), *_rows(ex), *_letters(ex)]
    return "\n\n".join([*parts, f"*Answer: {form(ex)}.*"])


def form(ex: Exercise) -> str:
    """In which form the answer is expected, in words."""
    if ex.plan.asked:
        return "a number, " + _asked(ex.unit, ex.rounding)
    if ex.plan.table:
        return "the blank lines, each a number; the names are those in the cell below"
    if ex.plan.steps:
        return "all the letters in their order, with spaces between them"
    if ex.options:
        return "one letter"
    return "an expression in " + ", ".join(f"`{name}`" for name in ex.algebra.aliases)


def _asked(unit: str | None, rounding: str) -> str:
    return ", ".join(words for words in (f"in {unit}" if unit else "", rounding) if words)


def _letters(ex: Exercise) -> list[str]:
    """Options or steps, each behind its letter."""
    shown = ex.options or ex.steps
    listed = (f"- **{letter}** {text}" for letter, (_, text) in zip(LETTERS, shown))
    return ["\n".join(listed)] if shown else []


def _rows(ex: Exercise) -> list[str]:
    """A ledger, its blank lines with an ellipsis and their name."""
    if not ex.rows:
        return []
    blanks = {row.name for row in ex.plan.table.blanks}
    lines = ["| line | number | unit |", "| --- | ---: | --- |"]
    for row in ex.rows:
        label, name = str(row["label"]), row["name"]
        how = f" ({row['how']})" if row["how"] else ""
        shown = f"… `{name}`" if name in blanks else str(row["value"])
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in (
            label + how, shown, row["unit"] or "")) + " |")
    return ["\n".join(lines)]


def _words(text: str) -> str:
    """A text of the roster or the course as nothing but words."""
    return re.sub(r"([\\`*_\[\]$#|!~])", r"\\\1", escape(text, quote=False))
