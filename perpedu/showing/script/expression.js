// ---- expressions: read as in grammar.py; nothing of a reader's text is ever run ----

const GRAMMAR = SHARED.grammar, LIMITS = GRAMMAR.limits;
const RULE = mapValues(GRAMMAR.patterns, source => new RegExp(source));
const ALONG = mapValues(GRAMMAR.patterns, source => new RegExp(source, "y"));
const ownOf = (object, key) => Object.hasOwn(object, key) ? object[key] : null;

function refused(sentence, parts = {}) {
  throw new Error(put(GRAMMAR.messages[sentence], parts));
}

// The tree of a text, as in trees.py; throws an Error with a message for the reader. `known` and
// `listed` are names, `functions` those that may be called.
function readTree(text, known, { functions = [], listed = [] } = {}) {
  const tokens = tokensOf(plainText(text, functions.length > 0), known, functions, listed);
  checkTokens(tokens, known, functions);
  const node = parsed(withNumbers(tokens));
  if (!node) refused("shape", { text: shown(text) });
  checkPowers(node, 1);
  const tree = treeOf(node);
  if (bitsOf(tree) > LIMITS.MOST_BITS) refused("large");
  return tree;
}

function plainText(text, calls) {
  if (!text.replace(new RegExp(GRAMMAR.patterns.BLANKS, "g"), "")) refused("nothing");
  if ([...text].length > LIMITS.LONGEST) refused("long");
  const plain = [...text].map(letter => ownOf(GRAMMAR.same, letter) ?? letter).join("");
  const space = calls ? GRAMMAR.messages.space : "";
  const grouped = plain.match(RULE.GROUPED)?.[1], comma = plain.match(RULE.DECIMAL_COMMA)?.[1];
  if (grouped) refused("grouped", { number: grouped.replaceAll(",", ""), space });
  if (comma) refused("decimal_comma", { comma, point: comma.replaceAll(",", "."), space });
  return plain;
}

const at = (pattern, text, place) => {
  pattern.lastIndex = place;
  return pattern.exec(text);
};

function tokensOf(text, known, functions, listed) {
  const tokens = [];
  for (let place = 0; place < text.length;) {
    const blank = at(ALONG.BLANKS, text, place), match = blank ?? at(ALONG.TOKEN, text, place);
    if (!match) {
      const part = String.fromCodePoint(text.codePointAt(place));
      refused("character", { part: shown(part),
        hint: ownOf(GRAMMAR.hints, part) ?? GRAMMAR.messages.characters });
    }
    const [word, number, name] = match;
    place += word.length;
    if (blank) continue;
    const kind = number ? "number" : name ? "name" : "sign";
    if (name && !known.includes(word) && !functions.includes(word)) {
      unknownName(word, text.slice(place), known, listed);
    }
    tokens.push([kind, word]);
  }
  if (tokens.length > LIMITS.MOST_TOKENS) refused("parts");
  return tokens;
}

function unknownName(name, rest, known, listed) {
  const product = productOf(name, listed.length ? listed : known), words = GRAMMAR.messages;
  if (product.length) refused("product", { product: product.join("*") });
  if (rest.replace(new RegExp(GRAMMAR.patterns.BLANKS, "g"), "").startsWith("(")) {
    refused("call", { name: shown(name) });
  }
  const close = known.find(one => one.toLowerCase() === name.toLowerCase())
    ?? closeName(name.slice(0, 40), known);
  refused("name", { name: shown(name),
    names: (listed.length ? listed : known.slice().sort()).join(", ") || words.no_names,
    guess: close ? put(words.guess, { close }) : "" });
}

// The names that a word is made of; empty where it is not.
function productOf(word, names) {
  if (names.includes(word)) return [word];
  for (const name of word.length <= 20 ? names.filter(one => word.startsWith(one)) : []) {
    const rest = productOf(word.slice(name.length), names);
    if (rest.length) return [name, ...rest];
  }
  return [];
}

// As Python's difflib: the most alike, from 0.6 up.
function closeName(word, names) {
  let best = null, most = 0.6;
  for (const name of names) {
    const alike = 2 * sharedLetters(name, word) / (name.length + word.length);
    if (alike > most || alike === most && (best === null || name > best)) [best, most] = [name, alike];
  }
  return best;
}

function sharedLetters(a, b) {
  let length = 0, i = 0, j = 0;
  for (let x = 0; x < a.length; x++) for (let y = 0; y < b.length; y++) {
    let n = 0;
    while (x + n < a.length && y + n < b.length && a[x + n] === b[y + n]) n++;
    if (n > length) [length, i, j] = [n, x, y];
  }
  return length && length + sharedLetters(a.slice(0, i), b.slice(0, j))
    + sharedLetters(a.slice(i + length), b.slice(j + length));
}

