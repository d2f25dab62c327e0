"""One account through a venue's liquidation, step by step, with every unit of money accounted for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..market.account import Account
from ..market.venue import Venue
from ..theory.exact import fraction, fraction_of_one, mapping, not_negative, positive, refuse
from .acts import ACTS, Adl, takeover
from .book import Book, as_book
from .holding import NOTHING, Holding, money_behind
from .ledger import Ledger
from .machine import FUND, TRADER, VENUE, Machine, text
from .rules import Rules, as_rules
from .states import Deficit, Step

ONE = "position"


@dataclass(frozen=True)
class Outcome:
    """How a liquidation went.

    state: the last one, "open", "called", "restored" or "settled".  steps: every state that was
    passed, with what was known there.  ledger: every posting.  rules: those that held.
    deficits: what was handed to the ADL rule.
    """

    state: str
    steps: tuple[Step, ...]
    ledger: Ledger
    rules: Rules
    deficits: tuple[Deficit, ...]

    @property
    def states(self) -> list[str]:
        """The states in order."""
        return [step.state for step in self.steps]

    @property
    def sizes(self) -> dict[str, Fraction]:
        """What the trader still holds, by leg."""
        return dict(self.steps[-1].sizes)

    @property
    def closed(self) -> dict[str, Fraction]:
        """What the trader no longer holds, by leg."""
        return {name: size - self.steps[-1].sizes[name]
                for name, size in self.steps[0].sizes.items()}

    @property
    def trader(self) -> Fraction:
        """The trader's equity at the end, at the mark."""
        return self.steps[-1].equity

    @property
    def fund(self) -> Fraction:
        """What the fund has gained; below 0: lost."""
        return self._gained(FUND)

    @property
    def venue(self) -> Fraction:
        """What the venue has gained."""
        return self._gained(VENUE)

    @property
    def fee(self) -> Fraction:
        """The liquidation fees that were collected."""
        return sum((one.money for one in self.ledger.postings if one.why == "liquidation fee"),
                   NOTHING)

    def _gained(self, party: str) -> Fraction:
        return self.steps[-1].equities[party] - self.steps[0].equities[party]

    def __repr__(self) -> str:
        return f"<Outcome: {' → '.join(self.states)}>"


def liquidate(position: Any, tiers: Any = None, mark: Any = None, *, rules: Any = Rules(),
              book: Any = None, fund: Any = 0, orders: Any = 0, lot: Any = None,
              adl: Adl | None = None, call_at: Any = "0.8", collateral: Any = None,
              symbol: str | None = None, date: Any = None, basis: str = "mark",
              close_fee: Any = None) -> Outcome:
    """Take a position, or a whole account, through a liquidation at `mark`.

    position: a `Position` with collateral, and its `tiers`; or an `Account`, whose legs bring
    theirs.  mark: the mark price, or for an account one for each underlying.
    rules: `Rules`, or a `Venue` or the name of one; its table (`symbol`, `date`), its basis and its
    close fee then hold, unless given.  collateral: instead of the position's own, also below 0.
    book: a `Book` or (price, size) pairs, best first, for an account one for each leg; None: empty.
    fund: the insurance fund's money.  orders: margin that open orders hold back, which does
    not count until they are cancelled.  lot: sizes are closed in whole multiples of it.
    call_at: the requirement over equity at which the trader is called.
    adl: what shares out a `Deficit`, a function of it that gives {name: size}; None: all those on
    the other side together, which is pro rata.

    Of several legs the one that requires most is closed first.

    >>> import perpedu as pp
    >>> trade = pp.Position("long", "0.1", 60_000, leverage=10)
    >>> outcome = liquidate(trade, "0.005", 54_200, rules=Rules(fee="0.0125"),
    ...                     book=[(54_180, 1)])
    >>> outcome.states
    ['open', 'called', 'triggered', 'cancelled', 'sold', 'settled']
    >>> outcome.trader, outcome.fund, outcome.ledger.balanced()
    (Fraction(0, 1), Fraction(18, 1), True)

    Raises ValueError that names the argument, its value and what was expected.
    """
    law = as_rules(rules, date)
    legs, marks, wallet = _account(position, mark) if isinstance(position, Account) else _alone(
        position, mark, collateral, _terms(rules, position, tiers, symbol, date, basis, close_fee))
    machine = Machine(legs, marks, _books(legs, book), law,
                      None if lot is None else fraction(positive("lot", lot)))
    machine.open(wallet, *(fraction(not_negative(name, value)) for name, value in
                           (("orders", orders), ("fund", fund))))
    return _run(machine, adl, fraction(fraction_of_one("call_at", call_at)))


