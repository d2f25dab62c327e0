"""The account against an independent ledger, on ten thousand random accounts."""

import pickle
from fractions import Fraction as F
from functools import cache

import pytest
from account_oracle import Walk, accounts, equity, requirement, spare

import perpedu as pp

MANY = accounts(10_000)
TINY = F(1, 10**12)


def exact(value):
    return None if value is None else F(int(value.p), int(value.q))


def contract(leg):
    return pp.Linear() if leg["face"] is None else pp.Inverse(face=leg["face"])


@cache
def table(rows, scheme):
    return pp.Tiers(rows, scheme=scheme)


def made(case):
    names = [f"leg {i}" for i, _ in enumerate(case["legs"])]
    legs = {name: (pp.Position(leg["side"], leg["size"], leg["entry"], contract=contract(leg)),
                   table(tuple(leg["rows"]), leg["scheme"]))
            for name, leg in zip(names, case["legs"])}
    return pp.Account(case["wallet"], legs, underlying={
        name: leg["underlying"] for name, leg in zip(names, case["legs"])})


def is_flat(case):
    return any(leg["scheme"] == "flat" for leg in case["legs"])


def far(walk, answer):
    """Where a walk that finds nothing is asked last."""
    end = walk.end()
    return answer if answer is not None else end * (1 - TINY) if end else 10**9


def between(walk, answer):
    """The corners before the answer, their sides where a table jumps, and places anywhere.

    Between two corners the spare money is a straight line in the level, so this leaves no gap.
    """
    top = far(walk, answer)
    beside = [k * (1 + d) for k in walk.corners("flat") for d in (-TINY, TINY)]
    return [*(k for k in [*beside, *walk.corners()] if k < top),
            top * TINY, top * (1 - TINY), top * F(389, 997)]


def assert_first(case, moves, answer):
    """The answer liquidates or its far side does, and nothing before it."""
    walk = Walk(case, moves)
    if answer == 0 or not walk.moves:
        return assert_at_once(case, walk, answer)
    assert all(walk.spare(k) > 0 for k in between(walk, answer)), (case, moves, answer)
    if answer is None:
        return "nothing"
    at, beyond = walk.spare(answer), walk.spare(answer * (1 + TINY))
    if at == 0:
        assert beyond < 0 or is_flat(case), (case, moves, answer)
        return "zero"
    assert is_flat(case) and answer in walk.corners(), (case, moves, answer)
    assert min(at, beyond) <= 0, (case, moves, answer)
    return "floor"


def assert_at_once(case, walk, answer):
    now = spare(case, case["marks"])
    if answer is None:
        assert now > 0 and not walk.moves
        return "nothing moves"
    assert now <= 0 or walk.spare(TINY) <= 0 and is_flat(case)
    return "at once"


def test_nothing_nearer_in_one_price_liquidates_and_the_answer_does():
    seen = dict.fromkeys(["nothing", "zero", "floor", "at once"], 0)
    for i, case in enumerate(MANY):
        name = sorted(case["marks"])[i % len(case["marks"])]
        found = made(case).liquidation_range(name, case["marks"], close_fee=case["fee"])
        for sign, price in zip((-1, 1), map(exact, found)):
            k = None if price is None else (price / case["marks"][name] - 1) * sign
            seen[assert_first(case, {name: F(sign)}, k)] += 1
    assert min(seen.values()) > 50, seen


def test_nothing_nearer_in_a_common_move_liquidates_and_the_answer_does():
    seen = dict.fromkeys(["nothing", "zero", "floor", "nothing moves", "at once"], 0)
    for case in MANY[:1_500]:
        found = made(case).liquidation_shock(case["marks"], case["betas"], close_fee=case["fee"])
        for sign, k in zip((-1, 1), map(exact, found)):
            moves = {n: sign * (case["betas"] or {}).get(n, F(1)) for n in case["marks"]}
            seen[assert_first(case, moves, None if k is None else k * sign)] += 1
    assert min(seen.values()) > 20, seen


