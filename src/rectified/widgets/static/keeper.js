// Where the answers go: to the kernel's progress file, or into the book's own storage.

const KEPT_IN_BOOK = "rectified-progress";
const NOT_YET_KEPT = "rectified-unsaved"; // answers that no kernel has confirmed
const CONFIRM_WITHIN = 6000; // ms
const UNCONFIRMED =
  "The kernel has not confirmed your answer yet: it is busy, or stopped. The answer " +
  "waits in this browser, and is sent again when a cell of the course is run.";
const NO_ROOM = "There is no room left in this browser for a copy of your progress.";
const VERSION = 1;

/** The browser's storage; without one, what is written lasts for the page. */
const storage = {
  memory: {},
  text(name) {
    try {
      return this.memory[name] ?? localStorage.getItem(name);
    } catch {
      return null;
    }
  },
  read(name) {
    try {
      return JSON.parse(this.text(name));
    } catch {
      return null;
    }
  },
  /** Write, and say whether it will last. */
  write(name, value) {
    try {
      localStorage.setItem(name, value);
      delete this.memory[name];
      return true;
    } catch {
      this.memory[name] = value;
      return false;
    }
  },
};

function isProgress(file) {
  const { version, items } = file ?? {};
  const known = Number.isInteger(version) && version >= 1 && version <= VERSION;
  return known && items !== null && typeof items === "object" && !Array.isArray(items);
}

/** The book: the reader's own progress, in this browser. */
const shelf = {
  items() {
    const file = storage.read(KEPT_IN_BOOK);
    return isProgress(file) ? file.items : {};
  },
  find(item) {
    const record = this.items()[item];
    return isRecord(record) ? record : null;
  },
  save(items) {
    let told = "";
    const before = storage.text(KEPT_IN_BOOK);
    if (before !== null && !isProgress(storage.read(KEPT_IN_BOOK))) {
      const aside = `${KEPT_IN_BOOK}-aside-${timeNow()}`;
      if (!storage.write(aside, before)) return `${NO_ROOM} This answer was not kept.`;
      told = `The progress kept here cannot be read by this version of the book. It is set aside as ${aside} in this browser's storage, and a new one begins.`;
    }
    if (storage.write(KEPT_IN_BOOK, JSON.stringify({ version: VERSION, items }))) return told;
    return "This browser keeps nothing after the page is closed. Download your progress in lesson 00.";
  },
  record(event) {
    const { item } = event;
    return this.save({ ...this.items(), [item]: applyEvent(this.find(item), event) });
  },
  merge(incoming) {
    const items = { ...this.items() };
    for (const [item, record] of Object.entries(incoming)) {
      const before = this.find(item);
      items[item] = before ? mergeRecords(before, record) : record;
    }
    return this.save(items);
  },
};

/**
 * Keep events for one widget: `record(event)`. Until the kernel confirms an event it
 * also lies in the browser, so that a kernel that has died takes nothing with it.
 */
function keeperFor(model, host, say) {
  if (host === "book") {
    const record = (event) => {
      say(shelf.record({ at: timeNow(), ...event }));
      dispatchEvent(new Event("rectified-progress"));
    };
    return { record, find: (item) => shelf.find(item), close() {} };
  }
  const open = new Map(); // serial number -> event under way, and its timer
  const waiting = () => {
    const list = storage.read(NOT_YET_KEPT); // [[event, when sent], ...]
    return Array.isArray(list) ? list.filter(Array.isArray) : [];
  };
  const without = (event) => waiting().filter(([other]) => text(other) !== text(event));
  const keepWaiting = (list) => storage.write(NOT_YET_KEPT, JSON.stringify(list));
  const send = (event) => {
    const serial = newId();
    keepWaiting([...without(event), [event, Date.now()]]);
    open.set(serial, event);
    setTimeout(() => open.has(serial) && say(UNCONFIRMED), CONFIRM_WITHIN);
    try {
      model.send({ kind: "record", serial, event });
    } catch {
      // After a restart there is no channel; the complaint follows.
    }
  };
  const receive = (answer) => {
    if (answer.kind !== "recorded" || !open.has(answer.serial)) return;
    keepWaiting(without(open.get(answer.serial)));
    open.delete(answer.serial);
    say(answer.message || "");
    dispatchEvent(new Event("rectified-progress"));
  };
  model.on("msg:custom", receive);
  // What a kernel that is gone did not confirm, this one gets.
  const late = waiting().filter(([, sent]) => Date.now() - sent > CONFIRM_WITHIN);
  for (const [event] of late) send(event);
  const find = (item) => model.get("_records")?.[item] ?? null;
  return {
    record(event) {
      const dated = { at: timeNow(), ...event };
      const record = applyEvent(find(event.item), dated);
      // Not saved: the kernel sends its own, and until then this is what views show.
      model.set("_records", { ...model.get("_records"), [event.item]: record });
      send(dated);
    },
    find,
    close: () => model.off("msg:custom", receive),
  };
}
