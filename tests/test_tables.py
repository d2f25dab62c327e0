"""Ledgers with blanks: an early slip is told once, rounding is no slip, and every form is read."""

from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest
import sympy

from perpedu.teaching import bank, exercise
from perpedu.teaching.cells import Cell, TableVerdict
from perpedu.teaching.draws import draw
from perpedu.teaching.evaluation import Undefined
from perpedu.teaching.exercise import Exercise
from perpedu.teaching.numbers_typed import show
from perpedu.teaching.trees import tree

load = exercise.load
LEDGERS = [id for id in exercise.ids() if load(id).kind == "table"]
ALL, TWO, ONE = "ch02.table-all", "ch02.table-two", "ch02.table-one"
SEEDS = [f"seed {n}" for n in range(100)]

#: A trade worked out by hand: long 0.5 BTC at 10×, from 60,000, rate 0.5 %.
LONG = {"entry_notional": 30_000, "collateral": 3_000, "fixed_part": 27_000, "divisor": "0.4975",
        "liquidation_price": "54271.36", "maintenance_margin": "135.68", "bankruptcy_price": 54_000}


def long():
    """The whole ledger with the trade worked out by hand."""
    ex = load(ALL, "by hand")
    numbers = {"side": 1, "size": Fraction(1, 2), "entry_price": 60_000, "leverage": 10,
               "maintenance_rate": Fraction(1, 200)}
    ex.values = ex.plan.program.values({name: Fraction(n) for name, n in numbers.items()})
    return ex


def states(verdict):
    return {row: cell.state for row, cell in verdict.cells.items()}


# ---- the forms of an answer

def test_all_lines_right():
    verdict = long().check(LONG)
    assert verdict.correct and verdict.message.startswith("Right, all 7 lines. ")
    assert set(states(verdict).values()) == {"right"} and list(verdict.cells) == list(LONG)
    assert verdict.cells["divisor"].message == "Right: 0.5 × 0.995 = 0.4975 BTC."
    assert isinstance(verdict, TableVerdict) and isinstance(verdict.cells["divisor"], Cell)


@pytest.mark.parametrize("form", [list, tuple, dict, str])
def test_lines_by_name_in_order_and_one_alone(form):
    one, whole = load(ONE, "x"), load(TWO, "x")
    (price,) = one.expected.values()
    asked = {dict: one.expected, list: [price], tuple: (price,), str: show(price, 2, "USDT")}
    assert one.check(asked[form]).correct and one.check(price).correct
    if form is not str:
        numbers = whole.expected if form is dict else form(whole.expected.values())
        assert whole.check(numbers).correct


@pytest.mark.parametrize(("answer", "words"), [
    ({"equity": 1}, "no blank line “equity”"), ([1, 2], "by name or in order: fixed_part"),
    ("5", "by name or in order"), ([1, 2, 3, 4], "by name or in order"), (None, "by name"),
    ({}, "nothing to read yet"), ({"divisor": " "}, "nothing to read yet"),
    ({7: 1}, "no blank line “7”"),
])
def test_what_is_no_ledger_gets_a_message(answer, words):
    verdict = load(TWO, "x").check(answer)
    assert not verdict.correct and verdict.mistake is None and words in verdict.message


@pytest.mark.parametrize("odd", [
    True, float("nan"), Decimal("NaN"), sympy.oo, sympy.I, [], {}, b"5", object(), "9" * 10_000,
    "9**9**9", "\x00", "1e999999", "0", 0, "-1e30", "5 BTC", "a lot", "54,3",
], ids=lambda value: ascii(value)[:20])
def test_odd_cells_get_a_message_and_nothing_raises(odd):
    ex = long()
    for row in LONG:
        verdict = ex.check({**LONG, row: odd})
        cell = verdict.cells[row]
        assert not verdict.correct and cell.state == "not yet" and cell.mistake is None
        assert 10 < len(cell.message) < 300 and cell.message.isprintable()
        above = list(LONG)[: list(LONG).index(row)]
        assert all(verdict.cells[name].correct for name in above)


