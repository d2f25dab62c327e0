"""Execute the notebooks so that two executions give the same bytes, and check their form.

Usage: python tools/notebooks.py [--to FOLDER] [--lint] [NOTEBOOK ...]

Without names: every notebook of the book, in place. `--lint` checks without executing. What the
form is for: nbval compares outputs, but not pictures, not cells without an execution count, and
not what a widget's text says after its 110th character. A stored notebook holds what a widget
shows without a kernel, its HTML or text; the live view, which would read "model not found" until
the cell is run, is left out.
"""

import argparse
import asyncio
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
VIEW = "application/vnd.jupyter.widget-view+json"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
PASSING = ("execution", "ExecuteTime", "trusted", "collapsed", "scrolled")
WIDGET = "widget"
LONGEST = 105

UNCHECKED = re.compile(r"NBVAL_(IGNORE_OUTPUT|SKIP)", re.IGNORECASE)
UNCHECKED_TAGS = {"nbval-ignore-output", "nbval-skip", "skip-execution"}
CAPTURED = re.compile(
    r"\bOutput\(|\binteract(ive|ive_output|_manual)?\(|@[\w.]*interact|clear_output\("
)
ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")
MACHINE = re.compile(r"(?<![\w.:/])/(home|Users|root|tmp|work|usr|opt|private)/")


class OwnKernel(AsyncKernelManager):
    """This interpreter's own kernel, whatever kernels the machine has by the name python3."""

    def _kernel_spec_manager_default(self) -> KernelSpecManager:
        return KernelSpecManager(kernel_dirs=[])


def notebooks(folder: Path = NOTEBOOKS) -> list[Path]:
    """Return the book's notebooks, in chapter order."""
    return sorted(folder.glob("*.ipynb"))


def execute(path: Path) -> bytes:
    """Run the notebook in its own folder, in this Python, and return the file that results.

    Raises `nbclient.exceptions.CellExecutionError` where a cell fails.
    """
    nb = nbformat.read(path, as_version=4)
    os.environ["TQDM_DISABLE"] = "1"  # a bar of progress is there or not, as the machine has time
    client = NotebookClient(
        nb,
        kernel_name="python3",
        kernel_manager_class=OwnKernel,
        extra_arguments=["--log-level=ERROR"],
        timeout=600,
        store_widget_state=False,
        record_timing=False,
        resources={"metadata": {"path": str(path.resolve().parent)}},
    )
    asyncio.run(client.async_execute())
    return serialize(nb)


def serialize(nb: NotebookNode) -> bytes:
    """Return the notebook without anything that differs between two executions or machines."""
    nb.nbformat, nb.nbformat_minor = 4, 5
    nb.metadata["kernelspec"] = NotebookNode(KERNEL)
    nb.metadata["language_info"] = NotebookNode(name="python")
    nb.metadata.pop("widgets", None)
    for number, cell in enumerate(nb.cells):
        cell["id"] = f"c{number}"
        for key in PASSING:
            cell.metadata.pop(key, None)
        if cell.cell_type == "code":
            _settle_outputs(cell)
    return (nbformat.writes(nb, version=4) + "\n").encode()


def lint(path: Path) -> list[str]:
    """Return what is wrong with a stored notebook, one sentence for each fault."""
    nb = nbformat.read(path, as_version=4)
    cells = [(n, c) for n, c in enumerate(nb.cells) if c.cell_type == "code" and c.source.strip()]
    faults = []
    for count, (number, cell) in enumerate(cells, start=1):
        found = list(_cell_faults(cell, count))
        for output in cell.outputs:
            found += _output_faults(output, cell)
        faults += [f"{path.name}, cell {number}: {fault}" for fault in found]
    return faults


def _settle_outputs(cell: NotebookNode) -> None:
    if not cell.source.strip():
        cell.outputs, cell.execution_count = [], None
    merged: list[NotebookNode] = []
    for output in cell.outputs:
        last = merged[-1] if merged else {}
        if output.output_type == "stream" == last.get("output_type") and output.name == last.name:
            last["text"] += output.text
        else:
            merged.append(output)
        if VIEW in output.get("data", {}):
            del output.data[VIEW]
            output.metadata[WIDGET] = True
        if output.output_type == "error":
            output["traceback"] = [f"{output.ename}: {output.evalue}"]
    cell.outputs = merged


def _cell_faults(cell: NotebookNode, count: int) -> Iterator[str]:
    if cell.execution_count is None:
        yield "not executed"
    elif cell.execution_count != count:
        yield f"executed out of order: [{cell.execution_count}] where [{count}] is due"
    if UNCHECKED.search(cell.source) or UNCHECKED_TAGS & set(cell.metadata.get("tags", [])):
        yield "its output is left unchecked"
    if CAPTURED.search(cell.source):
        yield "captured output, which nbval cannot compare"


def _output_faults(output: NotebookNode, cell: NotebookNode) -> Iterator[str]:
    data = output.get("data", {})
    plain, written = data.get("text/plain", ""), _text(output)
    if ADDRESS.search(written):
        yield "an object's address in the output"
    if MACHINE.search(written):
        yield "a path of one machine in the output"
    if output.get("name") == "stderr":
        yield "a warning in the output"
    if output.output_type == "error" and not _may_fail(cell):
        yield "an error in the output"
    if "image/png" in data and not any(map(_tells_numbers, cell.outputs)):
        yield "a png without digest"
    if VIEW in data:
        yield "a live view, which the reader cannot see before running the cell"
    if _is_widget(output) and (len(plain) > LONGEST or "…" in plain or plain.endswith("...")):
        yield "a widget's text is cut, so that nbval does not see its end"


def _text(output: NotebookNode) -> str:
    """All that nbval compares as text, and the text of an error."""
    shown = [text for kind, text in output.get("data", {}).items() if kind != "image/png"]
    return "\n".join(map(str, [*shown, output.get("text", ""), output.get("evalue", "")]))


def _tells_numbers(output: NotebookNode) -> bool:
    return output.output_type == "stream" or "text/latex" in output.get("data", {})


def _is_widget(output: NotebookNode) -> bool:
    return VIEW in output.get("data", {}) or WIDGET in output.get("metadata", {})


def _may_fail(cell: NotebookNode) -> bool:
    tagged = "raises-exception" in cell.metadata.get("tags", [])
    return tagged or "NBVAL_RAISES_EXCEPTION" in cell.source


def _write(path: Path, content: bytes) -> None:
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)


def _each(paths: list[Path], action: Callable[[Path], None]) -> None:
    for path in paths:
        print(f"executing {path.name}", flush=True)
        action(path)


def main() -> None:
    """Execute what the arguments name, then print each fault of form; stop with 1 at any."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="write there, not in place")
    parser.add_argument("--lint", action="store_true", help="check the form only")
    chosen = parser.parse_args()
    sources = chosen.notebooks or notebooks()
    results = {path: (chosen.to or path.parent) / path.name for path in sources}
    if chosen.to:
        chosen.to.mkdir(parents=True, exist_ok=True)
    if not chosen.lint:
        _each(sources, lambda path: _write(results[path], execute(path)))
    faults = [f for path in sources for f in lint(path if chosen.lint else results[path])]
    print("\n".join(faults) or f"{len(sources)} notebooks in good form")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
