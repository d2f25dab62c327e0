"""The explorer of chapter 8, a funding clock; its figures and tables are reached here, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import formulas as f
from ..market.position import SIDES
from ..theory import symbols as y
from ..theory.formula import Formula
from .chapter1 import LEVERAGE, RATE, TRADE
from .chapter8_figures import cap, edges, prints_by_year, rate, rate_by_premium
from .chapter8_tables import A_DAY, A_YEAR, drift, how_long, three_payments

if TYPE_CHECKING:
    from .explorer import Explorer

__all__ = ["A_DAY", "A_YEAR", "cap", "clock_explorer", "drift", "edges", "how_long",
           "prints_by_year", "rate", "rate_by_premium", "three_payments"]


def clock_explorer() -> "Explorer":
    """A flat market: what the payments so far have done to the line, and how long the rest lasts.

    >>> clock_explorer().state
    'After 90 payments of 0.60 USDT each the line has come to 54,814.07; the price is still at \
60,000. The buffer of 516.00 USDT pays for 860.0 more: 286.7 days.'
    """
    from sympy import Eq

    from .explorer import Chart, Choice, Explorer, Slider

    got = "After {intervals} payments of {received:.2} USDT each, all received, "
    return Explorer(
        "Funding clock: how long does a flat market leave you?",
        controls=[Slider("intervals", 0, A_YEAR, start=90), Choice("side", SIDES),
                  Slider("leverage", 2, 50, start=LEVERAGE),
                  Slider("funding_rate", "-0.003", "0.003", step="0.0001", start="0.0001"),
                  Slider("maintenance_rate", 0, "0.05", step="0.0005", start=RATE)],
        fixed={**TRADE, "mark_price": TRADE["entry_price"], "deduction": 0, "close_fee": 0},
        labels=_LABELS, own=_own(),
        states=[(y.initial_margin <= y.entry_maintenance_margin, "Liquidated as it opens: "
                 "{initial_margin:u} of margin are not more than the maintenance margin, "
                 "{entry_maintenance_margin:u}."),
                (y.equity <= y.maintenance_margin, "Liquidated, and the price never moved. Payments "
                 "of {funding_payment:.2u} each used up the buffer of {first_buffer:.2u} in {lasts:.1} "
                 "intervals: {lasts_days:.1} days."),
                (Eq(y.funding_rate, 0), "A rate of 0: nobody pays, and the line stays at "
                 "{liquidation_price:.2}."),
                (y.funding_payment > 0, "After {intervals} payments of {funding_payment:.2u} each "
                 "the line has come to {liquidation_price:.2}; the price is still at {mark_price}. The "
                 "buffer of {loss_buffer:.2u} pays for {funding_intervals:.1} more: {days_left:.1} "
                 "days."),
                (Eq(y.side, 1), got + "the line has gone down to {liquidation_price:.2}, away "
                 "from the price; the buffer has grown to {loss_buffer:.2u}."),
                (Eq(y.side, -1), got + "the line has gone up to {liquidation_price:.2}, away from the "
                 "price; the buffer has grown to {loss_buffer:.2u}."),
                (None, got + "no price liquidates it any more: the buffer has grown to "
                 "{loss_buffer:.2u}.")],
        show=["funding_payment", "collateral", "maintenance_margin", "loss_buffer",
              "liquidation_price", "funding_shift", "funding_intervals", "days_left"],
        formula="liquidation_price",
        chart=Chart(x="intervals", curves=("mark_price", "liquidation_price"), range=(0, "right_end"),
                    marks=("intervals",), y="USDT/BTC", zero=False))  # fmt: skip


_LABELS = {"intervals": "payments so far", "funding_intervals": "payments left",
           "funding_payment": "one payment", "funding_shift": "a payment moves the line by"}


def _own() -> dict[str, Any]:
    """The explorer's values: the collateral after the payments, the line it makes, the time left."""
    from sympy import Max, Min, Rational

    left = Formula("collateral", y.collateral, y.initial_margin - y.intervals * y.funding_payment,
                   chapter=8, source="perpedu, chapter 8")
    buffer = y.initial_margin - y.entry_maintenance_margin
    lasts = buffer / y.funding_payment
    reach = Rational(5, 4) * buffer / Max(y.funding_payment, Rational(1, 1000))
    return {"collateral": left.expression, "liquidation_price": f.liquidation_price.put_in(left),
            "first_buffer": buffer, "lasts": lasts, "lasts_days": lasts / A_DAY,
            "days_left": y.funding_intervals / A_DAY, "received": -y.funding_payment,
            "right_end": Max(10, Min(A_YEAR, reach))}
