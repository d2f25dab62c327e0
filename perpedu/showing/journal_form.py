"""A form for the journal in a notebook: boxes for a trade's plan and for its end."""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets

from ..journal.fields import BY_NAME
from ..journal.journal import Journal
from ..theory.exact import one_of, refuse

#: The boxes of the two parts of the form; every other field is set from Python or the command line.
PARTS = {
    "add": ("id", "symbol", "side", "size", "opened", "planned_entry", "entry", "planned_stop",
            "leverage", "tiers", "adr", "regime", "behaviour", "rule", "question"),
    "close": ("id", "closed", "exit_decided", "exit", "fees", "funding", "funding_windows", "answer",
              "note"),
}
TITLES = {"add": "Open a trade", "close": "Close a trade"}
NEEDS_PYTHON = ("The form writes into a file and so needs Python: open this chapter in Jupyter. Here you see "
                "what it asks for.")


class JournalForm(ipywidgets.VBox):
    """Boxes for the plan and the end of a trade, over an open `Journal`.

    What cannot be is said below the boxes in the journal's own words, and nothing is written then.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, Journal(Path(folder, "mine.journal")) as journal:
    ...     form = JournalForm(journal)
    ...     form.fill("add", id="a", side="long", size="0.1", entry="60000", opened="2026-03-01")
    ...     print(form.press("add"))
    Written: a, long 0.1 @ 60000. Not logged: tiers, adr, planned_entry; what needs it stays empty.
    """

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.boxes = {part: {name: _box(name) for name in names} for part, names in PARTS.items()}
        self.said = {part: ipywidgets.HTML() for part in PARTS}
        super().__init__([self._part(part) for part in PARTS])
        self.add_class("pp-journal")

    def fill(self, part: str, **values: str) -> None:
        """Type into the boxes of "add" or "close", as a reader does."""
        boxes = self.boxes[one_of("part", part, tuple(PARTS))]
        for name, value in values.items():
            if name not in boxes:
                raise refuse(name, value, "a box of this part: " + ", ".join(boxes))
            boxes[name].value = value

    def press(self, part: str) -> str:
        """Press the button of "add" or "close"; what the form then says."""
        typed = {name: box.value for name, box in self.boxes[one_of("part", part, tuple(PARTS))].items()}
        try:
            said = self._write(part, typed)
        except ValueError as error:
            said = f"Not written: {error}."
        self.said[part].value = f'<p role="status">{escape(said)}</p>'
        return said

    def _write(self, part: str, typed: dict[str, str]) -> str:
        name = typed.pop("id")
        if part == "add":
            trade = self.journal.add(name, **typed)
            warned = "; ".join(map(str, trade.warnings))
            size, entry = trade.fields["size"], trade.fields["entry"]
            return (f"Written: {trade.id}, {trade.side} {size} @ {entry}."
                    + (f" {warned[0].upper()}{warned[1:]}." if warned else ""))
        trade = self.journal.close(name, **typed)
        return f"Written: {trade.id}, net {float(trade.result.net):,.2f}."

    def _part(self, part: str) -> ipywidgets.VBox:
        button = ipywidgets.Button(description=TITLES[part])
        button.on_click(lambda _: self.press(part))
        return ipywidgets.VBox([*self.boxes[part].values(), button, self.said[part]])

    def html(self) -> str:
        """What stands there without Python: what the form asks for."""
        parts = "".join(_listed(part) for part in PARTS)
        return f'<div class="pp-ledger"><p><strong>{NEEDS_PYTHON}</strong></p>{parts}</div>'

    def __repr__(self) -> str:
        return f"journal form · {len(self.journal)} trades"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        data = super()._repr_mimebundle_(**kwargs)
        return data | {"text/plain": repr(self), "text/html": self.html()}


def _box(name: str) -> ipywidgets.Widget:
    field = BY_NAME[name]
    given = dict(description=name.replace("_", " "), style={"description_width": "9em"},
                 tooltip=field.meaning)
    options = {"side": ("long", "short"), "answer": ("", "yes", "no")}.get(name)
    if options:
        return ipywidgets.Dropdown(options=options, **given)
    return ipywidgets.Text(placeholder=field.meaning, **given)


def _listed(part: str) -> str:
    rows = "".join(f'<tr><th scope="row" style="text-align:left">{escape(name.replace("_", " "))}</th>'
                   f'<td style="text-align:left">{escape(BY_NAME[name].meaning)}</td></tr>'
                   for name in PARTS[part])
    return f'<table><caption style="text-align:left">{TITLES[part]}</caption><tbody>{rows}</tbody></table>'
