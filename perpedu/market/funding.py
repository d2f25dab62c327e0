"""Funding: the rate of an interval, what a position pays, and where payments take its line.

A rate is a fraction per interval; above 0 longs pay shorts.  A payment is counted from the
position's side: above 0 it leaves the collateral, below 0 it comes in.

Given numbers, `rate` and `payment` are exact.  Given a list or an array anywhere, they return
float64 of the broadcast shape; what hangs on a tie is decided exactly there too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..theory import formulas
from ..theory.exact import (floats, many, not_negative, one_of, positive, positive_floats, rational,
                            refuse)
from .line import line_of, on_entry_basis
from .position import BASES, Position, checked_fee
from .prints import facts
from .tiers import as_tiers

if TYPE_CHECKING:
    import numpy
    from sympy import Rational

    from .tiers import Tiers

__all__ = ["Path", "facts", "liquidation_path", "payment", "rate"]
_TIE = 1e-9


def rate(premium: Any, interest: Any = "0.0001", clamp: Any = "0.0005", cap: Any = None,
         floor: Any = None) -> "Rational | numpy.ndarray":
    """The funding rate of one interval: premium plus interest less premium, held within the clamp.

    premium: average premium over the interval; a number, or an array, where nan stays nan.
    interest: interest of the interval (0.01 % for eight hours).  clamp: 0 or more.
    cap, floor: the largest and the smallest rate; None for none.

    Where interest and premium are no further apart than the clamp, the rate is exactly the
    interest: the dead zone, its edges included.

    >>> rate("0.0006"), rate("0.0010")
    (1/10000, 1/2000)
    >>> rate("0.01", cap="0.003")
    3/1000
    >>> rate([-0.0010, 0, 0.0010])
    array([-0.0005,  0.0001,  0.0005])

    Raises ValueError, naming the argument, for what is not a number, a clamp below 0, a cap below
    the floor.  Source: Binance, Introduction to Funding Rates.
    """
    terms = (rational("interest", interest), not_negative("clamp", clamp), *_ends(cap, floor))
    if many(premium):
        return _rates(floats("premium", premium), terms)
    return _rate(rational("premium", premium), *terms)


def _ends(cap: Any, floor: Any) -> tuple:
    top = None if cap is None else rational("cap", cap)
    low = None if floor is None else rational("floor", floor)
    if top is not None and low is not None and top < low:
        raise refuse("cap", cap, f"a rate of at least {low}, the floor")
    return top, low


def _rate(premium: Any, interest: Any, clamp: Any, cap: Any, floor: Any) -> "Rational":
    found = interest
    if abs(interest - premium) > clamp:
        found = formulas.funding_rate.exact(
            premium=premium, clamp=clamp, direction=1 if premium < interest else -1)
    found = found if cap is None else min(found, cap)
    return found if floor is None else max(found, floor)


def _rates(premium: "numpy.ndarray", terms: tuple) -> "numpy.ndarray":
    import numpy

    interest, clamp, cap, floor = (None if term is None else float(term) for term in terms)
    beyond = abs(interest - premium) - clamp
    outside = formulas.funding_rate.numpy(
        premium=premium, clamp=clamp, direction=numpy.where(premium < interest, 1, -1))
    found = numpy.where(beyond <= 0, interest, outside)
    for i in numpy.argwhere(abs(beyond) <= _TIE * (abs(premium) + abs(interest) + clamp)):
        found[tuple(i)] = _rate(rational("premium", premium[tuple(i)]), *terms)
    return numpy.clip(found, floor, cap) if cap is not None or floor is not None else found


def payment(position: Position, mark: Any, rate: Any) -> "Rational | numpy.ndarray":
    """What a position pays at one funding time, in the currency in which it settles.

    mark: price above 0; the notional is the one at the mark price.  rate: fraction of the interval.
    Above 0: paid; below 0: received.

    >>> trade = Position("long", "0.1", 60_000, leverage=10)
    >>> payment(trade, 60_000, "0.0001")
    3/5
    >>> payment(trade, [60_000, 50_000], "-0.0001")
    array([-0.6, -0.5])

    Raises ValueError, naming the argument and the value.  Source: Binance, Introduction to Funding
    Rates.
    """
    _position(position)
    if many(mark) or many(rate):
        return _payments(position, positive_floats("mark", mark), floats("rate", rate))
    notional = position.notional(positive("mark", mark))
    return formulas.funding_payment.exact(
        side=position.sign, notional=notional, funding_rate=rational("rate", rate))


def _payments(position: Position, mark: Any, rate: Any) -> "numpy.ndarray":
    notional = position.contract.array("notional", size=float(position.size), mark_price=mark)
    return formulas.funding_payment.numpy(
        side=position.sign, notional=notional, funding_rate=rate)


@dataclass(frozen=True)
class Path:
    """A position along its funding times, up to the payment that liquidates it, if one does.

    payments: what was paid at each (below 0: received), exact, in the settlement currency.
    collateral: what is left after each; below 0 where only profit keeps the position open.
    prices: the liquidation price after each, exact; None where no price liquidates.
    liquidated_at: the payment, counted from 1, after which the position is liquidated at its
        mark; None where none is.
    """

    payments: tuple["Rational", ...]
    collateral: tuple["Rational", ...]
    prices: tuple["Rational | None", ...]
    liquidated_at: int | None

    def __repr__(self) -> str:
        end = "open" if self.liquidated_at is None else f"liquidated at {self.liquidated_at}"
        return f"Path({len(self.payments)} payments, {end})"


def liquidation_path(position: Position, tiers: Any, rates: Any, marks: Any = None,
                     basis: str = "mark", close_fee: Any = 0) -> Path:
    """The liquidation price after each funding payment, taken from the position's collateral.

    rates: the funding rate of each interval, in order.  marks: the mark price of each, or one for
    all; None for a flat market, where the mark stays at the entry price.  tiers, basis, close_fee:
    as in `Position`.  The path ends where equity at the mark, after the payment, is no more than
    maintenance margin plus close fee.

    >>> trade = Position("long", "0.1", 60_000, leverage=10)
    >>> path = liquidation_path(trade, "0.005", ["0.0001"] * 1000)
    >>> path
    Path(950 payments, liquidated at 950)
    >>> path.prices[-1], path.collateral[-1]
    (60000, 30)

    Raises ValueError, naming the argument and the value; also where the position is liquidated
    before its first payment, or is a cross leg.  Source: perpedu, chapter 8.
    """
    table = as_tiers(tiers)
    fee, basis = checked_fee(table, close_fee), one_of("basis", basis, BASES)
    steps = _steps(_position(position), rates, marks)
    table.refuse_above_cap("entry notional", position.notional())
    _refuse_liquidated(position, table, steps, basis, fee)
    return _walk(position, table, steps, basis, fee)


def _walk(position: Position, table: "Tiers", steps: list, basis: str, fee: Any) -> Path:
    payments, collateral, prices = [], [], []
    for number, (mark, rate) in enumerate(steps, 1):
        payments.append(payment(position, mark, rate))
        position = position.pay(payments[-1])
        collateral.append(position.collateral)
        prices.append(_line(position, table, mark, basis, fee))
        if position.shortfall(table, mark, basis, fee) >= 0:
            return Path(tuple(payments), tuple(collateral), tuple(prices), number)
    return Path(tuple(payments), tuple(collateral), tuple(prices), None)


def _line(position: Position, table: "Tiers", mark: Any, basis: str, fee: Any) -> Any:
    """The first price that liquidates, on the adverse path from the mark."""
    if basis == "entry":
        return on_entry_basis(position, table, fee).price
    return line_of(position.settle(mark), table, basis, fee).price


def _refuse_liquidated(position: Position, table: "Tiers", steps: list, basis: str,
                       fee: Any) -> None:
    mark = steps[0][0]
    if position.shortfall(table, mark, basis, fee) >= 0:
        raise refuse("position", position, f"one that is still open at the first mark, {mark}")


def _steps(position: Position, rates: Any, marks: Any) -> list[tuple[Any, Any]]:
    """The mark and the rate of each interval."""
    rates = [rational(f"rate {i}", rate) for i, rate in enumerate(_in_order("rates", rates), 1)]
    if not rates:
        raise refuse("rates", rates, "at least one rate")
    if marks is None or not many(marks):
        marks = [position.entry if marks is None else positive("marks", marks)] * len(rates)
    if len(_in_order("marks", marks)) != len(rates):
        raise refuse("marks", marks, f"one mark for each of the {len(rates)} rates, or one for all")
    return [(positive(f"mark {i}", mark), rate)
            for i, (mark, rate) in enumerate(zip(marks, rates), 1)]


def _in_order(name: str, values: Any) -> Any:
    """Values that can be counted, one after the other: no text, no set, no dictionary."""
    if not many(values) or not hasattr(values, "__getitem__") or hasattr(values, "keys"):
        raise refuse(name, values, "a list or an array of numbers")
    return values


def _position(position: Any) -> Position:
    if not isinstance(position, Position):
        raise refuse("position", position, "a Position")
    return position
