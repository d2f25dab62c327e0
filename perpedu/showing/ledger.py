"""A worked ledger: each line a formula, the same formula with the numbers in it, and its value."""

from __future__ import annotations

from html import escape
from typing import Any

from ..teaching.numbers_typed import show
from ..theory.exact import rational, refuse
from ..theory.formulas import catalogue
from ..theory.notation import tex
from ..theory.symbols import every
from .grid import LEFT, RIGHT, Grid, caption
from .model import Model
from .words import PERCENT, Currencies, fact

HEAD = ("Quantity", "Formula, and with these numbers", "Value")


class Ledger:
    """Quantities worked out one after another from given numbers, by the book's formulas.

    title: a sentence; wanted: names of formulas, in the order in which they are to be read;
    given: values by symbol name (`side` is +1 or −1; rates are fractions).
    `ledger["equity"]` is the exact value.  Shows as a table in a notebook and as text elsewhere.

    >>> Ledger("A long", ["entry_notional"], size="0.1", entry_price=60_000)["entry_notional"]
    6000

    Raises ValueError for a name that is no symbol, or a quantity that does not follow.
    """

    def __init__(self, title: str, wanted: list[str], *, own: dict[str, Any] | None = None,
                 money: Currencies = Currencies(), **given: Any):
        for name in given:
            if name not in every():
                raise refuse("given", name, "names of symbols, such as size or entry_price")
        self.title, self.wanted, self.money = title, list(wanted), money
        self.given = {name: rational(name, value) for name, value in given.items()}
        self.model = Model(list(self.given), self.wanted, own)
        self.values = self.model.exact(self.given)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def rows(self) -> list[tuple[str, str, str, str]]:
        """Label, LaTeX of the formula, LaTeX with the numbers, value with its unit."""
        return [self._row(name) for name in self.wanted]

    def _row(self, name: str) -> tuple[str, str, str, str]:
        formula = self.model.steps[name]
        numbers = {symbol.name: self._number(symbol.name) for symbol in formula.symbols}
        filled = tex(formula.expression, numbers, mul_symbol="times")
        label = fact(self.model.quantity(name), self.money)["label"]
        return label, formula.latex(), filled, self.value(name)

    def _number(self, name: str) -> str:
        text = self.value(name, unit=False).replace(",", "{,}").replace("%", r"\,\%")
        text = text.replace("\N{MINUS SIGN}", "-")
        return f"({text})" if text.startswith("-") else text

    def value(self, name: str, unit: bool = True) -> str:
        """The value as text, at most two decimals for money and per cents."""
        value = self.values[name]
        if value is None:
            return "none"
        word = self.money.unit(self.model.quantity(name))
        word = word if unit or word == "%" else ""
        exact_enough = (value * (10_000 if name in PERCENT else 100)).is_integer
        return show(value, None if exact_enough or abs(value) < 1 and word != "%" else 2,
                    word or None)

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col"{RIGHT if word == "Value" else LEFT}>{word}</th>'
                       for word in HEAD)
        body = "".join(self._html(*row) for row in self.rows())
        return (f'<div class="pp-ledger pp-worked tex2jax_process mathjax_process"><table>'
                f"{caption(self.title)}"
                f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>")

    def _html(self, label: str, formula: str, filled: str, value: str) -> str:
        math = "".join(rf'<div style="padding:.15em 0">\(\displaystyle {escape(part)}\)</div>'
                       for part in (formula, "= " + filled))
        return (f'<tr><th scope="row"{LEFT}>{escape(label)}</th><td{LEFT}>{math}</td>'
                f"<td{RIGHT}>{escape(value)}</td></tr>")

    def __repr__(self) -> str:
        width = max(len(row[0]) for row in self.rows())
        return "\n".join([self.title, *(f"{row[0]:<{width}}  {row[3]}" for row in self.rows())])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}


class LedgerTable(Grid):
    """The same quantities for several values of one symbol: a row a value.

    over: the symbol that changes, with its values; the rest as in `Ledger`.
    `table[58_000]` is the `Ledger` of that row.

    >>> print(LedgerTable("Two sizes", {"size": [1, 2]}, ["notional"], mark_price=60_000))
    Two sizes
    size (BTC)  notional (USDT)
             1           60,000
             2          120,000

    Raises ValueError as `Ledger` does, and where `over` names more than one symbol.
    """

    def __init__(self, title: str, over: dict[str, list[Any]], wanted: list[str], **given: Any):
        if len(over) != 1:
            raise refuse("over", over, "one symbol with its values")
        ((self.name, values),) = over.items()
        self.ledgers = [Ledger(title, wanted, **given | {self.name: value}) for value in values]
        self.columns = [self.name, *wanted]
        super().__init__(title, self._texts())

    def __getitem__(self, value: Any) -> Ledger:
        wanted = rational(self.name, value)
        return next(ledger for ledger in self.ledgers if ledger[self.name] == wanted)

    def _texts(self) -> list[list[str]]:
        return [[self._head(name) for name in self.columns],
                *([self._text(ledger, name) for name in self.columns] for ledger in self.ledgers)]

    def _head(self, name: str) -> str:
        first = self.ledgers[0]
        about = fact(first.model.quantity(name), first.money)
        inside = about["unit"] if about["unit"] not in ("", "%", "×") else ""
        return about["label"] + (f" ({inside})" if inside else "")

    def _text(self, ledger: Ledger, name: str) -> str:
        return ledger.value(name, unit=ledger.money.unit(ledger.model.quantity(name)) == "×")


class FormulaTable:
    """Formulas by name, as a table: what it is, the formula, the conventions it holds under.

    >>> print(FormulaTable("One formula", ["equity"]))
    One formula
    equity: A = W + U  (plus, not minus, the unrealized PnL; fees and funding already in collateral)

    Raises ValueError for a name that is no formula of the book.
    """

    def __init__(self, title: str, names: list[str]):
        known = catalogue()
        for name in names:
            if name not in known:
                raise refuse("names", name, "names of formulas of the book")
        self.title, self.formulas = title, [known[name] for name in names]

    def _rows(self) -> list[tuple[str, str, str]]:
        return [(fact(item.result, Currencies())["label"], item.latex(),
                 "; ".join(item.assumptions)) for item in self.formulas]

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col"{LEFT}>{word}</th>'
                       for word in ("What", "Formula", "Convention"))
        body = "".join(rf'<tr><th scope="row"{LEFT}>{escape(label)}</th>'
                       rf"<td{LEFT}>\(\displaystyle {escape(latex)}\)</td>"
                       f"<td{LEFT}>{escape(said)}</td></tr>" for label, latex, said in self._rows())
        return (f'<div class="pp-ledger tex2jax_process mathjax_process"><table>'
                f"{caption(self.title)}<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
                "</table></div>")

    def __repr__(self) -> str:
        lines = (f"{label}: {latex}  ({said})" for label, latex, said in self._rows())
        return "\n".join([self.title, *lines])

    _repr_mimebundle_ = Ledger._repr_mimebundle_
