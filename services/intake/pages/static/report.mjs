// The report form with a script: questions of the chosen kind, a draft that survives, and sending that may wait for a
// network. Without it the same form is sent by the browser.
import { announce, sayBeside } from "/static/shared/forms.mjs";
import { fill, valuesOf } from "/static/shared/fields.mjs";
import { mistakes, mistakesOf } from "./check.mjs";
import { clear, complain } from "./complaints.mjs";
import { Draft } from "./draft.mjs";
import { address, links } from "./links.mjs";
import { openedInForm, showWaiting } from "./panel.mjs";
import { Photos } from "./photos.mjs";
import { Refused, deliver } from "./queue.mjs";
import { Suggestions } from "./suggest.mjs";
import { all, drop, find, put } from "./waiting.mjs";

const form = document.getElementById("report");
const draft = new Draft(form);
const photos = new Photos(form, () => draft.save(photos.kept()));
let quiet = true; // what a script fills in is no draft of anybody's

const saveDraft = () => quiet || draft.save();

const category = () => form.querySelector("input[name='category']:checked");

function showChosen() {
  const chosen = category();
  const [heading, said] = form.querySelectorAll(".kinds summary :is(span, output)");
  heading.dataset.all ??= heading.textContent;
  heading.textContent = chosen ? heading.dataset.chosen : heading.dataset.all;
  said.textContent = chosen ? `${chosen.closest("label").textContent.trim()} · ${said.dataset.change}` : "";
  form.querySelectorAll("[data-about]").forEach((one) => { one.hidden = one.dataset.about !== chosen?.value; });
}

function showOutside() {
  const [west, south, east, north] = JSON.parse(form.dataset.bounds);
  const { latitude, longitude } = form.elements;
  const [lat, lon] = [latitude.value, longitude.value].map(Number);
  document.getElementById("outside").hidden = !latitude.value || !longitude.value || (lat >= south && lat <= north && lon >= west && lon <= east);
}

/** Whoever leaves an address and forgets the tick would wait for news in vain. */
function showNotTold() {
  const { email, consent } = form.elements;
  document.getElementById("not-told").hidden = consent.checked || !email.value.trim();
}

/** After the fields were filled in by something else than their reader. */
function showAll() {
  quiet = true;
  form.elements.latitude.dispatchEvent(new Event("change", { bubbles: true })); // the map's pin
  showChosen();
  showOutside();
  showNotTold();
  quiet = false;
}

// --- the key: it belongs to what is written, so that Back and Send is the same report once more

function useKey(key) {
  form.elements.key.value = key;
  history.replaceState({ ...history.state, key }, "");
}

