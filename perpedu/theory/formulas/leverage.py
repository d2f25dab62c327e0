"""Chapter 13: where a stop is filled, which leverage it allows, and how fast money grows."""

from .. import symbols as s
from ..formula import Formula

_BOOK = "perpedu, chapter 13"
_KELLY = "Thorp (2006), The Kelly Criterion, section 7"
_FILL = "every coin filled at the same price"
_LAST = "the initial margin is the only collateral", "one tier, no deduction", "close fee inside"
_KEPT = ("leverage kept up by trading all the time", "drift and volatility stay as they are",
         "no jumps, no fees")


def _leverage(name, result, expression, source, *conventions, contract="any") -> Formula:
    return Formula(name, result, expression, chapter=13, source=source, contract=contract,
                   assumptions=conventions)


fill_price = _leverage(
    "fill_price", s.exit_price, s.stop_price * (1 - s.side * s.slippage), _BOOK,
    "slippage as a fraction of the stop price, against the trader", _FILL)

nearest_stop = _leverage(
    "nearest_stop", s.nearest_stop, s.liquidation_price / (1 - s.side * s.slippage), _BOOK,
    "slippage as a fraction of the stop price, against the trader", _FILL,
    "stop and line look at the same price")

stop_left = _leverage(
    "stop_left", s.stop_left,
    s.collateral + s.side * s.size * (s.exit_price - s.entry_price)
    - s.close_fee * s.size * s.exit_price, _BOOK,
    "linear contract", "the whole position is closed", _FILL, "fee on the notional at the exit",
    contract="linear")

stop_leverage = _leverage(
    "stop_leverage", s.stop_leverage,
    s.entry_price / (s.side * (s.entry_price - s.exit_price)
                     + (s.maintenance_rate + s.close_fee) * s.exit_price), _BOOK,
    "linear contract", "maintenance margin on the mark notional", *_LAST, contract="linear")

stop_leverage_entry_basis = _leverage(
    "stop_leverage_entry_basis", s.stop_leverage,
    s.entry_price / (s.side * (s.entry_price - s.exit_price)
                     + s.maintenance_rate * s.entry_price + s.close_fee * s.exit_price), _BOOK,
    "linear contract", "maintenance margin on the entry notional", *_LAST, contract="linear")

jump_share = _leverage(
    "jump_share", s.jump_share, (s.liquidation_price / s.stop_price)**(s.side / s.jump_mean), _BOOK,
    "exponential jumps of the logarithm, against the position", "the stop lies before the line",
    "stop and line look at the same price")

leverage_growth = _leverage(
    "leverage_growth", s.leverage_growth,
    s.leverage * (s.drift - s.funding_a_year) - s.leverage**2 * s.volatility**2 / 2, _KELLY, *_KEPT)

kelly_leverage = _leverage(
    "kelly_leverage", s.kelly_leverage, (s.drift - s.funding_a_year) / s.volatility**2, _KELLY,
    *_KEPT)

zero_growth_leverage = _leverage(
    "zero_growth_leverage", s.zero_growth_leverage,
    2 * (s.drift - s.funding_a_year) / s.volatility**2, _KELLY, *_KEPT)

kelly_growth = _leverage(
    "kelly_growth", s.kelly_growth,
    (s.drift - s.funding_a_year)**2 / (2 * s.volatility**2), _KELLY, *_KEPT)
