"""The terms of site/glossary.md, for the short explanations that appear on the pages."""

from __future__ import annotations

import json
import re

#: What Sphinx makes one hyphen of, in the anchor of a term.
UNFIT = re.compile(r"[^a-zA-Z0-9._]+")


def entries(text: str) -> list[tuple[tuple[str, ...], str]]:
    """Each entry: its terms, the name first and then other words for it, and the explanation
    without Markdown's signs."""
    inside = re.search(r"^```\{glossary\}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)[1]
    found = re.findall(r"^((?:\S.*\n)+)((?:  .*\n)+)", inside, re.MULTILINE)
    return [(tuple(names.splitlines()), " ".join(words.split()).replace("*", ""))
            for names, words in found]


def terms(text: str) -> dict[str, str]:
    """Each term, also each other word for it, with its explanation."""
    return {name: words for names, words in entries(text) for name in names}


def anchor(term: str) -> str:
    """The place of a term on its page, as Sphinx names it."""
    return "term-" + UNFIT.sub("-", term).strip("-._")


def script(text: str) -> str:
    """The explanations by the anchor of their term, as a script: pages on file:// cannot fetch."""
    known = {anchor(term): words for term, words in terms(text).items()}
    return f"window.perpeduTerms = {json.dumps(known, ensure_ascii=False)};\n"
