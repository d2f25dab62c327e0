"""Funding rates, payments and paths, against calculations that take nothing from perpedu."""

from fractions import Fraction as F
from itertools import product

import numpy as np
import pytest
import sympy as sp

import perpedu as pp

TRADE = pp.Position("long", "0.1", 60_000, leverage=10)
SHORT = pp.Position("short", "0.1", 60_000, leverage=10)
COIN = pp.Position("long", 600, 60_000, leverage=10, contract=pp.Inverse(face=100))
FLAT = pp.Tiers([(0, "0.005"), (6_500, "0.02")], scheme="flat")
KEPT = pp.Tiers([(0, "0.005"), (6_500, "0.02")])


def fraction(value):
    return F(int(value.p), int(value.q))


# ---- the rate

def held(premium, interest, clamp, cap=None, floor=None):
    """Premium plus what interest lacks to it, never more than the clamp either way."""
    pull = sorted((-clamp, interest - premium, clamp))[1]
    found = premium + pull
    return sorted((floor if floor is not None else found - 1, found,
                   cap if cap is not None else found + 1))[1]


GRID = [F(n, 100_000) for n in range(-500, 501, 7)] + [F(6, 10_000), F(-4, 10_000), F(0)]


@pytest.mark.parametrize("ends", [{}, dict(cap=F(3, 1000), floor=F(-3, 1000)),
                                  dict(cap=F(1, 20_000)), dict(floor=F(1, 5000))])
def test_the_rate_is_the_clamped_sum(ends):
    for interest, clamp in ((F(1, 10_000), F(1, 2000)), (F(0), F(1, 2000)), (F(-1, 5000), F(0))):
        exact = [pp.funding.rate(p, interest, clamp, **ends) for p in GRID]
        wanted = [held(p, interest, clamp, **ends) for p in GRID]
        assert list(map(fraction, exact)) == wanted
        many = pp.funding.rate(np.array(GRID, float), interest, clamp, **ends)
        assert many.dtype == float and np.allclose(many, np.array(wanted, float), 1e-12, 1e-18)


def test_the_dead_zone_is_the_interest_itself_edges_included():
    inside = ["-0.0004", "0", "0.0001", "0.0003", "0.0006"]
    assert {pp.funding.rate(p) for p in inside} == {sp.Rational(1, 10_000)}
    assert set(pp.funding.rate([float(p) for p in inside])) == {0.0001}
    assert pp.funding.rate("-0.00041") < sp.Rational(1, 10_000) < pp.funding.rate("0.00061")
    assert pp.funding.rate("0.00061") - pp.funding.rate("0.0001") == sp.Rational(1, 100_000)


def test_arrays_keep_their_shape_and_their_gaps():
    got = pp.funding.rate([[0.001, np.nan], [-0.02, 0.0]], cap="0.003", floor="-0.003")
    assert got.shape == (2, 2) and np.isnan(got[0, 1])
    assert got[0, 0] == pytest.approx(0.0005, rel=1e-12) and got[1].tolist() == [-0.003, 0.0001]
    assert pp.funding.rate([]).shape == (0,)


@pytest.mark.parametrize("arguments, says", [
    (dict(premium="much"), "premium = 'much'"), (dict(premium=True), "premium = True"),
    (dict(premium=float("nan")), "premium = nan"), (dict(premium=None), "premium = None"),
    (dict(premium=[0, "x"]), "premium = 'x'"), (dict(premium=[[1], [1, 2]]), "rectangular"),
    (dict(interest="a"), "interest = 'a'"), (dict(interest=[1]), "interest = "),
    (dict(clamp=-1), "clamp = -1: expected a number of 0 or more"),
    (dict(cap="0.001", floor="0.002"), "cap = '0.001': expected a rate of at least 1/500"),
    (dict(cap="x"), "cap = 'x'"), (dict(floor=[]), "floor = "),
])
def test_a_bad_rate_is_named(arguments, says):
    with pytest.raises(ValueError) as caught:
        pp.funding.rate(**{"premium": 0} | arguments)
    assert says in str(caught.value)


# ---- the payment

