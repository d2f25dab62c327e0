"""One table of bad input: every argument of the core is refused by name, with what is expected.

Each row of ARGUMENTS is one argument of one public function; the bad values come from its kind.
"""

import re
from decimal import Decimal as D
from fractions import Fraction as F
from itertools import product
from typing import Any, Callable, NamedTuple

import numpy as np
import pytest
import sympy as sp
from test_formulas import CATALOGUE, draws

import perpedu as pp

LONG = pp.Position("long", 5, 100, leverage=10)
SHORT = pp.Position("short", 500, 100, leverage=10, contract=pp.Inverse(face=10))
ONE_TIER = pp.Tiers([(0, "0.01")])
CAPPED = pp.Tiers([(0, "0.01"), (100, "0.02")], cap=400)
HUGE = 10**5000

NO_NUMBER = [
    True, False, np.bool_(True), sp.true,
    float("nan"), float("inf"), -float("inf"), np.float64("nan"), np.float32("inf"), D("NaN"),
    D("sNaN"), D("-Infinity"), sp.nan, sp.oo, sp.zoo, sp.pi, sp.Symbol("x"), sp.I,
    "", " ", "abc", "nan", "inf", "1,5", "1/3", "1_000", "0x10", "5%", "--1", "1 2", "1\n",
    "１２", "٣", "²", "1e999999999", "1e-999999999", "9" * 10_000, D("1e999999999"),
    1j, np.complex128(1), b"1", object, np.timedelta64(5), np.datetime64("2026-01-01"),
]
NOR_THESE = [None, [], [1], (1,), {}, np.array([1.0])]
NOT_FINITE = [v for v in NO_NUMBER if isinstance(v, float) and not np.isfinite(v)]
WORDS = ["Long", "", None, 1, True, ["long"], "mark ", float("nan"), {}]

NOT_ABOVE_0 = [(v, "above 0") for v in (0, -1, "0", "-0.5", F(-1, 3), D("-0.1"), -1e-9, -0.0,
                                       sp.Rational(-1, 3), np.float64(-2), np.int64(-1))]
BELOW_0 = [(v, "0 or more") for v in (-1, "-0.5", F(-1, 3), -1e-9, np.int64(-1))]
NOT_A_RATE = [(5, "write 0.05"), ("5", "write 0.05"), (5.0, "write 0.05"), (D(5), "write 0.05"),
              (1, "write 0.01"), ("2.5", "write 0.025"), (50, "write 0.5"), (99, "write 0.99"),
              (100, "[0, 1)"), (-1, "[0, 1)"), ("-0.001", "[0, 1)"), (-1e-9, "[0, 1)")]
BELOW_1 = [(v, "1 or more") for v in (0, -1, "0.99", F(1, 2), 0.999, -10, np.float64(0.5))]
NO_SIDE = [(v, "+1 (long) or -1 (short)") for v in (0, 2, "0.5", -5)]
BAD = {"above 0": NOT_ABOVE_0, "0 or more": BELOW_0, "rate": NOT_A_RATE, "leverage": BELOW_1,
       "any": [], "sign": NO_SIDE}


class Argument(NamedTuple):
    """An argument: the function, the name in the message, and what it takes."""

    call: Callable[[Any], Any]
    function: str
    name: str
    kind: str = "above 0"
    none: bool = False          # None has a meaning
    many: bool = False          # takes arrays as well
    good: str | None = "0.1"    # a decimal that it accepts, exactly
    whole: str | None = "2"
    steps: bool = False         # the result does not tell two near values apart


def prices(**more):
    given = dict(side="long", size=5, entry=100, collateral=50, tiers=ONE_TIER)
    return pp.liquidation_prices(**given | more)


def rows(*row, first=()):
    return pp.Tiers([*first, row])


