"""What the names in a bank's expressions mean.

A name is, in this order: a given of the exercise, a row of its table, an expression of its `let`,
something that its tier table says, or a formula of the book, whose own symbols are looked up in
the same way. So `answer: margin_ratio` works as soon as the ledger behind it is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

from sympy import Symbol

from ..theory.exact import fraction
from ..theory.formulas import catalogue
from ..theory.symbols import every
from . import wild
from .bank import Group, Item
from .evaluation import Compiled, Undefined
from .parser import AnswerError, parse_answer

FUNCTIONS = ("max", "min", "abs")
#: Digits of a formula's value that is no fraction.
DIGITS = 30
#: What a tier table says at the position's notional, of the rows beside it, and of its first row.
TIER_NAMES = ("maintenance_rate", "deduction", "max_leverage", "lower_rate", "lower_deduction",
              "upper_rate", "upper_deduction", "first_rate")
_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")

#: Stands before the name of a row where its own value means the formula of that name.
BEFORE = "the formula "

Term = Callable[[Any], Fraction]


class Values(dict):
    """The values of one draw; a name that is not there yet is worked out and kept.

    Where they are not `strict`, a price that is not above 0 is a number like any other.
    `answers` keeps what questions ask of them.
    """

    def __init__(self, terms: Mapping[str, Term], givens: Mapping[str, Fraction],
                 strict: bool = True) -> None:
        super().__init__(givens)
        self.terms, self.strict = terms, strict
        self.answers: dict[Any, dict[str, Fraction]] = {}

    def __missing__(self, name: str) -> Fraction:
        value = self[name] = self.terms[name](self)
        return value


class Program:
    """The names of one exercise, each with the way to work out its value.

    Raises BankError for a name that leads nowhere, and for one that leads back to itself.
    """

    def __init__(self, item: Item, given: Mapping[str, Any]) -> None:
        self.item, self.given, self.terms = item, given, {}
        self.let = item.group(item.get("let", Group()), "let")
        for name in self.let:
            if name in given or not name.isidentifier():
                raise item.error(name, f"let: “{name}” is given already, or is not one word of "
                                 "letters, digits and _; choose another name.")
            item.text(self.let[name], f"let: {name}")
        self.tiers = _tier_terms(item)
        self.waiting = {str(row["name"]) for row in item.get("rows", [])}
        self.known = {*given, *self.waiting, *self.let, *self.tiers, *formulas(), *every()}
        for row in item.get("rows", []):
            self._bind(row["name"], row["value"])

    def term(self, text: Any) -> Term:
        """An expression of the bank, as a function of `Values`."""
        return Compiled(self.expression(text, ()))

    def values(self, givens: Mapping[str, Fraction], strict: bool = True) -> Values:
        """All names, for one draw of the givens."""
        return Values(self.terms, givens, strict)

    def expression(self, text: Any, path: tuple[str, ...]) -> Any:
        """The SymPy expression of a bank text, each of whose names can be worked out."""
        expression = self._read(text)
        for name in sorted(symbol.name for symbol in expression.free_symbols):
            self._need(name, text, path)
        return expression

    def _read(self, text: Any) -> Any:
        self._check_words(text)
        try:
            return parse_answer(str(text), self.known, FUNCTIONS)
        except AnswerError as error:
            raise self.item.error(text, f"“{text}” cannot be read. {error}") from None

    def _bind(self, name: Any, text: Any) -> None:
        """Give the name of a row its value; in that value itself the name means the formula."""
        if name in self.given or name in self.let:
            raise self.item.error(name, f"the row {name} has the name of a given or of one in "
                                  "let; choose another name.")
        expression, own = self._read(text), Symbol(name)
        names = sorted(symbol.name for symbol in expression.free_symbols - {own})
        for other in names:
            self._need(other, text, (str(name),))
        if own in expression.free_symbols:
            expression = expression.xreplace({own: Symbol(BEFORE + name)})
            self.terms[BEFORE + name] = self._meaning(name, text, ())
        self.terms[str(name)] = Compiled(expression)
        self.waiting.remove(name)

    def _check_words(self, text: Any) -> None:
        for name in _NAME.findall(re.sub(r"[0-9.]+[eE][+-]?[0-9]+", "", str(text))):
            if name not in self.known and name not in FUNCTIONS:
                close = get_close_matches(name, self.known, n=1)
                hint = f"Did you mean {close[0]}?" if close else "Add it to givens or let."
                raise self.item.error(text, f"the name {name} in “{text}” is neither given, nor "
                                      f"in let, nor a formula. {hint}")

    def _need(self, name: str, text: Any, path: tuple[str, ...]) -> None:
        """See to it that a name can be worked out."""
        if name in path:
            raise self.item.error(text, f"{' needs '.join((*path, name))}: a circle. Give one of "
                                  "them a value, or define it without the other.")
        if name in self.given or name in self.terms:
            return
        if name in self.waiting:
            chain = " needs ".join((*path[1:], name))
            raise self.item.error(text, f"“{text}” needs {chain}, a row that stands below; move "
                                  "that row up, or do without it.")
        self.terms[name] = self._meaning(name, text, path)

    def _meaning(self, name: str, text: Any, path: tuple[str, ...]) -> Term:
        return (self._from_let(name, path) or self._from_tiers(name, text, path)
                or self._from_formula(name, text, path))

    def _from_let(self, name: str, path: tuple[str, ...]) -> Term | None:
        if name not in self.let:
            return None
        return Compiled(self.expression(self.let[name], (*path, name)))

    def _from_tiers(self, name: str, text: Any, path: tuple[str, ...]) -> Term | None:
        if name in self.tiers and name != "first_rate":
            self._need("notional", text, (*path, name))
        return self.tiers.get(name)

    def _from_formula(self, name: str, text: Any, path: tuple[str, ...]) -> Term:
        formula = formulas().get(name)
        if formula is None:
            chain = " needs ".join((*path, name))
            raise self.item.error(text, f"“{text}” cannot be worked out: {chain}, which is neither "
                                  f"given nor a formula. Add {(*path, name)[-1]}"
                                  f"{' or ' + path[-1] if path else ''} to givens or let.")
        for symbol in formula.symbols:
            self._need(symbol.name, text, (*path, name))
        return _formula_term(name)


@cache
def formulas() -> dict[str, Any]:
    """The book's formulas, and those found in the wild, by name."""
    return wild.formulas() | catalogue()


