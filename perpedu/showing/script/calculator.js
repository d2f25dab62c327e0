// ---- calculator: where a venue liquidates, exactly; the choice of the tier as in market/line.py,
// ---- the arithmetic from the trees of the book's formulas ----

const less = (a, b) => !most(b, a);

// The book's formulas for one contract, by role: the value, or null where there is none.
function formulasOf(trees) {
  return (role, values) => {
    const { tree, positive } = trees[role];
    try {
      const value = reduced(...worth(tree, name => values[name]));
      return positive && value[0] <= 0n ? null : value;
    } catch (error) {
      if (error instanceof Undefined) return null;
      throw error;
    }
  };
}

// A position under a table and a basis. `given` has exact numbers under the symbols' names.
function positionOf(spec, contract, rows, basis, given) {
  const formula = formulasOf(spec.formulas[contract]);
  const value = (role, more) => formula(role, { ...given, ...more });
  const notional = mark_price => value("notional", { mark_price });
  const number = held => Math.max(1, rows.filter(row => less(row.floor, held)).length);
  const margin = held => value("maintenance_margin", { ...rows[number(held) - 1], notional: held });
  const equity = mark_price =>
    value("equity", { unrealized_pnl: value("unrealized_pnl", { mark_price }) });
  const requirement = mark => value("requirement", { notional: notional(mark),
    maintenance_margin: margin(notional(basis === "mark" ? mark : given.entry_price)) });
  return { given, rows, basis, value, notional, number, margin, equity, requirement,
    long: given.side[0] > 0n, shrinks: (given.side[0] > 0n) === (contract === "linear"),
    at: price => ({ price, tier: price && number(notional(price)) }) };
}

const NEVER = { price: null, tier: null };

// The first price on the adverse path that liquidates, and the tier that binds there.
function lineOf(position, scheme) {
  const { given, basis } = position, entry = given.entry_price;
  if (scheme === "flat" && most(position.equity(entry), position.requirement(entry))) {
    return position.at(entry);
  }
  if (basis === "entry") return onEntryBasis(position);
  return (scheme === "flat" ? firstMet : outermost)(position);
}

function onEntryBasis({ given, value, notional, margin, number }) {
  const held = notional(given.entry_price);
  const price = value("liquidation_price_entry_basis", { entry_maintenance_margin: margin(held) });
  return price ? { price, tier: number(held) } : NEVER;
}

function outermost({ rows, value, long, at }) {
  const prices = rows.map(row => value("liquidation_price", row)).filter(Boolean);
  return prices.length ? at(prices.reduce((a, b) => most(a, b) === long ? b : a)) : NEVER;
}

function firstMet({ given, rows, value, notional, number, equity, long, shrinks }) {
  const own = rows.map((row, i) => ({ price: value("liquidation_price", row), tier: i + 1 }))
    .filter(({ price, tier }) => price && number(notional(price)) === tier);
  const floors = shrinks ? [] : rows.slice(1).map((row, i) => {
    const price = value("price", { notional: row.floor });
    const need = value("requirement", { notional: row.floor,
      maintenance_margin: value("maintenance_margin", { ...row, notional: row.floor }) });
    return most(equity(price), need) ? { price, tier: i + 2 } : null;
  }).filter(Boolean);
  const before = (a, b) => long ? less(b, a) : less(a, b);
  return [...own, ...floors].filter(({ price }) => !before(price, given.entry_price))
    .reduce((best, line) => !best.price || before(line.price, best.price)
      || !before(best.price, line.price) && line.tier < best.tier ? line : best, NEVER);
}

// Everything that is said about a position at a mark price.
function liquidationOf(position, scheme, { trigger, ratio }, mark_price) {
  const { value } = position, line = lineOf(position, scheme);
  const equity = position.equity(mark_price), need = position.requirement(mark_price);
  const met = trigger === "<" ? less(equity, need) : most(equity, need);
  const [over, under] = ratio === "equity/MM" ? [equity, need] : [need, equity];
  return { ...line, status: met ? "liquidated" : line.price ? "open" : "never", equity,
    requirement: need, bankruptcy: value("bankruptcy_price", { close_fee: [0n, 1n] }),
    ratio: under[0] > 0n ? value("margin_ratio", { maintenance_margin: over, equity: under }) : null,
    distance: line.price && value("distance", { liquidation_price: line.price, mark_price }) };
}

// ---- calculator: what the reader typed ----

// What is wrong with a box, or with the order, and which box it is.
class Complaint extends Error {
  constructor(field, message) { super(message); this.field = field; }
}

