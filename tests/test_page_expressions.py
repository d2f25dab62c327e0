"""Expressions on a page without Python: read alike, refused alike, judged alike."""

import json
from dataclasses import asdict
from fractions import Fraction
from random import Random

import pytest

from perpedu.teaching import bank, exercise as teaching
from perpedu.teaching.equality import sample
from perpedu.teaching.exercise import Exercise
from perpedu.teaching.grammar import AnswerError
from perpedu.teaching.parser import parse_answer, tree_of
from perpedu.teaching.trees import expression_tree
from tests.test_javascript import inside  # noqa: F401
from tests.test_parser import ALL, HOSTILE, NAMES

IDS = [id for id in teaching.ids() if teaching.load(id).kind == "expression"]

#: A side, a whole number, numbers that may be 0 or below, and a truth of every operation.
OWN = """\
sections: [One]
exercises:
  - id: ch09.own
    version: 1
    title: Own
    kind: expression
    minutes: 2
    difficulty: 1
    objective: Write it.
    section: One
    question: "A {{side}} of {{contracts}}. Type s, n, U and W."
    symbols: {s: side, n: contracts, U: unrealized_pnl, W: collateral}
    givens:
      side: {choose: {long: 1, short: -1}}
      contracts: {choose: [1, 2, 3]}
      unrealized_pnl: {choose: [-10, 0, 10], unit: USDT}
      collateral: {choose: [10, 20], unit: USDT}
    answer: (collateral + side * unrealized_pnl) / contracts
    mistakes:
      no-side: {answer: (collateral + unrealized_pnl) / contracts, says: The side.}
      whole: {answer: collateral + side * unrealized_pnl, says: For one contract.}
      worth-zero: {answer: (collateral + side * unrealized_pnl) / contracts - contracts, says: No.}
    hints: [One., Two., Three.]
    solution: (W + s*U)/n.
    why: So it is.
"""


def exercises():
    """Those of the bank, and one of these tests."""
    return [*map(teaching.load, IDS), Exercise(bank.parse(OWN, "f", "ch09")["ch09.own"], "1")]


# ---- reading

def plain(tree):
    """A tree as JSON: numbers as texts."""
    if isinstance(tree, list):
        return [plain(part) for part in tree]
    return f"{tree.numerator}/{tree.denominator}" if isinstance(tree, Fraction) else tree


def exactly(tree):
    """A tree of the page with its numbers as p/q, the -1 of a sign too."""
    if isinstance(tree, list):
        return [exactly(part) for part in tree]
    return "-1/1" if tree == "-1" else tree


def as_read(text, names, functions, listed):
    try:
        return plain(tree_of(text, names, functions, listed))
    except AnswerError as error:
        return {"message": str(error)}


def typed_texts(rng, count):
    """Texts of the grammar, nearly of it, and not of it at all."""
    common = ("q E P W m n0 qE 0.004 54 300 12 1e3 2 max min abs sqrt ( ) ( ) + - * / ** ^ % , . "
              "1,5 1,500").split(" ")
    strange = ("__class__ lambda if ' [ ] = : × − ÷ ² ₂ ٥ 0 eval \\ { } $ 🙂 é \x00 \x1c \x85 \xa0 "
               "\ufeff \u200b \n \t 1e99 9999999999999999999999999999999999999999 e p _ maxx").split(" ")
    for turn in range(count):
        pool = [*common, " "] if turn % 2 else [*common, *strange]
        yield rng.choice(["", " "]).join(rng.choices(pool, k=rng.randint(1, 12)))


CALLS = ["max", "max q", "max()", "max(q)", "max(q,)", "max(, q)", "max(q,, E)", "max(*q)", "max(**q)",
         "max(*q, E)", "max(**q, E)", "max(**q, *E)", "max(**q, **E, )", "max(*q, **E)", "abs(q, E)",
         "sqrt(sqrt)(4)", "max((q, E))", "max(1,200)", "max(1, 2, 3, 4, 5, 6, 7, 8)", "sqrt(*q)",
         "max(1, 2, 3, 4, 5, 6, 7, 8, 9)", "max(* * q)", "max(q + *E)", "max(*-q)", "(*q)", "*q",
         "max(**q**2)", "max(q)**2", "-max(q)**-2", "max(q**13)", "max(**13)"]
