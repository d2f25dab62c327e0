"""The reader's own record: one line of JSON an answer, in a file on the reader's machine.

Nothing is sent anywhere. Lines that are no answers are reported and stay where they are. The site
keeps the same lines in the browser's storage, so that a record can move between the two.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ..theory.exact import refuse

__all__ = ["Answer", "Record", "Stranger", "home", "read"]

#: The environment's word for another file than the usual one.
SETTING = "PERPEDU_RECORD"
#: A moment as a record writes it: local time, and how far that is from UTC.
MOMENT = (r"^(?:19[7-9]|2\d\d)\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T"
          r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$")
LONGEST, MOST = 200, 9999
WHY = {
    "json": "is not JSON", "object": "is not an answer", "exercise": "does not say which exercise",
    "seed": "does not say which numbers", "time": "does not say when",
    "correct": "does not say whether it was right", "mistake": "names its mistake strangely",
    "hints": "does not count the hints", "tries": "does not count the tries",
}  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """One answer: to which exercise, with which seed's numbers, when (ISO 8601, local time), what
    came of it, how many hints had been opened, and the how-many-th try it was."""

    exercise: str
    seed: str
    time: str
    correct: bool
    mistake: str | None = None
    hints: int = 0
    tries: int = 1

    @property
    def day(self) -> int:
        """The reader's day, counted as `date.toordinal` does."""
        return date.fromisoformat(self.time[:10]).toordinal()

    @property
    def instant(self) -> int:
        """The moment, in seconds since 1970 in UTC."""
        return int(datetime.fromisoformat(self.time).timestamp())

    def line(self) -> str:
        """The answer as a line of the record."""
        return json.dumps(asdict(self))


@dataclass(frozen=True)
class Stranger:
    """A line of a record that is no answer: its number, its text, and why it is none."""

    number: int
    text: str = field(repr=False)
    why: str = ""

    def __str__(self) -> str:
        return f"line {self.number} {self.why}"


def read(text: str) -> tuple[list[Answer], list[Stranger]]:
    """The answers in the text of a record, and the lines that are none.

    >>> read('{"exercise": "ch01.notional"}')[1][0].why
    'does not say which numbers'
    """
    answers, strangers = [], []
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        if not line.strip(" \t\r"):
            continue
        found = _answer(line)
        if isinstance(found, Answer):
            answers.append(found)
        else:
            strangers.append(Stranger(number, line, WHY[found]))
    return answers, strangers


def _answer(line: str) -> Answer | str:
    """The answer that a line holds, or what is wrong with it, as a key of WHY."""
    try:
        found = json.loads(line, parse_constant=_no_json)
    except (ValueError, RecursionError):
        return "json"
    if not isinstance(found, dict):
        return "object"
    return _wrong(found) or Answer(**{name: _plain(found.get(name, default))
                              for name, (_, default) in _FIELDS.items()})


def _wrong(found: dict[str, Any]) -> str | None:
    """The first field that is not as a record has it."""
    return next((name for name, (check, default) in _FIELDS.items()
                 if not check(found.get(name, default))), None)


def _no_json(name: str) -> None:
    raise ValueError(name)


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) else value


def _text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST


def _moment(value: Any) -> bool:
    """Whether it is a moment, on a day that the calendar has."""
    if not isinstance(value, str) or not re.fullmatch(MOMENT, value, re.ASCII):
        return False
    try:
        return bool(date.fromisoformat(value[:10]))
    except ValueError:
        return False


def _count(least: int) -> Any:
    def fine(value: Any) -> bool:
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return number and least <= value <= MOST and value == int(value)
    return fine


#: Each field in order: whether a value will do, and what stands for it where it is missing.
_FIELDS = {
    "exercise": (_text, None), "seed": (lambda value: value == "" or _text(value), None),
    "time": (_moment, None), "correct": (lambda value: isinstance(value, bool), None),
    "mistake": (lambda value: value is None or _text(value), None),
    "hints": (_count(0), 0), "tries": (_count(1), 1),
}  # fmt: skip


def home() -> Path:
    """The file that the record is kept in: what PERPEDU_RECORD says, else where this system keeps
    the data of programs."""
    if os.environ.get(SETTING):
        return Path(os.environ[SETTING]).expanduser()
    if sys.platform == "win32":
        folder = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        folder = Path.home() / "Library" / "Application Support"
    else:
        folder = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(folder) / "perpedu" / "record.jsonl"


def moment_now() -> str:
    """Now, as a record writes it."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


class Record:
    """The answers of one reader, in a file of this machine; `path` names another file.

    Only what a reader does in a card of a browser is added by itself; what a program does, as
    `card.answer(…)`, never is. Nothing leaves the machine.

    >>> Record("nowhere.jsonl")
    Record: nothing yet
    """

    def __init__(self, path: Path | str | None = None) -> None:
        if path is not None and not isinstance(path, (str, Path)):
            raise refuse("path", path, "the path of a file, or None for the usual one")
        self.path = Path(path) if path is not None else home()

    @property
    def answers(self) -> list[Answer]:
        """Every answer, in the order of the file."""
        return read(self._text())[0]

    @property
    def strangers(self) -> list[Stranger]:
        """The lines of the file that are no answers; they stay in it."""
        return read(self._text())[1]

    def add(self, answer: Answer) -> None:
        """Write one more answer.

        Raises ValueError for what would not be read back as this answer, and OSError where the
        file cannot be written.
        """
        if not isinstance(answer, Answer):
            raise refuse("answer", answer, "an Answer")
        if (wrong := _wrong(asdict(answer))) or _answer(answer.line()) != answer:
            raise refuse("answer", answer, "one that can be read back; this one "
                         + WHY[wrong or "json"])
        self._append([answer.line()])

    def export(self, path: Path | str) -> Path:
        """Copy the record, with every line of it, to a file that is not there yet.

        Raises ValueError for a file that is there.
        """
        target = Path(path)
        if target.exists():
            raise refuse("path", str(path), "a file that is not there yet")
        target.write_bytes(self.path.read_bytes() if self.path.exists() else b"")
        return target

    def take(self, path: Path | str) -> list[Stranger]:
        """Add the answers of an exported record, those that are here already once.

        Returns the lines of that file that are no answers; they stay there.
        """
        answers, strangers = read(_decoded(Path(path)))
        here = set(self.answers)
        self._append([answer.line() for answer in dict.fromkeys(answers) if answer not in here])
        return strangers

    def delete(self) -> int:
        """Delete the file, with all that is in it; says how many answers those were."""
        count = len(self.answers)
        self.path.unlink(missing_ok=True)
        return count

    def _text(self) -> str:
        return _decoded(self.path) if self.path.exists() else ""

    def _append(self, lines: list[str]) -> None:
        """At the end, each on a line of its own also where the last writer was cut off."""
        if not lines:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+b") as file:
            if file.tell():
                file.seek(-1, os.SEEK_END)
                lines = lines if file.read(1) == b"\n" else ["", *lines]
            file.write("".join(line + "\n" for line in lines).encode("ascii"))

    def __repr__(self) -> str:
        return "Record: " + ("; ".join(self._said()) or "nothing yet")

    def _said(self) -> Iterator[str]:
        answers, strangers = read(self._text())
        if answers:
            exercises = {answer.exercise for answer in answers}
            yield f"answers: {len(answers)}, to exercises: {len(exercises)}"
        if strangers:
            yield f"lines that are no answers: {len(strangers)} ({strangers[0]})"


def _decoded(path: Path) -> str:
    """The text of a file, whatever its bytes."""
    return path.read_bytes().decode("utf-8", "replace")
