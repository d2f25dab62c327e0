"""Linear and inverse contracts: which formulas value a position.

A linear contract has its size in coin and its money in the quote currency.  An inverse contract
has its size in contracts of a fixed face value in the quote currency, and its money in coin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from ..theory import formulas
from ..theory.exact import floats, fraction, positive
from ..theory.formula import Formula

if TYPE_CHECKING:
    import numpy
    import sympy


class _Contract:
    """Finds a contract's own version of a formula and feeds it with the contract's own names."""

    prefix: ClassVar[str] = ""
    own_names: ClassVar[dict[str, str]] = {}

    def formula(self, role: str) -> Formula:
        """The formula of this contract for a role: "notional", "liquidation_price", …

        The role "price" is the notional's formula turned round: the price that has a notional.
        """
        if role == "price":
            return self.formula("notional").solved_for("mark_price")
        return formulas.catalogue()[self.prefix + role]

    def value(self, role: str, **values: Any) -> "sympy.Rational | None":
        """The exact value of this contract's formula, from a position's names."""
        return self.exact(self.formula(role), **values)

    def exact(self, formula: Formula, **values: Any) -> "sympy.Rational | None":
        """The exact value of any formula, from a position's names."""
        named = self._named(values) | self._fixed()
        return formula.exact(**{symbol.name: named[symbol.name] for symbol in formula.symbols})

    def turned(self, formula: Formula, name: str) -> Formula:
        """The formula turned round for a position's name, such as "size"."""
        return formula.solved_for(self.own_names.get(name, name))

    def size_of(self, notional: Any, price: Any) -> "sympy.Rational":
        """The size that has this notional at this price."""
        formula = self.turned(self.formula("notional"), "size")
        return self.exact(formula, notional=notional, mark_price=price)

    def array(self, role: str, **values: Any) -> "numpy.ndarray":
        """The same for float64 arrays and floats, unchecked: see `Formula.unchecked`."""
        fixed = {name: floats(name, value) for name, value in self._fixed().items()}
        return self.formula(role).unchecked(**self._named(values) | fixed)

    def plainly(self, values: dict[str, Any]) -> dict[str, Any]:
        """A position's names as this contract's own, with what it fixes: for `Formula.plain`."""
        fixed = {name: fraction(value) for name, value in self._fixed().items()}
        return self._named(values) | fixed

    def loss_shrinks_notional(self, side: int) -> bool:
        """Whether the notional falls along the adverse path: linear long and inverse short."""
        return (side > 0) == (not self.prefix)

    def _named(self, values: dict[str, Any]) -> dict[str, Any]:
        return {self.own_names.get(name, name): value for name, value in values.items()}

    def _fixed(self) -> dict[str, Any]:
        return {}


@dataclass(frozen=True)
class Linear(_Contract):
    """A contract on `size` coins that settles in the quote currency (USDT).

    >>> Linear().value("notional", size="0.1", mark_price=60_000)
    6000
    """


@dataclass(frozen=True)
class Inverse(_Contract):
    """A contract with a `face` value in the quote currency that settles in coin.

    Raises ValueError where `face` is not a number above 0.

    >>> Inverse(face=100).value("notional", size=3, mark_price=60_000)
    1/200
    """

    face: Any = 1

    prefix: ClassVar[str] = "inverse_"
    own_names: ClassVar[dict[str, str]] = {
        "size": "contracts", "added_size": "added_contracts", "closed_size": "closed_contracts"}

    def __post_init__(self):
        object.__setattr__(self, "face", positive("face", self.face))

    def _fixed(self) -> dict[str, Any]:
        return {"face": self.face}
