"""Facts of the markets: unchanged since they were derived, and derived again where the files are."""

import csv
import json
import os
from collections import Counter
from fractions import Fraction as F
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

import perpedu as pp
from perpedu.market import facts
from tools import candles
from tools import facts as tool

FOLDER = Path(facts.__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
NOT_RUN = "the facts were not derived again: make test RAW=folder"


def fraction(value):
    return F(int(value.p), int(value.q))


@pytest.mark.parametrize("name", NAMES)
def test_shipped_facts_are_those_that_were_derived(name):
    content = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    text = json.dumps(content["facts"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert sha256(text.encode()).hexdigest() == content["facts_sha256"]
    assert {key: content[key] for key in tool.RAW[name]} == tool.RAW[name]
    assert set(tool.RAW) == set(tool.DERIVE) == set(NAMES)


def test_facts_derived_again_are_the_shipped_ones():
    if not os.environ.get("RAW"):
        pytest.skip(NOT_RUN)
    raw = Path(os.environ["RAW"])
    for name in NAMES:
        made = tool.text_of(tool.derive(name, raw))
        assert made == (FOLDER / f"{name}.json").read_text("utf-8"), name
    count_the_funding_rates_another_way(raw / "btcusdt_funding.csv")
    count_the_candles_another_way(raw / "btcusdt_1d.csv")


def count_the_funding_rates_another_way(path):
    assert sha256(path.read_bytes()).hexdigest() == pp.funding.facts().sha256
    with path.open(newline="") as file:
        rows = [(time, F(rate)) for time, rate in list(csv.reader(file))[1:]]
    found = pp.funding.facts()
    assert (found.first, found.last) == (rows[0][0], rows[-1][0])
    for year in (None, *found.years):
        rates = Counter(rate for time, rate in rows if year is None or time.startswith(str(year)))
        part = found.all if year is None else found.years[year]
        total = sum(rates.values())
        kinds = [sum(n for rate, n in rates.items() if test(rate)) for test in (
            F("0.0001").__eq__, F("0.0001").__lt__, F("0.0001").__gt__, F(0).__gt__, F(0).__eq__)]
        assert [part.prints, part.at_interest, part.above, part.below, part.negative, part.zero] == [
            total, *kinds]
        assert fraction(part.mean) == sum(rate * n for rate, n in rates.items()) / total
        assert (fraction(part.least), fraction(part.greatest)) == (min(rates), max(rates))
    for part, rate in found.quantiles.items():
        below = sum(other < fraction(rate) for _, other in rows)
        upto = sum(other <= fraction(rate) for _, other in rows)
        assert below <= F(part) * len(rows) <= upto


def count_the_candles_another_way(path):
    """With NumPy's float64, in arrays; a count near a bound would differ, and none does."""
    assert sha256(path.read_bytes()).hexdigest() == facts.candles().sha256
    found = facts.candles()
    prices = np.loadtxt(path, delimiter=",", skiprows=1, usecols=(1, 2, 3, 4))[:-1]
    opens, highs, lows, closes = prices.T
    ranges = (highs - lows) / opens
    assert found.days == len(prices)
    assert float(found.mean_range) == pytest.approx(ranges.mean(), abs=1e-8)
    assert found.low_days == np.sum(lows <= 0.97 * opens)
    assert float(found.ranges["0.5"]) == pytest.approx(np.median(ranges), abs=1e-8)
    for (distance, days), (starts, below, above) in found.touches.items():
        low = np.lib.stride_tricks.sliding_window_view(lows[1:], days).min(1)
        high = np.lib.stride_tricks.sliding_window_view(highs[1:], days).max(1)
        start = closes[:len(low)]
        assert (starts, below, above) == (
            len(low), np.sum(low <= start * (1 - float(distance))),
            np.sum(high >= start * (1 + float(distance))))
        close = np.lib.stride_tricks.sliding_window_view(closes[1:], days).min(1)
        assert found.closes[distance, days] == np.sum(close <= start * (1 - float(distance)))
    ends = np.sort([closes[:-1], closes[1:]], axis=0)
    for name, values in (("moves", closes[1:] / closes[:-1] - 1),
                         ("dips", np.maximum(1 - lows[1:] / ends[0], 0)),
                         ("rises", np.maximum(highs[1:] / ends[1] - 1, 0))):
        for part, value in getattr(found, name).items():
            rank = max(int(np.ceil(round(float(part) * len(values), 9))), 1) - 1
            assert float(value) == pytest.approx(np.sort(values)[rank], abs=1e-8), (name, part)
    before = np.convolve(ranges, np.ones(14) / 14, "valid")[:-1]
    assert (found.adr_days, found.adr_fails) == (len(before), np.sum(2 * before > 0.096))
    assert [float(cut) for cut in found.adr_terciles] == pytest.approx(
        np.quantile(before, [1 / 3, 2 / 3], method="inverted_cdf"), abs=1e-8)
    count_the_rules_another_way(found, lows, closes, ranges)
    for span, value in found.spans.items():
        low, high = (best(np.lib.stride_tricks.sliding_window_view(side, span), axis=1)
                     for best, side in ((np.min, lows), (np.max, highs)))
        assert float(value) == pytest.approx(np.mean((high - low) / opens[:len(low)]), abs=1e-8)
    moves = np.diff(np.log(closes))
    start = sum(part.days for year, part in found.years.items() if year < 2021)
    assert float(found.years[2021].volatility) == pytest.approx(
        moves[start - 1:start + 364].std(ddof=1) * 365 ** 0.5, abs=1e-6)


def count_the_rules_another_way(found, lows, closes, ranges):
    """Day by day with NumPy: what is asked at a close may only use what was known by then."""
    for rule in found.rules:
        days = range(365 + rule.hold, len(lows) - rule.hold)
        falls = np.array([1 - lows[day + 1:day + 1 + rule.hold].min() / closes[day]
                          for day in range(len(lows) - rule.hold)])
        name = rule.rule
        if "ADR of all" in name:
            asked = [2 * ranges.mean() for _ in days]
        elif "ADR" in name:
            multiple, window = name.split(" ADR")
            asked = [float(multiple) * ranges[day - int(window) + 1:day + 1].mean() for day in days]
        else:
            asked = [np.sort(falls[day - rule.hold - 59:day - rule.hold + 1])[56] for day in days]
        flags, hits = np.array(asked) > 0.096, falls[list(days)] >= 0.096
        assert (rule.days, rule.flagged, rule.touched, rule.caught) == (
            len(days), flags.sum(), hits.sum(), (flags & hits).sum()), rule


def test_the_published_numbers_of_the_candles():
    found = facts.candles()
    assert (found.price, found.first, found.last) == ("spot, not mark", "2017-08-17", "2025-08-25")
    assert [round(100 * float(x), 2) for x in (found.mean_range, found.ranges["0.5"])] == [5.15, 4.12]
    assert round(100 * found.low_days / found.days, 1) == 28.9
    assert round(100 * float(found.touched("0.0955", 1)), 2) == 3.45
    assert round(100 * float(found.touched("0.0955", 30)), 1) == 48.6
    assert round(100 * found.adr_fails / found.adr_days, 1) == 45.2 and found.buffer == F("0.096")
    assert sum(part.days for part in found.years.values()) == found.days
    assert sum(part.low_days for part in found.years.values()) == found.low_days
    assert sum(days for days, _ in found.adr_touched) == found.adr_days
    whole = sum(part.mean_range * part.days for part in found.years.values()) / found.days
    assert float(whole) == pytest.approx(float(found.mean_range), abs=1e-8)
    assert [round(100 * float(found.years[year].mean_range), 2) for year in (2021, 2023)] == [6.86, 3.34]


def test_rules_of_the_buffer_count_the_same_days_and_catch_no_more_than_there_is():
    found = facts.candles()
    assert len(found.rules) == 10 and list(found.spans) == [1, 2, 7, 14, 30]
    assert found.spans[1] == found.mean_range
    for rule in found.rules:
        assert rule.caught <= min(rule.flagged, rule.touched) and rule.flagged <= rule.days
        same = [other for other in found.rules if other.hold == rule.hold]
        assert {(other.days, other.touched) for other in same} == {(rule.days, rule.touched)}
        if rule.rule == "2 ADR of all days":
            assert rule.flagged == rule.days and rule.caught == rule.touched


def test_touches_grow_with_the_days_and_shrink_with_the_distance():
    touches = facts.candles().touches
    for (distance, days), (starts, below, above) in touches.items():
        assert starts == facts.candles().days - days and max(below, above) <= starts
        for (other, longer), (others, *more) in touches.items():
            if other <= distance and longer == days:
                assert more[0] >= below and more[1] >= above


def test_notable_days_are_the_extremes_and_as_they_were_published():
    found = facts.candles()
    assert len(found.notable) == 12
    first = {kind: [day for day in found.notable if day["places"][kind] == 1]
             for kind in ("low", "high", "range")}
    for kind, (day,) in first.items():
        low, high = day["low"] / day["open"] - 1, day["high"] / day["open"] - 1
        value = {"low": low, "high": high, "range": high - low}[kind]
        quantile = {"low": found.lows["0"], "high": found.highs["1"], "range": found.ranges["1"]}
        assert abs(value - quantile[kind]) < F("1e-8")
    assert first["low"][0]["date"] == "2020-03-12" and first["low"][0]["low"] == 4410
    assert first["range"][0]["date"] == "2020-03-13" and first["range"][0]["low"] == F("3782.13")


def test_the_candles_are_shown_as_spot_and_do_not_change():
    found = facts.candles()
    shown = repr(found)
    assert "spot, not mark" in shown and found.source in shown and "45.2% of days" in shown
    with pytest.raises(AttributeError):
        found.days = 1
    with pytest.raises(TypeError):
        found.notable[0]["low"] = 1
    with pytest.raises(ValueError, match="distance, days = .'0.04', 1.: expected a distance of 0.00602, 0.01"):
        found.touched("0.04", 1)
    with pytest.raises(ValueError, match="side = 'up': expected"):
        found.touched("0.03", 1, "up")


def test_a_missing_day_is_named_and_the_last_row_is_left_out(tmp_path):
    path = tmp_path / "days.csv"
    days = ["2020-01-01,100,110,90,100", "2020-01-02,100,104,97,100", "2020-01-03,100,101,99,100"]
    path.write_text("\n".join(["date,open,high,low,close", *days]))
    read = candles.candles(path)
    assert [day.date for day in read] == ["2020-01-01", "2020-01-02"]
    assert candles.low_days(read) == 2 and candles.mean([candles.spread(day) for day in read]) == F(27, 200)
    path.write_text("\n".join(["date,open,high,low,close", days[0], days[2]]))
    with pytest.raises(ValueError, match="2020-01-03 does not follow 2020-01-01 after a day"):
        candles.candles(path)


def test_the_published_numbers_of_the_funding_rates():
    found = pp.funding.facts()
    assert (found.all.prints, round(float(found.all.share("at_interest")), 3)) == (7028, 0.379)
    assert [len(found.at_cap), len(found.at_floor)] == [1, 1] and found.cap == F("0.003")
    assert found.all.greatest == -found.all.least == found.cap
    assert sum(part.prints for part in found.years.values()) == 7028
    assert sum(part.sum for part in found.years.values()) == found.all.sum
    assert round(float(found.all.share("negative")), 3) == 0.128
    assert [round(100 * float(part.a_year), 1) for part in found.years.values()] == [
        7.5, 17.2, 30.6, 4.2, 7.9, 11.9, 5.1, 3.9]
    assert round(100 * float(found.all.a_year), 2) == 12.41
    for part in (found.all, *found.years.values()):
        assert part.at_interest + part.above + part.below == part.prints
        assert fraction(part.a_year) == fraction(part.sum) * 1095 / part.prints


def test_the_facts_are_shown_with_their_source_and_do_not_change():
    found, shown = pp.funding.facts(), repr(pp.funding.facts())
    assert shown.startswith("7,028 prints, BTCUSDT perpetual, Binance USD-M")
    assert "37.9%" in shown and "12.41%" in shown and "2020-03-13T08:00Z" in shown
    assert found.source in shown and max(map(len, shown.splitlines()[3:13])) < 80
    with pytest.raises(AttributeError):
        found.cap = 1
    with pytest.raises(TypeError):
        found.years[2019] = found.all
    with pytest.raises(ValueError, match="kind = 'high': expected one of 'at_interest'"):
        found.all.share("high")


# ---- what is not as it should be

def test_a_changed_fact_is_refused(tmp_path):
    text = (FOLDER / "funding.json").read_text("utf-8")
    (tmp_path / "funding.json").write_text(text.replace("2666", "2667"), "utf-8")
    with pytest.raises(ValueError, match="funding.json: its facts are not those"):
        facts.read("funding", tmp_path)
    with pytest.raises(ValueError, match="name = 'nothing': expected one of funding"):
        facts.read("nothing", tmp_path)


def test_another_raw_file_or_none_is_refused(tmp_path, capsys):
    assert tool.main([]) == 2 and "make facts RAW=folder" in capsys.readouterr().err
    assert tool.main([str(tmp_path)]) == 1
    assert "btcusdt_funding.csv is not there" in capsys.readouterr().err
    (tmp_path / "btcusdt_funding.csv").write_text("time_utc,funding_rate\n")
    assert tool.main([str(tmp_path)]) == 1 and "another file" in capsys.readouterr().err


def test_a_gap_is_named_and_a_small_file_is_counted(tmp_path):
    path = tmp_path / "rates.csv"
    rows = ["time_utc,funding_rate", "2020-01-01T00:00Z,0.0001", "2020-01-01T08:00Z,-0.003",
            "2020-01-01T16:00Z,0.0004"]
    path.write_text("\n".join(rows))
    made = tool.funding(path)
    assert made["all"]["sum"] == "-0.0025" and made["all"]["median"] == "0.0001"
    assert made["at_floor"] == ["2020-01-01T08:00Z"] and made["at_cap"] == []
    path.write_text("\n".join(rows[:2] + rows[3:]))
    with pytest.raises(ValueError, match="2020-01-01T16:00Z does not follow 2020-01-01T00:00Z"):
        tool.funding(path)
