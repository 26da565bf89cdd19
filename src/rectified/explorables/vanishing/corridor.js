// The signal corridor: random networks run here, signals up and gradients down.
// `network.js` has the parts that are about networks and not about this figure.
export default (helpers, { width, inputs, networks, maxDepth, inits }) => {
  const runNetwork = makeRunner({ width, inputs, maxDepth });
  return {
    randomNumbers: runNetwork.draw,

    compute(values) {
      const { std, bias, centered } = inits[values.init];
      const weights = { ...inits[values.init], scale: inits[values.init].scale * values.factor };
      const runs = Array.from({ length: networks }, (_, i) =>
        runNetwork((values.draw - 1) * networks + i, weights, values),
      );
      const gain = std * values.factor * Math.sqrt(width);
      // What theory describes: no normalization, no skip connections.
      const plain = values.normalization === "none" && values.residual === 0;
      const rule = FUNCTIONS[values.activation];
      const biases = { biasVariance: bias ** 2 / 3, centered };
      const theory = plain ? meanField(rule, values.depth, gain, biases) : null;
      const middle = (key) => runs[0][key].map((_, i) => geometric(runs.map((r) => r[key][i])));
      const [inputSpread, unitSpread] = [middle("inputSpread"), middle("unitSpread")];
      const share = inputSpread.map((s, i) => s ** 2 / (s ** 2 + unitSpread[i] ** 2));
      const gradient = middle("gradient");
      const quarter = gradient.map((_, i) => 0.25 ** (values.depth - 1 - i));
      const bound = plain && values.activation === "sigmoid" ? quarter : null;
      return { runs, theory, inputSpread, unitSpread, share, gradient, bound };
    },

    draw(plot, data, { depth }) {
      const boxes = plot.panels([1, 1], 18);
      const x = [0, maxDepth + 1];
      const known = data.theory ? [data.theory.rms] : [];
      const forward = corridor(plot, boxes[0], {
        x, y: decades([...data.runs.flatMap((r) => [r.inputSpread, r.unitSpread]), ...known]),
        title: "Up: spread of pre-activations across \u2026", xlabel: "layer  (signals go \u2192)",
        key: [["inputs", INPUTS], ["units", UNITS], ...known.map(() => ["theory", THEORY])],
      });
      strip(plot, forward, data.share.map(Math.sqrt), "blue");
      for (const rms of known) forward.line(layers(rms), THEORY);
      for (const run of data.runs) {
        forward.line(layers(run.unitSpread), { ...thin(UNITS), dash: "" });
        forward.line(layers(run.inputSpread), thin(INPUTS));
      }
      forward.line(layers(data.unitSpread), UNITS);
      forward.line(layers(data.inputSpread), INPUTS);

      const expected = data.theory ? [data.theory.gradient] : [];
      const bounds = data.bound ? [data.bound] : [];
      const backward = corridor(plot, boxes[1], {
        x, y: decades([...data.runs.map((r) => r.gradient), ...expected]),
        title: "Down: gradient at each layer", xlabel: "layer  (\u2190 gradients go)",
        key: [["measured", GRADIENT], ...expected.map(() => ["theory", THEORY]), ...bounds.map(() => ["0.25\u207f", BOUND])],
      });
      const light = data.gradient.map((g) => 1 + Math.log10(limit(g, 1e-6)) / 6);
      strip(plot, backward, light.map((share) => Math.min(share, 1)), "green");
      for (const bound of bounds) backward.line(layers(bound), BOUND);
      for (const gradient of expected) backward.line(layers(gradient), THEORY);
      for (const run of data.runs) backward.line(layers(run.gradient), thin(GRADIENT));
      backward.line(layers(data.gradient), GRADIENT);
      backward.point([depth, 1], { fill: "green", radius: 5 });
    },

    describe: (data, values) => describe(data, values, helpers),
  };
};

const INPUTS = { color: "blue", width: 3 };
const UNITS = { color: "orange", width: 3, dash: "3 3" };
const GRADIENT = { color: "green", width: 3 };
const THEORY = { color: "purple", width: 2, dash: "8 4" };
const BOUND = { color: "gray", width: 2, dash: "2 4" };
const thin = (style) => ({ ...style, width: 1, opacity: 0.45 });

// Below this, a logarithm has nothing to show: rounding, or nothing at all.
const limit = (value, least = 1e-150) => Math.max(value, least);
const layers = (row) => row.map((value, i) => [i + 1, limit(value)]);

/** Limits for a log axis that hold all rows, from a few sizes, so that it rarely jumps. */
function decades(rows) {
  const exponents = rows.flat().map((value) => Math.log10(limit(value)));
  const sizes = [1, 4, 8, 16, 32, 64, 128, 256];
  const reach = (most) => sizes.find((size) => size >= most);
  return [10 ** -reach(-Math.min(...exponents)), 10 ** reach(Math.max(...exponents))];
}

/** Axes under a title, a key and room for the strip. */
function corridor(plot, [left, top, width, height], { title, key, ...options }) {
  const inset = left + 40;
  plot.text(inset, top + 15, title, { bold: true, size: 13.5 });
  let at = inset;
  for (const [text, style] of key) {
    plot.path([[at, top + 32], [at + 24, top + 32]], style);
    plot.text(at + 29, top + 36, text, { size: 12 });
    at += 44 + 7.2 * text.length;
  }
  return plot.axes({ ...options, ylog: true, box: [left, top + 54, width, height - 54] });
}

/** One cell for each layer, as bright as what arrives there. */
function strip(plot, axes, shares, fill) {
  const [y, height] = [axes.top - 18, 14];
  plot.rect(axes.left, y, axes.width, height, { fill: "raised", round: 3 });
  shares.forEach((share, i) => {
    const [from, to] = [axes.px(i + 0.5), axes.px(i + 1.5)];
    plot.rect(from, y, to - from - 0.6, height, { fill, opacity: 0.06 + 0.94 * share });
  });
}

function describe(data, values, { number, scientific, plural }) {
  const { depth, activation, factor, init, normalization, residual } = values;
  const [arrives, share] = [data.gradient[0], data.share[depth - 1]];
  const perLayer = arrives ** (1 / (depth - 1));
  const theory = data.theory ? data.theory.gradient[0] ** (1 / (depth - 1)) : null;
  const times = factor === 1 ? "" : ` times ${factor}`;
  const extras = [
    ...(normalization === "none" ? [] : [`normalization: ${normalization}`]),
    ...(residual ? [`skip connections, layers count ${residual}`] : []),
  ].join(", ");
  const known = theory === null ? "" : ` (theory: ${number(theory, 3)})`;
  const told =
    share < 0.01
      ? "Its units differ from each other, but hardly from one input to the next: it has forgotten the input."
      : "What is left of the difference between inputs is still there to be read.";
  return (
    `${plural(depth, "layer")} of ${activation}, ${init}${times}${extras ? `, ${extras}` : ""}. ` +
    `The first layer gets ${scientific(arrives)} of the last layer's gradient, a factor of ` +
    `${number(perLayer, 3)} per layer${known}. In the last layer, inputs account for ` +
    `${share < 0.0005 ? "less than 0.1" : number(100 * share, 1)} % of the variance. ${told}`
  );
}
