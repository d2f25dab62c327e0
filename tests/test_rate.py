"""What the rate should be: tails, slopes, the law's table, deficits, and a rate that moves.

The witnesses: the error function, NumPy's own least squares, a search by hand, the closed forms
of the normal and of Student's t with three degrees, and a walk of each account in a loop.
"""

import math
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import perpedu as pp
from perpedu.risk.crash import Day
from perpedu.risk.deficit import CloseOut
from perpedu.risk.procyclical import DELAY, CrashDays, Crowd, Outcome, RateRule, crash_days, replay_rate

BINANCE = [name for name in pp.Tiers.names() if name.startswith("binance/")]
BTC = "binance/BTCUSDT/2026-09"


def below(z):
    """The chance of a normal move below z."""
    return math.erfc(-z / math.sqrt(2)) / 2


# ---- tails

@pytest.mark.parametrize("chance", ["0.5", "0.9", "0.99", "0.995", "0.0001"])
def test_tail_multiple_has_its_chance(chance):
    z = pp.risk.tail_multiple(chance)
    assert below(z) == pytest.approx(float(chance), rel=1e-12)
    two = pp.risk.tail_multiple(chance, sides=2)
    assert below(two) - below(-two) == pytest.approx(float(chance), rel=1e-9)


def test_the_book_s_minutes():
    """0.4 % is a 99 % move, to one side, of 3.2 minutes; to two sides, of 2.6."""
    sigma = pp.risk.daily_volatility()
    assert round(sigma, 4) == 0.0367
    for sides, minutes in ((1, 3.2), (2, 2.6)):
        found = 1440 * (0.004 / (sigma * pp.risk.tail_multiple("0.99", sides))) ** 2
        assert round(found, 1) == minutes


def test_normal_low_against_simulated_days():
    """The lowest of many small steps: near the reflection's quantile, a little above it."""
    dice, sigma = np.random.default_rng(14), 0.0367
    lows = np.concatenate([np.expm1(dice.normal(0, sigma / 20, (2_000, 400)).cumsum(axis=1)
                                    .min(axis=1).clip(max=0)) for _ in range(10)])
    for part in (0.01, 0.1, 0.5):
        exact = pp.risk.normal_low(str(part), sigma)
        shift = 0.5826 * sigma / 20  # a walk that is looked at 400 times a day
        assert np.quantile(lows, part) == pytest.approx(exact + shift, abs=0.0035)


