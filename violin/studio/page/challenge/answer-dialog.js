// One answer in a window: its score, its sound, the hand, and its versions.

import { address, get, text } from "../shared/api.js";
import { byId, make, percent, spoken, widthOf } from "../shared/dom.js";
import { Fingerboard } from "../shared/fingerboard.js";
import { Player } from "../shared/player.js";
import { ScoreView } from "../shared/score.js";
import { wireTempo } from "../shared/tempo.js";

export class AnswerDialog {
  // path(row) gives the address of a row; onredo(row), onversion(row, place), onerror(words);
  // neighbour(row, by) gives the row before or after, if there is one.
  constructor(callbacks) {
    this.callbacks = callbacks;
    this.element = byId("answer");
    this.row = null;
    this.view = null; // of the row, once the server sent it
    this.turn = 0; // counts the rows that were opened
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
    const turn = (this.turn += 1);
    this.player.stop();
    this.player.loop = null;
    byId("play").disabled = true; // until the sound is loaded
    if (!this.element.open) this.element.showModal();
    this.#tell(row);
    if (!row.has_score) return;
    const path = this.callbacks.path(row);
    const view = await get(path);
    if (turn !== this.turn) return;
    this.view = view;
    this.board.show(view.steps);
    this.score.select(null);
    const sound = address(`${path}/sound.wav?v=${row.digest}`);
    const [isLoaded] = await Promise.all([this.player.load(sound, view), this.#draw()]);
    if (isLoaded && turn === this.turn) byId("play").disabled = false;
  }

  // A changed row: if the window shows it, show it again. Unchanged music continues to play.
  update(row) {
    if (!this.element.open || this.row?.name !== row.name) return;
    if (row.digest === this.row.digest) this.#tell(row);
    else this.#attempt(() => this.show(row));
  }

  #tell(row) {
    this.row = row;
    byId("answer-title").textContent = `${row.name}, ${row.composer_name}`;
    byId("answer-facts").textContent = facts(row);
    byId("redo").textContent = row.versions ? "Compose again" : "Compose";
    byId("redo").disabled = false;
    byId("version").replaceChildren(...Array.from({ length: row.versions }, (_, place) =>
      make("option", { value: place, selected: place === row.shown }, `${place + 1} of ${row.versions}`)));
    byId("version").closest("label").hidden = row.versions < 2;
    byId("before").disabled = !this.callbacks.neighbour(row, -1);
    byId("after").disabled = !this.callbacks.neighbour(row, 1);
    const notes = [row.error, ...(row.own ?? []), ...(row.inherited ?? []), ...row.remarks].filter(Boolean);
    byId("remarks").replaceChildren(...notes.map((note) => make("li", {}, note)));
  }

  async #draw() {
    const { row, view } = this;
    const width = widthOf(byId("score"), 300, 1000);
    const fingering = byId("fingering").checked ? 1 : 0;
    const svg = await text(`${this.callbacks.path(row)}/score.svg?width=${width}&fingering=${fingering}&v=${row.digest}`);
    if (view !== this.view) return;
    this.score.show(svg, view);
    this.score.markFindings(view.findings);
  }

  #wire() {
    byId("play").addEventListener("click", () => this.#attempt(() => this.player.toggle()));
    wireTempo(this.player);
    byId("fingering").addEventListener("change", () => this.view && this.#attempt(() => this.#draw()));
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
