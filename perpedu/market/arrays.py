"""Liquidation prices of many positions at once, as NumPy arrays.

The rows are worked through in chunks of one side, so that the columns in work stay in the
processor's cache.

Floats cannot see a tie.  Where a decision hangs on one (a notional on a floor, collateral equal
to the notional, a notional at the cap, rate + fee just below 1), the few rows concerned are done
again exactly.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, Iterator

import numpy as np

from ..theory import formulas
from ..theory.exact import broadcastable, one_of, positive_floats, refuse
from .contract import Inverse, Linear
from .position import BASES, SIDES, Position, checked_fee
from .tiers import Tiers, as_tiers

_TIE = 1e-6
_CHUNK = 32_768
_LETTERS = "u4,u4,u4,u4,u4"  # five letters as numbers: NumPy compares them faster than text


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
    columns = _broadcast(
        side=_is_long(side), size=positive_floats("size", size),
        entry=positive_floats("entry", entry),
        collateral=positive_floats("collateral", collateral))
    long, *numbers = (column.ravel() for column in columns)
    prices, ties = _solved(long, numbers, basis, table, contract, float(fee))
    for i in np.flatnonzero(ties):
        row = (float(column[i]) for column in numbers)
        prices[i] = _exactly("long" if long[i] else "short", *row, table, basis, fee, contract)
    return prices.reshape(columns[0].shape)


def _solved(long: np.ndarray, numbers: list[np.ndarray], basis: str,
            *terms: Any) -> tuple[np.ndarray, np.ndarray]:
    """The prices in floats, and where a tie leaves them open."""
    prices, ties = np.empty(long.shape), np.zeros(long.shape, bool)
    with np.errstate(all="ignore"):
        for word, rows in (("long", np.flatnonzero(long)), ("short", np.flatnonzero(~long))):
            side = _Side(SIDES[word], *terms)
            for chunk in _chunks(rows):
                many = _Many(side, *(column[chunk] for column in numbers))
                prices[chunk], near = many.solve(basis)
                if near.any():
                    ties[chunk] = near
    return prices, ties


def _chunks(rows: np.ndarray) -> Iterator[np.ndarray | slice]:
    """The row numbers, some at a time; as a slice, which copies nothing, where none is left out."""
    for start in range(0, rows.size, _CHUNK):
        chunk = rows[start:start + _CHUNK]
        whole = chunk[-1] - chunk[0] < chunk.size
        yield slice(chunk[0], chunk[-1] + 1) if whole else chunk


class _Side:
    """What all positions of one side share: the table in floats, the contract and the fee."""

    def __init__(self, sign: int, table: Tiers, contract: Linear | Inverse, fee: float):
        self.sign, self.table, self.contract, self.fee = sign, table, contract, fee
        floors, rates, _, deductions = (np.array(column, float) for column in zip(*table.rows))
        self.floors, self.rates, self.deductions = floors, rates, deductions
        self.left = 1 - rates[-1] - fee

    def tier(self, notional: np.ndarray) -> np.ndarray:
        """The tier of each notional, counted from 0."""
        return _passed(notional, self.floors[1:])

    def margin(self, notional: np.ndarray) -> np.ndarray:
        tier = self.tier(notional)
        return formulas.maintenance_margin.unchecked(
            maintenance_rate=self.rates[tier], deduction=self.deductions[tier], notional=notional)

    def need(self, margin: Any, notional: Any) -> np.ndarray:
        return formulas.requirement.unchecked(
            maintenance_margin=margin, close_fee=self.fee, notional=notional)

    @cached_property
    def bankrupt(self) -> np.ndarray:
        """For each floor above 0: the notional at bankruptcy of what is liquidated on that floor.

        A position which opens there with no more collateral than it needs is so at once.
        """
        floors = self.floors[1:]
        price = self.contract.array("price", size=1.0, notional=floors)
        return _Many(self, 1.0, price, self.need(self.margin(floors), floors)).at_bankruptcy()


class _Many:
    """Positions of one side as columns of floats."""

    def __init__(self, side: _Side, size: Any, entry: Any, collateral: Any):
        self.side, self.size, self.entry, self.collateral = side, size, entry, collateral
        self.held = self.notional(entry)

    def solve(self, basis: str) -> tuple[np.ndarray, np.ndarray]:
        """Prices, and where a float tie leaves them open."""
        flat = self.side.table.scheme == "flat"
        ways = {("entry", False): self.entry_basis, ("entry", True): self.entry_basis,
                ("mark", False): self.in_its_tier, ("mark", True): self.first_met}
        prices, ties = ways[basis, flat]()
        if flat:
            short_of = self.shortfall(self.entry, self.held)
            prices = np.where(short_of >= 0, self.entry, prices)
            ties |= _near(short_of, 0, self.held) | self.near_floor(self.held)
        return prices, (ties | self.fully_covered() | self.near_cap() | self.out_of_range()
                        | self.rates_near_one())

    def entry_basis(self) -> tuple[np.ndarray, np.ndarray]:
        margin = self.side.margin(self.held)
        prices = self.price("liquidation_price_entry_basis", entry_maintenance_margin=margin)
        return prices, _near(self.collateral - margin, self.held, self.held)

    def in_its_tier(self) -> tuple[np.ndarray, np.ndarray]:
        """Marginal tiers: the root in the tier that holds the notional at liquidation.

        On one side, a larger notional at bankruptcy means a larger notional at liquidation.  So
        the former, looked up among those of the floors, tells the tier of the latter.
        """
        tier = _passed(self.at_bankruptcy(), self.side.bankrupt)
        prices = self.price("liquidation_price", maintenance_rate=self.side.rates[tier],
                            deduction=self.side.deductions[tier])
        return prices, np.zeros(tier.shape, bool)

    def at_bankruptcy(self) -> np.ndarray:
        """The notional at which equity only pays the close fee; below 0 where it always does."""
        return self.notional(self.root("bankruptcy_price"))

    def first_met(self) -> tuple[np.ndarray, np.ndarray]:
        prices = np.full(self.size.shape, np.nan)
        ties = np.zeros(self.size.shape, bool)
        for number, (floor, rate) in enumerate(zip(self.side.floors, self.side.rates)):
            own = self.price("liquidation_price", maintenance_rate=rate, deduction=0)
            notional = self.notional(own)
            ties |= self.near_floor(notional)
            prices = self.outer(
                prices, np.where(self.side.tier(notional) == number, own, np.nan))
            if number:
                stop, near = self.stops_at(floor, rate)
                prices, ties = self.outer(prices, stop), ties | near
        return prices, ties

    def stops_at(self, floor: float, rate: float) -> tuple[np.ndarray, np.ndarray]:
        """The floor's price where its rate liquidates at once; nan elsewhere; and the ties."""
        price = self.side.contract.array("price", size=self.size, notional=floor)
        if self.side.contract.loss_shrinks_notional(self.side.sign):
            return np.full(price.shape, np.nan), np.zeros(price.shape, bool)
        short_of = self.side.need(rate * floor, floor) - self.equity(price)
        near = _near(short_of, 0, self.held) | _near(price, self.entry, self.entry)
        return np.where(short_of >= 0, price, np.nan), near

    def outer(self, prices: np.ndarray, more: np.ndarray) -> np.ndarray:
        """Of two prices the one that the adverse path meets first, if it lies ahead of the entry."""
        ahead = self.side.sign * (self.entry - more) >= 0
        first = np.fmax if self.side.sign > 0 else np.fmin
        return first(prices, np.where(ahead, more, np.nan))

    # the ledger, in columns

    def notional(self, price: np.ndarray) -> np.ndarray:
        return self.side.contract.array("notional", size=self.size, mark_price=price)

    def price(self, role: str, **more: Any) -> np.ndarray:
        """A root of the liquidation line; nan where it is no price."""
        root = self.root(role, **more)
        root[~((root > 0) & (root < np.inf))] = np.nan
        return root

    def root(self, role: str, **more: Any) -> np.ndarray:
        return self.side.contract.array(
            role, side=self.side.sign, size=self.size, entry_price=self.entry,
            collateral=self.collateral, close_fee=self.side.fee, **more)

    def equity(self, mark: np.ndarray) -> np.ndarray:
        pnl = self.side.contract.array("unrealized_pnl", side=self.side.sign, size=self.size,
                                       entry_price=self.entry, mark_price=mark)
        return formulas.equity.unchecked(collateral=self.collateral, unrealized_pnl=pnl)

    def shortfall(self, mark: np.ndarray, notional: np.ndarray) -> np.ndarray:
        need = self.side.need(self.side.margin(notional), notional)
        return need - self.equity(mark)

    # where floats cannot decide

    def near_floor(self, notional: np.ndarray) -> np.ndarray:
        floors = self.side.floors[1:, None]
        return np.any(_near(notional, floors, floors), axis=0)

    def fully_covered(self) -> Any:
        """Rows whose notional at liquidation is almost 0, if they have one.

        What rate and fee leave of 1 divides what is left of it, and with it the error.
        """
        shrinks = self.side.contract.loss_shrinks_notional(self.side.sign)
        return shrinks and _near(self.collateral, self.held, self.held / self.side.left)

    def near_cap(self) -> Any:
        """Rows at or above the cap, where `Position` decides."""
        cap = self.side.table.cap
        return cap is not None and self.held >= float(cap) * (1 - _TIE)

    def rates_near_one(self) -> bool:
        return bool(self.side.left <= _TIE)

    def out_of_range(self) -> np.ndarray:
        """Rows whose notional float64 cannot hold, though it holds size and entry."""
        return ~((self.held < np.inf) & (self.held > np.finfo(float).tiny))


