"""One look for figures, explorers, exercises and pages: each quantity has one colour, one line.

The table of roles is written once; the CSS variables and the Matplotlib style come from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any

DRAWS_WITH = ("matplotlib", "numpy")
NO_PICTURE = ("This picture needs Matplotlib, which is not installed here; the book's page shows "
              "it, as did this notebook before the cell was run.")
PAPERS = {"light": "#ffffff", "dark": "#14181e"}


@dataclass(frozen=True)
class Role:
    """A quantity's colour on light and on dark paper, its dashes and width in px, its word."""

    light: str
    dark: str
    word: str
    dashes: tuple[float, ...] = ()
    width: float = 1.6


ROLES = {
    "text": Role("#1f2328", "#e6edf3", "text"),
    "muted": Role("#57606a", "#9ba5b0", "axis", width=1),
    "entry": Role("#6e7781", "#9ba5b1", "entry", (1.5, 3), 1.4),
    "mark": Role("#0072b2", "#56b4e9", "mark"),
    "equity": Role("#00785a", "#2fc7a0", "equity", width=2.6),
    "maintenance": Role("#9a6700", "#e6b450", "maintenance margin", (7, 4), 2),
    "liquidation": Role("#c2410c", "#ff8a5b", "liquidation", width=2.6),
    "frozen": Role("#c2410d", "#ff8a5c", "entry basis", (4, 3), 2.6),
    "bankruptcy": Role("#7b2d6b", "#d79bc8", "bankruptcy", (8, 3, 1.5, 3), 1.8),
    "right": Role("#1a7f37", "#56d364", "right"),
    "notyet": Role("#b42318", "#ff8c82", "not yet"),
    "hair": Role("#d0d7de", "#30363d", "hairline", width=1),
}
#: The role of each symbol that has one; every other quantity is written in the text colour.
ROLE_OF = {
    "entry_price": "entry", "entry_notional": "entry", "average_entry": "entry",
    "mark_price": "mark", "notional": "mark", "equity": "equity", "collateral": "equity",
    "maintenance_margin": "maintenance", "maintenance_rate": "maintenance",
    "entry_maintenance_margin": "maintenance", "requirement": "maintenance",
    "liquidation_price": "liquidation", "bankruptcy_price": "bankruptcy",
    "entry_basis_price": "frozen", "line_without_fee": "frozen",
    "no_maintenance_price": "bankruptcy",
    "share_of_margin_price": "muted", "sign_error_price": "muted",
    "growth_in_per_cent": "equity", "leverage_growth": "equity", "kelly_growth": "equity",
    "needed_percent": "mark", "published_percent": "maintenance",
    "cost_a": "liquidation", "cost_b": "maintenance", "cost_c": "equity",
    "touch_probability": "liquidation", "finish_probability": "mark",
    "within_a_day": "maintenance", "within_a_week": "bankruptcy",
    "index_price": "muted", "tier_1": "muted", "tier_2": "muted", "tier_3": "muted",
}  # fmt: skip


def colour(role: str, theme: str = "light") -> str:
    """The colour of a role as `#rrggbb`, in the theme "light" or "dark".

    >>> colour("equity")
    '#00785a'
    """
    return PAPERS[theme] if role == "paper" else getattr(ROLES[role], theme)


def css() -> str:
    """The CSS variables `--pp-<role>` and `--pp-paper`, for light, dark, and a forced theme."""
    light, dark = variables("light"), variables("dark")
    return "\n".join((
        f":root {{ {light} }}",
        f"@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}",
        f"[data-theme=light], body[data-jp-theme-light=true] {{ {light} }}",
        f"[data-theme=dark], body[data-jp-theme-light=false] {{ {dark} }}",
    )) + "\n"


def variables(theme: str) -> str:
    """The declarations of `--pp-<role>` and `--pp-paper` in a theme."""
    colours = {"paper": PAPERS[theme]} | {name: colour(name, theme) for name in ROLES}
    listed = " ".join(f"--pp-{name}: {value};" for name, value in colours.items())
    return f"{listed} color-scheme: {theme};"


def style() -> dict[str, Any]:
    """Matplotlib settings for a figure as wide as the text, on paper of any colour."""
    text, muted, hair = colour("text"), colour("muted"), colour("hair")
    return {
        "figure.figsize": (5.8, 3.1), "figure.dpi": 100, "savefig.dpi": 200,
        "figure.constrained_layout.use": True,
        "figure.facecolor": "none", "axes.facecolor": "none", "savefig.facecolor": "none",
        "font.family": ["DejaVu Sans"], "font.size": 10, "text.color": text,
        "axes.titlesize": 11, "axes.titleweight": "bold", "axes.titlelocation": "left",
        "axes.titlecolor": text, "axes.titlepad": 12, "axes.labelcolor": muted,
        "axes.edgecolor": muted, "axes.linewidth": 0.8,
        "axes.spines.top": False, "axes.spines.right": False, "axes.grid": False,
        "xtick.color": muted, "ytick.color": muted, "xtick.labelsize": 9.5, "ytick.labelsize": 9.5,
        "grid.color": hair, "hatch.color": muted, "hatch.linewidth": 0.8,
        "svg.fonttype": "none", "svg.hashsalt": "perpedu", "axes.unicode_minus": True,
    }  # fmt: skip


@contextmanager
def drawing(height: float = 3.1, columns: int = 1) -> Iterator[Any]:
    """One empty Matplotlib axes in the book's style, as wide as the text, `height` inches high;
    an array of them, with one vertical scale, for more `columns`.

    What is drawn inside the `with` is in that style.
    """
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(style()):
        yield Figure(figsize=(5.8, height)).subplots(1, columns, sharey=True)


class NoPicture:
    """What stands in place of a picture where Matplotlib is not installed: a sentence."""

    def _repr_html_(self) -> str:
        return f'<p>{NO_PICTURE}</p>'

    def __repr__(self) -> str:
        return NO_PICTURE


def drawn(draw: Callable[..., Any]) -> Callable[..., Any]:
    """For each function that draws: it gives a `NoPicture` where Matplotlib is not installed."""
    @wraps(draw)
    def attempt(*args: Any, **options: Any) -> Any:
        try:
            return draw(*args, **options)
        except ModuleNotFoundError as missing:
            if missing.name not in DRAWS_WITH:
                raise
            return NoPicture()

    return attempt


def line(role: str) -> dict[str, Any]:
    """Matplotlib arguments for a line of this role: colour, width and dashes.

    >>> line("mark")["color"]
    '#0072b2'
    """
    given = ROLES[role]
    dashes = tuple(length / given.width for length in given.dashes)
    return {"color": given.light, "linewidth": given.width * 0.8,
            "linestyle": (0, dashes) if dashes else "-"}


def strokes() -> dict[str, dict[str, Any]]:
    """Width and dashes of every role, for the page's own pictures."""
    return {name: {"width": role.width, "dashes": " ".join(f"{d:g}" for d in role.dashes),
                   "word": role.word} for name, role in ROLES.items()}
