"""The index, the mark and the premium against calculations of their own, as numbers and arrays."""

from fractions import Fraction as F
from random import Random
from statistics import median

import numpy as np
import pytest

import perpedu as pp

SEEDS = range(60)


def exact(number):
    return F(int(number.p), int(number.q))


# ---- the mark price

def test_the_example_of_the_book():
    mark = pp.prices.mark_price(50_000, "0.0001", 8, 10, 50_030)
    assert (mark.funding_candidate, mark.basis_candidate, mark.last, mark.price) == (
        50_005, 50_010, 50_030, 50_010)
    assert mark.decided_by == ("basis_candidate",)


def drawn(seed):
    rng = Random(seed)
    interval, index = rng.choice([1, 4, 8]), F(rng.randrange(10**6, 10**7), 100)
    return dict(index=index, interval=interval,
                funding_rate=F(rng.randrange(-300, 300), 100_000),
                hours_left=F(rng.randrange(0, 60 * interval + 1), 60),
                basis_average=F(rng.randrange(-5_000, 5_000), 100),
                last=index + F(rng.randrange(-9_000, 9_000), 100))


def by_hand(g):
    """The candidates as money: a payment shrinks by the minute; the median by Python's own."""
    minutes = g["interval"] * 60
    payment = g["index"] * g["funding_rate"]
    first = g["index"] + payment - payment * (minutes - 60 * g["hours_left"]) / minutes
    second = g["basis_average"] + g["index"]
    return first, second, median([first, second, g["last"]])


@pytest.mark.parametrize("seed", SEEDS)
def test_mark_price_exactly(seed):
    g = drawn(seed)
    mark = pp.prices.mark_price(**g)
    found = mark.funding_candidate, mark.basis_candidate, mark.price
    assert tuple(map(exact, found)) == by_hand(g)
    assert all(getattr(mark, name) == mark.price for name in mark.decided_by) and mark.decided_by


def test_mark_price_of_many_moments():
    rows = [drawn(seed) for seed in SEEDS]
    columns = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
    mark = pp.prices.mark_price(**columns)
    want = np.array([[float(value) for value in by_hand(row)] for row in rows]).T
    for got, column in zip((mark.funding_candidate, mark.basis_candidate, mark.price), want):
        np.testing.assert_allclose(got, column, rtol=1e-12)
    assert set(mark.decided_by) == {"funding_candidate", "basis_candidate", "last"}


def test_a_wick_moves_the_mark_no_further_than_the_candidates():
    last = np.linspace(30_000, 70_000, 81)
    mark = pp.prices.mark_price(50_000, "0.0001", 8, 10, last).price
    assert mark.min() == 50_005 and mark.max() == 50_010
    assert mark.shape == (81,) and pp.prices.mark_price(50_000, 0, 0, 0, last).price.std() == 0


def test_two_of_three_decide_when_the_index_falls():
    mark = pp.prices.mark_price([50_000, 46_000], "0.0001", 8, 10, 50_000)
    assert mark.price.tolist() == [50_005, 46_010]


# ---- the index

def plain_index(prices, weights, method, ages, limit, edge):
    """The rules once more, with whole coins of weight: each counts as often as its weight says."""
    left = [(price, weight) for price, weight, age in zip(prices, weights, ages) if age <= limit]
    centre = median([price for price, _ in left])
    left = [(price, weight) for price, weight in left
            if centre * (1 - edge) <= price <= centre * (1 + edge)]
    repeated = [price for price, weight in left for _ in range(weight)]
    return median(repeated) if method == "median" else sum(repeated) / len(repeated)


def sourced(seed):
    """Three to six sources, one perhaps wild, one perhaps stale, and weights as twentieths.

    With four or more they may be both: three fresh ones have a median that is not wild.
    """
    rng = Random(seed)
    count = rng.randrange(3, 7)
    prices = [F(50_000 + rng.randrange(-90, 90)) for _ in range(count)]
    if rng.random() < 0.6:
        prices[rng.randrange(count)] *= F(rng.choice([80, 97, 103, 120]), 100)
    cuts = sorted(rng.sample(range(1, 20), count - 1))
    weights = [b - a for a, b in zip([0, *cuts], [*cuts, 20])]
    ages = [rng.choice([0, 1, 10]) for _ in range(count)]
    if count > 3 and rng.random() < 0.5:
        ages[rng.randrange(count)] = 11
    return prices, weights, ages