@pytest.mark.parametrize("call, name", [
    (lambda: pp.risk.tail_multiple(1), "chance = 1"),
    (lambda: pp.risk.tail_multiple("0"), "chance = '0'"),
    (lambda: pp.risk.tail_multiple("0.9", 3), "sides = 3"),
    (lambda: pp.risk.tail_multiple("0.9", True), "sides = True"),
    (lambda: pp.risk.normal_low(0, "0.03"), "part = 0"),
    (lambda: pp.risk.normal_low("0.01", 0), "volatility = 0"),
    (lambda: pp.risk.tier_slope("0.005"), "tiers = '0.005'"),
    (lambda: pp.risk.tier_slope(pp.Tiers([(0, "0.01")], cap=5)), "at least two caps"),
    (lambda: pp.risk.tier_slope(pp.Tiers.load(BTC), "mean"), "of = 'mean'"),
    (lambda: pp.risk.tier_slope(pp.Tiers.load(BTC), at="top"), "at = 'top'"),
    (lambda: pp.risk.tier_slope(pp.Tiers([(0, 0), (5, "0.1")], cap=9)), "rates above 0"),
    (lambda: pp.risk.fit_law(pp.Tiers([(0, 0), (5, "0.1")], cap=9)), "rates above 0"),
    (lambda: pp.risk.Law(0.1, 0.1).rate(-1), "notional = -1"),
    (lambda: pp.risk.Law(0.1, 0.0).implied_volume("0.03"), "root = 0.0"),
    (lambda: pp.risk.Law(0.99, 0.1).table(pp.Tiers.load(BTC)), "rate = "),
    (lambda: pp.risk.Law.of(volatility=0, multiple=1, minutes=1, volume=1), "volatility = 0"),
    (lambda: pp.risk.Law.of(volatility=1, multiple=1, minutes=-1, volume=1), "minutes = -1"),
    (lambda: pp.risk.closeout_deficit(1, "0.01"), "rate = 1"),
    (lambda: pp.risk.closeout_deficit("0.01", 0), "deviation = 0"),
    (lambda: pp.risk.closeout_deficit("0.01", "0.01", freedom=2), "freedom = 2"),
    (lambda: Day.published("2020-03-11"), "date = '2020-03-11'"),
    (lambda: Day(10, 9, 8, 9), "high = 9"),
    (lambda: Day(10, 12, 11, 12), "low = 11"),
    (lambda: Day(10, 12, 9, 12, high_at=0), "high_at = 0"),
    (lambda: Day(10, 12, 9, 12, high_at=0.5, low_at=0.5), "low_at = 0.5"),
    (lambda: Day(10, 12, 9, 11).path(1, steps=3), "steps = 3"),
    (lambda: RateRule(multiple=-1), "multiple = -1"),
    (lambda: RateRule(floor="0.1", cap="0.05"), "cap = 0.05"),
    (lambda: RateRule(band=-1), "band = -1"),
    (lambda: RateRule.fixed(1), "floor = 1"),
    (lambda: Crowd.drawn(1, 1), "count = 1"),
    (lambda: Crowd.drawn(9, 1, leverage=(5, 2)), "leverage = "),
    (lambda: replay_rate([1, -1], RateRule(), Crowd.drawn(4, 1)), "prices = "),
    (lambda: replay_rate([1, 2, 3], RateRule(), Crowd.drawn(4, 1)), "crowd = "),
])
def test_bad_input_is_named(call, name):
    with pytest.raises(ValueError, match=name.replace("(", r"\(")):
        call()


# ---- slopes of published tables

def caps_of(tiers):
    ends = [row.floor for row in tiers.rows[1:]] + [tiers.cap]
    return np.array([float(end) for end in ends if end is not None])


@pytest.mark.parametrize("name", BINANCE)
@pytest.mark.parametrize("of", ["effective", "marginal"])
def test_slope_against_numpy(name, of):
    tiers = pp.Tiers.load(name)
    caps = caps_of(tiers)
    rates = np.array([float(row.rate) for row in tiers.rows])[:len(caps)]
    if of == "effective":  # each slice at its own rate, added up
        widths = np.diff(np.concatenate([[0], caps]))
        rates = (widths * rates).cumsum() / caps
    design = np.column_stack([np.log(caps / 1e6), np.ones(len(caps))])
    (exponent, height), rest, *_ = np.linalg.lstsq(design, np.log(rates), rcond=None)
    found = pp.risk.tier_slope(tiers, of)
    assert found.points == len(caps)
    assert found.exponent == pytest.approx(exponent, rel=1e-9)
    assert found.level == pytest.approx(math.exp(height), rel=1e-9)
    assert found.spread == pytest.approx(math.sqrt(rest[0] / len(caps)), rel=1e-6)


def test_slope_at_the_floors():
    """The same rows, each where it begins: the logarithms' covariance over their variance."""
    tiers = pp.Tiers.load(BTC)
    x, y = np.log([[float(row.floor), float(row.rate)] for row in tiers.rows[1:]]).T
    found = pp.risk.tier_slope(tiers, "marginal", at="floor")
    assert found.exponent == pytest.approx(np.cov(x, y)[0, 1] / np.var(x, ddof=1))
    assert (found.points, round(found.exponent, 2)) == (11, 0.51)


def test_the_book_s_slopes():
    newest = {name.split("/")[1]: pp.Tiers.load(name) for name in BINANCE if "2026-09" in name}
    btc = newest.pop("BTCUSDT")
    assert round(pp.risk.tier_slope(btc).exponent, 2) == 0.46
    assert round(pp.risk.tier_slope(btc, "marginal").exponent, 2) == 0.52
    others = [pp.risk.tier_slope(table, "marginal").exponent for table in newest.values()]
    assert (round(min(others), 2), round(max(others), 2)) == (0.43, 0.56)


