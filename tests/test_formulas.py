"""Every formula against an oracle, in each of its forms: exact, NumPy, LaTeX, JavaScript, units."""

import ast
import inspect
import pickle
import re
from fractions import Fraction as F
from functools import cache
from random import Random

import numpy as np
import pytest
import sympy as sp
from formula_oracles import ORACLES

import perpedu as pp
from perpedu.theory.formula import Formula

CATALOGUE = pp.formulas.catalogue()
EVERY = pytest.mark.parametrize("name", CATALOGUE)
DRAWS, CLOSE = 200, 1e-9
RATES = {"maintenance_rate", "previous_rate", "close_fee", "opening_fee_rate",
         "liquidation_fee_rate", "base_rate", "rate_slope", "rate_step", "haircut", "slippage"}
SETTLED_IN = {"linear": "quote", "inverse": "coin", "any": "settle"}
LATEX = {r"\left(": "(", r"\right)": ")", r"\cdot": "*", r"\frac": "", "{": "(", "}": ")", "^": "**"}
OPERATORS = {ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b,
             ast.Mult: lambda a, b: a * b, ast.Div: lambda a, b: a / b if b else None,
             ast.Pow: lambda a, b: a ** int(b)}


def fraction(number):
    return None if number is None else F(int(number.p), int(number.q))


def draw(rng, symbol):
    """A rational of the kind that the symbol stands for."""
    if symbol.values:
        return F(rng.choice(symbol.values))
    if symbol.name in RATES:
        return F(rng.randrange(0, 999), 1000)
    number = F(rng.randrange(1, 10**6), rng.randrange(1, 1000))
    return number if symbol.is_nonnegative or rng.random() < 0.6 else -number


@cache
def draws(name, count=DRAWS):
    """Inputs of the formula, each with the oracle's value."""
    rng, symbols = Random(name), CATALOGUE[name].symbols
    inputs = [{s.name: draw(rng, s) for s in symbols} for _ in range(count)]
    return [(values, ORACLES[name](**values)) for values in inputs]


def given(formula, values):
    """Of the values, those that the formula asks for."""
    return {s.name: values[s.name] for s in formula.symbols}


# the checks, which the mutation test uses as well

def check_exact(formula, cases):
    """The exact value is the oracle's, and there is none where the oracle has none."""
    for values, expected in cases:
        got = fraction(formula.exact(**given(formula, values)))
        assert got == expected, f"{formula.name}: {got} where {expected} is right, at {values}"


def check_units(formula):
    """Rescale quote currency, coin and settlement currency: both sides scale alike."""
    scales = {unit: sp.Symbol(unit.upper(), positive=True) for unit in ("quote", "coin", "settle")}
    scales["settle"] = scales[SETTLED_IN[formula.contract]]

    def scale(symbol):
        return sp.Mul(*(scales[unit]**power for unit, power in symbol.unit.items()))

    rescaled = formula.expression.xreplace({s: s * scale(s) for s in formula.symbols})
    grown = sp.simplify(rescaled / formula.expression / scale(formula.result))
    assert grown == 1, f"{formula.name}: the units of the two sides differ by {grown}"


def check_js(name, answers, cases):
    """The numbers that JavaScript gave for these inputs are the oracle's."""
    for got, (values, expected) in zip(answers, cases, strict=True):
        if expected is None:
            assert got is None or got <= 0, f"{name}: {got} where there is no value, at {values}"
        else:
            assert got is not None and abs(got - expected) <= CLOSE * abs(expected), (
                f"{name}: {got} where {float(expected)} is right, at {values}")


def in_javascript(page, jobs):
    """Evaluate all (names, expressions, rows) in one go: the number for each expression and row.

    None: not finite; the text of the error where the expression is no JavaScript.
    """
    return page.evaluate("""jobs => jobs.map(([names, expressions, rows]) => expressions.map(e => {
        try {
            const run = new Function(...names, '"use strict"; return (' + e + ');');
            return rows.map(row => run(...row)).map(x => Number.isFinite(x) ? x : null);
        } catch (error) { return String(error); }
    }))""", jobs)


def javascript_job(name, expressions, cases):
    names = [s.name for s in CATALOGUE[name].symbols]
    return [names, expressions, [[float(values[n]) for n in names] for values, _ in cases]]


# each formula is right

def test_every_formula_has_an_oracle_and_every_oracle_a_formula():
    assert set(ORACLES) == set(CATALOGUE)