ODD = ["q**-2", "q**+2", "q**--2", "q**-2**2", "q**2**2", "-q**2", "2**-1", "(q**2)**(3)", "q**(-3)",
       "q**(6/2)", "q**200%", "q**1200%", "q**0", "(q-q)**0", "5%%", "5 % %", "5%*q", "q5%", "1.%",
       "1.e3", "1e", "1e+", "1e+5", "1e-400", "1e041", ".", "..", "1..2", "()", "(())", "()()", "+", "-",
       "- -q", "+-+-q", "q-+-E", "q E", "q(E)", "2q", "qqE", "EqP", "Eqx", "Q", "mark", "qq" * 11, "W" * 60,
       "q" + " " * 400 + "+E", "((((((((((((((((((((((((((((((q))))))))))))))))))))))))))))))",
       "-" * 239 + "q", "-" * 240 + "q", "q" * 501, "é1,234", "+1,234*q", "q+1,5", "1,234,56", "q\u2003+\u3000E",
       "q–E", "–q", "q•E", "7" * 40, "7" * 41, "1e40**12", "1e40**12*1e40**12*1e40**12", "(9**12)**3", "((q**12)**3)**2"]


def test_expressions_are_read_and_refused_alike_with_the_same_words(inside):  # noqa: F811
    rng = Random("typed expressions")
    texts = [*HOSTILE, *CALLS, *ODD, *typed_texts(rng, 6000)]
    asked = [(text, names, functions, listed) for text in texts
             for names, functions, listed in ((NAMES, [], []), (NAMES, ALL, []), (
                 ["size", "q", "entry_price", "max"], ["max", "abs"], ["q", "E"]))]
    got = inside.evaluate("""asked => JSON.stringify(asked.map(([text, names, functions, listed]) => {
        try { return pp.readTree(text, names, { functions, listed }); }
        catch (error) { return { message: error.message }; }
    }))""", asked)
    trees = 0
    for (text, *rules), found in zip(asked, json.loads(got), strict=True):
        assert exactly(found) == as_read(text, *rules), (text, rules)
        trees += isinstance(found, (list, str))
    assert trees > 500, "the fuzz reaches the trees too"


def test_names_are_guessed_like_difflib(inside):  # noqa: F811
    rng, known = Random("names"), ["entry_price", "mark_price", "size", "added_size", "leverage"]
    words = ["".join(rng.choices("enrtypicmaksdzlvg_", k=rng.randint(1, 14))) for _ in range(1500)]
    words += [name[:place] + rng.choice("aeiou_xyz") + name[place + rng.randint(0, 2):]
              for name in known for place in range(len(name)) for _ in range(4)]
    got = inside.evaluate("""([words, known]) => words.map(word => {
        try { pp.readTree(word, known); return ""; } catch (error) { return error.message; }
    })""", [words, known])
    for word, message in zip(words, got, strict=True):
        expected = as_read(word, known, (), ())
        assert message == (expected["message"] if isinstance(expected, dict) else ""), word
    assert sum("Did you mean" in message for message in got) > 150


# ---- verdicts

def rewritten(tree, rng, names):
    """A text for a tree of trees.py, the same everywhere, written in another way."""
    if isinstance(tree, str):
        known = [alias for alias, symbol in names.items() if symbol == tree]
        return rng.choice(known) if known else f"({tree})" if "/" in tree or "-" in tree else tree
    op, *parts = tree
    if op == "^":
        base, power = rewritten(parts[0], rng, names), parts[1]
        return rng.choice([f"({base})**{power}", f"(1/({base})**{-power})" if power < 0 else
                           f"(1/({base})**-{power})"])
    parts = [rewritten(part, rng, names) for part in rng.sample(parts, len(parts))]
    space = rng.choice(["", " ", "\u00a0"])
    return "(" + f"{space}{rng.choice('*×·') if op == '*' else '+'}{space}".join(parts) + ")"


def same_again(text, rng, names):
    """Another text that means the same."""
    name, other = (rng.choice(list(names)) for _ in range(2))
    return rng.choice([
        text, f"{text} + {name} - {name}", f"{text}*{name}/{name}", f"({text})**1", f"-(-{text})",
        f"{text} + 0*{other}", f"{text}*100%", f"1/(1/{text})", f"{text}*({name}+{other})/({other}+{name})",
        f"({text}*({name} + 1) - {text}*{name})", f"{text} + ({name}+{other})**2 - {name}**2 - "
        f"2*{name}*{other} - {other}**2", f"({text}/2 + {text}/2)", f"+{text}",
    ])


