// The panel above every page: which reports wait on this phone, and how their sending went.
import { Refused, deliverWaiting } from "./queue.mjs";
import { all, drop } from "./waiting.mjs";

const WORDS = 60; // of a report's text, enough to know it by
const PAUSES = [5, 15, 30, 60, 120]; // seconds between tries

const panel = document.getElementById("queue");
let tries = 0;
let timer;

/** Where the form has gone, nothing else heads the page. */
const heading = () => document.createElement(document.querySelector("main .page-header")?.hidden ? "h1" : "strong");

function line(text, more, ...acts) {
  const box = document.createElement("div");
  box.append(Object.assign(heading(), { textContent: text }));
  if (more) box.append(Object.assign(document.createElement("p"), { textContent: more }));
  if (acts.length) {
    const row = Object.assign(document.createElement("div"), { className: "actions" });
    row.append(...acts);
    box.append(row);
  }
  return box;
}

const link = (textContent, href) => Object.assign(document.createElement("a"), { textContent, href, className: "button secondary" });

function button(text, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: text, className: "button plain" });
  made.addEventListener("click", act);
  return made;
}

function show(tone, ...lines) {
  panel.className = `queue ${tone}`;
  panel.replaceChildren(...lines);
  panel.hidden = lines.length === 0;
}

/** Which one it is: its first words, unless its kind is private; when it was put aside, and with how many photos. */
function sayWhich({ title, fields, photos, sent, saved }) {
  const text = fields.find(([name]) => name === "text")?.[1].trim() ?? "";
  const words = title === null ? panel.dataset.unnamed : text.length > WORDS ? `${text.slice(0, WORDS).trimEnd()}…` : text;
  const when = new Intl.DateTimeFormat(document.documentElement.lang === "th" ? "th-TH-u-ca-buddhist" : "en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  const count = photos.length + sent.length;
  return [words, when.format(new Date(saved)), count && panel.dataset.photos.replace("{count}", count)].filter(Boolean).join(" · ");
}

/** Say that reports wait here, and which, and keep trying. */
export async function showWaiting() {
  const waiting = line(panel.dataset.saved, panel.dataset.more, button(panel.dataset.now, () => { tries = 0; sendAll(); }), link(panel.dataset.another, "/report"));
  const list = Object.assign(document.createElement("ul"), { className: "plain" });
  list.append(...(await all()).filter((one) => !one.refused).map((one) => Object.assign(document.createElement("li"), { textContent: sayWhich(one) })));
  waiting.firstElementChild.after(list);
  show("", waiting);
  clearTimeout(timer);
  timer = setTimeout(sendAll, PAUSES[Math.min(tries, PAUSES.length - 1)] * 1000);
  tries += 1;
}

function refusedLine({ key, title, refused }) {
  const giveUp = async () => {
    await drop(key);
    show("");
    showRefused();
  };
  const detail = [refused.detail, ...(refused.errors ?? []).map(({ message }) => message)].join(" ");
  return line(`${panel.dataset.refused} (${title ?? ""})`, detail, link(panel.dataset.mend, `/report#refused-${key}`), button(panel.dataset.giveUp, giveUp));
}

let mending = null; // the key of the one that is open in the form, which says by itself what is wrong

/** What the town has refused stays here until its writer has mended it or given it up. */
async function showRefused() {
  const refused = (await all()).filter((one) => one.refused && one.key !== mending);
  if (refused.length) show("bad", ...refused.map(refusedLine));
  else if (panel.classList.contains("bad")) show("");
}

export function openedInForm(key) {
  mending = key;
  return showRefused();
}

/** What came of one: `sent`, `refused`, or `away`, when trying the others is of no use either. */
async function sendOne({ key }) {
  try {
    const answer = await deliverWaiting(key);
    tries = 0;
    if (answer) {
      document.querySelector("[data-offline-said]")?.setAttribute("hidden", ""); // there is a network again
      show("ok", line(panel.dataset.sent, answer.reference, link(panel.dataset.open, `/track/${answer.reference}?secret=${answer.secret}`)));
    }
    return "sent";
  } catch (error) {
    return error instanceof Refused ? "refused" : "away";
  }
}

async function sendAll() {
  for (const report of (await all()).filter((one) => !one.refused)) {
    if ((await sendOne(report)) === "away") return showWaiting();
  }
  await showRefused();
}

addEventListener("online", sendAll);
sendAll();
navigator.serviceWorker?.register("/sw.js").catch(() => {});
