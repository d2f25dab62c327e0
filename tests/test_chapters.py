"""Every chapter: its headings in order, its derivations certified, its numbers computed."""

import re
from functools import cache
from pathlib import Path

import nbformat
import pytest
from corrupt import assert_every_corruption_raises
from ruamel.yaml import YAML

import perpedu as pp
from tools.book.chapters import chapters

BOOK = Path(__file__).parent.parent / "notebooks"
BANK = BOOK.parent / "exercises"
CHAPTERS = sorted(BOOK.glob("[0-9][0-9]*_*.ipynb"))
TEMPLATE = ["Chapter", "What you will be able to do", "Before you start", "Predict first",
            "Try it", "Two full examples", "Where the sources go wrong", "Exercises", "Summary"]
NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?")
DATE = re.compile(r"\b20\d\d(-\d\d){0,2}\b")
# numbers of the prose that are no results: what a reader must know beforehand, and reading time
PLAIN = {"01_ledger": {"11", "45"}}


@cache
def notebook(path):
    return nbformat.read(path, 4)


def prose(path):
    return [cell.source for cell in notebook(path).cells if cell.cell_type == "markdown"]


def code(path):
    return [cell for cell in notebook(path).cells if cell.cell_type == "code"]


def parts(path):
    """All notebooks of the chapter: 02_line and 02b_steering are one."""
    return [other for other in CHAPTERS if other.stem[:2] == path.stem[:2]]


def sections(path):
    return re.findall(r"^## (.+)$", "\n".join(prose(path)), re.M)


def tokens(text):
    """Numbers of a text without thousands separators; LaTeX's {,} counts as a comma."""
    clean = DATE.sub(" ", text.replace("{,}", ","))
    return {match.rstrip(",").replace(",", "") for match in NUMBER.findall(clean)}


def same_number(token, known):
    return token in known or str(float(token)) in {str(float(other)) for other in known}


def shown(cell):
    for output in cell.outputs:
        yield from [output.get("text", "")] + [
            "".join(text) for kind, text in output.get("data", {}).items() if "text" in kind]


def computed(path):
    """Every number that a code cell is given or prints."""
    found = set()
    for cell in code(path):
        found |= tokens(cell.source.replace("_", "")) | set().union(*map(tokens, shown(cell)))
    return found


def test_there_are_chapters():
    assert CHAPTERS


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
class TestChapter:
    def test_headings_follow_the_template(self, path):
        heads = re.findall(r"^#{1,2} (.+)$", "\n".join(prose(path)), re.M)
        at = [next((i for i, head in enumerate(heads) if head.startswith(word)), None)
              for word in TEMPLATE]
        assert None not in at and at == sorted(at), dict(zip(TEMPLATE, at))

    def test_every_number_in_the_prose_is_computed(self, path):
        known = computed(path) | PLAIN.get(path.stem, set())
        text = re.sub(r"(Chapter|section|##?) \d+[a-z]?|20\d\d(-\d\d)*", " ", "\n".join(prose(path)))
        wanted = {token for token in tokens(text) if float(token) > 10 or "." in token}
        lost = sorted(token for token in wanted if not same_number(token, known))
        assert not lost, f"in the prose and in no cell or output: {lost}"

    def test_code_cells_are_short(self, path):
        long = [cell.source for cell in code(path) if len(cell.source.splitlines()) > 14]
        assert not long, "a cell this long wants a home in the package"

    def test_sections_that_exercises_send_to_exist(self, path):
        places = {*(head for part in parts(path) for head in sections(part)),
                  *(f"Chapter {other.stem.split('_')[0].lstrip('0')}, {head}"
                    for other in CHAPTERS for head in sections(other))}
        bank = YAML(typ="safe").load(BANK / f"ch{path.stem[:2]}.yaml")
        assert [section for section in bank["sections"] if section not in places] == []

    def test_every_exercise_of_the_chapter_has_its_card(self, path):
        written = "\n".join(cell.source for part in parts(path) for cell in code(part))
        ids = [name for name in pp.exercises() if name.startswith(f"ch{path.stem[:2]}.")]
        assert len(ids) >= 10
        assert [name for name in ids if f'pp.exercise("{name}"' not in written] == []

    def test_derivations_are_certified_to_the_last_sign(self, path, monkeypatch):
        found = []
        keep = pp.Derivation.__init__

        def kept(self, *args, **kwargs):
            found.append(self)
            keep(self, *args, **kwargs)

        monkeypatch.setattr(pp.Derivation, "__init__", kept)
        run(path)
        written = list(found)
        assert written, "a chapter derives"
        assert any(proof.formula for proof in written), "and ends at the package's formula"
        for proof in written:
            assert assert_every_corruption_raises(proof) > 0


def run(path):
    """The chapter's code in one namespace, without a kernel."""
    space = {"display": lambda *_: None}
    for cell in code(path):
        exec(compile(cell.source, path.name, "exec"), space)  # our own committed code


def test_a_changed_number_in_the_prose_is_noticed(tmp_path):
    path = tmp_path / CHAPTERS[0].name
    text = CHAPTERS[0].read_text(encoding="utf-8")
    assert "54,271.36" in text
    doctored = re.sub(r"(line is at )54,271\.36", r"\g<1>54,271.37", text)
    assert doctored != text
    path.write_text(doctored, encoding="utf-8")
    with pytest.raises(AssertionError, match="54271.37"):
        TestChapter().test_every_number_in_the_prose_is_computed(path)


WORDS_A_MINUTE = 180


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_text_and_cards_on_the_way_take_no_longer_than_the_chapter_says(path):
    stated = {chapter.file: chapter.minutes for chapter in chapters()}[f"notebooks/{path.stem}"]
    text, taken, heading = "", 0, ""
    for cell in notebook(path).cells:
        if cell.cell_type == "markdown":
            heading = ([heading] + re.findall(r"^## (.+)$", cell.source, re.M))[-1]
            text += re.sub(r"\$\$.*?\$\$", " ", cell.source, flags=re.DOTALL) + "\n"
        elif heading != "Exercises":
            taken += sum(pp.exercise(id).exercise.minutes
                         for id in re.findall(r'pp\.exercise\("([^"]+)"', cell.source))
    assert len(text.split()) / WORDS_A_MINUTE + taken <= stated <= 50
