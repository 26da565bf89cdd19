// The graph of ReLU with a moving point, and its three definitions side by side.
export default ({ number }) => ({
  compute({ x }) {
    const piecewise = x >= 0 ? x : 0;
    const gate = x > 0 ? 1 : 0;
    return { x, piecewise, max: Math.max(0, x), gate, product: x * gate };
  },

  draw(plot, data, { equal }, change) {
    const { x, piecewise } = data;
    const [left, right] = plot.panels(plot.narrow ? [0.75, 1] : [1.15, 1]);
    const axes = plot.axes({
      box: left, x: [-3, 3], y: [-1, 3], xlabel: "input x", ylabel: "f(x)", equal,
    });
    const [rising, flat] = [x >= 0 ? "blue" : "gray", x >= 0 ? "gray" : "blue"];
    axes.line([[-3, 0], [0, 0]], { color: flat, width: x < 0 ? 4 : 2.4 });
    axes.line([[0, 0], [3, 3]], { color: rising, width: x >= 0 ? 4 : 2.4 });
    axes.line([[x, -1], [x, piecewise]], { color: "orange", width: 1.5, dash: "4 4" });
    axes.line([[-3, piecewise], [x, piecewise]], {
      color: "orange", width: 1.5, dash: "4 4",
    });
    axes.handle([x, piecewise], (at) =>
      change({ x: Math.round(Math.min(Math.max(at, -3), 3) * 10) / 10 }),
    );
    data.angle = (Math.atan(axes.height / 4 / (axes.width / 6)) * 180) / Math.PI;
    definitions(plot, right, data);
  },

  describe({ x, piecewise, angle }, { equal }) {
    const branch =
      x > 0
        ? `x = ${number(x, 1)} is positive: it comes out unchanged, f(x) = ${number(piecewise, 1)}.`
        : x < 0
          ? `x = ${number(x, 1)} is negative: f(x) is exactly 0.`
          : "At x = 0 the branch x \u2265 0 holds and gives 0. The other branch would give 0 too.";
    const rise = equal
      ? "Both axes have the same scale, so the right half rises at 45\u00b0."
      : `The slope is still 1, but on this screen the right half rises at ${number(angle, 0)}\u00b0.`;
    return `${branch} ${rise}`;
  },
});

function definitions(plot, [left, top], { x, piecewise, max, gate, product }) {
  const shown = (value) => (Number.isInteger(value) ? value : value.toFixed(1));
  const text = (value) => String(shown(value)).replace("-", "\u2212");
  const rows = [
    ["Piecewise", `x \u2265 0 : f(x) = x`, x >= 0],
    ["", `x < 0 : f(x) = 0`, x < 0],
    ["", `f(${text(x)}) = ${text(piecewise)}`, null],
    ["Maximum", "f(x) = max(0, x)", true],
    ["", `max(0, ${text(x)}) = ${text(max)}`, null],
    ["Gate", "f(x) = x \u00b7 [x > 0]", true],
    ["", `${text(x)} \u00b7 ${gate} = ${text(product)}`, null],
  ];
  let y = top + 24;
  for (const [name, line, active] of rows) {
    if (name) {
      y += name === "Piecewise" ? 0 : 16;
      plot.text(left + 8, y, name, { bold: true, color: "muted" });
      y += 25;
    }
    if (active === true && name !== "Maximum" && name !== "Gate") {
      plot.rect(left + 4, y - 17, 190, 25, { fill: "blue-fill", round: 5 });
    }
    const color = active === false ? "muted" : "text";
    plot.text(left + 12, y, line, { size: 15, bold: active === null, color });
    y += 26;
  }
}
