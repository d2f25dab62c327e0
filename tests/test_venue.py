"""Venues: each rulebook's published example, one position by every convention, and bad files."""

import json
import shutil
from datetime import date
from fractions import Fraction as F
from pathlib import Path
from random import Random

import pytest
import sympy as sp

import perpedu as pp
from perpedu.market import rulebook

FOLDER = Path(pp.__file__).parent / "market" / "venues"
NAMES = ["binance", "bitget", "bitmex", "bybit", "cme", "deribit", "dydx", "gate", "hyperliquid",
         "kucoin", "mexc", "okx", "xxkk"]
EVERY = pytest.mark.parametrize("name", NAMES)
WITHOUT_EXAMPLE = {"cme", "gate", "okx"}
TRADE = pp.Position("long", "0.1", 60_000, leverage=10)
SHORT = pp.Position("short", "0.1", 60_000, leverage=10)


def fraction(value):
    assert isinstance(value, sp.Rational), value
    return F(int(value.p), int(value.q))


# ---- what ships

def test_the_rulebooks_that_ship():
    assert pp.Venue.names() == NAMES == sorted(path.stem for path in FOLDER.glob("*.yaml"))
    assert {path.name for path in FOLDER.iterdir() if path.is_dir()} <= set(NAMES)


@EVERY
def test_every_rule_has_a_source_or_says_that_none_was_found(name):
    venue = pp.Venue.load(name)
    assert venue.title and venue.sources and repr(venue) == f"Venue.load({name!r})"
    for key in rulebook.KEYS:
        rule = venue.rule(key)
        assert rule.source in venue.sources.values() or rule.value == "not found", key
        assert rule.value != "guess" and rule.until is None
    if venue.rule("steps").value != "not found":
        assert all(isinstance(step, str) for step in venue.rule("steps").value)
    assert set(venue.rule("labels").value.values()) <= BOOK_TERMS, name


BOOK_TERMS = {symbol for symbol in dir(pp.symbols)} | {"tier", "leverage", "collateral"}


@EVERY
def test_the_published_example_is_reproduced(name):
    venue = pp.Venue.load(name)
    if name in WITHOUT_EXAMPLE:
        assert venue.example["text"] == "no published example found" and venue.example["searched"]
        with pytest.raises(ValueError, match=f"{name}.yaml, example: no published example found"):
            venue.reproduced()
        return
    computed, places = fraction(venue.reproduced()), int(venue.example["places"])
    assert round(computed, places) == F(venue.example["value"]) and venue.example["source"]


def test_further_published_numbers():
    load, Position = pp.Venue.load, pp.Position
    inverse = Position("long", 2500, 100, leverage=2, contract=pp.Inverse())
    assert load("bybit").requirement(inverse, "XYZUSD") == F("0.45")
    assert load("bybit").tiers("XYZUSDT").deductions == (0, 5, 15, 30, 50)
    large = Position("long", 350, 100_000, leverage=2)
    assert load("deribit").requirement(large, "BTC_USDC") == F("0.0275") * 35_000_000
    assert load("deribit").tiers("BTC_USDC", size=350).max_leverage(1) == F(1) / F("0.0375")
    assert load("deribit").tiers("SOL_USDC", size=25).rate(1) == F("0.020125")
    three = Position("long", 3, 110_000, leverage=5)
    assert load("bitget").requirement(three, "BTCUSDT", date="2025-11-09") == 1848
    assert load("bitget").requirement(three, "BTCUSDT") == 1648
    steps = load("bitmex").tiers("XBTUSD")
    assert [steps.rate(n) for n in (199, 349, 499, 649)] == [F(k, 200) for k in (1, 2, 3, 4)]
    assert [steps.max_leverage(n) for n in (199, 349)] == [100, F(200, 3)]
    assert steps.maintenance_margin(180) == F("0.9") and steps.cap == 650
    bitmex = load("bitmex").liquidation(Position("long", 20, 1000, collateral=10_000), tiers="0.01")
    assert (bitmex.price, bitmex.bankruptcy_price) == (510, 500)
    tiers = load("hyperliquid").tiers("BTC")
    assert [row[:3] for row in tiers.rows] == [(0, F(1, 80), 40), (150 * 10**6, F(1, 40), 20)]
    assert tiers.deductions == (0, 1_875_000) and tiers.cap is None
    assert load("gate").tiers("BTCUSDT").maintenance_margin(1_200_000) == 13_165
    okx = load("okx").liquidation_price(Position("long", "0.5", 60_996, collateral=5000),
                                        tiers="0.004")
    assert abs(fraction(okx) - F("51226.5")) < F("0.05")


