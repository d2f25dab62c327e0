"""Build the site: sources checked, Jupyter Book run with warnings as errors, links checked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from . import CACHE, LITE, OUT, ROOT, SITE, Refused, check, links, numbers, vendor
from .assemble import SOURCE, assemble, clear
from .chapters import chapters
from .lighter import lighter

BUILT = CACHE / "built"
#: Left out of what is published: Sphinx's own notes, templates, and maps for debugging.
PRIVATE = re.compile(r"\.buildinfo|\.doctrees|macros\.html$|\.map$")


def build(out: Path = OUT, cold: bool = False) -> Path:
    """The site in `out`; `cold` reads everything anew.

    Raises Refused, with the place, for whatever a reader would stumble over.
    """
    if cold:
        clear()
    check.sources()
    vendor.install()
    assemble()
    publish(lighter(jupyter_book("html")), out)
    links.check(out)
    return out


def jupyter_book(builder: str, source: Path = SOURCE, built: Path = BUILT) -> Path:
    """Run Jupyter Book, quietly; its warnings are refusals."""
    _forget(source, built)
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build",
               str(source), "--path-output", str(built), "--builder", builder, "-W",
               "--keep-going", "-q"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=os.environ | {
        "SOURCE_DATE_EPOCH": changed(), "PYTHONWARNINGS": "ignore"})
    warnings = told(done.stderr, source)
    if done.returncode or warnings:
        shutil.rmtree(built, ignore_errors=True)  # Sphinx would not warn of the same page again
        raise Refused("\n".join(warnings) or done.stdout + done.stderr)
    (built / "stamp").write_text(_unseen(source), "utf-8")
    return built / "_build" / builder


def _forget(source: Path, built: Path) -> None:
    """What Sphinx would keep although it changed: everything where it cannot see why, and the
    finished pages always, since numbers and terms in them come from other pages."""
    stamp = built / "stamp"
    if not stamp.exists() or stamp.read_text("utf-8") != _unseen(source):
        shutil.rmtree(built, ignore_errors=True)
    for page in (built / "_build").glob("*html/**/*.html"):
        page.unlink()


def _unseen(source: Path) -> str:
    """A digest of what pages depend on without Sphinx knowing."""
    parts = [source / "references.bib", ROOT / "requirements" / "site.txt", Path(numbers.__file__)]
    return sha256(b"".join(path.read_bytes() for path in parts)).hexdigest()


def told(stderr: str, source: Path) -> list[str]:
    """Sphinx's warnings, each with its place in the repository; notebooks by their cell."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", stderr)
    lines = [line for line in plain.splitlines() if re.search(r"\b(WARNING|ERROR|CRITICAL):", line)]
    return [re.sub(r"\.ipynb:(\d+)", _cell, _home(line.replace(f"{source}{os.sep}", "")))
            for line in lines]


def _home(line: str) -> str:
    return f"site/{line}" if re.match(r"[\w-]+\.(md|bib|yml)\b", line) else line


def _cell(found: re.Match) -> str:
    """myst-nb counts a cell as ten thousand lines."""
    cell, line = divmod(int(found[1]), 10_000)
    return f".ipynb, cell {cell - 1}, line {line}" if cell else f".ipynb, line {line}"


def publish(built: Path, out: Path) -> None:
    """Make `out` the same as `built`, with the notebooks as they are in the repository."""
    wanted = {path.relative_to(built): path for path in _files(built)
              if not PRIVATE.search(str(path))}
    assets = SOURCE / "assets"  # Sphinx copies them only with a changed page
    wanted |= {"_static" / path.relative_to(assets): path for path in _files(assets)}
    wanted |= {Path("_sources", f"{chapter.file}.ipynb"): ROOT / f"{chapter.file}.ipynb"
               for chapter in chapters()}
    for name, path in wanted.items():
        _copy(path, out / name)
    for path in _files(out):
        name = path.relative_to(out)
        if name not in wanted and name.parts[0] != LITE:
            path.unlink()
    (out / ".nojekyll").touch()


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def _copy(path: Path, target: Path) -> None:
    if target.exists() and target.stat().st_mtime_ns == path.stat().st_mtime_ns:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(path, target)


def changed() -> str:
    """When the sources last changed, in seconds: by git, otherwise the newest file's date."""
    with suppress(OSError, subprocess.CalledProcessError):
        done = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, check=True,
                              capture_output=True, text=True)
        return done.stdout.strip()
    return str(max(int(path.stat().st_mtime) for path in SITE.rglob("*.md")))
