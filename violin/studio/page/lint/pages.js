// The pages of a long piece: each is engraved when it comes near the window, and removed when it is far away.

import { address, get, text } from "../shared/api.js";
import { button, make, widthOf } from "../shared/dom.js";
import { ScoreView } from "../shared/score.js";

const MOST_ENGRAVED = 14;
const NEAR = "900px 0px";

export class Pages {
  constructor(element, { player, board, onfinding, onerror }) {
    Object.assign(this, { element, player, board, onfinding, onerror });
    this.pages = [];
    this.playing = null;
    this.watcher = new IntersectionObserver((entries) => entries.forEach((entry) => this.#seen(entry)), {
      rootMargin: NEAR,
    });
  }

  show(piece, fingering) {
    this.watcher.disconnect();
    this.piece = piece;
    this.fingering = fingering;
    this.findings = piece.findings;
    this.playing = null;
    this.pages = piece.pages.map((page) => this.#section(page));
    this.element.replaceChildren(...this.pages.map((page) => page.section));
    this.pages.forEach((page) => this.watcher.observe(page.section));
  }

  setFingering(isShown) {
    this.fingering = isShown;
    for (const page of this.pages.filter((one) => one.score)) {
      this.#putAway(page);
      if (page.isNear) this.#load(page);
    }
  }

  // Marks the findings that the filter leaves.
  mark(findings) {
    this.findings = findings;
    this.pages.filter((page) => page.score).forEach((page) => this.#mark(page));
  }

  async reveal(finding) {
    const page = this.pages[finding.page];
    if (finding.page === null || !page) return;
    page.section.scrollIntoView({ block: "nearest" });
    await this.#load(page);
    if (!page.score) return;
    const note = finding.notes[0];
    const bar = page.view.notes.find((one) => one.id === note)?.bar ?? page.bar_labels.indexOf(finding.bar) + 1;
    page.score.select(bar);
    page.score.light(finding.notes);
    page.score.bars[bar - 1]?.scrollIntoView({ block: "center" });
    this.board.show(page.view.steps);
    this.board.atNote(note);
  }

  onState(state) {
    for (const page of this.pages) {
      const isPlaying = page === this.playing && state !== "stopped";
      page.button.textContent = isPlaying ? "Stop" : "Play";
    }
  }

  #section(page) {
    const made = { ...page, score: null, view: null, isNear: false };
    const name = page.title[0].toUpperCase() + page.title.slice(1);
    made.button = button("Play", () => this.#play(made), { "aria-label": `Play ${page.title}` });
    made.body = make("div", { class: "page-body" });
    const head = make("header", {}, make("h3", {}, name), made.button);
    made.section = make("section", { class: "page panel", "aria-label": name }, head, made.body);
    return made;
  }

  #seen(entry) {
    const page = this.pages.find((one) => one.section === entry.target);
    if (!page) return;
    page.isNear = entry.isIntersecting;
    if (page.isNear) this.#load(page);
  }

  // Resolves when the page is engraved; a page that cannot be engraved says why in its place.
  #load(page) {
    page.loading ??= this.#engraved(page).catch((error) => {
      page.loading = null;
      page.body.textContent = error.message;
    });
    return page.loading;
  }

  async #engraved(page) {
    const path = this.#path(page);
    const width = widthOf(page.body, 320, 1100);
    const [view, svg] = await Promise.all([
      get(path),
      text(`${path}/score.svg?width=${width}&fingering=${this.fingering ? 1 : 0}`),
    ]);
    page.view = view;
    page.score = new ScoreView(page.body, {
      prefix: `page${page.index}-`,
      onfinding: this.onfinding,
      onnote: (id) => {
        this.board.show(view.steps);
        this.board.atNote(id);
      },
    });
    page.score.show(svg, view);
    page.body.style.minHeight = "";
    this.#mark(page);
    const engraved = this.pages.filter((one) => one.score);
    if (engraved.length > MOST_ENGRAVED) {
      engraved.filter((one) => !one.isNear && one !== page && one !== this.playing).forEach((one) => this.#putAway(one));
    }
  }

  #putAway(page) {
    page.body.style.minHeight = `${page.body.clientHeight}px`;
    page.body.replaceChildren();
    page.score = page.loading = null;
  }

  #mark(page) {
    page.score.markFindings(this.findings.filter((finding) => finding.page === page.index));
  }

  #path(page) {
    return `api/pieces/${this.piece.id}/pages/${page.index}`;
  }

  async #play(page) {
    const wasPlaying = this.playing === page && this.player.state !== "stopped";
    this.player.stop();
    if (wasPlaying) return;
    try {
      await this.#load(page);
      if (!page.view) return;
      this.playing = page;
      this.board.show(page.view.steps);
      if (await this.player.load(address(`${this.#path(page)}/sound.wav`), page.view)) await this.player.play();
    } catch (error) {
      this.onerror(error.message);
    }
  }
}
