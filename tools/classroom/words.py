"""nbgrader's commands, each in a process of its own, as somebody with a folder and a name.

nbgrader is imported once and the process forked for each command: the commands are the real ones,
and start in a fraction of the time.
"""

from __future__ import annotations

import os
import sys
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.apps import NbGraderApp
from ruamel.yaml import YAML

from . import ROOT

VALUES = ROOT / "docs" / "z2jh" / "values.yaml"
#: nbgrader starts `alembic`, of the same environment, by its name.
COMMANDS = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])


@dataclass(frozen=True)
class Person:
    """Who runs a command: where, and with which settings in the environment."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    def nbgrader(self, *words: str) -> str:
        """What the command says. Raises RuntimeError where it fails."""
        log = self.folder / f".{words[0]}.log"
        child = os.fork()
        if child == 0:
            _run(words, self, log)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        said = log.read_text("utf-8", "replace")
        if code:
            raise RuntimeError(f"nbgrader {' '.join(words)} in {self.folder.name}: {code}\n{said}")
        return said


def student(folder: Path, name: str, exchange: Path) -> Person:
    """A student's folder, set up for the course as on a school's hub."""
    configure(folder, exchange)
    return Person(folder, _apart(folder) | {"JUPYTERHUB_USER": name})


def teacher(folder: Path, exchange: Path) -> Person:
    """The teacher, a user of the hub as well, in the course folder."""
    settings = folder.parent / "settings"
    configure(settings, exchange)
    return Person(folder, _apart(folder.parent / "teacher")
                  | {"JUPYTER_CONFIG_PATH": str(settings), "JUPYTERHUB_USER": "teacher"})


def configure(folder: Path, exchange: Path) -> None:
    """The configuration that a hub has for everybody, from the values file for a cluster."""
    single = YAML(typ="safe").load(VALUES)["singleuser"]
    (mount,) = single["storage"]["extraVolumeMounts"]
    written = single["extraFiles"]["nbgrader_config"]["stringData"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nbgrader_config.py").write_text(
        written.replace(mount["mountPath"], str(exchange)), "utf-8")


def _apart(home: Path) -> dict[str, str]:
    """Nothing of the machine's own Jupyter is read or changed."""
    return {"PATH": COMMANDS} | {name: str(home / ".jupyter" / part) for name, part in {
        "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime", "IPYTHONDIR": "ipython"}.items()}


def _run(words: tuple[str, ...], person: Person, log: Path) -> None:
    """In the child: everything it writes goes to the log, and it never returns."""
    code = 1
    try:
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.chdir(person.folder)
        os.environ.update(person.settings)
        code = _command(words)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _command(words: tuple[str, ...]) -> int:
    try:
        NbGraderApp.launch_instance([*words])
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(bool(stop.code))
    return 0
