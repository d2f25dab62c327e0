"""What leaves the bank for other places: worksheets, Moodle, printed sheets, slides."""

import json
import re
import shlex
from collections import Counter
from contextlib import nullcontext
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as xml

import nbformat
import pytest
from nbformat import v4

from perpedu.classroom import commands, key, moodle, printed, said, worksheets
from perpedu.classroom.choose import chosen
from perpedu.teaching import bank
from perpedu.teaching.exercise import Exercise, ids, load
from perpedu.teaching.validate import validate
from tests.test_order import BANK as ORDER
from tools import worksheets as tool
from tools.book import SITE, slides, teaching
from tools.book.chapters import chapters

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


# ---- Moodle

#: What Moodle's importer reads of a question, by type (https://docs.moodle.org/en/Moodle_XML_format
#: and the importer, question/format/xml/format.php): element, how often at least, how often at
#: most, what its text looks like. An element that has a text child is looked at there.
COMMON = {"name": (1, 1, r".{1,255}"), "questiontext": (1, 1, r".+"),
          "generalfeedback": (0, 1, r".*"), "penalty": (0, 1, r"0(\.\d{1,7})?|1"),
          "hidden": (0, 1, r"[01]"), "idnumber": (0, 1, r".{1,100}"), "hint": (0, 99, r".+"),
          "tags": (0, 1, r"\s*")}
MARKED = COMMON | {"defaultgrade": (1, 1, r"\d+(\.\d+)?")}
ANSWERS = {"answer": (1, 99, r".+")}
RULES = {
    "category": {"category": (1, 1, r"\$course\$/top/.+"), "info": (0, 1, r".+")},
    "cloze": COMMON,
    "numerical": MARKED | ANSWERS | {
        "units": (0, 1, r"\s*"), "unitgradingtype": (0, 1, r"[012]"),
        "unitpenalty": (0, 1, r"0\.\d+"), "showunits": (0, 1, r"[0123]"),
        "unitsleft": (0, 1, r"[01]")},
    "multichoice": MARKED | ANSWERS | {
        "single": (1, 1, "true|false"), "shuffleanswers": (1, 1, "true|false|0|1"),
        "answernumbering": (1, 1, "none|abc|ABCD|123|iii|IIII"), "correctfeedback": (0, 1, r".*"),
        "partiallycorrectfeedback": (0, 1, r".*"), "incorrectfeedback": (0, 1, r".*")},
}  # fmt: skip
FORMATS = {"html", "plain_text", "markdown", "moodle_auto_format"}
NUMBER = r"-?\d+(\.\d+)?"


def words(element):
    """The text that Moodle reads of an element: that of its text child, where it has one."""
    child = element.find("text")
    return (element if child is None else child).text or ""


def faults(question):
    """What Moodle's importer would stumble over."""
    rules, seen = RULES.get(question.get("type")), Counter(child.tag for child in question)
    if rules is None:
        return [f"type {question.get('type')}"]
    found = [f"{tag} {count} times" for tag, count in seen.items() if tag not in rules]
    found += [tag for tag, (least, most, _) in rules.items() if not least <= seen[tag] <= most]
    for child in question:
        if not re.fullmatch(rules.get(child.tag, (0, 0, ""))[2], words(child), re.DOTALL):
            found.append(f"{child.tag}: {words(child)!r}")
        if child.get("format", "html") not in FORMATS:
            found.append(f"format of {child.tag}")
    return found + [fault for answer in question.iter("answer") for fault in
                    answer_faults(answer, question.get("type") == "numerical")]


def answer_faults(answer, numerical):
    if answer.get("fraction") not in ("0", "100") or answer.find("feedback/text") is None:
        yield "an answer without fraction or feedback"
    if numerical and not re.fullmatch(NUMBER + r"|\*", words(answer)):
        yield f"the answer {words(answer)} is no number"
    if numerical and not re.fullmatch(NUMBER, answer.findtext("tolerance")):
        yield "an answer without tolerance"


def matching(value, answers):
    """The first answer within whose tolerance a number lies, as qtype_numerical finds it."""
    for answer, tolerance, fraction, told in answers:
        if answer == "*":
            return fraction, told
        centre, width = float(answer), float(tolerance) + 1e-14 * max(1, abs(float(answer)))
        if centre - width <= value <= centre + width:
            return fraction, told
    return 0, ""