def test_the_case_of_the_article_and_its_own_table():
    xxkk = pp.Venue.load("xxkk")
    assert xxkk.liquidation_price(TRADE, tiers="0.005") == 54_300
    assert xxkk.liquidation_price(TRADE, "BTCUSDT") == 54_240
    case_a = pp.Position("long", "1.8", 50_000, leverage=10)
    assert xxkk.liquidation_price(case_a, "BTC") == 45_250


# ---- one position, each venue's own arithmetic written out

def mark_basis(side, rate, fee=0):
    """0.1 BTC at 60,000 with 600 behind it, worked by hand."""
    return (6000 - side * 600) / (F(1, 10) * (1 - side * (F(rate) + F(fee))))


def entry_basis(side, rate, fee=0):
    return (6000 - side * (600 - F(rate) * 6000)) / (F(1, 10) * (1 - side * F(fee)))


BY_HAND = {
    "binance": (dict(symbol="BTCUSDT"), mark_basis, "0.004", 0),
    "bitget": (dict(symbol="BTCUSDT"), mark_basis, "0.004", "0.0006"),
    "bitmex": (dict(tiers="0.005"), entry_basis, "0.005", 0),
    "bybit": (dict(symbol="BTCUSDT"), mark_basis, "0.005", 0),
    "deribit": (dict(symbol="BTC_USDC"), mark_basis, "0.010005", 0),
    "dydx": (dict(symbol="BTC-USD"), mark_basis, "0.012", 0),
    "gate": (dict(symbol="BTCUSDT"), mark_basis, "0.004", "0.00075"),
    "hyperliquid": (dict(symbol="BTC"), mark_basis, "0.0125", 0),
    "kucoin": (dict(tiers="0.004", close_fee="0.0006"), mark_basis, "0.004", "0.0006"),
    "mexc": (dict(tiers="0.004", close_fee=0), entry_basis, "0.004", 0),
    "okx": (dict(tiers="0.004"), mark_basis, "0.004", "0.0005"),
    "xxkk": (dict(symbol="BTCUSDT"), entry_basis, "0.004", 0),
}
RATIOS = {"binance": 1, "bitget": 1, "bybit": 1, "deribit": 1, "kucoin": 1, "mexc": 1, "okx": -1,
          "xxkk": 1}
STRICT, NO_TRIGGER = {"deribit", "dydx", "hyperliquid"}, {"bitmex", "gate"}


@pytest.mark.parametrize("name", BY_HAND)
@pytest.mark.parametrize("trade", [TRADE, SHORT], ids=["long", "short"])
def test_one_position_by_each_venue(name, trade):
    venue, (how, basis, rate, fee) = pp.Venue.load(name), BY_HAND[name]
    price = basis(trade.sign, rate, fee)
    assert fraction(venue.liquidation_price(trade, **how)) == price
    assert fraction(venue.liquidation(trade, mark=60_000, **how).price) == price
    mark = F(59_000)
    charged = 6000 if basis is entry_basis else mark / 10
    need = F(rate) * charged + F(fee) * mark / 10
    assert fraction(venue.requirement(trade, mark=mark, **how)) == need
    if name not in RATIOS:
        with pytest.raises(ValueError, match=f"{name}.yaml, ratio = 'not found'"):
            venue.margin_ratio(trade, mark=mark, **how)
        return
    equity = 600 + trade.sign * (mark - 60_000) / 10
    assert fraction(venue.margin_ratio(trade, mark=mark, **how)) == (need / equity) ** RATIOS[name]
    assert venue.margin_ratio(trade, mark=price, **how) == 1


@pytest.mark.parametrize("name", BY_HAND)
def test_equality_is_open_only_where_the_trigger_is_strict(name):
    venue, how = pp.Venue.load(name), BY_HAND[name][0]
    price = venue.liquidation_price(TRADE, **how)
    tiny = F(1, 10**9)
    status = [venue.liquidation(TRADE, mark=price + step, **how).status for step in (-tiny, tiny)]
    assert status == ["liquidated", "open"]
    if name in NO_TRIGGER:
        with pytest.raises(ValueError, match=f"{name}.yaml, trigger = 'not found'"):
            venue.liquidation(TRADE, mark=price, **how)
        return
    at = venue.liquidation(TRADE, mark=price, **how)
    assert at.status == ("open" if name in STRICT else "liquidated") and at.price == price


