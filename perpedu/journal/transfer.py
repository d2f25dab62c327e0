"""The journal as CSV and back, without a difference: a row a trade, its events as JSON in a cell."""

from __future__ import annotations

import csv
import io
import json
import os
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..market.reading import text_of
from ..theory.exact import refuse
from .fields import FIELDS, NAMES, read
from .journal import event, planned
from .ledger import table_from
from .trade import Event, Trade

if TYPE_CHECKING:
    from .journal import Journal

COLUMNS = (*NAMES, "events")
NEEDED = tuple(field.name for field in FIELDS if field.needed and field.when == "plan")


def export(journal: "Journal", path: str | PathLike) -> int:
    """Write all trades to a file, which is whole or as it was before; how many."""
    trades = journal.trades()
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([*(trade.fields[name] or "" for name in NAMES), _events_text(trade)]
                     for trade in trades)
    aside = Path(path).with_name(f"{Path(path).name}.new-{os.getpid()}")
    try:
        aside.write_bytes(text.getvalue().encode("utf-8"))
        os.replace(aside, path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise ValueError(f"{path}: this cannot be written: {error.strerror}") from None
    return len(trades)


def _events_text(trade: Trade) -> str:
    rows = [list(item[1:]) for item in trade.events]
    return json.dumps(rows, ensure_ascii=False) if rows else ""


def load(journal: "Journal", path: str | PathLike) -> int:
    """Take in all trades of a file, or none.  ValueError names file, row and field."""
    place = Path(path)
    trades = read_csv(place)
    try:
        return journal.write(trades)
    except ValueError as error:
        raise ValueError(f"{place.name}: {error}; nothing was taken in") from None


def read_csv(place: Path) -> list[Trade]:
    """The trades of a file, every field of every row checked."""
    lines = _lines(place)
    header = lines[0] if lines else []
    _check_header(place.name, header)
    trades = []
    for count, values in enumerate(lines[1:], 1):
        where = f"{place.name}, row {count}"
        if len(values) != len(header):
            raise ValueError(f"{where}: it has {len(values)} values: expected {len(header)}")
        try:
            trades.append(_trade(dict(zip(header, values, strict=True))))
        except ValueError as error:
            raise ValueError(f"{where}, {error}") from None
    return trades


def _lines(place: Path) -> list[list[str]]:
    text = text_of(place, place.name)
    if text and not text.endswith("\n"):
        raise ValueError(f"{place.name}: its last line does not end: the file is torn")
    try:
        return [line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if line]
    except csv.Error as error:
        raise ValueError(f"{place.name}: this is not CSV: {error}") from None


def _check_header(name: str, header: list[str]) -> None:
    missing = [column for column in NEEDED if column not in header]
    if missing:
        raise ValueError(f"{name}: columns are missing: {', '.join(missing)}; a venue's own export "
                         "is read with the venue's name, by `take` or --venue")
    for column in header:
        if column not in COLUMNS or header.count(column) > 1:
            raise refuse(f"{name}, column", column, "each of these once: " + ", ".join(COLUMNS))


def _trade(cells: dict[str, str]) -> Trade:
    """A row as a trade; what was logged at entry stays, and is computed where it is not there."""
    found = {name: read(name, cells.get(name)) for name in NAMES}
    plan = {field.name: found[field.name] for field in FIELDS if field.when == "plan"}
    made = planned({name: value for name, value in plan.items() if value is not None})
    if found["definitions"] is not None:
        logged = {field.name: found[field.name] for field in FIELDS if field.when == "logged"}
        if logged["tier_rows"] is not None:
            table_from(logged["tier_rows"])
        made |= logged
    exit = {field.name: found[field.name] for field in FIELDS if field.when == "exit"}
    _check_exit(made, exit)
    return Trade(made | exit, _events(cells.get("events", "")))


def _check_exit(made: dict[str, Any], exit: dict[str, Any]) -> None:
    if (exit["closed"] is None) != (exit["exit"] is None):
        raise refuse("closed, exit", (exit["closed"], exit["exit"]), "both or neither")
    if exit["closed"] is None and any(value is not None for value in exit.values()):
        raise refuse("closed", None, "the time at which it was closed, for it has an end")
    if exit["closed"] is not None and exit["closed"] < made["opened"]:
        raise refuse("closed", exit["closed"], f"a time not before {made['opened']}")


def _events(text: str) -> tuple[Event, ...]:
    if not text:
        return ()
    try:
        rows = json.loads(text)
        return tuple(Event(count, *event(kind, amount, time, said))
                     for count, (time, kind, amount, said) in enumerate(rows, 1))
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"events: expected [[time, kind, amount, text], …]: {error}") from None
