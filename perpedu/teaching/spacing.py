"""When a question comes back, in which order, and how far a reader has come.

The rules are tables, for Python and for the pages alike: an exercise stands on a level; an answer
moves it to another level; the level says after how many days it is due again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from ..theory.exact import refuse
from . import bank, record
from .record import Answer

__all__ = ["Asked", "Chapter", "Standing", "catalogue", "day_of", "due", "interleaved", "next_day",
           "progress", "rest", "shared", "standings"]

#: Days until an exercise is due again, by its level.
DAYS = (0, 1, 3, 7, 16, 35)
#: The next level, by what came of the answer and the level before. A right answer with hints
#: open repeats its interval; a wrong one makes it due on the same day, and right then, a day later.
LEVELS = {"right": (1, 2, 3, 4, 5, 5), "helped": (1, 1, 2, 3, 4, 5), "wrong": (0,) * 6}
#: When an answer was given whose own moment has not come yet: the clock was wrong.
LONG_AGO = "1970-01-01T00:00:00Z"
#: At most so many questions in one sitting.
SITTING = 12
#: What is said around the questions, in Python and on the pages.
WORDS = {
    "nothing": "Nothing is in your record yet. Exercises that you check in the chapters come "
    "back here.",
    "rest": "Nothing more is due today. The next question comes {when}.",
    "more": "That is enough for one sitting. {count} more {are} due today.",
    "place": "Question {place} of {all}, from chapter {chapter}.",
    "row": "Question {place} of {all}; {right} answered, {tried} tried",
    "skip": "Skip", "next": "Next question", "finish": "Finish", "on": "Go on",
    "due": "due {when}",
    "strange": "Lines of the record that are no answers, and stay in it: {count} ({first}).",
    "elsewhere": "Answers to exercises that are not in this book: {count}.",
    "refused": "This browser keeps no record here, as in some private windows: your answers are "
    "forgotten when you leave the page.",
    "no_bank": "The questions could not be loaded. They come from the file bank.js beside this "
    "page's style.",
}


@dataclass(frozen=True)
class Asked:
    """What spacing needs to know of an exercise."""

    id: str
    section: str
    title: str
    objective: str

    @property
    def chapter(self) -> str:
        """The bank file that it stands in, as `ch01`."""
        return self.id.partition(".")[0]


@dataclass(frozen=True)
class Standing:
    """How one exercise stands: its level, the day it is due, the place of its last answer among
    all, that answer's seed, and whether it was ever right."""

    level: int = 0
    due: int = 0
    place: int = -1
    seed: str = ""
    right: bool = False

    def after(self, answer: Answer, place: int) -> "Standing":
        """The standing after one more answer; right before it is due moves nothing."""
        level, due = self.level, self.due
        if not (answer.correct and answer.day < due):
            came = "wrong" if not answer.correct else "helped" if answer.hints else "right"
            level = LEVELS[came][level]
            due = answer.day + DAYS[level]
        return Standing(level, due, place, answer.seed, self.right or answer.correct)


@dataclass(frozen=True)
class Chapter:
    """How far a reader is in one chapter: of each exercise open, tried or right, and when it is
    due (None while it is open)."""

    name: str
    exercises: list[tuple[Asked, str, int | None]] = field(default_factory=list)

    def count(self, state: str) -> int:
        """How many exercises are in this state."""
        return sum(found == state for _, found, _ in self.exercises)


def catalogue() -> list[Asked]:
    """Every exercise of the book's bank, in its order."""
    return [Asked(item.id, str(item["section"]), str(item["title"]), str(item["objective"]))
            for path in bank.files() for item in bank.read(path).values()]


def day_of(now: Any = None) -> int:
    """The day of a date, a datetime or an ISO text, or today; counted as `date.toordinal` does.

    >>> day_of("2026-03-02") - day_of("2026-02-28")
    2
    """
    if now is None:
        return date.today().toordinal()
    if isinstance(now, (date, datetime)):
        return now.toordinal()
    try:
        return date.fromisoformat(now[:10]).toordinal()
    except (TypeError, ValueError):
        raise refuse("now", now, "a date, or text such as '2026-03-01'") from None


