"""The page of the ratios: docs/speed.md, which the book includes."""

import os
import platform
from datetime import date
from types import ModuleType

import numpy

ROW = "| {} | {} | {} | {} |".format


def page(found: dict[ModuleType, dict[str, float]]) -> str:
    """The whole page, for the ratios of each measurement."""
    rows = [row(module, what, ratio) for module, ratios in found.items()
            for what, ratio in ratios.items()]
    ways = [f"- **{name(module)}.** {' '.join((module.__doc__ or '').split())}" for module in found]
    return "\n".join([
        "# Speed", "", machine(), "",
        "Ratios of medians, from one run of `make bench`. What is compared took turns, so that a "
        "slow spell of the machine meets both sides. A missed target is shown, not hidden.", "",
        ROW("What", "Ratio", "Target", "Met"), ROW("---", "---:", "---", "---"), *rows, "",
        "How it was measured:", "", *ways, ""])  # fmt: skip


def machine() -> str:
    """When and where."""
    today = date.today()
    return (f"{today.day} {today:%B %Y}, Python {platform.python_version()}, NumPy "
            f"{numpy.__version__}, {os.cpu_count()} cores.")


def row(module: ModuleType, what: str, ratio: float) -> str:
    """One row of the table; it says plainly where a target is missed."""
    target = module.TARGETS[what]
    return ROW(what, shown(ratio), target, "yes" if target.met(ratio) else "**no**")


def shown(ratio: float) -> str:
    """Two or three digits: a ratio is no more exact than that."""
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.2g}"


def name(module: ModuleType) -> str:
    """The measurement's name, as the page prints it."""
    return module.__name__.rpartition(".")[2].replace("_", " ").capitalize()
