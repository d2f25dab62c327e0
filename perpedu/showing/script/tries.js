// ---- tries: what a second and a third one are told beside their verdict, as in tries.py ----

// What to keep of an answer that was read and is not right yet; null of any other.
function keptOf({ correct, mistake, reread, cells = {} }) {
  const names = Object.keys(cells), right = names.filter(name => cells[name].state === "right");
  if (correct || !(mistake || reread || right.length)) return null;
  const first = names.find(name => cells[name].state === "not yet");
  return { slip: first ? cells[first].mistake ?? first : mistake ?? "", right };
}

// What to say beside a verdict, and how many hints are open then.
function nextStep(face, past, verdict, hinted) {
  const now = keptOf(verdict), told = SHARED.tries, words = [];
  if (!now || !past.length || face.kind === "predict") return { words: "", hinted };
  words.push(mended(face, past.at(-1), now));
  const times = past.filter(one => one.slip === now.slip).length;
  if (times === 1 && hinted < face.hints.length) {
    hinted += 1;
    words.push(put(told[now.slip ? "same_hint" : "other_hint"], { number: hinted }));
  } else if (times) {
    words.push(put(told.solution, { line: firstSentence(face.solution) }));
  }
  return { words: words.filter(Boolean).join(" "), hinted };
}

function mended(face, last, now) {
  const told = SHARED.tries;
  if (face.rows.length) {
    const labels = Object.fromEntries(face.rows.map(row => [row.name, row.label]));
    const rows = now.right.filter(name => !last.right.includes(name)).map(name => `“${labels[name]}”`);
    return rows.length ? put(told.mended_rows, { rows: rows.join(", ") }) : "";
  }
  if (!last.slip || last.slip === now.slip) return "";
  return told[face.options.length ? "mended_option" : "mended"];
}

function firstSentence(text) {
  const line = text.trim().split("\n")[0];
  return line.match(new RegExp(SHARED.firstSentence))?.[0] ?? line;
}

// A judge that remembers what went wrong with these numbers.
function remembering() {
  let past = [];
  return {
    forget() { past = []; },
    judge(face, text, hinted) {
      const verdict = face.check(text), step = nextStep(face, past, verdict, hinted);
      past.push(...[keptOf(verdict)].filter(Boolean));
      return { ...verdict, next: step.words, hinted: step.hinted };
    },
  };
}