def test_an_empty_line_is_no_mistake_and_the_next_are_judged():
    ex = long()
    verdict = ex.check({**LONG, "collateral": "", "divisor": None})
    assert states(verdict) == {**dict.fromkeys(LONG, "right"), "collateral": "empty",
                               "divisor": "empty"}
    assert verdict.cells["collateral"].message == "Still empty." and verdict.mistake is None
    assert verdict.message == ("5 of the 7 lines are right, 2 are still empty. Go on with "
                               "“collateral, the initial margin”.")
    assert verdict.reread is None


def test_an_unread_line_gets_the_parsers_message_and_carries_nothing():
    verdict = long().check({**LONG, "collateral": "3,5"})
    assert "decimal comma" in verdict.cells["collateral"].message
    assert [name for name, state in states(verdict).items() if state != "right"] == ["collateral"]
    assert "Look first at “collateral, the initial margin”. Is the comma" in verdict.message


# ---- a slip is told once

def test_a_slip_by_hand():
    """The collateral of 1× instead of 10×: nothing is owed, so the price comes out as 0."""
    slip = {"collateral": 30_000, "fixed_part": 0, "liquidation_price": 0, "maintenance_margin": 0,
            "bankruptcy_price": 0}
    verdict = long().check({**LONG, **slip})
    assert verdict.mistake == "collateral.whole"
    assert states(verdict) == {
        "entry_notional": "right", "collateral": "not yet", "fixed_part": "follows",
        "divisor": "right", "liquidation_price": "follows", "maintenance_margin": "follows",
        "bankruptcy_price": "follows"}
    for row in ("fixed_part", "liquidation_price", "bankruptcy_price"):
        cell = verdict.cells[row]
        assert cell.message == "Right for your collateral above; it will change when that does."
        assert not cell.correct and cell.mistake is None
    assert verdict.message == (
        "2 of the 7 lines are right, 4 follow from your numbers above. Look first at “collateral, "
        "the initial margin”. That is right at 1×. At 10× you put up one part in 10 of the "
        "notional.")


def test_a_slip_that_is_no_known_mistake_is_carried_too():
    """2,700 for 3,000: the fixed part 27,300, the price 27,300 / 0.4975, the floor 136.5 / 0.995."""
    carried = {"collateral": "2,700", "fixed_part": "27,300", "liquidation_price": "54,874.37",
               "maintenance_margin": "137.19", "bankruptcy_price": "54,600"}
    verdict = long().check({**LONG, **carried})
    assert verdict.mistake is None and "lower than the answer" in verdict.message
    assert [cell.state for cell in verdict.cells.values()].count("follows") == 4


def test_behind_a_slip_that_is_typed_rounded_lies_an_exact_number():
    """A seventh for a tenth: 4,285.714…, and from there 51,428.571…, not 2 × 25,714.29."""
    carried = {"collateral": "4,285.71", "fixed_part": "25,714.29", "liquidation_price": "51,687.01",
               "maintenance_margin": "129.22", "bankruptcy_price": "51,428.57"}
    verdict = long().check({**LONG, **carried})
    assert [name for name, state in states(verdict).items() if state == "not yet"] == ["collateral"]
    further = long().check({**LONG, **carried, "bankruptcy_price": "51,428.62"})
    assert further.cells["bankruptcy_price"].state == "not yet"


@pytest.mark.parametrize("id", LEDGERS)
def test_a_slip_that_nobody_knows_is_told_once(id):
    for seed in SEEDS[:20]:
        ex = load(id, seed)
        for row in ex.plan.table.blanks:
            for factor in (Fraction(1, 3), Fraction(8, 7), Fraction(-7, 3)):
                verdict = ex.check(rounded(ex, off_by(ex, row, factor)))
                marked = [name for name, cell in verdict.cells.items() if cell.state == "not yet"]
                assert marked == [row.name], (seed, factor)


def off_by(ex, row, factor):
    """The exact numbers of a reader whose line is off by a factor, and who goes on from it."""
    chosen = {row.name: factor * ex.values[row.name]}
    for below in ex.plan.table.rows[ex.plan.table.rows.index(row) + 1:]:
        chosen[below.name] = (ex.plan.table.beside(ex.values, chosen) if below.blank
                              else ex.values)[below.name]
    return {blank.name: chosen.get(blank.name, ex.values[blank.name])
            for blank in ex.plan.table.blanks}


