"""The question turned round: which collateral, size or leverage puts the line at a price.

With marginal tiers the requirement of a size is the largest of the tiers' own, so the size at
which it meets the money is the smallest of the tiers' roots: no search is needed.  In a flat table
the requirement jumps, so each tier's root and each floor is tried, the largest first.  What comes
out is put into a `Position`, and that is asked for its line, before anything is returned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..theory import formulas
from ..theory.exact import fraction_of_one, one_of, positive, refuse
from .contract import Inverse, Linear
from .line import line_of
from .position import BASES, SIDES, Position, checked_fee
from .tiers import as_tiers

if TYPE_CHECKING:
    from sympy import Rational

    from ..theory.formula import Formula

UNKNOWNS = ("collateral", "size", "leverage")


@dataclass(frozen=True, repr=False)
class Solution:
    """What was found, or why there is nothing to find.

    unknown: what was asked for; value: exact, or None where there is no answer.
    position: the position with that value; None where there is none.  From `stop` and `risk` it
        is a leg without collateral, for leverage is chosen last.
    words: the answer, or the reason that there is none, as a sentence.
    allowed: False where the table's leverage caps forbid to open it so.
    """

    unknown: str
    value: "Rational | None"
    position: Position | None
    words: str
    allowed: bool = True

    def __repr__(self) -> str:
        return f"{self.unknown}: {self.words}"


def solve(unknown: str, side: str, entry: Any, *, tiers: Any = None, size: Any = None,
          collateral: Any = None, liquidation_price: Any = None, stop: Any = None,
          risk: Any = None, basis: str = "mark", close_fee: Any = 0,
          contract: Linear | Inverse = Linear()) -> Solution:
    """The collateral, size or leverage of a position, from where it is to be liquidated.

    unknown, and what else must be given for it:
        "collateral" or "leverage": size, liquidation_price, tiers.  The least collateral, where
            several put the line on a floor of a flat table.
        "size": collateral, liquidation_price, tiers: the largest position that is liquidated
            exactly there.
        "size": collateral, tiers: the largest order that the table's leverage caps accept.
        "size": stop, risk: the position that loses `risk` at `stop`, close fee included.
    Units, `tiers`, `basis`, `close_fee` and `contract` are those of `Position`; `risk` is in the
    settlement currency.  A line or a stop lies below the entry of a long, above that of a short.

    >>> solve("collateral", "long", 60_000, size="0.1", liquidation_price=54_000, tiers="0.005")
    collateral: 627 puts the line at 54,000
    >>> solve("leverage", "short", 60_000, size="0.1", liquidation_price=130_000, tiers="0.005")
    leverage: none; the line at 130,000 needs 7,065 of collateral, more than the notional of 6,000
    >>> solve("size", "long", 60_000, stop=57_000, risk=100).value
    1/30

    Raises ValueError that names the argument, its value and what was expected, also for values
    that do not go together.
    """
    given = {"tiers": tiers, "size": size, "collateral": collateral, "stop": stop, "risk": risk,
             "liquidation_price": liquidation_price}
    names = frozenset(name for name, value in given.items() if value is not None)
    way = _WAYS.get((one_of("unknown", unknown, UNKNOWNS), names))
    if way is None:
        raise ValueError(f"solve({unknown!r}) with {', '.join(sorted(names)) or 'nothing'}: "
                         f"expected {_expected(unknown)}")
    return way(_Asked(unknown, side, entry, given, basis, close_fee, contract))


def _expected(unknown: str) -> str:
    return " or ".join(", ".join(sorted(names)) for name, names in _WAYS if name == unknown)


class _Asked:
    """What was asked, checked; amounts are exact."""

    def __init__(self, unknown: str, side: str, entry: Any, given: dict[str, Any], basis: str,
                 close_fee: Any, contract: Any):
        self.unknown, self.contract = unknown, contract
        self.side = one_of("side", side, tuple(SIDES))
        if not isinstance(contract, (Linear, Inverse)):
            raise refuse("contract", contract, "Linear() or Inverse(face=...)")
        self.sign, self.entry = SIDES[self.side], positive("entry", entry)
        self.basis = one_of("basis", basis, BASES)
        self.fee = fraction_of_one("close_fee", close_fee)
        amounts = {name: None if value is None else positive(name, value)
                   for name, value in given.items() if name != "tiers"}
        self.size, self.collateral = amounts["size"], amounts["collateral"]
        self.price, self.stop = amounts["liquidation_price"], amounts["stop"]
        self.risk = amounts["risk"]
        self.tiers = None if given["tiers"] is None else as_tiers(given["tiers"])
        if self.tiers:
            checked_fee(self.tiers, close_fee)

    def position(self, **changes: Any) -> Position:
        return Position(self.side, **{"size": self.size, "entry": self.entry,
                                      "contract": self.contract} | changes)

    def adverse(self, price: "Rational") -> bool:
        return self.sign * (self.entry - price) > 0

    def stands(self, position: Position) -> bool:
        """Whether the position is liquidated first at the asked price, also above the cap."""
        return line_of(position, self.tiers, self.basis, self.fee).price == self.price

    def none(self, why: str) -> Solution:
        return Solution(self.unknown, None, None, f"none; {why}")

    def wrong_side(self, what: str, price: "Rational") -> Solution:
        where = "below" if self.sign > 0 else "above"
        return self.none(f"the {what} of an open {self.side} lies {where} its entry, "
                         f"{_said(self.entry)}, and {_said(price)} does not")

    def found(self, value: "Rational", position: Position, does: str, unit: str = "") -> Solution:
        """The answer, with what the leverage caps say to it."""
        notional = position.notional()
        leverage, cap = _leverage_of(position), self.tiers.max_leverage(notional)
        allowed = cap is None or leverage <= cap
        refused = "" if allowed else (f"; but it is {_said(leverage)}×, and the table allows "
                                      f"{_said(cap)}× at this notional: the order is refused")
        words = f"{_said(value)}{unit} {does}{refused}"
        return Solution(self.unknown, value, position, words, allowed)


def _collateral(asked: _Asked) -> Solution:
    """Equity is the requirement at the price, so collateral is requirement less PnL there."""
    if not asked.adverse(asked.price):
        return asked.wrong_side("line", asked.price)
    leg, table = asked.position(), asked.tiers
    table.refuse_above_cap("entry notional", leg.notional())
    need = leg.requirement(table, asked.price, asked.basis, asked.fee)
    value = formulas.equity.solved_for("collateral").exact(
        equity=need, unrealized_pnl=leg.unrealized_pnl(asked.price))
    position = asked.position(collateral=value)
    if not asked.stands(position):
        return asked.none(f"with {_said(value)} of collateral it would be liquidated before "
                          f"{_said(asked.price)}, in a tier with a higher rate on the way")
    return asked.found(value, position, f"puts the line at {_said(asked.price)}")


def _leverage(asked: _Asked) -> Solution:
    found = _collateral(asked)
    if found.position is None:
        return found
    notional = found.position.notional()
    if found.value > notional:
        return asked.none(f"the line at {_said(asked.price)} needs {_said(found.value)} of "
                          f"collateral, more than the notional of {_said(notional)}")
    leverage = _leverage_of(found.position)
    return asked.found(leverage, asked.position(leverage=leverage),
                       f"puts the line at {_said(asked.price)}", "×")


def _leverage_of(position: Position) -> "Rational":
    return formulas.initial_margin.solved_for("leverage").exact(
        entry_notional=position.notional(), initial_margin=position.collateral)


def _size(asked: _Asked) -> Solution:
    """The largest size of which the money still carries the requirement at the price."""
    if not asked.adverse(asked.price):
        return asked.wrong_side("line", asked.price)
    for size in _candidates(asked):
        position = asked.position(size=size, collateral=asked.collateral)
        if not asked.stands(position):
            continue
        if asked.tiers.cap is not None and position.notional() > asked.tiers.cap:
            return asked.none(f"it would have a notional of {_said(position.notional())}, and the "
                              f"table ends at {_said(asked.tiers.cap)}")
        return asked.found(size, position, f"puts the line at {_said(asked.price)}")
    return asked.none(f"no size is liquidated first at {_said(asked.price)}: at a floor of the "
                      "table the margin jumps over it")


def _candidates(asked: _Asked) -> Iterator["Rational"]:
    rows, formula = asked.tiers.rows, _size_formula(asked.contract, asked.basis)
    given = dict(side=asked.sign, entry_price=asked.entry, liquidation_price=asked.price,
                 collateral=asked.collateral, close_fee=asked.fee)
    roots = [asked.contract.exact(formula, **given, maintenance_rate=row.rate,
                                  deduction=row.deduction) for row in rows]
    if asked.tiers.scheme == "marginal":
        yield min(roots)
        return
    charged_at = asked.price if asked.basis == "mark" else asked.entry
    yield from sorted([*roots, *(asked.contract.size_of(row.floor, charged_at)
                                 for row in rows[1:])], reverse=True)


@lru_cache(maxsize=32)
def _size_formula(contract: Linear | Inverse, basis: str) -> "Formula":
    """The line's formula turned round for the size; on the entry basis with the margin put in."""
    if basis == "mark":
        return contract.turned(contract.formula("liquidation_price"), "size")
    line = contract.formula("liquidation_price_entry_basis").put_in(
        formulas.entry_maintenance_margin, contract.formula("entry_notional"))
    return contract.turned(line, "size")


