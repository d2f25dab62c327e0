"""The journal: exact, whole after a crash, and honest about what it does not know."""

import csv
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from fractions import Fraction as F
from functools import cache
from math import sqrt
from pathlib import Path

import pytest

import perpedu as pp
from perpedu.__main__ import main
from perpedu.journal import checks, fields, sample, schema
from perpedu.journal.journal import Journal, planned
from perpedu.journal.trade import Event, Trade

PLAN = dict(side="long", size="0.1", entry=60_000, leverage=10, tiers="0.005", adr="0.05",
            opened="2026-03-01T08:00Z", planned_entry=59_990, planned_stop=57_000)
EXIT = dict(exit=61_000, exit_decided=61_010, fees=6, closed="2026-03-01T20:00Z")


@pytest.fixture
def journal(tmp_path):
    with Journal(tmp_path / "mine.journal") as made:
        yield made


# what is logged

def test_a_plan_is_logged_with_its_line_and_buffer(journal):
    trade = journal.add("a", **PLAN)
    assert trade.liquidation_price == F(5400, 1) / F(995, 10000)
    assert trade.bankruptcy_price == 54_000 and trade.maintenance_margin == 30
    assert trade.effective_leverage == 10 and trade.maintenance_rate == F(1, 200)
    assert trade.buffer == (60_000 - F(5400) / F(995, 10000)) / 60_000
    assert trade.buffer_ranges == trade.buffer / F(1, 20) and trade.flagged and trade.is_open
    assert [warning.name for warning in trade.warnings] == ["buffer"]
    assert trade.risk == 300 and trade.multiple is None and journal["a"] == trade


def test_the_parts_of_a_result_add_up_exactly(journal):
    draw = random.Random(12)
    for count in range(30):
        number = lambda low, high: F(draw.randint(low, high), draw.choice((1, 2, 3, 7, 8, 10)))  # noqa: E731
        face = draw.choice((None, 1, 100))
        prices = [number(30_000, 60_000) for _ in range(4)]
        side = draw.choice(("long", "short"))
        size, fees, funding = number(1, 50), number(-5, 60), number(-30, 30)
        name = f"t{count}"
        journal.add(name, side=side, size=size, face=face, opened="2026-01-01", entry=prices[0],
                    planned_entry=prices[1])
        journal.note(name, "funding", F(1, 3), time="2026-01-01T08:00Z")
        journal.note(name, "fee", "0.5", time="2026-01-01T08:00Z")
        done = journal.close(name, closed="2026-01-02", exit=prices[2], exit_decided=prices[3],
                             fees=fees, funding=funding)
        entry, decided, exit, left = prices
        made = size * (exit - entry) if face is None else size * face * (1 / entry - 1 / exit)
        wanted = size * (left - decided) if face is None else size * face * (1 / decided - 1 / left)
        sign = 1 if side == "long" else -1
        result = done.result
        assert result.price == sign * wanted and result.measured
        assert result.price + result.execution == sign * made
        assert (result.fees, result.funding) == (-fees - F(1, 2), -funding - F(1, 3))
        assert result.net == sign * made - fees - F(1, 2) - funding - F(1, 3)
        assert result.net == result.price + result.execution + result.fees + result.funding


def test_what_was_not_decided_is_not_called_execution(journal):
    journal.add("a", **PLAN | {"planned_entry": None})
    result = journal.close("a", **EXIT | {"fees_other": {"BNB": "0.01"}}).result
    assert result.execution == -1 and not result.measured
    assert result.other == (("BNB", F(1, 100)),) and result.net == 100 - 6


def test_collateral_and_line_at_the_exit_follow_from_the_events(journal):
    journal.add("a", **PLAN)
    journal.note("a", "funding", "0.6", time="2026-03-01T16:00Z")
    journal.note("a", "collateral", 100, time="2026-03-01T17:00Z", text="nervous")
    journal.note("a", "stop", 58_000, time="2026-03-01T18:00Z")
    journal.note("a", "note", time="2026-03-01T18:00Z", text="the plan was 57,000")
    trade = journal.close("a", **EXIT, funding="0.2", answer=False)
    left = F(600) + 100 - F("0.6") - F("0.2")
    assert trade.collateral_at_exit == left
    assert trade.liquidation_at_exit == (6000 - left) / (F("0.1") * F("0.995"))
    assert trade.windows == 1 and trade.answer is False and trade.planned_stop == 57_000
    assert [event.kind for event in trade.events] == ["funding", "collateral", "stop", "note"]
    assert trade.multiple == trade.result.net / 300


def test_a_kept_table_is_the_table(journal):
    name = "binance/BTCUSDT/2026-09"
    trade = journal.add("a", **PLAN | {"tiers": name, "size": 50, "leverage": 5})
    from perpedu.journal.ledger import table_from

    assert table_from(trade.fields["tier_rows"]) == pp.Tiers.load(name)
    assert trade.liquidation_price == trade.position.liquidation_price(pp.Tiers.load(name))


# warnings

WARNED = {
    "frozen beyond bankruptcy": (dict(side="long", entry=100, liquidation_price="89",
                                      bankruptcy_price="90"), ["order"]),
    "short beyond bankruptcy": (dict(side="short", entry=100, liquidation_price="111",
                                     bankruptcy_price="110"), ["order"]),
    "line above a long's entry": (dict(side="long", entry=100, liquidation_price="101",
                                       bankruptcy_price="90"), ["order"]),
    "in order": (dict(side="short", entry=100, liquidation_price="109",
                      bankruptcy_price="110"), []),
    "stop beyond the line": (dict(side="long", entry=100, liquidation_price="91",
                                  bankruptcy_price="90", planned_stop="90.5"), ["stop"]),
    "stop on the wrong side": (dict(side="short", entry=100, liquidation_price="109",
                                    bankruptcy_price="110", planned_stop="99"), ["stop"]),
}


