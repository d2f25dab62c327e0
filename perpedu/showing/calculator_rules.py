"""What the calculator works with: the venues' rules and tables, and the book's formulas as trees."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from sympy import Integer

from ..market.contract import Inverse, Linear
from ..market.rulebook import NOT_FOUND, first_day
from ..market.tiers import Tiers
from ..market.venue import Venue
from ..teaching.trees import number_text, tree
from ..theory import formulas
from ..theory import symbols as s
from ..theory.exact import fraction
from ..theory.formula import Formula
from . import calculator_words as words

if TYPE_CHECKING:
    from sympy import Rational

BARE = "rate"
KEYS = ("basis", "trigger", "close_fee", "close_fee_rate", "ratio", "scheme", "rounding")
#: The formulas that a contract has of its own, and those that both share, by role.
_OWN = ("notional", "price", "unrealized_pnl", "liquidation_price", "bankruptcy_price",
        "liquidation_price_entry_basis")
_SHARED = ("initial_margin", "equity", "maintenance_margin", "requirement", "margin_ratio")


def distance() -> Formula:
    """The adverse move from the mark price to the liquidation price, a fraction of the mark.

    >>> distance().exact(side=1, liquidation_price=54_300, mark_price=60_000)
    19/200
    """
    return Formula("distance", s.liquidation_distance,
                   s.side * (1 - s.liquidation_price / s.mark_price), chapter=2, contract="any",
                   source="the calculator's own")


@dataclass(frozen=True)
class Option:
    """One entry of the second list: a venue's table in force, an earlier one, or a bare rate.

    symbol: None for a bare rate.  date: None for what is in force.
    """

    venue: str
    table: str
    label: str
    symbol: str | None = None
    date: str | None = None

    @cached_property
    def rules(self) -> dict[str, Any]:
        """The venue's rules of that day, by key."""
        return {key: Venue.load(self.venue).rule(key, self.date) for key in KEYS}

    @cached_property
    def unknown(self) -> str:
        """Why there is no answer under these rules; "" where there is one."""
        rules = self.rules
        if rules["scheme"].value == "clearing":
            return ("A clearing house sets this margin by scenario: no liquidation price follows "
                    "from a position alone.")
        missing = [key for key in ("basis", "close_fee") if rules[key].value == NOT_FOUND]
        return "No source states this venue's rule: " + ", ".join(missing) + "." if missing else ""

    @cached_property
    def currency(self) -> str:
        """What notional and collateral are in; of a bare rate on a linear contract."""
        return Venue.load(self.venue).currency(self.symbol) if self.symbol else "USDT"

    @cached_property
    def contract(self) -> str | None:
        """ "linear" or "inverse" by the currency; None where the reader says which."""
        return self.symbol and Venue.load(self.venue).contract(self.symbol)

    @cached_property
    def coin(self) -> str:
        """What the size is in, or the collateral of an inverse contract."""
        if self.contract == "inverse":
            return self.currency
        return re.sub(r"[-_]?USD[TC]?$", "", self.symbol) if self.symbol else "coin"

    @cached_property
    def grows(self) -> bool:
        """Whether the rate depends on the position's size."""
        return bool(self.symbol) and self.rules["scheme"].value == "linear"

    def tiers(self, size: Any = None) -> Tiers | None:
        """The table as the venue charges it; None for a bare rate."""
        return self.symbol and Venue.load(self.venue).tiers(self.symbol, self.date, size=size)

    def spec(self) -> dict[str, Any]:
        """The option for the page."""
        rules, known = self.rules, not self.unknown
        table = self.tiers() if self.symbol and not self.grows else None
        said = words.conventions(rules, not self.symbol) if known else words.Conventions([], [])
        return {
            "venue": self.venue, "table": self.table, "label": self.label, "coin": self.coin,
            "currency": self.currency, "contract": self.contract, "unknown": self.unknown,
            "rules": _values(rules), "scheme": table.scheme if table else "marginal",
            "cap": None if table is None or table.cap is None else _text(table.cap),
            "rows": table and [[_text(cell) for cell in row] for row in table.rows],
            "schedule": self._schedule() if self.grows else None,
            "says": said.says, "sources": said.sources,
            "source": table.source if table and table.source else "",
        }  # fmt: skip

    def _schedule(self) -> dict[str, Any]:
        """Rate and leverage cap as trees in the size."""
        given = Venue.load(self.venue).parameters(self.symbol)
        rate, initial = (formulas.schedule_rate.at(
            "schedule_rate", base_rate=given[name], rate_slope=given["rate_slope"])
            for name in ("base_rate", "initial_rate"))
        lever = formulas.initial_margin.solved_for("leverage").expression.xreplace(
            {s.entry_notional: Integer(1), s.initial_margin: initial.expression})
        highest = Formula("max_leverage", s.max_leverage, lever, chapter=5,
                          source="the calculator's own")
        return {"rate": tree(rate), "max_leverage": tree(highest)}


