"""A class of 40 hands in the notebooks that `release` wrote for it, all exercises of the book
filled in, one answer in three with a known mistake; `grade` reads the files, draws each student's
numbers and judges each answer, in one process that has read the bank before. Once with all kinds
but expressions, and once with expressions alone, of which one in three is the right one written
longer. Time is the processor's, as the paces are for one process: 2,000 answers a second, and 200
with expressions. Medians of 5 turns.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from perpedu.classroom import key, release
from perpedu.classroom.course import Course
from perpedu.teaching import bank
from perpedu.teaching.exercise import Exercise

from ..timing import at_most, medians

PACE = {"without": 2_000, "with": 200}  # answers a second
PLAIN = "Grading, no expressions: its time over that of 2,000 answers a second"
ALGEBRA = "Grading, expressions alone: its time over that of 200 answers a second"
TARGETS = {PLAIN: at_most(1), ALGEBRA: at_most(1)}
NAME = "assignment1"


def measure(tiny: bool = False) -> dict[str, float]:
    """The seconds for each class over those that the pace allows."""
    students, rounds = (2, 1) if tiny else (40, 5)
    with classes(students, tiny) as made:
        took = medians(rounds, **{which: grading(course) for which, course in made.items()})
        allowed = {which: len(made[which].grade(NAME).grades) / PACE[which] for which in made}
    return {PLAIN: took["without"] / allowed["without"], ALGEBRA: took["with"] / allowed["with"]}


def grading(course: Course) -> Callable[[], float]:
    """A job: grade the whole class; its seconds of the processor."""
    def job() -> float:
        start = process_time()
        course.grade(NAME)
        return process_time() - start

    return job


@contextmanager
def classes(students: int, tiny: bool) -> Iterator[dict[str, Course]]:
    """A class for either kind, which has handed in."""
    kinds = {item.id: item["kind"] for path in bank.files() for item in bank.read(path).values()}
    chosen = {"without": [id for id, kind in kinds.items() if kind != "expression"],
              "with": [id for id, kind in kinds.items() if kind == "expression"]}
    with TemporaryDirectory() as folder:
        yield {which: handed_in(Path(folder) / which, ids[:4] if tiny else ids, students)
               for which, ids in chosen.items()}


def handed_in(folder: Path, exercises: list[str], students: int) -> Course:
    """A course whose students have filled in their notebooks."""
    folder.mkdir()
    roster = folder / "class.csv"
    roster.write_text("id\n" + "".join(f"student{number}\n" for number in range(students)), "utf-8")
    course = Course.new(folder / "course", exercises, roster=roster)
    for number, student in enumerate(course.students):
        notebook = release.notebook(course, course.assignment(NAME), student)
        place = course.folder / "submitted" / NAME / student.folder
        place.mkdir(parents=True)
        (place / f"{NAME}.ipynb").write_text(json.dumps(filled(course, student, notebook, number)))
    return course


def filled(course: Course, student: Any, notebook: dict[str, Any], number: int) -> dict[str, Any]:
    """The notebook with answers, a third of them wrong in a known way."""
    cells = {cell["metadata"]["perpedu"].get("exercise"): cell for cell in notebook["cells"]}
    for place, item in enumerate(course.assignment(NAME).items, number):
        ex = course.exercise(NAME, item, student)
        cells[ex.id]["source"] = f"answer = {typed(ex, place)!r}"
    return notebook


def typed(ex: Exercise, place: int) -> Any:
    """What a student types: in turn the right answer, once more, and a mistake."""
    if place % 3 == 2:
        wrong = list(ex.mistakes.values())[place % len(ex.mistakes)]
        return ({row: str(value) for row, value in wrong.items()} if isinstance(wrong, dict)
                else wrong if isinstance(wrong, (str, list)) else str(wrong))
    answer = key.answer(ex)
    return f"({answer})*{place + 2}/{place + 2}" if ex.kind == "expression" and place % 3 else answer
