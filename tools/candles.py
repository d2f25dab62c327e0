"""What tools/facts.py derives from daily candles of a spot market.

Ranges, lows and highs are ratios to the day's open, touches are counted from a day's close.
Every count compares exact fractions; a ratio that ships is rounded to 8 places.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, NamedTuple

from perpedu.theory.exact import fraction
from perpedu.theory.formulas import liquidation_distance_entry_basis
from tools.quantiles import plain, quantile, quantiles

DISTANCES = ("0.00602", "0.01", "0.02", "0.03", "0.05", "0.075", "0.0955", "0.1", "0.15", "0.2", "0.3", "0.5")
HORIZONS = (1, 7, 30)
FINE = ("0", "0.001", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "0.75", "0.9", "0.95",
        "0.975", "0.99", "0.995", "0.999", "1")
LOW = "0.03"                        # a "routine 3 % pullback"
WINDOW, MULTIPLE = 14, 2            # the buffer is to be at least 2 ADR14 ...
LEVERAGE, RATE = 10, "0.004"        # ... and this is the position it is asked of
TERCILE_DISTANCE = "0.0955"
RULE_WARMUP = 365                   # days that every rule of the buffer has before it
NOTABLE = 6                         # as many of the lowest lows, highest highs, widest ranges


#: Rules that flag a buffer, by what must not be more than it: a multiple of a mean range (of so many
#: days; of all days, where none is named), or the part of past excursions of the holding time.
RULES = (
    {"rule": "2 ADR of all days", "multiple": "2", "window": None},
    {"rule": "2 ADR14", "multiple": "2", "window": 14},
    {"rule": "1.5 ADR14", "multiple": "1.5", "window": 14},
    {"rule": "1.5 ADR7", "multiple": "1.5", "window": 7},
    {"rule": "95 % of 60 excursions", "part": "0.95", "window": 60},
)
HOLDS = (1, 7)                      # days that the position is held
SPANS = (1, 2, 7, 14, 30)           # days whose common range is taken


class Candle(NamedTuple):
    """A day and its prices, exact."""

    date: str
    open: Fraction
    high: Fraction
    low: Fraction
    close: Fraction


def candles(path: Path) -> list[Candle]:
    """The candles of a file but the last, which is part of a day.  ValueError for a gap."""
    with path.open(encoding="utf-8", newline="") as file:
        read = [Candle(row["date"], *(Fraction(row[name]) for name in Candle._fields[1:]))
                for row in csv.DictReader(file)]
    for before, after in pairwise(read):
        if date.fromisoformat(after.date) - date.fromisoformat(before.date) != timedelta(days=1):
            raise ValueError(f"{path.name}: {after.date} does not follow {before.date} after a day")
    return read[:-1]


def derived(path: Path) -> dict[str, Any]:
    """Facts of the candles: ranges, lows, highs, years, touches, the 2 ADR14 rule, some days."""
    read = candles(path)
    return {
        "price": "spot, not mark", "first": read[0].date, "last": read[-1].date, "days": len(read),
        "left_out": "the last row of the raw file, which is part of a day",
        "mean_range": plain(mean([spread(day) for day in read])),
        "ranges": quantiles([spread(day) for day in read]),
        "lows": quantiles([day.low / day.open - 1 for day in read]),
        "highs": quantiles([day.high / day.open - 1 for day in read]),
        **shapes(read),
        "low_days": {"distance": LOW, "days": low_days(read), "last_365": low_days(read[-365:])},
        "years": years(read), "touches": touches(read), "adr": adr_facts(read),
        "rules": rules(read), "spans": spans(read),
        "notable": notable(read),
    }


def spread(day: Candle) -> Fraction:
    """The range of a day against its open."""
    return (day.high - day.low) / day.open


def shapes(read: Sequence[Candle]) -> dict[str, Any]:
    """Each day in three parts: from close to close, and how far the low and the high lie outside
    of the two closes."""
    pairs = list(pairwise(read))
    return {
        "moves": quantiles([day.close / before.close - 1 for before, day in pairs], FINE),
        "dips": quantiles([1 - min(day.low / min(before.close, day.close), 1)
                           for before, day in pairs], FINE),
        "rises": quantiles([max(day.high / max(before.close, day.close), 1) - 1
                            for before, day in pairs], FINE),
    }


def mean(numbers: Sequence[Fraction]) -> Fraction:
    """The mean, exact."""
    return sum(numbers, Fraction(0)) / len(numbers)


def low_days(read: Sequence[Candle]) -> int:
    """Days whose low is at least 3 % below their open."""
    return sum(day.low <= day.open * (1 - Fraction(LOW)) for day in read)


def years(read: Sequence[Candle]) -> dict[str, Any]:
    """Each year: its days, ranges, low days, and its volatility."""
    parts = defaultdict(list)
    for day in read:
        parts[day.date[:4]].append(day)
    moves = log_returns(read)
    return {year: {
        "days": len(part), "mean_range": plain(mean([spread(day) for day in part])),
        "low_days": low_days(part), "volatility": volatility([
            moves[day.date] for day in part if day.date in moves])} for year, part in parts.items()}


def log_returns(read: Sequence[Candle]) -> dict[str, Decimal]:
    """ln(close / close of the day before), by day; the first day has none."""
    with localcontext(prec=40):
        logs = {day.date: (Decimal(day.close.numerator) / day.close.denominator).ln()
                for day in read}
        return {after.date: logs[after.date] - logs[before.date] for before, after in pairwise(read)}


def volatility(moves: Sequence[Decimal]) -> str:
    """The sample standard deviation of daily log returns, times the root of 365, to 6 places."""
    with localcontext(prec=40):
        centre = sum(moves) / len(moves)
        variance = sum((move - centre) ** 2 for move in moves) / (len(moves) - 1)
        return plain(round((variance * 365).sqrt(), 6))


def touches(read: Sequence[Candle]) -> list[dict[str, Any]]:
    """How often the next days' low, high or close went a distance from the close, or further."""
    lows, closes, highs = ({days: ahead(read, days, name, best) for days in HORIZONS}
                           for name, best in (("low", min), ("close", min), ("high", max)))
    return [{
        "distance": distance, "days": days, "starts": len(read) - days,
        "below": sum(low <= day.close * (1 - Fraction(distance))
                     for day, low in zip(read, lows[days], strict=False)),
        "below_at_a_close": sum(close <= day.close * (1 - Fraction(distance))
                                for day, close in zip(read, closes[days], strict=False)),
        "above": sum(high >= day.close * (1 + Fraction(distance))
                     for day, high in zip(read, highs[days], strict=False)),
    } for distance in DISTANCES for days in HORIZONS]


