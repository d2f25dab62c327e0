"""The dated tier tables that ship as files, one JSON file a table: found, read and checked.

A file holds venue, symbol, as_of, source, currency, scheme and rows (floor, cap, rate,
max_leverage, deduction), every number as text.  A leverage cap that the source does not give, and
the cap of a last row that has none, are null.
"""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from importlib.resources import files
from itertools import pairwise
from os import PathLike
from pathlib import Path
from typing import Any

from ..theory.exact import not_negative, refuse
from .reading import as_text, json_of, text_of

FIELDS = ("venue", "symbol", "as_of", "source", "currency", "scheme", "columns", "rows")
COLUMNS = ["floor", "cap", "rate", "max_leverage", "deduction"]


def folder_of(folder: Any = None):
    """The folder of the venues: the given one, or the one that ships with the package."""
    if folder is None:
        return files("perpedu.market").joinpath("venues")
    if not isinstance(folder, (str, PathLike)) or not Path(folder).is_dir():
        raise refuse("folder", folder, "a folder that is there")
    return Path(folder)


def names(folder: Any = None) -> list[str]:
    """The tables in a folder, as venue/symbol/date."""
    return list(_shipped_names()) if folder is None else _names(folder)


@cache
def _shipped_names() -> tuple[str, ...]:
    return tuple(_names(None))


def _names(folder: Any) -> list[str]:
    return sorted(f"{venue.name}/{symbol.name}/{table.name[:-5]}"
                  for venue in _folders(folder_of(folder)) for symbol in _folders(venue)
                  for table in symbol.iterdir() if table.name.endswith(".json"))


def read(name: str, folder: Any = None) -> dict[str, Any]:
    """What a table's file says, its shape checked.

    >>> read("binance/BTCUSDT/2021-03")["rows"][1]
    ['50000', '250000', '0.005', '100', '50']

    ValueError names the file and what is wrong with it.
    """
    if name not in names(folder):
        raise refuse("name", name, "one of " + ", ".join(names(folder)))
    return deepcopy(_shipped(name)) if folder is None else _read(name, folder)


@cache
def _shipped(name: str) -> dict[str, Any]:
    return _read(name, None)


def _read(name: str, folder: Any) -> dict[str, Any]:
    file = name + ".json"
    content = json_of(text_of(folder_of(folder).joinpath(file), file), file)
    _check_fields(name, content)
    _check_edges(name, content["rows"])
    return content


def _folders(place):
    return (child for child in place.iterdir() if child.is_dir())


def _check_fields(name: str, content: Any) -> None:
    for field in FIELDS:
        if not isinstance(content, dict) or not content.get(field):
            raise ValueError(f"{name}.json, {field}: expected it to be there, and not empty")
    for field in content:
        if field not in FIELDS:
            raise ValueError(f"{name}.json, {field}: this key is not known: expected one of "
                             + ", ".join(FIELDS))
    for field in FIELDS[:-2]:
        as_text(f"{name}.json, {field}", content[field])
    _check_rows(name, content)


def _check_rows(name: str, content: dict[str, Any]) -> None:
    if content["columns"] != COLUMNS:
        raise refuse(f"{name}.json, columns", content["columns"], ", ".join(COLUMNS))
    if not isinstance(content["rows"], list):
        raise refuse(f"{name}.json, rows", content["rows"], "a list of rows")
    for i, row in enumerate(content["rows"], 1):
        if not isinstance(row, list) or len(row) != len(COLUMNS):
            raise refuse(f"{name}.json, row {i}", row, ", ".join(COLUMNS))


def _check_edges(name: str, rows: list[list]) -> None:
    """Each row begins where the one before it ends: no gap, no overlap."""
    for i, (below, row) in enumerate(pairwise(rows), 2):
        where = f"{name}.json, floor of row {i}"
        if below[1] is None or not_negative(where, row[0]) != not_negative(where, below[1]):
            raise refuse(where, row[0], f"{below[1]}, where row {i - 1} ends")
