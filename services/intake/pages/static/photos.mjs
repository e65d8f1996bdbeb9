// The chosen photos: made smaller, shown, removable, and sent one by one as soon as they are chosen.
import { photoButtons, photoTile } from "/static/shared/photo_buttons.mjs";
import { placeOf, smaller } from "/static/shared/pictures.mjs";

export class Photos {
  constructor(form, changed) {
    this.form = form;
    this.changed = changed; // what is chosen belongs to the draft; resolves when that is kept
    this.input = form.elements.photos;
    this.list = form.querySelector("#chosen");
    this.place = form.querySelector("#photo-place");
    this.items = []; // {file, name, id, element, work: Promise that never fails}
    this.input.addEventListener("change", () => this.add([...this.input.files]));
    this.place.querySelector("button").addEventListener("click", () => this.usePlace());
    photoButtons(form.querySelector("[data-photo-actions]"), this.input, (files) => this.add(files));
  }

  async add(files) {
    this.complaints().replaceChildren(); // about the choice before
    const most = Number(this.form.dataset.photosMost) - this.form.querySelectorAll("input[name='kept']").length;
    const room = Math.max(0, most - this.items.length);
    if (files.length > room) this.complain(this.form.dataset.photosLeftOut);
    const added = files.slice(0, room).map((file) => this.put({ file, name: file.name, id: null }));
    this.input.value = ""; // the list is the truth now; the same photo may be chosen again
    await Promise.all(added.map((item) => item.work));
  }

  /** Those of a draft, which may have gone up already. */
  restore(items) {
    items.forEach(({ file, id }) => this.put({ file, name: file.name, id }));
  }

  put(item) {
    this.items.push(item);
    item.element = this.tile(item);
    this.list.append(item.element);
    item.work = item.id ? Promise.resolve(this.say(item, "ready")) : this.prepare(item);
    return item;
  }

  tile(item) {
    const tile = photoTile(item.file, this.list.dataset.remove, () => this.remove(item));
    tile.append(Object.assign(document.createElement("span"), { className: "photo-state" }));
    return tile;
  }

  /** `sending` with a percentage, `ready`, or `later`: what fails for want of a network goes with the report. */
  say(item, state, percent = "") {
    item.element.className = state;
    item.element.querySelector(".photo-state").textContent = this.list.dataset[state].replace("{percent}", percent);
  }

  remove(item) {
    this.items = this.items.filter((one) => one !== item);
    item.request?.abort();
    item.element.remove();
    this.changed();
    this.form.querySelector("[data-pick]").focus();
  }

  async prepare(item) {
    this.say(item, "sending", 0);
    this.offerPlace(await placeOf(item.file)); // before it is made smaller: the copy does not say it any more
    item.file = await smaller(item.file);
    if (!this.items.includes(item)) return;
    this.changed();
    if (item.file.size > Number(this.form.dataset.photoBytes)) return this.refuse(item, this.form.dataset.photoTooLarge);
    await this.upload(item);
  }

  /** Early, while the person still writes. */
  async upload(item) {
    const { status, data } = await this.post(item);
    if (!this.items.includes(item)) return;
    if (status === 201) return this.uploaded(item, data);
    if (status === 0 || status === 429 || status >= 500) return this.say(item, "later");
    this.refuse(item, status === 413 ? this.form.dataset.photoTooLarge : data.detail);
  }

  /** As fetch would, but that one can say how much of it has gone. Status 0: no answer. */
  post(item) {
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      item.request = request;
      request.open("POST", "/api/v1/photos");
      request.responseType = "json";
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("Accept-Language", document.documentElement.lang);
      request.upload.addEventListener("progress", ({ loaded, total }) => total && this.say(item, "sending", Math.round((loaded / total) * 100)));
      request.addEventListener("loadend", () => done({ status: request.status, data: request.response ?? {} }));
      const form = new FormData();
      form.append("photo", item.file);
      request.send(form);
    });
  }

  /** Kept before it is said to be there: who leaves the page at that moment finds it again. */
  async uploaded(item, { id, location }) {
    item.id = id;
    await this.changed();
    this.say(item, "ready");
    this.offerPlace(location);
  }

  refuse(item, why) {
    this.items = this.items.filter((one) => one !== item);
    item.element.remove();
    this.changed();
    this.complain(`${this.form.dataset.photoFailed.replace("{name}", item.name)}: ${why ?? ""}`);
  }

  complaints() {
    return this.form.querySelector("#photo-complaints");
  }

  complain(text) {
    const said = document.getElementById("complaint").content.firstElementChild.cloneNode(true);
    said.querySelector("span").textContent = text;
    this.complaints().append(said);
  }

  offerPlace(location) {
    if (!location || this.form.elements.latitude.value) return;
    this.found = location;
    this.place.hidden = false;
  }

  usePlace() {
    const { latitude, longitude, accuracy_m: accuracy } = this.form.elements;
    latitude.value = this.found.latitude.toFixed(6);
    longitude.value = this.found.longitude.toFixed(6);
    accuracy.value = ""; // what a photo says of its place has none
    latitude.dispatchEvent(new Event("change", { bubbles: true }));
    const said = this.place.querySelector("[role='status']");
    this.place.querySelector("button").hidden = true;
    said.textContent = this.place.dataset.used;
  }

  /** When nothing is under way any more: a photo at 90 % is not begun again because the report is sent. */
  settled() {
    return Promise.all(this.items.map(({ work }) => work));
  }

  /** For the draft. */
  kept() {
    return this.items.map(({ file, id }) => ({ file, id }));
  }

  /** `{photos, sent, files}`: files still to be sent, ids of those that are there, and the files of the last of these. */
  state() {
    const kept = [...this.form.querySelectorAll("input[name='kept']")].map((one) => one.value);
    const sent = this.items.filter((one) => one.id);
    const files = (items) => items.map((one) => one.file);
    return { photos: files(this.items.filter((one) => !one.id)), sent: [...kept, ...sent.map((one) => one.id)], files: files(sent) };
  }
}
