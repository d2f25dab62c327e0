"""Chapter 10: the probability of a touch against printed values, integrals, simulations and facts."""

import math
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import mpmath
import numpy as np
import pytest
import sympy as sp

import perpedu as pp
from perpedu.risk import (FundedTouches, Redrawn, Touches, liquidation_probability, probability_map,
                          simulate, touch_probability)
from perpedu.theory.functions import Phi

f = pp.formulas
#: theory.md, 70 % volatility, no drift, rate 0.4 %: leverage, days, long, short.
PRINTED = [(10, 1, .0060, .0121), (10, 7, .3110, .3305), (10, 30, .6444, .6192),
           (10, 365, .9248, .8511), (100, 1, .8716, .8682), (20, 7, .6404, .6295),
           (5, 30, .3058, .3415), (3, 365, .6773, .5849), (2, 365, .4442, .4533)]
SIDES = {"long": 1, "short": -1}


def line(sign, leverage, rate=0.004):
    """The logarithm of the line over the entry price."""
    return math.log((1 - sign / leverage) / (1 - sign * rate))


@pytest.mark.parametrize("leverage, days, long, short", PRINTED)
def test_printed_values_three_ways(leverage, days, long, short):
    for side, printed in (("long", long), ("short", short)):
        held = pp.Position(side, 1, 60_000, leverage=leverage)
        found = liquidation_probability(held, "0.004", volatility="0.7", days=days)
        assert round(found, 4) == printed
        assert probability_map(side, [leverage], [days], volatility=0.7)[0, 0] == pytest.approx(found)
        by_name = getattr(f, f"touch_probability_{side}").number(
            leverage=leverage, maintenance_rate="0.004", drift=0, volatility="0.7",
            horizon=sp.Rational(days, 365))
        assert float(by_name) == pytest.approx(found, rel=1e-12)


@pytest.mark.parametrize("leverage, days, long, short", PRINTED)
def test_a_million_paths_agree_within_three_standard_errors(leverage, days, long, short):
    """Whether a whole step or seven of them: the bridge between the ends makes it exact."""
    for sign, printed in ((1, long), (-1, short)):
        for steps, seed in ((1, 11), (3, 12)):
            walk = Touches(sign, line(sign, leverage), -0.245, 0.7, days, steps)
            found = simulate(walk, 1_000_000, seed=seed)
            assert found.standard_error <= 0.0005 and abs(found.mean - printed) <= (
                3 * found.standard_error + 0.00005)


def test_the_running_minimum_drawn_given_the_end_says_the_same():
    """Another exact way: the least value of a bridge has a distribution that can be inverted."""
    generator, count, barrier = np.random.default_rng(5), 1_000_000, line(1, 10)
    time = 7 / 365
    end = -0.245 * time + 0.7 * math.sqrt(time) * generator.standard_normal(count)
    room = end**2 - 2 * 0.49 * time * np.log(1 - generator.random(count))
    least = (end - np.sqrt(room)) / 2
    assert np.mean(least <= barrier) == pytest.approx(0.3110, abs=3 * 0.000463 + 0.00005)


def test_looking_only_at_the_end_of_each_step_misses_touches():
    """The values of theory.md, made there by quadrature: 7, 56 and 168 looks in 7 days."""
    for looks, wanted in ((7, .2271), (56, .2768), (168, .2907)):
        walk = Touches(1, line(1, 10), -0.245, 0.7, 7, looks, "at the end of each step")
        found = simulate(walk, 100_000, seed=looks)
        assert found.agrees_with(wanted) and found.mean < 0.3110 - 3 * found.standard_error


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("barrier, log_drift, volatility, horizon", [
    (0.1, -0.2, 0.7, 0.1), (0.5, 0.6, 0.4, 1.5), (0.03, 1.5, 1.1, 0.02)])
def test_the_integral_of_the_first_touch_is_the_formula(sign, barrier, log_drift, volatility, horizon):
    """The density of the first touch, integrated with mpmath."""
    b = -sign * barrier

    def density(t):
        spread = volatility * mpmath.sqrt(t)
        return barrier / (spread * t) * mpmath.npdf((b - log_drift * t) / spread)

    wanted = mpmath.quad(density, [0, horizon / 50, horizon / 5, horizon])
    got = f.touch_probability.number(side=sign, log_barrier=b, log_drift=log_drift,
                                     volatility=volatility, horizon=horizon)
    assert float(got) == pytest.approx(float(wanted), rel=1e-9)


