"""The accounts of chapter 6, and its tables: one wallet, its lines, modes, hedges, collateral."""

from __future__ import annotations

from typing import Any

from .. import formulas as f
from ..market.account import Account
from ..market.position import SIDES, Position
from ..teaching.numbers_typed import show
from ..theory.exact import not_negative, positive, rational
from .grid import Grid

#: The account of the chapter: 1 BTC and 10 ETH, at 10× of the wallet together, one rate each.
WALLET = 9_000
SIZES = {"BTC": 1, "ETH": 10}
MARKS = {"BTC": 60_000, "ETH": 3_000}
RATES = {"BTC": "0.005", "ETH": "0.01"}
#: A hedge that is almost full: 2 BTC long and 1.7 BTC short from the same price.
HEDGE = {"long": 2, "short": "1.7"}
HEDGE_WALLET = 10_000
_SPARE = 2
_PUT = 57_000


def pair(btc: str = "long", eth: str = "long", wallet: Any = WALLET) -> Account:
    """The chapter's account: 1 BTC from 60,000 and 10 ETH from 3,000 on one wallet (USDT).

    `btc` and `eth` are the sides of the legs.

    >>> pair().liquidation(MARKS).status
    'open'
    """
    sides = {"BTC": btc, "ETH": eth}
    return Account(wallet, {name: (Position(sides[name], size, MARKS[name]), RATES[name])
                            for name, size in SIZES.items()})


def balance(account: Account, marks: dict[str, Any]) -> Any:
    """The margin balance: equity less maintenance margin.

    >>> balance(pair(), MARKS)
    8400
    """
    return account.equity(marks) - account.maintenance_margin(marks)


def wallet_table(btc: Any = 60_000, eth: Any = 3_000) -> Grid:
    """What each leg of the chapter's account brings and asks for, at two marks in USDT.

    >>> wallet_table(58_000, 2_900).rows[-1]
    ['account', '', '6,000', '580']
    """
    marks = {"BTC": positive("btc", btc), "ETH": positive("eth", eth)}
    rows = [_leg(name, mark) for name, mark in marks.items()]
    account = pair()
    return Grid("One wallet of 9,000 USDT, two legs", [
        ["USDT", "mark", "equity", "floor"], ["wallet", "", show(WALLET), ""], *rows,
        ["account", "", show(account.equity(marks)), show(account.maintenance_margin(marks))]])


def _leg(name: str, mark: Any) -> list[str]:
    held = Position("long", SIZES[name], MARKS[name])
    return [f"{SIZES[name]} {name}", show(mark), show(held.unrealized_pnl(mark)),
            show(held.maintenance_margin(RATES[name], mark))]


def lines_table() -> Grid:
    """BTC's line, the mark of ETH held at several prices.

    >>> lines_table().rows[1]
    ['3,300', '48,572.86', '19.05 %']
    """
    rows = []
    for eth in (3_300, 3_000, 2_700, 2_400, 2_150):
        marks = MARKS | {"ETH": eth}
        line = pair().liquidation_price("BTC", marks)
        away = "at once" if line >= MARKS["BTC"] else show(1 - line / MARKS["BTC"], 2, "%")
        rows.append([show(eth), show(line, 2), away])
    return Grid("BTC's line, by the price at which ETH is held",
                [["ETH held at", "BTC's line", "below 60,000"], *rows])


def charged_table(short: Any = 1, wallet: Any = 1_200, rate: Any = "0.005") -> Grid:
    """The line of 1 BTC long and some short, both from 60,000, by what the floor is charged on.

    `short` in BTC, `wallet` in USDT, one rate for all.

    >>> charged_table().rows[1]
    ['gross', '2', '600', '120,000.00']
    """
    size, money = not_negative("short", short), positive("wallet", wallet)
    charged = {"gross": 1 + size, "max side": max(1, size), "net": abs(1 - size)}
    rows = [[words, show(coins), show(rational("rate", rate) * coins * 60_000),
             _hedge_line(size, money, rate, coins)] for words, coins in charged.items()]
    return Grid(f"Long 1 BTC and short {show(size)} BTC from 60,000, a wallet of {show(money)}",
                [["charged on", "BTC", "floor now", "line"], *rows])


def _hedge_line(short: Any, wallet: Any, rate: Any, charged: Any) -> str:
    line = f.hedge_liquidation_price.exact(
        long_size=1, short_size=short, long_entry=60_000, short_entry=60_000, collateral=wallet,
        maintenance_rate=rate, charged_size=charged)
    return "never" if line is None else show(line, 2)


def trades_table() -> Grid:
    """Trades of the articles, isolated and with as much again in the wallet: line and loss there.

    >>> trades_table().rows[2]
    ['cross, 000', '0.1', '60,000', '0.5 %', '48,241.21', '1,175.88']
    """
    trades = {"000": ("0.1", 60_000, "0.005"), "001 A": ("1.8", 50_000, "0.005"),
              "001 B": ("2.2", 50_000, "0.0065")}
    rows = [[f"{mode}, {name}", trade[0], show(trade[1]), show(rational("rate", trade[2]), unit="%"),
             *_line_and_loss(times, *trade)]
            for name, trade in trades.items() for mode, times in (("isolated", 1), ("cross", _SPARE))]
    return Grid("Isolated at 10×, and cross with twice that margin in the wallet",
                [["trade", "BTC", "from", "rate", "line", "loss there"], *rows])


