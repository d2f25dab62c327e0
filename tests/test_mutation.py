"""Every small change to a formula, its JavaScript, a stored number or a sentence is noticed.

The checks are those of the other test files, imported. Survivors are printed; there are none.
"""

import re
from pathlib import Path

import pytest
import test_exercises
from mutants import (digit_mutants, equal_everywhere, formula_mutants, javascript_as_sympy,
                     javascript_mutants, latex_mutants, word_mutants)
from test_exercises import IDS, TRANSCRIPT, transcript
from test_formulas import (CATALOGUE, check_exact, check_js, check_latex, draws, in_javascript,
                           javascript_job, latex_tokens)

from perpedu.theory.formula import Formula
from tools.check import PYTEST, parts
from tools.notebooks import notebooks

MAKEFILE = Path(__file__).parent.parent / "Makefile"
SENTENCES = ("title", "question", "assumes", "solution", "why", "ask")


def refused(check, *arguments):
    """Whether the check fails on these: also on a value that is too long to be printed, or is none."""
    try:
        check(*arguments)
    except (AssertionError, ValueError):
        return True
    return False


def report(kind, counts, survivors):
    """Print the counts, demand that there were mutants, and that none survived."""
    print(f"{kind}: " + ", ".join(f"{count} {what}" for what, count in counts.items()))
    print(*survivors, sep="\n")
    assert not survivors, f"{len(survivors)} survivors:\n" + "\n".join(survivors[:20])


# formulas

def test_formula_mutants():
    counts, survivors = {"refused": 0, "equal to the original": 0}, []
    for name, formula in CATALOGUE.items():
        before = counts["refused"]
        for what, expression in formula_mutants(formula.expression):
            mutant = Formula(name, formula.result, expression, chapter=1, source="a mutant",
                             contract=formula.contract)
            if refused(check_exact, mutant, draws(name)):
                counts["refused"] += 1
            elif equal_everywhere(expression, formula.expression):
                counts["equal to the original"] += 1
            else:
                survivors.append(f"{name}: {what}: {expression}")
        assert counts["refused"] - before >= 4 * len(formula.symbols), f"few mutants of {name}"
    report("formula mutants", counts, survivors)


def test_javascript_mutants(page):
    cases = {name: some(name) for name in CATALOGUE}
    mutants = {name: list(javascript_mutants(formula.js())) for name, formula in CATALOGUE.items()}
    jobs = [javascript_job(name, [text for _, text in mutants[name]], cases[name])
            for name in CATALOGUE]
    counts, survivors = {"refused": 0, "equal to the original": 0, "not JavaScript": 0}, []
    for name, answers in zip(CATALOGUE, in_javascript(page, jobs), strict=True):
        formula = CATALOGUE[name]
        assert len(mutants[name]) >= 4 * len(formula.symbols), f"few mutants of {name}"
        for (what, text), got in zip(mutants[name], answers, strict=True):
            if isinstance(got, str):
                counts["not JavaScript"] += 1
            elif refused(check_js, name, got, cases[name]):
                counts["refused"] += 1
            elif same_formula(text, formula):
                counts["equal to the original"] += 1
            else:
                survivors.append(f"{name}: {what}: {text}")
    report("JavaScript mutants", counts, survivors)
    assert counts["not JavaScript"] < counts["refused"] / 20


def some(name):
    """Twenty inputs with a value and a few without."""
    with_value = [case for case in draws(name) if case[1] is not None]
    return with_value[:20] + [case for case in draws(name) if case[1] is None][:5]


def same_formula(text, formula):
    read = javascript_as_sympy(text, formula.symbols)
    return read is not None and equal_everywhere(read, formula.expression)


def test_latex_mutants():
    counts, survivors = {"refused": 0}, []
    for name, formula in CATALOGUE.items():
        texs = {symbol.tex: symbol.name for symbol in formula.symbols}
        left, right = formula.latex().split(" = ")
        for what, text in latex_mutants(latex_tokens(right, texs), texs):
            if refused(check_latex, formula, f"{left} = {text}", draws(name)[:30]):
                counts["refused"] += 1
            else:
                survivors.append(f"{name}: {what}: {text}")
    report("LaTeX mutants", counts, survivors)


