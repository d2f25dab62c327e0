"""An exchange's own export: its columns found by a map, its rows read as fills and as funding."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..market import timestamps
from ..market.reading import text_of, yaml_of
from ..theory.exact import mapping, one_of, refuse
from .fields import number
from .fills import Fill, Funding, join

if TYPE_CHECKING:
    from .journal import Journal
    from .trade import Trade

SIGNS = ("paid", "received")
_BUYS, _SELLS = ("buy", "b", "bid", "long"), ("sell", "s", "ask", "short")


class Format(NamedTuple):
    """A file of a venue: where its columns stand, and how its signs are meant."""

    name: str
    source: str
    columns: dict[str, str]
    needed: tuple[str, ...]
    fills: tuple[str, ...] | None = None
    funding: tuple[str, ...] = ()
    fee_sign: str = "paid"
    funding_sign: str = "received"
    contracts: bool = False
    note: str = ""


@dataclass
class Taken:
    """What was read of an export: whole trades, and what was left and why."""

    trades: "list[Trade]" = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    fills: int = 0
    fundings: int = 0

    def __str__(self) -> str:
        return "\n".join([f"trades: {len(self.trades)}, from {self.fills} fills and {self.fundings} of "
                          "funding", *self.left])

    __repr__ = __str__


def venues() -> list[str]:
    """The venues whose export can be read: a file each in perpedu/journal/venues.

    >>> venues()
    ['binance', 'bybit', 'ccxt', 'okx']
    """
    return sorted(item.name[:-5] for item in _folder().iterdir() if item.name.endswith(".yaml"))


def _folder():
    return files("perpedu.journal").joinpath("venues")


@cache
def _map(venue: str) -> tuple[tuple[str, ...], tuple[Format, ...]]:
    """The settlement coins and the formats of a venue."""
    one_of("venue", venue, tuple(venues()))
    file = f"{venue}.yaml"
    content = yaml_of(text_of(_folder().joinpath(file), file), file)
    return tuple(content["settles"]), tuple(_format(part) for part in content["formats"])


def _format(part: dict[str, Any]) -> Format:
    kinds = {name: tuple(part[name]) for name in ("fills", "funding", "needed") if name in part}
    plain = {name: part[name] for name in ("fee_sign", "funding_sign", "note") if name in part}
    return Format(name=part["name"], source=part["source"], columns=part["columns"],
                  contracts=part.get("contracts") == "yes", **kinds, **plain)


def read_export(paths: Any, venue: str, *, fee_sign: str | None = None,
                funding_sign: str | None = None, multipliers: Mapping[str, Any] | None = None,
                faces: Mapping[str, Any] | None = None) -> Taken:
    """The whole trades in one or more files that a venue exported.

    paths: a CSV file, or several that belong together (trades and funding, or month by month);
    rows with the same id count once.  venue: one of `venues()`.  fee_sign, funding_sign: "paid" or
    "received", what an amount above 0 means, where your file differs from the venue's map.
    multipliers: coins in one contract, by symbol.  faces: face values of inverse contracts.

    A trade begins when a position leaves 0 and ends when it is back there; a fill that goes through
    0 ends one and begins the next.  What is still open at the end is left, and said.  A fee in
    another coin than the settlement's is kept apart.  ValueError, naming file and row, for columns
    that are missing, for what cannot be read, and for a file that begins inside a position.
    """
    given = dict(fee_sign=fee_sign, funding_sign=funding_sign, multipliers=_numbers(
        "multipliers", multipliers), faces=_numbers("faces", faces))
    for name in ("fee_sign", "funding_sign"):
        if given[name] is not None:
            one_of(name, given[name], SIGNS)
    several = [paths] if isinstance(paths, (str, PathLike)) else list(paths)
    settles, formats = _map(venue)
    rows = [row for path in several for row in _rows(Path(path), formats, settles, given)]
    return join(_once(rows), venue, given["faces"])


def _numbers(name: str, given: Any) -> dict[str, Fraction]:
    found = mapping(name, given or {}, "numbers by symbol")
    return {symbol: number(f"{name} of {symbol}", value) for symbol, value in found.items()}


def take(journal: "Journal", paths: Any, venue: str, *, known: str = "refuse", **rest: Any) -> Taken:
    """Read an export and write its trades into a journal: all of them, or none.

    known: "refuse" a trade that is there already, or "skip" it; rest: see `read_export`.
    """
    one_of("known", known, ("refuse", "skip"))
    found = read_export(paths, venue, **rest)
    there = {trade.id for trade in journal}
    old = [trade for trade in found.trades if trade.id in there]
    if known == "refuse" and old:
        raise refuse("id", old[0].id, "a name that the journal does not have yet; known='skip', or "
                     "--known skip, leaves such trades as they are")
    if known == "skip":
        found.trades = [trade for trade in found.trades if trade.id not in there]
        found.left += [f"{len(old)} trades were in the journal already"] if old else []
    journal.write(found.trades)
    return found


def _rows(path: Path, formats: tuple[Format, ...], settles: tuple[str, ...],
          given: dict[str, Any]) -> "Iterator[Fill | Funding]":
    lines = _csv(path)
    header = [name.strip() for name in next(lines, [])]
    form = _found(path, header, formats)
    places = {name: header.index(column) for name, column in form.columns.items()
              if column in header}
    for count, values in enumerate(lines, 1):
        where = f"{path.name}, row {count}"
        if len(values) != len(header):
            raise ValueError(f"{where}: it has {len(values)} values: expected {len(header)}")
        cells = {name: values[place].strip() for name, place in places.items()}
        row = _row(where, cells, form, settles, given)
        if row is not None:
            yield row


def _csv(path: Path) -> Iterator[list[str]]:
    text = text_of(path, path.name)
    try:
        yield from (line for line in csv.reader(text.splitlines(), strict=True) if line)
    except csv.Error as error:
        raise ValueError(f"{path.name}: this is not CSV: {error}") from None


def _found(path: Path, header: list[str], formats: tuple[Format, ...]) -> Format:
    """The first format all of whose needed columns are there."""
    missing = {form.name: [form.columns[name] for name in form.needed
                           if header.count(form.columns[name]) != 1] for form in formats}
    for form in formats:
        if not missing[form.name]:
            return form
    said = "; ".join(f"{name}: {', '.join(columns)}" for name, columns in missing.items())
    raise ValueError(f"{path.name}: columns are missing, or there twice ({said})")


def _row(where: str, cells: dict[str, str], form: Format, settles: tuple[str, ...],
         given: dict[str, Any]) -> "Fill | Funding | None":
    kind = cells.get("kind")
    if kind in form.funding:
        return _funding(where, cells, form, settles, given)
    if form.fills is not None and kind not in form.fills:
        return None
    return _fill(where, cells, form, settles, given)


def _funding(where: str, cells: dict[str, str], form: Format, settles: tuple[str, ...],
             given: dict[str, Any]) -> Funding:
    amount = number(f"{where}, {form.columns['amount']}", cells["amount"])
    if (given["funding_sign"] or form.funding_sign) == "received":
        amount = -amount
    coin = cells.get("fee_coin") or _settlement(cells["symbol"], settles, given)
    return Funding(where, cells.get("id", ""), _time(where, cells, form), cells["symbol"], amount, coin)


def _fill(where: str, cells: dict[str, str], form: Format, settles: tuple[str, ...],
          given: dict[str, Any]) -> Fill:
    def value(name: str) -> Fraction:
        return number(f"{where}, {form.columns[name]}", cells[name])

    price, size, fee = value("price"), value("size") * _multiplier(where, cells, form, given), value("fee")
    if price <= 0 or size <= 0:
        raise refuse(f"{where}, price and size", (cells["price"], cells["size"]), "both above 0")
    if (given["fee_sign"] or form.fee_sign) == "received":
        fee = -fee
    settlement = _settlement(cells["symbol"], settles, given)
    begun = bool(cells.get("realized") and value("realized") != 0
                 or cells.get("closes") and value("closes") != 0)
    return Fill(where, cells.get("id", ""), _time(where, cells, form), cells["symbol"],
                _sign(where, cells["side"]) * size, price, fee, cells.get("fee_coin") or settlement,
                settlement, cells.get("position", "").lower(), begun)


def _multiplier(where: str, cells: dict[str, str], form: Format, given: dict[str, Any]) -> Fraction:
    symbol = cells["symbol"]
    if form.contracts and symbol not in given["multipliers"] and symbol not in given["faces"]:
        raise ValueError(f"{where}: sizes of {symbol} count contracts: give multipliers={{{symbol!r}: "
                         "coins in one contract}")
    return given["multipliers"].get(symbol, Fraction(1))


def _sign(where: str, side: str) -> int:
    if side.lower() in _BUYS or side.lower() in _SELLS:
        return 1 if side.lower() in _BUYS else -1
    raise refuse(f"{where}, side", side, "buy or sell")


def _time(where: str, cells: dict[str, str], form: Format) -> int:
    return timestamps.milliseconds(f"{where}, {form.columns['time']}", cells["time"])


def _settlement(symbol: str, settles: tuple[str, ...], given: dict[str, Any]) -> str:
    """The currency a contract settles in: its coin for an inverse one, else by its symbol's name."""
    bare = symbol.upper().replace("-SWAP", "").partition(":")[0]
    if symbol in given["faces"]:
        return bare.replace("-", "").replace("/", "").removesuffix("USD").removesuffix("USD_PERP")
    return next((coin for coin in settles if bare.endswith(coin)), bare)


def _once(rows: "list[Fill | Funding]") -> "list[Fill | Funding]":
    """Rows whose id was there already count once; the same id with other content is refused."""
    seen: dict[tuple, Any] = {}
    kept = []
    for row in rows:
        key = (type(row).__name__, row.symbol, row.id)
        if row.id and key in seen:
            if seen[key]._replace(where="") != row._replace(where=""):
                raise refuse(f"{row.where}, id", row.id, f"the same as in {seen[key].where}, "
                             "which has this id")
            continue
        seen[key] = row
        kept.append(row)
    return kept
