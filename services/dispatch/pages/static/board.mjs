// Keeps a crew's board as it is on the server: each change comes by the team's stream as its one card, drawn anew.
import { isTouched } from "/static/shared/fields.mjs";
import { announce, sendOnce } from "/static/shared/forms.mjs";
import { keepForms } from "/static/shared/keep.mjs";
import { board, cardOf, cards, fitGroups, keepingPlace, listOf, putIn, takeOver, unfoldAs } from "./cards.mjs";
import { askForPhotos } from "./photos.mjs";

const REST = 400; // ms: several reasons to draw everything at once are one drawing
const AGAIN = 5_000; // ms: the server was away
const OLD = 120_000; // ms: times in words ("in 2 hours") grow old by themselves
export const NOTICED = 10_000; // ms: so long what became of a job stays in sight, where it was and wherever the page is

/** Someone who is filling in a form, or reads what became of the job they have just finished, is not disturbed; the board
    follows when they are done. */
function busy(card) {
  return "over" in card.dataset || card.contains(document.activeElement) && document.activeElement.matches("textarea, input, select")
    || card.querySelector("[data-choosing]")
    || [...card.querySelectorAll("textarea, select, input[type=file]")].some(isTouched);
}

/** Unfolded, or saying that it is saved: drawn anew only when it has changed, all others also for their times. */
function unfolded(card) {
  return card.querySelector("details[open], .work-saved") || card.contains(document.activeElement);
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
    const finished = listOf("finished").querySelector(`[data-work="${change.id}"]`);
    if (Number(finished?.dataset.version) >= change.version) return false; // told again of a time before it was finished
    finished?.remove();
    if (change.version > Number(old?.dataset.over)) delete old.dataset.over;
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

  takeAway(old, { id, version, place, html, finished }) {
    // Taken away while somebody types about it: what was typed stays, and the server says who has it when it is sent.
    if (old?.hasAttribute("data-waits")) this.leave(old, version);
    else if (old && !busy(old)) this.remove(old);
    if (place === "finished") {
      listOf("finished").querySelector(`[data-work="${id}"]`)?.remove();
      const line = document.importNode(parsed(html), true);
      listOf("finished").prepend(line);
      makeReady(line);
      board().querySelector("[data-finished-count]").textContent = finished;
    }
    this.changed([]);
  }

  /** A job that left the board under its person's thumb stays there for a moment, with what became of it. */
  leave(card, version) {
    if (!card) return;
    card.dataset.over = version;
    setTimeout(() => {
      if (!("over" in card.dataset)) return; // it has come back
      this.remove(card);
      this.changed([]);
    }, NOTICED);
  }

  remove(card) {
    keepingPlace(() => {
      card.remove();
      fitGroups();
    });
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

export function sayNews(page) {
  announce(page.dataset.new);
}
