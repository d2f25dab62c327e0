"""Every symbol of the book, once: its LaTeX, its unit and its meaning.

The name of a symbol is the name of the argument it stands for, so that a formula's exact value,
its NumPy function and its JavaScript all take the same names.  Units are powers of the quote
currency (USDT), of the coin (BTC) and of the currency in which the contract settles: the quote
currency for a linear contract, the coin for an inverse one.
"""

from __future__ import annotations

from sympy import Symbol

PURE: dict[str, int] = {}
PRICE = {"quote": 1, "coin": -1}
COIN = {"coin": 1}
QUOTE = {"quote": 1}
MONEY = {"settle": 1}


class Quantity(Symbol):
    """A SymPy symbol that knows its LaTeX, its unit and its meaning.

    >>> from perpedu import symbols
    >>> symbols.mark_price.meaning
    'price at which the venue values the position'
    """

    __slots__ = ("tex", "unit", "meaning", "values")

    def __new__(cls, name, tex, unit, meaning, *, values=None, **assumptions):
        self = Symbol.__xnew__(cls, name, **assumptions)
        self.tex, self.unit, self.meaning, self.values = tex, dict(unit), meaning, values
        return self

    def __getnewargs_ex__(self):
        given = dict(values=self.values, **self._assumptions_orig)
        return (self.name, self.tex, self.unit, self.meaning), given

    def _latex(self, printer) -> str:
        return self.tex


def _above_zero(name, tex, unit, meaning) -> Quantity:
    return Quantity(name, tex, unit, meaning, positive=True)


def _zero_or_more(name, tex, unit, meaning) -> Quantity:
    return Quantity(name, tex, unit, meaning, nonnegative=True)


def _any_sign(name, tex, unit, meaning) -> Quantity:
    return Quantity(name, tex, unit, meaning, real=True)


side = Quantity("side", "s", PURE, "+1 for a long, −1 for a short",
                values=(-1, 1), integer=True, nonzero=True)
size = _above_zero("size", "q", COIN, "size of a linear position, in coin")
entry_price = _above_zero("entry_price", "E", PRICE, "average price at which it was opened")
mark_price = _above_zero("mark_price", "P", PRICE, "price at which the venue values the position")
exit_price = _above_zero("exit_price", "X", PRICE, "price at which a part is closed")
collateral = _above_zero("collateral", "W", MONEY, "money behind the position: wallet balance "
                         "in cross margin, the margin assigned to it in isolated margin")
leverage = _above_zero("leverage", "L", PURE, "notional at entry per unit of initial margin")
maintenance_rate = _zero_or_more("maintenance_rate", "m", PURE, "maintenance margin rate "
                                 "of the tier, a fraction of notional")
deduction = _zero_or_more("deduction", "d", MONEY, "amount the tier table takes off, "
                          "so that tiers join without a jump")
close_fee = _zero_or_more("close_fee", "f", PURE, "fee to close, a fraction of the notional "
                          "at the exit price")
opening_fee_rate = _zero_or_more("opening_fee_rate", "f_0", PURE, "fee to open, a fraction of the "
                                 "notional at entry")
notional = _above_zero("notional", "N", MONEY, "value of the position at the mark price")
entry_notional = _above_zero("entry_notional", "N_0", MONEY, "value of the position at entry")
initial_margin = _above_zero("initial_margin", r"\mathrm{IM}", MONEY, "money needed to open")
maintenance_margin = _any_sign("maintenance_margin", r"\mathrm{MM}", MONEY,
                               "equity at which the position is closed: equity must stay above it")
entry_maintenance_margin = _any_sign("entry_maintenance_margin", r"\mathrm{MM}_0", MONEY,
                                     "maintenance margin on the entry notional")
