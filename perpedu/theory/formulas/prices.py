"""Chapter 7: the index, the two candidates beside the last price, and the premium."""

from .. import symbols as s
from ..formula import Formula

_BOOK = "perpedu, chapter 7"
_MARK = "Binance, Mark Price in USD-M Futures"
_PREMIUM = "Binance, Introduction to Funding Rates"


def _price(name, result, expression, source, *conventions) -> Formula:
    return Formula(name, result, expression, chapter=7, source=source, contract="any",
                   assumptions=conventions)


index_mean = _price(
    "index_mean", s.index_price,
    (s.first_weight * s.first_source + s.second_weight * s.second_source)
    / (s.first_weight + s.second_weight), _BOOK,
    "weights count by their shares: they need not add up to 1",
    "more sources: the mean of all before, with their weights added up, is the first")

funding_candidate = _price(
    "funding_candidate", s.funding_candidate,
    s.index_price * (1 + s.funding_rate * s.hours_left / s.interval_hours), _MARK,
    "the last funding rate, in proportion to the time until the next payment")

basis_candidate = _price(
    "basis_candidate", s.basis_candidate, s.index_price + s.basis_average, _MARK,
    "basis: middle of best bid and best ask, less the index; its moving average")

premium_above = _price(
    "premium_above", s.premium, (s.impact_bid - s.index_price) / s.index_price, _PREMIUM,
    "impact bid at or above the index", "a fraction of the index price")

premium_below = _price(
    "premium_below", s.premium, -(s.index_price - s.impact_ask) / s.index_price, _PREMIUM,
    "impact ask at or below the index", "a fraction of the index price")
