"""What funding rates really were: the derived facts of the published prints, to read and to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..theory import formulas
from ..theory.exact import one_of, rational
from .facts import Facts, about, numbers, read

if TYPE_CHECKING:
    from sympy import Rational

#: Three funding times a day, on 365 days.
INTERVALS_A_YEAR = 3 * 365
KINDS = ("at_interest", "above", "below", "negative", "zero")
_HEAD = f"{'':6}{'prints':>8}{'at 0.01 %':>11}{'above':>9}{'negative':>10}{'mean':>11}{'a year':>9}"


@dataclass(frozen=True)
class Prints:
    """The rates of a period: how many there were, of which kind, and how large.

    at_interest, above, below: prints of exactly the interest rate, and on either side of it.
    negative, zero: prints below 0 and of 0.  sum, least, greatest, median: exact fractions.
    """

    prints: int
    at_interest: int
    above: int
    below: int
    negative: int
    zero: int
    sum: "Rational"
    least: "Rational"
    greatest: "Rational"
    median: "Rational"

    def share(self, kind: str) -> "Rational":
        """The part of the prints that is "at_interest", "above", "below", "negative" or "zero"."""
        return rational(kind, getattr(self, one_of("kind", kind, KINDS))) / self.prints

    @property
    def mean(self) -> "Rational":
        """The mean rate of an interval, exact."""
        return self.sum / self.prints

    @property
    def a_year(self) -> "Rational":
        """The mean rate as a share of the notional in a year of 1,095 intervals, not compounded."""
        return formulas.funding_a_year.exact(
            intervals_a_year=INTERVALS_A_YEAR, funding_rate=self.mean)

    def _row(self, name: str) -> str:
        at, above, negative = (f"{float(self.share(kind)):.1%}"
                               for kind in ("at_interest", "above", "negative"))
        return (f"{name:6}{self.prints:>8,}{at:>11}{above:>9}{negative:>10}"
                f"{float(self.mean):>11.5%}{float(self.a_year):>9.2%}")


@dataclass(frozen=True)
class FundingFacts(Facts):
    """The published funding rates of one contract, as facts derived from them.

    all, years: the prints of the whole period and of each year.  quantiles: for each part, the
    least rate that this part of all prints does not exceed.  interest: the rate of the dead zone.
    cap: no print lies beyond it on either side; at_cap, at_floor: the times at which it was met.
    longest_run: number of prints, first and last time of the longest runs of one kind.
    sha256: of the raw file, which is not part of the book.
    """

    first: str
    last: str
    interest: "Rational"
    cap: "Rational"
    all: Prints
    years: Mapping[int, Prints]
    quantiles: Mapping[str, "Rational"]
    at_cap: tuple[str, ...]
    at_floor: tuple[str, ...]
    longest_run: Mapping[str, tuple[int, str, str]]

    def __repr__(self) -> str:
        rows = [part._row(str(year)) for year, part in self.years.items()]
        parts = "  ".join(f"{float(rational('part', part)):.0%} {float(rate):.4%}"
                          for part, rate in self.quantiles.items())
        return "\n".join([
            f"{self.all.prints:,} prints, {self.instrument}", f"{self.first} to {self.last}",
            "", _HEAD, *rows, self.all._row("all"), "", f"quantiles: {parts}",
            f"at the cap of {float(self.cap):.1%}: {', '.join(self.at_cap)}; "
            f"at -{float(self.cap):.1%}: {', '.join(self.at_floor)}",
            f"source: {self.source}; {self.script}"])


@cache
def facts() -> FundingFacts:
    """The funding rates of BTCUSDT on Binance from September 2019 to February 2026, as facts.

    >>> found = facts()
    >>> found.all.prints, found.all.at_interest, found.at_cap
    (7028, 2666, ('2020-02-12T00:00Z',))
    >>> round(float(found.all.share("at_interest")), 4), round(float(found.all.a_year), 4)
    (0.3793, 0.1241)

    Rates are fractions of the notional, exact.  Only derived facts ship; `make facts RAW=folder`
    derives them again from the raw file with this SHA-256.
    """
    content = read("funding")
    return FundingFacts(**about(content), **_read(content["facts"]))


def _read(found: dict[str, Any]) -> dict[str, Any]:
    """The facts of the file, as the numbers and tuples that they are."""
    runs = {kind: (run["prints"], run["first"], run["last"])
            for kind, run in found["longest_run"].items()}
    return dict(
        first=found["first"], last=found["last"], interest=rational("interest", found["interest"]),
        cap=rational("cap", found["cap"]), all=Prints(**numbers(found["all"])),
        years=MappingProxyType({int(year): Prints(**numbers(part))
                                for year, part in found["years"].items()}),
        quantiles=numbers(found["quantiles"]),
        at_cap=tuple(found["at_cap"]), at_floor=tuple(found["at_floor"]),
        longest_run=MappingProxyType(runs))
