// A step that was just pressed waits a moment before anybody is told, and can be taken back as long as it has not gone: on
// a wet screen one presses the wrong button of the wrong card. It is in the queue like any other, so nothing is lost.
import { keep, recall } from "/static/shared/device.mjs";
import { announce } from "/static/shared/forms.mjs";
import { cardOf } from "./cards.mjs";

const AT_ONCE = "onestop-crew-at-once";
const HOLD = 20_000; // ms: WCAG 2.2.1 wants so long for the simple act by which one gets more time
const TICK = 1_000; // ms

/** For how long a step is held that is pressed now; without a network it waits in any case. */
export const holdNow = () => (navigator.onLine && recall(AT_ONCE) !== true ? HOLD : 0);

/** The button for a crew that wants no such time; it says which it is. */
export function undoSwitch(button) {
  const fit = () => {
    const on = recall(AT_ONCE) !== true;
    button.setAttribute("aria-pressed", String(on));
    button.querySelector("span").textContent = (on ? button.dataset.on : button.dataset.off).replace("{count}", HOLD / 1000);
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    keep(AT_ONCE, recall(AT_ONCE) !== true);
    fit();
  });
  fit();
}

export class Undo {
  /** `nameOf(step)`: as its button said; `undone(step)`: it was taken back, and the page is drawn without it; `draw()` and
      `send()`: of all that waits. */
  constructor(queue, words, { nameOf, undone, draw, send }) {
    Object.assign(this, { queue, words, nameOf, undone, draw, send });
    this.held = [];
    this.clock = null;
  }

  /** One bar beside the next button of each job whose last step can still be taken back. */
  show(steps) {
    const last = new Map(steps.filter(({ refused }) => !refused).map((step) => [step.order, step]));
    const open = [...last.values()].filter(({ happened, order }) => !happened && cardOf(order));
    const keys = new Set(open.map(({ key }) => key));
    [...document.querySelectorAll("[data-undo]")].filter(({ dataset }) => !keys.has(dataset.undo)).forEach(takeAway);
    open.forEach((step) => this.fit(barOf(step.key) ?? this.bar(step), step));
    this.held = steps.filter((step) => this.queue.heldFor(step));
    clearInterval(this.clock);
    if (this.held.length) this.clock = setInterval(() => this.tick(), TICK);
  }

  bar(step) {
    const bar = document.querySelector("[data-undo-bar]").content.firstElementChild.cloneNode(true);
    bar.dataset.undo = step.key;
    bar.querySelector("[data-back]").addEventListener("click", () => this.takeBack(step.key));
    bar.querySelector("[data-wait]").addEventListener("click", () => this.turn(step));
    cardOf(step.order).querySelector("[data-foot]").prepend(bar);
    return bar;
  }

  fit(bar, step) {
    const [left, wait] = [this.queue.heldFor(step), bar.querySelector("[data-wait]")];
    const waits = left === Infinity;
    const said = waits ? this.words.paused : left ? this.words.left.replace("{count}", Math.ceil(left / TICK)) : this.words.kept;
    put(bar.querySelector("[data-said]"), `${this.nameOf(step)}: ${said}`);
    put(wait.querySelector("span"), waits ? wait.dataset.send : wait.dataset.wait);
    const drawing = wait.querySelector("use");
    drawing.setAttribute("href", drawing.getAttribute("href").replace(/#.*/, waits ? "#send" : "#pause"));
    wait.hidden = !left;
  }

  /** It is not sent from under the fingers of whoever is at its buttons. */
  tick() {
    for (const step of this.held) {
      const bar = barOf(step.key);
      if (bar?.contains(document.activeElement) && this.queue.heldFor(step) <= TICK) this.queue.pause(step);
      if (bar) this.fit(bar, step);
    }
    if (this.held.every((step) => this.queue.heldFor(step))) return;
    clearInterval(this.clock);
    this.send();
  }

  async takeBack(key) {
    const step = await this.queue.takeBack(key);
    announce(step ? this.words.undone : this.words.gone);
    await this.draw();
    if (step) this.undone(step);
  }

  /** To wait for as long as it takes, or not at all. */
  turn(step) {
    if (this.queue.heldFor(step) === Infinity) return this.sendNow([step]);
    this.queue.pause(step);
    return this.draw();
  }

  /** Whoever goes on or goes away has thought. */
  sendNow(steps = this.held) {
    steps.forEach((step) => this.queue.release(step));
    return this.send();
  }
}

const barOf = (key) => document.querySelector(`[data-undo="${key}"]`);

/** Others hear only of what has changed. */
function put(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

/** What had the focus hands it to the button beside it. */
function takeAway(bar) {
  const [held, card] = [bar.contains(document.activeElement), bar.closest("article")];
  bar.remove();
  if (held) card.querySelector("[data-step] button, [data-step] summary, .job-row").focus({ preventScroll: true });
}
