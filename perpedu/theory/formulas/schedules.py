"""Chapter 5: rates that are no tier table: by size, by leverage cap, by steps, by open interest."""

from .. import symbols as s
from ..formula import Formula


def _schedule(name, result, expression, source, *conventions, contract="any") -> Formula:
    return Formula(name, result, expression, chapter=5, source=source, contract=contract,
                   assumptions=conventions)


_DERIBIT = "Deribit, linear perpetuals: 1 % and 0.005 % per BTC"
_SIZE = "the rate grows with the size in coin, not with the price"

schedule_rate = _schedule(
    "schedule_rate", s.maintenance_rate, s.base_rate + s.rate_slope * s.size, _DERIBIT, _SIZE,
    contract="linear")

schedule_maintenance_margin = _schedule(
    "schedule_maintenance_margin", s.maintenance_margin,
    (s.base_rate + s.rate_slope * s.size) * s.size * s.mark_price, _DERIBIT, _SIZE,
    "the whole notional at the mark price pays the rate: quadratic in size", contract="linear")

schedule_marginal_rate = _schedule(
    "schedule_marginal_rate", s.marginal_rate, s.base_rate + 2 * s.rate_slope * s.size, _DERIBIT,
    _SIZE, "the next small part of a coin, as a fraction of its own notional", contract="linear")

schedule_size = _schedule(
    "schedule_size", s.size, (s.maintenance_rate - s.base_rate) / s.rate_slope, _DERIBIT, _SIZE,
    contract="linear")

half_leverage_rate = _schedule(
    "half_leverage_rate", s.maintenance_rate, 1 / (2 * s.max_leverage),
    "Hyperliquid, margining", "half of the initial rate at the highest leverage")

liquidation_price_available = _schedule(
    "liquidation_price_available", s.liquidation_price,
    s.mark_price - s.side * s.loss_buffer / (s.size * (1 - s.side * s.maintenance_rate)),
    "Hyperliquid, liquidations", "linear contract", "maintenance margin on the mark notional",
    "one rate, no fee", "the buffer is equity less maintenance margin at this mark price",
    contract="linear")

step_rate = _schedule(
    "step_rate", s.maintenance_rate, s.base_rate + s.steps * s.rate_step,
    "BitMEX, risk limits", "the whole position pays the rate of its step")

open_interest_rate = _schedule(
    "open_interest_rate", s.initial_rate,
    s.base_rate + (1 - s.base_rate) * (s.open_interest - s.open_interest_lower)
    / (s.open_interest_upper - s.open_interest_lower),
    "dYdX v4, open interest and the initial margin fraction",
    "open interest between the two bounds", "moves the initial rate, not the maintenance rate")