def _line_and_loss(times: int, size: Any, entry: Any, rate: Any) -> list[str]:
    """The line of a 10× long with so many times its margin behind it, and what is lost there."""
    margin = Position("long", size, entry, leverage=10).collateral
    held = Position("long", size, entry, collateral=times * margin)
    line = held.liquidation_price(rate)
    return [show(line, 2), show(-held.unrealized_pnl(line), 2)]


#: What happens to the two marks, as relative moves, and whether they come back afterwards.
PATHS = {"BTC −12 %, and back": (-12, 0, True), "BTC −15 %": (-15, 0, False),
         "both −9.3 %, and back": ("-9.3", "-9.3", True), "both −10 %, and back": (-10, -10, True),
         "ETH −30 %": (0, -30, False)}


def modes_table() -> Grid:
    """The chapter's account, isolated (6,000 and 3,000) and cross: what is left of 9,000 USDT.

    A leg or an account that is liquidated counts as 0.

    >>> modes_table().rows[2]
    ['BTC −15 %', '3,000', '0']
    """
    rows = [[name, *_left(*path)] for name, path in PATHS.items()]
    return Grid("What is left of 9,000 USDT", [["", "isolated", "cross"], *rows])


def _left(btc: Any, eth: Any, back: bool) -> list[str]:
    moves = {"BTC": rational("btc", btc), "ETH": rational("eth", eth)}
    low = {name: mark * (1 + moves[name] / 100) for name, mark in MARKS.items()}
    end = MARKS if back else low
    legs = {name: Position("long", SIZES[name], MARKS[name], leverage=10) for name in SIZES}
    isolated = sum(leg.equity(end[name]) for name, leg in legs.items()
                   if leg.equity(low[name]) > leg.maintenance_margin(RATES[name], low[name]))
    whole = pair()
    cross = whole.equity(end) if whole.liquidation(low).status == "open" else 0
    return [show(isolated), show(cross)]


def scenarios(moves: Any = (-15, -10, -5, 0, 5, 10, 15)) -> Grid:
    """1 BTC long from 60,000 and a put at 57,000, as if it expired at each of the moves in per cent.

    >>> scenarios().rows[-1]
    ['worst', '−9,000', '0', '−3,000']
    """
    rows = [(rational("moves", move), _parts(rational("moves", move))) for move in moves]
    worst = [min(parts[k] for _, parts in rows) for k in range(3)]
    return Grid("Long 1 BTC and a put at 57,000, scenario by scenario",
                [["move", "long", "put", "together"],
                 *([show(move / 100, unit="%"), *map(show, parts)] for move, parts in rows),
                 ["worst", *map(show, worst)]])


def _parts(move: Any) -> tuple[Any, Any, Any]:
    price = 60_000 * (1 + move / 100)
    perpetual = Position("long", 1, 60_000).unrealized_pnl(price)
    put = max(_PUT - price, rational("put", 0))
    return perpetual, put, perpetual + put


def collateral_table(haircut: Any = "0.05") -> Grid:
    """The lines of 1 BTC from 60,000 with 6,000 USDT, or with coins of that worth, behind it.

    `haircut` is the part of the coins' value that does not count.

    >>> collateral_table().rows[-1]
    ['coins, less 5 %', '5,700', '55,045.87', '65,934.07']
    """
    rows = [["USDT", show(6_000), *(show(Position(side, 1, 60_000, collateral=6_000)
                                               .liquidation_price("0.005"), 2) for side in SIDES)]]
    for cut in (0, rational("haircut", haircut)):
        counted = f.collateral_value.exact(haircut=cut, asset_amount="0.1", asset_price=60_000)
        words = f", less {show(cut, unit='%')}" if cut else ""
        rows.append([f"coins{words}", show(counted),
                     *(show(_on_coins(side, counted), 2) for side in SIDES)])
    return Grid("The line of 1 BTC from 60,000, with 6,000 USDT or 0.1 BTC behind it",
                [["behind it", "counts", "long", "short"], *rows])


def _on_coins(side: str, counted: Any) -> Any:
    """The line of 1 BTC, when what counts of the wallet is in coins: a second leg without floor."""
    account = Account(counted, {"trade": (Position(side, 1, 60_000), "0.005"),
                                "coins": (Position("long", counted / 60_000, 60_000), 0)},
                      underlying={"trade": "BTC", "coins": "BTC"})
    below, above = account.liquidation_range("BTC", {"BTC": 60_000})
    return below if side == "long" else above


def diversified() -> Grid:
    """Two equal legs against one of the same notional: what is left of the daily volatility.

    >>> diversified().rows[3]
    ['0.8', '0.949', '5.1 %']
    """
    from sympy import sqrt

    rows = []
    for correlation in ("0", "0.5", "0.8", "1"):
        left = sqrt((1 + rational("correlation", correlation)) / 2)
        rows.append([correlation, f"{float(left):.3f}", f"{100 * float(1 - left):.1f} %"])
    return Grid("Half in one coin and half in another, equally volatile",
                [["correlation", "volatility", "less by"], *rows])
