"""Every formula against an oracle, in each of its forms: exact, NumPy, LaTeX, JavaScript, units."""

import ast
import inspect
import pickle
import re
from fractions import Fraction as F
from functools import cache
from importlib.resources import files
from pathlib import Path
from random import Random

import mpmath
import numpy as np
import pytest
import sympy as sp
from formula_oracles import ORACLES

import perpedu as pp
from perpedu.theory.formula import Formula
from perpedu.theory.functions import Phi, on_floats

CATALOGUE = pp.formulas.catalogue()
EVERY = pytest.mark.parametrize("name", CATALOGUE)
DRAWS, CLOSE = 200, 1e-9
RATES = {"maintenance_rate", "previous_rate", "close_fee", "opening_fee_rate",
         "liquidation_fee_rate", "base_rate", "rate_slope", "rate_step", "haircut", "slippage",
         "cascade_ratio"}
SETTLED_IN = {"linear": "quote", "inverse": "coin", "any": "settle"}
#: From where to where symbols are drawn in formulas with exp, log, sqrt or Φ.
SANE = {"leverage": (F(3, 2), 125), "volatility": (F(3, 10), 2), "horizon": (F(1, 50), 2),
        "drift": (-2, 2), "log_drift": (-2, 2), "log_barrier": (F(-7, 10), F(7, 10)),
        "room_before": (F(1, 50), F(1, 5)), "room_after": (F(1, 50), F(1, 5)),
        "look_interval": (F(1, 1000), F(1, 50)), "reaction_time": (F(1, 1000), F(1, 50)),
        "barrier_shift": (0, F(1, 10)), "look_constant": (F(1, 2), 1), "quantile": (1, 3),
        "closeout_deviation": (F(1, 20), F(1, 2)), "jump_mean": (F(1, 100), F(1, 5)),
        "liquidation_price": (50, 100), "stop_price": (50, 100)}
LATEX = {r"\left(": "(", r"\right)": ")", r"\cdot": "*", r"\frac": "", "{": "(", "}": ")",
         "^": "**", ",": ",", "e^{": "exp(", r"\sqrt{": "sqrt(", r"\log{": "log(", r"\pi": "pi",
         r"\Phi\left(": "Phi(", r"\min\left(": "min(", r"\max\left(": "max("}
OPERATORS = {ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b,
             ast.Mult: lambda a, b: a * b, ast.Div: lambda a, b: a / b if b else None,
             ast.Pow: lambda a, b: a**b if b == int(b) else real(a) ** real(b)}
FUNCTIONS = {"exp": mpmath.exp, "Phi": mpmath.ncdf, "min": min, "max": max,
             "sqrt": lambda x: mpmath.sqrt(x) if x >= 0 else None,
             "log": lambda x: mpmath.log(x) if x > 0 else None}
NORMAL = files("perpedu.showing").joinpath("script/normal.js").read_text("utf-8")


def real(number):
    """A number of mpmath."""
    return mpmath.mpf(number.numerator) / number.denominator if isinstance(number, F) else number


def fraction(number):
    return None if number is None else F(int(number.p), int(number.q))


def draw(rng, symbol, ranges=()):
    """A rational of the kind that the symbol stands for."""
    if symbol.values:
        return F(rng.choice(symbol.values))
    if symbol.name in ranges:
        low, high = ranges[symbol.name]
        return low + (high - low) * F(rng.randrange(1, 1000), 1000)
    if symbol.name in RATES:
        return F(rng.randrange(0, 999), 1000)
    number = F(rng.randrange(1, 10**6), rng.randrange(1, 1000))
    return number if symbol.is_nonnegative or rng.random() < 0.6 else -number


@cache
def draws(name, count=DRAWS):
    """Inputs of the formula, each with the oracle's value."""
    rng, formula = Random(name), CATALOGUE[name]
    ranges = () if formula.is_rational else SANE
    inputs = [{s.name: draw(rng, s, ranges) for s in formula.symbols} for _ in range(count)]
    with mpmath.workdps(50):
        return [(values, as_fraction(ORACLES[name](**values))) for values in inputs]


def as_fraction(value):
    """An oracle's number; one of mpmath is kept to 40 digits."""
    return F(mpmath.nstr(value, 40)) if isinstance(value, mpmath.mpf) else value


def given(formula, values):
    """Of the values, those that the formula asks for."""
    return {s.name: values[s.name] for s in formula.symbols}


def agree(formula, got, expected):
    """Whether two values are the same: exactly so where there is a fraction."""
    if formula.is_rational or None in (got, expected):
        return got == expected
    return abs(as_fraction(got) - expected) <= CLOSE * abs(expected)


# the checks, which the mutation test uses as well

