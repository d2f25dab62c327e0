"""A position as the engine holds it: what one unit is worth, and what any size of it requires."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from ..market.leg import Row, plain_rows
from ..market.position import BASES, Position, checked_fee
from ..market.tiers import Tiers, as_tiers
from ..theory import formulas
from ..theory.exact import fraction, one_of, rational, refuse

NOTHING = Fraction(0)


@dataclass(frozen=True)
class Holding:
    """One leg: the position, its table, and how it is charged.  All in Fractions.

    basis: on which price the maintenance margin counts the notional, "mark" or "entry".
    close_fee: the fee to close that counts inside the threshold, a fraction of the notional.
    """

    name: str
    position: Position
    tiers: Tiers
    basis: str = "mark"
    close_fee: Fraction = NOTHING

    @classmethod
    def of(cls, name: str, position: Any, tiers: Any, basis: Any = "mark",
           close_fee: Any = 0) -> "Holding":
        """A checked leg.  ValueError names the argument."""
        if not isinstance(position, Position):
            raise refuse(f"position of {name!r}", position, "a Position")
        table = as_tiers(tiers)
        table.refuse_above_cap(f"entry notional of {name!r}", position.notional())
        return cls(name, position, table, one_of("basis", basis, BASES),
                   fraction(checked_fee(table, close_fee)))

    @property
    def sign(self) -> int:
        """+1 for a long, −1 for a short."""
        return self.position.sign

    @cached_property
    def size(self) -> Fraction:
        """The size at the start, above 0."""
        return fraction(self.position.size)

    @cached_property
    def entry(self) -> Fraction:
        """The entry price."""
        return fraction(self.position.entry)

    @cached_property
    def rows(self) -> list[Row]:
        """The tiers in Fractions."""
        return plain_rows(self.tiers)

    @property
    def linear(self) -> bool:
        """Whether money is in the quote currency."""
        return not self.position.contract.prefix

    def notional(self, size: Fraction, price: Fraction) -> Fraction:
        """What a size is worth at a price, in the settlement currency."""
        return size * self.of_unit(price)

    def of_unit(self, price: Fraction) -> Fraction:
        """The notional of one coin or contract at a price."""
        if price not in self._units:
            contract = self.position.contract
            self._units[price] = contract.formula("notional").plain(
                **contract.plainly({"size": Fraction(1), "mark_price": price}))
        return self._units[price]

    @cached_property
    def _units(self) -> dict[Fraction, Fraction]:
        return {}

    def worth(self, price: Fraction) -> Fraction:
        """What one unit held long adds to equity: its notional, for inverse contracts below 0.

        The difference of two such values is the profit of one unit between two prices.
        """
        value = self.of_unit(price)
        return value if self.linear else -value

    def price_of(self, worth: Fraction) -> Fraction | None:
        """The price at which one unit is worth this; None where no price above 0 is."""
        unit = self.of_unit(Fraction(1))
        price = worth / unit if self.linear else None if worth >= 0 else unit / -worth
        return price if price is not None and price > 0 else None

    def charged(self, mark: Fraction) -> Fraction:
        """The notional of one unit on which the maintenance margin is charged."""
        return self.of_unit(mark if self.basis == "mark" else self.entry)

    def tier(self, size: Fraction, mark: Fraction) -> int:
        """The tier of a size at the mark, counted from 1."""
        value, rows = size * self.charged(mark), self.rows
        return max(1, sum(row.floor < value for row in rows))

    def requirement(self, size: Fraction, mark: Fraction) -> Fraction:
        """Maintenance margin of a size at the mark, and the close fee that counts inside."""
        return NOTHING if not size else self._requires(size, mark, self.tier(size, mark))

    def _requires(self, size: Fraction, mark: Fraction, tier: int) -> Fraction:
        row = self.rows[tier - 1]
        margin = formulas.maintenance_margin.plain(
            maintenance_rate=row.rate, deduction=row.deduction, notional=size * self.charged(mark))
        return formulas.requirement.plain(maintenance_margin=margin, close_fee=self.close_fee,
                                          notional=self.notional(size, mark))


def money_behind(position: Position, collateral: Any) -> Fraction:
    """The collateral that is given, else the position's own.  ValueError where there is neither."""
    own = position.collateral if collateral is None else rational("collateral", collateral)
    if own is None:
        raise refuse("collateral", None, "money behind the position, as it has none of its own")
    return fraction(own)
