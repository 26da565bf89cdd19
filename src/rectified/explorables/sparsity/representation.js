// Learned features by activation function, and random features by their share of zeros.
export default ({ number }, measured) => {
  const { names, units, learned, random, biases, fields, n_seeds: seeds } = measured;
  const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;
  const spread = (list) =>
    Math.sqrt(list.reduce((s, v) => s + (v - mean(list)) ** 2, 0) / (list.length - 1));

  return {
    compute({ measure, trained, bias }) {
      const field = fields[measure];
      const moment = trained ? 1 : 0;
      const chosen = biases.findIndex((b) => Math.abs(b - bias) < 1e-9);
      return {
        rows: names.map((name, i) => ({
          name, values: learned[field][i][moment], zeros: mean(learned.zeros[i][moment]),
        })),
        curve: random.zeros.map((zeros, i) => ({
          zeros: mean(zeros), mean: mean(random[field][i]), values: random[field][i],
        })),
        chosen,
      };
    },

    draw(plot, { rows, curve, chosen }, { measure }) {
      const [left, right] = plot.panels(plot.narrow ? [0.9, 1] : [1, 1], 12);
      const [low, high] = range(measure, rows.flatMap(({ values }) => values));
      const show = (v) => (measure === "effective rank" ? number(v, 0) : percent(v));
      const [x, y, w, h] = left;
      const axes = plot.axes({
        box: [x + 56, y, w - 62, h], x: [low, high], y: [rows.length - 0.5, -0.5],
        yticks: rows.map(({ name }, i) => [i, name]), xlabel: measure,
        xticks: even(low, high).map((v) => [v, show(v)]), title: `Learned features, ${seeds} seeds`,
      });
      rows.forEach(({ values, zeros }, i) => {
        const fill = zeros > 0.05 ? "orange" : "blue";
        values.forEach((value, k) => {
          axes.point([value, i + 0.16 * ((k % 5) / 2 - 1)], { fill, radius: 4, width: 1 });
        });
        const at = mean(values);
        axes.line([[at, i - 0.33], [at, i + 0.33]], { color: "text", width: 2.5 });
      });
      const [bottom, top] = range(measure, curve.flatMap(({ values }) => values), true);
      const random = plot.axes({
        box: [right[0], right[1], right[2] - 8, right[3]], x: [0, 1], y: [bottom, top], xlabel: "share of zeros",
        xticks: [0, 0.25, 0.5, 0.75, 1].map((v) => [v, percent(v)]),
        yticks: even(bottom, top).map((v) => [v, show(v)]),
        title: `${units} random ReLU features`,
      });
      random.band(
        curve.map(({ zeros, values }) => [zeros, Math.min(...values), Math.max(...values)]),
        { fill: "orange-fill" },
      );
      random.line(curve.map((one) => [one.zeros, one.mean]), { color: "orange" });
      curve.forEach((one) =>
        random.point([one.zeros, one.mean], { fill: "orange", radius: 3.5, width: 1 }),
      );
      const here = curve[chosen];
      random.line([[here.zeros, bottom], [here.zeros, top]], { color: "muted", width: 1 });
      random.point([here.zeros, here.mean], { fill: "blue", radius: 8 });
    },

    describe({ rows, curve, chosen }, { measure, trained, bias }) {
      const rank = measure === "effective rank";
      const show = (v) => (rank ? number(v, 1) : percent(v, 1));
      const parts = rows.map(({ name, values }) => {
        return `${name} ${show(mean(values))} \u00b1 ${show(spread(values))}`;
      });
      const here = curve[chosen];
      const best = curve.reduce((a, b) => (b.mean > a.mean ? b : a));
      const when = trained ? "after training" : "before training";
      return (
        `${measure[0].toUpperCase()}${measure.slice(1)} of the last hidden layer ${when}: ` +
        `${parts.join(", ")}. ReLU alone has zeros to speak of, ` +
        `${percent(rows[0].zeros)}. Random features with bias ${number(bias, 1)} are 0 in ` +
        `${percent(here.zeros, 1)} of cases and reach ${show(here.mean)}; the most is ` +
        `${show(best.mean)}, at ${percent(best.zeros)} zeros.`
      );
    },
  };
};

function percent(value, digits = 0) {
  return `${(100 * value).toFixed(digits)}%`;
}

/** Limits of an axis: around the values, or from 0. */
function range(measure, values, fromZero = false) {
  if (measure === "share of units in use") return [0, 1];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const step = measure === "effective rank" ? (most > 60 ? 20 : 10) : 0.05;
  const low = fromZero ? 0 : Math.floor(least / step) * step;
  const high = Math.ceil(most / step) * step;
  return [low, measure === "linear probe" ? Math.min(high, 1) : high];
}

/** Four or five round numbers from end to end. */
function even(low, high) {
  const gap = [0.05, 0.1, 0.2, 0.25, 5, 10, 20, 40].find((g) => (high - low) / g <= 5.01);
  const count = Math.floor((high - low) / gap + 1e-9) + 1;
  return Array.from({ length: count }, (_, i) => low + i * gap);
}
