// While somebody writes: likely categories, what the town knows of already, and open reports like it near the pin.
import { address, links } from "./links.mjs";

const PAUSE_MS = 350;

export class Suggestions {
  constructor(form) {
    this.form = form;
    this.box = form.querySelector("#suggested");
    this.danger = form.querySelector("#danger");
    this.nearby = form.querySelector("#nearby");
    this.known = form.querySelector("#known");
    this.known?.addEventListener("change", ({ target }) => target.checked && this.takeAsKnown(target));
    this.showKnown([]);
    this.later = 0;
    this.asked = 0; // of which question the answer is awaited: a late answer to an older one is not shown
    form.elements.text.addEventListener("input", () => this.soon());
    form.addEventListener("place", () => this.soon());
    form.addEventListener("change", (event) => event.target.name === "category" && this.soon());
    if (form.elements.text.value) this.soon();
  }

  soon() {
    clearTimeout(this.later);
    this.later = setTimeout(() => this.ask().catch(() => {}), PAUSE_MS);
  }

  async ask() {
    this.asked += 1;
    const number = this.asked;
    const { text, category, latitude, longitude } = this.form.elements;
    const query = new URLSearchParams({ text: text.value.slice(0, 400) });
    if (category.value) query.set("category", category.value);
    if (latitude.value && longitude.value) {
      query.set("lat", latitude.value);
      query.set("lon", longitude.value);
    }
    const [words, place] = await Promise.all([this.get({ text: text.value.slice(0, 400) }), (latitude.value || category.value) && this.get(query)]);
    if (number !== this.asked) return;
    this.alarm((place || words).emergency);
    this.offer(words.categories);
    if (!category.value) this.warn(words.notices);
    this.tell(place ? place.nearby : []);
    this.showKnown((place || words).outages.map(({ id }) => id));
  }

  async get(query) {
    const answer = await fetch(`/api/v1/suggest?${new URLSearchParams(query)}`, { headers: { "Accept-Language": document.documentElement.lang } });
    if (!answer.ok) throw new Error(`suggest: ${answer.status}`);
    return answer.json();
  }

  /** The likely ones as buttons; the choice itself stays in the radio buttons below. Whoever pressed one by keyboard is
      still there when they are drawn anew. */
  offer(categories) {
    const buttons = categories.map(({ code, name }) => {
      const radio = this.form.querySelector(`input[name="category"][value="${CSS.escape(code)}"]`);
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button secondary suggestion";
      button.dataset.code = code;
      button.setAttribute("aria-pressed", String(radio.checked));
      button.append(radio.closest("label").querySelector(".icon").cloneNode(true), name);
      button.addEventListener("click", () => {
        radio.checked = true;
        this.form.querySelector(".kinds").open = false;
        radio.dispatchEvent(new Event("change", { bubbles: true }));
      });
      return button;
    });
    const label = Object.assign(document.createElement("p"), { className: "help", textContent: this.box.dataset.label });
    const held = this.box.contains(document.activeElement) && document.activeElement.dataset.code;
    this.box.replaceChildren(...(buttons.length ? [label, ...buttons] : []));
    this.box.hidden = buttons.length === 0;
    if (held) (buttons.find((one) => one.dataset.code === held) ?? this.form.elements.text).focus({ preventScroll: true });
  }

  /** Words of danger: whom to call instead of writing on. Said once, not again at each letter. */
  alarm(numbers) {
    const links = numbers.map(({ name, phone }) => {
      const item = document.createElement("li");
      const link = Object.assign(document.createElement("a"), { href: `tel:${phone.replaceAll(" ", "")}`, className: "button secondary" });
      link.append(Object.assign(document.createElement("b"), { textContent: phone }), name);
      item.append(link);
      return item;
    });
    const list = this.danger.querySelector("ul");
    if (list.textContent !== links.map((one) => one.textContent).join("")) list.replaceChildren(...links);
    this.danger.hidden = links.length === 0;
  }

  /** An emergency number belongs before the form is done; a chosen kind shows its own. */
  warn(notices) {
    this.box.append(...notices.map((notice) => Object.assign(document.createElement("p"), { className: "alert warn", textContent: notice })));
  }

  /** Of what the town knows of: what fits, and what somebody has said is theirs. */
  showKnown(ids) {
    const ones = [...(this.known?.querySelectorAll("[data-outage]") ?? [])];
    for (const one of ones) one.hidden = !ids.includes(one.dataset.outage) && !one.querySelector("input").checked;
    if (this.known) this.known.hidden = ones.every((one) => one.hidden);
  }

  /** Whoever has it too need not write anything; one report is of one thing. */
  takeAsKnown(box) {
    const { category, name } = box.closest("[data-outage]").dataset;
    for (const other of this.known.querySelectorAll("input:checked")) if (other !== box) other.checked = false;
    const { text } = this.form.elements;
    if (!text.value.trim()) text.value = this.known.dataset.say.replace("{category}", name);
    const radio = this.form.querySelector(`input[name="category"][value="${CSS.escape(category)}"]`);
    if (!radio || radio.checked) return;
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** The very report that was sent from this form. */
  isThis(own) {
    return own?.key === this.form.elements.key.value;
  }

  tell(reports) {
    const mine = new Map(links().map((own) => [own.reference, own]));
    const others = reports.filter(({ reference }) => !this.isThis(mine.get(reference)));
    const items = others.map((one) => {
      const own = mine.get(one.reference);
      const item = document.createElement("li");
      const about = Object.assign(document.createElement("p"), { textContent: `${one.category_name} · ${one.state_text}` });
      const said = Object.assign(document.createElement("p"), { className: "small muted", textContent: one.text ?? "" });
      const link = Object.assign(document.createElement("a"), own ? { href: address(own), textContent: this.nearby.dataset.own } : { href: `/track/${one.reference}#follow`, textContent: this.nearby.dataset.follow });
      link.className = "button secondary";
      item.append(about, said, link);
      return item;
    });
    const label = Object.assign(document.createElement("strong"), { textContent: this.nearby.dataset.label });
    const list = Object.assign(document.createElement("ul"), { className: "plain" });
    list.append(...items);
    this.nearby.replaceChildren(label, list);
    this.nearby.className = "alert info nearby";
    this.nearby.hidden = items.length === 0;
  }
}
