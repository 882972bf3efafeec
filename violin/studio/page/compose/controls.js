// The composing form: what it shows, and the request that it makes.

import { make, pitchName, spoken } from "../shared/dom.js";

const DENSITIES = ["very few notes", "few notes", "some notes", "many notes", "more notes", "very many notes"];
const TIERS = { easy: "up to third position", wide: "up to seventh position", virtuoso: "virtuoso" };
const SCALE_MODES = ["major", "minor", "harmonic minor", "melodic minor", "dorian", "phrygian", "lydian", "mixolydian",
  "major pentatonic", "minor pentatonic", "whole tone"];
const TONICS = ["C", "C#", "Db", "D", "Eb", "E", "F", "F#", "Gb", "G", "Ab", "A", "Bb", "B"];

const option = (value, words, isSelected = false) => make("option", { value, selected: isSelected }, words);
const field = (words, control) => make("label", {}, words, control);
const range = (first, last) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

export class Controls {
  // onsubmit() when the musician asks to compose; `compose` is the button.
  constructor(form, about, onsubmit) {
    this.form = form;
    const [low, high] = about.pitches;
    const pitches = (isLow) => [
      option("", isLow ? `lowest (${pitchName(low)})` : "highest", true),
      ...range(low, Math.min(high, 100)).map((pitch) => option(pitch, pitchName(pitch))),
    ];
    this.compose = make("button", { id: "compose", class: "primary", type: "submit" }, "Compose");
    this.hint = make("p", { class: "quiet", id: "compose-hint" });
    this.free = make("fieldset", {},
      make("legend", { class: "hidden" }, "From nothing"),
      make("div", { class: "two" },
        field("Key", make("select", { name: "key" }, ...about.keys.map((key) => option(key, spoken(key), key === "D major")))),
        field("Meter", make("select", { name: "meter" }, ...about.meters.map((one) => option(one, one, one === "4/4"))))),
      field("Tempo, quarter notes a minute", make("input", { name: "tempo", type: "number", min: 20, max: 300, value: 96 })));
    this.length = field("Bars", make("select", { name: "bars" },
      option("", "as given", true), ...range(...about.bars).map((bars) => option(bars, bars))));
    this.shareWords = make("output", { for: "share" });
    this.share = field("Share of the second composer", make("span", { class: "slider" },
      make("input", { id: "share", name: "share", type: "range", min: 10, max: 50, step: 10, value: 50 }), this.shareWords));
    form.replaceChildren(
      make("h2", { id: "controls-title" }, "Compose"),
      field("In the style of", make("select", { name: "composer" }, ...about.composers.map((one) => option(one.slug, one.name)))),
      field("Blended with", make("select", { name: "also" }, option("", "nobody", true),
        ...about.composers.map((one) => option(one.slug, one.name)))),
      this.share,
      this.free,
      make("div", { class: "two" },
        this.length,
        field("Density", make("select", { name: "density" },
          option("", "as given", true), ...DENSITIES.map((words, index) => option(index, words))))),
      field("Hardest stop", make("select", { name: "hardest" },
        ...about.tiers.map((tier) => option(tier, TIERS[tier], tier === "virtuoso")))),
      make("details", {},
        make("summary", {}, "More: range, scale, temperature, seed"),
        make("fieldset", {},
          make("legend", { class: "hidden" }, "More settings"),
          make("div", { class: "two" },
            field("From", make("select", { name: "lowest" }, ...pitches(true))),
            field("To", make("select", { name: "highest" }, ...pitches(false)))),
          make("div", { class: "two" },
            field("Only notes of", make("select", { name: "tonic" }, option("", "any scale", true),
              ...TONICS.map((tonic) => option(tonic, spoken(tonic))))),
            field("Mode", make("select", { name: "mode" }, ...SCALE_MODES.map((mode) => option(mode, mode))))),
          make("div", { class: "two" },
            field("Temperature", make("input", { name: "temperature", type: "number", min: 0, max: 3, step: 0.05, value: 1 })),
            field("Variations", make("select", { name: "variations" }, ...[1, 2, 4, 6, 8].map((n) => option(n, n, n === 4))))),
          field("Seed", make("input", { name: "seed", type: "number", min: 0, max: 2147483647, value: 1 })),
          make("label", { class: "check" }, make("input", { name: "fresh", type: "checkbox", checked: true }),
            "A new seed each time"))),
      this.compose,
      this.hint);
    form.addEventListener("input", () => this.#blend());
    this.#blend();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      onsubmit();
    });
  }

  #blend() {
    const { composer, also, share } = this.form.elements;
    const isBlend = also.value !== "" && also.value !== composer.value;
    this.share.hidden = !isBlend;
    share.disabled = !isBlend;
    this.shareWords.textContent = `${share.value} %`;
  }

  // What the next request is about: the words of the button, a hint, and the fields that apply.
  describe({ words, hint = "", isFree = false, hasLength = false, isPossible = true }) {
    this.compose.textContent = words;
    this.compose.disabled = !isPossible;
    this.hint.textContent = hint;
    this.free.hidden = !isFree;
    this.free.disabled = !isFree;
    this.length.hidden = !hasLength;
    this.hasLength = hasLength;
    this.form.elements.bars.options[0].text = isFree ? "8, as usual" : "as given";
    this.form.elements.density.options[0].text = isFree ? "any" : "as given";
  }

  get values() {
    const data = new FormData(this.form);
    const number = (name) => (data.get(name) === "" || data.get(name) === null ? null : Number(data.get(name)));
    const values = {
      composer: data.get("composer"),
      variations: number("variations"),
      density: number("density"),
      hardest: data.get("hardest"),
      lowest: number("lowest"),
      highest: number("highest"),
      temperature: number("temperature"),
      seed: number("seed"),
    };
    if (data.get("share")) Object.assign(values, { also: data.get("also"), share: number("share") });
    if (data.get("tonic")) values.scale = `${data.get("tonic")} ${data.get("mode")}`;
    if (this.hasLength) values.bars = number("bars");
    if (!this.free.disabled) Object.assign(values, { key: data.get("key"), meter: data.get("meter"), tempo: number("tempo") });
    return values;
  }

  get composer() {
    return this.form.elements.composer.value;
  }

  set composer(slug) {
    this.form.elements.composer.value = slug;
    this.#blend();
  }

  // After a request: the next one has another seed, unless the musician keeps it.
  nextSeed() {
    const { seed, fresh } = this.form.elements;
    if (fresh.checked) seed.value = (Number(seed.value) || 0) + 1;
  }
}