FIRST = [(0, "0.01")]
SCALARS = [
    Argument(lambda v: pp.Position("long", v, 100), "Position", "size"),
    Argument(lambda v: pp.Position("long", 1, v), "Position", "entry"),
    Argument(lambda v: pp.Position("long", 1, 9, leverage=v), "Position", "leverage", "leverage",
             none=True, good="12.1"),
    Argument(lambda v: pp.Position("long", 1, 9, collateral=v), "Position", "collateral",
             none=True),
    Argument(lambda v: pp.Inverse(face=v), "Inverse", "face"),
    *(Argument(call, function, "mark", none=none) for function, none, call in [
        ("notional", True, LONG.notional), ("inverse notional", True, SHORT.notional),
        ("unrealized_pnl", False, LONG.unrealized_pnl),
        ("inverse unrealized_pnl", False, SHORT.unrealized_pnl), ("equity", False, LONG.equity),
        ("maintenance_margin", False, lambda v: LONG.maintenance_margin("0.01", v))]),
    Argument(lambda v: LONG.margin_ratio("0.01", v), "margin_ratio", "mark", good="95.1",
             whole="95"),
    Argument(lambda v: LONG.liquidation("0.01", mark=v), "liquidation", "mark", none=True,
             steps=True),
    *(Argument(call, function, "tiers", "rate", whole="0") for function, call in [
        ("maintenance_margin", lambda v: LONG.maintenance_margin(v, 99)),
        ("margin_ratio", lambda v: LONG.margin_ratio(v, 99)),
        ("liquidation_price", LONG.liquidation_price),
        ("liquidation_price, entry basis", lambda v: SHORT.liquidation_price(v, basis="entry")),
        ("liquidation", LONG.liquidation)]),
    *(Argument(call, function, "close_fee", "rate", whole="0") for function, call in [
        ("liquidation_price", lambda v: LONG.liquidation_price("0.01", close_fee=v)),
        ("liquidation_price, entry basis",
         lambda v: SHORT.liquidation_price(CAPPED, basis="entry", close_fee=v)),
        ("liquidation", lambda v: LONG.liquidation("0.01", close_fee=v)),
        ("bankruptcy_price", LONG.bankruptcy_price)]),
    Argument(LONG.add_collateral, "add_collateral", "amount", "any"),
    Argument(lambda v: LONG.add(v, 90), "add", "size"),
    Argument(lambda v: LONG.add(1, v), "add", "price"),
    Argument(lambda v: LONG.reduce(v, 95), "reduce", "size"),
    Argument(lambda v: LONG.reduce(1, v), "reduce", "price", good="95.1", whole="95"),
    Argument(lambda v: rows(v, "0.02", first=FIRST), "Tiers", "floor of row 2", "0 or more"),
    Argument(lambda v: rows(0, v), "Tiers", "rate of row 1", "rate", whole="0"),
    Argument(lambda v: rows(9, v, first=FIRST), "Tiers", "rate of row 2", "rate", whole=None),
    Argument(lambda v: rows(0, "0.01", v), "Tiers", "max_leverage of row 1", "leverage",
             none=True, good="12.1"),
    Argument(lambda v: pp.Tiers(FIRST, cap=v), "Tiers", "cap", none=True),
    Argument(CAPPED.maintenance_margin, "Tiers.maintenance_margin", "notional", "0 or more"),
    *(Argument(call, function, "notional", "0 or more", steps=True) for function, call in [
        ("Tiers.rate", CAPPED.rate), ("Tiers.deduction", CAPPED.deduction),
        ("Tiers.max_leverage", CAPPED.max_leverage), ("Tiers.tier", CAPPED.tier)]),
    Argument(lambda v: prices(tiers=v), "liquidation_prices", "tiers", "rate", whole="0",
             steps=True),
    Argument(lambda v: prices(close_fee=v), "liquidation_prices", "close_fee", "rate",
             whole="0", steps=True),
]
COLUMNS = [Argument(lambda v, n=name: prices(**{n: v}), "liquidation_prices", name, good=f"{w}.1",
                    whole=w, many=True, steps=True)
           for name, w in (("size", "4"), ("entry", "90"), ("collateral", "60"))]


def account(wallet=50, legs=None, **more):
    return pp.Account(wallet, legs or {"BTC": (CROSS, "0.01")}, **more)


