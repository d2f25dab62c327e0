"""The liquidation engine: money is conserved, the smallest close is the smallest, who gets what."""

from fractions import Fraction as F
from itertools import pairwise
from math import floor
from random import Random

import pytest

import perpedu as pp
from perpedu.engine import (TRANSITIONS, Book, Ledger, Rules, liquidate, smallest_close)
from perpedu.engine.states import LAST

SEED_TRADE = pp.Position("long", "0.1", 60_000, leverage=10)  # the trade of source 000
LINE = SEED_TRADE.liquidation_price("0.005")
TABLES = [
    [(0, F(5, 1000))],
    [(0, 0)],
    [(0, F(1, 100)), (500, F(1, 20))],
    [(0, F(4, 1000)), (300, F(1, 100)), (700, F(5, 100)), (900, F(1, 4))],
    [(0, F(1, 2)), (100, F(3, 4))],
]
TIERS = {(i, scheme): pp.Tiers(rows, scheme=scheme)
         for i, rows in enumerate(TABLES) for scheme in ("marginal", "flat")}


# the witnesses: plain Fractions, and nothing of the engine

def margin(table, scheme, notional):
    """The maintenance margin by slices, or the whole notional at its tier's rate."""
    if scheme == "flat":
        return notional * [rate for bottom, rate in table if bottom < notional or bottom == 0][-1]
    tops = [row[0] for row in table[1:]] + [notional]
    return sum(max(F(0), min(notional, top) - bottom) * rate
               for (bottom, rate), top in zip(table, tops))


def profit(kind, side, size, bought, sold):
    """In the quote currency, or of inverse contracts of face 10 in coin."""
    gain = sold - bought if kind == "linear" else 10 / bought - 10 / sold
    return side * size * gain


def value(kind, size, price):
    return size * price if kind == "linear" else size * 10 / price


def surplus(case, close):
    """Equity less requirement after closing so much in the book; None where the book is too thin."""
    left, money = close, case["equity"]
    for price, size in case["book"]:
        part = min(left, size)
        left -= part
        money += profit(case["kind"], case["side"], part, case["mark"], price)
        money -= (case["fee"] + case["close_fee"]) * value(case["kind"], part, price)
    rest = case["size"] - close
    held = value(case["kind"], rest, case["mark"])
    charged = held if case["basis"] == "mark" else value(case["kind"], rest, case["entry"])
    need = margin(case["table"], case["scheme"], charged) + case["close_fee"] * held
    return None if left else money - need


def draw(rng, whole=None):
    """An account near or beyond its line, a table, a book."""
    kind, side = rng.choice(("linear", "linear", "inverse")), rng.choice((1, -1))
    entry = F(rng.randrange(80, 121))
    mark = entry * (1 - side * F(rng.randrange(0, 30), 100)) if rng.random() < 0.9 else entry
    size = F(rng.randrange(2, 25)) if whole else F(rng.randrange(10, 250), 10)
    if kind == "inverse":
        size *= 100  # contracts of 10 at 100: a tenth of a coin each
    number, scheme = rng.choice(list(TIERS))
    case = dict(kind=kind, side=side, entry=entry, mark=mark, size=size, scheme=scheme,
                number=number, table=TABLES[number], basis=rng.choice(("mark", "mark", "entry")),
                fee=F(rng.choice((0, 0, 5, 12)), 1000), close_fee=F(rng.choice((0, 0, 1)), 1000))
    if kind == "inverse":  # the table counts coin: bring notionals of some tens into its range
        case["size"] *= 10
    need = margin(case["table"], scheme, value(kind, case["size"], mark))
    near = need * F(rng.randrange(-20, 125), 100) + F(rng.randrange(-3, 4), 7)
    case["equity"] = rng.choice((need, near, near, near))
    steps = [F(0), *(F(rng.randrange(1, 60), 10) for _ in range(rng.randrange(0, 5)))]
    price, levels = mark - side * F(rng.randrange(0, 3)), []
    for step in steps:
        price -= side * step / 10 if step or levels else 0
        levels.append((price, case["size"] * F(rng.randrange(1, 12), 10)))
    case["book"] = [level for i, level in enumerate(levels)
                    if i == 0 or level[0] != levels[i - 1][0]]
    if rng.random() < 0.08:
        case["book"] = []
    return case


