"""Expressions as readers type them: read as data, never run.

The text is cut into tokens of a fixed grammar. Numbers and names are kept aside and replaced by
`n0`, `n1`, …, so Python's `ast` sees only those, operators and parentheses: none of the reader's
own words. The tree is then built from a short list of node types. Nothing is evaluated as code,
and SymPy is imported only when there is an expression to build.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from .numbers_typed import shown

LONGEST, MOST_TOKENS, DEEPEST, MOST_DIGITS, MOST_BITS = 500, 240, 30, 40, 4_000
#: Largest power, and largest product of powers of powers: ((x**2)**3)**4 has 24.
LARGEST_POWER, LARGEST_TOTAL_POWER = 12, 36
FUNCTIONS = {"max": "Max", "min": "Min", "abs": "Abs", "sqrt": "sqrt"}

_SAME = str.maketrans({"×": "*", "·": "*", "⋅": "*", "÷": "/", "−": "-", "^": "**", "[": "(",
                       "]": ")"} | {chr(0x2080 + n): str(n) for n in range(10)})  # also q₂
_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*)|(?P<sign>\*\*|[-+*/(),%])"
)
_GROUPED = re.compile(r"(?<![\w.,])[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![0-9])")
_DECIMAL_COMMA = re.compile(r"(?<![\w.,])[0-9]+,[0-9]+(?![0-9,])")
_HINTS = {
    "=": "Write only the right-hand side, without =.",
    "<": "Write one expression, without a comparison.",
    ">": "Write one expression, without a comparison.",
    ".": "A point is read only between the digits of a number.",
    "{": "Use round parentheses.",
    "²": "Write a power as **2.",
    "³": "Write a power as **3.",
    "$": "Leave out the unit.",
}


class AnswerError(ValueError):
    """An answer that cannot be read; the message is written for the reader."""


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
    perpedu.teaching.parser.AnswerError: Write * between 2 and q: 2*q.
    """
    known = _permitted(names)
    allowed = frozenset(functions)
    if strangers := allowed - FUNCTIONS.keys():
        raise ValueError(f"functions: {sorted(strangers)}; expected some of {sorted(FUNCTIONS)}")
    tokens = _tokens(_plain(text, bool(allowed)), known, allowed, tuple(listed))
    _check_order(tokens, known, allowed)
    source, parts = _without_words(tokens)
    try:
        tree = ast.parse(source, mode="eval").body
    except (SyntaxError, MemoryError, RecursionError):
        raise AnswerError(
            f"“{shown(text)}” does not read as an expression. Check that every operator stands "
            "between two values."
        ) from None
    _check_powers(tree, parts, 1)
    return _finite(_Build(parts, known).build(tree))


def _permitted(names: Iterable[Any] | Mapping[str, Any]) -> dict[str, Any]:
    """Permitted names and what each stands for: a symbol, or None for a plain one."""
    if isinstance(names, Mapping):
        return {str(name): value for name, value in names.items()}
    names = re.split(r"[\s,]+", names.strip()) if isinstance(names, str) else names
    return {str(name): None if isinstance(name, str) else name for name in names}


def _plain(text: str, calls: bool) -> str:
    """The text with one spelling per operator, of a size that can be read."""
    if not isinstance(text, str) or not text.strip():
        raise AnswerError("There is nothing to read yet. Write an expression.")
    if len(text) > LONGEST:
        raise AnswerError(f"The answer is too long: at most {LONGEST} characters are read.")
    plain = text.translate(_SAME)
    space = " Between two values, put a space after the comma." if calls else ""
    if grouped := _GROUPED.search(plain):
        number = grouped[0].replace(",", "")
        raise AnswerError(f"In an expression, write {number} without the comma.{space}")
    if comma := _DECIMAL_COMMA.search(plain):
        point = comma[0].replace(",", ".")
        raise AnswerError(f"Is {comma[0]} meant as {point}? Write decimals with a point.{space}")
    return plain


def _tokens(text: str, known: dict, functions: frozenset,
            listed: tuple[str, ...]) -> list[tuple[str, str]]:
    """The text as (kind, word) pairs; anything outside the grammar is refused."""
    tokens, place = [], 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        match = _TOKEN.match(text, place)
        if not match:
            raise AnswerError(_strange(text[place]))
        kind, word = str(match.lastgroup), match[0]
        if kind == "name" and word not in known and word not in functions:
            raise AnswerError(_unknown(word, text[match.end() :], known, listed))
        tokens.append((kind, word))
        place = match.end()
    if len(tokens) > MOST_TOKENS:
        raise AnswerError("The answer has too many parts. Write it more shortly.")
    return tokens


def _strange(character: str) -> str:
    hint = _HINTS.get(character, "Use digits 0 to 9, the names of the question and + - * / ** ( ).")
    return f"The character “{shown(character)}” is not read here. {hint}"


def _unknown(name: str, rest: str, known: dict, listed: tuple[str, ...]) -> str:
    """What to say about a name that the question does not have."""
    if product := _product(name, listed or tuple(known)):
        return f"Write {'*'.join(product)}: a product needs its *."
    if rest.lstrip().startswith("("):
        return f"{shown(name)}( ) cannot be used in this answer. Use + - * / ** and parentheses."
    permitted = ", ".join(listed or sorted(known)) or "numbers only"
    close = [k for k in known if k.lower() == name.lower()]
    close = close or get_close_matches(name[:40], known, n=1)
    guess = f" Did you mean {close[0]}?" if close else ""
    return f"The name {shown(name)} is not in this question. Names here: {permitted}.{guess}"