unrealized_pnl = _any_sign("unrealized_pnl", "U", MONEY, "profit or loss not yet taken")
realized_pnl = _any_sign("realized_pnl", "R", MONEY, "profit or loss taken by closing a part")
equity = _any_sign("equity", "A", MONEY, "collateral plus unrealized PnL")
requirement = _any_sign("requirement", "Q", MONEY, "maintenance margin plus the fee to close")
margin_ratio = _any_sign("margin_ratio", r"\rho", PURE, "maintenance margin over equity")
margin_level = _any_sign("margin_level", r"\lambda", PURE, "equity over maintenance margin")
effective_rate = _any_sign("effective_rate", r"\bar m", PURE, "maintenance margin over notional")
available_balance = _any_sign("available_balance", "B", MONEY, "equity not needed "
                              "as initial margin")
loss_buffer = _any_sign("loss_buffer", "G", MONEY, "equity above the maintenance margin")
effective_leverage = _any_sign("effective_leverage", r"\bar L", PURE, "notional over equity")
added_size = _above_zero("added_size", "q_{+}", COIN, "size added to a position")
added_price = _above_zero("added_price", "E_{+}", PRICE, "price of the added size")
closed_size = _above_zero("closed_size", "q_{-}", COIN, "size taken off a position")
average_entry = _above_zero("average_entry", r"\bar E", PRICE, "entry price after adding")
contracts = _above_zero("contracts", "n", PURE, "number of inverse contracts")
face = _above_zero("face", "c", QUOTE, "face value of one inverse contract, in quote currency")
added_contracts = _above_zero("added_contracts", "n_{+}", PURE, "contracts added")
closed_contracts = _above_zero("closed_contracts", "n_{-}", PURE, "contracts taken off")
liquidation_price = _above_zero("liquidation_price", "P^{*}", PRICE, "price at which equity "
                                "meets the requirement")
bankruptcy_price = _above_zero("bankruptcy_price", "P_b", PRICE, "price at which equity is gone")
liquidation_distance = _any_sign("liquidation_distance", r"\delta", PURE, "adverse move from entry "
                                 "to the liquidation price, a fraction of the entry price")
liquidation_gap = _any_sign("liquidation_gap", r"\Gamma", PRICE, "adverse move from the "
                            "liquidation price to the bankruptcy price")
added_collateral = _any_sign("added_collateral", r"\Delta W", MONEY, "collateral added; "
                             "below 0: taken out")
line_shift = _any_sign("line_shift", r"\Delta P^{*}", PRICE, "how far the liquidation price moves")
stop_price = _above_zero("stop_price", "S", PRICE, "price at which the trader means to get out")
risk = _above_zero("risk", "K", MONEY, "money that may be lost at the stop")
opening_fee = _zero_or_more("opening_fee", "C_0", MONEY, "money that opening costs")
line_without_fee = _above_zero("line_without_fee", "P_0", PRICE, "liquidation price that leaves the "
                               "close fee out")
liquidation_fee_rate = _zero_or_more("liquidation_fee_rate", r"\ell", PURE, "fee of a liquidation, "
                                     "a fraction of the notional that is closed")
liquidation_fee = _zero_or_more("liquidation_fee", r"C_{\ell}", MONEY, "fee that a liquidation asks")
liquidation_remainder = _any_sign("liquidation_remainder", r"R_{\ell}", MONEY, "maintenance margin "
                                  "left after the liquidation fee; below 0: the fee finds too little")
break_even_price = _above_zero("break_even_price", "X_0", PRICE, "price at which closing leaves "
                               "neither profit nor loss, both fees paid")
fee_share_of_margin = _any_sign("fee_share_of_margin", r"\phi", PURE, "fees of opening and closing "
                                "at the entry price over the initial margin")
previous_deduction = _zero_or_more("previous_deduction", "d_{k-1}", MONEY,
                                   "deduction of the tier below")
previous_rate = _zero_or_more("previous_rate", "m_{k-1}", PURE, "rate of the tier below")
floor = _zero_or_more("floor", "F_k", MONEY, "notional at which the tier begins")
boundary_price = _above_zero("boundary_price", "P_k", PRICE, "mark price at which the position's "
                             "notional stands at a floor")
