"""Many accounts, one market: liquidations that move the price and so liquidate others.

In array form: each step compares the mark with the accounts' lines, and only those that are hit are
worked on.  The price is an outside path times what sales have done to it, exp(−pressure).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from ..market.arrays import liquidation_prices
from ..market.tiers import Tiers, as_tiers
from ..theory import formulas
from ..theory.exact import (A_SIDE, broadcastable, floats, fraction_of_one, not_negative, positive,
                            positive_floats, rational, refuse)


@dataclass(frozen=True)
class Crowd:
    """Accounts with one isolated linear position each, as columns of float64.

    side: +1 long, −1 short; size in coin, entry in quote per coin, collateral in quote; `tiers` for
    all of them.

    >>> crowd = Crowd(1, [2, 1], 100, [20, 20], "0.01")
    >>> crowd.lines.round(2).tolist()
    [90.91, 80.81]

    Raises ValueError for a side that is neither +1 nor −1, numbers that are not above 0, or columns
    that do not broadcast.
    """

    side: Any
    size: Any
    entry: Any
    collateral: Any
    tiers: Any

    def __post_init__(self) -> None:
        columns = {"side": floats("side", self.side)} | {
            name: positive_floats(name, getattr(self, name))
            for name in ("size", "entry", "collateral")}
        if not np.isin(columns["side"], (-1, 1)).all():
            raise refuse("side", self.side, A_SIDE)
        broadcastable({name: column.shape for name, column in columns.items()})
        wide = np.broadcast_arrays(*(np.atleast_1d(column) for column in columns.values()))
        for name, column in zip(columns, wide):
            object.__setattr__(self, name, column.astype(float).ravel())
        object.__setattr__(self, "tiers", as_tiers(self.tiers))

    @classmethod
    def drawn(cls, count: int, tiers: Any, *, price: Any = 60_000, longs: Any = "0.7",
              leverage: tuple = (3, 30), notional: tuple = (1_000, 5_000_000),
              seed: int = 0) -> "Crowd":
        """A crowd at random: entries within 5 % of `price`, leverage and notional between bounds.

        longs: the share of longs.  Leverage and notional are drawn evenly in their logarithms, and
        independently; an account that would be liquidated at once gets the highest leverage that
        leaves it 1 % of its notional above its maintenance margin.
        """
        if type(count) is not int or count < 1:
            raise refuse("count", count, "a whole number of accounts, 1 or more")
        rng, middle = np.random.default_rng(seed), float(positive("price", price))
        table, share = as_tiers(tiers), float(fraction_of_one("longs", longs))
        side = np.where(rng.random(count) < share, 1.0, -1.0)
        worth = _evenly(rng, "notional", notional, count)
        entry = middle * rng.uniform(0.95, 1.05, count)
        least = margins(table, worth * np.maximum(1, middle / entry)) + 0.01 * worth
        away = np.maximum(0, side * (entry - middle)) * worth / entry  # what it has lost already
        money = np.maximum(worth / _evenly(rng, "leverage", leverage, count), least + away)
        return cls(side, worth / entry, entry, money, table)

    @cached_property
    def lines(self) -> np.ndarray:
        """The liquidation prices; −inf for a long and +inf for a short that have none."""
        return _lines(self.side, self.size, self.entry, self.collateral, self.tiers)

    def under(self, tiers: Any) -> "Crowd":
        """The same accounts under another table."""
        return replace(self, tiers=as_tiers(tiers))

    def __len__(self) -> int:
        return len(self.size)


@dataclass(frozen=True)
class Cascade:
    """How a path went.  Arrays are by step of the path.

    marks: the mark price at the end of each step.  hit: how many accounts were liquidated, in part
    or whole.  sold: coins sold less coins bought by liquidations.  fund: the insurance fund's money.
    deficit: what the fund could not pay, so far.  size: what each account still holds.
    returned: what was given back to traders whose positions were closed whole.
    """

    marks: np.ndarray
    hit: np.ndarray
    sold: np.ndarray
    fund: np.ndarray
    deficit: np.ndarray
    size: np.ndarray
    returned: float

    @property
    def closed(self) -> int:
        """How many accounts hold nothing any more."""
        return int((self.size == 0).sum())


def cascade(crowd: Crowd, path: Any, *, depth: Any, partial: bool = False, cushion: Any = "1.25",
            recovery: Any = 0, fund: Any = 0, fee: Any = None, rounds: int = 1_000) -> Cascade:
    """Take a crowd along an outside price path; what is liquidated moves the price.

    path: prices above 0, without the liquidations' own effect.  depth: coins whose sale moves the
    price by 1 %.  partial: an account is brought down until its equity is `cushion` times (1 or
    more) its maintenance margin, at the mark, and closed whole only where nothing would be left;
    else it is closed whole at once.  recovery: the part of the pressure that is gone at each next step.
    fund: its money at the start.  fee: of a liquidation, a fraction of what is closed, which the fund
    gets as far as it is there, and the trader gets the rest; None: the fund gets all that is left.
    rounds: how often, in one step, those are liquidated whom the step has liquidated; who is left
    waits for the next step.

    All liquidations of one round get its average price.  The insurance fund never falls below 0: what
    it cannot pay is the deficit, for others to bear.

    >>> crowd = Crowd(1, [10, 10], 100, [100, 140], "0.01")
    >>> lone, both = (cascade(crowd, [100, 90.5], depth=depth) for depth in (100, 2))
    >>> lone.hit.tolist(), both.hit.tolist()
    ([0, 1], [0, 2])

    Raises ValueError that names the argument, its value and what was expected.
    """
    if not isinstance(crowd, Crowd):
        raise refuse("crowd", crowd, "a Crowd(...)")
    prices = np.atleast_1d(positive_floats("path", path))
    if prices.ndim != 1 or not len(prices):
        raise refuse("path", path, "prices one after the other")
    if type(rounds) is not int or rounds < 1:
        raise refuse("rounds", rounds, "a whole number, 1 or more")
    market = _Market(crowd, 0.01 / float(positive("depth", depth)),
                     _cushion(cushion) if partial else None,
                     None if fee is None else float(fraction_of_one("fee", fee)),
                     float(not_negative("fund", fund)))
    kept = 1 - _part("recovery", recovery)
    rows = np.array([market.step(price, kept, rounds) for price in prices])
    return Cascade(rows[:, 0], rows[:, 1].astype(int), *rows.T[2:], market.size, market.returned)


def shock(crowd: Crowd, price: Any, move: Any, **more: Any) -> Cascade:
    """One sudden move from a price, as a fraction (−0.1 is a fall of 10 %), and what follows at once.

    The other arguments are those of `cascade`.

    >>> shock(Crowd(1, 1, 100, 10, "0.01"), 100, "-0.12", depth=1).closed
    1
    """
    at, by = positive("price", price), rational("move", move)
    if by <= -1:
        raise refuse("move", move, "a fraction above -1")
    return cascade(crowd, [float(at), float(at * (1 + by))], **more)


def fund_against_shock(crowd: Crowd, price: Any, moves: Any, **more: Any) -> np.ndarray:
    """The money that the fund must have for each move, so that nobody else pays.

    moves: fractions.  The other arguments are those of `cascade`, without `fund`.
    """
    return np.array([_needed(shock(crowd, price, move, **more)) for move in moves])


def _needed(done: Cascade) -> float:
    """With an empty fund the deficit says what was missing."""
    return float(done.deficit[-1])


def margins(tiers: Tiers, notional: np.ndarray) -> np.ndarray:
    """Maintenance margins of notionals, as float64; above the cap at the last rate."""
    floors = np.array([float(row.floor) for row in tiers.rows])
    row = np.maximum(np.searchsorted(floors, notional), 1) - 1
    rate, less = (np.array([float(getattr(one, name)) for one in tiers.rows])[row]
                  for name in ("rate", "deduction"))
    return formulas.maintenance_margin.unchecked(maintenance_rate=rate, deduction=less,
                                                 notional=notional)


def carried(tiers: Tiers, equity: np.ndarray) -> np.ndarray:
    """The largest notional whose maintenance margin an equity covers; inf where no rate limits it."""
    tops = [float(row.floor) for row in tiers.rows[1:]] + [np.inf]
    best = np.zeros_like(equity)
    for row, top in zip(tiers.rows, tops):
        most = np.full_like(equity, np.inf) if not row.rate else formulas.restored_notional.unchecked(
            equity=equity, deduction=float(row.deduction), maintenance_rate=float(row.rate))
        fits = most > float(row.floor)
        best = np.where(fits, np.minimum(most, top), best)
        if tiers.scheme == "marginal" and not fits.any():
            break
    return np.where(equity > 0, best, 0.0)


class _Market:
    """The accounts in work, the pressure on the price, and the fund."""

    def __init__(self, crowd: Crowd, impact: float, cushion: float | None, fee: float | None,
                 fund: float):
        self.side, self.tiers = crowd.side, crowd.tiers
        self.size, self.entry, self.money = (
            column.copy() for column in (crowd.size, crowd.entry, crowd.collateral))
        self.impact, self.cushion, self.fee = impact, cushion, fee
        self.fund, self.deficit, self.returned, self.pressure = fund, 0.0, 0.0, 0.0
        self.long = crowd.side > 0
        self.below = np.where(self.long, crowd.lines, -np.inf)
        self.above = np.where(self.long, np.inf, crowd.lines)
        self._bounds()

    def _bounds(self) -> None:
        """The first line below the price, and the first above it."""
        self.top, self.bottom = self.below.max(), self.above.min()

    def _hit(self, mark: float) -> np.ndarray:
        """The rows whose lines the mark has reached: longs from above, then shorts from below."""
        found = [np.flatnonzero(self.below >= mark)] if mark <= self.top else []
        found += [np.flatnonzero(self.above <= mark)] if mark >= self.bottom else []
        return np.concatenate(found) if found else np.empty(0, dtype=int)

    def step(self, price: float, kept: float, rounds: int) -> tuple[float, ...]:
        """One price of the outside path: mark, accounts hit, coins sold, fund and deficit after it."""
        self.pressure *= kept
        mark, hit, sold = price * np.exp(-self.pressure), 0, 0.0
        for _ in range(rounds):
            rows = self._hit(mark)
            held = self.size[rows].sum()
            net = self._liquidate(rows, mark) if len(rows) else 0.0
            if self.size[rows].sum() == held:  # nobody hit, or all just at what they must have
                break
            hit, sold = hit + len(rows), sold + net
            self.pressure += self.impact * net
            mark = price * np.exp(-self.pressure)
        return mark, hit, sold, self.fund, self.deficit

    def _liquidate(self, rows: np.ndarray, mark: float) -> float:
        """All of these at once, at the average price of the round; the net coins sold."""
        side, size = self.side[rows], self.size[rows]
        close = self._closes(rows, mark)
        net = float((side * close).sum())
        fill = mark * average(self.impact * net)
        equity = self._equity(rows, fill)
        whole = (close >= size) | (equity <= (self.fee or 0) * close * fill)
        close = np.where(whole, size, close)
        paid = self._charged(equity, close * fill, whole)
        self._settle(equity[whole] - paid[whole], float(paid[~whole].sum() + paid[whole].sum()))
        self._keep(rows, np.where(whole, 0.0, size - close), equity - paid, fill)
        return float((side * close).sum())

    def _equity(self, rows: np.ndarray, price: float) -> np.ndarray:
        """What these accounts are worth at a price."""
        return formulas.equity.unchecked(
            collateral=self.money[rows], unrealized_pnl=formulas.unrealized_pnl.unchecked(
                side=self.side[rows], size=self.size[rows], entry_price=self.entry[rows],
                mark_price=price))

    def _closes(self, rows: np.ndarray, mark: float) -> np.ndarray:
        """What is closed of each: all, or down to what the equity carries with the cushion."""
        size = self.size[rows]
        if self.cushion is None:
            return size
        left = carried(self.tiers, self._equity(rows, mark) / self.cushion) / mark
        return np.where(left > 0, size - np.minimum(left, size), size)

    def _charged(self, equity: np.ndarray, closed: np.ndarray, whole: np.ndarray) -> np.ndarray:
        """What the fund gets of each, as far as it is there."""
        left = np.maximum(equity, 0)
        if self.fee is None:
            return np.where(whole, left, 0.0)
        return np.minimum(self.fee * closed, left)

    def _settle(self, left: np.ndarray, income: float) -> None:
        """What is left goes back, what is missing the fund pays, and then others."""
        self.returned += float(left[left > 0].sum())
        self.fund += income + float(left[left < 0].sum())
        if self.fund < 0:
            self.deficit, self.fund = self.deficit - self.fund, 0.0

    def _keep(self, rows: np.ndarray, size: np.ndarray, money: np.ndarray, fill: float) -> None:
        """What remains of each, as if opened at the fill with its equity as the collateral."""
        self.size[rows], self.entry[rows], self.money[rows] = size, fill, money
        self.below[rows], self.above[rows] = -np.inf, np.inf
        alive = rows[(size > 0) & (money > 0)]
        if len(alive):
            lines = _lines(self.side[alive], self.size[alive], self.entry[alive],
                           self.money[alive], self.tiers)
            self.below[alive] = np.where(self.long[alive], lines, -np.inf)
            self.above[alive] = np.where(self.long[alive], np.inf, lines)
        self._bounds()


def average(pressure: float) -> float:
    """The mean of exp(−x) from 0 to the pressure: the average price of a sale over its first."""
    return 1 - pressure / 2 if abs(pressure) < 1e-8 else -np.expm1(-pressure) / pressure


def _lines(side: Any, size: Any, entry: Any, money: Any, tiers: Tiers) -> np.ndarray:
    words = np.where(side > 0, "long", "short")
    prices = liquidation_prices(words, size, entry, money, tiers)
    return np.where(np.isnan(prices), np.where(side > 0, -np.inf, np.inf), prices)


def _evenly(rng: Any, name: str, ends: Any, count: int) -> np.ndarray:
    low, high = (float(positive(name, end)) for end in ends)
    if low > high:
        raise refuse(name, ends, "the lower bound first")
    return np.exp(rng.uniform(np.log(low), np.log(high), count))


def _cushion(value: Any) -> float:
    number = rational("cushion", value)
    if number < 1:
        raise refuse("cushion", value, "1 or more")
    return float(number)


def _part(name: str, value: Any) -> float:
    number = rational(name, value)
    if not 0 <= number <= 1:
        raise refuse(name, value, "a fraction from 0 to 1")
    return float(number)
