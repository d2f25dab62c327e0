"""Figures that speak: a title as a sentence, alternative text, and a digest of their data."""

from __future__ import annotations

import re
from html import escape
from io import StringIO
from typing import TYPE_CHECKING, Any

from . import look

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Shown", "show", "svg"]


def show(fig: "Figure", title: str, alt: str, table: list[list[str]] | None = None) -> "Shown":
    """A figure for the notebook and the page: inline SVG with alternative text, a caption,
    and its numbers as a table (header row first).

    Raises ValueError without a title or without alternative text.
    """
    for name, text in (("title", title), ("alt", alt)):
        if not isinstance(text, str) or len(text.split()) < 3:
            raise ValueError(f"{name} = {text!r}: expected a sentence")
    return Shown(fig, title, alt, table)


class Shown:
    """A figure as it is shown; its repr is a digest of its data, which tests compare."""

    def __init__(self, fig: "Figure", title: str, alt: str, table: list[list[str]] | None):
        self.figure, self.title, self.alt, self.table = fig, title, alt, table

    def _repr_html_(self) -> str:
        numbers = f"<details><summary>Numbers</summary>{table(self.table)}</details>"
        return (f'<figure class="pp-figure"><style>{look.css()}</style><div class="pp-scroll">'
                f"{svg(self.figure, self.alt)}</div>"
                f"<figcaption>{escape(self.title)}</figcaption>"
                f"{numbers if self.table else ''}</figure>")

    def __repr__(self) -> str:
        rows = [] if not self.table else [" | ".join(row) for row in self.table]
        return "\n".join([f"figure: {self.title}", f"alt: {self.alt}", *_digest(self.figure),
                          *rows])


def svg(fig: "Figure", alt: str, label: bool = True) -> str:
    """The figure as one `<svg>`, the same bytes on every run, its colours as CSS variables."""
    if isinstance(fig, look.NoPicture):
        return fig._repr_html_()
    import matplotlib

    out = StringIO()
    with matplotlib.rc_context(look.style()):
        fig.savefig(out, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    text = out.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text[text.index("<svg"):], flags=re.DOTALL)
    text = re.sub(r"-?\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), text)
    text = text.replace(look.PAPERS["light"], f"var(--pp-paper, {look.PAPERS['light']})")
    for name, role in look.ROLES.items():
        text = text.replace(role.light, f"var(--pp-{name}, {role.light})")
    text = re.sub(r"'DejaVu Sans'[^;\"]*", "system-ui, sans-serif", text)
    text = re.sub(r'<svg ([^>]*?)width="[^"]*pt"', r"<svg \1", text, count=1)
    text = re.sub(r'height="[^"]*pt"', "", text, count=1)
    role = f'role="img" aria-label="{escape(alt)}"' if label else 'aria-hidden="true"'
    opening = f'<svg class="pp-svg" style="max-width: 760px" {role} '
    text = re.sub(r"\n\s*", "\n", text.replace("<svg ", opening, 1))
    return _own_ids(text, fig)


def _own_ids(text: str, fig: "Figure") -> str:
    """Ids that no other figure on the page has."""
    from hashlib import sha256

    own = "pp" + sha256(text.encode()).hexdigest()[:8]
    text = re.sub(r' id="(?![mph][0-9a-f]{10})[^"]*"', "", text)
    return re.sub(r'(id="|#)([mph][0-9a-f]{10})', rf"\g<1>{own}\2", text)


def table(rows: list[list[str]]) -> str:
    """Rows as an HTML table, the first as its header; numbers to the right."""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in rows[0])
    body = "".join("<tr>" + "".join(_cell(cell, i) for i, cell in enumerate(row)) + "</tr>"
                   for row in rows[1:])
    return (f'<table class="pp-table"><thead><tr>{head}</tr></thead>'
            f"<tbody>{body}</tbody></table>")


def _cell(text: str, column: int) -> str:
    return f'<th scope="row">{escape(text)}</th>' if column == 0 else f"<td>{escape(text)}</td>"


def _digest(fig: "Figure") -> list[str]:
    lines = []
    for i, axes in enumerate(fig.axes):
        lines.append(f"axes {i}: x = {axes.get_xlabel()!r}, y = {axes.get_ylabel()!r}")
        lines += [_line(item) for item in axes.lines]
        lines += [f"  bar {bar.get_label()!r}: from {_n(bar.get_x())} to "
                  f"{_n(bar.get_x() + bar.get_width())}" for bar in axes.patches
                  if hasattr(bar, "get_width")]
        lines += [f"  text {item.get_text()!r}" for item in axes.texts]
    return lines


def _line(item: Any) -> str:
    import numpy

    x, y = (numpy.asarray(values, float) for values in item.get_data())
    return (f"  line {item.get_label()!r}: n={len(x)}, x {_n(x[0])} to {_n(x[-1])}, "
            f"y {_n(numpy.nanmin(y))} to {_n(numpy.nanmax(y))}, first {_n(y[0])}, "
            f"last {_n(y[-1])}, mean {_n(numpy.nanmean(y))}")


def _n(value: float) -> str:
    return f"{value + 0.0:.6g}"
