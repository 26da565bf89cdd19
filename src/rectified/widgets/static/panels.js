// What is not a figure: the quiz, the map of progress, the check of the set-up.

/** A place for what went wrong with keeping an answer; empty most of the time. */
function messageLine(root) {
  const line = element("p", { className: "rectified-message", hidden: true });
  line.setAttribute("role", "alert");
  root.append(line);
  return (message) => {
    line.textContent = message;
    line.hidden = !message;
  };
}

const PANELS = { quiz: renderQuiz, map: renderMap, setup: renderSetup };

function renderPanel({ model, el }, spec) {
  const root = element("section", { className: "rectified rectified-panel" });
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", spec.title);
  root.dataset.panel = spec.kind;
  root.dataset.host = spec.host;
  root.append(element("p", { className: "rectified-title", textContent: spec.title }));
  const stopWatching = watchTheme(root, () => {});
  keepKeys(root);
  el.append(root);
  const close = PANELS[spec.kind]({ model, spec, root });
  root.dataset.ready = "true";
  return () => {
    stopWatching();
    close?.();
  };
}

// --- the map of progress --------------------------------------------------------------

const COLUMNS = { prediction: "Predictions", question: "Questions", exercise: "Exercises" };

function renderMap({ model, spec, root }) {
  const say = messageLine(root);
  const ask = spec.host === "book" ? askShelf : askKernel(model);
  const total = element("p", { className: "rectified-score" });
  const body = element("tbody");
  const heads = ["Lesson", "About", ...Object.values(COLUMNS)];
  const head = heads.map((text) => element("th", { scope: "col", textContent: text }));
  const table = element("table", { className: "rectified-map" });
  table.append(element("caption", { textContent: "What you have done so far" }));
  table.append(element("thead", {}, element("tr", {}, ...head)), body);
  const box = element("div", { className: "rectified-scroll", tabIndex: 0 }, table);
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", "Map of the lessons");

  const show = (items) => {
    body.replaceChildren(...spec.lessons.map((lesson) => rowOf(lesson, items)));
    const ids = spec.lessons.flatMap(({ items: own }) => Object.values(own).flat());
    const done = ids.filter((id) => items[id]?.state === "done").length;
    total.textContent = `${done} of ${plural(ids.length, "item")} done.`;
    total.append(element("progress", { max: ids.length, value: done }));
    total.lastChild.setAttribute("aria-label", "All items");
  };
  const request = async (event) => {
    const answer = await ask(event);
    if (answer.items) show(answer.items);
    // To look again is no reason to take away what was said.
    if (answer.message || event.do !== "look") say(answer.message || "");
    return answer;
  };
  const upload = element("input", { type: "file", accept: ".json", id: newId() });
  upload.addEventListener("change", async () => {
    const [file] = upload.files;
    if (file) await request({ do: "import", text: await file.text() });
    upload.value = ""; // so that the same file can be chosen again
  });
  const label = element("label", { htmlFor: upload.id, textContent: "Upload a saved file" });
  label.className = "rectified-upload";
  const save = makeButton("Download", async () => {
    const { text: content } = await request({ do: "export" });
    if (content) download("rectified-progress.json", content);
  });
  const sure = element("span", { hidden: true });
  const reset = makeButton("Start over …", () => {
    sure.hidden = false;
    sure.querySelector("button").focus();
  });
  const close = () => {
    sure.hidden = true;
    reset.focus();
  };
  sure.append(
    "Forget all answers? A backup is kept. ",
    makeButton("Yes, start over", async () => {
      await request({ do: "reset" });
      close();
    }),
    " ",
    makeButton("No, keep them", close),
  );
  const row = element("div", { className: "rectified-row" }, save, upload, label, reset, sure);
  const place = element("p", { className: "rectified-note", textContent: spec.place });
  root.append(total, box, row, place);
  show(spec.host === "book" ? shelf.items() : spec.items);
  say(spec.message || "");

  const look = () => request({ do: "look" });
  const news = spec.host === "book" ? ["rectified-progress", "storage", "focus"] : ["focus"];
  news.forEach((name) => addEventListener(name, look));
  look(); // what the cell had found may be long ago
  return () => news.forEach((name) => removeEventListener(name, look));
}

