"""Chapter 9: the price at which a perpetual leaves no riskless gain, and what its basis says."""

from .. import symbols as s
from ..formula import Formula

_AHJ = "Ackerer, Hugonnier and Jermann, Perpetual Futures Pricing"
_BOOK = "perpedu, chapter 9"
_LINEAR = "linear contract; a long pays kappa times the premium in money, and iota times spot"
_CONTINUOUS = "funding is paid all the time; all rates in one unit of time"
_STEPS = "funding at the end of each interval; all rates per interval"
_LIMIT = "kappa above cash rate less carry yield, and above iota"


def _pricing(name, result, expression, *conventions, source=_AHJ, contract="linear") -> Formula:
    return Formula(name, result, expression, chapter=9, source=source, contract=contract,
                   assumptions=conventions)


perpetual_price = _pricing(
    "perpetual_price", s.perpetual_price,
    s.spot_price * (s.kappa - s.iota) / (s.kappa + s.carry_yield - s.cash_rate),
    _LINEAR, _CONTINUOUS, _LIMIT)

inverse_perpetual_price = _pricing(
    "inverse_perpetual_price", s.perpetual_price,
    s.spot_price * (s.kappa + s.cash_rate - s.carry_yield) / (s.kappa - s.iota),
    "inverse contract; a short pays kappa times the premium of 1/price in coin, and iota/spot",
    _CONTINUOUS, "kappa above carry yield less cash rate, and above iota", contract="inverse")

perpetual_price_previous = _pricing(
    "perpetual_price_previous", s.perpetual_price,
    s.spot_price * (s.kappa - s.iota) / (1 + s.kappa - s.growth),
    _LINEAR, _STEPS, "premium and amount on the prices at the beginning of the interval",
    "1 + kappa above growth, and kappa above iota")

perpetual_price_current = _pricing(
    "perpetual_price_current", s.perpetual_price,
    s.spot_price * s.growth * (s.kappa - s.iota) / (1 + s.kappa * s.growth - s.growth),
    _LINEAR, _STEPS, "premium, as a share of spot, at the beginning; amount on spot at the end",
    "1 + kappa times growth above growth, and kappa above iota")

growth = _pricing(
    "growth", s.growth, (1 + s.cash_rate) / (1 + s.carry_yield),
    "rates per interval, interest at its end", source=_BOOK, contract="any")

carry_gain = _pricing(
    "carry_gain", s.carry_gain,
    s.kappa * (s.mark_price - s.spot_price) + s.iota * s.spot_price
    + (s.carry_yield - s.cash_rate) * s.mark_price,
    "perpetual sold at the mark price, coins of that value bought with borrowed money",
    _LINEAR, _CONTINUOUS, source=_BOOK)

perpetual_basis = _pricing(
    "perpetual_basis", s.perpetual_basis,
    (s.cash_rate - s.carry_yield - s.iota) / (s.kappa + s.carry_yield - s.cash_rate),
    _LINEAR, _CONTINUOUS, _LIMIT, source=_BOOK)

implied_rate = _pricing(
    "implied_rate", s.cash_rate,
    s.carry_yield + (s.kappa * (s.mark_price - s.spot_price) + s.iota * s.spot_price)
    / s.mark_price,
    "the perpetual's market price is taken for the fair one", _LINEAR, _CONTINUOUS,
    source=_BOOK)
