"""Are two expressions the same? Decided by exact evaluation at chosen points.

Two different rational expressions agree at a random rational point almost never, however small
the difference: values are Fractions. What sampling can miss is a branch (of a maximum, a minimum,
an absolute value, a piecewise formula) that no point reaches. So branches are counted as they are
taken, points are also put on and beside the places where a branch changes, and sampling goes on
while a branch is unseen. A branch that stays unseen is taken not to exist in the domain.

Draws come from a hash, so a verdict never changes. SymPy is not imported here: the tree of an
expression is walked once, and points are evaluated without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from fractions import Fraction
from functools import partial
from hashlib import sha256
from itertools import chain
from typing import Any

from .evaluation import Compiled, Irrational, Point, Undefined, listed

#: General points a round, points that must have both values, rounds, edges that are followed.
POINTS, NEEDED, ROUNDS, MOST_EDGES = 40, 20, 5, 12
#: Decimal digits, and the difference allowed per unit of size, where roots make values irrational.
DIGITS, TOLERANCE = 50, 1e-25


def same(a: Any, b: Any, symbols: Iterable[Any] | None = None) -> bool:
    """Whether two expressions are equal wherever both are defined, in the symbols' domain.

    The domain comes from the assumptions of `symbols` (default: those in the expressions); a
    symbol called "side", or with a tuple `.values`, takes only its values. Symbols are matched by
    name. False when fewer than 20 points have both values. Raises ValueError as `compile_exact`.

    >>> from sympy import Abs, Max, Min, symbols
    >>> x, y = symbols("x y")
    >>> same(Max(x, y) - Min(x, y), Abs(x - y)), same(Max(x, y), x)
    (True, False)
    """
    used = {symbol.name for symbol in a.free_symbols | b.free_symbols}
    domain = [symbol for symbol in listed(symbols, a, b) if symbol.name in used]
    pair = _Pair(a, b)
    defined = 0
    for points in _rounds(pair, domain):
        for point in points:
            verdict = pair.agree(point)
            if verdict is False:
                return False
            defined += verdict is True
        if defined >= NEEDED and not pair.unseen():
            return True
    return defined >= NEEDED


def sample(expressions: Iterable[Any], symbols: Iterable[Any]) -> list[Point]:
    """Points at which another expression without branches is told from each of these.

    Forty general ones, and those on and beside the places where a branch changes, until every
    branch was taken. Values of roots are not exact; who needs them asks `same`.
    """
    side_by_side, found = _Pair(*expressions), []
    for points in _rounds(side_by_side, listed(symbols, *side_by_side.expressions)):
        for point in points:
            found.append(point)
            side_by_side.visit(point)
        if not side_by_side.unseen():
            break
    return found


def by_choice(points: Iterable[Point], symbols: Iterable[Any]) -> list[list[Point]]:
    """The points in groups: in each, a symbol whose `.values` are a tuple has one of them."""
    names = [symbol.name for symbol in symbols if getattr(symbol, "values", None)]
    groups: dict[tuple[Fraction, ...], list[Point]] = {}
    for point in points:
        groups.setdefault(tuple(point[name] for name in names), []).append(point)
    return list(groups.values())


def general(symbols: Iterable[Any], count: int) -> list[Point]:
    """So many points in the symbols' domain."""
    domain = list(symbols)
    return [_point(domain, [Fraction(1)], number) for number in range(count)]


class _Pair:
    """Two expressions, or some, that are evaluated side by side."""

    def __init__(self, *expressions: Any) -> None:
        self.expressions = expressions
        self.exact = tuple(map(Compiled, expressions))
        self.rough: tuple[Compiled, ...] = ()

    def unseen(self) -> bool:
        return any(side.branches - side.taken for side in self.exact)

    def visit(self, point: Point) -> None:
        """Take the branches that belong to this point."""
        for side in self.exact:
            with suppress(ArithmeticError):
                side(point)

    def agree(self, point: Point) -> bool | None:
        """Whether both have the same value at this point; None where one has none."""
        try:
            a, b = (side(point) for side in self.exact)
            return a == b
        except Undefined:
            return None
        except Irrational:
            return self.nearly(point)

    def nearly(self, point: Point) -> bool | None:
        self.rough = self.rough or tuple(self.with_digits())
        try:
            a, b = (side(point) for side in self.rough)
        except Undefined:
            return None
        return abs(a - b) <= TOLERANCE * max(1, abs(a), abs(b))

    def with_digits(self) -> Iterator[Compiled]:
        from mpmath import MPContext

        context = MPContext()
        context.dps = DIGITS
        for expression, exact in zip(self.expressions, self.exact):
            rough = Compiled(expression, context)
            rough.taken = exact.taken
            yield rough


