"""Chapter 13: stops and leverage, each against a witness that was written another way."""

import math
import pickle
import random
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction as F
from itertools import product

import numpy as np
import pytest

import perpedu as pp
from perpedu.risk import (STOP, Compounding, Machine, StopOrder, StopRace, fill_price, leverage_for_touch,
                          leverage_to, replay, replay_account, simulate, size_for_stop)

f = pp.formulas


# the order machine

def test_the_machine_is_whole():
    """Every state can be reached, every state that waits can end, and every event is used."""
    reached, before = {STOP.start}, None
    while reached != before:
        before = set(reached)
        reached |= {after for state, _, after in STOP if state in before}
    assert reached == set(STOP.states)
    assert {event for _, event, _ in STOP} == set(STOP.events)
    ending = set(STOP.ends)
    for _ in STOP.states:
        ending |= {state for state, _, after in STOP if after in ending}
    assert ending == set(STOP.states) and set(STOP.ends) == {"filled", "cancelled", "rejected"}


@pytest.mark.parametrize("state, event", [
    pair for pair in product(STOP.states, STOP.events) if pair not in STOP.transitions])
def test_what_is_not_in_the_table_is_refused(state, event):
    with pytest.raises(ValueError, match=f"event = '{event}': expected of an order that is {state}"):
        STOP.after(state, event)
    order = StopOrder("sell", 1, 100, state=state)
    with pytest.raises(ValueError, match="expected of an order"):
        order.on(event)


def test_a_machine_of_unknown_words_is_refused():
    for start, transitions in (("b", {}), ("a", {("a", "x"): "b"}), ("a", {("b", "x"): "a"}),
                               ("a", {("a", "y"): "a"})):
        with pytest.raises(ValueError, match="one of"):
            Machine({"a": "."}, {"x": "."}, transitions, start)
    with pytest.raises(ValueError, match="state = 'lost'"):
        STOP.after("lost", "fill")
    with pytest.raises(ValueError, match="event = 'jump'"):
        STOP.after("resting", "jump")


# the replay against a brute-force recomputation, in plain fractions

def brute_force(side, size, entry, leverage, stop, trigger, reduce_only, ticks, rate, fee, slip,
                delay, depth, closed):
    """The same story told with a signed size and a purse: no package, no machine."""
    s = 1 if side == "long" else -1
    held, cash, state, since, traded, end = s * size, entry * size / leverage, "resting", 0, F(0), "open"
    cost = entry
    for now, tick in enumerate(ticks):
        if held * s > 0 and now in closed:
            part = min(abs(held), closed[now])
            cash += s * part * (tick["last"] - cost) - fee * part * tick["last"]
            held -= s * part
            if held and cash <= 0:
                held, cash, end = F(0), F(0), "liquidated"
            elif not held:
                end = "closed"
        if held:
            equity = cash + held * (tick["mark"] - cost)
            if equity <= (rate + fee) * abs(held) * tick["mark"]:
                held, cash, end = F(0), F(0), "liquidated"
        alive = state in ("resting", "triggered", "partly filled")
        if end == "liquidated":
            state = "cancelled" if alive else state
        elif reduce_only and not held:
            state = "cancelled" if alive else state
        elif state == "resting" and s * (tick[trigger] - stop) <= 0:
            state, since = "triggered", now
        if state in ("triggered", "partly filled") and now >= since + delay:
            price = tick["last"] * (1 - s * slip)
            own = abs(held) if held * s > 0 else F(0)
            want = min(size - traded, own) if reduce_only else size - traded
            now_traded = want if depth is None else min(want, depth)
            shut = min(own, now_traded)
            if own:
                cash += s * shut * (price - cost) - fee * shut * price
                held -= s * shut
                if held * s > 0 and cash <= 0:
                    held, cash, end = F(0), F(0), "liquidated"
                elif not held:
                    end = "stopped"
            more = now_traded - shut
            if more and (cash > 0 or held):
                cost = (abs(held) * cost + more * price) / (abs(held) + more) if held else price
                held -= s * more
                end = "reversed"
            traded += now_traded
            state = "filled" if now_traded == want else "partly filled"
    return end, state, traded, held, cash