@pytest.mark.parametrize("name", WARNED)
def test_invariants_are_warnings(name):
    given, wanted = WARNED[name]
    logged = dict.fromkeys(fields.NAMES) | dict(tiers="0.005", adr="0.01", planned_entry="100",
                                                buffer_ranges="9")
    found = checks.warnings_of(logged | {key: str(value) for key, value in given.items()})
    assert [item.name for item in found] == wanted


@pytest.mark.parametrize("change, wanted", [
    (dict(tiers=0), {"order"}),  # m = 0: liquidation is bankruptcy
    (dict(leverage=None, collateral=6_000), {"no line"}),       # full collateral
    (dict(leverage=None), {"no line"}),                         # cross
    (dict(leverage=250), {"order", "buffer", "stop"}),          # 1/L <= m: liquidated at once
    (dict(tiers="binance/BTCUSDT/2022-11-25", leverage=75, size=5), {"leverage", "buffer", "stop"}),
    (dict(adr=None, tiers=None), {"unlogged"}),
])
def test_a_warning_is_not_a_refusal(journal, change, wanted):
    given = {name: value for name, value in (PLAN | change).items() if value is not None}
    trade = journal.add("a", **given)
    assert {warning.name for warning in trade.warnings} == wanted, trade.warnings
    assert len(journal) == 1 and str(trade) and trade._repr_html_()


def test_the_published_example_would_have_been_caught():
    """Tiltless: liquidation near 50,650 of a long whose bankruptcy price is 55,777.5."""
    logged = dict.fromkeys(fields.NAMES) | dict(
        side="long", entry="67000", liquidation_price="50650", bankruptcy_price="55777.5")
    assert "order" in {item.name for item in checks.warnings_of(logged)}


# bad input

