// The drawing layer for figures that the front end computes: axes, lines, points and
// text in SVG, with colors from the theme. A figure is drawn anew at each change: the
// markup is collected as text and set once, which takes about a millisecond.

class Plot {
  constructor(svg, width, height) {
    Object.assign(this, { svg, width, height, parts: [], handles: [], areas: [] });
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
    const name = options.name ? `class="${options.name}" ` : "";
    this.add(`<circle ${name}cx="${x}" cy="${y}" r="${radius}" ${this.style(options)}/>`);
  }

  /** Line samples with their names, [[text, style], ...], from (x, y) downward. */
  legend(entries, x, y, gap = 19) {
    entries.forEach(([text, style], row) => {
      const at = y + row * gap;
      this.path([[x, at - 4], [x + 26, at - 4]], style);
      this.text(x + 33, at, text, { size: 12.5 });
    });
  }

  finish() {
    this.svg.innerHTML = this.parts.join("");
  }
}
