"""The tables of chapter 11: alerts, looks, time to act, rules that wait, and a replayed day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import formulas as f
from ..market.position import SIDES, Position
from ..market.ranges import candles
from ..teaching.numbers_typed import show as number
from ..theory.exact import one_of, rational
from .chapter1 import LEVERAGE, RATE, trade
from .grid import Grid, Transcript

if TYPE_CHECKING:
    from ..monitor import Monitor

#: The levels of the articles' alerts; volatility a year; a maintenance rate as of a first tier.
LEVELS, VOLATILITY, FIRST_RATE = ("0.5", "0.8", "0.9"), "0.7", "0.004"
YEAR = 365 * 86_400
INTERVALS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}
#: Standard deviations beyond which, to either side, 1 % lies.
ONE_PERCENT = "2.576"
CRASH = "2020-03-12"


def alerts(side: str = "long", levels: tuple = LEVELS) -> Grid:
    """At which price the trade of chapter 1 gives its alerts, and how far that is from the line.

    side: "long" or "short"; levels: maintenance margin over equity.

    >>> print(str(alerts()).splitlines()[2].strip())
    50 %  54,545.45          0.505 %            9.1 %
    """
    one = trade(one_of("side", side, tuple(SIDES)))
    line = one.liquidation_price(RATE)
    rows = [_alert(one, line, rational("levels", level)) for level in (*levels, 1)]
    return Grid(f"Alerts of a {side}, {number(LEVERAGE, unit='×')}, line {number(line, 2)}",
                [["ratio", "price", "before the line", "move from entry"], *rows])


def _alert(one: Position, line: Any, level: Any) -> list[str]:
    price = f.alert_price.exact(side=one.sign, size=one.size, entry_price=one.entry,
                                collateral=one.collateral, maintenance_rate=RATE, alert_level=level)
    gap = f.alert_gap.exact(side=one.sign, maintenance_rate=RATE, alert_level=level)
    return [number(level, unit="%"), number(price, 2), number(gap, 3, "%"),
            number(abs(price / one.entry - 1), 1, "%")]


def line_of(side: str = "long", leverage: Any = LEVERAGE) -> Any:
    """The logarithm of the line over the entry price, at a maintenance rate of 0.4 %."""
    return f.log_barrier_leverage.number(side=SIDES[side], leverage=leverage,
                                         maintenance_rate=FIRST_RATE)


def walk(side: str = "long", days: Any = 7) -> dict[str, Any]:
    """The arguments of a touch: line, drift of the logarithm, volatility, horizon; drift 0."""
    return {"log_barrier": line_of(side), "volatility": VOLATILITY,
            "log_drift": f.log_drift.exact(drift=0, volatility=VOLATILITY),
            "horizon": f.horizon.exact(days_ahead=days)}


def looks(side: str = "long", days: int = 7, counts: tuple = (7, 56, 168), paths: int = 20_000
          ) -> Grid:
    """What looks at even intervals see of the touches of a 10× position: computed in three ways.

    By integration look by look, by the shifted line, and by simulation with one standard error.
    """
    given = walk(side, days)
    always = f.touch_probability.number(side=SIDES[side], **given)
    rows = [_look(side, given, count, always, paths) for count in counts]
    return Grid(f"A 10× {side} over {days} days, volatility {number(rational('v', VOLATILITY), unit='%')}: "
                f"touched by {number(always, 2, '%')}",
                [["looks", "seen", "shifted line", "simulated", "missed"], *rows])


def _look(side: str, given: dict[str, Any], count: int, always: Any, paths: int) -> list[str]:
    from ..risk import simulate
    from ..risk.watching import Watched, seen_probability

    seen = seen_probability(side, looks=count, **given)
    found = simulate(Watched(side, looks=count, **{name: float(value) for name, value in given.items()}),
                     paths, seed=11)
    shift = f.barrier_shift.number(look_constant="0.5826", volatility=VOLATILITY,
                                   look_interval=given["horizon"] / count)
    moved = f.watched_probability.number(side=SIDES[side], barrier_shift=shift, **given)
    return [number(count), f"{seen:.2%}".replace("%", " %"), number(moved, 2, "%"),
            f"{100 * found.mean[0]:.2f} ± {100 * found.standard_error[0]:.2f} %",
            f"{1 - seen / float(always):.1%}".replace("%", " %")]


def in_time(reactions: tuple = (("at once", 0), ("5 minutes", 300), ("1 hour", 3_600)),
            intervals: dict[str, int] = INTERVALS) -> Grid:
    """How far before the line an alert must come, to be late in 1 % of cases, and its ratio there.

    reactions: (words, seconds from the look to the deed); intervals: seconds between looks by name.
    """
    heads = [words for words, _ in reactions]
    rows = [[f"every {name}", *(_lead(each, seconds) for _, seconds in reactions)]
            for name, each in intervals.items()]
    return Grid("In time for 99 of 100: distance before the line (and ratio)",
                [["a look", *heads], *rows])


def _lead(each: int, reaction: int) -> str:
    from math import expm1

    room = float(f.lead_distance.number(
        quantile=ONE_PERCENT, volatility=VOLATILITY, look_interval=rational("i", each) / YEAR,
        reaction_time=rational("r", reaction) / YEAR))
    gap = expm1(room)
    level = float(f.alert_gap.solved_for("alert_level").numpy(
        side=1, alert_gap=gap, maintenance_rate=float(RATE)))
    return f"{100 * gap:.2f} % ({100 * level:.0f} %)"


def too_late(levels: tuple = LEVELS, reaction: int = 300, intervals: dict[str, int] = INTERVALS
             ) -> Grid:
    """The chance that the line is touched before a deed that an alert at these levels asks for."""
    from math import log

    def chance(each: int, level: Any) -> str:
        gap = f.alert_gap.exact(side=1, maintenance_rate=RATE, alert_level=level)
        late = float(f.late_probability.number(
            room_before=rational("room", log(1 + gap)), volatility=VOLATILITY,
            look_interval=rational("i", each) / YEAR, reaction_time=rational("r", reaction) / YEAR))
        return f"{100 * late:.1f} %"

    rows = [[f"every {name}", *(chance(each, level) for level in levels)]
            for name, each in intervals.items()]
    return Grid(f"Too late, if the deed takes {number(rational('m', reaction) / 60)} minutes",
                [["a look", *(f"alert at {number(rational('l', level), unit='%')}"
                              for level in levels)], *rows])


def crash_volatility() -> float:
    """The yearly volatility that the high and the low of 12 March 2020 stand for (Parkinson).

    >>> round(crash_volatility(), 2)
    6.78
    """
    from math import log, sqrt

    day = crash_day()
    return log(day["high"] / day["low"]) / (2 * sqrt(log(2))) * sqrt(365)


def crash_day() -> dict[str, Any]:
    """The published open, high, low and close of 12 March 2020 (spot).

    >>> crash_day()["low"]
    4410
    """
    day = candles().day(CRASH)
    return {name: day[name] for name in ("open", "high", "low", "close")}


def waiting(ticks: tuple = (1, 2, 3, 5, 10), seconds: int = 1, marks: int = 300,
            paths: int = 20_000) -> Grid:
    """A liquidation that waits for some marks in a row, in a calm and in a crash's volatility.

    The trade of chapter 1 begins at its 90 % alert; a mark each `seconds`, `marks` of them.
    """
    found = [_waits(volatility, ticks, seconds, marks, paths)
             for volatility in (float(VOLATILITY), crash_volatility())]
    rows = [[number(k), *(cell for part in found for cell in part[i])]
            for i, k in enumerate(ticks)]
    words = ("calm", "crash")
    heads = [f"{word}: {what}" for word in words for what in ("taken", "spared", "deficit")]
    return Grid(f"In per cent; a mark each {seconds} s, {marks} of them", [["in a row", *heads], *rows])


def _waits(volatility: float, ticks: tuple, seconds: int, marks: int, paths: int
           ) -> list[list[str]]:
    from ..risk import simulate

    found = simulate(waiting_from_alert(volatility, ticks, seconds, marks), paths, seed=11)
    return [[f"{100 * found.mean[4 * i + c]:.1f} ± {100 * found.standard_error[4 * i + c]:.1f}"
             for c in range(3)] for i in range(len(ticks))]


def waiting_from_alert(volatility: float, ticks: tuple, seconds: int, marks: int) -> Any:
    """The experiment of `waiting`: from the 90 % alert to the line, and from there to bankruptcy."""
    from math import log

    from ..risk.watching import Waiting

    gap = f.alert_gap.exact(side=1, maintenance_rate=RATE, alert_level="0.9")
    return Waiting(log(1 + gap), -log(1 - float(RATE)), volatility, seconds / YEAR, marks, ticks)


def the_day(steps: int = 96, seed: str = "1") -> tuple[Any, ...]:
    """A made-up path through the published prices of 12 March 2020: the same for one seed."""
    from ..monitor import synthetic_day

    return synthetic_day(**crash_day(), steps=steps, seed=seed)


def replayed(monitor: "Monitor", steps: int = 96, seed: str = "1", title: str = "") -> Transcript:
    """What a monitor says on the synthetic day, each event with its hour."""
    said = []
    for step, mark in enumerate(the_day(steps, seed)):
        said += [(f"{_hour(step, steps)}, mark {number(mark, 2)}", f"{event.kind}: {event.why}")
                 for event in monitor.feed({name: mark for name in monitor.underlyings})]
    return Transcript(title or "Synthetic, 12 March 2020", said or [("all day", "nothing to say")])


def _hour(step: int, steps: int) -> str:
    minutes = step * 1440 // steps
    return f"{minutes // 60:02}:{minutes % 60:02}"
