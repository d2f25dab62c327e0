"""What a maintenance rate should be: tails, the square-root law, and how published tables lie to it.

A rate is a fraction of the notional.  Volatilities are of a day; a close-out time is in days, as in
the formulas `move_rate`, `impact_rate` and `needed_rate`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, NamedTuple

from ..market.tiers import Tiers
from ..theory import formulas
from ..theory.exact import fraction_of_one, not_negative, one_of, positive, rational, refuse

__all__ = ["Law", "Slope", "daily_volatility", "fit_law", "normal_low", "tail_multiple", "tier_slope"]

OF, AT = ("effective", "marginal"), ("cap", "floor")
#: Decimals of a generated table's rates.
PLACES = 6


def tail_multiple(chance: Any, sides: int = 1) -> float:
    """How many standard deviations hold a normal move with this chance.

    chance: a fraction strictly between 0 and 1, such as "0.99".  sides: 1, only the adverse move
    counts; 2, a move to either side, which is also the multiple for the *worst* moment on the way
    of a Brownian motion, as its chance to touch is twice that to end beyond.

    >>> round(tail_multiple("0.99"), 3), round(tail_multiple("0.99", sides=2), 3)
    (2.326, 2.576)

    ValueError, naming the argument, for a chance outside, and for sides other than 1 or 2.
    """
    part = rational("chance", chance)
    if not 0 < part < 1:
        raise refuse("chance", chance, "a fraction strictly between 0 and 1, such as 0.99")
    if isinstance(sides, bool) or sides not in (1, 2):
        raise refuse("sides", sides, "1 or 2")
    return NormalDist().inv_cdf(float(1 - (1 - part) / int(sides)))


def normal_low(part: Any, volatility: Any) -> float:
    """How far below the open the low of a day lies, where log prices are a Brownian motion.

    The move that this `part` of all days exceeds, as a fraction of the open, below 0: the
    quantile of low/open − 1.  By reflection, a low is below a level twice as often as the close.
    volatility: of a day's log return, above 0.

    >>> round(normal_low("0.01", "0.0367"), 4)
    -0.0902

    ValueError for a part that is not strictly between 0 and 1.
    """
    part, sigma = rational("part", part), float(positive("volatility", volatility))
    if not 0 < part < 1:
        raise refuse("part", part, "a fraction strictly between 0 and 1, such as 0.01")
    return math.expm1(sigma * NormalDist().inv_cdf(float(part) / 2))


def daily_volatility() -> float:
    """The standard deviation of a day's log return of BTC/USDT spot, pooled over the facts' years.

    Each year's volatility counts by its days; means are taken within the years.

    >>> round(daily_volatility(), 4)
    0.0367
    """
    from ..market.ranges import candles

    return candles().volatility / math.sqrt(365)


class Slope(NamedTuple):
    """rate = level · notional^exponent, fitted on logarithms by least squares.

    level: the rate at a notional of 1 million; points: how many rows were fitted; spread: the
    standard deviation of log(published / fitted), 0.3 being about a third off.
    """

    exponent: float
    level: float
    points: int
    spread: float


def tier_slope(tiers: Tiers, of: str = "effective", at: str = "cap") -> Slope:
    """How a published table's rate grows with the notional: the exponent of the best power law.

    of: "effective", the maintenance margin over the notional; "marginal", the row's own rate.
    at: "cap", each row at its cap, a last row without one left out; "floor", each row at its floor,
    the first, at 0, left out.

    >>> table = Tiers.load("binance/BTCUSDT/2026-09")
    >>> round(tier_slope(table).exponent, 2), round(tier_slope(table, "marginal").exponent, 2)
    (0.46, 0.52)

    ValueError for a table with fewer than two caps, and for a rate of 0.
    """
    one_of("of", of, OF)
    rows = _at_caps(tiers) if one_of("at", at, AT) == "cap" else _at_floors(tiers)
    points = [(float(notional), float(effective if of == "effective" else rate))
              for notional, effective, rate in rows]
    if any(rate <= 0 for _, rate in points):
        raise refuse("tiers", tiers, "rates above 0, whose logarithms can be taken")
    x = [math.log(cap / 1e6) for cap, _ in points]
    y = [math.log(rate) for _, rate in points]
    exponent, level = _line(x, y)
    off = [b - level - exponent * a for a, b in zip(x, y)]
    spread = math.sqrt(sum(each**2 for each in off) / len(off))
    return Slope(exponent, math.exp(level), len(points), spread)


def _line(x: list[float], y: list[float]) -> tuple[float, float]:
    """Slope and height at 0 of the straight line with the least squares."""
    middle, height = sum(x) / len(x), sum(y) / len(y)
    rise = sum((a - middle) * (b - height) for a, b in zip(x, y))
    steep = rise / sum((a - middle) ** 2 for a in x)
    return steep, height - steep * middle


def _at_caps(tiers: Tiers) -> list[tuple[Any, Any, Any]]:
    """The cap of each row with the effective and the marginal rate there."""
    if not isinstance(tiers, Tiers):
        raise refuse("tiers", tiers, "a table, Tiers(...)")
    caps = [row.floor for row in tiers.rows[1:]] + [tiers.cap] * (tiers.cap is not None)
    if len(caps) < 2:
        raise refuse("tiers", tiers, "a table with at least two caps")
    return [(cap, tiers.maintenance_margin(cap) / cap, tiers.rate(cap)) for cap in caps]


def _at_floors(tiers: Tiers) -> list[tuple[Any, Any, Any]]:
    """The same at the floors above 0, each with the rate of the row that begins there."""
    _at_caps(tiers)
    return [(row.floor, tiers.maintenance_margin(row.floor) / row.floor, row.rate)
            for row in tiers.rows[1:]]


@dataclass(frozen=True)
class Law:
    """The square-root law of a rate: base + root · √notional, both of 0 or more.

    `base` covers the move during the close-out, `root` what closing does to the price.

    >>> law = Law.of(volatility="0.0367", multiple="2.326", minutes=3, volume="2e9")
    >>> f"{law.rate(300_000):.4%}"
    '0.4346%'
    """

    base: float
    root: float

    @classmethod
    def of(cls, *, volatility: Any, multiple: Any, minutes: Any, volume: Any,
           factor: Any = 1) -> "Law":
        """The law of a market: volatility and volume of a day, the close-out in minutes.

        ValueError, naming the argument, for one that is not above 0.
        """
        given = {"volatility": volatility, "multiple": multiple, "minutes": minutes,
                 "volume": volume, "factor": factor}
        sigma, tail, time, traded, eta = (float(positive(name, value))
                                          for name, value in given.items())
        base = formulas.move_rate.numpy(daily_volatility=sigma, tail_multiple=tail,
                                        closeout_time=time / 1440)
        root = formulas.impact_rate.numpy(impact_factor=eta, daily_volatility=sigma, notional=1,
                                          daily_volume=traded)
        return cls(float(base), float(root))

    def rate(self, notional: Any) -> float:
        """The effective rate at a notional of 0 or more."""
        return self.base + self.root * math.sqrt(not_negative("notional", notional))

    def implied_volume(self, volatility: Any, factor: Any = 1) -> float:
        """The day's volume at which the law's impact would be that of `root`; needs a root above 0."""
        if not self.root > 0:
            raise refuse("root", self.root, "a law whose rate grows")
        return float(formulas.implied_volume.numpy(
            notional=1, impact_rate=self.root, daily_volatility=positive("volatility", volatility),
            impact_factor=positive("factor", factor)))

    def table(self, tiers: Tiers) -> Tiers:
        """A table with the same floors, cap and leverage caps whose margins are the law's.

        At each cap the maintenance margin is the law's; between them it runs straight, as in
        every marginal table.  The law's margin is convex, so the rates never fall.  Rates are
        rounded to 6 decimals.  ValueError where a rate would reach 1.
        """
        caps = [cap for cap, _, _ in _at_caps(tiers)]
        margins = [0.0, *(float(cap) * self.rate(cap) for cap in caps)]
        rates = [(margin - before) / float(cap - row.floor) for row, cap, before, margin in
                 zip(tiers.rows, caps, margins, margins[1:])]
        rates += rates[-1:] * (len(tiers.rows) - len(caps))
        return Tiers([(row.floor, fraction_of_one("rate", f"{rate:.{PLACES}f}"), row.max_leverage)
                      for row, rate in zip(tiers.rows, rates)], cap=tiers.cap)


def fit_law(tiers: Tiers) -> Law:
    """The square-root law that is closest to a table's effective rates at its caps.

    Closest: the squares of law / published − 1 add up to the least.  Neither part is below 0.

    >>> law = fit_law(Tiers.load("binance/BTCUSDT/2026-09"))
    >>> f"{law.base:.3%}, {law.implied_volume('0.0367') / 1e6:.0f} million a day"
    '0.204%, 214 million a day'
    """
    rows = [(float(cap), float(effective)) for cap, effective, _ in _at_caps(tiers)]
    if any(rate <= 0 for _, rate in rows):
        raise refuse("tiers", tiers, "rates above 0, from which a distance can be a part")
    flat = [1 / rate for _, rate in rows]
    rooted = [math.sqrt(cap) / rate for cap, rate in rows]
    ff, fr, rr = (sum(a * b for a, b in zip(*pair)) for pair in
                  ((flat, flat), (flat, rooted), (rooted, rooted)))
    f1, r1 = sum(flat), sum(rooted)
    det = ff * rr - fr * fr
    base, root = (f1 * rr - r1 * fr) / det, (r1 * ff - f1 * fr) / det
    if base < 0:
        return Law(0.0, r1 / rr)
    return Law(base, root) if root >= 0 else Law(f1 / ff, 0.0)