def test_a_number_that_rounding_left_little_of_excuses_nothing():
    """Behind 0.00001 may lie half or one and a half of it, and then any price follows."""
    verdict = long().check({**LONG, "divisor": "0.00001", "liquidation_price": "3,000,000,000"})
    assert verdict.cells["liquidation_price"].state == "not yet"
    assert long().check({**LONG, "divisor": "0.00001", "liquidation_price": "2,700,000,000"}).cells[
        "liquidation_price"].state == "follows"


def test_a_right_line_below_a_slip_is_right():
    verdict = long().check({**LONG, "collateral": "2,700"})
    assert [name for name, state in states(verdict).items() if state != "right"] == ["collateral"]


def test_a_second_slip_is_seen_from_the_true_and_from_the_readers_own_numbers():
    own = long().check({**LONG, "collateral": 2700, "fixed_part": 32_700})
    true = long().check({**LONG, "collateral": 2700, "fixed_part": 33_000})
    for verdict in (own, true):
        assert verdict.cells["fixed_part"].mistake == verdict.mistake == "fixed_part.other-side"
        assert verdict.message.count("Look first") == 1 and "2,700 USDT is lower" in verdict.message


@pytest.mark.parametrize(("typed", "words"), [
    ("2,730,000", "2,730,000 USDT is 100 times what your lines above lead to."),
    ("273", "273 USDT is a hundredth of what your lines above lead to."),
    ("-27,300", "its sign is not yet"),
    ("27,301", "outside the accepted rounding (to 2 decimals)"),
    ("50", "50 USDT is lower than what your lines above lead to."),
    ("-3", "has another sign than what your lines above lead to."),
])
def test_a_line_that_does_not_follow_is_held_against_the_lines_above(typed, words):
    verdict = long().check({**LONG, "collateral": 2700, "fixed_part": typed})
    cell = verdict.cells["fixed_part"]
    assert cell.state == "not yet" and cell.mistake is None and words in cell.message


def test_a_slip_that_leads_to_no_number_at_all_is_judged_by_the_truth():
    verdict = long().check({**LONG, "divisor": 0, "liquidation_price": 60_000})
    assert "higher than the answer" in verdict.cells["liquidation_price"].message


@pytest.mark.parametrize("id", LEDGERS)
def test_a_carried_slip_as_readers_type_it(id):
    """Each mistake, each line rounded as asked, and each worked out from the rounded ones."""
    for seed in SEEDS[:40]:
        ex = load(id, seed)
        for name, answer in ex.mistakes.items():
            slipped = name.partition(".")[0]
            for typed in (rounded(ex, answer), going_on(ex, name)):
                verdict = ex.check(typed)
                marked = [row for row, cell in verdict.cells.items() if cell.state == "not yet"]
                assert (verdict.mistake, marked) == (name, [slipped]), (seed, typed)


def rounded(ex, answer):
    """Each line as a reader types it, from the exact numbers."""
    return {row.name: show(answer[row.name], row.asked.places, row.asked.unit)
            for row in ex.plan.table.blanks}


def going_on(ex, mistake=None):
    """The lines of a reader who rounds each line and goes on from the rounded numbers."""
    table, chosen = ex.plan.table, {}
    for row in table.rows:
        beside = table.beside(ex.values, chosen)
        if not row.blank:  # it is given, so it stands there as it is
            chosen[row.name] = ex.values[row.name]
            continue
        slip = mistake and mistake.partition(".")[2] if mistake and mistake.startswith(
            row.name + ".") else None
        value = row.asked.answers[slip](beside) if slip else beside[row.name]
        chosen[row.name] = row.asked.printed(value)
    return {row.name: chosen[row.name] for row in table.blanks}


@pytest.mark.parametrize("id", LEDGERS)
def test_two_slips_are_told_as_two(id):
    for seed in SEEDS[:10]:
        ex = load(id, seed)
        for (row, one), (below, other) in combinations(ex.plan.table.slips(), 2):
            if row is below or row.name not in below.reads:
                continue
            own = ex.plan.table.slip(ex.values, row, one)
            beside = ex.plan.table.beside(ex.values, {n: own[n] for n in below.needs})
            answer = {**ex.expected, **{n: own[n] for n in ex.expected}}
            answer[below.name] = below.asked.answers[other](beside)
            verdict = ex.check(answer)
            cell = verdict.cells[below.name]
            assert verdict.mistake == f"{row.name}.{one}", seed
            assert cell.state in ("right", "follows") or cell.mistake == f"{below.name}.{other}", (
                seed, one, other)


