"""The figures of chapter 5: rates that grow with the size, by four kinds of rule."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from .. import formulas as f
from ..market.position import Position
from ..market.tiers import Tiers
from ..teaching.numbers_typed import show as number
from ..theory.exact import positive, rational
from . import look
from .chapter2_figures import _name_ends
from .chapter5_tables import BITMEX, DERIBIT, HYPERLIQUID, TABLE, percent, steps_above
from .chapter5_venues import TRADE, Place, places, word
from .still import shared_axes

if TYPE_CHECKING:
    from .figures import Shown

_POINTS = (25, 350)
_RATES = {"whole position": (f.schedule_rate, "maintenance"),
          "last coin": (f.schedule_marginal_rate, "text")}


@look.drawn
def last_coin(most: Any = 400) -> "Shown":
    """The rate of a whole position and of its last coin against its size, on Deribit's schedule.

    `most` is the largest size drawn, in BTC.

    >>> print(repr(last_coin()).splitlines()[0])
    figure: The last coin's rate grows twice as fast as the position's
    """
    from .figures import show

    import numpy

    x = numpy.linspace(0, float(positive("most", most)), 101)
    given = {name: float(value) for name, value in DERIBIT.items()}
    with look.drawing(2.9) as axes:
        for name, (formula, role) in _RATES.items():
            axes.plot(x, 100 * formula.numpy(**given, size=x), label=name, **look.line(role))
        axes.set_ylim(0)
        _name_ends(axes)
        for name, (_, role) in _RATES.items():
            for size in _POINTS:
                _point(axes, size, name, role)
        shared_axes(axes, "size (BTC)", "rate (%)")
        axes.set_xlim(0, x[-1])
    return show(axes.figure, "The last coin's rate grows twice as fast as the position's",
                _last_coin_alt(), _last_coin_table())


def _point(axes: Any, size: int, name: str, role: str) -> None:
    rate, above = _rate(name, size), name == "last coin"
    axes.plot([size], [float(100 * rate)], "o", markersize=6, zorder=5,
              label=f"{name} at {size} BTC", color=look.colour(role))
    axes.annotate(percent(rate), (size, float(100 * rate)), xytext=(0, 7 if above else -7),
                  ha="center", va="bottom" if above else "top", textcoords="offset points",
                  color=look.colour(role))


def _rate(name: str, size: int) -> Any:
    return _RATES[name][0].exact(**DERIBIT, size=size)


def _last_coin_alt() -> str:
    said = [f"at {size} BTC {percent(_rate('whole position', size))} for the whole and "
            f"{percent(_rate('last coin', size))} for the last coin" for size in _POINTS]
    return ("Two straight lines from 1 % at size 0. The lower is the maintenance rate of the whole "
            f"position, the upper that of its last coin, twice as steep: {', '.join(said)}.")


def _last_coin_table() -> list[list[str]]:
    rows = [[number(size), *(percent(_rate(name, size)) for name in _RATES)]
            for size in (1, 25, 50, 100, 200, 350)]
    return [["size (BTC)", *_RATES], *rows]


@look.drawn
def four_shapes(price: Any = 60_000) -> "Shown":
    """Maintenance margin over notional, against notional, by four kinds of rule.

    `price` is the mark price at which notional is turned into coins, in USDT/BTC.

    >>> print(repr(four_shapes()).splitlines()[0])
    figure: Four shapes of one quantity: maintenance margin over notional
    """
    from .figures import show

    import numpy

    mark = positive("price", price)
    x = numpy.geomspace(100_000, 100_000_000, 401)
    with look.drawing(3.3) as axes:
        for name, dashes in _SHAPES.items():
            y = [float(100 * _effective(name, rational("notional", n), mark)) for n in x]
            axes.plot(x / 1e6, y, label=name, **look.line("maintenance") | {"linestyle": dashes})
        axes.set_ylim(0)
        _name_ends(axes)
        shared_axes(axes, "notional (million USDT)", "margin / notional (%)", log=True)
        axes.set_xlim(x[0] / 1e6, x[-1] / 1e6)
    return show(axes.figure, "Four shapes of one quantity: maintenance margin over notional",
                _shapes_alt(mark), _shapes_table(mark))


#: One quantity has one colour; the dashes tell the venues apart.
_SHAPES = {"Deribit": "-", "BitMEX": (0, (5, 2)), "Hyperliquid": (0, (1, 1.5)),
           "Binance": (0, (6, 2, 1, 2))}


def _effective(name: str, notional: Any, price: Any) -> Any:
    """Maintenance margin over notional, by the rule of a venue."""
    coins = notional / price
    if name == "Deribit":
        return f.schedule_rate.exact(**DERIBIT, size=coins)
    if name == "BitMEX":
        return f.step_rate.exact(**BITMEX, steps=steps_above(coins))
    if name == "Hyperliquid":
        return f.half_leverage_rate.exact(**HYPERLIQUID)
    return f.effective_rate.exact(maintenance_margin=_binance().margin(notional),
                                  notional=notional)


@cache
def _binance() -> Tiers:
    return Tiers.load(TABLE)


def _shapes_alt(price: Any) -> str:
    at = 10_000_000
    said = ", ".join(f"{name} {percent(_effective(name, rational('at', at), price))}"
                     for name in _SHAPES)
    return ("Maintenance margin over notional against notional, from 100 thousand to 100 million. "
            "Deribit rises as a straight line in coins, BitMEX in steps on the whole position, "
            "Binance bends upward slice by slice, Hyperliquid stays level. At 10 million: "
            f"{said}.")


def _shapes_table(price: Any) -> list[list[str]]:
    rows = [[number(n), *(percent(_effective(name, rational("notional", n), price))
                          for name in _SHAPES)]
            for n in (100_000, 1_000_000, 10_000_000, 30_000_000, 100_000_000)]
    return [["notional (USDT)", *_SHAPES], *rows]


@look.drawn
def one_position(**trade: Any) -> "Shown":
    """One position at every venue that has a line for it: how far each rule moves the line away
    from bankruptcy.

    `trade` as `Position` takes it; by default a long of 5 BTC from 60,000 at 10×.

    >>> print(repr(one_position()).splitlines()[0])
    figure: One position, one bankruptcy price, and a line of its own at each venue
    """
    from .figures import show

    position = Position(**TRADE | trade)
    found = [one for one in places(**trade) if one.price is not None]
    with look.drawing(1.2 + 0.26 * len(found)) as axes:
        for row, one in enumerate(found):
            _row(axes, -row, one, position.bankruptcy_price())
        shared_axes(axes, "price (USDT/BTC)", "")
        axes.set_yticks([-row for row in range(len(found))], [_name(one) for one in found])
        axes.tick_params(axis="y", length=0, labelcolor=look.colour("text"))
        axes.spines["left"].set_visible(False)
        axes.margins(x=0.16, y=0.03)
        _words_above(axes)
    return show(axes.figure, "One position, one bankruptcy price, and a line of its own at each "
                "venue", _one_alt(position, found), _one_table(position, found))


#: The parts of the way from bankruptcy to the line: word, role, hatch.
_PARTS = (("floor at the mark", "maintenance", ""), ("frozen at entry", "frozen", "//"),
          ("fee to close", "text", r"\\"))
_SIGNS = {"": "■", "//": "▨", r"\\": "▧"}


def _name(place: Place) -> str:
    return word(place.venue) + ("" if place.known_rate else " *")


def _row(axes: Any, row: int, place: Place, bankrupt: Any) -> None:
    """One venue: the parts one after the other, and the price at their end."""
    ends = [float(end) for end in (bankrupt, place.plain, place.based, place.price)]
    for (name, role, hatch), start, end in zip(_PARTS, ends, ends[1:]):
        if end != start:
            (bar,) = axes.barh(row, end - start, left=start, height=0.62,
                      facecolor=look.colour(role) if not hatch else "none", hatch=hatch,
                      edgecolor=look.colour(role), linewidth=0.8)
            bar.set_label(f"{_name(place)}: {name}")
    right = ends[-1] >= ends[0]
    axes.annotate(number(place.price, 2), (ends[-1], row), xytext=(5 if right else -5, 0),
                  ha="left" if right else "right", va="center", textcoords="offset points",
                  color=look.colour("liquidation"))


def _words_above(axes: Any) -> None:
    """What the parts of a row are, above the picture, in their colours."""
    for place, (name, role, hatch) in zip((0.0, 0.36, 0.68), _PARTS):
        axes.annotate(f"{_SIGNS[hatch]} {name}", (place, 1), xytext=(0, 8),
                      xycoords="axes fraction", textcoords="offset points",
                      color=look.colour(role), annotation_clip=False)


def _one_alt(position: Position, found: list[Place]) -> str:
    said = ", ".join(f"{_name(one)} {number(one.price, 2)}" for one in found)
    return (f"A bar for each venue, from the bankruptcy price {number(position.bankruptcy_price())} "
            f"to its line: {said}. The bars are made of the floor at the mark, of what freezing it "
            "at entry adds, and of the fee to close. A star: no table was found, 0.5 % is assumed.")


def _one_table(position: Position, found: list[Place]) -> list[list[str]]:
    """The parts in numbers: each is what one rule adds to the price."""
    rows = []
    for one in found:
        ends = (position.bankruptcy_price(), one.plain, one.based, one.price)
        rows.append([_name(one), percent(one.rate), *(number(end - start, 2) for start, end in
                                                      zip(ends, ends[1:])), number(one.price, 2)])
    return [["venue", "rate at the line", *(name for name, *_ in _PARTS), "line (USDT/BTC)"], *rows]
