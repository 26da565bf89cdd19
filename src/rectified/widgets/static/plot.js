// The drawing layer for figures that the front end computes: axes, lines, points and
// text in SVG, with colors from the theme. A figure is drawn anew at each change: the
// markup is collected as text and set once, which takes about a millisecond.

/** Round tick values, about `count` of them, within [low, high]. */
function ticks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough);
  const first = Math.ceil(low / step - 1e-9);
  const length = Math.floor(high / step + 1e-9) - first + 1;
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return Array.from({ length }, (_, i) => [(first + i) * step, digits]);
}

class Plot {
  constructor(svg, width, height) {
    Object.assign(this, { svg, width, height, parts: [], handles: [] });
    this.narrow = width < NARROW_BELOW;
  }

  /** Boxes [x, y, width, height] side by side, or stacked on a narrow page. */
  panels(shares, gap = 22) {
    const { narrow } = this;
    const total = shares.reduce((a, b) => a + b, 0);
    const room = (narrow ? this.height : this.width) - gap * (shares.length - 1);
    let at = 0;
    return shares.map((share) => {
      const size = (room * share) / total;
      const box = narrow ? [0, at, this.width, size] : [at, 0, size, this.height];
      at += size + gap;
      return box;
    });
  }

  axes(options) {
    return new Axes(this, options);
  }

  add(markup) {
    this.parts.push(markup);
  }

  /** Style attributes: colors are names of the theme. */
  style({ color = "blue", fill = "none", width = 2.4, dash = "", opacity = 1 }) {
    const paint = (name) => (name === "none" ? name : `var(--rx-${name})`);
    return (
      `stroke="${paint(color)}" fill="${paint(fill)}" stroke-width="${width}" ` +
      `stroke-dasharray="${dash}" opacity="${opacity}"`
    );
  }

  text(x, y, text, { anchor = "start", color = "text", bold = false, size = 13 } = {}) {
    finite([x, y], `the place of "${text}"`);
    this.add(
      `<text x="${x}" y="${y}" text-anchor="${anchor}" font-size="${size}" ` +
        `font-weight="${bold ? 650 : 400}" fill="var(--rx-${color})">` +
        `${escapeText(text)}</text>`,
    );
  }

  path(points, options = {}) {
    finite(points.flat(), options.label || "a line");
    const d = points.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join("L");
    this.add(`<path d="M${d}" stroke-linejoin="round" ${this.style(options)}/>`);
  }

  rect(x, y, width, height, options = {}) {
    finite([x, y, width, height], options.label || "a bar");
    const rx = options.round || 0;
    this.add(
      `<rect x="${x}" y="${y}" width="${Math.max(width, 0)}" rx="${rx}" ` +
        `height="${Math.max(height, 0)}" ${this.style({ color: "none", ...options })}/>`,
    );
  }

  circle(x, y, radius, options = {}) {
    finite([x, y], options.label || "a point");
    this.add(`<circle cx="${x}" cy="${y}" r="${radius}" ${this.style(options)}/>`);
  }

  finish() {
    this.svg.innerHTML = this.parts.join("");
  }
}

class Axes {
  constructor(plot, { box, x, y, title = "", xlabel = "", ylabel = "", equal = false }) {
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
    this.clip = `${plot.svg.id}-clip-${plot.parts.length}`;
    this.frame(title, xlabel, ylabel);
  }

  px(x) {
    return this.left + ((x - this.xr[0]) / (this.xr[1] - this.xr[0])) * this.width;
  }

  py(y) {
    return this.top + (1 - (y - this.yr[0]) / (this.yr[1] - this.yr[0])) * this.height;
  }

  frame(title, xlabel, ylabel) {
    const { plot, left, top, width, height } = this;
    const bottom = top + height;
    plot.add(
      `<clipPath id="${this.clip}"><rect x="${left - 6}" y="${top - 6}" ` +
        `width="${width + 12}" height="${height + 12}"/></clipPath>`,
    );
    for (const [value, digits] of ticks(...this.xr, Math.max(3, width / 50))) {
      const at = this.px(value);
      plot.path([[at, top], [at, bottom]], { color: "grid", width: value ? 1 : 2 });
      plot.text(at, bottom + 17, number(value, digits), { anchor: "middle", size: 12 });
    }
    for (const [value, digits] of ticks(...this.yr, Math.max(3, height / 45))) {
      const at = this.py(value);
      plot.path([[left, at], [left + width, at]], { color: "grid", width: value ? 1 : 2 });
      plot.text(left - 7, at + 4, number(value, digits), { anchor: "end", size: 12 });
    }
    plot.text(left, top - 11, title, { bold: true, size: 13.5 });
    plot.text(left + width / 2, bottom + 36, xlabel, { anchor: "middle" });
    const [x, y] = [left - 38, top + height / 2];
    if (ylabel) {
      plot.add(`<g transform="rotate(-90 ${x} ${y})">`);
      plot.text(x, y, ylabel, { anchor: "middle" });
      plot.add("</g>");
    }
  }

  /** A line through [x, y] pairs in data units, cut off at the axes. */
  line(points, options = {}) {
    this.plot.add(`<g clip-path="url(#${this.clip})">`);
    this.plot.path(points.map(([x, y]) => [this.px(x), this.py(y)]), options);
    this.plot.add("</g>");
  }

  /** The graph of a function: straight between `at` points, or sampled. */
  graph(f, options = {}) {
    const at = options.at || linspace(...this.xr, 181);
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
    this.point(at, { radius: 8, ...options });
    const [x, y] = [this.px(at[0]), this.py(at[1])];
    const toData = (px, py) => [
      this.xr[0] + ((px - this.left) / this.width) * (this.xr[1] - this.xr[0]),
      this.yr[0] + (1 - (py - this.top) / this.height) * (this.yr[1] - this.yr[0]),
    ];
    this.plot.handles.push({ x, y, drag: (px, py) => onDrag(...toData(px, py)) });
  }
}
