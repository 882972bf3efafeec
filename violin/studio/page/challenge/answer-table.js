// The table of answers: sorted by any column, filtered, with a small score in each row that is drawn when it
// scrolls into view.

import { button, make, spoken } from "../shared/dom.js";

const text = (name) => ({ value: (row) => row[name] ?? "", words: (row) => row[name] ?? "" });
const number = (name, words = (value) => value) => ({
  value: (row) => row[name] ?? -1,
  words: (row) => (row[name] === null ? "" : words(row[name])),
  isNumber: true,
});
const COLUMNS = [
  { label: "File", ...text("name") },
  { label: "Composer", ...text("composer_name") },
  { label: "State", ...text("state") },
  { label: "Human", title: "The judge's probability that a human composed it", ...number("judge", (value) => value.toFixed(3)) },
  {
    label: "Errors", isNumber: true,
    value: (row) => (row.own ? row.own.length + row.inherited.length / 100 : -1),
    words: (row) => (row.own ? String(row.own.length) + (row.inherited.length ? ` + ${row.inherited.length} given` : "") : ""),
  },
  { label: "Bars", ...number("bars") },
  { label: "Meter", ...text("meter") },
  { label: "Key", value: (row) => row.key, words: (row) => spoken(row.key) },
  { label: "♩/min", title: "Quarter notes a minute", ...number("bpm") },
  { label: "Notes", ...number("notes") },
]; // prettier-ignore

export class AnswerTable {
  constructor({ head, body }, callbacks) {
    Object.assign(this, { head, body, callbacks });
    this.sorted = { column: COLUMNS[0], isUp: true };
    this.keep = () => true;
    head.replaceChildren(make("th", { scope: "col" }, "Score"), ...COLUMNS.map((column) => this.#heading(column)),
      make("th", { scope: "col" }, make("span", { class: "hidden" }, "Actions"))); // prettier-ignore
  }

  show(rows) {
    this.rows = rows;
    this.elements = new Map(rows.map((row) => [row.name, this.#row(row)]));
    this.#arrange();
  }

  update(row) {
    const index = this.rows.findIndex((one) => one.name === row.name);
    if (index < 0) return;
    this.rows[index] = row;
    const made = this.#row(row);
    this.elements.get(row.name).replaceWith(made);
    this.elements.set(row.name, made);
  }

  filter(keep) {
    this.keep = keep;
    this.#arrange();
  }

  // The row before (-1) or after (1) one, as they are sorted and filtered.
  neighbour(row, by) {
    return this.shown[this.shown.findIndex((one) => one.name === row.name) + by];
  }

  #heading(column) {
    const sort = button(column.label, () => {
      this.sorted = { column, isUp: this.sorted.column === column ? !this.sorted.isUp : !column.isNumber };
      this.#arrange();
    }, { class: "sort", title: column.title });
    column.heading = make("th", { scope: "col", class: column.isNumber ? "number" : null }, sort);
    return column.heading;
  }

  #arrange() {
    const { column, isUp } = this.sorted;
    for (const one of COLUMNS) {
      if (one === column) one.heading.setAttribute("aria-sort", isUp ? "ascending" : "descending");
      else one.heading.removeAttribute("aria-sort");
    }
    const compared = (a, b) => (typeof a === "number" ? a - b : a.localeCompare(b));
    this.shown = this.rows.filter(this.keep).sort((a, b) =>
      (isUp ? 1 : -1) * compared(column.value(a), column.value(b)) || a.name.localeCompare(b.name)); // prettier-ignore
    this.body.replaceChildren(...this.shown.map((row) => this.elements.get(row.name)));
    this.callbacks.oncount(this.shown.length, this.rows.length);
  }

  #row(row) {
    const image = row.has_score
      ? make("img", { class: "thumb", loading: "lazy", width: 270, height: 88, alt: "", src: this.callbacks.thumb(row) })
      : "nothing yet";
    const open = button(image, () => this.callbacks.onopen(row), {
      class: "open-score", "aria-label": `Open ${row.name}`, disabled: !row.has_score }); // prettier-ignore
    const redo = button(row.versions ? "Redo" : "Compose", () => this.callbacks.onredo(row), {
      "aria-label": `${row.versions ? "Compose again" : "Compose"} ${row.name}` }); // prettier-ignore
    const cells = COLUMNS.map((column) => make("td", { class: column.isNumber ? "number" : null }, column.words(row)));
    const worst = row.error || row.own?.length ? "error" : row.remarks.length ? "warning" : null;
    const notes = [row.error, ...(row.own ?? []), ...row.remarks].filter(Boolean).join("\n");
    return make("tr", { class: worst, title: notes || null, "data-name": row.name },
      make("td", { class: "score-cell" }, open), ...cells, make("td", {}, redo)); // prettier-ignore
  }
}
