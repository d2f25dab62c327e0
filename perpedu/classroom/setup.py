"""A new course folder, or a new assignment in one."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

from ..teaching import bank as banks
from ..teaching.exercise import load
from ..teaching.validate import validate
from ..theory.exact import refuse
from . import roster as rosters
from .course import NAME, Course

BYTES_OF_SECRET = 16
SEEDS = ("1", "2", "3", "4", "5")
COURSE = """\
# The secret makes each student's numbers. Keep it, and keep it to yourself.
name: {name}
secret: {secret}
bank: {bank}
"""
ASSIGNMENT = """\
title: {title}
due: ""
exercises:
{exercises}
"""


def make(folder: Path, exercises: list[str], title: str, assignment: str, bank: Path | str,
         roster: Path | str, name: str) -> Course:
    """Write the files that are not there yet; all arguments are looked at first."""
    old = Course(folder) if (folder / "course.yaml").exists() else None
    _check_names(old, exercises, assignment)
    _check_files(folder, old, bank, roster)
    _check_ids(exercises, old.bank if old else banks.read(bank) if bank else {})
    students = _roster(roster)
    (folder / "assignments").mkdir(parents=True, exist_ok=True)
    if not old:
        _write_course(folder, name or folder.resolve().name, bank)
    if not (folder / "roster.csv").exists():
        (folder / "roster.csv").write_bytes(students or b"id,name\n")
    return _add(Course(folder), exercises, title, assignment)


def _check_names(old: Course | None, exercises: list[str], assignment: str) -> None:
    if not isinstance(assignment, str) or not NAME.fullmatch(assignment):
        raise refuse("assignment", assignment, "a name of at most 40 letters, digits, - and _")
    if old and assignment in old.assignments():
        raise refuse("assignment", assignment, "a name that the course does not have yet")
    if not exercises or len(set(map(str, exercises))) < len(exercises):
        raise refuse("exercises", exercises, "ids such as ch01.notional, each once")


def _check_files(folder: Path, old: Course | None, bank: Path | str, roster: Path | str) -> None:
    if old and bank:
        raise refuse("bank", str(bank), "nothing: the course is there already, and its bank is "
                     "written in course.yaml")
    if roster and (folder / "roster.csv").exists():
        raise refuse("roster", str(roster), "nothing: the course has its roster.csv already")
    if bank:
        validate(banks.read(bank), SEEDS)


def _check_ids(exercises: list[str], own: dict[str, Any]) -> None:
    for id in exercises:
        if not isinstance(id, str) or id not in own:
            load(id)


def _roster(path: Path | str) -> bytes:
    if not path:
        return b""
    rosters.read(Path(path))
    return Path(path).read_bytes()


def _write_course(folder: Path, name: str, bank: Path | str) -> None:
    written = COURSE.format(name=_quoted(name), secret=secrets.token_hex(BYTES_OF_SECRET),
                            bank=_quoted(_from(folder, bank)))
    with open(folder / "course.yaml", "x", encoding="utf-8",
              opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(written)


def _from(folder: Path, bank: Path | str) -> str:
    """The bank's path from the course folder, where it lies in it; else its whole path."""
    if not bank:
        return ""
    whole, course = Path(bank).resolve(), folder.resolve()
    return str(whole.relative_to(course) if whole.is_relative_to(course) else whole)


def _add(course: Course, exercises: list[str], title: str, assignment: str) -> Course:
    listed = "\n".join(f"  - {_quoted(id)}" for id in exercises)
    text = ASSIGNMENT.format(title=_quoted(title or assignment), exercises=listed)
    path = course.folder / "assignments" / f"{assignment}.yaml"
    with open(path, "x", encoding="utf-8") as file:
        file.write(text)
    return course


def _quoted(text: str) -> str:
    """A text in quotes, as YAML and JSON read it."""
    return json.dumps(str(text), ensure_ascii=False)
