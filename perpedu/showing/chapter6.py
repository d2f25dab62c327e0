"""The explorer of chapter 6, one wallet and two legs; its tables and figures, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import formulas as f
from ..theory import symbols as y
from ..theory.formula import Formula
from .chapter6_figures import (DAILY, frontier, hedge, nearest, nearest_table, saved_or_taken,
                               slopes, two_lines)
from .chapter6_tables import (MARKS, RATES, SIZES, WALLET, balance, charged_table,
                              collateral_table, diversified, lines_table, modes_table, pair,
                              scenarios, trades_table, wallet_table)

if TYPE_CHECKING:
    from .explorer import Explorer

__all__ = ["DAILY", "MARKS", "RATES", "SIZES", "WALLET", "account_explorer", "balance",
           "charged_table", "collateral_table", "diversified", "frontier", "hedge", "lines_table",
           "lost_at_the_line", "modes_table", "nearest", "nearest_table", "pair", "saved_or_taken",
           "scenarios", "slopes", "trades_table", "two_lines", "wallet_table"]

_NOW = ("Open: equity {equity:.2}, floors of {maintenance_margin:.2}, a ratio of {margin_ratio:.2%}"
        ". ")
_BTC = "BTC's line, ETH held, is {liquidation_price:.2}. "
_ETH = "ETH's, BTC held, is {other_line:.2}. "
_TOGETHER = "Together: a move of {liquidation_shock:.2%} of both marks."
_APART = "No common move that keeps the prices above 0 liquidates."


def account_explorer() -> "Explorer":
    """One wallet behind 1 BTC and 10 ETH, both marks under the reader's hands.

    >>> account_explorer().state
    "Open: equity 9,000.00, floors of 600.00, a ratio of 6.67 %. BTC's line, ETH held, is \
51,557.79. ETH's, BTC held, is 2,151.52. Together: a move of −9.40 % of both marks."
    """
    from sympy import And

    from .explorer import Chart, Choice, Explorer, Slider

    together = And(y.liquidation_shock > -1, y.liquidation_shock < 10)
    return Explorer(
        "One wallet, two legs: which price liquidates?",
        controls=[Slider("mark_price", 40_000, 80_000, step=500, start=60_000),
                  Slider("other_mark", 1_500, 4_500, step=50, start=3_000),
                  Slider("collateral", 3_000, 30_000, step=500, start=WALLET),
                  Choice("side", {"long BTC": 1, "short BTC": -1}),
                  Choice("other_side", {"long ETH": 1, "short ETH": -1})],
        fixed={"size": SIZES["BTC"], "entry_price": MARKS["BTC"], "deduction": 0, "close_fee": 0,
               "maintenance_rate": RATES["BTC"]},
        own=_values(),
        labels={"mark_price": "BTC's mark", "other_mark": "ETH's mark", "collateral": "wallet",
                "side": "BTC leg", "other_side": "ETH leg", "size": "BTC's size",
                "entry_price": "BTC's entry", "maintenance_rate": "BTC's rate",
                "liquidation_price": "BTC's line", "other_line": "ETH's line",
                "other_pnl": "ETH's profit or loss", "other_maintenance": "ETH's floor",
                "unrealized_pnl": "BTC's profit or loss", "maintenance_margin": "both floors"},
        states=[(y.equity <= y.maintenance_margin, "Liquidated, both legs: equity {equity:.2}, "
                 "floors of {maintenance_margin:.2}."),
                *((together, _NOW + one + _TOGETHER) for one in (_BTC + _ETH, _BTC, _ETH, "")),
                *((None, _NOW + one + _APART) for one in (_BTC + _ETH, _BTC, _ETH, ""))],
        show=["unrealized_pnl", "other_pnl", "equity", "other_maintenance", "maintenance_margin",
              "margin_ratio", "liquidation_price", "other_line", "liquidation_shock"],
        formula="liquidation_price",
        chart=Chart(marks=("liquidation_price", "entry_price", "mark_price")))  # fmt: skip


def lost_at_the_line() -> Formula:
    """What a single linear long has lost at its line, in quote currency: mark basis, one rate, no
    fee; put together from the book's formulas.

    >>> lost_at_the_line().exact(collateral=600, entry_price=60_000, maintenance_rate="0.005",
    ...                          size="0.1")
    114000/199
    """
    plain = {y.side: 1, y.deduction: 0, y.close_fee: 0}
    line = f.liquidation_price.expression.subs(plain)
    lost = -f.unrealized_pnl.expression.subs({y.side: 1, y.mark_price: line})
    return Formula("lost_at_the_line", y.risk, lost, chapter=6, source="perpedu, chapter 6",
                   assumptions=("a single long", "mark basis", "one rate, no deduction, no fee"))


def _values() -> dict[str, Any]:
    """What the explorer computes beyond the book's formulas: both legs on one wallet."""
    other = {y.side: y.other_side, y.size: SIZES["ETH"], y.entry_price: MARKS["ETH"],
             y.mark_price: y.other_mark}
    held = _of_other(f.notional, other)
    asked = f.maintenance_margin.expression.xreplace(
        {y.notional: held, y.maintenance_rate: _exact(RATES["ETH"]), y.deduction: _exact(0)})
    swapped = {**other, y.maintenance_rate: _exact(RATES["ETH"]),
               y.other_pnl: y.unrealized_pnl, y.other_maintenance: f.maintenance_margin.expression}
    return {
        "other_pnl": _of_other(f.unrealized_pnl, other), "other_maintenance": asked,
        "equity": f.equity.expression + y.other_pnl,
        "maintenance_margin": f.maintenance_margin.expression + y.other_maintenance,
        "liquidation_price": f.liquidation_price_cross,
        "other_line": _line(_of_other(f.liquidation_price_cross, swapped)),
        "net_notional": y.side * y.notional + y.other_side * held,
        "shocked_maintenance": y.maintenance_margin,
    }


def _exact(value: Any) -> Any:
    from ..theory.exact import rational

    return rational("value", value)


def _of_other(formula: Formula, other: dict[Any, Any]) -> Any:
    return formula.expression.xreplace({symbol: _exact(value) if isinstance(value, (int, str))
                                        else value for symbol, value in other.items()})


def _line(expression: Any) -> Formula:
    result = y.Quantity("other_line", r"P_o^{*}", y.QUOTE, "liquidation price of the other leg",
                        positive=True)
    return Formula("other_line", result, expression, chapter=6, source="perpedu, chapter 6",
                   assumptions=("linear contracts, one wallet", "the first leg's mark is held"))
