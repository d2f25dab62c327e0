"""Chapter 12: distances in daily ranges, the parts of a result, and how many trades it takes."""

from .. import symbols as s
from ..formula import Formula

_BOOK = "perpedu, chapter 12"
_TILTLESS = "Tiltless, Maintenance margin (Trading Glossary): a buffer in multiples of ADR"
_ONE_TIER = ("linear contract", "one tier without a deduction", "no fee")
_WILSON = "E. B. Wilson, Journal of the American Statistical Association 22 (1927)"


def _buffers(name, result, expression, source=_BOOK, *conventions, contract="any") -> Formula:
    return Formula(name, result, expression, chapter=12, source=source, contract=contract,
                   assumptions=conventions)


daily_range = _buffers(
    "daily_range", s.daily_range, (s.high_price - s.low_price) / s.open_price, _BOOK,
    "against the first price of the day")

buffer_in_ranges = _buffers(
    "buffer_in_ranges", s.buffer_in_ranges, s.liquidation_distance / s.average_range, _TILTLESS,
    "distance and range both as fractions of a price")

buffer_leverage = _buffers(
    "buffer_leverage", s.buffer_leverage,
    1 / (s.range_multiple * s.average_range * (1 - s.side * s.maintenance_rate)
         + s.maintenance_rate), _BOOK,
    *_ONE_TIER, "maintenance margin on the mark notional", contract="linear")

buffer_leverage_entry_basis = _buffers(
    "buffer_leverage_entry_basis", s.buffer_leverage,
    1 / (s.range_multiple * s.average_range + s.maintenance_rate), _BOOK,
    *_ONE_TIER, "maintenance margin on the entry notional", contract="linear")

price_pnl = _buffers(
    "price_pnl", s.price_pnl, s.side * s.size * (s.reference_exit - s.reference_entry), _BOOK,
    "linear contract", "from the price of one decision to that of the other", contract="linear")

execution_pnl = _buffers(
    "execution_pnl", s.execution_pnl,
    s.side * s.size * (s.reference_entry - s.entry_price + s.exit_price - s.reference_exit), _BOOK,
    "linear contract", "fills against the prices of the decisions", contract="linear")

net_pnl = _buffers(
    "net_pnl", s.net_pnl, s.price_pnl + s.execution_pnl - s.fees_paid - s.funding_paid, _BOOK,
    "what was paid counts above 0")

interval_centre = _buffers(
    "interval_centre", s.interval_centre,
    (s.wins + s.critical_value**2 / 2) / (s.trades + s.critical_value**2), _WILSON,
    "Wilson's interval", "trades independent of each other")

sample_size = _buffers(
    "sample_size", s.sample_size, s.critical_value**2 * (1 / (4 * s.half_width**2) - 1), _WILSON,
    "Wilson's interval at its widest, a share of one half", "rounded up to whole trades")
