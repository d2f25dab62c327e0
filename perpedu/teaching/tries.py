"""What a second and a third try are told beside their verdict, from what went wrong before.

The same slip again is led on: first to the next hint, then to the first sentence of the solution.
Where something became right, that is said. Nothing here judges or counts against anyone. The page
does the same in tries.js, with the same sentences.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from .cells import IS_RIGHT, NOT_YET, TableVerdict
from .feedback import Verdict

if TYPE_CHECKING:
    from .exercise import Exercise

SENTENCES = {
    "mended": "What the last answer was told no longer shows in this one: keep that change.",
    "mended_option": "The option that you chose before is set aside.",
    "mended_rows": "Right since the last try: {rows}.",
    "same_hint": "This is the same step as before. Hint {number} is open below: take its step, "
    "then come back to this one.",
    "other_hint": "Hint {number} is open below: start from there.",
    "solution": "The solution begins like this: “{line}” Go on from there.",
}
#: The first sentence of a text.
SENTENCE = re.compile(r"^.*?[.!?](?=\s|$)")


class Try(NamedTuple):
    """What is kept of an answer: its slip ("" where it is no known one), and the right rows."""

    slip: str
    right: tuple[str, ...] = ()


class Step(NamedTuple):
    """What is said beside a verdict, and how many hints are open then."""

    words: str
    hinted: int


def kept(verdict: Verdict) -> Try | None:
    """What to keep of an answer that was read and is not right yet; None of any other."""
    cells = verdict.cells if isinstance(verdict, TableVerdict) else {}
    right = tuple(name for name, cell in cells.items() if cell.state == IS_RIGHT)
    if verdict.correct or not (verdict.mistake or verdict.reread or right):
        return None
    first = next((name for name, cell in cells.items() if cell.state == NOT_YET), None)
    return Try((cells[first].mistake or first) if first else verdict.mistake or "", right)


def next_step(ex: "Exercise", past: Sequence[Try], verdict: Verdict, hinted: int) -> Step:
    """What to say beside a verdict, after the tries before it; a prediction is told all at once."""
    now = kept(verdict)
    if now is None or not past or ex.kind == "predict":
        return Step("", hinted)
    words = [_mended(ex, past[-1], now)]
    times = sum(one.slip == now.slip for one in past)
    if times == 1 and hinted < len(ex.hints):
        hinted += 1
        words.append(SENTENCES["same_hint" if now.slip else "other_hint"].format(number=hinted))
    elif times:
        words.append(SENTENCES["solution"].format(line=_first(ex.solution)))
    return Step(" ".join(filter(None, words)), hinted)


def _mended(ex: "Exercise", last: Try, now: Try) -> str:
    """What became right since the last try; empty where that is not known."""
    if ex.rows:
        labels = {row["name"]: row["label"] for row in ex.rows}
        rows = [f"“{labels[name]}”" for name in now.right if name not in last.right]
        return SENTENCES["mended_rows"].format(rows=", ".join(rows)) if rows else ""
    if not last.slip or last.slip == now.slip:
        return ""
    return SENTENCES["mended_option" if ex.options else "mended"]


def _first(text: str) -> str:
    line = text.strip().split("\n")[0]
    found = SENTENCE.match(line)
    return found[0] if found else line
