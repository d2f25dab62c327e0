"""What the calculator says: its boxes, its sentences, and each venue's conventions in words."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..market.rulebook import NOT_FOUND
from ..teaching.numbers_typed import show

TITLE = "Where would your venue liquidate?"
SIDES = [["long", "long"], ["short", "short"]]

#: The boxes in order. kind "choice" picks, "text" is any number; the others say what a number is.
FIELDS: dict[str, dict[str, Any]] = {
    "venue": {"label": "Venue", "kind": "choice"},
    "table": {"label": "Tier table", "kind": "choice"},
    "maintenance_rate": {"label": "Maintenance margin rate", "kind": "rate"},
    "contract": {"label": "Contract", "kind": "choice", "radios": True,
                 "options": [["linear", "linear"], ["inverse", "inverse"]]},
    "face": {"label": "Face value of a contract", "kind": "positive"},
    "side": {"label": "Side", "kind": "choice", "radios": True, "options": SIDES},
    "size": {"label": "Size", "kind": "positive"},
    "entry": {"label": "Entry price", "kind": "positive"},
    "by": {"label": "Margin given by", "kind": "choice", "radios": True,
           "options": [["leverage", "leverage"], ["collateral", "collateral"]]},
    "leverage": {"label": "Leverage", "kind": "leverage"},
    "collateral": {"label": "Collateral", "kind": "positive"},
    "mark": {"label": "Mark price", "kind": "positive", "empty": "as entry"},
    "close_fee": {"label": "Close fee", "kind": "rate"},
}  # fmt: skip

SAYS = {
    "open": "Liquidated at {price}, {distance}.",
    "liquidated": "Liquidated at once: at a mark price of {mark} equity of {equity} is not above "
    "the requirement of {requirement}.",
    "liquidated_below": "Liquidated at once: at a mark price of {mark} equity of {equity} is "
    "below the requirement of {requirement}.",
    "never": "Never liquidated: no price above 0 brings equity down to the requirement.",
    "no_answer": "No answer yet. {why}",
    "below": "{distance} below the mark price of {mark}",
    "above": "{distance} above the mark price of {mark}",
    "at": "{distance} from the mark price of {mark}",
    "no_price": "none: no price liquidates",
    "no_bankruptcy": "none: no price uses the collateral up",
    "no_tier": "none",
    "tier": "{tier} of {tiers}, above {floor}: rate {rate}, deduction {deduction}",
    "one_rate": "one rate, {rate}",
    "MM/equity": "{ratio}, maintenance margin over equity",
    "equity/MM": "{ratio}, equity over maintenance margin",
    "no_ratio": "none: it would divide by what is not above 0",
    "positive": "{label} is a number above 0.",
    "leverage": "{label} is 1 or more.",
    "rate": "{label} is 0 % or more, and below 100 %.",
    "unit": "This box is in {unit}, not in {found}.",
    "no_fee": "The close fee counts in this venue's threshold, and no source states its rate: "
    "type yours.",
    "too_much": "A close fee of {fee} and a maintenance rate of {rate} together are 100 % or more.",
    "too_large": "At this size the initial margin rate is above 100 %: the venue would reject the "
    "order.",
    "above_cap": "The venue would reject the order: a notional of {notional} is above {cap}, where "
    "the table ends.",
    "over_leverage": "The venue would reject the order: leverage of {leverage} is above {cap}, the "
    "cap of tier {tier}, in which a notional of {notional} lies.",
    "confirm": "Confirm on your platform: rules, tables and fees change, and yours may differ.",
    "conventions": "By these conventions",
    "sources": "Where they are written",
    "table_source": "{label}: {source}",
}

#: The lines of the answer: the name of the part, its label, the role of its colour.
LINES = [
    {"name": "price", "label": "liquidation price", "role": "liquidation"},
    {"name": "distance", "label": "distance to it", "role": ""},
    {"name": "bankruptcy", "label": "bankruptcy price, without fee", "role": "bankruptcy"},
    {"name": "tier", "label": "tier that binds there", "role": ""},
    {"name": "notional", "label": "notional at entry", "role": ""},
    {"name": "leverage", "label": "leverage at entry", "role": ""},
    {"name": "collateral", "label": "collateral", "role": "equity"},
    {"name": "equity", "label": "equity at the mark price", "role": "equity"},
    {"name": "requirement", "label": "requirement at the mark price", "role": "maintenance"},
    {"name": "ratio", "label": "margin ratio at the mark price", "role": ""},
]

_OWN = "Not found in the venue's documents; here "
_TERMS = {
    "basis": ("Maintenance margin is charged on", {
        "mark": "the notional at the mark price", "entry": "the notional at the entry price"}),
    "trigger": ("Trigger", {
        "<=": "liquidated when equity <= requirement: just meeting it is too little",
        "<": "liquidated when equity < requirement: just meeting it is enough",
        NOT_FOUND: _OWN + "equity <= requirement"}),
    "close_fee": ("Close fee", {
        "in": "in: it counts in the requirement, on the notional at the mark price",
        "out": "out: the threshold leaves it out"}),
    "ratio": ("Margin ratio", {
        "MM/equity": "maintenance margin over equity: it rises to 100 % at liquidation",
        "equity/MM": "equity over maintenance margin: it falls to 100 % at liquidation",
        NOT_FOUND: _OWN + "maintenance margin over equity, which rises to 100 %"}),
    "scheme": ("Scheme", {
        "marginal": "marginal: each rate on its own slice of notional, by way of a deduction",
        "flat": "flat: the whole notional at its tier's rate, no deduction",
        "linear": "one rate for the whole position, which grows with its size in coin",
        "half_leverage": "marginal: each tier's rate is half of the initial rate at its leverage cap",
        "open_interest": "one rate; open interest moves only the leverage cap, here at its highest",
        "steps": "risk-limit steps: the whole notional at the rate of its step, no deduction"}),
    "rounding": ("Rounding", {
        "up_long": "the venue shows the price rounded toward the entry, up for a long and down for "
        "a short; here it is exact, printed with two decimals",
        NOT_FOUND: _OWN + "the price is exact, printed with two decimals"}),
}  # fmt: skip
_BARE = "one bare rate is one tier: the scheme makes no difference"
_LEFT_OUT = ("Left out", "funding, the opening fee, other positions of the account, and steps that "
             "close only a part")


class Conventions(NamedTuple):
    """What a venue's rules say: (term, words), and where each is written."""

    says: list[tuple[str, str]]
    sources: list[str]


