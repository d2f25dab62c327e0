"""Liquidation prices of many positions at once, as NumPy arrays.

Floats cannot see a tie.  Where a decision hangs on one (a notional on a floor, collateral equal
to the notional, a notional at the cap, rate + fee just below 1), the few rows concerned are done
again exactly.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..theory import formulas
from ..theory.exact import floats, one_of, refuse
from .contract import Inverse, Linear
from .position import BASES, SIDES, Position, checked_fee
from .tiers import Tiers, as_tiers

_TIE = 1e-6


def liquidation_prices(side: Any, size: Any, entry: Any, collateral: Any, tiers: Any,
                       basis: str = "mark", close_fee: Any = 0,
                       contract: Linear | Inverse = Linear()) -> np.ndarray:
    """Liquidation prices of positions given as arrays that broadcast against each other.

    side: "long" or "short", one or an array; size (coin, or contracts), entry (quote per coin)
    and collateral (settlement currency): numbers or arrays, above 0; tiers, basis, close_fee and
    contract: one for all, as in `Position`.

    Returns float64 of the broadcast shape; nan where no price liquidates.

    >>> liquidation_prices("long", 0.1, [60_000, 50_000], 600, "0.005").round(2)
    array([54271.36, 44221.11])

    Raises ValueError as `Position` does, naming the argument and the first bad value.
    """
    one_of("basis", basis, BASES)
    if not isinstance(contract, (Linear, Inverse)):
        raise refuse("contract", contract, "Linear() or Inverse(face=...)")
    table = as_tiers(tiers)
    fee = checked_fee(table, close_fee)
    sides, *columns = _broadcast(
        side=_words(side), size=_column("size", size), entry=_column("entry", entry),
        collateral=_column("collateral", collateral))
    sign = np.where(sides == "long", 1.0, -1.0).ravel()
    many = _Many(sign, *(column.ravel() for column in columns), table, contract, float(fee))
    prices, ties = many.solve(basis)
    for i in np.flatnonzero(ties):
        prices[i] = _exactly(sides.flat[i], many.row(i), table, basis, fee, contract)
    return prices.reshape(sides.shape)


class _Many:
    """Positions as columns of floats, with one table, one contract and one fee."""

    def __init__(self, sign, size, entry, collateral, table: Tiers, contract, fee: float):
        self.sign, self.size, self.entry, self.collateral = sign, size, entry, collateral
        self.table, self.contract, self.fee = table, contract, fee
        self.rows = [(float(row.floor), float(row.rate), float(row.deduction))
                     for row in table.rows]
        self.held = self.notional(entry)

    def solve(self, basis: str) -> tuple[np.ndarray, np.ndarray]:
        """Prices, and where a float tie leaves them open."""
        flat = self.table.scheme == "flat"
        ways = {("entry", False): self.entry_basis, ("entry", True): self.entry_basis,
                ("mark", False): self.outermost, ("mark", True): self.first_met}
        prices, ties = ways[basis, flat]()
        if flat:
            short_of = self.shortfall(self.entry, self.held)
            prices = np.where(short_of >= 0, self.entry, prices)
            ties |= _near(short_of, 0, self.held) | self.near_floor(self.held)
        return prices, (ties | self.fully_covered() | self.near_cap() | self.out_of_range()
                        | self.rates_near_one())

    def entry_basis(self) -> tuple[np.ndarray, np.ndarray]:
        margin = self.margin(self.held)
        prices = self.price("liquidation_price_entry_basis", entry_maintenance_margin=margin)
        return prices, _near(self.collateral - margin, self.held, self.held)

    def outermost(self) -> tuple[np.ndarray, np.ndarray]:
        prices = np.full(self.size.shape, np.nan)
        for _, rate, deduction in self.rows:
            prices = self.outer(prices, self.price(
                "liquidation_price", maintenance_rate=rate, deduction=deduction))
        return prices, np.zeros(self.size.shape, bool)

    def first_met(self) -> tuple[np.ndarray, np.ndarray]:
        prices = np.full(self.size.shape, np.nan)
        ties = np.zeros(self.size.shape, bool)
        for number, (floor, rate, _) in enumerate(self.rows):
            own = self.price("liquidation_price", maintenance_rate=rate, deduction=0)
            notional = self.notional(own)
            ties |= self.near_floor(notional)
            prices = self.outer(prices, np.where(self.tier(notional) == number, own, np.nan))
            if number:
                stop, near = self.stops_at(floor, rate)
                prices, ties = self.outer(prices, stop), ties | near
        return prices, ties

    def stops_at(self, floor: float, rate: float) -> tuple[np.ndarray, np.ndarray]:
        """The floor's price where its rate liquidates at once; nan elsewhere; and the ties."""
        price = self.contract.array("price", size=self.size, notional=floor)
        grows = (self.sign > 0) != self.contract.loss_shrinks_notional(1)
        short_of = self.need(rate * floor, floor) - self.equity(price)
        near = grows & (_near(short_of, 0, self.held) | _near(price, self.entry, self.entry))
        return np.where(grows & (short_of >= 0), price, np.nan), near

    def outer(self, prices: np.ndarray, more: np.ndarray) -> np.ndarray:
        """Of two prices the one that the adverse path meets first; in a flat table only those
        ahead of the entry count."""
        if self.table.scheme == "flat":
            more = np.where(self.sign * (self.entry - more) >= 0, more, np.nan)
        return np.where(self.sign > 0, np.fmax(prices, more), np.fmin(prices, more))

    # the ledger, in columns

    def notional(self, price: np.ndarray) -> np.ndarray:
        return self.contract.array("notional", size=self.size, mark_price=price)

    def price(self, role: str, **more: Any) -> np.ndarray:
        return self.contract.array(role, side=self.sign, size=self.size, entry_price=self.entry,
                                   collateral=self.collateral, close_fee=self.fee, **more)

    def equity(self, mark: np.ndarray) -> np.ndarray:
        pnl = self.contract.array("unrealized_pnl", side=self.sign, size=self.size,
                                  entry_price=self.entry, mark_price=mark)
        return formulas.equity.numpy(collateral=self.collateral, unrealized_pnl=pnl)

    def tier(self, notional: np.ndarray) -> np.ndarray:
        """The tier of each notional, counted from 0; −1 for nan."""
        floors = [floor for floor, _, _ in self.rows]
        number = np.maximum(np.searchsorted(floors, notional), 1) - 1
        return np.where(np.isnan(notional), -1, number)

    def margin(self, notional: np.ndarray) -> np.ndarray:
        _, rates, deductions = (np.array(column) for column in zip(*self.rows))
        tier = self.tier(notional)
        return formulas.maintenance_margin.numpy(
            maintenance_rate=rates[tier], deduction=deductions[tier], notional=notional)

    def need(self, margin: Any, notional: Any) -> np.ndarray:
        return formulas.requirement.numpy(
            maintenance_margin=margin, close_fee=self.fee, notional=notional)

    def shortfall(self, mark: np.ndarray, notional: np.ndarray) -> np.ndarray:
        return self.need(self.margin(notional), notional) - self.equity(mark)

    # where floats cannot decide

    def near_floor(self, notional: np.ndarray) -> np.ndarray:
        return np.any([_near(notional, floor, floor) for floor, _, _ in self.rows[1:]]
                      or [np.zeros(notional.shape, bool)], axis=0)

    def fully_covered(self) -> np.ndarray:
        return _near(self.collateral, self.held, self.held)

    def near_cap(self) -> np.ndarray:
        """Rows at or above the cap, where `Position` decides."""
        if self.table.cap is None:
            return np.zeros(self.size.shape, bool)
        return self.held >= float(self.table.cap) * (1 - _TIE)

    def rates_near_one(self) -> bool:
        return 1 - self.rows[-1][1] - self.fee <= _TIE

    def out_of_range(self) -> np.ndarray:
        """Rows whose notional float64 cannot hold, though it holds size and entry."""
        return ~(np.isfinite(self.held) & (self.held > np.finfo(float).tiny))

    def row(self, i: int) -> tuple[float, float, float]:
        return float(self.size[i]), float(self.entry[i]), float(self.collateral[i])


