"""A reader's own candles, from a CSV or Parquet file, checked row by row."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..theory.exact import fraction, positive, positive_floats, refuse
from . import timestamps
from .reading import text_of

TIMES = ("time", "date", "datetime", "timestamp", "time_utc", "open_time")
PRICES = ("open", "high", "low", "close")
NEEDED = "one of " + ", ".join(TIMES) + ", and open, high, low, close, each once"
_PLAIN = re.compile(r"[0-9]{1,15}(\.[0-9]{1,20})?", re.ASCII)
NO_PARQUET = ("a Parquet file is read by pyarrow, which is not installed: pip install "
              "'perpedu[market]', or save it as CSV")


class Row(NamedTuple):
    """A candle: when it opens, in milliseconds since 1970 in UTC, and its prices."""

    time: int
    open: float
    high: float
    low: float
    close: float


@dataclass(frozen=True, eq=False)
class Candles:
    """Candles without a gap, as arrays that cannot be written to.

    times: when each opens, datetime64 in UTC; open, high, low, close: float64, in the currency of
    the file; timeframe: the length of a candle, such as "1d"; source: where they are from.  What
    kind of price it is (spot, last, index, mark) only its source knows; a liquidation is judged
    by the mark.  A price of up to 15 digits is exact: a float counts as the decimal it prints as.
    """

    times: np.ndarray
    open: np.ndarray
    high: np.ndarray
    low: np.ndarray
    close: np.ndarray
    timeframe: str
    source: str

    def __len__(self) -> int:
        return len(self.times)

    def __repr__(self) -> str:
        return (f"{len(self):,} candles of {self.timeframe}, {self.times[0]} to {self.times[-1]} "
                f"UTC, from {self.source}")

    def between(self, since: Any, until: Any) -> "Candles":
        """The candles that open from `since` on and before `until`.  ValueError if none does."""
        first, last = (np.datetime64(timestamps.milliseconds(name, value), "ms")
                       for name, value in (("since", since), ("until", until)))
        chosen = (self.times >= first) & (self.times < last)
        if not chosen.any():
            raise refuse("since, until", (since, until), f"a time from {self.times[0]} to "
                         f"{self.times[-1]} between them")
        columns = (_frozen(getattr(self, name)[chosen]) for name in ("times", *PRICES))
        return Candles(*columns, self.timeframe, self.source)


def load(path: Any, timeframe: str | None = None) -> Candles:
    """Your own candles, from a CSV file, or a Parquet file where pyarrow is installed.

    path: a file with a header: a column for the time at which a candle opens (time, date,
    datetime, timestamp, time_utc or open_time: UTC; without a zone it counts as UTC) and open,
    high, low, close.  Other columns, and lines that begin with #, are left out.
    timeframe: the length of a candle, such as "1d"; without it, the most frequent step.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "two.csv")
    ...     size = path.write_text("date,open,high,low,close\\n2026-01-01,100,104,97,101\\n"
    ...                            "2026-01-02,101,103,99,102\\n")
    ...     two = load(path)
    >>> two.timeframe, two.low
    ('1d', array([97., 99.]))

    Raises ValueError, naming the row (1 is the first candle) and the value, for a gap, a candle
    that is there twice or out of order, a high below the low, an open or close outside of them, a
    price that is not above 0, another time zone, a missing column.  ImportError for a Parquet file
    without pyarrow.
    """
    place = _place(path)
    read = _parquet if place.suffix.lower() in (".parquet", ".pq") else _csv
    return candles(rows(read(place), place.name), place.name, timeframe)


def _place(path: Any) -> Path:
    try:
        return Path(path)
    except TypeError:
        raise refuse("path", path, "the path of a CSV or Parquet file") from None


def candles(read: Iterable[Row], source: str, timeframe: str | None = None) -> Candles:
    """Checked rows as `Candles`.  ValueError for a gap, a candle twice, another zone, or none."""
    known = list(read)
    step = timestamps.length(timeframe) if timeframe is not None else _usual_step(known, source)
    in_order([row.time for row in known], step, source)
    times, *prices = zip(*known, strict=True)
    columns = [_frozen(np.array(times, dtype="datetime64[ms]").astype("datetime64[s]")),
               *(_frozen(np.array(column, dtype=np.float64)) for column in prices)]
    return Candles(*columns, timestamps.frame(step), source)


def _frozen(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array


def _usual_step(known: list[Row], source: str) -> int:
    steps = Counter(after.time - before.time for before, after in pairwise(known)
                    if after.time > before.time)
    if not steps:
        raise ValueError(f"{source}: {len(known)} candles do not show how long one is: expected "
                         "two in order, or timeframe='1d'")
    return steps.most_common(1)[0][0]


def in_order(times: list[int], step: int, source: str) -> None:
    """ValueError unless each time follows the one before after a step, in UTC."""
    if not times:
        raise ValueError(f"{source}: there is no candle in it")
    for number, (before, now) in enumerate(pairwise([None, *times]), 1):
        if fault := _fault(before, now, step):
            raise refuse(f"{source}, row {number}, time", timestamps.text(now), fault)


def _fault(before: int | None, now: int, step: int) -> str:
    """What is wrong with a candle's time after the one before; nothing, if nothing is."""
    if not timestamps.opens_on_the_step(now, step):
        return (f"a candle of {timestamps.frame(step)} that opens on a step of UTC; is this another "
                "time zone?")
    if before is None or now == before + step:
        return ""
    due = timestamps.text(before + step)
    if now == before:
        return f"{due}: this candle is there twice"
    if now < before:
        return f"{due}, after {timestamps.text(before)}: the candles are not in order"
    return f"{due}, after {timestamps.text(before)}: a gap of {(now - before) / step - 1:g} candles"


