"""A class: its numbers, what leaves the teacher's folder, and what comes back, friendly or not.

Grading reads what comes back as data. The hostile submissions and answers are listed here; while
they are graded an audit hook notes all that the interpreter runs, imports, opens and starts.
"""

import builtins
import csv
import json
import os
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import nbformat
import pytest
from class_helpers import (IDS, KEPT, NAME, PRIVATE, answer_cells, exercises, filled, hand_in, make,
                           place, right)

import perpedu as pp
from perpedu.__main__ import main
from perpedu.classroom import commands, literal, release, roster, sheets, submission
from perpedu.classroom.course import Course
from perpedu.classroom.seeds import seed
from perpedu.teaching.exercise import ids

ROOT = Path(__file__).parent.parent
ODD_IDS = ["müller", "anna maria", "../../up", "a/b", "a\\b", "-rf", "=cmd|' /C calc'!A0", "@sum",
           "+1+cmd", "con", "..", "名前", "x" * 190, "<script>", "a.", ".hidden", "$HOME", "`id`", "%s",
           "'quoted", "1" * 64]


@pytest.fixture
def course(tmp_path):
    """A course of two students and one exercise of each kind, from a private bank."""
    return make(tmp_path)


def of(grades, student="anna"):
    """The grades of one student, by exercise."""
    return {one.exercise: one for one in grades.grades if one.student == student}


# ---- the course folder

def test_a_new_course_has_a_secret_of_its_own_and_finds_its_files(tmp_path):
    course, other = (make(tmp_path / name, secret="") for name in ("one", "two"))
    assert course.assignments() == [NAME] and course.assignment(NAME).title == "Week one"
    assert [student.id for student in course.students] == ["anna", "ben"]
    assert [item.id for item in course.assignment(NAME).items] == IDS
    assert len(course.secret) == 32 and course.secret != other.secret
    if os.name == "posix":
        assert (course.folder / "course.yaml").stat().st_mode & 0o077 == 0


def test_an_assignment_is_added_and_nothing_is_overwritten(course):
    secret = course.secret
    again = Course.new(course.folder, ["ch01.notional"], assignment="week2")
    assert (again.assignments(), again.secret) == ([NAME, "week2"], secret)
    for what, more in {"assignment": {}, "bank": {"assignment": "w3", "bank": "x.yml"},
                       "roster": {"assignment": "w3", "roster": "x.csv"}}.items():
        with pytest.raises(ValueError, match=what):
            Course.new(course.folder, ["ch01.notional"], **more)


@pytest.mark.parametrize("given, said", [
    ({"exercises": ["ch01.no-such"]}, "ch01.no-such"),
    ({"exercises": []}, "exercises"),
    ({"exercises": ["ch01.notional"] * 2}, "each once"),
    ({"assignment": "../up"}, "assignment"),
    ({"assignment": "a b"}, "assignment"),
    ({"assignment": "-x"}, "assignment"),
    ({"bank": "private: [}"}, "private.yml, line 1"),
    ({"bank": PRIVATE.replace("size * mark_price / leverage", "size * mark_price")},
     "line 20, exercise private.size: the mistake leverword cannot be told apart"),
])
def test_a_course_that_cannot_be_is_refused_before_anything_is_written(tmp_path, given, said):
    with pytest.raises(ValueError, match=said):
        make(tmp_path, **given)
    assert not (tmp_path / "course").exists()


@pytest.mark.parametrize("file, old, new, said", [
    ("course.yaml", "secret: ", "secrets: ", "line 2: the field “secret” is missing"),
    ("course.yaml", "secret: ", "secret: short #", "line 3: the secret is too short"),
    ("course.yaml", "private.yml", "gone.yml", "line 4: the bank .* cannot be read"),
    (f"assignments/{NAME}.yaml", "private.size", "private.sizes", "line 4: .*private.sizes"),
    (f"assignments/{NAME}.yaml", "private.which", "private.size",
     "line 5: the exercise private.size stands on line 4 already"),
    (f"assignments/{NAME}.yaml", "exercises:", "exercise:", "line 1: the field “exercises”"),
])
def test_a_fault_in_a_course_file_is_told_with_its_line(course, file, old, new, said):
    path = course.folder / file
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    with pytest.raises(ValueError, match=said):
        Course(course.folder).assignment(NAME)


def test_a_folder_that_is_no_course_and_an_assignment_that_is_not_there(course, tmp_path):
    with pytest.raises(ValueError, match="class new FOLDER"):
        Course(tmp_path)
    for folder in (None, 5, ["c"]):
        with pytest.raises(ValueError, match="^folder = "):
            Course(folder)
        with pytest.raises(ValueError, match="^folder = "):
            Course.new(folder, ["ch01.notional"])
    for exercises in (None, "ch01.notional", [["ch01.notional"]], [5]):
        with pytest.raises(ValueError, match="^(exercises|id) = "):
            Course.new(tmp_path / "new", exercises)
    assert not (tmp_path / "new").exists()
    for name in ("week9", "../course", None, 5):
        with pytest.raises(ValueError, match=NAME):
            course.release(name)
    with pytest.raises(ValueError, match="submitted"):
        course.grade(NAME)


