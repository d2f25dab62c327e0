"""Chapter 15: the smallest close that restores, the fund's part of a takeover, and cascades."""

from .. import symbols as s
from ..formula import Formula

_BOOK = "perpedu, chapter 15"
_MARK = "maintenance margin on the mark notional"
_LEFT = "the same tier binds for what remains"
_FEE = "the liquidation fee is paid on what is closed, at its exit price"
_WORTH = s.contracts * s.face / s.mark_price


def _engine(name, result, expression, *conventions, contract="linear") -> Formula:
    return Formula(name, result, expression, chapter=15, source=_BOOK, contract=contract,
                   assumptions=conventions)


equity_at_line = _engine(
    "equity_at_line", s.equity,
    s.maintenance_rate * s.size * s.liquidation_price - s.deduction,
    "linear contract", _MARK, "at the liquidation price", "no close fee inside the threshold")

restoring_close = _engine(
    "restoring_close", s.closed_size,
    (s.maintenance_rate * s.size * s.mark_price - s.deduction - s.equity)
    / (s.maintenance_rate * s.mark_price - s.side * (s.mark_price - s.exit_price)
       - s.liquidation_fee_rate * s.exit_price),
    "linear contract", _MARK, _LEFT, _FEE, "equity before the close, at the mark",
    "there is none where closing a coin costs as much as it frees")

inverse_restoring_close = _engine(
    "inverse_restoring_close", s.closed_contracts,
    (s.maintenance_rate * _WORTH - s.deduction - s.equity)
    / (s.maintenance_rate * s.face / s.mark_price
       - s.side * s.face * (1 / s.exit_price - 1 / s.mark_price)
       - s.liquidation_fee_rate * s.face / s.exit_price),
    "inverse contract", "maintenance margin on the coin notional at the mark", _LEFT, _FEE,
    "equity before the close, at the mark, in coin", contract="inverse")

restored_notional = _engine(
    "restored_notional", s.restored_notional, (s.equity + s.deduction) / s.maintenance_rate,
    "closed at the mark price, without a fee", "of a marginal table the smallest over its tiers",
    contract="any")

fund_change = _engine(
    "fund_change", s.fund_change, s.side * s.size * (s.exit_price - s.bankruptcy_price),
    "linear contract", "taken over at the bankruptcy price and closed at the exit price",
    "no fee")

inverse_fund_change = _engine(
    "inverse_fund_change", s.fund_change,
    s.side * s.contracts * s.face * (1 / s.bankruptcy_price - 1 / s.exit_price),
    "inverse contract", "taken over at the bankruptcy price and closed at the exit price", "no fee",
    contract="inverse")

cascade_ratio = _engine(
    "cascade_ratio", s.cascade_ratio, s.impact * s.line_density,
    "impact in proportion to what is sold", "every account on its line is closed whole",
    contract="any")

whole_move = _engine(
    "whole_move", s.whole_move, s.first_move / (1 - s.cascade_ratio),
    "the ratio is the same all along the move", "a ratio below 1: from 1 on the cascade runs",
    contract="any")

impact = _engine(
    "impact", s.impact, 1 / (100 * s.depth), "impact in proportion to what is sold",
    "the depth is what moves the price by 1 %", contract="any")

fund_need = _engine(
    "fund_need", s.fund_need,
    s.mark_price * s.line_density * s.whole_move * (s.first_move / 2 - s.maintenance_rate),
    "linear contracts of one side, one tier, no deduction", "small moves, in proportion",
    "lines evenly spread, the ratio below 1",
    "all that remains goes to the fund", "every round is closed at its average price")
