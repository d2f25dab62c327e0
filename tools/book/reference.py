"""Appendix F: every public name of the package, from its signature and its own words."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import perpedu as pp

#: Modules whose names have a page of their own, and what stands there.
ELSEWHERE = {"formulas": "[](formulas) shows each with its conventions",
             "symbols": "[](notation) has each with its unit and its meaning"}
CHAPTER = re.compile(r"chapter(\d+)$")


def reference() -> str:
    """Every public name with its signature and its own words."""
    modules = [name for name in pp.__all__ if isinstance(getattr(pp, name), ModuleType)]
    names = [name for name in pp.__all__ if name not in modules]
    drawn = sorted(filter(CHAPTER.match, modules), key=lambda name: int(CHAPTER.match(name)[1]))
    others = [name for name in modules if name not in drawn]
    return "\n\n".join([*map(_entry, names), "## Modules", *map(_module, others),
                        "## What the chapters show", *map(_shown, drawn)])


def public(name: str) -> dict[str, Any]:
    """The public names of a module: those that it lists, else those that it makes."""
    module = getattr(pp, name)
    listed = getattr(module, "__all__", None)
    if listed is None:
        listed = [key for key, value in vars(module).items() if not key.startswith("_") and (
            getattr(inspect.unwrap(value) if callable(value) else value, "__module__", "")
            == module.__name__ or isinstance(value, pp.symbols.Quantity))]
    return {key: getattr(module, key) for key in listed}


def _entry(name: str) -> str:
    item = getattr(pp, name)
    return "\n\n".join([f"## {name}", f"```python\npp.{name}{signature(item)}\n```",
                        docstring(item), *_inside(item)])


def _module(name: str) -> str:
    module, names = getattr(pp, name), public(name)
    parts = [f"### pp.{name}", docstring(module)]
    if name in ELSEWHERE:
        listed = ", ".join(f"`{key}`" for key in names)
        return "\n\n".join([*parts, f"{len(names)} names; {ELSEWHERE[name]}: {listed}."])
    return "\n\n".join([*parts, *(_named(f"pp.{name}.{key}", item)
                                  for key, item in names.items())])


def _named(name: str, item: Any) -> str:
    """A name of a module: what is called with its words, a constant with its value."""
    if not callable(item):
        return f"**`{name}`**\n\n{_constant(item)}"
    return "\n\n".join([f"**`{name}{signature(item)}`**", docstring(item), *_inside(item)])


def _constant(item: Any) -> str:
    text = repr(item)
    return f"`{text}`" if len(text) < 200 and "`" not in text else (
        f"A {type(item).__name__} of {len(item)}." if hasattr(item, "__len__") else "A constant.")


def _shown(name: str) -> str:
    """What a chapter's module draws and tabulates, a line each."""
    lines = [f"- `pp.{name}.{key}{signature(item)}`: {first_sentence(item)}"
             for key, item in public(name).items() if callable(item)]
    return "\n\n".join([f"### pp.{name}", docstring(getattr(pp, name)), "\n".join(lines)])


def first_sentence(item: Any) -> str:
    """The first sentence of a docstring."""
    text = " ".join((inspect.getdoc(item) or "").split("\n\n")[0].split())
    return _words(re.split(r"(?<=[.!?]) ", text)[0])


def _inside(item: Any) -> list[str]:
    if not inspect.isclass(item):
        return []
    return [f"**`.{member}{signature(value)}`**\n\n{docstring(value)}"
            for member, value in members(item)]


def members(item: type) -> Iterator[tuple[str, Any]]:
    """The public methods and properties that say something about themselves."""
    for name, value in vars(item).items():
        plain = value.__func__ if isinstance(value, (classmethod, staticmethod)) else value
        plain = getattr(plain, "func", plain)  # a cached property
        if not name.startswith("_") and (inspect.isfunction(plain) or isinstance(plain, property)):
            if inspect.getdoc(plain):
                yield name, property(plain) if _cached(value) else plain


def _cached(value: Any) -> bool:
    return type(value).__name__ == "cached_property"


def signature(item: Any) -> str:
    """The arguments, without their types; nothing where there are none to give."""
    if isinstance(item, property):
        return ""
    try:
        found = inspect.signature(item)
    except (TypeError, ValueError):
        return ""
    plain = [parameter.replace(annotation=parameter.empty)
             for parameter in found.parameters.values() if parameter.name not in ("self", "cls")]
    return str(found.replace(parameters=plain, return_annotation=found.empty))


def docstring(item: Any) -> str:
    """A docstring as Markdown: words, and what stands at a prompt as code."""
    paragraphs = re.split(r"\n\s*\n", inspect.getdoc(item) or "")
    return "\n\n".join(
        f"```python\n{part}\n```" if part.lstrip().startswith(">>>") else _words(part)
        for part in paragraphs)


def _words(paragraph: str) -> str:
    return "".join(piece if piece.startswith("`") else safe(piece)
                   for piece in re.split(r"(`[^`]+`)", paragraph))


def safe(text: str) -> str:
    """Words in which no character is Markdown's."""
    return re.sub(r"([\\*_<$`{}|\[\]])", r"\\\1", text)