# ---- the roster

@pytest.mark.parametrize("text, said", [
    ("", "line 1: no column is called id"),
    ("name\nAnna\n", "line 1: no column"),
    ("id,name\n", "line 1: no student"),
    ("id,name\nanna,A\nben,B\nanna,C\n", "line 4: the id anna stands on line 2 already"),
    ("id,name\nanna,A\nAnna,B\n", "line 3: the id Anna stands on line 2 already"),
    ("id,name\n,A\n", "line 2: the id is empty"),
    ("id,name\nan\tna,A\n", "line 2: .* cannot be printed"),
    ("id,name\nan\u202ena,A\n", "line 2: .* cannot be printed"),
    ("id,name\n" + "x" * 201 + ",A\n", "line 2: .* more than 200"),
    ("id,name\nanna," + "x" * 200_000 + "\n", "line 2: this is not CSV"),
    ("id,name\né,A\ne\u0301,B\n", "line 3: .* looks like it"),
    ("id,name,ID\nanna,A,ben\n", "line 1: a column is there twice"),
    ("id,name\nanna,A\u2028ben\n", "line 2: .* cannot be printed"),
    ("id,name\nanna,A\x0cben\n", "line 2: .* cannot be printed"),
    (b"id,name\nanna,A\nm\xfcller,B\n", "line 3: this is not UTF-8"),
    (b"id,name\n" + b"x" * 5_000_001, "more than 5 MB"),
])
def test_a_roster_that_cannot_be_used_is_told_with_its_line(tmp_path, text, said):
    path = tmp_path / "roster.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ValueError, match=said):
        roster.read(path)


