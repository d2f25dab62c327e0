"""A number that a reader is asked for: its unit and rounding, the truth and the known mistakes.

Two answers could be taken for each other where they lie no further apart than the accepted
rounding, or where a mistake looks, in one draw only, like the truth with another sign or a per
cent too many.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

from .alike import MISTAKE_WIDTH, Alike
from .bank import BankError, Group, Item
from .feedback import RIGHT
from .numbers_typed import UNITS
from .resolve import Term, Values

#: What a mistake may be of the truth by accident: then a reader could be told the wrong thing.
LOOKALIKES = (Fraction(100), Fraction(1, 100), Fraction(-1))
#: What the rounding of a number may be of it, if a reader may go on from the one behind.
LOOSEST = Fraction(1, 200)
UNITS_ASKED = (*dict.fromkeys(UNITS.values()), "none")

Numbers = Mapping[str, Fraction]


class Unfair(NamedTuple):
    """Why a draw is refused: the line to change, and what to say; {times} is how often."""

    line: int
    message: str

    def error(self, item: Item, times: int) -> BankError:
        """What to tell the teacher where no draw is fair."""
        return item.error(self.line, self.message.replace("{times}", str(times)))


class Asked:
    """Unit, places, tolerance and answers: the truth first, then the mistakes. Raises BankError.

    `fields` is the exercise, or the row of a table, in which they are written; `where` says which
    row that is.
    """

    def __init__(self, item: Item, fields: Group, answers: dict[str, Term],
                 where: str = "") -> None:
        self.item, self.fields, self.answers, self.where = item, fields, answers, where
        unit, given = fields["unit"], fields.get("tolerance")
        if unit not in UNITS_ASKED:
            raise item.error(unit, f"the unit “{unit}” is not known; write one of "
                             + ", ".join(UNITS_ASKED) + ".")
        self.unit = None if unit == "none" else str(unit)
        self.places = item.whole("places", 0, 8, fields)
        self.half = Fraction(1, 2 * 10**self.places) / (100 if self.unit == "%" else 1)
        self.tolerance = self.half if given is None else item.number(given, "tolerance")
        if self.tolerance <= 0:
            raise item.error(given, "tolerance must be above 0.")
        self.excused: set[tuple[str, Fraction]] = set()

    @property
    def rounding(self) -> str:
        """The accepted rounding in words."""
        if "tolerance" in self.fields:
            return f"within {self.fields['tolerance']}"
        places, cent = self.places, self.unit == "%"
        if not places:
            return "to the nearest whole per cent" if cent else "to a whole number"
        return f"to {places} decimal{'s' * (places > 1)}" + " of a per cent" * cent

    def values_of(self, values: Values) -> dict[str, Fraction]:
        """The truth and each mistake, in numbers; worked out once for a draw."""
        if self not in values.answers:
            values.answers[self] = {name: term(values) for name, term in self.answers.items()}
        return values.answers[self]

    def defined(self, values: Values) -> dict[str, Fraction]:
        """Those of the answers that have a value; none without the truth."""
        found: dict[str, Fraction] = {}
        for name, term in self.answers.items():
            try:
                found[name] = term(values)
            except ArithmeticError:
                if name == RIGHT:
                    break
        return found

    def printed(self, value: Fraction) -> Fraction:
        """A number rounded to the asked places, a half away from 0."""
        scale = 10**self.places * (100 if self.unit == "%" else 1)
        size = abs(value) * scale
        whole = (2 * size.numerator + size.denominator) // (2 * size.denominator)
        return Fraction(-whole if value < 0 else whole, scale)

    def loose(self, value: Fraction) -> Fraction:
        """How far the number behind a printed one may lie; 0 where that says too little of it."""
        return self.half if self.half <= abs(value) * LOOSEST else Fraction(0)

    def width(self, value: Fraction) -> Fraction:
        """How far from a mistake an answer may lie and still be read as it."""
        return max(self.tolerance, abs(value) * MISTAKE_WIDTH)

    # ---- told apart

    def unfair(self, values: Values) -> Unfair | None:
        """Why a draw is refused: the first two answers that could be taken for each other."""
        numbers = self.values_of(values)
        alike = self._alike(numbers)
        return next((self.mixed_up(a, b) for (i, a), (j, b) in combinations(enumerate(numbers), 2)
                     if alike.close(i, j) or a == RIGHT and self._looks_like(alike, b, j, i)), None)

    def close(self, numbers: Mapping[str, Fraction]) -> Iterator[tuple[str, str]]:
        """The pairs of answers that are one within the rounding."""
        alike = self._alike(numbers)
        return ((a, b) for (i, a), (j, b) in combinations(enumerate(numbers), 2)
                if alike.close(i, j))

    def _alike(self, numbers: Mapping[str, Fraction]) -> Alike:
        return Alike(numbers.values(), self.tolerance, self.unit == "%")

    def _looks_like(self, alike: Alike, name: str, i: int, truth: int) -> bool:
        return any(alike.looks_like(i, truth, factor) for factor in LOOKALIKES
                   if (name, factor) not in self.excused)

    def mixed_up(self, a: str, b: str, after: str = "") -> Unfair:
        """That answer b, a mistake, could be taken for answer a."""
        other = "the right answer" if a == RIGHT else f"the mistake {a}"
        return Unfair(self.fields["mistakes"].line_of(b), (
            f"{self.where}the mistake {b} cannot be told apart from {other}{after} in {{times}} "
            "draws; change its answer, ask for more places, or widen the givens."))

    def settle(self, samples: list[Values]) -> None:
        """Excuse mistakes that are −1, 100 or 1/100 times the truth by nature, not by accident.

        Raises BankError where two answers are equal by nature.
        """
        every = [self.defined(values) for values in samples]
        found = [numbers for numbers in every if len(numbers) == len(self.answers)]
        if not found:
            return
        for a, b in combinations(self.answers, 2):
            if all(numbers[a] == numbers[b] for numbers in found):
                raise self.mixed_up(a, b).error(self.item, len(found))
        self.excused = {(name, factor) for name in self.answers for factor in LOOKALIKES
                        if all(numbers[name] == factor * numbers[RIGHT] for numbers in found)}
