"""Chapter 12: its tables and figure against the facts, counted here by hand, and the journal's form."""

import json
from fractions import Fraction as F
from pathlib import Path

import pytest

import perpedu as pp
from perpedu.journal import Journal
from perpedu.showing import chapter12_tables
from perpedu.showing.journal_form import PARTS, JournalForm

DAYS = json.loads((Path(pp.market.facts.__file__).parent / "candles.json").read_text("utf-8"))["facts"]
M = F("0.004")


def cells(grid):
    return [row for row in grid.rows[1:]]


def number(text):
    return float(text.replace("×", "").replace("%", "").replace(",", "").replace("−", "-"))


def test_the_leverage_that_two_ranges_allow_is_where_just_the_rate_is_left():
    for name, _, mean, allowed in cells(pp.chapter12.year_ranges()):
        part = DAYS["mean_range"] if name == "all" else DAYS["years"][name]["mean_range"]
        assert number(mean) == pytest.approx(float(100 * F(part)), abs=0.0051)
        lever = number(allowed)  # at 1/lever of margin, two ranges lost, the rate is left
        assert 1 / lever - 2 * float(F(part)) == pytest.approx(float(M), abs=2e-4)
    shown = repr(pp.chapter12.allowed_by_year())
    assert shown.count("bar '") == 9 and "bar '2023: 14.1×'" in shown


def test_every_trade_from_ten_times_on_is_flagged_on_the_mean_of_all_days():
    for name, away, ranges, word in cells(pp.chapter12.ranges_away(tuple(range(2, 60)))):
        lever = F(name.removesuffix("×"))
        distance = (1 / lever - M) / (1 - M)
        assert number(away) == pytest.approx(float(100 * distance), abs=0.0051)
        assert number(ranges) == pytest.approx(float(distance / F(DAYS["mean_range"])), abs=0.0051)
        assert word == ("flagged" if lever >= 10 else "passes")


@pytest.mark.parametrize("hold", [1, 7])
def test_the_table_of_rules_is_the_facts(hold):
    rows = [row for row in DAYS["rules"] if row["hold"] == hold]
    for shown, row in zip(cells(pp.chapter12.rules_table(hold)), rows, strict=True):
        name, flagged, caught, share, followed = shown
        assert (name, caught) == (row["rule"], f"{row['caught']} of {row['touched']}")
        for text, value in ((flagged, F(row["flagged"], row["days"])),
                            (share, F(row["caught"], row["touched"])),
                            (followed, F(row["caught"], row["flagged"]))):
            assert number(text) == pytest.approx(float(100 * value), abs=0.051)


def test_a_shorter_window_and_a_smaller_multiple_sound_less_and_are_right_more_often():
    """What section 4 says, in numbers."""
    by_name = {row["rule"]: row for row in DAYS["rules"] if row["hold"] == 1}
    wide, narrow = by_name["2 ADR14"], by_name["1.5 ADR7"]
    assert narrow["flagged"] < wide["flagged"] / 2
    assert F(narrow["caught"], narrow["flagged"]) > F(wide["caught"], wide["flagged"])
    assert wide["caught"] - narrow["caught"] == 7
    best = max(F(row["caught"], row["flagged"]) for row in by_name.values())
    assert 16 < 1 / best < 17.5


def test_the_week_of_trades_is_what_its_rows_say(tmp_path):
    with Journal(tmp_path / "week.journal") as journal:
        chapter12_tables.week_of_trades(journal)
        total = journal.review("week", until="2026-03-08").total
    nets = []
    for side, decided, entry, left, exit, *_ in chapter12_tables._WEEK:
        sign = 1 if side == "long" else -1
        nets.append(F(1, 10) * sign * (exit - entry) - 6 - sign * F("0.6"))
    assert total.parts["net"] == sum(nets) and total.wins == sum(net > 0 for net in nets)


def test_the_form_writes_what_is_typed_and_says_what_cannot_be(tmp_path):
    with Journal(tmp_path / "mine.journal") as journal:
        form = JournalForm(journal)
        assert form.press("add").startswith("Not written: id, size, opened, entry: expected")
        form.fill("add", id="<b>", side="short", size="0.1", entry="60000", opened="2026-03-01",
                  leverage="5", tiers="0.005", adr="0.05", planned_entry="60000")
        assert form.press("add") == "Written: <b>, short 0.1 @ 60000."
        assert "&lt;b&gt;" in form.said["add"].value and "<b>" not in form.said["add"].value
        assert "does not have yet" in form.press("add") and len(journal) == 1
        form.fill("close", id="<b>", closed="2026-03-02", exit="59000", fees="6", answer="yes")
        form.children[1].children[-2].click()  # the button
        assert "net 94.00" in form.said["close"].value and journal["<b>"].answer is True
        with pytest.raises(ValueError, match="a box of this part"):
            form.fill("add", mood="good")
        with pytest.raises(ValueError, match="part = 'sell'"):
            form.press("sell")
        data = form._repr_mimebundle_()
        assert data["text/plain"] == repr(form) == "journal form · 1 trades"
        for name in (*PARTS["add"], *PARTS["close"]):
            assert name.replace("_", " ") in data["text/html"]
        assert "needs Python" in data["text/html"]
