"""Leverage chosen last: from the price at which one is wrong to a size, and from there to a bound.

Also what leverage a past fall would have let through, and how fast money grows at a leverage that
is kept up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import formulas
from ..market.contract import Inverse, Linear
from ..market.position import SIDES, Position
from ..market.solve import Solution, solve
from ..market.tiers import as_tiers
from ..theory.exact import fraction_of_one, not_negative, one_of, positive, rational, refuse

if TYPE_CHECKING:
    import numpy
    from numpy.random import Generator
    from sympy import Rational

#: What is left of the money where a simulated account has lost everything: so there is a logarithm.
NOTHING = 1e-9


@dataclass(frozen=True)
class Sizing:
    """A trade sized from its stop: leverage comes last.

    fill: the price at which the stop is filled, slippage counted; size: in coin or contracts;
    leverage_below: where the line lies at the fill: the leverage must stay below it; None where
    even the whole notional as margin would not do; allowed: the table's own bound at this notional,
    or None.
    """

    side: str
    entry: "Rational"
    stop: "Rational"
    fill: "Rational"
    size: "Rational"
    leverage_below: "Rational | None"
    allowed: "Rational | None"
    contract: Linear | Inverse = Linear()

    def position(self, leverage: Any) -> Position:
        """The position at a leverage.  ValueError at or above `leverage_below`, or not allowed."""
        chosen = rational("leverage", leverage)
        if self.leverage_below is None or chosen >= self.leverage_below:
            raise refuse("leverage", leverage, f"less than {self.leverage_below}, at which the line "
                         f"lies where the stop is filled, {self.fill}")
        if self.allowed is not None and chosen > self.allowed:
            raise refuse("leverage", leverage, f"at most {self.allowed}, the table's bound")
        return Position(self.side, self.size, self.entry, leverage=leverage, contract=self.contract)


def size_for_stop(side: str, entry: Any, stop: Any, risk: Any, tiers: Any, *, slippage: Any = 0,
                  close_fee: Any = 0, basis: str = "mark",
                  contract: Linear | Inverse = Linear()) -> Sizing:
    """Stop → fill → size → leverage: the size that loses `risk` at the fill, and the leverage bound.

    stop: the trigger price, below the entry of a long, above that of a short; slippage: how much
    worse than it the order is filled, a fraction of it; risk: money above 0, the close fee in it;
    other arguments as in `Position`.

    >>> plan = size_for_stop("long", 60_000, 57_000, 300, "0.005", slippage="0.01")
    >>> plan.fill, plan.size, round(float(plan.leverage_below), 2)
    (56430, 10/119, 15.58)

    Raises ValueError that names the argument, its value and what was expected.
    """
    at = fill_price(side, stop, slippage)
    entered, price = positive("entry", entry), positive("stop", stop)
    if SIDES[side] * (entered - price) <= 0:
        where = "below" if side == "long" else "above"
        raise refuse("stop", stop, f"a price {where} the entry of the {side}, {entered}")
    size = solve("size", side, entered, stop=at, risk=risk, close_fee=close_fee,
                 contract=contract).value
    bound = leverage_to(side, entered, at, tiers, size=size, close_fee=close_fee, basis=basis,
                        contract=contract)
    notional = contract.value("notional", size=size, mark_price=entered)
    return Sizing(side, entered, price, at, size, bound.value,
                  as_tiers(tiers).max_leverage(notional), contract)


def fill_price(side: str, stop: Any, slippage: Any = 0) -> "Rational":
    """Where a stop order is filled: `slippage`, a fraction in [0, 1), worse than its stop price.

    >>> fill_price("long", 57_000, "0.01"), fill_price("short", 63_000, "0.01")
    (56430, 63630)
    """
    return formulas.fill_price.exact(side=SIDES[one_of("side", side, tuple(SIDES))],
                                     stop_price=positive("stop", stop),
                                     slippage=fraction_of_one("slippage", slippage))


def leverage_to(side: str, entry: Any, price: Any, tiers: Any, *, size: Any = 1,
                close_fee: Any = 0, basis: str = "mark",
                contract: Linear | Inverse = Linear()) -> Solution:
    """The leverage whose line lies at a price: below it, a position survives that price.

    `.value` is None where no leverage of 1 or more puts the line there.  Arguments as in `solve`.

    >>> low = leverage_to("long", "7934.58", 4_410, "0.004")   # the low of 12 March 2020, spot
    >>> round(float(low.value), 2)
    2.24
    """
    return solve("leverage", side, entry, size=size, liquidation_price=price, tiers=tiers,
                 basis=basis, close_fee=close_fee, contract=contract)


def leverage_for_touch(side: str, chance: Any, *, volatility: Any, days: Any,
                       maintenance_rate: Any = "0.004", drift: Any = 0) -> float | None:
    """The leverage at which a fresh position touches its line within some days with this chance.

    chance: above 0 and below 1; other arguments as in `probability_map`, of which this is the
    inverse.  Linear contract, floor on the mark notional.  None where even 1x touches more often.

    >>> round(leverage_for_touch("long", "0.05", volatility="0.7", days=30), 2)
    2.95

    Raises ValueError that names the argument, its value and what was expected.
    """
    from .passage import probability_map

    wanted, rate = positive("chance", chance), fraction_of_one("maintenance_rate", maintenance_rate)
    if wanted >= 1:
        raise refuse("chance", chance, "a probability below 1")
    low, high = 1 + 1e-9, min(1e9, 1 / float(rate) if rate else 1e9) * (1 - 1e-9)

    def often(leverage: float) -> bool:
        return probability_map(side, [leverage], [days], volatility=volatility, drift=drift,
                               maintenance_rate=rate)[0, 0] > float(wanted)

    if often(low):
        return None
    for _ in range(80):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if often(middle) else (middle, high)
    return low


@dataclass(frozen=True)
class Compounding:
    """An experiment for `simulate`: a year at a leverage that is set anew each day.

    leverage: times the money, above 0 long, below 0 short; drift, funding_a_year: of a year;
    volatility: of a year, 0 or more; days: how often it is set anew in the year.  A path's number
    is the growth of the logarithm of its money, less the day's shocks times the leverage: these
    have mean 0, so the mean is that of the growth, with a far smaller standard error.

    >>> from perpedu.risk import simulate
    >>> simulate(Compounding(1, 0.3, 0.7), 2_000, seed=1).agrees_with(0.055, errors=10)
    True

    Raises ValueError for a volatility below 0, or no day.
    """

    leverage: float
    drift: float
    volatility: float
    funding_a_year: float = 0.0
    days: int = 365

    def __post_init__(self) -> None:
        for name in ("leverage", "drift", "funding_a_year"):
            object.__setattr__(self, name, float(rational(name, getattr(self, name))))
        object.__setattr__(self, "volatility", float(not_negative("volatility", self.volatility)))
        if positive("days", self.days) != int(self.days):
            raise refuse("days", self.days, "a whole number of days")

    def __call__(self, generator: "Generator", count: int) -> "numpy.ndarray":
        import numpy

        step = 1 / self.days
        mean = formulas.log_drift.unchecked(drift=self.drift, volatility=self.volatility) * step
        money, noise = numpy.zeros(count), numpy.zeros(count)
        for _ in range(int(self.days)):
            shock = self.volatility * math.sqrt(step) * generator.standard_normal(count)
            kept = 1 + self.leverage * (numpy.expm1(mean + shock) - self.funding_a_year * step)
            money += numpy.log(numpy.maximum(kept, NOTHING))
            noise += self.leverage * shock
        return money - noise
