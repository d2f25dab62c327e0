"""The right-hand side of every formula once more, in plain Fractions, by another road.

Imports nothing from the package. A price is found by walking a gap in a straight line between two
prices; an average by demanding the same profit; a quotient by demanding that it multiplies back.
The arguments are named like the symbols of the book. None: there is no such value.
"""

from fractions import Fraction as F
from functools import partial

import mpmath as mp


def zero_of(gap):
    """Where a gap that changes in a straight line is 0; None where it never is, or always."""
    at_zero, at_one = gap(F(0)), gap(F(1))
    assert gap(F(3)) == at_zero + 3 * (at_one - at_zero), "the gap is not a straight line"
    return None if at_zero == at_one else at_zero / (at_zero - at_one)


def above_zero(value):
    """Prices and notionals are above 0, or they are not there."""
    return value if value is not None and value > 0 else None


def price_of(gap_at_inverse):
    """The price whose 1/price closes the gap: inverse contracts are straight in 1/price."""
    inverse = zero_of(gap_at_inverse)
    return above_zero(F(1) / inverse if inverse else None)


def gain(side, bought, sold):
    """What a long gains between buying and selling; a short gains the opposite."""
    return sold - bought if side > 0 else bought - sold


# the ledger of a linear position

def notional(size, mark_price):
    return above_zero(zero_of(lambda value: value / size - mark_price))


def entry_notional(size, entry_price):
    return above_zero(zero_of(lambda value: value / size - entry_price))


def initial_margin(entry_notional, leverage):
    return above_zero(zero_of(lambda money: money * leverage - entry_notional))


def unrealized_pnl(side, size, mark_price, entry_price):
    return gain(side, size * entry_price, size * mark_price)


def equity(collateral, unrealized_pnl):
    return zero_of(lambda left: left - unrealized_pnl - collateral)


def maintenance_margin(maintenance_rate, notional, deduction):
    return zero_of(lambda margin: (margin + deduction) / notional - maintenance_rate)


def entry_maintenance_margin(maintenance_rate, entry_notional, deduction):
    return maintenance_margin(maintenance_rate, entry_notional, deduction)


def requirement(maintenance_margin, close_fee, notional):
    return zero_of(lambda need: (need - maintenance_margin) / notional - close_fee)


def margin_ratio(maintenance_margin, equity):
    return zero_of(lambda ratio: ratio * equity - maintenance_margin)


def margin_level(maintenance_margin, equity):
    return zero_of(lambda level: level * maintenance_margin - equity)


def effective_rate(maintenance_margin, notional):
    return zero_of(lambda rate: rate * notional - maintenance_margin)


def available_balance(equity, initial_margin):
    return zero_of(lambda free: free + initial_margin - equity)


def loss_buffer(equity, maintenance_margin):
    return zero_of(lambda loss: equity - loss - maintenance_margin)


def effective_leverage(notional, equity):
    return zero_of(lambda times: times * equity - notional)


def average_entry(size, entry_price, added_size, added_price):
    """The entry at which the whole has the profit of its two parts, at any mark."""
    def entry_by(mark):
        parts = gain(1, size * entry_price, size * mark)
        parts += gain(1, added_size * added_price, added_size * mark)
        whole = size + added_size
        return zero_of(lambda entry: gain(1, whole * entry, whole * mark) - parts)

    assert entry_by(F(1)) == entry_by(F(90_001))
    return above_zero(entry_by(F(1)))


def realized_pnl(side, closed_size, entry_price, exit_price):
    """What the profit of a position falls by when a part of it is closed at the exit price."""
    def profit(size):
        return unrealized_pnl(side, size, exit_price, entry_price)

    return profit(3 * closed_size) - profit(2 * closed_size)


# the line of a linear position: equity - requirement, walked in a straight line over the price

def _spare(side, size, entry_price, collateral, price, margin, close_fee):
    left = collateral + gain(side, size * entry_price, size * price)
    return left - margin - close_fee * size * price


def liquidation_price(side, size, entry_price, collateral, maintenance_rate, deduction, close_fee):
    return above_zero(zero_of(lambda price: _spare(
        side, size, entry_price, collateral, price,
        maintenance_rate * size * price - deduction, close_fee)))


liquidation_price_long = partial(liquidation_price, 1)
liquidation_price_short = partial(liquidation_price, -1)


def liquidation_price_entry_basis(side, size, entry_price, collateral, entry_maintenance_margin,
                                  close_fee):
    return above_zero(zero_of(lambda price: _spare(
        side, size, entry_price, collateral, price, entry_maintenance_margin, close_fee)))


def bankruptcy_price(side, size, entry_price, collateral, close_fee):
    return liquidation_price_entry_basis(side, size, entry_price, collateral, F(0), close_fee)


def _plain_line(side, entry_price, leverage, maintenance_rate):
    """The line of one coin with its initial margin, also where it is no price."""
    return zero_of(lambda price: _spare(
        side, F(1), entry_price, entry_price / leverage, price, maintenance_rate * price, F(0)))


def liquidation_price_leverage(side, entry_price, leverage, maintenance_rate):
    return above_zero(_plain_line(side, entry_price, leverage, maintenance_rate))


