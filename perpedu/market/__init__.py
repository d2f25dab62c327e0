"""What it is true of: contracts, positions, tier tables, and the venues' tables as data.

`load` reads your own candles, `fetch` gets some from an exchange, `facts` holds what the book
derived from its own.
"""

from importlib import import_module as _import_module

_HOMES = {"load": "candles", "fetch": "download"}
__all__ = ["facts", "fetch", "load"]


def __getattr__(name: str):
    if name not in __all__:
        raise AttributeError(f"perpedu.market has no name {name!r}; it has " + ", ".join(__all__))
    home = _import_module(f".{_HOMES.get(name, name)}", __name__)
    globals()[name] = value = getattr(home, name) if name in _HOMES else home
    return value


def __dir__() -> list[str]:
    return __all__
