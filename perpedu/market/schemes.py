"""Tier tables that are no list of brackets: what a rulebook's `symbols` say, made into `Tiers`.

The rate that grows with size, half of the rate that the leverage cap leaves, fractions that open
interest moves, and risk limits that grow in steps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..theory import formulas
from ..theory.exact import not_negative, positive, rational, refuse
from .tiers import Tiers, at_least_one

if TYPE_CHECKING:
    from sympy import Rational

    from .rulebook import Rulebook

MOST_STEPS = 1000


class Given:
    """What a rulebook says of one symbol; a number that is missing or none is its file's fault."""

    def __init__(self, book: "Rulebook", symbol: str):
        self.book, self.symbol = book, symbol
        self.fields = book.symbols[symbol]

    def number(self, name: str) -> "Rational":
        where = f"{self.book.file}, {self.symbol}, {name}"
        if name not in self.fields:
            raise ValueError(f"{where}: expected it to be there")
        return rational(where, self.fields[name])

    def rate(self, name: str) -> "Rational":
        """An initial margin rate: above 0 and at most 1, so that a leverage follows from it."""
        number = self.number(name)
        if not 0 < number <= 1:
            raise self.wrong(name, "a rate above 0 and at most 1")
        return number

    def wrong(self, name: str, expected: str) -> ValueError:
        return self.book.wrong(f"{self.symbol}, {name}", self.fields.get(name), expected)

    def table(self, rows: list, scheme: str = "marginal", cap: Any = None) -> Tiers:
        try:
            return Tiers(rows, cap, scheme)
        except ValueError as error:
            raise ValueError(f"{self.book.file}, {self.symbol}, {error}") from None


def linear(given: Given, size: Any, open_interest: Any) -> Tiers:
    """One rate, that of this size: base rate plus slope times size in coin."""
    if size is None:
        raise ValueError(f"size = None: expected the position's size; the rate of {given.symbol} "
                         "grows with it")
    slope, first = given.number("rate_slope"), given.rate("initial_rate")
    if slope < 0:
        raise given.wrong("rate_slope", "a number of 0 or more: rates never fall")
    terms = {"rate_slope": slope, "size": positive("size", size)}
    rate, initial = (formulas.schedule_rate.exact(base_rate=base, **terms)
                     for base in (given.number("base_rate"), first))
    if initial > 1:
        largest = formulas.schedule_size.exact(
            maintenance_rate=1, base_rate=first, rate_slope=slope)
        raise refuse(f"{given.book.file[:-5]}: order rejected: size", size,
                     f"at most {largest}, where the initial margin rate of {given.symbol} is 1")
    return given.table([(0, rate, _leverage(initial))])


def half_leverage(given: Given, size: Any, open_interest: Any) -> Tiers:
    """Each tier's rate is half of the initial rate at the tier's highest leverage."""
    rows = given.fields.get("tiers", [])
    if not isinstance(rows, list) or not all(isinstance(r, list) and len(r) == 2 for r in rows):
        raise given.book.wrong(f"{given.symbol}, tiers", rows, "rows [floor, highest leverage]")
    levers = [at_least_one(f"{given.book.file}, {given.symbol}, tiers, highest leverage of row {i}",
                           lever) for i, (_, lever) in enumerate(rows, 1)]
    return given.table([(floor, formulas.half_leverage_rate.exact(max_leverage=lever), lever)
                        for (floor, _), lever in zip(rows, levers)])


def open_interest(given: Given, size: Any, open_interest: Any) -> Tiers:
    """One constant maintenance rate; the leverage cap falls as open interest grows."""
    initial = given.rate("initial_rate")
    if open_interest is not None:
        interest = not_negative("open_interest", open_interest)
        if "open_interest_upper" in given.fields:
            initial = _moved(given, initial, interest)
    return given.table([(0, given.number("maintenance_rate"), _leverage(initial))])


def _moved(given: Given, initial: "Rational", interest: "Rational") -> "Rational":
    lower, upper = given.number("open_interest_lower"), given.number("open_interest_upper")
    if not 0 <= lower < upper:
        raise given.wrong("open_interest_upper", f"a number above {lower}, the lower one")
    return formulas.open_interest_rate.exact(
        base_rate=initial, open_interest=min(max(interest, lower), upper),
        open_interest_lower=lower, open_interest_upper=upper)


def steps(given: Given, size: Any, open_interest: Any) -> Tiers:
    """A base risk limit; each step above it adds the same to the rate of the whole position."""
    limit, step = given.number("limit"), given.number("step")
    given.rate("initial_rate")
    count = given.number("steps")
    if not count.is_integer or not 0 <= count <= MOST_STEPS:
        raise given.wrong("steps", f"a whole number from 0 to {MOST_STEPS}")

    def rate(name: str, k: int) -> "Rational":
        return formulas.step_rate.exact(base_rate=given.number(name), steps=k,
                                        rate_step=given.number("rate_step"))

    rows = [(0 if k == 0 else limit + (k - 1) * step, rate("base_rate", k),
             _leverage(rate("initial_rate", k))) for k in range(int(count) + 1)]
    return given.table(rows, "flat", limit + count * step)


def _leverage(initial: "Rational") -> "Rational":
    """The highest leverage that an initial margin rate leaves."""
    return formulas.initial_margin.solved_for("leverage").exact(
        entry_notional=1, initial_margin=initial)


SCHEMES = {"linear": linear, "half_leverage": half_leverage, "open_interest": open_interest,
           "steps": steps}
