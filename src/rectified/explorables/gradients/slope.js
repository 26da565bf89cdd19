// A point on a graph: secant, tangent, subgradients, and the quotient for every step.
export default ({ number, scientific, linspace }, { kinds }) => {
  const functions = {
    ReLU: [(x) => Math.max(x, 0), (x) => (x > 0 ? 1 : 0)],
    softplus: [
      (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
      (x) => 1 / (1 + Math.exp(-x)),
    ],
    tanh: [Math.tanh, (x) => 1 / Math.cosh(x) ** 2],
  };
  const quotient = (f, x, h, [left, right]) =>
    (f(x + right * h) - f(x - left * h)) / ((left + right) * h);
  const steps = linspace(-17, 0, 137).map((power) => 10 ** power);
  const floor = 1e-17; // where an error of exactly 0 is drawn

  return {
    compute({ x, step, kind, function: name }) {
      const [f, derivative] = functions[name];
      const reach = kinds[kind];
      const slope = derivative(x);
      const sweep = steps.map((h) => [h, quotient(f, x, h, reach)]);
      const ends = [x - reach[0] * step, x + reach[1] * step];
      const secant = quotient(f, x, step, reach);
      return { y: f(x), slope, secant, ends, sweep };
    },

    draw(plot, data, values, change) {
      const [left, right] = plot.panels([1.05, 1], 14);
      drawGraph(plot, left, data, values, change);
      drawSweep(plot, right, data, values);
    },

    describe(data, values) {
      const { x, step, kind, function: name } = values;
      const secant = number(data.secant, 4);
      const said =
        `${capital(kind)} quotient of ${name} at x = ${number(x, 2)} with ` +
        `h = ${scientific(step, 2)}: ${secant}. Automatic differentiation: ` +
        `${number(data.slope, 4)}.`;
      return `${said} ${reason(data, values)}`;
    },
  };

  function drawGraph(plot, box, { y, slope, secant, ends }, values, change) {
    const { x, function: name, fan } = values;
    const [f] = functions[name];
    const axes = plot.axes({
      box, x: [-3, 3], y: [-1.5, 3], xlabel: "x", title: `${name} and its slopes`,
    });
    const through = (m) => [-3, 3].map((at) => [at, y + m * (at - x)]);
    if (fan && atKink(values)) {
      for (const m of linspace(0, 1, 11)) {
        axes.line(through(m), { color: "purple", width: 1 });
      }
      axes.text([0.15, -1.3], "purple: slopes 0 to 1", { color: "purple" });
    } else if (fan) {
      axes.text([0.15, -1.3], "only at ReLU’s kink, x = 0", { color: "purple" });
    }
    axes.graph(f, { at: linspace(-3, 3, 241), color: "gray", width: 3 });
    axes.line(through(secant), { color: "blue" });
    axes.line(through(slope), { color: "orange", dash: "7 5" });
    for (const end of ends) {
      axes.point([end, f(end)], { radius: 5, fill: "blue" });
    }
    axes.handle([x, y], (at) =>
      change({ x: Math.round(Math.min(Math.max(at, -2), 2) * 20) / 20 }),
    );
    const entries = [
      [`secant ${number(secant, 3)}`, { color: "blue" }],
      [`autograd ${number(slope, 3)}`, { color: "orange", dash: "7 5" }],
    ];
    plot.legend(entries, axes.left + 8, axes.top + 16);
  }

  function drawSweep(plot, box, { slope, secant, sweep }, { step, error }) {
    const off = (q) => Math.max(Math.abs(q - slope), floor);
    const axes = plot.axes({
      box, x: [1e-17, 1], xlog: true, xlabel: "step h",
      y: error ? [floor, 10] : [-0.25, 2.25],
      ylog: error,
      title: error ? "Distance from autograd" : "The quotient at every step",
    });
    const shown = error ? off : (q) => q;
    axes.line([[step, error ? floor : -0.25], [step, error ? 10 : 2.25]], {
      color: "muted", width: 1.5, dash: "3 3",
    });
    if (!error) {
      axes.line([[1e-17, slope], [1, slope]], { color: "orange", dash: "7 5" });
    } else {
      axes.text([1e-17, floor], "bottom: no error at all", {
        color: "muted", shift: [6, -8], size: 12,
      });
    }
    axes.line(sweep.map(([h, q]) => [h, shown(q)]), { width: 1.8, label: "the quotient" });
    axes.point([step, shown(secant)], { fill: "blue" });
  }

  function atKink({ x, function: name }) {
    return name === "ReLU" && x === 0;
  }

  /** Why the quotient is what it is. */
  function reason({ slope, secant, ends }, values) {
    const { x, step, function: name, kind } = values;
    if (atKink(values)) {
      const same = "That is so at every step h, down to the smallest.";
      const sides = { left: "flat", right: "rising" }[kind];
      return sides
        ? `This step sees the ${sides} side only. ${same}`
        : `Half of the step lies on the rising side. ${same}`;
    }
    const gap = Math.abs(secant - slope);
    if (name === "ReLU" && ends[0] < 0 && ends[1] > 0) {
      const share = ends[1] / (ends[1] - ends[0]);
      return `The step straddles the kink: ${number(100 * share, 0)}% of it is on the rising side.`;
    }
    if (step < 1e-7 && gap > 1e-9) {
      return ends[0] === ends[1]
        ? "The step is lost in rounding: both ends are the same number."
        : `Rounding moves the ends; that costs ${scientific(gap, 1)}.`;
    }
    if (gap > 1e-9) return `The curve bends within the step; that costs ${scientific(gap, 1)}.`;
    return gap ? `They agree to within ${scientific(gap, 1)}.` : "They agree exactly.";
  }

  function capital(word) {
    return word[0].toUpperCase() + word.slice(1);
  }
};
