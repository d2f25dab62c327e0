"""Expressions as nested lists that JSON can hold, for exact arithmetic on a page without Python.

A text that begins with a digit or a minus is a number, another text a name. A list holds an
operation and its parts: `["+", "equity", ["*", "-1", "deduction"]]`. What a tier table says at a
notional is `["steps", "notional", [top, value], …]`: the value of the first top not below it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..theory.exact import fraction
from .evaluation import Undefined
from .resolve import TierTerm

_OPERATIONS = {"Add": "+", "Mul": "*", "Max": "max", "Min": "min", "Abs": "abs"}


def tree(term: Any) -> Any:
    """The tree of a term of `resolve`. Raises ValueError for an operation that has none."""
    return _steps(term) if isinstance(term, TierTerm) else expression_tree(term.expression)


def expression_tree(node: Any) -> Any:
    """The tree of a SymPy expression. Raises ValueError for a root and what else is not exact."""
    if node.is_Symbol:
        return node.name
    if node.is_Rational:
        return number_text(fraction(node))
    kind = node.func.__name__
    if kind == "Pow" and node.exp.is_Integer:
        return ["^", expression_tree(node.base), int(node.exp)]
    if kind not in _OPERATIONS:
        raise ValueError(f"expression: {kind} cannot be worked out on a page")
    return [_OPERATIONS[kind], *map(expression_tree, node.args)]


def _steps(term: TierTerm) -> list[Any]:
    """What the table says up to each top: the next floor, the cap, or no top."""
    table = term.table
    tops = [*(row.floor for row in table.rows[1:]), table.cap]
    samples = [top if top is not None else table.rows[-1].floor + 1 for top in tops]
    return ["steps", "notional", *([top and _number(top), _said(term, sample)]
                                   for top, sample in zip(tops, samples))]


def _said(term: TierTerm, notional: Any) -> str | None:
    try:
        return number_text(term.at(notional))
    except Undefined:
        return None


def _number(value: Any) -> str:
    return number_text(fraction(value))


def number_text(value: Fraction) -> str:
    """An exact number as decimal text where that is short, else as p/q.

    >>> number_text(Fraction(1, 8)), number_text(Fraction(-1, 3))
    ('0.125', '-1/3')
    """
    for places in range(10):
        scaled = value * 10**places
        if scaled.denominator == 1:
            digits = str(abs(scaled.numerator)).rjust(places + 1, "0")
            whole, decimals = digits[: len(digits) - places], digits[len(digits) - places:]
            return "-" * (value < 0) + whole + ("." + decimals if places else "")
    return f"{value.numerator}/{value.denominator}"
