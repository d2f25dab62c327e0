"""The registry of worked examples as files: read, checked and computed.

One file a source in `sources/`, `trades.yaml` for the trades that several items share, and
`kinds.yaml`, which says of each item what it is: a formula, a definition, a venue's rule.
Expressions and slots are those of the exercise bank, so `right: margin_ratio` works as soon as
the ledger behind it is given, and no number is typed where it can be computed (a date such as
18 March 2021 may be). `moved` works out a name after some others have changed. Every error names
the file, the line and the item.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from .draws import Given
from .evaluation import Irrational, Undefined
from .numbers_typed import UNITS, Unreadable, read_number, show
from .pieces import BankError, Group, Item, Rows, Text, pieces
from .resolve import Program
from .template import template

VERDICTS = (
    "right", "right but loose", "wrong", "inconsistent", "unsupported", "dated", "advice",
)  # fmt: skip
KINDS = ("worked example", "formula", "table", "definition", "venue rule", "procedure", "system",
         "empirical", "advice")
#: Where an item stands that no chapter takes up.
APPENDIX = "A"
LONGEST_QUOTE = 25
TEXTS = ("line", "chapter", "quote", "verdict", "why")
OPTIONAL_TEXTS = ("trade", "tiers", "printed", "right", "unit", "places")
GROUPS = ("givens", "let", "moved")
_ID = re.compile(r"[0-9]{3}-[0-9]{2}")
_SLOT = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_DATE = re.compile(r"\b([0-9]{1,2} )?(January|February|March|April|May|June|July|August|September"
                   r"|October|November|December|early|late) 20[0-9]{2}\b")

Numbers = dict[str, Fraction]


class Flaw(ValueError):
    """Something to mend in a registry file: which file, line and item, and what to change."""


class Entry(Item):
    """One item of a registry file, as written."""

    def error(self, where: Any, message: str) -> Any:
        """A Flaw at a piece of the file (or at a line number)."""
        who = f", {self.fields['id']}" if "id" in self.fields else ""
        return Flaw(f"{self.file}, line {getattr(where, 'line', where)}{who}: {message}")

    def part(self, name: str) -> Group:
        """The named fields of a part that may be left out."""
        return self.group(self.get(name, Group()), name)

    def value(self, text: Any, given: Mapping[str, Fraction]) -> Fraction:
        """The exact value of an expression, with the item's `let` and the formulas."""
        program = self.program(given)
        term = program.term(self.text(text, "an expression"))
        try:
            return term(program.values(given))
        except (Undefined, Irrational, ZeroDivisionError):
            raise self.error(text, f"“{text}” has no exact value for these numbers.") from None

    def program(self, given: Mapping[str, Fraction]) -> Program:
        """What the names mean here; a given takes the place of a `let` of the same name."""
        let = Group({key: text for key, text in self.part("let").items() if key not in given})
        entry = Entry(self.file, Group(self.fields | {"let": let}))
        return Program(entry, {name: Given(name, value) for name, value in given.items()})


class Registry:
    """All items of a folder, by id; each is computed when it is first asked for.

    `make` builds the public object from an item's parts.
    """

    def __init__(self, folder: Any, make: Callable[..., Any]) -> None:
        self.make, self.items, self.sources = make, {}, {}
        self.trades: dict[str, Numbers] = {}
        self.kinds: dict[str, str] = {}
        self.done: dict[str, Any] = {}
        for part in sorted(folder.iterdir(), key=lambda part: part.name):
            if part.name.endswith(".yaml"):
                self.read(part.name, part.read_text("utf-8"))
        for entry in self.items.values():
            self.check_references(entry)

    def read(self, name: str, text: str) -> None:
        """One file: a source with its items, the trades or the kinds."""
        try:
            file = Entry(name, pieces(text, name))
        except BankError as error:
            raise Flaw(str(error)) from None
        file.group(file.fields, "the file")
        if name == "trades.yaml":
            self.trades = {trade: in_order(file, file.group(numbers, trade), {})
                           for trade, numbers in file.fields.items()}
        elif name == "kinds.yaml":
            self.kinds = kinds(file)
        else:
            self.read_source(name.removesuffix(".yaml"), file)

    def read_source(self, seed: str, file: Entry) -> None:
        file.allow(file.fields, ("source", "items"))
        source, items = file.part("source"), file.part("items")
        file.allow(source, ("title", "publisher", "date"), what="in source, ")
        self.sources[seed] = source
        for id, fields in items.items():
            if not _ID.fullmatch(id) or not id.startswith(seed + "-"):
                raise file.error(id, f"the id {id} must be {seed}- and two digits.")
            entry = Entry(file.file, file.group(fields, id))
            entry.fields["id"] = id
            check(entry)
            self.items[str(id)] = entry

    def check_references(self, entry: Entry) -> None:
        """The trade and the related items that an item names are there."""
        for other in entry.get("see", ()):
            if other not in self.items or other == entry["id"]:
                raise entry.error(other, f"see: {other} is not the id of another item.")
        if self.kinds and entry["id"] not in self.kinds:
            raise entry.error(entry["id"], "kinds.yaml does not say what it is; add the id there.")
        trade = entry.get("trade")
        if trade is not None and trade not in self.trades:
            raise entry.error(trade, f"the trade “{trade}” is not in trades.yaml, which has "
                              + (", ".join(self.trades) or "none") + ".")

    def example(self, id: str) -> Any:
        """The worked example of that id. Raises ValueError, with close ids, for another."""
        if id not in self.items:
            close = get_close_matches(str(id), self.items, n=3, cutoff=0.5) or list(self.items)[:3]
            raise ValueError(f"id = {id!r}: expected the id of a worked example, such as "
                             + ", ".join(close))
        if id not in self.done:
            entry = self.items[id]
            given = in_order(entry, entry.part("givens"), self.trades.get(entry.get("trade"), {}))
            self.done[id] = self.make(id, self.sources[id[:3]], kind=self.kinds.get(id),
                                      **computed(entry, given))
        return self.done[id]


