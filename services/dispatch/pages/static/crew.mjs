// Keeps a crew's board as it is on the server: listens to the team's stream and draws anew what has changed.

const page = document.querySelector("[data-stream]");
const sign = page.querySelector("[data-live]");
// The same file as the page's own, whose address changes with its content.
const { announce, sendOnce } = await import(page.dataset.forms);
const REST = 400; // ms: several changes at once are one drawing
const AGAIN = 5_000; // ms: the server was away

let waiting = null;
let behind = false;

function show(live) {
  sign.hidden = false;
  sign.classList.toggle("off", !live);
  sign.firstElementChild.textContent = live ? sign.dataset.on : sign.dataset.off;
}

function soon(rest = REST) {
  clearTimeout(waiting);
  waiting = setTimeout(draw, rest);
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

async function draw() {
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
  const old = document.getElementById("board");
  const before = new Map([...old.querySelectorAll("[data-work]")].map((card) => [card.dataset.work, card]));
  // Taken down before any card moves: moving it takes the focus away.
  const focused = document.activeElement;
  const top = focused.getBoundingClientRect().top;
  let news = false;
  for (const card of fresh.querySelectorAll("[data-work]")) {
    const kept = before.get(card.dataset.work);
    before.delete(card.dataset.work);
    const same = kept?.dataset.version === card.dataset.version;
    if (kept && (busy(kept) || same && unfolded(kept))) card.replaceWith(kept);
    else if (!kept || same && kept.classList.contains("fresh")) card.classList.add("fresh");
    news ||= !kept;
  }
  // Taken away while somebody types about it: what was typed stays, and the server says who has it when it is sent.
  for (const gone of before.values()) if (busy(gone)) fresh.querySelector(".works").prepend(gone);
  old.replaceWith(fresh);
  if (fresh.contains(focused)) {
    focused.focus({ preventScroll: true });
    scrollBy(0, focused.getBoundingClientRect().top - top);
  }
  fresh.querySelectorAll("form").forEach(sendOnce);
  askForProof();
  if (!news) return;
  announce(page.dataset.new);
  // Before anybody has touched the page, no browser lets it, and each says so as an error.
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(200);
}

/** A photo is asked for before the form is sent only where it will be needed: when the work is said to be fixed. */
function askForProof() {
  for (const photo of document.querySelectorAll("[data-proof]")) {
    const outcome = photo.form.elements.outcome;
    const fit = () => { photo.required = outcome.value === "fixed"; };
    outcome.onchange = fit;
    fit();
  }
}

askForProof();
const stream = new EventSource(page.dataset.stream);
stream.addEventListener("open", () => {
  show(true);
  if (behind) soon();
  behind = false;
});
// What came while nobody listened is told again only to those who had seen something before; so look once more.
stream.addEventListener("error", () => {
  show(false);
  behind = true;
});
stream.addEventListener("work-order", () => soon());
stream.addEventListener("reset", () => soon());
// Times in words ("in 2 hours") grow old by themselves.
setInterval(() => { if (document.visibilityState === "visible") soon(); }, 120_000);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") soon(); });
