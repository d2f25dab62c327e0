"""The derivations of chapters 1 and 2 hold, each spoilt line is refused, and errors say why."""

from html.parser import HTMLParser

import pytest
import sympy as sp
from corrupt import assert_every_corruption_raises, corruptions

from perpedu import formulas as f, symbols as sy
from perpedu.theory.derivation import (Derivation, DerivationError, FalseStep, UndecidedStep,
                                       plain, tex)
from perpedu.theory.formula import Formula

s, q, E, P, W = sy.side, sy.size, sy.entry_price, sy.mark_price, sy.collateral
m, d, fee, n, c = (sy.maintenance_rate, sy.deduction, sy.close_fee, sy.contracts, sy.face)
A, Q, U, N = sy.equity, sy.requirement, sy.unrealized_pnl, sy.notional
Pl, Pb, Eb, q2, E2 = (sy.liquidation_price, sy.bankruptcy_price, sy.average_entry, sy.added_size,
                      sy.added_price)
n2, MM, MM0 = sy.added_contracts, sy.maintenance_margin, sy.entry_maintenance_margin
LEDGER = [f.equity, f.unrealized_pnl, f.requirement, f.maintenance_margin, f.notional]
AT_LIQUIDATION = (P, Pl)


def linear(sign):
    """Mark basis, no deduction, no fee; sign is +1, -1 or the symbol s."""
    proof = Derivation("Where equity meets the requirement", solve_for=Pl, label="D1",
                       given=[*LEDGER, AT_LIQUIDATION, (d, 0), (fee, 0)]
                       + ([] if sign is s else [(s, sign)]),
                       assuming=[1 - sign * m] if sign != -1 else [])
    proof.start((A, Q), "liquidation: equity equals the requirement")
    proof.step((W + sign * q * (Pl - E), m * q * Pl), "put in equity and requirement")
    proof.step((sign * q * Pl - m * q * Pl, sign * q * E - W), "collect the price on the left")
    proof.step((q * Pl * (1 - sign * m), q * E - sign * W), "times the side; price outside")
    proof.step((Pl, (q * E - sign * W) / (q * (1 - sign * m))), "divide by the bracket")
    return proof.ends_with({1: f.liquidation_price_long, -1: f.liquidation_price_short,
                            s: f.liquidation_price}[sign])


def linear_with_deduction_and_fee():
    proof = Derivation("Deduction and close fee", solve_for=Pl, given=[*LEDGER, AT_LIQUIDATION],
                       assuming=[m + fee < 1])
    proof.start((A, Q), "liquidation: equity equals the requirement")
    proof.step((W + s * q * (P - E), (m + fee) * q * P - d), "put in both")
    proof.step((s * q * Pl - (m + fee) * q * Pl, s * q * E - W - d), "price on the left")
    proof.step((q * Pl * (1 - s * (m + fee)), q * E - s * (W + d)), "times the side")
    proof.step(f.liquidation_price, "divide by what stands with the price")
    return proof.ends_with(f.liquidation_price)


def entry_basis():
    proof = Derivation("Threshold frozen at entry", solve_for=Pl, assuming=[1 - s * fee],
                       given=[f.equity, f.unrealized_pnl, f.notional, AT_LIQUIDATION])
    proof.start((A, MM0 + fee * N), "liquidation: equity equals threshold and fee")
    proof.step((W + s * q * (P - E), MM0 + fee * q * P), "put in equity and notional")
    proof.step((q * P * (1 - s * fee), q * E - s * (W - MM0)), "times the side, collect")
    proof.step((Pl, (q * E - s * (W - MM0)) / (q * (1 - s * fee))), "divide")
    return proof.ends_with(f.liquidation_price_entry_basis)


def bankruptcy():
    proof = Derivation("Where equity is gone", solve_for=Pb,
                       given=[f.equity, f.unrealized_pnl, (P, Pb), (fee, 0)])
    proof.start((A, 0), "bankruptcy: no equity left")
    proof.step((W + s * q * (Pb - E), 0), "put in equity")
    proof.step((Pb - E, -W / (s * q)), "take the collateral over, divide by side and size")
    proof.step((Pb, E - s * W / q), "1/s is s, for it is 1 or -1")
    return proof.ends_with(f.bankruptcy_price)


