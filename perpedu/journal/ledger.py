"""What a trade's own numbers say: the line and the buffer at entry, and the parts of its result."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..theory.exact import fraction, rational, refuse
from .fields import number, plain

if TYPE_CHECKING:
    from sympy import Rational

    from ..market.position import Position
    from ..market.tiers import Tiers

#: The version of the definitions below; it is written into every trade, and goes up when the
#: meaning of a logged field changes, so that trades of different meanings are never mixed up.
DEFINITIONS = 2


@dataclass(frozen=True)
class Result:
    """The parts of a closed trade's result; they add up to `net`, exactly.

    price: from the price at which the entry was decided to that at which the exit was.
    execution: what the fills made of it; below 0 it cost.  Where no decision price was written
    down the fill stands for it, and `measured` is False: execution is then 0 because unknown.
    fees, funding: what was paid, with a minus.  other: fees in other coins, which `net` leaves out.
    """

    price: "Rational"
    execution: "Rational"
    fees: "Rational"
    funding: "Rational"
    measured: bool
    other: tuple[tuple[str, "Rational"], ...] = ()

    @property
    def net(self) -> "Rational":
        """What is left after all of them, in the settlement currency."""
        from ..theory.formulas import net_pnl

        return net_pnl.exact(price_pnl=self.price, execution_pnl=self.execution,
                             fees_paid=-self.fees, funding_paid=-self.funding)


def position_of(fields: dict[str, str | None]) -> "Position":
    """The position of a trade's fields, as text or as numbers."""
    from ..market.contract import Inverse, Linear
    from ..market.position import Position

    def value(name: str) -> Any:
        return None if fields[name] is None else rational(name, number(name, fields[name]))

    contract = Linear() if fields["face"] is None else Inverse(face=value("face"))
    return Position(fields["side"], value("size"), value("entry"), leverage=value("leverage"),
                    collateral=value("collateral"), contract=contract)


def table_of(tiers: str) -> "Tiers":
    """The table that `tiers` names, or the one rate that it is."""
    from ..market.tiers import Tiers

    return Tiers.load(tiers) if "/" in tiers else Tiers([(0, tiers)])


def rows_of(table: "Tiers") -> dict[str, Any]:
    """A table as the journal keeps it."""
    return {"scheme": table.scheme, "cap": _text(table.cap),
            "rows": [[_text(row.floor), _text(row.rate), _text(row.max_leverage)]
                     for row in table.rows]}


def table_from(rows: str) -> "Tiers":
    """The table that the journal kept.  ValueError for one that cannot be a table."""
    from ..market.tiers import Tiers

    kept = json.loads(rows)
    return Tiers([[_value(cell) for cell in row] for row in kept["rows"]], _value(kept["cap"]),
                 kept["scheme"])


def _text(value: Any) -> str | None:
    return None if value is None else plain(fraction(value))


def _value(text: str | None) -> Fraction | None:
    return None if text is None else number("tiers", text)


def logged(fields: dict[str, str | None]) -> dict[str, str | None]:
    """What is computed at entry and written down: the line, the margin, the buffer.

    What cannot be computed (no table, a cross leg without collateral, no ADR) is None.
    """
    position = position_of(fields)
    found: dict[str, Any] = {"definitions": DEFINITIONS}
    if position.collateral is not None:
        found["effective_leverage"] = position.notional() / position.collateral
        found["bankruptcy_price"] = position.bankruptcy_price()
    if fields["tiers"] is not None:
        found |= _requirement(position, table_of(fields["tiers"]), fields)
    rows = found.pop("tier_rows", None)
    return {name: plain(fraction(value)) for name, value in found.items()
            if value is not None} | ({} if rows is None else {"tier_rows": rows})


def _requirement(position: "Position", table: "Tiers", fields: dict[str, Any]) -> dict[str, Any]:
    notional = position.notional()
    table.refuse_above_cap("notional at entry", notional)
    found = {"tier_rows": json.dumps(rows_of(table)), "maintenance_rate": table.rate(notional),
             "maintenance_margin": table.maintenance_margin(notional)}
    if position.collateral is not None:
        found |= _line(position, table, fields)
    return found


def _line(position: "Position", table: "Tiers", fields: dict[str, Any]) -> dict[str, Any]:
    from ..theory.formulas import buffer_in_ranges

    price = position.liquidation_price(table, *terms(fields))
    if price is None:
        return {}
    buffer = position.sign * (position.entry - price) / position.entry
    if fields["adr"] is None:
        return {"liquidation_price": price, "buffer": buffer}
    ranges = buffer_in_ranges.exact(liquidation_distance=buffer,
                                    average_range=rational("adr", number("adr", fields["adr"])))
    return {"liquidation_price": price, "buffer": buffer, "buffer_ranges": ranges}


def terms(fields: dict[str, Any]) -> tuple[str, Any]:
    """The basis and the close fee inside the threshold, as a trade has them."""
    fee = rational("close_fee", number("close_fee", fields["close_fee"] or "0"))
    return fields["basis"] or "mark", fee


def line_at_exit(fields: dict[str, Any], collateral: "Rational") -> str | None:
    """The line with the collateral that was there at the exit, after payments and top-ups."""
    if fields["tier_rows"] is None or collateral <= 0:
        return None
    held = position_of({**fields, "leverage": None, "collateral": fraction(collateral)})
    price = held.liquidation_price(table_from(fields["tier_rows"]), *terms(fields))
    return _text(price)


def result_of(fields: dict[str, Any], fees: Fraction, funding: Fraction,
              other: dict[str, Fraction]) -> Result:
    """The parts of a closed trade's result, linear or inverse."""
    if fields["exit"] is None:
        raise refuse("id", fields["id"], "a closed trade: an open one has no result yet")
    position = position_of({**fields, "leverage": None, "collateral": None})
    prices = {name: None if fields[name] is None else number(name, fields[name])
              for name in ("planned_entry", "entry", "exit_decided", "exit")}
    decided = prices["planned_entry"] or prices["entry"], prices["exit_decided"] or prices["exit"]
    price, execution = _parts(position, *decided, prices["entry"], prices["exit"])
    return Result(price, execution, rational("fees", -fees), rational("funding", -funding),
                  None not in (prices["planned_entry"], prices["exit_decided"]),
                  tuple((coin, rational(coin, amount)) for coin, amount in sorted(other.items())))


def _parts(position: "Position", decided: Fraction, left: Fraction, entry: Fraction,
           exit: Fraction) -> tuple["Rational", "Rational"]:
    """Price and execution; a linear trade by the formulas of chapter 12."""
    from ..market.contract import Linear
    from ..theory import formulas

    if position.contract == Linear():
        given = dict(side=position.sign, size=position.size, reference_entry=decided,
                     reference_exit=left)
        return formulas.price_pnl.exact(**given), formulas.execution_pnl.exact(
            **given, entry_price=entry, exit_price=exit)
    price, whole = (position.contract.value(
        "unrealized_pnl", side=position.sign, size=position.size, entry_price=rational("entry", a),
        mark_price=rational("exit", b)) for a, b in ((decided, left), (entry, exit)))
    return price, whole - price
