"""The published statements: each number recomputed here by hand, with nothing from perpedu."""

import json
import math
import re
from fractions import Fraction as F
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest

import perpedu as pp
from perpedu.teaching.examples import load

from oracles_exercises import TABLE, tiered

SOURCES = Path(str(files("perpedu.teaching") / "sources"))
WORDS = {"right", "right but loose", "wrong", "inconsistent", "unsupported", "dated", "advice"}
CHAPTER_1 = """
000-02 000-03 000-04 000-05 000-06 000-07 000-08 000-13 000-14 000-15 000-16 000-17 000-18 000-26
000-27 000-28 001-05 001-20 001-21 001-24 002-04 002-05 002-12 002-17 002-18 002-37 002-38 002-39
003-01 003-02 003-30 003-31 003-60 004-03 004-04 004-05 004-07 004-09 004-10 004-15 004-37 004-38
""".split()
CHAPTER_2 = """
000-29 000-30 000-31 000-32 000-34 000-35 001-06 001-09 001-10 001-19 001-32 001-38 001-39 001-51
002-13 002-26 002-27 002-36 003-07 003-32 003-33 003-35 003-36 003-53 004-08 004-26 004-34 004-39
""".split()
CHAPTER_3 = "000-25 000-33 001-15 001-25 001-28 002-25 004-21 004-22 004-23".split()
CHAPTER_4 = """
000-09 000-12 000-36 000-37 000-38 000-39 001-03 001-22 001-23 001-26 001-27 001-35 001-36 001-37
001-40 001-41 001-42 001-43 001-49 001-50 001-64 002-07 003-10 003-34 004-13
""".split()
CHAPTER_5 = """
000-10 000-11 000-20 000-23 000-40 000-50 000-55 001-02 001-07 001-08 001-13 001-14 001-16 001-17
001-33 001-34 001-48 001-54 001-62 002-08 002-09 002-34 002-35 003-08 003-09 003-11 003-24 003-38
003-39 003-42 003-44 003-45 004-06 004-12 004-40 004-43
""".split()
CHAPTER_6 = """
000-41 000-42 000-43 000-44 001-31 001-52 001-53 002-28 002-29 002-30 002-31 004-30 004-31 004-32
004-33
""".split()
CHAPTER_7 = """
000-21 000-22 000-24 001-04 001-29 001-30 001-47 002-03 002-10 002-11 003-58 004-19 004-20
""".split()
CHAPTER_8 = "000-48 000-49 001-60 003-52 003-59 004-17 004-18".split()
CHAPTER_10 = "000-01 000-54 002-41 003-54 004-11 004-29 004-42".split()
CHAPTER_11 = """
000-19 000-57 001-63 002-02 002-06 002-14 002-15 002-19 004-16 004-24 004-25
""".split()
CHAPTER_12 = """
000-47 001-18 001-55 003-03 003-04 003-05 003-06 003-12 003-14 003-16 003-17 003-18 003-19 003-20 003-21
003-22 003-23 003-25 003-26 003-27 003-28 003-29 003-40 003-41 003-47 003-49 003-50 003-51 003-56 003-57
003-61 004-44
""".split()
CHAPTER_13 = """
000-45 000-46 000-51 000-53 000-56 001-45 003-13 003-15 003-37 003-43 003-46 003-55 004-27 004-28
""".split()
CHAPTER_14 = "001-11 001-12 002-32 002-33 004-41".split()
CHAPTER_15 = """
001-44 001-46 002-16 002-20 002-21 002-22 002-23 002-24 002-40 003-48 004-14 004-35 004-36
""".split()
CHAPTER_16 = ["001-61"]
APPENDIX = "000-52 001-01 001-56 001-57 001-58 001-59 002-01 004-01 004-02".split()
OF_CHAPTER = {1: CHAPTER_1, 2: CHAPTER_2, 3: CHAPTER_3, 4: CHAPTER_4, 5: CHAPTER_5, 6: CHAPTER_6,
              7: CHAPTER_7, 8: CHAPTER_8, 10: CHAPTER_10, 11: CHAPTER_11, 12: CHAPTER_12, 13: CHAPTER_13,
              14: CHAPTER_14, 15: CHAPTER_15, 16: CHAPTER_16,
              "A": APPENDIX}
EVERY = sorted(sum(OF_CHAPTER.values(), []))
#: The statements of these chapters that compute something, by what they are.
COMPUTING = {
    "worked-example": """
000-25 000-26 000-27 000-28 000-30 000-31 000-32 001-19 001-39 002-27 003-30 003-31 003-32 003-33 003-35
003-36 003-38 003-39 003-42 003-45 004-07 001-35 001-40 003-34""",
    "formula": """
000-14 000-15 000-16 000-18 000-29 001-09 001-10 001-20 001-21 001-24 001-51 002-12 002-26 002-36
002-37 004-03 004-09 004-10 004-15 004-34 004-38 004-39 000-09 001-22 001-23 001-27 004-13 002-11""",
    "table": "001-38 000-36 000-37 000-38 000-39 001-36 001-37",
}

# The trade of source 000, by hand: 0.10 BTC at 60,000, 10x, 0.5 %.
Q, E, M = F(1, 10), 60_000, F(5, 1000)
N = Q * E
IM, MM = N / 10, M * N
ON_ENTRY = E - (IM - MM) / Q  # the line with maintenance margin on the entry notional
ON_MARK = (N - IM) / (Q - M * Q)  # 600 + 0.1 (P - 60,000) = 0.005 * 0.1 P
SHORT_ON_MARK = (N + IM) / (Q + M * Q)
SHORT_ON_ENTRY = E + (IM - MM) / Q


def ratio(price):
    """Maintenance margin over equity of that trade, both at the mark price."""
    return M * Q * price / (IM + Q * (price - E))


def line(collateral=IM, rate=M):
    """The liquidation price of that long on the mark notional."""
    return (N - collateral) / (Q * (1 - rate))


def distance(leverage, rate, entry=F(1)):
    """From the entry down to a long's line on the mark notional: it keeps 1/leverage of the entry
    notional in hand, and what is left of that must cover the rate at the price reached."""
    return entry * (F(1) / leverage - rate) / (1 - rate)


# Case A of source 001: 1.8 BTC at 50,000, 10x, 0.5 %, so 9,000 of margin.
A_FALL = distance(10, M, 50_000)
A_LINE = 50_000 - A_FALL
A_LINE_MORE = 50_000 - distance(9, M, 50_000)  # 1,000 more is a ninth of 90,000
# The example of source 003: 6,700 of margin from 67,000, first for 40,000, then for 500,000.
COINS = F(40_000, 67_000)
FALL = (6700 - 160) / COINS
LARGE_FALL = F(6700 - 5000) * 67_000 / 500_000
LARGE_AT_LOW_RATE = F(6700 - 2000) * 67_000 / 500_000
SMALL_ON_MARK = distance(F(400, 67), F(4, 1000), 67_000)
LARGE_ON_MARK = distance(F(5000, 67), F(1, 100), 67_000)
# Another example there: 10x from the same entry, at 0.4 % and at 0.5 %; then 250,000 on 3,000.
RATE_ALONE = 67_000 * F(1, 1000)
RATE_ALONE_ON_MARK = distance(10, F(4, 1000), 67_000) - distance(10, M, 67_000)
SAME_MARGIN = 67_000 * ((F(3000, 30_000) - F(4, 1000)) - (F(3000, 250_000) - M))
# 100,000 at 10x and 3 %, source 004.
WORTH = 100_000 - distance(10, F(3, 100), 100_000)