def inverse(sign):
    per_coin = n * c / E + sign * (W + d)
    proof = Derivation("Inverse: coin against coin", solve_for=Pl,
                       given=[(A, W + U), (U, s * n * c * (1 / E - 1 / P)), AT_LIQUIDATION,
                              (Q, (m + fee) * n * c / P - d)]
                       + ([] if sign is s else [(s, sign)]), assuming=[per_coin])
    proof.start((A, Q), "liquidation: equity equals the requirement")
    proof.step((W + sign * n * c / E - sign * n * c / Pl, (m + fee) * n * c / Pl - d), "put in")
    proof.step((W + d + sign * n * c / E, n * c * (sign + m + fee) / Pl), "price on the right")
    proof.step((Pl * per_coin, n * c * (1 + sign * (m + fee))), "times price and side")
    proof.step((Pl, n * c * (1 + sign * (m + fee)) / per_coin), "divide by the bracket")
    return proof.ends_with({1: f.inverse_liquidation_price_long, s: f.inverse_liquidation_price,
                            -1: f.inverse_liquidation_price_short}[sign])


def average_entry():
    proof = Derivation("One entry for two", solve_for=Eb)
    proof.start((s * q * (P - E) + s * q2 * (P - E2), s * (q + q2) * (P - Eb)),
                "the same PnL at every price")
    proof.step((q * E + q2 * E2, (q + q2) * Eb), "the price cancels")
    proof.step((Eb, (q * E + q2 * E2) / (q + q2)), "divide by the whole size")
    return proof.ends_with(f.average_entry)


def inverse_average_entry():
    proof = Derivation("One entry for two, inverse", solve_for=Eb)
    proof.start((s * n * c * (1 / E - 1 / P) + s * n2 * c * (1 / E2 - 1 / P),
                 s * (n + n2) * c * (1 / Eb - 1 / P)), "the same PnL at every price")
    proof.step((n / E + n2 / E2, (n + n2) / Eb), "the price cancels, so does the face")
    proof.step((Eb * (n / E + n2 / E2), n + n2), "times the new entry")
    proof.step((Eb, (n + n2) / (n / E + n2 / E2)), "divide by the bracket")
    return proof.ends_with(f.inverse_average_entry)


def quadratic_size():
    """A rate that grows with size: MM is quadratic in size, and one root is below zero."""
    base, slope, money = sp.symbols("base slope money", positive=True)
    root = (sp.sqrt(base**2 + 4 * slope * money) - base) / (2 * slope)
    proof = Derivation("The size that a margin carries", solve_for=q)
    proof.start((q * (base + slope * q), money), "threshold equals money")
    proof.step((slope * q**2 + base * q, money), "open the bracket")
    proof.step((q, root), "the solution above zero")
    return proof.ends_with(Formula("size", q, root, chapter=5, source="test"))


WRITERS = {"linear long": lambda: linear(1), "linear short": lambda: linear(-1),
           "linear, either side": lambda: linear(s), "fee": linear_with_deduction_and_fee,
           "entry basis": entry_basis, "bankruptcy": bankruptcy,
           "inverse long": lambda: inverse(1), "inverse short": lambda: inverse(-1),
           "inverse, either side": lambda: inverse(s), "average entry": average_entry,
           "inverse average entry": inverse_average_entry, "quadratic": quadratic_size}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_the_derivation_holds_and_every_corrupted_line_is_refused(write):
    assert assert_every_corruption_raises(write()) > 25


def test_the_corruptions_reach_each_sign_and_coefficient_and_leave_out_the_harmless():
    proof = Derivation("small", solve_for=P).start((q * (P - E), 0), "given")
    spoilt = {equation.lhs for _, equation in corruptions(proof)}
    assert spoilt == {q * (-P - E), q * (2 * P - E), q * (P + E), q * (P - 2 * E)}


