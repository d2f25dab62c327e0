"""Explorers: Python's exact values and sentences, and the page's, at hundreds of positions."""

import itertools
import re
from fractions import Fraction
from html import escape

import pytest
import sympy
import traitlets

import perpedu as pp
from perpedu import symbols as s
from perpedu.showing import page as pages
from perpedu.showing.element import module
from perpedu.showing.explorer import Chart, Choice, Explorer, Slider
from perpedu.showing.mathml import mathml
from perpedu.teaching.numbers_typed import show


def linear():
    return Explorer(
        "Where is this position liquidated?",
        controls=[Slider("mark_price", 40_000, 80_000, step=100, start=60_000),
                  Slider("leverage", 1, 100, start=10),
                  Choice("side", {"long": 1, "short": -1}),
                  Slider("maintenance_rate", "0.004", "0.05", step="0.001", start="0.005")],
        fixed={"size": "0.1", "entry_price": 60_000, "deduction": 0, "close_fee": 0},
        own={"collateral": pp.formulas.initial_margin,
             "distance": s.liquidation_price / s.entry_price - 1},
        states=[(s.equity <= s.maintenance_margin, "Liquidated now: equity {equity:u} against "
                 "{maintenance_margin:u}, ratio {margin_ratio:.1%}."),
                (s.equity <= s.maintenance_margin, "Liquidated now, and equity is gone."),
                (None, "Liquidated at {liquidation_price:u}, {distance:.2%} from the entry."),
                (None, "Never liquidated: the collateral covers the whole position.")],
        show=["equity", "margin_ratio", "bankruptcy_price"], formula="liquidation_price",
        chart={})  # fmt: skip


def inverse():
    own = {name: pp.formulas.catalogue()["inverse_" + name] for name in
           ("notional", "unrealized_pnl", "liquidation_price", "bankruptcy_price")}
    return Explorer(
        "Where is a coin-margined position liquidated?",
        controls=[Slider("mark_price", 20_000, 90_000, step=500, start=60_000),
                  Slider("collateral", "0.001", "0.2", step="0.001", start="0.02"),
                  Choice("side", {"long": 1, "short": -1}, start="short")],
        fixed={"contracts": 100, "face": 100, "entry_price": 60_000, "deduction": 0,
               "maintenance_rate": "0.005", "close_fee": "0.0005"},
        own=own, coin="BTC",
        states=[(s.equity <= s.requirement, "Liquidated now: {equity:u}."),
                (None, "Liquidated at {liquidation_price}."), (None, "Never liquidated.")],
        chart=Chart(curves=["equity", "requirement"], shade=s.equity <= s.requirement))  # fmt: skip


CHAPTER_2 = [pp.chapter2.line_explorer, pp.chapter2.five_formulas_explorer,
             pp.chapter2.drag_explorer]
CHAPTER_3 = [pp.chapter3.fee_explorer]
OF_CHAPTERS = [*CHAPTER_2, *CHAPTER_3, pp.chapter4.tier_explorer, pp.chapter5.venue_explorer,
               pp.chapter6.account_explorer, pp.chapter7.mark_explorer,
               pp.chapter8.clock_explorer, pp.chapter9.fair_explorer,
               pp.chapter11.looks_explorer, pp.chapter11.dashboard,
               pp.chapter12.buffer_explorer, pp.chapter13.race_explorer,
               pp.chapter13.growth_explorer,
               pp.chapter14.rate_explorer]
EXPLORERS = [linear, inverse, *OF_CHAPTERS]