def test_hyperliquid_says_its_price_from_the_margin_that_is_available():
    venue, rng = pp.Venue.load("hyperliquid"), Random(7)
    for _ in range(50):
        size, lever, mark = rng.randrange(1, 900), rng.randrange(2, 20), rng.randrange(95, 106)
        trade = pp.Position(rng.choice(["long", "short"]), F(size, 7), 100, leverage=lever)
        free = trade.equity(mark) - venue.requirement(trade, "SOL", mark)
        price = pp.formulas.liquidation_price_available.exact(
            side=trade.sign, mark_price=mark, loss_buffer=free, size=trade.size,
            maintenance_rate=F(1, 40))
        assert venue.liquidation_price(trade, "SOL") == price


def test_the_shown_price_is_rounded_toward_the_entry():
    mexc = pp.Venue.load("mexc")
    for trade, shown in ((TRADE, F("54240.1")), (SHORT, F("65759.9"))):
        exact = mexc.liquidation_price(trade, tiers="0.0040001", close_fee=0)
        assert 0 < trade.sign * (shown - fraction(exact)) < F("0.1")
        assert mexc.shown_price(trade, tick="0.1", tiers="0.0040001", close_fee=0) == shown
    whole = pp.Position("short", 1, 100, leverage=1)
    never = pp.Position("long", 1, 100, collateral=101)
    bybit = pp.Venue.load("bybit")
    assert bybit.shown_price(never, tick=1, tiers="0.004") is None
    assert bybit.shown_price(whole, tick=1, tiers="0") == 200


# ---- dates

def test_rules_by_date():
    kucoin = pp.Venue.load("kucoin")
    for day, basis, fee in (("2025-05-21", "entry", "out"), ("2025-05-22", "mark", "in"),
                            (date(2025, 5, 21), "entry", "out"), (None, "mark", "in")):
        assert (kucoin.rule("basis", day).value, kucoin.rule("close_fee", day).value) == (
            basis, fee)
    assert kucoin.rule("basis", "2025-05-21").until == date(2025, 5, 22)
    deribit = pp.Venue.load("deribit")
    assert [deribit.rule("liquidation_fee", day).value for day in ("2022-01-10", None)] == [
        F("0.005"), F("0.0075")]


def test_tables_by_date():
    binance = pp.Venue.load("binance")
    assert binance.tiers("BTCUSDT").name == "binance/BTCUSDT/2026-09"
    for day, table in (("2021-03-18", "2021-03"), ("2022-04-15", "2021-03"),
                       ("2022-04-16", "2022-04-16"), ("2026-08-31", "2025-12")):
        assert binance.tiers("BTCUSDT", day).name == f"binance/BTCUSDT/{table}"
    trade = pp.Position("long", 50, 60_000, leverage=10)
    dated = [binance.liquidation_price(trade, "BTCUSDT", day) for day in ("2023-01-01", None)]
    assert dated[0] > dated[1], "2.5 % of what lies above a million once"


def test_changes():
    changed = pp.Venue.load("binance").changes("2022-11-24", "2023-02-17")
    assert [(one.date, one.key, one.after) for one in changed] == [
        (date(2022, 11, 25), "tables BTCUSDT", "binance/BTCUSDT/2022-11-25"),
        (date(2023, 2, 17), "tables BTCUSDT", "binance/BTCUSDT/2023-02-17")]
    kucoin = pp.Venue.load("kucoin").changes("2025-01-01", "2025-12-31")
    assert [tuple(one) for one in kucoin] == [
        (date(2025, 5, 22), "basis", "entry", "mark"),
        (date(2025, 5, 22), "close_fee", "out", "in")]
    assert pp.Venue.load("kucoin").changes("2025-05-22", "2026-01-01") == []


def test_open_interest_moves_the_leverage_cap_and_not_the_rate():
    dydx = pp.Venue.load("dydx")
    caps = {None: 20, 0: 20, 40 * 10**6: 20, 70 * 10**6: F(40, 21), 10**8: 1, 10**9: 1}
    for interest, cap in caps.items():
        tiers = dydx.tiers("SOL-USD", open_interest=interest)
        assert tiers.max_leverage(1) == cap and tiers.rate(1) == F("0.03")
        assert dydx.tiers("BTC-USD", open_interest=interest).max_leverage(1) == 50


