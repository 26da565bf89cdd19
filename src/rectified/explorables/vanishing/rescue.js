// Sigmoid networks with larger and larger weights: each is a tanh network in disguise.
const KINDS = ["biases 0", "biases that center"];

export default ({ number, plural }, { factors, depths, accuracy, others, expected }) => ({
  compute({ factor, depth, centered }) {
    const [row, kind, column] = [depths.indexOf(depth), Number(centered), factors.indexOf(factor)];
    return {
      kind,
      curves: accuracy[row].map((cells) => cells.map(mean)),
      seeds: accuracy[row],
      here: accuracy[row][kind][column],
      gain: expected[kind][column],
      others: Object.entries(others).map(([name, means]) => [name, means[row]]),
      // Biases of 0 put each unit somewhere else: what it adds to u has this spread.
      shift: centered ? 0 : factor / 4,
    };
  },

  draw(plot, { kind, curves, seeds, here, others: rivals, shift }, { factor, depth }) {
    const [left, right] = plot.panels([1, 1.3], 18);
    const unit = plot.axes({
      box: left, x: [-3, 3], y: [-2, 2], xlabel: "signal u into a unit",
      title: "One layer, seen as a tanh",
    });
    if (shift) {
      const [from, to] = [Math.max(-shift, -3), Math.min(shift, 3)];
      unit.band([[from, -2, 2], [to, -2, 2]], { fill: "orange-fill", opacity: 0.7 });
      unit.text([0, -1.85], "units sit around here", { anchor: "middle", size: 12, color: "orange" });
    }
    unit.line([[-2, -2], [2, 2]], { color: "gray", width: 1.6, dash: "2 4" });
    unit.text([1.55, 1.75], "unchanged", { anchor: "end", size: 12, color: "muted" });
    unit.graph((u) => (factor / 4) * Math.tanh(u), { width: 3 });

    const axes = plot.axes({
      box: right, x: [0.5, 6.5], y: [0, 1], xticks: factors.map((f) => [f, `${f} \u00d7`]),
      xlabel: "weights, times Xavier\u2019s", title: `Correct in the end, ${plural(depth, "hidden layer")}`,
    });
    axes.line([[0.5, 0.1], [6.5, 0.1]], { color: "muted", width: 1.5, dash: "2 4" });
    const lines = [{ color: "green", width: 2, dash: "8 4" }, { color: "purple", width: 2, dash: "2 3" }];
    rivals.forEach(([, share], i) => axes.line([[0.5, share], [6.5, share]], lines[i]));
    for (const which of [1 - kind, kind]) {
      const opacity = which === kind ? 1 : 0.35;
      const color = which ? "blue" : "orange";
      axes.line(curves[which].map((y, i) => [factors[i], y]), { color, width: 3, opacity });
      seeds[which].forEach((all, i) => {
        for (const one of all) {
          axes.point([factors[i], one], { fill: color, radius: 3.4, width: 0.8, opacity });
        }
      });
    }
    axes.line([[factor, 0], [factor, 1]], { color: "gray", width: 1.2, dash: "4 4" });
    axes.point([factor, mean(here)], { fill: kind ? "blue" : "orange", radius: 7 });
    const key = [
      [`sigmoid, ${KINDS[0]}`, { color: "orange", width: 3 }],
      [`sigmoid, ${KINDS[1]}`, { color: "blue", width: 3 }],
      ...rivals.map(([name], i) => [name, lines[i]]),
    ];
    const corner = [axes.left + axes.width - 196, axes.top + axes.height * 0.56];
    plot.rect(corner[0] - 6, corner[1] - 16, 202, 78, { fill: "surface", opacity: 0.85 });
    plot.legend(key, ...corner, 18);
  },

  describe({ here, gain, others: rivals, kind }, { factor, depth }) {
    const shares = here.map((share) => `${number(100 * share, 0)} %`).join(" and ");
    const compared = rivals.map(([name, share]) => `${name} ${number(100 * share, 0)} %`).join(", ");
    const slope = number(factor / 4, 2);
    return (
      `Sigmoid, ${plural(depth, "hidden layer")}, weights ${factor} times Xavier\u2019s, ${KINDS[kind]}: ` +
      `two networks get ${shares} of unseen digits right (${compared}). As a tanh, a layer has ` +
      `the slope ${slope} at 0; deep inside, theory multiplies the gradient by ${number(gain, 2)} per layer.`
    );
  },
});

function mean(values) {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
