// ---- explorer: what follows from the controls ----

// −1, 0 or 1; floats that differ by rounding only are equal.
function cmp(a, b) {
  if (Math.abs(a - b) <= 1e-10 * Math.max(1, Math.abs(a), Math.abs(b))) return 0;
  return a < b ? -1 : 1;
}

const ready = new Map();
function compiled(js, names) {
  const used = names.filter(name => new RegExp(`\\b${name}\\b`).test(js));
  const key = [js, ...used].join();
  if (!ready.has(key)) {
    ready.set(key, new Function("cmp", "Phi", ...used, `"use strict"; return (${js});`));
  }
  const run = ready.get(key);
  return values => used.some(name => values[name] === null) ? null
    : run(cmp, Phi, ...used.map(name => values[name]));
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
      if (name in given) continue; // so the picture asks what if
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
  const states = spec.states.map(state =>
    ({ ...state, when: compiled(state.when ?? "true", names) }));
  return values => {
    const state = states.find(({ when, needs }) =>
      needs.every(name => values[name] !== null) && when(values));
    return state.say.map(piece => typeof piece === "string" ? piece
      : show(values[piece[0]], piece[1], unitOf(spec, piece))).join("");
  };
}

const unitOf = (spec, [name, , how]) => how === "u" ? spec.facts[name].unit : how;

// ---- explorer: the picture ----

function ticks(low, high, about) {
  const raw = (high - low) / about, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map(n => n * power).find(n => n >= raw * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  const number = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: number }, (_, i) => (first + i) * step);
}

// The horizontal axis: a value's share of the way, the value at a share, and the ticks.
function across(low, high, log) {
  if (!log) {
    return { share: value => (value - low) / (high - low), ticks: about => ticks(low, high, about),
      value: share => low + (high - low) * share };
  }
  const round = [1, 10, 100, 1000].flatMap(power => [1, 2, 5].map(n => n * power));
  return { share: value => Math.log(value / low) / Math.log(high / low),
    value: share => low * (high / low) ** share,
    ticks: () => round.filter(value => value >= low && value <= high) };
}

// Where a test holds, as pairs of ends. `known` says it at equal steps; between two that differ
// the edge is searched for. `value` leads from 0 … 1 to the values tested.
function intervals(known, test, value) {
  const points = known.length - 1, at = i => value(i / points), found = [];
  const edge = (no, yes) => {
    for (let i = 0; i < 30; i++) test((no + yes) / 2) ? yes = (no + yes) / 2 : no = (no + yes) / 2;
    return yes;
  };
  known.forEach((holds, i) => {
    const open = found.at(-1)?.[1] === null;
    if (holds && !open) found.push([i ? edge(at(i - 1), at(i)) : at(0), null]);
    if (!holds && open) found.at(-1)[1] = edge(at(i), at(i - 1));
  });
  return found.map(([from, to]) => [from, to ?? at(points)]);
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
  "stroke-width": SHARED.strokes[role].width,
  "stroke-dasharray": SHARED.strokes[role].dashes || null });
const label = (x, y, words, role, anchor = "start", kind = "pp-word") => draw("text",
  { x, y, "text-anchor": anchor, class: kind, style: `fill: var(--pp-${role})` }, words);

// The vertical axis: its two ends, with some room, and its ticks.
function upright(chart, lines) {
  const heights = lines.flatMap(line => chart.curves.map(name => line[name]))
    .filter(height => height !== null);
  if (chart.zero || !heights.length) heights.push(0);
  let bottom = Math.min(...heights), top = Math.max(...heights);
  if (top === bottom) top = bottom + 1;
  const room = (top - bottom) * 0.04, known = ticks(bottom, top, 4);
  return [bottom < 0 || !chart.zero ? bottom - room : bottom, top + room, known];
}

