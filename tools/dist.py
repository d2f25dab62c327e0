"""What a release carries, in dist/: wheel, sdist, the site for reading offline, the book as PDF.

The sdist is built from the checkout and the wheel from the sdist, so that nobody needs git; the
wheel is then tried in an environment of its own, away from the checkout.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from tools.book import build, printed
from tools.book.chromium import started

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
HATCH = (sys.executable, "-m", "hatchling", "build", "--directory")
TRY = """
import perpedu as pp
assert "site-packages" in pp.__file__, pp.__file__
trade = pp.Position("long", "0.1", 60_000, leverage=10)
assert pp.show(trade.liquidation_price("0.005"), unit="quote").startswith("54,271.36")
assert trade.liquidation(pp.Tiers.load("binance/BTCUSDT/2026-09")).status == "open"
assert pp.Venue.load("bybit") and pp.exercises() and pp.worked_example("000-26")
assert pp.exercise("ch01.equity", seed="mine").check("1").message
for name in pp.__all__:
    getattr(pp, name)
print("perpedu", pp.__version__, "works from the wheel")
"""


def main() -> None:
    """Build everything anew and say what there is."""
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir()
    try_out(wheel(sdist()))
    pages(build.build())
    book()
    (DIST / "notes.md").write_text(notes((ROOT / "CHANGELOG.md").read_text("utf-8")), "utf-8")
    for path in sorted(DIST.iterdir()):
        print(f"{path.stat().st_size / 1e6:8.1f} MB  dist/{path.name}")


def sdist(folder: Path = DIST) -> Path:
    """The source, as it is in the checkout."""
    subprocess.run([*HATCH, folder, "--target", "sdist"], cwd=ROOT, check=True)
    return next(folder.glob("*.tar.gz"))


def wheel(source: Path) -> Path:
    """The wheel, from the unpacked sdist; it stands beside the sdist."""
    with tempfile.TemporaryDirectory() as away:
        with tarfile.open(source) as packed:
            packed.extractall(away, filter="data")
        (unpacked,) = Path(away).iterdir()
        subprocess.run([*HATCH, source.parent, "--target", "wheel"], cwd=unpacked, check=True)
    return next(source.parent.glob("*.whl"))


def try_out(built: Path) -> None:
    """Install the wheel with what it declares, from a registry, and use it from another folder."""
    with tempfile.TemporaryDirectory() as away:
        subprocess.run([sys.executable, "-m", "venv", f"{away}/env"], check=True)
        python = Path(away, "env", "Scripts" if sys.platform == "win32" else "bin", "python")
        subprocess.run([python, "-m", "pip", "install", "-q", built], cwd=away, check=True)
        subprocess.run([python, "-c", TRY], cwd=away, check=True)


def pages(site: Path) -> None:
    """The site as one file, to unpack and open without a network."""
    name = f"perpedu-{_version()}-site"
    with zipfile.ZipFile(DIST / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(path for path in site.rglob("*") if path.is_file()):
            packed.write(path, Path(name) / path.relative_to(site))


def book() -> None:
    """The print edition."""
    printed.page()
    with started() as browser:
        shutil.copy(printed.pdf(browser), DIST / f"perpedu-{_version()}.pdf")


def notes(changes: str) -> str:
    """The newest entry of the list of changes, without its heading.

    >>> notes("# Changes\\n\\n## 0.2\\n\\n- new\\n\\n## 0.1\\n\\n- old\\n")
    '- new\\n'
    """
    return re.split(r"^## .*$", changes, flags=re.M)[1].strip() + "\n"


def _version() -> str:
    from perpedu import __version__

    return __version__


if __name__ == "__main__":
    main()
