"""Synthetic days: made-up paths through a published open, high, low and close, rough in clusters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..theory.exact import positive, rational, refuse

if TYPE_CHECKING:
    import numpy
    from numpy.random import Generator

__all__ = ["Day", "HALF_MINUTES"]

#: Steps of thirty seconds in a day.
HALF_MINUTES = 2880
#: How long a calm or a rough time lasts (a part of the day), and how far apart they are: the
#: standard deviation of the logarithm of the pace.
CLUSTER, CONTRAST = 1 / 12, 1.0
#: Daily deviation of the noise around the way from one published price to the next.
NOISE = 0.06


@dataclass(frozen=True)
class Day:
    """A day by its four published prices, and when its high and low come (parts of the day).

    The prices are facts; the path between them, and the two times, are made up.

    >>> day = Day.published("2020-03-12")
    >>> day.open, day.low
    (7934.58, 4410.0)
    >>> path = day.path(seed=1)
    >>> len(path), float(path[0]), float(path.min()), float(path.max()), float(path[-1])
    (2881, 7934.58, 4410.0, 7966.17, 4800.0)
    """

    open: float
    high: float
    low: float
    close: float
    high_at: float = 1 / 24
    low_at: float = 23 / 24

    def __post_init__(self) -> None:
        for name in ("open", "high", "low", "close"):
            object.__setattr__(self, name, float(positive(name, getattr(self, name))))
        for name in ("high_at", "low_at"):
            if not 0 < rational(name, getattr(self, name)) < 1:
                raise refuse(name, getattr(self, name), "a part of the day between 0 and 1")
        if self.high_at == self.low_at:
            raise refuse("low_at", self.low_at, "another time than the high's")
        if self.high < max(self.open, self.low, self.close):
            raise refuse("high", self.high, "a price at or above open, low and close")
        if self.low > min(self.open, self.close):
            raise refuse("low", self.low, "a price at or below open and close")

    @classmethod
    def published(cls, date: str) -> "Day":
        """One of the notable days of the book's facts, such as "2020-03-12".

        ValueError for a day whose prices do not ship with the book.
        """
        from ..market.ranges import candles

        day = candles().day(date)
        return cls(*(day[name] for name in ("open", "high", "low", "close")))

    def path(self, seed: int, steps: int = HALF_MINUTES) -> "numpy.ndarray":
        """One path: `steps` + 1 prices.  The same seed gives the same path."""
        import numpy

        return self.paths(numpy.random.default_rng(seed), 1, steps)[0]

    def paths(self, generator: "Generator", count: int, steps: int = HALF_MINUTES
              ) -> "numpy.ndarray":
        """Many paths, one a row.  Each touches the high and the low and never leaves them.

        Time runs fast and slow: its pace is the exponential of a mean-reverting walk, so that
        rough stretches cluster, and the day's way is walked at that pace.
        """
        import numpy

        if isinstance(steps, bool) or not isinstance(steps, int) or steps < 24:
            raise refuse("steps", steps, "a whole number of at least 24")
        pace = numpy.exp(CONTRAST * _reverting(generator, count, steps))
        pace /= pace.mean(axis=1, keepdims=True)
        noise = generator.standard_normal((count, steps)) * numpy.sqrt(pace / steps) * NOISE
        logs = numpy.empty((count, steps + 1))
        for (start, here), (end, there) in self._stretches(steps):
            logs[:, start:end + 1] = _bridge(math.log(here), math.log(there), pace[:, start:end],
                                             noise[:, start:end])
        prices = numpy.exp(_folded(logs, math.log(self.low), math.log(self.high)))
        for at, price in self._knots(steps):
            prices[:, at] = price
        return numpy.clip(prices, self.low, self.high)

    def _knots(self, steps: int) -> list[tuple[int, float]]:
        inside = sorted([(round(self.high_at * steps), self.high),
                         (round(self.low_at * steps), self.low)])
        return [(0, self.open), *inside, (steps, self.close)]

    def _stretches(self, steps: int) -> list[tuple[tuple[int, float], tuple[int, float]]]:
        knots = self._knots(steps)
        return list(zip(knots, knots[1:]))


def _reverting(generator: "Generator", count: int, steps: int) -> "numpy.ndarray":
    """Walks of deviation 1 that forget where they were within CLUSTER of the day."""
    import numpy

    keep = math.exp(-1 / (CLUSTER * steps))
    push = math.sqrt(1 - keep**2) * generator.standard_normal((steps, count))
    walk = numpy.empty((steps, count))
    walk[0] = generator.standard_normal(count)
    for i in range(1, steps):
        walk[i] = keep * walk[i - 1] + push[i]
    return walk.T


def _bridge(here: float, there: float, pace: "numpy.ndarray", noise: "numpy.ndarray"
            ) -> "numpy.ndarray":
    """From one logarithm to the other at this pace, with noise that is 0 at both ends."""
    import numpy

    def summed(parts: "numpy.ndarray") -> "numpy.ndarray":
        return numpy.concatenate([numpy.zeros((len(parts), 1)), parts.cumsum(axis=1)], axis=1)

    way, walk = summed(pace), summed(noise)
    part = way / way[:, -1:]
    return here + (there - here) * part + walk - part * walk[:, -1:]


def _folded(logs: "numpy.ndarray", low: float, high: float) -> "numpy.ndarray":
    """Folded back where they leave the two bounds."""
    import numpy

    width = high - low
    place = numpy.mod(logs - low, 2 * width) if width else numpy.zeros_like(logs)
    return low + numpy.minimum(place, 2 * width - place)
