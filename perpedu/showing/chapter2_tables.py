"""The tables of chapter 2: five formulas for one position, and the corners of the line."""

from __future__ import annotations

from typing import Any

from ..market.position import BASES, SIDES, Position
from ..teaching import wild
from ..teaching.numbers_typed import show
from ..theory.exact import rational
from .chapter1 import LEVERAGE, RATE
from .chapter2_figures import WILD_TRADE
from .grid import Grid
from .words import Currencies

#: The words for money in a contract that is settled in bitcoin.
COIN_MONEY = Currencies(quote="USD", coin="BTC", settle="BTC")
_NEVER, _AT_ONCE = "never", "at once"


def five_table() -> Grid:
    """What five formulas print for one position, and what each takes the maintenance margin for.

    >>> print(str(five_table()).splitlines()[2].strip())
    share of the notional at the mark  27,135.68  32,835.82
    """
    rows = [[item.takes, *(show(item.formula.exact(**_values(item.formula, side)), 2)
                          for side in SIDES.values())] for item in wild.found().values()]
    return Grid("What each prints for 1 BTC from 30,000 at 10× and 0.5 %",
                [["maintenance margin", *SIDES], *rows])


def _values(formula: Any, side: int) -> dict[str, Any]:
    given = WILD_TRADE | {"side": side, "leverage": LEVERAGE, "maintenance_rate": RATE}
    return {symbol.name: given[symbol.name] for symbol in formula.symbols}


def corners(entry: Any = 60_000, size: Any = "0.10", rate: Any = "0.005") -> Grid:
    """The line of a long and a short at the ends of what leverage can be, on both bases.

    Units as in `Position`; one rate, no fee.

    >>> print(str(corners()).splitlines()[2].strip())
    long, 1×: all of its own money       never          300
    """
    whole = Position("long", size, entry).notional()
    ways = {"1×: all of its own money": whole, "twice its notional as collateral": 2 * whole,
            "200×: collateral equals the floor": whole / 200}
    rows = [[f"{side}, {words}", *(_line(side, size, entry, collateral, rate, basis)
                                   for basis in BASES)]
            for words, collateral in ways.items() for side in SIDES]
    about = f"{show(whole)} USDT of notional from {show(rational('entry', entry))}"
    return Grid(f"The corners: {about}, rate {show(rational('rate', rate), unit='%')}",
                [["position", "mark basis", "entry basis"], *rows])


def _line(side: str, size: Any, entry: Any, collateral: Any, rate: Any, basis: str) -> str:
    found = Position(side, size, entry, collateral=collateral).liquidation(rate, basis=basis)
    words = {"liquidated": _AT_ONCE, "never": _NEVER}
    return words.get(found.status) or show(found.price)