BOX = re.compile(r"\{\d*:NUMERICAL:((?:\\.|[^}\\])*)\}")
PART = re.compile(r"(=|%(\d+)%)(-?[\d.]+):([\d.]+)#((?:\\.|[^~\\])*)(?:~|$)")


def boxes(text):
    """The boxes of an embedded question: answers as `matching` wants them."""
    for box in BOX.findall(text):
        parts = list(PART.finditer(box))
        assert "".join(part[0] for part in parts) == box
        yield [(part[3], part[4], 100 if part[1] == "=" else int(part[2]),
                re.sub(r"\\(.)", r"\1", part[5])) for part in parts]


def answers_of(question):
    return [(words(one), one.findtext("tolerance"), int(one.get("fraction")),
             words(one.find("feedback"))) for one in question.iter("answer")]


def typed_number(value, unit):
    """A number as a student types it, in the asked unit; in full, and rounded to what is asked."""
    return float(value) * (100 if unit == "%" else 1)


def check_back(question, ex):
    """Every right answer is accepted, and every mistake gets its own feedback."""
    if ex.plan.asked:
        answers = answers_of(question)
        for value in (ex.truth, ex.plan.asked.printed(ex.truth)):
            assert matching(typed_number(value, ex.unit), answers)[0] == 100, ex
        for name, value in ex.answers.items():
            told = moodle.html(moodle.verdict(ex, name))
            assert matching(typed_number(value, ex.unit), answers) == (100 * (name == "right"), told)
        assert matching(1e99, answers)[0] == 0 and matching(1e99, answers)[1]
    elif ex.plan.table:
        shown = list(boxes(words(question.find("questiontext"))))
        for row, answers in zip(ex.plan.table.blanks, shown, strict=True):
            for name, value in ex.row_answers[row.name].items():
                fraction, told = matching(typed_number(value, row.asked.unit), answers)
                assert (fraction == 100) == (name == "right")
                assert name == "right" or told == moodle.guarded(
                    said.meaning(ex, f"{row.name}.{name}")).replace("\\", ""), (ex, name)
    else:
        texts = dict(ex.options) if ex.options else {
            name: key.letters(keys, ex.steps) for name, keys in ex.mistakes.items()}
        right = texts.pop(ex.expected) if ex.options else key.letters(ex.expected, ex.steps)
        wanted = {(moodle.html(right), 100, moodle.html(moodle.verdict(ex, "right")))} | {
            (moodle.html(text), 0, moodle.html(moodle.verdict(ex, name)))
            for name, text in texts.items()}
        assert {(text, fraction, told) for text, _, fraction, told in answers_of(question)} == wanted


def test_moodle_reads_every_exercise_back():
    text, notes = moodle.document(chosen(sorted({id[:4] for id in ids()})), 2)
    quiz = xml.fromstring(text)
    assert {fault for question in quiz for fault in faults(question)} == set()
    left = [id for id in ids() if load(id).kind == "expression"]
    assert [note.split(" ")[0] for note in notes if "left out" in note] == left and left
    asked = [question for question in quiz if question.get("type") != "category"]
    wanted = [(id, seed) for id in ids() if id not in left for seed in "12"]
    for question, (id, seed) in zip(asked, wanted, strict=True):
        ex = load(id, seed)
        assert words(question.find("name")).endswith(f"[{id}, seed {seed}]")
        check_back(question, ex)


def test_an_order_is_a_choice_between_orders():
    text, notes = moodle.document([steps()], 5)
    quiz = xml.fromstring(text)
    assert [fault for question in quiz for fault in faults(question)] == []
    for seed, question in enumerate(quiz[1:], 1):
        check_back(question, Exercise(steps(), str(seed)))
    assert notes == ["ch09.way: the steps are not moved; students choose between orders."]


def test_what_moodle_could_misread_in_a_box_is_guarded():
    told = moodle.guarded('half $\\frac{1}{2}$ ~ 3 # 4 / "5" } <b>')
    [[answer]] = boxes("{1:NUMERICAL:=1:0.1#" + told + "}")
    assert answer[3] == 'half frac12 ~ 3 # 4 / "5"  &lt;b&gt;'