CROSS = pp.Position("long", 5, 100)
TWO = pp.Account(50, {"A": (CROSS, "0.01"), "B": (pp.Position("long", 5, 70), CAPPED)})
AT = {"A": 99, "B": 79}
ACCOUNTS = [
    Argument(lambda v: account(v).wallet, "Account", "wallet", "0 or more"),
    Argument(lambda v: account(legs={"BTC": (CROSS, v)}).maintenance_margin({"BTC": 99}),
             "Account", "tiers", "rate", whole="0"),
    *(Argument(lambda v, call=call: call({"A": 99, "B": v}), f"Account.{call.__name__}",
               "marks['B']", good="79.1", whole="79", steps=steps) for call, steps in [
        (TWO.equity, False), (TWO.unrealized_pnl, False), (TWO.maintenance_margin, False),
        (TWO.margin_ratio, True), (TWO.liquidation, False), (TWO.liquidation_shock, True)]),
    *(Argument(lambda v, call=call: call("A", {"A": 99, "B": v}), f"Account.{call.__name__}",
               "marks['B']", good="79.1", whole="79", steps=True)
      for call in (TWO.liquidation_price, TWO.liquidation_range)),
    *(Argument(lambda v, call=call: call(AT, close_fee=v), f"Account.{call.__name__}", "close_fee",
               "rate", whole="0", steps=True)
      for call in (TWO.equity, TWO.maintenance_margin, TWO.margin_ratio, TWO.liquidation,
                   TWO.liquidation_shock)),
    *(Argument(lambda v, call=call: call("A", AT, close_fee=v), f"Account.{call.__name__}",
               "close_fee", "rate", whole="0", steps=True)
      for call in (TWO.liquidation_price, TWO.liquidation_range)),
    Argument(lambda v: TWO.liquidation_shock(AT, {"A": v}), "Account.liquidation_shock",
             "betas['A']", "any", steps=True),
    Argument(lambda v: pp.wallet_value({"BTC": v}, {"BTC": 9}), "wallet_value", "amounts['BTC']",
             "0 or more"),
    Argument(lambda v: pp.wallet_value({"BTC": 1}, {"BTC": v}), "wallet_value", "prices['BTC']"),
    Argument(lambda v: pp.wallet_value({"BTC": 1}, {"BTC": 9}, {"BTC": v}), "wallet_value",
             "haircuts['BTC']", "rate", whole="0"),
    Argument(lambda v: pp.scenario_margin(TWO, AT, [{"B": v}]), "scenario_margin",
             "move", "any", good="-0.1", whole="1"),
]
SCALARS += ACCOUNTS


#: Symbols that a formula divides one less of, or takes the logarithm of that: no whole number gives
#: a value.
BELOW_ONE = {"cascade_ratio"}
BELOW_ONE_IN = {("touch_probability_long", "maintenance_rate"),
                ("log_barrier_leverage", "maintenance_rate")}


def of_exact(formula):
    return [Argument(lambda v, n=s.name: exact_with(formula, n, v), f"{formula.name}.exact", s.name,
                     "sign" if s.values else "any", good=None if s.values else "0.1",
                     whole="-1" if s.values else None if s.name in BELOW_ONE
                     or (formula.name, s.name) in BELOW_ONE_IN else "2")
            for s in formula.symbols]


def of_numpy(formula):
    ones = dict.fromkeys((s.name for s in formula.symbols), 1.0)
    return [Argument(lambda v, n=s.name: formula.numpy(**ones | {n: v}), f"{formula.name}.numpy",
                     s.name, "any") for s in formula.symbols]


def exact_with(formula, name, value):
    """The formula with one value put in, the others such that there is a result."""
    sides = {s.name for s in formula.symbols if s.values}
    for times, (values, _) in product((1, 1000), draws(formula.name)):
        values = {n: v if n in sides else times * v for n, v in values.items()}
        found = formula.exact(**values | {name: value})
        if found is not None:
            return found
    pytest.fail(f"{formula.name} has no value for any draw with {name} = {value}")


def ids(argument):
    return f"{argument.function}-{argument.name}"


def shown(value):
    """The value as a message may show it: as it was written, or as the float it is."""
    if type(value) is int and abs(value) == HUGE:
        return ["a number too long to print"]
    written = repr(value)
    written = written if len(written) <= 60 else written[:57] + "..."
    if np.iscomplexobj(value):
        return [written]
    try:
        return [written, repr(float(value))]
    except (ArithmeticError, TypeError, ValueError):
        return [written]


def refusal(call, value):
    """The message with which the value is refused."""
    try:
        got = call(value)
    except ValueError as error:
        return str(error)
    pytest.fail(f"{value!r} was taken, and gave {got}")


def assert_refused(argument, value, says):
    message = refusal(argument.call, value)
    told = [f"{argument.name} = {form}: expected " for form in shown(value)]
    assert any(message.startswith(start) for start in told), f"{message}\nwhere it should be {told}"
    assert says in message, f"{message}\nwithout {says!r}"
    return message