def test_slope_of_a_power_law_is_its_exponent():
    """Marginal rates of a·N^0.5 at the caps, whatever else is in the table."""
    caps = [4e4, 9e4, 1e6, 25e6]
    rates = [1e-4 * math.sqrt(cap) for cap in caps]
    table = pp.Tiers(list(zip([0, *caps[:-1]], [f"{r:.9f}" for r in rates])), cap=caps[-1])
    found = pp.risk.tier_slope(table, "marginal")
    assert found.exponent == pytest.approx(0.5, abs=1e-6) and found.spread < 1e-6
    assert found.level == pytest.approx(0.1, abs=1e-6)


# ---- the law and its table

@pytest.mark.parametrize("name", BINANCE)
def test_fitted_law_is_the_closest(name):
    """No small step to any side comes closer, and it is NumPy's where that has no part below 0."""
    tiers = pp.Tiers.load(name)
    caps = caps_of(tiers)
    published = np.array([float(tiers.maintenance_margin(int(cap)) / int(cap)) for cap in caps])

    def distance(base, root):
        return (((base + root * np.sqrt(caps)) / published - 1) ** 2).sum()

    law = pp.risk.fit_law(tiers)
    best = distance(law.base, law.root)
    for step in (1.001, 0.999):
        assert distance(law.base * step, law.root) > best
        assert distance(law.base, law.root * step) > best
    design = np.column_stack([1 / published, np.sqrt(caps) / published])
    want, *_ = np.linalg.lstsq(design, np.ones(len(caps)), rcond=None)
    assert (want > 0).all() and [law.base, law.root] == pytest.approx(want, rel=1e-9)


def test_fit_keeps_both_parts_at_0_or_more():
    steep = pp.Tiers([(0, "0.001"), (100, "0.5")], cap=200)
    assert pp.risk.fit_law(steep).base == 0 < pp.risk.fit_law(steep).root
    flat = pp.Tiers([(0, "0.01"), (100, "0.01")], cap=10**9)
    assert pp.risk.fit_law(flat).root == pytest.approx(0, abs=1e-12)
    assert pp.risk.fit_law(flat).base == pytest.approx(0.01)


def test_fitting_the_law_s_own_table_gives_the_law_back():
    law = pp.risk.Law.of(volatility="0.04", multiple="2.326", minutes=5, volume="3e9", factor="0.8")
    own = pp.risk.fit_law(law.table(pp.Tiers.load(BTC)))
    assert own.base == pytest.approx(law.base, rel=2e-3)
    assert own.root == pytest.approx(law.root, rel=2e-3)
    assert own.implied_volume("0.04", "0.8") == pytest.approx(3e9, rel=5e-3)


def test_the_law_s_table_has_the_law_s_margins_at_the_caps():
    published = pp.Tiers.load(BTC)
    law = pp.risk.fit_law(published)
    made = law.table(published)
    for cap in caps_of(published):
        want = cap * (law.base + law.root * math.sqrt(cap))
        assert float(made.maintenance_margin(int(cap))) == pytest.approx(want, rel=1e-3)
    assert [row.floor for row in made.rows] == [row.floor for row in published.rows]
    assert made.cap == published.cap
    ratio = [float(own.rate / theirs.rate) for own, theirs in zip(made.rows, published.rows)]
    assert min(range(len(ratio)), key=ratio.__getitem__) == 11 and round(1 / ratio[11], 1) == 3.4


def test_a_last_row_without_a_cap_keeps_the_last_rate():
    table = pp.Tiers([(0, "0.01"), (100, "0.02"), (400, "0.05")])
    made = pp.risk.Law(0.01, 0.001).table(table)
    assert made.cap is None and made.rows[-1].rate == made.rows[-2].rate


# ---- deficits

def normal_deficit(rate, deviation):
    a = rate / deviation
    return deviation * (math.exp(-a * a / 2) / math.sqrt(2 * math.pi) - a * below(-a))