def position(case):
    contract = pp.Linear() if case["kind"] == "linear" else pp.Inverse(10)
    return pp.Position("long" if case["side"] > 0 else "short", case["size"], case["entry"],
                       contract=contract)


def collateral(case):
    """What makes the equity at the mark the one that was drawn."""
    return case["equity"] - profit(case["kind"], case["side"], case["size"], case["entry"],
                                   case["mark"])


def closed_by(case, **more):
    return smallest_close(position(case), TIERS[case["number"], case["scheme"]], case["mark"],
                          collateral=collateral(case), book=case["book"], fee=case["fee"],
                          basis=case["basis"], close_fee=case["close_fee"], **more)


# the smallest close

def test_the_smallest_close_in_lots_is_that_of_trying_every_lot():
    rng, partial = Random(15), 0
    for _ in range(5_000):
        case, trigger = draw(rng, whole=True), rng.choice(("<=", "<"))
        lot = case["size"] / rng.randrange(4, 16) * rng.choice((1, F(10, 9)))
        enough = (lambda left: left > 0) if trigger == "<=" else (lambda left: left >= 0)
        wanted = None
        for count in range(floor(case["size"] / lot) + 1):
            left = surplus(case, count * lot) if count * lot < case["size"] else None
            if left is not None and enough(left):
                wanted = count * lot
                break
        found = closed_by(case, trigger=trigger, lot=lot)
        assert (found and found.size) == wanted, (case, trigger, lot)
        if found:
            assert found.attained and found.surplus == surplus(case, wanted), case
        partial += bool(wanted)
    assert partial > 400


def test_without_lots_nothing_smaller_restores():
    rng, partial, open_ends = Random(16), 0, 0
    for _ in range(1_000):
        case, trigger = draw(rng), rng.choice(("<=", "<"))
        found = closed_by(case, trigger=trigger)
        most = min(case["size"], sum(size for _, size in case["book"]))
        grid = [most * F(i, 40) for i in range(40)]
        enough = (lambda left: left > 0) if trigger == "<=" else (lambda left: left >= 0)
        if found is None:
            assert not any(enough(surplus(case, at)) for at in grid if at < case["size"]), case
            continue
        assert not any(enough(surplus(case, at)) for at in grid if at < found.size), case
        if found.size:
            assert not enough(surplus(case, found.size * (1 - F(1, 10**9)))), case
            partial += 1
        assert found.surplus == surplus(case, found.size)
        if not found.attained:
            open_ends += 1
            assert found.surplus == 0 and found.room > 0
            assert surplus(case, found.size + found.room / 2) > 0, case
    assert partial > 100 and open_ends > 50


TWO = pp.Tiers([(0, "0.01"), (500, "0.05")])
TEN = pp.Position("long", 10, 100, collateral=40)


def test_a_close_in_the_second_tier_by_hand():
    """Equity 20 carries a notional with 0.05 N − 20 = 20: 800; 180 of 980 must go, at 98 each."""
    found = smallest_close(TEN, TWO, 98)
    assert (found.size, found.tier, found.attained, found.surplus) == (F(180, 98), 2, False, 0)
    assert smallest_close(TEN, TWO, 98, trigger="<").attained
    assert smallest_close(TEN, TWO, 98, lot="0.5").size == 2


def test_a_flat_table_is_left_by_its_floor():
    flat = TWO.charged("flat")
    trade = pp.Position("long", 10, 100, collateral=40)  # equity 20; 49 asked of 980, 5 of 500
    found = smallest_close(trade, flat, 98)
    assert (found.size, found.tier, found.attained) == (F(20, 49) * 10 + F(40, 49), 1, True)
    assert (10 - found.size) * 98 == 500 and found.surplus == 15


