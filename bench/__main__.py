"""Measure, print the ratios, and write docs/speed.md. A missed target is said, not an error."""

import pkgutil
from importlib import import_module
from pathlib import Path
from types import ModuleType

from . import measurements
from .page import page, row

SPEED = Path(__file__).resolve().parent.parent / "docs" / "speed.md"


def modules() -> list[ModuleType]:
    """Every measurement, by name."""
    names = sorted(found.name for found in pkgutil.iter_modules(measurements.__path__))
    return [import_module(f"{measurements.__name__}.{name}") for name in names]


def main() -> None:
    """Run all of them, one after the other."""
    found = {}
    for module in modules():
        found[module] = module.measure()
        for what, ratio in found[module].items():
            print(row(module, what, ratio), flush=True)
    SPEED.write_text(page(found), "utf-8")


if __name__ == "__main__":
    main()
