// ---- ledgers: lines filled one after the other, told as in table.py and cells.py ----

// The lines as they are shown: a given one has its number, a blank one none.
const rowsOf = ({ table, templates }, fill) => (table?.rows ?? []).map(({ name, unit }) => {
  const texts = mapValues(templates.rows[name], fill);
  return { name, unit, label: texts.label, how: texts.how ?? null, value: texts.value ?? null };
});

class Undefined extends Error {}

// The exact value of a tree of trees.py; `value` gives that of a name.
function worth(tree, value) {
  if (typeof tree === "string") return /^[-0-9]/.test(tree) ? exact(tree) : value(tree);
  const [kind, ...parts] = tree;
  if (kind === "^") return raised(worth(parts[0], value), parts[1]);
  if (kind === "steps") {
    const at = worth(parts.shift(), value);
    const step = parts.find(([top]) => top === null || most(at, exact(top)));
    if (at[0] < 0n || !step || step[1] === null) throw new Undefined();
    return exact(step[1]);
  }
  const found = parts.map(part => worth(part, value));
  if (kind === "abs") return size(found[0]);
  return found.reduce((a, b) => reduced(...OPERATIONS[kind](a, b)));
}

const plus = (a, [c, d]) => minus(a, [-c, d]);
const OPERATIONS = { "+": plus, "*": times,
  max: (a, b) => most(a, b) ? b : a, min: (a, b) => most(a, b) ? a : b };

function raised([top, bottom], power) {
  if (power >= 0) return [top ** BigInt(power), bottom ** BigInt(power)];
  if (!top) throw new Undefined();
  return raised(top < 0n ? [-bottom, -top] : [bottom, top], -power);
}

// The value of every name where some have chosen numbers.
function beside(terms, chosen) {
  const known = new Map(Object.entries(chosen));
  return function value(name) {
    if (!known.has(name)) known.set(name, worth(terms[name], value));
    return known.get(name);
  };
}

// Those of a row's answers that have a value; null without the truth.
function definedAnswers(row, value) {
  const found = {};
  for (const [name, tree] of Object.entries(row.answers)) {
    try {
      found[name] = worth(tree, value);
    } catch (error) {
      if (!(error instanceof Undefined)) throw error;
      if (name === "right") return null;
    }
  }
  return found;
}

const scaleOf = ({ places, unit }) => 10n ** BigInt(places) * (unit === "%" ? 100n : 1n);

// How far the number behind a printed one may lie; 0 where that says too little of it.
function looseBehind(value, row) {
  const half = [1n, 2n * scaleOf(row)];
  return most(half, times(size(value), [1n, 200n])) ? half : [0n, 1n];
}

// A number rounded to the asked places, a half away from 0.
function printedValue([top, bottom], row) {
  const scale = scaleOf(row);
  const whole = (2n * (top < 0n ? -top : top) * scale + bottom) / (2n * bottom);
  return reduced(top < 0n ? -whole : whole, scale);
}

const same = ([a, b], [c, d]) => a * d === b * c;
const distinct = numbers => numbers.filter((one, i) => numbers.findIndex(n => same(n, one)) === i);
const everyChoice = lists => lists.reduce(
  (choices, list) => choices.flatMap(choice => list.map(one => [...choice, one])), [[]]);

// The verdict on a filled ledger, with one of each line.
function checkTable(typed, part) {
  const { table } = part.state, given = mapValues(part.variant.given, exact);
  const terms = { ...table.terms };
  for (const row of table.rows) terms[row.name] = row.answers.right;
  const truth = beside(terms, given), ledger = { ...part, given, terms, truth,
    goesOn: {}, slip: {}, loose: {} };
  for (const row of table.rows) {
    const value = truth(row.name);
    ledger.goesOn[row.name] = [value, row.blank ? value : printedValue(value, row)];
  }
  const cells = {};
  for (const row of table.rows.filter(row => row.blank)) {
    cells[row.name] = checkLine(row, typed[row.name] ?? "", ledger);
  }
  const all = Object.values(cells), first = Object.keys(cells).find(n => cells[n].state === "not yet");
  const correct = all.every(cell => cell.correct);
  return { correct, message: correct ? part.right().message : summary(cells, first, part),
    mistake: all.find(cell => cell.mistake)?.mistake ?? null,
    reread: first ? cells[first].reread : null, cells };
}

function checkLine(row, text, ledger) {
  const { state, truth, say, slip, loose, goesOn } = ledger, unmarked = { mistake: null, reread: null };
  const asked = { ...row, tolerance: exact(row.tolerance) }, told = SHARED.sentences;
  if (!text.trim()) return { correct: false, message: told.row_empty, ...unmarked, state: "empty" };
  let given;
  try {
    given = readings(text, row.unit);
  } catch (error) {
    return { correct: false, message: error.message, ...unmarked, state: "not yet" };
  }
  const first = judgeOf(asked, definedAnswers(row, truth), say), own = ownJudges(row, asked, ledger);
  const above = row.reads.map(name => slip[name]).find(Boolean);
  const rounded = above || first.named(given) ? [] : own;
  const reading = [first, ...rounded].map(judge => judge.accepted(given)).find(Boolean);
  if (reading) {
    goesOn[row.name] = [first.truth, reading];
    const message = ledger.fill(state.templates.rows[row.name].right);
    return { correct: true, message, ...unmarked, state: "right" };
  }
  const followed = above && own.find(judge => judge.accepted(given));
  if (followed) {
    [goesOn[row.name], slip[row.name]] = [[followed.truth, followed.accepted(given)], above];
    loose[row.name] = followed.loose;
    const message = put(told.row_follows, { above: above.words });
    return { correct: false, message, ...unmarked, state: "follows" };
  }
  const slipped = (...numbers) => {
    [goesOn[row.name], slip[row.name]] = [numbers, row];
    loose[row.name] = looseBehind(numbers[0], row);
  };
  for (const judge of above ? [...own, first] : [first, ...own]) {
    const [name, shown] = judge.named(given) ?? [];
    if (!name) continue;
    slipped(judge.answers[name], shown);
    return { ...ledger.known(`${row.name}.${name}`), state: "not yet" };
  }
  slipped(...given);
  return { ...(above && own.length ? own[0] : first).unmatched(given), state: "not yet" };
}

