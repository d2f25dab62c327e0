"""Small changes that a test must notice: to formulas, JavaScript, LaTeX, stored numbers, sentences.

Nothing here knows the checks; each generator yields (what was changed, the changed thing).
"""

import copy
import operator
import re
from types import SimpleNamespace

import sympy as sp

from perpedu.theory.functions import Phi

PICTURES = ("image/png", "image/jpeg")  # their numbers are printed beside them: see the lint
VIEW = "application/vnd.jupyter.widget-view+json"  # a random id, no number
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
TOKEN = re.compile(r"Math\.\w+|[A-Za-z_]\w*|\d+(?:\.\d+)?|[-+*/(),]|[<>=?:&|!]+|\s+")
SWAPPED = {"Math.max": "Math.min", "Math.min": "Math.max", "Math.PI": "3"}


# formulas, as SymPy trees

def formula_mutants(expression):
    """Each sign, coefficient, exponent and symbol of an expression changed, one at a time."""
    symbols = sorted(expression.free_symbols, key=str)
    found = {}
    for what, mutant in _changed(expression, symbols):
        if mutant != expression:
            found.setdefault(mutant, what)
    return [(what, mutant) for mutant, what in found.items()]


def _changed(node, symbols):
    yield f"{node} negated", -node
    yield f"{node} doubled", 2 * node
    if node.is_Symbol:
        yield from ((f"{node} to {other}", other) for other in symbols)
        yield from ((f"{node} to {number}", sp.Integer(number)) for number in (0, 1))
    if node.is_Number:
        yield from ((f"{node} to {n}", n) for n in (node + 1, node - 1, sp.Integer(0), 1 - node))
    if node.is_Pow:
        base, exponent = node.args
        others = (-exponent, exponent + 1, 2 * exponent)
        yield from ((f"{node} to the {other}", base**other) for other in others)
    if node.is_Add or node.is_Mul:
        yield from _one_part_changed(node)
    if isinstance(node, (sp.Max, sp.Min)):
        other = sp.Min if isinstance(node, sp.Max) else sp.Max
        yield f"{node.func} to {other}", other(*node.args)
        yield from ((f"{node} to {part}", part) for part in node.args)
    for place, part in enumerate(node.args):
        for what, mutant in _changed(part, symbols):
            yield what, node.func(*node.args[:place], mutant, *node.args[place + 1:])


def _one_part_changed(node):
    """A term or a factor dropped; a sum made a product, a factor a divisor."""
    for place, part in enumerate(node.args):
        rest = node.func(*node.args[:place], *node.args[place + 1:])
        yield f"{part} dropped", rest
        yield f"{part} on the other side", rest - part if node.is_Add else rest / part
        yield f"{part} joined otherwise", rest * part if node.is_Add else rest + part


def equal_everywhere(one, other):
    """Whether SymPy simplifies the difference to 0, for each value of two-valued symbols."""
    cases = [{}]
    for symbol in (one - other).free_symbols:
        if values := getattr(symbol, "values", None):
            cases = [{**case, symbol: sp.Integer(value)} for case in cases for value in values]
    return all(sp.simplify((one - other).xreplace(case)) == 0 for case in cases)


# generated JavaScript, as text

def javascript_mutants(text):
    """Each operator, name, number and pair of brackets of a JavaScript expression changed."""
    tokens = TOKEN.findall(text)
    assert "".join(tokens) == text, f"the mutants do not know all of {text}"
    names = sorted({token for token in tokens if token.isidentifier() and token != "Phi"})
    for place, token in enumerate(tokens):
        for other in _other_tokens(token, _is_sign(tokens, place), names):
            changed = "".join([*tokens[:place], other, *tokens[place + 1:]])
            yield f"{token!r} at {place} to {other!r}", changed
        if token == "(" and (place == 0 or not tokens[place - 1].startswith(("Math.", "Phi"))):
            end = _closing(tokens, place)
            inside = [*tokens[:place], *tokens[place + 1:end], *tokens[end + 1:]]
            yield f"brackets at {place} dropped", "".join(inside)


