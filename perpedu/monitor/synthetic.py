"""A made-up path through a published open, high, low and close."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from random import Random
from typing import TYPE_CHECKING, Any

from ..theory.exact import fraction, positive, rational, refuse

if TYPE_CHECKING:
    from sympy import Rational


def synthetic_day(open: Any, high: Any, low: Any, close: Any, *, steps: int = 1440,
                  seed: str = "1") -> tuple["Rational", ...]:
    """Prices that begin at the open, touch the high and the low, never leave them, and end at the close.

    steps: how many moves there are between the first price and the last; at least 8.
    seed: any text.  The same seed gives the same path, for ever; cents are the smallest step.

    Synthetic: between the four published prices nothing is known of the day.  When the high and
    the low come is drawn, too.

    >>> day = synthetic_day("7934.58", "7966.17", 4410, 4800, steps=96)
    >>> len(day), float(day[0]), float(max(day)), float(min(day)), float(day[-1])
    (97, 7934.58, 7966.17, 4410.0, 4800.0)

    Raises ValueError where the high is below, or the low above, one of the others.
    """
    first, top, bottom, last = (fraction(positive(name, value)) for name, value in (
        ("open", open), ("high", high), ("low", low), ("close", close)))
    if top < max(first, last, bottom):
        raise refuse("high", high, "a price at or above open, low and close")
    if bottom > min(first, last):
        raise refuse("low", low, "a price at or below open and close")
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 8:
        raise refuse("steps", steps, "a whole number of at least 8")
    dice = Random(f"perpedu synthetic day {seed}")
    path = _through(_knots(dice, steps, first, top, bottom, last), bottom, top, dice)
    return tuple(rational("price", price) for price in path)


def _knots(dice: Random, steps: int, first: Fraction, top: Fraction, bottom: Fraction,
           last: Fraction) -> list[tuple[int, Fraction]]:
    """The four prices and when they come: the two extremes at two drawn times."""
    one, other = sorted(1 + int(dice.random() * (steps - 2)) for _ in range(2))
    times = (one, other + (other == one))
    extremes = [top, bottom] if abs(first - top) <= abs(first - bottom) else [bottom, top]
    return [(0, first), *zip(times, extremes), (steps, last)]


def _through(knots: list[tuple[int, Fraction]], bottom: Fraction, top: Fraction,
             dice: Random) -> list[Fraction]:
    """A step is as large as makes a walk of the whole day about as wide as the day was."""
    path, steps = [knots[0][1]], knots[-1][0]
    step = (top - bottom) * Fraction(1000, isqrt(steps * 1_000_000))
    for (start, here), (end, there) in zip(knots, knots[1:]):
        walk = _bridge(here, there, end - start, step, dice)
        path += [_kept(price, bottom, top) for price in walk]
        path[-1] = there
    return path


def _bridge(here: Fraction, there: Fraction, count: int, step: Fraction,
            dice: Random) -> list[Fraction]:
    """A walk of even steps, each drawn from minus to plus one `step`, pinned at both ends."""
    walk = [Fraction(0)]
    for _ in range(count):
        walk.append(walk[-1] + step * Fraction(int(dice.random() * 2001) - 1000, 1000))
    return [here + (there - here - walk[-1]) * Fraction(i, count) + walk[i]
            for i in range(1, count + 1)]


def _kept(price: Fraction, bottom: Fraction, top: Fraction) -> Fraction:
    """Folded back between the two, and rounded to cents within them."""
    width = top - bottom
    if width == 0:
        return bottom
    place = (price - bottom) % (2 * width)
    inside = bottom + min(place, 2 * width - place)
    return min(top, max(bottom, Fraction(round(inside * 100), 100)))
