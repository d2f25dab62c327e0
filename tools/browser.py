"""Find a Chromium or Chrome for the tests, and get one where there is none.

Usage: python tools/browser.py [--install]     prints the path of the browser

Standard library only. `PERPEDU_BROWSER` names a browser to use instead.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

SETTING = "PERPEDU_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
APPS = ("Google Chrome", "Chromium")
FLAGS = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)
ADVICE = (
    "The tests need a browser: install Chromium or Google Chrome (Debian: apt-get install "
    f"chromium), or set {SETTING} to the path of one."
)


@cache
def find() -> str | None:
    """Return the path of a browser that starts here, or None."""
    chosen = os.environ.get(SETTING)
    candidates = [chosen] if chosen else _candidates()
    return next((path for path in candidates if _starts(path)), None)


def launch(playwright: Any) -> Any:
    """Start it without a window; it reaches this machine and nothing else."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    flags = [*FLAGS, "--no-sandbox"] if root else [*FLAGS]
    return playwright.chromium.launch(executable_path=find(), args=flags)


def install() -> None:
    """Get a browser: as root on Debian from its packages, otherwise Playwright's own."""
    for commands in _ways():
        print("No browser found; running:", " && ".join(map(" ".join, commands)), file=sys.stderr)
        _run_all(commands)
        find.cache_clear()
        if find():
            return


def _candidates() -> Iterator[str]:
    yield from filter(None, map(shutil.which, NAMES))
    for folder in (Path("/Applications"), Path.home() / "Applications"):
        yield from (str(folder / f"{app}.app/Contents/MacOS/{app}") for app in APPS)
    for folder in _playwright_folders():
        for pattern in ("chrome-*/chrome", "chrome-*/*.app/Contents/MacOS/*", "*/*headless*shell"):
            yield from map(str, sorted(folder.glob(f"chromium*/{pattern}"), reverse=True))


def _playwright_folders() -> list[Path]:
    home = Path.home()
    own = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    usual = [home / ".cache/ms-playwright", home / "Library/Caches/ms-playwright"]
    return ([Path(own)] if own else []) + usual


def _ways() -> Iterator[list[list[str]]]:
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root and shutil.which("apt-get"):
        get = ["apt-get", "install", "-y", "--no-install-recommends"]
        yield [["apt-get", "update"], [*get, "chromium", "fonts-dejavu-core"]]
    yield [[sys.executable, "-m", "playwright", "install", "chromium"]]


def _run_all(commands: list[list[str]]) -> None:
    """Run them in turn, their output on stderr; a failure shows in that no browser is found."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in commands:
        try:
            subprocess.run(command, stdout=sys.stderr, env=environment, timeout=900)
        except (OSError, subprocess.TimeoutExpired) as error:
            print(error, file=sys.stderr)


def _starts(path: str) -> bool:
    """Whether it runs: some systems have a stub of that name which only asks to be installed."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def main() -> None:
    """Print the browser's path, or stop with one line that says what to install."""
    if find() is None and "--install" in sys.argv and not os.environ.get(SETTING):
        install()
    print(find() or sys.exit(ADVICE))


if __name__ == "__main__":
    main()