def _other_tokens(token, is_sign, names):
    if token in "+-" and is_sign:
        return [""]
    if token in "+-*/":
        return [other for other in "+-*/" if other != token]
    if token in SWAPPED:
        return [SWAPPED[token]]
    if token.startswith("Math.") or token == "Phi":
        return [""]
    if token.isidentifier():
        return [*(other for other in names if other != token), f"(-{token})", f"(2*{token})", "0"]
    if token[0].isdigit():
        return [f"{token}*2", f"({token}+1)", "0", f"(-{token})"]
    return []


def _is_sign(tokens, place):
    before = [token for token in tokens[:place] if token.strip()]
    return not before or before[-1] in "(+-*/,"


def _closing(tokens, place):
    depth = 0
    for end in range(place, len(tokens)):
        depth += (tokens[end] == "(") - (tokens[end] == ")")
        if depth == 0:
            return end
    raise AssertionError("a bracket that does not close")


def javascript_as_sympy(text, symbols):
    """What a JavaScript expression of sums, products and `Math` means; None where it is another."""
    exact = re.sub(r"(?<![\w.])(\d+(?:\.\d+)?)", r"Rational('\1')", text)
    math = SimpleNamespace(max=sp.Max, min=sp.Min, abs=sp.Abs, sqrt=sp.sqrt, pow=operator.pow,
                           exp=sp.exp, log=sp.log, PI=sp.pi)
    names = {symbol.name: symbol for symbol in symbols} | {"Phi": Phi}
    try:
        return eval(exact, {"__builtins__": {}, "Rational": sp.Rational, "Math": math}, names)
    except (SyntaxError, TypeError, NameError, AttributeError):
        return None


# LaTeX, in tokens

def latex_mutants(tokens, texs):
    """Each sign and symbol of tokenized LaTeX changed, one at a time."""
    for place, token in enumerate(tokens):
        others = {"+": "-", "-": "+"}.get(token, "")
        others = [other for other in texs if other != token] if token in texs else list(others)
        if token.isdigit():
            others = [str(int(token) + 1)]
        for other in others:
            changed = [*tokens[:place], other, *tokens[place + 1:]]
            yield f"{token} at {place} to {other}", " ".join(changed)


# stored outputs of a notebook cell

def digit_mutants(outputs):
    """Each number of the outputs of a cell with its last digit changed, one at a time."""
    for number, output in enumerate(outputs):
        for keys, text in _texts(output):
            for match in NUMBER.finditer(text):
                last = match.end() - 1
                doctored = text[:last] + str((int(text[last]) + 1) % 10) + text[last + 1:]
                changed = list(outputs)
                changed[number] = _with(output, keys, doctored)
                yield f"output {number}, {keys[-1]}: {match[0]} at {last}", changed


def _texts(output):
    """All that an output shows as text, by the keys that lead to it."""
    found = [((key,), output[key]) for key in ("text", "ename", "evalue") if key in output]
    found += [(("data", kind), shown) for kind, shown in output.get("data", {}).items()
              if kind not in (*PICTURES, VIEW)]
    for keys, text in found:
        assert isinstance(text, str), f"{keys} holds no text: its numbers need mutants of their own"
    return found


def _with(output, keys, text):
    changed = copy.copy(output)
    if keys[0] == "data":
        changed["data"] = {**output["data"], keys[1]: text}
    else:
        changed[keys[0]] = text
    return changed


# sentences

def word_mutants(sentence):
    """For each stretch of a sentence between its slots: its first, middle and last word changed."""
    parts = re.split(r"(\{\{.*?\}\})", sentence, flags=re.DOTALL)
    for place, part in enumerate(parts):
        words = list(re.finditer(r"[^\W_]+", part)) if place % 2 == 0 else []
        chosen = {0, len(words) // 2, len(words) - 1} if words else ()
        for word in [words[number] for number in sorted(chosen)]:
            doctored = part[:word.start()] + "ghost" + part[word.end():]
            yield f"“{word[0]}” in “{part.strip()}”", "".join(
                [*parts[:place], doctored, *parts[place + 1:]])
