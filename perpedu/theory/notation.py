"""How formulas are written: products in the customary order, positive terms first."""

from __future__ import annotations

from functools import cache

import sympy
from sympy.printing.latex import LatexPrinter
from sympy.printing.str import StrPrinter

from .symbols import every

_FIRST = ("side", "contracts", "added_contracts", "closed_contracts", "face",
          "rate_slope", "steps", "size", "added_size", "closed_size", "maintenance_rate",
          "previous_rate", "liquidation_fee_rate", "opening_fee_rate", "close_fee",
          "floor", "liquidation_price", "mark_price", "exit_price", "entry_price", "stop_price",
          "added_price", "equity")


class _PositiveFirst:
    """Numbers, then positive terms, then negative ones: 1 + m, and P − E rather than −E + P."""

    def _as_ordered_terms(self, expr, order=None):
        terms = super()._as_ordered_terms(expr, order=order)
        return sorted(terms, key=lambda term: (term.could_extract_minus_sign(),
                                               not term.is_number))


class _Latex(_PositiveFirst, LatexPrinter):
    pass


class _Plain(_PositiveFirst, StrPrinter):
    def _print_Equality(self, equation):
        return " = ".join(map(self._print, equation.args))


@cache
def _reading_order() -> dict[sympy.Symbol, sympy.Symbol]:
    quantities = every()
    names = [*_FIRST, *(name for name in quantities if name not in _FIRST)]
    return {quantities[name]: sympy.Symbol(f"x{i:03d}") for i, name in enumerate(names)}


def plain(expression: sympy.Basic) -> str:
    """The expression or equation as plain text, with the symbols' full names.

    >>> from perpedu import symbols as y
    >>> plain(y.mark_price - y.entry_price)
    'mark_price - entry_price'
    """
    return _Plain().doprint(expression)


def tex(expression: sympy.Basic, numbers: dict[str, str] | None = None, **settings) -> str:
    r"""LaTeX of an expression or equation over the book's symbols.

    numbers: texts to print in place of symbols, by symbol name.

    >>> from perpedu import symbols as y
    >>> tex(y.side * y.size * (y.mark_price - y.entry_price))
    's q \\left(P - E\\right)'
    >>> tex(y.size * y.mark_price, {"size": "0.1", "mark_price": "60000"}, mul_symbol="times")
    '0.1 \\times 60000'
    """
    order = _reading_order()
    texts = {quantity: quantity.tex for quantity in order}
    texts |= {every()[name]: text for name, text in (numbers or {}).items()}
    with sympy.evaluate(False):
        renamed = expression.xreplace(order)
    names = {order[quantity]: text for quantity, text in texts.items()}
    return _Latex(settings | {"symbol_names": names}).doprint(renamed)
