"""The explorer of chapter 16, who pays; its figure and tables are reached here, too."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from ..engine import adl
from ..theory import formulas as f
from ..theory import symbols as y
from ..theory.exact import rational
from .chapter16_figures import columns, drained
from .chapter16_tables import (ENTRIES, MARK, RATE, SIZE, abstracts_table, bankrupt, closed, frontier,
                               left_over, rankings_table, scores_table, shorts, shorts_table, split_table,
                               who_pays)

if TYPE_CHECKING:
    from .explorer import Explorer

__all__ = ["MARK", "RATE", "abstracts_table", "bankrupt", "closed", "columns", "drained", "frontier", "left_over",
           "payers_explorer", "rankings_table", "scores_table", "shorts", "shorts_table",
           "split_table", "who_pays"]

_NAMES = tuple(ENTRIES)
_SAID = ("{deficit:.2u} are missing, the fund pays {fund_pays:.2u}, and {to_close:.3} BTC are closed at "
         "{bankruptcy_price}. Of A {cut_a:.3}, of B {cut_b:.3}, of C {cut_c:.3} BTC: they give up "
         "{cost_a:.2}, {cost_b:.2} and {cost_c:.2} USDT. ")


def payers_explorer() -> "Explorer":
    """Who pays for the bankrupt long: choose the rule, the mark price and the fund.

    >>> payers_explorer().state
    '2,400.00 USDT are missing, the fund pays 0.00 USDT, and 2.400 BTC are closed at 51,000. Of A \
0.000, of B 0.400, of C 2.000 BTC: they give up 0.00, 400.00 and 2,000.00 USDT. The highest leverage \
left is 10.00×.'
    """
    from .explorer import Chart, Choice, Explorer, Slider

    lost = bankrupt()
    return Explorer(
        "Who pays when a long of 2.4 BTC is bankrupt?",
        controls=[Choice("deleveraging_rule", {rule: i for i, rule in enumerate(adl.RULES, 1)}),
                  Slider("mark_price", 46_000, 51_500, step=100, start=MARK),
                  Slider("fund_money", 0, 5_000, step=100, start=0)],
        fixed={"side": 1, "size": lost.size, "bankruptcy_price": lost.bankruptcy_price()},
        labels=_LABELS, own=_own(),
        states=[(y.mark_price >= y.bankruptcy_price, "At {mark_price} the long can be closed at its "
                 "bankruptcy price of {bankruptcy_price} or better: nothing is missing, and nobody "
                 "is deleveraged."),
                (y.deficit <= y.fund_money, "{deficit:.2u} are missing, and the fund pays them. "
                 "Nobody is deleveraged."),
                (None, _SAID + "The highest leverage left is {highest_left:.2}×.")],
        show=["deficit", "fund_pays", "to_close", *(f"{kind}_{name.lower()}" for kind in
                                                    ("cut", "cost", "left") for name in _NAMES)],
        formula="deficit",
        chart=Chart(x="mark_price", curves=("cost_a", "cost_b", "cost_c"),
                    marks=("bankruptcy_price", "mark_price"), y="USDT", shade=None))  # fmt: skip


_LABELS = {"deleveraging_rule": "rule", "fund_money": "insurance fund", "fund_pays": "fund pays",
           "to_close": "closed against A, B, C",
           **{f"cut_{name.lower()}": f"{name}: closed" for name in _NAMES},
           **{f"cost_{name.lower()}": f"{name} gives up" for name in _NAMES},
           **{f"left_{name.lower()}": f"{name}: leverage left" for name in _NAMES}}


def _own() -> dict[str, Any]:
    """The explorer's values: the size that is closed, its parts by the rule, what they cost."""
    from sympy import Integer, Max, Min

    lost = bankrupt()
    missing = f.deficit.expression
    own = {"fund_pays": _named("fund_pays", y.deficit, Min(Max(missing, 0), y.fund_money)),
           "to_close": _named("to_close", y.cut_size,
                              lost.size * Max(0, 1 - y.fund_money / Max(missing, 1)))}
    to_close = y.Quantity("to_close", "q_x", y.COIN, "to close", real=True)
    for place, name in enumerate(_NAMES):
        cut = y.Quantity(f"cut_{name.lower()}", "q_i", y.COIN, "closed", real=True)
        cost = y.Quantity(f"cost_{name.lower()}", "c", y.MONEY, "given up", real=True)
        own[cut.name] = _named(cut.name, y.cut_size, _by_rule(place, to_close))
        lost_to = f.given_up.expression.xreplace({y.cut_size: cut, y.side: Integer(-1)})
        own[cost.name] = _named(cost.name, y.given_up, Max(0, lost_to))
        own[f"left_{name.lower()}"] = _named(
            f"left_{name.lower()}", y.effective_leverage,
            (Integer(SIZE) - cut) * y.mark_price / (_of(name, y.equity) - cost))
    left = [y.Quantity(f"left_{name.lower()}", "L", y.PURE, "left", real=True) for name in _NAMES]
    return own | {"highest_left": _named("highest_left", y.effective_leverage, Max(*left))}


