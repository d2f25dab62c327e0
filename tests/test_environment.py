"""The ways to install agree with each other, imports are lazy, and the wheel is complete."""

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
HEAVY = ("sympy", "numpy", "pandas", "matplotlib", "ipywidgets", "anywidget")
LOCKS = {"lab": ["lab"], "site": ["site"], "test": ["lab", "site", "test"], "lite": ["lite"],
         "class": ["class"], "browser": []}


def canonical(requirement: str) -> str:
    """One spelling for each requirement: `Ruamel.YAML >=0.18` is `ruamel-yaml>=0.18`."""
    parsed = Requirement(requirement)
    return f"{canonicalize_name(parsed.name)}{parsed.specifier}"


def lock_entries(name: str) -> dict[str, set[str]]:
    """Each pin of a lock (with its marker) and its hashes."""
    text = (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    hashes = re.compile(r"--hash=(\S+)")
    return {line.split("--hash")[0].strip(): set(hashes.findall(line)) for line in lines}


def declared(lock: str) -> list[str]:
    """What pyproject.toml asks for in the environment of that lock."""
    return PROJECT["dependencies"] + [entry for extra in LOCKS[lock] for entry in EXTRAS[extra]]


def test_conda_and_pyproject_ask_for_the_same() -> None:
    dependencies = YAML(typ="safe").load(ROOT / "environment.yml")["dependencies"]
    conda = [entry for entry in dependencies if isinstance(entry, str)]
    by_pip = [entry for part in dependencies if isinstance(part, dict) for entry in part["pip"]]
    assert f"python{PROJECT['requires-python']}" in conda
    assert "-e ." in by_pip, "the package itself is installed"
    stated = set(conda + by_pip) - {"pip", "-e .", f"python{PROJECT['requires-python']}"}
    assert sorted(map(canonical, stated)) == sorted(map(canonical, declared("lab")))


@pytest.mark.parametrize("lock", ["lab", "test", "lite", "class"])
def test_every_declared_requirement_is_locked(lock: str) -> None:
    pins = {canonicalize_name(pin.name): pin for pin in map(Requirement, lock_entries(lock))}
    for requirement in map(Requirement, declared(lock)):
        pin = pins[canonicalize_name(requirement.name)]
        version = str(pin.specifier).removeprefix("==")
        assert requirement.specifier.contains(version), f"{requirement}, not {pin}: make lock"


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_pins_with_hashes_and_no_addresses(lock: str) -> None:
    text = (ROOT / f"requirements/{lock}.txt").read_text(encoding="utf-8")
    assert not re.search(r"://|^\s*-(?!-hash=)| @ ", text, re.MULTILINE)
    for pin, hashes in lock_entries(lock).items():
        assert re.fullmatch(r"[\w.-]+==[\w.!+-]+( ; .+)?", pin), pin
        assert hashes and all(re.fullmatch(r"sha256:[0-9a-f]{64}", h) for h in hashes), pin


@pytest.mark.parametrize("lock", ["lab", "site"])
def test_other_environments_are_parts_of_the_test_environment(lock: str) -> None:
    part, test = ({pin.split(" ; ")[0]: hashes for pin, hashes in lock_entries(name).items()}
                  for name in (lock, "test"))
    assert part.items() <= test.items()
    assert not any(pin.startswith(("pytest", "playwright", "nbval")) for pin in part)


def test_what_a_class_adds_changes_no_version_of_the_others() -> None:
    own, test = (dict(pin.split(" ; ")[0].split("==") for pin in lock_entries(name))
                 for name in ("class", "test"))
    assert {name: own[name] for name in own.keys() & test.keys()}.items() <= test.items()
    assert "nbgrader" in own and "jupyterhub" in own and "nbgrader" not in test


def test_who_reads_in_the_lab_does_not_install_the_site() -> None:
    heavy = ("sphinx", "jupyter-book", "nodejs")
    assert not any(pin.startswith(heavy) for pin in lock_entries("lab"))


def test_the_lock_of_npm_holds_versions_with_hashes_and_no_addresses() -> None:
    asked, lock = (json.loads((ROOT / f"requirements/{name}.json").read_text("utf-8"))
                   for name in ("package", "package-lock"))
    assert "://" not in (ROOT / "requirements/package-lock.json").read_text("utf-8")
    locked = {path.removeprefix("node_modules/"): entry
              for path, entry in lock["packages"].items() if path}
    assert all(re.fullmatch(r"sha512-\S+", entry["integrity"]) for entry in locked.values())
    for name, version in (asked["dependencies"] | asked["devDependencies"]).items():
        assert locked[name]["version"] == version


def run_python(code: str, folder: Path) -> str:
    """What a fresh Python prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_the_package_loads_none_of_the_heavy_ones(tmp_path: Path) -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import perpedu; "
    code += f"print([name for name in {HEAVY} if name in sys.modules])"
    assert run_python(code, tmp_path) == "[]"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wheel, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    zipfile.ZipFile(built).extractall(folder / "unpacked")
    return folder / "unpacked"


def test_the_wheel_holds_the_package_its_data_and_the_bank(wheel: Path) -> None:
    package = [p.relative_to(ROOT) for p in (ROOT / "perpedu").rglob("*") if p.is_file()]
    wanted = {path for path in package if "__pycache__" not in path.parts}
    wanted |= {Path("perpedu/bank", path.name) for path in (ROOT / "exercises").glob("*.yaml")}
    missing = {str(path) for path in wanted if not (wheel / path).is_file()}
    assert not missing
    for suffix in (".py", ".json", ".js", ".css", ".yaml"):
        assert any(path.suffix == suffix for path in wanted), f"no {suffix} file to look for"
    assert not list(wheel.rglob("test_*")), "tests do not ship"


def test_the_wheel_works_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    code = f"""
import sys
sys.path.insert(0, {str(wheel)!r})
import perpedu as pp
assert pp.__file__.startswith({str(wheel)!r}), pp.__file__
sys.path = [entry for entry in sys.path if entry != {str(ROOT)!r}]
assert "ch01" in pp.exercises()[0]
print(0 < pp.Tiers.load("binance/BTCUSDT/2026-09").rate(1) < 1)
"""
    assert run_python(code, tmp_path) == "True"
