"""`pytest --nbval` over all chapters, from its start to its end, against starting a bare kernel
for each of them, from its start to its first answer. Medians of 3 turns.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from nbformat import v4

from tools.notebooks import NOTEBOOKS, notebooks

from ..kernel import kernel
from ..timing import at_most, medians, seconds

WHAT = "Testing the notebooks: its time over that of starting as many bare kernels"
TARGETS = {WHAT: at_most(20)}
NBVAL = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-q",
         "-p", "no:cacheprovider"]  # fmt: skip


def measure(tiny: bool = False) -> dict[str, float]:
    """The ratio for the chapters of the book; tiny, for one small notebook."""
    if not tiny:
        return ratio(NOTEBOOKS, 3)
    with TemporaryDirectory() as folder:
        small = v4.new_notebook(cells=[v4.new_markdown_cell("# Small"), v4.new_code_cell("1")])
        nbformat.write(small, Path(folder, "small.ipynb"))
        return ratio(Path(folder), 1)


def ratio(folder: Path, rounds: int) -> dict[str, float]:
    """Testing the notebooks of this folder over starting their kernels."""
    count = len(notebooks(folder))
    took = medians(rounds, tests=lambda: seconds(lambda: test(folder)),
                   kernels=lambda: sum(start() for _ in range(count)))  # fmt: skip
    return {WHAT: took["tests"] / took["kernels"]}


def test(folder: Path) -> None:
    """Run the folder's notebooks under nbval; an error where one fails."""
    subprocess.run([*NBVAL, str(folder)], check=True, stdout=subprocess.DEVNULL)


def start() -> float:
    """The seconds from the start of a kernel to its first answer."""
    opened = kernel()
    took = seconds(opened.__enter__)
    opened.__exit__(None, None, None)
    return took
