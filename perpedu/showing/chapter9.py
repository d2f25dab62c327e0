"""The explorer, the figure and the tables of chapter 9: what a perpetual should cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import formulas as f
from ..market.pricing import CONTRACTS, perpetual_price
from ..teaching.numbers_typed import show as number
from ..theory import symbols as y
from ..theory.exact import positive, rational
from . import look
from .chapter2_figures import _name_ends
from .grid import Grid
from .still import shared_axes

if TYPE_CHECKING:
    from .explorer import Explorer
    from .figures import Shown

__all__ = ["MARKET", "QUANTLIB", "balance_table", "basis_table", "fair_explorer", "pull",
           "quantlib_table"]

#: The market of the chapter: rates, kappa and iota of a year.
MARKET = {"spot_price": 10_000, "cash_rate": "0.04", "carry_yield": "0.02", "kappa": "0.2",
          "iota": "0.005"}
#: What QuantLib 1.44 answers in that market: (answer, months between payments or 0 for continuous
#: funding, kappa, iota). In steps, it pays on the previous spot price.
QUANTLIB = (("10833.335", 0, "0.2", "0.005"), ("9832.002", 1, "0.2", "0.005"),
            ("-9999.999", 0, "0.01", "0"))


def balance_table(*prices: Any) -> Grid:
    """What a hedged seller gets and pays in a year, at some prices of the perpetual, in USDT.

    >>> print(str(balance_table(10_500)).splitlines()[-1].split())
    ['10,500.00', '150.00', '210.00', '420.00', '−60.00']
    """
    rows = [[number(price, 2) for price in _balance(positive("price", one))] for one in prices]
    return Grid("A perpetual sold, coins of the same value held on credit: one year, in USDT",
                [["price", "funding", "yield", "interest", "gain"], *rows])


def _balance(price: Any) -> list[Any]:
    """Price, funding, yield, interest, gain: each the gain with only that part left in."""
    def gain(**left_out: int) -> Any:
        return f.carry_gain.exact(**MARKET | left_out, mark_price=price)

    funding = gain(cash_rate=0, carry_yield=0)
    yields = gain(cash_rate=0) - funding
    return [price, funding, yields, gain(cash_rate=0) - gain(), gain()]


def basis_table(*kappas: Any) -> Grid:
    """The fair price and basis of a linear perpetual, by the strength of funding in a year.

    >>> print(str(basis_table("0.2", 2)).splitlines()[-1].split())
    ['2', '10,075.76', '0.758', '%']
    """
    rows = []
    for kappa in kappas:
        terms = MARKET | {"kappa": rational("kappa", kappa)}
        basis = f.perpetual_basis.exact(**{name: terms[name] for name in (
            "cash_rate", "carry_yield", "kappa", "iota")})
        rows.append([number(terms["kappa"]), number(f.perpetual_price.exact(**terms), 2),
                     number(basis, 4 if abs(basis) < rational("edge", "0.0001") else 3, "%")])
    return Grid("The stronger funding pulls, the nearer to spot",
                [["kappa a year", "price (USDT)", "basis"], *rows])


def quantlib_table() -> Grid:
    """QuantLib's answers beside those of the package, for the same input.

    >>> print(str(quantlib_table()).splitlines()[-1].split()[-2:])
    ['−9,999.999', 'none']
    """
    rows = []
    for said, months, kappa, iota in QUANTLIB:
        ours = _price(kappa, iota)
        rows.append([f"every {months} month" if months else "continuous", kappa, iota,
                     number(rational("said", said), 3), "none" if ours is None else
                     number(ours, 3)])
    return Grid("QuantLib 1.44, and continuous funding with kappa of a year",
                [["payments", "kappa", "iota", "QuantLib", "kappa of a year"], *rows])


def _price(kappa: Any, iota: Any, contract: str = "linear") -> Any:
    return perpetual_price(MARKET["spot_price"], MARKET["cash_rate"], MARKET["carry_yield"],
                           kappa, iota, contract)


_LOW, _HIGH = 0.05, 20
_ROLES = {"linear": "equity", "inverse": "maintenance"}


@look.drawn
def pull(kappa: Any = "0.2") -> "Shown":
    """The fair price of a linear and of an inverse perpetual against the strength of funding.

    `kappa` is where both are marked, from 0.05 to 20 a year.

    >>> print(repr(pull()).splitlines()[0])
    figure: The weaker funding pulls, the further from spot a fair price is
    """
    from .figures import show

    import numpy

    at, spot = positive("kappa", kappa), float(MARKET["spot_price"])
    x = numpy.geomspace(_LOW, _HIGH, 201)
    with look.drawing(3.1) as axes:
        for contract, role in _ROLES.items():
            axes.plot(x, _price(x, MARKET["iota"], contract), label=contract, **look.line(role))
        axes.plot(x, numpy.full(x.shape, spot), label="spot", **look.line("entry"))
        _name_ends(axes)
        for contract, role in _ROLES.items():
            axes.plot([float(at)], [float(_price(at, MARKET["iota"], contract))], "o",
                      markersize=6, zorder=5, label=f"{contract} at {number(at)}",
                      color=look.colour(role))
        shared_axes(axes, "kappa (a year)", "USDT/BTC", log=True)
        axes.set_xlim(x[0], x[-1])
    return show(axes.figure, "The weaker funding pulls, the further from spot a fair price is",
                _pull_alt(at), _pull_table())


def _pull_alt(at: Any) -> str:
    said = " and ".join(f"{number(_price(at, MARKET['iota'], contract), 2)} for the {contract} "
                        "perpetual" for contract in CONTRACTS)
    return ("Two curves that come down towards the spot price of "
            f"{number(MARKET['spot_price'])} as kappa grows from {_LOW} to {_HIGH} a year. "
            f"At {number(at)} they stand at {said}.")


def _pull_table() -> list[list[str]]:
    rows = [[number(rational("kappa", kappa)), *(number(_price(kappa, MARKET["iota"], contract), 2)
                                                for contract in CONTRACTS)]
            for kappa in ("0.05", "0.1", "0.2", "0.5", 1, 2, 5, 20)]
    return [["kappa (a year)", *CONTRACTS], *rows]


_SAID = "At {mark_price}, a perpetual sold and hedged brings {carry_gain:.2} USDT a year. "


def fair_explorer() -> "Explorer":
    """The seller's gain against the price of the perpetual: a line that is 0 at the fair price.

    >>> fair_explorer().state
    'At 10,500, a perpetual sold and hedged brings −60.00 USDT a year. Buyers of the perpetual have \
the better side; the fair price is 10,833.33, a basis of 8.33 %.'
    """
    from sympy import Eq

    from .explorer import Chart, Explorer, Slider

    return Explorer(
        "At which price does nobody gain?",
        controls=[Slider("mark_price", 8_000, 14_000, step=50, start=10_500),
                  Slider("cash_rate", 0, "0.12", step="0.01", start="0.04"),
                  Slider("carry_yield", 0, "0.08", step="0.01", start="0.02"),
                  Slider("kappa", "0.02", 1, step="0.02", start="0.2"),
                  Slider("iota", "-0.015", "0.015", step="0.005", start="0.005"),
                  Slider("spot_price", 9_000, 11_000, step=500, start=10_000)],
        states=[(y.kappa <= y.cash_rate - y.carry_yield, _SAID + "Funding pulls too little: the "
                 "seller loses at every price, and there is no fair one."),
                (Eq(y.carry_gain, 0), _SAID + "This is the fair price, a basis of "
                 "{perpetual_basis:.2%}."),
                (y.carry_gain > 0, _SAID + "Sellers of the perpetual have the better side; the fair "
                 "price is {perpetual_price:.2}, a basis of {perpetual_basis:.2%}."),
                (None, _SAID + "Buyers of the perpetual have the better side; the fair price is "
                 "{perpetual_price:.2}, a basis of {perpetual_basis:.2%}.")],
        show=["carry_gain", "perpetual_price", "perpetual_basis", "implied_rate"],
        formula="perpetual_price", labels={
            "mark_price": "price of the perpetual", "carry_gain": "seller's gain",
            "perpetual_price": "fair price", "perpetual_basis": "fair basis",
            "implied_rate": "rate that makes this price fair", "cash_rate": "money costs",
            "carry_yield": "coins earn"},
        chart=Chart(curves=("carry_gain",), marks=("spot_price", "perpetual_price", "mark_price"),
                    y="USDT a year", shade=None))  # fmt: skip
