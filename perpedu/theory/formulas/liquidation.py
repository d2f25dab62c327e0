"""Chapter 2: where equity meets the requirement, linear contract."""

from .. import symbols as s
from ..formula import Formula

_BOOK = "perpedu, chapter 2"
_MARK = ("maintenance margin on the mark notional", "close fee on the exit notional",
         "rate and deduction of the tier that binds at the price", "liquidated when equity <= requirement")
_ENTRY = ("maintenance margin on the entry notional", "close fee on the exit notional",
          "liquidated when equity <= requirement")

liquidation_price = Formula(
    "liquidation_price", s.liquidation_price,
    (s.size * s.entry_price - s.side * (s.collateral + s.deduction))
    / (s.size * (1 - s.side * (s.maintenance_rate + s.close_fee))),
    chapter=2, source=_BOOK, assumptions=("linear contract", *_MARK))

liquidation_price_long = liquidation_price.at("liquidation_price_long", side=1)
liquidation_price_short = liquidation_price.at("liquidation_price_short", side=-1)

liquidation_price_entry_basis = Formula(
    "liquidation_price_entry_basis", s.liquidation_price,
    (s.size * s.entry_price - s.side * (s.collateral - s.entry_maintenance_margin))
    / (s.size * (1 - s.side * s.close_fee)),
    chapter=2, source=_BOOK, assumptions=("linear contract", *_ENTRY))

bankruptcy_price = Formula(
    "bankruptcy_price", s.bankruptcy_price,
    (s.size * s.entry_price - s.side * s.collateral) / (s.size * (1 - s.side * s.close_fee)),
    chapter=2, source=_BOOK, assumptions=("linear contract", "equity equals the close fee"))