# stored outputs, before nbval's own comparison

@pytest.fixture(params=notebooks() or [None], ids=lambda path: path.stem if path else "none")
def cells(request):
    """A notebook's cells as nbval collects them; no kernel is started."""
    from nbval.plugin import IPyNbFile

    assert request.param, "there is no notebook to check"
    collected = list(IPyNbFile.from_parent(request.session, path=request.param).collect())
    for cell in collected:
        cell.format_output_compare = lambda *_: None  # the report of a difference takes long
    return collected


def accepts(cell, stored):
    """Whether nbval, running the cell and getting its outputs, lets these stored ones pass."""
    if not cell.options["check"] or cell.options["skip"] or cell.cell.execution_count is None:
        return True
    return cell.compare_outputs(cell.cell.outputs, stored)


def test_each_number_of_the_stored_outputs_is_compared(cells):
    counts, survivors = {"refused": 0}, []
    for cell in cells:
        assert accepts(cell, cell.cell.outputs), "the comparison refuses what is equal"
        for what, doctored in digit_mutants(cell.cell.outputs):
            if accepts(cell, doctored):
                survivors.append(f"cell {cell.cell_num}, {what}")
            else:
                counts["refused"] += 1
    report("mutants of stored numbers", counts, survivors)
    assert counts["refused"] > 100


def test_each_stored_output_is_compared(cells):
    for cell in cells:
        for number in range(len(cell.cell.outputs)):
            outputs = list(cell.cell.outputs)
            del outputs[number]
            assert not accepts(cell, outputs), f"cell {cell.cell_num}: output {number} may be lost"


def test_make_test_compares_strictly():
    assert "tools/check.py" in MAKEFILE.read_text("utf-8")
    runs = [arguments for arguments in parts() if "--nbval" in arguments]
    compared = [one for arguments in runs for one in arguments if not one.startswith("--")]
    assert sorted(compared) == [f"notebooks/{path.name}" for path in notebooks()]
    for arguments in runs:
        command = " ".join((*PYTEST, *arguments))
        assert not re.search("lax|sanitize|deselect|ignore|nbdime| -k ", command), command


def test_make_test_runs_every_file_of_tests_once():
    files = sorted(str(path.relative_to(MAKEFILE.parent)) for path in Path(__file__).parent.glob("test_*.py"))
    assert sorted(one for part in parts() for one in part if one.startswith("tests/")) == files
    assert sum({"--doctest-modules", "perpedu"} <= set(part) for part in parts()) == 1


# sentences of the bank, before the approved transcript

def sentences(item):
    """Every sentence that a reader may see: the group and the name under which it stands."""
    yield from ((item.fields, name) for name in SENTENCES if name in item.fields)
    yield from ((item["hints"], place) for place in range(len(item["hints"])))
    lines = item.get("rows", [])
    mistakes = [group for part in (item.fields, *lines) for group in part.get("mistakes", {}).values()]
    rows = [*mistakes, *item.get("options", []), *item.get("steps", []), *lines]
    names = ("says", "text", "label", "how")
    yield from ((row, name) for row in rows for name in names if name in row)


@pytest.mark.parametrize("id", IDS)
def test_each_sentence_of_an_exercise_is_in_the_approved_transcript(id):
    approved = TRANSCRIPT.read_text("utf-8")
    item = test_exercises.load(id).item
    assert transcript(id) in approved
    counts, survivors = {"refused": 0}, []
    for group, name in sentences(item):
        original = group[name]
        for what, doctored in word_mutants(original):
            group[name] = changed(original, doctored)
            item.cache.clear()
            if transcript(id) in approved:
                survivors.append(f"{id}, {name}: {what}")
            else:
                counts["refused"] += 1
        group[name] = original
    item.cache.clear()
    assert transcript(id) in approved, "the bank is as it was"
    report(f"changed words of {id}", counts, survivors)
    assert counts["refused"] >= 8


def changed(original, text):
    """Another text on the same line of the bank file."""
    made = type(original)(text)
    made.line = original.line
    return made
