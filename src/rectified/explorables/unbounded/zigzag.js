// Two weights of a linear unit learn from small batches: their path, and what every
// example asks for.
export default ({ number, plural }, { solution, steps, sets }) => {
  const POINTS = 64;

  /** Curvatures of the loss and the direction of the larger one. */
  function curvature(inputs) {
    const mean = (f) => inputs.reduce((sum, x) => sum + f(x), 0) / POINTS;
    const [a, b, c] = [mean(([x]) => x * x), mean(([x, y]) => x * y), mean(([, y]) => y * y)];
    const half = Math.hypot((a - c) / 2, b);
    const angle = Math.atan2(2 * b, a - c) / 2;
    return { low: (a + c) / 2 - half, high: (a + c) / 2 + half, angle };
  }

  function descend(inputs, order, rate, size) {
    const path = [[0, 0]];
    let [epoch, at] = [0, 0];
    for (let step = 0; step < steps; step++) {
      if (at + size > POINTS) [epoch, at] = [epoch + 1, 0];
      const pull = [0, 0];
      for (const index of order[epoch].slice(at, at + size)) {
        const x = inputs[index];
        const error = gap(path[step], x);
        pull[0] += (error * x[0]) / size;
        pull[1] += (error * x[1]) / size;
      }
      at += size;
      path.push(path[step].map((w, i) => w - rate * pull[i]));
    }
    return path;
  }

  const gap = (w, x) => (w[0] - solution[0]) * x[0] + (w[1] - solution[1]) * x[1];
  const length = ([x, y]) => Math.hypot(x, y);
  const from = (a, b) => [b[0] - a[0], b[1] - a[1]];

  return {
    compute({ batch_size, mean, centered, rate, data, step }) {
      const { noise, order } = sets[data - 1];
      const middle = centered ? 0 : mean;
      const inputs = noise.map(([x, y]) => [x + middle, y + middle]);
      const { low, high, angle } = curvature(inputs);
      const path = descend(inputs, order, rate / (low + high), batch_size);
      const moves = path.slice(1).map((w, i) => from(path[i], w));
      // Close to the solution, the signs of the updates are rounding errors.
      const far = moves.map((_, i) => length(from(path[i], solution)) > 1e-6);
      const made = moves.slice(0, step).filter((_, i) => far[i]);
      const same = made.filter(([x, y]) => x * y > 0).length;
      const walked = moves.slice(0, step).reduce((sum, move) => sum + length(move), 0);
      const straight = length(path[step]);
      const here = path[step];
      const asks = inputs.map((x) => x.map((part) => -gap(here, x) * part));
      const positive = inputs.every(([x, y]) => x >= 0 && y >= 0);
      return {
        inputs, path, low, high, angle, asks, positive, same, made: made.length,
        detour: straight > 0 ? walked / straight : null,
        left: length(from(here, solution)) / length(solution),
      };
    },

    draw(plot, data, { step, batch_size }) {
      const [first, second] = plot.panels([1.15, 1], 16);
      const side = [-1.1, 2.3];
      const axes = plot.axes({
        box: first, x: side, y: [-2.3, 1.1], equal: true, xlabel: "weight 1", ylabel: "weight 2",
        title: "The path of the two weights",
      });
      contours(axes, data);
      const shown = data.path.slice(0, step + 1).map((w) => w.map((v) => Math.min(Math.max(v, -99), 99)));
      axes.line(shown, { color: "blue", width: 1.8 });
      for (const w of shown.slice(0, -1)) inside(axes, w, { fill: "blue", radius: 3, width: 0 });
      axes.point([0, 0], { fill: "gray", radius: 5 });
      axes.text([0, 0], "start", { shift: [-12, -8], anchor: "end", size: 12.5 });
      cross(plot, axes, solution);
      axes.text(solution, "solution", { shift: [12, 16], size: 12.5 });
      inside(axes, shown.at(-1), { fill: "orange", radius: 7 });
      asked(plot, second, data, batch_size);
    },

    describe(data, { step, batch_size, centered, mean }) {
      const who = `Batches of ${plural(batch_size, "example")}, inputs around ${number(centered ? 0 : mean, 2)}`;
      const sign = data.positive ? ", none negative" : "";
      if (!step) return `${who}${sign}. No step yet: weight 1 has to rise and weight 2 to fall.`;
      const share = data.made ? (100 * data.same) / data.made : 0;
      const goal =
        data.left > 3
          ? `It moves away: the distance is now ${number(data.left, 1)} times that at the start.`
          : `${number(100 * data.left, data.left < 0.1 ? 1 : 0)} % of the distance is left.`;
      const detour = data.detour === null ? "" : `The path is ${number(data.detour, 1)} times as long as the straight line. `;
      return (
        `${who}${sign}. In ${plural(step, "step")}, ${number(share, 0)} % of the updates moved both ` +
        `weights in one direction, though one has to rise and the other to fall. ${detour}${goal} ` +
        `The valley is ${number(Math.sqrt(data.high / data.low), 1)} times as long as wide.`
      );
    },
  };

  /** Curves of equal loss around the solution. */
  function contours(axes, { low, high, angle }) {
    for (const level of [0.1, 0.35, 0.75, 1.3, 2]) {
      const [wide, long] = [level * Math.sqrt(2 * low / high), level * Math.SQRT2];
      const ring = Array.from({ length: 97 }, (_, i) => {
        const t = (2 * Math.PI * i) / 96;
        const [u, v] = [wide * Math.cos(t), long * Math.sin(t)];
        return [
          solution[0] + u * Math.cos(angle) - v * Math.sin(angle),
          solution[1] + u * Math.sin(angle) + v * Math.cos(angle),
        ];
      });
      axes.line(ring, { color: "gray", width: 1, opacity: 0.7 });
    }
  }

  function inside(axes, [x, y], options) {
    const [[x0, x1], [y0, y1]] = [axes.xr, axes.yr];
    if (x >= x0 && x <= x1 && y >= y0 && y <= y1) axes.point([x, y], options);
  }

  function cross(plot, axes, place) {
    const [x, y] = [axes.px(place[0]), axes.py(place[1])];
    for (const sign of [-1, 1]) {
      plot.path([[x - 6, y - 6 * sign], [x + 6, y + 6 * sign]], { color: "green", width: 3 });
    }
  }

  /** The update that each of the 64 examples would make, alone. */
  function asked(plot, box, data, size) {
    const most = Math.max(...data.asks.flat().map(Math.abs), 1e-9);
    const limit = scaleFor(most);
    const axes = plot.axes({
      box, x: [-limit, limit], y: [-limit, limit], equal: true, xlabel: "change of weight 1",
      ylabel: "change of weight 2", title: "What each example asks for now",
      xticks: ticks(limit), yticks: ticks(limit),
    });
    const [x0, y0, half] = [axes.px(0), axes.py(0), axes.width / 2];
    plot.rect(x0, y0 - half, half, half, { fill: "orange-fill", opacity: 0.6 });
    plot.rect(x0 - half, y0, half, half, { fill: "orange-fill", opacity: 0.6 });
    axes.text([limit, limit], "both up", { anchor: "end", shift: [-6, 18], size: 12.5 });
    axes.text([-limit, -limit], "both down", { shift: [6, -8], size: 12.5 });
    for (const ask of data.asks) axes.point(ask, { fill: "blue", radius: 3.5, width: 0.6 });
    const mean = [0, 1].map((i) => data.asks.reduce((sum, ask) => sum + ask[i], 0) / POINTS);
    axes.line([[0, 0], mean], { color: "green", width: 3 });
    axes.point(mean, { fill: "green", radius: 6 });
    axes.text([limit, -limit], "green: mean of all 64", { anchor: "end", shift: [-6, -8], size: 12.5, color: "green" });
  }

  function scaleFor(most) {
    const power = 10 ** Math.floor(Math.log10(most));
    return power * [1, 2, 5, 10].find((m) => m * power >= most);
  }

  function ticks(limit) {
    const text = (v) => (Math.abs(v) >= 1e4 || Math.abs(v) < 1e-3 ? v.toExponential(0) : String(v)).replace("-", "\u2212");
    return [[-limit, text(-limit)], [0, "0"], [limit, text(limit)]];
  }
};
