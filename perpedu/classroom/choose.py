"""Exercises by their ids, for what is exported: from the book's bank, or from a bank of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..teaching import bank
from ..teaching.bank import Item
from ..teaching.exercise import load
from ..theory.exact import refuse


def chosen(ids: Sequence[str], file: Path | str = "") -> list[Item]:
    """The exercises with these ids, in this order; `ch01` stands for the whole chapter.

    `file` is a bank file of one's own; without it, the book's bank is read. Raises ValueError for
    an id that is not there or stands twice.

    >>> [item.id for item in chosen(["ch01.notional", "ch01.equity"])]
    ['ch01.notional', 'ch01.equity']
    """
    own = bank.read(file) if file else {}
    items = [item for id in ids for item in _items(id, own, file)]
    if not items or len({item.id for item in items}) < len(items):
        raise refuse("ids", list(ids), "ids of exercises such as ch01.notional, or of chapters "
                     "such as ch01, each once")
    return items


def _items(id: str, own: dict[str, Item], file: Path | str) -> list[Item]:
    books = {} if file else {path.stem: path for path in bank.files()}
    if id in books:
        return list(bank.read(books[id]).values())
    return [item for item in own.values() if item.id.startswith(id + ".")] or [
        load(id, file=file or None).item]
