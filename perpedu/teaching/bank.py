"""The bank: exercises as a teacher writes them, in YAML, one file a chapter.

Here files are found and read, and the shape of each exercise is checked: which fields it has, and
that they are texts, lists and numbers. What givens and expressions mean is looked at in `draws`
and `resolve`; `validate` tries a whole file out.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from .pieces import BankError, Group, Item, Rows, Text, pieces, written

KINDS = ("number", "choice", "predict", "expression", "order", "table")
COMMON = ("id", "version", "title", "kind", "minutes", "difficulty", "objective", "section",
          "question", "hints", "solution", "why")  # fmt: skip
TEXTS = ("id", "title", "objective", "question", "solution", "why", "answer", "assumes", "ask",
         "tiers", "unit")  # fmt: skip
ALWAYS_ALLOWED = ("prerequisites", "assumes", "givens", "let", "tiers", "positive")
NUMBER, OPTIONS = ("answer", "unit", "places", "mistakes"), ("answer", "options")
ROW = ("name", "label", "value", "unit", "places")
FEWEST_MISTAKES = {"number": 3, "predict": 3, "expression": 2, "table": 2, "order": 2}
MOST_ROWS = 12
FEWEST_STEPS, MOST_STEPS = 3, 10

__all__ = ["BankError", "Group", "Item", "Rows", "Text", "files", "folder", "parse", "read",
           "section"]

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
    file = f"{path.parent.name}/{path.name}"
    return parse(written(path, file), file, path.stem)


def parse(text: str, file: str, chapter: str) -> dict[str, Item]:
    """The exercises in the text of a bank file; `file` is its name for messages.

    Every id begins with `chapter` and a point.
    """
    content = Item(file, pieces(text, file))
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


# ---- the shape of an exercise

def _check_shape(item: Item) -> None:
    if "kind" in item.fields and item["kind"] not in KINDS:
        raise item.error(item["kind"], f"the kind “{item['kind']}” is not known; write one of "
                         + ", ".join(KINDS) + ".")
    table = item.get("kind") == "table"
    exact = table or item.get("kind") == "order"
    optional = ALWAYS_ALLOWED if exact else (*ALWAYS_ALLOWED, "tolerance")
    item.allow(item.fields, COMMON + _required(item), optional)
    for name in TEXTS:
        item.text(item.get(name, Text("not there")), name)
    item.whole("version", 1, 999), item.whole("minutes", 1, 60), item.whole("difficulty", 1, 3)
    for name, least, most in (("hints", 1, 3), ("positive", 0, 9), ("prerequisites", 0, 9)):
        for text in item.rows(item.get(name, Rows()), name, least, most):
            item.text(text, name)
    section(item, item["section"])
    if table:
        _check_rows(item)
    elif item.get("kind") == "order":
        _check_steps(item)
    elif item.options:
        _check_options(item)
    else:
        _check_mistakes(item, item["mistakes"], f"a {item['kind']} exercise")


def _required(item: Item) -> tuple[str, ...]:
    """The fields that a kind needs beside the common ones."""
    kind = item.get("kind")
    if kind == "table":
        return ("rows",)
    if kind == "order":
        return ("steps", "mistakes")
    if kind == "expression":
        return ("answer", "symbols", "mistakes")
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
        item.text(row["text"], "text"), item.text(row.get("says", Text("none")), "says")
        if len(item.text(row["key"], "key")) < 2 or row["key"] in (*keys, "right"):
            raise item.error(row["key"], f"the key “{row['key']}” is used twice, or is one letter, "
                             "or is “right”; write a short word of its own.")
        keys.append(row["key"])
        section(item, row.get("reread", item["section"]))
    if item["answer"] not in keys:
        raise item.error(item["answer"], f"the answer “{item['answer']}” is not the key of an "
                         "option; write one of " + ", ".join(keys) + ".")
    for row in item["options"]:
        if row["key"] != item["answer"] and "says" not in row:
            raise item.error(row["key"], f"the option {row['key']} needs “says”: what to tell a "
                             "reader who chooses it.")


def _check_steps(item: Item) -> None:
    keys: list[str] = []
    for row in item.rows(item["steps"], "steps", FEWEST_STEPS, MOST_STEPS):
        item.group(row, "a step")
        item.allow(row, ("key", "text"), what="in a step, ")
        item.text(row["text"], "text")
        if len(item.text(row["key"], "key")) < 2 or not row["key"].isidentifier() or (
                row["key"] in keys):
            raise item.error(row["key"], f"the key “{row['key']}” is used twice, or is one letter, "
                             "or is no word of letters and digits; write a word of its own.")
        keys.append(row["key"])
    _check_mistakes(item, item["mistakes"], "an order exercise", "before")


def _check_rows(item: Item) -> None:
    rows, names = item.rows(item["rows"], "rows", 2, MOST_ROWS), {}
    for row in rows:
        _check_row(item, item.group(row, "a row"))
        name = row["name"]
        if name in names:
            raise item.error(name, f"the row {name} stands on line {names[name].line} already; "
                             "give one of the two another name.")
        names[name] = name
    if not any(is_blank(row) for row in rows):
        raise item.error(rows, "no row is blank, so nothing is asked; write “blank: yes” in one.")


def _check_row(item: Item, row: Group) -> None:
    name = item.text(row.get("name", row), "name")
    what = f"in the row {name}, "
    item.allow(row, ROW, ("how", "blank", "mistakes", "tolerance"), what)
    if not name.isidentifier():
        raise item.error(name, f"the name “{name}” of a row must be one word of letters, digits "
                         "and _, such as loss_room.")
    for field in ("label", "value", "unit", "how"):
        item.text(row.get(field, Text("not there")), field)
    if row.get("blank", "no") not in ("yes", "no"):
        raise item.error(row["blank"], f"{what}blank is “{row['blank']}”; write yes or no.")
    if is_blank(row):
        _check_mistakes(item, row.get("mistakes", _no_mistakes(row)), f"the blank row {name}")
    elif "mistakes" in row:
        raise item.error(row["mistakes"], f"the row {name} is given, so nobody can make its "
                         "mistakes; write “blank: yes”, or take them out.")


def is_blank(row: Group) -> bool:
    """Whether readers fill a row of a table."""
    return row.get("blank") == "yes"


def _no_mistakes(row: Group) -> Group:
    empty = Group()
    empty.line = row.line
    return empty


def _check_mistakes(item: Item, written: Any, who: str, what: str = "answer") -> None:
    mistakes, fewest = item.group(written, "mistakes"), FEWEST_MISTAKES[item["kind"]]
    if len(mistakes) < fewest:
        raise item.error(mistakes, f"there are {len(mistakes)} mistakes; {who} needs at least "
                         f"{fewest}. Add what readers get wrong.")
    for name, mistake in mistakes.items():
        if name == "right":
            raise item.error(name, "a mistake cannot be called “right”; give it another name.")
        item.group(mistake, f"the mistake {name}")
        item.allow(mistake, (what, "says"), ("reread",), f"in the mistake {name}, ")
        item.text(mistake[what], what), item.text(mistake["says"], "says")
        section(item, mistake.get("reread", item["section"]))
