// The phase diagram, and beside it the life of the network of one cell.
export default ({ number, scientific }, { rates, biases, moments, ...measured }) => {
  const nearest = (list, value, distance) =>
    list.reduce((best, one) => (distance(one, value) < distance(best, value) ? one : best));
  const gap = (a, b) => Math.abs(a - b);
  const ratio = (a, b) => Math.abs(Math.log(a / b));
  const middles = (list) => list.slice(1).map((value, i) => (value + list[i]) / 2);
  const half = (biases[1] - biases[0]) / 2;
  const xEdges = [biases[0] - half, ...middles(biases), biases.at(-1) + half];
  const logs = middles(rates.map(Math.log)).map(Math.exp);
  const step = Math.sqrt(rates[1] / rates[0]);
  const yEdges = [rates[0] / step, ...logs, rates.at(-1) * step];

  return {
    compute({ rate, bias, step, optimizer }) {
      const all = measured[optimizer];
      const [row, column] = [rates.indexOf(rate), biases.indexOf(bias)];
      const at = moments.indexOf(step);
      const life = (name) => all[name].map((grid) => grid[row][column]);
      const over = all.dead[at].flat().filter((share) => share > 50).length;
      return {
        row, column, at,
        dead: all.dead[at], accuracy: all.accuracy[at],
        lives: { dead: life("dead"), accuracy: life("accuracy"), loss: life("loss") },
        desert: (100 * over) / (rates.length * biases.length),
      };
    },

    draw(plot, data, { rate, bias, shown }, change) {
      const [left, right] = plot.panels(plot.narrow ? [1.15, 1] : [1.1, 1], 14);
      right[2] -= 6; // room for half of the last number below
      map(plot, left, data, { rate, bias, shown }, change);
      const [x, y, width, height] = right;
      lives(plot, [x, y, width, height * 0.55], [x, y + height * 0.55, width, height * 0.45], data);
    },

    describe({ row, column, at, dead, accuracy, lives, desert }, { rate, bias, step, optimizer }) {
      const share = dead[row][column];
      const fate = share === null ? "has diverged" : `has ${number(share, 0)}% of its units dead and gets ${number(accuracy[row][column], 0)}% right`;
      const loss = lives.loss[at];
      const size = loss === null ? "" : ` (loss ${loss >= 99 ? "99 or more" : scientific(loss)})`;
      return (
        `After ${step} updates of ${optimizer}, the network with learning rate ${rate} and ` +
        `bias ${number(bias, 2)} ${fate}${size}. In ${number(desert, 0)}% of the ` +
        `${rates.length * biases.length} cells more than half of the units are dead.`
      );
    },
  };

  function map(plot, box, data, { rate, bias, shown }, change) {
    const byDeath = shown === "dead units";
    const axes = plot.axes({
      box: [box[0], box[1], box[2], box[3] - 26], title: byDeath ? "Dead units" : "Accuracy",
      xlabel: "initial bias", ylabel: "learning rate",
      x: [xEdges[0], xEdges.at(-1)], y: [yEdges[0], yEdges.at(-1)], ylog: true,
    });
    plot.rect(axes.left, axes.top, axes.width, axes.height, { fill: "surface" });
    const color = byDeath ? "orange" : "blue";
    // An accuracy of one half is what guessing gives.
    const shade = (share) => (byDeath ? share / 100 : Math.max(0, (share - 50) / 50));
    axes.cells(xEdges, yEdges, (i, j) => {
      const share = (byDeath ? data.dead : data.accuracy)[j][i];
      if (data.dead[j][i] === null) return { fill: "gray" };
      return { fill: color, opacity: 0.04 + 0.9 * shade(share) };
    });
    const [x, y] = [axes.px(xEdges[data.column]), axes.py(yEdges[data.row + 1])];
    const [w, h] = [axes.px(xEdges[data.column + 1]) - x, axes.py(yEdges[data.row]) - y];
    plot.rect(x - 1, y - 1, w + 2, h + 2, { color: "text", width: 2.5, round: 2 });
    scaleBar(plot, axes, box[1] + box[3] - 18, byDeath, color);
    axes.picker?.((bias, rate) =>
      change({ bias: nearest(biases, bias, gap), rate: nearest(rates, rate, ratio) }),
    );
  }

  function scaleBar(plot, axes, y, byDeath, color) {
    const room = axes.width * 0.42;
    const at = axes.left + (axes.width - room) / 2;
    for (let i = 0; i < 10; i++) {
      const style = { fill: color, opacity: 0.04 + (0.9 * i) / 9 };
      plot.rect(at + (room * i) / 10, y, room / 10, 12, style);
    }
    plot.text(at - 6, y + 11, byDeath ? "0%" : "50%", { anchor: "end", size: 12 });
    plot.text(at + room + 6, y + 11, "100%", { size: 12 });
  }

  function lives(plot, above, below, { at, lives: { dead, accuracy, loss } }) {
    const x = [0, moments.at(-1)];
    const shares = plot.axes({ box: above, x, y: [0, 100], title: "This network's life", ylabel: "%" });
    const losses = plot.axes({
      box: below, x, y: [0.001, 10], ylog: true, xlabel: "updates", ylabel: "loss",
    });
    const curve = (values) => moments.map((moment, i) => [moment, values[i]]);
    shares.line(curve(accuracy.map((a, i) => (dead[i] === null ? null : a))), { dash: "7 4" });
    shares.line(curve(dead), { color: "orange", width: 3 });
    losses.line(curve(loss), { color: "purple" });
    for (const [axes, low, high] of [[shares, 0, 100], [losses, 0.001, 10]]) {
      axes.line([[moments[at], low], [moments[at], high]], { color: "muted", width: 1.5, dash: "3 3" });
    }
    const last = (values) => values.filter((v) => v !== null).at(-1);
    const [d, a] = [last(dead), last(accuracy)];
    const close = Math.abs(d - a) < 30;
    const put = (value, other, name, color) => {
      const above = close ? value >= other : value <= 50;
      const y = shares.py(value) + (above ? -8 : 17);
      const inside = Math.min(Math.max(y, shares.top + 14), shares.top + shares.height - 6);
      plot.text(shares.left + shares.width - 4, inside, name, { color, anchor: "end", bold: true });
    };
    put(d, a, "dead units", "orange");
    put(a, d - 0.1, "accuracy", "blue");
  }
};
