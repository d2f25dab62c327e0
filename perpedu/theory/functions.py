"""Functions that no fraction can follow: Φ, the normal distribution, in SymPy, NumPy and JavaScript.

SymPy, NumPy and JavaScript know exp, log and sqrt by the same names; Φ is made here, once.
The page's own `Phi` stands in `perpedu/showing/script/normal.js`.
"""

from __future__ import annotations

import math
from typing import Any

import sympy
from sympy.printing.jscode import JavascriptCodePrinter

#: Functions of a rational number that are rational again.
_RATIONAL = (sympy.Max, sympy.Min, sympy.Abs, sympy.sign, sympy.floor, sympy.ceiling, sympy.Piecewise)


class Phi(sympy.Function):
    r"""The standard normal distribution function: the chance that a standard normal is below x.

    >>> Phi(0), Phi(sympy.oo), sympy.N(Phi(sympy.Rational(-3, 2)), 12)
    (1/2, 1, 0.0668072012689)
    >>> x = sympy.Symbol("x", real=True)
    >>> Phi(x).diff(x), sympy.latex(Phi(x))
    (sqrt(2)*exp(-x**2/2)/(2*sqrt(pi)), '\\Phi\\left(x\\right)')
    """

    nargs = 1

    @classmethod
    def eval(cls, x: sympy.Expr) -> sympy.Expr | None:
        known = {sympy.S.Zero: sympy.S.Half, sympy.oo: sympy.S.One, -sympy.oo: sympy.S.Zero,
                 sympy.nan: sympy.nan, sympy.zoo: sympy.nan}
        return known.get(x)

    def fdiff(self, argindex: int = 1) -> sympy.Expr:
        """The normal density."""
        return sympy.exp(-self.args[0]**2 / 2) / sympy.sqrt(2 * sympy.pi)

    def _eval_is_positive(self) -> bool | None:
        return self.args[0].is_real or None

    def _eval_rewrite_as_erfc(self, x: sympy.Expr, **_: Any) -> sympy.Expr:
        return sympy.erfc(-x / sympy.sqrt(2)) / 2

    def _eval_evalf(self, prec: int) -> sympy.Expr:
        return self.rewrite(sympy.erfc)._eval_evalf(prec)

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        power = "" if exp is None else f"^{{{exp}}}"
        return rf"\Phi{power}\left({printer._print(self.args[0])}\right)"


def on_floats(x: Any) -> Any:
    """Φ of a float or of an array of floats, which keeps its shape.

    >>> f"{on_floats(-1.5):.12f}"
    '0.066807201269'
    """
    import numpy

    values = numpy.frompyfunc(_phi, 1, 1)(x)
    return numpy.asarray(values, dtype=float) if numpy.ndim(values) else float(values)


def _phi(x: float) -> float:
    return math.erfc(-x / math.sqrt(2)) / 2


def is_rational(expression: sympy.Expr) -> bool:
    """Whether the expression is a fraction wherever its symbols are fractions.

    >>> x = sympy.Symbol("x", positive=True)
    >>> is_rational(sympy.Max(x, 1 / x)), is_rational(sympy.sqrt(x)), is_rational(Phi(x))
    (True, False, False)
    """
    functions = (node for node in expression.atoms(sympy.Function)
                 if not isinstance(node, _RATIONAL))
    powers = (node for node in expression.atoms(sympy.Pow) if not node.exp.is_integer)
    constants = (node for node in expression.atoms(sympy.NumberSymbol))
    return not any((*functions, *powers, *constants))


class _JavaScript(JavascriptCodePrinter):
    def _print_Phi(self, node: Phi) -> str:
        return f"Phi({self._print(node.args[0])})"


def javascript(expression: sympy.Expr) -> str:
    """The expression as JavaScript; `Phi` is a function of the page's script.

    >>> javascript(sympy.exp(-2) * Phi(sympy.Symbol("x")))
    'Math.exp(-2)*Phi(x)'
    """
    return _JavaScript().doprint(expression)


def put(expression: sympy.Expr, numbers: dict[sympy.Symbol, sympy.Rational]) -> sympy.Expr:
    """The expression with fractions in place of its symbols, worked out as far as they stay fractions.

    SymPy would look for whole roots in large powers, which can take for ever.

    >>> x = sympy.Symbol("x", positive=True)
    >>> put(sympy.exp(x * sympy.log(x + 1)), {x: sympy.Rational(999983, 1000)})
    exp(999983*log(1000983/1000)/1000)
    """
    if is_rational(expression):
        return expression.xreplace(numbers)
    parts = [put(part, numbers) for part in expression.args]
    if not parts:
        return expression
    if isinstance(expression, sympy.Piecewise) or not isinstance(expression, sympy.Expr):
        return expression.func(*parts)
    settled = all(part.is_Rational for part in parts) and not expression.is_Pow
    return expression.func(*parts, evaluate=settled)
