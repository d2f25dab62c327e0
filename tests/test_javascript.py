"""The page's JavaScript against Python: every formula, every typed number, every verdict."""

import json
import math
import random
from collections import Counter
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path

import pytest

from perpedu import formulas
from perpedu.showing.card import ExerciseCard
from perpedu.showing.element import module
from perpedu.teaching import bank, exercise as teaching
from perpedu.teaching.exercise import Exercise
from perpedu.teaching.numbers_typed import Unreadable, read_number, show
from perpedu.theory.functions import put
from tests.test_formulas import SANE, draw
from tests.test_tables import COARSE, LEDGERS, TIERED, going_on, off_by, rounded

CASES = json.loads((Path(__file__).parent / "data" / "typed_numbers.json").read_text("utf-8"))
INSIDE = "readNumber, show, showExact, decimalText, variantOf, calculator, speaker, exact, readTree, remembering, Phi"


@pytest.fixture
def inside(page):
    """A page on which the script's own functions stand as `pp`."""
    source = module().replace("export default { render };", f"window.pp = {{ {INSIDE} }};")
    page.set_content("<p></p>")
    page.add_script_tag(content=f"(() => {{ {source} }})()")
    yield page
    assert page.page_errors == [], "no error in the script"


def positive(rng, quantity):
    """A value that this symbol can have, as decimal text."""
    if quantity.values:
        return str(rng.choice(quantity.values))
    if quantity.name.endswith(("rate", "fee")):
        return f"0.{rng.randrange(1, 2000):04d}"
    size = f"{rng.uniform(0.01, 1) * 10 ** rng.randrange(1, 6):.4f}"
    return ("-" if quantity.is_positive is None and rng.random() < 0.4 else "") + size


def test_every_formula_as_the_page_computes_it(inside):
    rng, asked = random.Random("formulas"), []
    for formula in formulas.catalogue().values():
        for _ in range(40):
            ranges = () if formula.is_rational else SANE
            values = {s.name: str(float(draw(rng, s, SANE))) if s.name in ranges else positive(rng, s)
                      for s in formula.symbols}
            asked.append((formula, values))
    got = inside.evaluate(
        "asked => asked.map(([js, values]) => new Function('Phi', ...Object.keys(values),"
        " 'return ' + js)(pp.Phi, ...Object.values(values).map(Number)))",
        [[formula.js(), values] for formula, values in asked])
    for (formula, values), value in zip(asked, got, strict=True):
        exact = exact_value(formula, values)
        if exact.is_real is False:
            assert value is None or math.isnan(value), (formula.name, values)
            continue
        assert value == pytest.approx(float(exact), rel=1e-9, abs=1e-9), (formula.name, values)


def exact_value(formula, values):
    """The exact right-hand side, also where it is no price."""
    from sympy import N, Rational

    return N(put(formula.expression, {s: Rational(values[s.name]) for s in formula.symbols}), 20)


def as_read(text, asked):
    try:
        typed = read_number(text, asked)
        return [str(typed.value), typed.unit, typed.percent]
    except Unreadable as error:
        return [error.reason, str(error)]


def test_typed_numbers_are_read_alike_with_the_same_words(inside):
    cases = [[case["text"], case.get("asked")] for case in CASES]
    rng = random.Random("typed")
    letters = "0123456789.,' -+$%/eUSDT×−"
    cases += [["".join(rng.choices(letters, k=rng.randrange(1, 9))),
               rng.choice([None, "USDT", "%"])] for _ in range(2000)]
    got = inside.evaluate("""cases => cases.map(([text, asked]) => {
        try {
          const {value: [top, bottom], unit, percent} = pp.readNumber(text, asked);
          return [bottom === 1n ? `${top}` : `${top}/${bottom}`, unit, percent];
        } catch (error) { return [error.reason, error.message]; }
    })""", cases)
    for (text, asked), value in zip(cases, got, strict=True):
        assert value == as_read(text, asked), (text, asked)


