"""How many trades it takes: the interval for a share, the rule of the review, and a comparison.

The rule: no conclusion about a group before Wilson's 95 % interval for a share is at most
15 points to each side at its widest; that is from 39 trades on.  Wilson's interval is used because
it holds for small samples and for shares near 0 and 1, where the usual p ± z √(p(1 − p)/n) is too
narrow, and at 0 of n has no width at all.  Every decision is taken in exact fractions.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

from ..theory.exact import fraction, positive, rational, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Standard errors to each side for 95 %, and the half width at which a group may be judged.
CRITICAL, HALF_WIDTH = Fraction(196, 100), Fraction(15, 100)


class Interval(NamedTuple):
    """A share with the ends of its interval, as floats: for showing, not for deciding."""

    share: float
    low: float
    high: float


def sample_size(half_width: Any = HALF_WIDTH, critical_value: Any = CRITICAL) -> int:
    """The least number of trades whose interval for a share is never wider than this.

    half_width: above 0 and below 1/2; critical_value: 1.96 for 95 %.

    >>> sample_size(), sample_size("0.1"), sample_size("0.05")
    (39, 93, 381)
    """
    from ..theory.formulas import sample_size as formula

    width = positive("half_width", half_width)
    if width >= rational("half", Fraction(1, 2)):
        raise refuse("half_width", half_width, "a number below 1/2: a share is known to 1/2 anyway")
    return max(1, ceil(fraction(formula.exact(
        half_width=width, critical_value=positive("critical_value", critical_value)))))


def interval(yes: int, of: int, critical_value: Any = CRITICAL) -> Interval:
    """Wilson's interval for a share: the shares that `yes` out of `of` does not speak against.

    >>> [round(end, 3) for end in interval(10, 20)]
    [0.5, 0.299, 0.701]

    Raises ValueError unless 0 <= yes <= of and of >= 1.
    """
    from ..theory.formulas import interval_centre

    _counts(yes, of)
    z = positive("critical_value", critical_value)
    centre = float(interval_centre.exact(wins=yes, trades=of, critical_value=z))
    z = float(z)
    half = z / (of + z**2) * sqrt(yes * (of - yes) / of + z**2 / 4)
    return Interval(yes / of, max(0.0, centre - half), min(1.0, centre + half))


def _counts(yes: Any, of: Any) -> None:
    for name, value in (("yes", yes), ("of", of)):
        if isinstance(value, bool) or not isinstance(value, int):
            raise refuse(name, value, "a whole number of trades")
    if of < 1:
        raise refuse("of", of, "at least 1 trade")
    if not 0 <= yes <= of:
        raise refuse("yes", yes, f"a number from 0 to {of}, the trades there are")


def speaks_against(yes: int, of: int, share: Any, critical_value: Any = CRITICAL) -> bool:
    """Whether `share` lies outside of Wilson's interval; decided in exact fractions.

    >>> speaks_against(10, 20, "0.72"), speaks_against(10, 20, "0.7")
    (True, False)
    """
    _counts(yes, of)
    p, z = fraction(rational("share", share)), fraction(positive("critical_value", critical_value))
    return (yes - of * p) ** 2 > z**2 * of * p * (1 - p)


def compare(before: "tuple[int, int]", after: "tuple[int, int]", least: int | None = None) -> str:
    """What two samples say of each other, as (yes, of): "fewer", "more", "no difference seen",
    or "too few" where either has less than `least` trades (the rule's 39 where it is not given).

    The difference must be more than 1.96 of its standard errors, with the share of both together.

    >>> compare((30, 60), (12, 60)), compare((30, 60), (24, 60)), compare((8, 10), (1, 10))
    ('fewer', 'no difference seen', 'too few')
    """
    for pair in (before, after):
        _counts(*pair)
    (yes, of), (later, others) = before, after
    if min(of, others) < (sample_size() if least is None else least):
        return "too few"
    gap = Fraction(later, others) - Fraction(yes, of)
    both = Fraction(yes + later, of + others)
    error = both * (1 - both) * (Fraction(1, of) + Fraction(1, others))
    if gap**2 <= CRITICAL**2 * error:
        return "no difference seen"
    return "fewer" if gap < 0 else "more"


def mean_and_error(values: "Sequence[Fraction]") -> tuple[Fraction, Fraction | None]:
    """The mean of exact numbers and the square of its standard error; None for a single one."""
    mean = sum(values, Fraction(0)) / len(values)
    if len(values) < 2:
        return mean, None
    spread = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
    return mean, spread / len(values)


def judge_mean(values: "Sequence[Fraction]", least: int | None = None) -> str:
    """What a sample says of its mean: "above 0", "below 0", "not told from 0", or "too few".

    The mean must be more than 1.96 of its standard errors from 0.  A few large results weigh
    heavily, and trades that overlap are not independent: this is the mildest test there is.

    >>> judge_mean([Fraction(3), Fraction(5)] * 20), judge_mean([Fraction(-9), Fraction(10)] * 20)
    ('above 0', 'not told from 0')
    """
    if len(values) < (sample_size() if least is None else least):
        return "too few"
    mean, square = mean_and_error(values)
    if square is None or mean**2 <= CRITICAL**2 * square:
        return "not told from 0"
    return "above 0" if mean > 0 else "below 0"
