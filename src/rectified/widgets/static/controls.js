// Native, labelled inputs for the controls of an explorable.

let identifiers = 0;

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

function fitNumber(spec, value) {
  const inside = Math.min(Math.max(value, spec.low), spec.high);
  const steps = Math.round((inside - spec.low) / spec.step);
  return Number(Math.min(spec.low + steps * spec.step, spec.high).toPrecision(10));
}

/**
 * A range input with a number box. `change(value, message)` is called with each new
 * value, and with a sentence if what was typed had to be corrected.
 */
function slider(name, spec, change) {
  const id = `rectified-${++identifiers}`;
  const limits = { min: spec.low, max: spec.high, step: spec.step };
  const range = element("input", { type: "range", id, ...limits });
  const box = element("input", { type: "number", ...limits });
  box.setAttribute("aria-label", `${spec.label}, exact value`);
  const digits = decimals(spec.step);
  const show = (value) => {
    range.value = value;
    range.setAttribute("aria-valuetext", `${number(value, digits)} ${spec.unit}`.trim());
    box.value = Number(value).toFixed(digits);
  };
  range.addEventListener("input", () => change(fitNumber(spec, range.valueAsNumber), ""));
  box.addEventListener("change", () => {
    const typed = box.valueAsNumber;
    const fitted = Number.isFinite(typed) ? fitNumber(spec, typed) : null;
    let message = "";
    if (fitted === null) message = `${spec.label} needs a number; nothing was changed.`;
    else if (typed < spec.low || typed > spec.high) {
      message =
        `${spec.label} goes from ${number(spec.low, digits)} to ` +
        `${number(spec.high, digits)}; ${number(typed, digits)} was set to ` +
        `${number(fitted, digits)}.`;
    }
    change(fitted, message);
  });
  const label = element("label", { htmlFor: id, textContent: spec.label });
  const unit = element("span", { className: "rectified-unit", textContent: spec.unit });
  return { nodes: [label, range, box, unit], inputs: [range, box], show };
}

function toggle(name, spec, change) {
  const input = element("input", { type: "checkbox" });
  input.addEventListener("change", () => change(input.checked, ""));
  const label = element("label", {}, input, element("span", { textContent: spec.label }));
  return { nodes: [label], inputs: [input], show: (value) => (input.checked = value) };
}

function select(name, spec, change) {
  const id = `rectified-${++identifiers}`;
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

const BUILDERS = { slider, vector: slider, toggle, select, button };

/** All controls of a figure: `{ node, show(values), inputs }`. */
function buildControls(specs, { change, press }) {
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
    const part = BUILDERS[spec.kind](name, spec, commit);
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
  return { node, show, parts };
}
