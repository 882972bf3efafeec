// The challenge view: open a dataset or an archive, look through the answers, redo single ones, build the zip.

import { address, get, listen, post, upload } from "../shared/api.js";
import { attempt, showError } from "../shared/attempts.js";
import { AnswerDialog } from "./answer-dialog.js";
import { byId, make } from "../shared/dom.js";
import { openedId, setOpened } from "../shared/opened.js";
import { AnswerTable } from "./answer-table.js";

const state = { entrant: null, source: null };

const dialog = new AnswerDialog({
  path: (row) => `${here()}/files/${row.name}`,
  onredo: (row) => attempt(() => work("compose", row.name)),
  onversion: (row, version) =>
    attempt(async () => changed(await post(`${here()}/files/${row.name}/version`, { version }))),
  onerror: showError,
  neighbour: (row, by) => table.neighbour(row, by),
});
const table = new AnswerTable({ head: byId("heads"), body: byId("rows") }, {
  thumb: (row) => address(`${here()}/files/${row.name}/thumb.svg?v=${row.digest || "given"}`),
  onopen: (row) => attempt(() => dialog.show(row)),
  onredo: (row) => attempt(() => work("compose", row.name)),
  oncount: (shown, all) => (byId("count").textContent = `${shown} of ${all} files`),
}); // prettier-ignore

const here = () => `api/entrants/${state.entrant.id}`;
const work = (kind, name) => post(`${here()}/work`, name ? { kind, name } : { kind });

async function open(kind, file) {
  const query = new URLSearchParams({ kind, name: file.name, seed: byId("seed").value, candidates: byId("candidates").value });
  const other = kind === "dataset" ? "has_archive" : "has_dataset";
  const isBeside = state.entrant?.[other] && !state.entrant[`has_${kind}`];
  if (isBeside) query.set("entrant", state.entrant.id);
  show(await upload(`api/entrants?${query}`, file));
}

function show(entrant) {
  state.entrant = entrant;
  setOpened("entrant", entrant.id, entrant.title);
  byId("answers").hidden = false;
  byId("answers-title").textContent = entrant.title;
  byId("seed").value = entrant.seed;
  byId("candidates").value = entrant.candidates;
  byId("build").href = address(`${here()}/archive.zip`);
  const notices = [...entrant.notices];
  if (!entrant.has_dataset) {
    notices.push("No dataset is open: an answer that is composed again is a free phrase, as in the preliminary "
      + "round. Open the dataset to keep the given bars."); // prettier-ignore
  }
  byId("notices").replaceChildren(...notices.map((notice) => make("li", {}, notice)));
  const composers = entrant.composers.filter((one) => entrant.rows.some((row) => row.composer === one.slug));
  byId("by-composer").replaceChildren(
    make("option", { value: "" }, "all"), ...composers.map((one) => make("option", { value: one.slug }, one.name)));
  table.show(entrant.rows);
  filter();
  tell();
  state.source?.close();
  state.source = listen(`${here()}/events`, { row: changed, progress: onprogress, job: onjob }, () => {});
}

function changed(row) {
  table.update(row);
  dialog.update(row);
  tell();
}

// The figures over the table, and what can be done now.
function tell() {
  const rows = table.rows;
  const missing = rows.filter((row) => row.state === "to compose").length;
  const judged = rows.filter((row) => row.judge !== null);
  const faulty = rows.filter((row) => row.own?.length).length;
  const unscored = rows.length - missing - rows.filter((row) => row.own).length;
  const parts = [`${rows.length} files`, `${missing} to compose`];
  if (judged.length) {
    const mean = judged.reduce((sum, row) => sum + row.judge, 0) / judged.length;
    parts.push(`mean ${mean.toFixed(3)} human`, `${faulty} with errors`);
  }
  byId("facts").textContent = parts.join(" · ");
  byId("compose-all").disabled = missing === 0;
  byId("compose-all").textContent = missing ? `Compose what is missing (${missing})` : "Nothing is missing";
  byId("score-all").disabled = unscored === 0;
  byId("build").toggleAttribute("aria-disabled", missing > 0);
  if (missing) byId("build").setAttribute("aria-disabled", "true");
}

function onprogress(progress) {
  byId("progress").hidden = !progress.running;
  byId("progress-bar").max = Math.max(progress.total, 1);
  byId("progress-bar").value = progress.done;
  const words = progress.kind === "entrant-compose" ? "composed" : "checked and judged";
  byId("progress-words").textContent = `${progress.done} of ${progress.total} ${words}`;
}

function onjob(job) {
  if (job.state === "failed" && job.message) showError(job.message);
  if (job.state === "failed" || job.state === "cancelled") byId("progress").hidden = true;
}

function filter() {
  const composer = byId("by-composer").value;
  const kept = {
    missing: (row) => row.state === "to compose",
    errors: (row) => row.own?.length || row.error,
    redone: (row) => row.state === "redone",
    remarks: (row) => row.remarks.length,
  }[byId("by-state").value];
  table.filter((row) => (!composer || row.composer === composer) && (!kept || kept(row)));
}

for (const kind of ["dataset", "archive"]) {
  byId(kind).addEventListener("change", ({ target }) => {
    if (target.files.length) attempt(() => open(kind, target.files[0]));
    target.value = "";
  });
}
byId("compose-all").addEventListener("click", () => attempt(() => work("compose")));
byId("score-all").addEventListener("click", () => attempt(() => work("score")));
byId("cancel").addEventListener("click", () => attempt(() => post(`${here()}/cancel`)));
byId("by-composer").addEventListener("change", filter);
byId("by-state").addEventListener("change", filter);
byId("build").addEventListener("click", (event) => {
  if (byId("build").getAttribute("aria-disabled") !== "true") return;
  event.preventDefault();
  showError("The archive is not complete: compose what is missing first.");
});
const asked = openedId("entrant");
if (asked) attempt(async () => show(await get(`api/entrants/${encodeURIComponent(asked)}`)));
