"""Typed numbers: read exactly or asked about; printed so that they can be read back."""

import json
import time
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
import sympy

from perpedu.teaching.numbers_typed import UNITS, Typed, Unreadable, read_number, show

CASES = json.loads((Path(__file__).parent / "data" / "typed_numbers.json").read_text("utf-8"))
READ = [case for case in CASES if case["value"] is not None]
REFUSED = [case for case in CASES if case["value"] is None]


def named(case):
    return ascii(case["text"][:20]) + ("|" + case["asked"] if case.get("asked") else "")


@pytest.mark.parametrize("case", READ, ids=named)
def test_read_exactly(case):
    expected = Typed(Fraction(case["value"]), case["unit"], case["unit"] == "%")
    assert read_number(case["text"], case.get("asked")) == expected


@pytest.mark.parametrize("case", REFUSED, ids=named)
def test_refused_with_a_message(case):
    with pytest.raises(Unreadable) as caught:
        read_number(case["text"], case.get("asked"))
    message = str(caught.value)
    assert caught.value.reason == case["reason"]
    assert message.isprintable() and len(message) < 260, "safe and short enough to show"
    for suggestion in case.get("write", ()):
        assert f" {suggestion}" in message, "says what to write"
    assert "?" in message or case["reason"] not in ("comma", "commas", "points"), "asks"


def test_the_question_about_a_comma_in_full():
    with pytest.raises(Unreadable) as caught:
        read_number("54,3")
    assert str(caught.value) == (
        "Is the comma in 54,3 a decimal comma? Write 54.3, or 54,300 for thousands."
    )


def test_every_suggestion_can_be_typed():
    for case in REFUSED:
        for suggestion in case.get("write", ()):
            read_number(suggestion)


def test_unknown_unit_is_named_and_cut():
    with pytest.raises(Unreadable, match="“furlongs”"):
        read_number("5 furlongs")
    with pytest.raises(Unreadable) as caught:
        read_number("5 " + "f" * 70)
    assert "f" * 40 + "…" in str(caught.value) and "f" * 41 not in str(caught.value)


@pytest.mark.parametrize("value", [None, 5, 0.05, b"5", ["5"], Fraction(1)])
def test_only_text_is_read(value):
    with pytest.raises(Unreadable, match="as text"):
        read_number(value)


def test_hostile_text_is_refused_at_once():
    hostile = ["9" * 10_000, "1e" + "9" * 70, "1," * 39, "1 " * 39, "'" * 79 + "1", "(" * 5_000]
    start = time.perf_counter()
    for text in hostile * 10:
        with pytest.raises(Unreadable):
            read_number(text)
    assert (time.perf_counter() - start) / (10 * len(hostile)) < 0.005, "a millisecond is plenty"


def test_fuzz_gives_a_number_or_a_message():
    random = Random(20260901)
    alphabet = "0123456789" * 2 + ".,,' \u00a0\u202f+-−$%x×eE/" + "uUsSdDtTbBcC()*_٥５½\x00\n🙂"
    for _ in range(20_000):
        text = "".join(random.choices(alphabet, k=random.randint(0, 14)))
        try:
            typed = read_number(text)
        except Unreadable as refusal:
            assert str(refusal).isprintable()
        else:
            assert typed.unit in {None, "USD", *UNITS.values()}
            assert "," not in text or "." not in text.split(",")[0], "a decimal comma was guessed"


@pytest.mark.parametrize(
    ("value", "places", "unit", "text"),
    [
        (54_300, None, None, "54,300"),
        (Fraction(108601, 2), 2, "USDT", "54,300.50 USDT"),
        (Fraction(108601, 2), None, "USDT", "54,300.5 USDT"),
        (-570, None, None, "−570"),
        (Fraction(1, 20), None, "%", "5 %"),
        (Fraction(1, 20), 1, "%", "5.0 %"),
        (10, None, "×", "10×"),
        (sympy.Rational(1, 3), None, None, "0.333333"),
        (sympy.Rational(1, 300), None, "BTC", "0.00333333 BTC"),
        (Fraction(1, 10), None, None, "0.1"),
        (Fraction(1, 1000), None, None, "0.001"),
        (Fraction(9_999_999, 10**7), None, None, "1"),
        (sympy.Integer(0), None, None, "0"),
        (Fraction(5, 1000), 2, None, "0.01"),
        (Fraction(-5, 1000), 2, None, "−0.01"),
        (Fraction(-4, 1000), 2, None, "0.00"),
        (Fraction(2675, 1000), 2, None, "2.68"),
        (Fraction(5, 2), 0, None, "3"),
        (999_999, 2, None, "999,999.00"),
        (10**20, None, None, "100,000,000,000,000,000,000"),
    ],
)
def test_show(value, places, unit, text):
    assert show(value, places, unit) == text


@pytest.mark.parametrize("value", [0.05, True, "5", None, sympy.Symbol("x"), sympy.pi])
def test_show_takes_exact_numbers_only(value):
    with pytest.raises(TypeError, match="value: "):
        show(value)


@pytest.mark.parametrize("places", [-1, 21, 1.5, True, "2"])
def test_show_names_bad_places(places):
    with pytest.raises(ValueError, match="places: "):
        show(1, places)


def test_what_is_shown_is_read_back():
    random = Random(7)
    units = [None, "USDT", "USD", "BTC", "coin", "contracts", "%", "×"]
    for _ in range(4_000):
        divisor = random.randint(1, 10 ** random.randint(0, 9))
        value = Fraction(random.randint(-(10**9), 10**9), divisor)
        places, unit = random.choice([None, 0, 2, 4, 8]), random.choice(units)
        typed = read_number(show(value, places, unit), unit)
        assert typed.unit == unit
        step = Fraction(1, 10**places) if places is not None else Fraction(1, 100)
        step = step / 100 if unit == "%" else step
        assert abs(typed.value - value) <= step / 2, "nearest, or nearer"
        if places is not None:
            again = show(typed.value, places, unit)
            assert again == show(value, places, unit), "rounding twice changes nothing"


def test_six_significant_digits_below_one():
    random = Random(8)
    for _ in range(2_000):
        value = Fraction(random.randint(1, 10**6 - 1), 10**6 * 10 ** random.randint(0, 12))
        shown = read_number(show(value)).value
        assert shown == value, f"{value} has at most six significant digits"
