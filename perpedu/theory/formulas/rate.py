"""Chapter 14: the rate that a venue needs, from the time it takes to close and what closing costs."""

from sympy import Rational, exp, pi, sqrt

from .. import symbols as s
from ..formula import Formula
from ..functions import Phi

_BOOK = "perpedu, chapter 14"
_ROOT_OF_TIME = "moves of one minute and the next are independent and alike"
_IMPACT = "Toth and others, Anomalous Price Impact, 2011; Donier and Bonart on Bitcoin, 2015"
_SQUARE_ROOT = "impact grows as the root of the share of a day's volume"
_NORMAL = "the move is normal, with mean 0"


def _rate(name, result, expression, source, *conventions) -> Formula:
    return Formula(name, result, expression, chapter=14, source=source, contract="any",
                   assumptions=conventions)


closeout_time = _rate(
    "closeout_time", s.closeout_time, s.closeout_minutes / 1440, _BOOK, "a day of 24 hours")

closeout_deviation = _rate(
    "closeout_deviation", s.closeout_deviation,
    s.daily_volatility * sqrt(s.closeout_time), _BOOK, _ROOT_OF_TIME)

move_rate = _rate(
    "move_rate", s.move_rate,
    s.tail_multiple * s.daily_volatility * sqrt(s.closeout_time), _BOOK,
    _ROOT_OF_TIME, "the move at the end of the close-out, to one side")

covered_time = _rate(
    "covered_time", s.closeout_time,
    (s.move_rate / (s.tail_multiple * s.daily_volatility)) ** 2, _BOOK,
    _ROOT_OF_TIME, "the move at the end of the close-out, to one side")

impact_rate = _rate(
    "impact_rate", s.impact_rate,
    s.impact_factor * s.daily_volatility * sqrt(s.notional / s.daily_volume), _IMPACT,
    _SQUARE_ROOT, "average price paid, against the price before")

needed_rate = _rate(
    "needed_rate", s.needed_rate, s.move_rate + s.impact_rate, _BOOK,
    "both at once: the price moves, and closing moves it", "no fee")

implied_volume = _rate(
    "implied_volume", s.daily_volume,
    s.notional * (s.impact_factor * s.daily_volatility / s.impact_rate) ** 2, _BOOK, _SQUARE_ROOT)

marginal_impact_rate = _rate(
    "marginal_impact_rate", s.marginal_rate,
    Rational(3, 2) * s.impact_factor * s.daily_volatility * sqrt(s.notional / s.daily_volume),
    _BOOK, _SQUARE_ROOT, "what the last unit of notional adds to the requirement")

expected_deficit = _rate(
    "expected_deficit", s.expected_deficit,
    s.closeout_deviation * exp(-s.maintenance_rate**2 / (2 * s.closeout_deviation**2))
    / sqrt(2 * pi)
    - s.maintenance_rate * Phi(-s.maintenance_rate / s.closeout_deviation),
    _BOOK, _NORMAL, "equity at the maintenance margin as the close-out begins",
    "a fraction of the notional")

leverage_at_line = _rate(
    "leverage_at_line", s.effective_leverage, 1 / s.maintenance_rate, _BOOK,
    "equity at the maintenance margin", "one tier, no deduction", "on the mark notional, no fee")
