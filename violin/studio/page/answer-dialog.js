// One answer in a window: its score, its sound, the hand, and its versions.

import { address, get, text } from "./api.js";
import { byId, make, percent, spoken } from "./dom.js";
import { Fingerboard } from "./fingerboard.js";
import { Player } from "./player.js";
import { ScoreView } from "./score.js";

export class AnswerDialog {
  // path(row) gives the address of a row; onredo(row), onversion(row, place), onerror(words);
  // neighbour(row, by) gives the row before or after, if there is one.
  constructor(callbacks) {
    this.callbacks = callbacks;
    this.element = byId("answer");
    this.row = null;
    this.board = new Fingerboard(byId("board"));
    this.score = new ScoreView(byId("score"), {
      onnote: (id) => this.board.atNote(id),
      onselect: (first, last) => (this.player.loop = first ? [first, last] : null),
    });
    this.player = new Player({
      onlight: (ids) => this.score.light(ids),
      onseconds: (seconds) => this.score.cursor(seconds),
      onstep: (index) => this.board.at(index),
      onstate: (state) => (byId("play").textContent = state === "stopped" ? "Play" : "Pause"),
    });
    this.#wire();
  }

  async show(row) {
    this.row = row;
    this.player.stop();
    if (!this.element.open) this.element.showModal();
    byId("answer-title").textContent = `${row.name}, ${row.composer_name}`;
    byId("answer-facts").textContent = facts(row);
    byId("redo").textContent = row.versions ? "Compose again" : "Compose";
    byId("redo").disabled = false;
    byId("play").disabled = true; // until the sound is loaded
    byId("version").replaceChildren(...Array.from({ length: row.versions }, (_, place) =>
      make("option", { value: place, selected: place === row.shown }, `${place + 1} of ${row.versions}`)));
    byId("version").closest("label").hidden = row.versions < 2;
    byId("before").disabled = !this.callbacks.neighbour(row, -1);
    byId("after").disabled = !this.callbacks.neighbour(row, 1);
    if (row.has_score) await this.#draw(row);
  }

  // A row that changed: shown again where it is the one in the window.
  update(row) {
    if (this.element.open && this.row?.name === row.name) this.#attempt(() => this.show(row));
  }

  async #draw(row) {
    const path = this.callbacks.path(row);
    const width = Math.round(Math.min(Math.max(byId("score").clientWidth, 300), 1000));
    const view = await get(path);
    const fingering = byId("fingering").checked ? 1 : 0;
    const svg = await text(`${path}/score.svg?width=${width}&fingering=${fingering}&v=${row.digest}`);
    if (this.row !== row) return;
    this.score.show(svg, view);
    this.score.markFindings(view.findings);
    this.board.show(view.steps);
    const notes = [row.error, ...(row.own ?? []), ...(row.inherited ?? []), ...row.remarks].filter(Boolean);
    byId("remarks").replaceChildren(...notes.map((note) => make("li", {}, note)));
    await this.player.load(address(`${path}/sound.wav?v=${row.digest}`), view);
    byId("play").disabled = false;
  }

  #wire() {
    byId("play").addEventListener("click", () => this.#attempt(() => this.player.toggle()));
    byId("tempo").addEventListener("input", ({ target }) => {
      this.player.tempo = Number(target.value);
      byId("tempo-words").textContent = percent(this.player.tempo);
    });
    byId("fingering").addEventListener("change", () => this.#attempt(() => this.show(this.row)));
    byId("redo").addEventListener("click", () => {
      byId("redo").textContent = "Composing …";
      byId("redo").disabled = true;
      this.callbacks.onredo(this.row);
    });
    byId("version").addEventListener("change", ({ target }) => this.callbacks.onversion(this.row, Number(target.value)));
    byId("before").addEventListener("click", () => this.#step(-1));
    byId("after").addEventListener("click", () => this.#step(1));
    byId("close").addEventListener("click", () => this.element.close());
    this.element.addEventListener("close", () => this.player.stop());
  }

  #step(by) {
    const next = this.callbacks.neighbour(this.row, by);
    if (next) this.#attempt(() => this.show(next));
  }

  async #attempt(action) {
    try {
      await action();
    } catch (error) {
      this.element.close();
      this.callbacks.onerror(error.message);
    }
  }
}

function facts(row) {
  const parts = [`${row.bars} bars`, row.meter, spoken(row.key), `${row.notes} notes`, row.state];
  if (row.judge !== null) parts.push(`${percent(row.judge)} human`);
  return parts.filter(Boolean).join(" · ");
}
