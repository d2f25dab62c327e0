// ---- record: the reader's answers, and when a question comes back; record.py and spacing.py ----

const { days: DAYS, levels: LEVELS, sitting: SITTING, words: WORDS, long_ago: LONG_AGO } = SHARED.spacing;
const MOMENT = new RegExp(SHARED.spacing.moment), EPOCH = 719163; // 1970-01-01 as Python counts

const isText = value => typeof value === "string" && value && [...value].length <= SHARED.spacing.longest;
const isCount = least => value =>
  Number.isInteger(value) && least <= value && value <= SHARED.spacing.most;
const FIELDS = { exercise: isText, seed: value => value === "" || isText(value), time: isMoment,
  correct: value => typeof value === "boolean", mistake: value => value === null || isText(value),
  hints: isCount(0), tries: isCount(1) };
const MISSING = { mistake: null, hints: 0, tries: 1 };

const dayNumber = time => {
  const [year, month, day] = time.slice(0, 10).split("-").map(Number);
  return Date.UTC(year, month - 1, day) / 864e5 + EPOCH;
};

// A moment, on a day that the calendar has.
function isMoment(value) {
  if (typeof value !== "string" || !MOMENT.test(value)) return false;
  const there = new Date((dayNumber(value) - EPOCH) * 864e5).toISOString();
  return there.slice(0, 10) === value.slice(0, 10);
}

// The answers in the text of a record, and the lines that are none.
function readRecord(text) {
  const answers = [], strangers = [];
  text.replace(/^\ufeff/, "").split("\n").forEach((line, place) => {
    if (!line.replace(/[ \t\r]/g, "")) return;
    const found = readAnswer(line);
    if (typeof found === "string") strangers.push({ number: place + 1, why: SHARED.spacing.why[found] });
    else answers.push(found);
  });
  return { answers, strangers };
}

function readAnswer(line) {
  let given;
  try { given = JSON.parse(line); } catch { return "json"; }
  if (given === null || typeof given !== "object" || Array.isArray(given)) return "object";
  const answer = {};
  for (const [name, fine] of Object.entries(FIELDS)) {
    answer[name] = Object.hasOwn(given, name) ? given[name] : MISSING[name];
    if (!fine(answer[name])) return name;
  }
  return answer;
}

const NEW = { level: 0, due: 0, place: -1, seed: "", right: false };

// The standing of an exercise after one more answer; right before it is due moves nothing.
function afterAnswer(old, answer, place) {
  const day = dayNumber(answer.time), early = answer.correct && day < old.due;
  const came = !answer.correct ? "wrong" : answer.hints ? "helped" : "right";
  const level = early ? old.level : LEVELS[came][old.level];
  return { level, due: early ? old.due : day + DAYS[level], place, seed: answer.seed,
    right: old.right || answer.correct };
}

// An answer of a later day than tomorrow counts as long ago: a clock was ahead.
function standingsOf(answers, today = Infinity) {
  const known = new Map(), moment = answer => Date.parse(answer.time);
  answers.map(one => dayNumber(one.time) <= today + 1 ? one : { ...one, time: LONG_AGO }).sort((a, b) => moment(a) - moment(b)).forEach((answer, place) => {
    known.set(answer.exercise, afterAnswer(known.get(answer.exercise) ?? NEW, answer, place));
  });
  return known;
}

// What is due on a day, those first that have waited longest; `asked` are { id, section }.
const dueOf = (known, asked, day) => asked.filter(({ id }) => known.has(id) && known.get(id).due <= day)
  .sort((a, b) => known.get(a.id).due - known.get(b.id).due
    || known.get(a.id).place - known.get(b.id).place);

function nextDay(known, asked, day) {
  const later = asked.map(({ id }) => known.get(id)?.due).filter(due => due > day);
  return later.length ? Math.min(...later) : null;
}

const chapterOf = ({ id }) => id.split(".")[0];
const sectionOf = one => `${chapterOf(one)} ${one.section}`;

// Never two of one section in a row where that can be avoided, rather another chapter.
function interleaved(questions) {
  const left = questions.slice(), mixed = [];
  while (left.length) {
    mixed.push(following(left, mixed.at(-1)));
    left.splice(left.indexOf(mixed.at(-1)), 1);
  }
  return mixed;
}

function following(left, last) {
  const counts = new Map();
  for (const one of left) counts.set(sectionOf(one), (counts.get(sectionOf(one)) ?? 0) + 1);
  const crowded = one => 2 * counts.get(sectionOf(one)) > left.length;
  const other = left.filter(one => !last || sectionOf(one) !== sectionOf(last));
  const elsewhere = other.filter(one => !last || chapterOf(one) !== chapterOf(last));
  return other.find(crowded) ?? elsewhere[0] ?? other[0] ?? left[0];
}

const stateOf = standing => !standing ? "open" : standing.right ? "right" : "tried";
const inDays = days => days <= 0 ? "today" : days === 1 ? "tomorrow" : `in ${days} days`;

// What is said where no question is shown.
function restWords(known, asked, day) {
  const waiting = dueOf(known, asked, day).length, next = nextDay(known, asked, day);
  if (waiting) return put(WORDS.more, { count: waiting, are: waiting === 1 ? "is" : "are" });
  return next === null ? WORDS.nothing : put(WORDS.rest, { when: inDays(next - day) });
}

// ---- record: where a browser keeps it; a window that refuses keeps it until it is left ----

const twoDigits = n => String(n).padStart(2, "0");

function momentNow(now = new Date()) {
  const shift = -now.getTimezoneOffset(), far = Math.abs(shift);
  const date = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map(twoDigits).join("-");
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(twoDigits).join(":");
  return `${date}T${time}${shift < 0 ? "-" : "+"}${twoDigits(Math.floor(far / 60))}:${twoDigits(far % 60)}`;
}

const record = {
  name: "perpedu record", here: "", refused: false,
  text() { return this.refused ? this.here : kept.text(this.name); },
  // Whether the browser keeps it.
  append(lines) {
    if (!lines.length) return !this.refused;
    const old = this.text(), gap = old && !old.endsWith("\n") ? "\n" : "";
    const text = old + gap + lines.map(line => line + "\n").join("");
    if (!this.refused && !kept.put(this.name, text)) this.refused = true;
    if (this.refused) this.here = text;
    return !this.refused;
  },
  add(answer) { return this.append([JSON.stringify(answer)]); },
  // The answers of a file, those that are here already once.
  take(text) {
    const { answers, strangers } = readRecord(text), line = answer => JSON.stringify(answer);
    const here = new Set(readRecord(this.text()).answers.map(line));
    const news = [...new Set(answers.map(line))].filter(one => !here.has(one));
    this.append(news);
    return { added: news.length, strangers };
  },
  delete() {
    this.here = "";
    kept.forget(key => key.startsWith("perpedu "));
  },
};

// All answers; the marks that earlier pages left, of exercises without one, count as long ago.
function allAnswers(ids) {
  const read = readRecord(record.text()), there = new Set(read.answers.map(one => one.exercise));
  const marks = new Map(kept.keys().map(key => [/^perpedu .* (pp-[a-z0-9-]+)$/.exec(key)?.[1], key]));
  const old = ids.filter(id => !there.has(id) && marks.has(idOf(id))).map(id => ({ exercise: id,
    seed: "", time: LONG_AGO, correct: kept.read(marks.get(idOf(id))).right === true,
    mistake: null, hints: 0, tries: 1 }));
  return { ...read, answers: [...old, ...read.answers] };
}

// How each exercise stood when the page was opened.
let standing = null;
const standingsHere = () => standing ??= standingsOf(readRecord(record.text()).answers);
