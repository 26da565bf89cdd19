// A random network in the browser, with what is random, and what theory expects of it.
// The same as `run_corridor` in Python, which the tests hold it against.

const sigmoid = (z) => 1 / (1 + Math.exp(-z));
const bell = (s) => s * (1 - s);
// `half`: mean square of the slope, for functions with a kink at 0 and two slopes.
const FUNCTIONS = {
  ReLU: { f: (z) => (z > 0 ? z : 0), slope: (z) => (z > 0 ? 1 : 0), half: 0.5 },
  "Leaky ReLU": {
    f: (z) => (z > 0 ? z : 0.01 * z), slope: (z) => (z > 0 ? 1 : 0.01), half: 0.50005,
  },
  SiLU: {
    f: (z) => z * sigmoid(z), slope: (z) => sigmoid(z) + z * bell(sigmoid(z)),
  },
  tanh: { f: Math.tanh, slope: (z) => 1 - Math.tanh(z) ** 2 },
  // `odd`: the function minus its value at 0, without the rounding of that difference.
  sigmoid: { f: sigmoid, slope: (z) => bell(sigmoid(z)), odd: (z) => Math.tanh(z / 2) / 2 },
};

/** Random numbers from a seed: mulberry32, and Box and Muller's normal ones. */
function generator(seed) {
  let state = (seed * 2654435761 + 12345) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const normal = () =>
    Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return { uniform: () => 2 * next() - 1, normal };
}

/** Return a function that sends signals up a network and gradients down. */
function makeRunner({ width, inputs, maxDepth }) {
  const size = inputs * width;
  const signal = new Float64Array((maxDepth + 1) * size);
  const gates = new Float64Array(maxDepth * size);
  const part = (numbers, layer, length = size) =>
    numbers.subarray(layer * length, (layer + 1) * length);
  const lengths = {
    normal: maxDepth * width * width,
    uniform: maxDepth * width * width,
    bias: maxDepth * width,
    x: size,
    enter: size,
  };
  const known = new Map();

  /** Random numbers of a network: the same whatever the controls say. */
  const draw = (seed, kind) => {
    const name = `${kind} ${seed}`;
    if (!known.has(name)) {
      if (known.size > 40) known.clear(); // each may hold a megabyte
      const { uniform, normal } = generator(5 * seed + Object.keys(lengths).indexOf(kind));
      const next = kind === "uniform" || kind === "bias" ? uniform : normal;
      known.set(name, new Float64Array(lengths[kind]).map(next));
    }
    return known.get(name);
  };

  const run = (seed, { distribution, scale, bias, centered }, setting) => {
    const { depth, activation, normalization, residual } = setting;
    const { f, slope } = FUNCTIONS[activation];
    const drawn = draw(seed, distribution);
    const weights = (layer) => part(drawn, layer, width * width);
    const rows = { inputSpread: [], unitSpread: [], gradient: [] };
    const norms = [];
    signal.set(draw(seed, "x"));
    for (let layer = 0; layer < depth; layer++) {
      const [before, after, z] = [part(signal, layer), part(signal, layer + 1), part(gates, layer)];
      // Biases that cancel what the function puts out for 0; inputs have mean 0 already.
      const offset = centered && layer ? f(0) : 0;
      multiply(offset ? before.map((a) => a - offset) : before, weights(layer), scale, z, width);
      const shift = part(draw(seed, "bias"), layer, width);
      if (bias) for (let i = 0; i < size; i++) z[i] += bias * shift[i % width];
      const units = moments(z, width, true);
      rows.inputSpread.push(Math.sqrt(average(units.variance)));
      rows.unitSpread.push(Math.sqrt(moments(units.mean, width, false).variance[0]));
      norms.push(normalize(z, normalization, width));
      for (let i = 0; i < size; i++) {
        after[i] = residual ? before[i] + residual * f(z[i]) : f(z[i]);
      }
    }
    let delta = draw(seed, "enter");
    for (let layer = depth - 1; layer >= 0; layer--) {
      const z = part(gates, layer);
      const branch = delta.map((d, i) => d * slope(z[i]) * (residual || 1));
      denormalize(branch, z, norms[layer], width);
      rows.gradient.unshift(Math.sqrt(average(branch.map((b) => b * b))));
      const below = carry(branch, weights(layer), scale, width);
      delta = residual ? below.map((b, i) => b + delta[i]) : below;
    }
    const top = rows.gradient[depth - 1];
    return { ...rows, gradient: rows.gradient.map((g) => g / top) };
  };
  return Object.assign(run, { draw });
}

