"""What happens after the line is crossed: liquidation as a state machine, its ledger and book,
cascades, the insurance fund, and who pays when it is empty."""

from importlib import import_module as _import_module

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


def __getattr__(name: str):
    if name not in _HOMES:
        raise AttributeError(f"perpedu.engine has no name {name!r}; it has " + ", ".join(__all__))
    globals()[name] = value = getattr(_import_module(f".{_HOMES[name]}", __name__), name)
    return value


def __dir__() -> list[str]:
    return __all__
