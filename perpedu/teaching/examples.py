"""Published statements with their verdicts: `worked_example("000-26")`, and tables of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from html import escape
from textwrap import fill
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .registry import KINDS, VERDICTS, Registry
from .registry import chapter as _chapter

if TYPE_CHECKING:
    from sympy import Rational

NONE = "–"
COLUMNS = ("Source", "Says", "Printed", "Exact", "Verdict", "Why")
NUMBERS = ("Printed", "Exact")


@dataclass(frozen=True)
class Source:
    """Where a statement stands: `seed` numbers the five sources, `line` counts in its text."""

    title: str
    publisher: str
    date: str
    seed: str
    line: int

    def cite(self) -> str:
        """The source in one line.

        >>> worked_example("000-26").source.cite()
        'XXKK, "Maintenance Margin Explained For BTCUSDT Perpetual Traders", 2026-02-25, line 38'
        """
        return f'{self.publisher}, "{self.title}", {self.date}, line {self.line}'


@dataclass(frozen=True)
class WorkedExample:
    """One published statement, recomputed.

    `givens` and `values` are exact numbers by name; `printed` is the source's text, or None;
    `right` is the exact value, or None where the statement has no number, and `exact` is that
    value as text, with ≈ where decimals are cut. `verdict` is one word of the list, `why` says it
    in the book's words (and what the value is of, where nothing is printed), and `see` names
    related items. `kind` says what the statement is (a formula, a venue rule, advice …), and
    `chapter` who takes it up: a chapter's number, or "A", the appendix with the audit.
    """

    id: str
    source: Source
    quote: str
    givens: Mapping[str, "Rational"]
    printed: str | None
    right: "Rational | None"
    verdict: str
    why: str
    chapter: int | str
    exact: str | None
    values: Mapping[str, "Rational"]
    see: tuple[str, ...] = ()
    kind: str | None = None

    def __str__(self) -> str:
        return _block(self)

    def __repr__(self) -> str:
        return f"<WorkedExample {self.id}: {self.verdict}>"

    def _repr_html_(self) -> str:
        return Verdicts([self])._repr_html_()


class Verdicts(Sequence[WorkedExample]):
    """Worked examples in a fixed order: a table in a notebook, and the same as plain text.

    The class around the table is `pp-verdicts`; it also reads well without a style sheet.
    """

    def __init__(self, examples: Iterable[WorkedExample]) -> None:
        self._examples = tuple(examples)

    def __getitem__(self, index: Any) -> Any:
        found = self._examples[index]
        return Verdicts(found) if isinstance(index, slice) else found

    def __len__(self) -> int:
        return len(self._examples)

    def __iter__(self) -> Iterator[WorkedExample]:
        return iter(self._examples)

    def __repr__(self) -> str:
        return "\n\n".join([self._caption(), *map(_block, self), *self._sources()])

    def _caption(self) -> str:
        count = len(self)
        return f"{count or 'No'} published statement{'' if count == 1 else 's'}, recomputed"

    def _columns(self) -> list[str]:
        """All columns; one of numbers only where some statement has such a number."""
        cells = [_cells(item) for item in self]
        return [name for name in COLUMNS
                if name not in NUMBERS or any(row[name] != NONE for row in cells)]

    def _sources(self) -> list[str]:
        """The sources in full, each once."""
        sources = {item.source.seed: item.source for item in self}
        lines = (f'{s.seed}: {s.publisher}, "{s.title}", {s.date}' for s in sources.values())
        return ["Sources\n" + "\n".join(lines)] if sources else []

    def _repr_html_(self) -> str:
        columns = self._columns()
        head = "".join(_cell("th", name, name, ' scope="col"') for name in columns)
        rows = "\n".join(_row(item, columns) for item in self)
        notes = "<br>".join(_text(line) for part in self._sources() for line in part.split("\n"))
        return (f'<div class="pp-verdicts tex2jax_ignore mathjax_ignore" style="overflow-x:auto">'
                f"\n<table>\n"
                f'<caption style="text-align:left">{_text(self._caption())}</caption>\n'
                f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n"
                f"<p>{notes}</p>\n</div>")


def worked_example(id: str) -> WorkedExample:
    """The published statement of that id, recomputed.

    Raises ValueError, with the closest ids, for an id that is not in the registry.

    >>> example = worked_example("000-28")
    >>> example.printed, example.right, example.verdict
    ('30 USDT', 30, 'right but loose')
    """
    return _registry().example(id)


def worked_examples(chapter: int | str | None = None, verdict: str | Iterable[str] | None = None,
                    ids: Iterable[str] | None = None,
                    kind: str | Iterable[str] | None = None) -> Verdicts:
    """Published statements as a table: those of `ids` in that order, or all by id.

    `chapter` (a number, or "A" for the appendix), `verdict` and `kind` (one word of their lists,
    or several) keep only those. Raises ValueError for what is not there.

    >>> [example.id for example in worked_examples(chapter=1, verdict="wrong")][:2]
    ['002-12', '002-18']
    """
    registry = _registry()
    wanted = [ids] if isinstance(ids, str) else sorted(registry.items) if ids is None else ids
    found = [registry.example(id) for id in wanted]
    words, kinds = _words("verdict", verdict, VERDICTS), _words("kind", kind, KINDS)
    chapters = {_chapter(item["chapter"]) for item in registry.items.values()}
    if chapter is not None and chapter not in chapters:
        known = ", ".join(map(str, sorted(chapters, key=in_book)))
        raise ValueError(f"chapter = {chapter!r}: expected a chapter with worked examples: {known}")
    return Verdicts(item for item in found if item.verdict in words and item.kind in kinds
                    and chapter in (None, item.chapter))


def in_book(chapter: int | str) -> tuple[bool, int | str]:
    """By this, chapters stand in the order of the book: the appendix after the numbers."""
    return isinstance(chapter, str), chapter


def _words(name: str, asked: str | Iterable[str] | None, known: tuple[str, ...]) -> tuple[str, ...]:
    """The words asked for; all that are known, where none is."""
    if asked is None:
        return known
    words = (asked,) if isinstance(asked, str) else tuple(asked)
    for word in words:
        if word not in known:
            raise ValueError(f"{name} = {word!r}: expected one of " + ", ".join(known))
    return words


def load(folder: Any) -> Registry:
    """The registry in a folder of YAML files; raises Flaw, a ValueError, for one to mend."""
    return Registry(folder, _make)


@cache
def _registry() -> Registry:
    from importlib.resources import files

    return load(files(__package__) / "sources")


def _make(id: str, source: Mapping[str, str], *, line: int, right: Fraction | None,
          givens: dict[str, Fraction], values: dict[str, Fraction], **parts: Any) -> WorkedExample:
    """The public object, with SymPy's rationals and mappings that cannot change."""
    return WorkedExample(
        id, Source(source["title"], source["publisher"], source["date"], id[:3], line),
        right=None if right is None else _rational(right), givens=_fixed(givens),
        values=_fixed(values), **parts)


