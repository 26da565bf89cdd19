// Zeros in each layer of a random network, and what a wide one would have.
export default ({ number, plural, linspace }, { depth, width, weights, inputs }) => {
  const cache = {};
  const shapes = {
    normal: (w) => w,
    uniform: (w) => Math.sqrt(3) * (2 * normalShare(w) - 1),
    "plus or minus one": (w) => (w < 0 ? -1 : 1),
  };
  const shaped = (name) =>
    (cache[name] ||= Float64Array.from(weights, (w) => shapes[name](w / 100)));
  const rows = inputs.length / width;

  /** All pre-activations of one layer, row after row, from its inputs. */
  function layerOf(a, all, index, factor, bias) {
    const z = new Float64Array(a.length).fill(bias);
    const first = index * width * width;
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < width; i++) {
        const value = factor * a[row * width + i];
        if (!value) continue;
        const from = first + i * width;
        for (let j = 0; j < width; j++) z[row * width + j] += value * all[from + j];
      }
    }
    return z;
  }

  function count(z) {
    const on = new Array(width).fill(0);
    z.forEach((value, i) => (on[i % width] += value > 0));
    const share = (test) => on.filter(test).length / width;
    const zeros = 1 - on.reduce((a, b) => a + b, 0) / z.length;
    return { zeros, dead: share((n) => n === 0), always: share((n) => n === rows) };
  }

  return {
    compute({ bias, scale, input_mean: mean, layer, distribution }) {
      const all = shaped(distribution);
      const factor = scale * Math.sqrt(2 / width);
      const layers = [];
      let a = Float64Array.from(inputs, (x) => x / 100 + mean);
      for (let index = 0; index < depth; index++) {
        const z = layerOf(a, all, index, factor, bias);
        layers.push({ z, ...count(z) });
        a = z.map((value) => Math.max(value, 0));
      }
      const theory = expect(depth, bias, scale, mean);
      const { z, ...counted } = layers[layer - 1];
      return { z: Array.from(z), counted, layers: layers.map(({ z, ...l }) => l), theory };
    },

    draw(plot, data, { bias, layer }, change) {
      const [left, right] = plot.panels([1, 1], 12);
      histogram(plot, left, data.z, bias, data.theory[layer - 1].spread, layer, linspace);
      overDepth(plot, right, data, layer, change);
    },

    describe({ layers, counted, theory }, { bias, layer }) {
      const { expected, spread } = theory[layer - 1];
      const percent = (share) => `${number(100 * share, 1)}%`;
      const fixed = Math.round((counted.dead + counted.always) * width);
      const wide = `A wide network would have pre-activations of mean ${number(bias, 1)} and ` +
        `spread ${number(spread, 2)}, so ${percent(expected)}.`;
      const units = fixed
        ? `${plural(fixed, "unit")} of ${width} here never switch: ` +
          `${Math.round(counted.dead * width)} are 0 for every input, ` +
          `${Math.round(counted.always * width)} for none.`
        : "Every unit here is 0 for some inputs and not for others.";
      return `Layer ${layer}: ${percent(counted.zeros)} of the outputs are 0. ${wide} ${units}`;
    },
  };
};

const REACHES = [0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32];

