// What is being written, kept at each change: every field, and the photos with the ids of those that went up.
import { Shelf, forget, keep, namesOf, recall } from "/static/shared/device.mjs";
import { fill, valuesOf } from "/static/shared/fields.mjs";

const PREFIX = "onestop-draft";
const DAYS = 7;
const PHOTOS = "draft:"; // in front of the draft's name on the shelf
const shelf = new Shelf("reports");

export const isDraft = ({ key }) => key.startsWith(PHOTOS);

export class Draft {
  /** A form that a QR code has opened for one lamp post keeps a draft of its own. */
  constructor(form) {
    this.form = form;
    const asked = new URLSearchParams(location.search);
    asked.delete("lang");
    asked.sort();
    this.name = [PREFIX, asked].filter(String).join("?");
    this.forgetOld();
  }

  /** Resolves when it is kept, or this browser keeps nothing. */
  async save(photos) {
    keep(this.name, { key: this.form.elements.key.value, values: valuesOf(this.form), at: Date.now() });
    if (photos) await shelf.put({ key: PHOTOS + this.name, items: photos, at: Date.now() });
  }

  /** The photos that belong to it when something was there to be given back; else null. */
  async restore() {
    const draft = recall(this.name);
    if (!draft?.values) return null;
    fill(this.form, draft.values, ["kept"]);
    return (await shelf.get(PHOTOS + this.name))?.items ?? [];
  }

  drop() {
    forget(this.name);
    return shelf.drop(PHOTOS + this.name);
  }

  async forgetOld() {
    const since = Date.now() - DAYS * 86_400_000;
    namesOf(PREFIX).filter((name) => !(recall(name)?.at > since)).forEach(forget);
    for (const one of await shelf.all()) if (isDraft(one) && !(one.at > since)) await shelf.drop(one.key);
  }
}

/** Whatever this device keeps of reports: what is being written, what waits, what was refused. */
export async function forgetDrafts() {
  namesOf(PREFIX).forEach(forget);
  await shelf.clear();
}