def rows(read: Iterable[list[Any]], source: str) -> Iterator[Row]:
    """Rows of values under a header as candles, each checked by itself."""
    lines = iter(read)
    places = _columns(next(lines, []), source)
    for number, values in enumerate(lines, 1):
        where = f"{source}, row {number}"
        if len(values) <= max(places):
            raise ValueError(f"{where}: it has {len(values)} values: expected at least "
                             f"{max(places) + 1}")
        time, *prices = (values[place] for place in places)
        yield row(where, time, prices)


def _columns(header: list[Any], source: str) -> list[int]:
    names = [str(name).strip().lower() for name in header]
    time = next((name for name in TIMES if name in names), None)
    needed = [time, *PRICES]
    if any(names.count(name) != 1 for name in needed):
        raise refuse(f"{source}, columns", ", ".join(names), NEEDED)
    return [names.index(name) for name in needed]


def row(where: str, time: Any, prices: Iterable[Any]) -> Row:
    """One candle.  ValueError, naming the value, for a price or an order that cannot be."""
    made = Row(timestamps.milliseconds(f"{where}, time", time), *(
        _price(f"{where}, {name}", price) for name, price in zip(PRICES, prices, strict=True)))
    if made.high < made.low:
        raise refuse(f"{where}, high", made.high, f"at least the low, {made.low}")
    for name in ("open", "close"):
        if not made.low <= getattr(made, name) <= made.high:
            raise refuse(f"{where}, {name}", getattr(made, name),
                         f"from the low, {made.low}, to the high, {made.high}")
    return made


def _price(where: str, value: Any) -> float:
    if isinstance(value, str) and _PLAIN.fullmatch(value.strip()):
        value = float(value)
    if type(value) is float and 0 < value < inf:
        return value
    exact = positive(where, value.strip() if isinstance(value, str) else value)
    return float(positive_floats(where, [fraction(exact)])[0])


def _csv(place: Path) -> Iterator[list[str]]:
    lines = (line for line in text_of(place, place.name).splitlines() if not line.startswith("#"))
    try:
        yield from (line for line in csv.reader(lines) if line)
    except csv.Error as error:
        raise ValueError(f"{place.name}: this is not CSV: {error}") from None


def _parquet(place: Path) -> Iterator[list[Any]]:
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise ImportError(NO_PARQUET) from None
    try:
        table = parquet.read_table(place)
    except (ArrowException, OSError) as error:
        raise ValueError(f"{place.name}: this cannot be read as Parquet: {error}") from None
    yield list(table.column_names)
    yield from (list(values) for values in zip(*table.to_pydict().values(), strict=True))
