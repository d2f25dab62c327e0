"""What has changed in a trade's tier table since it was opened, and what that does to its line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..theory.exact import mapping, refuse
from .ledger import position_of, table_from, table_of, terms

if TYPE_CHECKING:
    from sympy import Rational

    from ..market.tiers import Tiers
    from .trade import Trade


@dataclass(frozen=True)
class TierChange:
    """A trade whose table has changed since its entry.

    was, now: the names of the tables.  rates: for each floor of either table, the rate before and
    after (None where the notional lies above a table's cap), where they differ.
    line_was, line_now: the liquidation price of the position at entry under either; None where
    there is none.
    """

    trade: str
    was: str
    now: str
    rates: "tuple[tuple[Rational, Rational | None, Rational | None], ...]"
    line_was: "Rational | None"
    line_now: "Rational | None"

    def __str__(self) -> str:
        lines = [_price(self.line_was), _price(self.line_now)]
        moved = "its line stays" if lines[0] == lines[1] else f"its line moves from {lines[0]} to {lines[1]}"
        return (f"{self.trade}: {self.was} is now {self.now}; {len(self.rates)} steps differ, {moved}")


def _price(value: Any) -> str:
    return "none" if value is None else f"{float(value):,.2f}"


def changes(trades: "list[Trade]", now: dict[str, Any] | None = None) -> list[TierChange]:
    """The changes of all trades that logged a table; see `Journal.tier_changes`."""
    given = {} if now is None else mapping("now", now, "tables by the name that was logged")
    found = [_change(trade, given) for trade in trades
             if trade.tier_rows is not None and "/" in (trade.tiers or "")]
    return [change for change in found if change is not None]


def _change(trade: "Trade", given: dict[str, Any]) -> TierChange | None:
    was = table_from(trade.tier_rows)
    name, today = _today(trade.tiers, given)
    if today == was:
        return None
    line = [_line(trade, table) for table in (was, today)]
    return TierChange(trade.id, trade.tiers, name, _rates(was, today), *line)


def _today(name: str, given: dict[str, Any]) -> "tuple[str, Tiers]":
    """The table that holds now: the given one, or the newest that ships of this symbol."""
    from ..market.tiers import Tiers, as_tiers

    if name in given:
        table = as_tiers(given[name])
        return table.name or "the given table", table
    series = name.rpartition("/")[0] + "/"
    same = [other for other in Tiers.names() if other.startswith(series)]
    if not same:
        raise refuse("tiers", name, "a table whose series ships, or `now` that gives today's")
    return same[-1], table_of(same[-1])


def _rates(was: "Tiers", now: "Tiers") -> tuple:
    """The floors at which the two tables differ; the rate just above each."""
    floors = sorted({row.floor for table in (was, now) for row in table.rows})
    steps = [(floor, _above(was, floor), _above(now, floor)) for floor in floors]
    return tuple(step for step in steps if step[1] != step[2])


def _above(table: "Tiers", floor: "Rational") -> "Rational | None":
    if table.cap is not None and floor >= table.cap:
        return None
    return max((row for row in table.rows if row.floor <= floor), key=lambda row: row.floor).rate


def _line(trade: "Trade", table: "Tiers") -> "Rational | None":
    """The line of the position as it was opened; None for a cross leg, or above the table's cap."""
    position = position_of(trade.fields)
    if position.collateral is None or table.cap is not None and position.notional() > table.cap:
        return None
    return position.liquidation_price(table, *terms(trade.fields))
