"""What the site is built from: chapters in order, and faults refused with their place."""

import doctest
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat import v4
from ruamel.yaml import YAML

import perpedu as pp
from tools.book import SITE, Refused, check, first, licences, outside, pages
from tools.book.build import jupyter_book
from tools.book.chapters import by_number, chapters, contents
from tools.book.glossary import entries, terms
from tools.book.printed import document, page, pdf
from tools.book.serve import served

ROOT = SITE.parent
CONFIG = {"title": "t", "author": "a", "execute": {"execute_notebooks": "off"}}
PAGE = """# Page

A [link](nowhere.md), a term {term}`wibble`, a citation {cite}`nobody`, an equation {eq}`eq-none`.
"""
TWICE = "$$a = 1.$$ (eq-one)\n\ntext\n\n$$b = 2.$$ (eq-one)\n"


def test_chapters_stand_in_an_order_that_their_needs_allow():
    listed = chapters()
    place = {chapter.file: number for number, chapter in enumerate(listed)}
    assert all(place[need] < place[chapter.file] for chapter in listed for need in chapter.needs)
    assert max(chapter.minutes for chapter in listed) <= 50
    names = [Path(chapter.file).name.split("_")[0] for chapter in listed]
    assert names == sorted(set(names)), "02, 02b, 03"
    assert {parts[0].label for parts in by_number().values()} == {str(number) for number in by_number()}
    assert [f"{entry['file']}" for entry in contents()["parts"][0]["chapters"]] == list(place)


@pytest.mark.parametrize("needs", [["b"], ["a"], ["no such"]])
def test_a_circle_or_a_later_chapter_is_refused(tmp_path, needs):
    common = {"title": "t", "promise": "p", "minutes": 40}
    path = tmp_path / "chapters.yml"
    YAML().dump([{"file": "a", "needs": needs} | common, {"file": "b", "needs": ["a"]} | common],
                path)
    with pytest.raises(Refused, match=f"a needs {needs[0]}, which does not come before it"):
        chapters(path)


def test_every_page_has_its_place_in_the_contents():
    listed = {entry["file"] for part in contents()["parts"] for entry in part["chapters"]}
    written = {path.stem for path in SITE.glob("*.md")} - {"index"}
    assert written == {name for name in listed if "/" not in name}


def test_the_sources_of_the_book_are_in_order():
    check.sources()


def chapter_with(folder: Path, *cells: nbformat.NotebookNode) -> Path:
    """The chapters of the book, where the last one has more cells."""
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    path = folder / f"{chapters()[-1].file}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells += cells
    nbformat.write(notebook, path)
    return path


def picture(html: str) -> nbformat.NotebookNode:
    output = v4.new_output("execute_result", {"text/html": html, "text/plain": "x"},
                           execution_count=1)
    return v4.new_code_cell("1", execution_count=1, outputs=[output])


@pytest.mark.parametrize("cell, fault", [
    (v4.new_code_cell("1 + 1"), "not executed"),
    (picture("<svg viewBox='0 0 1 1'></svg>"), "a figure without alternative text: <svg"),
    (v4.new_markdown_cell("![](picture.png)"), "a figure without alternative text"),
])  # fmt: skip
def test_a_cell_that_a_reader_would_miss_something_in_is_refused(tmp_path, cell, fault):
    path = chapter_with(tmp_path, cell)
    last = len(nbformat.read(path, as_version=4).cells) - 1
    with pytest.raises(Refused, match=f"{path.name}, cell {last}: {fault}"):
        check.sources(tmp_path)


def test_minutes_that_differ_and_chapters_that_are_not_listed_are_refused(tmp_path):
    path = chapter_with(tmp_path)
    text = path.read_text("utf-8")
    path.write_text(text.replace(f"| Time | {chapters()[-1].minutes} min", "| Time | 39 min"),
                    "utf-8")
    (path.parent / "99_more.ipynb").write_text(text, "utf-8")
    with pytest.raises(Refused) as refusal:
        check.sources(tmp_path)
    assert "its row Time says 39 minutes" in str(refusal.value)
    assert "notebooks/99_more.ipynb has no entry in site/chapters.yml" in str(refusal.value)


