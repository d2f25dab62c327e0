"""The figures of chapter 4, tiers, drawn from the formulas and the tables."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from .. import formulas as f
from ..market.position import Position
from ..market.tiers import Tiers
from ..teaching.numbers_typed import show as number
from . import look
from .chapter4_tables import NEW, OLD
from .still import shared_axes, spread

if TYPE_CHECKING:
    from .figures import Shown

#: Rates of our own, steeper than a venue's for bitcoin, so that a picture can show them.
STEEP = ((0, "0.02"), (100_000, "0.12"), (200_000, "0.5"))
#: 3 BTC from 60,000 at 4×: a notional of 180,000 USDT, in the second tier.
TRADE = {"size": 3, "entry_price": 60_000, "leverage": 4}
RIGHT_END = 260_000


@cache
def steep(scheme: str = "marginal") -> Tiers:
    """The table of the pictures, "marginal" or "flat".

    >>> steep().deductions
    (0, 10000, 86000)
    """
    return Tiers(STEEP, scheme=scheme)


def _position(side: str) -> Position:
    return Position(side, TRADE["size"], TRADE["entry_price"], leverage=TRADE["leverage"])


@look.drawn
def slices() -> "Shown":
    """The marginal rate against notional: the area below it is the maintenance margin.

    >>> print(repr(slices()).splitlines()[0])
    figure: The maintenance margin of 180,000 is the area of two slices, 2,000 and 9,600
    """
    from .figures import show

    held = _position("long").notional()
    parts = _parts(held)
    with look.drawing(3.1) as axes:
        for part in parts:
            _slice(axes, part)
        _steps(axes)
        row = steep().rows[1]
        axes.text(float(row.floor) / 2, 100 * float((row.rate + steep().rows[0].rate) / 2),
                  f"deduction {number(row.deduction)}", ha="center", va="center",
                  color=look.colour("muted"))
        shared_axes(axes, "notional (USDT)", "marginal rate (%)")
        axes.set_xlim(0, 225_000)
        axes.set_ylim(0, 17)
    said = " and ".join(number(part["margin"]) for part in parts)
    rows = [[f"{number(part['from'])} to {number(part['to'])}", number(part["rate"], unit="%"),
             number(part["margin"])] for part in parts]
    return show(axes.figure, f"The maintenance margin of {number(held)} is the area of two slices, "
                f"{said}", _slices_alt(held, parts),
                [["slice (USDT)", "rate", "maintenance margin (USDT)"], *rows,
                 [f"0 to {number(held)}", "", number(steep().maintenance_margin(held))]])


def _parts(held: Any) -> list[dict[str, Any]]:
    """The slices of a notional: from, to, rate, and what each adds to the maintenance margin."""
    tops = [*(row.floor for row in steep().rows[1:]), None]
    ends = [(row, held if top is None else min(held, top)) for row, top in zip(steep().rows, tops)
            if row.floor < held]
    return [{"from": row.floor, "to": end, "rate": row.rate,
             "margin": steep().maintenance_margin(end) - steep().maintenance_margin(row.floor)}
            for row, end in ends]


def _slice(axes: Any, part: dict[str, Any]) -> None:
    left, right, height = float(part["from"]), float(part["to"]), 100 * float(part["rate"])
    colour = look.colour("maintenance")
    (bar,) = axes.bar([left], [height], right - left, align="edge", color=colour, alpha=0.3,
                      linewidth=0)
    bar.set_label(f"slice of {number(part['margin'])}")
    axes.annotate(number(part["margin"]), ((left + right) / 2, height / 2), ha="center",
                  va="center", color=colour, fontweight="bold")


def _steps(axes: Any) -> None:
    """The marginal rate, and dashed the rectangle that rate times notional would take."""
    ends = [*(float(row.floor) for row in steep().rows), RIGHT_END]
    x = [value for pair in pairwise(ends) for value in pair]
    y = [100 * float(row.rate) for row in steep().rows for _ in range(2)]
    axes.plot(x, y, label="marginal rate", **look.line("maintenance") | {"linestyle": "-"})
    for row, left in zip(steep().rows, ends):
        height = 100 * float(row.rate)
        text = number(row.rate, unit="%") + (" ↑" if height > 16 else "")
        axes.annotate(text, (left, min(height, 15)), xytext=(4, 4), textcoords="offset points",
                      color=look.colour("maintenance"))
    second = steep().rows[1]
    axes.plot([0, 0, float(second.floor)], [100 * float(steep().rows[0].rate),
                                            *[100 * float(second.rate)] * 2],
              label="rate times notional", **look.line("entry"))


def _slices_alt(held: Any, parts: list[dict[str, Any]]) -> str:
    said = "; ".join(f"{number(part['rate'], unit='%')} from {number(part['from'])} to "
                     f"{number(part['to'])} is {number(part['margin'])}" for part in parts)
    row = steep().rows[1]
    stairs = ", ".join(f"{number(each.rate, unit='%')} above {number(each.floor)}"
                       for each in steep().rows)
    return (f"The marginal rate is a staircase: {stairs}. Below it, up to a notional of "
            f"{number(held)}, lie two shaded slices: {said}. A dotted rectangle above the first "
            f"slice, {number(row.deduction)} large, is what {number(row.rate, unit='%')} of the "
            "whole notional would charge too much: the deduction.")


@look.drawn
def tier_lines() -> "Shown":
    """The line of each tier, the largest of them, and the equity of a long and of a short.

    >>> print(repr(tier_lines()).splitlines()[0])
    figure: A position is liquidated where its equity meets the highest of the tiers' lines
    """
    from .figures import show

    import numpy

    x = numpy.linspace(90_000, RIGHT_END, 171)
    with look.drawing(3.6) as axes:
        _each_tier(axes, x)
        largest = numpy.max([_tier(row, x) for row in steep().rows], axis=0)
        axes.plot(x, largest, label="the highest: maintenance margin", **look.line("maintenance"))
        for side in ("long", "short"):
            _equity(axes, side)
        shared_axes(axes, "notional at the mark (USDT)", "USDT")
        axes.set_xlim(90_000, RIGHT_END)
        axes.set_ylim(-10_000, 50_000)
    return show(axes.figure, "A position is liquidated where its equity meets the highest of the "
                "tiers' lines", _lines_alt(), _lines_table())


def _tier(row: Any, notional: Any) -> Any:
    return f.maintenance_margin.numpy(maintenance_rate=float(row.rate), notional=notional,
                                      deduction=float(row.deduction))


def _each_tier(axes: Any, x: Any) -> None:
    low, high = -10_000, 50_000
    ends = [float(_tier(row, x)[-1]) for row in steep().rows]
    for k, (row, place) in enumerate(zip(steep().rows, spread(ends, 4_800, low, high)), 1):
        axes.plot(x, _tier(row, x), label=f"tier {k}", color=look.colour("muted"), linewidth=0.9)
        axes.annotate(f"tier {k}: {number(row.rate, unit='%')}", (1, place), xytext=(6, 0),
                      xycoords=("axes fraction", "data"), textcoords="offset points", va="center",
                      color=look.colour("muted"), annotation_clip=False)


def _equity(axes: Any, side: str) -> None:
    """Equity against notional, from the entry to where it is gone, and the point of liquidation."""
    position = _position(side)
    prices = position.entry, position.bankruptcy_price()
    notional, money = ([float(of(price)) for price in prices]
                       for of in (position.notional, position.equity))
    axes.plot(notional, money, label=f"equity of the {side}", **look.line("equity"))
    line = position.liquidation_price(steep())
    place = float(position.notional(line)), float(position.equity(line))
    axes.plot(*[[value] for value in place], "o", markersize=7, zorder=5,
              color=look.colour("liquidation"), label=f"{side} liquidated at {number(line)}")
    left = side == "long"
    axes.annotate(f"{side}: {number(line)}", place, xytext=(-8, 10) if left else (12, -26),
                  textcoords="offset points", ha="right" if left else "left",
                  color=look.colour("liquidation"), fontweight="bold")
    axes.annotate(f"equity, {side}", (notional[0], money[0]), xytext=(-12 if left else 12, -8),
                  textcoords="offset points", ha="right" if left else "left",
                  color=look.colour("equity"), fontweight="bold")


def _lines_alt() -> str:
    said = []
    for side, way in (("long", "falls to the left"), ("short", "falls to the right")):
        position = _position(side)
        line = position.liquidation(steep())
        said.append(f"That of a {side} {way} and meets the highest line at a notional of "
                    f"{number(position.notional(line.price))}, on the line of tier {line.tier}: "
                    f"the price is {number(line.price)}")
    return ("Against notional stand three straight lines, one for each tier, and dashed the highest "
            "of them, which is bent upwards at 100,000 and at 200,000. The equity of 3 BTC from "
            f"60,000 at 4× begins at a notional of {number(position.notional())}, where it is "
            f"{number(position.collateral)} USDT. {'. '.join(said)}.")


def _lines_table() -> list[list[str]]:
    rows = [["side", "price (USDT/BTC)", "notional (USDT)", "equity (USDT)",
             *(f"tier {k} (USDT)" for k in range(1, len(steep().rows) + 1))]]
    for side in ("long", "short"):
        position = _position(side)
        line = position.liquidation_price(steep())
        held = position.notional(line)
        alone = (f.maintenance_margin.exact(maintenance_rate=row.rate, deduction=row.deduction,
                                            notional=held) for row in steep().rows)
        rows.append([side, *map(number, (line, held, position.equity(line), *alone))])
    return rows


@look.drawn
def flat_cliff() -> "Shown":
    """The flat scheme's jump, the marginal scheme's bend, and a short that meets the jump.

    >>> print(repr(flat_cliff()).splitlines()[0])
    figure: In the flat scheme the short is liquidated at the floor itself, at 66,666.67
    """
    from .figures import show

    import numpy

    short, x = _position("short"), numpy.linspace(160_000, 230_000, 141)
    ends = {scheme: short.liquidation_price(steep(scheme)) for scheme in ("marginal", "flat")}
    with look.drawing(3.3) as axes:
        _flat(axes, x)
        largest = numpy.max([_tier(row, x) for row in steep().rows], axis=0)
        axes.plot(x, largest, label="marginal", **look.line("maintenance"))
        held = [float(short.notional(at)) for at in (short.entry, short.bankruptcy_price())]
        axes.plot(held, [float(short.collateral), 0], label="equity of the short",
                  **look.line("equity"))
        for scheme, price in ends.items():
            _end(axes, short, scheme, price)
        _words(axes)
        shared_axes(axes, "notional at the mark (USDT)", "USDT")
        axes.set_xlim(160_000, 230_000)
        axes.set_ylim(0, 115_000)
    return show(axes.figure, "In the flat scheme the short is liquidated at the floor itself, at "
                f"{number(ends['flat'])}", _cliff_alt(short, ends), _cliff_table())


def _jump() -> dict[str, Any]:
    """The third tier's floor, and the flat margin there and just above it."""
    below, row = steep("flat").rows[1:3]
    bottom = steep("flat").maintenance_margin(row.floor)
    jump = f.tier_jump.exact(floor=row.floor, maintenance_rate=row.rate, previous_rate=below.rate)
    return {"floor": row.floor, "from": bottom, "jump": jump, "to": bottom + jump}


