// The book's elements in the browser: explorers and exercise cards. No library, no network.
// SHARED (messages, units, patterns, line styles) comes from Python and stands before this file.
// The module serves Jupyter (anywidget calls `render`) and, as a plain script, pages on file://.

// ---- numbers: the rules of perpedu/teaching/numbers_typed.py, in exact integers ----

const PATTERN = Object.fromEntries(Object.entries(SHARED.patterns)
  .map(([name, source]) => [name, new RegExp(source, name === "SPACES" ? "gu" : "u")]));

class Unreadable extends Error {
  constructor(reason, text = "", parts = {}) {
    super(put(SHARED.messages[reason], { text: shown(text), ...mapValues(parts, shown) }));
    this.reason = reason;
  }
}

const mapValues = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
const put = (template, parts) =>
  template.replace(/\{(\w+)\}/g, (whole, name) => Object.hasOwn(parts, name) ? parts[name] : whole);
const grouped = digits => digits.replace(/\B(?=(\d{3})+$)/g, ",");

function shown(text, longest = 40) {
  const letters = [...String(text)];
  const cut = letters.length <= longest ? letters : [...letters.slice(0, longest), "…"];
  return cut.map(c => c !== " " && /[\p{C}\p{Z}]/u.test(c) ? "\ufffd" : c).join("");
}

function tidied(text) {
  if (typeof text !== "string") throw new Unreadable("type");
  if ([...text].length > SHARED.longest) throw new Unreadable("long", text);
  const tidy = text.replace(PATTERN.SPACES, " ").replaceAll("−", "-").replaceAll("’", "'")
    .replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
  if (!tidy) throw new Unreadable("empty");
  const strange = tidy.match(PATTERN.STRANGE);
  if (strange) throw new Unreadable("character", text, { part: strange[0] });
  if (!/[0-9]/.test(tidy)) throw new Unreadable("words", tidy);
  return tidy;
}

// A number as typed: { value: [numerator, denominator] as BigInt, unit, percent }.
function readNumber(text, asked = null) {
  const tidy = tidied(text), match = tidy.match(PATTERN.SHAPE);
  if (!match || (match[1] && match[3])) throw new Unreadable("shape", tidy);
  const [, before, dollar, after, digits, exponent, divisor, words] = match;
  const unit = typedUnit(tidy, words ?? "", dollar, asked);
  let [top, bottom] = divisor ? typedFraction(tidy, digits, divisor)
    : typedDecimal(tidy, digits, exponent ?? "0");
  if (before === "-" || after === "-") top = -top;
  return { value: reduced(top, unit === "%" ? bottom * 100n : bottom), unit, percent: unit === "%" };
}

function typedUnit(text, words, dollar, asked) {
  const lower = words.toLowerCase(), known = Object.hasOwn(SHARED.units, lower);
  if (!words) return dollar ? standsFor(dollar, asked) : null;
  const isAsked = asked && lower === asked.toLowerCase();
  if (!isAsked && !known && /[0-9]/.test(words)) throw new Unreadable("many", text);
  if (!isAsked && !known) {
    throw new Unreadable("unit", text, { part: words, units: "USDT, BTC, contracts, % or ×" });
  }
  const found = known ? SHARED.units[lower] : asked;
  if (dollar && !SHARED.standsFor.$.includes(found)) {
    throw new Unreadable("unit", text, { part: "$ … " + words, units: "one unit only" });
  }
  return standsFor(found, asked);
}

function standsFor(found, asked) {
  if (asked && Object.hasOwn(SHARED.standsFor, found) && SHARED.standsFor[found].includes(asked)) {
    return asked;
  }
  return found === "$" ? "USD" : found;
}

function typedFraction(text, digits, divisor) {
  if (!/^[0-9]+$/.test(digits) || BigInt(divisor) === 0n) throw new Unreadable("fraction", text);
  return [BigInt(digits), BigInt(divisor)];
}

