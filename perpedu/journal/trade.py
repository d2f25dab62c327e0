"""One trade as the journal has it: its fields, its events, its result and its warnings."""

from __future__ import annotations

import json
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from ..theory.exact import fraction, rational
from . import ledger
from .checks import Warning, warnings_of
from .fields import BY_NAME, FIELDS, NUMBERS, number

if TYPE_CHECKING:
    from ..market.position import Position

#: What an event may be; the first three have an amount.
KINDS = ("fee", "funding", "collateral", "stop", "note")


class Event(NamedTuple):
    """Something that happened to an open trade; events are added and never changed.

    kind: "fee" or "funding" (amount: what was paid), "collateral" (amount: what was put in; below
    0: taken out), "stop" (amount: the new stop), "note".
    """

    number: int
    time: str
    kind: str
    amount: str | None
    text: str | None


class Trade:
    """A trade of a journal, unchangeable: its fields are attributes, and numbers are exact.

    `result` splits what a closed trade made; `warnings` says what does not add up; `events` holds
    what happened while it was open.
    """

    def __init__(self, fields: dict[str, str | None], events: tuple[Event, ...] = ()) -> None:
        vars(self).update(fields=dict(fields), events=tuple(events))

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a trade of the journal does not change; {name} stays")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in BY_NAME:
            raise AttributeError(f"a trade has no field {name!r}")
        return _value(BY_NAME[name].kind, name, self.fields[name])

    @property
    def is_open(self) -> bool:
        """Whether it has not been closed yet."""
        return self.fields["closed"] is None

    @property
    def position(self) -> "Position":
        """The position as it was opened."""
        return ledger.position_of(self.fields)

    @property
    def warnings(self) -> tuple[Warning, ...]:
        """What does not add up, or breaks the rule of two ranges."""
        return warnings_of(self.fields)

    @property
    def flagged(self) -> bool:
        """Whether the buffer at entry was below two average daily ranges."""
        return any(warning.name == "buffer" for warning in self.warnings)

    @property
    def result(self) -> ledger.Result:
        """The parts of the result.  ValueError while the trade is open."""
        return ledger.result_of(self.fields, self._paid("fee", "fees"),
                                self._paid("funding", "funding"), self._other())

    @property
    def windows(self) -> int:
        """Funding times it was held across: those written at the exit, and the funding events."""
        written = int(self.fields["funding_windows"] or 0)
        return written + sum(event.kind == "funding" for event in self.events)

    @property
    def settles(self) -> str:
        """The currency of its money; where none is written, "coin" (inverse) or "quote"."""
        return self.currency or ("quote" if self.face is None else "coin")

    @property
    def risk(self) -> Any:
        """What the plan risked: from entry to stop, before costs; None without a stop."""
        if self.planned_stop is None:
            return None
        return -self.position.unrealized_pnl(self.planned_stop)

    @property
    def multiple(self) -> Any:
        """The net result in multiples of the planned risk ("R"); None where no risk was planned."""
        risk = self.risk
        return None if self.is_open or risk is None or risk <= 0 else self.result.net / risk

    def total(self, kind: str) -> Fraction:
        """The sum of the amounts of all events of a kind."""
        return sum((number("amount", event.amount) for event in self.events
                    if event.kind == kind and event.amount is not None), Fraction(0))

    def _paid(self, kind: str, field: str) -> Fraction:
        written = self.fields[field]
        return self.total(kind) + (number(field, written) if written else 0)

    def _other(self) -> dict[str, Fraction]:
        written = json.loads(self.fields["fees_other"] or "{}")
        return {coin: number(coin, amount) for coin, amount in written.items()}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Trade) and (self.fields, self.events) == (other.fields, other.events)

    def __hash__(self) -> int:
        return hash((self.fields["id"], self.events))

    def __repr__(self) -> str:
        state = "open" if self.is_open else "closed"
        size, entry = self.fields["size"], self.fields["entry"]
        return f"<Trade {self.id}: {self.side} {size} @ {entry}, {state}>"

    def rows(self) -> list[tuple[str, str, str]]:
        """What is written of it: name, value and unit of each field that is not empty."""
        return [(field.name.replace("_", " "), shown(field.kind, self.fields[field.name]), field.unit)
                for field in FIELDS if self.fields[field.name] is not None and field.kind != "rows"]

    def __str__(self) -> str:
        lines = [f"{name:<20} {value} {unit}".rstrip() for name, value, unit in self.rows()]
        return "\n".join([*lines, *(f"warning: {warning}" for warning in self.warnings)])

    def _repr_html_(self) -> str:
        rows = "".join(f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)} {escape(unit)}'
                       "</td></tr>" for name, value, unit in self.rows())
        said = "".join(f"<li>{escape(str(warning))}</li>" for warning in self.warnings)
        return (f'<div class="pp-ledger tex2jax_ignore mathjax_ignore"><table><caption>Trade '
                f"{escape(self.id)}</caption><tbody>{rows}</tbody></table><ul>{said}</ul></div>")


def shown(kind: str, text: str) -> str:
    """A stored value for a reader: a long number with 6 places and ≈, all else as it is."""
    if kind not in NUMBERS or "/" not in text and len(text.partition(".")[2]) <= 6:
        return text
    return f"≈ {float(number('value', text)):.6f}"


def _value(kind: str, name: str, text: str | None) -> Any:
    if kind == "tags":
        return tuple(text.split(",")) if text else ()
    if text is None:
        return None
    if kind in NUMBERS:
        return rational(name, number(name, text))
    if kind == "other":
        return {coin: rational(coin, number(coin, amount)) for coin, amount in json.loads(text).items()}
    return {"count": int, "flag": "yes".__eq__}.get(kind, str)(text)


def collateral_at_exit(trade: Trade) -> Any:
    """Collateral at entry, plus what was put in, less funding paid; None for a cross leg."""
    start = trade.position.collateral
    if start is None:
        return None
    moved = trade.total("collateral") - trade.total("funding")
    return rational("collateral", fraction(start) + moved)