X, a, b = sp.Symbol("x", real=True), sp.Symbol("a", real=True), sp.Symbol("b", positive=True)
REFUSED = {  # unknown, assuming, lines, error, words of the message
    "a sign is lost": (P, [], [(q * (P - E), W), (q * P, W - q * E)], FalseStep, "has changed"),
    "divided by the unknown, a solution is lost":
        (X, [], [(X * (X - b), 0), (X, b)], FalseStep, "x = 0 or x = b"),
    "divided by a difference, a solution is lost":
        (P, [], [((P - E) * (P - b), 0), (P, b)], FalseStep, "mark_price = b"),
    "multiplied by the unknown, a solution comes in":
        (X, [], [(X, b), (X * X, b * X)], FalseStep, "x = 0 or x = b"),
    "squared, a solution comes in": (X, [], [(X, b), (X**2, b**2)], FalseStep, "x = -b"),
    "the cancelled divisor is zero at the solution":
        (X, [], [(X, b), ((X**2 - b * X) / (X - b), b)], FalseStep, "no solution"),
    "identity": (P, [], [(P - E, b), (q * P - q * P, 0)], FalseStep, "0 = 0"),
    "identity at the start": (P, [], [(q * (P - E), q * P - q * E)], FalseStep, "0 = 0"),
    "the unknown has gone": (P, [], [(P, E), (W, q * E)], FalseStep, "has gone"),
    "no solution": (P, [], [(1 / P, 0)], FalseStep, "has gone|no solution"),
    "only a solution that the unknown cannot take": (P, [], [(P + E, 0)], FalseStep, "solution"),
    "divided by zero": (P, [], [(P, E), (P, E / sp.Add(b, -b, evaluate=False))],
                        FalseStep, "divides by zero"),
    "sign of the coefficient unknown":
        (X, [], [(a * X, b)], UndecidedStep, "a is not known to be non-zero; state it in assuming"),
    "divided by a coefficient that may be zero":
        (P, [], [(P * (1 - m), E)], UndecidedStep, "maintenance_rate - 1 is not known"),
    "multiplied by what may be zero":
        (X, [], [(X, b), (a * X, a * b)], UndecidedStep, "a is not known"),
    "divided by a difference that may be zero at the solution":
        (X, [], [(X, b), (X / (X - a), b / (X - a))], UndecidedStep, "a - b is not known"),
    "not rational in the unknown": (X, [], [(sp.exp(X), b)], UndecidedStep, "polynomials"),
    "a cubic": (X, [], [(X**3 + X, b)], UndecidedStep, "closed form"),
    "real solutions not certain": (X, [], [(X**2, a)], UndecidedStep, "closed form"),
    "true by itself": (P, [], [sp.Eq(P, P)], DerivationError, "turned this equation into True"),
    "false by itself": (P, [], [sp.Eq(P, -E)], DerivationError, "into False"),
    "compared, not equated": (P, [], [P == E], DerivationError, "pair"),
    "no equation": (P, [], [P - E], DerivationError, "not an equation"),
    "an inequality": (P, [], [P > E], DerivationError, "not an equation"),
    "a text": (P, [], [("P", E)], DerivationError, "not a SymPy expression"),
    "a rounded number": (P, [], [(P, E * 0.005)], DerivationError, "Rational"),
    "an infinite side": (P, [], [(P, sp.oo)], DerivationError, "finite"),
}


@pytest.mark.parametrize("unknown, assuming, lines, error, words", REFUSED.values(), ids=REFUSED)
def test_what_does_not_follow_is_refused(unknown, assuming, lines, error, words):
    proof = Derivation("refused", solve_for=unknown, assuming=assuming)
    with pytest.raises(error, match=words):
        proof.start(lines[0], "given")
        proof.step(lines[1], "so")
    assert issubclass(error, ValueError)


def test_a_false_step_names_number_reason_equations_and_solutions_and_is_not_kept():
    proof = Derivation("t", solve_for=P, label="D7").start((q * (P - E), W), "given")
    with pytest.raises(FalseStep) as caught:
        proof.step((q * P, W - q * E), "take over")
    for words in ("D7.2", "take over", plain(sp.Eq(q * (P - E), W)), plain(sp.Eq(q * P, W - q * E)),
                  f"mark_price = {plain((W + q * E) / q)}",
                  f"mark_price = {plain((W - q * E) / q)}"):
        assert words in str(caught.value)
    assert len(proof.lines) == 1


def test_either_side_is_checked():
    proof = Derivation("t", solve_for=P).start((s * q * (P - E), W), "given")
    with pytest.raises(FalseStep, match="side = -1"):
        proof.step((q * (P - E), W), "true of a long only")


@pytest.mark.parametrize("reason", ["", "  ", None, 3, "so " * 40])
def test_a_step_needs_a_short_reason(reason):
    with pytest.raises(DerivationError, match="a few words"):
        Derivation("t", solve_for=P).start((P, E), reason)