def random_story(rng):
    side = rng.choice(["long", "short"])
    s, entry, leverage = (1 if side == "long" else -1), F(rng.randrange(50, 200)), rng.choice([2, 5, 10, 20])
    size = F(rng.randrange(1, 40), 10)
    stop = entry * (1 - s * F(rng.randrange(5, 120), 1000))
    price, ticks = entry, []
    for _ in range(25):
        price *= 1 + F(rng.randrange(-30, 31) - 3 * s, 1000)
        if rng.random() < 0.05:
            price *= 1 - s * F(rng.randrange(0, 100), 1000)
        ticks.append({"mark": price, "last": price * (1 + F(rng.randrange(-8, 9), 1000)),
                      "index": price * (1 + F(rng.randrange(-8, 9), 1000))})
    closed = {rng.randrange(25): size * F(rng.randrange(1, 13), 10) for _ in range(rng.choice([0, 0, 1, 2]))}
    return dict(side=side, size=size, entry=entry, leverage=leverage, stop=stop,
                trigger=rng.choice(["mark", "last", "index"]), reduce_only=rng.random() < 0.6,
                ticks=ticks, rate=F(rng.choice([0, 4, 10]), 1000), fee=F(rng.choice([0, 1]), 2000),
                slip=F(rng.choice([0, 0, 5, 20]), 1000), delay=rng.choice([0, 0, 1, 3]),
                depth=rng.choice([None, None, size / 3, size / 2]), closed=closed)


def test_replay_is_the_brute_force_recomputation():
    rng, ends = random.Random(13), []
    for _ in range(300):
        story = random_story(rng)
        trade = pp.Position(story["side"], story["size"], story["entry"], leverage=story["leverage"])
        order = StopOrder.closing(trade, story["stop"], story["trigger"], story["reduce_only"])
        got = replay(trade, order, story["ticks"], story["rate"], close_fee=story["fee"],
                     slippage=story["slip"], delay=story["delay"], depth=story["depth"],
                     closed=story["closed"])
        end, state, traded, held, cash = brute_force(**story)
        assert (got.end, got.order.state, got.order.filled) == (end, state, traded), story
        size = got.position.sign * got.position.size if got.position else 0
        assert size == held, story
        money = got.money + (got.position.collateral if got.position else 0)
        assert money == cash, story
        check_log(got)
        ends.append(end)
    assert {"open", "stopped", "closed", "reversed", "liquidated"} <= set(ends)
    assert min(map(ends.count, set(ends))) >= 5


def check_log(got):
    """The log walks through the machine, and what it trades adds up."""
    state, last = STOP.start, 0
    for item in got.log:
        state = STOP.after(state, item.event)
        assert item.state == state and item.tick >= last
        last = item.tick
    assert state == got.order.state
    assert sum(item.size or 0 for item in got.log) == got.order.filled


LONG = pp.Position("long", "0.1", 60_000, leverage=10)
DOWN = [60_000, 57_500, 56_900, 57_200]


def test_without_reduce_only_a_stop_turns_the_position_round():
    """Half is closed by hand; the stop then sells all of it, or only what is left."""
    kept, turned = (replay(LONG, StopOrder.closing(LONG, 57_000, reduce_only=only), DOWN, "0.005",
                           closed={1: "0.06"}) for only in (True, False))
    assert (kept.end, kept.position, kept.order.filled) == ("stopped", None, F(4, 100))
    assert turned.end == "reversed" and turned.position.side == "short"
    assert turned.position.size == F(6, 100) and turned.order.filled == F(1, 10)
    gone, opened = (replay(LONG, StopOrder.closing(LONG, 57_000, reduce_only=only), DOWN, "0.005",
                           closed={1: "0.1"}) for only in (True, False))
    assert (gone.end, gone.order.state, gone.position) == ("closed", "cancelled", None)
    assert opened.end == "reversed" and opened.position.size == F(1, 10)


