"""The parser reads exactly what the grammar has, and refuses the rest at once, with a message."""

import ast
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest
from sympy import Abs, Integer, Max, Min, Rational, Symbol, sqrt, symbols

from perpedu.teaching import parser
from perpedu.teaching.parser import AnswerError, parse_answer

q, E, P, m, W = symbols("q E P m W")
NAMES = ["q", "E", "P", "m", "W"]
ALL = ("max", "min", "abs", "sqrt")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("q*E", q * E),
        ("q × E", q * E),
        ("q·(P − E)", q * (P - E)),
        ("q*E ÷ 10", q * E / 10),
        ("0.004", Rational(1, 250)),
        ("1e-3", Rational(1, 1000)),
        ("0.4%*q*P", q * P / 250),
        ("0.4 % * q * P", q * P / 250),
        ("(q*E - W)/(q*(1 - m))", (q * E - W) / (q * (1 - m))),
        ("q^2", q**2),
        ("q**2", q**2),
        ("-q**2", -(q**2)),
        ("q**-1", 1 / q),
        ("2**-3", Rational(1, 8)),
        ("2*q - -3", 2 * q + 3),
        ("+q", q),
        ("1/3", Rational(1, 3)),
        ("0.1 + 0.2", Rational(3, 10)),
        ("12345678901234567890", Integer(12345678901234567890)),
        ("007", Integer(7)),
        (".5*q", q / 2),
        ("5.*q", 5 * q),
        ("\u00a0q\u202f*\tE\n", q * E),
        ("q - W/E/P", q - W / E / P),
        ("((((q))))", q),
        ("(q**2)**3", q**6),
    ],
)
def test_reads_exactly(text, expected):
    assert parse_answer(text, NAMES) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("max(P, W)", Max(P, W)),
        ("min(q*E,0)", Min(q * E, 0)),
        ("abs(P - E)", Abs(P - E)),
        ("sqrt(4)", Integer(2)),
        ("sqrt(P)*max(1, W, 2%)", sqrt(P) * Max(1, W)),
        ("max((P), (min(E, W)))", Max(P, Min(E, W))),
    ],
)
def test_reads_permitted_functions(text, expected):
    assert parse_answer(text, NAMES, ALL) == expected


def test_names_may_be_texts_symbols_or_aliases():
    size = Symbol("size", positive=True)
    assert parse_answer("2*size", [size]) == 2 * size
    assert parse_answer("q + size + lambda", {"q": size, "size": size, "lambda": Integer(3)}) == (
        2 * size + 3
    )
    assert parse_answer("q/P", "q, P") == q / P
    assert parse_answer("n0 - n1", ["n0", "n1"]) == Symbol("n0") - Symbol("n1")


HOSTILE = {
    "": "nothing to read",
    "  \n": "nothing to read",
    "__import__('os').system('touch {sentinel}')": "__import__",
    "open('{sentinel}','w')": "open",
    "q.__class__": "point",
    "q.subs": "point",
    "q.equals(\"open('{sentinel}','w')\")": "point",
    "Symbol.__new__.__globals__['open']('{sentinel}','w')": "Symbol",
    "eval(q)": "eval",
    "q(2)": r"Write \* between q and \(",
    "2(q)": r"Write \* between 2 and \(",
    "2q": r"2\*q",
    "q E": r"q\*E",
    "q(E)(P)": r"\*",
    "(q)(E)": r"Write \* between \) and \(",
    "(q)E": r"Write \*",
    "5 % 3": r"Write \*",
    "q % 2": "after a number",
    "q%": "after a number",
    "max(q, E)": "cannot be used",
    "sqrt(q)": "cannot be used",
    "q < E": "comparison",
    "q == E": "right-hand side",
    "P = q*E": "right-hand side",
    "q >= E": "comparison",
    "(q := 3)": "not read",
    "lambda: q": "lambda",
    "lambda q: q": "lambda",
    "q if E else P": "if",
    "not q": "not",
    "q and E": "and",
    "[q for q in E]": "not in this question",
    "{q}": "round",
    "q[0]": "Write \\* between q and \\(",
    "'text'": "not read",
    '"text"': "not read",
    "f'{q}'": "f is not",
    "q; E": "not read",
    "import os": "import",
    "q, E": "comma has no meaning",
    "54,300*q": "54300 without",
    "1,234,567": "1234567 without",
    "0,5*q": "0.5",
    "9**9**9": "power",
    "9**99": "power",
    "q**E": "power",
    "q**0.5": "power",
    "q**(1/2)": "power",
    "q**13": "power",
    "q**-13": "power",
    "((q**12)**12)**12": "power",
    "((9**12)**12)**12": "power",
    "1e999999*q": "too long or too large",
    "1e99": "too long or too large",
    "1" * 41: "too long or too large",
    "0x10": "x10",
    "1_000": "_000",
    "1j": "The name j",
    "1.2.3": r"\*",
    "1/0": "divides by zero",
    "0/0": "divides by zero",
    "q/0.0": "divides by zero",
    "q/(E - E)": "divides by zero",
    "(q - q)**-1": "divides by zero",
    "1//2": "does not read",
    "q +": "does not read",
    "* q": "does not read",
    "()": "Use only numbers",
    "~q": "not read",
    "q @ E": "not read",
    "q & E": "not read",
    "q!": "not read",
    "q²": r"\*\*2",
    "$5": "unit",
    "5 USDT": "USDT",
    "qq": "Write q\\*q",
    "e": "Did you mean E",
    "٥*q": "not read",
    "５": "not read",
    "½": "not read",
    "λ": "not read",
    "q\x00": "not read",
    "q\u202e": "not read",
    "# q": "not read",
    "q \\": "not read",
    "nan": "nan",
    "oo": "oo",
    "None": "None",
    "q)": "too many",
    "(q": "missing",
    ")(": "too many",
    "(" * 200 + "q" + ")" * 200: "too many parts",
    "(" * 31 + "q" + ")" * 31: "too many parentheses",
    "(" * 5_000: "too long",
    "(" * 5_000 + "q" + ")" * 5_000: "too long",
    "9" * 10_000: "too long",
    "q+" * 249 + "q": "too many parts",
    "-" * 400 + "q": "too many parts",
    "1e40**12*" * 40 + "1": "too large",
}


