"""An exercise for a page without Python: its texts once, and twenty drawn variants."""

from __future__ import annotations

from string import ascii_lowercase
from typing import Any

from .bank import Item
from .exercise import Exercise
from .plan import RIGHT, Plan, plan
from .table import Row, reached
from .template import Slot
from .trees import expression_tree, number_text, tree

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
        **({"table": _table(made)} if made.table else {}),
        **({"algebra": _algebra(first)} if first.kind == "expression" else {}),
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
        **({"steps": [[key, text.keyed(keys)] for key, text in texts.steps.items()],
            "pairs": [[name, *pair] for name, pair in made.steps.pairs.items()]}
           if made.steps else {}),
        **({"rows": {name: {part: text.keyed(keys) for part, text in row.items()}
                     for name, row in texts.rows.items()}} if made.table else {}),
    }


def _table(made: Plan) -> dict[str, Any]:
    """The rows of a ledger, and the trees behind every other name that they read."""
    program, rows = made.program, made.table.rows
    read = reached(program, [term for row in rows for term in row.asked.answers.values()])
    read -= {row.name for row in rows}
    return {"rows": [_row(row) for row in rows],
            "terms": {name: tree(term) for name, term in program.terms.items() if name in read}}


def _algebra(ex: Exercise) -> dict[str, Any]:
    """Names, truth and mistakes of an expression, and the points where all are held against it."""
    algebra, symbols = ex.algebra, [symbol.name for symbol in ex.algebra.symbols]
    answers = {RIGHT: algebra.truth, **algebra.mistakes}
    return {"names": {name: symbol.name for name, symbol in algebra.names.items()},
            "listed": list(algebra.aliases), "symbols": symbols,
            "points": [[[number_text(point[name]) for name in symbols] for point in group]
                       for group in algebra.points()],
            "answers": {name: expression_tree(answer) for name, answer in answers.items()}}


def _row(row: Row) -> dict[str, Any]:
    """A row for the page: what is asked, and the rows above that it needs."""
    asked = row.asked
    return {"name": row.name, "words": row.words, "unit": asked.unit, "blank": row.blank,
            "places": asked.places, "tolerance": number_text(asked.tolerance),
            "rounding": asked.rounding, "reads": row.reads, "needs": row.needs,
            "answers": {name: tree(term) for name, term in asked.answers.items()}}


def _variant(ex: Exercise, keys: _Keys) -> dict[str, Any]:
    slots = {key: slot.text(ex.values) for key, slot in keys.slots.items()}
    variant = {"seed": ex.seed, "slots": slots}
    if ex.kind == "expression":
        return {**variant, "given": {symbol.name: number_text(ex.values[symbol.name])
                                     for symbol in ex.algebra.symbols}}
    if ex.plan.table:
        return {**variant, "given": {name: number_text(v) for name, v in ex.givens.items()}}
    if ex.plan.steps:
        return {**variant, "expected": ex.expected, "steps": [key for key, _ in ex.steps]}
    if ex.plan.asked:
        values = {name: number_text(value) for name, value in ex.answers.items()}
        said = {"outcome": ex.outcome} if ex.kind == "predict" else {}
        return {**variant, "expected": values.pop(RIGHT), "mistakes": values,
                "tolerance": number_text(ex.plan.asked.tolerance), **said}
    return {**variant, "expected": ex.expected, "mistakes": ex.mistakes, "order": ex.order}

