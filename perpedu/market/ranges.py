"""How far a spot price went in a day, and how often it touched a distance: derived facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..theory.exact import one_of, rational, refuse
from .facts import Facts, about, numbers, read

if TYPE_CHECKING:
    from sympy import Rational

_HEAD = f"{'':6}{'days':>6}{'mean range':>12}{'low <= -3 %':>13}{'volatility':>12}"


@dataclass(frozen=True)
class Year:
    """The days of a year: how many, their mean (high - low)/open, those with a low at least 3 %
    below the open, and the volatility (of daily log returns, times the root of 365)."""

    days: int
    mean_range: "Rational"
    low_days: int
    volatility: "Rational"


@dataclass(frozen=True)
class BufferRule:
    """What a rule of the buffer would have done for a 10x long bought at a day's close.

    hold: days it is held; days: that every rule could judge; flagged: on which it asked for more
    than the buffer of 9.6 %; touched: after which a low came to 9.6 % below the close, or lower;
    caught: flagged and touched.
    """

    rule: str
    hold: int
    days: int
    flagged: int
    touched: int
    caught: int


@dataclass(frozen=True)
class CandleFacts(Facts):
    """Daily candles of one spot market, as facts derived from them.  Spot, not mark.

    Ratios are fractions (0.05 is 5 %), rounded to 8 places; counts are exact.
    ranges, lows, highs: quantiles of (high - low)/open, low/open - 1, high/open - 1, by part: the
    least value that this part of all days does not exceed.  moves, dips, rises: quantiles of
    close/(close before) - 1, of how far the low lies under the lower of these two closes, and of how
    far the high lies over the higher one.  low_days: days whose low is at least
    3 % below the open.  adr_days, adr_fails: days that have 14 before them, and those on which
    2 x their mean range is more than `buffer`, the distance to liquidation of a 10x position on the
    entry basis (maintenance rate 0.4 %).  adr_terciles: the two bounds of that mean.
    adr_touched: for low, middle and high: days, and those that touched 9.55 % below the last close.
    rules: rules of the buffer, tried on these days.  spans: the mean range of 1, 2, 7, 14 and 30 days,
    each taken as one candle.
    notable: days of the lowest lows, highest highs and widest ranges, as published.
    sha256: of the raw file, which is not part of the book.
    """

    price: str
    first: str
    last: str
    days: int
    mean_range: "Rational"
    ranges: Mapping[str, "Rational"]
    lows: Mapping[str, "Rational"]
    highs: Mapping[str, "Rational"]
    moves: Mapping[str, "Rational"]
    dips: Mapping[str, "Rational"]
    rises: Mapping[str, "Rational"]
    low_days: int
    years: Mapping[int, Year]
    adr_days: int
    adr_fails: int
    buffer: "Rational"
    adr_terciles: tuple["Rational", "Rational"]
    adr_touched: tuple[tuple[int, int], ...]
    rules: tuple[BufferRule, ...]
    spans: Mapping[int, "Rational"]
    notable: tuple[Mapping[str, Any], ...]
    touches: Mapping[tuple["Rational", int], tuple[int, int, int]]
    closes: Mapping[tuple["Rational", int], int]

    def touched(self, distance: Any, days: int, side: str = "below") -> "Rational":
        """The part of days after whose close the spot price touched a distance within `days`.

        distance: a fraction of the close; side: "below" (a low), "above" (a high) or "close" (a
        close below).  A touch is a low or a close at or below, or a high at or above.  ValueError
        where no such count ships.
        """
        place = one_of("side", side, ("below", "above", "close"))
        key = (rational("distance", distance), rational("days", days))
        if key not in self.touches:
            raise refuse("distance, days", (distance, days), self._shipped())
        starts, below, above = self.touches[key]
        counts = {"below": below, "above": above, "close": self.closes[key]}
        return rational(place, counts[place]) / starts

    @property
    def volatility(self) -> float:
        """The yearly volatility of all days together: each year's counts by its days."""
        years = self.years.values()
        return float(sum(year.days * year.volatility**2 for year in years)
                     / sum(year.days for year in years)) ** 0.5

    def day(self, date: str) -> Mapping[str, Any]:
        """A notable day, such as "2020-03-12".  ValueError for one that does not ship."""
        days = {day["date"]: day for day in self.notable}
        if date not in days:
            raise refuse("date", date, "a day among " + ", ".join(sorted(days)))
        return days[date]

    def _shipped(self) -> str:
        distances, days = (sorted({key[place] for key in self.touches}) for place in (0, 1))
        return (f"a distance of {', '.join(str(float(item)) for item in distances)} and "
                f"{', '.join(map(str, days))} days")

    def __repr__(self) -> str:
        rows = [f"{name:6}{part.days:>6,}{float(part.mean_range):>12.2%}"
                f"{part.low_days / part.days:>13.1%}{float(part.volatility):>12.1%}"
                for name, part in self.years.items()]
        return "\n".join([
            f"{self.days:,} days, {self.instrument}", f"{self.first} to {self.last}", "", _HEAD,
            *rows, "", f"mean range {float(self.mean_range):.2%}, median "
            f"{float(self.ranges['0.5']):.2%}; low at least 3 % below the open on "
            f"{self.low_days / self.days:.1%} of days",
            f"2 ADR14 above {float(self.buffer):.1%} on {self.adr_fails / self.adr_days:.1%} of days",
            f"source: {self.source}; {self.script}"])


@cache
def candles() -> CandleFacts:
    """The daily candles of BTC/USDT on Binance spot, August 2017 to August 2025, as facts.

    >>> found = candles()
    >>> found.days, round(float(found.mean_range), 4), found.price
    (2931, 0.0515, 'spot, not mark')
    >>> round(float(found.touched("0.0955", 30)), 3)
    0.486

    Only derived facts ship; `make facts RAW=folder` derives them again from the raw file with
    this SHA-256.  They are spot prices: a liquidation is judged by the mark price.
    """
    content = read("candles")
    return CandleFacts(**about(content), **_plain(content["facts"]), **_adr(content["facts"]["adr"]),
                       **_tables(content["facts"]))


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    return dict(
        {name: found[name] for name in ("price", "first", "last", "days")},
        mean_range=rational("mean_range", found["mean_range"]),
        low_days=found["low_days"]["days"],
        **{name: numbers(found[name]) for name in ("ranges", "lows", "highs", "moves", "dips",
                                                   "rises")})


def _adr(found: dict[str, Any]) -> dict[str, Any]:
    return dict(
        adr_days=found["days"], adr_fails=found["fails"],
        buffer=rational("buffer", found["buffer"]),
        adr_terciles=tuple(rational("tercile", cut) for cut in found["terciles"]),
        adr_touched=tuple((part["days"], part["below"])
                          for part in found["touched_next_day"]["parts"]))


def _tables(found: dict[str, Any]) -> dict[str, Any]:
    years = {int(year): Year(**numbers(part)) for year, part in found["years"].items()}
    touches = {(rational("distance", row["distance"]), row["days"]):
               (row["starts"], row["below"], row["above"]) for row in found["touches"]}
    closes = {(rational("distance", row["distance"]), row["days"]): row["below_at_a_close"]
              for row in found["touches"]}
    notable = tuple(numbers({**day, "places": MappingProxyType(day["places"])})
                    for day in found["notable"])
    spans = {int(span): value for span, value in numbers(found["spans"]).items()}
    return dict(years=MappingProxyType(years), touches=MappingProxyType(touches),
                closes=MappingProxyType(closes), notable=notable,
                rules=tuple(BufferRule(**row) for row in found["rules"]),
                spans=MappingProxyType(spans))
