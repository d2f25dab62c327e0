"""The explorer of chapter 5, one position and a choice of venue; its tables and figures, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import formulas as f
from ..market.position import SIDES
from ..market.rulebook import NOT_FOUND
from ..market.venue import Venue
from ..theory import symbols as y
from ..theory.formula import Formula
from .chapter5_figures import four_shapes, last_coin, one_position
from .chapter5_tables import (BITMEX, DERIBIT, SLICES, USDC_MONEY, deribit_table, percent,
                              slices_table, steps_above)
from .chapter5_venues import (changes_table, labels_table, one_position_table, one_table_by_date,
                              rulebook, screen, symbol_of, what_is_known, word)

if TYPE_CHECKING:
    from .explorer import Explorer

__all__ = ["BITMEX", "DERIBIT", "SLICES", "USDC_MONEY", "changes_table", "deribit_table",
           "four_shapes", "labels_table", "last_coin", "one_position", "one_position_table",
           "one_table_by_date", "rulebook", "screen", "slices_table", "steps_above",
           "venue_explorer", "what_is_known"]

#: The largest notional that the explorer meets: of a short that doubles.
_MOST = 600_000
_SAID = {"mark": "mark basis", "entry": "entry basis", "in": "fee inside", "out": "fee outside",
         "<=": "at or below", "<": "below only", NOT_FOUND: "trigger not found"}


def venue_explorer() -> "Explorer":
    """One position, and the line by the rules of the venue that the reader chooses.

    >>> venue_explorer().state.startswith("Binance")
    True
    """
    from sympy import Rational

    from .explorer import Chart, Choice, Explorer, Slider

    venues = _with_tables()
    around = Rational(3, 100) * y.entry_price
    return Explorer(
        "One position: where does each venue put its line?",
        controls=[Choice("venue", {word(one): i for i, one in enumerate(venues, 1)}),
                  Choice("side", SIDES), Slider("leverage", 2, 50, start=10),
                  Slider("size", "0.1", 5, step="0.1", start=5)],
        fixed={"entry_price": 60_000, "close_fee": 0},
        own={"collateral": f.initial_margin, "mark_price": y.liquidation_price,
             "leverage_cap": _by_venue(venues, _cap), "left_end": y.bankruptcy_price - around,
             "right_end": y.bankruptcy_price + around,
             "liquidation_distance": y.side * (y.entry_price - y.liquidation_price) / y.entry_price,
             "liquidation_price": _formula(y.liquidation_price, _by_venue(venues, _line)),
             "requirement": _formula(y.requirement, _by_venue(venues, _requirement))},
        states=_states(venues),
        show=["collateral", "liquidation_price",
              "liquidation_distance", "requirement", "bankruptcy_price"],
        chart=Chart(curves=("equity", "requirement"), y="USDT", range=("left_end", "right_end"),
                    marks=("bankruptcy_price", "liquidation_price"),
                    shade=y.equity <= y.requirement))  # fmt: skip


def _with_tables() -> list[Venue]:
    """The venues that have a table for bitcoin, and whose line is one formula in this range."""
    known = (Venue.load(name) for name in Venue.names())
    return [one for one in known if symbol_of(one) and _is_whole(one)]


def _is_whole(venue: Venue) -> bool:
    settled = all(isinstance(_rule(venue, key), str) and _rule(venue, key) != NOT_FOUND
                  for key in ("basis", "close_fee", "scheme"))
    jumps = _rule(venue, "scheme") in ("flat", "steps") and len(_rows(venue)) > 1
    return settled and (_rule(venue, "basis") == "entry" or not jumps)


def _rule(venue: Venue, key: str) -> Any:
    return venue.rule(key).value


def _rows(venue: Venue) -> list[Any]:
    """The rows of the venue's table that a position of this explorer can meet."""
    return [row for row in _table(venue, 1).rows if row.floor < _MOST]


def _table(venue: Venue, size: int) -> Any:
    return venue.tiers(symbol_of(venue), size=size)


def _by_venue(venues: list[Venue], make: Any) -> Any:
    """What `make` gives for the chosen venue."""
    from sympy import Eq, Piecewise

    *first, last = enumerate(venues, 1)
    return Piecewise(*((make(one), Eq(y.venue, i)) for i, one in first), (make(last[1]), True))


def _formula(result: y.Quantity, expression: Any) -> Formula:
    return Formula(f"{result.name} by venue", result, expression, chapter=5,
                   source="the venues' rulebooks")


