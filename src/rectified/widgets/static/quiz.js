// Questions, each with its own answer to every answer.

function renderQuiz({ model, spec, root }) {
  const say = messageLine(root);
  const keeper = keeperFor(model, spec.host, say);
  const score = element("p", { className: "rectified-score" });
  const list = element("ol", { className: "rectified-questions" });
  const update = () => {
    const all = spec.questions.map(({ id }) => keeper.find(id));
    const right = all.filter((record) => record?.state === "done").length;
    const first = all.filter((record) => record?.right_first).length;
    score.textContent = `${right} of ${all.length} answered rightly, ${first} of them at the first try.`;
  };
  for (const question of spec.questions) {
    const note = (event) => {
      keeper.record({ item: question.id, kind: "question", ...event });
      update();
    };
    const form = buildQuestion(question, keeper.find(question.id), note);
    list.append(element("li", {}, form));
  }
  update();
  root.append(list, score);
  return keeper.close;
}

function buildQuestion(question, record, note) {
  const { many, options, number: asked } = question;
  const form = element("form", { className: "rectified-question" });
  const field = element("fieldset");
  const told = element("div", { className: "rectified-told" });
  told.setAttribute("role", "status");
  const entry = asked ? typedNumber(asked) : choices(options, many);
  const hint = many ? " <i>(Choose all that are right.)</i>" : "";
  field.append(rich("legend", question.asks + hint), entry.node);
  form.append(field, element("button", { textContent: "Check" }), told);
  const judge = (answer) => {
    const { right, says } = entry.judge(answer, question);
    form.dataset.state = right ? "right" : "wrong";
    told.replaceChildren(rich("p", `<b>${right ? "Right." : "Not yet."}</b> ${says}`));
    entry.mark(answer, right);
    return right;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const answer = entry.answer();
    if (answer === null) {
      form.dataset.state = "";
      told.replaceChildren(element("p", { textContent: entry.missing }));
      return;
    }
    const right = judge(answer);
    note({ state: right ? "done" : "tried", answer, right });
  });
  form.addEventListener("input", () => {
    // What was said belongs to another answer.
    form.dataset.state = "";
    told.replaceChildren();
    entry.unmark();
  });
  // An answer that does not fit was kept before the question was changed.
  if (record?.tries && entry.fits(record.last)) {
    entry.show(record.last);
    judge(record.last);
  }
  return form;
}

/** Options to tick: one, or many. An answer is the list of their positions. */
function choices(options, many) {
  const name = newId();
  const type = many ? "checkbox" : "radio";
  const node = element("div", { className: "rectified-options" });
  const inputs = options.map(() => element("input", { type, name }));
  const notes = options.map(() => element("p", { className: "rectified-says", hidden: true }));
  options.forEach((option, i) => {
    node.append(element("label", {}, inputs[i], rich("span", option.text)), notes[i]);
  });
  const unmark = () => {
    notes.forEach((line) => (line.hidden = true));
    node.querySelectorAll("label").forEach((label) => delete label.dataset.right);
  };
  const judge = (answer) => {
    const right = options.every((option, i) => option.right === answer.includes(i));
    const missing = options.filter((option, i) => option.right && !answer.includes(i));
    const wrong = answer.filter((i) => !options[i].right);
    if (!many || right) return { right, says: options[answer[0]].says };
    if (wrong.length) return { right, says: options[wrong[0]].says };
    return { right, says: `What you chose is right, and ${plural(missing.length, "more answer")} ${missing.length === 1 ? "is" : "are"}, too.` };
  };
  /** Show what there is to say to each chosen option; at the end, to all. */
  const mark = (answer, right) => {
    unmark();
    const labels = node.querySelectorAll("label");
    options.forEach((option, i) => {
      const chosen = answer.includes(i);
      if (!chosen && !right) return;
      notes[i].innerHTML = option.says;
      notes[i].hidden = !many && chosen; // it stands below already
      if (chosen) labels[i].dataset.right = String(option.right);
    });
  };
  return {
    node,
    missing: many ? "Choose at least one answer." : "Choose an answer.",
    answer: () => {
      const ticked = inputs.flatMap((input, i) => (input.checked ? [i] : []));
      return ticked.length ? ticked : null;
    },
    fits: (answer) => Array.isArray(answer) && answer.length > 0 && answer.every((i) => options[i]),
    show: (answer) => inputs.forEach((input, i) => (input.checked = answer.includes(i))),
    judge,
    mark,
    unmark,
  };
}

function typedNumber({ low, high, step, unit, within, answer: wanted, mistakes }) {
  const input = element("input", { type: "number", min: low, max: high, step: "any" });
  input.setAttribute("aria-label", unit ? `Answer in ${unit}` : "Answer");
  const node = element("div", { className: "rectified-entry" }, input);
  node.append(element("span", { className: "rectified-unit", textContent: unit }));
  const near = (value, other, slack) => Math.abs(value - other) <= slack + 1e-9;
  const judge = (value, { says, otherwise }) => {
    if (near(value, wanted, within)) return { right: true, says };
    const known = mistakes.find(([at]) => near(value, at, Math.min(within, step / 2)));
    return { right: false, says: known?.[1] ?? otherwise };
  };
  return {
    node,
    missing: `Type a number from ${number(low, decimals(step))} to ${number(high, decimals(step))}.`,
    answer: () => {
      const value = input.valueAsNumber;
      return value >= low && value <= high ? value : null;
    },
    fits: Number.isFinite,
    show: (value) => (input.value = value),
    judge,
    mark: () => {},
    unmark: () => {},
  };
}
