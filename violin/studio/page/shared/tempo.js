// The tempo slider: a share of the phrase's own tempo.

import { byId, percent } from "./dom.js";

export function wireTempo(player) {
  byId("tempo").addEventListener("input", ({ target }) => {
    player.tempo = Number(target.value);
    byId("tempo-words").textContent = percent(player.tempo);
  });
}
