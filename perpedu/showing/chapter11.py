"""The explorers of chapter 11, looks at intervals and a dashboard; its tables are reached here, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import formulas as f
from ..market.position import SIDES
from ..market.ranges import candles
from ..teaching.numbers_typed import show as number
from ..theory import symbols as y
from ..theory.exact import rational
from . import look
from .chapter1 import RATE, trade
from .chapter11_tables import (
    FIRST_RATE,
    INTERVALS,
    LEVELS,
    ONE_PERCENT,
    VOLATILITY,
    YEAR,
    alerts,
    crash_day,
    crash_volatility,
    in_time,
    looks,
    replayed,
    the_day,
    too_late,
    waiting,
    walk,
)
from .still import shared_axes

if TYPE_CHECKING:
    from .explorer import Explorer
    from .figures import Shown

__all__ = ["alerts", "crash_day", "crash_volatility", "dashboard", "in_time", "looks", "looks_explorer",
           "ratio_by_price", "replayed", "the_day", "too_late", "waiting", "walk"]


def looks_explorer() -> "Explorer":
    """Looks at intervals: which share of the touches they miss, and how early an alert must come.

    >>> looks_explorer().state
    'The line is touched within 7 days with a probability of 31.1 %; a look every hour finds it with \
29.0 %. To be late in 1 % of cases, with 300 s to act, an alert must come 2.03 % before the line, at a \
ratio of 16.8 %.'
    """
    from sympy import Eq

    from .explorer import Chart, Choice, Explorer, Slider

    return Explorer(
        "How often must you look?",
        controls=[Choice("look_seconds", {f"every {name}": each for name, each in INTERVALS.items()},
                         start="every hour", label="a look"),
                  Slider("leverage", 2, 50, start=10), Choice("side", SIDES),
                  Slider("volatility", "0.1", 7, step="0.05", start=VOLATILITY),
                  Slider("days_ahead", 1, 30, start=7),
                  Slider("reaction_seconds", 0, 7200, step=60, start=300, label="seconds to act")],
        fixed={"maintenance_rate": FIRST_RATE, "drift": 0, "look_constant": "0.5826",
               "quantile": ONE_PERCENT},
        labels={"touch_probability": "touched", "watched_probability": "found by a look",
                "days_ahead": "days", "alert_level": "ratio of the alert"},
        own=_own_of_looks(),
        states=[(Eq(y.look_seconds, each), "The line is touched within {days_ahead} days with a "
                 f"probability of {{touch_probability:.1%}}; a look every {name} finds it with "
                 "{watched_probability:.1%}. To be late in 1 % of cases, with {reaction_seconds} s to "
                 "act, an alert must come {alert_gap:.2%} before the line, at a ratio of "
                 "{alert_level:.1%}.") for name, each in INTERVALS.items()],
        show=["touch_probability", "watched_probability", "barrier_shift", "alert_gap",
              "alert_level"],
        formula="barrier_shift",
        chart=Chart(x="days_ahead", curves=("touch_probability", "watched_probability"),
                    marks=("days_ahead",), y="probability", shade=None))  # fmt: skip


def _own_of_looks() -> dict[str, Any]:
    from sympy import exp

    return {"look_interval": y.look_seconds / YEAR, "horizon": f.horizon,
            "log_barrier": f.log_barrier_leverage, "reaction_time": y.reaction_seconds / YEAR,
            "alert_gap": y.side * (exp(y.side * f.lead_distance.expression) - 1),
            "alert_level": f.alert_gap.solved_for("alert_level")}


def dashboard() -> "Explorer":
    """The synthetic day, mark by mark: ratio, distance in per cent and in daily ranges, and events.

    The marks come every quarter of an hour, from `the_day`; the position is opened at the first.

    >>> dashboard().state
    'No event so far: the highest ratio was 0.9 %. The ratio is 0.9 %. The line, 4,345.33, is 45.2 % \
of the mark away: 8.8 mean daily ranges.'
    """
    from .explorer import Chart, Choice, Explorer, Slider

    opened = the_day()[0]
    now = ("The ratio is {margin_ratio:.1%}. The line, {liquidation_price:.2}, is {distance:.1%} of the "
           "mark away: {ranges:.1} mean daily ranges.")
    return Explorer(
        "A dashboard for a synthetic 12 March 2020",
        controls=[Slider("clock_hours", 0, 24, step="0.25"),
                  Slider("leverage", "1.5", 10, step="0.05", start="2.2"), Choice("side", SIDES)],
        fixed={"size": 1, "entry_price": opened, "maintenance_rate": FIRST_RATE, "deduction": 0,
               "close_fee": 0},
        labels={"clock_hours": "hours since midnight", "worst_price": "worst mark so far",
                "worst_ratio": "highest ratio so far", "ranges": "distance in daily ranges"},
        own=_own_of_the_day(), states=_states_of_the_day(now),
        show=["mark_price", "equity", "maintenance_margin", "margin_ratio", "distance", "ranges",
              "worst_price", "liquidation_price"],
        formula="liquidation_price",
        chart=Chart(x="clock_hours", curves=("mark_price", "liquidation_price"),
                    marks=("clock_hours",), zero=False, shade=None))  # fmt: skip


def _own_of_the_day() -> dict[str, Any]:
    """The marks and the worst ones so far, as steps of the clock; what follows from them."""
    from itertools import accumulate

    from sympy import Piecewise

    day = the_day()
    worst = {side: _steps(list(accumulate(day, take))) for side, take in ((1, min), (-1, max))}
    worst_price, worst_equity, _ = _worst()
    gap = y.side * (y.mark_price - y.liquidation_price) / y.mark_price
    return {"mark_price": _made(y.mark_price, _steps(day)), "collateral": f.initial_margin,
            "worst_price": _made(worst_price, Piecewise((worst[1], y.side > 0), (worst[-1], True))),
            "worst_equity": y.collateral + y.side * y.size * (worst_price - y.entry_price),
            "worst_ratio": y.maintenance_rate * y.size * worst_price / worst_equity,
            "distance": gap, "ranges": gap / candles().mean_range}


def _worst() -> tuple[Any, ...]:
    """The symbols of the worst mark so far, the equity there, and the ratio there."""
    from ..theory.symbols import MONEY, PRICE, PURE, Quantity

    return (Quantity("worst_price", "P_w", PRICE, "the worst mark so far", positive=True),
            Quantity("worst_equity", "A_w", MONEY, "the equity at the worst mark so far", real=True),
            Quantity("worst_ratio", "r_w", PURE, "the highest ratio so far", real=True))


def _made(result: Any, expression: Any) -> Any:
    from ..theory.formula import Formula

    return Formula(result.name, result, expression, chapter=11, source="synthetic")


def _steps(values: Any) -> Any:
    """A value that holds from its quarter of an hour until the next."""
    from sympy import Piecewise

    count = len(values) - 1
    return Piecewise(*((value, y.clock_hours < rational("step", 24 * (i + 1)) / count)
                       for i, value in enumerate(values[:-1])), (values[-1], True))


def _states_of_the_day(now: str) -> list[tuple[Any, str]]:
    worst_price, _, worst_ratio = _worst()
    gone = y.side * (worst_price - y.liquidation_price) <= 0
    taken = ("Liquidated: a mark of {worst_price:.2} was at or beyond the line, {liquidation_price:.2}. "
             "What comes later brings nothing back.")
    levels = [rational("level", level) for level in sorted(LEVELS, key=float, reverse=True)]
    said = [(worst_ratio >= level, f"Warned at {_listed(level)}: the highest ratio was "
             "{worst_ratio:.1%}. " + now) for level in levels]
    return [(gone, taken), *said, (None, "No event so far: the highest ratio was {worst_ratio:.1%}. "
                                   + now)]


def _listed(level: Any) -> str:
    below = [number(rational("level", each), unit="%") for each in LEVELS
             if rational("level", each) <= level]
    return " and ".join([", ".join(below[:-1]), below[-1]] if len(below) > 1 else below)


@look.drawn
def ratio_by_price(low: Any = 54_000, high: Any = 61_000) -> "Shown":
    """The margin ratio of the trade of chapter 1 against the mark price, and the three alerts.

    low, high: the mark prices drawn, USDT per BTC.

    >>> print(repr(ratio_by_price()).splitlines()[0])
    figure: The ratio sleeps until the line is near, and then it jumps
    """
    import numpy

    from .figures import show

    one, line = trade(), trade().liquidation_price(RATE)
    x = numpy.unique([*numpy.linspace(float(line), float(rational("high", high)), 300)])
    equity = f.equity.numpy(collateral=float(one.collateral), unrealized_pnl=f.unrealized_pnl.numpy(
        side=1, size=float(one.size), entry_price=float(one.entry), mark_price=x))
    margin = float(RATE) * f.notional.numpy(size=float(one.size), mark_price=x)
    with look.drawing() as axes:
        axes.plot(x, 100 * f.margin_ratio.numpy(maintenance_margin=margin, equity=equity),
                  label="ratio", **look.line("maintenance"))
        axes.axvline(float(line), label="line", **look.line("liquidation"))
        axes.annotate(f"line {number(line, 2)}", (float(line), 97), xytext=(5, 0),
                      textcoords="offset points", color=look.colour("liquidation"))
        for level in LEVELS:
            _level(axes, rational("level", level))
        axes.set_xlim(float(rational("low", low)), float(x[-1]))
        axes.set_ylim(0, 104)
        shared_axes(axes, "mark price (USDT/BTC)", "margin ratio (%)")
    return show(axes.figure, "The ratio sleeps until the line is near, and then it jumps", _alt(),
                alerts().rows)


def _level(axes: Any, level: Any) -> None:
    one = trade()
    price = float(f.alert_price.exact(side=1, size=one.size, entry_price=one.entry,
                                      collateral=one.collateral, maintenance_rate=RATE,
                                      alert_level=level))
    axes.plot([price], [100 * float(level)], "o", color=look.colour("maintenance"), markersize=5)
    axes.annotate(number(level, unit="%"), (price, 100 * float(level)), xytext=(8, -3),
                  textcoords="offset points", color=look.colour("maintenance"))


def _alt() -> str:
    rows = alerts().rows[1:]
    places = ", ".join(f"{level} at {price}" for level, price, *_ in rows)
    return ("The margin ratio of a 10× long from 60,000 against the mark price, from the line up. At 60,000 "
            "it is 5 %, at 57,000 still below 10 %. It bends upwards close to the line: " + places + ".")
