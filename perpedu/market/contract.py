"""Linear and inverse contracts: which formulas value a position.

A linear contract has its size in coin and its money in the quote currency.  An inverse contract
has its size in contracts of a fixed face value in the quote currency, and its money in coin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..theory import formulas
from ..theory.exact import positive
from ..theory.formula import Formula


@dataclass(frozen=True)
class Linear:
    """A contract on `size` coins that settles in the quote currency.

    >>> Linear().slope(1)
    1
    """

    def slope(self, side: int) -> int:
        """+1 where a loss shrinks the notional, −1 where a loss makes it grow."""
        return side

    def notional(self, size: Any, price: Any) -> Any:
        """Size times price, in the quote currency; exact rationals in and out."""
        return formulas.notional.exact(size=size, mark_price=price)

    def price(self, size: Any, notional: Any) -> Any:
        """The price at which `size` has this notional."""
        return notional / size

    def unrealized_pnl(self, side: int, size: Any, entry: Any, mark: Any) -> Any:
        """Profit or loss at the mark price, in the quote currency."""
        return formulas.unrealized_pnl.exact(
            side=side, size=size, entry_price=entry, mark_price=mark)

    def realized_pnl(self, side: int, size: Any, entry: Any, exit_price: Any) -> Any:
        """Profit or loss of closing `size`, in the quote currency, before fees."""
        return formulas.realized_pnl.exact(
            side=side, closed_size=size, entry_price=entry, exit_price=exit_price)

    def average_entry(self, size: Any, entry: Any, added: Any, price: Any) -> Any:
        """The entry price after adding: the mean weighted by size."""
        return formulas.average_entry.exact(
            size=size, entry_price=entry, added_size=added, added_price=price)

    def notional_formula(self) -> tuple[Formula, dict[str, Any]]:
        """The notional's formula and the arguments that this contract fixes."""
        return formulas.notional, {}


@dataclass(frozen=True)
class Inverse:
    """A contract with a `face` value in the quote currency that settles in coin.

    Raises ValueError where `face` is not above 0.

    >>> Inverse(face=100).notional(3, 60_000)
    1/200
    """

    face: Any = 1

    def __post_init__(self):
        object.__setattr__(self, "face", positive("face", self.face))

    def slope(self, side: int) -> int:
        """+1 where a loss shrinks the notional, −1 where a loss makes it grow."""
        return -side

    def notional(self, size: Any, price: Any) -> Any:
        """Contracts times face over price, in coin."""
        return formulas.inverse_notional.exact(contracts=size, face=self.face, mark_price=price)

    def price(self, size: Any, notional: Any) -> Any:
        """The price at which `size` contracts have this notional."""
        return size * self.face / notional

    def unrealized_pnl(self, side: int, size: Any, entry: Any, mark: Any) -> Any:
        """Profit or loss at the mark price, in coin."""
        return formulas.inverse_unrealized_pnl.exact(
            side=side, contracts=size, face=self.face, entry_price=entry, mark_price=mark)

    def realized_pnl(self, side: int, size: Any, entry: Any, exit_price: Any) -> Any:
        """Profit or loss of closing `size` contracts, in coin, before fees."""
        return formulas.inverse_realized_pnl.exact(
            side=side, closed_contracts=size, face=self.face, entry_price=entry,
            exit_price=exit_price)

    def average_entry(self, size: Any, entry: Any, added: Any, price: Any) -> Any:
        """The entry price after adding: the harmonic mean weighted by contracts."""
        return formulas.inverse_average_entry.exact(
            contracts=size, entry_price=entry, added_contracts=added, added_price=price)

    def notional_formula(self) -> tuple[Formula, dict[str, Any]]:
        """The notional's formula and the arguments that this contract fixes."""
        return formulas.inverse_notional, {"face": self.face}
