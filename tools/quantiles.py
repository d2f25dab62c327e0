"""Quantiles of exact numbers, and exact numbers as text."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction
from math import ceil
from typing import Any

PARTS = ("0", "0.01", "0.05", "0.1", "0.25", "0.5", "0.75", "0.9", "0.95", "0.99", "1")


def quantiles(numbers: Sequence[Any], parts: Sequence[str] = PARTS) -> dict[str, str]:
    """For each part: the least number that this part of all numbers does not exceed."""
    ordered = sorted(numbers)
    return {part: plain(quantile(ordered, Fraction(part))) for part in parts}


def quantile(ordered: Sequence[Any], part: Fraction) -> Any:
    """The least of the values such that this part of them is not above it."""
    return ordered[max(ceil(part * len(ordered)), 1) - 1]


def plain(number: Any) -> str:
    """A decimal as text, without an exponent and without zeros at the end; a ratio to 8 places."""
    text = format(_eight(number) if isinstance(number, Fraction) else number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _eight(ratio: Fraction) -> Decimal:
    with localcontext(prec=40, rounding=ROUND_HALF_EVEN):
        return Decimal(round(ratio * 10**8)) / 10**8
