// A form of the staff keeps what is written into it until it has been taken: a session that has ended, a lost network or
// a broken server then cost a second press, not the note and the photo.
import { Shelf, forget, keep, namesOf, recall } from "./device.mjs";
import { choose, fill, valuesOf } from "./fields.mjs";
import { announce, sayBeside } from "./forms.mjs";
import { smaller } from "./pictures.mjs";

const DAY = 86_400_000; // ms: after that nobody wants to go on with it
const PAUSE = 300; // ms without a key pressed
const SENT = "onestop-sent:"; // and a form's name: what was sent and in which state, written at once, as the page is leaving
const TAKEN = "onestop-taken="; // the server's cookie: the forms it has taken since a page has read it
const shelf = new Shelf("forms");
const steps = new Shelf("steps"); // of a crew, waiting for a network
const BOARDS = ["crew-own"]; // kept for the time without one
let leaving = false; // signing out: nothing is kept from here on, whatever a field or a timer still says

/** The address says of which case and which act; the attribute changes whenever the case moves on. */
const nameOf = (form) => new URL(form.action).pathname;
const stateOf = (form) => form.dataset.keep;
const fileFields = (form) => [...form.elements].filter(({ type }) => type === "file"); // which may stand outside it
const filesOf = (form) => fileFields(form).flatMap((field) => [...field.files].map((file) => ({ field: field.name, file })));

const isShown = ({ name, type }) => name && !["hidden", "submit", "button"].includes(type);
const isWritten = (field) => field.matches("textarea, input") && !["checkbox", "radio", "file"].includes(field.type) && field.value.trim() !== "";

/** All of it but its files. A button with nothing to fill in is pressed again; there is nothing of it to keep. */
function readWritten(form) {
  const shown = [...form.elements].filter(isShown);
  if (leaving || !shown.length) return null;
  const worthIt = filesOf(form).length > 0 || shown.some(isWritten); // the work of a person, more than a choice in a list
  return { key: nameOf(form), state: stateOf(form), values: valuesOf(form), worthIt, page: location.pathname + location.search, at: Date.now() };
}

async function store(form, written = readWritten(form)) {
  if (written) await shelf.put({ ...written, files: filesOf(form) });
}

/** A crew's uplink is no better than a resident's. Who presses before it is done sends the photo as it was taken; and
    whoever chose others meanwhile keeps those. One after the other: a cheap phone has no room for many at once. */
async function makeSmaller(field) {
  const chosen = [...field.files];
  const small = [];
  for (const file of chosen) small.push(await smaller(file));
  const isStill = field.files.length === chosen.length && chosen.every((file, at) => field.files[at] === file);
  if (isStill) choose(field, small);
}

function watch(form) {
  let later;
  const soon = () => {
    clearTimeout(later);
    later = setTimeout(() => store(form), PAUSE);
  };
  fileFields(form).forEach((field) => field.addEventListener("change", () => { makeSmaller(field); soon(); }));
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("submit", (event) => {
    clearTimeout(later);
    if (event.defaultPrevented) return;
    const written = readWritten(form);
    keep(SENT + nameOf(form), written ?? { state: stateOf(form) });
    store(form, written);
  });
}

const wasSent = ({ key, state }) => recall(SENT + key)?.state === state;

/** A page that leaves does not wait for its database: what was sent is known all the same, without its files. */
function addSent(kept) {
  const forms = new Map(kept.map((one) => [one.key, one]));
  for (const sent of namesOf(SENT).map(recall)) {
    const before = forms.get(sent?.key);
    if (sent?.key && !(before?.at >= sent.at)) forms.set(sent.key, { files: [], ...before, ...sent });
  }
  return [...forms.values()];
}

/** The case has moved on since this was sent: it arrived, or came too late to matter. */
const settled = (kept, form) => wasSent(kept) && kept.state !== stateOf(form);

function drop({ key }) {
  forget(SENT + key);
  return shelf.drop(key);
}

/** The names of the forms that the server has taken since this was read last. */
function readTaken() {
  const cookie = document.cookie.split("; ").find((one) => one.startsWith(TAKEN));
  if (!cookie) return [];
  document.cookie = `${TAKEN}; Max-Age=0; Path=/; SameSite=Lax`;
  return cookie.slice(TAKEN.length).split("|");
}

/** The page it was written on has no such form any more: its case has moved on. Where the server said no at the form's
    own address, that is the page above. */
function isBackWhereItWas({ key, page }) {
  const { pathname } = new URL(page, location.href);
  return pathname === location.pathname || (pathname === key && key.startsWith(`${location.pathname}/`));
}

/** What the server wrote into this form stays as it is now, and a declaration is made anew. */
const notGivenBack = (form) => [...form.elements].filter(({ type, required }) => type === "hidden" || (type === "checkbox" && required)).map(({ name }) => name);

