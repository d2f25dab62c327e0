"""The explorers of chapter 13: the race of stop and line, and growth against leverage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import formulas as f
from ..market.position import SIDES
from ..theory import symbols as y
from .chapter1 import LEVERAGE, RATE, TRADE
from .chapter13_figures import growth_by_leverage, order_machine
from .chapter13_tables import (exits, growth_table, march_2020, other_leg, race_table,
                               stop_table, story, two_legs)

if TYPE_CHECKING:
    from .explorer import Explorer

__all__ = ["exits", "growth_by_leverage", "growth_explorer", "growth_table", "march_2020",
           "order_machine", "other_leg", "race_explorer", "race_table", "stop_table",
           "story", "two_legs"]


def race_explorer() -> "Explorer":
    """A stop, its fill and the line on one price axis: which comes first, and what is left.

    >>> race_explorer().state
    'The stop comes first: reached at 57,000, filled at 56,715.00, with 268.66 USDT left of 600.00. \
The line is at 54,298.64; below 16.7× it stays behind the fill.'
    """
    from .explorer import Chart, Choice, Explorer, Slider

    return Explorer(
        "Stop race: which comes first, the stop or the line?",
        controls=[Slider("stop_price", 50_000, 70_000, step=50, start=57_000),
                  Slider("leverage", 2, 50, start=LEVERAGE),
                  Slider("slippage", 0, "0.1", step="0.001", start="0.005"),
                  Choice("side", SIDES),
                  Slider("maintenance_rate", 0, "0.05", step="0.0005", start=RATE)],
        fixed={**TRADE, "deduction": 0, "close_fee": "0.0005"},
        labels={"exit_price": "fill", "stop_leverage": "leverage below"},
        own={"collateral": f.initial_margin, "exit_price": f.fill_price,
             "mark_price": f.fill_price.expression}, states=_race_states(),
        show=["exit_price", "stop_left", "liquidation_price", "stop_leverage", "nearest_stop"],
        formula="stop_leverage",
        chart=Chart(x="mark_price", curves=("equity", "requirement"), range=(48_000, 72_000),
                    marks=("liquidation_price", "exit_price", "stop_price", "entry_price"),
                    drag="stop_price", y="USDT", shade=y.equity <= y.requirement))  # fmt: skip


def _race_states() -> list[tuple[Any, str]]:
    """What comes first, from the worst case to the best."""
    bound = "The leverage must stay below {stop_leverage:.1u}"
    return [
        (y.initial_margin <= y.entry_maintenance_margin + y.close_fee * y.entry_notional,
         "Liquidated as it opens: {initial_margin:.2u} of margin are not more than the maintenance "
         "margin and the fee."),
        (y.side * (y.entry_price - y.stop_price) <= 0,
         "A stop at {stop_price} lies on the winning side of the entry, {entry_price}: move it to "
         "the other one."),
        (y.side * (y.stop_price - y.liquidation_price) <= 0,
         "The line comes first: liquidated at {liquidation_price:.2}, and the stop at {stop_price} "
         f"never gets its turn. The margin of {{collateral:.2u}} is gone. {bound}."),
        (y.side * (y.exit_price - y.liquidation_price) <= 0,
         "The stop is reached first, at {stop_price}, but filled at {exit_price:.2}, past the line "
         "at {liquidation_price:.2}. If the mark goes along, the venue is faster and the stop is "
         f"cancelled. {bound}."),
        (None, "The stop comes first: reached at {stop_price}, filled at {exit_price:.2}, with "
         "{stop_left:.2u} left of {collateral:.2}. The line is at {liquidation_price:.2}; below "
         "{stop_leverage:.1u} it stays behind the fill."),
        (None, "The stop comes first: reached at {stop_price}, filled at {exit_price:.2}, with "
         "{stop_left:.2u} left of {collateral:.2}. No price liquidates it.")]


def growth_explorer() -> "Explorer":
    """Growth against leverage: where it is fastest, and where it is gone.

    >>> growth_explorer().state
    'At 1× the money grows by 5.50 % a year, as at 0.22×. Fastest is 0.61×, with 9.18 %: the rest \
of the leverage only adds risk.'
    """
    from .explorer import Chart, Explorer, Slider

    return Explorer(
        "How much leverage grows fastest?",
        controls=[Slider("leverage", "0.01", 3, step="0.01", start=1),
                  Slider("drift", "-0.5", 1, step="0.01", start="0.3"),
                  Slider("volatility", "0.2", "1.5", step="0.01", start="0.7"),
                  Slider("funding_a_year", "-0.2", "0.5", step="0.0005", start=0)],
        labels={"growth_in_per_cent": "growth", "fastest": "fastest growth at",
                "nothing": "no growth at"}, own=_growth_own(), states=_growth_states(),
        show=["leverage_growth", "kelly_leverage", "kelly_growth", "zero_growth_leverage"],
        formula="leverage_growth",
        chart=Chart(x="leverage", curves=("growth_in_per_cent",), y="% a year",
                    range=(0, "right_end"), marks=("leverage", "fastest", "nothing"),
                    shade=y.leverage_growth < 0, shade_word="shrinks"))  # fmt: skip


def _growth_own() -> dict[str, Any]:
    """The growth in per cent, the same growth's other leverage, marks to two decimals, the end of
    the axis."""
    from sympy import Max, Rational, floor

    def rounded(value: Any) -> Any:
        return floor(100 * value + Rational(1, 2)) / 100

    return {"fastest": rounded(y.kelly_leverage), "nothing": rounded(y.zero_growth_leverage),
            "growth_in_per_cent": 100 * f.leverage_growth.expression,
            "same_growth": y.zero_growth_leverage - y.leverage,
            "right_end": Max(1, y.leverage, Rational(5, 4) * y.zero_growth_leverage)}


def _growth_states() -> list[tuple[Any, str]]:
    from sympy import Eq

    grows = "At {leverage:u} the money grows by {leverage_growth:.2%} a year"
    fastest = "Fastest is {kelly_leverage:.2u}, with {kelly_growth:.2%}"
    return [
        (y.kelly_leverage <= 0, "Once funding is paid, no drift is left: at {leverage:u} the money "
         "changes by {leverage_growth:.2%} a year, and no leverage of a long lets it grow."),
        (y.leverage < y.kelly_leverage, f"{grows}. {fastest}: more leverage would still help."),
        (Eq(y.leverage, y.kelly_leverage), f"{grows}. No leverage does better."),
        (y.leverage < y.zero_growth_leverage, f"{grows}, as at {{same_growth:.2}}×. {fastest}: the "
         "rest of the leverage only adds risk."),
        (Eq(y.leverage, y.zero_growth_leverage), "At {leverage:u} the money does not grow: twice "
         "the leverage of fastest growth."),
        (None, "At {leverage:u} the money changes by {leverage_growth:.2%} a year, although the "
         "expected price rises. It shrinks at every leverage above {zero_growth_leverage:.2u}. "
         f"{fastest}.")]