def student_deficit(rate, deviation):
    """Three degrees of freedom: density and distribution function in closed form."""
    scale = deviation / math.sqrt(3)
    a = rate / scale
    density = 2 / (math.pi * math.sqrt(3) * (1 + a * a / 3) ** 2)
    beyond = 0.5 - (a / math.sqrt(3) / (1 + a * a / 3) + math.atan(a / math.sqrt(3))) / math.pi
    return scale * ((3 + a * a) / 2 * density - a * beyond), beyond


@pytest.mark.parametrize("rate", [0.0, 0.002, 0.004])
def test_normal_deficit(rate):
    found = pp.risk.closeout_deficit(rate, "0.0017", paths=400_000, seed=3)
    assert found.agrees_with([normal_deficit(rate, 0.0017), below(-rate / 0.0017)], errors=4)
    assert float(pp.formulas.expected_deficit.numpy(
        maintenance_rate=rate, closeout_deviation=0.0017)) == pytest.approx(
            normal_deficit(rate, 0.0017), rel=1e-9)


@pytest.mark.parametrize("rate", [0.002, 0.004])
def test_student_deficit(rate):
    found = pp.risk.closeout_deficit(rate, "0.0017", freedom=3, paths=400_000, seed=4)
    assert found.agrees_with(student_deficit(rate, 0.0017), errors=5)


def test_student_moves_have_the_deviation_they_are_given():
    """The oracle and the sampler agree on the scale: the mean of moves beyond 0 of ten degrees."""
    moves = CloseOut(0.0, 1.0, 10)(np.random.default_rng(5), 400_000)[:, 0]
    assert 2 * (moves**2).mean() == pytest.approx(1, abs=0.02)


def test_deficit_does_not_depend_on_the_workers():
    alone = pp.risk.closeout_deficit("0.004", "0.0017", freedom=4, paths=120_000, seed=9)
    with ThreadPoolExecutor(3) as pool:
        many = pp.risk.closeout_deficit("0.004", "0.0017", freedom=4, paths=120_000, seed=9, executor=pool)
    assert alone.mean.tolist() == many.mean.tolist()
    assert pickle.loads(pickle.dumps(CloseOut(0.1, 0.2, 3.0))) == CloseOut(0.1, 0.2, 3.0)


# ---- a synthetic day

CRASH = Day.published("2020-03-12")


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("day", [CRASH, Day(100, 130, 95, 120, high_at=0.9, low_at=0.2),
                                 Day(100, 100, 100, 100)])
def test_a_path_goes_through_the_four_prices(day, seed):
    path = day.path(seed, steps=600)
    assert len(path) == 601 and (path[0], path[-1]) == (day.open, day.close)
    assert (path.max(), path.min()) == (day.high, day.low)
    assert path[round(day.high_at * 600)] == day.high and path[round(day.low_at * 600)] == day.low
    assert path.tolist() == day.path(seed, steps=600).tolist()


def test_rough_times_cluster():
    """Squared moves half an hour apart go together, as those of independent moves do not."""
    moves = np.diff(np.log(CRASH.paths(np.random.default_rng(1), 12)))[:, 150:2700] ** 2
    near = np.mean([np.corrcoef(row[:-60], row[60:])[0, 1] for row in moves])
    assert near > 0.05


# ---- a rate that moves

def rates_by_hand(rule, prices):
    """The rule in a loop of its own."""
    variance, charged, rates = rule.volatility**2, None, []
    for i, price in enumerate(prices):
        if i:
            move = math.log(price / prices[i - 1])
            keep = 2 ** (-1 / rule.half_life)
            variance = keep * variance + (1 - keep) * move * move * 2880
        asked = rule.multiple * math.sqrt(variance * rule.minutes / 1440)
        asked = min(max(asked, rule.floor), rule.cap)
        if charged is None or charged > asked * (1 + rule.band):
            charged = asked * (1 + rule.band)
        charged = max(charged, asked)
        rates.append(min(charged, rule.cap))
    return rates


RULES = [RateRule.fixed("0.004"), RateRule(), RateRule(floor="0.004"), RateRule(floor="0.01"),
         RateRule(floor="0.004", cap="0.01"), RateRule(floor="0.004", band="0.25"),
         RateRule(half_life=240, minutes=8, multiple="2.576", volatility="0.05")]


