"""The calculator: the page against the venues at hundreds of positions, its words, its boxes."""

import random
from fractions import Fraction

import pytest
import traitlets

import perpedu as pp
from perpedu.showing import calculator_rules as book
from perpedu.showing import page as pages
from perpedu.showing.calculator import START, Calculator, sentence
from perpedu.showing.calculator_answer import Complaint, answer_to
from perpedu.showing.calculator_words import FIELDS, LINES, SAYS, parts
from perpedu.showing.element import module

EACH = 18
OPTIONS = book.options()
ANSWERABLE = [option for option in OPTIONS if not option.unknown]


def drawn(option, rng):
    """The texts of the boxes for one random position, some of them bad, most of them good."""
    inverse = option.contract == "inverse" or option.contract is None and rng.random() < 0.3
    table = option.tiers("1") if option.symbol else None
    entry = round(10 ** rng.uniform(-2, 5), rng.choice([2, 4]))
    top = float(table.cap) if table and table.cap else 10 ** rng.uniform(4, 8.5)
    notional = top * 10 ** rng.uniform(-4, 0.06)
    if table and rng.random() < 0.15:  # on a floor, exactly
        notional, entry = float(rng.choice(table.rows).floor) or notional, 100
    size = notional * entry if inverse else notional / entry
    leverage = rng.choice([1, 2, 3, 5, 10, 20, 25, 50, 75, rng.randint(10, 160) / 4])
    mark = rng.choice(["", "", str(round(entry * rng.uniform(0.8, 1.25), 4) or 1)])
    return START | {
        "venue": option.venue, "table": option.table, "contract": ["linear", "inverse"][inverse],
        "side": rng.choice(["long", "short"]), "size": f"{size:.12f}".rstrip("0"),
        "entry": str(entry), "leverage": str(leverage), "mark": mark,
        "collateral": f"{notional / leverage * rng.choice([1, 1, 1.5, 30]):.10f}",
        "by": rng.choice(["leverage", "collateral"]), "face": rng.choice(["1", "10", "100"]),
        "maintenance_rate": rng.choice(["0.4", "0.5 %", "1", "2.5", "0", "12", "99.99"]),
        "close_fee": rng.choice(["", "0.05", "0.06 %", "0", "1/16"]),
    }  # fmt: skip


@pytest.fixture(scope="module")
def cases():
    rng = random.Random("calculator")
    made = [drawn(option, rng) for option in ANSWERABLE for _ in range(EACH)]
    assert len(made) >= 500
    return made


@pytest.fixture
def inside(page):
    """A page with the calculator's functions."""
    body = module().replace(
        "export default { render };", "window.pp = { calculated, sayings, Complaint };")
    page.set_content("<p></p>")
    page.add_script_tag(content=f"(() => {{ {body} }})()")
    return page


EVERY = """([spec, cases]) => cases.map(values => {
    const text = value => value && value.join("/");
    try {
        const answer = pp.calculated(spec, values), said = pp.sayings(spec, answer);
        return { status: answer.status, tier: answer.tier, price: text(answer.price),
            ratio: text(answer.ratio), bankruptcy: text(answer.bankruptcy),
            requirement: text(answer.requirement), state: said.state, rows: said.rows };
    } catch (error) {
        if (!(error instanceof pp.Complaint)) throw error;
        return { field: error.field, message: error.message };
    }
})"""


def asked(values):
    """The same position, built from the texts without the calculator, and its venue's answers."""
    option = next(one for one in OPTIONS
                  if (one.venue, one.table) == (values["venue"], values["table"]))
    venue, date = pp.Venue.load(option.venue), option.date
    inverse = (option.contract or values["contract"]) == "inverse"
    contract = pp.Inverse(values["face"]) if inverse else pp.Linear()
    position = pp.Position(values["side"], values["size"], values["entry"], contract=contract,
                           **{values["by"]: values[values["by"]]})
    def per_cent(text):
        return Fraction(text.removesuffix(" %")) / 100
    terms = {"tiers": None if option.symbol else per_cent(values["maintenance_rate"])}
    if venue.rule("close_fee", date).value == "in" and values["close_fee"]:
        terms["close_fee"] = per_cent(values["close_fee"])
    mark = values["mark"] or None
    return venue, position, (option.symbol, mark, date), terms


def exact(text):
    return None if text is None else Fraction(text)