tier_jump = _any_sign("tier_jump", "J_k", MONEY, "what a flat table asks more just above a floor")
base_rate = _zero_or_more("base_rate", "a", PURE, "rate from which a schedule starts")
rate_slope = _zero_or_more("rate_slope", "b", {"coin": -1}, "what each coin of size adds to the rate")
marginal_rate = _any_sign("marginal_rate", r"\hat m", PURE, "rate that the last coin of a position "
                          "pays")
max_leverage = _above_zero("max_leverage", "L_c", PURE, "highest leverage that the venue allows")
steps = _zero_or_more("steps", "k", PURE, "risk-limit steps above the first")
rate_step = _zero_or_more("rate_step", r"\Delta m", PURE, "what each risk-limit step adds to the rate")
initial_rate = _any_sign("initial_rate", "i", PURE, "initial margin rate, a fraction of notional")
open_interest = _zero_or_more("open_interest", "O", MONEY, "open interest of the market")
open_interest_lower = _zero_or_more("open_interest_lower", "O_{-}", MONEY, "open interest from which "
                                    "the initial rate rises")
open_interest_upper = _above_zero("open_interest_upper", "O_{+}", MONEY, "open interest at which the "
                                  "initial rate is 100 %")
venue = _above_zero("venue", "v", PURE, "place of a venue in a list of venues")
other_side = Quantity("other_side", "s_o", PURE, "side of the other leg: +1 for a long, −1 for a "
                      "short", values=(-1, 1), integer=True, nonzero=True)
other_mark = _above_zero("other_mark", "P_o", QUOTE, "mark price of one coin of the other leg")
other_pnl = _any_sign("other_pnl", "U_o", MONEY, "unrealized PnL of the other legs of the account")
other_maintenance = _zero_or_more("other_maintenance", r"\mathrm{MM}_o", MONEY, "maintenance margin "
                                  "of the other legs of the account")
long_size = _above_zero("long_size", "q_L", COIN, "size of the long leg of a hedge")
short_size = _above_zero("short_size", "q_S", COIN, "size of the short leg of a hedge")
long_entry = _above_zero("long_entry", "E_L", PRICE, "entry price of the long leg of a hedge")
short_entry = _above_zero("short_entry", "E_S", PRICE, "entry price of the short leg of a hedge")
charged_size = _zero_or_more("charged_size", "q_c", COIN, "size that a hedge's maintenance margin is "
                             "charged on: both legs, the larger one, or their difference")
net_notional = _any_sign("net_notional", r"N_{\beta}", MONEY, "signed notionals of all legs, each "
                         "times its beta, added up")
shocked_maintenance = _any_sign("shocked_maintenance", r"\mathrm{MM}_{\beta}", MONEY, "maintenance "
                                "margins of all legs, each times its beta, added up")
liquidation_shock = _any_sign("liquidation_shock", r"\xi", PURE, "common relative move of all marks "
                              "that liquidates the account")
haircut = _zero_or_more("haircut", "h", PURE, "part of an asset's value that does not count as "
                        "collateral")
asset_amount = _above_zero("asset_amount", "a_c", COIN, "amount of an asset put up as collateral")
asset_price = _above_zero("asset_price", "P_c", PRICE, "price of an asset put up as collateral")
collateral_value = _any_sign("collateral_value", "W_c", MONEY, "what an asset counts as collateral")
funding_rate = _any_sign("funding_rate", "F", PURE, "funding rate of one interval; above 0: longs pay")
premium = _any_sign("premium", r"\pi", PURE, "average premium of the contract over its index")
interest_rate = _any_sign("interest_rate", "I", PURE, "interest part of the funding rate of one "
                          "interval")
clamp = _zero_or_more("clamp", "c_F", PURE, "most that interest may pull the rate from the premium")
direction = Quantity("direction", r"\epsilon", PURE, "−1 where the premium is above interest, +1 below",
                     values=(-1, 1), integer=True, nonzero=True)
