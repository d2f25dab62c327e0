"""The scenario of chapter 16, and its tables: who is closed, who pays, by which rule."""

from __future__ import annotations

from typing import Any

from ..engine import adl
from ..market.position import Position
from ..market.rulebook import NOT_FOUND
from ..market.venue import Venue
from ..teaching.numbers_typed import show as number
from ..theory import formulas as f
from ..theory.exact import not_negative, positive, rational
from .chapter5_venues import word
from .grid import Grid

#: The mark price of the scenario, and the rate for the margin ratio.
MARK, RATE = 50_000, "0.005"
#: The entry prices and collaterals of three shorts of 2 BTC; their leverage at the mark: 10, 5, 2.
ENTRIES = {"A": (50_500, 9_000), "B": (55_000, 10_000), "C": (65_000, 20_000)}
SIZE = 2
_TITLES = {"profit times leverage": "profit × leverage", "price ratio times leverage":
           "price ratio × leverage", "return times margin ratio": "return × margin ratio"}


def bankrupt() -> Position:
    """The long of the scenario: 2.4 BTC from 60,000, bankrupt at 51,000.

    >>> bankrupt().bankruptcy_price()
    51000
    """
    return Position("long", "2.4", 60_000, collateral=21_600)


def shorts() -> dict[str, Position]:
    """The three shorts of the scenario, by name.

    >>> [short.equity(MARK) for short in shorts().values()]
    [10000, 20000, 50000]
    """
    return {name: Position("short", SIZE, entry, collateral=collateral)
            for name, (entry, collateral) in ENTRIES.items()}


def closed(rule: str, mark: Any = MARK, fund: Any = 0) -> adl.Deleveraging:
    """The scenario under a rule of `adl.RULES`, after the insurance fund has paid what it can.

    >>> closed("water-filling").cuts
    {'A': 22/15, 'B': 14/15, 'C': 0}
    """
    return adl.deleverage(bankrupt(), shorts(), mark, rule, size=left_over(mark, fund), tiers=RATE)


def left_over(mark: Any = MARK, fund: Any = 0) -> Any:
    """The size that the fund leaves, in BTC.

    >>> left_over(), left_over(50_000, 1_200), left_over(50_000, 9_000)
    (12/5, 6/5, 0)
    """
    lost, at, money = bankrupt(), positive("mark", mark), not_negative("fund", fund)
    missing = f.deficit.exact(side=lost.sign, size=lost.size, mark_price=at,
                              bankruptcy_price=lost.bankruptcy_price())
    if missing <= money:
        return 0 * money
    return f.deleveraged_size.exact(side=lost.sign, mark_price=at, uncovered_loss=missing - money,
                                    bankruptcy_price=lost.bankruptcy_price())


def shorts_table() -> Grid:
    """The three shorts at the mark price.

    >>> print(str(shorts_table()).splitlines()[2].split())
    ['A', '50,500', '9,000', '1,000', '10,000', '10×']
    """
    rows = [[name, number(short.entry), number(short.collateral),
             number(short.unrealized_pnl(MARK)), number(short.equity(MARK)),
             number(short.notional(MARK) / short.equity(MARK), unit="×")]
            for name, short in shorts().items()]
    return Grid(f"Three shorts of {SIZE} BTC at a mark price of {number(MARK)}",
                [["short", "entry", "collateral", "profit", "equity", "leverage"], *rows])


def scores_table() -> Grid:
    """The scores of the three shorts by three rankings, and the queue that each makes.

    >>> print(str(scores_table()).splitlines()[2].split())
    ['profit', '×', 'leverage', '0.0990', '0.4545', '0.4615', 'C', 'B', 'A']
    """
    rows = []
    for ranking in adl.RANKINGS:
        found = {name: adl.score(short, MARK, ranking, RATE) for name, short in shorts().items()}
        line = sorted(found, key=lambda name: found[name], reverse=True)
        rows.append([_TITLES[ranking], *(number(score, 4) for score in found.values()),
                     " ".join(line)])
    return Grid("Three rankings of the same three shorts",
                [["ranking", *ENTRIES, "closed in this order"], *rows])


def who_pays(mark: Any = MARK, fund: Any = 0) -> Grid:
    """What each rule closes of each short, what that costs, and the highest leverage that is left.

    >>> print(str(who_pays()).splitlines()[-1].split())
    ['water-filling', '1.4667', '0.9333', '0', '1,466.67', '933.33', '0', '3.13×']
    """
    rows = []
    for rule in adl.RULES:
        done = closed(rule, mark, fund)
        rows.append([_TITLES.get(rule, rule), *(_short(cut, 4) for cut in done.cuts.values()),
                     *(_short(cost, 2) for cost in done.given_up.values()),
                     number(max(done.leverage.values()), 2, "×")])
    return Grid(f"{number(left_over(mark, fund), 4)} BTC closed at "
                f"{number(bankrupt().bankruptcy_price())}: BTC closed, and USDT given up",
                [["rule", *(f"{name}, BTC" for name in ENTRIES),
                  *(f"{name}, USDT" for name in ENTRIES), "highest leverage left"], *rows])


