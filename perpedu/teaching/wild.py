"""Formulas for the liquidation price as they are found in the wild, and what each took for granted.

Two are the book's own, each right on its basis. The three others are kept here, outside the
catalogue, for exercises and pictures: what they print is known, and so is what they dropped.
All hold the initial margin as the only collateral, one rate, no fee, a linear contract.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..theory.formula import Formula


class Found(NamedTuple):
    """A formula, where readers meet it, and what it takes the maintenance margin for."""

    formula: "Formula"
    met: str
    takes: str


@cache
def found() -> dict[str, Found]:
    """The five by name, from the reference to the worst.

    >>> [name for name in found()][:2]
    ['liquidation_price_leverage', 'liquidation_price_leverage_entry_basis']
    """
    from ..theory import formulas as f, symbols as s

    kept, rate = 1 - s.side / s.leverage, s.side * s.maintenance_rate
    rows = [
        (f.liquidation_price_leverage, "Binance, OKX, Gate, Hyperliquid, dYdX",
         "share of the notional at the mark"),
        (f.liquidation_price_leverage_entry_basis, "most calculators, and venues with that rule",
         "share of the notional at entry"),
        (_made("wild_rate_of_margin", s.entry_price * (kept + rate / s.leverage)),
         "a trading robot's model of a venue", "share of the initial margin"),
        (_made("wild_no_maintenance", s.entry_price * kept),
         "a calculator on the web", "left out"),
        (_made("wild_sign_error", s.entry_price * (kept - rate)),
         "a script whose own test passes", "share at entry, sign turned"),
    ]  # fmt: skip
    return {row[0].name: Found(*row) for row in rows}


def _made(name: str, expression) -> "Formula":
    from ..theory import symbols as s
    from ..theory.formula import Formula

    return Formula(name, s.liquidation_price, expression, chapter=2, source="found in the wild",
                   assumptions=("not a formula of the book",))


def formulas() -> dict[str, "Formula"]:
    """The formulas alone, by name."""
    return {name: item.formula for name, item in found().items()}