def _flat(axes: Any, x: Any) -> None:
    at, colour = _jump(), look.colour("bankruptcy")
    floor = float(at["floor"])
    for row, part in zip(steep("flat").rows[1:], (x[x <= floor], x[x >= floor])):
        axes.plot(part, _tier(row, part), label=f"flat, {number(row.rate, unit='%')}",
                  color=colour, linewidth=1.8)
    axes.plot([floor] * 2, [float(at["from"]), float(at["to"])], color=colour, linewidth=1.2,
              label=f"jump of {number(at['jump'])}", linestyle=(0, (1.5, 2)))
    axes.annotate(f"jump of {number(at['jump'])}", (floor, float(at["to"])), xytext=(-6, 2),
                  textcoords="offset points", ha="right", color=colour)


def _end(axes: Any, short: Position, scheme: str, price: Any) -> None:
    flat, colour = scheme == "flat", look.colour("liquidation")
    place = float(short.notional(price)), float(short.equity(price))
    axes.plot(*[[value] for value in place], "o", markersize=7, zorder=5, color=colour,
              label=f"{scheme}: {number(price)}",
              markerfacecolor=colour if flat else look.PAPERS["light"])
    axes.annotate(f"{scheme}: {number(price)}", place, xytext=(8, 11) if flat else (-6, -16),
                  textcoords="offset points", ha="left" if flat else "right", va="center",
                  color=colour, fontweight="bold" if flat else "normal")