def test_numbers_are_printed_alike(inside):
    rng, values = random.Random("printed"), []
    for _ in range(3000):
        places = rng.randrange(0, 8)
        values.append((Fraction(rng.randrange(-10**6, 10**6), 10**places),
                       rng.choice([None, 0, 1, 2, 4]), rng.choice(["", "USDT", "%", "×"])))
    values += [(Fraction(n, 1000), 2, "") for n in range(5, 3000, 10)]  # ties
    texts = [[str(float(value)), f"{value.numerator}/{value.denominator}", places, unit]
             for value, places, unit in values]
    got = inside.evaluate("""texts => texts.map(([float, text, places, unit]) =>
        [pp.show(Number(float), places, unit), pp.showExact(pp.exact(text), unit)])""", texts)
    for (value, places, unit), (by_float, by_exact) in zip(values, got, strict=True):
        assert by_float == show(value, places, unit or None), (value, places, unit)
        assert by_exact == show(value, None, unit or None), (value, unit)


def answers(pure, rng):
    """What readers may type: the truth, each mistake, their neighbours, and nonsense."""
    if pure.options:
        return [key for key, _ in pure.options] + ["", "neither"]
    known = [pure.truth, *(value for name, value in pure.answers.items() if name != "right")]
    near = [value * factor for value in known
            for factor in (-1, 100, Fraction(1, 100), 10, Fraction(1, 1000), Fraction(1001, 1000))]
    near += [value + way * pure.plan.asked.tolerance * Fraction(n, 10)
             for value in known for way in (-1, 1) for n in (9, 10, 11)]
    near += [value * (1 + Fraction(way * n, 20_000))
             for value in known for way in (-1, 1) for n in (5, 9, 10, 11)]
    near += [Fraction(rng.randrange(-10**6, 10**6), 100) for _ in range(8)]
    texts = [f"{value.numerator}/{value.denominator}" if value >= 0 else
             f"-{-value.numerator}/{value.denominator}" for value in known + near]
    texts += [f"{float(value):.2f}" for value in known]
    typed = [text + unit for text in texts[::5] for unit in (" USDT", " %", " BTC", "×")]
    return texts + typed + ["", "ten", "5,3", "1.000.000", "9**9**9", "5 furlongs", "5" * 90, "58,650/4", "16 2/3"]


def test_verdicts_agree_over_the_bank(inside):
    rng, asked, verdicts = random.Random("verdicts"), [], []
    for id in teaching.ids():
        first = teaching.load(id, "1")
        if first.kind in ("expression", "table", "order"):
            continue
        state = ExerciseCard(first).page_spec()["state"]
        for place in (0, 7, 19):
            pure = teaching.load(id, state["variants"][place]["seed"])
            typed = answers(pure, rng)
            asked.append([state, place, typed])
            verdicts += [(id, pure.seed, text, pure.check(text)) for text in typed]
    got = inside.evaluate("""asked => asked.flatMap(([state, place, typed]) => {
        const one = pp.variantOf(state, state.variants[place]);
        return typed.map(text => one.check(text));
    })""", asked)
    assert len(got) > 5000
    for (id, seed, text, verdict), told in zip(verdicts, got, strict=True):
        said = {"correct": verdict.correct, "message": verdict.message,
                "mistake": verdict.mistake, "reread": verdict.reread}
        assert told == said, (id, seed, text)


def as_text(value):
    """A number as a reader could type it exactly."""
    return value if isinstance(value, str) else f"{value.numerator}/{value.denominator}"


