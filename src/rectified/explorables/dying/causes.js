// Dead shares against the dose of one cause, before training and after it.
const MOMENTS = [
  ["before training", { color: "gray", dash: "2 4" }],
  ["after 1 update", { color: "orange", dash: "7 4" }],
  ["after 200 updates", { color: "blue", width: 3 }],
];

export default ({ number }, { names, healthy, sick, log, values, measured }) => {
  const keyOf = (cause) => Object.keys(names).find((key) => names[key] === cause);

  return {
    compute(setting) {
      const key = keyOf(setting.cause);
      const at = values[key].indexOf(setting[key]);
      return { key, at, doses: values[key], ...measured[setting.task][key] };
    },

    draw(plot, { key, at, doses, dead, sd }) {
      const isLog = log.includes(key);
      const boxes = plot.panels([1, 1], 18);
      ["First hidden layer", "Second hidden layer"].forEach((title, layer) => {
        const axes = plot.axes({
          box: boxes[layer], title, xlabel: names[key], ylabel: layer && !plot.narrow ? "" : "dead units, %",
          x: [doses[0], doses.at(-1)], y: [0, 100], xlog: isLog,
        });
        const here = doses[at];
        axes.line([[here, 0], [here, 100]], { color: "grid", width: 4 });
        const spread = doses.map((dose, i) => {
          const [mean, half] = [dead[2][layer][i], sd[2][layer][i]];
          if (mean === null) return [dose, null, null];
          return [dose, Math.max(mean - half, 0), Math.min(mean + half, 100)];
        });
        axes.band(spread);
        MOMENTS.forEach(([, style], moment) => {
          const curve = dead[moment][layer];
          axes.line(doses.map((dose, i) => [dose, curve[i]]), style);
          if (curve[at] !== null) {
            axes.point([here, curve[at]], { fill: style.color, radius: 5.5 });
          }
        });
        if (layer) return;
        // Where the curves are not: they rise toward high doses, and fall for the bias.
        const x = key === "bias" ? axes.left + axes.width - 158 : axes.left + 14;
        plot.legend(MOMENTS, x, axes.top + 20);
      });
    },

    describe({ key, at, doses, dead, sd, accuracy, diverged, networks }, { cause, task }) {
      const share = (moment, layer) => {
        const [mean, half] = [dead[moment][layer][at], sd[moment][layer][at]];
        return mean === null ? "none left to count" : `${number(mean, 0)} ± ${number(half, 0)}%`;
      };
      const others = key === "rate" ? "all else healthy" : "all else healthy, learning rate 0.1";
      const lost = diverged[at] ? ` ${diverged[at]} diverged and are not counted.` : "";
      return (
        `${cause[0].toUpperCase()}${cause.slice(1)} ${number(doses[at], doses[at] % 1 ? 2 : 0)}, ` +
        `${others}: dead in the first layer are ${share(0, 0)} before training, ` +
        `${share(1, 0)} after one update and ${share(2, 0)} after 200; in the second layer ` +
        `${share(0, 1)}, ${share(1, 1)} and ${share(2, 1)}. ${networks} networks on ${task}; ` +
        `they get ${number(accuracy[at], 0)}% right on average.${lost}`
      );
    },

    /** One cause at a time: whatever moves last is the cause, the others recover. */
    settle(setting, previous) {
      const moved = Object.keys(names).filter((key) => setting[key] !== previous[key]);
      if (moved.length) {
        const [key] = moved;
        return { ...setting, ...healthy, [key]: setting[key], cause: names[key] };
      }
      if (setting.cause === previous.cause) return setting;
      const key = keyOf(setting.cause);
      return { ...setting, ...healthy, [key]: sick[key] };
    },
  };
};
