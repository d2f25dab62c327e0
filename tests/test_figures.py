"""Figures: alternative text, a digest that notices, the same bytes each time, visible colours."""

import re
from fractions import Fraction

import matplotlib
import pytest
from matplotlib.figure import Figure

from perpedu.showing import (chapter1, chapter2, chapter3, chapter4, chapter5, chapter6, chapter7,
                             chapter8, chapter9, chapter11, chapter13, chapter14, figures,
                             look)


def small(slope=1.0, label="equity"):
    axes = Figure().add_subplot()
    axes.plot([0, 1, 2], [0, slope, 2 * slope], label=label)
    axes.set(xlabel="mark price (USDT/BTC)", ylabel="USDT")
    return axes.figure


@pytest.mark.parametrize("text", ["", None, "   ", "picture"])
def test_a_figure_without_alternative_text_or_title_is_refused(text):
    with pytest.raises(ValueError, match="alt = "):
        figures.show(small(), "Equity rises with the price", text)
    with pytest.raises(ValueError, match="title = "):
        figures.show(small(), text, "A line that rises from 0 to 2.")


def test_the_digest_notices_data_labels_title_and_alternative_text():
    words = ("Equity rises with the price", "A line that rises from 0 to 2.")
    same = repr(figures.show(small(), *words))
    assert same == repr(figures.show(small(), *words))
    others = [figures.show(small(1.00001), *words), figures.show(small(label="pnl"), *words),
              figures.show(small(), words[0] + "!", words[1]),
              figures.show(small(), words[0], words[1] + "!"),
              figures.show(small(), *words, [["a"], ["1"]])]
    assert same not in {repr(other) for other in others}
    assert "0x" not in same


CHAPTER = [chapter1.ledger_bars, chapter1.equity_lines, lambda: chapter1.equity_lines("short"),
           chapter2.line_against_leverage, lambda: chapter2.line_against_leverage("short"),
           chapter2.five_formulas, lambda: chapter2.five_formulas("short"), chapter2.not_mirrors,
           chapter2.linear_and_inverse, chapter3.bankrupt_on_arrival,
           lambda: chapter3.bankrupt_on_arrival("short"), chapter4.slices, chapter4.tier_lines,
           chapter4.flat_cliff, chapter4.effective_rates, chapter5.last_coin, chapter5.four_shapes,
           chapter5.one_position, lambda: chapter5.one_position(side="short"),
           chapter6.two_lines, chapter6.frontier, chapter6.saved_or_taken,
           chapter7.wick, lambda: chapter7.wick("index"),
           chapter8.rate_by_premium, chapter8.prints_by_year,
           chapter9.pull, lambda: chapter9.pull(1), chapter11.ratio_by_price,
           chapter13.order_machine, chapter13.growth_by_leverage,
           chapter14.slope_figure, chapter14.day_figure]


@pytest.mark.parametrize("draw", CHAPTER)
def test_the_same_bytes_every_time_with_words_colours_and_no_clashing_ids(draw):
    html = draw()._repr_html_()
    with matplotlib.rc_context({"font.size": 30, "lines.linewidth": 9}):
        assert draw()._repr_html_() == html, "settings of the reader's own do not come in"
    assert 'role="img" aria-label="' in html and "<text" in html and "<table" in html
    assert "DejaVu" not in html and "http://www.w3.org" in html
    drawn = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    colours = set(re.findall(r"#[0-9a-f]{6}", re.sub(r"var\(--pp-[a-z]+, #[0-9a-f]{6}\)", "",
                             re.sub(r'(id="|url\(#|href="#)[^"]*', "", drawn))))
    assert colours <= {"#000000"} and "fill: #000000" not in html, "every colour is a variable"
    named = re.findall(r' id="([^"]+)"', html)
    assert len(set(named)) == len(named)
    for used in re.findall(r'(?:url\(#|href="#)([^")]+)', html):
        assert used in named, "what is referred to is there"


def test_ids_of_two_figures_differ():
    first, second = (set(re.findall(r' id="([^"]+)"', draw()._repr_html_()))
                     for draw in CHAPTER[:2])
    assert not first & second


def test_the_numbers_of_the_chapter_figures():
    long, short = repr(chapter1.equity_lines()), repr(chapter1.equity_lines("short"))
    assert "liquidation 54,271.36" in long and "bankruptcy 54,000" in long
    assert "liquidation 65,671.64" in short and "bankruptcy 66,000" in short
    assert "58,000 | 600 | 200 | 200 | 29" in repr(chapter1.ledger_bars())
    with pytest.raises(ValueError, match="side = 'up'"):
        chapter1.equity_lines("up")
    with pytest.raises(ValueError, match="wallet = 0"):
        chapter1.ledger_bars(wallet=0)


