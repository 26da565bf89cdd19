// One example through a 2-2-2-1 net and its loss back, number by number.
export default ({ number, plural }, constants) => {
  const { weights, outputBias, target, examples, steps } = constants;
  const short = (value) => number(value, 4).replace(/\.?0+$/, "");
  const times = (row, column) => row.reduce((sum, value, i) => sum + value * column[i], 0);
  const columnOf = (matrix, j) => matrix.map((row) => row[j]);
  const outer = (a, d) => a.map((value) => d.map((other) => value * other));
  const list = (values) => values.map(short).join(" and ");

  return {
    compute({ x1, x2, biases, at_zero: atZero }) {
      const inputs = [[x1, x2]];
      const zs = [];
      const masks = [];
      const allBiases = [biases.slice(0, 2), biases.slice(2), [outputBias]];
      weights.forEach((weight, layer) => {
        const z = allBiases[layer].map((b, j) => times(inputs[layer], columnOf(weight, j)) + b);
        zs.push(z);
        masks.push(z.map((value) => (value === 0 ? atZero : value > 0 ? 1 : 0)));
        inputs.push(z.map((value) => Math.max(value, 0)));
      });
      const error = zs[2][0] - target;
      const dz = [null, null, [error]];
      const da = [];
      for (const layer of [2, 1, 0]) {
        da[layer] = weights[layer].map((row) => times(row, dz[layer]));
        if (layer) dz[layer - 1] = da[layer].map((d, i) => d * masks[layer - 1][i]);
      }
      const dW = dz.map((d, layer) => outer(inputs[layer], d));
      return { inputs, zs, masks, loss: error ** 2 / 2, da, dz, dW };
    },

    draw(plot, data, values) {
      const done = steps.slice(0, values.step);
      const known = (name, layer) => done.some(([, l, n]) => n === name && l === layer);
      const last = done.at(-1) || [];
      const now = (name, layer) => last[2] === name && last[1] === layer;
      const scene = { plot, data, values, known, now, places: layout(plot) };
      // All lines first, so that no line crosses a number.
      const edges = listEdges(scene);
      for (const edge of edges) drawLine(scene, edge);
      for (const edge of edges) drawLabel(scene, edge);
      drawInputs(scene);
      for (const layer of [1, 2]) for (const j of [0, 1]) drawUnit(scene, layer, j);
      drawOutput(scene);
      drawNotes(plot, values.at_zero);
    },

    describe(data, values) {
      if (!values.step) return "Nothing is computed yet. Press the play button beside the step.";
      const [direction, layer, name] = steps[values.step - 1];
      const gates = data.masks.slice(0, 2).flat();
      const closed = gates.filter((gate) => gate === 0).length;
      const still = data.dW.flat(2).filter((d) => d === 0).length;
      const end =
        ` Closed gates: ${closed} of 4. Weights with gradient exactly 0: ${still} of 10.`;
      const said = `Step ${values.step}, ${direction}: ${explain(data, layer, name)}`;
      return said + (direction === "backward" ? end : "");
    },

    /** A chosen example is loaded; a change by hand makes it the learner's own. */
    settle(values, previous) {
      const shape = ({ x1, x2, biases }) => JSON.stringify([x1, x2, biases]);
      if (values.example !== previous.example) {
        return { ...values, ...examples[values.example] };
      }
      const same = shape(values) === shape(previous);
      return same ? values : { ...values, example: "your own" };
    },
  };

  function drawNotes(plot, atZero) {
    const notes = [
      `A gate at exactly 0 multiplies by ReLU'(0) = ${short(atZero)}.`,
      "∂: how the loss changes with a, z, w or x.",
    ];
    const lines = plot.narrow ? notes : [notes.join(" ")];
    const style = { anchor: "middle", color: "muted", size: 12 };
    lines.reverse().forEach((line, k) => {
      plot.text(plot.width / 2, plot.height - 6 - 17 * k, line, style);
    });
  }

  /** Centers of all boxes: columns on a wide page, rows on a phone. */
  function layout({ narrow, width, height }) {
    const room = width - (width < 700 ? 100 : 112); // between the centers of the first and last boxes
    const along = narrow
      ? [28, 211, 430, 610]
      : [0, 0.315, 0.66, 1].map((share) => 47 + share * room);
    const across = narrow ? [0.25, 0.75].map((s) => s * width) : [92, height - 96];
    const middle = (across[0] + across[1]) / 2;
    return along.map((at, layer) =>
      (layer < 3 ? across : [middle]).map((side) => (narrow ? [side, at] : [at, side])),
    );
  }

  /** Whether the columns are so close that boxes and labels must be smaller. */
  function isTight({ narrow, width }) {
    return !narrow && width < 700;
  }

  /** Half the width and height of the boxes of a layer. */
  function half(plot, layer) {
    const [wide, tight] = [[43, 57, 57, 58], [39, 54, 54, 47]];
    return [(isTight(plot) ? tight : wide)[layer], [24, 62, 62, 46][layer]];
  }

  function listEdges({ plot, data, known, places }) {
    const flat = plot.narrow ? 1 : 0;
    return weights.flatMap((matrix, layer) =>
      matrix.flatMap((row, i) =>
        row.map((weight, j) => {
          const [from, to] = [[...places[layer][i]], [...places[layer + 1][j]]];
          from[flat] += half(plot, layer)[flat];
          to[flat] -= half(plot, layer + 1)[flat];
          const gradient = data.dW[layer][i][j];
          const seen = known("d_W", layer + 1);
          const [straight, crossing] = plot.narrow ? [0.72, 0.26] : [0.5, 0.3];
          const share = layer === 2 ? 0.45 : i === j ? straight : crossing;
          const blocked = seen && gradient === 0;
          return { from, to, layer, weight, gradient, seen, blocked, share };
        }),
      ),
    );
  }

  function drawLine({ plot }, { from, to, seen, blocked }) {
    const moves = seen && !blocked;
    const dash = blocked ? "4 4" : "";
    plot.path([from, to], { color: moves ? "orange" : "gray", width: moves ? 2.6 : 1.4, dash });
  }

  function drawLabel({ plot, now }, { from, to, layer, weight, gradient, seen, blocked, share }) {
    const [x, y] = from.map((start, k) => start + share * (to[k] - start));
    const tall = seen ? 34 : 18;
    const fill = now("d_W", layer + 1) ? "orange-fill" : "surface";
    const words = `${isTight(plot) ? "" : "∂w "}${short(gradient)}`;
    const wide = seen ? Math.max(6.7 * words.length + 4, 34) : 44;
    plot.rect(x - wide / 2, y - tall / 2, wide, tall, { fill, round: 4 });
    const style = { anchor: "middle", size: 12 };
    plot.text(x, y + (seen ? -3 : 4), `× ${short(weight)}`, style);
    if (!seen) return;
    const color = blocked ? "muted" : "orange";
    plot.text(x, y + 13, words, { ...style, color, bold: true });
  }

  /** A box with lines [text, color, visible, current]. */
  function drawBox({ plot }, [x, y], layer, lines, style = {}) {
    const [w, h] = half(plot, layer);
    plot.rect(x - w, y - h, 2 * w, 2 * h, { color: "gray", width: 1.5, fill: "raised", round: 8, ...style });
    const row = (2 * h - 8) / lines.length;
    lines.forEach(([text, color, visible, current], k) => {
      const at = y - h + 4 + row * (k + 0.5);
      if (current) {
        const fill = color === "orange" ? "orange-fill" : "blue-fill";
        plot.rect(x - w + 4, at - 9, 2 * w - 8, 19, { fill, round: 4 });
      }
      const words = visible ? text : `${text.split(" ")[0]} …`;
      plot.text(x, at + 5, words, { anchor: "middle", size: 12.5, color: visible ? color : "muted", bold: current });
    });
  }

  function drawInputs(scene) {
    const { data, known, now, places } = scene;
    data.inputs[0].forEach((value, i) => {
      const lines = [[`${["x₁", "x₂"][i]} = ${short(value)}`, "text", true, false]];
      if (known("d_x", 1)) lines.push([`∂x ${short(data.da[0][i])}`, "orange", true, now("d_x", 1)]);
      drawBox(scene, places[0][i], 0, lines);
    });
  }

  function drawUnit(scene, layer, j) {
    const { data, values, known, now, places } = scene;
    const at = layer - 1;
    const gate = data.masks[at][j];
    const chosen = values.gate === 2 * at + j + 1;
    const line = (text, color, name) => [text, color, known(name, layer), now(name, layer)];
    const state = data.zs[at][j] === 0 ? "at 0" : gate ? "open" : "closed";
    const name = `gate ${2 * at + j + 1}, b = ${short(values.biases[2 * at + j])}`;
    const lines = [
      [name, chosen ? "purple" : "muted", true, false],
      line(`z = ${short(data.zs[at][j])}`, "text", "z"),
      line(`× ${short(gate)} gate ${state}`, gate ? "blue" : "text", "mask"),
      line(`a = ${short(data.inputs[layer][j])}`, "text", "a"),
      line(`∂a ${short(data.da[layer][j])}`, "orange", "d_a"),
      line(`∂z ${short(data.dz[at][j])}`, "orange", "d_z"),
    ];
    const shut = known("mask", layer) && gate === 0;
    const color = chosen ? "purple" : shut ? "muted" : "blue";
    const style = { color, width: chosen ? 3 : 1.8, dash: shut ? "5 4" : "", fill: shut ? "surface" : "raised" };
    drawBox(scene, places[layer][j], layer, lines, style);
  }

  function drawOutput(scene) {
    const { data, known, now, places } = scene;
    const line = (text, color, name) => [text, color, known(name, 3), now(name, 3)];
    drawBox(scene, places[3][0], 3, [
      line(`output ${short(data.zs[2][0])}`, "text", "z"),
      [`target ${short(target)}`, "text", true, false],
      line(`loss ${short(data.loss)}`, "text", "loss"),
      line(`∂z ${short(data.dz[2][0])}`, "orange", "d_z"),
    ]);
  }

  function explain({ inputs, zs, masks, loss, da, dz, dW }, layer, name) {
    const at = layer - 1;
    const product = (j) => `${short(da[layer][j])} × ${short(masks[at][j])} = ${short(dz[at][j])}`;
    switch (name) {
      case "z":
        return layer < 3
          ? `layer ${layer} adds up weight times input, and the bias: z = ${list(zs[at])}.`
          : `the output is ${list(zs[at])}, without a gate.`;
      case "mask":
        return `the gates of layer ${layer} are ${list(masks[at])}: ReLU'(z).`;
      case "a":
        return `what passes the gates of layer ${layer} is a = ${list(inputs[layer])}.`;
      case "loss":
        return `the loss is half the square of output minus target: ${short(loss)}.`;
      case "d_a":
        return `layer ${layer} hears from above, weight times ∂z: ∂a = ${list(da[layer])}.`;
      case "d_z":
        return layer === 3
          ? `it starts with output minus target: ∂z = ${list(dz[2])}.`
          : `gradient times gate, ${product(0)} and ${product(1)}.`;
      case "d_W":
        return `in layer ${layer}, each weight gets its input times ∂z: ${dW[at].flat().map(short).join(", ")}.`;
      case "d_b":
        return `each bias of layer ${layer} gets ∂z itself: ${list(dz[at])}.`;
      default:
        return `the inputs get ∂x = ${list(da[0])}; ${plural(dW.flat(2).filter((d) => d !== 0).length, "weight")} of 10 will move.`;
    }
  }
};