def check_exact(formula, cases):
    """The exact value is the oracle's, and there is none where the oracle has none."""
    for values, expected in cases:
        got = fraction(formula.number(**given(formula, values)))
        right = agree(formula, got, expected)
        assert right, f"{formula.name}: {got} where {expected} is right, at {values}"


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
    return page.evaluate("""([jobs, normal]) => {
        const Phi = new Function(normal + "; return Phi;")();
        return jobs.map(([names, expressions, rows]) => expressions.map(e => {
            try {
                const run = new Function("Phi", ...names, '"use strict"; return (' + e + ');');
                return rows.map(row => run(Phi, ...row)).map(x => Number.isFinite(x) ? x : null);
            } catch (error) { return String(error); }
        }));
    }""", [jobs, NORMAL])


def javascript_job(name, expressions, cases):
    names = [s.name for s in CATALOGUE[name].symbols]
    return [names, expressions, [[float(values[n]) for n in names] for values, _ in cases]]


# each formula is right

def test_no_two_symbols_share_their_letters_and_none_is_written_twice():
    texs = [symbol.tex for symbol in pp.symbols.every().values()]
    assert sorted(texs) == sorted(set(texs))
    body = ast.parse(Path(pp.symbols.__file__).read_text("utf-8")).body
    names = [part.targets[0].id for part in body if isinstance(part, ast.Assign)]
    assert sorted(names) == sorted(set(names))


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
    if not formula.is_rational:
        with pytest.raises(TypeError, match=f"{name} has no exact arithmetic on fractions"):
            formula.plain(**draws(name)[0][0])
        return
    for values, wanted in draws(name)[:30]:
        if wanted is not None:
            got = formula.plain(**{key: F(value) for key, value in values.items()}, unused=1)
            assert type(got) is F and got == wanted


def test_plain_keeps_a_broken_constant_exact():
    q, third = pp.symbols.size, sp.Rational(1, 3)
    assert Formula("x", q, q * third + third, chapter=1, source="").plain(size=F(1)) == F(2, 3)


@EVERY
def test_exact_value_is_an_expression_where_it_is_no_fraction(name):
    formula = CATALOGUE[name]
    for values, wanted in draws(name)[:30]:
        exact = formula.exact(**values)
        if exact is not None and not exact.is_Rational:
            assert not formula.is_rational and not exact.free_symbols and not exact.has(sp.Float)
            assert abs(F(str(sp.N(exact, 30))) - wanted) <= F(1, 10**25) * abs(wanted)


def test_where_a_formula_with_a_logarithm_or_a_root_is_not_real_it_has_no_value():
    y, x = pp.symbols.equity, pp.symbols.unrealized_pnl
    for bad, expression in ((-1, sp.log(x)), (0, sp.log(x)), (-1, sp.sqrt(x)), (0, Phi(1 / x))):
        formula = Formula("x", y, expression, chapter=1, source="")
        assert not formula.is_rational
        assert formula.exact(unrealized_pnl=bad) is None and formula.number(unrealized_pnl=bad) is None
        assert np.isnan(formula.numpy(unrealized_pnl=[1.0, bad])).tolist() == [False, bad != 0 or (
            not isinstance(expression, Phi))]


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


def test_the_normal_distribution_in_numpy_and_in_javascript(page):
    x = np.concatenate([np.linspace(-37, 9, 4601), np.random.default_rng(7).normal(0, 3, 2000)])
    there = page.evaluate("([x, normal]) => x.map(new Function(normal + '; return Phi;')())",
                          [x.tolist(), NORMAL])
    with mpmath.workdps(30):
        wanted = np.array([float(mpmath.ncdf(mpmath.mpf(value))) for value in x])
    np.testing.assert_allclose(on_floats(x), wanted, rtol=2e-13, atol=0)
    np.testing.assert_allclose(there, wanted, rtol=1e-12, atol=0)
    assert on_floats(x.reshape(-1, 7, 41)).shape == (len(x) // 287, 7, 41) and type(on_floats(0.0)) is float


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
        if not formula.is_rational:
            values = {name: real(value) for name, value in values.items()}
        got = arithmetic(ast.parse(code, mode="eval").body, values)
        if formula.result.is_positive and got is not None and got <= 0:
            got = None
        right = agree(formula, got, expected)
        assert right, f"{text} means {code}: {got} where {expected} is right"


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
    """The value of an expression over Fractions, or numbers of mpmath; None where none."""
    if isinstance(node, ast.Name):
        return values[node.id] if node.id in values else +mpmath.pi
    if isinstance(node, ast.Call):
        parts = [arithmetic(part, values) for part in node.args]
        return None if None in parts else FUNCTIONS[node.func.id](*parts)
    if isinstance(node, ast.Constant):
        return node.value if any(isinstance(value, mpmath.mpf) for value in values.values()) else (
            F(node.value))
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