def falling(leverage, rate, sign, *, inverse=False):
    """Distance to liquidation, by halving: how far the price runs until equity meets the margin."""
    low, high = Fraction(0), Fraction(1 if sign > 0 else 3)
    for _ in range(60):
        move = (low + high) / 2
        price = 1 - sign * move
        pnl = sign * (1 - 1 / price) if inverse else sign * (price - 1)
        notional = 1 / price if inverse else price
        alive = Fraction(1, leverage) + pnl > rate * notional
        low, high = (move, high) if alive else (low, move)
    return low


def test_five_formulas_show_the_five_prices():
    long, short = repr(chapter2.five_formulas()), repr(chapter2.five_formulas("short"))
    for row in ("entry basis | 27,150 | 150 | 135.75", "mark basis | 27,135.68 | 135.68 | 135.68",
                "share of margin | 27,015 | 15 | 135.08", "no maintenance | 27,000 | 0 | 135",
                "sign error | 26,850 | −150 | 134.25"):
        assert row in long
    for price in ("32,850", "32,835.82", "32,985", "33,000", "33,150"):
        assert f"| {price} |" in short
    with pytest.raises(ValueError, match="side = 'up'"):
        chapter2.five_formulas("up")


def test_line_against_leverage_agrees_with_halving():
    for side, sign in (("long", 1), ("short", -1)):
        rows = [row.split(" | ") for row in
                repr(chapter2.line_against_leverage(side, "0.05")).splitlines()[-6:]]
        assert [row[0] for row in rows] == ["1×", "2×", "3×", "5×", "10×", "20×"]
        for row in rows[1:]:
            leverage = int(row[0][:-1])
            far = falling(leverage, Fraction(1, 20), sign)
            assert row[1] == figures_number(60_000 * (1 - sign * far))
            assert row[2] == f"{float(far) * 100:.2f} %"
            assert row[3] == figures_number(60_000 * (1 - sign * (Fraction(1, leverage)
                                                                  - Fraction(1, 20))))
    assert repr(chapter2.line_against_leverage()).count("none | none | 3,000 | 95.00 % | none") == 1
    assert "reach its entry at 200×" in chapter2.line_against_leverage(rate="0.005").title
    for rate in (0, 1, "x"):
        with pytest.raises(ValueError, match="^rate = "):
            chapter2.line_against_leverage(rate=rate)


def figures_number(value):
    """Two decimals at most, thousands commas; Python's own rounding."""
    return f"{float(value):,.2f}".rstrip("0").rstrip(".")


def test_long_and_short_are_no_mirror_images():
    told = repr(chapter2.not_mirrors())
    assert "long | 54,300 | 54,271.36 | 27.14 | 9.50 % | 9.55 %" in told
    assert "short | 65,700 | 65,671.64 | 32.84 | 9.50 % | 9.45 %" in told
    for sign, said in ((1, "9.55"), (-1, "9.45")):
        assert f"{float(falling(10, Fraction(1, 200), sign)) * 100:.2f}" == said


def test_linear_and_inverse_agree_with_halving():
    rows = {row[0]: row[1:] for row in (line.split(" | ") for line in
            repr(chapter2.linear_and_inverse()).splitlines()[-7:])}
    assert rows["3×"] == ["33.1 %", "32.8 %", "24.7 %", "49.4 %"]
    assert rows["1×"] == ["none", "99.2 %", "49.8 %", "none"]
    for leverage in (2, 5, 10, 20, 50):
        far = [falling(leverage, Fraction(1, 250), sign, inverse=inverse)
               for inverse in (False, True) for sign in (1, -1)]
        assert rows[f"{leverage}×"] == [f"{float(value) * 100:.1f} %" for value in far]
    with pytest.raises(ValueError, match="^rate = "):
        chapter2.linear_and_inverse("0.5")


