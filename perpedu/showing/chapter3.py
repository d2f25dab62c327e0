"""The explorer, the figure and the tables of chapter 3: fees and the liquidation line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import formulas as f
from ..market.position import BASES, SIDES, Position
from ..market.rulebook import NOT_FOUND
from ..market.venue import Venue
from ..teaching.numbers_typed import show as number
from ..theory import symbols as y
from ..theory.exact import fraction_of_one, one_of, refuse
from . import look
from .chapter1 import LEVERAGE, RATE, TRADE, trade
from .grid import Grid, Transcript
from .still import shared_axes

if TYPE_CHECKING:
    from .explorer import Explorer
    from .figures import Shown

#: What a taker and a maker pay in the examples, as shares of the notional.
TAKER, MAKER = "0.0005", "0.0002"


def fee_explorer() -> "Explorer":
    """The close fee inside the threshold and out of it: two lines, and what is left at each.

    >>> fee_explorer().state
    'Fee inside: liquidated at 54,298.64, 9.50 % below the entry; 27.15 USDT are left once it is \
paid. Fee left out: liquidated at 54,271.36, later by 27.29; 24.42 are left. Equity only pays \
the fee at 54,027.01.'
    """
    from sympy import And, Eq

    from .explorer import Chart, Choice, Explorer, Slider

    said = ("Fee inside: liquidated at {{liquidation_price}}, {{liquidation_distance:.2%}} {0} "
            "the entry; {{maintenance_margin:.2u}} are left once it is paid. Fee left out: "
            "liquidated at {{line_without_fee}}, later by {{line_shift:.2}}; ")
    left = "{{liquidation_remainder:.2}} are left. Equity only pays the fee at {{bankruptcy_price}}."
    missing = ("{{added_collateral:.2}} are missing there to pay the fee: bankrupt on arrival. "
               "Equity only paid the fee at {{bankruptcy_price}}.")
    short = y.liquidation_remainder < 0
    return Explorer(
        "What does a fee do to the line, and what is left behind it?",
        controls=[Slider("close_fee", 0, "0.02", step="0.0001", start=TAKER),
                  Choice("side", SIDES), Slider("leverage", 2, 125, start=LEVERAGE),
                  Slider("maintenance_rate", 0, "0.05", step="0.0005", start=RATE),
                  Slider("opening_fee_rate", 0, "0.001", step="0.0001", start=0)],
        fixed={**TRADE, "deduction": 0}, labels=_LABELS, own=_own(),
        states=[(y.collateral <= y.requirement, "Liquidated as it opens, where the fee counts: "
                 "{collateral:u} of collateral are not more than the maintenance margin and the "
                 "fee, {requirement:u}."),
                (Eq(y.close_fee, 0), "No close fee: one line, {liquidation_price}, "
                 "{liquidation_distance:.2%} from the entry. {maintenance_margin:.2u} are left "
                 "there."),
                (And(short, Eq(y.side, 1)), (said + missing).format("below")),
                (And(short, Eq(y.side, -1)), (said + missing).format("above")),
                (Eq(y.side, 1), (said + left).format("below")),
                (None, (said + left).format("above"))],
        show=["collateral", "liquidation_price", "liquidation_distance", "line_without_fee",
              "line_shift", "bankruptcy_price", "maintenance_margin", "liquidation_remainder"],
        formula="liquidation_price",
        chart=Chart(x="close_fee", curves=("bankruptcy_price", "line_without_fee",
                                           "liquidation_price"),
                    marks=("close_fee",), shade=short, shade_word="bankrupt on arrival",
                    zero=False))  # fmt: skip


_LABELS = {"liquidation_price": "fee inside", "line_without_fee": "fee left out",
           "line_shift": "how much later", "maintenance_margin": "left, fee inside",
           "liquidation_remainder": "left, fee left out", "added_collateral": "missing"}


def _own() -> dict[str, Any]:
    """The explorer's values: with the fee inside (P*) and left out (the line without fee)."""
    at_entry = {y.maintenance_margin: y.entry_maintenance_margin, y.notional: y.entry_notional}
    inside = {y.notional: y.size * y.liquidation_price}
    out = {y.notional: y.size * y.line_without_fee}
    margin = f.maintenance_margin.expression
    after = f.liquidation_remainder.expression.xreplace(
        {y.maintenance_margin: margin, y.liquidation_fee: f.liquidation_fee.expression})
    return {"collateral": y.initial_margin - y.opening_fee,
            "requirement": f.requirement.expression.xreplace(at_entry),
            "liquidation_distance": f.liquidation_distance_with_fees,
            "line_without_fee": f.liquidation_price.at("line_without_fee", close_fee=0),
            "line_shift": y.side * (y.liquidation_price - y.line_without_fee),
            "maintenance_margin": margin.xreplace(inside),
            "liquidation_remainder": after.xreplace({y.liquidation_fee_rate: y.close_fee, **out}),
            "added_collateral": -y.liquidation_remainder}


