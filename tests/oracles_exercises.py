"""The answers of the exercises, worked out once more by hand. Nothing is imported from perpedu.

One function an exercise: drawn givens in (Fractions; a side is +1 or −1), the right answer out;
of a ledger, that of each blank line by name.
They follow the ledger step by step, not the closed formulas of the book: a liquidation price is
where the money left, drawn as a straight line in the price (or in 1/price), meets the floor.
"""

import json
from fractions import Fraction as F
from pathlib import Path

TABLE = (Path(__file__).parent.parent / "perpedu" / "market" / "venues" / "binance" / "BTCUSDT"
         / "2026-09.json")


def tiered(notional):
    """The maintenance margin slice by slice: each part of the notional pays its own row's rate."""
    total = F(0)
    for low, high, rate, *_ in json.loads(TABLE.read_text("utf-8"))["rows"]:
        total += F(rate) * max(0, min(notional, F(high)) - F(low))
    return total


def money(g, price):
    """Collateral plus what each coin has gained, for each coin."""
    return g["collateral"] + g["side"] * (price - g["entry_price"]) * g["size"]


def coins(g, price, number=None):
    """Profit in coin: what the contracts were worth in coin, against what they are worth now."""
    dollars = (number or g["contracts"]) * g["face"]
    return g["side"] * (dollars / g["entry_price"] - dollars / price)


def meets(gap):
    """Where a function that is a straight line is 0, from its values at 1 and 2."""
    one, two = gap(F(1)), gap(F(2))
    return 1 - one / (two - one)


def crossing(gap):
    """The price at which coins and dollars meet, from a gap that is a straight line in 1/price."""
    return 1 / meets(lambda one_over_price: gap(1 / one_over_price))


def mark(g):
    return g["entry_price"] + g["move"]


def linear(floor):
    """A price at which money left equals `floor(g, price)`."""
    return lambda g: meets(lambda price: money(g, price) - floor(g, price))


def inverse(floor, collateral=lambda g: g["collateral"]):
    """A price at which coins left equal `floor(g, price)`."""
    return lambda g: crossing(
        lambda price: collateral(g) + coins(g, price) - floor(g, price))


def dollars(g):
    return g["contracts"] * g["face"]


def rate_at_mark(g, price):
    return g["maintenance_rate"] * g["size"] * price


def rate_at_entry(g, price):
    return g["maintenance_rate"] * g["size"] * g["entry_price"]


def plain(g, side, floor=rate_at_mark):
    """The line of a position with its initial margin."""
    own = {**g, "side": side, "collateral": g["size"] * g["entry_price"] / g["leverage"]}
    return linear(floor)(own)


def coin(g):
    return {"size": F(1), "entry_price": F(1000), **g}


def adverse(g):
    return g["entry_price"] - g["side"] * g["way"]


def at_way(g):
    return g["entry_price"] * (1 - g["side"] * g["way"])


def opened_earlier(g):
    """A position that shows this mark price, notional and equity, opened a tenth lower."""
    size, entry = g["notional"] / g["mark_price"], g["mark_price"] * F(9, 10)
    gained = g["side"] * size * (g["mark_price"] - entry)
    equity = g["share"] * g["notional"]
    return {**g, "size": size, "entry_price": entry, "collateral": equity - gained}


def moved(g):
    more = {**g, "collateral": g["collateral"] + g["added_collateral"]}
    return linear(rate_at_mark)(more) - linear(rate_at_mark)(g)


def closed_instead(g):
    """At a mark price of 1 and any rate: what must be closed for the line that adding gives."""
    size, rate = g["effective_leverage"] * g["equity"], F(1, 90)
    added = {"side": g["side"], "size": size, "entry_price": F(1), "maintenance_rate": rate,
             "collateral": g["equity"] * (1 + g["share"])}
    line = linear(rate_at_mark)(added)
    return meets(lambda closed: g["equity"] + (size - closed) * (
        g["side"] * (line - 1) - rate * line))


