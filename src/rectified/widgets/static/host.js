// The book's host: mounts every figure of the page without a kernel. It gives the
// front end a model that answers requests for pictures from the frames of the build.
(async () => {
  const source = __FRONT_END__;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  const base = document.documentElement.dataset.content_root || "./";

  /** The position of the choice nearest to `value`. */
  function nearest(choices, value) {
    if (typeof value !== "number") return Math.max(0, choices.indexOf(value));
    const far = choices.map((choice) => Math.abs(choice - value));
    return far.indexOf(Math.min(...far));
  }

  function frameAt({ axes }, values) {
    return Object.entries(axes).reduce(
      (index, [name, choices]) => index * choices.length + nearest(choices, values[name]),
      0,
    );
  }

  function bookModel(state) {
    const listeners = [];
    const ready = new Map();
    const fetchFrame = (name) => {
      if (!ready.has(name)) {
        const image = new Image();
        image.src = `${base}_static/frames/${name}`;
        const loaded = image.decode().then(() => image.src);
        loaded.catch(() => ready.delete(name)); // so that the next step tries again
        ready.set(name, loaded);
      }
      return ready.get(name);
    };
    const answer = async (request) => {
      if (request.kind !== "show") return;
      const { viewer, serial, values, message, theme, layout } = request;
      const frames = state._frames;
      const names = frames.files[`${theme}-${layout}`];
      const index = frameAt(frames, values);
      const words = frames.words[index];
      const reply = { kind: "shown", viewer, serial, values, ...words };
      reply.message ||= message;
      try {
        reply.url = names[index] ? await fetchFrame(names[index]) : "";
      } catch {
        reply.message = "The picture of this setting could not be loaded.";
      }
      listeners.forEach((listener) => listener(reply));
      // Once one frame is there the others follow, so that sliders never wait.
      names.filter(Boolean).forEach((name) => fetchFrame(name).catch(() => {}));
    };
    return {
      get: (name) => state[name],
      set: () => {},
      save_changes: () => {},
      on: (name, listener) => name === "msg:custom" && listeners.push(listener),
      off: () => {},
      send: answer,
    };
  }

  for (const place of document.querySelectorAll(".rectified-mount")) {
    const state = JSON.parse(place.querySelector("script").textContent);
    const fallback = [...place.childNodes];
    place.replaceChildren();
    try {
      await widget.render({ model: bookModel(state), el: place });
    } catch (error) {
      console.error(error);
      place.replaceChildren(...fallback);
    }
  }
})();