def test_rosters_as_spreadsheets_write_them(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_bytes("\ufeffName;ID;Group\r\nMüller, Jan;jan;1\r\n\r\nÖz;öz;2\r\n".encode())
    assert roster.read(path) == [roster.Student("jan", "Müller, Jan"), roster.Student("öz", "Öz")]


def test_a_folder_for_every_id_is_a_plain_name_of_its_own():
    folders = [roster.folder(id) for id in [*ODD_IDS, "anna", "a-b", "a.b"]]
    assert len({name.lower() for name in folders}) == len(folders)
    assert all(release._SIMPLE.fullmatch(f"x.{name.replace('.', '')[:40]}") for name in folders)
    assert not any(name.startswith((".", "-")) or "/" in name or "\\" in name for name in folders)
    assert all(len(name) <= 64 for name in folders) and folders[-3:] == ["anna", "a-b", "a.b"]


def test_students_with_odd_ids_are_released_graded_and_kept_inside_the_folder(tmp_path):
    course = make(tmp_path, exercises=["private.size"], students=ODD_IDS)
    before = {path for path in tmp_path.rglob("*")}
    paths = course.release(NAME)
    new = {path for path in tmp_path.rglob("*")} - before
    assert all(path.is_relative_to(course.folder / "release") for path in new)
    assert len(paths) == len(ODD_IDS)
    for student in course.students:
        hand_in(course, student)
    grades = course.grade(NAME)
    assert all(one.correct and not one.flags for one in grades.grades) and not grades.unclaimed
    path = grades.write()[0]
    assert [row["student"] for row in sheets.rows(path)] == ODD_IDS
    with open(path, encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell[:1] and cell[0] in "=+-@\t\r"]


# ---- what students get

def test_each_student_has_numbers_of_their_own_for_ever(course, tmp_path):
    first = [path.read_bytes() for path in course.release(NAME)]
    assert first == [path.read_bytes() for path in Course(course.folder).release(NAME)]
    assert first[0] != first[1]
    anna, ben = (exercises(course, student)["private.size"] for student in course.students)
    assert anna.givens != ben.givens
    assert anna.seed == seed(course.secret, NAME, "private.size", "anna") and len(anna.seed) == 16
    assert len({seed(*words) for words in [("a", "bc", "d", "e"), ("ab", "c", "d", "e"),
                                           ("a", "b", "cd", "e"), ("a", "b", "c", "de")]}) == 4


@pytest.mark.parametrize("nbgrader", [False, True])
def test_a_released_notebook_is_one_and_holds_questions_alone(course, nbgrader):
    for student, path in zip(course.students, course.release(NAME, nbgrader)):
        made = nbformat.read(path, as_version=4)
        nbformat.validate(made)
        assert made.metadata.perpedu == {"assignment": NAME, "student": student.id}
        cells = answer_cells(made)
        assert [cell.metadata.perpedu.exercise for cell in cells] == IDS
        assert all(literal.read(cell.source).found for cell in cells)
        marks = [cell.metadata.get("nbgrader") for cell in cells]
        assert [mark and mark["grade_id"] for mark in marks] == (
            [id.replace(".", "-") for id in IDS] if nbgrader else [None] * 5)
        assert all(not cell.outputs and cell.execution_count is None for cell in cells)


@pytest.mark.parametrize("nbgrader", [False, True])
def test_nothing_of_the_bank_and_no_secret_reaches_a_student(course, nbgrader):
    for student, path in zip(course.students, course.release(NAME, nbgrader)):
        text = path.read_text("utf-8")
        kept = [*KEPT, course.secret, str(course.folder.resolve()), "course.yaml", "private.yml"]
        for ex in exercises(course, student).values():
            kept += [ex.seed, *ex.hints, ex.solution, str(ex.item["why"])]
        for ex, answer in zip(exercises(course, student).values(), right(course, student).values()):
            if ex.kind in ("number", "table"):
                answers = answer.values() if ex.kind == "table" else [answer]
                kept += [one for full in answers for one in (full, full.split()[0],
                         full.split()[0].replace(",", ""), full.split()[0].removesuffix(".00"))]
        assert not [word for word in kept if word in text]
        assert "E*q" not in text and "q*E" not in text


def test_a_question_says_in_which_form_its_answer_is_expected(course):
    made = filled(course, course.students[0], {})
    text = "\n".join("".join(cell["source"]) for cell in made["cells"])
    for words in ("a number, in USDT, to 2 decimals", "one letter", "all the letters in their",
                  "an expression in `q`, `E`", "the blank lines", "… `bulk` | USDT",
                  "- **C** ", '"stake": "",  # in USDT, to 2 decimals'):
        assert words in text


def test_words_of_the_roster_and_the_course_are_no_markup(tmp_path):
    course = make(tmp_path, ["<b>*x*</b>[y](z)"], ["ch01.notional"], bank="")
    first = filled(course, course.students[0])["cells"][0]
    assert "For Name of &lt;b&gt;\\*x\\*&lt;/b&gt;\\[y\\](z)" in "".join(first["source"])


# ---- what comes back, friendly

def test_the_key_of_the_whole_bank_is_graded_right(tmp_path):
    course = make(tmp_path, exercises=ids(), bank="")
    for student in course.students:
        hand_in(course, student)
    grades = course.grade(NAME)
    assert not [one for one in grades.grades if not one.correct or one.flags or one.points != 1]
    assert len(course.key(NAME)) == len(grades.grades) == 2 * len(ids())


def test_every_known_mistake_is_named(course):
    student = course.students[0]
    for id, ex in exercises(course, student).items():
        for name, wrong in ex.mistakes.items():
            typed = {row: str(value) for row, value in wrong.items()} if isinstance(
                wrong, dict) else wrong if isinstance(wrong, (str, list)) else str(wrong)
            hand_in(course, student, filled(course, student, {id: typed}))
            one = of(course.grade(NAME))[id]
            assert (one.mistakes, one.state, one.correct) == ((name,), "known", False), id
            assert "Saysword" in one.message


def test_an_early_slip_in_a_ledger_costs_once(course):
    student = course.students[0]
    ex = exercises(course, student)["private.ledger"]
    wrong = {row: str(value) for row, value in ex.mistakes["bulk.onceword"].items()}
    hand_in(course, student, filled(course, student, {ex.id: wrong}))
    one = of(course.grade(NAME))[ex.id]
    assert (one.points, one.mistakes) == (Fraction(1, 2), ("bulk.onceword",))
    assert one.row()[2:5] == ("0.5", "no", "bulk.onceword")


def test_a_student_who_handed_in_nothing_has_rows_too(course):
    hand_in(course, course.students[1])
    grades = course.grade(NAME)
    assert [one.flags for one in of(grades).values()] == [(submission.NOTHING,)] * 5
    assert {one.state for one in of(grades).values()} == {"missing"}
    assert all(one.correct for one in of(grades, "ben").values())


def test_what_is_blank_is_no_mistake(course):
    hand_in(course, course.students[0], filled(course, course.students[0], {}))
    assert {(one.state, one.answer, one.flags) for one in of(course.grade(NAME)).values()} == {
        ("empty", "", ())}


def test_submissions_as_nbgrader_and_mail_leave_them(course, tmp_path):
    anna, ben = course.students
    for folder in ("exchange", "mail", "plain"):
        (tmp_path / folder).mkdir()
    inner = tmp_path / "exchange" / "anna" / NAME
    inner.mkdir(parents=True)
    (inner / f"{NAME}.ipynb").write_text(json.dumps(filled(course, anna)), "utf-8")
    (inner / "timestamp.txt").write_text("2026-09-01 12:00:00 UTC", "utf-8")
    (tmp_path / "mail" / "anna.ipynb").write_text(json.dumps(filled(course, anna)), "utf-8")
    (tmp_path / "mail" / "hw (1).ipynb").write_text(json.dumps(filled(course, ben)), "utf-8")
    (tmp_path / "mail" / "stray.txt").write_text("hello", "utf-8")
    assert all(one.correct and not one.flags
               for one in of(course.grade(NAME, tmp_path / "exchange")).values())
    grades = course.grade(NAME, tmp_path / "mail")
    assert all(one.correct for one in grades.grades) and grades.unclaimed == ("stray.txt",)
    assert of(grades, "ben")["private.size"].flags == ("handed in as: hw (1).ipynb",)
    assert "stray.txt" in grades.write(tmp_path / "out")[1].read_text("utf-8")


def test_a_notebook_that_was_handed_in_again_is_not_passed_over_in_silence(course):
    anna = course.students[0]
    hand_in(course, anna, filled(course, anna, {}))
    again = course.folder / "submitted" / NAME / "anna" / f"{NAME} (1).ipynb"
    again.write_text(json.dumps(filled(course, anna)), "utf-8")
    assert {(one.state, one.flags) for one in of(course.grade(NAME)).values()} == {
        ("empty", (f"{submission.BESIDE}: {NAME} (1).ipynb",))}
    (again.parent / f"{NAME}.ipynb").unlink()
    assert all(one.correct for one in of(course.grade(NAME)).values())


def test_an_id_that_ends_like_a_notebook_is_not_taken_for_one(tmp_path):
    course = make(tmp_path, exercises=["private.size"], students=["anna", "anna.ipynb"])
    course.release(NAME)
    hand_in(course, course.students[1])
    assert [one.state for one in course.grade(NAME).grades] == ["missing", "right"]


@pytest.mark.parametrize("raw, said", [
    (b"sections: [A]\n# \xe9", "own/ch09.yaml, line 2: this is not UTF-8"),
    ("sections: [A]".encode("utf-16"), "own/ch09.yaml, line 1: this is not UTF-8"),
    (b"sections: " + b"[" * 4_000 + b"]" * 4_000, "line 1: there are too many lists"),
    (b"- a", "line 1, exercise without an id: the file must hold named fields"),
    (b"!!python/object:os.system x", "the file must hold named fields"),
    (b'sections: ["A \\b"]', "line 1: the character U\\+0008 cannot be shown"),
    (b'sections: ["\\ud800"]', "line 1: the character U\\+D800 cannot be shown"),
])
def test_a_bank_that_cannot_be_read_is_told_by_file_and_line(tmp_path, capsys, raw, said):
    path = tmp_path / "own" / "ch09.yaml"
    path.parent.mkdir()
    path.write_bytes(raw)
    for words in (["new", str(tmp_path / "c"), "--exercises", "ch09.x", "--bank", str(path)],
                  ["moodle", "ch09", "--bank", str(path), "-o", str(tmp_path / "x.xml")]):
        assert commands.main(words) == 1
        assert re.search(said, capsys.readouterr().err)
    assert [one.name for one in tmp_path.iterdir()] == ["own"]


# ---- reports

def test_the_report_says_which_mistakes_the_class_made(course):
    anna, ben = course.students
    wrong = exercises(course, anna)["private.size"].mistakes["leverword"]
    hand_in(course, anna, filled(course, anna, {"private.size": str(wrong), "private.which": "B"}))
    hand_in(course, ben)
    paths = course.grade(NAME).write()
    assert [path.name for path in paths] == ["grades.csv", "report.md", "report.svg"]
    texts = [path.read_bytes() for path in paths]
    text, drawn = (raw.decode() for raw in texts[1:])
    assert "| leverword | 1 | Marginalia |" in text and "*leverword*: Saysword one." in text
    assert "![Bars, one for each exercise. Titleword: 1 right, 1 a known mistake;" in text
    assert text.count("## ") == 5 and "<script" not in text
    assert drawn.count("Titleword") >= 5 and "a known mistake" in drawn
    assert texts == [path.read_bytes() for path in Course(course.folder).grade(NAME).write()]


def test_without_matplotlib_the_report_has_no_figure(course, monkeypatch):
    hand_in(course, course.students[0])
    for name in ("matplotlib", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, name, None)
    paths = course.grade(NAME).write()
    assert [path.name for path in paths] == ["grades.csv", "report.md"]
    assert "report.svg" not in paths[1].read_text("utf-8")


# ---- the commands

def test_a_class_from_the_command_line(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "class.csv").write_text("id,name\nanna,Anna\nben,Ben\n", "utf-8")
    (tmp_path / "private.yml").write_text(PRIVATE, "utf-8")
    words = "class new margin --title Week --exercises private.size ch01.notional --bank " \
        "private.yml --roster class.csv --assignment week1".split()
    assert main(words) == 0 and main("class release margin week1 --nbgrader".split()) == 0
    assert main("class key margin week1".split()) == 0
    course = Course("margin")
    assert (course.name, course.assignment("week1").title) == ("margin", "Week")
    for student in course.students:
        out = tmp_path / "margin" / "submitted" / "week1" / student.folder
        out.mkdir(parents=True)
        made = json.loads((tmp_path / "margin" / "release" / "week1" / student.folder
                           / "week1.ipynb").read_text("utf-8"))
        (out / "week1.ipynb").write_text(json.dumps(made), "utf-8")
    capsys.readouterr()
    assert main("class grade margin week1".split()) == 0
    assert "week1: 0 of 4 answers right" in capsys.readouterr().out
    rows = sheets.rows(tmp_path / "margin" / "grades" / "week1" / "grades.csv")
    assert list(rows[0]) == ["student", "exercise", "points", "correct", "mistake", "answer",
                             "flags"]
    keyed = sheets.rows(tmp_path / "margin" / "key" / "week1.csv")
    assert [row["exercise"] for row in keyed] == ["private.size", "ch01.notional"] * 2
    assert keyed == course.key("week1") and "Solutionword" in keyed[0]["solution"]


def test_what_the_command_line_does_not_know(tmp_path, capsys):
    assert main([]) == 2 and main(["klass"]) == 2 and main(["--help"]) == 0
    assert main(["class", "grade", str(tmp_path), "x"]) == 1
    assert "class new FOLDER" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["class", "grade"])
    capsys.readouterr()
    done = subprocess.run([sys.executable, "-m", "perpedu", "class", "-h"], cwd=ROOT,
                          capture_output=True, text=True)
    assert done.returncode == 0 and "release" in done.stdout


