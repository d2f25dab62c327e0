"""The answers of the exercises, worked out once more by hand. Nothing is imported from perpedu.

One function an exercise: drawn givens in (Fractions; a side is +1 or −1), the right answer out;
of a ledger, that of each blank line by name.
They follow the ledger step by step, not the closed formulas of the book: a liquidation price is
where the money left, drawn as a straight line in the price (or in 1/price), meets the floor.
"""

import json
import math
from fractions import Fraction as F
from math import isqrt
from pathlib import Path

import mpmath as mp

TABLE = (Path(__file__).parent.parent / "perpedu" / "market" / "venues" / "binance" / "BTCUSDT"
         / "2026-09.json")


def tiered(notional):
    """The maintenance margin by Binance's table, slice by slice."""
    rows = json.loads(TABLE.read_text("utf-8"))["rows"]
    return sliced([(F(low), F(rate)) for low, _, rate, *_ in rows], notional)


def sliced(rows, notional):
    """Each part of the notional pays the rate of its own row; rows are (floor, rate)."""
    ends = [low for low, _ in rows[1:]] + [notional]
    return sum(rate * max(0, min(notional, end) - low) for (low, rate), end in zip(rows, ends))


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


# ---- tables of two or three rows

def two_rows(g, lower="previous_rate", upper="maintenance_rate"):
    return [(F(0), g[lower]), (g["floor"], g[upper])]


def three_rows(g, first="first_rate", second="previous_rate", third="maintenance_rate",
               second_floor="second_floor", third_floor="floor"):
    return [(F(0), g[first]), (g[second_floor], g[second]), (g[third_floor], g[third])]


def given_back(rows, notional):
    """What the last row's rate on everything takes too much."""
    return rows[-1][1] * notional - sliced(rows, notional)


def tiered_line(g, rows):
    """Where equity meets the slices' sum: halved towards it, then read off the slice it lies in."""
    own = {**g, "collateral": g["size"] * g["entry_price"] / g["leverage"]}
    gap = lambda price: money(own, price) - sliced(rows, own["size"] * price)
    safe, gone = own["entry_price"], own["entry_price"] * (1 - F(own["side"], g["leverage"]))
    assert gap(safe) > 0 >= gap(gone)
    while abs(safe - gone) > F(1, 1000):
        middle = (safe + gone) / 2
        safe, gone = (middle, gone) if gap(middle) > 0 else (safe, middle)
    return safe + (gone - safe) * gap(safe) / (gap(safe) - gap(gone))


def lines(g):
    """Each row's own straight line at the notional, and the slices' sum."""
    rows = three_rows(g, "first_rate", "second_rate", "third_rate", "second_floor", "third_floor")
    own = [rate * g["notional"] - given_back(rows[:n], rows[n - 1][0])
           for n, (_, rate) in enumerate(rows, 1)]
    return {"second_line": own[1], "third_line": own[2],
            "maintenance_margin": sliced(rows, g["notional"])}


def by_leverage(g):
    """How much of the way is lost when the notional alone changes, at the first row's rate."""
    def way(notional, kept):
        return (g["collateral"] - kept) / notional

    first = way(g["small"], g["previous_rate"] * g["small"])
    last = way(g["notional"], sliced(two_rows(g), g["notional"]))
    same_row = way(g["notional"], g["previous_rate"] * g["notional"])
    return (first - same_row) / (first - last)


def half_closed(g):
    """The rest, opened anew at the mark with all the equity behind it."""
    rest = {"side": g["side"], "size": g["size"] / 2, "entry_price": g["mark_price"],
            "collateral": g["share"] * g["size"] * g["mark_price"]}
    return linear(lambda g, price: tiered(300_000) + F("0.005") * (rest["size"] * price - 300_000)
                  )(rest)


def with_leverage(g):
    return {**g, "collateral": g["size"] * g["entry_price"] / g["leverage"]}


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


# ---- chapter 3: fees, paid where and when they fall due

def fee_in(g, price):
    """What must be left: the floor, and the fee to close."""
    return rate_at_mark(g, price) + g["close_fee"] * g["size"] * price


def paid_opening(g, floor=fee_in):
    """The line of one coin whose margin has paid the opening fee."""
    own = {**coin(g), "entry_price": g.get("entry_price", F(1000))}
    at = own["entry_price"]
    return linear(floor)({**own, "collateral": at / g["leverage"] - at * g["opening_fee_rate"]})


def frozen_and_fee(g, price):
    return rate_at_entry(g, price) + g["close_fee"] * g["size"] * price


def with_fee(g):
    """One coin opened a tenth of the line away: the money that the line without a fee implies."""
    side, line = g["side"], g["line_without_fee"]
    own = {**g, "size": F(1), "entry_price": line * (1 + side * F(1, 10))}
    money_there = g["maintenance_rate"] * line
    return linear(fee_in)({**own, "collateral": money_there + side * (own["entry_price"] - line)})


def inverse_fee_in(g, price):
    return (g["maintenance_rate"] + g["close_fee"]) * dollars(g) / price


def inverse_with_fee(g):
    """The same for a contract of 1 dollar, in coin."""
    line = g["line_without_fee"]
    own = {**g, "contracts": F(1), "face": F(1), "entry_price": line * F(11, 10)}
    put_up = g["maintenance_rate"] / line - coins(own, line)
    return inverse(inverse_fee_in, lambda g: put_up)(own)


def inverse_paid_opening(g):
    own = {**g, "contracts": F(7), "face": F(3), "entry_price": F(1000)}
    margin = F(21, 1000) / g["leverage"] - g["opening_fee_rate"] * F(21, 1000)
    return inverse(inverse_fee_in, lambda g: margin)(own)


