// The composing view: what is shown, and what each action asks of the server.

import { Answers } from "./answers.js";
import { get, post, upload, listen } from "../shared/api.js";
import { attempt, follow, showError } from "../shared/attempts.js";
import { Controls } from "./controls.js";
import { barsInWords, byId } from "../shared/dom.js";
import { takeFiles } from "../shared/dropping.js";
import { StepEditor } from "./editor.js";
import { showFindings } from "./findings.js";
import { showHistory } from "./history.js";
import { judging, showJudgement } from "./judge.js";
import { openedId, setOpened } from "../shared/opened.js";
import { Sheet } from "./sheet.js";
import { SessionList } from "./sessions.js";
import { showLinks } from "./take.js";

const state = { about: null, session: null, view: null, judged: null, isEmpty: false, freeJob: null, askedFrom: undefined };
let controls, sheet, answers, editor, sessionList;

const here = (path = "") => `api/sessions/${state.session.id}${path}`;

// Shows a session that the server sent. An older state that arrives late is ignored.
async function opened(session) {
  if (session.id === state.session?.id && session.revision < state.session.revision) return;
  state.session = session;
  const title = byId("session-title");
  if (document.activeElement !== title) title.value = session.title;
  showHistory(session, (id) => attempt(() => show(id)));
  const current = session.phrases.find((one) => one.id === session.current);
  answers.show(session, shownJob(current));
  if (session.unreadable?.length) showError(`Not all of this session could be read: ${session.unreadable[0]}`);
  if (!state.isEmpty && current && viewKey(current) !== state.shown) await shown(current);
  if (!current || state.isEmpty) empty();
  describe();
}

const viewKey = (one) => JSON.stringify([one.id, one.kind, one.split]);

// The job whose answers are below the score: that of the shown answer, or the latest for the shown phrase.
function shownJob(current) {
  const { job, session } = { job: answers.job, session: state.session };
  if (state.isEmpty) return state.freeJob;
  const latest = session.phrases.filter((one) => one.kind === "answer" && one.parent === (current?.id ?? null)).at(-1);
  if (answers.isRunning && [job.source, state.askedFrom].includes(current?.id ?? null)) return job.id;
  return latest?.job ?? current?.job ?? null;
}

function empty() {
  byId("start").hidden = false;
  for (const id of ["score-section", "judge", "findings", "take"]) byId(id).hidden = true;
  state.view = null;
  state.shown = null;
}

async function shown(current) {
  state.shown = viewKey(current);
  state.isEmpty = false;
  byId("start").hidden = true;
  const path = here(`/phrases/${current.id}`);
  const view = await get(path);
  if (state.shown !== viewKey(current)) return;
  state.view = view;
  showFindings(view, { onreveal: (one) => sheet.reveal(one), onfix: (unsafe) => attempt(() => fix(unsafe)) });
  showLinks(state.session.id, view, state.about);
  if (view.composer) controls.composer = view.composer;
  await sheet.show(path, view);
  ask(view);
}

function ask(view) {
  if (view.kind === "pair") return showJudgement(null);
  judging();
  return attempt(() => post(here("/jobs"), { kind: "judge", phrase: view.id, composer: controls.composer }));
}

// What the button composes now.
function describe() {
  const view = state.isEmpty ? null : state.view;
  const current = state.session?.phrases.find((one) => one.id === state.session.current);
  if (!view) return controls.describe({ words: "Compose from nothing", isFree: true, hasLength: true });
  const selection = sheet.selection;
  if (view.kind === "pair") {
    return controls.describe({ words: "Compose the middle", hasLength: true, hint: "The shaded bars stay as they are." });
  }
  if (selection) {
    const words = `Redo ${barsInWords(...selection)}`;
    if (sheet.isFree) return controls.describe({ words });
    return controls.describe({ words, isPossible: false, hint: "Given bars never change: select others." });
  }
  if (current?.kind === "answer") {
    const isWhole = !ofBars(current);
    return controls.describe({
      words: "Compose again", isFree: !current.parent, hasLength: isWhole,
      hint: `Composes the same bars again, from what was ${isWhole ? "given" : "there before"}; or select bars in the score.`,
    });
  }
  return controls.describe({
    words: "Compose bars anew", isPossible: false, hint: "Select the bars in the score: click one, or drag over several.",
  });
}

// The bars that were composed anew, if an answer was made from a whole phrase; else null.
function ofBars({ settings: { redo, keep, like } }) {
  return redo || keep ? { redo, keep, like } : null;
}

async function compose(extra = {}) {
  const current = state.isEmpty ? null : state.session.phrases.find((one) => one.id === state.session.current);
  let phrase = (state.askedFrom = current?.id ?? null); // what is shown; an answer is composed again from its parent
  const selection = sheet.selection;
  if (current && current.kind !== "pair" && selection && !extra.redo && !extra.keep) extra.redo = [selection];
  if (current?.kind === "answer" && !extra.redo && !extra.keep) {
    phrase = current.parent;
    extra = ofBars(current) ?? {};
  }
  const { job } = await post(here("/jobs"), { kind: "compose", phrase, ...controls.values, ...extra });
  if (phrase === null) state.freeJob = job.id;
  controls.nextSeed();
  if (answers.job?.id !== job.id) answers.progress({ ...job, source: phrase }); // an event may have brought a newer state already
  answers.show(state.session, job.id);
  if (matchMedia("(max-width: 60rem)").matches) byId("answers").scrollIntoView({ block: "start" });
}

