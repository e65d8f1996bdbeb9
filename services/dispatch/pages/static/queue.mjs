// What a crew does goes through this queue, with a network and without: first it is kept on the phone, then it is sent, in
// its order, each step once. A reload, an ended session or a dead battery loses nothing of it.
import { Shelf, alone } from "/static/shared/device.mjs";
import { OLDEST, clockBy, happenedAt } from "./device_time.mjs";

// A step: `{key, seq, person, order, act, fields, photos, sent, at, clock, since, happened, about, refused}`. `key`: its
// Idempotency-Key; `person`: whose it is, nobody else's page shows or sends it; `photos`: `[name of the field, file]`,
// `sent`: their paths so far; `hold`: for how long it can be taken back before it is sent, in ms; `at`, `clock`, `since`: the device's time (`device_time.mjs`); `happened`: what was made of it, fixed with the
// first try; `about`: what the job was called; `refused`: `{status, code, detail}` when the town said no.
const shelf = new Shelf("steps");
const LOCK = "onestop-steps";
const LATER = [408, 425, 429];
const PATIENCE = 120_000; // ms: a photo on a village's uplink; a network that takes longer is none

export class Queue {
  constructor(person, language) {
    this.person = person;
    this.headers = { Accept: "application/json", "Accept-Language": language };
    this.clock = null; // how far the town's clock is ahead of this device's
    this.since = null; // when that was heard, in the town's time
    this.lost = false; // no room: what is not kept was sent at once, or not at all
    this.paused = new Set(); // keys of steps that are held until their person says so
    this.released = new Set(); // and of those that are not held any more
  }

  /** This person's steps in their order. */
  async all() {
    return (await shelf.all()).filter(({ person }) => person === this.person).sort((one, other) => one.seq - other.seq);
  }

  /** True when it is kept. What was kept before is never given up for it. */
  add(step) {
    return alone(`${LOCK}-add`, async () => {
      const seq = 1 + Math.max(0, ...(await shelf.all()).map((one) => one.seq));
      (await this.all()).filter(({ order }) => order === step.order).forEach((one) => this.release(one)); // it goes on from them
      const whole = { ...step, seq, person: this.person, key: crypto.randomUUID(), sent: [], at: Date.now(), clock: this.clock, since: this.since };
      return (await shelf.put(whole)) ? whole : null;
    });
  }

  drop(key) {
    return shelf.drop(key);
  }

  /** For how many ms it is still held, Infinity while that is wanted. A clock that was set back holds nothing for longer. */
  heldFor({ key, at, hold = 0, happened, refused }, now = Date.now()) {
    if (happened || refused || this.released.has(key) || now < at) return 0;
    return this.paused.has(key) ? Infinity : Math.max(0, at + hold - now);
  }

  pause({ key }) {
    this.paused.add(key);
  }

  release({ key }) {
    this.released.add(key);
  }

  /** Nothing is held any more, on whatever page it is sent from. */
  async holdNoLonger() {
    for (const step of await this.all()) if (step.hold && !step.happened) await shelf.update({ ...step, hold: 0 });
  }

  /** The step, which nobody will hear of; null when it may have been heard of already. */
  takeBack(key) {
    return shelf.take(key, ({ happened, refused }) => !happened && !refused);
  }

  /** What somebody else did on this phone and never came back to send: their notes and photos stay no longer than the
      town would believe them. */
  async dropForgotten() {
    const [now, latest] = [Date.now(), Date.now() + this.clock];
    const forgotten = (await this.others()).filter((step) => happenedAt(step, this.clock, now) <= latest - OLDEST);
    await Promise.all(forgotten.map(({ key }) => shelf.drop(key)));
  }

  async others() {
    return (await shelf.all()).filter(({ person }) => person !== this.person);
  }

