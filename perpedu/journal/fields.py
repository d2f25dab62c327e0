"""What the journal asks of a trade: every field once, with its kind, its unit and its meaning.

`plan` is written when a trade is opened and does not change any more; `logged` is computed then;
`exit` is written when it is closed.  Numbers are exact and stored as text: a decimal where it ends,
otherwise "numerator/denominator".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, NamedTuple

from ..market import timestamps
from ..market.position import BASES, SIDES
from ..theory.exact import fraction, one_of, rational, refuse

_RATIO = re.compile(r"[+-]?[0-9]{1,4000}/[0-9]{1,4000}")
_BAD_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_YES, _NO = ("yes", "true", "1"), ("no", "false", "0")
LONGEST = 10_000


class Field(NamedTuple):
    """A field: its name, its kind (see READERS), when it is written, its unit and its meaning."""

    name: str
    kind: str
    when: str
    unit: str
    meaning: str
    needed: bool = False


FIELDS = (
    Field("id", "word", "plan", "", "name of the trade, once in a journal", True),
    Field("venue", "text", "plan", "", "where it is traded"),
    Field("symbol", "text", "plan", "", "what is traded, as the venue writes it"),
    Field("currency", "text", "plan", "", "what it settles in, such as USDT"),
    Field("timeframe", "text", "plan", "", "candles the decision was made on, such as 1d"),
    Field("side", "side", "plan", "", "long or short", True),
    Field("size", "above", "plan", "coin or contracts", "size of the position", True),
    Field("face", "above", "plan", "quote", "face value of an inverse contract; empty: linear"),
    Field("opened", "time", "plan", "UTC", "when it was opened", True),
    Field("planned_entry", "above", "plan", "price", "price seen when the entry was decided"),
    Field("planned_stop", "above", "plan", "price", "where the plan gets out with a loss"),
    Field("planned_exit", "above", "plan", "price", "where the plan gets out with a gain"),
    Field("entry", "above", "plan", "price", "average price of the fills that opened it", True),
    Field("leverage", "lever", "plan", "×", "leverage that was set; gives the collateral"),
    Field("collateral", "above", "plan", "settlement", "money behind it; empty with leverage, or cross"),
    Field("tiers", "text", "plan", "", "tier table, as venue/symbol/date, or one rate"),
    Field("basis", "basis", "plan", "", "maintenance margin on the mark or on the entry notional"),
    Field("close_fee", "share", "plan", "fraction", "close fee inside the threshold"),
    Field("adr", "above", "plan", "fraction", "average daily range known at entry, 0.05 for 5 %"),
    Field("rule", "text", "plan", "", "the rule of this trade, in one sentence"),
    Field("question", "text", "plan", "", "what the review will ask, to be answered yes or no"),
    Field("regime", "tags", "plan", "", "tags of the market"),
    Field("behaviour", "tags", "plan", "", "tags of the trader"),
    Field("tier_rows", "rows", "logged", "", "the tier table as it was"),
    Field("maintenance_rate", "number", "logged", "fraction", "rate of the tier at entry"),
    Field("maintenance_margin", "number", "logged", "settlement", "maintenance margin at entry"),
    Field("liquidation_price", "above", "logged", "price", "liquidation price at entry"),
    Field("bankruptcy_price", "above", "logged", "price", "bankruptcy price at entry"),
    Field("effective_leverage", "number", "logged", "×", "notional at entry over collateral"),
    Field("buffer", "number", "logged", "fraction", "distance from entry to liquidation"),
    Field("buffer_ranges", "number", "logged", "ADR", "the buffer in average daily ranges"),
    Field("definitions", "count", "logged", "", "version of the definitions it was logged with"),
    Field("closed", "time", "exit", "UTC", "when it was closed", True),
    Field("exit", "above", "exit", "price", "average price of the fills that closed it", True),
    Field("exit_decided", "above", "exit", "price", "price seen when the exit was decided"),
    Field("fees", "number", "exit", "settlement", "fees paid; below 0: rebates"),
    Field("fees_other", "other", "exit", "", "fees in another coin, not converted"),
    Field("funding", "number", "exit", "settlement", "funding paid; below 0: received"),
    Field("funding_windows", "count", "exit", "", "funding times it was held across"),
    Field("mark_divergence", "number", "exit", "fraction", "largest distance of the mark from the last "
          "price while it was open"),
    Field("collateral_at_exit", "number", "exit", "settlement", "money behind it when it was closed"),
    Field("liquidation_at_exit", "above", "exit", "price", "liquidation price when it was closed"),
    Field("answer", "flag", "exit", "", "the answer to the question"),
    Field("note", "text", "exit", "", "what there is to remember"),
)
NAMES = tuple(field.name for field in FIELDS)
BY_NAME = {field.name: field for field in FIELDS}
NUMBERS = ("number", "above", "lever", "share")


def named(when: str) -> tuple[str, ...]:
    """The names of the fields written then: "plan", "logged" or "exit"."""
    return tuple(field.name for field in FIELDS if field.when == when)


def number(name: str, value: Any) -> Fraction:
    """An exact number; also text such as "1/3", as the journal itself writes it.

    >>> number("size", "1/3"), number("size", 0.1)
    (Fraction(1, 3), Fraction(1, 10))
    """
    if isinstance(value, str) and _RATIO.fullmatch(value.strip()):
        top, below = value.strip().split("/")
        if int(below) == 0:
            raise refuse(name, value, "a fraction whose denominator is not 0")
        return Fraction(int(top), int(below))
    return fraction(rational(name, value))


def plain(value: Fraction) -> str:
    """An exact number as text: a decimal where it ends, otherwise a fraction.

    >>> plain(Fraction(-9, 80)), plain(Fraction(1, 3)), plain(Fraction(60_000))
    ('-0.1125', '1/3', '60000')
    """
    left, twos, fives = value.denominator, 0, 0
    while left % 2 == 0:
        left, twos = left // 2, twos + 1
    while left % 5 == 0:
        left, fives = left // 5, fives + 1
    places = max(twos, fives)
    if left != 1 or places > 60:
        return f"{value.numerator}/{value.denominator}"
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    whole, rest = digits[:len(digits) - places], digits[len(digits) - places:]
    return ("-" if value < 0 else "") + whole + ("." + rest if rest else "")


def _number(name: str, value: Any) -> str:
    return plain(number(name, value))


def _above(name: str, value: Any) -> str:
    found = number(name, value)
    if found <= 0:
        raise refuse(name, value, "a number above 0")
    return plain(found)


def _lever(name: str, value: Any) -> str:
    found = number(name, value)
    if found < 1:
        raise refuse(name, value, "a leverage of 1 or more")
    return plain(found)


def _share(name: str, value: Any) -> str:
    found = number(name, value)
    if not 0 <= found < 1:
        raise refuse(name, value, "a fraction in [0, 1)")
    return plain(found)


def _count(name: str, value: Any) -> str:
    found = number(name, value)
    if found < 0 or found.denominator != 1:
        raise refuse(name, value, "a whole number of 0 or more")
    return str(found.numerator)


def _text(name: str, value: Any) -> str:
    text = str(value) if isinstance(value, (str, int, Fraction)) and not isinstance(value, bool) else None
    if text is None or len(text) > LONGEST or _BAD_TEXT.search(text):
        raise refuse(name, value, f"text of at most {LONGEST:,} characters, none of them for control")
    return text


def _word(name: str, value: Any) -> str:
    text = _text(name, value)
    if not text or text != text.strip() or len(text) > 100 or "\n" in text or "\t" in text:
        raise refuse(name, value, "a name of 1 to 100 characters on one line, without a blank around")
    return text


def _time(name: str, value: Any) -> str:
    return timestamps.text(timestamps.milliseconds(name, value))


def _tags(name: str, value: Any) -> str:
    """Tags as a list, or as text with commas; stored in order and once each."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, Iterable):
        raise refuse(name, value, "tags: words in a list, or with commas between them")
    found = {_text(name, part).strip() for part in parts}
    return ",".join(sorted(part for part in found if part))


