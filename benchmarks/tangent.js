// The benchmark's figure, computed and drawn in the front end.
export default ({ number, linspace }) => {
  const slopeAt = (x) => 1 - Math.tanh(x) ** 2;
  const at = linspace(-3, 3, 400);
  return {
    compute: ({ x }) => ({ x, y: Math.tanh(x), slope: slopeAt(x) }),
    draw(plot, { x, y, slope }) {
      const [first, second] = plot.panels([1, 1]);
      const range = { x: [-3, 3], xlabel: "x" };
      const left = plot.axes({ ...range, box: first, y: [-1.6, 1.6], title: "activation" });
      const right = plot.axes({ ...range, box: second, y: [0, 1.1], title: "derivative" });
      left.graph(Math.tanh, { at });
      left.line([[x - 1, y - slope], [x + 1, y + slope]], { color: "green", dash: "6 4" });
      left.point([x, y]);
      right.graph(slopeAt, { at });
      right.point([x, slope]);
    },
    describe: ({ x, slope }) => `The slope at ${number(x, 1)} is ${number(slope, 3)}.`,
  };
};