@pytest.mark.parametrize("tiers, mark, given, wanted", [
    (TWO, 100, {}, 0),                                   # open: nothing need be closed
    ("0.01", 96, dict(fee="0.02"), None),                # the fee costs more than closing frees
    ("0", 96, {}, None),                                 # equity 0, no margin: only all would do
    ("0.01", 95, {}, None),                              # already bankrupt
    (TWO, 98, dict(book=[]), None),
    (TWO, 98, dict(book=[(98, 1)]), None),               # too thin
    (TWO, 98, dict(book=[(99, 2)]), F(9, F(59, 10))),    # each coin frees 4.90 and brings 1 as well
])
def test_edges(tiers, mark, given, wanted):
    found = smallest_close(TEN, tiers, mark, **given)
    assert (found and found.size) == wanted


def test_exactly_at_the_line_the_trigger_decides():
    at = pp.Position("long", 10, 100, collateral=30).liquidation_price("0.01")
    trade = pp.Position("long", 10, 100, collateral=30)
    assert smallest_close(trade, "0.01", at, trigger="<").size == 0
    meets = smallest_close(trade, "0.01", at)
    assert meets.size == 0 and not meets.attained
    assert smallest_close(trade, "0.01", at, lot=1).size == 1


# conservation

def run(case, rng):
    """A liquidation with rules, fund and orders drawn."""
    acts = [act for act in ("cancel", "share", "tier", "restore", "market") if rng.random() < 0.5]
    rules = Rules((*acts, "takeover"), fee=case["fee"], trigger=rng.choice(("<=", "<")),
                  remainder=rng.choice(("trader", "fund")), fee_to=rng.choice(("fund", "venue")),
                  tiers_down=rng.choice((1, 2)), share=F(1, 4))
    worth = value(case["kind"], case["size"], case["mark"])
    return liquidate(position(case), TIERS[case["number"], case["scheme"]], case["mark"],
                     rules=rules, collateral=collateral(case), book=case["book"],
                     fund=worth * F(rng.choice((0, 0, 1, 5)), 100), basis=case["basis"],
                     orders=worth * F(rng.choice((0, 1)), 100), close_fee=case["close_fee"],
                     lot=rng.choice((None, case["size"] / 20)), adl=rng.choice((None, halves)))


def halves(deficit):
    return {"ann": deficit.size / 2, "ben": deficit.size / 2}


def replay(case, outcome):
    """Money and holding of everybody, from the postings alone: at the start and after each one."""
    money, held = (dict.fromkeys(outcome.ledger.parties, F(0)) for _ in range(2))
    money["trader"] = collateral(case)
    for name in ("orders", "fund"):
        money[name] = outcome.steps[0].equities[name]
    yield money, held
    for one in outcome.ledger.postings:
        money[one.source] -= one.money
        money[one.target] += one.money
        held[one.source] -= one.size
        held[one.target] += one.size
        yield money, held


def test_money_is_conserved_at_every_step_of_ten_thousand_runs():
    rng, seen = Random(2026), {}
    for _ in range(10_000):
        case = draw(rng)
        outcome = run(case, rng)
        check(case, outcome)
        for state in outcome.states:
            seen[state] = seen.get(state, 0) + 1
        thin = sum(size for _, size in case["book"]) < case["size"]
        for word, there in (("empty book", not case["book"]), ("thin book", thin),
                            ("deficit", bool(outcome.deficits)), ("inverse", case["kind"] != "linear"),
                            ("fund spent", outcome.steps[0].equities["fund"] > 0
                             and outcome.steps[-1].equities["fund"] == 0)):
            seen[word] = seen.get(word, 0) + there
    assert set(seen) >= set(TRANSITIONS) and min(seen.values()) > 50, seen