def _flag(name: str, value: Any) -> str:
    word = {True: "yes", False: "no"}.get(value) if isinstance(value, bool) else str(value).lower()
    if word in _YES:
        return "yes"
    if word in _NO:
        return "no"
    raise refuse(name, value, "yes or no")


def _other(name: str, value: Any) -> str:
    """Amounts by coin, as a dictionary or as its JSON."""
    given = _json(name, value) if isinstance(value, str) else value
    if not isinstance(given, dict):
        raise refuse(name, value, "amounts by coin, such as {'BNB': '0.01'}")
    found = {_word(name, coin): _number(f"{name} in {coin}", amount)
             for coin, amount in given.items()}
    return json.dumps(dict(sorted(found.items())), ensure_ascii=False)


def _rows(name: str, value: Any) -> str:
    given = _json(name, value) if isinstance(value, str) else value
    if not isinstance(given, dict) or set(given) != {"scheme", "cap", "rows"}:
        raise refuse(name, value, "a tier table with scheme, cap and rows")
    return json.dumps(given)


def _json(name: str, value: str) -> Any:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise refuse(name, value, "JSON") from None


READERS = {
    "word": _word, "text": _text, "number": _number, "above": _above, "lever": _lever,
    "share": _share, "count": _count, "time": _time, "tags": _tags, "flag": _flag, "other": _other,
    "rows": _rows, "side": lambda name, value: one_of(name, value, tuple(SIDES)),
    "basis": lambda name, value: one_of(name, value, BASES)}


def read(name: str, value: Any) -> str | None:
    """A value as the journal stores it: text, or None where there is none (None, empty text).

    ValueError names the field, the value and what was expected.
    """
    if value is None or isinstance(value, str) and not value.strip():
        return None
    return READERS[BY_NAME[name].kind](name, value) or None


def read_all(values: dict[str, Any], when: tuple[str, ...]) -> dict[str, str | None]:
    """All fields of these kinds, checked; one that is not known, or is missing, is named."""
    wanted = [field for field in FIELDS if field.when in when]
    known = {field.name for field in wanted}
    for name in values:
        if name not in known:
            raise refuse(name, values[name], "one of the fields " + ", ".join(sorted(known)))
    found = {field.name: read(field.name, values.get(field.name)) for field in wanted}
    missing = [field.name for field in wanted if field.needed and found[field.name] is None]
    if missing:
        raise ValueError(f"{', '.join(missing)}: expected with every trade, and not given")
    return found
