"""The reader's record: kept, spaced and mixed the same in Python and in the browser."""

import json
import random
import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest

import perpedu as pp
from perpedu.showing import page as pages
from perpedu.showing.element import module
from perpedu.showing.review import bank_scripts, lightened, page_html
from perpedu.teaching import exercise as teaching
from perpedu.teaching import record as records
from perpedu.teaching import spacing
from perpedu.teaching.record import Answer, Record, read
from perpedu.teaching.spacing import Asked
from tests.test_card import mounted
from tests.test_site import AXE
from tools.book import vendor

BOOK = spacing.catalogue()
ID = "ch01.notional"


def answer(id=ID, day="2026-03-01", correct=True, **more):
    return Answer(id, more.pop("seed", "1"), f"{day}T12:00:00+00:00", correct, **more)


@pytest.fixture
def kept(tmp_path):
    """A record in a file of its own, with two answers and two lines that are none."""
    record = Record(tmp_path / "deep" / "record.jsonl")
    record.add(answer())
    record.add(answer(correct=False, mistake="entry-price", hints=2, tries=3))
    with record.path.open("a") as file:
        file.write('{"exercise": 5}\nnonsense')
    return record


# ---- the file


def test_lines_that_are_no_answers_are_reported_and_stay(kept):
    before = kept.path.read_text()
    assert [str(one) for one in kept.strangers] == [
        "line 3 does not say which exercise", "line 4 is not JSON"]
    kept.add(answer("ch02.none"))
    assert kept.path.read_text().startswith(before + "\n"), "the cut-off line ends where it ended"
    assert len(kept.answers) == 3 and len(kept.strangers) == 2
    assert repr(kept) == ("Record: answers: 3, to exercises: 2; lines that are no answers: 2 "
                          "(line 3 does not say which exercise)")


@pytest.mark.parametrize("change, why", [
    ({"exercise": ""}, "exercise"), ({"exercise": "x" * 201}, "exercise"), ({"seed": 1}, "seed"),
    ({"time": "2026-02-30T12:00:00Z"}, "time"), ({"time": "2026-03-01 12:00"}, "time"),
    ({"time": "2026-03-01T12:00:00+00:00\n"}, "time"), ({"time": None}, "time"),
    ({"correct": 1}, "correct"), ({"mistake": ""}, "mistake"), ({"mistake": False}, "mistake"),
    ({"hints": -1}, "hints"), ({"hints": True}, "hints"), ({"hints": 1.5}, "hints"),
    ({"tries": 0}, "tries"), ({"tries": 1e9}, "tries"), ({"tries": None}, "tries")])
def test_what_is_no_answer(change, why):
    line = json.dumps(json.loads(answer().line()) | change)
    assert read(line) == ([], [records.Stranger(1, line, records.WHY[why])])


@pytest.mark.parametrize("wrong, why", [
    ({"seed": 1}, "numbers"), ({"time": "yesterday"}, "when"), ({"id": "x" * 201}, "exercise"),
    ({"id": b"x"}, "exercise"), ({"mistake": {1}}, "mistake"), ({"hints": float("nan")}, "hints"),
    ({"tries": 10_000}, "tries")])
def test_what_would_not_be_read_back_is_not_written(tmp_path, wrong, why):
    record = Record(tmp_path / "r.jsonl")
    id = wrong.pop("id", ID)
    with pytest.raises(ValueError, match=f"^answer = .*{why}"):
        record.add(replace(answer(id), **wrong))
    for stray in (None, 5, "line", answer().line()):
        with pytest.raises(ValueError, match="^answer = .*: expected an Answer"):
            record.add(stray)
    assert not record.path.exists()


@pytest.mark.parametrize("line", ["[]", "null", "5", "{", "[" * 20_000, '{"hints": NaN}', "\x00"])
def test_lines_of_nonsense_are_kept(line):
    assert [one.text for one in read(line)[1]] == [line]


def test_a_line_with_more_in_it_is_an_answer_and_bytes_that_are_no_text_harm_nothing(tmp_path):
    path = tmp_path / "r.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + answer().line().replace("}", ', "mood": "fine"}').encode()
                     + b"\r\n\r\n\xff\xfe\n")
    assert Record(path).answers == [answer()] and len(Record(path).strangers) == 1


