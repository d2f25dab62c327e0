"""The question turned round: solved positions stand exactly where they were asked to."""

import random
from fractions import Fraction as F

import pytest
from draw_positions import COIN_TABLES, TABLES, draw
from ledger_oracle import boundary_prices, spare

import perpedu as pp

CASES = 5_000


def exact(value):
    return F(int(value.p), int(value.q))


def asked(rng):
    """A random position and a price on its adverse side, floors' prices among them."""
    case = draw(rng)
    long = case["side"] == "long"
    share = F(rng.randrange(1, 999), 1000)
    far = case["entry"] * ((1 - share) if long else (1 + 3 * share))
    beyond = [price for price in boundary_prices(case) if (price < case["entry"]) == long]
    beyond = [price for price in beyond if price != case["entry"]]
    return case, rng.choice(beyond) if beyond and rng.random() < 0.2 else far


def setting(case):
    contract = pp.Linear() if case["face"] is None else pp.Inverse(case["face"])
    return dict(side=case["side"], entry=case["entry"], contract=contract, basis=case["basis"],
                close_fee=case["fee"], tiers=pp.Tiers(case["rows"], scheme=case["scheme"]))


def line(position, given):
    return position.liquidation_price(given["tiers"], given["basis"], given["close_fee"])


def many(count=CASES, seed="turned round"):
    rng = random.Random(seed)
    return [asked(rng) for _ in range(count)]


def on_the_way(case, price, parts=40):
    """Prices from the entry up to, not including, the asked one: floors and their sides too,
    and the price next to the asked one."""
    entry = case["entry"]
    steps = {entry + (price - entry) * F(i, parts) for i in range(parts)}
    inside = [p for p in boundary_prices(case) if min(entry, price) < p < max(entry, price)]
    nudge = abs(entry - price) / 10**9
    beside = price + (nudge if price < entry else -nudge)
    return steps | {beside} | {p + d for p in inside for d in (-nudge, 0, nudge)}


def test_collateral_puts_the_line_exactly_there():
    found = nothing = 0
    for case, price in many():
        given = setting(case)
        solution = pp.solve("collateral", size=case["size"], liquidation_price=price, **given)
        if solution.position is None:
            nothing += 1
            needed = -spare(case | {"collateral": F(0)}, price)
            with_it = case | {"collateral": needed}
            assert any(spare(with_it, p) <= 0 for p in on_the_way(case, price)), (case, price)
            continue
        found += 1
        assert exact(line(solution.position, given)) == price
        assert solution.position.collateral == solution.value > 0
        with_it = case | {"collateral": exact(solution.value)}
        assert spare(with_it, price) == 0
        assert all(spare(with_it, p) > 0 for p in on_the_way(case, price, parts=5))
    assert found > 0.95 * CASES and nothing > 5


def test_leverage_puts_the_line_exactly_there_or_none_does():
    found = 0
    for case, price in many(2_000, seed="by leverage"):
        given = setting(case)
        solution = pp.solve("leverage", size=case["size"], liquidation_price=price, **given)
        notional = exact(pp.Position(case["side"], case["size"], case["entry"],
                                     contract=given["contract"]).notional())
        needed = -spare(case | {"collateral": F(0)}, price)
        if solution.position is None:
            assert needed > notional or "before" in solution.words
            continue
        found += 1
        assert exact(solution.value) == notional / needed == exact(solution.position.leverage)
        assert exact(line(solution.position, given)) == price
    assert found > 1_000


def test_size_is_the_largest_whose_line_comes_no_nearer():
    found = nothing = 0
    for case, price in many(seed="by size"):
        given = setting(case)
        solution = pp.solve("size", collateral=case["collateral"], liquidation_price=price, **given)
        if solution.position is None:
            nothing += 1
            assert case["scheme"] == "flat", (case, price)
            continue
        found += 1
        assert exact(line(solution.position, given)) == price
        assert solution.position.collateral == case["collateral"]
        larger = exact(solution.value) * (1 + F(1, 10**9))
        assert any(spare(case | {"size": larger}, p) <= 0
                   for p in {price, *on_the_way(case, price, parts=3)})
    assert found > 0.8 * CASES and nothing > 5


