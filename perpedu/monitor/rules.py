"""What a monitor watches for, as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..theory.exact import fraction_of_one, mapping, one_of, positive, refuse, whole

if TYPE_CHECKING:
    from sympy import Rational

DIRECTIONS = ("rising", "falling")


@dataclass(frozen=True)
class Rules:
    """When a monitor speaks.

    warnings: margin ratios at which it warns, each reached where ratio >= level.
    margin_call: the ratio of the margin call; at 1 equity no longer exceeds what must be kept.
    direction: "rising": ratios are maintenance margin over equity and rise to 1; "falling": they
        are equity over maintenance margin, as some venues show it, and fall to 1.
    distances: price moves at which it warns, too: where a common move of all marks by that part,
        up or down, would liquidate now.
    ticks: marks in a row at or beyond the line until it calls the account liquidated.
    warning_ticks: marks in a row until a warning or a margin call.
    rearm: what has been said is said again only after the ratio was below level * (1 - rearm), or
        the distance above distance * (1 + rearm).
    daily_range: the mean daily range as a part of the price, the unit of `State.ranges`; or None.

    >>> Rules(warnings=["0.5", "0.9"], distances=["0.03"]).distances
    (3/100,)
    >>> Rules(warnings=[3, 2], direction="falling").ratios
    (1/3, 1/2)

    Raises ValueError that names the argument, its value and what was expected.
    """

    warnings: tuple["Rational", ...] = ("0.5", "0.8", "0.9")
    margin_call: "Rational" = 1
    direction: str = "rising"
    distances: tuple["Rational", ...] = ()
    ticks: int = 1
    warning_ticks: int = 1
    rearm: "Rational" = "0.1"
    daily_range: "Rational | None" = None

    def __post_init__(self):
        one_of("direction", self.direction, DIRECTIONS)
        self._put(
            warnings=_each("warnings", self.warnings, self._level),
            margin_call=self._level("margin_call", self.margin_call, at_line=True),
            distances=_each("distances", self.distances, _distance),
            ticks=whole("ticks", self.ticks),
            warning_ticks=whole("warning_ticks", self.warning_ticks),
            rearm=fraction_of_one("rearm", self.rearm),
            daily_range=None if self.daily_range is None else positive("daily_range",
                                                                       self.daily_range))

    @classmethod
    def read(cls, described: Any) -> "Rules":
        """Rules from a dictionary of their names, as a file holds it.  ValueError for another name."""
        known = [field.name for field in fields(cls)]
        for name in mapping("rules", described, "{name: value}"):
            if name not in known:
                raise refuse("rules", name, "one of " + ", ".join(known))
        return cls(**described)

    @property
    def ratios(self) -> tuple["Rational", ...]:
        """The warning levels as maintenance margin over equity, the lowest first."""
        return tuple(sorted(map(self.as_ratio, self.warnings)))

    def as_ratio(self, level: "Rational") -> "Rational":
        """A level of these rules as maintenance margin over equity."""
        return level if self.direction == "rising" else 1 / level

    def _put(self, **values: Any) -> None:
        vars(self).update(values)

    def _level(self, name: str, value: Any, at_line: bool = False) -> "Rational":
        level = positive(name, value)
        beyond = level > 1 if self.direction == "rising" else level < 1
        if beyond or level == 1 and not at_line:
            where = "at most 1" if at_line else "below 1"
            raise refuse(name, value, f"a ratio above 0 and {where}, 0.8 for 80 %"
                         if self.direction == "rising" else
                         f"a ratio {'of at least' if at_line else 'above'} 1, 3 for 300 %")
        return level


def _each(name: str, values: Any, read: Any) -> tuple["Rational", ...]:
    if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable):
        raise refuse(name, values, "a list of numbers")
    made = [read(name, value) for value in values]
    for value in made:
        if made.count(value) > 1:
            raise refuse(name, value, "each number once")
    return tuple(made)


def _distance(name: str, value: Any) -> "Rational":
    part = fraction_of_one(name, value)
    if part == 0:
        raise refuse(name, value, "a part of the price above 0, 0.02 for 2 %")
    return part


class Watch:
    """One level: how many marks in a row reached it, and whether it has been said."""

    def __init__(self, kind: str, level: Fraction, ticks: int, rearm: Fraction,
                 distance: bool = False):
        self.kind, self.level, self.ticks, self.distance = kind, level, ticks, distance
        self.free = level * (1 + rearm if distance else 1 - rearm)
        self.row, self.said = 0, False

    def reached(self, at: Any) -> bool:
        """Whether what stands `at` is at the level or beyond it."""
        if self.distance:
            return at.moved(self.level).liquidated
        return at.reaches(self.level)

    def freed(self, at: Any) -> bool:
        """Whether it is far enough from the level for it to be said again."""
        if self.distance:
            return not at.moved(self.free).liquidated
        return not at.reaches(self.free)

    def feed(self, at: Any) -> str | None:
        """The kind of what is to be said of this mark; None for nothing."""
        reached = self.reached(at)
        self.row = self.row + 1 if reached else 0
        if not self.said and self.row >= self.ticks:
            self.said = True
            return self.kind
        if self.said and not reached and self.freed(at):
            self.said = False
            return "recovery"
        return None


def watches(rules: Rules, plain: Any) -> list[Watch]:
    """What a monitor feeds each mark to, in the order in which it speaks."""
    rearm, soon = plain(rules.rearm), rules.warning_ticks
    far = sorted(rules.distances, reverse=True)
    return [*(Watch("warning", plain(part), soon, rearm, distance=True) for part in far),
            *(Watch("warning", plain(level), soon, rearm) for level in rules.ratios),
            Watch("margin call", plain(rules.as_ratio(rules.margin_call)), soon, rearm),
            Watch("liquidation", Fraction(1), rules.ticks, rearm)]
