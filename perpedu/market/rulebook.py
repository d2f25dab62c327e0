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

from ..theory.exact import fraction_of_one, rational, refuse
from .reading import as_text, text_of, yaml_of
from .tables import folder_of

NOT_FOUND = "not found"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PARTS = ("title", "sources", "rules", "symbols", "process", "example")
WORDS = {
    "basis": ("mark", "entry"),
    "trigger": ("<=", "<"),
    "close_fee": ("in", "out"),
    "ratio": ("MM/equity", "equity/MM"),
    "scheme": ("marginal", "flat", "linear", "half_leverage", "open_interest", "steps",
               "clearing"),
    "rounding": ("up_long",),
    "tables": ("notional", "contracts", "size", "leverage", "liquidity tier", "risk steps"),
    "adl_ranking": ("profit times leverage", "price ratio times leverage",
                    "return times margin ratio"),
}
RATES = ("close_fee_rate", "liquidation_fee")
KEYS = (*WORDS, *RATES, "deduction", "partial_liquidation", "steps", "insurance_fund", "adl",
        "labels")
#: A file need not have these; where it does not, the rule was not found.
OPTIONAL = ("adl_ranking",)
_REQUIRED = tuple(key for key in KEYS if key not in OPTIONAL)
_NOT_TEXT = {"steps": list, "labels": dict}
SYMBOL = ("currency", "source", "base_rate", "rate_slope", "initial_rate", "tiers",
          "maintenance_rate", "open_interest_lower", "open_interest_upper", "limit", "step",
          "steps", "rate_step")
#: What a liquidation does, in order, and the words of a rulebook's `process` beside it.
ACTS = ("cancel", "share", "tier", "restore", "market", "takeover")
_PROCESS = ("acts", "source", "note", "remainder", "tiers_down", "share", "share_above")
REMAINDERS = ("trader", "fund")
_TRADE = ("side", "size", "entry", "leverage", "collateral", "face", "symbol", "date", "tiers",
          "close_fee")
#: What an example may call, and what may be given to it.
CALLS = {"liquidation_price": _TRADE, "requirement": (*_TRADE, "mark"),
         "margin_ratio": (*_TRADE, "mark"), "shown_price": (*_TRADE, "tick")}


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
    process: dict[str, Any] = field(default_factory=dict)

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


def first_day(name: str, value: str) -> Date:
    """The first day of a year (2026), a month (2026-09) or a day as text.

    >>> first_day("as_of", "2026-09")
    datetime.date(2026, 9, 1)
    """
    if len(value) in (4, 7) and _DAY.fullmatch(whole := value + "-01-01"[len(value) - 4:]):
        try:
            return Date.fromisoformat(whole)
        except ValueError:  # 2026-13
            pass
    elif len(value) == 10:
        return day(name, value)
    raise refuse(name, value, "a year, a month or a day: 2026, 2026-09 or 2026-09-01")


def names(folder: Any = None) -> list[str]:
    """The venues that have a rulebook in the folder."""
    return sorted(file.name[:-5] for file in folder_of(folder).iterdir()
                  if file.name.endswith(".yaml") and not file.name.startswith("."))


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
    content = yaml_of(text_of(folder_of(folder).joinpath(file), file), file)
    _known(file, content, PARTS, (*PARTS[:3], PARTS[-1]))
    sources, rules = _named(file, "sources", content), _named(file, "rules", content)
    _texts(f"{file}, sources", sources)
    _known(file, rules, KEYS, _REQUIRED)
    missing = {key: {"value": NOT_FOUND} for key in OPTIONAL}
    made = {key: _rules(f"{file}, {key}", key, given, sources)
            for key, given in (missing | rules).items()}
    return Rulebook(file, as_text(f"{file}, title", content["title"]), sources, made,
                    _symbols(file, _named(file, "symbols", content), sources),
                    _example(file, content["example"], sources),
                    _process(f"{file}, process", _named(file, "process", content), sources))


