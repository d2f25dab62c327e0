"""Numbers as readers type them, and numbers as the book prints them.

`read_number` uses regular expressions that mean the same in Python and in JavaScript; the page
has its own copy of these rules. Both are held to tests/data/typed_numbers.json. The rules, in
this order; the first that fails gives the reason and the message:

 1. long: more than 80 characters.
 2. Runs of spaces, unusual ones too, become one plain space, U+2212 becomes "-", U+2019 becomes
    "'"; spaces, tabs and line ends around the text go.
 3. empty: nothing is left.
 4. character: a character that is neither printable ASCII nor "×" (so also other digits).
 5. words: no digit 0 to 9 at all.
 6. shape: not [sign] [$] [sign] digits [e exponent | / digits] [unit words], or two signs.
 7. unit: the words are neither in UNITS nor the asked unit; "many" if they hold a digit;
    "unit" also where "$" stands before and a unit other than a dollar unit behind.
 8. "/" stands between whole numbers, plain or in groups of three by commas. Else "mixed" where
    a whole number stands before a plain fraction below 1 (16 2/3), else "fraction"; also where
    0 stands behind it.
 9. exponent: more than two digits or beyond 30.
10. The digits: plain ("54300.25", ".5") or in groups of three by one kind of separator (comma,
    space or apostrophe; the first group does not begin with 0). Else "comma" when there is one
    comma between digits (a question, never a guess; "commas" where there are several), "points"
    when two points or more stand before groups of three, else "groups".
11. "%" divides the value by 100.

No floating point anywhere: values are Fractions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from ..theory.exact import fraction

LONGEST, LARGEST_EXPONENT = 80, 30

#: What may follow a number, in lower case, and how it is written.
UNITS = {
    "usdt": "USDT", "usdc": "USDC", "usd": "USD", "$": "$", "btc": "BTC", "eth": "ETH",
    "dollar": "$", "dollars": "$", "coin": "coin", "coins": "coin", "contract": "contracts", "contracts": "contracts",
    "%": "%", "percent": "%", "per cent": "%", "x": "×", "×": "×",
}  # fmt: skip
#: "$" and "coin" mean the asked unit where it is one of these.
STANDS_FOR = {"$": ("USDT", "USDC", "USD"), "coin": ("BTC", "ETH")}

MESSAGES = {
    "type": "Type the number as text, for example 54,300.",
    "long": "“{text}” is too long for a number. Write one number, such as 54,300 or 0.05.",
    "empty": "There is nothing to read yet. Write a number, such as 54,300 or 0.05.",
    "character": "The character “{part}” in “{text}” is not read here. Use the digits 0 to 9, "
    "a point for decimals, and - for minus.",
    "words": "There is no number in “{text}”. Write one with digits, such as 54,300 or 0.05.",
    "shape": "“{text}” does not read as one number. Write a number, then its unit if you like: "
    "54,300 USDT, 5 % or -570.",
    "unit": "The unit “{part}” in “{text}” is not known here. Write the number alone, or with "
    "{units}.",
    "many": "“{text}” looks like more than one number. Write only one, such as 54,300.",
    "fraction": "“{text}” does not read as a fraction. Write two whole numbers, such as 1/3; "
    "the lower one is not 0.",
    "mixed": "Write “{text}” as one fraction, {fraction}, or with a point, {decimal}.",
    "exponent": "The exponent in “{text}” is too large. Write the number out, such as 54,300.",
    "comma": "Is the comma in {part} a decimal comma? Write {more}.",
    "commas": "Are the commas in {part} for thousands? Write {more}. If they part several "
    "numbers, write only one.",
    "points": "Are the points in {part} for thousands? A point stands before decimals: "
    "write {more}.",
    "groups": "“{text}” does not read as one number. Write 54300 or 54,300, and a point for "
    "decimals.",
}

SPACES = re.compile(r"[ \u00a0\u2007\u2009\u202f]+")
STRANGE = re.compile(r"[^ -~×]")
SHAPE = re.compile(
    r"^([+-]?) ?(\$?) ?([+-]?) ?([0-9.,'](?:[0-9.,' ]*[0-9.,'])?)"
    r"(?:[eE]([+-]?[0-9]+)| ?/ ?([0-9](?:[0-9,]*[0-9])?))? ?([A-Za-z%$×].*)?$"
)
PLAIN = re.compile(r"^(?:[0-9]+\.?[0-9]*|\.[0-9]+)$")
GROUPED = re.compile(r"^[1-9][0-9]{0,2}([, '])[0-9]{3}(?:\1[0-9]{3})*(?:\.[0-9]*)?$")
ONE_COMMA = re.compile(r"^([0-9]*|[0-9]{1,3}(?:[. '][0-9]{3})+),([0-9]+)$")
MANY_COMMAS = re.compile(r"^[0-9]+(?:,[0-9]+)+(?:\.[0-9]*)?$")
MANY_POINTS = re.compile(r"^[0-9]{1,3}(?:\.[0-9]{3}){2,}$")


class Unreadable(ValueError):
    """Text that is not read as one number; the message is written for the reader."""

    def __init__(self, reason: str, text: object = "", **parts: str) -> None:
        self.reason = reason
        safe = {name: shown(part) for name, part in parts.items()}
        super().__init__(MESSAGES[reason].format(text=shown(text), **safe))


@dataclass(frozen=True)
class Typed:
    """A number as typed: its exact value, its unit if one was typed, and whether it had a %."""

    value: Fraction
    unit: str | None = None
    percent: bool = False


def shown(text: object, longest: int = 40) -> str:
    """Typed text for use in a message: cut, and without characters that cannot be printed.

    >>> shown("54\\x00300")
    '54�300'
    """
    words = str(text)
    cut = words if len(words) <= longest else words[:longest] + "…"
    return "".join(c if c.isprintable() else "�" for c in cut)


def read_number(text: str, unit: str | None = None) -> Typed:
    """Read one number as a reader types it, exactly.

    `unit` is the unit the question asks for: it may follow the number whatever it is, and "$" or
    "coin" mean it where it is a dollar or a coin. It is not added when none was typed, and
    another unit is not an error here. Raises Unreadable, a ValueError, with a message that says
    what to write instead.

    >>> read_number("54,300 USDT")
    Typed(value=Fraction(54300, 1), unit='USDT', percent=False)
    >>> read_number("5 %").value
    Fraction(1, 20)
    >>> read_number("54,3")
    Traceback (most recent call last):
    ...
    perpedu.teaching.numbers_typed.Unreadable: Is the comma in 54,3 a decimal comma? Write 54.3, \