def ahead(read: Sequence[Candle], days: int, name: str, best: Any) -> list[Fraction]:
    """The least low or greatest high of the days after each day that has so many after it."""
    values = [getattr(day, name) for day in read]
    return [best(values[start + 1:start + 1 + days]) for start in range(len(read) - days)]


def adr_facts(read: Sequence[Candle]) -> dict[str, Any]:
    """Days on which 2 ADR14, of the 14 days before, is more than the buffer; the ADR's terciles."""
    averages = adr(read)
    buffer = liquidation_distance_entry_basis.exact(leverage=LEVERAGE, maintenance_rate=RATE)
    exact = fraction(buffer)
    ordered = sorted(averages)
    cuts = [quantile(ordered, Fraction(part, 3)) for part in (1, 2)]
    return {
        "window": WINDOW, "multiple": MULTIPLE, "leverage": LEVERAGE, "maintenance_rate": RATE,
        "basis": "entry", "buffer": plain(exact), "days": len(averages),
        "fails": sum(MULTIPLE * average > exact for average in averages),
        "quantiles": quantiles(averages), "terciles": [plain(cut) for cut in cuts],
        "touched_next_day": {"distance": TERCILE_DISTANCE, "parts": by_tercile(
            read, averages, cuts)},
    }


def adr(read: Sequence[Candle], window: int = WINDOW) -> list[Fraction]:
    """For each day that has so many before it: their mean range."""
    sums = list(accumulate((spread(day) for day in read), initial=Fraction(0)))
    return [(sums[now] - sums[now - window]) / window for now in range(window, len(read))]


