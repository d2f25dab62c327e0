"""The states of a liquidation, which may follow which, and what is known in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

#: Which state may follow which.  "open", "called", "restored" and "settled" may be the last.
TRANSITIONS: Mapping[str, tuple[str, ...]] = {
    "open": ("called", "triggered"),
    "called": ("triggered",),
    "triggered": ("cancelled", "reduced", "sold", "taken over"),
    "cancelled": ("cancelled", "reduced", "sold", "taken over", "restored"),
    "reduced": ("cancelled", "reduced", "sold", "taken over", "restored", "settled"),
    "sold": ("cancelled", "reduced", "sold", "taken over", "restored", "settled"),
    "taken over": ("unwound", "deleveraged", "settled"),
    "unwound": ("deleveraged", "settled"),
    "deleveraged": ("settled",),
    "restored": (),
    "settled": (),
}
LAST = ("open", "called", "restored", "settled")


@dataclass(frozen=True)
class Step:
    """Where the machine stands after a step.

    state; said: what happened, in words.  equity, requirement: of the trader.  sizes: what the
    trader still holds, by leg, without sign.  equities: of every party, at the mark.
    postings: how many of the ledger's postings there are by then.
    """

    state: str
    said: str
    equity: Fraction
    requirement: Fraction
    sizes: Mapping[str, Fraction]
    equities: Mapping[str, Fraction]
    postings: int

    @property
    def surplus(self) -> Fraction:
        """Equity less requirement."""
        return self.equity - self.requirement


@dataclass(frozen=True)
class Deficit:
    """What no book takes and no fund can pay for: what an ADL rule is given to share out.

    leg, side, size: the position that must end.  price: the bankruptcy price at which it ends;
    None where no price above 0 is.  mark: the mark price.  loss: what those who take it over lose
    against the mark, all together; below 0 they gain.  In the settlement currency.
    """

    leg: str
    side: str
    size: Fraction
    price: Fraction | None
    mark: Fraction
    loss: Fraction
