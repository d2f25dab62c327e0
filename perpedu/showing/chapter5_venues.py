"""The tables of chapter 5 that are read from the venues' rulebooks: rules, one position, labels,
changes."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..market.position import Position
from ..market.rulebook import NOT_FOUND
from ..market.tiers import Tiers
from ..market.venue import Venue
from ..teaching.numbers_typed import show
from .chapter5_tables import percent
from .grid import Grid, Stacked

#: What a rule is called, in the order of the tables.
RULES = {"basis": "basis", "trigger": "trigger", "close_fee": "fee to close in the threshold",
         "close_fee_rate": "rate of that fee", "scheme": "scheme of the rates",
         "ratio": "direction of the ratio", "rounding": "rounding",
         "partial_liquidation": "partial liquidation", "liquidation_fee": "liquidation fee",
         "insurance_fund": "insurance fund", "adl": "auto-deleveraging"}
#: The position of section 6.
TRADE = {"side": "long", "size": 5, "entry": 60_000, "leverage": 10}
#: The rate of venues for which no table of BTC was found, so that their other rules can be seen.
PLAIN_RATE = "0.005"
_MARKETS = ("BTCUSDT", "BTC_USDC", "BTC-USD", "BTC")
_SHORT = 14


def symbol_of(venue: Venue) -> str | None:
    """The venue's linear bitcoin market with a table, or None.

    >>> symbol_of(Venue.load("binance"))
    'BTCUSDT'
    """
    return next((name for name in _MARKETS if name in venue.symbols), None)


def word(venue: Venue) -> str:
    """The venue's name in one word.

    >>> word(Venue.load("hyperliquid"))
    'Hyperliquid'
    """
    return venue.title.split()[0].strip(",")


def rulebook(name: str) -> Stacked:
    """The rules of a venue as the package holds them, each with its note and its source.

    `name` is a name of `Venue.names()`.
    """
    venue = Venue.load(name)
    rows = [(word, *_told(venue.rule(key))) for key, word in RULES.items()]
    return Stacked(f"The rulebook of {venue.title}", ["rule", "note and source", "value"], rows)


def _told(rule: Any) -> tuple[str, str]:
    """Words and value of a rule; a value that is a sentence stands among the words."""
    value = percent(rule.value) if not isinstance(rule.value, str) else rule.value
    words = [rule.note, rule.source and rule.source.split(", https")[0]]
    if len(value) > _SHORT:
        words, value = [value, *words], ""
    return "; ".join(filter(None, words)), value


def what_is_known() -> Stacked:
    """Four rules of every venue, and how many of all rules were found.

    >>> what_is_known().rows[1]
    ['Binance', 'mark basis, trigger <=, fee out, scheme marginal', '9 of 11']
    """
    rows = [(word(venue), _in_short(venue),
             f"{sum(venue.rule(key).value != NOT_FOUND for key in RULES)} of {len(RULES)}")
            for venue in map(Venue.load, Venue.names())]
    return Stacked("What was found, and what was not",
                   ["venue", "basis, trigger, fee to close, scheme", "rules found"], rows)


def _in_short(venue: Venue) -> str:
    basis, trigger, fee, scheme = (venue.rule(key).value for key in
                                   ("basis", "trigger", "close_fee", "scheme"))
    first = f"basis {basis}" if basis == NOT_FOUND else f"{basis} basis"
    return f"{first}, trigger {trigger}, fee {fee}, scheme {scheme.replace('_', ' ')}"


class Place(NamedTuple):
    """A venue's line for one position, and the steps to it: the line on the mark basis without a
    fee, then on the venue's basis, then with its fee; `why` there is none."""

    venue: Venue
    rate: Any = None
    plain: Any = None
    based: Any = None
    price: Any = None
    known_rate: bool = True
    why: str = ""


def places(rate: Any = None, **trade: Any) -> list[Place]:
    """The line of one position at every venue, the nearest to the entry first, those without last.

    `trade` as `Position` takes it (by default a long of 5 BTC from 60,000 at 10×); with `rate` the
    same bare rate holds everywhere.
    """
    position = Position(**TRADE | trade)
    found = [_place(Venue.load(name), position, rate) for name in Venue.names()]
    far = [position.sign * (position.entry - one.price) if one.price is not None else None
           for one in found]
    order = sorted(range(len(found)),
                   key=lambda i: (far[i] is None, far[i] or 0, found[i].venue.title))
    return [found[i] for i in order]


def _place(venue: Venue, position: Position, rate: Any) -> Place:
    symbol = symbol_of(venue)
    own = rate is not None or symbol is not None
    tiers = rate if rate is not None else None if own else PLAIN_RATE
    try:
        table, basis, fee = venue.terms(position, symbol, tiers=tiers)
    except ValueError as refused:
        return Place(venue, known_rate=own, why=_reason(str(refused)))
    price = position.liquidation_price(table, basis=basis, close_fee=fee)
    at = position.notional(price if basis == "mark" and price else None)
    return Place(venue, table.rate(at), position.liquidation_price(table),
                 position.liquidation_price(table, basis=basis), price, own)


