"""How likely a price is to touch a line: the formula's value, and simulations that check it.

The logarithm of the price is taken to be a Brownian motion with drift.  Times are in days, of which
365 make a year; volatility and drift are those of a year.  The simulations are experiments for
`simulate`: they draw paths and say of each whether it touched.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy

from ..market.contract import Linear
from ..market.position import SIDES
from ..market.ranges import candles
from ..theory import formulas as f
from ..theory.exact import one_of, positive, positive_floats, rational, refuse
from ..theory.exact import sign as one_sign

if TYPE_CHECKING:
    from numpy.random import Generator

    from ..market.position import Position

DAYS = 365
WATCHED = ("always", "at the end of each step")


def touch_probability(side: str, price: Any, line: Any, *, volatility: Any, days: Any,
                      drift: Any = 0) -> Any:
    """The probability that the price touches the line within some days.

    side: "long" (the line lies below the price) or "short" (above it); price, line: in the same
    currency; volatility, drift: of a year.  Numbers or arrays that broadcast; a float for numbers.
    ValueError for a line on the wrong side, and for a volatility, a price or days not above 0.

    >>> round(touch_probability("long", 60_000, 54_216.87, volatility="0.7", days=7), 4)
    0.311
    """
    sign = SIDES[one_of("side", side, tuple(SIDES))]
    price, line = positive_floats("price", price), positive_floats("line", line)
    years = positive_floats("days", days) / DAYS
    volatility = positive_floats("volatility", volatility)
    barrier = f.log_barrier.numpy(liquidation_price=line, mark_price=price)
    _right_side(side, sign, line, price, barrier)
    log_drift = f.log_drift.numpy(drift=drift, volatility=volatility)
    found = f.touch_probability.numpy(side=sign, log_barrier=barrier, log_drift=log_drift,
                                      volatility=volatility, horizon=years)
    return found if found.ndim else found.item()


def _right_side(side: str, sign: int, line: Any, price: Any, barrier: Any) -> None:
    wrong = numpy.broadcast_to(sign * barrier >= 0, barrier.shape)
    if wrong.any():
        where = "below" if sign > 0 else "above"
        raise refuse("line", numpy.broadcast_to(line, barrier.shape)[wrong].flat[0].item(),
                     f"a line {where} the price of "
                     f"{numpy.broadcast_to(price, barrier.shape)[wrong].flat[0].item():,}, for a {side}")


def liquidation_probability(position: "Position", tiers: Any, *, volatility: Any, days: Any,
                            drift: Any = 0, mark: Any = None, basis: str = "mark",
                            close_fee: Any = 0) -> float:
    """The probability that a position meets its liquidation price within some days.

    mark: the price now, by default the entry.  0 for a position without a liquidation price.
    ValueError for a position that is liquidated already, and as `touch_probability`.

    >>> from perpedu import Position
    >>> long = Position("long", "0.1", 60_000, leverage=10)
    >>> round(liquidation_probability(long, "0.004", volatility="0.7", days=30), 4)
    0.6444
    """
    mark = position.entry if mark is None else positive("mark", mark)
    found = position.liquidation(tiers, mark, basis=basis, close_fee=close_fee)
    if found.status == "liquidated":
        raise refuse("position", f"{position.side} from {position.entry}",
                     f"one that is still open at a mark of {mark}; it is liquidated already")
    if found.price is None:
        positive("volatility", volatility), positive("days", days)
        return 0.0
    return touch_probability(position.side, mark, found.price, volatility=volatility, days=days,
                             drift=drift)


def probability_map(side: str, leverages: Any, days: Any, *, volatility: Any,
                    maintenance_rate: Any = "0.004", drift: Any = 0) -> "numpy.ndarray":
    """The probabilities of a fresh position, a row for each leverage and a column for the days.

    ValueError for a leverage at which it would be liquidated as it opens; for a long at 1x too,
    which has no line.

    >>> probability_map("long", [5, 10], [7, 30], volatility="0.7").round(2).tolist()
    [[0.03, 0.31], [0.31, 0.64]]
    """
    sign = SIDES[one_of("side", side, tuple(SIDES))]
    rows = positive_floats("leverages", leverages)[:, None]
    lines = f.log_barrier_leverage.numpy(side=sign, leverage=rows, maintenance_rate=maintenance_rate)
    if not (sign * lines < 0).all():
        bad = rows[~(sign * lines < 0)].flat[0].item()
        raise refuse("leverages", bad, "leverages with a line that is not reached as they open")
    return touch_probability(side, 1, numpy.exp(lines), volatility=volatility, days=days, drift=drift)


@dataclass(frozen=True)
class Touches:
    """An experiment: whether a Brownian motion with drift touches a line, 1 or 0 for each path.

    side: 1 or -1; log_barrier: the logarithm of line over price; log_drift, volatility: of a year;
    days: the horizon; steps: into how many it is cut; watched: "always" asks in each step, of the
    bridge between its two ends, whether it went beyond the line, which is exact whatever the steps;
    "at the end of each step" looks only there, and misses touches.

    >>> from perpedu.risk import simulate
    >>> walk = Touches(1, -0.1014, -0.245, 0.7, 7)
    >>> print(simulate(walk, 20_000, seed=1))
    0.3100 ± 0.0033 (one standard error, 20,000 paths)
    """

    side: int
    log_barrier: float
    log_drift: float
    volatility: float
    days: float
    steps: int = 1
    watched: str = "always"

    def __post_init__(self) -> None:
        one_of("watched", self.watched, WATCHED)
        for name in ("volatility", "days", "steps"):
            positive(name, getattr(self, name))
        one_sign("side", self.side)
        if self.side * self.log_barrier >= 0:
            raise refuse("log_barrier", self.log_barrier,
                         "below 0 for a long, above 0 for a short: the line lies on the other side")

    def __call__(self, generator: "Generator", count: int) -> "numpy.ndarray":
        time = self.days / DAYS / self.steps
        room = numpy.full(count, -self.side * self.log_barrier)
        touched = numpy.zeros(count, dtype=bool)
        for _ in range(self.steps):
            move = self.log_drift * time + self.volatility * math.sqrt(time) * (
                generator.standard_normal(count))
            after = room + self.side * move
            touched |= after <= 0
            if self.watched == "always":
                touched |= bridged(generator, room, after, self.volatility, time)
            room = after
        return touched


def bridged(generator: "Generator", before: Any, after: Any, volatility: float,
            time: Any) -> "numpy.ndarray":
    """Whether a walk that stood so far from a line before and after a step met it in between.

    Drawn with the probability that a Brownian bridge meets it.  time: of the step, in years.
    """
    chance = f.bridge_touch.unchecked(room_before=numpy.maximum(before, 0), look_interval=time,
                                      room_after=numpy.maximum(after, 0), volatility=volatility)
    return generator.random(len(chance)) < chance


@dataclass(frozen=True)
class FundedTouches:
    """An experiment: a fresh position that pays funding out of its collateral, step after step.

    The line moves with each payment, which depends on the price then: no formula is known.
    side: 1 or -1; leverage, maintenance_rate: of the position; funding: of a year, a fraction of the
    notional that longs pay; days; payments: in that time, evenly spread.
    """

    side: int
    leverage: float
    maintenance_rate: float
    funding: float
    volatility: float
    days: float
    payments: int
    drift: float = 0.0

    def __call__(self, generator: "Generator", count: int) -> "numpy.ndarray":
        time = self.days / DAYS / self.payments
        log_drift = f.log_drift.unchecked(drift=self.drift, volatility=self.volatility)
        price, money = numpy.ones(count), numpy.full(count, 1 / self.leverage)
        touched = numpy.zeros(count, dtype=bool)
        for _ in range(self.payments):
            line = self._line(money)
            before = self.side * numpy.log(price / line)
            price = price * numpy.exp(log_drift * time + self.volatility * math.sqrt(time) * (
                generator.standard_normal(count)))
            after = self.side * numpy.log(price / line)
            touched |= (after <= 0) | bridged(generator, before, after, self.volatility, time)
            money = money - f.funding_payment.unchecked(
                side=self.side, notional=price, funding_rate=self.funding * time)
            touched |= self.side * (price - self._line(money)) <= 0
        return touched

    def _line(self, money: Any) -> Any:
        """The liquidation prices of one coin bought or sold at 1, with this collateral."""
        return numpy.maximum(Linear().formula("liquidation_price").unchecked(
            side=self.side, size=1.0, entry_price=1.0, collateral=money,
            maintenance_rate=self.maintenance_rate, deduction=0.0, close_fee=0.0), 1e-9)


@dataclass(frozen=True)
class Redrawn:
    """An experiment: days drawn anew, one by one, from the published quantiles of real ones.

    A day's move from close to close, and how far its low (or high) lies outside of the two closes,
    are drawn each on its own: fat tails stay, quiet and wild times are mixed up.
    side: 1 or -1; distances: of the lines from the first close, fractions, a column for each;
    days: how many.
    """

    side: int
    distances: tuple[float, ...]
    days: int

    def __post_init__(self) -> None:
        one_sign("side", self.side)
        positive_floats("distances", self.distances), positive("days", self.days)

    def __call__(self, generator: "Generator", count: int) -> "numpy.ndarray":
        facts, price = candles(), numpy.ones(count)
        outside = facts.dips if self.side > 0 else facts.rises
        furthest = numpy.full(count, -numpy.inf)
        for _ in range(self.days):
            after = price * (1 + drawn(generator, facts.moves, count))
            ends = numpy.maximum if self.side < 0 else numpy.minimum
            worst = ends(price, after) * (1 - self.side * drawn(generator, outside, count))
            furthest = numpy.maximum(furthest, self.side * (1 - worst))
            price = after
        return furthest[:, None] >= numpy.array(self.distances)


def drawn(generator: "Generator", quantiles: Any, count: int) -> "numpy.ndarray":
    """Numbers with these quantiles, and straight lines between them."""
    parts, values = zip(*((float(rational("part", part)), float(value))
                          for part, value in quantiles.items()))
    return numpy.interp(generator.random(count), parts, values)
