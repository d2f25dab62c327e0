"""Equal expressions are accepted in any form; unequal ones never, however near."""

import time
from fractions import Fraction
from random import Random

import pytest
import sympy
from sympy import Abs, Max, Min, Piecewise, Rational, Symbol, exp, sign, sqrt

from perpedu.teaching.equality import same
from perpedu.teaching.evaluation import Irrational, Undefined, compile_exact

q, E, P, W, m, L = sympy.symbols("q E P W m L", positive=True)
side = Symbol("side", real=True)
z = Symbol("z", real=True)
w = Symbol("w", nonnegative=True)
n = Symbol("n", integer=True, positive=True)
DOMAIN = [q, E, P, W, m, L, side, z, w, n]
R = Rational

EQUAL = [
    (q * (P - E), q * P - q * E),
    ((q * E - W) / (q * (1 - m)), (E - W / q) / (1 - m)),
    (E * (1 - 1 / L) / (1 - m), E * (L - 1) / (L * (1 - m))),
    (W + q * (P - E), q * P - (q * E - W)),
    (Max(P, W) + Min(P, W), P + W),
    (Max(P, W) - Min(P, W), Abs(P - W)),
    (Max(P, W), (P + W + Abs(P - W)) / 2),
    (Max(-z, -P), -Min(z, P)),
    (Abs(side), 1 + 0 * q),
    (side**2 * q, q),
    (1 / side, side),
    (Piecewise((P, P > W), (W, True)), Max(P, W)),
    (Piecewise((P, P >= W), (W, True)), Piecewise((W, W > P), (P, True))),
    (Max(m * q, R(1, 200) * q - 50) * 2, Max(2 * m * q, q / 100 - 100)),
    (sqrt(P) ** 2, P),
    (sqrt(P * W), sqrt(P) * sqrt(W)),
    (1 / (1 + sqrt(P)), (sqrt(P) - 1) / (P - 1)),
    ((P**2 - W**2) / (P - W), P + W),
    (sign(z) * Abs(z), z),
    ((P + W) ** 3, P**3 + 3 * P**2 * W + 3 * P * W**2 + W**3),
    (Max(w, -w), w),
    (Max(n, R(1, 2)), n),
    (Max(P, -W), P),
    (Max(Min(P, W), Min(W, q)), Min(W, Max(P, q))),
]
UNEQUAL = [
    (Max(P, W), P),
    (Min(P, 49_999), P),
    (Max(P, 50_000), P),
    (Max(z, 0), z),
    (Abs(z), z),
    (Max(W, R(1, 2)), W),
    (Max(P, W, 10**8), Max(P, W)),
    (Max(P, R(1, 10**8)), P),
    (Max(m * q, R(1, 200) * q - 50), Max(m * q, R(1, 200) * q - R("50.000000001"))),
    (Piecewise((P, P < 50_000), (2 * P, True)), Piecewise((P, P <= 50_000), (2 * P, True))),
    (Piecewise((P, P < 50_000), (2 * P, True)), Piecewise((P, P < R("50000.001")), (2 * P, True))),
    (Piecewise((P, q * P < 50_000), (W, True)), Piecewise((P, q * P <= 50_000), (W, True))),
    (Max(P, W) + Min(P, W), P + W + R(1, 10**9)),
    (q * side, q),
    (side * q * (P - E), q * (P - E)),
    (W + q * (P - E), W - q * (P - E)),
    (E * (1 - 1 / L) / (1 - m), E * (1 - 1 / L + m)),
    (E * (1 - 1 / L) / (1 - m), E * (1 - 1 / L) / (1 + m)),
    (P**2, P**3),
    (sqrt(P), P),
    (sqrt(P * W), sqrt(P * W + R(1, 10**9))),
    (sqrt(z**2), z),
    (sqrt(2) * P, sqrt(2) * P * (1 + R(1, 10**20))),
    (Piecewise((P, (P > W) & (W > q) & (q > E) & (E > L)), (0, True)), 0 * P),
    (Max(Min(P, W), 1000 * q), Min(P, W)),
    (Piecewise((P, (P > W) & (q > E)), (W, True)), Piecewise((P, (P > W) | (q > E)), (W, True))),
    (P, P + 0 * q + R(1, 10**30)),
    (Max(P, 12_345 * W), 12_345 * W),
    (Max(P, W, q, E), Max(P, W, q)),
    (Min(P, 2 * P - R(1, 10**12)), P),
    (w / w, w + 1),
    (z, 1 / z),
]


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize("pair", EQUAL, ids=str)
def test_equal(pair, turn):
    assert same(*pair[::turn], DOMAIN)


