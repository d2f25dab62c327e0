"""Auto-deleveraging against bisection, small steps, permutations and sums of money."""

from fractions import Fraction as F
from itertools import combinations, permutations
from random import Random

import numpy as np
import pytest

import perpedu as pp
from perpedu.engine import adl, adl_arrays

LOST = pp.Position("long", "2.4", 60_000, collateral=21_600)
SHORTS = {"A": pp.Position("short", 2, 50_500, collateral=9_000),
          "B": pp.Position("short", 2, 55_000, collateral=10_000),
          "C": pp.Position("short", 2, 65_000, collateral=20_000)}
RATE = "0.005"


def fraction(value):
    return None if value is None else F(int(value.p), int(value.q))


def fractions(values):
    return [fraction(value) for value in values]


def books(count, seed="books", least=1, poor=0.0):
    """Random (sizes, equities, amount), some without equity, some amounts beyond all sizes."""
    rng = Random(seed)
    for _ in range(count):
        n = rng.randrange(least, 8)
        sizes = [F(rng.randrange(1, 400), rng.choice((1, 2, 3, 4))) for _ in range(n)]
        equities = [F(rng.randrange(-40, 1)) if rng.random() < poor else F(rng.randrange(1, 99), 3)
                    for _ in range(n)]
        yield sizes, equities, sum(sizes) * F(rng.randrange(0, 115), 100)


# ---- water-filling

def test_the_example_after_the_papers_rule_is_exact():
    found = adl.water_filling([100, 100, 100], [10, 20, 50], 120)
    assert fractions(found.cuts) == [F(220, 3), F(140, 3), 0] and found.rest == 0
    assert fraction(found.level) == F(8, 3) and sum(found.cuts) == 120


def by_bisection(sizes, equities, amount):
    """The level by halving: how much stands above it falls as it rises."""
    low, high = F(0), max(s / e for s, e in zip(sizes, equities))
    for _ in range(60):
        middle = (low + high) / 2
        above = sum(max(F(0), s - middle * e) for s, e in zip(sizes, equities))
        low, high = (middle, high) if above > amount else (low, middle)
    return [max(F(0), s - high * e) for s, e in zip(sizes, equities)]


def test_water_filling_is_what_bisection_finds():
    for sizes, equities, amount in books(200):
        found = adl.water_filling(sizes, equities, amount)
        if amount <= sum(sizes):
            for got, want in zip(fractions(found.cuts), by_bisection(sizes, equities, amount)):
                assert abs(got - want) < F(1, 10**9)
        else:
            assert fractions(found.cuts) == sizes and found.rest == amount - sum(sizes)


def test_water_filling_is_what_small_steps_reach():
    """Again and again a small piece from whoever has the highest leverage."""
    for sizes, equities, amount in books(20, "steps"):
        amount, left, piece = min(amount, sum(sizes)), list(sizes), F(1, 3)
        for _ in range(int(amount / piece)):
            top = max(range(len(left)), key=lambda i: left[i] / equities[i])
            left[top] -= min(piece, left[top])
        found = adl.water_filling(sizes, equities, sum(sizes) - sum(left))
        for got, want in zip(fractions(found.cuts), (s - one for s, one in zip(sizes, left))):
            assert abs(got - want) <= piece * len(sizes)


def test_the_level_is_the_highest_over_all_groups():
    """A level is too low if some group alone has more above it than the amount."""
    for sizes, equities, amount in books(60, "groups"):
        groups = [g for k in range(len(sizes)) for g in combinations(range(len(sizes)), k + 1)]
        levels = [(sum(sizes[i] for i in g) - amount) / sum(equities[i] for i in g) for g in groups]
        assert fraction(adl.water_filling(sizes, equities, amount).level) == max(0, *levels)


