// ---- explorer: controls ----

function slider(control, fact, change) {
  const id = newId(), percent = fact.unit === "%";
  const asText = value => show(Number(value), null, percent ? "%" : "").replace(" %", "");
  const range = tag("input", { type: "range", min: control.low, max: control.high,
    step: control.step, "aria-label": control.label, oninput: () => change(range.value) });
  const box = tag("input", { type: "text", id, inputmode: "decimal", autocomplete: "off",
    class: "pp-box", "aria-describedby": id + "-m", onchange: () => typed() });
  box.style.minWidth = `calc(${0.9 * asText(control.high).length}ch + 1rem)`;
  const message = tag("p", { id: id + "-m", class: "pp-message", "aria-live": "polite" });
  const complain = words => {
    message.textContent = words;
    words ? box.setAttribute("aria-invalid", "true") : box.removeAttribute("aria-invalid");
  };
  const typed = () => {
    try {
      change(typedValue(box.value, control, fact.unit));
    } catch (error) {
      const kept = show(Number(range.dataset.value), null, fact.unit);
      complain(`${error.message} The value stays ${kept}.`);
    }
  };
  const set = value => {
    range.value = range.dataset.value = value;
    range.setAttribute("aria-valuetext", show(Number(value), null, fact.unit));
    box.value = asText(value);
    complain("");
  };
  const name = tag("label", { for: id, title: fact.meaning }, ...nameOf(control));
  const unit = tag("span", { class: "pp-unit" }, fact.unit);
  const boxed = tag("span", { class: "pp-boxed" }, box, unit);
  return { set, node: tag("div", { class: "pp-control" }, name, range, boxed, message) };
}

const nameOf = control => [control.label + " ", math(control.math)];

function typedValue(text, control, unit) {
  const asked = unit.split("/")[0], read = readNumber(text, asked || null);
  const named = read.unit === null || read.unit === asked;
  if (!named) throw new Error(`This box is in ${unit || "plain numbers"}, not in ${read.unit}.`);
  const [top, bottom] = read.value;
  const inPercent = unit === "%" && !read.percent;
  const value = decimalText(inPercent ? reduced(top, bottom * 100n) : [top, bottom]);
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
    tag("legend", { title: fact.meaning }, ...nameOf(control)),
    ...radios.map(radio => radio.node)) };
}

// ---- explorer: the whole ----

function mountExplorer(root, spec, host) {
  const calculate = calculator(spec), speak = speaker(spec);
  const starts = Object.fromEntries(spec.controls.map(control => [control.name, control.start]));
  let texts = { ...starts, ...host.values() }, toX = null, width = 0;
  const change = news => { texts = { ...texts, ...news }; update(); host.send(texts); };
  const make = { choice, slider };
  const controls = spec.controls.map(control => [control.name, make[control.kind](
    control, spec.facts[control.name], value => change({ [control.name]: value }))]);
  const state = tag("p", { class: "pp-state", role: "status", "aria-live": "polite" });
  const svg = draw("svg", { class: "pp-picture", role: "img" });
  const written = spec.formula && writtenOut(spec);
  const table = tag("div", { class: "pp-numbers", hidden: true });
  const toggle = button("Show table", () => {
    table.hidden = !table.hidden;
    toggle.textContent = table.hidden ? "Show table" : "Hide table";
    toggle.setAttribute("aria-expanded", String(!table.hidden));
    update();
  });
  toggle.setAttribute("aria-expanded", "false");
  const update = () => {
    const given = mapValues(texts, Number), all = calculate(given);
    for (const [name, control] of controls) control.set(texts[name]);
    state.textContent = speak(all);
    svg.setAttribute("aria-label", `${spec.title} ${state.textContent}`);
    if (spec.chart && width) toX = picture(svg, spec, { given, all }, calculate, width);
    written?.fill(all);
    if (!table.hidden) table.replaceChildren(valueTable(spec, all));
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
  const leaves = [...numbers.querySelectorAll("[data-v]")].map(part => {
    const leaf = document.createElementNS("http://www.w3.org/1998/Math/MathML", "mn");
    part.replaceChildren(leaf);
    paint(part, facts);
    return [part.dataset.v, leaf];
  });
  const fill = all => {
    for (const [name, leaf] of leaves) {
      const value = all[name], text = value === null ? "none" : show(value);
      const shown = value < 0 ? `(${text})` : text;
      if (leaf.textContent !== shown) leaf.textContent = shown;
    }
    const value = all[formula.name];
    result.textContent = value === null ? "= none" : `= ${show(value, null, fact.unit)}`;
    result.style.color = `var(--pp-${fact.role})`;
  };
  return { fill, node: tag("div", { class: "pp-formula" }, letters, numbers, result) };
}

const paint = (part, facts) => {
  part.style.color = `var(--pp-${facts[part.dataset.v]?.role ?? "text"})`;
};

function valueTable(spec, all) {
  const controls = spec.controls.map(control => control.name);
  const names = [...new Set([...controls, ...Object.keys(spec.fixed), ...spec.show])];
  const options = Object.fromEntries(spec.controls.map(item => [item.name, item.options ?? []]));
  const text = name => options[name]?.find(([, value]) => Number(value) === all[name])?.[0]
    ?? (all[name] === null ? "none" : show(all[name], null, spec.facts[name].unit));
  return tag("table", { class: "pp-table" },
    tag("thead", {}, tag("tr", {},
      tag("th", { scope: "col" }, "quantity"), tag("th", { scope: "col" }, "value"))),
    tag("tbody", {}, ...names.map(name => tag("tr", {},
      tag("th", { scope: "row" }, spec.facts[name].label), tag("td", {}, text(name))))));
}

// The picture itself can be dragged: a control stands on its horizontal axis.
function drag(svg, spec, toX, change) {
  const control = spec.controls.find(({ name }) => name === spec.chart?.drag);
  if (control?.kind !== "slider") return;
  const [low, high, step] = [control.low, control.high, control.step].map(Number);
  const places = (control.step.split(".")[1] ?? "").length;
  const move = event => {
    if (!svg.hasPointerCapture(event.pointerId)) return;
    const value = toX(event.clientX - svg.getBoundingClientRect().left);
    const near = low + Math.round((Math.min(high, Math.max(low, value)) - low) / step) * step;
    change({ [control.name]: near.toFixed(places) });
  };
  svg.classList.add("pp-drag");
  svg.addEventListener("pointerdown", event => {
    svg.setPointerCapture(event.pointerId);
    move(event);
  });
  svg.addEventListener("pointermove", move);
}
