// The crew's service worker: its board opens without a network. FILES, AWAY (the page for when nothing is kept, by
// language), TILES (the town's own map) and PICTURES (the origin of another map server; null where there is none) are
// written in front by the server; a new version has new addresses and so a new cache. What waits to be sent is not here but in the page's own database (`queue.mjs`).
//
// A board belongs to whoever is signed in: it is kept with whose it is and until when the sign-in lasts, is never shown
// after that, and goes when somebody else's comes, when the town says that nobody is signed in, or at the sign-out. What
// was on its way then is not kept either, and a picture only beside a board: of none it would be known whose it is.
const OWN = "crew-own"; // boards, and the pictures on them
const MAP = "crew-map"; // pieces of the town's map that were looked at: the same for everybody
const KEPT_FILES = `crew-files-${[...new Set(FILES.map((file) => file.match(/~([0-9a-f]{12})/)?.[1]))].filter(Boolean).join("-")}`;
const WHOSE = "/crew/kept-for"; // no page: under this address the cache holds whose boards these are
const UNTIL = "Kept-Until"; // by this device's clock, whatever that says
const AWAY_BEHIND = [502, 503, 504]; // said by a proxy whose town is away: no network either, where something is kept
const PATIENCE = 6_000; // ms: a network that is slower than this is none, where there is a kept page
const MOST = { [OWN]: 600, [MAP]: 400 }; // answers; the oldest go first
const ANY = { ignoreVary: true }; // a kept answer fits whoever holds this phone
const PASSING = ["open", "done", "lang"]; // what an address says of one visit only

let era = 0; // what was asked for in an earlier one is not kept: somebody has left since
let pages = Promise.resolve(); // the pages that are being kept; their pictures come after them
let turn = Promise.resolve();
const inTurn = (work) => { turn = turn.then(work).catch(() => {}); return turn; };

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(KEPT_FILES);
    await cache.addAll(FILES); // all or nothing: half an app is none, the browser tries again later
    await Promise.all(Object.values(AWAY).map(async (address) => {
      const answer = await fetch(address, { credentials: "omit", cache: "no-store", headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
      await cache.put(address, answer);
    }));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("crew-files-") && name !== KEPT_FILES).map((name) => caches.delete(name)));
    await self.registration.navigationPreload?.enable(); // the worker's own start must not make pages slower
    await self.clients.claim();
  })());
});

self.addEventListener("message", (event) => {
  const { keep, forget } = event.data ?? {};
  if (forget) event.waitUntil(drop());
  if (typeof keep === "string" && keep.startsWith("/crew")) event.waitUntil(pages = keepAnew(keep));
});

// What was pressed and not sent before the page was closed or killed; browsers that have no such event send it when a page
// of the town is opened again (`keep.mjs`).
self.addEventListener("sync", (event) => {
  if (event.tag === "crew-steps") event.waitUntil(sendSteps());
});

async function sendSteps() {
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  // A board that is open sends by itself, and knows what its person wants to hold: should it die, we are asked again.
  if (open.some(({ url }) => /^\/crew(\/|$)/.test(new URL(url).pathname))) throw new Error("the board is open");
  if ((await QUEUE.sendKept("th")) === "later") throw new Error("no network");
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET") return;
  if (address.origin === PICTURES) return event.respondWith(first(MAP, request));
  if (address.origin !== location.origin) return;
  const { pathname } = address;
  if (request.mode === "navigate") {
    if (isKept(pathname)) event.respondWith(page(event, address));
  } else if (pathname === TILES) event.respondWith(tiles(request));
  else if (/^\/static\/[^/]+\/~/.test(pathname) || FILES.includes(pathname + address.search)) event.respondWith(first(KEPT_FILES, request));
  else if (pathname.startsWith("/static/shared/")) event.respondWith((address.searchParams.has("v") ? first : latest)(MAP, request));
  else if (/^\/api\/v1\/(reports|work-orders)\/[^/]+\/photos\//.test(pathname)) event.respondWith(picture(event));
});

/** The board, a job's messages and what came too late to it, and where a message leads; not the paper, nor what programs ask. */
function isKept(pathname) {
  return /^\/crew(\/[0-9A-Z]{26}(\/(comments|overtaken))?)?$/.test(pathname);
}

const nameOf = ({ pathname, searchParams }) => {
  const asked = new URLSearchParams(searchParams);
  PASSING.forEach((name) => asked.delete(name));
  asked.sort();
  return `${pathname}?${asked}`;
};

// --- pages

/** The page of today when there is a network, a kept one when there is none. */
async function page(event, address) {
  const coming = load(event, address);
  event.waitUntil(coming.catch(() => {})); // one that comes too late is kept all the same
  try {
    const answer = await inTime(coming);
    return answer && !AWAY_BEHIND.includes(answer.status) ? answer : (await kept(address)) ?? (await coming);
  } catch {
    return (await kept(address)) ?? away(address);
  }
}

