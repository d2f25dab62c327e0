"""The figures of chapter 1, drawn from the formulas; the trade of XXKK's article (000:20–24)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import formulas as f
from ..market.position import SIDES, Position
from ..teaching.numbers_typed import show as number
from ..theory import symbols as y
from ..theory.exact import one_of, positive
from . import look
from .still import shared_axes

if TYPE_CHECKING:
    from .explorer import Explorer
    from .figures import Shown

#: 0.10 BTC at 60,000 USDT with 10×; maintenance margin rate 0.5 %, one tier.
TRADE = {"size": "0.1", "entry_price": 60_000}
LEVERAGE, RATE = 10, "0.005"


def trade(side: str = "long", leverage: Any = LEVERAGE) -> Position:
    """The trade as a position, "long" or "short".

    >>> trade().collateral
    600
    """
    return Position(side, TRADE["size"], TRADE["entry_price"], leverage=leverage)


def _ledger(side: int, collateral: Any, mark: Any) -> dict[str, Any]:
    """The ledger at a mark price: notional, PnL, equity, maintenance margin, initial margin."""
    entry = f.entry_notional.exact(**TRADE)
    notional = f.notional.exact(size=TRADE["size"], mark_price=mark)
    pnl = f.unrealized_pnl.exact(**TRADE, side=side, mark_price=mark)
    return {
        "pnl": pnl, "equity": f.equity.exact(collateral=collateral, unrealized_pnl=pnl),
        "initial": f.initial_margin.exact(entry_notional=entry, leverage=LEVERAGE),
        "maintenance": f.maintenance_margin.exact(maintenance_rate=RATE, notional=notional,
                                                  deduction=0),
    }  # fmt: skip


@look.drawn
def ledger_bars(wallet: Any = 1000, marks: tuple = (60_000, 58_000, 54_000)) -> "Shown":
    """What is locked, what is free and what is lost of a wallet, at some mark prices of a long.

    `wallet` in USDT, `marks` in USDT per BTC.

    >>> print(repr(ledger_bars()).splitlines()[0])
    figure: Initial margin is locked; maintenance margin is only a threshold
    """
    from .figures import show

    wallet = positive("wallet", wallet)
    ledgers = [_ledger(1, wallet, positive("marks", mark)) for mark in marks]
    with look.drawing(0.65 * len(marks) + 1.3) as axes:
        for row, (mark, at) in enumerate(zip(marks, ledgers)):
            _bar(axes, -row, wallet, at)
            axes.annotate(f"at {number(mark)}", (0, -row), xytext=(-8, 0), va="center", ha="right",
                          textcoords="offset points")
        first = ledgers[0]
        said = f"maintenance margin {number(first['maintenance'])}: a threshold, not locked"
        axes.annotate(said, (float(first["maintenance"]), 0.42), xytext=(0, 7),
                      textcoords="offset points", color=look.colour("maintenance"))
        shared_axes(axes, "USDT of the wallet", "")
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_xlim(0, float(wallet) * 1.02)
        axes.set_ylim(-len(marks) + 0.45, 0.85)
    rows = [[number(mark), *(number(value) for value in _parts(wallet, at)),
             number(at["maintenance"])] for mark, at in zip(marks, ledgers)]
    head = ["mark price (USDT/BTC)", "locked (USDT)", "free (USDT)", "lost (USDT)",
            "maintenance margin (USDT)"]
    return show(axes.figure, "Initial margin is locked; maintenance margin is only a threshold",
                _bars_alt(wallet, marks, ledgers), [head, *rows])


def _parts(wallet: Any, at: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Of the wallet: locked as initial margin, free, and lost so far."""
    locked = min(at["initial"], max(at["equity"], 0))
    free = max(at["equity"] - at["initial"], 0)
    return locked, free, max(wallet - max(at["equity"], 0), 0)


