"""What a perpetual should cost: the price at which selling it and holding coins gains nothing.

Rates, kappa and iota are in one unit of time.  With continuous funding any unit does, a year for
instance, if it is the same for all.  With funding in steps the unit is the interval: kappa of a
year, taken for that of an interval, gives another price and no error.

Given numbers, prices are exact.  Given a list or an array anywhere, they are float64 of the
broadcast shape; a tie is decided exactly there too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..theory import formulas
from ..theory.exact import broadcastable, floats, many, one_of, positive, rational, refuse

if TYPE_CHECKING:
    import numpy
    from sympy import Rational

    from ..theory.formula import Formula

__all__ = ["CONTRACTS", "PAYMENTS", "perpetual_price"]
CONTRACTS = ("linear", "inverse")
_FORMULAS = {"continuous": "perpetual_price", "previous": "perpetual_price_previous",
             "current": "perpetual_price_current"}
PAYMENTS = tuple(_FORMULAS)
_TIE = 1e-9


def perpetual_price(spot: Any, rate: Any, carry_yield: Any, kappa: Any, iota: Any = 0,
                    contract: str = "linear", payments: str = "continuous",
                    ) -> "Rational | numpy.ndarray | None":
    """The price of a perpetual that leaves no riskless gain, in quote currency per coin.

    spot: price above 0.  rate: what borrowed money costs.  carry_yield: what a held coin earns, in
    coin.  kappa: the part of the premium that funding pays.  iota: the part of the spot price that
    it pays whatever the premium.  All four are fractions, in one unit of time.
    contract: "linear" (a long pays kappa times the premium, in money) or "inverse" (a short pays
    kappa times the premium of 1/price, in coin; iota likewise).
    payments: "continuous"; or at the end of each interval, the premium's share of spot taken at its
    beginning, and the amount on the spot price of its beginning ("previous") or of its end
    ("current").  Then all rates are of one interval, interest comes at its end, and rate and
    carry_yield are above -1.

    None (nan in an array) where there is no such price: funding pulls too little, in a linear
    contract with continuous funding where kappa is no more than rate less carry_yield; or the
    price would not be above 0.

    >>> perpetual_price(10_000, "0.04", "0.02", "0.2", "0.005")
    32500/3
    >>> perpetual_price(10_000, "0.04", "0.02", ["0.2", "0.02"], "0.005", contract="inverse")
    array([11282.05128205, 26666.66666667])
    >>> print(perpetual_price(10_000, "0.04", "0.02", "0.02"))
    None

    Raises ValueError, naming the argument and the value.  Source: Ackerer, Hugonnier and Jermann,
    Perpetual Futures Pricing.
    """
    one_of("contract", contract, CONTRACTS)
    formula = getattr(formulas, _FORMULAS[one_of("payments", payments, PAYMENTS)])
    given = dict(spot=spot, rate=rate, carry_yield=carry_yield, kappa=kappa, iota=iota)
    if any(map(many, given.values())):
        return _prices(formula, _columns(given), contract)
    exact = {name: rational(name, value) for name, value in given.items()}
    positive("spot", spot)
    return _price(formula, exact, contract)


def _price(formula: "Formula", given: dict[str, Any], contract: str) -> "Rational | None":
    terms = _terms(formula, given, contract)
    terms["growth"] = formulas.growth.exact(**_needed(formulas.growth, terms))
    if _pull(formula, terms) <= 0:
        return None
    price = formula.exact(**_needed(formula, terms))
    return 1 / price if price is not None and contract == "inverse" else price


def _prices(formula: "Formula", given: dict[str, Any], contract: str) -> "numpy.ndarray":
    import numpy

    terms = _terms(formula, given, contract)
    terms["growth"] = formulas.growth.numpy(**_needed(formulas.growth, terms))
    pull, found = _pull(formula, terms), formula.numpy(**_needed(formula, terms))
    prices = numpy.where(pull > 0, 1 / found if contract == "inverse" else found, numpy.nan)
    for i in numpy.argwhere(abs(pull) <= _TIE * (1 + abs(terms["kappa"]))):
        exact = {name: rational(name, column[tuple(i)]) for name, column in given.items()}
        price = _price(formula, exact, contract)
        prices[tuple(i)] = numpy.nan if price is None else float(price)
    return prices


def _terms(formula: "Formula", given: dict[str, Any], contract: str) -> dict[str, Any]:
    """The formula's names.  From the coin's side money has the price 1/spot, and the two rates
    change places: an inverse perpetual is a linear one that is looked at from there."""
    spot, money, coins = given["spot"], given["rate"], given["carry_yield"]
    if formula.name != "perpetual_price":
        _refuse_total_loss(given)
    if contract == "inverse":
        spot, money, coins = 1 / spot, coins, money
    return dict(spot_price=spot, cash_rate=money, carry_yield=coins, kappa=given["kappa"],
                iota=given["iota"])


def _refuse_total_loss(given: dict[str, Any]) -> None:
    import numpy

    for name in ("rate", "carry_yield"):
        values = numpy.ravel(numpy.asarray(given[name], dtype=float))
        for value in values[values <= -1]:
            raise refuse(name, value.item(), "a rate of an interval above -1")


def _pull(formula: "Formula", terms: dict[str, Any]) -> Any:
    """Above 0 where the sum of all later payments is finite."""
    kappa, growth = terms["kappa"], terms["growth"]
    if formula.name == "perpetual_price":
        return kappa + terms["carry_yield"] - terms["cash_rate"]
    if formula.name == "perpetual_price_previous":
        return 1 + kappa - growth
    return 1 + kappa * growth - growth


def _needed(formula: "Formula", terms: dict[str, Any]) -> dict[str, Any]:
    return {symbol.name: terms[symbol.name] for symbol in formula.symbols}


def _columns(given: dict[str, Any]) -> dict[str, "numpy.ndarray"]:
    import numpy

    columns = {name: floats(name, values) for name, values in given.items()}
    for name, column in columns.items():
        good = numpy.isfinite(column) & ((column > 0) | (name != "spot"))
        if not good.all():
            raise refuse(name, column[~good].flat[0].item(),
                         "a number above 0" if name == "spot" else "a finite number")
    broadcastable({name: column.shape for name, column in columns.items()})
    return dict(zip(columns, numpy.broadcast_arrays(*columns.values())))