#: What the source printed and the exact value.
NUMERIC = {
    "000-26": (6000, F("0.10") * 60_000),
    "000-27": (600, F(6000, 10)),
    "000-28": (30, 6000 * F("0.005")),
    "000-30": (570, F(600 - 30)),
    "000-31": (5700, F(570) / F("0.10")),
    "000-32": (54_300, F(10_800_000, 199)),
    "001-39": (45_250, F(9_000_000, 199)),
    "002-27": (F("0.0075"), F(1, 199)),
    "003-30": (F("5.97"), F(400, 67)),
    "003-31": (160, 40_000 * F("0.004")),
    "003-32": (6540, F(6700 - 160)),
    "003-33": (50_650, (40_000 - 6700) / (COINS * F("0.996"))),
    "003-35": (65_660, (500_000 - 6700) / (F(500_000, 67_000) * F("0.99"))),
    "003-36": (F("0.02"), F(34, 9900)),
    "003-38": (24, F(1635, 34)),
    "004-07": (F("0.03"), F(3000, 100_000)),
    "004-08": (F("0.03"), F(3, 100)),
}
#: The exact value where the source prints none.
UNPRINTED = {
    "000-25": F(5400) / (Q * F("0.9945")), "000-14": N, "000-15": IM, "000-16": MM, "000-18": MM / IM, "000-29": ON_ENTRY - ON_MARK,
    "001-09": F(19, 199), "001-10": F(1, 19), "001-19": F(9_000_000, 199),
    "001-15": F(81_000) / (F("1.8") * F("0.9945")), "001-20": F(90_000 * 5, 1000), "001-21": F("1.8") * 45_250, "001-24": F(90_000, 10),
    "001-38": F(950_000, 199), "001-51": F(1000) / (F("1.8") * F("0.995")), "002-12": 600 - 570,
    "002-25": MM * ON_MARK / E, "002-26": F(1, 50) - M, "002-36": 2 - (ON_MARK + SHORT_ON_MARK) / E, "002-37": MM,
    "003-45": 67, "004-03": MM / N, "004-09": M, "004-10": M, "004-15": M, "004-34": 1,
    "004-21": F(3) / (Q * (1 - M)), "004-23": 600 - 30 - 3 - 3, "004-38": M, "004-39": F(100) / (Q * (1 - M)),
}  # fmt: skip
#: Every number that stands in a reason, in order; a statement that is not here has none.
REASONS = {
    "000-04": [E - IM / Q],
    "000-06": [IM - MM, IM, MM, MM / IM],
    "000-07": [IM],
    "000-08": [MM, M],
    "000-14": [N, ON_ENTRY, Q * ON_ENTRY, ON_MARK],
    "000-15": [N, 10, IM],
    "000-16": [MM, M * Q * ON_MARK],
    "000-17": [MM / IM, IM / MM, MM / N],
    "000-18": [MM / IM, ON_ENTRY, MM / (IM + Q * (ON_ENTRY - E)), ratio(ON_ENTRY)],
    "000-19": [1, ratio((E + ON_MARK) / 2), 54_500, ratio(F(54_500))],
    "000-25": [F("0.0005"), ON_MARK, line(rate=M + F("0.0005"))],
    "000-28": [M * Q * ON_MARK],
    "000-29": [ON_ENTRY - ON_MARK, SHORT_ON_ENTRY - SHORT_ON_MARK],
    "000-30": [Q * (E - ON_MARK)],
    "000-31": [F(5700, E), E - ON_MARK, (E - ON_MARK) / E],
    "000-32": [ON_MARK, 54_000],
    "000-33": [ON_MARK, F("0.0005"), line(rate=M + F("0.0005")) - ON_MARK, F("0.0001"),
               line(collateral=IM - F("0.6")) - ON_MARK, F("0.004"),
               line(rate=F("0.004")) - ON_MARK],
    "000-34": [ON_ENTRY - ON_MARK, E - ON_MARK, M],
    "000-35": [54_300, ON_MARK, 54_000],
    "001-06": [A_LINE, 9000 + F("1.8") * (A_LINE - 50_000), M * F("1.8") * A_LINE],
    "001-09": [10, distance(10, M), M, distance(10, F("0.0065")), F("0.0065")],
    "001-10": [10, distance(10, M), M, distance(10, F("0.05")), F("0.05")],
    "001-19": [A_LINE],
    "001-15": [F("0.0005"), A_LINE, F(81_000) / (F("1.8") * F("0.9945"))],
    "001-20": [F("1.8"), 50_000, 90_000, M, 450],
    "001-21": [F("1.8"), 50_000, 10, F("0.005"), 450, 50_000 - (9000 - 450) / F("1.8"),
               F("1.8") * 45_250, F("0.005") * F("1.8") * 45_250],
    "001-24": [F("1.8"), 50_000, 10, 9000, F("2.2"), 50_000, 10, F("2.2") * 50_000 / 10],
    "001-25": [F("0.0005"), A_LINE, F(81_000) / (F("1.8") * F("0.9945")),
               F(81_000 + 45) / (F("1.8") * F("0.995"))],
    "001-28": [E - 6000 - 300, E - 6000, E - 6000 + 30, ON_MARK, ON_ENTRY, F("0.0005"),
               line(rate=M + F("0.0005"))],
    "001-38": [4750, A_FALL],
    "001-39": [45_250, 9000 - F("1.8") * 4750, M * F("1.8") * 45_250, A_LINE],
    "001-51": [F("1.8"), 50_000, 10, 1000, A_LINE - A_LINE_MORE, A_LINE, A_LINE_MORE, 90_000],
    "002-12": [-570, 600, 600 - 570, 600 + 570, SHORT_ON_MARK],
    "002-13": [IM + Q * (ON_MARK - E), ON_MARK, 54_000],
    "002-18": [600 - 600, 600, 30],
    "002-26": [M, F(1, 10) - M, 10, F(1, 50) - M, 50, 200],
    "002-25": [M * Q * ON_MARK, F("0.005"), F("0.02"), F(2, 100) * Q * ON_MARK],
    "002-27": [M, distance(100, M), F("0.004"), distance(100, F("0.004")), F("0.0075"),
               F("0.0025")],
    "002-36": [1 - ON_MARK / E, SHORT_ON_MARK / E - 1, 2 - (ON_MARK + SHORT_ON_MARK) / E,
               M * Q * ON_MARK, M * Q * SHORT_ON_MARK],
    "002-37": [10, 5, N / 10, N / 5, M * N, M * N],
    "002-39": [F("0.0005"), 6000, 3],
    "003-30": [40_000, 6700],
    "003-31": [F("0.004"), 40_000],
    "003-07": [160, 67_000 - SMALL_ON_MARK],
    "003-32": [COINS, 6540, FALL, FALL / 67_000],
    "003-33": [67_000 - FALL, 67_000 - SMALL_ON_MARK, 50_650, 67_000 - 6700 / COINS,
               6700 - 16_350 * COINS, COINS, 67_000, 6540, F("0.4"), 67_000 - 6540 / F("0.4")],
    "003-35": [F("0.01"), 67_000 - LARGE_FALL, 67_000 - LARGE_ON_MARK, 65_660, F("0.98"),
               67_000 * (1 - F(6700, 500_000)), 6700 - 500_000 * F("0.02")],
    "003-36": [LARGE_FALL / 67_000, LARGE_ON_MARK / 67_000, F(6700, 500_000)],
    "003-38": [FALL, LARGE_FALL, FALL / LARGE_FALL, SMALL_ON_MARK / LARGE_ON_MARK,
               FALL / LARGE_AT_LOW_RATE, LARGE_AT_LOW_RATE / LARGE_FALL],
    "003-45": [67_000, RATE_ALONE, RATE_ALONE_ON_MARK, 10, 3000, 10, F(250_000, 3000),
               SAME_MARGIN],
    "003-60": [125, F(1, 125), F("0.004")],
    "004-03": [MM / N, MM / IM],
    "004-07": [100_000, 3000, F(100_000, 3000), F("0.004")],
    "004-08": [100_000, 10, 1 - WORTH / 100_000, WORTH, 10_000 + WORTH - 100_000, F("0.03")],
    "004-09": [M, 10, M, 20],
    "004-10": [10, 20, N / 10, N / 20, M],
    "004-15": [M, MM / IM, 1],
    "004-21": [F("0.0005"), 3, F(3) / (Q * (1 - M)), line(collateral=F(597))],
    "004-23": [570, 567, F("0.0005"), 564],
    "004-26": [100, ON_MARK, line(collateral=F(700)), 600, (3000 - 600) / (F("0.05") * (1 - M))],
    "004-34": [1, M, 54_000, ON_MARK],
    "004-37": [100, 600, 700, 30, 30],
    "004-38": [MM / N, 100, F(30, 600), F(30, 700), F(600, 30), F(700, 30)],
    "004-39": [100, ON_MARK - line(collateral=F(700)), ON_MARK, line(collateral=F(700)), 1000],
}  # fmt: skip
# ---- chapter 4: tables, slice by slice

