"""Serve the book in JupyterLab until stopped. `make lab` runs this in the lab's environment.

Everything given on the command line goes on to JupyterLab, after the settings made here. Its
defaults are in tools/jupyter: no news, and no autosave, since JupyterLab writes the version of
Python into every notebook that is opened, and would so change the book by its being read.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
DEFAULTS = ROOT / "tools" / "jupyter"
FIRST = "01_ledger.ipynb"


def main() -> None:
    """Trust the book's own notebooks, so that stored outputs show, then become JupyterLab."""
    _run("-c", "import matplotlib.pyplot")
    _run("-c", "from nbformat.sign import TrustNotebookApp as App; App.launch_instance()",
         "--log-level=WARN", *sorted(map(str, NOTEBOOKS.glob("*.ipynb"))))
    os.environ["JUPYTER_CONFIG_PATH"] = str(DEFAULTS)
    command = [sys.executable, "-m", "jupyterlab", *options(), *sys.argv[1:]]
    print("JupyterLab serves the book. The address is below; Ctrl-C stops it.", flush=True)
    os.execv(sys.executable, command)


def options() -> list[str]:
    """The command line of JupyterLab: open on chapter 1, ask nothing, call nobody."""
    chosen = [
        f"--ServerApp.root_dir={NOTEBOOKS}",
        f"--LabApp.default_url=/lab/tree/{FIRST}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        "--ServerApp.answer_yes=True",
    ]
    if _is_root():
        chosen.append("--allow-root")
    if _is_root() or not _has_display():
        chosen.append("--no-browser")
    return chosen


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _has_display() -> bool:
    if sys.platform == "darwin":
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


if __name__ == "__main__":
    main()
