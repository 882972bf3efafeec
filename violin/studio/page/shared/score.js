// A score as the server engraves it (SVG with ids), with bars that are selected by mouse and keyboard,
// notes that light up, a moving cursor and marks where the linter found something.
//
//   const score = new ScoreView(element, { onselect, onnote, onfinding });
//   score.show(svgText, view);            // view: PhraseView
//   score.select(4, 5); score.light(["n12"]); score.cursor(3.2); score.markFindings(view.findings);
//
// Bars count from 1. The picture is one image for a screen reader; the bars over it are a list of options.

import { barBoxes, cursorPath, noteBox, notesById, placeAt } from "./geometry.js";

const SEVERITIES = ["error", "warning", "info"];
const SELECT_KEYS = ["Enter", " "];

export class ScoreView {
  // onselect(first, last) or (null, null); onnote(id); onfinding(finding). `prefix` makes the ids of the
  // picture unique where a page holds several scores.
  constructor(element, { onselect, onnote, onfinding, prefix = "" } = {}) {
    Object.assign(this, { element, onselect, onnote, onfinding, prefix });
    element.classList.add("score");
    this.selection = null;
    this.anchor = null; // the bar at which a selection began
    this.lit = [];
    this.bars = [];
  }

  show(svgText, view) {
    const svg = parsed(svgText, this.prefix);
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", spoken(view));
    svg.setAttribute("viewBox", `0 0 ${parseFloat(svg.getAttribute("width"))} ${parseFloat(svg.getAttribute("height"))}`);
    svg.removeAttribute("width");
    svg.removeAttribute("height");
    this.view = view;
    this.svg = svg;
    this.layer = div("bars", { role: "listbox", "aria-multiselectable": "true", "aria-label": "Bars" });
    this.marks = div("marks");
    this.line = div("cursor", { hidden: "", "aria-hidden": "true" });
    this.element.replaceChildren(svg, this.layer, this.marks, this.line);
    this.notes = notesById(svg);
    this.boxes = barBoxes(svg);
    this.path = null;
    this.lit = [];
    const given = new Set(view.given ?? []);
    this.bars = this.boxes.map((box, index) => this.#bar(box, index + 1, given.has(index + 1)));
    this.layer.replaceChildren(...this.bars);
    const last = this.selection?.[1] ?? 0;
    if (last > this.bars.length) this.selection = null;
    this.#drawSelection();
  }

  light(ids) {
    for (const id of this.lit) this.#groups(id).forEach((group) => group.classList.remove("lit"));
    this.lit = [...ids];
    for (const id of this.lit) this.#groups(id).forEach((group) => group.classList.add("lit"));
  }

  // The cursor at a time in seconds from the first bar; null hides it.
  cursor(seconds) {
    if (!this.svg) return;
    this.line.hidden = seconds === null;
    if (seconds === null) return;
    this.path ??= cursorPath(this.svg, this.boxes, this.notes, this.view);
    const place = placeAt(this.path, seconds);
    if (!place) return;
    positioned(this.line, { left: place.x, top: place.top, width: 0, height: place.height });
    if (place.system !== this.system) {
      this.system = place.system;
      this.line.scrollIntoView({ block: "nearest", behavior: scrollBehavior() });
    }
  }

  select(first, last = first) {
    this.selection = first === null ? null : [Math.min(first, last), Math.max(first, last)];
    this.anchor = first;
    this.#drawSelection();
  }

  reveal(bar) {
    const box = this.bars[bar - 1];
    if (!box) return;
    box.scrollIntoView({ block: "center", behavior: scrollBehavior() });
    box.focus({ preventScroll: true });
  }

  // A mark is over the first note of findings, one for all that begin there; notes take the colour of
  // the severity.
  markFindings(findings) {
    for (const group of [...this.notes.values()].flat()) group.classList.remove(...SEVERITIES);
    const byNote = new Map();
    for (const finding of findings.filter((one) => one.notes?.length)) {
      const group = this.#groups(finding.notes[0])[0];
      byNote.set(group, [...(byNote.get(group) ?? []), finding]);
      finding.notes.flatMap((id) => this.#groups(id)).forEach((note) => note.classList.add(finding.severity));
    }
    this.marks.replaceChildren();
    for (const [group, found] of byNote) {
      const box = noteBox(this.svg, group);
      if (box) this.marks.append(this.#mark(found, box));
    }
  }

  #groups(id) {
    return this.notes.get(id) ?? [];
  }

  #mark(findings, box) {
    const mark = document.createElement(this.onfinding ? "button" : "span");
    const severity = SEVERITIES.find((one) => findings.some((finding) => finding.severity === one));
    const words = findings.map((one) => `${one.severity} ${one.code}: ${one.message}`).join("; ");
    mark.className = `mark ${severity}`;
    mark.textContent = severity === "info" ? "i" : "!";
    mark.title = words;
    mark.setAttribute("aria-label", `bar ${findings[0].bar}: ${words}`);
    if (this.onfinding) {
      mark.type = "button";
      mark.addEventListener("click", () => this.onfinding(findings[0]));
    } else {
      mark.setAttribute("role", "img");
    }
    positioned(mark, { left: box.left + box.width / 2, top: box.top });
    return mark;
  }

  #bar(box, number, isGiven) {
    const bar = div("bar", { role: "option", "aria-selected": "false", tabindex: number === 1 ? "0" : "-1" });
    const label = this.view.bar_labels?.[number - 1] ?? number;
    bar.setAttribute("aria-label", `bar ${label}${isGiven ? ", given" : ""}`);
    bar.dataset.bar = number;
    positioned(bar, box);
    bar.addEventListener("pointerdown", (event) => this.#pressed(event, number));
    bar.addEventListener("pointerenter", (event) => this.#dragged(event, number));
    bar.addEventListener("keydown", (event) => this.#typed(event, number));
    bar.addEventListener("click", (event) => this.#clicked(event));
    return bar;
  }

  #pressed(event, number) {
    if (event.button !== 0) return;
    if (event.pointerType !== "mouse") event.target.releasePointerCapture?.(event.pointerId);
    const [first, last] = this.selection ?? [];
    if (event.shiftKey && this.anchor) this.#choose(this.anchor, number);
    else if (first === number && last === number) this.#clear();
    else this.#choose(number, number, number);
  }

  #dragged(event, number) {
    if (event.buttons === 1 && this.anchor && this.selection) this.#choose(this.anchor, number);
  }

  #clicked(event) {
    const under = document.elementsFromPoint(event.clientX, event.clientY);
    const note = under.map((one) => one.closest?.("g.note")).find((one) => one && this.svg.contains(one));
    if (note) this.onnote?.(note.dataset.note);
  }

  #typed(event, number) {
    const target = this.#barFor(event.key, number);
    if (target) {
      if (event.shiftKey) this.#choose(this.anchor ?? number, target);
      this.#focus(target);
    } else if (SELECT_KEYS.includes(event.key)) {
      const [first, last] = this.selection ?? [];
      if (event.shiftKey && this.anchor) this.#choose(this.anchor, number);
      else if (first === number && last === number) this.#clear();
      else this.#choose(number, number, number);
    } else if (event.key === "Escape") {
      this.#clear();
    } else if (event.key === "a" && (event.ctrlKey || event.metaKey)) {
      this.#choose(1, this.bars.length, 1);
    } else {
      return;
    }
    event.preventDefault();
  }

