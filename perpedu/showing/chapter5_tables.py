"""The tables of chapter 5: schedules and steps."""

from __future__ import annotations

from typing import Any

from .. import formulas as f
from ..market.tiers import Tiers
from ..teaching.numbers_typed import show
from ..theory.exact import not_negative, positive, rational
from .grid import Grid
from .words import Currencies

#: A linear bitcoin contract that settles in USDC.
USDC_MONEY = Currencies(quote="USDC", settle="USDC")
#: Deribit's linear BTC perpetual: the rate at the start, and what each coin adds.
DERIBIT = {"base_rate": "0.01", "rate_slope": "0.00005"}
#: BitMEX's XBTUSD: the rate up to the first risk limit, and what each step adds.
BITMEX = {"base_rate": "0.005", "rate_step": "0.005"}
#: BitMEX's XBTUSD: the first risk limit and the width of a step, in XBT.
LIMIT, STEP = 200, 150
#: Hyperliquid's BTC, below its second tier.
HYPERLIQUID = {"max_leverage": 40}
#: Binance's brackets that the comparisons use.
TABLE = "binance/BTCUSDT/2026-09"
#: The slices of Bybit's published example: rates by notional.
SLICES = [(0, "0.02"), (1_000, "0.025"), (2_000, "0.03"), (3_000, "0.035"), (4_000, "0.04")]


def percent(value: Any) -> str:
    """A fraction in per cent, with as many decimals as it has, at most three.

    >>> percent("0.01125"), percent("0.0275")
    ('1.125 %', '2.75 %')
    """
    share = rational("value", value)
    places = next((n for n in (0, 1, 2) if (share * 10 ** (n + 2)).is_integer), 3)
    return show(share, places, "%")


def steps_above(size: Any) -> int:
    """How many steps of BitMEX's risk limit a position of this size, in XBT, is above the first.

    >>> steps_above(200), steps_above(230), steps_above(351)
    (0, 1, 2)
    """
    from sympy import ceiling

    return max(0, ceiling((not_negative("size", size) - LIMIT) / STEP))


def deribit_table(price: Any = 100_000) -> Grid:
    """Deribit's schedule at some sizes: rate, maintenance margin, and the rate of the last coin.

    `price` is the mark price in USDC/BTC.

    >>> print(str(deribit_table()).splitlines()[3].split())
    ['25', '1.125', '%', '28,125', '1.25', '%']
    """
    mark = positive("price", price)
    rows = [[show(size), percent(f.schedule_rate.exact(**DERIBIT, size=size)),
             show(f.schedule_maintenance_margin.exact(**DERIBIT, size=size, mark_price=mark)),
             percent(f.schedule_marginal_rate.exact(**DERIBIT, size=size))]
            for size in (1, 25, 50, 350)]
    return Grid(f"Deribit's schedule at a mark price of {show(mark)}",
                [["size (BTC)", "rate", "margin (USDC)", "last coin"], *rows])


def slices_table(notional: Any = 3_500) -> Grid:
    """Bybit's example slice by slice: each slice of the notional at its own rate.

    `notional` is in USDT, up to 5,000.

    >>> print(str(slices_table()).splitlines()[-1].split())
    ['sum', '3,500', '92.5', '122.5']
    """
    whole = positive("notional", notional)
    ends = [floor for floor, _ in SLICES[1:]] + [5_000]
    parts = [(min(whole, end) - floor, rational("rate", rate))
             for (floor, rate), end in zip(SLICES, ends) if whole > floor]
    rows = [[percent(rate), show(part), *(show(f.maintenance_margin.exact(
        maintenance_rate=at, notional=part, deduction=0)) for at in (rate, parts[-1][1]))]
            for part, rate in parts]
    sums = [Tiers(SLICES, scheme=scheme).maintenance_margin(whole)
            for scheme in ("marginal", "flat")]
    rows.append(["sum", show(whole), *map(show, sums)])
    return Grid(f"A notional of {show(whole)} USDT: slice by slice, and all at the last rate",
                [["rate", "slice (USDT)", "margin (USDT)", "at the last rate (USDT)"], *rows])
