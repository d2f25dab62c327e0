"""What does not add up about a trade, or breaks a rule: warnings, never a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..market.position import SIDES
from ..theory.exact import fraction
from .fields import number, plain

#: A buffer below this many average daily ranges is flagged (Tiltless's rule).
RANGES = Fraction(2)
PRICES = ("bankruptcy_price", "liquidation_price", "entry")


@dataclass(frozen=True)
class Warning:
    """A warning: a short name to count by, and a sentence with the trade's numbers."""

    name: str
    says: str

    def __str__(self) -> str:
        return self.says


def warnings_of(fields: dict[str, Any]) -> tuple[Warning, ...]:
    """All warnings of a trade's fields, the gravest first."""
    return tuple(Warning(name, says) for check in (_order, _open, _buffer, _stop, _unlogged)
                 for name, says in check(fields))


def _value(fields: dict[str, Any], name: str) -> Fraction | None:
    return None if fields[name] is None else number(name, fields[name])


def _order(fields: dict[str, Any]):
    """bankruptcy < liquidation < entry for a long, the other way round for a short."""
    found = [_value(fields, name) for name in PRICES]
    bankruptcy, line, entry = found
    sign = SIDES[fields["side"]]
    if None not in (bankruptcy, line) and not sign * bankruptcy < sign * line:
        yield "order", (f"the liquidation price {_short(line)} is not before the bankruptcy price "
                        f"{_short(bankruptcy)}: equity would be gone by then")
    if line is not None and not sign * line < sign * entry:
        yield "order", (f"the liquidation price {_short(line)} is not {_side(sign)} the entry "
                        f"{_short(entry)}: it would be liquidated at once")


def _side(sign: int) -> str:
    return "below" if sign > 0 else "above"


def _open(fields: dict[str, Any]):
    if (cap := _cap(fields)) is not None and cap < (lever := _value(fields, "effective_leverage")):
        yield "leverage", (f"{_short(lever)}× is more than the {_short(cap)}× that the table allows: "
                           "the venue would refuse this order")


def _cap(fields: dict[str, Any]) -> Fraction | None:
    """The leverage that the kept table allows at the entry notional."""
    from .ledger import position_of, table_from

    if None in (fields["tier_rows"], fields["effective_leverage"]):
        return None
    table, notional = table_from(fields["tier_rows"]), position_of(fields).notional()
    if table.cap is not None and notional > table.cap:
        return None
    cap = table.max_leverage(notional)
    return None if cap is None else fraction(cap)


def _buffer(fields: dict[str, Any]):
    ranges = _value(fields, "buffer_ranges")
    if ranges is not None and ranges < RANGES:
        yield "buffer", (f"the buffer is {_short(ranges)} average daily ranges, below "
                         f"{plain(RANGES)}: a margin-risk violation by that rule")


def _stop(fields: dict[str, Any]):
    """A stop on the wrong side of the entry, or beyond the line."""
    stop, line, entry = (_value(fields, name) for name in (
        "planned_stop", "liquidation_price", "entry"))
    sign = SIDES[fields["side"]]
    if stop is None:
        return
    if not sign * stop < sign * entry:
        yield "stop", f"the stop {_short(stop)} is not {_side(sign)} the entry {_short(entry)}"
    if line is not None and not sign * line < sign * stop:
        yield "stop", (f"the stop {_short(stop)} is not before the liquidation price "
                       f"{_short(line)}: the venue would act first")


def _unlogged(fields: dict[str, Any]):
    missing = [name for name in ("tiers", "adr", "planned_entry") if fields[name] is None]
    if missing:
        yield "unlogged", f"not logged: {', '.join(missing)}; what needs it stays empty"
    if fields["liquidation_price"] is None and fields["tier_rows"] is not None:
        yield "no line", "no price liquidates it alone, or it has no collateral of its own"


def _short(value: Fraction) -> str:
    """A number for a sentence: two decimals where it has more."""
    return f"{float(value):,.2f}" if value.denominator != 1 else f"{value.numerator:,}"
