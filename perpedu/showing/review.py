"""Review: due questions one after the other; progress; and both for a page without a kernel."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape
from typing import Any

import traitlets

from ..teaching import bank, spacing
from ..teaching.exercise import Exercise, Verdict, load
from ..teaching.record import Answer, Record
from ..teaching.spacing import Asked, words
from ..theory.exact import refuse
from .card import ExerciseCard, next_seed
from .element import element, json_inside, short

DOTS = {"open": "○", "tried": "◐", "right": "●"}
#: The exercises of a chapter with their drawn variants stand in a script of their own.
BANK = "_static/bank"
_STILL = {"review": "The questions that are due appear here where scripts run.",
          "progress": "How far you are appears here where scripts run."}


def review(now: Any = None, record: Record | None = None) -> "Review":
    """The questions that are due, one after the other as cards with new numbers.

    `now` is a date or text such as "2026-03-01", and today if not given; `record` is another
    reader's, or the usual one. Due is what was answered before and whose time has come: after a
    right answer 1, 3, 7, 16, then 35 days later, after a wrong one the same day. Nothing is
    scored and nothing leaves this machine: it is practice, no exam.
    """
    return Review(_record(record), now)


def progress(now: Any = None, record: Record | None = None) -> "Progress":
    """How far a reader is, by chapter and objective, and what is due when.

    Arguments as of `review`.
    """
    return Progress(_record(record), spacing.day_of(now))


def _record(record: Any) -> Record:
    if record is not None and not isinstance(record, Record):
        raise refuse("record", record, "a Record, such as Record('my-record.jsonl'), or None")
    return record or Record()


def _standings(answers: list[Answer], day: int) -> dict[str, spacing.Standing]:
    """How exercises stand on a day that may be another than the clock's."""
    return spacing.standings(answers, max(day, spacing.day_of()))


class Review(ExerciseCard):
    """A sitting of due questions: the card of one, a quiet row of dots, and the way on."""

    moves = traitlets.Int().tag(sync=True)
    sitting = traitlets.Dict().tag(sync=True)

    def __init__(self, record: Record, now: Any = None) -> None:
        self._now, self._book, self._own = now, spacing.catalogue(), record
        self._begin()
        super().__init__(self._next_exercise(), record)
        self.sitting = self._sitting()

    def _begin(self) -> None:
        """A new sitting, with what is due now."""
        self._day = spacing.day_of(self._now)
        self._known = _standings(self._own.answers, self._day)
        waiting = spacing.due(self._known, self._book, self._day)
        self._queue: list[Asked] = spacing.interleaved(waiting[:spacing.SITTING])
        self._dots = ["open"] * len(self._queue)
        self._place: int | None = 0 if self._queue else None

    def _next_exercise(self) -> Exercise | None:
        if self._place is None:
            return None
        id = self._queue[self._place].id
        return load(id, next_seed(self._known[id].seed))

    @traitlets.observe("moves")
    def _moved(self, _: Any) -> None:
        self.next()

    def next(self) -> None:
        """The next question; after the last one, what else is due."""
        if self._place is None:
            self._begin()
        else:
            self._place = self._place + 1 if self._place + 1 < len(self._queue) else None
            self._known = _standings(self._own.answers, self._day)
        self._dots = self._dots if self._place is not None else []
        with self.hold_sync():
            self._put(self._next_exercise())
            self.sitting = self._sitting()

    def answer(self, value: Any) -> Verdict:
        """What a program types and checks: judged and shown, but not in the record.

        Raises ValueError where no question is shown.
        """
        if self._place is None:
            raise ValueError(f"no question is shown to answer: {self._words()}")
        return super().answer(value)

    def _judge(self, value: Any) -> Verdict:
        if self._place is None:  # a browser may send what it still shows
            return Verdict(False, self._words())
        verdict = super()._judge(value)
        if self._dots[self._place] != "right":
            self._dots[self._place] = "right" if verdict.correct else "tried"
        self.sitting = self._sitting()
        return verdict

    def _sitting(self) -> dict[str, Any]:
        count = {state: self._dots.count(state) for state in ("right", "tried")}
        row = words("row", place=(self._place or 0) + 1, all=len(self._dots), **count)
        return {"dots": list(self._dots), "place": self._place, "words": self._words(),
                "label": row, "step": self._step()}

    def _words(self) -> str:
        if self._place is None:
            return spacing.rest(self._known, self._book, self._day)
        return words("place", place=self._place + 1, all=len(self._queue),
                     chapter=_number(self._queue[self._place].chapter))

    def _step(self) -> str:
        if self._place is None:
            return words("on") if spacing.due(self._known, self._book, self._day) else ""
        if self._dots[self._place] == "open":
            return words("skip")
        return words("next" if self._place + 1 < len(self._queue) else "finish")

    def _face(self) -> dict[str, Any]:
        return super()._face() if self.exercise else {}

    def html(self) -> str:
        return super().html() if self.exercise else f'<div class="pp-card">{self.static()}</div>'

    def static(self) -> str:
        said = f'<p class="pp-quietly">{escape(self._words())}</p>'
        return said + (super().static() if self.exercise else "")

    def __repr__(self) -> str:
        asked = f" · {super().__repr__()}" if self.exercise else ""
        return short(f"Review: {self._words().rstrip('.')}{asked}")


