"""A fresh Python for each import, started and ended: `import perpedu`, nothing (`pass`), and
`import sympy`. Medians of 15 turns.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from ..timing import at_least, at_most, medians, seconds

ROOT = Path(__file__).resolve().parents[2]
OVER = "`import perpedu`: its time over that of bare Python"
FASTER = "`import perpedu`: times faster than `import sympy`"
TARGETS = {OVER: at_most(2), FASTER: at_least(10)}


def measure(tiny: bool = False) -> dict[str, float]:
    """The ratios to nothing and to SymPy."""
    took = medians(1 if tiny else 15, bare=running("pass"), perpedu=running("import perpedu"),
                   sympy=running("import sympy"))  # fmt: skip
    return {OVER: took["perpedu"] / took["bare"], FASTER: took["sympy"] / took["perpedu"]}


def running(code: str) -> Callable[[], float]:
    """A job: a fresh Python runs this code."""
    command = [sys.executable, "-c", code]
    return lambda: seconds(lambda: subprocess.run(command, cwd=ROOT, check=True))
