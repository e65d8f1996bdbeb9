// Keeps a crew's board as it is on the server: listens to the team's stream and draws anew what has changed.

const page = document.querySelector("[data-stream]");
const sign = page.querySelector("[data-live]");
const REST = 400; // ms: several changes at once are one drawing

let waiting = null;
let behind = false;

function show(live) {
  sign.hidden = false;
  sign.classList.toggle("off", !live);
  sign.firstElementChild.textContent = live ? sign.dataset.on : sign.dataset.off;
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(draw, REST);
}

/** Someone who is filling in a form is not disturbed; the board follows when they are done. */
function busy(card) {
  return card.contains(document.activeElement) && document.activeElement.matches("textarea, input, select")
    || [...card.querySelectorAll("textarea, input[type=file]")].some((field) => field.value);
}

async function draw() {
  let answer;
  try {
    answer = await fetch(page.dataset.board, { headers: { Accept: "text/html" } });
  } catch {
    behind = true;
    return;
  }
  if (answer.redirected || !answer.ok) return void location.reload();
  behind = false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("board");
  const old = document.getElementById("board");
  const before = new Map([...old.querySelectorAll("[data-work]")].map((card) => [card.dataset.work, card]));
  let news = false;
  for (const card of fresh.querySelectorAll("[data-work]")) {
    const kept = before.get(card.dataset.work);
    if (kept && (busy(kept) || kept.dataset.version === card.dataset.version)) card.replaceWith(kept);
    else if (!kept) {
      card.classList.add("fresh");
      news = true;
    }
  }
  const focused = document.activeElement;
  old.replaceWith(fresh);
  if (fresh.contains(focused)) focused.focus({ preventScroll: true });
  askForProof();
  if (news) announce(page.dataset.new);
}

function announce(text) {
  document.getElementById("live").textContent = text;
  navigator.vibrate?.(200);
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
stream.addEventListener("work-order", soon);
stream.addEventListener("reset", soon);
// Times in words ("in 2 hours") grow old by themselves.
setInterval(() => { if (document.visibilityState === "visible") soon(); }, 120_000);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") soon(); });
