// Native, labelled inputs for the controls of an explorable.

/** A name that no other element of the page has; each figure is a module of its own. */
function newId() {
  globalThis.rectifiedIds = (globalThis.rectifiedIds ?? 0) + 1;
  return `rectified-${globalThis.rectifiedIds}`;
}

function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  const { dataset, ...rest } = properties;
  Object.assign(node, rest);
  Object.assign(node.dataset, dataset);
  node.append(...children);
  return node;
}

/** The number of decimals that a step needs: 0.25 -> 2, 1e-7 -> 7. */
function decimals(step) {
  const [digits, power = "0"] = String(step).split("e");
  const written = (digits.split(".")[1] || "").length;
  return Math.max(0, written - Number(power));
}

/** Where a slider's values are: the range input counts steps on a logarithmic line. */
function lineOf(spec) {
  if (spec.kind === "log") {
    const steps = Math.round(Math.log10(spec.high / spec.low) * spec.per_decade);
    const position = (value) =>
      Math.round(Math.log10(value / spec.low) * spec.per_decade);
    const valueAt = (at) =>
      Number((spec.low * 10 ** (at / spec.per_decade)).toPrecision(3));
    const text = (value) => String(value).replace("-", MINUS);
    const written = (value) => (value < 0.001 ? value.toExponential() : String(value));
    return { ends: [0, steps, 1], position, valueAt, text, written };
  }
  const digits = decimals(spec.step);
  return {
    ends: [spec.low, spec.high, spec.step],
    position: (value) => value,
    valueAt: (at) => fitNumber(spec, at),
    text: (value) => number(value, digits),
    written: (value) => Number(value).toFixed(digits),
  };
}

function fitNumber(spec, value) {
  const inside = Math.min(Math.max(value, spec.low), spec.high);
  const steps = Math.round((inside - spec.low) / spec.step);
  return Number(Math.min(spec.low + steps * spec.step, spec.high).toPrecision(10));
}

/**
 * A range input with a number box. `change(value, message)` is called with each new
 * value, and with a sentence if what was typed had to be corrected.
 */
function slider(name, spec, change, giveUp) {
  const id = newId();
  const { ends, position, valueAt, text, written } = lineOf(spec);
  const [min, max, step] = ends;
  const clamp = (at) => Math.min(Math.max(at, min), max);
  const range = element("input", { type: "range", id, min, max, step });
  const box = element("input", { type: "number", min: spec.low, max: spec.high });
  box.step = spec.kind === "log" ? "any" : spec.step;
  box.setAttribute("aria-label", `${spec.label}, exact value`);
  const show = (value) => {
    range.value = position(value);
    range.setAttribute("aria-valuetext", `${text(value)} ${spec.unit}`.trim());
    box.value = written(value);
  };
  range.addEventListener("input", () => change(valueAt(range.valueAsNumber), ""));
  box.addEventListener("change", () => {
    const typed = box.valueAsNumber;
    if (!Number.isFinite(typed)) {
      return change(null, `${spec.label} needs a number; nothing was changed.`);
    }
    const inside = Math.min(Math.max(typed, spec.low), spec.high);
    const fitted = valueAt(position(inside));
    const limits = `${text(spec.low)} to ${text(spec.high)}`;
    const message = `${spec.label} goes from ${limits}; ${text(typed)} was set to ${text(fitted)}.`;
    change(fitted, inside === typed ? "" : message);
  });
  if (spec.kind === "log") {
    // The browser would step by 1, which is no step of this line.
    box.addEventListener("keydown", (event) => {
      const up = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!up) return;
      event.preventDefault();
      change(valueAt(clamp(range.valueAsNumber + up)), "");
    });
  }
  const label = element("label", { htmlFor: id, textContent: spec.label });
  const unit = element("span", { className: "rectified-unit", textContent: spec.unit });
  const nodes = [label, range, box, unit];
  if (!spec.play) return { nodes, inputs: [range, box], show };
  const player = playerOf(spec, change, giveUp);
  const showAll = (value) => {
    show(value);
    player.shown(value);
  };
  const inputs = [range, box, ...player.nodes];
  return { ...player, nodes: [...nodes, ...player.nodes], inputs, show: showAll };
}

function toggle(name, spec, change) {
  const input = element("input", { type: "checkbox" });
  input.addEventListener("change", () => change(input.checked, ""));
  const label = element("label", {}, input, element("span", { textContent: spec.label }));
  return { nodes: [label], inputs: [input], show: (value) => (input.checked = value) };
}

function select(name, spec, change) {
  const id = newId();
  const options = spec.options.map((value) => element("option", { value }, value));
  const input = element("select", { id }, ...options);
  input.addEventListener("change", () => change(input.value, ""));
  const label = element("label", { htmlFor: id, textContent: spec.label });
  return { nodes: [label, input], inputs: [input], show: (value) => (input.value = value) };
}

function button(name, spec, change) {
  const input = element("button", { type: "button", textContent: spec.label });
  input.addEventListener("click", () => change(name, ""));
  return { nodes: [input], inputs: [input], show: () => {} };
}

const BUILDERS = { slider, log: slider, vector: slider, toggle, select, button };

/** All controls of a figure: `{ node, show(values), rest(), behind(late), parts }`. */
function buildControls(specs, { change, press, giveUp }) {
  const node = element("div", { className: "rectified-controls" });
  const parts = {};
  let current = {};
  for (const [name, spec] of Object.entries(specs)) {
    const entry = () => current[spec.entry] - 1;
    const commit = (value, message) => {
      if (spec.kind === "button") return press(name);
      // A refused entry shows the value that still holds.
      if (value === null) return change({}, message);
      if (spec.kind !== "vector") return change({ [name]: value }, message);
      return change({ [name]: current[name].with(entry(), value) }, message);
    };
    const part = BUILDERS[spec.kind](name, spec, commit, giveUp);
    parts[name] = { ...part, entry: spec.kind === "vector" ? entry : null };
    const data = { control: name, kind: spec.kind };
    const holder = { className: "rectified-control", dataset: data };
    node.append(element("div", holder, ...part.nodes));
  }
  const show = (values) => {
    current = values;
    for (const [name, part] of Object.entries(parts)) {
      part.show(part.entry ? values[name][part.entry()] : values[name]);
    }
  };
  const all = Object.values(parts);
  const rest = () => all.forEach((part) => part.rest?.());
  const behind = (late) => all.forEach((part) => part.behind?.(late));
  return { node, show, rest, behind, parts };
}
