"""An explorer on paper and without scripts: its picture, sentence and table, standing still."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from ..teaching.numbers_typed import show
from . import look

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .explorer import Explorer

POINTS = 193
#: Widths in points, roughly: of a picture, of the room for words beside it, of a letter.
PICTURE, BESIDE, LETTER = 280, 90, 5.8


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
    unit = item.facts(name)["unit"] or None
    return word or ("none" if value is None else show(value, None, unit))


@look.drawn
def draw(item: "Explorer") -> "Figure":
    """The picture of an explorer at its present values, by Matplotlib."""
    import numpy

    chart, low_high = item.chart, [float(end) for end in item.span()]
    x = (numpy.geomspace if chart.log else numpy.linspace)(*low_high, POINTS)
    given = {name: float(value) for name, value in item.given.items()}
    known = item.model.numpy(given | {chart.x: x})
    curves = {name: numpy.broadcast_to(known[name], x.shape) for name in chart.curves}
    with look.drawing(3.1 + 0.2 * max(0, len(chart.marks) - 4)) as axes:
        for name, y in curves.items():
            axes.plot(x, y, label=item.facts(name)["label"], **look.line(item.facts(name)["role"]))
        _to_zero(axes, chart)
        _end_labels(axes, item, curves)
        _shade(axes, item, x, known)
        _marks(axes, item, low_high)
        fact = item.facts(chart.x)
        unit = f" ({fact['unit']})" if fact["unit"] else ""
        shared_axes(axes, fact["label"] + unit, item.spec["chart"]["y"], chart.log)
        if fact["unit"] == "%":
            axes.xaxis.set_major_formatter(lambda share, _: f"{100 * share:,g}")
        axes.set_xlim(low_high)
    return axes.figure


def _end_labels(axes: Any, item: "Explorer", curves: dict[str, Any]) -> None:
    """A word where each line ends, in its colour; words that would touch are moved apart."""
    low, high = axes.get_ylim()
    ends = sorted((float(y[-1]), name) for name, y in curves.items() if y[-1] == y[-1])
    places = spread([y for y, _ in ends], (high - low) * 0.09, low, high)
    for place, (_, name) in zip(places, ends):
        fact = item.facts(name)
        axes.annotate(fact["label"], (1, place), xytext=(6, 0), xycoords=("axes fraction", "data"),
                      textcoords="offset points", va="center", color=look.colour(fact["role"]),
                      annotation_clip=False)


def spread(places: list[float], gap: float, low: float, high: float) -> list[float]:
    """The places, which rise, moved apart to `gap` and kept between low and high.

    >>> spread([1, 9, 9.5], 2, 0, 10)
    [1, 8, 10]
    """
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + gap if moved else low))
    for i in reversed(range(len(moved))):
        moved[i] = min(moved[i], moved[i + 1] - gap if i + 1 < len(moved) else high)
    return moved


def _to_zero(axes: Any, chart: Any) -> None:
    """The vertical axis down or up to 0, where the picture wants it."""
    low, high = axes.get_ylim()
    if chart.zero and low > 0:
        axes.set_ylim(bottom=0)
    if chart.zero and high < 0:
        axes.set_ylim(top=0)


def _shade(axes: Any, item: "Explorer", x: Any, known: dict[str, Any]) -> None:
    import numpy
    import sympy

    condition = item.chart.shade
    if condition is None:
        return
    symbols = sorted(condition.free_symbols, key=str)
    test = sympy.lambdify(symbols, condition, "numpy")
    where = numpy.broadcast_to(test(*(known[symbol.name] for symbol in symbols)), x.shape)
    axes.fill_between(x, 0, 1, where=where, transform=axes.get_xaxis_transform(), linewidth=0,
                      color=look.colour("liquidation"), alpha=0.12)


def _marks(axes: Any, item: "Explorer", low_high: list[float]) -> None:
    """Vertical lines with their words above the picture, in rows that keep clear of the lines."""
    values, (low, high) = item.exact, low_high
    given = [(name, values[name]) for name in item.chart.marks]
    words = {name: f"{_bare(item, name)} {_marked(item, name, value)}"
             for name, value in given if value is not None and low <= value <= high}
    inside = sorted((float(values[name]), name) for name in words)
    left = [pair for pair in inside if not _fits(pair[0], words[pair[1]], low_high, item)]
    rows = [*left[::-1], *(pair for pair in inside if pair not in left)]
    for row, (x, name) in enumerate(reversed(rows)):
        mark(axes, x, words[name], item.facts(name)["role"], row, (x, name) not in left)
    outside = [(name, value) for name, value in given if name not in {n for _, n in inside}]
    for row, (name, value) in enumerate(outside, len(rows)):
        text = "" if value is None else _marked(item, name, value)
        axes.annotate(_elsewhere(_bare(item, name), value, text, low), (0, 1),
                      xytext=(0, 4 + 14 * row), xycoords="axes fraction",
                      textcoords="offset points", color=look.colour(item.facts(name)["role"]))


def _bare(item: "Explorer", name: str) -> str:
    return item.facts(name)["label"].removesuffix(" price")


def _marked(item: "Explorer", name: str, value: Any) -> str:
    """The number of a mark; a share in per cent, as everywhere."""
    return show(value, None, "%" if item.facts(name)["unit"] == "%" else None)


def _fits(x: float, words: str, low_high: list[float], item: "Explorer") -> bool:
    """Whether words may begin at x: in the left half always, else where there is room for them."""
    from math import log

    low, x, high = (log(v) if item.chart.log else v for v in (low_high[0], x, low_high[1]))
    share = (x - low) / (high - low)
    return share <= 0.5 or share * PICTURE + len(words) * LETTER < PICTURE + BESIDE


def _elsewhere(word: str, value: Any, text: str, low: float) -> str:
    if value is None:
        return f"no {word} price"
    return f"← {word} {text}" if value < low else f"{word} {text} →"


def mark(axes: Any, x: float, text: str, role: str, row: int, right: bool) -> None:
    """A vertical line that reaches up to its words, which stand right or left of it."""
    axes.axvline(x, label=text, **look.line(role))
    axes.annotate(text, (x, 1), xytext=(4 if right else -4, 4 + 14 * row),
                  xycoords=("data", "axes fraction"), textcoords="offset points",
                  ha="left" if right else "right", color=look.colour(role))
    axes.annotate("", (x, 1), xytext=(0, 14 + 14 * row), xycoords=("data", "axes fraction"),
                  textcoords="offset points", annotation_clip=False,
                  arrowprops={"arrowstyle": "-", "color": look.colour(role), "shrinkA": 0,
                              "shrinkB": 0, "linewidth": look.ROLES[role].width * 0.8})


def shared_axes(axes: Any, x: str, y: str, log: bool = False) -> None:
    """Names with units, few ticks, thousands separators; with `log`, a logarithmic x axis."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

    if log:
        axes.set_xscale("log")
        axes.xaxis.set_minor_locator(NullLocator())
    for axis, label in ((axes.xaxis, x), (axes.yaxis, y)):
        axis.set_label_text(label)
        few = LogLocator(subs=(1, 2, 5)) if log and axis is axes.xaxis else MaxNLocator(5)
        axis.set_major_locator(few)
        axis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,g}".replace("-", "−")))
