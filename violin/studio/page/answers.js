// The variations of one request as small scores side by side, ranked, each with its reasons.

import { address } from "./api.js";
import { byId, make, button, percent } from "./dom.js";

const MEASURES = {
  critic: "critic", judge: "judge", seam: "seams", form: "form", novelty: "novelty", tier: "easy stops",
  likelihood: "typical", close: "closing", full: "full bars",
};

export class Answers {
  // `composers` as api/about lists them; onshow(id) shows an answer in the score; onhear(id) plays it.
  constructor(composers, { onshow, onhear, oncancel }) {
    Object.assign(this, { onshow, onhear });
    this.section = byId("answers");
    this.list = byId("cards");
    byId("cancel").addEventListener("click", () => oncancel(this.job?.id));
    this.job = null;
    this.names = new Map(composers.map((one) => [one.slug, one.name.split(" ").at(-1)]));
  }

  // The answers among the session's phrases that belong to a job, best first.
  show(session, jobId) {
    const found = session.phrases.filter((one) => one.kind === "answer" && one.job === jobId);
    found.sort((a, b) => (a.why?.rank ?? 99) - (b.why?.rank ?? 99));
    this.section.hidden = !found.length && !this.isRunning;
    const words = JSON.stringify([found.map((one) => [one.id, one.why?.rank ?? 0]), session.id, this.isRunning]);
    if (words !== this.shown) {
      this.shown = words;
      this.list.replaceChildren(...found.map((one) => this.#card(session.id, one)));
    }
    for (const card of this.list.children) card.setAttribute("aria-current", String(card.dataset.phrase === session.current));
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

  #card(sessionId, one) {
    const path = `api/sessions/${sessionId}/phrases/${one.id}`;
    const rank = one.why?.rank;
    const title = rank ? `${rank}` : "…";
    const picture = make("img", {
      src: address(`${path}/score.svg?width=620`), loading: "lazy", alt: `Score of variation ${rank ?? ""}`, draggable: "false",
    });
    const thumb = button(picture, () => this.onshow(one.id), {
      class: "thumb", "aria-label": `Show variation ${rank ?? ""} in the score`,
    });
    return make("li", { class: "card", "data-phrase": one.id },
      make("header", {},
        make("h3", {}, rank === 1 ? "1 · best" : title),
        make("span", { class: "quiet" }, this.names.get(one.composer) ?? "", " · ", one.why ? `score ${percent(one.why.score)}` : this.isRunning ? "being ranked" : "not ranked")),
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
    make("summary", {}, "Why it stands here"),
    make("ul", { class: "why" }, ...why.words.map((words) => make("li", {}, words))),
    make("dl", { class: "measures" }, ...rows));
}
