"""The rules of `adl` for many accounts at once, in NumPy: float64 in, float64 out.

Positions of one side of a linear contract; `side` is +1 or -1.  An account without equity has no
score (nan) and comes first, as in the exact rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy

from ..theory import formulas as f
from ..theory.exact import broadcastable, floats, one_of, positive_floats, refuse, sign
from .adl import RANKINGS

if TYPE_CHECKING:
    from numpy import ndarray


class Cuts(NamedTuple):
    """What each account gives, in its own order, and what nobody could; `level` as in `adl.Shares`."""

    cuts: "ndarray"
    rest: float
    level: float


def scores(ranking: str, side: int, size: Any, entry: Any, collateral: Any, mark: float,
           maintenance_rate: Any = 0) -> "ndarray":
    """The queue scores of many positions at one mark price; nan without equity.

    >>> scores("profit times leverage", -1, [2, 2], [55_000, 65_000], [10_000, 20_000], 50_000)
    array([0.45454545, 0.46153846])
    """
    one_of("ranking", ranking, RANKINGS)
    sign("side", side)
    given = {"size": positive_floats("size", size), "entry_price": positive_floats("entry", entry),
             "collateral": floats("collateral", collateral),
             "mark_price": positive_floats("mark", mark),
             "maintenance_rate": floats("maintenance_rate", maintenance_rate)}
    broadcastable({name: column.shape for name, column in given.items()})
    notional = f.notional.unchecked(**given)
    profit = f.unrealized_pnl.unchecked(side=side, **given)
    equity = f.equity.unchecked(unrealized_pnl=profit, **given)
    with numpy.errstate(all="ignore"):
        found = _SCORES[ranking](given, notional, profit, equity)
    return numpy.where(equity > 0, found, numpy.nan)


def _by_profit(given: dict, notional: "ndarray", profit: "ndarray", equity: "ndarray") -> "ndarray":
    share = f.pnl_share.unchecked(unrealized_pnl=profit,
                                  entry_notional=f.entry_notional.unchecked(**given))
    leverage = f.effective_leverage.unchecked(notional=notional, equity=equity)
    terms = {"pnl_share": share, "effective_leverage": leverage}
    return numpy.where(profit > 0, f.queue_score_profit.unchecked(**terms),
                       f.queue_score_loss.unchecked(**terms))


def _by_price(given: dict, notional: "ndarray", profit: "ndarray", equity: "ndarray") -> "ndarray":
    return f.queue_score_price.unchecked(**given, notional=notional, equity=equity)


def _by_return(given: dict, notional: "ndarray", profit: "ndarray", equity: "ndarray") -> "ndarray":
    margin = f.maintenance_margin.unchecked(deduction=0, notional=notional, **given)
    ratio = f.margin_ratio.unchecked(maintenance_margin=margin, equity=equity)
    return f.queue_score_return.unchecked(
        unrealized_pnl=numpy.maximum(profit, 0), margin_ratio=ratio,
        collateral=numpy.maximum(given["collateral"], 1))


_SCORES = dict(zip(RANKINGS, (_by_profit, _by_price, _by_return)))


def queue(sizes: Any, scores: Any, amount: float) -> Cuts:
    """The highest score gives first, nan before all; equal scores give the same share.

    >>> queue([2, 2, 2], [0.1, 0.4, 0.5], 2.4).cuts.round(6)
    array([0. , 0.4, 2. ])
    """
    held, wanted = _amounts("sizes", sizes), _amount(amount)
    ranks = _column("scores", scores, held)
    _, group = numpy.unique(numpy.where(numpy.isnan(ranks), -numpy.inf, -ranks),
                            return_inverse=True)
    whole = numpy.bincount(group, weights=held)
    given = numpy.clip(wanted - (numpy.cumsum(whole) - whole), 0, whole)
    share = numpy.divide(given, whole, out=numpy.zeros_like(whole), where=whole > 0)
    return Cuts(held * share[group], max(wanted - held.sum(), 0.0), numpy.nan)


def pro_rata(sizes: Any, amount: float) -> Cuts:
    """Each gives the same share of what it has.

    >>> pro_rata([2, 2, 4], 2.4).cuts.round(6)
    array([0.6, 0.6, 1.2])
    """
    held = _amounts("sizes", sizes)
    return queue(held, numpy.zeros_like(held), amount)


def water_filling(notionals: Any, equities: Any, amount: float) -> Cuts:
    """The highest leverage is cut down to one level; who has no equity gives first, pro rata.

    >>> water_filling([100, 100, 100], [10, 20, 50], 120).cuts.round(6)
    array([73.333333, 46.666667,  0.      ])
    """
    held, wanted = _amounts("notionals", notionals), _amount(amount)
    behind = _column("equities", equities, held)
    bare = behind <= 0
    first = pro_rata(numpy.where(bare, held, 0), wanted)
    left = wanted - first.cuts.sum()
    if bare.all() or (left <= 0 and bare.any() and wanted > 0):
        return first
    level = _level(held[~bare], behind[~bare], left)
    cuts = numpy.where(bare, first.cuts, numpy.maximum(held - level * behind, 0))
    return Cuts(cuts, max(wanted - held.sum(), 0.0), level)


def _level(held: "ndarray", behind: "ndarray", amount: float) -> float:
    """The leverage at which what stands above it is the amount: one sort, two running sums."""
    order = numpy.argsort(-held / behind, kind="stable")
    level = (numpy.cumsum(held[order]) - amount) / numpy.cumsum(behind[order])
    return max(float(level.max()), 0.0)


def _amounts(name: str, values: Any) -> "ndarray":
    column = numpy.atleast_1d(floats(name, values))
    if column.ndim != 1 or not (numpy.isfinite(column) & (column >= 0)).all():
        raise refuse(name, values, "a list of numbers of 0 or more")
    return column


def _amount(amount: Any) -> float:
    value = floats("amount", amount)
    if value.ndim or not 0 <= value < numpy.inf:
        raise refuse("amount", amount, "one number of 0 or more")
    return float(value)


def _column(name: str, values: Any, held: "ndarray") -> "ndarray":
    column = numpy.atleast_1d(floats(name, values))
    if column.shape != held.shape or numpy.isinf(column).any():
        raise refuse(name, values, f"as many numbers as there are positions: {len(held)}")
    return column