def _run(machine: Machine, adl: Adl | None, call_at: Fraction) -> Outcome:
    machine.go("open", f"Equity {text(machine.equity)}, required {text(machine.requirement)}.")
    if machine.requirement >= call_at * machine.equity:
        machine.go("called", "Margin call, too late: no equity is left." if machine.equity <= 0 else
                   f"Margin call: the requirement is {text(100 * call_at, 0)} % of equity or more.")
    if not machine.short:
        return _outcome(machine)
    machine.go("triggered", f"Equity {text(machine.equity)} is not above the requirement "
               f"{text(machine.requirement)}." if machine.rules.trigger == "<=" else
               f"Equity {text(machine.equity)} is below the requirement {text(machine.requirement)}.")
    for act in machine.rules.acts[:-1]:
        ACTS[act](machine)
        if machine.open_legs and not machine.short:
            machine.go("restored", f"Equity {text(machine.equity)} is enough for the requirement "
                       f"{text(machine.requirement)}.")
            return _outcome(machine)
        if not machine.open_legs:
            break
    deficits = takeover(machine, adl) if machine.open_legs else []
    _settle(machine)
    return _outcome(machine, deficits)


def _settle(machine: Machine) -> None:
    """What is left goes where the rules say."""
    left = machine.ledger.money(TRADER)
    if left > 0 and machine.rules.remainder == "fund":
        machine.ledger.move("settled", TRADER, FUND, money=left, why="what is left")
    to = "the fund" if machine.rules.remainder == "fund" else "the trader"
    machine.go("settled", f"{text(left)} are left, for {to}." if left else "Nothing is left.")


def _outcome(machine: Machine, deficits: Any = ()) -> Outcome:
    return Outcome(machine.state, tuple(machine.steps), machine.ledger, machine.rules,
                   tuple(deficits))


def _terms(rules: Any, position: Any, tiers: Any, symbol: Any, date: Any, basis: str,
           close_fee: Any) -> tuple[Any, str, Any]:
    """Table, basis and close fee: the venue's own, or as they are given."""
    if not isinstance(rules, (Venue, str)):
        return tiers, basis, 0 if close_fee is None else close_fee
    venue = rules if isinstance(rules, Venue) else Venue.load(rules)
    return venue.terms(position, symbol, date, tiers, close_fee)


def _alone(position: Any, mark: Any, collateral: Any, terms: tuple) -> tuple[dict, dict, Fraction]:
    """A position as the only leg of an account."""
    leg = Holding.of(ONE, position, *terms)
    return {ONE: leg}, {ONE: fraction(positive("mark", mark))}, money_behind(position, collateral)


def _account(account: Account, marks: Any) -> tuple[dict, dict, Fraction]:
    """The legs of an account, each with the mark of its underlying."""
    given = mapping("mark", marks, "a price for each underlying: {underlying: price}")
    under = account.underlying
    for name in under.values():
        if name not in given:
            raise refuse("mark", dict(given), f"a price of {name!r}")
    legs = {name: Holding.of(name, *pair) for name, pair in account.legs.items()}
    prices = {name: fraction(positive(f"mark of {under[name]!r}", given[under[name]]))
              for name in legs}
    return legs, prices, fraction(account.wallet)


def _books(legs: Mapping[str, Holding], book: Any) -> dict[str, Book]:
    """A book for each leg."""
    if list(legs) == [ONE] and not isinstance(book, Mapping):
        book = {ONE: book}
    given = {} if book is None else mapping("book", book, "a book for each leg: {name: book}")
    for name in given:
        if name not in legs:
            raise refuse("book", name, "the name of a leg: " + ", ".join(legs))
    return {name: as_book(f"book of {name!r}", given.get(name), leg.sign)
            for name, leg in legs.items()}
