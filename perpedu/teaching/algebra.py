"""Exercises whose answer is an expression: its symbols, their short names, and its mistakes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from ..theory.symbols import Quantity, every
from .columns import DividesByZero, column
from .equality import by_choice, sample, same
from .evaluation import Compiled, Point
from .feedback import RIGHT, SENTENCES, NotRead
from .parser import parse_answer, tree_of
from .plan import Plan
from .resolve import formulas

LONGEST_EXPANSION, MOST_REMEMBERED = 20, 2_000


class Algebra:
    """The symbols, the truth and the mistakes of an expression exercise. Raises BankError."""

    def __init__(self, plan: Plan) -> None:
        self.plan, item = plan, plan.item
        self.judged: dict[tuple[Any, Any], bool] = {}
        self.aliases = dict(self._symbol(*pair) for pair in
                            item.group(item["symbols"], "symbols").items())
        self.symbols = tuple(self.aliases.values())
        self.names = {**{s.name: s for s in self.symbols}, **self.aliases}
        self.truth = self._expanded(item["answer"])
        self.mistakes = {str(name): self._expanded(mistake["answer"])
                         for name, mistake in plan.mistakes.items()}

    def _symbol(self, alias: Any, name: Any) -> tuple[str, Quantity]:
        item = self.plan.item
        if name not in every() or not alias.isidentifier():
            raise item.error(alias, f"symbols: {alias}: {name} must be a short name, then the name "
                             "of a symbol of the book, such as E: entry_price.")
        self.plan.program.term(name)  # its number in this draw
        return str(alias), every()[name]

    def _expanded(self, text: Any) -> Any:
        """A bank expression in the exercise's own symbols: formulas are written out."""
        expression = self.plan.program.expression(text, ())
        expression = expression.xreplace(self._quantities(expression))
        for _ in range(LONGEST_EXPANSION):
            strangers = expression.free_symbols - set(self.symbols)
            if not strangers:
                return self._exact(expression, text)
            expression = expression.xreplace(
                {s: self._meaning(s.name, text) for s in strangers})
        raise self.plan.item.error(text, f"“{text}” does not end in the symbols of the exercise.")

    def _exact(self, expression: Any, text: Any) -> Any:
        """The expression, unless no reader could type it."""
        if not expression.is_rational_function(*self.symbols):
            raise self.plan.item.error(text, f"“{text}” is more than a reader can type; write it "
                                       "with + - * / and whole powers.")
        return expression

    def _meaning(self, name: str, text: Any) -> Any:
        if name in self.plan.program.let:
            expression = self.plan.program.expression(self.plan.program.let[name], ())
        elif name in formulas():
            expression = formulas()[name].expression
        else:
            raise self.plan.item.error(text, f"“{text}” uses {name}, which is not among the "
                                       "symbols; add it to symbols.")
        return expression.xreplace(self._quantities(expression))

    def _quantities(self, expression: Any) -> dict[Any, Any]:
        return {s: every()[s.name] for s in expression.free_symbols if s.name in every()}

    def read(self, answer: Any) -> Any:
        """A reader's expression in the book's symbols. Raises ValueError for the reader."""
        if isinstance(answer, str):
            return parse_answer(answer, self.names, listed=self.aliases)
        if isinstance(answer, bool) or not isinstance(answer, (int, Fraction, sympy.Expr)):
            raise NotRead(SENTENCES["expression_type"])
        expression = sympy.sympify(answer, strict=True)
        strangers = {s.name for s in expression.free_symbols} - self.names.keys()
        if strangers:
            raise NotRead(f"The name {min(strangers)} is not in this question. Names here: "
                          + ", ".join(self.aliases) + ".")
        return expression.xreplace({s: self.names[s.name] for s in expression.free_symbols})

    def meaning(self, given: Any) -> str | None:
        """RIGHT, the name of a mistake, or None; it does not depend on the seed."""
        answers = {RIGHT: self.truth, **self.mistakes}
        return next((name for name, answer in answers.items() if self.same(given, answer)), None)

    def same(self, given: Any, other: Any) -> bool:
        """Whether two expressions are the same everywhere; the last verdicts are remembered."""
        pair = given, other
        if pair not in self.judged:
            if len(self.judged) >= MOST_REMEMBERED:
                self.judged.clear()
            self.judged[pair] = same(given, other, self.symbols)
        return self.judged[pair]

    def text(self, expression: Any) -> str:
        """An expression as a reader could type it, in short names."""
        short = {symbol: sympy.Symbol(alias) for alias, symbol in self.aliases.items()}
        return str(expression.xreplace(short))

    def at(self, expression: Any, values: Any) -> Fraction:
        """The value of an expression with the numbers of a draw; of a text, just as it stands.

        Raises ArithmeticError where there is none.
        """
        if not isinstance(expression, str):
            return Compiled(expression)(values)
        point = {name: values[symbol.name] for name, symbol in self.names.items()}
        (value,) = column(tree_of(expression, self.names, listed=self.aliases), [point])
        if value is None:
            raise DividesByZero
        return value

    def points(self) -> list[list[Point]]:
        """Points at which any expression of a reader is told from the truth and each mistake.

        They come in groups: in each, a side is one of the two.
        """
        return by_choice(sample([self.truth, *self.mistakes.values()], self.symbols), self.symbols)

    @staticmethod
    def rational(value: Fraction) -> Any:
        """A Fraction as SymPy has it."""
        return sympy.Rational(value.numerator, value.denominator)