def kinds(file: Entry) -> dict[str, str]:
    """What each item is, by its id; every id stands under one kind."""
    file.allow(file.fields, (), KINDS)
    found: dict[str, str] = {}
    for kind, ids in file.fields.items():
        for id in file.text(ids, kind).split():
            if id in found or not _ID.fullmatch(id):
                raise file.error(ids, f"{id} stands here twice, or is no id.")
            found[id] = str(kind)
    return found


def chapter(text: str) -> int | str:
    """A chapter's number, or the letter of the appendix."""
    return APPENDIX if text == APPENDIX else int(text)


def in_order(entry: Entry, texts: Group, numbers: Numbers) -> Numbers:
    """Given numbers; each is an expression over those above it."""
    numbers, plain = dict(numbers), Entry(entry.file, Group(entry.fields | {"let": Group()}))
    for name, text in texts.items():
        if not name.isidentifier():
            raise entry.error(name, f"the name “{name}” must be one word of letters, digits and _.")
        numbers[str(name)] = plain.value(text, numbers)
    return numbers


def computed(entry: Entry, given: Numbers) -> dict[str, Any]:
    """The parts of a worked example."""
    moved = {str(name): after(entry, name, given) for name in entry.part("moved")}
    known = given | moved
    program = entry.program(known)
    let = {str(name): entry.value(text, known) for name, text in entry.part("let").items()}
    right = entry.value(entry["right"], known) if "right" in entry.fields else None
    why = template(program, Text(" ".join(entry["why"].split())))
    return dict(
        line=int(entry["line"]), chapter=chapter(entry["chapter"]), quote=str(entry["quote"]),
        verdict=str(entry["verdict"]), givens=given, values=moved | let, right=right,
        printed=entry.get("printed"), exact=exact(entry, right),
        why=why.fill(program.values(known)), see=tuple(map(str, entry.get("see", ()))),
    )  # fmt: skip


def after(entry: Entry, name: Text, given: Numbers) -> Fraction:
    """The value `of` a name `where` some given numbers have changed."""
    move = entry.group(entry["moved"][name], name)
    entry.allow(move, ("of", "where"), what=f"in {name}, ")
    where = entry.group(move["where"], "where")
    changed = {str(key): entry.value(text, given) for key, text in where.items()}
    return entry.value(move["of"], given | changed)


def exact(entry: Entry, right: Fraction | None) -> str | None:
    """The right value as text, with ≈ where its decimals are cut; held to the verdict."""
    if right is None:
        return None
    unit = hold(entry, right) if "printed" in entry.fields else None
    places = entry.whole("places", 0, 12) if "places" in entry.fields else None
    text = show(right, places, entry.get("unit", unit))
    return text if read_number(text).value == right else "≈ " + text


def hold(entry: Entry, right: Fraction) -> str | None:
    """Check the verdict against what was printed, at its own decimals; the printed unit."""
    try:
        typed = read_number(entry["printed"])
    except Unreadable as error:
        raise entry.error(entry["printed"], f"printed: {error}") from None
    places = len(re.sub(r"[^0-9].*", "", entry["printed"].partition(".")[2]))
    agrees = show(typed.value, places, typed.unit) == show(right, places, typed.unit)
    if entry["verdict"] == ("wrong" if agrees else "right"):
        raise entry.error(entry["verdict"], f"the verdict is {entry['verdict']}, but printed is "
                          f"{entry['printed']} and exact {show(right, unit=typed.unit)}.")
    return typed.unit


def check(entry: Entry) -> None:
    """What can be said of an item without computing."""
    entry.allow(entry.fields, TEXTS, (*OPTIONAL_TEXTS, *GROUPS, "see", "id"))
    for name in {*TEXTS, *OPTIONAL_TEXTS} & entry.fields.keys():
        entry.text(entry[name], name)
    entry.whole("line", 1, 100_000)
    if entry["chapter"] != APPENDIX:
        entry.whole("chapter", 1, 99)
    entry.rows(entry.get("see", Rows([""])), "see", 1, 9)
    for name in GROUPS:
        entry.part(name)
    if entry["verdict"] not in VERDICTS:
        raise entry.error(entry["verdict"], f"the verdict “{entry['verdict']}” is not known; "
                          "write one of " + ", ".join(VERDICTS) + ".")
    if len(entry["quote"].split()) > LONGEST_QUOTE:
        raise entry.error(entry["quote"], f"the quote has more than {LONGEST_QUOTE} words.")
    if typed := re.search(r"[0-9][^ ]*\b", _DATE.sub("", _SLOT.sub("", entry["why"]))):
        raise entry.error(entry["why"], f"why: {typed[0]} is typed; compute it in a slot.")
    if "printed" in entry.fields and "right" not in entry.fields:
        raise entry.error(entry["printed"], "printed needs “right”, the exact value; add it.")
    if entry.get("unit", "%") not in UNITS.values():
        units = ", ".join(dict.fromkeys(UNITS.values()))
        raise entry.error(entry["unit"], f"unit: write one of {units}.")
