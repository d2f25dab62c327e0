"""The grammar of expressions as readers type them: text in, a tree out, nothing run.

The text is cut into tokens of a fixed grammar. Numbers and names are kept aside and replaced by
`n0`, `n1`, …, so Python's `ast` sees only those, operators and parentheses: none of the reader's
own words. The tree is then built from a short list of node types: a Fraction, a name, or a list of
an operation and its parts, as in trees.py. The page reads by the same rules, in expression.js: it
has the same patterns, limits and sentences, and is held to the same answers.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from .numbers_typed import shown

LONGEST, MOST_TOKENS, DEEPEST, MOST_DIGITS, MOST_BITS, MOST_VALUES = 500, 240, 30, 40, 4_000, 8
#: Largest power, and largest product of powers of powers: ((x**2)**3)**4 has 24.
LARGEST_POWER, LARGEST_TOTAL_POWER = 12, 36
FUNCTIONS = ("max", "min", "abs", "sqrt")
ONE_VALUE = ("abs", "sqrt")

MESSAGES = {
    "nothing": "There is nothing to read yet. Write an expression.",
    "long": f"The answer is too long: at most {LONGEST} characters are read.",
    "grouped": "In an expression, write {number} without the comma.{space}",
    "decimal_comma": "Is {comma} meant as {point}? Write decimals with a point.{space}",
    "space": " Between two values, put a space after the comma.",
    "parts": "The answer has too many parts. Write it more shortly.",
    "character": "The character “{part}” is not read here. {hint}",
    "characters": "Use digits 0 to 9, the names of the question and + - * / ** ( ).",
    "product": "Write {product}: a product needs its *.",
    "call": "{name}( ) cannot be used in this answer. Use + - * / ** and parentheses.",
    "name": "The name {name} is not in this question. Names here: {names}.{guess}",
    "guess": " Did you mean {close}?",
    "no_names": "numbers only",
    "parentheses": "Write {name} with parentheses: {name}( ).",
    "left_out": "Write * between {left} and {right}{example}.",
    "percent": "% is read only after a number, as in 0.4%.",
    "comma": "A comma has no meaning here. Write decimals with a point.",
    "deep": "There are too many parentheses, or one ) too many.",
    "open": "A parenthesis is not closed: a ) is missing.",
    "shape": "“{text}” does not read as an expression. Check that every operator stands between "
    "two values.",
    "number": "The number {number} is too long or too large.",
    "power": f"A power must be a whole number up to {LARGEST_POWER}, written out.",
    "powers": "A power of a power is too large here.",
    "only": "Use only numbers, the names of the question and + - * / ** ( ).",
    "values": "{name}( ) has the wrong number of values in it.",
    "large": "The numbers in this answer are too large.",
    "zero": "This divides by zero.",
}
#: What to write instead of a character that is not read.
HINTS = {
    "=": "Write only the right-hand side, without =.",
    "<": "Write one expression, without a comparison.",
    ">": "Write one expression, without a comparison.",
    ".": "A point is read only between the digits of a number.",
    "{": "Use round parentheses.",
    "²": "Write a power as **2.",
    "³": "Write a power as **3.",
    "$": "Leave out the unit.",
    **dict.fromkeys("‐‑‒–—﹣－", "Write a minus as -."),
    **dict.fromkeys("∙•✕∗＊", "Write a product as *."),
}
#: Other spellings; also q₂ for q2.
SAME = {"×": "*", "·": "*", "⋅": "*", "÷": "/", "−": "-", "^": "**", "[": "(", "]": ")",
        **{chr(0x2080 + n): str(n) for n in range(10)}}  # fmt: skip
#: The patterns mean the same in JavaScript.
TOKEN = re.compile(r"((?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
                   r"|([A-Za-z_][A-Za-z_0-9]*)|(\*\*|[-+*/(),%])")
GROUPED = re.compile(r"(?:^|[^A-Za-z0-9_.,])([1-9][0-9]{0,2}(?:,[0-9]{3})+)(?![0-9])")
DECIMAL_COMMA = re.compile(r"(?:^|[^A-Za-z0-9_.,])([0-9]+,[0-9]+)(?![0-9,])")
BLANKS = re.compile("[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")

Token = tuple[str, str]


class AnswerError(ValueError):
    """An answer that cannot be read; the message is written for the reader."""


def _refused(sentence: str, **parts: str) -> AnswerError:
    return AnswerError(MESSAGES[sentence].format(**parts))


def read(text: Any, known: Collection[str], functions: Collection[str] = (),
         listed: tuple[str, ...] = ()) -> Any:
    """The tree that a text means. Raises AnswerError with a message for the reader.

    >>> read("q*(1 - 0.4%)", ["q"])
    ['*', 'q', ['-', Fraction(1, 1), Fraction(1, 250)]]
    """
    tokens = _tokens(_plain(text, bool(functions)), known, functions, listed)
    _check_order(tokens, known, functions)
    source, parts = _without_words(tokens)
    try:
        tree = ast.parse(source, mode="eval").body
    except (SyntaxError, MemoryError, RecursionError):
        raise _refused("shape", text=shown(text)) from None
    _check_powers(tree, parts, 1)
    found = _tree(tree, parts)
    if _bits(found) > MOST_BITS:
        raise _refused("large")
    return found


def _plain(text: Any, calls: bool) -> str:
    """The text with one spelling per operator, of a size that can be read."""
    if not isinstance(text, str) or not BLANKS.sub("", text):
        raise _refused("nothing")
    if len(text) > LONGEST:
        raise _refused("long")
    plain = "".join(SAME.get(character, character) for character in text)
    space = MESSAGES["space"] if calls else ""
    if match := GROUPED.search(plain):
        raise _refused("grouped", number=match[1].replace(",", ""), space=space)
    if match := DECIMAL_COMMA.search(plain):
        raise _refused("decimal_comma", comma=match[1], point=match[1].replace(",", "."),
                       space=space)
    return plain


def _tokens(text: str, known: Collection[str], functions: Collection[str],
            listed: tuple[str, ...]) -> list[Token]:
    """The text as (kind, word) pairs; anything outside the grammar is refused."""
    tokens, place = [], 0
    while place < len(text):
        if blanks := BLANKS.match(text, place):
            place = blanks.end()
            continue
        match = TOKEN.match(text, place)
        if not match:
            hint = HINTS.get(text[place], MESSAGES["characters"])
            raise _refused("character", part=shown(text[place]), hint=hint)
        kind, word = ("number", "name", "sign")[match.lastindex - 1], match[0]
        if kind == "name" and word not in known and word not in functions:
            raise _unknown(word, text[match.end():], known, listed)
        tokens.append((kind, word))
        place = match.end()
    if len(tokens) > MOST_TOKENS:
        raise _refused("parts")
    return tokens


def _unknown(name: str, rest: str, known: Collection[str], listed: tuple[str, ...]) -> AnswerError:
    """What to say about a name that the question does not have."""
    if product := _product(name, listed or tuple(known)):
        return _refused("product", product="*".join(product))
    if BLANKS.sub("", rest).startswith("("):
        return _refused("call", name=shown(name))
    close = [k for k in known if k.lower() == name.lower()]
    close = close or get_close_matches(name[:40], known, n=1)
    return _refused("name", name=shown(name),
                    names=", ".join(listed or sorted(known)) or MESSAGES["no_names"],
                    guess=MESSAGES["guess"].format(close=close[0]) if close else "")


def _product(word: str, names: tuple[str, ...]) -> list[str]:
    """The names that a word is made of, such as q and E of qE; empty where it is not."""
    if word in names:
        return [word]
    heads = [name for name in names if word.startswith(name)] if len(word) <= 20 else []
    found = ([name, *_product(word[len(name):], names)] for name in heads)
    return next((parts for parts in found if len(parts) > 1), [])


def _check_order(tokens: list[Token], known: Collection[str], functions: Collection[str]) -> None:
    """Refuse what leaves out an operator, and parentheses or commas in the wrong place."""
    calls = []  # for each open parenthesis, whether it is a function's
    for (before, left), (kind, word) in zip([("sign", "("), *tokens], [*tokens, ("sign", "")]):
        function = before == "name" and left in functions
        if function and left not in known and word != "(":
            raise _refused("parentheses", name=left)
        if word == "(":
            calls.append(function)
        if (before != "sign" or left in ")%") and (kind != "sign" or word == "(" and not function):
            raise _left_out(left, word)
        if word == "%" and before != "number":
            raise _refused("percent")
        if word == "," and not (calls and calls[-1]):
            raise _refused("comma")
        if len(calls) > DEEPEST or word == ")" and not calls:
            raise _refused("deep")
        if word == ")":
            calls.pop()
    if calls:
        raise _refused("open")


def _left_out(left: str, right: str) -> AnswerError:
    """What to say where an operator is missing between two words."""
    left, right = shown(left, 20), shown(right, 20)
    example = f": {left}*{right}" if left not in ")%" and right != "(" else ""
    return _refused("left_out", left=left, right=right, example=example)


def _without_words(tokens: list[Token]) -> tuple[str, list[Any]]:
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
        raise _refused("number", number=shown(word, 20))
    return Fraction(word)


def _check_powers(node: ast.AST, parts: list[Any], total: int) -> None:
    """Refuse a power that is not a small whole number, also where powers are nested."""
    for child in ast.iter_child_nodes(node):
        inner = total
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and child is node.left:
            inner *= max(1, abs(_power(node.right, parts)))
        if inner > LARGEST_TOTAL_POWER:
            raise _refused("powers")
        _check_powers(child, parts, inner)


def _power(node: ast.AST, parts: list[Any]) -> int:
    """The exponent that a node writes out."""
    sign = -1 if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else 1
    node = node.operand if isinstance(node, ast.UnaryOp) else node
    value = parts[int(node.id[1:])] if isinstance(node, ast.Name) else None
    if not isinstance(value, Fraction) or value.denominator != 1 or value > LARGEST_POWER:
        raise _refused("power")
    return sign * int(value)


_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


def _tree(node: ast.AST, parts: list[Any]) -> Any:
    """The tree of a node that has been checked."""
    match node:
        case ast.Name(id=label):
            return parts[int(label[1:])]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return ["*", Fraction(-1), _tree(operand, parts)]
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _tree(operand, parts)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return ["^", _tree(left, parts), _power(right, parts)]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _SIGNS:
            return [_SIGNS[type(op)], _tree(left, parts), _tree(right, parts)]
        case ast.Call(func=ast.Name(id=label), args=args, keywords=[]):
            return _call(parts[int(label[1:])], [_tree(arg, parts) for arg in args])
    raise _refused("only")


def _call(name: str, values: list[Any]) -> list[Any]:
    if not values or (name in ONE_VALUE and len(values) != 1) or len(values) > MOST_VALUES:
        raise _refused("values", name=name)
    return [name, *values]


def _bits(tree: Any) -> int:
    """No number that the tree leads to is longer, as long as its names are not worked out."""
    match tree:
        case Fraction():
            return max(abs(tree.numerator), tree.denominator).bit_length()
        case str():
            return 0
        case ["^", base, power]:
            return _bits(base) * abs(power)
    return sum(_bits(part) + 1 for part in tree[1:])
