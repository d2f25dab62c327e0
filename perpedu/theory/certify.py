"""What makes a step of a derivation certain: the solutions of an equation, under stated grounds.

They are read from the polynomial that the equation is in the unknown, after all definitions are
put in: its factors, their coefficients, and everything that it divides by.
"""

from __future__ import annotations

from itertools import product
from typing import Any, Iterable

import sympy as sp
from sympy.logic.boolalg import BooleanAtom


class DerivationError(ValueError):
    """A derivation that is not written as one: no reason, no start, an equation that is none."""


class FalseStep(DerivationError):
    """A step whose solution is not that of the step before it."""


class UndecidedStep(DerivationError):
    """A step that SymPy cannot decide under the assumptions stated so far."""


def as_equation(written: Any) -> sp.Eq:
    """Read a SymPy Eq, a pair (left, right) or a formula as an equation that stays as written."""
    if isinstance(written, (bool, BooleanAtom)):
        raise DerivationError(f"SymPy has turned this equation into {written}: write it as a pair "
                              "(left, right), or as sympy.Eq(left, right, evaluate=False)")
    written = getattr(written, "equation", written)
    sides = written.args if isinstance(written, sp.Eq) else written
    if not (isinstance(sides, tuple) and len(sides) == 2):
        raise DerivationError(f"{written!r} is not an equation: expected sympy.Eq(left, right), "
                              "a pair (left, right) or a formula")
    return sp.Eq(*map(_side, sides), evaluate=False)


def _side(written: Any) -> sp.Expr:
    try:
        side = sp.sympify(written, strict=True)
    except sp.SympifyError:
        raise DerivationError(f"{written!r} is not a SymPy expression") from None
    if not isinstance(side, sp.Expr) or side.has(sp.nan, sp.zoo, sp.oo, -sp.oo):
        raise DerivationError(f"{written!r} is not a finite expression")
    if side.has(sp.Float):
        raise DerivationError(f"{written!r} has a rounded number: write sympy.Rational('0.005')")
    return side


def _numerator(expression: sp.Expr) -> sp.Expr:
    return sp.fraction(sp.together(expression))[0]


def _is_zero(expression: sp.Expr) -> bool:
    return sp.expand(_numerator(expression)) == 0


def _factors(expression: sp.Expr) -> list[sp.Expr]:
    numerator = _numerator(expression)
    try:
        return [sp.expand(factor) for factor, _ in sp.factor_list(numerator)[1]]
    except sp.PolificationFailed:  # a number, or a power of one
        return [sp.expand(numerator)]


def _divisors(expression: sp.Expr) -> set[sp.Expr]:
    powers = (node for node in sp.preorder_traversal(expression) if node.is_Pow)
    return {power.base for power in powers if power.exp.could_extract_minus_sign()}


def same(left: sp.Expr, right: sp.Expr) -> bool:
    """Are the two expressions equal? UndecidedStep where SymPy cannot tell."""
    if _is_zero(left - right):
        return True
    certain = (left - right).is_rational_function() or _differs(left - right)
    equal = False if certain else left.equals(right)
    if equal is None:
        raise UndecidedStep(f"cannot tell whether {left} is {right}")
    return equal


def _differs(expression: sp.Expr) -> bool:
    """Whether it is far from 0 at a point; where SymPy has to search, this is quickly seen."""
    symbols = sorted(expression.free_symbols, key=str)
    point = {symbol: sp.Rational(37 + 11 * place, 53) for place, symbol in enumerate(symbols)}
    value = sp.N(expression.xreplace(point), 20)
    return bool(value.is_Float and value.is_finite and abs(value) > sp.Rational(1, 10**6))


def two_valued(*expressions: sp.Basic) -> list[sp.Symbol]:
    """The symbols that take only certain values, such as the side."""
    found = set().union(*(expression.free_symbols for expression in expressions))
    return sorted((s for s in found if getattr(s, "values", None)), key=str)