def sliced(notional, *rows):
    """Each part of the notional pays the rate of its own row; rows are (floor, rate)."""
    ends = [low for low, _ in rows[1:]] + [max(notional, rows[-1][0])]
    return sum(rate * max(0, min(F(notional), end) - low)
               for (low, rate), end in zip(rows, ends))


def given_back(*rows):
    """The deduction of the last row: what its rate on everything takes too much."""
    floor, rate = rows[-1]
    return rate * floor - sliced(floor, *rows[:-1])


#: Binance's first rows as announced in March 2021, and as they stood in September 2026.
OLD = [(0, F("0.004")), (50_000, F("0.005")), (250_000, F("0.01")), (1_000_000, F("0.025"))]
NEW = [(0, F("0.004")), (300_000, F("0.005")), (800_000, F("0.0065")), (3_000_000, F("0.01"))]
EXAMPLE = [(0, F("0.004")), (100_000, F("0.005")), (1_000_000, F("0.01"))]  # source 000
TWO = [(0, F("0.005")), (100_000, F("0.0065"))]  # source 001
BYBIT = [(0, F("0.005")), (2_000_000, F("0.0056")), (2_600_000, F("0.0063"))]
# Case B of source 001: 2.2 BTC at 50,000 and 10x, 11,000 of margin for 110,000.
B_FLAT = F("0.0065") * 110_000
B_JOINED = sliced(110_000, *TWO)
B_LINE = 50_000 - distance(10, F("0.005"), 50_000)
B_SECOND = 50_000 - distance(10, F("0.0065"), 50_000)
SMALLER = F("1.9")  # a short of that size from there: 55,000 a coin less what must be kept

NUMERIC |= {"001-40": (45_325, B_LINE), "003-34": (5000, sliced(500_000, *OLD))}
UNPRINTED |= {
    "000-09": sliced(500_000, *NEW), "000-12": F(60_000) * F("0.005"),
    "000-36": given_back(*EXAMPLE), "000-37": F(500 - 400), "000-38": line(rate=F("0.004")),
    "000-39": F(10_000 - 5000), "001-03": F(100_000) / F("2.2"), "001-22": F("0.005"),
    "001-23": B_JOINED, "001-26": given_back(*NEW[:3]), "001-27": given_back(*BYBIT),
    "001-35": 50_000 - (11_000 - B_JOINED) / F("2.2"), "001-36": F(450), "001-37": F(650 - 500),
    "001-41": F(75, 4750), "001-42": B_LINE, "001-43": F(55_000) / F("1.0065"), "001-49": F(500),
    "001-50": F(150), "002-07": sliced(500_000, *NEW) / 500_000,
    "003-10": sliced(2_000_000, *OLD) / 2_000_000, "004-13": sliced(1_000_000, *NEW),
}  # fmt: skip
REASONS |= {
    "000-09": [500_000, F("0.005"), 300, 2200, 2500],
    "000-12": [60_000, F("0.004"), F("0.005"), 5, 6, 300],
    "000-36": [0, given_back(*EXAMPLE[:2]), given_back(*EXAMPLE)],
    "000-37": [100_000, 1_000_000, 400, 500, 100],
    "000-38": [6000, M, F("0.004"), E - (IM - 24) / Q, ON_ENTRY, line(rate=F("0.004")), ON_MARK],
    "000-39": [400, 500, 5000, 5000, 10_000, 100, given_back(*EXAMPLE)],
    "001-03": [SMALLER, 100_000, 100_000 / SMALLER, F("2.2"), 100_000, 100_000 / F("2.2")],
    "001-22": [800_000, F("0.005"), 1, F("0.0065")],
    "001-23": [110_000, B_FLAT, given_back(*TWO), B_JOINED],
    "001-26": [given_back(*NEW[:2]), given_back(*NEW[:3]), given_back(*NEW), 1500, 1_000_000],
    "001-27": [F("0.005"), F("0.0056"), 2_000_000, F("0.0063"), 2_600_000,
               given_back(*BYBIT[:2]), given_back(*BYBIT)],
    "001-35": [100_000, 500, 650, 150, B_JOINED, 50_000 - (11_000 - B_JOINED) / F("2.2"),
               50_000 - (11_000 - B_FLAT) / F("2.2")],
    "001-36": [F("0.005"), 90_000, 450],
    "001-37": [100_000, F("0.005"), 500, F("0.0065"), 650, 150],
    "001-40": [B_SECOND, 100_000 / F("2.2"), B_LINE],
    "001-41": [(9000 - 450) / F("1.8"), (11_000 - B_FLAT) / F("2.2"), F(75, 4750), F("0.0015")],
    "001-42": [B_LINE, 45_325 - 45_250, F(75, 50_000)],
    "001-43": [SMALLER, 50_000, 10, F(55_000) / F("1.005"), 100_000 / SMALLER,
               F(55_000) / F("1.0065"), (55_000 + 150 / SMALLER) / F("1.0065")],
    "001-49": [F("0.2"), 50_000, 100_000, B_FLAT, B_JOINED, 500, B_LINE,
               50_000 - (11_000 - 500) / (2 * F("0.995"))],
    "001-50": [150, 100_000, 1, F("0.0065")],
    "002-07": [500_000, F("0.005"), 300, F("0.0044")],
    "003-10": [2_000_000, F("0.025"), given_back(*OLD), sliced(2_000_000, *OLD) / 2_000_000],
    "003-34": [500_000, F("0.01"), 5000, given_back(*OLD[:3]), sliced(500_000, *OLD), F("0.005"),
               given_back(*NEW[:2]), sliced(500_000, *NEW)],
    "004-13": [100_000, 400, 10, 5000, F(5000, 400)],
}  # fmt: skip

