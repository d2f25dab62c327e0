"""`make classroom-test`: ten students on a real JupyterHub of this machine, to their feedback.

Each logs in, fetches their notebook with nbgrader's button, answers some of it, and submits; the
teacher collects, grades and returns feedback; each fetches it. Every score is compared with what
the student typed.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

from perpedu.classroom.course import Course
from perpedu.classroom.grade import Grades
from perpedu.classroom.nbgrader import scores
from perpedu.classroom.release import grade_id

from . import ASSIGNMENT, EXERCISES, hub
from .lesson import answers, fill, give_feedback, grade_class, open_course
from .pupil import NOTEBOOK, Pupil
from .words import Person, configure, teacher

NAMES = ("anna", "bob", "chloe", "dan", "eva", "finn", "gita", "hugo", "ines", "jan")
AT_ONCE = 3


def main() -> None:
    """The whole lesson; says what was done, and raises where something is not as it should be."""
    with tempfile.TemporaryDirectory(prefix="classroom-") as folder:
        _lesson(Path(folder).resolve())


def _lesson(folder: Path) -> None:
    start = time.monotonic()
    course = open_course(folder, NAMES)
    exchange = folder / "exchange"
    head = teacher(course.folder, exchange)
    head.nbgrader("release_assignment", ASSIGNMENT)
    configure(folder / "etc", exchange)
    with hub.running(folder) as address:
        pupils = [Pupil(address, name) for name in NAMES]
        _all(pupils, lambda one: _work(one, course))
        _say(f"{len(pupils)} students logged in, fetched, answered and submitted", start)
        _grade(course, head)
        _all(pupils, lambda one: _look(one, course))
        _say(f"{len(pupils)} students fetched their feedback, and nobody another one's files",
             start)
    _say("passed: " + ", ".join(f"{name} {number}" for name, number in _versions().items()), start)


def _all(pupils: list[Pupil], do: Any) -> None:
    """A few at a time: each server takes memory while it starts."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(do, pupils))


def _given(course: Course, name: str) -> dict[str, Any]:
    """What a student answers, all of it right: nothing, one, two … of the exercises."""
    chosen = EXERCISES[:NAMES.index(name) % (len(EXERCISES) + 1)]
    return {id: answer for id, answer in answers(course, name).items() if id in chosen}


def _work(one: Pupil, course: Course) -> None:
    one.log_in()
    one.start()
    _expect([found["status"] for found in one.assignments()], ["released"], one.name)
    one.press("fetch")
    notebook = fill(one.read(NOTEBOOK), _given(course, one.name))
    _expect(notebook["metadata"]["perpedu"]["student"], one.name, "the notebook's student")
    one.save(NOTEBOOK, notebook)
    one.press("submit")


def _grade(course: Course, head: Person) -> Grades:
    grades = grade_class(course, head)
    wanted = {name: {grade_id(id): float(id in _given(course, name)) for id in EXERCISES}
              for name in NAMES}
    _expect(scores(course, ASSIGNMENT), wanted, "the gradebook")
    give_feedback(head)
    print(f"{grades!r}; every score in the gradebook is that of what was typed", flush=True)
    return grades


def _look(one: Pupil, course: Course) -> None:
    one.press("fetch_feedback")
    page, right = one.feedback(), len(_given(course, one.name))
    _expect(f"Score: {right}.0 / {len(EXERCISES)}.0" in page, True, f"the score of {one.name}")
    other = NAMES[NAMES.index(one.name) - 1]
    _expect(one.may_see(other), False, f"{one.name} may see the files of {other}")


def _versions() -> dict[str, str]:
    locked = json.loads((hub.HERE / "package.json").read_text("utf-8"))["dependencies"]
    return {"nbgrader": version("nbgrader"), "JupyterHub": version("jupyterhub"), **locked}


def _expect(found: Any, wanted: Any, what: str) -> None:
    if found != wanted:
        raise RuntimeError(f"{what}: {found!r}, expected {wanted!r}")


def _say(words: str, start: float) -> None:
    print(f"{words} ({time.monotonic() - start:.0f} s)", flush=True)


if __name__ == "__main__":
    try:
        main()
    except RuntimeError as error:
        sys.exit(f"classroom-test failed: {error}")