def _passed(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """How many of the edges lie below each value; for a few edges quicker than a search."""
    return np.sum(values > edges[:, None], axis=0, dtype=np.int16).astype(np.intp)


def _near(a: Any, b: Any, scale: Any) -> np.ndarray:
    """Whether a and b are as good as equal, for numbers of this scale, above 0."""
    return np.abs(a - b) <= _TIE * scale


def _exactly(side: str, size: float, entry: float, collateral: float, table: Tiers, basis: str,
             fee: Any, contract: Any) -> float:
    position = Position(side, size, entry, collateral=collateral, contract=contract)
    price = position.liquidation_price(table, basis, fee)
    return np.nan if price is None else float(price)


def _broadcast(**columns: np.ndarray) -> list[np.ndarray]:
    broadcastable({name: column.shape for name, column in columns.items()})
    return np.broadcast_arrays(*columns.values())


def _is_long(side: Any) -> np.ndarray:
    """Whether each word is "long"; anything but "long" and "short" is refused by name."""
    if np.ma.is_masked(side):
        raise refuse("side", side, "words, none of them masked")
    if isinstance(side, np.ndarray) and side.dtype.kind == "U":
        long = _same(np.asarray(side), "long")
        if np.all(long | _same(np.asarray(side), "short")):
            return long
    words = np.asarray(side, dtype=object)
    for word in _distinct(words):
        one_of("side", word, tuple(SIDES))
    return np.asarray(words == "long")


def _same(words: np.ndarray, word: str) -> np.ndarray:
    """Where an array of text has this word."""
    if words.dtype != "U5":
        return words == word
    return words.view(_LETTERS) == np.array(word, "U5").view(_LETTERS)


def _distinct(words: np.ndarray) -> Any:
    """The words, each once where they can be hashed, in their order."""
    try:
        return dict.fromkeys(words.flat)
    except TypeError:
        return words.flat
