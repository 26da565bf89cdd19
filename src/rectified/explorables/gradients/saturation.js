// Derivatives side by side: where each is too small, and how many inputs fall there.
export default ({ number, linspace }) => {
  const sigmoid = (z) => 1 / (1 + Math.exp(-z));
  const density = (z) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  const derivatives = {
    ReLU: (z) => (z > 0 ? 1 : 0),
    "Leaky ReLU": (z) => (z > 0 ? 1 : 0.01),
    softplus: sigmoid,
    sigmoid: (z) => sigmoid(z) * sigmoid(-z),
    tanh: (z) => 1 / Math.cosh(z) ** 2,
    GELU: (z) => 1 - tail(z) + z * density(z),
    SiLU: (z) => sigmoid(z) * (1 + z * sigmoid(-z)),
  };
  const grid = linspace(-60, 60, 7681);
  const known = {}; // the derivative on the grid, once per function

  return {
    compute({ scale, threshold, third, positive }) {
      return ["ReLU", "sigmoid", third].map((name) => {
        const flat = flatIntervals(name, threshold);
        const counted = positive
          ? flat.map(([low, high]) => [Math.max(low, 0), high]).filter(([a, b]) => a < b)
          : flat;
        const mass = counted.reduce(
          (sum, [low, high]) => sum + tail(low / scale) - tail(high / scale), 0);
        return { name, flat, share: positive ? 2 * mass : mass };
      });
    },

    draw(plot, arms, values) {
      plot.panels([1, 1, 1], 10).forEach((box, i) => drawOne(plot, box, arms[i], values));
    },

    describe(arms, { scale, threshold, positive }) {
      const shares = arms.map(({ name, share }) => `${name} ${percent(share)}`).join(", ");
      const which = positive ? "positive inputs" : "inputs";
      return (
        `Share of ${which} at which the slope is below ${number(threshold, 2)}, for ` +
        `inputs from a bell curve of spread ${scale}: ${shares}.`
      );
    },
  };

  function drawOne(plot, box, { name, flat, share }, { scale, threshold, positive }) {
    const axes = plot.axes({
      box, x: [-8, 8], y: [-0.2, 1.2], xlabel: "input z",
      title: `${name}': flat for ${percent(share)}`,
    });
    for (const [low, high] of flat) {
      const [left, right] = [low, high].map((z) => axes.px(Math.min(Math.max(z, -8), 8)));
      const [top, bottom] = [axes.py(1.2), axes.py(-0.2)];
      plot.rect(left, top, right - left, bottom - top, { fill: "orange-fill" });
    }
    // The bell of the inputs, as high as fits; its area is not to scale.
    const from = positive ? 0 : -8;
    const bell = linspace(from, 8, 161).map((z) => [z, 0, 0.8 * Math.exp(-((z / scale) ** 2) / 2)]);
    axes.band(bell, { fill: "gray", opacity: 0.35 });
    for (const level of [threshold, -threshold]) {
      axes.line([[-8, level], [8, level]], { color: "orange", width: 1.5, dash: "5 4" });
    }
    const jump = name.endsWith("ReLU");
    const at = jump ? [-8, -1e-9, 1e-9, 8] : linspace(-8, 8, 321);
    axes.graph(derivatives[name], { at, width: 3, label: "the derivative" });
  }

  function percent(share) {
    const digits = share === 0 || share >= 0.1 ? 0 : share >= 0.001 ? 1 : 4;
    return `${number(100 * share, digits)}%`;
  }

  /** The derivative at all places of the grid and at its extrema, [[z, f'(z)], ...]. */
  function sample(name) {
    if (known[name]) return known[name];
    const derivative = derivatives[name];
    const pairs = (places) => places.map((z) => [z, derivative(z)]);
    const coarse = pairs(grid);
    // Around a minimum of f lies a flat interval that may fit between two grid points.
    const extrema = switches(derivative, coarse, (slope) => slope < 0);
    known[name] = [...coarse, ...pairs(extrema)].sort((a, b) => a[0] - b[0]);
    return known[name];
  }

  /** The open intervals where |f'| is below the threshold. */
  function flatIntervals(name, threshold) {
    const isFlat = (slope) => Math.abs(slope) < threshold;
    const pairs = sample(name);
    const edges = switches(derivatives[name], pairs, isFlat);
    if (isFlat(pairs[0][1])) edges.unshift(-Infinity);
    if (isFlat(pairs.at(-1)[1])) edges.push(Infinity);
    return edges.filter((_, i) => i % 2 === 0).map((low, i) => [low, edges[2 * i + 1]]);
  }

  /** Where a condition on the slope switches, by bisection. */
  function switches(derivative, pairs, condition) {
    const found = [];
    for (let i = 1; i < pairs.length; i++) {
      const before = condition(pairs[i - 1][1]);
      if (condition(pairs[i][1]) === before) continue;
      let [low, high] = [pairs[i - 1][0], pairs[i][0]];
      for (let k = 0; k < 60; k++) {
        const middle = (low + high) / 2;
        if (condition(derivative(middle)) === before) low = middle;
        else high = middle;
      }
      found.push((low + high) / 2);
    }
    return found;
  }

  /** P(Z > z) for a standard normal Z: a series near 0, a continued fraction far out. */
  function tail(z) {
    if (z < 0) return 1 - tail(-z);
    if (z > 3) {
      let fraction = z;
      for (let k = 60; k > 0; k--) fraction = z + k / fraction;
      return z === Infinity ? 0 : density(z) / fraction;
    }
    let [term, sum] = [z, z];
    for (let k = 1; k < 60; k++) {
      term *= (z * z) / (2 * k + 1);
      sum += term;
    }
    return 0.5 - density(z) * sum;
  }
};
