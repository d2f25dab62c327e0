"""The monitor: marks in, one by one; events out, with their reasons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from ..market.timestamps import A_TIME, milliseconds
from ..theory.exact import fraction, mapping, positive, rational, refuse
from .book import Book, Standing, account_of
from .rules import Rules, Watch, watches
from .said import Event, State, why

_PLAIN = re.compile(r"[0-9]{1,20}(?:\.[0-9]{1,20})?", re.ASCII)
_LARGEST = Fraction(10**30)
_SECONDS = re.compile(r"[0-9]{9,11}\.[0-9]{1,9}", re.ASCII)


class Monitor:
    """Watches an account: `feed` it marks one by one, it returns what is to be said of each.

    account: an `Account`; or a `Position` with money of its own, and its `tiers`.
    rules: `Rules`, or a dictionary of their names; by default warnings at 50, 80 and 90 %.
    close_fee: a fraction of every leg's mark notional, counted in the requirement.

    Everything is exact.  A level is reached at equality: ratio >= level.  The account is
    liquidated where equity <= maintenance margin + close fee, on `rules.ticks` marks in a row;
    after that the monitor is silent.  Memory does not grow with the marks.

    >>> from perpedu import Position
    >>> trade = Position("long", "0.1", 60_000, leverage=10)
    >>> monitor = Monitor(trade, tiers="0.005")
    >>> for price in (60_000, 54_500, 54_300, 54_200):
    ...     for event in monitor.feed(price):
    ...         print(event)
    mark 2  warning: the ratio is 54.5 %, at or above 50 %: maintenance margin 27.25, equity 50.00
    mark 3  warning: the ratio is 90.5 %, at or above 80 %: maintenance margin 27.15, equity 30.00
    mark 3  warning: the ratio is 90.5 %, at or above 90 %: maintenance margin 27.15, equity 30.00
    mark 4  margin call: the ratio is 135.5 %, at or above 100 %: maintenance margin 27.10, \