BAD = {
    "no side": (dict(side=None), "side: expected with every trade"),
    "another side": (dict(side="up"), "side = 'up'"),
    "size 0": (dict(size=0), "size = 0"),
    "nan": (dict(entry=float("nan")), "entry = nan"),
    "a truth value": (dict(size=True), "size = True"),
    "leverage below 1": (dict(leverage="0.5"), "leverage = '0.5'"),
    "leverage and collateral": (dict(collateral=600), "one of the two"),
    "no time": (dict(opened="yesterday"), "opened = 'yesterday'"),
    "another zone": (dict(opened="2026-03-01T08:00+01:00"), "not in another zone"),
    "unknown field": (dict(mood="good"), "mood = 'good'"),
    "a field of the exit": (dict(exit=61_000), "exit = 61000"),
    "unknown table": (dict(tiers="binance/BTCUSDT/1999"), "name = 'binance/BTCUSDT/1999'"),
    "above the cap": (dict(tiers="binance/BTCUSDT/2026-09", size=10**6), "the table's cap"),
    "control characters": (dict(rule="a\0b"), "rule = "),
    "tags": (dict(regime=7), "regime = 7"),
    "division by zero": (dict(size="1/0"), "denominator is not 0"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_plan_is_refused_by_name_and_nothing_is_written(journal, name):
    change, said = BAD[name]
    with pytest.raises(ValueError, match=said):
        journal.add("a", **{key: value for key, value in (PLAN | change).items() if value is not None})
    assert len(journal) == 0


def test_a_name_that_is_there_and_a_trade_that_is_closed_are_refused(journal):
    journal.add("a", **PLAN)
    with pytest.raises(ValueError, match="id = 'a': expected a name that the journal does not have"):
        journal.add("a", **PLAN)
    with pytest.raises(ValueError, match="id = 'b': expected a trade of this journal"):
        journal.close("b", **EXIT)
    with pytest.raises(ValueError, match="closed = '2026-02-28': expected a time not before"):
        journal.close("a", **EXIT | {"closed": "2026-02-28"})
    with pytest.raises(ValueError, match="exit: expected with every trade"):
        journal.close("a", closed="2026-03-02")
    with pytest.raises(ValueError, match="a closed trade"):
        journal["a"].result
    journal.close("a", **EXIT)
    before = journal["a"]
    for call in (lambda: journal.close("a", **EXIT), lambda: journal.note("a", "fee", 1, time="2026-03-02")):
        with pytest.raises(ValueError, match="an open trade; this one was closed at 2026-03-01"):
            call()
    assert journal["a"] == before
    with pytest.raises(ValueError, match="amount = None: expected an amount"):
        journal.note("a", "fee", time="2026-03-02")
    with pytest.raises(ValueError, match="kind = 'mood'"):
        journal.note("a", "mood", 1, time="2026-03-02")
    with pytest.raises(AttributeError, match="does not change"):
        before.exit = 1
    journal.shut()
    with pytest.raises(ValueError, match="was shut"):
        len(journal)


# files that are no journals

def test_files_that_are_no_journals_are_refused_and_stay_as_they_are(tmp_path):
    path = tmp_path / "whole.journal"
    with Journal(path) as made:
        for count in range(30):
            made.add(f"t{count}", **PLAN)
    whole = path.read_bytes()
    other = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(other)) as link:
        link.execute("CREATE TABLE trades (id)")
        link.commit()
    newer = tmp_path / "newer.journal"
    newer.write_bytes(whole)
    with closing(sqlite3.connect(newer)) as link:
        link.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    texts = {"empty": (b"", "is empty"), "text": (b"id,side\n", "not an SQLite file"),
             "short": (whole[:60], "torn"), "half": (whole[:len(whole) // 2], "torn"),
             "page": (whole[:-4096], "torn"),
             "other": (other.read_bytes(), "no journal of perpedu"),
             "newer": (newer.read_bytes(), f"has version {schema.VERSION + 1}"),
             "scribbled": (whole[:8192] + b"x" * 4096 + whole[12288:], "torn")}
    for name, (content, said) in texts.items():
        bad = tmp_path / f"{name}.bad"
        bad.write_bytes(content)
        with pytest.raises(ValueError, match=said) as caught:
            Journal(bad)
        assert str(bad) in str(caught.value) and bad.read_bytes() == content, name
    with pytest.raises(ValueError, match="cannot be read"):
        Journal(tmp_path)
    with pytest.raises(ValueError, match="is not there"):
        Journal(tmp_path / "nowhere" / "a.journal")
    with pytest.raises(ValueError, match="path = 7"):
        Journal(7)


#: A journal of version 1, as that version made it, with a trade of each kind.
OLD = """
CREATE TABLE trades (
    id TEXT PRIMARY KEY NOT NULL,
    venue TEXT, symbol TEXT, side TEXT NOT NULL, size TEXT NOT NULL, face TEXT,
    opened TEXT NOT NULL, planned_entry TEXT, planned_stop TEXT, planned_exit TEXT,
    entry TEXT NOT NULL, leverage TEXT, collateral TEXT, tiers TEXT, basis TEXT, close_fee TEXT,
    adr TEXT, question TEXT, regime TEXT, behaviour TEXT,
    maintenance_rate TEXT, maintenance_margin TEXT, liquidation_price TEXT,
    bankruptcy_price TEXT, effective_leverage TEXT, buffer TEXT, buffer_ranges TEXT,
    closed TEXT, exit TEXT, exit_decided TEXT, fees TEXT, funding TEXT, funding_windows TEXT,
    mark_divergence TEXT, answer TEXT, note TEXT,
    CHECK ((closed IS NULL) = (exit IS NULL)));
INSERT INTO trades (id, side, size, opened, entry, leverage, tiers, liquidation_price, closed, exit,
                    fees, funding, funding_windows, answer)
    VALUES ('old', 'long', '0.1', '2025-05-01', '60000', '10', '0.005', '10800000/199',
            '2025-05-02', '61000', '6', '-0.6', '2', 'yes');
INSERT INTO trades (id, side, size, opened, entry, regime) VALUES
    ('open', 'short', '1/3', '2025-06-01', '60000', 'low');
PRAGMA application_id = 1886415474;
PRAGMA user_version = 1;
"""


def old_journal(path):
    with closing(sqlite3.connect(path)) as link:
        link.executescript(OLD)


def test_a_journal_of_version_1_is_brought_up(tmp_path):
    path = tmp_path / "old.journal"
    old_journal(path)
    with Journal(path) as journal:
        old, still = journal["old"], journal["open"]
        assert old.liquidation_price == F(10_800_000, 199) and old.answer is True
        assert old.result.net == 100 - 6 + F("0.6") and old.windows == 2 and old.definitions == 1
        assert still.is_open and still.size == F(1, 3) and still.regime == ("low",)
        journal.note("open", "funding", 1, time="2025-06-02")
        assert "Logged under" not in str(journal.review("all", until="2026-01-01"))
    with closing(sqlite3.connect(path)) as link:
        assert link.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)
    with Journal(path) as journal:
        assert journal["open"].windows == 1
        journal.add("new", **PLAN)
        journal.close("new", **EXIT)
        assert "Logged under definitions 1, 2" in str(journal.review("all", until="2027-01-01"))


def test_the_columns_are_the_fields(tmp_path, journal):
    old_journal(tmp_path / "old.journal")
    with Journal(tmp_path / "old.journal") as old:
        for one in (journal, old):
            columns = [row[1] for row in one._link.execute("PRAGMA table_info(trades)")]
            assert sorted(columns) == sorted(fields.NAMES)


def test_a_migration_that_fails_changes_nothing(tmp_path, monkeypatch):
    path = tmp_path / "old.journal"
    old_journal(path)
    before = path.read_bytes()
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS[:1], schema.STEPS[1] + "; BROKEN"))
    with pytest.raises(ValueError, match="torn or cannot be used"):
        Journal(path)
    assert path.read_bytes() == before


# crashes

@cache
def a_plan():
    return planned({"id": "x", **PLAN})


def made_trades(prefix, count):
    plan = a_plan()
    events = tuple(Event(n, "2026-03-01", "note", None, "x" * 300) for n in (1, 2, 3))
    return [Trade({**plan, "id": f"{prefix}{n}", "rule": "y" * 500}, events) for n in range(count)]


def writer(path, batches, pipe):
    """Write batches and say each one's number once it is written, until somebody kills us."""
    with Journal(path) as journal:
        journal._link.execute("PRAGMA cache_size = 4")  # pages go to the file before the commit
        for number, batch in enumerate(batches):
            journal.write(batch)
            os.write(pipe, bytes([number]))