def places(control, parts):
    """Positions of a control: every option, or both ends, the start and some in between."""
    if isinstance(control, Choice):
        return list(control.options.values())
    steps = (control.high - control.low) / control.step
    inside = [control.low + control.step * (int(steps) * i // parts) for i in range(1, parts)]
    return sorted({control.low, control.high, control.start, *inside})


def positions(explorer):
    """Hundreds of positions of all controls; the fewer sliders, the more places of each."""
    sliders = sum(isinstance(control, Slider) for control in explorer.controls.values())
    parts = {1: 100, 2: 12}.get(sliders, 7)
    grid = list(itertools.product(*(places(c, parts) for c in explorer.controls.values())))
    return [dict(zip(explorer.controls, point)) for point in grid][:: max(1, len(grid) // 400)]


@pytest.mark.parametrize("made", EXPLORERS)
def test_page_and_python_say_the_same_everywhere(made, page):
    explorer = made()
    grid = positions(explorer)
    assert len(grid) >= 140
    source = module().replace("export default { render };", "window.pp = { calculator, speaker };")
    page.set_content("<p></p>")
    page.add_script_tag(content=f"(() => {{ {source} }})()")
    got = page.evaluate("""([spec, points]) => {
        const calculate = pp.calculator(spec), speak = pp.speaker(spec);
        return points.map(point => { const all = calculate(point); return [speak(all), all]; });
    }""", [explorer.spec, [{k: float(v) for k, v in point.items()} for point in grid]])
    said = set()
    for point, (sentence, values) in zip(grid, got, strict=True):
        exact = explorer.model.exact({**explorer.fixed, **point})
        assert sentence == explorer.sentence(exact), point
        said.add(re.sub(r"[−0-9.,]+", "0", sentence))
        for name, value in values.items():
            if exact[name] is None:
                assert value is None, (name, point)
            else:
                assert value == pytest.approx(float(exact[name]), rel=1e-10, abs=1e-9), name
    assert len(said) >= 3, "every kind of state is met"


def test_twenty_positions_by_keyboard_on_a_page_from_a_file(page, tmp_path):
    explorer = linear()
    (tmp_path / "page.html").write_text(pages.html(explorer.html()), "utf-8")
    page.goto((tmp_path / "page.html").as_uri())
    visits = 0
    for label, keys in [("mark price", ["ArrowRight", "PageUp", "End", "ArrowLeft", "Home"]),
                        ("leverage", ["ArrowRight", "ArrowUp", "End", "ArrowLeft", "Home"]),
                        ("maintenance rate", ["ArrowRight", "End", "ArrowDown", "Home"]),
                        ("mark price", ["End", "ArrowDown", "PageDown", "Home"])]:
        slider = page.get_by_role("slider", name=label, exact=True)
        for key in keys:
            slider.press(key)
            explorer.set(**{label.replace(" ", "_"): slider.input_value()})
            assert page.get_by_role("status").inner_text() == explorer.state
            assert page.locator(".pp-result").inner_text() == result(explorer)
            visits += 1
    page.get_by_role("radio", name="long").press("ArrowDown")
    explorer.set(side="short")
    assert page.get_by_role("status").inner_text() == explorer.state
    page.get_by_role("button", name="Reset").press("Enter")
    assert page.get_by_role("status").inner_text() == linear().state
    assert visits + 2 >= 20
    assert page.console_errors == page.page_errors == page.external == []


def result(explorer):
    value = explorer.exact["liquidation_price"]
    return "= none" if value is None else "= " + show(value, unit="USDT/BTC")


def test_numbers_can_be_typed_and_bad_ones_are_answered(page):
    page.set_content(pages.html(linear().html()))
    box = page.get_by_role("textbox", name="mark price")
    state = page.get_by_role("status")
    for typed, part in [("90,000", "goes from 40,000"), ("abc", "no number"), ("5 %", "USDT"),
                        ("1/3", "decimal number"), ("55,5", "Is the comma")]:
        before = state.inner_text()
        box.fill(typed)
        box.press("Enter")
        message = page.locator(".pp-message:visible").inner_text()
        assert part in message and "stays 60,000" in message, (typed, message)
        assert box.input_value() == typed and state.inner_text() == before, "value kept"
    box.fill("54 000 USDT")
    box.press("Enter")
    assert state.inner_text().startswith("Liquidated now")
    assert page.locator(".pp-message:visible").count() == 0
    rate = page.get_by_role("textbox", name="maintenance rate")
    for typed in ("1.5", "1.5 %"):
        rate.fill(typed)
        rate.press("Enter")
        assert page.get_by_role("slider", name="maintenance rate").input_value() == "0.015"


def test_the_picture_is_never_empty_and_can_be_dragged(page):
    explorer = linear()
    explorer.set(leverage=1)
    page.set_content(pages.html(explorer.html()))
    picture = page.get_by_role("img")
    picture.locator("text").first.wait_for()
    assert "no liquidation price" in picture.text_content()
    assert "no bankruptcy price" in picture.text_content()
    spot = picture.bounding_box()
    page.mouse.click(spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2)
    moved = page.get_by_role("slider", name="mark price").input_value()
    assert moved != "60000" and int(moved) % 100 == 0
    page.get_by_role("button", name="Show table").click()
    assert "bankruptcy price none" in re.sub(r"\s+", " ", page.locator(".pp-numbers").inner_text())


def test_python_moves_the_explorer_and_reads_it():
    explorer = linear()
    assert explorer.state == "Liquidated at 54,271.36 USDT/BTC, −9.55 % from the entry."
    assert explorer.exact["liquidation_price"] == sympy.Rational(10_800_000, 199)
    explorer.set(mark_price=54_000, side="long")
    assert explorer.state == "Liquidated now, and equity is gone.", "no ratio without equity"
    assert explorer.exact["margin_ratio"] is None
    explorer.values = explorer.values | {"leverage": "1"}
    assert explorer.state.startswith("Never liquidated")


@pytest.mark.parametrize("bad, name", [
    ({"side": "up"}, "side"), ({"leverage": 101}, "leverage"), ({"leverage": True}, "leverage"),
    ({"mark_price": "x"}, "mark_price"), ({"mark_price": float("nan")}, "mark_price"),
    ({"size": 1}, "size"), ({"none": 1}, "none"), ({"leverage": sympy.Rational(10, 3)}, "leverage"),
])  # fmt: skip
def test_a_value_that_a_control_cannot_have_is_refused(bad, name):
    explorer = linear()
    with pytest.raises(ValueError, match=f"^{name} = "):
        explorer.set(**bad)
    with pytest.raises(traitlets.TraitError):
        explorer.values = {**explorer.values, "leverage": "1000"}
    assert explorer.state == linear().state


def charted(labels=None, **chart):
    return Explorer("t", controls=[Slider("leverage", 1, 9), Choice("side", {"up": 1, "down": -1})],
                    fixed={"entry_notional": 6000}, states=[(None, "{initial_margin}")],
                    labels=labels, chart=Chart(x="leverage", curves=["initial_margin"], marks=[],
                                               shade=None, **chart))


@pytest.mark.parametrize("make, words", [
    (lambda: Slider("price", 1, 2), "name = 'price'"),
    (lambda: Slider("leverage", 2, 1), "high = 1"),
    (lambda: Slider("leverage", 1, 10, step=4), "step = 4"),
    (lambda: Slider("leverage", 1, 10, start=11), "leverage = 11"),
    (lambda: Choice("side", {"long": 1}), "options"),
    (lambda: Explorer("t", controls=[Slider("leverage", 1, 2)], states=[(None, "{equity}")]),
     "equity ← collateral"),
    (lambda: Explorer("t", controls=[Slider("leverage", 1, 2)], states=[(None, "{leverage:x}")]),
     "template"),
    (lambda: Explorer("t", controls=[Slider("leverage", 1, 2)], states=[(None, "")],
                      fixed={"leverage": 1}), "leverage"),
    (lambda: charted(drag="side"), "drag = 'side'"),
    (lambda: charted(range=(0, 10), log=True), "range = (0, 10)"),
    (lambda: charted(range=("nowhere", 10)), "nowhere"),
    (lambda: charted(labels={"nothing": "word"}), "labels = 'nothing'"),
])  # fmt: skip
def test_a_wrong_explorer_is_refused(make, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        make()


@pytest.mark.parametrize("made", EXPLORERS)
def test_the_element_is_short_whole_and_the_same_each_time(made):
    data, _ = made()._repr_mimebundle_()
    again, _ = made()._repr_mimebundle_()
    assert data["text/html"] == again["text/html"]
    assert len(data["text/html"].encode()) < 28_000
    assert len(data["text/plain"]) < 105 and data["text/plain"].startswith("explorer · ")
    assert "application/vnd.jupyter.widget-view+json" in data
    assert escape(made().state) in data["text/html"], "the sentence stands there without a script"


@pytest.mark.parametrize("formula", pp.formulas.catalogue().values(), ids=lambda f: f.name)
def test_every_formula_has_mathml_with_all_its_symbols(formula):
    letters = mathml(formula.equation)
    assert set(re.findall('data-v="([a-z_]+)"', letters)) == {
        formula.result.name, *(symbol.name for symbol in formula.symbols)}
    assert "\\" not in letters and letters.count("<mrow") == letters.count("</mrow>")


def test_a_tie_that_floats_miss_is_a_tie(page):
    """0.1 × 3 is 0.3, though not in floating point: the page says what Python says."""
    explorer = Explorer(
        "Is the notional covered?", controls=[Slider("mark_price", 1, 5, start=3)],
        fixed={"size": "0.1", "collateral": "0.3"},
        states=[(s.notional <= s.collateral, "Covered: {notional}."), (None, "Not covered.")])
    page.set_content(pages.html(explorer.html()))
    assert page.get_by_role("status").inner_text() == explorer.state == "Covered: 0.3."


@pytest.mark.parametrize("made", OF_CHAPTERS)
def test_the_ends_of_each_slider_by_keyboard_say_what_python_says(made, page):
    explorer = made()
    page.set_content(pages.html(explorer.html()))
    status, names = page.get_by_role("status"), [
        name for name, control in explorer.controls.items() if isinstance(control, Slider)]
    assert status.inner_text() == explorer.state
    labels = {control["name"]: control["label"] for control in explorer.spec["controls"]}
    sides = list(explorer.controls["side"].options) if "side" in explorer.controls else []
    for side in [*sides, *sides[:1]] or ["none"]:
        if sides:
            page.get_by_role("radio", name=side, exact=True).check()
            explorer.set(side=side)
        for name, key in itertools.product(names, ("Home", "ArrowRight", "End", "PageDown")):
            slider = page.get_by_role("slider", name=labels[name], exact=True)
            slider.press(key)
            explorer.set(**{name: slider.input_value()})
            assert status.inner_text() == explorer.state, (side, name, key)
            assert page.locator(".pp-curve").count() >= 1, "the picture is never empty"
    assert page.console_errors == page.page_errors == page.external == []


@pytest.mark.parametrize("made", OF_CHAPTERS)
def test_the_picture_says_the_same_words_alive_and_still(made, page):
    explorer = made()
    page.set_content(pages.html(explorer.html()))
    page.locator(".pp-picture text").first.wait_for()
    alive = page.locator(".pp-picture text.pp-word").all_text_contents()
    still = re.sub("<[^>]*>", " ", re.sub("<style.*?</style>", "", explorer.static()))
    for word in alive:
        assert word in still or word == explorer.chart.shade_word, word


@pytest.mark.parametrize("made", OF_CHAPTERS)
def test_named_ends_of_the_picture_exist_and_hold_its_marks(made):
    explorer = made()
    for point in positions(explorer):
        explorer.set(**point)
        low, high = explorer.span()
        assert low < high
        if explorer.chart.range and isinstance(explorer.chart.range[0], str):
            prices = [explorer.exact[name] for name in explorer.chart.marks]
            assert all(low < price < high for price in prices), point


def test_what_is_given_is_not_computed():
    explorer = pp.chapter2.drag_explorer()
    given = explorer.given
    assert explorer.exact["equity"] == explorer.exact["maintenance_margin"], "at the line"
    there = explorer.model.exact({**given, "mark_price": 60_000})
    assert there["equity"] == there["collateral"] > there["maintenance_margin"] == 30


LINE = {
    (10, "long", "0.005"): "Liquidated at 54,271.36 on the mark basis, 9.55 % below the entry, and "
    "at 54,300 on the entry basis, 9.50 % below. Bankrupt at 54,000: 271.36 beyond the mark basis.",
    (1, "long", "0.005"): "Never liquidated on the mark basis: the collateral covers the whole "
    "fall, and the maintenance margin falls to 0 with the price. On the entry basis it does not "
    "fall: liquidated at 300.",
    (1, "long", 0): "Never liquidated: the collateral covers the whole fall.",
    (1, "short", "0.005"): "A 1× short has a line, too: liquidated at 119,402.99 on the mark "
    "basis, 99.00 % above the entry, and at 119,700 on the entry basis, 99.50 % above. Bankrupt at "
    "120,000: 597.01 beyond the mark basis.",
    (20, "long", "0.05"): "Liquidated as it opens: 300 USDT of collateral are not more than the "
    "maintenance margin, 300 USDT. Both lines have reached the entry.",
    (10, "short", 0): "Liquidated and bankrupt at 66,000, 10.00 % from the entry: with no maintenance "
    "margin the two are one.",
}  # fmt: skip


@pytest.mark.parametrize("leverage, side, rate", LINE)
def test_the_edges_of_the_line_in_words(leverage, side, rate):
    explorer = pp.chapter2.line_explorer()
    explorer.set(leverage=leverage, side=side, maintenance_rate=rate)
    assert explorer.state == LINE[leverage, side, rate]


def crossing(gap):
    """Where a straight line is 0, from two of its points: a witness without the formulas."""
    first, second = Fraction(gap(0)), Fraction(gap(1))
    return first / (first - second)


@pytest.mark.parametrize("side, sign", [("long", 1), ("short", -1)])
def test_five_prices_against_the_crossing(side, sign):
    explorer = pp.chapter2.five_formulas_explorer()
    for leverage, rate in ((10, Fraction(1, 200)), (2, Fraction(1, 50)), (25, Fraction(1, 40))):
        explorer.set(side=side, leverage=leverage, maintenance_rate=rate)
        margin = Fraction(30_000, leverage)
        met = crossing(lambda p: margin + sign * (p - 30_000) - rate * p)
        frozen = crossing(lambda p: margin + sign * (p - 30_000) - rate * 30_000)
        wiped = crossing(lambda p: margin + sign * (p - 30_000))
        values = {name: Fraction(int(value.p), int(value.q))
                  for name, value in explorer.exact.items()}
        assert values["liquidation_price"] == met
        assert values["entry_basis_price"] == frozen
        assert values["no_maintenance_price"] == wiped
        assert values["sign_error_price"] == wiped - (frozen - wiped)
        assert values["share_of_margin_price"] == wiped + (frozen - wiped) / leverage
        for word in ("entry_basis", "share_of_margin", "no_maintenance", "sign_error"):
            price = values[f"{word}_price"]
            assert values[f"equity_at_{word}"] == margin + sign * (price - 30_000)
            assert values[f"maintenance_at_{word}"] == rate * price
        assert values["sign_error_late"] == sign * (met - values["sign_error_price"])
        assert values["entry_basis_higher"] == frozen - met


def first_broken(side, size, leverage, rows):
    """Where a position is liquidated, by halving, the margin added up slice by slice."""
    entry = Fraction(60_000)
    tops = [*(floor for floor, _ in rows[1:]), None]

    def alive(price):
        held, margin = size * price, Fraction(0)
        for (floor, rate), top in zip(rows, tops):
            margin += rate * max(0, (held if top is None else min(held, top)) - floor)
        return size * entry / leverage + side * size * (price - entry) > margin

    good, bad = entry, entry * (2 if side < 0 else Fraction(1, 100))
    for _ in range(60):
        middle = (good + bad) / 2
        good, bad = (middle, bad) if alive(middle) else (good, middle)
    return bad


def test_the_tier_that_liquidates_against_slices_and_halving():
    explorer = pp.chapter4.tier_explorer()
    rows = [(0, Fraction(1, 50)), (100_000, Fraction(3, 25)), (200_000, Fraction(1, 2))]
    tiers = set()
    for word, sign in (("long", 1), ("short", -1)):
        for size, leverage in itertools.product(("1.5", "2", "3", "4"), (2, 3, 4)):
            explorer.set(side=word, size=size, leverage=leverage)
            values, price = explorer.exact, first_broken(sign, Fraction(size), leverage, rows)
            assert float(values["liquidation_price"]) == pytest.approx(float(price), rel=1e-12)
            held = Fraction(size) * price
            assert values["line_tier"] == 1 + (held > 100_000) + (held > 200_000)
            tiers.add((int(values["entry_tier"]), int(values["line_tier"])))
    assert {(1, 1), (1, 2), (2, 1), (2, 2), (2, 3), (3, 2), (3, 3)} <= tiers


def test_a_line_is_dragged_in_the_picture(page):
    explorer = pp.chapter2.drag_explorer()
    page.set_content(pages.html(explorer.html()))
    page.locator(".pp-grip").wait_for()
    knob = page.locator(".pp-grip").bounding_box()
    slider = page.get_by_role("slider", name="liquidation price")
    x, y = knob["x"] + knob["width"] / 2, knob["y"] + knob["height"] / 2
    for off in (-20, 20):  # a finger is 44 px wide
        page.mouse.move(x + off, y)
        page.mouse.down()
        page.mouse.move(x - 60, y, steps=4)
        page.mouse.up()
        explorer.set(liquidation_price=slider.input_value())
        assert 40_000 < explorer.given["liquidation_price"] < 53_000
        assert explorer.given["liquidation_price"] % 100 == 0
        assert page.get_by_role("status").inner_text() == explorer.state
        new = page.locator(".pp-grip").bounding_box()
        assert abs(new["x"] + new["width"] / 2 - (x - 60)) < 3, "the line is under the pointer"
    page.get_by_role("radio", name="short").check()
    assert "A short's line lies above its entry" in page.get_by_role("status").inner_text()
    picture = page.get_by_role("img").text_content()
    assert "maintenance margin" in picture and "no bankruptcy price" in picture


def test_the_logarithmic_axis_is_dragged_where_its_numbers_stand(page):
    page.set_content(pages.html(pp.chapter2.line_explorer().html()))
    ticks = page.locator(".pp-picture .pp-tick")
    ticks.first.wait_for()
    for leverage in ("2", "20", "100"):
        tick = ticks.filter(has_text=re.compile(f"^{leverage}$")).bounding_box()
        page.mouse.click(tick["x"] + tick["width"] / 2, tick["y"] - 40)
        assert page.get_by_role("slider", name="leverage").input_value() == leverage
        assert f"leverage {leverage}" in page.locator(".pp-picture").text_content()


FEE = [(10, "0.005", "0.0005", "0", 1), (10, "0.005", "0.02", "0.0005", 1),
       (20, "0.01", "0.0006", "0.0004", -1), (5, "0.004", "0.0125", "0.001", -1)]


@pytest.mark.parametrize("leverage, rate, fee, opening, sign", FEE)
def test_the_fee_knob_against_the_crossings(leverage, rate, fee, opening, sign):
    explorer = pp.chapter3.fee_explorer()
    explorer.set(leverage=leverage, maintenance_rate=rate, close_fee=fee, opening_fee_rate=opening,
                 side=sign)
    rate, fee, opening = Fraction(rate), Fraction(fee), Fraction(opening)
    money = Fraction(6000, leverage) - opening * 6000

    def where(share):
        """Where equity is this share of the notional."""
        return crossing(lambda p: money + Fraction(sign * (p - 60_000), 10) - share * Fraction(p, 10))

    values = {name: Fraction(int(value.p), int(value.q)) for name, value in explorer.exact.items()}
    assert values["liquidation_price"] == where(rate + fee)
    assert values["line_without_fee"] == where(rate)
    assert values["bankruptcy_price"] == where(fee)
    assert values["line_shift"] == sign * (where(rate + fee) - where(rate)) > 0
    assert values["liquidation_distance"] == sign * (1 - where(rate + fee) / 60_000)
    equity_at = [money + sign * (p - 60_000) / 10 for p in (where(rate + fee), where(rate))]
    assert values["maintenance_margin"] == equity_at[0] - fee * where(rate + fee) / 10
    assert values["liquidation_remainder"] == equity_at[1] - fee * where(rate) / 10
    assert ("bankrupt on arrival" in explorer.state) == (fee > rate)


def test_an_axis_of_per_cents_is_labelled_in_per_cents(page):
    explorer = pp.chapter3.fee_explorer()
    page.set_content(pages.html(explorer.html()))
    page.locator(".pp-picture text").first.wait_for()
    alive = page.locator(".pp-picture text.pp-tick").all_text_contents()
    assert "close fee (%)" in alive and {"0", "0.5", "1.5", "2"} <= set(alive)
    assert not {"0.005", "0.015"} & set(alive)
    still = re.findall(r"<text[^>]*>([^<]*)</text>", explorer.static())
    assert "close fee 0.05 %" in still and {"0", "0.8", "1.6", "2"} <= set(still)


@pytest.mark.parametrize("sign, leverage, rate, intervals", [
    (1, 10, "0.0001", 90), (1, 20, "0.003", 7), (-1, 5, "-0.0003", 400), (-1, 10, "0.0001", 1000)])
def test_the_funding_clock_against_a_ledger_kept_by_hand(sign, leverage, rate, intervals):
    explorer = pp.chapter8.clock_explorer()
    explorer.set(side=sign, leverage=leverage, funding_rate=rate, intervals=intervals)
    money, lived = Fraction(6000, leverage), None
    for number in range(1, 200_000):
        money -= sign * 6000 * Fraction(rate)
        if number == intervals:
            there = money
        if money <= 30:
            lived = number
            break
        if number > intervals and sign * Fraction(rate) < 0:
            break
    values = explorer.exact
    line = crossing(lambda p: there + Fraction(sign * (p - 60_000), 10) - Fraction(p, 2000))
    assert Fraction(int(values["liquidation_price"].p), int(values["liquidation_price"].q)) == line
    assert values["collateral"] == there and values["loss_buffer"] == there - 30
    if lived:
        assert -(-(values["funding_intervals"] + intervals) // 1) == lived
    else:
        assert "all received" in explorer.state and values["funding_intervals"] < 0


def test_an_axis_of_a_count_has_no_empty_brackets(page):
    explorer = pp.chapter8.clock_explorer()
    page.set_content(pages.html(explorer.html()))
    page.locator(".pp-picture text").first.wait_for()
    assert "payments so far" in page.locator(".pp-picture text.pp-tick").all_text_contents()
    assert ">payments so far<" in explorer.static() and "()" not in explorer.static()


def test_the_explorer_of_chapter_7_agrees_with_sorting():
    """The middle one of three sorted prices, and each price against the line of the trade."""
    explorer = pp.chapter7.mark_explorer()
    for point in positions(explorer)[::3]:
        explorer.set(**point)
        last, index, basis, rate, hours, side = (Fraction(str(point[name])) for name in (
            "last_price", "index_price", "basis_average", "funding_rate", "hours_left", "side"))
        mark = sorted([index + index * rate * hours / 8, index + basis, last])[1]
        line = (6000 - side * 600) / (Fraction(1, 10) * (1 - side * Fraction(1, 200)))
        shown = re.match(r"The mark is ([\d,.]+):", explorer.state)[1].replace(",", "")
        assert abs(Fraction(shown) - mark) <= Fraction(5, 1000)
        said = re.findall(r"By the (?:mark|last price|index): (\w+)\.", explorer.state)
        assert said == ["liquidated" if side * (price - line) <= 0 else "open"
                        for price in (mark, last, index)], point
