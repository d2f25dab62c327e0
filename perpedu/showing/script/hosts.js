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
