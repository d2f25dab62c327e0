"""A cascade of 100,000 accounts and 10,000 prices, with partial liquidation, in Binance's BTCUSDT table
of 2026-09: `engine.cascade` in array form against plain Python over the accounts, one after the
other, which keeps each account's line and only compares it with the mark until it is reached. Both
have the same accounts, path, impact and rules. The loop is timed on 400 accounts, in a market that
is as much shallower, so that as large a part of them is liquidated, then scaled. Medians of 3 turns.
"""

import math
from typing import Any

import numpy as np

from perpedu.engine.crowds import Crowd, cascade
from perpedu.market.tiers import Tiers

from ..timing import at_least, medians, seconds

TABLE = "binance/BTCUSDT/2026-09"
FASTER = "`engine.cascade`, 100,000 accounts, 10,000 prices: times faster than a Python loop"
TARGETS = {FASTER: at_least(50)}
CUSHION = 1.25


def measure(tiny: bool = False) -> dict[str, float]:
    """How many times longer the loop takes."""
    count, sample, prices, rounds = (400, 100, 200, 1) if tiny else (100_000, 400, 10_000, 3)
    many, few, path = crowd(count), crowd(sample), wander(prices)
    took = medians(
        rounds, arrays=lambda: seconds(lambda: cascade(many, path, **market(count))),
        loop=lambda: seconds(lambda: loop(few, path, **market(sample))))
    return {FASTER: took["loop"] * count / sample / took["arrays"]}


def crowd(count: int) -> Crowd:
    """Accounts of every tier, 3× to 30×."""
    return Crowd.drawn(count, Tiers.load(TABLE), seed=15)


def wander(count: int) -> np.ndarray:
    """An outside path from 60,000 with steps of about 0.15 %."""
    return 60_000 * np.exp(np.cumsum(np.random.default_rng(15).normal(0, 0.0015, count)))


def market(count: int) -> dict[str, Any]:
    """A market as deep as the crowd is large."""
    return dict(depth=4 * count, partial=True, recovery="0.05", fund=100 * count, fee="0.002")


class Account:
    """One account of the loop, in plain floats."""

    def __init__(self, side: float, size: float, entry: float, money: float, rows: Any):
        self.side, self.rows = side, rows
        self.take(size, entry, money)

    def take(self, size: float, entry: float, money: float) -> None:
        """Hold this, and know the line of it: the highest root of a long, the lowest of a short."""
        self.size, self.entry, self.money = size, entry, money
        pick, s = (max, 1) if self.side > 0 else (min, -1)
        self.line = None
        if size > 0 and money > 0:
            roots = [(size * entry - s * (money + less)) / (size * (1 - s * rate))
                     for _, rate, less in self.rows]
            self.line = pick(roots) if pick(roots) > 0 else None

    def reached(self, mark: float) -> bool:
        return self.line is not None and (
            mark <= self.line if self.side > 0 else mark >= self.line)

    def equity(self, price: float) -> float:
        return self.money + self.side * self.size * (price - self.entry)

    def closes(self, mark: float) -> float:
        """What is closed at once: down to the notional that the equity carries with the cushion."""
        equity = self.equity(mark) / CUSHION
        if equity <= 0:
            return self.size
        most = min((equity + less) / rate for _, rate, less in self.rows)
        return self.size - min(most / mark, self.size)


def loop(crowd: Crowd, path: np.ndarray, *, depth: float, partial: bool, recovery: str,
         fund: float, fee: str) -> dict[str, Any]:
    """The same cascade, account by account."""
    rows = [(float(row.floor), float(row.rate), float(row.deduction)) for row in crowd.tiers.rows]
    accounts = [Account(*row, rows) for row in zip(
        crowd.side.tolist(), crowd.size.tolist(), crowd.entry.tolist(), crowd.collateral.tolist())]
    impact, kept, rate = 0.01 / depth, 1 - float(recovery), float(fee)
    pressure, deficit, fund, marks, hits = 0.0, 0.0, float(fund), [], []
    for price in path.tolist():
        pressure *= kept
        mark, hit = price * math.exp(-pressure), 0
        while reached := [one for one in accounts if one.reached(mark)]:
            sales = [one.closes(mark) if partial else one.size for one in reached]
            push = impact * sum(one.side * sale for one, sale in zip(reached, sales))
            fill = mark * (-math.expm1(-push) / push if abs(push) > 1e-8 else 1 - push / 2)
            income, sold = 0.0, 0.0
            for one, sale in zip(reached, sales):
                equity = one.equity(fill)
                sale = one.size if equity <= rate * sale * fill else sale
                paid = min(rate * sale * fill, max(equity, 0.0))
                income += paid + (min(equity, 0.0) if sale >= one.size else 0.0)
                sold += one.side * sale
                one.take(one.size - sale, fill, equity - paid)
            fund += income
            if fund < 0:
                fund, deficit = 0.0, deficit - fund
            hit += len(reached)
            pressure += impact * sold
            mark = price * math.exp(-pressure)
        marks.append(mark)
        hits.append(hit)
    return {"marks": marks, "hit": hits, "fund": fund, "deficit": deficit,
            "size": [one.size for one in accounts]}