def test_a_leg_alone_has_the_price_of_the_range():
    seen = 0
    for case in MANY[:500]:
        account, fee, now = made(case), case["fee"], spare(case, case["marks"])
        for name, leg in zip(account.legs, case["legs"]):
            sharing = [each for each in case["legs"] if each["underlying"] == leg["underlying"]]
            if len(sharing) > 1:
                continue
            seen += 1
            price = exact(account.liquidation_price(name, case["marks"], close_fee=fee))
            if now > 0:
                found = account.liquidation_range(leg["underlying"], case["marks"], close_fee=fee)
                down, up = map(exact, found)
                adverse, other = (down, up) if leg["side"] == "long" else (up, down)
                assert price == adverse, case
                assert other is None or leg["scheme"] == "flat", case  # a profit into a floor
            elif leg["scheme"] == "flat":
                assert price == case["marks"][leg["underlying"]]
            elif price is not None:
                assert spare(case, case["marks"] | {leg["underlying"]: price}) == 0
    assert seen > 250


def test_the_ledger_of_the_account():
    seen = set()
    for case in MANY[:500]:
        account, marks, fee = made(case), case["marks"], case["fee"]
        wants = equity(case, marks), requirement(case, marks)
        status = account.liquidation(marks, close_fee=fee)
        assert (status.equity, status.maintenance_margin) == wants
        assert status.equity == account.equity(marks, close_fee=fee)
        assert status.maintenance_margin == account.maintenance_margin(marks, close_fee=fee)
        assert (status.status == "liquidated") == (spare(case, marks) <= 0)
        assert status.margin_ratio == account.margin_ratio(marks, close_fee=fee)
        assert status.margin_ratio == (None if wants[0] <= 0 else wants[1] / wants[0])
        assert account.maintenance_margin(marks) == requirement(case | {"fee": F(0)}, marks)
        seen.add(status.status)
    assert seen == {"open", "liquidated"}


def scan(walk, parts=60):
    """The first liquidated k of a coarse scan, then bisection."""
    end, last = walk.end(), F(0)
    steps = [end * F(i, parts) for i in range(1, parts)] if end else [
        F(5, 4) ** i / 1000 for i in range(80)]
    for k in steps:
        if walk.spare(k) <= 0:
            break
        last = k
    else:
        return None
    for _ in range(40):
        middle = F(float((last + k) / 2))
        last, k = (middle, k) if walk.spare(middle) > 0 else (last, middle)
    return k


def test_bisection_agrees():
    agreed = 0
    for case in accounts(500, seed="bisected"):
        if spare(case, case["marks"]) <= 0:
            continue
        account, name = made(case), sorted(case["marks"])[0]
        mark = case["marks"][name]
        for sign, price in zip((-1, 1), account.liquidation_range(name, case["marks"],
                                                                  close_fee=case["fee"])):
            found = scan(Walk(case, {name: F(sign)}))
            if found is None:
                continue
            agreed += 1
            k = (exact(price) / mark - 1) * sign
            assert k <= found + TINY * (1 + found)
            assert is_flat(case) or abs(k - found) < F(1, 10**8) * (1 + found), (case, k, found)
    assert agreed > 200


# what is published, and what the book's formulas say

BTC = pp.Tiers([(0, "0.004"), (50_000, "0.005"), (250_000, "0.01"), (1_000_000, "0.025")])
ETH = pp.Tiers([(0, "0.005"), (10_000, "0.0065"), (100_000, "0.01"), (500_000, "0.02"),
                (1_000_000, "0.05"), (2_000_000, "0.1")])
MARKS = {"BTC": "31967.27", "ETH": "1335.18"}


def published():
    """Binance, How to Calculate Liquidation Price of USD-M Futures Contracts: two legs, cross."""
    return pp.Account("1535443.01", {
        "BTC": (pp.Position("long", "109.488", "32481.980"), BTC),
        "ETH": (pp.Position("long", "3683.979", "1456.84"), ETH)})


