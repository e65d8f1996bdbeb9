// Keeps a crew's board as it is on the server: each change comes by the team's stream as its one card, drawn anew.
import { isTouched } from "/static/shared/fields.mjs";
import { announce, sendOnce } from "/static/shared/forms.mjs";
import { keepForms } from "/static/shared/keep.mjs";
import { askForPhotos } from "./photos.mjs";

const REST = 400; // ms: several reasons to draw everything at once are one drawing
const AGAIN = 5_000; // ms: the server was away
const OLD = 120_000; // ms: times in words ("in 2 hours") grow old by themselves

const board = () => document.getElementById("board");
export const cards = () => [...board().querySelectorAll("article[data-work]")];
export const cardOf = (id) => board().querySelector(`article[data-work="${id}"]`);
export const listOf = (name) => board().querySelector(`[data-place="${name}"]`);

/** Someone who is filling in a form is not disturbed; the board follows when they are done. */
function busy(card) {
  return card.contains(document.activeElement) && document.activeElement.matches("textarea, input, select")
    || card.querySelector("[data-choosing]")
    || [...card.querySelectorAll("textarea, input[type=file]")].some(isTouched);
}

/** Unfolded, or saying that it is saved: drawn anew only when it has changed, all others also for their times. */
function unfolded(card) {
  return card.querySelector("details[open], .work-saved") || card.contains(document.activeElement);
}

/** Does `change` to the page and leaves the job in hand where it was on the screen: the one with the focus, or else the
    unfolded one, for Safari gives a tapped button no focus. It may be another card afterwards, in another list. */
export function keepingPlace(change) {
  const focused = document.activeElement;
  const card = focused.closest("article[data-work]") ?? cards().find((one) => one.querySelector(".job[open]") && isSeen(one));
  const held = () => (card ? cardOf(card.dataset.work) : board().contains(focused) ? focused : null);
  const top = held()?.getBoundingClientRect().top;
  change();
  if (board().contains(focused)) focused.focus({ preventScroll: true });
  scrollBy(0, (held()?.getBoundingClientRect().top ?? top ?? 0) - (top ?? 0));
}

function isSeen(card) {
  const { top, bottom } = card.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}

/** How long ago things were, on a card that is left as it is otherwise: somebody works in it. */
function tellTimes(old, card) {
  const said = Object.fromEntries([...card.querySelectorAll("time")].map((time) => [time.dateTime, time.textContent]));
  old.querySelectorAll("time").forEach((time) => { time.textContent = said[time.dateTime] ?? time.textContent; });
}

function makeReady(part) {
  part.querySelectorAll("form").forEach(sendOnce);
  askForPhotos(part);
  keepForms(part);
}

function parsed(html) {
  return new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
}

/** Where a card stands in its list: by how it presses, or by the way there while that is shown. */
const placeOf = (card) => card.dataset.onTheWay ?? card.dataset.rank;

/** Puts a card where it belongs; one that keeps its place keeps the focus in it. */
export function putIn(list, card) {
  const after = [...list.children].find((other) => other !== card && placeOf(other) > placeOf(card)) ?? null;
  if (card.parentElement !== list || card.nextElementSibling !== after) list.insertBefore(card, after);
}

/** Headings and counts follow their lists; `shown`: what a filter has left of them. */
export function fitGroups() {
  let any = false;
  for (const group of board().querySelectorAll("[data-group]")) {
    const jobs = [...group.querySelectorAll("article[data-work]")].filter(({ hidden }) => !hidden);
    group.hidden = !jobs.length;
    group.querySelector("[data-count]").textContent = jobs.length;
    any ||= jobs.length > 0;
  }
  board().querySelector("[data-none]").hidden = any || cards().length > 0;
  board().querySelector("[data-nothing-found]").hidden = any || !cards().length;
  board().querySelector("[data-finished]").hidden = !listOf("finished").children.length;
}

/**
 * Follows the stream. `changed(cards)` hears which cards were drawn anew, `news(card, urgent)` of work that came,
 * `live(on)` whether it is followed at present.
 */
export class Board {
  constructor(page, { changed, news, live }) {
    Object.assign(this, { page, changed, news, live });
    this.place = page.dataset.place; // in the stream: where it goes on; the page shows all that was before
    this.behind = !this.place;
    this.waiting = null;
  }

  follow() {
    const stream = new EventSource(this.page.dataset.stream);
    const hear = (name, act) => stream.addEventListener(name, (event) => {
      this.place = event.lastEventId;
      act(event);
    });
    stream.addEventListener("open", () => {
      this.live(true);
      if (this.behind) this.soon();
      this.behind = false;
    });
    // The stream goes on after the place it told last; from before the first such place nothing is told again.
    stream.addEventListener("error", () => {
      this.live(false);
      this.behind ||= !this.place;
    });
    hear("hello", () => {});
    hear("card", (event) => this.apply(JSON.parse(event.data)));
    hear("reset", () => this.soon());
    const look = () => { if (document.visibilityState === "visible") this.soon(); };
    setInterval(look, OLD);
    document.addEventListener("visibilitychange", look);
  }

