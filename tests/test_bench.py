"""The measurements run, on tiny sizes, and docs/speed.md has a row for each of their ratios."""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import perpedu as pp
from bench.__main__ import SPEED, modules
from bench.measurements import prices
from bench.page import name, page
from bench.timing import at_least, at_most, medians

MODULES = modules()
EACH = pytest.mark.parametrize("module", MODULES, ids=name)


def row(text, what):
    """The cells of the one row about this."""
    (line,) = (line for line in text.splitlines() if line.startswith(f"| {what} |"))
    return [cell.strip() for cell in line.split("|")[1:-1]]


@EACH
def test_a_measurement_runs(module):
    with ThreadPoolExecutor(1) as thread:  # the browser of other tests keeps an event loop here
        found = thread.submit(module.measure, tiny=True).result()
    assert found.keys() == module.TARGETS.keys()
    assert all(0 < ratio < math.inf for ratio in found.values())


@EACH
def test_the_page_has_its_rows_and_says_how(module):
    text = SPEED.read_text("utf-8")
    assert " ".join(module.__doc__.split()) in text, "make bench"
    for what, target in module.TARGETS.items():
        assert row(text, what)[2] == str(target), "make bench"


@EACH
def test_a_missed_target_is_said(module):
    for factor, word in ((0.5, "yes"), (2, "**no**")):
        found = {what: target.bound * (factor if target.word == "at most" else 1 / factor)
                 for what, target in module.TARGETS.items()}
        for what in found:
            assert row(page({module: found}), what)[3] == word


def test_targets():
    assert at_least(2).met(2) and not at_least(2).met(1.9)
    assert at_most(2).met(2) and not at_most(2).met(2.1)


def test_jobs_take_turns_and_the_first_turn_does_not_count():
    turns, slow, fast = [], iter([9, 1, 3, 2]), iter([7, 5, 5, 5])
    got = medians(3, slow=lambda: turns.append("slow") or next(slow),
                  fast=lambda: turns.append("fast") or next(fast))
    assert got == {"slow": 2, "fast": 5}
    assert [sorted(turns[i:i + 2]) for i in (0, 2, 4, 6)] == [["fast", "slow"]] * 4


@pytest.mark.parametrize("case", prices.CASES)
def test_the_loop_that_is_raced_gives_the_same_prices(case):
    columns = prices.positions(case, 5_000)
    got = pp.liquidation_prices(*columns, pp.Tiers.load(prices.TABLE))
    want = prices.loop(*columns, prices.tiers())
    assert np.allclose(got, want, rtol=1e-12, atol=0, equal_nan=True)
    floors = [float(row.floor) for row in pp.Tiers.load(prices.TABLE).rows]
    counts, _ = np.histogram(columns[1] * columns[2], [*floors, np.inf])
    assert counts.all(), "every tier is drawn"