@pytest.mark.parametrize("side, sign", [("long", 1), ("short", -1)])
def test_bankrupt_on_arrival_begins_at_the_maintenance_rate(side, sign):
    """Where equity is a share of the notional: 600 + sign · (p − 60,000) / 10 = share · p / 10."""
    def where(share):
        return (Fraction(6_000) - sign * 600) / (Fraction(1, 10) * (1 - sign * share))

    line = where(Fraction(1, 200))
    rows = [row.split(" | ") for row in repr(chapter3.bankrupt_on_arrival(side)).splitlines()[-6:]]
    assert [row[0] for row in rows] == ["0 %", "0.25 %", "0.5 %", "0.75 %", "1.25 %", "2 %"]
    for row in rows:
        rate = Fraction(row[0].split()[0]) / 100
        asked, there = rate * line / 10, line / 2000
        wanted = asked, min(asked, there), max(there - asked, 0), max(asked - there, 0), where(rate)
        assert row[1:] == [f"{float(value):,.2f}" for value in wanted]
        assert (sign * (where(rate) - line) > 0) == (rate > Fraction(1, 200))
    for most in (0, 1, "x"):
        with pytest.raises(ValueError, match="^most = "):
            chapter3.bankrupt_on_arrival(most=most)
    with pytest.raises(ValueError, match="^side = "):
        chapter3.bankrupt_on_arrival("up")


def test_the_line_by_where_its_fees_are_counted():
    rows = {line[:33].strip(): line[33:].split() for line in
            str(chapter3.fee_places()).splitlines()[2:]}
    fee, rate = Fraction(1, 2000), Fraction(1, 200)
    for words, (opening, close) in {"fees left out": (0, 0), "close fee inside": (0, fee),
                                    "opening fee out of the collateral": (fee, 0),
                                    "both": (fee, fee)}.items():
        money, found = 600 - 6000 * opening, []
        for sign in (1, -1):
            found.append((6000 - sign * money) / (Fraction(1, 10) * (1 - sign * (rate + close))))
            found.append((6000 - sign * (money - 30)) / (Fraction(1, 10) * (1 - sign * close)))
        assert rows[words] == [f"{float(price):,.2f}" for price in found], words
    with pytest.raises(ValueError, match="^fee = "):
        chapter3.fee_places(5)


def test_the_figures_of_chapter_5_agree_with_hand_calculation():
    coins = repr(chapter5.last_coin())
    assert "25 | 1.125 % | 1.25 %" in coins and "350 | 2.75 % | 4.5 %" in coins
    shapes = {row[0]: row[1:] for row in (line.split(" | ") for line in
              repr(chapter5.four_shapes()).splitlines()[-5:])}
    assert shapes["10,000,000"] == ["1.833 %", "0.5 %", "1.25 %", "0.88 %"]
    assert shapes["30,000,000"][1] == "1.5 %", "500 XBT: two steps above 200"
    rows = {row[0]: row[1:] for row in (line.split(" | ") for line in
            repr(chapter5.one_position()).splitlines()[-10:])}
    assert rows["Hyperliquid"][-1] == f"{270_000 / 5 / (1 - 0.0125):,.2f}"
    assert rows["Gate"][-1] == f"{(270_000 - 835) / 5 / (1 - 0.01 - 0.00075):,.2f}"
    assert rows["XXKK"][-1] == f"{60_000 - (30_000 - 0.005 * 300_000) / 5:,.2f}"
    short = repr(chapter5.one_position(side="short"))
    assert f"| {330_000 / 5 / (1 + 0.0125):,.2f}" in short
    with pytest.raises(ValueError, match="^most = 0"):
        chapter5.last_coin(0)


@pytest.mark.parametrize("fails, taken", [("last", {"last"}), ("index", {"index", "mark"})])
def test_who_is_liquidated_in_the_made_up_minute(fails, taken):
    words = repr(chapter7.wick(fails))
    rows = {row[0]: row[1:] for row in (line.split(" | ") for line in words.splitlines()[-3:])}
    assert {name for name, row in rows.items() if row[-1] == "liquidated"} == taken
    assert all(row[1] == ("3" if name in taken else "0") for name, row in rows.items())
    assert "Synthetic" in words.splitlines()[0]
    assert rows["last"][0] == ("53,000.00" if fails == "last" else "60,000.00")
    with pytest.raises(ValueError, match="^fails = 'mark'"):
        chapter7.wick("mark")


def area(rows, notional):
    """The maintenance margin, slice by slice; rows are (floor, rate)."""
    tops = [*(floor for floor, _ in rows[1:]), notional]
    return sum(Fraction(rate) * max(0, min(notional, top) - floor)
               for (floor, rate), top in zip(rows, tops))


