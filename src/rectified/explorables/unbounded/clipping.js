// Norms and losses of three trainings with and without clipping, and where all the
// learning rates end.
export default ({ number, plural }, constants) => {
  const { thresholds, rates, scales, norm, loss, last, learned } = constants;
  const GUESS = Math.log(10);
  const PLAIN = { color: "orange", dash: "7 4", width: 1.8 };
  const CLIPPED = { color: "blue", dash: "", width: 1.8 };
  const near = (list, value) => list.findIndex((v) => Math.abs(v / value - 1) < 0.01);
  const finite = (values) => values.filter((v) => v !== null).length;

  return {
    compute({ threshold, rate, gain }) {
      const [g, t, r] = [near(scales, gain), near(thresholds, threshold), near(rates, rate)];
      const arm = (row) => ({
        norm: norm[g][row][r],
        loss: loss[g][row][r],
        last: last[g][row],
        learned: learned[g][row],
        finite: last[g][row].map(finite),
      });
      return { r, plain: arm(thresholds.length), clipped: arm(t) };
    },

    draw(plot, data, { threshold, rate }, change) {
      const boxes = plot.panels([1, 1, 1.05], 8);
      const x = [0, 50];
      const tall = { x, xlabel: "update", ylog: true };
      const norms = plot.axes({ ...tall, box: boxes[0], y: [0.001, 1e6], title: "Gradient norm" });
      norms.line([[0, threshold], [50, threshold]], { color: "green", width: 2, dash: "2 3" });
      norms.text([50, threshold], "clip", { anchor: "end", shift: [0, -6], size: 12, color: "green" });
      runs(norms, data.plain.norm, PLAIN);
      runs(norms, data.clipped.norm, CLIPPED);
      plot.legend([["no clipping", PLAIN], ["clipped", CLIPPED]], norms.left + 8, norms.top + norms.height - 26);
      const losses = plot.axes({ ...tall, box: boxes[1], y: [0.3, 1e5], title: "Loss" });
      guess(losses, x);
      runs(losses, data.plain.loss, PLAIN);
      runs(losses, data.clipped.loss, CLIPPED);
      const ends = plot.axes({
        box: boxes[2], x: [0.0006, 1.7], y: [0.3, 1e5], xlog: true, ylog: true,
        xlabel: "learning rate", title: "Loss in the end",
      });
      guess(ends, [0.0006, 1.7]);
      ends.line([[rate, 0.3], [rate, 1e5]], { color: "muted", width: 1.5, dash: "3 3" });
      ends.text([0.0007, 5e4], "top: not a number", { size: 12, color: "muted", shift: [0, -2] });
      dots(plot, ends, data.plain.last, PLAIN, -3);
      dots(plot, ends, data.clipped.last, CLIPPED, 3);
    },

    describe(data, { threshold, rate, gain }) {
      const { plain, clipped, r } = data;
      const total = rates.length;
      const usable = (arm) => arm.learned.filter((count) => count === 3).length;
      const stable = (arm) => arm.finite.filter((count) => count === 3).length;
      const start = middle(plain.norm.map((row) => row[0]));
      const fate = (arm) => {
        if (arm.finite[r] < 3) return `${plural(3 - arm.finite[r], "network")} of 3 diverged`;
        return arm.learned[r] === 3 ? "all 3 networks learned" : `${arm.learned[r]} of 3 learned`;
      };
      return (
        `Weights ${number(gain, 1)} times He's, 10 layers: the first gradient has norm ${start < 100 ? number(start, 1) : number(start, 0)}. ` +
        `At learning rate ${rate}, without clipping ${fate(plain)}; clipped at ${threshold}, ${fate(clipped)}. ` +
        `Of ${total} learning rates, ${stable(plain)} stay finite without clipping and ${stable(clipped)} with it; ` +
        `but all three networks learned at ${usable(plain)} without and ${usable(clipped)} with.`
      );
    },
  };

  function middle(values) {
    return [...values].sort((a, b) => a - b)[1];
  }

  function guess(axes, [from, to]) {
    axes.line([[from, GUESS], [to, GUESS]], { color: "muted", width: 1.5, dash: "9 3" });
    axes.text([to, GUESS], "a guess", { anchor: "end", shift: [-2, -5], size: 12, color: "muted" });
  }

  /** Three trainings; a cross where one stops being a number. */
  function runs(axes, rows, style) {
    for (const row of rows) {
      const place = (v) => (v === null ? null : Math.min(Math.max(v, 1e-4), 1e9));
      axes.line(row.map((v, i) => [2 * i, place(v)]), style);
      const end = row.findIndex((v) => v === null);
      if (end > 0) cross(axes, [2 * (end - 1), Math.min(row[end - 1], axes.yr[1])], style.color);
    }
  }

  function cross(axes, place, color) {
    const [x, y] = [axes.px(place[0]), axes.py(place[1])];
    for (const sign of [-1, 1]) {
      axes.plot.path([[x - 5, y - 5 * sign], [x + 5, y + 5 * sign]], { color, width: 2.4 });
    }
  }

  /** One mark for each network and learning rate, beside those of the other arm. */
  function dots(plot, axes, table, { color }, shift) {
    table.forEach((row, i) => {
      for (const value of row) {
        const x = axes.px(rates[i]) + shift;
        if (value === null) cross(axes, [axes.xscale.value((x - axes.left) / axes.width), axes.yr[1]], color);
        else {
          const y = axes.py(Math.min(Math.max(value, axes.yr[0]), axes.yr[1]));
          if (color === "blue") plot.circle(x, y, 4.2, { color: "surface", fill: color, width: 0.8 });
          else plot.rect(x - 4, y - 4, 8, 8, { color: "surface", fill: color, width: 0.8 });
        }
      }
    });
  }
};
