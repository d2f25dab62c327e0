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
const paragraphs = (text, known = {}) =>
  text.trim().split(/\s*\n\s*/).map(line => tag("p", {}, ...rich(line, known)));
const rich = (line, known) => line.split(/(\$[^$]+\$)/).filter(Boolean).map(piece =>
  Object.hasOwn(known, piece.slice(1, -1)) ? math(known[piece.slice(1, -1)]) : piece);

function math(inside) {
  const node = tag("span", { class: "pp-math" });
  node.innerHTML = `<math displaystyle="true">${inside}</math>`;
  return node;
}
