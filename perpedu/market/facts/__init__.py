"""Facts derived from raw market files, which are not part of the book: one JSON file a subject.

A file says what it was derived from (source, period, SHA-256 of the raw file), by which script,
and carries the SHA-256 of its own facts, so that a changed number is noticed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from hashlib import sha256
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ...theory.exact import rational, refuse

if TYPE_CHECKING:
    from ..ranges import CandleFacts


@dataclass(frozen=True)
class Facts:
    """Where facts come from: the market, the publisher, the raw file, its SHA-256, the script."""

    instrument: str
    source: str
    file: str
    sha256: str
    script: str


def read(name: str, folder: Any = None) -> dict[str, Any]:
    """What a file of facts says, once its facts have been checked against their hash.

    >>> read("funding")["facts"]["all"]["prints"]
    7028

    Raises ValueError for a name that is not there, and for facts that were changed.
    """
    place = files(__package__) if folder is None else folder
    names = sorted(path.name[:-5] for path in place.iterdir() if path.name.endswith(".json"))
    if name not in names:
        raise refuse("name", name, "one of " + ", ".join(names))
    content = json.loads(place.joinpath(name + ".json").read_text(encoding="utf-8"))
    if fingerprint(content["facts"]) != content["facts_sha256"]:
        raise ValueError(f"{name}.json: its facts are not those that were derived; derive them "
                         "again: make facts RAW=folder")
    return content


def candles() -> "CandleFacts":
    """The facts of daily spot candles: see perpedu.market.ranges.candles.

    >>> candles().last
    '2025-08-25'
    """
    from .. import ranges

    return ranges.candles()


def about(content: dict[str, Any]) -> dict[str, str]:
    """What a file of facts says of its origin: the attributes of `Facts`."""
    return {field.name: content[field.name] for field in fields(Facts)}


def numbers(part: dict[str, Any]) -> Mapping[str, Any]:
    """Decimals in text as exact numbers; a date, and everything else, as it is."""
    return MappingProxyType({name: rational(name, value) if isinstance(value, str) and name != "date"
                             else value for name, value in part.items()})


def fingerprint(facts: Any) -> str:
    """The SHA-256 of facts, whatever the order of their names."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode("utf-8")).hexdigest()


def text_of(content: Any) -> str:
    """A file of facts as text, the same each time."""
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
