"""The unit tests with the oldest versions that pyproject.toml allows, and with the newest.

Notebooks are not compared: their outputs hold under the lock alone. Needs uv and a registry.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: What the tests import beside the package's own dependencies; of these the locked versions will do.
TESTED_WITH = ("pytest", "nbval", "nbclient", "nbformat", "nbconvert", "playwright", "packaging",
               "distributed", "ipykernel", "mistune")
SHOWN = ("sympy", "numpy", "matplotlib", "ipywidgets", "anywidget", "ruamel-yaml", "tqdm")


def main(*which: str) -> int:
    """0 where the tests pass with both; `lowest-direct` or `highest` alone where named."""
    uv = shutil.which("uv")
    if uv is None:
        sys.exit("this needs uv: pip install uv")
    return max([tested(uv, resolution) for resolution in which or ("lowest-direct", "highest")])


def tested(uv: str, resolution: str) -> int:
    """Make an environment of its own, say what is in it, run the unit tests."""
    with tempfile.TemporaryDirectory() as away:
        python = Path(away, "env", "Scripts" if sys.platform == "win32" else "bin", "python")
        _run(uv, "venv", "-q", "--python", sys.executable, Path(away, "env"))
        _run(uv, "pip", "install", "-q", "--python", python, "--resolution", resolution,
             "-r", ROOT / "pyproject.toml")
        kept = _run(uv, "pip", "freeze", "--python", python)
        Path(away, "kept.txt").write_text(kept, "utf-8")
        _run(uv, "pip", "install", "-q", "--python", python, "-c", Path(away, "kept.txt"),
             *TESTED_WITH)
        print(f"{resolution}:", ", ".join(line for line in kept.splitlines()
                                          if line.split("==")[0] in SHOWN), flush=True)
        command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--units"]
        return subprocess.run(command, cwd=ROOT).returncode


def _run(*command: object) -> str:
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
