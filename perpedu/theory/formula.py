"""A formula, written once: its LaTeX, exact value, NumPy function and JavaScript are generated."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import sympy

from .exact import A_SIDE, broadcastable, floats, fraction, rational, refuse
from .functions import is_rational, javascript, on_floats, put
from .notation import tex
from .symbols import Quantity, every

if TYPE_CHECKING:
    import numpy

CONTRACTS = ("linear", "inverse", "any")
_DIGITS = 30


class Formula:
    """`result = expression`, with the conventions under which it holds.

    Arguments of `exact` and `numpy` carry the names of the symbols on the right-hand side;
    units are those of the symbols (`perpedu.symbols`).

    >>> from perpedu import formulas
    >>> formulas.initial_margin.exact(entry_notional=6000, leverage=10)
    600
    >>> formulas.initial_margin.js()
    'entry_notional/leverage'
    """

    def __init__(self, name: str, result: Quantity, expression: sympy.Expr, *, chapter: int,
                 source: str, assumptions: tuple[str, ...] = (), contract: str = "linear"):
        self.name, self.result, self.expression = name, result, sympy.sympify(expression)
        self.assumptions, self.chapter, self.source = tuple(assumptions), chapter, source
        self.contract = contract

    @property
    def equation(self) -> sympy.Eq:
        """The formula as a SymPy equation."""
        return sympy.Eq(self.result, self.expression, evaluate=False)

    @cached_property
    def symbols(self) -> tuple[Quantity, ...]:
        """The symbols on the right-hand side, in the order of the notation table; others last."""
        order = {name: place for place, name in enumerate(every())}
        return tuple(sorted(self.expression.free_symbols,
                            key=lambda s: (order.get(s.name, len(order)), s.name)))

    def latex(self) -> str:
        """The equation as LaTeX, without dollar signs."""
        return tex(self.equation)

    @cached_property
    def is_rational(self) -> bool:
        """Whether its value at fractions is a fraction: no root, logarithm, exponential or Φ."""
        return is_rational(self.expression)

    def exact(self, **values: Any) -> sympy.Expr | None:
        """The exact value, or None where there is none (no such price, division by 0).

        A rational number where the formula `is_rational`; else the exact SymPy expression, which
        `sympy.N` gives to any number of digits, or `number` to 30.  None also where it is not real.

        Raises ValueError for a missing or unknown name, a value that is not a number, a side
        other than +1 or -1.
        """
        numbers = {name: rational(name, value) for name, value in values.items()}
        self._check_names(values)
        self._check_sides(values, numbers)
        value = put(self.expression, {s: numbers[s.name] for s in self.symbols})
        return value if self._exists(value) else None

    def number(self, **values: Any) -> sympy.Rational | None:
        """`exact`, but always rational: where it is not, the nearest decimal of 30 digits.

        >>> from perpedu import formulas
        >>> formulas.initial_margin.number(entry_notional=6000, leverage=10)
        600
        """
        return _as_rational(self.exact(**values))

    def numpy(self, **arrays: Any) -> "numpy.ndarray":
        """The value for arrays that broadcast against each other, as float64; nan where none.

        Raises ValueError for a missing or unknown name, a value that is not a number, a side
        other than +1 or -1, or shapes that do not broadcast.
        """
        import numpy

        self._check_names(arrays)
        columns = self._columns(arrays)
        with numpy.errstate(all="ignore"):
            value = numpy.asarray(self._vectorized(*columns), dtype=float)
        missing = ~numpy.isfinite(value)
        if self.result.is_positive:
            missing |= value <= 0
        return numpy.where(missing, numpy.nan, value)

    def unchecked(self, **arrays: Any) -> "numpy.ndarray":
        """The bare arithmetic of `numpy`, for float64 arrays and floats that the caller has checked.

        Names that the formula does not need are left out.  Where there is no value, what comes
        out means nothing: nan, an infinity, a price below 0.
        """
        return self._vectorized(*(arrays[symbol.name] for symbol in self.symbols))

    def plain(self, **values: Any) -> Any:
        """The bare exact arithmetic, for Fractions that the caller has checked: many at once.

        Names that the formula does not need are left out.  ZeroDivisionError where there is no
        value; a price below 0 comes out as it is.  TypeError unless the formula `is_rational`.
        """
        if not self.is_rational:
            raise TypeError(f"{self.name} has no exact arithmetic on fractions, for it has a root, "
                            "a logarithm, an exponential or Φ: use exact, number or numpy")
        return self._on_fractions(*(values[symbol.name] for symbol in self.symbols))

    def js(self) -> str:
        """The right-hand side as a JavaScript expression; variables are named like the symbols.

        `Math` has its exp, log and sqrt; `Phi` is a function of the page's script.
        """
        return javascript(self.expression)

    def at(self, name: str, result: Quantity | None = None, **values: Any) -> "Formula":
        """The same formula with some symbols fixed, under a name of its own."""
        self._refuse_unknown(values)
        fixed = {every()[key]: rational(key, value) for key, value in values.items()}
        expression = sympy.factor_terms(self.expression.xreplace(fixed))
        said = tuple(f"{key} = {value}" for key, value in values.items())
        return Formula(name, result or self.result, expression, chapter=self.chapter,
                       source=self.source, assumptions=self.assumptions + said,
                       contract=self.contract)

    def put_in(self, *others: "Formula") -> "Formula":
        """The same formula with the results of others replaced by what they stand for, in order.

        >>> from perpedu import formulas
        >>> formulas.requirement.put_in(formulas.maintenance_margin).expression
        close_fee*notional - deduction + maintenance_rate*notional
        """
        expression = self.expression
        for other in others:
            expression = expression.xreplace({other.result: other.expression})
        return Formula(self.name, self.result, expression, chapter=self.chapter,
                       source=self.source, assumptions=self.assumptions, contract=self.contract)

    def solved_for(self, name: str) -> "Formula":
        """The same equation turned round, so that the symbol `name` stands alone on the left.

        >>> from perpedu import formulas
        >>> formulas.notional.solved_for("mark_price").expression
        notional/size

        Raises ValueError where the equation does not fix `name` uniquely.
        """
        if name not in self._turned:
            self._turned[name] = self._turn(name)
        return self._turned[name]

    def _turn(self, name: str) -> "Formula":
        unknown = every().get(name)
        answers = sympy.solve(self.equation, unknown) if unknown in self.symbols else []
        if len(answers) != 1:
            raise refuse("name", name, f"a symbol that {self.name} fixes uniquely")
        return Formula(f"{self.name}, solved for {name}", unknown, answers[0], source=self.source,
                       chapter=self.chapter, assumptions=self.assumptions, contract=self.contract)

    @cached_property
    def _turned(self) -> dict[str, "Formula"]:
        return {}

    @cached_property
    def _vectorized(self):
        return sympy.lambdify(self.symbols, self.expression, modules=[{"Phi": on_floats}, "numpy"],
                              cse=True)

    @cached_property
    def _on_fractions(self):
        """The expression on numbers as they come; its own broken constants stay exact."""
        broken = [n for n in self.expression.atoms(sympy.Rational) if not n.is_Integer]
        names = {number: sympy.Dummy() for number in broken}
        bare = sympy.lambdify([*names.values(), *self.symbols], self.expression.xreplace(names),
                              modules="math")
        return partial(bare, *(fraction(n) for n in broken))

    def _exists(self, value: sympy.Expr) -> bool:
        near = value if value.is_Rational or self.is_rational else _decimal(value)
        if not (near.is_Rational or near.is_Float and near.is_finite):
            return False
        return not (self.result.is_positive and near <= 0)

    def _check_names(self, values: dict[str, Any]) -> None:
        self._refuse_unknown(values)
        missing = [s.name for s in self.symbols if s.name not in values]
        if missing:
            raise ValueError(f"{self.name} also needs " + ", ".join(missing))

    def _refuse_unknown(self, values: dict[str, Any]) -> None:
        wanted = [s.name for s in self.symbols]
        for name in values:
            if name not in wanted:
                raise refuse(name, values[name], f"only the symbols of {self.name}: "
                             + ", ".join(wanted))

    def _check_sides(self, given: dict[str, Any], numbers: dict[str, sympy.Rational]) -> None:
        for symbol in self.symbols:
            if symbol.values and numbers[symbol.name] not in symbol.values:
                raise refuse(symbol.name, given[symbol.name], A_SIDE)

    def _columns(self, arrays: dict[str, Any]) -> "list[numpy.ndarray]":
        import numpy

        columns = [floats(s.name, arrays[s.name]) for s in self.symbols]
        for symbol, column in zip(self.symbols, columns):
            known = not symbol.values or numpy.isin(column, symbol.values) | numpy.isnan(column)
            if not numpy.all(known):
                raise refuse(symbol.name, column[~known].flat[0].item(), A_SIDE)
        broadcastable({s.name: column.shape for s, column in zip(self.symbols, columns)})
        return columns

    def __getstate__(self) -> dict[str, Any]:
        """What to pickle: all but the generated functions, which are made again when needed."""
        made = ("_vectorized", "_on_fractions")
        return {name: value for name, value in vars(self).items() if name not in made}

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    def __repr__(self) -> str:
        return f"Formula({self.name}: {self.result} = {self.expression})"


def _as_rational(value: sympy.Expr | None) -> sympy.Rational | None:
    if value is None or value.is_Rational:
        return value
    return sympy.Rational(str(sympy.N(value, _DIGITS)))


def _decimal(value: sympy.Expr) -> sympy.Expr:
    """The value of a number without symbols as a decimal; nan where it is none.

    The logarithm or the root of a number below 0 has brought in the imaginary unit.
    """
    if value.has(sympy.I):
        return sympy.nan
    try:
        return sympy.N(value, _DIGITS)
    except ValueError:  # the least of a number and of nan
        return sympy.nan
