// The fingerboard of the violin with the hand on it: string, position, finger and span in mm.
//
//   const board = new Fingerboard(element);
//   board.show(view.steps);
//   board.at(12);        // the hand at the thirteenth onset; null: no hand
//
// The nut is on the left, the E string on top. Distances are in mm on a string of 328 mm, as in violin/hand.py.

import { spoken } from "./dom.js";

const STRINGS = ["E", "A", "D", "G"];
const STRING_MM = 328;
const BOARD_MM = 270;
const LAST_FRET = 30;
const FIRST_FINGER_FRETS = [2, 4, 5, 7, 9, 11, 12]; // of positions I to VII; VI has no room for its name
const ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV"];
const FINGERS = ["", "first", "second", "third", "fourth"];
const WIDTH = 320;
const LEFT = 26; // of the nut
const TOP = 14;
const GAP = { nut: 12, end: 17 }; // between strings

const fretMm = (fret) => STRING_MM * (1 - 2 ** (-fret / 12));

export class Fingerboard {
  constructor(element) {
    element.classList.add("fingerboard");
    this.svg = made("svg", { viewBox: `0 0 ${WIDTH} 92`, role: "img", "aria-label": "Fingerboard" });
    this.hand = made("g", { class: "hand" });
    this.words = document.createElement("p");
    this.words.className = "hand-words";
    this.svg.append(board(), this.hand);
    element.replaceChildren(this.svg, this.words);
    this.steps = [];
    this.index = null;
  }

  show(steps) {
    this.steps = steps;
    this.index = undefined;
    this.at(null);
  }

  at(index) {
    if (index === this.index) return;
    this.index = index;
    const step = index === null ? null : this.steps[index];
    const next = index === null ? this.steps[0] : this.steps[index + 1];
    this.hand.replaceChildren();
    if (next && !next.unplayable) this.hand.append(...next.stops.map((stop) => dot(stop, "next")));
    if (step?.unplayable === false) this.hand.append(...frame(step), ...step.stops.map((stop) => dot(stop, "now")));
    this.words.textContent = words(step);
    this.svg.setAttribute("aria-label", `Fingerboard: ${words(step)}`);
  }

  // The hand at the onset of a note; nothing if no onset has that note.
  atNote(id) {
    const index = this.steps.findIndex((step) => step.notes.includes(id));
    if (index >= 0) this.at(index);
  }
}

function words(step) {
  if (!step) return "Play, or click a note, to see the hand.";
  if (step.unplayable) return `No hand can hold this${step.reason ? `: ${step.reason}` : ""}`;
  const stops = step.stops.map(({ name, string, finger }) =>
    spoken(name) + (finger ? ` on the ${string} string with the ${FINGERS[finger]} finger` : ` on the open ${string} string`));
  const stopped = step.stops.filter((stop) => stop.finger > 0).length;
  const span = stopped > 1 ? `, span ${Math.round(step.span_mm)} mm` : "";
  return `Position ${ROMAN[step.position - 1] ?? step.position}: ${stops.join("; ")}${span}`;
}

function board() {
  const group = made("g", { class: "board" });
  const right = x(BOARD_MM);
  const edge = (mm, side) => y(side < 0 ? 0 : STRINGS.length - 1, mm) + side * 8;
  const corners = [
    [LEFT, edge(0, -1)], [right, edge(BOARD_MM, -1)], [right, edge(BOARD_MM, 1)], [LEFT, edge(0, 1)],
  ]; // prettier-ignore
  group.append(made("polygon", { class: "wood", points: corners.map((corner) => corner.join(",")).join(" ") }));
  for (let fret = 1; fret <= LAST_FRET; fret += 1) {
    const mm = fretMm(fret);
    const place = FIRST_FINGER_FRETS.indexOf(fret);
    const line = { x1: x(mm), x2: x(mm), y1: edge(mm, -1), y2: edge(mm, 1) };
    group.append(made("line", { ...line, class: place < 0 ? "fret" : "fret position" }));
    if (place >= 0 && fret !== 11) group.append(label(x(mm), 88, ROMAN[place], "position-name"));
  }
  group.append(made("line", { class: "nut", x1: LEFT, x2: LEFT, y1: edge(0, -1), y2: edge(0, 1) }));
  STRINGS.forEach((name, row) => {
    const ends = { x1: LEFT, x2: WIDTH - 4, y1: y(row, 0), y2: y(row, mmAt(WIDTH - 4)) };
    group.append(made("line", { class: `string ${name}`, ...ends }), label(6, y(row, 0) + 3, name, "string-name"));
  });
  return group;
}

// The band that the hand covers, from its lowest to its highest stop.
function frame(step) {
  const places = step.stops.filter((stop) => stop.finger > 0).map((stop) => stop.mm);
  if (places.length < 2) return [];
  const left = x(Math.min(...places)) - 7;
  const width = x(Math.max(...places)) + 7 - left;
  return [
    made("rect", { class: "span", x: left, y: 3, width, height: 76, rx: 7 }),
    label(left + width / 2, 9, `${Math.round(step.span_mm)} mm`, "span-name"),
  ];
}

function dot(stop, name) {
  const row = STRINGS.indexOf(stop.string);
  const group = made("g", { class: `stop ${name}${stop.finger ? "" : " open"}` });
  const place = { cx: stop.finger ? x(stop.mm) : LEFT - 7, cy: y(row, stop.mm) };
  group.append(made("circle", { ...place, r: stop.finger ? 6 : 4 }));
  if (stop.finger) group.append(label(place.cx, place.cy + 3, stop.finger, "finger"));
  return group;
}

function x(mm) {
  return LEFT + (mm / BOARD_MM) * (WIDTH - LEFT - 14);
}

function mmAt(place) {
  return ((place - LEFT) / (WIDTH - LEFT - 14)) * BOARD_MM;
}

// Strings lie wider apart towards the bridge.
function y(row, mm) {
  const gap = GAP.nut + (GAP.end - GAP.nut) * (mm / BOARD_MM);
  const middle = TOP + 1.5 * GAP.end;
  return middle + (row - 1.5) * gap;
}

function label(left, top, text, name) {
  const made_ = made("text", { x: left, y: top, class: name });
  made_.textContent = text;
  return made_;
}

function made(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
