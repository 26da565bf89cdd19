// A slice through the loss of a linear layer, along its steepest and its flattest
// direction, and how much steeper the one is than the other.
export default ({ number, plural }, { functions, sizes, means, ...measured }) => {
  const { condition, predicted, steps, outputMean, outputStd } = measured;
  const names = Object.keys(functions);
  const STYLES = [
    { color: "blue", dash: "" },
    { color: "green", dash: "3 4" },
    { color: "orange", dash: "8 4" },
    { color: "gray", dash: "10 3 2 3" },
    { color: "purple", dash: "5 3" },
  ];
  const found = (table, row, { n, mean }) => table[row][sizes.indexOf(n)][means.indexOf(mean)];

  return {
    compute(values) {
      const row = names.indexOf(values.activation);
      const kappa = found(condition, row, values);
      // At the best learning rate, 2 / (low + high), both directions shrink alike;
      // the steep one jumps to the other side at every step.
      const factor = (kappa - 1) / (kappa + 1);
      const path = Array.from({ length: values.step + 1 }, (_, t) => [
        factor ** t,
        (-1) ** t * factor ** t / Math.sqrt(kappa),
      ]);
      return {
        kappa, factor, path, row,
        predicted: found(predicted, row, values),
        steps: found(steps, row, values),
        centered: found(steps, names.indexOf("ReLU minus its mean"), values),
        outputMean: outputMean[row][means.indexOf(values.mean)],
        outputStd: outputStd[row][means.indexOf(values.mean)],
      };
    },

    draw(plot, data, values, change) {
      const [first, second] = plot.panels(plot.narrow ? [0.8, 1] : [1, 1.1], 16);
      valley(plot, first, data);
      const axes = plot.axes({
        box: second, x: [-2.2, 2.2], y: [0.8, 5000], ylog: true,
        xlabel: "mean of the pre-activations", title: "Steepest over flattest curvature",
        xticks: [-2, -1, 0, 1, 2].map((v) => [v, number(v, 0)]),
      });
      const column = sizes.indexOf(values.n);
      names.forEach((_, row) => {
        const chosen = row === data.row;
        const style = { ...STYLES[row], width: chosen ? 3 : 1.6, opacity: chosen ? 1 : 0.75 };
        axes.line(means.map((mean, i) => [mean, predicted[row][column][i]]), style);
        means.forEach((mean, i) => {
          const look = { fill: STYLES[row].color, radius: chosen ? 4.5 : 2.8, width: chosen ? 1 : 0 };
          axes.point([mean, condition[row][column][i]], look);
        });
      });
      const toMean = (x) => Math.min(Math.max(Math.round(2 * x) / 2, -2), 2);
      const at = [values.mean, data.kappa];
      axes.handle(at, (x) => change({ mean: toMean(x) }), { fill: STYLES[data.row].color });
      const key = names.map((name, row) => [short(name), { ...STYLES[row], width: 2.4 }]);
      plot.legend(key.slice(0, 3), axes.left + 8, axes.top + 14, 17);
      plot.legend(key.slice(3), axes.left + axes.width * (plot.narrow ? 0.47 : 0.52), axes.top + 14, 17);
    },

    describe(data, { activation, mean, n }) {
      const shape = data.kappa < 1.5 ? "nearly round" : `${number(Math.sqrt(data.kappa), 1)} times as long as wide`;
      return (
        `${activation}, pre-activations around ${number(mean, 1)}: the outputs have mean ` +
        `${number(data.outputMean, 2)} and spread ${number(data.outputStd, 2)}. For ${plural(n, "unit")} ` +
        `the steepest curvature is ${few(data.kappa)} times the flattest (theory, 1 + n\u00b7mean\u00b2/spread\u00b2: ` +
        `${few(data.predicted)}), so the valley is ${shape}. Descent at its best learning rate takes ` +
        `${number(data.steps, 0)} steps to a hundredth of the distance; with ReLU minus its mean, ${number(data.centered, 0)}.`
      );
    },
  };

  function few(value) {
    return number(value, value < 100 ? 1 : 0);
  }

  function short(name) {
    return name.replace("ReLU minus its mean", "ReLU \u2212 mean").replace("BatchNorm, then ReLU", "BatchNorm \u2192 ReLU");
  }

  function valley(plot, box, { kappa, path, factor }) {
    const axes = plot.axes({
      box, x: [-1.7, 1.7], y: [-1.7, 1.7], equal: true, title: "The loss: a slice",
      xlabel: "flattest direction", ylabel: "steepest direction",
      xticks: [[-1, "\u22121"], [0, "0"], [1, "1"]], yticks: [[-1, "\u22121"], [0, "0"], [1, "1"]],
    });
    for (const level of [0.35, 0.75, 1.15, Math.SQRT2]) {
      const ring = Array.from({ length: 97 }, (_, i) => {
        const t = (2 * Math.PI * i) / 96;
        return [level * Math.cos(t), (level * Math.sin(t)) / Math.sqrt(kappa)];
      });
      axes.line(ring, { color: "gray", width: 1.1 });
    }
    axes.line(path, { color: "blue", width: 1.8 });
    for (const place of path) axes.point(place, { fill: "blue", radius: 3, width: 0 });
    axes.point(path[0], { fill: "gray", radius: 5 });
    axes.point(path.at(-1), { fill: "orange", radius: 7 });
    axes.text([-1.7, 1.7], `${number(100 * (1 - factor), factor > 0.99 ? 2 : 0)} % nearer per step`, { shift: [6, 16], size: 12.5 });
  }
};