def _bar(axes: Any, row: float, wallet: Any, at: dict[str, Any]) -> None:
    equity, paper, muted = look.colour("equity"), look.PAPERS["light"], look.colour("muted")
    looks = {"locked": {"facecolor": equity, "edgecolor": equity},
             "free": {"facecolor": paper, "edgecolor": equity},
             "lost": {"facecolor": "none", "edgecolor": muted, "hatch": "///", "linewidth": 0}}
    left = 0.0
    for (word, style), part in zip(looks.items(), _parts(wallet, at)):
        if part > 0:
            (bar,) = axes.barh(row, float(part), 0.68, left=left, **style)
            bar.set_label(word)
            colour = {"locked": paper, "free": equity, "lost": look.colour("text")}[word]
            axes.text(left + float(part) / 2, row, f"{word} {number(part)}", ha="center",
                      va="center", color=colour, bbox=None if word != "lost" else {
                          "facecolor": paper, "edgecolor": "none", "pad": 2})
        left += float(part)
    threshold = float(at["maintenance"])
    axes.plot([threshold] * 2, [row - 0.42, row + 0.42], label="maintenance margin",
              **look.line("maintenance") | {"linestyle": (0, (2, 1))})


def _bars_alt(wallet: Any, marks: tuple, ledgers: list[dict[str, Any]]) -> str:
    said = [f"at {number(mark)} its equity is {number(at['equity'])}"
            for mark, at in zip(marks, ledgers)]
    first = ledgers[0]
    return (f"Bars of a wallet of {number(wallet, unit='USDT')} behind a long of 0.10 BTC opened "
            f"at 60,000: {', '.join(said)}. {number(first['initial'])} are locked as initial "
            f"margin; the maintenance margin, near {number(first['maintenance'])}, is a mark "
            "at the far left, not money set aside.")


@look.drawn
def equity_lines(side: str = "long") -> "Shown":
    """Equity and maintenance margin against the mark price; where they meet is liquidation.

    `side` is "long" or "short".

    >>> print(repr(equity_lines("short")).splitlines()[0])
    figure: A short is liquidated at 65,671.64, just before its equity is gone
    """
    from .figures import show

    import numpy

    sign = SIDES[one_of("side", side, tuple(SIDES))]
    at = _points(sign)
    x = 60_000 + sign * numpy.linspace(-14_000, 6_000, 81)
    with look.drawing() as axes:
        for role, y in _curves(sign, at["collateral"], x).items():
            word = look.ROLES[role].word
            axes.plot(x, y, label=word, **look.line(role))
            steep, right = role == "equity", x.argmax()
            axes.annotate(word, (x[right], y[right]), xytext=(-9, 0) if steep else (0, 6),
                          textcoords="offset points", ha="right", va="center" if steep else
                          "bottom", color=look.colour(role), fontweight="bold")
        axes.axhline(0, color=look.colour("muted"), linewidth=0.8, label="zero")
        _mark_points(axes, sign, at)
        shared_axes(axes, "mark price (USDT/BTC)", "USDT")
        axes.set_xlim(min(x), max(x))
    return show(axes.figure, f"A {side} is liquidated at {number(at['liquidation'])}, just before "
                "its equity is gone", _lines_alt(side, at), _lines_table(sign, at))


def _points(sign: int) -> dict[str, Any]:
    entry = f.entry_notional.exact(**TRADE)
    collateral = f.initial_margin.exact(entry_notional=entry, leverage=LEVERAGE)
    given = dict(**TRADE, side=sign, collateral=collateral, close_fee=0)
    return {
        "collateral": collateral, "bankruptcy": f.bankruptcy_price.exact(**given),
        "liquidation": f.liquidation_price.exact(**given, maintenance_rate=RATE, deduction=0),
    }  # fmt: skip


