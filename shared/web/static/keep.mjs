// A form of the staff keeps what is written into it until it has been taken: a session that has ended, a lost network or
// a broken server then cost a second press, not the note and the photo.
import { Shelf, forget, keep, recall } from "./device.mjs";
import { choose, fill, valuesOf } from "./fields.mjs";
import { announce, sayBeside } from "./forms.mjs";
import { smaller } from "./pictures.mjs";

const DAY = 86_400_000; // ms: after that nobody wants to go on with it
const PAUSE = 300; // ms without a key pressed
const SENT = "onestop-sent:"; // and a form's name: the state it was sent in, written at once, as the page is leaving
const shelf = new Shelf("forms");

/** The address says of which case and which act; the attribute changes whenever the case moves on. */
const nameOf = (form) => new URL(form.action).pathname;
const stateOf = (form) => form.dataset.keep;
const filesOf = (form) => [...form.elements].filter(({ type }) => type === "file").flatMap((field) => [...field.files]);

function store(form) {
  return shelf.put({ key: nameOf(form), state: stateOf(form), values: valuesOf(form), files: filesOf(form), page: location.pathname + location.search, at: Date.now() });
}

/** A crew's uplink is no better than a resident's. Who presses before it is done sends the photo as it was taken. */
async function makeSmaller(field) {
  const chosen = [...field.files];
  const small = await Promise.all(chosen.map(smaller));
  if (chosen.every((file, at) => field.files[at] === file)) choose(field, small);
}

function watch(form) {
  form.querySelectorAll("input[type='file']").forEach((field) => field.addEventListener("change", () => makeSmaller(field)));
  let later;
  const soon = () => {
    clearTimeout(later);
    later = setTimeout(() => store(form), PAUSE);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("submit", (event) => {
    clearTimeout(later);
    if (event.defaultPrevented) return;
    keep(SENT + nameOf(form), stateOf(form));
    store(form);
  });
}

const wasSent = ({ key, state }) => recall(SENT + key) === state;

/** The case has moved on since this was sent: it arrived, or came too late to matter. */
const settled = (kept, form) => wasSent(kept) && kept.state !== stateOf(form);

function drop({ key }) {
  forget(SENT + key);
  return shelf.drop(key);
}

/** What the server wrote into this form stays as it is now, and a declaration is made anew. */
const notGivenBack = (form) => [...form.elements].filter(({ type, required }) => type === "hidden" || (type === "checkbox" && required)).map(({ name }) => name);

function giveBack(form, kept) {
  fill(form, kept.values, notGivenBack(form));
  const field = form.querySelector("input[type='file']");
  if (field && kept.files.length) choose(field, kept.files);
  form.closest("details")?.setAttribute("open", "");
  sayBeside(form, document.body.dataset.unsent, "bad");
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
  const kept = await shelf.all();
  const here = new Map(forms.map((form) => [nameOf(form), form]));
  let first = null;
  for (const one of kept) {
    const form = here.get(one.key);
    if (Date.now() - one.at > DAY || (form && settled(one, form))) await drop(one);
    else if (form) {
      giveBack(form, one);
      if (wasSent(one)) first ??= form;
    } else if (wasSent(one) && part === document && one.page !== location.pathname + location.search) offer(one);
  }
  if (!first) return;
  announce(document.body.dataset.unsent);
  first.scrollIntoView({ block: "center" });
}

document.querySelector("form[action='/auth/logout']")?.addEventListener("submit", () => shelf.clear());
keepForms(document);