def liquidation_price_leverage_entry_basis(side, entry_price, leverage, maintenance_rate):
    frozen = 3 * entry_price * maintenance_rate
    return liquidation_price_entry_basis(
        side, F(3), entry_price, 3 * entry_price / leverage, frozen, F(0))


def liquidation_distance(side, leverage, maintenance_rate):
    """The fall of a long, or the rise of a short, from 1,000 to the line, over 1,000."""
    line = _plain_line(side, F(1000), leverage, maintenance_rate)
    return gain(side, line, F(1000)) / 1000


def liquidation_distance_entry_basis(leverage, maintenance_rate):
    """The same, walked by equity of one coin less a frozen margin."""
    return zero_of(lambda share: 1000 / leverage - 1000 * share - 1000 * maintenance_rate)


def liquidation_price_from_mark(side, mark_price, effective_leverage, maintenance_rate):
    """As if the position were opened now, with its equity as margin."""
    return above_zero(_plain_line(side, mark_price, effective_leverage, maintenance_rate))


def liquidation_gap(maintenance_rate, liquidation_price, deduction, size):
    """What a coin can still lose when equity is down to the maintenance margin."""
    margin = maintenance_margin(maintenance_rate, notional(size, liquidation_price), deduction)
    return zero_of(lambda loss: margin - size * loss)


def line_shift(side, size, added_collateral, maintenance_rate, close_fee):
    def line(collateral):
        return zero_of(lambda price: _spare(side, size, F(77), collateral, price,
                                            maintenance_rate * size * price, close_fee))

    before, after = line(F(5)), line(5 + added_collateral)
    return None if before is None else after - before


def risk_size(side, entry_price, stop_price, close_fee, risk):
    """The size of which the loss at the stop, fee included, is the risk."""
    return above_zero(zero_of(lambda size: risk + gain(
        side, size * entry_price, size * stop_price) - close_fee * size * stop_price))


# inverse contracts: money in coin, straight in 1/price

def inverse_notional(contracts, face, mark_price):
    return above_zero(zero_of(lambda coin: coin * mark_price - contracts * face))


def inverse_entry_notional(contracts, face, entry_price):
    return inverse_notional(contracts, face, entry_price)


def inverse_unrealized_pnl(side, contracts, face, entry_price, mark_price):
    """A long has sold coin at entry, so it gains as its contracts come to be worth less coin."""
    at_entry = inverse_notional(contracts, face, entry_price)
    now = inverse_notional(contracts, face, mark_price)
    return gain(side, now, at_entry)


def inverse_realized_pnl(side, closed_contracts, face, entry_price, exit_price):
    def profit(contracts):
        return inverse_unrealized_pnl(side, contracts, face, entry_price, exit_price)

    return profit(3 * closed_contracts) - profit(2 * closed_contracts)


def inverse_average_entry(contracts, entry_price, added_contracts, added_price):
    """The entry at which the whole has the coin profit of its two parts, at any mark."""
    def entry_by(mark):
        parts = gain(1, contracts / mark, contracts / entry_price)
        parts += gain(1, added_contracts / mark, added_contracts / added_price)
        whole = contracts + added_contracts
        return price_of(lambda inverse: gain(1, whole / mark, whole * inverse) - parts)

    assert entry_by(F(1)) == entry_by(F(90_001))
    return entry_by(F(1))


def _inverse_spare(side, contracts, face, entry_price, collateral, inverse, margin, close_fee):
    worth = contracts * face * inverse
    return collateral + gain(side, worth, contracts * face / entry_price) - margin - (
        close_fee * worth)


def inverse_liquidation_price(side, contracts, face, entry_price, collateral, maintenance_rate,
                              deduction, close_fee):
    return price_of(lambda inverse: _inverse_spare(
        side, contracts, face, entry_price, collateral, inverse,
        maintenance_rate * contracts * face * inverse - deduction, close_fee))


inverse_liquidation_price_long = partial(inverse_liquidation_price, 1)
inverse_liquidation_price_short = partial(inverse_liquidation_price, -1)


def inverse_liquidation_price_entry_basis(side, contracts, face, entry_price, collateral,
                                          entry_maintenance_margin, close_fee):
    return price_of(lambda inverse: _inverse_spare(
        side, contracts, face, entry_price, collateral, inverse, entry_maintenance_margin,
        close_fee))


def inverse_bankruptcy_price(side, contracts, face, entry_price, collateral, close_fee):
    return inverse_liquidation_price_entry_basis(
        side, contracts, face, entry_price, collateral, F(0), close_fee)


def _plain_inverse(side, entry_price, leverage, maintenance_rate):
    return price_of(lambda inverse: _inverse_spare(
        side, F(2), F(50), entry_price, 100 / entry_price / leverage, inverse,
        maintenance_rate * 100 * inverse, F(0)))


def inverse_liquidation_price_leverage(side, entry_price, leverage, maintenance_rate):
    return _plain_inverse(side, entry_price, leverage, maintenance_rate)


