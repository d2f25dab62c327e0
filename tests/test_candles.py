"""A reader's own candles: read as they are, fetched page by page, and refused where they are bad."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import perpedu as pp
from perpedu.market import download, timestamps

HEAD = "date,open,high,low,close"
DAYS = ["2026-01-01,100,104,97,101", "2026-01-02,101,103.5,99,102", "2026-01-03,102,110,90,95.25"]
DAY = 86_400_000
NEW_YEAR = 1_767_225_600_000


def written(tmp_path, *lines, name="own.csv"):
    path = tmp_path / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


# ---- loading

def test_a_file_becomes_arrays_that_do_not_change(tmp_path):
    found = pp.market.load(written(tmp_path, HEAD, *DAYS))
    assert (len(found), found.timeframe, found.source) == (3, "1d", "own.csv")
    assert found.times.tolist() == np.arange(
        "2026-01-01", "2026-01-04", dtype="datetime64[D]").astype("datetime64[s]").tolist()
    assert found.high.tolist() == [104, 103.5, 110] and found.close.tolist() == [101, 102, 95.25]
    assert all(getattr(found, name).dtype == np.float64 for name in ("open", "high", "low", "close"))
    for name in ("times", "open", "high", "low", "close"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(found, name)[0] = getattr(found, name)[1]
    with pytest.raises(AttributeError):
        found.timeframe = "1h"
    assert "3 candles of 1d, 2026-01-01T00:00:00 to 2026-01-03" in repr(found)


@pytest.mark.parametrize("times", [
    ["2026-01-01", "2026-01-02", "2026-01-03"],
    ["2026-01-01T00:00Z", "2026-01-02T00:00:00+00:00", "2026-01-03 00:00:00"],
    ["2026-01-01 00:00:00 UTC", "20260102", " 2026-01-03 "],
    [NEW_YEAR // 1000 + 86400 * n for n in range(3)],
    [NEW_YEAR + DAY * n for n in range(3)],
    [(NEW_YEAR + DAY * n) * 1000 for n in range(3)],
    [(NEW_YEAR + DAY * n) * 10**6 for n in range(3)],
])
def test_times_of_every_kind_are_the_same_times(tmp_path, times):
    rows = [f"{time}{day[10:]}" for time, day in zip(times, DAYS, strict=True)]
    found = pp.market.load(written(tmp_path, HEAD, *rows))
    assert [str(time)[:10] for time in found.times] == ["2026-01-01", "2026-01-02", "2026-01-03"]


def test_columns_in_any_order_and_more_of_them(tmp_path):
    lines = ["# a remark", "Volume,Close,LOW,high, Open ,Open_Time", "",
             "5,101,97,104,100,2026-01-01T00:00Z", "6,102,99,103,101,2026-01-01T08:00Z"]
    found = pp.market.load(str(written(tmp_path, *lines)))
    assert found.timeframe == "8h" and found.open.tolist() == [100, 101]
    assert found.between("2026-01-01T08:00Z", "2026-01-02").close.tolist() == [102]
    with pytest.raises(ValueError, match="since, until = .*: expected a time from 2026-01-01T00"):
        found.between("2025-01-01", "2025-02-01")


def test_many_decimals_are_the_nearest_float(tmp_path):
    row = "2026-01-01,0.1,2e8,0.00000001,123456789.12345678"
    found = pp.market.load(written(tmp_path, HEAD, row), timeframe="1d")
    assert [found.open[0], found.high[0], found.low[0], found.close[0]] == [
        0.1, 2e8, 1e-8, 123456789.12345678]


BAD = [
    (0, "2026-01-01,100,104,-97,101", "row 1, low = '-97': expected a number above 0"),
    (0, "2026-01-01,0,104,97,101", "row 1, open = 0.0: expected a number above 0"),
    (1, "2026-01-02,101,nan,99,102", "row 2, high = 'nan': expected decimal text"),
    (1, "2026-01-02,101,,99,102", "row 2, high = '': expected decimal text"),
    (1, "2026-01-02,101,1e400,99,102", "row 2, high = .*: expected a number"),
    (1, "2026-01-02,101,١٠٣,99,102", "row 2, high = .*: expected decimal text"),
    (2, "2026-01-03,102,89,90,89.5", "row 3, high = 89.0: expected at least the low, 90.0"),
    (2, "2026-01-03,111,110,90,95", "row 3, open = 111.0: expected from the low, 90.0, to"),
    (2, "2026-01-03,102,110,90,89", "row 3, close = 89.0: expected from the low, 90.0, to"),
    (2, "2026-01-04,102,110,90,95", "row 3, time = '2026-01-04': expected 2026-01-03, after "
     "2026-01-02: a gap of 1 candles"),
    (2, "2026-01-02,102,110,90,95", "row 3, time = '2026-01-02': expected 2026-01-03: this candle "
     "is there twice"),
    (2, "2025-12-31,102,110,90,95", "row 3, time = '2025-12-31': .* are not in order"),
    (2, "2026-01-03T05:00Z,102,110,90,95", "row 3, time = .*another time zone"),
    (0, "2026-01-01T00:00+01:00,100,104,97,101", "row 1, time = .* in UTC, not in another zone"),
    (0, "yesterday,100,104,97,101", "row 1, time = 'yesterday': expected a time in UTC"),
    (0, "5,100,104,97,101", "row 1, time = '5': expected a time in UTC"),
    (1, "2026-01-02,101,103,99", "row 2: it has 4 values: expected at least 5"),
]


@pytest.mark.parametrize("place, line, said", BAD)
def test_a_bad_row_is_named_with_its_value(tmp_path, place, line, said):
    lines = [*DAYS[:place], line, *DAYS[place + 1:]]
    with pytest.raises(ValueError, match="own.csv, " + said):
        pp.market.load(written(tmp_path, HEAD, *lines), timeframe="1d")


def test_days_of_another_zone_are_noticed_without_a_zone_in_the_text(tmp_path):
    rows = [day.replace(",", " 05:00,", 1) for day in DAYS]
    with pytest.raises(ValueError, match="row 1, time = '2026-01-01T05:00:00Z'.*another time zone"):
        pp.market.load(written(tmp_path, HEAD, *rows))


@pytest.mark.parametrize("lines, said", [
    (["date,open,high,low", "2026-01-01,1,1,1"], "columns = .*: expected one of time, date"),
    (["day,open,high,low,close", "2026-01-01,1,1,1,1"], "columns = 'day, open, .*: expected one of"),
    (["date,open,high,low,close,close", "2026-01-01,1,1,1,1,1"], "columns = .*each once"),
    (["date;open;high;low;close", "2026-01-01;1;1;1;1"], "columns = "),
    ([""], "columns = ''"),
    ([HEAD], "0 candles do not show how long one is"),
    ([HEAD, DAYS[0]], "1 candles do not show how long one is"),
])
def test_a_file_of_another_form_is_refused(tmp_path, lines, said):
    with pytest.raises(ValueError, match="own.csv.*" + said):
        pp.market.load(written(tmp_path, *lines))


def test_what_is_no_file_of_candles_is_refused(tmp_path):
    with pytest.raises(ValueError, match="none.csv: this cannot be read"):
        pp.market.load(tmp_path / "none.csv")
    with pytest.raises(ValueError, match="path = None: expected the path"):
        pp.market.load(None)
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="bytes.csv: this is not text in UTF-8"):
        pp.market.load(tmp_path / "bytes.csv")
    with pytest.raises(ValueError, match="there is no candle in it"):
        pp.market.load(written(tmp_path, HEAD), timeframe="1d")
    for wrong in ("1x", "d", "0d", "1M", 5, "", "1d\n", True):
        with pytest.raises(ValueError, match="timeframe = "):
            pp.market.load(written(tmp_path, HEAD, *DAYS), timeframe=wrong)


def test_parquet_is_read_or_says_what_is_missing(tmp_path):
    path = tmp_path / "own.parquet"
    if find_spec("pyarrow") is None:
        with pytest.raises(ImportError, match="pyarrow, which is not installed: pip install"):
            pp.market.load(path)
        pytest.skip("pyarrow is not installed: the extra market reads Parquet files with it")
    import pyarrow as pa
    from pyarrow import parquet

    columns = {"date": pa.array([NEW_YEAR, NEW_YEAR + DAY], pa.timestamp("ms", "UTC")),
               "open": [100.0, 101.0], "high": [104, 103], "low": [97.0, 99.0], "close": [101.0, 102.0]}
    parquet.write_table(pa.table(columns), path)
    assert pp.market.load(path).high.tolist() == [104, 103]
    columns["date"] = columns["date"].cast(pa.timestamp("ms", "America/New_York"))
    parquet.write_table(pa.table(columns), path)
    with pytest.raises(ValueError, match="own.parquet, row 1, time = .*not in another zone"):
        pp.market.load(path)
    columns |= {"date": ["2026-01-01", "2026-01-02"], "low": [97.0, None]}
    parquet.write_table(pa.table(columns), path)
    with pytest.raises(ValueError, match="own.parquet, row 2, low = None"):
        pp.market.load(path)
    path.write_bytes(b"no")
    with pytest.raises(ValueError, match="own.parquet: this cannot be read as Parquet"):
        pp.market.load(path)


def test_the_names_load_when_they_are_used_and_nothing_before():
    script = """
