// ---- exercise card: what an answer is told on a page without Python, as in feedback.py ----

const exact = text => {
  const [top, bottom = "1"] = text.split("/"), [whole, decimals = ""] = top.split(".");
  return reduced(BigInt(whole + decimals), BigInt(bottom) * 10n ** BigInt(decimals.length));
};
const size = ([top, bottom]) => [top < 0n ? -top : top, bottom];
const minus = ([a, b], [c, d]) => [a * d - c * b, b * d];
const times = ([a, b], [c, d]) => [a * c, b * d];
const most = ([a, b], [c, d]) => a * d <= c * b;
const width = (value, tolerance) => {
  const part = times(size(value), [1n, 2000n]);
  return most(part, tolerance) ? tolerance : part;
};
const near = (a, b, tolerance) => most(size(minus(a, b)), tolerance);
const power10 = n => n < 0 ? [1n, 10n ** BigInt(-n)] : [10n ** BigInt(n), 1n];

// One drawn variant of a page's exercise, in words, and its checker.
function variantOf(state, variant) {
  const fill = text => text.replace(/\{\{(\w+)\}\}/g, (_, slot) => variant.slots[slot]);
  const { templates } = state, texts = Object.fromEntries(templates.options);
  const options = (variant.order ?? []).map(key => [key, fill(texts[key])]);
  const told = (message, correct = false) => ({ correct, message, mistake: null, reread: null });
  const right = () => told(fill(templates.right), true);
  const known = name => ({ correct: false, message: fill(templates.mistakes[name].says),
    mistake: name, reread: templates.mistakes[name].reread });
  const say = (sentence, parts) => ({ correct: false, mistake: null, reread: state.section,
    message: put(SHARED.sentences[sentence], { answer: "the answer", ...parts,
      next: put(SHARED.sentences.next, { section: state.section }) }) });
  const rows = rowsOf(state, fill), names = Object.fromEntries(templates.steps ?? []);
  const steps = (variant.steps ?? []).map(key => [key, fill(names[key])]);
  const check = answer => {
    if (options.length) return checkOption(answer, options, variant.expected, right, known, told);
    if (steps.length) return checkOrder(answer.split(" "), { steps, right, known, told, say,
      expected: variant.expected, pairs: templates.pairs });
    if (rows.length) return checkTable(JSON.parse(answer), { state, variant, fill, right, known, told, say });
    if (state.algebra) return checkExpression(answer, { state, variant, right, known, told, say });
    try {
      return checkNumber(readings(answer, state.unit), state, variant, right, known, say);
    } catch (error) {
      return told(error.message);
    }
  };
  return { ...state, seed: variant.seed, question: fill(templates.question), options, rows, steps,
    hints: templates.hints.map(fill), solution: fill(templates.solution), check };
}

function checkOption(key, options, expected, right, known, told) {
  if (!options.some(option => option[0] === key)) {
    const letters = [..."ABCDEF"].slice(0, options.length).join(" or ");
    return told(put(SHARED.sentences.option, { letters }));
  }
  return key === expected ? right() : known(key);
}

// As in steps.py.
function checkOrder(keys, { steps, right, known, told, say, expected, pairs }) {
  const all = steps.length, texts = Object.fromEntries(steps);
  if (keys.slice().sort().join() !== expected.slice().sort().join()) {
    const letters = [..."ABCDEFGHIJ"].slice(0, all).join(" ");
    return told(put(SHARED.sentences.steps_type, { count: all, letters }));
  }
  const count = keys.findIndex((key, i) => key !== expected[i]);
  if (count < 0) return right();
  const pair = pairs.find(([, early, late]) => keys.indexOf(early) < keys.indexOf(late));
  if (pair) return known(pair[0]);
  return say(count ? "steps_begun" : "steps_first", { count, all,
    are: count === 1 ? "stands" : "stand", step: texts[keys[count]].replace(/\.+$/, "") });
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
  const answers = mapValues({ right: variant.expected, ...variant.mistakes }, exact);
  const asked = { unit: state.unit, rounding: state.rounding, tolerance: exact(variant.tolerance) };
  const judge = judgeOf(asked, answers, say);
  if (judge.accepted(given)) return right();
  const named = judge.named(given);
  if (named) return known(named[0]);
  if (state.kind === "predict") {
    const number = showExact(given[0], state.unit);
    return { correct: false, message: `Your prediction: ${number}. ${variant.outcome}`,
      mistake: null, reread: state.section };
  }
  return judge.unmatched(given);
}

