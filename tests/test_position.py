"""The position and its line against an independent ledger, on thousands of random positions."""

import pickle
from fractions import Fraction as F

import numpy as np
import pytest
from draw_positions import positions, with_schedules
from ledger_oracle import bisect, boundary_prices, margin, money, spare, value

import perpedu as pp

MANY = positions(10_000)


def fraction(number):
    return None if number is None else F(int(number.p), int(number.q))


def contract(case):
    return pp.Linear() if case["face"] is None else pp.Inverse(face=case["face"])


def position(case):
    return pp.Position(case["side"], case["size"], case["entry"], collateral=case["collateral"],
                       contract=contract(case))


def table(case):
    return pp.Tiers(case["rows"], scheme=case["scheme"])


def liquidation(case, **more):
    return position(case).liquidation(table(case), basis=case["basis"], close_fee=case["fee"],
                                      **more)


def further(case, price, by):
    """A little further along the adverse path: down for a long, up for a short."""
    return price * (1 - by) if case["side"] == "long" else price * (1 + by)


def liquidated_at_entry(case):
    return spare(case, case["entry"]) <= 0


def test_the_line_is_where_equity_meets_the_requirement():
    seen = set()
    for case in MANY:
        price = fraction(liquidation(case).price)
        if price is None:
            assert_never(case)
        elif case["scheme"] == "flat" and liquidated_at_entry(case):
            assert price == case["entry"], case
        elif case["scheme"] == "flat" and price in boundary_prices(case) and spare(case, price):
            assert spare(case, price) > 0 >= spare(case, further(case, price, F(1, 10**12))), case
            seen.add("floor")
        else:
            assert spare(case, price) == 0, case
            assert_sign_changes(case, price)
        seen.add((case["side"], case["face"] is None, case["basis"], case["scheme"],
                  price is None))
    assert "floor" in seen and len(seen) >= 25, "the draws no longer reach every kind of case"


def test_the_line_on_twenty_thousand_schedules():
    """Each position with a tier table of its own: the residual is 0, and its sign changes."""
    tiers_seen, never = set(), 0  # few tiers in most, so that it stays below 40 s
    for case in with_schedules(20_000):
        price = fraction(position(case).liquidation_price(table(case), case["basis"], case["fee"]))
        tiers_seen.add(len(case["rows"]))
        if price is None:
            never += 1
            assert_never(case)
        elif case["scheme"] == "flat" and liquidated_at_entry(case):
            assert price == case["entry"], case
        elif case["scheme"] == "flat" and spare(case, price):
            assert price in boundary_prices(case), case
            assert spare(case, price) > 0 >= spare(case, further(case, price, F(1, 10**12))), case
        else:
            assert spare(case, price) == 0, case
            assert_sign_changes(case, price)
    assert tiers_seen == {1, 2, 3, 6} and 0 < never < 10_000


def assert_never(case):
    assert not liquidated_at_entry(case), case
    for factor in (F(1, 2), F(1, 100), F(1, 10**9), F(1, 10**30)):
        price = case["entry"] * factor if case["side"] == "long" else case["entry"] / factor
        assert spare(case, price) >= 0, case


def assert_sign_changes(case, price):
    step = F(1, 10**15)
    before, after = further(case, price, -step), further(case, price, step)
    assert spare(case, before) > 0 > spare(case, after), case


def test_no_earlier_price_on_the_adverse_path_liquidates():
    for case in MANY:
        if liquidated_at_entry(case):
            continue
        price = fraction(liquidation(case).price)
        end = price if price else further(case, case["entry"], F(99, 100))
        edges = [p for p in boundary_prices(case) if min(case["entry"], end) < p
                 < max(case["entry"], end)]
        on_the_way = [case["entry"] + (end - case["entry"]) * F(i, 8) for i in range(8)]
        around = [p * (1 + e) for p in edges for e in (0, F(1, 10**12), -F(1, 10**12))]
        for p in on_the_way + around:
            if p != end and (p - end) * (case["entry"] - end) > 0:
                assert spare(case, p) > 0, (case, p)


def test_bisection_agrees_on_500():
    checked = 0
    for case in MANY:
        price = fraction(liquidation(case).price)
        if price is None or liquidated_at_entry(case) or price == case["entry"]:
            continue
        if case["scheme"] == "flat" and case["basis"] == "mark":
            continue  # many roots: the walk above is the witness
        found = bisect(case, case["entry"], further(case, price, F(1, 2)))
        assert abs(found - price) < price / 10**15, case
        checked += 1
        if checked == 500:
            return
    pytest.fail(f"only {checked} positions to bisect")


