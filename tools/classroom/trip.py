"""Three students through nbgrader's exchange: release, fetch, submit, collect, grade, feedback.

`python -m tools.classroom.trip FOLDER` leaves everything in FOLDER and prints what came of it,
as JSON. Anna answers all, Bob one, and puts code into his cells that would leave a file; Chloe
fetches and hands nothing in.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook

from perpedu.classroom.nbgrader import record, scores
from perpedu.classroom.nbgrader_config import course_id
from perpedu.classroom.release import grade_id

from . import ASSIGNMENT, EXERCISES
from .lesson import answers, fill, give_feedback, grade_class, open_course
from .words import Person, student, teacher

NAMES = ("anna", "bob", "chloe")
HOSTILE = "open({path!r}, 'w').write('run')\nanswer = {answer!r}\n"


def main(folder: Path) -> dict[str, Any]:
    """The whole trip; `executed` names the files that code of a submission has written."""
    course = open_course(folder, NAMES)
    exchange, marks = folder / "exchange", folder / "marks"
    marks.mkdir()
    head = teacher(course.folder, exchange)
    head.nbgrader("release_assignment", ASSIGNMENT)
    pupils = {name: student(folder / name, name, exchange) for name in NAMES}
    for one in pupils.values():
        one.nbgrader("fetch_assignment", ASSIGNMENT)
    _answer(pupils["anna"], answers(course, "anna"))
    _answer(pupils["bob"], {EXERCISES[0]: answers(course, "bob")[EXERCISES[0]]}, marks / "bob")
    handed_in = [pupils[name] for name in NAMES[:2]]
    for one in handed_in:
        one.nbgrader("submit", ASSIGNMENT)
    grades = grade_class(course, head)
    first = scores(course, ASSIGNMENT)
    _teacher_adds(course)
    record(grades)
    give_feedback(head)
    for one in handed_in:
        one.nbgrader("fetch_feedback", ASSIGNMENT)
    points = {name: {grade_id(one.exercise): float(one.points) for one in grades.grades
                     if one.student == name} for name in NAMES}
    return {"points": points, "scores": first, "again": scores(course, ASSIGNMENT),
            "executed": sorted(path.name for path in marks.iterdir())}


def _answer(who: Person, given: dict[str, Any], mark: Path | None = None) -> None:
    """Type the answers; with a mark, put code that leaves it into every cell, and an output."""
    path = who.folder / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook = fill(json.loads(path.read_text("utf-8")), given)
    for cell in notebook["cells"]:
        if mark and cell["cell_type"] == "code":
            exercise = cell["metadata"]["perpedu"]["exercise"]
            answer = given.get(exercise, "<script>alert(1)</script>")
            cell["source"] = HOSTILE.format(path=str(mark), answer=answer)
            cell["outputs"] = [{"output_type": "display_data", "metadata": {},
                                "data": {"text/html": "<script>forged</script>"}}]
    path.write_text(json.dumps(notebook), "utf-8")


def _teacher_adds(course: Any) -> None:
    """What a teacher writes by hand: half a point and a word for Bob."""
    url = f"sqlite:///{course.folder / 'gradebook.db'}"
    with Gradebook(url, course_id(course)) as book:
        where = grade_id(EXERCISES[1]), ASSIGNMENT, ASSIGNMENT, "bob"
        book.find_grade(*where).manual_score = 0.5
        book.find_comment(*where).manual_comment = "Teacherword"
        book.db.commit()


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]).resolve())))
