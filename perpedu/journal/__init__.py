"""A trading journal: one SQLite file, planned against realized, in exact numbers.

`Journal` is the file, `read_export` reads what an exchange exports, `Review` is a report, and
`sample_size`, `interval` and `compare` say when a sample is large enough to say anything.
"""

from importlib import import_module as _import_module

_HOMES = {"Journal": "journal", "Trade": "trade", "Event": "trade", "Result": "ledger",
          "Warning": "checks", "Review": "review", "TierChange": "tierdiff",
          "read_export": "exchange", "venues": "exchange", "sample_size": "sample",
          "interval": "sample", "compare": "sample", "FIELDS": "fields"}
__all__ = sorted(_HOMES)


def __getattr__(name: str):
    if name not in _HOMES:
        raise AttributeError(f"perpedu.journal has no name {name!r}; it has " + ", ".join(__all__))
    value = getattr(_import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
