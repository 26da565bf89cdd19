// Accuracy over the training, and what one network takes ten images for.

export default ({ number }, { steps, images, arms }) => ({
  compute({ treatment, step }) {
    const { accuracy, answers } = arms[treatment];
    const at = steps.indexOf(step);
    const curves = accuracy.map((row) => row.slice(0, at + 1).map((y, i) => [steps[i], y]));
    const now = accuracy.map((row) => row[at]);
    return { curves, now, answers: answers[at] };
  },

  draw(plot, { curves, answers }, { step }) {
    const [left, right] = plot.panels([1, 1], 26);
    const axes = plot.axes({
      box: left, x: [0, steps.at(-1)], y: [0, 1], xlabel: "updates", ylabel: "share of right answers",
      title: "New images read correctly",
    });
    axes.line([[0, 0.1], [steps.at(-1), 0.1]], { color: "muted", width: 1.5, dash: "2 4" });
    axes.text([steps.at(-1), 0.1], "guessing", { anchor: "end", color: "muted", size: 12, shift: [0, -6] });
    axes.line([[step, 0], [step, 1]], { color: "gray", width: 1.2, dash: "4 4" });
    const dashes = ["", "8 4", "2 3"];
    curves.forEach((curve, i) => axes.line(curve, { dash: dashes[i] }));
    for (const curve of curves) axes.point(curve.at(-1), { fill: "blue", radius: 4 });

    const [x, y, width] = right;
    plot.text(x, y + 17, "What the first network takes them for", { bold: true, size: 13.5 });
    const side = Math.min((width - 4 * 14) / 5, 62);
    answers.forEach((answer, digit) => {
      const px = x + (digit % 5) * (side + 14);
      const py = y + 34 + Math.floor(digit / 5) * (side + 58);
      drawImage(plot, images[digit], px, py, side);
      const right = answer === digit;
      const mark = right ? "✓" : "✗";
      const style = { anchor: "middle", bold: true, size: 17, color: right ? "green" : "orange" };
      plot.text(px + side / 2, py + side + 22, `${answer} ${mark}`, style);
    });
  },

  describe({ now, answers }, { treatment, step }) {
    const shares = now.map((share) => number(100 * share, 0)).join(", ");
    const right = answers.filter((answer, digit) => answer === digit).length;
    const done = treatment === "nothing" ? "Untreated" : `Treated with ${treatment}`;
    const all = new Set(answers).size === 1 ? ` It takes all of them for ${answers[0]}.` : "";
    return (
      `${done}, after ${step} updates: three networks with ten hidden layers read ${shares} % of ` +
      `new images correctly; guessing gets 10 %. Of the ten images, the first network ` +
      `has ${right} right.${all}`
    );
  },
});

function drawImage(plot, rows, x, y, side) {
  const cell = side / 8;
  plot.rect(x, y, side, side, { fill: "raised", color: "grid", width: 1 });
  rows.forEach((row, j) =>
    row.forEach((ink, i) => {
      if (ink < 0.05) return;
      plot.rect(x + i * cell, y + j * cell, cell, cell, { fill: "text", opacity: ink });
    }),
  );
}