def conventions(rules: dict[str, Any], bare: bool) -> Conventions:
    """Each convention in words, and its source; `bare` where one rate takes a table's place."""
    says, written = [], {}
    for key, (term, words) in _TERMS.items():
        rule, plain = rules[key], key == "scheme" and bare
        note = f" ({rule.note})" if rule.note and not plain else ""
        says.append((term, (_BARE if plain else words[rule.value]) + note))
        if rule.source:
            written.setdefault(rule.source, []).append(term)
    return Conventions([*says, _LEFT_OUT],
                       [f"{', '.join(terms)}: {source}" for source, terms in written.items()])


def parts(answer: Any) -> dict[str, str]:
    """The numbers of an answer as texts, by name."""
    def money(value: Any) -> str:
        return show(value, unit=answer.settles)

    def price(value: Any, without: str = "no_price") -> str:
        return SAYS[without] if value is None else show(value, unit=answer.quote)

    ratio = SAYS["no_ratio"] if answer.ratio is None else SAYS[answer.ratio_way].format(
        ratio=show(answer.ratio, unit="%"))
    return {
        "price": price(answer.price), "bankruptcy": price(answer.bankruptcy_price, "no_bankruptcy"),
        "mark": price(answer.mark), "distance": _distance(answer, price(answer.mark)),
        "tier": _tier(answer, money), "notional": money(answer.notional),
        "leverage": show(answer.leverage, unit="×"), "collateral": money(answer.collateral),
        "equity": money(answer.equity), "requirement": money(answer.requirement), "ratio": ratio,
    }  # fmt: skip


def _distance(answer: Any, mark: str) -> str:
    if answer.price is None:
        return SAYS["no_price"]
    way = ("below" if answer.price < answer.mark else "above" if answer.price > answer.mark
           else "at")
    return SAYS[way].format(distance=show(abs(answer.distance), unit="%"), mark=mark)


def _tier(answer: Any, money: Any) -> str:
    if answer.tier is None:
        return SAYS["no_tier"]
    row = answer.tiers.rows[answer.tier - 1]
    form = SAYS["tier" if len(answer.tiers.rows) > 1 else "one_rate"]
    return form.format(tier=answer.tier, tiers=len(answer.tiers.rows), floor=money(row.floor),
                       rate=show(row.rate, unit="%"), deduction=money(row.deduction))
