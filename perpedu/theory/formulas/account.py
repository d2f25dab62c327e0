"""Chapter 6: one wallet, several legs: one leg's line, a hedge, a common move, and haircuts."""

from .. import symbols as s
from ..formula import Formula

_BOOK = "perpedu, chapter 6"
_MARK = "maintenance margin on the mark notional"

liquidation_price_cross = Formula(
    "liquidation_price_cross", s.liquidation_price,
    (s.size * s.entry_price - s.side * (s.collateral + s.other_pnl - s.other_maintenance
                                        + s.deduction))
    / (s.size * (1 - s.side * (s.maintenance_rate + s.close_fee))),
    chapter=6, source="Binance, How to Calculate Liquidation Price of USD-M Futures Contracts",
    assumptions=("linear contracts, one wallet", _MARK, "the other legs' marks are held",
                 "rate and deduction of the tier that binds at the price"))

hedge_liquidation_price = Formula(
    "hedge_liquidation_price", s.liquidation_price,
    (s.long_size * s.long_entry - s.short_size * s.short_entry - s.collateral)
    / (s.long_size - s.short_size - s.maintenance_rate * s.charged_size),
    chapter=6, source=_BOOK,
    assumptions=("linear contracts on one mark", _MARK, "one rate, no deduction, no fee",
                 "charged size: the sum (gross), the difference (net) or the larger (max side)"))

liquidation_shock = Formula(
    "liquidation_shock", s.liquidation_shock,
    -s.loss_buffer / (s.net_notional - s.shocked_maintenance),
    chapter=6, source=_BOOK, contract="any",
    assumptions=("linear contracts", "every mark moves by the shock times its beta", _MARK,
                 "no leg changes its tier on the way", "no fee"))

collateral_value = Formula(
    "collateral_value", s.collateral_value, (1 - s.haircut) * s.asset_amount * s.asset_price,
    chapter=6, source=_BOOK, assumptions=("one haircut for the whole amount",))
