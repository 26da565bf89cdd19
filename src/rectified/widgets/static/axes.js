// Axes with their scales, ticks and the marks that are placed in data units.

/** Round tick values, about `count` of them, within [low, high], with their texts. */
function ticks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough);
  const first = Math.ceil(low / step - 1e-9);
  const length = Math.floor(high / step + 1e-9) - first + 1;
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const values = Array.from({ length }, (_, i) => (first + i) * step);
  return values.map((value) => [value, number(value, digits)]);
}

/** Powers of ten within [low, high], about `count` of them. */
function decadeTicks(low, high, count) {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const step = Math.max(1, Math.ceil((last - first + 1) / count));
  const exponents = linspace(first, last, last - first + 1).filter((e) => e % step === 0);
  return exponents.map((exponent) => [10 ** exponent, powerOfTen(exponent)]);
}

/** From data to the share of the axis (0 to 1) and back. */
function scale([low, high], log = false) {
  const [to, from] = log ? [Math.log10, (u) => 10 ** u] : [(v) => v, (u) => u];
  const [start, end] = [to(low), to(high)];
  return {
    share: (value) => (to(value) - start) / (end - start),
    value: (share) => from(start + share * (end - start)),
    ticks: (count) => (log ? decadeTicks : ticks)(low, high, count),
  };
}

class Axes {
  constructor(plot, options) {
    const { box, x, y, xlog, ylog, title = "", xlabel = "", ylabel = "", equal } = options;
    const pad = { left: ylabel ? 52 : 40, right: 10, top: title ? 28 : 10, bottom: 42 };
    let [left, top, width, height] = box;
    left += pad.left;
    top += pad.top;
    width -= pad.left + pad.right;
    height -= pad.top + pad.bottom;
    if (equal) {
      // One unit is as long on both axes: shrink the longer side, keep it centered.
      const unit = Math.min(width / (x[1] - x[0]), height / (y[1] - y[0]));
      left += (width - unit * (x[1] - x[0])) / 2;
      [width, height] = [unit * (x[1] - x[0]), unit * (y[1] - y[0])];
    }
    Object.assign(this, { plot, left, top, width, height, xr: x, yr: y });
    this.xscale = scale(x, xlog);
    this.yscale = scale(y, ylog);
    this.clip = `${plot.svg.id}-clip-${plot.parts.length}`;
    const xticks = options.xticks || this.xscale.ticks(Math.max(3, width / 50));
    const yticks = options.yticks || this.yscale.ticks(Math.max(3, height / 45));
    this.grid(xticks, yticks);
    this.words(title, xlabel, ylabel);
  }

  px(x) {
    return this.left + this.xscale.share(x) * this.width;
  }

  py(y) {
    return this.top + (1 - this.yscale.share(y)) * this.height;
  }

  grid(xticks, yticks) {
    const { plot, left, top, width, height } = this;
    const bottom = top + height;
    plot.add(
      `<clipPath id="${this.clip}"><rect x="${left - 6}" y="${top - 6}" ` +
        `width="${width + 12}" height="${height + 12}"/></clipPath>`,
    );
    const weight = (value) => ({ color: "grid", width: value === 0 ? 2 : 1 });
    for (const [value, text] of xticks) {
      const at = this.px(value);
      plot.path([[at, top], [at, bottom]], weight(value));
      plot.text(at, bottom + 17, text, { anchor: "middle", size: 12 });
    }
    for (const [value, text] of yticks) {
      const at = this.py(value);
      plot.path([[left, at], [left + width, at]], weight(value));
      plot.text(left - 7, at + 4, text, { anchor: "end", size: 12 });
    }
  }

  words(title, xlabel, ylabel) {
    const { plot, left, top, width, height } = this;
    plot.text(left, top - 11, title, { bold: true, size: 13.5 });
    plot.text(left + width / 2, top + height + 36, xlabel, { anchor: "middle" });
    const [x, y] = [left - 38, top + height / 2];
    if (ylabel) {
      plot.add(`<g transform="rotate(-90 ${x} ${y})">`);
      plot.text(x, y, ylabel, { anchor: "middle" });
      plot.add("</g>");
    }
  }

  clipped(draw) {
    this.plot.add(`<g clip-path="url(#${this.clip})">`);
    draw();
    this.plot.add("</g>");
  }

  /** A line through [x, y] pairs in data units, cut off at the axes; null is a gap. */
  line(points, options = {}) {
    const runs = [[]];
    for (const [x, y] of points) {
      if (y === null) runs.push([]);
      else runs.at(-1).push([this.px(x), this.py(y)]);
    }
    this.clipped(() => {
      for (const run of runs) if (run.length) this.plot.path(run, options);
    });
  }

  /** The area between two curves, from [x, low, high] triples. */
  band(triples, options = {}) {
    const kept = triples.filter(([, low, high]) => low !== null && high !== null);
    const upper = kept.map(([x, , high]) => [this.px(x), this.py(high)]);
    const lower = kept.map(([x, low]) => [this.px(x), this.py(low)]).reverse();
    const style = { color: "none", fill: "blue-fill", width: 0, ...options };
    this.clipped(() => kept.length && this.plot.path([...upper, ...lower], style));
  }

  /** A grid of cells between edges; `styleAt(column, row)` gives each its style. */
  cells(xEdges, yEdges, styleAt) {
    for (let i = 0; i + 1 < xEdges.length; i++) {
      for (let j = 0; j + 1 < yEdges.length; j++) {
        const [x, y] = [this.px(xEdges[i]), this.py(yEdges[j + 1])];
        const [width, height] = [this.px(xEdges[i + 1]) - x, this.py(yEdges[j]) - y];
        this.plot.rect(x, y, width, height, styleAt(i, j));
      }
    }
  }

  /** The graph of a function: straight between `at` points, or sampled. */
  graph(f, options = {}) {
    const at = options.at || linspace(0, 1, 181).map((s) => this.xscale.value(s));
    this.line(at.map((x) => [x, f(x)]), options);
  }

  point([x, y], options = {}) {
    const style = { color: "surface", fill: "orange", width: 2, ...options };
    this.plot.circle(this.px(x), this.py(y), options.radius || 7, style);
  }

  text([x, y], text, options = {}) {
    const [dx, dy] = options.shift || [0, 0];
    this.plot.text(this.px(x) + dx, this.py(y) + dy, text, options);
  }

  /** A point that can be dragged; `onDrag` gets the new place in data units. */
  handle(at, onDrag, options = {}) {
    this.point(at, { radius: 8, name: "rectified-knob", ...options });
    const [x, y] = [this.px(at[0]), this.py(at[1])];
    this.plot.handles.push({ x, y, drag: (px, py) => onDrag(...this.toData(px, py)) });
  }

  /** Any place inside the axes can be pressed; `onPick` gets it in data units. */
  picker(onPick) {
    const { left, top, width, height } = this;
    const pick = (px, py) => {
      const inside = (value, low, size) => Math.min(Math.max(value, low), low + size);
      onPick(...this.toData(inside(px, left, width), inside(py, top, height)));
    };
    this.plot.areas.push({ box: [left, top, width, height], pick });
  }

  toData(px, py) {
    return [
      this.xscale.value((px - this.left) / this.width),
      this.yscale.value(1 - (py - this.top) / this.height),
    ];
  }
}
