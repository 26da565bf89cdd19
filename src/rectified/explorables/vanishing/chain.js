// A chain of single units: its derivative is the product of their derivatives.
export default (helpers) => ({
  compute({ activation, depth, weight, bias, x }) {
    const { f, slope, steepest } = CHAIN[activation];
    const [outputs, factors, product, bound] = [[x], [], [], []];
    for (let unit = 0; unit < depth; unit++) {
      const z = weight * outputs[unit] + bias;
      factors.push(weight * slope(z));
      outputs.push(f(z));
      product.push(factors[unit] * (product[unit - 1] ?? 1));
      bound.push((steepest * Math.abs(weight)) ** (unit + 1));
    }
    return { outputs, factors, product, bound };
  },

  draw(plot, { outputs, factors, product, bound }, { depth }, change) {
    const [left, right] = plot.panels([1, 1.1], 18);
    const across = { x: [0, 31], xlabel: "unit" };
    const reach = Math.max(...factors.map(Math.abs), 1);
    const high = [1, 2, 4, 8].find((y) => y >= reach - 1e-9) ?? 8;
    const each = plot.axes({
      ...across, box: left, y: [factors.some((factor) => factor < 0) ? -high : -0.06 * high, high], title: "Each unit\u2019s factor  w \u00b7 f\u2032(z)",
    });
    each.line([[0, 0], [31, 0]], { color: "muted", width: 1.5 });
    factors.forEach((factor, i) => {
      const [from, to] = [each.py(Math.max(factor, 0)), each.py(Math.min(factor, 0))];
      const [start, end] = [each.px(i + 0.62), each.px(i + 1.38)];
      // Above 1 the derivative grows; a factor of 0 is a closed gate.
      const fill = factor === 0 || Math.abs(factor) > 1 ? "orange" : "blue";
      const closed = factor === 0 ? 3 : 0;
      plot.rect(start, from - closed, end - start, Math.max(to - from, 1) + 2 * closed, { fill, round: 1 });
    });
    for (const y of [-1, 1]) each.line([[0, y], [31, y]], { color: "gray", width: 1.5, dash: "2 4" });

    const all = [...product.map(Math.abs), ...bound].filter((p) => p > 0);
    const least = Math.min(...all.map(Math.log10), -1);
    const most = Math.max(...all.map(Math.log10), 0);
    const size = (exponent) => [0.5, 1, 3, 6, 10, 20, 40, 80].find((s) => s >= exponent) ?? 160;
    const total = plot.axes({
      ...across, box: right, y: [10 ** -size(-least), 10 ** size(most)], ylog: true,
      title: "Size of their product so far",
    });
    const points = (row) => [[0, 1], ...row.map((y, i) => [i + 1, y ? Math.abs(y) : null])];
    total.line([[0, 1], [31, 1]], { color: "gray", width: 1.5, dash: "2 4" });
    total.line(points(bound), { color: "purple", width: 2, dash: "8 4" });
    total.line(points(product), { width: 3 });
    const marks = product.map((p, i) => [i + 1, Math.abs(p)]).filter(([, p]) => p > 0);
    for (const mark of marks) total.point(mark, { fill: "blue", radius: 3, width: 0.8 });
    const place = marks.at(-1)?.[0] === depth ? marks.at(-1) : [depth, 10 ** -size(-least)];
    const end = factors.findIndex((factor) => factor === 0) + 1;
    if (end) {
      const text = `exactly 0 from unit ${end} on`;
      plot.text(total.left + 12, total.top + total.height - 16, text, { color: "orange" });
    }
    const rises = bound.at(-1) > 1;
    const key = [["product", { width: 3 }], ["bound", { color: "purple", width: 2, dash: "8 4" }]];
    // On the side of 1 where the lines do not go, at the far end.
    plot.legend(key, total.left + total.width - 98, total.py(1) + (rises ? -34 : 24));
    total.handle(place, (unit) => {
      change({ depth: Math.round(Math.min(Math.max(unit, 1), 30)) });
    });
  },

  describe({ factors, product, bound }, { activation, depth, weight }) {
    const { number, scientific, plural } = helpers;
    const last = product[depth - 1];
    const chain = `Through ${plural(depth, "unit")} (${activation}, weight ${number(weight, 1)})`;
    if (last === 0) {
      const zero = factors.findIndex((factor) => factor === 0) + 1;
      return `${chain} nothing gets back: unit ${zero} has a factor of exactly 0, and one 0 is enough.`;
    }
    const mean = Math.abs(last) ** (1 / depth);
    const way = Math.abs(mean - 1) < 1e-9 ? "keeps its size" : mean < 1 ? "shrinks" : "grows";
    return (
      `${chain} the derivative ${way}: it becomes ${scientific(last)}, a factor of ` +
      `${number(mean, 3)} per unit on average. The bound is ${scientific(bound[depth - 1])}.`
    );
  },
});

const logistic = (z) => 1 / (1 + Math.exp(-z));
const CHAIN = {
  sigmoid: { f: logistic, slope: (z) => logistic(z) * (1 - logistic(z)), steepest: 0.25 },
  tanh: { f: Math.tanh, slope: (z) => 1 - Math.tanh(z) ** 2, steepest: 1 },
  relu: { f: (z) => (z > 0 ? z : 0), slope: (z) => (z > 0 ? 1 : 0), steepest: 1 },
};
