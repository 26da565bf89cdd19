// A sum of hinges: each hinge, its weighted version, and the sum beside a target.
export default ({ number, plural, linspace }, { targets, grid, presets }) => {
  const hinge = (x, kink) => Math.max(0, x - kink);
  const sumAt = (x, { kinks, weights, offset }) =>
    kinks.reduce((total, kink, i) => total + weights[i] * hinge(x, kink), offset);
  const active = ({ hinges, kinks, weights, offset }) => ({
    kinks: kinks.slice(0, hinges),
    weights: weights.slice(0, hinges),
    offset,
  });
  const spread = (values) => {
    const even = linspace(-3, 3, values.hinges + 1).slice(0, -1);
    const kinks = values.kinks.map((kink, i) => round(even[i] ?? kink, 20));
    return { ...values, kinks };
  };

  return {
    compute(values) {
      const parts = active(values);
      const sum = grid.map((x) => sumAt(x, parts));
      const target = targets[values.target] || null;
      const square = target ? sum.reduce((s, y, i) => s + (y - target[i]) ** 2, 0) : 0;
      const error = target ? Math.sqrt(square / grid.length) : null;
      return { ...parts, sum, target, error };
    },

    draw(plot, data, values, change) {
      const [first, second, third] = plot.panels([1, 1, 1.35], 10);
      const range = { x: [-3, 3], xlabel: "x" };
      const each = plot.axes({ ...range, box: first, y: [0, 6], title: "1. Hinges" });
      const weighted = plot.axes({ ...range, box: second, y: [-6, 6], title: "2. Weighted" });
      const total = plot.axes({ ...range, box: third, y: [-3, 3], title: "3. Their sum" });
      const order = data.kinks.map((_, i) => i).sort((i) => (i === values.entry - 1 ? 1 : -1));
      for (const i of order) {
        const chosen = i === values.entry - 1;
        const style = chosen ? { color: "orange", width: 3.5 } : { color: "gray", width: 1.6 };
        const at = [-3, data.kinks[i], 3].sort((a, b) => a - b);
        each.graph((x) => hinge(x, data.kinks[i]), { ...style, at });
        weighted.graph((x) => data.weights[i] * hinge(x, data.kinks[i]), { ...style, at });
      }
      if (data.target) {
        const points = grid.map((x, i) => [x, data.target[i]]);
        total.line(points, { color: "green", width: 2.2, dash: "6 4", label: "the target" });
        total.text([-2.9, -2.75], "dashed: target", { color: "green" });
      }
      const at = [-3, ...data.kinks, 3].sort((a, b) => a - b);
      total.graph((x) => sumAt(x, data), { at, width: 3, label: "the sum" });
      data.kinks.forEach((kink, i) => {
        const place = [kink, Math.min(Math.max(sumAt(kink, data), -3), 3)];
        const drag = (x) => {
          const kinks = values.kinks.with(i, round(Math.min(Math.max(x, -3), 3), 20));
          change({ kinks, entry: i + 1 });
        };
        const fill = i === values.entry - 1 ? "orange" : "gray";
        total.handle(place, drag, { fill, radius: 6.5 });
      });
    },

    describe({ kinks, weights, error, sum }, { target }) {
      const distinct = new Set(kinks.filter((k, i) => k > -3 && k < 3 && weights[i])).size;
      const pieces = plural(distinct + 1, "straight piece");
      const folds = `${plural(kinks.length, "hinge")} make ${pieces}.`;
      if (error === null) return folds;
      const flat = sum.every((y) => y === sum[0]) ? " All weights are 0 so far." : "";
      return `${folds} Root-mean-square distance from the ${target}: ${number(error, 3)}.${flat}`;
    },

    /** A chosen preset is loaded; a change by hand makes it the learner's own. */
    settle(values, previous) {
      let settled = values;
      const shape = ({ hinges, kinks, weights, offset }) =>
        JSON.stringify([hinges, kinks, weights, offset]);
      if (values.preset !== previous.preset) {
        const even = values.preset === "evenly spread kinks";
        settled = even ? spread(values) : { ...values, ...presets[values.preset] };
      } else if (shape(values) !== shape(previous)) {
        settled = { ...values, preset: "your own" };
      }
      // Only hinges that exist can be chosen.
      return { ...settled, entry: Math.min(settled.entry, settled.hinges) };
    },

    press(name, values) {
      const target = targets[values.target];
      if (!target) return values;
      const { kinks } = active(values);
      const [offset, ...solved] = leastSquares(
        grid.map((x) => [1, ...kinks.map((kink) => hinge(x, kink))]),
        target,
      );
      const weights = values.weights.map((w, i) => limit(solved[i] ?? w, 10));
      return { ...values, weights, offset: limit(offset, 5) };
    },
  };
};

function round(value, parts) {
  return Math.round(value * parts) / parts;
}

function limit(value, most) {
  return round(Math.min(Math.max(value, -most), most), 100);
}

/** Solve the normal equations; a trace of ridge keeps coinciding hinges solvable. */
function leastSquares(rows, target) {
  const n = rows[0].length;
  const system = Array.from({ length: n }, (_, i) => [
    ...Array.from({ length: n }, (_, j) =>
      rows.reduce((s, row) => s + row[i] * row[j], i === j ? 1e-9 : 0),
    ),
    rows.reduce((s, row, k) => s + row[i] * target[k], 0),
  ]);
  for (let column = 0; column < n; column++) {
    const pivot = system
      .map((row, i) => [i < column ? -1 : Math.abs(row[column]), i])
      .sort((a, b) => b[0] - a[0])[0][1];
    [system[column], system[pivot]] = [system[pivot], system[column]];
    for (let i = 0; i < n; i++) {
      if (i === column) continue;
      const factor = system[i][column] / system[column][column];
      system[i] = system[i].map((value, k) => value - factor * system[column][k]);
    }
  }
  return system.map((row, i) => row[n] / row[i]);
}