const refresh = async () => opened(await get(here()));

async function show(id) {
  state.isEmpty = false;
  await opened(await post(here("/current"), { phrase: id }));
}

async function fix(unsafe) {
  await opened((await post(here(`/phrases/${state.view.id}/fix`), { unsafe })).session);
}

async function putIn(file) {
  state.isEmpty = false;
  await opened((await upload(here(`/files?name=${encodeURIComponent(file.name)}`), file)).session);
}

async function connect(session) {
  setOpened("session", session.id);
  state.source?.close();
  state.shown = state.judged = null;
  state.isEmpty = false;
  answers.job = null;
  await opened(session);
  state.source = listen(here("/events"), {
    session: (found) => follow(() => opened(found)),
    job: (job) => onjob(job),
    answer: () => follow(refresh),
    ranking: () => {},
    judgement: (found) => judged(found),
  }, () => follow(reconnected));
}

function judged(found) {
  if (found.phrase !== state.view?.id) return;
  state.judged = found.phrase;
  showJudgement(found);
}

// After a lost connection, fetch what was missed.
async function reconnected() {
  await refresh();
  const { view } = state;
  if (view && view.kind !== "pair" && state.judged !== view.id) await ask(view);
}

function onjob(job) {
  if (job.state === "failed" && job.message) showError(job.message);
  if (job.kind !== "compose") return;
  answers.progress(job);
}

async function start() {
  state.about = await get("api/about");
  controls = new Controls(byId("controls"), state.about, () => attempt(() => compose()));
  controls.form.elements.composer.addEventListener("change", () => state.view && ask(state.view));
  sheet = new Sheet({
    onselect: describe,
    onaction: (name, bars) => attempt(() => compose(
      name === "keep" ? { keep: [bars] } : { redo: [bars], ...(name === "like" ? { like: true } : {}) })),
    onread: (values) => attempt(async () => opened(await post(here(`/phrases/${state.view.id}/reading`), values))),
    onerror: showError,
  });
  answers = new Answers(state.about.composers, {
    onshow: (id) => attempt(() => show(id)),
    onhear: (id) => attempt(async () => { await show(id); await sheet.player.play(); }),
    oncancel: (id) => id && attempt(() => post(here(`/jobs/${id}/cancel`))),
  });
  editor = new StepEditor(state.about, (phrase, title) => attempt(async () => {
    state.isEmpty = false;
    await opened((await post(here("/phrases"), { phrase, title })).session);
  }));
  sessionList = new SessionList((session) => attempt(() => connect(session)));
  const asked = openedId("session");
  let session = null;
  if (asked) session = await get(`api/sessions/${encodeURIComponent(asked)}`).catch(() => null); // an empty one was not saved
  await connect(session ?? (await post("api/sessions")));
  placing();
}

// On a narrow page the form is between the score and the variations, on a wide one at the side.
function placing() {
  const narrow = matchMedia("(max-width: 60rem)");
  const place = () => (narrow.matches ? byId("answers").before(byId("controls")) : byId("side").prepend(byId("controls")));
  narrow.addEventListener("change", place);
  place();
}

// Clicks and choices made before the page is ready are handled once it is.
function wire(ready) {
  const later = (action) => attempt(async () => {
    await ready;
    await action();
  });
  const onclick = (id, action) => byId(id).addEventListener("click", () => later(action));
  takeFiles(byId("file"), byId("drop"), (file) => later(() => putIn(file)));
  onclick("type-in", () => editor.open());
  onclick("from-nothing", () => {
    state.isEmpty = true;
    describe();
    controls.form.elements.composer.focus();
    byId("controls").scrollIntoView({ block: "nearest" });
  });
  onclick("another", async () => {
    sheet.player.stop();
    state.isEmpty = true;
    state.freeJob = null;
    await opened(state.session);
    byId("start").scrollIntoView({ block: "nearest" });
  });
  onclick("undo", async () => opened(await post(here("/undo"))));
  onclick("redo", async () => opened(await post(here("/redo"))));
  onclick("sessions-open", () => sessionList.open(state.session));
  byId("session-title").addEventListener("change", ({ target }) =>
    later(async () => opened(await post(here("/title"), { title: target.value }))));
  document.addEventListener("keydown", onkey);
}

function onkey(event) {
  const isTyping = event.target.closest?.("input, select, textarea, button, a, summary, dialog, [role=option]");
  if (event.key === " " && !isTyping && state.view) {
    event.preventDefault();
    attempt(() => sheet.player.toggle());
  }
  const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
  if (isUndo && !event.target.closest?.("input, textarea, dialog")) {
    event.preventDefault();
    byId(event.shiftKey ? "redo" : "undo").click();
  }
}

wire(attempt(start));
