"""Try a bank file out, as a teacher does before handing it on.

    python -m perpedu.teaching.validate exercises/ch01.yaml

Every expression and slot is compiled, every exercise is drawn for several seeds, each right answer
must be accepted and each mistake named. The first thing that is not so is said, with its line.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from . import bank
from .exercise import Exercise, ids
from .plan import plan

SEEDS = tuple(str(seed) for seed in range(1, 21))


def validate(items: dict[str, bank.Item], seeds: Iterable[Any] = SEEDS) -> int:
    """How many exercises there are; each has been tried. Raises BankError."""
    known = {*items, *ids()}
    for item in items.values():
        _check_prerequisites(item, known)
        for seed in seeds:
            _try(Exercise(item, seed))
    return len(items)


def _check_prerequisites(item: bank.Item, known: set[str]) -> None:
    written = item.get("prerequisites", bank.Rows())
    for id in item.rows(written, "prerequisites", 0, 9):
        if id not in known or id == item.id:
            raise item.error(id, f"the prerequisite {id} is not the id of another exercise; "
                             "correct it or take it out.")


def _try(ex: Exercise) -> None:
    """One draw: texts can be filled, the truth is accepted, each mistake is named."""
    _fill(ex)
    if not (verdict := ex.check(ex.expected)).correct:
        asked = ex.item["rows" if ex.plan.table else "steps" if ex.plan.steps else "answer"]
        raise ex.item.error(asked, f"with seed {ex.seed} the answer {ex.expected} is "
                            f"not accepted, but told: {verdict.message}")
    for name, answer in ex.mistakes.items():
        verdict = ex.check(answer)
        if verdict.mistake != name:
            where = ex.plan.mistakes[name]
            taken = "the right answer" if verdict.correct else f"the mistake {verdict.mistake}"
            raise ex.item.error(where, f"the mistake {name} is taken for {taken}; change its "
                                "answer.")


def _fill(ex: Exercise) -> None:
    for text in plan(ex.item).texts.every():
        for slot in text.slots():
            try:
                slot.text(ex.values)
            except ArithmeticError:
                raise ex.item.error(ex.item.fields, f"the slot {{{{{slot.source}}}}} cannot be "
                                    f"worked out with seed {ex.seed}; add a condition to "
                                    "positive.") from None


def main(paths: list[str]) -> int:
    """Validate files by name; 0 where all are well."""
    for path in paths or map(str, bank.files()):
        try:
            count = validate(bank.read(Path(path)))
        except (bank.BankError, OSError) as error:
            print(error)
            return 1
        print(f"{path}: {count} exercises, all well")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
