// Numbers and words that all figures share.

const MINUS = "\u2212";

/** A number as text: fixed digits, a true minus sign, no negative zero. */
function number(value, digits = 2) {
  const text = Number(value).toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", MINUS);
}

/** "1 gate", "3 gates". */
function plural(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** `count` evenly spaced numbers from `low` to `high`. */
function linspace(low, high, count) {
  const gap = (high - low) / (count - 1);
  return Array.from({ length: count }, (_, i) => low + i * gap);
}

function escapeText(text) {
  return String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

class Undefined extends Error {}

function finite(values, what) {
  if (!values.every(Number.isFinite)) {
    throw new Undefined(
      `At this setting ${what} is not finite (NaN or infinity), so there is nothing ` +
        "to draw. Move a control to go on.",
    );
  }
}

const helpers = { number, plural, linspace };
