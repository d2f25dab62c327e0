"""`python -m perpedu monitor`: marks on standard input, events on standard output.

    python -m perpedu monitor --side long --size 0.1 --entry 60000 --leverage 10 --tiers 0.005 < marks.csv
    my-bot | python -m perpedu monitor account.yaml --json | my-alarm

A line is CSV, under a header such as `time,mark`, or a JSON object such as
{"time": "2026-01-31T08:00Z", "mark": 61000.5}.  For an account in a file the legs' names take the
place of `mark`: `time,BTC,ETH`, or {"time": "2026-01-31T08:00Z", "marks": {"BTC": 61000.5}}.  A
line may leave marks out, which then stay as they were, and may carry a `funding` rate.  A line that cannot be read is reported on
standard error with its number and the reason, and the next one is read.

An account in a file, YAML or JSON:

    wallet: 20000
    close_fee: 0.0005
    legs:
      BTC: {side: long, size: 1, entry: 60000, tiers: binance/BTCUSDT/2026-09}
      ETH: {side: short, size: 10, entry: 3000, tiers: [[0, 0.01], [50000, 0.02]]}
    rules: {warnings: [0.5, 0.8, 0.9], distances: [0.03], ticks: 1}
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from typing import BinaryIO, TextIO

from ..market.position import Position
from ..theory.exact import refuse
from .described import Described, contract, from_file, tiers
from .lines import Given, Lines
from .monitor import Monitor
from .rules import Rules

READ, FAULTY, USAGE, INTERRUPTED, PIPE = 0, 1, 2, 130, 141
_EARLY, _LONGEST_EARLY = "not before the last one", 3
_ENDS = ("exit codes: 0 every line was read; 1 some could not be, or there was no mark; 2 the "
         "account or a flag cannot be understood; 130 stopped by Ctrl-C; 141 nobody reads the events")


def main(words: list[str] | None = None) -> int:
    """Read standard input to its end; the exit code."""
    given = parser().parse_args(words)
    try:
        what = account_of(given)
        monitor = Monitor(what.account, what.rules, tiers=what.tiers, close_fee=what.close_fee)
    except (ValueError, OSError) as error:
        print(f"perpedu monitor: {error}", file=sys.stderr)
        return USAGE
    if sys.stdin.isatty():
        print("Reading marks from the keyboard, a header first; Ctrl-D ends.", file=sys.stderr)
    return Run(monitor, sys.stdin.buffer, sys.stdout, sys.stderr, given.json).to_the_end()


class Run:
    """One stream through one monitor, with what is counted on the way."""

    def __init__(self, monitor: Monitor, stream: BinaryIO, out: TextIO, err: TextIO, as_json: bool):
        self.monitor, self.out, self.err, self.as_json = monitor, out, err, as_json
        self.lines = Lines(stream, monitor.underlyings)
        self.bad, self.counts = 0, Counter()
        self._early = 0

    def to_the_end(self) -> int:
        """Read everything; the exit code."""
        code = READ
        try:
            for number, said in self.lines:
                self._line(number, said)
        except KeyboardInterrupt:
            code = INTERRUPTED
        except BrokenPipeError:  # the reader of the events has gone: stop without a traceback
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.out.fileno())
            code = PIPE
        self._summary()
        return code or (FAULTY if self.bad or not self.monitor.number else READ)

    def _line(self, number: int, said: Given | ValueError) -> None:
        try:
            if isinstance(said, ValueError):
                raise said
            events = self.monitor.feed(said.marks, said.time, said.funding or None)
        except ValueError as error:
            self.bad += 1
            print(f"line {number}: not read: {error}", file=self.err)
            self._clock(number, str(error))
            return
        self._early = 0
        for event in events:
            self.counts[event.kind] += 1
            text = json.dumps(event.as_dict()) if self.as_json else str(event)
            print(text, file=self.out, flush=True)

    def _clock(self, number: int, why: str) -> None:
        """One time that lies far ahead must not silence all that follow it."""
        self._early = self._early + 1 if _EARLY in why else 0
        if self._early == _LONGEST_EARLY:
            self.monitor.new_clock()
            self._early = 0
            print(f"line {number}: {_LONGEST_EARLY} times in a row before the last one: the clock "
                  "starts anew", file=self.err)

    def _summary(self) -> None:
        lines = self.lines
        parts = [f"{lines.number:,} lines: {self.monitor.number:,} marks read, {self.bad:,} lines "
                 f"not read, {lines.blank:,} blank"]
        parts += [f"{count:,} × {kind}" for kind, count in self.counts.items()]
        if lines.ignored:
            parts.append("columns left out: " + ", ".join(map(repr, lines.ignored)))
        if self.monitor.missing:
            of = "" if self.monitor.missing == ("mark",) else " of " + ", ".join(self.monitor.missing)
            parts.append("nothing was judged, for there was never a mark" + of)
        print("; ".join(parts), file=self.err)


def account_of(given: argparse.Namespace) -> Described:
    """What is to be watched, by a file or by flags.  ValueError where that is not clear."""
    position = [name for name in ("side", "size", "entry") if getattr(given, name) is not None]
    if given.account and position:
        raise refuse("--" + position[0], getattr(given, position[0]),
                     "either a file with an account, or one position by flags; marks come on "
                     "standard input, as in < marks.csv")
    if given.account:
        found = from_file(given.account)
        rules = _rules(given, found.rules)
        fee = found.close_fee if given.close_fee is None else given.close_fee
        return found._replace(close_fee=fee, rules=rules)
    if len(position) < 3 or given.tiers is None or (
            given.leverage is None and given.collateral is None):
        raise ValueError("expected a file with an account, or --side, --size, --entry, --tiers and "
                         "one of --leverage and --collateral; -h says more")
    trade = Position(given.side, given.size, given.entry, leverage=given.leverage,
                     collateral=given.collateral, contract=contract(given.inverse))
    return Described(trade, tiers(given.tiers), given.close_fee or 0, _rules(given, Rules()))


def _rules(given: argparse.Namespace, before: Rules) -> Rules:
    named = {name: getattr(before, name) for name in Rules.__dataclass_fields__}
    named |= {name: value for name in named if (value := getattr(given, name)) is not None}
    return Rules(**named)


def parser() -> argparse.ArgumentParser:
    """The words that are understood."""
    top = argparse.ArgumentParser(
        prog="python -m perpedu monitor", epilog=_ENDS, description=__doc__.split("\n\n", 1)[1],
        formatter_class=argparse.RawDescriptionHelpFormatter)
    top.add_argument("account", nargs="?", metavar="FILE", help="an account in JSON or YAML: "
                     "wallet, legs {name: side, size, entry, tiers}, close_fee, rules")
    for name, words in (("side", "long or short"), ("size", "in coins, or contracts if inverse"),
                        ("entry", "the entry price"), ("leverage", "sets the collateral"),
                        ("collateral", "the money behind the position"),
                        ("tiers", "a rate such as 0.005, or a table such as binance/BTCUSDT/2026-09"),
                        ("inverse", "the face value of a coin-margined contract"),
                        ("close-fee", "a fraction of the notional, counted in the requirement")):
        top.add_argument(f"--{name}", metavar="X", help=words)
    _add_rules(top)
    top.add_argument("--json", action="store_true", help="events as JSON, one a line")
    return top


def _add_rules(top: argparse.ArgumentParser) -> None:
    top.add_argument("--warnings", nargs="*", metavar="X", help="ratios, 0.5 0.8 0.9 by default")
    top.add_argument("--distances", nargs="*", metavar="X", help="warn when a move of this part of "
                     "the price would liquidate")
    for name, words in (("margin-call", "the ratio of the margin call, 1 by default"),
                        ("direction", "rising (margin over equity) or falling (the reciprocal)"),
                        ("ticks", "marks in a row until liquidation, 1 by default"),
                        ("warning-ticks", "marks in a row until a warning"),
                        ("rearm", "how far the ratio must come back, 0.1 of the level by default"),
                        ("daily-range", "mean daily range as a part of the price")):
        top.add_argument(f"--{name}", metavar="X", help=words)
