"""Tier tables: the shipped ones against their venue's own columns, and the rules of any table."""

import json
from fractions import Fraction as F
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
import sympy as sp
from ledger_oracle import margin

import perpedu as pp

FOLDER = Path(pp.__file__).parent / "market" / "venues"
FILES = {path.relative_to(FOLDER).with_suffix("").as_posix(): path
         for path in sorted(FOLDER.rglob("*.json"))}
SHIPPED = {"binance/BTCUSDT/2021-03", "binance/BTCUSDT/2026-09"}
EVERY = pytest.mark.parametrize("name", FILES)
TINY = F(1, 10**9)
COLUMNS = ["floor", "cap", "rate", "max_leverage", "deduction"]
THREE = [(0, "0.01", 50), (100, "0.02", 20), (300, "0.05", 10)]


def published(name):
    """The rows as the file has them, in Fractions, read without the package."""
    content = json.loads(FILES[name].read_text(encoding="utf-8"))
    assert content["columns"] == COLUMNS
    return [{name: None if cell is None else F(cell)
             for name, cell in zip(COLUMNS, row, strict=True)} for row in content["rows"]]


def scheme_of(name):
    return json.loads(FILES[name].read_text(encoding="utf-8"))["scheme"]


def exactly(got, wanted):
    if wanted is None:  # the source gives no leverage cap, or the last row no end
        assert got is None
        return
    assert isinstance(got, sp.Rational) and F(int(got.p), int(got.q)) == wanted, (got, wanted)


def notionals(rows, count=60):
    """Notionals on, just above and just below each floor, at the cap, and anywhere."""
    rng, cap = Random(str(rows[-1])), rows[-1]["cap"] or 10 * rows[-1]["floor"]
    edges = [edge for row in rows for edge in (row["floor"], row["cap"]) if edge is not None]
    near = [edge + step for edge in edges for step in (-TINY, 0, TINY)]
    drawn = [cap * F(rng.randrange(1, 10**6), 10**6) ** 3 for _ in range(count)]
    return [n for n in near + drawn if 0 <= n <= cap]


def test_the_tables_that_ship():
    assert SHIPPED <= set(FILES) and {name.split("/")[0] for name in FILES} == {
        "binance", "bitget", "bybit", "gate", "xxkk"}
    assert sum(name.startswith("binance/BTCUSDT/") for name in FILES) == 12
    assert pp.Tiers.names() == sorted(FILES)


@EVERY
def test_shipped_table_is_as_published(name):
    tiers, rows = pp.Tiers.load(name), published(name)
    assert len(tiers.rows) == len(rows) and tiers.scheme == scheme_of(name)
    exactly(tiers.cap, rows[-1]["cap"])
    for got, row, deduction in zip(tiers.rows, rows, tiers.deductions, strict=True):
        exactly(got.floor, row["floor"])
        exactly(got.rate, row["rate"])
        exactly(got.max_leverage, row["max_leverage"])
        exactly(deduction, row["deduction"])
        exactly(got.deduction, row["deduction"])


@EVERY
def test_shipped_table_holds_together(name):
    rows, content = published(name), json.loads(FILES[name].read_text(encoding="utf-8"))
    venue, symbol, month = name.split("/")
    assert content["symbol"] == symbol and content["as_of"].startswith(month)
    assert venue in content["venue"].lower() and content["source"] and content["currency"]
    tiers = pp.Tiers.load(name)
    assert (tiers.name, tiers.as_of, tiers.source) == (name, content["as_of"], content["source"])
    assert repr(tiers) == f"Tiers.load({name!r})"
    assert rows[0]["floor"] == rows[0]["deduction"] == 0
    for below, row in pairwise(rows):
        assert row["floor"] == below["cap"], "a gap between two tiers"
        assert row["rate"] > below["rate"]
        assert row["max_leverage"] is None or row["max_leverage"] < below["max_leverage"]
    for row in rows:
        if row["max_leverage"] is None:
            continue
        assert 1 / row["max_leverage"] >= row["rate"], "liquidated as soon as it is opened"
        assert row["rate"] < 1 <= row["max_leverage"]


@EVERY
def test_margin_is_the_sum_of_the_slices(name):
    tiers, rows = pp.Tiers.load(name), published(name)
    pairs = [(row["floor"], row["rate"]) for row in rows]
    for notional in notionals(rows):
        row = next(row for row in rows if row["cap"] is None or notional <= row["cap"])
        exactly(tiers.maintenance_margin(notional), margin(pairs, tiers.scheme, notional))
        exactly(tiers.rate(notional), row["rate"])
        exactly(tiers.deduction(notional), row["deduction"])
        exactly(tiers.max_leverage(notional), row["max_leverage"])
        assert tiers.tier(notional) == rows.index(row) + 1, "a boundary belongs to the lower tier"


@EVERY
def test_margin_jumps_at_a_floor_in_a_flat_table_only(name):
    tiers, rows = pp.Tiers.load(name), published(name)
    for below, row in pairwise(rows):
        at, above = (tiers.maintenance_margin(row["floor"] + step) for step in (0, TINY))
        if tiers.scheme == "flat":
            exactly(above - at, row["rate"] * (row["floor"] + TINY) - below["rate"] * row["floor"])
            continue
        exactly(at, below["rate"] * row["floor"] - below["deduction"])
        exactly(above - at, row["rate"] * TINY)


