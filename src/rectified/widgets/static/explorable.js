// One interactive figure: controls above, picture, the finding in words below.
// Two hosts give the same `model`: a kernel (anywidget) or the book (host.js).

const SPEAK_AFTER = 700; // ms at rest before a screen reader hears the finding
const HUSH_AFTER = 4000; // ms until the spoken text leaves the page again
const SAVE_AFTER = 250; // ms at rest before the kernel learns the values

function same(first, second) {
  return JSON.stringify(first) === JSON.stringify(second);
}

/** The words and buttons around the picture. */
function buildFrame(spec) {
  const make = (tag, name, properties) =>
    element(tag, { className: `rectified-${name}`, ...properties });
  const parts = {
    root: make("section", "root rectified"),
    title: make("p", "title", { textContent: spec.title }),
    picture: make("div", "picture"),
    finding: make("p", "finding"),
    progress: make("p", "progress", { hidden: true }),
    message: make("p", "message", { hidden: true }),
    status: make("p", "status"),
    note: make("p", "note", { hidden: true }),
    footer: make("div", "footer"),
    reset: element("button", { type: "button", textContent: "Reset" }),
    copy: element("button", { type: "button", textContent: "Copy this setting" }),
    copied: make("span", "copied"),
    source: make("details", "source"),
  };
  parts.root.setAttribute("role", "group");
  parts.root.setAttribute("aria-label", spec.title);
  parts.root.dataset.figure = spec.name;
  parts.root.dataset.host = spec.host;
  parts.status.setAttribute("role", "status");
  parts.message.setAttribute("role", "alert");
  parts.bar = element("progress");
  parts.bar.setAttribute("aria-label", "Training");
  parts.reached = element("span");
  parts.progress.append(parts.bar, parts.reached);
  parts.source.append(element("summary", { textContent: "How is this made?" }));
  for (const { path, code, url } of spec.sources) {
    const name = url ? element("a", { href: url, textContent: path }) : path;
    const block = element("pre", { tabIndex: 0 }, element("code", { textContent: code }));
    block.setAttribute("aria-label", `Source code of ${path}`);
    block.setAttribute("role", "group"); // a region would have to be unique
    parts.source.append(element("p", {}, name), block);
  }
  parts.footer.append(parts.reset, parts.copy, parts.copied, parts.source);
  return parts;
}