// A number that is asked for, held against the truth and the mistakes of one draw; `loose` is how
// far off the truth itself may be.
function judgeOf({ unit, rounding, tolerance, loose = [0n, 1n] }, answers, say) {
  const { right: truth, ...mistakes } = answers;
  const wide = minus(tolerance, times(loose, [-1n, 1n]));
  const accepted = given => given.find(reading => near(reading, truth, wide));
  const named = given => {
    for (const reading of given) {
      const name = nearest(reading, truth, mistakes, tolerance);
      if (name) return [name, reading];
    }
    return null;
  };
  const is = (reading, [top, bottom]) => near(times(reading, [bottom, top]), truth, tolerance);
  const unmatched = given => {
    if (truth[0]) {
      for (const [sentence, factor] of [["hundred_up", [100n, 1n]], ["hundred_down", [1n, 100n]]]) {
        const reading = given.find(value => is(value, factor));
        if (reading) return say(sentence, { given: showExact(reading, unit) });
      }
      const reading = given.find(([top, bottom]) => near([-top, bottom], truth, tolerance));
      if (reading) return say("sign", { given: showExact(reading, unit) });
    }
    return magnitude(given[0], shown(showExact(given[0], unit), 60), truth, is, rounding, say);
  };
  return { answers, truth, loose, accepted, named, unmatched };
}

// The known mistake that a number shows: within its width, and nearer than the truth.
function nearest(reading, truth, mistakes, tolerance) {
  let best = null, least = size(minus(reading, truth));
  for (const [name, value] of Object.entries(mistakes)) {
    const gap = size(minus(reading, value));
    if (most(least, gap)) continue;
    [best, least] = [near(reading, value, width(value, tolerance)) ? name : null, gap];
  }
  return best;
}

// The power of ten nearest to reading / truth, between 1e-9 and 1e9.
function powerBetween([a, b], [c, d]) {
  const top = (a * d) ** 2n, bottom = (b * c) ** 2n;
  let n = -9;
  for (; n < 9 && !most([top, bottom], power10(2 * n + 1)); n++);
  return power10(n);
}

function magnitude(reading, given, truth, is, rounding, say) {
  if (truth[0] && reading[0] && is(reading, powerBetween(reading, truth))) {
    return say("power", { given });
  }
  if (truth[0] && near(reading, truth, times(size(truth), [1n, 200n]))) {
    return say("close", { given, rounding });
  }
  if (reading[0] * truth[0] < 0n) return say("other_sign", { given });
  return say(most(reading, truth) ? "low" : "high", { given });
}

// ---- exercise card: the whole ----

// ✓, → or ↳ and the word before what is said; the colour only goes along.
function judged(verdict, known) {
  const [first, ...more] = paragraphs(verdict.message, known);
  const right = /^Right\b/.test(verdict.message) ? "✓" : "✓ Right.";
  const word = verdict.correct ? right : { follows: "↳ Follows.", empty: "…" }[verdict.state];
  const said = !verdict.reread || verdict.message.includes(verdict.reread);
  const pointer = said ? "" : tag("p", { class: "pp-quietly" }, `Reread: ${verdict.reread}.`);
  first.prepend(tag("span", { class: "pp-verdict" }, word ?? "→ Not yet."), " ");
  return [first, ...more, pointer];
}