# Chapter 5. Binance's rows of September 2026: a margin slice by slice, a rate from one dollar more.
ROWS = [[F(part) for part in row] for row in json.loads(TABLE.read_text("utf-8"))["rows"]]
MILLIONS = 2_000_000
RATE_THERE = tiered(F(MILLIONS + 1)) - tiered(F(MILLIONS))
# 9,000 of margin behind 110,000 from 50,000: what one coin may lose, first at the old rate.
A_WIDE = F(9000) * 50_000 / 110_000
FROZEN_LINE, B_LOW = 50_000 - (A_WIDE - 50_000 * F("0.0065")), 50_000 - (A_WIDE - 50_000 * M)
FIFTY = 50 * F("87959.907984")
NOTICE = (9 - 6) * 60 - 19
FEE_LINE = F(81_000) / (F("1.8") * (1 - M - F("0.0005")))
TEN_TIMES = F(MILLIONS, 67_000)
#: 10x and 2,000,000 at the price where 1,800,000 are owed and the table's margin is left.
LARGE_LINE = F(1_800_000 - 1500) / (TEN_TIMES * (1 - RATE_THERE))
NUMERIC |= {
    "002-08": (F("0.005"), ROWS[0][2]),
    "002-09": (F("0.015"), ROWS[-1][2]),
    "003-08": (50_000, ROWS[0][1]),
    "003-09": (F("0.025"), RATE_THERE),
    "003-42": (F("0.004"), tiered(F(30_000)) / 30_000),
    "003-44": (F("0.005"), tiered(F(250_000)) / 250_000),
}
UNPRINTED |= {"001-62": (B_LOW - 45_250) / (FROZEN_LINE - 45_250), "003-39": F(500_000, 50)}
REASONS |= {
    "000-10": [ROWS[0][2], ROWS[-1][2], F("0.005"), F("0.045")],
    "000-11": [500_000, tiered(F(500_000)), 2500, MILLIONS, tiered(F(MILLIONS)), 10_000],
    "000-20": [ratio(ON_MARK)],
    "000-23": [ON_ENTRY, ON_MARK, ON_ENTRY - ON_MARK],
    "000-40": [F("0.01"), F("0.004"), 10, distance(10, F("0.004")), distance(10, F("0.01")), 20,
               F("0.004"), distance(20, F("0.004"))],
    "000-50": [tiered(F(1_000_001)) - tiered(F(1_000_000)), tiered(F(1_000_000)) / 1_000_000,
               1_000_000],
    "000-55": [11, 9, 50_000, ROWS[0][1]],
    "001-02": [9000, 110_000, 45_250, FROZEN_LINE, B_LOW - 45_250, FROZEN_LINE - B_LOW],
    "001-07": [len(ROWS), 20],
    "001-13": [100, 2_000_000, 50, 8_500_000, 14, 80_000_000],
    "001-14": [(9000 + F("1.8") * (FEE_LINE - 50_000)) / (F("1.8") * FEE_LINE * F("0.0055")),
               F("0.0005"), FEE_LINE, A_LINE],
    "001-16": [11, 9, 50, 25, 20, 15],
    "001-33": [50_000, 10, 50_000 - distance(10, F("0.004"), 50_000), F("0.004"),
               50_000 - distance(10, F("0.0065"), 50_000), F("0.0065"),
               50_000 - distance(10, F("0.025"), 50_000), F("0.025")],
    "001-34": [12],
    "001-54": [ROWS[0][2], ROWS[0][3], ROWS[0][1], F("0.0065"), 75, 80_000],
    "001-62": [110_000, FROZEN_LINE - 45_250, B_LOW - 45_250, (B_LOW - 45_250) / (FROZEN_LINE - 45_250)],
    "002-08": [ROWS[0][2], 50, FIFTY, tiered(FIFTY), tiered(FIFTY) / FIFTY, F("0.005"),
               FIFTY * F("0.005")],
    "002-09": [ROWS[-1][0], ROWS[-1][2]],
    "002-34": [MILLIONS, 200 + 1000 + 7500 + 25_000, 200 + 1000 + 17_500, tiered(F(MILLIONS))],
    "002-35": [NOTICE],
    "003-08": [ROWS[0][2], ROWS[0][1]],
    "003-09": [MILLIONS, F("0.025"), 1_000_000, ROWS[5][0], MILLIONS, RATE_THERE,
               tiered(F(MILLIONS)) / MILLIONS],
    "003-11": [10, distance(10, F("0.004")), F("0.004"), distance(10, F("0.025")), F("0.025"),
               distance(10, F("0.004")) / distance(10, F("0.025")), MILLIONS,
               1 - LARGE_LINE / 67_000],
    "003-24": [NOTICE],
    "003-39": [500_000, F("0.01"), 50, 10_000, 6700, F(500_000, 6700)],
    "003-42": [30_000, F("0.004"), 67_000, 10, 67_000 * (F(1, 10) - F("0.004"))],
    "003-44": [250_000, F("0.004")],
    "004-06": [ROWS[0][2], F("0.005"), F("0.01")],
    "004-12": [F("0.01"), F("0.00005"), F(28_125, 25 * 100_000), 25],
    "004-40": [F("0.01"), F("0.02")],
    "004-43": [MILLIONS, F("0.025"), F("0.01"), RATE_THERE],
}  # fmt: skip

# Chapter 6. The long with 1,200 in the wallet; case A with more; two legs under one fall.
CROSS_LINE = line(collateral=F(1200))
A_CROSS = F(90_000 - 13_500) / (F("1.8") * (1 - M))
#: 18,000 against 135,000 of two longs: what both have lost leaves half a per cent of the rest.
TOGETHER = (F(18_000) / 135_000 - M) / (1 - M)


def two_coins(first, second):
    """How far a fall goes that takes `first` and `second` times itself off two legs of 3,000."""
    moved = 3000 * (F(first) + F(second))
    return (600 - M * 6000) / (moved - M * moved)


REASONS |= {
    "000-41": [ON_MARK, 600, CROSS_LINE, 1200],
    "000-42": [600, 54_000, 53_000, Q * (E - 53_000) - 600],
    "000-43": [1200, 600, ON_MARK, CROSS_LINE, 300, line(collateral=F(1200 - 300))],
    "000-44": [600, 1200, Q * (E - ON_MARK), Q * (E - CROSS_LINE)],
    "001-31": [18_000, 45_000, M, F(90_000 - 18_000 + 225) / (F("1.8") * (1 - M)),
               50_000 * (1 - TOGETHER)],
    "001-52": [10, 5, 18_000, 9000, A_LINE, 50_000 - distance(5, M, 50_000)],
    "001-53": [13_500, 9000, A_CROSS, A_LINE, F("1.8") * A_FALL, F("1.8") * (50_000 - A_CROSS)],
    "002-28": [distance(10, M), Q * (E - ON_MARK), 1200, distance(5, M), Q * (E - CROSS_LINE)],
    "002-29": [1200, 6000, M, F(1, 10), line(collateral=F(1200 - 30)),
               line(collateral=F(1200 - 600 - 27))],
    "002-30": [100, ON_MARK, line(collateral=F(700))],
    "002-31": [5, 10, 1200, 600, 30],
    "004-30": [F(1, 10), 2 * F(9, 10) ** 2 - 1, two_coins(1, 1)],
    "004-31": [600, 3000, M, two_coins(1, 0), two_coins(1, 1), F("1.5"), two_coins(1, "1.5")],
    "004-32": [ON_MARK, SHORT_ON_MARK, 1200, F(1200) / (2 * M * Q)],
    "004-33": [60, 30],
}  # fmt: skip

