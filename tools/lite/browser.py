"""What runs in the browser: Pyodide, and one list of the wheels beside it with their needs.

Pyodide loads a package, and what it needs, by its own pyodide-lock.json. A need that is not in
that list makes the kernel wait for ever and say nothing, so here it stops the build.
"""

from __future__ import annotations

import zipfile
from hashlib import sha256
from importlib.metadata import PathDistribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

#: The start: what the kernel asks for by name, and the book's package. Their needs follow.
LOADED = ("micropip", "piplite", "ipykernel", "comm", "pyodide-kernel", "jedi", "ipython",
          "perpedu")
#: Needed elsewhere and not here. Nobody builds the first two for WebAssembly where we may take
#: them from; the page has the widgets' front ends already; the rest have no use in a browser.
LEFT_OUT = {"numpy", "matplotlib", "tqdm", "widgetsnbextension", "jupyterlab-widgets"}


def lock(base: dict[str, Any], wheels: list[Path]) -> dict[str, Any]:
    """Pyodide's lock with these wheels in place of the hundreds that it would fetch.

    Raises ValueError where a wheel needs something that is neither here nor left out on purpose.
    """
    packages = dict(_entry(wheel, base["info"]) for wheel in sorted(wheels))
    wanted = [(name, need) for name, item in packages.items() for need in item["depends"]]
    missing = [f"{name} needs {need}" for name, need in wanted if need not in packages]
    missing += [f"the kernel needs {name}" for name in LOADED if name not in packages]
    if missing:
        raise ValueError("; ".join(missing) + ": expected a wheel for it (see "
                         "requirements/browser.in) or an entry in LEFT_OUT")
    return {"info": base["info"], "packages": packages}


def _entry(wheel: Path, info: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """The canonical name of a wheel's package, and what Pyodide wants to know of it."""
    name, version = parse_wheel_filename(wheel.name)[:2]
    return name, {
        "name": name, "version": str(version), "file_name": wheel.name, "install_dir": "site",
        "sha256": sha256(wheel.read_bytes()).hexdigest(), "package_type": "package",
        "imports": [], "depends": _needs(wheel, info), "unvendored_tests": False,
    }  # fmt: skip


def _needs(wheel: Path, info: dict[str, str]) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        (folder,) = {name.split("/")[0] for name in archive.namelist()
                     if name.split("/")[0].endswith(".dist-info")}
        stated = PathDistribution(zipfile.Path(archive, folder + "/")).requires or []
    needs = [item for item in map(Requirement, stated)
             if item.marker is None or item.marker.evaluate(_environment(info))]
    return sorted({canonicalize_name(item.name) for item in needs} - LEFT_OUT)


def _environment(info: dict[str, str]) -> dict[str, str]:
    """What the conditions in a wheel's needs are about, in Pyodide."""
    return {
        "python_full_version": info["python"], "implementation_version": info["python"],
        "python_version": ".".join(info["python"].split(".")[:2]), "os_name": "posix",
        "sys_platform": "emscripten", "platform_system": "Emscripten",
        "platform_machine": info["arch"], "platform_release": "", "platform_version": "",
        "implementation_name": "cpython", "platform_python_implementation": "CPython",
        "extra": "",
    }  # fmt: skip
