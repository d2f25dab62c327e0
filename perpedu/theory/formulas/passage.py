"""Chapter 10: how likely it is that the price touches a line within a given time."""

from sympy import Min, exp, log, sqrt

from .. import symbols as s
from ..formula import Formula
from ..functions import Phi

_BOOK = "perpedu, chapter 10"
_WALK = ("the logarithm of the price is a Brownian motion with drift",
         "volatility, drift and line stay as they are", "the price is watched at every moment")
_LINE = ("linear contract, maintenance margin on the mark notional", "one tier without deduction",
         "no close fee, no funding")


def _passage(name, result, expression, *conventions) -> Formula:
    return Formula(name, result, expression, chapter=10, source=_BOOK, contract="any",
                   assumptions=conventions)


log_drift = _passage(
    "log_drift", s.log_drift, s.drift - s.volatility**2 / 2,
    "the price is a geometric Brownian motion", "drift 0: the expected price stays as it is")

horizon = _passage("horizon", s.horizon, s.days_ahead / 365, "a year of 365 days")

log_barrier = _passage(
    "log_barrier", s.log_barrier, log(s.liquidation_price / s.mark_price),
    "natural logarithm", "the line stands still")

log_barrier_leverage = _passage(
    "log_barrier_leverage", s.log_barrier,
    log((1 - s.side / s.leverage) / (1 - s.side * s.maintenance_rate)),
    "natural logarithm", "the price now is the entry price", *_LINE)

_spread = s.volatility * sqrt(s.horizon)
_beyond = Phi(s.side * (s.log_barrier - s.log_drift * s.horizon) / _spread)
_reflected = Phi(s.side * (s.log_barrier + s.log_drift * s.horizon) / _spread)
_tilt = exp(2 * s.log_drift * s.log_barrier / s.volatility**2)

finish_probability = _passage(
    "finish_probability", s.finish_probability, _beyond, *_WALK[:2],
    "only the price at the horizon counts")

touch_probability = _passage(
    "touch_probability", s.touch_probability, _beyond + _tilt * _reflected, *_WALK,
    "the line lies below the price for a long, above it for a short")

touch_ever = _passage(
    "touch_ever", s.touch_ever, Min(1, _tilt), *_WALK,
    "certain unless the drift of the logarithm leads away from the line")

funded_drift = _passage(
    "funded_drift", s.funded_drift, s.log_drift - s.funding_a_year / (1 - s.side / s.leverage),
    "an approximation: funding is paid all the time, on the notional at entry",
    "linear contract, the position is fresh", "funding above 0 moves both sides' lines up")

touch_probability_long, touch_probability_short = (
    _passage(f"touch_probability_{word}", s.touch_probability,
             touch_probability.expression.xreplace({s.side: side}).xreplace({
                 s.log_barrier: log_barrier_leverage.expression.xreplace({s.side: side}),
                 s.log_drift: log_drift.expression}),
             f"a {word} just opened", *_WALK, *_LINE)
    for word, side in (("long", 1), ("short", -1)))