def _words(axes: Any) -> None:
    for text, place, role in (("flat", (203_000, 108_000), "bankruptcy"),
                              ("marginal", (161_000, 1_500), "maintenance"),
                              ("equity, short", (181_500, 46_000), "equity")):
        axes.annotate(text, place, color=look.colour(role), fontweight="bold")


def _cliff_alt(short: Position, ends: dict[str, Any]) -> str:
    at = {name: number(value) for name, value in _jump().items()}
    equity, bend = (number(value) for value in (
        short.equity(ends["flat"]), steep().maintenance_margin(_jump()["floor"])))
    return (f"Maintenance margin against notional around the floor of {at['floor']}. In the flat "
            f"scheme it jumps there from {at['from']} to {at['to']}; in the marginal scheme it is "
            f"{bend} there and only bends. The equity of a short of 3 BTC from 60,000 at 4× falls "
            f"and is {equity} at the floor: above {at['from']}, so it is not liquidated on the "
            f"way, and below {at['to']}, so it is liquidated as soon as the floor is passed, at "
            f"{number(ends['flat'])}. In the marginal scheme it is liquidated at "
            f"{number(ends['marginal'])}.")


def _cliff_table() -> list[list[str]]:
    rows = [["notional (USDT)", "flat (USDT)", "marginal (USDT)"]]
    return rows + [[number(held), *(number(steep(scheme).maintenance_margin(held))
                                    for scheme in ("flat", "marginal"))]
                   for held in (100_000, 100_001, 180_000, 200_000, 200_001)]


