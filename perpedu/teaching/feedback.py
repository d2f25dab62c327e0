"""What an answer is told. First what it would be right for, then unit, sign and magnitude.

The sentences for answers that match no known mistake stand in SENTENCES, for the page too. They
say what is seen and what to do next; they do not judge. Nothing typed by a reader raises here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import log10
from typing import TYPE_CHECKING, Any

from ..theory.exact import fraction, rational
from .numbers_typed import read_number, show, shown

if TYPE_CHECKING:
    from .asked import Asked
    from .exercise import Exercise

SENTENCES = {
    "type": "Type the number as text, for example 54,300.",
    "unit": "The answer is asked in {unit}; you wrote {typed}. Convert it, or write the number "
    "alone.",
    "no_unit": "The answer has no unit; you wrote {typed}. Write the number alone.",
    "percent": "As a fraction, {plain} means {given}. Write {hundredth}, or the text “{plain} %”.",
    "hundred_up": "{given} is 100 times {answer}. A per cent is a hundredth: 0.5 % is 0.005. "
    "Look for a rate that went in as a whole number.",
    "hundred_down": "{given} is a hundredth of {answer}. Look for a per cent that was divided "
    "by 100 twice.",
    "sign": "The size of {given} is right, its sign is not yet. Ask what would make this number "
    "positive, and what negative.",
    "power": "The digits of {given} are right, the decimal point is not yet. Count the zeros of "
    "each number that you put in.",
    "close": "{given} is close, but outside the accepted rounding ({rounding}). Keep all digits "
    "until the last step; if you did, check the last step and its rounding.",
    "other_sign": "{given} has another sign than {answer}. Decide first whether {answer} is "
    "above or below 0, then its size. {next}",
    "high": "{given} is higher than {answer}. {next}",
    "low": "{given} is lower than {answer}. {next}",
    "next": "Open the first hint, or reread “{section}”.",
    "option": "Choose one of the options: type its letter, {letters}.",
    "row_empty": "Still empty.",
    "row_follows": "Right for your {above} above; it will change when that does.",
    "row_against": "what your lines above lead to",
    "row_unknown": "There is no blank line “{name}” here. The blank lines: {names}.",
    "rows_type": "Give each blank line its number, by name or in order: {names}.",
    "rows_right": "{count} of the {all} lines {are} right",
    "rows_follow": "{count} {follow} from your numbers above",
    "rows_empty": "{count} {are} still empty",
    "rows_look": "Look first at “{label}”. {says}",
    "rows_go_on": "Go on with “{label}”.",
    "steps_type": "Put all {count} steps in order: their letters {letters}, each once.",
    "steps_begun": "{count} of the {all} {are} right from the start. “{step}” does not come next. "
    "{next}",
    "steps_first": "“{step}” does not come first. {next}",
    "expression_type": "Type the expression as text, with the names of the question.",
    "opposite": "Your expression is the asked one with the opposite sign. Check which of two "
    "prices is taken from which.",
    "multiple": "Your expression is {factor} times the asked one. Look for a factor that is "
    "counted twice or left out.",
    "at_numbers": "Try numbers: with {numbers} your expression gives {given}, the asked one "
    "{expected}. {next}",
    "different": "Your expression is not the same as the asked one. {next}",
}  # fmt: skip
#: The name of the truth among the answers.
RIGHT = "right"
#: Other ways to write the asked unit.
SAME_UNIT = {"USDT": ("$", "USD"), "USDC": ("$", "USD"), "USD": ("$",), "BTC": ("coin",),
             "ETH": ("coin",)}  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """What came of an answer.

    `message` is written for the reader; `mistake` is the name of the known mistake that the
    answer shows, or None; `reread` is the section to go back to, or None.
    """

    correct: bool
    message: str
    mistake: str | None = None
    reread: str | None = None


class NotRead(ValueError):
    """An answer that is no number, option or expression; the message is for the reader."""


def right(ex: "Exercise") -> Verdict:
    """The verdict on a right answer: the reason it is right."""
    return Verdict(True, ex.plan.texts.right.fill(ex.values))


def known(ex: "Exercise", name: str) -> Verdict:
    """The verdict on a known mistake: what the answer would be right for, and where to look."""
    return Verdict(False, ex.plan.texts.says[name].fill(ex.values), name, ex.plan.reread(name))


def say(section: str, sentence: str, **parts: str) -> Verdict:
    """The verdict on an answer that matches no known mistake."""
    parts["next"] = SENTENCES["next"].format(section=section)
    return Verdict(False, SENTENCES[sentence].format(**parts), None, section)


# ---- numbers

def check_number(ex: "Exercise", answer: Any) -> Verdict:
    """Judge a number: texts as readers type them, or exact and floating numbers."""
    judge = Judge(ex.plan.asked, ex.answers, ex.plan.reread())
    try:
        readings = readings_of(answer, judge.asked.unit)
    except ValueError as error:
        return Verdict(False, str(error))
    if judge.accepted(readings) is not None:
        return right(ex)
    if named := judge.named(readings):
        return known(ex, named[0])
    if ex.kind == "predict":
        given = show(readings[0], unit=judge.asked.unit)
        return Verdict(False, f"Your prediction: {given}. {ex.outcome}", None, judge.section)
    return judge.unmatched(readings, isinstance(answer, str))


def readings_of(answer: Any, unit: str | None) -> tuple[Fraction, ...]:
    """What the answer can mean; where the box shows %, a bare 5 is 5 %, and also 5.

    Raises ValueError with a message for the reader.
    """
    if not isinstance(answer, str):
        return (_exact(answer),)
    typed = read_number(answer, unit)
    if typed.unit not in (None, unit, *SAME_UNIT.get(unit or "", ())):
        sentence = SENTENCES["unit" if unit else "no_unit"]
        raise NotRead(sentence.format(unit=unit, typed=typed.unit))
    if unit == "%" and not typed.percent:
        return typed.value / 100, typed.value
    return (typed.value,)


def _exact(answer: Any) -> Fraction:
    try:
        number = rational("answer", answer)
    except (ValueError, TypeError):
        raise NotRead(SENTENCES["type"]) from None
    return fraction(number)


@dataclass(frozen=True)
class Judge:
    """A number that is asked for, held against the truth and the mistakes of one draw.

    `section` is where to reread; `called` is what sentences call the truth; `loose` is how far
    off the truth itself may be, where it is worked out from a rounded number.
    """

    asked: "Asked"
    answers: Mapping[str, Fraction]
    section: str
    called: str = "the answer"
    loose: Fraction = Fraction(0)

    @property
    def truth(self) -> Fraction:
        return self.answers[RIGHT]

    def accepted(self, readings: tuple[Fraction, ...]) -> Fraction | None:
        """The reading that is right, within the accepted rounding."""
        return next((reading for reading in readings
                     if abs(reading - self.truth) <= self.asked.tolerance + self.loose), None)

    def named(self, readings: tuple[Fraction, ...]) -> tuple[str, Fraction] | None:
        """The known mistake that the answer shows, and its reading: nearer than the truth."""
        for reading in readings:
            gaps = {name: abs(reading - value) for name, value in self.answers.items()}
            name = min(gaps, key=lambda name: gaps[name])
            if name != RIGHT and gaps[name] <= self.asked.width(self.answers[name]):
                return name, reading
        return None

    def unmatched(self, readings: tuple[Fraction, ...], text: bool) -> Verdict:
        """Unit, then sign, then magnitude."""
        for sentence, factor in (("hundred_up", Fraction(100)), ("hundred_down", Fraction(1, 100)),
                                 ("sign", Fraction(-1))):  # fmt: skip
            for reading in readings:
                if self.truth and self._is(reading, factor):
                    return self._unit_or_sign(sentence, reading, text)
        return self._magnitude(readings[0])

    def _is(self, reading: Fraction, factor: Fraction) -> bool:
        """Whether a number is `factor` times the truth, within the accepted rounding."""
        return abs(reading / factor - self.truth) <= self.asked.tolerance

    def _unit_or_sign(self, sentence: str, reading: Fraction, text: bool) -> Verdict:
        unit = self.asked.unit
        if sentence == "hundred_up" and unit == "%" and not text:
            sentence = "percent"
        return self._say(sentence, given=show(reading, unit=unit), plain=show(reading),
                         hundredth=show(reading / 100))

    def _magnitude(self, reading: Fraction) -> Verdict:
        given, truth = shown(show(reading, unit=self.asked.unit), 60), self.truth
        if truth and reading and self._is(reading, _power_between(reading, truth)):
            return self._say("power", given=given)
        if truth and abs(reading - truth) <= abs(truth) / 200:
            return self._say("close", given=given, rounding=self.asked.rounding)
        if reading * truth < 0:
            return self._say("other_sign", given=given)
        return self._say("high" if reading > truth else "low", given=given)

    def _say(self, sentence: str, **parts: str) -> Verdict:
        return say(self.section, sentence, answer=self.called, **parts)


def _power_between(reading: Fraction, truth: Fraction) -> Fraction:
    """The power of ten nearest to reading / truth, between 1e-9 and 1e9."""
    size = abs(reading / truth)
    digits = round(log10(size.numerator) - log10(size.denominator))
    return Fraction(10) ** min(max(digits, -9), 9)


# ---- options

def check_option(ex: "Exercise", answer: Any) -> Verdict:
    """Judge a choice: an option's key, its letter on the page, or its words."""
    key = _chosen(ex, answer)
    if key is None:
        letters = " or ".join(_LETTERS[:len(ex.options)])
        return Verdict(False, SENTENCES["option"].format(letters=letters))
    return right(ex) if key == ex.expected else known(ex, key)


