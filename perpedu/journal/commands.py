"""`python -m perpedu journal WORD FILE …`: the journal from the command line.

    python -m perpedu journal add mine.journal first side=long size=0.1 entry=60000 leverage=10 \\
        opened=2026-03-01T08:00Z tiers=binance/BTCUSDT/2026-09 adr=0.0515
    python -m perpedu journal note mine.journal first funding 0.6 time=2026-03-01T16:00Z
    python -m perpedu journal close mine.journal first exit=61000 closed=2026-03-01T20:00Z fees=6
    python -m perpedu journal show mine.journal first
    python -m perpedu journal review mine.journal --period week --until 2026-03-07 --html week.html
    python -m perpedu journal export mine.journal trades.csv
    python -m perpedu journal import mine.journal trades.csv
    python -m perpedu journal import mine.journal fills.csv income.csv --venue binance
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..command_line import run
from ..theory.exact import refuse
from .exchange import venues
from .fields import FIELDS
from .journal import Journal
from .review import GROUPS, PARTS, PERIODS
from .trade import KINDS, Trade


def main(words: list[str] | None = None) -> int:
    """Do what the words say; 1, and what to change, where that cannot be done."""
    return run(parser(), words)


def parser() -> argparse.ArgumentParser:
    """The words that are understood."""
    top = argparse.ArgumentParser(
        prog="python -m perpedu journal", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="A trading journal in one file.\n\n" + __doc__.split("\n\n", 1)[1],
        epilog="-h after `add` or `close` says the fields")
    tasks = top.add_subparsers(metavar="add|note|close|show|review|export|import", required=True)
    one = _named(_task(tasks, "add", add, "write a trade's plan", "plan"), "the new trade's name")
    _fields(one)
    one = _named(_task(tasks, "note", note, "write what happened to an open trade"), "the trade")
    one.add_argument("kind", choices=KINDS)
    one.add_argument("amount", nargs="?", help="what was paid or put in, or the new stop; none with `note`")
    _fields(one, "time=… (needed) and text=…")
    _fields(_named(_task(tasks, "close", close, "write how a trade ended", "exit"), "the trade"),
            "field=value, such as exit=61000")
    _named(_task(tasks, "show", show, "show a trade, or all"), "the trade", "?")
    _review(_task(tasks, "review", review, "the report on a week, a quarter or everything"))
    one = _task(tasks, "export", export, "write all trades to a CSV file")
    one.add_argument("csv", metavar="CSV")
    _taking(_task(tasks, "import", take, "take in a CSV file, all of it or nothing"))
    return top


def _task(tasks: Any, name: str, do: Any, words: str, when: str | None = None) -> Any:
    """A word; `when` says which fields its help lists."""
    rows = [f"  {field.name:<20} {field.meaning}" + (" (needed)" if field.needed else "")
            for field in FIELDS if field.when == when and field.name != "id"]
    one = tasks.add_parser(name, help=words, description=words,
                           formatter_class=argparse.RawDescriptionHelpFormatter,
                           epilog="\n".join(["fields:", *rows]) if rows else None)
    one.set_defaults(do=do)
    one.add_argument("journal", metavar="FILE", help="the journal; `add` and `import` make one")
    return one


def _named(one: Any, words: str, count: str | None = None) -> Any:
    one.add_argument("id", metavar="TRADE", help=words, nargs=count)
    return one


def _fields(one: Any, words: str = "field=value, such as side=long") -> Any:
    one.add_argument("fields", metavar="NAME=VALUE", nargs="*", help=words)
    return one


def _review(one: Any) -> None:
    one.add_argument("--period", choices=PERIODS, default="week")
    one.add_argument("--until", default=None, help="its last day; today if not given")
    one.add_argument("--by", choices=GROUPS, default="regime")
    one.add_argument("--html", metavar="FILE", help="write it as a page, too")


def _taking(one: Any) -> None:
    one.add_argument("csv", metavar="CSV", nargs="+", help="one that `export` wrote, or a venue's own")
    one.add_argument("--venue", choices=venues(), help="whose export it is; else the journal's own")
    one.add_argument("--known", choices=("refuse", "skip"), default="refuse",
                     help="what to do with a venue's trades that are there already")


def _read(texts: list[str]) -> dict[str, str]:
    """field=value, each field once."""
    found: dict[str, str] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or name in found:
            raise refuse("NAME=VALUE", text, "a field, = and its value; each field once")
        found[name] = value
    return found


def _there(path: str) -> Journal:
    """A journal that must be there: a wrong name makes no new one."""
    if not Path(path).exists():
        raise ValueError(f"{path}: there is no journal; `add` and `import` make one")
    return Journal(path)


def add(given: argparse.Namespace) -> Iterator[str]:
    fields = _read(given.fields)
    with Journal(given.journal) as journal:
        trade = journal.add(given.id, **fields)
    yield str(trade)


def note(given: argparse.Namespace) -> Iterator[str]:
    if "=" in (given.amount or ""):  # no amount, but the first of the fields
        given.amount, given.fields = None, [given.amount, *given.fields]
    fields = _read(given.fields)
    with _there(given.journal) as journal:
        for name in fields:
            if name not in ("time", "text"):
                raise refuse(name, fields[name], "time=… or text=…")
        if "time" not in fields:
            raise ValueError("time: expected with every note, and not given")
        trade = journal.note(given.id, given.kind, given.amount, **fields)
    yield f"{trade.id}: {len(trade.events)} events"


def close(given: argparse.Namespace) -> Iterator[str]:
    fields = _read(given.fields)
    with _there(given.journal) as journal:
        trade = journal.close(given.id, **fields)
    yield _parts(trade)


def _parts(trade: Trade) -> str:
    return "; ".join(f"{part} {float(getattr(trade.result, part)):,.2f}" for part in PARTS)


def show(given: argparse.Namespace) -> Iterator[str]:
    with _there(given.journal) as journal:
        if given.id is not None:
            trade = journal[given.id]
            yield str(trade)
            yield from (" ".join(filter(None, item[1:])) for item in trade.events)
            if not trade.is_open:
                yield _parts(trade)
        else:
            yield repr(journal)
            yield from map(repr, journal)


def review(given: argparse.Namespace) -> Iterator[str]:
    until = given.until or datetime.now(UTC).date().isoformat()
    with _there(given.journal) as journal:
        found, trades = journal.review(given.period, until=until, by=given.by), len(list(journal))
    if given.html:
        Path(given.html).write_text(found.html(), encoding="utf-8")
    yield str(found)
    if trades and not any(total.trades for total in found.totals):
        yield f"{trades} trades in the journal, none closed in this time: see --period and --until."


def export(given: argparse.Namespace) -> Iterator[str]:
    with _there(given.journal) as journal:
        yield f"{journal.export(given.csv)} trades in {given.csv}"


def take(given: argparse.Namespace) -> Iterator[str]:
    if given.venue is None and len(given.csv) != 1:
        raise refuse("CSV", given.csv, "one file of the journal's own, or --venue")
    if given.venue is None and given.known == "skip":
        raise refuse("--known", "skip", "--venue with it: a file of the journal's own is taken in whole")
    with Journal(given.journal) as journal:
        if given.venue is not None:
            yield str(journal.take(given.csv, given.venue, known=given.known))
        else:
            yield f"{journal.load(given.csv[0])} trades taken in"