def test_the_page_says_what_the_venue_says(inside, cases):
    got = inside.evaluate(EVERY, [Calculator().spec, cases])
    seen = {"refused": 0, "open": 0, "liquidated": 0, "never": 0}
    deep = 0
    for values, page in zip(cases, got, strict=True):
        if "field" in page:
            assert refused(values), (values, page)
            seen["refused"] += 1
            continue
        venue, position, where, terms = asked(values)
        try:
            found = venue.liquidation(position, *where, **terms)
        except ValueError as error:
            assert "trigger" in str(error), (values, page)  # unknown, and just met
            found = position.liquidation(*_plain(venue, position, where, terms))
        assert (page["status"], page["tier"]) == (found.status, found.tier), values
        assert exact(page["price"]) == found.price, values
        assert exact(page["bankruptcy"]) == found.bankruptcy_price, values
        assert exact(page["requirement"]) == venue.requirement(position, *where, **terms), values
        if venue.rule("ratio", where[2]).value != "not found":
            assert exact(page["ratio"]) == venue.margin_ratio(position, *where, **terms), values
        seen[found.status] += 1
        deep += bool(found.tier and found.tier > 1)
    assert sum(seen.values()) >= 500 and min(seen.values()) >= 25 and deep >= 60, (seen, deep)
    assert {v["venue"] for v, page in zip(cases, got) if "field" not in page} == {
        option.venue for option in ANSWERABLE}


def _plain(venue, position, where, terms):
    symbol, mark, date = where
    table, basis, fee = venue.terms(position, symbol, date, **terms)
    return table, mark or position.entry, basis, fee


def refused(values):
    """Whether the venue refuses this position, or the book does."""
    try:
        venue, position, where, terms = asked(values)
        venue.terms(position, where[0], where[2], **terms)
    except ValueError:
        return True
    return False


def test_the_page_and_python_say_it_in_the_same_words(inside, cases):
    cases = cases[::3] + [START | bad for bad, _, _ in BAD]
    got = inside.evaluate(EVERY, [Calculator().spec, cases])
    for values, page in zip(cases, got, strict=True):
        try:
            answer = answer_to(values)
        except Complaint as error:
            assert (page.get("field"), page.get("message")) == (error.field, str(error)), values
            continue
        said = parts(answer)
        assert page["state"] == sentence(values), values
        assert page["rows"] == [[line["label"], said[line["name"]], line["role"]]
                                for line in LINES], values


BAD = [
    ({"size": "0"}, "size", "above 0"), ({"size": "-1"}, "size", "above 0"),
    ({"size": "lots"}, "size", "no number"), ({"size": ""}, "size", "nothing to read"),
    ({"entry": "6,5"}, "entry", "Is the comma"), ({"entry": "5 %"}, "entry", "in USDT, not in %"),
    ({"entry": "60000 USDC"}, "entry", "not in USDC"), ({"mark": "-5"}, "mark", "above 0"),
    ({"leverage": "0.5"}, "leverage", "1 or more"), ({"leverage": "1/0"}, "leverage", "fraction"),
    ({"leverage": "200"}, "leverage", "reject the order: leverage of 200× is above 150×"),
    ({"by": "collateral", "collateral": "1"}, "collateral", "leverage of 6,000×"),
    ({"size": "40000"}, "size", "notional of 2,400,000,000 USDT is above 1,800,000,000 USDT"),
    ({"table": "rate", "maintenance_rate": "100"}, "maintenance_rate", "below 100 %"),
    ({"venue": "okx", "table": "rate", "maintenance_rate": "99", "close_fee": "1"}, "close_fee",
     "together"),
    ({"venue": "kucoin", "table": "rate"}, "close_fee", "type yours"),
    ({"venue": "okx", "table": "rate", "contract": "inverse", "face": "0"}, "face", "above 0"),
    ({"venue": "cme", "table": "rate"}, "venue", "clearing house"),
    ({"venue": "deribit", "table": "BTC_USDC", "size": "30000"}, "size", "initial margin rate"),
    ({"size": "9" * 90}, "size", "too long"),
]  # fmt: skip


@pytest.mark.parametrize("bad, field, words", BAD)
def test_a_bad_box_is_named(bad, field, words):
    with pytest.raises(Complaint, match=".") as caught:
        answer_to(START | bad)
    assert caught.value.field == field and words in str(caught.value)
    assert sentence(START | bad).startswith("No answer yet. ")


# ---- in Python


def test_it_starts_with_an_answer_and_python_moves_it():
    calculator = Calculator()
    assert calculator.state == ("Liquidated at 54,216.87 USDT, 9.64 % below the mark price of "
                                "60,000 USDT.")
    calculator.set(venue="xxkk", side="short", leverage=20)
    assert calculator.option.table == "BTCUSDT", "the venue's own first table"
    assert calculator.answer.price == 62_760, "60,000 (1 + 1/20 − 0.4 %), on the entry basis"
    calculator.set(venue="bybit", table="XYZUSD", size=25 * 60_000, leverage=2)
    assert calculator.answer.requirement == Fraction(45, 100), "Bybit's own illustration"
    calculator.set(venue="binance", table="rate", leverage=1, maintenance_rate="0.005", size=1,
                   side="long")
    assert calculator.state.startswith("Never liquidated") and calculator.values["by"] == "leverage"
    calculator.set(collateral=300, mark=57_000, size="0.1")
    assert calculator.answer.equity == 0 and calculator.answer.ratio is None
    assert calculator.state.startswith("Liquidated at once: at a mark price of 57,000 USDT equity")
    calculator.set(mark=None, close_fee=None)
    assert calculator.values["mark"] == "" and calculator.answer.mark == 60_000


