"""A bank file that cannot be used is answered with file, line, exercise and what to change."""

import pytest

from perpedu.teaching import bank
from perpedu.teaching.exercise import Exercise, load
from perpedu.teaching.validate import main, validate

NUMBER = """\
sections: [Notional, Leverage]
exercises:
  - id: ch09.size
    version: 1
    title: Size
    kind: number
    minutes: 2
    difficulty: 1
    objective: Compute a notional.
    section: Notional
    question: "{{side}} {{size}} BTC at {{mark_price}}: what is the notional?"
    givens:
      side: {choose: {long: 1, short: -1}}
      size: {from: 0.5, to: 5, step: 0.5, unit: BTC}
      mark_price: {choose: [20000, 30000], unit: USDT}
      leverage: {value: 10, unit: ×}
    let:
      entry_price: mark_price + 500
    positive:
      - notional
    answer: notional
    unit: USDT
    places: 2
    mistakes:
      margin:
        answer: notional / leverage
        says: That is a margin.
        reread: Leverage
      entry:
        answer: entry_notional
        says: That is the notional at entry.
      price:
        answer: mark_price / size
        says: That divides.
    hints: [One., Two., Three.]
    solution: "{{size}} × {{mark_price}} = {{notional | 2}}"
    why: Each coin is worth the price.
"""
CHOICE = """\
  - id: ch09.pick
    version: 1
    title: Pick
    kind: choice
    minutes: 1
    difficulty: 1
    objective: Choose.
    section: Notional
    question: Which?
    options:
      - key: yes
        text: Yes, it is
      - key: no
        text: No, it is not
        says: It is.
    answer: yes
    hints: [One.]
    solution: Yes.
    why: It is.
"""
ALGEBRA = """\
  - id: ch09.symbols
    version: 1
    title: Symbols
    kind: expression
    minutes: 1
    difficulty: 1
    objective: Write a formula.
    section: Notional
    question: Write the notional of $q$ coins at $P$.
    symbols: {q: size, P: mark_price}
    givens:
      size: {value: 2}
      mark_price: {value: 3}
    answer: notional
    mistakes:
      sum:
        answer: size + mark_price
        says: That adds.
      share:
        answer: size / mark_price
        says: That divides.
    hints: [One.]
    solution: q*P
    why: It is.
"""
LEDGER = """\
  - id: ch09.ledger
    version: 1
    title: Ledger
    kind: table
    minutes: 1
    difficulty: 1
    objective: Fill in a ledger.
    section: Notional
    question: Fill in the blank lines.
    givens:
      size: {choose: [2, 3, 5]}
      mark_price: {value: 50}
      wallet: {choose: [70, 80]}
    let:
      half_price: mark_price / 2
    rows:
      - name: notional
        label: notional
        how: "{{size}} × {{mark_price}}"
        value: notional
        unit: USDT
        places: 2
      - name: collateral
        label: collateral, a part of the wallet
        value: wallet / 7
        unit: USDT
        places: 1
        blank: yes
        mistakes:
          tenth:
            answer: wallet / 10
            says: That is a tenth.
          lent:
            answer: wallet - notional
            says: That is what you lend.
            reread: Leverage
      - name: lever
        label: effective leverage
        value: notional / collateral
        unit: ×
        places: 3
        blank: yes
        mistakes:
          upside-down:
            answer: collateral / notional
            says: Turn it round.
          product:
            answer: collateral * notional
            says: Divide it.
    hints: [One.]
    solution: "{{lever | 3}}"
    why: It is.
"""
WHOLE = NUMBER + CHOICE + ALGEBRA + LEDGER


def try_out(text):
    items = bank.parse(text, "exercises/ch09.yaml", "ch09")
    return validate(items, seeds=("1", "2"))


def test_the_unbroken_file_is_valid():
    assert try_out(WHOLE) == 4