def test_the_published_cross_example_holds_to_the_cent():
    account, (btc, btc_tiers) = published(), published().legs["BTC"]
    assert round(float(btc.maintenance_margin(btc_tiers, MARKS["BTC"])), 5) == 71_200.81144
    assert round(float(btc.unrealized_pnl(MARKS["BTC"])), 2) == -56_354.57
    assert (ETH.deductions[-1], ETH.rows[-1].rate) == (135_365, pp.Tiers([(0, "0.1")]).rate(1))
    price = account.liquidation_price("ETH", MARKS)
    assert f"{float(price):.2f}" == "1153.26"
    assert account.liquidation_range("ETH", MARKS) == (price, None)
    there = account.liquidation(MARKS | {"ETH": price})
    assert there.equity == there.maintenance_margin and there.status == "liquidated"
    given = dict(side=1, size="3683.979", entry_price="1456.84", collateral="1535443.01",
                 other_pnl=btc.unrealized_pnl(MARKS["BTC"]), close_fee=0, maintenance_rate="0.1",
                 other_maintenance=btc.maintenance_margin(btc_tiers, MARKS["BTC"]))
    cross = pp.formulas.liquidation_price_cross.exact
    assert cross(**given, deduction=135_365) == price != cross(**given, deduction=0)


def test_the_books_formulas_agree():
    btc, eth = pp.Position("long", 2, 60_000), pp.Position("short", 30, 3_000)
    account = pp.Account(20_000, {"BTC": (btc, "0.01"), "ETH": (eth, "0.02")})
    marks, betas = {"BTC": 61_000, "ETH": 3_100}, {"BTC": 1, "ETH": "1.5"}
    now = account.liquidation(marks)
    moved = [sign * leg.notional(marks[name]) * pp.formulas.catalogue()["requirement"].exact(
        maintenance_margin=0, close_fee=betas[name], notional=1)
        for sign, leg, name in ((1, btc, "BTC"), (-1, eth, "ETH"))]
    shock = pp.formulas.liquidation_shock.exact(
        loss_buffer=now.equity - now.maintenance_margin, net_notional=sum(moved),
        shocked_maintenance=moved[0] / 100 - moved[1] / 50)
    assert shock in account.liquidation_shock(marks, betas)


def test_a_hedge_has_two_lines():
    legs = {"long": (pp.Position("long", 3, 60_000), "0.01"),
            "short": (pp.Position("short", 2, 62_000), "0.01")}
    account = pp.Account(5_000, legs, underlying=dict.fromkeys(legs, "BTC"))
    below, above = account.liquidation_range("BTC", {"BTC": 60_000})
    given = dict(long_size=3, short_size=2, long_entry=60_000, short_entry=62_000,
                 collateral=5_000, maintenance_rate="0.01", charged_size=5)
    assert below == pp.formulas.hedge_liquidation_price.exact(**given) and above is None
    even = pp.Account(5_000, legs | {"short": (pp.Position("short", 3, 62_000), "0.01")},
                      underlying=dict.fromkeys(legs, "BTC"))
    assert even.liquidation_range("BTC", {"BTC": 60_000}) == (
        None, pp.formulas.hedge_liquidation_price.exact(**given | {
            "short_size": 3, "charged_size": 6}))


def test_unequal_betas_of_inverse_legs():
    """No straight line in anything: exact where rational, else within 1e-30 on the closed side."""
    answers = 0
    for case in accounts(300, seed="curved"):
        if not case["inverse"] or len(case["marks"]) < 2 or spare(case, case["marks"]) <= 0:
            continue
        case["betas"] = {name: F(i + 1, 2) for i, name in enumerate(sorted(case["marks"]))}
        found = made(case).liquidation_shock(case["marks"], case["betas"], close_fee=case["fee"])
        for sign, k in zip((-1, 1), map(exact, found)):
            moves = {n: sign * b for n, b in case["betas"].items()}
            walk, answer = Walk(case, moves), None if k is None else k * sign
            top = far(walk, answer)
            assert all(walk.spare(top * F(i, 40)) > 0 for i in range(40))
            assert all(walk.spare(c) > 0 for c in walk.corners() if c < top)
            if answer is not None:
                nearly = answer - F(1, 10**30)
                assert walk.spare(nearly) > 0 or is_flat(case)
                assert min(walk.spare(answer), walk.spare(answer * (1 + TINY))) <= 0
                answers += 1
    assert answers > 25


