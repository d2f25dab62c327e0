"""Spoil a derivation in every small way, and demand that it is noticed.

Nothing here uses the checker under test to decide what counts as spoilt.
"""

from itertools import product

import pytest
import sympy as sp

FEWEST = 4


def corruptions(derivation):
    """Every (index, equation) in which one part of one line has its sign flipped or is doubled.

    A part is a side, a term, a factor or a symbol, at each place where it stands. Left out are
    those that are provably the same equation: left - right differs by a constant factor only.
    """
    for index, (equation, _) in enumerate(derivation.lines):
        for spoilt in _spoilt_equations(equation):
            if not _provably_same(equation, spoilt, derivation):
                yield index, spoilt


def assert_every_corruption_raises(derivation):
    """Rebuild the derivation with each corrupted line; return how many were refused."""
    counts = [0] * len(derivation.lines)
    for index, equation in corruptions(derivation):
        lines = list(derivation.lines)
        lines[index] = (equation, lines[index].reason)
        try:
            derivation.with_lines(lines)
        except ValueError:
            counts[index] += 1
        else:
            pytest.fail(f"{derivation.title}: line {index + 1} was changed from "
                        f"{derivation.lines[index].equation} to {equation}, and nothing was raised")
    for count, (equation, _) in zip(counts, derivation.lines):  # "A = 0" cannot be spoilt
        assert count >= FEWEST or 0 in equation.args, f"only {count} ways to spoil {equation}"
    return sum(counts)


def _spoilt_equations(equation):
    left, right = equation.args
    pairs = [(spoilt, right) for spoilt in _spoilt(left)]
    pairs += [(left, spoilt) for spoilt in _spoilt(right)]
    return [sp.Eq(*pair, evaluate=False) for pair in dict.fromkeys(pairs) if pair != (left, right)]


def _spoilt(expression):
    """The expression with one of its parts negated or doubled."""
    yield from (-expression, 2 * expression)
    parts = () if expression.is_Atom else expression.args
    for place, part in enumerate(parts[:1] if expression.is_Pow else parts):
        for spoilt in _spoilt(part):
            yield expression.func(*parts[:place], spoilt, *parts[place + 1:])


def _provably_same(equation, spoilt, derivation):
    unknown, definitions = derivation.ground.unknown, dict(e.args for e in derivation.ground.given)
    before, after = (left - right for left, right in (equation.args, spoilt.args))
    for _ in definitions:
        before, after = before.subs(definitions), after.subs(definitions)
    sides = [s for s in (before - after).free_symbols if getattr(s, "values", None)]
    if _differ_at_numbers(before, after, unknown):
        return False
    for values in product(*(side.values for side in sides)):
        ratio = sp.cancel(after.subs(zip(sides, values)) / before.subs(zip(sides, values)))
        if ratio.has(unknown, sp.nan, sp.zoo) or ratio.is_zero is not False:
            return False
    return True


def _differ_at_numbers(before, after, unknown):
    """Quick: does after / before change between two values of the unknown?"""
    symbols = sorted((before.free_symbols | after.free_symbols) - {unknown}, key=str)
    numbers = {s: sp.Integer(1 if getattr(s, "values", None) else 7 + i**2)
               for i, s in enumerate(symbols)}
    ratios = [(after / before).xreplace({**numbers, unknown: sp.Integer(x)}) for x in (3, 5)]
    return all(ratio.is_Rational for ratio in ratios) and ratios[0] != ratios[1]
