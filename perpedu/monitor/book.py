"""An account in plain Fractions: what it is worth and what it must keep, at many marks quickly."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ..market.account import Account
from ..market.leg import Leg
from ..market.position import Position, checked_fee
from ..market.tiers import as_tiers
from ..theory import formulas
from ..theory.exact import fraction, rational, refuse

#: The name of a lone position's underlying.
LONE = "mark"


class Book:
    """The legs of an account, and its wallet, which funding changes."""

    def __init__(self, account: Account, fee: Any):
        self.legs = [Leg(name, pair, account.underlying[name])
                     for name, pair in account.legs.items()]
        self.fee = fraction(max(checked_fee(leg.tiers, fee) for leg in self.legs))
        self.wallet = fraction(account.wallet)
        self.names = list(dict.fromkeys(leg.underlying for leg in self.legs))

    def pay(self, rates: Mapping[str, Fraction], prices: Mapping[str, Fraction]) -> Fraction:
        """Take the funding of these rates out of the wallet; what was paid.

        In coin it is rounded to 18 decimals: otherwise the fractions would grow with each payment.
        """
        paid = sum((formulas.funding_payment.plain(
            side=leg.position.sign, notional=leg.notional(prices[leg.underlying]),
            funding_rate=rates[leg.underlying]) for leg in self.legs if leg.underlying in rates),
            Fraction(0))
        paid = paid if self.legs[0].linear else round(paid, 18)
        self.wallet -= paid
        return paid

    def account(self) -> Account:
        """The account as it is now, with its wallet; ValueError where that is below 0."""
        return Account(rational("wallet", self.wallet),
                       {leg.name: (leg.position, leg.tiers) for leg in self.legs},
                       {leg.name: leg.underlying for leg in self.legs})


class Standing:
    """How a book stands at prices."""

    def __init__(self, book: Book, prices: Mapping[str, Fraction]):
        self.book, self.prices = book, prices
        self.equity = book.wallet + sum(leg.pnl(prices[leg.underlying]) for leg in book.legs)
        self.requirement = sum(leg.requirement(prices[leg.underlying], book.fee)
                               for leg in book.legs)

    @property
    def liquidated(self) -> bool:
        """Equity at the requirement or below: <=, not <."""
        return self.equity <= self.requirement

    def reaches(self, level: Fraction) -> bool:
        """Whether the ratio is at the level or above it; without equity it is above all.

        In whole numbers, which is what makes a monitor quick.
        """
        owed, kept = self.requirement, self.equity
        return kept.numerator <= 0 or (
            owed.numerator * kept.denominator * level.denominator
            >= kept.numerator * owed.denominator * level.numerator)

    @property
    def ratio(self) -> Fraction | None:
        """Requirement over equity; None where equity is not positive."""
        return self.requirement / self.equity if self.equity > 0 else None

    def moved(self, part: Fraction) -> "Standing":
        """The worse of the two standings after all marks moved by this part, down or up."""
        both = [Standing(self.book, {name: price * (1 + sign * part)
                                     for name, price in self.prices.items()}) for sign in (-1, 1)]
        return min(both, key=lambda one: one.equity - one.requirement)


def account_of(watched: Any, tiers: Any) -> Account:
    """The account that is watched; a lone position with money of its own becomes one."""
    if isinstance(watched, Account):
        if tiers is not None:
            raise refuse("tiers", tiers, "none: an Account holds each leg's own")
        return watched
    if not isinstance(watched, Position):
        raise refuse("account", watched, "an Account, or a Position with tiers=")
    if watched.collateral is None:
        raise refuse("account", watched, "a Position with leverage or collateral, or an Account")
    leg = Position(watched.side, watched.size, watched.entry, contract=watched.contract)
    return Account(watched.collateral, {LONE: (leg, as_tiers(tiers))})