  /** What a change says, done to this board. */
  apply(change) {
    const old = cardOf(change.id);
    board().querySelector("[data-counts]").innerHTML = change.counts;
    if (change.place === "gone" || change.place === "finished") this.takeAway(old, change);
    else if (!this.put(old, change)) return;
    fitGroups();
  }

  /** False when nothing is to be done. */
  put(old, change) {
    // Another screen of a team's work may be the one to show it: that only the server knows.
    if (!old && "partial" in board().dataset) return void this.soon();
    // What this page was drawn with comes by the stream too: the card that says "saved" goes on saying it.
    const known = old && Number(old.dataset.version) >= change.version;
    if (known && Number(old.dataset.version) > change.version) return false; // told of a time before
    // Told again of a time before it was finished.
    if (listOf("finished").querySelector(`[data-work="${change.id}"]`)) return false;
    const card = document.importNode(parsed(change.html), true);
    if (old && (busy(old) || known && unfolded(old))) {
      tellTimes(old, card);
      return false;
    }
    const waits = old?.hasAttribute("data-waits");
    if (waits) card.dataset.shown = ""; // what waits for it on this phone says where it stands: `steps.mjs` draws it next
    keepingPlace(() => {
      if (old) takeOver(old, card);
      if (!waits) putIn(listOf(change.place), card);
      fitGroups(); // a list that was empty had no place on the page
    });
    makeReady(card);
    if (!old) {
      card.classList.add("fresh");
      this.news(card, change.urgent);
    }
    this.changed([card]);
    return true;
  }

  takeAway(old, { id, place, html, finished }) {
    // Taken away while somebody types about it: what was typed stays, and the server says who has it when it is sent.
    if (old && !busy(old)) keepingPlace(() => {
      old.remove();
      fitGroups();
    });
    if (place === "finished") {
      listOf("finished").querySelector(`[data-work="${id}"]`)?.remove();
      const line = document.importNode(parsed(html), true);
      listOf("finished").prepend(line);
      makeReady(line);
      board().querySelector("[data-finished-count]").textContent = finished;
    }
    this.changed([]);
  }

  soon(rest = REST) {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.drawAll(), rest);
  }

  /** Everything anew: for the times in words, and when it is not known what was missed. */
  async drawAll() {
    let answer;
    try {
      answer = await fetch(this.page.dataset.board, { headers: { Accept: "text/html" } });
    } catch {
      this.behind = true;
      return;
    }
    if (answer.status >= 500 || answer.status === 429) return this.soon(AGAIN);
    if (answer.redirected || !answer.ok) return void location.reload();
    this.behind = false;
    this.replace(new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("board"));
  }

  replace(fresh) {
    const before = new Map(cards().map((card) => [card.dataset.work, card]));
    const came = [];
    keepingPlace(() => {
      for (const card of fresh.querySelectorAll("article[data-work]")) {
        const kept = before.get(card.dataset.work);
        before.delete(card.dataset.work);
        const same = kept?.dataset.version === card.dataset.version;
        if (kept && (busy(kept) || same && unfolded(kept))) {
          tellTimes(kept, card);
          card.replaceWith(kept);
        } else if (!kept || same && kept.classList.contains("fresh")) card.classList.add("fresh");
        if (kept && !kept.isConnected) unfoldAs(kept, card);
        if (!kept) came.push(card);
      }
      for (const gone of before.values()) if (busy(gone)) fresh.querySelector(".works").prepend(gone);
      board().replaceWith(fresh);
    });
    makeReady(board());
    if (came.length) this.news(came[0], came.some(({ dataset }) => "urgent" in dataset));
    this.changed(cards());
    fitGroups();
  }
}

const FOLDS = "details:is(.job, .more, [data-act])";
const foldName = ({ dataset, className }) => dataset.act ?? className;

/** The form that somebody has just opened stays open: the card of the step before may come behind it. */
function unfoldAs(old, card) {
  const open = new Set([...old.querySelectorAll(FOLDS)].filter((fold) => fold.open).map(foldName));
  card.querySelectorAll(FOLDS).forEach((fold) => { fold.open = open.has(foldName(fold)); });
}

/** The new card in the old one's place, as far unfolded. */
function takeOver(old, card) {
  const focused = document.activeElement;
  const [held, pressed] = [old.contains(focused), Boolean(focused.closest?.("[data-step]"))];
  unfoldAs(old, card);
  old.replaceWith(card);
  if (held) card.querySelector(pressed ? "[data-step] button, [data-step] summary" : ".job-row")?.focus({ preventScroll: true });
}

export function sayNews(page) {
  announce(page.dataset.new);
}