  // The bar that an arrow key, Home or End leads to; up and down go by systems.
  #barFor(key, number) {
    const count = this.bars.length;
    if (key === "ArrowRight") return Math.min(number + 1, count);
    if (key === "ArrowLeft") return Math.max(number - 1, 1);
    if (key === "Home") return 1;
    if (key === "End") return count;
    if (key !== "ArrowUp" && key !== "ArrowDown") return null;
    const from = this.boxes[number - 1];
    const systems = [...new Set(this.boxes.map((box) => box.system))];
    const system = systems[systems.indexOf(from.system) + (key === "ArrowDown" ? 1 : -1)];
    const there = this.boxes.filter((box) => box.system === system);
    if (!there.length) return number;
    const nearest = there.reduce((a, b) => (distance(a, from) <= distance(b, from) ? a : b));
    return this.boxes.indexOf(nearest) + 1;
  }

  #focus(number) {
    this.bars.forEach((bar, index) => (bar.tabIndex = index + 1 === number ? 0 : -1));
    this.bars[number - 1].focus();
  }

  #choose(first, last, anchor = this.anchor ?? first) {
    this.select(first, last);
    this.anchor = anchor;
    this.onselect?.(...this.selection);
  }

  #clear() {
    this.select(null);
    this.onselect?.(null, null);
  }

  #drawSelection() {
    const [first, last] = this.selection ?? [0, -1];
    this.bars.forEach((bar, index) => {
      const isSelected = index + 1 >= first && index + 1 <= last;
      bar.setAttribute("aria-selected", String(isSelected));
    });
  }
}

function parsed(text, prefix) {
  const svg = document.importNode(new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true);
  if (svg.nodeName !== "svg") throw new Error("the server sent no score");
  svg.querySelectorAll("style").forEach((style) => style.remove()); // score.css has these rules
  for (const group of svg.querySelectorAll("g.note")) group.dataset.note = group.id.split(".")[0];
  if (!prefix) return svg;
  for (const each of svg.querySelectorAll("[id]")) each.id = prefix + each.id;
  for (const use of svg.querySelectorAll("use")) {
    const name = use.hasAttribute("href") ? "href" : "xlink:href";
    use.setAttribute(name, `#${prefix}${use.getAttribute(name).slice(1)}`);
  }
  svg.id = prefix + svg.id;
  return svg;
}

function spoken(view) {
  const parts = [view.title, view.meter, view.key, `${view.notes?.length ?? 0} notes`];
  return `Score: ${parts.filter(Boolean).join(", ")}`;
}

function distance(box, from) {
  return Math.abs(box.left + box.width / 2 - from.left - from.width / 2);
}

function div(name, attributes = {}) {
  const made = document.createElement("div");
  made.className = name;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

// Places are in percent of the picture, so that they follow its size.
function positioned(element, place) {
  for (const side of ["left", "top", "width", "height"]) {
    if (side in place) element.style[side] = `${place[side]}%`;
  }
}

function scrollBehavior() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
}