def test_no_other_way_to_cut_leaves_a_smaller_highest_leverage():
    rng = Random("others")
    for sizes, equities, amount in books(60, "optimal", least=2):
        amount = min(amount, sum(sizes))
        found = adl.water_filling(sizes, equities, amount)
        least = max((s - c) / e for s, c, e in zip(sizes, fractions(found.cuts), equities))
        for _ in range(20):
            order, left, cuts = rng.sample(range(len(sizes)), len(sizes)), amount, {}
            for place in order:  # a random feasible cut: each takes some, the last ones what is left
                room = sum(sizes[i] for i in order if i not in cuts and i != place)
                low, high = max(F(0), left - room), min(sizes[place], left)
                cuts[place] = low + (high - low) * F(rng.randrange(0, 11), 10)
                left -= cuts[place]
            assert left == 0
            assert max((sizes[i] - cuts[i]) / equities[i] for i in order) >= least


def test_more_to_cut_cuts_nobody_less():
    for sizes, equities, amount in books(80, "monotone", poor=0.2):
        for rule in (lambda x: adl.water_filling(sizes, equities, x), lambda x: adl.pro_rata(sizes, x),
                     lambda x: adl.queue(sizes, equities, x)):
            one, more = rule(amount), rule(amount + 7)
            assert all(a <= b for a, b in zip(one.cuts, more.cuts)) and one.rest <= more.rest


def test_every_share_is_conserved_and_inside():
    for sizes, equities, amount in books(2_500, "conserved", poor=0.3):
        for found in (adl.water_filling(sizes, equities, amount), adl.pro_rata(sizes, amount),
                      adl.queue(sizes, equities, amount), adl.socialize(sizes, amount)):
            assert sum(found.cuts) + found.rest == amount and found.rest >= 0
            assert all(0 <= cut <= size for cut, size in zip(found.cuts, sizes))
            assert found.rest == max(0, amount - sum(sizes))


def test_two_steps_of_water_filling_are_one():
    for sizes, equities, amount in books(80, "path"):
        amount = min(amount, sum(sizes))
        half = fractions(adl.water_filling(sizes, equities, amount / 2).cuts)
        rest = fractions(adl.water_filling([s - c for s, c in zip(sizes, half)], equities,
                                           amount / 2).cuts)
        whole = fractions(adl.water_filling(sizes, equities, amount).cuts)
        assert [a + b for a, b in zip(half, rest)] == whole


def test_splitting_an_account_never_lowers_what_it_gives_to_water_filling():
    rng = Random("split")
    for sizes, equities, amount in books(100, "split"):
        amount = min(amount, sum(sizes))
        part, money = F(rng.randrange(0, 11), 10), F(rng.randrange(1, 10), 10)
        split = adl.water_filling([sizes[0] * part, sizes[0] * (1 - part), *sizes[1:]],
                                  [equities[0] * money, equities[0] * (1 - money), *equities[1:]],
                                  amount)
        whole = adl.water_filling(sizes, equities, amount)
        assert split.cuts[0] + split.cuts[1] >= whole.cuts[0]


def test_who_has_no_equity_gives_first_and_pro_rata():
    found = adl.water_filling([30, 10, 60], [0, -5, 100], 20)
    assert found.cuts == (15, 5, 0) and found.rest == 0 and found.level is None
    found = adl.water_filling([30, 10, 60], [0, -5, 100], 50)
    assert found.cuts == (30, 10, 10) and fraction(found.level) == F(1, 2)
    assert adl.water_filling([30], [0], 40) == adl.Shares((30,), 10)


def test_nothing_to_cut_and_nobody_there():
    assert adl.water_filling([100, 40], [10, 10], 0) == adl.Shares((0, 0), 0, 10)
    assert adl.water_filling([], [], 3) == adl.Shares((), 3)
    assert adl.queue([], [], 3) == adl.pro_rata([], 3) == adl.Shares((), 3)
    assert adl.pro_rata([0, 0], 0) == adl.Shares((0, 0), 0)


# ---- queues

