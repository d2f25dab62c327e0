"""Texts with slots: `{{mark_price}}`, `{{margin_ratio | %1}}`, `{{equity | 2}}`, `{{side}}`.

A slot holds a name or an expression; behind `|` stands how it is printed: at most so many
decimals, in per cent where % stands before them, and with + as a term to add, as in “+ 5” and
“− 5”. The same texts serve Python, which fills them, and the page, which fills them
from a table of drawn variants.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from .bank import Text
from .numbers_typed import show
from .resolve import Program

_SLOT = re.compile(r"\{\{([^{}]*)\}\}")
_STYLE = re.compile(r"([+]?)(%?)([0-9]?)")


class Slot:
    """A place in a text, and the words that stand there for given values."""

    def __init__(self, source: str, text: Callable[[Any], str]) -> None:
        self.source, self.text = source, text


class Template:
    """A text in parts: plain strings and slots."""

    def __init__(self, parts: list[str | Slot]) -> None:
        self.parts = parts

    def __add__(self, other: "Template") -> "Template":
        return Template([*self.parts, *other.parts])

    def slots(self) -> Iterator[Slot]:
        """The slots, in order."""
        return (part for part in self.parts if isinstance(part, Slot))

    def fill(self, values: Any) -> str:
        """The text with these values."""
        return "".join(p.text(values) if isinstance(p, Slot) else p for p in self.parts)

    def keyed(self, key: Callable[[Slot], str]) -> str:
        """The text with each slot written `{{key}}`."""
        return "".join(
            "{{" + key(p) + "}}" if isinstance(p, Slot) else p for p in self.parts)


def plain(text: str) -> Template:
    """A text without slots."""
    return Template([text])


def template(program: Program, text: Any) -> Template:
    """A bank text with its slots worked out. Raises BankError for a slot that cannot be."""
    pieces = _SLOT.split(text.strip())
    for piece in pieces[::2]:
        if "{{" in piece or "}}" in piece:
            raise program.item.error(text, "a slot is not closed or not opened: write {{name}}.")
    parts = [_slot(program, p, text) if i % 2 else p for i, p in enumerate(pieces)]
    return Template([part for part in parts if part])


def _slot(program: Program, source: str, text: Any) -> Slot:
    expression, _, style = (part.strip() for part in source.partition("|"))
    match = _STYLE.fullmatch(style)
    if not match or not expression:
        raise program.item.error(text, f"the slot {{{{{source}}}}} cannot be read; write "
                                 "{{name}}, {{name | 2}}, {{name | %1}} or {{name | +2}}.")
    given = program.given.get(expression)
    if given is not None and given.words:
        return Slot(source.strip(), lambda values: given.word(values[expression]))
    term = program.term(at_line(expression, text))
    signed, per_cent, digits = match.groups()
    places, unit = int(digits) if digits else None, "%" if per_cent else None
    if signed:
        return Slot(source.strip(), lambda values: _added(term(values), places, unit))
    return Slot(source.strip(), lambda values: trimmed(term(values), places, unit))


def _added(value: Fraction, places: int | None, unit: str | None) -> str:
    """A number as a term to add: its sign, a space, its size."""
    return ("− " if value < 0 else "+ ") + trimmed(abs(value), places, unit)


def number_slot(source: str, term: Callable[[Any], Fraction], places: int,
                unit: str | None) -> Slot:
    """A slot for an answer, rounded as the exercise asks, without needless zeros."""
    return Slot(source, lambda values: trimmed(term(values), places, unit))


def trimmed(value: Any, places: int | None, unit: str | None = None) -> str:
    """A number to at most so many decimals, without zeros at the end, with its unit.

    >>> trimmed(Fraction(57), 2, "USDT"), trimmed(Fraction(1, 16), 1, "%")
    ('57 USDT', '6.3 %')
    """
    scaled = value * (100 if unit == "%" else 1)
    text = show(scaled, places)
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text + unit_behind(unit)


def unit_behind(unit: str | None) -> str:
    """A unit as it stands behind a number."""
    return "" if not unit else unit if unit == "×" else f" {unit}"


def at_line(text: str, like: Any) -> Text:
    """A text that stands on the line of another."""
    made = Text(text)
    made.line = getattr(like, "line", 0)
    return made