def test_stating_what_is_positive_decides_the_step_either_way_round():
    for stated in (1 - m, m < 1, (1 - m) / q):
        Derivation("t", solve_for=P, assuming=[stated]).start((P * (m - 1), -E), "given")


@pytest.mark.parametrize("setting, words", [
    (dict(given=[(A, W + U), (U, A - W)]), "circle"),
    (dict(given=[(A, W), (A, U)]), "defined once"),
    (dict(given=[(P, E)]), "not the unknown"),
    (dict(given=[(q * A, W)]), "a symbol on the left"),
    (dict(assuming=[1 - m, m - 1]), "cannot all hold"),
    (dict(assuming=[-q]), "cannot all hold"),
    (dict(assuming=[m >= 0]), "strict"),
    (dict(assuming=[sp.Eq(m, 1)]), "strict"),
])
def test_bad_grounds_are_refused(setting, words):
    with pytest.raises(DerivationError, match=words):
        Derivation("t", solve_for=P, **setting)


def test_order_of_writing_is_kept():
    proof = Derivation("t", solve_for=Pl)
    for call in (lambda: proof.step((Pl, E), "no start"), lambda: proof.ends_with(f.equity)):
        with pytest.raises(DerivationError):
            call()
    with pytest.raises(DerivationError, match="starts once"):
        proof.start((Pl, E), "so").start((Pl, E), "again")
    with pytest.raises(DerivationError, match="the same line again"):
        Derivation("t", solve_for=Pl).start((Pl, E), "so").step((Pl, E), "so")
    with pytest.raises(DerivationError, match="at least one step"):
        Derivation("t", solve_for=A).start(f.equity, "so").ends_with(f.equity)
    with pytest.raises(DerivationError, match="closed"):
        linear(1).step((Pl, E), "after the end")
    with pytest.raises(DerivationError, match="closes once"):
        linear(1).ends_with(f.liquidation_price_long)


@pytest.mark.parametrize("formula, words", [
    (f.liquidation_price_short, "is not the formula liquidation_price_short"),
    (f.liquidation_price, "is not the formula"), (f.bankruptcy_price, "not of the form")])
def test_the_last_line_must_be_the_formula(formula, words):
    proof = Derivation("t", solve_for=Pl, given=[(d, 0), (fee, 0)], assuming=[1 - m])
    proof.start((q * (1 - m) * Pl, q * E - W), "given")
    proof.step((Pl, (q * E - W) / (q * (1 - m))), "divide")
    with pytest.raises(FalseStep, match=words):
        proof.ends_with(formula)
    assert proof.ends_with(f.liquidation_price_long).formula is f.liquidation_price_long


def test_an_unsolved_last_line_is_no_end():
    proof = Derivation("t", solve_for=Pb, given=[(fee, 0)])
    proof.start((s * q * (Pb - E), -W), "given").step((q * (Pb - E), -s * W), "times the side")
    with pytest.raises(FalseStep, match="not of the form"):
        proof.ends_with(f.bankruptcy_price)


class Table(HTMLParser):
    """Check that tags are balanced, and keep what the tests look at."""

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.words = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data + " "


def test_the_table_is_accessible_and_says_what_the_plain_text_says():
    bundle = linear(s)._repr_mimebundle_()
    table = Table(bundle["text/html"])
    scopes = [attrs["scope"] for tag, attrs in table.seen if tag == "th"]
    assert not table.open and "caption" in dict(table.seen)
    assert scopes == ["col"] * 3 + ["row"] * 6
    for words in ("Where equity meets the requirement", "D1.5", "same solution for",
                  "divide by the bracket",
                  "the package's formula liquidation_price, with close_fee, deduction put in"):
        assert words in table.words and words in bundle["text/plain"]
    for equation, _ in linear(s).lines:
        assert rf"\(\displaystyle {tex(equation)}\)" in table.words
        assert plain(equation) in bundle["text/plain"]
    assert tex(Pl - E) == "P^{*} - E" and plain(Pl - E) == "liquidation_price - entry_price"
    assert f"side is -1 or 1; {plain(1 - s * m)} positive" in bundle["text/plain"]


def test_two_writings_give_the_same_output():
    assert average_entry()._repr_mimebundle_() == average_entry()._repr_mimebundle_()
    assert str(average_entry()) == repr(average_entry())
