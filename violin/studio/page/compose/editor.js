// The step editor: a bar of sixteen steps for the beginning and one for the ending, by mouse or by keys.
//
// Letters A to G write a note near the one before, arrow up and down move it by a semitone, a full stop or
// Delete makes a rest, a hyphen holds the note before; arrow left and right go from step to step.

import { byId, make, button, pitchName, spoken } from "../shared/dom.js";

const STEP_TICKS = 12; // a sixteenth at 48 ticks a quarter note
const LOW = 55;
const HIGH = 100;
const LETTERS = { c: 0, d: 2, e: 4, f: 5, g: 7, a: 9, b: 11 };
const HOLD = "hold";

export class StepEditor {
  // ondone(phrase, title) with the phrase as JSON.
  constructor(about, ondone) {
    this.about = about;
    this.ondone = ondone;
    this.dialog = byId("editor");
    this.dialog.addEventListener("keydown", (event) => this.#typed(event));
    this.#build();
  }

  open() {
    this.dialog.showModal();
    this.#go(0);
  }

  #build() {
    const { keys, meters } = this.about;
    const select = (name, values, chosen) => make("select", { name },
      ...values.map((value) => make("option", { value, selected: value === chosen }, spoken(value))));
    this.meter = select("meter", meters, "4/4");
    this.key = select("key", keys, "D major");
    this.tempo = make("input", { type: "number", name: "tempo", min: 20, max: 300, value: 96 });
    this.meter.addEventListener("change", () => this.#clear());
    this.rows = make("div", { class: "rows" });
    this.say = make("p", { class: "quiet", role: "status" });
    const letters = [..."CDEFGAB"].map((letter) => button(letter, () => this.#write(letter.toLowerCase())));
    this.dialog.replaceChildren(
      make("h2", { id: "editor-title" }, "Write a beginning and an ending"),
      make("p", { class: "quiet" }, "Letters A to G write notes, ↑ and ↓ move them, . is a rest, - holds the note before."),
      make("div", { class: "three" }, make("label", {}, "Key", this.key), make("label", {}, "Meter", this.meter),
        make("label", {}, "Tempo", this.tempo)),
      this.rows,
      make("div", { class: "keys", role: "group", "aria-label": "Write at the marked step" },
        ...letters,
        button("↑", () => this.#move(1), { "aria-label": "a semitone up" }),
        button("↓", () => this.#move(-1), { "aria-label": "a semitone down" }),
        button("8va", () => this.#move(12), { "aria-label": "an octave up" }),
        button("8vb", () => this.#move(-12), { "aria-label": "an octave down" }),
        button("Hold", () => this.#set(HOLD)),
        button("Rest", () => this.#set(null))),
      this.say,
      make("div", { class: "dialog-foot" },
        button("Cancel", () => this.dialog.close()),
        button("Use these bars", () => this.#done(), { class: "primary" })));
    this.#clear();
  }

  get perBar() {
    return 4 * Number.parseInt(this.meter.value, 10);
  }

  #clear() {
    this.steps = Array(2 * this.perBar).fill(null);
    this.at = 0;
    const row = (words, first) => [
      make("h3", {}, words),
      make("div", { class: "steps-row", role: "group", "aria-label": words, style: { "--steps": this.perBar } },
        ...Array.from({ length: this.perBar }, (_, index) => this.#cell(first + index))),
    ];
    this.rows.replaceChildren(...row("Beginning", 0), ...row("Ending", this.perBar));
    this.cells = [...this.rows.querySelectorAll(".step")];
    this.#draw();
  }

  #cell(index) {
    const isBeat = index % 4 === 0;
    return button("", () => this.#go(index), { class: isBeat ? "step beat" : "step", tabindex: "-1" });
  }

  #go(index) {
    this.at = Math.min(Math.max(index, 0), this.steps.length - 1);
    this.#draw();
    this.cells[this.at].focus();
  }

  #typed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !event.target.classList.contains("step")) return;
    const key = event.key.toLowerCase();
    const actions = {
      arrowright: () => this.#go(this.at + 1),
      arrowleft: () => this.#go(this.at - 1),
      arrowup: () => this.#move(event.shiftKey ? 12 : 1),
      arrowdown: () => this.#move(event.shiftKey ? -12 : -1),
      home: () => this.#go(0),
      end: () => this.#go(this.steps.length - 1),
      ".": () => this.#set(null),
      " ": () => this.#set(null),
      "-": () => this.#set(HOLD),
      delete: () => this.#set(null, 0),
      backspace: () => this.#set(null, -1),
    };
    const action = key in LETTERS ? () => this.#write(key) : actions[key];
    if (!action) return;
    action();
    event.preventDefault();
  }

  // The pitch of the note before a step, or the open A.
  #before(index) {
    for (let one = index - 1; one >= 0; one -= 1) if (Number.isInteger(this.steps[one])) return this.steps[one];
    return 69;
  }

  #write(letter) {
    const near = this.#before(this.at);
    const wanted = (LETTERS[letter] + signature(this.key.value, letter) + 12) % 12;
    const choices = [];
    for (let pitch = LOW; pitch <= HIGH; pitch += 1) if (pitch % 12 === wanted) choices.push(pitch);
    const nearest = choices.reduce((a, b) => (Math.abs(a - near) <= Math.abs(b - near) ? a : b));
    this.#set(nearest);
  }

  #set(value, move = 1) {
    this.steps[this.at] = value;
    this.#go(this.at + move);
  }

  #move(semitones) {
    // If the marked step has no note, the note before it is moved.
    const index = Number.isInteger(this.steps[this.at]) ? this.at : this.at - 1;
    const pitch = this.steps[index];
    if (!Number.isInteger(pitch)) return;
    this.steps[index] = Math.min(Math.max(pitch + semitones, LOW), HIGH);
    this.#draw();
  }

  #draw() {
    this.cells.forEach((cell, index) => {
      const value = this.steps[index];
      const isHeld = value === HOLD;
      const pitch = isHeld ? this.#before(index) : value;
      const place = `${index < this.perBar ? "beginning" : "ending"} step ${(index % this.perBar) + 1}`;
      cell.classList.toggle("held", isHeld);
      cell.setAttribute("aria-label", `${place}: ${value === null ? "rest" : isHeld ? "held" : pitchName(pitch)}`);
      cell.setAttribute("aria-current", String(index === this.at));
      cell.tabIndex = index === this.at ? 0 : -1;
      const height = value === null ? null : `${((HIGH - pitch) / (HIGH - LOW)) * 78}%`;
      cell.replaceChildren(...(value === null ? [] : [make("b", { style: { top: height } }, isHeld ? "–" : pitchName(pitch))]));
    });
  }

  #done() {
    const notes = [];
    this.steps.forEach((value, index) => {
      const last = notes.at(-1);
      if (Number.isInteger(value)) notes.push([index * STEP_TICKS, value, STEP_TICKS]);
      else if (value === HOLD && last && last[0] + last[2] === index * STEP_TICKS) last[2] += STEP_TICKS;
    });
    const bar = this.perBar * STEP_TICKS;
    if (!notes.some(([onset]) => onset < bar) || !notes.some(([onset]) => onset >= bar)) {
      this.say.textContent = "Write at least one note in the beginning and one in the ending.";
      return;
    }
    this.dialog.close();
    this.ondone({
      notes, bars: 2, meter: this.meter.value, key: this.key.value, ticks_per_beat: 4 * STEP_TICKS,
      tempo_us_per_beat: Math.round(60e6 / (Number(this.tempo.value) || 96)),
    }, "Written");
  }
}

// -1, 0 or 1: what a key signature does to a letter.
function signature(key, letter) {
  const majors = ["Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#"];
  const minors = ["Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#", "G#", "D#", "A#"];
  const [tonic, mode] = key.split(" ");
  const fifths = (mode === "minor" ? minors : majors).indexOf(tonic) - 7;
  if (fifths > 0 && "fcgdaeb".slice(0, fifths).includes(letter)) return 1;
  if (fifths < 0 && "beadgcf".slice(0, -fifths).includes(letter)) return -1;
  return 0;
}