@look.drawn
def effective_rates() -> "Shown":
    """Maintenance margin over notional, in two dated tables of one contract.

    >>> print(repr(effective_rates()).splitlines()[0])
    figure: In 2026 a large BTCUSDT position needs much less margin than in 2021
    """
    from .figures import show

    import numpy

    with look.drawing(3.2) as axes:
        for name, role in ((OLD, "frozen"), (NEW, "maintenance")):
            table = Tiers.load(name)
            x = numpy.geomspace(10_000, float(table.cap), 241)
            margin = numpy.max([_tier(row, x) for row in table.rows], axis=0)
            rate = 100 * f.effective_rate.numpy(maintenance_margin=margin, notional=x)
            axes.plot(x, rate, label=table.as_of[:7], **look.line(role))
            old = name == OLD
            axes.annotate(table.as_of[:7], (x[-1], rate[-1]), xytext=(-10 if old else 6, -8),
                          ha="right" if old else "left", va="center", fontweight="bold",
                          textcoords="offset points", color=look.colour(role))
        axes.set_yscale("log")
        shared_axes(axes, "notional (million USDT)", "effective rate (%)", log=True)
        _plain_ticks(axes)
    return show(axes.figure, "In 2026 a large BTCUSDT position needs much less margin than in 2021",
                _rates_alt(), _rates_table())


def _plain_ticks(axes: Any) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    axes.xaxis.set_major_locator(FixedLocator([10.0**k for k in range(4, 10)]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v / 1e6:,g}"))
    axes.yaxis.set_major_locator(FixedLocator([0.5, 1, 2, 5, 10, 20]))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_xlim(10_000, 2.4e9)


_SIZES = (50_000, 500_000, 5_000_000, 50_000_000, 500_000_000)


def _rates(name: str) -> list[str]:
    table = Tiers.load(name)
    return [number(f.tier_effective_rate.exact(
        maintenance_rate=table.rate(held), deduction=table.deduction(held), notional=held), 2, "%")
        for held in _SIZES]


def _rates_alt() -> str:
    old, new = _rates(OLD), _rates(NEW)
    said = "; ".join(f"at {number(held)} {before}, then {after}"
                     for held, before, after in zip(_SIZES, old, new))
    return ("Maintenance margin over notional against notional, both axes logarithmic, for the "
            f"tables of 2021-03 and 2026-09. Both begin at 0.4 % and rise without a jump: {said}.")


def _rates_table() -> list[list[str]]:
    rows = zip(map(number, _SIZES), _rates(OLD), _rates(NEW))
    return [["notional (USDT)", "2021-03", "2026-09"], *map(list, rows)]