def test_just_met_is_liquidated_or_not_by_the_trigger():
    met = {"maintenance_rate": "0.05", "leverage": 20}
    assert Calculator("binance", table="rate", **met).answer.status == "liquidated"
    calculator = Calculator("dydx", table="rate", **met)
    assert calculator.answer.status == "open"
    assert calculator.state == ("Liquidated at 60,000 USDT, 0 % from the mark price of 60,000 "
                                "USDT.")
    calculator.set(leverage="20.5")
    assert calculator.state.startswith("Liquidated at once") and "is below" in calculator.state


@pytest.mark.parametrize("values, name", [
    ({"venue": "nowhere"}, "venue"), ({"table": "BTC"}, "table"), ({"side": "up"}, "side"),
    ({"size": -1}, "size"), ({"size": "many"}, "size"), ({"leverage": 0.5}, "leverage"),
    ({"maintenance_rate": 5}, "maintenance_rate"), ({"entry": float("nan")}, "entry"),
    ({"entry": None}, "entry"), ({"collateral": True}, "collateral"), ({"hope": 1}, "hope"),
    ({"contract": "quanto"}, "contract"), ({"mark": 0}, "mark"), ({"by": "luck"}, "by"),
])  # fmt: skip
def test_a_value_that_a_box_cannot_have_is_refused(values, name):
    calculator = Calculator()
    with pytest.raises(ValueError, match=f"^{name} = "):
        calculator.set(**values)
    assert calculator.values == START


@pytest.mark.parametrize("values", [{}, START | {"size": 1}, START | {"venue": "x"},
                                    START | {"side": "<b>"}])
def test_what_no_browser_sends_is_refused(values):
    calculator = Calculator()
    with pytest.raises(traitlets.TraitError):
        calculator.values = values
    calculator.values = START | {"size": "lots of"}
    assert calculator.state.startswith("No answer yet.") and calculator.lines == []


@pytest.mark.parametrize("venue", pp.Venue.names())
def test_every_convention_is_named(venue):
    calculator = Calculator(venue)
    if venue == "cme":
        assert calculator.conventions == {} and "clearing house" in calculator.state
        return
    said = calculator.conventions
    rules = {key: pp.Venue.load(venue).rule(key).value for key in book.KEYS}
    assert said["Maintenance margin is charged on"].startswith(
        f"the notional at the {rules['basis']} price")
    trigger = rules["trigger"] if rules["trigger"] != "not found" else "<="
    assert f"equity {trigger} requirement" in said["Trigger"]
    assert said["Close fee"].startswith(rules["close_fee"])
    assert ("Not found" in said["Margin ratio"]) == (rules["ratio"] == "not found")
    assert ("Not found" in said["Rounding"]) == (rules["rounding"] == "not found")
    assert said["Scheme"] and "funding" in said["Left out"]


def test_the_widget_is_whole_without_a_script_and_the_same_each_time():
    data, _ = Calculator()._repr_mimebundle_()
    again, _ = Calculator()._repr_mimebundle_()
    assert data["text/html"] == again["text/html"] and len(data["text/html"].encode()) < 100_000
    assert data["text/plain"].startswith("calculator · binance · Liquidated at 54,216.87")
    still = Calculator().static()
    for words in (Calculator().state, "54,000 USDT", "Confirm on your platform", "JavaScript",
                  "the notional at the mark price", "BTCUSDT, 2026-09 (latest)"):
        assert words in still


def test_the_formulas_of_the_page_are_those_of_the_book():
    trees = book.formula_trees()
    assert trees["linear"]["notional"] == {"tree": ["*", "mark_price", "size"], "positive": True}
    assert set(trees["linear"]) == set(trees["inverse"])
    source = module()
    begin = source.index("// ---- calculator: where")
    script = source[begin:source.index("// ---- memory")]
    assert "maintenance_rate *" not in script and "1 -" not in script


# ---- on a page


