"""nbgrader's exchange, with a copy of its own for each student. Only nbgrader imports this.

nbgrader releases one and the same folder to everybody. Here `release_assignment` puts each
student's notebook where only `fetch_assignment` of that student looks for it; the folder that all
may list holds a cover without questions. Submissions and feedback go as nbgrader does it. Two
lines of `nbgrader_config.py`, the teacher's and the students', choose it:

    from perpedu.classroom.exchange import personal
    personal(get_config(), course="margin")

The folders of copies cannot be listed by others. Whoever knows a classmate's id can work out the
name: what is there is questions and numbers, no answer.

On a hub a student's id is the name of the hub's user.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeFetchAssignment, ExchangeReleaseAssignment
from nbgrader.utils import get_username

from . import roster
from .release import KERNEL

PERSONAL = "personal"
SCRIPT = re.compile(r"<script\b.*?</script\s*>", re.DOTALL | re.IGNORECASE)
LISTED, UNLISTED, READ = 0o755, 0o711, 0o644
COVER = ("# {}\n\nYour own copy of this assignment has other numbers than your neighbour's. It "
         "comes with *Fetch* where your server is set up for this course. If you see this cell "
         "after fetching, tell your teacher.")


def personal(config: Any, course: str = "", root: str = "") -> None:
    """Write into nbgrader's configuration that each student has a copy of their own.

    `course` is nbgrader's name of the course, `root` the folder of the exchange; without them,
    what else is configured holds.
    """
    own = f"{__name__}."
    config.ExchangeFactory.release_assignment = own + ReleaseAssignment.__name__
    config.ExchangeFactory.fetch_assignment = own + FetchAssignment.__name__
    config.GenerateFeedback.post_convert_hook = own + without_scripts.__name__
    if course:
        config.CourseDirectory.course_id = course
    if root:
        config.Exchange.root = root
    if user := os.environ.get("JUPYTERHUB_USER"):
        config.CourseDirectory.student_id = user


def place(course_path: str | Path, assignment: str, folder: str) -> Path:
    """Where the copy of a student lies, by the name of the student's folder."""
    course = Path(course_path)
    words = "\n".join(("perpedu", course.name, assignment, folder))
    return course / PERSONAL / assignment / sha256(words.encode()).hexdigest()[:32]


class ReleaseAssignment(ExchangeReleaseAssignment):
    """Releases a cover to all, and to each student their own notebook."""

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        name = self.coursedir.assignment_id
        copies = sorted(path for path in Path(src).iterdir() if path.is_dir())
        if not copies:
            self.fail(f"No student's notebook is in {src}: run `python -m perpedu class release`.")
        _cover(Path(dest), name)
        shutil.rmtree(Path(self.course_path) / PERSONAL / name, ignore_errors=True)
        for copy in copies:
            to = place(self.course_path, name, copy.name)
            _make(to.parent)
            super().do_copy(str(copy), str(to))
            self.set_perms(to, fileperms=READ, dirperms=LISTED)


class FetchAssignment(ExchangeFetchAssignment):
    """Fetches the student's own notebook."""

    def init_src(self) -> None:
        super().init_src()
        student = self.coursedir.student_id
        folder = roster.folder(get_username() if student in ("", "*") else student)
        own = place(self.course_path, self.coursedir.assignment_id, folder)
        if not own.is_dir():
            self.fail(f"No copy of {self.coursedir.assignment_id} is there for {folder}: the "
                      "course's roster does not have this id. Tell your teacher.")
        self.src_path = str(own)


def without_scripts(notebooks: list[str], **about: Any) -> None:
    """After nbgrader wrote feedback: its pages run no script, and ask no other server for one.

    nbgrader calls this with the paths of the notebooks that the pages were made from.
    """
    for path in map(Path, notebooks):
        student = path.parent.parent
        page = student.parent.parent / "feedback" / student.name / path.parent.name / path.stem
        page = page.with_name(f"{page.name}.html")
        page.write_text(SCRIPT.sub("", page.read_text("utf-8")), "utf-8")


def _cover(folder: Path, assignment: str) -> None:
    """What stands where everybody can look: the assignment's name, and no question."""
    cell = {"cell_type": "markdown", "id": "cover", "metadata": {},
            "source": COVER.format(assignment)}
    made = {"cells": [cell], "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}
    folder.mkdir()
    (folder / f"{assignment}.ipynb").write_text(json.dumps(made, indent=1) + "\n", "utf-8")


def _make(folder: Path) -> None:
    """A folder that others can go through and not list."""
    for path in (folder.parent, folder):
        path.mkdir(exist_ok=True)
        path.chmod(UNLISTED)