class Progress:
    """How far a reader is, as text and as HTML; no scores, only what is open, tried and right."""

    def __init__(self, record: Record, day: int) -> None:
        answers, self.strangers = record.answers, record.strangers
        known = _standings(answers, day)
        book = spacing.catalogue()
        self.day, self.chapters = day, spacing.progress(known, book)
        ids = {one.id for one in book}  # the questions of appendix E, faq., come back nowhere
        self._notes = [*_strange(self.strangers), *_elsewhere(sum(
            answer.exercise not in ids and not answer.exercise.startswith("faq.")
            for answer in answers))]

    def __repr__(self) -> str:
        lines = [f"{_title(chapter.name)}: " + ", ".join(
            f"{chapter.count(state)} {word}" for state, word in _STATES.items())
            for chapter in self.chapters]
        return "\n".join(lines + self._notes)

    def _repr_html_(self) -> str:
        chapters = "".join(
            f"<details><summary>{_title(chapter.name)} {self._row(chapter)}</summary>"
            f"<ul>{''.join(map(self._line, chapter.exercises))}</ul></details>"
            for chapter in self.chapters)
        return chapters + "".join(f"<p>{escape(note)}</p>" for note in self._notes)

    def _row(self, chapter: spacing.Chapter) -> str:
        label = ", ".join(f"{chapter.count(state)} {word}" for state, word in _STATES.items())
        dots = "".join(DOTS[state] for _, state, _ in chapter.exercises)
        return f'<span role="img" aria-label="{label}">{dots}</span>'

    def _line(self, row: tuple[Asked, str, int | None]) -> str:
        asked, state, due = row
        when = "open" if due is None else words("due", when=spacing.in_days(due - self.day))
        return (f'<li><span aria-hidden="true">{DOTS[state]}</span> {escape(asked.objective)} '
                f"<small>{when}</small></li>")


_STATES = {"right": "answered", "tried": "tried", "open": "open"}


def _title(name: str) -> str:
    return f"Chapter {_number(name)}"


def _number(chapter: str) -> int:
    """The number of a chapter of the book's bank."""
    return int(chapter.removeprefix("ch"))


def _strange(strangers: list) -> list[str]:
    return [words("strange", count=len(strangers), first=strangers[0])] if strangers else []


def _elsewhere(count: int) -> list[str]:
    return [words("elsewhere", count=count)] if count else []


# ---- on a page


def page_html(kind: str) -> str:
    """The element of a page that asks what is due ("review"), or says how far one is ("progress")."""
    parts = [f"{BANK}/{path.stem}.js" for path in bank.files()]
    return element({"kind": kind, "bank": parts}, f"<p>{_STILL[kind]}</p>")


def bank_scripts() -> Iterator[tuple[str, str]]:
    """The exercises of each chapter with their drawn variants, as scripts by their address."""
    for path in bank.files():
        specs = [ExerciseCard(Exercise(item, "1")).page_spec() for item in bank.read(path).values()]
        address = f"{BANK}/{path.stem}.js"
        yield address, f"window.perpeduBank[{json_inside(address)}] = {json_inside(specs)};\n"


def lightened(page: str, above: str) -> str:
    """A chapter's page whose cards carry their own numbers alone.

    The other numbers come from the chapter's script when a reader asks for them; `above` leads
    from the page to the folder in which `_static` is.
    """
    return re.sub(r'(?<=<script type="application/json">)\{"kind":"card",.*?(?=</script>)',
                  lambda found: _light(found[0], above), page)


def _light(text: str, above: str) -> str:
    spec = json.loads(text)
    state = spec["state"]
    state["variants"] = [one for one in state["variants"] if one["seed"] == spec["seed"]] or (
        state["variants"][:1])
    spec["more"] = f"{above}{BANK}/{state['id'].split('.')[0]}.js"
    return json_inside(spec)
