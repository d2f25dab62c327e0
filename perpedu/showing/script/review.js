// ---- review: due questions one after the other, and how far one is ----

const DOTS = { open: "○", tried: "◐", right: "●" };
const chapterNumber = one => Number(chapterOf(one).slice(2));
const many = (dots, state) => dots.filter(one => one === state).length;

// The frame around the card: a quiet row of dots, a sentence, the way on.
function mountReview(root, { card, sitting, next, listen }) {
  const row = tag("p", { class: "pp-row", role: "img" });
  const said = tag("p", { class: "pp-quietly", role: "status", "aria-live": "polite", tabindex: -1 });
  const place = tag("div");
  let parts = null;
  const own = { ...card, listen: given => { parts = given; card.listen?.(given); } };
  const show = () => {
    const now = sitting(), asking = now.place !== null;
    row.replaceChildren(...now.dots.map((state, i) =>
      tag("span", { class: i === now.place ? "pp-here" : null }, DOTS[state])));
    row.setAttribute("aria-label", now.label);
    row.hidden = !now.dots.length;
    if (said.textContent !== now.words) said.textContent = now.words;
    step.textContent = now.step;
    step.hidden = !now.step;
    place.hidden = !asking;
    if (asking && !parts) mountCard(place, own);
    if (!asking && step.hidden && document.activeElement === step) said.focus();
  };
  const step = button("", () => { parts?.ask(); next(); });
  root.append(tag("div", { class: "pp-head-row" }, row, said), place,
    tag("div", { class: "pp-actions pp-onward" }, step));
  show();
  listen(show, () => parts?.rebuild());
}

// One sitting after the other on a page, from the browser's record and the book's bank.
function pageReview(root, bank) {
  const asked = bank.map(spec => ({ id: spec.state.id, section: spec.state.section, spec }));
  let queue = [], dots = [], place = null, words = "", now = null, show = null, rebuild = null;
  const today = () => dayNumber(momentNow());
  const known = () => standingsOf(allAnswers(asked.map(({ id }) => id)).answers, today());
  const ask = at => {
    place = at;
    now = at === null ? now : questionCard(queue[at], known().get(queue[at].id)?.seed, judged);
    words = at === null ? restWords(known(), asked, today())
      : put(WORDS.place, { place: at + 1, all: queue.length, chapter: chapterNumber(queue[at]) });
  };
  const judged = ({ correct }) => {
    if (dots[place] !== "right") dots[place] = correct ? "right" : "tried";
    show();
  };
  const begin = () => {
    queue = interleaved(dueOf(known(), asked, today()).slice(0, SITTING));
    dots = queue.map(() => "open");
    ask(queue.length ? 0 : null);
  };
  const onward = () => {
    if (place === null) begin();
    else ask(place + 1 < queue.length ? place + 1 : null);
    if (place === null) dots = [];
    show();
    if (place !== null) rebuild();
  };
  begin();
  mountReview(root, { next: onward,
    card: { face: () => now.face(), check: (...given) => now.check(...given), next: again => now.next(again) },
    sitting: () => ({ dots, place, words, label: rowLabel(dots, place),
      step: stepWord(dots, place, queue.length, () => dueOf(known(), asked, today()).length) }),
    listen: (shown, built) => { [show, rebuild] = [shown, built]; } });
  document.addEventListener("pp-record", () => { if (place === null) onward(); });
  document.addEventListener("pp-forgotten", () => { place = null; onward(); });
}

// The card of a due question, with the numbers after those of the last answer.
function questionCard({ spec }, last, judged) {
  const { variants } = spec.state, at = variants.findIndex(({ seed }) => seed === last);
  return pageCard(spec, { seed: variants[(at + 1) % variants.length].seed, judged });
}

const rowLabel = (dots, place) => put(WORDS.row, { place: (place ?? 0) + 1, all: dots.length,
  right: many(dots, "right"), tried: many(dots, "tried") });

function stepWord(dots, place, all, waiting) {
  if (place === null) return waiting() ? WORDS.on : "";
  return dots[place] === "open" ? WORDS.skip : place + 1 < all ? WORDS.next : WORDS.finish;
}

// ---- progress: by chapter and objective, and what one may do with the record ----