@pytest.mark.parametrize("method", ["mean", "median"])
@pytest.mark.parametrize("seed", SEEDS)
def test_index_price_exactly(seed, method):
    prices, weights, ages = sourced(seed)
    got = pp.prices.index_price(prices, [F(w, 20) for w in weights], method, 10, "0.03", ages)
    assert exact(got) == plain_index(prices, weights, method, ages, 10, F(3, 100))


@pytest.mark.parametrize("method", ["mean", "median"])
def test_index_price_of_many_moments(method):
    rows = [row for row in map(sourced, range(400)) if len(row[0]) == 4]
    prices = [np.array(column, float) for column in zip(*(prices for prices, _, _ in rows))]
    ages = [np.array(column, float) for column in zip(*(ages for _, _, ages in rows))]
    for weights in ([5, 5, 5, 5], [9, 1, 4, 6], [10, 4, 3, 3]):
        got = pp.prices.index_price(prices, [F(w, 20) for w in weights], method, 10, 0.03, ages)
        want = [float(plain_index(p, weights, method, a, 10, F(3, 100))) for p, _, a in rows]
        np.testing.assert_allclose(got, want, rtol=1e-12)


def test_the_edges_count_as_inside():
    index = pp.prices.index_price
    three = [50_000, 50_000, 51_500]  # exactly 3 % above the median
    assert index(three, outlier="0.03") == 50_500 and index(three, outlier="0.0299") == 50_000
    assert index([50_000, 50_100], stale_after=10, ages=[10, 10]) == 50_050
    assert index([50_000, 50_100], stale_after=10, ages=["10.001", 10]) == 50_100
    many = index([[50_000] * 2, [50_000] * 2, [51_500, 51_500.01]], outlier="0.03")
    assert many.tolist() == [50_500, 50_000]
    ties = [[49.0] * 2, [70.0] * 2, [77.0, 77.00000000000001]]
    assert index(ties, outlier="0.1").tolist() == [73.5, 70]


def test_half_of_the_weight_is_seen_exactly():
    index = pp.prices.index_price
    assert index([10, 20, 30], ["0.1", "0.4", "0.5"], "median") == 25
    assert index([[30], [10], [20]], [0.5, 0.1, 0.4], "median").tolist() == [25]
    assert index([10, 20, 30], ["0.1", "0.39", "0.51"], "median") == 30
    thirds = [F(1, 3)] * 3
    assert index([1, 2, 6], thirds) == 3 and index([[1], [2], [6]], thirds).tolist() == [3]
    assert index([[1], [2]], [F(1, 10**30), 1 - F(1, 10**30)], "median").tolist() == [2]


def test_one_source_and_columns_that_broadcast():
    index = pp.prices.index_price
    assert index([7]) == 7 and index([7], method="median") == 7
    assert index([[1, 3], 2]).tolist() == [1.5, 2.5]
    assert index(np.full((3, 2, 2), 5.0), method="median").tolist() == [[5, 5], [5, 5]]
    assert pp.prices.mark_price(index([50_000, 50_010]), 0, 8, 0, 1).price == 50_005


# ---- the premium

@pytest.mark.parametrize("seed", SEEDS)
def test_premium_index(seed):
    rng = Random(seed)
    index, bid = (F(50_000 + rng.randrange(-20, 20)) for _ in range(2))
    ask = bid + rng.randrange(0, 15)
    want = (max(F(0), bid - index) - max(F(0), index - ask)) / index
    assert exact(pp.prices.premium_index(index, bid, ask)) == want
    many = pp.prices.premium_index([float(index)], float(bid), float(ask))
    assert many.tolist() == [pytest.approx(float(want), abs=1e-15)]


