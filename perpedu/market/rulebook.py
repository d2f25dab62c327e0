"""A venue's rulebook: one YAML file of rules, each with its source, read and checked.

Everything in the file is text.  A rule that nobody found has the value "not found".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date as Date
from difflib import get_close_matches
from functools import lru_cache
from itertools import pairwise
from typing import Any

from ..theory.exact import fraction_of_one, refuse
from .tables import folder_of

NOT_FOUND = "not found"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PARTS = ("title", "sources", "rules", "symbols", "example")
WORDS = {
    "basis": ("mark", "entry"),
    "trigger": ("<=", "<"),
    "close_fee": ("in", "out"),
    "ratio": ("MM/equity", "equity/MM"),
    "scheme": ("marginal", "flat", "linear", "half_leverage", "open_interest", "steps",
               "clearing"),
    "rounding": ("up_long",),
    "tables": ("notional", "contracts", "size", "leverage", "liquidity tier", "risk steps"),
}
RATES = ("close_fee_rate", "liquidation_fee")
KEYS = (*WORDS, *RATES, "deduction", "partial_liquidation", "steps", "insurance_fund", "adl",
        "labels")
_NOT_TEXT = {"steps": list, "labels": dict}


@dataclass(frozen=True)
class Rule:
    """One rule of a venue: its value, where it is written, and what to know about it.

    until: the day from which it no longer holds; None where it still does.
    """

    value: Any
    source: str | None
    note: str | None = None
    until: Date | None = None


@dataclass(frozen=True)
class Rulebook:
    """What a venue's file says: see `read`."""

    file: str
    title: str
    sources: dict[str, str]
    rules: dict[str, tuple[Rule, ...]]
    symbols: dict[str, dict] = field(default_factory=dict)
    example: dict[str, Any] = field(default_factory=dict)

    def wrong(self, key: str, value: Any, expected: str) -> ValueError:
        """A complaint about this file."""
        return refuse(f"{self.file}, {key}", value, expected)


def day(name: str, value: Any) -> Date:
    """A day: a date, or text as 2025-05-22.

    >>> day("date", "2025-05-22")
    datetime.date(2025, 5, 22)
    """
    if type(value) is Date:
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return Date.fromisoformat(value)
        except ValueError:  # 2025-02-30
            pass
    raise refuse(name, value, "a date, or text such as '2025-05-22'")


def names(folder: Any = None) -> list[str]:
    """The venues that have a rulebook in the folder."""
    return sorted(file.name[:-5] for file in folder_of(folder).iterdir()
                  if file.name.endswith(".yaml"))


def read(name: str, folder: Any = None) -> Rulebook:
    """The rulebook of a venue.  ValueError names file and key where it breaks the rules."""
    if name not in names(folder):
        raise refuse("name", name, "one of " + ", ".join(names(folder)))
    return _shipped(name) if folder is None else _read(name, folder)


@lru_cache(maxsize=None)
def _shipped(name: str) -> Rulebook:
    return _read(name, None)


def _read(name: str, folder: Any) -> Rulebook:
    file = f"{name}.yaml"
    content = _content(folder_of(folder).joinpath(file).read_text(encoding="utf-8"), file)
    _known(file, content, PARTS, PARTS[:3] + PARTS[4:])
    sources, rules = _named(file, "sources", content), _named(file, "rules", content)
    _known(file, rules, KEYS, KEYS)
    made = {key: _rules(f"{file}, {key}", key, rules[key], sources) for key in rules}
    symbols = _named(file, "symbols", content)
    for symbol, given in symbols.items():
        _source(f"{file}, {symbol}", given, sources)
    return Rulebook(file, content["title"], sources, made, symbols,
                    _example(file, content["example"], sources))


def _content(text: str, file: str) -> dict:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        content = YAML(typ="base", pure=True).load(text)
    except YAMLError as error:
        raise ValueError(f"{file}: this is not YAML: {error}") from None
    if not isinstance(content, dict):
        raise refuse(file, content, "named parts: " + ", ".join(PARTS))
    return content


def _named(file: str, part: str, content: dict) -> dict:
    given = content.get(part, {})
    if not isinstance(given, dict):
        raise refuse(f"{file}, {part}", given, "named fields")
    return given


def _known(where: str, given: Any, known: tuple[str, ...], required: tuple[str, ...]) -> None:
    if not isinstance(given, dict):
        raise refuse(where, given, "named fields: " + ", ".join(known))
    for key in given:
        if key not in known:
            close = get_close_matches(str(key), known, n=1)
            hint = f"{close[0]!r}" if close else "one of " + ", ".join(known)
            raise ValueError(f"{where}, {key}: this key is not known: expected {hint}")
    for key in required:
        if not given.get(key):
            raise ValueError(f"{where}, {key}: expected it to be there, and not empty")


def _rules(where: str, key: str, given: Any, sources: dict) -> tuple[Rule, ...]:
    """The rule in force first, then those before it, the latest first."""
    _known(where, given, ("value", "source", "note", "earlier"), ("value",))
    earlier = given.get("earlier", [])
    rules = [_rule(where, key, given, sources)]
    for one in earlier:
        _known(where, one, ("value", "source", "note", "until"), ("value", "until"))
        rules.append(_rule(where, key, one, sources))
    for later, before in pairwise(rules[1:]):
        if before.until >= later.until:
            raise refuse(f"{where}, until", str(before.until), f"a day before {later.until}")
    return tuple(rules)


def _rule(where: str, key: str, given: dict, sources: dict) -> Rule:
    until = given.get("until")
    return Rule(_value(where, key, given["value"]), _source(where, given, sources),
                given.get("note"), None if until is None else day(f"{where}, until", until))


def _value(where: str, key: str, value: Any) -> Any:
    if value == NOT_FOUND:
        return value
    if key in WORDS and value not in WORDS[key]:
        raise refuse(where, value, "one of " + ", ".join((*WORDS[key], NOT_FOUND)))
    if not isinstance(value, _NOT_TEXT.get(key, str)):
        kind = {list: "a list", dict: "named texts"}.get(_NOT_TEXT.get(key), "one text")
        raise refuse(where, value, f"{kind}, or {NOT_FOUND}")
    return fraction_of_one(where, value) if key in RATES else value


def _source(where: str, given: Any, sources: dict) -> str | None:
    """The full citation; only what was not found needs none."""
    if not isinstance(given, dict):
        raise refuse(where, given, "named fields, source among them")
    name = given.get("source")
    if name is None and given.get("value") == NOT_FOUND:
        return None
    if name not in sources:
        raise refuse(f"{where}, source", name, "one of " + ", ".join(sources))
    return sources[name]


def _example(file: str, given: Any, sources: dict) -> dict[str, Any]:
    where = f"{file}, example"
    known = ("text", "source", "searched", "call", "formula", "given", "value", "places")
    _known(where, given, known, ("text",))
    if "value" not in given and not given.get("searched"):
        raise ValueError(f"{where}, searched: expected where an example was looked for")
    if "value" in given:
        _known(where, given, known, ("source", "given", "places"))
        _named(where, "given", given)
        return given | {"source": _source(where, given, sources)}
    return dict(given)