@pytest.mark.parametrize("argument", SCALARS, ids=ids)
def test_scalar_argument(argument):
    for value in NO_NUMBER:
        message = assert_refused(argument, value, "")
        assert re.search("number|decimal|bare rate", message.partition("expected")[2]), message
    for value in NOR_THESE:
        if value is None and argument.none:
            argument.call(value)
            continue
        assert_refused(argument, value,
                       "Tiers(...) or one bare rate" if argument.name == "tiers" else "a number")
    for value, says in BAD[argument.kind]:
        assert_refused(argument, value, says)
    if argument.kind != "any":
        assert_refused(argument, -HUGE, "")


@pytest.mark.parametrize("name", CATALOGUE)
def test_arguments_of_a_formula(name):
    for argument in of_exact(CATALOGUE[name]):
        for value, says in [(v, "") for v in NO_NUMBER + NOR_THESE] + BAD[argument.kind]:
            assert_refused(argument, value, says)


@pytest.mark.parametrize("argument", COLUMNS, ids=ids)
def test_array_argument(argument):
    worse = [(value, "") for value in [*NO_NUMBER, None, {}, HUGE, -HUGE]]
    for value, says in worse + NOT_ABOVE_0:
        assert_refused(argument, value, says)
        assert_refused(argument._replace(call=lambda v: argument.call([0.5, v])), value, says)
        assert_refused(argument._replace(call=lambda v: argument.call([[v], [2]])), value, says)
    for column in (np.array([1.0, np.nan]), np.array([1, 0]), np.array([1.0, -np.inf])):
        message = refusal(argument.call, column)
        assert message.startswith(f"{argument.name} = {column[1].item()}") or (
            message.startswith(f"{argument.name} = {float(column[1])}")), message
    assert "rectangular" in refusal(argument.call, [[1], [1, 2]])
    assert "float64 can hold" in refusal(argument.call, ["1", "1e400"])
    assert "float64 can hold" in refusal(argument.call, "1e-400")


@pytest.mark.parametrize("name", CATALOGUE)
def test_array_arguments_of_a_formula(name):
    # nan and infinities of NumPy are values like others in an array: the result there is nan
    bad = [v for v in NO_NUMBER if not any(v is each for each in NOT_FINITE)]
    for argument in of_numpy(CATALOGUE[name]):
        for value in [*bad, None, {}]:
            assert_refused(argument, value, "")
            assert_refused(argument._replace(call=lambda v: argument.call([0.5, v])), value, "")
        assert "rectangular" in refusal(argument.call, [[1], [1, 2]])


WORDED = [
    Argument(lambda v: pp.Position(v, 1, 100), "Position", "side"),
    Argument(lambda v: prices(side=v), "liquidation_prices", "side", many=True),
    Argument(lambda v: prices(side=["long", v]), "liquidation_prices, array", "side", many=True),
    Argument(lambda v: LONG.maintenance_margin("0.01", 99, basis=v), "maintenance_margin",
             "basis"),
    Argument(lambda v: LONG.margin_ratio("0.01", 99, basis=v), "margin_ratio", "basis"),
    Argument(lambda v: LONG.liquidation_price("0.01", basis=v), "liquidation_price", "basis"),
    Argument(lambda v: LONG.liquidation("0.01", basis=v), "liquidation", "basis"),
    Argument(lambda v: prices(basis=v), "liquidation_prices", "basis"),
    Argument(lambda v: pp.Tiers(FIRST, scheme=v), "Tiers", "scheme"),
]
CHOICES = {"side": "'long', 'short'", "basis": "'mark', 'entry'", "scheme": "'marginal', 'flat'"}


@pytest.mark.parametrize("argument", WORDED, ids=ids)
def test_word(argument):
    for value in WORDS:
        if argument.many and isinstance(value, list):
            continue
        assert_refused(argument, value, "one of " + CHOICES[argument.name])


@pytest.mark.parametrize("call", [
    lambda v: pp.Position("long", 1, 100, contract=v),
    lambda v: prices(contract=v)], ids=["Position", "liquidation_prices"])
def test_contract(call):
    for value in ("inverse", None, pp.Inverse, pp.Linear, 100, True):
        assert_refused(Argument(call, "", "contract"), value, "Linear() or Inverse(face=...)")


LEGS = {"BTC": (CROSS, "0.01")}
SHARED = account(legs={"BTC long": (CROSS, "0.01"), "BTC short": (CROSS, "0.01")},
                 underlying={"BTC long": "BTC", "BTC short": "BTC"})