def killed(work, delay):
    """Fork a process that works, kill it after a delay; what it had said by then."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            work(writing)
        finally:
            os._exit(0)
    os.close(writing)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as pipe:
        return list(pipe.read())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")
def test_killed_a_hundred_times_in_the_middle_of_a_write_nothing_is_lost_or_halved(tmp_path):
    draw, path = random.Random(7), tmp_path / "mine.journal"
    kept: dict[str, Trade] = {}
    cut_short = hot = 0
    for run in range(100):
        batches = [made_trades(f"{run}.{n}.", size) for n, size in
                   enumerate(draw.choice((1, 2, 12)) for _ in range(30))]
        said = killed(lambda pipe: writer(path, batches, pipe), draw.uniform(0.001, 0.03))
        hot += path.with_name(path.name + "-journal").exists()
        with Journal(path) as journal:
            found = {trade.id: trade for trade in journal}
        assert said == list(range(len(said)))
        for batch in batches[:len(said)]:
            kept |= {trade.id: trade for trade in batch}
        if len(said) < len(batches):
            cut_short += 1
            after = {trade.id: trade for trade in batches[len(said)]}
            if after.keys() & found.keys():  # written, and killed before it could say so
                kept |= after
        assert found == kept, f"after kill {run}"
        if len(kept) > 400:
            path.unlink()
            kept = {}
    assert cut_short >= 90 and hot >= 10, (cut_short, hot)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")
@pytest.mark.parametrize("begin", ["new", "old"])
def test_killed_while_it_is_made_or_brought_up_it_is_whole_or_not_there(tmp_path, begin):
    draw = random.Random(3)
    for run in range(15):
        path = tmp_path / f"{run}.journal"
        if begin == "old":
            old_journal(path)
        killed(lambda _, at=path: Journal(at), draw.uniform(0, 0.012))
        with Journal(path) as journal:
            assert len(journal) == (2 if begin == "old" else 0)


def test_two_processes_share_a_journal(tmp_path):
    path = tmp_path / "shared.journal"
    with Journal(path) as one, Journal(path) as other:
        one.add("a", **PLAN)
        other.add("b", **PLAN)
        assert [trade.id for trade in one] == [trade.id for trade in other] == ["a", "b"]
        assert sorted(item.name for item in tmp_path.iterdir()) == ["shared.journal"]


# there and back

def filled(journal, count=12):
    draw = random.Random(5)
    for number in range(count):
        name = f"t{number}, “{number}”\n"[:4 + number % 3].strip() + f"#{number}"
        journal.add(name, **PLAN | dict(
            side=draw.choice(("long", "short")), size=F(draw.randint(1, 9), draw.choice((1, 3, 7))),
            planned_stop=None, regime=draw.choice(("low", "high,thin", "")), symbol="=BTC\"USDT",
            behaviour=["tired"] if number % 4 == 0 else [], rule="a, b\n'c' ; d é ₿",
            question="Did I keep the rule?"))
        journal.note(name, "funding", F(1, 7), time="2026-03-01T16:00Z")
        if number % 5:
            journal.close(name, **EXIT | dict(answer=bool(number % 2), fees=F(number, 3), note="ok\n",
                                              fees_other={"BNB": "0.001"} if number % 3 == 0 else None))


def test_export_and_import_are_exact(tmp_path, journal):
    filled(journal)
    path = tmp_path / "trades.csv"
    assert journal.export(path) == 12
    with Journal(tmp_path / "again.journal") as again:
        assert again.load(path) == 12 and list(again) == list(journal)
        second = tmp_path / "again.csv"
        again.export(second)
        assert second.read_bytes() == path.read_bytes()
        with pytest.raises(ValueError, match="trades.csv: id = .*; nothing was taken in"):
            again.load(path)
        assert len(again) == 12


def test_a_csv_without_what_is_computed_gets_it(tmp_path, journal):
    path = tmp_path / "plain.csv"
    path.write_text("id,side,size,entry,opened,leverage,tiers\na,long,0.1,60000,2026-03-01,10,0.005\n")
    assert journal.load(path) == 1
    assert round(float(journal["a"].liquidation_price), 2) == 54_271.36


def test_a_bad_csv_leaves_nothing_half_imported(tmp_path, journal):
    filled(journal, 6)
    path = tmp_path / "trades.csv"
    journal.export(path)
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    place = {name: number for number, name in enumerate(rows[0])}

    def changed(row, name, value):
        new = [list(cells) for cells in rows]
        new[row][place[name]] = value
        return new

    cases = {
        "columns are missing: side, opened": [[cell for cell, name in zip(cells, rows[0])
                                              if name not in ("side", "opened")] for cells in rows],
        "row 5, size = '0'": changed(5, "size", "0"),
        "row 6, side = 'up'": changed(6, "side", "up"),
        "row 3: it has": [*rows[:3], rows[3][:-1]],
        "row 2, events": changed(2, "events", "[[1]]"),
        "row 2, closed, exit": changed(2, "exit", ""),
        "row 3, closed = '1999-01-01'": changed(3, "closed", "1999-01-01"),
        "column = 'mood'": changed(0, "note", "mood"),
        "column = 'id'": changed(0, "note", "id"),
        "id = ": [*rows, rows[1]],
    }
    with Journal(tmp_path / "fresh.journal") as fresh:
        for said, table in cases.items():
            with path.open("w", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows(table)
            with pytest.raises(ValueError, match=said):
                fresh.load(path)
            assert len(fresh) == 0, said
        for said, text in {"the file is torn": "id,side\na", "not text in UTF-8": b"\xff\xfe\n",
                           "columns are missing": "", "this is not CSV": 'id,side\n"a\n'}.items():
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
            with pytest.raises(ValueError, match=said):
                fresh.load(path)
        with pytest.raises(ValueError, match="cannot be read"):
            fresh.load(tmp_path / "none.csv")
        assert len(fresh) == 0


# exports of venues

def walked(rows, face=None):
    """Cash and coins fill by fill: what each round trip from 0 to 0 made, before fees."""
    size, cash, made = F(0), F(0), []
    for side, amount, price in rows:
        change = F(amount) * (1 if side == "buy" else -1)
        crossing = size and (size + change) * size < 0
        for part in ([-size, size + change] if crossing else [change]):
            cash += -part * F(price) if face is None else part * face / F(price)
            size += part
            if size == 0:
                made.append(cash)
                cash = F(0)
    return made, size


def bybit(path, rows, start=1_772_380_800_000):
    lines = ["execId,execTime,symbol,side,execPrice,execQty,execFee,feeCurrency,execType,closedSize"]
    for number, (side, amount, price, *kind) in enumerate(rows):
        lines.append(f"e{number},{start + 60_000 * number},BTCUSDT,{side.title()},{price},{amount},"
                     f"{F(amount) * 6 / 100},,{kind[0] if kind else 'Trade'},0")
    path.write_text("\n".join(lines).replace("/", "_") + "\n")


def test_fills_become_the_trades_that_a_walk_through_cash_and_coins_makes(tmp_path):
    draw, path = random.Random(9), tmp_path / "fills.csv"
    for run in range(40):
        rows = [(draw.choice(("buy", "sell")), draw.choice(("0.1", "0.2", "0.5")),
                 draw.randint(50_000, 60_000)) for _ in range(draw.randint(1, 25))]
        bybit(path, [(side, amount, price) for side, amount, price in rows])
        text = path.read_text().splitlines()
        path.write_text("\n".join(line if not number else ",".join(
            [*line.split(",")[:6], str(float(F(rows[number - 1][1]) * 6)), *line.split(",")[7:]])
            for number, line in enumerate(text)) + "\n")
        made, size = walked(rows)
        faces = {"BTCUSDT": 100} if run % 4 == 3 else None
        if faces:
            made, size = walked(rows, F(100))
        taken = pp.journal.read_export(path, "bybit", faces=faces)
        assert [trade.result.price + trade.result.execution for trade in taken.trades] == made
        closed = sum(2 * F(trade.size.p, trade.size.q) for trade in taken.trades)
        if not faces:  # fees follow the filled amounts: 6 a coin, split where a fill goes through 0
            assert sum(-trade.result.fees for trade in taken.trades) == 6 * closed
        assert bool(taken.left) == (size != 0)


BINANCE = """Date(UTC),Symbol,Side,Price,Quantity,Amount,Fee,Fee Coin,Realized Profit,Quote Asset
2026-03-01 10:00:00,BTCUSDT,BUY,60000,0.1,6000,2.4,USDT,0,USDT
2026-03-01 11:00:00,BTCUSDT,BUY,60300,0.05,3015,1.2,USDT,0,USDT
2026-03-02 11:00:00,BTCUSDT,SELL,61000,0.2,12200,0.004,BNB,135,USDT
2026-03-03 11:00:00,BTCUSDT,BUY,60500,0.05,3025,1.44,USDT,25,USDT
2026-03-04 11:00:00,ETHUSDT,BUY,3000,2,6000,1.44,USDT,0,USDT
"""
INCOME = """symbol,incomeType,income,asset,time,tranId
BTCUSDT,FUNDING_FEE,-0.9,USDT,1772380800000,1
BTCUSDT,COMMISSION,-0.9,USDT,1772380800000,2
BTCUSDT,FUNDING_FEE,0.3,USDT,1772580800000,3
BTCUSDT,FUNDING_FEE,-0.9,USDT,1772380800000,1
"""


def test_a_venues_export_with_a_flip_funding_and_a_fee_in_another_coin(tmp_path, journal):
    (tmp_path / "b.csv").write_text(BINANCE)
    (tmp_path / "i.csv").write_text(INCOME)
    taken = journal.take([tmp_path / "b.csv", tmp_path / "i.csv"], "binance")
    long, short = journal
    assert (long.side, long.size, long.entry, long.exit) == ("long", F("0.15"), 60_100, 61_000)
    assert (short.side, short.size, short.entry, short.exit) == ("short", F("0.05"), 61_000, 60_500)
    assert long.result.price == 135 and long.result.fees == -F("3.6")
    assert long.result.funding == -F("0.9") and long.windows == 1 and long.currency == "USDT"
    assert long.result.other == (("BNB", F("0.003")),) and short.result.other == (("BNB", F("0.001")),)
    assert long.result.net == F("130.5") and short.result.net == F("23.56")
    assert len(taken.left) == 2 and "0 positions were open" in taken.left[0]
    assert "ETHUSDT: 2 still open" in taken.left[1] and str(taken).startswith("trades: 2, from 5 fills")
    with pytest.raises(ValueError, match="does not have yet"):
        journal.take(tmp_path / "b.csv", "binance")
    again = journal.take(tmp_path / "b.csv", "binance", known="skip")
    assert not again.trades and "2 trades were in the journal already" in again.left[-1]
    assert "Fees of 0.004 BNB" in str(journal.review("all", until="2026-04-01"))


EXPORTS = {
    "columns are missing": ("binance", "a,b\n1,2\n", {}),
    "row 2: it has 9 values": ("binance", BINANCE.replace(",BTCUSDT,BUY,60300", ",BUY,60300"), {}),
    "row 1, side = 'UP'": ("binance", BINANCE.replace("BUY", "UP", 1), {}),
    "row 1, price and size": ("binance", BINANCE.replace("60000,0.1", "60000,0", 1), {}),
    "row 1, Price = 'x'": ("binance", BINANCE.replace("60000,", "x,", 1), {}),
    "export from an earlier day": ("binance", "\n".join([BINANCE.split("\n")[0],
                                                         BINANCE.split("\n")[3]]) + "\n", {}),
    "fee_sign = 'minus'": ("binance", BINANCE, dict(fee_sign="minus")),
    "venue = 'mtgox'": ("mtgox", BINANCE, {}),
    "multipliers": ("okx", "tradeId,ts,instId,side,fillPx,fillSz,fee,feeCcy\n"
                           "1,1772380800000,BTC-USDT-SWAP,buy,60000,10,-3,USDT\n", {}),
}


@pytest.mark.parametrize("said", EXPORTS)
def test_an_export_that_cannot_be_read_is_named_and_nothing_is_taken(tmp_path, journal, said):
    venue, text, given = EXPORTS[said]
    path = tmp_path / "export.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=said):
        journal.take(path, venue, **given)
    assert len(journal) == 0


def test_other_venues_and_signs(tmp_path):
    okx, ccxt = tmp_path / "okx.csv", tmp_path / "ccxt.csv"
    okx.write_text("tradeId,ts,instId,side,fillPx,fillSz,fee,feeCcy,posSide\n"
                   "1,1772380800000,BTC-USDT-SWAP,sell,60000,10,-3,USDT,short\n"
                   "2,1772380900000,BTC-USDT-SWAP,buy,59000,10,0.5,USDT,short\n")
    (trade,) = pp.journal.read_export(okx, "okx", multipliers={"BTC-USDT-SWAP": "0.01"}).trades
    assert (trade.side, trade.size, trade.result.price, trade.result.fees) == ("short", F("0.1"), 100, -F("2.5"))
    ccxt.write_text("id,timestamp,symbol,side,price,amount,fee.cost,fee.currency\n"
                    "1,1772380800000,BTC/USDT:USDT,buy,60000,0.1,3,USDT\n"
                    "2,1772380900000,BTC/USDT:USDT,sell,61000,0.1,-1,USDT\n")
    (trade,) = pp.journal.read_export(ccxt, "ccxt").trades
    assert trade.result.net == 98 and trade.settles == "USDT"
    (trade,) = pp.journal.read_export(ccxt, "ccxt", fee_sign="received").trades
    assert trade.result.net == 102
    same = ccxt.read_text() + "2,1772380900000,BTC/USDT:USDT,sell,61001,0.1,-1,USDT\n"
    ccxt.write_text(same)
    with pytest.raises(ValueError, match="row 3, id = '2': expected the same as in ccxt.csv, row 2"):
        pp.journal.read_export(ccxt, "ccxt")


def test_every_map_names_its_source():
    from perpedu.journal.exchange import _map

    for venue in pp.journal.venues():
        settles, formats = _map(venue)
        for form in formats:
            assert form.source and set(form.needed) <= set(form.columns) and settles, (venue, form.name)
            assert {form.fee_sign, form.funding_sign} <= {"paid", "received"}


# reviews

def recomputed(trades):
    """A review's sums once more, from the fields alone."""
    sums = dict.fromkeys(("price", "execution", "fees", "funding", "net"), F(0))
    wins = flagged = yes = answered = 0
    for trade in trades:
        have = {name: F(text) for name, text in trade.fields.items()
                if name in ("size", "entry", "exit", "planned_entry", "exit_decided", "fees", "funding",
                            "buffer_ranges") and text is not None}
        sign = 1 if trade.fields["side"] == "long" else -1
        moved = sign * have["size"] * (have["exit"] - have["entry"])
        wanted = sign * have["size"] * (have["exit_decided"] - have["planned_entry"])
        funding = have.get("funding", F(0)) + sum(F(event.amount) for event in trade.events)
        net = moved - have["fees"] - funding
        for name, value in zip(sums, (wanted, moved - wanted, -have["fees"], -funding, net)):
            sums[name] += value
        wins += net > 0
        flagged += have["buffer_ranges"] < 2
        yes += trade.fields["answer"] == "yes"
        answered += trade.fields["answer"] is not None
    return sums, (len(trades), wins, flagged, yes, answered)


