// Draws on the cards what waits on this phone: the job as it will be, what is still to be sent, and what the town would
// not take, with the reason and what was done. Nothing of that goes away before its person has seen it.
import { cardOf, fitGroups, keepingPlace, listOf, putIn } from "./cards.mjs";
import { foresee, possible } from "./foresight.mjs";

const AFTER_TAP = 500; // ms: a second tap is meant for the button that was there

export class Steps {
  /** `mend(step)`: give back what was written; `settle(steps)`: their person has seen that they were refused. */
  constructor(page, { mend, settle }) {
    Object.assign(this, { page, mend, settle });
    this.table = JSON.parse(page.dataset.steps);
    this.words = JSON.parse(page.dataset.words);
  }

  /** What became of a job by this step, in words, and whether it leaves the board. */
  outcome({ act, order }) {
    const { state, goesOn } = cardOf(order)?.dataset ?? {};
    const after = foresee({ state, goesOn: goesOn ?? null }, [{ act }], this.table).state;
    const { name, group } = possible(after, this.table);
    return { name: name ?? this.table.acts[act], closes: !group };
  }

  /** The town has taken this step: a card that was drawn before it stays as foreseen until it comes drawn anew. */
  take({ act, order, version }) {
    const card = cardOf(order);
    if (!(Number(card?.dataset.version) < version)) return;
    const { state, goesOn } = card.dataset;
    const after = foresee({ state, goesOn: goesOn ?? null }, [{ act }], this.table);
    card.dataset.shown ??= state;
    card.dataset.state = after.state;
    if (after.goesOn) card.dataset.goesOn = after.goesOn;
    else delete card.dataset.goesOn;
  }

  /** All cards as they will be; a job that is not on this board stands above it. `isHeld(step)`: it can be taken back. */
  draw(steps, isHeld) {
    this.isHeld = isHeld;
    keepingPlace(() => this.drawAll(steps));
  }

  drawAll(steps) {
    const held = this.page.querySelector("[data-held]");
    const elsewhere = steps.filter(({ order }) => !cardOf(order));
    held.hidden = !elsewhere.length;
    const jobs = [...new Set(elsewhere.map(({ order }) => order))].map((job) => elsewhere.filter(({ order }) => order === job));
    held.querySelector("[data-held-list]").replaceChildren(...jobs.flatMap((ones) => this.lines(ones, `${ones[0].about.title} ${ones[0].about.reference}: `)));
    const count = steps.filter((step) => !step.refused && !this.isHeld(step)).length;
    const said = this.page.querySelector("[data-unsent-steps]");
    said.hidden = !count;
    said.querySelector("span").textContent = this.words.waiting.replace("{count}", count);
    const shown = [...document.querySelectorAll("[data-shown]")].map(({ dataset }) => dataset.work);
    const orders = new Set([...steps.map(({ order }) => order), ...shown, ...taps.keys()]);
    orders.forEach((order) => this.drawCard(cardOf(order), steps.filter((step) => step.order === order)));
    fitGroups(); // a list that was empty has no place on the page
  }

  drawCard(card, steps) {
    if (!card) return;
    card.querySelector("[data-own-steps]")?.remove();
    card.toggleAttribute("data-waits", steps.some(({ refused }) => !refused));
    const { state, goesOn } = card.dataset;
    if (steps.length) card.querySelector(".job-body").prepend(this.list(steps));
    this.show(card, foresee({ state, goesOn: goesOn ?? null }, steps, this.table).state);
    rest(card);
  }

  list(steps) {
    const list = Object.assign(document.createElement("ul"), { className: "plain own-steps" });
    list.dataset.ownSteps = "";
    list.append(...this.lines(steps));
    return list;
  }

  /** Of one job: each step by itself, but all that came too late as one: that somebody else has it is one piece of news. */
  lines(steps, title = "") {
    const late = steps.filter(cameLate);
    const others = steps.filter((step) => !cameLate(step)).map((step) => [step]);
    return (late.length ? [late, ...others] : others).map((ones) => this.line(ones, title));
  }

  /** As the button said that was pressed: one act sets out and arrives. */
  nameOf({ act }, state) {
    const { next } = possible(state, this.table);
    return next?.act === act ? next.words : this.table.acts[act] ?? act;
  }