def test_no_size_means_that_the_line_jumps_over_the_price():
    """A long in a flat table: from one side of a floor to the other the line passes the price."""
    table = pp.Tiers([(0, "0.01"), (50_000, "0.05")], scheme="flat")
    given = dict(side="long", entry=100, tiers=table)
    solution = pp.solve("size", collateral=6_000, liquidation_price=92, **given)
    assert solution.value is None and solution.position is None
    assert "jumps over it" in solution.words

    def stands(size):
        return pp.Position("long", size, 100, collateral=6_000).liquidation_price(table)

    lines = [stands(F(size, 10)) for size in range(4_000, 9_000, 7)]
    assert any(p < 92 for p in lines) and any(p > 92 for p in lines)
    assert all(pp.Position("long", F(size, 10), 100, collateral=6_000).liquidation_price(
        table) != 92 for size in range(4_000, 9_000))


@pytest.mark.parametrize("face", [None, 100])
def test_what_a_position_has_comes_back(face):
    """Ask for the line that a position has: its own collateral, size and leverage answer."""
    rng = random.Random(f"back {face}")
    for _ in range(300):
        table = pp.Tiers(rng.choice(TABLES[:3] if face is None else COIN_TABLES[:2]))
        contract = pp.Linear() if face is None else pp.Inverse(face)
        side, basis = rng.choice(["long", "short"]), rng.choice(["mark", "entry"])
        size = F(rng.randrange(1, 5_000), 100 if face is None else 1)
        position = pp.Position(side, size, rng.randrange(1_000, 90_000), contract=contract,
                               leverage=F(rng.randrange(20, 200), 10))
        fee = rng.choice([0, F(1, 2000)])
        price = position.liquidation_price(table, basis, fee)
        if price is None or position.liquidation(table, None, basis, fee).status != "open":
            continue
        given = dict(side=side, entry=position.entry, tiers=table, basis=basis, close_fee=fee,
                     contract=contract, liquidation_price=price)
        assert pp.solve("collateral", size=size, **given).value == position.collateral
        assert pp.solve("leverage", size=size, **given).value == position.leverage
        assert pp.solve("size", collateral=position.collateral, **given).value == size


def test_the_largest_order_that_the_caps_accept():
    """By hand: 6,700 USDT carry 100× in 300k … 800k: 670,000; the next row, at 75×, less."""
    table = pp.Tiers.load("binance/BTCUSDT/2026-09")
    largest = pp.solve("size", "long", 67_000, collateral=6_700, tiers=table)
    assert largest.value == 10 and largest.position.notional() == 670_000 and largest.allowed
    for collateral in (100, 2_000, 3_000, 6_700, 9_000, 500_000, 10**7):
        best = pp.solve("size", "short", 50_000, collateral=collateral, tiers=table)
        notional, more = best.position.notional(), F(1_000_001, 1_000_000)
        assert notional <= collateral * table.max_leverage(notional) and best.allowed
        beyond = [row.floor + F(1, 100) for row in table.rows if row.floor >= notional]
        for other in (exact(notional) * more, *beyond):
            assert other > table.cap or other > collateral * table.max_leverage(other)


def test_a_size_above_the_tables_cap_hides_no_smaller_one():
    """1,000 carry 1,000/20.8 coins down to 80; the floor's 625 coins, above the cap, do not."""
    table = pp.Tiers([(0, "0.01"), (50_000, "0.05")], cap=60_000, scheme="flat")
    given = dict(side="long", entry=100, tiers=table)
    solution = pp.solve("size", collateral=1_000, liquidation_price=80, **given)
    assert exact(solution.value) == F(1000) / F("20.8") and "puts the line at 80" in solution.words
    assert line(solution.position, given | {"basis": "mark", "close_fee": 0}) == 80
    beyond = pp.solve("size", collateral=100_000, liquidation_price=80, **given)
    assert beyond.value is None and beyond.words.endswith("the table ends at 60,000")


@pytest.mark.parametrize("risk, size", [
    ("0.0000001234", "0.0000001234"), ("0.000012345678", "≈ 0.00001235"), ("1/3", "≈ 0.333333"),
    (F(10)**23 + 1, "100,000,000,000,000,000,000,001"), (10**309, "1" + ",000" * 103)])
def test_small_and_large_numbers_in_words(risk, size):
    """With one coin at stake between 2 and 1, the size is the risk."""
    words = pp.solve("size", "long", 2, stop=1, risk=F(risk)).words
    assert words == f"{size} loses {size} at 1"