# ---- rounding is no slip

@pytest.mark.parametrize("id", LEDGERS)
def test_rounded_lines_may_be_gone_on_from(id):
    """From the exact number, from the rounded one, and from any number within the rounding."""
    for seed in SEEDS:
        ex = load(id, seed)
        for answer in (rounded(ex, ex.expected), going_on(ex), *(jittered(ex, n) for n in range(4))):
            assert ex.check(answer).correct, (seed, answer)


def jittered(ex, n):
    """Each line off by a part of its rounding, and the next one worked out from that."""
    table, chosen = ex.plan.table, {}
    for row in table.rows:
        value = table.beside(ex.values, chosen)[row.name]
        part = Fraction(draw("off", ex.seed, n, row.name) % 199 - 99, 100)
        off = part * row.asked.tolerance if row.blank else 0
        chosen[row.name] = ex.values[row.name] + off if n % 2 and row.blank else value + off / 9
    return {row.name: chosen[row.name] for row in table.blanks}


def coarse():
    """A ledger whose second line is far from what its rounded first line leads to."""
    return Exercise(bank.parse(COARSE, "f", "ch09")["ch09.coarse"], 1)


COARSE = """\
sections: [One]
exercises:
  - id: ch09.coarse
    version: 1
    title: Coarse
    kind: table
    minutes: 1
    difficulty: 1
    objective: Round.
    section: One
    question: Fill.
    givens:
      whole: {value: 100}
      part: {value: 27.135678}
    rows:
      - {name: share, label: share, value: part / whole, unit: "%", places: 0, blank: yes,
         mistakes: {up: {answer: whole / part, says: Upside down.},
                    rest: {answer: 1 - part / whole, says: The rest.}}}
      - {name: shown, label: shown, value: share / 3, unit: "%", places: 1}
      - name: times
        label: times
        value: whole * share
        unit: none
        places: 2
        blank: yes
        mistakes:
          half: {answer: whole * share / 2, says: Half of it.}
          tiny: {answer: 27, says: That is the mistake 27.}
      - name: product
        label: product
        value: share * times
        unit: none
        places: 3
        blank: yes
        mistakes:
          sum: {answer: share + times, says: The sum.}
          twice: {answer: 2 * product, says: Twice.}
      - name: last
        label: last
        value: 1000 * shown
        unit: none
        places: 1
        blank: yes
        mistakes:
          half: {answer: 500 * shown, says: Half of it.}
          share: {answer: 1000 * share, says: The share.}
    hints: [One.]
    solution: So.
    why: So.
"""


def test_each_line_above_is_taken_exact_or_as_typed():
    ex = coarse()
    share, times = Fraction(27), Fraction("27.14")
    exact = Fraction("0.27135678")
    for one, other in ((exact, exact * 100), (exact, times), (share / 100, exact * 100),
                       (share / 100, times)):
        assert ex.check(["27 %", "27.14", one * other, ""]).cells["product"].correct
    assert not ex.check(["27 %", "27.14", Fraction(7), ""]).cells["product"].correct
    assert ex.check(["27", "27.14", "7.364", ""]).cells["share"].correct, "a bare 27 is 27 %"


@pytest.mark.parametrize("times", ["50", "0.5"])
def test_a_bare_slip_in_per_cent_may_be_gone_on_from_in_both_ways(times):
    """0.5 in a line in per cent is 0.5 %, or the half that the reader went on from."""
    verdict = coarse().check(["0.5", times, "", ""])
    assert states(verdict)["share"] == "not yet" and states(verdict)["times"] == "follows"


def test_a_mistake_is_not_taken_for_rounding():
    """27 % of 100 is 27, but 27 is a known mistake here, and nearer to it than to the truth."""
    verdict = coarse().check(["27 %", "27", "", ""])
    assert verdict.cells["times"].mistake == "times.tiny"


