"""Appendix D: the venues' rulebooks as a page, each rule with its source and its date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any

import perpedu as pp
from perpedu.market import tables
from perpedu.market.rulebook import KEYS, NOT_FOUND, RATES, Rule
from perpedu.showing.chapter5_venues import RULES, word
from perpedu.teaching.numbers_typed import show

from . import raw

#: What a rule is called, in the order of the page.
NAMES = RULES | {"adl_ranking": "ranking of auto-deleveraging", "deduction": "deduction",
                 "steps": "steps of a liquidation", "labels": "words on the screen", "tables": "what its tables count"}
#: The rules in which venues differ most, one column each.
COMPARED = {"basis": "basis", "trigger": "trigger", "close_fee": "fee to close", "ratio": "ratio",
            "scheme": "scheme", "liquidation_fee": "liquidation fee"}
SAYS = {("trigger", "<="): "≤", ("trigger", "<"): "<", ("close_fee", "in"): "inside",
        ("close_fee", "out"): "outside", ("ratio", "MM/equity"): "MM / equity",
        ("ratio", "equity/MM"): "equity / MM", ("rounding", "up_long"): "up for a long"}
DATE = re.compile(r"\b20[0-9]{2}(?:-[0-9]{2}){0,2}\b")
ADDRESS = re.compile(r",? ?(https?://\S+)")


def all_venues() -> list[pp.Venue]:
    """The venues that have a rulebook."""
    return [pp.Venue.load(name) for name in pp.Venue.names()]


def differences() -> str:
    """One line a venue: the rules in which they differ most, and how much was found."""
    heads = ["Venue", *COMPARED.values(), "found"]
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    body = "".join(map(_line, all_venues()))
    return raw('<div class="pp-scroll" role="region" aria-label="The rules in which venues differ" '
               f'tabindex="0"><table class="pp-rules pp-differences"><thead><tr>{head}</tr></thead>'
               f"<tbody>{body}</tbody></table></div>")


def _line(venue: pp.Venue) -> str:
    cells = [said(key, venue.rule(key)) for key in COMPARED]
    found = sum(venue.rule(key).value != NOT_FOUND for key in KEYS)
    cells.append(f"{found} of {len(KEYS)}")
    return (f'<tr><th scope="row"><a href="#venue-{venue.name}">{escape(word(venue))}</a></th>'
            + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")


def rulebooks() -> str:
    """Every venue: its rules, its published example, its tables and its sources."""
    return "\n\n".join(f"(venue-{venue.name})=\n## {venue.title}\n\n" + raw("\n".join([
        _rules(venue), _process(venue), _example(venue), _tables(venue), _sources(venue)]))
        for venue in all_venues())


def _rules(venue: pp.Venue) -> str:
    rows = "".join(_rule(venue, key, name) for key, name in NAMES.items())
    return ('<div class="pp-scroll"><table class="pp-rules"><thead><tr><th scope="col">Rule</th>'
            '<th scope="col">What it says, and where</th></tr></thead><tbody>'
            f"{rows}</tbody></table></div>")


def _rule(venue: pp.Venue, key: str, name: str) -> str:
    now, *before = venue._book.rules[key]
    parts = [f"<b>{said(key, now)}</b>" if now.value != NOT_FOUND else said(key, now),
             escape(now.note or ""), _reference(venue, now)]
    parts += [f"Until {one.until}: {said(key, one)}{_more(one)} {_reference(venue, one)}"
              for one in before]
    return (f'<tr><th scope="row">{escape(name)}</th><td>'
            + "".join(f"<p>{part.strip()}</p>" for part in parts if part.strip()) + "</td></tr>")


def _more(rule: Rule) -> str:
    return f" ({escape(rule.note)})." if rule.note else "."


def said(key: str, rule: Rule) -> str:
    """The value of a rule in words, as HTML; what was not found is said to be so."""
    if rule.value == NOT_FOUND:
        return '<i class="pp-quietly">not found</i>'
    if isinstance(rule.value, list):
        return "<br>".join(f"{n}. {escape(step)}" for n, step in enumerate(rule.value, 1))
    if isinstance(rule.value, dict):
        return "<br>".join(f"{escape(label)}: {escape(name.replace('_', ' '))}"
                           for label, name in rule.value.items())
    if key in RATES:
        return escape(show(rule.value * 100) + " %")
    return escape(SAYS.get((key, rule.value), rule.value.replace("_", " ")))


def _reference(venue: pp.Venue, rule: Rule) -> str:
    """The way to the source of a rule, with its date."""
    if rule.source is None:
        return ""
    name = next(name for name, text in venue.sources.items() if text == rule.source)
    return (f'<a class="pp-quietly" href="#source-{venue.name}-{name}">source: '
            f"{escape(name.replace('_', ' '))}, {dated(rule.source)}</a>")


def dated(text: str) -> str:
    """The date of a citation, the last one where it names several."""
    found = DATE.findall(ADDRESS.sub("", text))
    return found[-1] if found else "without a date"


def _process(venue: pp.Venue) -> str:
    process = venue.process
    if not process:
        return ""
    note = f" {process['note'].capitalize()}." if process.get("note") else ""
    return (f"<p><b>In the engine of Chapter 15:</b> {escape(', '.join(process['acts']))}; "
            f"{_remainder(process)}.{escape(note)}</p>")


def _remainder(process: dict[str, Any]) -> str:
    if "market" not in process["acts"]:
        return "a takeover leaves the trader nothing"
    to = process.get("remainder", NOT_FOUND)
    return ("who gets what a sale leaves was not found" if to == NOT_FOUND
            else f"what a sale leaves goes to the {escape(to)}")


def _example(venue: pp.Venue) -> str:
    example = venue.example
    text = f"<p><b>Example:</b> {escape(example['text'].strip())}"
    if "value" not in example:
        return f"{text} Searched: {escape(str(example['searched']))}</p>"
    value = show(venue.reproduced(), int(example["places"]))
    return f"{text} Computed here: {escape(value)}.</p>"


def _tables(venue: pp.Venue) -> str:
    rows = "".join(_table(name) for name in tables.names() if name.split("/")[0] == venue.name)
    rows += "".join(_parameters(venue, symbol) for symbol in venue.symbols
                    if venue.parameters(symbol))
    if not rows:
        return "<p><b>Tables:</b> none was found.</p>"
    return f"<p><b>Tables</b></p><ul>{rows}</ul>"


def _table(name: str) -> str:
    table = tables.read(name)
    _, symbol, when = name.split("/")
    rates = [show(pp.parse_answer(row[2] + " * 100", {})) for row in (table["rows"][0],
                                                                    table["rows"][-1])]
    return (f"<li>{escape(symbol)}, {escape(when)}: {len(table['rows'])} rows in "
            f"{escape(table['currency'])}, from {rates[0]} % to {rates[1]} %. "
            f'<span class="pp-quietly">{escape(table["source"])}</span></li>')


def _parameters(venue: pp.Venue, symbol: str) -> str:
    given = venue.parameters(symbol)
    said = ", ".join(f"{escape(name.replace('_', ' '))} {escape(str(value))}"
                     for name, value in given.items()
                     if name not in ("source", "currency") and isinstance(value, str))
    return f"<li>{escape(symbol)}, by parameters in {escape(given['currency'])}: {said}</li>"


def _sources(venue: pp.Venue) -> str:
    rows = "".join(_cited(venue, name, text) for name, text in venue.sources.items())
    return f'<p><b>Sources</b></p><ul class="pp-sources">{rows}</ul>'


def _cited(venue: pp.Venue, name: str, text: str) -> str:
    plain = ADDRESS.sub("", text)
    links = "".join(f', <a href="{escape(url)}">address</a>' for url in _addresses(text))
    when = "" if DATE.search(plain) else ", without a date"
    return (f'<li id="source-{venue.name}-{name}"><i>{escape(name.replace("_", " "))}</i>: '
            f"{escape(plain)}{when}{links}</li>")


def _addresses(text: str) -> Iterator[Any]:
    return (url.rstrip(".,;") for url in ADDRESS.findall(text))
