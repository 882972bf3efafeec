// Actions that may fail: what went wrong stands on the page as a sentence, until the user's next action.

import { StudioError } from "./api.js";
import { byId } from "./dom.js";

let running = 0;

export function showError(words) {
  const box = byId("error");
  box.textContent = words;
  box.hidden = !words;
}

// What the user asks for. The page is marked as busy while it runs.
export async function attempt(action) {
  showError("");
  running += 1;
  document.body.setAttribute("aria-busy", "true");
  try {
    return await follow(action);
  } finally {
    running -= 1;
    if (!running) document.body.removeAttribute("aria-busy");
  }
}

// What the server tells: a sentence of an earlier action stays. Resolves with null where it failed.
export async function follow(action) {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof StudioError)) console.error(error);
    showError(error.message);
    return null;
  }
}
