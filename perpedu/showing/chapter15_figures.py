"""The figures of chapter 15: how far a shock goes, and what fund it needs, in one made-up market."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..market.tiers import Tiers
from ..teaching.numbers_typed import show as number
from ..theory.exact import rational
from . import look
from .grid import Grid
from .still import shared_axes

if TYPE_CHECKING:
    from ..engine.crowds import Cascade, Crowd
    from .figures import Shown

#: The market of the chapter: 5,000 accounts at random, always the same, and a price of 60,000.
ACCOUNTS, PRICE, SEED, TABLE = 5_000, 60_000, 1, "binance/BTCUSDT/2026-09"
#: Coins whose sale moves its price by 1 %.
DEPTH = 2_000
#: The ways to be charged and closed that are compared: words, rate or table, partial closes.
WAYS = {"one rate of 0.4 %": ("0.004", False), "tiers": (TABLE, False),
        "tiers, partial": (TABLE, True), "one rate of 2 %": ("0.02", False)}
_MOVES = tuple(rational("move", f"-{i / 400:.4f}") for i in range(1, 25))
_ROLES = {"one rate of 0.4 %": "entry", "tiers": "mark", "tiers, partial": "equity",
          "one rate of 2 %": "bankruptcy"}


@lru_cache(maxsize=None)
def crowd() -> "Crowd":
    """The accounts: notionals of 1,000 to 5,000,000, 3× to 30×, seven in ten of them long."""
    from ..engine.crowds import Crowd

    return Crowd.drawn(ACCOUNTS, Tiers.load(TABLE), price=PRICE, seed=SEED)


@lru_cache(maxsize=None)
def shocked(way: str, move: Any, depth: Any = DEPTH) -> "Cascade":
    """The market after one move of the price from outside, with an empty fund.

    way: one of `WAYS`; move: a fraction, below 0 a fall; depth: coins that move the price by 1 %.
    """
    from ..engine.crowds import shock

    tiers, partial = WAYS[way]
    table = Tiers.load(tiers) if "/" in tiers else tiers
    return shock(crowd().under(table), PRICE, move, depth=depth, partial=partial)


def fall(done: "Cascade") -> float:
    """How far the price has fallen in the end, a fraction."""
    return 1 - done.marks[-1] / PRICE


def compared(move: Any = "-0.02", depth: Any = DEPTH) -> Grid:
    """One shock, four ways: how far the price falls, who is closed, what is missing.

    >>> str(compared()).splitlines()[3].split()
    ['tiers', '11.1', '%', '1,826', '1.6', '2.4']
    """
    at = rational("move", move)
    rows = [[way, _percent(fall(done)), number(done.closed),
             *(_millions(value) for value in (done.fund[-1], done.deficit[-1]))]
            for way in WAYS for done in (shocked(way, at, depth),)]
    return Grid(f"A fall of {number(-at, unit='%')} from outside, {number(depth)} coins to 1 %", [
        ["charged", "fall in the end", "accounts closed", "fund", "missing (million USDT)"], *rows])


def _percent(share: float) -> str:
    return number(rational("share", f"{share:.3f}"), 1, "%")


def _millions(money: float) -> str:
    return number(rational("money", f"{money / 1e6:.1f}"), 1)


@look.drawn
def fall_by_shock() -> "Shown":
    """How far the price falls in the end, against the fall from outside, four ways.

    >>> print(repr(fall_by_shock()).splitlines()[0])
    figure: Small shocks die out; from some size on they run
    """
    from .figures import show

    found = {way: [100 * fall(shocked(way, move)) for move in _MOVES] for way in WAYS}
    with look.drawing(3.5) as axes:
        _lines(axes, found, "the fall in the end (%)", _FALL_NAMES)
        axes.plot([0, 6], [0, 6], label="nobody sells", **look.line("muted"))
        axes.annotate("nobody sells", (4.6, 4.6), xytext=(0, -13), textcoords="offset points",
                      color=look.colour("muted"))
    return show(axes.figure, "Small shocks die out; from some size on they run", _fall_alt(found),
                _numbers(found, "fall in the end"))


@look.drawn
def fund_by_shock() -> "Shown":
    """The fund's money that leaves nobody else to pay, against the fall from outside.

    >>> print(repr(fund_by_shock()).splitlines()[0])
    figure: The fund that a shock needs grows faster than the shock
    """
    from .figures import show

    found = {way: [shocked(way, move).deficit[-1] / 1e6 for move in _MOVES]
             for way in WAYS if way != "one rate of 0.4 %"}
    with look.drawing(3.5) as axes:
        _lines(axes, found, "money needed (million USDT)", _FUND_NAMES)
    return show(axes.figure, "The fund that a shock needs grows faster than the shock",
                _fund_alt(found), _numbers(found, "million USDT"))


def _lines(axes: Any, found: dict[str, list[float]], y: str, names: dict[str, Any]) -> None:
    """The curves, each with its name beside it."""
    x = [-100 * float(move) for move in _MOVES]
    for way, values in found.items():
        axes.plot(x, values, label=way, **look.line(_ROLES[way]))
        place, shift = names[way]
        axes.annotate(way, (x[place], values[place]), xytext=shift, va="center",
                      textcoords="offset points", color=look.colour(_ROLES[way]),
                      ha="right" if shift[0] < 0 else "left")
    shared_axes(axes, "the fall from outside (%)", y)
    axes.set_xlim(0, 6)
    axes.set_ylim(bottom=0)


#: Where the name of each curve stands, by figure: at which point, and how far from it.
_FALL_NAMES = {"one rate of 0.4 %": (6, (16, -14)), "tiers": (7, (-12, -24)),
               "tiers, partial": (7, (8, 2)), "one rate of 2 %": (3, (0, 42))}
_FUND_NAMES = {"tiers": (14, (-8, 8)), "tiers, partial": (15, (8, -8)),
               "one rate of 2 %": (16, (10, -12))}


def _fall_alt(found: dict[str, list[float]]) -> str:
    said = "; ".join(f"{way}: " + ", ".join(f"{values[i]:.1f} % for {-100 * float(_MOVES[i]):g} %"
                                            for i in (3, 7, 15, 23)) for way, values in found.items())
    return ("The fall in the end against the fall from outside. Each curve first stays near the line "
            f"on which nobody sells, then jumps to 10 % or more. {said}.")


def _fund_alt(found: dict[str, list[float]]) -> str:
    said = "; ".join(f"{way}: " + ", ".join(f"{values[i]:.1f} for {-100 * float(_MOVES[i]):g} %"
                                            for i in (7, 15, 23)) for way, values in found.items())
    return ("The money in millions that the insurance fund needs, against the fall from outside. All "
            f"curves are 0 for small falls and then rise more and more steeply. {said}.")


def _numbers(found: dict[str, list[float]], what: str) -> list[list[str]]:
    rows = [[number(-_MOVES[i], unit="%"), *(f"{values[i]:.1f}" for values in found.values())]
            for i in (1, 3, 5, 7, 11, 15, 19, 23)]
    return [["fall from outside", *(f"{way}: {what}" for way in found)], *rows]
