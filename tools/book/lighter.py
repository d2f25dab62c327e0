"""Chapter pages with less in them, and nothing less to see.

Cards keep their own numbers alone; a style that stands in many tags is written once; code is not
divided where the theme colours little; drawings and JSON lose what says nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from perpedu.showing.review import lightened

#: Not what aligns to the right alone: the stylesheet asks for it.
STYLE = re.compile(r' style="((?!text-align:right")[^"]{12,})"')
SPAN = re.compile(r'<span class="(\w+)">([^<]*)</span>')
CODE = re.compile(r'<div class="highlight">.*?</div>', re.DOTALL)
SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)
DATA = re.compile(r'(?<=<script type="application/json">).*?(?=</script>)', re.DOTALL)
LINE = re.compile(r"M[-\d. ]+(?:L[-\d. ]+){3,}")
POINT = re.compile(r"(-?[\d.]+) (-?[\d.]+)")
#: In points of the drawing: too little to be seen.
NEAR = 0.05
#: What a script inside a page may not hold.
ENDS = re.compile(r"(?<!\\)\\u003c(?!/?script|!--)", re.IGNORECASE)
#: Operators are told from names by themselves; a chapter has some six hundred.
PALE = {"o"}
#: A style that stands less often is not worth a rule.
OFTEN = 4


def lighter(built: Path) -> Path:
    """Rewrite the chapters in a folder that Jupyter Book has built."""
    coloured = own_colours((built / "_static" / "pygments.css").read_text("utf-8")) - PALE
    for path in (built / "notebooks").glob("*.html"):
        text = lightened(path.read_text("utf-8"), above="../")
        text = undivided(styles_once(SVG.sub(lambda svg: plain_drawing(svg[0]), text)), coloured)
        path.write_text(DATA.sub(lambda data: ENDS.sub("<", data[0]), text), "utf-8")
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


def plain_drawing(svg: str) -> str:
    """A drawing without turns by nothing, its lines without the points that lie on the way.

    >>> plain_drawing('<path d="M 0 0 \\nL 1 1 \\nL 2 2 \\nL 3 0 \\n"/><text transform="rotate(-0 1 2)"/>')
    '<path d="M0 0L2 2L3 0"/><text/>'
    """
    svg = re.sub(r' transform="rotate\(-0 [^"]*\)"', "", svg)
    return re.sub(r'(?<= d=")[^"]*', lambda path: _short(path[0]), svg)


def _short(path: str) -> str:
    return LINE.sub(_bends, re.sub(r"\s*([A-Za-z])\s*", r"\1", path).strip())


def _bends(line: re.Match) -> str:
    """The points where a line turns: all others are within NEAR of the straight way."""
    points = [complex(float(x), float(y)) for x, y in POINT.findall(line[0])]
    kept, start = [0], 0
    for end in range(2, len(points)):
        if any(_off(points[at], points[start], points[end]) > NEAR for at in range(start + 1, end)):
            start = end - 1
            kept.append(start)
    texts = re.findall(r"[ML][^ML]+", line[0])
    return "".join(texts[at] for at in [*kept, len(points) - 1])


def _off(point: complex, start: complex, end: complex) -> float:
    """How far a point is from the way between two others."""
    way = end - start
    share = ((point - start) * way.conjugate()).real / abs(way) ** 2 if way else 0
    return abs(point - start - min(1, max(0, share)) * way)


def styles_once(page: str) -> str:
    """Each style that many tags carry becomes a rule, which they name.

    >>> cell = '<td style="text-align: right; padding: 0">'
    >>> styles_once("<head></head>" + 4 * cell)[:80]
    '<head><style>[data-s="0"]{text-align: right!important;padding: 0!important}\\n</st'
    """
    counted = Counter(STYLE.findall(page))
    often = {style: number for number, (style, count) in enumerate(counted.most_common())
             if count >= OFTEN and "url(" not in style}
    named = STYLE.sub(lambda found: _named(found, often), page)
    return named.replace("</head>", _rules(often) + "</head>", 1)


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