def test_the_figures_of_the_tiers_agree_with_slices():
    rows = [(0, "0.02"), (100_000, "0.12"), (200_000, "0.5")]
    assert area(rows, 180_000) == 11_600 == 2_000 + 9_600
    told = repr(chapter4.slices())
    assert "0 to 100,000 | 2 % | 2,000" in told and "100,000 to 180,000 | 12 % | 9,600" in told
    assert "0 to 180,000 |  | 11,600" in told
    for line in repr(chapter4.tier_lines()).splitlines()[-2:]:
        side, price, held, equity, *tiers = line.split(" | ")
        held, equity = (Fraction(text.replace(",", "")) for text in (held, equity))
        assert float(area(rows, held)) == pytest.approx(float(equity), abs=0.02)
        assert 45_000 + (held - 180_000) * (1 if side == "long" else -1) == equity
        assert figures_number(held / 3) == price
    cliff = repr(chapter4.flat_cliff())
    assert "200,000 | 24,000 | 14,000" in cliff and "200,001 | 100,000.5 | 14,000.5" in cliff
    assert "from 24,000 to 100,000" in cliff and "jump of 76,000" in cliff


def test_the_effective_rates_of_two_years_agree_with_slices():
    from perpedu import Tiers

    told = [row.split(" | ") for row in repr(chapter4.effective_rates()).splitlines()[-5:]]
    for column, date in ((1, "2021-03"), (2, "2026-09")):
        table = Tiers.load(f"binance/BTCUSDT/{date}")
        rows = [(Fraction(str(row.floor)), str(row.rate)) for row in table.rows]
        for row in told:
            held = int(row[0].replace(",", ""))
            assert row[column] == f"{float(area(rows, held)) / held * 100:.2f} %"


def test_the_funding_rate_by_premium_agrees_with_three_numbers_put_in_order():
    """The clamp is the middle one of three; a second one holds the caps."""
    rows = [row.split(" | ") for row in repr(chapter8.rate_by_premium()).splitlines()[-9:]]
    for premium, rate in rows:
        premium = Fraction(premium.split()[0].replace("−", "-"))
        pull = sorted([Fraction(1, 100) - premium, Fraction(-5, 100), Fraction(5, 100)])[1]
        wanted = sorted([premium + pull, Fraction(-3, 10), Fraction(3, 10)])[1]
        assert Fraction(rate.split()[0].replace("−", "-")) == wanted
    assert {rate for _, rate in rows} == {"−0.3 %", "−0.05 %", "0.01 %", "0.05 %", "0.3 %"}
    for most in (0, "x"):
        with pytest.raises(ValueError, match="^most = "):
            chapter8.rate_by_premium(most)


def test_the_prints_by_year_add_up_to_all():
    rows = [row.split(" | ") for row in repr(chapter8.prints_by_year()).splitlines()[-9:]]
    years, whole = rows[:-1], rows[-1]
    counts = [int(row[1].replace(",", "")) for row in rows]
    assert sum(counts[:-1]) == counts[-1] == 7_028
    for column in range(2, 7):
        shares = [float(row[column].split()[0]) for row in rows]
        mean = sum(n * share for n, share in zip(counts, shares[:-1])) / counts[-1]
        assert mean == pytest.approx(shares[-1], abs=0.05), column
    for row in rows:
        assert sum(float(row[column].split()[0]) for column in range(2, 6)) == pytest.approx(
            100, abs=0.21)
    assert whole[4] == f"{2666 / 7028:.1%}".replace("%", " %") and len(years) == 8


def test_the_tables_of_funding_agree_with_a_ledger_kept_by_hand():
    money, table = Fraction(600), str(chapter8.drift()).splitlines()
    for payments in range(1, 951):
        money -= Fraction(6, 10)
        row = next((line.split() for line in table if line.split()[0] == str(payments)), None)
        if row:
            line = (6_000 - money) / (Fraction(1, 10) * (1 - Fraction(1, 200)))
            assert row[1:] == [f"{payments / 3:.1f}", f"{float(money):.2f}", f"{float(line):,.2f}"]
    assert money == 30 and line == 60_000
    for text in str(chapter8.how_long()).splitlines()[2:]:
        leverage, buffer, _, *days = text.replace("×", "").split()
        share = 1 / float(leverage) - 0.005
        assert float(buffer) == pytest.approx(100 * share)
        assert days == [f"{share / rate / 3:,.1f}" for rate in (0.0001, 0.0003, 0.003)]


