"""Auto-deleveraging: which counterparties are closed, how much of each, and what it costs them.

A bankrupt position that the book does not take and the fund cannot carry is closed against
positions of the other side.  A queue closes the highest score first; pro rata cuts all by the same
share; water-filling cuts the highest leverage down to one level.  All numbers are exact, and what
cannot be closed is said.  Linear contracts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..market.contract import Linear
from ..market.position import Position
from ..market.rulebook import WORDS
from ..theory import formulas as f
from ..theory.exact import fraction, mapping, not_negative, one_of, positive, rational, refuse

if TYPE_CHECKING:
    from sympy import Rational

#: The rankings that rulebooks name under `adl_ranking`, and the two ways to share.
RANKINGS = WORDS["adl_ranking"]
RULES = (*RANKINGS, "pro rata", "water-filling")
_ZERO = Fraction(0)


@dataclass(frozen=True)
class Shares:
    """What each one gives, in the order in which they were given, and what nobody could.

    cuts: exact amounts; together with `rest` they are the amount asked for.
    level: of water-filling, the leverage at which the cut ones end; None where there is none.
    """

    cuts: "tuple[Rational, ...]"
    rest: "Rational"
    level: "Rational | None" = None


# three ways to share an amount: exact numbers in and out, Fractions between

def queue(sizes: Iterable, scores: Iterable, amount: Any) -> Shares:
    """The highest score gives all it has, then the next one, until the amount is reached.

    sizes: 0 or more each.  scores: numbers, or None for those that come before all others.
    Equal scores give the same share of what they have, so that the order of the list plays no part.

    >>> queue([2, 2, 2], ["0.1", "0.4", "0.5"], "2.4").cuts
    (0, 2/5, 2)
    """
    held, wanted = _amounts("sizes", sizes), _amount("amount", amount)
    ranks = [None if score is None else fraction(rational("scores", score)) for score in scores]
    _same_length("scores", ranks, held)
    cuts, left = [_ZERO] * len(held), wanted
    for score in _falling(ranks):
        group = [place for place, rank in enumerate(ranks) if rank == score]
        part, left = _split([held[place] for place in group], left)
        for place, cut in zip(group, part):
            cuts[place] = cut
    return _said(cuts, left)


def _falling(ranks: list) -> list:
    """The different scores, the highest first, before them None if it is there."""
    numbers = sorted({rank for rank in ranks if rank is not None}, reverse=True)
    return [None, *numbers] if None in ranks else numbers


def pro_rata(sizes: Iterable, amount: Any) -> Shares:
    """Each gives the same share of what it has.

    >>> pro_rata([2, 2, 4], "2.4").cuts
    (3/5, 3/5, 6/5)
    >>> pro_rata([1, 1], 3)
    Shares(cuts=(1, 1), rest=1, level=None)
    """
    return _said(*_split(_amounts("sizes", sizes), _amount("amount", amount)))


def _split(held: list[Fraction], wanted: Fraction) -> tuple[list[Fraction], Fraction]:
    """The same share of each, and what is left of the amount."""
    total = sum(held, _ZERO)
    if wanted >= total:
        return held, wanted - total
    return [f.pro_rata_cut.plain(size=size, deleveraged_size=wanted, counter_size=total)
            for size in held], _ZERO


def water_filling(notionals: Iterable, equities: Iterable, amount: Any) -> Shares:
    """The highest leverage is cut first, down to one level that all the cut ones share.

    notionals: 0 or more each.  equities: any number each, and taken as they are: what closing
    costs is not in them.  Who has no equity has more leverage than any number: such ones give first,
    and among themselves pro rata; while they suffice there is no level.

    >>> water_filling([100, 100, 100], [10, 20, 50], 120)
    Shares(cuts=(220/3, 140/3, 0), rest=0, level=8/3)
    """
    held, wanted = _amounts("notionals", notionals), _amount("amount", amount)
    behind = [fraction(rational("equities", equity)) for equity in equities]
    _same_length("equities", behind, held)
    bare = [size if equity <= 0 else _ZERO for size, equity in zip(held, behind)]
    first, left = _split(bare, wanted)
    solvent = [(size, equity) for size, equity in zip(held, behind) if equity > 0]
    if not solvent or left == 0 and sum(bare) > 0:
        return _said(first, left)
    level = _level(solvent, left)
    cuts = [cut if equity <= 0 else _above(size, equity, level)
            for cut, size, equity in zip(first, held, behind)]
    return _said(cuts, wanted - sum(cuts, _ZERO), level)


def _level(accounts: list, amount: Fraction) -> Fraction:
    """The leverage at which what stands above it is the amount; 0 where there is not enough."""
    total = equity = level = _ZERO
    for size, behind in sorted(accounts, key=lambda account: account[0] / account[1], reverse=True):
        if equity > 0 and level >= size / behind:
            break
        total, equity = total + size, equity + behind
        level = f.water_level.plain(drained_notional=total, drained_equity=equity,
                                    deleveraged_notional=amount)
    return max(level, _ZERO)


def _above(size: Fraction, equity: Fraction, level: Fraction) -> Fraction:
    """What stands above the level; 0 where nothing does."""
    return max(_ZERO, f.water_cut.plain(notional=size, equity=equity, water_level=level))


def socialize(profits: Iterable, loss: Any) -> Shares:
    """All who have a profit share the loss in proportion to it; who has none gives nothing.

    >>> socialize([1_000, 10_000, -500], 2_200)
    Shares(cuts=(200, 2000, 0), rest=0, level=None)
    """
    gains = [max(_ZERO, fraction(rational("profits", profit))) for profit in profits]
    wanted, total = _amount("loss", loss), sum(gains, _ZERO)
    if wanted >= total:
        return _said(gains, wanted - total)
    return _said([f.socialized_loss.plain(unrealized_pnl=gain, uncovered_loss=wanted,
                                          total_profit=total) for gain in gains], _ZERO)


def _amount(name: str, value: Any) -> Fraction:
    return fraction(not_negative(name, value))


def _amounts(name: str, values: Iterable) -> list[Fraction]:
    return [_amount(name, value) for value in values]


def _same_length(name: str, values: list, held: list) -> None:
    if len(values) != len(held):
        raise refuse(name, values, f"as many as there are positions: {len(held)}")


def _said(cuts: list[Fraction], rest: Fraction, level: Fraction | None = None) -> Shares:
    return Shares(tuple(rational("cut", cut) for cut in cuts), rational("rest", rest),
                  None if level is None else rational("level", level))


# scores and rules

def score(position: Position, mark: Any, ranking: str, tiers: Any = None) -> "Rational | None":
    """The queue score of a position with collateral of its own; None without equity.

    ranking: one of `RANKINGS`.  tiers: a table or a rate, for the margin ratio alone.
    "return times margin ratio" is 0 without a profit, and takes a collateral below 1 as 1.

    >>> short = Position("short", 2, 55_000, collateral=10_000)
    >>> [score(short, 50_000, ranking, "0.005") for ranking in RANKINGS]
    [5/11, 50/11, 1/40]
    """
    one_of("ranking", ranking, RANKINGS)
    if position.equity(mark) <= 0:
        return None
    return _SCORES[ranking](position, positive("mark", mark), tiers)


def _by_profit(position: Position, mark: "Rational", tiers: Any) -> "Rational":
    profit = position.unrealized_pnl(mark)
    formula = f.queue_score_profit if profit > 0 else f.queue_score_loss
    return formula.exact(
        pnl_share=f.pnl_share.exact(unrealized_pnl=profit, entry_notional=position.notional()),
        effective_leverage=f.effective_leverage.exact(
            notional=position.notional(mark), equity=position.equity(mark)))


def _by_price(position: Position, mark: "Rational", tiers: Any) -> "Rational":
    return f.queue_score_price.exact(
        mark_price=mark, entry_price=position.entry, notional=position.notional(mark),
        equity=position.equity(mark))


def _by_return(position: Position, mark: "Rational", tiers: Any) -> "Rational":
    if tiers is None:
        raise refuse("tiers", tiers, "a table or a rate: this ranking takes the margin ratio")
    return f.queue_score_return.exact(
        unrealized_pnl=max(position.unrealized_pnl(mark), 0),
        collateral=max(position.collateral, 1), margin_ratio=position.margin_ratio(tiers, mark))


_SCORES = dict(zip(RANKINGS, (_by_profit, _by_price, _by_return)))


def shares(rule: "str | Callable", positions: "list[Position]", mark: Any, size: Any,
           tiers: Any = None) -> Shares:
    """How much of each position a rule closes, in coin.

    rule: one of `RULES`, or what is called as rule(positions, mark, size) and gives `Shares`.
    """
    if callable(rule):
        return rule(positions, mark, size)
    sizes = [position.size for position in positions]
    if one_of("rule", rule, RULES) == "pro rata":
        return pro_rata(sizes, size)
    if rule == "water-filling":
        return _filled(positions, positive("mark", mark), not_negative("size", size))
    return queue(sizes, [score(position, mark, rule, tiers) for position in positions], size)


def _filled(positions: "list[Position]", mark: "Rational", size: "Rational") -> Shares:
    """Water-filling on notionals at the mark price, as sizes."""
    found = water_filling([position.notional(mark) for position in positions],
                          [position.equity(mark) for position in positions], size * mark)
    return Shares(tuple(cut / mark for cut in found.cuts), found.rest / mark, found.level)


# one deleveraging

@dataclass(frozen=True)
class Deleveraging:
    """What was closed, at which price, and what it cost; by name, in coin and in money.

    cuts and left: size closed, and size still open.  rest: size that found no counterparty.
    realized: PnL of the closed part.  given_up: how much less that is than at the mark price.
    equity and leverage: afterwards, at the mark price; leverage is None without equity.
    spared: what the bankrupt position lacked at the mark price for the closed part.
    """

    mark: "Rational"
    price: "Rational"
    cuts: "dict[str, Rational]"
    rest: "Rational"
    left: "dict[str, Rational]"
    realized: "dict[str, Rational]"
    given_up: "dict[str, Rational]"
    equity: "dict[str, Rational]"
    leverage: "dict[str, Rational | None]"
    spared: "Rational"


def deleverage(bankrupt: Position, others: "Mapping[str, Position]", mark: Any,
               rule: "str | Callable", *, size: Any = None, price: Any = None,
               tiers: Any = None) -> Deleveraging:
    """Close a bankrupt position against counterparties.

    bankrupt: its side is closed.  others: positions of the other side by name, each with collateral.
    size: how much must be closed (None: all of it).  price: at which price (None: the bankruptcy
    price of `bankrupt`).  rule and tiers: as in `shares`.

    >>> lost = Position("long", "2.4", 60_000, collateral=21_600)
    >>> shorts = {"A": Position("short", 2, 50_500, collateral=9_000),
    ...           "B": Position("short", 2, 55_000, collateral=10_000)}
    >>> done = deleverage(lost, shorts, 50_000, "profit times leverage")
    >>> done.price, done.cuts, done.given_up
    (51000, {'A': 2/5, 'B': 2}, {'A': 400, 'B': 2000})

    Raises ValueError, naming the argument, for inverse contracts, counterparties of the same side,
    a size above the bankrupt position's, and a price that is not above 0.
    """
    at, book = positive("mark", mark), _opposite(bankrupt, others)
    closed = _closable(bankrupt, size)
    paid = bankrupt.bankruptcy_price() if price is None else positive("price", price)
    if paid is None:
        raise refuse("bankrupt", bankrupt, "a position that has a bankruptcy price, or a price")
    found = shares(rule, list(book.values()), at, closed, tiers)
    _conserved(rule, found, book, closed)
    cuts = dict(zip(book, found.cuts))
    return _done(at, paid, cuts, found.rest, book,
                 bankrupt.sign * (closed - found.rest) * (paid - at))


def _opposite(bankrupt: Position, others: Any) -> "dict[str, Position]":
    book = dict(mapping("others", others, "positions of the other side, by name"))
    for position in (bankrupt, *book.values()):
        if not isinstance(position, Position) or position.contract != Linear():
            raise refuse("others", position, "positions in a linear contract")
    for name, position in book.items():
        if position.side == bankrupt.side or position.collateral is None:
            raise refuse(f"others, {name}", position, "a position of the other side with collateral")
    return book


def _closable(bankrupt: Position, size: Any) -> "Rational":
    closed = bankrupt.size if size is None else not_negative("size", size)
    if closed > bankrupt.size:
        raise refuse("size", size, f"no more than the position's size, {bankrupt.size}")
    return closed


def _conserved(rule: Any, found: Shares, book: dict, closed: "Rational") -> None:
    """A rule of a reader's own is checked like the others."""
    whole = sum(found.cuts, found.rest) == closed and len(found.cuts) == len(book)
    inside = all(0 <= cut <= position.size for cut, position in zip(found.cuts, book.values()))
    if not (whole and inside and found.rest >= 0):
        raise refuse("rule", rule, "cuts that add up, with the rest, to what must be closed, none "
                     "above its position")


