// Runs a service worker, the crew's or the town's, without a browser: caches in memory, a network that answers as it is told, a clock that is
// set. Arguments: the worker, and a file of steps, each `{visit, mode, range, put, keep, forget, release, wake, open, network, clock}`. `wake`: the browser's word that there is a network, with the pages that are `open`.
// `network`: null is none, else `{status, body, headers}` or `{redirected: true}`; `held: true`: it answers at the step that
// says `release`. `put`: what an older worker kept. Prints what each visitor got.
import { readFileSync } from "node:fs";

const [worker, file] = process.argv.slice(2);
const ORIGIN = "http://town.example";
const full = (one) => new URL(typeof one === "string" ? one : one.url, ORIGIN).href;
const stores = new Map();
const cacheOf = (store) => ({
  async match(one) { return store.get(full(one))?.clone(); },
  async put(one, answer) {
    if (answer.status === 206) throw new TypeError("partial");
    store.set(full(one), answer);
  },
  async addAll(all) { for (const one of all) store.set(full(one), new Response("file")); },
  async keys() { return [...store.keys()].map((url) => ({ url })); },
  async delete(one) { return store.delete(full(one)); },
});
let network = null;
let open = []; // pages of the town
const sent = []; // what its queue was told to send, when
globalThis.QUEUE = { async sendKept() { sent.push(now); return network === null ? "later" : "sent"; } };
let now = 0;
const heard = new Map();
const held = []; // answers on their way: each lets its own arrive
globalThis.caches = {
  async open(name) { if (!stores.has(name)) stores.set(name, new Map()); return cacheOf(stores.get(name)); },
  async keys() { return [...stores.keys()]; },
  async delete(name) { return stores.delete(name); },
};
globalThis.self = { addEventListener: (name, act) => heard.set(name, act), skipWaiting: async () => {}, clients: { claim: async () => {}, matchAll: async () => open.map((path) => ({ url: ORIGIN + path })) }, registration: {} };
globalThis.location = new URL(ORIGIN);
Response.redirect = (to) => new Response(null, { status: 302, headers: { Location: to } });
Date.now = () => now;
globalThis.fetch = async (asked) => {
  if (network === null) throw new TypeError("no network");
  if (network.redirected) return { type: "opaqueredirect", ok: false, status: 0, headers: new Headers(), clone() { return this; } };
  if (network.installing) return new Response(String(asked).includes("/offline") ? "away" : String(asked));
  const { status = 200, body = "", headers = {}, held: isHeld } = network;
  if (isHeld) await new Promise((arrive) => { held.push(arrive); network = null; });
  return new Response(body, { status, headers });
};
const head = 'const FILES = ["/static/dispatch/~0123456789ab/crew.mjs"], AWAY = { th: "/crew/offline?lang=th", en: "/crew/offline?lang=en" }, TILES = "/static/shared/town/map.pmtiles", PICTURES = null, PAGES = { th: "/report?lang=th", en: "/report?lang=en" };\n';
new Function(head + readFileSync(worker, "utf-8"))();

async function dispatch(name, event) {
  const waiting = [];
  let answer = null;
  heard.get(name)({ ...event, waitUntil: (one) => waiting.push(one), respondWith: (one) => { answer = one; } });
  const got = await answer;
  for (let at = 0; at < waiting.length; at += 1) await Promise.resolve(waiting[at]).catch(() => {});
  return got;
}

async function told(answer) {
  if (answer === null) return null;
  const { status, headers, type } = answer;
  return { status, type, body: type === "opaqueredirect" ? "" : await answer.text(), to: headers.get("Location"), range: headers.get("Content-Range") };
}

network = { installing: true };
await dispatch("install", {});
await dispatch("activate", {});
const got = [];
const under_way = [];

/** What the browser does; nothing is waited for. */
function begin(step) {
  if (step.keep || step.forget) return dispatch("message", { data: { keep: step.keep, forget: step.forget } });
  const place = got.push(null) - 1;
  const headers = new Headers(step.range ? { Range: step.range } : {});
  const request = { method: "GET", url: ORIGIN + step.visit, mode: step.mode ?? "navigate", headers };
  return dispatch("fetch", { request }).then(told).then((answer) => { got[place] = answer; });
}

for (const step of JSON.parse(readFileSync(file, "utf-8"))) {
  network = step.network ?? null;
  now = step.clock ?? now;
  if (step.release) for (const let_go of held.splice(0)) let_go();
  if (step.release) await Promise.all(under_way.splice(0));
  open = step.open ?? [];
  if (step.wake) {
    const waiting = [];
    heard.get("sync")({ tag: step.wake, waitUntil: (one) => waiting.push(one) });
    got.push((await Promise.allSettled(waiting)).map(({ status }) => status));
  }
  for (const path of step.put ?? []) await (await caches.open("crew-own")).put(path, new Response("kept"));
  if (!(step.visit || step.keep || step.forget)) continue;
  const done = begin(step);
  if (!step.network?.held) await done;
  else {
    under_way.push(done);
    while (network !== null) await new Promise((again) => { setTimeout(again); }); // until the worker has asked
  }
}
console.log(JSON.stringify({ got, sent: sent.length, kept: Object.fromEntries([...stores].map(([name, store]) => [name, [...store.keys()].map((url) => url.replace(ORIGIN, ""))])) }));
process.exit(0); // the worker's patience with slow networks is not waited for
