// A map of depth and gain: which networks learned, and what theory expected.
export default ({ number, scientific, plural }, { gains, depths, steps, maps }) => {
  const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
  const edges = (values) => {
    const half = (values[1] - values[0]) / 2;
    return [values[0] - half, ...values.map((value) => value + half)];
  };
  return {
    compute({ activation, gain, depth }) {
      const [row, column] = [depths.indexOf(depth), gains.indexOf(gain)];
      const { accuracy, loss, expected, borders } = maps[activation];
      return {
        map: accuracy.map((cells) => cells.map(mean)),
        accuracy: accuracy[row][column],
        loss: loss[row][column],
        expected: expected[row][column],
        borders,
      };
    },

    draw(plot, { map, loss, accuracy, borders }, { gain, depth, activation }, change) {
      const [left, right] = plot.panels([1.1, 1], 18);
      const [xs, ys] = [edges(gains), edges(depths)];
      // Deep networks below: the map is read like a dive.
      const axes = plot.axes({
        box: left, x: [xs[0], xs.at(-1)], y: [ys.at(-1), ys[0]],
        xticks: gains.map((g) => [g, number(g, 1)]), yticks: depths.map((d) => [d, String(d)]),
        xlabel: "gain of the weights", ylabel: "hidden layers", title: "Correct after training, %",
      });
      const shade = (share) => Math.max(0, (share - 0.1) / 0.9);
      const place = (i, j) => [axes.px(xs[i]), axes.py(ys[j])];
      const [width, height] = [axes.px(xs[1]) - axes.px(xs[0]), axes.py(ys[1]) - axes.py(ys[0])];
      const each = (action) => map.forEach((cells, j) => cells.forEach((share, i) => action(share, ...place(i, j))));
      each((share, x, y) => {
        plot.rect(x, y, width - 1, height - 1, { fill: "raised" });
        plot.rect(x, y, width - 1, height - 1, { fill: "blue", opacity: shade(share) });
      });
      for (const border of borders) {
        if (border.length) {
          axes.line(border, { color: "surface", width: 5 });
          axes.line(border, { color: "purple", width: 2.4, dash: "7 4" });
        }
      }
      each((share, x, y) => {
        const color = shade(share) > 0.65 ? "surface" : "text";
        const style = { anchor: "middle", size: 12.5, bold: true, color };
        plot.text(x + width / 2, y + height - 9, number(100 * share, 0), style);
      });
      const [x, y] = place(gains.indexOf(gain), depths.indexOf(depth));
      plot.rect(x, y, width - 1, height - 1, { color: "orange", width: 3.5 });
      const nearest = (values, at) =>
        values.reduce((best, v) => (Math.abs(v - at) < Math.abs(best - at) ? v : best));
      axes.handle([gain, depth - 0.5], (g, d) =>
        change({ gain: nearest(gains, g), depth: nearest(depths, d) }),
      );

      const top = 4;
      const curve = plot.axes({
        box: right, x: [0, steps.at(-1)], y: [0, top], xlabel: "training steps",
        title: "Loss in the marked cell",
      });
      const guess = Math.log(10);
      curve.line([[0, guess], [steps.at(-1), guess]], { color: "muted", width: 1.5, dash: "2 4" });
      curve.text([steps.at(-1), guess], "guessing", { anchor: "end", color: "muted", size: 12, shift: [0, -6] });
      loss.forEach((row, i) => {
        const points = row.map((l, k) => [steps[k], l === null ? null : Math.min(l, top + 0.3)]);
        curve.line(points, { color: "orange", width: 2.4, dash: i ? "6 4" : "" });
      });
      if (loss.some((row) => row.includes(null))) {
        curve.text([0, 0.2], "broke off: numbers overflowed", { size: 12, color: "muted", shift: [6, 0] });
      }
    },

    describe({ accuracy, expected, loss }, { activation, gain, depth }) {
      const shares = accuracy.map((share) => `${number(100 * share, 0)} %`).join(" and ");
      const ratio = `${scientific(expected)} of the last one's gradient`;
      const end = loss.some((row) => row.includes(null)) ? " At least one of them overflowed." : "";
      return (
        `${activation}, gain ${number(gain, 1)}, ${plural(depth, "hidden layer")}: two networks got ` +
        `${shares} of unseen digits right.${end} Before training, theory gives the first hidden ` +
        `layer ${ratio}. On the dashed lines that is a hundredth, or a hundred times.`
      );
    },
  };
};
