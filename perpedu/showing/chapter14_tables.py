"""The tables of chapter 14: minutes, tails, slopes, the law's table, deficits, and rates that move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import formulas as f
from ..market.ranges import candles
from ..market.tiers import Tiers
from ..risk.rate import Law, daily_volatility, fit_law, normal_low, tier_slope
from ..teaching.numbers_typed import show as number
from ..theory.exact import positive, rational
from .grid import Grid

if TYPE_CHECKING:
    from ..risk.procyclical import RateRule

#: The book's market: a day's deviation, pooled over the facts' years and rounded, and the tail of
#: 99 % to one side.
MARKET = {"daily_volatility": "0.0367", "tail_multiple": "2.326"}
NEWEST = "binance/BTCUSDT/2026-09"
A_DAY = 1440


def percent(share: Any, places: int = 2) -> str:
    """A share as per cent.  0.004 becomes 0.40 %."""
    return number(rational("share", share), places, "%")


def minutes(rate: Any, tail: Any = MARKET["tail_multiple"]) -> Any:
    """For how many minutes a rate covers a move of so many deviations, exact.

    >>> round(float(minutes("0.004")), 2)
    3.16
    """
    return A_DAY * f.covered_time.exact(move_rate=rate, tail_multiple=tail,
                                        daily_volatility=MARKET["daily_volatility"])


def minutes_table(*rates: Any) -> Grid:
    """How long a rate covers the move: 99 % to one side, to both, and 99.9 % to one.

    >>> print(str(minutes_table("0.004")).splitlines()[-1].split())
    ['0.4', '%', '3.2', '2.6', '1.8']
    """
    rows = [[number(rational("rate", rate), unit="%"),
             *(number(minutes(rate, tail), 1) for tail in ("2.326", "2.576", "3.090"))]
            for rate in rates]
    return Grid("Minutes that a rate covers, at 3.67 % a day",
                [["rate", "99 %, one side", "99 %, both sides", "99.9 %, one side"], *rows])


def lows_table(*parts: str) -> Grid:
    """How far below the open the day's low was, by part of all days, beside what a normal day says.

    >>> print(str(lows_table("0.01")).splitlines()[2].split()[-1])
    1.69
    """
    found, rows = candles(), []
    for part in parts:
        real, normal = float(found.lows[part]), normal_low(part, MARKET["daily_volatility"])
        rows.append([f"1 day in {number(1 / rational('part', part))}", percent(real), percent(normal),
                     number(rational("ratio", f"{real / normal:.4f}"), 2)])
    worst = float(found.lows["0"])
    normal = normal_low(f"{1 / found.days:.8f}", MARKET["daily_volatility"])
    rows.append([f"the worst of {number(found.days)}", percent(worst), percent(normal),
                 number(rational("ratio", f"{worst / normal:.4f}"), 2)])
    return Grid("The low of a day against its open",
                [["", "published prices", "normal moves", "ratio"], *rows])


def slopes_table(*names: str) -> Grid:
    """The exponents with which the rates of published tables rise with the notional.

    >>> print(str(slopes_table(NEWEST)).splitlines()[-1].split())
    ['BTCUSDT', '2026-09', '12', '0.46', '0.52', '0.38']
    """
    rows = []
    for name in names:
        table = Tiers.load(name)
        whole, last = tier_slope(table), tier_slope(table, "marginal")
        rows.append([*name.split("/")[1:], number(whole.points), _two(whole.exponent),
                     _two(last.exponent), _two(whole.spread)])
    return Grid("rate = level × notional ^ exponent, fitted at the caps",
                [["contract", "table", "caps", "effective", "marginal", "spread"], *rows])


def _two(value: float) -> str:
    return number(rational("value", f"{value:.6f}"), 2)


def table_names(*, contract: str = "", date: str = "") -> list[str]:
    """Binance's tables that ship with the book, of one contract or of one date.

    >>> len(table_names(contract="BTCUSDT"))
    12
    """
    names = (name.split("/") for name in Tiers.names() if name.startswith("binance/"))
    return ["/".join(name) for name in names
            if contract in ("", name[1]) and date in ("", name[2])]


def law_table(name: str = NEWEST) -> Grid:
    """A published table beside the one that the closest square-root law would make.

    >>> print(str(law_table()).splitlines()[-1].split())
    ['12', '1,800', '50', '%', '14.74', '%', '0.29', '26.58', '%', '10.84', '%']
    """
    published = Tiers.load(name)
    law = fit_law(published)
    made = law.table(published)
    caps = [row.floor for row in published.rows[1:]] + [published.cap]
    rows = [[number(tier), number(cap / 1_000_000), number(theirs.rate, unit="%"), percent(own.rate),
             number(own.rate / theirs.rate, 2), percent(published.maintenance_margin(cap) / cap),
             percent(made.maintenance_margin(cap) / cap)]
            for tier, (cap, theirs, own) in enumerate(zip(caps, published.rows, made.rows), 1)]
    return Grid(f"{name}, and the square-root law closest to it",
                [["tier", "up to, million", "rate", "law", "law / rate", "at the cap", "law there"],
                 *rows])


def impact_table(*notionals: Any, volume: Any = 2_000_000_000, minutes: Any = 3) -> Grid:
    """What a venue needs for positions of some sizes: the move, the impact, and both.

    >>> print(str(impact_table(20_000_000)).splitlines()[-1].split())
    ['20', '0.39', '%', '0.37', '%', '0.76', '%', '151,326']
    """
    law = Law.of(volatility=MARKET["daily_volatility"], multiple=MARKET["tail_multiple"],
                 minutes=minutes, volume=volume)
    rows = []
    for notional in notionals:
        size = positive("notional", notional)
        rate = rational("rate", f"{law.rate(size):.12f}")
        rows.append([number(size / 1_000_000), percent(law.base), percent(rate - rational(
            "base", f"{law.base:.12f}")), percent(rate), number(rate * size, 0)])
    return Grid(f"A close-out of {number(rational('minutes', minutes))} minutes, a day's volume of "
                f"{number(rational('volume', volume) / 10**9)} billion",
                [["notional, million", "move", "impact", "rate", "margin (USDT)"], *rows])


def deficit_table(*rates: Any, freedom: int = 3, paths: int = 200_000) -> Grid:
    """Mean deficit of a close-out in millionths of the notional, by rate: closed form and simulated.

    The move's deviation is that of three minutes at 3.67 % a day; `freedom` of Student's t.

    >>> print(str(deficit_table("0.004", paths=20_000)).splitlines()[0])
    Three minutes: mean deficit, millionths of the notional
    """
    from ..risk.deficit import closeout_deficit

    deviation = f.closeout_deviation.numpy(daily_volatility=MARKET["daily_volatility"],
                                           closeout_time=3 / A_DAY).item()
    rows = []
    for rate in rates:
        normal, fat = (closeout_deficit(rate, deviation, freedom=each, paths=paths, seed=14)
                       for each in (None, freedom))
        exact = 1e6 * f.expected_deficit.numpy(maintenance_rate=rate, closeout_deviation=deviation)
        rows.append([number(rational("rate", rate), unit="%"), f"{exact:.2f}",
                     _with_error(normal, 0, 1e6, 2), _with_error(fat, 0, 1e6, 1),
                     f"{100 * normal.mean[1]:.2f} %", f"{100 * fat.mean[1]:.2f} %"])
    return Grid("Three minutes: mean deficit, millionths of the notional",
                [["rate", "normal, exact", "normal, simulated", "fat tails, simulated",
                  "normal: how often", "fat tails: how often"], *rows])


def _with_error(found: Any, column: int, scale: float, places: int) -> str:
    mean, error = (scale * part[column] for part in (found.mean, found.standard_error))
    return f"{mean:.{places}f} ± {error:.{places}f}"


def rules() -> dict[str, "RateRule"]:
    """The rules that the chapter sends through the day, by name."""
    from ..risk.procyclical import RateRule

    return {"fixed 0.4 %": RateRule.fixed("0.004"), "each 30 s": RateRule(floor="0.004"),
            "buffer": RateRule(floor="0.004", band="0.25"),
            "cap 1 %": RateRule(floor="0.004", cap="0.01"),
            "floor 1 %": RateRule(floor="0.01"), "fixed 1 %": RateRule.fixed("0.01")}


def crash_table(days: int = 40, accounts: int = 120, seed: int = 1) -> Grid:
    """What each rule does on synthetic days through the prices of 12 March 2020, with error bars.

    >>> print(str(crash_table(days=2, accounts=10)).splitlines()[0][:16])
    2 synthetic days
    """
    from ..risk.procyclical import crash_days

    named = rules()
    found = crash_days(named.values(), days=days, accounts=accounts, seed=seed)
    rows = []
    for name, mean, error in zip(named, found.mean, found.standard_error):
        pairs = list(zip(mean, error))
        rows.append([name, *(f"{pairs[i][0]:.1f}±{pairs[i][1]:.1f}" for i in (0, 1, 2, 3, 6))])
    return Grid(f"{days} synthetic days, per cent of the accounts ± one standard error",
                [["rate", "closed", "by rate alone", "needless", "bankrupt", "ratio"],
                 *rows])


def hours_table(seed: int = 1, every: int = 3) -> Grid:
    """One synthetic 12 March 2020: price and rate every few hours, and where the rate peaks.

    >>> print(str(hours_table()).splitlines()[2].split())
    ['0:00', '7,935', '0.00', '%', '0.40', '%', '250']
    """
    from ..risk.crash import HALF_MINUTES, Day

    path = Day.published("2020-03-12").path(seed)
    rates = rules()["each 30 s"].rates(path)
    hour = HALF_MINUTES // 24
    at = sorted({*range(0, HALF_MINUTES + 1, every * hour), int(rates.argmax())})
    rows = [[f"{step // hour}:{step % hour // 2:02d}", number(rational("price", round(path[step], 2)), 0),
             percent(f"{path[step] / path[0] - 1:.6f}"), percent(f"{rates[step]:.6f}"),
             number(rational("leverage", f"{1 / rates[step]:.3f}"), 0)] for step in at]
    return Grid("One synthetic day, the rate set anew each half-minute",
                [["time", "price", "since the open", "rate", "closed from leverage"], *rows])


def volatility_said() -> str:
    """The pooled deviation of a day, as the text says it.

    >>> volatility_said()
    '3.67 %'
    """
    return percent(f"{daily_volatility():.6f}")