def test_status_and_tier_at_the_line_and_beside_it():
    for case in MANY[:2000]:
        at = liquidation(case)
        price = fraction(at.price)
        assert at.status == ("liquidated" if liquidated_at_entry(case) else
                             "never" if price is None else "open"), case
        if price is None or liquidated_at_entry(case):
            continue
        beyond = further(case, price, F(1, 10**12))
        assert liquidation(case, mark=beyond).status == "liquidated", case
        assert liquidation(case, mark=further(case, price, -F(1, 10**12))).status == "open"
        charged = case["entry"] if case["basis"] == "entry" else beyond
        held = value(case["size"], charged, case["face"])
        assert margin([(F(0), case["rows"][at.tier - 1][1])], "flat", held) >= margin(
            case["rows"], "flat", held), case


def test_ledger_at_random_marks():
    for case in MANY[:1500]:
        pos, tiers, mark = position(case), table(case), case["entry"] * F(7, 8)
        held = value(case["size"], mark, case["face"])
        equity = money(case["side"], case["size"], case["entry"], case["collateral"], mark,
                       case["face"])
        need = margin(case["rows"], case["scheme"], held)
        assert fraction(pos.notional(mark)) == held
        assert fraction(pos.equity(mark)) == equity
        assert fraction(pos.unrealized_pnl(mark)) == equity - case["collateral"]
        assert fraction(pos.maintenance_margin(tiers, mark)) == need
        ratio = pos.margin_ratio(tiers, mark)
        assert fraction(ratio) == (need / equity if equity > 0 else None)


def test_bankruptcy_price_leaves_nothing():
    for case in MANY[:1500]:
        price = fraction(position(case).bankruptcy_price(case["fee"]))
        if price is None:
            assert case["collateral"] > 0 and case["side"] == (
                "long" if case["face"] is None else "short"), case
            continue
        fee = case["fee"] * value(case["size"], price, case["face"])
        assert money(case["side"], case["size"], case["entry"], case["collateral"], price,
                     case["face"]) == fee


def groups(cases):
    found = {}
    for case in cases:
        key = (case["face"], case["scheme"], case["basis"], case["fee"], tuple(case["rows"]))
        found.setdefault(key, []).append(case)
    return found.values()


def test_arrays_agree_with_the_exact_prices():
    for cases in groups(MANY[:6000]):
        first = cases[0]
        columns = [[float(case[name]) for case in cases]
                   for name in ("size", "entry", "collateral")]
        sides = [case["side"] for case in cases]
        got = pp.liquidation_prices(sides, *columns, table(first), first["basis"],
                                    first["fee"], contract(first))
        for i, case in enumerate(cases):
            as_floats = dict(case, size=F(str(columns[0][i])), entry=F(str(columns[1][i])),
                             collateral=F(str(columns[2][i])))
            price = liquidation(as_floats).price
            want = np.nan if price is None else float(price)
            assert np.isclose(got[i], want, rtol=1e-6, atol=0, equal_nan=True), case


def test_arrays_broadcast():
    got = pp.liquidation_prices("long", [[0.1], [0.2]], [60_000, 50_000, 40_000], 600, "0.005")
    assert got.shape == (2, 3) and got.dtype == np.float64
    assert pp.liquidation_prices("long", 0.1, 3, 0.3, "0.005").shape == ()
    assert np.isnan(pp.liquidation_prices("long", 0.1, 3, 0.3, "0.005")), \
        "0.1 times 3 is 0.3: fully covered, though the floats disagree"


@pytest.mark.parametrize("case, price", [
    # theory.md section 4, BTCUSDT 2026-09, entry 60,000: notional, leverage, side -> price
    ((100_000, 20, "long"), "57228.92"), ((1_000_000, 20, "long"), "57282.34"),
    ((10_000_000, 20, "long"), "57503.03"), ((20_000_000, 20, "short"), "62152.94"),
    ((50_000_000, 10, "long"), "54940.41"), ((5_000_000, 50, "long"), "59248.48"),
    ((100_000_000, 5, "short"), "70275.43"),
])
def test_published_table(case, price):
    notional, leverage, side = case
    pos = pp.Position(side, F(notional, 60_000), 60_000, leverage=leverage)
    tiers = pp.Tiers.load("binance/BTCUSDT/2026-09")
    assert round(F(str(pos.liquidation_price(tiers))), 2) == F(price)