# ---- what is refused

BINANCE = pp.Venue.load("binance")
INVERSE = pp.Position("long", 2500, 60_000, leverage=2, contract=pp.Inverse())
REFUSED = {
    "an unknown venue": (lambda: pp.Venue.load("ftx"), ["name = 'ftx'", "binance, bitget"]),
    "no venue": (lambda: pp.Venue.load(None), ["name = None"]),
    "an unknown key": (lambda: BINANCE.rule("funding"), ["key = 'funding'", "basis, trigger"]),
    "an unknown symbol": (lambda: BINANCE.tiers("XYZ"), ["symbol = 'XYZ'", "BTCUSDT", "tiers="]),
    "a symbol that is none": (lambda: BINANCE.tiers(["XYZ"]), ["symbol = ['XYZ']"]),
    "above the last bracket": (
        lambda: BINANCE.liquidation_price(pp.Position("long", 10**6, 60_000, leverage=1),
                                          "BTCUSDT"),
        ["binance: order rejected: entry notional = 60000000000", "1800000000, the table's cap"]),
    "leverage above the cap": (
        lambda: BINANCE.liquidation(pp.Position("long", 1000, 60_000, leverage=50), "BTCUSDT"),
        ["binance: order rejected: leverage = 50", "at most 25, the cap of tier 5"]),
    "collateral below the cap's": (
        lambda: BINANCE.margin_ratio(pp.Position("long", F(500, 67), 67_000, collateral=6700),
                                     "BTCUSDT", date="2022-12-01"),
        ["order rejected: leverage = 5000/67", "at most 25, the cap of tier 3"]),
    "a date before the first table": (
        lambda: BINANCE.tiers("BTCUSDT", "2020-01-01"), ["date = '2020-01-01'", "2021-03-18"]),
    "a date for an undated table": (
        lambda: pp.Venue.load("bybit").tiers("BTCUSDT", "2025-01-01"),
        ["date = '2025-01-01'", "no date"]),
    "no date at all": (lambda: BINANCE.rule("basis", "May"), ["date = 'May'", "2025-05-22"]),
    "a date in a changed order": (
        lambda: BINANCE.changes("2025-01-02", "2025-01-01"), ["to_date", "not before 2025-01-02"]),
    "contracts": (lambda: pp.Venue.load("okx").liquidation_price(TRADE, "BTC-USDT-SWAP"),
                  ["symbol = 'BTC-USDT-SWAP'", "tiers=Tiers(...)", "count contracts"]),
    "no table": (lambda: pp.Venue.load("kucoin").liquidation(TRADE), ["symbol = None", "tiers="]),
    "an unknown fee": (lambda: pp.Venue.load("kucoin").liquidation_price(TRADE, tiers="0.004"),
                       ["kucoin.yaml, close_fee_rate = 'not found'", "close_fee=..."]),
    "an unknown rounding": (lambda: BINANCE.shown_price(TRADE, "BTCUSDT", tick=1),
                            ["binance.yaml, rounding = 'not found'"]),
    "a tick of 0": (lambda: pp.Venue.load("bybit").shown_price(TRADE, "BTCUSDT", tick=0),
                    ["tick = 0"]),
    "no size": (lambda: pp.Venue.load("deribit").tiers("BTC_USDC"), ["size = None"]),
    "inverse at a linear table": (lambda: BINANCE.liquidation_price(INVERSE, "BTCUSDT"),
                                  ["contract = Inverse(face=1)", "linear contract BTCUSDT",
                                   "in USDT"]),
    "inverse at a schedule in coin": (lambda: pp.Venue.load("deribit").requirement(
        INVERSE, "BTC_USDC"), ["contract = Inverse(face=1)", "BTC_USDC"]),
    "linear at an inverse table": (lambda: pp.Venue.load("bitmex").margin_ratio(TRADE, "XBTUSD"),
                                   ["contract = Linear()", "inverse contract XBTUSD", "in XBT"]),
    "a size whose initial rate is above 1": (
        lambda: pp.Venue.load("deribit").liquidation_price(
            pp.Position("long", 30_000, 100, leverage=1), "BTC_USDC"),
        ["deribit: order rejected: size = 30000", "at most 19600"]),
    "no position": (lambda: BINANCE.liquidation_price(None, "BTCUSDT"), ["position = None"]),
    "no position for a ratio": (lambda: BINANCE.margin_ratio("0.1", "BTCUSDT"),
                                ["position = '0.1'", "Position(...)"]),
    "no open interest": (lambda: pp.Venue.load("dydx").tiers("BTC-USD", open_interest="much"),
                         ["open_interest = 'much'"]),
    "no folder": (lambda: pp.Venue.names("/not/there"), ["folder = '/not/there'"]),
    "a number for a folder": (lambda: pp.Venue.load("x", 5), ["folder = 5"]),
    "a leg": (lambda: BINANCE.liquidation(pp.Position("long", 1, 100), "BTCUSDT"),
              ["collateral = None"]),
    "a bare per cent": (lambda: BINANCE.liquidation_price(TRADE, tiers=5), ["tiers = 5", "0.05"]),
    "a close fee of 1": (lambda: BINANCE.liquidation_price(TRADE, "BTCUSDT", close_fee=1),
                         ["close_fee = 1"]),
    **{f"CME: {what}": (call, ["cme.yaml, scheme = 'clearing'", "clearing house"]) for what, call
       in {"tiers": lambda: pp.Venue.load("cme").tiers("BTC"),
           "price": lambda: pp.Venue.load("cme").liquidation_price(TRADE, tiers="0.4"),
           "status": lambda: pp.Venue.load("cme").liquidation(TRADE, tiers="0.4"),
           "ratio": lambda: pp.Venue.load("cme").margin_ratio(TRADE, tiers="0.4")}.items()},
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what):
    call, says = REFUSED[what]
    with pytest.raises(ValueError) as caught:
        call()
    for part in says:
        assert part in str(caught.value), f"{caught.value}\nwithout {part!r}"


