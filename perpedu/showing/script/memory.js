// ---- memory: what a page remembers, and links that carry an explorer's values ----

// Pages on file:// and in private windows may refuse; then nothing is remembered.
const kept = {
  read(key) {
    try { return JSON.parse(localStorage.getItem(key)) ?? {}; } catch { return {}; }
  },
  write(key, value) {
    this.put(key, JSON.stringify(value));
  },
  text(key) {
    try { return localStorage.getItem(key) ?? ""; } catch { return ""; }
  },
  put(key, text) {
    try { localStorage.setItem(key, text); return true; } catch { return false; }
  },
  keys() {
    try { return Object.keys(localStorage); } catch { return []; }
  },
  forget(which) {
    try { this.keys().filter(which).forEach(key => localStorage.removeItem(key)); } catch { /* none */ }
  },
};

const idOf = words => "pp-" + words.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");

// An id that stays the same as long as the element keeps its title, or the exercise its id.
function settle(element, spec) {
  const words = spec.title ?? spec.state.id;
  const name = idOf(words);
  let id = name;
  for (let n = 2; document.getElementById(id); n++) id = `${name}-${n}`;
  element.id = id;
  return `perpedu ${location.pathname} ${id}`;
}

// What is wrong with a value of a control, as words; null where nothing is.
function wrongValue(control, text, { facts }) {
  if (control.kind === "choice") {
    return control.options.some(([, value]) => value === text) ? null
      : `${control.label} has no such choice`;
  }
  const number = /^-?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : NaN;
  return number >= Number(control.low) && number <= Number(control.high) ? null
    : `${control.label} goes from ${ends(control, facts[control.name].unit)}`;
}

const ends = ({ low, high }, unit) =>
  [low, high].map(end => show(Number(end), null, unit)).join(" to ");

// The part of the address after #: an id, then `;name=value`; null where it is another's.
function readLink(id, spec) {
  let hash = location.hash.slice(1);
  try { hash = decodeURIComponent(hash); } catch { /* read as it is */ }
  const [name, ...pairs] = hash.split(";");
  if (name !== id || !pairs.length) return null;
  const controls = Object.fromEntries(spec.controls.map(control => [control.name, control]));
  const values = {};
  for (const pair of pairs) {
    const [key, value = ""] = pair.split("=");
    if (!Object.hasOwn(controls, key)) return { wrong: `there is no ${shown(key, 20)} here` };
    const wrong = wrongValue(controls[key], value, spec);
    if (wrong) return { wrong };
    values[key] = value;
  }
  return { values };
}

const linkTo = (id, values) => location.href.split("#")[0] + "#" + id
  + Object.entries(values).map(([name, value]) => `;${name}=${value}`).join("");

// The host of an explorer on a page: starts with what a link says, or with what was left.
function explorerHost(element, spec) {
  const key = settle(element, spec), { id } = element;
  const starts = Object.fromEntries(spec.controls.map(control => [control.name, control.start]));
  const said = tag("p", { class: "pp-quietly pp-said", role: "status", "aria-live": "polite" });
  let now = { ...starts, ...spec.values }, hear = () => {};
  const old = kept.read(key);
  for (const control of spec.controls) {
    const { name } = control, value = String(old[name] ?? "");
    if (Object.hasOwn(old, name) && !wrongValue(control, value, spec)) now[name] = value;
  }
  const follow = () => {
    const link = readLink(id, spec);
    if (!link) return;
    now = { ...starts, ...link.values };
    said.textContent = link.wrong
      ? `The link's values could not be used (${link.wrong}), so this starts at its defaults.` : "";
    hear(now);
    element.scrollIntoView();
  };
  const remember = values => {
    now = values;
    kept.write(key, values);
    said.textContent = "";
    if (readLink(id, spec)) replaceAddress(location.href.split("#")[0] + "#" + id);
  };
  const copy = button("Copy link", () => copyLink(linkTo(id, now), said));
  follow();
  window.addEventListener("hashchange", follow);
  return { values: () => now, send: remember, listen: news => { hear = news; },
    finish: root => { root.querySelector(".pp-actions").append(copy); root.append(said); } };
}

function replaceAddress(address) {
  try { history.replaceState(null, "", address); } catch { /* the old one stays */ }
}

function copyLink(address, said) {
  replaceAddress(address);
  const done = () => { said.textContent = "The link is copied, and stands in the address bar."; };
  const not = () => { said.textContent = `The link: ${address}`; };
  if (navigator.clipboard) navigator.clipboard.writeText(address).then(done, not);
  else not();
}

// Whether an answer could be read and was whole; only such ones go into the record.
const counts = verdict => verdict.correct || Boolean(verdict.mistake ?? verdict.reread);

// A page's judge: the verdict, with a note where the browser keeps no record; said once a page.
let unkept = false;
function noted(verdict, id, seed, { hints, tries }) {
  const { correct, mistake } = verdict;
  const answer = { exercise: id, seed, time: momentNow(), correct, mistake, hints, tries };
  const there = record.add(answer);
  document.dispatchEvent(new CustomEvent("pp-answered"));
  if (there || unkept) return verdict;
  unkept = true;
  return { ...verdict, note: WORDS.refused };
}

// A card remembers that it was answered, and whether it was right once; a page may listen.
function cardMemory(element, spec) {
  const key = settle(element, spec), { id } = spec.state;
  const mark = () => {
    const right = kept.read(key).right ?? standingsHere().get(id)?.right;
    const row = element.querySelector(".pp-head-row");
    if (right === undefined || !row) return;
    element.dataset.done = right ? "right" : "tried";
    const word = row.querySelector(".pp-done") ?? tag("span", { class: "pp-quietly pp-done" });
    word.textContent = right ? "✓ answered" : "tried";
    row.querySelector(".pp-title").after(word);
    element.dispatchEvent(new CustomEvent("pp-done", { bubbles: true }));
  };
  const note = ({ correct }) => {
    const { right = false } = kept.read(key);
    kept.write(key, { right: right || correct });
    mark();
  };
  return { note, mark };
}