funding_payment = _any_sign("funding_payment", "Y", MONEY, "paid at one funding time; below 0: "
                            "received")
funding_shift = _any_sign("funding_shift", r"\Delta P_F", PRICE, "how far one funding payment moves the "
                          "liquidation price")
funding_intervals = _any_sign("funding_intervals", "n_F", PURE, "funding payments until the buffer is "
                              "gone at an unchanged price")
intervals = _zero_or_more("intervals", "n_t", PURE, "funding payments made so far")
intervals_a_year = _above_zero("intervals_a_year", "k_F", PURE, "funding times in a year")
funding_a_year = _any_sign("funding_a_year", "F_y", PURE, "funding of a year, a fraction of notional")
funding_on_margin = _any_sign("funding_on_margin", "F_m", PURE, "funding of a year, a fraction of the "
                              "initial margin")
carry_intervals = _any_sign("carry_intervals", "n_c", PURE, "funding times until a carry trade has "
                            "earned its costs")
carry_cost = _above_zero("carry_cost", "k_c", PURE, "costs of a carry trade, a fraction of notional")
kappa = _any_sign("kappa", r"\kappa", PURE, "part of the premium over spot that funding pays in one unit "
                  "of time")
cash_rate = _any_sign("cash_rate", "r", PURE, "what borrowed money costs in one unit of time")
carry_yield = _any_sign("carry_yield", "y", PURE, "what a held coin earns in one unit of time, in coin")
iota = _any_sign("iota", r"\iota", PURE, "part of the spot price that funding pays in one unit of time, "
                 "whatever the premium")
spot_price = _above_zero("spot_price", "P_S", PRICE, "price of the coin itself, bought and paid")
growth = _above_zero("growth", "g", PURE, "what 1 of borrowed money grows to in one interval, over what 1 "
                     "coin grows to")
perpetual_price = _above_zero("perpetual_price", r"P_{\infty}", PRICE, "price of a perpetual that leaves "
                              "no riskless gain")
perpetual_basis = _any_sign("perpetual_basis", r"\theta", PURE, "price of the perpetual over the spot "
                            "price, less 1")
carry_gain = _any_sign("carry_gain", "Z", PRICE, "what a hedged short perpetual on one coin gains in one "
                       "unit of time")
index_price = _above_zero("index_price", "P_I", PRICE, "price of the coin on spot venues, taken together")
first_source = _above_zero("first_source", "p_1", PRICE, "price of a first source of an index")
second_source = _above_zero("second_source", "p_2", PRICE, "price of a second source of an index")
first_weight = _above_zero("first_weight", "w_1", PURE, "weight of the first source")
second_weight = _above_zero("second_weight", "w_2", PURE, "weight of the second source")
hours_left = _zero_or_more("hours_left", "t", PURE, "hours until the next funding time")
interval_hours = _above_zero("interval_hours", "T", PURE, "hours from one funding time to the next")
basis_average = _any_sign("basis_average", r"\bar B", PRICE, "moving average of the basis: the middle "
                          "of bid and ask less the index price")
funding_candidate = _above_zero("funding_candidate", "P_1", PRICE, "index price with the funding still "
                                "to come: first candidate for the mark")
basis_candidate = _above_zero("basis_candidate", "P_2", PRICE, "index price plus the average basis: "
                              "second candidate for the mark")
last_price = _above_zero("last_price", "P_L", PRICE, "price of the last trade")
impact_bid = _above_zero("impact_bid", r"P_\mathrm{bid}", PRICE, "average price at which a given "
                         "notional can be sold into the book")
impact_ask = _above_zero("impact_ask", r"P_\mathrm{ask}", PRICE, "average price at which a given "
                         "notional can be bought from the book")
volatility = _above_zero("volatility", r"\sigma", PURE, "standard deviation of a year's change of the "
                         "logarithm of the price")
