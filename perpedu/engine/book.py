"""One side of an order book: what it takes, at which prices, and what that costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from ..theory.exact import fraction, one_of, positive, refuse


class Fill(NamedTuple):
    """A size that changed hands at a price; Fractions."""

    price: Fraction
    size: Fraction


@dataclass(frozen=True)
class Book:
    """The orders that a liquidation can meet, best price first.

    levels: (price, size) pairs.  For closing a long they are bids, and prices fall; for closing a
    short they are offers, and prices rise.  One level, or none, serves both.

    >>> book = Book([(99, 2), (98, 5)])
    >>> [(int(fill.price), int(fill.size)) for fill in book.take(3)]
    [(99, 2), (98, 1)]
    >>> book.depth
    Fraction(7, 1)

    Raises ValueError for prices that neither fall nor rise throughout, and for numbers that are none.
    """

    levels: tuple[Fill, ...] = ()

    def __init__(self, levels: Iterable = ()):
        if isinstance(levels, (str, bytes)) or not hasattr(levels, "__iter__"):
            raise refuse("levels", levels, "pairs (price, size), best first")
        made = tuple(_level(i, row) for i, row in enumerate(levels, 1))
        steps = [after.price - before.price for before, after in pairwise(made)]
        if not (all(step < 0 for step in steps) or all(step > 0 for step in steps)):
            raise refuse("levels", [float(level.price) for level in made],
                         "prices that fall throughout (bids) or rise throughout (offers)")
        object.__setattr__(self, "levels", made)

    @classmethod
    def ladder(cls, best: Any, tick: Any, size: Any, count: int, side: str = "long") -> "Book":
        """Evenly spaced levels of one size: bids below `best` for a long, offers above for a short.

        >>> [int(level.price) for level in Book.ladder(100, 5, 1, 3).levels]
        [100, 95, 90]

        ValueError where a price would not stay above 0.
        """
        first, gap, each = (fraction(positive(name, value)) for name, value in
                            (("best", best), ("tick", tick), ("size", size)))
        if type(count) is not int or count < 1:
            raise refuse("count", count, "a whole number of levels, 1 or more")
        step = -gap if one_of("side", side, ("long", "short")) == "long" else gap
        if first + (count - 1) * step <= 0:
            raise refuse("count", count, "levels whose prices all stay above 0")
        return cls((first + i * step, each) for i in range(count))

    @property
    def depth(self) -> Fraction:
        """All that it takes."""
        return sum((level.size for level in self.levels), Fraction(0))

    def serves(self, side: int) -> bool:
        """Whether the prices run as they do for closing this side (+1 long, −1 short)."""
        return len(self.levels) < 2 or (
            self.levels[1].price < self.levels[0].price) == (side > 0)

    def take(self, size: Any, limit: Any = None, side: int = 1) -> list[Fill]:
        """The fills of an order of this size, best first; fewer where the book ends.

        limit: the worst price that is taken; None: any.  side: +1 for closing a long.
        """
        left, fills = _wanted(size), []
        for level in self.levels:
            if not left or limit is not None and side * (level.price - limit) < 0:
                break
            part = min(left, level.size)
            fills.append(Fill(level.price, part))
            left -= part
        return fills

    def without(self, fills: Iterable[Fill]) -> "Book":
        """The book after these fills."""
        gone: dict[Fraction, Fraction] = {}
        for fill in fills:
            gone[fill.price] = gone.get(fill.price, Fraction(0)) + fill.size
        left = [Fill(level.price, level.size - gone.get(level.price, 0)) for level in self.levels]
        new = object.__new__(Book)
        object.__setattr__(new, "levels", tuple(level for level in left if level.size > 0))
        return new


def as_book(name: str, book: Any, side: int) -> Book:
    """A book as it is, pairs as a book, None as one that takes nothing; for closing this side.

    ValueError, naming it, also for a book whose prices run as for the other side.
    """
    try:
        made = book if isinstance(book, Book) else Book(() if book is None else book)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    if not made.serves(side):
        raise refuse(name, [float(level.price) for level in made.levels[:3]],
                     "bids, whose prices fall, for a long; offers, which rise, for a short")
    return made


def _level(i: int, row: Any) -> Fill:
    cells = tuple(row) if hasattr(row, "__iter__") and not isinstance(row, (str, bytes)) else ()
    if len(cells) != 2:
        raise refuse(f"level {i}", row, "(price, size)")
    return Fill(fraction(positive(f"price of level {i}", cells[0])),
                fraction(positive(f"size of level {i}", cells[1])))


def _wanted(size: Any) -> Fraction:
    return size if type(size) is Fraction else fraction(positive("size", size))