TOGETHER = {
    **{f"legs {bad!r}": (lambda bad=bad: pp.Account(50, bad), ["legs = ", "{name: (position"])
       for bad in (None, 5, "BTC", [], {}, [("BTC", (CROSS, "0.01"))], {"": (CROSS, "0.01")},
                   {1: (CROSS, "0.01")})},
    **{f"leg {bad!r}": (lambda bad=bad: pp.Account(50, {"BTC": bad}),
                        ["legs['BTC'] = ", "a pair (position, tiers)"])
       for bad in (CROSS, None, (), (CROSS,), (CROSS, "0.01", 5), "ab")},
    "leg that is no position": (lambda: pp.Account(50, {"BTC": ("long", "0.01")}),
                                ["position of 'BTC' = 'long'", "a Position"]),
    "leg with collateral": (lambda: pp.Account(50, {"BTC": (LONG, "0.01")}),
                            ["collateral of 'BTC' = 50", "wallet stands behind"]),
    "leg above the cap": (lambda: pp.Account(50, {"BTC": (pp.Position("long", 5, 81), CAPPED)}),
                          ["entry notional of 'BTC' = 405", "at most 400"]),
    "mixed contracts": (lambda: pp.Account(50, LEGS | {"X": (
        pp.Position("long", 5, 9, contract=pp.Inverse()), "0.01")}),
        ["contract of 'X' = Inverse(face=1)", "a linear contract", "'BTC'"]),
    **{f"underlying {bad!r}": (lambda bad=bad: pp.Account(50, LEGS, bad), ["underlying", fragment])
       for bad, fragment in [(5, "{name: underlying}"), ("BTC", "{name: underlying}"),
                             ({"ETH": "BTC"}, "no leg 'ETH'"), ({"BTC": 5}, "['BTC'] = 5"),
                             ({"BTC": ""}, "['BTC'] = ''")]},
    **{f"marks {bad!r} of {call.__name__}": (
        lambda bad=bad, call=call: call(bad), ["marks = ", fragment])
       for bad, fragment in [(None, "{underlying: price}"), (99, "{underlying: price}"),
                             ({}, "a price of 'A'"), ({"A": 99, "b": 79}, "a price of 'B'")]
       for call in (TWO.equity, TWO.unrealized_pnl, TWO.maintenance_margin, TWO.margin_ratio,
                    TWO.liquidation, TWO.liquidation_shock)},
    **{f"marks of {call.__name__}": (lambda call=call: call("A", {"A": 99}),
                                     ["marks = ", "a price of 'B'"])
       for call in (TWO.liquidation_price, TWO.liquidation_range)},
    **{f"unknown {name} {bad!r}": (lambda bad=bad, call=call: call(bad, AT),
                                   [f"{name} = {bad!r}", "one of 'A', 'B'"])
       for bad in ("C", "", None, 5, ["A"])
       for name, call in (("leg", TWO.liquidation_price), ("underlying", TWO.liquidation_range))},
    "leg that shares": (lambda: SHARED.liquidation_price("BTC long", {"BTC": 99}),
                        ["leg = 'BTC long'", "BTC short shares", "liquidation_range('BTC'"]),
    "betas that are no dictionary": (lambda: TWO.liquidation_shock(AT, 2), ["betas = 2"]),
    "betas of an unknown underlying": (lambda: TWO.liquidation_shock(AT, {"C": 2}),
                                       ["betas = ", "'C' is none"]),
    "mark above the cap": (lambda: TWO.maintenance_margin({"A": 99, "B": 81}),
                           ["notional of 'B' = 405", "at most 400"]),
    "ratio above the cap": (lambda: TWO.margin_ratio({"A": 99, "B": 81}),
                            ["notional of 'B' = 405"]),
    "rate + fee of a leg": (lambda: TWO.liquidation_shock(AT, close_fee="0.985"),
                            ["close_fee = '0.985'", "rate + close_fee below 1", "1/50"]),
    "amounts": (lambda: pp.wallet_value([5], {}), ["amounts = [5]", "{asset: amount}"]),
    "prices": (lambda: pp.wallet_value({}, None), ["prices = None", "{asset: price}"]),
    "price of an asset": (lambda: pp.wallet_value({"BTC": 1}, {}), ["prices = {}", "of 'BTC'"]),
    "haircuts": (lambda: pp.wallet_value({}, {}, 5), ["haircuts = 5", "{asset: haircut}"]),
    "haircut of no asset": (lambda: pp.wallet_value({}, {}, {"ETH": 0}), ["haircuts", "'ETH'"]),
    **{f"moves {bad!r}": (lambda bad=bad: pp.scenario_margin(TWO, AT, bad), ["moves = ", said])
       for bad, said in [(5, "a list"), ("0.1", "a list"), ({"A": 1}, "a list"),
                         ([], "at least one"), ([{"C": 1}], "'C' is none")]},
    "move to 0": (lambda: pp.scenario_margin(TWO, AT, ["-1"]), ["move = '-1'", "above -1"]),
    "leverage and collateral": (lambda: pp.Position("long", 1, 100, leverage=2, collateral=3),
                                ["leverage = 2", "collateral = 3", "one of the two"]),
    **{f"{method} of a cross leg": (call, ["collateral = None", "leverage or collateral"])
       for method, call in {
           "equity": lambda: CROSS.equity(99),
           "margin_ratio": lambda: CROSS.margin_ratio("0.01", 99),
           "liquidation_price": lambda: CROSS.liquidation_price("0.01"),
           "liquidation": lambda: CROSS.liquidation("0.01"),
           "bankruptcy_price": lambda: CROSS.bankruptcy_price(),
           "add_collateral": lambda: CROSS.add_collateral(1)}.items()},
    **{f"rate + fee, {function}": (call, ["close_fee = '0.99'", "rate + close_fee below 1",
                                          "1/100"])
       for function, call in {
           "liquidation_price": lambda: LONG.liquidation_price("0.01", close_fee="0.99"),
           "entry basis": lambda: LONG.liquidation_price("0.01", "entry", "0.99"),
           "inverse": lambda: SHORT.liquidation_price("0.01", close_fee="0.99"),
           "liquidation": lambda: LONG.liquidation("0.01", close_fee="0.99"),
           "arrays": lambda: prices(close_fee="0.99")}.items()},
    "rate + fee in the last tier": (
        lambda: LONG.liquidation_price(pp.Tiers([(0, "0.01"), (10**9, "0.7")]), close_fee=0.3),
        ["close_fee = 0.3", "7/10"]),
    "rows unsorted": (lambda: pp.Tiers([(0, "0.01"), (9, "0.02"), (5, "0.03")]),
                      ["floor of row 3 = 5", "above 9"]),
    "rows doubled": (lambda: pp.Tiers([(0, "0.01"), (9, "0.02"), (9, "0.03")]),
                     ["floor of row 3 = 9", "above 9"]),
    "rates fall": (lambda: pp.Tiers([(0, "0.02"), (9, "0.01")]),
                   ["rate of row 2 = 1/100", "at least 1/50", "never fall"]),
    "rates fall, flat": (lambda: pp.Tiers([(0, "0.02"), (9, "0.01")], scheme="flat"),
                         ["rate of row 2 = 1/100", "at least 1/50"]),
    "first floor": (lambda: pp.Tiers([(1, "0.01")]), ["floor of row 1 = 1", "begins at 0"]),
    **{f"rows {bad!r}": (lambda bad=bad: pp.Tiers(bad), [f"rows = {bad!r}", "(0, rate)"])
       for bad in ([], ())},
    **{f"rows {bad!r}": (lambda bad=bad: pp.Tiers(bad), [f"rows = {bad!r}", "(floor, rate)"])
       for bad in (None, 5, "0.005", b"x", "", True, {}, {1, 2})},
    **{f"row {bad!r}": (lambda bad=bad: pp.Tiers([(0, "0.01"), bad]),
                        ["row 2 = ", "(floor, rate) or (floor, rate, max_leverage)"])
       for bad in ((), (5,), (5, "0.02", 5, 9), "ab", 5, None)},
    "cap at the last floor": (lambda: pp.Tiers([(0, "0.01"), (9, "0.02")], cap=9),
                              ["cap = 9", "above the last floor 9"]),
    **{f"above the cap, {function}": (call, [f"{name} = 401", "at most 400", "cap"])
       for name, function, call in [
           ("notional", "Tiers.rate", lambda: CAPPED.rate(401)),
           ("notional", "Tiers.deduction", lambda: CAPPED.deduction(401)),
           ("notional", "Tiers.max_leverage", lambda: CAPPED.max_leverage(401)),
           ("notional", "Tiers.maintenance_margin", lambda: CAPPED.maintenance_margin(401)),
           ("notional", "Tiers.tier", lambda: CAPPED.tier(401)),
           ("notional", "maintenance_margin", lambda: pp.Position(
               "long", 1, 400, leverage=2).maintenance_margin(CAPPED, 401)),
           ("entry notional", "liquidation_price", lambda: pp.Position(
               "long", 1, 401, leverage=2).liquidation_price(CAPPED)),
           ("entry notional", "liquidation", lambda: pp.Position(
               "short", 1, 401, leverage=2).liquidation(CAPPED, basis="entry")),
           ("entry notional", "maintenance_margin at entry", lambda: pp.Position(
               "long", 1, 401, leverage=2).maintenance_margin(CAPPED, 100)),
           ("entry notional", "arrays", lambda: prices(
               size=[1, 1], entry=[100, 401], tiers=CAPPED))]},
    "collateral taken out": (lambda: LONG.add_collateral(-50), ["amount = -50", "more than -50"]),
    "reduce by all": (lambda: LONG.reduce(5, 90), ["size = 5", "less than 5"]),
    "reduce by more": (lambda: LONG.reduce("5.1", 90), ["size = '5.1'", "less than 5"]),
    "reduce at a ruinous price": (lambda: LONG.reduce(4, "87.5"), ["price = '87.5'", "50"]),
    "shapes": (lambda: prices(size=[1, 2, 3], entry=[1, 2]),
               ["side, size, entry, collateral = [(), (3,), (2,), ()]", "broadcast"]),
    "formula fixed for an unknown name": (
        lambda: pp.formulas.equity.at("x", entry=1), ["entry = 1", "collateral, unrealized_pnl"]),
    "formula solved for an unknown name": (
        lambda: pp.formulas.equity.solved_for("entry"), ["name = 'entry'", "equity fixes"]),
}