def inverse_liquidation_distance(side, leverage, maintenance_rate):
    """In 1/price: how far the line is from 1/1000, as a share of the line's price."""
    line = zero_of(lambda inverse: _inverse_spare(
        side, F(2), F(50), F(1000), 100 / F(1000) / leverage, inverse,
        maintenance_rate * 100 * inverse, F(0)))
    return gain(side, 1 / line, F(1000)) / 1000 if line else None


def inverse_risk_size(side, face, entry_price, stop_price, close_fee, risk):
    """Walked in dollars: all contracts together, then divided by the face value."""
    def left(dollars):
        result = gain(side, dollars / stop_price, dollars / entry_price)
        return risk + result - close_fee * dollars / stop_price

    dollars = zero_of(left)
    return above_zero(dollars / face if dollars is not None else None)


# fees

def opening_fee(opening_fee_rate, entry_notional):
    return zero_of(lambda money: money / entry_notional - opening_fee_rate)


def fee_share_of_margin(leverage, opening_fee_rate, close_fee):
    """Both fees of 500 dollars of coins, over the margin behind them."""
    both = opening_fee(opening_fee_rate, F(500)) + opening_fee(close_fee, F(500))
    return zero_of(lambda share: share * initial_margin(F(500), leverage) - both)


def break_even_price(side, entry_price, opening_fee_rate, close_fee):
    """Where three coins are closed with nothing left of the profit after both fees."""
    return above_zero(zero_of(lambda price: gain(side, 3 * entry_price, 3 * price)
                              - 3 * entry_price * opening_fee_rate - 3 * price * close_fee))


def inverse_break_even_price(side, entry_price, opening_fee_rate, close_fee):
    return price_of(lambda inverse: gain(side, 100 * inverse, 100 / entry_price)
                    - 100 / entry_price * opening_fee_rate - 100 * inverse * close_fee)


def liquidation_price_with_fee(side, line_without_fee, maintenance_rate, close_fee):
    """The money that makes one coin's line what it is without the fee; then its line with it."""
    entry = F(1000)
    money = zero_of(lambda money: _spare(side, F(1), entry, money, line_without_fee,
                                         maintenance_rate * line_without_fee, F(0)))
    return above_zero(zero_of(lambda price: _spare(
        side, F(1), entry, money, price, maintenance_rate * price, close_fee)))


def inverse_liquidation_price_with_fee(side, line_without_fee, maintenance_rate, close_fee):
    worth = 100 / line_without_fee
    owed = zero_of(lambda coins: coins - side * worth - maintenance_rate * worth)
    return price_of(lambda inverse: owed - side * 100 * inverse
                    - (maintenance_rate + close_fee) * 100 * inverse)


def _one_coin(side, leverage, opening_fee_rate, close_fee, floor):
    """How far from 1,000 one coin's line is, as a share, with the opening fee paid."""
    entry = F(1000)
    money = entry / leverage - entry * opening_fee_rate
    line = zero_of(lambda price: _spare(side, F(1), entry, money, price, floor(price), close_fee))
    return None if line is None else gain(side, line, entry) / entry


def liquidation_distance_with_fees(side, leverage, opening_fee_rate, maintenance_rate, close_fee):
    return _one_coin(side, leverage, opening_fee_rate, close_fee,
                     lambda price: maintenance_rate * price)


def liquidation_distance_with_fees_entry_basis(side, leverage, opening_fee_rate, maintenance_rate,
                                               close_fee):
    return _one_coin(side, leverage, opening_fee_rate, close_fee,
                     lambda price: maintenance_rate * 1000)


def inverse_liquidation_distance_with_fees(side, leverage, opening_fee_rate, maintenance_rate,
                                           close_fee):
    """A thousand dollars' contracts opened at 1,000: one coin of notional."""
    line = zero_of(lambda inverse: _inverse_spare(
        side, F(10), F(100), F(1000), 1 / leverage - opening_fee_rate, inverse,
        maintenance_rate * 1000 * inverse, close_fee))
    return gain(side, 1 / line, F(1000)) / 1000 if line else None


def liquidation_fee(liquidation_fee_rate, notional):
    return opening_fee(liquidation_fee_rate, notional)


def liquidation_remainder(maintenance_margin, liquidation_fee):
    return zero_of(lambda left: left + liquidation_fee - maintenance_margin)


# tiers

def deduction(previous_deduction, previous_rate, floor, maintenance_rate):
    """The deduction with which both tiers ask the same margin at the floor."""
    below = floor * previous_rate - previous_deduction
    return zero_of(lambda taken_off: floor * maintenance_rate - taken_off - below)


def tier_jump(floor, previous_rate, maintenance_rate):
    """The whole notional at the upper rate, less the whole at the lower one."""
    return maintenance_margin(maintenance_rate, floor, F(0)) - maintenance_margin(
        previous_rate, floor, F(0)) if floor else F(0)


def tier_effective_rate(maintenance_rate, deduction, notional):
    return zero_of(lambda rate: rate * notional + deduction - maintenance_rate * notional)


def boundary_price(floor, size):
    return above_zero(zero_of(lambda price: size * price - floor))


def inverse_boundary_price(contracts, face, floor):
    return price_of(lambda inverse: contracts * face * inverse - floor)


