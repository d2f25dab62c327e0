"""`python -m perpedu class WORD …`: a class, from its folder to its grades, and its exports.

    python -m perpedu class new margin --exercises ch01.notional ch01.equity --roster class.csv
    python -m perpedu class release margin assignment1
    python -m perpedu class grade margin assignment1
    python -m perpedu class key margin assignment1
    python -m perpedu class moodle ch01 --seeds 20 -o chapter1.xml
    python -m perpedu class sheet ch01.notional ch01.equity --seed group1 -o sheet.html
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from ..command_line import run
from . import exports
from .course import Course


def main(words: list[str] | None = None) -> int:
    """Do what the words say; 1, and what to change, where that cannot be done."""
    return run(parser(), words)


def parser() -> argparse.ArgumentParser:
    """The words that are understood."""
    top = argparse.ArgumentParser(prog="python -m perpedu class", description=(
        "A class with its own numbers for each student."))
    tasks = top.add_subparsers(metavar="new|release|grade|key|moodle|sheet", required=True)
    _new(_task(tasks, "new", new, "make a course folder, or add an assignment to one"))
    one = _task(tasks, "release", release, "write one notebook a student", True)
    one.add_argument("--nbgrader", action="store_true", help="mark the answers for nbgrader too, "
                     "and write its configuration into the course folder")
    one = _task(tasks, "grade", grade, "grade what was handed in; nothing of it is run", True)
    one.add_argument("--submitted", metavar="DIR", help="a folder with one folder a student")
    one.add_argument("--gradebook", action="store_true", help="write them into nbgrader's too")
    _task(tasks, "key", key, "write the answers for each student", True)
    exports.add(tasks)
    return top


def _task(tasks: Any, name: str, do: Any, words: str, named: bool = False) -> Any:
    one = tasks.add_parser(name, help=words, description=words)
    one.set_defaults(do=do)
    one.add_argument("folder", metavar="FOLDER", help="the course folder")
    if named:
        one.add_argument("assignment", metavar="ASSIGNMENT", help="the assignment's name")
    return one


def _new(one: Any) -> None:
    one.add_argument("--exercises", metavar="ID", nargs="+", required=True, help="their ids")
    one.add_argument("--title", default="", help="the assignment's title")
    one.add_argument("--assignment", metavar="NAME", default="assignment1")
    one.add_argument("--bank", metavar="FILE", default="", help="a bank that students never see")
    one.add_argument("--roster", metavar="CSV", default="", help="columns id and name; is copied")
    one.add_argument("--name", default="", help="the course's name; else that of its folder")


def new(given: argparse.Namespace) -> Iterator[str]:
    course = Course.new(given.folder, given.exercises, given.title, given.assignment, given.bank,
                        given.roster, given.name)
    yield f"{course.folder}: {', '.join(course.assignments())}"
    if not given.roster:
        yield f"Write your students into {course.folder / 'roster.csv'}."


def release(given: argparse.Namespace) -> Iterator[str]:
    paths = Course(given.folder).release(given.assignment, given.nbgrader)
    yield f"{len(paths)} notebooks in {paths[0].parent.parent}"
    if given.nbgrader:
        from .nbgrader_config import configure

        yield str(configure(Course(given.folder)))


def grade(given: argparse.Namespace) -> Iterator[str]:
    grades = Course(given.folder).grade(given.assignment, given.submitted)
    yield repr(grades)
    if flagged := {one.student for one in grades.grades if one.flags}:
        yield f"{len(flagged)} students with something to look at: see flags"
    if grades.unclaimed:
        yield f"{len(grades.unclaimed)} files of nobody in the roster: see the report"
    yield from map(str, grades.write())
    if given.gradebook:
        from .nbgrader import record

        yield f"{len(record(grades))} students recorded in nbgrader's gradebook"


def key(given: argparse.Namespace) -> Iterator[str]:
    from .key import write

    course = Course(given.folder)
    yield str(write(course, course.assignment(given.assignment)))
