"""The figures of chapter 8, drawn from the funding functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import formulas as f
from ..market import funding
from ..market.tiers import Tiers
from ..teaching.numbers_typed import show as number
from ..theory.exact import positive, rational
from . import look
from .still import shared_axes

if TYPE_CHECKING:
    from .figures import Shown

#: Interest of eight hours and the clamp, as Binance publishes them for BTCUSDT.
INTEREST, CLAMP = "0.0001", "0.0005"
#: The cap: this part of the maintenance rate of the first tier.
CAP_SHARE = "0.75"
TABLE = "binance/BTCUSDT/2026-09"


def cap() -> Any:
    """The largest funding rate, as a fraction of the notional.

    >>> cap()
    3/1000
    """
    return rational("share", CAP_SHARE) * Tiers.load(TABLE).rows[0].rate


def rate(premium: Any) -> Any:
    """The rate of an interval with Binance's interest, clamp and caps.

    >>> rate("0.0006"), rate("0.001"), rate("0.01")
    (1/10000, 1/2000, 3/1000)
    """
    return funding.rate(premium, INTEREST, CLAMP, cap(), -cap())


def edges() -> tuple[Any, Any]:
    """The premiums at the two ends of the dead zone.

    >>> edges()
    (-1/2500, 3/5000)
    """
    return _premium_at(INTEREST, 1), _premium_at(INTEREST, -1)


def _premium_at(wanted: Any, direction: int) -> Any:
    """The premium outside the dead zone that makes this rate."""
    return f.funding_rate.solved_for("premium").exact(
        funding_rate=wanted, direction=direction, clamp=CLAMP)


@look.drawn
def rate_by_premium(most: Any = "0.005") -> "Shown":
    """The funding rate against the premium: a dead zone, two slopes, two caps.

    `most` is the largest premium drawn, a fraction above 0.

    >>> print(repr(rate_by_premium()).splitlines()[0])
    figure: Between premiums of −0.04 % and 0.06 % the rate is 0.01 %, whatever the premium
    """
    from .figures import show

    import numpy

    end = float(positive("most", most))
    x = numpy.unique([*numpy.linspace(-end, end, 201), *map(float, (*edges(), *_capped()))])
    with look.drawing(3.3) as axes:
        axes.plot(100 * x, 100 * x, label="premium", **look.line("entry"))
        axes.plot(100 * x, 100 * rate(x), label="funding rate", **look.line("mark") | {
            "linewidth": 2.2})
        axes.axvspan(*(100 * float(edge) for edge in edges()), color=look.colour("mark"),
                     alpha=0.14, linewidth=0)
        _words(axes)
        shared_axes(axes, "premium (%)", "funding rate (%)")
        axes.set_xlim(-100 * end, 100 * end)
    low, high = (number(edge, unit="%") for edge in edges())
    return show(axes.figure, f"Between premiums of {low} and {high} the rate is "
                f"{number(rational('interest', INTEREST), unit='%')}, whatever the premium",
                _alt(low, high), _table())


def _words(axes: Any) -> None:
    """The parts of the curve by name."""
    top, middle = (100 * float(value) for value in (cap(), rational("interest", INTEREST)))
    low, _ = (100 * float(edge) for edge in edges())
    for text, at, to, role in (
            ("dead zone", (low, -0.38), (0, 0), "mark"),
            (f"cap {number(cap(), unit='%')}", (0.5, top), (-4, -5), "mark"),
            (f"cap {number(-cap(), unit='%')}", (-0.5, -top), (4, 5), "mark"),
            ("premium", (0.42, 0.42), (-8, 2), "entry")):
        axes.annotate(text, at, xytext=to, textcoords="offset points", color=look.colour(role),
                      ha="left" if at[0] < -0.1 else "right", va="bottom" if to[1] >= 0 else "top")
    axes.annotate(f"interest {number(rational('interest', INTEREST), unit='%')}", (low, middle),
                  xytext=(-6, 8), textcoords="offset points", ha="right", va="bottom",
                  color=look.colour("mark"))


def _capped() -> tuple[Any, Any]:
    """The premiums from which the caps hold."""
    return _premium_at(-cap(), 1), _premium_at(cap(), -1)


def _alt(low: str, high: str) -> str:
    below, above = (number(premium, unit="%") for premium in _capped())
    return (f"The funding rate against the premium. It is level at 0.01 % from {low} to {high}. "
            f"To the right it rises with the premium, 0.05 points below it, to the cap of "
            f"{number(cap(), unit='%')} at {above}; to the left it falls, 0.05 points above the "
            f"premium, to {number(-cap(), unit='%')} at {below}.")


def _table() -> list[list[str]]:
    rows = [[number(rational("premium", premium), unit="%"), number(rate(premium), unit="%")]
            for premium in ("-0.005", "-0.0035", "-0.001", "-0.0004", 0, "0.0006", "0.001",
                            "0.0035", "0.005")]
    return [["premium", "funding rate"], *rows]


@look.drawn
def prints_by_year() -> "Shown":
    """How often the funding rate was below 0, up to interest, exactly interest, and above, by year.

    >>> print(repr(prints_by_year()).splitlines()[0])
    figure: Of 7,028 funding rates 37.9 % were exactly 0.01 %; 12.8 % were below 0
    """
    from .figures import show

    facts = funding.facts()
    with look.drawing(3.3) as axes:
        for row, (year, part) in enumerate(facts.years.items()):
            _bar(axes, -row, part)
        shared_axes(axes, "share of the year's rates (%)", "")
        axes.set_yticks([-row for row in range(len(facts.years))], [str(year) for year in facts.years])
        axes.tick_params(axis="y", length=0, labelcolor=look.colour("text"))
        axes.spines["left"].set_visible(False)
        axes.set_xlim(0, 100)
        _kinds_above(axes)
    whole = facts.all
    return show(axes.figure, f"Of {number(whole.prints)} funding rates {_share(whole, 'exactly')} "
                f"were exactly {number(facts.interest, unit='%')}; {_share(whole, 'below 0')} were "
                "below 0", _prints_alt(facts), _prints_table(facts))


#: The kinds of prints from low to high: word, fill, hatch, and where its word stands.
_KINDS = {"below 0": ("liquidation", "", 0.0), "up to": ("mark", r"\\", 0.2),
          "exactly": ("mark", "", 0.5), "above": ("mark", "//", 0.86)}


def _counts(part: Any) -> dict[str, int]:
    """How many prints of each kind, from low to high; 0 itself counts as "up to"."""
    return {"below 0": part.negative, "up to": part.below - part.negative,
            "exactly": part.at_interest, "above": part.above}


def _share(part: Any, kind: str) -> str:
    return number(rational(kind, _counts(part)[kind]) / part.prints, 1, "%")


def _bar(axes: Any, row: int, part: Any) -> None:
    """One year: the kinds one after the other, and what the year cost a long."""
    left = 0.0
    for kind, count in _counts(part).items():
        role, hatch, _ = _KINDS[kind]
        wide = 100 * count / part.prints
        (bar,) = axes.barh(row, wide, left=left, height=0.62, hatch=hatch, linewidth=0.8,
                           edgecolor=look.colour(role),
                           facecolor="none" if hatch else look.colour(role))
        bar.set_label(kind)
        left += wide
    axes.annotate(number(part.a_year, 1, "%"), (1, row), xytext=(6, 0), va="center",
                  xycoords=("axes fraction", "data"), textcoords="offset points",
                  annotation_clip=False, color=look.colour("text"))


def _kinds_above(axes: Any) -> None:
    signs = {"": "■", "//": "▨", r"\\": "▧"}
    words = {"below 0": "below 0", "up to": "0 to 0.01 %", "exactly": "exactly 0.01 %",
             "above": "above"}
    for kind, (role, hatch, place) in _KINDS.items():
        axes.annotate(f"{signs[hatch]} {words[kind]}", (place, 1), xytext=(0, 8),
                      xycoords="axes fraction", textcoords="offset points",
                      color=look.colour(role), annotation_clip=False)
    axes.annotate("a year", (1, 1), xytext=(6, 8), xycoords="axes fraction",
                  textcoords="offset points", color=look.colour("text"), annotation_clip=False)


def _prints_alt(facts: Any) -> str:
    said = "; ".join(f"{year} " + ", ".join(_share(part, kind) for kind in _KINDS)
                     for year, part in facts.years.items())
    return ("A bar for each year, divided by what the funding rate was: below 0, from 0 to less than "
            f"0.01 %, exactly 0.01 %, above it. {said}. Beside each bar the year's mean rate as a "
            "share of the notional a year.")


def _prints_table(facts: Any) -> list[list[str]]:
    parts = {**{str(year): part for year, part in facts.years.items()}, "all": facts.all}
    rows = [[name, number(part.prints), *(_share(part, kind) for kind in _KINDS),
             number(part.a_year, 2, "%")] for name, part in parts.items()]
    return [["year", "rates", "below 0", "0 to 0.01 %", "exactly 0.01 %", "above", "mean, a year"],
            *rows]