def rules(read: Sequence[Candle]) -> list[dict[str, Any]]:
    """What rules of the buffer would have done on the days that all of them can judge.

    A position of LEVERAGE is bought at the close of a day and held for some days.  flagged: days on
    which the rule asks for more than its buffer; touched: days after which a low came to the buffer
    or below it; caught: both.
    """
    buffer = fraction(liquidation_distance_entry_basis.exact(
        leverage=LEVERAGE, maintenance_rate=RATE))
    return [_judged(read, rule, hold, buffer) for hold in HOLDS for rule in RULES]


def _judged(read: Sequence[Candle], rule: dict[str, Any], hold: int, buffer: Fraction
            ) -> dict[str, Any]:
    lows = ahead(read, hold, "low", min)
    falls = [1 - low / day.close for low, day in zip(lows, read, strict=False)]
    days = range(RULE_WARMUP + hold, len(falls))
    asked = _asked(read, rule, hold, falls)
    flags = {day for day in days if asked(day) > buffer}
    hits = {day for day in days if falls[day] >= buffer}
    return {"rule": rule["rule"], "hold": hold, "days": len(days), "flagged": len(flags),
            "touched": len(hits), "caught": len(flags & hits)}


def _asked(read: Sequence[Candle], rule: dict[str, Any], hold: int, falls: Sequence[Fraction]):
    """What a rule asks of the buffer at the close of a day, known by then."""
    window = rule["window"]
    if "part" in rule:  # excursions that were over by then
        return lambda day: quantile(sorted(falls[day - hold - window + 1:day - hold + 1]),
                                    Fraction(rule["part"]))
    multiple = Fraction(rule["multiple"])
    if window is None:
        whole = mean([spread(day) for day in read])
        return lambda day: multiple * whole
    means = adr(read, window)
    means.append(mean([spread(day) for day in read[-window:]]))
    return lambda day: multiple * means[day + 1 - window]


def spans(read: Sequence[Candle]) -> dict[str, str]:
    """The mean range of so many days taken as one candle, against its first price."""
    return {str(span): plain(mean([
        (max(day.high for day in read[start:start + span])
         - min(day.low for day in read[start:start + span])) / read[start].open
        for start in range(len(read) - span + 1)])) for span in SPANS}


def by_tercile(read: Sequence[Candle], averages: Sequence[Fraction],
               cuts: Sequence[Fraction]) -> list[dict[str, int]]:
    """Days of low, middle and high ADR14, and those whose low touched the distance below the close
    of the day before."""
    found = [{"days": 0, "below": 0} for _ in range(3)]
    for (before, day), average in zip(pairwise(read[WINDOW - 1:]), averages, strict=True):
        part = found[sum(average > cut for cut in cuts)]
        part["days"] += 1
        part["below"] += day.low <= before.close * (1 - Fraction(TERCILE_DISTANCE))
    return found


def notable(read: Sequence[Candle]) -> list[dict[str, Any]]:
    """The days of the lowest lows and highest highs against the open and of the widest ranges:
    their prices as published, and the place of each among all days, from 1."""
    orders = {"low": sorted(read, key=lambda day: day.low / day.open),
              "high": sorted(read, key=lambda day: -day.high / day.open),
              "range": sorted(read, key=lambda day: -spread(day))}
    chosen = {day for order in orders.values() for day in order[:NOTABLE]}
    return [{
        "date": day.date, **{name: plain(getattr(day, name)) for name in Candle._fields[1:]},
        "places": {kind: order.index(day) + 1 for kind, order in orders.items()},
    } for day in sorted(chosen)]