function pageProgress(root, bank) {
  record.refused ||= !kept.put(record.name, record.text());
  const list = tag("div"), notes = tag("div", { class: "pp-quietly" });
  const said = tag("p", { class: "pp-quietly", role: "status", "aria-live": "polite" });
  const tell = words => { said.textContent = words; };
  const paint = () => {
    const { answers, strangers } = allAnswers(bank.map(({ state }) => state.id));
    const known = standingsOf(answers, dayNumber(momentNow())), chapters = new Map();
    for (const { state } of bank) {
      const name = chapterNumber(state);
      if (!chapters.has(name)) chapters.set(name, []);
      chapters.get(name).push([state, known.get(state.id)]);
    }
    const open = [...list.querySelectorAll("details")].map(node => node.open);
    list.replaceChildren(...[...chapters].map(([name, rows], i) => chapterOfProgress(name, rows, open[i])));
    const ids = new Set(bank.map(({ state }) => state.id));
    const strange = id => !ids.has(id) && !id.startsWith("faq."); // appendix E comes back nowhere
    const other = answers.filter(({ exercise }) => strange(exercise)).length;
    notes.replaceChildren(...[
      strangers.length && put(WORDS.strange, { count: strangers.length, first: strangerWords(strangers[0]) }),
      other && put(WORDS.elsewhere, { count: other }),
      record.refused && WORDS.refused].filter(Boolean).map(words => tag("p", {}, words)));
  };
  paint();
  root.append(list, notes,
    recordTools(tell, paint), said);
  for (const news of ["pp-answered", "pp-record", "pp-forgotten"]) document.addEventListener(news, paint);
}

const strangerWords = ({ number, why }) => `line ${number} ${why}`;

function chapterOfProgress(name, rows, open = false) {
  const today = dayNumber(momentNow());
  const states = rows.map(([, standing]) => stateOf(standing));
  const label = `${many(states, "right")} answered, ${many(states, "tried")} tried, ${many(states, "open")} open`;
  const items = rows.map(([{ objective }, standing], i) => tag("li", {},
    tag("span", { "aria-hidden": "true" }, `${DOTS[states[i]]} `), objective,
    tag("span", { class: "pp-quietly" }, ` ${standing ? put(WORDS.due, { when: inDays(standing.due - today) }) : "open"}`)));
  return tag("details", { class: "pp-chapter", open }, tag("summary", {},
    `Chapter ${name} `,
    tag("span", { class: "pp-row", role: "img", "aria-label": label }, states.map(state => DOTS[state]).join(""))),
  tag("ul", {}, ...items));
}

// Save as a file, add from one, delete after a second press.
function recordTools(tell, paint) {
  const count = () => readRecord(record.text()).answers.length;
  const file = tag("input", { type: "file", accept: ".jsonl,.json,.txt", hidden: true,
    "aria-label": "A record to add", onchange: () => file.files[0]?.text().then(take) });
  const take = text => {
    const { added, strangers } = record.take(text);
    file.value = "";
    tell(`Answers added: ${added}.` + (strangers.length
      ? ` Lines that are no answers, left out: ${strangers.length} (${strangerWords(strangers[0])}).` : ""));
    announce("pp-record");
  };
  const keep = button("Keep it", () => { sure.hidden = true; begin.focus(); });
  const sure = tag("div", { class: "pp-actions pp-sure", hidden: true },
    tag("p", {}, "This deletes your answers, the marks on the cards and the explorers' positions from this browser. There is no way back but a file that you saved."),
    button("Delete everything", () => {
      record.delete();
      sure.hidden = true;
      tell("Deleted.");
      announce("pp-forgotten");
      begin.focus();
    }, "pp-main"), keep);
  const begin = button("Delete …", () => { sure.hidden = false; keep.focus(); });
  const save = button("Save as a file", () => {
    const address = URL.createObjectURL(new Blob([record.text()], { type: "application/jsonl" }));
    tag("a", { href: address, download: "perpedu-record.jsonl" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
    tell(`Saved. Answers in the file: ${count()}, one a line.`);
  });
  return tag("div", {}, tag("div", { class: "pp-actions" }, save,
    button("Add from a file", () => file.click()), file, begin), sure);
}

const announce = news => document.dispatchEvent(new CustomEvent(news));

// Exercises with all their numbers, a script for each chapter: a page from a file can fetch nothing.
function withBank(addresses, then, otherwise) {
  const bank = window.perpeduBank ??= {}, keyOf = address => address.replace(/^.*(?=_static)/, "");
  Promise.all(addresses.map(address => bank[keyOf(address)] ?? loadedScript(address)))
    .then(() => then(addresses.flatMap(address => bank[keyOf(address)])), otherwise);
}

const scripts = new Map();

function loadedScript(address) {
  if (!scripts.has(address)) {
    scripts.set(address, new Promise((there, missing) => {
      const loading = tag("script", { src: address });
      loading.addEventListener("load", there);
      loading.addEventListener("error", () => { scripts.delete(address); missing(); });
      document.head.append(loading);
    }));
  }
  return scripts.get(address);
}

// A page's card has its own numbers alone; the others come when they are asked for.
function withVariants({ state, more }, then) {
  if (!more || state.variants.length > 1) { then(state.variants); return; }
  withBank([more], bank => then(bank.find(one => one.state.id === state.id).state.variants),
    () => then(state.variants));
}