def _fixed(numbers: dict[str, Fraction]) -> Mapping[str, "Rational"]:
    return MappingProxyType({name: _rational(value) for name, value in numbers.items()})


def _rational(value: Fraction) -> "Rational":
    from sympy import Rational

    return Rational(value.numerator, value.denominator)


def _cells(item: WorkedExample) -> dict[str, str]:
    """The words of one row, by column."""
    more = f" See {', '.join(item.see)}." if item.see else ""
    place = f"{item.id}: {item.source.publisher}, line {item.source.line}"
    values = (place, f"“{item.quote}”", item.printed or NONE, item.exact or NONE, item.verdict,
              item.why + more)
    return dict(zip(COLUMNS, values, strict=True))


def _block(item: WorkedExample) -> str:
    """One item as plain text; the two numbers end in the same column."""
    cells = _cells(item)
    lines = [cells["Source"], _line("Says", cells["Says"])]
    numbers = {name: cells[name] for name in NUMBERS if cells[name] != NONE}
    width = max(map(len, numbers.values()), default=0)
    lines += [_line(name, text.rjust(width)) for name, text in numbers.items()]
    return "\n".join([*lines, _line("Verdict", item.verdict), _line("Why", cells["Why"])])


def _line(name: str, text: str) -> str:
    first = f"  {name:<9}"
    if name in NUMBERS:
        return first + text
    return fill(text, 88, initial_indent=first, subsequent_indent=" " * len(first),
                break_long_words=False, break_on_hyphens=False)


def _row(item: WorkedExample, columns: list[str]) -> str:
    cells = _cells(item)
    first, *others = columns
    head = _cell("th", first, cells[first], ' scope="row"')
    return "<tr>" + head + "".join(_cell("td", name, cells[name]) for name in others) + "</tr>"


def _cell(tag: str, column: str, text: str, more: str = "") -> str:
    """A cell that reads well without a style sheet: words left, numbers right."""
    style = "text-align:right;white-space:nowrap" if column in NUMBERS else "text-align:left"
    style += ";width:40%" if column == "Why" else ""
    style += ";vertical-align:top;padding:0.3em 0.6em"
    return f'<{tag}{more} data-column="{column}" style="{style}">{_text(text)}</{tag}>'


def _text(text: str) -> str:
    """Text for HTML; a dollar sign stands alone, so that no notebook reads it as mathematics."""
    return escape(text).replace("$", "<span>$</span>")