@pytest.mark.parametrize("words, said_is", [
    (["moodle", "ch01.nothing", "-o", "x.xml"], "id = 'ch01.nothing'"),
    (["moodle", "ch01.notional", "--seeds", "0", "-o", "x.xml"], "seeds = 0"),
    (["moodle", "ch01", "ch01.notional", "-o", "x.xml"], "each once"),
    (["sheet", "ch77", "-o", "x.html"], "id = 'ch77'"),
])  # fmt: skip
def test_the_command_line_says_what_to_change(tmp_path, monkeypatch, capsys, words, said_is):
    monkeypatch.chdir(tmp_path)
    assert commands.main(words) == 1 and said_is in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_exercises_of_a_private_bank_are_exported(tmp_path, capsys):
    (tmp_path / "ch09.yaml").write_text(ORDER, "utf-8")
    target = tmp_path / "way.xml"
    assert commands.main(["moodle", "ch09.way", "--bank", str(tmp_path / "ch09.yaml"), "--seeds",
                          "3", "-o", str(target)]) == 0
    assert len(xml.parse(target).getroot()) == 4 and "choose" in capsys.readouterr().out


# ---- printed sheets

SHEET = ["ch01.equity", "ch01.margin-ratio", "ch01.find-the-error", "ch01.average-entry-formula",
         "ch02.table-two"]


def test_a_sheet_is_one_file_with_its_key_on_a_page_of_its_own(page, tmp_path):
    target = tmp_path / "sheet.html"
    words = ["sheet", *SHEET, "--seed", "group 1", "--title", "Week 1 < 2", "-o", str(target)]
    assert commands.main(words) == 0
    made = target.read_text("utf-8")
    questions, key = made.split('<div class="key">')
    for ex in (load(id, "group 1") for id in SHEET):
        assert printed.paragraphs(ex.question) in questions
        for told in (said.right(ex), *(said.mistaken(ex, name) for name in ex.mistakes)):
            assert printed.escape(told) in key
        assert printed.paragraphs(ex.solution) in key and ex.solution not in questions
    assert made.count("<math>") > 2 and "$" not in made and "<script" not in made
    page.goto(target.as_uri())
    page.emulate_media(media="print")
    assert page.locator(".key").evaluate("key => getComputedStyle(key).breakBefore") == "page"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.external == page.console_errors == []


