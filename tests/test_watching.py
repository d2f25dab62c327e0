"""Looks at intervals against an independent integration and simulation; waiting against a loop."""

import pickle
from dataclasses import replace
from math import log, pi, sqrt

import mpmath
import numpy as np
import pytest

import perpedu as pp
from perpedu.risk import simulate
from perpedu.risk.watching import Waiting, Watched, seen_probability

LINE = {"long": log(0.9 / 0.996), "short": log(1.1 / 1.004)}
DRIFT, SIGMA, WEEK = -0.245, 0.7, 7 / 365
SIGN = {"long": 1, "short": -1}


def simpson(line, drift, sigma, time, looks, panels):
    """Composite Simpson's rule on an even grid, for a line below; the mirror image for one above."""
    line, drift = -abs(line), drift * np.sign(-line)
    step = time / looks
    spread, top = sigma * sqrt(step), 9 * sigma * sqrt(time)
    x, h = np.linspace(line, top, 2 * panels + 1, retstep=True)
    weights = np.full(x.size, 2.0)
    weights[1::2], weights[[0, -1]] = 4, 1
    weights *= h / 3

    def density(way):
        return np.exp(-(way - drift * step) ** 2 / (2 * spread**2)) / sqrt(2 * pi * spread**2)

    alive = density(x)
    for _ in range(looks - 1):
        alive = np.array([density(to - x) @ (weights * alive) for to in x])
    return 1 - weights @ alive


@pytest.mark.parametrize("side", LINE)
@pytest.mark.parametrize("looks, panels", [(1, 400), (2, 300), (7, 300), (24, 500)])
def test_the_integration_against_simpsons_rule(side, looks, panels):
    mine = seen_probability(side, LINE[side], DRIFT, SIGMA, WEEK, looks)
    assert abs(mine - simpson(LINE[side], DRIFT, SIGMA, WEEK, looks, panels)) < 2e-8


def test_one_look_is_the_normal_distribution():
    for side, sign in SIGN.items():
        at = sign * (LINE[side] - DRIFT * WEEK) / (SIGMA * sqrt(WEEK))
        assert abs(seen_probability(side, LINE[side], DRIFT, SIGMA, WEEK, 1) - float(mpmath.ncdf(at))) < 1e-12


#: Looks, what they see, and what the shifted line says: theory, to the printed digits.  (The 168
#: looks of a long are 0.29065 by three integrations; elsewhere they are printed as 0.2907.)
PRINTED = {"long": [(7, 0.2271, 0.2185), (56, 0.2768, 0.2757), (168, 0.29065, 0.2903)],
           "short": [(7, 0.2396, 0.2316), (56, 0.2938, 0.2928), (168, 0.3087, 0.3084)]}


@pytest.mark.parametrize("side", LINE)
def test_the_values_of_the_theory(side):
    for looks, seen, shifted in PRINTED[side]:
        assert abs(seen_probability(side, LINE[side], DRIFT, SIGMA, WEEK, looks) - seen) < 5.1e-5
        assert abs(shift_line(side, WEEK, looks) - shifted) < 5.1e-5
    month = 30 / 365
    assert round(seen_probability("long", LINE["long"], DRIFT, SIGMA, month, 30), 4) == 0.5758
    assert round(shift_line("long", month, 30), 4) == 0.5741


def shift_line(side, time, looks):
    shift = pp.formulas.barrier_shift.numpy(look_constant=0.5826, volatility=SIGMA,
                                            look_interval=time / looks)
    return float(pp.formulas.watched_probability.numpy(
        side=SIGN[side], log_barrier=LINE[side], log_drift=DRIFT, volatility=SIGMA, horizon=time,
        barrier_shift=shift))


def test_the_constant_is_that_of_zeta():
    assert abs(float(-mpmath.zeta(0.5) / mpmath.sqrt(2 * mpmath.pi)) - 0.5826) < 5e-5


@pytest.mark.parametrize("side", LINE)
def test_a_million_paths_agree_with_the_integration_and_with_the_touch_at_any_moment(side):
    """Both columns: what looks see, and with the bridges between them the touch of chapter 10."""
    found = simulate(Watched(side, LINE[side], DRIFT, SIGMA, WEEK, 7), 1_000_000, seed=3)
    touch = float(pp.formulas.touch_probability.numpy(
        side=SIGN[side], log_barrier=LINE[side], log_drift=DRIFT, volatility=SIGMA, horizon=WEEK))
    seen = seen_probability(side, LINE[side], DRIFT, SIGMA, WEEK, 7)
    assert (found.standard_error <= 0.0005).all() and found.agrees_with(np.array([seen, touch]))


def test_more_looks_see_more_and_never_more_than_there_is():
    seen = [seen_probability("long", LINE["long"], DRIFT, SIGMA, WEEK, n) for n in (1, 2, 5, 20, 80)]
    assert seen == sorted(seen) and seen[-1] < 0.31096


@pytest.mark.parametrize("change", [
    dict(side="up"), dict(log_barrier=0.1), dict(log_barrier=0), dict(log_barrier=float("nan")),
    dict(volatility=0), dict(volatility=-1), dict(horizon=0), dict(horizon=-1), dict(looks=0),
    dict(looks=2.5), dict(looks=100_000), dict(log_drift="x"), dict(volatility="much")])