def test_longs_pay_shorts_at_the_mark():
    for mark, rate in product((F(50_000), F(66_000)), (F(1, 10_000), F(-3, 1000), F(0))):
        paid = pp.funding.payment(TRADE, mark, rate)
        assert fraction(paid) == mark / 10 * rate
        assert pp.funding.payment(SHORT, mark, rate) == -paid
        assert fraction(pp.funding.payment(COIN, mark, rate)) == 60_000 / mark * rate


@pytest.mark.parametrize("position", [TRADE, SHORT, COIN])
def test_payments_in_arrays_are_the_exact_ones(position):
    marks, rates = [50_000.0, 60_000.0, 71_234.5], [[0.0001], [-0.003]]
    got = pp.funding.payment(position, marks, rates)
    wanted = [[float(pp.funding.payment(position, m, r)) for m in marks] for (r,) in rates]
    assert got.shape == (2, 3) and np.allclose(got, wanted, rtol=1e-12)


@pytest.mark.parametrize("arguments, says", [
    ((5, 1, 1), "position = 5: expected a Position"), ((TRADE, 0, 1), "mark = 0"),
    ((TRADE, [1, -2], 1), "mark = -2"), ((TRADE, None, 1), "mark = None"),
    ((TRADE, 1, "x"), "rate = 'x'"), ((TRADE, 1, [None]), "rate = None"),
    ((TRADE, [1, 2], [1, 2, 3]), "broadcast"),
])
def test_a_bad_payment_is_named(arguments, says):
    with pytest.raises(ValueError) as caught:
        pp.funding.payment(*arguments)
    assert says in str(caught.value)


# ---- the path

