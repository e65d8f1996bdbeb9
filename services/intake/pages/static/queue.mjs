// Sends what waits on this phone: each photo by itself, then the report with its Idempotency-Key, so that nothing is
// sent twice however often a bad network makes us try.
import { drop, find, remember, update, waiting } from "./drafts.mjs";

const PAUSES = [5, 15, 30, 60, 120]; // seconds between tries

export class Refused extends Error {
  constructor(problem) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
  }
}

async function post(address, body, headers = {}) {
  const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json", ...headers } });
  const data = await answer.json().catch(() => ({}));
  if (answer.ok) return data;
  // Busy or broken on the town's side: the same again later. Anything else would be refused again too.
  if (answer.status === 429 || answer.status >= 500) throw new TypeError(`status ${answer.status}`);
  throw new Refused(data);
}

/** One at a time for each report, whichever tab does it; where a browser has no locks, side by side. */
function alone(key, work) {
  return navigator.locks ? navigator.locks.request(`onestop-report-${key}`, work) : work();
}

/** Send one report; TypeError when the network or the town's side is away, Refused when it never will be taken. */
export const deliver = (report) => alone(report.key, () => send(report));

/** The same for one that was found waiting: null when somebody has sent it or given it up in the meantime. */
const deliverWaiting = (key) => alone(key, async () => {
  const report = await find(key);
  if (!report || report.refused) return null;
  try {
    return await send(report);
  } catch (error) {
    if (error instanceof Refused) await update({ ...report, refused: true });
    throw error;
  }
});

async function send(report) {
  report.files ??= []; // a draft of an earlier version kept none
  try {
    return await handIn(report);
  } catch (error) {
    if (error.problem?.code !== "unknown-photo" || !report.files.length) throw error;
    // The town forgets a photo that no report names within some days; a phone may wait for longer.
    report.sent.splice(-report.files.length);
    report.photos = report.files.splice(0);
    return handIn(report);
  }
}

async function handIn(report) {
  const language = { "Accept-Language": document.documentElement.lang };
  while (report.photos.length) {
    const form = new FormData();
    form.append("photo", report.photos[0]);
    const { id } = await post("/api/v1/photos", form, language);
    report.sent.push(id);
    report.files.push(report.photos.shift());
    await update(report).catch(() => {});
  }
  const body = JSON.stringify({ ...report.body, photos: report.sent });
  const headers = { ...language, "Content-Type": "application/json", "Idempotency-Key": report.key };
  const answer = await post("/api/v1/reports", body, headers);
  await drop(report.key).catch(() => {});
  remember({ reference: answer.reference, secret: answer.secret, category: report.title, at: Date.now() });
  return answer;
}

// --- the panel on every page, and the tries

const panel = document.getElementById("queue");
let tries = 0;
let timer;

function line(text, more, link) {
  const box = document.createElement("div");
  const strong = document.createElement("strong");
  strong.textContent = text;
  box.append(strong);
  if (more) box.append(Object.assign(document.createElement("p"), { textContent: more }));
  if (link) box.append(Object.assign(document.createElement("a"), { textContent: panel.dataset.open, href: link }));
  return box;
}

function show(...lines) {
  panel.replaceChildren(...lines);
  panel.hidden = lines.length === 0;
}

/** Say that reports wait here, and keep trying. */
export function showWaiting() {
  show(line(panel.dataset.saved, panel.dataset.more));
  again();
}

function again() {
  clearTimeout(timer);
  timer = setTimeout(sendAll, PAUSES[Math.min(tries, PAUSES.length - 1)] * 1000);
  tries += 1;
}

async function sendAll() {
  const reports = await waiting().catch(() => []);
  for (const { key } of reports.filter((one) => !one.refused)) {
    try {
      const answer = await deliverWaiting(key);
      if (answer) show(line(panel.dataset.sent, answer.reference, `/track/${answer.reference}?secret=${answer.secret}`));
      tries = 0;
    } catch (error) {
      if (!(error instanceof Refused)) return showWaiting();
      show(line(panel.dataset.refused, error.message));
    }
  }
}

addEventListener("online", sendAll);
sendAll();
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => {});
