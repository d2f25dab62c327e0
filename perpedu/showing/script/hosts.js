// ---- hosts: Jupyter, and a page without a kernel ----

function render({ model, el }) {
  const root = tag("div", { class: "pp-card" }), heard = [];
  root.addEventListener("keydown", event => event.stopPropagation()); // JupyterLab takes the arrows
  el.append(root);
  const save = traits => {
    for (const name in traits) model.set(name, traits[name]);
    model.save_changes();
  };
  const hear = (name, then) => { heard.push([name, then]); model.on(name, then); };
  const spec = model.get("spec"), verdict = () => model.get("verdict");
  const mount = { explorer: mountExplorer, calculator: mountCalculator }[spec.kind];
  const card = { face: () => model.get("spec"), typed: () => model.get("typed"),
    last: () => verdict().message ? verdict() : null,
    check: text => save({ typed: text, presses: model.get("presses") + 1 }),
    hint: count => count > model.get("hinted") && save({ hinted: count }),
    next: () => save({ turns: model.get("turns") + 1 }),
    listen: ({ tell, rebuild, type }) => {
      hear("change:spec", () => model.get("spec").id && rebuild());
      hear("change:typed", () => type(model.get("typed")));
      hear("change:verdict", () => verdict().message && tell(verdict()));
    } };
  const unwatch = mount
    ? mount(root, spec, { values: () => model.get("values"),
      send: values => save({ values }),
      listen: news => hear("change:values", () => news(model.get("values"))) })
    : model.get("sitting") ? mountReview(root, { card, sitting: () => model.get("sitting"),
      next: () => save({ moves: model.get("moves") + 1 }),
      listen: show => hear("change:sitting", show) })
    : mountCard(root, card);
  return () => { unwatch?.(); heard.forEach(([name, then]) => model.off(name, then)); };
}

// A card of a page: its numbers are one of the drawn variants; `judge` sees every verdict.
function pageCard(spec, { seed = spec.seed, judged, turned }) {
  const { state } = spec, past = remembering();
  let now = state.variants.find(variant => variant.seed === seed) ?? state.variants[0], tries = 0;
  const face = () => variantOf(state, now);
  const judge = (text, hints) => {
    const shown = face(), verdict = past.judge(shown, text, hints);
    if (!counts(verdict)) return verdict;
    tries += 1;
    judged(verdict);
    return noted(verdict, state.id, shown.seed, { hints, tries });
  };
  return { face: () => ({ ...face(), math: spec.math }),
    check: (text, tell, hints) => tell(judge(text, hints)),
    next: rebuild => withVariants(spec, all => {
      const place = all.findIndex(variant => variant.seed === now.seed);
      [now, tries] = [all[(place + 1) % all.length], 0];
      past.forget();
      rebuild();
      turned?.();
    }) };
}

function startElement(element) {
  const spec = JSON.parse(element.querySelector("script").textContent), root = tag("div");
  element.querySelector(".pp-still").hidden = true;
  element.append(root);
  if (spec.kind === "explorer") {
    const host = explorerHost(element, spec);
    mountExplorer(root, spec, host);
    host.finish(root);
  } else if (spec.kind === "calculator") {
    settle(element, spec);
    mountCalculator(root, spec, { values: () => spec.values, send() {}, listen() {} });
  } else if (spec.kind === "review" || spec.kind === "progress") {
    withBank(spec.bank, bank => (spec.kind === "review" ? pageReview : pageProgress)(root, bank),
      () => root.append(tag("p", {}, WORDS.no_bank)));
  } else {
    const memory = cardMemory(element, spec);
    const hint = hinted => {
      element.dataset.hinted = hinted;
      element.dispatchEvent(new CustomEvent("pp-hint", { bubbles: true, detail: { hinted } }));
    };
    const turned = () => { delete element.dataset.hinted; memory.mark(); };
    mountCard(root, { ...pageCard(spec, { judged: memory.note, turned }), hint });
    memory.mark();
  }
}

function startPage() {
  const start = () => document.querySelectorAll(".pp-element[data-pp]").forEach(startElement);
  if (document.readyState !== "loading") start();
  else document.addEventListener("DOMContentLoaded", start);
}

export default { render };
