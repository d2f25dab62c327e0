"""One wallet behind several legs: equity, margin, and the prices that liquidate the account.

All legs settle in one currency.  The account is liquidated when its equity is at most the sum of
the legs' maintenance margins, on the mark notional, plus the fee to close them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..theory import formulas
from ..theory.exact import fraction, mapping, not_negative, positive, rational, refuse
from .leg import Leg
from .line import line_of
from .path import first_liquidated
from .position import Position, checked_fee
from .tiers import Tiers

if TYPE_CHECKING:
    from sympy import Rational


@dataclass(frozen=True)
class AccountStatus:
    """How an account stands at its marks.

    status: "open" or "liquidated".
    equity, maintenance_margin: in the wallet's currency; the margin includes the close fee asked
        for.  A notional above a table's cap is charged the last rate.
    margin_ratio: maintenance margin over equity; None where equity is not positive.
    """

    status: str
    equity: "Rational"
    maintenance_margin: "Rational"
    margin_ratio: "Rational | None"


class Account:
    """An immutable cross account: a wallet, and legs that share it.

    wallet: 0 or more, in the currency in which all legs settle: the quote currency (linear), or
        the one coin of all inverse legs.
    legs: {name: (position, tiers)}.  The positions have no leverage and no collateral; a bare
        rate means one tier.  All linear, or all inverse.
    underlying: {name: underlying} where it is not the leg's own name, as when two legs share a
        mark.

    `marks` are {underlying: price above 0}, and may hold more than is needed.  `close_fee` is a
    fraction of every leg's mark notional, and is counted in the requirement.  Each leg is charged
    by itself, also where a long and a short share a mark (gross, not net).

    >>> btc, eth = Position("long", 1, 60_000), Position("short", 10, 3_000)
    >>> account = Account(20_000, {"BTC": (btc, "0.005"), "ETH": (eth, "0.01")})
    >>> marks = {"BTC": 58_000, "ETH": 3_100}
    >>> account.equity(marks), account.maintenance_margin(marks)
    (17000, 600)
    >>> round(float(account.liquidation_price("BTC", marks)), 2)
    41517.59
    >>> [None if k is None else round(float(k), 4) for k in account.liquidation_shock(marks)]
    [-0.6212, None]

    Raises ValueError that names the argument, its value and what was expected.
    """

    def __init__(self, wallet: Any, legs: Mapping[str, tuple[Position, Any]],
                 underlying: Mapping[str, str] | None = None):
        named = _underlyings(mapping("legs", legs, "{name: (position, tiers)}"), underlying)
        made = {name: Leg(name, pair, named[name]) for name, pair in legs.items()}
        _refuse_mixed(made)
        vars(self).update(wallet=not_negative("wallet", wallet), _legs=made)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"an Account does not change; {name} stays. Make a new one")

    def __delattr__(self, name: str) -> None:
        self.__setattr__(name, None)

    @property
    def legs(self) -> Mapping[str, tuple[Position, Tiers]]:
        """{name: (position, tiers)}, as `Account` takes them."""
        return MappingProxyType({name: (leg.position, leg.tiers)
                                 for name, leg in self._legs.items()})

    @property
    def underlying(self) -> Mapping[str, str]:
        """{name: underlying} of every leg."""
        return MappingProxyType({name: leg.underlying for name, leg in self._legs.items()})

    # the ledger

    def unrealized_pnl(self, marks: Mapping[str, Any]) -> "Rational":
        """The legs' unrealized PnL at the marks, added up."""
        prices = self._prices(marks)
        return sum(leg.position.unrealized_pnl(prices[leg.underlying])
                   for leg in self._legs.values())

    def equity(self, marks: Mapping[str, Any], close_fee: Any = 0) -> "Rational":
        """Wallet plus unrealized PnL of all legs.

        The close fee is counted in the requirement, so equity is the same with any.
        """
        self._fee(close_fee)
        return formulas.equity.exact(collateral=self.wallet,
                                     unrealized_pnl=self.unrealized_pnl(marks))

    def maintenance_margin(self, marks: Mapping[str, Any], close_fee: Any = 0) -> "Rational":
        """Maintenance margins of all legs on their mark notionals, plus the close fee if given.

        ValueError where a notional lies above its table's cap.
        """
        prices = self._prices(marks)
        for leg in self._legs.values():
            leg.tiers.refuse_above_cap(f"notional of {leg.name!r}",
                                       leg.position.notional(prices[leg.underlying]))
        return self._requirement(prices, self._fee(close_fee))

    def margin_ratio(self, marks: Mapping[str, Any], close_fee: Any = 0) -> "Rational | None":
        """Maintenance margin, with the close fee if given, over equity; None where equity <= 0."""
        margin = self.maintenance_margin(marks, close_fee)
        return _ratio(margin, self.equity(marks))

    def liquidation(self, marks: Mapping[str, Any], close_fee: Any = 0) -> AccountStatus:
        """Status, equity, margin and ratio at the marks."""
        equity = self.equity(marks)
        margin = self._requirement(self._prices(marks), self._fee(close_fee))
        return AccountStatus("liquidated" if equity <= margin else "open", equity, margin,
                             _ratio(margin, equity))

    def _requirement(self, prices: dict[str, "Rational"], fee: "Rational") -> "Rational":
        return sum(leg.position.requirement(leg.tiers, prices[leg.underlying], "mark", fee)
                   for leg in self._legs.values())

    # the prices that liquidate

    def liquidation_price(self, leg: str, marks: Mapping[str, Any],
                          close_fee: Any = 0) -> "Rational | None":
        """The price of this leg's underlying that liquidates, the other marks held.

        Exact, or None where there is none.  With marginal tiers the leg's own mark does not
        matter.  With flat tiers it is the first price on the adverse path from the mark, the mark
        itself if the account is liquidated there.
        ValueError for a leg that shares its underlying: see `liquidation_range`.
        """
        one, prices = self._alone(leg), self._prices(marks)
        fee = self._fee(close_fee)
        others = [each for each in self._legs.values() if each is not one]
        spare = self.wallet + sum(each.position.spare(each.tiers, prices[each.underlying], fee)
                                  for each in others)
        alone = one.position.as_if_alone(prices[one.underlying], spare)
        return line_of(alone, one.tiers, "mark", fee).price

    def liquidation_range(self, underlying: str, marks: Mapping[str, Any], close_fee: Any = 0
                          ) -> tuple["Rational | None", "Rational | None"]:
        """(below, above): the nearest prices of an underlying that liquidate; None where none does.

        The other marks are held.  Where a flat table's floor is the limit, the floor's price: just
        beyond it the higher rate liquidates.  If the account is liquidated now, the mark twice.
        """
        prices, fee = self._prices(marks), self._fee(close_fee)
        if not isinstance(underlying, str) or underlying not in prices:
            raise refuse("underlying", underlying, _one_of(prices))
        moves = [self._first(prices, {underlying: rational("move", sign)}, fee)
                 for sign in (-1, 1)]
        return tuple(None if move is None else prices[underlying] * (1 + sign * move)
                     for sign, move in zip((-1, 1), moves))

    def liquidation_shock(self, marks: Mapping[str, Any], betas: Mapping[str, Any] | None = None,
                          close_fee: Any = 0) -> tuple["Rational | None", "Rational | None"]:
        """(down, up): the nearest common relative moves of all marks that liquidate.

        betas: {underlying: beta}, 1 where it is not given; each mark moves by the shock times its
        beta.  down < 0 < up, and every moved price stays above 0; None where no such move
        liquidates; (0, 0) if the account is liquidated now.  One of them alone is 0 where a mark
        stands on a floor of a flat table and the higher rate just beyond it liquidates.

        Exact; but inverse legs under unequal betas have irrational answers in general: then a
        move within 1e-30 of it.
        """
        prices, fee = self._prices(marks), self._fee(close_fee)
        each = _betas(betas, prices)
        moves = [self._first(prices, {name: sign * beta for name, beta in each.items()}, fee)
                 for sign in (-1, 1)]
        return tuple(None if move is None else sign * move for sign, move in zip((-1, 1), moves))

    def _first(self, prices: dict[str, "Rational"], moves: dict[str, Any],
               fee: "Rational") -> "Rational | None":
        """The least k of 0 or more at which marks * (1 + move * k) liquidate."""
        found = first_liquidated(
            fraction(self.wallet), list(self._legs.values()),
            {name: fraction(price) for name, price in prices.items()},
            {name: fraction(move) for name, move in moves.items()}, fraction(fee))
        return None if found is None else rational("move", found)

    def _alone(self, name: str) -> Leg:
        if not isinstance(name, str) or name not in self._legs:
            raise refuse("leg", name, _one_of(self._legs))
        leg = self._legs[name]
        shared = [other.name for other in self._legs.values()
                  if other is not leg and other.underlying == leg.underlying]
        if shared:
            raise refuse("leg", name, f"a leg alone on its underlying; {', '.join(shared)} shares "
                         f"{leg.underlying!r}: ask liquidation_range({leg.underlying!r}, marks)")
        return leg

    def _prices(self, marks: Mapping[str, Any]) -> dict[str, "Rational"]:
        mapping("marks", marks, "{underlying: price}")
        wanted = dict.fromkeys(leg.underlying for leg in self._legs.values())
        for name in wanted:
            if name not in marks:
                raise refuse("marks", marks, f"a price of {name!r}")
        return {name: positive(f"marks[{name!r}]", marks[name]) for name in wanted}

    def _fee(self, close_fee: Any) -> "Rational":
        return max(checked_fee(leg.tiers, close_fee) for leg in self._legs.values())

    def _key(self) -> tuple:
        return self.wallet, tuple((leg.name, leg.underlying, leg.position, leg.tiers)
                                  for leg in self._legs.values())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Account) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        legs = ", ".join(f"{leg.name}: {leg.position}" for leg in self._legs.values())
        return f"Account({self.wallet}; {legs})"


