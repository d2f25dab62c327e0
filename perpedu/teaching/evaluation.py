"""Exact values of SymPy expressions without SymPy: the tree is walked once, then only Fractions.

Rational functions, roots, maximum, minimum, absolute value, sign and piecewise formulas are known.
Where a root is irrational, and for exp, log and Φ, the same tree can be walked with mpmath numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import combinations
from math import isqrt
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from ..theory.exact import fraction

_RELATIONS = {
    "StrictLessThan": lt, "LessThan": le, "StrictGreaterThan": gt, "GreaterThan": ge,
    "Equality": eq, "Unequality": ne,
}  # fmt: skip

Point = dict[str, Fraction]


class Irrational(ArithmeticError):
    """The exact value is not a fraction."""


class Undefined(ArithmeticError):
    """There is no real value at this point."""


class Compiled:
    """An expression as nested Python functions of a point, with the branches it has and took.

    `mp` is None for exact values, or an mpmath context for values with DIGITS digits.
    """

    def __init__(self, expression: Any, mp: Any = None) -> None:
        self.expression, self.mp = expression, mp
        self.branches: set[tuple[int, int]] = set()
        self.taken: set[tuple[int, int]] = set()
        self.edges: list[Any] = []  # expressions whose sign decides a branch
        self.evaluate = self.walk(expression)

    @property
    def names(self) -> list[str]:
        """The names that it reads."""
        return sorted(symbol.name for symbol in self.expression.free_symbols)

    def __call__(self, point: Point) -> Any:
        try:
            return self.evaluate(point)
        except ZeroDivisionError:
            raise Undefined from None

    def walk(self, node: Any) -> Callable[[Point], Any]:
        """A function of the point for one node of the tree."""
        if node.is_Symbol:
            return self.symbol(node.name)
        if node.is_Rational:
            return self.constant(fraction(node))
        if node.is_Float:
            return self.constant(Fraction(str(node)))
        kind = node.func.__name__
        build = getattr(self, f"_{kind.lower()}", None)
        if build is None and kind in _RELATIONS:
            build = self.relation
        if build is None:
            raise ValueError(f"expression: {kind} cannot be compared exactly")
        return build(node)

    def symbol(self, name: str) -> Callable[[Point], Any]:
        if self.mp:
            return lambda point: self.mp.mpf(point[name].numerator) / point[name].denominator
        return lambda point: point[name]

    def constant(self, value: Fraction) -> Callable[[Point], Any]:
        if self.mp:
            value = self.mp.mpf(value.numerator) / value.denominator
        return lambda point: value

    def parts(self, node: Any) -> list[Callable[[Point], Any]]:
        return [self.walk(part) for part in node.args]

    def fork(self, count: int) -> Callable[[int], None]:
        """Declare `count` branches; the result records which one was taken."""
        fork = len(self.branches)
        self.branches |= {(fork, branch) for branch in range(count)}
        return lambda branch: self.taken.add((fork, branch))

    def _add(self, node: Any) -> Callable[[Point], Any]:
        first, *rest = self.parts(node)
        return lambda point: sum((part(point) for part in rest), first(point))

    def _mul(self, node: Any) -> Callable[[Point], Any]:
        parts = self.parts(node)

        def product(point: Point) -> Any:
            value = parts[0](point)
            for part in parts[1:]:
                value = value * part(point)
            return value

        return product

    def _pow(self, node: Any) -> Callable[[Point], Any]:
        base, exponent = node.args
        value = self.walk(base)
        if not exponent.is_Rational:
            return self.any_power(value, exponent)
        power, root = int(exponent.p), int(exponent.q)
        if root == 1:
            return lambda point: value(point) ** power
        return lambda point: self.root(value(point), root) ** power

    def any_power(self, base: Callable[[Point], Any], exponent: Any) -> Callable[[Point], Any]:
        """A power that the point decides: only of a base above 0, and only as a decimal."""
        if self.mp is None:
            raise ValueError(f"expression: the power {exponent} is not a number")
        power = self.walk(exponent)

        def value(point: Point) -> Any:
            found = base(point)
            if found <= 0:
                raise Undefined
            return found ** power(point)

        return value

    def root(self, value: Any, root: int) -> Any:
        if value < 0:
            raise Undefined
        if self.mp:
            return self.mp.root(value, root)
        if root != 2:
            raise Irrational
        top, bottom = isqrt(value.numerator), isqrt(value.denominator)
        if top * top != value.numerator or bottom * bottom != value.denominator:
            raise Irrational
        return Fraction(top, bottom)

    def transcendental(self, node: Any, name: str) -> Callable[[Point], Any]:
        (part,) = self.parts(node)
        if self.mp is None:
            raise ValueError(f"expression: {node.func.__name__} cannot be compared exactly")
        function = getattr(self.mp, name)
        return lambda point: function(part(point))

    def _exp(self, node: Any) -> Callable[[Point], Any]:
        return self.transcendental(node, "exp")

    def _phi(self, node: Any) -> Callable[[Point], Any]:
        return self.transcendental(node, "ncdf")

    def _pi(self, node: Any) -> Callable[[Point], Any]:
        if self.mp is None:
            raise ValueError("expression: pi cannot be compared exactly")
        return lambda point: +self.mp.pi

    def _log(self, node: Any) -> Callable[[Point], Any]:
        value = self.transcendental(node, "ln")

        def real(point: Point) -> Any:
            try:
                found = value(point)
            except ValueError:  # ln(0)
                raise Undefined from None
            if isinstance(found, self.mp.mpc):
                raise Undefined
            return found

        return real

    def extreme(self, node: Any, choose: Callable) -> Callable[[Point], Any]:
        parts, took = self.parts(node), self.fork(len(node.args))
        self.edges += [a - b for a, b in combinations(node.args, 2)]

        def value(point: Point) -> Any:
            values = [part(point) for part in parts]
            best = choose(values)
            if values.count(best) == 1:
                took(values.index(best))
            return best

        return value

    def _max(self, node: Any) -> Callable[[Point], Any]:
        return self.extreme(node, max)

    def _min(self, node: Any) -> Callable[[Point], Any]:
        return self.extreme(node, min)

    def by_sign(self, node: Any, result: Callable) -> Callable[[Point], Any]:
        (part,), took = self.parts(node), self.fork(2)
        self.edges.append(node.args[0])

        def value(point: Point) -> Any:
            inner = part(point)
            if inner != 0:
                took(int(inner < 0))
            return result(inner)

        return value

    def _abs(self, node: Any) -> Callable[[Point], Any]:
        return self.by_sign(node, abs)

    def _sign(self, node: Any) -> Callable[[Point], Any]:
        return self.by_sign(node, lambda inner: (inner > 0) - (inner < 0) + 0 * inner)

    def _piecewise(self, node: Any) -> Callable[[Point], Any]:
        cases = [(self.walk(case.args[0]), self.walk(case.args[1])) for case in node.args]
        took = self.fork(len(cases))

        def value(point: Point) -> Any:
            for branch, (result, condition) in enumerate(cases):
                if condition(point):
                    took(branch)
                    return result(point)
            raise Undefined

        return value

    def relation(self, node: Any) -> Callable[[Point], Any]:
        compare, (left, right) = _RELATIONS[node.func.__name__], self.parts(node)
        self.edges.append(node.args[0] - node.args[1])
        return lambda point: compare(left(point), right(point))

    def _and(self, node: Any) -> Callable[[Point], Any]:
        parts = self.parts(node)
        return lambda point: all(part(point) for part in parts)

    def _or(self, node: Any) -> Callable[[Point], Any]:
        parts = self.parts(node)
        return lambda point: any(part(point) for part in parts)

    def _not(self, node: Any) -> Callable[[Point], Any]:
        (part,) = self.parts(node)
        return lambda point: not part(point)

    def _booleantrue(self, node: Any) -> Callable[[Point], Any]:
        return lambda point: True

    def _imaginaryunit(self, node: Any) -> Callable[[Point], Any]:
        def none(point: Point) -> Any:
            raise Undefined

        return none

    def _booleanfalse(self, node: Any) -> Callable[[Point], Any]:
        return lambda point: False


def compile_exact(expression: Any, symbols: Iterable[Any]) -> Callable[..., Fraction]:
    """A function of Fractions, in the order of `symbols`, that gives the exact value.

    The function raises Undefined where there is no real value and Irrational where the value is
    not a fraction; both are ArithmeticErrors. Raises ValueError for a symbol that is not listed
    and for a function that is not known here.

    >>> from sympy import Max, symbols
    >>> x, y = symbols("x y")
    >>> compile_exact(Max(x, y) / 3, [x, y])(Fraction(1), Fraction(2))
    Fraction(2, 3)
    """
    names = [symbol.name for symbol in listed(symbols, expression)]
    compiled = Compiled(expression)
    return lambda *values: compiled(dict(zip(names, map(Fraction, values), strict=True)))


def listed(symbols: Iterable[Any] | None, *expressions: Any) -> list[Any]:
    """The symbols in a fixed order; every free symbol must be among them."""
    free = {s.name: s for expression in expressions for s in expression.free_symbols}
    if symbols is None:
        return [free[name] for name in sorted(free)]
    listed = list(symbols)
    if missing := sorted(free.keys() - {symbol.name for symbol in listed}):
        raise ValueError(f"symbols: {', '.join(missing)} not listed; expected every free symbol")
    return listed
