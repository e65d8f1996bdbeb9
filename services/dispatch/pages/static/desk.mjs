// Keeps the desk as it is on the server, at a pace that a storm of changes does not set; fills in ready-made words.
import { isTouched } from "/static/shared/fields.mjs";
import { announce, sendOnce } from "/static/shared/forms.mjs";
import { keepForms } from "/static/shared/keep.mjs";
import { offerResponses } from "/static/shared/responses.mjs";

const page = document.querySelector("[data-desk]");
const sign = page.querySelector("[data-live]");
const REST = 1_500; // ms from a change to the drawing that shows it
const PACE = 6_000; // ms between two drawings: many changes in a row are few drawings
const MINUTE = 120_000; // ms: times in words grow old by themselves

// On a phone the list comes before all that it can be narrowed by.
const filter = page.querySelector("[data-filter]");
if (filter && !location.search && matchMedia("(max-width: 47.99rem)").matches) filter.open = false;

let waiting = null;
let drawn = Date.now();

/** Someone who is filling in a form is not disturbed. */
function busy(part) {
  const focused = document.activeElement;
  return part.contains(focused) && focused.matches("textarea, input:not([type=checkbox]), select")
    || [...part.querySelectorAll("textarea, select, input[type=file]")].some(isTouched)
    || part.querySelector("details[open] form") !== null;
}

function show(live) {
  if (!sign) return;
  sign.hidden = false;
  sign.classList.toggle("off", !live);
  sign.firstElementChild.textContent = live ? sign.dataset.on : sign.dataset.off;
}

function soon() {
  waiting ??= setTimeout(draw, Math.max(REST, drawn + PACE - Date.now()));
}

async function draw() {
  waiting = null;
  if (document.visibilityState !== "visible") return;
  let answer;
  try {
    answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  } catch {
    return;
  }
  if (answer.status >= 500 || answer.status === 429) return soon();
  if (answer.redirected || !answer.ok) return void location.reload();
  drawn = Date.now();
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-desk]");
  if (fresh) (page.dataset.desk === "list" ? drawList : drawOrder)(fresh);
}

function drawList(fresh) {
  const ticked = new Set([...page.querySelectorAll("input[name=order]:checked")].map(idOf));
  for (const part of fresh.querySelectorAll("[data-live-part]")) {
    const old = page.querySelector(`[data-live-part="${part.dataset.livePart}"]`);
    if (old && !old.contains(document.activeElement)) old.replaceWith(part);
  }
  drawCards(page.querySelector("[data-cards]"), fresh.querySelector("[data-cards]"));
  for (const box of page.querySelectorAll("input[name=order]")) box.checked = ticked.has(idOf(box));
  countTicked();
}

const idOf = (box) => box.value.split(" ")[0];

/** Card by card: one that has not changed, or that somebody is at, stays the very same. */
function drawCards(list, fresh) {
  if (!list || !fresh) return; // a board of lists alone
  const before = new Map([...list.querySelectorAll("[data-work]")].map((card) => [card.dataset.work, card]));
  let news = false;
  for (const card of fresh.querySelectorAll("[data-work]")) {
    const kept = before.get(card.dataset.work);
    before.delete(card.dataset.work);
    if (kept && (kept.dataset.version === card.dataset.version || busy(kept))) card.replaceWith(kept);
    else if (!kept) {
      card.classList.add("fresh");
      news = true;
    }
  }
  for (const gone of before.values()) if (busy(gone)) fresh.prepend(gone);
  list.replaceChildren(...fresh.childNodes);
  makeReady(list);
  if (news) announce(page.dataset.new);
}

/** Nothing is typed: the page follows. Else it says that it is behind, and waits for its reader. */
function drawOrder(fresh) {
  if (fresh.dataset.version === page.dataset.version) return;
  if (busy(page)) return void (page.querySelector("[data-moved]").hidden = false);
  page.dataset.version = fresh.dataset.version;
  const said = page.querySelector(".alert.ok");
  page.replaceChildren(...fresh.childNodes);
  if (said) page.querySelector("[data-moved]")?.after(said);
  makeReady(page);
}

function makeReady(part) {
  part.querySelectorAll("form[method=post]").forEach(sendOnce);
  offerResponses(part);
  keepForms(part);
}

function countTicked() {
  const count = page.querySelectorAll("input[name=order]:checked").length;
  for (const place of page.querySelectorAll("[data-ticked]")) place.value = count || "";
  const bar = page.querySelector("[data-ticked-bar]");
  if (bar) bar.hidden = !count;
}

page.addEventListener("change", countTicked);
offerResponses(page);
countTicked();

const stream = new EventSource(page.dataset.stream);
stream.addEventListener("open", () => show(true));
stream.addEventListener("error", () => show(false));
stream.addEventListener("reset", soon);
stream.addEventListener("changed", ({ data }) => {
  if (page.dataset.desk === "list" || JSON.parse(data).id === page.dataset.work) soon();
});
if (page.dataset.desk === "list") setInterval(soon, MINUTE);
document.addEventListener("visibilitychange", soon);
