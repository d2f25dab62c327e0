"""The tables of chapter 4: each tier's own price, where the tier changes, two dated tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import formulas as f
from ..market import tables
from ..market.contract import Inverse
from ..market.position import Position
from ..market.tiers import Tiers
from ..teaching.numbers_typed import show
from ..theory.exact import rational
from .grid import Grid

if TYPE_CHECKING:
    from sympy import Rational

#: What is written behind the tier whose price counts.
COUNTS = ": counts"
OLD, NEW = "binance/BTCUSDT/2021-03", "binance/BTCUSDT/2026-09"


def published(name: str) -> list[tuple["Rational", "Rational", "Rational"]]:
    """Floor, rate and deduction of each row as the venue published them.

    `name` is one of `Tiers.names()`; amounts in the currency of the table.

    >>> [str(value) for value in published("binance/BTCUSDT/2026-09")[1]]
    ['300000', '1/200', '300']
    """
    return [(rational("floor", floor), rational("rate", rate), rational("deduction", deduction))
            for floor, _, rate, _, deduction in tables.read(name)["rows"]]


def per_tier(position: Position, tiers: Tiers, title: str = "Each tier alone",
             near: int | None = None) -> Grid:
    """The price at which each tier alone would liquidate a linear position, and which one counts.

    Marginal tiers, mark basis, no fee. With `near`, only so many tiers on each side of that one.

    >>> table = Tiers([(0, "0.02"), (100_000, "0.12"), (200_000, "0.5")])
    >>> per_tier(Position("long", 3, 60_000, leverage=4), table).rows[2]
    ['2', '12 %', '10,000', '47,348.48', '142,045.45', '2: counts']
    """
    line = position.liquidation_price(tiers)
    rows = [_alone(position, tiers, number, row, line) for number, row in enumerate(tiers.rows, 1)]
    if near is not None:
        counts = next(place for place, row in enumerate(rows) if row[-1].endswith(COUNTS))
        rows = rows[max(0, counts - near):counts + near + 1]
    head = ["tier", "rate", "deduction", "its price", "notional there", "tier there"]
    return Grid(title, [head, *rows])


def _alone(position: Position, tiers: Tiers, number: int, row: Any, line: Any) -> list[str]:
    price = f.liquidation_price.exact(
        side=position.sign, size=position.size, entry_price=position.entry, close_fee=0,
        collateral=position.collateral, maintenance_rate=row.rate, deduction=row.deduction)
    known = [str(number), show(row.rate, unit="%"), show(row.deduction)]
    if price is None:
        return [*known, "none", "–", "–"]
    there = position.notional(price)
    counts = COUNTS if price == line else ""
    return [*known, show(price), show(there), f"{tiers.number(there)}{counts}"]


def crossings() -> Grid:
    """Four positions that change their tier on the way to the line: which way does each go?

    >>> crossings().rows[1]
    ['linear long, 2.2 BTC', '110,000 USD, 2', '45,454.55', '45,226.13', '99,497.49 USD, 1']
    """
    linear, coin = _steps(100_000), Inverse(face=100)
    rows = [_crossing("linear long, 2.2 BTC", Position("long", "2.2", 50_000, leverage=10), linear),
            _crossing("linear short, 1.9 BTC", Position("short", "1.9", 50_000, leverage=10),
                      linear),
            _crossing("inverse long, 950 contracts",
                      Position("long", 950, 50_000, leverage=10, contract=coin), _steps(2)),
            _crossing("inverse short, 1,050 contracts",
                      Position("short", 1_050, 50_000, leverage=10, contract=coin), _steps(2))]
    head = ["from 50,000 at 10×", "notional, tier", "floor at", "liquidated at",
            "notional there, tier"]
    return Grid("The same two rates, in a table in dollars and in one in coin", [head, *rows])


def _steps(floor: int) -> Tiers:
    """The article's two rates: 0.50 % up to a notional, 0.65 % above it."""
    return Tiers([(0, "0.005"), (floor, "0.0065")])


def _crossing(words: str, position: Position, tiers: Tiers) -> list[str]:
    line, inverse = position.liquidation_price(tiers), isinstance(position.contract, Inverse)
    floor = tiers.rows[1].floor
    crossed = (f.inverse_boundary_price.exact(contracts=position.size, face=position.contract.face,
                                              floor=floor) if inverse
               else f.boundary_price.exact(size=position.size, floor=floor))
    ends = [f"{show(held, 4 if inverse else 2 if held % 1 else 0)} {'BTC' if inverse else 'USD'}, "
            f"{tiers.tier(held)}" for held in (position.notional(), position.notional(line))]
    return [words, ends[0], show(crossed), show(line), ends[1]]


def side_by_side(old: str = OLD, new: str = NEW) -> Grid:
    """Two dated tables, row by row: where each tier begins (in millions), rate, leverage cap.

    >>> side_by_side().rows[2]
    ['2', '0.05', '0.5 %', '100×', '0.3', '0.5 %', '100×']
    """
    tables = [Tiers.load(name) for name in (old, new)]
    head = ["tier", *(f"{word} {table.as_of[:4]}" for table in tables
                      for word in ("above", "rate", "leverage"))]
    count = max(len(table.rows) for table in tables)
    rows = [[str(k + 1), *(text for table in tables for text in _cells(table, k))]
            for k in range(count)]
    said = " and ".join(table.as_of[:7] for table in tables)
    return Grid(f"BTCUSDT at Binance, {said}; notional in million USDT", [head, *rows])


def _cells(table: Tiers, k: int) -> list[str]:
    if k >= len(table.rows):
        return ["–"] * 3
    row = table.rows[k]
    return [show(row.floor / 1_000_000), show(row.rate, unit="%"),
            show(row.max_leverage, unit="×")]


def changed(position: Position, old: str = OLD, new: str = NEW) -> Grid:
    """What a change of the table means for one linear position with leverage.

    >>> changed(Position("long", 8, 60_000, leverage=40)).rows[1]
    ['tier at entry', '3', '2']
    """
    tables = [Tiers.load(name) for name in (old, new)]
    columns = [_facts(position, table) for table in tables]
    rows = [[word, *(column[word] for column in columns)] for word in columns[0]]
    title = (f"{position.side.capitalize()} {show(position.size)} BTC from "
             f"{show(position.entry)} at {show(position.leverage)}×")
    return Grid(title, [["", *(table.as_of[:7] for table in tables)], *rows])


def _facts(position: Position, table: Tiers) -> dict[str, str]:
    held = position.notional()
    margin = table.maintenance_margin(held)
    line = position.liquidation(table)
    rate = f.effective_rate.exact(maintenance_margin=margin, notional=held)
    return {"tier at entry": show(table.tier(held)), "rate": show(table.rate(held), unit="%"),
            "deduction": show(table.deduction(held)), "maintenance margin": show(margin),
            "effective rate": show(rate, 3, "%"),
            "leverage at most": show(table.max_leverage(held), unit="×"),
            "liquidated at": show(line.price), "tier there": show(line.tier)}