def kept(g, price):
    """What one coin has brought when it is closed at this price, both fees paid."""
    return (g["side"] * (price - g["entry_price"]) - g["opening_fee_rate"] * g["entry_price"]
            - g["close_fee"] * price)


def kept_coins(g, price):
    own = {**g, "contracts": F(1)}
    fees = g["opening_fee_rate"] / g["entry_price"] + g["close_fee"] / price
    return coins(own, price) - fees * g["face"]


def withdrawn(g):
    """The line after less the line before, of any entry price."""
    own = {**g, "entry_price": F(60_000)}
    less = {**own, "collateral": g["collateral"] - g["taken"] - g["cost"]}
    return linear(fee_in)(less) - linear(fee_in)(own)


def fees_ledger(g):
    """Money paid at the opening, then what stands behind the coins where they are closed."""
    at, size = g["entry_price"], g["size"]
    opening = size * at * g["close_fee"]
    own = {**g, "collateral": size * at / g["leverage"] - opening}
    line = linear(fee_in)(own)
    closing = size * line * g["close_fee"]
    floor = money(own, line) - closing
    return {"opening_fee": opening, "collateral": own["collateral"], "maintenance_margin": floor,
            "closing_fee": closing, "remainder": floor - size * line * g["liquidation_fee_rate"]}
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


# ---- chapter 6: one wallet, several legs

def other_leg(g):
    """What the second leg has gained: what it is worth now, less what it was worth."""
    worth = g["other_size"] * (g["other_entry"] + g["other_move"])
    return g["other_side"] * (worth - g["other_size"] * g["other_entry"])


def beside(g, ethers=F(3000)):
    """The line of the BTC leg while a long of ETH, opened at 3,000, stands at some price."""
    own = {"entry_price": F(60_000), "collateral": F(7000), **g}
    left = g["other_size"] * (ethers - 3000) - g["other_rate"] * g["other_size"] * ethers
    return meets(lambda price: money(own, price) + left - rate_at_mark(own, price))


def moved_apart(g, move, other_move, other_side):
    """Equity less both floors, after BTC, of which one is long, and ETH have moved by shares."""
    btc, eth = g["worth"] * (1 + move), g["other_worth"] * (1 + other_move)
    floors = g["maintenance_rate"] * btc + g["other_rate"] * eth
    return g["equity"] + (btc - g["worth"]) + other_side * (eth - g["other_worth"]) - floors


def shocked(g, shock):
    """The same for a short of ETH, which moves so many times as far as BTC."""
    return moved_apart(g, shock, g["beta"] * shock, -1)


def hedged(g):
    """Two legs of one contract, each with its own result and its own floor."""
    def left(side, size, entry, price):
        return size * (side * (price - entry) - g["maintenance_rate"] * price)

    return meets(lambda price: (
        g["collateral"] + left(1, g["long_size"], g["long_entry"], price)
        + left(-1, g["short_size"], g["long_entry"] + g["gap"], price)))


def account(g):
    """The blank lines of the ledger of an account."""
    result = money({**g, "collateral": F(0)}, mark(g))
    left = g["collateral"] + result + other_leg(g)
    floors = rate_at_mark(g, mark(g)) + g["other_rate"] * g["other_size"] * (
        g["other_entry"] + g["other_move"])
    return {"result": result, "account_equity": left, "need": floors, "ratio": floors / left}


# ---- chapter 8: funding, paid one interval after another

def paid(side, worth, rate):
    """What leaves one side: longs pay shorts where the rate is above 0."""
    return worth * rate if side > 0 else -worth * rate


def patience(g, price):
    """How many payments fit into what lies above the floor; a straight line in their number."""
    each = paid(g["side"], g["size"] * price, g["side"] * g["rate_size"])
    return meets(lambda times: money(g, price) - times * each - rate_at_mark(g, price))


def still(g):
    """A coin bought at 1,000 that stays there, and is charged three times a day."""
    own = {**coin({name: g[name] for name in ("side", "leverage", "maintenance_rate")}),
           "collateral": 1000 / g["leverage"], "rate_size": g["funding_rate"]}
    return patience(own, F(1000)) / 3


def premium_of(g):
    """Nearer to the premium than interest, by the clamp: from the premium towards interest."""
    premium = g["interest_rate"] - g["direction"] * (g["clamp"] + g["beyond"])
    return max(premium - g["clamp"], min(premium + g["clamp"], g["interest_rate"]))


def moved_by_funding(g):
    """The line after one payment less the line before, of a position opened at the mark at 10x."""
    worth = g["size"] * g["mark_price"]
    own = from_here(g, worth / 10)
    after = from_here(g, worth / 10 - paid(g["side"], worth, g["funding_rate"]))
    return linear(rate_at_mark)(after) - linear(rate_at_mark)(own)


def two_fundings(g):
    """Money that goes at each of two marks, and the line of what is left."""
    at, side, size = g["entry_price"], g["side"], g["size"]
    first = paid(side, size * (at + g["first_move"]), g["first_rate"])
    second = paid(side, size * (at + g["second_move"]), g["second_rate"])
    left = size * at / g["leverage"] - first - second
    return {"first_payment": first, "second_payment": second, "collateral": left,
            "line": linear(rate_at_mark)({**g, "collateral": left})}


def carried(g):
    """Two trades in, two out, and a coin's funding three times a day."""
    costs = 1000 * g["spot_fee"] + 1000 * g["perp_fee"]
    return meets(lambda days: 3 * days * 1000 * g["funding_rate"] - 2 * costs)


def even_way(g):
    price = meets(lambda price: kept(g, price))
    return abs(price - g["entry_price"])
def sellers_year(g, price, rate=None):
    """A perpetual sold, as many coins as it is worth held on credit: what a year brings."""
    coins = price / g["spot_price"]
    funding = g["kappa"] * (coins - 1) * g["spot_price"] + g["iota"] * g["spot_price"]
    return funding + coins * g["spot_price"] * (
        g["carry_yield"] - (g["cash_rate"] if rate is None else rate))