@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize("pair", UNEQUAL, ids=str)
def test_unequal(pair, turn):
    assert not same(*pair[::turn], DOMAIN)


@pytest.mark.parametrize("pair", UNEQUAL, ids=str)
def test_each_unequal_pair_is_found_among_its_own_symbols_too(pair):
    assert not same(*pair)


def test_two_thousand_near_misses_are_refused():
    random = Random(20260903)
    right = [
        E * (1 - 1 / L) / (1 - m),
        (q * E - W) / (q * (1 - m)),
        W + side * q * (P - E),
        Max(m * q * P, R(1, 100) * q * P - 60),
        (q * E + w * P) / (q + w),
        P * n / (1 + m),
    ]
    accepted = []
    for number in range(2_000):
        truth = random.choices(right, [6, 6, 6, 1, 6, 6])[0]  # SymPy is slow to build a Max
        eps = R(random.choice([1, -1]) * random.randint(1, 9), 10 ** random.choice([3, 9, 12, 18]))
        symbol = random.choice(sorted(truth.free_symbols - {side, n}, key=str))
        wrong = [truth + eps, truth * (1 + eps), truth.xreplace({symbol: symbol * (1 + eps)}),
                 truth.xreplace({symbol: symbol + eps})][number % 4]  # fmt: skip
        if same(truth, wrong, DOMAIN):
            accepted.append((truth, wrong))
    assert not accepted


def test_a_verdict_takes_milliseconds():
    pairs = [pair for pair in EQUAL + UNEQUAL]
    for pair in pairs[:3]:
        same(*pair, DOMAIN)
    start = time.perf_counter()
    for pair in pairs:
        same(*pair)
    assert (time.perf_counter() - start) / len(pairs) < 0.2, "about 3 ms; loose for a busy machine"


def test_only_the_domain_counts():
    x = Symbol("x")
    p = Symbol("x", positive=True)
    assert not same(Abs(x), x, [x])
    assert same(Abs(x), x, [p]), "symbols are matched by name; the listed one gives the domain"
    assert same(Max(x, 0) + Min(x, 0), x), "a plain symbol takes both signs"


def test_a_symbol_may_carry_its_values():
    class Listed(Symbol):
        values = (2, 3)

    k = Listed("k")
    assert same((k - 2) * (k - 3) + k, k, [k])
    assert not same((k - 2) * (k - 4) + k, k, [k])


def test_never_defined_together_is_not_equal():
    assert not same(sqrt(-P), P, [P])
    assert not same(sqrt(-P) + 1, sqrt(-P) + 1 + 0 * W, [P, W])


def test_every_free_symbol_must_be_listed():
    with pytest.raises(ValueError, match="symbols: W not listed"):
        same(P + W, P, [P])
    with pytest.raises(ValueError, match="symbols: P not listed"):
        compile_exact(P, [])


@pytest.mark.parametrize("expression", [exp(P), P**W, sympy.oo + 0 * P, sympy.Function("f")(P)])
def test_unknown_functions_are_named(expression):
    with pytest.raises(ValueError, match="expression: "):
        compile_exact(expression, [P, W])


def test_compile_exact_against_sympy():
    random = Random(5)
    symbols = [q, E, P, W, m, L, side, z, w, n]
    for truth, other in EQUAL + UNEQUAL:
        for expression in (truth, other):
            values = [Fraction(random.randint(1, 999), random.randint(1, 99)) for _ in symbols]
            numbers = [R(v.numerator, v.denominator) for v in values]
            expected = expression.subs(dict(zip(symbols, numbers)))
            try:
                value = compile_exact(expression, symbols)(*values)
            except Irrational:
                assert not expected.is_rational
            else:
                assert value == Fraction(int(expected.p), int(expected.q))


def test_compile_exact_says_where_there_is_no_value():
    with pytest.raises(Undefined):
        compile_exact(1 / (P - W), [P, W])(1, 1)
    with pytest.raises(Undefined):
        compile_exact(sqrt(z), [z])(-1)
    with pytest.raises(Irrational):
        compile_exact(sqrt(z), [z])(2)
    assert compile_exact(sqrt(z), [z])(Fraction(9, 4)) == Fraction(3, 2)
