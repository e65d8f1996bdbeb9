// What a phone keeps: reports that wait for a network (IndexedDB, because photos are large), and the links of those sent.
const STORE = "reports";
const MINE = "onestop-mine";
const MINE_MOST = 30;

function open() {
  return new Promise((done, fail) => {
    const request = indexedDB.open("onestop", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

async function act(mode, what) {
  const database = await open();
  try {
    const transaction = database.transaction(STORE, mode);
    const request = what(transaction.objectStore(STORE));
    return await new Promise((done, fail) => {
      transaction.oncomplete = () => done(request.result);
      transaction.onerror = transaction.onabort = () => fail(transaction.error);
    });
  } finally {
    database.close();
  }
}

// A waiting report: `{key, body, photos, sent, files, saved}`. `photos`: files to be sent; `sent`: ids of those that
// went up; `files`: the files of the last of these, for when the town no longer has them.
export const keep = (report) => act("readwrite", (store) => store.put(report));
export const find = (key) => act("readonly", (store) => store.get(key));
/** The same for a report that still waits: one that was sent in the meantime must not come back. */
export const update = (report) => act("readwrite", (store) => {
  const found = store.get(report.key);
  found.onsuccess = () => found.result && store.put(report);
  return found;
});
export const waiting = () => act("readonly", (store) => store.getAll());
export const drop = (key) => act("readwrite", (store) => store.delete(key));

/** The reports sent from this device, newest first. */
export function mine() {
  try {
    return JSON.parse(localStorage.getItem(MINE)) ?? [];
  } catch {
    return [];
  }
}

export function remember(report) {
  const others = mine().filter((one) => one.reference !== report.reference);
  try {
    localStorage.setItem(MINE, JSON.stringify([report, ...others].slice(0, MINE_MOST)));
  } catch {
    // A full or forbidden store costs the list, not the report.
  }
}
