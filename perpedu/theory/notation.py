"""How formulas are written: products in the customary order, positive terms first."""

from __future__ import annotations

from functools import cache

import sympy
from sympy.printing.latex import LatexPrinter

from .symbols import every

_FIRST = ("side", "contracts", "added_contracts", "closed_contracts", "face",
          "size", "added_size", "closed_size", "maintenance_rate", "previous_rate", "close_fee",
          "floor", "mark_price", "exit_price", "entry_price", "added_price", "equity")


class _Printer(LatexPrinter):
    def _as_ordered_terms(self, expr, order=None):
        terms = super()._as_ordered_terms(expr, order)
        return sorted(terms, key=lambda term: (term.could_extract_minus_sign(), not term.is_number))


@cache
def _reading_order() -> dict[sympy.Symbol, sympy.Symbol]:
    quantities = every()
    names = [*_FIRST, *(name for name in quantities if name not in _FIRST)]
    return {quantities[name]: sympy.Symbol(f"x{i:03d}") for i, name in enumerate(names)}


def tex(expression: sympy.Basic, **settings) -> str:
    r"""LaTeX of an expression or equation over the book's symbols.

    >>> from perpedu import symbols as s
    >>> tex(s.side * s.size * (s.mark_price - s.entry_price))
    's q \\left(P - E\\right)'
    """
    order = _reading_order()
    names = {stand_in: quantity.tex for quantity, stand_in in order.items()}
    names |= settings.pop("symbol_names", {})
    with sympy.evaluate(False):
        renamed = expression.xreplace(order)
    return _Printer(settings | {"symbol_names": names}).doprint(renamed)