const average = (values) => values.reduce((a, b) => a + b, 0) / values.length;
const geometric = (values) =>
  Math.exp(average(values.map((v) => Math.log(Math.max(v, 1e-300)))));

/** out = scale * (a @ w), for a table `a` of inputs times units. */
function multiply(a, w, scale, out, width) {
  out.fill(0);
  for (let i = 0; i < a.length; i += width) {
    for (let k = 0; k < width; k++) {
      const factor = scale * a[i + k];
      if (factor === 0) continue;
      for (let j = 0, at = k * width; j < width; j++) out[i + j] += factor * w[at + j];
    }
  }
}

/** scale * (delta @ w transposed): the gradient one layer below. */
function carry(delta, w, scale, width) {
  const out = new Float64Array(delta.length);
  for (let i = 0; i < delta.length; i += width) {
    for (let k = 0; k < width; k++) {
      let sum = 0;
      for (let j = 0, at = k * width; j < width; j++) sum += delta[i + j] * w[at + j];
      out[i + k] = scale * sum;
    }
  }
  return out;
}

/** Mean and variance of each unit over the inputs, or of each input over the units. */
function moments(z, width, ofUnits) {
  const group = ofUnits ? (i) => i % width : (i) => Math.floor(i / width);
  const groups = ofUnits ? width : z.length / width;
  const count = z.length / groups;
  const [mean, variance] = [new Float64Array(groups), new Float64Array(groups)];
  for (let i = 0; i < z.length; i++) mean[group(i)] += z[i] / count;
  for (let i = 0; i < z.length; i++) variance[group(i)] += (z[i] - mean[group(i)]) ** 2 / count;
  return { mean, variance, group };
}

const EPSILON = 1e-5; // as in PyTorch

/** Normalize `z` in place; return what its gradient needs to know. */
function normalize(z, kind, width) {
  if (kind === "none") return null;
  const ofUnits = kind !== "layer";
  const { mean, variance, group } = moments(z, width, ofUnits);
  const scaled = kind !== "center";
  const root = variance.map((v) => (scaled ? Math.sqrt(v + EPSILON) : 1));
  for (let i = 0; i < z.length; i++) z[i] = (z[i] - mean[group(i)]) / root[group(i)];
  return { ofUnits, scaled, root };
}

/** Turn the gradient after a normalization into the one before it, in place. */
function denormalize(delta, gate, norm, width) {
  if (!norm) return;
  const { mean, group } = moments(delta, width, norm.ofUnits);
  const along = moments(delta.map((d, i) => d * gate[i]), width, norm.ofUnits).mean;
  for (let i = 0; i < delta.length; i++) {
    const g = group(i);
    delta[i] = (delta[i] - mean[g] - (norm.scaled ? gate[i] * along[g] : 0)) / norm.root[g];
  }
}

// Places for an integral over a normal number, denser where functions bend.
const PLACES = Array.from({ length: 401 }, (_, i) => 0.0335 * (i - 200)).map((t) => {
  const z = 0.02 * Math.sinh(t);
  return [z, (0.0335 * 0.02 * Math.cosh(t) * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI)];
});

/** Spread and gradient in an infinitely wide network, layer by layer. */
function meanField({ f, slope, half, odd }, depth, gain, { biasVariance, centered }) {
  const signal = centered && odd ? odd : f;
  const expect = (g, q) =>
    PLACES.reduce((sum, [z, weight]) => sum + weight * g(Math.sqrt(q) * z) ** 2, 0);
  const [square, back] = [[gain ** 2 + biasVariance], []];
  for (let layer = 1; layer < depth; layer++) {
    const q = square[layer - 1];
    back.push(gain * Math.sqrt(half ?? expect(slope, q)));
    square.push(gain ** 2 * (half ? half * q : expect(signal, q)) + biasVariance);
  }
  const gradient = [1];
  for (const factor of back.reverse()) gradient.unshift(gradient[0] * factor);
  return { rms: square.map(Math.sqrt), gradient };
}