def _done(mark, price, cuts, rest, book, spared) -> Deleveraging:
    left = {name: book[name].size - cut for name, cut in cuts.items()}
    up = {name: f.given_up.exact(side=book[name].sign, cut_size=cut, mark_price=mark,
                                 bankruptcy_price=price) for name, cut in cuts.items()}
    equity = {name: position.equity(mark) - up[name] for name, position in book.items()}
    leverage = {name: left[name] * mark / money if money > 0 else None
                for name, money in equity.items()}
    return Deleveraging(mark, price, cuts, rest, left,
                        {name: _realized(book[name], cut, price) for name, cut in cuts.items()},
                        up, equity, leverage, spared)


def _realized(position: Position, cut: "Rational", price: "Rational") -> "Rational":
    if cut == 0:
        return cut
    return f.realized_pnl.exact(side=position.sign, closed_size=cut, entry_price=position.entry,
                                exit_price=price)


def against(others: "Mapping[str, Position]", rule: "str | Callable", tiers: Any = None) -> Callable:
    """What `liquidate` takes as `adl`: a deficit, shared out among these counterparties by a rule.

    It gives {name: size}, and raises ValueError where they do not hold enough.

    >>> from perpedu.engine import Deficit
    >>> shorts = {"A": Position("short", 2, 50_500, collateral=9_000),
    ...           "B": Position("short", 2, 55_000, collateral=10_000)}
    >>> lost = Deficit("BTC", "long", Fraction(2), Fraction(51_000), Fraction(50_000), Fraction(2_000))
    >>> against(shorts, "water-filling")(lost)
    {'A': 4/3, 'B': 2/3}
    """
    def share(deficit: Any) -> "dict[str, Rational]":
        found = shares(rule, list(others.values()), deficit.mark, deficit.size, tiers)
        if found.rest > 0:
            raise refuse("others", list(others), f"counterparties that hold {found.rest} more")
        return {name: cut for name, cut in zip(others, found.cuts) if cut > 0}

    return share
