"""The figures of chapter 6: a hedge with two lines, the frontier of two assets, two margin modes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..market.account import Account
from ..market.position import Position
from ..teaching.numbers_typed import show as number
from ..theory.exact import rational
from . import look
from .chapter4_figures import steep
from .chapter6_tables import HEDGE, HEDGE_WALLET, MARKS, balance, pair
from .grid import Grid
from .still import shared_axes

if TYPE_CHECKING:
    from .figures import Shown

#: Daily moves of the two assets, one standard deviation: assumed, for the picture.
DAILY = {"BTC": "0.03", "ETH": "0.04"}
_FAR = 25


def hedge() -> Account:
    """2 BTC long and 1.7 BTC short from 60,000 on one wallet, each leg with the tiers of chapter 4.

    >>> hedge().liquidation({"BTC": 60_000}).status
    'open'
    """
    legs = {side: (Position(side, size, 60_000), steep()) for side, size in HEDGE.items()}
    return Account(HEDGE_WALLET, legs, underlying=dict.fromkeys(HEDGE, "BTC"))


@look.drawn
def two_lines() -> "Shown":
    """Equity and maintenance margin of a hedge that is almost full, against the mark price.

    >>> print(repr(two_lines()).splitlines()[0])
    figure: A hedge can be liquidated by a fall and by a rise
    """
    from .figures import show

    account, prices = hedge(), range(25_000, 110_001, 1_000)
    with look.drawing(3.3) as axes:
        for name, role in (("equity", "equity"), ("maintenance_margin", "maintenance")):
            y = [float(getattr(account, name)({"BTC": price})) for price in prices]
            axes.plot(prices, y, label=look.ROLES[role].word, **look.line(role))
            axes.annotate(look.ROLES[role].word, (prices[-1], y[-1]), xytext=(6, 0), va="center",
                          textcoords="offset points", color=look.colour(role),
                          annotation_clip=False)
        for line in account.liquidation_range("BTC", {"BTC": 60_000}):
            _met(axes, account, line)
        shared_axes(axes, "mark price (USDT/BTC)", "USDT")
        axes.set_xlim(prices[0], prices[-1])
        axes.set_ylim(-4_000)
    return show(axes.figure, "A hedge can be liquidated by a fall and by a rise", _two_alt(account),
                _two_table(account))


def _met(axes: Any, account: Account, line: Any) -> None:
    low, height = line < 60_000, float(account.equity({"BTC": line}))
    axes.plot([float(line)], [height], "o", markersize=7, zorder=5, label=number(line),
              color=look.colour("liquidation"))
    axes.annotate(number(line, 2), (float(line), height), xytext=(6, -14) if low else (-6, 8),
                  textcoords="offset points", ha="left" if low else "right",
                  color=look.colour("liquidation"), fontweight="bold")


def _two_alt(account: Account) -> str:
    below, above = account.liquidation_range("BTC", {"BTC": 60_000})
    return ("Equity of the two legs is a straight line that rises slowly with the price. Their "
            "maintenance margin bends upwards at 50,000, 58,823.53 and 100,000. It lies below "
            f"equity only between two points: {number(below, 2)} and {number(above, 2)}.")


def _two_table(account: Account) -> list[list[str]]:
    below, above = account.liquidation_range("BTC", {"BTC": 60_000})
    rows = []
    for price in (30_000, below, 50_000, 60_000, 70_000, above, 90_000):
        marks = {"BTC": price}
        rows.append([number(price, None if price in (below, above) else 0),
                     number(account.equity(marks), 2),
                     number(account.maintenance_margin(marks), 2),
                     number(balance(account, marks), 2)])
    return [["mark price", "equity", "maintenance margin", "margin balance"], *rows]


def slopes(btc: str = "long", eth: str = "long") -> dict[str, Any]:
    """What the margin balance of the chapter's account gains when a mark doubles, by name, in USDT.

    Each leg has one rate, so that the balance is a straight line in each mark.

    >>> slopes()
    {'BTC': 59700, 'ETH': 29700}
    """
    account = pair(btc, eth)
    now = balance(account, MARKS)
    return {name: balance(account, MARKS | {name: 2 * mark}) - now for name, mark in MARKS.items()}


def nearest(correlation: Any, btc: str = "long", eth: str = "long") -> tuple[Any, Any, Any]:
    """The joint move of a day that most easily liquidates the chapter's account: its BTC and its
    ETH part, exact, and how many standard deviations it is away, as a float.

    The daily moves are `DAILY`, jointly normal; `correlation` in [−1, 1].

    >>> [f"{float(value):.4f}" for value in nearest("0.8")]
    ['-0.0861', '-0.1098', '2.9655']
    """
    from sympy import sqrt

    rho, gain = rational("correlation", correlation), slopes(btc, eth)
    spread = {name: rational(name, share) for name, share in DAILY.items()}
    own = {name: spread[name] * gain[name] for name in gain}
    pull = {"BTC": spread["BTC"] * (own["BTC"] + rho * own["ETH"]),
            "ETH": spread["ETH"] * (own["ETH"] + rho * own["BTC"])}
    variance = sum(gain[name] * pull[name] for name in gain)
    buffer = balance(pair(btc, eth), MARKS)
    return (-buffer * pull["BTC"] / variance, -buffer * pull["ETH"] / variance,
            float(buffer / sqrt(variance)))


def nearest_table() -> Grid:
    """How near the frontier is, by correlation, with ETH long and with ETH short.

    >>> nearest_table().rows[3]
    ['0.8', '−8.61', '−10.98', '2.97', '7.66']
    """
    rows = []
    for correlation in ("0", "0.5", "0.8", "0.9"):
        btc, eth, away = nearest(correlation)
        rows.append([correlation, number(100 * btc, 2), number(100 * eth, 2), f"{away:.2f}",
                     f"{nearest(correlation, eth='short')[2]:.2f}"])
    return Grid("By correlation ρ: the easiest move that liquidates, and how many standard "
                "deviations it is away", [["ρ", "BTC (%)", "ETH (%)", "ETH long",
                                          "ETH short"], *rows])


@look.drawn
def frontier(correlation: Any = "0.8") -> "Shown":
    """The pairs of moves that liquidate the chapter's account, and two ellipses of equal distance:
    moves of this `correlation`, and moves without any.

    >>> print(repr(frontier()).splitlines()[0])
    figure: Moves that go together reach the frontier, independent ones do not
    """
    from .figures import show

    btc, eth, away = nearest(correlation)
    ends = _frontier_ends()
    with look.drawing(4.2) as axes:
        axes.plot(*ends, label="frontier", **look.line("liquidation"))
        axes.fill_between(ends[0], ends[1], -2 * _FAR, linewidth=0, alpha=0.12,
                          color=look.colour("liquidation"))
        for rho, style in ((rational("correlation", correlation), "-"), (0, (0, (5, 3)))):
            axes.plot(*_ellipse(float(rho), away), label=f"correlation {number(rho)}",
                      **look.line("mark") | {"linestyle": style})
        _named(axes, correlation, float(btc), float(eth))
        shared_axes(axes, "move of BTC (%)", "move of ETH (%)")
        axes.set_xlim(-_FAR, _FAR)
        axes.set_ylim(-_FAR, _FAR)
    return show(axes.figure, "Moves that go together reach the frontier, independent ones do not",
                _frontier_alt(correlation), _frontier_table())


def _frontier_ends() -> tuple[list[float], list[float]]:
    gain, buffer = slopes(), balance(pair(), MARKS)
    across = [-2 * _FAR, 2 * _FAR]
    return across, [float((-100 * buffer - gain["BTC"] * x) / gain["ETH"]) for x in across]


def _ellipse(rho: float, away: float) -> tuple[Any, Any]:
    """The moves of one distance, in per cent."""
    import numpy

    angle = 0.3 + numpy.linspace(0, 2 * numpy.pi, 181)
    first, second = numpy.cos(angle), numpy.sin(angle)
    one, two = (100 * away * float(share) for share in DAILY.values())
    return one * first, two * (rho * first + (1 - rho**2) ** 0.5 * second)


def _named(axes: Any, correlation: Any, btc: float, eth: float) -> None:
    axes.plot([100 * btc], [100 * eth], "o", markersize=7, zorder=5, label="touches",
              color=look.colour("liquidation"))
    axes.plot([0], [0], "o", markersize=4, label="now", color=look.colour("text"))
    for words, place, role, to_left in (
            ("now", (1, -1.6), "text", False), ("liquidated", (-22, -20), "liquidation", False),
            ("open", (17, 20), "text", False), ("independent", (5.2, -12.6), "mark", False),
            (f"correlation {number(rational('correlation', correlation))}", (8.6, 7.2), "mark",
             False), ("frontier", (-19.6, 14.2), "liquidation", False)):
        axes.annotate(words, place, ha="right" if to_left else "left", va="center",
                      color=look.colour(role), fontweight="bold" if role != "text" else "normal")


def _frontier_alt(correlation: Any) -> str:
    btc, eth, away = nearest(correlation)
    alone = _alone()
    return ("Against the move of BTC stands that of ETH. A straight line falls from left to right; "
            "below it the account is liquidated. It meets the BTC axis at "
            f"{number(alone['BTC'], 2, '%')} and the ETH axis at {number(alone['ETH'], 2, '%')}. "
            f"A narrow tilted ellipse, correlation {correlation}, {away:.2f} standard deviations "
            f"wide, touches it at BTC {number(btc, 2, '%')} and ETH {number(eth, 2, '%')}. An "
            "ellipse of the same distance for independent moves is upright and stays clear of it.")


def _alone() -> dict[str, Any]:
    """The move of one mark alone that liquidates."""
    return {name: pair().liquidation_price(name, MARKS) / mark - 1 for name, mark in MARKS.items()}


def _frontier_table() -> list[list[str]]:
    rows = []
    for eth in (10, 0, -5, -10, -15, -20):
        mark = MARKS["ETH"] * (1 + rational("eth", eth) / 100)
        line = pair().liquidation_price("BTC", MARKS | {"ETH": mark})
        rows.append([number(rational("eth", eth) / 100, unit="%"),
                     number(line / MARKS["BTC"] - 1, 2, "%"), number(line, 2)])
    return [["ETH moves by", "liquidated at a BTC move of", "BTC's line"], *rows]


@look.drawn
def saved_or_taken() -> "Shown":
    """What is left of 1,200 USDT by the lowest price: 0.1 BTC from 60,000, isolated and cross.

    >>> print(repr(saved_or_taken()).splitlines()[0])
    figure: Between the two lines cross saves the trade, below them it takes the wallet
    """
    from .figures import show

    lowest = [45_000, *_lines()[::-1], 60_000]
    ways = {"isolated": ("isolated", False, (0, (6, 3))), "cross": ("cross", False, "-"),
            "cross, price back": ("cross", True, (0, (1.5, 2)))}
    with look.drawing(3.2) as axes:
        for name, (mode, back, style) in ways.items():
            x, y = _left_line(mode, back, lowest)
            axes.plot(x, y, label=name, **look.line("equity") | {"linestyle": style})
        for words, place in (("isolated", (45_300, 650)), ("cross", (50_300, 140)),
                             ("cross, price back", (48_500, 1_240))):
            axes.annotate(words, place, color=look.colour("equity"), fontweight="bold")
        for line, words in zip(_lines(), ("isolated line", "cross line")):
            axes.axvline(float(line), label=words, **look.line("liquidation") | {"linewidth": 1})
            axes.annotate(number(line, 2), (float(line), 1), xycoords=("data", "axes fraction"),
                          xytext=(3, 3), textcoords="offset points",
                          color=look.colour("liquidation"))
        shared_axes(axes, "lowest price (USDT/BTC)", "left of 1,200 USDT")
        axes.set_xlim(45_000, 60_000)
        axes.set_ylim(-20, 1_350)
    return show(axes.figure, "Between the two lines cross saves the trade, below them it takes the "
                "wallet", _saved_alt(), _saved_table())


def _lines() -> list[Any]:
    """The isolated and the cross line of the trade of 000."""
    return [Position("long", "0.1", 60_000, collateral=money).liquidation_price("0.005")
            for money in (600, 1_200)]


def _left(mode: str, back: bool, lowest: Any) -> Any:
    """What is left at the lowest price, or once the price is back at the entry."""
    isolated = mode == "isolated"
    if lowest <= _lines()[0 if isolated else 1]:
        return rational("left", 600 if isolated else 0)
    return Position("long", "0.1", 60_000, collateral=1_200).equity(60_000 if back else lowest)


def _left_line(mode: str, back: bool, lowest: list[Any]) -> tuple[list[float], list[float]]:
    """The broken line, with a step down at each liquidation."""
    x, y = [], []
    for price in lowest:
        for place in (price, price + rational("step", "0.01")):
            x.append(float(price))
            y.append(float(_left(mode, back, place)))
    return x, y


def _saved_alt() -> str:
    isolated, cross = _lines()
    return ("What is left of 1,200 USDT, by the lowest price that is reached. Isolated: it falls "
            f"from 1,200 to the line at {number(isolated, 2)}, and stays at 600 below. Cross, if "
            f"closed at the lowest price: it falls on until {number(cross, 2)}, and is 0 below. "
            "Cross, if the price comes back to 60,000: all 1,200 above that line, 0 below it.")


def _saved_table() -> list[list[str]]:
    rows = [[number(price), *(number(_left(mode, back, price)) for mode, back in (
        ("isolated", False), ("cross", False), ("isolated", True), ("cross", True)))]
            for price in (58_000, 55_000, 54_000, 52_000, 49_000, 48_000)]
    return [["lowest price", "isolated, closed there", "cross, closed there",
             "isolated, price back", "cross, price back"], *rows]
