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
  const unwatch = spec.kind === "explorer"
    ? mountExplorer(root, spec, { values: () => model.get("values"),
      send: values => save({ values }),
      listen: news => hear("change:values", () => news(model.get("values"))) })
    : mountCard(root, { face: () => model.get("spec"), typed: () => model.get("typed"),
      last: () => verdict().message ? verdict() : null,
      check: text => save({ typed: text, presses: model.get("presses") + 1 }),
      hint: count => count > model.get("hinted") && save({ hinted: count }),
      next: () => save({ turns: model.get("turns") + 1 }),
      listen: ({ tell, rebuild, type }) => {
        hear("change:spec", rebuild);
        hear("change:typed", () => type(model.get("typed")));
        hear("change:verdict", () => verdict().message && tell(verdict()));
      } });
  return () => { unwatch?.(); heard.forEach(([name, then]) => model.off(name, then)); };
}

function startElement(element) {
  const spec = JSON.parse(element.querySelector("script").textContent), root = tag("div");
  element.querySelector(".pp-still").hidden = true;
  element.append(root);
  if (spec.kind === "explorer") {
    const host = explorerHost(element, spec);
    mountExplorer(root, spec, host);
    host.finish(root);
  } else {
    let place = Math.max(0, spec.state.variants.findIndex(variant => variant.seed === spec.seed));
    const { state } = spec, face = () => variantOf(state, state.variants[place]);
    const memory = cardMemory(element, spec), tries = remembering();
    const judge = (text, hinted) => {
      const verdict = tries.judge(face(), text, hinted);
      memory.note(verdict);
      return verdict;
    };
    const count = hinted => {
      element.dataset.hinted = hinted;
      element.dispatchEvent(new CustomEvent("pp-hint", { bubbles: true, detail: { hinted } }));
    };
    mountCard(root, { face: () => ({ ...face(), math: spec.math }),
      check: (text, tell, hinted) => tell(judge(text, hinted)), hint: count,
      next: rebuild => {
        place = (place + 1) % state.variants.length;
        tries.forget();
        delete element.dataset.hinted;
        rebuild();
        memory.mark();
      } });
    memory.mark();
  }
}

function startPage() {
  const start = () => document.querySelectorAll(".pp-element[data-pp]").forEach(startElement);
  if (document.readyState !== "loading") start();
  else document.addEventListener("DOMContentLoaded", start);
}

export default { render };
