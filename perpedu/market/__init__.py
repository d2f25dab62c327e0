"""What it is true of: contracts, positions, tier tables, and the venues' tables as data.

`load` reads your own candles, `fetch` gets some from an exchange, `facts` holds what the book
derived from its own.
"""

from ..late import late as _late

_HOMES = {"facts": "facts", "fetch": "download", "load": "candles"}
__all__ = [*_HOMES]
__getattr__, __dir__ = _late(__name__, _HOMES)