def _symbols(file: str, symbols: dict, sources: dict) -> dict[str, dict]:
    for symbol, given in symbols.items():
        _source(f"{file}, {symbol}", given, sources)
        _known(f"{file}, {symbol}", given, SYMBOL, ())
    return symbols


def _process(where: str, given: dict, sources: dict) -> dict[str, Any]:
    """What a liquidation does, in the words that the engine knows; empty where it is not given."""
    if not given:
        return {}
    _known(where, given, _PROCESS, ("acts", "source"))
    if not isinstance(given["acts"], list) or any(act not in ACTS for act in given["acts"]):
        raise refuse(f"{where}, acts", given["acts"], "a list of " + ", ".join(ACTS))
    if given.get("remainder", NOT_FOUND) not in (*REMAINDERS, NOT_FOUND):
        raise refuse(f"{where}, remainder", given["remainder"], "one of " + ", ".join(
            (*REMAINDERS, NOT_FOUND)))
    return given | {"source": _source(where, given, sources)}


def _named(file: str, part: str, content: dict) -> dict:
    given = content.get(part, {})
    if not isinstance(given, dict):
        raise refuse(f"{file}, {part}", given, "named fields")
    return given


def _texts(where: str, given: dict) -> None:
    for name, text in given.items():
        as_text(f"{where}, {name}", text)


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
    until, note = given.get("until"), given.get("note")
    if note is not None:
        as_text(f"{where}, note", note)
    return Rule(_value(where, key, given["value"]), _source(where, given, sources),
                note, None if until is None else day(f"{where}, until", until))


def _value(where: str, key: str, value: Any) -> Any:
    if value == NOT_FOUND:
        return value
    if key in WORDS and value not in WORDS[key]:
        raise refuse(where, value, "one of " + ", ".join((*WORDS[key], NOT_FOUND)))
    if not isinstance(value, _NOT_TEXT.get(key, str)):
        kind = {list: "a list", dict: "named texts"}.get(_NOT_TEXT.get(key), "one text")
        raise refuse(where, value, f"{kind}, or {NOT_FOUND}")
    if key in _NOT_TEXT:
        _texts(where, value if key == "labels" else dict(enumerate(value, 1)))
    return fraction_of_one(where, value) if key in RATES else value


def _source(where: str, given: Any, sources: dict) -> str | None:
    """The full citation; only what was not found needs none."""
    if not isinstance(given, dict):
        raise refuse(where, given, "named fields, source among them")
    name = given.get("source")
    if name is None and given.get("value") == NOT_FOUND:
        return None
    if not isinstance(name, str) or name not in sources:
        raise refuse(f"{where}, source", name, "one of " + ", ".join(sources))
    return sources[name]


def _example(file: str, given: Any, sources: dict) -> dict[str, Any]:
    where = f"{file}, example"
    known = ("text", "source", "searched", "call", "formula", "given", "value", "places")
    _known(where, given, known, ("text",))
    if "value" not in given:
        if not given.get("searched"):
            raise ValueError(f"{where}, searched: expected where an example was looked for")
        return dict(given)
    _known(where, given, known, ("source", "given", "places"))
    _check_call(where, given, _named(where, "given", given))
    rational(f"{where}, value", given["value"])
    if not re.fullmatch("[0-9]{1,2}", as_text(f"{where}, places", given["places"])):
        raise refuse(f"{where}, places", given["places"], "the number of decimals")
    return given | {"source": _source(where, given, sources)}


def _check_call(where: str, example: dict, given: dict) -> None:
    """An example names a formula, or a method with what the method takes."""
    if "formula" in example:
        as_text(f"{where}, formula", example["formula"])
        return
    if not isinstance(call := example.get("call"), str) or call not in CALLS:
        raise refuse(f"{where}, call", call, "one of " + ", ".join(CALLS) + ", or a formula")
    _known(f"{where}, given", given, CALLS[call], _TRADE[:3])