def liquidation_price_reduced(side, size, closed_size, mark_price, equity, maintenance_rate,
                              deduction):
    """The rest as a position of its own, opened at the mark, with the whole equity behind it."""
    rest = size - closed_size
    return None if rest == 0 else above_zero(zero_of(lambda price: _spare(
        side, rest, mark_price, equity, price, maintenance_rate * rest * price - deduction, F(0))))


# schedules

def schedule_rate(base_rate, rate_slope, size):
    """Each coin adds its share: the first half and the second half of them."""
    return base_rate + rate_slope * (size / 2) + rate_slope * (size / 2)


def schedule_maintenance_margin(base_rate, rate_slope, size, mark_price):
    return maintenance_margin(schedule_rate(base_rate, rate_slope, size),
                              notional(size, mark_price), F(0))


def schedule_marginal_rate(base_rate, rate_slope, size):
    """The slope of a parabola at a point is that of a chord with the point in its middle."""
    def margin(coins):
        return base_rate * coins + rate_slope * coins * coins

    return (margin(size + 1) - margin(size - 1)) / 2


def schedule_size(maintenance_rate, base_rate, rate_slope):
    return above_zero(zero_of(lambda size: base_rate + rate_slope * size - maintenance_rate))


def half_leverage_rate(max_leverage):
    """The margin of 1,000 of notional at the cap is twice the maintenance."""
    return zero_of(lambda rate: 2 * rate * 1000 - initial_margin(F(1000), max_leverage))


def liquidation_price_available(side, mark_price, loss_buffer, size, maintenance_rate):
    """A position opened at this mark, with the buffer and its maintenance margin behind it."""
    money = loss_buffer + maintenance_rate * size * mark_price
    return above_zero(zero_of(lambda price: _spare(
        side, size, mark_price, money, price, maintenance_rate * size * price, F(0))))


def step_rate(base_rate, steps, rate_step):
    return zero_of(lambda rate: rate - base_rate - steps * rate_step)


def open_interest_rate(base_rate, open_interest, open_interest_lower, open_interest_upper):
    """A straight line from the base at the lower bound to 1 at the upper one."""
    width = open_interest_upper - open_interest_lower
    return zero_of(lambda rate: (rate - base_rate) * width - (1 - base_rate) * (
        open_interest - open_interest_lower)) if width else None


# the account

def liquidation_price_cross(side, size, entry_price, collateral, maintenance_rate, deduction,
                            close_fee, other_pnl, other_maintenance):
    """The leg alone, with the wallet as the other legs leave it."""
    return above_zero(zero_of(lambda price: _spare(
        side, size, entry_price, collateral, price, maintenance_rate * size * price - deduction,
        close_fee) + other_pnl - other_maintenance))


def hedge_liquidation_price(long_size, short_size, long_entry, short_entry, collateral,
                            maintenance_rate, charged_size):
    return above_zero(zero_of(lambda price: (
        collateral + gain(1, long_size * long_entry, long_size * price)
        + gain(-1, short_size * short_entry, short_size * price)
        - maintenance_rate * charged_size * price)))


def liquidation_shock(loss_buffer, net_notional, shocked_maintenance):
    """What is left of the buffer after a move: gains added, grown margins taken off."""
    return zero_of(lambda move: loss_buffer + move * net_notional - move * shocked_maintenance)


def collateral_value(haircut, asset_amount, asset_price):
    return asset_amount * asset_price - haircut * (asset_amount * asset_price)


# the mark price

def index_mean(first_source, second_source, first_weight, second_weight):
    """The point where two weights hang in balance."""
    return above_zero(zero_of(lambda price: first_weight * (price - first_source)
                              + second_weight * (price - second_source)))


def funding_candidate(funding_rate, index_price, hours_left, interval_hours):
    """On a straight line: the index at the funding time, a whole payment above it before."""
    whole = index_price + index_price * funding_rate
    gone = zero_of(lambda part: part * interval_hours - (interval_hours - hours_left))
    return above_zero(gone * index_price + (1 - gone) * whole)


def basis_candidate(index_price, basis_average):
    return above_zero(zero_of(lambda price: price - basis_average - index_price))


def premium_above(index_price, impact_bid):
    return zero_of(lambda premium: index_price + index_price * premium - impact_bid)


def premium_below(index_price, impact_ask):
    return zero_of(lambda premium: index_price + index_price * premium - impact_ask)


# funding

def funding_rate(premium, clamp, direction):
    return premium + clamp if direction > 0 else premium - clamp


def funding_payment(side, notional, funding_rate):
    return gain(side, F(0), notional * funding_rate)


def funding_shift(side, size, maintenance_rate, notional, funding_rate):
    """How far the line of a position moves when the payment is taken from its collateral."""
    def line(collateral):
        return zero_of(lambda price: _spare(side, size, F(77), collateral, price,
                                            maintenance_rate * size * price, F(0)))

    before = line(F(5))
    paid = funding_payment(side, notional, funding_rate)
    return None if before is None else line(5 - paid) - before