class Ground:
    """What a derivation takes for granted, and the solutions of an equation under it."""

    def __init__(self, unknown: sp.Symbol, given: Iterable[Any], assuming: Iterable[Any]):
        self.unknown = unknown
        self.given = tuple(map(as_equation, given))
        self.assuming = tuple(assuming)
        self._positive = [_stated(each) for each in self.assuming]
        self._definitions = self._read_definitions()
        self._refuse_impossible()
        self.certified: set[tuple[sp.Eq, sp.Eq]] = set()
        self._remembered: dict[Any, Any] = {}

    @property
    def defined(self) -> set[sp.Symbol]:
        """The symbols that `given` defines."""
        return set(self._definitions)

    def cases(self, *equations: sp.Basic) -> list[dict[sp.Symbol, sp.Integer]]:
        """Every way to give a value to the symbols that take only certain values (the side)."""
        found = two_valued(*equations, *self.given, *self._positive)
        symbols = [symbol for symbol in found if symbol not in self._definitions]
        return [dict(zip(symbols, map(sp.Integer, values)))
                for values in product(*(symbol.values for symbol in symbols))]

    def put_in(self, expression: sp.Expr, case: dict) -> sp.Expr:
        """The expression with all definitions and the values of this case put in."""
        return expression.xreplace(self._definitions).xreplace(case)

    def solutions(self, equation: sp.Eq, case: dict) -> list[sp.Expr]:
        """The values of the unknown that fulfil the equation; FalseStep where there are none."""
        key = equation, tuple(case.items())
        if key not in self._remembered:
            self._remembered[key] = self._solve(equation, case)
        return self._remembered[key]

    def _solve(self, equation: sp.Eq, case: dict) -> list[sp.Expr]:
        left, right = (self.put_in(side, case) for side in equation.args)
        divisors = _divisors(left) | _divisors(right)
        if (left - right).has(sp.nan, sp.zoo) or any(_is_zero(each) for each in divisors):
            raise FalseStep("divides by zero")
        roots = [root for root in self._roots(_numerator(left - right), case)
                 if not self._outside(root) and self._defined(root, divisors, case)]
        if not roots:
            raise FalseStep(f"no solution for {self.unknown}")
        return roots

    def _roots(self, numerator: sp.Expr, case: dict) -> list[sp.Expr]:
        unknown = self.unknown
        if _is_zero(numerator):
            raise FalseStep(f"this is 0 = 0: true for every {unknown}, it says nothing")
        if not numerator.is_polynomial(unknown):
            raise UndecidedStep(f"not a quotient of polynomials in {unknown}: cannot be checked")
        degree = sp.Poly(numerator, unknown).degree()
        if degree == 0:
            raise FalseStep(f"{unknown} has gone: the line does not determine it")
        factors = [sp.expand(numerator)] if degree == 1 else _factors(numerator)
        open_factors = [f for f in factors if not self._known_nonzero(f, case)]
        return [root for factor in open_factors for root in self._roots_of(factor, case)]

    def _roots_of(self, factor: sp.Expr, case: dict) -> list[sp.Expr]:
        if not factor.has(self.unknown):
            raise _undecided(factor)
        a, *rest = sp.Poly(factor, self.unknown).all_coeffs()
        self._require_nonzero(a, case)
        if len(rest) == 1:
            return [sp.cancel(-rest[0] / a)]
        square = rest[0]**2 - 4 * a * rest[-1]
        if len(rest) > 2 or not sp.expand(square).is_nonnegative:
            raise UndecidedStep(f"{factor} = 0 is not known to have its solutions in closed form")
        return [(-rest[0] + sign * sp.sqrt(sp.factor(square))) / (2 * a) for sign in (1, -1)]

    def _outside(self, root: sp.Expr) -> bool:
        """Is the root known to break the unknown's own assumptions?"""
        return bool((self.unknown.is_positive and root.is_nonpositive)
                    or (self.unknown.is_nonnegative and root.is_negative)
                    or (self.unknown.is_nonzero and root.is_zero)
                    or (self.unknown.is_real and root.is_real is False))

    def _defined(self, root: sp.Expr, divisors: set[sp.Expr], case: dict) -> bool:
        """False where a divisor is zero at the root; undecided where one may be."""
        for factor in (f for divisor in divisors for f in _factors(divisor)):
            if self._known_nonzero(factor, case):
                continue
            if not factor.has(self.unknown):
                raise _undecided(factor)
            value = factor.xreplace({self.unknown: root})
            if _is_zero(value):
                return False
            self._require_nonzero(value, case)
        return True

    def _require_nonzero(self, expression: sp.Expr, case: dict) -> None:
        for factor in _factors(expression):
            if not self._known_nonzero(factor, case):
                raise _undecided(factor)

    def _known_nonzero(self, factor: sp.Expr, case: dict) -> bool:
        return factor.is_zero is False or factor in self._stated_nonzero(case)

    def _stated_nonzero(self, case: dict) -> set[sp.Expr]:
        key = tuple(case.items())
        if key not in self._remembered:
            stated = [self.put_in(each, case) for each in self._positive]
            factors = [f for each in stated for part in (each, 1 / each) for f in _factors(part)]
            self._remembered[key] = {sp.expand(sign * f) for f in factors for sign in (1, -1)}
        return self._remembered[key]

    def _read_definitions(self) -> dict[sp.Symbol, sp.Expr]:
        written: dict[sp.Symbol, sp.Expr] = {}
        for symbol, expression in (equation.args for equation in self.given):
            if not symbol.is_Symbol or symbol == self.unknown or symbol in written:
                raise DerivationError(f"given {symbol} = {expression}: expected a symbol on the "
                                      "left, not the unknown, defined once")
            written[symbol] = expression
        full = dict(written)
        for _ in written:
            full = {symbol: value.xreplace(written) for symbol, value in full.items()}
        if any(value.has(*written) for value in full.values()):
            raise DerivationError("the definitions in `given` go round in a circle")
        return full

    def _refuse_impossible(self) -> None:
        for case in self.cases():
            stated = [self.put_in(each, case) for each in self._positive]
            sums = [sp.expand(a + b) for a in stated for b in stated]
            if any(each.is_nonpositive for each in sums):
                raise DerivationError("the statements in `assuming` cannot all hold")


def _stated(assumption: Any) -> sp.Expr:
    """The expression that is positive by a statement: 1 - m, or m < 1."""
    if isinstance(assumption, (sp.StrictLessThan, sp.StrictGreaterThan)):
        return _side(assumption.gts - assumption.lts)
    if isinstance(assumption, (bool, sp.Rel, BooleanAtom)):
        raise DerivationError(f"assuming {assumption}: expected an expression that is positive, "
                              "or a strict inequality")
    return _side(assumption)


def _undecided(factor: sp.Expr) -> UndecidedStep:
    return UndecidedStep(f"undecided: {factor} is not known to be non-zero; state it in assuming")