def test_the_formula_solves_its_equation_and_meets_its_edges():
    """Backward in time: H_T = σ²/2 H_xx + ν H_x, 1 on the line, 0 far from it and without time."""
    x, n, v, t = sp.symbols("x n v t", positive=True)
    h = Phi((-x - n * t) / (v * sp.sqrt(t))) + sp.exp(-2 * n * x / v**2) * Phi(
        (-x + n * t) / (v * sp.sqrt(t)))  # x: the distance above the line
    assert sp.simplify(h.diff(t) - v**2 / 2 * h.diff(x, 2) - n * h.diff(x)) == 0
    assert sp.simplify(h.subs(x, 0).rewrite(sp.erfc)) == 1
    for far in (dict(x=50, t=1), dict(x=1, t=sp.Rational(1, 10**4))):
        assert float(sp.N(h.subs({n: sp.Rational(1, 5), v: sp.Rational(7, 10)} | {
            {"x": x, "t": t}[key]: value for key, value in far.items()}))) < 1e-20


def test_more_leverage_time_and_volatility_touch_more():
    leverages, days = [2, 3, 5, 10, 20, 50, 100], [1, 7, 30, 90, 365]
    for side in SIDES:
        grid = probability_map(side, leverages, days, volatility=0.7)
        assert (np.diff(grid, axis=0) > 0).all() and (np.diff(grid, axis=1) > 0).all()
        wild = probability_map(side, leverages, days, volatility=0.8)
        assert wild.shape == (7, 5) and (wild[:, :2] >= grid[:, :2]).all()


def test_what_happens_in_the_end():
    """Without a drift of the price a long is surely touched, a short never more than its share."""
    def short(days):
        return touch_probability("short", 1, math.exp(line(-1, 10)), volatility=0.7, days=days)

    ever = f.touch_ever.number(log_barrier=str(line(-1, 10)), log_drift="-0.245", volatility="0.7")
    assert float(ever) == pytest.approx(1.004 / 1.1) and short(10**6) == pytest.approx(float(ever))
    assert short(10**4) < float(ever)
    assert touch_probability("long", 1, math.exp(line(1, 10)), volatility=0.7, days=10**6) > 0.999999
    assert f.touch_ever.number(log_barrier="-0.1", log_drift="-0.2", volatility="0.7") == 1


@pytest.mark.parametrize("sign, leverage, funding, days", [
    (1, 10, "0.1095", 30), (-1, 10, "0.1095", 30), (1, 3, "0.1095", 365), (-1, 3, "0.1095", 365)])
def test_funding_as_a_drift_is_near_the_moving_line(sign, leverage, funding, days):
    moving = FundedTouches(sign, leverage, 0.004, float(funding), 0.7, days, 3 * days)
    found = simulate(moving, 20_000, seed=3)
    still = f.touch_probability.number(side=sign, log_barrier=str(line(sign, leverage)),
                                       log_drift="-0.245", volatility="0.7",
                                       horizon=sp.Rational(days, 365))
    drift = f.funded_drift.number(log_drift="-0.245", funding_a_year=funding, side=sign,
                                  leverage=leverage)
    near = f.touch_probability.number(side=sign, log_barrier=str(line(sign, leverage)),
                                      log_drift=drift, volatility="0.7",
                                      horizon=sp.Rational(days, 365))
    assert sign * (float(near) - float(still)) > 0, "a long's line comes nearer, a short's goes away"
    assert abs(found.mean - float(near)) < 0.01 + 3 * found.standard_error


def test_a_moving_line_without_funding_stands_still():
    walk = FundedTouches(1, 10, 0.004, 0.0, 0.7, 7, 21)
    assert simulate(walk, 100_000, seed=2).agrees_with(0.3110)