def _curves(sign: int, collateral: Any, x: Any) -> dict[str, Any]:
    size = float(TRADE["size"])
    pnl = f.unrealized_pnl.numpy(side=sign, size=size, entry_price=TRADE["entry_price"],
                                 mark_price=x)
    notional = f.notional.numpy(size=size, mark_price=x)
    return {"equity": f.equity.numpy(collateral=float(collateral), unrealized_pnl=pnl),
            "maintenance": f.maintenance_margin.numpy(maintenance_rate=float(RATE),
                                                      notional=notional, deduction=0.0)}


def _mark_points(axes: Any, sign: int, at: dict[str, Any]) -> None:
    entry, money = TRADE["entry_price"], at["collateral"]
    margin = _ledger(sign, money, at["liquidation"])["maintenance"]
    places = {"entry": (entry, money, (-9 * sign, 12)),
              "liquidation": (at["liquidation"], margin, (-9 * sign, 16 if sign > 0 else 34)),
              "bankruptcy": (at["bankruptcy"], 0, (12 * sign, -20))}
    shapes = {"entry": "s", "liquidation": "o", "bankruptcy": "D"}
    for role, (x, y, offset) in places.items():
        words = f"{look.ROLES[role].word} {number(x)}"
        colour = look.colour(role)
        axes.plot([float(x)], [float(y)], shapes[role], color=colour, label=words, markersize=7,
                  zorder=5)
        axes.annotate(words, (float(x), float(y)), xytext=offset, textcoords="offset points",
                      ha="right" if offset[0] < 0 else "left", color=colour, fontweight="bold")


def _lines_alt(side: str, at: dict[str, Any]) -> str:
    way = "rises" if side == "long" else "falls"
    return (f"Equity of a {side} of 0.10 BTC, 600 USDT at the entry price of 60,000, {way} with "
            "the mark price. It meets the nearly level maintenance margin at "
            f"{number(at['liquidation'])}, the liquidation price, and 0 at "
            f"{number(at['bankruptcy'])}, the bankruptcy price.")


def _lines_table(sign: int, at: dict[str, Any]) -> list[list[str]]:
    rows = [["mark price (USDT/BTC)", "equity (USDT)", "maintenance margin (USDT)"]]
    for mark in (TRADE["entry_price"], at["liquidation"], at["bankruptcy"]):
        ledger = _ledger(sign, at["collateral"], mark)
        rows.append([number(mark), number(ledger["equity"]), number(ledger["maintenance"])])
    return rows


def ledger_explorer() -> "Explorer":
    """The ledger under the reader's hands: equity and the floor against the mark price.

    >>> ledger_explorer().state
    'Open: equity 400 USDT, maintenance margin 29 USDT, margin ratio 7.25 %. It is \
liquidated at 54,271.36 and bankrupt at 54,000.'
    """
    from .explorer import Chart, Choice, Explorer, Slider

    now = "equity {equity:u}, maintenance margin {maintenance_margin:u}"
    return Explorer(
        "Where does equity meet the floor?",
        controls=[Slider("mark_price", 40_000, 80_000, step=100, start=58_000),
                  Choice("side", SIDES), Slider("leverage", 1, 100, start=LEVERAGE),
                  Slider("size", "0.01", 2, step="0.01", start=TRADE["size"]),
                  Slider("maintenance_rate", 0, "0.05", step="0.0005", start=RATE)],
        fixed={"entry_price": TRADE["entry_price"], "deduction": 0, "close_fee": 0},
        own={"collateral": f.initial_margin},
        states=[(y.equity <= y.maintenance_margin, f"Liquidated: {now}."),
                (None, f"Open: {now}, margin ratio {{margin_ratio:.2%}}. It is "
                 "liquidated at {liquidation_price} and bankrupt at {bankruptcy_price}."),
                (None, f"Open: {now}, margin ratio {{margin_ratio:.2%}}. No price liquidates it: "
                 "the collateral covers the whole fall.")],
        show=["entry_notional", "collateral", "notional", "unrealized_pnl", "equity",
              "maintenance_margin", "margin_ratio", "liquidation_price", "bankruptcy_price"],
        formula="liquidation_price", chart=Chart(y="USDT"))