def missed(text, rng, names):
    """A near miss of a text."""
    name, number = rng.choice(list(names)), rng.choice(["2", "-1", "1/3", "0.5%", "1e-30", "100"])
    swapped = text.replace(rng.choice("+*"), rng.choice("+-*/"), 1)
    return rng.choice([
        f"-{text}", f"{number}*{text}", f"{text}*{number}", f"{text} + {number}", f"{text}/{name}", f"{text}*{name}",
        f"{text}**2", swapped, swapped, f"{text} + {name}*1e-40", f"{text} - {text}", f"{text}/({name} - {name})",
        f"{text}/(({name}+1)**2 - {name}**2 - 2*{name} - 1)", f"1/({text} - {text})", f"({text}-{text})**-1",
        f"{text}/(1/(1/{name}))", f"{text}/({name}-1)", f"{text}*1/(1/({name}-2))", f"({text})**0", f"{text}**-1",
        text[:rng.randrange(1, len(text))], text[rng.randrange(len(text)):], f"{text})", f"max({text}, 0)",
        f"{number}*({text})/{number}*{number}", f"{name}", f"{text}*(s**2 - 1)", f"{text}/(s**2 - 1)",
        f"{text}/(s + 1)*(1 + s)", f"{text}*(1e20*{name} - 1)/(1e20*{name})",
    ])


def answers(pure, rng):
    """What readers may type, right, nearly right and odd."""
    algebra = pure.algebra
    names = {name: symbol.name for name, symbol in algebra.names.items()}
    trees = [expression_tree(answer) for answer in (algebra.truth, *algebra.mistakes.values())]
    for turn in range(420):
        text = rewritten(trees[turn % len(trees)], rng, names)
        yield same_again(text, rng, names) if turn % 3 else missed(text, rng, names)
    short = [*algebra.aliases, "1", "2", "(", ")", "+", "-", "*", "/", "**"]
    yield from (" ".join(rng.choices(short, k=rng.randint(1, 9))) for _ in range(150))
    yield from (pure.expected, *pure.mistakes.values(), *HOSTILE, *ODD)
    yield from (text for text in typed_texts(rng, 60))


def test_verdicts_on_expressions_agree(inside):  # noqa: F811
    rng, asked, verdicts = Random("expressions"), [], []
    for first in exercises():
        state = first.page_state()
        for place in rng.sample((0, 7, 19), 1):
            pure = Exercise(first.item, state["variants"][place]["seed"])
            typed = list(answers(pure, rng))
            asked.append([state, place, typed])
            verdicts += [(pure.id, pure.seed, text, pure.check(text)) for text in typed]
    got = inside.evaluate("""asked => asked.flatMap(([state, place, typed]) => {
        const one = pp.variantOf(state, state.variants[place]);
        return typed.map(text => one.check(text));
    })""", json.loads(json.dumps(asked)))
    assert len(got) > 5000
    said = [verdict.message.split()[0] for *_, verdict in verdicts]
    for (id, seed, text, verdict), told in zip(verdicts, got, strict=True):
        assert told == asdict(verdict), (id, seed, text)
    assert sum(verdict.correct for *_, verdict in verdicts) > 300
    assert sum(verdict.mistake is not None for *_, verdict in verdicts) > 1000
    assert {"Right.", "Your", "Try", "This", "Write", "The"} <= set(said)


def test_points_reach_every_branch():
    from sympy import Abs, Max, Symbol

    x, y = Symbol("x", real=True), Symbol("y", positive=True)
    points = sample([Max(x, 1000 * y), Abs(x - 7), x / y], [x, y])
    assert len(points) > 40, "general ones, and those beside the branches"
    assert {point["x"] < 7 for point in points} == {point["x"] > 1000 * point["y"]
                                                    for point in points} == {True, False}
    assert any(point["x"] == 7 for point in points)


@pytest.mark.parametrize("text", ["E/(q - q)", "1/((E + q)**2 - E**2 - 2*E*q - q**2)", "(q - q)**-2",
                                  "q/(1/E - 1/E)", "1/0", "0/0%", "q/((E - 1)*0)"])
def test_a_divisor_that_is_0_everywhere_is_refused_however_it_is_written(text):
    with pytest.raises(AnswerError, match="divides by zero"):
        parse_answer(text, ["q", "E"])
    assert parse_answer(text.replace("0", "2").replace("- ", "+ "), ["q", "E"]) is not None


@pytest.mark.parametrize("text", ["E/(s + 1)", "(1 - s)**-1", "1/(s**2 - 1)", "(s + 1)/(s + 1)"])
def test_what_divides_by_zero_on_one_side_is_refused(text):
    from perpedu import symbols

    with pytest.raises(AnswerError, match="divides by zero"):
        parse_answer(text, {"s": symbols.side, "E": symbols.entry_price})
    assert parse_answer(text, {"s": symbols.size, "E": symbols.entry_price}) is not None
