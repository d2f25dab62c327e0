"""An exercise for a page without Python: its texts once, and twenty drawn variants."""

from __future__ import annotations

from fractions import Fraction
from string import ascii_lowercase
from typing import Any

from .bank import Item
from .exercise import Exercise
from .plan import RIGHT, Plan, plan
from .template import Slot

SEEDS = tuple(str(seed) for seed in range(1, 21))


def page_state(item: Item) -> dict[str, Any]:
    """Everything that the static page needs; the same on every run, and JSON can hold it."""
    made = plan(item)
    exercises = [Exercise(item, seed) for seed in SEEDS]
    first = exercises[0]
    keys = _Keys(made)
    return {
        "id": first.id, "title": first.title, "kind": first.kind, "unit": first.unit,
        "minutes": first.minutes, "objective": first.objective, "rounding": first.rounding,
        "section": first.section, "templates": _templates(made, keys),
        "variants": [_variant(exercise, keys) for exercise in exercises],
    }  # fmt: skip


class _Keys(dict):
    """A short key for each different slot."""

    def __init__(self, made: Plan) -> None:
        super().__init__()
        self.slots: dict[str, Slot] = {}
        for text in made.texts.every():
            for slot in text.slots():
                self(slot)

    def __call__(self, slot: Slot) -> str:
        if slot.source not in self:
            high, low = divmod(len(self), 26)
            self[slot.source] = ("" if not high else ascii_lowercase[high - 1]) + ascii_lowercase[
                low]
            self.slots[self[slot.source]] = slot
        return self[slot.source]


def _templates(made: Plan, keys: _Keys) -> dict[str, Any]:
    texts = made.texts
    return {
        "question": texts.question.keyed(keys),
        "hints": [hint.keyed(keys) for hint in texts.hints],
        "solution": texts.solution.keyed(keys),
        "right": texts.right.keyed(keys),
        "mistakes": {name: {"says": says.keyed(keys), "reread": made.reread(name)}
                     for name, says in texts.says.items()},
        "options": [[key, text.keyed(keys)] for key, text in texts.options.items()],
    }


def _variant(ex: Exercise, keys: _Keys) -> dict[str, Any]:
    slots = {key: slot.text(ex.values) for key, slot in keys.slots.items()}
    variant = {"seed": ex.seed, "slots": slots}
    if ex.plan.numeric:
        values = {name: number_text(value) for name, value in ex.answers.items()}
        said = {"outcome": ex.outcome} if ex.kind == "predict" else {}
        return {**variant, "expected": values.pop(RIGHT), "mistakes": values,
                "tolerance": number_text(ex.plan.tolerance), **said}
    return {**variant, "expected": ex.expected, "mistakes": ex.mistakes, "order": ex.order}


def number_text(value: Fraction) -> str:
    """An exact number as decimal text where that is short, else as p/q.

    >>> number_text(Fraction(1, 8)), number_text(Fraction(-1, 3))
    ('0.125', '-1/3')
    """
    for places in range(10):
        scaled = value * 10**places
        if scaled.denominator == 1:
            digits = str(abs(scaled.numerator)).rjust(places + 1, "0")
            whole, decimals = digits[: len(digits) - places], digits[len(digits) - places:]
            return "-" * (value < 0) + whole + ("." + decimals if places else "")
    return f"{value.numerator}/{value.denominator}"