def test_a_record_moves_and_is_deleted(kept, tmp_path):
    copy = kept.export(tmp_path / "copy.jsonl")
    assert copy.read_bytes() == kept.path.read_bytes()
    with pytest.raises(ValueError, match="that is not there yet"):
        kept.export(copy)
    other = Record(tmp_path / "other.jsonl")
    other.add(answer("ch02.none"))
    other.add(kept.answers[1])
    assert [one.number for one in other.take(copy)] == [3, 4], "they stay in their file"
    assert len(other.answers) == 3 and set(kept.answers) < set(other.answers)
    other.take(copy)
    assert len(other.answers) == 3, "nothing twice"
    assert kept.delete() == 2 and not kept.path.exists()
    assert kept.delete() == 0 and repr(kept) == "Record: nothing yet"


@pytest.mark.parametrize("system, variables, place", [
    ("linux", {"XDG_DATA_HOME": "/data"}, "/data/perpedu/record.jsonl"),
    ("linux", {}, "/home/me/.local/share/perpedu/record.jsonl"),
    ("darwin", {}, "/home/me/Library/Application Support/perpedu/record.jsonl"),
    ("win32", {"LOCALAPPDATA": "/local"}, "/local/perpedu/record.jsonl"),
    ("linux", {"PERPEDU_RECORD": "/else/where"}, "/else/where")])