def check(case, outcome):
    unit = case["mark"] if case["kind"] == "linear" else -10 / case["mark"]
    total = collateral(case) + sum(outcome.steps[0].equities[name] for name in ("orders", "fund"))
    steps, postings = {}, [None, *outcome.ledger.postings]
    for step in outcome.steps:
        steps.setdefault(step.postings, []).append(step)
    for count, (money, held) in enumerate(replay(case, outcome)):
        assert sum(money.values()) == total and sum(held.values()) == 0
        for step in steps.get(count, ()):
            for party, equity in step.equities.items():
                assert equity == money[party] + held[party] * unit
            assert sum(step.equities.values()) == total
            assert step.sizes["position"] == abs(held["trader"])
        if count and postings[count].why == "liquidation fee":
            assert postings[count].money > 0 and money["trader"] + held["trader"] * unit >= 0
    for before, after in pairwise(outcome.states):
        assert after in TRANSITIONS[before]
    assert outcome.state in LAST and outcome.ledger.balanced()
    last = outcome.steps[-1]
    assert last.equities["fund"] >= 0 and outcome.ledger.held("fund", "position") == 0
    if outcome.state == "settled":
        assert last.sizes["position"] == 0 and last.equities["trader"] >= 0
    else:
        gap = last.equity - last.requirement
        assert gap > 0 or gap == 0 and outcome.rules.trigger == "<"


# who gets what: the trade of source 000, by hand

def test_the_trade_of_source_000_leaves_its_maintenance_margin_and_no_fee_takes_more():
    """27.14 are left; 0.5 % of what is sold is all of it, 1.25 % or 2 % cannot be collected."""
    left = F(5_400, 199)
    assert round(float(left), 2) == 27.14
    for fee, wanted in ((0, F(0)), (F(1, 1000), left / 5), (F(5, 1000), left), (F(125, 10_000), left),
                        (F(2, 100), left)):
        done = liquidate(SEED_TRADE, "0.005", LINE, book=[(LINE, 1)],
                         rules=Rules(("market", "takeover"), fee=fee))
        assert (done.fee, done.trader, done.fund) == (wanted, left - wanted, wanted)
    assert round(float(F(2, 100) * F(LINE.p, LINE.q) / 10), 2) == 108.54


@pytest.mark.parametrize("price, fund_of_bybit, trader_elsewhere", [
    (54_271, F("27.1"), F("27.1")), (54_200, 20, 20), (54_000, 0, 0)])
def test_what_remains_goes_to_the_fund_or_to_the_trader(price, fund_of_bybit, trader_elsewhere):
    book = [(price, 1)]
    taken = liquidate(SEED_TRADE, "0.005", LINE, book=book, rules=Rules.of("bybit", fee=0))
    sold = liquidate(SEED_TRADE, "0.005", LINE, book=book, rules=Rules.of("binance", fee=0))
    assert (taken.fund, taken.trader) == (fund_of_bybit, 0)
    assert (sold.fund, sold.trader) == (0, trader_elsewhere)
    assert "taken over" in taken.states and "taken over" not in sold.states


def test_below_the_bankruptcy_price_fund_then_others():
    """53,000 against 54,000: 100 for the whole position. The fund bears 60 of it, at 1,100 a coin
    for the first half, at 2,000 then; the rest ends at 54,000."""
    seen = []

    def rule(deficit):
        seen.append(deficit)
        return {"ann": deficit.size}

    done = liquidate(SEED_TRADE, "0.005", 53_000, fund=60, adl=rule, rules=Rules.of("bybit", fee=0),
                     book=[(52_900, "0.05"), (52_000, 1)])
    assert done.fund == -60 and done.trader == 0
    (deficit,) = seen
    assert deficit.size == F(1, 20) - F(5, 2_000) and deficit.price == 54_000
    assert deficit.loss == deficit.size * 1_000 and done.deficits == (deficit,)
    assert done.steps[-1].equities["ann"] == -deficit.loss
    assert done.ledger.held("ann", "position") == deficit.size


def test_an_empty_book_ends_against_the_other_side_at_the_bankruptcy_price():
    done = liquidate(SEED_TRADE, "0.005", LINE, rules=Rules.of("binance"))
    assert done.states[-3:] == ["taken over", "deleveraged", "settled"]
    assert done.deficits[0].price == 54_000 and done.deficits[0].loss < 0 and done.fund == 0


