"""The figures of chapter 13: the life of a stop order, and growth against leverage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import formulas as f
from ..risk import STOP
from ..teaching.numbers_typed import show as number
from ..theory.exact import rational
from . import look
from .still import shared_axes

if TYPE_CHECKING:
    from .figures import Shown

#: A made-up market of the examples: drift and volatility of a year.
MARKET = {"drift": "0.3", "volatility": "0.7"}
#: What a long pays in a year at 0.01 % three times a day.
FUNDING = "0.1095"
#: Where each state stands in the drawing.
PLACES = {"sent": (0.6, 3), "resting": (3.3, 3), "triggered": (6.1, 3), "filled": (9.3, 3),
          "partly filled": (9.0, 1.6), "rejected": (0.75, 0.2), "cancelled": (4.7, 0.2)}
#: Where the words of an arrow stand, as a share of its length and an offset in points.
WORDS = {("sent", "resting"): (0.5, 0, 7), ("sent", "rejected"): (0.5, 5, 0),
         ("resting", "triggered"): (0.5, 0, 7), ("resting", "cancelled"): (0.42, -6, 0),
         ("triggered", "filled"): (0.5, 0, 7), ("triggered", "partly filled"): (0.5, 6, 8),
         ("partly filled", "filled"): (0.5, 5, 0), ("triggered", "cancelled"): (0.42, 6, 0),
         ("partly filled", "cancelled"): (0.5, 6, -10),
         ("partly filled", "partly filled"): (0.5, 0, -17)}


@look.drawn
def order_machine() -> "Shown":
    """The life of a stop order: its states, and the events that lead from one to the next.

    >>> print(repr(order_machine()).splitlines()[0])
    figure: A stop order has 7 states, and 3 of them are ends
    """
    from .figures import show

    with look.drawing(3.5) as axes:
        for (state, after), events in _arrows().items():
            _arrow(axes, state, after, events)
        for state, (x, y) in PLACES.items():
            end = state in STOP.ends
            axes.text(x, y, state, ha="center", va="center", zorder=3, bbox={
                "boxstyle": "round,pad=0.35", "facecolor": look.PAPERS["light"],
                "edgecolor": look.colour("muted" if end else "mark"),
                "linewidth": 1 if end else 1.8}, color=look.colour("text"))
        axes.set_xlim(-0.2, 10.2)
        axes.set_ylim(-0.3, 3.5)
        axes.axis("off")
    rows = [["state", "event", "next state"], *map(list, STOP)]
    return show(axes.figure, f"A stop order has {len(STOP.states)} states, and {len(STOP.ends)} of "
                "them are ends", _machine_alt(), rows)


def _arrows() -> dict[tuple[str, str], list[str]]:
    """The events by the pair of states that they join."""
    found: dict[tuple[str, str], list[str]] = {}
    for state, event, after in STOP:
        found.setdefault((state, after), []).append(event)
    return found


def _arrow(axes: Any, state: str, after: str, events: list[str]) -> None:
    (x, y), (to_x, to_y) = PLACES[state], PLACES[after]
    part, right, up = WORDS[state, after]
    if state != after:
        axes.annotate("", (to_x, to_y), (x, y), zorder=1, arrowprops={
            "arrowstyle": "-|>", "color": look.colour("muted"), "shrinkA": 14, "shrinkB": 14,
            "linewidth": 1})
    axes.annotate("\n".join(events) if state != after else f"↻ {events[0]}", (x + part * (to_x - x), y + part * (to_y - y)), zorder=2,
                  xytext=(right, up), textcoords="offset points", fontsize=8.5,
                  color=look.colour("muted"), va="center",
                  ha="left" if right > 0 else "right" if right < 0 else "center")


def _machine_alt() -> str:
    said = "; ".join(f"{state} → {after}: {', '.join(events)}"
                     for (state, after), events in _arrows().items())
    return f"Boxes for the states of a stop order, joined by arrows with their events. {said}."


@look.drawn
def growth_by_leverage(most: Any = "1.5") -> "Shown":
    """Growth of the money against leverage, without funding and with 10.95 % of it a year.

    most: the largest leverage drawn, above 0.

    >>> print(repr(growth_by_leverage()).splitlines()[0])
    figure: The money grows fastest at 0.61×; a long that pays funding at 0.39×
    """
    from .figures import show

    import numpy

    x = numpy.linspace(0, float(rational("most", most)), 151)
    with look.drawing(3.3) as axes:
        for (word, funding), role in zip(_CASES.items(), ("mark", "frozen")):
            _curve(axes, x, word, funding, role)
        axes.axhline(0, color=look.colour("hair"), linewidth=1, zorder=0)
        shared_axes(axes, "leverage (×)", "growth a year (%)")
        axes.set_xlim(0, x[-1])
        axes.set_ylim(-12, 12)
    free, paid = (_best("kelly_leverage", funding) for funding in _CASES.values())
    return show(axes.figure, f"The money grows fastest at {free}; a long that pays funding at {paid}",
                _growth_alt(), _growth_rows())


_CASES = {"no funding": 0, "funding paid": FUNDING}


def _curve(axes: Any, x: Any, word: str, funding: Any, role: str) -> None:
    given = {**MARKET, "funding_a_year": funding}
    y = 100 * f.leverage_growth.numpy(leverage=x, **given)
    axes.plot(x, y, label=word, **look.line(role))
    at, top = (float(getattr(f, name).exact(**given)) for name in ("kelly_leverage", "kelly_growth"))
    axes.plot([at], [100 * top], "o", color=look.colour(role), label=f"{word}, fastest")
    axes.annotate(f"{word}: {_best('kelly_leverage', funding)}, {_best('kelly_growth', funding)}",
                  (at, 100 * top) if role == "mark" else (0.9, -5.5), xytext=(0, 8),
                  textcoords="offset points", ha="center" if role == "mark" else "right",
                  color=look.colour(role))


def _best(name: str, funding: Any) -> str:
    value = getattr(f, name).exact(**MARKET, funding_a_year=funding)
    return number(value, 2, "%" if name == "kelly_growth" else "×")


def _growth_rows() -> list[list[str]]:
    rows = [[number(rational("leverage", leverage), 2, "×"), *(number(f.leverage_growth.exact(
        leverage=leverage, **MARKET, funding_a_year=funding), 2, "%") for funding in _CASES.values())]
        for leverage in ("0.25", "0.5", "0.75", "1", "1.25", "1.5")]
    return [["leverage", *_CASES], *rows]


def _growth_alt() -> str:
    said = "; ".join(f"{word}: up to {_best('kelly_growth', funding)} a year at "
                     f"{_best('kelly_leverage', funding)}, and back to 0 at "
                     f"{_best('zero_growth_leverage', funding)}" for word, funding in _CASES.items())
    return f"Two arches of growth against leverage, both from 0. {said}. Beyond, the money shrinks."
