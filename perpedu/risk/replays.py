"""A position, or an account, with stop orders, taken through prices one by one.

At each tick the venue looks first: is the position liquidated at the mark?  Only then are the stop
orders looked at.  So a tick that passes both the stop and the line is a liquidation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..market.account import Account
from ..market.position import Position, checked_fee
from ..market.tiers import as_tiers
from ..theory.exact import fraction_of_one, mapping, not_negative, positive, rational, refuse
from .orders import STOP, TRIGGERS, StopOrder

if TYPE_CHECKING:
    from sympy import Rational


@dataclass(frozen=True)
class Happening:
    """Something that happened: at which tick (from 0), to which order, what, and its state then.

    size and price: of what was traded; None where nothing was.
    """

    tick: int
    order: str
    event: str
    state: str
    size: "Rational | None" = None
    price: "Rational | None" = None


@dataclass(frozen=True)
class Replay:
    """How a position and its stop order came through some prices.

    end: "open", "stopped" (the order closed the position), "closed" (something else did),
    "reversed" (an order without reduce-only opened the opposite position) or "liquidated".
    log: what happened, in order; order: as it is now; position: what there is of it now, or None.
    money: what is free, in the settlement currency; below 0 where the order was filled beyond
    bankruptcy; 0 after a liquidation, which takes the margin.
    """

    end: str
    log: tuple[Happening, ...]
    order: StopOrder
    position: Position | None
    money: "Rational"


def replay(position: Position, order: StopOrder, ticks: Iterable[Any], tiers: Any, *,
           basis: str = "mark", close_fee: Any = 0, slippage: Any = 0, delay: int = 0,
           depth: Any = None, closed: Mapping[int, Any] | None = None) -> Replay:
    """One isolated position and its stop order, tick by tick.

    ticks: prices, each a number, or {"mark": , "last": , "index": }.  slippage: how much worse than
    the last price an order is filled, a fraction of it.  delay: ticks from trigger to fill.  depth:
    the most that one tick fills.  closed: {tick: size}, what else closes a part of the position (a
    trade by hand, or the venue), at the last price, before the tick is looked at.  `tiers`, `basis`
    and `close_fee` as in `Position`; every closing trade pays the fee.

    >>> trade = Position("long", "0.1", 60_000, leverage=10)
    >>> done = replay(trade, StopOrder.closing(trade, 57_000), [60_000, 58_000, 56_900], "0.005")
    >>> done.end, done.money, [item.event for item in done.log]
    ('stopped', 290, ['accept', 'trigger', 'fill'])

    Raises ValueError that names the argument, its value and what was expected.
    """
    desk = _Desk(position, order, mapping("closed", closed or {}, "{tick: size}"))
    desk.terms(tiers, basis, close_fee)
    desk.market(slippage, delay, depth)
    desk.note(0, "accept")
    for tick, prices in enumerate(ticks):
        desk.see(tick, _prices("ticks", prices))
    return desk.result()


class _Desk:
    """A position and an order that change from tick to tick."""

    def __init__(self, position: Position, order: StopOrder, closed: Mapping[int, Any]):
        if order.sign != position.sign:
            raise refuse("direction", order.direction, f"an order that closes a {position.side}")
        self.position, self.order, self.sign = position, order, order.sign
        self.closed = {tick: positive("closed", size) for tick, size in closed.items()}
        self.log, self.end, self.since, self.money = [], "open", 0, rational("money", 0)

    def terms(self, tiers: Any, basis: str, close_fee: Any) -> None:
        self.position.liquidation_price(tiers, basis, close_fee)  # refuses what does not fit
        self.tiers, self.basis = as_tiers(tiers), basis
        self.fee = checked_fee(self.tiers, close_fee)

    def market(self, slippage: Any, delay: Any, depth: Any) -> None:
        self.slippage = fraction_of_one("slippage", slippage)
        self.delay = not_negative("delay", delay)
        self.depth = None if depth is None else positive("depth", depth)

    def note(self, tick: int, event: str, size: Any = None, price: Any = None) -> None:
        self.order = self.order.on(event, size or 0)
        self.log.append(Happening(tick, "stop", event, self.order.state, size, price))

    def see(self, tick: int, prices: dict[str, Any]) -> None:
        """One tick: other trades, then the venue, then the order."""
        if self.position and self.end == "open" and tick in self.closed:
            self.close(min(self.position.size, self.closed[tick]), prices["last"], "closed")
        if self.position and self.position.shortfall(self.tiers, prices["mark"], self.basis,
                                                     self.fee) >= 0:
            self.take_over()
        if self.end == "liquidated":
            self.note_if_possible(tick, "liquidation")
        elif self.order.reduce_only and not self.position:
            self.note_if_possible(tick, "nothing to reduce")
        elif self.order.state == "resting" and self.order.reached(prices):
            self.since = tick
            self.note(tick, "trigger")
        if self.order.state in ("triggered", "partly filled") and tick >= self.since + self.delay:
            self.fill(tick, prices["last"] * (1 - self.sign * self.slippage))

    def note_if_possible(self, tick: int, event: str) -> None:
        if event in STOP.allowed(self.order.state):
            self.note(tick, event)

    def take_over(self) -> None:
        """A liquidation: the venue has the position and the margin."""
        self.end, self.position, self.money = "liquidated", None, rational("money", 0)

    def fill(self, tick: int, price: Any) -> None:
        """Trade what the order, the tick and the position allow."""
        held = self.position.size if self.position and self.end != "reversed" else 0
        wanted = min(self.order.left, held) if self.order.reduce_only else self.order.left
        traded = wanted if self.depth is None else min(wanted, self.depth)
        if held:
            self.close(min(traded, held), price, "stopped")
        if traded > held:
            self.open_opposite(traded - held, price)
        self.note(tick, "fill" if traded == wanted else "fill part", traded, price)

    def close(self, size: Any, price: Any, end: str) -> None:
        """Close `size`: profit or loss and fee go into the collateral, and all of it frees it."""
        part = Position(self.position.side, size, self.position.entry,
                        contract=self.position.contract)
        left = self.position.pay(self.fee * part.notional(price) - part.unrealized_pnl(price))
        if size == left.size:
            self.money, self.position, self.end = left.collateral, None, end
        elif left.collateral > 0:
            self.position = left.reduce(size, left.entry)
        else:
            self.take_over()

    def open_opposite(self, size: Any, price: Any) -> None:
        """What an order that is not reduce-only trades beyond the position."""
        if self.end == "reversed":
            self.position = self.position.add(size, price)
        elif self.money > 0:
            self.position = Position("short" if self.sign > 0 else "long", size, price,
                                     collateral=self.money)
            self.end, self.money = "reversed", rational("money", 0)

    def result(self) -> Replay:
        return Replay(self.end, tuple(self.log), self.order, self.position, self.money)


@dataclass(frozen=True)
class AccountReplay:
    """How an account and its stop orders came through some prices.

    end: "open", "stopped" (no leg is left) or "liquidated"; tick: the last one looked at; log: what
    happened, in order; orders: as they are now; account: as it is now, None where no leg is left;
    money: its equity at that tick.
    """

    end: str
    tick: int
    log: tuple[Happening, ...]
    orders: Mapping[str, StopOrder]
    account: Account | None
    money: "Rational"


def replay_account(account: Account, orders: Mapping[str, StopOrder], ticks: Iterable[Any],
                   close_fee: Any = 0) -> AccountReplay:
    """A cross account whose legs have stop orders, tick by tick.

    orders: {leg: StopOrder}, each for the whole leg; filled at the last price of the tick that
    triggers it.  ticks: {underlying: price or {"mark": , "last": , "index": }}.  Each order that is
    filled pays `close_fee`, which also counts in the account's requirement.

    >>> long = Position("long", "0.1", 60_000)
    >>> account = Account(600, {"BTC": (long, "0.005")})
    >>> done = replay_account(account, {"BTC": StopOrder.closing(long, 57_000)}, [{"BTC": 56_900}])
    >>> done.end, done.money
    ('stopped', 290)

    Raises ValueError that names the argument, its value and what was expected.
    """
    fee = fraction_of_one("close_fee", close_fee)
    desk = _Books(account, mapping("orders", orders, "{leg: StopOrder}"), fee)
    for tick, prices in enumerate(ticks):
        named = mapping("ticks", prices, "{underlying: price}")
        desk.see(tick, {name: _prices(name, price) for name, price in named.items()})
        if desk.end != "open":
            break
    return AccountReplay(desk.end, desk.tick, tuple(desk.log), desk.orders, desk.account,
                         desk.money)


class _Books:
    """An account and its orders that change from tick to tick."""

    def __init__(self, account: Account, orders: Mapping[str, StopOrder], fee: Any):
        for name, order in orders.items():
            if name not in account.legs:
                raise refuse("orders", name, "a leg: " + ", ".join(account.legs))
            if order.sign != account.legs[name][0].sign:
                raise refuse("direction", order.direction, f"an order that closes the leg {name!r}")
        self.account, self.orders, self.fee = account, dict(orders), fee
        self.log, self.end, self.tick, self.money = [], "open", 0, account.wallet
        for name in orders:
            self.note(name, "accept")

    def note(self, name: str, event: str, size: Any = None, price: Any = None) -> None:
        self.orders[name] = order = self.orders[name].on(event, size or 0)
        self.log.append(Happening(self.tick, name, event, order.state, size, price))

    def see(self, tick: int, prices: dict[str, dict[str, Any]]) -> None:
        """One tick: the venue looks at the account first, then at each order."""
        self.tick, marks = tick, {name: price["mark"] for name, price in prices.items()}
        status = self.account.liquidation(marks, self.fee)
        self.money = status.equity
        if status.status == "liquidated":
            self.end = "liquidated"
            for name in [name for name, order in self.orders.items() if order.state == "resting"]:
                self.note(name, "liquidation")
            return
        for name in list(self.account.legs):
            self.look_at(name, prices[self.account.underlying[name]], marks)
            if self.account is None:
                return

    def look_at(self, name: str, prices: dict[str, Any], marks: dict[str, Any]) -> None:
        order = self.orders.get(name)
        if order is None or order.state != "resting" or not order.reached(prices):
            return
        self.note(name, "trigger")
        position = self.account.legs[name][0]
        self.note(name, "fill", position.size, prices["last"])
        gained = (position.unrealized_pnl(prices["last"])
                  - self.fee * position.notional(prices["last"]))
        self.without(name, gained, marks)

    def without(self, name: str, gained: Any, marks: dict[str, Any]) -> None:
        """The account without a leg, whose result goes into the wallet."""
        legs = {other: pair for other, pair in self.account.legs.items() if other != name}
        wallet = self.account.wallet + gained
        if not legs:
            self.account, self.end, self.money = None, "stopped", wallet
            return
        under = {other: self.account.underlying[other] for other in legs}
        if wallet < 0:  # the other legs' profit stands behind it: settle them at their marks
            wallet += sum(legs[other][0].unrealized_pnl(marks[under[other]]) for other in legs)
            legs = {other: (Position(leg.side, leg.size, marks[under[other]],
                                     contract=leg.contract), tiers)
                    for other, (leg, tiers) in legs.items()}
        self.account = Account(max(wallet, 0), legs, under)
        self.money = self.account.equity(marks)


def _prices(name: str, given: Any) -> dict[str, Any]:
    """A tick's prices: one number stands for all of them."""
    if not isinstance(given, Mapping):
        return dict.fromkeys(TRIGGERS, positive(name, given))
    mark = positive("mark", given.get("mark"))
    return {which: positive(which, given.get(which, mark)) for which in TRIGGERS}