def test_the_published_example_of_a_queue():
    """BitMEX's page: six longs, a short of 20 to close; accounts 2 and 5 give 10 each."""
    found = adl.queue([10, 10, 20, 30, 20, 10], [3, 6, 1, 4, 5, 2], 20)
    assert found.cuts == (0, 10, 0, 0, 10, 0) and found.rest == 0


def by_hand(sizes, scores, amount):
    """One after the other, the highest first."""
    cuts = [F(0)] * len(sizes)
    for place in sorted(range(len(sizes)), key=lambda i: -scores[i]):
        cuts[place] = min(sizes[place], amount)
        amount -= cuts[place]
    return cuts


def test_a_queue_without_ties_is_the_sorted_list():
    rng = Random("queue")
    for sizes, _, amount in books(150, "queue"):
        scores = rng.sample(range(-50, 50), len(sizes))
        assert fractions(adl.queue(sizes, scores, amount).cuts) == by_hand(sizes, scores, amount)


def test_the_order_of_the_list_plays_no_part():
    for rule, more in ((adl.queue, [2, 1, 2, None]), (adl.water_filling, [5, 9, 5, 0])):
        sizes, amount = [3, 4, 5, 1], F(7)
        whole = rule(sizes, more, amount).cuts
        for order in permutations(range(4)):
            mixed = rule([sizes[i] for i in order], [more[i] for i in order], amount).cuts
            assert [whole[i] for i in order] == list(mixed)


def test_equal_scores_share_and_none_comes_first():
    assert adl.queue([3, 1, 9, 2], [2, 2, 1, None], 4).cuts == (F(3, 2), F(1, 2), 0, 2)


# ---- scores, by hand

def test_scores_of_the_chapters_three_shorts():
    price = F(50_000)
    want = {"A": (F(1000, 101_000) * 10, price / 50_500 * 10, F(1000, 9000) * F(500, 10_000)),
            "B": (F(10, 110) * 5, price / 55_000 * 5, F(1) * F(500, 20_000)),
            "C": (F(30, 130) * 2, price / 65_000 * 2, F(3, 2) * F(500, 50_000))}
    for name, position in SHORTS.items():
        got = [fraction(adl.score(position, 50_000, ranking, RATE)) for ranking in adl.RANKINGS]
        assert tuple(got) == want[name], name


def test_a_loss_is_divided_by_leverage():
    short = pp.Position("short", 2, 48_000, collateral=14_000)
    assert fraction(adl.score(short, 50_000, adl.RANKINGS[0])) == F(-4000, 96_000) / 10
    assert adl.score(short, 50_000, adl.RANKINGS[2], RATE) == 0


def test_without_equity_there_is_no_score_and_it_is_closed_first():
    broke = pp.Position("short", 1, 40_000, collateral=10_000)
    assert all(adl.score(broke, 50_000, ranking, RATE) is None for ranking in adl.RANKINGS)
    for rule in adl.RANKINGS:
        done = adl.deleverage(LOST, {**SHORTS, "broke": broke}, 50_000, rule, tiers=RATE)
        assert done.cuts["broke"] == 1 and done.leverage["broke"] is None


def test_a_larger_profit_or_a_larger_leverage_comes_earlier_in_the_first_queue():
    base = adl.score(SHORTS["B"], 50_000, adl.RANKINGS[0])
    for more in (100, 1_000, 4_000):
        richer = pp.Position("short", 2, 55_000 + more, collateral=10_000 - 2 * more)
        thinner = pp.Position("short", 2, 55_000, collateral=10_000 - more)
        assert richer.equity(50_000) == 20_000 > thinner.equity(50_000)
        assert min(adl.score(other, 50_000, adl.RANKINGS[0]) for other in (richer, thinner)) > base


def test_rulebooks_name_the_ranking_or_say_that_none_was_found():
    found = {name: pp.Venue.load(name).rule("adl_ranking") for name in pp.Venue.names()}
    assert {name for name, rule in found.items() if rule.value != "not found"} == {
        "binance", "bitmex", "hyperliquid", "mexc"}
    assert all(rule.value in (*adl.RANKINGS, "not found") for rule in found.values())