def _terms(venue: Venue) -> list[tuple[Any, Any]]:
    """Rate and deduction of each row; a rate that grows with the size holds it as a letter."""
    if _rule(venue, "scheme") == "linear":
        return [(_grown([_table(venue, n).rows[0].rate for n in (1, 2)]), 0)]
    return [(row.rate, row.deduction) for row in _rows(venue)]


def _grown(rates: list[Any]) -> Any:
    """The rate by size, a straight line through the rates of 1 and of 2 coins."""
    slope = rates[1] - rates[0]
    return f.schedule_rate.expression.xreplace({y.base_rate: rates[0] - slope, y.rate_slope: slope})


def _fee(venue: Venue) -> Any:
    from sympy import Integer

    return Integer(0) if _rule(venue, "close_fee") == "out" else _rule(venue, "close_fee_rate")


def _line(venue: Venue) -> Any:
    """The liquidation price: the outermost of the rows' prices, or the one of a frozen floor."""
    from sympy import Max

    fee = {y.close_fee: _fee(venue)}
    if _rule(venue, "basis") == "entry":
        frozen = _margin(venue).xreplace({y.notional: y.entry_notional})
        return f.liquidation_price_entry_basis.expression.xreplace(
            {y.entry_maintenance_margin: frozen, **fee})
    prices = [f.liquidation_price.expression.xreplace(
        {y.maintenance_rate: rate, y.deduction: deduction, **fee})
        for rate, deduction in _terms(venue)]
    return prices[0] if len(prices) == 1 else y.side * Max(*(y.side * one for one in prices))


def _margin(venue: Venue) -> Any:
    """The maintenance margin on the notional: by slices the largest that a row asks for, and in a
    flat table that of the row which holds the notional."""
    from sympy import Max

    asked = [f.maintenance_margin.expression.xreplace(
        {y.maintenance_rate: rate, y.deduction: deduction}) for rate, deduction in _terms(venue)]
    if _rule(venue, "scheme") == "flat":
        return _by_floor([row.floor for row in _rows(venue)], asked, y.notional)
    return Max(*asked)


def _by_floor(floors: list[Any], values: list[Any], notional: Any) -> Any:
    """The value whose row holds the notional; a notional on a floor belongs to the row below."""
    from sympy import Piecewise

    rows = list(zip(values, floors))
    return Piecewise(*((value, notional > floor) for value, floor in reversed(rows[1:])),
                     (rows[0][0], True))


def _requirement(venue: Venue) -> Any:
    margin = _margin(venue)
    if _rule(venue, "basis") == "entry":
        margin = margin.xreplace({y.notional: y.entry_notional})
    return f.requirement.expression.xreplace({y.maintenance_margin: margin,
                                              y.close_fee: _fee(venue)})


def _cap(venue: Venue) -> Any:
    """The highest leverage at the notional at entry."""
    if _rule(venue, "scheme") == "linear":
        return 1 / _grown([1 / _table(venue, n).rows[0].max_leverage for n in (1, 2)])
    rows = _rows(venue)
    return _by_floor([row.floor for row in rows], [row.max_leverage or _MOST for row in rows],
                     y.entry_notional)


def _states(venues: list[Venue]) -> list[tuple[Any, str]]:
    from sympy import And, Eq

    said = []
    for i, one in enumerate(venues, 1):
        here, rules = Eq(y.venue, i), f"{word(one)} ({_conventions(one)})"
        said += [(And(here, y.leverage > _quantity("leverage_cap")),
                  f"{word(one)} does not accept this order: at most {{leverage_cap}}× at this "
                  "size."),
                 (here, f"{rules}: liquidated at {{liquidation_price:.2}}, "
                  "{liquidation_distance:.2%} from the entry. {requirement:.2u} must be left there; "
                  "bankrupt at {bankruptcy_price}.")]
    return said


def _conventions(venue: Venue) -> str:
    fee = _rule(venue, "close_fee")
    return ", ".join((_SAID[_rule(venue, "basis")], "fee of {} inside".format(
        percent(_fee(venue))) if fee == "in" else "no fee inside",
        _SAID[_rule(venue, "trigger")]))


def _quantity(name: str, unit: dict[str, int] = y.PURE) -> y.Quantity:
    return y.Quantity(name, rf"\mathrm{{{name}}}", unit, name.replace("_", " "), positive=True)