def fair(g):
    return meets(lambda price: sellers_year(g, price))


def dollars_year(g, one_over_price):
    """An inverse perpetual sold, dollars owed: what a year brings, in coin for one dollar."""
    spot = 1 / g["spot_price"]
    return (g["carry_yield"] - g["cash_rate"]) * one_over_price - (
        g["kappa"] * (one_over_price - spot) + g["iota"] * spot)


def quarter(g, price):
    """Coins that will be worth one perpetual at the end, bought now; the payment is known now."""
    paid = g["kappa"] * (price - g["spot_price"]) + g["iota"] * g["spot_price"]
    return price + paid - price / (1 + g["carry_yield"]) * (1 + g["cash_rate"])


def month(g, price):
    """The payment is coins' worth: that many are held less. Spot doubles, and nothing changes."""
    ratio = price / g["spot_price"]
    share = g["kappa"] * (ratio - 1) + g["iota"]
    later, held = 2 * g["spot_price"], ratio - share
    return price - ratio * later + share * later + held * later - (
        held * g["spot_price"] * g["growth"])


def sellers_ledger(g):
    price = fair(g)
    funding = meets(lambda paid: paid + price * (g["carry_yield"] - g["cash_rate"]))
    return {"fair": price, "interest": funding + g["carry_yield"] * price, "funding": funding}
# ---- chapter 12: ranges, the parts of a result, and samples

def rule_kept(g, floor):
    """The leverage at which a coin bought or sold at 1 has just the floor left, so many ranges away."""
    side = g.get("side", 1)
    away = 1 - side * g["range_multiple"] * g["average_range"]
    return 1 / meets(lambda margin: margin + side * (away - 1) - g["maintenance_rate"] * (
        away if floor == "mark" else 1))


def slipped(g):
    """Both fills are worse than decided, whichever side."""
    return -(g["first_slip"] + g["second_slip"]) * g["size"]


def decided(g):
    return g["move"] * g["size"] if g["side"] > 0 else -g["move"] * g["size"]


def parts(g):
    return {"price": decided(g), "execution": slipped(g),
            "net": decided(g) + slipped(g) - g["fees_paid"] - g["funding_paid"]}


def narrow(g):
    """The trades at which p = 1/2 + w is the end of the interval: n w^2 = z^2 (1/2 + w)(1/2 - w)."""
    w, z = g["half_width"], g["critical_value"]
    return meets(lambda n: n * w * w - z * z * (F(1, 2) + w) * (F(1, 2) - w))


def middle(g):
    """Half the sum of the roots of (k - n p)^2 = z^2 n p (1 - p), from its coefficients."""
    n, k, z2 = g["trades"], g["trades"] - g["lost"], g["critical_value"] ** 2
    return (2 * k * n + z2 * n) / (n * n + z2 * n) / 2


# ---- chapter 7: prices, sorted by hand

def five(g):
    high = g["middle"] + g["up"]
    return sorted([high, high + g["further"], g["middle"] - g["down"], g["middle"],
                   g["middle"] - g["fall"]])[2]


def balanced(g):
    """Where the two venues' weights hang in balance."""
    return meets(lambda price: g["first_weight"] * (price - g["first_source"])
                 + g["second_weight"] * (price - g["first_source"] - g["gap"]))


def to_come(g, index):
    """The index, and for each hour left an hour's part of the funding."""
    return index + index * g["funding_rate"] / g["interval_hours"] * g["hours_left"]


def readings(g):
    shown = [g["centre"] - g["swing"], g["centre"] + 3 * g["swing"], g["centre"] - 2 * g["swing"]]
    return sum(g["index_price"] + reading for reading in shown) / len(shown)


def index_to_result(g):
    index = balanced({**g, "second_weight": 1 - g["first_weight"]})
    first, last = to_come(g, index), g["first_source"] + g["wick"]
    at = sorted([first, index + g["more"], last])[1]
    gained = (at - g["first_source"] - g["way"]) * g["size"]
    return {"index_price": index, "first_candidate": first, "mark_price": at,
            "result": gained if g["side"] > 0 else -gained}


def ratio_at_mark(g):
    own = with_leverage(g)
    at = adverse(own)
    return rate_at_mark(own, at) / money(own, at)


def long_decimal(value):
    """A value that is no fraction, to 30 digits; it is computed with more."""
    with mp.workdps(60):
        return F(mp.nstr(value(lambda number: mp.mpf(number.numerator) / number.denominator), 30))


def at_ratio(g, level):
    """Where the maintenance margin of what is left is so large a part of it."""
    own = with_leverage(g)
    return meets(lambda price: level * money(own, price) - rate_at_mark(g, price))


def before_the_line(g):
    own = {**coin(g), "leverage": F(7)}
    return g["side"] * (at_ratio(own, g["alert_level"]) / at_ratio(own, F(1)) - 1)


def ratio_half_way(g):
    half = (g["entry_price"] + plain(g, 1)) / 2
    return rate_at_mark(g, half) / money(with_leverage({**g, "side": 1}), half)


def mirrored(g):
    """The density of the image over the density of the way itself."""
    there, own = g["room_before"] + g["room_after"], g["room_before"] - g["room_after"]
    return long_decimal(lambda n: mp.npdf(n(there), 0, n(g["volatility"]) / mp.sqrt(8760)) / mp.npdf(
        n(own), 0, n(g["volatility"]) / mp.sqrt(8760)))


def beyond_and_back(way, volatility, part_of_a_year):
    """Twice the chance to end beyond: the other half came back."""
    return long_decimal(lambda n: mp.erfc(n(way) / n(volatility) / mp.sqrt(2 * n(part_of_a_year))))