def standings(answers: Iterable[Answer], today: int | None = None) -> dict[str, Standing]:
    """How each answered exercise stands, from the answers in any order.

    With `today`, an answer of a later day than tomorrow (somewhere it is tomorrow already) counts
    as long ago: a clock that was ahead once keeps no exercise away for years.
    """
    there = [answer if today is None or answer.day <= today + 1
             else replace(answer, time=LONG_AGO) for answer in answers]
    found: dict[str, Standing] = {}
    for place, answer in enumerate(sorted(there, key=lambda answer: answer.instant)):
        found[answer.exercise] = found.get(answer.exercise, Standing()).after(answer, place)
    return found


def due(known: Mapping[str, Standing], asked: Iterable[Asked], day: int) -> list[Asked]:
    """The exercises that are due on a day, those first that have waited longest."""
    waiting = [one for one in asked if one.id in known and known[one.id].due <= day]
    return sorted(waiting, key=lambda one: (known[one.id].due, known[one.id].place))


def next_day(known: Mapping[str, Standing], asked: Iterable[Asked], day: int) -> int | None:
    """The first day after `day` on which something is due."""
    return min((known[one.id].due for one in asked
                if one.id in known and known[one.id].due > day), default=None)


def interleaved(questions: Iterable[Asked]) -> list[Asked]:
    """The same questions, never two of one section in a row where that can be avoided, and of one
    chapter only where the order would suffer; otherwise as they come.

    >>> made = [Asked(f"ch0{n}.{k}", "1 First", "", "") for n, k in ((1, "a"), (1, "b"), (2, "c"))]
    >>> [one.id for one in interleaved(made)]
    ['ch01.a', 'ch02.c', 'ch01.b']
    """
    left, mixed = list(questions), []
    while left:
        mixed.append(_following(left, mixed[-1] if mixed else None))
        left.remove(mixed[-1])
    return mixed


def _following(left: list[Asked], last: Asked | None) -> Asked:
    """The next question: of a section that is more than half of what is left, if there is one;
    else the first of another chapter, of another section, of all."""
    counts = Counter(_section(one) for one in left)
    crowd, most = counts.most_common(1)[0]
    other = [one for one in left if last is None or _section(one) != _section(last)]
    pressing = [one for one in other if 2 * most > len(left) and _section(one) == crowd]
    elsewhere = [one for one in other if last is None or one.chapter != last.chapter]
    return (pressing or elsewhere or other or left)[0]


def words(sentence: str, **parts: Any) -> str:
    """A sentence of WORDS with its parts."""
    return WORDS[sentence].format(**parts)


def in_days(days: int) -> str:
    """A number of days from today, in words.

    >>> in_days(0), in_days(1), in_days(16)
    ('today', 'tomorrow', 'in 16 days')
    """
    return "today" if days <= 0 else "tomorrow" if days == 1 else f"in {days} days"


def rest(known: Mapping[str, Standing], asked: list[Asked], day: int) -> str:
    """What is said where no question is shown."""
    waiting, later = len(due(known, asked, day)), next_day(known, asked, day)
    if waiting:
        return words("more", count=waiting, are="is" if waiting == 1 else "are")
    return words("nothing") if later is None else words("rest", when=in_days(later - day))


def shared() -> dict[str, Any]:
    """What the pages take from here and from the record, so that both say the same."""
    return {"days": DAYS, "levels": LEVELS, "sitting": SITTING, "words": WORDS,
            "long_ago": LONG_AGO, "moment": record.MOMENT, "longest": record.LONGEST, "most": record.MOST,
            "why": record.WHY}


def _section(one: Asked) -> tuple[str, str]:
    return one.chapter, one.section


def progress(known: Mapping[str, Standing], asked: Iterable[Asked]) -> list[Chapter]:
    """How far the reader is, by chapter."""
    chapters: dict[str, Chapter] = {}
    for one in asked:
        at = known.get(one.id)
        state = "open" if at is None else "right" if at.right else "tried"
        chapter = chapters.setdefault(one.chapter, Chapter(one.chapter))
        chapter.exercises.append((one, state, at.due if at else None))
    return list(chapters.values())