@EVERY
@pytest.mark.parametrize("method", ["maintenance_margin", "rate", "deduction", "max_leverage",
                                    "tier"])
def test_nothing_above_the_cap(name, method):
    tiers, cap = pp.Tiers.load(name), published(name)[-1]["cap"]
    if cap is None:
        getattr(tiers, method)(10**15)
        return
    getattr(tiers, method)(cap)
    with pytest.raises(ValueError, match=rf"notional = .*{cap}.*the table's cap"):
        getattr(tiers, method)(cap + TINY)


def test_without_a_cap_the_last_rate_goes_on():
    tiers = pp.Tiers(THREE)
    assert tiers.cap is None and tiers.rate(10**30) == F("0.05")
    assert tiers.maintenance_margin(1000) == 1 + 4 + 35


def test_flat_scheme_charges_the_whole_notional():
    tiers, rows = pp.Tiers(THREE, scheme="flat"), [(F(a), F(b)) for a, b, _ in THREE]
    assert tiers.deductions == (0, 0, 0) and tiers.deduction(1000) == 0
    for notional in (0, 1, 100, 100 + TINY, 299, 300, 300 + TINY, 5000):
        exactly(tiers.maintenance_margin(notional), margin(rows, "flat", F(notional)))
    assert [tiers.maintenance_margin(n) for n in (100, 101)] == [1, F("2.02")]


def test_leverage_caps_are_none_where_not_given():
    assert pp.Tiers([(0, "0.01"), (10, "0.02", 5)]).max_leverage(10) is None
    assert pp.Tiers([(0, "0.01"), (10, "0.02", 5)]).max_leverage(11) == 5


def test_equal_rates_and_rate_zero_are_allowed():
    tiers = pp.Tiers([(0, 0), (10, 0), (20, "0.1"), (30, "0.1")])
    assert tiers.deductions == (0, 0, 2, 2)
    assert [tiers.maintenance_margin(n) for n in (15, 25, 40)] == [0, F(1, 2), 2]


def test_a_bare_rate_is_one_tier():
    trade = pp.Position("long", 1, 100, leverage=5)
    for rate in ("0.01", 0.01, F(1, 100), sp.Rational(1, 100)):
        for basis in ("mark", "entry"):
            assert trade.liquidation(rate, basis=basis) == trade.liquidation(
                pp.Tiers([(0, "0.01")]), basis=basis)
        assert trade.maintenance_margin(rate, 90) == F(9, 10)
        assert trade.margin_ratio(rate, 90) == F(9, 100)


def test_tables_compare_by_content():
    assert pp.Tiers(THREE) == pp.Tiers([(F(a), float(b), c) for a, b, c in THREE])
    assert hash(pp.Tiers(THREE)) == hash(pp.Tiers(iter(THREE)))
    others = [pp.Tiers(THREE[:2]), pp.Tiers(THREE, cap=400), pp.Tiers(THREE, scheme="flat"),
              pp.Tiers([row[:2] for row in THREE])]
    assert all(pp.Tiers(THREE) != other for other in others)
    assert len({pp.Tiers(THREE), *others}) == 5


def test_repr_of_an_own_table():
    own = pp.Tiers([(0, "0.01"), (100, "0.02")], cap=300, scheme="flat")
    assert repr(own) == "Tiers([(0, 1/100), (100, 1/50)], cap=300, scheme='flat')"
    assert repr(pp.Tiers([(0, "0.01")])) == "Tiers([(0, 1/100)], scheme='marginal')"


@pytest.mark.parametrize("name", [
    "../x", "", None, "binance", "binance/BTCUSDT", "binance/BTCUSDT/2026-09.json", 7,
    "/etc/passwd", "binance/BTCUSDT/../BTCUSDT/2026-09", "binance/btcusdt/2026-09", ["x"],
    "binance/BTCUSDT/1999-01", "binance/BTCUSDT/2026-09\n", True])
def test_unknown_table(name):
    with pytest.raises(ValueError) as caught:
        pp.Tiers.load(name)
    message = str(caught.value)
    assert message.startswith(f"name = {name!r}: expected one of ")
    assert all(known in message for known in FILES)


@pytest.mark.parametrize("rows, shown", [
    ({(0, "0.005"), (5, "0.01")}, "rows = {"), (frozenset(), "rows = frozenset"),
    ({0: "0.005"}, "rows = {0"), ([{0, "0.005"}], "row 1 = {"), ([{0: 1, 2: 3}], "row 1 = {0"),
    ([b"\0\0"], "row 1 = b'"), (b"\0", "rows = b'"), ([0], "row 1 = 0"), (["ab"], "row 1 = 'ab'")])
def test_rows_without_an_order(rows, shown):
    with pytest.raises(ValueError) as caught:
        pp.Tiers(rows)
    assert str(caught.value).startswith(shown)


def test_rows_from_a_generator():
    rows = [(0, "0.005"), (5, "0.01")]
    assert pp.Tiers(list(row) for row in rows) == pp.Tiers(row for row in rows) == pp.Tiers(rows)
