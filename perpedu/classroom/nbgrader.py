"""Grades into nbgrader's gradebook, and what its feedback is made from.

The course folder is nbgrader's course directory. nbgrader carries the files; it does not grade
them: nothing of a submission is run, and of what a student handed in only the answers, as text,
come into the feedback.

Points go in as automatic scores, and what the student is told as automatic comments. A score or a
comment that a teacher writes in nbgrader takes precedence, and stays when a class is graded anew.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from . import release
from .course import Assignment, Course
from .grade import Grade, Grades
from .nbgrader_config import course_id
from .report import words
from .roster import Student

Gradebook = Any  # nbgrader.api.Gradebook; imported when it is opened
RIGHT, WRONG = "Right.", "Not right."
UNSAID = {"missing": "No answer cell was found.", "empty": "No answer was given.",
          "unread": "The answer could not be read: write it between the quotes."}
CARRIED = ("timestamp.txt", "submission_secret.txt")
LARGEST = 10_000  # bytes of a file that nbgrader itself wrote into a submission


def record(grades: Grades) -> list[str]:
    """Write the grades into `gradebook.db`, and the notebooks that feedback is made from.

    Returns the students recorded: those who handed something in. An assignment whose exercises
    have changed is entered anew.
    """
    course, assignment = grades.course, grades.assignment
    with _book(course) as book, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SQLAlchemy's, about how nbgrader uses it
        _enter(book, assignment)
        recorded = []
        for student, own in _by_student(grades):
            _enroll(book, student)
            if _handed_in(course, assignment, student, own):
                _score(book, course, assignment, student, own)
                _page(course, assignment, student, own)
                recorded.append(student.id)
    return recorded


def scores(course: Course, assignment: str) -> dict[str, dict[str, float]]:
    """What the gradebook has: for each student recorded, the score of each exercise's cell."""
    with _book(course) as book:
        return {one.student.id: {grade.name: grade.score for notebook in one.notebooks
                                 for grade in notebook.grades}
                for one in book.assignment_submissions(assignment)}


def _book(course: Course) -> Gradebook:
    try:
        from nbgrader.api import Gradebook
    except ImportError:
        raise ValueError("The gradebook is nbgrader's, which is not installed here: "
                         "pip install nbgrader") from None
    # for a new gradebook nbgrader starts `alembic`, of the same environment, by its name
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent),
                                          os.environ.get("PATH", "")])
    url = f"sqlite:///{(course.folder / 'gradebook.db').resolve()}"
    return Gradebook(url, course_id(course))


def _by_student(grades: Grades) -> Iterator[tuple[Student, list[Grade]]]:
    for student in grades.course.students:
        yield student, [one for one in grades.grades if one.student == student.id]


# ---- the assignment and its students

def _enter(book: Gradebook, assignment: Assignment) -> None:
    """The assignment with its cells, a point each."""
    name = assignment.name
    wanted = {release.grade_id(item.id) for item in assignment.items}
    if _cells(book, name) not in (set(), wanted):
        book.remove_assignment(name)
    book.update_or_create_assignment(name, course_id=book.course_id)
    book.update_or_create_notebook(name, name)
    for cell in sorted(wanted):
        book.update_or_create_grade_cell(cell, name, name, max_score=1, cell_type="code")
        book.update_or_create_solution_cell(cell, name, name)


def _cells(book: Gradebook, name: str) -> set[str]:
    """The cells that the gradebook knows of an assignment; empty where it has none."""
    return {cell.name for one in book.assignments if one.name == name
            for notebook in one.notebooks for cell in notebook.grade_cells}


def _enroll(book: Gradebook, student: Student) -> None:
    book.update_or_create_student(student.folder, last_name=student.name or None)


# ---- one student

def _place(course: Course, step: str, assignment: Assignment, student: Student) -> Path:
    return course.folder / step / student.folder / assignment.name


def _handed_in(course: Course, assignment: Assignment, student: Student,
               own: Iterable[Grade]) -> bool:
    return _place(course, "submitted", assignment, student).is_dir() or any(
        grade.state != "missing" for grade in own)


def _score(book: Gradebook, course: Course, assignment: Assignment, student: Student,
           own: list[Grade]) -> None:
    """The points and comments; a teacher's own stay where they are."""
    name, who = assignment.name, student.folder
    stamp = _written(course, assignment, student, "timestamp.txt")
    book.update_or_create_submission(name, who, **({"timestamp": stamp} if stamp else {}))
    book.find_submission_notebook(name, name, who).flagged = any(one.flags for one in own)
    for one in own:
        cell = release.grade_id(one.exercise)
        grade = book.find_grade(cell, name, name, who)
        grade.auto_score, grade.needs_manual_grade = float(one.points), False
        book.find_comment(cell, name, name, who).auto_comment = said(one)
    book.db.commit()


def said(one: Grade) -> str:
    """What a student is told of an answer: words only, no markup, and none of the flags.

    >>> from fractions import Fraction
    >>> said(Grade("anna", "ch01.notional", Fraction(0), "empty"))
    'No answer was given.'
    """
    return words(one.message or UNSAID.get(one.state) or (RIGHT if one.correct else WRONG))


def _written(course: Course, assignment: Assignment, student: Student, name: str) -> str:
    """The text of a small file that nbgrader put beside a submission; empty without it."""
    path = _place(course, "submitted", assignment, student) / name
    if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
        return ""
    return path.read_text("utf-8", "replace").strip()


def _page(course: Course, assignment: Assignment, student: Student, own: list[Grade]) -> None:
    """The notebook that `nbgrader generate_feedback` reads: our questions, the answers as text."""
    folder = _place(course, "autograded", assignment, student)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made = release.notebook(course, assignment, student, nbgrader=True)
    _fill(made, {one.exercise: one.answer for one in own})
    (folder / f"{assignment.name}.ipynb").write_text(release.text(made), "utf-8")
    for name in CARRIED:
        if written := _written(course, assignment, student, name):
            (folder / name).write_text(written, "utf-8")


def _fill(made: dict[str, Any], answers: dict[str, str]) -> None:
    for cell in made["cells"]:
        exercise = cell["metadata"]["perpedu"].get("exercise")
        if exercise is not None:
            cell["source"] = [f"answer = {json.dumps(answers[exercise], ensure_ascii=False)}"]