def test_a_review_is_what_the_fields_say(journal):
    filled(journal, 20)
    closed = [trade for trade in journal if not trade.is_open]
    found = journal.review("week", until="2026-03-05")
    sums, counts = recomputed(closed)
    total = found.total
    assert total.parts == sums
    assert (total.trades, total.wins, total.flagged, total.yes, total.answered) == counts
    assert total.verdict == "too few" and "too few for any conclusion" in str(found)
    for group in found.groups:
        part = [trade for trade in closed if group.name in (trade.regime or ("without a tag",))]
        assert (group.parts, group.trades) == (recomputed(part)[0], len(part))
    assert found.open_trades == 4 and found.breaks == {"buffer": len(closed)}
    for shape in (found._repr_html_(), found.html()):
        assert shape.count("<table>") == 2 and "Planned and realized" in shape
    assert found.html().startswith("<!doctype html>") and "<script" not in found.html()
    later = journal.review("week", until="2026-03-20")
    assert later.total.trades == 0 and later.total.win_interval is None and str(later)


def test_periods_end_where_they_say(journal):
    days = ["2025-11-30", "2025-12-01", "2026-02-21", "2026-02-22", "2026-02-28", "2026-03-01"]
    for number, day in enumerate(days):
        journal.add(str(number), **PLAN | {"opened": "2025-11-01"})
        journal.close(str(number), exit=61_000, closed=day)
    ids = lambda *given, **kind: [trade.id for trade in journal.review(*given, **kind).trades]  # noqa: E731
    assert ids("week", until="2026-02-28") == ["3", "4"]
    assert ids("quarter", until="2026-02-28") == ["1", "2", "3", "4"]
    assert ids("all", until="2026-02-28") == ["0", "1", "2", "3", "4"]
    assert journal.review("quarter", until="2026-02-28").since == "2025-12-01"
    assert journal.review("quarter", until="2026-03-05").since == "2025-12-06"
    assert journal.review("quarter", until="2026-05-30").since == "2026-02-28"
    for bad in (("day",), ("week", "mood")):
        with pytest.raises(ValueError, match="expected one of"):
            journal.review(bad[0], until="2026-02-28", by=(bad[1:] or ("regime",))[0])


