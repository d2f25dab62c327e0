"""Fills joined into trades: from 0 to 0, with partial fills, flips, and costs kept apart."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from ..market import timestamps
from .fields import plain, read_all

if TYPE_CHECKING:
    from .exchange import Taken


class Fill(NamedTuple):
    """A fill: size above 0 bought, below 0 sold; fee: paid above 0, in fee_coin.

    closes: whether the venue says that it closed something.
    """

    where: str
    id: str
    time: int
    symbol: str
    size: Fraction
    price: Fraction
    fee: Fraction
    fee_coin: str
    settlement: str
    position: str
    closes: bool


class Funding(NamedTuple):
    """A funding payment: amount above 0 paid, in coin."""

    where: str
    id: str
    time: int
    symbol: str
    amount: Fraction
    coin: str


@dataclass
class Held:
    """A position while it is put together."""

    first: Fill
    settlement: str
    face: Fraction | None
    opened: Fraction = Fraction(0)
    closed: Fraction = Fraction(0)
    worth: dict[bool, Fraction] = field(default_factory=lambda: {True: Fraction(0), False: Fraction(0)})
    fees: dict[str, Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    funding: list[Funding] = field(default_factory=list)
    last: int = 0

    @property
    def sign(self) -> int:
        """+1 for a long."""
        return 1 if self.first.size > 0 else -1

    @property
    def size(self) -> Fraction:
        """What is still open, above 0."""
        return self.opened - self.closed

    def take(self, fill: Fill, size: Fraction, opening: bool) -> None:
        """A part of a fill: opening or closing, with its part of the fee."""
        if opening:
            self.opened += size
        else:
            self.closed += size
        self.worth[opening] += size * fill.price if self.face is None else size / fill.price
        self.fees[fill.fee_coin] += fill.fee * size / abs(fill.size)
        self.last = fill.time

    def average(self, opening: bool) -> Fraction:
        """The average price; of an inverse contract the harmonic one, which has the same PnL."""
        worth = self.worth[opening]
        size = self.opened if opening else self.closed
        return worth / size if self.face is None else size / worth


def join(rows: "list[Fill | Funding]", venue: str, faces: dict[str, Fraction]) -> "Taken":
    """Whole trades, and what was left."""
    from .exchange import Taken

    fills = [row for row in rows if isinstance(row, Fill)]
    done, open_ones = _positions(sorted(fills, key=lambda fill: fill.time), faces)
    taken = Taken(fills=len(fills), fundings=len(rows) - len(fills))
    for row in sorted((row for row in rows if isinstance(row, Funding)), key=lambda row: row.time):
        _assign(row, [*done, *open_ones], taken)
    taken.trades = [_trade(held, venue) for held in sorted(done, key=lambda held: held.first.time)]
    taken.left += [f"{held.first.symbol}: {plain(held.size)} still open since "
                   f"{timestamps.text(held.first.time)}: left until it is closed"
                   for held in open_ones]
    return taken


def _positions(fills: list[Fill], faces: dict[str, Fraction]) -> tuple[list[Held], list[Held]]:
    """Positions that came back to 0, and those that did not; each symbol and side by itself."""
    now: dict[tuple[str, str], Held] = {}
    done: list[Held] = []
    for fill in fills:
        key = (fill.symbol, fill.position if fill.position in ("long", "short") else "")
        held = now.get(key)
        left = abs(fill.size)
        if held is not None and held.sign * fill.size < 0:
            part = min(left, held.size)
            held.take(fill, part, opening=False)
            left -= part
            if held.size == 0:
                done.append(now.pop(key))
        elif held is None:
            _refuse_inside(fill, key[1])
        if left:
            if key not in now:
                now[key] = Held(fill, fill.settlement, faces.get(fill.symbol))
            now[key].take(fill, left, opening=True)
    return done, list(now.values())


def _refuse_inside(fill: Fill, side: str) -> None:
    """A first fill that closes something: the file begins inside a position."""
    wrong_way = side and (fill.size > 0) != (side == "long")
    if fill.closes or wrong_way:
        raise ValueError(f"{fill.where}: this fill closes a position that the file does not open: "
                         "export from an earlier day on")


def _assign(row: Funding, positions: list[Held], taken: "Taken") -> None:
    """A payment goes to the one position that was open then."""
    there = [held for held in positions if held.first.symbol == row.symbol
             and held.first.time <= row.time and (held.size > 0 or row.time <= held.last)]
    if len(there) == 1 and row.coin == there[0].settlement:
        there[0].funding.append(row)
    else:
        why = "in another coin" if len(there) == 1 else f"{len(there)} positions were open"
        taken.left.append(f"{row.where}: funding of {plain(row.amount)} {row.coin} for {row.symbol} at "
                          f"{timestamps.text(row.time)} was not taken in: {why}")


def _trade(held: Held, venue: str) -> Any:
    from .journal import planned
    from .trade import Event, Trade

    first = held.first
    name = f"{venue}-{first.symbol}-{first.id or first.time}"
    if held.size == 0 and first.position in ("long", "short"):
        name += f"-{first.position}"
    start = planned(dict(
        id=name, venue=venue, symbol=first.symbol, currency=held.settlement,
        side="long" if held.sign > 0 else "short", size=held.opened, face=held.face,
        opened=timestamps.text(first.time), entry=held.average(True)))
    other = {coin: fee for coin, fee in held.fees.items() if coin != held.settlement and fee}
    end = read_all(dict(closed=timestamps.text(held.last), exit=held.average(False),
                        fees=held.fees[held.settlement], fees_other=other or None), ("exit",))
    events = tuple(Event(count, timestamps.text(row.time), "funding", plain(row.amount), None)
                   for count, row in enumerate(held.funding, 1))
    return Trade({**start, **{name: value for name, value in end.items() if value is not None}}, events)
