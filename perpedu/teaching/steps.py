"""Steps to be put in order: the bank lists them as they happen, and the reader gets them mixed.

A mistake is a pair of steps in the wrong order: `before: takeover, cancel` is made by a reader who
puts the takeover before the cancelling.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from .bank import Item
from .draws import draw
from .feedback import SENTENCES, Verdict, known, right, say

if TYPE_CHECKING:
    from .exercise import Exercise

LETTERS = "ABCDEFGHIJ"


class Steps:
    """The steps of an exercise in their right order, and the pairs that readers turn round."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.right = [str(row["key"]) for row in item["steps"]]
        self.pairs = {str(name): self._pair(row["before"])
                      for name, row in item["mistakes"].items()}

    def _pair(self, text: Any) -> tuple[str, str]:
        early, late = keys = [word.strip() for word in str(text).split(",")]
        if any(key not in self.right for key in keys) or (
                self.right.index(early) <= self.right.index(late)):
            raise self.item.error(text, f"before: {text} must name two steps that stand the other "
                                  "way round in the list, such as “last, first”.")
        return early, late

    def mixed(self, seed: str) -> list[str]:
        """The order in which a seed shows them; never the right one."""
        identity = self.item.id, int(self.item["version"]), seed, "order"
        shown = sorted(self.right, key=lambda key: draw(*identity, key))
        return shown[1:] + shown[:1] if shown == self.right else shown

    def slip(self, name: str) -> list[str]:
        """The order of a reader who makes one mistake: the late step just before the early one."""
        early, late = self.pairs[name]
        rest = [key for key in self.right if key != early]
        rest.insert(rest.index(late), early)
        return rest

    def mistake(self, given: list[str]) -> str | None:
        """The first known pair that stands the wrong way round."""
        return next((name for name, (early, late) in self.pairs.items()
                     if given.index(early) < given.index(late)), None)

    def begun(self, given: list[str]) -> int:
        """How many steps stand right from the start."""
        return len(list(takewhile(lambda pair: pair[0] == pair[1], zip(given, self.right))))


def check_order(ex: "Exercise", answer: Any) -> Verdict:
    """Judge an order: keys or letters, as a list or as text with spaces or commas."""
    steps, shown = ex.plan.steps, ex.steps
    given = _keys(answer, [key for key, _ in shown])
    if given is None:
        letters = " ".join(LETTERS[:len(shown)])
        return Verdict(False, SENTENCES["steps_type"].format(count=len(shown), letters=letters))
    if given == steps.right:
        return right(ex)
    if name := steps.mistake(given):
        return known(ex, name)
    return _unmatched(ex, given, dict(shown))


def _unmatched(ex: "Exercise", given: list[str], texts: dict[str, str]) -> Verdict:
    count = ex.plan.steps.begun(given)
    return say(ex.plan.reread(), "steps_begun" if count else "steps_first", count=str(count),
               all=str(len(given)), are="stands" if count == 1 else "stand",
               step=texts[given[count]].rstrip("."))


def _keys(answer: Any, shown: list[str]) -> list[str] | None:
    """The keys in the reader's order; None where they are not all there, each once."""
    if isinstance(answer, str):
        answer = re.findall(r"[^\s,;]+", answer[:2000])
        answer = list(answer[0]) if len(answer) == 1 else answer
    if not isinstance(answer, (list, tuple)) or not all(isinstance(one, str) for one in answer):
        return None
    letters = dict(zip(LETTERS, shown))
    given = [letters.get(one.strip().upper(), one.strip()) for one in answer]
    return given if sorted(given) == sorted(shown) else None