def test_a_course_is_a_public_name():
    assert pp.Course is Course and "nothing of a submission is run" in Course.grade.__doc__


# ---- what comes back, hostile

CANARY = "canary-was-here"
BOMB = f"open({CANARY!r}, 'w').write('run')"


def spy(text):
    """Code that would leave a trace, in a form that a cell may hold."""
    return text.replace("BOMB", BOMB)


#: Sources of an answer cell, and what must come of each: right, or else.
HOSTILE_ANSWERS = [spy(text) for text in [
    "BOMB", "answer = BOMB", "answer = (BOMB, 'x')[1]", "import os\nos.system('touch CANARY')",
    "answer = __import__('os').system('touch x')", "answer = eval('1+1')", "answer = exec('x')",
    "answer = f\"{BOMB}\"", "answer = 'a' if BOMB else 'b'", "answer = [BOMB for _ in '1']",
    "answer = (lambda: BOMB)()", "answer = '5'; BOMB", "@BOMB\ndef f(): pass\nanswer = '5'",
    "class A(metaclass=BOMB): pass\nanswer = '5'", "def f(x=BOMB): pass\nanswer = '5'",
    "answer: BOMB = '5'", "answer = answer2 = BOMB", "globals()['answer'] = '5'",
    "answer = '5'\nanswer = '6'", "answer += '5'", "(answer := '5')", "answer, x = '5', '6'",
    "answer = 'os.system(\"touch x\")'", "answer = '__import__(\"os\").system(\"touch x\")'",
    "answer = 'BOMB'".replace("BOMB", "().__class__.__base__.__subclasses__()"),
    "answer = '(lambda: 1)()'", "answer = 'E.__class__'", "answer = 'E if q else 0'",
    "answer = '{0.__class__}'", "answer = '%s%n%x'", "answer = '${jndi:ldap://127.0.0.1/a}'",
    "answer = '=cmd|\\' /C calc\\'!A0'", "answer = '@SUM(1+1)*cmd'", "answer = '+1+cmd'",
    "answer = '<script>alert(1)</script>'", "answer = '![x](http://127.0.0.1/)'",
    "answer = '\\x00\\x1b[2J'", "answer = '\\ud800'", "answer = '\\u202e54300'",
    "answer = '٥٤٣٠٠'", "answer = '" + "9" * 9_000 + "'", "answer = " + "9" * 5_000,
    "answer = -" + "9" * 100, "answer = 1e999", "answer = -1e999", "answer = 1j", "answer = b'5'",
    "answer = ...", "answer = None", "answer = True", "answer = {}", "answer = []",
    "answer = {'bulk': {'bulk': {'bulk': []}}}", "answer = {**{}}", "answer = {1: 2}",
    "answer = {'bulk': 'x', 'nothing': BOMB}", "answer = ['A', 'A', 'A', 'A']",
    "answer = " + "[" * 150 + "]" * 150, "answer = " + "(" * 5_000 + ")" * 5_000,
    "answer = " + "-" * 9_000 + "1", "answer = " + "not " * 2_000 + "1",
    "answer = '" + "(" * 400 + "'", "answer = '2**2**2**2**2**2**2'", "answer = '9**9**9**9'",
    "answer = 'E" + "+E" * 200 + "'", "answer = '" + "max(" * 100 + "'", "answer = 'E" * 2_000,
    "answer = '" + "q*" * 230 + "q'", "answer = '(q+E)**12'", "answer = '1/(q-q)'",
    "x" * 20_000, "answer = '" + "x" * 20_000 + "'", "%%bash\ntouch x", "!touch x",
    "%run x.py\nanswer = '5'", "answer = '5' \\", "answer = '''", "\x00answer = '5'", "", "\n\n",
    "# answer = '5'", "answer = '1' '2'", "answer = 'A'.lower()", "answer = 5 .real",
    "answer = 3 + 4", "answer = not 1", "answer = 'nan'", "answer = 'inf'", "answer = '1e31'",
    "answer = '１２'", "if 1:\n    answer = '5'\nBOMB", "while True: pass", "raise SystemExit",
    "import sys; sys.exit(3)\nanswer = '5'", "print(open('/etc/passwd').read())",
    "from perpedu import Course\nanswer = Course('.').secret",
]]


