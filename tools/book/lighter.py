"""Chapter pages with less in them, and nothing less to see.

Cards keep their own numbers alone; a style that stands in many tags is written once; code is not
divided where the theme colours nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from perpedu.showing.review import lightened

STYLE = re.compile(r' style="([^"]{20,})"')
SPAN = re.compile(r'<span class="(\w+)">([^<]*)</span>')
CODE = re.compile(r'<div class="highlight">.*?</div>', re.DOTALL)
#: A style that stands less often is not worth a rule.
OFTEN = 4


def lighter(built: Path) -> Path:
    """Rewrite the chapters in a folder that Jupyter Book has built."""
    coloured = own_colours((built / "_static" / "pygments.css").read_text("utf-8"))
    for path in (built / "notebooks").glob("*.html"):
        text = lightened(path.read_text("utf-8"), above="../")
        path.write_text(undivided(styles_once(text), coloured), "utf-8")
    return built


def own_colours(stylesheet: str) -> set[str]:
    """The classes of code that look otherwise than the rest, in either theme.

    >>> own_colours(".highlight { background: #fff; color: #080808 }\\n"
    ...             ".highlight .n { color: #080808 } .highlight .k { color: #6730c5 }")
    {'k'}
    """
    plain = set(re.findall(r"\.highlight \{[^}]*\bcolor: (#\w+)", stylesheet))
    rules = re.findall(r"\.highlight \.(\w+) \{ (.*?) \}", stylesheet)
    return {name for name, says in rules if says not in {f"color: {one}" for one in plain}}


def styles_once(page: str) -> str:
    """Each style that many tags carry becomes a rule, which they name; drawings stay as they are.

    >>> cell = '<td style="text-align: right; padding: 0">'
    >>> styles_once("<head></head>" + 4 * cell)[:80]
    '<head><style>[data-s="0"]{text-align: right!important;padding: 0!important}\\n</st'
    """
    parts = re.split(r"(<svg.*?</svg>)", page, flags=re.DOTALL)
    counted = Counter(style for part in parts[::2] for style in STYLE.findall(part))
    often = {style: number for number, (style, count) in enumerate(counted.most_common())
             if count >= OFTEN and "var(" not in style and "url(" not in style}
    for place in range(0, len(parts), 2):
        parts[place] = STYLE.sub(lambda found: _named(found, often), parts[place])
    return "".join(parts).replace("</head>", _rules(often) + "</head>", 1)


def _named(found: re.Match, often: dict[str, int]) -> str:
    number = often.get(found[1])
    return found[0] if number is None else f' data-s="{number}"'


def _rules(often: dict[str, int]) -> str:
    rules = "".join(f'[data-s="{number}"]{{{_firm(style)}}}\n' for style, number in often.items())
    return f"<style>{rules}</style>\n" if rules else ""


def _firm(style: str) -> str:
    """Declarations that win against a stylesheet, as those of a tag do."""
    return ";".join(f"{one.strip()}!important" for one in style.split(";") if one.strip())


def undivided(page: str, coloured: set[str]) -> str:
    """Code without the spans that no rule of the stylesheet names.

    >>> undivided('<div class="highlight"><span class="n">x</span></div>', {"k"})
    '<div class="highlight">x</div>'
    """
    return CODE.sub(lambda block: SPAN.sub(
        lambda span: span[0] if span[1] in coloured else span[2], block[0]), page)
