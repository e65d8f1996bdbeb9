// A crew's page: the board follows the town, and what the crew does goes through the queue, with a network and without.
import { choose, fill } from "/static/shared/fields.mjs";
import { announce, sayBeside } from "/static/shared/forms.mjs";
import { letGo } from "/static/shared/keep.mjs";
import { smaller } from "/static/shared/pictures.mjs";
import { alarmSwitch, ring } from "./alarm.mjs";
import { Board, NOTICED, sayNews } from "./board.mjs";
import { cardOf } from "./cards.mjs";
import { Finder } from "./find.mjs";
import { JobsMap } from "./jobs_map.mjs";
import { Offline } from "./offline.mjs";
import { clearPhotos, wantsPhoto } from "./photos.mjs";
import { Queue } from "./queue.mjs";
import { Steps, isMeant } from "./steps.mjs";
import { Undo, holdNow, undoSwitch } from "./undo.mjs";

const page = document.querySelector("[data-stream]");
const words = JSON.parse(page.dataset.words);
const RETRY = 20_000; // ms: a network that is back may not say so
const SAVED = 60_000; // ms: so long a card says that it was saved
const LEAVING = 3_000; // ms: so long a link waits for what was held

const queue = new Queue(page.dataset.person, document.documentElement.lang);
const steps = new Steps(page, { mend, settle: (seen) => Promise.all(seen.map(({ key }) => queue.drop(key))).then(draw) });
const undo = new Undo(queue, words, { nameOf: (step) => step.about.name ?? steps.nameOf(step), undone: giveBack, draw, send });
const offline = new Offline(page);
const jobs = new JobsMap(page.querySelector("[data-jobs-map]"));
const finder = new Finder(page.querySelector("[data-find]"), () => jobs.draw());
const saved = new Map(); // by job: until when it says so
let live = false;

const board = new Board(page, {
  changed: () => {
    finder.order();
    finder.filter();
    draw();
    jobs.draw();
    offline.soon();
  },
  news: (_, urgent) => {
    sayNews(page);
    ring(urgent);
  },
  live: (on) => {
    const sign = page.querySelector("[data-live]");
    live = on;
    sign.hidden = false;
    sign.classList.toggle("off", !on);
    sign.firstElementChild.textContent = on ? sign.dataset.on : sign.dataset.off;
    if (on) send();
  },
});

/** One after the other: what was read before a step had arrived must not be drawn after it. */
let drawing = Promise.resolve();
function draw() {
  drawing = drawing.then(drawSteps).catch((error) => console.warn("steps:", error.message));
  return drawing;
}

async function drawSteps() {
  const all = await queue.all();
  steps.draw(all, (step) => queue.heldFor(step) > 0);
  undo.show(all);
  for (const [order, until] of saved) {
    if (until < Date.now()) saved.delete(order);
    else saySaved(cardOf(order));
  }
}

/** Above all; of a job that is over, where its button was. */
function saySaved(card) {
  const place = card?.querySelector("over" in card.dataset ? "[data-foot]" : ".job-body");
  if (!place || place.querySelector(":scope > .work-saved")) return;
  card.querySelector(".work-saved")?.remove();
  place.prepend(document.querySelector("[data-saved-line]").content.firstElementChild.cloneNode(true));
}

// --- what a crew does

document.addEventListener("submit", (event) => {
  const form = event.target;
  const card = form.closest?.("article[data-work]");
  if (!card || !form.dataset.act) return;
  event.preventDefault(); // whoever else listens leaves it alone then
  if (wantsPhoto(form) || !isMeant(card)) return;
  take(form, card);
}, true);

// Without a network only a crew's own pages open; the browser's words for that would take the board's place.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("article[data-work] a[href]");
  if (!link || navigator.onLine || link.origin !== location.origin || link.pathname.startsWith("/crew")) return;
  event.preventDefault();
  sayBeside(link.parentElement, words.away, "bad", link);
  globalThis.addEventListener("online", () => link.parentElement?.querySelector(".form-status")?.remove(), { once: true });
});

