// Eight units: input, pre-activation z = w x + b, gate, output.
export default ({ number, plural }, { presets }) => ({
  compute({ inputs, weight, bias }) {
    const x = presets[inputs];
    // Steps of 0.1 are not exact in binary: 1e-16 must not open a gate.
    const z = x.map((value) => Math.round((weight * value + bias) * 1e12) / 1e12);
    const open = z.map((value) => value > 0);
    return { x, z, open, output: z.map((value, i) => (open[i] ? value : 0)) };
  },

  draw(plot, { x, z, open, output }, { bias }, change) {
    const { narrow } = plot;
    const [top, row] = [44, (plot.height - 82) / x.length];
    const [inputAt, zAt, gateAt, outAt] = (narrow
      ? [0.06, 0.34, 0.6, 0.8]
      : [0.12, 0.4, 0.62, 0.79]
    ).map((share) => share * plot.width);
    const half = plot.width * (narrow ? 0.14 : 0.13);
    const longest = 5;
    const titles = narrow
      ? [[inputAt, "x"], [zAt, "z = w·x + b"], [gateAt, "gate"], [outAt + 14, "output"]]
      : [
          [inputAt, "input x"],
          [zAt, plot.width < 680 ? "z = w·x + b" : "pre-activation z = w·x + b"],
          [gateAt, "gate [z > 0]"],
          [outAt + 40, "output max(0, z)"],
        ];
    for (const [at, title] of titles) {
      plot.text(at, 20, title, { anchor: "middle", bold: true });
    }
    const text = (value) => number(value, value && Math.abs(value) < 0.05 ? 2 : 1);
    const bar = (center, y, value, style, room = half) => {
      const length = (Math.min(Math.abs(value), longest) / longest) * room;
      const left = value < 0 ? center - length : center;
      plot.rect(left, y + 4, length, row - 12, { round: 2, ...style });
      // Beside the bar, on the side with room for it.
      const side = value < 0 ? 1 : -1;
      const anchor = value < 0 ? "start" : "end";
      plot.text(center + 6 * side, y + row / 2 + 3, text(value), { anchor });
    };
    const zeroLine = (at) =>
      plot.path([[at, top - 8], [at, plot.height - 34]], { color: "muted", width: 1.5 });
    if (!narrow) zeroLine(inputAt);
    zeroLine(zAt);
    zeroLine(outAt);
    x.forEach((value, i) => {
      const y = top + i * row;
      const middle = y + row / 2 - 2;
      const color = open[i] ? "blue" : "gray";
      if (narrow) plot.text(inputAt, middle + 5, text(value), { anchor: "middle" });
      else bar(inputAt, y, value, { fill: "gray" });
      bar(zAt, y, z[i], { fill: color });
      if (open[i]) {
        const [from, to] = [gateAt - 26, gateAt + 30];
        plot.path([[from, middle], [to, middle]], { width: 2.5 });
        plot.path([[to - 8, middle - 5], [to, middle], [to - 8, middle + 5]], {});
        plot.rect(gateAt - 9, middle - 11, 18, 22, { fill: "blue-fill", round: 4 });
        plot.text(gateAt, middle + 5, "1", { anchor: "middle", bold: true });
      } else {
        const [from, to] = [gateAt - 26, gateAt - 11];
        plot.path([[from, middle], [to, middle]], { color: "gray", dash: "3 3" });
        const style = { color: "orange", width: 2, fill: "orange-fill", round: 4 };
        plot.rect(gateAt - 9, middle - 11, 18, 22, style);
        plot.text(gateAt, middle + 5, "0", { anchor: "middle", bold: true });
      }
      bar(outAt, y, output[i], { fill: color }, plot.width - outAt - 6);
    });
    // The knob of the bias: drag it along the axis of z.
    const [unit, y] = [half / longest, plot.height - 16];
    const knob = zAt + bias * unit;
    plot.path([[zAt - 3 * unit, y], [zAt + 3 * unit, y]], { color: "grid", width: 4 });
    const look = { name: "rectified-knob", color: "surface", fill: "orange", width: 2 };
    plot.circle(knob, y, 8, look);
    plot.text(zAt + 3 * unit + 14, y + 5, `bias b = ${number(bias, 1)}`);
    const toBias = (px) => Math.round(Math.min(Math.max((px - zAt) / unit, -3), 3) * 10) / 10;
    plot.handles.push({ x: knob, y, drag: (px) => change({ bias: toBias(px) }) });
  },

  describe({ z, open }, { bias }) {
    const count = open.filter(Boolean).length;
    const zeros = z.filter((value) => value === 0).length;
    const sign = bias > 0 ? "raised" : "lowered";
    const shift = bias ? `, ${sign} by the bias ${number(Math.abs(bias), 1)}` : "";
    const edge = zeros ? ` At the threshold itself, z = 0 gives 0 (${zeros} here).` : "";
    const passing = count ? " What is positive passes unchanged." : "";
    const blocked = count < z.length ? " What is not positive gives exactly 0." : "";
    const gates = `${plural(count, "gate")} of ${z.length} open`;
    return `${gates}${shift}.${passing}${blocked}${edge}`;
  },
});