def funding_intervals(side, notional, loss_buffer, funding_rate):
    return zero_of(lambda times: loss_buffer - times * funding_payment(side, notional, funding_rate))


def funding_a_year(funding_rate, intervals_a_year):
    return zero_of(lambda share: share / intervals_a_year - funding_rate)


def funding_on_margin(leverage, funding_rate, intervals_a_year):
    """Of 600 of notional: what a year costs over what was put up."""
    year = 600 * funding_a_year(funding_rate, intervals_a_year)
    return zero_of(lambda share: share * initial_margin(F(600), leverage) - year)


def carry_intervals(funding_rate, carry_cost):
    return zero_of(lambda times: 900 * funding_rate * times - 900 * carry_cost)


# the price of a perpetual: the ledger of a sold perpetual and of the coins that hedge it

def carry_gain(mark_price, spot_price, cash_rate, carry_yield, kappa, iota):
    """Coins worth one perpetual, on credit: funding and yield come in, interest goes out."""
    held = mark_price / spot_price
    funding = kappa * mark_price - kappa * spot_price + iota * spot_price
    return funding + held * carry_yield * spot_price - cash_rate * mark_price


def perpetual_price(spot_price, cash_rate, carry_yield, kappa, iota):
    return above_zero(zero_of(lambda price: carry_gain(
        price, spot_price, cash_rate, carry_yield, kappa, iota)))


def inverse_perpetual_price(spot_price, cash_rate, carry_yield, kappa, iota):
    """A dollar has a price in coin: it is borrowed against coins, and earns the cash rate."""
    return price_of(lambda coins: kappa * (coins - 1 / spot_price) + iota / spot_price
                    + cash_rate * coins - carry_yield * coins)


def perpetual_price_previous(spot_price, kappa, iota, growth):
    """The money that buys the hedge grows; the payment is known from the beginning."""
    return above_zero(zero_of(lambda price: price - price * growth
                              + kappa * (price - spot_price) + iota * spot_price))


def perpetual_price_current(spot_price, kappa, iota, growth):
    """The payment is a share of the later spot price, so that many coins less are held."""
    def gap(price):
        paid = kappa * (price / spot_price - 1) + iota
        return price - (price / spot_price - paid) * spot_price * growth

    return above_zero(zero_of(gap))


def growth(cash_rate, carry_yield):
    return above_zero(None if carry_yield == -1 else zero_of(
        lambda times: times * (1 + carry_yield) - 1 - cash_rate))


def perpetual_basis(cash_rate, carry_yield, kappa, iota):
    """At a spot price of 1 it is the price less 1, also where that price is none."""
    price = zero_of(lambda price: carry_gain(price, F(1), cash_rate, carry_yield, kappa, iota))
    return None if price is None else price - 1


def implied_rate(mark_price, spot_price, carry_yield, kappa, iota):
    return zero_of(lambda rate: carry_gain(
        mark_price, spot_price, rate, carry_yield, kappa, iota))


# how likely a touch is: by images, with mpmath

def _normal(x):
    """The normal distribution from the incomplete gamma function."""
    tail = mp.gammainc(mp.mpf(1) / 2, x * x / 2, regularized=True) / 2
    return tail if x < 0 else 1 - tail


def _number(value):
    return mp.mpf(value.numerator) / value.denominator


def _untouched(line, log_drift, volatility, horizon):
    """A walk that starts at 0 stays above a line below it: what its image leaves over."""
    spread = volatility * mp.sqrt(horizon)
    own = _normal((log_drift * horizon - line) / spread)
    image = _normal((log_drift * horizon + line) / spread)
    return own - mp.exp(2 * log_drift * line / volatility**2) * image


def _touched(side, line, log_drift, volatility, horizon):
    """A short is a long in the mirror."""
    with mp.workdps(180):
        return 1 - _untouched(side * line, side * log_drift, volatility, horizon)


def log_drift(drift, volatility):
    return zero_of(lambda found: 2 * (drift - found) - volatility * volatility)


def horizon(days_ahead):
    return above_zero(zero_of(lambda years: years * 365 - days_ahead))


def log_barrier(liquidation_price, mark_price):
    return mp.log(_number(liquidation_price)) - mp.log(_number(mark_price))


def log_barrier_leverage(side, leverage, maintenance_rate):
    """At an entry of 1, from the price at which the equity is the maintenance margin."""
    price = zero_of(lambda price: 1 / leverage + side * (price - 1) - maintenance_rate * price)
    return mp.log(_number(price)) if above_zero(price) else None


def finish_probability(side, log_barrier, log_drift, volatility, horizon):
    gap = _number(log_barrier) - _number(log_drift) * _number(horizon)
    return _normal(side * gap / mp.sqrt(_number(horizon * volatility**2)))


def touch_probability(side, log_barrier, log_drift, volatility, horizon):
    return _touched(side, *map(_number, (log_barrier, log_drift, volatility, horizon)))


def touch_ever(log_barrier, log_drift, volatility):
    toward = log_barrier * log_drift >= 0
    return mp.mpf(1) if toward else mp.exp(_number(2 * log_barrier * log_drift / volatility**2))


