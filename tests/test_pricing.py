"""The price of a perpetual, against sums of its payments, a traded hedge, and QuantLib if present."""

import math
from fractions import Fraction as F
from importlib.util import find_spec
from itertools import product
from random import Random

import numpy as np
import pytest

import perpedu as pp

PRICE = pp.pricing.perpetual_price
FORMS = list(product(pp.pricing.CONTRACTS, pp.pricing.PAYMENTS))
USUAL = dict(spot=10_000, rate="0.04", carry_yield="0.02", kappa="0.2", iota="0.005")


def fraction(value):
    return None if value is None else F(int(value.p), int(value.q))


def decimals(values):
    return {name: float(value) for name, value in values.items()}


def draws(count, seed="prices"):
    """Markets in which every kind of perpetual has a price."""
    rng = Random(seed)
    for _ in range(count):
        yield dict(spot=F(rng.randrange(100, 10**7), 100), rate=F(rng.randrange(-50, 150), 1000),
                   carry_yield=F(rng.randrange(-50, 150), 1000),
                   kappa=F(rng.randrange(250, 2000), 1000), iota=F(rng.randrange(-50, 50), 1000))


# ---- independent calculations

def weighted_average(spot, rate, carry_yield, kappa, iota):
    """Today's price as an average of forward prices: funding forgets at the rate kappa.

    Simpson's rule over a time in which nearly everything has been forgotten.
    """
    pull = kappa - rate + carry_yield
    n, end = 20_000, 60 / pull
    step = end / n
    at = [(kappa - iota) * spot * math.exp((rate - carry_yield - kappa) * i * step)
          for i in range(n + 1)]
    return step / 3 * (at[0] + at[-1] + 4 * sum(at[1:-1:2]) + 2 * sum(at[2:-1:2]))


def long_sum(payments, spot, rate, carry_yield, kappa, iota):
    """What an interval leaves of the price is the next one's: all their parts, added up."""
    growth, total, left = (1 + rate) / (1 + carry_yield), 0.0, 1.0
    for _ in range(2_000):
        if payments == "previous":
            left /= 1 + kappa
            total += left * (kappa - iota) * spot
            left *= growth
        else:
            left *= growth / (1 + kappa * growth)
            total += left * (kappa - iota) * spot
    return total


def turned(values):
    """The same market from the coin's side."""
    return values | dict(spot=1 / values["spot"], rate=values["carry_yield"],
                         carry_yield=values["rate"])


@pytest.mark.parametrize("contract, payments", FORMS)
def test_the_price_is_the_sum_of_all_that_follows(contract, payments):
    for values in draws(20):
        seen = decimals(values if contract == "linear" else turned(values))
        summed = weighted_average(**seen) if payments == "continuous" else long_sum(
            payments, **seen)
        wanted = summed if contract == "linear" else 1 / summed
        assert float(PRICE(**values, contract=contract, payments=payments)) == pytest.approx(
            wanted, rel=1e-9)


def hedge_gains(contract, payments, price, spot, later, rate, carry_yield, kappa, iota):
    """One interval of a perpetual sold and hedged, for any later spot price, in money or coin."""
    if contract == "inverse":
        price, spot, later, rate, carry_yield = 1 / price, 1 / spot, 1 / later, carry_yield, rate
    premium = price / spot - 1
    received = (kappa * premium + iota) * (spot if payments == "previous" else later)
    kept = price / spot - (kappa * premium + iota if payments == "current" else 0)
    bought = kept / (1 + carry_yield)
    sold_gain = price - later * price / spot
    return sold_gain + received + kept * later - bought * spot * (1 + rate)