const optionOf = (spec, values) => spec.options.find(({ venue, table }) =>
  venue === values.venue && table === values.table);

// The boxes that count, in order, each with its unit.
function boxesOf(spec, option, values) {
  const contract = option.contract ?? values.contract, inverse = contract === "inverse";
  const coin = option.coin, quote = inverse ? "USD" : option.currency;
  const unit = { maintenance_rate: "%", close_fee: "%", leverage: "×", entry: quote, mark: quote,
    size: inverse ? "contracts" : coin, face: quote, collateral: inverse ? coin : quote };
  const names = [...option.rows || option.schedule ? [] : ["maintenance_rate"],
    ...inverse ? ["face"] : [], "size", "entry", values.by, "mark",
    ...option.rules.close_fee === "in" ? ["close_fee"] : []];
  return { contract, names, unit, coin, settles: unit.collateral, quote };
}

function boxValue(spec, { rules }, name, text, unit) {
  const { fields, says } = spec, { label, kind } = fields[name];
  const complain = (sentence, parts = {}) => { throw new Complaint(name, put(says[sentence], parts)); };
  if (name === "mark" && !text.trim()) return null;
  if (name === "close_fee" && !text.trim()) {
    return rules.fee === null ? complain("no_fee") : exact(rules.fee);
  }
  let read;
  try { read = readNumber(text, unit); } catch (error) { throw new Complaint(name, error.message); }
  if (read.unit !== null && read.unit !== unit) complain("unit", { unit, found: read.unit });
  const value = unit === "%" && !read.percent ? times(read.value, [1n, 100n]) : read.value;
  if (kind === "positive" && value[0] <= 0n) complain("positive", { label });
  if (kind === "leverage" && less(value, [1n, 1n])) complain("leverage", { label });
  if (kind === "rate" && (value[0] < 0n || value[0] >= value[1])) complain("rate", { label });
  return reduced(...value);
}

const exactRow = ([floor, rate, max_leverage, deduction]) => ({ floor: exact(floor),
  maintenance_rate: exact(rate), deduction: exact(deduction),
  max_leverage: max_leverage === null ? null : exact(max_leverage) });

// The table's rows; one row where a rate is typed, or where it grows with the size.
function rowsFor(spec, option, given) {
  if (option.rows) return option.rows.map(exactRow);
  const bare = { floor: [0n, 1n], deduction: [0n, 1n], max_leverage: null };
  if (!option.schedule) return [{ ...bare, maintenance_rate: given.maintenance_rate }];
  const of = tree => worth(tree, name => given[name]);
  const max_leverage = of(option.schedule.max_leverage);
  if (less(max_leverage, [1n, 1n])) throw new Complaint("size", spec.says.too_large);
  return [{ ...bare, maintenance_rate: of(option.schedule.rate), max_leverage }];
}

// The answer to what stands in the boxes; a Complaint where there is none.
function calculated(spec, values) {
  const option = optionOf(spec, values), boxes = boxesOf(spec, option, values);
  if (option.unknown) throw new Complaint("venue", option.unknown);
  const typed = Object.fromEntries(boxes.names.map(name =>
    [name, boxValue(spec, option, name, values[name], boxes.unit[name])]));
  const side = [values.side === "long" ? 1n : -1n, 1n];
  const given = { side, size: typed.size, contracts: typed.size, face: typed.face,
    entry_price: typed.entry, leverage: typed.leverage, collateral: typed.collateral,
    maintenance_rate: typed.maintenance_rate, close_fee: typed.close_fee ?? [0n, 1n] };
  const rows = rowsFor(spec, option, given);
  const position = positionOf(spec, boxes.contract, rows, option.rules.basis, given);
  const entry_notional = position.notional(typed.entry), tier = position.number(entry_notional);
  complete(position, values.by, entry_notional);
  refuseOrder(spec, { option, boxes, position, entry_notional, tier, by: values.by });
  const mark = typed.mark ?? typed.entry;
  return { option, boxes, rows, given, mark, entry_notional, entry_tier: tier,
    ...liquidationOf(position, option.scheme, option.rules, mark) };
}

// Collateral from leverage, or leverage from collateral.
function complete({ given, value }, by, entry_notional) {
  if (by === "leverage") given.collateral = value("initial_margin", { entry_notional });
  else given.leverage = value("leverage", { entry_notional, initial_margin: given.collateral });
}