@EVERY
def test_formula_asks_for_the_same_things_as_its_oracle(name):
    asked = {s.name for s in CATALOGUE[name].symbols}
    assert asked == set(inspect.signature(ORACLES[name]).parameters)
    assert CATALOGUE[name] is getattr(pp.formulas, name) and CATALOGUE[name].name == name


@EVERY
def test_exact_value(name):
    check_exact(CATALOGUE[name], draws(name))
    there = sum(value is not None for _, value in draws(name))
    assert there >= DRAWS / 5, f"only {there} of the draws have a value: they check little"


@EVERY
def test_plain_value_on_fractions(name):
    """Without checks: the exact value where there is one, also through a pickle."""
    formula = pickle.loads(pickle.dumps(CATALOGUE[name]))
    for values, wanted in draws(name)[:30]:
        if wanted is not None:
            got = formula.plain(**{key: F(value) for key, value in values.items()}, unused=1)
            assert type(got) is F and got == wanted


def test_plain_keeps_a_broken_constant_exact():
    q, third = pp.symbols.size, sp.Rational(1, 3)
    assert Formula("x", q, q * third + third, chapter=1, source="").plain(size=F(1)) == F(2, 3)


@EVERY
def test_numpy_value(name):
    cases = draws(name)
    columns = {key: np.array([float(values[key]) for values, _ in cases]) for key in cases[0][0]}
    got = CATALOGUE[name].numpy(**columns)
    want = np.array([np.nan if value is None else float(value) for _, value in cases])
    np.testing.assert_allclose(got, want, rtol=CLOSE, atol=0)
    assert got.dtype == np.float64


def test_javascript_value(page):
    jobs = [javascript_job(name, [CATALOGUE[name].js()], draws(name)) for name in CATALOGUE]
    for name, (answers,) in zip(CATALOGUE, in_javascript(page, jobs), strict=True):
        assert isinstance(answers, list), f"{name}: {answers}"
        check_js(name, answers, draws(name))


# its LaTeX says the same: read back, it has the same value

@EVERY
def test_latex_reads_back_to_the_same_value(name):
    check_latex(CATALOGUE[name], CATALOGUE[name].latex(), draws(name)[:30])


def check_latex(formula, text, cases):
    """LaTeX, read back, mentions every symbol and has the oracle's value."""
    left, right = text.split(" = ")
    assert left == formula.result.tex
    code, seen = read_latex(right, formula.symbols)
    assert seen == {s.name for s in formula.symbols}, "a symbol that LaTeX does not mention"
    for values, expected in cases:
        got = arithmetic(ast.parse(code, mode="eval").body, values)
        if formula.result.is_positive and got is not None and got <= 0:
            got = None
        assert got == expected, f"{text} means {code}: {got} where {expected} is right"


def read_latex(text, symbols):
    """LaTeX as the package writes it, turned into Python; and the names of the symbols in it."""
    names = {symbol.tex: symbol.name for symbol in symbols}
    tokens = latex_tokens(text, names)
    code = ""
    for before, token in zip(["", *tokens], tokens):
        word = names.get(token) or LATEX.get(token, token)
        if re.match(r"[\w(]", word) and re.search(r"[\w)]$", code):
            code += "/" if (before, token) == ("}", "{") else "*"
        code += word
    return code, {names[token] for token in tokens if token in names}


def latex_tokens(text, names):
    """The symbols and signs of a text, which must have nothing else."""
    longest_first = sorted([*names, *LATEX, *"+-()"], key=len, reverse=True)
    token = re.compile("|".join([*map(re.escape, longest_first), r"\d+", " +"]))
    found, at = [], 0
    while at < len(text):
        match = token.match(text, at)
        assert match, f"cannot read {text[at:]!r}"
        found, at = [*found, match[0]], match.end()
    return [token for token in found if token.strip()]


def arithmetic(node, values):
    """The value of a sum, difference, product or quotient over Fractions; None where none."""
    if isinstance(node, ast.Name):
        return values[node.id]
    if isinstance(node, ast.Constant):
        return F(node.value)
    if isinstance(node, ast.UnaryOp):
        part = arithmetic(node.operand, values)
        return None if part is None else -part if isinstance(node.op, ast.USub) else part
    parts = arithmetic(node.left, values), arithmetic(node.right, values)
    return None if None in parts else OPERATORS[type(node.op)](*parts)


# its words and units

