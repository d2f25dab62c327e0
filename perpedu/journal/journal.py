"""The journal: trades in one SQLite file, planned against realized, nothing lost on a crash."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..theory.exact import fraction, one_of, refuse
from . import schema
from .fields import NAMES, READERS, number, plain, read_all
from .ledger import line_at_exit, logged
from .trade import KINDS, Event, Trade, collateral_at_exit

if TYPE_CHECKING:
    from .review import Review
    from .tierdiff import TierChange

_COLUMNS = ", ".join(NAMES)


class Journal:
    """A trading journal in one file, made where nothing is there yet.

    path: the file.  Every call is one transaction: when it returns, what it wrote is on the disk;
    when it raises, or the machine dies, nothing of it is.  Several processes may share a file.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, Journal(Path(folder, "mine.journal")) as journal:
    ...     trade = journal.add("first", side="long", size="0.1", entry=60_000, leverage=10,
    ...                         tiers="0.005", adr="0.05", opened="2026-03-01T08:00Z",
    ...                         planned_entry=59_990)
    ...     done = journal.close("first", exit=61_000, exit_decided=61_010, fees=6,
    ...                          closed="2026-03-01T20:00Z")
    >>> round(float(trade.liquidation_price), 2), trade.flagged, str(trade.warnings[0])[:38]
    (54271.36, True, 'the buffer is 1.91 average daily range')
    >>> done.result.price, done.result.execution, done.result.fees, done.result.net
    (102, -2, -6, 94)

    Raises ValueError, naming the file, for one that is empty, torn, no journal, or of a newer
    version.
    """

    def __init__(self, path: str | PathLike) -> None:
        try:
            self.path = Path(path)
        except TypeError:
            raise refuse("path", path, "the path of a journal") from None
        self._link: sqlite3.Connection | None = schema.connect(self.path)

    # the file

    def __enter__(self) -> "Journal":
        return self

    def __exit__(self, *_: Any) -> None:
        self.shut()

    def shut(self) -> None:
        """Let go of the file; what was written is safe with or without it."""
        if self._link is not None:
            self._link.close()
        self._link = None

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it or nothing."""
        link = self._open_link()
        try:
            link.execute("BEGIN IMMEDIATE")
            yield link
            link.execute("COMMIT")
        except sqlite3.Error as error:
            _roll_back(link)
            raise ValueError(f"{self.path}: nothing was written: {error}") from None
        except BaseException:
            _roll_back(link)
            raise

    def _open_link(self) -> sqlite3.Connection:
        if self._link is None:
            raise ValueError(f"{self.path}: this journal was shut; open it again")
        return self._link

    # writing

    def add(self, id: str, **fields: Any) -> Trade:
        """Write a trade's plan when it is opened; the line and the buffer are computed and kept.

        id: a name that the journal does not have yet.  fields: those of `when` "plan" in
        `perpedu.journal.fields.FIELDS`; side, size, entry and opened are needed; leverage or
        collateral, tiers and adr give line and buffer.  What does not add up is in `.warnings` of
        the trade that comes back.  ValueError, and nothing written, for a value that cannot be.
        """
        made = planned({"id": id, **fields})
        with self._writing() as link:
            insert(link, made)
        return self[id]

    def close(self, id: str, **fields: Any) -> Trade:
        """Write how a trade ended.  To let go of the file, see `shut`.

        fields: those of `when` "exit"; closed and exit are needed.  Collateral and line at the exit
        follow from the events where they are not given.  ValueError for a trade that is not there,
        is closed already, or would end before it began.
        """
        found = read_all(fields, ("exit",))
        with self._writing() as link:
            trade = self._open_trade(link, id)
            _refuse_end_before_begin(trade, found["closed"])
            found = _completed(trade, found)
            names = [name for name in found if found[name] is not None]
            link.execute(f"UPDATE trades SET {', '.join(f'{name} = ?' for name in names)} "
                         "WHERE id = ?", [*(found[name] for name in names), trade.id])
        return self[id]

    def note(self, id: str, kind: str, amount: Any = None, *, time: Any, text: str | None = None
             ) -> Trade:
        """Write down what happened to an open trade: a payment, a top-up, a stop that moved.

        kind: "fee", "funding" (amount: paid), "collateral" (amount: put in), "stop" (amount: the
        new stop) or "note".  Events are added, and never changed: the plan stays what it was.
        """
        made = event(kind, amount, time, text)
        with self._writing() as link:
            trade = self._open_trade(link, id)
            link.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)",
                         [trade.id, len(trade.events) + 1, *made])
        return self[id]

    def write(self, trades: Iterable[Trade]) -> int:
        """Write whole trades, closed or open, with their events: all of them, or none.

        ValueError for one that is there already.  How many were written.
        """
        made = list(trades)
        with self._writing() as link:
            for trade in made:
                insert(link, trade.fields)
                link.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)",
                                 [(trade.id, *item) for item in trade.events])
        return len(made)

    # reading

    def __getitem__(self, id: str) -> Trade:
        return _trade(self._open_link(), id)

    def __len__(self) -> int:
        return self._open_link().execute("SELECT count(*) FROM trades").fetchone()[0]

    def __iter__(self) -> Iterator[Trade]:
        """The trades in the order in which they were opened."""
        return iter(self.trades())

    def trades(self, *, open: bool | None = None) -> list[Trade]:
        """The trades in the order in which they were opened; only open, or only closed, ones."""
        where = {None: "", True: "WHERE closed IS NULL", False: "WHERE closed IS NOT NULL"}[open]
        link = self._open_link()
        events: dict[str, list[Event]] = {}
        for trade, *rest in link.execute("SELECT * FROM events ORDER BY trade, number"):
            events.setdefault(trade, []).append(Event(*rest))
        rows = link.execute(f"SELECT {_COLUMNS} FROM trades {where} ORDER BY opened, id")
        return [Trade(dict(zip(NAMES, row, strict=True)), tuple(events.get(row[0], ())))
                for row in rows.fetchall()]

    def review(self, period: str = "week", *, until: Any, by: str = "regime") -> "Review":
        """What the trades closed in a period say; see `perpedu.journal.Review`.

        period: "week", "quarter" or "all"; until: the day at whose end it ends; by: a field to
        group by (regime, behaviour, timeframe, venue, symbol, side).
        """
        from .review import review

        return review(self, period, until=until, by=by)

    def tier_changes(self, now: dict[str, Any] | None = None) -> "list[TierChange]":
        """What has changed in the tier tables since each trade was opened.

        now: tables by the name that was logged; without it, the newest that ships of that symbol.
        """
        from .tierdiff import changes

        return changes(self.trades(), now)

    def export(self, path: str | PathLike) -> int:
        """Write all trades to a CSV file; how many.  `load` reads it again without a difference."""
        from .transfer import export

        return export(self, path)

    def load(self, path: str | PathLike) -> int:
        """Take in all trades of a CSV file that `export` wrote, or none of them; how many."""
        from .transfer import load

        return load(self, path)

    def take(self, path: str | PathLike, venue: str, **rest: Any) -> Any:
        """Take in a venue's own trade export; see `perpedu.journal.read_export`."""
        from .exchange import take

        return take(self, path, venue, **rest)

    def __repr__(self) -> str:
        open_ones = len(self.trades(open=True))
        return f"<Journal {self.path.name}: {len(self)} trades, {open_ones} of them open>"

    # inside

    def _open_trade(self, link: sqlite3.Connection, id: str) -> Trade:
        trade = _trade(link, id)
        if not trade.is_open:
            raise refuse("id", id, f"an open trade; this one was closed at {trade.closed}")
        return trade