def test_an_order_above_the_cap_is_said_to_be_refused():
    table = pp.Tiers.load("binance/BTCUSDT/2026-09")
    line_at = pp.Position("long", 10, 60_000, collateral=5_000).liquidation_price(table)
    solution = pp.solve("leverage", "long", 60_000, size=10, tiers=table, liquidation_price=line_at)
    assert solution.value == 120 and not solution.allowed
    assert solution.words.endswith("the table allows 100× at this notional: the order is refused")
    fine = pp.solve("leverage", "long", 60_000, size=10, tiers=table, liquidation_price=55_000)
    assert fine.allowed and "refused" not in fine.words


@pytest.mark.parametrize("side, entry, stop, fee, face", [
    ("long", 60_000, 57_000, 0, None), ("short", 60_000, 61_500, F(1, 2000), None),
    ("long", 60_000, 55_000, F(1, 1000), 100), ("short", 40_000, 50_000, 0, 10)])
def test_the_size_for_a_stop_and_a_risk_then_the_leverage(side, entry, stop, fee, face):
    contract = pp.Linear() if face is None else pp.Inverse(face)
    risk = 250 if face is None else F(1, 50)
    sized = pp.solve("size", side, entry, stop=stop, risk=risk, close_fee=fee, contract=contract)
    money = -sized.position.unrealized_pnl(stop) + fee * sized.position.notional(stop)
    assert money == risk and sized.position.collateral is None
    last = pp.solve("leverage", side, entry, size=sized.value, liquidation_price=stop,
                    tiers="0.005", close_fee=fee, contract=contract)
    assert last.position.liquidation_price("0.005", close_fee=fee) == stop


GIVEN = dict(side="long", entry=60_000, size=1, liquidation_price=50_000, tiers="0.005")


@pytest.mark.parametrize("unknown, change, says", [
    ("collateral", dict(liquidation_price=60_000), "lies below its entry, 60,000, and 60,000"),
    ("collateral", dict(side="short"), "line of an open short lies above its entry, 60,000, and 50,000"),
    ("leverage", dict(side="short", liquidation_price=150_000), "more than the notional of 60,000"),
    ("size", dict(size=None, collateral=5, side="short"), "lies above its entry"),
    ("size", dict(size=None, collateral=10**9, tiers=pp.Tiers([(0, "0.005")], cap=10**6)),
     "the table ends at 1,000,000"),
    ("size", dict(size=None, collateral=5, liquidation_price=None), "gives no leverage caps"),
    ("size", dict(size=None, tiers=None, liquidation_price=None, stop=70_000, risk=5),
     "stop of an open long lies below its entry, 60,000, and 70,000 does not"),
    ("size", dict(size=None, collateral=5, liquidation_price=None,
                  tiers=pp.Tiers([(0, "0.5", 10)])), "would be liquidated at once"),
])
def test_where_there_is_no_answer_words_say_why(unknown, change, says):
    solution = pp.solve(unknown, **GIVEN | change)
    assert solution.value is None and solution.position is None
    assert says in solution.words and repr(solution) == f"{unknown}: {solution.words}"


@pytest.mark.parametrize("unknown, change, says", [
    ("entry", {}, "unknown = 'entry': expected one of 'collateral', 'size', 'leverage'"),
    ("size", {}, "solve('size') with liquidation_price, size, tiers: expected collateral, liq"),
    ("leverage", dict(tiers=None), "solve('leverage') with liquidation_price, size: expected"),
    ("collateral", dict(collateral=5), "with collateral, liquidation_price, size, tiers"),
    ("collateral", dict(size=0), "size = 0: expected a number above 0"),
    ("collateral", dict(liquidation_price="x"), "liquidation_price = 'x'"),
    ("collateral", dict(side="up"), "side = 'up'"),
    ("collateral", dict(basis="last"), "basis = 'last'"),
    ("collateral", dict(close_fee=5), "close_fee = 5"),
    ("collateral", dict(close_fee="0.995"), "close_fee = '0.995': expected rate + close_fee"),
    ("collateral", dict(contract="linear"), "contract = 'linear'"),
    ("collateral", dict(tiers=None, stop=1, risk=float("nan")), "solve('collateral') with liq"),
    ("collateral", dict(tiers=pp.Tiers([(0, "0.01")], cap=100)), "entry notional = 60000"),
])
def test_what_cannot_be_asked_is_refused_by_name(unknown, change, says):
    with pytest.raises(ValueError) as error:
        pp.solve(unknown, **GIVEN | change)
    assert says in str(error.value)
