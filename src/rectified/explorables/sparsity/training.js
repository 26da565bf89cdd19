// Zeros per layer and accuracy on fresh images while a network learns.
export default ({ number }, measured) => {
  const { optimizers, penalties, every, n_seeds: seeds } = measured;
  const row = (optimizer, penalty) =>
    optimizers.indexOf(optimizer) * penalties.length + penalties.indexOf(penalty);

  /** [step, mean, deviation] for every record of one quantity. */
  const curve = (name, arm, layer) =>
    measured[name].mean[arm].map((mean, i) => {
      const sd = measured[name].sd[arm][i];
      return [i * every, ...(layer === undefined ? [mean, sd] : [mean[layer], sd[layer]])];
    });

  return {
    compute({ optimizer, penalty, step }) {
      const arm = row(optimizer, penalty);
      const all = {
        layers: [0, 1].map((layer) => curve("zeros", arm, layer)),
        dead: [0, 1].map((layer) => curve("dead", arm, layer)),
        test: curve("test", arm),
        train: curve("accuracy", arm),
        plain: curve("test", row(optimizer, "none")),
        plainLayers: [0, 1].map((layer) => curve("zeros", row(optimizer, "none"), layer)),
      };
      return { ...all, now: step / every };
    },

    draw(plot, data, { penalty, step }) {
      const [left, right] = plot.panels([1.15, 1], 12);
      const last = (data.test.length - 1) * every;
      const percents = (values) => values.map((v) => [v, `${Math.round(100 * v)}%`]);
      const panel = ([x, y, w, h], range, ticks, title) =>
        plot.axes({
          box: [x, y, w - 6, h], x: [0, last], y: range, yticks: percents(ticks), title,
          xlabel: "updates",
        });
      const seen = (points) => points.slice(0, data.now + 1);
      const band = (axes, points, fill) =>
        axes.band(seen(points).map(([at, m, sd]) => [at, m - sd, m + sd]), { fill });
      const draw = (axes, points, style) => {
        axes.line(seen(points), style);
        const [at, mean] = points[data.now];
        axes.point([at, mean], { fill: style.color, radius: 5 });
      };
      const ghost = { color: "gray", width: 1.4, dash: "2 3" };
      const dashed = { color: "orange", dash: "7 4" };
      const dotted = { color: "text", width: 2, dash: "2 3" };

      const zeros = panel(left, [0, 1], [0, 0.25, 0.5, 0.75, 1], "Outputs that are 0");
      if (penalty !== "none") data.plainLayers.forEach((one) => zeros.line(one, ghost));
      band(zeros, data.layers[0], "blue-fill");
      band(zeros, data.layers[1], "orange-fill");
      draw(zeros, data.layers[0], { color: "blue" });
      draw(zeros, data.layers[1], dashed);
      const dead = data.dead[0].map(([at, m], i) => [at, (m + data.dead[1][i][1]) / 2, 0]);
      draw(zeros, dead, dotted);
      const names = [["layer 1", { color: "blue" }], ["layer 2", dashed]];
      names.push(["units dead on all images", dotted]);
      if (penalty !== "none") names.push(["layers without penalty", ghost]);
      const low = Math.max(...data.layers.flat().map(([, mean]) => mean)) < 0.7;
      plot.legend(names, zeros.left + 10, low ? zeros.top + 20 : zeros.py(0.36));

      const score = panel(right, [0, 1], [0, 0.25, 0.5, 0.75, 1], "Correct answers");
      if (penalty !== "none") score.line(data.plain, ghost);
      band(score, data.test, "green-fill");
      draw(score, data.train, dotted);
      draw(score, data.test, { color: "green" });
      const kinds = [["fresh images", { color: "green" }], ["training images", dotted]];
      if (penalty !== "none") kinds.push(["fresh, without penalty", ghost]);
      plot.legend(kinds, score.left + score.width * 0.36, score.py(0.34));
      for (const axes of [zeros, score]) {
        axes.line([[step, 0], [step, 1]], { color: "muted", width: 1 });
      }
    },

    describe({ layers, dead, test, plain, now }, { optimizer, penalty, step }) {
      const share = ([, mean, sd]) => `${number(100 * mean, 0)} \u00b1 ${number(100 * sd, 0)}%`;
      const [one, two] = layers.map((points) => share(points[now]));
      const [start, then] = layers.map((points) => number(100 * points[0][1], 0));
      const way = `${optimizer}, ${penalty === "none" ? "no penalty" : `L1 penalty ${penalty}`}`;
      const right = `${number(100 * test[now][1], 1)}% of fresh images are right`;
      const gap = 100 * (test[now][1] - plain[now][1]);
      const cost = penalty === "none"
        ? ""
        : `, ${number(Math.abs(gap), 1)} points ${gap < 0 ? "fewer" : "more"} than without it`;
      const lost = (dead[0][now][1] + dead[1][now][1]) / 2;
      return (
        `${way}, after ${step} updates: ${one} of the outputs of layer 1 and ${two} of layer ` +
        `2 are 0 (at the start ${start}% and ${then}%); ${number(100 * lost, 1)}% of the ` +
        `units are dead. ${right}${cost}. Mean \u00b1 standard deviation of ${seeds} seeds.`
      );
    },
  };
};