def everywhere(notebook, source):
    """The notebook with this source in each cell, Markdown too."""
    for cell in notebook["cells"]:
        cell["source"] = source
    return notebook


def with_cells(notebook, change):
    notebook["cells"] = change(notebook["cells"])
    return notebook


def with_output(notebook):
    """Forged outputs, a forged execution count and a forged grade."""
    for cell in answer_cells(notebook):
        cell["execution_count"] = 10**30
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "Right. 1 point"},
                           {"output_type": "display_data", "metadata": {}, "data": {
                               "application/javascript": "alert(1)", "text/html": "<b>Right</b>"}}]
        cell["metadata"]["nbgrader"] = {"points": 99, "score": 99}
    return notebook


def deep(notebook, depth):
    """The notebook with a list as deep as this in its metadata."""
    text = json.dumps({**notebook, "deep": "HERE"})
    return text.replace('"HERE"', "[" * depth + "]" * depth)


def linked(target):
    """Hand in a link instead of a file."""
    def place_link(course, student):
        path = place(course, student)
        path.parent.mkdir(parents=True)
        path.symlink_to(target(course))
    return place_link


def linked_folder(course, student):
    path = place(course, student).parent
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(course.folder / "release")


def folder_instead(course, student):
    (place(course, student)).mkdir(parents=True)


