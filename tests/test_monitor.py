"""The monitor: its events against a brute-force recomputation, its stream against bad lines."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from fractions import Fraction as F
from pathlib import Path

import pytest

import perpedu as pp
from perpedu.monitor import Monitor, Rules, synthetic_day

ROOT = Path(__file__).parent.parent
FLAGS = "--side long --size 0.1 --entry 60000 --leverage 10 --tiers 0.005".split()
LONG = pp.Position("long", "0.1", 60_000, leverage=10)


# brute force, from the definitions: nothing of the monitor, of Account or of the formulas


def sliced(tiers, notional):
    """The margin of a marginal table, slice by slice."""
    rows = [(F(floor), F(rate)) for floor, rate in tiers]
    ends = [floor for floor, _ in rows[1:]] + [notional]
    return sum(rate * max(F(0), min(notional, end) - floor)
               for (floor, rate), end in zip(rows, ends))


def stands(wallet, legs, prices, fee):
    equity, needed = F(wallet), F(0)
    for side, size, entry, tiers, name, face in legs:
        price = prices[name]
        if face:
            worth, gain = size * face / price, side * size * face * (1 / F(entry) - 1 / price)
        else:
            worth, gain = size * price, side * size * (price - entry)
        equity += gain
        needed += sliced(tiers, worth) + fee * worth
    return equity, needed


def shocked(wallet, legs, prices, fee, part):
    for sign in (-1, 1):
        moved = {name: price * (1 + sign * part) for name, price in prices.items()}
        equity, needed = stands(wallet, legs, moved, fee)
        if equity <= needed:
            return True
    return False


def brute(wallet, legs, history, fee, rules):
    """(number, kind, level) of every event: for each mark all that came before is gone through."""
    levels = [("d", F(level)) for level in sorted(rules["distances"], key=F, reverse=True)]
    levels += [("r", F(level)) for level in sorted(rules["warnings"], key=F)]
    tests = [(kind, level, "warning", rules["warning_ticks"]) for kind, level in levels]
    tests += [("r", F(rules["margin_call"]), "margin call", rules["warning_ticks"]),
              ("r", F(1), "liquidation", rules["ticks"])]
    rearm, found, seen = F(rules["rearm"]), [], {test: [] for test in tests}
    for number, (prices, rates) in enumerate(history, 1):
        for side, size, _, _, name, face in legs:
            if name in rates:
                worth = size * face / prices[name] if face else size * prices[name]
                paid = side * worth * rates[name]
                wallet -= round(paid, 18) if face else paid
        for test in tests:
            kind, level, word, ticks = test
            seen[test].append(judged(wallet, legs, prices, fee, kind, level, rearm))
            happened = replayed(seen[test], word, ticks)
            if happened:
                found.append((number, happened, level))
        if any(item[:2] == (number, "liquidation") for item in found):
            return found
    return found


def judged(wallet, legs, prices, fee, kind, level, rearm):
    """Whether a mark is at the level, and whether it is well away from it."""
    if kind == "d":
        return (shocked(wallet, legs, prices, fee, level),
                not shocked(wallet, legs, prices, fee, level * (1 + rearm)))
    equity, needed = stands(wallet, legs, prices, fee)
    return (equity <= 0 or needed / equity >= level,
            equity > 0 and needed / equity < level * (1 - rearm))


def replayed(seen, word, ticks):
    """What a level says of the last mark, after all the marks before it."""
    row, said, last = 0, False, None
    for at, away in seen:
        row, last = (row + 1 if at else 0), None
        if not said and row >= ticks:
            said, last = True, word
        elif said and away and not at:
            said, last = False, "recovery"
    return last


def a_case(seed):
    dice = random.Random(f"monitor {seed}")
    inverse = dice.random() < 0.25
    tiers = [(0, "0.005"), (2_000_000 if inverse else 8_000, "0.01")]
    names = ["BTC"] if dice.random() < 0.5 else ["BTC", "ETH"]
    entries = {"BTC": 60_000, "ETH": 3_000}
    sizes = {"BTC": F(1, 10), "ETH": F(2)}
    legs = [(dice.choice([1, -1]), F(60) if inverse else sizes[name], entries[name], tiers, name,
             F(100) if inverse else None) for name in names]
    wallet = F(1, 100) if inverse else F(dice.choice([400, 700]) * len(names))
    account = pp.Account(wallet, {
        name: (pp.Position("long" if side > 0 else "short", size, entry,
                           contract=pp.Inverse(face=face) if face else pp.Linear()),
               pp.Tiers(table)) for side, size, entry, table, name, face in legs})
    rules = dict(warnings=dice.choice([["0.5", "0.8", "0.9"], ["0.3"], []]),
                 margin_call=dice.choice(["1", "0.95"]), distances=dice.choice([[], ["0.02"]]),
                 ticks=dice.choice([1, 3]), warning_ticks=dice.choice([1, 2]),
                 rearm=dice.choice(["0", "0.1", "0.3"]))
    history, prices = [], {name: F(entries[name]) for name in names}
    for _ in range(90):
        for name in names:
            step = F(dice.randint(-250, 250), 10_000)
            prices = prices | {name: F(round(prices[name] * (1 + step)))}
        rates = {names[0]: F(dice.randint(-3, 3), 1000)} if dice.random() < 0.1 else {}
        history.append((prices, rates))
    return wallet, legs, account, rules, history, dice.choice([F(0), F(1, 2000)])


@pytest.mark.parametrize("seed", range(25))
def test_events_equal_those_of_a_brute_force_recomputation(seed):
    wallet, legs, account, rules, history, fee = a_case(seed)
    monitor, found = Monitor(account, rules, close_fee=fee), []
    for prices, rates in history:
        found += [(event.number, event.kind, F(str(event.level)))
                  for event in monitor.feed(prices, funding=rates or None)]
    assert found == brute(wallet, legs, history, fee, rules)


def test_the_cases_speak_of_everything():
    kinds = set()
    for seed in range(25):
        _, _, account, rules, history, fee = a_case(seed)
        monitor = Monitor(account, rules, close_fee=fee)
        kinds |= {(event.kind, event.distance) for prices, rates in history
                  for event in monitor.feed(prices, funding=rates or None)}
    assert {kind for kind, _ in kinds} == {"warning", "margin call", "liquidation", "recovery"}
    assert ("warning", True) in kinds and ("recovery", True) in kinds


# the rules, at their edges


def kinds(monitor, *prices):
    return [[event.kind for event in monitor.feed(price)] for price in prices]


def test_at_the_line_itself_it_is_liquidated_and_just_above_it_is_not():
    line = LONG.liquidation_price("0.005")
    monitor = Monitor(LONG, Rules(warnings=[]), tiers="0.005")
    assert kinds(monitor, line + F(1, 10**12), line) == [[], ["margin call", "liquidation"]]
    assert monitor.liquidated and kinds(monitor, 60_000, 1) == [[], []] and monitor.number == 4
    fee = Monitor(LONG, Rules(warnings=[]), tiers="0.005", close_fee="0.0005")
    dearer = LONG.liquidation_price("0.005", close_fee="0.0005")
    assert kinds(fee, dearer + F(1, 10**12), dearer) == [[], ["margin call", "liquidation"]]


def test_a_level_is_reached_at_equality():
    at_half = F(60_000 * 9, 10) / (1 - F(1, 100))      # m/r = 0.005/0.5
    monitor = Monitor(LONG, tiers="0.005")
    assert kinds(monitor, at_half + F(1, 10**12), at_half) == [[], ["warning"]]
    assert monitor.state().margin_ratio == F(1, 2)


def test_ticks_must_follow_one_another():
    monitor = Monitor(LONG, Rules(warnings=[], ticks=3), tiers="0.005")
    assert kinds(monitor, 54_200, 54_200, 60_000, 54_200, 54_200) == [
        ["margin call"], [], ["recovery"], ["margin call"], []]
    assert not monitor.liquidated and kinds(monitor, 54_200) == [["liquidation"]]


def test_a_warning_comes_back_only_after_it_was_armed_again():
    monitor = Monitor(LONG, Rules(warnings=["0.5"]), tiers="0.005")
    below = [54_600, 54_540, 54_700]     # ratios 45.5 %, 50.5 %, 39.1 %: armed again below 45 %
    assert kinds(monitor, 54_540, *below, 54_540) == [
        ["warning"], [], [], ["recovery"], ["warning"]]


def test_ratios_that_fall_as_some_venues_show_them():
    rising = Rules(warnings=["0.5", "0.25"], margin_call="0.8")
    falling = Rules(warnings=[2, 4], margin_call="1.25", direction="falling")
    assert falling.ratios == rising.ratios
    for monitor in (Monitor(LONG, rules, tiers="0.005") for rules in (rising, falling)):
        assert kinds(monitor, 55_000, 54_500, 54_300) == [["warning"], ["warning"], ["margin call"]]


def test_how_it_stands_in_per_cent_and_in_daily_ranges():
    monitor = Monitor(LONG, Rules(daily_range="0.05"), tiers="0.005")
    assert monitor.state().status == "waiting"
    monitor.feed(60_000)
    state = monitor.state()
    line = LONG.liquidation_price("0.005")
    assert state.distance == (line / 60_000 - 1, None) and state.margin_ratio == F(1, 20)
    assert state.ranges == ((1 - line / 60_000) / F(1, 20), None) and state.status == "open"


def test_an_underlying_without_a_mark_is_waited_for_and_then_keeps_its_last():
    account = pp.Account(100, {"BTC": (pp.Position("long", "0.1", 60_000), "0.005"),
                               "ETH": (pp.Position("short", 1, 3_000), "0.01")})
    monitor = Monitor(account)
    assert monitor.feed({"BTC": 10_000}) == [] and monitor.missing == ("ETH",)
    assert [e.kind for e in monitor.feed({"ETH": 3_000, "XRP": 1})][-1] == "liquidation"
    later = Monitor(account)
    later.feed({"BTC": 60_000, "ETH": 3_000}, time=1_700_000_000)
    later.feed({"BTC": 60_100}, time=1_700_000_001)
    later.feed({"ETH": 3_001}, time=1_700_000_001)
    assert later.state().equity == 100 + 10 - 1
    with pytest.raises(ValueError, match="each time once"):
        later.feed({"ETH": 3_002}, time=1_700_000_001)


def test_what_cannot_be_read_changes_nothing():
    monitor = Monitor(LONG, tiers="0.005")
    monitor.feed(60_000, time="2026-01-31T08:00:00Z")
    before = monitor.state(), monitor.number
    for marks, moment, funding in (
            (float("nan"), None, None), (float("inf"), None, None), (-1, None, None),
            (0, None, None), (True, None, None), ("", None, None), ({}, None, None),
            (60_000, "2026-01-31T07:59:59Z", None), (60_000, "soon", None),
            (60_000, "2026-01-31T08:00:00Z", None), (60_000, None, "much"), ("1e99", None, None),
            (60_000, None, 2), (None, None, None), ([1, 2], None, None), (60_000, [], None)):
        with pytest.raises(ValueError):
            monitor.feed(marks, moment, funding)
        assert (monitor.state(), monitor.number) == before
    assert monitor.feed(60_000, time=1_769_846_400.5) == []


@pytest.mark.parametrize("given", [
    dict(warnings=["1"]), dict(warnings=["-1"]), dict(warnings="0.5"), dict(warnings=["x"]),
    dict(warnings=["0.5", "0.5"]), dict(ticks=0), dict(ticks="1.5"), dict(rearm=1),
    dict(direction="up"), dict(distances=[0]), dict(distances=[1]), dict(margin_call=2),
    dict(warnings=["0.5"], direction="falling"), dict(daily_range=0), dict(level=1)])
def test_rules_that_mean_nothing_are_refused_by_name(given):
    with pytest.raises(ValueError, match=list(given)[0]):
        Monitor(LONG, given, tiers="0.005")


def test_what_is_no_account_is_refused():
    for watched, tiers in ((pp.Position("long", 1, 100), "0.005"), (5, "0.005"), (LONG, None),
                           (pp.Account(1, {"a": (pp.Position("long", 1, 1), 0)}), "0.005")):
        with pytest.raises(ValueError):
            Monitor(watched, tiers=tiers)


# the synthetic day


@pytest.mark.parametrize("seed", ["1", "2", "x"])
@pytest.mark.parametrize("steps", [8, 96, 1440])
def test_a_synthetic_day_goes_through_its_four_prices(steps, seed):
    day = synthetic_day("7934.58", "7966.17", 4410, 4800, steps=steps, seed=seed)
    assert len(day) == steps + 1 and day == synthetic_day("7934.58", "7966.17", 4410, 4800,
                                                          steps=steps, seed=seed)
    assert (day[0], max(day), min(day), day[-1]) == (F("7934.58"), F("7966.17"), 4410, 4800)
    assert synthetic_day(5, 5, 5, 5, steps=8) == (5,) * 9


@pytest.mark.parametrize("prices", [(5, 4, 3, 4), (5, 6, 5.5, 6), (5, 6, -1, 5), ("x", 6, 4, 5)])
def test_four_prices_in_no_order_are_refused(prices):
    with pytest.raises(ValueError):
        synthetic_day(*prices)
    with pytest.raises(ValueError):
        synthetic_day(5, 6, 4, 5, steps=3)


# the command line


def run(text, *more, flags=FLAGS):
    data = text if isinstance(text, bytes) else text.encode()
    return subprocess.run([sys.executable, "-m", "perpedu", "monitor", *flags, *more], input=data,
                          capture_output=True, cwd=ROOT, timeout=120)


def test_csv_and_json_lines_say_the_same():
    prices = [60_000, 54_500, 54_250.5, 54_000]
    table = run("time,mark\n" + "".join(f"{1_700_000_000 + i},{p}\n" for i, p in enumerate(prices)),
                "--json")
    lines = run("".join(json.dumps({"time": 1_700_000_000 + i, "mark": p}) + "\n"
                        for i, p in enumerate(prices)), "--json")
    nested = run("".join(json.dumps({"time": 1_700_000_000 + i, "marks": {"mark": p}}) + "\n"
                         for i, p in enumerate(prices)), "--json")
    assert table.stdout == lines.stdout == nested.stdout and table.returncode == 0
    said = [json.loads(line) for line in table.stdout.splitlines()]
    assert [(one["number"], one["event"]) for one in said] == [
        (2, "warning"), (3, "warning"), (3, "warning"), (3, "margin call"), (3, "liquidation")]
    assert said[-1]["equity"] == "25.05" and "<=" in said[-1]["why"]


BAD = {
    "nan": b"1700000010,nan", "inf": b"1700000010,inf", "minus": b"1700000010,-5",
    "zero": b"1700000010,0", "no number": b"1700000010,abc", "empty": b"1700000010,",
    "too few": b"1700000010", "too many": b"1700000010,1,2", "no time": b"later,60000",
    "backwards": b"1600000000,60000", "again": b"1700000000,60000", "utf-8": b"1700000010,\xff\xfe",
    "long": b"9" * 200_000, "quote": b'1700000010,"60000', "json": b'{"mark": 60000',
    "json nan": b'{"mark": NaN}', "json no mark": b'{"time": 1700000010}', "nul": b"\x00",
    "json twice": b'{"mark": 1, "mark": 2}', "json deep": b'{"mark": ' + b"[" * 30_000,
    "json surrogate": b'{"\\ud800": 1}', "a list": b'{"mark": [1]}', "huge": b"1700000010,1e999",
    "funding": b'{"mark": 60000, "funding": "x"}', "funding of": b'{"mark": 1, "funding_X": 1}'}


@pytest.mark.parametrize("crlf", [False, True])
def test_every_bad_line_is_reported_with_its_number_and_the_rest_is_read(crlf):
    end = b"\r\n" if crlf else b"\n"
    rows = [b"\xef\xbb\xbftime,mark", b"1700000000,60000", *BAD.values(), b"", b"1700000020,54000"]
    done = run(end.join(rows))
    told = [line for line in done.stderr.decode().splitlines() if ": not read: " in line]
    assert [int(line.split(":")[0].removeprefix("line ")) for line in told] == list(
        range(3, 3 + len(BAD)))
    assert f"2 marks read, {len(BAD)} lines not read, 1 blank" in done.stderr.decode()
    assert done.stdout.splitlines()[-1].startswith(b"1700000020  liquidation")
    assert done.returncode == 1 and b"Traceback" not in done.stderr


def test_unknown_columns_are_left_out_and_named_once():
    done = run("time,volume,mark,note\n1700000000,5,60000,a\n1700000001,5,60000,b\n")
    assert done.returncode == 0 and done.stderr.count(b"'volume', 'note'") == 1


def test_without_input_or_header_nothing_is_judged():
    empty, headless = run(""), run("1,60000\n2,60000\n")
    assert empty.returncode == headless.returncode == 1
    assert b"0 lines" in empty.stderr and headless.stderr.count(b"no header yet") == 2
    assert b"between commas" in headless.stderr and empty.stderr.strip().endswith(b"never a mark")


def test_a_wrong_word_is_told_what_to_do():
    assert b"; 'BTC' is none\n" in run('{"marks": {"BTC": 60000}}\n').stderr
    assert b"< marks.csv" in run("", "marks.csv").stderr
    bare = run("", flags=[word for word in FLAGS if word not in ("--leverage", "10")])
    assert bare.returncode == 2 and b"one of --leverage and --collateral" in bare.stderr


def test_one_time_far_ahead_does_not_silence_what_follows():
    rows = [f"{t},60000" for t in (1_700_000_000, 1_900_000_000, *range(1_700_000_001, 1_700_000_006))]
    done = run("time,mark\n" + "\n".join(rows) + "\n1700000010,54000\n")
    assert b"the clock starts anew" in done.stderr and b"liquidation" in done.stdout


ACCOUNT = """
wallet: 1000
close_fee: 0.0005
legs:
  BTC: {side: long, size: 0.1, entry: 60000, tiers: binance/BTCUSDT/2026-09}
  ETH: {side: short, size: 2, entry: 3000, tiers: [[0, 0.01], [50000, 0.02]]}
