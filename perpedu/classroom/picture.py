"""The report's figure, in the book's look: for each exercise, how the class answered.

This is the one module of this room that draws; it is imported where a report is written.
"""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any, NamedTuple

from ..showing import look
from .report import of, states

if TYPE_CHECKING:
    from .grade import Grades

#: The parts of a bar: its states, its word, its role, and how it is filled.
PARTS = (
    (("right",), "right", "right", True, None),
    (("known",), "a known mistake", "notyet", False, "///"),
    (("other",), "another answer", "notyet", False, None),
    (("unread", "empty", "missing"), "no answer", "hair", True, None),
)
LONGEST = 34


class Picture(NamedTuple):
    """A figure as the text of an SVG file, and in words."""

    svg: str
    alt: str


def picture(grades: "Grades") -> Picture | None:
    """The figure; None where Matplotlib is not installed."""
    figure = _figure(grades)
    if isinstance(figure, look.NoPicture):
        return None
    return Picture(_svg(figure), _alt(grades))


@look.drawn
def _figure(grades: "Grades") -> Any:
    items = grades.assignment.items
    with look.drawing(0.42 * len(items) + 1.2) as axes:
        for row, item in enumerate(items):
            _bar(axes, -row, _counts(grades, item))
        axes.set_yticks([-row for row in range(len(items))],
                        [_short(str(item["title"])) for item in items])
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.set_xlim(0, max(1, len(grades.course.students)))
        axes.set_ylim(-len(items) + 0.4, 0.6)
        axes.set_xlabel("students")
        axes.figure.suptitle(_title(grades), x=0.01, ha="left", weight="bold", size=11)
        axes.figure.legend(loc="outside lower center", ncols=4, frameon=False, fontsize=9,
                           handlelength=1.2, columnspacing=1.2,
                           handles=[_patch(*part[1:]) for part in PARTS])
        axes.xaxis.get_major_locator().set_params(integer=True)
    return axes.figure


def _counts(grades: "Grades", item: Any) -> list[int]:
    found = states(of(grades, item))
    return [sum(found[state] for state in part[0]) for part in PARTS]


def _bar(axes: Any, row: float, counts: list[int]) -> None:
    left = 0
    for count, (_, _, role, filled, hatch) in zip(counts, PARTS):
        axes.barh(row, count, 0.62, left, **_fill(role, filled, hatch))
        if count:
            axes.annotate(str(count), (left + count / 2, row), ha="center", va="center",
                          color=look.PAPERS["light"] if role == "right" else look.colour("text"),
                          bbox={"facecolor": look.PAPERS["light"], "edgecolor": "none", "pad": 1}
                          if hatch else None)
        left += count


def _fill(role: str, filled: bool, hatch: str | None) -> dict[str, Any]:
    colour = look.colour(role)
    return {"facecolor": colour if filled else look.PAPERS["light"], "edgecolor": colour,
            "hatch": hatch, "linewidth": 1}


def _patch(word: str, role: str, filled: bool, hatch: str | None) -> Any:
    from matplotlib.patches import Patch

    return Patch(label=word, **_fill(role, filled, hatch))


def _title(grades: "Grades") -> str:
    """The message of the figure: which exercise was the hardest, where there is one."""
    items, students = grades.assignment.items, len(grades.course.students)
    rights = [_counts(grades, item)[0] for item in items]
    if rights.count(min(rights)) == 1 < len(rights):
        return f"“{_short(str(items[rights.index(min(rights))]['title']))}” was the hardest"
    counts = " to ".join(str(count) for count in sorted({min(rights), max(rights)}))
    return f"{counts} of {students} students have each exercise right"


def _short(title: str) -> str:
    shown = title if len(title) <= LONGEST else title[:LONGEST - 1].rstrip() + "…"
    return shown.replace("$", "")


def _alt(grades: "Grades") -> str:
    said = []
    for item in grades.assignment.items:
        parts = (f"{count} {part[1]}" for count, part in zip(_counts(grades, item), PARTS) if count)
        said.append(f"{_short(str(item['title']))}: {', '.join(parts)}")
    return f"Bars, one for each exercise. {'; '.join(said)}.".replace("[", "(").replace("]", ")")


def _svg(figure: Any) -> str:
    """The same bytes on every run, on white paper: the file stands alone."""
    import matplotlib

    out = StringIO()
    with matplotlib.rc_context(look.style()):
        figure.savefig(out, format="svg", facecolor=look.PAPERS["light"],
                       metadata={"Date": None, "Creator": None})
    return out.getvalue()
