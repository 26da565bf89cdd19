// A race between activations: accuracy over time, and the steps to the goal at every
// learning rate. One rate for all is a vertical cut through the second panel.
export default ({ number, plural }, { runners, rates, depths, looks, curves }) => {
  const names = Object.keys(runners);
  const limit = looks.at(-1);
  const STYLES = [
    { color: "blue", dash: "" },
    { color: "orange", dash: "8 4" },
    { color: "green", dash: "3 4" },
    { color: "purple", dash: "10 3 2 3" },
  ];
  const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
  const near = (rate) => rates.findIndex((r) => Math.abs(r / rate - 1) < 0.01);

  /** Updates until each seed's curve arrives; the limit if it never does. */
  function arrivals(curve, goal) {
    return curve[0].map((_, seed) => {
      const at = curve.findIndex((look) => look[seed] >= goal);
      return at < 0 ? null : looks[at];
    });
  }
  const capped = (steps) => steps.map((s) => (s === null ? limit : s));

  return {
    compute({ comparison, rate, depth, goal }) {
      const table = curves[depths.indexOf(Number(depth))];
      const fair = comparison === "each at its own best";
      return names.map((name, row) => {
        const steps = table[row].map((curve) => arrivals(curve, goal));
        const means = steps.map((seeds) => mean(capped(seeds)));
        // Among rates at which nobody arrives, the one with the highest accuracy.
        const score = means.map((value, i) => value - 1e-3 * mean(table[row][i].at(-1)));
        const best = score.indexOf(Math.min(...score));
        const chosen = fair ? best : near(rate);
        return { name, steps, means, best, chosen, curve: table[row][chosen], arrived: steps[chosen] };
      });
    },

    draw(plot, data, { comparison, rate, goal }, change) {
      const top = plot.narrow ? 48 : 26;
      const lower = ([x, y, width, height], row) => {
        const share = plot.narrow ? top / 2 : top;
        return [x, y + (plot.narrow && row ? share : top), width, height - share];
      };
      const [first, second] = plot.panels([1, 1], 14).map(lower);
      names.forEach((name, row) => {
        const column = plot.narrow ? row % 2 : row;
        const at = (plot.narrow ? [8, 120] : [40, 140, 240, 360])[column];
        plot.legend([[name, { ...STYLES[row], width: 2.6 }]], at, plot.narrow ? 16 + 20 * Math.floor(row / 2) : 16);
      });
      const race = plot.axes({
        box: first, x: [0, limit], y: [0, 1], xlabel: "update", title: "Test digits right",
      });
      race.line([[0, goal], [limit, goal]], { color: "muted", width: 1.5, dash: "9 3" });
      data.forEach(({ curve, arrived }, row) => {
        const triples = curve.map((seeds, i) => [looks[i], Math.min(...seeds), Math.max(...seeds)]);
        race.band(triples, { fill: STYLES[row].color, opacity: 0.14 });
        race.line(curve.map((seeds, i) => [looks[i], mean(seeds)]), { ...STYLES[row], width: 2.6 });
        if (!arrived.includes(null)) {
          race.point([mean(arrived), goal], { fill: STYLES[row].color, radius: 5.5 });
        }
      });

      const steps = plot.axes({
        box: second, x: [0.04, 6.3], y: [0, limit * 1.06], xlog: true, xlabel: "learning rate",
        title: `Updates to the goal`,
        yticks: [...[0, 25, 50, 75, 100].map((v) => [v, String(v)]), [limit, "never"]],
        xticks: [0.1, 1].map((v) => [v, String(v)]).concat([[0.05, "0.05"], [0.5, "0.5"], [5, "5"]]),
      });
      const fair = comparison === "each at its own best";
      if (!fair) steps.line([[rate, 0], [rate, limit * 1.06]], { color: "muted", width: 2, dash: "3 3" });
      data.forEach(({ steps: table, means, chosen }, row) => {
        const style = STYLES[row];
        const range = table.map((seeds, i) => [rates[i], Math.min(...capped(seeds)), Math.max(...capped(seeds))]);
        steps.band(range, { fill: style.color, opacity: 0.12 });
        steps.line(means.map((value, i) => [rates[i], value]), { ...style, width: 2 });
        steps.point([rates[chosen], means[chosen]], { fill: style.color, radius: 6.5 });
      });
    },

    describe(data, { comparison, rate, goal, depth }) {
      const how = comparison === "each at its own best" ? "Each at its own best learning rate" : `All at learning rate ${rate}`;
      const one = ({ name, arrived, chosen }) => {
        const late = arrived.filter((s) => s === null).length;
        const at = comparison === "each at its own best" ? ` (rate ${rates[chosen]})` : "";
        if (late === arrived.length) return `${name} never gets there in ${limit}${at}`;
        if (late) return `${name} gets there with ${arrived.length - late} of ${plural(arrived.length, "seed")}${at}`;
        return `${name} takes ${number(mean(arrived), 0)}${at}`;
      };
      return (
        `${how}, ${plural(Number(depth), "hidden layer")}: to ${number(100 * goal, 0)} % of the test digits, ` +
        `${data.map(one).join("; ")} updates. Means of 3 seeds; the bands span them.`
      );
    },
  };
};