/** Keeps the step on the phone, and sends it. What cannot be kept is sent from here, or stays in its form. */
async function take(form, card) {
  const reached = navigator.onLine;
  const given = [...new FormData(form)];
  const fields = given.filter(([name, value]) => typeof value === "string" && !["key", "seen"].includes(name));
  const files = given.filter(([, value]) => value instanceof File && value.size);
  const photos = await Promise.all(files.map(async ([name, file]) => [name, await smaller(file)]));
  const { work, reference, state, shown = state } = card.dataset;
  const about = { title: card.querySelector("h3").textContent, reference, name: steps.nameOf({ act: form.dataset.act }, shown) };
  const step = { order: work, act: form.dataset.act, fields, photos, about, hold: holdNow() };
  if (!(await keepStep(step))) return sayBeside(form, words.full, "bad");
  form.querySelector(".form-status")?.remove();
  form.reset();
  clearPhotos(form);
  await letGo(form);
  form.closest("details:not(.job)")?.removeAttribute("open");
  navigator.storage?.persist?.();
  await draw();
  offline.sendLater();
  // A form that folds up takes its card from under the thumb.
  cardOf(step.order)?.querySelector("[data-foot]").scrollIntoView({ block: "nearest" });
  if (step.hold) announce(words.pressed);
  const how = await send();
  if (how !== "signed-out" || !reached) return;
  await queue.holdNoLonger(); // it is kept, and goes as soon as they are back
  location.assign(page.querySelector("[data-signed-out] a").href);
}

/** The map's pieces can be had again: they make room for what somebody did. Older steps never do. */
async function keepStep(step) {
  if (await queue.add(step)) return true;
  await Promise.all(["crew-map", "crew-own"].map((name) => globalThis.caches?.delete(name)));
  return Boolean(await queue.add(step));
}

let sending = Promise.resolve();
function send() {
  sending = sending.then(() => queue.sync(settled)).then(said, (error) => console.warn("queue:", error.message));
  return sending;
}

async function settled(step, how) {
  if (how === "done") {
    saved.set(step.order, Date.now() + SAVED);
    announce(words.saved);
    const { name, closes } = steps.outcome(step);
    steps.take(step);
    if (closes) {
      sayLast(`${words.saved}: ${step.about.reference} · ${name}`);
      board.leave(cardOf(step.order), step.version);
    }
  } else announce(step.refused.detail || words.refused);
  await draw();
}

/** The job is not on the board any more: what became of it is said above. */
function sayLast(text) {
  const line = document.querySelector("[data-last-line]").content.cloneNode(true);
  line.querySelector("p").textContent = text;
  const place = page.querySelector("[data-last-saved]");
  place.replaceChildren(line);
  place.classList.add("in-sight");
  setTimeout(() => place.classList.remove("in-sight"), NOTICED);
}

/** How it went, where it matters to the person. */
async function said(how) {
  for (const name of ["signed-out", "somebody-else"]) page.querySelector(`[data-${name}]`).hidden = how !== name;
  if (how === "sent" && !live) board.soon();
  await draw();
  return how;
}

/** What the town could not take as it was goes back into its form, to be corrected and pressed again. */
async function mend(step) {
  if (!formOf(step)) return;
  giveBack(step); // before it goes from where it was kept
  await queue.drop(step.key);
  await draw();
}

const formOf = ({ order, act }) => cardOf(order)?.querySelector(`form[data-act="${act}"]`);

/** What was written with a step stands in its form again; a bare button has none of it, and is there to be pressed. */
function giveBack(step) {
  const form = formOf(step);
  if (!form) return;
  if (!step.fields.length && !step.photos.length) return form.querySelector("button").focus();
  fill(form, step.fields, ["key"]);
  for (const field of [...form.elements].filter(({ type }) => type === "file")) {
    choose(field, step.photos.filter(([name]) => name === field.name).map(([, file]) => file));
  }
  form.dispatchEvent(new Event("change", { bubbles: true }));
  for (let fold = form.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  form.querySelector("textarea, select, button").focus();
}

/** The job that the address names is unfolded; a kept page knows nothing of the address. */
function unfold() {
  const card = document.getElementById(decodeURIComponent(location.hash.slice(1)))?.closest("article[data-work]");
  if (!card) return;
  card.querySelector(".job").open = true;
  card.scrollIntoView({ block: "start" });
}

// --- whoever leaves has thought: what was held is sent

document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && undo.held.length && undo.sendNow());

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  const stays = !link || link.target || link.origin !== location.origin || link.pathname === location.pathname && link.hash;
  if (stays || !undo.held.length || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const late = new Promise((done) => { setTimeout(done, LEAVING); });
  Promise.race([undo.sendNow(), late]).then(() => location.assign(link.href));
});

document.querySelector("form[action='/auth/logout']")?.addEventListener("submit", (event) => {
  if (!undo.held.length) return;
  event.preventDefault(); // those who listen after it leave it alone
  undo.sendNow().then(() => event.target.requestSubmit());
}, true);

addEventListener("hashchange", unfold);
addEventListener("online", send);
setInterval(async () => { if ((await queue.all()).some(({ refused }) => !refused)) send(); }, RETRY);
alarmSwitch(page.querySelector("[data-mute]"));
undoSwitch(page.querySelector("[data-undo-switch]"));
unfold();
draw();
board.follow();
send();
offline.begin();
