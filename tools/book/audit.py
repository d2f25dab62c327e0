"""Appendix A: every item of the five articles with its verdict, and the place that takes it up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html import escape
from typing import Any

import nbformat
from docutils.nodes import make_id
from ruamel.yaml import YAML

import perpedu as pp
from perpedu.teaching.examples import in_book
from perpedu.teaching.registry import APPENDIX, KINDS, VERDICTS

from . import ROOT, SITE, Refused, raw
from .chapters import Chapter, by_number, chapters

PAGE = "verdicts"
#: The section of a chapter for what none of its cells prints and site/audit.yml does not place.
LAST = "Where the sources go wrong"
HEADING = re.compile(r"^#{1,3} (.+)$", re.MULTILINE)
#: An item where it is asked for, and where it is printed; not where another one says “See”.
ID = re.compile(r"(?<=\")[0-9]{3}-[0-9]{2}(?=\")|^[0-9]{3}-[0-9]{2}(?=:)", re.MULTILINE)


def sources() -> dict[str, Any]:
    """The five articles by their number, in order."""
    return {item.source.seed: item.source for item in pp.worked_examples()}


def counts() -> str:
    """How often each verdict was given: of all, and article by article."""
    items, seeds = pp.worked_examples(), list(sources())
    count = Counter((item.verdict, item.source.seed) for item in items)
    head = "".join(f'<th scope="col">{name}</th>' for name in ("Verdict", "All", *seeds))
    rows = [(word, [count[word, seed] for seed in seeds]) for word in VERDICTS]
    rows.append(("all", [sum(column) for column in zip(*(numbers for _, numbers in rows))]))
    body = "".join(f'<tr><th scope="row">{word}</th>' + "".join(
        f"<td>{number}</td>" for number in (sum(numbers), *numbers)) + "</tr>"
        for word, numbers in rows)
    return raw('<table class="pp-counts"><caption>Verdicts: of all items, and by article'
                f"</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")


def audit() -> str:
    """The filter and, article by article, every item."""
    parts = [raw(_filter())]
    for seed, source in sources().items():
        items = [item for item in pp.worked_examples() if item.source.seed == seed]
        rows = "\n".join(_item(item) for item in items)
        parts.append(f"## Article {seed}: {source.title}\n\n{source.publisher}, {source.date}. "
                     f"{len(items)} items, in the order of their ids.\n\n"
                     + raw(f'<ol class="pp-items tex2jax_ignore mathjax_ignore">\n{rows}\n</ol>'))
    return "\n\n".join(parts)


def place(item: Any) -> tuple[str, str] | None:
    """Where an item is taken up, as address and words; None while its chapter is not there.

    An item that no chapter takes up stands in the audit itself.
    """
    if item.chapter == APPENDIX:
        return f"#{anchor(item)}", "only here"
    parts = by_number().get(item.chapter)
    return _address(*_section(parts, item.id)) if parts else None


def _address(chapter: Chapter, title: str) -> tuple[str, str]:
    """The place of a section, as address and words."""
    words = re.sub(r"^\d+ ", "", title).replace("`", "")
    return f"{chapter.file}.html#{make_id(title)}", f"Chapter {chapter.number}, {words}"


def anchor(item: Any) -> str:
    """The place of an item in the audit."""
    return f"item-{item.id}"


def _section(parts: list[Chapter], id: str) -> tuple[Chapter, str]:
    """The part of a chapter, and the heading in it, under which an item is taken up."""
    for part in parts:
        if id in _read(part)[0]:
            return part, _read(part)[0][id]
    found = _placed().get((str(parts[0].number), id), LAST)
    for part in parts:
        if found in _read(part)[1]:
            return part, found
    raise Refused(f"site/audit.yml, {id}: {parts[0].file} has no section “{found}”")


@cache
def _read(chapter: Chapter) -> tuple[dict[str, str], list[str]]:
    """The heading under which each item is first printed, and all headings."""
    printed: dict[str, str] = {}
    headings = [""]
    for cell in nbformat.read(ROOT / f"{chapter.file}.ipynb", as_version=4).cells:
        if cell.cell_type == "markdown":
            headings += HEADING.findall(cell.source)
        else:
            for id in ID.findall("\n".join(_texts(cell))):
                printed.setdefault(id, headings[-1])
    return printed, headings


def _texts(cell: Any) -> Iterator[str]:
    yield cell.source
    for output in cell.outputs:
        yield output.get("text", "")
        yield output.get("data", {}).get("text/plain", "")


@cache
def _placed() -> dict[tuple[str, str], str]:
    """The section by chapter and item, as site/audit.yml has it."""
    listed = YAML(typ="safe").load(SITE / "audit.yml")
    return {(chapter, id): section for chapter, sections in listed.items()
            for section, ids in sections.items() for id in ids.split()}


def _filter() -> str:
    """The controls; the script shows them, since without it they do nothing."""
    items = pp.worked_examples()
    chapters_of = sorted({item.chapter for item in items}, key=in_book)
    choices = [
        _select("seed", "Article", items, {seed: f"{seed}, {source.publisher}"
                                           for seed, source in sources().items()}),
        _select("chapter", "Chapter", items, {str(one): str(one) for one in chapters_of}),
        _select("kind", "Kind", items, {kind: kind for kind in KINDS}),
        _select("verdict", "Verdict", items, {word: word for word in VERDICTS})]
    return ('<form class="pp-audit" role="search" aria-label="The items of the audit" hidden>'
            '<p class="pp-audit-field pp-audit-words"><label for="audit-words">Words</label>'
            '<input id="audit-words" type="search" autocomplete="off" spellcheck="false"></p>'
            f'{"".join(choices)}<p class="pp-audit-field"><button type="reset">Show all</button>'
            '</p><p class="pp-audit-said" role="status"></p></form>')


def _select(name: str, label: str, items: Any, words: dict[str, str]) -> str:
    count = Counter(_data(item)[name] for item in items)
    options = "".join(f'<option value="{escape(value)}">{escape(text)} ({count[value]})</option>'
                      for value, text in words.items() if count[value])
    return (f'<p class="pp-audit-field"><label for="audit-{name}">{label}</label>'
            f'<select id="audit-{name}" name="{name}"><option value="">all</option>{options}'
            "</select></p>")


def _data(item: Any) -> dict[str, str]:
    """By what items are chosen."""
    return {"seed": item.source.seed, "chapter": str(item.chapter), "kind": item.kind,
            "verdict": item.verdict}


def _item(item: Any) -> str:
    data = " ".join(f'data-{name}="{escape(value)}"' for name, value in _data(item).items())
    parts = [f'<a href="#{anchor(item)}">{item.id}</a>, line {item.source.line} · {item.kind} · '
             f'<strong data-verdict="{item.verdict}">{item.verdict}</strong>',
             f"<q>{escape(item.quote)}</q>", _numbers(item), escape(item.why) + _see(item),
             _way(item)]
    names = ("head", "says", "numbers", "why", "way")
    rows = "".join(f'<p class="pp-item-{name}">{text}</p>'
                   for name, text in zip(names, parts, strict=True) if text)
    return f'<li id="{anchor(item)}" {data}>{rows}</li>'


def _numbers(item: Any) -> str:
    said = [f"{word} <b>{escape(text)}</b>" for word, text in
            (("printed", item.printed), ("exact", item.exact)) if text]
    return ", ".join(said)


def _see(item: Any) -> str:
    links = ", ".join(f'<a href="#item-{other}">{other}</a>' for other in item.see)
    return f" See {links}." if links else ""


def _way(item: Any) -> str:
    found = place(item)
    if found is None:
        return f"For Chapter {item.chapter}"
    links = [found, *again(item)]
    return "Taken up: " + "; again: ".join(
        f'<a href="{address}">{escape(words)}</a>' for address, words in links[:2]) + "".join(
        f', <a href="{address}">{escape(words)}</a>' for address, words in links[2:])


def again(item: Any) -> list[tuple[str, str]]:
    """Where other chapters print an item."""
    return [_address(chapter, _read(chapter)[0][item.id]) for chapter in chapters()
            if chapter.number != item.chapter and item.id in _read(chapter)[0]]
