"""Derive the facts that ship with the package from raw market files, which do not ship.

    python -m tools.facts FOLDER

FOLDER holds the raw files.  Each must be the one that is described here, by its SHA-256.  What is
derived goes to perpedu/market/facts, one JSON file a subject; numbers are decimals
as text: exact, but for ratios of prices and volatilities, which are rounded.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from perpedu.market.facts import fingerprint, text_of
from tools import candles
from tools.quantiles import plain, quantile, quantiles

FACTS = Path(__file__).parent.parent / "perpedu" / "market" / "facts"
INTEREST, CAP = Decimal("0.0001"), Decimal("0.003")
Print = tuple[str, Decimal]

#: What each raw file is; the facts are derived from this very file and no other.
RAW = {
    "funding": {
        "file": "btcusdt_funding.csv",
        "sha256": "c3fa1ec20eb354689a67baa4f6ebd08285257d76c386ba86ab16c4bf268b8c27",
        "instrument": "BTCUSDT perpetual, Binance USD-M; a rate every 8 hours",
        "source": "Binance funding rates, from the GitHub repository sky1241/HSBC-algo-genetic, commit "
                  "6cde086071925acc803c9eb6970c38c11043ac56, data/funding_rate_BTCUSDT.csv",
        "changed": "times cut to the hour (up to 47 ms); rates untouched",
    },
    "candles": {
        "file": "btcusdt_1d.csv",
        "sha256": "f52a7a28f90b32364f52a1d36fb25355d1626957bc16aeac941cfe8bcc08030b",
        "instrument": "BTC/USDT, Binance spot, not mark; a candle every UTC day",
        "source": "Binance daily candles, from the GitHub repository sky1241/HSBC-algo-genetic, commit "
                  "6cde086071925acc803c9eb6970c38c11043ac56, data/BTC_USDT_1d.csv",
        "changed": "volumes dropped; prices untouched",
    },
}


def prints(path: Path) -> list[Print]:
    """The times and rates of a file, in order and without a gap.  ValueError otherwise."""
    with path.open(encoding="utf-8", newline="") as file:
        read = [(row["time_utc"], Decimal(row["funding_rate"])) for row in csv.DictReader(file)]
    for (before, _), (after, _) in pairwise(read):
        if _time(after) - _time(before) != timedelta(hours=8):
            raise ValueError(f"{path.name}: {after} does not follow {before} after 8 hours")
    return read


def _time(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%MZ")


def funding(path: Path) -> dict[str, Any]:
    """Distribution of the funding rates: counts, sums, quantiles, each year, runs of one sign."""
    read = prints(path)
    years = defaultdict(list)
    for item in read:
        years[item[0][:4]].append(item)
    return {
        "interest": str(INTEREST), "cap": str(CAP), "first": read[0][0], "last": read[-1][0],
        "all": counts(read), "years": {year: counts(part) for year, part in years.items()},
        "quantiles": quantiles([rate for _, rate in read]),
        "at_cap": [time for time, rate in read if rate >= CAP],
        "at_floor": [time for time, rate in read if rate <= -CAP],
        "longest_run": {
            "at_interest": longest(read, lambda rate: rate == INTEREST),
            "negative": longest(read, lambda rate: rate < 0),
            "above_interest": longest(read, lambda rate: rate > INTEREST)},
    }


def counts(read: list[Print]) -> dict[str, Any]:
    """How many rates there are of each kind, their sum, the least and the greatest."""
    rates = [rate for _, rate in read]
    return {
        "prints": len(rates), "at_interest": sum(rate == INTEREST for rate in rates),
        "above": sum(rate > INTEREST for rate in rates),
        "below": sum(rate < INTEREST for rate in rates),
        "negative": sum(rate < 0 for rate in rates), "zero": sum(rate == 0 for rate in rates),
        "sum": plain(sum(rates)), "least": plain(min(rates)), "greatest": plain(max(rates)),
        "median": plain(quantile(sorted(rates), Fraction(1, 2))),
    }


def longest(read: list[Print], kind: Callable[[Decimal], bool]) -> dict[str, Any]:
    """The first of the longest unbroken runs of rates of a kind."""
    runs = [list(run) for match, run in groupby(read, lambda item: kind(item[1])) if match]
    run = max(runs, key=len)
    return {"prints": len(run), "first": run[0][0], "last": run[-1][0]}


DERIVE = {"funding": funding, "candles": candles.derived}


def derive(name: str, folder: Path) -> dict[str, Any]:
    """What ships: the facts with their source and hashes.  ValueError for another raw file."""
    about, path = RAW[name], folder / RAW[name]["file"]
    if not path.is_file():
        raise ValueError(f"{path} is not there: give the folder that holds {path.name}")
    found = sha256(path.read_bytes()).hexdigest()
    if found != about["sha256"]:
        raise ValueError(f"{path} has the SHA-256 {found}, not {about['sha256']}: it is another "
                         "file than tools/facts.py describes")
    facts = DERIVE[name](path)
    return {**about, "script": "tools/facts.py", "facts_sha256": fingerprint(facts), "facts": facts}


def main(arguments: list[str]) -> int:
    """Derive every subject; say of each whether what ships was the same."""
    if len(arguments) != 1:
        print("say where the raw files are: make facts RAW=folder", file=sys.stderr)
        return 2
    for name in RAW:
        try:
            text = text_of(derive(name, Path(arguments[0])))
        except ValueError as error:
            print(error, file=sys.stderr)
            return 1
        path = FACTS / f"{name}.json"
        same = path.is_file() and path.read_text("utf-8") == text
        path.write_text(text, "utf-8")
        print(f"{path.name}: {'as it was' if same else 'written anew'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