drift = _any_sign("drift", r"\mu", PURE, "growth rate of the expected price in a year")
log_drift = _any_sign("log_drift", r"\nu", PURE, "mean change of the logarithm of the price in a year")
horizon = _above_zero("horizon", r"\tau", PURE, "time ahead, in years of 365 days")
days_ahead = _above_zero("days_ahead", "d_a", PURE, "days ahead")
log_barrier = _any_sign("log_barrier", "b^{*}", PURE, "logarithm of the liquidation price over the "
                        "price now: below 0 for a long, above 0 for a short")
finish_probability = _zero_or_more("finish_probability", r"H_\tau", PURE, "probability that the price "
                                   "stands beyond the line at the horizon")
touch_probability = _zero_or_more("touch_probability", "H", PURE, "probability that the price touches "
                                  "the line within the horizon")
touch_ever = _zero_or_more("touch_ever", r"H_\infty", PURE, "probability that the price ever touches "
                           "the line")
funded_drift = _any_sign("funded_drift", r"\nu_F", PURE, "mean change in a year of the logarithm of "
                         "the price over the moving line")
slippage = _zero_or_more("slippage", r"\zeta", PURE, "how much worse than its stop price an order is "
                         "filled, a fraction of the stop price")
stop_left = _any_sign("stop_left", "W_S", MONEY, "money left once a stop has closed the position")
stop_leverage = _above_zero("stop_leverage", "L_S", PURE, "leverage at which the line lies where a stop "
                            "is filled: the leverage must stay below it")
nearest_stop = _above_zero("nearest_stop", "S^{*}", PRICE, "stop price whose fill is the liquidation price")
jump_mean = _above_zero("jump_mean", "j", PURE, "mean size of an adverse jump, as a logarithm of the "
                        "price")
jump_share = _zero_or_more("jump_share", "p_J", PURE, "of the jumps that pass the stop, the part that "
                           "passes the line as well")
leverage_growth = _any_sign("leverage_growth", "g_L", PURE, "average growth of the logarithm of the "
                            "money in a year, at a leverage that is kept up")
kelly_leverage = _any_sign("kelly_leverage", "L_K", PURE, "leverage at which money grows fastest; below "
                           "0: on the short side")
zero_growth_leverage = _any_sign("zero_growth_leverage", "L_0", PURE, "leverage, not 0, at which money "
                                 "does not grow")
kelly_growth = _any_sign("kelly_growth", "g_K", PURE, "growth at the leverage of fastest growth")
restored_notional = _above_zero("restored_notional", "N_r", MONEY, "largest notional whose maintenance "
                                "margin an equity meets")
fund_change = _any_sign("fund_change", r"\Delta V_f", MONEY, "what a takeover brings the insurance fund; "
                        "below 0: costs it")
impact = _above_zero("impact", r"\eta_1", {"coin": -1}, "relative move of the price that the sale of one "
                     "coin makes")
line_density = _above_zero("line_density", "D", COIN, "coins whose lines are passed by a relative move of 1, "
                           "at the pace of a small one")
cascade_ratio = _above_zero("cascade_ratio", "R_c", PURE, "move that liquidations add to a move, per unit "
                            "of it")
depth = _above_zero("depth", "q_1", COIN, "coins whose sale moves the price by 1 %")
fund_money = _zero_or_more("fund_money", "V_f", MONEY, "money in the insurance fund")
fund_need = _any_sign("fund_need", "V_n", MONEY, "money that the fund must have so that nobody else "
                      "pays; below 0: it gains")
stage = _zero_or_more("stage", "k_s", PURE, "steps of a liquidation that are done")
first_move = _above_zero("first_move", "x_0", PURE, "adverse move from outside, a fraction of the price")
whole_move = _above_zero("whole_move", "x", PURE, "adverse move with all that liquidations add to it")
daily_volatility = _above_zero("daily_volatility", r"\sigma_d", PURE, "standard deviation of the relative "
                               "move of a day")
