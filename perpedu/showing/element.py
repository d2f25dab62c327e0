"""One element, three hosts: a widget in Jupyter, live on a static page, still without scripts."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

import anywidget
import traitlets

from ..teaching import equality, feedback, grammar, numbers_typed, spacing, tries
from . import look

SHORT = 104
SCRIPT = ("numbers", "elements", "normal", "picture", "explorer", "card", "ledger", "expression", "tries",
          "calculator", "memory", "record", "review", "hosts")


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


@cache
def stylesheet() -> str:
    """The one stylesheet: the roles as variables, then the rules."""
    return look.css() + _read("perpedu.css")


@cache
def module() -> str:
    """The one script, as an ES module: what it shares with Python goes before it."""
    shared = {"messages": numbers_typed.MESSAGES, "units": numbers_typed.UNITS,
              "standsFor": numbers_typed.STANDS_FOR, "longest": numbers_typed.LONGEST,
              "largestExponent": numbers_typed.LARGEST_EXPONENT, "strokes": look.strokes(),
              "tries": tries.SENTENCES, "firstSentence": tries.SENTENCE.pattern,
              "grammar": _grammar(), "sentences": feedback.SENTENCES,
              "sameUnit": feedback.SAME_UNIT, "spacing": spacing.shared(),
              "patterns": {name: getattr(numbers_typed, name).pattern for name in _PATTERNS}}
    parts = (_read(f"script/{part}.js") for part in SCRIPT)
    return f"const SHARED = {json_inside(shared)};\n" + "\n".join(parts)


def _grammar() -> dict[str, Any]:
    """What expressions are read by, as grammar.py has it."""
    limits = {name: getattr(grammar, name) for name in _LIMITS} | {"NEEDED": equality.NEEDED}
    return {"messages": grammar.MESSAGES, "hints": grammar.HINTS, "same": grammar.SAME,
            "one": grammar.ONE_VALUE, "limits": limits,
            "patterns": {name: getattr(grammar, name).pattern
                         for name in ("TOKEN", "GROUPED", "DECIMAL_COMMA", "BLANKS")}}


_LIMITS = ("LONGEST", "MOST_TOKENS", "DEEPEST", "MOST_DIGITS", "MOST_BITS", "MOST_VALUES",
           "LARGEST_POWER", "LARGEST_TOTAL_POWER")
_PATTERNS = ("SPACES", "STRANGE", "SHAPE", "PLAIN", "GROUPED", "ONE_COMMA", "MANY_COMMAS",
             "MANY_POINTS")


@cache
def script() -> str:
    """The same script for a static page: brings every element to life, needs no network."""
    body = re.sub(r"^export default .*$", "startPage();", module(), flags=re.MULTILINE)
    return "(() => {\n\"use strict\";\n" + body + "})();\n"


def json_inside(value: Any) -> str:
    """JSON that may stand inside a <script>."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def element(spec: dict[str, Any], still: str) -> str:
    """An element of a page: its spec as JSON, and the HTML that stands there without a script."""
    return (f'<div class="pp-element pp-card" data-pp="{spec["kind"]}">'
            f'<script type="application/json">{json_inside(spec)}</script>'
            f'<div class="pp-still">{still}</div></div>')


def short(text: str) -> str:
    """Text that Jupyter's repr does not cut: its first 104 characters, up to a word."""
    return text if len(text) <= SHORT else text[: SHORT - 2].rsplit(" ", 1)[0] + " …"


class Element(anywidget.AnyWidget):
    """What explorers and cards share: the script, the stylesheet and the three forms."""

    spec = traitlets.Dict().tag(sync=True)

    def __init__(self, **traits: Any):
        self._esm, self._css = module(), stylesheet()
        super().__init__(**traits)

    def static(self) -> str:
        """What stands there without a script; HTML."""
        raise NotImplementedError

    def page_spec(self) -> dict[str, Any]:
        """What a static page carries instead of a kernel."""
        return dict(self.spec)

    def html(self) -> str:
        """The element for a static page: its spec as JSON and its still form."""
        return element(self.page_spec(), self.static())

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict, dict]:
        data, metadata = super()._repr_mimebundle_()
        return data | {"text/html": self.html()}, metadata
