"""The ledger once more, in plain Fractions and another way: slices, steps and bisection.

Imports nothing from the package, so that a wrong formula there cannot hide here.
"""

from fractions import Fraction as F


def value(size, price, face=None):
    """Notional: coin times price, or contracts times face per price."""
    return size * price if face is None else F(size) * face / price


def money(side, size, entry, collateral, price, face=None):
    """Equity, counted as what the coins or contracts changed in value since entry."""
    bought, now = value(size, entry, face), value(size, price, face)
    gain = (now - bought) if face is None else (bought - now)
    return collateral + (gain if side == "long" else -gain)


def margin(rows, scheme, notional):
    """Maintenance margin: slice by slice (marginal), or the whole at one rate (flat)."""
    if scheme == "flat":
        rate = rows[0][1]
        for floor, row_rate in rows:
            if notional > floor:
                rate = row_rate
        return rate * notional
    ceilings = [floor for floor, _ in rows[1:]] + [None]
    total = F(0)
    for (floor, rate), ceiling in zip(rows, ceilings):
        top = notional if ceiling is None else min(notional, ceiling)
        total += rate * max(F(0), top - floor)
    return total


def spare(case, price):
    """Equity less requirement at a price: the position is open while this is above 0."""
    charged = value(case["size"], case["entry"] if case["basis"] == "entry" else price,
                    case["face"])
    need = margin(case["rows"], case["scheme"], charged)
    need += case["fee"] * value(case["size"], price, case["face"])
    return money(case["side"], case["size"], case["entry"], case["collateral"], price,
                 case["face"]) - need


def boundary_prices(case):
    """The prices at which the notional stands on a floor."""
    floors = [floor for floor, _ in case["rows"][1:]]
    if case["face"] is None:
        return [floor / case["size"] for floor in floors]
    return [F(case["size"]) * case["face"] / floor for floor in floors]


def bisect(case, open_price, closed_price, steps=80):
    """The price between an open and a liquidated one at which the position turns."""
    for _ in range(steps):
        middle = (open_price + closed_price) / 2
        if spare(case, middle) > 0:
            open_price = middle
        else:
            closed_price = middle
    return closed_price