# small cases

ONE = {"BTC": (pp.Position("long", 1, 100), "0.01")}


def test_where_a_flat_floor_stops_it_the_floor_is_the_answer():
    flat = pp.Tiers([(0, "0.01"), (110, "0.5")], scheme="flat")
    account = pp.Account(40, {"BTC": (pp.Position("short", 1, 100), flat)})
    assert account.liquidation_range("BTC", {"BTC": 100}) == (None, 110)
    assert account.liquidation_price("BTC", {"BTC": 100}) == 110
    assert account.liquidation_shock({"BTC": 100}) == (None, pp.Tiers([(0, "0.1")]).rate(1))
    assert account.liquidation({"BTC": 110}).status == "open"
    assert account.liquidation_shock({"BTC": 110}) == (None, 0)


def test_a_profit_can_liquidate_with_a_flat_table():
    """The long earns 9 on the way to 110, and there the higher rate asks 11 in place of 1.1."""
    flat = pp.Tiers([(0, "0.01"), (110, "0.1")], scheme="flat")
    account = pp.Account(1, {"BTC": (pp.Position("long", 1, 101), flat)})
    assert account.liquidation_range("BTC", {"BTC": 102}) == (
        account.liquidation_price("BTC", {"BTC": 102}), 110)


def test_at_once_never_and_nothing_that_moves():
    assert pp.Account(0, ONE).liquidation_shock({"BTC": 100}) == (0, 0)
    assert pp.Account(0, ONE).liquidation_range("BTC", {"BTC": 100}) == (100, 100)
    assert pp.Account(0, ONE).liquidation({"BTC": 50}).margin_ratio is None
    assert pp.Account(100, ONE).liquidation_range("BTC", {"BTC": 100}) == (None, None)
    assert pp.Account(9, ONE).liquidation_shock({"BTC": 100}, {"BTC": 0}) == (None, None)
    drowned = pp.Account(0, {"BTC": (pp.Position("long", 9, 900), "0.01"),
                             "ETH": (pp.Position("short", 1, 100), "0.01")})
    assert drowned.liquidation_price("ETH", {"BTC": 1, "ETH": 50}) is None


def test_marks_may_hold_more_and_an_account_does_not_change():
    account = pp.Account(50, ONE)
    assert account.equity({"BTC": 90, "ETH": "no price"}) == 40
    for change in ("wallet", "legs", "new"):
        with pytest.raises(AttributeError, match=change):
            setattr(account, change, 3)
    same = pp.Account("50", {"BTC": (ONE["BTC"][0], pp.Tiers([(0, "0.01")]))})
    assert account == same and hash(account) == hash(same)
    assert pickle.loads(pickle.dumps(account)) == account
    assert pp.Account(account.wallet, account.legs, account.underlying) == account


def test_a_wallet_of_several_assets():
    amounts, prices = {"USDT": 500, "BTC": "0.2", "ETH": 0}, {"USDT": 1, "BTC": 50_000, "ETH": 9}
    assert pp.wallet_value(amounts, prices) == 10_500
    assert pp.wallet_value(amounts, prices, {"BTC": "0.1", "ETH": "0.5"}) == 9_500
    assert pp.wallet_value({}, {}) == 0


def test_the_worst_scenario_counts():
    account = pp.Account(1_000, {"A": (pp.Position("long", 1, 100), "0.01"),
                                 "B": (pp.Position("short", 2, 100), "0.01")})
    marks = {"A": 100, "B": 100}
    assert pp.scenario_margin(account, marks, [0]) == 0
    assert pp.scenario_margin(account, marks, ["-0.1", 0, "0.1"]) == 10
    assert pp.scenario_margin(account, marks, ["-0.1", {"A": "-0.3"}, {"A": -0.1, "B": 0.1}]) == 30
