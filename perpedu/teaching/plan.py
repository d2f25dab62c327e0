"""An exercise before its numbers are drawn: compiled answers, compiled texts, and fair draws.

A draw is fair when its conditions hold and no two answers could be taken for each other; `asked`
and `table` say when they could.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from . import draws
from .asked import Asked, Unfair
from .bank import Item, section
from .feedback import RIGHT
from .resolve import Program, Values
from .steps import Steps
from .table import Row, Table
from .template import Template, number_slot, plain, template, unit_behind

ATTEMPTS = 500


class Plan:
    """Everything about an exercise that does not depend on the seed. Raises BankError.

    `asked` is the number that is asked for, `table` the ledger, `steps` what is to be put in
    order, where there is one.
    """

    def __init__(self, item: Item) -> None:
        self.item, self.kind = item, str(item["kind"])
        self.givens = draws.givens(item)
        self.program = Program(item, self.givens)
        self.positive = [self.program.term(text) for text in item.get("positive", [])]
        self.asked = self.table = self.steps = None
        if self.kind == "table":
            self.table = Table(self.program)
        elif self.kind == "order":
            self.steps = Steps(item)
        elif self.kind != "expression" and not item.options:
            self.asked = Asked(item, item.fields, self._answers())
        if part := self.asked or self.table:
            part.settle(list(self._samples()))
        self.texts = Texts(self)

    @property
    def numeric(self) -> bool:
        """Whether one number is asked for."""
        return self.asked is not None

    @property
    def mistakes(self) -> dict[str, Any]:
        """What the bank says of each mistake, by name; wrong options are mistakes too."""
        if self.table:
            return self.table.mistakes
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
        refused: Counter[Unfair] = Counter()
        for attempt in range(ATTEMPTS):
            values = self._draw(str(seed), attempt)
            if not (reason := self._unfair(values)):
                return values
            refused[reason] += 1
        reason, times = refused.most_common(1)[0]
        raise reason.error(self.item, times)

    def _draw(self, seed: str, attempt: int) -> Values:
        identity = self.item.id, int(self.item["version"])
        return self.program.values(draws.drawn(self.givens, *identity, seed, attempt))

    def _answers(self) -> dict[str, Any]:
        written = {str(name): mistake["answer"] for name, mistake in self.mistakes.items()}
        return {name: self.program.term(text)
                for name, text in {RIGHT: self.item["answer"], **written}.items()}

    # ---- fairness

    def _unfair(self, values: Values) -> Unfair | None:
        """Why a draw is refused; None where it is fair."""
        part = self.asked or self.table
        try:
            for text, condition in zip(self.item.get("positive", []), self.positive):
                if condition(values) <= 0:
                    return Unfair(text.line, f"“{text}” was not above 0 in {{times}} of {ATTEMPTS} "
                                  "draws; change the condition or the ranges of the givens.")
            return part.unfair(values) if part else None
        except ArithmeticError:
            return Unfair((self.item["rows"] if self.table else self.item["answer"]).line, (
                "the answer or a mistake cannot be worked out in any draw (a division by 0, or a "
                "price that is not above 0); change the givens."))

    def _samples(self) -> Iterator[Values]:
        for attempt in range(12):
            values = self._draw("a sample", attempt)
            try:
                if all(condition(values) > 0 for condition in self.positive):
                    yield values
            except ArithmeticError:
                continue


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
        self.steps = {str(row["key"]): self._read(row["text"]) for row in item.get("steps", [])}
        self.says = {str(name): self._mistake(str(name), row["says"])
                     for name, row in plan.mistakes.items()}
        self.rows = {row.name: self._row(row) for row in plan.table.rows} if plan.table else {}
        self.right = self._right()

    def _read(self, text: Any) -> Template:
        return template(self.plan.program, text)

    def answer(self, name: str) -> Template:
        """An answer in numbers (or an option's words), as a reader would see it."""
        asked = self.plan.asked
        if not asked:
            return self.options[str(self.plan.item["answer"]) if name == RIGHT else name]
        return Template([number_slot(f"= {name}", asked.answers[name], asked.places, asked.unit)])

    def _row(self, row: Row) -> dict[str, Template]:
        """What a row shows, or what is said where a reader filled it right."""
        texts = {name: self._read(row.fields[name]) for name in ("label", "how")
                 if name in row.fields}
        if not row.blank:
            return {**texts, "value": self._read(row.slot)}
        value = self._read(row.slot) + plain(unit_behind(row.asked.unit))
        worked = texts.pop("how") + plain(" = ") + value if "how" in texts else value
        return {**texts, "right": plain("Right: ") + worked + plain(".")}

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
        if self.plan.table:
            return self._right_table(self.plan.table.blanks) + why
        return plain("Right. ") + why

    def _right_table(self, blanks: list[Row]) -> Template:
        if len(blanks) > 1:
            return plain(f"Right, all {len(blanks)} lines. ")
        return self.rows[blanks[0].name]["right"] + plain(" ")

    def every(self) -> Iterator[Template]:
        """All texts, in a fixed order."""
        yield self.question
        yield from self.hints
        yield self.solution
        yield from self.options.values()
        yield from self.steps.values()
        yield from self.says.values()
        yield from (text for texts in self.rows.values() for text in texts.values())
        yield self.right


def plan(item: Item) -> Plan:
    """The plan of an item, made once."""
    if "plan" not in item.cache:
        item.cache["plan"] = Plan(item)
    return item.cache["plan"]