import sys
import perpedu as pp
pp.market
assert not {"numpy", "sympy", "ccxt", "perpedu.market.candles", "perpedu.market.download"} & set(sys.modules)
assert pp.market.load.__name__ == "load" and pp.market.fetch.__name__ == "fetch"
assert pp.market.facts.candles().days == 2931 and "ccxt" not in sys.modules
assert sorted(dir(pp.market)) == ["facts", "fetch", "load"]
try:
    pp.market.fetsch
except AttributeError as error:
    assert "facts, fetch, load" in str(error)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True,
                          cwd=Path(__file__).parent.parent)
    assert done.returncode == 0, done.stderr


# ---- fetching

class Exchange:
    """A client that has the candles of some days, and gives at most so many at once."""

    def __init__(self, days=2500, page=1000, now=None, missing=(), fails_after=None):
        self.days, self.page, self.missing, self.asked = days, page, set(missing), []
        self.now, self.fails_after = NEW_YEAR + days * DAY if now is None else now, fails_after

    def milliseconds(self):
        return self.now

    def fetch_ohlcv(self, symbol, timeframe, since, limit):
        if len(self.asked) == self.fails_after:
            raise ConnectionError("the line is down")
        self.asked.append((symbol, timeframe, (since - NEW_YEAR) // DAY))
        first = max(-(-(since - NEW_YEAR) // DAY), 0)
        days = (day for day in range(first, self.days) if day not in self.missing)
        return [[NEW_YEAR + day * DAY, 100.1, 104 + day, 97.0, 101.5, 7] for day, _ in zip(
            days, range(min(limit, self.page)), strict=False)]

    @property
    def starts(self):
        return [day for *_, day in self.asked]


def fetched(tmp_path, client, since="2026-01-01", until="2040-01-01", **options):
    return pp.market.fetch("BTC/USDT", "1d", since, until, path=tmp_path / "kept.csv",
                           client=client, **options)


def test_pages_are_put_together_and_the_open_candle_is_left_out(tmp_path, capsys):
    client = Exchange(now=NEW_YEAR + 2499 * DAY + 5)
    found = fetched(tmp_path, client)
    assert len(found) == 2499 and client.starts == [0, 1000, 2000]
    assert found.high.tolist() == [104 + day for day in range(2499)] and set(found.open) == {100.1}
    said = capsys.readouterr().err
    assert said.count("\r") == 3 and said.endswith("100%\n") and "BTC/USDT 1d: to " in said
    kept = (tmp_path / "kept.csv").read_text().splitlines()
    assert kept[:3] == ["# binance BTC/USDT 1d", "time,open,high,low,close",
                        "2026-01-01,100.1,104.0,97.0,101.5"] and len(kept) == 2501


def test_only_what_is_missing_is_asked_for(tmp_path, capsys):
    assert len(fetched(tmp_path, Exchange(), "2026-02-01", "2026-03-01", progress=False)) == 28
    assert capsys.readouterr().err == ""
    inside = Exchange()
    assert len(fetched(tmp_path, inside, "2026-02-05", "2026-02-10")) == 5 and inside.asked == []
    later = Exchange()
    assert len(fetched(tmp_path, later, "2026-03-10", "2026-03-20")) == 10 and later.starts == [59]
    earlier = Exchange()
    assert len(fetched(tmp_path, earlier, "2026-01-01", "2026-03-20")) == 78
    assert earlier.starts == [0] and earlier.asked[0][:2] == ("BTC/USDT", "1d")
    assert len(pp.market.load(tmp_path / "kept.csv")) == 78


def test_a_call_that_was_broken_off_goes_on(tmp_path):
    with pytest.raises(ConnectionError):
        fetched(tmp_path, Exchange(fails_after=2))
    with (tmp_path / "kept.csv").open("a") as file:
        file.write("2031-06-24,100.1,2")
    client = Exchange()
    assert len(fetched(tmp_path, client)) == 2500 and client.starts == [2000]


def test_a_market_that_begins_later_begins_there(tmp_path):
    found = fetched(tmp_path, Exchange(days=40), "2025-06-01", "2026-01-11")
    assert len(found) == 10 and str(found.times[0])[:10] == "2026-01-01"


@pytest.mark.parametrize("missing, page, said", [
    ([5], 1000, "a gap of 1 candles"), ([10, 11], 10, "a gap of 2 candles")])
def test_a_gap_is_named_and_not_written(tmp_path, missing, page, said):
    client = Exchange(days=30, page=page, missing=missing)
    with pytest.raises(ValueError, match="BTC/USDT 1d, row .*" + said):
        fetched(tmp_path, client)
    kept = tmp_path / "kept.csv"
    assert not kept.exists() or len(pp.market.load(kept)) == 10
    if kept.exists():
        with pytest.raises(ValueError, match="BTC/USDT 1d, row 2, .*" + said):
            fetched(tmp_path, client)
        assert len(pp.market.load(kept)) == 10


def test_a_week_that_is_not_over_is_left_out(tmp_path):
    class Weeks(Exchange):
        def fetch_ohlcv(self, symbol, timeframe, since, limit):
            monday = NEW_YEAR + 4 * DAY
            return [[monday + 7 * DAY * n, 1, 1, 1, 1, 1] for n in range(3)
                    if monday + 7 * DAY * n >= since]
    found = pp.market.fetch("X", "1w", "2026-01-01", "2027-01-01", path=tmp_path / "w.csv",
                            client=Weeks(now=NEW_YEAR + 20 * DAY))
    assert [str(time)[:10] for time in found.times] == ["2026-01-05", "2026-01-12"]


def test_a_bad_request_is_refused(tmp_path):
    for arguments, said in [
            (("", "1d", "2026-01-01", "2026-02-01"), "symbol = ''"),
            ((None, "1d", "2026-01-01", "2026-02-01"), "symbol = None"),
            (("B", "1y", "2026-01-01", "2026-02-01"), "timeframe = '1y'"),
            (("B", "1d", "soon", "2026-02-01"), "since = 'soon': expected a time in UTC"),
            (("B", "1d", True, "2026-02-01"), "since = True"),
            (("B", "1d", float("nan"), "2026-02-01"), "since = nan"),
            (("B", "1d", "2026-01-01", "2026-02-01T00:00+02:00"), "until = .*another zone"),
            (("B", "1d", "2026-02-01", "2026-02-01"), "until = .*: expected a time after since"),
            (("B", "1d", "2020-01-01", "2020-02-01"), "B 1d: there is no closed candle"),
            (("B", "1d", "2080-01-01", "2081-02-01"), "B 1d: there is no closed candle")]:
        with pytest.raises(ValueError, match=said):
            pp.market.fetch(*arguments, path=tmp_path / "b.csv", client=Exchange(days=3))
    assert not (tmp_path / "b.csv").exists()


def test_a_file_of_another_market_is_kept_as_it_is(tmp_path):
    path = written(tmp_path, HEAD, *DAYS, name="kept.csv")
    with pytest.raises(ValueError, match="kept.csv: it begins with 'date,open.*: expected a file of "
                                         "binance BTC/USDT 1d; give another path"):
        fetched(tmp_path, Exchange())
    assert path.read_text().splitlines() == [HEAD, *DAYS]


def test_a_price_that_cannot_be_is_not_written(tmp_path):
    class Wrong(Exchange):
        def fetch_ohlcv(self, *arguments, **options):
            return [[NEW_YEAR, 100, 90, 95, 93, 1]]
    with pytest.raises(ValueError, match="BTC/USDT 1d, candle 1, high = 90.0: expected at least"):
        fetched(tmp_path, Wrong(days=3))
    assert not (tmp_path / "kept.csv").exists()


def test_without_ccxt_it_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ccxt", None)
    with pytest.raises(ImportError, match="ccxt, which is not installed: pip install"):
        fetched(tmp_path, None)


def test_ccxt_is_asked_by_the_name_of_the_exchange(tmp_path, monkeypatch):
    class Ccxt:
        exchanges = ["somewhere"]

        @staticmethod
        def somewhere(options):
            assert options == {"enableRateLimit": True}
            return Exchange(days=3)

    monkeypatch.setitem(sys.modules, "ccxt", Ccxt)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    found = pp.market.fetch("BTC/USDT:USDT", "1d", "2026-01-01", "2026-02-01", "somewhere")
    assert len(found) == 3 and found.source == "somewhere-BTC-USDT-USDT-1d.csv"
    assert (tmp_path / "perpedu" / found.source).is_file()
    with pytest.raises(ValueError, match="exchange = 'nowhere': expected ccxt's name"):
        fetched(tmp_path, None, exchange="nowhere")


def test_lengths_of_candles_and_back():
    assert [timestamps.frame(timestamps.length(word)) for word in ("1m", "90s", "8h", "7d", "1w")] == [
        "1m", "90s", "8h", "1w", "1w"]
    assert timestamps.milliseconds("t", np.datetime64("2026-01-01")) == NEW_YEAR
    assert download.PAGE == 1000