def test_the_trigger_decides_the_race():
    """The line at 54,271.36, a stop at 54,300, the last price 50 above the mark: Chapter 7's case."""
    ticks = [{"mark": mark, "last": mark + 50, "index": mark + 10}
             for mark in (54_400, 54_310, 54_290, 54_271)]
    ends = {trigger: replay(LONG, StopOrder.closing(LONG, 54_300, trigger), ticks, "0.005").end
            for trigger in ("mark", "last", "index")}
    assert ends == {"mark": "stopped", "last": "liquidated", "index": "stopped"}


def test_a_tick_past_both_is_a_liquidation_and_cancels_the_stop():
    done = replay(LONG, StopOrder.closing(LONG, 57_000), [60_000, 54_000], "0.005")
    assert (done.end, done.money, done.order.state) == ("liquidated", 0, "cancelled")
    late = replay(LONG, StopOrder.closing(LONG, 57_000), [57_000, 54_000], "0.005", delay=1)
    assert [item.event for item in late.log] == ["accept", "trigger", "liquidation"]


def test_an_inverse_position_is_replayed_in_coin():
    coin = pp.Position("short", 500, 50_000, leverage=5, contract=pp.Inverse(face=100))
    done = replay(coin, StopOrder.closing(coin, 52_000), [50_000, 52_000], "0.005")
    assert done.money == F(1, 5) - (F(50_000, 50_000) - F(50_000, 52_000))


# the account

def brute_account(wallet, legs, stops, ticks, rate, fee):
    """Legs as (signed size, entry) by name; orders as prices; all in plain fractions."""
    cash, held, fired = wallet, dict(legs), []
    for now, tick in enumerate(ticks):
        equity = cash + sum(q * (tick[n] - e) for n, (q, e) in held.items())
        if equity <= sum((rate + fee) * abs(q) * tick[n] for n, (q, e) in held.items()):
            return "liquidated", now, fired, equity
        for name, (q, e) in list(held.items()):
            if (q > 0 and tick[name] <= stops[name]) or (q < 0 and tick[name] >= stops[name]):
                cash += q * (tick[name] - e) - fee * abs(q) * tick[name]
                fired.append((now, name))
                del held[name]
        if not held:
            return "stopped", now, fired, cash
    return "open", now, fired, cash + sum(q * (tick[n] - e) for n, (q, e) in held.items())


def test_account_replay_is_the_brute_force_recomputation():
    rng, ends = random.Random(6), []
    for _ in range(80):
        legs = {name: (rng.choice([-1, 1]) * F(rng.randrange(1, 30), 10), F(rng.randrange(50, 150)))
                for name in ("A", "B", "C")[:rng.choice([1, 2, 3])]}
        gross = sum(abs(q) * e for q, e in legs.values())
        wallet, rate, fee = gross / rng.choice([4, 8, 15]), F(1, 100), F(rng.choice([0, 1]), 1000)
        stops = {n: e * (1 - (1 if q > 0 else -1) * F(rng.randrange(10, 200), 1000))
                 for n, (q, e) in legs.items()}
        at, ticks = {n: e for n, (_, e) in legs.items()}, []
        for _ in range(30):
            at = {n: F(round(100 * p * F(1000 + rng.randrange(-40, 41), 1000)), 100)
                  for n, p in at.items()}
            ticks.append(at)
        book = {n: pp.Position("long" if q > 0 else "short", abs(q), e) for n, (q, e) in legs.items()}
        got = replay_account(
            pp.Account(wallet, {n: (p, rate) for n, p in book.items()}),
            {n: StopOrder.closing(p, stops[n]) for n, p in book.items()}, ticks, fee)
        end, now, fired, money = brute_account(wallet, legs, stops, ticks, rate, fee)
        assert (got.end, got.tick, got.money) == (end, now, money)
        assert [(i.tick, i.order) for i in got.log if i.event == "fill"] == fired
        if end == "liquidated":
            assert all(o.state in ("filled", "cancelled") for o in got.orders.values())
        ends.append(end)
    assert min(map(ends.count, ("open", "stopped", "liquidated"))) >= 5


