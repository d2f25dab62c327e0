"""Expressions as readers type them: read as data, never run.

grammar.py makes a tree of the text, or refuses it. Here the tree becomes a SymPy expression;
nothing is evaluated as code, and SymPy is imported only when there is an expression to build.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from . import grammar
from .columns import DividesByZero, column
from .equality import by_choice, general
from .evaluation import Compiled
from .grammar import AnswerError

__all__ = ["AnswerError", "parse_answer", "tree_of"]

FUNCTIONS = {"max": "Max", "min": "Min", "abs": "Abs", "sqrt": "sqrt"}
#: The points at which a divisor that is 0 everywhere is 0.
POINTS = 32


def parse_answer(
    text: str, names: Iterable[Any] | Mapping[str, Any], functions: Iterable[str] = (),
    listed: Iterable[str] = (),
) -> Any:
    """The SymPy expression that the text means, with exact numbers.

    `names` are the permitted names: texts (each becomes a plain symbol), symbols, or a mapping
    from names to symbols, which also allows aliases. `functions` are those of max, min, abs and
    sqrt that may be called; `listed` are the names that messages list, where not all are.
    Raises AnswerError, a ValueError, with a message for the reader.

    >>> parse_answer("q * E * (1 - 0.4%)", ["q", "E"])
    249*E*q/250
    >>> parse_answer("2q", ["q"])
    Traceback (most recent call last):
    ...
    perpedu.teaching.grammar.AnswerError: Write * between 2 and q: 2*q.
    """
    known = _permitted(names)
    tree = tree_of(text, known, functions, listed)
    build = _Build(known)
    build.refuse_zero(tree)
    return build(tree)


def tree_of(text: str, names: Iterable[str], functions: Iterable[str] = (),
            listed: Iterable[str] = ()) -> Any:
    """The tree of a text as it was typed, before anything is simplified; as `parse_answer`."""
    allowed = frozenset(functions)
    if strangers := allowed - FUNCTIONS.keys():
        raise ValueError(f"functions: {sorted(strangers)}; expected some of {sorted(FUNCTIONS)}")
    return grammar.read(text, names, allowed, tuple(listed))


def _permitted(names: Iterable[Any] | Mapping[str, Any]) -> dict[str, Any]:
    """Permitted names and what each stands for: a symbol, or None for a plain one."""
    if isinstance(names, Mapping):
        return {str(name): value for name, value in names.items()}
    names = re.split(r"[\s,]+", names.strip()) if isinstance(names, str) else names
    return {str(name): None if isinstance(name, str) else name for name in names}


class _Build:
    """Turns a tree into a SymPy expression."""

    def __init__(self, known: dict[str, Any]) -> None:
        import sympy

        self.sympy, self.known = sympy, known

    def __call__(self, tree: Any) -> Any:
        match tree:
            case Fraction():
                return self.sympy.Rational(tree.numerator, tree.denominator)
            case str():
                return self.meaning(tree)
            case ["^", base, power]:
                return self(base) ** power
        return self.combine(tree[0], [self(part) for part in tree[1:]])

    def meaning(self, name: str) -> Any:
        value = self.known[name]
        if value is None or isinstance(value, str):
            return self.sympy.Symbol(value or name)
        return self.sympy.sympify(value, strict=True)

    def combine(self, sign: str, values: list[Any]) -> Any:
        match sign, values:
            case "+", [left, right]:
                return left + right
            case "-", [left, right]:
                return left - right
            case "*", [left, right]:
                return left * right
            case "/", [left, right]:
                return left / right
        return getattr(self.sympy, FUNCTIONS[sign])(*values)

    def refuse_zero(self, tree: Any) -> None:
        """Refuse what divides by 0 wherever its names may be, or does on one side."""
        if not _divides(tree):
            return
        meant = {name: self.meaning(name) for name in _names(tree)}
        try:
            for group in _places(meant):
                column(tree, group)
        except DividesByZero:
            raise AnswerError(grammar.MESSAGES["zero"]) from None


def _divides(tree: Any) -> bool:
    match tree:
        case ["/", _, _]:
            return True
        case ["^", base, power]:
            return power < 0 or _divides(base)
    return isinstance(tree, list) and any(map(_divides, tree[1:]))


def _names(tree: Any) -> set[str]:
    """The names that a tree reads."""
    if isinstance(tree, list):
        return set().union(*(_names(part) for part in tree[1:]))
    return {tree} if isinstance(tree, str) else set()


def _places(meant: dict[str, Any]) -> list[list[dict[str, Fraction]]]:
    """Points in the domain of the symbols that the names stand for, in groups by side."""
    symbols = sorted({s for value in meant.values() for s in value.free_symbols}, key=str)
    values = {name: Compiled(value) for name, value in meant.items()}
    return [[{name: value(point) for name, value in values.items()} for point in group]
            for group in by_choice(general(symbols, POINTS), symbols)]
