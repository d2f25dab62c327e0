"""Chapter 16: who is closed, and who pays, when margin and fund are not enough."""

from .. import symbols as s
from ..formula import Formula

_BOOK = "perpedu, chapter 16"
_BITMEX = "BitMEX, Auto-Deleveraging"
_RISK = "Campbell, Hey, Moallemi and Nutz, Risk-Based Auto-Deleveraging, arXiv 2603.15963"
_MARK = "equity and notional at the mark price"
_KEPT = "equity as it was before anyone was closed"


def _adl(name, result, expression, source, *conventions, contract="any") -> Formula:
    return Formula(name, result, expression, chapter=16, source=source, contract=contract,
                   assumptions=conventions)


# what is missing, and how much of the position that is

deficit = _adl(
    "deficit", s.deficit, s.side * s.size * (s.bankruptcy_price - s.mark_price), _BOOK,
    "linear contract", "side of the bankrupt position", "below 0: nothing is missing",
    contract="linear")

deleveraged_size = _adl(
    "deleveraged_size", s.deleveraged_size,
    s.uncovered_loss / (s.side * (s.bankruptcy_price - s.mark_price)), _BOOK,
    "linear contract", "side of the bankrupt position", "mark price beyond the bankruptcy price",
    contract="linear")

given_up = _adl(
    "given_up", s.given_up, s.side * s.cut_size * (s.mark_price - s.bankruptcy_price), _BITMEX,
    "linear contract", "side of the counterparty",
    "closed at the bankruptcy price of the other side", contract="linear")

# queues

pnl_share = _adl("pnl_share", s.pnl_share, s.unrealized_pnl / s.entry_notional, _BITMEX,
                 "over the notional at entry")

queue_score_profit = _adl("queue_score_profit", s.queue_score, s.pnl_share * s.effective_leverage,
                          _BITMEX, "PnL above 0", _MARK)

queue_score_loss = _adl("queue_score_loss", s.queue_score, s.pnl_share / s.effective_leverage,
                        _BITMEX, "PnL of 0 or below", _MARK)

queue_score_price = _adl(
    "queue_score_price", s.queue_score,
    s.mark_price / s.entry_price * s.notional / s.equity, "Hyperliquid docs, Auto-deleveraging",
    "account value is equity", _MARK)

queue_score_return = _adl(
    "queue_score_return", s.queue_score, s.unrealized_pnl / s.collateral * s.margin_ratio,
    "Binance, What Is Auto-Deleveraging, page of 2021", "PnL above 0",
    "margin ratio is maintenance margin over equity")

# shares

pro_rata_cut = _adl(
    "pro_rata_cut", s.cut_size, s.deleveraged_size * s.size / s.counter_size, _BOOK,
    "no more is to be closed than all counterparties hold", contract="linear")

water_level = _adl(
    "water_level", s.water_level,
    (s.drained_notional - s.deleveraged_notional) / s.drained_equity, _RISK, _KEPT,
    "summed over the counterparties above the level")

water_cut = _adl("water_cut", s.water_cut, s.notional - s.water_level * s.equity, _RISK, _KEPT,
                 "leverage above the level; 0 for the others")

socialized_loss = _adl(
    "socialized_loss", s.socialized_loss, s.uncovered_loss * s.unrealized_pnl / s.total_profit,
    "Deribit support, Insurance Fund", "PnL above 0", "the profits together exceed the loss")
