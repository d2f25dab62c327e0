"""Liquidation prices of 1,000,000 random positions in the 12 tiers of Binance's BTCUSDT table of
2026-09, mark basis; once with a column of words for the side, once with one word for all. The loop
is plain Python over floats: a root for each tier, the highest for a long and the lowest for a
short, with all that does not change taken out of the loop; it takes the same arrays and gives one
back, and is timed on 20,000 positions, then scaled. Streaming reads each of the same arrays once
(the three columns of numbers are added up, the words' letters are searched for their largest) and
writes one column into memory that is already there. Medians of 15 turns.
"""

import math
from itertools import repeat
from typing import Any

import numpy as np

from perpedu.market.arrays import liquidation_prices
from perpedu.market.tiers import Tiers

from ..timing import at_least, at_most, medians, seconds

TABLE = "binance/BTCUSDT/2026-09"
CASES = {"mixed": "sides mixed", "one": "one side"}
FASTER = "`liquidation_prices`, {}: times faster than a Python loop".format
STREAM = "`liquidation_prices`, {}: its time over that of streaming the arrays".format
TARGETS = {FASTER(words): at_least(30) for words in CASES.values()}
TARGETS |= {STREAM(words): at_most(40) for words in CASES.values()}


def measure(tiny: bool = False) -> dict[str, float]:
    """The ratios of both cases to the loop and to streaming."""
    count, sample, rounds = (2_000, 200, 1) if tiny else (1_000_000, 20_000, 15)
    jobs = {}
    for case in CASES:
        columns = positions(case, count)
        few = [column if isinstance(column, str) else column[:sample] for column in columns]
        jobs |= {f"{case} prices": timed(liquidation_prices, *columns, Tiers.load(TABLE)),
                 f"{case} stream": timed(stream, np.empty(count), *columns),
                 f"{case} loop": timed(loop, *few, tiers())}  # fmt: skip
    took = medians(rounds, **jobs)
    found = {}
    for case, words in CASES.items():
        prices, scale = took[f"{case} prices"], count / sample
        found[FASTER(words)] = took[f"{case} loop"] * scale / prices
        found[STREAM(words)] = prices / took[f"{case} stream"]
    return found


def timed(function: Any, *arguments: Any) -> Any:
    """A job: one call with these arguments."""
    return lambda: seconds(lambda: function(*arguments))


def positions(case: str, count: int) -> tuple[Any, ...]:
    """Sides, sizes, entries and collaterals: notionals in every tier, 1.5× to 100× leverage."""
    rng = np.random.default_rng(2026)
    notional, entry = 10 ** rng.uniform(3, 9.2, count), rng.uniform(20_000, 120_000, count)
    side = "long" if case == "one" else rng.choice(["long", "short"], count)
    return side, notional / entry, entry, notional / rng.uniform(1.5, 100, count)


def tiers() -> list[tuple[float, float]]:
    """Rate and deduction of each tier, as floats."""
    return [(float(row.rate), float(row.deduction)) for row in Tiers.load(TABLE).rows]


def loop(side: Any, size: Any, entry: Any, collateral: Any, rows: Any) -> np.ndarray:
    """What a good programmer writes without NumPy."""
    long = [(1 - rate, deduction) for rate, deduction in rows]
    short = [(1 + rate, deduction) for rate, deduction in rows]
    words = repeat(side) if isinstance(side, str) else side.tolist()
    prices = []
    for word, q, e, w in zip(words, size.tolist(), entry.tolist(), collateral.tolist()):
        if word == "long":
            left = q * e - w
            price = max([(left - deduction) / (q * share) for share, deduction in long])
        else:
            left = q * e + w
            price = min([(left + deduction) / (q * share) for share, deduction in short])
        prices.append(price if price > 0 else math.nan)
    return np.array(prices)


def stream(out: np.ndarray, side: Any, size: Any, entry: Any, collateral: Any) -> None:
    """Read every column once and write one."""
    if not isinstance(side, str):
        side.view(np.uint32).max()
    np.add(size, entry, out=out)
    np.add(out, collateral, out=out)