// Refuse what leaves out an operator, and parentheses or commas in the wrong place.
function checkTokens(tokens, known, functions) {
  const calls = [];
  [...tokens, ["sign", ""]].forEach(([kind, word], i) => {
    const [before, left] = tokens[i - 1] ?? ["sign", "("];
    const called = before === "name" && functions.includes(left);
    if (called && !known.includes(left) && word !== "(") refused("parentheses", { name: left });
    if (word === "(") calls.push(called);
    if ((before !== "sign" || [")", "%"].includes(left))
        && (kind !== "sign" || word === "(" && !called)) leftOut(shown(left, 20), shown(word, 20));
    if (word === "%" && before !== "number") refused("percent");
    if (word === "," && !calls.at(-1)) refused("comma");
    if (calls.length > LIMITS.DEEPEST || word === ")" && !calls.length) refused("deep");
    if (word === ")") calls.pop();
  });
  if (calls.length) refused("open");
}

function leftOut(left, right) {
  const example = [")", "%"].includes(left) || right === "(" ? "" : `: ${left}*${right}`;
  refused("left_out", { left, right, example });
}

// The tokens with exact numbers, each % worked into the number before it.
function withNumbers(tokens) {
  const found = [];
  for (const [kind, word] of tokens) {
    if (word === "%") found.push({ number: reduced(...times(found.pop().number, [1n, 100n])) });
    else found.push(kind === "number" ? { number: typedExactly(word) } : { [kind]: word });
  }
  return found;
}

function typedExactly(word) {
  const [digits, power = ""] = word.toLowerCase().split("e"), most = LIMITS.MOST_DIGITS;
  if (digits.length > most || power.length > 3 || Math.abs(Number(power)) > most) {
    refused("number", { number: shown(word, 20) });
  }
  return reduced(...times(exact(digits), power10(Number(power))));
}

// Python's grammar of sums, products, signs, powers and calls; null where it is none.
function parsed(tokens) {
  let place = 0;
  const is = (...signs) => signs.includes(tokens[place]?.sign);
  const take = sign => is(sign) && Boolean(++place);
  const chain = (signs, next) => {
    let node = next();
    while (node && is(...signs)) {
      const op = tokens[place++].sign, right = next();
      node = right && { op, parts: [node, right] };
    }
    return node;
  };
  const sum = () => chain(["+", "-"], product), product = () => chain(["*", "/"], factor);
  const signed = (op, part) => part && { op, parts: [part] };
  const factor = () => take("-") ? signed("minus", factor()) : take("+") ? signed("plus", factor())
    : power();
  const power = () => {
    const base = primary();
    if (!base || !take("**")) return base;
    const exponent = factor();
    return exponent && { op: "**", parts: [base, exponent] };
  };
  const primary = () => {
    const token = tokens[place];
    if (token?.number) return tokens[place++];
    if (token?.name) {
      place++;
      return take("(") ? call(token.name) : token;
    }
    if (!take("(")) return null;
    if (take(")")) return { op: "tuple", parts: [] };
    const inside = sum();
    return take(")") ? inside : null;
  };
  const call = name => {
    const parts = [];
    let named = false;
    while (!is(")")) {
      const stars = take("**") ? "**" : take("*") ? "*" : "";
      if (named && stars !== "**") return null;
      named ||= stars === "**";
      const part = sum();
      if (!part) return null;
      parts.push(stars ? { op: "starred", parts: [part] } : part);
      if (!take(",")) break;
    }
    return take(")") ? { op: named ? "named" : "call", name, parts } : null;
  };
  const node = sum();
  return place === tokens.length ? node : null;
}

// Refuse a power that is not a small whole number, also where powers are nested.
function checkPowers({ op, parts = [] }, total) {
  parts.forEach((part, i) => {
    const raised = op === "**" && i === 0 ? Math.max(1, Math.abs(powerOf(parts[1]))) : 1;
    if (total * raised > LIMITS.LARGEST_TOTAL_POWER) refused("powers");
    checkPowers(part, total * raised);
  });
}

function powerOf(node) {
  const [sign, part] = node.op === "minus" ? [-1, node.parts[0]]
    : node.op === "plus" ? [1, node.parts[0]] : [1, node];
  const [top, bottom] = part.number ?? [0n, 0n];
  if (bottom !== 1n || top > BigInt(LIMITS.LARGEST_POWER)) refused("power");
  return sign * Number(top);
}

function treeOf({ op, number, name, parts }) {
  if (number) return number.join("/");
  if (!op) return name;
  if (op === "plus") return treeOf(parts[0]);
  if (op === "minus") return ["*", "-1", treeOf(parts[0])];
  if (op === "**") return ["^", treeOf(parts[0]), powerOf(parts[1])];
  if (["tuple", "starred", "named"].includes(op)) refused("only");
  if (op !== "call") return [op, ...parts.map(treeOf)];
  const values = parts.map(treeOf), count = values.length, one = GRAMMAR.one.includes(name);
  if (!count || one && count !== 1 || count > LIMITS.MOST_VALUES) refused("values", { name });
  return [name, ...values];
}