@pytest.fixture(scope="module", autouse=True)
def warm():
    parse_answer("q", NAMES)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:24]))
def test_hostile_text_gets_a_message_and_runs_nothing(text, tmp_path):
    sentinel = tmp_path / "pwned"
    typed = text.replace("{sentinel}", str(sentinel))
    start = time.perf_counter()
    with pytest.raises(AnswerError, match=HOSTILE[text]) as caught:
        parse_answer(typed, NAMES)
    assert time.perf_counter() - start < 0.25, "milliseconds; the bound is loose for a busy machine"
    assert not sentinel.exists()
    message = str(caught.value)
    assert message.isprintable() and len(message) < 300
    assert message.rstrip().endswith((".", "?")), "a sentence"


@pytest.mark.parametrize("value", [None, 5, 0.05, b"q", ["q"]])
def test_only_text_is_read(value):
    with pytest.raises(AnswerError):
        parse_answer(value, NAMES)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("max", "parentheses"),
        ("max q", "parentheses"),
        ("q + max", "parentheses"),
        ("max()", "wrong number"),
        ("abs(q, E)", "wrong number"),
        ("max(1,2)", "space after the comma"),
        ("max(1,200)", "space after the comma"),
        ("max((q, E))", "comma has no meaning"),
        ("max(q, E)(P)", r"Write \*"),
        ("max(q,)*max", "parentheses"),
        ("max(q for q in E)", "for"),
        ("max(*q)", "Use only"),
        ("max(**q)", "Use only|does not read"),
        ("max(q=E)", "right-hand"),
        ("sum(q, E)", "cannot be used"),
        ("q.max(E)", "point"),
        ("sqrt(sqrt)(4)", "parentheses"),
        ("sqrt(max(1, 0*q/0))", "divides by zero"),
    ],
)
def test_calls_are_only_those_permitted(text, words):
    with pytest.raises(AnswerError, match=words):
        parse_answer(text, NAMES, ALL)


def test_unknown_function_is_an_error_of_the_author():
    with pytest.raises(ValueError, match="functions"):
        parse_answer("q", NAMES, ["eval"])


def test_the_message_lists_the_names():
    with pytest.raises(AnswerError, match="Names here: E, P, W, m, q. Did you mean P"):
        parse_answer("p*q", NAMES)


def test_functions_do_not_make_reading_slow():
    nested = "max(P, " * 20 + "q*E - W" + ", m)" * 20
    wide = "*".join(["max(P - E, q*W, m*q, abs(P - W))"] * 12)
    many = "+".join(f"max({i}*P, q - {i}*W)" for i in range(18))
    for text in (nested, wide, many):
        start = time.perf_counter()
        try:
            parse_answer(text, NAMES, ALL)
        except AnswerError:
            pass
        assert time.perf_counter() - start < 2


def test_fuzz_raises_only_answer_errors():
    random = Random(20260902)
    common = "q E P W m 0.004 54 300 12 max min abs sqrt ( ) ( ) + - * / ** ^ % , . 1e3".split(" ")
    strange = "__class__ lambda if ' [ ] = : × − ٥ 0 eval \\ { 🙂 \x00 \n".split(" ")
    slowest, read, start = 0.0, 0, time.perf_counter()
    for turn in range(20_000):
        pool = [*common, " "] if turn % 2 else [*common, *strange]
        text = "".join(random.choices(pool, k=random.randint(1, 12)))
        before = time.perf_counter()
        try:
            parse_answer(text, NAMES, ALL)
            read += 1
        except AnswerError as refusal:
            assert str(refusal).isprintable()
        slowest = max(slowest, time.perf_counter() - before)
    assert read > 300, "the fuzz reaches the builder too"
    assert slowest < 1
    assert (time.perf_counter() - start) / 20_000 < 0.005


def test_refusing_needs_no_sympy_and_importing_neither():
    code = (
        "import sys\nfrom perpedu.teaching.parser import parse_answer\n"
        "import perpedu.teaching.numbers_typed\n"
        "try: parse_answer('9**9**9', ['q'])\nexcept ValueError: pass\n"
        "assert 'sympy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[1])


def test_the_source_calls_nothing_that_runs_text():
    tree = ast.parse(Path(parser.__file__).read_text("utf-8"))
    called = {n.func.attr if isinstance(n.func, ast.Attribute) else getattr(n.func, "id", "")
              for n in ast.walk(tree) if isinstance(n, ast.Call)}  # fmt: skip
    assert not called & {"eval", "exec", "parse_expr", "compile_command", "literal_eval"}
    strict = [n for n in ast.walk(tree) if isinstance(n, ast.Call)
              and getattr(n.func, "attr", "") == "sympify"]  # fmt: skip
    assert all(any(k.arg == "strict" and k.value.value is True for k in n.keywords) for n in strict)