closeout_minutes = _above_zero("closeout_minutes", r"\tau_\mathrm{min}", PURE, "close-out time in minutes")
closeout_time = _above_zero("closeout_time", r"\tau_c", PURE, "days from the liquidation price to the end of the "
                            "close-out")
tail_multiple = _above_zero("tail_multiple", "z_m", PURE, "standard deviations that the rate is to cover")
closeout_deviation = _above_zero("closeout_deviation", r"\sigma_c", PURE, "standard deviation of the "
                                 "relative move during the close-out")
move_rate = _above_zero("move_rate", "m_c", PURE, "part of the rate that covers the move during the "
                        "close-out")
impact_factor = _above_zero("impact_factor", r"\eta", PURE, "impact of trading a day's volume, in daily "
                            "standard deviations")
daily_volume = _above_zero("daily_volume", "V", MONEY, "what the market trades in a day")
impact_rate = _above_zero("impact_rate", "m_I", PURE, "part of the rate that covers what closing does to the "
                          "price")
needed_rate = _above_zero("needed_rate", "m_V", PURE, "maintenance rate that the venue needs")
expected_deficit = _any_sign("expected_deficit", r"\bar D", PURE, "mean loss beyond bankruptcy, a fraction of "
                             "the notional that is closed")
open_price = _above_zero("open_price", r"P_\mathrm{open}", PRICE, "first price of a day")
high_price = _above_zero("high_price", r"P_\mathrm{high}", PRICE, "highest price of a day")
low_price = _above_zero("low_price", r"P_\mathrm{low}", PRICE, "lowest price of a day")
daily_range = _any_sign("daily_range", "r_d", PURE, "highest less lowest price of a day, a fraction "
                        "of its first")
average_range = _above_zero("average_range", r"\mathrm{ADR}", PURE, "average daily range: the mean of "
                            "the ranges of some days")
range_multiple = _above_zero("range_multiple", "k_R", PURE, "average daily ranges that a rule asks of "
                             "the distance to liquidation")
buffer_in_ranges = _any_sign("buffer_in_ranges", "b_R", PURE, "distance to liquidation in average "
                             "daily ranges")
buffer_leverage = _above_zero("buffer_leverage", "L_R", PURE, "highest leverage whose distance to "
                              "liquidation is as many average ranges as a rule asks")
reference_entry = _above_zero("reference_entry", "E_r", PRICE, "price seen when the entry was decided")
reference_exit = _above_zero("reference_exit", "X_r", PRICE, "price seen when the exit was decided")
price_pnl = _any_sign("price_pnl", "U_P", MONEY, "part of a result that the market made, from decision "
                      "to decision")
execution_pnl = _any_sign("execution_pnl", "U_X", MONEY, "part of a result that lies between decisions "
                          "and fills; below 0: a cost")
fees_paid = _any_sign("fees_paid", "C", MONEY, "fees of a trade; below 0: rebates")
funding_paid = _any_sign("funding_paid", r"Y_{\Sigma}", MONEY, "funding paid while a trade was open; "
                         "below 0: received")
net_pnl = _any_sign("net_pnl", r"R_{\Sigma}", MONEY, "result of a trade after all its costs")
trades = _above_zero("trades", "n_T", PURE, "trades of a sample")
wins = _zero_or_more("wins", "n_w", PURE, "trades of a sample that count as a yes")
critical_value = _above_zero("critical_value", "z_c", PURE, "standard errors to each side of an interval: "
                             "1.96 for 95 %")
half_width = _above_zero("half_width", "w", PURE, "half the width of an interval for a share")
sample_size = _any_sign("sample_size", "n_z", PURE, "trades from which an interval is narrow enough")
interval_centre = _any_sign("interval_centre", r"\bar p", PURE, "middle of the interval for a share")
deficit = _any_sign("deficit", "D_b", MONEY, "what a position lacks at the mark price when it is taken "
                    "over at its bankruptcy price")
uncovered_loss = _zero_or_more("uncovered_loss", "D_u", MONEY, "what is left of a deficit when the "
                               "insurance fund has paid")