def _named(name: str, like: Any, expression: Any) -> Any:
    """A value of the explorer, with the unit of a symbol of the book."""
    from ..theory.formula import Formula

    result = y.Quantity(name, like.tex, like.unit, name.replace("_", " "), real=True)
    return Formula(name, result, expression, chapter=16, source="the explorer's own", contract="any")


#: Out of which a short's score and leverage are made, the outermost first.
_PARTS = (f.pnl_share, f.effective_leverage, f.margin_ratio, f.maintenance_margin, f.equity,
          f.unrealized_pnl, f.notional, f.entry_notional)


def _of(name: str, expression: Any) -> Any:
    """What an expression is for one short of the scenario, in the mark price."""
    entry, collateral = ENTRIES[name]
    for part in _PARTS:
        expression = expression.xreplace({part.result: part.expression})
    return expression.xreplace({symbol: rational(symbol.name, value) for symbol, value in {
        y.side: -1, y.size: SIZE, y.entry_price: entry, y.collateral: collateral,
        y.maintenance_rate: RATE, y.deduction: 0}.items()})


def _by_rule(place: int, to_close: Any) -> Any:
    """What the chosen rule closes of one short."""
    from sympy import Eq, Piecewise

    made = [*(_queued(place, ranking, to_close) for ranking in adl.RANKINGS),
            to_close / len(_NAMES), _filled(place, to_close)]
    return Piecewise(*((cut, Eq(y.deleveraging_rule, i)) for i, cut in enumerate(made[:-1], 1)),
                     (made[-1], True))


def _queued(place: int, ranking: str, to_close: Any) -> Any:
    """What is left of the amount after those that stand before it, at most its size."""
    from sympy import Max, Min, Piecewise

    scores = [_score(name, ranking) for name in _NAMES]
    before = sum(Piecewise((SIZE, other > scores[place]), (0, True))
                 for i, other in enumerate(scores) if i != place)
    return Min(SIZE, Max(0, to_close - before))


def _score(name: str, ranking: str) -> Any:
    """The score as an expression in the mark price."""
    from sympy import Max, Piecewise

    if ranking == adl.RANKINGS[0]:
        return Piecewise(
            (_of(name, f.queue_score_profit.expression), _of(name, y.unrealized_pnl) > 0),
            (_of(name, f.queue_score_loss.expression), True))
    if ranking == adl.RANKINGS[1]:
        return _of(name, f.queue_score_price.expression)
    return _of(name, f.queue_score_return.expression.xreplace(
        {y.unrealized_pnl: Max(y.unrealized_pnl, 0)}))


def _filled(place: int, to_close: Any) -> Any:
    """What stands above the level; the level is the highest over all groups of shorts."""
    from sympy import Max

    size = [_of(name, y.notional) for name in _NAMES]
    equity = [_of(name, y.equity) for name in _NAMES]
    groups = [group for count in range(1, 4) for group in combinations(range(3), count)]
    level = Max(*(f.water_level.expression.xreplace({
        y.drained_notional: sum(size[i] for i in group), y.drained_equity: sum(
            equity[i] for i in group), y.deleveraged_notional: to_close * y.mark_price})
        for group in groups))
    cut = f.water_cut.expression.xreplace({y.notional: size[place], y.equity: equity[place],
                                           y.water_level: level})
    return Max(0, cut / y.mark_price)
