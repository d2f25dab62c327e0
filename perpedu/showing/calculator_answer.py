"""What a calculator answers to the texts in its boxes, exactly, by the rules of the venue."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from ..market.contract import Inverse, Linear
from ..market.position import Liquidation, Position
from ..market.tiers import Tiers
from ..market.venue import Venue
from ..teaching.numbers_typed import read_number, show
from ..theory import formulas
from ..theory.exact import rational
from . import calculator_rules as book
from .calculator_words import FIELDS, SAYS


class Complaint(ValueError):
    """Why there is no answer: the name of the box, and what to tell the reader."""

    def __init__(self, field: str, message: str):
        self.field = field
        super().__init__(message)


class Answer(NamedTuple):
    """A position's numbers under a venue's rules, exact; money in `settles`, prices in `quote`.

    price, tier, bankruptcy_price: None where there is none.  status: "open", "liquidated" (at the
    mark price already) or "never".  distance: the adverse move from the mark price, a fraction of
    it.  ratio: in the direction `ratio_way`; None where it would divide by what is not above 0.
    """

    price: Any
    status: str
    tier: int | None
    bankruptcy_price: Any
    mark: Any
    distance: Any
    notional: Any
    collateral: Any
    leverage: Any
    equity: Any
    requirement: Any
    ratio: Any
    ratio_way: str
    trigger: str
    tiers: Tiers
    settles: str
    quote: str


def read(name: str, text: str, unit: str) -> Fraction:
    """The number in a box, checked for what the box can have."""
    try:
        read = read_number(text, unit or None)
    except ValueError as error:
        raise Complaint(name, str(error)) from None
    if read.unit not in (None, unit):
        raise Complaint(name, SAYS["unit"].format(unit=unit, found=read.unit))
    value = read.value / 100 if unit == "%" and not read.percent else read.value
    kind, label = FIELDS[name]["kind"], FIELDS[name]["label"]
    fits = {"positive": value > 0, "leverage": value >= 1, "rate": 0 <= value < 1}[kind]
    if not fits:
        raise Complaint(name, SAYS[kind].format(label=label))
    return value


class Boxes:
    """The boxes that count, each with its unit and number."""

    def __init__(self, values: dict[str, str]):
        self.values, self.option = values, book.option_of(values)
        self.inverse = (self.option.contract or values["contract"]) == "inverse"
        self.quote = "USD" if self.inverse else self.option.currency
        self.settles = self.option.coin if self.inverse else self.option.currency
        if self.option.unknown:
            raise Complaint("venue", self.option.unknown)
        self.rules = self.option.rules
        names = ["size", "entry", values["by"], "mark"]
        names = ["maintenance_rate"] * (not self.option.symbol) + ["face"] * self.inverse + names
        names += ["close_fee"] * (self.rules["close_fee"].value == "in")
        self.numbers = {name: self._number(name) for name in names}

    def _number(self, name: str) -> Fraction | None:
        text = self.values[name]
        if name == "mark" and not text.strip():
            return None
        if name == "close_fee" and not text.strip():
            return self._own_fee()
        return read(name, text, self._units()[name])

    def _own_fee(self) -> Any:
        fee = self.rules["close_fee_rate"].value
        if fee == book.NOT_FOUND:
            raise Complaint("close_fee", SAYS["no_fee"])
        return fee

    def _units(self) -> dict[str, str]:
        return {"maintenance_rate": "%", "close_fee": "%", "leverage": "×", "entry": self.quote,
                "mark": self.quote, "face": self.quote, "collateral": self.settles,
                "size": "contracts" if self.inverse else self.option.coin}


def answer_to(values: dict[str, str]) -> Answer:
    """The exact answer to what stands in the boxes; a Complaint where there is none."""
    boxes = Boxes(values)
    given, rules = boxes.numbers, boxes.rules
    position = _position(boxes)
    table, fee = _table(boxes.option, given), rational("close_fee", given.get("close_fee", 0))
    leverage = formulas.initial_margin.solved_for("leverage").exact(
        entry_notional=position.notional(), initial_margin=position.collateral)
    _refuse_order(table, position, leverage, fee, boxes)
    mark = position.entry if given["mark"] is None else rational("mark", given["mark"])
    line = _liquidation(boxes.option, position, mark, table, fee)
    need = position.requirement(table, mark, rules["basis"].value, fee)
    equity, way = position.equity(mark), book.ratio(rules)
    return Answer(
        price=line.price, status=line.status, tier=line.tier,
        bankruptcy_price=line.bankruptcy_price, mark=mark,
        distance=_distance(position, line.price, mark), notional=position.notional(),
        collateral=position.collateral, leverage=leverage, equity=equity, requirement=need,
        ratio=_ratio(way, need, equity), ratio_way=way, trigger=book.trigger(rules), tiers=table,
        settles=boxes.settles, quote=boxes.quote)


def _position(boxes: Boxes) -> Position:
    given, by = boxes.numbers, boxes.values["by"]
    contract = Inverse(given["face"]) if boxes.inverse else Linear()
    return Position(boxes.values["side"], given["size"], given["entry"], contract=contract,
                    **{by: given[by]})


def _table(option: book.Option, given: dict[str, Any]) -> Tiers:
    if option.symbol is None:
        return Tiers([(0, given["maintenance_rate"])])
    try:
        return option.tiers(given["size"])
    except ValueError:
        raise Complaint("size", SAYS["too_large"]) from None


def _refuse_order(table: Tiers, position: Position, leverage: Any, fee: Any, boxes: Boxes) -> None:
    """A Complaint where the venue would reject the order, or the rates leave nothing."""
    held = position.notional()
    if table.cap is not None and held > table.cap:
        raise Complaint("size", SAYS["above_cap"].format(
            notional=show(held, unit=boxes.settles), cap=show(table.cap, unit=boxes.settles)))
    highest, rate = table.max_leverage(held), table.rows[-1].rate
    if highest is not None and leverage > highest:
        raise Complaint(boxes.values["by"], SAYS["over_leverage"].format(
            leverage=show(leverage, unit="×"), cap=show(highest, unit="×"),
            tier=table.tier(held), notional=show(held, unit=boxes.settles)))
    if rate + fee >= 1:
        raise Complaint("close_fee", SAYS["too_much"].format(
            rate=show(rate, unit="%"), fee=show(fee, unit="%")))


def _liquidation(option: book.Option, position: Position, mark: Any, table: Tiers,
                 fee: Any) -> Liquidation:
    """By the venue; where its trigger was not found, as the words say."""
    rules = option.rules
    if rules["trigger"].value == book.NOT_FOUND:
        return position.liquidation(table, mark, rules["basis"].value, fee)
    return Venue.load(option.venue).liquidation(
        position, option.symbol, mark, option.date, tiers=None if option.symbol else table,
        close_fee=fee if rules["close_fee"].value == "in" else None)


def _distance(position: Position, price: Any, mark: Any) -> Any:
    return None if price is None else book.distance().exact(
        side=position.sign, liquidation_price=price, mark_price=mark)


def _ratio(way: str, need: Any, equity: Any) -> Any:
    over, under = (equity, need) if way == "equity/MM" else (need, equity)
    return None if under <= 0 else formulas.margin_ratio.exact(maintenance_margin=over, equity=under)
