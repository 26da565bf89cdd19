// Gradient descent on a loss of one weight, for two functions, and from every start.
export default ({ number, scientific, plural, linspace }, { starts, close, steps }) => {
  const sigmoid = (w) => 1 / (1 + Math.exp(-w));
  const functions = {
    ReLU: [(w) => Math.max(w, 0), (w) => (w > 0 ? 1 : 0)],
    sigmoid: [sigmoid, (w) => sigmoid(w) * sigmoid(-w)],
    // 1 - tanh(w)^2 would round to 0 far out, where the slope is tiny but not 0.
    tanh: [Math.tanh, (w) => 1 / Math.cosh(w) ** 2],
    "Leaky ReLU": [(w) => (w > 0 ? w : 0.01 * w), (w) => (w > 0 ? 1 : 0.01)],
  };
  const arrivedAt = (loss) => loss <= close ** 2 / 2;

  /** The weights of one run, [w, loss, slope] before the first and after each step. */
  function descend(name, start, rate, target, count) {
    const [f, derivative] = functions[name];
    const path = [];
    let w = start;
    for (let k = 0; k <= count; k++) {
      const error = f(w) - target;
      const slope = error * derivative(w);
      path.push([w, error ** 2 / 2, slope]);
      w -= rate * slope;
    }
    return path;
  }

  function follow(name, { start, rate, step, target }) {
    const path = descend(name, start, rate, target, step);
    const ends = starts.map((from) => {
      const run = descend(name, from, rate, target, step);
      const arrived = run.findIndex(([, loss]) => arrivedAt(loss));
      return { arrived, still: run.at(-1)[2] === 0 };
    });
    const arrived = path.findIndex(([, loss]) => arrivedAt(loss));
    return { name, path, ends, arrived };
  }

  return {
    compute(values) {
      return [follow("ReLU", values), follow(values.other, values)];
    },

    draw(plot, arms, values, change) {
      const { narrow, width, height } = plot;
      const strip = narrow ? 150 : 132;
      const room = height - strip;
      const boxes = narrow
        ? [[0, 0, width, room / 2], [0, room / 2, width, room / 2]]
        : [[0, 0, width / 2 - 6, room], [width / 2 + 6, 0, width / 2 - 6, room]];
      arms.forEach((arm, i) => drawLoss(plot, boxes[i], arm, i, values, change));
      drawStrip(plot, [0, room, width, strip], arms, values);
    },

    describe(arms, { start, step, rate }) {
      const each = arms.map(({ name, path, ends, arrived }) => {
        const [w, , slope] = path.at(-1);
        const many = ends.filter((end) => end.arrived >= 0).length;
        const where =
          arrived >= 0
            ? `arrives in ${plural(arrived, "step")}`
            : slope === 0
              ? `stands still at w = ${number(w, 2)}, where its gradient is exactly 0`
              : `is at w = ${number(w, 2)} with gradient ${scientific(slope, 1)}`;
        return `${name} ${where}; it has arrived from ${many} of ${starts.length} starts.`;
      });
      const setting = `Start ${number(start, 1)}, rate ${rate}, ${plural(step, "step")}.`;
      return `${setting} ${each.join(" ")}`;
    },
  };

  function drawLoss(plot, box, { name, path }, i, { start, target }, change) {
    const [f] = functions[name];
    const loss = (w) => (f(w) - target) ** 2 / 2;
    const [w, , slope] = path.at(-1);
    const isTight = plot.width < 700 || name.length > 8; // no room for all numbers
    const axes = plot.axes({
      box, x: [-9, 9], y: [-0.08, 1.1], xlabel: "weight w", ylabel: "loss",
      title: `${name}: ${isTight ? "" : `w = ${number(w, 2)}, `}gradient ${scientific(slope, 1)}`,
    });
    const color = i ? "green" : "blue";
    const inside = (at) => Math.min(Math.max(at, -9), 9);
    const place = ([at, height]) => [inside(at), Math.min(height, 1)];
    axes.graph(loss, { at: linspace(-9, 9, 361), color: "gray", width: 2.5 });
    axes.line(path.map(place), { color, width: 1.2, dash: i ? "5 3" : "" });
    path.slice(1).forEach((point) => axes.point(place(point), { radius: 2.5, fill: color, width: 0.5 }));
    axes.text([inside(start), place(path[0])[1]], "start", {
      anchor: "middle", size: 12, shift: [0, -14],
    });
    axes.point(place(path.at(-1)), { radius: 6, fill: color });
    axes.handle(place(path[0]), (at) =>
      change({ start: Math.round(Math.min(Math.max(at, -8), 8) * 2) / 2 }),
    );
  }

  /** One row of cells per function: from which starts has it arrived? */
  function drawStrip(plot, box, arms, { start, step }) {
    const half = (starts[1] - starts[0]) / 2;
    const edges = [...starts.map((w) => w - half), starts.at(-1) + half];
    const words = "filled = arrived, empty = on its way, × = gradient is 0";
    const axes = plot.axes({
      box: [box[0] + 40, box[1], box[2] - 40, box[3]],
      x: [edges[0], edges.at(-1)], y: [0, 2], xlabel: "start weight",
      yticks: arms.map(({ name }, i) => [1.5 - i, name]),
      title: `After ${plural(step, "step")}: ${plot.width < 700 ? "× = gradient is 0" : words}`,
    });
    arms.forEach(({ ends }, i) => {
      ends.forEach(({ arrived, still }, k) => {
        const [x, y] = [axes.px(edges[k]), axes.py(1.9 - i)];
        const size = [axes.px(edges[k + 1]) - x - 2, axes.py(0) - axes.py(0.8)];
        const fill = arrived >= 0 ? (i ? "green" : "blue") : "surface";
        plot.rect(x + 1, y, ...size, { fill, color: "gray", width: 1, round: 2 });
        if (arrived < 0 && still) {
          const [cx, cy] = [x + 1 + size[0] / 2, y + size[1] / 2];
          const arm = Math.min(size[0] / 2 - 1, 4);
          for (const turn of [-1, 1]) {
            plot.path([[cx - arm, cy - turn * arm], [cx + arm, cy + turn * arm]], { color: "orange", width: 1.8 });
          }
        }
      });
    });
    const here = axes.px(start);
    plot.path([[here, axes.py(2)], [here, axes.py(0)]], { color: "text", width: 1.5, dash: "3 3" });
  }
};
