"""How a quantity is called and printed: its label, its unit in words, per cents and multiples."""

from __future__ import annotations

from dataclasses import dataclass
from string import Formatter
from typing import Any

from ..teaching.numbers_typed import show
from ..theory.exact import fraction
from ..theory.symbols import Quantity
from .look import ROLE_OF

PERCENT = ("maintenance_rate", "previous_rate", "close_fee", "opening_fee_rate",
           "liquidation_fee_rate", "fee_share_of_margin", "liquidation_distance_with_fees",
           "base_rate", "marginal_rate", "initial_rate", "rate_step", "haircut", "liquidation_shock",
           "funding_rate", "premium", "interest_rate", "clamp", "funding_a_year",
           "funding_on_margin", "carry_cost", "cash_rate", "implied_rate", "carry_yield", "iota", "perpetual_basis",
           "daily_volatility", "closeout_deviation", "move_rate", "impact_rate", "needed_rate",
           "published_rate", "spare", "lacking", "expected_deficit",
           "touch_probability", "finish_probability", "touch_ever",
           "slippage", "drift", "volatility", "leverage_growth", "kelly_growth", "jump_share",
           "margin_ratio", "margin_level", "alert_level", "alert_gap", "watched_probability",
           "late_probability", "bridge_touch",
           "effective_rate", "liquidation_distance",
           "liquidation_distance_entry_basis", "entry_basis_distance",
           "first_move", "whole_move", "cascade_ratio", "daily_range", "average_range")
TIMES = ("leverage", "max_leverage", "effective_leverage", "stop_leverage", "kelly_leverage",
         "zero_growth_leverage", "buffer_leverage")
COUNTS = ("contracts", "added_contracts", "closed_contracts")
HOURS = ("hours_left", "interval_hours", "clock_hours")
MINUTES = ("closeout_minutes",)
SECONDS = ("look_seconds", "reaction_seconds")
_LABELS = {"stop_left": "left after the stop", "stop_leverage": "leverage below",
           "fill_price": "fill", "kelly_leverage": "fastest growth at",
           "zero_growth_leverage": "no growth at", "kelly_growth": "fastest growth",
           "leverage_growth": "growth a year", "unrealized_pnl": "unrealized PnL", "realized_pnl": "realized PnL", "side": "side",
           "liquidation_price_leverage": "liquidation price",
           "liquidation_price_from_mark": "liquidation price",
           "liquidation_distance_entry_basis": "distance, entry basis",
           "break_even_price": "break-even price",
           "liquidation_distance_with_fees": "distance, fees counted"}


@dataclass(frozen=True)
class Currencies:
    """The words for the quote currency, the coin, and the currency in which it settles."""

    quote: str = "USDT"
    coin: str = "BTC"
    settle: str = "USDT"

    def unit(self, quantity: Quantity) -> str:
        """The unit of a symbol in words; "%" where it is read in per cent, "" where it has none.

        >>> from perpedu import symbols
        >>> Currencies().unit(symbols.mark_price)
        'USDT/BTC'
        """
        if quantity.unit:
            return self._powers(quantity.unit)
        name = quantity.name
        return ("%" if name in PERCENT else "×" if name in TIMES
                else "contracts" if name in COUNTS else "h" if name in HOURS
                else "min" if name in MINUTES
                else "s" if name in SECONDS else "")

    def _powers(self, powers: dict[str, int]) -> str:
        words = [(getattr(self, kind), power) for kind, power in powers.items() if power]
        above = " ".join(word for word, power in words if power > 0)
        below = "".join("/" + word for word, power in words if power < 0)
        return (above or "1") + below


def fact(quantity: Quantity, money: Currencies) -> dict[str, Any]:
    """What a page needs to print a quantity: its label, meaning, unit and role."""
    name = quantity.name
    label = _LABELS.get(name, name.replace("_", " "))
    return {"label": label, "meaning": quantity.meaning, "unit": money.unit(quantity),
            "role": ROLE_OF.get(name, "text")}


def parse(template: str) -> list[Any]:
    """A sentence as its pieces: text, and [name, decimals or None, how].

    `{equity}` is the bare number, `{equity:u}` has its unit, `{distance:%}` is in per cent,
    `{equity:.2}` and `{equity:.2u}` have two decimals.

    >>> parse("Equity {equity:.2u}.")
    ['Equity ', ['equity', 2, 'u'], '.']
    """
    pieces: list[Any] = []
    for text, name, spec, _ in Formatter().parse(template):
        pieces += [text] if text else []
        pieces += [_field(template, name, spec or "")] if name is not None else []
    return pieces


def _field(template: str, name: str, spec: str) -> list[Any]:
    how = spec[-1:] if spec[-1:] in ("u", "%") else ""
    places = spec.removesuffix(how)
    if not name.isidentifier() or (places and not (places[0] == "." and places[1:].isdigit())):
        raise ValueError(f"template = {template!r}: expected {{name}}, {{name:u}}, {{name:%}} "
                         f"or {{name:.2}}, not {{{name}:{spec}}}")
    return [name, int(places[1:]) if places else None, how]


def fill(pieces: list[Any], values: dict[str, Any], units: dict[str, str]) -> str:
    """The sentence with its numbers in it."""
    return "".join(piece if isinstance(piece, str) else
                   _number(values[piece[0]], piece[1], piece[2], units.get(piece[0], ""))
                   for piece in pieces)


def _number(value: Any, places: int | None, how: str, unit: str) -> str:
    wanted = "%" if how == "%" else unit if how == "u" else ""
    return show(value, places, wanted or None)


def decimal(name: str, value: Any) -> str:
    """An exact number as decimal text, for the page.  ValueError where it has no end.

    >>> from fractions import Fraction
    >>> decimal("rate", Fraction(1, 200))
    '0.005'
    """
    number = fraction(value)
    places = next((n for n in range(19) if (number * 10**n).denominator == 1), None)
    if places is None:
        raise ValueError(f"{name} = {value}: expected a decimal number, such as 0.005")
    digits = str(abs(number.numerator * 10**places // number.denominator)).rjust(places + 1, "0")
    sign = "-" if number < 0 else ""
    whole, part = digits[: len(digits) - places], digits[len(digits) - places:]
    return sign + whole + ("." + part if part else "")
