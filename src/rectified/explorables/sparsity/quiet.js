// Units times images: which outputs are zero, and what that says about the units.
export default ({ number, plural }, measured) => {
  const { networks, shifts, n_train: total, n_test: fresh } = measured;
  const shown = 4 * measured.fires[0][0][0][0].length; // four images per digit

  /** Share of units that are silent, for batches of 1 to all images. */
  function curves(units) {
    const never = units.map((unit) => total - unit.onTrain);
    const odds = units.map(() => 1);
    const met = new Array(total + 1).fill(0);
    for (const { first } of units) met[first] += 1;
    const [mean, here] = [[], []];
    let silent = units.length;
    for (let n = 1; n <= total; n++) {
      let sum = 0;
      never.forEach((k, i) => {
        odds[i] *= Math.max(k - n + 1, 0) / (total - n + 1);
        sum += odds[i];
      });
      silent -= met[n];
      mean.push(sum / units.length);
      here.push(silent / units.length);
    }
    return { mean, here };
  }

  return {
    compute({ batch, network, layer, shift }) {
      const place = (table) => table[networks.indexOf(network)][shifts.indexOf(shift)][layer - 1];
      const [bits, first, onTrain, onTest] = ["fires", "first", "on_train", "on_test"].map(
        (name) => place(measured[name]),
      );
      const units = first.map((at, i) => ({
        bits: bits[i], first: at, onTrain: onTrain[i], onTest: onTest[i],
        state: !at ? "dead" : at > batch ? "quiet" : "fires",
      }));
      units.sort((a, b) => b.onTrain - a.onTrain || a.first - b.first);
      const of = (name) => units.filter(({ state }) => state === name).length;
      const revived = units.filter(({ state, onTest }) => state === "dead" && onTest).length;
      const counts = { quiet: of("quiet"), dead: of("dead"), fires: of("fires"), revived };
      return { units, counts, ...curves(units) };
    },

    draw(plot, data, { batch }, change) {
      const [left, right] = plot.panels(plot.narrow ? [1.25, 1] : [1.45, 1], 16);
      raster(plot, left, data.units, { batch, shown }, change);
      shares(plot, right, data, { batch, total });
    },

    describe({ counts, units, mean }, { batch, layer }) {
      const { quiet, dead, revived } = counts;
      const silent = quiet + dead;
      const images = `${plural(batch, "image")}`;
      const share = number(100 * mean[batch - 1], 0);
      const start =
        `On this batch of ${images}, ${silent} of ${units.length} units in layer ${layer} ` +
        `give nothing but zeros; on an average batch of that size it would be ${share}%.`;
      if (!silent) return `${start} No unit looks dead.`;
      const few = (count, one, many) => `${count} of them ${count === 1 ? one : many}`;
      const alive = quiet
        ? ` ${few(quiet, "is only quiet: it fires", "are only quiet: they fire")} on other training images.`
        : "";
      const gone = dead
        ? ` ${few(dead, "is", "are")} 0 on all ${total} training images` +
          (revived ? `; ${revived} of these ${revived === 1 ? "fires" : "fire"} on the ${fresh} test images.` : ".")
        : ` None is 0 on all ${total}.`;
      return start + alive + gone;
    },
  };
};

const LOOKS = {
  fires: ["blue", "fires in this batch"],
  quiet: ["orange", "quiet: fires on other images"],
  dead: ["text", "dead: 0 on all training images"],
};

function raster(plot, [x, y, w, h], units, { batch, shown }, change) {
  const [left, top] = [x + 8, y + 72];
  const [cell, row] = [(w - 40) / shown, (h - 112) / units.length];
  const edge = left + batch * cell;
  Object.values(LOOKS).forEach(([color, text], i) => {
    plot.rect(left, y + 6 + 20 * i, 13, 13, { fill: color });
    plot.text(left + 20, y + 17 + 20 * i, text);
  });
  const height = units.length * row;
  plot.rect(left, top, shown * cell, height, { fill: "raised" });
  plot.rect(left, top, edge - left, height, { fill: "orange-fill" });
  const [inside, outside] = [[], []];
  units.forEach(({ bits, state }, i) => {
    for (const [from, to] of runs(bits)) {
      bar(inside, from, Math.min(to, batch), i);
      bar(outside, Math.max(from, batch), to, i);
    }
    const at = top + i * row;
    plot.rect(left + shown * cell + 5, at, 12, row + 0.3, { fill: LOOKS[state][0] });
  });
  function bar(list, from, to, i) {
    if (to <= from) return;
    const [a, b] = [left + from * cell, top + i * row];
    list.push(`M${a.toFixed(1)},${b.toFixed(1)}h${((to - from) * cell).toFixed(1)}` +
      `v${row.toFixed(2)}h${(-(to - from) * cell).toFixed(1)}z`);
  }
  plot.add(`<path d="${inside.join("")}" fill="var(--rx-blue)"/>`);
  plot.add(`<path d="${outside.join("")}" fill="var(--rx-gray)" opacity="0.45"/>`);
  plot.path([[edge, top - 4], [edge, top + height + 12]], { color: "text", width: 1.5 });
  const knob = top + height + 14;
  plot.circle(edge, knob, 8, {
    color: "surface", fill: "orange", width: 2, name: "rectified-knob",
  });
  const limit = (n) => Math.min(Math.max(Math.round(n), 1), shown);
  plot.handles.push({
    x: edge, y: knob, drag: (px) => change({ batch: limit((px - left) / cell) }),
  });
  const side = batch > shown / 2 ? { anchor: "end", x: edge - 14 } : { x: edge + 14 };
  plot.text(side.x, knob + 5, "training images \u2192, units \u2193", side);
}

/** Stretches of ones in a row of bits, as [from, to) pairs. */
function runs(hex) {
  const found = [];
  let from = -1;
  [...hex].forEach((digit, i) => {
    const four = parseInt(digit, 16);
    for (let bit = 0; bit < 4; bit++) {
      const on = (four >> (3 - bit)) & 1;
      if (on && from < 0) from = 4 * i + bit;
      if (!on && from >= 0) {
        found.push([from, 4 * i + bit]);
        from = -1;
      }
    }
  });
  if (from >= 0) found.push([from, 4 * hex.length]);
  return found;
}

function shares(plot, [x, y, w, h], { mean, here, units, counts }, { batch, total }) {
  const percents = [0, 0.25, 0.5, 0.75, 1].map((v) => [v, `${100 * v}%`]);
  const axes = plot.axes({
    box: [x, y + 62, w, h - 62], x: [1, total], xlog: true, y: [0, 1], yticks: percents,
    xlabel: "images looked at",
  });
  const pairs = (list) => list.map((share, i) => [i + 1, share]);
  const average = { color: "gray", width: 2.2, dash: "7 4" };
  const ours = { color: "purple" };
  const gone = { color: "text", width: 1.5, dash: "2 3" };
  const floor = counts.dead / units.length;
  axes.line([[1, floor], [total, floor]], gone);
  axes.line(pairs(mean), { ...average, label: "the average" });
  axes.line(pairs(here), { ...ours, label: "this order" });
  axes.line([[batch, 0], [batch, 1]], { color: "muted", width: 1.2 });
  axes.point([batch, here[batch - 1]], { fill: "purple", radius: 6 });
  const names = [["units that look dead", ours], ["average over all batches", average]];
  plot.legend([...names, [`dead on all ${total} images`, gone]], axes.left, y + 17);
}
