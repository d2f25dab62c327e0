"""Appendix G: the formulas that are needed most, with their conventions, on one printed page."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from html import escape
from typing import Any

import perpedu as pp
from perpedu.showing.mathml import mathml, symbol
from perpedu.teaching.numbers_typed import show

from . import raw

#: What stands on the sheet.
GROUPS = {
    "The ledger": ("notional", "initial_margin", "unrealized_pnl", "equity", "maintenance_margin",
                   "loss_buffer", "margin_ratio"),
    "The line": ("liquidation_price", "bankruptcy_price", "liquidation_price_leverage",
                 "liquidation_distance", "liquidation_distance_entry_basis", "line_shift",
                 "risk_size"),
    "Settled in coin": ("inverse_notional", "inverse_unrealized_pnl", "inverse_liquidation_price"),
    "Fees": ("opening_fee", "break_even_price", "liquidation_remainder"),
    "Tiers": ("deduction", "tier_effective_rate", "boundary_price"),
    "One wallet": ("liquidation_price_cross", "liquidation_shock"),
    "Funding": ("funding_payment", "funding_shift", "funding_intervals"),
    "Stop and size": ("nearest_stop", "stop_leverage", "kelly_leverage"),
    "After the trigger": ("restoring_close", "fund_change"),
}
#: The position of the examples: the one that the whole book begins with.
TRADE = {"side": 1, "size": "0.1", "entry_price": 60_000, "mark_price": 60_000, "leverage": 10,
         "maintenance_rate": "0.005", "deduction": 0, "close_fee": 0}


def groups() -> dict[str, list[Any]]:
    """The formulas of the sheet, as the package holds them."""
    known = pp.formulas.catalogue()
    return {title: [known[name] for name in names] for title, names in GROUPS.items()}


def sheet() -> str:
    """The page: groups of formulas, the example, and every symbol that stands in them."""
    values = examples()
    parts = "".join(_group(title, formulas, values) for title, formulas in groups().items())
    return raw('<div class="pp-sheet tex2jax_ignore mathjax_ignore"><p class="pp-sheet-head">'
               "<b>perpedu: the margin of a perpetual future</b>, on one page. Numbers after a "
               "formula: long 0.10 BTC from 60,000 USDT, 10×, maintenance rate 0.5 %, mark at the "
               f'entry.</p><div class="pp-sheet-groups">{parts}</div>{_legend()}</div>')


def examples() -> dict[str, Any]:
    """The value of each formula of the sheet that the example's numbers suffice for."""
    known: dict[str, Any] = {name: Fraction(value) for name, value in TRADE.items()}
    found = {}
    for formula in (one for formulas in groups().values() for one in formulas):
        if all(one.name in known for one in formula.symbols):
            value = formula.exact(**{one.name: known[one.name] for one in formula.symbols})
            found[formula.name] = value
            known.setdefault(formula.result.name, value)
            if formula.name == "initial_margin":
                known["collateral"] = value
        if formula.name == "notional":
            known["entry_notional"] = found["notional"]
    return found


def _group(title: str, formulas: list[Any], values: dict[str, Any]) -> str:
    shared = [said for said in formulas[0].assumptions
              if len(formulas) > 1 and all(said in one.assumptions for one in formulas)]
    note = f' <span class="pp-sheet-note">{escape("; ".join(shared))}</span>' if shared else ""
    rows = "".join(_formula(one, shared, values.get(one.name)) for one in formulas)
    return f"<section><h2>{title}{note}</h2><ul>{rows}</ul></section>"


def _formula(formula: Any, shared: list[str], value: Any) -> str:
    own = "; ".join(said for said in formula.assumptions if said not in shared)
    number = f' <b class="pp-sheet-value">{_said(formula, value)}</b>' if value is not None else ""
    return (f'<li data-formula="{formula.name}"><span class="pp-sheet-name">'
            f"{escape(_words(formula.name))}</span> <math>{mathml(formula.equation)}</math>{number}"
            f'<span class="pp-sheet-note">{escape(own)}</span></li>')


def _words(name: str) -> str:
    return name.removeprefix("inverse_").replace("_", " ").replace("pnl", "PnL")


def _said(formula: Any, value: Any) -> str:
    if not formula.result.unit and formula.name != "risk_size":
        return show(value * 100, 2) + " %"
    return show(value, None if value.q == 1 else 2)


def used() -> Iterator[str]:
    """Every symbol of the sheet once, in the order of the notation table."""
    names = {one.name for formulas in groups().values() for formula in formulas
             for one in (formula.result, *formula.symbols)}
    return (name for name in pp.symbols.every() if name in names)


def _legend() -> str:
    every = pp.symbols.every()
    rows = "".join(f"<li><math>{symbol(name)}</math> {escape(every[name].meaning)}</li>"
                   for name in used())
    return f'<section class="pp-sheet-legend"><h2>Letters</h2><ul>{rows}</ul></section>'
