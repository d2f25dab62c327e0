"""A ledger whose rows are worked out one after the other; some are given, some are blank.

A row may use the rows above it by name. So a slip changes what the blank rows below it should be:
`slip` works out the whole answer of a reader who makes one mistake and goes on from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from .asked import Asked, Unfair
from .bank import Group, is_blank
from .feedback import RIGHT
from .resolve import Program, Values


class Row:
    """A line of a ledger: its name, whether it is blank, and the number asked for or given.

    `reads` are the rows above that its value reads, `needs` those that a mistake reads too.
    """

    def __init__(self, program: Program, fields: Group, above: list[str]) -> None:
        self.fields, self.name, self.blank = fields, str(fields["name"]), is_blank(fields)
        self.mistakes = {str(name): row for name, row in fields.get("mistakes", {}).items()}
        answers = {name: program.term(row["answer"]) for name, row in self.mistakes.items()}
        answers = {RIGHT: program.terms[self.name], **answers}
        self.asked = Asked(program.item, fields, answers, f"in the row {self.name}, ")
        reads = reached(program, [answers[RIGHT]], above)
        needs = reached(program, answers.values(), above)
        self.reads = [name for name in above if name in reads]
        self.needs = [name for name in above if name in needs]

    @property
    def slot(self) -> str:
        """Its number, without the unit, as a teacher would write it into a text."""
        name = f"100 * {self.name}" if self.asked.unit == "%" else self.name
        return f"{{{{{name} | {self.asked.places}}}}}"

    @property
    def words(self) -> str:
        """The name in a sentence; the label had better begin with it."""
        return self.name.replace("_", " ")


def reached(program: Program, terms: Iterable[Any], end: Iterable[str] = ()) -> set[str]:
    """The names that the terms read, also through other names, but not beyond those of `end`."""
    seen: set[str] = set()
    waiting = list(terms)
    while waiting:
        names = set(waiting.pop().names) - seen
        seen |= names
        waiting += [program.terms[name] for name in names - {*end} if name in program.terms]
    return seen


class Table:
    """The rows of a ledger, and what follows from a slip in one. Raises BankError."""

    def __init__(self, program: Program) -> None:
        self.program, self.rows = program, []
        for fields in program.item["rows"]:
            self.rows.append(Row(program, fields, [row.name for row in self.rows]))
        self.blanks = [row for row in self.rows if row.blank]
        self.excused: set[tuple[str, ...]] = set()

    @property
    def mistakes(self) -> dict[str, Group]:
        """What the bank says of each mistake, by `row.mistake`."""
        return {f"{row.name}.{name}": row.mistakes[name] for row, name in self.slips()}

    @property
    def rounding(self) -> str:
        """The accepted rounding in words: that of most rows, then the rows that have another."""
        usual = Counter(row.asked.rounding for row in self.blanks).most_common(1)[0][0]
        others = (f"; {row.words}: {row.asked.rounding}" for row in self.blanks
                  if row.asked.rounding != usual)
        return usual + "".join(others)

    def slips(self) -> Iterator[tuple[Row, str]]:
        """Each mistake with its row, in order."""
        return ((row, name) for row in self.blanks for name in row.mistakes)

    def beside(self, values: Values, chosen: Mapping[str, Fraction]) -> Values:
        """The values where rows have the chosen numbers: plain arithmetic, no price is refused."""
        givens = {name: values[name] for name in self.program.given}
        return self.program.values({**givens, **chosen}, strict=False)

    def slip(self, values: Values, row: Row, mistake: str) -> dict[str, Fraction]:
        """Every row's number for a reader who makes this mistake and goes on from it.

        Raises an ArithmeticError where a later row has none.
        """
        chosen: dict[str, Fraction] = {}
        for other in self.rows:
            if other is row:
                chosen[row.name] = row.asked.answers[mistake](values)
            elif other.blank and row.name in chosen:
                chosen[other.name] = self.beside(values, chosen)[other.name]
            else:
                chosen[other.name] = values[other.name]
        return chosen

    # ---- fairness

    def unfair(self, values: Values) -> Unfair | None:
        """Why a draw is refused: answers of a row are alike, at first or after a slip above."""
        self._work_out(values)
        reasons = (row.asked.unfair(values) for row in self.blanks)
        return next((reason for reason in reasons if reason), None) or next(
            (self._mixed_up(*case) for case in self._alike(values) if case not in self.excused),
            None)

    def settle(self, samples: list[Values]) -> None:
        """Excuse what is alike by nature, not by accident; raises BankError where it must not."""
        samples = [values for values in samples if self._exist(values)]
        for row in self.blanks:
            row.asked.settle(samples)
        alike = [set(self._alike(values)) for values in samples]
        self.excused = set.intersection(*alike) if alike else set()
        for case in sorted(self.excused):
            if len(case) == 2:
                raise self._mixed_up(*case).error(self.program.item, len(samples))

    def _work_out(self, values: Values) -> None:
        """See to it that every row has a number; raises an ArithmeticError where one has none."""
        for row in self.rows:
            values[row.name]

    def _exist(self, values: Values) -> bool:
        try:
            return self._work_out(values) is None
        except ArithmeticError:
            return False

    def _alike(self, values: Values) -> Iterator[tuple[str, ...]]:
        """The row and mistake of each slip, then the row below and its two answers that are alike.

        Row and mistake alone where the slip cannot be carried forward.
        """
        for row, mistake in self.slips():
            try:
                chosen = self.slip(values, row, mistake)
            except ArithmeticError:
                yield row.name, mistake
                continue
            for other in self.blanks[self.blanks.index(row) + 1:]:
                found = self._after(values, chosen, other)
                for pair in other.asked.close(found):
                    yield row.name, mistake, other.name, *pair

    def _after(self, values: Values, chosen: Mapping[str, Fraction],
               row: Row) -> dict[str, Fraction]:
        """The answers of a row after the rows above it were chosen, where they exist."""
        return row.asked.defined(self.beside(values, {name: chosen[name] for name in row.needs}))

    def _mixed_up(self, slipped: str, mistake: str, *pair: str) -> Unfair:
        rows = {row.name: row for row in self.rows}
        if not pair:
            return Unfair(rows[slipped].fields["mistakes"].line_of(mistake), (
                f"in the row {slipped}, what follows from the mistake {mistake} cannot be worked "
                "out further down in {times} draws; change its answer."))
        name, a, b = pair
        return rows[name].asked.mixed_up(a, b, f" after {slipped}.{mistake}")
