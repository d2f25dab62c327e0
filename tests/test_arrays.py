"""Many positions at once: built backwards from their prices, in any form of words, across chunks."""

from fractions import Fraction as F

import numpy as np
import pytest
from draw_positions import COIN_TABLES, TABLES
from ledger_oracle import margin, money, value

import perpedu as pp

WORDS = ["long", "short", "short", "long", "short"]
COLUMNS = dict(size=[1, 2, 3, 4, 5], entry=[70, 60, 50, 40, 30], collateral=[9, 8, 7, 6, 5])
FORMS = {
    "list": list, "tuple": tuple, "objects": lambda words: np.array(words, dtype=object),
    "text": np.array, "wide text": lambda words: np.array(words, dtype="U20"),
    "text of another machine": lambda words: np.array(words).astype(">U5"),
    "every second": lambda words: np.repeat(words, 2)[::2],
    "NumPy's own words": lambda words: [np.str_(word) for word in words],
    "text of any length": lambda words: np.array(words, dtype=np.dtypes.StringDType())}


def prices(side, **more):
    return pp.liquidation_prices(side, **COLUMNS | {"tiers": "0.01"} | more)


def backwards(side, rows, notional, fee, face):
    """A position made to be liquidated at 50,000 with this notional, a tenth from its entry."""
    price = F(50_000)
    entry = price * (F(11, 10) if side == "long" else F(9, 10))
    size = notional / price if face is None else notional * price / face
    assert value(size, price, face) == notional
    need = margin(rows, "marginal", notional) + fee * notional
    return size, entry, need - money(side, size, entry, 0, price, face)


@pytest.mark.parametrize("face", [None, 100])
@pytest.mark.parametrize("fee", [F(0), F(1, 2000), F(3, 100)])
def test_every_tier_and_every_floor(face, fee):
    for drawn in TABLES if face is None else COIN_TABLES:
        rows = [(F(floor), rate) for floor, rate in drawn]
        floors = [floor for floor, _ in rows[1:]]
        near = [floor * (1 + F(off, 1000)) for floor in floors for off in (-1, 0, 1)]
        inside = [(a + b) / 2 for a, b in zip([0, *floors], [*floors, 2 * rows[-1][0] or 1])]
        made = [(side, *backwards(side, rows, notional, fee, face))
                for side in ("long", "short") for notional in near + inside]
        side, *numbers = zip(*made)
        got = pp.liquidation_prices(
            side, *(np.array(column, float) for column in numbers), pp.Tiers(rows),
            close_fee=fee, contract=pp.Linear() if face is None else pp.Inverse(face))
        assert got == pytest.approx([50_000.0] * len(made), rel=1e-9), rows


@pytest.mark.parametrize("form", FORMS)
def test_words_in_every_form(form):
    alone = [prices(word) for word in WORDS]
    want = [column[i] for i, column in enumerate(alone)]
    assert prices(FORMS[form](WORDS)).tolist() == want


@pytest.mark.parametrize("form", FORMS)
def test_the_first_bad_word_is_named(form):
    with pytest.raises(ValueError, match=r"^side = .*'buy'.*: expected one of 'long', 'short'$"):
        prices(FORMS[form](["long", "short", "buy", "long", "sell"]))


@pytest.mark.parametrize("bad", [None, 1, float("nan"), b"long", {}, ["long"], "long\0", "lon"])
def test_what_only_looks_like_a_word(bad):
    words = np.empty(5, dtype=object)
    words[:] = ["long", "short", "long", bad, "short"]
    with pytest.raises(ValueError, match="^side = "):
        prices(words)


def test_a_masked_word_is_no_word():
    words = np.ma.array(WORDS, mask=[0, 0, 1, 0, 0])
    with pytest.raises(ValueError, match="^side = .*none of them masked"):
        prices(words)
    assert prices(np.ma.array(WORDS)).tolist() == prices(WORDS).tolist()


def test_words_broadcast_like_numbers():
    got = pp.liquidation_prices(np.array([["long"], ["short"]]), 1, [60, 50, 40], 5, "0.01")
    for word, row in zip(["long", "short"], got, strict=True):
        assert row.tolist() == pp.liquidation_prices(word, 1, [60, 50, 40], 5, "0.01").tolist()
    assert prices(np.array("short")).tolist() == prices("short").tolist()
    assert pp.liquidation_prices([], [], [], [], "0.01").shape == (0,)


@pytest.mark.parametrize("basis", ["mark", "entry"])
@pytest.mark.parametrize("scheme", ["marginal", "flat"])
def test_a_row_does_not_depend_on_the_rows_beside_it(scheme, basis):
    rng, count = np.random.default_rng(4), 100_001
    side = rng.choice(["long", "short"], count)
    size, entry = 10 ** rng.uniform(-3, 3, count), 10 ** rng.uniform(3, 5, count)
    columns = side, size, entry, size * entry / rng.uniform(2, 100, count)
    table = pp.Tiers(TABLES[2], scheme=scheme)
    whole = pp.liquidation_prices(*columns, table, basis)
    parts = [pp.liquidation_prices(*(column[i:i + 997] for column in columns), table, basis)
             for i in range(0, count, 997)]
    assert np.array_equal(whole, np.concatenate(parts), equal_nan=True)


def test_the_first_row_above_the_cap_is_named():
    capped = pp.Tiers([(0, "0.01"), (100, "0.02")], cap=400)
    with pytest.raises(ValueError, match="^entry notional = 401: "):
        pp.liquidation_prices(["long", "short", "long"], 1, [300, 401, 402], 5, capped)


@pytest.mark.parametrize("side, face", [("long", None), ("short", 100)])
def test_little_left_of_the_notional_and_little_left_by_rate_and_fee(side, face):
    """Each alone is no tie; together they leave float64 five digits."""
    rows, fee = [(F(0), F(0)), (F(100), F("0.785"))], F("0.214997")
    entry, notional, cases = F(50_000), F(101), []
    need = margin(rows, "marginal", notional) + fee * notional
    for k in range(40):
        held = 10**6 * (1 + F(k, 7))
        size = held / entry if face is None else held * entry / face
        cases.append([float(size), float(entry), float(held - notional + need)])
    table, contract = pp.Tiers(rows), pp.Linear() if face is None else pp.Inverse(face)
    got = pp.liquidation_prices(side, *np.array(cases).T, table, close_fee=fee, contract=contract)
    exact = [pp.Position(side, size, entry, collateral=money, contract=contract).liquidation_price(
        table, close_fee=fee) for size, entry, money in cases]
    assert got == pytest.approx([float(price) for price in exact], rel=1e-9)
