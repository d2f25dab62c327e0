"""What a venue loses beyond a position's maintenance margin, by simulation.

A position is taken over with equity of just its maintenance margin.  Until it is closed the price
moves on; what the move takes beyond the margin is the venue's deficit, which its insurance fund
pays.  All numbers are fractions of the notional that is closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..theory.exact import fraction_of_one, positive, rational, refuse
from .simulation import Estimate, simulate

if TYPE_CHECKING:
    import numpy
    from numpy.random import Generator

__all__ = ["CloseOut", "closeout_deficit"]


@dataclass(frozen=True)
class CloseOut:
    """One close-out a path: the deficit, and 1 where there is one.

    rate: the maintenance rate; deviation: the standard deviation of the move; freedom: None for
    normal moves, or the degrees of freedom of Student's t, above 2, scaled to that deviation.
    """

    rate: float
    deviation: float
    freedom: float | None = None

    def __call__(self, generator: "Generator", count: int) -> "numpy.ndarray":
        import numpy

        if self.freedom is None:
            moves = generator.normal(0, self.deviation, count)
        else:
            scale = self.deviation * numpy.sqrt((self.freedom - 2) / self.freedom)
            moves = scale * generator.standard_t(self.freedom, count)
        lost = numpy.maximum(moves - self.rate, 0)
        return numpy.column_stack([lost, lost > 0])


def closeout_deficit(rate: Any, deviation: Any, *, freedom: Any = None, paths: int = 100_000, seed: int = 1,
            executor: Any = None) -> Estimate:
    """Mean deficit and chance of one, with standard errors: two columns.

    rate: in [0, 1).  deviation: of the move until the position is closed, above 0, a fraction.
    freedom: None (normal moves) or above 2 (Student's t of the same deviation: fatter tails).

    >>> closeout_deficit("0.004", "0.00172", paths=20_000).mean.round(4)
    array([0.    , 0.0086])

    ValueError, naming the argument, for a rate or deviation out of range and a freedom of 2 or
    less, whose deviation would not exist.
    """
    degrees = None if freedom is None else float(rational("freedom", freedom))
    if degrees is not None and degrees <= 2:
        raise refuse("freedom", freedom, "None, or degrees of freedom above 2")
    closing = CloseOut(float(fraction_of_one("rate", rate)),
                       float(positive("deviation", deviation)), degrees)
    return simulate(closing, paths, seed=seed, executor=executor)
