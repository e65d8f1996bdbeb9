// What is being written, kept at each change: every field, and the photos with the ids of those that went up. Each tab has
// a draft of its own; a new one goes on with a copy of what another has left, and a copy of a tab with a copy of its draft.
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
    this.begun = this.begin();
    this.forgetOld();
    addEventListener("pageshow", ({ persisted }) => { if (persisted) this.begun = this.begin(); });
  }

  /** Which draft is this tab's is known once no other has its name. */
  async begin() {
    const { name, isNew, copyOf } = await thisTab();
    this.name = this.nameFor(name);
    this.isNew = isNew;
    this.original = copyOf && this.nameFor(copyOf);
  }

  nameFor(tab) {
    return `${PREFIX}:${tab}${this.place}`;
  }

  /** Whether the tab began as a copy of another, its history too: what it sends is another report. */
  async isCopy() {
    await this.begun;
    return this.original !== null;
  }

  /** Resolves when it is kept, or this browser keeps nothing. */
  async save(photos) {
    await this.begun;
    keep(this.name, { key: this.form.elements.key.value, values: valuesOf(this.form), at: Date.now() });
    if (photos) await shelf.put({ key: PHOTOS + this.name, items: photos, at: Date.now() });
  }

  /** The photos that belong to it when something was there to be given back; else null. */
  async restore() {
    await this.begun;
    const own = recall(this.name);
    const left = own?.values || !this.isNew ? null : await this.leftByAnother();
    if (left && recall(this.name)) return null; // who has begun to write meanwhile, on a slow phone, goes on
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

  /** It may still be open or come back, so it loses nothing. What is on its way is not offered. */
  async leftByAnother() {
    const waiting = new Set((await shelf.all()).map(({ key }) => key));
    const isOriginal = ({ name }) => name === this.original;
    const others = namesOf(PREFIX).filter((name) => name !== this.name && isOf(this.place)(name));
    const drafts = others.map((name) => ({ name, ...recall(name) }));
    const left = drafts.filter((one) => one.values && !waiting.has(one.key) && (!one.copied || isOriginal(one)));
    return left.sort((one, other) => isOriginal(other) - isOriginal(one) || other.at - one.at)[0]?.name ?? null;
  }

  async drop() {
    await this.begun;
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
