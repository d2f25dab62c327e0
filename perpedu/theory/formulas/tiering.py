"""Chapter 4: the deduction that joins tiers, where a position crosses a floor, and what is left."""

from .. import symbols as s
from ..formula import Formula

deduction = Formula(
    "deduction", s.deduction,
    s.previous_deduction + s.floor * (s.maintenance_rate - s.previous_rate),
    chapter=4, contract="any", source="perpedu, chapter 4; reproduces Binance's published column",
    assumptions=("marginal tiers", "the first tier's deduction is 0"))

tier_jump = Formula(
    "tier_jump", s.tier_jump, s.floor * (s.maintenance_rate - s.previous_rate),
    chapter=4, contract="any", source="perpedu, chapter 4",
    assumptions=("flat tiers: the whole notional at its tier's rate",
                 "from the floor to just above it"))

tier_effective_rate = Formula(
    "tier_effective_rate", s.effective_rate, s.maintenance_rate - s.deduction / s.notional,
    chapter=4, contract="any", source="perpedu, chapter 4",
    assumptions=("rate and deduction of the tier that holds this notional",))

boundary_price = Formula(
    "boundary_price", s.boundary_price, s.floor / s.size, chapter=4,
    source="perpedu, chapter 4; 45,454.55 in seed 001's case B",
    assumptions=("linear contract", "notional at the mark price"))

inverse_boundary_price = Formula(
    "inverse_boundary_price", s.boundary_price, s.contracts * s.face / s.floor, chapter=4,
    contract="inverse", source="perpedu, chapter 4",
    assumptions=("inverse contract", "the floor in coin", "notional at the mark price"))

liquidation_price_reduced = Formula(
    "liquidation_price_reduced", s.liquidation_price,
    ((s.size - s.closed_size) * s.mark_price - s.side * (s.equity + s.deduction))
    / ((s.size - s.closed_size) * (1 - s.side * s.maintenance_rate)),
    chapter=4, source="perpedu, chapter 4",
    assumptions=("linear contract", "a part is closed at the mark price, its result stays as "
                 "collateral", "no fees", "maintenance margin on the mark notional",
                 "rate and deduction of the tier that binds at the price"))
