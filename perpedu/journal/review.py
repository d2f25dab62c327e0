"""A review: what the trades of a week, a quarter or of all time say, and what they do not."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..market import timestamps
from ..theory.exact import fraction, one_of, refuse
from . import sample
from .fields import BY_NAME
from .tierdiff import TierChange, changes

if TYPE_CHECKING:
    from .journal import Journal
    from .trade import Trade

PERIODS = ("week", "quarter", "all")
GROUPS = ("regime", "behaviour", "timeframe", "venue", "symbol", "side", "rule")
PARTS = ("price", "execution", "fees", "funding", "net")


@dataclass(frozen=True)
class Group:
    """What some trades made: sums of the parts, and what may be concluded from so many.

    wins: trades with a net result above 0.  answered, yes: answers to the review questions.
    verdict: of the mean net result, by the rule of the sample size.  other: fees in other coins.
    """

    name: str
    trades: int
    wins: int
    parts: dict[str, Fraction]
    flagged: int
    answered: int
    yes: int
    windows: int
    verdict: str
    other: dict[str, Fraction]

    @property
    def win_interval(self) -> sample.Interval | None:
        """The share of wins with its interval; None without a trade."""
        return sample.interval(self.wins, self.trades) if self.trades else None


@dataclass(frozen=True)
class Review:
    """The report on the trades that were closed in a period.

    since, until: its first and last day; totals: all of them, one for each currency, because
    different money is never added up; groups: by the values of `by`, in each currency;
    trades: the trades; breaks: how often each warning came up; open_trades: still open;
    least: trades from which a group is judged; tiers: tables that have changed since an entry.
    In a notebook it is a table, `html()` is a page, and `str()` is text.
    """

    period: str
    since: str
    until: str
    by: str
    totals: tuple[Group, ...]
    groups: tuple[Group, ...]
    trades: "tuple[Trade, ...]"
    breaks: dict[str, int]
    open_trades: int
    least: int
    tiers: tuple[TierChange, ...]

    @property
    def total(self) -> Group:
        """All trades.  ValueError where they settle in more than one currency: see `totals`."""
        if len(self.totals) > 1:
            raise refuse("total", [item.name for item in self.totals], "trades of one currency")
        return self.totals[0]

    def html(self) -> str:
        """The report as a page of its own, to be kept or printed."""
        from .report import page

        return page(self)

    def _repr_html_(self) -> str:
        from .report import tables

        return tables(self)

    def __str__(self) -> str:
        from .report import text

        return text(self)

    __repr__ = __str__


def review(journal: "Journal", period: str = "week", *, until: Any, by: str = "regime") -> Review:
    """The report of a journal; see `Journal.review`.  ValueError for another period or field."""
    one_of("period", period, PERIODS)
    one_of("by", by, GROUPS)
    last = _day(until)
    first = _first(period, last)
    every = journal.trades()
    chosen = [trade for trade in every if not trade.is_open and _within(trade, first, last)]
    tiers = [] if period == "week" else changes([t for t in every if t.is_open or t in chosen])
    return Review(period, str(first or "the beginning"), str(last), by, *_sums(chosen, by),
                  tuple(chosen), _breaks(chosen),
                  sum(trade.is_open for trade in every), sample.sample_size(), tuple(tiers))


def _sums(chosen: "list[Trade]", by: str) -> tuple[tuple[Group, ...], tuple[Group, ...]]:
    """The totals and the groups; where there are several currencies, each by itself."""
    currencies = sorted({trade.settles for trade in chosen})
    if len(currencies) < 2:
        return (group("all", chosen),), tuple(grouped(chosen, by))
    parts = {coin: [trade for trade in chosen if trade.settles == coin] for coin in currencies}
    return (tuple(group(f"all, {coin}", part) for coin, part in parts.items()),
            tuple(item for coin, part in parts.items() for item in grouped(part, by, f", {coin}")))


def _day(until: Any) -> date:
    return date.fromisoformat(timestamps.text(timestamps.milliseconds("until", until))[:10])


def _first(period: str, last: date) -> date | None:
    """The first day: seven days, three months, or no beginning."""
    if period == "all":
        return None
    if period == "week":
        return last - timedelta(days=6)
    after = last + timedelta(days=1)
    year, month = divmod(after.year * 12 + after.month - 1 - 3, 12)
    return date(year, month + 1, min(after.day, monthrange(year, month + 1)[1]))


def _within(trade: "Trade", first: date | None, last: date) -> bool:
    day = date.fromisoformat(trade.closed[:10])
    return (first is None or first <= day) and day <= last


def grouped(trades: "list[Trade]", by: str, after: str = "") -> list[Group]:
    """A group for every value of a field; a trade with two tags counts in both."""
    found: dict[str, list[Trade]] = {}
    for trade in trades:
        for value in _values(trade, by):
            found.setdefault(value, []).append(trade)
    return [group(name + after, found[name]) for name in sorted(found)]


def _values(trade: "Trade", by: str) -> tuple[str, ...]:
    value = getattr(trade, by)
    if BY_NAME[by].kind == "tags":
        return value or ("without a tag",)
    return (str(value) if value is not None else "not logged",)


def group(name: str, trades: "list[Trade]") -> Group:
    """What these trades made, in exact numbers."""
    results = [trade.result for trade in trades]
    nets = [fraction(result.net) for result in results]
    answers = [trade.answer for trade in trades if trade.answer is not None]
    other: Counter = Counter()
    for result in results:
        other.update({coin: fraction(amount) for coin, amount in result.other})
    return Group(name, len(trades), sum(net > 0 for net in nets),
                 {part: sum((fraction(getattr(result, part)) for result in results), Fraction(0))
                  for part in PARTS},
                 sum(trade.flagged for trade in trades), len(answers), sum(answers),
                 sum(trade.windows for trade in trades), sample.judge_mean(nets), dict(other))


def _breaks(trades: "list[Trade]") -> dict[str, int]:
    """How many trades have each warning; the most frequent first."""
    counted = Counter(name for trade in trades for name in {item.name for item in trade.warnings})
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
