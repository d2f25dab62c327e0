"""What is written into the pages of the site: each `<!-- insert: name -->` has a function here."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from typing import Any

from ruamel.yaml import YAML

import perpedu as pp
from perpedu.showing.review import page_html

from . import (LITE, OUT, ROOT, SITE, Refused, audit, cheatsheet, first, licences, questions, raw,
               reference, teaching, venues)
from .chapters import chapters
from .reference import safe

INSERT = re.compile(r"<!-- insert: ([a-z]+) -->")
UNITS = {"quote": "USDT", "coin": "BTC", "settle": "settlement currency"}


def filled(text: str, place: str) -> str:
    """The text of a page with everything inserted.  Refused for a name that nothing fills."""
    def put(found: re.Match) -> str:
        if found[1] not in INSERTS:
            raise Refused(f"{place}: nothing is called {found[0]}; there is {', '.join(INSERTS)}")
        return INSERTS[found[1]]()
    return INSERT.sub(put, text).replace("REPOSITORY", repository())


def repository() -> str:
    """The address of the repository, from the one place that knows it."""
    return YAML(typ="safe").load(SITE / "_config.yml")["repository"]["url"]


def explorer() -> str:
    """The explorer of the first page, alive at once."""
    return first.explorer().html()


def calculator() -> str:
    """The calculator, alive without a kernel."""
    return raw(pp.Calculator().html())


def chapter_map() -> str:
    """The chapters as boxes with minutes and what they need; deeper ones stand further right."""
    listed = chapters()
    depth: dict[str, int] = {}
    for chapter in listed:
        depth[chapter.file] = 1 + max((depth[need] for need in chapter.needs), default=-1)
    labels = {chapter.file: chapter.label for chapter in listed}
    items = "".join(
        f'<li style="--depth: {depth[chapter.file]}"><a href="{chapter.file}.html">'
        f"<strong>{chapter.label}. {escape(chapter.title)}</strong></a>"
        f"<p>{escape(chapter.promise)}</p><p class=\"pp-quietly\">{chapter.minutes} minutes · "
        f"{_needs([labels[need] for need in chapter.needs])}</p></li>" for chapter in listed)
    total = sum(chapter.minutes for chapter in listed)
    return (f'<ol class="pp-map">{items}</ol>\n\nTogether {total} minutes of reading, '
            "without the exercises at the end of each chapter.")


def _needs(labels: list[str]) -> str:
    if not labels:
        return "needs no other chapter"
    return f"needs chapter{'s' * (len(labels) > 1)} {', '.join(labels)}"


def citation() -> str:
    """How to cite, from CITATION.cff, with the version."""
    about = YAML(typ="safe").load(ROOT / "CITATION.cff")
    who = " and ".join(author["name"] for author in about["authors"])
    return (f"{who}: *{about['title']}*. Version {pp.__version__}. {repository()}\n\n"
            f"The file `CITATION.cff` says the same for programs. This is version "
            f"{pp.__version__}; the date of the last change stands at the foot of each page.")


def notation() -> str:
    """The table of symbols, each with the first chapter that has a formula with it."""
    rows = ["| Symbol | Name in the package | Unit | Meaning | Chapter |", "|---|---|---|---|---|"]
    first_in: dict[str, int] = {}
    for formula in pp.formulas.catalogue().values():
        for one in (formula.result, *formula.symbols):
            first_in[one.name] = min(formula.chapter, first_in.get(one.name, formula.chapter))
    rows += [f"| ${symbol.tex}$ | `{name}` | {_unit(symbol.unit)} | {symbol.meaning} | "
             f"{first_in.get(name, '–')} |" for name, symbol in pp.symbols.every().items()]
    return "\n".join(rows)


def _unit(unit: dict[str, int]) -> str:
    top = " ".join(UNITS[name] for name, power in unit.items() if power > 0)
    bottom = " ".join(UNITS[name] for name, power in unit.items() if power < 0)
    return (top or "1") + (f" per {bottom}" if bottom else "") if unit else "–"


def formulas() -> str:
    """Every formula with its conventions, under the chapter that derives it."""
    known = pp.formulas.catalogue().values()
    return "\n\n".join(
        f"## Chapter {number}\n\n" + "\n\n".join(
            _formula(item) for item in known if item.chapter == number)
        for number in sorted({item.chapter for item in known}))


def _formula(item: Any) -> str:
    said = [f"Holds for: {'; '.join(item.assumptions)}." if item.assumptions else "",
            f"Contract: {item.contract}." if item.contract == "inverse" else "",
            f"Source: {item.source}." if item.source else ""]
    words = item.name.replace("_", " ").replace("pnl", "PnL")
    return (f"### {words[0].upper()}{words[1:]}\n\n$$\n{item.latex()}\n$$\n\n"
            f"`pp.formulas.{item.name}({', '.join(symbol.name for symbol in item.symbols)})`\n\n"
            + safe(" ".join(filter(None, said))) + _derived(item))


def _derived(item: Any) -> str:
    """The way to the equation in its chapter, where one has the formula's name as its label."""
    label = "eq-" + item.name.replace("_", "-")
    return f" In its chapter: equation {{eq}}`{label}`." if label in _labels() else ""


@cache
def _labels() -> frozenset[str]:
    """The labels of equations in all chapters."""
    texts = ((ROOT / f"{chapter.file}.ipynb").read_text("utf-8") for chapter in chapters())
    return frozenset(label for text in texts
                     for label in re.findall(r"\$\$ \((eq-[a-z0-9-]+)\)", text))


def count() -> str:
    """How many sentences of the articles have a verdict."""
    return str(len(pp.worked_examples()))


def report() -> str:
    """Where to report."""
    return f"The list of open reports: <{repository()}/issues>."


def lite() -> str:
    """What JupyterLite costs, from its own page, and the way to it where it has been built."""
    text = (ROOT / "docs" / "lite.md").read_text("utf-8")
    cost = "\n".join(line for line in text.splitlines() if line.startswith("|"))
    way = (f'<a href="{LITE}/index.html">Open the chapters in JupyterLite</a>.'
           if (OUT / LITE / "index.html").exists() else
           "These pages were built without it; `make lite` adds it.")
    return ("A JupyterLab that runs inside the browser, with the exact part of the book. It is "
            f"opt-in, because it is large. {way}\n\n{cost}")


def _noted(name: str) -> str:
    """What a measurement wrote down, without its title."""
    return (ROOT / "docs" / f"{name}.md").read_text("utf-8").split("\n", 1)[1].strip()


INSERTS = {"explorer": lambda: raw(explorer()), "calculator": calculator, "map": chapter_map, "citation": citation,
           "notation": notation, "formulas": formulas, "audit": audit.audit, "verdicts": audit.counts, "count": count,
           "venuecount": lambda: str(len(venues.all_venues())), "differences": venues.differences,
           "rulebooks": venues.rulebooks, "questions": questions.questions,
           "cheatsheet": cheatsheet.sheet, "reference": reference.reference,
           "licences": licences.table, "report": report, "lite": lite,
           "visits": lambda: _noted("audit"), "speed": lambda: _noted("speed"),
           "review": lambda: raw(page_html("review")),
           "progress": lambda: raw(page_html("progress")),
           "weeks": teaching.weeks, "day": teaching.day, "objectives": teaching.objectives}
