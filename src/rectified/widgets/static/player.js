// Start, stop, step and speed for a slider whose values are moments in time.

const SPEEDS = { slow: 20000, normal: 7000, fast: 2000 }; // ms from end to end
const TICKS = [60, 900]; // ms between two steps, at least and at most
const FEW_STEPS = 30; // so few need no choice of speeds

/**
 * Buttons that walk a slider to its end. Any other change of the value stops the walk;
 * while pictures are late it waits. `giveUp` is called when the learner stops: then
 * nobody wants to wait for a late picture any longer.
 */
function playerOf(spec, change, giveUp) {
  const steps = Math.round((spec.high - spec.low) / spec.step);
  const button = (name) =>
    element("button", { type: "button", className: `rectified-${name}` });
  const play = button("play");
  const next = button("next");
  next.textContent = "+1";
  next.setAttribute("aria-label", `One step on: ${spec.label}`);
  const options = Object.keys(SPEEDS).map((value) => element("option", { value }, value));
  const speed = element("select", { className: "rectified-speed" }, ...options);
  speed.setAttribute("aria-label", `Speed: ${spec.label}`);
  speed.value = "normal";
  let timer = 0;
  let late = false;
  let at = spec.start;
  const draw = () => {
    const going = timer || late;
    play.textContent = going ? "\u275a\u275a" : "\u25b6";
    play.setAttribute("aria-label", `${going ? "Pause" : "Play"}: ${spec.label}`);
  };
  const rest = () => {
    clearTimeout(timer);
    timer = 0;
    draw();
  };
  const goTo = (value) => {
    at = fitNumber(spec, value);
    change(at, "");
  };
  const pace = () => {
    const tick = Math.min(Math.max(SPEEDS[speed.value] / steps, TICKS[0]), TICKS[1]);
    const stride = Math.max(1, Math.round((steps * tick) / SPEEDS[speed.value]));
    return { tick, stride: stride * spec.step };
  };
  const walk = () => {
    if (!play.isConnected) return rest();
    const { tick, stride } = pace();
    timer = setTimeout(walk, tick);
    if (!late) goTo(at + stride);
    if (at >= spec.high) rest();
  };
  const start = () => {
    // The first step comes at once: should the answer to an earlier Stop still be
    // under way, it is old now.
    if (at >= spec.high) {
      goTo(spec.low);
      timer = setTimeout(walk, pace().tick);
    } else walk();
    draw();
  };
  play.addEventListener("click", () => {
    if (!timer && !late) return start();
    rest();
    giveUp(); // a picture may be late without anybody knowing yet
  });
  next.addEventListener("click", () => {
    rest();
    goTo(at >= spec.high ? spec.low : at + spec.step); // like Play, it begins again
  });
  draw();
  return {
    nodes: steps > FEW_STEPS ? [play, next, speed] : [play, next],
    rest,
    shown(value) {
      if (timer && value !== at) rest();
      at = value;
    },
    behind(isLate) {
      late = isLate;
      draw();
    },
  };
}