def on_a_dashboard(g):
    at = g["entry_price"] - g["side"] * g["adverse"]
    left, floor = money(with_leverage(g), at), rate_at_mark(g, at)
    return {"left": left, "floor": floor, "ratio": floor / left}


# stops and leverage: one coin at a time

def stopped_at(g):
    """The stop, and where it is filled: a sale brings less, a purchase costs more."""
    stop = g["entry_price"] - g["side"] * g["way"]
    return stop, stop - g["side"] * g["slippage"] * stop


def lost_at_fill(g):
    _, fill = stopped_at(g)
    bought, sold = g["size"] * g["entry_price"], g["size"] * fill
    return (bought - sold if g["side"] > 0 else sold - bought) + g["close_fee"] * sold


def coins_for_risk(g):
    _, fill = stopped_at(g)
    return meets(lambda coins: g["risk"] - coins * abs(g["entry_price"] - fill))


def bound_of(g, price):
    """The leverage at which one coin's margin pays its loss and leaves its floor."""
    margin = meets(lambda money: money - abs(g["entry_price"] - price)
                   - g["maintenance_rate"] * price)
    return g["entry_price"] / margin


def frozen_bound(g):
    """The same with a floor of the entry, and a fee of what is bought or sold at the fill."""
    fill = g["entry_price"] - g["side"] * g["way"]
    margin = (g["way"] + g["entry_price"] * g["maintenance_rate"] + fill * g["close_fee"])
    return g["entry_price"] / margin


def sized(g):
    _, fill = stopped_at(g)
    lost = abs(g["entry_price"] - fill)
    return {"fill": fill, "coins": coins_for_risk(g), "need": lost + g["maintenance_rate"] * fill,
            "bound": bound_of(g, fill)}


def ethers_line(g):
    """The ETH price at which wallet and both results are just both floors, BTC at its stop."""
    stop = g["entry_price"] - g["way"]
    result = g["size"] * (stop - g["entry_price"])
    return meets(lambda eth: g["wallet"] + result + g["coins"] * (eth - g["eth"]) - (
        g["maintenance_rate"] * (g["size"] * stop + g["coins"] * eth)))


def grown(g):
    """A good and a bad year, as likely: each a return less half of its square."""
    up, down = g["leverage"] * g["volatility"], -g["leverage"] * g["volatility"]
    return g["leverage"] * g["drift"] + (up - up**2 / 2 + down - down**2 / 2) / 2


def fastest(g, paid=0):
    """Where one more bit of leverage gains as much as it costs."""
    return meets(lambda leverage: g["drift"] - paid - leverage * g["volatility"]**2)


def short_left(g):
    bought_back = g["size"] * (g["entry_price"] + g["way"])
    return (g["size"] * g["entry_price"] / g["leverage"] + g["size"] * g["entry_price"]
            - bought_back - g["close_fee"] * bought_back)
# ---- a liquidation: what is left, who gets it, what must go

def left_at_the_line(g):
    """Money left where it meets the floor."""
    own = with_leverage(g)
    return money(own, plain(g, g["side"]))


def of_the_fund(g, exit_price):
    """Bought or sold where the trader's money is gone, and closed: what that leaves."""
    gone = linear(lambda g, price: F(0))(with_leverage(g))
    return g["side"] * g["size"] * (exit_price(gone) - gone)


def closed_until_covered(g, unit):
    """Closing at the mark keeps the money, and each unit closed asks less."""
    asked = g["maintenance_rate"] * unit
    return meets(lambda closed: g["covered"] * asked * g["held"] - asked * (g["held"] - closed))


def summed_rounds(g):
    """A cascade round after round, to the end: the last thousandth part by what the rounds come to."""
    return meets(lambda whole: g["first_move"] + g["ratio"] * whole - whole)


def jump(g):
    """Who is y beyond the start lacks w (1 + R) / 2 − m on average, in rounds of w, R w, R R w, …"""
    passed, ratio, first = 100 * g["passed"] * g["mark_price"], g["ratio"], g["first_move"]
    squares, widths = first**2 / (1 - ratio**2), first / (1 - ratio)
    return passed * (squares * (1 + ratio) / 2 - g["maintenance_rate"] * widths)


def takeover(g):
    """From the margin to the fund, line by line."""
    own = with_leverage(g)
    gone = linear(lambda g, price: F(0))(own)
    result = -g["size"] * g["worse"]
    return {"left": money(own, gone + g["side"] * g["early"]), "bankruptcy": gone,
            "fund_result": result, "fund_after": g["fund_money"] + result}
# ---- chapter 16: closing against counterparties, money by money

def worth(g, price):
    """Equity of the position at a price, from the leverage of the opening."""
    return g["size"] * g["entry_price"] / g["leverage"] + (
        g["side"] * g["size"] * (price - g["entry_price"]))


def broke_at(g):
    return meets(lambda price: worth(g, price))


def won(g, way):
    """Score by profit and leverage after a move of `way` for the position (below 0: against it)."""
    price = g["entry_price"] + g["side"] * way
    lever = g["size"] * price / worth(g, price)
    return way / g["entry_price"] * (lever if way > 0 else 1 / lever)


def by_return(g):
    price = g["entry_price"] + g["side"] * g["gain"]
    put_up = g["size"] * g["entry_price"] / g["leverage"]
    return g["size"] * g["gain"] / put_up * (
        g["maintenance_rate"] * g["size"] * price / worth(g, price))


def level_cut(total, cut, own, first, both):
    """What the first one loses so that what is left over equity is the same for both."""
    return meets(lambda lost: (own - lost) / first - (total - cut - (own - lost)) / (both - first))