deleveraged_size = _above_zero("deleveraged_size", "q_x", COIN, "size that must be closed against "
                               "counterparties")
cut_size = _zero_or_more("cut_size", "q_i", COIN, "part of one counterparty's position that is closed")
counter_size = _above_zero("counter_size", r"q_{\Sigma}", COIN, "size of all counterparties together")
given_up = _any_sign("given_up", r"\Delta A", MONEY, "what a counterparty gets less than at the mark "
                     "price")
pnl_share = _any_sign("pnl_share", "u", PURE, "unrealized PnL over the notional at entry")
queue_score = _any_sign("queue_score", r"\Psi", PURE, "score by which counterparties are queued; the "
                        "highest is closed first")
deleveraged_notional = _zero_or_more("deleveraged_notional", "N_x", MONEY, "notional that must be closed "
                                     "against counterparties")
drained_notional = _above_zero("drained_notional", r"N_{\Sigma}", MONEY, "notional of all counterparties "
                               "above the water level")
drained_equity = _above_zero("drained_equity", r"A_{\Sigma}", MONEY, "equity of all counterparties above "
                             "the water level")
water_level = _any_sign("water_level", r"\bar L_w", PURE, "leverage down to which the highest are cut")
water_cut = _any_sign("water_cut", "N_c", MONEY, "notional taken from one counterparty")
total_profit = _above_zero("total_profit", r"U_{\Sigma}", MONEY, "unrealized PnL of all who have a profit")
socialized_loss = _any_sign("socialized_loss", "D_s", MONEY, "one winner's part of a loss that all winners "
                            "share")
deleveraging_rule = _above_zero("deleveraging_rule", "r_x", PURE, "place of a rule in a list of rules of "
                                "deleveraging")

alert_level = _above_zero("alert_level", "r_a", PURE, "margin ratio at which an alert is given: maintenance "
                          "margin over equity")
alert_price = _above_zero("alert_price", "P_a", PRICE, "mark price at which an alert is given")
alert_gap = _any_sign("alert_gap", "g_a", PURE, "how far the alert's price lies before the liquidation "
                      "price, a fraction of the latter")
look_interval = _above_zero("look_interval", r"\delta_t", PURE, "time from one look to the next, in years of "
                            "365 days")
room_before = _zero_or_more("room_before", "u_0", PURE, "logarithm of the price over the line, or the "
                            "other way round for a short, at a look")
room_after = _zero_or_more("room_after", "u_1", PURE, "the same at the next look")
bridge_touch = _zero_or_more("bridge_touch", "H_b", PURE, "probability of a touch between two looks that "
                             "see none")
barrier_shift = _zero_or_more("barrier_shift", "c_b", PURE, "how far looks at intervals move the line away, as "
                              "a logarithm")
watched_probability = _zero_or_more("watched_probability", "H_w", PURE, "probability that a look finds "
                                    "the price at or beyond the line")
look_constant = _above_zero("look_constant", r"\beta_0", PURE, "0.5826: by how many standard deviations of an "
                            "interval looks move the line away")
reaction_time = _zero_or_more("reaction_time", "t_r", PURE, "time from a look to the deed, in years of 365 "
                              "days")
late_probability = _zero_or_more("late_probability", "H_r", PURE, "probability that the line is touched "
                                 "before one could act")
look_seconds = _above_zero("look_seconds", r"\delta_s", PURE, "seconds from one look to the next")
reaction_seconds = _zero_or_more("reaction_seconds", r"t_\mathrm{act}", PURE, "seconds from a look to the deed")
clock_hours = _zero_or_more("clock_hours", r"t_\mathrm{clock}", PURE, "hours since midnight, UTC")
quantile = _above_zero("quantile", "z", PURE, "how many standard deviations an alert is given ahead")


def every() -> dict[str, Quantity]:
    """All symbols by name, in the order of the notation table."""
    return {name: value for name, value in globals().items() if isinstance(value, Quantity)}
