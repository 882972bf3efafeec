// The phrase that is shown: its score, the selected bars, the player and the fingerboard.

import { address, text } from "../shared/api.js";
import { barsInWords, byId, button, spoken, widthOf } from "../shared/dom.js";
import { Fingerboard } from "../shared/fingerboard.js";
import { Player } from "../shared/player.js";
import { ScoreView } from "../shared/score.js";

const NARROWEST = 300;
const WIDEST = 1100;

export class Sheet {
  // onselect() when the selection changes; onaction("redo" | "keep" | "like", [first, last]);
  // onread(values) when the musician says what a phrase is; onerror(words).
  constructor({ onselect, onaction, onread, onerror }) {
    Object.assign(this, { onselect, onaction, onread, onerror });
    this.score = new ScoreView(byId("score"), {
      onselect: () => this.#selected(),
      onnote: (id) => this.#at(id),
      onfinding: (finding) => this.reveal(finding),
    });
    this.board = new Fingerboard(byId("fingerboard"));
    this.player = new Player({
      onlight: (ids) => this.score.light(ids),
      onstep: (index) => this.board.at(index),
      onstate: (state) => this.#playing(state),
      onseconds: (seconds) => this.score.cursor(seconds),
      oncount: (beat, beats) => { byId("play-words").textContent = `${beat} of ${beats}`; },
    });
    this.#wire();
  }

  get selection() {
    return this.score.selection;
  }

  // Whether no selected bar was given.
  get isFree() {
    const [first, last] = this.selection ?? [0, -1];
    return !this.view.given.some((bar) => first <= bar && bar <= last);
  }

  // Whether a bar that was not given lies outside the selection.
  get #hasOthers() {
    const [first, last] = this.selection;
    const isOther = (bar) => (bar < first || bar > last) && !this.view.given.includes(bar);
    return Array.from({ length: this.view.bars }, (_, index) => index + 1).some(isOther);
  }

  async show(path, view) {
    this.path = path;
    this.view = view;
    byId("score-section").hidden = false;
    byId("phrase-title").textContent = view.title;
    byId("phrase-facts").textContent = facts(view);
    this.#reading();
    this.#certificate();
    this.player.loop = null;
    const loading = this.player.load(address(`${path}/sound.wav`), view);
    loading.catch((error) => this.onerror(error.message));
    this.board.show(view.steps);
    this.#tempo();
    this.score.select(null);
    await this.draw();
    this.#selected();
  }

  async draw() {
    const width = widthOf(byId("score"), NARROWEST, WIDEST);
    this.width = width;
    const fingering = byId("fingering").checked ? 1 : 0;
    const { path, view } = this;
    byId("score").setAttribute("aria-busy", "true");
    const svg = await text(`${path}/score.svg?width=${width}&fingering=${fingering}&numbers=1`);
    if (path !== this.path) return;
    this.score.show(svg, view);
    this.score.markFindings(view.findings);
    byId("score").setAttribute("aria-busy", "false");
  }

  reveal(finding) {
    if (finding.bar) this.score.reveal(finding.bar);
    if (finding.notes.length) this.#at(finding.notes[0]);
  }

  // The hand and the player go to a note.
  #at(id) {
    const note = this.view.notes.find((one) => one.id === id);
    if (!note) return;
    this.board.atNote(id);
    this.player.seek(note.onset);
  }

  #wire() {
    byId("play").addEventListener("click", () => this.player.toggle()?.catch?.((error) => this.onerror(error.message)));
    byId("stop").addEventListener("click", () => this.player.stop());
    byId("fingering").addEventListener("change", () => this.draw().catch((error) => this.onerror(error.message)));
    byId("count-in").addEventListener("change", ({ target }) => { this.player.countIn = target.checked; });
    byId("tempo").addEventListener("input", () => this.#tempo());
    byId("selection").addEventListener("click", ({ target }) => this.#act(target.closest("button")?.dataset.do));
    let waiting = 0;
    addEventListener("resize", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        if (!this.view || byId("score-section").hidden) return;
        if (Math.abs(byId("score").clientWidth - this.width) > 30) this.draw().catch(() => {});
      }, 250);
    });
  }

  #act(name) {
    if (name === "clear") {
      this.score.select(null);
      this.player.loop = null;
      this.#selected();
    } else if (name === "loop") {
      this.player.loop = this.player.loop ? null : this.selection;
      this.#pressed();
    } else if (name) {
      this.onaction(name, this.selection);
    }
  }

  #selected() {
    const bars = this.selection;
    byId("selection").hidden = !bars;
    if (bars) {
      const words = barsInWords(...bars);
      byId("selection-words").textContent = words[0].toUpperCase() + words.slice(1);
      const isPair = this.view.kind === "pair";
      const can = { redo: !isPair && this.isFree, like: !isPair && this.isFree, keep: !isPair && this.#hasOthers };
      for (const name of ["redo", "keep", "like"]) byId("selection").querySelector(`[data-do=${name}]`).hidden = !can[name];
      if (this.player.loop) this.player.loop = bars;
    } else {
      this.player.loop = null;
    }
    this.#pressed();
    this.onselect();
  }

  #pressed() {
    byId("selection").querySelector("[data-do=loop]").setAttribute("aria-pressed", String(Boolean(this.player.loop)));
  }

  #tempo() {
    const share = Number(byId("tempo").value);
    this.player.tempo = share;
    if (this.view) byId("tempo-words").textContent = `♩ = ${Math.round(this.view.tempo_bpm * share)}`;
  }

  #playing(state) {
    const isStopped = state === "stopped";
    byId("play").setAttribute("aria-label", isStopped ? "Play" : "Pause");
    byId("play").textContent = isStopped ? "▶\ufe0e" : "❚❚";
    if (state !== "counting") byId("play-words").textContent = "";
  }

  // How an added phrase was read, and a button for the other way.
  #reading() {
    const box = byId("reading");
    const { kind, split, bars } = this.view;
    box.hidden = !["pair", "phrase"].includes(kind);
    if (kind === "pair") {
      box.replaceChildren(`Read as a beginning of ${counted(split[0])} and an ending of ${counted(split[1])}.`,
        button("It is a whole phrase", () => this.onread({ kind: "phrase" })));
    } else if (kind === "phrase") {
      box.replaceChildren("Read as a whole phrase: select the bars to compose anew.",
        bars > 1 && bars < 16 ? button("It is a beginning and an ending", () => this.onread({ kind: "pair" })) : "");
    }
  }

  #certificate() {
    const found = this.view.certificate;
    const line = byId("certificate");
    line.hidden = !found?.bars.length;
    line.classList.toggle("broken", found?.unchanged === false);
    line.textContent = found?.words ?? "";
  }
}

const counted = (bars) => (bars === 1 ? "1 bar" : `${bars} bars`);

function facts(view) {
  const tempo = `♩ = ${Math.round(view.tempo_bpm)}`;
  return [counted(view.bars), view.meter, spoken(view.key), tempo, `${view.notes.length} notes`].filter(Boolean).join(" · ");
}
