"""A maintenance rate that follows volatility, against one that stands still, through a bad day.

Procyclical means: the requirement rises when the market falls, so that it closes positions that
the price alone would not have closed.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, NamedTuple

from ..theory import formulas
from ..theory.exact import fraction_of_one, not_negative, positive, refuse
from .crash import HALF_MINUTES, Day
from .simulation import Estimate, simulate

if TYPE_CHECKING:
    import numpy
    from numpy.random import Generator

__all__ = ["CrashDays", "Crowd", "Outcome", "RateRule", "crash_days", "replay_rate"]

#: Half-minutes from the liquidation until the position is closed: three minutes.
DELAY = 6


@dataclass(frozen=True)
class RateRule:
    """A rate that is set anew at each step: z · σ_t · √τ, with tools against procyclicality.

    multiple, minutes: the tail and the close-out that the rate is to cover.  σ_t: the deviation of
    a day, from squared returns with weights that halve every `half_life` steps, beginning at
    `volatility`.  floor, cap: the rate stays between them.  band: the rate is up to this part
    above what the formula asks, and only moves when it must: a buffer that is used up first.

    >>> rule = RateRule()
    >>> round(rule.start(), 6)
    0.003999
    >>> RateRule.fixed("0.004").rates([100.0, 90.0]).tolist()
    [0.004, 0.004]
    """

    multiple: float = 2.326
    minutes: float = 3.16
    volatility: float = 0.0367
    half_life: float = 30
    floor: float = 0.0
    cap: float = 0.5
    band: float = 0.0

    def __post_init__(self) -> None:
        for field in fields(self):
            check = {"floor": fraction_of_one, "cap": fraction_of_one,
                     "band": not_negative}.get(field.name, positive)
            object.__setattr__(self, field.name, float(check(field.name, getattr(self, field.name))))
        if self.cap < self.floor:
            raise refuse("cap", self.cap, f"a rate of at least the floor, {self.floor}")

    @classmethod
    def fixed(cls, rate: Any) -> "RateRule":
        """A rate that never moves."""
        return cls(floor=rate, cap=rate)

    def start(self) -> float:
        """The rate before the first step."""
        return float(self._asked(self.volatility))

    def _asked(self, deviation: Any) -> Any:
        import numpy

        asked = formulas.move_rate.unchecked(daily_volatility=deviation, closeout_time=self.minutes
                                             / 1440, tail_multiple=self.multiple)
        return numpy.clip(asked, self.floor, self.cap)

    def rates(self, prices: Any, steps_a_day: int = HALF_MINUTES) -> "numpy.ndarray":
        """The rate at each price of a path (or of many, one a row), from returns up to it."""
        import numpy

        prices = numpy.asarray(prices, dtype=float)
        squares = numpy.diff(numpy.log(prices), axis=-1) ** 2 * steps_a_day
        keep = 0.5 ** (1 / self.half_life)
        variance = numpy.full(prices.shape, self.volatility**2)
        for i in range(squares.shape[-1]):
            variance[..., i + 1] = keep * variance[..., i] + (1 - keep) * squares[..., i]
        return self._buffered(self._asked(numpy.sqrt(variance)))

    def _buffered(self, asked: "numpy.ndarray") -> "numpy.ndarray":
        """Above what is asked by up to the band, and moved only when it leaves that."""
        import numpy

        if not self.band:
            return asked
        charged = asked * (1 + self.band)
        for i in range(1, asked.shape[-1]):
            now = asked[..., i]
            charged[..., i] = numpy.clip(charged[..., i - 1], now, now * (1 + self.band))
        return numpy.minimum(charged, max(self.cap, self.floor))


class Crowd(NamedTuple):
    """Accounts of one size: sides (+1, −1), leverages, and the steps at which they were opened."""

    side: "numpy.ndarray"
    leverage: "numpy.ndarray"
    opened: "numpy.ndarray"

    @classmethod
    def drawn(cls, count: int, seed: int, *, leverage: tuple[float, float] = (3, 100),
              last: int = HALF_MINUTES - 240) -> "Crowd":
        """As many longs as shorts, leverages even on a logarithmic scale, opened at any step up to
        `last`."""
        import numpy

        if isinstance(count, bool) or not isinstance(count, int) or count < 2:
            raise refuse("count", count, "a whole number of 2 or more")
        low, high = (float(positive("leverage", end)) for end in leverage)
        if not 1 <= low < high:
            raise refuse("leverage", leverage, "two leverages of 1 or more, the lower one first")
        dice = numpy.random.default_rng(seed)
        return cls(numpy.where(numpy.arange(count) % 2, -1, 1),
                   numpy.exp(dice.uniform(numpy.log(low), numpy.log(high), count)),
                   dice.integers(0, last, count, endpoint=True))


class Outcome(NamedTuple):
    """What a rule did to a crowd on a path.

    closed: accounts liquidated; by_rate: of these, at a price at which the rate of the step before
    would have left them open; needless: of these, never closed by the rule beside which it was
    replayed; bankrupt: closed with less than nothing, three minutes later; deficit: what they
    lacked, in notionals at entry; at_once: the most closed in one step; peak_to_trough: the
    highest rate over the lowest.
    """

    closed: int
    by_rate: int
    needless: int
    bankrupt: int
    deficit: float
    at_once: int
    peak_to_trough: float


def replay_rate(prices: Any, rule: RateRule, crowd: Crowd, beside: RateRule | None = None) -> Outcome:
    """Walk a crowd of isolated positions through a path under a rule of the rate.

    Maintenance margin on the mark notional; liquidated where equity is at most that, at the end of
    a step after the opening; an account that would be at once is not opened.  A liquidated
    position is closed three minutes later, at the price of then.

    ValueError where the path is no row of prices above 0, or ends before the crowd is open.
    """
    import numpy

    prices = numpy.asarray(prices, dtype=float)
    if prices.ndim != 1 or len(prices) < 2 or not (prices > 0).all():
        raise refuse("prices", prices.shape, "a row of at least two prices above 0")
    if crowd.opened.max() >= len(prices):
        raise refuse("crowd", int(crowd.opened.max()), "openings within the path")
    rates, others = (each and each.rates(prices) for each in (rule, beside))
    return _outcome(prices, rates, crowd, rates if others is None else others)


def _outcome(prices: "numpy.ndarray", rates: "numpy.ndarray", crowd: Crowd,
             others: "numpy.ndarray") -> Outcome:
    import numpy

    at, by_rate = _closings(prices, rates, crowd)
    closed = at < len(prices)
    elsewhere = closed if others is rates else _closings(prices, others, crowd)[0] < len(prices)
    later = prices[numpy.minimum(at + DELAY, len(prices) - 1)]
    left = 1 / crowd.leverage + crowd.side * (later / prices[crowd.opened] - 1)
    lost = numpy.where(closed, numpy.maximum(-left, 0), 0.0)
    most = numpy.bincount(at[closed]).max() if closed.any() else 0
    return Outcome(int(closed.sum()), int(by_rate.sum()), int((closed & ~elsewhere).sum()),
                   int((lost > 0).sum()), float(lost.sum()), int(most),
                   float(rates.max() / rates.min()))


def _closings(prices: "numpy.ndarray", rates: "numpy.ndarray", crowd: Crowd
              ) -> "tuple[numpy.ndarray, numpy.ndarray]":
    """The step at which each account is closed (one beyond the last: never), and whether the rate
    of the step before would have left it open at that price."""
    import numpy

    line = prices[crowd.opened] * (1 - crowd.side / crowd.leverage)
    at, by_rate = numpy.full(len(line), len(prices)), numpy.zeros(len(line), bool)
    steps = numpy.arange(len(prices))
    for side in (1, -1):
        level = side * prices * (1 - side * rates)  # equity is at the margin where this is the line
        rows = numpy.flatnonzero((crowd.side == side) & (level[crowd.opened] > side * line))
        due = (level <= side * line[rows, None]) & (steps > crowd.opened[rows, None])
        rows, due = rows[due.any(axis=1)], due[due.any(axis=1)]
        at[rows] = due.argmax(axis=1)
        before = side * prices[at[rows]] * (1 - side * rates[at[rows] - 1])
        by_rate[rows] = before > side * line[rows]
    return at, by_rate


@dataclass(frozen=True)
class CrashDays:
    """An experiment for `simulate`: days through the same four prices, each with its own crowd.

    A row a day: for each rule the fields of `Outcome`, the counts in per cent of the accounts, the
    deficit in per cent of their notionals; needless is counted beside the first rule.
    """

    day: Day
    rules: tuple[RateRule, ...]
    accounts: int = 200

    def __call__(self, generator: "Generator", count: int) -> "numpy.ndarray":
        import numpy

        paths = self.day.paths(generator, count)
        crowds = [Crowd.drawn(self.accounts, seed) for seed in
                  generator.integers(2**31, size=count).tolist()]
        rates = [rule.rates(paths) for rule in self.rules]
        return numpy.array([self._row(prices, crowd, [each[i] for each in rates])
                            for i, (prices, crowd) in enumerate(zip(paths, crowds))])

    def _row(self, prices: "numpy.ndarray", crowd: Crowd, rates: list) -> list[float]:
        row: list[float] = []
        for own in rates:
            *parts, ratio = _outcome(prices, own, crowd, rates[0])
            row += [*(100 * part / self.accounts for part in parts), ratio]
        return row


def crash_days(rules: Any, *, date: str = "2020-03-12", days: int = 40, accounts: int = 120,
               seed: int = 1, executor: Any = None) -> Estimate:
    """Many synthetic days through one published day's prices: a row of `Outcome` for each rule.

    In per cent of the accounts (the deficit: of their notionals), but for peak_to_trough; means
    with standard errors, as two arrays of one row a rule.  The first rule is the one beside which
    the others' needless closings are counted.

    >>> found = crash_days([RateRule.fixed("0.004"), RateRule(floor=0.004)], days=2, accounts=20)
    >>> found.mean.shape
    (2, 7)
    """
    rules = tuple(rules)
    experiment = CrashDays(Day.published(date), rules, accounts)
    found = simulate(experiment, days, seed=seed, executor=executor, block=20)
    shape = len(rules), len(Outcome._fields)
    return Estimate(found.mean.reshape(shape), found.standard_error.reshape(shape), found.paths)
