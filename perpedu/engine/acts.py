"""What a venue does to an account that has been triggered: one function an act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from ..theory.exact import fraction, not_negative, refuse
from .book import Fill
from .holding import NOTHING, Holding
from .machine import FUND, ORDERS, OTHERS, TRADER, Machine, text
from .restoring import Close, cost_of_unit, find
from .states import Deficit

Adl = Callable[[Deficit], Mapping[str, Any]]
_ROLES = (TRADER, ORDERS, FUND)


def cancel(machine: Machine) -> None:
    """Open orders go, and the margin that they held back is the account's again."""
    freed = machine.ledger.money(ORDERS)
    if freed:
        machine.ledger.move("cancelled", ORDERS, TRADER, money=freed, why="margin of open orders")
    machine.go("cancelled", f"Open orders are cancelled; that frees {text(freed)}.")


def share(machine: Machine) -> None:
    """A fixed part of every large enough leg is sold first."""
    for name in machine.open_legs:
        leg, mark = machine.legs[name], machine.marks[name]
        if leg.notional(machine.size(name), mark) > machine.rules.share_above:
            _sell(machine, name, _rounded(machine, name, machine.rules.share * machine.size(name)))
        if not machine.short:
            break


def tier(machine: Machine) -> None:
    """The leg that requires most goes down to a lower tier, until that suffices or none is lower."""
    while machine.short:
        name = next((name for name in machine.open_legs if _lower(machine, name)), None)
        if name is None or not _sell(machine, name, _lower(machine, name), whole=True):
            break


def restore(machine: Machine) -> None:
    """The smallest close that restores: of the leg that requires most, or else of the next one.

    Where no leg alone does it, those whose closing helps are closed whole, one after the other, at
    no price worse than their bankruptcy price.
    """
    for name in machine.open_legs:
        if not machine.short:
            break
        found = find(machine.legs[name], machine.size(name), machine.books[name],
                     machine.spare_for(name), machine.terms(name))
        if found is not None:
            _report(machine, name, machine.books[name].take(_beyond(found)))
        elif len(machine.open_legs) > 1 and _helps(machine, name):
            _sell(machine, name, machine.size(name), whole=True)


def market(machine: Machine) -> None:
    """All is sold, but at no price worse than the bankruptcy price of the leg."""
    for name in machine.open_legs:
        if fills := _solvent(machine, name, machine.size(name)):
            _report(machine, name, fills, "sold")
        if not machine.short and machine.open_legs:
            break


def takeover(machine: Machine, adl: Adl | None) -> list[Deficit]:
    """The fund gets all at the bankruptcy prices and sells it; what it cannot bear is deleveraged."""
    names = machine.open_legs
    worths = {name: machine.bankrupt_worth(name) for name in names}
    rest, left = {name: machine.size(name) for name in names}, machine.equity
    for name in names:
        machine.pass_on("taken over", TRADER, FUND, name, rest[name], worths[name])
    machine.go("taken over", "The fund takes over what is left, at "
               + _prices(machine, worths) + f": {text(left)} of equity go with it.")
    before, sold = _purse(machine, worths), dict.fromkeys(names, NOTHING)
    for name in (*names, *names):  # once more round: what one leg brings may pay for another
        sold[name] += _unwind(machine, name, worths, rest[name] - sold[name])
    if any(sold.values()):
        machine.go("unwound", "The fund sells what the book takes and its money bears; that brings "
                   f"it {text(_purse(machine, worths) - before)}.")
    left_over = {name: rest[name] - sold[name] for name in names if sold[name] < rest[name]}
    return _deleverage(machine, left_over, worths, adl)


def _prices(machine: Machine, worths: Mapping[str, Fraction]) -> str:
    """The bankruptcy prices in words."""
    said = [text(machine.legs[name].price_of(worth)) for name, worth in worths.items()]
    return "the bankruptcy price, " + " and ".join(said)


def _sell(machine: Machine, name: str, size: Fraction, whole: bool = False) -> bool:
    """Sell a part, no worse than at the bankruptcy price; with `whole` all of it or nothing.

    Whether anything was sold.
    """
    fills = _solvent(machine, name, size) if size else []
    if not fills or whole and sum(fill.size for fill in fills) < size:
        return False
    _report(machine, name, fills)
    return True


def _solvent(machine: Machine, name: str, size: Fraction) -> list[Fill]:
    """The fills of an order that takes no price worse than the bankruptcy price of the leg."""
    leg, worst = machine.legs[name], machine.bankrupt_worth(name)
    return [fill for fill in machine.books[name].take(size)
            if leg.sign * (leg.worth(fill.price) - worst) >= 0]