def pipe_instead(course, student):
    place(course, student).parent.mkdir(parents=True)
    os.mkfifo(place(course, student))


def hands(change):
    """Hand in what a function makes of the right notebook."""
    return lambda course, student: hand_in(course, student, change(filled(course, student)))


def raw(text):
    return lambda course, student: hand_in(course, student, text)


def renamed(name):
    def place_renamed(course, student):
        path = hand_in(course, student)
        path.rename(path.with_name(name))
    return place_renamed


def of_another(course, student):
    hand_in(course, student, filled(course, course.students[1]))


def forged_owner(course, student):
    """Another student's file, with the name changed."""
    made = filled(course, course.students[1])
    made["metadata"]["perpedu"]["student"] = student.id
    hand_in(course, student, made)


def relabelled(notebook):
    notebook["metadata"]["perpedu"]["assignment"] = "week7\x1b[2J"
    for cell in answer_cells(notebook):
        cell["metadata"]["perpedu"]["assignment"] = "week7"
    return notebook


def without_marks(notebook):
    """What an editor leaves that throws metadata away."""
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    return {**notebook, "metadata": {}}


def kernel(notebook):
    notebook["metadata"]["kernelspec"] = {"name": "evil", "display_name": "x", "language": "bash",
                                          "argv": ["touch", CANARY]}
    return notebook


def other_types(notebook):
    notebook["cells"] += [None, 5, [], "cell", {"cell_type": []}, {"metadata": []}, {"source": {}},
                          {"metadata": {"perpedu": {"exercise": ["x"], "question": 5}}},
                          {"metadata": {"perpedu": {"exercise": "../../etc"}}, "id": {"a": []}}]
    return notebook


def markdown(notebook):
    for cell in answer_cells(notebook):
        cell["cell_type"] = "markdown"
    return notebook


def big_cell(notebook):
    answer_cells(notebook)[0]["source"] = "x" * 50_000_000
    return notebook


def two_files(course, student):
    """An empty file of the right name, and the real one beside it."""
    hand_in(course, student).rename(place(course, student).with_name("mine.ipynb"))
    hand_in(course, student, "")