async function renderFigure({ model, el }, spec) {
  const frame = buildFrame(spec);
  const { root } = frame;
  let values = { ...model.get("values") };
  let start = spec.initial;
  let drawn = 0;
  let asked = false; // a screen reader hears only what its user asked for
  root.dataset.drawn = "0";
  root.dataset.theme = themeNow();

  const hush = later(HUSH_AFTER, () => (frame.status.textContent = ""));
  const speak = later(SPEAK_AFTER, (text) => {
    frame.status.textContent = text;
    hush();
  });
  const save = later(SAVE_AFTER, () => {
    model.set("values", values);
    model.save_changes();
  });
  const say = (message) => {
    frame.message.textContent = message;
    frame.message.hidden = !message;
  };
  const ui = {
    say,
    waitingFor:
      spec.host === "book"
        ? "The picture is still on its way."
        : "Waiting for the kernel: it is busy with another cell, or stopped.",
    pictureSize() {
      const width = Math.round(Math.min(frame.picture.clientWidth || 720, spec.size[0]));
      const narrow = width < NARROW_BELOW;
      return { width, height: narrow ? spec.narrowSize[1] : spec.size[1] };
    },
    view() {
      const layout = ui.pictureSize().width < NARROW_BELOW ? "narrow" : "wide";
      return { theme: root.dataset.theme, layout, scale: devicePixelRatio };
    },
    shown(finding, message = "") {
      frame.picture.classList.remove("rectified-failed");
      frame.finding.textContent = finding;
      // The text may grow a line but never shrinks, so the page below stays put.
      const { minHeight } = frame.finding.style;
      const height = frame.finding.offsetHeight;
      if (height > parseFloat(minHeight || 0)) frame.finding.style.minHeight = `${height}px`;
      say(message);
      if (asked) speak(finding);
      root.dataset.drawn = String(++drawn);
    },
    failed(message) {
      frame.picture.classList.add("rectified-failed");
      say(message);
      root.dataset.drawn = String(++drawn);
    },
    /** A training has only come to `reached`; null if it is where it should be. */
    behind(reached, wanted) {
      controls.behind(reached !== null);
      frame.progress.hidden = reached === null;
      if (reached === null) return;
      frame.bar.max = wanted;
      frame.bar.value = reached;
      frame.reached.textContent = `Training: step ${reached} of ${wanted}`;
    },
    /** The host's last word on the values: buttons and limits may have changed them. */
    settled(answer, last) {
      if (!last || same(answer, values)) return;
      values = answer;
      controls.show(values);
      save();
    },
    change(patch, message = "") {
      update({ ...values, ...patch }, message);
      const moved = Object.keys(patch).find((name) => !same(values[name], patch[name]));
      if (!moved || message) return;
      say(`${spec.controls[moved].label} was set to ${values[moved]}.`);
    },
  };
  const settle = (proposal, previous) => {
    if (!figure?.settle) return proposal;
    try {
      return figure.settle(proposal, previous);
    } catch (error) {
      ui.failed(`These values do not fit together: ${error.message}.`);
      return previous;
    }
  };
  const update = (proposal, message = "", pressed = "") => {
    asked = true;
    values = settle(proposal, values);
    frame.copied.textContent = ""; // it would name another setting now
    controls.show(values);
    painter.show(values, message, pressed);
    save();
  };
  const press = (name) => {
    if (!figure) return update(values, "", name);
    const pressed = figure.press(name, values);
    const idle = same(pressed, values);
    update(pressed, idle ? `${spec.controls[name].label}: nothing to do here.` : "");
  };
  const giveUp = () => painter.giveUp();
  const controls = buildControls(spec.controls, { change: ui.change, press, giveUp });
  const keeper = spec.prediction && keeperFor(model, spec.host, say);
  root.append(frame.title, controls.node, frame.picture, frame.finding);
  root.append(frame.progress, frame.message);
  root.append(frame.note, frame.footer, frame.status);
  el.append(root);

  const figure = spec.script ? await loadFigure(spec.script, spec.constants) : null;
  const first = model.get("_first");
  const painter = figure
    ? scriptPainter({ figure, holder: frame.picture, ui })
    : pictureRequester({ model, holder: frame.picture, ui, first });

  frame.picture.style.setProperty("--rx-width", `${spec.size[0]}px`);
  const resize = () => {
    const { width, height } = ui.pictureSize();
    const narrow = width < NARROW_BELOW;
    const [w, h] = narrow ? spec.narrowSize : spec.size;
    const ratio = figure ? `${width} / ${height}` : `${w} / ${h}`;
    frame.picture.style.aspectRatio = ratio;
  };
  resize();
  start = settle(start, spec.defaults);
  if (same(values, spec.initial)) values = start;
  controls.show(values);
  markControls(spec, controls, frame.note);
  painter.show(values, model.get("message") || "");

  frame.reset.addEventListener("click", () => {
    controls.rest();
    update({ ...start });
  });
  frame.copy.addEventListener("click", () => copy(python(spec.call, values), frame.copied));
  keepKeys(root);
  const fromHost = () => {
    const news = model.get("values");
    if (!same(news, values)) update({ ...news });
  };
  model.on("change:values", fromHost);
  const stopWatching = watchSurroundings(root, frame.picture, () => {
    resize();
    painter.show(values);
  });
  if (spec.prediction) {
    const lock = (closed) => {
      root.dataset.locked = String(closed);
      root.dataset.covered = String(closed && spec.prediction.cover);
      controls.node.inert = frame.footer.inert = closed;
    };
    const reveal = (shown) => Object.keys(shown).length && update({ ...values, ...shown });
    const question = buildPrediction(spec.prediction, { keeper, lock, reveal });
    frame.title.after(question.node);
  }
  root.dataset.ready = "true";
  return () => {
    keeper?.close();
    stopWatching();
    model.off("change:values", fromHost);
    painter.close();
  };
}

/** Disable what only a kernel can move, and say where it does. */
function markControls(spec, controls, note) {
  if (!spec.frozen?.length) return;
  for (const name of spec.frozen) {
    for (const input of controls.parts[name].inputs) input.disabled = true;
  }
  const labels = spec.frozen.map((name) => spec.controls[name].label);
  note.append(`${labels.join(", ")}: runs live in JupyterLab. Open this page in `);
  spec.launch.forEach(([name, href, hint], index) => {
    note.append(index ? " or " : "", element("a", { href, textContent: name }));
    if (hint) note.append(` (${hint})`);
  });
  note.append(".");
  note.hidden = false;
}

async function copy(line, place) {
  try {
    await navigator.clipboard.writeText(line);
    place.textContent = "Copied: ";
  } catch {
    place.textContent = "Copy this: ";
  }
  place.append(element("code", { textContent: line }));
}

function render(host) {
  const spec = host.model.get("_spec");
  return spec.kind ? renderPanel(host, spec) : renderFigure(host, spec);
}

export { loadFigure, Plot, helpers, applyEvent, mergeRecords };
export default { render };
