"""Candles of an exchange through ccxt, page by page, kept in a CSV file that later calls go on with."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..theory.exact import refuse
from . import timestamps
from .candles import Candles, Row, in_order, load, row

PAGE = 1000
HEADER = "time,open,high,low,close\n"
NO_CCXT = ("candles are fetched by ccxt, which is not installed: pip install 'perpedu[market]', or "
           "give a client that has fetch_ohlcv")


def fetch(symbol: str, timeframe: str, since: Any, until: Any, exchange: str = "binance",
          path: Any = None, client: Any = None, progress: bool = True) -> Candles:
    """The candles of a market that open from `since` on and before `until`, and are closed.

    symbol: as ccxt writes it: "BTC/USDT" is spot, "BTC/USDT:USDT" the perpetual's last price;
    neither is the mark.  timeframe: such as "1d"; since, until: times in UTC, such as
    "2026-01-31".  exchange: ccxt's name of it.  path: the CSV file that keeps the candles, by
    default one in your cache folder; a call that was broken off, or that asks for later or earlier
    candles, fetches only what is missing.  client: what to ask instead of ccxt's exchange: its
    `fetch_ohlcv` and `milliseconds`.
    progress: whether to count on the standard error output.

    The exchange's terms hold for what you fetch.  Raises ValueError for a symbol, time or
    exchange that cannot be, a file of another market, and for candles that `load` refuses;
    ImportError without ccxt.  What the client raises is passed on: call again to go on.
    """
    if not isinstance(symbol, str) or not symbol.strip():
        raise refuse("symbol", symbol, "ccxt's name of a market, such as 'BTC/USDT'")
    step = timestamps.length(timeframe)
    start, end = (timestamps.milliseconds(name, value)
                  for name, value in (("since", since), ("until", until)))
    if start >= end:
        raise refuse("until", until, f"a time after since, {timestamps.text(start)}")
    asked = client if client is not None else _client(exchange)
    market = _Market(asked, symbol, timeframe, step, progress)
    end = min(end, market.now() - step + 1)  # a candle that opens before then is closed
    kept = _Kept(_place(path, exchange, symbol, timeframe), f"# {exchange} {symbol} {timeframe}\n")
    _complete(market, kept, start, end)
    return load(kept.place, timeframe).between(start, end)


def _client(exchange: Any) -> Any:
    try:
        import ccxt
    except ImportError:
        raise ImportError(NO_CCXT) from None
    if exchange not in ccxt.exchanges:
        raise refuse("exchange", exchange, "ccxt's name of an exchange, such as 'binance'")
    return getattr(ccxt, exchange)({"enableRateLimit": True})


def _place(path: Any, exchange: str, symbol: str, timeframe: str) -> Path:
    if path is not None:
        return Path(path)
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "perpedu")
    return folder / (re.sub(r"[^\w.]+", "-", f"{exchange} {symbol} {timeframe}") + ".csv")


def _complete(market: _Market, kept: _Kept, start: int, end: int) -> None:
    """Fetch what the file does not have: what is before it, then what is after."""
    known = kept.times(market.timeframe)
    if known and start < known[0]:
        before = [item for page in market.pages(start, known[0]) for item in page]
        if before:
            in_order([before[-1].time, known[0]], market.step, market.name)
            kept.put_before(before)
    last = known[-1] if known else None
    for page in market.pages(last + market.step if known else start, end, last):
        kept.add(page)
    if not known and not kept.place.is_file():
        raise ValueError(f"{market.name}: there is no closed candle from {timestamps.text(start)} "
                         f"on and before {timestamps.text(end)}")


class _Market:
    """One market of a client, asked page by page."""

    def __init__(self, client: Any, symbol: str, timeframe: str, step: int, progress: bool):
        self.client, self.symbol, self.timeframe, self.step = client, symbol, timeframe, step
        self.name, self.progress = f"{symbol} {timeframe}", progress

    def now(self) -> int:
        """The client's time: a candle that is not closed by then is left out."""
        return int(self.client.milliseconds())

    def pages(self, start: int, end: int, last: int | None = None) -> Iterator[list[Row]]:
        """Checked candles from start on and before end, a page at a time, without a gap, nor one
        after `last`."""
        due = start
        while due < end:
            page = self._page(due, end)
            if not page:
                break
            times = [item.time for item in page]
            in_order(times if last is None else [last, *times], self.step, self.name)
            last, due = times[-1], times[-1] + self.step
            self._say(due, start, end)
            yield page
        self._end()

    def _page(self, due: int, end: int) -> list[Row]:
        found = self.client.fetch_ohlcv(self.symbol, self.timeframe, since=due, limit=PAGE)
        return [row(f"{self.name}, candle {number}", time, prices[:4])
                for number, (time, *prices) in enumerate(found, 1) if due <= time < end]

    def _say(self, due: int, start: int, end: int) -> None:
        if self.progress:
            part = (due - start) / (end - start)
            print(f"\r{self.name}: to {timestamps.text(due)}, {part:4.0%}", end="",
                  file=sys.stderr, flush=True)

    def _end(self) -> None:
        if self.progress:
            print(file=sys.stderr)


class _Kept:
    """The file that keeps a market's candles: one line each, in order."""

    def __init__(self, place: Path, title: str):
        self.place, self.title = place, title

    def times(self, timeframe: str) -> list[int]:
        """When the kept candles open.  ValueError for a file of another market."""
        if not self.place.is_file():
            return []
        with self.place.open(encoding="utf-8", newline="") as file:
            found = file.readline()
        if found != self.title:
            raise ValueError(f"{self.place.name}: it begins with {found.strip()!r}: expected a "
                             f"file of {self.title[2:].strip()}; give another path")
        self._cut()
        kept = load(self.place, timeframe).times.astype("datetime64[ms]").astype("int64")
        return [int(time) for time in kept]

    def _cut(self) -> None:
        """Take away a last line that was broken off."""
        data = self.place.read_bytes()
        if not data.endswith(b"\n"):
            self.place.write_bytes(data[:data.rfind(b"\n") + 1])

    def add(self, page: list[Row]) -> None:
        """Write a page after what is there."""
        if not self.place.is_file():
            self._write(self.title + HEADER + _lines(page))
            return
        with self.place.open("a", encoding="utf-8", newline="") as file:
            file.write(_lines(page))

    def put_before(self, page: list[Row]) -> None:
        """Write candles before what is there."""
        known = self.place.read_text(encoding="utf-8").split("\n", 2)[2]
        self._write(self.title + HEADER + _lines(page) + known)

    def _write(self, text: str) -> None:
        self.place.parent.mkdir(parents=True, exist_ok=True)
        part = self.place.with_name(self.place.name + ".part")
        part.write_text(text, encoding="utf-8", newline="")
        part.replace(self.place)


def _lines(page: list[Row]) -> str:
    return "".join(f"{timestamps.text(item.time)},{','.join(map(repr, item[1:]))}\n"
                   for item in page)
