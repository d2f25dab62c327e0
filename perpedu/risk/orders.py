"""The life of a stop order as data: states, events, and which event leads from where to where.

A stop order rests at the venue until its trigger price is reached; then it becomes a market order.
Nothing else happens to it than what stands in `STOP.transitions`; anything else is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..market.position import Position
from ..theory.exact import mapping, one_of, positive, refuse

if TYPE_CHECKING:
    from sympy import Rational

TRIGGERS = ("mark", "last", "index")
DIRECTIONS = {"sell": 1, "buy": -1}


@dataclass(frozen=True)
class Machine:
    """What can happen to an order.

    states, events: {word: meaning}; transitions: {(state, event): next state}; start: a state.

    >>> STOP.after("resting", "trigger")
    'triggered'
    >>> STOP.allowed("filled"), STOP.ends
    ((), ('filled', 'cancelled', 'rejected'))

    ValueError where a transition, or the start, names a word that has no meaning.
    """

    states: Mapping[str, str]
    events: Mapping[str, str]
    transitions: Mapping[tuple[str, str], str]
    start: str

    def __post_init__(self) -> None:
        one_of("start", self.start, tuple(self.states))
        for (state, event), after in self.transitions.items():
            one_of("state of a transition", state, tuple(self.states))
            one_of("event of a transition", event, tuple(self.events))
            one_of("state after a transition", after, tuple(self.states))
        for name in ("states", "events", "transitions"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def after(self, state: str, event: str) -> str:
        """The state after an event.  ValueError where that event cannot happen in that state."""
        one_of("state", state, tuple(self.states))
        one_of("event", event, tuple(self.events))
        if (state, event) not in self.transitions:
            possible = ", ".join(map(repr, self.allowed(state))) or "nothing: it has ended"
            raise refuse("event", event, f"of an order that is {state}: {possible}")
        return self.transitions[state, event]

    def allowed(self, state: str) -> tuple[str, ...]:
        """The events that can happen in a state, in the order of the table."""
        return tuple(event for event in self.events if (state, event) in self.transitions)

    @property
    def ends(self) -> tuple[str, ...]:
        """The states that nothing leads out of."""
        return tuple(state for state in self.states if not self.allowed(state))

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        """Every transition: from, event, to."""
        return ((state, event, after) for (state, event), after in self.transitions.items())


#: The life of a stop order.  What a venue calls these states differs; what they do does not.
STOP = Machine(
    states={
        "sent": "on its way to the venue",
        "resting": "accepted; waits until its trigger price is reached",
        "triggered": "the trigger price was reached; now a market order",
        "partly filled": "a part is traded, the rest is still in the market",
        "filled": "all of it is traded",
        "cancelled": "taken back, by the trader or by the venue",
        "rejected": "refused by the venue",
    },
    events={
        "accept": "the venue takes the order",
        "refuse": "the venue does not take it, for instance because it would trigger at once",
        "trigger": "the chosen price reaches the stop price",
        "fill part": "a part is traded",
        "fill": "the rest is traded",
        "nothing to reduce": "it may only reduce, and the position is gone",
        "cancel": "the trader takes it back",
        "liquidation": "the venue takes over the position and cancels its orders",
    },
    transitions={
        ("sent", "accept"): "resting",
        ("sent", "refuse"): "rejected",
        ("resting", "trigger"): "triggered",
        ("resting", "nothing to reduce"): "cancelled",
        ("resting", "cancel"): "cancelled",
        ("resting", "liquidation"): "cancelled",
        ("triggered", "fill part"): "partly filled",
        ("triggered", "fill"): "filled",
        ("triggered", "nothing to reduce"): "cancelled",
        ("triggered", "liquidation"): "cancelled",
        ("partly filled", "fill part"): "partly filled",
        ("partly filled", "fill"): "filled",
        ("partly filled", "nothing to reduce"): "cancelled",
        ("partly filled", "liquidation"): "cancelled",
    },
    start="sent",
)  # fmt: skip


@dataclass(frozen=True)
class StopOrder:
    """An immutable stop order.

    direction: "sell" (the stop of a long: reached from above) or "buy"; size: above 0, in coin or
    contracts; stop: the trigger price; trigger: which price must reach it, "mark", "last" or
    "index"; reduce_only: whether it may only make a position smaller.  `filled` is the size that is
    traded.

    >>> order = StopOrder("sell", "0.1", 57_000).on("accept")
    >>> order.state, order.reached({"mark": 57_001, "last": 56_990})
    ('resting', False)

    Raises ValueError that names the argument, its value and what was expected.
    """

    direction: str
    size: Any
    stop: Any
    trigger: str = "mark"
    reduce_only: bool = True
    state: str = STOP.start
    filled: Any = 0

    def __post_init__(self) -> None:
        one_of("direction", self.direction, tuple(DIRECTIONS))
        one_of("trigger", self.trigger, TRIGGERS)
        one_of("state", self.state, tuple(STOP.states))
        if not isinstance(self.reduce_only, bool):
            raise refuse("reduce_only", self.reduce_only, "True or False")
        for name in ("size", "stop"):
            object.__setattr__(self, name, positive(name, getattr(self, name)))

    @classmethod
    def closing(cls, position: Position, stop: Any, trigger: str = "mark",
                reduce_only: bool = True) -> "StopOrder":
        """The stop order that closes a position.

        ValueError unless the stop lies below the entry of a long, above that of a short.
        """
        price = positive("stop", stop)
        if position.sign * (position.entry - price) <= 0:
            where = "below" if position.sign > 0 else "above"
            raise refuse("stop", stop, f"a price {where} the entry of the {position.side}, "
                         f"{position.entry}")
        return cls("sell" if position.sign > 0 else "buy", position.size, price, trigger,
                   reduce_only)

    @property
    def sign(self) -> int:
        """+1 for an order that sells, −1 for one that buys: the side that it closes."""
        return DIRECTIONS[self.direction]

    @property
    def left(self) -> "Rational":
        """The size that is not traded yet."""
        return self.size - self.filled

    def reached(self, prices: Mapping[str, Any]) -> bool:
        """Whether the price that the order looks at has reached its stop price."""
        at = mapping("prices", prices, "{'mark': price, 'last': price, ...}").get(self.trigger)
        return self.sign * (positive(self.trigger, at) - self.stop) <= 0

    def on(self, event: str, size: Any = 0) -> "StopOrder":
        """The order after an event, `size` of it traded.  ValueError where it cannot happen."""
        return replace(self, state=STOP.after(self.state, event), filled=self.filled + size)
