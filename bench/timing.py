"""Taking times by turns, and the targets that ratios have."""

from collections.abc import Callable
from random import Random
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple


class Target(NamedTuple):
    """What a ratio should be: "at least" or "at most" the bound."""

    word: str
    bound: float

    def met(self, ratio: float) -> bool:
        """Whether the ratio is on the right side."""
        return ratio >= self.bound if self.word == "at least" else ratio <= self.bound

    def __str__(self) -> str:
        return f"{self.word} {self.bound:g}"


def at_least(bound: float) -> Target:
    """The larger the better."""
    return Target("at least", bound)


def at_most(bound: float) -> Target:
    """The smaller the better."""
    return Target("at most", bound)


def seconds(job: Callable[[], Any]) -> float:
    """How long one call takes."""
    start = perf_counter()
    job()
    return perf_counter() - start


def medians(rounds: int, **jobs: Callable[[], float]) -> dict[str, float]:
    """The median seconds of each job.

    A job returns its own seconds. All take turns, after one round that does not count, so that a
    slow spell of the machine meets all of them; and in another order each time, as a job leaves
    its traces in the processor's cache for the next.
    """
    draw = Random(rounds)
    orders = [draw.sample(list(jobs), len(jobs)) for _ in range(rounds + 1)]
    turns = [{name: jobs[name]() for name in order} for order in orders][1:]
    return {name: median(turn[name] for turn in turns) for name in jobs}
