// Who memorizes, who does well on fresh images, and who wins under which comparison.
const STYLES = [
  { color: "blue" },
  { color: "orange", dash: "8 4" },
  { color: "green", dash: "9 3 2 3" },
  { color: "purple", dash: "2 3" },
];

export default ({ number }, measured) => {
  const { comparisons, names, noise: levels, steps, runs, level, n_seeds: seeds } = measured;
  const last = steps.at(-1);
  const percents = [0, 0.25, 0.5, 0.75, 1].map((v) => [v, `${100 * v}%`]);
  const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;

  return {
    compute({ comparison, noise }) {
      const found = runs[levels.indexOf(noise)][comparisons.indexOf(comparison)];
      const arms = found.map((arm, i) => {
        const values = arm.compared.filter((value) => value !== null);
        return { ...arm, name: names[i], values, mean: values.length ? mean(values) : null };
      });
      return { arms };
    },

    draw(plot, { arms }, { comparison, noise }) {
      const [first, second, third] = plot.panels([1, 1, 0.95], 8);
      const axesAt = (box, title) =>
        plot.axes({ box: [...box.slice(0, 2), box[2] - 4, box[3]], x: [0, last], y: [0, 1], yticks: percents, title, xlabel: "updates" });
      const fit = axesAt(first, noise ? "Fit to the noisy labels" : "Fit to the labels");
      const fresh = axesAt(second, "Right on fresh images");
      if (comparison === "equal fit") {
        fit.line([[0, level], [last, level]], { color: "muted", width: 1.4 });
      }
      const along = (values) => steps.map((step, i) => [step, values[i]]);
      arms.forEach((arm, i) => {
        fit.line(along(arm.train), STYLES[i]);
        fresh.line(along(arm.test), STYLES[i]);
      });
      arms.forEach((arm, i) => {
        if (arm.stop === null) return;
        for (const [axes, values] of [[fit, arm.train], [fresh, arm.test]]) {
          const at = [arm.stop, between(steps, values, arm.stop)];
          axes.point(at, { fill: STYLES[i].color, radius: 5.5 });
        }
      });
      plot.legend(arms.map(({ name }, i) => [name, STYLES[i]]), fit.left + fit.width * 0.42,
        fit.py(0.33));
      bars(plot, third, arms, comparison);
    },

    describe({ arms }, { comparison, noise }) {
      const how = {
        "equal budget": `after ${last} updates at the same rate`,
        "equal fit": `when each fits ${number(100 * level, 0)}% of the training labels`,
        "each tuned": "at the rate and step that validation prefers for each",
      }[comparison];
      const kept = arms.filter(({ values }) => values.length);
      const parts = kept.map(({ name, mean: m }) => `${name} ${number(100 * m, 1)}%`);
      const best = kept.reduce((a, b) => (b.mean > a.mean ? b : a));
      const lost = arms.filter(({ values }) => !values.length);
      const missing = lost.length
        ? ` ${lost.map(({ name }) => name).join(", ")} never fits that much.`
        : "";
      const rank = [...kept].sort((a, b) => b.mean - a.mean).indexOf(arms[0]) + 1;
      const place = rank === 1 ? "ReLU is ahead" : `ReLU comes in at place ${rank} of ${kept.length}`;
      return (
        `With ${noise}% of the labels drawn anew, right on fresh images ${how}: ` +
        `${parts.join(", ")}.${missing} The highest mean has ${best.name}; ${place}. ` +
        `Dots are ${seeds} seeds.`
      );
    },
  };
};

function bars(plot, box, arms, comparison) {
  const shown = arms.flatMap(({ values }) => values);
  const [least, most] = [Math.min(...shown), Math.max(...shown)];
  const low = Math.max(Math.floor((least - 0.02) * 10) / 10, 0);
  const high = Math.min(Math.ceil((most + 0.02) * 10) / 10, 1);
  const ticks = Array.from({ length: Math.round((high - low) * 10) + 1 }, (_, i) => low + i / 10);
  const axes = plot.axes({
    box, x: [-0.5, arms.length - 0.5], y: [low, high], title: "Fresh images compared",
    xticks: arms.map(({ name }, i) => [i, name.replace("Leaky ReLU", "Leaky")]), xlabel: comparison,
    yticks: ticks.map((v) => [v, `${Math.round(100 * v)}%`]),
  });
  arms.forEach(({ values, mean, name }, i) => {
    if (mean === null) {
      axes.text([i, low], "never", { anchor: "middle", color: "muted", shift: [0, -8], size: 12 });
      return;
    }
    values.forEach((value, k) => {
      const aside = 0.1 * (k - (values.length - 1) / 2);
      axes.point([i + aside, value], { fill: STYLES[i].color, radius: 4.5, width: 1 });
    });
    axes.line([[i - 0.32, mean], [i + 0.32, mean]], { color: "text", width: 2.5, label: name });
  });
}

/** The value at a step between two records. */
function between(steps, values, at) {
  const after = Math.max(steps.findIndex((step) => step >= at), 1);
  const share = (at - steps[after - 1]) / (steps[after] - steps[after - 1]);
  return values[after - 1] + share * (values[after] - values[after - 1]);
}
