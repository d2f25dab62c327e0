"""Grading: the answers of a class are judged like those of a reader, and nothing else counts.

Each exercise is worth one point. Of a ledger it is the share of its blank lines that are right or
follow from the student's own numbers above: an early slip costs once. What cannot be read is worth
nothing and is flagged; a submission that is odd never stops the others.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

from ..teaching.cells import FOLLOWS, IS_RIGHT, TableVerdict
from ..teaching.exercise import Exercise, Verdict
from ..teaching.numbers_typed import show, shown
from ..theory.exact import refuse
from . import sheets, submission
from .course import Assignment, Course
from .release import question
from .roster import Student
from .submission import Cell, Submission

COLUMNS = ("student", "exercise", "points", "correct", "mistake", "answer", "flags")
LONGEST_ANSWER = 200
NOT_JUDGED = "could not be judged"
FOUND_IN = "handed in as"
MOST_UNCLAIMED = 500


@dataclass(frozen=True)
class Grade:
    """What came of one answer of one student.

    `points` is from 0 to 1, `mistake` names the known mistakes that it shows, `state` is right,
    known, other, unread, empty or missing, and `message` is what the student may be told.
    """

    student: str
    exercise: str
    points: Fraction
    state: str
    mistakes: tuple[str, ...] = ()
    answer: str = ""
    flags: tuple[str, ...] = ()
    message: str = ""

    @property
    def correct(self) -> bool:
        """Whether all of it is right."""
        return self.state == "right"

    def row(self) -> tuple[str, ...]:
        """As a line of grades.csv."""
        return (self.student, self.exercise, show(self.points), "yes" if self.correct else "no",
                "; ".join(self.mistakes), self.answer, "; ".join(self.flags))


@dataclass(frozen=True)
class Grades:
    """The grades of a class: for each student of the roster and each exercise, in their order.

    `unclaimed` are files and folders that belong to no student of the roster.
    """

    course: Course
    assignment: Assignment
    grades: tuple[Grade, ...]
    unclaimed: tuple[str, ...] = field(default=())

    def csv(self) -> str:
        """The text of grades.csv."""
        return sheets.sheet(COLUMNS, (grade.row() for grade in self.grades))

    def write(self, folder: Path | str | None = None) -> list[Path]:
        """Write grades.csv, report.md and report.svg; without `folder`, into the course."""
        from .report import report

        place = Path(folder) if folder else self.course.folder / "grades" / self.assignment.name
        place.mkdir(parents=True, exist_ok=True)
        texts = {"grades.csv": self.csv(), **report(self)}
        for name, text in texts.items():
            (place / name).write_text(text, "utf-8")
        return [place / name for name in texts]

    def __repr__(self) -> str:
        right = sum(grade.correct for grade in self.grades)
        return f"{self.assignment.name}: {right} of {len(self.grades)} answers right"


def grade(course: Course, assignment: Assignment, submitted: Path | str | None = None) -> Grades:
    """The grades of the whole roster. Raises ValueError where `submitted` is no folder."""
    place = _place(course, assignment, submitted)
    found, unclaimed = _collect(course, assignment, place)
    graded = [one for student in course.students
              for one in grade_student(course, assignment, student, found[student.id])]
    return Grades(course, assignment, tuple(graded), tuple(unclaimed))


def grade_student(course: Course, assignment: Assignment, student: Student,
                  handed_in: Submission) -> Iterator[Grade]:
    """The grade of each exercise for one student."""
    flags = (*handed_in.flags, *_whose(assignment, student, handed_in))
    for number, item in enumerate(assignment.items, 1):
        ex = course.exercise(assignment.name, item, student)
        cell = handed_in.cell(ex.id)
        one = judge(ex, cell, student.id, (*flags, *cell.flags))
        if not one.correct and _changed(ex, number, handed_in):
            one = replace(one, flags=(*one.flags, submission.CHANGED))
        yield one


def judge(ex: Exercise, cell: Cell, student: str = "", flags: tuple[str, ...] = ()) -> Grade:
    """The grade of one answer; nothing that a cell holds raises here."""
    answer = _shown(cell)
    if not cell.found or cell.empty:
        state = "missing" if not cell.source else "empty" if cell.found else "unread"
        return Grade(student, ex.id, Fraction(0), state, (), answer, flags)
    try:
        verdict = ex.check(cell.answer)
        return Grade(student, ex.id, _points(verdict), _state(verdict), _mistakes(verdict), answer,
                     flags, verdict.message)
    except Exception as error:  # a fault of the checker costs one answer, not the batch
        flags = (*flags, f"{NOT_JUDGED}: {type(error).__name__}")
        return Grade(student, ex.id, Fraction(0), "unread", (), answer, flags)


# ---- verdicts

def _points(verdict: Verdict) -> Fraction:
    if isinstance(verdict, TableVerdict) and verdict.cells:
        good = sum(cell.state in (IS_RIGHT, FOLLOWS) for cell in verdict.cells.values())
        return Fraction(good, len(verdict.cells))
    return Fraction(verdict.correct)


def _state(verdict: Verdict) -> str:
    return "right" if verdict.correct else "known" if verdict.mistake else "other"


def _mistakes(verdict: Verdict) -> tuple[str, ...]:
    if isinstance(verdict, TableVerdict):
        return tuple(cell.mistake for cell in verdict.cells.values() if cell.mistake)
    return (verdict.mistake,) if verdict.mistake else ()


def _shown(cell: Cell) -> str:
    """The answer for a sheet: as typed; a ledger as JSON; what was not read as it stands there."""
    if not cell.found:
        return shown(cell.source.strip(), LONGEST_ANSWER)
    if cell.empty:
        return ""
    nested = isinstance(cell.answer, (dict, list))
    text = json.dumps(cell.answer, ensure_ascii=False) if nested else cell.answer
    return shown(text, LONGEST_ANSWER)


# ---- whose it is

def _whose(assignment: Assignment, student: Student, found: Submission) -> Iterator[str]:
    if not found.there:
        return
    if found.assignment not in (None, assignment.name):
        yield f"{submission.OTHER_ASSIGNMENT}: {shown(found.assignment, 60)}"
    if found.student is None:
        yield submission.UNMARKED
    elif found.student != student.id:
        yield f"{submission.OTHER_STUDENT}: {shown(found.student, 60)}"


def _changed(ex: Exercise, number: int, found: Submission) -> bool:
    """Whether the question that came back is another one: other numbers, or an edited bank.

    Asked only where the answer is not right, as it may be right for that question.
    """
    asked = found.questions.get(ex.id)
    return asked is not None and asked.split() != question(ex, number).split()


def _place(course: Course, assignment: Assignment, submitted: Path | str | None) -> Path:
    """The folder with one folder a student."""
    if submitted is None:
        own = course.folder / "submitted"
        submitted = own / assignment.name if (own / assignment.name).is_dir() else own
    place = Path(submitted)
    if not place.is_dir():
        raise refuse("submitted", str(submitted), "a folder with one folder for each student")
    return place


def _collect(course: Course, assignment: Assignment,
             place: Path) -> tuple[dict[str, Submission], list[str]]:
    """The submission of each student, and the names of what belongs to nobody."""
    ids = [item.id for item in assignment.items]
    found, claimed = {}, set()
    for student in course.students:
        names = [student.folder, f"{student.folder}.ipynb"]
        claimed |= {*names}
        name = next((name for name in names if os.path.lexists(place / name)), names[0])
        found[student.id] = _find(place / name, assignment.name, ids)
    names = sorted(entry.name for entry in os.scandir(place) if entry.name[:1] != ".")
    others = islice((name for name in names if name not in claimed), MOST_UNCLAIMED)
    unclaimed = [shown(name, 60) for name in others
                 if not _adopt(found, _find(place / name, assignment.name, ids), name)]
    return found, unclaimed


def _find(place: Path, assignment: str, ids: Sequence[str]) -> Submission:
    """Of one student; nbgrader has a folder for the assignment inside the student's."""
    inner = place / assignment
    if not place.is_symlink() and (inner.is_symlink() or inner.is_dir()):
        place = inner
    return submission.find(place, assignment, ids)


def _adopt(found: dict[str, Submission], stray: Submission, name: str) -> bool:
    """Give a stray file to the student whom it names, if that student handed in nothing else."""
    own = found.get(stray.student or "")
    if own is None or own.there or not stray.there:
        return False
    flags: tuple[Any, ...] = (*own.flags[1:], f"{FOUND_IN}: {shown(name, 60)}", *stray.flags)
    found[str(stray.student)] = Submission(stray.student, stray.assignment, stray.cells,
                                           stray.questions, flags)
    return True
