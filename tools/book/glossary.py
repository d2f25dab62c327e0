"""The terms of site/glossary.md, for the short explanations that appear on the pages."""

from __future__ import annotations

import json
import re

from docutils.nodes import make_id


def terms(text: str) -> dict[str, str]:
    """Each term with its explanation, without Markdown's signs."""
    inside = re.search(r"^```\{glossary\}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)[1]
    found = re.findall(r"^(\S.*)\n((?:  .*\n)+)", inside, re.MULTILINE)
    return {term: " ".join(words.split()).replace("*", "") for term, words in found}


def script(text: str) -> str:
    """The explanations by the anchor of their term, as a script: pages on file:// cannot fetch."""
    known = {make_id(f"term-{term}"): words for term, words in terms(text).items()}
    return f"window.perpeduTerms = {json.dumps(known, ensure_ascii=False)};\n"
