"""What is given in an exercise, and how its numbers are drawn.

A draw is a hash of the exercise's id and version, the seed, the attempt and the given's name. No
library's random generator is used: the same seed gives the same numbers for ever and everywhere.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from typing import Any

from .bank import Group, Item
from .numbers_typed import Unreadable, read_number

MOST_VALUES = 10_000_000


def draw(*key: Any) -> int:
    """A whole number from 0 to 2**64 - 1 that depends on the key alone.

    >>> draw("ch01.notional", 1, "seed", 0, "size") % 1000
    675
    """
    return int.from_bytes(sha256(json.dumps(key).encode()).digest()[:8])


@dataclass(frozen=True)
class Given:
    """A quantity of the question: the values it may take, its unit, and words for its values."""

    name: str
    first: Fraction = Fraction(0)
    step: Fraction = Fraction(0)
    count: int = 1
    chosen: tuple[Fraction, ...] = ()
    words: tuple[str, ...] = ()
    unit: str = ""

    def value(self, number: int) -> Fraction:
        """The value that a drawn number stands for."""
        if self.chosen:
            return self.chosen[number % len(self.chosen)]
        return self.first + number % self.count * self.step

    def word(self, value: Fraction) -> str | None:
        """The word for a value, where the teacher gave words."""
        return self.words[self.chosen.index(value)] if self.words else None


def givens(item: Item) -> dict[str, Given]:
    """The givens of an exercise by name. Raises BankError."""
    written = item.group(item.get("givens", Group()), "givens")
    return {str(name): _given(item, name, group) for name, group in written.items()}


def drawn(wanted: dict[str, Given], *key: Any) -> dict[str, Fraction]:
    """The value of each given for this id, version, seed and attempt."""
    return {name: given.value(draw(*key, name)) for name, given in wanted.items()}


def _given(item: Item, name: Any, group: Any) -> Given:
    if not name.isidentifier():
        raise item.error(name, f"the name “{name}” of a given must be one word of letters, digits "
                         "and _, such as entry_price.")
    item.group(group, f"the given {name}")
    what, unit = f"in the given {name}, ", str(group.get("unit", ""))
    if "choose" in group:
        item.allow(group, ("choose",), ("unit",), what)
        return _choice(item, name, group["choose"], unit)
    if "value" in group:
        item.allow(group, ("value",), ("unit",), what)
        return Given(str(name), item.number(group["value"], "value"), unit=unit)
    item.allow(group, ("from", "to", "step"), ("unit",), what)
    return _range(item, name, group, unit)


def _range(item: Item, name: str, group: Group, unit: str) -> Given:
    first, last, step = (item.number(group[key], key) for key in ("from", "to", "step"))
    if step <= 0 or last < first:
        raise item.error(group, f"the range of {name} is from {group['from']} to {group['to']} by "
                         f"{group['step']}; “to” must not lie below “from”, and step is above 0.")
    steps = (last - first) / step
    if steps.denominator != 1:
        raise item.error(group, f"the step {group['step']} of {name} does not lead from "
                         f"{group['from']} to {group['to']}; choose a step that divides "
                         f"{float(last - first):g}.")
    if steps >= MOST_VALUES:
        raise item.error(group, f"{name} has too many values; choose a larger step.")
    return Given(str(name), first, step, int(steps) + 1, unit=unit)


def _choice(item: Item, name: str, choices: Any, unit: str) -> Given:
    words = tuple(map(str, choices)) if isinstance(choices, Group) else ()
    values = list(choices.values()) if words else choices
    if not isinstance(values, list) or not values:
        raise item.error(choices, f"choose of {name} must be a list of numbers, [10, 20], or "
                         "words with their numbers, {long: 1, short: -1}.")
    if not words and any(_is_word(value) for value in values):
        raise item.error(choices, f"choose of {name} holds a word; give each word its number: "
                         "{long: 1, short: -1}.")
    numbers = tuple(item.number(value, f"choose of {name}") for value in values)
    if len(set(numbers)) < len(numbers):
        raise item.error(choices, f"choose of {name} holds a number twice; take one out.")
    return Given(str(name), chosen=numbers, words=words, unit=unit)


def _is_word(value: Any) -> bool:
    try:
        return not read_number(str(value))
    except Unreadable as error:
        return error.reason == "words"


