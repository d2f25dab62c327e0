"""A trading journal: one SQLite file, planned against realized, in exact numbers.

`Journal` is the file, `read_export` reads what an exchange exports, `Review` is a report, and
`sample_size`, `interval` and `compare` say when a sample is large enough to say anything.
"""

from ..late import late as _late

_HOMES = {"Journal": "journal", "Trade": "trade", "Event": "trade", "Result": "ledger",
          "Warning": "checks", "Review": "review", "TierChange": "tierdiff",
          "read_export": "exchange", "venues": "exchange", "sample_size": "sample",
          "interval": "sample", "compare": "sample", "FIELDS": "fields"}
__all__ = sorted(_HOMES)
__getattr__, __dir__ = _late(__name__, _HOMES)
