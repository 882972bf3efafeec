// The slider of the tempo: a share of the phrase's own.

import { byId, percent } from "./dom.js";

export function wireTempo(player) {
  byId("tempo").addEventListener("input", ({ target }) => {
    player.tempo = Number(target.value);
    byId("tempo-words").textContent = percent(player.tempo);
  });
}
