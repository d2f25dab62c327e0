"""A class on this machine, from release to feedback, with the real nbgrader and a JupyterHub.

`python -m tools.classroom.trip FOLDER` takes three students through nbgrader's exchange: it is
part of `make test`. `python -m tools.classroom` (`make classroom-test`) takes ten through a hub.
Both run in the environment `.venv-class`.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
COURSE, ASSIGNMENT = "margin", "assignment1"
EXERCISES = ("ch01.notional", "ch01.equity", "ch01.leverage-and-maintenance", "ch02.table-one")
