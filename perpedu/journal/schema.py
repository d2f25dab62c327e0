"""The journal's file: how it is laid out, version by version, and how an older one is brought up.

A step is the SQL that leads from one version to the next.  Steps that were released do not change;
whoever changes the layout appends one.  Only `sqlite3` is needed to read a journal.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

#: "ppjr": written into the file's header, so that another SQLite file is not taken for a journal.
MARK = 0x70706A72
STEPS = (
    # version 1: a trade with its plan and its result
    """
    CREATE TABLE trades (
        id TEXT PRIMARY KEY NOT NULL,
        venue TEXT, symbol TEXT, side TEXT NOT NULL, size TEXT NOT NULL, face TEXT,
        opened TEXT NOT NULL, planned_entry TEXT, planned_stop TEXT, planned_exit TEXT,
        entry TEXT NOT NULL, leverage TEXT, collateral TEXT, tiers TEXT, basis TEXT, close_fee TEXT,
        adr TEXT, question TEXT, regime TEXT, behaviour TEXT,
        maintenance_rate TEXT, maintenance_margin TEXT, liquidation_price TEXT,
        bankruptcy_price TEXT, effective_leverage TEXT, buffer TEXT, buffer_ranges TEXT,
        closed TEXT, exit TEXT, exit_decided TEXT, fees TEXT, funding TEXT, funding_windows TEXT,
        mark_divergence TEXT, answer TEXT, note TEXT,
        CHECK ((closed IS NULL) = (exit IS NULL)));
    """,
    # version 2: what happened in between, the tier table as it was, fees in other coins, and the
    # version of the definitions; what version 1 logged was defined as version 1 of them
    """
    CREATE TABLE events (
        trade TEXT NOT NULL REFERENCES trades(id),
        number INTEGER NOT NULL,
        time TEXT NOT NULL, kind TEXT NOT NULL, amount TEXT, text TEXT,
        PRIMARY KEY (trade, number));
    ALTER TABLE trades ADD COLUMN currency TEXT;
    ALTER TABLE trades ADD COLUMN timeframe TEXT;
    ALTER TABLE trades ADD COLUMN rule TEXT;
    ALTER TABLE trades ADD COLUMN tier_rows TEXT;
    ALTER TABLE trades ADD COLUMN definitions TEXT;
    ALTER TABLE trades ADD COLUMN fees_other TEXT;
    ALTER TABLE trades ADD COLUMN collateral_at_exit TEXT;
    ALTER TABLE trades ADD COLUMN liquidation_at_exit TEXT;
    UPDATE trades SET definitions = '1';
    """,
)
VERSION = len(STEPS)


def connect(path: Path) -> sqlite3.Connection:
    """The journal at this path, made if nothing is there, checked, and brought to this version.

    ValueError, naming the file, for what is no journal, a torn one, or one of a newer version.
    """
    if not path.exists():
        _make(path)
    _refuse_other_files(path)
    link = _opened(path)
    try:
        _check(link, path)
        _upgrade(link)
    except sqlite3.Error as error:
        link.close()
        raise ValueError(f"{path}: this journal is torn or cannot be used: {error}") from None
    except ValueError:
        link.close()
        raise
    return link


def _opened(path: Path) -> sqlite3.Connection:
    """A connection whose every commit is on the disk before it returns; it waits for others."""
    try:
        link = sqlite3.connect(path, timeout=30, isolation_level=None)
        for setting in ("synchronous = EXTRA", "foreign_keys = ON", "trusted_schema = OFF"):
            link.execute("PRAGMA " + setting)
    except sqlite3.Error as error:
        raise ValueError(f"{path}: this journal is torn or cannot be opened: {error}") from None
    return link


def _make(path: Path) -> None:
    """A new journal, whole or not at all: made aside, then put into its place."""
    if not path.parent.is_dir():
        raise ValueError(f"{path}: the folder {path.parent} is not there")
    aside = path.with_name(f"{path.name}.new-{os.getpid()}")
    aside.unlink(missing_ok=True)
    try:
        with closing(_opened(aside)) as link:
            _migrate(link, 0)
        _put(aside, path)
    except OSError as error:
        raise ValueError(f"{path}: a journal cannot be made here: {error.strerror}") from None
    finally:
        aside.unlink(missing_ok=True)


def _put(aside: Path, path: Path) -> None:
    """Link the new file to its name; who came first keeps the name."""
    try:
        os.link(aside, path)
    except FileExistsError:
        return
    except OSError:  # a file system without links
        if not path.exists():
            os.replace(aside, path)


def _refuse_other_files(path: Path) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(100)
    except OSError as error:
        raise ValueError(f"{path}: this cannot be read: {error.strerror}") from None
    if not head:
        raise ValueError(f"{path}: this file is empty. A journal is never empty: restore a copy, or "
                         "delete the file to begin a new one")
    if not head.startswith(b"SQLite format 3\0"[:len(head)]):
        raise ValueError(f"{path}: this is no journal: it is not an SQLite file")
    if len(head) < 100:
        raise ValueError(f"{path}: this journal is torn: it ends after {len(head)} bytes")


def _check(link: sqlite3.Connection, path: Path) -> None:
    """What the file says it is, and that it is whole."""
    mark, version = _pragma(link, "application_id"), _pragma(link, "user_version")
    if mark != MARK:
        raise ValueError(f"{path}: this is an SQLite file, but no journal of perpedu")
    if version > VERSION:
        raise ValueError(f"{path}: this journal has version {version}; this perpedu knows up to "
                         f"{VERSION}. Nothing was changed: use the newer perpedu")
    found = [row[0] for row in link.execute("PRAGMA integrity_check(3)")]
    if found != ["ok"] or not 1 <= version:
        raise ValueError(f"{path}: this journal is torn: {'; '.join(map(str, found))}. Nothing was "
                         "changed: restore a copy")


def _pragma(link: sqlite3.Connection, name: str) -> int:
    return link.execute(f"PRAGMA {name}").fetchone()[0]


def _upgrade(link: sqlite3.Connection) -> None:
    version = _pragma(link, "user_version")
    if version < VERSION:
        _migrate(link, version)


def _migrate(link: sqlite3.Connection, version: int) -> None:
    """All steps from this version on, in one transaction: all of them, or none."""
    link.execute("BEGIN IMMEDIATE")
    try:
        version = max(version, _pragma(link, "user_version"))  # another process may have been first
        for step in STEPS[version:]:
            for statement in filter(str.strip, step.split(";")):
                link.execute(statement)
        link.execute(f"PRAGMA application_id = {MARK}")
        link.execute(f"PRAGMA user_version = {VERSION}")
        link.execute("COMMIT")
    except BaseException:
        link.execute("ROLLBACK")
        raise