def fee_places(fee: Any = TAKER) -> Grid:
    """The line of the trade by where its fees are counted, long and short, on both bases.

    `fee` is the rate of the opening and of the closing fee, from 0 to 1.

    >>> print(str(fee_places()).splitlines()[3].strip())
    close fee inside   54,298.64    54,327.16    65,638.99     65,667.17
    """
    fee = fraction_of_one("fee", fee)
    ways = {"fees left out": (0, 0), "close fee inside": (0, fee),
            "opening fee out of the collateral": (fee, 0), "both": (fee, fee)}
    rows = [[words, *(_line(side, opening, close, basis) for side in SIDES for basis in BASES)]
            for words, (opening, close) in ways.items()]
    heads = [f"{side}, {basis}" for side in SIDES for basis in BASES]
    return Grid(f"The line of the trade, fees of {number(fee, unit='%')}",
                [["where the fees are counted", *heads], *rows])


def _line(side: str, opening: Any, close: Any, basis: str) -> str:
    held = trade(side)
    paid = f.opening_fee.exact(opening_fee_rate=opening, entry_notional=held.notional())
    return number(held.add_collateral(-paid).liquidation_price(RATE, basis, close), 2)


@look.drawn
def bankrupt_on_arrival(side: str = "long", most: Any = "0.02") -> "Shown":
    """The line, and the price at which equity only pays a liquidation fee, against its rate.

    `side` is "long" or "short"; `most` is the highest rate drawn, above 0 and below 1.

    >>> print(repr(bankrupt_on_arrival()).splitlines()[0])
    figure: A fee above the maintenance rate of 0.5 % finds too little at the line
    """
    from .figures import show

    import numpy

    sign, most = SIDES[one_of("side", side, tuple(SIDES))], _rate(most)
    x = numpy.linspace(0, float(most), 81)
    with look.drawing() as axes:
        for role, prices in _two_prices(sign, x).items():
            axes.plot(100 * x, prices, label=_WORDS[role], **look.line(role))
            axes.annotate(_WORDS[role], (100 * x[-1], prices[-1]), xytext=(6, 0), va="center",
                          textcoords="offset points", annotation_clip=False, fontweight="bold",
                          color=look.colour(role))
        _crossing(axes, sign, most)
        shared_axes(axes, "liquidation fee (% of notional)", "USDT/BTC")
        axes.set_xlim(0, 100 * x[-1])
    return show(axes.figure, f"A fee above the maintenance rate of {number(_RATE, unit='%')} finds "
                "too little at the line", _arrival_alt(side, sign, most), _arrival_table(sign))


_WORDS = {"liquidation": "liquidated", "bankruptcy": "equity only\npays the fee"}
_RATE = fraction_of_one("rate", RATE)


def _rate(most: Any) -> Any:
    rate = fraction_of_one("most", most)
    if not rate:
        raise refuse("most", most, "a rate above 0")
    return rate


def _two_prices(sign: int, rates: Any) -> dict[str, Any]:
    """Prices by role, for an array of fee rates."""
    given = {name: float(value) for name, value in TRADE.items()}
    given |= {"side": sign, "collateral": float(_trade(sign).collateral)}
    line = f.liquidation_price.numpy(**given, maintenance_rate=float(RATE), deduction=0.0,
                                     close_fee=0.0)
    return {"liquidation": 0 * rates + line,
            "bankruptcy": f.bankruptcy_price.numpy(**given, close_fee=rates)}


def _trade(sign: int) -> Position:
    return trade({1: "long", -1: "short"}[sign])