@pytest.mark.parametrize("contract, payments", [form for form in FORMS if form[1] != "continuous"])
def test_at_the_price_a_hedged_seller_gains_nothing_wherever_spot_goes(contract, payments):
    for values in draws(60, "hedges"):
        price = fraction(PRICE(**values, contract=contract, payments=payments))
        for times in (F(1, 2), F(1), F(17, 10)):
            assert hedge_gains(contract, payments, price, later=values["spot"] * times,
                               **values) == 0
        away = hedge_gains(contract, payments, price * F(101, 100), later=values["spot"], **values)
        assert away > 0 if contract == "linear" else away < 0


def test_continuous_funding_is_the_limit_of_short_intervals():
    fair = [PRICE(**USUAL, contract=contract) for contract in pp.pricing.CONTRACTS]
    for n in (10**5, 10**6):
        small = {name: float(F(USUAL[name]) / n) for name in USUAL if name != "spot"}
        for contract, wanted in zip(pp.pricing.CONTRACTS, fair):
            for payments in ("previous", "current"):
                near = PRICE(10_000, **small, contract=contract, payments=payments)
                assert float(near) == pytest.approx(float(wanted), rel=1 / n)


# ---- published numbers, forms

def test_the_numbers_of_the_chapter():
    assert PRICE(**USUAL) == pp.formulas.perpetual_basis.exact(
        cash_rate="0.04", carry_yield="0.02", kappa="0.2", iota="0.005") * 10_000 + 10_000
    assert round(float(PRICE(**USUAL)), 4) == 10_833.3333
    assert round(float(PRICE(**USUAL, contract="inverse")), 4) == 11_282.0513


def test_the_inverse_form_is_the_books_formula():
    for values in draws(50, "inverse"):
        own = pp.formulas.inverse_perpetual_price.exact(
            spot_price=values["spot"], cash_rate=values["rate"], **{
                name: values[name] for name in ("carry_yield", "kappa", "iota")})
        assert PRICE(**values, contract="inverse") == own


def test_the_carry_gains_nothing_at_the_price_and_names_the_rate():
    for values in draws(50, "carry"):
        price = PRICE(**values)
        market = dict(spot_price=values["spot"], mark_price=price, **{
            name: values[name] for name in ("carry_yield", "kappa", "iota")})
        assert pp.formulas.carry_gain.exact(**market, cash_rate=values["rate"]) == 0
        assert fraction(pp.formulas.implied_rate.exact(**market)) == values["rate"]


@pytest.mark.parametrize("contract, payments", FORMS)
def test_arrays_say_what_numbers_say(contract, payments):
    many = list(draws(300, "arrays"))
    columns = {name: np.array([float(values[name]) for values in many]) for name in many[0]}
    got = PRICE(**columns, contract=contract, payments=payments)
    one = [float(PRICE(**values, contract=contract, payments=payments)) for values in many]
    assert got.dtype == np.float64 and np.allclose(got, one, 1e-12, 0)


def test_arrays_broadcast_and_the_type_is_kept():
    grid = PRICE(10_000, [["0.04"], ["0.05"]], 0, [0.2, 0.3, 0.4])
    assert grid.shape == (2, 3) and isinstance(grid, np.ndarray)
    assert PRICE([], 0, 0, 1).shape == (0,)
    assert fraction(PRICE(**USUAL)) == F(32_500, 3)


# ---- no price

@pytest.mark.parametrize("contract, payments, values", [
    ("linear", "continuous", dict(kappa="0.02")), ("linear", "continuous", dict(kappa="0.01")),
    ("linear", "continuous", dict(rate="0.3", iota="0.25")),
    ("inverse", "continuous", dict(rate="0.02", carry_yield="0.22")),
    ("linear", "previous", dict(rate="0.224", carry_yield="0.02")),
    ("linear", "current", dict(rate="0.275", carry_yield="0.02")),
    ("inverse", "previous", dict(rate="0.02", carry_yield="0.224")),
    *((contract, payments, dict(iota=iota)) for contract, payments in FORMS
      for iota in ("0.2", "0.3")),
])
def test_no_price_where_funding_pulls_too_little_or_pays_too_much(contract, payments, values):
    values = USUAL | values
    assert PRICE(**values, contract=contract, payments=payments) is None
    assert np.isnan(PRICE(**values | dict(spot=[10_000, 20_000]), contract=contract,
                          payments=payments)).all()


