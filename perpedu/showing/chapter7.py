"""The explorer and the figure of chapter 7: three prices, and who is liquidated by which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import formulas as f
from ..market import prices
from ..market.position import SIDES
from ..teaching.numbers_typed import show as number
from ..theory import symbols as y
from ..theory.exact import one_of, rational
from ..theory.formula import Formula
from . import look
from .chapter1 import LEVERAGE, RATE, TRADE, trade
from .still import shared_axes

if TYPE_CHECKING:
    from .explorer import Explorer
    from .figures import Shown

__all__ = ["FUNDING", "mark_explorer", "wick"]

#: What stands beside the last price in the examples: 0.01 % for eight hours, all of them left,
#: and an average basis of 10 USDT.
FUNDING = {"funding_rate": "0.0001", "hours_left": 8, "basis_average": 10}
_JUDGES = {"mark": y.mark_price, "last price": y.last_price, "index": y.index_price}


def mark_explorer() -> "Explorer":
    """The middle one of three prices, and whether each price liquidates the trade of chapter 1.

    >>> mark_explorer().state
    'The mark is 60,006.00: the middle one of 60,006.00, 60,010.00 and the last price, 53,000.00. \
The line is 54,271.36. By the mark: open. By the last price: liquidated. By the index: open.'
    """
    from .explorer import Chart, Choice, Explorer, Slider

    start = FUNDING
    return Explorer(
        "Which price liquidates?",
        controls=[Slider("last_price", 50_000, 70_000, step=50, start=53_000),
                  Slider("index_price", 50_000, 70_000, step=50, start=60_000),
                  Slider("basis_average", -200, 200, step=5, start=start["basis_average"]),
                  Slider("funding_rate", "-0.003", "0.003", step="0.0001",
                         start=start["funding_rate"]),
                  Slider("hours_left", 0, 8, step="0.5", start=start["hours_left"]),
                  Choice("side", SIDES)],
        fixed={**TRADE, "leverage": LEVERAGE, "maintenance_rate": RATE, "interval_hours": 8,
               "deduction": 0, "close_fee": 0},
        labels={"funding_candidate": "index with funding", "basis_candidate": "index with basis"},
        own={"collateral": f.initial_margin, "mark_price": _median()}, states=_states(),
        show=["funding_candidate", "basis_candidate", "mark_price", "liquidation_price"],
        formula="funding_candidate",
        chart=Chart(x="last_price", marks=("last_price", "liquidation_price"), zero=False,
                    curves=("last_price", "index_price", "mark_price", "liquidation_price"),
                    shade=_taken(y.mark_price)))  # fmt: skip


def _median() -> Formula:
    """The middle one: the larger of the smaller two, once the third is cut at the larger."""
    from sympy import Max, Min

    one, two, last = y.funding_candidate, y.basis_candidate, y.last_price
    return Formula("mark_price", y.mark_price, Max(Min(one, two), Min(Max(one, two), last)),
                   chapter=7, source="Binance, Mark Price in USD-M Futures", contract="any")


def _taken(price: Any) -> Any:
    return y.side * (price - y.liquidation_price) <= 0


def _states() -> list[tuple[Any, str]]:
    """A sentence for each way in which the three prices may judge."""
    from itertools import product

    from sympy import And, Not

    said = ("The mark is {mark_price:.2}: the middle one of {funding_candidate:.2}, "
            "{basis_candidate:.2} and the last price, {last_price:.2}. The line is "
            "{liquidation_price:.2}.")
    states = []
    for taken in product((True, False), repeat=len(_JUDGES)):
        judged = list(zip(_JUDGES.items(), taken))
        where = And(*(_taken(price) if yes else Not(_taken(price))
                      for (_, price), yes in judged))
        states.append((where, said + "".join(f" By the {name}: {_verdict(yes)}."
                                             for (name, _), yes in judged)))
    return states


def _verdict(taken: Any) -> str:
    return "liquidated" if taken else "open"


@look.drawn
def wick(fails: str = "last") -> "Shown":
    """Sixty made-up seconds in which one price goes wrong: last, index and mark, and the line.

    `fails` is "last", where three trades are made far below the market, or "index", where one of
    three sources of the index (a mean) falls by a third.  Synthetic, always the same; the average
    basis is held at 10 USDT.

    >>> print(repr(wick()).splitlines()[0])
    figure: Synthetic: a wick of the last price leaves the mark where it is
    """
    from .figures import show

    one_of("fails", fails, tuple(_TITLES))
    found, line = _minute(fails), _line()
    with look.drawing() as axes:
        for name, role in _DRAWN.items():
            axes.step(range(_SECONDS), found[name], where="post", label=name, **look.line(role))
        axes.axhline(float(line), label=f"line {number(line, 2)}", **look.line("liquidation"))
        axes.annotate(f"line {number(line, 2)}", (1, float(line)), xytext=(-4, 4), ha="right",
                      xycoords=("axes fraction", "data"), textcoords="offset points",
                      color=look.colour("liquidation"))
        _name_lows(axes, found)
        shared_axes(axes, "seconds", "USDT/BTC")
        axes.set_xlim(0, _SECONDS - 1)
    return show(axes.figure, f"Synthetic: {_TITLES[fails]}", _wick_alt(fails, found, line),
                _wick_table(found, line))


_SECONDS, _WRONG = 60, slice(30, 33)
_TITLES = {"last": "a wick of the last price leaves the mark where it is",
           "index": "an index that falls takes the mark with it"}
_DRAWN = {"last": "text", "index": "muted", "mark": "mark"}


def _minute(fails: str) -> dict[str, Any]:
    """The three prices at each second."""
    from random import Random

    import numpy

    dice = Random(7)
    sources = numpy.array([[60_000 + dice.randint(-6, 6) for _ in range(_SECONDS)]
                           for _ in range(3)])
    last = numpy.array([60_012 + dice.randint(-12, 12) for _ in range(_SECONDS)])
    if fails == "last":
        last[_WRONG] = 53_400, 53_000, 53_800
    else:
        sources[2, _WRONG] = 40_000
    index = prices.index_price(list(sources))
    return {"last": last, "index": index, "mark": prices.mark_price(index, **FUNDING,
                                                                    last=last).price}


def _line() -> Any:
    return trade().liquidation_price(RATE)


def _name_lows(axes: Any, found: dict[str, Any]) -> None:
    """The names of the prices, beside the place where they part."""
    low, at = min(values.min() for values in found.values()), _WRONG.stop
    down = [name for name in found if found[name].min() < 57_000]
    up = [name for name in found if name not in down]
    for words, place, above in ((down, float(low), 6), (up, 60_000, -14)):
        axes.annotate(", ".join(words), (at, place), xytext=(6, above),
                      textcoords="offset points", color=look.colour("text"))


def _wick_alt(fails: str, found: dict[str, Any], line: Any) -> str:
    lows = ", ".join(f"{name} {_lowest(found[name])}" for name in found)
    what = "the last price" if fails == "last" else "the index, and with it the mark,"
    return (f"Synthetic prices over {_SECONDS} seconds, near 60,000. For three seconds {what} "
            f"falls below the line of a 10× long at {number(line, 2)} and comes back. "
            f"Lowest: {lows}.")


def _lowest(values: Any) -> str:
    return number(rational("lowest", round(float(values.min()), 2)), 2)


def _wick_table(found: dict[str, Any], line: Any) -> list[list[str]]:
    rows = [[name, _lowest(values), str(int((values <= line).sum())),
             _verdict((values <= line).any())] for name, values in found.items()]
    return [["judged by", "lowest (USDT/BTC)", "seconds at or below the line", "the long is"],
            *rows]