// The line held against what the reader's own lines above lead to; exact numbers first.
function ownJudges(row, asked, { given, terms, goesOn, loose, say }) {
  const against = (sentence, parts) =>
    say(sentence, { answer: SHARED.sentences.row_against, ...parts });
  const answersAt = chosen => definedAnswers(row, beside(terms, { ...given, ...chosen }));
  return everyChoice(row.needs.map(name => distinct(goesOn[name]))).map(numbers => {
    const chosen = Object.fromEntries(row.needs.map((name, i) => [name, numbers[i]]));
    const answers = answersAt(chosen);
    return answers && judgeOf({ ...asked, loose: moved(row, chosen, answers.right, loose, answersAt) },
      answers, against);
  }).filter(Boolean);
}

// How far a line moves where the lines above are as far off as they may be.
function moved(row, chosen, truth, loose, answersAt) {
  let moves = [0n, 1n];
  for (const name of row.reads.filter(name => loose[name]?.[0])) {
    const gaps = [loose[name], times(loose[name], [-1n, 1n])]
      .map(by => answersAt({ ...chosen, [name]: minus(chosen[name], by) }))
      .map(end => end ? size(minus(end.right, truth)) : [0n, 1n]);
    moves = plus(moves, gaps.reduce((a, b) => most(a, b) ? b : a));
  }
  return moves;
}

// How many lines are right, and which to look at first; of a single line, its own sentence.
function summary(cells, first, { state, fill }) {
  const told = SHARED.sentences, all = Object.values(cells);
  const many = kind => all.filter(cell => cell.state === kind).length;
  if (many("empty") === all.length) return SHARED.messages.empty;
  if (all.length === 1) return all[0].message;
  const count = (sentence, n) => put(told[sentence], { count: n, all: all.length,
    are: n === 1 ? "is" : "are", follow: n === 1 ? "follows" : "follow" });
  const counts = [count("rows_right", many("right"))];
  if (many("follows")) counts.push(count("rows_follow", many("follows")));
  if (many("empty")) counts.push(count("rows_empty", many("empty")));
  const name = first ?? Object.keys(cells).find(name => !cells[name].correct);
  const label = fill(state.templates.rows[name].label);
  const look = put(told[first ? "rows_look" : "rows_go_on"], { label, says: cells[name].message });
  return `${counts.join(", ")}. ${look}`;
}

// ---- ledgers: the table, with a box in each blank line and Check below ----

function ledgerOf(face, check, typed) {
  const lines = face.rows.map(row => row.value === null ? blankLine(row, face) : givenLine(row, face));
  const blanks = lines.filter(line => line.box);
  const submit = event => {
    event.preventDefault();
    check(JSON.stringify(Object.fromEntries(blanks.map(({ name, box }) => [name, box.value]))));
  };
  const set = text => {
    const values = typedLines(text);
    blanks.forEach(({ name, box }) => { box.value = values[name] ?? ""; });
  };
  set(typed);
  const alone = blanks.length === 1; // then its sentence is the card's
  const tell = ({ cells = {} }) => blanks.forEach(({ name, tell }) =>
    tell(alone && cells[name] ? { ...cells[name], message: "" } : cells[name]));
  const node = tag("form", { class: "pp-entry", novalidate: true, onsubmit: submit },
    tag("table", { class: "pp-table pp-lines", "aria-label": face.title },
      ...lines.map(line => line.node)),
    tag("div", { class: "pp-answer" },
      tag("button", { type: "submit", class: "pp-main" }, "Check")),
    tag("p", { class: "pp-quietly" }, `Accepted rounding: ${face.rounding}.`));
  return { node, set, tell, focus: () => blanks[0].box.focus() };
}

function typedLines(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

const unitCell = (row, id = null) => tag("td", { class: "pp-unit", id }, row.unit ?? "");

function givenLine(row, face) {
  const how = row.how ? tag("p", { class: "pp-quietly" }, ...rich(row.how, face.math)) : null;
  return { node: tag("tbody", {}, tag("tr", {},
    tag("th", { scope: "row" }, ...rich(row.label, face.math), how),
    tag("td", {}, row.value), unitCell(row))) };
}

function blankLine(row, face) {
  const id = newId(), said = tag("td", { colspan: 3, id: id + "-s" });
  const box = tag("input", { type: "text", id, autocomplete: "off", autocapitalize: "off",
    spellcheck: "false", inputmode: "decimal", "aria-describedby": `${id}-u ${id}-s` });
  const below = tag("tr", { class: "pp-said", hidden: true }, said);
  const node = tag("tbody", {}, tag("tr", {},
    tag("th", { scope: "row" }, tag("label", { for: id }, ...rich(row.label, face.math))),
    tag("td", {}, box), unitCell(row, id + "-u")), below);
  const tell = cell => {
    below.hidden = !cell;
    node.dataset.is = cell ? cell.state.replace(" ", "") : "";
    said.replaceChildren(...(cell ? judged({ ...cell, reread: null }, face.math) : []));
    cell?.state === "not yet" ? box.setAttribute("aria-invalid", "true")
      : box.removeAttribute("aria-invalid");
  };
  return { name: row.name, box, node, tell };
}
