// The linter's findings as a list: the place, what is wrong and why, and a fix to apply.

import { byId, make, button } from "../shared/dom.js";

export function showFindings(view, { onreveal, onfix }) {
  const section = byId("findings");
  section.hidden = view.kind === "pair";
  if (section.hidden) return;
  const found = view.findings;
  const body = byId("findings-body");
  if (!found.length) {
    const words = view.playable ? "Every stop lies in the hand, and no rule is broken." : "No rule is broken.";
    body.replaceChildren(make("p", {}, words));
    return;
  }
  const fixes = new Set(found.map((one) => one.fix));
  body.replaceChildren(
    make("div", { class: "actions" },
      fixes.has("safe") ? button("Apply the safe fixes", () => onfix(false), { class: "primary" }) : null,
      fixes.has("unsafe") ? button("Apply all fixes (may change notes)", () => onfix(true)) : null),
    make("ul", {}, ...found.slice(0, 100).map((one) => row(one, onreveal))));
  if (found.length > 100) body.append(make("p", { class: "quiet" }, `and ${found.length - 100} more`));
}

function row(one, onreveal) {
  const place = one.bar ? `bar ${one.bar}, beat ${Number(one.beat.toFixed(2))}` : "whole phrase";
  return make("li", { class: `finding ${one.severity}` },
    make("p", {},
      one.bar ? button(place, () => onreveal(one), { class: "place" }) : make("span", { class: "quiet" }, place),
      " ", make("strong", {}, `${one.code} ${one.name}`), ` ${one.message}`),
    make("details", {},
      make("summary", {}, "Why, and what can be done"),
      make("p", {}, one.what),
      make("p", {}, `Why: ${one.why}`),
      one.fix === "none" ? null : make("p", {}, `Fix (${one.fix}): ${one.fix_words}`)));
}
