"""Every formula of the book by name: `perpedu.formulas.liquidation_price_long`, and so on.

One module a subject; a new module is named in `_MODULES`, and nothing else changes.
"""

from importlib import import_module as _import_module

from ..formula import Formula

_MODULES = ("ledger", "liquidation", "inverse", "fees", "tiering", "schedules",
            "account", "prices", "funding", "pricing", "passage", "watching", "buffers",
            "leverage", "rate", "engine", "adl")


def _collect() -> dict[str, Formula]:
    found: dict[str, Formula] = {}
    for module in _MODULES:
        content = vars(_import_module(f"{__name__}.{module}")).values()
        found |= {item.name: item for item in content if isinstance(item, Formula)}
    return found


_BY_NAME = _collect()
globals().update(_BY_NAME)
__all__ = ["Formula", "catalogue", *_BY_NAME]


def catalogue() -> dict[str, Formula]:
    """All formulas by name, in chapter order of their modules.

    >>> catalogue()["equity"].latex()
    'A = W + U'
    """
    return dict(_BY_NAME)
