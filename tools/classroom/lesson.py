"""What happens before and after the students: the course, the answers, the grades."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from perpedu.classroom import key
from perpedu.classroom.course import Course
from perpedu.classroom.grade import Grades
from perpedu.classroom.nbgrader import record
from perpedu.classroom.nbgrader_config import configure

from . import ASSIGNMENT, COURSE, EXERCISES
from .words import Person


def open_course(folder: Path, names: Sequence[str]) -> Course:
    """A course with these students, its notebooks written."""
    roster = folder / "class.csv"
    roster.write_text("id,name\n" + "".join(f"{one},{one.title()}\n" for one in names), "utf-8")
    course = Course.new(folder / COURSE, EXERCISES, "The first assignment", roster=roster)
    course.release(ASSIGNMENT, nbgrader=True)
    configure(course)
    return course


def answers(course: Course, name: str) -> dict[str, Any]:
    """The right answers of a student, as the teacher's key has them."""
    student = next(one for one in course.students if one.id == name)
    assignment = course.assignment(ASSIGNMENT)
    return {item.id: key.answer(course.exercise(ASSIGNMENT, item, student))
            for item in assignment.items}


def fill(notebook: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """The notebook with these answers typed between the quotes."""
    for cell in notebook["cells"]:
        exercise = cell["metadata"].get("perpedu", {}).get("exercise")
        if exercise in given:
            cell["source"] = f"answer = {given[exercise]!r}"
    return notebook


def grade_class(course: Course, head: Person) -> Grades:
    """Collect, and grade without running anything; the report, and the gradebook."""
    head.nbgrader("collect", ASSIGNMENT)
    grades = course.grade(ASSIGNMENT)
    grades.write()
    record(grades)
    return grades


def give_feedback(head: Person) -> None:
    """nbgrader's pages for the students, into the exchange."""
    head.nbgrader("generate_feedback", ASSIGNMENT, "--force")
    head.nbgrader("release_feedback", ASSIGNMENT)
