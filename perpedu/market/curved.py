"""Inverse legs whose underlyings move by unequal betas: the spare money is no straight line.

Each underlying's level falls as 1 / (1 + move * k), each at its own pace.  Times the growths of all
prices, which are above 0, the spare money between two floors is a polynomial in k.  Its first zero
is exact where it is rational; else its isolating interval is cut to 1e-30.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING

from ..theory.exact import fraction
from .path import Mover, Path, inside_of

if TYPE_CHECKING:
    from sympy import Poly, Rational

_WIDTH = Fraction(1, 10**30)


class CurvedMover(Mover):
    """A leg whose level is 1 / (1 + rate * t) of that at its mark: its price grows evenly."""

    def growth(self, t: Fraction) -> Fraction:
        return 1 / super().growth(t)

    def corners(self) -> Iterator[Fraction]:
        return ((self.notional / row.floor - 1) / self.rate for row in self.leg.rows[1:])


class CurvedPath(Path):
    """Prices, not levels, that grow as 1 + rate * t."""

    mover = CurvedMover

    def _zero(self, start: Fraction, stop: Fraction | None) -> Fraction | None:
        left, at_start = self._polynomial(inside_of(start, stop)), _exact(start)
        if left.is_zero:
            return start
        while left.eval(at_start) == 0:
            left = left.quo(left.from_expr(left.gen - at_start, left.gen))
        if left.eval(at_start) < 0:
            return start
        return min(_zeros(left, start, stop), default=None)

    def _polynomial(self, inside: Fraction) -> "Poly":
        """The spare money in the tiers that hold at `inside`, times the growths of all prices."""
        from sympy import Dummy, Poly

        k, still, slopes = Dummy("k"), self.still, defaultdict(Fraction)
        for mover in self.moving:
            shape = mover.shape(inside)
            still += shape.fixed
            slopes[mover.rate] += shape.slope
        growths = {rate: Poly(1 + _exact(rate) * k, k) for rate in slopes}
        total = Poly(_exact(still), k) * prod(growths.values())
        for rate, slope in slopes.items():
            total += _exact(slope) * prod(growths[other] for other in growths if other != rate)
        return total


def _zeros(left: "Poly", start: Fraction, stop: Fraction | None) -> Iterator[Fraction]:
    """The zeros beyond `start` and before `stop`: exact, or just above an irrational one."""
    end = None if stop is None else _exact(stop)
    for factor, _ in left.factor_list()[1]:
        for (_, zero), _ in factor.intervals(inf=_exact(start), sup=end, eps=_exact(_WIDTH)):
            if factor.degree() == 1:
                zero = -factor.nth(0) / factor.nth(1)
            if end is None or zero < end:
                yield fraction(zero)


def _exact(value: Fraction) -> "Rational":
    from sympy import Rational

    return Rational(value.numerator, value.denominator)