def test_what_cannot_be_is_refused_by_name(change):
    given = dict(side="long", log_barrier=-0.1, log_drift=0, volatility=0.7, horizon=0.02, looks=3)
    with pytest.raises(ValueError, match=list(change)[0]):
        seen_probability(**{**given, **change})
    if change != dict(looks=100_000):
        with pytest.raises(ValueError, match=list(change)[0]):
            Watched(**{**given, **change})


# waiting

ONE = Waiting(0.001, 0.004, 0.7, 1 / 525_600, 40, (1, 2, 4), 0.02, -0.003)


class Played:
    """A generator that gives what was drawn before."""

    def __init__(self, steps, chances):
        self.steps, self.chances = iter(steps), iter(chances)

    def normal(self, mean, spread, count):
        return mean + spread * next(self.steps)

    def random(self, count):
        return next(self.chances)


def path_by_path(one, steps, chances):
    rows = []
    for path in range(steps.shape[1]):
        room, in_a_row, closed = one.room, 0, {}
        for step in range(one.marks):
            room += one.volatility * one.interval**0.5 * steps[step, path]
            room += one.jump if chances[step, path] < one.jump_chance else 0
            in_a_row = in_a_row + 1 if room <= 0 else 0
            for ticks in {1, *one.ticks}:
                if in_a_row >= ticks:
                    closed.setdefault(ticks, room)
        row = []
        for ticks in one.ticks:
            short = max(0, -one.gap - closed[ticks]) if ticks in closed else 0
            row += [ticks in closed, 1 in closed and ticks not in closed and room > 0, short > 0, short]
        rows.append(row)
    return np.array(rows, dtype=float)


def test_waiting_against_a_loop_over_paths_and_marks():
    dice = np.random.default_rng(8)
    steps, chances = dice.normal(size=(40, 300)), dice.random((40, 300))
    mine = ONE(Played(steps, chances), 300)
    np.testing.assert_allclose(mine, path_by_path(ONE, steps, chances), atol=1e-15)
    assert mine[:, 5].any() and mine[:, 6].any() and not mine[:, 1].any()


def test_who_waits_longer_takes_fewer_and_leaves_more_in_deficit():
    found = simulate(replace(ONE, ticks=(1, 2, 3, 5)), 20_000, seed=1).mean.reshape(4, 4)
    taken, spared, deficit, lost = found.T
    assert (np.diff(taken) < 0).all() and (np.diff(spared) > 0).all()
    assert (np.diff(deficit) > 0).all() and (np.diff(lost) > 0).all()


def test_experiments_travel_to_other_processes():
    for one in (ONE, Watched("long", -0.1, 0.0, 0.7, 0.02, 3)):
        there = pickle.loads(pickle.dumps(one))
        assert (there(np.random.default_rng(1), 10) == one(np.random.default_rng(1), 10)).all()


@pytest.mark.parametrize("change", [
    dict(room=0), dict(gap=-1), dict(volatility=0), dict(interval=0), dict(marks=0), dict(ticks=()),
    dict(ticks=(0,)), dict(ticks=(1.5,)), dict(jump_chance=1), dict(jump_chance=-0.1), dict(jump=0.1)])
def test_waiting_refuses_what_cannot_be(change):
    with pytest.raises(ValueError, match=list(change)[0]):
        replace(ONE, **change)


# what the chapter shows, held to the monitor and to chapter 10

@pytest.mark.parametrize("side, leverage", [("long", "2.23"), ("long", 3), ("short", 10)])
def test_the_dashboard_says_at_each_hour_what_a_monitor_has_said(side, leverage):
    day, board = pp.chapter11.the_day(), pp.chapter11.dashboard()
    watched = pp.monitor.Monitor(pp.Position(side, 1, day[0], leverage=leverage), {"rearm": "0.99"},
                                 tiers="0.004")
    board.set(side=side, leverage=leverage)
    said = []
    for quarter, mark in enumerate(day):
        said += [event for event in watched.feed(mark) if event.kind != "recovery"]
        if quarter % 4 and quarter != 79:      # every hour, and the low of the day
            continue
        board.set(clock_hours=quarter / 4)
        state = watched.state()
        if watched.liquidated:
            assert board.state.startswith("Liquidated")
            continue
        warned = [event.level for event in said if event.kind == "warning"]
        assert board.exact["margin_ratio"] == state.margin_ratio and board.exact["mark_price"] == mark
        away = state.distance[0 if side == "long" else 1]
        assert board.exact["distance"] == (-away if side == "long" else away)
        first = board.state.split(":")[0]
        assert first == "No event so far" if not warned else first.endswith(f"{int(100 * max(warned))} %")


def test_the_tables_print_what_the_functions_give():
    rows = pp.chapter11.looks().rows[1:]
    for (looks, seen, _), row in zip(PRINTED["long"], rows):
        assert int(row[0]) == looks and abs(float(row[1].split()[0]) / 100 - seen) < 1.1e-4
    late = pp.chapter11.too_late().rows[1][1]      # a look a second, five minutes: by erfc
    chance = mpmath.erfc(log(1 + 0.005 * 0.5 / 0.495) / (0.7 * sqrt(2 * 301 / 31_536_000)))
    assert late == f"{100 * float(chance):.1f} %"
