"""Exercises as a question bank for Moodle, in its XML format.

    python -m perpedu class moodle ch01 --seeds 20 -o chapter1.xml

Each exercise becomes a category with one question for each seed, so that a quiz can draw one of
them at random for each student. Numbers and predictions are numerical questions, choices are
multiple choice, a ledger is one question with a box for each blank line. Of an order, Moodle's own
type has no feedback on mistakes: it becomes a choice between orders. Nothing in Moodle can check
an expression, so expressions are left out. Format: https://docs.moodle.org/en/Moodle_XML_format
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Context, Decimal
from fractions import Fraction
from html import escape
from typing import Any
from xml.etree import ElementTree as xml

from ..teaching.asked import Asked
from ..teaching.bank import Item
from ..teaching.exercise import Exercise
from ..teaching.feedback import RIGHT, SAME_UNIT
from ..teaching.steps import LETTERS
from ..theory.exact import refuse
from . import key, release

MOST_SEEDS = 200
DIGITS = Context(prec=15)
#: What is left of a mark for each further try; Moodle's own number.
PENALTY = "0.3333333"
EXPRESSION = "{id} is left out: Moodle has no question that checks an expression."
CARRIED = ("{id}: each line is judged by itself. Moodle does not go on from a student's own number, "
           "as the book does.")
CHOSEN = "{id}: the steps are not moved; students choose between orders."
PICK = "Which is the right order?"


def document(items: Sequence[Item], seeds: int = 10) -> tuple[str, list[str]]:
    """The text of the XML file with `seeds` variants of each exercise, and what to know about it.

    Seeds count from "1", as on the book's pages. Raises ValueError for another number of seeds
    than 1 to 200.
    """
    if isinstance(seeds, bool) or not isinstance(seeds, int) or not 1 <= seeds <= MOST_SEEDS:
        raise refuse("seeds", seeds, f"a whole number from 1 to {MOST_SEEDS}")
    quiz, notes = xml.Element("quiz"), []
    for item in items:
        made = Exercise(item, "1")
        notes += [note.format(id=item.id) for note in _notes(made)]
        if made.kind != "expression":
            quiz.append(category(made))
            quiz.extend(question(Exercise(item, str(seed))) for seed in range(1, seeds + 1))
    xml.indent(quiz, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + xml.tostring(quiz, "unicode") + "\n", notes


def _notes(ex: Exercise) -> list[str]:
    """What is otherwise in Moodle."""
    return [note for kind, note in (("expression", EXPRESSION), ("table", CARRIED),
                                    ("order", CHOSEN)) if ex.kind == kind]


def category(ex: Exercise) -> xml.Element:
    """The category of an exercise: all its variants."""
    chapter, name = ex.id.split(".")[0], f"{ex.title} ({ex.id})".replace("/", "//")
    made = xml.Element("question", type="category")
    _text(made, "category", f"$course$/top/perpedu/{chapter}/{name}")
    _text(made, "info", html(f"{ex.objective} Minutes: {ex.minutes}. Difficulty: "
                             f"{ex.difficulty} of 3."), "html")
    return made


def question(ex: Exercise) -> xml.Element:
    """One exercise with its numbers. Raises ValueError for an expression."""
    if ex.kind == "expression":
        raise refuse("exercise", ex.id, "no expression: Moodle has no question that checks one")
    kind = "numerical" if ex.plan.asked else "cloze" if ex.plan.table else "multichoice"
    made = xml.Element("question", type=kind)
    _text(made, "name", f"{ex.title} [{ex.id}, seed {ex.seed}]")
    _text(made, "questiontext", _asked(ex), "html")
    _text(made, "generalfeedback", html(ex.solution), "html")
    if kind != "cloze":
        xml.SubElement(made, "defaultgrade").text = "1"
    xml.SubElement(made, "penalty").text = PENALTY
    xml.SubElement(made, "hidden").text = "0"
    xml.SubElement(made, "idnumber").text = f"perpedu.{ex.id}.{ex.seed}"
    {"numerical": _numerical, "multichoice": _multichoice, "cloze": lambda *_: None}[kind](made, ex)
    for hint in ex.hints:
        _text(made, "hint", html(hint), "html")
    tag = xml.SubElement(xml.SubElement(made, "tags"), "tag")
    xml.SubElement(tag, "text").text = ex.id
    return made


# ---- numbers

def _numerical(made: xml.Element, ex: Exercise) -> None:
    for name, value, width in answers(ex.plan.asked, ex.answers):
        answer = _answer(made, name == RIGHT, value, verdict(ex, name))
        xml.SubElement(answer, "tolerance").text = width
    other = ex.outcome if ex.kind == "predict" else f"Reread “{ex.section}”."
    xml.SubElement(_answer(made, False, "*", other), "tolerance").text = "0"
    if ex.unit:
        units = xml.SubElement(made, "units")
        for name in (ex.unit, *SAME_UNIT.get(ex.unit, ())):
            unit = xml.SubElement(units, "unit")
            xml.SubElement(unit, "multiplier").text = "1"
            xml.SubElement(unit, "unit_name").text = name
    xml.SubElement(made, "unitgradingtype").text = "0"
    xml.SubElement(made, "unitpenalty").text = "0.1"
    xml.SubElement(made, "showunits").text = "0" if ex.unit else "3"
    xml.SubElement(made, "unitsleft").text = "0"


def answers(asked: Asked, values: dict[str, Fraction]) -> Iterator[tuple[str, str, str]]:
    """Name, number and tolerance of the truth and of each mistake; per cents are counted in %.

    Moodle takes the first that fits, the book the nearest: so a mistake reaches no further than
    half the way to another answer.
    """
    scale = 100 if asked.unit == "%" else 1
    for name, value in values.items():
        gaps = [abs(value - other) for key, other in values.items() if key != name]
        width = asked.tolerance if name == RIGHT else min(asked.width(value), *(
            gap / 2 for gap in gaps))
        yield name, decimal(value * scale), decimal(width * scale)


def decimal(value: Fraction) -> str:
    """A number with a point and no exponent; 15 digits, as many as Moodle holds.

    >>> decimal(Fraction(5, 1000)), decimal(Fraction(-50, 3))
    ('0.005', '-16.6666666666667')
    """
    digits = DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))
    return f"{digits.normalize():f}"


# ---- options and orders

def _multichoice(made: xml.Element, ex: Exercise) -> None:
    for name, value in (("single", "true"), ("shuffleanswers", "true"),
                        ("answernumbering", "ABCD")):
        xml.SubElement(made, name).text = value
    for name in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"):
        _text(made, name, "", "html")
    if ex.plan.steps:
        texts = {name: key.letters(keys, ex.steps) for name, keys in (
            (RIGHT, ex.expected), *ex.mistakes.items())}
    else:
        texts = {RIGHT if key == ex.expected else key: text for key, text in ex.options}
    for name, text in texts.items():
        _answer(made, name == RIGHT, html(text), verdict(ex, name), "html")


def verdict(ex: Exercise, name: str) -> str:
    """What the book says to the right answer or to a mistake."""
    return ex.check(ex.expected if name == RIGHT else ex.mistakes[name]).message


# ---- ledgers

def box(ex: Exercise, name: str) -> str:
    """The box of a blank line, in Moodle's embedded syntax."""
    asked = next(row.asked for row in ex.plan.table.blanks if row.name == name)
    parts = [f"{'=' if key == RIGHT else '%0%'}{value}:{width}#{guarded(_line(ex, name, key))}"
             for key, value, width in answers(asked, ex.row_answers[name])]
    return "{1:NUMERICAL:" + "~".join(parts) + "}"