def _report(machine: Machine, name: str, fills: list[Fill], state: str = "reduced") -> None:
    """Trade, and say so."""
    sold = machine.trade(state, name, fills)
    whole = "" if machine.size(name) else ", all of it"
    machine.go(state, f"{text(sold, 4)} of {name} closed in the book{whole}, "
               f"on average at {_average(machine.legs[name], fills)}.")


def _average(leg: Holding, fills: list[Fill]) -> str:
    size = sum(fill.size for fill in fills)
    worth = sum(fill.size * leg.worth(fill.price) for fill in fills) / size
    return text(leg.price_of(worth))


def _rounded(machine: Machine, name: str, size: Fraction) -> Fraction:
    """Up to a whole lot, but no more than there is."""
    lot = machine.lot
    if lot is None:
        return size
    return min(machine.size(name), -(-size // lot) * lot)


def _lower(machine: Machine, name: str) -> Fraction:
    """What must be closed to stand in a tier so many lower; 0 where there is none."""
    leg, mark, size = machine.legs[name], machine.marks[name], machine.size(name)
    wanted = leg.tier(size, mark) - machine.rules.tiers_down
    if wanted < 1:
        return NOTHING
    return _rounded(machine, name, size - leg.rows[wanted].floor / leg.charged(mark))


#: By how much a close that only meets the requirement is made larger, in the unit of sizes.
_HAIR = Fraction(1, 10**9)


def _beyond(found: Close) -> Fraction:
    """A close that restores: the smallest, or where only more than that does, a hair more."""
    return found.size if found.attained else found.size + min(_HAIR, found.room / 2)


def _helps(machine: Machine, name: str) -> bool:
    """Whether closing the whole leg costs less than it frees."""
    leg, terms = machine.legs[name], machine.terms(name)
    fills = machine.books[name].take(machine.size(name))
    cost = sum(fill.size * cost_of_unit(leg, fill.price, terms) for fill in fills)
    return cost < machine.required(name)


def _unwind(machine: Machine, name: str, worths: Mapping[str, Fraction], size: Fraction) -> Fraction:
    """The fund sells, level by level, as long as its own money bears the loss; the size sold."""
    leg, fills, purse = machine.legs[name], [], _purse(machine, worths)
    for fill in machine.books[name].take(size) if size else ():
        loss = leg.sign * (worths[name] - leg.worth(fill.price))
        part = fill.size if loss <= 0 else min(fill.size, purse / loss)
        purse -= part * loss
        if part:
            fills.append(Fill(fill.price, part))
        if part < fill.size:
            break
    return machine.trade("unwound", name, fills, seller=FUND)


def _purse(machine: Machine, worths: Mapping[str, Fraction]) -> Fraction:
    """The fund's money, with what it holds at the bankruptcy prices."""
    return machine.ledger.money(FUND) + sum(
        machine.ledger.held(FUND, name) * worth for name, worth in worths.items())


def _deleverage(machine: Machine, rest: Mapping[str, Fraction], worths: Mapping[str, Fraction],
                adl: Adl | None) -> list[Deficit]:
    """What is left ends against those who hold the other side, at the bankruptcy price."""
    found = []
    for name, size in rest.items():
        leg = machine.legs[name]
        deficit = Deficit(name, leg.position.side, size, leg.price_of(worths[name]),
                          machine.marks[name],
                          leg.sign * size * (worths[name] - machine.worth[name]))
        for party, part in _shared(deficit, adl).items():
            machine.pass_on("deleveraged", FUND, party, name, part, worths[name])
        found.append(deficit)
    if found:
        machine.go("deleveraged", "Positions of the other side are closed at the bankruptcy price "
                   f"of what is left; against the mark that costs them "
                   f"{text(sum(one.loss for one in found))}.")
    return found


def _shared(deficit: Deficit, adl: Adl | None) -> dict[str, Fraction]:
    """Who ends how much of it: all others together, or as the rule says."""
    if adl is None:
        return {OTHERS: deficit.size}
    said = adl(deficit)
    if not isinstance(said, Mapping):
        raise refuse("adl", said, "a rule that gives a size for each name")
    parts = {name: fraction(not_negative(f"size of {name!r}", part)) for name, part in said.items()}
    if sum(parts.values()) != deficit.size or set(parts) & set(_ROLES):
        raise refuse("adl", {name: str(part) for name, part in parts.items()},
                     f"sizes of {deficit.size} together, of parties that are none of "
                     + ", ".join(_ROLES))
    return parts


ACTS: dict[str, Callable[[Machine], None]] = {
    "cancel": cancel, "share": share, "tier": tier, "restore": restore, "market": market}