def test_money_of_two_currencies_is_never_added_up(journal):
    journal.add("a", **PLAN)
    journal.close("a", **EXIT)
    journal.add("b", side="long", size=100, face=100, entry=50_000, opened="2026-03-01", leverage=5)
    journal.close("b", exit=40_000, closed="2026-03-02")
    found = journal.review("week", until="2026-03-05")
    assert [(item.name, item.trades) for item in found.totals] == [("all, coin", 1), ("all, quote", 1)]
    assert found.totals[0].parts["net"] == 100 * 100 * (F(1, 50_000) - F(1, 40_000))
    assert [item.name for item in found.groups] == ["without a tag, coin", "without a tag, quote"]
    with pytest.raises(ValueError, match="one currency"):
        found.total
    assert "all, coin" in str(found)


def test_tables_that_changed_since_the_entry_are_told(journal):
    journal.add("old", **PLAN | {"tiers": "binance/BTCUSDT/2022-11-25", "size": 20, "entry": 60_000})
    journal.add("new", **PLAN | {"tiers": "binance/BTCUSDT/2026-09"})
    journal.add("rate", **PLAN)
    (change,) = journal.tier_changes()
    was, now = (pp.Tiers.load(f"binance/BTCUSDT/{day}") for day in ("2022-11-25", "2026-09"))
    position = pp.Position("long", 20, 60_000, leverage=10)
    assert (change.trade, change.now) == ("old", "binance/BTCUSDT/2026-09")
    assert change.line_was == position.liquidation_price(was)
    assert change.line_now == position.liquidation_price(now) != change.line_was
    for floor, before, after in change.rates:
        just_above = floor + F(1, 1000)
        assert before == (was.rate(just_above) if just_above <= was.cap else None)
        assert after == (now.rate(just_above) if just_above <= now.cap else None)
        assert before != after
    given = journal.tier_changes({"binance/BTCUSDT/2022-11-25": was, "binance/BTCUSDT/2026-09": "0.01"})
    assert [change.trade for change in given] == ["new"]
    assert "old: binance/BTCUSDT/2022-11-25 is now" in str(journal.review("quarter", until="2026-03-05"))


