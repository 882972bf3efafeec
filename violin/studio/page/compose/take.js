// Links to the phrase in every format. A link can be dragged out of the page: where the browser has the
// DownloadURL data transfer (Chromium), the file itself arrives in the program that it is dropped on.

import { address } from "../shared/api.js";
import { byId, make } from "../shared/dom.js";

const FORMS = [
  ["mid", "MIDI", "audio/midi"],
  ["musicxml", "MusicXML", "application/vnd.recordare.musicxml+xml"],
  ["pdf", "PDF", "application/pdf"],
  ["svg", "SVG", "image/svg+xml"],
  ["wav", "WAV", "audio/wav"],
  ["mp3", "MP3", "audio/mpeg"],
];

export function showLinks(sessionId, view, about) {
  byId("take").hidden = false;
  const has = { pdf: about.pdf, mp3: about.mp3, svg: about.engraving };
  const links = FORMS.filter(([suffix]) => has[suffix] ?? true).map(([suffix, words, type]) => {
    const name = `${fileName(view.title)}-${view.id}.${suffix}`;
    const path = `api/sessions/${sessionId}/phrases/${view.id}/take/${encodeURIComponent(name)}`;
    const link = make("a", { href: address(path), download: name, draggable: "true", "data-form": suffix }, words);
    link.addEventListener("dragstart", (event) => {
      event.dataTransfer.effectAllowed = "copy";
      event.dataTransfer.setData("DownloadURL", `${type}:${name}:${link.href}`);
      event.dataTransfer.setData("text/uri-list", link.href);
    });
    return make("li", {}, link);
  });
  byId("take-links").replaceChildren(...links);
}

function fileName(title) {
  return title.normalize("NFKD").replace(/[^\w -]+/g, "").trim().replace(/\s+/g, "-").slice(0, 60) || "phrase";
}