  /** Sends what waits. `sent`, `nothing`, `signed-out`, `somebody-else`, or `later`; `each` hears of every step that is
      settled. Of what is held nobody hears, but whether its person is still signed in is asked at once: by the time it
      is sent the phone may be in a pocket. */
  sync(each = () => {}) {
    return alone(LOCK, async () => {
      const own = (await this.all()).filter((step) => !step.refused);
      if (!own.length && !(await this.others()).length) return "nothing";
      const standing = await this.look();
      const waiting = own.filter((step) => !this.heldFor(step));
      if (!waiting.length) return own.length && standing === "signed-out" ? standing : "nothing";
      if (standing !== "sent") return standing;
      let before = 0;
      for (const step of waiting) {
        const how = await this.send(step, before);
        if (how === "taken-back") continue;
        if (how === "signed-out" || how === "later") return how;
        before = Date.parse(step.happened);
        await each(step, how);
      }
      return "sent";
    });
  }

  /** Whether the town answers, who it thinks we are, and what time it is there. */
  async look() {
    const sent = Date.now();
    const { status, data, date } = await this.ask("/crew/who");
    if (status === 401) return "signed-out";
    if (status !== 200) return "later";
    if (data.person !== this.person) return "somebody-else";
    this.clock = clockBy(date, sent, Date.now()) ?? 0;
    this.since = Date.now() + this.clock;
    await this.dropForgotten();
    return "sent";
  }

  /** One step to its end: `done`, `refused`, `taken-back` at the last moment, or why it waits on. */
  async send(step, before) {
    if (!step.happened) {
      step.happened = new Date(Math.max(before, happenedAt(step, this.clock, Date.now()))).toISOString();
      if (!(await shelf.update(step)) && !(await shelf.get(step.key))) return "taken-back";
    }
    const answer = (await this.sendPhotos(step)) ?? (await this.ask(`/crew/${step.order}/${step.act}`, this.form(step)));
    if (answer.data.code === "unknown-photo" && step.sent.length && !step.again) {
      Object.assign(step, { sent: [], again: true }); // the town forgets a photo that nothing names within some days
      return this.send(step, before);
    }
    return this.settle(step, answer);
  }

  async settle(step, { status, data }) {
    if (status === 401) return "signed-out";
    if (status === 0 || status >= 500 || LATER.includes(status)) return "later";
    if (status < 300) {
      await shelf.drop(step.key);
      step.version = data.version ?? 0; // of the job, with this step
      return "done";
    }
    step.refused = { status, code: data.code ?? "", detail: data.detail ?? data.title ?? "" };
    await shelf.update({ ...step, again: undefined });
    return "refused";
  }

  /** Null when all are there; else the answer that stopped it. */
  async sendPhotos(step) {
    for (const [, photo] of step.photos.slice(step.sent.length)) {
      const form = new FormData();
      form.append("photo", photo);
      const answer = await this.ask(`/api/v1/work-orders/${step.order}/photos`, form);
      if (answer.status !== 201) return answer;
      step.sent.push(answer.data.path);
      await shelf.update(step);
    }
    return null;
  }

  /** Until when the last of this person's steps is held, in ms from now. */
  async held() {
    return Math.max(0, ...(await this.all()).map((step) => this.heldFor(step)));
  }

  form(step) {
    const form = new FormData();
    step.fields.forEach(([name, value]) => form.append(name, value));
    step.sent.forEach((path, at) => form.append(`${step.photos[at][0]}_path`, path));
    form.append("key", step.key);
    form.append("happened_at", step.happened);
    return form;
  }

  /** Status 0: no answer. */
  async ask(address, body) {
    try {
      const signal = AbortSignal.timeout(PATIENCE);
      const keepalive = body ? [...body.values()].every((value) => typeof value === "string") : false; // it outlives its page; browsers allow 64 kB
      const answer = await fetch(address, { method: body ? "POST" : "GET", body, headers: this.headers, cache: "no-store", keepalive, signal });
      return { status: answer.status, data: await answer.json().catch(() => ({})), date: answer.headers.get("Date") };
    } catch {
      return { status: 0, data: {}, date: null };
    }
  }
}

/** Sends what waits of whoever is signed in, where no board is open that does it: from the worker, or from another page of
    the town. What was pressed just before the board went away keeps its time in which it could be taken back. */
export async function sendKept(language) {
  const queue = new Queue(null, language);
  const { status, data } = await queue.ask("/crew/who");
  if (status !== 200) return status === 401 || status === 403 ? "signed-out" : "later";
  queue.person = data.person;
  const held = await queue.held();
  if (held) await new Promise((done) => { setTimeout(done, held); });
  return queue.sync();
}
