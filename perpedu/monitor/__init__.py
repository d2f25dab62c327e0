"""A monitor: fed with marks one by one, it says when an account comes near its liquidation.

`Monitor` in Python; `python -m perpedu monitor` on a stream of lines; `synthetic_day` for a path
to try it on.
"""

from .monitor import Monitor
from .rules import Rules
from .said import Event, State
from .synthetic import synthetic_day

__all__ = ["Event", "Monitor", "Rules", "State", "synthetic_day"]
