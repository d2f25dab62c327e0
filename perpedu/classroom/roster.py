"""Who is in the class: `roster.csv`, with a column `id` and, if you like, a column `name`.

An id may be anything that can be printed; the student's folder has a name that every disk can
hold, and that leads nowhere else.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from unicodedata import normalize

from ..teaching.bank import BankError

LARGEST, LONGEST = 5_000_000, 200
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,62}[A-Za-z0-9_]|[A-Za-z0-9]")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?|.*\.ipynb")


@dataclass(frozen=True)
class Student:
    """A line of the roster."""

    id: str
    name: str = ""

    @property
    def folder(self) -> str:
        """The name of the student's folder: the id itself where every disk can hold it.

        >>> Student("anna").folder, Student("../=cmd").folder
        ('anna', 'cmd-2d8bd621')
        """
        return folder(self.id)


def folder(id: str) -> str:
    """A folder's name for an id: the id, or its letters and eight digits of its hash."""
    if _SAFE.fullmatch(id) and not _RESERVED.fullmatch(id):
        return id
    letters = re.sub(r"[^A-Za-z0-9]+", "-", id).strip("-")[:40] or "student"
    return f"{letters}-{sha256(id.encode()).hexdigest()[:8]}"


def read(path: Path) -> list[Student]:
    """The students, in the order of the file. Raises BankError, with the line to change."""
    file = f"{path.parent.name}/{path.name}"
    found: list[Student] = []
    lines: dict[str, int] = {}
    for line, student in _students(_text(path, file), file):
        for key in {_alike(student.id), student.folder.casefold()}:
            if key in lines:
                raise BankError(file, line, "", f"the id {student.id} stands on line {lines[key]} "
                                "already, or looks like it; give one of the two students another "
                                "id.")
            lines[key] = line
        found.append(student)
    if not found:
        raise BankError(file, 1, "", "no student is in it; write an id and a name on each line.")
    return found


def _alike(id: str) -> str:
    """The same for ids that only capitals, or the writing of an accent, tell apart."""
    return normalize("NFKC", normalize("NFKC", id).casefold())


def _text(path: Path, file: str) -> str:
    try:
        with open(path, "rb") as stream:
            raw = stream.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise BankError(file, 1, "", "the roster has more than 5 MB; is it the right file?")
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BankError(file, line, "", "this is not UTF-8; save the roster as “CSV UTF-8”."
                        ) from None
    except OSError as error:
        raise BankError(file, 1, "", f"the roster cannot be read: {error.strerror}.") from None


def _students(text: str, file: str) -> Iterator[tuple[int, Student]]:
    head = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=None),  # a line ends as a file's does
                        delimiter=";" if ";" in head and "," not in head else ",")
    try:
        columns = [name.strip().lower() for name in next(reader, [])]
        if "id" not in columns:
            raise BankError(file, 1, "", "no column is called id; begin the file with the line "
                            "“id,name”.")
        if len(set(columns) - {""}) < len([name for name in columns if name]):
            raise BankError(file, 1, "", "a column is there twice; take one of the two out.")
        for row in reader:
            if any(one.strip() for one in row):
                yield reader.line_num, _student(dict(zip(columns, row)), file, reader.line_num)
    except csv.Error as error:
        raise BankError(file, reader.line_num, "", f"this is not CSV: {error}.") from None


def _student(row: dict[str, Any], file: str, line: int) -> Student:
    id, name = row["id"].strip() if "id" in row else "", row.get("name", "").strip()
    if not id:
        raise BankError(file, line, "", "the id is empty; write one.")
    if len(id) > LONGEST or len(name) > LONGEST:
        raise BankError(file, line, "", f"an id or a name has more than {LONGEST} characters; "
                        "shorten it.")
    if not id.isprintable() or not name.isprintable():
        raise BankError(file, line, "", "an id or a name holds a character that cannot be "
                        "printed; take it out.")
    return Student(id, name)
