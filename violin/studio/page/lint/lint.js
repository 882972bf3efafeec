// The lint view: open a piece, filter its findings by rule, walk through them by key, page by page.

import { address, get, upload } from "../shared/api.js";
import { attempt, showError } from "../shared/attempts.js";
import { byId } from "../shared/dom.js";
import { takeFiles } from "../shared/dropping.js";
import { Findings } from "./findings-list.js";
import { Fingerboard } from "../shared/fingerboard.js";
import { openedId, setOpened } from "../shared/opened.js";
import { Pages } from "./pages.js";
import { Player } from "../shared/player.js";
import { wireTempo } from "../shared/tempo.js";

const board = new Fingerboard(byId("board"));
const player = new Player({
  onlight: (ids) => pages.playing?.score?.light(ids),
  onseconds: (seconds) => pages.playing?.score?.cursor(seconds),
  onstep: (index) => board.at(index),
  onstate: (state) => pages.onState(state),
});
const pages = new Pages(byId("pages"), { player, board, onfinding: (one) => findings.go(one), onerror: showError });
const findings = new Findings(
  { list: byId("findings"), rules: byId("rules"), here: byId("here"), why: byId("explanation") },
  { onfilter: (shown) => pages.mark(shown), onfinding: (one) => attempt(() => pages.reveal(one)) },
);

const current = () => openedId("piece");

async function open(file) {
  const query = new URLSearchParams({ name: file.name, profile: byId("profile").value, part: byId("part").value });
  show(await upload(`api/pieces?${query}`, file));
}

async function reopen(id, profile = "") {
  show(await get(`api/pieces/${encodeURIComponent(id)}${profile && `?profile=${profile}`}`));
}

function show(piece) {
  const name = piece.part ? `${piece.name}: ${piece.part}` : piece.name;
  setOpened("piece", piece.id, name);
  byId("piece").hidden = false;
  byId("piece-name").textContent = name;
  byId("facts").textContent = facts(piece);
  byId("profile").value = piece.profile;
  const stem = piece.name.replace(/\.[^.]*$/, "");
  for (const form of ["csv", "json"]) {
    byId(form).href = address(`api/pieces/${piece.id}/findings/${encodeURIComponent(`${stem}-findings.${form}`)}`);
  }
  player.stop();
  board.show([]);
  pages.show(piece, byId("fingering").checked);
  findings.show(piece);
}

function facts(piece) {
  const parts = [counted(piece.bars, "bar"), counted(piece.notes, "note"), counted(piece.all_findings, "finding")];
  if (piece.bars > piece.shown_bars) parts.push(`the first ${piece.shown_bars} bars are shown`);
  if (piece.all_findings > piece.findings.length) parts.push(`the first ${piece.findings.length} are listed`);
  if (piece.trouble) parts.push(`it cannot be engraved: ${piece.trouble}`);
  return parts.join(" · ");
}

const counted = (count, word) => `${count || "no"} ${word}${count === 1 ? "" : "s"}`;

function onkey(event) {
  const isTyping = event.target.closest("input[type=text], select, textarea");
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || byId("piece").hidden) return;
  if (event.key !== "n" && event.key !== "p") return;
  findings.step(event.key === "n" ? 1 : -1);
  event.preventDefault();
}

takeFiles(byId("file"), byId("drop"), (file) => attempt(() => open(file)));
byId("profile").addEventListener("change", ({ target }) => current() && attempt(() => reopen(current(), target.value)));
byId("fingering").addEventListener("change", ({ target }) => pages.setFingering(target.checked));
wireTempo(player);
byId("previous").addEventListener("click", () => findings.step(-1));
byId("next").addEventListener("click", () => findings.step(1));
document.addEventListener("keydown", onkey);
if (current()) attempt(() => reopen(current()));