def test_a_tie_in_an_array_is_decided_exactly():
    assert np.isnan(PRICE([10_000], 0.3, 0.1, 0.2)).all(), "0.3 - 0.1 is not 0.2 in floats"
    near = PRICE([10_000], 0.3, 0.1, 0.200000000001)
    assert near[0] == pytest.approx(2_000_000_000_010_000, rel=1e-12)


# ---- bad input

@pytest.mark.parametrize("values, says", [
    (dict(spot=0), "spot = 0: expected a number above 0"), (dict(spot="x"), "spot = 'x'"),
    (dict(spot=[1, -1]), "spot = -1.0: expected a number above 0"),
    (dict(rate=None), "rate = None"), (dict(carry_yield=True), "carry_yield = True"),
    (dict(kappa=float("nan")), "kappa = nan"), (dict(kappa=[0.1, np.inf]), "kappa = inf"),
    (dict(iota="a"), "iota = 'a'"), (dict(contract="quanto"), "contract = 'quanto'"),
    (dict(payments="monthly"), "payments = 'monthly'"),
    (dict(rate=-1, payments="previous"), "rate = -1.0: expected a rate of an interval above -1"),
    (dict(carry_yield=[-2], payments="current"), "carry_yield = -2.0"),
    (dict(spot=[1, 2], kappa=[1, 2, 3]), "shapes of spot"),
])
def test_bad_input_is_named(values, says):
    with pytest.raises(ValueError) as caught:
        PRICE(**USUAL | values)
    assert says in str(caught.value)


# ---- QuantLib

def in_quantlib(contract, payments, months, **values):
    import QuantLib as ql

    today, days, kind = ql.Date(1, 1, 2026), ql.Actual365Fixed(), ql.PerpetualFutures
    ql.Settings.instance().evaluationDate = today
    funding = kind.FundingWithPreviousSpot if payments == "previous" else (
        kind.FundingWithCurrentSpot)
    traded = kind(kind.Linear if contract == "linear" else kind.Inverse, funding,
                  ql.Period(months, ql.Months), ql.NullCalendar(), days)
    money, coins = (ql.YieldTermStructureHandle(ql.FlatForward(today, values[name], days))
                    for name in ("rate", "carry_yield"))
    traded.setPricingEngine(ql.DiscountingPerpetualFuturesEngine(
        money, coins, ql.QuoteHandle(ql.SimpleQuote(values["spot"])), [0.0],
        [values["kappa"]], [values["iota"]]))
    return traded.NPV()


def against_quantlib(contract, payments, months, values):
    given, own = decimals(values), decimals(values)
    if months:
        own |= {name: math.expm1(given[name] * months / 12) for name in ("rate", "carry_yield")}
    ours = PRICE(**own, contract=contract, payments=payments)
    assert float(ours) == pytest.approx(
        in_quantlib(contract, payments, months, **given), rel=1e-6)


def test_quantlib_agrees_and_says_what_the_chapter_quotes():
    if find_spec("QuantLib") is None:
        pytest.skip("QuantLib is not installed: the extra quantlib compares the prices with it")
    for contract, payments in FORMS:
        for months in (0,) if payments == "continuous" else (1, 3, 12):
            against_quantlib(contract, payments, months, USUAL)
            against_quantlib(contract, payments, months, USUAL | dict(
                rate="0.01", carry_yield="0.05", iota="-0.01"))
    for said, months, kappa, iota in pp.chapter9.QUANTLIB:
        given = decimals(USUAL | dict(kappa=kappa, iota=iota))
        assert round(in_quantlib("linear", "previous", months, **given), 3) == float(said)
