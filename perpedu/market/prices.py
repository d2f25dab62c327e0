"""The prices beside the last one: an index of sources, the mark, and the premium.

Exact where every argument is a number; float64 where one of them is an array, such as a column
of moments.  Floats cannot see a tie: the few moments at which a source stands on the edge of the
outlier rule are done again exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from ..theory import formulas
from ..theory.exact import (broadcastable, floats, not_negative, one_of, positive, rational,
                            refuse)
from . import sources as rules

if TYPE_CHECKING:
    import numpy
    from sympy import Rational

    Prices = Rational | numpy.ndarray

__all__ = ["Mark", "index_price", "mark_price", "premium_index"]

METHODS = ("mean", "median")


@dataclass(frozen=True)
class Mark:
    """A mark price with the three prices that it is the middle one of, in quote per coin.

    price: the median; funding_candidate: the index with the funding still to come;
    basis_candidate: the index plus the average basis; last: the last trade.
    """

    price: "Prices"
    funding_candidate: "Prices"
    basis_candidate: "Prices"
    last: "Prices"

    @property
    def decided_by(self) -> tuple[str, ...]:
        """The names of those that stand at the mark; of arrays, at any moment.

        >>> mark_price(50_000, "0.0001", 8, 10, 50_030).decided_by
        ('basis_candidate',)
        """
        names = [field.name for field in fields(self)][1:]
        return tuple(name for name in names if _some(getattr(self, name) == self.price))


def mark_price(index: Any, funding_rate: Any, hours_left: Any, basis_average: Any, last: Any,
               interval: Any = 8) -> Mark:
    """The median of three: index with the funding to come, index with the usual basis, last price.

    index, last: quote per coin, above 0.  funding_rate: of one interval, a fraction between −1
    and 1.  hours_left: until the next funding time, from 0 to `interval`, in hours.
    basis_average: moving average of (middle of bid and ask − index), quote per coin.
    Numbers, or arrays that broadcast against each other.

    Source: Binance, Mark Price in USD-M Futures; the protections for extreme markets are left out.

    >>> mark = mark_price(50_000, "0.0001", hours_left=8, basis_average=10, last=50_030)
    >>> mark.funding_candidate, mark.basis_candidate, mark.price
    (50005, 50010, 50010)
    >>> mark_price(50_000, 0, 8, 10, [50_030, 48_000]).price
    array([50010., 50000.])

    Raises ValueError, naming the argument, for a price that is not above 0, a rate or hours out
    of range, a basis that takes the whole index, and shapes that do not broadcast.
    """
    read = _Reader(index, funding_rate, hours_left, basis_average, last, interval)
    index = read("index", index, _above_zero, "a price above 0")
    last = read("last", last, _above_zero, "a price above 0")
    hours = read("interval", interval, _above_zero, "hours above 0")
    left = read("hours_left", hours_left, lambda x: x >= 0, "0 hours or more")
    read.compare("hours_left", left, hours, "at most the interval")
    rate = read("funding_rate", funding_rate, lambda x: abs(x) < 1, "a fraction between -1 and 1")
    basis = read("basis_average", basis_average, lambda x: abs(x) >= 0, "a number")
    first = read.value(formulas.funding_candidate, index_price=index, funding_rate=rate,
                       hours_left=left, interval_hours=hours)
    second = read.value(formulas.basis_candidate, index_price=index, basis_average=basis)
    if second is None or read.many and _some(second != second):
        raise refuse("basis_average", basis_average, "less of a discount than the whole index")
    return Mark(read.middle(first, second, last), first, second, last)


def premium_index(index: Any, impact_bid: Any, impact_ask: Any) -> "Prices":
    """How far the impact prices lie beyond the index, as a fraction of it.

    Above 0: what the impact bid lies above the index; below 0: what the impact ask lies below it;
    0 where the index is between them.  All in quote per coin, numbers or arrays that broadcast.

    Source: Binance, Introduction to Funding Rates.

    >>> premium_index(50_000, 50_015, 50_025), premium_index(50_000, 49_980, 49_990)
    (3/10000, -1/5000)
    >>> premium_index(50_000, 49_995, 50_005)
    0

    Raises ValueError, naming the argument, for a price that is not above 0 and for a bid above
    the ask.
    """
    read = _Reader(index, impact_bid, impact_ask)
    index = read("index", index, _above_zero, "a price above 0")
    bid = read("impact_bid", impact_bid, _above_zero, "a price above 0")
    ask = read("impact_ask", impact_ask, _above_zero, "a price above 0")
    read.compare("impact_bid", bid, ask, "at most the impact ask")
    above = read.value(formulas.premium_above, index_price=index, impact_bid=bid)
    below = read.value(formulas.premium_below, index_price=index, impact_ask=ask)
    return read.middle(above, below, 0 * above)  # 0, or the one that is nearer to it


def index_price(sources: Sequence[Any], weights: Sequence[Any] | None = None,
                method: str = "mean", stale_after: Any = None, outlier: Any = None,
                ages: Sequence[Any] | None = None) -> "Prices":
    """One price from those of several sources, stale and wild ones left out.

    sources: a price each, above 0, in quote per coin; or an array of moments each.
    weights: one a source, above 0, adding up to 1; equal where there are none.  The weights of
        the sources that are left count by their shares.
    method: "mean" or "median", both weighted.  The median is the price at which half of the
        weight is reached; the middle of two where it is reached exactly between them.
    stale_after, ages: a source that is older (>) is left out; both in the same unit of time.
    outlier: a source further (>) than this fraction from the plain median of the fresh ones is
        left out.

    Source: perpedu, chapter 7; venues publish rules of these kinds with their own numbers.

    >>> index_price([50_000, 50_010, 50_080], weights=["0.5", "0.3", "0.2"])
    50019
    >>> index_price([50_000, 50_010, 42_000], method="median")
    50000
    >>> index_price([50_000, 50_010, 42_000], outlier="0.03")
    50005
    >>> index_price([50_000, 50_010, 52_000], stale_after=10, ages=[1, 2, 60])
    50005
    >>> index_price([[50_000, 49_000], [50_010, 49_020]])
    array([50005., 49010.])

    Raises ValueError, naming the argument, for no sources, a price that is not above 0, weights
    that do not add up to 1, ages without `stale_after` or the other way round, and where no
    source is left, also where that is so at one moment only.
    """
    one_of("method", method, METHODS)
    prices = _listed("sources", sources)
    shares = _weights(weights, len(prices))
    edge = None if outlier is None else positive("outlier", outlier)
    old, limit = _ages(ages, stale_after, len(prices))
    read = _Reader(*prices, *old)
    columns = [read(f"sources[{i}]", price, _above_zero, "a price above 0")
               for i, price in enumerate(prices)]
    old = [read(f"ages[{i}]", age, lambda x: x >= 0, "an age of 0 or more")
           for i, age in enumerate(old)]
    take = rules.of_moments if read.many else rules.of_numbers
    return take(columns, shares, method, old, limit, edge)


def _listed(name: str, values: Any, count: int | None = None) -> list[Any]:
    """A list with at least one value, and as many as there are sources."""
    expected = "a list with a value for each source" + (f", {count}" if count else "")
    if isinstance(values, (str, bytes, dict)) or not hasattr(values, "__len__"):
        raise refuse(name, values, expected)
    try:
        listed = list(values)
    except TypeError:
        raise refuse(name, values, expected) from None
    if not listed or count not in (None, len(listed)):
        raise refuse(name, values, expected)
    return listed


def _weights(weights: Any, count: int) -> list["Rational"]:
    if weights is None:
        return [rational("weights", 1) / count] * count
    given = _listed("weights", weights, count)
    shares = [positive(f"weights[{i}]", weight) for i, weight in enumerate(given)]
    if sum(shares) != 1:
        raise refuse("weights", weights, f"weights that add up to 1, not to {sum(shares)}")
    return shares


def _ages(ages: Any, stale_after: Any, count: int) -> tuple[list[Any], "Rational | None"]:
    """The ages and the limit: both, or neither."""
    if ages is None and stale_after is None:
        return [], None
    if stale_after is None:
        raise refuse("stale_after", None, "the greatest age that counts, since ages are given")
    if ages is None:
        raise refuse("ages", None, "an age for each source, since stale_after is given")
    return _listed("ages", ages, count), not_negative("stale_after", stale_after)


# ---- numbers exactly, arrays in floats

def _above_zero(value: Any) -> Any:
    return value > 0


def _some(values: Any) -> bool:
    """Whether it holds, at any moment."""
    return bool(values.any() if hasattr(values, "any") else values)


class _Reader:
    """Reads arguments: all as exact numbers, or all as float64 if one of them is an array."""

    def __init__(self, *arguments: Any):
        self.many = any(isinstance(value, (list, tuple)) or getattr(value, "ndim", 0) > 0
                        for value in arguments)
        self.shapes: dict[str, tuple[int, ...]] = {}

    def __call__(self, name: str, value: Any, allowed: Callable[[Any], Any], expected: str) -> Any:
        if not self.many:
            number = rational(name, value)
            if not allowed(number):
                raise refuse(name, value, expected)
            return number
        column = floats(name, value)
        good = allowed(column) & (abs(column) < float("inf"))
        if not good.all():
            raise refuse(name, column[~good].flat[0].item(), expected)
        self._check_shape(name, column.shape)
        return column

    def _check_shape(self, name: str, shape: tuple[int, ...]) -> None:
        self.shapes[name] = shape
        broadcastable(self.shapes)

    def compare(self, name: str, lower: Any, upper: Any, expected: str) -> None:
        """Refuse where the lower one is above the upper one."""
        if _some(lower > upper):
            raise refuse(name, self._first(lower, upper) if self.many else lower, expected)

    @staticmethod
    def _first(lower: Any, upper: Any) -> float:
        import numpy

        low, high = numpy.broadcast_arrays(lower, upper)
        return low[low > high].flat[0].item()

    def value(self, formula: Any, **values: Any) -> Any:
        return formula.numpy(**values) if self.many else formula.exact(**values)

    def middle(self, *three: Any) -> Any:
        """The second of three in order of size."""
        if not self.many:
            return sorted(three)[1]
        import numpy

        return numpy.sort(numpy.stack(numpy.broadcast_arrays(*three)), axis=0)[1]
