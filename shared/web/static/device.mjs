// What a browser may refuse: storage, its database, locks. Each is a help and never a condition, so nothing here throws;
// whoever must know whether it was kept reads the answer.

const TAB = "onestop-tab";

/** The value kept under `name`; null when there is none, or storage is blocked. */
export function recall(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

/** True when it will still be there after the page is closed. */
export function keep(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

export function forget(name) {
  try {
    localStorage.removeItem(name);
  } catch {
    // Then nothing was kept either.
  }
}

/** All names that begin so. */
export function namesOf(prefix) {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(prefix));
  } catch {
    return [];
  }
}

/** What tells this tab from every other, also after the phone has thrown its page away and made it again: its `name`; whether
    it has just been given (`isNew`), and to a tab that was made as a copy of another (`copyOf`: a browser's "duplicate"
    copies the storage too). Empty where storage is blocked. */
export async function thisTab() {
  try {
    const known = sessionStorage.getItem(TAB);
    if (known && (await holds(known))) return { name: known, isNew: false, copyOf: null };
    const name = Math.random().toString(36).slice(2, 12);
    sessionStorage.setItem(TAB, name);
    holds(name);
    return { name, isNew: true, copyOf: known };
  } catch {
    return { name: "", isNew: true, copyOf: null };
  }
}

const HANDOVER = 1_000; // ms: the page that this one takes the place of may be a moment late to go

/** Takes the tab's name for as long as this page is shown; false when another page that is open has it. */
async function holds(name) {
  if (document.prerendering) await new Promise((shown) => document.addEventListener("prerenderingchange", shown, { once: true }));
  const waits = new AbortController();
  setTimeout(() => waits.abort(), HANDOVER);
  return new Promise((answer) => {
    const held = () => { // let go as it leaves, or no browser would keep the page for whoever comes back
      answer(true);
      return new Promise((leave) => addEventListener("pagehide", leave, { once: true }));
    };
    if (navigator.locks) navigator.locks.request(`${TAB}-${name}`, { signal: waits.signal }, held).catch(() => answer(!waits.signal.aborted));
    else answer(true); // an old browser tells no copy
  });
}

/** Does `work` once at a time for each name, whichever tab asks; where there are no locks, at once. */
export async function alone(name, work) {
  let begun = false;
  try {
    return await navigator.locks.request(name, () => { begun = true; return work(); });
  } catch (error) {
    if (begun) throw error; // the work's own
    return work();
  }
}

const DATABASE = "onestop";
const VERSION = 3;
// Reports that wait for a network; forms that were sent and not yet answered; steps of a crew that wait for a network.
const SHELVES = ["reports", "forms", "steps"];

function open() {
  return new Promise((done, fail) => {
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = () => {
      const present = request.result.objectStoreNames;
      SHELVES.filter((name) => !present.contains(name)).forEach((name) => request.result.createObjectStore(name, { keyPath: "key" }));
    };
    request.onsuccess = () => done(request.result);
    request.onerror = request.onblocked = () => fail(request.error);
  });
}

async function act(shelf, mode, what) {
  const database = await open();
  try {
    const transaction = database.transaction(shelf, mode);
    const request = what(transaction.objectStore(shelf));
    return await new Promise((done, fail) => {
      transaction.oncomplete = () => done(request.result);
      transaction.onerror = transaction.onabort = () => fail(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** Things with a `key`, files among them, which are too large for the storage above. */
export class Shelf {
  constructor(name) {
    this.act = (mode, what) => act(name, mode, what);
  }

  /** True when it is kept. */
  put(thing) {
    return this.act("readwrite", (store) => store.put(thing)).then(() => true, () => false);
  }

  /** The same for what is still there: what was taken away in the meantime must not come back. */
  update(thing) {
    const change = (store) => {
      const found = store.get(thing.key);
      found.onsuccess = () => found.result && store.put(thing);
      return found;
    };
    return this.act("readwrite", change).then(({ key } = {}) => key !== undefined, () => false);
  }

  /** Takes it away and gives it back, if it is still as `fits` asks; else null, and it stays. */
  take(key, fits) {
    const take = (store) => {
      const found = store.get(key);
      found.onsuccess = () => found.result && fits(found.result) && store.delete(key);
      return found;
    };
    return this.act("readwrite", take).then((found) => (found && fits(found) ? found : null), () => null);
  }

  get(key) {
    return this.act("readonly", (store) => store.get(key)).catch(() => undefined);
  }

  all() {
    return this.act("readonly", (store) => store.getAll()).catch(() => []);
  }

  drop(key) {
    return this.act("readwrite", (store) => store.delete(key)).catch(() => {});
  }

  clear() {
    return this.act("readwrite", (store) => store.clear()).catch(() => {});
  }
}
