"""Facts of the markets: unchanged since they were derived, and derived again where the files are."""

import csv
import json
import os
from collections import Counter
from fractions import Fraction as F
from hashlib import sha256
from pathlib import Path

import pytest

import perpedu as pp
from perpedu.market import facts
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
