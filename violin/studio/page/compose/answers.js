// The variations of one request as small scores side by side, ranked, each with its reasons.

import { address } from "../shared/api.js";
import { byId, make, button, percent } from "../shared/dom.js";

const MEASURES = {
  critic: "critic", judge: "judge", seam: "seams", form: "form", novelty: "novelty", tier: "easy stops",
  likelihood: "typical", close: "closing", full: "full bars",
};

const THUMB_WIDTH = 620;

export class Answers {
  // `composers` as api/about lists them; onshow(id) shows an answer in the score; onhear(id) plays it.
  constructor(composers, { onshow, onhear, oncancel }) {
    Object.assign(this, { onshow, onhear });
    this.section = byId("answers");
    this.list = byId("cards");
    byId("cancel").addEventListener("click", () => oncancel(this.job?.id));
    this.job = null;
    this.names = new Map(composers.map((one) => [one.slug, one.name.split(" ").at(-1)]));
    this.cards = new Map(); // by phrase
  }

  // The answers among the session's phrases that belong to a job, best first.
  show(session, jobId) {
    const found = session.phrases.filter((one) => one.kind === "answer" && one.job === jobId);
    found.sort((a, b) => (a.why?.rank ?? 99) - (b.why?.rank ?? 99));
    this.section.hidden = !found.length && !this.isRunning;
    const cards = found.map((one) => this.#kept(session.id, one));
    this.cards = new Map(cards.map((card) => [card.dataset.phrase, card]));
    if (cards.some((card, place) => card !== this.list.children[place])) this.list.replaceChildren(...cards);
    while (this.list.children.length > cards.length) this.list.lastChild.remove();
    for (const card of cards) card.setAttribute("aria-current", String(card.dataset.phrase === session.current));
  }

  get isRunning() {
    return ["queued", "running"].includes(this.job?.state);
  }

  progress(job) {
    this.job = job;
    byId("progress").hidden = !this.isRunning;
    if (this.isRunning) this.section.hidden = false;
    byId("progress-bar").max = job.total;
    byId("progress-bar").value = job.done;
    byId("progress-words").textContent =
      job.state === "queued" ? "Waiting for the composing process" : `${job.done} of ${job.total} composed`;
  }

  // The card of an answer: the existing one if nothing changed, else a new one with the same picture.
  #kept(sessionId, one) {
    const old = this.cards.get(one.id);
    const state = JSON.stringify([sessionId, one.why, one.why ? null : this.isRunning]);
    if (old?.dataset.state === state) return old;
    const isSame = old && JSON.parse(old.dataset.state)[0] === sessionId;
    const picture = isSame ? old.querySelector("img") : make("img", {
      src: address(`api/sessions/${sessionId}/phrases/${one.id}/score.svg?width=${THUMB_WIDTH}`), loading: "lazy",
      draggable: "false",
    });
    const card = this.#card(one, picture);
    card.dataset.state = state;
    return card;
  }

  // "Bach", "Bach 70 %, Paganini 30 %"
  #style({ composer, settings: { also, share } }) {
    const [name, other] = [composer, also].map((slug) => this.names.get(slug) ?? "");
    return other && share ? `${name} ${100 - share} %, ${other} ${share} %` : name;
  }

  #card(one, picture) {
    const rank = one.why?.rank;
    const title = rank ? `${rank}` : "…";
    picture.alt = `Score of variation ${rank ?? ""}`;
    const thumb = button(picture, () => this.onshow(one.id), {
      class: "thumb", "aria-label": `Show variation ${rank ?? ""} in the score`,
    });
    return make("li", { class: "card", "data-phrase": one.id },
      make("header", {},
        make("h3", {}, rank === 1 ? "1 · best" : title),
        make("span", { class: "quiet" }, this.#style(one), " · ", one.why ? `score ${percent(one.why.score)}` : this.isRunning ? "being ranked" : "not ranked")),
      thumb,
      make("div", { class: "actions" },
        button("Show", () => this.onshow(one.id)),
        button("Hear", () => this.onhear(one.id))),
      one.why ? reasons(one.why) : null);
  }
}

function reasons(why) {
  const rows = Object.entries(why.measures).flatMap(([name, value]) => [
    make("dt", {}, MEASURES[name] ?? name),
    make("dd", { class: "bar-meter" }, make("i", { style: { width: percent(value).replace(" ", "") } })),
    make("dd", {}, percent(value)),
  ]);
  return make("details", {},
    make("summary", {}, "Why this rank"),
    make("ul", { class: "why" }, ...why.words.map((words) => make("li", {}, words))),
    make("dl", { class: "measures" }, ...rows));
}
