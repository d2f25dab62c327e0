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

_PLAIN = ("linear contract", "initial margin is the only collateral",
          "one rate, no deduction, no fee", "liquidated when equity <= maintenance margin")

liquidation_price_leverage = Formula(
    "liquidation_price_leverage", s.liquidation_price,
    s.entry_price * (1 - s.side / s.leverage) / (1 - s.side * s.maintenance_rate),
    chapter=2, source=_BOOK, assumptions=(*_PLAIN, "maintenance margin on the mark notional"))

liquidation_price_leverage_entry_basis = Formula(
    "liquidation_price_leverage_entry_basis", s.liquidation_price,
    s.entry_price * (1 - s.side * (1 / s.leverage - s.maintenance_rate)),
    chapter=2, source=_BOOK, assumptions=(*_PLAIN, "maintenance margin on the entry notional"))

liquidation_distance = Formula(
    "liquidation_distance", s.liquidation_distance,
    (1 / s.leverage - s.maintenance_rate) / (1 - s.side * s.maintenance_rate),
    chapter=2, source=_BOOK, assumptions=(*_PLAIN, "maintenance margin on the mark notional"))

liquidation_distance_entry_basis = Formula(
    "liquidation_distance_entry_basis", s.liquidation_distance,
    1 / s.leverage - s.maintenance_rate, chapter=2,
    source="perpedu, chapter 2; as a buffer in 002:54",
    assumptions=(*_PLAIN, "maintenance margin on the entry notional"))

liquidation_price_from_mark = Formula(
    "liquidation_price_from_mark", s.liquidation_price,
    s.mark_price * (1 - s.side / s.effective_leverage) / (1 - s.side * s.maintenance_rate),
    chapter=2, source=_BOOK, assumptions=(
        "linear contract", "effective leverage at this mark price, however it came about",
        "one rate, no deduction, no fee", "maintenance margin on the mark notional"))

liquidation_gap = Formula(
    "liquidation_gap", s.liquidation_gap,
    s.maintenance_rate * s.liquidation_price - s.deduction / s.size,
    chapter=2, source=_BOOK, assumptions=(
        "linear contract", "no fee", "maintenance margin on the mark notional",
        "rate and deduction of the tier that binds at the price"))

line_shift = Formula(
    "line_shift", s.line_shift,
    -s.side * s.added_collateral / (s.size * (1 - s.side * (s.maintenance_rate + s.close_fee))),
    chapter=2, source="Maintenance Margin Tiers Explained For Crypto Perps, XXKK, 2026 (001:95)",
    assumptions=("linear contract", *_MARK[:2], "the same tier binds before and after"))

risk_size = Formula(
    "risk_size", s.size,
    s.risk / (s.side * (s.entry_price - s.stop_price) + s.close_fee * s.stop_price),
    chapter=2, source="perpedu, chapter 2b", assumptions=(
        "linear contract", "filled at the stop price", "close fee on the notional at the stop"))
