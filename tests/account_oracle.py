"""Random accounts, and their spare money in plain Fractions, by slices of notional.

Imports nothing from the package.  A `case` holds wallet, fee, marks, betas and legs; a leg is what
`draw_positions.draw` makes, with its underlying.
"""

import random
from fractions import Fraction as F

from draw_positions import draw
from ledger_oracle import margin, money, value


def accounts(count, seed="accounts"):
    rng = random.Random(seed)
    return [account(rng) for _ in range(count)]


def account(rng):
    inverse = rng.random() < 0.4
    names = [f"U{i}" for i in range(rng.randrange(1, 5))]
    marks = {name: F(rng.randrange(1, 90_000), rng.choice([1, 1, 10])) for name in names}
    legs = [leg(rng, inverse, marks) for _ in range(rng.randrange(2, 7))]
    marks = {name: mark for name, mark in marks.items()
             if any(each["underlying"] == name for each in legs)}
    gross = sum(value(each["size"], marks[each["underlying"]], each["face"]) for each in legs)
    lost = -sum(gain(each, marks[each["underlying"]]) for each in legs)
    wallet = max(F(0), lost) + gross * rng.choice(
        [F(rng.randrange(1, 300), 1000), F(rng.randrange(1, 100), 1000), F(2)])
    case = dict(wallet=wallet, legs=legs, marks=marks, betas=betas(rng, marks, inverse),
                fee=rng.choice([F(0), F(0), F(1, 2000), F(3, 100)]), inverse=inverse)
    return aimed(rng, case) if rng.random() < 0.3 else case


def aimed(rng, case):
    """A wallet that still carries a flat leg at one of its floors, but not just beyond it."""
    flat = [leg for leg in case["legs"] if leg["scheme"] == "flat" and len(leg["rows"]) > 1]
    if not flat:
        return case
    leg = rng.choice(flat)
    (_, lower), (floor, rate) = rng.choice(list(zip(leg["rows"], leg["rows"][1:])))
    there = case["marks"] | {leg["underlying"]: floor_price(leg, floor)}
    wallet = case["wallet"] - spare(case, there) + floor * (rate - lower) * F(
        rng.randrange(1, 20), 20)
    return case | dict(wallet=max(F(0), wallet))


def floor_price(leg, floor):
    """The price at which a leg's notional stands on a floor."""
    return floor / leg["size"] if leg["face"] is None else F(leg["size"]) * leg["face"] / floor


def leg(rng, inverse, marks):
    """A leg whose notional stands anywhere in its table, its floors included, near its mark."""
    while True:
        case = draw(rng)
        if (case["face"] is not None) == inverse:
            break
    name = rng.choice(list(marks))
    notional = value(case["size"], case["entry"], case["face"])
    near = 1 if rng.random() < 0.2 else F(rng.randrange(80, 120), 100)
    entry = marks[name] * near
    size = notional / entry if case["face"] is None else notional * entry / case["face"]
    return case | dict(underlying=name, entry=entry, size=size)


def betas(rng, marks, inverse):
    """None, one for all, or each its own: 0 and below 0 among them."""
    kind = rng.randrange(3)
    if kind == 0:
        return None
    if kind == 1 or inverse:
        common = rng.choice([F(1), F(1, 2), F(-3, 2)])
        return {name: rng.choice([common, common, F(0)]) for name in marks}
    return {name: F(rng.randrange(-6, 20), 8) for name in marks}


def gain(leg, price):
    return money(leg["side"], leg["size"], leg["entry"], F(0), price, leg["face"])


def needs(leg, price, fee):
    notional = value(leg["size"], price, leg["face"])
    return margin(leg["rows"], leg["scheme"], notional) + fee * notional


def equity(case, marks):
    return case["wallet"] + sum(gain(leg, marks[leg["underlying"]]) for leg in case["legs"])


def requirement(case, marks):
    return sum(needs(leg, marks[leg["underlying"]], case["fee"]) for leg in case["legs"])


def spare(case, marks):
    """Equity less requirement: the account is open while this is above 0."""
    return equity(case, marks) - requirement(case, marks)


class Walk:
    """Marks moved by k * move: `spare` at k, and the k at which a leg stands on a floor."""

    def __init__(self, case, moves):
        self.case, self.moves = case, {n: m for n, m in moves.items() if m}
        self.legs = [leg for leg in case["legs"] if leg["underlying"] in self.moves]
        self.held = case["wallet"] + sum(
            gain(leg, case["marks"][leg["underlying"]])
            - needs(leg, case["marks"][leg["underlying"]], case["fee"])
            for leg in case["legs"] if leg["underlying"] not in self.moves)

    def price(self, leg, k):
        return self.case["marks"][leg["underlying"]] * (1 + k * self.moves[leg["underlying"]])

    def spare(self, k):
        return self.held + sum(gain(leg, self.price(leg, k))
                               - needs(leg, self.price(leg, k), self.case["fee"])
                               for leg in self.legs)

    def end(self):
        """The k at which the first price would be 0; None where none falls."""
        return min((-1 / m for m in self.moves.values() if m < 0), default=None)

    def corners(self, scheme=""):
        """Every k ahead at which a rate changes, in order; of tables of one scheme, if asked."""
        found, end = set(), self.end()
        for leg in self.legs:
            for floor, _ in leg["rows"][1:] if leg["scheme"].startswith(scheme) else ():
                mark = self.case["marks"][leg["underlying"]]
                found.add((floor_price(leg, floor) - mark) / (mark * self.moves[leg["underlying"]]))
        return sorted(k for k in found if k > 0 and (end is None or k < end))