def test_given_lines_may_be_taken_as_printed():
    """The third of 27.135678 % is 9.045226 %, and stands there as 9 %."""
    ex = coarse()
    assert (ex.rows[1]["value"], ex.rows[1]["unit"]) == ("9", "%")
    for number, state in (("90.5", "right"), ("90", "right"), ("90.2", "not yet")):
        assert ex.check({"last": number}).cells["last"].state == state


def test_a_mistake_may_use_its_own_line_and_lines_below():
    assert coarse().mistakes["product.twice"]["product"] == 2 * coarse().expected["product"]
    assert long().mistakes["liquidation_price.bankruptcy"]["liquidation_price"] == 54_000


# ---- names

def test_formulas_below_take_the_number_of_a_row():
    """`maintenance_margin` is the book's formula, at the price of the row above."""
    ex = long()
    assert ex.values["maintenance_margin"] == Fraction(54_000, 398)
    beside = ex.plan.table.beside(ex.values, {"liquidation_price": Fraction(40_000)})
    assert beside["maintenance_margin"] == 100


def test_every_line_has_its_row_and_reads_those_above():
    rows = {row.name: row for row in load(ALL).plan.table.rows}
    assert rows["maintenance_margin"].reads == ["liquidation_price"]
    assert rows["maintenance_margin"].needs == ["entry_notional", "collateral", "liquidation_price"]
    assert rows["bankruptcy_price"].reads == ["fixed_part"]
    assert rows["entry_notional"].reads == []


TIERED = """\
sections: [One]
exercises:
  - id: ch09.tiered
    version: 1
    title: Tiered
    kind: table
    minutes: 1
    difficulty: 1
    objective: Look up.
    section: One
    question: Fill.
    tiers: binance/BTCUSDT/2026-09
    givens:
      size: {choose: [4, 6, 20]}
      mark_price: {choose: [40000, 60000]}
    rows:
      - name: notional
        label: notional
        value: notional
        unit: USDT
        places: 0
        blank: yes
        mistakes:
          tenfold: {answer: 11 * notional, says: Too much.}
          price: {answer: mark_price, says: The price.}
      - name: maintenance_rate
        label: rate
        value: maintenance_rate
        unit: "%"
        places: 2
        blank: yes
        mistakes:
          lowest: {answer: first_rate / 2, says: Half the first.}
          next: {answer: upper_rate * 2, says: Twice the next.}
      - name: maintenance_margin
        label: maintenance margin
        value: maintenance_margin
        unit: USDT
        places: 2
        blank: yes
        mistakes:
          flat: {answer: 3 * maintenance_rate * notional, says: Flat.}
          none: {answer: notional, says: The notional.}
    hints: [One.]
    solution: So.
    why: So.
"""


def test_a_tier_table_is_asked_at_the_readers_own_notional():
    """4 BTC at 40,000 are in the first row; 11 times as much is in the third, less 1,500 USDT."""
    ex = Exercise(bank.parse(TIERED, "f", "ch09")["ch09.tiered"], 1)
    ex.values = ex.plan.program.values({"size": Fraction(4), "mark_price": Fraction(40_000)})
    assert list(ex.expected.values()) == [160_000, Fraction(4, 1000), 640]
    slip = ex.mistakes["notional.tenfold"]
    assert list(slip.values()) == [1_760_000, Fraction(65, 10_000), 9_940]
    assert states(ex.check(slip)) == {"notional": "not yet", "maintenance_rate": "follows",
                                      "maintenance_margin": "follows"}


def test_the_steps_of_a_tier_table_for_the_page():
    ex = Exercise(bank.parse(TIERED, "f", "ch09")["ch09.tiered"], 1)
    term = ex.plan.program.terms["the formula maintenance_rate"]
    kind, name, *steps = tree(term)
    assert (kind, name) == ("steps", "notional") and steps[0] == ["300000", "0.004"]
    for notional in (Fraction(1), Fraction(300_000), Fraction(300_001), Fraction(10**10)):
        step = next((value for top, value in steps if top is None or notional <= Fraction(top)), None)
        try:
            assert Fraction(step) == term.at(notional)
        except (TypeError, Undefined):
            assert step is None
            with pytest.raises(Undefined):
                term.at(notional)