S, ALL = submission, 5
#: What is handed in, how many of five are right, and the flag that must be there.
HOSTILE_SUBMISSIONS = {
    "code in every cell": (hands(lambda n: everywhere(n, BOMB)), 0, literal.NO_LITERAL),
    "code before each answer": (hands(lambda n: with_cells(n, lambda cells: [
        {**c, "source": BOMB + "\n" + "".join(c["source"])} for c in cells])), ALL,
        literal.OTHER_CODE),
    "forged outputs": (hands(with_output), ALL, S.OUTPUTS),
    "forged outputs, no answers": (lambda c, s: hand_in(c, s, with_output(filled(c, s, {}))), 0,
                                   S.OUTPUTS),
    "a link to a file of the system": (linked(lambda c: "/etc/passwd"), 0, S.LINK),
    "a link to the course's secret": (linked(lambda c: c.folder.resolve() / "course.yaml"), 0,
                                      S.LINK),
    "a link to itself": (linked(lambda c: f"{NAME}.ipynb"), 0, S.LINK),
    "a link to another student": (linked(lambda c: hand_in(c, c.students[1])), 0, S.LINK),
    "a link as folder": (linked_folder, 0, S.LINK),
    "a folder as file": (folder_instead, 0, S.NOTHING),
    "a pipe as file": (pipe_instead, 0, S.NOT_A_FILE),
    "a cell of 50 MB": (hands(big_cell), 0, S.TOO_LARGE),
    "another student's file": (of_another, 1, S.OTHER_STUDENT + ": ben"),
    "another student's file, renamed inside": (forged_owner, 1, S.CHANGED),
    "from another assignment": (hands(relabelled), ALL, S.OTHER_ASSIGNMENT + ": week7�[2J"),
    "a renamed kernel": (hands(kernel), ALL, None),
    "a renamed file": (renamed("final (2).ipynb"), ALL, "renamed: final (2).ipynb"),
    "a renamed ending": (renamed("homework.txt"), ALL, "renamed: homework.txt"),
    "an empty file beside the real one": (two_files, ALL, f"{NAME}.ipynb: {S.EMPTY}"),
    "an empty file": (raw(""), 0, S.EMPTY),
    "spaces": (raw(" \n" * 1000), 0, S.EMPTY),
    "a picture": (raw(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20), 0, S.NOT_A_NOTEBOOK),
    "a program": (raw(f"#!/bin/sh\ntouch {CANARY}\n"), 0, S.NOT_A_NOTEBOOK),
    "a pickle": (raw(b"\x80\x04cos\nsystem\n(S'touch x'\ntR."), 0, S.NOT_A_NOTEBOOK),
    "a list": (raw("[]"), 0, S.NOT_A_NOTEBOOK),
    "no cells": (raw('{"cells": 5}'), 0, S.NOT_A_NOTEBOOK),
    "cut in the middle": (hands(lambda n: json.dumps(n)[:-500]), 0, S.NOT_A_NOTEBOOK),
    "cells of other types": (hands(other_types), ALL, S.STRANGERS),
    "cells deleted": (hands(lambda n: with_cells(n, lambda cells: cells[:3])), 1, S.MISSING),
    "all cells deleted": (hands(lambda n: with_cells(n, lambda cells: [])), 0, S.MISSING),
    "cells copied": (hands(lambda n: with_cells(n, lambda cells: cells * 3)), ALL, S.COPIED),
    "cells turned round": (hands(lambda n: with_cells(n, lambda cells: cells[::-1])), ALL, None),
    "a hundred thousand cells": (hands(lambda n: with_cells(n, lambda cells: cells + [
        {"cell_type": "code", "source": ""}] * 100_000)), ALL, S.TOO_MANY),
    "an answer copied 4,000 times": (hands(lambda n: with_cells(n, lambda cells: cells + [
        {**cells[2], "source": BOMB + "#" * 1_000}] * 4_000)), ALL, S.COPIED),
    "answers in Markdown": (hands(markdown), ALL, S.NO_CODE_CELL),
    "without metadata": (hands(without_marks), ALL, S.BY_ITS_ID),
    "nested 900 deep": (hands(lambda n: deep(n, 900)), None, None),
    "nested 100,000 deep": (hands(lambda n: deep(n, 100_000)), 0, S.NOT_A_NOTEBOOK),
    "a number of a million digits": (hands(lambda n: json.dumps(n).replace(
        '"nbformat": 4', '"nbformat": ' + "9" * 1_000_000)), ALL, None),
    "nan and infinity": (hands(lambda n: json.dumps({**n, "nbformat": float("nan")})), ALL, None),
    "not UTF-8": (hands(lambda n: json.dumps(n).encode().replace(b"# mine", b"# m\xff\xfe")), ALL,
                  S.NOT_UTF8),
    "UTF-16": (hands(lambda n: json.dumps(n).encode("utf-16")), 0, S.NOT_A_NOTEBOOK),
    "lone surrogates": (hands(lambda n: json.dumps(n).replace("# mine", "# \\ud800")), 0,
                        literal.NO_LITERAL),
    "the same name twice": (hands(lambda n: json.dumps(n)[:-1] + ', "cells": []}'), 0, S.MISSING),
}


class Watch:
    """An audit hook that notes what the interpreter is asked to run, import, open or start."""

    STARTS = ("subprocess", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork",
              "os.startfile", "socket.", "ctypes", "pty", "exec", "marshal", "pickle", "shutil",
              "os.remove", "os.rename", "os.chmod", "os.truncate", "os.link", "os.symlink")

    def __init__(self):
        self.on, self.ran, self.opened = False, [], []
        sys.addaudithook(self.hook)

    def hook(self, event, arguments):
        if not self.on:
            return
        if event.startswith(self.STARTS):
            self.ran.append((event, str(arguments)[:200]))
        elif event == "import" and arguments[0] not in sys.modules:
            self.ran.append((event, arguments[0]))
        elif event == "open" and not isinstance(arguments[0], int):
            self.opened.append(os.fsdecode(arguments[0]))

    def __enter__(self):
        self.ran, self.opened, self.on = [], [], True
        return self

    def __exit__(self, *_):
        self.on = False


