"""The rooms of the package: arrows point one way, and the exact core needs SymPy alone."""

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "perpedu"
ROOMS = ["theory", "market", "risk", "monitor", "journal", "engine", "teaching", "showing"]
#: The classroom stands beside `showing`: neither imports the other, but for the report's figure
#: and the mathematics of a printed sheet.
BESIDE = {"classroom": ["showing"], "showing": ["classroom"]}
DRAWS = [PACKAGE / "classroom" / "picture.py", PACKAGE / "classroom" / "printed.py"]
HEAVY = ["numpy", "pandas", "matplotlib", "ipywidgets", "anywidget", "ruamel"]


def imported_rooms(path):
    """The rooms of this package that a module imports from."""
    level = len(path.relative_to(PACKAGE).parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == level:
            names = [node.module] if node.module else [alias.name for alias in node.names]
            yield from (name.split(".")[0] for name in names)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("perpedu."):
            yield node.module.split(".")[1]


def test_arrows_point_one_way():
    wrong = [f"{path.relative_to(PACKAGE)} imports from {room}"
             for number, name in enumerate(ROOMS) for path in (PACKAGE / name).rglob("*.py")
             for room in imported_rooms(path) if room in ROOMS[number + 1:]]
    assert not wrong


def test_the_classroom_stands_beside_what_shows_and_nothing_stands_on_it():
    wrong = [f"{path.relative_to(PACKAGE)} imports from {room}"
             for name in [*ROOMS, "classroom"] for path in (PACKAGE / name).rglob("*.py")
             for room in imported_rooms(path)
             if room in BESIDE.get(name, ["classroom"]) and path not in DRAWS]
    assert not wrong and all("showing" in set(imported_rooms(path)) for path in DRAWS)


def test_grading_loads_nothing_that_draws_until_the_report_is_written():
    script = """
import sys
from perpedu.classroom import commands, course, grade, key, release, report, submission
heavy = {"matplotlib", "anywidget", "ipywidgets"} & set(sys.modules)
shows = [name for name in sys.modules if name.startswith("perpedu.showing")]
assert not heavy and not shows, (heavy, shows)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True,
                          cwd=PACKAGE.parent)
    assert done.returncode == 0, done.stderr


def test_no_module_is_long():
    long = {str(path.relative_to(PACKAGE)): count for path in PACKAGE.rglob("*.py")
            if (count := len(path.read_text(encoding="utf-8").splitlines())) > 400}
    assert not long


@pytest.mark.parametrize("room", ["perpedu", "tools", "tests"])
def test_no_module_gives_one_name_to_two_functions_or_classes(room):
    written = {path: [node.name for node in ast.parse(path.read_text("utf-8")).body
                      if isinstance(node, ast.FunctionDef | ast.ClassDef)]
               for path in (ROOT / room).rglob("*.py")}
    twice = {str(path.relative_to(ROOT)): name for path, names in written.items()
             for name, times in Counter(names).items() if times > 1}
    assert written and not twice


def test_the_exact_core_needs_sympy_alone():
    script = f"""
import sys
for name in {HEAVY}:
    sys.modules[name] = None
import perpedu as pp
trade = pp.Position("long", "0.1", 60_000, leverage=10)
tiers = pp.Tiers.load("binance/BTCUSDT/2026-09")
assert trade.liquidation(tiers).status == "open"
A, W, U = pp.symbols.equity, pp.symbols.collateral, pp.symbols.unrealized_pnl
proof = pp.Derivation("equity", solve_for=A).start((A - W, U), "by definition")
proof.step((A, W + U), "add the collateral").ends_with(pp.formulas.equity)
assert pp.formulas.equity.js() and pp.formulas.equity.latex() and str(proof)
assert pp.parse_answer("q*E", {{"q": pp.symbols.size, "E": pp.symbols.entry_price}})
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True,
                          cwd=PACKAGE.parent)
    assert done.returncode == 0, done.stderr


def test_what_is_drawn_says_so_where_matplotlib_is_missing():
    script = """
import inspect, pkgutil, sys
from importlib import import_module
for name in ("numpy", "matplotlib"):
    sys.modules[name] = None
from perpedu import showing
from perpedu.showing.look import NO_PICTURE

modules = [item.name for item in pkgutil.iter_modules(showing.__path__, "perpedu.showing.")
           if item.name.startswith("perpedu.showing.chapter")]
for module in map(import_module, modules):
    for name, make in inspect.getmembers(module, inspect.isfunction):
        what = str(make.__annotations__.get("return")).strip("'\\"")
        if what == "Shown" and make.__module__ == module.__name__:
            assert NO_PICTURE in make()._repr_html_() and str(make()) == NO_PICTURE, name
            print(name)
        if what == "Explorer" and make.__module__ == module.__name__:
            made = make()
            assert made.state and (NO_PICTURE in made.html()) == bool(made.chart), name
            print(name)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True,
                          cwd=PACKAGE.parent)
    assert done.returncode == 0, done.stderr
    assert {"equity_lines", "ledger_bars", "ledger_explorer"} <= set(done.stdout.split())


def test_a_missing_module_that_draws_nothing_is_still_reported():
    from perpedu.showing.look import drawn

    @drawn
    def broken():
        import a_module_that_nobody_has  # noqa: F401

    with pytest.raises(ModuleNotFoundError, match="a_module_that_nobody_has"):
        broken()


def test_every_public_name_says_what_it_means():
    import perpedu as pp

    for name in pp.__all__:
        assert (getattr(pp, name).__doc__ or "").strip(), name
