// The book's elements in the browser: explorers and exercise cards. No library, no network.
// Python joins these files into one script: numbers, elements, picture, explorer, card, ledger,
// expression, tries, calculator, memory, record, review, hosts.
// SHARED (messages, units, patterns, line styles) comes from Python and stands before this file.
// The module serves Jupyter (anywidget calls `render`) and, as a plain script, pages on file://.

// ---- numbers: the rules of perpedu/teaching/numbers_typed.py, in exact integers ----

const PATTERN = Object.fromEntries(Object.entries(SHARED.patterns)
  .map(([name, source]) => [name, new RegExp(source, name === "SPACES" ? "gu" : "u")]));

class Unreadable extends Error {
  constructor(reason, text = "", parts = {}) {
    super(put(SHARED.messages[reason], { text: shown(text), ...mapValues(parts, shown) }));
    this.reason = reason;
  }
}

const mapValues = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
const put = (template, parts) =>
  template.replace(/\{(\w+)\}/g, (whole, name) => Object.hasOwn(parts, name) ? parts[name] : whole);
const grouped = digits => digits.replace(/\B(?=(\d{3})+$)/g, ",");

function shown(text, longest = 40) {
  const letters = [...String(text)];
  const cut = letters.length <= longest ? letters : [...letters.slice(0, longest), "…"];
  return cut.map(c => c !== " " && /[\p{C}\p{Z}]/u.test(c) ? "\ufffd" : c).join("");
}

function tidied(text) {
  if (typeof text !== "string") throw new Unreadable("type");
  if ([...text].length > SHARED.longest) throw new Unreadable("long", text);
  const tidy = text.replace(PATTERN.SPACES, " ").replaceAll("−", "-").replaceAll("’", "'")
    .replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
  if (!tidy) throw new Unreadable("empty");
  const strange = tidy.match(PATTERN.STRANGE);
  if (strange) throw new Unreadable("character", text, { part: strange[0] });
  if (!/[0-9]/.test(tidy)) throw new Unreadable("words", tidy);
  return tidy;
}

// A number as typed: { value: [numerator, denominator] as BigInt, unit, percent }.
function readNumber(text, asked = null) {
  const tidy = tidied(text), match = tidy.match(PATTERN.SHAPE);
  if (!match || (match[1] && match[3])) throw new Unreadable("shape", tidy);
  const [, before, dollar, after, digits, exponent, divisor, words] = match;
  const unit = typedUnit(tidy, words ?? "", dollar, asked);
  let [top, bottom] = divisor ? typedFraction(tidy, digits, divisor)
    : typedDecimal(tidy, digits, exponent ?? "0");
  if (before === "-" || after === "-") top = -top;
  const percent = unit === "%";
  return { value: reduced(top, percent ? bottom * 100n : bottom), unit, percent };
}

function typedUnit(text, words, dollar, asked) {
  const lower = words.toLowerCase(), known = Object.hasOwn(SHARED.units, lower);
  if (!words) return dollar ? standsFor(dollar, asked) : null;
  const isAsked = asked && lower === asked.toLowerCase();
  if (!isAsked && !known && /[0-9]/.test(words)) throw new Unreadable("many", text);
  if (!isAsked && !known) {
    throw new Unreadable("unit", text, { part: words, units: "USDT, BTC, contracts, % or ×" });
  }
  const found = known ? SHARED.units[lower] : asked;
  if (dollar && !SHARED.standsFor.$.includes(found)) {
    throw new Unreadable("unit", text, { part: "$ … " + words, units: "one unit only" });
  }
  return standsFor(found, asked);
}

function standsFor(found, asked) {
  if (asked && Object.hasOwn(SHARED.standsFor, found) && SHARED.standsFor[found].includes(asked)) {
    return asked;
  }
  return found === "$" ? "USD" : found;
}

function typedFraction(text, digits, divisor) {
  const top = wholeNumber(digits), bottom = wholeNumber(divisor);
  if (bottom && top !== null) return [top, bottom];
  const parts = digits.match(/^([0-9]+) ([0-9]+)$/);
  if (!parts || !bottom || BigInt(parts[2]) >= bottom) throw new Unreadable("fraction", text);
  const all = BigInt(parts[1]) * bottom + BigInt(parts[2]), sign = text.startsWith("-") ? "-" : "";
  throw new Unreadable("mixed", text,
    { fraction: `${sign}${all}/${bottom}`, decimal: sign + showExact([all, bottom]) });
}