def test_a_chapter_bears_the_number_of_its_file_where_one_before_is_missing(tmp_path):
    source = tmp_path / "source"
    (source / "notebooks").mkdir(parents=True)
    (source / "page.md").write_text("# Page\n", "utf-8")
    for name in ("01_first", "03_third", "03b_more"):
        (source / "notebooks" / f"{name}.md").write_text(
            f"# Title\n\n## 1 Part\n\n$$a = 1.$$ (eq-{name[-5:]})\n\nBy {{eq}}`eq-{name[-5:]}`.\n",
            "utf-8")
    real = YAML(typ="safe").load(SITE / "_config.yml")
    config = {name: real["sphinx"]["config"][name] for name in
              ("extensions", "numfig", "math_numfig", "math_eqref_format")}
    (source / "references.bib").write_text("", "utf-8")
    YAML().dump(CONFIG | {"parse": real["parse"], "sphinx": {"config": config | {
        "bibtex_bibfiles": ["references.bib"]}}}, source / "_config.yml")
    YAML().dump({"format": "jb-book", "root": "page", "parts": [{"numbered": 1, "chapters": [
        {"file": "notebooks/01_first"}, {"file": "notebooks/03_third"},
        {"file": "notebooks/03b_more"}]}]}, source / "_toc.yml")
    built = jupyter_book("html", source, tmp_path / "built")
    for name, number in (("01_first", "1"), ("03_third", "3"), ("03b_more", "3b")):
        text = (built / "notebooks" / f"{name}.html").read_text("utf-8")
        assert f'<h1><span class="section-number">{number}. </span>Title<a' in text
        assert f'class="eqno">({number}.1)<a' in text and f'">({number}.1)</a>' in text
        assert re.findall(r">(\w+\. Title)</a>", text.split("<h1>")[0]) == [
            "1. Title", "3. Title", "3b. Title"]


def test_jupyter_book_refuses_with_the_place(tmp_path):
    source, notebook = tmp_path / "source", v4.new_notebook()
    source.mkdir()
    notebook.cells = [v4.new_markdown_cell("# Chapter"), v4.new_markdown_cell(TWICE)]
    nbformat.write(notebook, source / "chapter.ipynb")
    (source / "page.md").write_text(PAGE, "utf-8")
    shutil.copyfile(SITE / "references.bib", source / "references.bib")
    real = YAML(typ="safe").load(SITE / "_config.yml")
    extensions = [name for name in real["sphinx"]["config"]["extensions"]]
    YAML().dump(CONFIG | {"parse": real["parse"], "sphinx": {"config": {
        "extensions": extensions, "bibtex_bibfiles": ["references.bib"]}}}, source / "_config.yml")
    YAML().dump({"format": "jb-book", "root": "page", "chapters": [{"file": "chapter"}]},
                source / "_toc.yml")
    with pytest.raises(Refused) as refusal:
        jupyter_book("html", source, tmp_path / "built")
    lines = str(refusal.value).splitlines()
    for place, fault in [("page.md:3", "nowhere.md"), ("page.md:3", "wibble"),
                         ("page.md:3", "nobody"), ("page.md:3", "eq-none"),
                         ("chapter.ipynb, cell 1", "duplicate label of equation eq-one")]:
        assert any(place in line and fault in line for line in lines), (fault, lines)
    assert not (tmp_path / "built").exists(), "the next build says it again"


def test_the_explorer_of_the_first_page_says_what_its_example_says():
    assert doctest.testmod(first) == (0, 1)


def test_an_insert_that_nothing_fills_is_refused():
    with pytest.raises(Refused, match="page.md: nothing is called <!-- insert: wibble -->"):
        pages.filled("<!-- insert: wibble -->", "page.md")


