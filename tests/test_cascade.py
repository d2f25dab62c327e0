"""Cascades: the array form against the loop, against the geometric series, and by hand."""

from functools import partial

import numpy as np
import pytest

import perpedu as pp
from bench.measurements import cascade as bench
from perpedu.engine import Crowd, cascade, fund_against_shock, shock
from perpedu.engine.crowds import average, carried, margins

TABLE = pp.Tiers.load("binance/BTCUSDT/2026-09")


@pytest.mark.parametrize("seed", range(6))
def test_the_array_form_gives_what_a_loop_over_the_accounts_gives(seed):
    crowd = Crowd.drawn(150, TABLE, seed=seed)
    path = bench.wander(250) * np.linspace(1, (0.8, 1.25)[seed % 2], 250)
    market = bench.market(150) | dict(depth=(600, 150, 60)[seed % 3], partial=seed < 4)
    got, want = cascade(crowd, path, **market), bench.loop(crowd, path, **market)
    np.testing.assert_allclose(got.marks, want["marks"], rtol=1e-9)
    np.testing.assert_allclose(got.size, want["size"], rtol=1e-9, atol=1e-9)
    assert got.hit.tolist() == want["hit"] and got.hit.sum() > 20
    for name in ("fund", "deficit"):
        assert getattr(got, name)[-1] == pytest.approx(want[name], rel=1e-9, abs=1e-6)


def even(spacing, count=2_000):
    """One coin each; the lines lie evenly in the logarithm of the price, from 100 down."""
    lines = 100 * np.exp(-spacing * np.arange(1, count + 1))
    return Crowd(1, 1, 100, 100 - lines, "0")


@pytest.mark.parametrize("ratio", [0, 0.25, 0.5, 0.8])
def test_a_ratio_below_1_dies_out_at_the_sum_of_the_series(ratio):
    spacing, first = 0.0002, 0.02
    depth = 0.01 / (ratio * spacing) if ratio else 1e12
    done = shock(even(spacing), 100, f"{np.expm1(-first):.12f}", depth=f"{depth:.6f}")
    whole = pp.formulas.whole_move.numpy(first_move=first, cascade_ratio=ratio)
    assert -np.log(done.marks[-1] / 100) == pytest.approx(float(whole), abs=3 * spacing / (1 - ratio))
    assert pp.formulas.cascade_ratio.numpy(impact=0.01 / depth, line_density=1 / spacing) == (
        pytest.approx(ratio, abs=1e-6))


def test_a_ratio_above_1_runs_until_nobody_is_left():
    done = shock(even(0.0005), 100, "-0.01", depth=16)
    assert done.closed == 2_000 and done.hit[-1] == 2_000 and done.marks[-1] < 100 * np.exp(-1.2)
    calm = shock(even(0.0005), 100, "-0.0004", depth=16)
    assert calm.closed == 0


def test_one_account_by_hand():
    """Long 2 from 100 with 20: at 88 it has lost 24. Nothing moves, so the fund pays 4."""
    one, deep = Crowd(1, 2, 100, 20, "0.01"), 10**12
    taken = cascade(one, [100, 88], depth=deep, fund=3)
    assert taken.fund.tolist() == [3, 0] and taken.deficit[-1] == pytest.approx(1, abs=1e-6)
    solvent = cascade(one, [100, 90.5], depth=deep, fund=3)  # 1 is left
    assert solvent.fund[-1] == pytest.approx(4) and solvent.returned == 0
    charged = cascade(one, [100, 90.5], depth=deep, fund=3, fee="0.005")  # 0.905 of it
    assert charged.fund[-1] == pytest.approx(3.905) and charged.returned == pytest.approx(0.095)
    capped = cascade(one, [100, 90.5], depth=deep, fund=3, fee="0.02")
    assert capped.fund[-1] == pytest.approx(4) and capped.returned == 0
    part = cascade(one, [100, 90.5], depth=deep, partial=True, cushion=2)  # 1/2 carries 50 at 1 %
    assert part.size[0] == pytest.approx(50 / 90.5) and part.closed == 0
    short = cascade(Crowd(-1, 2, 100, 20, "0.01"), [100, 112], depth=deep, fund=5)
    assert short.fund[-1] == pytest.approx(1, abs=1e-6)


def test_sales_push_down_purchases_up_and_the_pressure_fades():
    crowd = Crowd([1, -1], [10, 1], 100, [10, 10], "0.01")
    down = cascade(crowd, [90, 90, 90], depth=5, recovery="0.5")
    push = np.exp(-0.02 * np.array([1, 0.5, 0.25]))
    np.testing.assert_allclose(down.marks, 90 * push)
    up = cascade(crowd, [111], depth=5)
    assert up.sold.tolist() == [-1] and up.marks[0] == pytest.approx(111 * np.exp(0.002))
    assert average(0.02) == pytest.approx(np.exp(-np.linspace(0, 0.02, 200_001)).mean(), rel=1e-6)
    assert average(0.0) == 1 and average(1e-9) == pytest.approx(1)


def test_a_fee_that_takes_all_ends_the_position():
    one = Crowd(1, 2, 100, 20, "0.01")
    done = cascade(one, [100, 90.5, 80], depth=10**12, partial=True, fee="0.02", fund=5)
    assert done.closed == 1 and done.fund.tolist() == pytest.approx([5, 6, 6])


def test_an_account_that_just_meets_its_requirement_does_not_keep_the_market_waiting():
    one = Crowd(1, 2, 100, 20, "0")  # its line is its bankruptcy, 90
    at = cascade(Crowd(1, 1, 100, 50, "0.5"), [100, 100], depth=10, partial=True, cushion=1)
    assert at.closed == 0 and at.hit.sum() == 0
    assert cascade(one, [100, 90], depth=10**12, partial=True).closed == 1