def drained(g):
    """The ledger of a deleveraging of two shorts of 2 BTC."""
    both = g["first_equity"] + g["second_equity"]
    first = level_cut(F(4), g["size"], F(2), g["first_equity"], both)
    return {"missing": g["size"] * (g["mark"] + g["beyond"]) - g["size"] * g["mark"],
            "level": (2 - first) * g["mark"] / g["first_equity"], "first_cut": first,
            "second_cut": g["size"] - first, "cost": first * g["beyond"]}


def rooted(square):
    """The root of a square of a fraction, exactly."""
    top, bottom = isqrt(square.numerator), isqrt(square.denominator)
    assert F(top, bottom) ** 2 == square, "no square"
    return F(top, bottom)


def rate_in_parts(g):
    """Variances of minutes added up; then what the whole day's share of volume costs."""
    a_minute = g["daily_volatility"] ** 2 / 1440
    minutes = 1440 * g["root_of_time"] * g["root_of_time"]
    deviation = rooted(a_minute * minutes)
    move, impact = g["tail_multiple"] * deviation, g["root_of_share"] * g["daily_volatility"]
    size = g["root_of_share"] ** 2 * g["daily_volume"]
    return {"deviation": deviation, "for_move": move, "for_impact": impact, "both": move + impact,
            "margin": move * size + impact * size}


def deserved(g):
    """Notional over the money that two variances ask: of the minutes, and of the share of volume."""
    a_day = g["daily_volatility"] ** 2
    move = rooted(g["tail_multiple"] ** 2 * a_day / 1440 * g["closeout_minutes"])
    impact = rooted(a_day * g["notional"] / g["daily_volume"])
    return g["notional"] / (g["notional"] * move + g["notional"] * impact)


def power_slope(g):
    """The square of the slope of the margin, which is a constant times the notional to 3/2.

    Of the square of the margin, c N³, the slope is 3 c N², and that is twice the margin times its own.
    """
    c = g["impact_factor"] ** 2 * g["daily_volatility"] ** 2 / g["daily_volume"]
    size = g["notional"]
    return (3 * c * size**2) ** 2 / (4 * c * size**3)


def beyond(deviation, rate):
    """The mean of a normal move beyond a rate, added up by quadrature."""
    density = mp.mpf(1) / (deviation * mp.sqrt(2 * mp.pi))
    return float(mp.quad(lambda x: (x - rate) * density * mp.exp(-(x / deviation)**2 / 2),
                         [rate, 2 * rate, 4 * rate, 8 * rate]))


# ---- chapter 10: a walk and a line, in floating point; the tail of the normal by its own function

def normal(x):
    return math.erfc(-x / math.sqrt(2)) / 2


def fresh_line(g, side):
    """The logarithm of the line of a coin traded at 1, 1/L of which is put up."""
    own = {"side": F(side), "size": F(1), "entry_price": F(1), "collateral": 1 / g["leverage"],
           "maintenance_rate": g["maintenance_rate"]}
    return math.log(linear(rate_at_mark)(own))


def ended(line, lean, wild, days):
    """How likely a walk ends on the far side of a line below it."""
    years = days / 365
    return normal((line - lean * years) / (wild * math.sqrt(years)))


def crossed(line, lean, wild, days):
    """What is not left over when the image of the walk behind the line is taken off."""
    years = days / 365
    spread = wild * math.sqrt(years)
    image = math.exp(2 * lean * line / wild**2) * normal((line + lean * years) / spread)
    return 1 - normal((lean * years - line) / spread) + image


def fresh_crossed(g, side):
    lean, wild = -float(g["volatility"])**2 / 2, float(g["volatility"])
    return crossed(side * fresh_line(g, side), side * lean, wild, int(g["days_ahead"]))