_LETTERS = "ABCDEF"


def _chosen(ex: "Exercise", answer: Any) -> str | None:
    if not isinstance(answer, str):
        return None
    typed = _simple(answer)
    for letter, (key, text) in zip(_LETTERS, ex.options):
        if typed in (letter.lower(), key.lower(), _simple(text)):
            return key
    return None


def _simple(text: str) -> str:
    """Words for comparison: lower case, single spaces, no punctuation around them."""
    return " ".join(text[:2000].lower().split()).strip(" .,;:()[]“”\"'")


# ---- expressions

def check_expression(ex: "Exercise", answer: Any) -> Verdict:
    """Judge an expression, as text or as a SymPy expression, by its value everywhere."""
    try:
        given = ex.algebra.read(answer)
        name = ex.algebra.meaning(given)
        if name is None:
            return _unmatched_expression(ex, given, answer)
        return right(ex) if name == RIGHT else known(ex, name)
    except ValueError as error:
        return Verdict(False, str(error))


def _unmatched_expression(ex: "Exercise", given: Any, typed: Any) -> Verdict:
    algebra, section = ex.algebra, ex.plan.reread()
    if algebra.same(-given, algebra.truth):
        return say(section, "opposite")
    try:
        value = algebra.at(typed if isinstance(typed, str) else given, ex.values)
        truth = algebra.at(algebra.truth, ex.values)
    except ArithmeticError:
        return say(section, "different")
    factor = algebra.rational(value / truth) if truth else 0
    if factor and algebra.same(given, factor * algebra.truth):
        return say(section, "multiple", factor=show(factor))
    if value == truth:
        return say(section, "different")
    numbers = ", ".join(f"{name} = {show(ex.values[s.name])}"
                        for name, s in algebra.aliases.items())
    return say(section, "at_numbers", numbers=numbers, given=show(value), expected=show(truth))
