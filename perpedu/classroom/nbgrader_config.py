"""What nbgrader is told about a course: a file in the course folder, which is also nbgrader's."""

from __future__ import annotations

import re
from pathlib import Path

from .course import Course

CONFIG = '''\
# For nbgrader's commands in this folder. Where the exchange lies is set for the whole machine
# (Exchange.root), or here: personal(c, course=..., root="/srv/exchange").
from pathlib import Path

from perpedu.classroom.exchange import personal

c = get_config()
personal(c, course={course!r})
c.CourseDirectory.student_id = "*"
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
'''


def course_id(course: Course) -> str:
    """The course's name as nbgrader can have it, for which it makes a folder in its exchange."""
    return safe(course.name)


def safe(name: str) -> str:
    """A name of letters, digits, - and _.

    >>> safe("Margin & leverage"), safe("∂")
    ('Margin-leverage', 'course')
    """
    return re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-") or "course"


def configure(course: Course) -> Path:
    """Write `nbgrader_config.py` into the course folder, if none is there; its path."""
    path = course.folder / "nbgrader_config.py"
    if not path.exists():
        path.write_text(CONFIG.format(course=course_id(course)), "utf-8")
    return path
