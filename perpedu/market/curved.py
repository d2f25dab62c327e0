"""Inverse legs whose underlyings move by unequal betas: the spare money is no straight line.

Each underlying's level falls as 1 / (1 + move * k), each at its own pace.  Times the growths of all
prices, which are above 0, the spare money between two floors is a polynomial in k.  Its first zero
is exact where it is rational; else its isolating interval is cut to 1e-30.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from .leg import Leg
from .path import Path

if TYPE_CHECKING:
    from sympy import Poly, Rational

_WIDTH = Fraction(1, 10**30)


class CurvedPath(Path):
    """Prices, not levels, that grow as 1 + rate * t."""

    def price(self, leg: Leg, t: Fraction) -> Fraction:
        return self.marks[leg.underlying] * self.growth(leg.underlying, t)

    def _levels(self, leg: Leg) -> Iterator[Fraction]:
        """By which growth of its price the leg meets its floors."""
        return (1 / level for level in super()._levels(leg))

    def _zero(self, start: Fraction, stop: Fraction | None) -> Fraction | None:
        inside = self._inside(start, stop)
        left = self._polynomial(inside)
        if left.is_zero:
            return start
        at_start, step = _exact(start), left.gen - _exact(start)
        while left.eval(at_start) == 0:
            left = left.quo(left.from_expr(step, left.gen))
        if left.eval(at_start) < 0:
            return start
        return min(_zeros(left, start, stop), default=None)

    def _polynomial(self, inside: Fraction) -> "Poly":
        from sympy import Dummy, Poly

        k = Dummy("k")
        moved = [name for name, rate in self.rates.items() if rate]
        growths = {name: Poly(1 + _exact(self.rates[name]) * k, k) for name in moved}
        still, falls = self.held, Poly(0, k)
        for name in moved:
            fixed, slope = self._shape(name, inside)
            still += fixed
            falls += _product([growths[other] for other in moved if other != name], k) * _exact(slope)
        return falls + _product(list(growths.values()), k) * _exact(still)

    def _shape(self, name: str, inside: Fraction) -> tuple[Fraction, Fraction]:
        """What an underlying's legs add whatever its level, and what they add per level."""
        once, twice = (sum(leg.spare(self.marks[name] / level, leg.row(self.price(leg, inside)),
                                     self.fee)
                           for leg in self.moving if leg.underlying == name)
                       for level in (Fraction(1), Fraction(2)))
        return once - (twice - once), twice - once


def _zeros(left: "Poly", start: Fraction, stop: Fraction | None) -> Iterator[Fraction]:
    """The zeros beyond `start` and before `stop`: exact, or just above an irrational one."""
    end = None if stop is None else _exact(stop)
    for factor, _ in left.factor_list()[1]:
        for (_, zero), _ in factor.intervals(inf=_exact(start), sup=end, eps=_exact(_WIDTH)):
            if factor.degree() == 1:
                zero = -factor.nth(0) / factor.nth(1)
            if end is None or zero < end:
                yield Fraction(int(zero.p), int(zero.q))


def _product(growths: "list[Poly]", k) -> "Poly":
    from math import prod

    from sympy import Poly

    return prod(growths, start=Poly(1, k))


def _exact(value: Fraction) -> "Rational":
    from sympy import Rational

    return Rational(value.numerator, value.denominator)
