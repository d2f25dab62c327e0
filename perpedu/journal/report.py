"""A review as text, as tables for a notebook, and as a page of its own."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ..theory.exact import decimals, fraction
from .review import PARTS

if TYPE_CHECKING:
    from .review import Group, Review
    from .trade import Trade

HEADS = ("", "trades", "price", "execution", "fees", "funding", "net", "won", "95 % interval",
         "below 2 ADR", "yes", "mean net")
TRADE_HEADS = ("trade", "side", "planned entry", "entry", "planned exit", "exit", "price", "execution",
               "fees", "funding", "net", "of planned risk")
_CELL = ' style="text-align:right;padding:.25em .6em;white-space:nowrap"'
_STYLE = ("body{font:16px/1.5 system-ui,sans-serif;max-width:76rem;margin:2rem auto;padding:0 1rem;"
          "color:#1f2328;background:#fff}table{border-collapse:collapse;margin:1rem 0;display:block;"
          "overflow-x:auto;font-variant-numeric:tabular-nums}th,td{padding:.3rem .7rem;text-align:right;"
          "border-bottom:1px solid #d0d7de}th:first-child,td:first-child{text-align:left}"
          "caption{text-align:left;font-weight:600}@media (prefers-color-scheme:dark){body{color:#e6edf3;"
          "background:#0d1117}th,td{border-color:#30363d}}")


def _row(group: "Group") -> list[str]:
    share = group.win_interval
    low_high = "–" if share is None else f"{share.low:.0%} to {share.high:.0%}"
    return [group.name, str(group.trades), *(decimals(group.parts[part]) for part in PARTS),
            f"{group.wins}", low_high, str(group.flagged), f"{group.yes} of {group.answered}",
            group.verdict]


def _trade_row(trade: "Trade") -> list[str]:
    result = trade.result
    r = trade.multiple
    return [trade.id, trade.side, *(_price(getattr(trade, name)) for name in (
        "planned_entry", "entry", "planned_exit", "exit")),
            *(decimals(fraction(getattr(result, part))) for part in PARTS),
            "–" if r is None else f"{float(r):.2f}".replace("-", "−")]


def _price(value) -> str:
    return "–" if value is None else f"{float(value):,.2f}"


def head(review: "Review") -> str:
    """The title of a report, in one line."""
    return {"week": "Week", "quarter": "Quarter", "all": "All trades"}[review.period] + (
        f", {review.since} to {review.until}")


def said(review: "Review") -> list[str]:
    """What the report says in sentences: the rule of the sample, warnings, tables, what is open."""
    lines = [f"A group is judged from {review.least} trades on: then the 95 % interval for its share "
             "of wins is at most 15 points to each side."]
    lines += [f"{item.name}: {_count(item.trades)}, too few for any conclusion."
              for item in review.totals if item.trades < review.least]
    lines += [f"Warning “{name}” on {_count(count)}." for name, count in review.breaks.items()]
    lines += [f"Fees of {float(amount):g} {coin} are not in any sum here: no rate was given."
              for item in review.totals for coin, amount in sorted(item.other.items())]
    if windows := sum(item.windows for item in review.totals):
        lines.append(f"Held across {_count(windows, 'funding time')}.")
    if (unmeasured := sum(not trade.result.measured for trade in review.trades)):
        lines.append(f"Execution was not measured on {_count(unmeasured)}: a price of the decision is "
                     "missing, and the fill stands for it.")
    versions = sorted({str(trade.definitions) for trade in review.trades})
    if len(versions) > 1:
        lines.append(f"Logged under definitions {', '.join(versions)}: compare them with care.")
    lines += [f"Tier table: {change}." for change in review.tiers]
    lines.append(f"Still open: {_count(review.open_trades)}.")
    return lines


def _count(number: int, word: str = "trade") -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")


def _grids(review: "Review"):
    yield f"By {review.by}", HEADS, [_row(item) for item in (*review.groups, *review.totals)]
    if review.trades:
        yield "Planned and realized", TRADE_HEADS, [_trade_row(trade) for trade in review.trades]


def text(review: "Review") -> str:
    """The report as plain text, columns aligned."""
    parts = [head(review)]
    for caption, heads, rows in _grids(review):
        parts += ["", caption, *_aligned([list(heads), *rows])]
    return "\n".join([*parts, "", *said(review)])


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) if place == 0 else cell.rjust(width)
                      for place, (cell, width) in enumerate(zip(row, widths, strict=True))).rstrip()
            for row in rows]


def tables(review: "Review") -> str:
    """The report as tables for a notebook."""
    grids = "".join(_table(*grid) for grid in _grids(review))
    lines = "".join(f"<li>{escape(line)}</li>" for line in said(review))
    return (f'<div class="pp-ledger tex2jax_ignore mathjax_ignore" style="overflow-x:auto">'
            f"<p><strong>{escape(head(review))}</strong></p>{grids}<ul>{lines}</ul></div>")


def _table(caption: str, heads: tuple[str, ...], rows: list[list[str]]) -> str:
    top = "".join(f'<th scope="col"{_CELL}>{escape(name)}</th>' for name in heads)
    body = "".join(f'<tr><th scope="row" style="text-align:left">{escape(row[0])}</th>'
                   + "".join(f"<td{_CELL}>{escape(cell)}</td>" for cell in row[1:]) + "</tr>" for row in rows)
    return (f'<table><caption style="text-align:left">{escape(caption)}</caption><thead><tr>{top}</tr></thead>'
            f"<tbody>{body}</tbody></table>")


def page(review: "Review") -> str:
    """The report as a page of its own: no script, nothing fetched."""
    return (f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width"><title>{escape(head(review))}</title>'
            f"<style>{_STYLE}</style></head><body><main><h1>{escape(head(review))}</h1>"
            f"{tables(review)}</main></body></html>\n")
