"""One leg of an account in plain Fractions: what it adds to the wallet's spare money at a price."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from fractions import Fraction
from typing import Any, NamedTuple

from ..theory import formulas
from ..theory.exact import fraction, refuse
from .position import Position
from .tiers import Tiers, as_tiers

_A_LEG = "a pair (position, tiers)"


class Row(NamedTuple):
    """A tier in Fractions."""

    floor: Fraction
    rate: Fraction
    deduction: Fraction


def plain_rows(tiers: Tiers) -> list[Row]:
    """The rows of a table in Fractions."""
    return [Row(*map(fraction, (row.floor, row.rate, row.deduction))) for row in tiers.rows]


class Leg:
    """A position without collateral of its own, its table, and the underlying that moves it."""

    def __init__(self, name: str, pair: Any, underlying: str):
        self.name, self.underlying = name, underlying
        self.position, self.tiers = _pair(name, pair)
        self.contract = self.position.contract
        self.tiers.refuse_above_cap(f"entry notional of {name!r}", self.position.notional())

    @property
    def linear(self) -> bool:
        """Whether money grows evenly with the price, not with 1/price."""
        return not self.contract.prefix

    @cached_property
    def rows(self) -> list[Row]:
        """The tiers in Fractions."""
        return plain_rows(self.tiers)

    def notional(self, price: Fraction) -> Fraction:
        """The notional at a price."""
        return self._notional.plain(**self._given, mark_price=price)

    def number(self, notional: Fraction) -> int:
        """The tier of a notional, counted from 0; the last one above the table's cap."""
        return max(1, bisect_left(self._floors, notional)) - 1

    def pnl(self, price: Fraction) -> Fraction:
        """The unrealized PnL at a price."""
        return self._pnl.plain(**self._given, mark_price=price)

    def requirement(self, price: Fraction, fee: Fraction, row: Row | None = None) -> Fraction:
        """Maintenance margin plus close fee at a price, charged as this tier or its own charges."""
        notional = self.notional(price)
        row = row or self.rows[self.number(notional)]
        margin = formulas.maintenance_margin.plain(
            maintenance_rate=row.rate, deduction=row.deduction, notional=notional)
        return formulas.requirement.plain(maintenance_margin=margin, close_fee=fee,
                                          notional=notional)

    def spare(self, price: Fraction, row: Row, fee: Fraction) -> Fraction:
        """Unrealized PnL less requirement at a price, charged as this tier charges."""
        return self.pnl(price) - self.requirement(price, fee, row)

    @cached_property
    def _floors(self) -> list[Fraction]:
        return [row.floor for row in self.rows]

    @cached_property
    def _notional(self):
        return self.contract.formula("notional")

    @cached_property
    def _pnl(self):
        return self.contract.formula("unrealized_pnl")

    @cached_property
    def _given(self) -> dict[str, Any]:
        one = self.position
        named = {"side": one.sign, "size": fraction(one.size), "entry_price": fraction(one.entry)}
        return self.contract.plainly(named)


def _pair(name: str, pair: Any) -> tuple[Position, Tiers]:
    """The two of them; a leg must not have collateral of its own."""
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        raise refuse(f"legs[{name!r}]", pair, _A_LEG)
    position, tiers = pair
    if not isinstance(position, Position):
        raise refuse(f"position of {name!r}", position, "a Position")
    if position.collateral is not None:
        raise refuse(f"collateral of {name!r}", position.collateral,
                     "a leg without leverage or collateral: the wallet stands behind all legs")
    return position, as_tiers(tiers)
