"""Derivations that are certified: the author writes every line, SymPy checks it against the last.

No line is ever produced by SymPy.
"""

from __future__ import annotations

from html import escape
from typing import Any, Callable, Iterable, Iterator, NamedTuple

import sympy as sp

from .certify import (DerivationError, FalseStep, Ground, UndecidedStep, as_equation, same,
                      two_valued)
from .notation import plain, tex

__all__ = ["Derivation", "DerivationError", "FalseStep", "Line", "UndecidedStep"]
LONGEST_REASON = 80
CLAIM = "Each step checked: same solution for {}."
COLUMNS = ("Line", "Equation", "Reason")
LEFT = ' style="text-align:left"'


class Line(NamedTuple):
    """One line of a derivation: an equation, not evaluated, and the reason for it."""

    equation: sp.Eq
    reason: str


class Derivation:
    """A derivation as it is written on paper, each line certified when it is added.

    `given` holds definitions (equations or formulas) that lines may use, nested or not.
    `assuming` holds expressions stated to be positive, or strict inequalities.
    Each line is sympy.Eq(left, right) or a pair (left, right), with a reason of a few words.
    Raises FalseStep where a line has another solution than the one before, none, or says 0 = 0;
    UndecidedStep where this cannot be decided; DerivationError otherwise: all are ValueErrors.

    >>> from perpedu import formulas, symbols as s
    >>> proof = Derivation("Equity is what is left", solve_for=s.equity)
    >>> proof = proof.start((s.equity - s.collateral, s.unrealized_pnl), "it grew by the PnL")
    >>> proof = proof.step((s.equity, s.collateral + s.unrealized_pnl), "add the collateral")
    >>> print(proof.ends_with(formulas.equity))
    Equity is what is left
    Each step checked: same solution for equity.
    1     equity - collateral = unrealized_pnl  (it grew by the PnL)
    2     equity = collateral + unrealized_pnl  (add the collateral)
    ∎     equity = collateral + unrealized_pnl  (the package's formula equity)
    Assuming: collateral positive.
    """

    def __init__(self, title: str, *, solve_for: sp.Symbol, given: Iterable[Any] = (),
                 assuming: Iterable[Any] = (), label: str | None = None):
        self.title, self.label, self.formula = title, label, None
        self.ground = Ground(solve_for, given, assuming)
        self._lines: list[Line] = []

    @property
    def lines(self) -> tuple[Line, ...]:
        """The author's lines so far, each an (equation, reason)."""
        return tuple(self._lines)

    def __iter__(self) -> Iterator[Line]:
        return iter(self.lines)

    def start(self, equation: Any, reason: str) -> "Derivation":
        """The first line: an equation that determines the unknown, and where it comes from."""
        if self._lines:
            raise DerivationError("a derivation starts once: go on with step")
        return self._add(equation, reason)

    def step(self, equation: Any, reason: str) -> "Derivation":
        """The next line: an equation with the same solution, and what was done to get it."""
        if not self._lines:
            raise DerivationError("no line yet: begin with start")
        return self._add(equation, reason)

    def ends_with(self, formula: Any) -> "Derivation":
        """Close: the last line must be `formula.result = formula.expression`, exactly."""
        if len(self._lines) < 2 or self.formula is not None:
            raise DerivationError("a derivation closes once, after a start and at least one step")
        self._check_end(formula)
        self.formula = formula
        return self

    def with_lines(self, lines: Iterable[tuple[Any, str]]) -> "Derivation":
        """The same derivation written with other lines: each is checked anew, and so is the end."""
        copy = object.__new__(Derivation)
        copy.__dict__ |= {**self.__dict__, "_lines": [], "formula": None}
        for equation, reason in lines:
            copy._add(equation, reason)
        return copy if self.formula is None else copy.ends_with(self.formula)

    def _add(self, equation: Any, reason: str) -> "Derivation":
        if self.formula is not None:
            raise DerivationError("this derivation is closed")
        line = Line(as_equation(equation), self._words(reason))
        before = self._lines[-1].equation if self._lines else line.equation
        if self._lines and before == line.equation:
            raise DerivationError(f"step {self._mark(len(self._lines))} ({line.reason}): to SymPy "
                                  f"the same line again, {plain(before)}")
        if (before, line.equation) not in self.ground.certified:
            for case in self.ground.cases(before, line.equation):
                self._compare(before, line, case)
            self.ground.certified.add((before, line.equation))
        self._lines.append(line)
        return self

    def _words(self, reason: Any) -> str:
        if not (isinstance(reason, str) and reason.strip() and len(reason) <= LONGEST_REASON):
            raise DerivationError(f"step {self._mark(len(self._lines))}, reason = {reason!r}: "
                                  f"expected a few words, at most {LONGEST_REASON} characters")
        return reason.strip()

    def _compare(self, before: sp.Eq, line: Line, case: dict) -> None:
        try:
            old, new = (self.ground.solutions(each, case) for each in (before, line.equation))
            if not _same_set(old, new):
                raise FalseStep("the solution has changed"
                                f"\n  before: {self._said(old)}\n  now:    {self._said(new)}")
        except DerivationError as error:
            known = "".join(f", {symbol} = {value}" for symbol, value in case.items())
            where = f"step {self._mark(len(self._lines))} ({line.reason}){known}"
            told = "" if before is line.equation else f"\n  from: {plain(before)}"
            raise type(error)(f"{where}: {error}{told}\n  to:   {plain(line.equation)}") from None

    def _said(self, solutions: list[sp.Expr]) -> str:
        return " or ".join(sorted(f"{self.ground.unknown} = {plain(sp.factor(s))}"
                                  for s in solutions))

    def _check_end(self, formula: Any) -> None:
        left, right = self._lines[-1].equation.args
        if not left == formula.result == self.ground.unknown or right.has(left):
            raise FalseStep(f"the last line, {plain(self._lines[-1].equation)}, is not of the form "
                            f"{formula.result} = ... in which {formula.name} ends")
        for case in self.ground.cases(self._lines[-1].equation, formula.expression):
            if not same(*(self.ground.put_in(e, case) for e in (right, formula.expression))):
                raise FalseStep(f"the last line, {plain(self._lines[-1].equation)}, is not the "
                                f"formula {formula.name}: {plain(formula.equation)}")

    def _mark(self, index: int) -> str:
        return f"{self.label}.{index + 1}" if self.label else str(index + 1)

    # What the reader sees: a table in HTML, and the same words as plain text.

    def _rows(self) -> list[tuple[str, sp.Eq, str]]:
        rows = [(self._mark(i), *line) for i, line in enumerate(self._lines)]
        return rows if self.formula is None else [*rows, ("∎", *self._closing_line())]

    def _closing_line(self) -> Line:
        replaced = self.formula.expression.free_symbols & self.ground.defined
        names = ", ".join(sorted(map(str, replaced)))
        return Line(self.formula.equation, f"the package's formula {self.formula.name}"
                    + (f", with {names} put in" if names else ""))

    def _notes(self, write: Callable[[sp.Basic], str]) -> list[str]:
        """The definitions and assumptions, in words."""
        given = [write(equation) for equation in self.ground.given]
        stated = [write(a) + (" positive" if isinstance(a, sp.Expr) else "")
                  for a in self.ground.assuming]
        assumed = [*_facts(self._symbols(), write), *stated]
        parts = {"Given": given, "Assuming": assumed}
        return [f"{name}: {'; '.join(words)}." for name, words in parts.items() if words]

    def _symbols(self) -> list[sp.Symbol]:
        written = [line.equation for line in self._lines]
        said = [*written, *self.ground.given, *self.ground.assuming]
        found = set().union(*(each.free_symbols for each in said))
        return sorted(found - self.ground.defined, key=str)

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col"{LEFT}>{word}</th>' for word in COLUMNS)
        body = "".join(_html_row(*row) for row in self._rows())
        notes = "".join(f"<p>{note}</p>" for note in self._notes(_math))
        caption = (f"<strong>{escape(self.title)}</strong><br>"
                   + CLAIM.format(_math(self.ground.unknown)))
        return (f'<div class="pp-derivation tex2jax_process mathjax_process"><table>'
                f"<caption{LEFT}>{caption}</caption><thead><tr>{head}</tr></thead>"
                f"<tbody>{body}</tbody></table>{notes}</div>")

    def __str__(self) -> str:
        claim = CLAIM.format(self.ground.unknown)
        rows = [f"{mark:<4}  {plain(equation)}  ({why})" for mark, equation, why in self._rows()]
        return "\n".join([self.title, claim, *rows, *self._notes(plain)])

    __repr__ = __str__

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self._repr_html_()}


def _math(expression: sp.Basic) -> str:
    return rf"\(\displaystyle {escape(tex(expression))}\)"


def _html_row(mark: str, equation: sp.Eq, reason: str) -> str:
    cells = "".join(f"<td{LEFT}>{cell}</td>" for cell in (_math(equation), escape(reason)))
    return f'<tr><th scope="row"{LEFT}>{escape(mark)}</th>{cells}</tr>'


def _same_set(old: list[sp.Expr], new: list[sp.Expr]) -> bool:
    return len(old) == len(new) and all(any(same(a, b) for b in new) for a in old)


def _facts(symbols: list[sp.Symbol], write: Callable[[sp.Basic], str]) -> list[str]:
    """What the symbols themselves assume, in words."""
    kinds = {"positive": [s for s in symbols if s.is_positive],
             "zero or more": [s for s in symbols if s.is_nonnegative and not s.is_positive]}
    said = [f"{', '.join(map(write, group))} {word}" for word, group in kinds.items() if group]
    return said + [f"{write(s)} is {' or '.join(map(str, s.values))}" for s in two_valued(*symbols)]
