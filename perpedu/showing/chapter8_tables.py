"""The tables of chapter 8: what payments do to a position, one after the other."""

from __future__ import annotations

from typing import Any

from .. import formulas as f
from ..market import funding
from ..market.position import SIDES, Position
from ..market.prints import INTERVALS_A_YEAR
from ..teaching.numbers_typed import show as number
from ..theory.exact import one_of, rational
from .chapter1 import LEVERAGE, RATE, trade
from .grid import Grid

#: Funding times in a day and in a year, one every eight hours.
A_DAY, A_YEAR = 3, INTERVALS_A_YEAR


def drift(side: str = "long", rate: Any = "0.0001", after: tuple = (1, 2, 3, 90, 949, 950)) -> Grid:
    """The collateral and the line of the trade after some payments, the price standing still.

    side: "long" or "short"; rate: of each interval, a fraction; after: numbers of payments, rising.

    >>> print(str(drift(after=(1, 950))).splitlines()[-1].strip())
    950  316.7       30.00  60,000.00
    """
    position = trade(one_of("side", side, tuple(SIDES)))
    path = funding.liquidation_path(position, RATE, [rate] * max(after))
    rows = [["0", "0.0", number(position.collateral, 2),
             number(position.liquidation_price(RATE), 2)]]
    rows += [[number(n), number(rational("payments", n) / A_DAY, 1),
              number(path.collateral[n - 1], 2), number(path.prices[n - 1], 2)]
             for n in after if n <= len(path.payments)]
    return Grid(f"{side.capitalize()}, {number(rational('rate', rate), unit='%')} each time, price "
                f"{number(position.entry)}", [["payments", "days", "collateral", "line"],
                                               *rows])


def how_long(rates: tuple = ("0.0001", "0.0003", "0.003"), leverages: tuple = (2, 5, 10, 20, 50)
             ) -> Grid:
    """How many days of funding a long survives at an unchanged price, by leverage and rate.

    >>> print(str(how_long(("0.0001",), (10,))).splitlines()[-1].strip())
    10×              9.5 %         316.7
    """
    heads = [f"{number(rational('rate', rate), unit='%')}, days" for rate in rates]
    return Grid("Days until a flat market liquidates, maintenance rate "
                + number(rational("rate", RATE), unit="%"),
                [["leverage", "buffer / notional", *heads],
                 *(_survives(leverage, rates) for leverage in leverages)])


def _survives(leverage: int, rates: tuple) -> list[str]:
    position = trade(leverage=leverage)
    notional = position.notional()
    buffer = position.equity(position.entry) - position.maintenance_margin(RATE, position.entry)
    given = {"side": 1, "notional": notional, "loss_buffer": buffer}
    days = [f.funding_intervals.exact(**given, funding_rate=rate) / A_DAY for rate in rates]
    return [number(leverage, unit="×"), number(buffer / notional, unit="%"),
            *(number(each, 1) for each in days)]


def three_payments(marks: tuple = (60_000, 61_000, 58_500),
                   rates: tuple = ("0.0001", "0.0003", "-0.0001")) -> Grid:
    """A long of 0.5 BTC from 60,000 at 10× at three funding times with prices and rates of its own.

    >>> print(str(three_payments()).splitlines()[-1].strip())
    58,500  −0.01 %  −2.93    2,990.78  54,289.90
    """
    position = Position("long", "0.5", 60_000, leverage=LEVERAGE)
    path = funding.liquidation_path(position, RATE, list(rates), list(marks))
    rows = [["60,000", "–", "–", number(position.collateral, 2),
             number(position.liquidation_price(RATE), 2)]]
    rows += [[number(mark), number(rational("rate", rate), unit="%"), number(paid, 2), number(left, 2),
              number(line, 2)] for mark, rate, paid, left, line in
             zip(marks, rates, path.payments, path.collateral, path.prices)]
    return Grid("Long 0.5 BTC from 60,000 at 10×, three funding times",
                [["mark price", "rate", "paid", "collateral", "line"], *rows])