def test_by_keyboard_on_a_page_from_a_file(page, tmp_path):
    page.set_viewport_size({"width": 390, "height": 800})
    (tmp_path / "page.html").write_text(pages.html(Calculator().html()), "utf-8")
    page.goto((tmp_path / "page.html").as_uri())
    mirror, status = Calculator(), page.get_by_role("status")
    assert status.inner_text() == mirror.state
    for label, name, text in [("Size", "size", "5"), ("Entry price", "entry", "61,000.5"),
                              ("Leverage", "leverage", "25"), ("Mark price", "mark", "60,200")]:
        box = page.get_by_role("textbox", name=label, exact=True)
        box.fill(text)
        box.press("Enter")
        mirror.values = mirror.values | {name: text}
        assert status.inner_text() == mirror.state
    page.get_by_role("radio", name="long").press("ArrowRight")
    mirror.set(side="short")
    assert status.inner_text() == mirror.state
    for option in ANSWERABLE[::5]:
        page.get_by_label("Venue", exact=True).select_option(option.venue)
        page.get_by_label("Tier table", exact=True).select_option(option.table)
        mirror.values = mirror.values | {"venue": option.venue, "table": option.table}
        assert status.inner_text() == mirror.state
        rows = page.locator(".pp-numbers tr").all_inner_texts()
        assert [row.split("\t") for row in rows] == mirror.lines
        dl = page.locator(".pp-rules dd").all_inner_texts()
        assert dl == list(mirror.conventions.values())
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, option
    page.get_by_role("button", name="Reset").press("Enter")
    assert status.inner_text() == Calculator().state
    assert page.console_errors == page.page_errors == page.external == []


def test_a_bad_box_is_answered_in_place_and_the_old_answer_goes(page):
    page.set_content(pages.html(Calculator().html()))
    box = page.get_by_role("textbox", name="Leverage", exact=True)
    box.fill("200")
    box.press("Tab")
    message = page.locator(".pp-message:visible")
    assert message.count() == 1 and "reject the order" in message.inner_text()
    assert box.get_attribute("aria-invalid") == "true" and box.input_value() == "200"
    assert page.get_by_role("status").inner_text().startswith("No answer yet.")
    assert page.locator(".pp-numbers tr").count() == 0
    box.fill("20")
    box.press("Tab")
    assert page.locator(".pp-message:visible").count() == 0
    assert box.get_attribute("aria-invalid") is None
    assert page.locator(".pp-numbers tr").count() == len(LINES)
    size = page.get_by_role("textbox", name="Size", exact=True)
    size.fill("<img src=x onerror=alert(1)>")
    size.press("Enter")
    assert page.locator(".pp-element img").count() == 0
    assert page.console_errors == page.page_errors == []


def test_boxes_appear_where_they_count(page):
    page.set_content(pages.html(Calculator().html()))

    def seen():
        labels = page.locator(".pp-fields > :not([hidden]) > :is(label, legend):not(.pp-radio)")
        names = {field["label"]: name for name, field in FIELDS.items()}
        return [names[label] for label in labels.all_inner_texts()]

    usual = ["venue", "table", "side", "size", "entry", "by", "leverage", "mark"]
    assert seen() == usual
    page.get_by_role("radio", name="collateral").check()
    assert set(seen()) == {*usual, "collateral"} - {"leverage"}
    page.get_by_label("Venue", exact=True).select_option("okx")
    assert {"maintenance_rate", "contract", "close_fee"} <= set(seen()) and "face" not in seen()
    fee = page.get_by_role("textbox", name="Close fee", exact=True)
    assert fee.get_attribute("placeholder") == "0.05"
    page.get_by_role("radio", name="inverse").check()
    assert "face" in seen()
    page.get_by_label("Venue", exact=True).select_option("bybit")
    page.get_by_label("Tier table", exact=True).select_option("XYZUSD")
    assert "contract" not in seen() and "face" in seen()


def test_without_scripts_there_is_an_example_and_a_sentence(browser, tmp_path):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    (tmp_path / "page.html").write_text(pages.html(Calculator().html()), "utf-8")
    page.goto((tmp_path / "page.html").as_uri())
    text = page.locator(".pp-still").inner_text()
    assert "54,216.87" in text and "JavaScript" in text and SAYS["confirm"] in text
    context.close()


def test_in_jupyter_the_view_sends_and_hears(page):
    from test_card import mounted

    calculator = Calculator()
    mounted(page, calculator, "spec", "values")
    box = page.get_by_role("textbox", name="Size", exact=True)
    box.fill("3")
    box.press("Enter")
    calculator.values = page.evaluate("model.traits.values")
    assert calculator.values["size"] == "3"
    assert page.get_by_role("status").inner_text() == calculator.state
    calculator.set(venue="deribit", size=25)
    page.evaluate("values => model.hear('values', values)", calculator.values)
    assert page.get_by_role("status").inner_text() == calculator.state
    assert page.page_errors == []