def test_profit_of_the_other_legs_may_carry_a_loss_beyond_the_wallet():
    a, b = pp.Position("long", 1, 100), pp.Position("short", 1, 100)
    account = pp.Account(20, {"A": (a, "0.01"), "B": (b, "0.01")})
    done = replay_account(account, {"A": StopOrder.closing(a, 70)}, [{"A": 70, "B": 65}])
    assert (done.end, done.money, done.account.wallet) == ("open", 25, 25)


# size and leverage

@pytest.mark.parametrize("seed", range(6))
def test_largest_leverage_by_bisection(seed):
    """At the bound the line lies at the fill; a little below the position survives it, above not."""
    rng = random.Random(seed)
    for _ in range(25):
        side, basis = rng.choice(["long", "short"]), rng.choice(["mark", "entry"])
        s, entry = (1 if side == "long" else -1), F(rng.randrange(100, 900))
        stop = entry * (1 - s * F(rng.randrange(5, 300), 1000))
        slip, fee, rate = (F(rng.randrange(0, top), 10_000) for top in (300, 10, 100))
        plan = size_for_stop(side, entry, stop, rng.randrange(1, 900), rate, slippage=slip,
                             close_fee=fee, basis=basis)
        lost = s * plan.size * (entry - plan.fill) + fee * plan.size * plan.fill
        assert plan.fill == stop - s * slip * stop and lost == pytest.approx(float(lost))

        def liquidated(leverage):
            margin = plan.size * entry / leverage + s * plan.size * (plan.fill - entry)
            charged = plan.fill if basis == "mark" else entry
            return margin <= rate * plan.size * charged + fee * plan.size * plan.fill

        low, high = F(1), F(10_000)
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (low, middle) if liquidated(middle) else (middle, high)
        assert float(plan.leverage_below) == pytest.approx(float(low), rel=1e-12)
        name = "stop_leverage" if basis == "mark" else "stop_leverage_entry_basis"
        assert plan.leverage_below == getattr(f, name).exact(
            entry_price=entry, side=s, exit_price=plan.fill, maintenance_rate=rate, close_fee=fee)


def test_the_risk_is_lost_at_the_fill_and_the_bound_keeps_the_line_behind_it():
    plan = size_for_stop("long", 60_000, 57_000, 300, "0.005", slippage="0.01", close_fee="0.0005")
    trade = plan.position(10)
    left = f.stop_left.exact(collateral=trade.collateral, side=1, size=plan.size, close_fee="0.0005",
                             exit_price=plan.fill, entry_price=60_000)
    assert trade.collateral - left == 300
    assert trade.liquidation_price("0.005", close_fee="0.0005") < plan.fill
    at = pp.Position("long", plan.size, 60_000, leverage=plan.leverage_below)
    assert at.liquidation_price("0.005", close_fee="0.0005") == plan.fill
    with pytest.raises(ValueError, match="leverage = 16: expected less than"):
        plan.position(16)


def test_tiers_count_and_so_does_their_own_bound():
    table = pp.Tiers([(0, "0.004", 125), (300_000, "0.02", 10)])
    plan = size_for_stop("long", 60_000, 57_000, 60_000, table)
    assert plan.size == 20 and plan.allowed == 10
    with pytest.raises(ValueError, match="at most 10"):
        plan.position(12)
    at = pp.Position("long", 20, 60_000, leverage=plan.leverage_below)
    assert at.liquidation_price(table) == 57_000