// Draws the picture anew into `svg`, `width` pixels wide; returns the function from px to x.
function picture(svg, spec, values, calculate, width) {
  const { chart, facts } = spec, narrow = width < 560;
  const [low, high] = chart.range.map(end => values.all[end] ?? end);
  const along = across(low, high, chart.log);
  const at = value => calculate({ ...values.given, [chart.x]: value });
  const samples = Array.from({ length: 97 }, (_, i) => along.value(i / 96));
  const lines = samples.map(at), [bottom, top, yTicks] = upright(chart, lines);
  const above = chart.marks.length * 18 + 24;
  const longest = texts => Math.max(...texts.map(text => text.length));
  const words = longest(chart.curves.map(name => facts[name].label));
  const numbers = longest(yTicks.map(value => show(value)));
  const box = { width, left: Math.max(58, 12 + 7.4 * numbers), top: above,
    right: width - (narrow ? 12 : Math.max(172, 12 + 8 * words)),
    bottom: above + (narrow ? 190 : 230) };
  const x = value => box.left + along.share(value) * (box.right - box.left);
  const y = value => box.bottom - (value - bottom) / (top - bottom) * (box.bottom - box.top);
  svg.classList.toggle("pp-narrow", narrow);
  svg.setAttribute("viewBox", `0 0 ${width} ${box.bottom + 46}`);
  const [areas, shaded] = shading(chart, facts, lines, at, x, y, box, along);
  svg.replaceChildren(
    ...areas,
    ...axes(chart, facts, x, y, box, yTicks, along.ticks(narrow ? 3 : 6)),
    ...chart.curves.flatMap(name => curve(lines, samples, name, facts[name].role, x, y)),
    ...marks(chart, facts, values.all, x, box, low, high, width),
    ...dots(chart, facts, values.all, x, y, low, high),
    ...shaded,
    ...lineLabels(chart, facts, lines.at(-1), y, box, narrow));
  return px => along.value((px - box.left) / (box.right - box.left));
}

// Shaded areas, and their words: at the top, at the bottom or between, where nothing else is.
function shading(chart, facts, lines, at, x, y, box, along) {
  if (!chart.shade) return [[], []];
  const run = compiled(chart.shade, chart.shadeNeeds), test = values => run(values) === true;
  const found = intervals(lines.map(test), value => test(at(value)), along.value);
  const areas = found.map(([from, to]) => draw("rect", { x: x(from), y: box.top,
    width: Math.max(x(to) - x(from), 0), height: box.bottom - box.top, class: "pp-shade" }));
  const narrow = box.right > box.width - 30; // then words end the lines
  const words = found.filter(([from, to]) => x(to) - x(from) > 76).map(([from, to]) => {
    const middle = (x(from) + x(to)) / 2, right = middle + 4 * chart.shadeWord.length;
    const values = narrow ? [at((from + to) / 2), at(to)] : [at((from + to) / 2)];
    const near = narrow ? chart.curves.filter(name => lines.at(-1)[name] !== null
      && right > box.right - 2 - 8 * facts[name].label.length) : [];
    const heights = values.flatMap(here => chart.curves.map(name => here[name]));
    const taken = [...heights.filter(height => height !== null).map(height => y(height)),
      ...near.map(name => Math.max(y(lines.at(-1)[name]) - 8, box.top + 12))];
    const free = down => taken.every(other => Math.abs(other - down) > 15);
    const high = box.top + 18, low = box.bottom - 14;
    const places = [high, low, (high + low) / 2, (2 * high + low) / 3, (high + 2 * low) / 3];
    const down = places.find(free) ?? low;
    return label(middle, down, chart.shadeWord, "liquidation", "middle");
  });
  return [areas, words];
}

function axes(chart, facts, x, y, box, yTicks, xTicks) {
  const line = (x1, x2, y1, y2, kind) => draw("line", { x1, x2, y1, y2, class: kind });
  const tick = (at, down, words, anchor) => label(at, down, words, "muted", anchor, "pp-tick");
  const share = facts[chart.x].unit === "%"; // then the axis says it beside its name
  const bare = value => share ? show(value, null, "%").replace(" %", "") : show(value);
  const { label: called, unit } = facts[chart.x], name = unit ? `${called} (${unit})` : called;
  const edge = value => box.right > box.width - 30 && box.right - x(value) < 20;
  return [
    ...yTicks.flatMap(value => [
      line(box.left, box.right, y(value), y(value), value ? "pp-grid" : "pp-zero"),
      tick(box.left - 8, y(value) + 4, show(value), "end")]),
    ...xTicks.flatMap(value => [
      line(x(value), x(value), box.bottom, box.bottom + 5, "pp-axis"),
      tick(x(value), box.bottom + 20, bare(value), edge(value) ? "end" : "middle")]),
    line(box.left, box.right, box.bottom, box.bottom, "pp-axis"),
    chart.y.length > 6 ? tick(0, box.top - 8, chart.y, "start")
      : tick(box.left - 8, box.top - 8, chart.y, "end"),
    tick(box.right, box.bottom + 40, name, "end")];
}

