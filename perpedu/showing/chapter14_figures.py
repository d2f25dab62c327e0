"""The figures of chapter 14: a published table beside a law, and a rate through a bad day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..market.tiers import Tiers
from ..risk.rate import fit_law, tier_slope
from ..teaching.numbers_typed import show as number
from ..theory.exact import rational
from . import look
from .chapter2_figures import _name_ends
from .chapter14_tables import NEWEST, percent, rules
from .still import shared_axes

if TYPE_CHECKING:
    from .figures import Shown


@look.drawn
def slope_figure(name: str = NEWEST) -> "Shown":
    """A published table's effective rate against the notional, both logarithmic, with the best
    square-root law.

    >>> print(repr(slope_figure()).splitlines()[0])
    figure: The published rate rises like the 0.46th power of the notional, near a square root
    """
    from .figures import show

    import numpy

    table = Tiers.load(name)
    law, fitted = fit_law(table), tier_slope(table)
    x = numpy.geomspace(float(table.rows[1].floor) / 3, float(table.cap), 181)
    published = [100 * float(table.maintenance_margin(int(value)) / int(value)) for value in x]
    with look.drawing(3.4) as axes:
        axes.plot(x / 1e6, published, label="published", **look.line("maintenance"))
        axes.plot(x / 1e6, [100 * law.rate(int(value)) for value in x], label="square-root law",
                  **look.line("mark"))
        _caps(axes, table)
        shared_axes(axes, "notional (million USDT)", "effective rate (%)", log=True)
        axes.set_yscale("log")
        _log_ticks(axes)
        axes.set_xlim(x[0] / 1e6, x[-1] / 1e6)
        _name_ends_log(axes)
    return show(axes.figure, f"The published rate rises like the {fitted.exponent:.2f}th power of "
                "the notional, near a square root", _slope_alt(table, law), _slope_table(table, law))


def _caps(axes: Any, table: Tiers) -> None:
    caps = _ends(table)
    axes.plot([float(cap) / 1e6 for cap in caps],
              [100 * float(table.maintenance_margin(cap) / cap) for cap in caps], "o", markersize=5,
              label="at the caps", color=look.colour("maintenance"))


def _ends(table: Tiers) -> list[Any]:
    return [row.floor for row in table.rows[1:]] + [table.cap]


def _log_ticks(axes: Any) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    axes.yaxis.set_major_locator(FixedLocator([0.5, 1, 2, 5, 10, 20]))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
    axes.xaxis.set_major_locator(FixedLocator([0.1, 1, 10, 100, 1000]))


def _name_ends_log(axes: Any) -> None:
    for line in axes.lines[:2]:
        axes.annotate(line.get_label(), (1, line.get_ydata()[-1]), xytext=(6, 0), va="center",
                      xycoords=("axes fraction", "data"), textcoords="offset points",
                      color=line.get_color(), fontweight="bold", annotation_clip=False)


def _slope_alt(table: Tiers, law: Any) -> str:
    first, last = _ends(table)[0], table.cap
    said = [f"{percent(table.maintenance_margin(cap) / cap)} at {number(cap / 1_000_000)} million, "
            f"where the law has {percent(f'{law.rate(cap):.8f}')}" for cap in (first, last)]
    return ("Two curves that rise with the notional, on logarithmic axes. The published one is flat "
            f"at first, {said[0]}; it ends at {said[1]}. In between they cross twice.")


def _slope_table(table: Tiers, law: Any) -> list[list[str]]:
    rows = [[number(cap / 1_000_000), percent(table.maintenance_margin(cap) / cap),
             percent(f"{law.rate(cap):.8f}")] for cap in _ends(table)]
    return [["up to, million USDT", "published", "square-root law"], *rows]


@look.drawn
def day_figure(seed: int = 1) -> "Shown":
    """Rates under three rules through one synthetic 12 March 2020.

    >>> print(repr(day_figure()).splitlines()[0][:46])
    figure: The rate that follows the market peaks
    """
    from .figures import show

    import numpy

    from ..risk.crash import HALF_MINUTES, Day

    path = Day.published("2020-03-12").path(seed)
    hours = numpy.arange(len(path)) * 24 / HALF_MINUTES
    named = rules()
    with look.drawing(3.3) as axes:
        for name, role in (("floor 1 %", "mark"), ("each 30 s", "liquidation"),
                           ("fixed 0.4 %", "maintenance")):
            axes.plot(hours[::10], 100 * named[name].rates(path)[::10], label=name, **look.line(role))
        shared_axes(axes, "hour of the day", "maintenance rate (%)")
        axes.set_xlim(0, 24)
        axes.set_ylim(0)
        _name_ends(axes)
        _prices(axes, path)
    rates = named["each 30 s"].rates(path)
    peak, at = float(rates.max()), int(rates.argmax())
    fallen = percent(f"{1 - path[at] / path[0]:.6f}", 0)
    return show(axes.figure, f"The rate that follows the market peaks at {percent(f'{peak:.6f}')}, when "
                f"the price has fallen by {fallen}", _day_alt(path, rates), _day_table(path, named))


def _prices(axes: Any, path: Any) -> None:
    """The price above the picture, every six hours."""
    for hour in (0, 6, 12, 18, 24):
        price = path[hour * (len(path) - 1) // 24]
        text = number(rational("price", f"{price:.0f}"))
        axes.annotate(text, (hour, 1), xytext=(0, 6), xycoords=("data", "axes fraction"),
                      textcoords="offset points", ha="center", color=look.colour("muted"),
                      annotation_clip=False)


def _day_alt(path: Any, rates: Any) -> str:
    return ("Three rates through a day in which the price falls from "
            f"{path[0]:,.0f} to {path.min():,.0f}; the price is written above. The one set anew each half-minute stays "
            f"at 0.4 % in calm hours and jumps in rough ones, to {100 * rates.max():.2f} % at most. "
            "The one with a floor stays at 1 % but for the roughest hours. The third stands still.")


def _day_table(path: Any, named: Any) -> list[list[str]]:
    at = [hour * (len(path) - 1) // 24 for hour in range(0, 25, 4)]
    columns = [named[name].rates(path) for name in ("each 30 s", "floor 1 %")]
    rows = [[str(24 * step // (len(path) - 1)), f"{path[step]:,.0f}",
             *(percent(f"{column[step]:.6f}") for column in columns)] for step in at]
    return [["hour", "price (USDT)", "each 30 s", "floor 1 %"], *rows]