WATCH = Watch()


@pytest.fixture
def quiet(tmp_path, monkeypatch):
    """An empty working folder for canaries, and tripwires in Python's own names."""
    def tripped(*_, **__):
        raise AssertionError("something was run")

    folder = tmp_path / "canaries"
    folder.mkdir()
    warm = make(tmp_path / "warm")
    hand_in(warm, warm.students[0])
    warm.grade(NAME).write()
    monkeypatch.chdir(folder)
    for where, name in ((builtins, "eval"), (builtins, "exec"), (subprocess, "Popen"),
                        (os, "system"), (os, "popen")):
        monkeypatch.setattr(where, name, tripped)
    return folder


def watched(course):
    """The grades of a course, with the proof that nothing was run and nothing else was opened."""
    with WATCH:
        grades = course.grade(NAME)
    assert WATCH.ran == []
    inside = course.folder.parent.resolve()
    assert all(Path(name).resolve().is_relative_to(inside) for name in WATCH.opened), WATCH.opened
    return grades


def leaks_nothing(course, text):
    return course.secret not in text and "root:" not in text


def test_the_watch_sees(tmp_path):
    with WATCH:
        eval("1 + 1")
        subprocess.run([sys.executable, "-c", "pass"])
        open(os.devnull).close()
    assert {"exec", "subprocess.Popen"} <= {event for event, _ in WATCH.ran}
    assert os.devnull in WATCH.opened


def test_there_are_enough_of_them():
    assert len(HOSTILE_SUBMISSIONS) >= 10 and len(set(HOSTILE_ANSWERS)) >= 50


@pytest.mark.parametrize("what", HOSTILE_SUBMISSIONS)
def test_a_hostile_submission_is_graded_as_far_as_possible_and_runs_nothing(tmp_path, quiet, what):
    course = make(tmp_path)
    place_it, rights, flag = HOSTILE_SUBMISSIONS[what]
    place_it(course, course.students[0])
    if not place(course, course.students[1]).exists():
        hand_in(course, course.students[1])
    grades = watched(course)
    got, flags = of(grades), {flag for one in of(grades).values() for flag in one.flags}
    assert len(grades.grades) == 10 and list(got) == IDS
    assert rights in (None, sum(one.correct for one in got.values()))
    assert not flags if flag is None and rights else flag is None or any(
        one.endswith(flag) for one in flags), flags
    assert all(one.correct and not one.flags for one in of(grades, "ben").values())
    texts = [path.read_text("utf-8") for path in grades.write()]
    assert all(leaks_nothing(course, text) for text in texts)
    assert not any(quiet.iterdir())


@pytest.mark.parametrize("kind", IDS)
def test_hostile_answers_run_nothing_and_stop_nothing(tmp_path, quiet, kind):
    course = make(tmp_path, [f"s{number}" for number in range(len(HOSTILE_ANSWERS))])
    for student, source in zip(course.students, HOSTILE_ANSWERS):
        made = filled(course, student)
        cell = answer_cells(made)[IDS.index(kind)]
        cell["source"] = source
        hand_in(course, student, made)
    grades = watched(course)
    rest = [one for one in grades.grades if one.exercise != kind]
    assert len(rest) == 4 * len(HOSTILE_ANSWERS)
    assert all(one.correct and not one.flags for one in rest)
    odd = [one for one in grades.grades if one.exercise == kind]
    assert not [one for one in odd if one.correct]
    assert all(len(one.answer) <= 201 and one.answer.isprintable() for one in odd)
    assert not [one for one in odd if any("judged" in flag for flag in one.flags)]
    texts = [path.read_text("utf-8") for path in grades.write()]
    assert all(leaks_nothing(course, text) for text in texts) and "<script" not in texts[1]
    assert not any(quiet.iterdir())


def test_a_fault_of_the_checker_costs_one_answer(course, monkeypatch):
    from perpedu.teaching.exercise import Exercise

    real = Exercise.check

    def check(ex, answer):
        if ex.kind == "choice":
            raise RecursionError
        return real(ex, answer)

    hand_in(course, course.students[0])
    monkeypatch.setattr(Exercise, "check", check)
    got = of(course.grade(NAME))
    assert sum(one.correct for one in got.values()) == 4
    assert got["private.which"].flags == ("could not be judged: RecursionError",)


@pytest.mark.parametrize("source, answer, flags", [
    ('answer = "54,300"', "54,300", ()),
    ("answer = 54300", 54300, ()),
    ("answer = -1.5  # a comment", -1.5, ()),
    ('\n# mine\nanswer = ("B",\n "A")\n', ["B", "A"], ()),
    ('answer = {"a": "1", "b": -2}', {"a": "1", "b": -2}, ()),
    ('x = 5\nanswer = "10"', "10", (literal.OTHER_CODE,)),
    ('answer = "\\d"', "\\d", ()),
])
def test_what_is_a_literal(source, answer, flags):
    assert literal.read(source) == (answer, True, flags)