def _crossing(axes: Any, sign: int, most: Any) -> None:
    """The point where the two meet, and the side on which the position is bankrupt on arrival."""
    rate, line = float(100 * _RATE), float(_trade(sign).liquidation_price(RATE))
    axes.plot([rate], [line], "o", markersize=7, zorder=5, label="fee equals maintenance rate",
              color=look.colour("liquidation"))
    if _RATE < most:
        axes.axvspan(rate, float(100 * most), color=look.colour("liquidation"), alpha=0.12,
                     linewidth=0)
        axes.annotate("bankrupt on arrival", (1, 0.06 if sign > 0 else 0.94), xytext=(-8, 0),
                      xycoords="axes fraction", textcoords="offset points", ha="right",
                      va="center", color=look.colour("liquidation"))


def at_the_line(sign: int, rate: Any) -> dict[str, Any]:
    """What a liquidation fee of this rate asks, finds and leaves at the line of the trade.

    `sign` is +1 or −1; amounts in USDT, `pays` is the price at which equity only pays the fee.

    >>> at_the_line(1, "0.02")["asked"].round(2)
    108.54
    """
    held, rate = _trade(sign), fraction_of_one("rate", rate)
    line = held.liquidation_price(RATE)
    margin = held.maintenance_margin(RATE, line)
    asked = f.liquidation_fee.exact(liquidation_fee_rate=rate, notional=held.notional(line))
    left = f.liquidation_remainder.exact(maintenance_margin=margin, liquidation_fee=asked)
    return {"asked": asked, "found": min(asked, margin), "left": max(left, 0),
            "missing": max(-left, 0), "pays": held.bankruptcy_price(rate)}


def _arrival_table(sign: int) -> list[list[str]]:
    head = ["fee rate", "asked (USDT)", "found (USDT)", "left (USDT)", "missing (USDT)",
            "equity only pays it at (USDT/BTC)"]
    return [head, *([number(fraction_of_one("rate", rate), unit="%"),
                     *(number(value, 2) for value in at_the_line(sign, rate).values())]
                    for rate in ("0", "0.0025", RATE, "0.0075", "0.0125", "0.02"))]


def _arrival_alt(side: str, sign: int, most: Any) -> str:
    line, end = _trade(sign).liquidation_price(RATE), at_the_line(sign, most)["pays"]
    way = "rises" if sign > 0 else "falls"
    return (f"Two prices of the {LEVERAGE}× {side} from 60,000 against the rate of a liquidation "
            f"fee. The liquidation price is level at {number(line)}. The price at which equity "
            f"only pays the fee starts at the bankruptcy price and {way}; they meet where the fee "
            f"is {number(_RATE, unit='%')}, the maintenance rate. At {number(most, unit='%')} it "
            f"is {number(end)}, which the price passes before the liquidation.")


def fees_by_venue() -> Grid:
    """Which venue counts the close fee in its threshold, and what a liquidation costs there.

    Read from the rulebooks of the venues; one without a source for its close fee is left out.

    >>> print(str(fees_by_venue()).splitlines()[2].strip())
    Binance USD-M futures   left out     up to 1.25 %
    """
    rows = [[venue.title, _PLACES[venue.rule("close_fee").value], _liquidation_fee(venue)]
            for venue in _with_fees()]
    return Grid("The close fee in the threshold, and the fee of a liquidation, as published",
                [["venue", "close fee", "liquidation fee"], *rows])


def fee_sources() -> Transcript:
    """Where each venue's rule about the close fee is written.

    >>> print("\\n".join(str(fee_sources()).splitlines()[1:3]))
    Binance USD-M futures
        Binance, How to Calculate Liquidation Price of USD-M Futures Contracts
    """
    return Transcript("Where the rule about the close fee is written", [
        (venue.title, venue.rule("close_fee").source.split(", https")[0])
        for venue in _with_fees()])


_PLACES = {"in": "inside", "out": "left out"}


def _with_fees() -> list[Venue]:
    venues = map(Venue.load, Venue.names())
    return [venue for venue in venues if venue.rule("close_fee").source]


def _liquidation_fee(venue: Venue) -> str:
    rule = venue.rule("liquidation_fee")
    if rule.value == NOT_FOUND:
        return NOT_FOUND
    most = "up to " if (rule.note or "").startswith("the highest") else ""
    return most + number(rule.value, unit="%")
