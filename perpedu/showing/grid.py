"""Plain tables: numbers to the right, a first column of words to the left, a caption, heads with
units; as HTML and as text."""

from __future__ import annotations

from html import escape
from textwrap import fill, indent
from typing import TYPE_CHECKING, Any

from ..teaching.numbers_typed import show

if TYPE_CHECKING:
    from ..market.tiers import Tiers

LEFT = ' style="text-align:left"'
RIGHT = ' style="text-align:right"'


def caption(title: str) -> str:
    """The caption of a table."""
    return f"<caption{LEFT}><strong>{escape(title)}</strong></caption>"


def _page(kind: str, title: str, head: list[str], sides: list[str], body: str) -> str:
    """A table as HTML: a caption, a head whose words stand on these sides, and a body."""
    heads = "".join(f'<th scope="col"{side}>{escape(word)}</th>' for word, side in zip(head, sides))
    return (f'<div class="{kind}"><table>{caption(title)}'
            f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>")


class Grid:
    """A table of texts: the first row is the head."""

    def __init__(self, title: str, rows: list[list[str]]):
        self.title, self.rows = title, rows

    def _repr_html_(self) -> str:
        head, *rows = self.rows
        first = LEFT if rows[0][0][:1].isalpha() else RIGHT
        sides = [first, *[RIGHT] * (len(head) - 1)]
        body = "".join("<tr>" + "".join(f"<td{side}>{escape(text)}</td>"
                                        for text, side in zip(row, sides)) + "</tr>"
                       for row in rows)
        return _page("pp-ledger", self.title, head, sides, body)

    def __repr__(self) -> str:
        widths = [max(map(len, column)) for column in zip(*self.rows)]
        lines = ("  ".join(text.rjust(width) for text, width in zip(row, widths))
                 for row in self.rows)
        return "\n".join([self.title, *lines])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}


class Transcript:
    """What was done and what was said to it: a scripted walk for readers of the printed page.

    >>> print(Transcript("A walk", [("mark price 54,300", "Open."), ("54,200", "Liquidated.")]))
    A walk
    mark price 54,300
        Open.
    54,200
        Liquidated.
    """

    def __init__(self, title: str, lines: list[tuple[str, str]]):
        self.title, self.lines = title, lines

    def _repr_html_(self) -> str:
        body = "".join(f'<tr><th scope="row"{LEFT}>{escape(done)}</th>'
                       f"<td{LEFT}>{escape(said)}</td></tr>" for done, said in self.lines)
        return (f'<div class="pp-ledger pp-walk"><table>{caption(self.title)}<tbody>{body}</tbody>'
                "</table></div>")

    def __repr__(self) -> str:
        said = (f"{done}\n" + indent(fill(words, 90), "    ") for done, words in self.lines)
        return "\n".join([self.title, *said])

    _repr_mimebundle_ = Grid._repr_mimebundle_


class Stacked(Grid):
    """A table of three columns, name, words and value, with a head. Where the page is narrow, name
    and value stand on one line and the words below them.

    >>> print(Stacked("Two rules", ["rule", "says", "value"], [("basis", "at the mark", "mark")]))
    Two rules
    basis: mark
        at the mark
    """

    def __init__(self, title: str, head: list[str], rows: list[tuple[str, str, str]]):
        super().__init__(title, [list(head), *map(list, rows)])

    def _repr_html_(self) -> str:
        head, *rows = self.rows
        body = "".join(f'<tr><th scope="row"{LEFT}>{escape(name)}</th><td{LEFT}>{escape(words)}</td>'
                       f"<td{RIGHT}>{escape(value)}</td></tr>" for name, words, value in rows)
        return _page("pp-ledger pp-worked", self.title, head, [LEFT, LEFT, RIGHT], body)

    def __repr__(self) -> str:
        lines = (f"{name}: {value}" + (f"\n    {words}" if words else "")
                 for name, words, value in self.rows[1:])
        return "\n".join([self.title, *lines])


class TierTable(Grid):
    """The rows of a tier table, with its date; `first` limits how many are shown.

    >>> from perpedu import Tiers
    >>> print(TierTable(Tiers([(0, "0.005"), (100_000, "0.0065")])))
    Tier table
    tier  notional above    rate  deduction  leverage at most
       1               0   0.5 %          0                 –
       2         100,000  0.65 %        150                 –
    """

    HEAD = ["tier", "notional above", "rate", "deduction", "leverage at most"]

    def __init__(self, tiers: "Tiers", first: int | None = None):
        title = f"{tiers.name}, in force {tiers.as_of}" if tiers.name else "Tier table"
        shown = tiers.rows[:first]
        if len(shown) < len(tiers.rows):
            title += f": the first {len(shown)} of {len(tiers.rows)} tiers"
        super().__init__(title, [self.HEAD, *(_row(i, row) for i, row in enumerate(shown, 1))])


def _row(number: int, row: Any) -> list[str]:
    cap = "–" if row.max_leverage is None else show(row.max_leverage, unit="×")
    return [str(number), show(row.floor), show(row.rate, unit="%"), show(row.deduction), cap]