def funded_drift(side, log_drift, funding_a_year, leverage):
    """One coin at an entry of 1 without a floor: how much its bankruptcy price rises, over itself."""
    def line(paid):
        return zero_of(lambda price: 1 / leverage - side * paid + side * (price - 1))

    before = line(F(0))
    return log_drift - (line(funding_a_year) - before) / before if before else None


def touch_probability_long(leverage, maintenance_rate, drift, volatility, horizon):
    return _of_a_position(1, leverage, maintenance_rate, drift, volatility, horizon)


def touch_probability_short(leverage, maintenance_rate, drift, volatility, horizon):
    return _of_a_position(-1, leverage, maintenance_rate, drift, volatility, horizon)


def _of_a_position(side, leverage, maintenance_rate, drift, volatility, horizon):
    with mp.workdps(180):
        line = log_barrier_leverage(side, leverage, maintenance_rate)
        if line is None:
            return None
        return _touched(side, line, _number(log_drift(drift, volatility)), _number(volatility),
                        _number(horizon))


# stops and leverage

def fill_price(stop_price, side, slippage):
    """A sale at a stop brings less than the stop price, a purchase costs more."""
    lost = zero_of(lambda money: money / stop_price - slippage)
    return above_zero(stop_price - lost if side > 0 else stop_price + lost)


def nearest_stop(liquidation_price, side, slippage):
    """The stop whose fill is the line."""
    worse = -slippage if side > 0 else slippage
    return above_zero(zero_of(lambda stop: stop + worse * stop - liquidation_price))


def stop_left(collateral, side, size, exit_price, entry_price, close_fee):
    sold = size * exit_price
    return collateral + gain(side, size * entry_price, sold) - close_fee * sold


def _leverage_of_coin(entry_price, need):
    """The leverage whose margin, for one coin, just meets a need."""
    margin = zero_of(need)
    return above_zero(zero_of(lambda leverage: leverage * margin - entry_price))


def stop_leverage(entry_price, side, exit_price, maintenance_rate, close_fee):
    """One coin: what is left at the fill pays floor and fee there."""
    return _leverage_of_coin(entry_price, lambda margin: (
        margin + gain(side, entry_price, exit_price) - maintenance_rate * exit_price
        - close_fee * exit_price))


def stop_leverage_entry_basis(entry_price, side, exit_price, maintenance_rate, close_fee):
    return _leverage_of_coin(entry_price, lambda margin: (
        margin + gain(side, entry_price, exit_price) - maintenance_rate * entry_price
        - close_fee * exit_price))


def jump_share(liquidation_price, stop_price, side, jump_mean):
    """What is left of an exponential jump once it has passed the room between the two."""
    room = side * (mp.log(_number(stop_price)) - mp.log(_number(liquidation_price)))
    return mp.exp(-room / _number(jump_mean))


def leverage_growth(leverage, drift, funding_a_year, volatility):
    """A year of two outcomes, up and down by the volatility: x less half of its square, averaged."""
    up, down = leverage * volatility, -leverage * volatility
    return (leverage * drift - leverage * funding_a_year
            + (up - up * up / 2 + down - down * down / 2) / 2)


def _growth_curve(drift, funding_a_year, volatility):
    """The growth as a parabola through 0, by its values at 1 and 2: bend and slope at 0."""
    once, twice = (leverage_growth(F(n), drift, funding_a_year, volatility) for n in (1, 2))
    bend = twice / 2 - once
    return bend, once - bend


def kelly_leverage(drift, funding_a_year, volatility):
    """Half way between the two leverages at which nothing grows."""
    return zero_growth_leverage(drift, funding_a_year, volatility) / 2


def zero_growth_leverage(drift, funding_a_year, volatility):
    bend, slope = _growth_curve(drift, funding_a_year, volatility)
    return zero_of(lambda leverage: bend * leverage + slope)


def kelly_growth(drift, funding_a_year, volatility):
    return leverage_growth(kelly_leverage(drift, funding_a_year, volatility), drift, funding_a_year,
                           volatility)


# liquidation: the ledger after the close, the fund's two trades, round after round of a cascade

def equity_at_line(maintenance_rate, size, liquidation_price, deduction):
    return zero_of(lambda left: left + deduction - maintenance_rate * size * liquidation_price)


def restoring_close(side, size, mark_price, exit_price, equity, maintenance_rate, deduction,
                    liquidation_fee_rate):
    def gap(closed):
        money = equity - gain(side, closed * exit_price, closed * mark_price)
        money -= liquidation_fee_rate * closed * exit_price
        return money - (maintenance_rate * (size - closed) * mark_price - deduction)

    return above_zero(zero_of(gap))


def inverse_restoring_close(side, contracts, face, mark_price, exit_price, equity, maintenance_rate,
                            deduction, liquidation_fee_rate):
    def gap(closed):
        bought, sold = closed * face / mark_price, closed * face / exit_price
        money = equity + gain(side, sold, bought) - liquidation_fee_rate * sold
        return money - (maintenance_rate * (contracts - closed) * face / mark_price - deduction)

    return above_zero(zero_of(gap))


