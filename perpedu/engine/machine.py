"""The machine: one account under liquidation, its ledger, and the moves that change it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from ..theory.exact import decimals
from .book import Book, Fill
from .holding import NOTHING, Holding
from .ledger import Ledger
from .restoring import Terms
from .rules import Rules
from .states import TRANSITIONS, Step

TRADER, ORDERS, VENUE, FUND, OTHERS = "trader", "orders", "venue", "fund", "counterparties"


class Machine:
    """The state of a liquidation: who has what, what is required, what may follow.

    legs by name; marks and books by leg; rules; lot.  Money and sizes live in the ledger alone.
    """

    def __init__(self, legs: Mapping[str, Holding], marks: Mapping[str, Fraction],
                 books: Mapping[str, Book], rules: Rules, lot: Fraction | None):
        self.legs, self.marks, self.books = dict(legs), dict(marks), dict(books)
        self.rules, self.lot, self.ledger = rules, lot, Ledger()
        self.state, self.steps = "", []
        self.worth = {name: leg.worth(marks[name]) for name, leg in legs.items()}

    def open(self, wallet: Fraction, orders: Fraction, fund: Fraction) -> None:
        """Everybody with what they bring, and the trader's legs against the counterparties."""
        for party, money in ((TRADER, wallet), (ORDERS, orders), (VENUE, NOTHING), (FUND, fund),
                             (OTHERS, NOTHING)):
            self.ledger.open(party, money)
        for name, leg in self.legs.items():
            held = leg.sign * leg.size
            self.ledger.move("opened", OTHERS, TRADER, leg=name, size=held,
                             money=-held * leg.worth(leg.entry), why=f"{name} at the entry price")

    # what is known now

    def size(self, name: str) -> Fraction:
        """What the trader holds of a leg, without sign."""
        return abs(self.ledger.held(TRADER, name))

    @property
    def open_legs(self) -> list[str]:
        """The legs still held, the one with the largest requirement first; ties as given."""
        return sorted((name for name in self.legs if self.size(name)),
                      key=lambda name: -self.required(name))

    def required(self, name: str) -> Fraction:
        """What one leg requires."""
        return self.legs[name].requirement(self.size(name), self.marks[name])

    @property
    def requirement(self) -> Fraction:
        """What all legs require together."""
        return sum((self.required(name) for name in self.legs), NOTHING)

    @property
    def equity(self) -> Fraction:
        """The trader's equity at the marks, without what orders hold back."""
        return self.ledger.equity(TRADER, self.worth)

    @property
    def short(self) -> bool:
        """Whether the venue's trigger is met."""
        gap = self.equity - self.requirement
        return bool(self.open_legs) and (gap < 0 or gap == 0 and self.rules.trigger == "<=")

    def terms(self, name: str) -> Terms:
        """Under which a close of this leg is sought."""
        return Terms(self.marks[name], self.rules.fee, self.rules.trigger == "<=", self.lot)

    def spare_for(self, name: str) -> Fraction:
        """Equity less what the other legs require."""
        return self.equity - self.requirement + self.required(name)

    def bankrupt_worth(self, name: str) -> Fraction:
        """What a unit of a leg must be worth for its share of the equity to be gone.

        Legs share the equity by their notionals; of one leg alone it is all.
        """
        leg, held = self.legs[name], self.ledger.held(TRADER, name)
        notionals = {other: self.legs[other].notional(self.size(other), self.marks[other])
                     for other in self.open_legs}
        share = notionals[name] / sum(notionals.values())
        return leg.worth(self.marks[name]) - self.equity * share / held

    # what changes it

    def go(self, state: str, said: str) -> None:
        """Into a state that may follow the present one, with what is known there."""
        if self.state and state not in TRANSITIONS[self.state]:
            raise RuntimeError(f"{state!r} does not follow {self.state!r}")
        self.state = state
        self.steps.append(Step(
            state, said, self.equity, self.requirement,
            {name: self.size(name) for name in self.legs}, self.ledger.equities(self.worth),
            len(self.ledger.postings)))

    def trade(self, step: str, name: str, fills: Iterable[Fill], seller: str = TRADER) -> Fraction:
        """The seller's part of a leg goes to the counterparties at these prices; the size sold."""
        leg, done = self.legs[name], list(fills)
        for fill in done:
            sold = leg.sign * fill.size
            self.ledger.move(step, seller, OTHERS, leg=name, size=sold,
                             money=-sold * leg.worth(fill.price), why=f"{name}: a fill")
        if seller == TRADER:
            self._charge(step, leg, done)
        self.books[name] = self.books[name].without(done)
        return sum((fill.size for fill in done), NOTHING)

    def _charge(self, step: str, leg: Holding, fills: list[Fill]) -> None:
        """The close fee, then the liquidation fee, each capped by what is left."""
        value = sum((leg.notional(fill.size, fill.price) for fill in fills), NOTHING)
        for rate, taker, why in ((leg.close_fee, VENUE, "close fee"),
                                 (self.rules.fee, self.rules.fee_to, "liquidation fee")):
            paid = min(rate * value, max(self.equity, NOTHING))
            if paid:
                self.ledger.move(step, TRADER, taker, money=paid, why=why)

    def pass_on(self, step: str, source: str, target: str, name: str, size: Fraction,
                worth: Fraction) -> None:
        """A holding from one to the other at a given worth of a unit."""
        if size:
            held = self.legs[name].sign * size
            self.ledger.move(step, source, target, leg=name, size=held, money=-held * worth,
                             why=f"{name} at the bankruptcy price")


def text(value: Any, places: int = 2) -> str:
    """A Fraction for a sentence, rounded, with thousands separators.

    >>> text(Fraction(54271, 10)), text(Fraction(-1, 3)), text(None)
    ('5,427.10', '−0.33', 'no price')
    """
    return "no price" if value is None else decimals(value, places)
