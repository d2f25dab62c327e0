"""Simulation: one seed, one answer, whoever computes it; the error beside the mean is the right one."""

import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from statistics import NormalDist
from time import sleep

import numpy as np
import pytest

from perpedu.risk.simulation import Estimate, simulate


@dataclass(frozen=True)
class Above:
    """Whether a normal number is above each of the levels."""

    levels: tuple[float, ...]

    def __call__(self, generator, count):
        return generator.standard_normal(count)[:, None] > np.array(self.levels)


@dataclass(frozen=True)
class Late:
    """A block that takes its time, the earlier ones longest."""

    def __call__(self, generator, count):
        drawn = generator.random(count)
        sleep(0.02 * drawn[0])
        return drawn


LEVELS = Above((0.0, 1.0, 2.0))
ARGUMENTS = {"paths": 10_500, "seed": 7, "block": 1_000}


def same(one, other):
    return one.paths == other.paths and np.array_equal(one.mean, other.mean) and np.array_equal(
        one.standard_error, other.standard_error)


def test_the_mean_is_the_true_one_within_its_error():
    estimate = simulate(LEVELS, 400_000, seed=3)
    true = [1 - NormalDist().cdf(level) for level in LEVELS.levels]
    assert estimate.agrees_with(true) and not estimate.agrees_with(np.array(true) + 0.01)
    spread = np.sqrt(np.array(true) * (1 - np.array(true)) / 400_000)
    assert np.allclose(estimate.standard_error, spread, rtol=0.02)


def test_blocks_are_pooled_as_if_all_paths_stood_in_one_array():
    drawn = []

    def keep(generator, count):
        drawn.append(generator.gamma(2.0, size=count))
        return drawn[-1]

    estimate, every = simulate(keep, **ARGUMENTS), np.concatenate(drawn)
    assert len(every) == estimate.paths == 10_500 and len(drawn) == 11
    assert estimate.mean == pytest.approx(every.mean(), rel=1e-13)
    assert estimate.standard_error == pytest.approx(every.std(ddof=1) / len(every)**0.5, rel=1e-12)
    assert len({tuple(part[:3]) for part in drawn}) == 11, "each block has its own stream"


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("pool", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_the_number_of_workers_changes_nothing(pool, workers):
    with pool(workers) as executor:
        for experiment in (LEVELS, Late()):
            spread = simulate(experiment, **ARGUMENTS, executor=executor)
            assert same(spread, simulate(experiment, **ARGUMENTS))


def test_a_dask_cluster_gives_the_same_numbers():
    from distributed import Client, LocalCluster

    with (LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
          Client(cluster) as client):
        spread = simulate(LEVELS, **ARGUMENTS, executor=client.get_executor())
        assert len(client.scheduler_info()["workers"]) == 2
    assert same(spread, simulate(LEVELS, **ARGUMENTS))


def test_another_seed_gives_other_numbers():
    assert not same(simulate(LEVELS, 1_000, seed=1), simulate(LEVELS, 1_000, seed=2))


@pytest.mark.parametrize("estimate, said", [
    (Estimate(0.31104, 0.000463, 1_000_000), "0.31104 ± 0.00046"),
    (Estimate(1234.5, 12.3, 20), "1234 ± 12"),
    (Estimate(0.0, 0.0, 20), "0.0000 ± 0.0000"),
    (Estimate(np.array([0.5, 0.25]), np.array([0.01, 0.001]), 9), "0.500 ± 0.010, 0.2500 ± 0.0010"),
])
def test_the_error_is_always_shown(estimate, said):
    assert str(estimate) == f"{said} (one standard error, {estimate.paths:,} paths)"


@pytest.mark.parametrize("change, named", [
    ({"paths": 1}, "paths = 1"), ({"paths": 1e6}, "paths = 1000000.0"),
    ({"paths": True}, "paths = True"), ({"seed": -1}, "seed = -1"),
    ({"seed": None}, "seed = None"), ({"block": 0}, "block = 0"),
    ({"experiment": lambda generator, count: np.zeros(3)}, r"experiment = \(3,\)"),
    ({"experiment": lambda generator, count: np.zeros((count, 2, 2))}, "experiment = "),
    ({"experiment": lambda generator, count: np.full(count, np.nan)}, "experiment = nan"),
])
def test_bad_input_is_named(change, named):
    with pytest.raises(ValueError, match=named):
        simulate(**{"experiment": LEVELS, **ARGUMENTS, **change})


def test_an_error_in_a_block_reaches_the_caller():
    def broken(generator, count):
        raise RuntimeError("no such market")

    with ThreadPoolExecutor(2) as executor:
        for spread in (None, executor):
            with pytest.raises(RuntimeError, match="no such market"):
                simulate(broken, **ARGUMENTS, executor=spread)


def test_a_bar_shows_the_progress_of_what_takes_over_a_second():
    script = """
from time import sleep
from perpedu.risk.simulation import simulate
slow = lambda generator, count: (sleep(pause), generator.random(count))[1]
for pause in (0.001, 0.4):
    simulate(slow, 8, seed=1, block=2)
    print(pause, "done", file=sys.stderr)
"""
    said = subprocess.run([sys.executable, "-c", "import sys\n" + script], text=True, check=True,
                          capture_output=True, env=os.environ | {"TQDM_DISABLE": ""}).stderr
    quick, slow = said.split("0.001 done")
    assert quick == "" and "block" in slow
