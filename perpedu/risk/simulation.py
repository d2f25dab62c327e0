"""Monte Carlo that anybody can repeat: one seed gives one answer, on one core or on a hundred.

The paths are drawn in blocks. Each block has its own stream of random numbers, made from the seed
and the block's number, and the blocks are added up in their order: who computes which block, and
when, changes nothing.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass
from functools import reduce
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy

from ..theory.exact import refuse

if TYPE_CHECKING:
    from numpy.random import Generator

BLOCK = 50_000

Experiment = Callable[["Generator", int], "numpy.ndarray"]
#: Of some paths: how many, their mean, and the sum of squared distances from it.
Moments = tuple[int, "numpy.ndarray", "numpy.ndarray"]


@dataclass(frozen=True)
class Estimate:
    """A mean over `paths` simulated paths, with one standard error of it.

    Both are floats, or arrays where the experiment has several columns.
    """

    mean: Any
    standard_error: Any
    paths: int

    def agrees_with(self, value: Any, errors: float = 3) -> bool:
        """Whether `value` lies within so many standard errors, in every column.

        A column without any spread agrees with its own mean alone.
        """
        return bool(numpy.all(abs(self.mean - value) <= errors * self.standard_error))

    def __str__(self) -> str:
        return f"{_pairs(self.mean, self.standard_error)} (one standard error, {self.paths:,} paths)"


def _pairs(mean: Any, error: Any) -> str:
    """Each mean with its error; their digits end where the error's second one stands."""
    return ", ".join(f"{m:.{_places(e)}f} ± {e:.{_places(e)}f}"
                     for m, e in zip(numpy.ravel(mean), numpy.ravel(error)))


def _places(error: float) -> int:
    return max(0, 1 - math.floor(math.log10(error))) if 0 < error < math.inf else 4


def simulate(experiment: Experiment, paths: int, *, seed: int, executor: Executor | None = None,
             block: int = BLOCK) -> Estimate:
    """The mean of `experiment` over `paths` random paths, with its standard error.

    `experiment(generator, count)` draws `count` paths from a `numpy.random.Generator` and returns
    one number a path, or one row of numbers; it must be picklable where the executor has other
    processes.  `executor` is any `concurrent.futures` executor, such as a process pool or Dask's
    `Client.get_executor()`; without one the blocks run here.  The result depends on `seed`,
    `paths` and `block` alone.  A bar shows the progress of what takes more than a second.

    ValueError for fewer than two paths, a block of none, or a seed that is no integer of 0 or
    more; and where the experiment returns another number of rows, or no finite numbers.

    >>> print(simulate(lambda generator, count: generator.random(count) < 0.25, 10_000, seed=1))
    0.2505 ± 0.0043 (one standard error, 10,000 paths)
    """
    counts = _blocks(_whole("paths", paths, 2), _whole("block", block, 1))
    seed = _whole("seed", seed, 0)
    jobs = [(experiment, seed, number, count) for number, count in enumerate(counts)]
    total, mean, squares = reduce(_joined, _results(jobs, executor))
    error = numpy.sqrt(squares / (total - 1) / total)
    return Estimate(*(v.item() if v.ndim == 0 else v for v in (mean, error)), total)


def _blocks(paths: int, block: int) -> list[int]:
    full, rest = divmod(paths, block)
    return [block] * full + [rest] * bool(rest)


def _results(jobs: list[tuple], executor: Executor | None) -> Iterator[Moments]:
    """The moments of each block, in the order of the blocks."""
    if executor is None:
        yield from (_moments(*job) for job in _progress(jobs, len(jobs)))
        return
    futures = [executor.submit(_moments, *job) for job in jobs]
    try:
        for done in _progress(as_completed(futures), len(jobs)):
            done.result()
    finally:
        for future in futures:
            future.cancel()
    yield from (future.result() for future in futures)


def _progress(items: Any, total: int) -> Any:
    from tqdm.auto import tqdm

    quiet = bool(os.environ.get("TQDM_DISABLE"))  # a notebook's bar does not look for it by itself
    return tqdm(items, total=total, delay=1, leave=False, unit="block", disable=quiet)


def _moments(experiment: Experiment, seed: int, number: int, count: int) -> Moments:
    """One block: its own stream of random numbers, and what the experiment makes of it."""
    stream = numpy.random.default_rng(numpy.random.SeedSequence(seed, spawn_key=(number,)))
    values = numpy.asarray(experiment(stream, count), dtype=float)
    if values.ndim not in (1, 2) or len(values) != count:
        raise refuse("experiment", values.shape, f"one number or one row for each of {count} paths")
    if not numpy.isfinite(values).all():
        raise refuse("experiment", values[~numpy.isfinite(values)][0].item(), "finite numbers")
    mean = values.mean(axis=0)
    return count, mean, ((values - mean) ** 2).sum(axis=0)


def _joined(one: Moments, other: Moments) -> Moments:
    """The moments of both together (Chan, Golub and LeVeque, 1979)."""
    count = one[0] + other[0]
    apart = other[1] - one[1]
    return (count, one[1] + apart * other[0] / count,
            one[2] + other[2] + apart**2 * one[0] * other[0] / count)


def _whole(name: str, value: Any, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise refuse(name, value, f"a whole number of {least} or more")
    return int(value)
