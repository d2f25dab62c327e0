"""Chapter 1: the ledger of one linear position, from notional to margin ratio."""

from .. import symbols as s
from ..formula import Formula

_PNL = ("linear contract", "no fees, no funding")
_MARK = ("notional at the mark price",)
_BOOK = "perpedu, chapter 1"

notional = Formula(
    "notional", s.notional, s.size * s.mark_price, chapter=1,
    source="Maintenance Margin Tiers Explained For Crypto Perps, XXKK, 2026 (001:46)",
    assumptions=("linear contract", *_MARK))

entry_notional = Formula(
    "entry_notional", s.entry_notional, s.size * s.entry_price, chapter=1,
    source="Maintenance Margin Explained For BTCUSDT, XXKK, 2026-02-25 (000:20)",
    assumptions=("linear contract", "notional at the entry price"))

initial_margin = Formula(
    "initial_margin", s.initial_margin, s.entry_notional / s.leverage, chapter=1, contract="any",
    source="Maintenance Margin Explained For BTCUSDT, XXKK, 2026-02-25 (000:21)",
    assumptions=("notional at the entry price",))

unrealized_pnl = Formula(
    "unrealized_pnl", s.unrealized_pnl, s.side * s.size * (s.mark_price - s.entry_price),
    chapter=1, source=_BOOK, assumptions=_PNL)

equity = Formula(
    "equity", s.equity, s.collateral + s.unrealized_pnl, chapter=1, contract="any",
    source=_BOOK + "; with a minus in 002:44, which is wrong",
    assumptions=("plus, not minus, the unrealized PnL", "fees and funding already in collateral"))

maintenance_margin = Formula(
    "maintenance_margin", s.maintenance_margin,
    s.maintenance_rate * s.notional - s.deduction, chapter=1, contract="any",
    source="Binance leverage and margin brackets, 2026-09",
    assumptions=(*_MARK, "rate and deduction of the tier that holds this notional"))

entry_maintenance_margin = Formula(
    "entry_maintenance_margin", s.entry_maintenance_margin,
    s.maintenance_rate * s.entry_notional - s.deduction, chapter=1, contract="any",
    source="Maintenance Margin Explained For BTCUSDT, XXKK, 2026-02-25 (000:22)",
    assumptions=("notional at the entry price",))

requirement = Formula(
    "requirement", s.requirement, s.maintenance_margin + s.close_fee * s.notional,
    chapter=1, contract="any", source=_BOOK,
    assumptions=(*_MARK, "the close fee counts inside the threshold"))

margin_ratio = Formula(
    "margin_ratio", s.margin_ratio, s.maintenance_margin / s.equity, chapter=1, contract="any",
    source="Maintenance Margin Explained For BTCUSDT, XXKK, 2026-02-25 (000:24)",
    assumptions=("maintenance margin over equity: rises to 100 % at liquidation",))

margin_level = Formula(
    "margin_level", s.margin_level, s.equity / s.maintenance_margin, chapter=1, contract="any",
    source="OKX convention",
    assumptions=("equity over maintenance margin: falls to 100 % at liquidation",))

effective_rate = Formula(
    "effective_rate", s.effective_rate, s.maintenance_margin / s.notional, chapter=1,
    contract="any", source="How do I calculate the maintenance margin ratio, kdj.com, "
    "2025-09-27 (004:34)", assumptions=("maintenance margin over notional: the rate itself, "
                                        "where there is no deduction",))

available_balance = Formula(
    "available_balance", s.available_balance, s.equity - s.initial_margin, chapter=1,
    contract="any", source=_BOOK, assumptions=("one position", "initial margin at entry notional"))

loss_buffer = Formula(
    "loss_buffer", s.loss_buffer, s.equity - s.maintenance_margin, chapter=1, contract="any",
    source="Maintenance Margin Explained For BTCUSDT, XXKK, 2026-02-25 (000:43)",
    assumptions=(*_MARK, "no close fee"))

effective_leverage = Formula(
    "effective_leverage", s.effective_leverage, s.notional / s.equity, chapter=1, contract="any",
    source=_BOOK, assumptions=_MARK)

average_entry = Formula(
    "average_entry", s.average_entry,
    (s.size * s.entry_price + s.added_size * s.added_price) / (s.size + s.added_size),
    chapter=1, source=_BOOK, assumptions=("linear contract", "both parts on the same side"))

realized_pnl = Formula(
    "realized_pnl", s.realized_pnl, s.side * s.closed_size * (s.exit_price - s.entry_price),
    chapter=1, source=_BOOK, assumptions=_PNL)
