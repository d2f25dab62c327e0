"""What leaves the bank for other places: worksheets, Moodle, printed sheets, slides."""

import json
import re

import nbformat
import pytest

from perpedu.classroom import said, worksheets
from perpedu.teaching import bank
from perpedu.teaching.exercise import Exercise, ids, load
from tests.test_order import BANK as ORDER
from tools import worksheets as tool

# ---- worksheets

def test_the_worksheets_are_what_the_bank_makes():
    made = dict(tool.texts())
    stored = {path.name: path.read_text("utf-8") for path in tool.FOLDER.iterdir()}
    stale = sorted(name for name in {*made, *stored} if made.get(name) != stored.get(name))
    assert not stale, f"make worksheets ({', '.join(stale)})"
    for name, text in made.items():
        nbformat.validate(nbformat.reads(text, 4))
        assert len(text.encode()) < 200_000, name


def test_the_student_edition_gives_nothing_away():
    asked = []
    for path in sorted(tool.FOLDER.glob("*_student.ipynb")):
        notebook = nbformat.read(path, 4)
        for text, cell in zip(notebook.cells[1::2], notebook.cells[2::2], strict=True):
            ex = load(cell.metadata.perpedu.exercise)
            asked.append(ex.id)
            assert ex.question.split("\n")[0] in text.source and "answer = " in cell.source
            for told in (*ex.hints, ex.solution, *(said.meaning(ex, name) for name in ex.mistakes)):
                assert told not in text.source + cell.source, ex.id
            assert not re.search(r'"[^"]+"\s*(#|$|,)', re.sub(r'"\w+":', "", cell.source)), ex.id
    assert asked == ids()


def test_the_teacher_edition_tells_everything_about_each_exercise():
    texts = [cell.source for path in sorted(tool.FOLDER.glob("*_teacher.ipynb"))
             for cell in nbformat.read(path, 4).cells[1:]]
    for text, ex in zip(texts, map(load, ids()), strict=True):
        for told in (ex.objective, ex.title, ex.solution, f"{ex.minutes} minutes", said.right(ex),
                     said.discuss(ex), *(said.meaning(ex, name) for name in ex.mistakes),
                     *(said.mistaken(ex, name) for name in ex.mistakes)):
            assert told in text, (ex.id, told)


def steps():
    return bank.parse(ORDER, "exercises/ch09.yaml", "ch09")["ch09.way"]


def test_steps_stand_in_a_worksheet_by_their_letters():
    ex = Exercise(steps(), "1")
    assert ex.check(said.right(ex)).correct
    assert ex.check(said.mistaken(ex, "queue-early")).mistake == "queue-early"
    teacher = worksheets.notebook("09_way", "Chapter 9. The way", [steps()], "teacher")
    assert said.right(ex) in json.dumps(teacher)


def test_what_is_said_to_be_right_or_mistaken_is_judged_so():
    for ex in map(load, ids()):
        if not ex.plan.table:
            assert ex.check(said.right(ex)).correct, ex.id
            for name in ex.mistakes:
                assert ex.check(said.mistaken(ex, name)).mistake == name, (ex.id, name)