function mountCard(root, host) {
  let face = host.face(), hinted = 0, solved = false, asked = false, entry = null;
  const feedback = tag("div", { class: "pp-feedback", role: "status", "aria-live": "polite" });
  const help = tag("div", { class: "pp-help", "aria-live": "polite" });
  const unfold = (name, text) =>
    help.append(tag("div", {}, tag("h4", {}, name), ...paragraphs(text, face.math)));
  const open = () => {
    unfold(`Hint ${hinted + 1}`, face.hints[hinted]);
    hinted += 1;
    host.hint?.(hinted);
    label();
  };
  const hint = button("", open);
  const solution = button("Solution", () => {
    unfold("Solution", face.solution);
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
    if (verdict.next) feedback.append(...paragraphs(verdict.next, face.math));
    if (verdict.note) feedback.append(tag("p", { class: "pp-quietly" }, verdict.note));
    while (hinted < Math.min(verdict.hinted ?? 0, face.hints.length)) open();
    entry.tell?.(verdict);
    solution.disabled = solved;
    solution.title = "";
  };
  const body = tag("div");
  const build = () => {
    face = host.face();
    hinted = 0;
    solved = false;
    entry = entryOf(face, text => host.check(text, tell, hinted), host.typed?.() ?? "");
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
  host.listen?.({ tell, rebuild: build, type: text => entry.set(text),
    ask: () => { asked = true; } });
  const again = button("New numbers", () => { asked = true; host.next(build); });
  const actions = tag("div", { class: "pp-actions" }, hint, solution, again);
  root.replaceChildren(body, feedback, actions, help);
  if (host.last?.()) tell(host.last());
}

// The answer box, the options or the ledger, with Check; Enter works.
function entryOf(face, check, typed) {
  if (face.options.length) return optionsOf(face, check, typed);
  if (face.rows.length) return ledgerOf(face, check, typed);
  if (face.steps.length) return stepsOf(face, check, typed);
  const id = newId(), words = face.kind === "expression";
  const box = tag("input", { type: "text", id, autocomplete: "off", autocapitalize: "off",
    spellcheck: "false", inputmode: words ? "text" : "decimal", class: words ? "pp-wide" : null,
    "aria-describedby": id + "-r" });
  box.value = typed;
  const submit = event => { event.preventDefault(); check(box.value); };
  const note = face.rounding ? `Accepted rounding: ${face.rounding}.` : "";
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
    const words = tag("span", {}, `${"ABCDEF"[i]}. `, ...rich(text, face.math));
    return { input, node: tag("label", { class: "pp-radio" }, input, words) };
  });
  const chosen = () => radios.find(radio => radio.input.checked)?.input.value ?? "";
  const submit = event => { event.preventDefault(); check(chosen()); };
  const node = tag("form", { class: "pp-entry", onsubmit: submit },
    tag("div", { class: "pp-answer" },
      tag("fieldset", {}, tag("legend", {}, "Your answer"), ...radios.map(radio => radio.node)),
      tag("button", { type: "submit", class: "pp-main" }, "Check")));
  const set = key => radios.forEach(({ input }) => { input.checked = input.value === key; });
  return { node, focus: () => radios[0].input.focus(), set };
}

// Steps with buttons that move them; the order is said after each move.
function stepsOf(face, check, typed) {
  const list = tag("ol", { class: "pp-steps" }), said = tag("p", { class: "pp-quietly",
    role: "status", "aria-live": "polite" });
  const items = new Map(face.steps.map(([key, text]) => {
    const words = tag("span", {}, ...rich(text, face.math)), item = tag("li", {}, words);
    const move = (by, word, sign) => {
      const press = button(sign, () => shift(item, by, press));
      press.setAttribute("aria-label", `${word}: ${text}`);
      return press;
    };
    item.append(tag("span", { class: "pp-moves" }, move(-1, "Earlier", "↑"), move(1, "Later", "↓")));
    return [key, item];
  }));
  const shift = (item, by, press) => {
    const beside = by < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (beside) list.insertBefore(by < 0 ? item : beside, by < 0 ? beside : item);
    press.focus();
    const place = [...list.children].indexOf(item) + 1;
    said.textContent = `Now step ${place} of ${list.children.length}: ${item.firstChild.textContent}`;
  };
  const set = text => {
    const keys = text.split(" ");
    const known = keys.length === items.size && keys.every(key => items.has(key));
    list.replaceChildren(...(known ? keys.map(key => items.get(key)) : items.values()));
  };
  set(typed);
  const order = () => {
    const at = new Map([...items].map(([key, item]) => [item, key]));
    return [...list.children].map(item => at.get(item)).join(" ");
  };
  const submit = event => { event.preventDefault(); check(order()); };
  const node = tag("form", { class: "pp-entry", onsubmit: submit },
    tag("p", { class: "pp-quietly" }, "First on top."), list, said,
    tag("button", { type: "submit", class: "pp-main" }, "Check"));
  return { node, focus: () => list.querySelector("button").focus(), set };
}
