"""An exercise with its numbers: question, checker, hints, solution. Pure: no widget, no display."""

from __future__ import annotations

from difflib import get_close_matches
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import bank, cells, feedback, steps
from .draws import draw
from .feedback import Verdict
from .plan import RIGHT, Plan, plan

if TYPE_CHECKING:
    from .algebra import Algebra

__all__ = ["Exercise", "Verdict", "ids", "load"]


class Exercise:
    """One exercise of the bank, with the numbers that its seed draws.

    The same seed (any text or number) gives the same numbers for ever.

    >>> ex = load("ch01.first-profit", seed="any text")
    >>> ex.check(ex.expected).correct
    True
    """

    def __init__(self, item: bank.Item, seed: Any) -> None:
        self.item, self.seed = item, str(seed)
        self.plan: Plan = plan(item)
        self.values = self.plan.draw(self.seed)

    # ---- what is asked

    @property
    def id(self) -> str:
        """The id, as in `ch01.notional`."""
        return self.item.id

    @property
    def kind(self) -> str:
        """One of number, choice, predict, expression, order, table."""
        return self.plan.kind

    @property
    def title(self) -> str:
        return str(self.item["title"])

    @property
    def objective(self) -> str:
        """What the reader is able to do after it."""
        return str(self.item["objective"])

    @property
    def minutes(self) -> int:
        return int(self.item["minutes"])

    @property
    def difficulty(self) -> int:
        """1 (a first step) to 3."""
        return int(self.item["difficulty"])

    @property
    def section(self) -> str:
        """The section of the chapter that it belongs to."""
        return str(self.item["section"])

    @property
    def prerequisites(self) -> list[str]:
        """Ids of exercises to do before."""
        return [str(id) for id in self.item.get("prerequisites", [])]

    @property
    def unit(self) -> str | None:
        """The unit shown behind the answer box, or None."""
        return self.plan.asked.unit if self.plan.asked else None

    @property
    def rounding(self) -> str:
        """The accepted rounding in words; empty where the answer is no number."""
        if self.plan.asked:
            return self.plan.asked.rounding
        return self.plan.table.rounding if self.plan.table else ""

    @cached_property
    def question(self) -> str:
        """The question with this seed's numbers; may hold LaTeX between dollar signs."""
        return self.plan.texts.question.fill(self.values)

    @cached_property
    def hints(self) -> list[str]:
        """At most three hints."""
        return [hint.fill(self.values) for hint in self.plan.texts.hints]

    @cached_property
    def solution(self) -> str:
        """The worked solution with this seed's numbers."""
        return self.plan.texts.solution.fill(self.values)

    @cached_property
    def options(self) -> list[tuple[str, str]]:
        """The options as (key, text), in the order that the seed draws; else an empty list."""
        texts = self.plan.texts.options
        return [(key, texts[key].fill(self.values)) for key in self.order]

    @cached_property
    def steps(self) -> list[tuple[str, str]]:
        """The steps to put in order as (key, text), as the seed mixes them; else an empty list."""
        texts = self.plan.texts.steps
        return [(key, texts[key].fill(self.values))
                for key in (self.plan.steps.mixed(self.seed) if self.plan.steps else ())]

    @cached_property
    def order(self) -> list[str]:
        """The keys of the options in the order of this seed."""
        identity = self.id, int(self.item["version"]), self.seed, "order"
        return sorted(self.plan.texts.options, key=lambda key: draw(*identity, key))

    @cached_property
    def rows(self) -> list[dict[str, str | None]]:
        """The lines of a table as they are shown: name, label, unit, and of a given line its
        number and how it is worked out; else an empty list."""
        shown = []
        for row in self.plan.table.rows if self.plan.table else ():
            texts = self.plan.texts.rows[row.name]
            filled = {name: texts[name].fill(self.values) if name in texts else None
                      for name in ("label", "how", "value")}
            shown.append({"name": row.name, "unit": row.asked.unit, **filled})
        return shown

    @property
    def givens(self) -> dict[str, Fraction]:
        """The drawn numbers by name; of a word such as a side, its number."""
        return {name: self.values[name] for name in self.plan.givens}

    # ---- what is right

    @cached_property
    def answers(self) -> dict[str, Fraction]:
        """The truth, then each mistake, as Fractions."""
        return self.plan.asked.values_of(self.values)

    @property
    def truth(self) -> Fraction:
        return self.answers[RIGHT]

    @cached_property
    def row_answers(self) -> dict[str, dict[str, Fraction]]:
        """Of each blank row of a table: the truth, then each mistake."""
        return {row.name: row.asked.values_of(self.values) for row in self.plan.table.blanks}

    @cached_property
    def algebra(self) -> "Algebra":
        """Symbols, truth and mistakes of an expression exercise."""
        from .algebra import Algebra

        if "algebra" not in self.item.cache:
            self.item.cache["algebra"] = Algebra(self.plan)
        return self.item.cache["algebra"]

    @cached_property
    def expected(self) -> Any:
        """The right answer: an exact rational, an option's key, an expression as text, the
        keys of the steps in order, or the rational of each blank row by name."""
        if self.plan.asked:
            return _rational(self.truth)
        if self.plan.table:
            return {name: _rational(found[RIGHT]) for name, found in self.row_answers.items()}
        if self.plan.steps:
            return list(self.plan.steps.right)
        if self.item.options:
            return str(self.item["answer"])
        return self.algebra.text(self.algebra.truth)

    @cached_property
    def mistakes(self) -> dict[str, Any]:
        """What each known mistake gives with these numbers, in the form that `check` takes.

        Of a table, `row.mistake`: all blank rows of a reader who makes it once and goes on from it.
        """
        if self.plan.asked:
            return {n: _rational(value) for n, value in self.answers.items() if n != RIGHT}
        if self.plan.table:
            return {f"{row.name}.{name}": self._slip(row, name)
                    for row, name in self.plan.table.slips()}
        if self.plan.steps:
            return {name: self.plan.steps.slip(name) for name in self.plan.steps.pairs}
        if self.item.options:
            return {str(key): str(key) for key in self.plan.mistakes}
        return {n: self.algebra.text(value) for n, value in self.algebra.mistakes.items()}

    def _slip(self, row: Any, name: str) -> dict[str, Any]:
        found = self.plan.table.slip(self.values, row, name)
        return {blank.name: _rational(found[blank.name]) for blank in self.plan.table.blanks}

    @property
    def outcome(self) -> str:
        """Of a prediction: what happens, and one question why."""
        texts = self.plan.texts
        return (texts.outcome() + texts.ask()).fill(self.values).strip()

    def check(self, answer: Any) -> Verdict:
        """Judge an answer; nothing that a reader can type raises.

        Numbers: text as typed (`54,300 USDT`, `5 %`, `0.05`), int, float, Fraction, Decimal,
        SymPy or NumPy numbers; a number that is not text is never in per cent. Options: key,
        letter or words. Expressions: text or SymPy. Steps: their keys or letters in order, as a
        list or text. Tables: {row: number} of the blank rows, or
        the numbers in order (a single one may stand alone); the verdict is a `TableVerdict`, with
        one of each row. What cannot be read, also None, a truth value or nan, is not correct, and
        the message says how to write it.
        """
        if self.plan.asked:
            return feedback.check_number(self, answer)
        if self.plan.table:
            return cells.check_table(self, answer)
        if self.plan.steps:
            return steps.check_order(self, answer)
        if self.item.options:
            return feedback.check_option(self, answer)
        return feedback.check_expression(self, answer)

    def page_state(self) -> dict[str, Any]:
        """What the static page needs, with twenty drawn variants; JSON can hold it."""
        from .variants import page_state

        return page_state(self.item)

    def __repr__(self) -> str:
        return f"Exercise({self.id!r}, seed={self.seed!r})"