def test_where_the_record_is(monkeypatch, system, variables, place):
    for name in ("PERPEDU_RECORD", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(records.sys, "platform", system)
    monkeypatch.setattr(records.Path, "home", lambda: records.Path("/home/me"))
    assert records.home().as_posix() == place


@pytest.mark.parametrize("make", [lambda: Record(5), lambda: pp.review(record="a.jsonl"),
                                  lambda: pp.review(now="soon"), lambda: pp.progress(now=5)])
def test_what_a_record_and_a_review_cannot_use_is_named(make):
    with pytest.raises(ValueError, match="^(path|record|now) = .*: expected "):
        make()


# ---- spacing


def days_until_due(*answers):
    """Days from the first answer to the day on which the exercise is due."""
    return spacing.standings(answers)[ID].due - answers[0].day


def on(day, correct=True, **more):
    return answer(day=str(date(2026, 3, 1) + timedelta(days=day)), correct=correct, **more)


def test_right_answers_widen_the_interval():
    asked, day = [], 0
    for interval in (1, 3, 7, 16, 35, 35):
        asked.append(on(day))
        day += interval
        assert days_until_due(*asked) == day


def test_a_wrong_answer_is_due_the_same_day_and_right_then_the_next():
    assert days_until_due(on(0), on(1), on(4, False)) == 4
    assert days_until_due(on(0), on(1), on(4, False), on(4)) == 5
    assert days_until_due(on(0, False), on(9)) == 10


def test_a_hint_repeats_the_interval_and_practice_before_the_day_moves_nothing():
    assert days_until_due(on(0), on(1), on(4, hints=1)) == 4 + 3
    assert days_until_due(on(0, hints=3)) == 1
    assert days_until_due(on(0), on(0), on(0)) == 1
    assert days_until_due(on(0), on(1), on(2), on(3, hints=1)) == 4


def test_the_order_of_the_file_does_not_matter_but_the_moments_do():
    late = Answer(ID, "2", "2026-03-01T23:30:00-05:00", True)
    early = Answer(ID, "1", "2026-03-02T02:00:00+01:00", False)
    for given in ([early, late], [late, early]):
        standing = spacing.standings(given)[ID]
        assert (standing.seed, standing.due) == ("2", late.day + 1)


def test_due_are_known_exercises_those_first_that_waited_longest():
    given = [answer("ch02.frozen", day="2026-03-03"), on(0), answer("ch99.gone")]
    known = spacing.standings([*given, answer(BOOK[0].id, "2026-03-01", False)])
    day = spacing.day_of("2026-03-02")
    assert [one.id for one in spacing.due(known, BOOK, day)] == [BOOK[0].id, ID]
    assert spacing.next_day(known, BOOK, day - 1) == day


def repeats(order):
    keys = [(one.chapter, one.section) for one in order]
    return sum(a == b for a, b in zip(keys, keys[1:]))


def test_no_section_twice_in_a_row_where_that_can_be_avoided():
    rng = random.Random("mixed")
    for _ in range(150):
        made = [Asked(f"ch0{rng.randint(1, 2)}.q{place}", rng.choice("AB"), "", "")
                for place in range(rng.randint(1, 6))]
        mixed = spacing.interleaved(made)
        assert sorted(map(id, mixed)) == sorted(map(id, made))
        assert repeats(mixed) == min(map(repeats, permutations(made)))
        assert mixed == spacing.interleaved(made)


# ---- the same in the browser


@pytest.fixture(scope="module")
def inside(browser):
    """A page that knows the names of the script."""
    page = browser.new_page()
    page.add_script_tag(content=re.sub(r"^export default .*$", "", module(), flags=re.MULTILINE))
    yield page
    page.close()


def random_line(rng, ids):
    shift = rng.choice(["Z", "+00:00", "-05:00", "+13:45"])
    day = date(2026, 1, 1) + timedelta(days=rng.randrange(90))
    time = f"{day}T{rng.randrange(24):02}:{rng.randrange(60):02}:07{shift}"
    fields = {"exercise": rng.choice(ids), "seed": rng.choice(["1", "my seed", "", "20"]),
              "time": time, "correct": rng.random() < 0.7, "mistake": rng.choice([None, "sign"]),
              "hints": rng.choice([0, 0, 0, 2, 1.0]), "tries": rng.randint(1, 4)}
    if rng.random() < 0.1:
        fields[rng.choice(list(fields))] = rng.choice([
            None, "", 7, -1, True, [], {}, "2026-02-29T10:00:00Z", "2024-02-29T10:00:00Z",
            "2026-13-01T10:00:00Z", "2026-03-01T24:00:00Z", "é" * 200, "\U0001f600" * 200])
    if rng.random() < 0.1:
        fields.pop(rng.choice(list(fields)))
    text = json.dumps(fields, ensure_ascii=rng.random() < 0.5)
    return text if rng.random() > 0.05 else rng.choice(["", "  ", "[]", "{", text[:-5], "null"])


def test_python_and_the_page_read_space_and_mix_alike(inside):
    rng, asked = random.Random("records"), []
    for _ in range(400):
        book = rng.sample(BOOK, rng.randint(1, len(BOOK)))
        ids = [one.id for one in book[:rng.randint(1, 40)]] + ["ch99.gone"]
        text = rng.choice(["\n", "\r\n"]).join(
            random_line(rng, ids) for _ in range(rng.randrange(80)))
        asked.append((text, book, spacing.day_of(f"2026-0{rng.randint(1, 5)}-11")))
    got = inside.evaluate("""asked => asked.map(([text, book, day]) => {
      const { answers, strangers } = readRecord(text), known = standingsOf(answers);
      const due = dueOf(known, book, day);
      return { answers, strangers: strangers.map(one => one.number),
        known: Object.fromEntries(known), due: due.map(one => one.id),
        mixed: interleaved(due.slice(0, SITTING)).map(one => one.id),
        next: nextDay(known, book, day), rest: restWords(known, book, day) };
    })""", [[text, [{"id": one.id, "section": one.section} for one in book], day]
            for text, book, day in asked])
    seen = Counter()
    for (text, book, day), told in zip(asked, got, strict=True):
        answers, strangers = read(text)
        known = spacing.standings(answers)
        due = spacing.due(known, book, day)
        assert told == {
            "answers": [vars(one) for one in answers],
            "strangers": [one.number for one in strangers],
            "known": {id: vars(one) for id, one in known.items()},
            "due": [one.id for one in due], "next": spacing.next_day(known, book, day),
            "mixed": [one.id for one in spacing.interleaved(due[:spacing.SITTING])],
            "rest": spacing.rest(known, book, day)}, text
        seen.update(answers=len(answers), strangers=len(strangers), due=len(due),
                    **{f"level {one.level}": 1 for one in known.values()})
    assert seen["answers"] > 5000 and seen["strangers"] > 500 and seen["due"] > 2000, seen
    assert all(seen[f"level {level}"] for level in range(5)), seen


def test_a_clock_that_was_ahead_keeps_no_exercise_away(inside):
    ahead, before, after = (answer(day=day) for day in ("2099-01-01", "2026-03-01", "2026-03-10"))
    today = spacing.day_of("2026-03-10")
    for answers, level, due in (([ahead], 1, spacing.day_of(spacing.LONG_AGO) + 1),
                                ([before, ahead, after], 3, today + 7),
                                ([ahead, answer(correct=False), after], 1, today + 1)):
        known = spacing.standings(answers, today)
        assert (known[ID].level, known[ID].due, known[ID].right) == (level, due, True)
        told = inside.evaluate("([text, day]) => Object.fromEntries(standingsOf("
                               "readRecord(text).answers, day))",
                               ["\n".join(one.line() for one in answers), today])
        assert told == {ID: vars(known[ID])}
    tomorrow = answer(day="2026-03-11")  # east of here
    assert spacing.standings([tomorrow], today) == spacing.standings([tomorrow])


def test_a_moment_of_the_page_is_one_of_the_record(inside):
    for time in (records.moment_now(), inside.evaluate("momentNow()")):
        assert read(json.dumps(vars(answer()) | {"time": time}))[0], time


# ---- in Jupyter: only what a reader does counts


def pressed(card, value, **more):
    """What a browser sends when a reader checks an answer."""
    card.set_state({"typed": card._as_typed(value), "presses": card.presses + 1, **more})


def test_only_what_comes_from_a_browser_goes_into_the_record():
    card = pp.exercise(ID)
    wrong = next(iter(card.mistakes))
    card.answer(card.expected)
    card.typed = "5"
    card.presses += 1
    card.check("5")
    assert Record().answers == []
    pressed(card, "five")
    pressed(card, "")
    assert Record().answers == [], "what cannot be read is no answer"
    pressed(card, card.mistakes[wrong], hinted=2)
    pressed(card, card.expected)
    card.set_state({"turns": 1})
    pressed(card, card.expected)
    assert [(one.exercise, one.seed, one.correct, one.mistake, one.hints, one.tries)
            for one in Record().answers] == [
        (ID, "1", False, wrong, 2, 1), (ID, "1", True, None, 2, 2), (ID, "2", True, None, 0, 1)]
    Record().delete()


def test_a_record_that_cannot_be_written_stops_no_card(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PERPEDU_RECORD", str(tmp_path / "file" / "record.jsonl"))
    card = pp.exercise(ID)
    pressed(card, card.expected)
    assert card.verdict["correct"] and "cannot be written" in card.verdict["note"]


NOW = "2026-03-20"


@pytest.fixture
def reader(tmp_path):
    """A record with three due exercises, two of chapter 1."""
    record = Record(tmp_path / "record.jsonl")
    for place, id in enumerate((BOOK[0].id, ID, "ch02.liquidation-price")):
        record.add(answer(id, f"2026-03-0{place + 1}", seed="4"))
    return record


def test_a_sitting_in_jupyter(reader):
    sitting = pp.review(NOW, reader)
    assert repr(sitting) == (f"Review: Question 1 of 3, from chapter 1 · {BOOK[0].id} · not answered · seed 5")
    pressed(sitting, next(iter(sitting.mistakes.values())))
    assert sitting.sitting["dots"] == ["tried", "open", "open"]
    sitting.set_state({"moves": 1})
    assert sitting.exercise.id == "ch02.liquidation-price", "another chapter between"
    assert sitting.spec["title"] == sitting.exercise.title and sitting.verdict == {}
    assert sitting.answer(sitting.expected).correct
    assert sitting.sitting["step"] == "Next question"
    sitting.set_state({"moves": 2})
    assert sitting.exercise.id == ID and sitting.sitting["step"] == "Skip"
    sitting.set_state({"moves": 3})
    assert sitting.sitting["place"] is None and sitting.sitting["step"] == "Go on"
    assert len(reader.answers) == 4, "the scripted answer is not in it"
    with pytest.raises(ValueError, match="no question is shown"):
        sitting.answer("5")


def test_an_empty_record_and_progress(reader, tmp_path):
    empty = pp.review(NOW, Record(tmp_path / "none.jsonl"))
    assert empty.sitting["words"] == spacing.WORDS["nothing"] and empty.spec == {}
    assert spacing.WORDS["nothing"] in empty._repr_mimebundle_()[0]["text/html"]
    reader.add(answer("ch99.gone"))
    shown = pp.progress(NOW, reader)
    lines = repr(shown).splitlines()
    assert lines[0].startswith("Chapter 1: 2 answered, 0 tried, ")
    assert lines[-1] == "Answers to exercises that are not in this book: 1."
    html = shown._repr_html_()
    assert html.count("●") == 3 * 2 and "<small>due today</small>" in html


def test_the_view_in_jupyter(page, reader):
    sitting = pp.review(NOW, reader)
    mounted(page, sitting, "spec", "typed", "presses", "turns", "verdict", "hinted", "sitting", "moves")
    assert page.get_by_role("img", name="Question 1 of 3").inner_text() == "○○○"
    page.get_by_role("button", name="Hint 1").press("Enter")
    assert page.evaluate("model.traits.hinted") == 1
    page.get_by_role("button", name="Skip").press("Enter")
    assert page.evaluate("model.traits.moves") == 1
    sitting.next()
    for trait in ("typed", "verdict", "spec", "sitting"):
        page.evaluate("([name, value]) => model.hear(name, value)", [trait, getattr(sitting, trait)])
    assert sitting.question.split("\n")[0] in page.locator(".pp-question").inner_text()
    assert page.evaluate("document.activeElement.type") == "text"
    page.evaluate("leave()")
    assert page.evaluate("Object.values(heard).flat().length") == 0
    assert page.console_errors == page.page_errors == []


# ---- on a page


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A page with review and progress, a chapter's page with a card, and the bank beside them."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "_static").mkdir()
    (folder / "_static" / "bank").mkdir()
    for address, text in bank_scripts():
        (folder / address).write_text(text, "utf-8")
    (folder / "review.html").write_text(pages.html("<h1>Review</h1>" + page_html("review")
                                                   + page_html("progress")), "utf-8")
    chapter = pages.html(pp.exercise(ID).html())
    (folder / "chapter.html").write_text(chapter, "utf-8")
    (folder / "light.html").write_text(lightened(chapter, above=""), "utf-8")
    (folder / "astray.html").write_text(lightened(chapter, above="no/"), "utf-8")
    return folder


@pytest.fixture
def quiet(page):
    yield page
    assert page.console_errors == page.page_errors == page.external == []


def went(page, site, name="review", lines=None):
    """The page opened from its file, with this record in the browser."""
    page.goto((site / f"{name}.html").as_uri())
    if lines is not None:
        page.evaluate("text => localStorage.setItem('perpedu record', text)", lines)
        page.reload()
    if name == "review":
        page.get_by_role("button", name="Save as a file").wait_for()


def stored(page):
    return page.evaluate("localStorage.getItem('perpedu record')") or ""


def ago(days):
    return str(date.today() - timedelta(days=days))


def lines(*ids, days=9, **more):
    return "".join(answer(id, ago(days), **more).line() + "\n" for id in ids)


def numbers_of(page):
    return page.get_by_text(re.compile("numbers [0-9]+$")).inner_text()


def test_a_page_without_the_other_numbers_gets_them_when_they_are_asked_for(quiet, site):
    questions = {}
    for name in ("chapter", "light"):
        went(quiet, site, name)
        questions[name] = asked = []
        for place in range(21):
            quiet.get_by_text(re.compile(f"numbers {place % 20 + 1}$")).wait_for()
            asked.append(quiet.locator(".pp-card").inner_text())
            quiet.get_by_role("button", name="New numbers").click()
        assert len(set(asked)) == 20 and asked[20] == asked[0]
    assert questions["light"] == questions["chapter"]
    sizes = [(site / f"{name}.html").stat().st_size for name in questions]
    assert sizes[1] < sizes[0] - 3_000


def test_where_the_other_numbers_do_not_come_the_card_stays_as_it_is(page, site):
    page.goto((site / "astray.html").as_uri())
    before = numbers_of(page)
    page.get_by_role("button", name="New numbers").click()
    page.get_by_role("textbox", name="Your answer").fill("1")
    page.keyboard.press("Enter")
    assert "→ Not yet" in page.locator(".pp-feedback").inner_text() and numbers_of(page) == before


def test_a_card_of_a_chapter_is_in_the_record_and_comes_back(quiet, site):
    went(quiet, site, "chapter")
    card = pp.exercise(ID)
    wrong, value = next(iter(card.mistakes.items()))
    quiet.get_by_role("button", name="Hint 1").click()
    box = quiet.get_by_role("textbox", name="Your answer")
    for text in ("five", f"{value.p}/{value.q}", f"{card.expected.p}/{card.expected.q}"):
        box.fill(text)
        box.press("Enter")
    first, second = read(stored(quiet))[0]
    assert (first.exercise, first.seed, first.correct, first.mistake) == (ID, "1", False, wrong)
    assert (second.correct, second.hints, second.tries, first.tries) == (True, 1, 2, 1)
    went(quiet, site)
    assert "The next question comes tomorrow." in quiet.get_by_role("status").first.inner_text()
    went(quiet, site, lines=lines(ID, seed="20"))
    assert teaching.load(ID, "1").question in quiet.locator(".pp-question").inner_text()


@pytest.mark.parametrize("width", [390, 1000])
def test_a_sitting_by_keyboard_alone(quiet, site, width):
    quiet.set_viewport_size({"width": width, "height": 800})
    went(quiet, site, lines=lines(BOOK[0].id, ID, "ch02.liquidation-price", seed="4"))
    row = quiet.locator("[data-pp=review] .pp-row")
    assert row.inner_text() == "○○○" and "Question 1 of 3" in row.get_attribute("aria-label")
    quiet.keyboard.press("Tab")
    seen = []
    for place in range(3):
        title = quiet.locator("[data-pp=review] .pp-title").inner_text()
        seen.append(title)
        pure = next(ex for ex in (teaching.load(one.id, "5") for one in BOOK) if ex.title == title)
        if place != 1:
            quiet.keyboard.type(f"{pure.expected.p}/{pure.expected.q}")
            quiet.keyboard.press("Enter")
            assert quiet.locator(".pp-feedback").inner_text().startswith("✓")
        for _ in range(20):
            quiet.keyboard.press("Tab")
            at = quiet.evaluate("document.activeElement.textContent")
            if at in ("Skip", "Next question", "Finish"):
                break
        assert at == ("Skip" if place == 1 else "Next question" if place == 0 else "Finish")
        assert quiet.evaluate("document.documentElement.scrollWidth") <= width
        quiet.keyboard.press("Enter")
    assert len(set(seen)) == 3 and "1 more is due today" in quiet.get_by_role("status").first.inner_text()
    assert len(read(stored(quiet))[0]) == 5
    assert quiet.evaluate("document.activeElement.textContent") == "Go on"
    quiet.keyboard.press("Enter")
    assert quiet.locator("[data-pp=review] .pp-title").inner_text() == seen[1]


def test_the_record_is_saved_added_and_deleted_after_a_second_press(quiet, site, tmp_path):
    went(quiet, site, lines=lines(ID) + "nonsense\n" + lines("ch99.gone"))
    quiet.evaluate("localStorage.setItem('perpedu /x pp-ch01-equity', '{\"right\":true}')")
    text = quiet.locator("[data-pp=progress]").inner_text()
    assert "stay in it: 1 (line 2 is not JSON)" in text and "not in this book: 1." in text
    with quiet.expect_download() as saved:
        quiet.get_by_role("button", name="Save as a file").press("Enter")
    file = tmp_path / "saved.jsonl"
    saved.value.save_as(file)
    assert file.read_text() == stored(quiet) and saved.value.suggested_filename.endswith(".jsonl")
    said = quiet.locator("[data-pp=progress]").get_by_role("status")
    quiet.get_by_role("button", name="Delete …").press("Enter")
    assert quiet.evaluate("document.activeElement.textContent") == "Keep it"
    quiet.keyboard.press("Enter")
    assert ID in stored(quiet) and quiet.get_by_role("button", name="Delete everything").is_hidden()
    quiet.keyboard.press("Enter")
    quiet.keyboard.press("Shift+Tab")
    quiet.keyboard.press("Enter")
    assert said.inner_text() == "Deleted." and quiet.evaluate("localStorage.length") == 0
    assert spacing.WORDS["nothing"] in quiet.get_by_role("status").first.inner_text()
    for added in (2, 0):
        quiet.locator("input[type=file]").set_input_files(file)
        quiet.get_by_text(f"Answers added: {added}. Lines that are no answers, left out: 1").wait_for()
    assert quiet.locator("[data-pp=review] .pp-row").inner_text() == "○", "and is asked at once"
    other = Record(tmp_path / "python.jsonl")
    other.take(file)
    assert [one.exercise for one in other.answers] == [ID, "ch99.gone"]


def test_progress_says_what_is_open_tried_and_right(quiet, site):
    went(quiet, site, lines=lines(ID) + lines(BOOK[0].id, correct=False))
    expected = spacing.progress(spacing.standings(read(stored(quiet))[0]), BOOK)
    dots = quiet.locator(".pp-chapter .pp-row")
    assert dots.all_inner_texts() == ["".join({"open": "○", "tried": "◐", "right": "●"}[state]
                                              for _, state, _ in one.exercises) for one in expected]
    quiet.locator(".pp-chapter summary").first.press("Enter")
    assert "Compute the notional of a position at the mark price. due today" in (
        quiet.locator(".pp-chapter").first.inner_text())


def test_marks_of_earlier_pages_are_read(quiet, site):
    went(quiet, site)
    quiet.evaluate("""localStorage.setItem('perpedu /book/01.html pp-ch01-notional', '{"right":true}');
                      localStorage.setItem('perpedu /book/01.html pp-ch01-equity', '{"right":false}');
                      localStorage.setItem('perpedu /book/index.html pp-where', '{"leverage":"5"}')""")
    went(quiet, site)
    dots = quiet.locator(".pp-chapter .pp-row").first.inner_text()
    assert dots.count("●") == dots.count("◐") == 1
    assert "Question 1 of 2" in quiet.get_by_role("status").first.inner_text()
    assert stored(quiet) == "", "no moment is made up"


def test_a_window_that_refuses_storage_says_so_and_works(page, site):
    page.add_init_script("Object.defineProperty(window, 'localStorage', "
                         "{ get() { throw new DOMException('no', 'SecurityError'); } })")
    went(page, site, "chapter")
    box, card = page.get_by_role("textbox", name="Your answer"), pp.exercise(ID)
    for times in (1, 0):
        box.fill(f"{card.expected.p}/{card.expected.q}")
        box.press("Enter")
        said = page.get_by_role("status").inner_text()
        assert said.startswith("✓") and said.count("keeps no record here") == times
    went(page, site)
    assert "keeps no record here" in page.locator("[data-pp=progress]").inner_text()
    page.locator("input[type=file]").set_input_files(
        {"name": "r.jsonl", "mimeType": "text/plain", "buffer": lines(ID).encode()})
    page.get_by_text("Answers added: 1.").wait_for()
    assert page.locator("[data-pp=review] .pp-row").inner_text() == "○"
    assert page.console_errors == page.page_errors == []


def test_without_the_bank_it_says_so(page, site, tmp_path):
    (tmp_path / "review.html").write_text((site / "review.html").read_text("utf-8"), "utf-8")
    page.goto((tmp_path / "review.html").as_uri())
    page.get_by_text("The questions could not be loaded.").first.wait_for()
    assert page.page_errors == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_a_sitting(browser, site, theme):
    context = browser.new_context(color_scheme=theme)
    page = context.new_page()
    went(page, site, lines=lines(BOOK[0].id, ID, "ch02.table-all") + "nonsense")
    page.get_by_role("button", name="Skip").click()
    page.locator(".pp-chapter summary").first.click()
    page.get_by_role("button", name="Delete …").click()
    page.add_script_tag(path=vendor.install() / "axe-core" / "axe.min.js")
    found = page.evaluate("only => axe.run({runOnly: only})", AXE[theme])["violations"]
    context.close()
    assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found
            if rule["impact"] in ("serious", "critical")] == []
