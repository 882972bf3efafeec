// Actions that may fail: an error is a sentence on the page until the user's next action.

import { StudioError } from "./api.js";
import { byId } from "./dom.js";

let running = 0;

export function showError(words) {
  const box = byId("error");
  box.textContent = words;
  box.hidden = !words;
}

// An action of the user. The page is marked as busy while it runs.
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

// An update from the server; an earlier error stays on the page. Resolves with null if it failed.
export async function follow(action) {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof StudioError)) console.error(error);
    showError(error.message);
    return null;
  }
}
