"""One position: its ledger at a mark price, and the price at which it is liquidated."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..theory import formulas
from ..theory.exact import fraction_of_one, one_of, positive, rational, refuse
from .contract import Inverse, Linear
from .line import line_of
from .tiers import Tiers, as_tiers, at_least_one

if TYPE_CHECKING:
    from sympy import Rational

SIDES = {"long": 1, "short": -1}
BASES = ("mark", "entry")


@dataclass(frozen=True)
class Liquidation:
    """Where and whether a position is liquidated.

    price: exact, or None where no price liquidates it.
    status: "open", "liquidated" or "never" (open, and no price liquidates it).
    tier: the tier, counted from 1, that binds at the price; None where there is no price.
    bankruptcy_price: where equity is 0, without fee; None where it never is.
    """

    price: "Rational | None"
    status: str
    tier: int | None
    bankruptcy_price: "Rational | None"


class Position:
    """An immutable position in a linear or inverse perpetual.

    side: "long" or "short".
    size: above 0; in coin (linear) or in contracts (inverse).
    entry: price above 0, in quote currency per coin.
    leverage: 1 or more; collateral is then the notional at entry over leverage.
    collateral: above 0, in the quote currency (linear) or in coin (inverse).
        Give leverage, or collateral, or neither: a leg of a cross account.
    contract: `Linear()` or `Inverse(face=...)`.

    Money is exact.  Wherever `tiers` is asked for, a bare rate means one tier.  `basis` says
    on which notional the maintenance margin is charged: "mark" or "entry".  The close fee is
    charged on the exit notional on either basis, and counts inside the threshold: the position
    is liquidated when equity <= maintenance margin + close fee.

    >>> trade = Position("long", "0.1", 60_000, leverage=10)
    >>> trade.liquidation_price("0.005", basis="entry")
    54300
    >>> round(float(trade.liquidation_price("0.005")), 2)
    54271.36

    Raises ValueError that names the argument, its value and what was expected.
    """

    def __init__(self, side: str, size: Any, entry: Any, *, leverage: Any = None,
                 collateral: Any = None, contract: Linear | Inverse = Linear()):
        if leverage is not None and collateral is not None:
            raise ValueError(f"leverage = {leverage!r} and collateral = {collateral!r}: "
                             "expected one of the two, or neither for a cross leg")
        if not isinstance(contract, (Linear, Inverse)):
            raise refuse("contract", contract, "Linear() or Inverse(face=...)")
        self._fill(one_of("side", side, tuple(SIDES)), positive("size", size),
                   positive("entry", entry), contract,
                   None if leverage is None else at_least_one("leverage", leverage),
                   None if collateral is None else positive("collateral", collateral))

    def _fill(self, side, size, entry, contract, leverage, collateral, realized_pnl=None) -> None:
        vars(self).update(side=side, size=size, entry=entry, contract=contract, leverage=leverage,
                          realized_pnl=realized_pnl)
        vars(self)["collateral"] = self.initial_margin if collateral is None else collateral

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a Position does not change; {name} stays. "
                             "add, reduce and add_collateral give a new one")

    def __delattr__(self, name: str) -> None:
        self.__setattr__(name, None)

    @property
    def sign(self) -> int:
        """+1 for a long, −1 for a short."""
        return SIDES[self.side]

    # the ledger

    def notional(self, mark: Any = None) -> "Rational":
        """Value of the position at `mark` (None: at entry), in the settlement currency."""
        price = self.entry if mark is None else positive("mark", mark)
        return self.contract.value("notional", size=self.size, mark_price=price)

    @cached_property
    def initial_margin(self) -> "Rational | None":
        """Notional at entry over leverage; None unless leverage was given."""
        if self.leverage is None:
            return None
        return formulas.initial_margin.exact(
            entry_notional=self.notional(), leverage=self.leverage)

    def unrealized_pnl(self, mark: Any) -> "Rational":
        """Profit or loss at `mark`, in the settlement currency, before fees and funding."""
        return self.contract.value("unrealized_pnl", side=self.sign, size=self.size,
                                   entry_price=self.entry, mark_price=positive("mark", mark))

    def equity(self, mark: Any) -> "Rational":
        """Collateral plus unrealized PnL at `mark`.  ValueError for a cross leg."""
        return formulas.equity.exact(collateral=self._own_collateral("equity"),
                                     unrealized_pnl=self.unrealized_pnl(mark))

    def maintenance_margin(self, tiers: Any, mark: Any, basis: str = "mark") -> "Rational":
        """Least equity that keeps the position open, without the close fee.

        ValueError where the notional it is charged on lies above the table's cap.
        """
        table, at = self._table(tiers), positive("mark", mark)
        charged = self.notional(at if one_of("basis", basis, BASES) == "mark" else None)
        return table.maintenance_margin(charged)

    def margin_ratio(self, tiers: Any, mark: Any, basis: str = "mark") -> "Rational | None":
        """Maintenance margin over equity at `mark`; None where equity is not positive."""
        equity = self.equity(mark)
        margin = self.maintenance_margin(tiers, mark, basis)
        if equity <= 0:
            return None
        return formulas.margin_ratio.exact(maintenance_margin=margin, equity=equity)

    # the line

    def liquidation_price(self, tiers: Any, basis: str = "mark",
                          close_fee: Any = 0) -> "Rational | None":
        """The price at which equity meets the requirement; None where no price does."""
        return line_of(self, *self._terms(tiers, basis, close_fee)).price

    def liquidation(self, tiers: Any, mark: Any = None, basis: str = "mark",
                    close_fee: Any = 0) -> Liquidation:
        """Price, status at `mark` (None: at entry), tier that binds, and bankruptcy price."""
        table, basis, fee = self._terms(tiers, basis, close_fee)
        line = line_of(self, table, basis, fee)
        at = self.entry if mark is None else positive("mark", mark)
        status = "never" if line.price is None else "open"
        if self.shortfall(table, at, basis, fee) >= 0:
            status = "liquidated"
        return Liquidation(line.price, status, line.tier, self.bankruptcy_price())

    def bankruptcy_price(self, close_fee: Any = 0) -> "Rational | None":
        """The price at which equity only pays the close fee; None where it always does more."""
        return self.contract.value(
            "bankruptcy_price", side=self.sign, size=self.size, entry_price=self.entry,
            collateral=self._own_collateral("bankruptcy_price"),
            close_fee=fraction_of_one("close_fee", close_fee))

    def shortfall(self, tiers: Tiers, mark: "Rational", basis: str,
                  close_fee: "Rational") -> "Rational":
        """Requirement less equity at `mark`: liquidated where it is 0 or more."""
        return self.requirement(tiers, mark, basis, close_fee) - self.equity(mark)

    def requirement(self, tiers: Tiers, mark: "Rational", basis: str,
                    close_fee: "Rational") -> "Rational":
        """Maintenance margin plus close fee at `mark`, also for a leg without collateral.

        A notional above the table's cap is charged the last rate.
        """
        charged = self.notional(mark if basis == "mark" else None)
        return formulas.requirement.exact(maintenance_margin=tiers.margin(charged),
                                          close_fee=close_fee, notional=self.notional(mark))

    # as a leg of an account

    def spare(self, tiers: Tiers, mark: "Rational", close_fee: "Rational") -> "Rational":
        """Unrealized PnL less requirement: what the leg adds to a shared wallet's spare money."""
        return self.unrealized_pnl(mark) - self.requirement(tiers, mark, "mark", close_fee)

    def as_if_alone(self, mark: "Rational", spare: "Rational") -> "Position":
        """The leg from `mark` on, as if opened there: what it earned so far joins the spare money.

        Its equity, at every price, is then that of an account whose other marks are held.
        """
        return self._with(entry=mark, collateral=spare + self.unrealized_pnl(mark))

    # changing it

    def add_collateral(self, amount: Any) -> "Position":
        """The same position with more collateral (a negative amount takes some out).

        ValueError where the collateral would not stay above 0.
        """
        total = self._own_collateral("add_collateral") + rational("amount", amount)
        if total <= 0:
            raise refuse("amount", amount, f"more than -{self.collateral}, the collateral there is")
        return self._with(collateral=total)

    def add(self, size: Any, price: Any) -> "Position":
        """The position after adding `size` at `price`: average entry, collateral unchanged."""
        added = positive("size", size)
        entry = self.contract.value("average_entry", size=self.size, entry_price=self.entry,
                                    added_size=added, added_price=positive("price", price))
        return self._with(size=self.size + added, entry=entry)

    def reduce(self, size: Any, price: Any) -> "Position":
        """The position after closing `size` of it at `price`; `.realized_pnl` on the result.

        The realized PnL goes into collateral.  ValueError where `size` is not below the
        position's, or the loss uses the collateral up.
        """
        closed = positive("size", size)
        if closed >= self.size:
            raise refuse("size", size, f"less than {self.size}, the size of the position")
        realized = self.contract.value("realized_pnl", side=self.sign, closed_size=closed,
                                       entry_price=self.entry,
                                       exit_price=positive("price", price))
        return self._with(size=self.size - closed, realized_pnl=realized,
                          collateral=self._after(realized, price))

    def _after(self, realized: "Rational", price: Any) -> "Rational | None":
        if self.collateral is None:
            return None
        left = self.collateral + realized
        if left <= 0:
            raise refuse("price", price, f"a price at which the loss {-realized} stays below the "
                         f"collateral {self.collateral}")
        return left

    def _with(self, **changes: Any) -> "Position":
        new = object.__new__(Position)
        now = dict(side=self.side, size=self.size, entry=self.entry, contract=self.contract,
                   leverage=self.leverage, collateral=self.collateral)
        new._fill(**now | changes)
        return new

    def _own_collateral(self, asked: str) -> "Rational":
        if self.collateral is None:
            raise ValueError(f"collateral = None: {asked} needs a position with leverage or "
                             "collateral of its own, not a leg of a cross account")
        return self.collateral

    def _table(self, tiers: Any) -> Tiers:
        table = as_tiers(tiers)
        table.refuse_above_cap("entry notional", self.notional())
        return table

    def _terms(self, tiers: Any, basis: str, close_fee: Any) -> tuple[Tiers, str, "Rational"]:
        self._own_collateral("the liquidation price")
        table, fee = self._table(tiers), checked_fee(as_tiers(tiers), close_fee)
        return table, one_of("basis", basis, BASES), fee

    def _key(self) -> tuple:
        return self.side, self.size, self.entry, self.contract, self.leverage, self.collateral

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Position) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        money = "cross" if self.collateral is None else f"collateral={self.collateral}"
        if self.leverage is not None:
            money = f"leverage={self.leverage}, {money}"
        contract = "" if self.contract == Linear() else f", {self.contract!r}"
        return f"Position({self.side}, {self.size} @ {self.entry}, {money}{contract})"


def checked_fee(table: Tiers, close_fee: Any) -> "Rational":
    """The close fee, in [0, 1), where it leaves every rate below 1."""
    fee = fraction_of_one("close_fee", close_fee)
    highest = table.rows[-1].rate
    if highest + fee >= 1:
        raise refuse("close_fee", close_fee, f"rate + close_fee below 1; the rate is {highest}")
    return fee
