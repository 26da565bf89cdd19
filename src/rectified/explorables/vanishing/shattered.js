// The slope of a deep network along a line of inputs, and how alike neighbors are.
export default ({ number, plural, linspace }, { span, networks, noises }) => ({
  compute({ network, depth, noise }) {
    const { slope, alike, low, high } = networks[network];
    const at = depth - 1;
    return {
      slope: slope[at], alike: alike[at], low: low[at], high: high[at],
      beside: noises[noise] ?? null,
    };
  },

  draw(plot, { slope, alike, low, high, beside }, { depth, noise }) {
    const [left, right] = plot.panels([1.35, 1], 18);
    const places = linspace(-span, span, slope.length);
    const most = 4;
    const limit = (y) => Math.min(Math.max(y, -most), most);
    const axes = plot.axes({
      box: left, x: [-span, span], y: [-most, most], xlabel: "place of the input on the line",
      title: `Gradient along a line, ${plural(depth, "layer")}`,
    });
    if (beside) {
      const points = beside.slope.map((y, i) => [places[i], limit(y)]);
      axes.line(points, { color: "orange", width: 1.4, opacity: 0.8 });
    }
    axes.line(slope.map((y, i) => [places[i], limit(y)]), { width: 2 });

    const gap = (2 * span) / (slope.length - 1);
    const curve = plot.axes({
      box: right, x: [0, gap * (alike.length - 1)], y: [-0.5, 1], xlabel: "distance of two inputs",
      title: "How alike two gradients are",
    });
    const across = (row) => row.map((y, lag) => [lag * gap, y]);
    curve.band(alike.map((_, lag) => [lag * gap, low[lag], high[lag]]), { opacity: 0.9 });
    for (const [name, style] of Object.entries(NOISES)) {
      const opacity = name === noise ? 1 : 0.6;
      curve.line(across(noises[name].alike), { ...style, opacity });
    }
    curve.line(across(alike), { width: 3 });
    for (const [lag, y] of across(alike)) curve.point([lag, y], { fill: "blue", radius: 3, width: 0.8 });
    const key = [["the network", { width: 3 }], ...Object.entries(NOISES)];
    plot.legend(key, curve.left + 12, curve.top + curve.height - 50, 18);
  },

  describe({ alike, low, high }, { network, depth }) {
    const white = Math.abs(alike[1]) < 0.2;
    const word =
      alike[1] > 0.8
        ? "Neighboring inputs ask for nearly the same change."
        : white
          ? "Neighbors have nothing to do with each other: to the eye and to this measure it is white noise."
          : "Neighbors agree in part.";
    return (
      `Network: ${network}, ${plural(depth, "layer")}. Two gradients one point apart have a ` +
      `correlation of ${number(alike[1], 2)} (five networks, ${number(low[1], 2)} to ` +
      `${number(high[1], 2)}); white noise has ${number(noises["white noise"].alike[1], 2)}, ` +
      `brown noise ${number(noises["brown noise"].alike[1], 2)}. ${word}`
    );
  },
});

const NOISES = {
  "white noise": { color: "gray", width: 2, dash: "2 4" },
  "brown noise": { color: "purple", width: 2, dash: "8 4" },
};
