"""Names of a package that load when they are first used, so that importing it stays quick."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def late(package: str, homes: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable]:
    """The `__getattr__` and `__dir__` of a package whose names live in modules of their own.

    `homes` says in which module of the package each public name is; a name that is its own home
    is that module.
    """
    def get(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"{package} has no name {name!r}; it has " + ", ".join(homes))
        home = import_module(f"{package}.{homes[name]}")
        value = home if homes[name] == name else getattr(home, name)
        setattr(sys.modules[package], name, value)
        return value

    return get, lambda: list(homes)
