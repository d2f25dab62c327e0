"""An exercise before its numbers are drawn: compiled answers, compiled texts, and fair draws.

A draw is fair when its conditions hold and no two answers could be taken for each other: the
truth and the mistakes lie further apart than the accepted rounding, and no mistake looks, in this
draw only, like the truth with another sign or a per cent too many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations
from typing import Any

from . import draws
from .bank import BankError, Item, section
from .feedback import RIGHT
from .numbers_typed import UNITS
from .resolve import Program, Term, Values
from .template import Template, number_slot, plain, template

ATTEMPTS = 500
#: What a mistake may be of the truth by accident: then a reader could be told the wrong thing.
LOOKALIKES = (Fraction(100), Fraction(1, 100), Fraction(-1))
#: How near to a mistake an answer shows it, in parts of the mistake: numbers get rounded.
MISTAKE_WIDTH = Fraction(1, 2000)
UNITS_ASKED = (*dict.fromkeys(UNITS.values()), "none")


class Plan:
    """Everything about an exercise that does not depend on the seed. Raises BankError."""

    def __init__(self, item: Item) -> None:
        self.item, self.kind = item, str(item["kind"])
        self.givens = draws.givens(item)
        self.program = Program(item, self.givens)
        self.positive = [self.program.term(text) for text in item.get("positive", [])]
        self.numeric = self.kind != "expression" and not item.options
        self.answers: dict[str, Term] = {}
        if self.numeric:
            self._read_rounding()
            self.answers = {name: self.program.term(text) for name, text in self._written()}
            self.excused = self._standing_likenesses()
        self.texts = Texts(self)

    @property
    def mistakes(self) -> dict[str, Any]:
        """What the bank says of each mistake, by name; wrong options are mistakes too."""
        if not self.item.options:
            return dict(self.item["mistakes"])
        return {row["key"]: row for row in self.item["options"]
                if row["key"] != self.item["answer"]}

    def reread(self, name: str | None = None) -> str:
        """The section to go back to, after this mistake or in general."""
        mistake = self.mistakes.get(name, {})
        return section(self.item, mistake.get("reread", self.item["section"]))

    def draw(self, seed: Any) -> Values:
        """The first fair draw for this seed. Raises BankError where there is none."""
        refused: Counter[str] = Counter()
        for attempt in range(ATTEMPTS):
            values = self._draw(str(seed), attempt)
            if not (reason := self._unfair(values)):
                return values
            refused[reason] += 1
        reason, times = refused.most_common(1)[0]
        raise self._never(reason, times)

    def _draw(self, seed: str, attempt: int) -> Values:
        identity = self.item.id, int(self.item["version"])
        return self.program.values(draws.drawn(self.givens, *identity, seed, attempt))

    def _read_rounding(self) -> None:
        item, unit = self.item, self.item["unit"]
        if unit not in UNITS_ASKED:
            raise item.error(unit, f"the unit “{unit}” is not known; write one of "
                             + ", ".join(UNITS_ASKED) + ".")
        self.unit = None if unit == "none" else str(unit)
        self.places = item.whole("places", 0, 8)
        half = Fraction(1, 2 * 10**self.places) / (100 if self.unit == "%" else 1)
        given = item.get("tolerance")
        self.tolerance = half if given is None else item.number(given, "tolerance")
        if self.tolerance <= 0:
            raise item.error(given, "tolerance must be above 0.")

    def _written(self) -> Iterator[tuple[str, Any]]:
        yield RIGHT, self.item["answer"]
        for name, mistake in self.mistakes.items():
            yield str(name), mistake["answer"]

    def width(self, value: Fraction) -> Fraction:
        """How far from a mistake an answer may lie and still be read as it."""
        return max(self.tolerance, abs(value) * MISTAKE_WIDTH)

    def values_of(self, values: Values) -> dict[str, Fraction]:
        """The truth and each mistake, in numbers."""
        return {name: term(values) for name, term in self.answers.items()}

    # ---- fairness

    def _unfair(self, values: Values) -> str:
        """Why a draw is refused; empty where it is fair."""
        try:
            for place, condition in enumerate(self.positive):
                if condition(values) <= 0:
                    return f"positive:{place}"
            return self._alike(self.values_of(values)) if self.numeric else ""
        except ArithmeticError:
            return "undefined"

    def _alike(self, found: Mapping[str, Fraction]) -> str:
        """The name of a mistake that could be taken for another answer."""
        pairs = combinations(found.items(), 2)
        return next((f"alike:{a}:{b}" for (a, x), (b, y) in pairs if self._close(a, x, b, y)), "")

    def _close(self, a: str, x: Fraction, b: str, y: Fraction) -> bool:
        if abs(x - y) <= 2 * self.tolerance:
            return True  # further apart, an answer is read as the nearer one
        wide, width = self.width(x), self.width(y)
        if self.unit == "%" and (abs(100 * x - y) <= 100 * wide + width
                                 or abs(x - 100 * y) <= wide + 100 * width):
            return True  # a bare 5 is read as 5 % and as 5
        return a == RIGHT and any(
            abs(y - factor * x) <= abs(factor) * self.tolerance + width
            for factor in LOOKALIKES if (b, factor) not in self.excused)

    def _standing_likenesses(self) -> set[tuple[str, Fraction]]:
        """Mistakes that are −1, 100 or 1/100 times the truth by their nature, not by accident."""
        samples = list(self._samples())
        if not samples:
            return set()
        for a, b in combinations(self.answers, 2):
            if all(sample[a] == sample[b] for sample in samples):
                raise self._never(f"alike:{a}:{b}", len(samples))
        return {(name, factor) for name in self.answers for factor in LOOKALIKES
                if all(sample[name] == factor * sample[RIGHT] for sample in samples)}

    def _samples(self) -> Iterator[dict[str, Fraction]]:
        for attempt in range(12):
            values = self._draw("a sample", attempt)
            try:
                if all(condition(values) > 0 for condition in self.positive):
                    yield self.values_of(values)
            except ArithmeticError:
                continue

    def _never(self, reason: str, times: int) -> BankError:
        """What to tell the teacher where no draw is fair."""
        item = self.item
        what, _, names = reason.partition(":")
        if what == "undefined":
            return item.error(item["answer"], "the answer or a mistake cannot be worked out in any "
                              "draw (a division by 0, or a price that is not above 0); change the "
                              "givens.")
        if what == "positive":
            text = item["positive"][int(names)]
            return item.error(text, f"“{text}” was not above 0 in {times} of {ATTEMPTS} draws; "
                              "change the condition or the ranges of the givens.")
        a, b = names.split(":")
        other = "the right answer" if a == RIGHT else f"the mistake {a}"
        return item.error(item["mistakes"].line_of(b), f"the mistake {b} cannot be told apart from "
                          f"{other} in {times} draws; change its answer, ask for more places, or "
                          "widen the givens.")


class Texts:
    """The compiled texts of an exercise: what is asked, hinted, explained and said."""

    def __init__(self, plan: Plan) -> None:
        self.plan, item = plan, plan.item
        asked = item["question"]
        self.question = self._read(asked)
        if "assumes" in item.fields:
            self.question += plain("\n\nTake it that: ") + self._read(item["assumes"])
        self.hints = [self._read(hint) for hint in item["hints"]]
        self.solution = self._read(item["solution"])
        self.options = {str(row["key"]): self._read(row["text"]) for row in item.get("options", [])}
        self.says = {str(name): self._mistake(str(name), row["says"])
                     for name, row in plan.mistakes.items()}
        self.right = self._right()

    def _read(self, text: Any) -> Template:
        return template(self.plan.program, text)

    def answer(self, name: str) -> Template:
        """An answer in numbers (or an option's words), as a reader would see it."""
        if not self.plan.numeric:
            return self.options[str(self.plan.item["answer"]) if name == RIGHT else name]
        term = self.plan.answers[name]
        return Template([number_slot(f"= {name}", term, self.plan.places, self.plan.unit)])

    def outcome(self) -> Template:
        """Of a prediction: what happens, and the question why."""
        return plain("The outcome: ") + self.answer(RIGHT) + plain(".")

    def ask(self) -> Template:
        return plain(" ") + self._read(self.plan.item["ask"])

    def _mistake(self, name: str, says: Any) -> Template:
        if self.plan.kind != "predict":
            return self._read(says)
        predicted = plain("Your prediction: ") + self.answer(name) + plain(". ")
        return predicted + self.outcome() + plain(" ") + self._read(says) + self.ask()

    def _right(self) -> Template:
        why = self._read(self.plan.item["why"])
        if self.plan.kind == "predict":
            return plain("Your prediction and the outcome agree: ") + self.answer(RIGHT) + plain(
                ". ") + why + self.ask()
        if self.plan.numeric:
            return plain("Right: ") + self.answer(RIGHT) + plain(". ") + why
        return plain("Right. ") + why

    def every(self) -> Iterator[Template]:
        """All texts, in a fixed order."""
        yield self.question
        yield from self.hints
        yield self.solution
        yield from self.options.values()
        yield from self.says.values()
        yield self.right


def plan(item: Item) -> Plan:
    """The plan of an item, made once."""
    if "plan" not in item.cache:
        item.cache["plan"] = Plan(item)
    return item.cache["plan"]