# Chapter 8. The counts of the funding rates, as they were derived; each payment of the trade is a
# ten-thousandth of its notional.
RATES = json.loads((TABLE.parents[3] / "facts" / "funding.json").read_text("utf-8"))["facts"]["all"]
PRINTS, NEGATIVE = RATES["prints"], RATES["negative"]
MEAN = F(RATES["sum"]) / PRINTS
LEFT = IM - 90 * N / 10_000
UNPRINTED |= {
    "000-48": F(NEGATIVE, PRINTS), "000-49": MM / LEFT, "001-60": 1095 * MEAN,
    "004-17": N / 10_000, "004-18": 1 - F(NEGATIVE + RATES["zero"], PRINTS),
}  # fmt: skip
REASONS |= {
    "000-48": [PRINTS, NEGATIVE, F(NEGATIVE, PRINTS)],
    "000-49": [F("0.0001"), MM / IM, MM / LEFT, 90, (IM - MM) / (N / 10_000),
               (IM - MM) / (N / 10_000) / 3, F(RATES["greatest"]),
               (IM - MM) / (N * F(RATES["greatest"]))],
    "001-60": [PRINTS, MEAN, 1095 * MEAN, 10, 10 * 1095 * MEAN],
    "003-52": [F(RATES["greatest"]), PRINTS, 10, N * F(RATES["greatest"]) / IM],
    "003-59": [8, PRINTS, 7, 21],
    "004-17": [MM, Q, E, 10, F("0.0001"), N / 10_000, IM, line(collateral=IM - N / 10_000) - line()],
    "004-18": [PRINTS, PRINTS - NEGATIVE, 1 - F(NEGATIVE, PRINTS)],
}  # fmt: skip

# Chapter 12. Counts and means of the candles as they were derived; samples by Wilson's equation, at one
# half n = z^2 (1 / (4 w^2) - 1).
DAYS = json.loads((TABLE.parents[3] / "facts" / "candles.json").read_text("utf-8"))["facts"]
RANGE, RATE_04 = F(DAYS["mean_range"]), F("0.004")
(NEXT_DAY,) = (row for row in DAYS["touches"] if (row["distance"], row["days"]) == ("0.0955", 1))
TOUCHED = F(NEXT_DAY["below"], NEXT_DAY["starts"])
CALM, _, WILD = (F(part["below"], part["days"]) for part in DAYS["adr"]["touched_next_day"]["parts"])
CUTS = [F(cut) for cut in DAYS["adr"]["terciles"]]
FLAGGED = F(DAYS["adr"]["fails"], DAYS["adr"]["days"])
LOW_DAYS, Z2 = DAYS["low_days"], F("1.96") ** 2
WEEK = F(DAYS["spans"]["7"])


def needed(width):
    return Z2 / (4 * width**2) - Z2


def allowed(average, times=2):
    """The leverage at which a loss of so many ranges leaves the maintenance margin, on the entry notional."""
    return 1 / (times * average + RATE_04)


UNPRINTED |= {"000-47": RANGE, "001-55": TOUCHED, "003-22": FLAGGED,
              "003-47": F(LOW_DAYS["days"], DAYS["days"])}
REASONS |= {
    "000-47": [RANGE, F(DAYS["ranges"]["0.5"]), F(DAYS["ranges"]["0.9"]), F(DAYS["ranges"]["1"])],
    "001-18": [10, F(66, 9)],
    "001-55": [RANGE, F(DAYS["ranges"]["0.9"]), F("0.0955"), TOUCHED],
    "003-04": [RATE_04, 40_000, 160],
    "003-05": [2, RANGE, RATE_04, allowed(RANGE)],
    "003-06": [6700, 160, F(6700, 160)],
    "003-12": [10, F("0.025"), RATE_04, distance(10, RATE_04), distance(10, F("0.025")),
               distance(10, F("0.025")) / RANGE],
    "003-16": [7, 1 / TOUCHED, (1 - TOUCHED) ** 7, (1 - TOUCHED / 2) ** 7],
    "003-17": [needed(F("0.15")), F("0.95"), 15],
    "003-20": [Q, E, 57_000, 300, F("93.4"), F("93.4") / 300],
    "003-21": [67_000 - SMALL_ON_MARK, 67_000 - LARGE_ON_MARK, SMALL_ON_MARK / 67_000 / RANGE,
               LARGE_ON_MARK / 67_000 / RANGE, RANGE, LARGE_ON_MARK / 67_000],
    "003-22": [RANGE, allowed(RANGE), 1 / (2 * RANGE + RATE_04 * (1 - 2 * RANGE)), 10, 14,
               F(1, 10) - RATE_04, FLAGGED],
    "003-23": [F(66, 9)],
    "003-25": [14, *CUTS],
    "003-26": [F("0.0955"), CALM, WILD],
    "003-27": [24, 60, 12, F(1, 25) / (F(3, 10) * F(7, 10) / 30), Z2],
    "003-28": [F("0.6"), line(collateral=IM - F("0.6")), ON_MARK],
    "003-29": [F("0.95"), 20, needed(F("0.2")), 10, needed(F("0.1"))],
    "003-40": [50_650, 67_000 - 6700 / COINS, 67_000 - SMALL_ON_MARK],
    "003-41": [F("0.0005"), 40, F(40, 6700)],
    "003-47": [F("0.03"), LOW_DAYS["days"], DAYS["days"], F(LOW_DAYS["days"], DAYS["days"]), 365,
               F(LOW_DAYS["last_365"], 365)],
    "003-49": [needed(F("0.15"))],
    "003-50": [WEEK / RANGE, (WEEK / RANGE) ** 2, 1440, 38, 38 * 38, RANGE, 38, RANGE / 38],
    "003-56": [Q, 59_990, 61_010, E, 61_000, Q * (61_010 - 59_990), -2, 6, F("0.6"), F("93.4")],
    "003-57": [F(400, 67), F(5000, 67)],
    "003-61": [5, 5, Z2 / (5 + Z2), F("0.95")],
    "004-44": [2, allowed(F(DAYS["years"]["2023"]["mean_range"])), F(DAYS["years"]["2023"]["mean_range"]),
               allowed(F(DAYS["years"]["2021"]["mean_range"])), F(DAYS["years"]["2021"]["mean_range"]),
               RATE_04],
}  # fmt: skip

# Chapter 16. A winning short, closed at the bankruptcy price of a long.
SHOWN, PAID = 2 * (F(50_500) - 50_000), 2 * (F(50_500) - 51_000)
UNPRINTED |= {"001-61": SHOWN - PAID}
REASONS |= {"001-61": [2, 50_500, SHOWN, 50_000, 51_000, SHOWN - PAID, PAID]}

# Chapter 7. A wick is compared with the mark, each of three sources has a third of the index.
A_LOSS = F("1.8") * 5000  # at 45,000
FIRST = 50_000 + 50_000 * F(1, 10_000)
UNPRINTED |= {"000-22": E + E * F(1, 10_000), "002-11": F(sorted([FIRST, 50_010, 50_030])[1])}
REASONS |= {
    "000-21": [E, IM, 53_900, IM - Q * 6100],
    "000-22": [E + 6, E + 10, 53_000, sorted([E + 6, E + 10, 53_000])[1]],
    "000-24": [ON_MARK, 54_300, 50, ON_MARK + 50],
    "001-04": [F(3, 10), F(50_000 + 50_000 + 35_000, 3), A_LINE, 50_000],
    "001-29": [50_000, 9000, F("0.005") * 90_000, 45_000, 9000 - A_LOSS],
    "001-30": [45_000, A_LINE, 50_000],
    "001-47": [A_LINE, 60, 45_250, A_LINE - 45_190],
    "002-03": [IM, 500, 100, 55_000, M * Q * 55_000],
    "002-10": [55_000, M * Q * 55_000, 50_000, MM],
    "002-11": [FIRST, 50_000, 50_010, 50_030, 50_010, 30],
    "003-58": [59_400, E, F(600, 60_000), 10, F(60, 600)],
    "004-19": [50_000, FIRST, 50_010, 50_030, 50_010],
    "004-20": [ON_MARK, 55_000, 54_500],
}  # fmt: skip
# Chapter 15. What is left at the line of the trade of source 000, and what a takeover costs.
LEFT, BANKRUPT = IM + Q * (ON_MARK - E), E - IM / Q
AT_54200 = IM + Q * (54_200 - E)
SMALLEST = Q - AT_54200 / M / 54_200  # what 20 USDT carry at 0.5 % stays