const wordsFor = ({ worthIt }) => (worthIt ? document.body.dataset.unsent : document.body.dataset.unsaved);

/** The files of a form that was refused may have been taken all the same; then its page says so. */
function giveBack(form, kept) {
  fill(form, kept.values, notGivenBack(form));
  const files = "filesTaken" in form.dataset ? [] : kept.files;
  for (const field of fileFields(form)) {
    const own = files.filter((one) => one.field === field.name).map(({ file }) => file);
    if (own.length) choose(field, own);
  }
  form.closest("details")?.setAttribute("open", "");
  sayBeside(form, wordsFor(kept), "bad");
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Where the sign-in led elsewhere: the way back to what waits. */
function offer({ page }) {
  const link = Object.assign(document.createElement("a"), { href: page, textContent: document.body.dataset.unsentBack });
  const line = Object.assign(document.createElement("p"), { className: "alert warn", textContent: `${document.body.dataset.unsent} ` });
  line.append(link);
  document.getElementById("content").prepend(line);
}

/** Watches the forms of this part of the page, and fills in again those that were not taken. */
export async function keepForms(part) {
  const forms = [...part.querySelectorAll("form[data-keep]")].filter((form) => !form.dataset.kept);
  forms.forEach((form) => { form.dataset.kept = "yes"; });
  forms.forEach(watch);
  await Promise.all(readTaken().map((key) => drop({ key })));
  const kept = addSent(await shelf.all());
  const here = new Map(forms.map((form) => [nameOf(form), form]));
  const whole = part === document;
  let first = null;
  for (const one of kept) {
    const form = here.get(one.key);
    if (Date.now() - one.at > DAY || (form && settled(one, form))) await drop(one);
    else if (form) {
      giveBack(form, one);
      if (wasSent(one)) first ??= { form, words: wordsFor(one) };
    } else if (wasSent(one) && whole) {
      if (isBackWhereItWas(one)) await drop(one); // the case has moved on
      else if (one.worthIt) offer(one);
    }
  }
  for (const form of pressedInVain(forms, kept, whole)) {
    sayBeside(form, document.body.dataset.unsaved, "bad");
    first ??= { form, words: document.body.dataset.unsaved };
  }
  if (!first || !whole) return;
  announce(first.words);
  first.form.scrollIntoView({ block: "center" });
}

/** Of the bare buttons those whose case stands where it stood when they were pressed; the others are forgotten. */
function pressedInVain(forms, kept, whole) {
  const known = new Set(kept.map(({ key }) => key));
  const bare = new Map(forms.filter((form) => !known.has(nameOf(form))).map((form) => [nameOf(form), form]));
  const pressed = namesOf(SENT).map((name) => name.slice(SENT.length)).filter((key) => !known.has(key));
  const isStill = (key) => bare.has(key) && wasSent({ key, state: stateOf(bare.get(key)) });
  pressed.filter((key) => !isStill(key) && (whole || bare.has(key))).forEach((key) => forget(SENT + key));
  return pressed.filter(isStill).map((key) => bare.get(key));
}

/** What was written in this form has been taken by somebody else: nothing of it is given back. */
export const letGo = (form) => drop({ key: nameOf(form) });

/** Whoever signs out leaves nothing to the next at this device; without a network nobody has signed out. What a crew did
    and was not sent yet is told first: the same button again gives it up. */
async function leave(event) {
  if (event.defaultPrevented) return;
  event.preventDefault();
  const form = event.target;
  if ((await steps.all()).length && !form.dataset.warned) {
    form.dataset.warned = "yes";
    form.removeAttribute("aria-busy");
    setTimeout(() => form.querySelectorAll("button").forEach((button) => button.removeAttribute("aria-busy")));
    announce(document.body.dataset.unsentLeave);
    return sayBeside(form, document.body.dataset.unsentLeave, "bad");
  }
  leaving = true;
  await tellWorker();
  namesOf(SENT).forEach(forget);
  await Promise.all([shelf.clear(), steps.clear(), ...BOARDS.map((name) => globalThis.caches?.delete(name))]);
  form.submit();
}

/** What is on its way to a crew's board is not kept any more. */
async function tellWorker() {
  try {
    (await navigator.serviceWorker.getRegistration("/crew"))?.active?.postMessage({ forget: true });
  } catch {
    // Without a worker nothing is kept.
  }
}

/** Whether somebody has just signed out on this page. */
export const isLeaving = () => leaving;

/** What a crew's board did not send before it went away is sent from whichever page of the town is opened next. */
async function sendSteps() {
  if (/^\/crew(\/|$)/.test(location.pathname) || !(await steps.all()).length) return;
  const { sendKept } = await import("/static/dispatch/queue.mjs");
  await sendKept(document.documentElement.lang);
}

document.querySelector("form[action='/auth/logout']")?.addEventListener("submit", leave);
keepForms(document);
sendSteps();
