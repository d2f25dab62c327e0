"""A Sphinx extension: chapters bear the number of their file, also while one before is missing.

Sphinx counts the entries of a table of contents; a gap, 6 and then 8, it does not know. What it
has counted, in headings, contents and equations, is put right here. A further part of a chapter,
02b_name, bears its letter, too.
"""

from __future__ import annotations

import re
from typing import Any

CHAPTER = re.compile(r"notebooks/0*(\d+[a-z]?)_")


def renumber(app: Any, env: Any) -> list[str]:
    """Give each chapter its own number; returns the pages that changed."""
    changed = [name for name in env.toc_secnumbers if _differs(env, name)]
    for name in changed:
        _put(env, name, CHAPTER.match(name)[1])
    return changed


def _differs(env: Any, name: str) -> bool:
    found, counted = CHAPTER.match(name), env.toc_secnumbers[name].get("")
    return bool(found and counted) and str(counted[0]) != found[1]


def _put(env: Any, name: str, number: str) -> None:
    from docutils import nodes

    def own(counted: Any) -> Any:
        return type(counted)([number, *counted[1:]]) if counted else counted

    for table in (env.toc_secnumbers[name], *env.toc_fignumbers.get(name, {}).values()):
        table.update({place: own(counted) for place, counted in table.items()})
    for node in (env.titles[name], *env.tocs[name].findall(nodes.reference)):
        if "secnumber" in node:
            node["secnumber"] = own(node["secnumber"])


def setup(app: Any) -> dict[str, bool]:
    """Called by Sphinx; after its own counting, which has the usual priority of 500."""
    app.connect("env-get-updated", renumber, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
