"""Looking at intervals: the chance that a look sees the line crossed, and rules that wait.

A price may touch its line between two looks and come back.  `seen_probability` adds up, look by
look, the paths that no look has caught (numerical integration); the experiments do the same by
simulation, for `perpedu.risk.simulate`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy

from ..market.position import SIDES
from ..theory.exact import (floats, fraction_of_one, not_negative, one_of, positive, rational, refuse,
                            whole)

if TYPE_CHECKING:
    from numpy.random import Generator

#: Standard deviations of the whole time that the integration reaches above the start.
_REACH = 8
#: Nodes a standard deviation of one interval, and the most of them.
_DENSE, _MOST = 4, 2_500


def seen_probability(side: str, log_barrier: Any, log_drift: Any, volatility: Any, horizon: Any,
                     looks: int) -> float:
    """The probability that one of so many looks, evenly spaced, finds the price at or beyond the line.

    side: "long" (line below) or "short" (line above).  log_barrier: logarithm of the line over the
    price now.  log_drift, volatility: of the logarithm, a year.  horizon: in years; the last look is
    at its end.  By Gauss-Legendre integration, to about 1e-9.

    >>> from math import log
    >>> round(seen_probability("long", log(0.9 / 0.996), -0.245, 0.7, 7 / 365, 56), 4)
    0.2768

    Raises ValueError for a line on the wrong side, a volatility or horizon not above 0, no look, or
    so many that `pp.formulas.watched_probability` is the better way.
    """
    sign = SIDES[one_of("side", side, tuple(SIDES))]
    line = -_away(sign, log_barrier)
    drift = sign * float(rational("log_drift", log_drift))
    sigma, time = (float(positive(name, value)) for name, value in (
        ("volatility", volatility), ("horizon", horizon)))
    step = time / whole("looks", looks)
    spread = sigma * step**0.5
    nodes, weights = _nodes(line, _REACH * sigma * time**0.5 + abs(drift) * time, spread, looks)
    density = _normal(nodes - drift * step, spread)
    if looks > 1:
        kernel = _normal(nodes[:, None] - nodes[None, :] - drift * step, spread) * weights
        for _ in range(looks - 1):
            density = kernel @ density
    return float(min(1, max(0, 1 - weights @ density)))


def _nodes(line: float, top: float, spread: float, looks: int) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Where the density of what no look has caught is kept, and with what weight."""
    count = 60 + int(_DENSE * (top - line) / spread)
    if count > _MOST:
        raise refuse("looks", looks, "fewer looks: for so many, formulas.watched_probability differs "
                     "by less than this integration is worth")
    at, weights = numpy.polynomial.legendre.leggauss(count)
    half = (top - line) / 2
    return line + half * (at + 1), half * weights


def _normal(x: numpy.ndarray, spread: float) -> numpy.ndarray:
    return numpy.exp(-0.5 * (x / spread) ** 2) / (spread * numpy.sqrt(2 * numpy.pi))


def _away(sign: int, log_barrier: Any) -> float:
    """How far the line lies from the price, as a logarithm.  ValueError on the wrong side."""
    number = float(floats("log_barrier", log_barrier))
    if not numpy.isfinite(number) or sign * number >= 0:
        raise refuse("log_barrier", log_barrier, "a number below 0 for a long, above 0 for a short: "
                     "on the other side the position is liquidated already")
    return abs(number)


