// The judge's probability with its reasons in words.

import { byId, make, percent } from "../shared/dom.js";

export function showJudgement(found) {
  const section = byId("judge");
  section.hidden = !found;
  if (!found) return;
  byId("judge-body").replaceChildren(
    make("p", { class: "probability" }, percent(found.probability)),
    make("div", { class: "scale", "aria-hidden": "true" }, make("i", { style: { width: `${found.probability * 100}%` } })),
    make("div", { class: "ends", "aria-hidden": "true" }, make("span", {}, "machine"), make("span", {}, "human")),
    make("p", {}, found.words),
    make("details", {},
      make("summary", {}, "What moved it most"),
      make("ul", { class: "reasons" },
        ...found.reasons.map((one) => make("li", { class: one.moved > 0 ? "human" : "machine" }, one.sentence)))));
}

export function judging() {
  byId("judge").hidden = false;
  byId("judge-body").replaceChildren(make("p", { class: "quiet" }, "The judge is reading …"));
}
