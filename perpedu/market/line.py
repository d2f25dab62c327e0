"""The liquidation line: the price at which equity meets the requirement, with tiers, exactly.

Entry basis: the requirement's rate part stands still, so one formula gives the price.

Mark basis, marginal tiers: the margin is the largest of the tiers' `rate * notional - deduction`,
so a position is liquidated as soon as one tier alone would do it: the highest of the per-tier
prices for a long, the lowest for a short.  (Rates must not fall, and rate + fee stay below 1.)

Mark basis, flat tiers: the margin jumps at each floor.  A price liquidates where a tier's own
price falls inside that tier, or, where the notional grows, at a floor whose higher rate cannot be
met.  The first of them on the adverse path counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..theory import formulas

if TYPE_CHECKING:
    from sympy import Rational

    from .position import Position
    from .tiers import Tier, Tiers


class Line(NamedTuple):
    """A price, None where there is none, and the tier that binds there, counted from 1."""

    price: "Rational | None"
    tier: int | None


NEVER = Line(None, None)


def line_of(position: "Position", tiers: "Tiers", basis: str, fee: "Rational") -> Line:
    """The first price on the adverse path that liquidates."""
    if tiers.scheme == "flat" and position.shortfall(tiers, position.entry, basis, fee) >= 0:
        return Line(position.entry, tiers.number(position.notional()))
    if basis == "entry":
        return _on_entry_basis(position, tiers, fee)
    return (_first_met if tiers.scheme == "flat" else _outermost)(position, tiers, fee)


def _on_entry_basis(position: "Position", tiers: "Tiers", fee: "Rational") -> Line:
    held = position.notional()
    price = position.contract.value(
        "liquidation_price_entry_basis", entry_maintenance_margin=tiers.margin(held),
        close_fee=fee, **_given(position))
    return NEVER if price is None else Line(price, tiers.number(held))


def _outermost(position: "Position", tiers: "Tiers", fee: "Rational") -> Line:
    prices = [_price_in(position, row, fee) for row in tiers.rows]
    there = [price for price in prices if price is not None]
    if not there or len(there) < len(prices) and _always(position):
        return NEVER
    price = max(there) if position.sign > 0 else min(there)
    return Line(price, tiers.number(position.notional(price)))


def _always(position: "Position") -> bool:
    """Whether a tier without a price liquidates at every price, rather than at none.

    Only a leg behind which an account has nothing left comes to that.
    """
    return not position.contract.loss_shrinks_notional(position.sign)


def _first_met(position: "Position", tiers: "Tiers", fee: "Rational") -> Line:
    rows = list(enumerate(tiers.rows, 1))
    own = [Line(_price_in(position, row, fee), number) for number, row in rows]
    found = [line for line in own if line.price is not None
             and tiers.number(position.notional(line.price)) == line.tier]
    if not position.contract.loss_shrinks_notional(position.sign):
        found += [Line(_floor_price(position, row), number) for number, row in rows[1:]
                  if _stops_at(position, row, fee)]
    ahead = [line for line in found if position.sign * (position.entry - line.price) >= 0]
    return min(ahead, key=lambda line: (-position.sign * line.price, line.tier), default=NEVER)


def _stops_at(position: "Position", tier: "Tier", fee: "Rational") -> bool:
    """Whether the jump to this tier's rate, just above its floor, liquidates by itself."""
    margin = formulas.maintenance_margin.exact(
        maintenance_rate=tier.rate, deduction=tier.deduction, notional=tier.floor)
    need = formulas.requirement.exact(
        maintenance_margin=margin, close_fee=fee, notional=tier.floor)
    return bool(position.equity(_floor_price(position, tier)) <= need)


def _floor_price(position: "Position", tier: "Tier") -> "Rational":
    return position.contract.value("price", size=position.size, notional=tier.floor)


def _price_in(position: "Position", tier: "Tier", fee: "Rational") -> "Rational | None":
    """The price at which this tier alone, rate and deduction, would liquidate."""
    return position.contract.value(
        "liquidation_price", maintenance_rate=tier.rate, deduction=tier.deduction,
        close_fee=fee, **_given(position))


def _given(position: "Position") -> dict:
    return {"side": position.sign, "size": position.size, "entry_price": position.entry,
            "collateral": position.collateral}
