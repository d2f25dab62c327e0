"""What a reader of an explorer can change: sliders and choices."""

from __future__ import annotations

from typing import Any

from ..theory.exact import rational, refuse
from ..theory.symbols import every
from .words import decimal


def _symbol(name: str) -> str:
    if name not in every():
        raise refuse("name", name, "the name of a symbol of the book, such as 'mark_price'")
    return name


class Slider:
    """A number between two ends, in steps; it can be typed, too, and then need not be on a step.

    Values are in the symbol's own unit; rates are fractions, shown in per cent.

    >>> Slider("leverage", 1, 125, start=10).start
    10
    """

    def __init__(self, name: str, low: Any, high: Any, *, step: Any = 1, start: Any = None,
                 label: str | None = None):
        self.name, self.label = _symbol(name), label
        self.low, self.high, self.step = (rational(word, value) for word, value in
                                          (("low", low), ("high", high), ("step", step)))
        if self.low >= self.high:
            raise refuse("high", high, f"more than low = {self.low}")
        if self.step <= 0 or (self.high - self.low) % self.step:
            raise refuse("step", step, "a positive step that leads from low to high")
        self.start = self.low if start is None else self.read(start)

    def read(self, value: Any) -> Any:
        """An exact value in the range.  ValueError otherwise."""
        number = rational(self.name, value)
        if not self.low <= number <= self.high:
            raise refuse(self.name, value, f"a number from {self.low} to {self.high}")
        decimal(self.name, number)
        return number

    def spec(self) -> dict[str, Any]:
        """What the page needs."""
        numbers = {"low": self.low, "high": self.high, "step": self.step, "start": self.start}
        texts = {key: decimal(key, value) for key, value in numbers.items()}
        return {"name": self.name, "kind": "slider", **texts}


class Choice:
    """One of a few words, each with its value.

    >>> Choice("side", {"long": 1, "short": -1}).read("short")
    -1
    """

    def __init__(self, name: str, options: dict[str, Any], *, start: Any = None,
                 label: str | None = None):
        self.name, self.label = _symbol(name), label
        self.options = {word: rational(name, value) for word, value in options.items()}
        if len(self.options) < 2:
            raise refuse("options", options, "at least two words with their values")
        self.start = self.read(next(iter(self.options)) if start is None else start)

    def read(self, value: Any) -> Any:
        """The value of a word, or a value that is one of the options'.  ValueError otherwise."""
        if isinstance(value, str) and value in self.options:
            return self.options[value]
        allowed = ", ".join(self.options)
        try:
            number = rational(self.name, value)
        except ValueError:
            raise refuse(self.name, value, f"one of {allowed}") from None
        if number not in self.options.values():
            raise refuse(self.name, value, f"one of {allowed}")
        return number

    def spec(self) -> dict[str, Any]:
        """What the page needs."""
        options = [[word, decimal(word, value)] for word, value in self.options.items()]
        return {"name": self.name, "kind": "choice", "options": options,
                "start": decimal("start", self.start)}
