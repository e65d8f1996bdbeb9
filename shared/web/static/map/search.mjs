// A box to find a village, a road, a landmark or pasted coordinates by: a combobox over /api/v1/places.
const PAUSE_MS = 250;

export class Search {
  /** `chosen` is told the place that somebody took: {kind, name, latitude, longitude, box?}. */
  constructor(root, chosen) {
    this.input = root.querySelector("input");
    this.list = root.querySelector("ul");
    this.said = root.querySelector("[data-map-search-said]");
    this.words = root.dataset;
    this.chosen = chosen;
    this.items = [];
    this.at = -1;
    this.later = 0;
    this.asked = 0;
    root.hidden = false;
    this.input.addEventListener("input", () => this.soon());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    this.list.addEventListener("click", (event) => this.take([...this.list.children].indexOf(event.target.closest("li"))));
  }

  /** Somebody is at it. */
  isAsked() {
    return this.input === document.activeElement && this.input.value !== "";
  }

  soon() {
    this.forgetQuestion();
    this.later = setTimeout(() => this.ask(), PAUSE_MS);
  }

  /** The answer to the newest question only: an older one may arrive later. */
  async ask() {
    this.forgetQuestion();
    const text = this.input.value.trim();
    const number = this.asked;
    if (text.length < 2) return this.close();
    let found;
    try {
      const answer = await fetch(`/api/v1/places?${new URLSearchParams({ q: text })}`, { headers: { "Accept-Language": document.documentElement.lang } });
      if (!answer.ok) throw new Error(answer.status);
      found = await answer.json();
    } catch {
      if (number === this.asked) this.tell(this.words.failed);
      return;
    }
    if (number === this.asked) this.offer(found);
  }

  /** Whoever closed the list or took a place wants no answer any more: it would open the list again. */
  forgetQuestion() {
    clearTimeout(this.later);
    this.asked += 1;
  }

  offer({ items, unreadable }) {
    this.items = items;
    this.at = -1;
    this.list.replaceChildren(...items.map((item, index) => this.option(item, index)));
    this.open(items.length > 0);
    this.tell(unreadable ? this.words.shortLink : items.length ? this.words.found.replace("{count}", items.length) : this.words.none, items.length > 0);
  }

  option({ kind, name }, index) {
    const option = Object.assign(document.createElement("li"), { id: `map-found-${index}` });
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const about = this.words[`kind${kind[0].toUpperCase()}${kind.slice(1)}`];
    option.append(Object.assign(document.createElement("span"), { textContent: name }));
    if (about) option.append(Object.assign(document.createElement("small"), { textContent: about }));
    return option;
  }

  /** What was found is said to all who cannot see it, and shown where there is no list to see. */
  tell(text, onlyHeard = false) {
    this.said.textContent = text;
    this.said.classList.toggle("hidden", onlyHeard);
  }

  open(yes) {
    this.list.hidden = !yes;
    this.input.setAttribute("aria-expanded", String(yes));
    this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    this.open(false);
    this.tell("", true);
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !this.list.hidden) {
      event.preventDefault();
      this.mark((this.at + step + this.items.length) % this.items.length);
    } else if (event.key === "Enter") {
      event.preventDefault(); // it would send the form
      if (!this.list.hidden) this.take(Math.max(this.at, 0));
      else this.ask();
    } else if (event.key === "Escape") {
      this.forgetQuestion();
      if (this.list.hidden) return; // a dialog's own key
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }

  mark(index) {
    this.at = index;
    [...this.list.children].forEach((one, place) => one.setAttribute("aria-selected", String(place === index)));
    this.list.children[index].scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", `map-found-${index}`);
  }

  take(index) {
    const item = this.items[index];
    if (!item) return;
    this.forgetQuestion();
    this.close();
    this.input.value = item.name;
    this.chosen(item);
  }
}
