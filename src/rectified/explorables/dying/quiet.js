// Where one unit fires, and a roll call of its layer on larger and larger sets.
const SETS = ["batch", "training set", "this square", "whole plane"];
const [ROWS, COLUMNS] = [180, 90];

export default ({ number, plural, linspace }, constants) => {
  const { layers, rates, window: edge, reaches, points, networks } = constants;

  /** The pre-activation of one unit of a layer, given the layer's inputs. */
  const weigh = ({ weights, biases }, layer, h, unit) =>
    h.reduce((sum, value, i) => sum + value * weights[layer][i][unit], biases[layer][unit]);

  /** The pre-activation of one hidden unit at one point. */
  const evaluate = (network, depth, point, unit) => {
    let h = point;
    for (let layer = 0; layer < depth; layer++) {
      h = network.biases[layer].map((_, j) => Math.max(0, weigh(network, layer, h, j)));
    }
    return weigh(network, depth, h, unit);
  };

  return {
    compute({ batch, layer, unit, rate }) {
      const network = networks[rates.indexOf(rate)];
      const depth = layers.indexOf(layer);
      const known = network.reach[depth]; // how far one has to look, measured exactly
      const z = points.map((point) => known.map((_, j) => evaluate(network, depth, point, j)));
      const fires = known.map((code, j) => [
        z.slice(0, batch).some((values) => values[j] > 0),
        z.some((values) => values[j] > 0),
        code <= reaches.indexOf("window"),
        code <= reaches.indexOf("plane"),
      ]);
      const silent = SETS.map((_, set) => fires.filter((row) => !row[set]).length);
      return { network, depth, fires, silent, chosen: unit - 1, accuracy: network.accuracy };
    },

    draw(plot, data, { batch }) {
      const [left, right] = plot.panels(plot.narrow ? [1.25, 1] : [1, 1], 16);
      plane(plot, left, data, batch);
      rollCall(plot, right, data);
    },

    describe({ fires, silent, chosen, accuracy }, { batch, layer, rate }) {
      const first = fires[chosen].indexOf(true);
      const fate = [
        "fires on the batch",
        "is silent on the batch, but fires on other training points",
        "is silent on all training points, but fires elsewhere in the square",
        "is silent in the whole square and fires only outside it",
      ];
      const says = first < 0 ? "is silent on every input there is" : fate[first];
      return (
        `Learning rate ${rate}, ${number(accuracy, 0)}% right: unit ${chosen + 1} of the ` +
        `${layer} ${says}. Of its ${fires.length} units, ${silent[0]} are silent on the ` +
        `${plural(batch, "point")} of the batch, ${silent[1]} on the whole training set ` +
        `(dead), ${silent[2]} in the whole square and ${silent[3]} in the whole plane.`
      );
    },
  };

  /** The square, the ground on which the unit fires, and the points. */
  function plane(plot, box, { network, depth, chosen }, batch) {
    const side = [-edge, edge];
    const axes = plot.axes({
      box, x: side, y: side, equal: true, title: `Where unit ${chosen + 1} fires`,
      xlabel: "blue points: the batch",
    });
    const step = (2 * edge) / ROWS;
    for (let i = 0; i < ROWS; i++) {
      const y = -edge + (i + 0.5) * step;
      for (const [from, to] of positiveRuns((x) => evaluate(network, depth, [x, y], chosen))) {
        const [top, bottom] = [axes.py(y + step / 2), axes.py(y - step / 2)];
        plot.rect(axes.px(from), top, axes.px(to) - axes.px(from), bottom - top + 1, { fill: "green-fill" });
      }
    }
    points.forEach(([x, y], i) => {
      const inside = i < batch;
      const style = inside ? { color: "surface", fill: "blue", width: 1 } : { color: "none", fill: "gray" };
      plot.circle(axes.px(x), axes.py(y), inside ? 4.6 : 2.6, style);
    });
  }

  function positiveRuns(f) {
    const xs = linspace(-edge, edge, COLUMNS + 1);
    const values = xs.map(f);
    const runs = [];
    let start = values[0] > 0 ? xs[0] : null;
    for (let i = 1; i < xs.length; i++) {
      if (values[i] > 0 === values[i - 1] > 0) continue;
      const share = values[i - 1] / (values[i - 1] - values[i]);
      const at = xs[i - 1] + share * (xs[i] - xs[i - 1]);
      if (values[i] > 0) start = at;
      else runs.push([start, at]);
    }
    if (values.at(-1) > 0) runs.push([start, edge]);
    return runs;
  }
};

/** One column per unit, one row per set: filled if the unit fires somewhere in it. */
function rollCall(plot, [left, top, width, height], { fires, silent, chosen }) {
  plot.text(left + 4, top + 18, "Does it fire somewhere on …", { bold: true, size: 13.5 });
  const names = 96;
  const cell = (width - names - 8) / fires.length;
  const tall = Math.min(44, (height - 100) / SETS.length);
  const head = top + 46;
  SETS.forEach((name, set) => {
    const y = head + set * (tall + 14);
    plot.text(left + 4, y + tall / 2 - 3, name, { size: 13 });
    plot.text(left + 4, y + tall / 2 + 14, `silent: ${silent[set]}`, { size: 12.5, color: "orange", bold: true });
    fires.forEach((row, unit) => {
      const x = left + names + unit * cell;
      const style = row[set]
        ? { fill: "green", color: "green", width: 1 }
        : { fill: "orange-fill", color: "orange", width: 1 };
      plot.rect(x + 1, y, cell - 2, tall, { ...style, round: 2 });
      if (!row[set]) cross(plot, x + cell / 2, y + tall / 2);
    });
  });
  const x = left + names + chosen * cell;
  const foot = head + SETS.length * (tall + 14) - 14;
  plot.rect(x - 1, head - 5, cell + 2, foot - head + 10, { color: "text", width: 2.5, round: 4 });
  plot.text(x + cell / 2, foot + 22, `unit ${chosen + 1}`, { anchor: "middle", bold: true });
}

function cross(plot, x, y) {
  for (const side of [-1, 1]) {
    plot.path([[x - 3.5, y - 3.5 * side], [x + 3.5, y + 3.5 * side]], { color: "orange", width: 1.6 });
  }
}
