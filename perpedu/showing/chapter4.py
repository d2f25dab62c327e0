"""The explorer of chapter 4, tiers; its figures and tables are reached here, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import formulas as f
from ..market.position import SIDES
from ..theory import symbols as y
from ..theory.formula import Formula
from .chapter4_figures import (TRADE, effective_rates, flat_cliff, slices, steep,
                               tier_lines)
from .chapter4_tables import changed, crossings, per_tier, published, side_by_side

if TYPE_CHECKING:
    from .explorer import Explorer

__all__ = ["changed", "crossings", "effective_rates", "flat_cliff", "per_tier", "published",
           "side_by_side", "slices", "tier_explorer", "tier_lines"]

_NOW = "Notional {notional}, tier {tier}: equity {equity:u}, maintenance margin " \
       "{maintenance_margin:u}. "
_ALONE = "Alone, the tiers would liquidate at {root_1}, {root_2} and {root_3}. "
_COUNTS = "The {0} counts: {{liquidation_price}}, in tier {{line_tier}}"
_MOVED = ", not in tier {entry_tier}, in which it was opened."


def tier_explorer() -> "Explorer":
    """Equity against the tiers' lines and the largest of them, as the price falls or rises.

    >>> tier_explorer().state
    'Notional 180,000, tier 2: equity 45,000 USDT, maintenance margin 11,600 USDT. Alone, the \
tiers would liquidate at 45,918.37, 47,348.48 and 32,666.67. The highest counts: 47,348.48, in \
tier 2.'
    """
    from sympy import And, Eq, Ne

    from .explorer import Chart, Choice, Explorer, Slider

    at_once = y.collateral <= y.entry_maintenance_margin
    long, moved = Eq(y.side, 1), Ne(_number("line_tier"), _number("entry_tier"))
    return Explorer(
        "Which tier liquidates?",
        controls=[Slider("mark_price", 40_000, 80_000, step=500, start=60_000),
                  Choice("side", SIDES), Slider("size", "1.5", "4.5", step="0.5", start=3),
                  Slider("leverage", 2, 20, start=TRADE["leverage"])],
        fixed={"entry_price": TRADE["entry_price"], "close_fee": 0}, own=_values(),
        states=[(at_once, "Liquidated as it opens: {collateral:u} of collateral are not more than "
                 "the maintenance margin, {entry_maintenance_margin:u}."),
                (y.equity <= y.maintenance_margin, "Liquidated. With a notional of {notional}, in "
                 "tier {tier}, equity is {equity:u} and the maintenance margin "
                 "{maintenance_margin:u}. They met at {liquidation_price}, in tier {line_tier}."),
                (And(long, moved), _NOW + _ALONE + _COUNTS.format("highest") + _MOVED),
                (long, _NOW + _ALONE + _COUNTS.format("highest") + "."),
                (moved, _NOW + _ALONE + _COUNTS.format("lowest") + _MOVED),
                (None, _NOW + _ALONE + _COUNTS.format("lowest") + ".")],
        show=["collateral", "notional", "tier", "equity", "maintenance_margin", "root_1", "root_2",
              "root_3", "liquidation_price", "line_tier", "maintenance_rate", "deduction"],
        formula=f.liquidation_price,
        chart=Chart(curves=("tier_1", "tier_2", "tier_3", "maintenance_margin", "equity"), y="USDT",
                    marks=("liquidation_price", "entry_price", "mark_price")))  # fmt: skip


def _values() -> dict[str, Any]:
    """What the explorer computes: each tier alone, and the largest of them."""
    lines = {f"tier_{k}": _of_row(f.maintenance_margin, row) for k, row in _rows()}
    roots = {f"root_{k}": _of_row(f.liquidation_price, row).xreplace({y.close_fee: 0})
             for k, row in _rows()}
    line = f.notional.expression.xreplace({y.mark_price: y.liquidation_price})
    return {
        **lines, **roots, "collateral": f.initial_margin,
        "maintenance_margin": _largest(y.maintenance_margin, lines.values()),
        "entry_maintenance_margin": _largest(y.entry_maintenance_margin, (
            each.xreplace({y.notional: y.entry_notional}) for each in lines.values())),
        "liquidation_price": _outermost([_number(name) for name in roots]),
        "tier": _tier(y.notional), "entry_tier": _tier(y.entry_notional),
        "line_notional": line, "line_tier": _tier(_number("line_notional")),
        "maintenance_rate": _by_tier("rate"), "deduction": _by_tier("deduction"),
    }  # fmt: skip


def _rows() -> list[tuple[int, Any]]:
    return list(enumerate(steep().rows, 1))


def _of_row(formula: Formula, row: Any) -> Any:
    return formula.expression.xreplace({y.maintenance_rate: row.rate, y.deduction: row.deduction})


def _number(name: str) -> y.Quantity:
    """A number of the explorer's own as a symbol."""
    return y.Quantity(name, rf"\mathrm{{{name}}}", y.PURE, name.replace("_", " "), real=True)


def _largest(result: y.Quantity, lines: Any) -> Formula:
    from sympy import Max

    return Formula(result.name, result, Max(*lines), chapter=4, contract="any",
                   source="perpedu, chapter 4", assumptions=("rates never fall",))


def _outermost(roots: list[y.Quantity]) -> Formula:
    """The highest root for a long, the lowest for a short: the side, twice, does both."""
    from sympy import Max

    return Formula("liquidation_price", y.liquidation_price,
                   y.side * Max(*(y.side * root for root in roots)), chapter=4,
                   source="perpedu, chapter 4", assumptions=("rates never fall", "mark basis"))


def _tier(notional: Any) -> Any:
    from sympy import Piecewise

    tops = [row.floor for _, row in _rows()[1:]]
    return Piecewise(*((k, notional <= top) for k, top in enumerate(tops, 1)),
                     (len(tops) + 1, True))


def _by_tier(what: str) -> Any:
    """The rate, or the deduction, of the tier that holds the notional at the line."""
    from sympy import Eq, Piecewise

    values = [getattr(row, what) for _, row in _rows()]
    return Piecewise(*((value, Eq(_number("line_tier"), k))
                       for k, value in enumerate(values[:-1], 1)), (values[-1], True))