def _reason(refusal: str) -> str:
    """Why there is no price, in a few words."""
    known = {"rejected": "order rejected", "clearing": "no formula: a clearing house",
             "known rule": "basis or fee not found", "close_fee": "rate of the fee not found"}
    return next((words for sign, words in known.items() if sign in refusal), refusal)


def one_position_table(rate: Any = None, **trade: Any) -> Stacked:
    """One position at every venue: its line, and the rules that put it there.

    As `places`. A venue without a table of its own is computed with a bare rate of 0.5 %, and says
    so; one without a line says why.
    """
    position = Position(**TRADE | trade)
    rows = [(word(one.venue), _rules_of(one), "–" if one.price is None else show(one.price, 2))
            for one in places(rate, **trade)]
    at = f", at {percent(rate)} everywhere" if rate else ""
    title = (f"A {position.side} of {show(position.size)} BTC from {show(position.entry)} at "
             f"{show(position.leverage)}×{at}")
    return Stacked(title, ["venue", "rules", "line"], rows)


def _rules_of(place: Place) -> str:
    if place.price is None:
        return place.why
    venue = place.venue
    fee = venue.rule("close_fee").value
    inside = f"fee of {percent(venue.rule('close_fee_rate').value)} inside" if fee == "in" \
        else "no fee inside"
    table = "" if place.known_rate else " (assumed, no table found)"
    return (f"{venue.rule('basis').value} basis, {inside}, rate at the line "
            f"{percent(place.rate)}{table}, trigger {venue.rule('trigger').value}")


def labels_table() -> Stacked:
    """The book's terms, and what the screens of the venues call each of them.

    >>> next(row for row in labels_table().rows if row[0] == "deduction")[1]
    'Maintenance Amount (Binance), Maintenance Margin Deduction (Bybit), \
Pre-calculated offset (Bitget)'
    """
    said: dict[str, dict[str, list[str]]] = {}
    for venue in map(Venue.load, Venue.names()):
        for label, term in _labels(venue).items():
            said.setdefault(term.replace("_", " "), {}).setdefault(label, []).append(word(venue))
    rows = [(term, ", ".join(f"{label} ({', '.join(where)})" for label, where in
                             sorted(labels.items())), str(len(labels)))
            for term, labels in sorted(said.items())]
    return Stacked("Words on screens", ["in this book", "on the screens", "different words"], rows)


def screen(name: str) -> Grid:
    """The words on the screen of a venue, each with the book's term, and the ratio's direction.

    `name` is a name of `Venue.names()`.

    >>> screen("okx").rows[1]
    ['Margin ratio', 'margin ratio']
    """
    venue = Venue.load(name)
    rows = [[label, term.replace("_", " ")] for label, term in _labels(venue).items()]
    return Grid(f"The screen of {word(venue)}",
                [["on the screen", "in this book"], *rows,
                 ["direction of its ratio", venue.rule("ratio").value]])


def _labels(venue: Venue) -> dict[str, str]:
    found = venue.rule("labels").value
    return {} if found == NOT_FOUND else found


def changes_table(from_date: Any, to_date: Any) -> Stacked:
    """What the rulebooks say has changed after one day and up to another, tables left out.

    Dates as "2025-05-22".
    """
    found = [(change, word(venue)) for venue in map(Venue.load, Venue.names())
             for change in venue.changes(from_date, to_date) if not change.key.startswith("tables")]
    rows = [(f"{title}: {RULES.get(change.key, change.key)}",
             f"{_text(change.before)} → {_text(change.after)}", str(change.date))
            for change, title in sorted(found, key=lambda one: one[0].date)]
    return Stacked(f"Rules that changed from {from_date} to {to_date}",
                   ["venue and rule", "before → after", "from"], rows)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else percent(value)


def one_table_by_date(size: Any = 30, entry: Any = 60_000, leverage: Any = 20) -> Stacked:
    """One long under each of Binance's dated tables: what the table asks for, and the line.

    size in BTC, entry in USDT/BTC.

    >>> one_table_by_date().rows[1]
    ['2021-03', '2.5 %, at most 20×', '57,904.27']
    """
    position = Position("long", size, entry, leverage=leverage)
    rows = [(when, *_under(position, when)) for when in _dates("binance/BTCUSDT/")]
    return Stacked(f"A long of {show(position.size)} BTC from {show(position.entry)} at "
                   f"{show(position.leverage)}× under Binance's tables",
                   ["table of", "rate and highest leverage at entry", "line"], rows)


def _dates(place: str) -> list[str]:
    return [name.removeprefix(place) for name in Tiers.names() if name.startswith(place)]


def _under(position: Position, when: str) -> tuple[str, str]:
    """What the table of a date asks for, and the line under it."""
    held, table = position.notional(), Tiers.load(f"binance/BTCUSDT/{when}")
    cap = table.max_leverage(held)
    line = show(position.liquidation_price(table), 2) if position.leverage <= cap else "rejected"
    return f"{percent(table.rate(held))}, at most {show(cap, unit='×')}", line