def restored_notional(equity, deduction, maintenance_rate):
    return above_zero(zero_of(lambda value: maintenance_rate * value - deduction - equity))


def fund_change(side, size, exit_price, bankruptcy_price):
    return gain(side, size * bankruptcy_price, size * exit_price)


def inverse_fund_change(side, contracts, face, exit_price, bankruptcy_price):
    return -gain(side, contracts * face / bankruptcy_price, contracts * face / exit_price)


def cascade_ratio(impact, line_density):
    """A fall of 1 % passes so many coins, and they move the price by so much."""
    return above_zero(impact * (line_density / 100) / F(1, 100))


def whole_move(first_move, cascade_ratio):
    """What was there and what it adds is all there is."""
    return zero_of(lambda whole: first_move + cascade_ratio * whole - whole)
# ranges, the parts of a result, and samples: intervals by their own equation

def daily_range(open_price, high_price, low_price):
    return zero_of(lambda part: low_price + part * open_price - high_price)


def buffer_in_ranges(liquidation_distance, average_range):
    return zero_of(lambda times: times * average_range - liquidation_distance)


def buffer_leverage(side, maintenance_rate, average_range, range_multiple):
    """At the price so many ranges away, a position of 1 has just its maintenance margin left."""
    away = 1 - side * range_multiple * average_range
    margin = zero_of(lambda put_up: put_up + gain(side, F(1), away) - maintenance_rate * away)
    return None if margin == 0 else above_zero(1 / margin)


def buffer_leverage_entry_basis(maintenance_rate, average_range, range_multiple):
    lost = range_multiple * average_range
    return above_zero(zero_of(lambda lever: 1 - lever * lost - lever * maintenance_rate))


def price_pnl(side, size, reference_entry, reference_exit):
    return gain(side, size * reference_entry, size * reference_exit)


def execution_pnl(side, size, entry_price, exit_price, reference_entry, reference_exit):
    """What the fills made, less what the decisions would have made."""
    return gain(side, size * entry_price, size * exit_price) - gain(
        side, size * reference_entry, size * reference_exit)


def net_pnl(price_pnl, execution_pnl, fees_paid, funding_paid):
    return zero_of(lambda left: left + fees_paid + funding_paid - price_pnl - execution_pnl)


def interval_centre(trades, wins, critical_value):
    """Half the sum of the two shares p at which (wins - n p)^2 = z^2 n p (1 - p)."""
    square, straight = trades**2 + critical_value**2 * trades, (
        2 * wins * trades + critical_value**2 * trades)
    return straight / square / 2


def sample_size(critical_value, half_width):
    """At a share of one half the interval has the width 2 w where (n + z^2) 4 w^2 = z^2."""
    z2 = critical_value**2
    return None if half_width == 0 else zero_of(lambda n: 4 * half_width**2 * (n + z2) - z2)


    return above_zero(zero_of(lambda whole: first_move + cascade_ratio * whole - whole))


def impact(depth):
    return above_zero(zero_of(lambda each: each * depth - F(1, 100)))


def fund_need(mark_price, line_density, whole_move, first_move, maintenance_rate):
    """Round after round: of a width w, closed a share R w / 2 beyond it, all summed by hand.

    Whoever's line is y into the round is short of w + R w / 2 − y − m, on average w (1 + R) / 2 − m.
    """
    ratio = 1 - first_move / whole_move
    rounds_squared = first_move**2 / (1 - ratio**2) if ratio not in (1, -1) else None
    if rounds_squared is None:
        return mark_price * line_density * whole_move * (first_move / 2 - maintenance_rate)
    short = rounds_squared * (1 + ratio) / 2 - maintenance_rate * first_move / (1 - ratio)
    return mark_price * line_density * short


# looks at intervals: from the definitions of ratio and line, and by images

def alert_price(side, size, entry_price, collateral, maintenance_rate, alert_level):
    def short_of(price):
        equity = collateral + side * size * (price - entry_price)
        return maintenance_rate * size * price - alert_level * equity
    return above_zero(zero_of(short_of))


def alert_gap(side, maintenance_rate, alert_level):
    """Of a position of 1 from 1 with half of that as collateral: no other changes it."""
    at_level, at_line = (zero_of(lambda price: maintenance_rate * price - level * (
        F(1, 2) + side * (price - 1))) for level in (alert_level, F(1)))
    return None if None in (at_level, at_line) or at_line == 0 else side * (at_level / at_line - 1)


def bridge_touch(room_before, room_after, volatility, look_interval):
    """A path that touches has a mirror image that ends as far beyond the line."""
    def density(way):
        return mp.npdf(_number(way), 0, mp.sqrt(_number(volatility**2 * look_interval)))
    return density(room_before + room_after) / density(room_before - room_after)


def barrier_shift(look_constant, volatility, look_interval):
    return mp.sqrt(_number(look_constant**2 * volatility**2 * look_interval))


def watched_probability(side, log_barrier, log_drift, volatility, horizon, barrier_shift):
    return _touched(side, *map(_number, (log_barrier - side * barrier_shift, log_drift, volatility,
                                         horizon)))