@dataclass(frozen=True)
class Watched:
    """An experiment: a price is looked at `looks` times; a row is (seen, touched).

    seen: 1 where a look found it at or beyond the line.  touched: the probability that it touched
    the line at any moment, given what the looks found: 1 where seen, otherwise what the Brownian
    bridges between the looks leave open.  Arguments as in `seen_probability`.

    >>> from math import log
    >>> from perpedu.risk import simulate
    >>> print(simulate(Watched("long", log(0.9 / 0.996), -0.245, 0.7, 7 / 365, 7), 20_000, seed=1))
    0.2280 ± 0.0030, 0.3135 ± 0.0031 (one standard error, 20,000 paths)
    """

    side: str
    log_barrier: float
    log_drift: float
    volatility: float
    horizon: float
    looks: int

    def __post_init__(self):
        _away(SIDES[one_of("side", self.side, tuple(SIDES))], self.log_barrier)
        rational("log_drift", self.log_drift)
        positive("volatility", self.volatility), positive("horizon", self.horizon)
        whole("looks", self.looks)

    def __call__(self, generator: "Generator", count: int) -> numpy.ndarray:
        from ..theory import formulas

        sign, step = SIDES[self.side], self.horizon / self.looks
        room = numpy.full(count, abs(self.log_barrier), dtype=float)
        seen, clear = numpy.zeros(count, dtype=bool), numpy.ones(count)
        for _ in range(self.looks):
            moved = generator.normal(sign * self.log_drift * step, self.volatility * step**0.5, count)
            after = room + moved
            seen |= after <= 0
            between = formulas.bridge_touch.unchecked(
                room_before=numpy.maximum(room, 0), room_after=numpy.maximum(after, 0),
                volatility=self.volatility, look_interval=step)
            clear *= 1 - between
            room = after
        return numpy.column_stack([seen, numpy.where(seen, 1, 1 - clear)])


@dataclass(frozen=True)
class Waiting:
    """An experiment: a liquidation that waits for several marks in a row at or beyond the line.

    A long stands `room` (a logarithm) above its line, and the line `gap` above its bankruptcy
    price.  Marks come every `interval` (years) for `marks` of them; each moves the logarithm by a
    normal step of this yearly volatility and, with the chance `jump_chance`, by a further
    `jump` (below 0).  For each number of marks in `ticks` there are four columns: taken (1 or 0);
    spared (1 where the one-mark rule took it, this one never did, and it ends above the line);
    deficit (1 where it was closed below bankruptcy); lost (how far below, as a logarithm).
    It is closed at the mark at which it is taken.

    >>> from perpedu.risk import simulate
    >>> one = Waiting(0.0005, 0.005, 0.7, 1 / 31_536_000, 60, (1, 3))
    >>> simulate(one, 4000, seed=1).mean.round(2)[:2].tolist()
    [0.57, 0.0]
    """

    room: float
    gap: float
    volatility: float
    interval: float
    marks: int
    ticks: tuple[int, ...] = (1, 3)
    jump_chance: float = 0.0
    jump: float = 0.0

    def __post_init__(self):
        for name in ("room", "gap", "volatility", "interval"):
            positive(name, getattr(self, name))
        whole("marks", self.marks)
        if not isinstance(self.ticks, Iterable) or not self.ticks or isinstance(self.ticks, str):
            raise refuse("ticks", self.ticks, "at least one whole number")
        for ticks in self.ticks:
            whole("ticks", ticks)
        fraction_of_one("jump_chance", self.jump_chance)
        not_negative("-jump", -rational("jump", self.jump))

    def __call__(self, generator: "Generator", count: int) -> numpy.ndarray:
        room = numpy.full(count, float(self.room))
        row = numpy.zeros(count, dtype=int)
        rules = {ticks: numpy.full(count, numpy.nan) for ticks in (1, *self.ticks)}
        for _ in range(self.marks):
            room += generator.normal(0, self.volatility * self.interval**0.5, count)
            if self.jump_chance:
                room += self.jump * (generator.random(count) < self.jump_chance)
            row = numpy.where(room <= 0, row + 1, 0)
            for ticks, closed in rules.items():
                now = numpy.isnan(closed) & (row >= ticks)
                closed[now] = room[now]
        first = ~numpy.isnan(rules[1])
        return numpy.column_stack([column for ticks in self.ticks
                                   for column in self._columns(rules[ticks], first, room)])

    def _columns(self, closed: numpy.ndarray, first: numpy.ndarray,
                 room: numpy.ndarray) -> Iterable[numpy.ndarray]:
        taken = ~numpy.isnan(closed)
        beyond = numpy.where(taken, numpy.maximum(0, -self.gap - closed), 0)
        return taken, first & ~taken & (room > 0), beyond > 0, beyond
