"""The notebooks are executed, in good form, and come out the same from another execution."""

import copy
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from nbformat import v4

from tools.notebooks import VIEW, WIDGET, execute, lint, notebooks

BOOK = notebooks()
SOURCES = (
    "print('one', end=' ')\nprint('cent')",
    "import ipywidgets as widgets\nwidgets.Checkbox(description='open')",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nprint('line: 1 to 2')",
    "# NBVAL_RAISES_EXCEPTION\n1 / 0",
)


def run_apart(path: Path) -> bytes:
    """Execute in a thread: the browser of other tests keeps an event loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(execute, path).result()


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A small notebook with one output of each kind, executed."""
    path = tmp_path_factory.mktemp("good") / "good.ipynb"
    cells = [v4.new_code_cell(source) for source in SOURCES]
    cells[3].metadata["tags"] = ["raises-exception"]
    path.write_text(json.dumps(v4.new_notebook(cells=[v4.new_markdown_cell("# Title"), *cells])))
    return json.loads(run_apart(path))


def faults_of(notebook: dict[str, Any], folder: Path) -> str:
    """What the check says of a notebook, as one text."""
    path = folder / "doctored.ipynb"
    path.write_text(json.dumps(notebook))
    return "\n".join(lint(path))


def test_the_book_has_its_first_chapter() -> None:
    assert BOOK and BOOK[0].name == "01_ledger.ipynb"


@pytest.mark.parametrize("path", BOOK, ids=lambda path: path.stem)
def test_stored_notebook_is_in_good_form(path: Path) -> None:
    assert lint(path) == []


# nbval executes every chapter and compares; this one also sees pictures and the ends of long texts
@pytest.mark.parametrize("path", BOOK[::3], ids=lambda path: path.stem)
def test_another_execution_gives_the_stored_bytes(path: Path) -> None:
    assert run_apart(path) == path.read_bytes(), "run: make notebooks"


def test_executing_twice_in_two_places_gives_the_same_bytes(
    good: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "again.ipynb"
    path.write_text(json.dumps(good))
    assert json.loads(run_apart(path)) == good


def test_a_good_notebook_has_no_fault(good: dict[str, Any], tmp_path: Path) -> None:
    assert faults_of(good, tmp_path) == ""


def cell_set(number: int, **changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda nb: nb["cells"][number].update(changes)


def source_added(text: str) -> Callable[[dict[str, Any]], None]:
    return lambda nb: nb["cells"][1].update(source=nb["cells"][1]["source"] + [f"\n{text}"])


def text_set(text: str) -> Callable[[dict[str, Any]], None]:
    return lambda nb: nb["cells"][1]["outputs"][0].update(text=text)


def widget_text(text: str) -> Callable[[dict[str, Any]], None]:
    def doctor(nb: dict[str, Any]) -> None:
        (output,) = nb["cells"][2]["outputs"]
        assert output["metadata"][WIDGET], "what was a widget stays marked as one"
        output["data"]["text/plain"] = text

    return doctor


def live_view(nb: dict[str, Any]) -> None:
    nb["cells"][2]["outputs"][0]["data"][VIEW] = {"model_id": "0"}


def digest_removed(nb: dict[str, Any]) -> None:
    cell = nb["cells"][3]
    cell["outputs"] = [output for output in cell["outputs"] if output["output_type"] != "stream"]


DOCTORED = {
    "not run": (cell_set(2, execution_count=None, outputs=[]), "cell 2: not executed"),
    "run out of order": (cell_set(2, execution_count=9), "out of order: [9] where [2]"),
    "run from 2 on": (cell_set(1, execution_count=2), "out of order: [2] where [1]"),
    "marked ignore": (source_added("# NBVAL_IGNORE_OUTPUT"), "unchecked"),
    "marked skip": (source_added("# nbval_skip"), "unchecked"),
    "tagged skip": (cell_set(1, metadata={"tags": ["nbval-skip"]}), "unchecked"),
    "tagged not to run": (cell_set(1, metadata={"tags": ["skip-execution"]}), "unchecked"),
    "Output widget": (source_added("widgets.Output()"), "captured"),
    "interact": (source_added("interact(f, x=1)"), "captured"),
    "interact decorator": (source_added("@widgets.interact"), "captured"),
    "clear_output": (source_added("clear_output()"), "captured"),
    "address": (text_set("<object at 0x7f00deadbeef>"), "address"),
    "path": (text_set("saved in /home/reader/x.csv"), "path"),
    "warning": (lambda nb: nb["cells"][1]["outputs"][0].update(name="stderr"), "warning"),
    "error": (cell_set(4, source=["1 / 0"], metadata={}), "error"),
    "png without digest": (digest_removed, "png without digest"),
    "long widget text": (widget_text("x" * 106), "cut"),
    "live widget view": (live_view, "live view"),
    "cut widget text": (widget_text("VBox(children=(…"), "cut"),
}


@pytest.mark.parametrize("name", DOCTORED)
def test_each_fault_is_told(name: str, good: dict[str, Any], tmp_path: Path) -> None:
    doctor, expected = DOCTORED[name]
    doctored = copy.deepcopy(good)
    doctor(doctored)
    assert expected in faults_of(doctored, tmp_path)


@pytest.mark.parametrize("path", BOOK, ids=lambda path: path.stem)
def test_no_cell_of_the_book_may_stay_unexecuted(path: Path, tmp_path: Path) -> None:
    notebook = json.loads(path.read_bytes())
    executed = [n for n, cell in enumerate(notebook["cells"]) if cell.get("execution_count")]
    assert executed
    for number in (executed[0], executed[len(executed) // 2], executed[-1]):
        doctored = copy.deepcopy(notebook)
        doctored["cells"][number]["execution_count"] = None
        assert f"cell {number}: not executed" in faults_of(doctored, tmp_path)