def test_a_flat_market_liquidates_the_long_of_source_000_after_317_days():
    path = pp.funding.liquidation_path(TRADE, "0.005", ["0.0001"] * 1000)
    money, number = F(600), 0
    while money > 30:
        money, number = money - F(6, 10), number + 1
    assert (path.liquidated_at, number) == (950, 950) and -(-number // 3) == 317
    assert len(path.prices) == len(path.payments) == len(path.collateral) == 950
    assert set(path.payments) == {sp.Rational(3, 5)} and path.collateral[-1] == 30
    lines = [(6000 - (600 - n * F(6, 10))) / (F(1, 10) * F(995, 1000)) for n in range(1, 951)]
    assert list(map(fraction, path.prices)) == lines
    steps = {b - a for a, b in zip(path.prices, path.prices[1:])}
    assert steps == {pp.formulas.funding_shift.exact(
        notional=6000, funding_rate="0.0001", size="0.1", side=1, maintenance_rate="0.005")}
    assert repr(path) == "Path(950 payments, liquidated at 950)"


def test_the_extreme_rate_and_the_side_that_receives():
    assert pp.funding.liquidation_path(TRADE, "0.005", ["0.003"] * 60).liquidated_at == 32
    gains = pp.funding.liquidation_path(SHORT, "0.005", ["0.0001"] * 9)
    assert gains.liquidated_at is None and gains.collateral[-1] == 600 + 9 * sp.Rational(3, 5)
    assert list(gains.prices) == sorted(gains.prices)
    assert repr(gains) == "Path(9 payments, open)"


@pytest.mark.parametrize("position", [TRADE, SHORT, COIN])
@pytest.mark.parametrize("rates", [[F(1, 500), F(-1, 1000)] * 8, [F(-1, 400)] * 16])
@pytest.mark.parametrize("basis, fee", [("mark", 0), ("mark", F(1, 2000)), ("entry", F(1, 2000))])
def test_each_price_is_the_line_of_the_money_left(position, rates, basis, fee):
    """Whatever the mark does: where money left and what must be left are the same."""
    marks = [F(60_000) + 40 * n * (-1) ** n for n in range(16)]
    path = pp.funding.liquidation_path(position, "0.005", rates, marks, basis, fee)
    side, inverse = position.sign, position is COIN
    value = (lambda p: 60_000 / p) if inverse else (lambda p: p / 10)
    gain = (lambda p: side * (1 - 60_000 / p)) if inverse else (lambda p: side * (p - 60_000) / 10)
    money = fraction(position.collateral)
    for mark, rate, paid, left, price in zip(
            marks, rates, path.payments, path.collateral, map(fraction, path.prices)):
        money -= side * value(mark) * rate
        assert (fraction(paid), fraction(left)) == (side * value(mark) * rate, money)
        charged = value(F(60_000)) if basis == "entry" else value(price)
        assert money + gain(price) == charged * F(5, 1000) + value(price) * fee
        room = money + gain(mark) - value(mark) * fee - F(5, 1000) * value(
            mark if basis == "mark" else F(60_000))
        assert room > 0
    assert path.liquidated_at is None


@pytest.mark.parametrize("tiers", [KEPT, FLAT])
def test_profit_keeps_a_position_open_beyond_its_collateral(tiers):
    """The collateral falls below 0, and the line passes the entry price."""
    path = pp.funding.liquidation_path(TRADE, tiers, ["0.02"] * 6, marks=70_000)
    assert path.collateral[-1] == 600 - 6 * 140 and path.liquidated_at is None
    line = fraction(path.prices[-1])
    assert line > 60_000
    low = line / 10 <= 6_500
    need = line / 10 * F(5, 1000) if low else (
        line / 10 * F(2, 100) - (0 if tiers is FLAT else 6_500 * F(15, 1000)))
    assert 600 - 840 + (line - 60_000) / 10 == need
    assert pp.funding.liquidation_path(TRADE, tiers, ["0.02"] * 20, 70_000).liquidated_at == (
        11 if tiers is FLAT else 12)


def test_on_the_frozen_floor_too():
    for tiers in (KEPT, FLAT):
        path = pp.funding.liquidation_path(TRADE, tiers, ["0.02"] * 6, 70_000, basis="entry")
        line = fraction(path.prices[-1])
        assert 600 - 840 + (line - 60_000) / 10 == 30


def test_one_mark_for_all_and_arrays_of_numbers():
    one = pp.funding.liquidation_path(TRADE, "0.005", [0.0001, 0.0002], 61_000)
    assert one == pp.funding.liquidation_path(
        TRADE, "0.005", np.array([0.0001, 0.0002]), np.array([61_000, 61_000]))
    assert fraction(one.collateral[-1]) == 600 - 6100 * F(3, 10_000)


def test_above_the_cap_the_last_rate_goes_on():
    capped = pp.Tiers([(0, "0.005")], cap=6_100)
    path = pp.funding.liquidation_path(TRADE, capped, ["0.0001"], marks=70_000)
    assert fraction(path.prices[0]) == (6000 - (600 - F(7, 10))) / (F(1, 10) * F(995, 1000))


@pytest.mark.parametrize("arguments, says", [
    (dict(position="long"), "position = 'long': expected a Position"),
    (dict(position=pp.Position("long", 1, 100)), "not a leg of a cross account"),
    (dict(position=pp.Position("long", 1, 100, leverage=200), tiers="0.005"), "still open"),
    (dict(position=pp.Position("long", 2, 100, leverage=2), tiers=pp.Tiers(
        [(0, "0.01")], cap=100)), "entry notional = 200"),
    (dict(tiers=None), "tiers = None"), (dict(rates=[]), "rates = []"),
    (dict(rates="0.0001"), "rates = '0.0001': expected a list or an array"),
    (dict(rates=0.0001), "rates = 0.0001"), (dict(rates={1: 2}), "rates = {1: 2}"),
    (dict(rates=["0.0001", "x"]), "rate 2 = 'x'"), (dict(rates=[None]), "rate 1 = None"),
    (dict(marks=[1, 2, 3]), "one mark for each of the 2 rates"), (dict(marks=0), "marks = 0"),
    (dict(marks=[60_000, -1]), "mark 2 = -1"), (dict(marks="x"), "marks = 'x'"),
    (dict(basis="last"), "basis = 'last'"), (dict(close_fee=5), "close_fee = 5"),
])
def test_a_bad_path_is_named(arguments, says):
    given = dict(position=TRADE, tiers="0.005", rates=["0.0001", "0.0001"])
    with pytest.raises(ValueError) as caught:
        pp.funding.liquidation_path(**given | arguments)
    assert says in str(caught.value)
