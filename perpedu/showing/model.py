"""What an explorer computes: formulas put in order, each once exact and once as JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy

from .. import formulas
from ..theory import symbols as s
from ..theory.formula import Formula
from ..theory.functions import javascript
from ..theory.symbols import PURE, Quantity, every

if TYPE_CHECKING:
    import numpy

#: Values that exist only under a condition: a ratio to equity, while there is equity.
EXISTS = {"margin_ratio": s.equity > 0, "effective_leverage": s.equity > 0}
_SIGNS = {sympy.Le: "<=", sympy.Lt: "<", sympy.Ge: ">=", sympy.Gt: ">",
          sympy.Eq: "===", sympy.Ne: "!=="}


class Model:
    """Values that follow from given ones: each symbol is given, or has a formula of its name.

    `own` adds formulas, or plain SymPy expressions, under further names, and comes first.
    A value that is given is not computed: so a picture asks what if.

    >>> model = Model(["size", "mark_price"], ["notional"])
    >>> model.exact({"size": 2, "mark_price": 30000})["notional"]
    60000
    """

    def __init__(self, given: list[str], wanted: list[str],
                 own: dict[str, Formula | sympy.Expr] | None = None):
        self.own = {name: _formula(name, item) for name, item in (own or {}).items()}
        self.given, self.steps = tuple(given), {}
        for name in wanted:
            self._resolve(name, ())

    def _resolve(self, name: str, path: tuple[str, ...]) -> None:
        if name in self.given or name in self.steps:
            return
        formula = self.own.get(name) or formulas.catalogue().get(name)
        if formula is None or name in path:
            way = " ← ".join((*path, name))
            raise ValueError(f"{name}: expected a control, a fixed value or a formula ({way})")
        needed = [symbol.name for symbol in formula.symbols]
        needed += [symbol.name for symbol in getattr(EXISTS.get(name), "free_symbols", ())]
        for symbol in needed:
            self._resolve(symbol, (*path, name))
        self.steps[name] = formula

    def quantity(self, name: str) -> Quantity:
        """The symbol of a value."""
        formula = self.steps.get(name)
        if formula is None or name in every():
            return every()[name]
        return formula.result if formula.result.name == name else _renamed(name, formula.result)

    def exact(self, values: dict[str, Any]) -> dict[str, sympy.Rational | None]:
        """Every value by name, exact or, where no fraction is, to 30 digits; None where there is none."""
        known: dict[str, Any] = dict(values)
        for name, formula in self._open(values):
            needed = {symbol.name: known[symbol.name] for symbol in formula.symbols}
            missing = None in needed.values() or not holds(EXISTS.get(name), known)
            known[name] = None if missing else formula.number(**needed)
        return known

    def numpy(self, values: dict[str, Any]) -> dict[str, "numpy.ndarray"]:
        """Every value as float64, for arrays of given values; nan where there is none."""
        known: dict[str, Any] = dict(values)
        for name, formula in self._open(values):
            known[name] = formula.numpy(**{item.name: known[item.name]
                                           for item in formula.symbols})
        return known

    def _open(self, values: dict[str, Any]) -> list[tuple[str, Formula]]:
        return [(name, formula) for name, formula in self.steps.items() if name not in values]

    def script(self) -> list[dict[str, Any]]:
        """The formulas for the page, in order."""
        return [{"name": name, "js": formula.js(), "positive": bool(formula.result.is_positive),
                 "only": condition_js(EXISTS.get(name))}
                for name, formula in self.steps.items()]


def _formula(name: str, item: Formula | sympy.Expr) -> Formula:
    if isinstance(item, Formula):
        return item
    words = name.replace("_", " ")
    tex = words.replace(" ", r"\ ")
    result = Quantity(name, rf"\mathrm{{{tex}}}", PURE, words, real=True)
    return Formula(name, result, item, chapter=1, source="the explorer's own", contract="any")


def _renamed(name: str, like: Quantity) -> Quantity:
    return Quantity(name, like.tex, like.unit, name.replace("_", " "), **like._assumptions_orig)


def holds(condition: Any, values: dict[str, Any]) -> bool:
    """Whether a condition holds; False where it needs a value that does not exist."""
    if condition is None:
        return True
    needed = {symbol: values[symbol.name] for symbol in condition.free_symbols}
    return None not in needed.values() and bool(condition.xreplace(needed))


def condition_js(condition: Any) -> str | None:
    """A condition as JavaScript; `cmp(a, b)` is −1, 0 or 1, with a tolerance for floats.

    >>> condition_js(s.equity <= s.maintenance_margin)
    '(cmp(equity, maintenance_margin) <= 0)'
    """
    if condition is None:
        return None
    if condition in (sympy.true, sympy.false):
        return str(condition).lower()
    parts = [condition_js(part) for part in condition.args] if condition.is_Boolean and (
        not condition.is_Relational) else []
    if isinstance(condition, sympy.Not):
        return f"(!{parts[0]})"
    if parts:
        return "(" + (" && " if isinstance(condition, sympy.And) else " || ").join(parts) + ")"
    left, right = (javascript(side) for side in (condition.lhs, condition.rhs))
    return f"(cmp({left}, {right}) {_SIGNS[condition.func]} 0)"