@EVERY
def test_conventions_are_stated(name):
    formula = CATALOGUE[name]
    assert formula.assumptions and all(formula.assumptions) and formula.source
    assert 1 <= formula.chapter <= 16 and formula.contract in SETTLED_IN
    assert formula.equation == sp.Eq(formula.result, formula.expression, evaluate=False)
    assert formula._repr_latex_() == f"$\\displaystyle {formula.latex()}$"
    assert set(formula.symbols) == formula.expression.free_symbols


@EVERY
def test_units(name):
    check_units(CATALOGUE[name])


@pytest.mark.parametrize("contract, wrong", [
    ("any", lambda s: s.collateral * s.unrealized_pnl),
    ("any", lambda s: s.collateral + s.notional / s.leverage + s.close_fee),
    ("linear", lambda s: s.collateral + s.size),
    ("linear", lambda s: s.size * s.mark_price**2),
    ("inverse", lambda s: s.contracts * s.face + s.collateral),
    ("inverse", lambda s: s.contracts * s.face),
    ("any", lambda s: s.size * s.mark_price),
])
def test_a_formula_with_wrong_units_is_noticed(contract, wrong):
    formula = Formula("wrong", pp.symbols.equity, wrong(pp.symbols), chapter=1, source="made up",
                      contract=contract)
    with pytest.raises(AssertionError, match="units"):
        check_units(formula)


# where there is no value

ONE = dict(size=1, entry_price=100, collateral=10, maintenance_rate="0.01", deduction=0,
           close_fee=0)
INVERSE_ONE = dict(contracts=1, face=100, entry_price=100, collateral="0.1",
                   maintenance_rate="0.01", deduction=0, close_fee=0)


@pytest.mark.parametrize("name, values, bad", [
    ("margin_ratio", dict(maintenance_margin=1, equity=5), dict(equity=0)),
    ("margin_ratio", dict(maintenance_margin=0, equity=5), dict(equity=0)),  # 0 / 0
    ("margin_level", dict(maintenance_margin=1, equity=5), dict(maintenance_margin=0)),
    ("effective_leverage", dict(notional=1, equity=5), dict(equity=0)),
    ("effective_rate", dict(maintenance_margin=1, notional=5), dict(notional=0)),
    ("initial_margin", dict(entry_notional=1, leverage=5), dict(leverage=0)),
    ("liquidation_price_long", ONE, dict(collateral=100)),  # a price of 0
    ("liquidation_price_long", ONE, dict(collateral=101)),
    ("liquidation_price_long", ONE, dict(maintenance_rate=F(1, 2), close_fee=F(1, 2))),
    ("liquidation_price", dict(ONE, side=1), dict(collateral=200)),
    ("bankruptcy_price", dict(size=1, entry_price=100, collateral=10, close_fee=0, side=1),
     dict(collateral=100)),
    ("inverse_liquidation_price_short", INVERSE_ONE, dict(collateral=1)),  # 1/price is 0
    ("inverse_liquidation_price_short", INVERSE_ONE, dict(collateral=2)),
    ("inverse_notional", dict(contracts=1, face=1, mark_price=1), dict(mark_price=0)),
    ("inverse_unrealized_pnl", dict(contracts=1, face=1, mark_price=1, entry_price=2, side=1),
     dict(mark_price=0)),
])
def test_no_value_is_none_and_nan(name, values, bad):
    formula = CATALOGUE[name]
    there, there_not = formula.exact(**values), formula.exact(**values | bad)
    assert isinstance(there, sp.Rational) and there_not is None
    columns = {key: [float(values[key]), float((values | bad)[key])] for key in values}
    got = formula.numpy(**columns)
    assert got[0] == pytest.approx(float(there)) and np.isnan(got[1])


@EVERY
def test_missing_and_unknown_names(name):
    formula = CATALOGUE[name]
    values = {key: float(value) for key, value in draws(name)[0][0].items()}
    for call in (formula.exact, formula.numpy):
        for key in values:
            with pytest.raises(ValueError, match=rf"{name} also needs .*\b{key}\b"):
                call(**{other: value for other, value in values.items() if other != key})
        with pytest.raises(ValueError, match=f"mark_prise = 3: expected only .*{name}"):
            call(**values, mark_prise=3)


def test_numpy_broadcasts():
    got = pp.formulas.notional.numpy(size=[[1.0], [2.0]], mark_price=[3, 4, 5])
    assert got.tolist() == [[3, 4, 5], [6, 8, 10]]