# what is broken: the text replaced, its replacement, the text on whose line the error is shown,
# the exercise (or none), and the words that say what to change
BROKEN = {
    "missing field": ("    minutes: 2\n", "", "- id: ch09.size", "ch09.size",
                      "“minutes” is missing; add it"),
    "missing field of the kind": ("    places: 2\n", "", "- id: ch09.size", "ch09.size",
                                  "“places” is missing"),
    "unknown field": ("    minutes: 2", "    minuets: 2\n    minutes: 2", "minuets", "ch09.size",
                      "Did you mean “minutes”?"),
    "unknown field of a mistake": ("says: That divides.\n", "say: That divides.\n",
                                   "price:\n        answer: mark", "ch09.size", "“says”"),
    "empty text": ("title: Size", "title:", "title:", "ch09.size", "title is empty"),
    "no number": ("minutes: 2", "minutes: two", "minutes: two", "ch09.size", "minutes:"),
    "difficulty": ("difficulty: 1", "difficulty: 4", "difficulty: 4", "ch09.size", "from 1 to 3"),
    "kind": ("kind: number", "kind: nummer", "kind: nummer", "ch09.size",
             "number, choice, predict, expression"),
    "doubled id": ("id: ch09.pick", "id: ch09.size", "kind: choice", "ch09.size",
                   "already used on line 3"),
    "id of another chapter": ("id: ch09.size", "id: ch01.size", "id: ch01.size", "ch01.size",
                              "must begin with “ch09.”"),
    "doubled name": ("    title: Size", "    title: Size\n    title: Size", "title: Size", "",
                     "written twice"),
    "section": ("reread: Leverage", "reread: Leverag", "reread: Leverag", "ch09.size",
                "Did you mean “Leverage”?"),
    "unknown name": ("answer: notional / leverage", "answer: notionl / leverage", "notionl /",
                     "ch09.size", "Did you mean notional?"),
    "name without a value": ("answer: notional\n", "answer: equity\n", "answer: equity",
                             "ch09.size", "equity needs collateral"),
    "circle": ("entry_price: mark_price + 500", "entry_price: entry_notional / size",
               "entry_price: entry_notional", "ch09.size", "a circle"),
    "let that is given": ("      entry_price:", "      size:", "size: mark_price", "ch09.size",
                          "is given already"),
    "unreadable expression": ("answer: mark_price / size", "answer: 2 mark_price",
                              "2 mark_price", "ch09.size", "Write * between 2 and mark_price"),
    "code": ("answer: mark_price / size", "answer: size.__class__", "__class__", "ch09.size",
             "__class__"),
    "mistake equal to the truth": ("answer: mark_price / size", "answer: size * mark_price",
                                   "price:\n        answer: size", "ch09.size",
                                   "mistake price cannot be told apart from the right answer"),
    "two equal mistakes": ("answer: mark_price / size", "answer: size * entry_price",
                           "price:\n        answer: size", "ch09.size",
                           "cannot be told apart from the mistake entry"),
    "mistake within the rounding": ("answer: mark_price / size", "answer: notional + 0.001",
                                    "price:\n        answer: not", "ch09.size", "more places"),
    "mistake called right": ("      price:\n", "      right:\n", "right:", "ch09.size",
                             "another name"),
    "too few mistakes": ("      price:\n        answer: mark_price / size\n"
                         "        says: That divides.\n", "", "mistakes:", "ch09.size",
                         "needs at least 3"),
    "condition that never holds": ("- notional\n", "- 0 - notional\n", "- 0 - not", "ch09.size",
                                   "was not above 0 in 500 of 500 draws"),
    "division by 0 in every draw": ("answer: mark_price / size", "answer: 1 / (leverage - 10)",
                                    "answer: notional\n", "ch09.size", "division by 0"),
    "division by 0 wherever": ("answer: mark_price / size", "answer: 1 / (side * side - 1)",
                               "answer: 1 /", "ch09.size", "divides by zero"),
    "slot with an unknown name": ("{{size}} × ", "{{sise}} × ", "sise", "ch09.size",
                                  "Did you mean size?"),
    "slot that is not closed": ("{{size}} × ", "{{size} × ", "{{size} ×", "ch09.size",
                                "not closed"),
    "slot with a strange style": ("notional | 2", "notional | two", "| two", "ch09.size",
                                  "{{name | 2}}"),
    "range upside down": ("from: 0.5, to: 5", "from: 5, to: 0.5", "from: 5", "ch09.size",
                          "must not lie below"),
    "step that does not divide": ("step: 0.5", "step: 0.4", "step: 0.4", "ch09.size",
                                  "choose a step that divides 4.5"),
    "step of 0": ("step: 0.5", "step: 0", "step: 0", "ch09.size", "step is above 0"),
    "no choices": ("choose: [20000, 30000]", "choose: []", "choose: []", "ch09.size",
                   "list of numbers"),
    "words without numbers": ("choose: {long: 1, short: -1}", "choose: [long, short]", "[long",
                              "ch09.size", "{long: 1, short: -1}"),
    "decimal comma": ("{value: 10,", "{value: '10,5',", "10,5", "ch09.size", "decimal comma"),
    "unit": ("unit: USDT\n", "unit: Euro\n", "unit: Euro", "ch09.size", "“Euro” is not known"),
    "places": ("places: 2", "places: 2.5", "places: 2.5", "ch09.size", "whole number from 0 to 8"),
    "tolerance": ("places: 2", "places: 2\n    tolerance: 0", "tolerance: 0", "ch09.size",
                  "above 0"),
    "tier table": ("positive:", "tiers: binance/BTCUSDT/1999-01\n    positive:", "tiers:",
                   "ch09.size", "1999-01"),
    "prerequisite": ("kind: number", "prerequisites: [ch09.nothing]\n    kind: number",
                     "prerequisites", "ch09.size", "ch09.nothing is not the id"),
    "too many hints": ("hints: [One., Two., Three.]", "hints: [a., b., c., d.]", "hints: [a",
                       "ch09.size", "list of 1 to 3"),
    "fields in place of a list": ("hints: [One., Two., Three.]", "hints: {a: b}", "hints: {",
                                  "ch09.size", "must be a list"),
    "a text in place of fields": ("leverage: {value: 10, unit: ×}", "leverage: 10",
                                  "leverage: 10", "ch09.size", "must hold named fields"),
    "answer that is no option": ("answer: yes", "answer: maybe", "answer: maybe", "ch09.pick",
                                 "yes, no"),
    "wrong option without a sentence": ("        says: It is.\n", "", "- key: no", "ch09.pick",
                                        "needs “says”"),
    "key of one letter": ("key: no", "key: n", "key: n", "ch09.pick", "one letter"),
    "symbol": ("{q: size,", "{q: sise,", "symbols:", "ch09.symbols", "E: entry_price"),
    "symbol not listed": ("answer: size + mark_price", "answer: size + 0 * size + leverage",
                          "size + leverage", "ch09.symbols", "leverage"),
    "maximum in an expression": ("answer: size / mark_price", "answer: max(size, mark_price)",
                                 "answer: max", "ch09.symbols", "more than a reader can type"),
    "expressions that are equal": ("answer: size / mark_price", "answer: 2 * notional / 2",
                                   "share:", "ch09.symbols", "taken for the right answer"),
    "no rows": ("    rows:\n", "    lines:\n", "- id: ch09.ledger", "ch09.ledger",
                "“rows” is missing"),
    "an answer of a ledger": ('    solution: "{{lever', '    answer: 1\n    solution: "{{lever',
                              "answer: 1\n    sol", "ch09.ledger", "“answer” is not known here"),
    "unknown field of a row": ("        how: ", "        who: ", "who: ", "ch09.ledger",
                               "in the row notional, the field “who” is not known here"),
    "missing field of a row": ("        label: effective leverage\n", "", "- name: lever",
                               "ch09.ledger", "in the row lever, the field “label” is missing"),
    "row without a name": ("      - name: lever\n        label:", "      - label:",
                           "- label: eff", "ch09.ledger", "write one after “name:”"),
    "row that is a word": ("      - name: notional\n", "      - lever\n      - name: notional\n",
                           "- lever", "ch09.ledger", "must hold named fields"),
    "blank row without mistakes": (
        "        blank: yes\n        mistakes:\n          tenth:\n            answer: wallet / 10\n"
        "            says: That is a tenth.\n          lent:\n            answer: wallet - notional\n"
        "            says: That is what you lend.\n            reread: Leverage\n",
        "        blank: yes\n", "- name: collateral", "ch09.ledger",
        "there are 0 mistakes; the blank row collateral needs at least 2"),
    "blank row with one mistake": (
        "          product:\n            answer: collateral * notional\n            says: Divide it.\n",
        "", "mistakes:\n          upside", "ch09.ledger", "the blank row lever needs at least 2"),
    "mistakes of a given row": ("        places: 3\n        blank: yes\n", "        places: 3\n",
                                "mistakes:\n          upside", "ch09.ledger",
                                "lever is given, so nobody can make its mistakes"),
    "blank that is neither": ("places: 1\n        blank: yes", "places: 1\n        blank: maybe",
                              "blank: maybe", "ch09.ledger", "blank is “maybe”; write yes or no"),
    "two rows of one name": ("      - name: lever", "      - name: collateral", "- name: collateral\n"
                             "        label: effective", "ch09.ledger", "stands on line"),
    "name of two words": ("      - name: lever", "      - name: my lever", "- name: my lever",
                          "ch09.ledger", "must be one word"),
    "row named like a given": ("      - name: lever", "      - name: wallet", "- name: wallet",
                               "ch09.ledger", "the name of a given"),
    "row named like let": ("      - name: lever", "      - name: half_price", "- name: half_price",
                           "ch09.ledger", "or of one in let"),
    "row that uses a row below": ("value: wallet / 7", "value: wallet / lever",
                                  "value: wallet / lever", "ch09.ledger",
                                  "needs lever, a row that stands below"),
    "formula that uses a row below": ("        value: notional\n", "        value: notional + equity\n",
                                      "value: notional + eq", "ch09.ledger",
                                      "needs equity needs collateral, a row that stands below"),
    "row that uses itself": ("value: wallet / 7", "value: wallet / equity",
                             "value: wallet / eq", "ch09.ledger",
                             "collateral needs equity needs collateral: a circle"),
    "unknown name in a row": ("value: wallet / 7", "value: wallt / 7", "value: wallt", "ch09.ledger",
                              "Did you mean wallet?"),
    "unit of a row": ("unit: ×\n        places: 3", "unit: times\n        places: 3", "unit: times",
                      "ch09.ledger", "“times” is not known"),
    "places of a row": ("places: 3", "places: 9", "places: 9", "ch09.ledger", "from 0 to 8"),
    "tolerance of a row": ("places: 3", "places: 3\n        tolerance: 0", "tolerance: 0",
                           "ch09.ledger", "above 0"),
    "mistake of a row that is right": ("answer: collateral * notional", "answer: notional / collateral",
                                       "product:", "ch09.ledger",
                                       "in the row lever, the mistake product cannot be told apart"),
    "slip that leads nowhere": ("answer: wallet / 10", "answer: 0 * wallet", "tenth:", "ch09.ledger",
                                "what follows from the mistake tenth cannot be worked out"),
    "row without a value in any draw": ("value: wallet / 7", "value: wallet / (mark_price - 50)",
                                        "rows:", "ch09.ledger", "division by 0"),
    "YAML": ("title: Size", "title: Size: big", "title: Size: big", "", "not YAML"),
    "anchor": ("title: Size", "title: &a Size", "title: &a", "", "write it out"),
    "no exercises": ("exercises:", "exercise:", "sections:", "", "“exercises” is missing"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_the_error_names_file_line_exercise_and_mend(what):
    old, new, place, exercise, words = BROKEN[what]
    assert old in WHOLE, "the table must fit the file above"
    broken = WHOLE.replace(old, new, 1)
    with pytest.raises(bank.BankError) as caught:
        try_out(broken)
    error, message = caught.value, str(caught.value)
    line = broken[: (broken.rindex if what == "doubled name" else broken.index)(place)].count("\n")
    assert (error.line, error.exercise) == (expected_line(what, line), exercise), message
    who = f", exercise {exercise}: " if exercise else ": "
    assert message.startswith(f"exercises/ch09.yaml, line {error.line}{who}"), message
    assert words in message


def expected_line(what, before):
    """The id of a doubled exercise stands three lines above its kind."""
    return before + 1 - 3 * (what == "doubled id")


def test_an_empty_file():
    with pytest.raises(bank.BankError, match="the file is empty"):
        bank.parse("", "x.yaml", "x")


def test_tags_run_nothing():
    with pytest.raises(bank.BankError):
        try_out(NUMBER.replace("title: Size", "title: !!python/object/apply:os.getcwd []"))


def test_a_teachers_own_file_is_read_anew_when_it_changes(tmp_path, capsys):
    path = tmp_path / "ch09.yaml"
    path.write_text(WHOLE, "utf-8")
    assert load("ch09.size", 1, file=path).title == "Size"
    assert main([str(path)]) == 0 and "4 exercises, all well" in capsys.readouterr().out
    path.write_text(WHOLE.replace("title: Size", "title: How big"), "utf-8")
    assert load("ch09.size", 1, file=path).title == "How big"
    path.write_text(WHOLE.replace("kind: number", "kind: poem"), "utf-8")
    assert main([str(path)]) == 1 and "line 6, exercise ch09.size" in capsys.readouterr().out


def test_words_numbers_and_slots():
    ex = Exercise(bank.parse(WHOLE, "f", "ch09")["ch09.size"], "x")
    assert ex.question.startswith(("long ", "short ")) and ex.givens["side"] in (1, -1)
    assert ex.expected == ex.givens["size"] * ex.givens["mark_price"]


def test_a_draw_with_a_likeness_by_accident_is_refused():
    """margin = notional / leverage looks like a slip of 100 only if it always does."""
    text = WHOLE.replace("{value: 10, unit: ×}", "{choose: [10, 100], unit: ×}")
    item = bank.parse(text, "f", "ch09")["ch09.size"]
    assert {int(Exercise(item, seed).givens["leverage"]) for seed in range(40)} == {10}
    always = bank.parse(WHOLE.replace("{value: 10,", "{value: 100,"), "f", "ch09")["ch09.size"]
    ex = Exercise(always, 1)
    assert ex.check(ex.expected / 100).mistake == "margin"


def after_a_slip(wallet, *answers):
    """A ledger with a slip that leaves 10 where the wallet was, and mistakes in the line below."""
    rows = LEDGER[LEDGER.index("    rows:"):LEDGER.index("    hints:")]
    text = LEDGER.replace(rows, """\
    rows:
      - {name: one, label: one, value: wallet, unit: USDT, places: 0, blank: yes, mistakes: {
         ten: {answer: 10 + 0 * wallet, says: Ten.}, more: {answer: 7 * wallet, says: More.}}}
      - {name: two, label: two, value: 2 * one, unit: USDT, places: 0, blank: yes, mistakes: {
         first: {answer: FIRST, says: A.}, second: {answer: SECOND, says: B.}}}
""").replace("lever | 3", "two").replace("[70, 80]", wallet)
    text = text.replace("FIRST", answers[0]).replace("SECOND", answers[1])
    return bank.parse("sections: [Notional]\nexercises:\n" + text, "f", "ch09")["ch09.ledger"]


def test_a_draw_is_refused_where_a_slip_makes_two_answers_alike_by_accident():
    """After the slip the line below is 20; so is one + wallet − 60 where the wallet is 70."""
    item = after_a_slip("[70, 80]", "one + wallet - 60", "one + 5000")
    assert {int(Exercise(item, seed).givens["wallet"]) for seed in range(30)} == {80}


def test_what_is_alike_after_a_slip_by_nature_is_excused():
    """With one wallet it always is: the reader is told that the line follows."""
    ex = Exercise(after_a_slip("[70]", "one + wallet - 60", "one + 5000"), 1)
    assert ex.check([10, 20]).cells["two"].state == "follows"
    assert ex.check([70, 80]).mistake == "two.first"


def test_no_draw_is_fair_where_each_has_two_answers_alike_after_a_slip():
    item = after_a_slip("[70, 80]", "one + wallet - 60", "one + wallet - 70")
    with pytest.raises(bank.BankError, match="in the row two, the mistake (first|second) cannot be "
                       "told apart from the right answer after one.ten in"):
        Exercise(item, 1)