rules: {warnings: [0.3], distances: [0.05]}
"""


def test_an_account_from_a_file(tmp_path):
    (tmp_path / "a.yaml").write_text(ACCOUNT)
    (tmp_path / "a.json").write_text(json.dumps({
        "wallet": 1000, "close_fee": 0.0005, "rules": {"warnings": [0.3], "distances": [0.05]},
        "legs": {"BTC": {"side": "long", "size": 0.1, "entry": 60000,
                         "tiers": "binance/BTCUSDT/2026-09"},
                 "ETH": {"side": "short", "size": 2, "entry": 3000,
                         "tiers": [[0, 0.01], [50000, 0.02]]}}}))
    marks = "time,BTC,ETH\n1700000000,60000,3000\n1700000001,55000,\n1700000002,,3200\n"
    found = [run(marks, flags=[str(tmp_path / name)]) for name in ("a.yaml", "a.json")]
    assert found[0].stdout == found[1].stdout and found[0].returncode == 0
    assert b"a move of 5 % would liquidate" in found[0].stdout
    less = run(marks, "--distances", "--warnings", "0.99", flags=[str(tmp_path / "a.yaml")])
    assert b"move" not in less.stdout


@pytest.mark.parametrize("text, said", [
    ("wallet: 1", "legs is missing"), ("wallet: 1\nlegs: {}", "at least one leg"),
    ("wallet: 1\nlegs: {a: {side: up}}", "leg 'a': size is missing"), ("{", "not YAML"),
    ("wallet: -1\nlegs: {a: {side: long, size: 1, entry: 1, tiers: 0.01}}", "wallet"),
    ("wallet: 1\nlegs: {a: {side: long, size: 1, entry: 1, tiers: no/such/table}}", "no/such/table"),
    ("wallet: 1\nlegs: {a: {side: long, size: 1, entry: 1, tiers: 5}}", "tiers"),
    ("purse: 1", "purse"), ("- 1", "account"), ("", "account")])
def test_an_account_that_is_none_is_refused_by_file_and_key(tmp_path, text, said):
    (tmp_path / "a.yaml").write_text(text)
    done = run("mark\n1\n", flags=[str(tmp_path / "a.yaml")])
    assert done.returncode == 2 and done.stdout == b"" and said in done.stderr.decode()
    assert "a.yaml" in done.stderr.decode() and b"Traceback" not in done.stderr


@pytest.mark.parametrize("flags", [[], ["no.yaml"], FLAGS[:-2], [*FLAGS, "--ticks", "0"],
                                   [*FLAGS, "--rearm", "2"], [*FLAGS, "--collateral", "5"],
                                   ["a.yaml", *FLAGS], [*FLAGS, "--unknown"]])
def test_a_command_line_that_says_too_little_or_too_much_ends_with_2(flags):
    done = run("mark\n1\n", flags=flags)
    assert done.returncode == 2 and done.stderr and b"Traceback" not in done.stderr


def test_help_says_how_lines_look_and_what_the_exit_codes_mean():
    done = run("", "-h")
    assert done.returncode == 0 and b"time,mark" in done.stdout and b"exit codes" in done.stdout


def start(**pipes):
    return subprocess.Popen([sys.executable, "-m", "perpedu", "monitor", *FLAGS], cwd=ROOT,
                            stdin=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=listening,
                            **pipes)


def listening():
    """A process in a shell's background is deaf to Ctrl-C, and so are its children."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_ctrl_c_ends_with_the_counts_and_no_traceback():
    one = start(stdout=subprocess.PIPE)
    one.stdin.write(b"mark\n54500\n")
    one.stdin.flush()
    assert b"warning" in one.stdout.readline()      # each event is out as soon as it is known
    one.send_signal(signal.SIGINT)
    _, said = one.communicate(timeout=60)
    assert one.returncode == 130 and b"1 marks read" in said and b"Traceback" not in said


