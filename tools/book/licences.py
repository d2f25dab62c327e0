"""What the pages deliver that others made, under which licence: from the locks and the packages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

from .vendor import install, packages

#: Packages of the site's environment that leave files of their own in the pages.
VISIBLE = ("sphinx-book-theme", "pydata-sphinx-theme", "sphinx", "sphinx-copybutton",
           "sphinx-togglebutton", "sphinx-design", "myst-nb")
#: Packages that only `make slides` delivers.
SLIDES = ("reveal.js",)
FILE = re.compile(r"LICEN[CS]E", re.IGNORECASE)


def table() -> str:
    """The table of the licences page, in Markdown."""
    rows = ["| What | Version | Licence | From |", "|---|---|---|---|"]
    rows += [f"| {name} | {version} | {_linked(name, licence)} | {home} |"
             for name, version, licence, home in delivered()]
    return "\n".join(rows) + ("\n\nOnly the tests use: " + ", ".join(
        f"{item['name']} {item['version']} ({item['licence']})" for item in packages()
        if not item["published"]) + ".")


def delivered() -> Iterator[tuple[str, str, str, str]]:
    """Name, version, licence and origin of everything that the pages carry."""
    for item in packages():
        if item["published"]:
            home = "npm, for the slides" if item["name"] in SLIDES else "npm"
            yield item["name"], item["version"], item["licence"], home
    for name in VISIBLE:
        yield name, distribution(name).version, _stated(name), "PyPI"
    for name, (version, licence) in _notes().items():
        yield name, version, licence, "in the theme"


def texts() -> dict[str, str]:
    """The text of each licence by file name, to be delivered with what it is for."""
    found = {item["name"]: _in_folder(install() / item["name"]) for item in packages()
             if item["published"]}
    found |= {name: _of_package(name) for name in VISIBLE}
    return {f"{name}.txt": text for name, text in found.items() if text}


def _linked(name: str, licence: str) -> str:
    known = f"{name}.txt" in texts()
    return f'<a href="_static/licences/{name}.txt">{licence}</a>' if known else licence


def _in_folder(folder: Path) -> str:
    return "\n\n".join(path.read_text("utf-8") for path in sorted(folder.iterdir())
                       if path.is_file() and FILE.match(path.name))


def _of_package(name: str) -> str:
    files = distribution(name).files or ()
    return "\n\n".join(path.read_text("utf-8") for path in files
                       if FILE.match(path.name) and ".dist-info" in str(path))


def _stated(name: str) -> str:
    metadata = distribution(name).metadata
    classified = ", ".join(line.split(" :: ")[-1] for line in metadata.get_all("Classifier", [])
                           if line.startswith("License"))
    return (metadata.get("License-Expression") or classified or metadata.get("License")
            or "not stated")


def _notes() -> dict[str, tuple[str, str]]:
    """What the theme itself carries, as the notes beside its scripts say: version and licence."""
    import pydata_sphinx_theme

    theme = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"
    found = {}
    for note in sorted(theme.glob("scripts/*.LICENSE.txt")):
        text = note.read_text("utf-8")
        name, version = re.search(r"^\W*([A-Z][\w ]+?) v?(\d[\d.]+)", text, re.MULTILINE).groups()
        stated = re.search(r"under (\S+)|License - \S+ \((.*)\)", text)
        found[name] = (version, stated[1] or stated[2])
    return found
