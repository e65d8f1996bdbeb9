// Sends a report: each photo by itself, then the report with its Idempotency-Key, so that nothing is sent twice however
// often a bad network makes us try.
import { alone } from "/static/shared/device.mjs";
import { dropDraftsOf } from "./draft.mjs";
import { remember } from "./links.mjs";
import { drop, find, update } from "./waiting.mjs";

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

const lock = (key) => `onestop-report-${key}`;

/** Send one report; TypeError when the network or the town's side is away, Refused when it never will be taken. */
export const deliver = (report) => alone(lock(report.key), () => send(report));

/** The same for one that was found waiting: null when somebody has sent it or given it up in the meantime. */
export const deliverWaiting = (key) => alone(lock(key), async () => {
  const report = await find(key);
  if (!report || report.refused) return null;
  try {
    return await send(report);
  } catch (error) {
    if (error instanceof Refused) await update({ ...report, refused: error.problem });
    throw error;
  }
});

async function send(report) {
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
    await update(report);
  }
  const body = JSON.stringify({ ...report.body, photos: report.sent });
  const headers = { ...language, "Content-Type": "application/json", "Idempotency-Key": report.key };
  const answer = await post("/api/v1/reports", body, headers);
  await Promise.all([drop(report.key), dropDraftsOf(report.key)]);
  remember({ reference: answer.reference, secret: answer.secret, category: report.title, key: report.key });
  return answer;
}
