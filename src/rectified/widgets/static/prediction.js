// A question before a figure: its controls open when the learner has committed to an
// answer, or skipped. Then the outcome lies over the prediction.

const KINDS = { options: optionsEntry, number: numberEntry, curve: curveEntry };

/** HTML of the course's own texts, formulas included. */
function rich(tag, html, name = "") {
  const node = element(tag, { innerHTML: html });
  if (name) node.className = `rectified-${name}`;
  return node;
}

function makeButton(textContent, action, properties = {}) {
  const node = element("button", { type: "button", textContent, ...properties });
  node.addEventListener("click", action);
  return node;
}

/**
 * The question above a figure: `{ node }`. `lock(true or false)` closes and opens the
 * figure, `reveal(values)` moves it to where it shows the outcome.
 */
function buildPrediction(asked, { keeper, lock, reveal }) {
  const node = element("div", { className: "rectified-predict" });
  const kind = ["number", "curve"].find((name) => asked[name]) ?? "options";
  // An answer that does not fit was kept before the question was changed.
  const answered = () => {
    const record = keeper.find(asked.id);
    return record?.tries > 0 && KINDS[kind](asked).fits(record.last) ? record : null;
  };
  const note = (event) => keeper.record({ item: asked.id, kind: "prediction", ...event });
  const question = () => {
    const line = rich("p", `<b>Predict first.</b> ${asked.asks}`, "asks");
    line.id = newId();
    return line;
  };

  const ask = () => {
    lock(true);
    const line = question();
    const missing = element("p", { className: "rectified-missing" });
    missing.setAttribute("role", "alert");
    const entry = KINDS[kind](asked, (message) => (missing.textContent = message));
    entry.node.setAttribute("role", kind === "options" ? "radiogroup" : "group");
    entry.node.setAttribute("aria-labelledby", line.id);
    const commit = makeButton("Commit to this", () => {
      const answer = entry.answer();
      if (answer === null) {
        missing.textContent = entry.missing;
        return;
      }
      note({ state: "done", answer, right: entry.isRight(answer) });
      tell(answer, "");
      lock(false);
      reveal(asked.show);
      node.querySelector("input")?.focus();
    }, { className: "rectified-commit" });
    const before = answered();
    const skip = makeButton(before ? "Keep what I predicted" : "Skip, open the figure", () => {
      if (before) {
        tell(before.last, before.why);
      } else {
        note({ state: "skipped" });
        skipped();
      }
      lock(false);
      node.querySelector("button").focus();
    }, { className: "rectified-skip" });
    const row = element("div", { className: "rectified-row" }, commit, skip);
    node.replaceChildren(line, entry.node, row, missing);
    node.dataset.state = "open";
  };

  // The button that asks again goes with what it stands in, and the focus must not.
  const askAgain = () => {
    ask();
    node.querySelector("input").focus();
  };

  const skipped = () => {
    node.replaceChildren(
      rich("p", `You skipped a prediction: ${asked.asks}`, "asks"),
      element("div", { className: "rectified-row" }, makeButton("Predict after all", askAgain)),
    );
    node.dataset.state = "skipped";
  };

  const tell = (answer, why) => {
    const { outcome, isRight } = KINDS[kind](asked);
    const right = isRight(answer);
    const told = element("div", { id: newId() }, ...outcome(answer, right));
    const explanation = element("div");
    explanation.setAttribute("role", "status");
    const explain = () => explanation.replaceChildren(rich("p", asked.explains, "explains"));
    if (why) explain();
    const input = element("input", { type: "text", id: newId(), value: why });
    input.maxLength = 500;
    // The focus comes here after the answer, so the outcome is heard with it, once.
    input.setAttribute("aria-describedby", told.id);
    const keep = () => {
      if (input.value.trim()) note({ why: input.value.trim() });
      explain();
    };
    const form = element(
      "form",
      { className: "rectified-why" },
      element("label", {
        htmlFor: input.id,
        textContent: right
          ? "Why is that so? One line, for yourself."
          : "What makes the difference? One line, for yourself.",
      }),
      input,
      element("button", { textContent: "Compare with ours" }),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      keep();
    });
    const again = element("div", { className: "rectified-row" }, makeButton("Predict again", askAgain));
    node.replaceChildren(question(), told, form, explanation, again);
    node.dataset.state = right ? "right" : "other";
  };

  const kept = answered();
  if (kept) tell(kept.last, kept.why);
  else if (keeper.find(asked.id)?.tries === 0) skipped();
  else ask();
  return { node };
}

