// The service worker: the report page and its files open without a network; everything else goes to the network first.
// PAGE and FILES are written in front by the server; a new version has new addresses and so a new cache.
// Answers say that they vary by cookie and language; a kept one fits whoever holds this phone.
const ANY = { ignoreVary: true };
const CACHE = `onestop-${FILES.map((file) => file.match(/~([0-9a-f]{12})/)?.[1]).filter((hash, at, all) => hash && all.indexOf(hash) === at).join("-")}`;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll([PAGE, ...FILES]); // all or nothing: half an app is none, the browser tries again later
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("onestop-") && name !== CACHE).map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (address.pathname.startsWith("/static/")) event.respondWith(fromCache(request));
  else if (request.mode === "navigate" && address.pathname === PAGE) event.respondWith(fromNetwork(request));
});

async function fromCache(request) {
  return (await caches.match(request, ANY)) ?? fetch(request);
}

/** The page of today when there is a network, the kept one when there is none. */
async function fromNetwork(request) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok) cache.put(PAGE, answer.clone());
    return answer;
  } catch {
    return (await cache.match(PAGE, ANY)) ?? Response.error();
  }
}