def test_cancelled_orders_can_be_enough():
    done = liquidate(SEED_TRADE, "0.005", LINE, orders=5, rules="binance", book=[(54_000, 1)])
    assert done.states[-2:] == ["cancelled", "restored"] and done.trader == F(5_400, 199) + 5
    assert liquidate(SEED_TRADE, "0.005", LINE, rules=Rules.of("deribit")).state == "called"
    calm = liquidate(SEED_TRADE, "0.005", 60_000)
    assert calm.states == ["open"] and calm.trader == 600


BIG = pp.Position("long", 20, 60_000, leverage=10)
BINANCE = pp.Tiers.load("binance/BTCUSDT/2026-09")


def test_down_to_the_lower_tier():
    line = BIG.liquidation_price(BINANCE)
    done = liquidate(BIG, BINANCE, line, rules=Rules.of("bybit", fee=0), book=[(line, 100)])
    assert done.states[-2:] == ["reduced", "restored"]
    assert done.sizes["position"] * F(line.p, line.q) == BINANCE.rows[2].floor
    twice = liquidate(BIG, BINANCE, line, rules=Rules.of("okx", fee=0, trigger="<="),
                      book=[(line, 100)])
    assert twice.sizes["position"] * F(line.p, line.q) == BINANCE.rows[1].floor
    thin = liquidate(BIG, BINANCE, line, rules=Rules.of("bybit", fee=0), book=[(line, 5)])
    assert "reduced" not in thin.states, "filled whole or killed"


def test_a_fifth_first():
    rules = Rules.of("hyperliquid")
    line = BIG.liquidation_price("0.0125")
    done = liquidate(BIG, "0.0125", line - 1, rules=rules, book=[(line - 1, 100)])
    assert done.states[-2:] == ["reduced", "restored"] and done.closed["position"] == 4
    small = liquidate(SEED_TRADE, "0.0125", SEED_TRADE.liquidation_price("0.0125") - 1, rules=rules,
                      book=[(54_500, 100)])
    assert "reduced" not in small.states and small.state == "settled" and small.trader > 0


def test_of_several_legs_the_one_that_requires_most_goes_first():
    account = pp.Account(9_000, {"BTC": (pp.Position("long", 1, 60_000), "0.005"),
                                 "ETH": (pp.Position("short", 10, 3_000), "0.02")})
    marks = {"BTC": 54_000, "ETH": 3_220}  # equity 800; required 270 + 644
    done = liquidate(account, mark=marks, rules=Rules(trigger="<"),
                     book={"BTC": [(54_000, 1)], "ETH": [(3_220, 10)]})
    assert done.state == "restored" and done.closed == {"BTC": 0, "ETH": F(114, F("64.4"))}
    assert done.ledger.balanced()
    whole = liquidate(account, mark={"BTC": 54_000, "ETH": 3_299}, rules=Rules(trigger="<"),
                      book={"BTC": [(54_000, 1)], "ETH": [(3_299, 10)]})
    assert whole.state == "restored" and set(whole.closed.values()) >= {10}
    taken = liquidate(account, mark={"BTC": 53_000, "ETH": 3_300}, rules=Rules(), fund=5_000,
                      book={"BTC": [(53_000, 1)], "ETH": [(3_300, 10)]})
    assert taken.fund == -1_000 and taken.trader == 0 and taken.deficits == ()


def test_what_a_rulebook_does_not_say_is_asked_for():
    for venue, key in (("gate", "process"), ("bybit", "liquidation_fee"),
                       ("okx", "liquidation_fee")):
        with pytest.raises(ValueError, match=f"{venue}.yaml, {key}"):
            Rules.of(venue)
    with pytest.raises(ValueError, match="dydx.yaml, process, remainder.*remainder=... of your own"):
        Rules.of("dydx")
    assert Rules.of("dydx", remainder="fund").fee == F(15, 1000)
    assert Rules.of("deribit", "2021-12-31").fee == F(5, 1000)
    with pytest.raises(ValueError, match="fees = 1: expected one of acts"):
        Rules.of("bybit", fees=1)
    for name in pp.Venue.names():
        process = pp.Venue.load(name).process
        known = pp.Venue.load(name).rule("steps").value != "not found"
        assert bool(process) == known and (not known or process["acts"][-1] == "takeover"), name