def as_floats(g, *names):
    return [float(g[name]) for name in names]


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
    "ch03.predict-fee-line": lambda g: (
        linear(fee_in)({**coin(g), "collateral": g["entry_price"] / g["leverage"]})
        - plain(coin(g), 1)),
    "ch03.opening-fee": lambda g: g["opening_fee_rate"] * g["entry_price"] * g["size"],
    "ch03.fee-share": lambda g: (
        g["opening_fee_rate"] * 1000 + g["close_fee"] * 1000) / (1000 / g["leverage"]),
    "ch03.break-even": lambda g: meets(lambda price: kept(g, price)),
    "ch03.close-fee-line": with_fee,
    "ch03.opening-fee-line": paid_opening,
    "ch03.entry-basis-fee": lambda g: abs(1 - paid_opening(g, frozen_and_fee) / 1000),
    "ch03.collected": lambda g: g["size"] * at_way(g) * min(
        g["liquidation_fee_rate"], g["maintenance_rate"]),
    "ch03.remainder": lambda g: g["size"] * g["mark_price"] * (
        g["maintenance_rate"] - g["liquidation_fee_rate"]) - g["deduction"],
    "ch03.coin-close-fee": inverse_with_fee,
    "ch03.coin-distance": lambda g: abs(1 - inverse_paid_opening(g) / 1000),
    "ch03.break-even-coin": lambda g: crossing(lambda price: kept_coins(g, price)),
    "ch03.withdrawal": withdrawn,
    "ch03.table-fees": fees_ledger,
    "ch03.short-profit": lambda g: -g["move"] * g["size"],
    "ch03.leverage-after-fees": lambda g: (g["entry_price"] - g["fall"]) * g["size"] / (
        g["collateral"] - g["fall"] * g["size"]),
    "ch03.room-for-loss": lambda g: (
        g["equity"] + g["deduction"] - g["notional"] * g["maintenance_rate"]),
    "ch03.upside-down": lambda g: g["equity"] / g["mark_price"] / g["size"] / g["maintenance_rate"],
    "ch03.average-again": lambda g: g["entry_price"] + g["rise"] * g["added_size"] / (
        g["size"] + g["added_size"]),
    "ch03.where-equity-is-gone": linear(
        lambda g, price: g["close_fee"] * g["size"] * price),
    "ch03.short-line-again": lambda g: plain(coin(g), -1),
    "ch03.coin-short-line": lambda g: g["entry_price"] * plain_coins(
        {name: g[name] for name in ("side", "leverage", "maintenance_rate")}),
    "ch04.slices": lambda g: sliced(three_rows(g), g["notional"]),
    "ch04.third-deduction": lambda g: given_back(three_rows(g), 2 * g["floor"]),
    "ch04.effective-rate-two-tiers": lambda g: (
        sliced(two_rows(g), g["times"] * g["floor"]) / (g["times"] * g["floor"])),
    "ch04.largest-line": lines,
    "ch04.outermost-root": lambda g: tiered_line(g, two_rows(g, "first_rate")),
    "ch04.outermost-root-short": lambda g: tiered_line(
        g, [(F(0), F("0.004")), (F(250_000), F("0.01")), (F(800_000), F("0.02"))]),
    "ch04.boundary-price": lambda g: meets(lambda price: g["size"] * price - g["floor"]),
    "ch04.coin-boundary": lambda g: crossing(lambda price: dollars(g) / price - g["floor"]),
    "ch04.tier-at-liquidation": lambda g: tiered_line(
        g, two_rows(g, "maintenance_rate", "upper")),
    "ch04.flat-jump": lambda g: (
        g["floor"] * g["maintenance_rate"] - g["floor"] * g["previous_rate"]),
    "ch04.falling-rates": lambda g: tiered_line(g, two_rows(g)),
    "ch04.two-dates": lambda g: sliced(
        [(F(0), F("0.004")), (F(50_000), F("0.005")), (F(250_000), F("0.01")),
         (F(1_000_000), F("0.025"))], g["notional"]) - tiered(g["notional"]),
    "ch04.leverage-or-tier": by_leverage,
    "ch04.after-closing-half": half_closed,
    "ch04.after-a-fall": lambda g: (
        g["size"] * g["entry_price"] / g["leverage"] - g["size"] * g["way"]),
    "ch04.ratio-upside-down": lambda g: (
        g["share"] * g["notional"] / (g["maintenance_rate"] * g["notional"] - g["deduction"])),
    "ch04.room-to-lose": lambda g: g["share"] * g["notional"] - tiered(g["notional"]),
    "ch04.even-again": lambda g: meets(lambda price: (
        g["size"] * (price - g["entry_price"])
        + g["added_size"] * (price - g["entry_price"] + g["fall"]))),
    "ch04.frozen-floor": lambda g: linear(
        lambda g, price: rate_at_entry(g, price) - g["deduction"])(with_leverage(g)),
    "ch04.gap-left": lambda g: meets(
        lambda loss: tiered(g["size"] * g["liquidation_price"]) - g["size"] * loss),
    "ch04.dollars-for-distance": lambda g: meets(lambda added: added - g["size"] * g["wanted"] + (
        g["side"] * g["size"] * g["wanted"] * g["maintenance_rate"])),
    "ch04.coin-line": inverse(lambda g, price: inverse_mark(g, price) - g["deduction"]),
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
    "ch06.wallet-equity": lambda g: money(g, mark(g)) + other_leg(g),
    "ch06.account-ratio": lambda g: (
        g["worth"] * g["maintenance_rate"] + g["other_worth"] * g["other_rate"]) / (
        g["collateral"] + g["result"] + g["other_pnl"]),
    "ch06.cross-line": lambda g: meets(lambda price: (
        money(g, price) + g["other_pnl"] - rate_at_mark(g, price) - g["other_maintenance"])),
    "ch06.other-leg-loses": lambda g: beside(g, 3000 - g["other_fall"]) - beside(g),
    "ch06.shock": lambda g: meets(lambda shock: shocked(g, shock)),
    "ch06.frontier-point": lambda g: meets(lambda move: moved_apart(g, move, g["other_move"], 1)),
    "ch06.two-lines": hedged,
    "ch06.haircut": lambda g: g["asset_price"] * g["asset_amount"] - (
        g["asset_price"] * g["haircut"] * g["asset_amount"]),
    "ch06.table-account": account,
    "ch06.coins-gone": inverse(lambda g, price: F(0)),
    "ch06.size-of-a-stop": lambda g: meets(lambda size: g["risk"] - size * (
        g["way"] + g["close_fee"] * adverse(g))),
    "ch06.fees-earned-back": lambda g: meets(lambda price: kept(g, price)),
    "ch06.second-row": lambda g: sliced(two_rows(g), g["floor"] * (1 + g["above"])),
    "ch06.floor-of-a-market": lambda g: g["size"] * g["mark_price"] / g["max_leverage"] / 2,
    "ch08.predict-days": still,
    "ch08.payment": lambda g: paid(g["side"], g["size"] * mark(g), g["funding_rate"]),
    "ch08.outside-the-zone": premium_of,
    "ch08.shift": moved_by_funding,
    "ch08.intervals": lambda g: patience(with_leverage(g), mark(g)),
    "ch08.a-year": lambda g: 24 / g["hours"] * g["funding_rate"] * 365,
    "ch08.on-margin": lambda g: (
        3 * 365 * g["funding_rate"] * 1000 / (1000 / g["leverage"])),
    "ch08.carry": carried,
    "ch08.table-funding": two_fundings,
    "ch08.frozen-again": lambda g: plain(g, g["side"], rate_at_entry),
    "ch08.way-to-even": even_way,
    "ch08.two-slices": lambda g: sliced(two_rows(g), g["size"] * g["mark_price"]),
    "ch08.floor-by-cap": lambda g: g["size"] * g["mark_price"] / g["max_leverage"] / 2,
    "ch08.coin-fall": lambda g: coins(g, g["entry_price"] - g["fall"]),
    "ch09.carry-gain": lambda g: sellers_year(g, g["spot_price"] * (100 + g["premium_percent"]) / 100),
    "ch09.linear-price": fair,
    "ch09.inverse-price": lambda g: crossing(lambda price: dollars_year(g, 1 / price)),
    "ch09.discrete-previous": lambda g: meets(lambda price: quarter(g, price)),
    "ch09.discrete-current": lambda g: meets(lambda price: month(g, price)),
    "ch09.fair-basis": lambda g: fair({**g, "spot_price": F(1)}) - 1,
    "ch09.implied-leverage-cost": lambda g: meets(
        lambda rate: sellers_year(g, g["spot_price"] + g["premium_dollars"], rate)),
    "ch09.table-two-rates": sellers_ledger,
    "ch09.sellers-line": lambda g: plain(g, -1),
    "ch09.coin-result": lambda g: coins(g, mark(g)),
    "ch09.two-fees": lambda g: (
        g["opening_fee_rate"] * 700 + g["close_fee"] * 700) / (700 / g["leverage"]),
    "ch09.given-back": lambda g: given_back(
        [(F(0), g["previous_rate"]), (g["floor"], g["maintenance_rate"])], 2 * g["floor"]),
    "ch12.predict-leverage": lambda g: rule_kept(g, "entry"),
    "ch12.range": lambda g: g["up"] + g["down"],
    "ch12.ranges-away": lambda g: meets(
        lambda days: days * g["average_range"] - g["liquidation_distance"]),
    "ch12.cap-mark": lambda g: rule_kept(g, "mark"),
    "ch12.longer-candle": lambda g: g["average_range"] * g["root"],
    "ch12.execution": slipped,
    "ch12.net": lambda g: decided(g) + slipped(g) - g["fees_paid"] + g["received"],
    "ch12.sample": narrow,
    "ch12.centre": middle,
    "ch12.table-parts": parts,
    "ch07.index-median": five,
    "ch07.index-mean": balanced,
    "ch07.first-candidate": lambda g: to_come(g, g["index_price"]),
    "ch07.second-candidate": readings,
    "ch07.median": lambda g: g["index_price"] + sorted(
        [g["funding_part"], g["basis_part"], g["last_part"]])[1],
    "ch07.premium": lambda g: g["above"] / g["index_price"],
    "ch07.discount": lambda g: -g["below"] / g["index_price"],
    "ch07.table-mark": index_to_result,
    "ch07.two-prices-on-the-screen": ratio_at_mark,
    "ch07.fee-for-a-short": lambda g: plain(g, -1, fee_in),
    "ch07.two-slices": lambda g: sliced(two_rows(g), g["size"] * g["mark_price"]),
    "ch07.market-leverage": lambda g: g["mark_price"] / g["max_leverage"] * g["size"] / 2,
    "ch07.coin-line-again": inverse(
        inverse_mark, lambda g: g["share"] * dollars(g) / g["entry_price"]),
    "ch11.predict-half": ratio_half_way,
    "ch11.alert-price": lambda g: at_ratio(g, g["alert_level"]),
    "ch11.alert-gap": before_the_line,
    "ch11.between-looks": mirrored,
    "ch11.shifted-line": lambda g: long_decimal(lambda n: mp.sqrt(
        n((F("0.5826") * g["volatility"]) ** 2 * g["hours"] / 24 / 365))),
    "ch11.seen-by-looks": lambda g: beyond_and_back(
        g["room"] + g["barrier_shift"], g["volatility"], g["days"] / F(365)),
    "ch11.too-late": lambda g: beyond_and_back(
        g["room_before"], g["volatility"], (g["minutes"] + g["act"]) / F(365 * 1440)),
    "ch11.lead": lambda g: long_decimal(lambda n: mp.sqrt(
        n((g["quantile"] * g["volatility"]) ** 2 * 4 * g["minutes"] / 60 / 24 / 365))),
    "ch11.table-dashboard": on_a_dashboard,
    "ch11.gap-to-nothing": lambda g: g["side"] * (plain(g, g["side"]) - linear(
        lambda g, price: F(0))(with_leverage(g))),
    "ch11.slices-again": lambda g: sliced(two_rows(g), g["floor"] + g["over"]),
    "ch13.predict-growth": fastest,
    "ch13.fill": lost_at_fill,
    "ch13.size-from-stop": coins_for_risk,
    "ch13.leverage-last": lambda g: bound_of(g, g["entry_price"] - g["side"] * g["way"]),
    "ch13.stop-limit": lambda g: meets(
        lambda stop: stop - g["side"] * g["slippage"] * stop - g["liquidation_price"]),
    "ch13.account-first": ethers_line,
    "ch13.growth": grown,
    "ch13.kelly-funded": lambda g: fastest(g, g["each"] * 3 * 365),
    "ch13.march": lambda g: bound_of(g, g["entry_price"] - g["fall"] * g["entry_price"]),
    "ch13.table-stop": sized,
    "ch13.short-stop": short_left,
    "ch13.frozen-floor": frozen_bound,
    "ch13.jump-share": lambda g: math.exp(-math.log1p(
        g["room"] / g["liquidation_price"]) / g["jump_mean"]),
    "ch13.best-growth": lambda g: grown({**g, "drift": g["drift"] - g["funding_a_year"],
                                         "leverage": fastest(g, g["funding_a_year"])}),
    "ch13.shrinks-beyond": lambda g: meets(lambda leverage: grown(
        {**g, "leverage": leverage}) / leverage - g["funding_a_year"]),
    "ch13.old-bankruptcy": lambda g: g["entry_price"] - g["side"] * g["entry_price"] / g["leverage"],
    "ch13.old-on-margin": lambda g: (
        g["intervals_a_year"] * g["funding_rate"] * 1000 / (1000 / g["leverage"])),
    "ch13.old-account": lambda g: (g["first_margin"] + g["second_margin"]) / (
        g["wallet"] + g["first_pnl"] + g["second_pnl"]),
    "ch15.predict-remainder": left_at_the_line,
    "ch15.sold-first": lambda g: g["size"] * (g["better"] - g["liquidation_fee_rate"] * (
        g["bankruptcy_price"] + g["side"] * g["better"])),
    "ch15.fund-pays": lambda g: of_the_fund(g, lambda gone: gone - g["side"] * g["worse"]),
    "ch15.smallest-close": lambda g: closed_until_covered({**g, "held": g["size"]}, g["mark_price"]),
    "ch15.carried-tier": lambda g: g["floor"] * (1 + g["above"]),
    "ch15.whole-move": summed_rounds,
    "ch15.fund-for-a-jump": jump,
    "ch15.table-takeover": takeover,
    "ch15.short-bankrupt": linear(lambda g, price: F(0)),
    "ch15.floor-again": lambda g: g["maintenance_rate"] * (
        g["size"] * g["entry_price"] - g["size"] * g["fall"]),
    "ch15.coin-close": lambda g: closed_until_covered(
        {**g, "held": g["contracts"]}, g["face"] / g["mark_price"]),
    "ch15.coin-takeover": lambda g: coins(
        {**g, "entry_price": g["bankruptcy_price"]},
        g["bankruptcy_price"] - g["side"] * g["worse"]),
    "ch16.predict-closed-winner": lambda g: (
        (g["above"] + g["beyond"]) * g["size"] - g["above"] * g["size"]),
    "ch16.deficit": lambda g: -worth(g, broke_at(g) - g["side"] * g["beyond"]),
    "ch16.size-left": lambda g: g["size"] - g["fund_share"] * g["size"],
    "ch16.queue-score": lambda g: won(g, g["gain"]),
    "ch16.losers-score": lambda g: won(g, -g["lost"]),
    "ch16.price-score": lambda g: (1 + g["gain"] / g["entry_price"]) * (
        g["size"] * (g["entry_price"] + g["gain"]) / worth(g, g["entry_price"] + g["gain"])),
    "ch16.return-score": by_return,
    "ch16.pro-rata": lambda g: g["size"] * (
        1 - meets(lambda left: left * (g["size"] + g["second"] + g["third"])
                  - (g["size"] + g["second"] + g["third"] - g["deleveraged_size"]))),
    "ch16.socialized": lambda g: meets(lambda part: (
        part * (g["unrealized_pnl"] + g["others"]) - g["unrealized_pnl"] * g["uncovered_loss"])),
    "ch16.water-cut": lambda g: level_cut(2 * g["notional"], g["share"] * g["notional"], g["notional"],
                                          g["equity"], g["equity"] + g["second_equity"]),
    "ch16.table-water": drained,
    "ch16.leverage-now": lambda g: (
        g["size"] * (g["entry_price"] + g["side"] * g["gain"])
        / worth(g, g["entry_price"] + g["side"] * g["gain"])),
    "ch16.bankrupt-where": broke_at,
    "ch16.receipt": lambda g: paid(g["side"], g["size"] * g["mark_price"], g["funding_rate"]),
    "ch14.predict-minutes": lambda g: meets(lambda minutes: (
        minutes * (g["tail_multiple"] * g["daily_volatility"]) ** 2 - 1440 * g["move_rate"] ** 2)),
    "ch14.cushion": lambda g: g["notional"] * g["maintenance_rate"] - g["move"] * g["notional"],
    "ch14.deviation": lambda g: rooted(
        g["daily_volatility"] ** 2 / 24 / 60 * g["closeout_minutes"]),
    "ch14.fat-tail": lambda g: meets(
        lambda minutes: minutes * g["ratio"] * g["ratio"] - g["minutes"]),
    "ch14.impact": lambda g: g["impact_factor"] * rooted(
        g["daily_volatility"] ** 2 * g["notional"] / g["daily_volume"]),
    "ch14.implied-volume": lambda g: meets(lambda volume: (
        volume * g["impact_rate"] ** 2 - g["notional"] * g["daily_volatility"] ** 2)),
    "ch14.closed-from": lambda g: 300 / (300 * g["maintenance_rate"]),
    "ch14.table-rate": rate_in_parts,
    "ch14.size-leverage": deserved,
    "ch14.last-dollar": lambda g: rooted(power_slope(g)),
    "ch14.mean-deficit": lambda g: float(g["notional"]) * beyond(
        float(g["closeout_deviation"]), 2 * float(g["closeout_deviation"])),
    "ch10.predict-month": lambda g: fresh_crossed(g, 1),
    "ch10.log-barrier": lambda g: fresh_line(g, int(g["side"])),
    "ch10.log-drift": lambda g: g["drift"] - g["volatility"] ** 2 / 2,
    "ch10.twice-the-end": lambda g: g["beyond"] + g["beyond"],
    "ch10.short-for-ever": lambda g: math.exp(-fresh_line(g, -1)),
    "ch10.funded-drift": lambda g: g["log_drift"] - g["funding_a_year"] * g["leverage"] / (
        g["leverage"] - g["side"]),
    "ch10.week-of-days": lambda g: 1 - math.prod([1 - g["a_day"]] * 7),
    "ch10.end-only": lambda g: ended(*as_floats(
        g, "log_barrier", "log_drift", "volatility", "days_ahead")),
    "ch10.short-week": lambda g: fresh_crossed(g, -1),
    "ch10.from-here": lambda g: crossed(math.log(1 - g["fall"]), *as_floats(
        g, "log_drift", "volatility", "days_ahead")),
    "ch10.short-line": lambda g: plain(g, -1),
    "ch10.funding-year": lambda g: 3 * 365 * g["funding_rate"] * g["leverage"],
}
