"""The figures of chapter 2, the liquidation line, drawn from the formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import formulas as f
from ..market.position import SIDES
from ..teaching import wild
from ..teaching.numbers_typed import show as number
from ..theory import symbols as y
from ..theory.exact import fraction_of_one, one_of, refuse
from . import look
from .chapter1 import LEVERAGE, RATE, TRADE
from .still import shared_axes, spread

if TYPE_CHECKING:
    from .figures import Shown

#: The five formulas: the name of each price here, and where the formula is kept.
FIVE = {
    "entry_basis_price": "liquidation_price_leverage_entry_basis",
    "liquidation_price": "liquidation_price_leverage",
    "share_of_margin_price": "wild_rate_of_margin",
    "no_maintenance_price": "wild_no_maintenance",
    "sign_error_price": "wild_sign_error",
}
WILD_TRADE = {"size": 1, "entry_price": 30_000}


@look.drawn
def line_against_leverage(side: str = "long", rate: Any = "0.05") -> "Shown":
    """The liquidation price on both bases and the bankruptcy price against leverage.

    `side` is "long" or "short", `rate` the maintenance margin rate, above 0 and below 1.

    >>> print(repr(line_against_leverage()).splitlines()[0])
    figure: At a rate of 5 %, the lines of a long reach its entry at 20×
    """
    from .figures import show

    import numpy

    sign, rate = SIDES[one_of("side", side, tuple(SIDES))], _rate(rate)
    x = numpy.geomspace(1, float(2 / rate), 193)
    with look.drawing() as axes:
        for role, prices in _prices(sign, rate, x).items():
            axes.plot(x, prices, label=_WORDS[role], **look.line(role))
        _name_ends(axes)
        axes.plot([float(1 / rate)], [TRADE["entry_price"]], "o", markersize=7, zorder=5,
                  label="liquidated as it opens", color=look.colour("liquidation"))
        shared_axes(axes, "leverage (×)", "USDT/BTC", log=True)
        axes.set_xlim(1, x[-1])
    return show(axes.figure, f"At a rate of {number(rate, unit='%')}, the lines of a {side} reach "
                f"its entry at {number(1 / rate, unit='×')}", _line_alt(side, rate),
                _line_table(sign, rate))


_WORDS = {"liquidation": "mark basis", "frozen": "entry basis", "bankruptcy": "bankruptcy",
          "entry": "entry"}


def _rate(rate: Any, below: Any = 1) -> Any:
    fraction = fraction_of_one("rate", rate)
    if not 0 < fraction < below:
        raise refuse("rate", rate, f"a rate above 0 and below {below}")
    return fraction


def _prices(sign: int, rate: Any, leverage: Any) -> dict[str, Any]:
    """Prices by role, for an array of leverages."""
    trade = _floats(TRADE)
    given = {"side": sign, "entry_price": trade["entry_price"], "leverage": leverage,
             "maintenance_rate": float(rate)}
    money = f.initial_margin.numpy(entry_notional=f.entry_notional.numpy(**trade),
                                   leverage=leverage)
    return {"bankruptcy": f.bankruptcy_price.numpy(**trade, side=sign, collateral=money,
                                                   close_fee=0),
            "liquidation": f.liquidation_price_leverage.numpy(**given),
            "frozen": f.liquidation_price_leverage_entry_basis.numpy(**given),
            "entry": 0 * leverage + trade["entry_price"]}


def _floats(trade: dict[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in trade.items()}


def _name_ends(axes: Any) -> None:
    """A word where each line ends, moved apart."""
    lines = sorted((line for line in axes.lines if len(line.get_ydata()) > 2),
                   key=lambda line: line.get_ydata()[-1])
    low, high = axes.get_ylim()
    ends = [float(line.get_ydata()[-1]) for line in lines]
    for line, end in zip(lines, spread(ends, (high - low) * 0.08, low, high)):
        axes.annotate(line.get_label(), (1, end), xytext=(6, 0), va="center",
                      xycoords=("axes fraction", "data"), textcoords="offset points",
                      color=line.get_color(), fontweight="bold", annotation_clip=False)


def _line_alt(side: str, rate: Any) -> str:
    way = "rise" if side == "long" else "fall"
    return (f"Prices of liquidation on the mark basis and on the entry basis, and of bankruptcy, "
            f"of a {side} from 60,000 against its leverage. All {way} towards the entry. At "
            f"{number(1 / rate, unit='×')} both liquidation prices are the entry price; with more "
            "leverage they lie past it. The bankruptcy price never reaches it.")


def _line_table(sign: int, rate: Any) -> list[list[str]]:
    rows = [["leverage", "mark basis (USDT/BTC)", "distance", "entry basis (USDT/BTC)",
             "distance", "bankruptcy (USDT/BTC)"]]
    for leverage in (1, 2, 3, 5, 10, 20):
        given = {"leverage": leverage, "maintenance_rate": rate}
        signed = given | {"side": sign, "entry_price": TRADE["entry_price"]}
        money = f.initial_margin.exact(entry_notional=f.entry_notional.exact(**TRADE),
                                       leverage=leverage)
        mark = f.liquidation_price_leverage.exact(**signed)
        far = None if mark is None else f.liquidation_distance.exact(**given, side=sign)
        rows.append([f"{leverage}×", _or_none(mark), _or_none(far, 2, "%"),
                     _or_none(f.liquidation_price_leverage_entry_basis.exact(**signed)),
                     number(f.liquidation_distance_entry_basis.exact(**given), 2, "%"),
                     _or_none(f.bankruptcy_price.exact(**TRADE, side=sign, collateral=money,
                                                       close_fee=0))])
    return rows


def _or_none(value: Any, *how: Any) -> str:
    return "none" if value is None else number(value, *how)


@look.drawn
def five_formulas(side: str = "long") -> "Shown":
    """The five prices on one axis, and how much equity is there at each.

    `side` is "long" or "short".

    >>> print(repr(five_formulas()).splitlines()[0])
    figure: One formula of five finds the price at which equity meets the maintenance margin
    """
    from .figures import show

    sign = SIDES[one_of("side", side, tuple(SIDES))]
    found = _five(sign)
    with look.drawing(2.9) as axes:
        for name, role in (("no_maintenance_price", "bankruptcy"),
                           ("liquidation_price", "liquidation")):
            price, word = float(found[name]["price"]), look.ROLES[role].word
            axes.axvline(price, label=word, **look.line(role))
            axes.annotate(word, (price, 1), xytext=(0, 4), textcoords="offset points",
                          ha="center", color=look.colour(role), annotation_clip=False)
        for row, (name, at) in enumerate(found.items()):
            _five_row(axes, -row, name, at)
        axes.annotate("equity", (1, 1.15), xytext=(58, 0), ha="right", annotation_clip=False,
                      xycoords=("axes fraction", "data"), textcoords="offset points",
                      color=look.colour("equity"))
        shared_axes(axes, "price (USDT/BTC)", "")
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_ylim(-4.6, 1)
        axes.margins(x=0.2)
    rows = [[_NAMES[name], *(number(value) for value in at.values())]
            for name, at in found.items()]
    return show(axes.figure, "One formula of five finds the price at which equity meets the "
                "maintenance margin", _five_alt(side, found),
                [["formula", "price (USDT/BTC)", "equity there (USDT)",
                  "maintenance margin there (USDT)"], *rows])


_NAMES = {"entry_basis_price": "entry basis", "liquidation_price": "mark basis",
          "share_of_margin_price": "share of margin", "no_maintenance_price": "no maintenance",
          "sign_error_price": "sign error"}
_SHAPES = {"liquidation_price": "o", "entry_basis_price": "s", "no_maintenance_price": "D"}


def _five(sign: int) -> dict[str, dict[str, Any]]:
    """Price, equity and maintenance margin (mark basis) by formula, for 10× and 0.5 %."""
    given = {"side": sign, "entry_price": WILD_TRADE["entry_price"], "leverage": LEVERAGE}
    money = f.initial_margin.exact(entry_notional=f.entry_notional.exact(**WILD_TRADE),
                                   leverage=LEVERAGE)
    found = {}
    for name, kept in FIVE.items():
        formula = wild.formulas()[kept]
        rate = {"maintenance_rate": RATE} if y.maintenance_rate in formula.symbols else {}
        price = formula.exact(**given, **rate)
        found[name] = {"price": price, **_state(WILD_TRADE, sign, money, price)}
    return found


def _state(trade: dict[str, Any], sign: int, money: Any, price: Any) -> dict[str, Any]:
    """Equity and maintenance margin at a mark price."""
    pnl = f.unrealized_pnl.exact(**trade, side=sign, mark_price=price)
    notional = f.notional.exact(size=trade["size"], mark_price=price)
    return {"equity": f.equity.exact(collateral=money, unrealized_pnl=pnl),
            "maintenance": f.maintenance_margin.exact(maintenance_rate=RATE, notional=notional,
                                                      deduction=0)}


def _five_row(axes: Any, row: int, name: str, at: dict[str, Any]) -> None:
    """One formula: its name, a point with its price, the equity there."""
    role = look.ROLE_OF[name] if name in _SHAPES else "text"
    price = float(at["price"])
    axes.plot([price], [row], _SHAPES.get(name, "X"), color=look.colour(role), markersize=8,
              zorder=5, label=_NAMES[name])
    paper = {"facecolor": look.PAPERS["light"], "edgecolor": "none", "pad": 1.5}
    axes.annotate(number(at["price"]), (price, row), xytext=(8, 0), va="center",
                  textcoords="offset points", color=look.colour(role), bbox=paper,
                  fontweight="bold" if name == "liquidation_price" else "normal")
    for text, x, offset, colour in ((_NAMES[name], 0, -6, role),
                                    (number(at["equity"]), 1, 58, "equity")):
        axes.annotate(text, (x, row), xytext=(offset, 0), ha="right", va="center",
                      xycoords=("axes fraction", "data"), textcoords="offset points",
                      color=look.colour(colour), annotation_clip=False)


def _five_alt(side: str, found: dict[str, dict[str, Any]]) -> str:
    said = ", ".join(f"{_NAMES[name]} {number(at['price'])} with equity {number(at['equity'])}"
                     for name, at in found.items())
    line = found["liquidation_price"]
    return (f"Five prices for a 10× {side} of 1 BTC from 30,000 at a rate of 0.5 %: {said}. Only "
            f"on the mark basis equity equals the maintenance margin, {number(line['equity'])} "
            "USDT.")


@look.drawn
def not_mirrors() -> "Shown":
    """Equity and maintenance margin near both lines: why long and short are no mirror images.

    >>> print(repr(not_mirrors()).splitlines()[0])
    figure: On the mark basis both lines lie lower: more room for a long, less for a short
    """
    from .figures import show

    lines = {side: _both_lines(sign) for side, sign in SIDES.items()}
    with look.drawing(3.1, columns=2) as panels:
        for axes, (side, at) in zip(panels, lines.items()):
            _near_line(axes, side, at)
        panels[0].set_ylabel("USDT")
        panels[1].set_ylabel("")
        panels[0].set_ylim(0, 60)
        _name_ends(panels[1])
    rows = [[side, *(number(at[name]) for name in ("frozen", "liquidation", "margin")),
             *(number(at[name], 2, "%") for name in ("frozen_distance", "distance"))]
            for side, at in lines.items()]
    head = ["side", "entry basis (USDT/BTC)", "mark basis (USDT/BTC)",
            "maintenance margin there (USDT)", "entry basis: distance", "mark basis: distance"]
    return show(panels[0].figure, "On the mark basis both lines lie lower: more room for a long, "
                "less for a short", _mirror_alt(lines), [head, *rows])


def _both_lines(sign: int) -> dict[str, Any]:
    """Both liquidation prices of the 10× trade, their distances, and the margin at the line."""
    given = {"side": sign, "entry_price": TRADE["entry_price"], "leverage": LEVERAGE,
             "maintenance_rate": RATE}
    share = {"leverage": LEVERAGE, "maintenance_rate": RATE}
    line = f.liquidation_price_leverage.exact(**given)
    money = f.initial_margin.exact(entry_notional=f.entry_notional.exact(**TRADE),
                                   leverage=LEVERAGE)
    return {"sign": sign, "money": money, "liquidation": line,
            "frozen": f.liquidation_price_leverage_entry_basis.exact(**given),
            "distance": f.liquidation_distance.exact(**share, side=sign),
            "frozen_distance": f.liquidation_distance_entry_basis.exact(**share),
            "margin": _state(TRADE, sign, money, line)["maintenance"],
            "frozen_margin": _state(TRADE, sign, money, TRADE["entry_price"])["maintenance"]}


def _near_line(axes: Any, side: str, at: dict[str, Any]) -> None:
    """One panel: equity, maintenance margin and the frozen one, around the lines of a side."""
    import numpy

    sign, middle = at["sign"], float(at["frozen"])
    x = middle + numpy.linspace(-330, 330, 67)
    pnl = f.unrealized_pnl.numpy(**_floats(TRADE), side=sign, mark_price=x)
    notional = f.notional.numpy(size=float(TRADE["size"]), mark_price=x)
    curves = {"equity": f.equity.numpy(collateral=float(at["money"]), unrealized_pnl=pnl),
              "maintenance": f.maintenance_margin.numpy(maintenance_rate=float(RATE),
                                                        notional=notional, deduction=0.0),
              "frozen": 0 * x + float(at["frozen_margin"])}
    for role, values in curves.items():
        word = "frozen at entry" if role == "frozen" else look.ROLES[role].word
        axes.plot(x, values, label=word, **look.line(role))
    _two_points(axes, at)
    axes.set_title(f"{LEVERAGE}× {side}: {number(at['distance'], 2, '%')} away",
                   fontsize=10, fontweight="normal")
    shared_axes(axes, "mark price (USDT/BTC)", "USDT")
    axes.set_xticks([middle - 200, middle, middle + 200])
    axes.set_xlim(x[0], x[-1])


def _two_points(axes: Any, at: dict[str, Any]) -> None:
    for role, height, way in (("liquidation", "margin", 1), ("frozen", "frozen_margin", -1)):
        place = float(at[role]), float(at[height])
        filled = look.colour("liquidation") if role == "liquidation" else look.PAPERS["light"]
        words = _WORDS[role], number(at[role])
        axes.plot(*[[value] for value in place], "o", markersize=7, zorder=5,
                  label=" ".join(words), markerfacecolor=filled,
                  markeredgecolor=look.colour(role), markeredgewidth=1.6)
        axes.annotate("\n".join(words), place, xytext=(-5 * way, -34 * way * at["sign"]),
                      textcoords="offset points", color=look.colour(role), va="center",
                      ha="left" if way > 0 else "right")


def _mirror_alt(lines: dict[str, dict[str, Any]]) -> str:
    said = [f"for a {side} from {number(at['frozen'])} to {number(at['liquidation'])}, where it "
            f"is {number(at['margin'])}" for side, at in lines.items()]
    return ("Two panels, around the line of a 10× long and of a 10× short from 60,000. The "
            "maintenance margin that is frozen at entry is level at 30 USDT; on the mark basis it "
            "falls with the price and rises with it. So the point where equity meets it moves "
            f"{', and '.join(said)}.")


@look.drawn
def linear_and_inverse(rate: Any = "0.004") -> "Shown":
    """Distance to liquidation against leverage: linear and inverse, long and short.

    `rate` is the maintenance margin rate, above 0 and below 1/3.

    >>> print(repr(linear_and_inverse()).splitlines()[0])
    figure: At 3× an inverse short has twice the room of an inverse long
    """
    from .figures import show

    import numpy
    from sympy import Rational

    rate = _rate(rate, Rational(1, 3))
    x = numpy.geomspace(1.02, 50, 241)
    with look.drawing(3.3) as axes:
        for (word, side), (formula, style) in _distances().items():
            far = 100 * formula.numpy(leverage=x, side=SIDES[side], maintenance_rate=float(rate))
            axes.plot(x, far, label=f"{word} {side}", **style)
        axes.axvline(3, label="3×", **look.line("entry"))
        _at_three(axes, rate)
        shared_axes(axes, "leverage (×)", "distance to liquidation (%)", log=True)
        axes.set_xlim(1, 50)
        axes.set_ylim(0, 100)
    return show(axes.figure, "At 3× an inverse short has twice the room of an inverse long",
                _inverse_alt(rate), _inverse_table(rate))


def _distances() -> dict[tuple[str, str], Any]:
    """The formula and the line of each contract and side."""
    long, short = look.line("liquidation"), look.line("frozen")
    plain = {"color": look.colour("text")}
    return {("linear", "long"): (f.liquidation_distance, long),
            ("linear", "short"): (f.liquidation_distance, short),
            ("inverse", "long"): (f.inverse_liquidation_distance, long | plain),
            ("inverse", "short"): (f.inverse_liquidation_distance, short | plain)}


def _far(rate: Any, leverage: int) -> dict[tuple[str, str], Any]:
    """Distance by contract and side at a leverage; None where no price liquidates."""
    return {key: _distance(formula, SIDES[key[1]], leverage, rate)
            for key, (formula, _) in _distances().items()}


def _distance(formula: Any, side: int, leverage: int, rate: Any) -> Any:
    far = formula.exact(side=side, leverage=leverage, maintenance_rate=rate)
    return None if far is None or side > 0 and far >= 1 else far


def _at_three(axes: Any, rate: Any) -> None:
    far = _far(rate, 3)
    said = {key: number(value, 1, "%") for key, value in far.items()}
    linear = f"linear long {said['linear', 'long']}, short {said['linear', 'short']}"
    words = {("inverse", "short"): (f"inverse short {said['inverse', 'short']}", (5.2, 62)),
             ("linear", "long"): (linear, (6.4, 42)),
             ("inverse", "long"): (f"inverse long\n{said['inverse', 'long']}", (1.05, 14))}
    for key, (text, place) in words.items():
        colour = _distances()[key][1]["color"]
        point = 3, float(100 * far[key])
        axes.plot([3], [point[1]], "o", color=colour, markersize=6, zorder=5,
                  label=text.replace("\n", " "))
        axes.annotate(text, point, xytext=place, color=colour, fontweight="bold", va="center",
                      arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.8})


def _inverse_alt(rate: Any) -> str:
    said = [f"{word} {side} {number(value, 1, '%')}"
            for (word, side), value in _far(rate, 3).items()]
    return ("Distance from entry to liquidation against leverage, at a rate of "
            f"{number(rate, unit='%')}. At 3×: {', '.join(said)}. The linear long and short are "
            "nearly one line; the inverse long lies below it and the inverse short above. All "
            "come together as leverage rises.")


def _inverse_table(rate: Any) -> list[list[str]]:
    rows = [["leverage", *(" ".join(key) for key in _distances())]]
    for leverage in (1, 2, 3, 5, 10, 20, 50):
        far = _far(rate, leverage).values()
        rows.append([f"{leverage}×", *(_or_none(value, 1, "%") for value in far)])
    return rows
