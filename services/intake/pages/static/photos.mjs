// The chosen photos: shown small, removable, sent one by one as soon as they are chosen.
export class Photos {
  constructor(form) {
    this.form = form;
    this.input = form.elements.photos;
    this.list = form.querySelector("#chosen");
    this.place = form.querySelector("#photo-place");
    this.items = []; // {file, id: Promise of an id or null, element}
    this.input.addEventListener("change", () => this.add([...this.input.files]));
    this.place.querySelector("button").addEventListener("click", () => this.usePlace());
  }

  add(files) {
    const room = Number(this.form.dataset.photosMost) - this.state().sent.length - this.items.filter((one) => !one.id).length;
    for (const file of files.slice(0, Math.max(0, room))) {
      const item = { file, id: null, element: this.tile(file) };
      item.element.querySelector("button").addEventListener("click", () => this.remove(item));
      this.items.push(item);
      this.list.append(item.element);
      this.upload(item);
    }
    if (files.length > room) this.complain(this.form.dataset.photosLeftOut);
    this.input.value = ""; // the list is the truth now; the same photo may be chosen again
  }

  tile(file) {
    const tile = document.createElement("li");
    const picture = document.createElement("img");
    picture.src = URL.createObjectURL(file);
    picture.alt = file.name;
    picture.addEventListener("error", () => picture.replaceWith(Object.assign(document.createElement("span"), { className: "no-preview", textContent: file.name })));
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "×", title: this.list.dataset.remove });
    button.setAttribute("aria-label", `${this.list.dataset.remove}: ${file.name}`);
    tile.append(picture, button);
    return tile;
  }

  remove(item) {
    this.items = this.items.filter((one) => one !== item);
    item.element.remove();
    this.input.focus();
  }

  /** Early, while the person still writes; what fails for want of a network goes with the report later. */
  async upload(item) {
    const form = new FormData();
    form.append("photo", item.file);
    try {
      const answer = await fetch("/api/v1/photos", { method: "POST", body: form, headers: { Accept: "application/json", "Accept-Language": document.documentElement.lang } });
      const data = await answer.json();
      if (answer.ok) return this.uploaded(item, data);
      if (answer.status !== 429 && answer.status < 500) this.refuse(item, data.detail);
    } catch {
      item.element.classList.add("later");
    }
  }

  uploaded(item, { id, location }) {
    item.id = id;
    item.element.classList.add("ready");
    if (!location || this.form.elements.latitude.value) return;
    this.found = location;
    this.place.hidden = false;
  }

  refuse(item, why) {
    this.remove(item);
    this.complain(`${this.form.dataset.photoFailed.replace("{name}", item.file.name)}: ${why ?? ""}`);
  }

  complain(text) {
    this.list.after(Object.assign(document.createElement("p"), { className: "field-error", role: "alert", textContent: text }));
  }

  usePlace() {
    this.form.elements.latitude.value = this.found.latitude;
    this.form.elements.longitude.value = this.found.longitude;
    this.form.elements.accuracy_m.value = ""; // what a photo says of its place has none
    this.form.elements.latitude.dispatchEvent(new Event("change", { bubbles: true }));
    this.place.hidden = true;
  }

  /** `{photos, sent, files}`: files still to be sent, ids of those that are there, and the files of the last of these. */
  state() {
    const kept = [...this.form.querySelectorAll("input[name='kept']")].map((one) => one.value);
    const sent = this.items.filter((one) => one.id);
    const files = (items) => items.map((one) => one.file);
    return { photos: files(this.items.filter((one) => !one.id)), sent: [...kept, ...sent.map((one) => one.id)], files: files(sent) };
  }
}
