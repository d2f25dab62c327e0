"""Marks that move together, and how far they move before the account is liquidated.

A linear leg's profit and notional grow evenly with its price, an inverse leg's with 1/price.  Call
that price, or 1/price, the level.  On a path every level grows evenly with one number t from 0 on,
so between two floors of the tables the account's spare money is a straight line in t: its zero
needs no search.  The floors that the legs meet on the way are walked in order.

With marginal tables each requirement is convex in the level (rates never fall), so the spare money
is concave and what is not liquidated is one stretch.  In a flat table the requirement jumps at a
floor, and the floor itself may be the answer: just beyond it the higher rate binds.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from .leg import Leg


class Path:
    """Levels that grow as 1 + rate * t from the marks on; a rate of 0 holds a mark."""

    def __init__(self, wallet: Fraction, legs: list[Leg], marks: dict[str, Fraction],
                 rates: dict[str, Fraction], fee: Fraction):
        self.marks, self.rates, self.fee = marks, rates, fee
        self.moving = [leg for leg in legs if rates[leg.underlying]]
        held = [leg for leg in legs if not rates[leg.underlying]]
        self.held = wallet + sum(self._spare(leg, Fraction(0), Fraction(0)) for leg in held)

    def growth(self, underlying: str, t: Fraction) -> Fraction:
        """How many times its size at the marks a level has."""
        return 1 + self.rates[underlying] * t

    def price(self, leg: Leg, t: Fraction) -> Fraction:
        """The price of a leg's underlying."""
        mark, growth = self.marks[leg.underlying], self.growth(leg.underlying, t)
        return mark * growth if leg.linear else mark / growth

    def spare(self, t: Fraction, beside: Fraction | None = None) -> Fraction:
        """Equity less requirement: liquidated where it is 0 or less.

        beside: charge the tiers that hold there, for what the spare money comes near to.
        """
        at = t if beside is None else beside
        return self.held + sum(self._spare(leg, t, at) for leg in self.moving)

    def _spare(self, leg: Leg, t: Fraction, at: Fraction) -> Fraction:
        return leg.spare(self.price(leg, t), leg.row(self.price(leg, at)), self.fee)

    def first_liquidated(self) -> Fraction | None:
        """The least t at which the account is liquidated; None where none is.

        Where only what lies just beyond t is liquidated, t too: a floor of a flat table.
        """
        if self.spare(Fraction(0)) <= 0:
            return Fraction(0)
        for start, stop in self._stretches():
            found = self._zero(start, stop)
            if found is not None:
                return found
            if stop is not None and stop != self.end and self.spare(stop) <= 0:
                return stop
        return None

    @property
    def end(self) -> Fraction | None:
        """Where the first level would be 0, which the path does not reach; None: nowhere."""
        return min((-1 / rate for rate in self.rates.values() if rate < 0), default=None)

    def _stretches(self) -> Iterator[tuple[Fraction, Fraction | None]]:
        start = Fraction(0)
        for stop in [*self._floors(), self.end]:
            yield start, stop
            start = stop

    def _floors(self) -> list[Fraction]:
        """Where a leg on the way stands on a floor of its table."""
        found = {(growth - 1) / self.rates[leg.underlying]
                 for leg in self.moving for growth in self._levels(leg)}
        end = self.end
        return sorted(t for t in found if t > 0 and (end is None or t < end))

    def _levels(self, leg: Leg) -> Iterator[Fraction]:
        """By which growth of its level the leg meets its floors."""
        notional = leg.notional(self.marks[leg.underlying])
        return (row.floor / notional for row in leg.rows[1:])

    def _inside(self, start: Fraction, stop: Fraction | None) -> Fraction:
        return 2 * start + 1 if stop is None else (start + stop) / 2

    def _zero(self, start: Fraction, stop: Fraction | None) -> Fraction | None:
        """The first liquidated t of a stretch, its beginning included and its end not."""
        inside = self._inside(start, stop)
        first, then = self.spare(start, inside), self.spare(inside)
        if first < 0 or first == 0 >= then:
            return start
        if then >= first:
            return None
        zero = start + (inside - start) * first / (first - then)
        return zero if stop is None or zero < stop else None


def first_liquidated(wallet: Fraction, legs: list[Leg], marks: dict[str, Fraction],
                     moves: dict[str, Fraction], fee: Fraction) -> Fraction | None:
    """The least k of 0 or more at which the prices mark * (1 + move * k) liquidate, or None.

    Underlyings without a move are held.  Inverse legs whose moves are equal, or 0, have levels
    that grow evenly too, with t instead of k: 1 + move * k is 1 / (1 + rate * t).
    """
    moves = {name: moves.get(name, Fraction(0)) for name in marks}
    if legs[0].linear:
        return Path(wallet, legs, marks, moves, fee).first_liquidated()
    move, *others = {move for move in moves.values() if move} or {Fraction(1)}
    if others:
        from .curved import CurvedPath

        return CurvedPath(wallet, legs, marks, moves, fee).first_liquidated()
    rate = Fraction(-1 if move > 0 else 1)
    rates = {name: rate if moves[name] else Fraction(0) for name in marks}
    t = Path(wallet, legs, marks, rates, fee).first_liquidated()
    return None if t is None else (1 / (1 + rate * t) - 1) / move
