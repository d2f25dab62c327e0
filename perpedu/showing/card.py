"""The exercise card: question, answer box, feedback in place, hints, solution, new numbers."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from html import escape
from typing import Any

import traitlets

from ..teaching import cells, exercise as teaching, tries
from ..teaching.exercise import Exercise, Verdict
from ..teaching.numbers_typed import show
from ..teaching.record import Answer, Record, moment_now
from .element import Element, short
from .mathml import written

NOT_KEPT = "Your record cannot be written here, so this answer is not in it."
_SAID = ("id", "kind", "title", "unit", "minutes", "objective", "rounding", "question", "hints",
         "solution", "seed", "rows")


def exercise(id: str, seed: Any = "1") -> "ExerciseCard":
    """An exercise of the bank as a card; the same seed gives the same numbers, for ever.

    Raises ValueError for an unknown id.
    """
    return ExerciseCard(teaching.load(id, seed))


def exercises() -> list[str]:
    """The id of every exercise, in chapter order."""
    return teaching.ids()


class ExerciseCard(Element):
    """A thin widget around an exercise: it shows and asks; `check` is the exercise's own.

    `typed` is the text of the answer box, an option's key, or of a table the texts of its blank
    rows by name, as JSON; of steps their keys in order, with spaces. `hinted` is how many hints
    are open. What a reader checks in a browser goes to `record`; what a program does, as
    `answer`, never does.
    """

    typed = traitlets.Unicode().tag(sync=True)
    presses = traitlets.Int().tag(sync=True)
    turns = traitlets.Int().tag(sync=True)
    hinted = traitlets.Int().tag(sync=True)
    verdict = traitlets.Dict().tag(sync=True)

    def __init__(self, pure: Exercise, record: Record | None = None):
        self.exercise, self._judged, self._tries, self._past = pure, 0, 0, []
        self._record, self._by_reader = record, False
        super().__init__(spec=self._face())

    # ---- what the exercise says; names of the contract

    question = property(lambda self: self.exercise.question, doc="The question, as text.")
    kind = property(lambda self: self.exercise.kind, doc="number, choice, predict, expression, "
                    "order, table.")
    expected = property(lambda self: self.exercise.expected, doc="The right answer.")
    hints = property(lambda self: self.exercise.hints, doc="At most three hints.")
    solution = property(lambda self: self.exercise.solution, doc="The worked solution.")
    mistakes = property(lambda self: self.exercise.mistakes, doc="Mistake → its answer.")
    seed = property(lambda self: self.exercise.seed, doc="What the numbers are drawn from.")

    def check(self, answer: Any) -> Verdict:
        """The verdict on an answer; nothing is shown."""
        return self.exercise.check(answer)

    def answer(self, value: Any) -> Verdict:
        """What a reader does: types `value` and presses Check.  Returns the verdict."""
        self.typed = self._as_typed(value)
        return self._judge(value)

    def new_numbers(self) -> None:
        """The same exercise with the next seed's numbers."""
        self._put(Exercise(self.exercise.item, next_seed(self.seed)))

    def _put(self, pure: Exercise) -> None:
        """Another exercise, or the same with other numbers."""
        self.exercise, self._tries, self._past = pure, 0, []
        self.typed, self.verdict, self.hinted = "", {}, 0
        self.spec = self._face()

    def _judge(self, value: Any) -> Verdict:
        verdict = self.check(value)
        self._judged += 1
        note = self._remember(verdict) if self._by_reader else {}
        words, self.hinted = tries.next_step(self.exercise, self._past, verdict, self.hinted)
        self._past += filter(None, [tries.kept(verdict)])
        self.verdict = {**asdict(verdict), "n": self._judged, "next": words,
                        "hinted": self.hinted, **note}
        return verdict

    def set_state(self, sync_data: dict) -> None:
        """What arrives from a browser, and only that, is a reader's doing."""
        self._by_reader = True
        try:
            super().set_state(sync_data)
        finally:
            self._by_reader = False

    def _remember(self, verdict: Verdict) -> dict[str, str]:
        """Put a reader's answer into the record; says so where that cannot be done."""
        if not counts(verdict):
            return {}
        self._tries += 1
        answer = Answer(self.exercise.id, self.seed, moment_now(), verdict.correct,
                        verdict.mistake, self.hinted, self._tries)
        try:
            (self._record or Record()).add(answer)
        except (OSError, ValueError):
            return {"note": NOT_KEPT}
        return {}

    @traitlets.observe("presses")
    def _pressed(self, _: Any) -> None:
        self._judge(_lines_typed(self.typed) if self.kind == "table" else self.typed)

    @traitlets.observe("turns")
    def _turned(self, _: Any) -> None:
        self.new_numbers()

    def _as_typed(self, value: Any) -> str:
        if self.kind == "order" and isinstance(value, (list, tuple)):
            return " ".join(map(str, value))[:200]
        if self.kind != "table":
            return _typed(value, self.exercise.unit)
        units = {row["name"]: row["unit"] for row in self.exercise.rows}
        try:
            filled = cells.by_row(self.exercise, value)
        except ValueError:  # `check` tells what is wrong with it
            filled = {}
        return json.dumps({name: _typed(one, units[name]) for name, one in filled.items()})

    def _face(self) -> dict[str, Any]:
        pure = self.exercise
        return {name: getattr(pure, name) for name in _SAID} | {
            "options": [list(option) for option in pure.options],
            "steps": [list(step) for step in pure.steps], "math": _math(pure)}

    # ---- on a page

    def page_spec(self) -> dict[str, Any]:
        pure = self.exercise
        spec = {"kind": "card", "seed": self.seed, "state": pure.page_state(),
                "math": _math(pure)}
        if self.kind == "predict" and not pure.options:
            for variant in spec["state"]["variants"]:
                variant["outcome"] = _outcome(Exercise(pure.item, variant["seed"]))
        return spec

    def static(self) -> str:
        pure = self.exercise
        options = "".join(f"<li>{escape(text)}</li>" for _, text in (*pure.options, *pure.steps))
        folded = [*((f"Hint {i} of {len(pure.hints)}", hint) for i, hint in
                    enumerate(pure.hints, 1)), ("Solution", pure.solution)]
        return (f'<p class="pp-title">{escape(pure.title)}</p>{_paragraphs(pure.question)}'
                + (f'<ol type="A">{options}</ol>' if options else "")
                + (_lines(pure.rows) if pure.rows else "")
                + "".join(f"<details><summary>{name}</summary>{_paragraphs(text)}</details>"
                          for name, text in folded))

    def __repr__(self) -> str:
        said = self.verdict
        status = ("not answered" if not said else "right" if said["correct"]
                  else f"not yet: {said['mistake'] or 'no known mistake'}")
        return short(f"{self.exercise.id} · {status} · seed {self.seed}")


