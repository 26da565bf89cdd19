// What a learner has done with an item. The kernel has the same two functions in
// practice/records.py, which says what the fields mean; a test compares them.

const STATES = ["skipped", "tried", "done"];
const TIMED = [["first", "right_first"], ["last", "right"], ["why"], ["code"]];

/** "2026-11-28T07:00:00Z" */
function timeNow() {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

/** The record after an event. */
function applyEvent(record, event) {
  const { at, state = "skipped", answer = null, right = false } = event;
  const next = {
    ...{ kind: event.kind, state: "skipped", tries: 0, first: null, right_first: false },
    ...{ last: null, right: false, why: "", code: "", began: at, changed: at },
    ...record,
  };
  if (state !== "skipped") {
    if (!next.tries) Object.assign(next, { first: answer, right_first: right, first_at: at });
    Object.assign(next, { last: answer, right, last_at: at, tries: next.tries + 1 });
  }
  for (const name of ["why", "code"]) {
    if (event[name]) Object.assign(next, { [name]: event[name], [`${name}_at`]: at });
  }
  next.state = furtherState(next.state, state);
  if (at < next.began) next.began = at;
  if (at > next.changed) next.changed = at;
  return next;
}

function furtherState(a, b) {
  return STATES.indexOf(a) > STATES.indexOf(b) ? a : b;
}

/** Whether something that came from outside has what a record must have. */
function isRecord(record) {
  const texts = ["kind", "why", "code", "began", "changed"];
  return (
    STATES.includes(record?.state) &&
    Number.isInteger(record.tries) &&
    texts.every((name) => typeof record[name] === "string")
  );
}

/** What two stores know together about one item. */
function mergeRecords(a, b) {
  const both = [a, b];
  const merged = {};
  for (const name of Object.keys({ ...a, ...b })) {
    merged[name] = both.filter((r) => name in r).map((r) => r[name]).sort(byText).at(-1);
  }
  merged.state = furtherState(a.state, b.state);
  merged.tries = Math.max(a.tries, b.tries);
  merged.began = a.began < b.began ? a.began : b.began;
  merged.changed = a.changed > b.changed ? a.changed : b.changed;
  for (const names of TIMED) {
    const given = both.filter((record) => since(record, names[0]));
    const rank = (record) => [since(record, names[0]), text(names.map((n) => record[n]))];
    const order = (x, y) => compare(rank(x)[0], rank(y)[0]) || compare(rank(x)[1], rank(y)[1]);
    const sorted = (given.length ? given : both).toSorted(order);
    const source = names[0] === "first" ? sorted[0] : sorted.at(-1);
    for (const name of names) merged[name] = source[name];
    const at = since(source, names[0]);
    if (at) merged[`${names[0]}_at`] = at;
  }
  return merged;
}

/** The time of a value; "" if no event gave it. */
function since(record, name) {
  if (!record[["first", "last"].includes(name) ? "tries" : name]) return "";
  return record[`${name}_at`] ?? (name === "first" ? record.began : record.changed);
}

/** JSON with sorted keys, as Python writes it. */
function text(value) {
  if (Array.isArray(value)) return `[${value.map(text).join(", ")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.keys(value).sort().map((k) => `${JSON.stringify(k)}: ${text(value[k])}`);
  return `{${entries.join(", ")}}`;
}

function compare(x, y) {
  return x < y ? -1 : Number(x > y);
}

function byText(x, y) {
  return compare(text(x), text(y));
}
