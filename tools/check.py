"""Run every check, on all processors: `make test`.

What takes long runs by itself, the longest first, so that no processor waits at the end; the other
test files run together. What a part says is printed when it is done.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tools.book import vendor

ROOT = Path(__file__).resolve().parent.parent
PYTEST = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider")
#: Those that build the pages, one after the other, because they build in one place.
BUILDING = ("site", "appendices", "book", "bench")
#: Test files that run by themselves, the longest first; nbgrader's makes an environment.
ALONE = ("lab", "exercises", "mutation", "chapters", "nbgrader", "notebooks", "account", "classroom")
NOTEBOOKS = ("--nbval", "--nbval-current-env")


def parts() -> list[list[str]]:
    """The arguments of each run of pytest: every test file once, doctests, every notebook once."""
    building, alone = ([f"tests/test_{name}.py" for name in names] for names in (BUILDING, ALONE))
    files = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("tests/test_*.py"))
    books = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("notebooks/*.ipynb"))
    rest = [file for file in files if file not in building + alone]
    return [building, [*NOTEBOOKS, *books[::2]], [*NOTEBOOKS, *books[1::2]],
            ["--doctest-modules", *rest[::2], "perpedu"], rest[1::2],
            *([file] for file in alone)]


def main() -> int:
    """0 where every part passed."""
    began = time.monotonic()
    vendor.install()  # once, before several parts want it
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        running = {pool.submit(_run, arguments): arguments for arguments in parts()}
        codes = [_told(running[done], done.result(), began) for done in as_completed(running)]
    return max(codes)


def _run(arguments: list[str]) -> subprocess.CompletedProcess:
    return subprocess.run([*PYTEST, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.STDOUT, encoding="utf-8", errors="replace")


def _told(arguments: list[str], done: subprocess.CompletedProcess, began: float) -> int:
    names = [Path(one).stem for one in arguments if not one.startswith("--")]
    print(done.stdout)
    print(f"after {time.monotonic() - began:.0f} s: {'passed' if done.returncode == 0 else 'FAILED'}:",
          *names, flush=True)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
