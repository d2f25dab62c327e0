"""Chapter 4: the deduction that joins one tier to the next without a jump."""

from .. import symbols as s
from ..formula import Formula

deduction = Formula(
    "deduction", s.deduction,
    s.previous_deduction + s.floor * (s.maintenance_rate - s.previous_rate),
    chapter=4, contract="any", source="perpedu, chapter 4; reproduces Binance's published column",
    assumptions=("marginal tiers", "the first tier's deduction is 0"))