function histogram(plot, [x, y, w, h], z, bias, spread, layer, linspace) {
  const farthest = z.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const reach = REACHES.find((r) => r >= farthest) || 64;
  const [bins, size] = [40, reach / 20];
  const share = new Array(bins).fill(0);
  for (const value of z) {
    // A bin holds its upper end: exactly 0 belongs to the zeros.
    const bin = Math.ceil((value + reach) / size) - 1;
    share[Math.min(Math.max(bin, 0), bins - 1)] += 1 / z.length;
  }
  const top = 1.12 * Math.max(...share);
  const axes = plot.axes({
    box: [x, y + 46, w, h - 46], x: [-reach, reach], y: [0, top],
    yticks: [[0, ""]], xlabel: `pre-activation z in layer ${layer}`,
  });
  const bottom = axes.py(0);
  share.forEach((height, i) => {
    const [from, to] = [axes.px(-reach + i * size), axes.px(-reach + (i + 1) * size)];
    const fill = i < bins / 2 ? "orange" : "blue";
    plot.rect(from + 0.5, axes.py(height), to - from - 1, bottom - axes.py(height), { fill });
  });
  if (spread > size / 4) {
    const density = (v) => Math.exp(-(((v - bias) / spread) ** 2) / 2) / spread;
    const bell = (v) => (size * density(v)) / Math.sqrt(2 * Math.PI);
    const at = linspace(-reach, reach, 241);
    axes.graph(bell, { at, color: "text", width: 2, dash: "6 3", label: "the bell" });
  }
  axes.line([[0, 0], [0, top]], { color: "text", width: 1.5 });
  const start = axes.left;
  plot.rect(start, y + 6, 13, 13, { fill: "orange" });
  plot.text(start + 19, y + 17, "ReLU gives 0");
  plot.rect(start + 130, y + 6, 13, 13, { fill: "blue" });
  plot.text(start + 149, y + 17, "passes");
  plot.legend([["normal distribution, from theory", { color: "text", width: 2, dash: "6 3" }]],
    start, y + 38);
}

function overDepth(plot, [x, y, w, h], { layers, theory }, layer, change) {
  const percents = [0, 0.25, 0.5, 0.75, 1].map((v) => [v, `${100 * v}%`]);
  const axes = plot.axes({
    box: [x, y + 62, w, h - 62], x: [0.6, layers.length + 0.4], y: [0, 1],
    yticks: percents, xlabel: "layer",
    xticks: layers.map((_, i) => [i + 1, String(i + 1)]),
  });
  const over = (value) => layers.map((one, i) => [i + 1, value(one, i)]);
  const still = { color: "purple", width: 2, dash: "2 3" };
  const theirs = { color: "text", width: 2, dash: "6 3" };
  const ours = { color: "orange" };
  axes.line(over(({ dead, always }) => dead + always), { ...still, label: "units that never switch" });
  axes.line(over((_, i) => theory[i].expected), { ...theirs, label: "theory" });
  axes.line(over(({ zeros }) => zeros), { ...ours, label: "zeros" });
  layers.forEach(({ zeros }, i) => axes.point([i + 1, zeros], { radius: 4.5 }));
  const drag = (at) =>
    change({ layer: Math.round(Math.min(Math.max(at, 1), layers.length)) });
  axes.handle([layer, layers[layer - 1].zeros], drag);
  plot.legend(
    [["outputs that are 0", ours], ["theory \u03a6(\u2212b/\u03c3)", theirs],
      ["units that never switch", still]],
    axes.left, y + 17,
  );
}

/** Share of zeros in each layer of an infinitely wide network. */
function expect(depth, bias, scale, mean) {
  const found = [];
  let square = 1 + mean ** 2;
  for (let layer = 0; layer < depth; layer++) {
    const spread = scale * Math.sqrt(2 * square);
    if (spread === 0) {
      found.push({ spread, expected: bias <= 0 ? 1 : 0 });
      square = Math.max(bias, 0) ** 2;
      continue;
    }
    const expected = normalShare(-bias / spread);
    const density = Math.exp(-((bias / spread) ** 2) / 2) / Math.sqrt(2 * Math.PI);
    found.push({ spread, expected });
    square = (bias ** 2 + spread ** 2) * (1 - expected) + bias * spread * density;
    square = Math.max(square, 0);
  }
  return found;
}

/** The share of a standard normal distribution below x, to about 1e-15. */
function normalShare(x) {
  const t = Math.abs(x);
  if (t > 38) return x < 0 ? 0 : 1;
  const density = Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  let tail;
  if (t < 4) {
    let [term, sum] = [t, t];
    for (let n = 3; term > 1e-18; n += 2) sum += term *= (t * t) / n;
    tail = 0.5 - density * sum;
  } else {
    let fraction = t;
    for (let n = 80; n > 0; n--) fraction = t + n / fraction;
    tail = density / fraction;
  }
  return x < 0 ? tail : 1 - tail;
}
