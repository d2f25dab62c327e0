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
from typing import NamedTuple

from .leg import Leg


class Shape(NamedTuple):
    """What a leg adds to the spare money in one tier: `fixed`, and `slope` times the growth."""

    fixed: Fraction
    slope: Fraction


class Mover:
    """A leg whose level grows as 1 + rate * t from its mark on."""

    def __init__(self, leg: Leg, mark: Fraction, rate: Fraction, fee: Fraction):
        self.leg, self.mark, self.rate, self.fee = leg, mark, rate, fee
        self.notional = leg.notional(mark)
        self._shapes: dict[int, Shape] = {}

    def growth(self, t: Fraction) -> Fraction:
        """How many times its size at the mark the level has."""
        return 1 + self.rate * t

    def corners(self) -> Iterator[Fraction]:
        """Every t at which the notional stands on a floor."""
        return ((row.floor / self.notional - 1) / self.rate for row in self.leg.rows[1:])

    def shape(self, t: Fraction) -> Shape:
        """The shape in the tier that holds at t."""
        number = self.leg.number(self.notional * self.growth(t))
        if number not in self._shapes:
            self._shapes[number] = self._shape(number)
        return self._shapes[number]

    def _shape(self, number: int) -> Shape:
        once, twice = (self.leg.spare(self._price(growth), self.leg.rows[number], self.fee)
                       for growth in (1, 2))
        return Shape(once - (twice - once), twice - once)

    def _price(self, growth: int) -> Fraction:
        return self.mark * growth if self.leg.linear else self.mark / growth


class Path:
    """The account while some marks move, each at its own rate, and the others are held."""

    mover = Mover

    def __init__(self, wallet: Fraction, legs: list[Leg], marks: dict[str, Fraction],
                 rates: dict[str, Fraction], fee: Fraction):
        still, self.moving = wallet, []
        for leg in legs:
            mark, rate = marks[leg.underlying], rates.get(leg.underlying, 0)
            if rate:
                self.moving.append(self.mover(leg, mark, rate, fee))
            else:
                still += leg.spare(mark, leg.rows[leg.number(leg.notional(mark))], fee)
        self.still = still

    def spare(self, t: Fraction) -> Fraction:
        """Equity less requirement: liquidated where it is 0 or less."""
        return self.still + sum(shape.fixed + shape.slope * mover.growth(t)
                                for mover in self.moving for shape in [mover.shape(t)])

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
        return min((-1 / mover.rate for mover in self.moving if mover.rate < 0), default=None)

    def _stretches(self) -> Iterator[tuple[Fraction, Fraction | None]]:
        start = Fraction(0)
        for stop in [*self._corners(), self.end]:
            yield start, stop
            start = stop

    def _corners(self) -> list[Fraction]:
        """Where, on the way, a leg stands on a floor of its table."""
        end = self.end
        return sorted({t for mover in self.moving for t in mover.corners()
                       if t > 0 and (end is None or t < end)})

    def _zero(self, start: Fraction, stop: Fraction | None) -> Fraction | None:
        """The first liquidated t of a stretch, its beginning included and its end not."""
        shapes = [(mover, mover.shape(inside_of(start, stop))) for mover in self.moving]
        slope = sum(shape.slope * mover.rate for mover, shape in shapes)
        at_marks = self.still + sum(shape.fixed + shape.slope for _, shape in shapes)
        at_start = at_marks + slope * start
        if at_start < 0 or at_start == 0 >= slope:
            return start
        if slope >= 0:
            return None
        zero = -at_marks / slope
        return zero if stop is None or zero < stop else None


def inside_of(start: Fraction, stop: Fraction | None) -> Fraction:
    """A place strictly inside a stretch, whose tiers hold all over it."""
    return start + 1 if stop is None else (start + stop) / 2


def first_liquidated(wallet: Fraction, legs: list[Leg], marks: dict[str, Fraction],
                     moves: dict[str, Fraction], fee: Fraction) -> Fraction | None:
    """The least k of 0 or more at which the prices mark * (1 + move * k) liquidate, or None.

    Underlyings without a move are held.  Inverse legs whose moves are equal, or 0, have levels
    that grow evenly too, with t instead of k: 1 + move * k is 1 / (1 + rate * t).
    """
    moves = {name: move for name, move in moves.items() if move}
    if legs[0].linear:
        return Path(wallet, legs, marks, moves, fee).first_liquidated()
    move, *others = set(moves.values()) or {Fraction(1)}
    if others:
        from .curved import CurvedPath

        return CurvedPath(wallet, legs, marks, moves, fee).first_liquidated()
    rate = Fraction(-1 if move > 0 else 1)
    t = Path(wallet, legs, marks, dict.fromkeys(moves, rate), fee).first_liquidated()
    return None if t is None else (1 / (1 + rate * t) - 1) / move
