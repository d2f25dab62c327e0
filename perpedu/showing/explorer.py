"""Explorers: a formula under the reader's hands, alive in Jupyter and on a page without a kernel.

The page evaluates the JavaScript that the formulas generate; Python computes the same values
exactly. Both say the same sentence about them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy
import traitlets

from ..theory import symbols as s
from ..theory.exact import rational, refuse
from ..theory.formula import Formula
from . import words
from .controls import Choice, Slider
from .element import Element, short
from .mathml import mathml, symbol
from .model import Model, condition_js, holds

__all__ = ["Chart", "Choice", "Explorer", "Slider"]


@dataclass(frozen=True)
class Chart:
    """The picture: curves against the control `x`, and marks, which are values on its axis.

    Where `shade` holds, the picture is shaded and says `shade_word`. `range` defaults to the
    ends of the control; its ends are numbers, or names of values that always exist. `y` names
    the vertical axis, which shows `zero` or only what is drawn. With `log` the horizontal axis
    is logarithmic. `drag` is the control that dragging in the picture sets, by default `x`.
    """

    x: str = "mark_price"
    curves: tuple[str, ...] | list[str] = ("equity", "maintenance_margin")
    marks: tuple[str, ...] | list[str] = ("bankruptcy_price", "liquidation_price", "entry_price",
                                          "mark_price")
    y: str = ""
    shade: Any = s.equity <= s.maintenance_margin
    shade_word: str = "liquidated"
    range: tuple[Any, Any] | None = None
    zero: bool = True
    log: bool = False
    drag: str = ""


class Explorer(Element):
    """A picture, a formula with the reader's numbers in it, and a sentence, under controls.

    `controls` are sliders and choices, the one that matters first; `fixed` gives the values that
    the reader cannot change. Every other value is computed by the formula of its name, or by one
    in `own` (name → Formula or SymPy expression). `states` are (condition or None, sentence) in
    order: the first whose condition holds, and whose numbers all exist, is said. `show` names
    the values of the table. `formula` names the formula that is written out. `quote` and `coin`
    are the currencies' names. `labels` calls values otherwise than by their names. `chart` is a Chart or its fields; `{}` is the usual picture.

    >>> explorer = Explorer("When is a 10× long liquidated?",
    ...     controls=[Slider("mark_price", 40_000, 80_000, step=100, start=60_000)],
    ...     fixed={"side": 1, "size": "0.1", "entry_price": 60_000, "collateral": 600,
    ...            "maintenance_rate": "0.005", "deduction": 0, "close_fee": 0},
    ...     states=[(s.equity <= s.maintenance_margin, "Liquidated: equity is {equity:u}."),
    ...             (None, "Open: it is liquidated at {liquidation_price}.")],
    ...     show=["equity", "maintenance_margin"], formula="liquidation_price", chart={})
    >>> explorer.state
    'Open: it is liquidated at 54,271.36.'
    >>> explorer.set(mark_price=54_000)
    >>> explorer.state
    'Liquidated: equity is 0 USDT.'
    """

    values = traitlets.Dict().tag(sync=True)
    state = traitlets.Unicode(read_only=True).tag(sync=True)

    def __init__(self, title: str, *, controls: list[Slider | Choice],
                 states: list[tuple[Any, str]], fixed: dict[str, Any] | None = None,
                 show: list[str] | None = None, chart: Chart | dict | None = None,
                 formula: str | Formula | None = None, own: dict[str, Any] | None = None,
                 quote: str = "USDT", coin: str = "BTC", labels: dict[str, str] | None = None):
        self.title = title
        self.chart = Chart(**chart) if isinstance(chart, dict) else chart
        self.controls = {control.name: control for control in controls}
        self.fixed = {name: rational(name, value) for name, value in (fixed or {}).items()}
        self._check_names(controls)
        self._states = [(condition, words.parse(text)) for condition, text in states]
        self.show, wanted = list(show or ()), self._wanted(show or (), formula)
        self.model = Model([*self.controls, *self.fixed], wanted, own)
        self._quote, self._coin = quote, coin
        self._facts = {name: words.fact(self.model.quantity(name), self._money())
                       for name in [*self.controls, *self.fixed, *self.model.steps]}
        self._relabel(labels or {})
        self._check_chart()
        self._formula = self._written_out(formula)
        start = {name: control.start for name, control in self.controls.items()}
        super().__init__(spec=self._spec(), values=self._texts(start))

    def set(self, **values: Any) -> None:
        """Move controls, as a reader does: `explorer.set(mark_price=55_000, side="short")`.

        Raises ValueError for a name that is no control, or a value that it cannot have.
        """
        for name, value in values.items():
            if name not in self.controls:
                raise refuse(name, value, "a control: " + ", ".join(self.controls))
        read = {name: self.controls[name].read(value) for name, value in values.items()}
        self.values = self.values | self._texts(read)

    @property
    def given(self) -> dict[str, sympy.Rational]:
        """The values of the controls and the fixed values, exact."""
        typed = {name: self.controls[name].read(text) for name, text in self.values.items()}
        return {**self.fixed, **typed}

    @property
    def exact(self) -> dict[str, sympy.Rational | None]:
        """Every value by name, exact; None where there is none."""
        return self.model.exact(self.given)

    def facts(self, name: str) -> dict[str, Any]:
        """The label, meaning, unit and role of a value."""
        return self._facts[name]

    def static(self) -> str:
        from .still import explorer

        return explorer(self)

    def page_spec(self) -> dict[str, Any]:
        return self.spec | {"values": self.values}

    def __repr__(self) -> str:
        whole = f"explorer · {self.state}"
        return whole if short(whole) == whole else short(f"explorer · {self.title} · see .state")

    @traitlets.validate("values")
    def _checked(self, proposal: Any) -> dict[str, str]:
        try:
            return self._texts({name: self.controls[name].read(proposal["value"][name])
                                for name in self.controls})
        except (KeyError, ValueError) as error:
            raise traitlets.TraitError(f"values: {error}") from None

    @traitlets.observe("values")
    def _say(self, _: Any) -> None:
        self.set_trait("state", self.sentence(self.exact))

    def sentence(self, values: dict[str, Any]) -> str:
        """What is said about these values."""
        units = {name: item["unit"] for name, item in self._facts.items()}
        for condition, pieces in self._states:
            if holds(condition, values) and all(values[p[0]] is not None for p in _fields(pieces)):
                return words.fill(pieces, values, units)
        raise ValueError(f"states of {self.title!r}: none fits {values}")

    def _check_names(self, controls: list[Slider | Choice]) -> None:
        names = [control.name for control in controls] + list(self.fixed)
        for name in names:
            if names.count(name) > 1:
                raise refuse("controls", name, "each name once, as a control or as fixed")

    def _relabel(self, labels: dict[str, str]) -> None:
        for name, label in labels.items():
            if name not in self._facts:
                raise refuse("labels", name, "the name of a value: " + ", ".join(self._facts))
            self._facts[name]["label"] = label

    def _check_chart(self) -> None:
        chart = self.chart
        if chart and chart.drag and not isinstance(self.controls.get(chart.drag), Slider):
            raise refuse("drag", chart.drag, "the name of a slider")
        if chart and chart.log and any(not _is_name(end) and end <= 0 for end in self._ends()):
            raise refuse("range", chart.range, "ends above 0, as the axis is logarithmic")

    def _wanted(self, show: Any, formula: Any) -> list[str]:
        said = [name for condition, pieces in self._states for name in _needs(condition, pieces)]
        drawn = [*self.chart.curves, *self.chart.marks, *_names(self.chart.shade),
                 *filter(_is_name, self.chart.range or ())] if self.chart else []
        return [*show, *([formula] if isinstance(formula, str) else []), *said, *drawn]

    def _money(self) -> words.Currencies:
        inverse = any(item.contract == "inverse" for item in self.model.steps.values())
        return words.Currencies(self._quote, self._coin, self._coin if inverse else self._quote)

    def _texts(self, values: dict[str, Any]) -> dict[str, str]:
        return {name: words.decimal(name, value) for name, value in values.items()}

    def _written_out(self, formula: str | Formula | None) -> dict[str, Any] | None:
        """The formula in letters and with room for numbers; zeros and signs already in it."""
        if formula is None:
            return None
        whole = self.model.steps[formula] if isinstance(formula, str) else formula
        plain = {s_.name: self.fixed[s_.name] for s_ in whole.symbols
                 if self.fixed.get(s_.name) == 0 or s_.name == "side" and "side" in self.fixed}
        reduced = whole.at(whole.name, **plain) if plain else whole
        return {"name": whole.result.name, "letters": mathml(reduced.equation),
                "numbers": mathml(reduced.expression, numbers=True),
                "result": symbol(whole.result.name)}

    def _spec(self) -> dict[str, Any]:
        return {
            "kind": "explorer", "title": self.title, "facts": self._facts, "show": self.show,
            "controls": [self._control(item) for item in self.controls.values()],
            "fixed": self._texts(self.fixed), "steps": self.model.script(),
            "states": [{"when": condition_js(condition), "needs": _needs(condition, pieces),
                        "say": pieces} for condition, pieces in self._states],
            "chart": self._picture(), "formula": self._formula,
        }  # fmt: skip

    def _control(self, control: Slider | Choice) -> dict[str, Any]:
        label = control.label or self._facts[control.name]["label"]
        return control.spec() | {"label": label, "math": symbol(control.name)}

    def _picture(self) -> dict[str, Any] | None:
        chart = self.chart
        if chart is None:
            return None
        return {"x": chart.x, "curves": list(chart.curves), "marks": list(chart.marks),
                "y": chart.y or self._facts[chart.curves[0]]["unit"],
                "range": [end if _is_name(end) else float(end) for end in self._ends()],
                "zero": chart.zero, "log": chart.log, "drag": chart.drag or chart.x,
                "shade": condition_js(chart.shade), "shadeNeeds": _names(chart.shade),
                "shadeWord": chart.shade_word}

    def span(self) -> tuple[Any, Any]:
        """The two ends of the picture's horizontal axis, at the present values."""
        return tuple(self.exact[end] if _is_name(end) else end for end in self._ends())

    def _ends(self) -> tuple[Any, Any]:
        if self.chart.range:
            return tuple(end if _is_name(end) else rational("range", end)
                         for end in self.chart.range)
        control = self.controls.get(self.chart.x)
        if not isinstance(control, Slider):
            raise refuse("range", None, f"two numbers, as {self.chart.x} is no slider")
        return control.low, control.high


def _is_name(end: Any) -> bool:
    return isinstance(end, str) and end.isidentifier()


def _fields(pieces: list[Any]) -> list[Any]:
    return [piece for piece in pieces if not isinstance(piece, str)]


def _names(condition: Any) -> list[str]:
    return sorted(item.name for item in getattr(condition, "free_symbols", ()))


def _needs(condition: Any, pieces: list[Any]) -> list[str]:
    return list(dict.fromkeys([*_names(condition), *(piece[0] for piece in _fields(pieces))]))