def _product(word: str, names: tuple[str, ...]) -> list[str]:
    """The names that a word is made of, such as q and E of qE; empty where it is not."""
    if word in names:
        return [word]
    heads = [name for name in names if word.startswith(name)] if len(word) <= 20 else []
    found = ([name, *_product(word[len(name):], names)] for name in heads)
    return next((parts for parts in found if len(parts) > 1), [])


def _check_order(tokens: list[tuple[str, str]], known: dict, functions: frozenset) -> None:
    """Refuse what leaves out an operator, and parentheses or commas in the wrong place."""
    calls = []  # for each open parenthesis, whether it is a function's
    for (before, left), (kind, word) in zip([("sign", "("), *tokens], [*tokens, ("sign", "")]):
        function = before == "name" and left in functions
        if function and left not in known and word != "(":
            raise AnswerError(f"Write {left} with parentheses: {left}( ).")
        if word == "(":
            calls.append(function)
        if (before != "sign" or left in ")%") and (kind != "sign" or word == "(" and not function):
            raise AnswerError(_left_out(left, word))
        if word == "%" and before != "number":
            raise AnswerError("% is read only after a number, as in 0.4%.")
        if word == "," and not (calls and calls[-1]):
            raise AnswerError("A comma has no meaning here. Write decimals with a point.")
        if len(calls) > DEEPEST or word == ")" and not calls:
            raise AnswerError("There are too many parentheses, or one ) too many.")
        if word == ")":
            calls.pop()
    if calls:
        raise AnswerError("A parenthesis is not closed: a ) is missing.")


def _left_out(left: str, right: str) -> str:
    """What to say where an operator is missing between two words."""
    left, right = shown(left, 20), shown(right, 20)
    example = f": {left}*{right}" if left not in ")%" and right != "(" else ""
    return f"Write * between {left} and {right}{example}."


def _without_words(tokens: list[tuple[str, str]]) -> tuple[str, list[Any]]:
    """Source for `ast` in which part i is written `ni`, and the parts: Fractions and names."""
    source, parts = [], []
    for kind, word in tokens:
        if word == "%":
            parts[-1] /= 100
        elif kind == "sign":
            source.append(word)
        else:
            source.append(f"n{len(parts)}")
            parts.append(_number(word) if kind == "number" else word)
    return " ".join(source), parts


def _number(word: str) -> Fraction:
    """The exact value of the digits as written."""
    digits, _, power = word.lower().partition("e")
    if len(digits) > MOST_DIGITS or len(power) > 3 or abs(int(power or 0)) > MOST_DIGITS:
        raise AnswerError(f"The number {shown(word, 20)} is too long or too large.")
    return Fraction(word)


def _check_powers(node: ast.AST, parts: list[Any], total: int) -> None:
    """Refuse a power that is not a small whole number, also where powers are nested."""
    for child in ast.iter_child_nodes(node):
        inner = total
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and child is node.left:
            inner *= max(1, abs(_power(node.right, parts)))
        if inner > LARGEST_TOTAL_POWER:
            raise AnswerError("A power of a power is too large here.")
        _check_powers(child, parts, inner)


def _power(node: ast.AST, parts: list[Any]) -> int:
    """The exponent that a node writes out."""
    sign = -1 if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else 1
    node = node.operand if isinstance(node, ast.UnaryOp) else node
    value = parts[int(node.id[1:])] if isinstance(node, ast.Name) else None
    if not isinstance(value, Fraction) or value.denominator != 1 or value > LARGEST_POWER:
        raise AnswerError(f"A power must be a whole number up to {LARGEST_POWER}, written out.")
    return sign * int(value)


class _Build:
    """Turns the checked tree into a SymPy expression."""

    def __init__(self, parts: list[Any], known: dict) -> None:
        import sympy

        self.sympy, self.parts, self.known = sympy, parts, known

    def build(self, node: ast.AST) -> Any:
        match node:
            case ast.Name(id=label):
                return self.part(self.parts[int(label[1:])])
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
                value = self.build(operand)
                return -value if isinstance(node.op, ast.USub) else value
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                return self.build(left) ** _power(right, self.parts)
            case ast.BinOp(left=left, op=op, right=right):
                return self.combine(op, self.build(left), self.build(right))
            case ast.Call(func=ast.Name(id=label), args=args, keywords=[]):
                return self.call(self.parts[int(label[1:])], [self.build(arg) for arg in args])
        raise AnswerError("Use only numbers, the names of the question and + - * / ** ( ).")

    def part(self, part: Fraction | str) -> Any:
        if isinstance(part, Fraction):
            return self.sympy.Rational(part.numerator, part.denominator)
        value = self.known[part]
        if value is None or isinstance(value, str):
            return self.sympy.Symbol(value or part)
        return self.sympy.sympify(value, strict=True)

    def combine(self, op: ast.operator, left: Any, right: Any) -> Any:
        match op:
            case ast.Add():
                return left + right
            case ast.Sub():
                return left - right
            case ast.Mult():
                return left * right
            case ast.Div() if right != 0:
                return left / right
            case ast.Div():
                raise AnswerError("This divides by zero.")
        raise AnswerError("Use only + - * / and ** between values.")

    def call(self, name: str, values: list[Any]) -> Any:
        if not values or (name in ("abs", "sqrt") and len(values) != 1) or len(values) > 8:
            raise AnswerError(f"{name}( ) has the wrong number of values in it.")
        return getattr(self.sympy, FUNCTIONS[name])(*values)


def _finite(expression: Any) -> Any:
    """The expression, unless it divides by zero or holds a number that is too long."""
    for atom in expression.atoms():
        if atom.is_Rational:
            if max(abs(atom.p), atom.q).bit_length() > MOST_BITS:
                raise AnswerError("The numbers in this answer are too large.")
        elif atom.is_number and not atom.is_finite:
            raise AnswerError("This divides by zero.")
    return expression