def _near(a: Any, b: Any, scale: Any) -> np.ndarray:
    return np.abs(np.asarray(a) - b) <= _TIE * np.abs(scale)


def _exactly(side: str, row: tuple, table: Tiers, basis: str, fee: Any, contract: Any) -> float:
    size, entry, collateral = row
    position = Position(side, size, entry, collateral=collateral, contract=contract)
    price = position.liquidation_price(table, basis, fee)
    return np.nan if price is None else float(price)


def _broadcast(**columns: np.ndarray) -> list[np.ndarray]:
    try:
        return np.broadcast_arrays(*columns.values())
    except ValueError:
        shapes = [column.shape for column in columns.values()]
        raise refuse("shapes of " + ", ".join(columns), shapes,
                     "shapes that broadcast against each other") from None


def _words(side: Any) -> np.ndarray:
    words = np.asarray(side, dtype=object)
    for word in words.flat:
        one_of("side", word, tuple(SIDES))
    return words


def _column(name: str, values: Any) -> np.ndarray:
    """The values as floats; text, bool, nan, infinities, 0 and below are refused by name."""
    column = floats(name, values)
    bad = ~(np.isfinite(column) & (column > 0))
    if bad.any():
        raise refuse(name, column[bad].flat[0].item(), "a number above 0")
    return column