@pytest.mark.parametrize("value", [None, "", "2025", "2025-5-2", "2025-02-30", "20250522", 20250522,
                                   "yesterday", "2025-W01-1", ["2025-05-22"], True])
def test_a_date_that_is_not_one(value):
    with pytest.raises(ValueError, match="from_date = .*expected a date"):
        BINANCE.changes(value, "2025-05-22")


# ---- a venue is a file

@pytest.fixture
def folder(tmp_path):
    """A folder with one venue of its own, and one table."""
    text = (FOLDER / "xxkk.yaml").read_text(encoding="utf-8")
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    shutil.copytree(FOLDER / "xxkk" / "BTC", tmp_path / "own" / "BTC")
    return tmp_path


def test_adding_a_venue_is_adding_a_file(folder):
    assert pp.Venue.names(folder) == ["own"]
    own = pp.Venue.load("own", folder)
    assert own.symbols == ["BTC"] and own.reproduced() == 45_325
    assert own.tiers("BTC").rate(110_000) == F("0.0065") and "own" not in pp.Venue.names()


def test_adding_a_table_is_adding_a_file(folder):
    content = json.loads((folder / "own/BTC/2026.json").read_text(encoding="utf-8"))
    content |= {"as_of": "2026-06-01", "rows": [["0", None, "0.01", None, "0"]]}
    (folder / "own/BTC/2026-06-01.json").write_text(json.dumps(content), encoding="utf-8")
    own = pp.Venue.load("own", folder)
    assert own.tiers("BTC").rate(10**9) == F("0.01") and own.tiers("BTC", "2026-05-31").cap
    assert [one.key for one in own.changes("2026-01-01", "2026-12-31")] == ["tables BTC"]


