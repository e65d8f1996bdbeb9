// The service worker: the report page opens without a network, and any other page says what can be done without one.
// Everything else goes to the network first. PAGES (address by language), AWAY (the same, for all other pages) and FILES
// are written in front by the server; a new version has new addresses and so a new cache.
// Answers say that they vary by cookie and language; a kept one fits whoever holds this phone.
const ANY = { ignoreVary: true };
const CACHE = `onestop-${FILES.map((file) => file.match(/~([0-9a-f]{12})/)?.[1]).filter((hash, at, all) => hash && all.indexOf(hash) === at).join("-")}`;
const LANGUAGE = "/kept-language"; // no page: under this address the cache holds the language that was read last
const AWAY_BEHIND = [502, 503, 504]; // said by a proxy whose town is away: the kept form takes reports all the same
const FRESH = 86_400_000; // ms; after that a visit renews the kept report page: the town's categories may have changed

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(FILES); // all or nothing: half an app is none, the browser tries again later
    await Promise.all([...Object.values(PAGES), ...Object.values(AWAY)].map((address) => keep(cache, address)));
    await self.skipWaiting();
  })());
});

/** As a page, and as nobody: neither the place of a QR code nor the name of who is signed in may be in it. */
async function keep(cache, address) {
  const answer = await fetch(address, { credentials: "omit", cache: "no-store", headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  await cache.put(address, answer);
}

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("onestop-") && name !== CACHE).map((name) => caches.delete(name)));
    await self.registration.navigationPreload?.enable(); // the worker's own start must not make pages slower
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin || request.headers.has("range")) return;
  if (request.mode === "navigate") event.respondWith(page(event, address));
  else if (/^\/static\/[^/]+\/~/.test(address.pathname) || FILES.includes(address.pathname + address.search)) event.respondWith(file(request));
});

/** Versioned files never change; those that were used once are there without a network too, the map for instance. */
async function file(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request, ANY);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.status === 200) cache.put(request, answer.clone()).catch(() => {}); // no room left
  return answer;
}

/** The page of today when there is a network, a kept one when there is none. */
async function page(event, address) {
  try {
    const answer = (await event.preloadResponse) ?? (await fetch(event.request));
    if (answer.ok) event.waitUntil(remember(address, answer.headers.get("Content-Language")));
    const isAway = AWAY_BEHIND.includes(answer.status) && address.pathname === "/report";
    return (isAway && (await kept(address, PAGES))) || answer;
  } catch {
    return (await kept(address, address.pathname === "/report" ? PAGES : AWAY)) ?? Response.error();
  }
}

/** In the language that is asked for, or was read last. */
async function kept(address, pages) {
  const cache = await caches.open(CACHE);
  const asked = address.searchParams.get("lang") ?? (await (await cache.match(LANGUAGE))?.text());
  return cache.match(pages[asked] ?? Object.values(pages)[0], ANY);
}

async function remember(address, language) {
  if (!(language in PAGES)) return;
  const cache = await caches.open(CACHE);
  await cache.put(LANGUAGE, new Response(language));
  if (address.pathname !== "/report") return;
  const before = await cache.match(PAGES[language], ANY);
  const age = Date.now() - new Date(before?.headers.get("Date") ?? 0);
  if (!(age < FRESH)) await keep(cache, PAGES[language]).catch(() => {});
}
