"""The explorer of chapter 14, a rate calibrator; its figures and tables are reached here, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..market.tiers import Tiers
from ..theory import symbols as y
from .chapter14_figures import day_figure, slope_figure
from .chapter14_tables import (MARKET, NEWEST, crash_table, deficit_table, hours_table,
                               impact_table, law_table, lows_table, minutes, minutes_table, rules,
                               slopes_table, table_names, volatility_said)

if TYPE_CHECKING:
    from .explorer import Explorer

__all__ = ["MARKET", "NEWEST", "crash_table", "day_figure", "deficit_table", "hours_table",
           "impact_table", "law_table", "lows_table", "minutes", "minutes_table", "rate_explorer",
           "rules", "slope_figure", "slopes_table", "table_names", "volatility_said"]

_SAID = ("A close-out of {closeout_minutes} minutes needs {needed_rate:.2%} of {notional:u}: "
         "{move_rate:.2%} for the move and {impact_rate:.2%} for the impact. The published table asks "
         "{published_rate:.2%}")


def rate_explorer() -> "Explorer":
    """The rate that a venue needs against the size of a position, beside a published table.

    >>> rate_explorer().state
    'A close-out of 3 minutes needs 0.67 % of 12,000,000 USDT: 0.39 % for the move and 0.28 % for the \
impact. The published table asks 0.90 %: enough, with 0.23 % to spare.'
    """
    from .explorer import Chart, Explorer, Slider

    gap = _value("spare") >= 0
    return Explorer(
        "Which rate pays for closing a position?",
        controls=[Slider("notional", 100_000, 1_800_000_000, step=100_000, start=12_000_000),
                  Slider("closeout_minutes", 1, 120, start=3),
                  Slider("tail_multiple", 1, 6, step="0.01", start="2.33"),
                  Slider("daily_volatility", "0.01", "0.2", step="0.0001",
                         start=MARKET["daily_volatility"]),
                  Slider("daily_volume", 50_000_000, 10_000_000_000, step=50_000_000,
                         start=2_000_000_000)],
        fixed={"impact_factor": 1}, own=_own(Tiers.load(NEWEST)),
        states=[(y.needed_rate >= 1, "A close-out of {closeout_minutes} minutes needs more than the "
                 "whole notional, {needed_rate:.0%}: at this size no rate pays for it."),
                (gap, _SAID + ": enough, with {spare:.2%} to spare."),
                (None, _SAID + ": {lacking:.2%} too little.")],
        show=["move_rate", "impact_rate", "needed_rate", "published_rate", "needed_margin"],
        formula="needed_rate", labels={"needed_percent": "needed", "published_percent": "published",
                                       "closeout_minutes": "close-out",
                                       "needed_margin": "needed margin"},
        chart=Chart(x="notional", curves=("needed_percent", "published_percent"),
                    marks=("notional",), y="% of the notional", log=True,
                    shade=y.needed_rate > _value("published_rate"), shade_word="too little",
                    range=(100_000, "right_end")))  # fmt: skip


def _value(name: str) -> y.Quantity:
    """A value of the explorer's own as a symbol."""
    return y.Quantity(name, rf"\mathrm{{{name}}}", y.PURE, name.replace("_", " "), real=True)


def _own(table: Tiers) -> dict[str, Any]:
    """The published table as one formula, and both rates in per cent for the picture."""
    from sympy import Max

    published = Max(*(row.rate - row.deduction / y.notional for row in table.rows))
    spare = _value("published_rate") - y.needed_rate
    return {"published_rate": published, "spare": spare, "lacking": -spare,
            "needed_percent": 100 * y.needed_rate, "needed_margin": y.needed_rate * y.notional,
            "published_percent": 100 * _value("published_rate"),
            "right_end": Max(100_000_000, 5 * y.notional / 4)}
