"""The smallest close that restores an account, exact, against any book and in any tier table.

What a close costs is a straight line between two levels of the book; what it frees is one between
two floors of the table.  So the surplus is a straight line between any two neighbouring corners,
and the first corner or root at which it is high enough is the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from math import ceil
from typing import Any, NamedTuple

from ..theory.exact import fraction, fraction_of_one, one_of, positive, refuse
from .book import Book, as_book
from .holding import NOTHING, Holding, money_behind

TRIGGERS = ("<=", "<")


@dataclass(frozen=True)
class Close:
    """The smallest close that restores an account.

    size: what is closed.  tier: that of what remains, counted from 1.  attained: False where the
    trigger is "<=" and sizes are not rounded: just above `size` the account is restored, at `size`
    equity only meets the requirement.  surplus: equity less requirement after it.
    room: how much more may be closed at least with the account restored all the way.
    """

    size: Fraction
    tier: int
    attained: bool
    surplus: Fraction
    room: Fraction


def smallest_close(position: Any, tiers: Any, mark: Any, *, fill: Any = None, book: Any = None,
                   collateral: Any = None, fee: Any = 0, trigger: str = "<=", lot: Any = None,
                   basis: str = "mark", close_fee: Any = 0) -> Close | None:
    """The smallest part of a position whose closing restores it at `mark`; None where none does.

    The whole position is no part: None also where only that would do.  A close of 0 says that
    nothing need be closed.  fill: the price of every fill (None: the mark); or book: a `Book` that
    is walked.  fee: of the liquidation, a fraction of what is closed, at the fill price.
    trigger: "<=" liquidates at equity equal to the requirement, "<" only below.  lot: sizes
    are whole multiples of it; None: any size.  collateral: instead of the position's own, also
    below 0.  basis, close_fee: as in `Position.liquidation_price`; the close fee is paid on fills.

    >>> import perpedu as pp
    >>> trade = pp.Position("long", 10, 100, collateral=40)
    >>> tiers = pp.Tiers([(0, "0.01"), (500, "0.05")])
    >>> smallest_close(trade, tiers, 98).size            # equity 20, requirement 29
    Fraction(90, 49)
    >>> smallest_close(trade, tiers, 98, lot=1).size
    Fraction(2, 1)

    Raises ValueError that names the argument, its value and what was expected.
    """
    holding = Holding.of("position", position, tiers, basis, close_fee)
    at = fraction(positive("mark", mark))
    equity = money_behind(position, collateral) + holding.sign * holding.size * (
        holding.worth(at) - holding.worth(holding.entry))
    terms = Terms(at, fraction(fraction_of_one("fee", fee)),
                  one_of("trigger", trigger, TRIGGERS) == "<=",
                  None if lot is None else fraction(positive("lot", lot)))
    return find(holding, holding.size, _market(holding, fill, book, at), equity, terms)


class Terms(NamedTuple):
    """Under which a close is sought: mark, liquidation fee, strict trigger, lot."""

    mark: Fraction
    fee: Fraction
    strict: bool
    lot: Fraction | None


class _Piece(NamedTuple):
    """The surplus along one straight piece: closes in [start, stop), and a line."""

    start: Fraction
    stop: Fraction
    at_start: Fraction
    slope: Fraction

    def at(self, size: Fraction) -> Fraction:
        return self.at_start + self.slope * (size - self.start)


def find(holding: Holding, size: Fraction, book: Book, spare: Fraction, terms: Terms) -> Close | None:
    """The smallest restoring close of one leg; `spare` is equity less what other legs require."""
    for piece in _pieces(holding, size, book, spare, terms):
        found = _in_piece(piece, terms)
        if found is not None and found < size:
            surplus = piece.at(found)
            room = piece.stop - found if piece.slope >= 0 else surplus / -piece.slope
            return Close(found, holding.tier(size - found, terms.mark),
                         surplus > 0 or not terms.strict, surplus, min(room, piece.stop - found))
    return None


def cost_of_unit(holding: Holding, price: Fraction, terms: Terms) -> Fraction:
    """What closing one unit at a price costs, against its worth at the mark: slippage and fees."""
    slip = holding.sign * (holding.worth(terms.mark) - holding.worth(price))
    return slip + (terms.fee + holding.close_fee) * holding.of_unit(price)


def _pieces(holding: Holding, size: Fraction, book: Book, spare: Fraction,
            terms: Terms) -> Iterator[_Piece]:
    """The surplus after every close, piece by piece, from a close of 0 upwards."""
    ends = list(accumulate((level.size for level in book.levels), initial=NOTHING))
    most = min(size, ends[-1])
    unit = holding.charged(terms.mark)
    corners = {NOTHING, most, *(end for end in ends if end < most),
               *(size - row.floor / unit for row in holding.rows[1:])}
    paid, level = NOTHING, 0
    for start, stop in pairwise(sorted(c for c in corners if 0 <= c <= most)):
        while ends[level + 1] <= start:
            level += 1
        cost = cost_of_unit(holding, book.levels[level].price, terms)
        yield _piece(holding, size, (start, stop), (spare - paid, cost), terms.mark)
        paid += cost * (stop - start)
    if most < size or not most:  # what is left when the book is used up, and a close of 0
        left = spare - paid - holding.requirement(size - most, terms.mark)
        yield _Piece(most, most, left, NOTHING)


def _piece(holding: Holding, size: Fraction, span: tuple[Fraction, Fraction],
           money: tuple[Fraction, Fraction], mark: Fraction) -> _Piece:
    """One piece; its tier is that of its lower end, and of every close before the next corner."""
    (start, stop), (spare, cost) = span, money
    tier = holding.tier(size - start, mark)
    first = holding._requires(size - start, mark, tier)
    frees = (first - holding._requires(size - stop, mark, tier)) / (stop - start)
    return _Piece(start, stop, spare - first, frees - cost)


def _in_piece(piece: _Piece, terms: Terms) -> Fraction | None:
    """The smallest close in the piece that restores; with the lot, the smallest such multiple."""
    start = _root(piece, terms.strict)
    if start is None:
        return None
    if terms.lot is None:
        return start
    rounded = terms.lot * ceil(start / terms.lot)
    if terms.strict and piece.at(rounded) == 0:
        rounded += terms.lot
    inside = piece.start <= rounded < piece.stop or rounded == piece.start
    left = piece.at(rounded)
    return rounded if inside and (left > 0 or left == 0 and not terms.strict) else None


def _root(piece: _Piece, strict: bool) -> Fraction | None:
    """Where the piece is first high enough, or (strict) just above where it meets 0."""
    if piece.at_start > 0 or piece.at_start == 0 and (not strict or piece.slope > 0):
        return piece.start
    if piece.slope <= 0:
        return None
    root = piece.start - piece.at_start / piece.slope
    return root if root < piece.stop else None


def _market(holding: Holding, fill: Any, book: Any, mark: Fraction) -> Book:
    """The book that is walked, or one level that takes everything."""
    if book is not None and fill is not None:
        raise refuse("fill", fill, "one of fill and book, or neither")
    if book is None:
        price = mark if fill is None else fraction(positive("fill", fill))
        return Book([(price, holding.size)])
    return as_book("book", book, holding.sign)