def test_generated_pages_hold_every_symbol_formula_name_and_verdict():
    notation, catalogue, reference = pages.notation(), pages.formulas(), pages.reference.reference()
    assert all(f"| `{name}` |" in notation for name in pp.symbols.every())
    assert all(f"pp.formulas.{name}(" in catalogue for name in pp.formulas.catalogue())
    assert "{eq}`eq-equity`" in catalogue and "{eq}`eq-liquidation-price-long`" in catalogue
    assert all(f"## {name}\n" in reference or f"### pp.{name}\n" in reference
               for name in pp.__all__)
    found = pages.audit.audit()
    assert all(f'id="item-{item.id}"' in found for item in pp.worked_examples())


def test_licences_name_what_is_delivered():
    said = licences.table()
    for name in ("mathjax", "Bootstrap", "Font Awesome Free", "sphinx-book-theme"):
        assert f"| {name} |" in said, name
    assert "not stated" not in said
    assert all(len(text) > 400 for text in licences.texts().values())
    assert "axe-core" not in said.split("Only the tests use")[0]


def test_terms_are_in_order_and_say_something():
    text = (SITE / "glossary.md").read_text("utf-8")
    first, known = [names[0] for names, _ in entries(text)], terms(text)
    assert first == sorted(first, key=str.lower) and len(known) > 25
    assert all(len(words.split()) >= 4 and words.endswith(".") for words in known.values())


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """The book on one page."""
    return page(tmp_path_factory.mktemp("print"))


def test_the_book_on_one_page_is_whole_and_needs_no_script_of_ours(printed):
    text = printed.read_text("utf-8")
    cards = sum(notebook_text(chapter.file).count("pp.exercise(") for chapter in chapters())
    assert text.count('href="#solution-') == text.count('id="solution-') >= cards - 3 * len(
        chapters()) > 0
    assert "perpedu.js" not in text and "application/json" not in re.sub(
        r'<div class="pp-element pp-card" data-pp="(?:explorer|calculator|review|progress)">'
        r'.*?</script>', "", text)
    for chapter in chapters():
        assert f'<span id="document-{chapter.file}">' in text
        assert f'href="#document-{chapter.file}"' in text
    ids = re.findall(r'<[^>]* id="([^"]+)"', text)
    linked = set(re.findall(r'href="#([^"]+)"', text))
    assert not [name for name in linked if ids.count(name) > 1]


def notebook_text(file):
    return (ROOT / f"{file}.ipynb").read_text("utf-8")


def test_paper_has_no_way_to_jupyterlite():
    assert document('Go <a class="x" href="lite/index.html">there</a>.', "running") == (
        "Go there.")


def test_the_book_becomes_a_pdf(browser, printed, tmp_path):
    """Its pages up to chapter 1, which take a tenth of the time; `make print` makes all of it."""
    shutil.copytree(printed.parent / "_static", tmp_path / "_static")
    first = printed.read_text("utf-8").partition('<span id="document-notebooks/02_line">')[0]
    (tmp_path / printed.name).write_text(first + "</main></body></html>", "utf-8")
    made = pdf(browser, tmp_path).read_bytes()
    assert made.startswith(b"%PDF") and made.count(b"/Type /Page\n") > 20
    assert made.count(b"/Link") > 50


# ---- what runs elsewhere


WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
#: Where there is no make, and to put a release where readers find it.
OTHER_COMMANDS = r"python -m (pip install --require-hashes|pytest --units)|gh release create "


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_says_what_it_does_with_commands_that_exist(path):
    workflow = YAML(typ="safe").load(path)
    assert workflow["on"] and workflow["permissions"] == {"contents": "read"}
    assert "has not yet run" in re.sub(r"\n# ", " ", path.read_text("utf-8")).split("name:")[0]
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 60
        for step in job["steps"]:
            assert ("uses" in step) != ("run" in step)
            made = re.fullmatch(r"make ([a-z]+)", step.get("run", ""))
            if made:
                assert made[1] in targets
            elif "run" in step:
                assert re.match(OTHER_COMMANDS, step["run"])
            else:
                assert re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"])