def two_parts(g):
    """Each part gains by itself; the floor is charged on both."""
    second = g["first_price"] - g["fall"]
    return meets(lambda price: (
        g["collateral"] + g["first_size"] * (price - g["first_price"])
        + g["added_size"] * (price - second)
        - g["maintenance_rate"] * (g["first_size"] + g["added_size"]) * price))


def the_rest(g):
    """What was closed has lost to its exit, the rest goes on losing."""
    rest = g["first_size"] - g["closed_size"]
    left = g["put_up"] - g["closed_size"] * g["way"]
    return meets(lambda price: left + g["side"] * rest * (price - g["entry_price"])
                 - g["maintenance_rate"] * rest * price)


def plain_coins(g):
    own = {"contracts": F(7), "face": F(3), "entry_price": F(1000), **g}
    margin = 21 / own["entry_price"] / g["leverage"]
    return inverse(inverse_mark, lambda g: margin)(own) / own["entry_price"]


def inverse_mark(g, price):
    return g["maintenance_rate"] * dollars(g) / price


def ledger(*lines, side=None):
    """Lines of a liquidation ledger, read off the equity and the floor drawn over the price."""
    def read(g):
        at, floor = g["entry_price"], g["maintenance_rate"] * g["size"]
        own = {"side": side, **g, "collateral": at * g["size"] / g["leverage"]}
        gap = lambda price: money(own, price) - floor * price
        stopped = meets(gap)
        found = {
            "entry_notional": abs(money(own, 2 * at) - money(own, at)),  # gained when it doubles
            "collateral": money(own, at),  # what is left when nothing has happened
            "fixed_part": -own["side"] * money(own, 0),  # the equity at a price of 0
            "divisor": own["side"] * (gap(2) - gap(1)),  # how fast equity leaves the floor
            "liquidation_price": stopped,
            "maintenance_margin": money(own, stopped),  # the equity there
            "bankruptcy_price": meets(lambda price: money(own, price)),
        }
        return {name: found[name] for name in lines}

    return read


def coin_margin(g, size):
    """Of a rate that grows with the size: the maintenance margin in coins."""
    return size * g["base_rate"] + size * size * g["rate_slope"]


def stepped(g):
    """The limit is raised until the position fits in."""
    limit, rate = g["base_limit"], g["base_rate"]
    while limit < g["base_limit"] + g["steps"] * g["limit_step"] - g["unused"]:
        limit, rate = limit + g["limit_step"], rate + g["rate_step"]
    return rate


def deribit(g):
    """The blank lines of a ledger whose rate grows with the size."""
    margin, price = coin_margin(g, g["size"]), adverse(g)
    left = money({**g, "collateral": g["entry_price"] * g["size"] / g["leverage"]}, price)
    return {"rate": margin / g["size"], "floor_left": margin * price, "equity_left": left,
            "ratio": margin * price / left}


def from_here(g, collateral):
    """A position that holds so much money at the price of now, opened there."""
    return {**g, "entry_price": g["mark_price"], "collateral": collateral}


def for_a_line(g):
    """A position on its line: what must be added so that it is on the line at the new price."""
    old = {**g, "mark_price": g["old_line"]}
    own, new = from_here(old, rate_at_mark(g, g["old_line"])), g["old_line"] - g["side"] * g["shift"]
    return meets(lambda added: added + money(own, new) - rate_at_mark(g, new))


def evened(g):
    """Where the rest has won what the closed part has lost."""
    lost, rest = g["closed_size"] * g["way"], g["size"] - g["closed_size"]
    return meets(lambda price: g["side"] * rest * (price - g["entry_price"]) - lost)


