"""Make a virtual environment from a lock: with uv where it works, otherwise venv and pip.

Usage: python tools/environment.py .venv-lab requirements/lab.txt

Standard library only. The package itself is not copied: a path file in the environment names
the checkout, relative to itself, so that nothing has to be built and the folder may be moved.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
# Settings that would send the packages somewhere else than into the environment.
FOREIGN = ("PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT",
           "PIP_REQUIRE_VIRTUALENV", "UV_PROJECT_ENVIRONMENT", "VIRTUAL_ENV", "CONDA_PREFIX")


def main() -> None:
    """Build the environment named in the arguments, or stop with one line that says what to do."""
    if sys.version_info < OLDEST:
        sys.exit("perpedu needs Python 3.11 or newer, this is " + sys.version.split()[0])
    target, lock = Path(sys.argv[1]), Path(sys.argv[2])
    for name in FOREIGN:
        os.environ.pop(name, None)
    print(f"Setting up {target} from {lock}: about a minute, once.", flush=True)
    if not _with_uv(target, lock):
        _with_pip(target, lock)
    _add_checkout(target)
    print(f"{target} is ready.", flush=True)


def _with_uv(target: Path, lock: Path) -> bool:
    """Whether uv did it. Not there, too old or unable to reach a registry: pip may still do."""
    uv = shutil.which("uv")
    if uv is None or not _runs(uv, "--version"):
        return False
    _remove(target)
    python = target / "bin" / "python"
    make = [uv, "venv", "--quiet", "--no-project", "--python", sys.executable, target]
    fill = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, lock]
    filled = _runs(*make, show=True) and _runs(*fill, show=True)
    if not filled:
        print("uv did not succeed; using pip instead.", flush=True)
    return filled


def _with_pip(target: Path, lock: Path) -> None:
    _remove(target)
    pip = _venv(target)
    install = [*pip, "install", "-qq", "--disable-pip-version-check", "--no-deps",
               "--require-hashes", "--requirement", lock]
    if not _runs(*install, show=True):
        sys.exit(f"pip could not install {lock} (the lines above say why); run make again after.")


def _venv(target: Path) -> list:
    """Make the environment; return the command that runs pip for it."""
    _provide_ensurepip()
    python = target / "bin" / "python"
    if _has("ensurepip"):
        if _runs(sys.executable, "-m", "venv", target, show=True):
            return [python, "-m", "pip"]
    elif _has("pip") and _runs(sys.executable, "-m", "venv", "--without-pip", target):
        return [sys.executable, "-m", "pip", "--python", python]
    sys.exit(
        f"{sys.executable} cannot make virtual environments: install uv, or on Debian and Ubuntu "
        "the package python3-venv."
    )


def _provide_ensurepip() -> None:
    """Debian ships Python without it; as root the missing package can be fetched."""
    if _has("ensurepip") or _has("pip") or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    package = "python{}.{}-venv".format(*sys.version_info[:2])
    print(f"Installing {package} with apt-get.", flush=True)
    if _runs("apt-get", "update", "-qq"):
        _runs("apt-get", "install", "-y", "-qq", "--no-install-recommends", package)


def _has(module: str) -> bool:
    return _runs(sys.executable, "-c", f"import {module}")


def _add_checkout(target: Path) -> None:
    site = Path(sysconfig.get_path("purelib", "venv", vars={"base": str(target.resolve())}))
    (site / "perpedu.pth").write_text(os.path.relpath(ROOT, site) + "\n", encoding="utf-8")


def _remove(target: Path) -> None:
    if target.exists():
        shutil.rmtree(target)


def _runs(*command: object, show: bool = False) -> bool:
    """Whether the command succeeds; `show` lets its output through."""
    output = None if show else subprocess.DEVNULL
    try:
        done = subprocess.run([str(word) for word in command], stdout=output, stderr=output)
    except OSError:
        return False
    return done.returncode == 0


if __name__ == "__main__":
    main()