# samples

def test_the_interval_is_where_the_score_equals_the_critical_value():
    """Wilson's ends by bisection on |yes - n p| = z sqrt(n p (1 - p))."""
    def end(yes, of, low, high):
        score = lambda p: abs(yes - of * p) - 1.96 * sqrt(of * p * (1 - p))  # noqa: E731
        inside, outside = low, high
        for _ in range(80):
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if score(middle) < 0 else (inside, middle)
        return inside

    for yes, of in ((10, 20), (0, 5), (7, 7), (1, 93), (60, 100)):
        share, low, high = sample.interval(yes, of)
        middle = (yes + 1.96**2 / 2) / (of + 1.96**2)
        assert low == pytest.approx(end(yes, of, middle, 1e-15), abs=1e-9)
        assert high == pytest.approx(end(yes, of, middle, 1 - 1e-15), abs=1e-9)
        assert share == yes / of
        for p in ("0.03", "0.31", "0.5", "0.68", "0.97"):
            assert sample.speaks_against(yes, of, p) == (not low <= float(p) <= high)


def test_the_sample_size_is_the_least_that_is_narrow_enough():
    for width in ("0.3", "0.2", "0.15", "0.1", "0.05"):
        n = pp.journal.sample_size(width)
        wide = lambda count: 1.96 / (2 * sqrt(count + 1.96**2))  # noqa: E731
        assert wide(n) <= float(width) < wide(n - 1)
    low, high = sample.interval(10, 20)[1:]
    assert round((high - low) / 2, 3) == 0.201
    for bad in ("0.5", 0, -1, "x"):
        with pytest.raises(ValueError, match="half_width"):
            pp.journal.sample_size(bad)
    for yes, of in ((-1, 5), (6, 5), (0, 0), (1.5, 3), (True, 3)):
        with pytest.raises(ValueError):
            pp.journal.interval(yes, of)


