"""What happens after the line is crossed: liquidation as a state machine, its ledger and book,
cascades, the insurance fund, and who pays when it is empty."""

from ..late import late as _late

_HOMES = {
    "Ledger": "ledger", "Posting": "ledger", "Book": "book", "Fill": "book",
    "Close": "restoring", "smallest_close": "restoring", "Rules": "rules",
    "liquidate": "liquidation", "Outcome": "liquidation", "Step": "liquidation",
    "TRANSITIONS": "states", "Deficit": "states",
    "Crowd": "crowds", "Cascade": "crowds", "cascade": "crowds", "shock": "crowds",
    "fund_against_shock": "crowds",
    "deleverage": "adl", "Deleveraging": "adl", "Shares": "adl",
}
__all__ = sorted(_HOMES)
__getattr__, __dir__ = _late(__name__, _HOMES)
