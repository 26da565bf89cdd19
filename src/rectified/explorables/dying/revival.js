// Units that have died so far and units that are dead now: what lies between came back.
const TITLES = ["First hidden layer", "Second hidden layer", "Third hidden layer"];

export default ({ number, plural }, { moments, arms }) => ({
  compute({ training, step }) {
    const { died, dead, revived, units, networks, rate } = arms[training];
    const at = moments.indexOf(step);
    const now = (counts) => counts.map((layer) => layer[at]);
    return { at, died, dead, revived, units, networks, rate, now: [died, dead, revived].map(now) };
  },

  draw(plot, { at, died, dead, units, now }) {
    plot.panels([1, 1, 1], 12).forEach((box, layer) => {
      box[2] -= 6; // room for half of the last number below
      const axes = plot.axes({
        box, title: TITLES[layer], x: [0, moments.at(-1)], y: [0, 100],
        xlabel: layer === 2 || !plot.narrow ? "updates" : "",
        ylabel: layer && !plot.narrow ? "" : "units, %",
        xticks: [0, 100, 200, 300].map((value) => [value, String(value)]),
      });
      const share = (count) => (100 * count) / units[layer];
      const seen = moments.slice(0, at + 1);
      const curve = (counts) => seen.map((moment, i) => [moment, share(counts[i])]);
      const between = seen.map((m, i) => [m, share(dead[layer][i]), share(died[layer][i])]);
      axes.band(between, { fill: "green-fill" });
      axes.line(curve(died[layer]), { color: "orange", dash: "7 4", width: 3 });
      axes.line(curve(dead[layer]), { color: "text", width: 2 });
      const [ever, present, back] = now.map((counts) => counts[layer]);
      const here = moments[at];
      axes.point([here, share(ever)], { fill: "orange", radius: 5 });
      axes.point([here, share(present)], { fill: "text", radius: 4 });
      words(plot, axes, [ever, present, back]);
    });
  },

  describe({ now: [died, , revived], units, networks, rate }, { training, step }) {
    const layer = (name, i) => {
      if (!died[i]) return `in the ${name} layer nobody has died`;
      return `in the ${name} layer ${died[i]} of ${units[i]} have died and ${revived[i] || "none"} came back`;
    };
    const text = ["first", "second", "third"].map(layer).join("; ");
    return `Training with ${training}, learning rate ${rate}, ${plural(step, "update")}, ${networks} networks: ${text}.`;
  },
});

/** The three counts in the corner where no curve is. */
function words(plot, axes, [ever, present, back]) {
  const low = axes.py(0) - 62;
  const high = axes.top + 18;
  // Curves start near 0 and rise; in a layer that has lost most, the foot is free.
  const top = ever && axes.py((100 * ever) / 320) < axes.top + axes.height / 2 ? low : high;
  const right = axes.left + axes.width - 8;
  const options = { anchor: "end", bold: true };
  plot.text(right, top, `died: ${ever}`, { ...options, color: "orange" });
  plot.text(right, top + 19, `came back: ${back}`, { ...options, color: "green" });
  plot.text(right, top + 38, `dead now: ${present}`, options);
}
