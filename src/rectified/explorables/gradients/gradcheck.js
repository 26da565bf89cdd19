// Where gradcheck accepts ReLU: a map over distance and step, and the step up close.
export default ({ number, scientific }, { grid, tables }) => {
  const indexOf = (value) => grid.findIndex((other) => Math.abs(other / value - 1) < 0.01);
  const half = Math.sqrt(grid[1] / grid[0]);
  const edges = [...grid.map((value) => value / half), grid.at(-1) * half];
  const ends = [edges[0], edges.at(-1)];

  return {
    compute({ distance, eps, side, precision }) {
      const { passes, numerical } = tables[`${precision}|${side}`];
      const [row, column] = [indexOf(eps), indexOf(distance)];
      const right = side.startsWith("right");
      return {
        passes,
        passed: passes[row][column] === "1",
        numerical: numerical[row][column],
        analytical: right ? 1 : 0,
        x: right ? distance : -distance,
        straddles: eps > distance,
      };
    },

    draw(plot, data, values, change) {
      const [left, right] = plot.panels([1.15, 1], 16);
      drawMap(plot, left, data, values, change);
      drawStep(plot, right, data, values);
    },

    describe({ passed, numerical, analytical, straddles }, { distance, eps, precision, side }) {
      const away = side.startsWith("right") ? "right" : "left";
      const said =
        `At ${scientific(distance, 2)} ${away} of the kink with eps = ${scientific(eps, 2)} in ` +
        `${precision}, gradcheck ${passed ? "passes" : "fails"}: the central quotient is ` +
        `${number(numerical, 4)}, autograd says ${analytical}.`;
      const why = straddles
        ? "The step reaches across the kink."
        : passed
          ? "The step stays on one side of the kink."
          : "The step stays on one side; rounding spoils the quotient.";
      return `${said} ${why}`;
    },
  };

  function drawMap(plot, box, { passes }, { distance, eps }, change) {
    const axes = plot.axes({
      box, x: ends, y: ends, xlog: true, ylog: true, ylabel: "step eps",
      xlabel: "distance from the kink", title: "Blue: gradcheck passes, ×: it fails",
    });
    fill(plot, axes, passes);
    cross(plot, axes, passes);
    axes.line(ends.map((value) => [value, value]), { color: "text", width: 2, dash: "7 4" });
    axes.text([1e-6, 1e-6], "eps = distance", { shift: [10, 12], size: 12.5 });
    const onGrid = (value) =>
      grid.reduce((best, other) =>
        Math.abs(Math.log(other / value)) < Math.abs(Math.log(best / value)) ? other : best,
      );
    axes.handle([distance, eps], (x, y) => change({ distance: onGrid(x), eps: onGrid(y) }));
  }

  /** One bar for each run of equal cells in a row: far fewer than cells. */
  function fill(plot, axes, passes) {
    passes.forEach((row, i) => {
      const [y, bottom] = [axes.py(edges[i + 1]), axes.py(edges[i])];
      for (const { 0: run, index } of row.matchAll(/0+|1+/g)) {
        const [x, end] = [index, index + run.length].map((k) => axes.px(edges[k]));
        const style = { fill: run[0] === "1" ? "blue-fill" : "orange-fill" };
        plot.rect(x, y, end - x, bottom - y + 0.5, style);
      }
    });
  }

  /** A small × in each cell that fails, all in one path. */
  function cross(plot, axes, passes) {
    const marks = passes.flatMap((row, i) =>
      [...row].map((passed, j) => {
        const [x, y] = [axes.px(grid[j]), axes.py(grid[i])];
        return passed === "1" ? "" : `M${x - 2},${y - 2}l4,4m0,-4l-4,4`;
      }),
    );
    plot.add(`<path d="${marks.join("")}" ${plot.style({ color: "orange", width: 1 })}/>`);
  }

  /** The point and its two neighbors, with the step as the unit of length. */
  function drawStep(plot, box, { x, numerical, analytical, passed }, { eps }) {
    const at = Math.min(Math.max(x / eps, -3), 3); // farther out looks the same
    const relu = (u) => Math.max(u, 0);
    const [low, high] = [at - 2, at + 2];
    const y = [Math.min(-0.6, relu(at) - 2), Math.max(2.2, relu(at) + 2)];
    const axes = plot.axes({
      box, x: [low, high], y, xlabel: "x, in steps of eps",
      title: passed ? "They agree: passes" : "They differ: fails",
    });
    const through = (slope) => [low, high].map((u) => [u, relu(at) + slope * (u - at)]);
    axes.graph(relu, { at: [low, 0, high].filter((u) => u >= low && u <= high).sort((a, b) => a - b), color: "gray", width: 3 });
    axes.line(through(analytical), { color: "orange", dash: "7 5" });
    axes.line(through(numerical), { color: "blue" });
    for (const u of [at - 1, at + 1]) axes.point([u, relu(u)], { radius: 5, fill: "blue" });
    axes.point([at, relu(at)], { radius: 7 });
    const entries = [
      [`quotient ${number(numerical, 4)}`, { color: "blue" }],
      [`autograd ${analytical}`, { color: "orange", dash: "7 5" }],
    ];
    plot.legend(entries, axes.left + 8, axes.top + 16);
  }
};