def test_a_comparison_is_a_two_proportion_test():
    draw = random.Random(4)
    for _ in range(200):
        of, others = draw.randint(39, 300), draw.randint(39, 300)
        yes, later = draw.randint(0, of), draw.randint(0, others)
        p = (yes + later) / (of + others)
        error = sqrt(p * (1 - p) * (1 / of + 1 / others))
        gap = later / others - yes / of
        wanted = "no difference seen" if abs(gap) <= 1.96 * error else "fewer" if gap < 0 else "more"
        assert sample.compare((yes, of), (later, others)) == wanted
    assert sample.compare((5, 38), (0, 400)) == "too few"


def test_a_mean_is_judged_only_from_enough_trades():
    values = [F(10)] * 30 + [F(-5)] * 8
    assert sample.judge_mean(values) == "too few"
    assert sample.judge_mean([*values, F(10)]) == "above 0"
    assert sample.judge_mean([-value for value in values] + [F(-1)]) == "below 0"
    mean, square = sample.mean_and_error(values)
    expected = sum(values) / 38
    assert mean == expected and float(square) == pytest.approx(
        sum(float(v - expected) ** 2 for v in values) / 37 / 38)
    assert sample.judge_mean([F(0)] * 50) == "not told from 0"


# the command line

def test_the_command_line(tmp_path, capsys):
    path, page, table = (str(tmp_path / name) for name in ("a.journal", "week.html", "a.csv"))
    plan = ["side=long", "size=0.1", "entry=60000", "leverage=10", "tiers=0.005", "adr=0.05",
            "opened=2026-03-01T08:00Z", "planned_entry=59990"]
    assert main(["journal", "add", path, "first", *plan]) == 0
    assert "warning: the buffer is 1.91 average daily ranges" in capsys.readouterr().out
    assert main(["journal", "note", path, "first", "funding", "0.6", "time=2026-03-01T16:00Z"]) == 0
    assert main(["journal", "note", path, "first", "note", "time=2026-03-01T17:00Z", "text=calm"]) == 0
    assert main(["journal", "close", path, "first", "exit=61000", "exit_decided=61010", "fees=6",
                 "closed=2026-03-01T20:00Z"]) == 0
    assert "price 102.00; execution -2.00; fees -6.00; funding -0.60; net 93.40" in capsys.readouterr().out
    assert main(["journal", "review", path, "--until", "2026-03-07", "--html", page]) == 0
    assert "93.40" in capsys.readouterr().out and "93.40" in Path(page).read_text()
    assert main(["journal", "show", path, "first"]) == main(["journal", "review", path]) == 0
    out = capsys.readouterr().out
    assert "16:00:00Z funding 0.6\n2026-03-01T17:00:00Z note calm\nprice 102.00" in out and "none closed in this time" in out
    assert main(["journal", "export", path, table]) == 0
    other = str(tmp_path / "b.journal")
    assert main(["journal", "import", other, table]) == 0 and main(["journal", "show", other]) == 0
    assert "1 trades taken in" in (said := capsys.readouterr().out) and "<Trade first" in said
    (tmp_path / "fills.csv").write_text(BINANCE)
    assert main(["journal", "import", other, str(tmp_path / "fills.csv"), "--venue", "binance"]) == 0
    assert "trades: 2, from 5 fills" in capsys.readouterr().out
    for words, said in {
            ("add", path, "first", *plan): "does not have yet",
            ("close", path, "first", "exit=1", "closed=2026-03-02"): "was closed at",
            ("close", str(tmp_path / "no.journal"), "first"): "there is no journal",
            ("add", path, "b", "side"): "NAME=VALUE", ("add", path, "b", "side=long", "side=long"): "once",
            ("note", path, "first", "fee", "1"): "time: expected",
            ("note", path, "first", "fee", "time=2026-03-02"): "an amount with 'fee'",
            ("import", path, table, table): "--venue",
            ("import", path, table, "--known", "skip"): "--venue with it",
            ("import", path, str(tmp_path / "fills.csv")): "or --venue",
            ("import", other, str(tmp_path / "fills.csv"), "--venue", "binance"): "--known skip",
            ("review", path, "--until", "soon"): "until = 'soon'"}.items():
        assert main(["journal", *words]) == 1, words
        assert said in capsys.readouterr().err, words
    assert not (tmp_path / "no.journal").exists()


def test_reading_a_journal_needs_no_third_party_module_but_sympy(tmp_path):
    script = f"""
import sys
for name in ["numpy", "pandas", "matplotlib", "ipywidgets", "anywidget", "ruamel"]:
    sys.modules[name] = None
import perpedu as pp
with pp.journal.Journal({str(tmp_path / "a.journal")!r}) as journal:
    journal.add("a", **{PLAN!r})
    journal.close("a", **{EXIT!r})
    assert journal.review("week", until="2026-03-05").total.trades == 1
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_plain_numbers_come_back_as_they_were():
    draw = random.Random(1)
    for _ in range(300):
        value = F(draw.randint(-10**9, 10**9), draw.choice((1, 2, 5, 8, 1000, 3, 7, 10**12, 12)))
        text = fields.plain(value)
        assert fields.number("x", text) == value and F(text) == value
    assert json.loads(fields.READERS["other"]("fees_other", {"BNB": 1, "A": "1/3"})) == {
        "A": "1/3", "BNB": "1"}
