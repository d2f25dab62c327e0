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