  line(steps, title) {
    const line = document.querySelector("[data-step-line]").content.firstElementChild.cloneNode(true);
    const [step, put] = [steps.at(-1), (name, text) => { line.querySelector(`[data-${name}]`).textContent = text; }];
    const [{ refused }, photos] = [step, steps.reduce((sum, one) => sum + one.photos.length, 0)];
    const notes = steps.flatMap(({ fields }) => fields).filter(([name]) => ["note", "reason"].includes(name)).map(([, value]) => value);
    line.classList.add(refused ? "bad" : "waits");
    put("what", title + steps.map((one) => one.about.name ?? this.nameOf(one)).join(" → "));
    put("when", [...new Set([steps[0], step].map(({ at }) => new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" })))].join("–"));
    put("why", refused ? refused.detail || this.words.refused : this.isHeld(step) ? this.words.held : this.words.kept);
    put("note", [...notes, photos ? this.words.photos.replace("{count}", photos) : ""].filter(Boolean).join(" · "));
    const [mend, seen] = ["mend", "seen"].map((name) => line.querySelector(`[data-${name}]`));
    const found = line.querySelector("[data-found]");
    found.hidden = !cameLate(step);
    found.href = `/crew/${step.order}/overtaken`;
    seen.hidden = !refused;
    mend.hidden = !(refused?.status === 422 && cardOf(step.order));
    seen.addEventListener("click", () => this.settle(steps));
    mend.addEventListener("click", () => this.mend(step));
    return line;
  }

  /** The card's buttons and forms as they are in that state. */
  show(card, state) {
    if ((card.dataset.shown ?? card.dataset.state) === state) return;
    card.dataset.shown = state;
    const { next, acts, progress, group } = possible(state, this.table);
    const [slot, more] = [card.querySelector("[data-step]"), card.querySelector(".more-list")];
    const finish = card.querySelector("details[data-act=complete]");
    const focused = slot.contains(document.activeElement);
    if (finish && !more.contains(finish)) more.append(finish);
    slot.replaceChildren();
    if (next?.act === "complete" && finish) {
      slot.append(finish);
      finish.hidden = false; // which it was among the other options of a state that it does not follow
    } else if (next) slot.append(this.button(card, next));
    dress(finish, next?.act === "complete", this.table);
    more.querySelectorAll("details[data-act]").forEach((form) => { form.hidden = !acts.includes(form.dataset.act); });
    card.querySelectorAll(".dots li").forEach((dot, number) => dot.classList.toggle("done", number < progress));
    if (group) putIn(listOf(group), card);
    if (focused) slot.querySelector("button, summary")?.focus({ preventScroll: true });
  }

  button(card, { act, icon, words }) {
    const form = document.querySelector("[data-press-form]").content.firstElementChild.cloneNode(true);
    form.action = `/crew/${card.dataset.work}/${act}`;
    form.dataset.act = act;
    form.querySelector("span").textContent = words;
    const drawing = form.querySelector("use");
    drawing.setAttribute("href", drawing.getAttribute("href").replace(/#.*/, `#${icon}`));
    return form;
  }
}

const cameLate = ({ refused }) => refused?.code === "came-late";

/** The form that finishes a job, as the big button or as one of the other options. */
function dress(finish, big, { finish: words }) {
  if (!finish) return;
  finish.classList.toggle("finish", big);
  finish.classList.toggle("act", !big);
  const summary = finish.querySelector("summary");
  summary.className = big ? "button primary big" : "";
  summary.querySelector("span").textContent = big ? words.big : words.small;
}

const taps = new Map(); // by job: when its button was tapped last

/** False for a tap that comes right after another on the same job. */
export function isMeant({ dataset: { work } }) {
  if (restOf(work) > 0) return false;
  taps.set(work, performance.now());
  return true;
}

const restOf = (work) => AFTER_TAP - (performance.now() - (taps.get(work) ?? -Infinity));

/** The button that took the place of a tapped one waits a moment. */
function rest(card) {
  const left = restOf(card.dataset.work);
  if (left <= 0) return;
  const buttons = [...card.querySelectorAll("[data-step] button")];
  buttons.forEach((button) => button.setAttribute("aria-disabled", "true"));
  setTimeout(() => buttons.forEach((button) => button.removeAttribute("aria-disabled")), left);
}
