// Exact zeros during the first training steps, and what ReLU'(0) changes in gradients.
export default ({ number, plural, linspace }, tables) => {
  const floor = 3e-7; // where a share of exactly 0 is drawn
  const top = 40; // room for the legend above 1
  const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
  const spread = (values) =>
    Math.sqrt(values.reduce((s, v) => s + (v - mean(values)) ** 2, 0) / (values.length - 1));
  const said = (values) => {
    if (!mean(values)) return "none";
    const digits = mean(values) >= 0.1 ? 1 : mean(values) >= 0.001 ? 2 : 4;
    const [middle, width] = [mean, spread].map((f) => number(100 * f(values), digits));
    return `${middle}% ± ${width}%`;
  };

  return {
    compute({ layers, inputs, bias, precision }) {
      const found = tables[[layers, inputs, bias, precision].join("|")];
      return {
        values: found.values,
        layers: [0, 1].map((layer) => found.zeros.map((step) => step[layer])),
        weights: found.weights,
        biases: bias === "none" ? null : found.biases,
      };
    },

    draw(plot, { layers, weights, biases }, { step }) {
      const [left, right] = plot.panels([1, 1], 14);
      const one = ["blue", "", "circle"];
      const two = ["green", "6 4", "square"];
      const zeros = "Share of exact zeros";
      drawPanel(plot, left, zeros, [["layer 1", layers[0], ...one], ["layer 2", layers[1], ...two]], step);
      const lines = [["weights", weights, ...two]];
      if (biases) lines.unshift(["biases", biases, ...one]);
      drawPanel(plot, right, "Gradient change if ReLU'(0) = 1", lines, step);
    },

    describe({ values, layers, weights, biases }, { step }) {
      const many = values[0] + values[1];
      const [first, second] = layers.map((layer) => layer[step]);
      const none = mean(first) + mean(second) === 0;
      const count = none
        ? `not one of ${many.toLocaleString("en-US")} pre-activations is exactly 0.`
        : `${said(first)} of layer 1’s pre-activations and ${said(second)} of layer ` +
          "2’s are exactly 0.";
      const change = (name, shares) =>
        mean(shares) ? `${name} by ${said(shares)}` : `${name} not at all`;
      const biased = biases ? `, and of the ${change("biases", biases[step])}` : "";
      return (
        `${step ? `After ${plural(step, "training step")}` : "Before training"}, ${count} ` +
        "ReLU'(0) = 1 instead of 0 changes the gradients of the " +
        `${change("weights", weights[step])}${biased} (3 seeds).`
      );
    },
  };

  function drawPanel(plot, box, title, lines, step) {
    const powers = [-6, -5, -4, -3, -2, -1];
    const axes = plot.axes({
      box, title, x: [-0.4, 4.4], y: [floor / 1.8, top], ylog: true, xlabel: "training steps",
      xticks: linspace(0, 4, 5).map((k) => [k, String(k)]),
      yticks: [[floor, "none"], ...powers.map((p) => [10 ** p, power(p)]), [1, "1"]],
    });
    axes.line([[step, floor / 1.8], [step, 1]], { color: "muted", width: 1.5, dash: "3 3" });
    const place = (value) => Math.max(value, floor);
    lines.forEach(([, rows, color, dash, shape]) => {
      axes.line(rows.map((row, k) => [k, place(mean(row))]), { color, dash, width: 1.8 });
      rows.forEach((row, k) => {
        row.forEach((value, seed) => {
          // Seeds beside each other, and one mark for all where there is none.
          const at = mean(row) ? k + 0.07 * (seed - 1) : k;
          mark(plot, axes, [at, place(value)], shape, color, k === step);
        });
      });
    });
    const entries = lines.map(([name, , color, dash]) => [name, { color, dash }]);
    plot.legend(entries, axes.left + axes.width - 96, axes.top + 16);
  }

  function mark(plot, axes, [x, y], shape, color, current) {
    const [px, py, r] = [axes.px(x), axes.py(y), current ? 5 : 3.2];
    const style = { color: "surface", fill: color, width: 0.8 };
    if (shape === "circle") plot.circle(px, py, r, style);
    else plot.rect(px - r, py - r, 2 * r, 2 * r, style);
  }

  function power(exponent) {
    return `10⁻${"⁰¹²³⁴⁵⁶"[-exponent]}`;
  }
};