def test_one_round_a_step_leaves_the_rest_for_later():
    done = cascade(even(0.0005, 100), [99.9, 99.9, 99.9], depth=16, rounds=1)
    assert (done.hit > 0).all()
    assert cascade(even(0.0005, 100), [99.9], depth=16).hit[0] >= done.hit[0]


@pytest.mark.parametrize("scheme", ["marginal", "flat"])
def test_what_an_equity_carries_is_the_largest_notional_that_it_covers(scheme):
    tiers = pp.Tiers([(0, "0.01"), (500, "0.05"), (900, "0.25")], scheme=scheme)
    equity = np.array([-1, 0, 0.5, 4.9, 5, 5.1, 20, 26, 30, 60, 300.0])
    most = carried(tiers, equity)
    for money, notional in zip(equity, most):
        if notional:
            assert margins(tiers, np.array([notional]))[0] <= money * (1 + 1e-12)
        above = notional * (1 + 1e-9) + 1e-9
        assert margins(tiers, np.array([above]))[0] > money
    assert np.isinf(carried(pp.Tiers([(0, 0)]), np.array([1.0])))[0]


def test_margins_are_the_table_s():
    notionals = [1, 300_000, 300_001, 5e6, 1e9]
    want = [float(TABLE.maintenance_margin(one)) for one in notionals]
    np.testing.assert_allclose(margins(TABLE, np.array(notionals)), want)


def test_a_crowd_is_open_at_its_price_and_the_same_for_a_seed():
    crowd = Crowd.drawn(3_000, TABLE, seed=4)
    assert cascade(crowd, [60_000], depth=100).hit.sum() == 0
    assert (crowd.size == Crowd.drawn(3_000, TABLE, seed=4).size).all() and len(crowd) == 3_000
    assert len(crowd.under("0.02")) == 3_000 and crowd.under("0.02").tiers.rows[0].rate > 0


def test_the_fund_that_a_shock_needs_is_what_leaves_no_deficit():
    crowd = Crowd.drawn(800, TABLE, seed=2)
    moves = ("-0.02", "-0.1", "-0.3", "0.2")
    needs = fund_against_shock(crowd, 60_000, moves, depth=3_000)
    assert (np.diff(needs[:3]) > 0).all()
    for move, need in zip(moves, needs):
        assert shock(crowd, 60_000, move, depth=3_000, fund=need + 1).deficit[-1] == 0
        if need > 2:
            assert shock(crowd, 60_000, move, depth=3_000, fund=need - 1).deficit[-1] > 0


ONE = Crowd(1, 1, 100, 10, "0.01")
go = partial(cascade, ONE, [100, 90])


@pytest.mark.parametrize("call, words", [
    (lambda: Crowd(0, 1, 100, 10, "0.01"), "side = 0: expected"),
    (lambda: Crowd(1, [1, -1], 100, 10, "0.01"), "size = -1.0: expected a number above 0"),
    (lambda: Crowd(1, [1, 2], [1, 2, 3], 10, "0.01"), "shapes of side, size, entry, collateral"),
    (lambda: Crowd(1, 1, 100, 10, None), "tiers = None"),
    (lambda: Crowd.drawn(0, "0.01"), "count = 0"),
    (lambda: Crowd.drawn(5, "0.01", leverage=(30, 3)), "leverage = .*lower bound first"),
    (lambda: Crowd.drawn(5, "0.01", longs=2), "longs = 2"),
    (lambda: cascade(3, [1], depth=1), "crowd = 3"),
    (lambda: cascade(ONE, [[1, 2]], depth=1), "path = .*one after the other"),
    (lambda: cascade(ONE, [], depth=1), "path = .*one after the other"),
    (lambda: cascade(ONE, [100, 0], depth=1), "path = 0.0: expected a number above 0"),
    (lambda: go(depth=0), "depth = 0: expected a number above 0"),
    (lambda: go(depth=1, partial=True, cushion="0.5"), "cushion = '0.5': expected 1 or more"),
    (lambda: go(depth=1, recovery=2), "recovery = 2: expected a fraction from 0 to 1"),
    (lambda: go(depth=1, fund=-1), "fund = -1"),
    (lambda: go(depth=1, fee=5), "fee = 5"),
    (lambda: go(depth=1, rounds=0), "rounds = 0"),
    (lambda: shock(ONE, 100, -1, depth=1), "move = -1: expected a fraction above -1"),
])
def test_bad_input(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@pytest.mark.parametrize("first, ratio", [(0.006, 0.5), (0.003, 0.5), (0.005, 0.3), (0.006, 0.0001)])
def test_the_fund_that_an_even_market_needs(first, ratio):
    """Lines evenly spread, 0.2 % between line and bankruptcy: the formula against the engine."""
    rate, spacing = 0.002, 1e-6
    lines = 100 * np.exp(-spacing * np.arange(1, 30_001))
    crowd = Crowd(1, 1, 100, 100 - lines * (1 - rate), rate)
    done = shock(crowd, 100, f"{np.expm1(-first):.12f}", depth=f"{0.01 / (ratio * spacing):.6f}",
                 fund=10**9)
    whole = first / (1 - ratio)
    need = pp.formulas.fund_need.numpy(mark_price=100, line_density=1 / spacing, whole_move=whole,
                                       first_move=first, maintenance_rate=rate)
    assert 10**9 - done.fund[-1] == pytest.approx(float(need), rel=0.01)