def _largest(asked: _Asked) -> Solution:
    """The largest notional whose initial margin, at its own tier's cap, the money covers."""
    rows, cap = asked.tiers.rows, asked.tiers.cap
    if any(row.max_leverage is None for row in rows):
        return asked.none("the table gives no leverage caps; name a liquidation_price")
    tops = [row.floor for row in rows[1:]] + [cap]
    carried = [_carried(asked.collateral, row.max_leverage, top) for row, top in zip(rows, tops)]
    notional = max(most for most, row in zip(carried, rows) if most > row.floor)
    size = asked.contract.size_of(notional, asked.entry)
    position = asked.position(size=size, collateral=asked.collateral)
    if position.shortfall(asked.tiers, asked.entry, asked.basis, asked.fee) >= 0:
        return asked.none(f"a notional of {_said(notional)} would be liquidated at once")
    return asked.found(size, position, f"is a notional of {_said(notional)}, the largest that "
                       f"{_said(asked.collateral)} may open")


def _carried(collateral: "Rational", leverage: "Rational", top: "Rational | None") -> "Rational":
    most = formulas.initial_margin.solved_for("entry_notional").exact(
        initial_margin=collateral, leverage=leverage)
    return most if top is None else min(most, top)


def _size_at_risk(asked: _Asked) -> Solution:
    if not asked.adverse(asked.stop):
        return asked.wrong_side("stop", asked.stop)
    size = asked.contract.value("risk_size", side=asked.sign, entry_price=asked.entry,
                                stop_price=asked.stop, close_fee=asked.fee, risk=asked.risk)
    return Solution(asked.unknown, size, asked.position(size=size),
                    f"{_said(size)} loses {_said(asked.risk)} at {_said(asked.stop)}")


_LINE = frozenset({"size", "liquidation_price", "tiers"})
_WAYS: dict[tuple[str, frozenset[str]], Callable[[_Asked], Solution]] = {
    ("collateral", _LINE): _collateral,
    ("leverage", _LINE): _leverage,
    ("size", _LINE - {"size"} | {"collateral"}): _size,
    ("size", frozenset({"collateral", "tiers"})): _largest,
    ("size", frozenset({"stop", "risk"})): _size_at_risk,
}


def _said(value: "Rational") -> str:
    """A number in a sentence, in four digits at least; ≈ where its decimals are cut."""
    places = 2 if value >= 1000 else 4 if value >= 1 else max(6, 3 + len(str(int(1 / value))))
    scaled = value * 10**places
    whole, rest = divmod(int(scaled + Fraction(1, 2)), 10**places)
    text = f"{whole:,}.{rest:0{places}d}".rstrip("0").rstrip(".")
    return text if scaled.is_integer else "≈ " + text