const bitLength = n => n ? (n < 0n ? -n : n).toString(2).length : 0;

// No number that the tree leads to is longer, as long as its names are not worked out.
function bitsOf(tree) {
  if (typeof tree === "string") {
    return /^[-0-9]/.test(tree) ? Math.max(...exact(tree).map(bitLength)) : 0;
  }
  const [op, ...parts] = tree;
  return op === "^" ? bitsOf(parts[0]) * Math.abs(parts[1])
    : parts.reduce((sum, part) => sum + bitsOf(part) + 1, 0);
}

// ---- expressions: their exact values at many points, as in columns.py ----

const bottomUp = ([top, bottom]) => bottom < 0n ? [-top, -bottom] : [top, bottom];
const OVER = { ...OPERATIONS, "-": minus, abs: size, sqrt: rootOf,
  "/": (a, [top, bottom]) => top ? bottomUp(times(a, [bottom, top])) : null };

function rootOf(value) {
  const [top, bottom] = reduced(...value), [a, b] = [top, bottom].map(wholeRoot);
  return top < 0n || a * a !== top || b * b !== bottom ? null : [a, b];
}

function wholeRoot(n) {
  if (n < 2n) return n;
  let root = 1n << BigInt(Math.ceil(bitLength(n) / 2));
  for (let next = root; ; root = next) {
    next = (root + n / root) / 2n;
    if (next >= root) return root;
  }
}

// The value at each point, null where there is none; throws where a divisor is 0 everywhere.
function columnOf(tree, points) {
  if (typeof tree === "string") {
    const number = /^[-0-9]/.test(tree) && exact(tree);
    return points.map(point => number || point[tree]);
  }
  const [op, ...parts] = tree;
  if (op === "^") {
    const [base, power] = parts, column = columnOf(base, points);
    if (power < 0) refuseZero(column);
    return column.map(value => value && (value[0] || power >= 0 ? raised(value, power) : null));
  }
  const columns = parts.map(part => columnOf(part, points));
  if (op === "/") refuseZero(columns[1]);
  return points.map((_, i) => {
    const [first, ...rest] = columns.map(column => column[i]);
    if (rest.some(value => !value)) return null;
    return rest.length ? rest.reduce((a, b) => a && OVER[op](a, b), first)
      : first && (OVER[op].length === 1 ? OVER[op](first) : first);
  });
}

function refuseZero(column) {
  const known = column.filter(Boolean);
  if (known.length && known.every(value => !value[0])) refused("zero");
}

// ---- expressions: the verdict, as in algebra.py and feedback.py ----

function checkExpression(text, { state, variant, right, known, told, say }) {
  const { listed, names, symbols } = state.algebra;
  const named = values => mapValues(names, symbol => values[symbols.indexOf(symbol)]);
  try {
    const tree = readTree(text, Object.keys(names), { listed });
    const groups = state.algebra.points.map(group => group.map(point => named(point.map(exact))));
    const along = one => groups.flatMap(group => columnOf(one, group));
    const given = along(tree), answers = mapValues(state.algebra.answers, along);
    const found = Object.keys(answers).find(name => agree(given, answers[name]));
    if (found) return found === "right" ? right() : known(found);
    const draw = symbols.map(symbol => exact(variant.given[symbol]));
    return otherExpression(given, answers.right, { say, listed, draw: named(draw),
      value: valueAt(tree, named(draw)), truth: valueAt(state.algebra.answers.right, named(draw)) });
  } catch (error) {
    return told(error.message);
  }
}

// Whether two columns have the same values, and enough of them.
function agree(given, other) {
  const both = given.map((value, i) => [value, other[i]]).filter(([a, b]) => a && b);
  return both.length >= LIMITS.NEEDED && both.every(([a, b]) => same(a, b));
}

function valueAt(tree, point) {
  try {
    return columnOf(tree, [point])[0];
  } catch {
    return null;
  }
}

function otherExpression(given, right, { say, listed, draw, value, truth }) {
  const scaled = factor => right.map(one => one && times(one, factor));
  if (agree(given, scaled([-1n, 1n]))) return say("opposite", {});
  if (!value || !truth) return say("different", {});
  const factor = truth[0] && value[0] && OVER["/"](value, truth);
  if (factor && agree(given, scaled(factor))) return say("multiple", { factor: showExact(factor) });
  if (same(value, truth)) return say("different", {});
  const numbers = listed.map(name => `${name} = ${showExact(draw[name])}`).join(", ");
  return say("at_numbers", { numbers, given: showExact(value), expected: showExact(truth) });
}
