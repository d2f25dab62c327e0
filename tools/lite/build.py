"""Build JupyterLite with the chapters: `python -m tools.lite.build [FOLDER]` (`_site/lite`).

`make lite` runs this in an environment of its own. The site that results is plain files for any
web server, and asks nobody else for anything. Its first page says what a start costs.
"""

import json
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from html import escape
from pathlib import Path

import mistune
import nbformat

from perpedu.showing import page
from tools.notebooks import notebooks

from . import browser, npm

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CACHE = ROOT / ".cache" / "lite"
TEXT = ROOT / "docs" / "lite.md"
WHEELS = ROOT / "requirements" / "browser.txt"
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
EXTENSION = "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension"
KERNEL_WHEELS = ("piplite", "pyodide_kernel", "ipykernel")
PLUGIN = "@jupyterlite/pyodide-kernel-extension:kernel"
KERNEL = {"display_name": "Python (Pyodide)", "language": "python", "name": "python"}
MARK = "jupyter-lite.json"
#: JupyterLite looks for this element in its first page.
CONFIG = ('<script id="jupyter-config-data" type="application/json" data-jupyter-lite-root=".">'
          "{}</script>")
#: The first chapter that computes arrays; most of those after it simulate.
WITH_NUMPY = "09"
OPTIONS = ("--apps=lab", "--no-sourcemaps", "--no-unused-shared-packages", "--contents=chapters")


def build(output: Path) -> None:
    """Write the site into the folder, in place of an earlier one.

    Raises ValueError where the folder holds something else.
    """
    if output.exists() and not (output / MARK).exists() and any(output.iterdir()):
        raise ValueError(f"{output} holds something else than JupyterLite; name another folder")
    project = _empty(CACHE / "project")
    python(project / "static" / "pyodide")
    chapters(project / "chapters")
    (project / MARK).write_text(json.dumps(settings()), "utf-8")
    shutil.copyfile(HERE / "overrides.json", project / "overrides.json")
    _run(sys.executable, "-m", "jupyterlite_core", "build", *OPTIONS, folder=project)
    (project / "_output" / "index.html").write_text(start_page(project / "chapters"), "utf-8")
    shutil.rmtree(output, ignore_errors=True)
    output.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(project / "_output", output)


def python(target: Path) -> None:
    """Pyodide, the wheels of the lock, the kernel's own and the book's, and the list of them."""
    modules = _kept("npm", npm.LOCK, npm.install) / "node_modules"
    wheels = _kept("wheels", WHEELS, _from_index)
    target.mkdir(parents=True)
    for name in CORE:
        shutil.copy(modules / "pyodide" / name, target)
    for wheel in wheels.glob("*.whl"):
        shutil.copy(wheel, target)
    for wheel in _kernel_wheels():
        shutil.copy(wheel, target)
    _run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", target)
    base = json.loads((modules / "pyodide" / "pyodide-lock.json").read_text("utf-8"))
    listed = browser.lock(base, list(target.glob("*.whl")))
    (target / "pyodide-lock.json").write_text(json.dumps(listed), "utf-8")


def exact_notebooks() -> list[Path]:
    """The chapters that compute without NumPy, which is not there."""
    return [path for path in notebooks() if path.name < WITH_NUMPY]


def chapters(target: Path) -> None:
    """These notebooks with what they show: trusted, and bound to the kernel that is there.

    Written as plain JSON, since nbformat takes `trusted` out, and cuts texts into lines, which
    JupyterLab expects a server to join again.
    """
    target.mkdir()
    for path in exact_notebooks():
        nb = nbformat.read(path, as_version=4)
        nb.metadata["kernelspec"] = KERNEL
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.metadata["trusted"] = True
        (target / path.name).write_text(json.dumps(nb, ensure_ascii=False), "utf-8")


def settings() -> dict:
    """JupyterLite's own settings: everything loads at the start, and nothing from elsewhere."""
    kernel = {"disablePyPIFallback": True, "loadPyodideOptions": {"packages": browser.LOADED}}
    return {"jupyter-lite-schema-version": 0, "jupyter-config-data": {
        "appName": "perpedu", "litePluginSettings": {PLUGIN: kernel}}}


def start_page(folder: Path) -> str:
    """The page before the download: the text of docs/lite.md, the chapters after its costs."""
    links = "".join(f'<li><a href="lab/index.html?path={path.name}">{escape(_title(path))}</a>'
                    for path in notebooks(folder))
    costs, _, rest = mistune.html(TEXT.read_text("utf-8")).partition("<h2>")
    return page.html(f"{costs}<ul>{links}</ul>\n<h2>{rest}{CONFIG}", "perpedu in the browser")


def _title(path: Path) -> str:
    first = nbformat.read(path, as_version=4).cells[0].source
    return first.splitlines()[0].removeprefix("# ")


def _kernel_wheels() -> list[Path]:
    folder = Path(sysconfig.get_path("data")) / EXTENSION / "static" / "pypi"
    return [wheel for name in KERNEL_WHEELS for wheel in folder.glob(f"{name}-*.whl")]


def _from_index(folder: Path) -> None:
    """The pure Python wheels of the lock, each with a hash that it states."""
    _run(sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check",
         "--no-deps", "--require-hashes", "--only-binary=:all:", "--platform=any", "--abi=none",
         "--implementation=py", "--python-version=3.14", "--dest", folder, "-r", WHEELS)


def _kept(name: str, lock: Path, fill: Callable[[Path], None]) -> Path:
    """A folder of the cache, filled anew where the lock has changed since."""
    folder, wanted = CACHE / name, lock.read_text("utf-8")
    stamp = folder / "lock"
    if not stamp.exists() or stamp.read_text("utf-8") != wanted:
        fill(_empty(folder))
        stamp.write_text(wanted, "utf-8")
    return folder


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _run(*command: object, folder: Path = ROOT) -> None:
    """Run a command; what it prints is shown only where it fails, and then everything stops."""
    done = subprocess.run([str(word) for word in command], cwd=folder, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        sys.exit(f"{done.stdout}\nThis command failed: {' '.join(map(str, command))}")


def main() -> None:
    """Build into the folder named in the arguments, and say how large it is."""
    output = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "_site" / "lite")
    try:
        build(output)
    except ValueError as refusal:
        sys.exit(str(refusal))
    size = sum(path.stat().st_size for path in output.rglob("*") if path.is_file())
    print(f"{output}: {size / 1e6:.0f} MB on the server; serve it over HTTP")


if __name__ == "__main__":
    main()
