"""The figure of chapter 12, drawn from the facts and the formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..market.facts import candles
from ..teaching.numbers_typed import show as number
from . import look
from .chapter12_tables import _allowed, year_ranges
from .still import shared_axes

if TYPE_CHECKING:
    from .figures import Shown


@look.drawn
def allowed_by_year() -> "Shown":
    """The leverage that a buffer of two ranges allows, by the mean range of each year.

    >>> print(repr(allowed_by_year()).splitlines()[0])
    figure: The same rule allowed 5.1× in 2017 and 14.1× in 2023
    """
    from .figures import show

    caps = {year: _allowed(part.mean_range) for year, part in candles().years.items()}
    with look.drawing(3.2) as axes:
        for year, cap in caps.items():
            _bar(axes, year, cap)
        axes.axhline(10, label="10×", **look.line("mark"))
        axes.annotate("10×", (1, 10), xycoords=("axes fraction", "data"), xytext=(6, 0), va="center",
                      textcoords="offset points", annotation_clip=False, color=look.colour("mark"))
        shared_axes(axes, "", "highest leverage that passes")
        axes.set_xticks(list(caps), [str(year) for year in caps])
        axes.set_ylim(0, 16)
    low, high = min(caps, key=caps.get), max(caps, key=caps.get)
    return show(axes.figure, f"The same rule allowed {number(caps[low], 1, '×')} in {low} and "
                f"{number(caps[high], 1, '×')} in {high}", _alt(caps), year_ranges().rows)


def _bar(axes: Any, year: int, cap: Any) -> None:
    passes = cap >= 10
    (bar,) = axes.bar(year, float(cap), width=0.62, linewidth=0.8, hatch="" if passes else "//",
                      edgecolor=look.colour("equity" if passes else "liquidation"),
                      facecolor=look.colour("equity") if passes else "none")
    bar.set_label(f"{year}: {number(cap, 1, '×')}")
    axes.annotate(number(cap, 1, "×"), (year, float(cap)), xytext=(0, 3), ha="center",
                  textcoords="offset points",
                  color=look.colour("equity" if passes else "liquidation"))


def _alt(caps: dict[int, Any]) -> str:
    said = ", ".join(f"{year} {number(cap, 1, '×')}" for year, cap in caps.items())
    return ("A bar for each year: the highest leverage whose line on the entry notional is two mean daily "
            f"ranges away. {said}. A line stands at 10×; filled bars reach it, hatched ones do not.")
