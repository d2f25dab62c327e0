"""Formulas as MathML, which browsers draw without help: from the book's own LaTeX."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sympy

_SIGNS = {r"\cdot": "·", "-": "−", "*": "∗", r"\leq": "≤", r"\geq": "≥", r"\le": "≤", r"\ge": "≥",
          r"\times": "×", r"\approx": "≈", r"\pm": "±", r"\%": "%", r"\sum": "∑",
          r"\;": "\u2002", "\\ ": "\u00a0"}
_NOTHING = (r"\,", r"\!", r"\displaystyle")
_LETTERS = {r"\Sigma": "Σ", r"\alpha": "α", r"\beta": "β", r"\gamma": "γ", r"\delta": "δ", r"\epsilon": "ε",
            r"\zeta": "ζ", r"\eta": "η", r"\theta": "θ", r"\iota": "ι", r"\kappa": "κ",
            r"\lambda": "λ", r"\mu": "μ", r"\nu": "ν", r"\xi": "ξ", r"\pi": "π", r"\rho": "ρ",
            r"\sigma": "σ", r"\tau": "τ", r"\phi": "φ", r"\chi": "χ", r"\psi": "ψ", r"\omega": "ω",
            r"\Delta": "Δ", r"\Gamma": "Γ", r"\Phi": "Φ", r"\Psi": "Ψ", r"\Sigma": "Σ", r"\ell": "ℓ", r"\infty": "∞",
            r"\log": "log", r"\min": "min", r"\max": "max"}
_ACCENTS = {r"\bar": "¯", r"\hat": "^"}
_COMMAND = re.compile(r"\\(left|right|frac|cdot|le|ge|leq|geq|times|approx|pm)(?![a-zA-Z])")
_TOKEN = re.compile(r"\s+|\\[a-zA-Z]+|\\.|[0-9.]+|.")


def mathml(expression: "sympy.Basic", numbers: bool = False) -> str:
    """The inside of a `<math>` element for an expression or equation over the book's symbols.

    Each symbol is an `<mrow data-v="its name">`. With `numbers`, the rows are empty, for numbers
    to be put in, and products are written with dots.

    >>> from perpedu import symbols as s
    >>> mathml(s.size * s.mark_price, numbers=True)
    '<mrow data-v="size"></mrow><mo>·</mo><mrow data-v="mark_price"></mrow>'
    """
    from ..theory.notation import tex

    latex = tex(expression, mul_symbol="dot") if numbers else tex(expression)
    meant = {one.name for one in expression.free_symbols}
    return _Reader(_split(latex, meant), numbers).row()


def written(text: str) -> dict[str, str]:
    """MathML for what stands between dollar signs in a text, by its LaTeX.

    >>> written("so $P = 2$")
    {'P = 2': '<mrow data-v="mark_price"><mi>P</mi></mrow><mo>=</mo><mn>2</mn>'}
    """
    found = dict.fromkeys(re.findall(r"\$([^$\n]+)\$", text))
    return {latex: _Reader(_split(latex), False).row() for latex in found if "{{" not in latex}


def symbol(name: str) -> str:
    """One symbol of the book as the inside of a `<math>` element."""
    from ..theory.symbols import every

    return _Reader(_plain(every()[name].tex), False).row()


@cache
def _known() -> tuple[re.Pattern, dict[str, str]]:
    from ..theory.symbols import every

    names = {quantity.tex: name for name, quantity in every().items()}
    longest_first = sorted(names, key=len, reverse=True)
    guarded = (re.escape(t) + ("(?![a-zA-Z])" if t[-1].isalpha() and t[0] == "\\" else "")
               for t in longest_first)
    return re.compile("|".join(guarded)), names


def _split(latex: str, meant: set[str] | None = None) -> list[str]:
    """Tokens of LaTeX; a symbol of the book is one token, written `@name`.

    With `meant`, symbols of these names alone: the number π is no premium.
    """
    pattern, names = _known()
    tokens, at = [], 0
    while at < len(latex):
        found = None if _COMMAND.match(latex, at) else pattern.match(latex, at)
        match = found or _TOKEN.match(latex, at)
        name = names[match[0]] if found else None
        known = name and (meant is None or name in meant)
        tokens += ["@" + name] if known else _plain(match[0])
        at = match.end()
    return tokens


def _plain(latex: str) -> list[str]:
    return [token for token in _TOKEN.findall(latex) if token.strip()]


class _Reader:
    """Reads the little LaTeX that formulas are printed in."""

    def __init__(self, tokens: list[str], numbers: bool):
        self.tokens, self.numbers = tokens[::-1], numbers

    def row(self, end: str | None = None) -> str:
        parts: list[str] = []
        while self.tokens:
            token = self.tokens.pop()
            if token == end:
                break
            self._add(parts, token)
        return "".join(parts)

    def _add(self, parts: list[str], token: str) -> None:
        if token in "^_":
            below = parts.pop()
            kind = "msup" if token == "^" else "msub"
            parts.append(f"<{kind}>{below}{self._group()}</{kind}>")
        else:
            parts.append(self._one(token))

    def _group(self) -> str:
        token = self.tokens.pop()
        return f"<mrow>{self.row('}')}</mrow>" if token == "{" else self._one(token)

    def _one(self, token: str) -> str:
        if token.startswith("@"):
            return self._symbol(token[1:])
        if token == "{":
            return f"<mrow>{self.row('}')}</mrow>"
        if token == r"\frac":
            return f"<mfrac>{self._group()}{self._group()}</mfrac>"
        if token == r"\sqrt":
            return f"<msqrt>{self._group()}</msqrt>"
        if token == r"\left":
            return self._brackets()
        if token == r"\mathrm":
            return f"<mi>{re.sub('<[^>]*>', '', self._group())}</mi>"
        if token in _NOTHING:
            return ""
        if token in _ACCENTS:
            return f"<mover>{self._group()}<mo>{_ACCENTS[token]}</mo></mover>"
        return _leaf(token)

    def _brackets(self) -> str:
        """Brackets as tall as a fraction in them, and no taller than a letter otherwise."""
        opening, inside, closing = self.tokens.pop(), self.row(r"\right"), self.tokens.pop()
        tall = "" if "<mfrac" in inside else ' stretchy="false"'
        return f"<mo{tall}>{escape(opening)}</mo>{inside}<mo{tall}>{escape(closing)}</mo>"

    def _symbol(self, name: str) -> str:
        return f'<mrow data-v="{name}">{"" if self.numbers else symbol(name)}</mrow>'


def _leaf(token: str) -> str:
    if token[0].isdigit():
        return f"<mn>{token}</mn>"
    if token in _LETTERS or token.isalpha():
        return f"<mi>{_LETTERS.get(token, token)}</mi>"
    if token.startswith("\\") and token not in _SIGNS:
        raise ValueError(f"no MathML for the LaTeX {token!r}")
    return f"<mo>{escape(_SIGNS.get(token, token))}</mo>"
