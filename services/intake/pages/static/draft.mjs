// What is being written, kept at each change: every field, and the photos with the ids of those that went up. Each tab has
// a draft of its own; a new one goes on with a copy of what another has left.
import { Shelf, forget, keep, namesOf, recall, thisTab } from "/static/shared/device.mjs";
import { fill, valuesOf } from "/static/shared/fields.mjs";

const PREFIX = "onestop-draft";
const DAYS = 7;
const PHOTOS = "draft:"; // in front of the draft's name on the shelf
const shelf = new Shelf("reports");

export const isDraft = ({ key }) => key.startsWith(PHOTOS);

/** A form that a QR code has opened for one lamp post keeps a draft of its own. */
function placeOf(address) {
  const asked = new URLSearchParams(address);
  asked.delete("lang");
  asked.sort();
  return String(asked) && `?${asked}`;
}

const isOf = (place) => (name) => name.slice(PREFIX.length).replace(/^:[^?]*/, "") === place;

export class Draft {
  constructor(form) {
    this.form = form;
    this.place = placeOf(location.search);
    const { name, isNew } = thisTab();
    this.name = `${PREFIX}:${name}${this.place}`;
    this.isNew = isNew;
    this.forgetOld();
  }

  /** Resolves when it is kept, or this browser keeps nothing. */
  async save(photos) {
    keep(this.name, { key: this.form.elements.key.value, values: valuesOf(this.form), at: Date.now() });
    if (photos) await shelf.put({ key: PHOTOS + this.name, items: photos, at: Date.now() });
  }

  /** The photos that belong to it when something was there to be given back; else null. */
  async restore() {
    const own = recall(this.name);
    const left = own?.values || !this.isNew ? null : await this.newestLeft();
    const draft = left ? recall(left) : own;
    if (!draft?.values) return null;
    fill(this.form, draft.values, left ? ["kept", "key"] : ["kept"]); // what two tabs send is two reports
    const photos = (await shelf.get(PHOTOS + (left ?? this.name)))?.items ?? [];
    if (left) {
      await this.save(photos);
      keep(left, { ...draft, copied: true });
    }
    return photos;
  }

  /** What another tab has left: it may still be open or come back, so it loses nothing. What is on its way is not offered. */
  async newestLeft() {
    const waiting = new Set((await shelf.all()).map(({ key }) => key));
    const open = namesOf(PREFIX).filter(isOf(this.place)).map((name) => ({ name, ...recall(name) }));
    const left = open.filter(({ key, values, copied }) => values && !copied && !waiting.has(key));
    return left.sort((one, other) => other.at - one.at)[0]?.name ?? null;
  }

  drop() {
    return dropDraft(this.name);
  }

  async forgetOld() {
    const since = Date.now() - DAYS * 86_400_000;
    namesOf(PREFIX).filter((name) => !(recall(name)?.at > since)).forEach(forget);
    for (const one of await shelf.all()) if (isDraft(one) && !(one.at > since)) await shelf.drop(one.key);
  }
}

function dropDraft(name) {
  forget(name);
  return shelf.drop(PHOTOS + name);
}

/** What has been sent is nobody's draft any more, whichever tab it was written in. */
export const dropDraftsOf = (key) => Promise.all(namesOf(PREFIX).filter((name) => recall(name)?.key === key).map(dropDraft));

/** Whatever this device keeps of reports: what is being written, what waits, what was refused. */
export async function forgetDrafts() {
  namesOf(PREFIX).forEach(forget);
  await shelf.clear();
}