ORACLES = {
    "ch01.first-profit": lambda g: g["rise"],
    "ch01.notional": lambda g: mark(g) * g["size"],
    "ch01.initial-margin": lambda g: g["entry_price"] / g["leverage"] * g["size"],
    "ch01.leverage-from-margin": lambda g: g["entry_notional"] / g["initial_margin"],
    "ch01.short-pnl": lambda g: (g["entry_price"] - mark(g)) * g["size"],
    "ch01.equity": lambda g: money(g, mark(g)),
    "ch01.effective-leverage": lambda g: (
        (g["entry_price"] - g["fall"]) * g["size"] / (g["collateral"] - g["fall"] * g["size"])),
    "ch01.maintenance-margin": lambda g: tiered(mark(g) * g["size"]),
    "ch01.deduction": lambda g: g["floor"] * g["maintenance_rate"] - (
        g["floor"] * g["previous_rate"] - g["previous_deduction"]),
    "ch01.requirement": lambda g: (
        mark(g) * g["size"] * g["maintenance_rate"] + mark(g) * g["size"] * g["close_fee"]),
    "ch01.buffer": lambda g: (
        g["size"] * g["entry_price"] * (1 / g["leverage"] - g["maintenance_rate"])),
    "ch01.margin-ratio": lambda g: (
        g["maintenance_rate"] * g["size"] * mark(g) / money(g, mark(g))),
    "ch01.margin-level": lambda g: (
        money(g, mark(g)) / (g["maintenance_rate"] * g["size"] * mark(g))),
    "ch01.effective-rate": lambda g: tiered(g["notional"]) / g["notional"],
    "ch01.top-up": lambda g: (
        g["maintenance_rate"] * g["size"] * g["mark_price"] / (g["equity"] + g["added"])),
    "ch01.available-balance": lambda g: (
        money(g, mark(g)) - g["size"] * g["entry_price"] / g["leverage"]),
    "ch01.average-entry": lambda g: g["entry_price"] + (
        g["move"] * g["added_size"] / (g["size"] + g["added_size"])),
    "ch01.reduce": lambda g: g["collateral"] - g["fall"] * g["closed_size"],
    "ch02.liquidation-price": lambda g: plain(g, 1),
    "ch02.liquidation-price-short": lambda g: plain(g, -1),
    "ch02.liquidation-price-fee": linear(lambda g, price: (
        (g["maintenance_rate"] + g["close_fee"]) * g["size"] * price - g["deduction"])),
    "ch02.bankruptcy-price": linear(lambda g, price: F(0)),
    "ch02.entry-basis": linear(rate_at_entry),
    "ch02.predict-the-fall": lambda g: 1 - plain(g, 1) / g["entry_price"],
    "ch02.gap": lambda g: meets(
        lambda loss: tiered(g["size"] * g["liquidation_price"]) - g["size"] * loss),
    "ch02.by-leverage": lambda g: plain(coin(g), g["side"]),
    "ch02.by-leverage-entry": lambda g: plain(coin(g), g["side"], rate_at_entry),
    "ch02.hundred-times": lambda g: abs(1 - plain(coin(g), g["side"], rate_at_entry) / 1000),
    "ch02.from-the-mark": lambda g: linear(rate_at_mark)(opened_earlier(g)),
    "ch02.add-margin": moved,
    "ch02.dollar-for-dollar": closed_instead,
    "ch02.margin-for-a-line": lambda g: meets(lambda collateral: money(
        {**g, "collateral": collateral}, at_way(g)) - rate_at_mark(g, at_way(g))),
    "ch02.stop-and-risk": lambda g: meets(lambda size: money(
        {**g, "collateral": g["risk"], "size": size}, at_way(g))
        - g["close_fee"] * size * at_way(g)),
    "ch02.equity-of-a-short": lambda g: money(g, mark(g)),
    "ch02.effective-leverage-now": lambda g: (g["entry_price"] + g["rise"]) / (
        g["entry_price"] / g["leverage"] - g["rise"]),
    "ch02.floor-of-a-large-one": lambda g: tiered(g["size"] * adverse(g)),
    "ch02.ratio-on-the-way": lambda g: rate_at_mark(g, adverse(g)) / money(g, adverse(g)),
    "ch02.bought-more": two_parts,
    "ch02.closed-a-part": the_rest,
    "ch02.inverse-notional": lambda g: dollars(g) / mark(g),
    "ch02.inverse-margin": lambda g: dollars(g) / g["entry_price"] / g["leverage"],
    "ch02.inverse-pnl": lambda g: coins(g, mark(g)),
    "ch02.inverse-reduce": lambda g: coins(g, mark(g), g["closed_contracts"]),
    "ch02.inverse-average-entry": lambda g: (g["contracts"] + g["added_contracts"]) / (
        g["contracts"] / g["entry_price"] + g["added_contracts"] / mark(g)),
    "ch02.inverse-liquidation-price": inverse(
        inverse_mark, lambda g: dollars(g) / g["entry_price"] / g["leverage"]),
    "ch02.inverse-by-leverage": lambda g: g["entry_price"] * plain_coins(g),
    "ch02.inverse-distance": lambda g: plain_coins(g) - 1,
    "ch02.inverse-stop-and-risk": lambda g: meets(
        lambda number: g["risk"] + coins(g, at_way(g), number)
        - g["close_fee"] * number * g["face"] / at_way(g)),
    "ch02.inverse-long": inverse(inverse_mark),
    "ch02.inverse-short": inverse(inverse_mark),
    "ch02.inverse-bankruptcy": inverse(lambda g, price: F(0)),
    "ch02.inverse-entry-basis": inverse(
        lambda g, price: g["maintenance_rate"] * dollars(g) / g["entry_price"]),
    "ch02.table-one": ledger("liquidation_price", side=1),
    "ch02.table-two": ledger("fixed_part", "divisor", "liquidation_price", side=-1),
    "ch02.table-all": ledger("entry_notional", "collateral", "fixed_part", "divisor",
                             "liquidation_price", "maintenance_margin", "bankruptcy_price"),
    "ch05.size-rate": lambda g: coin_margin(g, g["size"]) / g["size"],
    "ch05.size-margin": lambda g: coin_margin(g, g["size"]) * g["mark_price"],
    "ch05.last-coin": lambda g: (
        coin_margin(g, g["size"] + 1) - coin_margin(g, g["size"] - 1)) / 2,
    "ch05.size-for-a-rate": lambda g: meets(
        lambda size: coin_margin(g, size) / size - g["maintenance_rate"]),
    "ch05.half-leverage": lambda g: 1 / g["max_leverage"] / 2,
    "ch05.from-the-buffer": lambda g: linear(rate_at_mark)(
        {**from_here(g, g["equity"]), "maintenance_rate": 1 / g["max_leverage"] / 2}),
    "ch05.risk-limit-steps": stepped,
    "ch05.open-interest": lambda g: (
        g["base_rate"] * (g["upper_millions"] - g["millions"])
        + g["millions"] - g["lower_millions"]) / (g["upper_millions"] - g["lower_millions"]),
    "ch05.upside-down-screen": lambda g: 1 / g["shown"],
    "ch05.what-changed": lambda g: plain(g, g["side"]) - plain(g, g["side"], rate_at_entry),
    "ch05.table-deribit": deribit,
    "ch05.coins-behind": lambda g: g["collateral"] + coins(g, mark(g)),
    "ch05.out-without-loss": evened,
    "ch05.missing-collateral": for_a_line,
    "ch05.two-sides": lambda g: plain(g, -1),
    "ch05.room-left": lambda g: (
        g["entry_price"] * g["size"] / g["leverage"] + g["side"] * g["move"] * g["size"]
        - rate_at_mark(g, mark(g))),
    "ch05.a-little-more": lambda g: g["entry_price"] + (
        g["move"] * g["added_size"] / (g["size"] + g["added_size"])),
    "ch05.beyond-the-line": lambda g: linear(lambda g, price: F(0))(from_here(
        {**g, "mark_price": g["liquidation_price"]}, rate_at_mark(g, g["liquidation_price"]))),
}
