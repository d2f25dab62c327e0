"""Chapter 11: alerts before the line, and looks that come at intervals."""

from sympy import exp, sqrt

from .. import symbols as s
from ..formula import Formula
from ..functions import Phi
from .passage import touch_probability

_BOOK = "perpedu, chapter 11"
_SHIFT = "Broadie, Glasserman and Kou, A continuity correction for discrete barrier options (1997)"
_LINE = ("linear contract, maintenance margin on the mark notional", "one tier without deduction",
         "no close fee")
_WALK = ("the logarithm of the price is a Brownian motion with drift",
         "volatility, drift and line stay as they are")


def _watching(name, result, expression, *conventions, contract="any", source=_BOOK) -> Formula:
    return Formula(name, result, expression, chapter=11, source=source, contract=contract,
                   assumptions=conventions)


alert_price = _watching(
    "alert_price", s.alert_price,
    s.alert_level * (s.size * s.entry_price - s.side * s.collateral)
    / (s.size * (s.alert_level - s.side * s.maintenance_rate)),
    "level: maintenance margin over equity", *_LINE, contract="linear")

alert_gap = _watching(
    "alert_gap", s.alert_gap,
    s.maintenance_rate * (1 - s.alert_level) / (s.alert_level - s.side * s.maintenance_rate),
    "as a part of the liquidation price", "level: maintenance margin over equity", *_LINE,
    contract="linear")

bridge_touch = _watching(
    "bridge_touch", s.bridge_touch,
    exp(-2 * s.room_before * s.room_after / (s.volatility**2 * s.look_interval)), *_WALK,
    "both looks find the price short of the line")

barrier_shift = _watching(
    "barrier_shift", s.barrier_shift,
    s.look_constant * s.volatility * sqrt(s.look_interval), *_WALK,
    "an approximation: the next terms are small where looks are many",
    "the constant is −ζ(1/2)/√(2π), 0.5826", source=_SHIFT)

watched_probability = _watching(
    "watched_probability", s.watched_probability,
    touch_probability.expression.xreplace({
        s.log_barrier: s.log_barrier - s.side * s.barrier_shift}), *_WALK,
    "looks at even intervals, the last at the horizon", "the line moved away by the barrier shift",
    source=_SHIFT)

_TO_ACT = s.volatility * sqrt(s.look_interval + s.reaction_time)

late_probability = _watching(
    "late_probability", s.late_probability, 2 * Phi(-s.room_before / _TO_ACT), *_WALK,
    "no drift of the logarithm, for the time is short",
    "at worst the alert's level was passed just after a look")

lead_distance = _watching(
    "lead_distance", s.room_before, s.quantile * _TO_ACT, *_WALK,
    "no drift of the logarithm, for the time is short",
    "quantile 2.576: late in 1 % of cases; 1.960: in 5 %")
