// The explosion corridor: the largest number in each layer, on a log axis.
// With weights s times as large, layer L of ReLU is s^L times as large, exactly.
export default ({ number, scientific, plural }, { maxDepth, scales, largest, others, tables, peak }) => {
  const formats = Object.keys(largest);
  const exponents = formats.map((name) => Math.log10(largest[name]));
  const RELU = { color: "blue", width: 3 };
  const OTHER = { color: "orange", width: 3, dash: "8 4" };
  const THEORY = { color: "purple", width: 2, dash: "2 4" };
  // LayerNorm undoes any scale of the weights, but not in its own pre-activation.
  const power = { relu: (layer) => layer, identity: (layer) => layer, layer_norm: () => 1 };

  /** log10 of the largest number of each layer, as measured. */
  const rows = (name, gain) => {
    const { middle, low, high } = tables[name];
    if (!power[name]) {
      const row = middle[scales.findIndex((s) => Math.abs(s - gain) < 1e-9)];
      return { middle: row, low: row, high: row };
    }
    const scaled = (row) => row.map((e, i) => e + power[name](i + 1) * Math.log10(gain));
    return { middle: scaled(middle[0]), low: scaled(low[0]), high: scaled(high[0]) };
  };
  const overflow = (row, depth) =>
    exponents.map((most) => {
      const first = (factor) => {
        const found = row.findIndex((e) => factor * e > most);
        return found >= 0 && found < depth ? found + 1 : null;
      };
      return { value: first(1), square: first(2) };
    });

  return {
    compute({ gain, depth, other }) {
      const [relu, beside] = [rows("relu", gain), rows(others[other], gain)];
      return {
        relu,
        beside,
        reluOverflow: overflow(relu.middle, depth),
        otherOverflow: overflow(beside.middle, depth),
        theory: relu.middle.map((_, i) => Math.log10(peak) + (i + 1) * Math.log10(gain)),
      };
    },

    draw(plot, data, { gain, depth, other }, change) {
      const [left, right] = plot.narrow
        ? [[0, 0, plot.width, 390], [16, 462, plot.width - 16, 240]]
        : [[0, 0, plot.width - 228, plot.height], [plot.width - 212, 0, 212, plot.height]];
      const axes = plot.axes({
        box: left, x: [0, maxDepth], y: [1e-12, 1e44], ylog: true, xlabel: "layer",
        title: "Largest number in each layer",
      });
      const points = (row) => row.map((e, i) => [i + 1, clip(e)]);
      const faint = (row) => axes.line(points(row), { color: "gray", width: 1, dash: "2 3" });
      faint(data.relu.middle);
      faint(data.beside.middle);
      const upTo = (row) => points(row).slice(0, depth);
      const { low, high, middle } = data.relu;
      const hasRoom = (row) => row.slice(0, depth);
      axes.band(hasRoom(low).map((e, i) => [i + 1, clip(e), clip(high[i])]));
      axes.line(upTo(data.theory), THEORY);
      axes.line(upTo(data.beside.middle), OTHER);
      axes.line(upTo(middle), RELU);
      for (const [label, at, below] of [
        ["float16 ends", largest.float16, -6],
        ["bfloat16 and float32 end", largest.float32, -6],
      ]) {
        axes.line([[0, at], [maxDepth, at]], { color: "text", width: 1.4, dash: "9 3" });
        const style = { anchor: "end", shift: [-3, below], size: 12, color: "muted" };
        axes.text([maxDepth, at], label, style);
      }
      data.reluOverflow.forEach(({ value }, i) => {
        if (value) axes.point([value, 10 ** exponents[i]], { fill: "blue", radius: 5 });
      });
      data.otherOverflow.forEach(({ value }, i) => {
        if (value) axes.point([value, 10 ** exponents[i]], { fill: "orange", radius: 5 });
      });
      const toDepth = (x) => Math.min(Math.max(Math.round(x / 5) * 5, 10), maxDepth);
      axes.handle([depth, clip(middle[depth - 1])], (x) => change({ depth: toDepth(x) }));
      const theory = `theory: ${number(gain, 1)} per layer`;
      const key = [["ReLU", RELU], [label(other), OTHER], [theory, THEORY]];
      const below = plot.narrow ? [24, 408] : [right[0], plot.height - 56];
      plot.legend(key, ...below);
      table(plot, right, data, other, depth);
    },

    describe(data, { gain, depth, other }) {
      const last = data.relu.middle[depth - 1];
      const beside = data.beside.middle[depth - 1];
      const half = data.reluOverflow[formats.indexOf("float16")].value;
      const single = data.reluOverflow[formats.indexOf("float32")].value;
      const ends = half
        ? `float16 overflows at layer ${half}, float32 ${single ? `at layer ${single}` : "not yet"}.`
        : "no format overflows.";
      const rule =
        gain > 1 ? "grow" : gain < 1 ? "shrink" : "should neither grow nor shrink";
      return (
        `With weights ${number(gain, 1)} times He's, ReLU's numbers ${rule}: theory says by ` +
        `${number(gain, 1)} per layer, ${scientific(gain ** depth)} over ${plural(depth, "layer")}. ` +
        `The largest one in layer ${depth} is ${scientific(10 ** last)}; ${ends} ` +
        `With ${label(other)} between the layers it is ${scientific(10 ** beside)}. ` +
        "(Five networks of 64 units; the band spans them.)"
      );
    },
  };

  function clip(exponent) {
    return 10 ** Math.min(Math.max(exponent, -14), 46);
  }

  function label(other) {
    return other === "nothing" ? "no function" : other;
  }

  /** Which layer is the first to overflow, for the numbers and for their squares. */
  function table(plot, [left, top], data, other, depth) {
    const columns = [left + 126, left + 182];
    plot.text(left, top + 17, "First layer to overflow", { bold: true, size: 13.5 });
    let y = top + 44;
    const head = other.startsWith("LayerNorm") ? "LN" : other === "nothing" ? "none" : other;
    plot.text(columns[0], y, "ReLU", { anchor: "middle", color: "blue", bold: true });
    plot.text(columns[1], y, head, { anchor: "middle", color: "orange", bold: true });
    for (const [kind, title] of [["value", "the numbers"], ["square", "their squares"]]) {
      y += 26;
      plot.text(left, y, title, { color: "muted" });
      for (const name of ["float16", "bfloat16", "float32"]) {
        y += 22;
        const row = formats.indexOf(name);
        plot.text(left + 10, y, name);
        [data.reluOverflow, data.otherOverflow].forEach((found, k) => {
          const layer = found[row][kind];
          plot.text(columns[k], y, layer || "\u2013", { anchor: "middle", bold: Boolean(layer) });
        });
      }
    }
    plot.text(left, y + 28, `\u2013: not within ${depth} layers`, { color: "muted", size: 12 });
  }
};
