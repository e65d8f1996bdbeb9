// The applicant's open page: shows by itself what has changed at the office, and sends a document as soon as it is chosen.
import { announce, sayBeside } from "/static/shared/forms.mjs";
import { smaller } from "/static/shared/pictures.mjs";

const PARTS = ["own-page", "where-it-stands", "outcome", "to-do", "documents", "lane", "thread", "timeline", "hand-in"];
const EVERY_MS = 10_000;
const SOON_MS = 2_000; // while the letter is being made, which takes seconds
const REACHED = "a[href], button, input, select, textarea, summary, [tabindex]"; // by keys
const BUSY = [429, 503]; // says itself when to come again
const TRIES = 5; // a queue of files before this one takes minutes
const LONGEST_S = 60;
const SIDE = 3000; // px of a photographed page: its small print stays legible

const partsOf = (page) => PARTS.filter((id) => page.getElementById(id));
const isTyping = () => [...document.querySelectorAll("main textarea, main input:not([type='hidden'], [type='file'])")].some((one) => one.value !== one.defaultValue);

/** Puts another answer of this page in place of what is shown. A page of other parts comes as a whole. */
function show(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  if (partsOf(fresh).join() !== partsOf(document).join()) {
    if (!isTyping()) location.reload();
    return;
  }
  const kept = isTyping() ? ["thread"] : [];
  for (const id of partsOf(fresh).filter((one) => !kept.includes(one))) replace(document.getElementById(id), document.adoptNode(fresh.getElementById(id)));
}

/** Whoever was in this part with the keys is at the same place of the new one: else they would begin at the top again. */
function replace(part, fresh) {
  const held = document.activeElement;
  const at = part.contains(held) ? [part, ...part.querySelectorAll(REACHED)].indexOf(held) : -1;
  part.replaceWith(fresh);
  if (at < 0) return;
  const there = (held.id && document.getElementById(held.id)) || [fresh, ...fresh.querySelectorAll(REACHED)][at];
  there?.focus({ preventScroll: true });
}

/** A field that is replaced while the window to choose files is open takes its file nowhere. */
const isHandingIn = () => document.querySelector(".upload[aria-busy], .upload input[type='file']:focus") !== null;

async function look() {
  const { watch, version } = document.getElementById("own-page").dataset;
  if (document.hidden || isHandingIn()) return;
  const answer = await fetch(watch, { headers: { Accept: "application/json" } });
  if (!answer.ok || (await answer.json()).version === Number(version)) return;
  const page = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!page.ok) return;
  const text = await page.text();
  if (isHandingIn() || document.getElementById("own-page").dataset.version !== version) return; // meanwhile
  show(text);
  announce(document.querySelector("#timeline .what")?.textContent);
}

function watch() {
  const wait = "soon" in document.getElementById("own-page").dataset ? SOON_MS : EVERY_MS;
  setTimeout(() => look().catch(() => {}).finally(watch), wait);
}

/** Once; while the town says that it is busy, again when it may be asked again: the files are still here. */
async function sendInTurn(form, files) {
  for (let tries = 1; ; tries += 1) {
    const answer = await send(form, files);
    if (!BUSY.includes(answer.status) || tries === TRIES) return answer;
    const seconds = Math.min(Number(answer.getResponseHeader("Retry-After")) || LONGEST_S, LONGEST_S);
    sayBeside(form, form.dataset.busy.replace("{seconds}", seconds));
    await new Promise((done) => setTimeout(done, seconds * 1000));
  }
}

/** The files of a form to its address, with how far it is; the answer is this page as it is then, or why not. */
function send(form, files) {
  const { sending, checking } = form.dataset;
  const body = new FormData();
  files.forEach((file) => body.append("file", file));
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "text/html");
  request.upload.addEventListener("progress", ({ loaded, total }) => sayBeside(form, loaded < total ? sending.replace("{percent}", Math.floor((100 * loaded) / total)) : checking));
  return new Promise((done, failed) => {
    request.addEventListener("load", () => done(request));
    request.addEventListener("error", failed);
    request.send(body);
  });
}

async function upload(input) {
  const form = input.closest("form");
  const row = form.closest(".document");
  if (form.hasAttribute("aria-busy") || !input.files.length) return;
  form.setAttribute("aria-busy", "true");
  announce(document.body.dataset.sending);
  try {
    const files = await Promise.all([...input.files].map((file) => (file.type.startsWith("image/") ? smaller(file, SIDE) : file)));
    const answer = await sendInTurn(form, files);
    const refusal = refusalOf(answer);
    if (refusal) return refuse(form, refusal);
    show(answer.responseText);
    announce(document.querySelector(`#${row.id} [role='alert'], #${row.id} .badge`)?.textContent);
    document.getElementById(row.id)?.focus({ preventScroll: true });
  } catch {
    refuse(form, document.body.dataset.offline);
  }
}

/** What a page that is not this one says of a failure; null: the answer is this page, with whatever there is to say. */
function refusalOf({ status, responseText }) {
  if (status < 400) return null;
  const page = new DOMParser().parseFromString(responseText, "text/html");
  if (page.getElementById("own-page")) return null;
  return page.querySelector(".error-page .lead")?.textContent || document.body.dataset.offline;
}

function refuse(form, why) {
  form.removeAttribute("aria-busy");
  sayBeside(form, why, "bad");
  announce(why);
}

document.documentElement.classList.add("sends-on-choice");
document.addEventListener("change", ({ target }) => target.matches(".upload input[type='file']") && upload(target));
document.addEventListener("visibilitychange", () => look().catch(() => {}));
watch();
