"""Tier tables: which maintenance rate a notional carries, and the margin that follows."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Set
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Iterable, NamedTuple

from ..theory import formulas
from ..theory.exact import fraction_of_one, not_negative, one_of, positive, rational, refuse
from . import tables

if TYPE_CHECKING:
    from sympy import Rational

SCHEMES = ("marginal", "flat")
_ROWS = "rows (floor, rate) or (floor, rate, max_leverage), the first floor 0"


class Tier(NamedTuple):
    """One row: the notional it begins at, its rate, its leverage cap (None: not given) and the
    deduction that joins it to the row below (0 in a flat table)."""

    floor: "Rational"
    rate: "Rational"
    max_leverage: "Rational | None"
    deduction: "Rational"


class Tiers:
    """A tier table, keyed on notional in the currency in which the contract settles.

    rows: (floor, rate) or (floor, rate, max_leverage); the first floor is 0, floors rise,
        rates in [0, 1) never fall.  A notional on a boundary belongs to the lower tier.
    cap: the largest notional the table covers; None for no cap.
    scheme: "marginal" (each rate on its own slice of notional, written as rate times notional
        less a deduction) or "flat" (the whole notional at its tier's rate, no deduction).

    >>> tiers = Tiers([(0, "0.005"), (100_000, "0.0065")])
    >>> tiers.deductions
    (0, 150)
    >>> tiers.maintenance_margin(110_000)
    565

    Raises ValueError, naming row and value, for a table that breaks these rules.
    """

    def __init__(self, rows: Iterable, cap: Any = None, scheme: str = "marginal"):
        scheme = one_of("scheme", scheme, SCHEMES)
        rows = _checked(rows, scheme)
        end = None if cap is None else positive("cap", cap)
        if end is not None and end <= rows[-1].floor:
            raise refuse("cap", cap, f"a notional above the last floor {rows[-1].floor}")
        vars(self).update(rows=rows, cap=end, scheme=scheme, source=None, as_of=None, name=None)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a tier table does not change; {name} stays")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a tier table does not change; {name} stays")

    @classmethod
    def load(cls, name: str, folder: Any = None) -> "Tiers":
        """A dated, sourced table that ships with the package; `Tiers.names()` lists them.

        folder: another folder of venues than the package's own.

        >>> Tiers.load("binance/BTCUSDT/2026-09").maintenance_margin(500_000)
        2200

        Raises ValueError for a name that is not there, and for a file that breaks the rules.
        """
        content = tables.read(name, folder)
        rows = [(floor, rate, lever) for floor, _, rate, lever, _ in content["rows"]]
        try:
            made = cls(rows, cap=content["rows"][-1][1], scheme=content["scheme"])
            made._check_deductions([row[-1] for row in content["rows"]])
        except ValueError as error:
            raise ValueError(f"{name}.json, {error}") from None
        return made._described(content, name)

    def _check_deductions(self, published: list) -> None:
        """The deductions of a file are those that make the margin continuous."""
        for i, (found, own) in enumerate(zip(published, self.deductions), 1):
            name = f"deduction of row {i}"
            if rational(name, found) != own:
                raise refuse(name, found, f"{own}, which follows from floors and rates")

    def _described(self, content: Mapping, name: str) -> "Tiers":
        vars(self).update(source=content["source"], as_of=content["as_of"], name=name)
        return self

    def charged(self, scheme: str) -> "Tiers":
        """The same rows and cap, charged as another scheme; source and date stay.

        >>> Tiers([(0, "0.004"), (200_000, "0.005")]).charged("flat").maintenance_margin(330_000)
        1650
        """
        if scheme == self.scheme:
            return self
        made = Tiers([row[:3] for row in self.rows], self.cap, scheme)
        vars(made).update(source=self.source, as_of=self.as_of)
        return made

    @staticmethod
    def names(folder: Any = None) -> list[str]:
        """The tables that ship with the package (or lie in `folder`), as venue/symbol/date."""
        return tables.names(folder)

    @property
    def deductions(self) -> tuple["Rational", ...]:
        """The deduction of each row; zeros in a flat table."""
        return tuple(row.deduction for row in self.rows)

    def tier(self, notional: Any) -> int:
        """The tier, counted from 1, that holds this notional.  ValueError above the cap."""
        return self.number(self._within("notional", notional))

    def rate(self, notional: Any) -> "Rational":
        """The maintenance rate at this notional.  ValueError above the cap."""
        return self._row(notional).rate

    def deduction(self, notional: Any) -> "Rational":
        """The deduction at this notional.  ValueError above the cap."""
        return self._row(notional).deduction

    def max_leverage(self, notional: Any) -> "Rational | None":
        """The leverage cap at this notional; None where the table gives none."""
        return self._row(notional).max_leverage

    def maintenance_margin(self, notional: Any) -> "Rational":
        """Rate times notional less the deduction, in the notional's currency."""
        return self.margin(self._within("notional", notional))

    def number(self, notional: "Rational") -> int:
        """The tier, counted from 1; a notional above the cap has the last one."""
        return max(1, bisect_left(self.rows, notional, key=lambda row: row.floor))

    def margin(self, notional: "Rational") -> "Rational":
        """The maintenance margin; a notional above the cap is charged the last rate."""
        row = self.rows[self.number(notional) - 1]
        return formulas.maintenance_margin.exact(
            maintenance_rate=row.rate, deduction=row.deduction, notional=notional)

    def refuse_above_cap(self, name: str, notional: "Rational") -> "Rational":
        """The notional itself, or a ValueError where it lies above the cap."""
        if self.cap is not None and notional > self.cap:
            raise refuse(name, notional, f"a notional of at most {self.cap}, the table's cap")
        return notional

    def _within(self, name: str, notional: Any) -> "Rational":
        return self.refuse_above_cap(name, not_negative(name, notional))

    def _row(self, notional: Any) -> Tier:
        return self.rows[self.tier(notional) - 1]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tiers) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple:
        return self.rows, self.cap, self.scheme

    def __repr__(self) -> str:
        if self.name:
            return f"Tiers.load({self.name!r})"
        rows = ", ".join(f"({row.floor}, {row.rate})" for row in self.rows)
        cap = "" if self.cap is None else f", cap={self.cap}"
        return f"Tiers([{rows}]{cap}, scheme={self.scheme!r})"