def at_rate(rate):
    """The line of that trade at another rate."""
    return (N - IM) / (Q - rate * Q)


UNPRINTED |= {"002-22": SMALLEST, "002-23": LEFT, "002-24": Q * 1000, "004-36": LEFT}
REASONS |= {
    "001-46": [BANKRUPT, M, ON_MARK],
    "002-16": [F(1, 100), LEFT, LEFT - Q * ON_MARK / 100],
    "002-21": [BANKRUPT],
    "002-22": [54_200, AT_54200, M * Q * 54_200, SMALLEST],
    "002-23": [LEFT],
    "002-24": [53_000, BANKRUPT, Q * 1000],
    "002-40": [ON_MARK, LEFT, E, IM],
    "003-48": [F(125, 10_000), F(125, 10_000) * Q * ON_MARK, LEFT],
    "004-14": [F(2, 100), F(4, 1000), at_rate(F(2, 100)), at_rate(F(4, 1000))],
    "004-35": [ON_MARK, LEFT],
    "004-36": [LEFT, IM, LEFT / IM],
}  # fmt: skip
# Chapter 11. Ratios and alerts of that trade; a touch within a week, at any moment and by the hour.
def ahead(level):
    """How far before its line a long is where maintenance margin is this part of equity."""
    return M * (1 - level) / (level - M)


def within_a_week(farther=0.0):
    """By images: a long at 10x, 0.4 %, volatility 70 %, no drift of the expected price."""
    line, drift, spread = math.log(0.9 / 0.996) - farther, -0.245, 0.7 * math.sqrt(7 / 365)
    beyond, image = ((line - way * drift * 7 / 365) / spread for way in (1, -1))
    tail = lambda x: math.erfc(-x / math.sqrt(2)) / 2
    return F(tail(beyond) + math.exp(2 * drift * line / 0.49) * tail(image))


BY_THE_HOUR = within_a_week(0.5826 * 0.7 / math.sqrt(8760))
REASONS |= {
    "000-57": [60_000, 55_000, MM, M * Q * 55_000, IM, 100, MM / IM, ratio(F(55_000))],
    "001-63": [Q, 60_000, IM, F(4, 1000), 1 - line(rate=F(4, 1000)) / E],
    "002-06": [10, F(7, 10), within_a_week(), 7, BY_THE_HOUR],
    "002-15": sum(([F(level, 100), ahead(F(level, 100))] for level in (50, 80, 90)), []),
    "004-16": [M, M, MM / IM, 1],
    "004-24": [M, ratio(F(54_500)), 54_500],
}  # fmt: skip
# Chapter 10. A touch within 30 days, by images, with no drift of the expected price; days counted.
COUNTED = json.loads((TABLE.parents[3] / "facts" / "candles.json").read_text("utf-8"))["facts"]
RECOVERED = next(day for day in COUNTED["notable"] if day["date"] == "2020-03-13")


def touched(fall, volatility, days=30):
    """The probability that a price falls by this share at some moment of these days."""
    years, width = days / 365, volatility * math.sqrt(days / 365)
    low, drift = math.log(1 - fall), -volatility**2 / 2
    below = lambda x: math.erfc(-x / math.sqrt(2)) / 2
    return F(below((low - drift * years) / width)
             + math.exp(2 * drift * low / volatility**2) * below((low + drift * years) / width))


def share(distance, days, what="below"):
    """The counted share of days after which a line at this distance was met."""
    row = next(row for row in COUNTED["touches"] if (row["distance"], row["days"]) == (distance, days))
    return F(row[what], row["starts"])


TEN = distance(10, M)  # the line of ten times leverage lies so far below the entry
LEFT_OF_WAY = 55_000 - ON_MARK
REASONS |= {
    "000-01": [TEN, touched(TEN, 0.6), 30, F("0.6"), share("0.0955", 30)],
    "000-54": [55_000, ratio(F(55_000)), LEFT_OF_WAY, LEFT_OF_WAY / (E - ON_MARK), 30,
               touched(TEN, 0.7), touched(LEFT_OF_WAY / 55_000, 0.7), F("0.7")],
    "002-41": [F(RECOVERED["low"]), F(RECOVERED["close"]),
               F(RECOVERED["close"]) / F(RECOVERED["low"]) - 1],
    "003-54": [TEN, share("0.0955", 30), share("0.0955", 30, "below_at_a_close")],
    "004-11": [distance(100, F("0.004")), share("0.00602", 1)],
    "004-29": [share("0.0955", 1), share("0.00602", 1)],
    "004-42": [10, 30, touched(TEN, 0.4), F("0.4"), touched(TEN, 0.6), F("0.6"),
               touched(TEN, 0.8), F("0.8")],
}  # fmt: skip
LATE_2025 = [[F(part) for part in row] for row in json.loads(
    TABLE.with_name("2025-12.json").read_text("utf-8"))["rows"]]
# The appendix: banners, and the glossary of source 001.
UNPRINTED |= {"001-57": F(9000)}
REASONS |= {
    "001-01": [20_015, F("2.0015"), 10_000],
    "001-17": [len(ROWS), len(ROWS) - sum(map(LATE_2025.__contains__, ROWS))],
    "001-56": [F("0.0065"), B_JOINED / 110_000],
    "001-57": [90_000, 10, 9000],
    "001-58": [90_000, F("1.8") * 45_250],
    "002-01": [50, FIFTY],
    "004-01": [F("0.0146"), F("3.9251") / F("1.0146")],
    "004-02": [11, 50],
}  # fmt: skip
# Stops and leverage: what one coin needs at a fill is its loss and its floor there.
THREE_PER_CENT = 97 - 97 * M  # what may be left of 100 after a fall of 3 %
SAME_LEVERAGE = F(40_000, 6700)
REASONS |= {
    "000-45": [F(3000, 60_000), 300, IM, IM - 300, M * Q * 57_000, F("0.01"), 57_000 - 570,
               60_000 / (60_000 - 56_430 + M * 56_430)],
    "000-46": [M * Q * ON_MARK, M * Q * ON_MARK / IM, F("0.0005"), F("0.0005") * Q * ON_MARK],
    "000-51": [F("0.06"), Q, F("0.06")],
    "000-53": [F(1, 10), M, F(95, 1000), 10],
    "000-56": [F("0.01"), ON_MARK, ON_MARK * 100 / 99],
    "001-45": [M * F("1.8") * A_LINE, F("0.0005") * F("1.8") * A_LINE, A_LINE],
    "003-13": [F("0.004"), F("0.04"), 10, F("0.2"), 50, F("0.5"), 125],
    "003-15": [65_000, 67_000, 200, F(200, 2000), 67_000 / (2000 + F("0.004") * 65_000)],
    "003-37": [40_000, 6700, SAME_LEVERAGE, 500_000, F(500_000, 6700), 500_000 / SAME_LEVERAGE,
               67_000 - 67_000 * (1 / SAME_LEVERAGE - F("0.01")),
               67_000 - distance(SAME_LEVERAGE, F("0.01"), 67_000),
               (1 / SAME_LEVERAGE - F("0.004")) / (1 / SAME_LEVERAGE - F("0.01"))],
    "003-43": [F("0.004"), F("0.196"), 5, F("0.016"), 50],
    "003-46": [M, F("0.03"), 100 / (F(3) + F("0.5")), 100 / (100 - THREE_PER_CENT), 10, F("0.095")],
    "003-55": [F("7934.58"), F("3782.13"), F("7934.58") / (
        F("7934.58") - F("3782.13") + F("0.004") * F("3782.13")), F("0.004")],
    "004-27": [F("0.096"), 10, F("0.004"), 125, F("0.004")],
    "004-28": [24, F("0.004"), F("0.096"), F("0.004"), distance(10, F("0.004")),
               distance(125, F("0.004"))],
}

