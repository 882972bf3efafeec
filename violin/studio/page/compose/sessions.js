// The sessions in the studio's folder: open one, begin one, save a copy, open a copy.

import { address, get, post, upload } from "../shared/api.js";
import { attempt } from "../shared/attempts.js";
import { byId, make, button } from "../shared/dom.js";

export class SessionList {
  // onopen(session) with the session as JSON.
  constructor(onopen) {
    this.onopen = onopen;
    this.dialog = byId("sessions");
  }

  async open(current) {
    const listed = await attempt(() => get("api/sessions"));
    if (!listed) return;
    const choose = (found) => { this.dialog.close(); this.onopen(found); };
    const copy = make("input", { type: "file", id: "session-file", accept: ".json,application/json" });
    copy.addEventListener("change", () => attempt(async () => {
      if (copy.files.length) choose(await upload("api/sessions/copy", copy.files[0]));
    }));
    const name = `${current.title || "session"}.violin.json`.replace(/[\\/:*?"<>|]+/g, "-");
    this.dialog.replaceChildren(
      make("h2", { id: "sessions-title" }, "Sessions"),
      make("p", { class: "quiet" }, "Everything is kept in the studio's folder as soon as it exists."),
      make("div", { class: "keys" },
        button("New session", () => attempt(async () => choose(await post("api/sessions"))), { class: "primary" }),
        make("a", { href: address(`api/sessions/${current.id}/copy`), download: name }, "Save a copy of this one")),
      make("label", {}, "Open a saved copy ", copy),
      make("ul", { class: "listing" }, ...listed.map((one) => make("li", {},
        make("span", {}, one.title || "Untitled session", make("small", { class: "quiet" },
          ` ${one.phrases} phrases · ${one.changed.replace("T", " ").slice(0, 16)}`)),
        one.id === current.id ? make("span", { class: "quiet" }, "open here") :
          button("Open", () => attempt(async () => choose(await get(`api/sessions/${one.id}`)))))),
      ),
      make("div", { class: "dialog-foot" }, button("Close", () => this.dialog.close())));
    this.dialog.showModal();
  }
}