def test_the_tier_at_liquidation_counts():
    tiers = [(0, "0.005"), (100_000, "0.0065")]
    for notional in (90_000, 110_000):
        pos = pp.Position("long", F(notional, 50_000), 50_000, leverage=10)
        assert round(float(pos.liquidation_price(pp.Tiers(tiers))), 2) == 45_226.13


class TestEdges:
    def test_full_collateral_on_each_basis(self):
        pos = pp.Position("long", 1, 60_000, leverage=1)
        assert pos.liquidation("0.005").status == "never"
        assert pos.liquidation_price("0.005") is None
        assert pos.liquidation_price("0.005", basis="entry") == 300
        assert pos.bankruptcy_price() is None

    def test_full_collateral_of_an_inverse_short(self):
        pos = pp.Position("short", 600, 60_000, leverage=1, contract=pp.Inverse(100))
        assert pos.liquidation_price("0.004") is None
        assert pos.liquidation_price("0.004", basis="entry") == 60_000 / F(4, 1000)

    def test_a_short_without_leverage_is_liquidated_beyond_double(self):
        price = pp.Position("short", 1, 60_000, leverage=1).liquidation_price("0.005")
        assert price == F(120_000 * 1000, 1005)

    def test_a_short_stops_at_a_floor(self):
        tiers = pp.Tiers([(0, "0.005"), (100_000, "0.5")], scheme="flat")
        at = pp.Position("short", 2, 45_000, leverage=2).liquidation(tiers)
        assert (at.price, at.tier, at.status) == (50_000, 2, "open")

    def test_above_the_cap(self):
        tiers = pp.Tiers([(0, "0.01")], cap=100)
        with pytest.raises(ValueError, match="entry notional = 200"):
            pp.Position("short", 2, 100, leverage=2).liquidation_price(tiers)
        grown = pp.Position("short", 1, 90, leverage=2)
        assert grown.liquidation_price(tiers) == F(135 * 100, 101)
        assert grown.liquidation(tiers, mark=120).status == "open"
        with pytest.raises(ValueError, match="notional = 120"):
            grown.maintenance_margin(tiers, 120)


class TestChanging:
    pos = pp.Position("long", "0.1", 60_000, leverage=10)

    def test_adding_collateral_moves_the_line(self):
        more = self.pos.add_collateral(100)
        assert round(float(more.liquidation_price("0.005")), 2) == 53_266.33
        assert more.initial_margin == 600 and more.collateral == 700
        assert self.pos.collateral == 600, "the old position stays"
        with pytest.raises(ValueError, match="amount = -600"):
            self.pos.add_collateral(-600)

    def test_add_averages_the_entry(self):
        more = self.pos.add("0.2", 54_000)
        assert (more.size, more.entry, more.collateral) == (F(3, 10), 56_000, 600)
        for mark in (50_000, 61_234):
            apart = self.pos.unrealized_pnl(mark) + F(2, 10) * (mark - 54_000)
            assert more.unrealized_pnl(mark) == apart

    def test_inverse_average_keeps_the_profit(self):
        contract = pp.Inverse(100)
        one = pp.Position("short", 300, 50_000, leverage=5, contract=contract)
        two = pp.Position("short", 100, 70_000, leverage=5, contract=contract)
        both = one.add(100, 70_000)
        assert both.unrealized_pnl(61_000) == one.unrealized_pnl(61_000) + two.unrealized_pnl(
            61_000)

    def test_reduce_takes_profit_into_collateral(self):
        less = self.pos.reduce("0.04", 57_000)
        assert less.realized_pnl == -120 and less.collateral == 480
        assert less.size == F(6, 100) and less.entry == 60_000
        assert less.equity(57_000) == self.pos.equity(57_000), "reducing at the mark is neutral"
        with pytest.raises(ValueError, match="size = '0.1'"):
            self.pos.reduce("0.1", 57_000)
        with pytest.raises(ValueError, match="price = 1"):
            self.pos.reduce("0.09", 1)

    def test_immutable(self):
        with pytest.raises(AttributeError):
            self.pos.size = 3

    def test_a_cross_leg_has_no_line_of_its_own(self):
        leg = pp.Position("long", 1, 100)
        assert leg.collateral is None and leg.initial_margin is None
        assert leg.maintenance_margin("0.01", 50) == F(1, 2)
        assert leg.reduce("0.5", 90).realized_pnl == -5
        for call in (lambda: leg.equity(90), lambda: leg.liquidation_price("0.01"),
                     lambda: leg.bankruptcy_price(), lambda: leg.add_collateral(1)):
            with pytest.raises(ValueError, match="collateral"):
                call()

    def test_nothing_can_be_deleted(self):
        with pytest.raises(AttributeError, match="size"):
            del self.pos.size
        assert self.pos.size == F(1, 10)


