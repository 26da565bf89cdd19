// A patient without and with a treatment: accuracy, loss and silent units as they train.
export default ({ number, plural }, { patients, treatments, cured, looks, courses }) => {
  const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
  const percent = (share) => `${number(100 * share, 1)}%`;
  const known = (values) => values.filter((value) => value !== null);
  const UNTREATED = { color: "gray", dash: "6 4", width: 2.2 };
  const TREATED = { color: "blue", width: 3 };
  const LOWEST = 1e-3; // smaller losses and none at all are drawn here
  const HIGHEST = 1e4;

  /** [mean, lowest, highest] over the networks still finite, at each look. */
  function summarize(rows, last) {
    return looks.slice(0, last + 1).map((_, k) => {
      const values = known(rows.map((row) => row[k]));
      if (!values.length) return [null, null, null];
      return [mean(values), Math.min(...values), Math.max(...values)];
    });
  }

  function arm(course, last) {
    const at = (rows) => rows.map((row) => row[last]);
    const diverged = at(course.loss).filter((value) => value === null).length;
    const accuracy = at(course.accuracy);
    return {
      curves: ["accuracy", "loss", "silent"].map((name) => summarize(course[name], last)),
      networks: accuracy.length,
      accuracy,
      silent: known(at(course.silent)),
      diverged,
      cured: accuracy.filter((value) => value >= cured).length,
    };
  }

  return {
    compute({ patient, treatment, step }) {
      const ward = courses[patients[patient]];
      const last = looks.indexOf(step);
      const none = arm(ward.none, last);
      const treated = arm(ward[treatments[treatment]], last);
      const same = JSON.stringify(ward.none) === JSON.stringify(ward[treatments[treatment]]);
      return { none, treated, same };
    },

    draw(plot, { none, treated }, { treatment, step }) {
      const key = plot.narrow ? 46 : 28;
      const boxes = panels(plot, key);
      const names = [["untreated", UNTREATED], [`treated: ${treatment}`, TREATED]];
      if (plot.narrow) plot.legend(names, 40, 16);
      else names.forEach((entry, i) => plot.legend([entry], 40 + 130 * i, 16));
      const x = [0, looks.at(-1)];
      const share = { x, y: [0, 1], yticks: [0, 0.5, 1].map((v) => [v, percent0(v)]) };
      const titles = ["Images right", "Loss (log axis)", "Units never above 0"];
      const scales = [share, { x, y: [LOWEST, HIGHEST], ylog: true }, share];
      titles.forEach((title, i) => {
        const axes = plot.axes({
          ...scales[i], box: boxes[i], title, xlabel: "updates",
          xticks: [0, 100, 200].map((v) => [v, String(v)]),
        });
        const place = (v) => (i === 1 ? Math.min(Math.max(v, LOWEST), HIGHEST) : v);
        axes.line([[step, scales[i].y[0]], [step, scales[i].y[1]]], {
          color: "muted", width: 1, dash: "2 3",
        });
        curve(axes, none.curves[i], place, UNTREATED, "grid");
        curve(axes, treated.curves[i], place, TREATED, "blue-fill");
        if (treated.diverged === treated.networks) {
          const style = { anchor: "middle", color: "blue" };
          const at = [x[1] / 2, i === 1 ? 30 : 0.5];
          axes.text(at, "diverged:", { ...style, bold: true });
          axes.text(at, i ? "no number left" : "no answer left", { ...style, shift: [0, 17] });
        }
      });
    },

    describe({ none, treated, same }, { patient, treatment, step }) {
      const start = `${patient[0].toUpperCase()}${patient.slice(1)}, after ${plural(step, "update")}.`;
      const untreated = `Untreated: ${tell(none)}.`;
      if (same) {
        return `${start} ${untreated} The treatment (${treatment}) changes nothing: this patient has it already.`;
      }
      const many = `${treated.cured} of ${treated.networks}`;
      const verdict = step === looks.at(-1) ? ` Cured (${percent0(cured)} right or more): ${many}.` : "";
      return `${start} ${untreated} Treated (${treatment}): ${tell(treated)}.${verdict}`;
    },
  };

  function percent0(share) {
    return `${number(100 * share, 0)}%`;
  }

  function panels(plot, top) {
    if (!plot.narrow) {
      const width = (plot.width - 26) / 3;
      return [0, 1, 2].map((i) => [i * (width + 10), top, width, plot.height - top]);
    }
    const height = (plot.height - top - 10) / 3;
    return [0, 1, 2].map((i) => [0, top + i * (height + 5), plot.width - 8, height]);
  }

  function curve(axes, rows, place, style, fill) {
    const at = (row, j) => (row[j] === null ? null : place(row[j]));
    axes.band(rows.map((row, k) => [looks[k], at(row, 1), at(row, 2)]), { fill, opacity: 0.8 });
    const points = rows.map((row, k) => [looks[k], at(row, 0)]);
    axes.line(points, style);
    const last = points.filter(([, y]) => y !== null).at(-1);
    if (last) axes.point(last, { fill: style.color, radius: 4.5, width: 1.2 });
  }

  function tell({ networks, accuracy, silent, diverged }) {
    if (diverged === networks) return "every network has diverged, its numbers have overflowed";
    const lost = diverged ? `, ${diverged} of ${networks} networks diverged` : "";
    const [low, high] = [Math.min(...accuracy), Math.max(...accuracy)].map(percent);
    const range = low === high ? low : `${low} to ${high}`;
    return `${range} of the images right, ${percent(mean(silent))} of the units never above 0${lost}`;
  }
};
