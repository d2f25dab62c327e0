"""The tables of chapter 13: stops and leverage, orders replayed, races, growth, and March 2020."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import formulas as f
from ..market.account import Account
from ..market.facts import candles
from ..market.position import Position
from ..risk import Compounding, Replay, StopRace, leverage_to, size_for_stop
from ..teaching.numbers_typed import show as number
from ..theory.exact import rational
from .chapter1 import RATE, trade
from .chapter13_figures import MARKET
from .grid import Grid, Transcript

if TYPE_CHECKING:
    from concurrent.futures import Executor

#: The fee of a market order in the examples, and the slippage of a race.
FEE, SLIPPAGE = "0.0005", "0.002"
#: The market of the races: what moves without jumps, and a jump a month on average, of 2 %.
RACE_MARKET = {"volatility": 0.7, "jumps_a_year": 12, "mean_jump": 0.02}
SEED, PATHS = 13, 200_000


def stop_table(slippages: tuple = (0, "0.005", "0.01", "0.02"), stop: Any = 57_000,
               risk: Any = 300) -> Grid:
    """A long from 60,000 with a stop: fill, size and the leverage bound, by slippage; fee inside.

    >>> print(str(stop_table(("0.01",))).splitlines()[-1].strip())
    1 %  56,430    0.083375  5,002.48          15.46×
    """
    rows = []
    for slippage in slippages:
        plan = size_for_stop("long", 60_000, stop, risk, RATE, slippage=slippage, close_fee=FEE)
        rows.append([number(rational("slippage", slippage), unit="%"), number(plan.fill),
                     number(plan.size, 6), number(plan.size * plan.entry, 2),
                     number(plan.leverage_below, 2, "×")])
    return Grid(f"Long from 60,000, stop at {number(rational('stop', stop))}, "
                f"{number(rational('risk', risk))} USDT at risk",
                [["slippage", "fill", "size (BTC)", "notional", "leverage below"], *rows])


def exits(stop: Any = 54_300, fee: Any = FEE) -> Grid:
    """Two ways out of the long of chapter 1 on the same fall: a stop, and the liquidation.

    The liquidation is that of a venue that keeps the whole margin.

    >>> print(str(exits()).splitlines()[-1].strip())
    liquidation  54,271.36  27.14   0.00
    """
    position, price = trade(), rational("stop", stop)
    line = position.liquidation_price(RATE)
    left = f.stop_left.exact(collateral=position.collateral, side=1, size=position.size,
                             exit_price=price, entry_price=position.entry, close_fee=fee)
    return Grid("Two ways out, USDT", [
        ["way out", "price", "cost", "left"],
        ["stop", number(price, 2), number(rational("fee", fee) * position.notional(price), 2),
         number(left, 2)],
        ["liquidation", number(line, 2), number(position.maintenance_margin(RATE, line), 2),
         number(rational("left", 0), 2)]])


def story(title: str, replay: Replay) -> Transcript:
    """What happened in a replay, tick by tick, and how it ended."""
    said = [(f"tick {item.tick}", f"{item.event}: {item.state}" + (
        f", {number(item.size)} at {number(item.price, 2)}" if item.price else ""))
        for item in replay.log]
    left = "nothing" if replay.position is None else (
        f"{replay.position.side} {number(replay.position.size)}")
    return Transcript(title, [*said, ("end", f"{replay.end}; open: {left}; free: "
                                      f"{number(replay.money, 2)} USDT")])


def two_legs(wallet: Any = 900) -> Account:
    """A cross account: 0.10 BTC long from 60,000 and 2 ETH long from 3,000; 0.5 % and 1 %.

    >>> two_legs().equity({"BTC": 60_000, "ETH": 3_000})
    900
    """
    return Account(wallet, {"BTC": (Position("long", "0.1", 60_000), RATE),
                            "ETH": (Position("long", 2, 3_000), "0.01")})


def other_leg(prices: tuple = (3_000, 2_900, 2_800, 2_700, 2_650), stop: Any = 57_000) -> Grid:
    """The BTC leg's line in `two_legs`, while ETH falls, against its stop.

    >>> print(str(other_leg((2_700,))).splitlines()[-1].strip())
    2,700                  57,829.15  the account
    """
    account, at = two_legs(), rational("stop", stop)
    rows = []
    for price in prices:
        line = account.liquidation_price("BTC", {"BTC": 60_000, "ETH": price})
        rows.append([number(rational("ETH", price)), number(line, 2),
                     "the stop" if line < at else "the account"])
    return Grid(f"BTC stop at {number(at)}: what comes first when BTC falls",
                [["ETH", "the account's line in BTC", "first"], *rows])


def race_table(stops: tuple = (None, 54_300, 54_600, 55_000, 57_000, 59_000), days: int = 30,
               paths: int = PATHS, executor: "Executor | None" = None) -> Grid:
    """The long of chapter 1 for some days, with jumps: what comes first, simulated, with errors.

    Shares in per cent, each with one standard error; `left` is of 100 of margin, on average.

    >>> print(str(race_table((57_000,), paths=2_000)).splitlines()[-1].strip().split()[0])
    57,000
    """
    from ..risk import simulate

    rows = []
    for stop in stops:
        race = StopRace.of(trade(), stop, RATE, days=days, slippage=SLIPPAGE, close_fee=FEE,
                           **RACE_MARKET)
        found = simulate(race, paths, seed=SEED, executor=executor)
        pairs = map(_with_error, found.mean, found.standard_error)
        rows.append(["none" if stop is None else number(rational("stop", stop)), *pairs])
    costs = ", ".join(f"{name} {number(100 * rational(name, rate), 2)} %" for name, rate in
                      (("slippage", SLIPPAGE), ("fee", FEE)))
    return Grid(f"Long at 10×, {days} days, {number(rational('paths', paths))} paths; {costs}; "
                "shares in %",
                [["stop at", "stop first", "line first", "neither", "left of 100"], *rows])


def _with_error(mean: float, error: float) -> str:
    """A share in per cent with its standard error, which shows a digit unless it is 0."""
    places = 3 if 0.000001 < error < 0.00005 else 2
    return f"{100 * mean:.{places}f} ± {100 * error:.{places}f}".replace("-", "−")


def growth_table(leverages: tuple = ("0.3", "0.61", "1", "1.22", "2"), paths: int = 4_000,
                 funding: Any = 0) -> Grid:
    """Growth a year by the formula, and by simulated years in which the leverage is set anew daily.

    >>> print(str(growth_table(("0.61",), paths=1_000)).splitlines()[-1].strip().split()[1])
    9.18
    """
    from ..risk import simulate

    rows = []
    for leverage in leverages:
        exact = f.leverage_growth.exact(leverage=leverage, **MARKET, funding_a_year=funding)
        found = simulate(Compounding(leverage, **MARKET, funding_a_year=funding), paths, seed=SEED)
        rows.append([number(rational("leverage", leverage), 2, "×"), number(100 * exact, 2),
                     _with_error(found.mean, found.standard_error)])
    return Grid(f"Growth a year in %, {number(rational('paths', paths))} simulated years",
                [["leverage", "formula", "set anew daily"], *rows])


def march_2020(leverages: tuple = ("1.5", "1.9", "2", "2.2", "3", "5", "10"), rate: Any = "0.004"
               ) -> Grid:
    """Longs from the open of 12 March 2020, by the lows of that day and the next; spot prices.

    >>> print(str(march_2020(("2",))).splitlines()[-1].strip())
    2×  3,983.22  survives  liquidated
    """
    first, second = (candles().day(f"2020-03-{day}") for day in (12, 13))
    rows = []
    for leverage in leverages:
        line = Position("long", 1, first["open"], leverage=leverage).liquidation_price(rate)
        rows.append([number(rational("leverage", leverage), unit="×"), number(line, 2),
                     *("survives" if line < day["low"] else "liquidated" for day in (first, second))])
    bounds = [leverage_to("long", first["open"], day["low"], rate).value for day in (first, second)]
    return Grid(f"Long from {number(first['open'], 2)}; lows {number(first['low'], 2)} and "
                f"{number(second['low'], 2)}; survives below {number(bounds[0], 2, '×')} and "
                f"{number(bounds[1], 2, '×')}",
                [["leverage", "line", "12 March", "13 March"], *rows])
