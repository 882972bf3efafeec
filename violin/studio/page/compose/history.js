// What the session has shown, the latest first; a click on a step shows it again.

import { byId, make, button } from "../shared/dom.js";

const KINDS = { pair: "given", phrase: "added", answer: "composed", fixed: "fixed" };

export function showHistory(session, onshow) {
  byId("history").hidden = session.history.length < 2;
  byId("undo").disabled = !session.can_undo;
  byId("redo").disabled = !session.can_redo;
  const phrases = new Map(session.phrases.map((one) => [one.id, one]));
  const steps = session.history.map((id, index) => {
    const one = phrases.get(id);
    const current = index === session.position;
    const step = button(one.title, () => onshow(id), { "aria-current": current ? "true" : null });
    const facts = [KINDS[one.kind], detail(one), one.made.slice(11, 16)].filter(Boolean).join(" · ");
    step.append(make("small", {}, facts));
    return make("li", {}, step);
  });
  byId("history-list").replaceChildren(...steps.reverse());
}

function detail(one) {
  const { redo, keep, like } = one.settings;
  const words = (rows) => rows.map(([first, last]) => (first === last ? first : `${first}–${last}`)).join(", ");
  if (keep?.length) return `kept ${words(keep)}`;
  if (redo?.length) return `${like ? "like" : "anew"} ${words(redo)}`;
  return one.why?.rank ? `variation ${one.why.rank}` : "";
}
