"""Worksheets: the exercises of a chapter as a notebook, blank for students, worked for teachers.

`make worksheets` writes both editions of every chapter into `exercises/worksheets/`; a test makes
them again and compares. The student edition has the questions and empty answers, the teacher
edition what to know about each: objective, minutes, solution, answers for other seeds, mistakes
with what they mean, and what to discuss.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..teaching.bank import Item
from ..teaching.exercise import Exercise
from ..teaching.variants import SEEDS
from . import release, said

EDITIONS = ("student", "teacher")
#: Of a ledger, whose answers are long, so many seeds are listed.
FEW = 5
#: What a question says of its answer cell, which the teacher edition has not.
NAMED = "; the names are those in the cell below"
ABOUT = ("Write each answer between the quotes below its question, as you would in the book: "
         "`54,300`, `5 %` or `1/3`. To see what an answer is told, with hints and the solution, "
         "open the same question as a card: `import perpedu as pp`, then "
         '`pp.exercise("{id}", seed="{seed}")`.')
TEACHER = ("The teacher's edition: {count} exercises, together {minutes} minutes. The numbers are "
           "those of seed {seed}, as in the student edition. A seed is any text, and the same seed "
           "gives the same numbers for ever; `python -m perpedu class key` lists the answers for "
           "each student of a class.")


def notebook(name: str, title: str, items: Iterable[Item], edition: str,
             seed: str = "1") -> dict[str, Any]:
    """A worksheet as nbformat 4.5 has it; the same on every run.

    `name` stands in the metadata of the answer cells, `title` at the top.
    """
    exercises = [Exercise(item, seed) for item in items]
    make = student if edition == "student" else teacher
    cells = [_markdown("about", make(title, exercises))]
    for number, ex in enumerate(exercises, 1):
        if edition == "student":
            cells += [_markdown(f"question-{number}", release.question(ex, number)),
                      release.answer_cell(ex, name)]
        else:
            cells.append(_markdown(f"question-{number}", told(ex, number)))
    own = {"worksheet": name, "edition": edition, "seed": seed}
    return {"cells": cells, "metadata": {**release.KERNEL, "perpedu": own}, "nbformat": 4,
            "nbformat_minor": 5}


def _markdown(id: str, source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": id, "metadata": {},
            "source": source.splitlines(keepends=True)}


def student(title: str, exercises: list[Exercise]) -> str:
    """The first cell of the student edition."""
    first = exercises[0]
    return f"# {title}: worksheet\n\n" + ABOUT.format(id=first.id, seed=first.seed)


def teacher(title: str, exercises: list[Exercise]) -> str:
    """The first cell of the teacher edition."""
    about = TEACHER.format(count=len(exercises), seed=exercises[0].seed,
                           minutes=sum(ex.minutes for ex in exercises))
    return f"# {title}: worksheet with solutions\n\n{about}"


def told(ex: Exercise, number: int) -> str:
    """A question as a teacher wants it, with everything the bank says about it."""
    _, asked = release.question(ex, number).replace(NAMED, "").split("\n\n", 1)
    return "\n\n".join([
        f"## Question {number}. {ex.title}", f"*{about(ex)}*", f"**It tests.** {ex.objective}",
        asked, f"**Right.** `{said.right(ex)}`", f"**Solution.** {ex.solution}",
        f"**Common mistakes**\n\n{_mistakes(ex)}", f"**To discuss.** {said.discuss(ex)}",
        f"**Right with other seeds.** {_others(ex)}"])


def about(ex: Exercise) -> str:
    """One line: id, minutes, difficulty, section, what to do before."""
    before = f" · after {', '.join(ex.prerequisites)}" if ex.prerequisites else ""
    return (f"{ex.id} · {ex.minutes} minutes · difficulty {ex.difficulty} of 3 · section "
            f"“{ex.section}”{before}")


def _mistakes(ex: Exercise) -> str:
    """Each mistake: what it gives, what the card says to it, and where to reread."""
    return "\n".join(f"- `{said.mistaken(ex, name)}` (*{name}*): {said.meaning(ex, name)} Reread "
                     f"“{ex.plan.reread(name)}”." for name in ex.mistakes)


def _others(ex: Exercise) -> str:
    """The right answer for each further seed of the book's own cards."""
    seeds = SEEDS[:FEW] if ex.plan.table else SEEDS
    made = (Exercise(ex.item, seed) for seed in seeds if seed != ex.seed)
    return "; ".join(f"{one.seed}: {said.right(one)}" for one in made)