# ---- what is refused

MARK = dict(index=50_000, funding_rate="0.0001", hours_left=8, basis_average=10, last=50_030)
BAD_MARKS = [
    ("index", 0), ("index", -1), ("index", "many"), ("index", None), ("index", True),
    ("last", 0), ("last", float("nan")), ("last", [1.0, float("nan")]), ("last", [1.0, 0.0]),
    ("last", [1.0, float("inf")]), ("funding_rate", 1), ("funding_rate", [0.1, -1.5]),
    ("hours_left", -1), ("hours_left", 9), ("hours_left", [1, 9]), ("interval", 0),
    ("interval", [8, 4]), ("basis_average", -50_000), ("basis_average", [0, -60_000]),
    ("basis_average", [float("nan")])]


@pytest.mark.parametrize(("name", "value"), BAD_MARKS)
def test_a_bad_mark_is_refused_by_name(name, value):
    asked = "hours_left" if (name, value) == ("interval", [8, 4]) else name
    with pytest.raises(ValueError, match=f"^{asked} = .*expected"):
        pp.prices.mark_price(**MARK | {name: value})


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="shapes of index, last = .*broadcast"):
        pp.prices.mark_price(**MARK | {"index": [1, 2], "last": [1, 2, 3]})
    with pytest.raises(ValueError, match="shapes of .*broadcast"):
        pp.prices.index_price([[1, 2], [1, 2, 3]])


@pytest.mark.parametrize(("words", "arguments"), [
    ("sources", dict(sources=[])), ("sources", dict(sources=5)), ("sources", dict(sources="12")),
    ("sources", dict(sources=None)), ("sources", dict(sources={1: 2})),
    ("sources", dict(sources=np.array(5.0))), (r"sources\[1\]", dict(sources=[5, 0])),
    (r"sources\[1\]", dict(sources=[5, -3])), (r"sources\[0\]", dict(sources=[None, 1])),
    (r"sources\[1\]", dict(sources=[[5, 5], [5, 0]])),
    (r"sources\[0\]", dict(sources=[[float("nan")], [5]])),
    ("weights", dict(weights=["0.5", "0.4"])), ("weights", dict(weights=[1, 1])),
    ("weights", dict(weights=[1])), ("weights", dict(weights=[])), ("weights", dict(weights=1)),
    (r"weights\[0\]", dict(weights=[0, 1])), (r"weights\[1\]", dict(weights=["1.5", "-0.5"])),
    ("method", dict(method="mode")), ("method", dict(method=None)),
    ("ages", dict(stale_after=10)), ("stale_after", dict(ages=[1, 2])),
    ("ages", dict(stale_after=10, ages=[1])), ("stale_after", dict(stale_after=-1, ages=[1, 2])),
    (r"ages\[1\]", dict(stale_after=10, ages=[1, -2])), ("outlier", dict(outlier=0)),
    ("outlier", dict(outlier="wild")),
    ("sources", dict(stale_after=10, ages=[11, 12])),
    ("sources", dict(sources=[100, 200], outlier="0.1")),
    ("sources", dict(sources=[[100, 100], [101, 200]], outlier="0.1")),
    ("sources", dict(sources=[[100, 100], [101, 101]], stale_after=1, ages=[[0, 2], [2, 2]])),
])
def test_a_bad_index_is_refused_by_name(words, arguments):
    with pytest.raises(ValueError, match=f"^{words} = .*expected"):
        pp.prices.index_price(**{"sources": [50_000, 50_010]} | arguments)


@pytest.mark.parametrize(("name", "arguments"), [
    ("index", (0, 1, 2)), ("impact_bid", (1, 0, 2)), ("impact_ask", (1, 1, -2)),
    ("impact_bid", (10, 12, 11)), ("impact_bid", (10, [9, 12], 11)), ("impact_ask", (10, 9, "?")),
])
def test_a_bad_premium_is_refused_by_name(name, arguments):
    with pytest.raises(ValueError, match=f"^{name} = .*expected"):
        pp.prices.premium_index(*arguments)
