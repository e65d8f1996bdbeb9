// Keeps a crew's board as it is on the server: each change comes by the team's stream as its one card, drawn anew.
import { announce, sendOnce } from "/static/shared/forms.mjs";
import { keepForms } from "/static/shared/keep.mjs";
import { askForPhotos } from "./photos.mjs";

const page = document.querySelector("[data-stream]");
const sign = page.querySelector("[data-live]");
const REST = 400; // ms: several reasons to draw everything at once are one drawing
const AGAIN = 5_000; // ms: the server was away

let waiting = null;
let place = page.dataset.place; // in the stream: where it goes on; the page shows all that was before
let behind = !place;

const board = () => document.getElementById("board");
const cardOf = (id) => board().querySelector(`article[data-work="${id}"]`);

function show(live) {
  sign.hidden = false;
  sign.classList.toggle("off", !live);
  sign.firstElementChild.textContent = live ? sign.dataset.on : sign.dataset.off;
}

/** Someone who is filling in a form is not disturbed; the board follows when they are done. */
function busy(card) {
  return card.contains(document.activeElement) && document.activeElement.matches("textarea, input, select")
    || [...card.querySelectorAll("textarea, input[type=file]")].some((field) => field.value);
}

/** Unfolded, or saying that it is saved: drawn anew only when it has changed, all others also for their times. */
function unfolded(card) {
  return card.querySelector("details[open], .work-saved") || card.contains(document.activeElement);
}

/** Does `change` to the page and leaves what has the focus where it was on the screen. */
function keepingPlace(change) {
  const focused = document.activeElement;
  const top = focused.getBoundingClientRect().top;
  change();
  if (!board().contains(focused)) return;
  focused.focus({ preventScroll: true });
  scrollBy(0, focused.getBoundingClientRect().top - top);
}

function tellOfNews() {
  announce(page.dataset.new);
  // Before anybody has touched the page, no browser lets it, and each says so as an error.
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(200);
}

function makeReady(part) {
  part.querySelectorAll("form").forEach(sendOnce);
  askForPhotos(part);
  keepForms(part);
}

function parsed(html) {
  return new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
}

/** Puts a card where it belongs by how it presses; a card that keeps its place keeps the focus in it. */
function putIn(list, card) {
  const after = [...list.children].find((other) => other !== card && other.dataset.rank > card.dataset.rank) ?? null;
  if (card.parentElement !== list || card.nextElementSibling !== after) list.insertBefore(card, after);
}

/** What a change says, done to this board. */
function apply(change) {
  const old = cardOf(change.id);
  const listOf = (name) => board().querySelector(`[data-place="${name}"]`);
  board().querySelector("[data-counts]").innerHTML = change.counts;
  if (change.place === "to-do" || change.place === "waiting") {
    // Another screen of a team's work may be the one to show it: that only the server knows.
    if (!old && "partial" in board().dataset) return soon();
    // What this page was drawn with comes by the stream too: the card that says "saved" goes on saying it.
    const known = old && Number(old.dataset.version) >= change.version;
    // Told again of a time before it was finished.
    if (listOf("finished").querySelector(`[data-work="${change.id}"]`)) return;
    if (old && (busy(old) || known && unfolded(old))) return;
    const card = document.importNode(parsed(change.html), true);
    keepingPlace(() => {
      if (old) old.replaceWith(card);
      putIn(listOf(change.place), card);
    });
    makeReady(card);
    if (!old) {
      card.classList.add("fresh");
      tellOfNews();
    }
  } else {
    // Taken away while somebody types about it: what was typed stays, and the server says who has it when it is sent.
    if (old && !busy(old)) keepingPlace(() => old.remove());
    if (change.place === "finished") {
      listOf("finished").querySelector(`[data-work="${change.id}"]`)?.remove();
      listOf("finished").prepend(document.importNode(parsed(change.html), true));
      board().querySelector("[data-finished-count]").textContent = change.finished;
    }
  }
  const empty = (name) => !listOf(name).children.length;
  board().querySelector("[data-waiting]").hidden = empty("waiting");
  board().querySelector("[data-none]").hidden = !empty("to-do");
  board().querySelector("[data-finished]").hidden = empty("finished");
}

function soon(rest = REST) {
  clearTimeout(waiting);
  waiting = setTimeout(drawAll, rest);
}

/** Everything anew: for the times in words, and when it is not known what was missed. */
async function drawAll() {
  let answer;
  try {
    answer = await fetch(page.dataset.board, { headers: { Accept: "text/html" } });
  } catch {
    behind = true;
    return;
  }
  if (answer.status >= 500 || answer.status === 429) return soon(AGAIN);
  if (answer.redirected || !answer.ok) return void location.reload();
  behind = false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("board");
  const before = new Map([...board().querySelectorAll("article[data-work]")].map((card) => [card.dataset.work, card]));
  let news = false;
  keepingPlace(() => {
    for (const card of fresh.querySelectorAll("article[data-work]")) {
      const kept = before.get(card.dataset.work);
      before.delete(card.dataset.work);
      const same = kept?.dataset.version === card.dataset.version;
      if (kept && (busy(kept) || same && unfolded(kept))) card.replaceWith(kept);
      else if (!kept || same && kept.classList.contains("fresh")) card.classList.add("fresh");
      news ||= !kept;
    }
    for (const gone of before.values()) if (busy(gone)) fresh.querySelector(".works").prepend(gone);
    board().replaceWith(fresh);
  });
  makeReady(fresh);
  if (news) tellOfNews();
}

const stream = new EventSource(page.dataset.stream);
const hear = (name, act) => stream.addEventListener(name, (event) => {
  place = event.lastEventId;
  act(event);
});
stream.addEventListener("open", () => {
  show(true);
  if (behind) soon();
  behind = false;
});
// The stream goes on after the place it told last; from before the first such place nothing is told again.
stream.addEventListener("error", () => {
  show(false);
  behind ||= !place;
});
hear("hello", () => {});
hear("card", (event) => apply(JSON.parse(event.data)));
hear("reset", () => soon());
// Times in words ("in 2 hours") grow old by themselves.
setInterval(() => { if (document.visibilityState === "visible") soon(); }, 120_000);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") soon(); });
