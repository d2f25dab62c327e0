"""A course is a folder: `course.yaml`, `roster.csv`, and one file for each assignment.

    course.yaml              name, secret, bank (empty: the book's)
    roster.csv               id,name
    assignments/NAME.yaml    title, exercises, due
    release/NAME/STUDENT/    the notebooks that students get
    submitted/NAME/STUDENT/  those that came back
    grades/NAME/             grades.csv, report.md, report.svg
    key/NAME.csv             the answers for each student

The secret makes each student's numbers. It stays in `course.yaml`, like the bank.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..teaching import bank, exercise as teaching
from ..teaching.bank import BankError, Item
from ..teaching.exercise import Exercise
from ..teaching.pieces import pieces, written
from ..theory.exact import refuse
from . import roster
from .roster import Student
from .seeds import seed

if TYPE_CHECKING:
    from .grade import Grades

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
FEWEST_LETTERS = 16  # of a secret


@dataclass(frozen=True)
class Assignment:
    """An assignment: its name, its title, the exercises in order, and when it is due, as text."""

    name: str
    title: str
    items: tuple[Item, ...]
    due: str = ""


class Course:
    """A class with its own numbers for each student, kept in a folder.

    `Course.new` makes the folder, `Course(folder)` opens it. Raises ValueError, with file and
    line, for files that cannot be used.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = folder_named(folder)
        path = self.folder / "course.yaml"
        if not path.is_file():
            raise refuse("folder", str(folder), "a course folder, with course.yaml in it; "
                         "`python -m perpedu class new FOLDER` makes one")
        self._fields = fields(path, ("name", "secret"), ("bank",))
        self.name, self.secret = str(self._fields["name"]), str(self._fields["secret"])
        if len(self.secret) < FEWEST_LETTERS:
            raise self._fields.error(self._fields["secret"], "the secret is too short; write at "
                                     f"least {FEWEST_LETTERS} letters and digits.")

    @classmethod
    def new(cls, folder: Path | str, exercises: Sequence[str], title: str = "",
            assignment: str = "assignment1", bank: Path | str = "", roster: Path | str = "",
            name: str = "") -> "Course":
        """Make a course folder with one assignment, or add an assignment to one that is there.

        `exercises` are ids of the book's bank, or of the bank file `bank`; `roster` is a CSV file
        with the columns id and name, which is copied. Nothing that is there is overwritten.
        Raises ValueError for an id that is not there, and for a bank that cannot be used.
        """
        from .setup import make

        if isinstance(exercises, str) or not isinstance(exercises, Sequence):
            raise refuse("exercises", exercises, "a list of ids such as ch01.notional")
        return make(folder_named(folder), list(exercises), title, assignment, bank, roster, name)

    @cached_property
    def students(self) -> list[Student]:
        """The students of the roster, in its order."""
        return roster.read(self.folder / "roster.csv")

    @cached_property
    def bank(self) -> dict[str, Item]:
        """The exercises of the course's own bank, by id; empty where it has none."""
        written = self._fields.get("bank") or ""
        if not written:
            return {}
        try:
            return bank.read(self.folder / str(written))
        except OSError as error:
            raise self._fields.error(written, f"the bank “{written}” cannot be read: "
                                     f"{error.strerror}. Correct its path.") from None

    def assignments(self) -> list[str]:
        """The names of the assignments, in alphabetical order."""
        return sorted(path.stem for path in (self.folder / "assignments").glob("*.yaml"))

    def assignment(self, name: str) -> Assignment:
        """The assignment with this name. Raises ValueError."""
        if not isinstance(name, str) or not NAME.fullmatch(name) or name not in self.assignments():
            raise refuse("assignment", name, "one of " + (", ".join(self.assignments()) or "none: "
                         "this course has no assignment yet"))
        written = fields(self.folder / "assignments" / f"{name}.yaml", ("title", "exercises"),
                         ("due",))
        items = tuple(self._items(written))
        return Assignment(name, str(written["title"]), items, str(written.get("due") or ""))

    def _items(self, written: Item) -> Iterator[Item]:
        seen: dict[str, int] = {}
        for id in written.rows(written["exercises"], "exercises", 1, 999):
            written.text(id, "an exercise")
            if id in seen:
                raise written.error(id, f"the exercise {id} stands on line {seen[id]} already; "
                                    "take one of the two out.")
            seen[id] = id.line
            yield self._item(written, id)

    def _item(self, written: Item, id: Any) -> Item:
        if id in self.bank:
            return self.bank[id]
        try:
            return teaching.load(str(id)).item
        except BankError:
            raise
        except ValueError as error:
            also = "" if not self.bank else f"; the course's bank has {', '.join(self.bank)}"
            raise written.error(id, f"{error}{also}.") from None

    def exercise(self, assignment: str, item: Item, student: Student) -> Exercise:
        """The exercise with the numbers of this student."""
        return Exercise(item, seed(self.secret, assignment, item.id, student.id))

    # ---- what is done with it

    def release(self, assignment: str, nbgrader: bool = False) -> list[Path]:
        """Write one notebook a student, with their own numbers; gives the paths.

        With `nbgrader` the answer cells are marked for nbgrader too.
        """
        from .release import write

        return write(self, self.assignment(assignment), nbgrader)

    def grade(self, assignment: str, submitted: Path | str | None = None) -> "Grades":
        """Grade what students handed in; nothing of a submission is run.

        `submitted` is the folder with one folder a student; without it, the course's own.
        """
        from .grade import grade

        return grade(self, self.assignment(assignment), submitted)

    def key(self, assignment: str) -> list[dict[str, str]]:
        """The answers: student, exercise, kind, answer, unit and solution, a row each."""
        from .key import rows

        return list(rows(self, self.assignment(assignment)))

    def __repr__(self) -> str:
        return f"Course({os.fspath(self.folder)!r})"


def folder_named(folder: Any) -> Path:
    """A folder that a path names. Raises ValueError."""
    if not isinstance(folder, (str, os.PathLike)):
        raise refuse("folder", folder, "the path of a course folder")
    return Path(folder)


def fields(path: Path, required: tuple[str, ...], optional: tuple[str, ...]) -> Item:
    """The fields of a small YAML file. Raises BankError, with its line."""
    file = f"{path.parent.name}/{path.name}"
    read = pieces(written(path, file), file)
    item = Item(file, read)
    try:
        item.allow(item.group(read, "the file"), required, optional)
        for name in required:
            if name != "exercises":
                item.text(item[name], name)
        for name in optional:
            if not isinstance(item.get(name, ""), str):
                raise item.error(item[name], f"{name} is not a text; write one after “{name}:”.")
    except BankError as error:
        raise BankError(file, error.line, "", str(error).split(": ", 1)[1]) from None
    item.fields.setdefault("id", "")
    return item
