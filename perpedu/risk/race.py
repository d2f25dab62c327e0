"""Which comes first, the stop or the liquidation?  Without jumps the nearer one; jumps pass both.

Between jumps the price moves without a jump (geometric Brownian motion), so it meets whatever is
nearer first, and the only question is whether it meets it at all.  A jump goes against the position;
its size, as a logarithm, is exponential.  Jumps come at random times, so many a year on average.
Nothing is put on a grid: the time from jump to jump is drawn, the move in it, and then whether a
barrier was touched on the way, by the Brownian bridge.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..market.contract import Linear
from ..market.position import Position
from ..theory import formulas
from ..theory.exact import fraction_of_one, not_negative, positive, rational, refuse, sign
from .orders import StopOrder

if TYPE_CHECKING:
    import numpy
    from numpy.random import Generator

DAYS_A_YEAR = 365


@dataclass(frozen=True)
class StopRace:
    """An experiment for `simulate`: a position with a stop, until one comes first or time is up.

    sign: +1 long, −1 short; stop, line: prices over the entry price; None: there is none.
    leverage: notional at entry over the margin; days: how long; volatility, drift: of a year, of
    what moves without jumps; jumps_a_year, mean_jump: how many on average, and their mean size as a
    logarithm, against the position; slippage, close_fee: fractions of the price of the fill.

    Each path gives four numbers: 1 where the stop came first, 1 where the liquidation did, 1 where
    neither, and what is left of 1 of margin (0 after a liquidation; never below 0).  A jump that
    passes both is a liquidation.

    Raises ValueError that names the argument, its value and what was expected.
    """

    sign: int
    stop: float | None
    line: float | None
    leverage: float
    days: float
    volatility: float
    drift: float = 0.0
    jumps_a_year: float = 0.0
    mean_jump: float = 0.02
    slippage: float = 0.0
    close_fee: float = 0.0

    def __post_init__(self) -> None:
        sign("sign", self.sign)
        for name, check in {"leverage": positive, "days": positive, "volatility": not_negative,
                            "drift": rational, "jumps_a_year": not_negative, "mean_jump": positive,
                            "slippage": fraction_of_one, "close_fee": fraction_of_one}.items():
            object.__setattr__(self, name, float(check(name, getattr(self, name))))
        for name in ("stop", "line"):
            price = getattr(self, name)
            if price is not None and self.sign * (1 - float(positive(name, price))) <= 0:
                raise refuse(name, price, "a price on the losing side of the entry, over the entry")

    @classmethod
    def of(cls, position: Position, stop: Any, tiers: Any, *, basis: str = "mark",
           close_fee: Any = 0, **market: Any) -> "StopRace":
        """The race of a position: its line from the tier table; `market` as above.

        stop: a price, or None for a position without a stop.  Linear contracts.
        """
        if not isinstance(position.contract, Linear):
            raise refuse("position", position, "a linear contract")
        line = position.liquidation_price(tiers, basis, close_fee)
        order = None if stop is None else StopOrder.closing(position, stop)
        notional = position.notional()
        return cls(position.sign, order and float(order.stop / position.entry),
                   line and float(line / position.entry), notional / position.collateral,
                   close_fee=close_fee, **market)

    def __call__(self, generator: "Generator", count: int) -> "numpy.ndarray":
        import numpy

        done = numpy.zeros((count, 4))
        open_, moved = numpy.arange(count), numpy.zeros(count)
        left = numpy.full(count, self.days / DAYS_A_YEAR)
        while open_.size:
            wait = self._wait(generator, left)
            end = self._drifted(generator, moved, wait)
            touched = self._touched(generator, moved, end, wait)
            self._settle(done, open_[touched], self._nearer(), numpy.full(touched.sum(), self.near))
            jump = ~touched & (wait < left)
            after = end - self.mean_jump * generator.standard_exponential(end.size)
            hit = jump & (after <= self.near)
            self._settle(done, open_[hit], after[hit] <= self.at(self.line), after[hit])
            over = ~touched & ~jump
            self._time_up(done, open_[over], end[over])
            on = jump & ~hit
            open_, moved, left = open_[on], after[on], (left - wait)[on]
        return done

    def at(self, price: float | None) -> float:
        """A price as the logarithm of what the position has gained on the way: below 0."""
        return -math.inf if price is None else self.sign * math.log(price)

    @property
    def near(self) -> float:
        """The nearer of stop and line."""
        return max(self.at(self.stop), self.at(self.line))

    def _nearer(self) -> bool:
        """Whether the nearer one is the line; on the same price, too."""
        return self.at(self.line) >= self.at(self.stop)

    def _wait(self, generator: "Generator", left: "numpy.ndarray") -> "numpy.ndarray":
        import numpy

        if self.jumps_a_year == 0:
            return left
        return numpy.minimum(left, generator.standard_exponential(left.size) / self.jumps_a_year)

    def _drifted(self, generator: "Generator", moved: "numpy.ndarray", wait: "numpy.ndarray"):
        mean = self.sign * formulas.log_drift.unchecked(drift=self.drift, volatility=self.volatility)
        return (moved + mean * wait
                + self.volatility * wait**0.5 * generator.standard_normal(moved.size))

    def _touched(self, generator, start, end, wait) -> "numpy.ndarray":
        """Whether the nearer barrier was met between two places that the price is known at."""
        import numpy

        from .passage import bridged

        with numpy.errstate(divide="ignore", invalid="ignore"):  # without volatility, or no time
            between = bridged(generator, start - self.near, end - self.near, self.volatility, wait)
        return (end <= self.near) | between

    def _settle(self, done, paths, liquidated, moved) -> None:
        import numpy

        taken = numpy.broadcast_to(liquidated, paths.shape)
        done[paths, 0], done[paths, 1] = ~taken, taken
        done[paths, 3] = numpy.where(taken, 0, self._left(moved, self.slippage, self.close_fee))

    def _time_up(self, done, paths, moved) -> None:
        done[paths, 2], done[paths, 3] = 1, self._left(moved, 0, 0)

    def _left(self, moved, slippage: float, fee: float) -> "numpy.ndarray":
        """Of 1 of margin, after a move; the fee is paid where the position is closed."""
        import numpy

        price = numpy.exp(self.sign * moved) * (1 - self.sign * slippage)
        return numpy.maximum(0, 1 + self.leverage * (self.sign * (price - 1) - fee * price))