# bad input

@pytest.mark.parametrize("call, words", [
    (lambda: liquidate(SEED_TRADE, "0.005"), "mark = None: expected a number"),
    (lambda: liquidate(SEED_TRADE, None, 50_000), "tiers = None: expected Tiers"),
    (lambda: liquidate("long", "0.005", 50_000), "position of 'position' = 'long': expected a Pos"),
    (lambda: liquidate(pp.Position("long", 1, 9), "0.005", 9), "collateral = None: expected money"),
    (lambda: liquidate(SEED_TRADE, "0.005", 9, fund=-1), "fund = -1: expected a number of 0 or"),
    (lambda: liquidate(SEED_TRADE, "0.005", 9, orders="x"), "orders = 'x': expected decimal"),
    (lambda: liquidate(SEED_TRADE, "0.005", 9, lot=0), "lot = 0: expected a number above 0"),
    (lambda: liquidate(SEED_TRADE, "0.005", 9, call_at=2), "call_at = 2: expected a fraction in"),
    (lambda: liquidate(SEED_TRADE, "0.005", 9, rules=3), "rules = 3: expected Rules"),
    (lambda: liquidate(SEED_TRADE, "0.005", 9, book=[(1, 1), (2, 1)]), "expected bids, whose pr"),
    (lambda: liquidate(SEED_TRADE, "0.005", 9, book=[(2, 1), (1, 1), (3, 1)]), "fall throughout"),
    (lambda: liquidate(SEED_TRADE, "0.005", 9, book=[(2, 0)]), "size of level 1 = 0: expected"),
    (lambda: liquidate(SEED_TRADE, "0.005", 9, book={"BTC": []}), "book = 'BTC': expected the name"),
    (lambda: liquidate(SEED_TRADE, "0.005", 50_000, adl=lambda deficit: {"ann": 1}), "adl = {'ann'"),
    (lambda: liquidate(SEED_TRADE, "0.005", 50_000, adl=lambda deficit: 3), "adl = 3: expected a r"),
    (lambda: liquidate(SEED_TRADE, "0.005", 50_000, adl=lambda one: {"fund": one.size}), "adl = "),
    (lambda: smallest_close(TEN, TWO, 98, fill=97, book=[]), "fill = 97: expected one of fill and"),
    (lambda: smallest_close(TEN, TWO, 98, trigger="<>"), "trigger = '<>': expected one of"),
    (lambda: smallest_close(TEN, TWO, 98, fee=5), "fee = 5: expected a fraction in"),
    (lambda: smallest_close(TEN, TWO, 98, lot=-1), "lot = -1: expected a number above 0"),
    (lambda: Rules(("takeover", "market")), "acts = .*expected 'takeover' at the end"),
    (lambda: Rules(("sell", "takeover")), "acts = 'sell': expected one of"),
    (lambda: Rules(tiers_down="1.5"), "tiers_down = '1.5': expected a whole number"),
    (lambda: Rules(share=0), "share = 0: expected a fraction above 0"),
    (lambda: Rules(remainder="user"), "remainder = 'user': expected one of"),
    (lambda: Ledger().move("x", "ann", "ann", money=1), "target = 'ann': expected another party"),
    (lambda: Book.ladder(10, 5, 1, 3), "count = 3: expected levels whose prices all stay above 0"),
    (lambda: Book.ladder(10, 5, 1, 0), "count = 0: expected a whole number"),
    (lambda: Book("x"), "levels = 'x': expected pairs"),
])
def test_bad_input(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_a_state_follows_only_where_the_table_says_so():
    from perpedu.engine.machine import Machine

    machine = Machine({}, {}, {}, Rules(), None)
    machine.go("open", "")
    with pytest.raises(RuntimeError, match="'settled' does not follow 'open'"):
        machine.go("settled", "")


# the chapter's explorer says what the engine does

def test_the_explorer_of_the_steps_ends_where_the_engine_ends():
    rng, explorer = Random(3), pp.chapter15.steps_explorer()
    for _ in range(40):
        given = dict(stage=4, exit_price=rng.randrange(52_500, 54_501, 50),
                     mark_price=rng.randrange(53_000, 54_251, 50), fund_money=rng.randrange(0, 201, 10),
                     liquidation_fee_rate=F(rng.randrange(0, 41), 2_000),
                     venue=rng.choice(("taken over first", "sold first")))
        explorer.set(**given)
        taken = given["venue"] == "taken over first"
        rules = Rules.of("bybit", fee=0) if taken else Rules.of(
            "binance", fee=given["liquidation_fee_rate"])
        done = liquidate(SEED_TRADE, "0.005", given["mark_price"], rules=rules,
                         fund=given["fund_money"], book=[(given["exit_price"], 1)])
        last, said = done.steps[-1].equities, explorer.exact
        assert (said["trader"], said["fund"]) == (last["trader"], last["fund"]), given
        assert said["other_side"] == last["counterparties"], given


# accounts with several legs

def draw_account(rng):
    """Two or three legs near the account's line, and a book for each."""
    coins, face = rng.random() < 0.3, F(10)
    contract = pp.Inverse(face) if coins else pp.Linear()
    legs, marks, books = {}, {}, {}
    for name in ("A", "B", "C")[:rng.choice((2, 3))]:
        side, entry = rng.choice((1, -1)), F(rng.randrange(50, 150))
        size = F(rng.randrange(10, 200), 10) * (1000 if coins else 1)
        marks[name] = entry * (1 - side * F(rng.randrange(-5, 20), 100))
        legs[name] = (pp.Position("long" if side > 0 else "short", size, entry, contract=contract),
                      TIERS[rng.choice(list(TIERS))])
        prices = [marks[name] * (1 - side * F(i * rng.randrange(1, 30), 1000)) for i in (0, 1, 2)]
        levels = {price: size * F(rng.randrange(1, 12), 10) for price in prices}
        books[name] = sorted(levels.items(), reverse=side > 0)[:rng.choice((0, 1, 2, 3))]
    gained = sum(leg.unrealized_pnl(marks[name]) for name, (leg, _) in legs.items())
    needed = sum(leg.requirement(tiers, sp_rational(marks[name]), "mark", 0)
                 for name, (leg, tiers) in legs.items())
    wallet = needed * F(rng.randrange(-30, 110), 100) - gained
    return pp.Account(max(wallet, 0), legs), marks, books


def sp_rational(value):
    from perpedu.theory.exact import rational

    return rational("value", value)


def test_money_is_conserved_for_accounts_with_several_legs():
    rng, seen = Random(77), set()
    for _ in range(600):
        account, marks, books = draw_account(rng)
        acts = [act for act in ("cancel", "share", "tier", "restore", "market")
                if rng.random() < 0.5]
        done = liquidate(account, mark=marks, book=books, fund=rng.choice((0, 10, 10_000)), rules=Rules(
            (*acts, "takeover"), fee=F(rng.choice((0, 5)), 1000), trigger=rng.choice(("<=", "<")),
            remainder=rng.choice(("trader", "fund"))), adl=rng.choice((None, halves)))
        totals = {sum(step.equities.values()) for step in done.steps}
        assert len(totals) == 1 and done.ledger.balanced()
        assert done.steps[0].equity == account.equity(marks)
        assert done.steps[0].requirement == sum(
            leg.requirement(tiers, sp_rational(marks[name]), "mark", 0)
            for name, (leg, tiers) in account.legs.items())
        last = done.steps[-1]
        assert last.equities["fund"] >= 0 and not done.ledger.holdings("fund")
        if done.state == "settled":
            assert not any(last.sizes.values()) and last.equity >= 0
        else:
            assert last.surplus > 0 or last.surplus == 0 and done.rules.trigger == "<"
        seen |= {*done.states, *(["many"] if len(done.deficits) > 1 else [])}
    assert seen >= {*TRANSITIONS, "many"}