BASIS = "  basis: {value: entry, source: trade"
BAD_FILES = {
    "an unknown part": ("title:", "titel: x\ntitle:", ["own.yaml, titel", "'title'"]),
    "an unknown rule": (BASIS, "  bases: {value: mark}\n" + BASIS, ["own.yaml, bases", "'basis'"]),
    "a missing rule": ("  adl: {value: not found}\n", "", ["own.yaml, adl", "to be there"]),
    "no value": ("  adl: {value: not found}", "  adl: {note: none}", ["own.yaml, adl, value"]),
    "an empty value": ("  adl: {value: not found}", "  adl: {value: }", ["own.yaml, adl, value"]),
    "a missing source": ("deduction: {value: none, source: tiers}", "deduction: {value: none}",
                         ["own.yaml, deduction, source = None", "trade, tiers"]),
    "an unknown source": ("deduction: {value: none, source: tiers}",
                          "deduction: {value: none, source: book}",
                          ["own.yaml, deduction, source = 'book'"]),
    "an unknown word": (BASIS, "  basis: {value: index, source: trade",
                        ["own.yaml, basis = 'index'", "mark, entry"]),
    "a per cent for a rate": ("liquidation_fee: {value: not found}",
                              "liquidation_fee: {value: 1.25, source: trade}",
                              ["own.yaml, liquidation_fee = '1.25'", "0.0125"]),
    "a text for a list": ("steps: {value: not found}", "steps: {value: cancel, source: trade}",
                          ["own.yaml, steps = 'cancel'", "a list"]),
    "an unknown field": (BASIS, "  basis: {value: entry, sauce: x, source: trade",
                         ["own.yaml, basis, sauce", "'source'"]),
    "a rule that is no rule": ("  adl: {value: not found}", "  adl: unknown",
                               ["own.yaml, adl = 'unknown'", "value, source"]),
    "no date": ("  adl: {value: not found}",
                "  adl: {value: a, source: tiers, earlier: [{value: b, source: tiers, until: May}]}",
                ["own.yaml, adl, until = 'May'", "2025-05-22"]),
    "no until": ("  adl: {value: not found}",
                 "  adl: {value: a, source: tiers, earlier: [{value: b, source: tiers}]}",
                 ["own.yaml, adl, until"]),
    "dates that do not fall": (
        "  adl: {value: not found}",
        "  adl: {value: a, source: tiers, earlier: [{value: b, source: tiers, until: 2020-01-01},"
        " {value: c, source: tiers, until: 2021-01-01}]}",
        ["own.yaml, adl, until = '2021-01-01'", "before 2020-01-01"]),
    "a doubled rule": (BASIS, "  basis: {value: mark, source: trade}\n" + BASIS,
                       ["own.yaml: this is not YAML", "basis"]),
    "no YAML": ("title:", "title: [", ["own.yaml: this is not YAML"]),
    "an example without its source": ("  source: tiers\n  call:", "  call:",
                                      ["own.yaml, example, source"]),
    "an example without a number": ("  value: 45325\n", "", ["own.yaml, example, searched"]),
    "a list of sources": (BASIS + ",", "  basis: {value: entry, source: [trade],",
                          ["own.yaml, basis, source = ['trade']", "trade, tiers"]),
    "a title that is a list": ("title: XXKK, the", "title: [XXKK]\n# the",
                               ["own.yaml, title = ['XXKK']"]),
    "a source without words": ("sources:\n", "sources:\n  x:\n", ["own.yaml, sources, x = ''"]),
    "a note that is a list": ("  adl: {value: not found}", "  adl: {value: not found, note: [a]}",
                              ["own.yaml, adl, note = ['a']"]),
    "steps in steps": ("steps: {value: not found}", "steps: {value: [a, [b]], source: trade}",
                       ["own.yaml, steps, 2 = ['b']"]),
    "a label of labels": ("      MMR: main", "      Other: {a: b}\n      MMR: main",
                          ["own.yaml, labels, Other = {'a': 'b'}"]),
    "an anchor that stands for too much": (
        "  adl: {value: not found}", "  adl: {value: [&a [x, x], " + ", ".join(
            f"&{new} [{', '.join(['*' + old] * 9)}]" for old, new in zip("abcdefghi", "bcdefghij"))
        + "], source: trade}", ["own.yaml, line", "anchors"]),
    "a list in itself": ("title: XXKK, the", "title: &t [*t]\n# the", ["own.yaml, line 1: anchors"]),
    "far too deep": ("example:", "deep: " + "[" * 5000 + "]" * 5000 + "\nexample:",
                     ["own.yaml: this is nested too deeply"]),
    "a tab": ("  adl:", "\tadl:", ["own.yaml: this is not YAML", "line 18"]),
    "a call that is none": ("call: liquidation_price", "call: __class__",
                            ["own.yaml, example, call = '__class__'", "margin_ratio"]),
    "an unknown given": ("symbol: BTC}", "symbols: BTC}",
                         ["own.yaml, example, given, symbols", "'symbol'"]),
    "a given that is missing": ("size: \"2.2\", ", "", ["own.yaml, example, given, size"]),
    "an example of a word": ("value: 45325", "value: many", ["own.yaml, example, value = 'many'"]),
    "places that are none": ("places: 0", "places: few", ["own.yaml, example, places = 'few'"]),
    "an unknown parameter": ("example:", "symbols: {X: {base_rat: 1, source: trade}}\nexample:",
                             ["own.yaml, X, base_rat", "'base_rate'"]),
    "symbols that are none": ("example:", "symbols: [BTC]\nexample:", ["own.yaml, symbols = ["]),
    "a symbol without source": ("example:", "symbols: {BTC: {rate: 1}}\nexample:",
                                ["own.yaml, BTC, source = None"]),
}


