"""The exact values of a typed tree at many points, one after the other, as it was typed.

A tree is a Fraction, a name, or a list of an operation and its parts, as grammar.py makes it.
The page does the same in expression.js.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from math import isqrt
from operator import add, mul, sub, truediv
from typing import Any

Column = list[Fraction | None]


class DividesByZero(ArithmeticError):
    """A divisor is 0 at every point where it has a value."""


def column(tree: Any, points: Sequence[Mapping[str, Fraction]]) -> Column:
    """The value at each point; None where there is none, or none that is a fraction.

    Raises DividesByZero.

    >>> column(["/", "q", ["-", "E", "q"]], [{"q": Fraction(2), "E": Fraction(n)} for n in (2, 3)])
    [None, Fraction(2, 1)]
    """
    match tree:
        case Fraction():
            return [tree] * len(points)
        case str():
            return [point[tree] for point in points]
        case ["^", base, power]:
            values = column(base, points)
            if power < 0:
                _refuse_zero(values)
            return [_each(_power(power), value) for value in values]
    sign, *parts = tree[0], *(column(part, points) for part in tree[1:])
    if sign == "/":
        _refuse_zero(parts[1])
    return [_each(_OPERATIONS[sign], *values) for values in zip(*parts)]


def _refuse_zero(values: Column) -> None:
    known = [value for value in values if value is not None]
    if known and not any(known):
        raise DividesByZero


def _each(operation: Callable[..., Fraction | None], *values: Fraction | None) -> Fraction | None:
    """The operation on values that are there."""
    if None in values:
        return None
    try:
        return operation(*values)
    except ZeroDivisionError:
        return None


def _power(power: int) -> Callable[[Fraction], Fraction]:
    return lambda value: value**power


def _root(value: Fraction) -> Fraction | None:
    if value < 0:
        return None
    top, bottom = isqrt(value.numerator), isqrt(value.denominator)
    return Fraction(top, bottom) if Fraction(top, bottom) ** 2 == value else None


_OPERATIONS: dict[str, Callable[..., Fraction | None]] = {
    "+": add, "-": sub, "*": mul, "/": truediv, "abs": abs, "sqrt": _root,
    "max": lambda *values: reduce(max, values), "min": lambda *values: reduce(min, values),
}  # fmt: skip
