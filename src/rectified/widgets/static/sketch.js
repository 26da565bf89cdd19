// A curve that the learner draws: by hand in the picture, or with one slider per place.

function curveEntry({ curve, answer: measured }) {
  const { x, low, high, step, xlabel, ylabel, within } = curve;
  const digits = decimals(step);
  const spec = { low, high, step };
  const heights = x.map(() => fitNumber(spec, curve.start ?? (low + high) / 2));
  let touched = false;
  let chosen = -1;
  const [width, height] = innerWidth < 600 ? [300, 250] : [480, 280]; // text stays legible
  const [svg, plot] = blankPlot(width, height, `Your curve: ${ylabel} over ${xlabel}`);
  svg.classList.add("rectified-drawable");

  const draw = (target, drawn, outcome) => {
    target.parts = [];
    const margin = (x.at(-1) - x[0]) * 0.04;
    const axes = target.axes({
      box: [0, 0, target.width, target.height], x: [x[0] - margin, x.at(-1) + margin],
      y: [low, high], xlabel, ylabel, xticks: x.map((place) => [place, String(place)]),
    });
    if (outcome) axes.line(outcome, { color: "blue" });
    axes.line(x.map((place, i) => [place, drawn[i]]), { color: "orange", dash: "6 4" });
    x.forEach((place, i) => {
      const look = { color: "orange", fill: i === chosen ? "orange" : "surface", width: 2.5 };
      target.circle(axes.px(place), axes.py(drawn[i]), i === chosen ? 9 : 6, look);
    });
    target.finish();
    return axes;
  };
  let axes = draw(plot, heights);

  const inputs = x.map((place, i) => {
    const input = element("input", { type: "range", min: low, max: high, step });
    input.setAttribute("aria-label", `${ylabel} at ${xlabel} ${place}`);
    input.value = heights[i];
    input.addEventListener("input", () => put(i, input.valueAsNumber));
    input.addEventListener("focus", () => choose(i));
    input.addEventListener("blur", () => choose(-1));
    return input;
  });
  const choose = (index) => {
    chosen = index;
    axes = draw(plot, heights);
  };
  const put = (index, value) => {
    touched = true;
    heights[index] = fitNumber(spec, value);
    inputs[index].value = heights[index];
    axes = draw(plot, heights);
  };
  const follow = (event) => {
    const box = svg.getBoundingClientRect();
    const zoom = plot.width / box.width;
    const [left, top] = [(event.clientX - box.left) * zoom, (event.clientY - box.top) * zoom];
    const far = x.map((place) => Math.abs(axes.px(place) - left));
    const share = 1 - (top - axes.top) / axes.height;
    put(far.indexOf(Math.min(...far)), low + share * (high - low));
  };
  svg.addEventListener("pointerdown", (event) => {
    svg.setPointerCapture(event.pointerId);
    event.preventDefault();
    follow(event);
  });
  svg.addEventListener("pointermove", (event) => event.buttons && follow(event));
  svg.style.touchAction = "none";

  const distance = (drawn) => {
    const at = (place) => measured.find(([p]) => p === place)[1];
    return x.reduce((sum, place, i) => sum + Math.abs(drawn[i] - at(place)), 0) / x.length;
  };
  const outcome = (drawn, right) => {
    const mean = number(distance(drawn), digits + 1);
    const words = `Your curve is ${mean} away from the measured one on average${
      right ? ": close enough to call it right" : ""
    }.`;
    const [picture, over] = blankPlot(width, height);
    draw(over, drawn, measured);
    const key = element("p", { className: "rectified-key" });
    key.innerHTML = "<b>dashed</b>: your prediction. <b>solid</b>: measured.";
    return [picture, key, element("p", { textContent: words })];
  };
  const strip = element("div", { className: "rectified-strip" }, ...inputs);
  const how = element("p", {
    className: "rectified-key",
    textContent: "Draw the curve in the picture, or move its points with Tab and the arrow keys.",
  });
  return {
    node: element("div", {}, how, svg, strip),
    missing: "Draw your curve first.",
    answer: () => (touched ? [...heights] : null),
    fits: (drawn) => drawn?.length === x.length && Array.from(drawn).every(Number.isFinite),
    isRight: (drawn) => distance(drawn) <= within + 1e-9,
    outcome,
  };
}
