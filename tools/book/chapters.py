"""The chapters as site/chapters.yml names them, and what follows from that file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ruamel.yaml import YAML

from . import SITE, Refused


@dataclass(frozen=True)
class Chapter:
    """One chapter: `file` without its suffix, `minutes` to read, `needs` the files before it."""

    file: str
    title: str
    promise: str
    minutes: int
    needs: tuple[str, ...]

    @cached_property
    def number(self) -> int:
        """The number in the file's name."""
        return int(Path(self.file).name[:2])

    @cached_property
    def label(self) -> str:
        """The number as readers see it: "2", and "2b" where the file is a further part, 02b_name."""
        return f"{self.number}{Path(self.file).name[2:].partition('_')[0]}"


def chapters(path: Path = SITE / "chapters.yml") -> list[Chapter]:
    """All chapters, in reading order.

    Raises Refused where one needs itself, or a chapter that does not come before it.
    """
    listed = [Chapter(**entry | {"needs": tuple(entry["needs"])})
              for entry in YAML(typ="safe").load(path)]
    faults = [f"{path.name}: {chapter.file} needs {need}, which does not come before it"
              for place, chapter in enumerate(listed) for need in chapter.needs
              if need not in [earlier.file for earlier in listed[:place]]]
    if faults:
        raise Refused("\n".join(faults))
    return listed


def by_number() -> dict[int, list[Chapter]]:
    """The parts of each chapter by its number; most have one."""
    found: dict[int, list[Chapter]] = {}
    for chapter in chapters():
        found.setdefault(chapter.number, []).append(chapter)
    return found


def contents(toc: Path = SITE / "_toc.yml") -> dict:
    """The table of contents, with the chapters in it."""
    whole = YAML(typ="safe").load(toc)
    whole["parts"][0]["chapters"] = [{"file": chapter.file} for chapter in chapters()]
    return whole
