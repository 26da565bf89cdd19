// Accuracy or speed against dead units, and what is left of one network.
const LOOKS = [
  { color: "orange", dash: "2 4" },
  { color: "green", dash: "9 4 2 4" },
  { color: "purple", dash: "7 4" },
  { color: "blue", dash: "" },
];
const MOST = 300; // updates of a training
const WINDOW = 3;
const ROWS = 75;

export default ({ number, plural, linspace }, numbers) => {
  const { shares, widths, living, accuracy, low, high, steps, reached } = numbers;
  const { networks, points, labels, examples } = numbers;

  return {
    compute({ share, width }) {
      const row = widths.indexOf(Number(width));
      const column = shares.indexOf(share);
      const pick = (table) => table[row][column];
      return {
        row, column, living: pick(living), accuracy: pick(accuracy), low: pick(low),
        high: pick(high), steps: pick(steps), reached: pick(reached),
      };
    },

    draw(plot, data, { scale, measure }) {
      const [left, right] = plot.panels(plot.narrow ? [0.95, 1] : [1.15, 1], 14);
      curves(plot, left, data, { alive: scale.startsWith("living"), slow: measure.startsWith("updates") });
      plane(plot, right, data);
    },

    describe({ living, accuracy, low, high, steps, reached }, { share, width }) {
      const speed = steps === null ? "" : `, half of all within ${number(steps, 0)} updates`;
      const arrived = `${reached} of ${networks} networks learn 95% of their points${speed}`;
      const range = high - low < 0.5 ? "" : ` (${number(low, 0)} to ${number(high, 0)}%)`;
      return (
        `With ${number(share, share % 1 ? 1 : 0)}% dead in each layer of ${width}, ` +
        `${plural(living, "unit")} per layer ${living === 1 ? "is" : "are"} alive. On fresh ` +
        `points they get ${number(accuracy, 1)}% right on average${range}; ${arrived}.`
      );
    },
  };

  function curves(plot, box, { row, column }, { alive, slow }) {
    const x = alive ? [1, 32] : [0, 100];
    const axes = plot.axes({
      box, x, y: slow ? [4, MOST] : [45, 103], xlog: alive, ylog: slow,
      xlabel: alive ? "living units per layer" : "dead units, %",
      ylabel: slow ? "updates to 95%" : "accuracy on fresh points, %",
      ...(alive && { xticks: [1, 2, 4, 8, 16, 32].map((n) => [n, String(n)]) }),
      ...(slow && { yticks: [10, 30, 100, MOST].map((n) => [n, n === MOST ? "never" : String(n)]) }),
    });
    const at = (r, c) => (alive ? living[r][c] : shares[c]);
    const height = (r, c) => (slow ? (steps[r][c] ?? MOST) : accuracy[r][c]);
    const kept = (r) => shares.map((_, c) => c).filter((c) => !alive || living[r][c] > 0);
    if (!slow) axes.band(kept(row).map((c) => [at(row, c), low[row][c], high[row][c]]));
    widths.forEach((width, r) => {
      const chosen = r === row;
      const curve = kept(r).map((c) => [at(r, c), height(r, c)]);
      axes.line(curve, { ...LOOKS[r], width: chosen ? 3.4 : 2 });
    });
    if (!alive || living[row][column] > 0) {
      axes.point([at(row, column), height(row, column)], { fill: LOOKS[row].color });
    }
    const entries = widths.map((width, r) => [`${width} units`, LOOKS[r]]);
    const onRight = alive || slow; // the corner where no curve is
    const x0 = onRight ? axes.left + axes.width - 92 : axes.left + 12;
    plot.legend(entries, x0, axes.top + axes.height - 66);
  }

  /** The answer of the first seed's network, its points, and the lines of its units. */
  function plane(plot, box, { row, column }) {
    const layers = examples[row][column];
    const count = living[row][column];
    const side = [-WINDOW, WINDOW];
    const axes = plot.axes({
      box, x: side, y: side, equal: true, title: `One of them: ${plural(count, "unit")} alive`,
      xticks: [], yticks: [],
    });
    const frame = [axes.px(-WINDOW), axes.py(WINDOW), axes.width, axes.height];
    plot.rect(...frame, { fill: "orange-fill" });
    const step = (2 * WINDOW) / ROWS;
    for (let i = 0; i < ROWS; i++) {
      const y = -WINDOW + (i + 0.5) * step;
      for (const [from, to] of positiveRuns((x) => answer(layers, [x, y]))) {
        plot.rect(axes.px(from), axes.py(y + step / 2), axes.px(to) - axes.px(from), axes.py(y) - axes.py(y + step) + 1, { fill: "blue-fill" });
      }
    }
    const [{ weight, bias }] = layers;
    bias.forEach((offset, unit) => {
      const normal = weight.map((inputs) => inputs[unit]);
      const ends = acrossWindow(normal, offset);
      if (ends) axes.line(ends, { color: "muted", width: 1.3, dash: "5 3" });
    });
    points.forEach(([x, y], i) => {
      const [px, py] = [axes.px(x), axes.py(y)];
      if (labels[i]) plot.circle(px, py, 2.8, { color: "none", fill: "blue" });
      else plot.rect(px - 2.4, py - 2.4, 4.8, 4.8, { fill: "orange" });
    });
  }

  function positiveRuns(f) {
    const xs = linspace(-WINDOW, WINDOW, ROWS + 1);
    const values = xs.map(f);
    const runs = [];
    let start = values[0] > 0 ? xs[0] : null;
    for (let i = 1; i < xs.length; i++) {
      if (values[i] > 0 === values[i - 1] > 0) continue;
      const share = values[i - 1] / (values[i - 1] - values[i]);
      const at = xs[i - 1] + share * (xs[i] - xs[i - 1]);
      if (values[i] > 0) start = at;
      else runs.push([start, at]);
    }
    if (values.at(-1) > 0) runs.push([start, WINDOW]);
    return runs;
  }
};

/** The output of a network for one input: ReLU after all layers but the last. */
function answer(layers, input) {
  let h = input;
  layers.forEach(({ weight, bias }, depth) => {
    const z = bias.map((offset, j) => h.reduce((sum, a, i) => sum + a * weight[i][j], offset));
    h = depth < layers.length - 1 ? z.map((value) => Math.max(0, value)) : z;
  });
  return h[0];
}

/** The ends of the line a x + b y + offset = 0 within the window, or null. */
function acrossWindow([a, b], offset) {
  const sides = [-WINDOW, WINDOW];
  const crossings = [
    ...sides.map((x) => [x, -(a * x + offset) / b]),
    ...sides.map((y) => [-(b * y + offset) / a, y]),
  ].filter((point) => point.every((value) => Math.abs(value) <= WINDOW));
  return crossings.length < 2 ? null : crossings.slice(0, 2);
}