function refuseOrder({ says }, { option, boxes, position, entry_notional, tier, by }) {
  const { rows, given } = position, money = value => showExact(value, boxes.settles);
  const refuse = (name, sentence, parts) => { throw new Complaint(name, put(says[sentence], parts)); };
  const cap = option.cap && exact(option.cap), highest = rows[tier - 1].max_leverage;
  if (cap && less(cap, entry_notional)) {
    refuse("size", "above_cap", { notional: money(entry_notional), cap: money(cap) });
  }
  if (highest && less(highest, given.leverage)) {
    refuse(by, "over_leverage", { leverage: showExact(given.leverage, "×"), tier,
      cap: showExact(highest, "×"), notional: money(entry_notional) });
  }
  const rate = rows[rows.length - 1].maintenance_rate;
  if (!less(reduced(...plus(rate, given.close_fee)), [1n, 1n])) {
    refuse("close_fee", "too_much", { rate: showExact(rate, "%"), fee: showExact(given.close_fee, "%") });
  }
}

// ---- calculator: what is said about an answer; as in calculator_words.py ----

// The numbers of an answer as texts, by name.
function partsOf(spec, answer) {
  const { boxes, rows, given, mark } = answer, { says } = spec;
  const money = value => showExact(value, boxes.settles);
  const price = value => showExact(value, boxes.quote);
  const way = !answer.price ? "" : less(answer.price, mark) ? "below"
    : less(mark, answer.price) ? "above" : "at";
  const row = answer.tier && rows[answer.tier - 1];
  const tier = row && { tier: answer.tier, tiers: rows.length, floor: money(row.floor),
    rate: showExact(row.maintenance_rate, "%"), deduction: money(row.deduction) };
  const parts = { mark: price(mark), equity: money(answer.equity),
    requirement: money(answer.requirement), notional: money(answer.entry_notional),
    collateral: money(given.collateral), leverage: showExact(given.leverage, "×"),
    price: answer.price ? price(answer.price) : says.no_price,
    bankruptcy: answer.bankruptcy ? price(answer.bankruptcy) : says.no_bankruptcy,
    ratio: !answer.ratio ? says.no_ratio
      : put(says[answer.option.rules.ratio], { ratio: showExact(answer.ratio, "%") }),
    tier: !row ? says.no_tier : put(rows.length > 1 ? says.tier : says.one_rate, tier) };
  const far = answer.distance && { distance: showExact(size(answer.distance), "%") };
  parts.distance = far ? put(says[way], { ...far, mark: parts.mark }) : says.no_price;
  return parts;
}

// The sentence, and the lines of the table: what it is, its number, the colour of its role.
function sayings(spec, answer) {
  const parts = partsOf(spec, answer), { says, lines } = spec;
  const key = answer.status === "liquidated" && answer.option.rules.trigger === "<"
    ? "liquidated_below" : answer.status;
  return { state: put(says[key], parts),
    rows: lines.map(({ name, label, role }) => [label, parts[name], role]) };
}

// ---- calculator: the whole ----

function mountCalculator(root, spec, host) {
  const starts = spec.start;
  let values = { ...starts, ...host.values() };
  const change = news => { values = settled(spec, { ...values, ...news }); update(); host.send(values); };
  const { fields } = spec, parts = {};
  const choose = (name, options) => fields[name].radios
    ? radios(fields[name], options, value => change({ [name]: value }))
    : picker(fields[name], value => change({ [name]: value }));
  for (const [name, field] of Object.entries(fields)) {
    parts[name] = field.kind === "choice" ? choose(name, field.options)
      : box(field, text => change({ [name]: text }));
  }
  const state = tag("p", { class: "pp-state", role: "status", "aria-live": "polite" });
  const confirm = tag("p", { class: "pp-confirm" }, spec.says.confirm);
  const numbers = tag("div", { class: "pp-numbers" }), rules = tag("div", { class: "pp-rules" });
  const update = () => {
    const option = optionOf(spec, values), boxes = boxesOf(spec, option, values);
    arrange(spec, parts, values, option, boxes);
    let answer = null, complaint = null;
    try { answer = calculated(spec, values); } catch (error) {
      if (!(error instanceof Complaint)) throw error;
      complaint = error;
    }
    for (const name of Object.keys(parts)) {
      parts[name].complain(complaint?.field === name ? complaint.message : "");
    }
    const said = answer && sayings(spec, answer);
    state.textContent = said ? said.state
      : put(spec.says.no_answer, { why: complaint.message });
    numbers.replaceChildren(said ? linesTable(said.rows) : "");
    rules.replaceChildren(conventions(spec, option));
  };
  root.classList.add("pp-calculator");
  root.replaceChildren(tag("p", { class: "pp-title" }, spec.title),
    tag("div", { class: "pp-fields" }, ...Object.values(parts).map(({ node }) => node)),
    state, numbers, confirm, rules,
    tag("div", { class: "pp-actions" }, button("Reset", () => change(starts))));
  host.listen(news => { values = settled(spec, { ...values, ...news }); update(); });
  values = settled(spec, values);
  update();
}