def counts(verdict: Verdict) -> bool:
    """Whether an answer could be read and was whole; only such ones go into a record."""
    return bool(verdict.correct or verdict.mistake or verdict.reread)


def next_seed(seed: str) -> str:
    """The seed of the next numbers.

    >>> next_seed("1"), next_seed("my seed"), next_seed("my seed 2")
    ('2', 'my seed 2', 'my seed 3')
    """
    match = re.fullmatch(r"(|.* )([0-9]{1,9})", seed, re.DOTALL)
    return f"{match[1]}{int(match[2]) + 1}" if match else f"{seed} 2"


def _lines_typed(text: str) -> Any:
    """What the boxes of a ledger hold; text that is no JSON stands for itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _typed(value: Any, unit: str | None) -> str:
    """A value as a reader would type it."""
    exact = hasattr(value, "numerator") and hasattr(value, "denominator")
    if exact and not isinstance(value, bool):
        return show(value, unit="%" if unit == "%" else None)
    return "" if value is None else str(value)[:200]


def _outcome(pure: Exercise) -> str:
    return (pure.plan.texts.outcome() + pure.plan.texts.ask()).fill(pure.values)


def _math(pure: Exercise) -> dict[str, str]:
    """MathML for the LaTeX in the texts of an exercise."""
    texts = pure.plan.texts
    return written("\n".join(text.fill(pure.values) for text in texts.every()))


def _lines(rows: list[dict[str, str | None]]) -> str:
    """A ledger as an HTML table, its blank lines with an ellipsis."""
    lines = "".join(
        f'<tr><th scope="row">{_words(row["label"] or "")}'
        + (f'<p class="pp-quietly">{_words(row["how"])}</p>' if row["how"] else "")
        + f'</th><td>{row["value"] or "…"}</td><td class="pp-unit">{row["unit"] or ""}</td></tr>'
        for row in rows)
    return f'<table class="pp-table pp-lines"><tbody>{lines}</tbody></table>'


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{_words(line)}</p>" for line in re.split(r"\n+", text.strip()))


def _words(text: str) -> str:
    """A line of text as HTML, with what stands between dollar signs as MathML."""
    words = escape(text)
    for latex, inside in written(text).items():
        words = words.replace(f"${escape(latex)}$", f"<math>{inside}</math>")
    return words