def filled_ledgers(pure, rng):
    """The truth and each slip: exact, rounded, gone on from rounded, and with one line changed."""
    for name, answer in [(None, pure.expected), *pure.mistakes.items()]:
        exact = {row: Fraction(int(value.p), int(value.q)) for row, value in answer.items()}
        yield from (exact, rounded(pure, answer), going_on(pure, name))
        for row in pure.plan.table.blanks:
            if name is None:
                yield from carried(pure, row)
            for _ in range(2):
                yield {**exact, row.name: changed(rng, row.asked, exact[row.name], pure.values)}
    for _ in range(6):
        yield {row.name: changed(rng, row.asked, pure.values[row.name], pure.values)
               for row in pure.plan.table.blanks}


def carried(pure, row):
    """Slips that nobody knows, typed rounded and carried on exactly; and each line a little off."""
    for factor in (Fraction(1, 3), Fraction(-7, 3), Fraction(1, 10**7)):
        try:
            typed = off_by(pure, row, factor)
        except ArithmeticError:
            continue
        yield rounded(pure, typed)
        yield rounded(pure, typed) | {row.name: typed[row.name]}
        yield {line.name: typed[line.name] + (line is not row) * line.asked.half * 3 / 2
               for line in pure.plan.table.blanks}


def changed(rng, asked, value, values):
    """Another number for a line: a known mistake, an edge of what is accepted, or nonsense."""
    near = Fraction(rng.choice([-11, -10, -9, 9, 10, 11]), 10)
    known = rng.choice(list(asked.answers.values()))(values)
    return rng.choice([
        value, known, known + near * asked.tolerance, known * (1 + near / 2000), -value, 100 * value,
        value / 100, 1000 * value, value * Fraction(1001, 1000), value + near * asked.tolerance,
        Fraction(rng.randrange(-10**6, 10**6), 100), Fraction(0),
        *rng.choices(["", " ", "ten", "5,3", "9**9", "5 %", "5 BTC", "40 USDT", "1e30", "-1e-30",
                      "5" * 90, "16 2/3"], k=3)])


def own_ledgers():
    """Ledgers of the tests: per cents, given lines, a tier table."""
    for text, id in ((COARSE, "ch09.coarse"), (TIERED, "ch09.tiered")):
        yield Exercise(bank.parse(text, "f", "ch09")[id], "1")


#: Every so manieth drawn variant of a ledger; the page's script does not know one from another.
EACH = 4


def test_verdicts_on_ledgers_agree_line_by_line(inside):
    rng, asked, verdicts = random.Random("ledgers"), [], []
    for first in (*(teaching.load(id, "1") for id in LEDGERS), *own_ledgers()):
        state = first.page_state()
        for place, variant in list(enumerate(state["variants"]))[::EACH]:
            pure = Exercise(first.item, variant["seed"])
            typed = [{row: as_text(value) for row, value in filled.items()}
                     for filled in filled_ledgers(pure, rng)]
            asked.append([state, place, [json.dumps(filled) for filled in typed]])
            verdicts += [(pure.id, pure.seed, filled, pure.check(filled)) for filled in typed]
    got = inside.evaluate("""asked => asked.flatMap(([state, place, typed]) => {
        const one = pp.variantOf(state, state.variants[place]);
        return typed.map(text => one.check(text));
    })""", asked)
    assert len(got) > 5000
    seen = Counter(cell["state"] for told in got for cell in told["cells"].values())
    assert min(seen[state] for state in ("right", "follows", "empty", "not yet")) > 200, seen
    for (id, seed, filled, verdict), told in zip(verdicts, got, strict=True):
        assert told == asdict(verdict), (id, seed, filled)


def test_texts_of_the_page_are_those_of_python(inside):
    for id in teaching.ids():
        state = ExerciseCard(teaching.load(id, "1")).page_spec()["state"]
        for place in (0, 13):
            pure = teaching.load(id, state["variants"][place]["seed"])
            got = inside.evaluate("""([state, place]) => {
                const one = pp.variantOf(state, state.variants[place]);
                return [one.question, one.hints, one.solution, one.options, one.rows];
            }""", [state, place])
            assert got == [pure.question, pure.hints, pure.solution,
                           [list(option) for option in pure.options], pure.rows], id