equity 20.00
    mark 4  liquidation: equity 20.00 <= maintenance margin 27.10

    Raises ValueError that names the argument, its value and what was expected.
    """

    def __init__(self, account: Any, rules: Any = None, *, tiers: Any = None, close_fee: Any = 0):
        self.rules = _rules(rules)
        self._book = Book(account_of(account, tiers), close_fee)
        self._watches = watches(self.rules, fraction)
        self._prices: dict[str, Fraction] = {}
        self._seen: dict[str, Any] = {}
        self._last: int | None = None
        self._at: Standing | None = None
        self.number, self.liquidated = 0, False

    @property
    def underlyings(self) -> tuple[str, ...]:
        """The names that marks may have; "mark" for a lone position."""
        return tuple(self._book.names)

    @property
    def missing(self) -> tuple[str, ...]:
        """The underlyings that have no mark yet; until there is none, nothing can be judged."""
        return tuple(name for name in self._book.names if name not in self._prices)

    def feed(self, marks: Any, time: Any = None, funding: Any = None) -> list[Event]:
        """What is to be said after these marks; [] for nothing.

        marks: {underlying: price above 0}, or one price where there is one underlying.  An
            underlying that is left out keeps its last mark; names that no leg has are ignored.
        time: UTC, in any form of `candles`, or seconds with decimals.  It must not run backwards,
            nor come twice with the same underlying.
        funding: {underlying: rate}, or one rate, paid at these marks before they are judged.

        Raises ValueError, and leaves everything as it was, for marks that cannot be read.
        """
        prices = self._read("marks", marks, _price)
        rates = {} if funding is None else self._read("funding", funding, _rate)
        if not prices:
            raise refuse("marks", marks, "a price of " + " or ".join(map(repr, self.underlyings)))
        now = {**self._prices, **prices}
        for name in rates:
            if name not in now:
                raise refuse("funding", funding, f"a mark of {name!r} first")
        self._tick(time, prices)
        self._prices = now
        self.number += 1
        self._book.pay(rates, now)
        return [] if self.missing or self.liquidated else self._judge(time)

    def new_clock(self) -> None:
        """Forget the times so far: the next one may be any."""
        self._last, self._seen = None, {}

    def state(self) -> State:
        """How the account stood at the last mark that was judged, and its distance from the line.

        Once it is liquidated that is the mark which did it.
        """
        if self._at is None:
            return State("waiting", self.number, self.missing)
        at, distance = self._at, self._distance()
        each = self.rules.daily_range
        ranges = tuple(None if part is None or each is None else abs(part) / each
                       for part in distance)
        return State("liquidated" if self.liquidated else "open", self.number, (),
                     _exact(at.equity), _exact(at.requirement), _exact(at.ratio), distance, ranges)

    def _distance(self) -> tuple[Any, Any]:
        if self._at.liquidated:
            return _exact(Fraction(0)), _exact(Fraction(0))
        if self._book.wallet < 0:  # funding has taken more than there was: no Account is like that
            return None, None
        fee = rational("close_fee", self._book.fee)
        return self._book.account().liquidation_shock(
            {name: rational(name, price) for name, price in self._prices.items()}, close_fee=fee)

    def _read(self, what: str, given: Any, read: Any) -> dict[str, Fraction]:
        if not isinstance(given, Mapping):
            if len(self._book.names) > 1:
                mapping(what, given, "{underlying: number}: there is more than one underlying")
            given = {self._book.names[0]: given}
        return {name: read(name, given[name]) for name in self._book.names if name in given}

    def _tick(self, time: Any, prices: Mapping[str, Fraction]) -> None:
        """Take note of the time; ValueError, before anything has changed, where it cannot be."""
        if time is None:
            return
        moment = _moment(time)
        if self._last is not None and moment < self._last:
            raise refuse("time", time, "a time that is not before the last one")
        again = [name for name in prices if self._seen.get(name) == time]
        if again:
            raise refuse("time", time, f"each time once; {again[0]!r} had a mark then")
        self._last = moment
        self._seen.update(dict.fromkeys(prices, time))

    def _judge(self, time: Any) -> list[Event]:
        self._at = Standing(self._book, self._prices)
        said = [(kind, watch) for watch in self._watches if (kind := watch.feed(self._at))]
        self.liquidated = any(kind == "liquidation" for kind, _ in said)
        return [self._event(kind, watch, time) for kind, watch in said]

    def _event(self, kind: str, watch: Watch, time: Any) -> Event:
        at = self._at
        marks = {name: _exact(price) for name, price in self._prices.items()}
        return Event(kind, self.number, time, _exact(watch.level), watch.distance,
                     _exact(at.equity), _exact(at.requirement), _exact(at.ratio),
                     MappingProxyType(marks), why(kind, watch, at))

    def __repr__(self) -> str:
        state = "liquidated" if self.liquidated else "open"
        return f"Monitor({', '.join(self.underlyings)}; {self.number} marks, {state})"


def _rules(rules: Any) -> Rules:
    if rules is None:
        return Rules()
    return rules if isinstance(rules, Rules) else Rules.read(rules)


def _price(name: str, value: Any) -> Fraction:
    if type(value) is str and _PLAIN.fullmatch(value) and (price := Fraction(value)):
        return price
    price = fraction(positive(f"mark of {name!r}", value))
    if not 1 / _LARGEST <= price <= _LARGEST:
        raise refuse(f"mark of {name!r}", value, "a price from 1e-30 to 1e30")
    return price


def _rate(name: str, value: Any) -> Fraction:
    rate = fraction(rational(f"funding of {name!r}", value))
    if not -1 < rate < 1 or rate.denominator > _LARGEST:
        raise refuse(f"funding of {name!r}", value, "a rate between -1 and 1, of 30 decimals at most")
    return rate


def _moment(time: Any) -> int:
    """A time as milliseconds; seconds with decimals are understood as well."""
    if isinstance(time, float) and time == time and 10**8 <= time < 10**11:
        return int(time * 1000)
    if isinstance(time, str) and _SECONDS.fullmatch(time.strip()):
        return int(Fraction(time.strip()) * 1000)
    try:
        return milliseconds("time", time)
    except (OverflowError, TypeError):
        raise refuse("time", time, A_TIME) from None


def _exact(value: Fraction | None) -> Any:
    return None if value is None else rational("value", value)
