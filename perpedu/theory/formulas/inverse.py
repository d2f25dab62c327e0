"""The ledger and the liquidation line of an inverse (coin-margined) contract; money in coin."""

from .. import symbols as s
from ..formula import Formula

_BOOK = "perpedu, chapter 2b"
_COIN = ("inverse contract", "notional, PnL and collateral in coin")


def _inverse(name, result, expression, *conventions) -> Formula:
    return Formula(name, result, expression, chapter=2, source=_BOOK, contract="inverse",
                   assumptions=_COIN + conventions)


inverse_notional = _inverse(
    "inverse_notional", s.notional, s.contracts * s.face / s.mark_price,
    "notional at the mark price")

inverse_entry_notional = _inverse(
    "inverse_entry_notional", s.entry_notional, s.contracts * s.face / s.entry_price,
    "notional at the entry price")

inverse_unrealized_pnl = _inverse(
    "inverse_unrealized_pnl", s.unrealized_pnl,
    s.side * s.contracts * s.face * (1 / s.entry_price - 1 / s.mark_price))

inverse_realized_pnl = _inverse(
    "inverse_realized_pnl", s.realized_pnl,
    s.side * s.closed_contracts * s.face * (1 / s.entry_price - 1 / s.exit_price))

inverse_average_entry = _inverse(
    "inverse_average_entry", s.average_entry,
    (s.contracts + s.added_contracts)
    / (s.contracts / s.entry_price + s.added_contracts / s.added_price),
    "both parts on the same side", "an average of 1/price: the harmonic mean")

inverse_liquidation_price = _inverse(
    "inverse_liquidation_price", s.liquidation_price,
    s.contracts * s.face * (1 + s.side * (s.maintenance_rate + s.close_fee))
    / (s.contracts * s.face / s.entry_price + s.side * (s.collateral + s.deduction)),
    "maintenance margin on the mark notional", "close fee on the exit notional")

inverse_liquidation_price_long = inverse_liquidation_price.at(
    "inverse_liquidation_price_long", side=1)
inverse_liquidation_price_short = inverse_liquidation_price.at(
    "inverse_liquidation_price_short", side=-1)

inverse_liquidation_price_entry_basis = _inverse(
    "inverse_liquidation_price_entry_basis", s.liquidation_price,
    s.contracts * s.face * (1 + s.side * s.close_fee)
    / (s.contracts * s.face / s.entry_price
       + s.side * (s.collateral - s.entry_maintenance_margin)),
    "maintenance margin on the entry notional", "close fee on the exit notional")

inverse_bankruptcy_price = _inverse(
    "inverse_bankruptcy_price", s.bankruptcy_price,
    s.contracts * s.face * (1 + s.side * s.close_fee)
    / (s.contracts * s.face / s.entry_price + s.side * s.collateral),
    "equity equals the close fee")

_PLAIN = ("initial margin is the only collateral", "one rate, no deduction, no fee",
          "maintenance margin on the mark notional")

inverse_liquidation_price_leverage = _inverse(
    "inverse_liquidation_price_leverage", s.liquidation_price,
    s.entry_price * (1 + s.side * s.maintenance_rate) / (1 + s.side / s.leverage), *_PLAIN)

inverse_liquidation_distance = _inverse(
    "inverse_liquidation_distance", s.liquidation_distance,
    (1 / s.leverage - s.maintenance_rate) / (1 + s.side / s.leverage), *_PLAIN)

inverse_risk_size = _inverse(
    "inverse_risk_size", s.contracts,
    s.risk / (s.face * (s.side * (1 / s.stop_price - 1 / s.entry_price)
                        + s.close_fee / s.stop_price)),
    "filled at the stop price", "close fee on the notional at the stop")