def _ratio(margin: "Rational", equity: "Rational") -> "Rational | None":
    if equity <= 0:
        return None
    return formulas.margin_ratio.exact(maintenance_margin=margin, equity=equity)


def _one_of(names: Iterable[str]) -> str:
    return "one of " + ", ".join(map(repr, names))


def _underlyings(legs: Mapping, underlying: Any) -> dict[str, str]:
    """Every leg's underlying; its own name where none is given."""
    if not legs or not all(isinstance(name, str) and name for name in legs):
        raise refuse("legs", legs, "at least one leg, each under a name: {name: (position, tiers)}")
    given = {} if underlying is None else mapping("underlying", underlying, "{name: underlying}")
    for name, value in given.items():
        if name not in legs:
            raise refuse("underlying", given, f"names of legs; there is no leg {name!r}")
        if not isinstance(value, str) or not value:
            raise refuse(f"underlying[{name!r}]", value, "the name of an underlying")
    return {name: given.get(name, name) for name in legs}


def _refuse_mixed(legs: dict[str, Leg]) -> None:
    """All legs settle in one currency, as far as their contracts tell."""
    first, *others = legs.values()
    for leg in others:
        if leg.linear != first.linear:
            raise refuse(f"contract of {leg.name!r}", leg.contract,
                         f"{'a linear' if first.linear else 'an inverse'} contract, as that of "
                         f"{first.name!r}: one wallet, one currency")


def _betas(betas: Any, prices: dict[str, Any]) -> dict[str, "Rational"]:
    given = {} if betas is None else mapping("betas", betas, "{underlying: beta}")
    for name in given:
        if name not in prices:
            raise refuse("betas", given, f"underlyings of the account; {name!r} is none")
    return {name: rational(f"betas[{name!r}]", given.get(name, 1)) for name in prices}
