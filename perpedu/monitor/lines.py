"""A stream of lines as marks: CSV with a header, or JSON, each line by itself, never all at once."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

#: The names that the time may have.
TIMES = ("time", "timestamp", "datetime", "date", "time_utc", "ts")
#: The names that the price of the one underlying may have.
MARKS = ("mark", "mark_price", "price")
LONGEST = 65_536


class Given(NamedTuple):
    """What a line says: marks by underlying, and perhaps a time and funding rates."""

    marks: dict[str, Any]
    time: Any
    funding: dict[str, Any]


class Lines:
    """Reads the lines of a binary stream for a monitor of these underlyings.

    Each line that begins with { is JSON; any other is CSV, under the header that came before.
    `blank` counts lines with nothing on them, `ignored` names columns that nothing is known of.
    """

    def __init__(self, stream: BinaryIO, underlyings: tuple[str, ...]):
        self.stream, self.underlyings = stream, underlyings
        self.number = self.blank = 0
        self.ignored: dict[str, None] = {}
        self._header: list[str] | None = None

    def __iter__(self) -> Iterator[tuple[int, Given | ValueError]]:
        """Pairs of a line's number and what it says, or why it cannot be read."""
        while line := self.stream.readline(LONGEST + 1):
            self.number += 1
            try:
                given = self._read(self._whole(line))
            except ValueError as error:
                yield self.number, error
                continue
            if given is not None:
                yield self.number, given

    def _whole(self, line: bytes) -> str:
        """The line as text.  One that is too long is skipped to its end without being kept."""
        if len(line) > LONGEST and not line.endswith(b"\n"):
            while (rest := self.stream.readline(LONGEST)) and not rest.endswith(b"\n"):
                pass
            raise ValueError(f"longer than {LONGEST:,} bytes")
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ValueError(f"not UTF-8: {error.reason} at byte {error.start + 1}") from None
        return text.removeprefix("\ufeff").strip()

    def _read(self, text: str) -> Given | None:
        if not text:
            self.blank += 1
            return None
        if text.startswith("{"):
            return self._json(text)
        cells = _cells(text)
        if self._is_header(cells):
            self._header = _header(cells)
            return None
        if self._header is None:
            raise ValueError("no header yet: expected a line with " + self._expected())
        if len(cells) != len(self._header):
            raise ValueError(f"{len(cells)} fields, and the header has {len(self._header)}")
        return self._sorted(dict(zip(self._header, cells)))

    def _is_header(self, cells: list[str]) -> bool:
        return any(self._is_mark(cell.strip()) for cell in cells)

    def _is_mark(self, name: str) -> bool:
        return name in self.underlyings or len(self.underlyings) == 1 and name in MARKS

    def _expected(self) -> str:
        names = self.underlyings if len(self.underlyings) > 1 else (
            dict.fromkeys((*self.underlyings, *MARKS)))
        return "a column " + " or ".join(map(repr, names)) + " between commas, or JSON with such a name"

    def _json(self, text: str) -> Given:
        try:
            said = json.loads(text, parse_float=str, parse_int=str, parse_constant=str,
                              object_pairs_hook=_once)
        except json.JSONDecodeError as error:
            raise ValueError(f"not JSON: {error.msg} at column {error.colno}") from None
        except RecursionError:
            raise ValueError("not JSON that can be read: nested too deeply") from None
        marks = said.pop("marks", None)
        if marks is not None and not isinstance(marks, dict):
            marks = {"mark": marks}
        return self._sorted({**said, **(marks or {})})

    def _sorted(self, said: dict[str, Any]) -> Given:
        """The values by what they are; names that nothing is known of are noted."""
        marks, funding, time = {}, {}, None
        for name, value in said.items():
            if value in ("", None):
                continue
            if self._is_mark(name):
                self._once(marks, self._own(name), value)
            elif name in TIMES:
                time = value
            elif name.startswith("funding"):
                self._fund(funding, name, value)
            else:
                self.ignored.setdefault(name[:80])
                self._forget()
        if not marks:
            strange = ", ".join(repr(name[:80]) for name in said if name in self.ignored)
            raise ValueError("no mark on this line: expected " + self._expected()
                             + (f"; {strange} is none" if strange else ""))
        return Given(marks, time, funding)

    def _own(self, name: str) -> str:
        return name if name in self.underlyings else self.underlyings[0]

    def _once(self, marks: dict[str, Any], name: str, value: Any) -> None:
        if name in marks:
            raise ValueError(f"two prices of {name!r} on one line")
        marks[name] = value

    def _fund(self, funding: dict[str, Any], name: str, value: Any) -> None:
        if isinstance(value, dict):
            funding.update(value)
        else:
            of = name.removeprefix("funding").removeprefix("_")
            funding[of or self.underlyings[0]] = value
        for of in funding:
            if of not in self.underlyings:
                raise ValueError(f"funding of {of!r}: expected one of "
                                 + ", ".join(map(repr, self.underlyings)))

    def _forget(self) -> None:
        """Twenty names are enough to say; more would be memory that grows."""
        while len(self.ignored) > 20:
            self.ignored.popitem()


def _cells(text: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([text], strict=True))]
    except (csv.Error, StopIteration) as error:
        raise ValueError(f"not CSV: {error}") from None


def _header(cells: list[str]) -> list[str]:
    for name in cells:
        if name and cells.count(name) > 1:
            raise ValueError(f"column {name!r} is there twice in the header")
    return [name or f"column {i}" for i, name in enumerate(cells, 1)]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; a name that comes twice is refused, for one of its values would be lost."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for i, (name, _) in enumerate(pairs) if name in dict(pairs[:i]))
        raise ValueError(f"{twice[:40]!r} is there twice")
    return found