def late_probability(room_before, volatility, look_interval, reaction_time):
    time = _number(volatility**2 * (look_interval + reaction_time))
    return mp.erfc(_number(room_before) / mp.sqrt(2 * time))


def lead_distance(quantile, volatility, look_interval, reaction_time):
    return mp.sqrt(_number(quantile**2 * volatility**2 * (look_interval + reaction_time)))


# the rate that a venue needs

def closeout_time(closeout_minutes):
    return above_zero(zero_of(lambda days: days * 24 * 60 - closeout_minutes))


def _root(value):
    return mp.exp(mp.log(_number(value)) / 2)


def closeout_deviation(daily_volatility, closeout_time):
    """Variances add up over time."""
    return _root(daily_volatility * daily_volatility * closeout_time)


def move_rate(tail_multiple, daily_volatility, closeout_time):
    return _root((tail_multiple * daily_volatility)**2 * closeout_time)


def covered_time(move_rate, tail_multiple, daily_volatility):
    """As many days as fit their variances into the square of the rate."""
    a_day = (tail_multiple * daily_volatility)**2
    return above_zero(zero_of(lambda days: days * a_day - move_rate * move_rate))


def impact_rate(impact_factor, daily_volatility, notional, daily_volume):
    return _root((impact_factor * daily_volatility)**2 * notional / daily_volume)


def needed_rate(move_rate, impact_rate):
    """Of 900 of notional: both parts in money."""
    return above_zero(zero_of(lambda rate: 900 * rate - 900 * move_rate - 900 * impact_rate))


def implied_volume(notional, impact_factor, daily_volatility, impact_rate):
    whole = (impact_factor * daily_volatility)**2
    return above_zero(zero_of(lambda volume: volume * impact_rate**2 - notional * whole))


def marginal_impact_rate(impact_factor, daily_volatility, notional, daily_volume):
    """How fast the money for the impact grows with the notional."""
    with mp.workdps(200):
        now, little = _number(notional), _number(notional) * mp.mpf(10)**-60

        def money(size):
            whole = _number((impact_factor * daily_volatility)**2 / daily_volume)
            return size * mp.exp(mp.log(whole * size) / 2)

        return (money(now + little) - money(now - little)) / (2 * little)


def expected_deficit(maintenance_rate, closeout_deviation):
    """The first repeated integral of the error function, by Tricomi's U."""
    spread = _number(closeout_deviation)
    square = (_number(maintenance_rate) / spread)**2 / 2
    return spread / mp.sqrt(8 * mp.pi) * mp.exp(-square) * mp.hyperu(1, mp.mpf(1) / 2, square)


def leverage_at_line(maintenance_rate):
    """A notional of 700 over the equity that the rate asks."""
    return above_zero(zero_of(lambda times: times * maintenance_rate * 700 - 700))


# auto-deleveraging: what is missing, the queues, and shares that add up

def deficit(side, size, mark_price, bankruptcy_price):
    """Taken over at one price and closed at the other: the loss on the way."""
    return -gain(side, size * bankruptcy_price, size * mark_price)


def deleveraged_size(side, mark_price, bankruptcy_price, uncovered_loss):
    return above_zero(zero_of(lambda size: deficit(
        side, size, mark_price, bankruptcy_price) - uncovered_loss))


def given_up(side, mark_price, bankruptcy_price, cut_size):
    """The result at the mark price less the one at the bankruptcy price, opened anywhere."""
    return (gain(side, F(70), mark_price) - gain(side, F(70), bankruptcy_price)) * cut_size


def pnl_share(unrealized_pnl, entry_notional):
    return zero_of(lambda share: share * entry_notional - unrealized_pnl)


def queue_score_profit(pnl_share, effective_leverage):
    return zero_of(lambda score: 60 * score - pnl_share * 60 * effective_leverage)


def queue_score_loss(pnl_share, effective_leverage):
    return zero_of(lambda score: score * effective_leverage - pnl_share)


def queue_score_price(mark_price, entry_price, notional, equity):
    return zero_of(lambda score: score * entry_price * equity - mark_price * notional)


def queue_score_return(unrealized_pnl, collateral, margin_ratio):
    return zero_of(lambda score: score * collateral - margin_ratio * unrealized_pnl)


def pro_rata_cut(size, deleveraged_size, counter_size):
    """The same share of every position is left."""
    left = zero_of(lambda share: share * counter_size - (counter_size - deleveraged_size))
    cut = size - left * size
    return cut if cut >= 0 else None


def water_level(deleveraged_notional, drained_notional, drained_equity):
    return zero_of(lambda level: level * drained_equity + deleveraged_notional - drained_notional)


def water_cut(notional, equity, water_level):
    """What remains over equity is the level."""
    return zero_of(lambda cut: notional - cut - water_level * equity)


def socialized_loss(unrealized_pnl, uncovered_loss, total_profit):
    return zero_of(lambda part: part * total_profit - unrealized_pnl * uncovered_loss)


_HELPERS = ("F", "partial", "zero_of", "above_zero", "price_of", "gain")
ORACLES = {name: item for name, item in list(globals().items())
           if callable(item) and name not in _HELPERS and not name.startswith("_")}