const freshKey = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}-${Math.random().toString(36).slice(2)}`;

/** The key that this page has had, unless it is a copy of another tab's page, which will send that one's. */
async function keepKey(key) {
  const isOwn = key && (isSent(key) || !(await draft.isCopy()));
  useKey(isOwn ? key : freshKey());
}

// --- what the form begins with

/** A report that the town has refused, with what is wrong in it. */
async function openRefused({ key, fields, photos: unsent, files, sent, refused }) {
  fill(form, fields, ["key", "kept"]);
  useKey(key);
  photos.restore([...files.map((file, index) => ({ file, id: sent.at(index - files.length) })), ...unsent.map((file) => ({ file, id: null }))]);
  openedInForm(key);
  showAll();
  complain(form, mistakesOf(refused, form));
}

/** A kept page knows nothing of its address: the place and kind of a QR code are filled in here when the network is away. */
function fillFromAddress() {
  const asked = new URLSearchParams(location.search);
  for (const name of ["latitude", "longitude"]) if (!form.elements[name].value) form.elements[name].value = asked.get(name) ?? "";
  const kind = form.querySelector(`input[name="category"][value="${CSS.escape(asked.get("category") ?? "")}"]`);
  if (kind && !category()) kind.checked = true;
}

/** The form as it was before anybody wrote in it; what is sent from it is another report. */
async function startAnew() {
  await draft.drop();
  history.replaceState(null, "");
  form.reset(); // else some browsers keep what was typed
  location.reload();
}

/** What was restored may be another's on a shared phone, or of another matter. */
function offerFresh() {
  document.getElementById("restored").hidden = false;
  announce(form.dataset.draft);
}

const isSent = (sent) => links().find(({ key }) => key === sent);

/** Whoever comes back to a form from its confirmation: it is no report yet to be sent. */
function sayIfSent() {
  const own = isSent(form.elements.key.value);
  const said = document.getElementById("sent");
  said.hidden = !own;
  if (!own) return false;
  document.getElementById("restored").hidden = true;
  Object.assign(said.querySelector("a"), { href: address(own), textContent: own.reference });
  said.scrollIntoView({ block: "center" });
  announce(said.querySelector("span").textContent.trim());
  return true;
}

async function begin() {
  if (document.querySelector("[data-error-summary]")) return useKey(form.elements.key.value); // it was sent without a script
  const asked = location.hash.startsWith("#refused-") ? await find(location.hash.slice("#refused-".length)) : null;
  if (asked?.refused) return openRefused(asked);
  await keepKey(history.state?.key); // a page that the phone keeps has an old one
  const restored = await draft.restore();
  if (restored) {
    useKey(form.elements.key.value);
    photos.restore(restored);
    return sayIfSent() || offerFresh();
  }
  if (sayIfSent()) return null;
  fillFromAddress();
  const refused = (await all()).find((one) => one.refused);
  if (refused && !location.search) await openRefused(refused);
  return null;
}

// --- sending

/** What it is, where the kind of matter leaves that open; the town knows it of all others. */
const kindOf = (code) => form.elements[`kind.${code}`]?.value || null;

function body() {
  const value = (name) => form.elements[name].value.trim();
  const number = (name) => (value(name) === "" ? null : Number(value(name)));
  const prefix = `answer.${value("category")}.`;
  const answers = [...form.elements].filter((one) => one.name.startsWith(prefix) && one.value).map((one) => [one.name.slice(prefix.length), one.value]);
  const contact = { name: value("name"), phone: value("phone"), email: value("email"), language: document.documentElement.lang, consent: form.elements.consent.checked };
  return {
    category: value("category"),
    kind: kindOf(value("category")),
    incident: form.querySelector("input[name='incident']:checked")?.value ?? null,
    text: value("text"),
    location: { latitude: number("latitude"), longitude: number("longitude"), accuracy_m: number("accuracy_m"), address: value("address") },
    reporter: contact.name || contact.phone || contact.email ? contact : null,
    answers: Object.fromEntries(answers),
  };
}

function written() {
  const chosen = category();
  const title = chosen && !("private" in chosen.dataset) ? chosen.closest("label").textContent.trim() : null;
  return { key: form.elements.key.value, title, fields: valuesOf(form), body: body(), ...photos.state(), saved: Date.now() };
}

async function send(event) {
  event.preventDefault();
  if (form.getAttribute("aria-busy") === "true") return;
  clear(form);
  const wrong = mistakes(form, body());
  if (wrong.length) return complain(form, wrong);
  busy(true);
  await put(written()); // from here on a dead battery loses nothing
  await photos.settled();
  const report = written();
  const kept = await put(report);
  try {
    const answer = await deliver(report);
    history.scrollRestoration = "manual"; // whoever comes back is at the top, where it is said that it was sent
    location.assign(`/report/done/${answer.reference}?secret=${answer.secret}`);
  } catch (error) {
    busy(false);
    if (error instanceof Refused) return refused(report, error.problem);
    if (!kept) return sayBeside(form, document.body.dataset.offline, "bad"); // this browser keeps nothing: it must stay open
    await putAside();
  }
}

async function putAside() {
  await draft.drop();
  history.replaceState(null, ""); // the next report on this page has a key of its own
  form.hidden = true;
  document.querySelector("main .page-header").hidden = true; // a heading over nothing
  await showWaiting();
  const panel = document.getElementById("queue");
  panel.focus({ preventScroll: true });
  panel.scrollIntoView();
}

async function refused(report, problem) {
  await drop(report.key);
  if (problem.code === "idempotency-key-reused") { // it has come before, and was changed since: the next one is another
    useKey(freshKey());
    sayIfSent();
    saveDraft();
    return complain(form, [["text", form.dataset.sentBefore]]);
  }
  saveDraft();
  complain(form, mistakesOf(problem, form));
}

function busy(yes) {
  const button = form.querySelector(".send button");
  [form, button].forEach((one) => (yes ? one.setAttribute("aria-busy", "true") : one.removeAttribute("aria-busy")));
  if (yes) {
    announce(document.body.dataset.sending);
    sayBeside(form, document.body.dataset.sending);
  } else form.querySelector(".form-status")?.remove();
}

form.querySelector("#about").append(...form.querySelectorAll("[data-about]")); // out of the list, which may be folded
form.addEventListener("change", () => { showChosen(); saveDraft(); showOutside(); });
// While somebody writes: shown as they leave the field by pressing a button, it would push that from under their finger.
form.addEventListener("input", () => { saveDraft(); showNotTold(); });
form.addEventListener("submit", send, true);
document.querySelectorAll("#restored button, #sent button").forEach((button) => button.addEventListener("click", startAnew));
addEventListener("pageshow", async ({ persisted }) => {
  showAll(); // some browsers fill the form in again after the scripts have run
  if (!persisted) return;
  busy(false); // it was kept as it was left, while it was sent
  sayIfSent();
  await keepKey(form.elements.key.value);
});
await begin();
showAll();
form.querySelector(".kinds").open = !category(); // as after a choice: what was restored is one
new Suggestions(form);
