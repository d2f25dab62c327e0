"""What a class got right and which mistakes it made: a page of Markdown, and a figure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from ..teaching.numbers_typed import show
from ..teaching.plan import plan

if TYPE_CHECKING:
    from ..teaching.bank import Item
    from .grade import Grade, Grades

#: What can come of an answer, and its words; known mistakes are listed by name.
STATES = {"right": "right", "known": "a known mistake", "other": "another answer",
          "unread": "could not be read", "empty": "left empty", "missing": "not handed in"}


def report(grades: "Grades") -> dict[str, str]:
    """The files of the report by name; the figure only where Matplotlib is installed."""
    from .picture import picture

    drawn = picture(grades)
    figure = [f"![{drawn.alt}](report.svg)"] if drawn else []
    parts = [f"# {words(grades.assignment.title)}", _opening(grades), *figure,
             *(part for item in grades.assignment.items for part in _exercise(grades, item)),
             *_flags(grades), *_unclaimed(grades)]
    return {"report.md": "\n\n".join(parts) + "\n", **({"report.svg": drawn.svg} if drawn else {})}


def of(grades: "Grades", item: "Item") -> list["Grade"]:
    """The grades of one exercise."""
    return [one for one in grades.grades if one.exercise == item.id]


def states(found: list["Grade"]) -> Counter[str]:
    """How many answers there are of each state."""
    return Counter(one.state for one in found)


def words(text: str) -> str:
    """A text as nothing but words, also inside a table of Markdown."""
    return re.sub(r"([\\`*_\[\]{}#|!~$])", r"\\\1", escape(text, quote=False))


def _opening(grades: "Grades") -> str:
    students = len(grades.course.students)
    there = {one.student for one in grades.grades if one.state != "missing"}
    return (f"{students} students, {len(there)} with answers. Of {len(grades.grades)} answers "
            f"{sum(one.correct for one in grades.grades)} are right.")


# ---- exercises

def _exercise(grades: "Grades", item: "Item") -> Iterator[str]:
    found = of(grades, item)
    yield f"## {words(str(item['title']))} (`{item.id}`)"
    yield f"{words(str(item['objective']))} On average {average(found)} of the point."
    yield _table(["What came of it", "Students", "Reread"], _outcomes(found, item))
    yield from _told(found)


def _outcomes(found: list["Grade"], item: "Item") -> Iterator[list[str]]:
    """Right first, then each known mistake, the most frequent first, then the rest."""
    count, made = states(found), Counter(name for one in found for name in one.mistakes)
    yield ["right", str(count["right"]), ""]
    for name, times in sorted(made.items(), key=lambda pair: (-pair[1], pair[0])):
        yield [name, str(times), plan(item).reread(name)]
    for state, said in STATES.items():
        if state not in ("right", "known") and count[state]:
            yield [said, str(count[state]), ""]


def _told(found: list["Grade"]) -> Iterator[str]:
    """What each mistake is told, with the numbers of one student who made it."""
    told: dict[str, str] = {}
    for one in found:
        if len(one.mistakes) == 1:
            told.setdefault(one.mistakes[0], one.message)
    if told:
        yield "What was said, with the numbers of one student:"
        yield "\n".join(f"- *{words(name)}*: {_one_line(text)}" for name, text in told.items())


def _one_line(text: str) -> str:
    return " ".join(escape(text, quote=False).split())


# ---- what is odd

def _flags(grades: "Grades") -> Iterator[str]:
    """What to look at, once for each student where it holds for all exercises."""
    rows = []
    for student in grades.course.students:
        mine = [one for one in grades.grades if one.student == student.id]
        shared = [flag for flag in mine[0].flags if all(flag in one.flags for one in mine)]
        rows += [[student.id, "", flag] for flag in shared]
        rows += [[student.id, one.exercise, flag] for one in mine for flag in one.flags
                 if flag not in shared]
    if rows:
        yield "## To look at"
        yield _table(["Student", "Exercise", "What"], rows)


def _unclaimed(grades: "Grades") -> Iterator[str]:
    if grades.unclaimed:
        yield "## Files that belong to no student of the roster"
        yield "\n".join(f"- {words(name)}" for name in grades.unclaimed)


def _table(head: list[str], rows: object) -> str:
    lines = [head, ["---"] * len(head), *([words(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def average(found: list["Grade"]) -> str:
    """The mean points of an exercise, in per cent."""
    return show(sum(one.points for one in found) / len(found), 0, "%")