// A venue's own first table, where the one that is chosen is another venue's.
function settled(spec, values) {
  if (optionOf(spec, values)) return values;
  return { ...values, table: spec.options.find(({ venue }) => venue === values.venue).table };
}

// Which boxes are there, with which units, and what stands in them.
function arrange(spec, parts, values, option, { names, unit, contract }) {
  const there = new Set(["venue", "table", "side", "by", ...names,
    ...option.contract ? [] : ["contract"]]);
  for (const [name, part] of Object.entries(parts)) {
    part.node.hidden = !there.has(name);
    part.set(name === "contract" ? contract : values[name], unit[name] ?? "");
  }
  const { fee } = option.rules;
  parts.close_fee.hint(fee === null ? "" : showExact(exact(fee), "%").replace(" %", ""));
  parts.table.offer(spec.options.filter(({ venue }) => venue === values.venue)
    .map(({ table, label }) => [label, table]), values.table);
}

function box(field, typed) {
  const id = newId(), unit = tag("span", { class: "pp-unit", id: id + "-u" });
  const input = tag("input", { type: "text", id, inputmode: "decimal", autocomplete: "off",
    class: "pp-box", "aria-describedby": `${id}-u ${id}-m`, placeholder: field.empty ?? null,
    onchange: () => typed(input.value) });
  const message = tag("p", { id: id + "-m", class: "pp-message" });
  return { node: tag("div", { class: "pp-field" }, tag("label", { for: id }, field.label),
    tag("span", { class: "pp-boxed" }, input, unit), message),
    set: (text, words) => { if (input.value !== text) input.value = text; unit.textContent = words; },
    hint: words => { input.placeholder = words; },
    complain: words => complain(input, message, words) };
}

function complain(input, message, words) {
  message.textContent = words;
  words ? input.setAttribute("aria-invalid", "true") : input.removeAttribute("aria-invalid");
}

function picker(field, chosen) {
  const id = newId(), message = tag("p", { id: id + "-m", class: "pp-message" });
  const select = tag("select", { id, "aria-describedby": id + "-m",
    onchange: () => chosen(select.value) });
  let offered = "";
  const offer = (options, value) => {
    if (offered !== JSON.stringify(options)) {
      offered = JSON.stringify(options);
      select.replaceChildren(...options.map(([word, key]) => tag("option", { value: key }, word)));
    }
    select.value = value;
  };
  if (field.options) offer(field.options, field.options[0][1]);
  return { offer, set: value => { select.value = value; },
    complain: words => complain(select, message, words),
    node: tag("div", { class: "pp-field" }, tag("label", { for: id }, field.label), select, message) };
}

function radios(field, options, chosen) {
  const name = newId(), inputs = options.map(([word, value]) => {
    const input = tag("input", { type: "radio", name, value, onchange: () => chosen(value) });
    return { input, node: tag("label", { class: "pp-radio" }, input, word) };
  });
  return { set: value => inputs.forEach(({ input }) => { input.checked = input.value === value; }),
    complain: () => {}, node: tag("fieldset", { class: "pp-field pp-choice" },
      tag("legend", {}, field.label), ...inputs.map(({ node }) => node)) };
}

function linesTable(rows) {
  return tag("table", { class: "pp-table" }, tag("tbody", {}, ...rows.map(([label, text, role]) =>
    tag("tr", {}, tag("th", { scope: "row" }, label),
      tag("td", { style: role ? `color: var(--pp-${role})` : null }, text)))));
}

function conventions(spec, option) {
  const [says, sources] = spec.said[option.said];
  return tag("div", {}, tag("p", { class: "pp-rules-title" }, spec.says.conventions),
    tag("dl", {}, ...says.flatMap(([term, words]) => [tag("dt", {}, term), tag("dd", {}, words)])),
    sources.length ? tag("details", {}, tag("summary", {}, spec.says.sources), tag("ul", {},
      ...[...sources, option.source && put(spec.says.table_source, option)].filter(Boolean)
        .map(words => tag("li", {}, words)))) : null);
}