def test_nobody_reading_the_events_is_no_crash():
    read, write = os.pipe()
    one = start(stdout=write)
    os.close(read), os.close(write)
    _, said = one.communicate(b"mark\n" + b"54500\n60000\n" * 50, timeout=60)
    assert one.returncode == 141 and b"Traceback" not in said


def test_two_hundred_thousand_marks_in_flat_memory_and_good_time():
    """Memory of the process is read after a tenth of the marks and at the end."""
    one = start(stdout=subprocess.DEVNULL)
    dice, begun, peaks = random.Random(5), time.perf_counter(), []
    one.stdin.write(b"time,mark\n")
    for part in range(10):
        rows = "".join(f"{1_700_000_000 + 20_000 * part + i},{60_000 + dice.randint(-3000, 3000)}\n"
                       for i in range(20_000))
        one.stdin.write(rows.encode())
        one.stdin.flush()
        peaks.append(resident(one.pid))
    _, said = one.communicate(timeout=300)
    took = time.perf_counter() - begun
    assert b"200,001 lines: 200,000 marks read, 0 lines not read" in said
    assert peaks[-1] - peaks[1] < 2_000, peaks      # kilobytes
    assert took < 120, took                         # 11 s on two cores; others may be at work
    print(f"{took:.1f} s, {peaks[1]} to {peaks[-1]} kB")


def resident(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])
