"""The tables of chapter 12: ranges, rules of the buffer, samples, and a week of trades."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import formulas as f
from ..journal.fields import FIELDS
from ..journal.sample import interval, sample_size
from ..market.facts import candles
from ..teaching.numbers_typed import show as number
from ..theory.exact import rational
from .grid import Grid

if TYPE_CHECKING:
    from ..journal.journal import Journal

#: The mean daily range of all days in the facts, the rule's multiple, and a maintenance rate.
ADR, MULTIPLE, RATE_04 = "0.05154557", 2, "0.004"


def per_cent(value: Any, places: int = 2) -> str:
    """A fraction as per cent.

    >>> per_cent(rational("share", "0.0515"), 1)
    '5.2 %'
    """
    return number(value, places, "%")


def _allowed(average: Any, formula: Any = f.buffer_leverage_entry_basis, **more: Any) -> Any:
    return formula.exact(average_range=average, range_multiple=MULTIPLE, maintenance_rate=RATE_04,
                         **more)


def year_ranges() -> Grid:
    """The mean range of each year and the leverage that two of them allow, on the entry notional.

    >>> print(str(year_ranges()).splitlines()[-1].strip())
    all  2,931      5.15 %             9.34×
    """
    found = candles()
    parts = {**{str(year): (part.days, part.mean_range) for year, part in found.years.items()},
             "all": (found.days, found.mean_range)}
    return Grid("BTC/USDT on Binance spot, by year",
                [["year", "days", "mean range", "two ranges allow"],
                 *([name, number(days), per_cent(mean), number(_allowed(mean), 2, "×")]
                   for name, (days, mean) in parts.items())])


def ranges_away(leverages: tuple = (2, 3, 5, 9, 10, 20, 50, 100)) -> Grid:
    """How many mean daily ranges a long's line is away, on the mark notional, and the rule's word.

    >>> print(str(ranges_away((10,))).splitlines()[-1].strip())
    10×     9.64 %         1.87  flagged
    """
    average = candles().mean_range
    rows = []
    for leverage in leverages:
        away = f.liquidation_distance.exact(side=1, leverage=leverage, maintenance_rate=RATE_04)
        ranges = f.buffer_in_ranges.exact(liquidation_distance=away, average_range=average)
        rows.append([number(leverage, unit="×"), per_cent(away), number(ranges, 2),
                     "flagged" if ranges < MULTIPLE else "passes"])
    return Grid("A long's line, maintenance rate " + per_cent(rational("rate", RATE_04), 1),
                [["leverage", "line away", "mean ranges", "2 × ADR"], *rows])


def rules_table(hold: int) -> Grid:
    """What each rule flags and catches when a 10× long is held for `hold` days (1 or 7).

    >>> print(str(rules_table(1)).splitlines()[3].strip())
    2 ADR14   38.8 %  33 of 56      58.9 %                           3.3 %
    """
    rows = [[rule.rule, per_cent(rational("flagged", rule.flagged) / rule.days, 1),
             f"{rule.caught} of {rule.touched}",
             per_cent(rational("caught", rule.caught) / rule.touched, 1),
             per_cent(rational("caught", rule.caught) / rule.flagged, 1)]
            for rule in candles().rules if rule.hold == hold]
    days = next(rule.days for rule in candles().rules if rule.hold == hold)
    return Grid(f"A 10× long bought at the close of {number(days)} days, held for "
                f"{'a day' if hold == 1 else f'{hold} days'}; touch: 9.6 % below the close",
                [["rule", "flagged", "caught", "of touches", "a flag was followed by a touch"], *rows])


def terciles() -> Grid:
    """How often a line 9.55 % below the close was touched the next day, after calm and wild days.

    >>> print(str(terciles()).splitlines()[-1].strip())
    wild  above 5.46 %   972       69  7.10 %
    """
    found = candles()
    low, high = (per_cent(cut) for cut in found.adr_terciles)
    names = (("calm", f"up to {low}"), ("middle", f"up to {high}"), ("wild", f"above {high}"))
    return Grid("Days by the mean range of the 14 days before",
                [["regime", "ADR14", "days", "touched", "share"],
                 *([*name, number(days), number(touched),
                    per_cent(rational("touched", touched) / days)]
                   for name, (days, touched) in zip(names, found.adr_touched, strict=True))])


def sample_sizes(widths: tuple = ("0.3", "0.2", "0.15", "0.1", "0.05")) -> Grid:
    """How many trades it takes until an interval for a share is never wider, and what half of them
    then leaves open.

    >>> print(str(sample_sizes(("0.2",))).splitlines()[-1].strip())
    20 points      21              28.3 % to 67.6 %
    """
    rows = []
    for width in widths:
        trades = sample_size(width)
        found = interval(trades // 2, trades)
        rows.append([f"{number(100 * rational('width', width))} points", number(trades),
                     f"{found.low:.1%} to {found.high:.1%}".replace("%", " %")])
    return Grid("Wilson's interval of 95 %",
                [["to each side at most", "trades", "about half won: the share is"], *rows])


def fields_table(when: str) -> Grid:
    """The fields of the journal that are written then: "plan", "logged" or "exit".

    >>> print(str(fields_table("logged")).splitlines()[3].split()[0])
    maintenance
    """
    rows = [[item.name.replace("_", " "), item.unit or "–", item.meaning] for item in FIELDS
            if item.when == when]
    title = {"plan": "Written when a trade is opened", "logged": "Computed then, and kept",
             "exit": "Written when it is closed"}[when]
    return Grid(title, [["field", "unit", "meaning"], *rows])


#: Entries, exits and fills of seven made-up trades: side, decided, filled, decided, filled, regime,
#: behaviour, the review's answer.
_WEEK = (
    ("long", 60_000, 60_010, 61_200, 61_190, "calm", "", True),
    ("long", 61_000, 61_020, 60_400, 60_380, "calm", "tired", False),
    ("short", 60_500, 60_495, 59_900, 59_905, "calm", "", True),
    ("short", 60_000, 59_980, 60_700, 60_730, "wild", "tired", False),
    ("long", 60_800, 60_830, 62_500, 62_460, "wild", "", True),
    ("long", 62_400, 62_400, 61_500, 61_440, "wild", "", True),
    ("short", 61_500, 61_490, 60_900, 60_900, "calm", "", True),
)


def week_of_trades(journal: "Journal") -> None:
    """Write seven made-up trades of a week into a journal, each of 0.1 BTC at 5× or 10×."""
    for number_, (side, decided, entry, left, exit, regime, behaviour, kept) in enumerate(_WEEK, 1):
        name, day = f"w{number_}", f"2026-03-{number_ + 1:02}"
        stop = decided * (97 if side == "long" else 103) / 100
        journal.add(name, side=side, size="0.1", symbol="BTCUSDT", currency="USDT", timeframe="1d",
                    leverage=5 if regime == "wild" else 10, tiers="binance/BTCUSDT/2026-09", adr=ADR,
                    opened=f"{day}T08:00Z", planned_entry=decided, entry=entry,
                    planned_stop=rational("stop", stop), regime=regime, behaviour=behaviour,
                    question="Did I keep the stop?")
        journal.note(name, "funding", "0.6" if side == "long" else "-0.6", time=f"{day}T16:00Z")
        journal.close(name, exit=exit, exit_decided=left, fees="6.0", answer=kept,
                      closed=f"{day}T20:00Z")
