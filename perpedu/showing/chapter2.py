"""The explorers of chapter 2, the liquidation line; its figures and tables are reached here, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import formulas as f
from ..market.position import SIDES
from ..teaching import wild
from ..teaching.numbers_typed import show as number
from ..theory import symbols as y
from ..theory.formula import Formula
from .chapter1 import LEVERAGE, RATE, TRADE
from .chapter2_figures import (FIVE, WILD_TRADE, five_formulas, line_against_leverage,
                               linear_and_inverse, not_mirrors)
from .chapter2_tables import COIN_MONEY, corners, five_table

if TYPE_CHECKING:
    from .explorer import Explorer

__all__ = ["COIN_MONEY", "corners", "drag_explorer", "five_formulas", "five_formulas_explorer",
           "five_table", "line_against_leverage", "line_explorer", "linear_and_inverse",
           "not_mirrors"]

#: How much further the line is put, to see what that costs.
FURTHER = 1000
_PLAIN = {"deduction": 0, "close_fee": 0}
_MARK_BASIS = {"liquidation_price": "mark basis price"}


def line_explorer() -> "Explorer":
    """The liquidation price against leverage, on both bases, and the bankruptcy price.

    >>> line_explorer().state
    'Liquidated at 54,271.36 on the mark basis, 9.55 % below the entry, and at 54,300 on the \
entry basis, 9.50 % below. Bankrupt at 54,000: 271.36 beyond the mark basis.'
    """
    from sympy import And, Eq

    from .explorer import Chart, Choice, Explorer, Slider

    at_once = y.collateral <= y.entry_maintenance_margin
    lines = ("iquidated at {{liquidation_price}} on the mark basis, {{liquidation_distance:.2%}} "
             "{0} the entry, and at {{entry_basis_price}} on the entry basis, "
             "{{entry_basis_distance:.2%}} {0}. Bankrupt at {{bankruptcy_price}}: "
             "{{liquidation_gap}} beyond the mark basis.")
    return Explorer(
        "How far away does leverage put the line?",
        controls=[Slider("leverage", 1, 125, start=LEVERAGE), Choice("side", SIDES),
                  Slider("maintenance_rate", 0, "0.05", step="0.0005", start=RATE)],
        fixed={**TRADE, **_PLAIN}, labels=_MARK_BASIS,
        own={"collateral": f.initial_margin, "liquidation_price": f.liquidation_price_leverage,
             "entry_basis_price": f.liquidation_price_leverage_entry_basis,
             "entry_basis_distance": f.liquidation_distance_entry_basis},
        states=[(at_once, "Liquidated as it opens: {collateral:u} of collateral are not more than "
                 "the maintenance margin, {entry_maintenance_margin:u}. Both lines have reached "
                 "the entry."),
                (Eq(y.maintenance_rate, 0), "Liquidated and bankrupt at {liquidation_price}, "
                 "{liquidation_distance:.2%} from the entry: with no maintenance margin the two "
                 "are one."),
                (Eq(y.side, 1), "L" + lines.format("below")),
                (And(Eq(y.side, -1), Eq(y.leverage, 1)), "A 1× short has a line, too: l"
                 + lines.format("above")),
                (Eq(y.side, -1), "L" + lines.format("above")),
                (None, "Never liquidated on the mark basis: the collateral covers the whole fall, "
                 "and the maintenance margin falls to 0 with the price. On the entry basis it "
                 "does not fall: liquidated at {entry_basis_price}."),
                (None, "Never liquidated: the collateral covers the whole fall.")],
        show=["collateral", "entry_maintenance_margin", "liquidation_price",
              "liquidation_distance", "entry_basis_price", "entry_basis_distance",
              "bankruptcy_price", "liquidation_gap"],
        formula="liquidation_price",
        chart=Chart(x="leverage", curves=("bankruptcy_price", "liquidation_price",
                                          "entry_basis_price", "entry_price"),
                    marks=("leverage",), shade=at_once, shade_word="at once", zero=False,
                    log=True))  # fmt: skip


def five_formulas_explorer() -> "Explorer":
    """Five formulas found in the wild, against equity and maintenance margin.

    >>> five_formulas_explorer().state
    'Equity meets the maintenance margin at 27,135.68, the mark basis. The entry basis says \
27,150, 14.32 higher: earlier for a long. Too late: share of margin by 120.68, no maintenance \
by 135.68 (at bankruptcy), sign error by 285.68 (beyond bankruptcy).'
    """
    from sympy import Eq

    from .explorer import Chart, Choice, Explorer, Slider

    said = ("Equity meets the maintenance margin at {{liquidation_price}}, the mark basis. The "
            "entry basis says {{entry_basis_price}}, {{entry_basis_higher:.2}} higher: {} for a {}. "
            "Too late: share of margin by {{share_of_margin_late:.2}}, no maintenance by "
            "{{no_maintenance_late:.2}} (at bankruptcy), sign error by {{sign_error_late:.2}} (beyond "
            "bankruptcy).")
    wrong = [_word(name) for name in FIVE if name.startswith(("share", "no_", "sign"))]
    own = {name: wild.formulas()[found] for name, found in FIVE.items()}
    own |= {f"{word}_late": y.side * (y.liquidation_price - _price(f"{word}_price"))
            for word in wrong}
    there = {name: _there(name) for name in FIVE if name != "liquidation_price"}
    return Explorer(
        "Which of five formulas finds the line?",
        controls=[Slider("leverage", 2, 50, start=LEVERAGE), Choice("side", SIDES),
                  Slider("maintenance_rate", "0.001", "0.05", step="0.0005", start=RATE)],
        fixed={**WILD_TRADE, **_PLAIN}, labels=_MARK_BASIS,
        own={**own, **{key: item for pair in there.values() for key, item in pair.items()},
             "collateral": f.initial_margin, "mark_price": y.liquidation_price,
             "entry_basis_higher": _price("entry_basis_price") - y.liquidation_price,
             "left_end": _zoom(-1), "right_end": _zoom(1)},
        states=[(y.collateral <= y.entry_maintenance_margin, "Liquidated as it opens: "
                 "{collateral:u} of collateral are not more than the maintenance margin, "
                 "{entry_maintenance_margin:u}. Both bases put the line at the entry or past it, "
                 "{liquidation_price} and {entry_basis_price}. The three others do not see it: "
                 "{share_of_margin_price}, {no_maintenance_price} and {sign_error_price}."),
                (Eq(y.side, 1), said.format("earlier", "long")),
                (None, said.format("later", "short"))],
        show=[*FIVE, "equity", "maintenance_margin", *(key for pair in there.values()
                                                       for key in pair)],
        formula="liquidation_price",
        chart=Chart(marks=tuple(FIVE), range=("left_end", "right_end"), y="USDT"))  # fmt: skip


def _word(name: str) -> str:
    return name.removesuffix("_price")


def _price(name: str) -> y.Quantity:
    """A price of its own as a symbol."""
    return y.Quantity(name, rf"\mathrm{{{name}}}", y.PRICE, name.replace("_", " "), positive=True)


def _there(name: str) -> dict[str, Formula]:
    """Equity and maintenance margin where the mark price is the price of this name."""
    price = {y.mark_price: _price(name)}
    pnl = {y.unrealized_pnl: f.unrealized_pnl.expression.xreplace(price)}
    notional = {y.notional: f.notional.expression.xreplace(price)}
    return {f"{word}_at_{_word(name)}": _renamed(f"{word}_at_{_word(name)}", formula, inside)
            for word, formula, inside in (("equity", f.equity, pnl),
                                          ("maintenance", f.maintenance_margin, notional))}


def _renamed(name: str, formula: Formula, inside: dict[Any, Any]) -> Formula:
    result = y.Quantity(name, rf"\mathrm{{{name}}}", y.MONEY, formula.result.meaning, real=True)
    return Formula(name, result, formula.expression.xreplace(inside), chapter=2,
                   source=formula.source, assumptions=formula.assumptions)


def _zoom(way: int) -> Any:
    """An end of the picture: a good step more than from bankruptcy to the entry basis."""
    middle = _price("no_maintenance_price")
    from sympy import Rational

    return middle + way * Rational(7, 4) * y.side * (_price("entry_basis_price") - middle)


def _turned(formula: Formula, name: str) -> Formula:
    """A formula solved for a symbol, without 1/s, which is s."""
    whole = formula.solved_for(name)
    return Formula(whole.name, whole.result, whole.expression.xreplace({1 / y.side: y.side}),
                   chapter=2, source=whole.source, assumptions=whole.assumptions)


def drag_explorer() -> "Explorer":
    """The line itself under the reader's hand, and the collateral that puts it there.

    >>> drag_explorer().state
    'To be liquidated at 54,271.36, 9.55 % below the entry, you need 600 USDT: 10×. There the \
PnL is −572.86, and 27.14 are left, the maintenance margin. A line 1,000 further away costs \
99.50 USDT more.'
    """
    from sympy import And, Eq

    from .explorer import Chart, Choice, Explorer, Slider

    wrong_side = y.side * (y.entry_price - y.liquidation_price) <= 0
    said = ("To be liquidated at {{liquidation_price}}, {{liquidation_distance:.2%}} {} the "
            "entry, you need {{collateral:u}}: {{leverage:u}}. There the PnL is "
            "{{unrealized_pnl:.2}}, and {{maintenance_margin:.2}} are left, the maintenance "
            f"margin. A line {number(FURTHER)} further away costs {{{{added_collateral:.2u}}}} "
            "more.")
    refused = ("A {0}'s line lies {1} its entry of {{entry_price}}: with its line at "
               "{{liquidation_price}} it could not stay open. Drag the line {2}.")
    return Explorer(
        "Drag the line: what does it cost to put it there?",
        controls=[Slider("liquidation_price", 40_000, 80_000, step=100, start="54271.36"),
                  Choice("side", SIDES)],
        fixed={**TRADE, "maintenance_rate": RATE, **_PLAIN},
        own={"collateral": _turned(f.liquidation_price, "collateral"),
             "initial_margin": y.collateral, "mark_price": y.liquidation_price,
             "leverage": f.initial_margin.solved_for("leverage"),
             "line_shift": -FURTHER * y.side,
             "added_collateral": _turned(f.line_shift, "added_collateral")},
        states=[(And(wrong_side, Eq(y.side, 1)), refused.format("long", "below", "to the left")),
                (wrong_side, refused.format("short", "above", "to the right")),
                (Eq(y.side, 1), said.format("below")), (None, said.format("above"))],
        show=["collateral", "leverage", "liquidation_distance", "unrealized_pnl",
              "maintenance_margin", "bankruptcy_price", "added_collateral"],
        formula="collateral",
        chart=Chart(marks=("bankruptcy_price", "liquidation_price", "entry_price"), y="USDT",
                    range=(40_000, 80_000), drag="liquidation_price"))  # fmt: skip