def test_nearest_stop_is_the_stop_filled_at_the_line():
    for side, s in (("long", 1), ("short", -1)):
        line = pp.Position(side, "0.1", 60_000, leverage=10).liquidation_price("0.005")
        stop = f.nearest_stop.exact(liquidation_price=line, side=s, slippage="0.01")
        assert fill_price(side, stop, "0.01") == line


def test_march_2020():
    days = {day["date"]: day for day in pp.market.facts.candles().notable}
    first, second = days["2020-03-12"], days["2020-03-13"]
    for low, wanted in ((first["low"], "2.24"), (second["low"], "1.90")):
        bound = leverage_to("long", first["open"], low, "0.004").value
        assert f"{float(bound):.2f}" == wanted
        for leverage, survives in ((bound - F(1, 1000), True), (bound + F(1, 1000), False)):
            trade = pp.Position("long", 1, first["open"], leverage=leverage)
            assert bool(trade.liquidation_price("0.004") < low) is survives


@pytest.mark.parametrize("side", ["long", "short"])
def test_the_leverage_for_a_chance_is_where_the_chance_is_met(side):
    """By a walk through leverages, with first passage written once more."""
    s = 1 if side == "long" else -1

    def chance(leverage, rate, volatility, days):
        line = (1 - s / leverage) / (1 - s * rate)
        return hit(s * math.log(line), -s * volatility**2 / 2, volatility, days / 365)

    for wanted, rate, volatility, days in ((0.05, 0.004, 0.7, 30), (0.5, 0.01, 0.5, 7),
                                           (0.01, 0, 1.0, 3)):
        found = leverage_for_touch(side, wanted, volatility=volatility, days=days,
                                   maintenance_rate=rate)
        assert chance(found, rate, volatility, days) == pytest.approx(wanted, rel=1e-6)
        assert chance(found * 1.01, rate, volatility, days) > wanted
    assert leverage_for_touch("short", 0.01, volatility=2, days=3650) is None
    for bad in (0, 1, "x", -0.1):
        with pytest.raises(ValueError, match="chance"):
            leverage_for_touch(side, bad, volatility=1, days=1)


# growth

def test_kelly_by_search_over_leverages():
    grid = np.linspace(0, 2, 200_001)
    for drift, funding, wanted in ((0.3, 0, 0.6122), (0.3, 0.1095, 0.3888)):
        growth = f.leverage_growth.numpy(leverage=grid, drift=drift, volatility=0.7,
                                         funding_a_year=funding)
        best = grid[growth.argmax()]
        given = dict(drift=drift, volatility=0.7, funding_a_year=funding)
        assert best == pytest.approx(wanted, abs=1e-4)
        assert best == pytest.approx(float(f.kelly_leverage.exact(**given)), abs=2e-5)
        assert growth.max() == pytest.approx(float(f.kelly_growth.exact(**given)), abs=1e-9)
        zero = grid[1:][growth[1:] <= 0][0]
        assert zero == pytest.approx(float(f.zero_growth_leverage.exact(**given)), abs=2e-5)
    assert f"{float(f.kelly_growth.exact(drift='0.3', volatility='0.7', funding_a_year=0)):.2%}" == "9.18%"