class FormulaTerm(Compiled):
    """A formula's value; Undefined where it must be positive and is not.

    Where the value is no fraction, it is the nearest decimal of DIGITS digits.
    """

    def __init__(self, formula: Any) -> None:
        super().__init__(formula.expression, None if formula.is_rational else _decimals())
        self.positive = bool(formula.result.is_positive)

    def __call__(self, values: Any) -> Fraction:
        found = super().__call__(values)
        if self.mp:
            found = Fraction(self.mp.nstr(found, DIGITS))
        if self.positive and found <= 0 and values.strict:
            raise Undefined
        return found


@cache
def _decimals() -> Any:
    """mpmath with digits to spare."""
    from mpmath import MPContext

    context = MPContext()
    context.dps = DIGITS + 20
    return context


@cache
def _formula_term(name: str) -> Term:
    return FormulaTerm(formulas()[name])


def _tier_terms(item: Item) -> dict[str, Term]:
    """The names that an exercise's tier table binds."""
    if "tiers" not in item.fields:
        return {}
    try:
        table = _table(str(item["tiers"]))
    except (ValueError, OSError) as error:
        raise item.error(item["tiers"], f"the tier table “{item['tiers']}” cannot be read: "
                         f"{error}") from None
    looked_up = {"maintenance_rate": table.rate, "deduction": table.deduction,
                 "max_leverage": table.max_leverage}  # fmt: skip
    for beside, step in (("lower", -1), ("upper", 1)):
        for part in ("rate", "deduction"):
            looked_up[f"{beside}_{part}"] = _beside(table, step, part)
    terms: dict[str, Term] = {name: TierTerm(table, look) for name, look in looked_up.items()}
    return {**terms, "first_rate": Compiled(table.rate(1))}


@lru_cache(maxsize=16)
def _table(name: str) -> Any:
    from ..market.tiers import Tiers

    return Tiers.load(name)


def _beside(table: Any, step: int, part: str) -> Callable[[Any], Any]:
    """A part of the row below or above the notional's; ValueError where there is none."""
    def look(notional: Any) -> Any:
        number = table.tier(notional) + step
        if not 1 <= number <= len(table.rows):
            raise ValueError("no such row")
        return getattr(table.rows[number - 1], part)

    return look


@dataclass(frozen=True)
class TierTerm:
    """What a tier table says at the position's notional."""

    table: Any
    look: Callable[[Any], Any]
    names = ["notional"]

    def __call__(self, values: Any) -> Fraction:
        return self.at(values["notional"])

    def at(self, notional: Any) -> Fraction:
        """What it says at this notional; Undefined where it says nothing."""
        try:
            return fraction(self.look(notional))
        except (ValueError, TypeError, AttributeError):  # beyond the table, or not given there
            raise Undefined from None
