"""Run every check, two at a time: `make test`.

The tests are shared out by the first letter of their file, and the notebooks are compared last.
The first part prints as it runs; what the others say follows when they are done.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
PYTEST = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider")
#: Files up to this letter are the first part; the two take about as long.
MIDDLE = "l"


def parts() -> list[list[str]]:
    """The arguments of each run of pytest: every test file once, doctests, and the notebooks."""
    files = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("tests/test_*.py"))
    first = [file for file in files if Path(file).stem.removeprefix("test_") < MIDDLE]
    second = [file for file in files if file not in first]
    return [first, ["--doctest-modules", *second, "perpedu"],
            ["--nbval", "--nbval-current-env", "notebooks/"]]


def main() -> int:
    """0 where every part passed."""
    shown, hidden, notebooks = parts()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        beside = _started(hidden, said)
        try:
            codes = [_started(shown).wait(), beside.wait()]
        finally:
            beside.kill()
        said.seek(0)
        print(said.read(), flush=True)
    codes.append(_started(notebooks).wait())
    return max(codes)


def _started(arguments: list[str], said: IO[str] | None = None) -> subprocess.Popen:
    return subprocess.Popen([*PYTEST, *arguments], cwd=ROOT, stdout=said,
                            stderr=subprocess.STDOUT if said else None)


if __name__ == "__main__":
    sys.exit(main())