def as_tiers(tiers: Any) -> Tiers:
    """A table as it is; a bare rate ("0.005") as a table of one tier."""
    if isinstance(tiers, Tiers):
        return tiers
    if tiers is None or hasattr(tiers, "__iter__") and not isinstance(tiers, str):
        raise refuse("tiers", tiers, "Tiers(...) or one bare rate such as '0.005'")
    return Tiers([(0, fraction_of_one("tiers", tiers))])


def _checked(rows: Iterable, scheme: str) -> tuple[Tier, ...]:
    if not _in_order(rows):
        raise refuse("rows", rows, _ROWS)
    read = [_row(i, row) for i, row in enumerate(rows, 1)]
    if not read:
        raise refuse("rows", rows, "at least one row (0, rate)")
    _check_order(read)
    return _with_deductions(read, scheme)


def _row(i: int, row: Any) -> Tier:
    cells = tuple(row) if _in_order(row) else ()
    if len(cells) not in (2, 3):
        raise refuse(f"row {i}", row, "(floor, rate) or (floor, rate, max_leverage)")
    row = cells
    leverage = row[2] if len(row) == 3 else None
    return Tier(not_negative(f"floor of row {i}", row[0]),
                fraction_of_one(f"rate of row {i}", row[1]),
                None if leverage is None else at_least_one(f"max_leverage of row {i}", leverage),
                rational("deduction", 0))


def _in_order(values: Any) -> bool:
    """Whether these are values one after the other: no text, no set, no dictionary."""
    return hasattr(values, "__iter__") and not isinstance(values, (str, bytes, Set, Mapping))


def at_least_one(name: str, value: Any) -> "Rational":
    """A leverage: a rational of 1 or more."""
    number = rational(name, value)
    if number < 1:
        raise refuse(name, value, "a leverage of 1 or more")
    return number


def _check_order(rows: list[Tier]) -> None:
    if rows[0].floor != 0:
        raise refuse("floor of row 1", rows[0].floor, "0: the first tier begins at 0")
    for i, (below, row) in enumerate(pairwise(rows), 2):
        if row.floor <= below.floor:
            raise refuse(f"floor of row {i}", row.floor, f"a floor above {below.floor}")
        if row.rate < below.rate:
            raise refuse(f"rate of row {i}", row.rate,
                         f"a rate of at least {below.rate}: rates never fall")


def _with_deductions(rows: list[Tier], scheme: str) -> tuple[Tier, ...]:
    """The rows with the deductions that make the margin continuous; none in a flat table."""
    if scheme == "flat":
        return tuple(rows)
    done = [rows[0]]
    for row in rows[1:]:
        done.append(row._replace(deduction=formulas.deduction.exact(
            previous_deduction=done[-1].deduction, previous_rate=done[-1].rate,
            floor=row.floor, maintenance_rate=row.rate)))
    return tuple(done)