def test_days_drawn_anew_meet_the_next_day_and_miss_the_month():
    facts = pp.market.facts.candles()
    one, month = (simulate(Redrawn(1, (0.0955, 0.2), days), 100_000, seed=1) for days in (1, 30))
    assert (one.mean[1], month.mean[1]) < (one.mean[0], month.mean[0])
    one, month = (pp.risk.Estimate(item.mean[0], item.standard_error[0], item.paths)
                  for item in (one, month))
    assert abs(one.mean - float(facts.touched("0.0955", 1))) < 0.003
    assert month.mean > float(facts.touched("0.0955", 30)) + 0.1
    assert simulate(Redrawn(-1, (0.0955,), 1), 100_000, seed=1).mean == pytest.approx(
        [float(facts.touched("0.0955", 1, "above"))], abs=0.003)


def test_the_workers_change_nothing():
    walk = Touches(1, line(1, 10), -0.245, 0.7, 7, 2)
    alone = simulate(walk, 100_000, seed=9, block=20_000)
    for pool in (ThreadPoolExecutor, ProcessPoolExecutor):
        with pool(2) as executor:
            assert simulate(walk, 100_000, seed=9, block=20_000, executor=executor) == alone


def test_arrays_and_numbers():
    got = touch_probability("long", [60_000, 50_000], [[40_000], [45_000]], volatility=0.7, days=30)
    assert got.shape == (2, 2)
    assert got[1, 0] == touch_probability("long", 60_000, 45_000, volatility="0.7", days=30)
    assert type(touch_probability("short", 1, 2, volatility=1, days=1)) is float
    own = pp.Position("long", 1, 60_000, collateral=60_000)
    assert liquidation_probability(own, "0.004", volatility=1, days=9) == 0


GOOD = dict(side="long", price=60_000, line=54_000, volatility="0.7", days=30)


@pytest.mark.parametrize("change, said", [
    (dict(volatility=-0.7), "volatility = -0.7: expected a number above 0"),
    (dict(volatility=0), "volatility = 0.0: expected a number above 0"),
    (dict(days=-1), "days = -1.0: expected a number above 0"),
    (dict(days=math.nan), "days = nan: expected a number above 0"),
    (dict(line=61_000), "line = 61000.0: expected a line below the price of 60,000.0, for a long"),
    (dict(line=60_000), "line = 60000.0: expected a line below the price of 60,000.0, for a long"),
    (dict(side="short"), "line = 54000.0: expected a line above the price of 60,000.0, for a short"),
    (dict(side="both"), "side = 'both': expected one of 'long', 'short'"),
    (dict(price=0), "price = 0.0: expected a number above 0"),
    (dict(line=-5), "line = -5.0: expected a number above 0"),
    (dict(drift="up"), "drift = 'up': expected"),
])
def test_bad_input(change, said):
    with pytest.raises(ValueError) as error:
        touch_probability(**GOOD | change)
    assert said in str(error.value)


def test_bad_input_of_positions_and_walks():
    held = pp.Position("long", 1, 60_000, leverage=10)
    for call, said in (
            (lambda: liquidation_probability(held, "0.004", volatility=1, days=1, mark=54_000),
             "still open at a mark of 54000; it is liquidated already"),
            (lambda: liquidation_probability(held, "0.004", volatility=-1, days=1), "volatility"),
            (lambda: liquidation_probability(pp.Position("long", 1, 60_000, collateral=60_000), "0.004",
                                             volatility=1, days=-1), "days"),
            (lambda: probability_map("long", [1, 5], [1], volatility=1), "leverages = 1.0"),
            (lambda: probability_map("long", [500], [1], volatility=1), "leverages = 500.0"),
            (lambda: Touches(1, 0.1, 0, 0.7, 7), "log_barrier = 0.1"),
            (lambda: Touches(2, -0.1, 0, 0.7, 7), "side = 2"),
            (lambda: Touches(1, -0.1, 0, -0.7, 7), "volatility"),
            (lambda: Touches(1, -0.1, 0, 0.7, 7, watched="now and then"), "watched"),
            (lambda: Redrawn(1, (0.1,), 0), "days")):
        with pytest.raises(ValueError) as error:
            call()
        assert said in str(error.value)
