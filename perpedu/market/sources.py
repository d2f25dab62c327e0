"""What an index makes of its sources: who is left in, and their weighted mean or median.

The arguments have been checked by `index_price`, which says what they mean.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

from ..theory import formulas
from ..theory.exact import rational, refuse

if TYPE_CHECKING:
    import numpy
    from sympy import Rational

_NEAR = 1e-9


def of_numbers(prices: list["Rational"], weights: list["Rational"], method: str,
               ages: list["Rational"], limit: "Rational | None",
               edge: "Rational | None") -> "Rational":
    """The index of one moment, exactly."""
    kept = [pair for pair, age in zip(zip(prices, weights), ages or [None] * len(prices))
            if age is None or age <= limit]
    if kept and edge is not None:
        centre = _median([(price, 1) for price, _ in kept])
        kept = [pair for pair in kept if abs(pair[0] - centre) <= edge * centre]
    if not kept:
        raise _nothing_left(prices)
    return (_median if method == "median" else _mean)(kept)


def _nothing_left(prices: Any) -> ValueError:
    return refuse("sources", prices, "at least one that is neither stale nor an outlier")


def _mean(pairs: list[tuple[Any, Any]]) -> Any:
    return reduce(_join, pairs)[0]


def _join(first: tuple[Any, Any], second: tuple[Any, Any]) -> tuple[Any, Any]:
    """Two sources as one: their mean, with both weights."""
    mean = formulas.index_mean.exact(first_source=first[0], first_weight=first[1],
                                     second_source=second[0], second_weight=second[1])
    return mean, first[1] + second[1]


def _median(pairs: list[tuple[Any, Any]]) -> Any:
    pairs, reached = sorted(pairs), 0
    total = sum(weight for _, weight in pairs)
    for place, (price, weight) in enumerate(pairs):
        reached += weight
        if 2 * reached == total:
            return _mean([(price, 1), (pairs[place + 1][0], 1)])
        if 2 * reached > total:
            return price
    raise AssertionError("the last price reaches the whole weight")


# ---- many moments

def of_moments(prices: list["numpy.ndarray"], weights: list["Rational"], method: str,
               ages: list["numpy.ndarray"], limit: "Rational | None",
               edge: "Rational | None") -> "numpy.ndarray":
    """The index of each moment, in floats; the moments on the edge of `edge` exactly."""
    import numpy

    columns = numpy.broadcast_arrays(*prices, *ages)
    table, old = numpy.stack(columns[:len(prices)]), columns[len(prices):]
    kept = numpy.stack(old) <= float(limit) if old else numpy.ones(table.shape, bool)
    near = numpy.zeros(table.shape[1:], bool)
    if edge is not None:
        kept, near = _without_outliers(table, kept, float(edge))
    nothing = ~kept.any(axis=0) & ~near
    if nothing.any():
        raise _nothing_left(table[:, nothing][:, 0].tolist())
    take = _medians if method == "median" else _means
    found = take(table, numpy.where(kept, _column(_whole(weights), table), 0))
    for at in zip(*numpy.nonzero(near)):
        numbers = ([rational("sources", float(column[at])) for column in part]
                   for part in (table, old))
        found[at] = of_numbers(next(numbers), weights, method, next(numbers), limit, edge)
    return found


def _without_outliers(table: "numpy.ndarray", kept: "numpy.ndarray",
                      edge: float) -> tuple["numpy.ndarray", "numpy.ndarray"]:
    """Who is left, and the moments at which floats cannot tell."""
    import numpy

    some = kept.any(axis=0)
    centre = numpy.where(some, _medians(table, kept | ~some), numpy.inf)
    with numpy.errstate(invalid="ignore"):
        further = abs(table - centre) - edge * centre
    near = kept & (abs(further) <= _NEAR * centre) & some
    return kept & (further <= 0), near.any(axis=0)


def _whole(weights: list["Rational"]) -> list[int]:
    """Weights as whole numbers of the same shares, so that half of them is seen exactly."""
    from sympy import ilcm

    scale = ilcm(1, *(weight.q for weight in weights))
    return [int(weight * scale) for weight in weights]


def _column(values: list[int], table: "numpy.ndarray") -> "numpy.ndarray":
    import numpy

    kind = object if max(values) * len(values) > 2**60 else int
    return numpy.array(values, kind).reshape(-1, *[1] * (table.ndim - 1))


def _means(table: "numpy.ndarray", weights: "numpy.ndarray") -> "numpy.ndarray":
    """Source after source joined to the mean of those before it."""
    import numpy

    weights = weights.astype(float)
    mean, before = numpy.zeros(table.shape[1:]), numpy.zeros(table.shape[1:])
    for price, weight in zip(table, weights):
        with numpy.errstate(invalid="ignore"):
            joined = formulas.index_mean.unchecked(first_source=mean, first_weight=before,
                                                   second_source=price, second_weight=weight)
        mean, before = numpy.where(weight > 0, joined, mean), before + weight
    return mean


def _medians(table: "numpy.ndarray", weights: "numpy.ndarray") -> "numpy.ndarray":
    """The price that reaches half of the weight; those without weight stand at the end."""
    import numpy

    prices = numpy.where(weights > 0, table, numpy.inf)
    order = numpy.argsort(prices, axis=0)
    prices = numpy.take_along_axis(prices, order, axis=0)
    twice = 2 * numpy.cumsum(numpy.take_along_axis(weights * 1, order, axis=0), axis=0)
    whole = twice[-1] // 2
    first, beyond = (numpy.take_along_axis(prices, numpy.argmax(reached, axis=0)[None], axis=0)[0]
                     for reached in (twice >= whole, twice > whole))
    return formulas.index_mean.unchecked(first_source=first, first_weight=1,
                                         second_source=beyond, second_weight=1)
