"""A trading venue as its rulebook has it: the same position, by each venue's own conventions.

A rulebook is a file, `venues/<venue>.yaml`; nothing here knows a venue by name.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from ..theory import formulas
from ..theory.exact import positive, refuse
from . import rulebook, tables
from .contract import Inverse, Linear
from .position import Liquidation, Position, checked_fee
from .reading import as_text
from .rulebook import NOT_FOUND, Rule, day, first_day
from .schemes import SCHEMES, Given
from .tiers import Tiers, as_tiers

if TYPE_CHECKING:
    from datetime import date as Date

    from sympy import Rational


class Change(NamedTuple):
    """What changed: the day, the rule's key (or "tables" and a symbol), before and after."""

    date: "Date"
    key: str
    before: Any
    after: Any


class Terms(NamedTuple):
    """What a position is charged by: table, basis, and the close fee inside the threshold."""

    tiers: Tiers
    basis: str
    close_fee: "Rational"


class Venue:
    """A venue's rules, with their sources, and a position's numbers under them.

    Attributes: `name`, `title`, `sources` (citations by short name), `example`.

    In every method `symbol` names one of the venue's tables, `date` a day ("2025-05-22"; None:
    the rules and the table known last); `tiers` takes the place of the venue's own table (a bare
    rate is one tier), and `close_fee` of its fee rate.

    >>> trade = Position("long", "0.1", 60_000, leverage=10)
    >>> round(float(Venue.load("binance").liquidation_price(trade, "BTCUSDT")), 2)
    54216.87
    >>> Venue.load("xxkk").liquidation_price(trade, "BTCUSDT")
    54240

    Raises ValueError that names the argument or the file and key, and what was expected.
    """

    def __init__(self, name: str, book: rulebook.Rulebook, folder: Any = None):
        self.name, self.title, self.sources = name, book.title, dict(book.sources)
        self.example = deepcopy(book.example)
        self._book, self._folder = book, folder

    @classmethod
    def load(cls, name: str, folder: Any = None) -> "Venue":
        """A venue by name; `Venue.names()` lists them.

        folder: another folder of rulebooks and tables than the package's own.
        """
        return cls(name, rulebook.read(name, folder), folder)

    @staticmethod
    def names(folder: Any = None) -> list[str]:
        """The venues that have a rulebook."""
        return rulebook.names(folder)

    # the rules

    def rule(self, key: str, date: Any = None) -> Rule:
        """A rule with its source, as it is now or was on a day.

        >>> Venue.load("kucoin").rule("basis").value
        'mark'
        >>> Venue.load("kucoin").rule("basis", "2025-05-21").value
        'entry'
        """
        if key not in rulebook.KEYS:
            raise refuse("key", key, "one of " + ", ".join(rulebook.KEYS))
        found, *earlier = self._book.rules[key]
        if date is not None:
            asked = day("date", date)
            found = next((rule for rule in reversed(earlier) if asked < rule.until), found)
        return deepcopy(found)  # what is changed by hand is a copy

    @property
    def process(self) -> dict[str, Any]:
        """What a liquidation does, in the engine's words; empty where no source was found."""
        return deepcopy(self._book.process)

    def changes(self, from_date: Any, to_date: Any) -> list[Change]:
        """What changed after one day and up to another, in order: rules, and tables by symbol.

        >>> [(change.key, change.before, change.after)
        ...  for change in Venue.load("gate").changes("2025-01-01", "2025-12-31")]
        [('scheme', 'flat', 'marginal')]
        """
        first, last = day("from_date", from_date), day("to_date", to_date)
        if last < first:
            raise refuse("to_date", to_date, f"a day that is not before {first}")
        found = [*self._rule_changes(), *self._table_changes()]
        return sorted((one for one in found if first < one.date <= last),
                      key=lambda one: (one.date, one.key))

    def _rule_changes(self):
        for key, rules in self._book.rules.items():
            for after, before in pairwise(rules):
                yield Change(before.until, key, before.value, after.value)

    def _table_changes(self):
        for symbol, dated in self._dated.items():
            for (_, before), (when, after) in pairwise(dated):
                yield Change(when, f"tables {symbol}", before, after)

    def _known(self, key: str, date: Any) -> Any:
        """The value of a rule that the arithmetic needs."""
        value = self.rule(key, date).value
        if value == NOT_FOUND:
            raise self._book.wrong(key, value, "a known rule: no source was found that states it")
        return value

    # the tables

    @cached_property
    def symbols(self) -> list[str]:
        """The symbols that have a table or parameters here."""
        files = (name.split("/") for name in tables.names(self._folder))
        return sorted({*self._book.symbols, *(s for venue, s, _ in files if venue == self.name)})

    def parameters(self, symbol: str) -> dict[str, Any]:
        """What the rulebook says of a symbol that has no table, as text; empty for one that has.

        >>> Venue.load("deribit").parameters("BTC_USDC")["base_rate"]
        '0.01'
        """
        return deepcopy(self._book.symbols.get(self._listed(symbol), {}))

    def currency(self, symbol: str) -> str:
        """The currency in which a symbol settles and its notional is counted.

        >>> Venue.load("bitmex").currency("XBTUSD")
        'XBT'
        """
        if given := self.parameters(symbol):
            return as_text(f"{self._book.file}, {symbol}, currency", given.get("currency"))
        return tables.read(self._table_name(symbol, None), self._folder)["currency"]

    def contract(self, symbol: str) -> str:
        """ "inverse" where a symbol settles in the coin with which its name begins; else "linear".

        >>> Venue.load("bitmex").contract("XBTUSD"), Venue.load("binance").contract("BTCUSDT")
        ('inverse', 'linear')
        """
        money = self.currency(symbol)
        coin = symbol.startswith(money) and not money.startswith("USD")
        return "inverse" if coin else "linear"

    def _listed(self, symbol: str) -> str:
        if symbol not in self.symbols:
            raise refuse("symbol", symbol, self._what_to_pass())
        return symbol

    def tiers(self, symbol: str, date: Any = None, *, size: Any = None,
              open_interest: Any = None) -> Tiers:
        """The tier table of a symbol, charged by the venue's scheme of that day.

        size: in coin, where the rate grows with it.  open_interest: in the quote currency, where
        it moves the leverage cap.

        >>> Venue.load("deribit").tiers("BTC_USDC", size=25).rate(2_500_000)
        9/800
        """
        self._refuse_clearing(date)
        symbol = self._listed(symbol)
        scheme = self._known("scheme", date)
        if symbol in self._book.symbols:
            if scheme not in SCHEMES:
                raise self._book.wrong("scheme", scheme, "one of " + ", ".join(SCHEMES))
            return SCHEMES[scheme](Given(self._book, symbol), size, open_interest)
        name = self._table_name(symbol, date)
        return _shipped(name, scheme) if self._folder is None else Tiers.load(
            name, self._folder).charged(scheme)

    def _refuse_clearing(self, date: Any) -> None:
        if self.rule("scheme", date).value == "clearing":
            raise self._book.wrong("scheme", "clearing", "a venue with a formula; a clearing house "
                                   "sets margin by scenario, and no liquidation price follows "
                                   "from a position alone")

    def _what_to_pass(self) -> str:
        if self.symbols:
            return "one of " + ", ".join(self.symbols) + ", or tiers=Tiers(...) of your own"
        note = self.rule("tables").note or "no table was found"
        return f"tiers=Tiers(...) in notional, or one bare rate: {note}"

    def _table_name(self, symbol: str, date: Any) -> str:
        known = self._dated.get(symbol, [])
        if date is None:
            undated = f"{self.name}/{symbol}/undated"
            return known[-1][1] if known else undated
        past = [name for when, name in known if when <= day("date", date)]
        if not past:
            first = f"{known[0][0]} or later, where the first table of {symbol} begins" if known \
                else f"no date: the table of {symbol} has none; or tiers=Tiers(...) of that day"
            raise refuse("date", date, first)
        return past[-1]

    @cached_property
    def _dated(self) -> dict[str, list[tuple["Date", str]]]:
        """The dated tables of each symbol, the oldest first."""
        found: dict[str, list] = {}
        for name in tables.names(self._folder):
            venue, symbol, when = name.split("/")
            if venue == self.name and when != "undated":
                as_of = tables.read(name, self._folder)["as_of"]
                found.setdefault(symbol, []).append((first_day(f"{name}.json, as_of", as_of), name))
        return {symbol: sorted(dated) for symbol, dated in found.items()}

    # a position under the rules

    def liquidation_price(self, position: Position, symbol: str | None = None, date: Any = None,
                          *, tiers: Any = None, close_fee: Any = None) -> "Rational | None":
        """The exact price at which the venue liquidates, in quote currency per coin; None where
        no price does.

        Raises ValueError as `terms`.
        """
        terms = self.terms(position, symbol, date, tiers, close_fee)
        return position.liquidation_price(*terms)

    def liquidation(self, position: Position, symbol: str | None = None, mark: Any = None,
                    date: Any = None, *, tiers: Any = None,
                    close_fee: Any = None) -> Liquidation:
        """Price, status at `mark` (None: at entry), tier and bankruptcy price.

        Where the venue's trigger is "<", equity that just meets the requirement is still open.
        Raises ValueError as `terms`, and where they just meet and no source states the trigger.
        """
        table, basis, fee = self.terms(position, symbol, date, tiers, close_fee)
        found = position.liquidation(table, mark, basis, fee)
        at = _mark_of(position, mark)
        met = position.shortfall(table, at, basis, fee) == 0
        return replace(found, status="open") if met and self._known("trigger", date) == "<" \
            else found

    def requirement(self, position: Position, symbol: str | None = None, mark: Any = None,
                    date: Any = None, *, tiers: Any = None,
                    close_fee: Any = None) -> "Rational":
        """What equity is held against at `mark` (None: at entry), in the settlement currency:
        maintenance margin, and the close fee where the venue counts it in.

        Raises ValueError as `terms`.
        """
        at = _mark_of(position, mark)
        table, basis, fee = self.terms(position, symbol, date, tiers, close_fee)
        return position.requirement(table, at, basis, fee)

    def margin_ratio(self, position: Position, symbol: str | None = None, mark: Any = None,
                     date: Any = None, *, tiers: Any = None,
                     close_fee: Any = None) -> "Rational | None":
        """The ratio that the venue shows at `mark` (None: at entry), in its own direction.

        Both reach 1 at liquidation: MM/equity rises to it, equity/MM falls to it.  MM is the
        `requirement`, the close fee in where the venue has it in.  None where what it is divided
        by is not positive.  Raises ValueError as `terms`, and where no source states the ratio.
        """
        at = _mark_of(position, mark)
        need = self.requirement(position, symbol, at, date, tiers=tiers, close_fee=close_fee)
        over, under = need, position.equity(at)
        if self._known("ratio", date) == "equity/MM":
            over, under = under, over
        return None if under <= 0 else formulas.margin_ratio.exact(
            maintenance_margin=over, equity=under)

    def shown_price(self, position: Position, symbol: str | None = None, date: Any = None, *,
                    tick: Any, tiers: Any = None, close_fee: Any = None) -> "Rational | None":
        """The price as the venue shows it: rounded to a whole `tick` the way its rules say, up
        for a long and down for a short.

        tick: above 0, in quote currency.  Raises ValueError as `terms`, and where no source
        states the rounding.
        """
        step = positive("tick", tick)
        price = self.liquidation_price(position, symbol, date, tiers=tiers, close_fee=close_fee)
        self._known("rounding", date)  # toward the entry, the one way that any rulebook has
        if price is None:
            return None
        ticks = price / step
        return step * (ticks.ceiling() if position.sign > 0 else ticks.floor())

    def terms(self, position: Position, symbol: str | None = None, date: Any = None,
              tiers: Any = None, close_fee: Any = None) -> Terms:
        """Table, basis and close fee for this position, in the order `Position` takes them.

        ValueError where the venue would reject the order: above the last bracket, or with more
        leverage than its tier allows; where the contract is not the one that the table is for;
        and where a rule that is needed was not found.
        """
        self._refuse_clearing(date)
        basis = self._known("basis", date)
        _mark_of(position, None)  # that it is a position
        table = as_tiers(tiers) if tiers is not None else self._own_table(position, symbol, date)
        self._accept(position, table)
        return Terms(table, basis, checked_fee(table, self._fee(date, close_fee)))

    def _own_table(self, position: Position, symbol: Any, date: Any) -> Tiers:
        """The venue's table, where it counts what this position's notional is in."""
        kind = self.contract(symbol)
        if isinstance(position.contract, Linear if kind == "inverse" else Inverse):
            raise refuse("contract", position.contract, f"the {kind} contract {symbol}, whose "
                         f"table is in {self.currency(symbol)}; or tiers=Tiers(...) of your own")
        return self.tiers(symbol, date, size=position.size)

    def _fee(self, date: Any, close_fee: Any) -> Any:
        if close_fee is not None:
            return close_fee
        if self._known("close_fee", date) == "out":
            return 0
        rate = self.rule("close_fee_rate", date).value
        if rate == NOT_FOUND:
            raise self._book.wrong("close_fee_rate", rate, "close_fee=... of your own: the fee "
                                   "counts in the threshold, and no source states its rate")
        return rate

    def _accept(self, position: Position, table: Tiers) -> None:
        held = position.notional()
        table.refuse_above_cap(f"{self.name}: order rejected: entry notional", held)
        cap, leverage = table.max_leverage(held), _leverage_of(position)
        if cap is not None and leverage is not None and leverage > cap:
            raise refuse(f"{self.name}: order rejected: leverage", leverage,
                         f"at most {cap}, the cap of tier {table.tier(held)} of the table")

    # its published example

    def reproduced(self) -> "Rational":
        """The number of the venue's published example, computed here.

        >>> Venue.load("kucoin").reproduced()
        28168

        ValueError where no published example was found.
        """
        if "value" not in self.example:
            raise ValueError(f"{self._book.file}, example: {self.example['text']}; searched: "
                             f"{self.example['searched']}")
        given = dict(self.example["given"])
        if name := self.example.get("formula"):
            if name not in formulas.catalogue():
                raise self._book.wrong("example, formula", name, "the name of a formula")
            return formulas.catalogue()[name].exact(**given)
        position = _position(given)
        return getattr(self, self.example["call"])(position, **given)

    def __repr__(self) -> str:
        return f"Venue.load({self.name!r})"


@lru_cache(maxsize=64)
def _shipped(name: str, scheme: str) -> Tiers:
    return Tiers.load(name).charged(scheme)


def _mark_of(position: Position, mark: Any) -> "Rational":
    """The mark price that is asked about; the entry where none is."""
    if not isinstance(position, Position):
        raise refuse("position", position, "a Position(...)")
    return position.entry if mark is None else positive("mark", mark)


def _leverage_of(position: Position) -> "Rational | None":
    if position.leverage is not None or position.collateral is None:
        return position.leverage
    return formulas.initial_margin.solved_for("leverage").exact(
        entry_notional=position.notional(), initial_margin=position.collateral)


def _position(given: dict[str, Any]) -> Position:
    """The position of an example; what belongs to it is taken out of `given`."""
    face = given.pop("face", None)
    fields = {name: given.pop(name) for name in ("side", "size", "entry", "leverage", "collateral")
              if name in given}
    return Position(**fields, contract=Linear() if face is None else Inverse(face))
