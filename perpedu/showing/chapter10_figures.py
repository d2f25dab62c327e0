"""The figures of chapter 10: a path and its reflection, the map, and the formula beside the facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..market.position import SIDES
from ..market.ranges import candles
from ..teaching.numbers_typed import show as number
from ..theory.exact import one_of, rational
from . import look
from .chapter10_tables import chance, gaussian, redrawn
from .still import shared_axes

if TYPE_CHECKING:
    from .figures import Shown

LEVERAGES = (2, 3, 5, 10, 20, 50, 100)
DAYS = (1, 7, 30, 90, 365)
_NAMES = ("1 day", "1 week", "30 days", "90 days", "1 year")


@look.drawn
def one_path() -> "Shown":
    """A path that touches a line, and the same path turned round from there on: the reflection.

    >>> print(repr(one_path()).splitlines()[0])
    figure: Each path that touches and comes back has a twin that ends below the line
    """
    from .figures import show

    import numpy

    steps, line = 240, -0.06
    moves = numpy.random.default_rng(533).standard_normal(steps) * 0.07 / steps**0.5
    path = numpy.concatenate([[0], numpy.cumsum(moves)])
    at = int(numpy.argmax(path <= line))
    path[at] = line
    twin = numpy.where(numpy.arange(steps + 1) < at, path, 2 * line - path)
    x = numpy.linspace(0, 1, steps + 1)
    with look.drawing(3.0) as axes:
        axes.plot(x, path, label="path", **look.line("mark"))
        axes.plot(x[at:], twin[at:], label="twin", **look.line("bankruptcy"))
        axes.axhline(line, label="line", **look.line("liquidation"))
        for text, place, role in (("path", path[-1], "mark"), ("twin", twin[-1], "bankruptcy"),
                                  ("line", line, "liquidation")):
            axes.annotate(text, (1, place), xytext=(6, 0), xycoords=("axes fraction", "data"),
                          textcoords="offset points", va="center", color=look.colour(role),
                          annotation_clip=False)
        shared_axes(axes, "time", "logarithm of price over entry")
        axes.set_xlim(0, 1)
    return show(axes.figure, "Each path that touches and comes back has a twin that ends below the line",
                "A jagged path starts at 0, falls to a level line, touches it, and ends above it. From "
                "the touch on a second path is its mirror image about the line: it ends as far below "
                "the line as the first one ends above.", _path_table(path, twin, at))


def _path_table(path: Any, twin: Any, at: int) -> list[list[str]]:
    places = sorted({0, len(path) // 4, at, len(path) // 2, 3 * len(path) // 4, len(path) - 1})
    rows = [[number(rational("time", round(place / (len(path) - 1), 2))),
             *(number(rational("height", float(one[place])), 3) for one in (path, twin))]
            for place in places]
    return [["time", "path", "twin"], *rows]


@look.drawn
def heat_map(side: str = "long") -> "Shown":
    """The probability of a touch by leverage and horizon: a number in each field, darker for more.

    >>> print(repr(heat_map()).splitlines()[0])
    figure: A long at 10× is touched within 30 days with 64 %
    """
    from .figures import show

    import numpy

    one_of("side", side, tuple(SIDES))
    values = numpy.array([[float(chance(side, leverage, days)) for days in DAYS]
                          for leverage in LEVERAGES])
    with look.drawing(3.6) as axes:
        for (row, column), value in numpy.ndenumerate(values):
            axes.fill([column - 0.48, column + 0.48, column + 0.48, column - 0.48],
                      [row - 0.46, row - 0.46, row + 0.46, row + 0.46], linewidth=0,
                      color=look.colour("liquidation"), alpha=round(0.04 + 0.42 * value, 3))
            axes.annotate(_share(value), (column, row), ha="center", va="center")
        axes.set_xticks(range(len(DAYS)), _NAMES)
        axes.set_yticks(range(len(LEVERAGES)), [f"{leverage}×" for leverage in LEVERAGES])
        axes.set_xlabel("horizon")
        axes.set_ylabel("leverage")
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
    month = _share(values[LEVERAGES.index(10), DAYS.index(30)])
    return show(axes.figure, f"A {side} at 10× is touched within 30 days with {month}",
                _map_alt(side, values), _map_table(values))


def _share(value: float) -> str:
    if value < 0.0005:
        return "< 0.1 %"
    return number(rational("value", value), 1 if value < 0.01 or 0.99 < value < 1 else 0, "%")


def _map_alt(side: str, values: Any) -> str:
    return (f"A table of fields, leverage from 2× below to 100× above, horizon from a day to a year to "
            f"the right, for a {side}. The darker a field, the likelier the touch: from "
            f"{_share(values[0, 0])} at 2× within a day to {_share(values[-1, -1])} at 100× within a "
            f"year. Within 30 days it is {_share(values[0, 2])} at 2×, {_share(values[2, 2])} at 5×, "
            f"{_share(values[3, 2])} at 10× and {_share(values[4, 2])} at 20×.")


def _map_table(values: Any) -> list[list[str]]:
    return [["leverage", *_NAMES], *([f"{leverage}×", *map(_share, row)]
                                     for leverage, row in zip(LEVERAGES, values))]


@look.drawn
def against_facts() -> "Shown":
    """How often lines at several distances were touched within a day and within 30, beside the models.

    >>> print(repr(against_facts()).splitlines()[0])
    figure: Far lines are touched in a day more often than the formula says, near ones in a month less
    """
    from .figures import show

    import numpy

    facts = candles()
    distances = sorted({distance for distance, _ in facts.touches if distance >= rational("d", "0.01")})
    x = numpy.array([float(distance) for distance in distances])
    with look.drawing(3.4, columns=2) as both:
        for axes, days in zip(both, (1, 30)):
            counted = [float(facts.touched(distance, days)) for distance in distances]
            axes.plot(100 * x, counted, marker="o", markersize=4, label="counted", **look.line("mark"))
            axes.plot(100 * x, [gaussian(days, distance) for distance in distances],
                      label="formula", **look.line("bankruptcy"))
            axes.plot(100 * x, redrawn(days, tuple(x)).mean, label="days drawn anew",
                      **look.line("maintenance"))
            shared_axes(axes, "distance of the line (%)", "probability", log=True)
            axes.set_yscale("log")
            axes.set_ylim(0.001, 1.1)
            axes.yaxis.set_major_formatter(lambda share, _: f"{100 * share:g} %")
            axes.set_title("within a day" if days == 1 else "within 30 days")
        both[0].set_ylabel("touched")
        both[1].set_ylabel("")
        for text, row, role in (("● counted", 0, "mark"), ("formula", 1, "bankruptcy"),
                                ("days drawn anew", 2, "maintenance")):
            both[1].annotate(text, (0.04, 0.26 - 0.09 * row), xycoords="axes fraction",
                             color=look.colour(role))
    return show(both[0].figure, "Far lines are touched in a day more often than the formula says, near "
                "ones in a month less", _facts_alt(), _facts_table(distances))


def _facts_alt() -> str:
    said = [f"{_share(float(candles().touched(distance, days)))} of the days within {days} "
            f"day{'s' * (days > 1)} and {_share(gaussian(days, distance))} by the formula"
            for distance, days in (("0.1", 1), ("0.0955", 30))]
    return ("Two pictures with the distance of a line to the right and the share of days after which it "
            "was touched upwards, both in logarithms. Within a day the counted points leave the formula "
            f"upwards beyond 5 %; within 30 days they lie below it. At 10 % it is {said[0]}; at 9.55 % "
            f"{said[1]}. Days drawn anew meet the points of one day, and lie above those of 30.")


def _facts_table(distances: Any) -> list[list[str]]:
    rows = [[number(distance, unit="%"), *(
        text for days in (1, 30)
        for text in (_share(float(candles().touched(distance, days))), _share(gaussian(days, distance))))]
        for distance in distances]
    return [["distance", "1 day, counted", "1 day, formula", "30 days, counted", "30 days, formula"], *rows]