def _line(ex: Exercise, row: str, name: str) -> str:
    texts = ex.plan.texts
    text = texts.rows[row]["right"] if name == RIGHT else texts.says[f"{row}.{name}"]
    return text.fill(ex.values)


def guarded(text: str) -> str:
    """Words inside a box: no mathematics, and every sign that means something there guarded."""
    plain = re.sub(r"\\(?:mathrm|,|!)|[\\${}]", "", text)
    return re.sub(r"([~#/\"])", r"\\\1", escape(plain, quote=False))


# ---- texts

def _asked(ex: Exercise) -> str:
    """The question as HTML, with the steps or the ledger, and how to write the answer."""
    parts = [html(ex.question)]
    if ex.plan.steps:
        items = "".join(f"<li>{LETTERS[place]}: {inline(text)}</li>"
                        for place, (_, text) in enumerate(ex.steps))
        parts += [f"<ul>{items}</ul>", f"<p>{PICK}</p>"]
    if ex.plan.table:
        parts.append(_table(ex))
    if ex.plan.asked:
        parts.append(f"<p><em>Answer: {escape(release.form(ex))}.</em></p>")
    return "".join(parts)


def _table(ex: Exercise) -> str:
    blanks = {row.name for row in ex.plan.table.blanks}
    lines = ""
    for row in ex.rows:
        how = f"<br><small>{inline(row['how'])}</small>" if row["how"] else ""
        shown = box(ex, row["name"]) if row["name"] in blanks else inline(row["value"])
        lines += (f"<tr><td>{inline(row['label'])}{how}</td><td>{shown}</td>"
                  f"<td>{escape(row['unit'] or '')}</td></tr>")
    return f"<table><tbody>{lines}</tbody></table><p><em>{escape(ex.rounding)}</em></p>"


def html(text: str) -> str:
    """A text of the bank in paragraphs."""
    return "".join(f"<p>{inline(line)}</p>" for line in re.split(r"\n+", text.strip()) if line)


def inline(text: Any) -> str:
    """A line as HTML, mathematics as Moodle's filters read it.

    >>> inline("so $P < 2$")
    'so \\\\(P &lt; 2\\\\)'
    """
    return re.sub(r"\$([^$\n]+)\$", r"\\(\1\\)", escape(str(text), quote=False))


def _text(parent: xml.Element, name: str, text: str, format: str = "") -> xml.Element:
    made = xml.SubElement(parent, name, {"format": format} if format else {})
    xml.SubElement(made, "text").text = text
    return made


def _answer(parent: xml.Element, right: bool, text: str, told: str,
            format: str = "moodle_auto_format") -> xml.Element:
    made = xml.SubElement(parent, "answer", fraction="100" if right else "0", format=format)
    xml.SubElement(made, "text").text = text
    _text(made, "feedback", html(told), "html")
    return made
