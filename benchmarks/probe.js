// Runs in the page: times from a key press to the painted result, for one technique.
// `result` names what changes: a new <img>, a drawn counter, or a text.
({ selector, result }) => {
  const root = document.querySelector(selector);
  const painted = () => new Promise((done) => requestAnimationFrame(() => done()));
  const picture = () => root.querySelector("img");
  const settle = async () => {
    if (result !== "text" && picture()) await picture().decode().catch(() => {});
    await painted();
  };
  const relevant = (records) =>
    result === "drawn"
      ? records.some((r) => r.attributeName === "data-drawn")
      : result === "text"
        ? records.length > 0
        : records.some((r) => [...r.addedNodes].some((n) => n.querySelector?.("img") || n.tagName === "IMG"));
  const target = result === "drawn" ? root.querySelector(".rectified") : root;
  const watched = result === "text" ? root.querySelector(".widget-label:last-child") : target;
  const options =
    result === "drawn"
      ? { attributes: true }
      : { childList: true, subtree: true, characterData: true, attributes: result === "text" };
  return {
    step() {
      return new Promise((done) => {
        let start = 0;
        addEventListener("keydown", () => (start = performance.now()), { capture: true, once: true });
        const observer = new MutationObserver(async (records) => {
          if (!relevant(records) || !start) return;
          observer.disconnect();
          await settle();
          done(performance.now() - start);
        });
        observer.observe(watched, options);
      });
    },
    count(duration) {
      return new Promise((done) => {
        let frames = 0;
        const observer = new MutationObserver(async (records) => {
          if (!relevant(records)) return;
          await settle();
          frames += 1;
        });
        observer.observe(watched, options);
        setTimeout(() => {
          observer.disconnect();
          done(frames / (duration / 1000));
        }, duration);
      });
    },
  };
};