function wholeNumber(digits) {
  const groups = !/[ '.]/.test(digits) && PATTERN.GROUPED.test(digits);
  return groups || /^[0-9]+$/.test(digits) ? BigInt(digits.replaceAll(",", "")) : null;
}

function typedDecimal(text, digits, exponent) {
  const power = exponent.replace(/^[+-]+/, "");
  if (power.length > 2 || Number(power) > SHARED.largestExponent) {
    throw new Unreadable("exponent", text);
  }
  if (!PATTERN.PLAIN.test(digits) && !PATTERN.GROUPED.test(digits)) throw question(text, digits);
  const [whole, decimals = ""] = digits.replace(/[, ']/g, "").split(".");
  const top = BigInt(whole + decimals), bottom = 10n ** BigInt(decimals.length);
  const scale = 10n ** BigInt(power);
  return exponent.startsWith("-") ? [top, bottom * scale] : [top * scale, bottom];
}

function question(text, digits) {
  const one = digits.match(PATTERN.ONE_COMMA);
  if (one) {
    const whole = one[1].replace(/[. ']/g, "");
    let more = `${grouped(String(BigInt(whole || 0)))}.${one[2]}`;
    if (whole === one[1] && whole && !whole.startsWith("0")) {
      more += `, or ${grouped(String(BigInt(whole + one[2].padEnd(3, "0"))))} for thousands`;
    }
    return new Unreadable("comma", "", { part: digits, more });
  }
  if (PATTERN.MANY_COMMAS.test(digits)) {
    const [whole, decimals] = digits.replaceAll(",", "").split(".");
    const more = grouped(String(BigInt(whole))) + (decimals === undefined ? "" : "." + decimals);
    return new Unreadable("commas", "", { part: digits, more });
  }
  if (PATTERN.MANY_POINTS.test(digits)) {
    const more = grouped(String(BigInt(digits.replaceAll(".", ""))));
    return new Unreadable("points", "", { part: digits, more });
  }
  return new Unreadable("groups", text);
}

function reduced(top, bottom) {
  let a = top < 0n ? -top : top, b = bottom;
  while (b) [a, b] = [b, a % b];
  return [top / a, bottom / a];
}

// The decimal text of an exact number, or null where it has no end.
function decimalText([top, bottom]) {
  for (let places = 0; places <= 18; places++) {
    const scaled = top * 10n ** BigInt(places);
    if (scaled % bottom) continue;
    const size = String(scaled < 0n ? -scaled / bottom : scaled / bottom).padStart(places + 1, "0");
    const split = size.length - places;
    return (top < 0n ? "-" : "") + size.slice(0, split) + (places ? "." + size.slice(split) : "");
  }
  return null;
}

// A computed number as text, like `show` in Python: a half goes up, also where a float misses it.
function show(value, places = null, unit = "") {
  const size = Math.abs(value) * (unit === "%" ? 100 : 1), up = 1 + 1e-13;
  const below1 = () => 5 + String(Math.floor(up / size)).length;
  const text = (size * up).toFixed(places ?? (size * up >= 1 || size === 0 ? 2 : below1()));
  return printed(text, places === null, value < 0, unit);
}

// An exact number as text.
function showExact([top, bottom], unit = "") {
  const size = (top < 0n ? -top : top) * (unit === "%" ? 100n : 1n);
  const places = size >= bottom || !size ? 2 : 5 + String(bottom / size).length;
  const scaled = String((2n * size * 10n ** BigInt(places) + bottom) / (2n * bottom));
  const digits = scaled.padStart(places + 1, "0"), split = digits.length - places;
  return printed(digits.slice(0, split) + "." + digits.slice(split), true, top < 0n, unit);
}

function printed(text, short, negative, unit) {
  const [whole, decimals] = text.split(".");
  text = grouped(whole) + (decimals ? "." + decimals : "");
  if (short && decimals) text = text.replace(/\.?0+$/, "");
  const sign = negative && /[1-9]/.test(text) ? "−" : "";
  return sign + text + (!unit ? "" : unit === "×" ? unit : " " + unit);
}
