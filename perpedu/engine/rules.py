"""By which rules a liquidation goes: a venue's, as far as its rulebook has them, or your own."""

from __future__ import annotations

from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

from ..market.rulebook import ACTS, NOT_FOUND, REMAINDERS
from ..market.venue import Venue
from ..theory.exact import fraction, fraction_of_one, not_negative, one_of, refuse, whole
from .restoring import TRIGGERS

FEE_TAKERS = ("fund", "venue")


@dataclass(frozen=True)
class Rules:
    """What a liquidation does, in order, and who gets what.

    acts: of "cancel" (open orders), "share" (a part is sold first), "tier" (down to a lower tier,
        again and again), "restore" (the smallest close that restores), "market" (all is sold, no
        worse than at the bankruptcy price) and "takeover" (the fund gets the rest at that price).
        A takeover comes last, and always: what nobody buys must end somewhere.
    fee: of the liquidation, a fraction of what is sold; fee_to: "fund" or "venue".
    trigger: "<=" liquidates at equity equal to the requirement, "<" only below.
    remainder: who gets what is left after a position was sold whole: "trader" or "fund".
    tiers_down: how many tiers "tier" goes down at a time.  share: the part of "share", for
    positions with a notional above share_above.

    >>> Rules(("cancel", "tier", "takeover"), fee="0.0125", remainder="fund").acts
    ('cancel', 'tier', 'takeover')

    Raises ValueError that names the argument.
    """

    acts: tuple[str, ...] = ("cancel", "restore", "market", "takeover")
    fee: Any = 0
    trigger: str = "<="
    remainder: str = "trader"
    fee_to: str = "fund"
    tiers_down: Any = 1
    share: Any = "0.2"
    share_above: Any = 0

    def __post_init__(self) -> None:
        for name, words in (("trigger", TRIGGERS), ("remainder", REMAINDERS),
                            ("fee_to", FEE_TAKERS)):
            one_of(name, getattr(self, name), words)
        read = {"acts": _acts(self.acts), "tiers_down": whole("tiers_down", self.tiers_down),
                "fee": fraction(fraction_of_one("fee", self.fee)),
                "share": _part("share", self.share),
                "share_above": fraction(not_negative("share_above", self.share_above))}
        for name, value in read.items():
            object.__setattr__(self, name, value)

    @classmethod
    def of(cls, venue: Any, date: Any = None, **own: Any) -> "Rules":
        """A venue's rules, by the venue or its name; `own` takes the place of what it has.

        >>> Rules.of("bybit", fee=0).remainder
        'fund'

        ValueError, with file and key, for what no source states and `own` does not give.
        """
        book = venue if isinstance(venue, Venue) else Venue.load(venue)
        known = {"fee": book.rule("liquidation_fee", date).value,
                 "trigger": book.rule("trigger", date).value, "remainder": NOT_FOUND,
                 "acts": NOT_FOUND, **book.process}
        names = [item.name for item in fields(cls)]
        for name in own:
            if name not in names:
                raise refuse(name, own[name], "one of " + ", ".join(names))
        found = {name: value for name, value in known.items() if name in names} | own
        return cls(**_complete(found, book.name))


def as_rules(rules: Any, date: Any = None) -> Rules:
    """Rules as they are; a venue or its name as that venue's on a date."""
    if isinstance(rules, Rules):
        return rules
    if isinstance(rules, (Venue, str)):
        return Rules.of(rules, date)
    raise refuse("rules", rules, "Rules(...), a Venue or the name of one")


def _complete(found: dict[str, Any], name: str) -> dict[str, Any]:
    """Without what is not needed; ValueError where something needed was not found."""
    if "market" not in found["acts"] and found["remainder"] == NOT_FOUND:
        found["remainder"] = "fund"  # all that is taken over is the fund's
    for key, key_there in (("acts", "process"), ("fee", "liquidation_fee"), ("trigger", "trigger"),
                           ("remainder", "process, remainder")):
        if isinstance(found[key], str) and found[key] == NOT_FOUND:
            raise refuse(f"{name}.yaml, {key_there}", NOT_FOUND,
                         f"{key}=... of your own: no source was found that states it")
    return found


def _acts(acts: Any) -> tuple[str, ...]:
    if isinstance(acts, (str, bytes)) or not hasattr(acts, "__iter__"):
        raise refuse("acts", acts, "words out of " + ", ".join(ACTS))
    words = tuple(one_of("acts", act, ACTS) for act in acts)
    if words.count("takeover") != 1 or words[-1] != "takeover":
        raise refuse("acts", words, "'takeover' at the end, and only there")
    return words


def _part(name: str, value: Any) -> Fraction:
    number = fraction(fraction_of_one(name, value))
    if not number:
        raise refuse(name, value, "a fraction above 0 and below 1")
    return number