function typedDecimal(text, digits, exponent) {
  const power = exponent.replace(/^[+-]+/, "");
  if (power.length > 2 || Number(power) > SHARED.largestExponent) {
    throw new Unreadable("exponent", text);
  }
  if (!PATTERN.PLAIN.test(digits) && !PATTERN.GROUPED.test(digits)) throw question(text, digits);
  const [whole, decimals = ""] = digits.replace(/[, ']/g, "").split(".");
  const top = BigInt(whole + decimals), bottom = 10n ** BigInt(decimals.length);
  const scale = 10n ** BigInt(power);
  return exponent.startsWith("-") ? [top, bottom * scale] : [top * scale, bottom];
}

function question(text, digits) {
  const one = digits.match(PATTERN.ONE_COMMA);
  if (one) {
    const whole = one[1].replace(/[. ']/g, "");
    let more = `${grouped(String(BigInt(whole || 0)))}.${one[2]}`;
    if (whole === one[1] && whole && !whole.startsWith("0")) {
      more += `, or ${grouped(String(BigInt(whole + one[2].padEnd(3, "0"))))} for thousands`;
    }
    return new Unreadable("comma", "", { part: digits, more });
  }
  if (PATTERN.MANY_COMMAS.test(digits)) {
    const [whole, decimals] = digits.replaceAll(",", "").split(".");
    const more = grouped(String(BigInt(whole))) + (decimals === undefined ? "" : "." + decimals);
    return new Unreadable("commas", "", { part: digits, more });
  }
  if (PATTERN.MANY_POINTS.test(digits)) {
    const more = grouped(String(BigInt(digits.replaceAll(".", ""))));
    return new Unreadable("points", "", { part: digits, more });
  }
  return new Unreadable("groups", text);
}

function reduced(top, bottom) {
  let a = top < 0n ? -top : top, b = bottom;
  while (b) [a, b] = [b, a % b];
  return [top / a, bottom / a];
}

// The decimal text of an exact number, or null where it has no end.
function decimalText([top, bottom]) {
  for (let places = 0; places <= 18; places++) {
    const scaled = top * 10n ** BigInt(places);
    if (scaled % bottom) continue;
    const size = String(scaled < 0n ? -scaled / bottom : scaled / bottom).padStart(places + 1, "0");
    const split = size.length - places;
    return (top < 0n ? "-" : "") + size.slice(0, split) + (places ? "." + size.slice(split) : "");
  }
  return null;
}

// A computed number as text, like `show` in Python: a half goes up, also where a float misses it.
function show(value, places = null, unit = "") {
  const size = Math.abs(value) * (unit === "%" ? 100 : 1), up = 1 + 1e-12;
  const below1 = () => 5 + String(Math.floor(up / size)).length;
  const text = (size * up).toFixed(places ?? (size * up >= 1 || size === 0 ? 2 : below1()));
  return printed(text, places === null, value < 0, unit);
}

// An exact number as text.
function showExact([top, bottom], unit = "") {
  const size = (top < 0n ? -top : top) * (unit === "%" ? 100n : 1n);
  const places = size >= bottom || !size ? 2 : 5 + String(bottom / size).length;
  const scaled = String((2n * size * 10n ** BigInt(places) + bottom) / (2n * bottom));
  const digits = scaled.padStart(places + 1, "0"), split = digits.length - places;
  return printed(digits.slice(0, split) + "." + digits.slice(split), true, top < 0n, unit);
}

function printed(text, short, negative, unit) {
  const [whole, decimals] = text.split(".");
  text = grouped(whole) + (decimals ? "." + decimals : "");
  if (short && decimals) text = text.replace(/\.?0+$/, "");
  const sign = negative && /[1-9]/.test(text) ? "−" : "";
  return sign + text + (!unit ? "" : unit === "×" ? unit : " " + unit);
}

// ---- elements ----

const SVG = "http://www.w3.org/2000/svg";
let count = 0;
const newId = () => `pp-${Math.random().toString(36).slice(2, 8)}-${++count}`;

function fitted(node, given, children) {
  for (const [key, value] of Object.entries(given)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter(child => child !== null));
  return node;
}
const tag = (name, given = {}, ...children) =>
  fitted(document.createElement(name), given, children);
const draw = (name, given = {}, ...children) =>
  fitted(document.createElementNS(SVG, name), given, children);
const button = (words, press, kind = "pp-quiet") =>
  tag("button", { type: "button", class: kind, onclick: press }, words);
// Text as paragraphs; what stands between dollar signs is drawn where its MathML is known.
const paragraphs = (text, known = {}) => text.trim().split(/\s*\n\s*/).map(line => tag("p", {}, ...rich(line, known)));
const rich = (line, known) => line.split(/(\$[^$]+\$)/).filter(Boolean).map(piece =>
  Object.hasOwn(known, piece.slice(1, -1)) ? math(known[piece.slice(1, -1)]) : piece);

function math(inside) {
  const node = tag("span", { class: "pp-math" });
  node.innerHTML = `<math displaystyle="true">${inside}</math>`;
  return node;
}

// ---- explorer: what follows from the controls ----

// −1, 0 or 1; floats that differ by rounding only are equal.
const cmp = (a, b) => Math.abs(a - b) <= 1e-10 * Math.max(1, Math.abs(a), Math.abs(b)) ? 0 : a < b ? -1 : 1;

function compiled(js, names) {
  const used = names.filter(name => new RegExp(`\\b${name}\\b`).test(js));
  const run = new Function("cmp", ...used, `"use strict"; return (${js});`);
  return values => used.some(name => values[name] === null) ? null
    : run(cmp, ...used.map(name => values[name]));
}

// A function from given values to all values by name; null where there is none.
function calculator(spec) {
  const names = [...spec.controls.map(control => control.name), ...Object.keys(spec.fixed)];
  const steps = spec.steps.map(step => {
    const value = compiled(step.js, names), only = step.only && compiled(step.only, names);
    names.push(step.name);
    return { ...step, value, only };
  });
  const fixed = mapValues(spec.fixed, Number);
  return given => {
    const values = { ...fixed, ...given };
    for (const { name, value, only, positive } of steps) {
      const result = only && !only(values) ? null : value(values);
      const near = result !== null && Math.abs(result) < 1e-10 ? 0 : result;
      const exists = near !== null && Math.abs(near) < 1e15 && !(positive && near <= 0);
      values[name] = exists ? near : null;
    }
    return values;
  };
}

function speaker(spec) {
  const names = Object.keys(spec.facts);
  const states = spec.states.map(state => ({ ...state, when: compiled(state.when ?? "true", names) }));
  return values => {
    const state = states.find(({ when, needs }) =>
      needs.every(name => values[name] !== null) && when(values));
    return state.say.map(piece => typeof piece === "string" ? piece
      : show(values[piece[0]], piece[1], unitOf(spec, piece))).join("");
  };
}

const unitOf = (spec, [name, , how]) => how === "%" ? "%" : how === "u" ? spec.facts[name].unit : "";

// ---- explorer: the picture ----

function ticks(low, high, about) {
  const raw = (high - low) / about, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map(n => n * power).find(n => n >= raw * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  const number = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: number }, (_, i) => (first + i) * step);
}

function intervals(test, low, high, points = 96) {
  const at = i => low + (high - low) * i / points, found = [];
  const edge = (no, yes) => {
    for (let i = 0; i < 30; i++) test((no + yes) / 2) ? yes = (no + yes) / 2 : no = (no + yes) / 2;
    return yes;
  };
  for (let i = 0; i <= points; i++) {
    const open = found.at(-1)?.[1] === null;
    if (test(at(i)) && !open) found.push([i ? edge(at(i - 1), at(i)) : low, null]);
    if (!test(at(i)) && open) found.at(-1)[1] = edge(at(i), at(i - 1));
  }
  return found.map(([from, to]) => [from, to ?? high]);
}

function spread(labels, gap, low, high) {
  labels.sort((a, b) => a.y - b.y);
  labels.forEach((label, i) => {
    label.y = Math.max(label.y, i ? labels[i - 1].y + gap : low);
  });
  for (let i = labels.length - 1; i >= 0; i--) {
    labels[i].y = Math.min(labels[i].y, i < labels.length - 1 ? labels[i + 1].y - gap : high);
  }
  return labels;
}

const stroke = role => ({ stroke: `var(--pp-${role})`, fill: "none",
  "stroke-width": SHARED.strokes[role].width, "stroke-dasharray": SHARED.strokes[role].dashes || null });
const label = (x, y, words, role, anchor = "start", kind = "pp-word") => draw("text",
  { x, y, "text-anchor": anchor, class: kind, style: `fill: var(--pp-${role})` }, words);

// Draws the picture anew into `svg`, `width` pixels wide; returns the function from px to x.
function picture(svg, spec, values, calculate, width) {
  const { chart, facts } = spec, narrow = width < 560, [low, high] = chart.range;
  const rows = chart.marks.length * 18 + 6;
  const box = { left: 58, right: width - (narrow ? 12 : 150), top: rows + 18, bottom: rows + 18 + (narrow ? 190 : 230) };
  const x = value => box.left + (value - low) / (high - low) * (box.right - box.left);
  const at = value => calculate({ ...values.given, [chart.x]: value });
  const samples = Array.from({ length: 97 }, (_, i) => low + (high - low) * i / 96);
  const lines = samples.map(at);
  const heights = lines.flatMap(line => chart.curves.map(name => line[name])).filter(v => v !== null);
  let bottom = Math.min(0, ...heights), top = Math.max(0, ...heights);
  if (top === bottom) top = bottom + 1;
  const yTicks = ticks(bottom, top, 4), room = (top - bottom) * 0.04;
  if (bottom < 0) bottom -= room;
  top += room;
  const y = value => box.bottom - (value - bottom) / (top - bottom) * (box.bottom - box.top);
  svg.setAttribute("viewBox", `0 0 ${width} ${box.bottom + 46}`);
  svg.replaceChildren(
    ...shading(chart, at, x, box, low, high),
    ...axes(chart, facts, x, y, box, yTicks, ticks(low, high, narrow ? 3 : 6)),
    ...chart.curves.flatMap(name => curve(lines, samples, name, facts[name].role, x, y)),
    ...chart.marks.flatMap((name, row) => mark(facts[name], values.all[name], row, x, box, low, high)),
    ...dots(chart, facts, values.all, x, y, low, high),
    ...lineLabels(chart, facts, lines.at(-1), y, box, narrow));
  return px => low + (px - box.left) / (box.right - box.left) * (high - low);
}

function shading(chart, at, x, box, low, high) {
  if (!chart.shade) return [];
  const test = compiled(chart.shade, chart.shadeNeeds);
  return intervals(value => test(at(value)) === true, low, high).flatMap(([from, to]) => {
    const wide = x(to) - x(from);
    return [draw("rect", { x: x(from), y: box.top, width: Math.max(wide, 0), height: box.bottom - box.top, class: "pp-shade" }),
      wide > 76 ? label((x(from) + x(to)) / 2, box.top + 18, chart.shadeWord, "liquidation", "middle") : null];
  }).filter(Boolean);
}

function axes(chart, facts, x, y, box, yTicks, xTicks) {
  const plain = value => show(value, null);
  return [
    ...yTicks.flatMap(value => [
      draw("line", { x1: box.left, x2: box.right, y1: y(value), y2: y(value), class: value ? "pp-grid" : "pp-zero" }),
      label(box.left - 8, y(value) + 4, plain(value), "muted", "end", "pp-tick")]),
    ...xTicks.flatMap(value => [
      draw("line", { x1: x(value), x2: x(value), y1: box.bottom, y2: box.bottom + 5, class: "pp-axis" }),
      label(x(value), box.bottom + 20, plain(value), "muted", "middle", "pp-tick")]),
    draw("line", { x1: box.left, x2: box.right, y1: box.bottom, y2: box.bottom, class: "pp-axis" }),
    label(box.left - 8, box.top - 8, chart.y, "muted", "end", "pp-tick"),
    label(box.right, box.bottom + 40, `${facts[chart.x].label} (${facts[chart.x].unit})`, "muted", "end", "pp-tick")];
}

function curve(lines, samples, name, role, x, y) {
  let path = "", pen = "M";
  lines.forEach((line, i) => {
    if (line[name] === null) pen = "M";
    else { path += `${pen}${x(samples[i]).toFixed(1)},${y(line[name]).toFixed(1)}`; pen = "L"; }
  });
  return path ? [draw("path", { d: path, class: "pp-curve", ...stroke(role) })] : [];
}

function mark(fact, value, row, x, box, low, high) {
  const words = fact.label.replace(/ price$/, ""), top = 14 + row * 18, role = fact.role;
  if (value === null) return [label(box.left, top, `no ${words} price`, role)];
  if (value < low) return [label(box.left, top, `← ${words} ${show(value)}`, role)];
  if (value > high) return [label(box.right, top, `${words} ${show(value)} →`, role, "end")];
  const left = x(value), side = left < (box.left + box.right) / 2 ? 1 : -1;
  const head = role === "liquidation"
    ? [draw("path", { d: `M${left - 6},${box.bottom - 11}h12l-6,11z`, class: "pp-head" })] : [];
  return [draw("line", { x1: left, x2: left, y1: top - 11, y2: box.bottom - (head.length ? 8 : 0), ...stroke(role) }), ...head,
    label(left + 6 * side, top, `${words} ${show(value)}`, role, side > 0 ? "start" : "end")];
}

function dots(chart, facts, all, x, y, low, high) {
  const here = all[chart.x];
  if (here < low || here > high) return [];
  return chart.curves.filter(name => all[name] !== null).map(name =>
    draw("circle", { cx: x(here), cy: y(all[name]), r: 5, class: "pp-dot", style: `fill: var(--pp-${facts[name].role})` }));
}

function lineLabels(chart, facts, last, y, box, narrow) {
  const ends = chart.curves.filter(name => last[name] !== null)
    .map(name => ({ name, y: y(last[name]) + (narrow ? -8 : 4) }));
  return spread(ends, 17, box.top + 12, box.bottom - 4).map(end => label(
    narrow ? box.right - 2 : box.right + 8, end.y, facts[end.name].label, facts[end.name].role, narrow ? "end" : "start"));
}

// ---- explorer: controls ----

function slider(control, fact, change) {
  const id = newId(), percent = fact.unit === "%";
  const asText = value => show(Number(value), null, percent ? "%" : "").replace(" %", "");
  const range = tag("input", { type: "range", min: control.low, max: control.high, step: control.step,
    "aria-label": control.label, oninput: () => change(range.value) });
  const box = tag("input", { type: "text", id, inputmode: "decimal", autocomplete: "off", class: "pp-box",
    "aria-describedby": id + "-m", onchange: () => typed() });
  const message = tag("p", { id: id + "-m", class: "pp-message", "aria-live": "polite" });
  const complain = words => {
    message.textContent = words;
    words ? box.setAttribute("aria-invalid", "true") : box.removeAttribute("aria-invalid");
  };
  const typed = () => {
    try {
      change(typedValue(box.value, control, fact.unit));
    } catch (error) {
      complain(`${error.message} The value stays ${show(Number(range.dataset.value), null, fact.unit)}.`);
    }
  };
  const set = value => {
    range.value = range.dataset.value = value;
    range.setAttribute("aria-valuetext", show(Number(value), null, fact.unit));
    box.value = asText(value);
    complain("");
  };
  const name = tag("label", { for: id, title: fact.meaning }, control.label + " ", math(control.math));
  return { set, node: tag("div", { class: "pp-control" }, name, range,
    tag("span", { class: "pp-boxed" }, box, tag("span", { class: "pp-unit" }, fact.unit)), message) };
}

function typedValue(text, control, unit) {
  const asked = unit.split("/")[0], read = readNumber(text, asked || null);
  const named = read.unit === null || read.unit === asked;
  if (!named) throw new Error(`This box is in ${unit || "plain numbers"}, not in ${read.unit}.`);
  const [top, bottom] = read.value;
  const value = decimalText(unit === "%" && !read.percent ? reduced(top, bottom * 100n) : [top, bottom]);
  if (value === null) throw new Error("Write it as a decimal number, such as 0.05.");
  if (Number(value) < Number(control.low) || Number(value) > Number(control.high)) {
    const [low, high] = [control.low, control.high].map(end => show(Number(end), null, unit));
    throw new Error(`It goes from ${low} to ${high}.`);
  }
  return value;
}

function choice(control, fact, change) {
  const name = newId();
  const radios = control.options.map(([word, value]) => {
    const input = tag("input", { type: "radio", name, value, onchange: () => change(value) });
    return { input, node: tag("label", { class: "pp-radio" }, input, word) };
  });
  const set = value => radios.forEach(({ input }) => { input.checked = input.value === value; });
  return { set, node: tag("fieldset", { class: "pp-control pp-choice" },
    tag("legend", { title: fact.meaning }, control.label + " ", math(control.math)), ...radios.map(radio => radio.node)) };
}

// ---- explorer: the whole ----

function mountExplorer(root, spec, host) {
  const calculate = calculator(spec), speak = speaker(spec);
  const starts = Object.fromEntries(spec.controls.map(control => [control.name, control.start]));
  let texts = { ...starts, ...host.values() }, toX = null, width = 0;
  const change = news => { texts = { ...texts, ...news }; update(); host.send(texts); };
  const controls = spec.controls.map(control => [control.name, (control.kind === "choice" ? choice : slider)(
    control, spec.facts[control.name], value => change({ [control.name]: value }))]);
  const state = tag("p", { class: "pp-state", role: "status", "aria-live": "polite" });
  const svg = draw("svg", { class: "pp-picture", role: "img" });
  const written = spec.formula && writtenOut(spec);
  const table = tag("div", { class: "pp-numbers", hidden: true });
  const toggle = button("Show table", () => {
    table.hidden = !table.hidden;
    toggle.textContent = table.hidden ? "Show table" : "Hide table";
    toggle.setAttribute("aria-expanded", String(!table.hidden));
  });
  toggle.setAttribute("aria-expanded", "false");
  const update = () => {
    const given = mapValues(texts, Number), all = calculate(given);
    for (const [name, control] of controls) control.set(texts[name]);
    state.textContent = speak(all);
    svg.setAttribute("aria-label", `${spec.title} ${state.textContent}`);
    if (spec.chart && width) toX = picture(svg, spec, { given, all }, calculate, width);
    written?.fill(all);
    table.replaceChildren(valueTable(spec, all));
  };
  drag(svg, spec, px => toX?.(px), change);
  root.replaceChildren(tag("p", { class: "pp-title" }, spec.title),
    tag("div", { class: "pp-controls" }, ...controls.map(([, control]) => control.node)),
    spec.chart ? svg : null ?? "", state, written?.node ?? "",
    tag("div", { class: "pp-actions" }, button("Reset", () => change(starts)), toggle), table);
  host.listen(news => { texts = { ...texts, ...news }; update(); });
  update();
  if (!spec.chart) return;
  const watch = new ResizeObserver(() => {
    const now = Math.round(svg.getBoundingClientRect().width);
    if (now && now !== width) { width = now; update(); }
  });
  watch.observe(root);
  return () => watch.disconnect();
}

function writtenOut({ formula, facts }) {
  const fact = facts[formula.name];
  const letters = math(formula.letters), numbers = math(`<mo>=</mo>${formula.numbers}`);
  const result = tag("span", { class: "pp-result" });
  for (const part of letters.querySelectorAll("[data-v]")) paint(part, facts);
  const fill = all => {
    for (const part of numbers.querySelectorAll("[data-v]")) {
      const value = all[part.dataset.v], text = value === null ? "none" : show(value);
      const leaf = document.createElementNS("http://www.w3.org/1998/Math/MathML", "mn");
      leaf.textContent = value < 0 ? `(${text})` : text;
      part.replaceChildren(leaf);
      paint(part, facts);
    }
    const value = all[formula.name];
    result.textContent = value === null ? "= none" : `= ${show(value, null, fact.unit)}`;
    result.style.color = `var(--pp-${fact.role})`;
  };
  return { fill, node: tag("div", { class: "pp-formula" }, letters, numbers, result) };
}

const paint = (part, facts) => { part.style.color = `var(--pp-${facts[part.dataset.v]?.role ?? "text"})`; };

function valueTable(spec, all) {
  const names = [...new Set([...spec.controls.map(control => control.name), ...Object.keys(spec.fixed), ...spec.show])];
  const options = Object.fromEntries(spec.controls.map(control => [control.name, control.options ?? []]));
  const text = name => options[name]?.find(([, value]) => Number(value) === all[name])?.[0]
    ?? (all[name] === null ? "none" : show(all[name], null, spec.facts[name].unit));
  return tag("table", { class: "pp-table" },
    tag("thead", {}, tag("tr", {}, ...["quantity", "value"].map(word => tag("th", { scope: "col" }, word)))),
    tag("tbody", {}, ...names.map(name => tag("tr", {},
      tag("th", { scope: "row" }, spec.facts[name].label), tag("td", {}, text(name))))));
}

// The picture itself can be dragged: its horizontal axis is a control.
function drag(svg, spec, toX, change) {
  const control = spec.controls.find(({ name, kind }) => name === spec.chart?.x && kind === "slider");
  if (!control) return;
  const [low, high, step] = [control.low, control.high, control.step].map(Number);
  const places = (control.step.split(".")[1] ?? "").length;
  const move = event => {
    if (!svg.hasPointerCapture(event.pointerId)) return;
    const value = toX(event.clientX - svg.getBoundingClientRect().left);
    const near = low + Math.round((Math.min(high, Math.max(low, value)) - low) / step) * step;
    change({ [control.name]: near.toFixed(places) });
  };
  svg.classList.add("pp-drag");
  svg.addEventListener("pointerdown", event => { svg.setPointerCapture(event.pointerId); move(event); });
  svg.addEventListener("pointermove", move);
}

// ---- exercise card: what an answer is told on a page without Python, as in feedback.py ----

const exact = text => {
  const [top, bottom = "1"] = text.split("/"), [whole, decimals = ""] = top.split(".");
  return reduced(BigInt(whole + decimals), BigInt(bottom) * 10n ** BigInt(decimals.length));
};
const size = ([top, bottom]) => [top < 0n ? -top : top, bottom];
const minus = ([a, b], [c, d]) => [a * d - c * b, b * d];
const times = ([a, b], [c, d]) => [a * c, b * d];
const most = ([a, b], [c, d]) => a * d <= c * b;
const near = (a, b, tolerance) => most(size(minus(a, b)), tolerance);
const power10 = n => n < 0 ? [1n, 10n ** BigInt(-n)] : [10n ** BigInt(n), 1n];

// One drawn variant of a page's exercise, in words, and its checker.
function variantOf(state, variant) {
  const fill = text => text.replace(/\{\{(\w+)\}\}/g, (_, slot) => variant.slots[slot]);
  const { templates } = state, texts = Object.fromEntries(templates.options);
  const options = (variant.order ?? []).map(key => [key, fill(texts[key])]);
  const right = () => ({ correct: true, message: fill(templates.right), mistake: null, reread: null });
  const known = name => ({ correct: false, message: fill(templates.mistakes[name].says),
    mistake: name, reread: templates.mistakes[name].reread });
  const say = (sentence, parts) => ({ correct: false, mistake: null, reread: state.section,
    message: put(SHARED.sentences[sentence], { ...parts,
      next: put(SHARED.sentences.next, { section: state.section }) }) });
  const told = message => ({ correct: false, message, mistake: null, reread: null });
  const check = answer => {
    if (options.length) return checkOption(answer, options, variant.expected, right, known, told);
    try {
      return checkNumber(readings(answer, state.unit), state, variant, right, known, say);
    } catch (error) {
      return told(error.message);
    }
  };
  return { ...state, seed: variant.seed, question: fill(templates.question), options,
    hints: templates.hints.map(fill), solution: fill(templates.solution), check };
}

function checkOption(key, options, expected, right, known, told) {
  if (!options.some(option => option[0] === key)) {
    const letters = [..."ABCDEF"].slice(0, options.length).join(" or ");
    return told(put(SHARED.sentences.option, { letters }));
  }
  return key === expected ? right() : known(key);
}

function readings(text, unit) {
  const typed = readNumber(text, unit);
  const also = unit && Object.hasOwn(SHARED.sameUnit, unit) ? SHARED.sameUnit[unit] : [];
  if (![null, unit, ...also].includes(typed.unit)) {
    throw new Error(put(SHARED.sentences[unit ? "unit" : "no_unit"], { unit, typed: typed.unit }));
  }
  const hundredth = times(typed.value, [1n, 100n]);
  return unit === "%" && !typed.percent ? [hundredth, typed.value] : [typed.value];
}

function checkNumber(given, state, variant, right, known, say) {
  const truth = exact(variant.expected), tolerance = exact(variant.tolerance);
  if (given.some(reading => near(reading, truth, tolerance))) return right();
  for (const [name, text] of Object.entries(variant.mistakes)) {
    if (given.some(reading => near(reading, exact(text), tolerance))) return known(name);
  }
  const number = showExact(given[0], state.unit);
  if (state.kind === "predict") {
    return { correct: false, message: `Your prediction: ${number}. ${variant.outcome}`,
      mistake: null, reread: state.section };
  }
  const is = (reading, [top, bottom]) => near(times(reading, [bottom, top]), truth, tolerance);
  if (truth[0]) {
    for (const [sentence, factor] of [["hundred_up", [100n, 1n]], ["hundred_down", [1n, 100n]]]) {
      const reading = given.find(value => is(value, factor));
      if (reading) return say(sentence, { given: showExact(reading, state.unit) });
    }
    const reading = given.find(([top, bottom]) => near([-top, bottom], truth, tolerance));
    if (reading) return say("sign", { given: showExact(reading, state.unit) });
  }
  return magnitude(given[0], shown(number, 60), truth, is, state.rounding, say);
}

function magnitude(reading, given, truth, is, rounding, say) {
  const powers = Array.from({ length: 19 }, (_, i) => i - 9).filter(n => n);
  if (truth[0] && powers.some(n => is(reading, power10(n)))) return say("power", { given });
  if (truth[0] && near(reading, truth, times(size(truth), [1n, 200n]))) {
    return say("close", { given, rounding });
  }
  if (reading[0] * truth[0] < 0n) return say("other_sign", { given });
  return say(most(reading, truth) ? "low" : "high", { given });
}

// ---- exercise card: the whole ----

// ✓ or → and the word before what is said; the colour only goes along.
function judged(verdict, known) {
  const [first, ...more] = paragraphs(verdict.message, known);
  const word = !verdict.correct ? "→ Not yet." : /^Right\b/.test(verdict.message) ? "✓" : "✓ Right.";
  first.prepend(tag("span", { class: "pp-verdict" }, word), " ");
  return [first, ...more, verdict.reread ? tag("p", { class: "pp-quietly" }, `Reread: ${verdict.reread}.`) : ""];
}

function mountCard(root, host) {
  let face = host.face(), hinted = 0, solved = false, asked = false, entry = null;
  const feedback = tag("div", { class: "pp-feedback", role: "status", "aria-live": "polite" });
  const help = tag("div", { class: "pp-help", "aria-live": "polite" });
  const hint = button("", () => {
    help.append(tag("div", {}, tag("h4", {}, `Hint ${++hinted}`), ...paragraphs(face.hints[hinted - 1], face.math)));
    label();
  });
  const solution = button("Solution", () => {
    help.append(tag("div", {}, tag("h4", {}, "Solution"), ...paragraphs(face.solution, face.math)));
    solution.disabled = solved = true;
  });
  const label = () => {
    const all = hinted === face.hints.length;
    hint.textContent = all ? "No more hints" : `Hint ${hinted + 1} of ${face.hints.length}`;
    hint.disabled = all;
  };
  const tell = verdict => {
    const is = verdict.correct ? "right" : "notyet";
    feedback.dataset.is = is;
    feedback.replaceChildren(...judged(verdict, face.math));
    solution.disabled = solved;
    solution.title = "";
  };
  const body = tag("div");
  const build = () => {
    face = host.face();
    hinted = 0;
    solved = false;
    entry = entryOf(face, text => host.check(text, tell), host.typed?.() ?? "");
    body.replaceChildren(
      tag("div", { class: "pp-head-row" }, tag("p", { class: "pp-title" }, face.title),
        tag("p", { class: "pp-quietly" }, `${face.minutes} min · numbers ${face.seed}`)),
      tag("div", { class: "pp-question" }, ...paragraphs(face.question, face.math)), entry.node);
    feedback.replaceChildren();
    help.replaceChildren();
    delete feedback.dataset.is;
    solution.disabled = true;
    solution.title = "After one try";
    label();
    if (asked) entry.focus();
    asked = false;
  };
  build();
  host.listen?.({ tell, rebuild: build, show: text => entry.set(text) });
  const again = button("New numbers", () => { asked = true; host.next(build); });
  root.replaceChildren(body, feedback, tag("div", { class: "pp-actions" }, hint, solution, again), help);
  if (host.last?.()) tell(host.last());
}

// The answer box, or the options, with Check; Enter works.
function entryOf(face, check, typed) {
  if (face.options.length) return optionsOf(face, check, typed);
  const id = newId(), words = face.kind === "expression";
  const box = tag("input", { type: "text", id, autocomplete: "off", autocapitalize: "off", spellcheck: "false",
    inputmode: words ? "text" : "decimal", class: words ? "pp-wide" : null, "aria-describedby": id + "-r" });
  box.value = typed;
  const submit = event => { event.preventDefault(); check(box.value); };
  const note = face.offline ? face.offline : face.rounding ? `Accepted ${face.rounding}.` : "";
  const node = tag("form", { class: "pp-entry", novalidate: true, onsubmit: submit },
    tag("div", { class: "pp-answer" }, tag("label", { for: id }, "Your answer"), box,
      face.unit ? tag("span", { class: "pp-unit" }, face.unit) : null,
      tag("button", { type: "submit", class: "pp-main" }, "Check")),
    tag("p", { class: "pp-quietly", id: id + "-r" }, note));
  return { node, focus: () => box.focus(), set: text => { box.value = text; } };
}

function optionsOf(face, check, typed) {
  const name = newId();
  const radios = face.options.map(([key, text], i) => {
    const input = tag("input", { type: "radio", name, value: key });
    input.checked = key === typed;
    return { input, node: tag("label", { class: "pp-radio" }, input, tag("span", {}, `${"ABCDEF"[i]}. `, ...rich(text, face.math))) };
  });
  const chosen = () => radios.find(radio => radio.input.checked)?.input.value ?? "";
  const node = tag("form", { class: "pp-entry", onsubmit: event => { event.preventDefault(); check(chosen()); } },
    tag("div", { class: "pp-answer" },
      tag("fieldset", {}, tag("legend", {}, "Your answer"), ...radios.map(radio => radio.node)),
      tag("button", { type: "submit", class: "pp-main" }, "Check")));
  const set = key => radios.forEach(({ input }) => { input.checked = input.value === key; });
  return { node, focus: () => radios[0].input.focus(), set };
}

// ---- hosts: Jupyter, and a page without a kernel ----

function render({ model, el }) {
  const root = tag("div", { class: "pp-card" });
  root.addEventListener("keydown", event => event.stopPropagation()); // JupyterLab takes the arrows
  el.append(root);
  const save = traits => { for (const name in traits) model.set(name, traits[name]); model.save_changes(); };
  const spec = model.get("spec");
  if (spec.kind === "explorer") {
    return mountExplorer(root, spec, { values: () => model.get("values"), send: values => save({ values }),
      listen: heard => model.on("change:values", () => heard(model.get("values"))) });
  }
  mountCard(root, { face: () => model.get("spec"), typed: () => model.get("typed"), last: () => model.get("verdict"),
    check: text => save({ typed: text, presses: model.get("presses") + 1 }),
    next: () => save({ turns: model.get("turns") + 1 }),
    listen: ({ tell, rebuild, show: put }) => {
      model.on("change:spec", rebuild);
      model.on("change:typed", () => put(model.get("typed")));
      model.on("change:verdict", () => model.get("verdict") && tell(model.get("verdict")));
    } });
}

function startElement(element) {
  const spec = JSON.parse(element.querySelector("script").textContent), root = tag("div");
  if (spec.kind === "explorer") {
    mountExplorer(root, spec, { values: () => spec.values, send: () => {}, listen: () => {} });
  } else {
    let place = Math.max(0, spec.state.variants.findIndex(variant => variant.seed === spec.seed));
    const { state } = spec, face = () => variantOf(state, state.variants[place]);
    mountCard(root, { face: () => ({ ...face(), offline: spec.offline, math: spec.math }),
      check: (text, tell) => spec.offline ? tell({ correct: false, message: spec.offline, reread: null })
        : tell(face().check(text)),
      next: rebuild => { place = (place + 1) % state.variants.length; rebuild(); } });
  }
  element.querySelector(".pp-still").hidden = true;
  element.append(root);
}

function startPage() {
  const start = () => document.querySelectorAll(".pp-element[data-pp]").forEach(startElement);
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", start) : start();
}

export default { render };