def test_the_sheet_is_printed_as_pdf_by_the_browser(browser, tmp_path):
    target = tmp_path / "sheet.html"
    target.write_text(printed.text(chosen(SHEET[:2])), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tools.book.chromium.started", lambda: nullcontext(browser))
        made = printed.pdf(target)
    content = made.read_bytes()
    assert content.startswith(b"%PDF") and content.count(b"/Type /Page\n") == 2


def test_a_sheet_is_the_same_each_time_and_different_with_another_seed():
    one, same, other = (printed.text(chosen(SHEET), seed) for seed in ("1", "1", "2"))
    assert one == same != other
    assert "<li>The rest is taken over.</li>" in printed.text([steps()])


# ---- slides

@pytest.fixture(scope="module")
def deck_folder(tmp_path_factory):
    return slides.build(tmp_path_factory.mktemp("slides") / "_slides")


def kinds(notebook):
    return [(cell.metadata.slideshow.slide_type, cell.source) for cell in
            slides.deck(notebook).cells]


def test_slides_follow_from_the_cells():
    own = v4.new_markdown_cell("mine", metadata={"slideshow": {"slide_type": "fragment"}})
    shown = v4.new_code_cell("2", outputs=[v4.new_output("stream", text="2")])
    notebook = v4.new_notebook(cells=[
        v4.new_markdown_cell("# Title\n\nOne.\n\nTwo."), v4.new_code_cell("import x"), own, shown,
        v4.new_markdown_cell("*A stop.*\n\n## 1 Next\n\nFirst.\n\n$$a = b.$$ (eq-a)\n\nLast."),
        v4.new_markdown_cell("Only words."), v4.new_markdown_cell("Words\n\n- a list")])
    assert kinds(notebook) == [
        ("slide", "# Title\n\nOne."), ("notes", "# Title\n\nOne.\n\nTwo."), ("skip", "import x"),
        ("fragment", "mine"), ("subslide", "2"), ("notes", "*A stop.*"),
        ("slide", "## 1 Next\n\nFirst.\n\n$$a = b.$$"),
        ("notes", "## 1 Next\n\nFirst.\n\n$$a = b.$$\n\nLast."), ("notes", "Only words."),
        ("subslide", "- a list"), ("notes", "Words\n\n- a list")]


@pytest.mark.parametrize("chapter", chapters(), ids=lambda chapter: chapter.file)
def test_every_chapter_has_its_slides_without_any_other_server(page, deck_folder, chapter):
    source = nbformat.read(slides.ROOT / f"{chapter.file}.ipynb", 4)
    headings = re.findall(r"^##? .*", "\n".join(
        cell.source for cell in source.cells if cell.cell_type == "markdown"), re.MULTILINE)
    page.goto((deck_folder / f"{Path(chapter.file).name}.html").as_uri())
    page.evaluate("() => MathJax.startup.promise")
    assert page.evaluate("Reveal.getHorizontalSlides().length") == len(headings)
    assert page.locator("mjx-container").count() > 20
    assert page.locator(".slides .pp-card").count() > 5
    said = page.locator(".slides").evaluate("node => node.textContent")
    assert not re.search(r"\{(term|cite|eq)\}|\(eq-", said)
    assert page.external == page.console_errors == page.page_errors == []


def test_a_card_on_a_slide_answers(page, deck_folder):
    page.goto((deck_folder / "01_ledger.html").as_uri())
    place = page.evaluate("""() => {
      const card = [...document.querySelectorAll(".slides section:not(.stack)")]
        .find(section => section.innerHTML.includes("ch01.first-profit"));
      const at = Reveal.getIndices(card);
      Reveal.slide(at.h, at.v);
      return [at.h, at.v];
    }""")
    assert place[1] > 0
    ex = load("ch01.first-profit")
    present = page.locator("section.present:not(.stack)")
    present.get_by_role("textbox").fill(str(ex.expected))
    present.get_by_role("button", name="Check").click()
    assert present.locator(".pp-feedback").inner_text().startswith("✓")
    assert page.evaluate("Reveal.getIndices().v") == place[1]


def test_the_list_of_slides_leads_to_each(deck_folder):
    listed = re.findall(r'href="([^"]+)"', (deck_folder / "index.html").read_text("utf-8"))
    assert len(listed) == len(chapters()) + 2
    assert all((deck_folder / name).is_file() for name in listed)


# ---- the teacher's guide

GUIDE = (SITE / "teaching.md").read_text("utf-8")


def blocks(language):
    found = re.findall(r"^```(\w*)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    return [text for named, text in found if named == language]


def checked(folder, text):
    path = folder / "mine.yaml"
    path.write_text(text, "utf-8")
    try:
        return validate(bank.read(path))
    except bank.BankError as error:
        return str(error).removeprefix(f"{folder.name}/")


def test_the_exercise_of_the_guide_is_valid_and_its_faults_are_told_as_printed(tmp_path):
    [written] = blocks("yaml")
    assert checked(tmp_path, written) == 1
    for old, new, place in (("mark_price / size", "mark_prise / size", "a"),
                            ("answer: mark_price\n", "answer: notional\n", "b")):
        (tmp_path / place).mkdir()
        assert checked(tmp_path / place, written.replace(old, new, 1)) + "\n" in blocks("")


def test_the_commands_of_the_guide_are_understood():
    commands_shown = [line for block in blocks("") for line in block.splitlines()
                      if line.startswith("python -m perpedu class")]
    assert len(commands_shown) == 8
    for line in commands_shown:
        assert commands.parser().parse_args(shlex.split(line)[4:]).do


def test_the_four_weeks_read_every_chapter_once_and_the_day_fits_into_one():
    read = Counter()
    for week in teaching.plans()["weeks"]:
        for part in week["reads"]:
            read[str(part["chapter"])] += Fraction(str(part["part"]))
        ids_asked = week["class"] + week["home"]
        assert len(set(ids_asked)) == len(ids_asked)
        assert sum(load(id).minutes for id in week["class"]) <= 30
    assert read == {chapter.label: 1 for chapter in chapters()}
    hours = int(re.search(r"Together (\d) hours", teaching.day())[1])
    assert 4 <= hours <= 6
    first = sum(load(id).minutes for id in teaching.plans()["weeks"][0]["class"])
    assert f"*Together*, {first} minutes: `ch01.leverage-and-maintenance`" in teaching.weeks()


def test_the_objectives_are_those_of_the_bank():
    table = teaching.objectives()
    assert re.findall(r"`(ch\d\d\.[a-z0-9-]+)`", table) == ids()
    assert all(teaching._safe(load(id).objective) in table for id in ids())