# ---- one deleveraging

@pytest.mark.parametrize("rule, want", [
    ("profit times leverage", (0, F(2, 5), 2)), ("price ratio times leverage", (2, F(2, 5), 0)),
    ("return times margin ratio", (0, 2, F(2, 5))), ("pro rata", (F(4, 5),) * 3),
    ("water-filling", (F(22, 15), F(14, 15), 0))])
def test_five_rules_on_one_scenario(rule, want):
    done = adl.deleverage(LOST, SHORTS, 50_000, rule, tiers=RATE)
    assert tuple(fractions(done.cuts.values())) == want
    assert [fraction(x) for x in done.given_up.values()] == [1000 * cut for cut in want]
    assert done.price == 51_000 and done.rest == 0 and done.spared == 2_400


def positions(rng, side, count):
    return {str(n): pp.Position(side, F(rng.randrange(1, 40), 8), rng.randrange(40_000, 70_000),
                                collateral=rng.randrange(500, 30_000)) for n in range(count)}


def cases(count):
    rng = Random("deleverage")
    for turn in range(count):
        side, other = rng.choice((("long", "short"), ("short", "long")))
        lost = pp.Position(side, F(rng.randrange(1, 80), 8), rng.randrange(40_000, 70_000),
                           leverage=rng.randrange(2, 30))
        yield (lost, positions(rng, other, rng.randrange(1, 6)),
               rng.randrange(40_000, 70_000), adl.RULES[turn % 5])


def test_money_in_is_money_out():
    for lost, others, mark, rule in cases(100):
        done = adl.deleverage(lost, others, mark, rule, tiers=RATE)
        price, closed = fraction(lost.bankruptcy_price()), fraction(lost.size - done.rest)
        sign = 1 if lost.side == "long" else -1
        assert sum(fractions(done.cuts.values())) == closed
        # the bankrupt side realizes what the others do not: against the mark price nothing is made
        assert done.spared == sign * closed * (price - mark) == sum(done.given_up.values())
        for name, position in others.items():
            cut, entry = fraction(done.cuts[name]), fraction(position.entry)
            assert done.left[name] == position.size - cut >= 0
            assert done.realized[name] == -sign * cut * (price - entry)
            kept = -sign * (fraction(position.size) - cut) * (mark - entry)
            assert done.equity[name] == position.collateral + done.realized[name] + kept
            held = done.left[name] * mark
            assert done.leverage[name] == (None if done.equity[name] <= 0 else
                                           held / done.equity[name])


def test_a_long_that_ran_out_leaves_its_rest_when_there_are_too_few():
    done = adl.deleverage(LOST, {"A": SHORTS["A"]}, 50_000, "pro rata")
    assert fraction(done.rest) == F(2, 5) and done.cuts == {"A": 2} and done.left == {"A": 0}
    assert adl.deleverage(LOST, {}, 50_000, "pro rata").rest == LOST.size


def test_a_rule_of_ones_own_is_checked():
    def last(positions, mark, size):
        return adl.queue([p.size for p in positions], range(len(positions)), size)

    assert adl.deleverage(LOST, SHORTS, 50_000, last).cuts["C"] == 2
    for wrong in (lambda p, m, s: adl.Shares((s, 0, 0), 0 * s), lambda p, m, s: adl.Shares((s,), 0),
                  lambda p, m, s: adl.Shares((0 * s,) * 3, 0 * s)):
        with pytest.raises(ValueError, match="rule"):
            adl.deleverage(LOST, SHORTS, 50_000, wrong)


