// Who fills the picture: the figure's own script, or the host that sends pictures.

// Requests that may be under way at once. One would leave the kernel idle while its
// answer travels; more would let the picture lag behind the hand.
const UNDER_WAY = 2;
const PATIENCE = 4000; // ms without an answer before the figure says so

function later(delay, action) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), delay);
  };
}

/** Load a figure's module: text that exports a function of helpers and constants. */
async function loadFigure(text, constants) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  try {
    return (await import(url)).default(helpers, constants);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** The painter of a figure that its own script computes and draws here. */
function scriptPainter({ figure, holder, ui }) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("role", "img");
  svg.id = newId(); // its clip paths are named after it
  holder.append(svg);
  let plot;
  let held = null;
  const place = (event) => {
    const box = svg.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  /** What is at this place. Each drawing makes handles anew, so they go by number. */
  const find = (x, y) => {
    const far = (h) => Math.hypot(h.x - x, h.y - y);
    const found = plot.handles.map((h, i) => [far(h), i]).sort((a, b) => a[0] - b[0])[0];
    if (found && found[0] < 24) {
      return { cursor: "grab", move: (...at) => plot.handles[found[1]]?.drag(...at) };
    }
    const within = ({ box: [left, top, width, height] }) =>
      x >= left && x <= left + width && y >= top && y <= top + height;
    const area = plot.areas.findIndex(within);
    const move = (...at) => plot.areas[area]?.pick(...at);
    return area < 0 ? null : { cursor: "crosshair", move, atOnce: true };
  };
  svg.addEventListener("pointerdown", (event) => {
    held = find(...place(event));
    if (!held) return;
    svg.setPointerCapture(event.pointerId);
    event.preventDefault();
    if (held.atOnce) held.move(...place(event));
  });
  svg.addEventListener("pointermove", (event) => {
    if (held) held.move(...place(event));
    else svg.style.cursor = find(...place(event))?.cursor || "";
  });
  for (const end of ["pointerup", "pointercancel"]) {
    svg.addEventListener(end, () => (held = null));
  }
  const show = (values, message) => {
    const { width, height } = ui.pictureSize();
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.style.touchAction = "pan-y";
    plot = new Plot(svg, width, height);
    try {
      const data = figure.compute(values);
      figure.draw(plot, data, values, ui.change);
      plot.finish();
      const finding = figure.describe(data, values);
      svg.setAttribute("aria-label", finding);
      ui.shown(finding, message);
    } catch (error) {
      ui.failed(
        error instanceof Undefined
          ? error.message
          : `This setting could not be drawn: ${error.message}. Move a control to go on.`,
      );
    }
  };
  return { show, giveUp: () => {}, close: () => {} };
}

/** The painter of a figure whose pictures come from the host. */
function pictureRequester({ model, holder, ui, first }) {
  const viewer = Math.random().toString(36).slice(2);
  const image = element("img", { draggable: false });
  holder.append(image);
  let waiting = null;
  let underWay = 0;
  let serial = 0;
  let newest = 0;
  let objectUrl = "";
  let pressing = 0; // the request whose button press changes the values
  let waits = true; // whether to ask again until a training has come far enough
  const giveUp = () => {
    ui.say(ui.waitingFor);
    underWay = pressing = 0; // if the kernel was restarted, no answer will ever come
  };
  const complain = later(PATIENCE, () => underWay > 0 && giveUp());
  const paint = (source, finding, message) => {
    image.alt = finding;
    if (typeof source === "string") image.src = source;
    else {
      const url = URL.createObjectURL(new Blob([source], { type: "image/webp" }));
      image.src = url;
      if (objectUrl) URL.revokeObjectURL(objectUrl);
      objectUrl = url;
    }
    ui.shown(finding, message);
  };
  const next = () => {
    // Until a press is answered, nobody knows the values that it leads to.
    if (!waiting || underWay >= UNDER_WAY || pressing) return;
    underWay += 1;
    const request = { kind: "show", viewer, serial: ++serial, ...waiting, ...ui.view() };
    if (waiting.pressed) pressing = serial;
    waiting = null;
    complain();
    try {
      model.send(request);
    } catch {
      giveUp(); // after a restart there is no channel to send on
    }
  };
  const receive = (answer, buffers) => {
    if (answer.kind !== "shown" || answer.viewer !== viewer) return;
    underWay = Math.max(0, underWay - 1);
    if (answer.serial === pressing) {
      pressing = 0;
      waiting = null;
    }
    // An answer that newer ones have overtaken is not shown.
    if (answer.serial > newest) {
      newest = answer.serial;
      const last = answer.serial === serial && !waiting;
      const reached = answer.reached ?? null;
      const asked = answer.values;
      ui.settled(waits || reached === null ? asked : { ...asked, step: reached }, last);
      const picture = buffers?.[0];
      if (answer.url || picture?.byteLength) {
        paint(answer.url || picture, answer.finding, answer.message);
      } else ui.failed(answer.message);
      if (last) ui.behind(waits ? reached : null, asked.step);
      // The training has not come as far as was asked for: look again.
      if (last && waits && reached !== null) {
        waiting = { values: asked, message: "", pressed: "" };
      }
    }
    next();
  };
  model.on("msg:custom", receive);
  const show = (values, message, pressed = "") => {
    waits = true;
    waiting = { values, message, pressed };
    next();
  };
  const giveUpWaiting = () => {
    waits = false;
    ui.behind(null);
  };
  if (first?.picture?.byteLength) paint(first.picture, first.finding, first.message);
  const close = () => {
    model.off("msg:custom", receive);
    try {
      model.send({ kind: "closed", viewer });
    } catch {
      // There is no kernel any more, so nothing to let go of.
    }
    if (objectUrl) URL.revokeObjectURL(objectUrl);
  };
  return { show, giveUp: giveUpWaiting, close };
}
