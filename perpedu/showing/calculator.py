"""The calculator: a position by a venue's own rules, alive on a page and in Jupyter."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import Any

import traitlets

from ..market.venue import Venue
from ..teaching.trees import number_text
from ..theory.exact import fraction, one_of, rational, refuse
from . import calculator_rules as book
from . import calculator_words as words
from .calculator_answer import Answer, Complaint, answer_to, read
from .calculator_words import FIELDS, SAYS
from .element import Element, short

START = {"venue": "binance", "table": "BTCUSDT", "maintenance_rate": "0.5", "contract": "linear",
         "face": "1", "side": "long", "size": "0.1", "entry": "60000", "by": "leverage",
         "leverage": "10", "collateral": "600", "mark": "", "close_fee": ""}
_EMPTY = ("mark", "close_fee")


class Calculator(Element):
    """Liquidation price, tier, bankruptcy price and margin ratio, by the rules of a venue.

    venue: one of `Venue.names()`.  table: a symbol of the venue for its table in force, a symbol
    and a date for an earlier one, or "rate" for a bare rate; by default the venue's first.  The
    others are as in `set`.

    >>> calculator = Calculator("binance")
    >>> calculator.state
    'Liquidated at 54,216.87 USDT, 9.64 % below the mark price of 60,000 USDT.'
    >>> calculator.set(venue="okx", leverage=20, maintenance_rate="0.004")
    >>> calculator.answer.ratio
    100/9

    Raises ValueError for a name or value that a box cannot have. The rules are dated, and yours
    may differ: confirm on your platform.
    """

    values = traitlets.Dict().tag(sync=True)
    state = traitlets.Unicode(read_only=True).tag(sync=True)

    def __init__(self, venue: str = "binance", **values: Any):
        super().__init__(spec=_spec(), values=_news(START, {"venue": venue} | values))

    def set(self, **values: Any) -> None:
        """Fill boxes as a reader does: `set(venue="okx", side="short", leverage=20)`.

        venue, table, side, contract ("linear" or "inverse"), size (in coin, or in contracts),
        entry, mark (None: the entry), leverage or collateral, maintenance_rate and face for a bare
        rate, close_fee (None: the venue's). Rates are fractions: "0.005" is 0.5 %. A box that does
        not count for the venue and table is kept, and not read.
        """
        self.values = _news(self.values, values)

    @property
    def option(self) -> book.Option:
        """The venue and the table that are chosen."""
        return book.option_of(self.values)

    @property
    def answer(self) -> Answer:
        """The exact numbers.  ValueError, in words for the reader, where there is no answer."""
        return answer_to(self.values)

    @property
    def lines(self) -> list[list[str]]:
        """The table of the answer: what it is, and its number. Empty where there is no answer."""
        try:
            said = words.parts(self.answer)
        except Complaint:
            return []
        return [[line["label"], said[line["name"]]] for line in words.LINES]

    @property
    def conventions(self) -> dict[str, str]:
        """Each convention of the venue in words."""
        return dict(map(tuple, self.option.spec()["says"]))

    def static(self) -> str:
        """The answer, standing still."""
        from .figures import table

        said = "".join(f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>"
                       for term, text in self.conventions.items())
        venue = escape(f"{Venue.load(self.option.venue).title}, {self.option.label}")
        return (f'<p class="pp-title">{escape(words.TITLE)}</p><p>An example, as this needs '
                f"JavaScript to calculate: {venue}; {escape(_example(self.values))}.</p>"
                f'<p class="pp-state">{escape(self.state)}</p>'
                f'{table([["quantity", "value"], *self.lines])}'
                f"<p>{escape(SAYS['confirm'])}</p><p>{escape(SAYS['conventions'])}:</p>"
                f'<dl>{said}</dl>')

    def page_spec(self) -> dict[str, Any]:
        return self.spec | {"values": self.values}

    def __repr__(self) -> str:
        return short(f"calculator · {self.values['venue']} · {self.state}")

    @traitlets.validate("values")
    def _checked(self, proposal: Any) -> dict[str, str]:
        given = proposal["value"]
        try:
            if set(given) != set(START) or not all(isinstance(v, str) for v in given.values()):
                raise refuse("values", given, "a text for each of " + ", ".join(START))
            _check_choices(given)
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from None
        return dict(given)

    @traitlets.observe("values")
    def _say(self, _: Any) -> None:
        self.set_trait("state", sentence(self.values))


@cache
def _spec() -> dict[str, Any]:
    titles = {option.venue: Venue.load(option.venue).title for option in book.options()}
    venues = [[title, name] for name, title in titles.items()]
    options, said = [option.spec() for option in book.options()], []
    for option in options:
        words_of_it = [option.pop("says"), option.pop("sources")]
        said += [] if words_of_it in said else [words_of_it]
        option["said"] = said.index(words_of_it)
    return {"kind": "calculator", "title": words.TITLE, "says": SAYS, "lines": words.LINES,
            "fields": FIELDS | {"venue": FIELDS["venue"] | {"options": venues}},
            "options": options, "said": said, "formulas": book.formula_trees(), "start": START}


def _example(values: dict[str, str]) -> str:
    """The position that the boxes hold, in words."""
    return (f"{values['side']}, size {values['size']}, entry {values['entry']}, "
            f"{values['by']} {values[values['by']]}")


def sentence(values: dict[str, str]) -> str:
    """What is said about what stands in the boxes."""
    try:
        answer = answer_to(values)
    except Complaint as error:
        return SAYS["no_answer"].format(why=error)
    below = answer.status == "liquidated" and answer.trigger == "<"
    return SAYS["liquidated_below" if below else answer.status].format(**words.parts(answer))


# what stands in the boxes


def _news(values: dict[str, str], news: dict[str, Any]) -> dict[str, str]:
    for name in news:
        if name not in START:
            raise refuse(name, news[name], "one of " + ", ".join(START))
    made = values | {name: _as_typed(name, value) for name, value in news.items()}
    made |= {"by": name for name in ("leverage", "collateral") if name in news}
    if "table" not in news:
        made = _settled(made)
    _check_choices(made)
    return made


def _settled(values: dict[str, str]) -> dict[str, str]:
    """A venue's first table, where the one that is chosen is another venue's."""
    own = [option.table for option in book.options() if option.venue == values["venue"]]
    return values if values["table"] in own or not own else values | {"table": own[0]}


def _as_typed(name: str, value: Any) -> str:
    """A value as a reader would type it; a rate in per cent."""
    kind = FIELDS[name]["kind"]
    if kind == "choice":
        return value
    if value is None and name in _EMPTY:
        return ""
    number = rational(name, value)
    scale = 100 if kind == "rate" else 1
    text = number_text(fraction(number) * scale)
    try:
        read(name, text, "%" if kind == "rate" else "")
    except Complaint as error:
        raise refuse(name, value, f"what its box takes. {error}") from None
    return text


def _check_choices(values: dict[str, str]) -> None:
    venues = {option.venue: None for option in book.options()}
    one_of("venue", values["venue"], tuple(venues))
    one_of("table", values["table"], tuple(
        option.table for option in book.options() if option.venue == values["venue"]))
    for name, field in FIELDS.items():
        if field.get("radios"):
            one_of(name, values[name], tuple(value for _, value in field["options"]))
