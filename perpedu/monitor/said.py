"""What a monitor says: events and states, with their reasons in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sympy import Rational


@dataclass(frozen=True)
class Event:
    """One thing that a monitor has to say about a mark.

    kind: "warning", "margin call", "liquidation" or "recovery".
    number: which mark it was, counted from 1; time: its time as it was given, or None.
    level: the ratio that was reached (recovery: left), maintenance margin over equity; or, where
        `distance` is true, a price move as a part of the price.
    equity, maintenance_margin: exact, at the mark; the margin includes the close fee.
    margin_ratio: the one over the other; None where equity is not positive.
    marks: {underlying: price}.  why: the reason in words.
    """

    kind: str
    number: int
    time: Any
    level: "Rational"
    distance: bool
    equity: "Rational"
    maintenance_margin: "Rational"
    margin_ratio: "Rational | None"
    marks: Mapping[str, "Rational"]
    why: str

    def as_dict(self) -> dict[str, Any]:
        """Plain parts for JSON; numbers are decimal text of 12 digits."""
        numbers = {name: digits(getattr(self, name)) for name in
                   ("level", "equity", "maintenance_margin", "margin_ratio")}
        return {"event": self.kind, "number": self.number, "time": self.time, **numbers,
                "of": "distance" if self.distance else "ratio",
                "marks": {name: digits(price) for name, price in self.marks.items()},
                "why": self.why}

    def __str__(self) -> str:
        when = f"mark {self.number}" if self.time is None else f"{self.time}"
        return f"{when}  {self.kind}: {self.why}"


@dataclass(frozen=True)
class State:
    """How the account stands after the last mark.

    status: "waiting" (for a first mark of each underlying), "open" or "liquidated".
    number: marks so far; missing: underlyings without a mark yet.
    distance: (down, up), the nearest common moves of all marks that liquidate, as parts of the
        price; None where none does.  ranges: the same in mean daily ranges, if the rules name one.
    """

    status: str
    number: int
    missing: tuple[str, ...] = ()
    equity: "Rational | None" = None
    maintenance_margin: "Rational | None" = None
    margin_ratio: "Rational | None" = None
    distance: tuple["Rational | None", "Rational | None"] = (None, None)
    ranges: tuple["Rational | None", "Rational | None"] = (None, None)


def digits(value: Any) -> str | None:
    """A number as decimal text of at most 12 digits; None stays."""
    return None if value is None else format(float(value), ".12g")


def why(kind: str, watch: Any, at: Any) -> str:
    """The reason of an event in words."""
    if watch.distance:
        return _of_distance(kind, watch)
    level = percent(watch.level)
    if kind == "recovery":
        return f"the ratio is {_ratio(at)}, below {percent(watch.free)}: {level} is armed again"
    if kind == "liquidation":
        return (f"equity {money(at.equity)} <= maintenance margin {money(at.requirement)}"
                + _in_a_row(watch))
    return f"the ratio is {_ratio(at)}, at or above {level}{_in_a_row(watch)}: {_sums(at)}"


def _of_distance(kind: str, watch: Any) -> str:
    if kind == "recovery":
        return (f"a move of {percent(watch.free)} does not liquidate: {percent(watch.level)} is "
                "armed again")
    return f"a move of {percent(watch.level)} would liquidate{_in_a_row(watch)}"


def _in_a_row(watch: Any) -> str:
    return f", {watch.ticks} marks in a row" if watch.ticks > 1 else ""


def _ratio(at: Any) -> str:
    return "beyond every level (no equity is left)" if at.ratio is None else percent(at.ratio)


def _sums(at: Any) -> str:
    return f"maintenance margin {money(at.requirement)}, equity {money(at.equity)}"


def percent(part: Any) -> str:
    """A part as per cent, in words."""
    return f"{float(100 * part):,.2f}".rstrip("0").rstrip(".") + " %"


def money(amount: Any) -> str:
    """An amount in words: two decimals, or six digits where it is small (coins)."""
    value = float(amount)
    return f"{value:,.2f}" if abs(value) >= 1 or value == 0 else f"{value:.6g}"
