"""The bank: exercises as a teacher writes them, in YAML, one file a chapter.

Every word keeps the line on which it stands, so that each error says where to look. All numbers
and expressions are read as text here: a decimal is never a float. What they mean is looked at in
`draws` (givens) and `resolve` (expressions).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from .numbers_typed import Unreadable, read_number

KINDS = ("number", "choice", "predict", "expression")
COMMON = ("id", "version", "title", "kind", "minutes", "difficulty", "objective", "section",
          "question", "answer", "hints", "solution", "why")  # fmt: skip
ALWAYS_ALLOWED = ("prerequisites", "assumes", "givens", "let", "tiers", "positive")
NUMBER, OPTIONS = ("unit", "places", "mistakes"), ("options",)
FEWEST_MISTAKES = {"number": 3, "predict": 3, "expression": 2}


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
        return str(self.fields.get("id", "without an id"))

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

    def whole(self, name: str, least: int, most: int) -> int:
        """A field that holds a whole number between two bounds."""
        value = self.number(self[name], name)
        if value.denominator != 1 or not least <= value <= most:
            raise self.error(self[name], f"{name} is {self[name]}; write a whole number "
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


# ---- files

def folder() -> Path:
    """Where the banks are: inside the installed package, else beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "bank"
    return installed if installed.is_dir() else package.parent / "exercises"


def files() -> list[Path]:
    """The bank files, in chapter order."""
    return sorted(folder().glob("ch[0-9][0-9].yaml"))


def read(path: Path | str) -> dict[str, Item]:
    """The exercises of a bank file by id, in the order of the file; their shape is checked.

    Raises BankError.
    """
    path = Path(path)
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _read(path: Path, changed: int) -> dict[str, Item]:
    return parse(path.read_text("utf-8"), f"{path.parent.name}/{path.name}", path.stem)


def parse(text: str, file: str, chapter: str) -> dict[str, Item]:
    """The exercises in the text of a bank file; `file` is its name for messages.

    Every id begins with `chapter` and a point.
    """
    content = Item(file, _pieces(text, file))
    whole = content.group(content.fields, "the file")
    try:
        content.allow(whole, ("sections", "exercises"), what="at the left margin, ")
        sections = tuple(content.rows(whole["sections"], "sections", 1, 99))
        rows = content.rows(whole["exercises"], "exercises", 1, 999)
    except BankError as error:
        raise BankError(file, error.line, "", str(error).split(": ", 1)[1]) from None
    return _by_id([Item(file, row, sections) for row in rows], chapter)


def _by_id(items: list[Item], chapter: str) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for item in items:
        item.group(item.fields, "an exercise")
        _check_shape(item)
        if not item.id.startswith(chapter + "."):
            raise item.error(item["id"], f"the id {item.id} must begin with “{chapter}.”.")
        if item.id in found:
            first = found[item.id]["id"].line
            raise item.error(item["id"], f"the id {item.id} is already used on line {first}; "
                             "give one of the two another id.")
        found[item.id] = item
    return found


# ---- YAML with lines

def _pieces(text: str, file: str) -> Any:
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
    return _piece(node, file)


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


# ---- the shape of an exercise

def _check_shape(item: Item) -> None:
    if "kind" in item.fields and item["kind"] not in KINDS:
        raise item.error(item["kind"], f"the kind “{item['kind']}” is not known; write one of "
                         + ", ".join(KINDS) + ".")
    item.allow(item.fields, COMMON + _required(item), ALWAYS_ALLOWED + ("tolerance",))
    for name in ("id", "title", "objective", "question", "solution", "why", "answer"):
        item.text(item[name], name)
    item.whole("version", 1, 999), item.whole("minutes", 1, 60), item.whole("difficulty", 1, 3)
    for hint in item.rows(item["hints"], "hints", 1, 3):
        item.text(hint, "a hint")
    section(item, item["section"])
    _check_options(item) if item.options else _check_mistakes(item)


def _required(item: Item) -> tuple[str, ...]:
    """The fields that a kind needs beside the common ones."""
    kind = item.get("kind")
    if kind == "expression":
        return ("symbols", "mistakes")
    asked = OPTIONS if kind == "choice" or item.options else NUMBER
    return (*asked, "ask") if kind == "predict" else asked


def section(item: Item, title: Any) -> str:
    """A section to reread, which must be in the list of sections."""
    if title not in item.sections:
        close = get_close_matches(str(title), item.sections, n=1)
        hint = f"Did you mean “{close[0]}”?" if close else "Add it to the list, or choose another."
        raise item.error(title, f"“{title}” is not in the file's list of sections. {hint}")
    return str(title)


def _check_options(item: Item) -> None:
    keys: list[str] = []
    for row in item.rows(item["options"], "options", 2, 6):
        item.group(row, "an option")
        item.allow(row, ("key", "text"), ("says", "reread"), "in an option, ")
        item.text(row["text"], "text")
        if len(item.text(row["key"], "key")) < 2 or row["key"] in keys:
            raise item.error(row["key"], f"the key “{row['key']}” is used twice or is one letter; "
                             "write a short word of its own (letters are given by the page).")
        keys.append(row["key"])
        if row["key"] != item["answer"] and "says" not in row:
            raise item.error(row, f"the option {row['key']} needs “says”: what to tell a reader "
                             "who chooses it.")
        section(item, row.get("reread", item["section"]))
    if item["answer"] not in keys:
        raise item.error(item["answer"], f"the answer “{item['answer']}” is not the key of an "
                         "option; write one of " + ", ".join(keys) + ".")


def _check_mistakes(item: Item) -> None:
    mistakes, fewest = item.group(item["mistakes"], "mistakes"), FEWEST_MISTAKES[item["kind"]]
    if len(mistakes) < fewest:
        raise item.error(mistakes, f"there are {len(mistakes)} mistakes; a {item['kind']} "
                         f"exercise needs at least {fewest}. Add what readers get wrong.")
    for name, mistake in mistakes.items():
        item.group(mistake, f"the mistake {name}")
        item.allow(mistake, ("answer", "says"), ("reread",), f"in the mistake {name}, ")
        item.text(mistake["answer"], "answer"), item.text(mistake["says"], "says")
        section(item, mistake.get("reread", item["section"]))
