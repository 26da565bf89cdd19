// Training curves and accuracies of deep networks, by initialization and activation.
const INITS = ["PyTorch default", "He"];
const STYLES = [
  { color: "blue", width: 2.6 },
  { color: "orange", width: 2.6, dash: "7 4" },
  { color: "green", width: 2.8, dash: "2 3" },
];
const BANDS = ["blue-fill", "orange-fill", "green-fill"];

export default ({ number, plural }, { depths, names, steps, loss, low, high, accuracy, rate }) => ({
  compute({ init, activation, depth, step }) {
    const [row, column] = [depths.indexOf(depth), INITS.indexOf(init)];
    const shown = names.map((_, i) => i).filter((i) => [names[i], "all three"].includes(activation));
    const until = steps.filter((s) => s <= step).length;
    const curves = shown.map((i) => ({
      function: i,
      rate: rate[row][column][i],
      loss: loss[row][column][i].slice(0, until),
      low: low[row][column][i].slice(0, until),
      high: high[row][column][i].slice(0, until),
      accuracy: accuracy[row][column][i],
    }));
    return { column, shown, curves };
  },

  draw(plot, { column, shown, curves }, { depth, step }) {
    const [left, right] = plot.panels([1.25, 1], 18);
    const top = 3;
    const axes = plot.axes({
      box: left, x: [0, 100], y: [0, top], xlabel: "training steps", title: `Loss with ${plural(depth, "hidden layer")}`,
    });
    const guess = Math.log(10);
    axes.line([[0, guess], [100, guess]], { color: "muted", width: 1.5, dash: "2 4" });
    axes.text([99, guess], "guessing", { anchor: "end", color: "muted", size: 12, shift: [0, -6] });
    const cut = (row) => row.map((y) => (y === null ? null : Math.min(y, top + 0.2)));
    for (const curve of curves) {
      const [below, above] = [cut(curve.low), cut(curve.high)];
      const band = above.map((y, i) => [steps[i], below[i], y]);
      axes.band(band, { fill: BANDS[curve.function], opacity: 0.8 });
    }
    for (const curve of curves) {
      axes.line(cut(curve.loss).map((y, i) => [steps[i], y]), STYLES[curve.function]);
    }
    axes.line([[step, 0], [step, top]], { color: "gray", width: 1.2, dash: "4 4" });
    const key = shown.map((i) => [names[i], STYLES[i]]);
    plot.legend(key, axes.left + 14, axes.top + axes.height - 14 - 19 * (key.length - 1));

    const ends = plot.axes({
      box: right, x: [0, 11], y: [0, 1], xticks: depths.map((d) => [d, String(d)]),
      xlabel: "hidden layers", title: `Correct in the end (pale: ${INITS[1 - column].split(" ")[0]})`,
    });
    ends.line([[0, 0.1], [11, 0.1]], { color: "muted", width: 1.5, dash: "2 4" });
    ends.line([[depth, 0], [depth, 1]], { color: "gray", width: 1.2, dash: "4 4" });
    for (const which of [1 - column, column]) {
      const opacity = which === column ? 1 : 0.35;
      for (const i of shown) {
        const place = (d) => d + 0.28 * (i - 1);
        const rows = depths.map((d, row) => [place(d), mean(accuracy[row][which][i])]);
        ends.line(rows, { ...STYLES[i], opacity });
        depths.forEach((d, row) => {
          for (const one of accuracy[row][which][i]) {
            ends.point([place(d), one], { fill: STYLES[i].color, radius: 3.2, width: 0.8, opacity });
          }
        });
      }
    }
  },

  describe({ curves }, { init, depth, step }) {
    const parts = curves.map(({ function: i, loss: row }) => {
      const last = row.at(-1);
      return `${names[i]} ${last === null ? "has overflowed" : number(last, 2)}`;
    });
    const ends = curves.map(({ function: i, accuracy: all }) => `${names[i]} ${number(100 * mean(all), 0)}`);
    const rates = [...new Set(curves.map((curve) => curve.rate))].sort().join(", ");
    return (
      `${init}, ${plural(depth, "hidden layer")}, after ${plural(step, "step")}: the loss is ` +
      `${parts.join(", ")}; guessing costs ${number(Math.log(10), 2)}. In the end they get ` +
      `${ends.join(", ")} % of unseen digits right (guessing: 10 %). Means of three networks ` +
      `at the best of three learning rates (${rates}); bands from the lowest to the highest.`
    );
  },
});

function mean(values) {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