def test_the_figures_of_chapter_6_agree_with_hand_calculation():
    hedge = [row.split(" | ") for row in repr(chapter6.two_lines()).splitlines()[-7:]]
    steep = [(0, "0.02"), (100_000, "0.12"), (200_000, "0.5")]
    for price, equity, margin, balance in hedge:
        at = {"35,398.23": Fraction(4_000_000, 113), "83,333.33": Fraction(250_000, 3)}.get(
            price) or Fraction(price.replace(",", ""))
        left = 10_000 + 2 * (at - 60_000) - Fraction("1.7") * (at - 60_000)
        asked = area(steep, 2 * at) + area(steep, Fraction("1.7") * at)
        assert [equity, margin] == [f"{float(value):,.2f}" for value in (left, asked)]
        assert (balance == "0.00") == (at.denominator > 1)
    for row in repr(chapter6.frontier()).splitlines()[-6:]:
        eth, move, line = (Fraction(text.strip("% ").replace("−", "-").replace(",", ""))
                           for text in row.split(" | "))
        left = 9_000 + 10 * (3_000 * eth / 100) - 300 * (1 + eth / 100)
        exact = (60_000 - left) / (1 - Fraction(1, 200))
        assert abs(exact - line) < Fraction(1, 100)
        assert abs(100 * (exact / 60_000 - 1) - move) < Fraction(1, 100)
    for row in repr(chapter6.saved_or_taken()).splitlines()[-6:]:
        low, *left = (int(text.replace(",", "")) for text in row.split(" | "))
        stays, lost = 1_200 - (60_000 - low) // 10, (low < 54_271, low < 48_242)
        assert left == [600 if lost[0] else stays, 0 if lost[1] else stays,
                        600 if lost[0] else 1_200, 0 if lost[1] else 1_200]


def test_the_easiest_move_lies_on_the_frontier_and_nothing_nearer_does():
    import numpy

    gain = numpy.array([60_000 * (1 - 0.005), 30_000 * (1 - 0.01)])
    for rho in (0, 0.5, 0.8, 0.9):
        covariance = numpy.array([[0.0009, rho * 0.0012], [rho * 0.0012, 0.0016]])
        btc, eth, away = chapter6.nearest(str(rho))
        move = numpy.array([float(btc), float(eth)])
        assert gain @ move == pytest.approx(-8_400)
        assert move @ numpy.linalg.inv(covariance) @ move == pytest.approx(away**2)
        for step in (-0.001, 0.001):
            beside = move + step * numpy.array([gain[1], -gain[0]]) / gain[0]
            assert beside @ numpy.linalg.inv(covariance) @ beside > away**2
        other = numpy.array([gain[0], -30_000 * (1 + 0.01)])
        assert chapter6.nearest(str(rho), eth="short")[2] == pytest.approx(
            8_400 / (other @ covariance @ other) ** 0.5)


def test_the_figure_and_tables_of_chapter_9_agree_with_hand_calculation():
    rows = {row[0]: row[1:] for row in (line.split(" | ") for line in
            repr(chapter9.pull()).splitlines()[-8:])}
    for kappa in (Fraction(1, 20), Fraction(1, 5), Fraction(20)):
        linear = 10_000 * (kappa - Fraction(1, 200)) / (kappa - Fraction(2, 100))
        inverse = 10_000 * (kappa + Fraction(2, 100)) / (kappa - Fraction(1, 200))
        assert rows[f"{float(kappa):g}"] == [f"{float(linear):,.2f}", f"{float(inverse):,.2f}"]
    balance = str(chapter9.balance_table(11_000)).splitlines()[-1].split()
    assert balance == ["11,000.00", "250.00", "220.00", "440.00", "30.00"]
    with pytest.raises(ValueError, match="^kappa = 0"):
        chapter9.pull(0)


def luminance(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


PAPERS = [("light", "#ffffff"), ("dark", "#111111"), ("dark", "#14181e")]


@pytest.mark.parametrize("theme, paper", PAPERS)
@pytest.mark.parametrize("role", [role for role in look.ROLES if role != "hair"])
def test_contrast_is_enough_for_text(role, theme, paper):
    assert contrast(look.colour(role, theme), paper) >= 4.5, "every role also colours words"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_on_filled_surfaces_can_be_read(theme):
    for role in ("mark", "equity"):
        assert contrast(look.PAPERS[theme], look.colour(role, theme)) >= 4.5


def test_lines_differ_without_colour_and_colours_are_not_used_twice():
    drawn = [look.ROLES[name] for name in ("entry", "mark", "equity", "maintenance",
                                           "liquidation", "bankruptcy", "frozen")]
    assert len({(role.dashes, role.width) for role in drawn}) >= 6
    assert look.ROLES["frozen"].dashes and not look.ROLES["liquidation"].dashes, "one colour"
    assert len({role.light for role in look.ROLES.values()}) == len(look.ROLES)


def test_the_stylesheet_uses_only_the_variables():
    from perpedu.showing.element import stylesheet

    rules = stylesheet().removeprefix(look.css())
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", rules)
    known = {*look.ROLES, "paper"}
    assert set(re.findall(r"var\(--pp-([a-z]+)\)", rules)) <= known