def _values(rules: dict[str, Any]) -> dict[str, Any]:
    """What the arithmetic needs of the rules; where none was found, what the words say is taken."""
    fee = rules["close_fee_rate"].value
    return {"basis": rules["basis"].value, "close_fee": rules["close_fee"].value,
            "trigger": trigger(rules), "ratio": ratio(rules),
            "fee": None if fee == NOT_FOUND else _text(fee)}


def trigger(rules: dict[str, Any]) -> str:
    """The venue's trigger, or "<=" where none was found."""
    found = rules["trigger"].value
    return "<=" if found == NOT_FOUND else found


def ratio(rules: dict[str, Any]) -> str:
    """The venue's ratio, or "MM/equity" where none was found."""
    found = rules["ratio"].value
    return "MM/equity" if found == NOT_FOUND else found


@cache
def options() -> tuple[Option, ...]:
    """Every venue's tables in force, then its earlier ones, then a bare rate."""
    return tuple(option for name in Venue.names() for option in _of(name))


def option_of(values: dict[str, str]) -> Option:
    """The option that two texts name, of boxes that were checked."""
    return next(option for option in options()
                if (option.venue, option.table) == (values["venue"], values["table"]))


def _of(name: str) -> list[Option]:
    now, before = [], []
    for symbol in Venue.load(name).symbols:
        own = sorted(part for part in Tiers.names() if part.startswith(f"{name}/{symbol}/"))
        dated = [part for part in own if not part.endswith("/undated")] or own
        latest = dated.pop() if dated else None
        when = "by the rulebook" if latest is None else _when(Tiers.load(latest).as_of)
        now.append(Option(name, symbol, f"{symbol}, {when}", symbol))
        before += [_earlier(name, symbol, Tiers.load(part).as_of) for part in reversed(dated)]
    return [*now, *before, Option(name, BARE, "a bare rate")]


def _when(as_of: str) -> str:
    return "undated" if as_of == "undated" else f"{as_of} (latest)"


def _earlier(name: str, symbol: str, as_of: str) -> Option:
    return Option(name, f"{symbol} {as_of}", f"{symbol}, {as_of}", symbol,
                  str(first_day("as_of", as_of)))


@cache
def formula_trees() -> dict[str, dict[str, Any]]:
    """For each contract and role the formula as a tree, and whether its result lies above 0."""
    shared = {role: formulas.catalogue()[role] for role in _SHARED}
    shared |= {"leverage": formulas.initial_margin.solved_for("leverage"), "distance": distance()}
    return {kind: {role: {"tree": tree(formula), "positive": bool(formula.result.is_positive)}
                   for role, formula in
                   ({role: contract.formula(role) for role in _OWN} | shared).items()}
            for kind, contract in {"linear": Linear(), "inverse": Inverse()}.items()}


def _text(value: "Rational | None") -> str | None:
    """An exact number as text."""
    return None if value is None else number_text(fraction(value))