BAD = {
    "a rule nobody knows": (lambda: adl.deleverage(LOST, SHORTS, 50_000, "fair"), "rule = 'fair'"),
    "one of the same side": (lambda: adl.deleverage(LOST, {"x": LOST}, 50_000, "pro rata"), "others, x"),
    "too large": (lambda: adl.deleverage(LOST, SHORTS, 50_000, "pro rata", size=3), "size = 3"),
    "a price of 0": (lambda: adl.deleverage(LOST, SHORTS, 50_000, "pro rata", price=0), "price = 0"),
    "no positions": (lambda: adl.deleverage(LOST, [1], 50_000, "pro rata"), "others"),
    "a coin contract": (lambda: adl.deleverage(pp.Position(
        "long", 5, 60_000, leverage=5, contract=pp.Inverse(face=100)), SHORTS, 50_000, "pro rata"),
        "linear"),
    "no tiers": (lambda: adl.deleverage(LOST, SHORTS, 50_000, adl.RANKINGS[2]), "tiers = None"),
    "a size below 0": (lambda: adl.queue([1, -2], [1, 1], 1), "sizes = -2"),
    "an amount that is none": (lambda: adl.pro_rata([1], "many"), "amount = 'many'"),
    "a nan": (lambda: adl.water_filling([1], [float("nan")], 1), "equities"),
    "too few equities": (lambda: adl.water_filling([1, 2], [1], 1), "equities"),
    "too many scores": (lambda: adl.queue([1], [1, 2], 1), "scores"),
    "a loss below 0": (lambda: adl.socialize([1], -1), "loss = -1"),
    "a truth value": (lambda: adl.socialize([True], 1), "profits"),
    "an unknown ranking": (lambda: adl.score(LOST, 1, "height"), "ranking = 'height'"),
    "arrays, side": (lambda: adl_arrays.scores(adl.RANKINGS[0], 0, 1, 1, 1, 1), "side = 0"),
    "arrays, below 0": (lambda: adl_arrays.queue([-1.0], [1.0], 1), "sizes"),
    "arrays, lengths": (lambda: adl_arrays.water_filling([1.0], [1.0, 2.0], 1), "equities"),
    "arrays, amount": (lambda: adl_arrays.pro_rata([1.0], float("inf")), "amount"),
    "arrays, shapes": (lambda: adl_arrays.scores(adl.RANKINGS[0], 1, [1, 2], [1, 2, 3], 1, 1), "shapes"),
}


@pytest.mark.parametrize("why", BAD)
def test_what_is_refused_says_what_it_was(why):
    call, said = BAD[why]
    with pytest.raises(ValueError, match=said):
        call()


def test_the_liquidation_engine_hands_its_deficit_to_a_rule():
    """A long without a book and without a fund ends against the three shorts, at its bankruptcy price."""
    for rule in adl.RULES:
        done = pp.engine.liquidate(LOST, RATE, 50_000, adl=adl.against(
            SHORTS, rule, RATE))
        want = pp.engine.deleverage(LOST, SHORTS, 50_000, rule, tiers=RATE)
        (deficit,) = done.deficits
        assert (deficit.size, deficit.price, deficit.loss) == (F(12, 5), 51_000, 2_400)
        for name, up in want.given_up.items():
            assert done.steps[-1].equities.get(name, 0) == -fraction(up)
        assert done.trader == 0 and done.fund == 0 and done.ledger.balanced()
    with pytest.raises(ValueError, match="others"):
        adl.against({"A": SHORTS["A"]}, "pro rata")(deficit)


# ---- many accounts

def test_arrays_say_what_the_exact_rules_say():
    rng = Random("arrays")
    for sizes, equities, amount in books(80, "arrays", poor=0.2):
        ranks = [rng.choice((None, 1, 2, 3)) for _ in sizes]
        plain = [np.nan if rank is None else rank for rank in ranks]
        pairs = ((adl.water_filling(sizes, equities, amount),
                  adl_arrays.water_filling([*map(float, sizes)], [*map(float, equities)], float(amount))),
                 (adl.queue(sizes, ranks, amount),
                  adl_arrays.queue([*map(float, sizes)], plain, float(amount))),
                 (adl.pro_rata(sizes, amount),
                  adl_arrays.pro_rata([*map(float, sizes)], float(amount))))
        for exact, fast in pairs:
            np.testing.assert_allclose(fast.cuts, [float(cut) for cut in exact.cuts], atol=1e-9)
            assert fast.rest == pytest.approx(float(exact.rest), abs=1e-9)
            if exact.level is not None:
                assert fast.level == pytest.approx(float(exact.level), abs=1e-9)


