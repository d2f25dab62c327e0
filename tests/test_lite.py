"""What `make lite` puts into the browser: the exact core, whole, locked, and from nowhere else."""

import json
import re
import tomllib
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.test_environment import lock_entries
from tools.lite import browser

ROOT = Path(__file__).resolve().parent.parent
NPM = ROOT / "tools" / "lite"
BASE = {"info": {"python": "3.14.2", "arch": "wasm32"}, "packages": {"numpy": {}}}
NO_USE = "only_elsewhere ; sys_platform != 'emscripten'"


def names(lines):
    return {canonicalize_name(Requirement(line).name): Requirement(line).specifier
            for line in lines}


def test_the_browser_has_what_the_package_needs_but_for_what_computes_with_numpy():
    needed = names(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
        "dependencies"])
    lines = (ROOT / "requirements/browser.in").read_text("utf-8").splitlines()
    asked = names(line for line in lines if line and not line.startswith("#"))
    assert needed.keys() - asked.keys() == {"numpy", "matplotlib", "tqdm"} <= browser.LEFT_OUT
    assert all(asked[name] == bound for name, bound in needed.items() if name in asked)


def test_the_browser_has_the_versions_of_the_lab():
    versions = names(lock_entries("test"))
    for name, bound in names(lock_entries("browser")).items():
        assert versions.get(name, bound) == bound, f"{name}: make lock"


def test_npm_is_locked_by_hash_and_without_addresses():
    written = (NPM / "package-lock.json").read_text("utf-8")
    assert "://" not in written
    locked = json.loads(written)["packages"]
    asked = json.loads((NPM / "package.json").read_text("utf-8"))["dependencies"]
    assert locked[""]["dependencies"] == asked
    assert all(re.fullmatch(r"[\d.]+", version) for version in asked.values()), "a pin"
    assert all(item["integrity"].startswith("sha512-") for path, item in locked.items() if path)


# ---- the list that Pyodide loads from


@pytest.fixture
def wheels(tmp_path):
    """A wheel for each name that the kernel asks for, and what else is given."""
    def make(**needs):
        for name in {*browser.LOADED, *needs}:
            file = name.replace("-", "_")
            with zipfile.ZipFile(tmp_path / f"{file}-1.0-py3-none-any.whl", "w") as wheel:
                needed = "".join(f"Requires-Dist: {need}\n" for need in needs.get(name, ()))
                wheel.writestr(f"{file}-1.0.dist-info/METADATA",
                               f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{needed}")
        return sorted(tmp_path.glob("*.whl"))

    return make


def test_the_list_holds_these_wheels_with_hashes_and_needs_and_no_others(wheels):
    made = wheels(perpedu=["sympy>=1.13", "numpy", NO_USE, "x ; extra == 'lab'"], sympy=())
    listed = browser.lock(BASE, made)
    assert listed["info"] == BASE["info"]
    assert {item["file_name"] for item in listed["packages"].values()} == {p.name for p in made}
    assert listed["packages"]["perpedu"]["depends"] == ["sympy"]
    assert listed["packages"]["ipykernel"]["sha256"] == sha256(
        next(path for path in made if path.name.startswith("ipykernel")).read_bytes()).hexdigest()


def test_a_need_without_a_wheel_stops_the_build_instead_of_the_kernel(wheels):
    made = wheels(perpedu=["SymPy>=1.13"])
    with pytest.raises(ValueError, match="perpedu needs sympy: expected a wheel"):
        browser.lock(BASE, made)


def test_a_kernel_without_its_wheels_stops_the_build(wheels):
    made = [path for path in wheels() if not path.name.startswith("jedi")]
    with pytest.raises(ValueError, match="the kernel needs jedi"):
        browser.lock(BASE, made)
