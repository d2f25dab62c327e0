"""The figure of chapter 16: leverage as columns, and the level down to which they are drained."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..engine import adl
from ..teaching.numbers_typed import show as number
from ..theory.exact import not_negative
from . import look
from .still import shared_axes

if TYPE_CHECKING:
    from .figures import Shown

#: An example after the paper's rule: equities, and the same notional behind each.
EQUITIES, NOTIONAL = (10, 20, 50), Fraction(100)


def drained(amount: Any) -> adl.Shares:
    """The example after the paper's rule, with another amount to cut.

    >>> drained(120).level
    8/3
    """
    return adl.water_filling([NOTIONAL] * len(EQUITIES), EQUITIES, amount)


@look.drawn
def columns(amount: Any = 120) -> "Shown":
    """Three accounts as columns, as wide as their equity and as high as their leverage.

    What is above the level is cut: its area is the notional that must be closed.

    >>> print(repr(columns()).splitlines()[0])
    figure: Closing 120 drains the two highest leverages to 2.67×; the third is not touched
    """
    from .figures import show

    wanted = not_negative("amount", amount)
    found = drained(wanted)
    with look.drawing(3.2) as axes:
        left = 0.0
        for name, equity, cut in zip("ABC", EQUITIES, found.cuts):
            _column(axes, name, left, equity, float(cut))
            left += equity + 3
        axes.axhline(float(found.level), label="level", **look.line("maintenance"))
        axes.annotate(f"level {number(found.level, 2, '×')}", (left - 3, float(found.level)),
                      xytext=(0, 5), textcoords="offset points", ha="right",
                      color=look.colour("maintenance"))
        shared_axes(axes, "equity (the width of a column)", "leverage (×)")
        axes.set_xlim(0, left - 3)
        axes.set_ylim(0, 11)
        axes.set_xticks([])
    touched = sum(bool(cut > 0) for cut in found.cuts)
    return show(axes.figure, _title(wanted, found, touched), _alt(found), _table(found))


def _column(axes: Any, name: str, left: float, equity: int, cut: float) -> None:
    """One account: what stays filled, what is cut hatched."""
    stays, whole = (float(NOTIONAL) - cut) / equity, float(NOTIONAL) / equity
    role = look.colour("mark")
    (bar,) = axes.bar(left, stays, width=equity, align="edge", facecolor=role, alpha=0.35,
                      edgecolor=role)
    bar.set_label(f"{name} stays")
    if cut:
        (top,) = axes.bar(left, whole - stays, width=equity, bottom=stays, align="edge",
                          facecolor="none", hatch="//", edgecolor=look.colour("liquidation"))
        top.set_label(f"{name} is cut")
    axes.annotate(name, (left + equity / 2, stays / 2), ha="center", va="center",
                  color=look.colour("text"))


def _title(wanted: Any, found: Any, touched: int) -> str:
    words = {1: "highest leverage", 2: "two highest leverages", 3: "three leverages"}
    rest = "; the third is not touched" if touched == 2 else ""
    return (f"Closing {number(wanted)} drains the {words.get(touched, 'highest leverage')} to "
            f"{number(found.level, 2, '×')}{rest}")


def _alt(found: Any) -> str:
    said = "; ".join(f"{name} is {equity} wide and {number(NOTIONAL / equity)} high, and loses "
                     f"{number(cut, 2)}" for name, equity, cut in zip("ABC", EQUITIES, found.cuts))
    return ("Three columns, as wide as the equity and as high as the leverage, so that the area is the "
            f"notional of {number(NOTIONAL)}. {said}. A dashed line at {number(found.level, 2, '×')} shows the "
            "level; what stands above it is hatched.")


def _table(found: Any) -> list[list[str]]:
    rows = [[name, number(equity), number(NOTIONAL / equity, unit="×"), number(cut, 2),
             number((NOTIONAL - cut) / equity, 2, "×")]
            for name, equity, cut in zip("ABC", EQUITIES, found.cuts)]
    return [["account", "equity", "leverage before", "cut", "leverage after"], *rows]