@pytest.mark.parametrize("case", TOGETHER)
def test_arguments_that_do_not_go_together(case):
    call, fragments = TOGETHER[case]
    message = refusal(lambda _: call(), case)
    assert all(fragment in message for fragment in fragments), message


@pytest.mark.parametrize("change", ["size", "entry", "side", "collateral", "leverage", "new"])
def test_positions_do_not_change(change):
    with pytest.raises(AttributeError, match=change):
        setattr(LONG, change, 3)


# what is understood

def writings(text):
    """A decimal in every kind of number, all of which mean exactly that decimal."""
    kinds = [text, f" {text} ", text if text[0] == "-" else f"+{text}", f"{text}e0",
             f"{F(text) * 1000}e-3", D(text), F(text), sp.Rational(text), sp.Float(text),
             float(text), np.float64(text), np.float32(text),
             np.longdouble(text), np.str_(text)]
    if F(text).denominator == 1:
        kinds += [kind(int(text)) for kind in (int, sp.Integer, np.int64, np.int8, D, F)]
    return kinds


def same(a, b):
    return np.array_equal(a, b) if isinstance(a, np.ndarray) else bool(a == b)


@pytest.mark.parametrize("argument", SCALARS + COLUMNS, ids=ids)
def test_every_kind_of_number_is_read_exactly(argument):
    assert_every_kind_read_exactly(argument)


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_kind_of_number_in_a_formula(name):
    for argument in of_exact(CATALOGUE[name]):
        made = argument.call(argument.whole or argument.good)
        assert isinstance(made, sp.Rational) or made.is_number and not CATALOGUE[name].is_rational
        assert_every_kind_read_exactly(argument)


def assert_every_kind_read_exactly(argument):
    for text in filter(None, (argument.good, argument.whole)):
        wanted = argument.call(F(text))
        for value in writings(text):
            got = argument.call(value)
            assert same(got, wanted), f"{value!r} ({type(value)}) gave {got}, {text} gives {wanted}"
    if argument.good and not argument.steps:
        nearly = argument.call(F(float(argument.good)))  # 0.1000000000000000055…
        assert not same(nearly, argument.call(F(argument.good))), "a difference would go unseen"


def test_a_tenth_is_a_tenth():
    trade = pp.Position("long", 0.1, 0.1, collateral=0.1)
    assert (trade.size, trade.entry, trade.collateral) == (sp.Rational(1, 10),) * 3
    assert pp.formulas.equity.exact(collateral=0.1, unrealized_pnl=0.2) == sp.Rational(3, 10)
    assert pp.Tiers([(0, 0.1)]).rate(0.3) == sp.Rational(1, 10)