function rowOf(lesson, items) {
  const name = element("th", { scope: "row" });
  const title = `${lesson.number} ${lesson.title}`;
  name.append(lesson.href ? element("a", { href: lesson.href, textContent: title }) : title);
  if (lesson.needs.length) {
    const needs = `needs ${lesson.needs.join(", ")}`;
    name.append(element("small", { textContent: ` ${needs}` }));
  }
  const about = element("td", { textContent: `${lesson.minutes} min` });
  const cells = Object.keys(COLUMNS).map((kind) => {
    const ids = lesson.items[kind];
    const done = ids.filter((id) => items[id]?.state === "done").length;
    const cell = element("td", { textContent: ids.length ? `${done} of ${ids.length}` : "–" });
    if (ids.length && done === ids.length) cell.dataset.done = "true";
    return cell;
  });
  return element("tr", {}, name, about, ...cells);
}

function download(name, content) {
  const href = URL.createObjectURL(new Blob([content], { type: "application/json" }));
  const link = element("a", { href, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}

/** Ask the kernel; if it does not answer, say so. */
function askKernel(model) {
  return (event) =>
    new Promise((resolve) => {
      const serial = newId();
      const finish = (answer) => {
        model.off("msg:custom", receive);
        resolve(answer);
      };
      const receive = (answer) => answer.serial === serial && finish(answer);
      model.on("msg:custom", receive);
      const silent = "The kernel does not answer: it is busy, or stopped.";
      setTimeout(() => finish({ message: event.do === "look" ? "" : silent }), CONFIRM_WITHIN);
      try {
        model.send({ kind: "record", serial, event });
      } catch {
        // No channel; the time-out answers.
      }
    });
}

/** The same requests, answered from the browser's storage. */
async function askShelf(event) {
  const items = shelf.items();
  if (event.do === "export") return { text: JSON.stringify({ version: VERSION, items }, null, 1) };
  if (event.do === "reset") {
    const before = storage.text(KEPT_IN_BOOK);
    if (before && !storage.write(`${KEPT_IN_BOOK}-backup-${timeNow()}`, before)) {
      return { message: `${NO_ROOM} Nothing was changed: download it first.`, items };
    }
    return { message: shelf.save({}), items: {} };
  }
  if (event.do === "import") {
    let file = null;
    try {
      file = JSON.parse(event.text);
    } catch {
      // The sentence below says it.
    }
    if (!isProgress(file)) return { message: "This file is no saved progress of this course; nothing was changed." };
    const records = Object.entries(file.items).filter(([, record]) => isRecord(record));
    const message = shelf.merge(Object.fromEntries(records)) || "The file was added to what was here.";
    return { message, items: shelf.items() };
  }
  return { items };
}

// --- the check of the set-up ------------------------------------------------------------

function renderSetup({ model, spec, root }) {
  const list = element("ul", { className: "rectified-laws" });
  const add = ({ ok, says, advice = "" }) => {
    const row = element("li", { textContent: `${ok ? "✓" : "✗"} ${says}` });
    row.dataset.holds = ok ? "True" : "False";
    if (advice) row.append(element("p", { textContent: advice }));
    list.append(row);
  };
  spec.rows.forEach(add);
  const sum = element("p", { className: "rectified-score" });
  sum.setAttribute("role", "status");
  root.append(list, sum);
  const finish = (row) => {
    add(row);
    const bad = list.querySelectorAll("[data-holds=False]").length;
    sum.textContent = bad
      ? `${plural(bad, "thing")} to mend, marked with ✗.`
      : "All is well: you can begin.";
    root.dataset.done = String(bad);
  };
  const began = performance.now();
  askKernel(model)({ do: "ping" }).then(({ pong }) => {
    const time = `${Math.round(performance.now() - began)} ms`;
    finish(
      pong
        ? { ok: true, says: `Figures reach Python and get an answer (after ${time}).` }
        : {
            ok: false,
            says: "Figures do not reach Python.",
            advice: "Is another cell still running? Wait for it, and run this cell again. Otherwise choose Kernel → Restart Kernel and Run All Cells.",
          },
    );
  });
}
