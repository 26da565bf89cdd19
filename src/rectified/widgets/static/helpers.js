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

const SUPERSCRIPTS = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079";

/** 10 to a whole power, as text: 1, 10, 10\u207b\u00b3. */
function powerOfTen(exponent) {
  if (exponent === 0 || exponent === 1) return String(10 ** exponent);
  const digits = [...String(Math.abs(exponent))].map((d) => SUPERSCRIPTS[d]).join("");
  return `10${exponent < 0 ? "\u207b" : ""}${digits}`;
}

/** A number of any size as text: 0.25, but 3.2\u00b710\u207b\u2078. */
function scientific(value, digits = 1) {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 0.01 && size < 10000) return number(value, size < 1 ? digits + 1 : digits);
  const [mantissa, exponent] = value.toExponential(digits).split("e");
  return `${number(mantissa, digits)}\u00b7${powerOfTen(Number(exponent))}`;
}

/** `count` evenly spaced numbers from `low` to `high`. */
function linspace(low, high, count) {
  const gap = (high - low) / (count - 1);
  return Array.from({ length: count }, (_, i) => low + i * gap);
}

function escapeText(text) {
  return String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** A call as the learner would type it in Python. */
function python(name, values) {
  const literal = (value) => {
    if (typeof value === "boolean") return value ? "True" : "False";
    return Array.isArray(value) ? `[${value.join(", ")}]` : JSON.stringify(value);
  };
  const given = Object.entries(values).map(([key, v]) => `${key}=${literal(v)}`);
  return `${name}(${given.join(", ")})`;
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

const helpers = { number, scientific, plural, linspace };