@pytest.mark.parametrize("rule", RULES)
def test_rates_against_a_loop(rule):
    path = CRASH.path(seed=2, steps=700)
    np.testing.assert_allclose(rule.rates(path), rates_by_hand(rule, path), rtol=1e-9)
    both = np.stack([path, CRASH.path(seed=3, steps=700)])
    np.testing.assert_allclose(rule.rates(both)[0], rule.rates(path), rtol=1e-12)


def walked(prices, rule, crowd):
    """Each account on its own, price by price: the step of its closing, and whether by the rate."""
    rates, found = rates_by_hand(rule, prices), []
    for side, leverage, start in zip(*(column.tolist() for column in crowd)):
        entry, size = prices[start], 1 / prices[start]

        def open_at(step, rate):
            equity = 1 / leverage + side * size * (prices[step] - entry)
            return equity > rate * size * prices[step]

        closed = None
        if open_at(start, rates[start]):
            closed = next((i for i in range(start + 1, len(prices))
                           if not open_at(i, rates[i])), None)
        by_rate = closed is not None and open_at(closed, rates[closed - 1])
        found.append((closed, by_rate, size, entry, side, leverage))
    return found


@pytest.mark.parametrize("rule", RULES)
def test_replay_against_a_walk(rule):
    path = CRASH.path(seed=5, steps=700)
    crowd = Crowd.drawn(60, 7, last=640)
    mine, other = walked(path, rule, crowd), walked(path, RULES[0], crowd)
    left = [1 / account[5] + account[4] * account[2] * (
        path[min(account[0] + DELAY, 700)] - account[3])
            for account in mine if account[0] is not None]
    steps = [account[0] for account in mine if account[0] is not None]
    rates = rates_by_hand(rule, path)
    want = Outcome(len(steps), sum(account[1] for account in mine),
                   sum(a[0] is not None and b[0] is None for a, b in zip(mine, other)),
                   sum(money < 0 for money in left), -sum(money for money in left if money < 0),
                   max(map(steps.count, steps)), max(rates) / min(rates))
    assert list(replay_rate(path, rule, crowd, beside=RULES[0])) == pytest.approx(list(want))


def test_a_rate_that_stands_still_closes_nobody_by_itself():
    found = replay_rate(CRASH.path(seed=1), RULES[0], Crowd.drawn(200, 1))
    assert found.by_rate == found.needless == 0 and found.peak_to_trough == 1 and found.closed > 50


def test_many_days_are_single_days_and_do_not_depend_on_the_workers():
    rules = RULES[:3]
    found = crash_days(rules, days=22, accounts=24, seed=4)
    with ThreadPoolExecutor(2) as pool:
        again = crash_days(rules, days=22, accounts=24, seed=4, executor=pool)
    assert found.mean.tolist() == again.mean.tolist() and found.mean.shape == (3, 7)
    block = CrashDays(CRASH, tuple(rules), 24)(np.random.default_rng(8), 3)
    dice = np.random.default_rng(8)
    paths, seeds = CRASH.paths(dice, 3), dice.integers(2**31, size=3).tolist()
    for row, path, seed in zip(block, paths, seeds):
        one = replay_rate(path, rules[2], Crowd.drawn(24, seed), beside=rules[0])
        assert row[14:] == pytest.approx([*(100 * part / 24 for part in one[:-1]), one[-1]])


def test_the_verdict_of_the_chapter():
    """Set anew each half-minute, the rate closes accounts at unchanged prices; a higher fixed rate
    leaves fewer bankrupt without doing so."""
    found = crash_days([RULES[0], RULES[2], RateRule.fixed("0.01")], days=20, accounts=80, seed=1)
    fixed, moving, higher = (Outcome(*row) for row in found.mean)
    errors = Outcome(*found.standard_error[1])
    assert fixed.by_rate == higher.by_rate == 0 and moving.by_rate > 5 * errors.by_rate
    assert higher.bankrupt < moving.bankrupt < fixed.bankrupt
    assert moving.peak_to_trough > 2.5