def _roll_back(link: sqlite3.Connection) -> None:
    if link.in_transaction:
        link.execute("ROLLBACK")


def planned(fields: dict[str, Any]) -> dict[str, str | None]:
    """A trade's plan, checked, with what is computed at entry."""
    found = dict.fromkeys(NAMES) | read_all(fields, ("plan",))
    if None not in (found["leverage"], found["collateral"]):
        raise refuse("leverage, collateral", (found["leverage"], found["collateral"]),
                     "one of the two, or neither for a cross leg")
    return found | logged(found)


def event(kind: str, amount: Any, time: Any, text: str | None) -> tuple:
    """An event as it is stored: time, kind, amount, text; checked."""
    one_of("kind", kind, KINDS)
    if (amount is None) != (kind == "note"):
        raise refuse("amount", amount, f"{'no' if kind == 'note' else 'an'} amount with {kind!r}")
    reader = READERS["above" if kind == "stop" else "number"]
    return (READERS["time"]("time", time), kind,
            None if amount is None else reader("amount", amount),
            None if text is None else READERS["text"]("text", text))


def insert(link: sqlite3.Connection, fields: dict[str, str | None]) -> None:
    """Write a trade.  ValueError where one of that id is there."""
    try:
        link.execute(f"INSERT INTO trades ({_COLUMNS}) VALUES ({', '.join('?' * len(NAMES))})",
                     [fields[name] for name in NAMES])
    except sqlite3.IntegrityError:
        raise refuse("id", fields["id"], "a name that the journal does not have yet") from None


def _trade(link: sqlite3.Connection, id: str) -> Trade:
    row = link.execute(f"SELECT {_COLUMNS} FROM trades WHERE id = ?", [str(id)]).fetchone()
    if row is None:
        raise refuse("id", id, "a trade of this journal")
    events = link.execute("SELECT number, time, kind, amount, text FROM events WHERE trade = ? "
                          "ORDER BY number", [row[0]])
    return Trade(dict(zip(NAMES, row, strict=True)), tuple(Event(*item) for item in events))


def _refuse_end_before_begin(trade: Trade, closed: str) -> None:
    if closed < trade.opened:
        raise refuse("closed", closed, f"a time not before the trade was opened, {trade.opened}")


def _completed(trade: Trade, found: dict[str, str | None]) -> dict[str, str | None]:
    """The exit with the collateral and the line that were there at the end."""
    if found["collateral_at_exit"] is None:
        left = collateral_at_exit(trade)
        if left is not None and found["funding"] is not None:
            left -= number("funding", found["funding"])
        found["collateral_at_exit"] = None if left is None else plain(fraction(left))
    if found["liquidation_at_exit"] is None and found["collateral_at_exit"] is not None:
        found["liquidation_at_exit"] = line_at_exit(
            trade.fields, number("collateral", found["collateral_at_exit"]))
    return found
