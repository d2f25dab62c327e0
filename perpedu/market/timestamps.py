"""Times of candles as milliseconds since 1970 in UTC, and the length of a candle."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from ..theory.exact import refuse

UNITS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000}
DAY = UNITS["d"]
_FRAME = re.compile(r"([1-9][0-9]{0,3})([smhdw])")
_START = datetime(1970, 1, 1, tzinfo=UTC)
A_TIME = ("a time in UTC: 2026-01-31, 2026-01-31T08:00Z, or seconds or milliseconds since 1970 "
          "(without a zone it counts as UTC)")


def milliseconds(where: str, value: Any) -> int:
    """A time as milliseconds since 1970 in UTC.  ValueError for another zone and for no time.

    >>> milliseconds("since", "2026-01-31T08:00Z")
    1769846400000
    """
    if type(value).__name__ in ("bool", "bool_"):
        raise refuse(where, value, A_TIME)
    if type(value).__name__ == "datetime64":
        return _since_1970(where, int(value.astype("datetime64[ms]").astype("int64")))
    if isinstance(value, (int, float)) or type(value).__module__ == "numpy":
        return _since_1970(where, value)
    if isinstance(value, str):
        return _from_text(where, value.strip().removesuffix(" UTC"), value)
    if isinstance(value, date):
        return _from_date(where, value, value)
    raise refuse(where, value, A_TIME)


def _from_text(where: str, text: str, shown: str) -> int:
    if text.isascii() and text.isdigit() and len(text) > 8:
        return _since_1970(where, int(text[:25]))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise refuse(where, shown, A_TIME) from None
    return _from_date(where, moment, shown)


def _from_date(where: str, value: date, shown: Any) -> int:
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    if moment.utcoffset() not in (None, timedelta(0)):
        raise refuse(where, shown, "a time in UTC, not in another zone")
    return (moment.replace(tzinfo=UTC) - _START) // timedelta(milliseconds=1)


def _since_1970(where: str, value: Any) -> int:
    """Seconds, or milli-, micro- or nanoseconds: told apart by their size."""
    try:
        whole = int(value)
    except (TypeError, ValueError, OverflowError):
        raise refuse(where, value, A_TIME) from None
    if whole != value or not 10**8 <= whole < 10**20:
        raise refuse(where, value, A_TIME)
    if whole < 10**11:
        return whole * 1000
    return whole if whole < 10**14 else whole // (1000 if whole < 10**17 else 1_000_000)


def text(moment: int) -> str:
    """A time in milliseconds as text, in UTC."""
    shown = (_START + timedelta(milliseconds=moment)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return shown.removesuffix("T00:00:00Z")


def length(timeframe: Any) -> int:
    """The milliseconds of a candle of "1m", "8h", "1d" ...  ValueError otherwise."""
    found = _FRAME.fullmatch(timeframe) if isinstance(timeframe, str) else None
    if not found:
        raise refuse("timeframe", timeframe, "a number and s, m, h, d or w, such as '1d' or '8h'")
    return int(found[1]) * UNITS[found[2]]


def frame(step: int) -> str:
    """The length of a candle as a timeframe."""
    unit = next((unit for unit in reversed(UNITS) if step % UNITS[unit] == 0), "s")
    return f"{step / UNITS[unit]:g}{unit}"


def opens_on_the_step(moment: int, step: int) -> bool:
    """Whether a candle that opens then is one of UTC: it splits the day, or opens at midnight."""
    return moment % (step if DAY % step == 0 else DAY if step % DAY == 0 else 1000) == 0