@pytest.mark.parametrize("what", BAD_FILES)
def test_a_bad_rulebook(what, folder):
    old, new, says = BAD_FILES[what]
    text = (folder / "own.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (folder / "own.yaml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError) as caught:
        pp.Venue.load("own", folder)
    for part in says:
        assert part in str(caught.value), f"{caught.value}\nwithout {part!r}"


def test_a_rulebook_that_is_no_text_in_utf8(folder):
    with (folder / "own.yaml").open("ab") as file:
        file.write(b"# \xe9\n")
    with pytest.raises(ValueError, match="^own.yaml: this is not text in UTF-8: .* at byte "):
        pp.Venue.load("own", folder)
    (folder / "dir.yaml").mkdir()
    with pytest.raises(ValueError, match="^dir.yaml: this cannot be read"):
        pp.Venue.load("dir", folder)


def test_an_example_of_an_unknown_formula(folder):
    text = (folder / "own.yaml").read_text(encoding="utf-8")
    (folder / "own.yaml").write_text(text.replace("call: liq", "formula: li"), encoding="utf-8")
    with pytest.raises(ValueError, match="own.yaml, example, formula = 'liuidation_price'"):
        pp.Venue.load("own", folder).reproduced()


def test_what_a_reader_changes_is_not_the_rulebook():
    for name, change in (("binance", lambda v: v.rule("steps").value.clear()),
                         ("binance", lambda v: v.rule("labels").value.clear()),
                         ("hyperliquid", lambda v: v.parameters("BTC")["tiers"].clear()),
                         ("xxkk", lambda v: v.example["given"].clear())):
        before = repr(everything(name))
        change(pp.Venue.load(name))
        assert repr(everything(name)) == before


def everything(name):
    venue = pp.Venue.load(name)
    return [*map(venue.rule, rulebook.KEYS), *map(venue.parameters, venue.symbols), venue.example]


ROWS = [["0", "100", "0.01", "50", "0"], ["100", "300", "0.02", "20", "1"]]
BAD_TABLES = {
    "an overlap": ({"rows": [ROWS[0], ["90", "300", "0.02", "20", "1"]]},
                   ["floor of row 2 = '90'", "100, where row 1 ends"]),
    "a gap": ({"rows": [ROWS[0], ["110", "300", "0.02", "20", "1"]]}, ["floor of row 2 = '110'"]),
    "no end within": ({"rows": [["0", None, "0.01", "50", "0"], ROWS[1]]}, ["floor of row 2"]),
    "a falling rate": ({"rows": [ROWS[0], ["100", "300", "0.005", "20", "1"]]},
                       ["rate of row 2 = 1/200", "never fall"]),
    "a short row": ({"rows": [ROWS[0][:4]]}, ["row 1 = ["]),
    "no rows": ({"rows": []}, ["rows: expected"]),
    "no source": ({"source": ""}, ["source: expected"]),
    "no scheme": ({"scheme": "steep"}, ["scheme = 'steep'"]),
    "other columns": ({"columns": ["floor"]}, ["columns = ['floor']"]),
    "no date": ({"as_of": "late"}, ["as_of = 'late'", "2026-09"]),
    "a number for a date": ({"as_of": 2026}, ["as_of = 2026"]),
    "a thirteenth month": ({"as_of": "2026-13"}, ["as_of = '2026-13'"]),
    "half a month": ({"as_of": "2026-9"}, ["as_of = '2026-9'"]),
    "a number for rows": ({"rows": 5}, ["rows = 5"]),
    "an unknown key": ({"sauce": "x"}, ["sauce", "not known"]),
    "a wrong deduction": ({"rows": ROWS[:1] + [["100", "300", "0.02", "20", "7"]],
                           "scheme": "marginal"}, ["deduction of row 2 = '7'", "expected 1"]),
    "a deduction in a flat table": ({"rows": ROWS}, ["deduction of row 2 = '1'", "expected 0"]),
    "a currency that is a list": ({"currency": ["USD"]}, ["currency = ['USD']"]),
    "a word for a number": ({"rows": [["0", "100", "much", "50", "0"]]}, ["rate of row 1 = 'much'"]),
}


