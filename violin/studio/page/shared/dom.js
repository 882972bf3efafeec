// Elements made from plain values. Text is always text: no markup is ever read from it.

export const byId = (id) => document.getElementById(id);

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") Object.entries(value).forEach(([key, text]) => element.style.setProperty(key, text));
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export const button = (words, onclick, attributes = {}) => make("button", { type: "button", onclick, ...attributes }, words);

// The width of an element in pixels, within limits.
export const widthOf = (element, narrowest, widest) =>
  Math.round(Math.min(Math.max(element.clientWidth, narrowest), widest));

export const percent = (share) => `${Math.round(share * 100)} %`;

const SHARPS = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];
export const pitchName = (pitch) => `${SHARPS[pitch % 12]}${Math.floor(pitch / 12) - 1}`;

export const spoken = (name) => (name ?? "").replaceAll("#", "♯").replace(/([A-G])b/g, "$1♭");

// "bars 3–5", "bar 4"
export const barsInWords = (first, last) => (first === last ? `bar ${first}` : `bars ${first}–${last}`);