@pytest.mark.parametrize("ranking", adl.RANKINGS)
def test_scores_of_many_are_the_scores_of_each(ranking):
    rng = Random(ranking)
    for side in ("long", "short"):
        book = list(positions(rng, side, 60).values())
        fast = adl_arrays.scores(ranking, book[0].sign, [float(p.size) for p in book],
                                 [float(p.entry) for p in book], [float(p.collateral) for p in book],
                                 55_000, 0.005)
        exact = [adl.score(p, 55_000, ranking, RATE) for p in book]
        want = [np.nan if value is None else float(value) for value in exact]
        np.testing.assert_allclose(fast, want, rtol=1e-9)
        assert np.isnan(want).any()


def test_a_hundred_thousand_accounts_are_cut_at_once():
    rng = np.random.default_rng(16)
    held, behind = rng.uniform(1, 100, 100_000), rng.uniform(0.5, 50, 100_000)
    found = adl_arrays.water_filling(held, behind, 0.3 * held.sum())
    assert found.cuts.sum() == pytest.approx(0.3 * held.sum()) and found.rest == 0
    left = (held - found.cuts) / behind
    assert left.max() == pytest.approx(found.level)
    assert left[found.cuts > 0].min() == pytest.approx(found.level)


# ---- what the chapter says about queues, each by one exact example

def test_splitting_pays_in_a_queue_of_profit_times_leverage():
    whole = adl.deleverage(LOST, SHORTS, 50_000, "profit times leverage").cuts["C"]
    parts = {"C1": pp.Position("short", 1, 65_000, collateral=F(1_000)),
             "C2": pp.Position("short", 1, 65_000, collateral=19_000)}
    others = {"A": SHORTS["A"], "B": SHORTS["B"], **parts}
    assert sum(p.equity(50_000) for p in parts.values()) == SHORTS["C"].equity(50_000)
    done = adl.deleverage(LOST, others, 50_000, "profit times leverage")
    assert whole == 2 and done.cuts["C1"] + done.cuts["C2"] == 1
    filled = adl.deleverage(LOST, others, 50_000, "water-filling").cuts
    assert filled["C1"] + filled["C2"] >= 0


def test_closing_and_opening_again_leaves_the_queue_but_not_the_water():
    again = {**SHORTS, "C": SHORTS["C"].settle(50_000)}
    assert again["C"].equity(50_000) == 50_000
    for rule, same in (("profit times leverage", False), ("water-filling", True)):
        before = adl.deleverage(LOST, SHORTS, 50_000, rule).cuts["C"]
        after = adl.deleverage(LOST, again, 50_000, rule).cuts["C"]
        assert (before == after) is same
    assert adl.deleverage(LOST, again, 50_000, "profit times leverage").cuts["C"] == 0


def test_the_explorer_says_what_the_package_says():
    shown = pp.chapter16.payers_explorer()
    for place, rule in enumerate(adl.RULES, 1):
        for mark in range(46_000, 51_501, 500):
            for fund in (0, 1_200, 5_000):
                shown.set(deleveraging_rule=place, mark_price=mark, fund_money=fund)
                values = shown.exact
                if mark >= 51_000:
                    assert "nobody is deleveraged" in shown.state
                    continue
                done = pp.chapter16.closed(rule, mark, fund)
                assert values["to_close"] == sum(done.cuts.values())
                for name in SHORTS:
                    low = name.lower()
                    assert values[f"cut_{low}"] == done.cuts[name], (rule, mark, fund, name)
                    assert values[f"cost_{low}"] == done.given_up[name]
                    assert values[f"left_{low}"] == done.leverage[name]
                assert values["highest_left"] == max(done.leverage.values())
