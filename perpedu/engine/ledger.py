"""A double-entry ledger of money and positions: whatever leaves one party arrives at another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..theory.exact import fraction, rational, refuse

NOTHING = Fraction(0)


@dataclass(frozen=True)
class Posting:
    """One movement: `money` (settlement currency) and `size` of `leg` go from one party to another.

    size: signed; coins or contracts, above 0 for a long position.  leg: None where only money moves.
    """

    step: str
    source: str
    target: str
    money: Fraction
    leg: str | None = None
    size: Fraction = NOTHING
    why: str = ""


class Ledger:
    """Balances by party, and every posting that made them.

    A position is a holding with its cost: who is long 2 from 100 with 20 behind it has −180 of money
    and holds 2.  Equity is money plus what the holdings are worth.  The sums over all parties, of
    money and of each holding, do not change by any posting.

    >>> ledger = Ledger()
    >>> ledger.open("trader", money=20)
    >>> posting = ledger.move("a fee", "trader", "venue", money=3)
    >>> ledger.money("trader"), ledger.money("venue"), ledger.total()
    (Fraction(17, 1), Fraction(3, 1), Fraction(20, 1))

    Raises ValueError for a number that is none, and for a party that pays itself.
    """

    def __init__(self) -> None:
        self._money: dict[str, Fraction] = {}
        self._held: dict[str, dict[str, Fraction]] = {}
        self._opened = NOTHING
        self.postings: list[Posting] = []

    def open(self, party: str, money: Any = 0) -> None:
        """A party with the money that it brings."""
        brought = fraction(rational("money", money))
        self._money[party] = self._money.get(party, NOTHING) + brought
        self._held.setdefault(party, {})
        self._opened += brought

    def move(self, step: str, source: str, target: str, *, money: Any = 0, leg: str | None = None,
             size: Any = 0, why: str = "") -> Posting:
        """Money and a holding from one party to another; a party not seen before starts at 0."""
        if source == target:
            raise refuse("target", target, "another party than the source")
        moved = Posting(step, source, target, _number("money", money), leg, _number("size", size),
                        why)
        for party, sign in ((source, -1), (target, 1)):
            self._money[party] = self._money.get(party, NOTHING) + sign * moved.money
            held = self._held.setdefault(party, {})
            if leg is not None and moved.size:
                held[leg] = held.get(leg, NOTHING) + sign * moved.size
        self.postings.append(moved)
        return moved

    @property
    def parties(self) -> tuple[str, ...]:
        """Everybody who has taken part, in order of appearance."""
        return tuple(self._money)

    def money(self, party: str) -> Fraction:
        """The money of a party, the cost of its holdings taken off; 0 for one not seen."""
        return self._money.get(party, NOTHING)

    def held(self, party: str, leg: str) -> Fraction:
        """The signed size that a party holds of a leg."""
        return self._held.get(party, {}).get(leg, NOTHING)

    def holdings(self, party: str) -> dict[str, Fraction]:
        """All that a party holds, without zeros."""
        return {leg: size for leg, size in self._held.get(party, {}).items() if size}

    def equity(self, party: str, worth: Mapping[str, Fraction]) -> Fraction:
        """Money plus holdings at what one unit of each leg is worth."""
        return self.money(party) + sum(
            (size * worth[leg] for leg, size in self.holdings(party).items()), NOTHING)

    def equities(self, worth: Mapping[str, Fraction]) -> dict[str, Fraction]:
        """The equity of everybody."""
        return {party: self.equity(party, worth) for party in self.parties}

    def total(self) -> Fraction:
        """All money there is."""
        return sum(self._money.values(), NOTHING)

    def balanced(self) -> bool:
        """Whether all money is still there, and every holding has its other side."""
        legs = {leg for held in self._held.values() for leg in held}
        return self.total() == self._opened and all(
            sum(self.held(party, leg) for party in self.parties) == 0 for leg in legs)


def _number(name: str, value: Any) -> Fraction:
    return value if type(value) is Fraction else fraction(rational(name, value))
