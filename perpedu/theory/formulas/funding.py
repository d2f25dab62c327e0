"""Chapter 8: what funding is, who pays it, and how it wears a position down."""

from .. import symbols as s
from ..formula import Formula

_BOOK = "perpedu, chapter 8"
_RATE = "Binance, Introduction to Funding Rates"
_FLAT = "the mark price and the rate stay as they are"


def _funding(name, result, expression, source, *conventions, contract="any") -> Formula:
    return Formula(name, result, expression, chapter=8, source=source, contract=contract,
                   assumptions=conventions)


funding_rate = _funding(
    "funding_rate", s.funding_rate, s.premium + s.direction * s.clamp, _RATE,
    "premium further from interest than the clamp", "before the caps")

funding_payment = _funding(
    "funding_payment", s.funding_payment, s.side * s.notional * s.funding_rate, _RATE,
    "on the notional at the mark price", "a positive payment leaves the collateral")

funding_shift = _funding(
    "funding_shift", s.funding_shift,
    s.notional * s.funding_rate / (s.size * (1 - s.side * s.maintenance_rate)), _BOOK,
    "linear contract", "the payment is taken from collateral",
    "maintenance margin on the mark notional", "the same tier binds before and after",
    contract="linear")

funding_intervals = _funding(
    "funding_intervals", s.funding_intervals,
    s.loss_buffer / (s.side * s.notional * s.funding_rate), _BOOK, _FLAT,
    "equity down to the maintenance margin", "below 0: never, for funding is received")

funding_a_year = _funding(
    "funding_a_year", s.funding_a_year, s.intervals_a_year * s.funding_rate, _BOOK,
    "simple, not compounded", _FLAT)

funding_on_margin = _funding(
    "funding_on_margin", s.funding_on_margin,
    s.leverage * s.intervals_a_year * s.funding_rate, _BOOK, "simple, not compounded", _FLAT,
    "over the initial margin")

carry_intervals = _funding(
    "carry_intervals", s.carry_intervals, s.carry_cost / s.funding_rate, _BOOK,
    "spot bought, perpetual sold in the same amount", "costs of opening and closing both", _FLAT)