def _short(value: Any, places: int) -> str:
    """A number with its decimals, a whole one without."""
    return number(value) if value == int(value) else number(value, places)


def frontier(fund: Any = 1_200) -> Grid:
    """One deficit, and who carries it: the fund, counterparties, or all winners; what stays open.

    >>> print(str(frontier(0)).splitlines()[-1].split()[-4:])
    ['58.54', '585.37', '1,756.10', '6']
    """
    short = shorts()
    missing = left_over() * (bankrupt().bankruptcy_price() - MARK)
    profits = {name: one.unrealized_pnl(MARK) for name, one in short.items()}
    rows = [["fund large enough", number(missing), *["0"] * 3, "6"]]
    for rule in ("profit times leverage", "water-filling"):
        for money in dict.fromkeys((not_negative("fund", fund), 0)):
            done = closed(rule, MARK, money)
            rows.append([f"fund {number(money)}, then {_TITLES.get(rule, rule)}", number(money),
                         *(_short(cost, 2) for cost in done.given_up.values()),
                         _short(sum(done.left.values()), 2)])
    shared = adl.socialize(profits.values(), missing)
    rows.append(["no fund, all winners share", "0", *(_short(part, 2) for part in shared.cuts), "6"])
    return Grid(f"Who carries {number(missing)} USDT",
                [["way", "fund, USDT", *(f"{name}, USDT" for name in ENTRIES), "BTC still short"],
                 *rows])


def rankings_table() -> Grid:
    """What each venue's rulebook has on auto-deleveraging.

    >>> print(str(rankings_table()).splitlines()[-1].split())
    ['XXKK', 'not', 'found']
    """
    found = ((word(venue), venue.rule("adl_ranking"), venue.rule("adl"))
             for venue in map(Venue.load, Venue.names()))
    rows = [[name, rule.value if rule.value != NOT_FOUND or when.value == NOT_FOUND
             else "queue, formula not found" if "none" not in when.value else "no queue: winners share"]
            for name, rule, when in found]
    return Grid("How counterparties are ranked, by the rulebooks of this book",
                [["venue", "ranking"], *rows])


def split_table(part: Any = 1_000) -> Grid:
    """C as one account, and as two of 1 BTC, the first with `part` of the collateral.

    >>> print(str(split_table()).splitlines()[2].split()[-2:])
    ['2', '1']
    """
    money = rational("part", part)
    whole = shorts()
    halves = {"C1": Position("short", 1, 65_000, collateral=money),
              "C2": Position("short", 1, 65_000, collateral=whole["C"].collateral - money)}
    others = {"A": whole["A"], "B": whole["B"], **halves}
    rows = []
    for rule in ("profit times leverage", "pro rata", "water-filling"):
        after = adl.deleverage(bankrupt(), others, MARK, rule).cuts
        rows.append([_TITLES.get(rule, rule), _short(closed(rule).cuts["C"], 4),
                     _short(after["C1"] + after["C2"], 4)])
    return Grid("BTC that C loses", [["rule", "one account", "two accounts"], *rows])


#: What the abstracts of arXiv 2512.01112 say of October 2025, in millions of dollars: version, day,
#: number, and what it is said to be.
ABSTRACTS = (("1", "2025-11-30", "630", "unnecessary haircuts on winning traders"),
             ("2", "2025-12-08", "653", "unnecessary haircuts on winning traders"),
             ("3", "2026-02-16", "653.6", "positions closed"),
             ("3", "2026-02-16", "45.0 to 51.7", "excess profits lost"))


def abstracts_table() -> Grid:
    """What three versions of one abstract say, and how many times the closed positions are the loss.

    >>> print(str(abstracts_table()).splitlines()[-1].split()[-3:])
    ['excess', 'profits', 'lost']
    """
    rows = [[f"version {version}, {day}", amount, what] for version, day, amount, what in ABSTRACTS]
    closed_, (low, high) = rational("closed", "653.6"), ("45.0", "51.7")
    times = [number(closed_ / rational("lost", lost), 1) for lost in (high, low)]
    return Grid(f"What the abstracts say; 653.6 is {times[0]} to {times[1]} times 51.7 and 45.0",
                [["version", "millions of dollars", "of what"], *rows])