@pytest.mark.parametrize("face", [None, 10])
@pytest.mark.parametrize("scheme", ["marginal", "flat"])
@pytest.mark.parametrize("basis", ["mark", "entry"])
@pytest.mark.parametrize("fee", [f"0.{'9' * 9}", f"0.{'9' * 18}", f"0.{'9' * 25}"])
def test_arrays_where_rate_and_fee_are_almost_one(face, scheme, basis, fee):
    fee = F(fee) - F(3, 10)
    tiers = pp.Tiers([(0, "0.01"), (10, "0.02"), (20, "0.3")], scheme=scheme)
    kind = pp.Linear() if face is None else pp.Inverse(face)
    for side in ("long", "short"):
        one = pp.Position(side, 20, 2, collateral=39, contract=kind)
        want = one.liquidation_price(tiers, basis, fee)
        got = pp.liquidation_prices([side], 20, 2, 39, tiers, basis, fee, kind)
        assert got == pytest.approx([np.nan if want is None else float(want)], nan_ok=True)


def test_arrays_where_collateral_almost_covers_the_notional():
    missing = np.array([10.0**-n for n in range(3, 13)])
    got = pp.liquidation_prices("long", 1, 1, 1 - missing, "0.005")
    want = [pp.Position("long", 1, 1, collateral=1 - each).liquidation_price("0.005")
            for each in missing]
    assert got == pytest.approx([float(each) for each in want], rel=1e-9, abs=0)


def test_shorter_floats_in_arrays_count_as_the_decimal_they_print_as():
    want = float(pp.Position("long", "0.1", 60_000, collateral=600).liquidation_price("0.005"))
    for kind in (np.float16, np.float32, np.float64, np.longdouble):
        for size in (kind(0.1) if kind is not np.longdouble else kind("0.1"),):
            for given in (size, [size], np.array(size), np.array([size])):
                got = pp.liquidation_prices("long", given, 60_000, 600, "0.005")
                assert np.all(got == want), (kind, given)


@pytest.mark.parametrize("size", [
    np.array([5], "timedelta64[s]"), np.array([5], "timedelta64"),
    np.ma.array([1.0, 2.0], mask=[False, True])])
def test_arrays_that_are_no_numbers(size):
    with pytest.raises(ValueError, match="size = "):
        pp.liquidation_prices("long", size, 60_000, 600, "0.005")


def test_a_float_with_words_of_its_own():
    class Fee(float):
        def __str__(self):
            return "five basis points"

    assert pp.Position("long", Fee(0.5), 10).size == F(1, 2)


class TestArraysOfFormulas:
    given = dict(size=1, entry_price=100, collateral=10, maintenance_rate=0.01, deduction=0,
                 close_fee=0)

    @pytest.mark.parametrize("side, shown", [(0, 0), (2, 2), ([1, 0.5], 0.5), ([[1], [-2]], -2)])
    def test_side(self, side, shown):
        with pytest.raises(ValueError, match=f"^side = {float(shown)}: "):
            pp.formulas.liquidation_price.numpy(**self.given, side=side)

    def test_side_that_is_nan(self):
        got = pp.formulas.liquidation_price.numpy(**self.given, side=[1, np.nan])
        assert got[0] == pytest.approx(90 / 0.99) and np.isnan(got[1])

    def test_shapes(self):
        with pytest.raises(ValueError, match="^shapes of size, entry_price"):
            pp.formulas.liquidation_price_long.numpy(
                **self.given | {"size": [1, 2], "collateral": [1, 2, 3]})

    def test_pickle(self):
        formula = pp.formulas.liquidation_price_long
        before = formula.numpy(**self.given)
        again = pickle.loads(pickle.dumps(formula))
        assert again.equation == formula.equation and again.symbols == formula.symbols
        assert again.numpy(**self.given) == before
