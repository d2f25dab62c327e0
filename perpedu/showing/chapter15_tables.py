"""The tables of chapter 15: a liquidation step by step, who gets what, and the rules of venues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..engine.liquidation import liquidate
from ..engine.rules import Rules
from ..market.rulebook import NOT_FOUND
from ..market.venue import Venue
from ..teaching.numbers_typed import show as number
from ..theory.exact import positive, rational
from .chapter1 import RATE, trade
from .grid import Grid, Transcript

if TYPE_CHECKING:
    from ..engine.liquidation import Outcome

_ALWAYS = ("trader", "fund", "counterparties")
_SHORT = {"counterparties": "others"}


def steps(outcome: "Outcome", title: str = "Who has what, step by step") -> Grid:
    """The equity of every party after each step, at the mark; the last column is their sum.

    >>> print(str(steps(liquidate(trade(), RATE, 60_000))).splitlines()[-1])
     open  600.00  0.00    0.00  600.00
    """
    parties = [party for party in outcome.ledger.parties if party in _ALWAYS or any(
        step.equities.get(party) for step in outcome.steps)]
    rows = [[step.state, *(number(step.equities.get(party, 0), 2) for party in parties),
             number(sum(step.equities.values()), 2)] for step in outcome.steps]
    return Grid(title, [["state", *(_SHORT.get(party, party) for party in parties), "sum"], *rows])


def said(outcome: "Outcome", title: str = "What the engine says") -> Transcript:
    """The sentence of each step."""
    return Transcript(title, [(step.state, step.said) for step in outcome.steps])


def who_gets_what(prices: tuple = (54_271, 54_200, 54_100, 54_000, 53_900), fee: Any = "0.0025") -> Grid:
    """The trade of chapter 1, liquidated at its line and closed at these prices, by two kinds of rules.

    fee: of the liquidation, where what remains is returned.

    >>> str(who_gets_what((54_200,))).splitlines()[-1].split()
    ['54,200', '20.00', '0.00', '13.55', '6.45']
    """
    rows = [_shared(price, fee) for price in prices]
    return Grid("What remains of 600, in USDT", [
        ["closed at", "taken over: fund", "trader", "sold: fund", "trader"], *rows])


def _shared(price: Any, fee: Any) -> list[str]:
    """One price: what fund and trader get by each kind of rules."""
    position, at = trade(), positive("price", price)
    line = position.liquidation_price(RATE)
    taken = liquidate(position, RATE, line, rules=Rules.of("bybit", fee=0), book=[(at, 1)],
                      fund=1_000)
    sold = liquidate(position, RATE, line, rules=Rules.of("binance", fee=fee), book=[(at, 1)],
                     fund=1_000)
    return [number(at), *(number(value, 2) for value in (
        taken.fund, taken.trader, sold.fund, sold.trader))]


def rules() -> Grid:
    """What each venue's liquidation does, in the engine's words, as far as a source says it.

    >>> str(rules()).splitlines()[-1].split()
    ['xxkk', 'not', 'found', '–', 'not', 'found']
    """
    return Grid("A liquidation by the rulebooks", [
        ["venue", "acts", "the rest to", "liquidation fee"],
        *(_rules_of(name) for name in Venue.names() if name != "cme")])


def _rules_of(name: str) -> list[str]:
    venue = Venue.load(name)
    process = venue.process
    fee = venue.rule("liquidation_fee").value
    sells = "market" in process.get("acts", ())
    return [name, " → ".join(process["acts"]) if process else NOT_FOUND,
            process.get("remainder", NOT_FOUND) if sells else "–",
            fee if fee == NOT_FOUND else number(rational("fee", fee), unit="%")]
