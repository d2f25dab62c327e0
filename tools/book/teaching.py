"""The tables of the teacher's guide: two plans with their minutes, and what each exercise tests."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from ruamel.yaml import YAML

from perpedu.teaching import bank
from perpedu.teaching.exercise import Exercise, load

from . import SITE, Refused
from .chapters import Chapter, by_number, chapters

PLANS = SITE / "plans.yml"


def plans() -> dict[str, list[dict[str, Any]]]:
    """The two plans as they are written."""
    return YAML(typ="safe").load(PLANS)


def weeks() -> str:
    """The weeks of a course: what to read, what to do together, what to do at home."""
    return "\n\n".join(
        f"### Week {week['title']}\n\n"
        f"- *To read before*, {_read(week)} minutes: {_reads(week)}.\n"
        f"- *Together*, {_sum(week['class'])} minutes: {_ids(week['class'])}.\n"
        f"- *At home*, {_sum(week['home'])} minutes: {_ids(week['home'])}."
        for week in plans()["weeks"])


def day() -> str:
    """The one day: what to read and to do, with minutes."""
    rows = ["| Part | To read or to show | To do | Minutes |", "|---|---|---|---|"]
    total = 0
    for part in plans()["day"]:
        minutes = _read(part) + _sum(part["class"])
        total += minutes
        rows.append(f"| **{part['title']}** | {_reads(part)} | {_ids(part['class'])} | {minutes} |")
    hours, rest = divmod(total, 60)
    return "\n".join(rows) + f"\n\nTogether {hours} hours and {rest} minutes, without breaks."


def _read(part: dict[str, Any]) -> int:
    """The minutes of what is read."""
    return int(sum(_chapter(one["chapter"]).minutes * Fraction(str(one["part"]))
                   for one in part["reads"]))


def _reads(part: dict[str, Any]) -> str:
    return "; ".join(f"{_linked(_chapter(one['chapter']))}, {one['what']}" for one in part["reads"])


def _sum(ids: list[str]) -> int:
    """The minutes of exercises."""
    return sum(_exercise(id).minutes for id in ids)


def _ids(ids: list[str]) -> str:
    return ", ".join(f"`{id}`" for id in ids)


def _exercise(id: str) -> Exercise:
    try:
        return load(id)
    except ValueError as error:
        raise Refused(f"{PLANS.name}: {error}") from None


def _chapter(label: int | str) -> Chapter:
    found = [one for one in chapters() if one.label == str(label)]
    if not found:
        raise Refused(f"{PLANS.name}: there is no chapter {label}")
    return found[0]


def _linked(chapter: Chapter) -> str:
    return f"[Chapter {chapter.label}]({chapter.file}.ipynb)"


def objectives() -> str:
    """Each chapter with its exercises: what they test, of which kind, how long, how hard."""
    banks = {path.stem: path for path in bank.files()}
    parts = []
    for number, read in by_number().items():
        made = [Exercise(item, "1") for item in bank.read(banks[f"ch{number:02}"]).values()]
        minutes = sum(ex.minutes for ex in made)
        rows = "\n".join(f"| {_safe(ex.objective)} | `{ex.id}` | {ex.kind} | {ex.minutes} "
                         f"| {ex.difficulty} |" for ex in made)
        said = " ".join(f"{_linked(one)}: {one.promise} To read: {one.minutes} minutes."
                        for one in read)
        parts.append(f"### Chapter {number}: {len(made)} exercises, {minutes} minutes\n\n{said}\n\n"
                     f":::{{dropdown}} What they test\n| Objective | Exercise | Kind | Minutes "
                     f"| Difficulty |\n|---|---|---|---|---|\n{rows}\n:::")
    return "\n\n".join(parts)


def _safe(text: str) -> str:
    return re.sub(r"([\\*_<$`{}|\[\]])", r"\\\1", text)