@pytest.mark.parametrize("leverage", [0.5, 1, 2, -1])
def test_daily_compounding_grows_as_the_formula_says(leverage):
    """To the error of trading once a day: the third moments, by quadrature of one day."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    shock = (0.3 - 0.49 / 2) / 365 + 0.7 / math.sqrt(365) * nodes
    day = np.log(1 + leverage * (np.expm1(shock) - 0.1 / 365)) @ weights / weights.sum()
    found = simulate(Compounding(leverage, 0.3, 0.7, 0.1), 4_000, seed=13)
    assert found.agrees_with(365 * day, errors=4) and found.standard_error < 0.001
    formula = leverage * 0.2 - leverage**2 * 0.49 / 2
    assert found.mean == pytest.approx(formula, abs=0.006)


# the race

def hit(barrier, drift, sigma, years):
    """First passage of a drifting Brownian motion below 0, by its textbook formula."""
    def below(x):
        return math.erfc(-x / math.sqrt(2)) / 2
    root = sigma * math.sqrt(years)
    return (below((barrier - drift * years) / root)
            + math.exp(2 * drift * barrier / sigma**2) * below((barrier + drift * years) / root))


@pytest.mark.parametrize("side", ["long", "short"])
def test_without_gaps_the_nearer_one_comes_first(side):
    trade = pp.Position(side, 1, 100, leverage=10)
    s, stop = trade.sign, 100 - trade.sign * 5
    race = StopRace.of(trade, stop, "0.005", days=7, volatility=0.7)
    done = simulate(race, 200_000, seed=1)
    want = hit(s * math.log(stop / 100), -s * 0.49 / 2, 0.7, 7 / 365)
    assert abs(done.mean[0] - want) < 3.5 * done.standard_error[0]
    assert done.mean[1] == 0 and done.mean[:3].sum() == pytest.approx(1)
    beyond = simulate(StopRace.of(trade, 100 - s * 20, "0.005", days=7, volatility=0.7), 100_000, seed=2)
    line = float(trade.liquidation_price("0.005")) / 100
    want = hit(s * math.log(line), -s * 0.49 / 2, 0.7, 7 / 365)
    assert beyond.mean[0] == 0 and abs(beyond.mean[1] - want) < 3.5 * beyond.standard_error[1]


def test_gaps_alone_have_a_closed_form():
    """Exponential jumps forget how far they came: past the stop, they pass the line by exp(-h/j)."""
    trade, mean_jump, many = pp.Position("long", 1, 100, leverage=10), 0.03, 40
    race = StopRace.of(trade, 95, "0.005", days=365, volatility=0, jumps_a_year=many, mean_jump=mean_jump)
    done = simulate(race, 200_000, seed=3)
    stop, line = (-math.log(price) for price in (race.stop, race.line))
    # n jumps add up to a gamma variable: below x with n jumps where a Poisson count of x/j is >= n
    poisson = lambda mean, n: math.exp(n * math.log(mean) - mean - math.lgamma(n + 1))
    inside = sum(poisson(many, n) * (1 - sum(poisson(stop / mean_jump, k) for k in range(n)))
                 for n in range(1, 150)) + poisson(many, 0)
    passed = math.exp(-(line - stop) / mean_jump)
    assert passed == pytest.approx(float(f.jump_share.number(
        liquidation_price=trade.liquidation_price("0.005"), stop_price=95, side=1, jump_mean=F(3, 100))))
    want = np.array([(1 - inside) * (1 - passed), (1 - inside) * passed, inside])
    assert np.all(abs(done.mean[:3] - want) < 3.5 * np.maximum(done.standard_error[:3], 1e-5))


def test_the_race_on_a_fine_grid():
    """Both together, step by step: 20,000 paths of 15-minute steps, and a bias that is known."""
    trade = pp.Position("long", 1, 100, leverage=10)
    market = dict(days=10, volatility=0.7, drift=0.1, jumps_a_year=60, mean_jump=0.02)
    race = StopRace.of(trade, 94, "0.005", close_fee="0.0005", slippage="0.002", **market)
    done = simulate(race, 100_000, seed=4)
    rng, count, steps = np.random.default_rng(5), 20_000, 960
    step = 10 / 365 / steps
    x, state, left = np.zeros(count), np.zeros(count, int), np.zeros(count)
    stop, line = math.log(0.94), math.log(race.line)
    shifted = stop + 0.5826 * 0.7 * math.sqrt(step)  # so that a grid meets it as often
    for _ in range(steps):
        x += (0.1 - 0.245) * step + 0.7 * math.sqrt(step) * rng.standard_normal(count)
        met = (state == 0) & (x <= shifted)
        state[met], left[met] = 1, 1 + 10 * (0.94 * 0.998 * (1 - 0.0005) - 1)
        x -= np.where(rng.random(count) < 60 * step, rng.exponential(0.02, count), 0)
        taken = (state == 0) & (x <= line)
        state[taken] = 2
        met = (state == 0) & (x <= stop)
        state[met], left[met] = 1, 1 + 10 * (np.exp(x[met]) * 0.998 * (1 - 0.0005) - 1)
    left[state == 0] = 1 + 10 * np.expm1(x[state == 0])
    left = np.maximum(left, 0)
    want = np.array([(state == 1).mean(), (state == 2).mean(), (state == 0).mean(), left.mean()])
    error = np.sqrt(want * (1 - np.minimum(want, 0.99)) / count) + done.standard_error
    error[3] = left.std() / math.sqrt(count) + done.standard_error[3]
    assert np.all(abs(done.mean - want) < 4 * error), (done.mean, want, error)


def test_workers_change_nothing():
    race = pickle.loads(pickle.dumps(StopRace(1, 0.95, 0.905, 10, 30, 0.7, jumps_a_year=12)))
    alone = simulate(race, 30_000, seed=7, block=5_000)
    with ThreadPoolExecutor(3) as executor:
        spread = simulate(race, 30_000, seed=7, block=5_000, executor=executor)
    assert np.array_equal(alone.mean, spread.mean)
    assert np.array_equal(alone.standard_error, spread.standard_error)


# the explorers, against the replay and against a search

@pytest.mark.parametrize("side", ["long", "short"])
def test_the_race_explorer_says_what_a_replay_does(side):
    """The price goes against the position dollar by dollar; the order is filled with slippage."""
    explorer, s = pp.chapter13.race_explorer(), 1 if side == "long" else -1
    for leverage, way, slip in product((5, 12, 25, 40), (500, 2500, 4950), ("0", "0.01", "0.06")):
        stop = 60_000 - s * way
        explorer.set(side=side, leverage=leverage, stop_price=stop, slippage=slip)
        trade = pp.Position(side, "0.1", 60_000, leverage=leverage)
        ticks = [60_000 - s * step for step in range(0, 6000, 50)]
        done = replay(trade, StopOrder.closing(trade, stop), ticks, "0.005", close_fee="0.0005",
                      slippage=slip)
        said = explorer.state
        assert said.startswith("The line comes first") is (done.end == "liquidated"), said
        if done.end == "stopped":
            line = trade.liquidation_price("0.005", close_fee="0.0005")
            past = s * (done.log[-1].price - line) <= 0
            assert said.startswith("The stop is reached first") is bool(past), said
            assert explorer.exact["stop_left"] == done.money


def test_the_growth_explorer_says_where_the_top_is():
    explorer = pp.chapter13.growth_explorer()
    for drift, volatility, funding in (("0.3", "0.7", 0), ("0.5", "0.6", "0.1"), ("0.1", 1, "0.2")):
        explorer.set(drift=drift, volatility=volatility, funding_a_year=funding)
        grid = np.arange(1, 301) / 100
        growth = grid * (float(drift) - float(funding)) - (grid * float(volatility)) ** 2 / 2
        if growth.max() <= 0:
            assert "no leverage of a long lets it grow" in explorer.state
        else:
            top = grid[growth.argmax()]
            assert f"Fastest is {top:.2f}×" in explorer.state
            assert abs(float(explorer.exact["fastest"]) - top) < 1e-9


# bad input

RACE = dict(sign=1, stop=0.95, line=0.9, leverage=10, days=7, volatility=0.7)


@pytest.mark.parametrize("call, name", [
    (lambda: StopRace(**RACE | dict(sign=0)), "sign"),
    (lambda: StopRace(**RACE | dict(stop=1.05)), "stop"),
    (lambda: StopRace(**RACE | dict(line=1)), "line"),
    (lambda: StopRace.of(pp.Position("long", 1, 100, leverage=200), 95, "0.01", days=1,
                         volatility=1), "line"),
    (lambda: StopRace(**RACE | dict(days=0)), "days"),
    (lambda: StopRace(**RACE | dict(volatility=-0.1)), "volatility"),
    (lambda: StopRace(**RACE | dict(mean_jump=0)), "mean_jump"),
    (lambda: StopRace(**RACE | dict(jumps_a_year=-1)), "jumps_a_year"),
    (lambda: StopRace(**RACE | dict(slippage=1)), "slippage"),
    (lambda: Compounding(1, 0.3, -1), "volatility"),
    (lambda: Compounding(1, 0.3, 1, days=0.5), "days"),
    (lambda: Compounding("x", 0.3, 1), "leverage"),
    (lambda: StopOrder("sold", 1, 100), "direction"),
    (lambda: StopOrder("sell", 0, 100), "size"),
    (lambda: StopOrder("sell", 1, "x"), "stop"),
    (lambda: StopOrder("sell", 1, 100, "oracle"), "trigger"),
    (lambda: StopOrder("sell", 1, 100, reduce_only="yes"), "reduce_only"),
    (lambda: StopOrder("sell", 1, 100, state="lost"), "state"),
    (lambda: StopOrder("sell", 1, 100).reached({"last": 5}), "mark"),
    (lambda: StopOrder("sell", 1, 100).reached(5), "prices"),
    (lambda: StopOrder.closing(LONG, 60_000), "stop"),
    (lambda: StopOrder.closing(LONG, 61_000), "stop"),
    (lambda: replay(LONG, StopOrder("buy", 1, 100), [5], "0.005"), "direction"),
    (lambda: replay(LONG, StopOrder("sell", 1, 100), [-5], "0.005"), "ticks"),
    (lambda: replay(LONG, StopOrder("sell", 1, 100), [{"last": 5}], "0.005"), "mark"),
    (lambda: replay(LONG, StopOrder("sell", 1, 100), [5], "0.005", slippage=2), "slippage"),
    (lambda: replay(LONG, StopOrder("sell", 1, 100), [5], "0.005", delay=-1), "delay"),
    (lambda: replay(LONG, StopOrder("sell", 1, 100), [5], "0.005", depth=0), "depth"),
    (lambda: replay(LONG, StopOrder("sell", 1, 100), [5], "0.005", closed=[1]), "closed"),
    (lambda: replay(LONG, StopOrder("sell", 1, 100), [5], "0.005", close_fee=1), "close_fee"),
    (lambda: replay(pp.Position("long", 1, 9), StopOrder("sell", 1, 8), [5], "0.005"), "collateral"),
    (lambda: size_for_stop("long", 100, 101, 5, "0.005"), "stop"),
    (lambda: size_for_stop("up", 100, 99, 5, "0.005"), "side"),
    (lambda: size_for_stop("long", 100, 99, 0, "0.005"), "risk"),
    (lambda: size_for_stop("long", 100, 99, 5, 5), "tiers"),
    (lambda: fill_price("long", 100, -0.1), "slippage"),
    (lambda: StopRace.of(pp.Position("long", 1, 9, leverage=2, contract=pp.Inverse()), 8, "0.005",
                         days=1, volatility=1), "position"),
    (lambda: replay_account(pp.Account(9, {"A": (pp.Position("long", 1, 9), 0)}), {
        "B": StopOrder("sell", 1, 8)}, []), "orders"),
    (lambda: replay_account(pp.Account(9, {"A": (pp.Position("long", 1, 9), 0)}), {
        "A": StopOrder("buy", 1, 8)}, []), "direction"),
    (lambda: replay_account(pp.Account(9, {"A": (pp.Position("long", 1, 9), 0)}), {}, [5]), "ticks"),
])
def test_bad_input_is_refused_by_name(call, name):
    with pytest.raises(ValueError, match=name):
        call()