# Chapter 14: a bad day of normal moves, and the square-root law at a share of a hundredth.
BAD_DAY = F("2.326") * F("0.0367")
UNPRINTED |= {"001-11": F("0.0367") / 10, "001-12": M, "004-41": BAD_DAY}
REASONS |= {
    "001-11": [20_000_000, 2_000_000_000, F("0.0367"), F("0.0367") / 10],
    "001-12": [Q * ON_MARK - (N - IM), Q * ON_MARK, M],
    "002-32": [F("0.004"), F("0.016"), 1000 / F(16), F(250)],
    "002-33": [NOTICE, 30, 2 * NOTICE],
    "004-41": [F("0.47"), F("0.47") * 250, F("0.004"), BAD_DAY, F("0.004"),
               24 * 60 * (F("0.004") / BAD_DAY)**2],
}
REASONS["002-19"] = [3, F("0.01"), F("0.01") * 3 / 60]
#: A date is no number: 18 March 2021, late 2025.
_DATE = re.compile(r"\b(\d{1,2} )?(January|February|March|May|August|September|November|December|late) 20\d\d\b")
_NUMBER = re.compile(r"(−?)(\d[\d,]*(?:\.(\d+))?)( ?%)?")


def numbers(text):
    """Each number of a text as (value, half a unit of its last decimal)."""
    for sign, digits, decimals, percent in _NUMBER.findall(_DATE.sub("", text)):
        scale = F(1, 100) if percent else F(1)
        value = F(digits.replace(",", "")) * scale
        yield -value if sign else value, scale / 10 ** len(decimals) / 2


def exact(value):
    return F(int(value.p), int(value.q))


def test_the_registry_holds_each_statement_of_the_chapters_once():
    for chapter, ids in OF_CHAPTER.items():
        assert [item.id for item in pp.worked_examples(chapter=chapter)] == ids
    assert [item.id for item in pp.worked_examples()] == EVERY
    assert {chapter: len(ids) for chapter, ids in OF_CHAPTER.items()} == {
        1: 42, 2: 28, 3: 9, 4: 25, 5: 36, 6: 15, 7: 13, 8: 7, 10: 7, 11: 11, 12: 32, 13: 14, 14: 5, 15: 13, 16: 1,
        "A": 9}
    assert all(re.fullmatch(r"\d{3}-\d{2}", id) for id in EVERY)


def test_each_statement_is_quoted_shortly_and_has_a_verdict_and_a_reason():
    for item in pp.worked_examples():
        assert 1 <= len(item.quote.split()) <= 25, item.id
        assert item.verdict in WORDS, item.id
        assert 1 <= len(re.findall(r"[.!?](?: |$)", item.why)) <= 3, item.id
        assert item.source.seed == item.id[:3] and item.source.line > 0
        assert "{" not in item.why and "}" not in item.why, item.id


@pytest.mark.parametrize("id", NUMERIC)
def test_the_exact_value_beside_what_was_printed(id):
    item, (printed, right) = pp.worked_example(id), NUMERIC[id]
    assert exact(item.right) == right
    assert item.printed in item.quote
    (typed,), (said,) = numbers(item.printed), numbers(item.exact)
    assert typed[0] == printed
    assert abs(said[0] - right) <= said[1]
    assert item.exact.startswith("≈") == (said[0] != right)


@pytest.mark.parametrize("id", EVERY)
def test_every_number_in_a_reason(id):
    found, expected = list(numbers(pp.worked_example(id).why)), REASONS.get(id, [])
    assert len(found) == len(expected)
    for (value, slack), wanted in zip(found, expected):
        assert abs(value - wanted) <= slack, (value, wanted)
        assert (value == 0) == (wanted == 0), "rounded away"


@pytest.mark.parametrize("id", UNPRINTED)
def test_an_exact_value_beside_no_printed_one_is_explained_by_its_reason(id):
    item, right = pp.worked_example(id), UNPRINTED[id]
    assert exact(item.right) == right
    (said,) = numbers(item.exact)
    assert abs(said[0] - right) <= said[1]
    assert item.exact.startswith("≈") == (said[0] != right)
    assert said[0] in [value for value, _ in numbers(item.why)]
    assert re.search(r" (%|USDT?|BTC)$", item.exact), "a number alone does not say what it is"


def test_only_these_statements_have_a_printed_number_or_an_exact_one():
    for item in pp.worked_examples():
        assert (item.printed is not None) == (item.id in NUMERIC), item.id
        assert {item.id in NUMERIC.keys() | UNPRINTED.keys()} == {
            part is not None for part in (item.right, item.exact)}, item.id


@pytest.mark.parametrize("kind", COMPUTING)
def test_each_statement_that_computes_has_an_evaluated_value(kind):
    for id in COMPUTING[kind].split():
        item = pp.worked_example(id)
        assert item.exact and item.right.is_Rational, id


def test_a_value_that_is_worked_out_is_used():
    for path in SOURCES.glob("[0-9]*.yaml"):
        for block in re.split(r"\n  (?=\d{3}-\d{2}:)", path.read_text("utf-8")):
            item = block[:6]
            for name in pp.worked_example(item).values if item in EVERY else ():
                assert len(re.findall(rf"\b{name}\b", block)) > 1 or name in pp.symbols.every(), (
                    f"{item}: {name}")  # a formula may take a symbol of the book by itself


def test_a_source_is_cited_as_a_reader_finds_it():
    cited = ('XXKK, "Maintenance Margin Explained For BTCUSDT Perpetual Traders", 2026-02-25, '
             "line 38")
    assert pp.worked_example("000-26").source.cite() == cited


def test_tables_are_chosen_by_verdict_and_by_id():
    wrong = pp.worked_examples(chapter=1, verdict="wrong")
    assert [item.id for item in wrong] == ["002-12", "002-18", "002-37", "004-37", "004-38"]
    chosen = pp.worked_examples(ids=["000-32", "000-26"])
    assert [item.id for item in chosen] == ["000-32", "000-26"]
    assert chosen[0].id == "000-32" and len(chosen[1:]) == 1
    both = pp.worked_examples(verdict=["wrong", "advice"])
    assert [item.id for item in both] == sorted(
        item.id for one in ("wrong", "advice") for item in pp.worked_examples(verdict=one))


@pytest.mark.parametrize("arguments, pieces", [
    (dict(ids=["000-62"]), ["'000-62'", "such as 00"]),
    (dict(ids=[None]), ["None"]),
    (dict(verdict="false"), ["'false'", "inconsistent"]),
    (dict(chapter=99), ["99", "1, 2"]),
])
def test_what_is_not_there_is_named_with_what_is(arguments, pieces):
    with pytest.raises(ValueError) as caught:
        pp.worked_examples(**arguments)
    assert all(piece in str(caught.value) for piece in pieces)


def test_an_unknown_id_is_named_with_close_ones():
    with pytest.raises(ValueError, match="id = '000-266'.*000-26"):
        pp.worked_example("000-266")