def _rounds(pair: _Pair, domain: list[Any]) -> Iterator[Iterator[Point]]:
    """Points in rounds: general ones and the edges of branches; later rounds if one is unseen."""
    constants = _constants(pair.expressions)
    edges = list(dict.fromkeys(edge for side in pair.exact for edge in side.edges))[:MOST_EDGES]
    for first in range(0, POINTS * ROUNDS, POINTS):
        points = partial(_point, domain, constants)
        general = map(points, range(first, first + POINTS))
        beside = (_at_edge(edge, domain, points(first + n)) for n, edge in enumerate(edges))
        yield chain(general, chain.from_iterable(beside))


def _constants(expressions: Iterable[Any]) -> list[Fraction]:
    """The sizes of the numbers that the expressions hold, and 1."""
    atoms = (atom for expression in expressions for atom in expression.atoms())
    sizes = {Fraction(abs(int(a.p)), int(a.q)) for a in atoms if a.is_Rational and a.p}
    return sorted(sizes | {Fraction(1)})


def _draw(*key: object) -> int:
    return int.from_bytes(sha256("|".join(map(str, key)).encode()).digest()[:8])


def _point(domain: list[Any], constants: list[Fraction], number: int) -> Point:
    """A point of one of four shapes: ordinary, wide, money beside rates, near constants."""
    return {symbol.name: _value(symbol, constants, number) for symbol in domain}


def _value(symbol: Any, constants: list[Fraction], number: int) -> Fraction:
    """What a symbol is at point `number`, within its domain."""
    draw = _draw("perpedu", symbol.name, number)
    if values := _choices(symbol):
        return Fraction(values[draw % len(values)])
    size = _size(number % 4, draw, constants)
    if symbol.is_integer:
        size = Fraction(-(-size.numerator // size.denominator))
    if draw >> 60 == 0 and symbol.is_zero is None:
        return Fraction(0)
    if symbol.is_nonnegative:
        return size
    return -size if symbol.is_nonpositive or draw >> 59 & 1 else size


def _choices(symbol: Any) -> tuple[Any, ...]:
    """The only values that a symbol takes, or none."""
    values = getattr(symbol, "values", None)
    return values if isinstance(values, tuple) else (1, -1) if symbol.name == "side" else ()


def _size(shape: int, draw: int, constants: list[Fraction]) -> Fraction:
    low, high = draw & 0xFFFFFF, draw >> 24 & 0xFFFFFF
    if shape == 0:
        return Fraction(1 + low % 997, 1 + high % 89)
    if shape == 1:
        return Fraction(1 + low % 9973) * Fraction(10) ** (high % 19 - 12)
    if shape == 2:
        return Fraction(1 + low % 99_991) if high % 2 else Fraction(1 + low % 997, 1_000)
    near = Fraction((500, 999, 1_000, 1_001, 2_000)[high % 5], 1_000)
    return constants[low % len(constants)] * near


def _at_edge(expression: Any, domain: list[Any], base: Point) -> Iterator[Point]:
    """Points on and on both sides of the place where an expression is 0, along each symbol."""
    edge = Compiled(expression)
    for symbol in domain:
        root = None if _choices(symbol) else _root(edge, base, symbol.name)
        if root is None:
            continue
        step = Fraction(1) if symbol.is_integer else (abs(root) or 1) / Fraction(1_000)
        for value in (root, root - step, root + step):
            if _within(symbol, value):
                yield {**base, symbol.name: value}


def _root(edge: Compiled, base: Point, name: str) -> Fraction | None:
    """Where an expression is 0 along one symbol, if it is a straight line in it."""
    try:
        one, two, three = (edge({**base, name: Fraction(at)}) for at in (1, 2, 3))
    except ArithmeticError:
        return None
    slope = two - one
    return 1 - one / slope if slope and three - two == slope else None


def _within(symbol: Any, value: Fraction) -> bool:
    """Whether a value has the sign, and is the whole number, that a symbol asks for."""
    if symbol.is_integer and value.denominator != 1:
        return False
    if value == 0:
        return symbol.is_zero is not False
    return not (symbol.is_nonnegative and value < 0 or symbol.is_nonpositive and value > 0)
