"""Chapter 3: what opening, closing and being liquidated cost, and how fees move the line."""

from .. import symbols as s
from ..formula import Formula

_BOOK = "perpedu, chapter 3"
_OPENED = "the opening fee is paid out of the initial margin"
_PLAIN = ("the initial margin less the opening fee is the only collateral",
          "one rate, no deduction", "close fee on the notional at the exit price")
_MARK = "maintenance margin on the mark notional"
_LEFT = 1 / s.leverage - s.opening_fee_rate
_NEED = s.maintenance_rate + s.close_fee


def _fee(name, result, expression, *conventions, contract="linear") -> Formula:
    return Formula(name, result, expression, chapter=3, source=_BOOK, contract=contract,
                   assumptions=conventions)


opening_fee = _fee(
    "opening_fee", s.opening_fee, s.opening_fee_rate * s.entry_notional,
    "on the notional at entry", contract="any")

fee_share_of_margin = _fee(
    "fee_share_of_margin", s.fee_share_of_margin, s.leverage * (s.opening_fee_rate + s.close_fee),
    "opened and closed at the entry price", "over the initial margin", contract="any")

break_even_price = _fee(
    "break_even_price", s.break_even_price,
    s.entry_price * (1 + s.side * s.opening_fee_rate) / (1 - s.side * s.close_fee),
    "linear contract", "no funding")

inverse_break_even_price = _fee(
    "inverse_break_even_price", s.break_even_price,
    s.entry_price * (1 + s.side * s.close_fee) / (1 - s.side * s.opening_fee_rate),
    "inverse contract", "fees in coin, on the coin notional", "no funding", contract="inverse")

liquidation_price_with_fee = _fee(
    "liquidation_price_with_fee", s.liquidation_price,
    s.line_without_fee * (1 - s.side * s.maintenance_rate) / (1 - s.side * _NEED),
    "linear contract", _MARK, "close fee on the exit notional",
    "the same tier binds at both")

inverse_liquidation_price_with_fee = _fee(
    "inverse_liquidation_price_with_fee", s.liquidation_price,
    s.line_without_fee * (1 + s.side * _NEED) / (1 + s.side * s.maintenance_rate),
    "inverse contract", _MARK, "close fee on the exit notional",
    "the same tier binds at both", contract="inverse")

liquidation_distance_with_fees = _fee(
    "liquidation_distance_with_fees", s.liquidation_distance,
    (_LEFT - _NEED) / (1 - s.side * _NEED), "linear contract", *_PLAIN, _MARK, _OPENED)

liquidation_distance_with_fees_entry_basis = _fee(
    "liquidation_distance_with_fees_entry_basis", s.liquidation_distance,
    (_LEFT - _NEED) / (1 - s.side * s.close_fee), "linear contract", *_PLAIN,
    "maintenance margin on the entry notional", _OPENED)

inverse_liquidation_distance_with_fees = _fee(
    "inverse_liquidation_distance_with_fees", s.liquidation_distance,
    (_LEFT - _NEED) / (1 + s.side * _LEFT), "inverse contract", *_PLAIN, _MARK, _OPENED,
    contract="inverse")

liquidation_fee = _fee(
    "liquidation_fee", s.liquidation_fee, s.liquidation_fee_rate * s.notional,
    "on the notional that is closed, at the liquidation price",
    "what is asked, before the cap by what is left", contract="any")

liquidation_remainder = _fee(
    "liquidation_remainder", s.liquidation_remainder, s.maintenance_margin - s.liquidation_fee,
    "equity just meets the maintenance margin", "closed at the liquidation price",
    "below 0 the fee cannot be collected in full", contract="any")
