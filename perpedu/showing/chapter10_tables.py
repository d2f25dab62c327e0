"""The tables of chapter 10: formula, simulation and facts side by side."""

from __future__ import annotations

from typing import Any

from .. import formulas as f
from ..market.position import SIDES
from ..market.ranges import candles
from ..teaching.numbers_typed import show as number
from ..theory.exact import one_of, rational
from .grid import Grid

#: Volatility, drift and rate of the chapter's examples.
VOLATILITY, DRIFT, RATE = "0.7", "0", "0.004"
#: The line of a long of 10x at a rate of 0.5 %, as a distance: where days were counted.
COUNTED = "0.0955"
HORIZONS = (1, 7, 30)
#: A year of funding at 0.01 % each eight hours.
FUNDING = "0.1095"
PATHS = 40_000


def chance(side: str, leverage: Any, days: Any) -> Any:
    """The probability of a touch of the chapter's fresh position, to 30 digits."""
    formula = getattr(f, f"touch_probability_{one_of('side', side, tuple(SIDES))}")
    return formula.number(leverage=leverage, maintenance_rate=RATE, drift=DRIFT,
                          volatility=VOLATILITY, horizon=f.horizon.exact(days_ahead=days))


def walk(side: str, leverage: Any, days: Any, **options: Any) -> Any:
    """The chapter's fresh position as an experiment for `pp.risk.simulate`.

    options: steps and watched, as `pp.risk.Touches` has them.
    """
    from ..risk.passage import Touches

    sign = SIDES[one_of("side", side, tuple(SIDES))]
    barrier = f.log_barrier_leverage.number(side=sign, leverage=leverage, maintenance_rate=RATE)
    log_drift = f.log_drift.number(drift=DRIFT, volatility=VOLATILITY)
    return Touches(sign, float(barrier), float(log_drift), float(VOLATILITY), days, **options)


def printed_table(*rows: tuple[Any, Any]) -> Grid:
    """The probability of a touch for a long and a short of some (leverage, days).

    >>> print(str(printed_table((10, 30))).splitlines()[-1].split())
    ['10×', '30', '64.44', '%', '61.92', '%']
    """
    cells = [[f"{number(leverage)}×", number(days),
              *(number(chance(side, leverage, days), 2, "%") for side in SIDES)]
             for leverage, days in rows]
    return Grid("Volatility 70 %, drift 0, maintenance rate 0.4 %",
                [["leverage", "days", *SIDES], *cells])


def funding_table(*rows: tuple[str, Any, int]) -> Grid:
    """A touch with funding of 10.95 % a year: no funding, funding as drift, and the moving line
    simulated, with one standard error, for some (side, leverage, days).

    >>> print(str(funding_table(("long", 10, 30))).splitlines()[-1].split()[:5])
    ['long', '10×', '30', '0.6444', '0.6595']
    """
    return Grid("Funding of 0.01 % every eight hours: as drift, and payment by payment",
                [["side", "leverage", "days", "no funding", "as drift", "simulated", "error"],
                 *(_funded(*row) for row in rows)])


def _funded(side: str, leverage: Any, days: int) -> list[str]:
    from ..risk.passage import FundedTouches
    from ..risk.simulation import simulate

    plain = walk(side, leverage, days)
    drifted = f.funded_drift.number(log_drift=str(plain.log_drift), side=plain.side,
                                    leverage=leverage, funding_a_year=FUNDING)
    near = f.touch_probability.number(
        side=plain.side, log_barrier=str(plain.log_barrier), log_drift=drifted,
        volatility=VOLATILITY, horizon=f.horizon.exact(days_ahead=days))
    moving = FundedTouches(plain.side, float(leverage), float(RATE), float(FUNDING),
                           float(VOLATILITY), days, 3 * days)
    found = simulate(moving, PATHS, seed=10)
    return [side, f"{number(leverage)}×", number(days), number(chance(side, leverage, days), 4),
            number(near, 4), str(found).partition(" (")[0],
            number(rational("error", float(near) - found.mean), 3)]


def measured_volatility() -> float:
    """The volatility of all days together, from those of the years.

    >>> round(measured_volatility(), 4)
    0.7005
    """
    return candles().volatility


def gaussian(days: int, distance: Any, side: str = "long", by_year: bool = False) -> float:
    """The formula's answer with the measured volatility, or with each year's own, averaged."""
    from ..risk.passage import touch_probability

    line = 1 - SIDES[side] * float(distance)
    years = candles().years.values() if by_year else ()
    weighed = [(part.days, float(part.volatility)) for part in years] or [(1, measured_volatility())]
    return sum(weight * touch_probability(side, 1, line, volatility=volatility, days=days)
               for weight, volatility in weighed) / sum(weight for weight, _ in weighed)


def redrawn(days: int, distances: tuple[float, ...], side: str = "long") -> Any:
    """The estimate of `pp.risk.Redrawn` for some distances."""
    from ..risk.passage import Redrawn
    from ..risk.simulation import simulate

    return simulate(Redrawn(SIDES[side], distances, days), PATHS, seed=10)


def facts_table(distance: Any = COUNTED) -> Grid:
    """How often a line below the close was touched, and what three models say of it.

    >>> [line.split()[-2:] for line in str(facts_table()).splitlines()[2:3]]
    [['48.6', '%']]
    """
    facts = candles()
    drawn = {days: redrawn(days, (float(distance),)) for days in HORIZONS}
    rows = [
        ["counted, lows", *(_percent(facts.touched(distance, days)) for days in HORIZONS)],
        ["counted, closes", *(_percent(facts.touched(distance, days, "close")) for days in HORIZONS)],
        ["formula, one volatility", *(_percent(gaussian(days, distance)) for days in HORIZONS)],
        ["formula, each year's own", *(_percent(gaussian(days, distance, by_year=True))
                                       for days in HORIZONS)],
        ["days drawn anew", *(_percent(drawn[days].mean[0]) for days in HORIZONS)],
        ["  its standard error", *(_percent(drawn[days].standard_error[0], 2) for days in HORIZONS)],
    ]
    return Grid(f"A line {number(rational('distance', distance), unit='%')} below the close, BTC/USDT "
                f"spot, {facts.first} to {facts.last}",
                [["", *(f"within {days} day{'s' * (days > 1)}" for days in HORIZONS)], *rows])


def _percent(value: Any, places: int = 2) -> str:
    return number(rational("value", value), places if float(value) < 0.1 else 1, "%")