async function load(event, address) {
  const began = era;
  const answer = (await event.preloadResponse) ?? (await fetch(event.request));
  if (answer.type === "opaqueredirect" && address.pathname === "/crew") await drop(); // nobody is signed in
  if (answer.ok) event.waitUntil(pages = keep(nameOf(address), answer.clone(), began).catch(() => {}));
  return answer;
}

const inTime = (coming) => Promise.race([coming, new Promise((done) => { setTimeout(done, PATIENCE); })]);

async function keepAnew(address) {
  const began = era;
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" }, redirect: "manual", cache: "no-store" });
    if (answer.ok) await keep(nameOf(new URL(address, location.origin)), answer, began);
  } catch {
    // No network: the one before stays.
  }
}

/** Keeps a page that says whose it is and until when it may be shown. */
async function keep(name, answer, began) {
  const { headers } = answer;
  const [whose, ends, now] = [headers.get("Crew-Person"), Number(headers.get("Crew-Until")) * 1000, Date.parse(headers.get("Date"))];
  if (!whose || !(ends > now)) return;
  const told = new Headers(headers);
  told.set(UNTIL, Date.now() + ends - now);
  const page = new Response(await answer.blob(), { status: 200, headers: told });
  await inTurn(async () => {
    if (began !== era) return;
    await makeRoomFor(whose);
    await put(OWN, name, page);
    await (await caches.open(OWN)).put(WHOSE, new Response(whose));
  });
}

/** What is kept of somebody else goes, and what nobody knows the owner of. */
async function makeRoomFor(whose) {
  const cache = await caches.open(OWN);
  const before = await (await cache.match(WHOSE))?.text();
  if (before === whose || !(await cache.keys()).length) return;
  era += 1;
  await caches.delete(OWN);
}

/** Nobody's board any more. */
function drop() {
  era += 1;
  return inTurn(() => caches.delete(OWN));
}

/** The page as it was, while its person's sign-in lasts. */
async function kept(address) {
  const cache = await caches.open(OWN);
  const job = address.pathname.match(/^\/crew\/([0-9A-Z]{26})$/)?.[1];
  if (job) return Response.redirect(`/crew?open=${job}#w-${job}`);
  const found = await cache.match(nameOf(address), ANY);
  if (!found) return undefined;
  if (Number(found.headers.get(UNTIL)) > Date.now()) return found;
  await drop();
  return undefined;
}

async function away(address) {
  const cache = await caches.open(KEPT_FILES);
  const asked = address.searchParams.get("lang");
  return (await cache.match(AWAY[asked] ?? Object.values(AWAY)[0], ANY)) ?? Response.error();
}

// --- files, pictures, the map

/** What never changes under its address: kept once it was used. */
async function first(name, request) {
  const found = await (await caches.open(name)).match(request, ANY);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.status === 200) await put(name, request, answer.clone());
  return answer;
}

/** A picture on somebody's board. */
async function picture(event) {
  const began = era;
  const found = await (await caches.open(OWN)).match(event.request, ANY);
  if (found) return found;
  const answer = await fetch(event.request);
  if (answer.status === 200) event.waitUntil(keepPicture(event.request, answer.clone(), began));
  return answer;
}

async function keepPicture(request, answer, began) {
  const kept = new Response(await answer.blob(), { status: 200, headers: answer.headers });
  await pages;
  await inTurn(async () => {
    if (began === era && (await (await caches.open(OWN)).match(WHOSE))) await put(OWN, request, kept);
  });
}

/** What may change under its address: kept for the time without a network. */
async function latest(name, request) {
  try {
    const answer = await fetch(request);
    if (answer.status === 200) await put(name, request, answer.clone());
    if (!AWAY_BEHIND.includes(answer.status)) return answer;
    return (await (await caches.open(name)).match(request, ANY)) ?? answer;
  } catch {
    return (await (await caches.open(name)).match(request, ANY)) ?? Response.error();
  }
}

/** A browser asks for a few kilobytes of the map at a time; each piece is kept by its place in the file. */
async function tiles(request) {
  const range = request.headers.get("Range");
  if (!range) return first(MAP, request);
  const name = new URL(request.url);
  name.searchParams.set("range", range);
  const found = await (await caches.open(MAP)).match(name.href, ANY);
  if (found) return new Response(found.body, { status: 206, headers: found.headers });
  const answer = await fetch(request);
  // The cache takes no partial answers: kept as whole ones, and made partial again.
  if (answer.status === 206) await put(MAP, name.href, new Response(await answer.clone().arrayBuffer(), { status: 200, headers: answer.headers }));
  return answer;
}

/** Without room nothing more is kept, and all goes on. */
async function put(name, request, answer) {
  try {
    const cache = await caches.open(name);
    await cache.put(request, answer);
    const all = await cache.keys();
    const old = all.filter(({ url }) => new URL(url).pathname !== WHOSE).slice(0, Math.max(0, all.length - (MOST[name] ?? Infinity)));
    await Promise.all(old.map((one) => cache.delete(one)));
  } catch {
    // The network has it.
  }
}