def load(id: str, seed: Any = "1", file: Path | str | None = None) -> Exercise:
    """The exercise with this id and this seed's numbers.

    `file` is a bank file of one's own; without it, the book's bank is read. Raises ValueError
    for an unknown id, and BankError, a ValueError, for a bank that cannot be used.

    >>> load("ch01.notional", seed=7).kind
    'number'
    """
    if not isinstance(id, str):
        raise ValueError(f"id = {id!r}: expected the id of an exercise, such as 'ch01.notional'")
    found = bank.read(file) if file else _chapter(id)
    if id not in found:
        known = list(found) or ids()
        close = get_close_matches(id, known, n=3, cutoff=0.4) or known[:3]
        raise ValueError(f"id = {id!r}: expected the id of an exercise, such as "
                         + ", ".join(close))
    return Exercise(found[id], seed)


def _chapter(id: str) -> dict[str, bank.Item]:
    """The bank of the chapter that an id names; empty where there is none."""
    paths = {path.stem: path for path in bank.files()}
    chapter = id.partition(".")[0]
    return bank.read(paths[chapter]) if chapter in paths else {}


def ids() -> list[str]:
    """The id of every exercise, in chapter order."""
    return [id for path in bank.files() for id in bank.read(path)]


def _rational(value: Fraction) -> Any:
    from sympy import Rational

    return Rational(value.numerator, value.denominator)
