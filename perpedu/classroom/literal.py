"""The answer in a cell, read as data: one literal that is given to the name `answer`.

Python's parser makes a tree of a short text; nothing of it is compiled or run.
"""

from __future__ import annotations

import ast
import warnings
from typing import Any, NamedTuple

LONGEST, MOST_BITS, DEEPEST = 10_000, 400, 4

NO_LITERAL = "no literal answer"
OTHER_CODE = "other code in the cell, not run"
TOO_LONG = "cell too long, not read"


class Read(NamedTuple):
    """What a cell holds: the answer, or None; whether it could be read; and what is odd."""

    answer: Any
    found: bool
    flags: tuple[str, ...] = ()


class _NotLiteral(Exception):
    """A tree that is more than texts, numbers, lists and named texts."""


def read(source: str) -> Read:
    """The answer in the source of a cell.

    >>> read('answer = "54,300"  # in USDT').answer
    '54,300'
    >>> read('import os; answer = os.getcwd()')
    Read(answer=None, found=False, flags=('no literal answer',))
    """
    if len(source) > LONGEST:
        return Read(None, False, (TOO_LONG,))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a "\d" in an answer is no concern of the teacher's
            body = ast.parse(source).body
        (given,) = (node for node in body if _is_answer(node))
        answer = _literal(given.value)
    except (SyntaxError, ValueError, MemoryError, RecursionError, _NotLiteral):
        return Read(None, False, (NO_LITERAL,))
    return Read(answer, True, (OTHER_CODE,) if len(body) > 1 else ())


def _is_answer(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id == "answer" for target in node.targets)


def _literal(node: ast.expr, depth: int = 0) -> Any:
    if depth > DEEPEST:
        raise _NotLiteral
    if isinstance(node, ast.Constant):
        return _constant(node.value)
    if isinstance(node, (ast.List, ast.Tuple)):
        return [_literal(part, depth + 1) for part in node.elts]
    if isinstance(node, ast.Dict):
        return {_key(key): _literal(value, depth + 1)
                for key, value in zip(node.keys, node.values)}
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(
            node.operand, ast.Constant):
        number = _constant(node.operand.value)
        if type(number) in (int, float):
            return -number
    raise _NotLiteral


def _constant(value: Any) -> Any:
    """A text, a number of a size that can be read, or nothing."""
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        raise _NotLiteral
    if value is None or isinstance(value, (str, int, float)):
        return value
    raise _NotLiteral


def _key(node: ast.expr | None) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise _NotLiteral
