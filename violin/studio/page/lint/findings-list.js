// The list of findings, filtered by rule; keys and buttons go from one to the next.

import { button, make } from "../shared/dom.js";

const PARTS = [["what", null], ["why", "Why"], ["example", "Example"], ["fix", "Fix by violin lint"]]; // prettier-ignore

export class Findings {
  // elements: list (ol), rules, here (the current place), why (the explanation).
  // onfilter(shown) when the filter changes, onfinding(finding) when one is chosen.
  constructor(elements, { onfilter, onfinding }) {
    Object.assign(this, { elements, onfilter, onfinding });
  }

  show(piece) {
    this.all = piece.findings;
    this.rules = new Map(piece.rules.map((rule) => [rule.code, rule]));
    this.hidden = new Set();
    this.index = -1;
    this.elements.rules.replaceChildren(...piece.rules.map((rule) => this.#chip(rule)));
    this.elements.why.replaceChildren();
    this.#filter();
  }

  step(by) {
    if (!this.shown?.length) return;
    this.#choose((this.index + by + this.shown.length) % this.shown.length);
  }

  go(finding) {
    const index = this.shown.indexOf(finding);
    if (index >= 0) this.#choose(index);
  }

  #chip(rule) {
    const words = `${rule.code} ${rule.name.replaceAll("-", " ")} · ${rule.count}`;
    const chip = button(words, () => {
      const isShown = this.hidden.delete(rule.code);
      if (!isShown) this.hidden.add(rule.code);
      chip.setAttribute("aria-pressed", String(isShown));
      this.#filter();
    }, { class: `chip ${rule.severity}`, "aria-pressed": "true", title: rule.what }); // prettier-ignore
    return chip;
  }

  #filter() {
    this.shown = this.all.filter((finding) => !this.hidden.has(finding.code));
    this.index = -1;
    this.rows = this.shown.map((finding, index) => this.#row(finding, index));
    this.elements.list.replaceChildren(...this.rows);
    this.#tell();
    this.onfilter(this.shown);
  }

  #row(finding, index) {
    const row = button("", () => this.#choose(index), { class: `finding ${finding.severity}` });
    row.append(make("span", { class: "place" }, placeOf(finding)), ` ${finding.code} ${finding.message}`);
    return make("li", {}, row);
  }

  #choose(index) {
    this.rows[this.index]?.firstChild.removeAttribute("aria-current");
    this.index = index;
    const button = this.rows[index].firstChild;
    button.setAttribute("aria-current", "true");
    const list = this.elements.list;
    const top = this.rows[index].offsetTop - list.offsetTop;
    if (top < list.scrollTop || top > list.scrollTop + list.clientHeight - 60) list.scrollTop = top - 60;
    this.#tell();
    this.onfinding(this.shown[index]);
  }

  #tell() {
    const { here, why } = this.elements;
    const finding = this.shown[this.index];
    if (!finding) {
      here.textContent = this.shown.length ? `${this.shown.length} findings; press n for the first` : "nothing found";
      why.replaceChildren();
      return;
    }
    here.textContent = `${this.index + 1} of ${this.shown.length} · ${placeOf(finding)} · ${finding.message}`;
    const rule = this.rules.get(finding.code);
    why.replaceChildren(...PARTS.filter(([part]) => rule?.[part]).map(([part, label]) =>
      make("p", {}, make("strong", {}, label ?? `${rule.code} ${rule.name}`), `: ${rule[part]}`)));
  }
}

function placeOf(finding) {
  if (finding.bar === "" || finding.beat === null) return "whole file";
  return `bar ${finding.bar} beat ${Math.round(finding.beat * 1000) / 1000}`;
}
