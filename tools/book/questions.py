"""Appendix E: the questions of the articles as cards, and what the articles answer."""

from __future__ import annotations

from html import escape
from typing import Any

import perpedu as pp
from perpedu.showing.card import ExerciseCard
from perpedu.teaching import bank
from perpedu.teaching.exercise import load

from . import raw
from .audit import PAGE, anchor, place

FILE = bank.folder() / "faq.yaml"
#: Each question by article and line: its words there, and the items of the audit that it is.
ASKED = {
    "002-60": ("Can maintenance margin change during an active trade?", "002-34 002-35"),
    "002-61": ("Does maintenance margin apply to both long and short positions equally?",
               "002-36 002-37"),
    "002-62": ("Is maintenance margin deducted from my wallet balance when opening a position?",
               "002-38 002-39"),
    "002-63": ("What happens if my position is liquidated but the mark price recovers "
               "immediately after?", "002-40 002-41"),
    "003-90": ("What does Maintenance margin mean in trading?", "003-01 003-02"),
    "003-94": ("Is Maintenance margin the same as initial margin?", "003-60"),
    "003-98": ("How should I track Maintenance margin in my trading journal?",
               "003-21 003-22 003-23 003-24"),
    "003-102": ("What is a common mistake with Maintenance margin?",
                "003-42 003-43 003-44 003-45 003-46 003-47 003-48"),
    "004-70": ("What happens when my maintenance margin ratio reaches zero?",
               "004-34 004-35 004-36"),
    "004-72": ("Can I increase my maintenance margin after opening a position?",
               "004-37 004-38 004-39"),
    "004-74": ("Do all Bitcoin futures have the same maintenance margin requirements?",
               "004-40 004-41"),
    "004-76": ("How does volatility impact maintenance margin calculations?",
               "004-42 004-43 004-44"),
}


def questions() -> str:
    """Every question: as the article asks it, as a card, and the article's answer judged."""
    return "\n\n".join(_question(key, *asked) for key, asked in ASKED.items())


def card(key: str) -> ExerciseCard:
    """The card of a question."""
    return ExerciseCard(load(f"faq.{key}", "1", file=FILE))


def items(ids: str) -> list[Any]:
    """The items that are in the registry."""
    return [item for item in pp.worked_examples() if item.id in ids.split()]


def _question(key: str, words: str, ids: str) -> str:
    seed, line = key.split("-")
    rows = "".join(map(_row, items(ids)))
    return (f"## {words}\n\nAsked in article {seed}, line {line}.\n\n" + raw(
        card(key).html() + "\n<details class=\"pp-told\"><summary>What the article answers, and the "
        f"verdicts</summary><ul>{rows}</ul></details>"))


def _row(item: Any) -> str:
    found = place(item)
    way = f'; <a href="{found[0]}">{escape(found[1])}</a>' if found else ""
    return (f"<li><q>{escape(item.quote)}</q> <strong>{item.verdict}</strong> "
            f'(<a href="{PAGE}.html#{anchor(item)}">{item.id}</a>{way}). {escape(item.why)}</li>')
