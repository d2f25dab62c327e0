"""An explorer on paper and without scripts: the same picture, sentence and table, standing still."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from ..teaching.numbers_typed import show
from . import look

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .explorer import Explorer

POINTS = 97


def explorer(item: "Explorer") -> str:
    """The still form of an explorer, as HTML."""
    from .figures import svg, table

    picture = svg(draw(item), item.state) if item.chart else ""
    return (f'<p class="pp-title">{escape(item.title)}</p>{picture}'
            f'<p class="pp-state">{escape(item.state)}</p>{table(rows(item))}')


def rows(item: "Explorer") -> list[list[str]]:
    """The table of an explorer: what is given, then what is shown."""
    values, given = item.exact, [*item.controls, *item.fixed]
    names = dict.fromkeys([*given, *item.show])
    return [["quantity", "value"], *([item.facts(name)["label"], _value(item, name, values[name])]
                                     for name in names)]


def _value(item: "Explorer", name: str, value: Any) -> str:
    options = getattr(item.controls.get(name), "options", {})
    word = next((word for word, option in options.items() if option == value), None)
    return word or ("none" if value is None else show(value, None, item.facts(name)["unit"] or None))


def draw(item: "Explorer") -> "Figure":
    """The picture of an explorer at its present values, by Matplotlib."""
    import numpy

    chart, low_high = item.chart, [float(end) for end in item.span()]
    x = numpy.linspace(*low_high, POINTS)
    given = {name: float(value) for name, value in item.given.items()}
    known = item.model.numpy(given | {chart.x: x})
    with look.drawing() as axes:
        for name in chart.curves:
            _curve(axes, item, name, x, numpy.broadcast_to(known[name], x.shape))
        _marks(axes, item, low_high)
        shared_axes(axes, f"{item.facts(chart.x)['label']} ({item.facts(chart.x)['unit']})",
                    item.spec["chart"]["y"])
        axes.set_xlim(low_high)
    return axes.figure


def _curve(axes: Any, item: "Explorer", name: str, x: Any, y: Any) -> None:
    fact = item.facts(name)
    axes.plot(x, y, label=fact["label"], **look.line(fact["role"]))
    end_label(axes, x[-1], y[-1], fact["label"], fact["role"])


def end_label(axes: Any, x: float, y: float, text: str, role: str) -> None:
    """A word where a line ends, in its colour."""
    if y == y:
        axes.annotate(text, (x, y), xytext=(6, 0), textcoords="offset points", va="center",
                      color=look.colour(role), annotation_clip=False)


def _marks(axes: Any, item: "Explorer", low_high: list[float]) -> None:
    values = item.exact
    shown = [(name, values[name]) for name in item.chart.marks if values[name] is not None]
    for row, (name, value) in enumerate(shown):
        fact = item.facts(name)
        if low_high[0] <= value <= low_high[1]:
            mark(axes, float(value), f"{fact['label'].removesuffix(' price')} {show(value)}",
                 fact["role"], row, low_high)


def mark(axes: Any, x: float, text: str, role: str, row: int, low_high: list[float]) -> None:
    """A vertical line with its word and number above the picture, one row each."""
    axes.axvline(x, label=text, **look.line(role))
    right = x < low_high[0] + 0.6 * (low_high[1] - low_high[0])
    axes.annotate(text, (x, 1), xytext=(4 if right else -4, 4 + 14 * row),
                  xycoords=("data", "axes fraction"), textcoords="offset points",
                  ha="left" if right else "right", color=look.colour(role))
    axes.annotate("", (x, 1), xytext=(0, 14 + 14 * row), xycoords=("data", "axes fraction"),
                  textcoords="offset points", annotation_clip=False,
                  arrowprops={"arrowstyle": "-", "color": look.colour(role), "shrinkA": 0,
                              "shrinkB": 0, "linewidth": look.ROLES[role].width * 0.8})


def shared_axes(axes: Any, x: str, y: str) -> None:
    """Names with units, few ticks, thousands separators."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    for axis, label, ticks in ((axes.xaxis, x, 5), (axes.yaxis, y, 5)):
        axis.set_label_text(label)
        axis.set_major_locator(MaxNLocator(ticks))
        axis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,g}".replace("-", "−")))