class Cells(HTMLParser):
    """The cells of a table: (tag, attributes, text)."""

    def __init__(self, html):
        super().__init__()
        self.cells, self.open = [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        if tag != "br":
            self.open.append(tag)
        if tag in ("div", "p", "th", "td", "caption"):
            self.cells.append([tag, dict(attributes), ""])

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, text):
        self.cells[-1][2] += text


def test_the_table_reads_without_a_style_sheet():
    table = pp.worked_examples(ids=["000-32", "003-31"])._repr_html_()
    parsed = Cells(table)
    assert not parsed.open, "an element is not closed"
    heads = [cell for cell in parsed.cells if cell[1].get("scope") == "col"]
    assert [text.strip() for _, _, text in heads] == ["Source", "Says", "Printed", "Exact", "Verdict", "Why"]
    assert "pp-verdicts" in parsed.cells[0][1]["class"].split() and parsed.cells[1][0] == "caption"
    rows = [cell for cell in parsed.cells if cell[0] == "td" or cell[1].get("scope") == "row"]
    row = rows[:6]
    assert row[2][2] == "54,300 USDT" and row[3][2] == "≈ 54,271.36 USDT"
    assert row[4][2] == "right but loose"
    sides = [cell[1]["style"].split(";")[0] for cell in row]
    assert sides == [f"text-align:{side}" for side in ("left", "left", "right", "right", "left",
                                                       "left")]
    assert rows[7][2] == "“At tier 1, maintenance margin is 0.4% = $160.”"
    assert re.findall(r".\$.", table) == [">$<"] * table.count("$"), "a $ starts mathematics"


def test_a_table_without_numbers_has_no_columns_for_them():
    table = pp.worked_examples(ids=["002-38"])._repr_html_()
    heads = [text for _, more, text in Cells(table).cells if more.get("scope") == "col"]
    assert [head.strip() for head in heads] == ["Source", "Says", "Verdict", "Why"]


def test_a_column_of_numbers_that_no_statement_has_is_left_out():
    chosen = pp.worked_examples(ids=["000-18", "000-17"])
    heads = [text for _, more, text in Cells(chosen._repr_html_()).cells
             if more.get("scope") == "col"]
    assert [head.strip() for head in heads] == ["Source", "Says", "Exact", "Verdict", "Why"]
    assert "  Exact    5 %\n" in repr(chosen) and "Printed" not in repr(chosen)


def test_the_plain_text_is_fixed_and_shows_the_numbers_one_below_the_other():
    table = pp.worked_examples(ids=["000-32"])
    assert repr(table) == repr(pp.worked_examples(ids=["000-32"]))
    assert repr(table).startswith("""1 published statement, recomputed

000-32: XXKK, line 45
  Says     “Estimated liquidation price (long) ≈ Entry − 5,700 = 54,300 USDT”
  Printed       54,300 USDT
  Exact    ≈ 54,271.36 USDT
  Verdict  right but loose
  Why      """)


def test_a_worked_example_cannot_be_changed():
    item = pp.worked_example("000-26")
    with pytest.raises(AttributeError):
        item.verdict = "wrong"
    with pytest.raises(TypeError):
        item.givens["size"] = 1
    assert item.givens["entry_price"] == 60_000


SMALL = """\
source:
  title: A title
  publisher: Someone
  date: 2026-01-01
items:
  777-01:
    line: 3
    chapter: 1
    trade: shared
    givens:
      rate: 0.5%
    moved:
      later: {of: notional, where: {mark_price: 90}}
    let:
      part: rate * later
    quote: the whole is 200
    printed: 200
    right: notional
    verdict: right
    why: >-
      It is {{notional}}, then {{later}}; a part is {{part | 2}}.
  777-02:
    line: 4
    chapter: 1
    quote: words
    verdict: advice
    see: [777-01]
    why: No number.
"""
TRADES = "shared:\n  size: 2\n  mark_price: 100\n"


def registry(folder, text=SMALL, trades=TRADES):
    """The examples of a small registry, all computed."""
    (folder / "777.yaml").write_text(text, "utf-8")
    (folder / "trades.yaml").write_text(trades, "utf-8")
    made = load(folder)
    return [made.example(id) for id in made.items]


def test_the_small_registry_is_sound(tmp_path):
    first, second = registry(tmp_path)
    assert first.why == "It is 200, then 180; a part is 0.9." and first.right == 200
    assert second.right is None and second.see == ("777-01",)


@pytest.mark.parametrize("date", ["March 2021", "18 March 2021", "late 2025"])
def test_a_date_may_be_typed(tmp_path, date):
    text = SMALL.replace("why: No number.", f"why: So it was in {date}.")
    assert registry(tmp_path, text)[1].why == f"So it was in {date}."


@pytest.mark.parametrize("old, new, says", [
    ("    verdict: right\n", "", "verdict” is missing"),
    ("    quote: words\n", "", "quote” is missing"),
    ("verdict: right", "verdict: fine", "“fine” is not known"),
    ("verdict: right", "verdict: wrong", "exact 200"),
    ("printed: 200", "printed: 201", "verdict is right"),
    ("printed: 200", "printed: two hundred", "no number in"),
    ("    right: notional\n", "", "needs “right”"),
    ("right: notional", "right: notionl", "notional"),
    ("right: notional", "right: notional / 0", "divides by zero"),
    ("right: notional", "right: notional / (size - 2)", "no exact value"),
    ("right: notional", "right: equity", "collateral"),
    ("right: notional", "right: __import__('os')", "__import__ in"),
    ("part: rate * later", "part: rate * latr", "later"),
    ("mark_price: 90", "mark_price: high", "high"),
    ("{of: notional, where", "{at: notional, where", "at"),
    ("{of: notional, where: {mark_price: 90}}", "notional", "later"),
    ("rate: 0.5%", "rate: a half", "a half"),
    ("trade: shared", "trade: other", "“other” is not in trades.yaml"),
    ("line: 3", "line: third", "line"),
    ("{{part | 2}}", "{{part | two}}", "slot"),
    ("{{part | 2}}", "{{prt | 2}}", "part"),
    ("{{part | 2}}", "{{part | 2", "slot"),
    ("{{part | 2}}", "0.9", "0.9 is typed"),
    ("{{part | 2}}", "2021", "2021 is typed"),
    ("quote: words", "quote: " + "many " * 26, "25 words"),
    ("see: [777-01]", "see: [777-09]", "777-09"),
    ("see: [777-01]", "seen: [777-01]", "Did you mean “see”"),
    ("777-02:", "777-2:", "two digits"),
    ("777-02:", "778-02:", "777-"),
    ("777-02:", "777-01:", "twice"),
    ("    quote: words", "   quote: words", "not YAML"),
    ("  publisher: Someone\n", "", "publisher” is missing"),
])  # fmt: skip
def test_a_flaw_is_named_with_its_file_line_and_item(tmp_path, old, new, says):
    assert SMALL.count(old) == 1
    with pytest.raises(ValueError) as caught:
        registry(tmp_path, SMALL.replace(old, new))
    message = str(caught.value)
    assert says in message
    place = re.match(r"777\.yaml, line (\d+)(?:, (777-\d\d))?: ", message)
    assert place, message
    where = SMALL[: SMALL.index(old)].count("\n") + 1
    assert abs(int(place[1]) - where) <= 2 or "missing" in says or "typed" in says or (
        "slot" in message or "{{" in new), message
    if new.strip() and not re.match("77", new) and "YAML" not in says:
        assert place[2] in ("777-01", "777-02"), message


def test_a_flaw_in_the_trades_is_named_there(tmp_path):
    with pytest.raises(ValueError, match=r"trades\.yaml, line 2: .*sze"):
        registry(tmp_path, trades=TRADES.replace("size: 2", "size: 2 * sze"))
