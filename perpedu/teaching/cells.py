"""What the lines of a filled ledger are told, one after the other from the top.

A line is right where it is the truth. It follows where it is what the reader's own lines above
lead to: an early slip is told once. A reader may go on from a number as typed or from the exact
one behind it, and is not told about the difference. Behind a slip that is no known mistake the
exact number is not known, only how far from the typed one it may lie.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

from .feedback import RIGHT, SENTENCES, Judge, NotRead, Verdict, readings_of
from .numbers_typed import MESSAGES, shown
from .table import Row

if TYPE_CHECKING:
    from .exercise import Exercise

IS_RIGHT, FOLLOWS, EMPTY, NOT_YET = "right", "follows", "empty", "not yet"


@dataclass(frozen=True)
class Cell(Verdict):
    """What came of one line; `state` is right, follows, empty or not yet.

    A line that follows is not correct, and no mistake of its own.
    """

    state: str = NOT_YET


@dataclass(frozen=True)
class TableVerdict(Verdict):
    """What came of a ledger: of the whole, and of each blank line by name."""

    cells: Mapping[str, Cell] = field(default_factory=dict, hash=False)


def check_table(ex: "Exercise", answer: Any) -> TableVerdict:
    """Judge a ledger: a mapping from blank rows to numbers, or the numbers in order."""
    try:
        typed = by_row(ex, answer)
    except NotRead as error:
        return TableVerdict(False, str(error))
    ledger = _Ledger(ex)
    cells = {row.name: ledger.judge(row, typed.get(row.name)) for row in ex.plan.table.blanks}
    first = next((name for name, cell in cells.items() if cell.state == NOT_YET), None)
    correct = all(cell.correct for cell in cells.values())
    return TableVerdict(
        correct, ex.plan.texts.right.fill(ex.values) if correct else _summary(ex, cells, first),
        next((cell.mistake for cell in cells.values() if cell.mistake), None),
        cells[first].reread if first else None, cells)


def by_row(ex: "Exercise", answer: Any) -> dict[str, Any]:
    """The typed numbers by the name of their row. Raises NotRead with a message for the reader."""
    names = [row.name for row in ex.plan.table.blanks]
    listed = ", ".join(names)
    if isinstance(answer, Mapping):
        if strangers := [name for name in answer if name not in names]:
            name = shown(strangers[0], 30)
            raise NotRead(SENTENCES["row_unknown"].format(name=name, names=listed))
        return dict(answer)
    values = list(answer) if isinstance(answer, (list, tuple)) else [answer]
    if len(values) != len(names):
        raise NotRead(SENTENCES["rows_type"].format(names=listed))
    return dict(zip(names, values))


class _Ledger:
    """The lines judged so far: what a reader may go on from, and the slips above each."""

    def __init__(self, ex: "Exercise") -> None:
        self.ex, self.table, self.section = ex, ex.plan.table, ex.plan.reread()
        self.goes_on: dict[str, tuple[Fraction, ...]] = {}
        self.slip: dict[str, Row] = {}  # for each line that is off, the first slip behind it
        self.loose: dict[str, Fraction] = {}  # and how far off the exact number may be
        for row in self.table.rows:
            truth = ex.values[row.name]
            self.goes_on[row.name] = truth, truth if row.blank else row.asked.printed(truth)

    def judge(self, row: Row, answer: Any) -> Cell:
        """The verdict on one line; the lines above have theirs."""
        if answer is None or isinstance(answer, str) and not answer.strip():
            return Cell(False, SENTENCES["row_empty"], state=EMPTY)
        try:
            readings = readings_of(answer, row.asked.unit)
        except ValueError as error:
            return Cell(False, str(error))
        truth = Judge(row.asked, self.ex.row_answers[row.name], self.section)
        own = list(self._own(row))
        slip = next((self.slip[name] for name in row.reads if name in self.slip), None)
        return (self._right(row, readings, truth, [] if slip else own)
                or slip and self._follows(row, readings, own, slip)
                or self._known(row, readings, [*own, truth] if slip else [truth, *own])
                or self._other(row, readings, own[0] if slip and own else truth,
                               isinstance(answer, str)))

    def _own(self, row: Row) -> Iterator[Judge]:
        """The line held against what the reader's own lines above lead to; exact numbers first."""
        seen: list[Any] = []
        for numbers in product(*(dict.fromkeys(self.goes_on[name]) for name in row.needs)):
            chosen = dict(zip(row.needs, numbers))
            answers = self._answers(row, chosen)
            if answers and answers not in seen:
                seen.append(answers)
                yield Judge(row.asked, answers, self.section, SENTENCES["row_against"],
                            self._loose(row, chosen, answers[RIGHT]))

    def _answers(self, row: Row, chosen: Mapping[str, Fraction]) -> dict[str, Fraction]:
        return row.asked.defined(self.table.beside(self.ex.values, chosen))

    def _loose(self, row: Row, chosen: Mapping[str, Fraction], truth: Fraction) -> Fraction:
        """How far the line moves where the lines above are as far off as they may be."""
        moves = Fraction(0)
        for name in row.reads:
            if loose := self.loose.get(name):
                ends = (self._answers(row, {**chosen, name: chosen[name] + way * loose})
                        for way in (1, -1))
                moves += max(abs(end[RIGHT] - truth) if end else Fraction(0) for end in ends)
        return moves

    def _right(self, row: Row, readings: tuple[Fraction, ...], truth: Judge,
               rounded: list[Judge]) -> Cell | None:
        """Within the rounding of the truth, or of what the rounded lines above lead to."""
        reading = truth.accepted(readings)
        if reading is None and not truth.named(readings):
            found = (own.accepted(readings) for own in rounded)
            reading = next((reading for reading in found if reading is not None), None)
        if reading is None:
            return None
        self.goes_on[row.name] = truth.truth, reading
        said = self.ex.plan.texts.rows[row.name]["right"].fill(self.ex.values)
        return Cell(True, said, state=IS_RIGHT)

    def _follows(self, row: Row, readings: tuple[Fraction, ...], own: list[Judge],
                 slip: Row) -> Cell | None:
        for judge in own:
            if (reading := judge.accepted(readings)) is not None:
                self.goes_on[row.name], self.slip[row.name] = (judge.truth, reading), slip
                self.loose[row.name] = judge.loose
                said = SENTENCES["row_follows"].format(above=slip.words)
                return Cell(False, said, state=FOLLOWS)
        return None

    def _known(self, row: Row, readings: tuple[Fraction, ...], judges: list[Judge]) -> Cell | None:
        for judge in judges:
            if named := judge.named(readings):
                mistake = f"{row.name}.{named[0]}"
                self._slipped(row, judge.answers[named[0]], named[1])
                said = self.ex.plan.texts.says[mistake].fill(self.ex.values)
                return Cell(False, said, mistake, self.ex.plan.reread(mistake))
        return None

    def _other(self, row: Row, readings: tuple[Fraction, ...], judge: Judge, text: bool) -> Cell:
        self._slipped(row, *readings)
        said = judge.unmatched(readings, text)
        return Cell(False, said.message, None, said.reread)

    def _slipped(self, row: Row, *numbers: Fraction) -> None:
        self.goes_on[row.name], self.slip[row.name] = numbers, row
        self.loose[row.name] = row.asked.loose(numbers[0])


def _summary(ex: "Exercise", cells: Mapping[str, Cell], first: str | None) -> str:
    """How many lines are right, and which to look at first; of a single line, its own sentence."""
    states = [cell.state for cell in cells.values()]
    if set(states) == {EMPTY}:
        return MESSAGES["empty"]
    if len(cells) == 1:
        return next(iter(cells.values())).message
    counts = [_count("rows_right", states.count(IS_RIGHT), all=len(states))]
    counts += [_count(sentence, states.count(state)) for sentence, state in (
        ("rows_follow", FOLLOWS), ("rows_empty", EMPTY)) if state in states]
    name = first or next(name for name, cell in cells.items() if not cell.correct)
    label = ex.plan.texts.rows[name]["label"].fill(ex.values)
    look = SENTENCES["rows_look" if first else "rows_go_on"]
    return f"{', '.join(counts)}. {look.format(label=label, says=cells[name].message)}"


def _count(sentence: str, count: int, **parts: Any) -> str:
    are, follow = ("is", "follows") if count == 1 else ("are", "follow")
    return SENTENCES[sentence].format(count=count, are=are, follow=follow, **parts)