// Each kind: the entry, what it holds (null: nothing yet), whether a kept answer fits,
// and the outcome over it.

function optionsEntry({ options, answer: key }) {
  const name = newId();
  const node = element("div", { className: "rectified-options" });
  for (const option of options) {
    const input = element("input", { type: "radio", name, value: option.key });
    node.append(element("label", {}, input, rich("span", option.text)));
  }
  const outcome = (answer) => {
    const list = element("ul", { className: "rectified-outcome" });
    for (const option of options) {
      const item = element("li", {}, rich("span", option.text));
      const tags = [];
      if (option.key === answer) tags.push("your prediction");
      if (option.key === key) tags.push("what happens");
      for (const tag of tags) {
        item.append(" ", element("b", { className: "rectified-tag", textContent: tag }));
      }
      if (option.key === key) item.dataset.right = "true";
      list.append(item);
    }
    const chosen = options.find((option) => option.key === answer);
    return [list, ...(chosen ? [rich("p", chosen.says)] : [])];
  };
  return {
    node,
    missing: "Choose one of the answers first.",
    answer: () => node.querySelector("input:checked")?.value ?? null,
    fits: (answer) => options.some((option) => option.key === answer),
    isRight: (answer) => answer === key,
    outcome,
  };
}

function numberEntry({ number: asked, answer: measured }, say) {
  const { low, high, step, unit, within } = asked;
  let value = null;
  const spec = { kind: "slider", label: "Your prediction", low, high, step, unit };
  const part = slider("prediction", spec, (typed, message) => {
    value = typed; // null: the box was emptied
    if (typed !== null) part.show(value);
    say(message);
  });
  const middle = fitNumber(spec, (low + high) / 2);
  // Nothing is chosen yet: the box is empty, and a press on the slider is a choice.
  part.show(middle);
  const [range, box] = part.inputs;
  box.value = "";
  range.addEventListener("pointerup", () => {
    value = fitNumber(spec, range.valueAsNumber);
    part.show(value);
  });
  const node = element("div", { className: "rectified-entry" }, ...part.nodes);
  const digits = decimals(step);
  const written = (n) => `${number(n, digits)} ${unit}`.trim();
  const outcome = (answer, right) => {
    const words = right ? "That is right" : `It is ${written(measured)}`;
    const close = right && Math.abs(answer - measured) > 1e-9;
    const line = `You predicted ${written(answer)}. ${words}${close ? `, within ${written(within)}: it is ${written(measured)}` : ""}.`;
    return [scaleOf(asked, answer, measured), element("p", { textContent: line })];
  };
  return {
    node,
    missing: "Move the slider, or type a number, first.",
    answer: () => value,
    fits: Number.isFinite,
    isRight: (answer) => Math.abs(answer - measured) <= within + 1e-9,
    outcome,
  };
}

/** A line from low to high with the prediction and the outcome on it. */
function scaleOf({ low, high, step }, answer, measured) {
  const [svg, plot] = blankPlot(420, 58);
  const at = (value) => 24 + (372 * (value - low)) / (high - low);
  const digits = decimals(step);
  plot.path([[24, 30], [396, 30]], { color: "gray", width: 2 });
  for (const end of [low, high]) {
    plot.text(at(end), 50, number(end, digits), { anchor: "middle", size: 12, color: "muted" });
  }
  const anchor = (value) => (at(value) < 90 ? "start" : at(value) > 330 ? "end" : "middle");
  plot.circle(at(answer), 30, 7, { color: "orange", fill: "surface", width: 3 });
  plot.text(at(answer), 14, "you", { anchor: anchor(answer), size: 12, bold: true });
  plot.circle(at(measured), 30, 5, { color: "none", fill: "blue" });
  plot.text(at(measured), 50, "measured", { anchor: anchor(measured), size: 12, bold: true });
  plot.finish();
  return svg;
}

/** A picture to draw in; without a label, the words beside it say the same. */
function blankPlot(width, height, label = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.id = newId();
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  if (label) svg.setAttribute("role", "img");
  svg.setAttribute(label ? "aria-label" : "aria-hidden", label || "true");
  svg.setAttribute("class", "rectified-sketch");
  svg.style.maxWidth = `${width}px`;
  return [svg, new Plot(svg, width, height)];
}