function curve(lines, samples, name, role, x, y) {
  let path = "", pen = "M";
  lines.forEach((line, i) => {
    if (line[name] === null) pen = "M";
    else { path += `${pen}${x(samples[i]).toFixed(1)},${y(line[name]).toFixed(1)}`; pen = "L"; }
  });
  return path ? [draw("path", { d: path, class: "pp-curve", ...stroke(role) })] : [];
}

// A vertical line with its words above the picture. Rows are ordered so that no line runs through
// another's words: words to the left of their line first, from the right, then the others.
function marks(chart, facts, all, x, box, low, high, width) {
  const letter = width < 560 ? 8 : 8.6;
  const items = chart.marks.map(name => {
    const value = all[name], role = facts[name].role;
    const word = facts[name].label.replace(/ price$/, "");
    const number = () => show(value, null, facts[name].unit === "%" ? "%" : "");
    const [px, inside, text] = markPlace(value, word, number, x, box, low, high);
    const left = px > width / 2 && px + 12 + letter * text.length > width;
    return { px, role, text, inside, left, dragged: name === chart.drag };
  });
  items.sort((a, b) => b.left - a.left || (a.left ? b.px - a.px : a.px - b.px));
  const lines = items.flatMap((item, row) => item.inside ? markLine(item, 4 + row * 18, box) : []);
  return [...lines, ...items.map(({ px, role, text, inside, left }, row) => label(
    left ? Math.max(px - (inside ? 6 : 0), letter * text.length)
      : Math.min(px + (inside ? 6 : 0), Math.max(0, width - letter * text.length)),
    15 + row * 18, text, role, left ? "end" : "start"))];
}

// Where a mark stands, whether it has a line there, and its words.
function markPlace(value, word, number, x, box, low, high) {
  if (value === null) return [box.left, false, `no ${word} price`];
  if (value < low) return [box.left, false, `← ${word} ${number()}`];
  if (value > high) return [box.right, false, `${word} ${number()} →`];
  return [x(value), true, `${word} ${number()}`];
}

function markLine({ px, role, dragged }, top, box) {
  const pointed = role === "liquidation" && !dragged, end = box.bottom - (pointed ? 8 : 0);
  const line = draw("line", { x1: px, x2: px, y1: top, y2: end, ...stroke(role) });
  if (dragged) return [line, grip(px, box.bottom - 2, role)];
  const head = draw("path", { d: `M${px - 6},${box.bottom - 11}h12l-6,11z`, class: "pp-head" });
  return pointed ? [line, head] : [line];
}

// What invites to drag: a knob on the axis, where the line ends.
function grip(px, down, role) {
  return draw("g", { class: "pp-grip", transform: `translate(${px},${down})`,
    style: `stroke: var(--pp-${role})` }, draw("circle", { r: 9 }),
  draw("path", { d: "M-5,0h10M-2.5,-2.5l-2.5,2.5l2.5,2.5M2.5,-2.5l2.5,2.5l-2.5,2.5" }));
}

function dots(chart, facts, all, x, y, low, high) {
  const here = all[chart.x];
  if (here < low || here > high) return [];
  return chart.curves.filter(name => all[name] !== null).map(name =>
    draw("circle", { cx: x(here), cy: y(all[name]), r: 5, class: "pp-dot",
      style: `fill: var(--pp-${facts[name].role})` }));
}

// Where many words in a narrow picture stand clear of the lines that they name.
function clear(ends, box) {
  const places = ends.map(({ y }) => y), highest = Math.min(...places), lowest = Math.max(...places);
  return highest + lowest < box.top + box.bottom ? [lowest + 40, box.bottom - 4]
    : [box.top + 12, highest - 24];
}

function lineLabels(chart, facts, last, y, box, narrow) {
  const ends = chart.curves.filter(name => last[name] !== null)
    .map(name => ({ name, y: y(last[name]) + (narrow ? -8 : 4) }));
  const at = narrow ? box.right - 2 : box.right + 8, anchor = narrow ? "end" : "start";
  const whole = [box.top + 12, box.bottom - 4], free = clear(ends, box);
  const crowded = narrow && ends.length > 2 && ends.some((one, i) =>
    ends.slice(0, i).some(other => Math.abs(one.y - other.y) < 26));
  const fit = crowded && free[1] - free[0] >= 17 * (ends.length - 1);
  const [top, bottom] = fit ? free : whole;
  return spread(ends, 17, top, bottom).map(({ name, y }) =>
    label(at, y, facts[name].label, facts[name].role, anchor));
}