@pytest.mark.parametrize("what", BAD_TABLES)
def test_a_bad_table(what, folder):
    change, says = BAD_TABLES[what]
    path = folder / "own/BTC/2026.json"
    content = json.loads(path.read_text(encoding="utf-8")) | change
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ValueError) as caught:
        pp.Venue.load("own", folder).tiers("BTC")
    assert str(caught.value).startswith("own/BTC/2026.json, ")
    for part in says:
        assert part in str(caught.value), f"{caught.value}\nwithout {part!r}"


def test_a_table_that_is_no_json(folder):
    (folder / "own/BTC/2026.json").write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match="own/BTC/2026.json: this is not JSON"):
        pp.Venue.load("own", folder).tiers("BTC")
    (folder / "own/BTC/2026.json").write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(ValueError, match="own/BTC/2026.json: this is nested too deeply"):
        pp.Venue.load("own", folder).tiers("BTC")
    (folder / "own/BTC/2026.json").write_bytes(b"\xe9")
    with pytest.raises(ValueError, match="own/BTC/2026.json: this is not text in UTF-8"):
        pp.Venue.load("own", folder).tiers("BTC")


@pytest.mark.parametrize("scheme, given, says", [
    ("linear", "base_rate: 0.01, initial_rate: 0.02", "own.yaml, X, rate_slope"),
    ("linear", "base_rate: many, initial_rate: 0.02, rate_slope: 0", "own.yaml, X, base_rate"),
    ("half_leverage", "tiers: [[0, 5], [100, 40]]", "own.yaml, X, rate of row 2"),
    ("half_leverage", "tiers: 40", "own.yaml, X, tiers = '40'"),
    ("half_leverage", "tiers: [[0, 40], [0, 20]]", "own.yaml, X, floor of row 2"),
    ("open_interest", "initial_rate: 0.05", "own.yaml, X, maintenance_rate"),
    ("open_interest", "initial_rate: 0, maintenance_rate: 0", "own.yaml, X, initial_rate = '0'"),
    ("open_interest", "initial_rate: 0.05, maintenance_rate: 0.03, open_interest_lower: 9, "
     "open_interest_upper: 9", "own.yaml, X, open_interest_upper = '9'"),
    ("linear", "base_rate: 0.01, initial_rate: 0, rate_slope: 0", "own.yaml, X, initial_rate"),
    ("linear", "base_rate: 0.9, initial_rate: 0.9, rate_slope: -1", "own.yaml, X, rate_slope"),
    ("half_leverage", "tiers: [[0, 0]]", "own.yaml, X, tiers, highest leverage of row 1 = '0'"),
    ("half_leverage", "tiers: [[0, x]]", "own.yaml, X, tiers, highest leverage of row 1 = 'x'"),
    *(("steps", f"limit: 200, step: 9, steps: {count}, base_rate: 0.005, initial_rate: 0.01, "
       "rate_step: 0", f"own.yaml, X, steps = '{count}'") for count in ("1.5", "-1", "1e9")),
    ("steps", "limit: 200, step: 0, steps: 1, base_rate: 0.005, initial_rate: 0.01, "
     "rate_step: 0.005", "own.yaml, X, cap = 200"),
    ("flat", "limit: 200", "own.yaml, scheme = 'flat'")])
def test_bad_parameters_of_a_symbol(scheme, given, says, folder):
    text = (folder / "own.yaml").read_text(encoding="utf-8")
    text = text.replace("scheme: {value: flat", f"scheme: {{value: {scheme}")
    text = text.replace("example:", f"symbols: {{X: {{{given}, source: trade}}}}\nexample:")
    (folder / "own.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError) as caught:
        pp.Venue.load("own", folder).tiers("X", size=1, open_interest=9)
    assert str(caught.value).startswith(says), caught.value
