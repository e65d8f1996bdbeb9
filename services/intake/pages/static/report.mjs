// The report form with a script: questions of the chosen kind, a draft that survives, and sending that may wait for a
// network. Without it the same form is sent by the browser.
import { announce } from "./live.mjs";
import { drop, keep } from "./drafts.mjs";
import { Photos } from "./photos.mjs";
import { Refused, deliver, showWaiting } from "./queue.mjs";
import { Suggestions } from "./suggest.mjs";

const form = document.getElementById("report");
const DRAFT = "onestop-draft";
const KEPT = ["text", "category", "latitude", "longitude", "accuracy_m", "address", "phone", "email", "name"];

function chosen() {
  const code = form.elements.category.value;
  const label = form.querySelector("input[name='category']:checked")?.closest("label");
  form.querySelector(".kinds output").textContent = label ? `· ${label.textContent.trim()}` : "";
  form.querySelectorAll("[data-about]").forEach((one) => { one.hidden = one.dataset.about !== code; });
}

// --- the draft: everything but photos, written down at each change

function saveDraft() {
  const values = Object.fromEntries(KEPT.map((name) => [name, form.elements[name].value]));
  try {
    localStorage.setItem(DRAFT, JSON.stringify({ key: form.elements.key.value, values }));
  } catch {
    // No room or not allowed: the page itself still holds what was typed.
  }
}

function restoreDraft() {
  if (form.elements.text.value || form.elements.category.value) return;
  let draft;
  try {
    draft = JSON.parse(localStorage.getItem(DRAFT));
  } catch {
    return;
  }
  if (!draft?.values?.text) return;
  form.elements.key.value = draft.key;
  KEPT.forEach((name) => { form.elements[name].value = draft.values[name] ?? ""; });
  form.elements.latitude.dispatchEvent(new Event("change", { bubbles: true }));
  announce(form.dataset.draft);
}

// --- sending

function body() {
  const value = (name) => form.elements[name].value.trim();
  const number = (name) => (value(name) === "" ? null : Number(value(name)));
  const prefix = `answer.${value("category")}.`;
  const answers = [...form.elements].filter((one) => one.name.startsWith(prefix) && one.value).map((one) => [one.name.slice(prefix.length), one.value]);
  const contact = { name: value("name"), phone: value("phone"), email: value("email"), language: document.documentElement.lang, consent: form.elements.consent.checked };
  return {
    category: value("category"),
    text: value("text"),
    location: { latitude: number("latitude"), longitude: number("longitude"), accuracy_m: number("accuracy_m"), address: value("address") },
    reporter: contact.name || contact.phone || contact.email ? contact : null,
    answers: Object.fromEntries(answers),
  };
}

/** The first thing that is missing, as [field, what to say]. */
function missing({ category, text, location }) {
  if (!text) return ["text", form.dataset.noText];
  if (!category) return ["category", form.dataset.noCategory];
  const open = [...form.querySelectorAll(`[name^="answer.${category}."][required]`)].find((one) => !one.value.trim());
  if (open) return [open.name, form.dataset.noAnswer];
  if (location.latitude === null && !location.address) return ["address", form.dataset.noPlace];
  return null;
}

/** Says beside each field what is wrong, as [field, what to say]; the first on the page gets the focus. */
function complain(...wrong) {
  const fields = wrong.map(([name, text]) => mark(name, text));
  fields.sort((one, other) => (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
  fields[0].focus();
  announce(wrong.map(([, text]) => text).join(" "));
}

function mark(name, text) {
  const field = document.getElementById(name) ?? form.elements.text;
  const place = field.closest(".field, fieldset, .map-field") ?? form;
  const said = Object.assign(document.createElement("p"), { className: "field-error", id: `${name}-error`, textContent: text });
  const before = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => document.getElementById(id));
  place.classList.add("wrong");
  place.querySelector("label, legend, p")?.after(said);
  field.setAttribute("aria-describedby", [...before, said.id].join(" "));
  field.closest("details")?.setAttribute("open", "");
  return field;
}

const FIELD_OF = { "no-place": "address", "half-a-place": "latitude", "null-island": "latitude", "unknown-category": "category", "unknown-photo": "photos", "not-a-photo": "photos", "broken-photo": "photos", "photo-too-large": "photos", "photo-too-many-pixels": "photos" };

function refused({ code, detail, errors }) {
  if (code === "idempotency-key-reused") { // it has come before, and was changed since: the next one is another
    freshKey();
    saveDraft();
    return complain(["text", form.dataset.sentBefore]);
  }
  if (!errors?.length) return complain([FIELD_OF[code] ?? "text", detail]);
  complain(...errors.map(({ field, code: kind, message }) => {
    const code = field.split(".").pop();
    const name = field.startsWith("answers.") ? `answer.${form.elements.category.value}.${code}` : code;
    return [name, name === "email" && kind === "not_an_email" ? form.dataset.wrongEmail : message];
  }));
}

async function send(event) {
  event.preventDefault();
  if (form.getAttribute("aria-busy") === "true") return;
  form.querySelectorAll(".wrong").forEach((one) => one.classList.remove("wrong"));
  form.querySelectorAll(".field-error").forEach((one) => one.remove());
  const report = { key: form.elements.key.value, body: body(), ...photos.state(), saved: Date.now() };
  report.title = form.querySelector("input[name='category']:checked")?.closest("label").textContent.trim();
  const lack = missing(report.body);
  if (lack) return complain(lack);
  busy(true);
  announce(document.body.dataset.sending);
  await keep(report).catch(() => {}); // from here on a dead battery loses nothing
  try {
    const answer = await deliver(report);
    localStorage.removeItem(DRAFT);
    location.assign(`/report/done/${answer.reference}?secret=${answer.secret}`);
  } catch (error) {
    busy(false);
    if (error instanceof Refused) {
      await drop(report.key).catch(() => {});
      return refused(error.problem);
    }
    localStorage.removeItem(DRAFT);
    form.hidden = true;
    showWaiting();
    document.getElementById("queue").scrollIntoView();
  }
}

function busy(yes) {
  const button = form.querySelector(".send button");
  [form, button].forEach((one) => (yes ? one.setAttribute("aria-busy", "true") : one.removeAttribute("aria-busy")));
}

/** A page that the phone keeps has an old key: each report needs its own. */
function freshKey() {
  form.elements.key.value = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;
}

function outside() {
  const [west, south, east, north] = JSON.parse(form.querySelector("[data-map-box]").dataset.bounds);
  const { latitude, longitude } = form.elements;
  const [lat, lon] = [latitude.value, longitude.value].map(Number);
  document.getElementById("outside").hidden = !latitude.value || !longitude.value || (lat >= south && lat <= north && lon >= west && lon <= east);
}

if (!document.querySelector("[data-error-summary]")) freshKey();
restoreDraft();
chosen();
const photos = new Photos(form);
new Suggestions(form);
form.addEventListener("change", () => { chosen(); saveDraft(); outside(); });
form.addEventListener("input", saveDraft);
form.addEventListener("submit", send, true);