def test_the_workflows_are_for_tests_pages_releases_and_links_on_a_schedule():
    known = {path.stem: YAML(typ="safe").load(path) for path in WORKFLOWS}
    assert set(known) == {"links", "release", "site", "tests"}
    assert known["links"]["on"]["schedule"] and "publish" in known["site"]["jobs"]
    assert known["release"]["on"]["push"]["tags"] == ["v*"]
    jobs = known["tests"]["jobs"].values()
    systems = {one for job in jobs for one in job["strategy"]["matrix"].get("os", [job["runs-on"]])}
    assert systems == {"ubuntu-latest", "macos-latest", "windows-latest"}
    for job in jobs:
        assert job["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13", "3.14"]


def test_whoever_reports_is_asked_for_chapter_version_and_expectation():
    forms = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"))
    asked = {path.stem: YAML(typ="safe").load(path) for path in forms if path.stem != "config"}
    assert set(asked) == {"error", "package", "venue"}
    for form in asked.values():
        assert form["name"] and form["description"]
        fields = {part["id"]: part for part in form["body"]}
        labels = " ".join(part["attributes"]["label"] + part["attributes"].get("description", "")
                          for part in fields.values())
        assert "chapter" in labels.lower() and fields["expected"]["validations"]["required"]
        assert {part["type"] for part in form["body"]} <= {"input", "textarea"}


def test_a_release_is_told_what_changed():
    from tools import dist

    said = dist.notes((ROOT / "CHANGELOG.md").read_text("utf-8"))
    assert said.startswith("- ") and "\n## " not in said


def test_the_audit_says_which_page_misses_which_aim():
    from tools.book import visits

    good = dict.fromkeys(visits.COLUMNS, 0) | {"Page": "good"}
    bad = dict.fromkeys(visits.COLUMNS, 301) | {"Page": "bad"}
    assert [said.split(": ")[1] for said in visits.aims([good])] == ["yes."] * 6
    assert [said.split(": ")[1] for said in visits.aims([good, bad])] == ["**not** bad."] * 6
    assert visits.line(good | {"Own kB": 1234}).startswith("| good | 1,234 | 0 |")
    stored = (ROOT / "docs" / "audit.md").read_text("utf-8")
    rows = {row.split(" | ")[0].removeprefix("| ") for row in stored.splitlines() if " | " in row}
    assert {Path(chapter.file).name for chapter in chapters()} <= rows, "make audit"


def test_addresses_outside_are_tried_and_missing_ones_named(tmp_path):
    (tmp_path / "there.html").write_text("<p>there</p>", "utf-8")
    with served(tmp_path) as address:
        (tmp_path / "index.html").write_text(
            f'<a href="{address}there.html#x">a</a><a href="{address}not.html">b</a>'
            '<a href="https://mybinder.org/v2/gh/x">c</a>', "utf-8")
        assert outside.addresses(tmp_path) == [f"{address}not.html", f"{address}there.html"]
        with pytest.raises(Refused, match="not.html: 404") as refusal:
            outside.main(tmp_path)
    assert "there.html" not in str(refusal.value)


ROLES = {"eq", "term", "cite"}
BOXES = {"note", "tip", "warning", "important", "admonition", "dropdown"}


@pytest.mark.parametrize("chapter", chapters(), ids=lambda chapter: chapter.file[-12:])
def test_a_notebook_holds_what_both_engines_read(chapter):
    cells = nbformat.read(ROOT / f"{chapter.file}.ipynb", as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert set(re.findall(r"\{([\w:-]+)\}`", text)) <= ROLES
    assert set(re.findall(r"^[`:]{3,}\{([\w:-]+)\}", text, re.MULTILINE)) <= BOXES
    labels = re.findall(r"^\$\$.*\$\$ ?\((.*)\)$", text, re.MULTILINE)
    assert all(re.fullmatch(r"eq-[a-z0-9-]+", label) for label in labels) and labels
    assert "{eq}`" in text and "{term}`" in text
