"""The explorer of chapter 12, a buffer in ranges; its figures and tables are reached here, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..market.position import SIDES
from ..theory import symbols as y
from .chapter12_figures import allowed_by_year
from .chapter12_tables import (
    ADR,
    MULTIPLE,
    RATE_04,
    fields_table,
    ranges_away,
    rules_table,
    sample_sizes,
    terciles,
    week_of_trades,
    year_ranges,
)

if TYPE_CHECKING:
    from .explorer import Explorer

__all__ = ["ADR", "MULTIPLE", "RATE_04", "allowed_by_year", "buffer_explorer", "fields_table",
           "ranges_away", "rules_table", "sample_sizes", "terciles", "week_of_trades", "year_ranges"]


def buffer_explorer() -> "Explorer":
    """A leverage, an average range and a rule: how many ranges away the line is, and what passes.

    >>> buffer_explorer().state
    'Flagged: at 10× the line is 9.64 % away. That is 1.87 average daily ranges, and the rule asks \
for 2: it lets 9.37× pass at most.'
    """
    from .explorer import Chart, Choice, Explorer, Slider

    away = "the line is {liquidation_distance:.2%} away. That is {buffer_in_ranges:.2} average daily ranges"
    return Explorer(
        "ADR buffer: how many average days is your line away?",
        controls=[Slider("leverage", 1, 50, step="0.5", start=10),
                  Slider("average_range", "0.01", "0.12", step="0.0005", start=ADR),
                  Slider("range_multiple", "0.5", 4, step="0.25", start=MULTIPLE),
                  Choice("side", SIDES),
                  Slider("maintenance_rate", 0, "0.05", step="0.0005", start=RATE_04)],
        labels={"range_multiple": "ranges the rule asks for", "buffer_in_ranges": "ranges away",
                "buffer_leverage": "leverage that just passes"},
        states=[(y.leverage * y.maintenance_rate >= 1, "Liquidated as it opens: at {leverage:u} the margin is "
                 "{initial_margin_rate:.2%} of the notional, and the maintenance rate is {maintenance_rate:%}."),
                (y.buffer_in_ranges < y.range_multiple, "Flagged: at {leverage:u} " + away + ", and the "
                 "rule asks for {range_multiple}: it lets {buffer_leverage:.2u} pass at most."),
                (None, "Not flagged: at {leverage:u} " + away + ", and the rule asks for "
                 "{range_multiple}: it lets {buffer_leverage:.2u} pass.")],
        own={"initial_margin_rate": 1 / y.leverage},
        show=["liquidation_distance", "buffer_in_ranges", "buffer_leverage"],
        formula="buffer_leverage",
        chart=Chart(x="average_range", curves=("buffer_leverage", "leverage"),
                    marks=("average_range",), y="leverage", shade=y.buffer_in_ranges < y.range_multiple,
                    shade_word="flagged"))  # fmt: skip
