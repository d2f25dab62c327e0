"""Exact numbers in, clear errors out: every public argument passes through here."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Rational as AnyRational, Real
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy
    from sympy import Rational

_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_LONGEST = 400
A_SIDE = "+1 (long) or -1 (short)"
A_NUMBER = "a number (int, Fraction, Decimal, decimal text such as '0.005', SymPy or NumPy number)"


def refuse(name: str, value: Any, expected: str) -> ValueError:
    """The one shape of every complaint: which argument, what it was, what was expected."""
    try:
        shown = repr(value)
    except ValueError:  # Python prints no integer of more than 4300 digits
        shown = "a number too long to print"
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    return ValueError(f"{name} = {shown}: expected {expected}")


def rational(name: str, value: Any) -> "Rational":
    """Read `value` as an exact SymPy rational; a float counts as the decimal that it prints as.

    >>> rational("rate", 0.1)
    1/10

    Raises ValueError, naming the argument, for bool, None, nan, infinities and other text.
    """
    from sympy import Rational

    fraction = _fraction(name, value)
    return Rational(fraction.numerator, fraction.denominator)


def _fraction(name: str, value: Any) -> Fraction:
    if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):
        raise refuse(name, value, A_NUMBER + ", not a truth value")
    if type(value).__name__ == "timedelta64":  # NumPy counts it among the integers
        raise refuse(name, value, A_NUMBER)
    if isinstance(value, str):
        return _from_text(name, value)
    if isinstance(value, (Integral, AnyRational)):
        return fraction(value)
    if isinstance(value, Decimal):
        return _from_decimal(name, value)
    if hasattr(value, "is_Rational"):
        return _from_sympy(name, value)
    if isinstance(value, Real) or _is_numpy_scalar(value):
        return _from_float(name, value)
    raise refuse(name, value, A_NUMBER)


def fraction(number: Any) -> Fraction:
    """An exact number, of SymPy or not, as Python's own fraction.

    >>> fraction(rational("rate", "0.005"))
    Fraction(1, 200)
    """
    return Fraction(int(number.numerator), int(number.denominator))


def _from_text(name: str, text: str) -> Fraction:
    stripped = text.strip(" ")
    if len(stripped) > _LONGEST or not _DECIMAL.fullmatch(stripped):
        raise refuse(name, text, "decimal text such as '0.005' or '60000'")
    return Fraction(stripped)


def _from_decimal(name: str, value: Decimal) -> Fraction:
    if not value.is_finite():
        raise refuse(name, value, "a finite number")
    if abs(value.adjusted()) > _LONGEST:
        raise refuse(name, value, f"a decimal between 1e-{_LONGEST} and 1e{_LONGEST}")
    return Fraction(value)


def _from_sympy(name: str, value: Any) -> Fraction:
    if value.is_Rational and value.is_finite:
        return fraction(value)
    if value.is_Float and value.is_finite:
        return Fraction(str(value))
    raise refuse(name, value, "a finite rational number")


def _from_float(name: str, value: Any) -> Fraction:
    if not math.isfinite(value):
        raise refuse(name, value, "a finite number")
    return Fraction(float.__repr__(value) if isinstance(value, float) else str(value))


def _is_numpy_scalar(value: Any) -> bool:
    return type(value).__module__ == "numpy" and getattr(value, "shape", None) == () and (
        hasattr(value, "dtype") and value.dtype.kind in "iuf")


def positive(name: str, value: Any) -> "Rational":
    """A rational above 0."""
    number = rational(name, value)
    if number <= 0:
        raise refuse(name, value, "a number above 0")
    return number


def not_negative(name: str, value: Any) -> "Rational":
    """A rational of 0 or more."""
    number = rational(name, value)
    if number < 0:
        raise refuse(name, value, "a number of 0 or more")
    return number


def fraction_of_one(name: str, value: Any) -> "Rational":
    """A rate or a fee: a rational in [0, 1); a per cent typed as a whole number is refused."""
    number = rational(name, value)
    if not 0 <= number < 1:
        hint = f"; for {value} % write {_shifted(number)}" if 1 <= number < 100 else ""
        raise refuse(name, value, f"a fraction in [0, 1){hint}")
    return number


def whole(name: str, value: Any) -> int:
    """A whole number of 1 or more.

    >>> whole("looks", "3")
    3
    """
    number = rational(name, value)
    if number < 1 or number.q != 1:
        raise refuse(name, value, "a whole number of 1 or more")
    return int(number)


def sign(name: str, value: Any) -> Any:
    """A side as a sign, as it is given: +1 or -1."""
    if value not in (1, -1):
        raise refuse(name, value, A_SIDE)
    return value


def decimals(value: Any, places: int = 2) -> str:
    """An exact number for a sentence: rounded, with thousands separators and a real minus.

    >>> decimals(Fraction(-12345, 10)), decimals(Fraction(-1, 3), 0)
    ('−1,234.50', '0')
    """
    scaled = round(value * 10**places)
    units, part = divmod(abs(scaled), 10**places)
    return ("−" if scaled < 0 else "") + f"{units:,}" + (f".{part:0{places}}" if places else "")


def _shifted(number: "Rational") -> str:
    """The number over 100, as decimal text.  5 becomes 0.05."""
    return format(float(number / 100), ".6g")


def floats(name: str, values: Any) -> "numpy.ndarray":
    """A number or an array of numbers as float64; nan and infinities in float arrays stay.

    A float64 array comes back itself, not as a copy.  A shorter or longer float counts, as in
    `rational`, as the decimal that it prints as.
    ValueError, naming the argument and the value, for text that is no number, bool, None, ragged
    lists, masked values, and what float64 cannot hold.
    """
    import numpy

    kind = getattr(getattr(values, "dtype", None), "kind", "")
    if kind == "m" or numpy.ma.is_masked(values):  # NumPy counts durations among the integers
        raise refuse(name, values, "an array of numbers, none of them masked or a duration")
    if isinstance(values, numpy.ndarray) and values.dtype.kind in "iuf":
        return _as_printed(values).astype(float, copy=False)
    try:
        numpy.asarray(values)
    except ValueError:
        raise refuse(name, values, "a number or a rectangular array of numbers") from None
    single = numpy.asarray(values, dtype=object)
    numbers = [_float(name, value) for value in single.flat]
    return numpy.array(numbers, dtype=float).reshape(single.shape)


def positive_floats(name: str, values: Any) -> "numpy.ndarray":
    """The values as floats; text, bool, nan, infinities, 0 and below are refused by name."""
    column = floats(name, values)
    good = (column > 0) & (column < math.inf)
    if not good.all():
        raise refuse(name, column[~good].flat[0].item(), "a number above 0")
    return column


def many(value: Any) -> bool:
    """Whether this is a list or an array, and not one number."""
    shape = getattr(value, "shape", None)
    return bool(shape) or shape is None and hasattr(value, "__len__") and not isinstance(
        value, (str, bytes))


def broadcastable(shapes: "Mapping[str, tuple[int, ...]]") -> None:
    """ValueError, with the names, unless arrays of these shapes broadcast against each other."""
    import numpy

    try:
        numpy.broadcast_shapes(*shapes.values())
    except ValueError:
        raise refuse("shapes of " + ", ".join(shapes), list(shapes.values()),
                     "shapes that broadcast against each other") from None


def _as_printed(values: "numpy.ndarray") -> "numpy.ndarray":
    own = values.dtype.kind == "f" and values.dtype.itemsize != 8
    return values.astype(str) if own else values


def _float(name: str, value: Any) -> float:
    if type(value) is float or type(value).__name__ == "float64":
        return float(value)
    exact = rational(name, value)
    number = float(exact)
    if math.isinf(number) or (number == 0) != (exact == 0):
        raise refuse(name, value, "a number that float64 can hold")
    return number


def one_of(name: str, value: Any, allowed: tuple[str, ...]) -> str:
    """One of a few words."""
    if not isinstance(value, str) or value not in allowed:
        raise refuse(name, value, "one of " + ", ".join(repr(word) for word in allowed))
    return value


def mapping(name: str, value: Any, expected: str) -> Mapping:
    """A dictionary, or what reads like one; `expected` says what it maps to what."""
    if not isinstance(value, Mapping):
        raise refuse(name, value, expected)
    return value
