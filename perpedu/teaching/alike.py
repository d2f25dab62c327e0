"""Which answers could be taken for each other: a draw is refused for them, so this is done often.

The numbers are put over one denominator first; what follows is exact, and whole numbers are quick.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import lcm

#: How near to a mistake an answer shows it, in parts of the mistake: numbers get rounded.
MISTAKE_WIDTH = Fraction(1, 2000)


class Alike:
    """Some answers to one question, by their place in the list."""

    def __init__(self, values: Iterable[Fraction], tolerance: Fraction, per_cent: bool) -> None:
        values = [tolerance, *values]
        scale = lcm(*(value.denominator for value in values)) * MISTAKE_WIDTH.denominator
        self.tolerance, *self.numbers = [value.numerator * (scale // value.denominator)
                                         for value in values]
        self.widths = [max(self.tolerance, abs(n) // MISTAKE_WIDTH.denominator)
                       for n in self.numbers]
        self.per_cent = per_cent

    def close(self, i: int, j: int) -> bool:
        """Whether two answers are one within the rounding; further apart, the nearer one counts."""
        x, y = self.numbers[i], self.numbers[j]
        if abs(x - y) <= 2 * self.tolerance:
            return True
        wide, width = self.widths[i], self.widths[j]
        return self.per_cent and (abs(100 * x - y) <= 100 * wide + width
                                  or abs(x - 100 * y) <= wide + 100 * width)  # 5 is also 5 %

    def looks_like(self, i: int, j: int, factor: Fraction) -> bool:
        """Whether mistake i may be read as `factor` times the truth j."""
        top, bottom = factor.numerator, factor.denominator
        return (abs(bottom * self.numbers[i] - top * self.numbers[j])
                <= abs(top) * self.tolerance + bottom * self.widths[i])
