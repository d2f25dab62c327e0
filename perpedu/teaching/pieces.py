"""The pieces of a bank file: texts, lists and named fields, each with the line it stands on.

Everything is read as text; a decimal is never a float. Tags and anchors are not followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from fractions import Fraction
from pathlib import Path
from typing import Any

from .numbers_typed import Unreadable, read_number

#: What no page, notebook or XML file can hold.
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class BankError(ValueError):
    """A bank file that cannot be used: which file, line and exercise, and what to change."""

    def __init__(self, file: str, line: int, exercise: str, message: str) -> None:
        self.file, self.line, self.exercise = file, line, exercise
        who = f", exercise {exercise}" if exercise else ""
        super().__init__(f"{file}, line {line}{who}: {message}")


class Text(str):
    """A word or sentence of the file, with its line."""

    line = 0


class Rows(list):
    """A list of the file, with its line."""

    line = 0


class Group(dict):
    """Named fields of the file, with the line of the group and of each name."""

    line = 0

    def line_of(self, name: str) -> int:
        """The line on which a field is named; the first line of the group if it is not there."""
        return next((key.line for key in self if key == name), self.line)


@dataclass(eq=False)
class Item:
    """One exercise of a bank file, as written, in the shape that its kind asks for."""

    file: str
    fields: Group
    sections: tuple[str, ...] = ()
    cache: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        named = isinstance(self.fields, Group)
        return str(self.fields.get("id", "without an id")) if named else "without an id"

    @property
    def options(self) -> bool:
        """Whether readers choose among options."""
        return "options" in self.fields

    def __getitem__(self, name: str) -> Any:
        return self.fields[name]

    def get(self, name: str, default: Any = None) -> Any:
        return self.fields.get(name, default)

    def error(self, where: Any, message: str) -> BankError:
        """An error at a piece of the file (or at a line number)."""
        return BankError(self.file, getattr(where, "line", where), self.id, message)

    def number(self, text: Any, name: str) -> Fraction:
        """A number as a teacher types it: 60,000, 0.004 or 0.4 %."""
        try:
            return read_number(str(self.text(text, name))).value
        except Unreadable as error:
            raise self.error(text, f"{name}: {error}") from None

    def whole(self, name: str, least: int, most: int, group: Group | None = None) -> int:
        """A field, of the exercise or of a group, that holds a whole number between two bounds."""
        written = (self.fields if group is None else group)[name]
        value = self.number(written, name)
        if value.denominator != 1 or not least <= value <= most:
            raise self.error(written, f"{name} is {written}; write a whole number "
                             f"from {least} to {most}.")
        return int(value)

    def text(self, piece: Any, name: str) -> Text:
        if not isinstance(piece, Text) or not piece.strip():
            raise self.error(piece, f"{name} is empty or not a text; write one after “{name}:”.")
        return piece

    def group(self, piece: Any, name: str) -> Group:
        if not isinstance(piece, Group):
            raise self.error(piece, f"{name} must hold named fields, indented, as “name: …”.")
        return piece

    def rows(self, piece: Any, name: str, least: int, most: int) -> Rows:
        if not isinstance(piece, Rows) or not least <= len(piece) <= most:
            raise self.error(piece, f"{name} must be a list of {least} to {most} items, "
                             "each on a line that begins with “- ”.")
        return piece

    def allow(self, group: Group, required: tuple[str, ...], optional: tuple[str, ...] = (),
              what: str = "") -> None:
        """Demand the required fields, and refuse those that are not known."""
        for name in required:
            if name not in group:
                raise self.error(group, f"{what}the field “{name}” is missing; add it.")
        for name in group:
            if name not in required + optional:
                close = get_close_matches(name, required + optional, n=1)
                hint = f"Did you mean “{close[0]}”?" if close else "Take it out."
                raise self.error(name, f"{what}the field “{name}” is not known here. {hint}")


def written(path: Path, file: str) -> str:
    """The text of a file; `file` is its name for messages. Raises BankError, or OSError."""
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BankError(file, line, "", "this is not UTF-8; save it as UTF-8.") from None


def pieces(text: str, file: str) -> Any:
    """The pieces of a YAML text. Raises BankError where it is not YAML, or empty."""
    try:
        return _piece(_composed(text, file), file)
    except RecursionError:
        raise BankError(file, 1, "", "there are too many lists or fields inside each other; "
                        "write it more plainly.") from None


def _composed(text: str, file: str) -> Any:
    """The tree of a YAML text, nothing of it followed."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BankError(file, line, "", f"this is not YAML: {error.problem}. Look at the "
                        "indentation, and put a text that holds “: ” or “#” in quotes.") from None
    except YAMLError as error:
        raise BankError(file, 1, "", f"this is not YAML: {error}. Take it out.") from None
    if node is None:
        raise BankError(file, 1, "", "the file is empty; write sections and exercises.")
    return node


def _piece(node: Any, file: str) -> Any:
    from ruamel.yaml.nodes import MappingNode, SequenceNode

    line = node.start_mark.line + 1
    if node.anchor:
        raise BankError(file, line, "", "anchors (&name) are not read here; write it out.")
    if isinstance(node, MappingNode):
        piece: Any = Group(_pairs(node, file))
    elif isinstance(node, SequenceNode):
        piece = Rows(_piece(child, file) for child in node.value)
    else:
        piece = Text(node.value)
        if odd := UNFIT.search(piece):
            raise BankError(file, line, "", f"the character U+{ord(odd[0]):04X} cannot be shown; "
                            "take it out.")
    piece.line = line
    return piece


def _pairs(node: Any, file: str) -> Iterator[tuple[Text, Any]]:
    seen: set[str] = set()
    for key_node, value_node in node.value:
        key, value = _piece(key_node, file), _piece(value_node, file)
        if not isinstance(key, Text):
            raise BankError(file, key.line, "", "a name must be one word; take out { } or [ ].")
        if key in seen:
            raise BankError(file, key.line, "", f"“{key}” is written twice; take one out.")
        seen.add(key)
        value.line = key.line  # a text may begin on the line below its name
        yield key, value