or 54,300 for thousands.
    """
    tidy = _tidy(text)
    match = SHAPE.match(tidy)
    if not match or (match[1] and match[3]):
        raise Unreadable("shape", tidy)
    before, dollar, after, digits, exponent, divisor, words = match.groups()
    found = _unit(tidy, words or "", dollar, unit)
    value = _fraction(tidy, digits, divisor) if divisor else _decimal(tidy, digits, exponent)
    value = -value if "-" in (before, after) else value
    percent = found == "%"
    return Typed(value / 100 if percent else value, found, percent)


def _tidy(text: str) -> str:
    """Rules 1 to 5."""
    if not isinstance(text, str):
        raise Unreadable("type")
    if len(text) > LONGEST:
        raise Unreadable("long", text)
    tidy = SPACES.sub(" ", text).replace("−", "-").replace("’", "'").strip(" \t\r\n")
    if not tidy:
        raise Unreadable("empty")
    if strange := STRANGE.search(tidy):
        raise Unreadable("character", text, part=strange[0])
    if not re.search("[0-9]", tidy):
        raise Unreadable("words", tidy)
    return tidy


def _unit(text: str, words: str, dollar: str, asked: str | None) -> str | None:
    """Rule 7: the unit as it is written here, or None."""
    if not words:
        return _stands_for(dollar, asked) if dollar else None
    if asked and words.lower() == asked.lower():
        found = UNITS.get(words.lower(), asked)
    elif words.lower() in UNITS:
        found = UNITS[words.lower()]
    elif re.search("[0-9]", words):
        raise Unreadable("many", text)
    else:
        raise Unreadable("unit", text, part=words, units="USDT, BTC, contracts, % or ×")
    if dollar and found not in STANDS_FOR["$"]:
        raise Unreadable("unit", text, part="$ … " + words, units="one unit only")
    return _stands_for(found, asked)


def _stands_for(found: str, asked: str | None) -> str:
    """The asked unit, where "$" or "coin" is a way to write it."""
    if asked in STANDS_FOR.get(found, ()):
        return str(asked)
    return "USD" if found == "$" else found


def _fraction(text: str, digits: str, divisor: str) -> Fraction:
    """Rule 8."""
    top, bottom = _whole(digits), _whole(divisor)
    if bottom == 0 or top is None or bottom is None:
        raise _mixed(text, digits, bottom) or Unreadable("fraction", text)
    return Fraction(top, bottom)


def _whole(digits: str) -> int | None:
    """A whole number, plain or with commas for thousands; None for anything else."""
    if not re.match("^[0-9]+$", digits) and (" " in digits or "'" in digits or "." in digits
                                             or not GROUPED.match(digits)):
        return None
    return int(digits.replace(",", ""))


def _mixed(text: str, digits: str, bottom: int | None) -> Unreadable | None:
    """What to write for a whole number and a fraction, such as 16 2/3."""
    parts = re.match("^([0-9]+) ([0-9]+)$", digits)
    if not parts or not bottom or int(parts[2]) >= bottom:
        return None
    value = Fraction(int(parts[1]) * bottom + int(parts[2]), bottom)
    sign = "-" if text.startswith("-") else ""
    fraction = f"{sign}{int(parts[1]) * bottom + int(parts[2])}/{bottom}"
    return Unreadable("mixed", text, fraction=fraction, decimal=sign + show(value))


def _decimal(text: str, digits: str, exponent: str | None) -> Fraction:
    """Rules 9 and 10."""
    power = (exponent or "0").lstrip("+-")
    if len(power) > 2 or int(power) > LARGEST_EXPONENT:
        raise Unreadable("exponent", text)
    if not PLAIN.match(digits) and not GROUPED.match(digits):
        raise _question(text, digits)
    whole, _, decimals = re.sub("[, ']", "", digits).partition(".")
    value = Fraction(int(whole + decimals), 10 ** len(decimals))
    return value * Fraction(10) ** int(exponent or 0)


def _question(text: str, digits: str) -> Unreadable:
    """What to ask when the separators can be read in two ways, or in none."""
    if one := ONE_COMMA.match(digits):
        whole = re.sub("[. ']", "", one[1])
        more = f"{int(whole or 0):,}.{one[2]}"
        if whole == one[1] and whole and not whole.startswith("0"):
            more += f", or {int(whole + one[2].ljust(3, '0')):,} for thousands"
        return Unreadable("comma", part=digits, more=more)
    if MANY_COMMAS.match(digits):
        whole, point, decimals = digits.replace(",", "").partition(".")
        return Unreadable("commas", part=digits, more=f"{int(whole):,}{point}{decimals}")
    if MANY_POINTS.match(digits):
        return Unreadable("points", part=digits, more=f"{int(digits.replace('.', '')):,}")
    return Unreadable("groups", text)


def show(value: object, places: int | None = None, unit: str | None = None) -> str:
    """Print an exact number with thousands commas, rounded half up, away from zero.

    `places` fixes the decimals; without it, at most 2 where |value| ≥ 1, and at most 6
    significant digits below, trailing zeros dropped. With unit "%" the value is a fraction and
    is printed in per cent. Raises TypeError for a float: its decimals are not exact.

    >>> show(Fraction(1086001, 20), places=2, unit="USDT")
    '54,300.05 USDT'
    >>> show(Fraction(-1, 20), unit="%")
    '−5 %'
    """
    exact = _exact(value) * (100 if unit == "%" else 1)
    decimals = _places(abs(exact)) if places is None else _checked(places)
    text = _rounded(abs(exact), decimals)
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    sign = "−" if exact < 0 and re.search("[1-9]", text) else ""
    return sign + text + ("" if unit is None else unit if unit == "×" else f" {unit}")


def _exact(value: object) -> Fraction:
    if isinstance(value, bool) or not hasattr(value, "numerator"):
        raise TypeError(f"value: {value!r} is not exact; expected an int, Fraction or Rational")
    return fraction(value)


def _checked(places: int) -> int:
    if isinstance(places, bool) or not isinstance(places, int) or not 0 <= places <= 20:
        raise ValueError(f"places: {places!r}; expected a whole number from 0 to 20")
    return places


def _places(size: Fraction) -> int:
    """Decimals that leave six significant digits below 1, and two decimals from 1 on."""
    if size >= 1 or size == 0:
        return 2
    return 5 + len(str(size.denominator // size.numerator))


def _rounded(size: Fraction, places: int) -> str:
    """A number ≥ 0 as text with `places` decimals; a half goes up."""
    scaled = (2 * size.numerator * 10**places + size.denominator) // (2 * size.denominator)
    digits = str(scaled).rjust(places + 1, "0")
    whole, decimals = digits[: len(digits) - places], digits[len(digits) - places :]
    return f"{int(whole):,}" + (f".{decimals}" if places else "")
