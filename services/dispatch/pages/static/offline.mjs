// The board opens without a network too: the worker keeps it for whoever is signed in, no longer than the sign-in lasts.

import { isLeaving } from "/static/shared/keep.mjs";

const QUIET = 20_000; // ms: a board that changes all the time is kept anew only when it rests

export class Offline {
  constructor(page) {
    this.page = page;
    this.later = null;
    this.worker = null;
  }

  /** Nothing is kept of a page that belongs to no session, nor where the browser cannot. */
  async begin() {
    if (!this.page.dataset.until || !navigator.serviceWorker) return;
    try {
      await navigator.serviceWorker.register("/crew/worker.js", { scope: "/crew" });
      this.worker = (await navigator.serviceWorker.ready).active;
    } catch {
      return; // storage is blocked: with a network all works as ever
    }
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.keep());
    this.keep();
    this.keepPictures();
  }

  /** The board has changed: the kept one follows when it rests. */
  soon() {
    clearTimeout(this.later);
    this.later = setTimeout(() => this.keep(), QUIET);
  }

  keep() {
    clearTimeout(this.later);
    if (isLeaving()) return; // the sign-out is on its way, and may not have arrived
    this.worker?.postMessage({ keep: location.pathname + location.search });
  }

  /** The worker sends what is kept should this page go before it has done so, where the browser can wake it. */
  async sendLater() {
    try {
      await (await navigator.serviceWorker.ready).sync.register("crew-steps");
    } catch {
      // Then the next page of the town does.
    }
  }

  /** Those that nobody has scrolled to: without a network it is too late. */
  async keepPictures() {
    if (navigator.connection?.saveData) return;
    const { serviceWorker } = navigator;
    if (!serviceWorker.controller) await new Promise((done) => { serviceWorker.addEventListener("controllerchange", done, { once: true }); });
    for (const picture of document.querySelectorAll("#board .work-photos img")) {
      await fetch(picture.src).catch(() => {});
    }
  }
}
