// ReLU's relatives: value and slope, with what a standard normal input becomes.
export default ({ number, linspace }, { family }) => {
  const RELU = { color: "gray", width: 2, dash: "6 4" };
  const CHOSEN = { color: "blue", width: 3.4 };
  const OTHER = { color: "gray", width: 1, opacity: 0.55 };
  const X = [-4, 7];
  const sigmoid = (z) => (z < 0 ? Math.exp(z) / (1 + Math.exp(z)) : 1 / (1 + Math.exp(-z)));
  const density = (z) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

  const FUNCTIONS = {
    relu: [(z) => Math.max(z, 0), (z) => (z > 0 ? 1 : 0)],
    leaky_relu: [(z, slope) => (z > 0 ? z : slope * z), (z, slope) => (z > 0 ? 1 : slope)],
    elu: [(z) => (z > 0 ? z : Math.expm1(z)), (z) => (z > 0 ? 1 : Math.exp(z))],
    gelu: [(z) => z * normalCdf(z), (z) => normalCdf(z) + z * density(z)],
    silu: [
      (z) => z * sigmoid(z),
      (z) => sigmoid(z) * (1 + z * (1 - sigmoid(z))),
    ],
    softplus: [(z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))), sigmoid],
    relu6: [(z) => Math.min(Math.max(z, 0), 6), (z) => (z > 0 && z < 6 ? 1 : 0)],
  };

  /** Moments for z ~ N(0, 1); those of the leaky family in closed form. */
  function moments({ name, mean, secondMoment, slopeMoment }, slope) {
    if (name !== "leaky_relu") return { mean, secondMoment, slopeMoment };
    const square = (1 + slope * slope) / 2;
    const leakyMean = (1 - slope) / Math.sqrt(2 * Math.PI);
    return { mean: leakyMean, secondMoment: square, slopeMoment: square };
  }

  function range({ name, lower, upper }, slope) {
    if (name === "leaky_relu") return slope > 0 ? ["−∞", "∞"] : ["0", "∞"];
    return [lower === null ? "−∞" : short(lower), upper === null ? "∞" : short(upper)];
  }

  const short = (value) => number(value, 3).replace(/\.?0+$/, "");

  return {
    compute({ function: label, z, slope }) {
      const facts = family[label];
      const [f, derivative] = FUNCTIONS[facts.name];
      return {
        value: f(z, slope),
        derivative: derivative(z, slope),
        range: range(facts, slope),
        ...moments(facts, slope),
      };
    },

    draw(plot, data, values, change) {
      const { z, slope, others } = values;
      const chosen = family[values.function].name;
      const below = plot.narrow ? 122 : 98;
      const boxes = areas(plot, below);
      const panels = [
        { title: "f(z)", y: [-1.5, 7], which: 0 },
        { title: "Slope f′(z)", y: [-0.25, 1.25], which: 1 },
      ];
      panels.forEach(({ title, y, which }, i) => {
        const axes = plot.axes({ box: boxes[i], x: X, y, title, xlabel: "pre-activation z" });
        const trace = (name, style) => {
          const f = FUNCTIONS[name][which];
          for (const [from, to] of [[X[0], 0], [1e-9, X[1]]]) {
            axes.line(linspace(from, to, 120).map((at) => [at, f(at, slope)]), style);
          }
        };
        const rest = Object.values(family).filter(({ name }) => name !== chosen && name !== "relu");
        if (others) for (const { name } of rest) trace(name, OTHER);
        trace("relu", RELU);
        trace(chosen, CHOSEN);
        const at = [z, which ? data.derivative : data.value];
        axes.line([[z, y[0]], at], { color: "orange", width: 1.5, dash: "4 4" });
        axes.handle(at, (x) => change({ z: Math.round(10 * Math.min(Math.max(x, X[0]), X[1])) / 10 }), {
          fill: "orange",
        });
      });
      const names = [[values.function, CHOSEN], ["ReLU", RELU]];
      plot.legend(others ? [...names, ["the others", OTHER]] : names, boxes[0][0] + 50, boxes[0][1] + 44);
      facts(plot, plot.height - below + 22, data);
    },

    describe({ value, derivative, mean, secondMoment }, { function: label, z, slope }) {
      const name = label.includes("/") ? `The leaky function with slope ${number(slope, 2)}` : label;
      const passed =
        derivative === 0
          ? "no gradient comes back"
          : `${number(100 * Math.abs(derivative), Math.abs(derivative) < 0.1 ? 1 : 0)}% of the gradient ` +
            `comes back${derivative < 0 ? ", with the opposite sign" : ""}`;
      return (
        `${name} turns z = ${number(z, 1)} into ${number(value, 3)}, and ${passed}. For standard ` +
        `normal z its mean is ${number(mean, 3)} and its mean square ${number(secondMoment, 3)} ` +
        "(ReLU: 0.399 and 0.500)."
      );
    },
  };

  function areas(plot, below) {
    const height = plot.height - below;
    if (!plot.narrow) {
      const width = (plot.width - 20) / 2;
      return [0, 1].map((i) => [i * (width + 20), 0, width, height]);
    }
    return [0, 1].map((i) => [0, (i * height) / 2, plot.width, height / 2 - 6]);
  }

  function facts(plot, top, { value, derivative, range: [low, high], mean, secondMoment, slopeMoment }) {
    const cells = [
      ["f(z)", number(value, 3)],
      ["slope at z", number(derivative, 3)],
      ["values from, to", `${low}, ${high}`],
      ["mean of f", number(mean, 3)],
      ["mean of f²", number(secondMoment, 3)],
      ["mean of f′²", number(slopeMoment, 3)],
    ];
    const columns = plot.narrow ? 3 : 6;
    const width = plot.width / columns;
    const words = plot.narrow ? "For z ~ N(0, 1), the last three:" : "The last three for standard normal z, N(0, 1):";
    plot.text(8, top - 4, words, { color: "muted", size: 12 });
    cells.forEach(([title, text], i) => {
      const [x, y] = [(i % columns) * width, top + 8 + 46 * Math.floor(i / columns)];
      plot.rect(x + 4, y, width - 8, 42, { fill: "raised", round: 6 });
      plot.text(x + width / 2, y + 16, title, { anchor: "middle", color: "muted", size: 12 });
      plot.text(x + width / 2, y + 34, text, { anchor: "middle", bold: true, size: 14 });
    });
  }

  /** P(Z <= z): a series near 0, a continued fraction in the tail (W. J. Lentz). */
  function normalCdf(z) {
    if (Math.abs(z) < 4) {
      let term = z;
      let sum = z;
      for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
        term *= (z * z) / k;
        sum += term;
      }
      return 0.5 + density(z) * sum;
    }
    let fraction = Math.abs(z);
    for (let k = 60; k > 0; k--) fraction = Math.abs(z) + k / fraction;
    const tail = density(z) / fraction;
    return z < 0 ? tail : 1 - tail;
  }
};
