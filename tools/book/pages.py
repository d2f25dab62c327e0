"""What is written into the pages of the site: each `<!-- insert: name -->` has a function here."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from functools import cache
from html import escape
from types import ModuleType
from typing import Any

from ruamel.yaml import YAML

import perpedu as pp
from perpedu.showing.review import page_html

from . import LITE, OUT, ROOT, SITE, Refused, audit, first, licences, questions, teaching, venues
from .chapters import chapters

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
    return _raw(pp.Calculator().html())


def chapter_map() -> str:
    """The chapters as boxes with minutes and what they need; deeper ones stand further right."""
    listed = chapters()
    depth: dict[str, int] = {}
    for chapter in listed:
        depth[chapter.file] = 1 + max((depth[need] for need in chapter.needs), default=-1)
    numbers = {chapter.file: chapter.number for chapter in listed}
    items = "".join(
        f'<li style="--depth: {depth[chapter.file]}"><a href="{chapter.file}.html">'
        f"<strong>{chapter.number}. {escape(chapter.title)}</strong></a>"
        f"<p>{escape(chapter.promise)}</p><p class=\"pp-quietly\">{chapter.minutes} minutes · "
        f"{_needs([numbers[need] for need in chapter.needs])}</p></li>" for chapter in listed)
    total = sum(chapter.minutes for chapter in listed)
    return (f'<ol class="pp-map">{items}</ol>\n\nTogether {total} minutes of reading, '
            "without the exercises at the end of each chapter.")


def _needs(numbers: list[int]) -> str:
    if not numbers:
        return "needs no other chapter"
    return f"needs chapter{'s' * (len(numbers) > 1)} {', '.join(map(str, numbers))}"


def citation() -> str:
    """How to cite, from CITATION.cff, with the version."""
    about = YAML(typ="safe").load(ROOT / "CITATION.cff")
    who = " and ".join(author["name"] for author in about["authors"])
    return (f"{who}: *{about['title']}*. Version {pp.__version__}. {repository()}\n\n"
            f"The file `CITATION.cff` says the same for programs. This is version "
            f"{pp.__version__}; the date of the last change stands at the foot of each page.")


def notation() -> str:
    """The table of symbols."""
    rows = ["| Symbol | Name in the package | Unit | Meaning |", "|---|---|---|---|"]
    rows += [f"| ${symbol.tex}$ | `{name}` | {_unit(symbol.unit)} | {symbol.meaning} |"
             for name, symbol in pp.symbols.every().items()]
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
            + _safe(" ".join(filter(None, said))) + _derived(item))


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


def _safe(text: str) -> str:
    """Words in which no character is Markdown's."""
    return re.sub(r"([\\*_<$`{}|\[\]])", r"\\\1", text)


def _raw(html: str) -> str:
    return "```{raw} html\n" + html + "\n```"


def count() -> str:
    """How many sentences of the articles have a verdict."""
    return str(len(pp.worked_examples()))


def reference() -> str:
    """Every public name with its signature and its own words."""
    names = [name for name in pp.__all__ if not isinstance(getattr(pp, name), ModuleType)]
    modules = [name for name in pp.__all__ if name not in names]
    return "\n\n".join([*map(_entry, names), "## Modules", *map(_module, modules)])


def _entry(name: str) -> str:
    item = getattr(pp, name)
    parts = [f"## {name}", f"```python\npp.{name}{_signature(item)}\n```", _docstring(item)]
    if inspect.isclass(item):
        parts += [f"**`.{member}{_signature(value)}`**\n\n{_docstring(value)}"
                  for member, value in _members(item)]
    return "\n\n".join(parts)


def _members(item: type) -> Iterator[tuple[str, Any]]:
    """The public methods and properties that say something about themselves."""
    for name, value in vars(item).items():
        plain = value.__func__ if isinstance(value, (classmethod, staticmethod)) else value
        if not name.startswith("_") and (inspect.isfunction(plain) or isinstance(plain, property)):
            if inspect.getdoc(plain):
                yield name, plain


def _signature(item: Any) -> str:
    if isinstance(item, property):
        return ""
    try:
        signature = inspect.signature(item)
    except (TypeError, ValueError):
        return ""
    plain = [parameter.replace(annotation=parameter.empty)
             for parameter in signature.parameters.values() if parameter.name != "self"]
    return str(signature.replace(parameters=plain, return_annotation=signature.empty))


def _docstring(item: Any) -> str:
    """A docstring as Markdown: words, and what stands at a prompt as code."""
    paragraphs = re.split(r"\n\s*\n", inspect.getdoc(item) or "")
    return "\n\n".join(
        f"```python\n{part}\n```" if part.lstrip().startswith(">>>") else _words(part)
        for part in paragraphs)


def _words(paragraph: str) -> str:
    return "".join(piece if piece.startswith("`") else _safe(piece)
                   for piece in re.split(r"(`[^`]+`)", paragraph))


def _module(name: str) -> str:
    module = getattr(pp, name)
    public = [key for key in getattr(module, "__all__", vars(module)) if not key.startswith("_")]
    named = module.__name__.startswith("perpedu.market")
    listed = [key for key in public if named or getattr(
        module, key).__class__.__module__.startswith("perpedu") or getattr(
        getattr(module, key), "__module__", "") == module.__name__]
    return "\n\n".join([f"### pp.{name}", _docstring(module),
                        ", ".join(f"`{key}`" for key in listed), *_functions(name, module)])


def _functions(name: str, module: ModuleType) -> Iterator[str]:
    """The functions of a module of the market's room, with their own words."""
    if not module.__name__.startswith("perpedu.market"):
        return
    for key in getattr(module, "__all__", ()):
        if inspect.isfunction(inspect.unwrap(item := getattr(module, key))):
            yield f"**`pp.{name}.{key}{_signature(item)}`**\n\n{_docstring(item)}"


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


INSERTS = {"explorer": lambda: _raw(explorer()), "calculator": calculator, "map": chapter_map, "citation": citation,
           "notation": notation, "formulas": formulas, "audit": audit.audit, "verdicts": audit.counts, "count": count,
           "venuecount": lambda: str(len(venues.all_venues())), "differences": venues.differences,
           "rulebooks": venues.rulebooks, "questions": questions.questions, "reference": reference,
           "licences": licences.table, "report": report, "lite": lite,
           "visits": lambda: _noted("audit"), "speed": lambda: _noted("speed"),
           "review": lambda: _raw(page_html("review")),
           "progress": lambda: _raw(page_html("progress")),
           "weeks": teaching.weeks, "day": teaching.day, "objectives": teaching.objectives}
