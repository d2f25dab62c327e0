"""The explorer of chapter 10, a map of probabilities; its figures and tables are reached here, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import formulas as f
from ..market.position import SIDES
from ..theory import symbols as y
from .chapter10_figures import against_facts, heat_map, one_path
from .chapter10_tables import (RATE, VOLATILITY, facts_table, funding_table, measured_volatility,
                               printed_table, walk)

if TYPE_CHECKING:
    from .explorer import Explorer

__all__ = ["RATE", "VOLATILITY", "against_facts", "facts_table", "funding_table", "heat_map",
           "map_explorer", "measured_volatility", "one_path", "printed_table", "walk"]

_SAID = ("the line, {liquidation_distance:.2%} away, is touched with a probability of "
         "{touch_probability:.1%}. At the end the price stands beyond it with {finish_probability:.1%}. "
         "Left alone for ever: {touch_ever:.1%}.")


def map_explorer() -> "Explorer":
    """The probability of a touch against leverage: within a day, a week, a month, and days of choice.

    >>> map_explorer().state
    'Within 30 days the line, 9.64 % away, is touched with a probability of 64.4 %. At the end the \
price stands beyond it with 34.3 %. Left alone for ever: 100.0 %.'
    """
    from sympy import Eq

    from .explorer import Chart, Choice, Explorer, Slider

    return Explorer(
        "Probability map: how likely is a touch?",
        controls=[Slider("leverage", 2, 125, start=10), Slider("days_ahead", 1, 365, start=30),
                  Choice("side", SIDES),
                  Slider("volatility", "0.1", "1.5", step="0.05", start=VOLATILITY),
                  Slider("drift", -1, 1, step="0.1", start=0),
                  Slider("maintenance_rate", 0, "0.0075", step="0.0005", start=RATE)],
        states=[(Eq(y.days_ahead, 1), "Within a day " + _SAID),
                (None, "Within {days_ahead} days " + _SAID)],
        show=["liquidation_distance", "log_barrier", "log_drift", "touch_probability",
              "finish_probability", "touch_ever"],
        own=_own(), formula="log_barrier",
        labels={"days_ahead": "days", "touch_probability": "within these days",
                "finish_probability": "beyond at the end", "touch_ever": "touched ever",
                "liquidation_distance": "distance of the line"},
        chart=Chart(x="leverage", log=True, marks=("leverage",), y="probability", shade=None,
                    curves=("within_a_day", "within_a_week", "touch_probability")))  # fmt: skip


def _own() -> dict[str, Any]:
    """The line in leverage, and the touches within a day and a week."""
    def within(days: int) -> Any:
        return f.touch_probability.put_in(f.horizon).expression.xreplace({y.days_ahead: days})

    from sympy import Integer

    return {"log_barrier": f.log_barrier_leverage, "within_a_day": within(Integer(1)),
            "within_a_week": within(Integer(7))}
