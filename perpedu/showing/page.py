"""A page without a kernel: elements, one stylesheet, one script; opens from a file."""

from __future__ import annotations

from html import escape

from .element import script, stylesheet

__all__ = ["html", "script", "stylesheet"]


def html(body: str, title: str = "perpedu", theme: str | None = None) -> str:
    """A whole page around `body`; `theme` forces "light" or "dark".

    >>> html("<p>1</p>").startswith("<!DOCTYPE html>")
    True
    """
    forced = f' data-theme="{theme}"' if theme else ""
    return (f'<!DOCTYPE html>\n<html lang="en"{forced}>\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(title)}</title>\n<style>\n{stylesheet()}</style>\n"
            f'</head>\n<body class="pp-page">\n<main>\n{body}\n</main>\n'
            f"<script>\n{script()}</script>\n</body>\n</html>\n")
