// Finds jobs on an open board: by words, kind and lateness at once, also without a network, and in the order of the way.
import { cards, fitGroups, putIn } from "./cards.mjs";
import { folded } from "./fold.mjs";
import { route } from "./route.mjs";

const NEAR = { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 };
const WAYPOINTS = 9; // as many as the map programs take between here and the end

export class Finder {
  constructor(form, shown) {
    Object.assign(this, { form, shown, here: null });
    form.addEventListener("input", () => this.filter());
    form.addEventListener("change", () => this.filter());
    // The board has only a part of the work when there is much: then the server looks through all of it.
    form.addEventListener("submit", (event) => {
      if ("partial" in document.getElementById("board").dataset) return;
      event.preventDefault();
      this.filter();
    });
    this.wayButton(form.querySelector("[data-way]"));
  }

  filter() {
    const { q, category, only } = this.form.elements;
    const words = folded(q.value).split(/\s+/).filter(Boolean);
    const says = (card) => folded(`${card.querySelector(".job").textContent} ${card.dataset.reference}`);
    for (const card of cards()) {
      const fits = (!category.value || card.dataset.category === category.value) && (!only.checked || "late" in card.dataset);
      const there = words.length ? says(card) : "";
      card.hidden = !(fits && words.every((word) => there.includes(word)));
    }
    fitGroups();
    this.shown(cards().filter(({ hidden }) => !hidden));
  }

  // --- the way

  wayButton(button) {
    if (!navigator.geolocation) return;
    button.hidden = false;
    button.addEventListener("click", () => (this.here ? this.forget(button) : this.ask(button)));
  }

  ask(button) {
    this.say(button.dataset.locating);
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      this.here = [coords.latitude, coords.longitude];
      button.setAttribute("aria-pressed", "true");
      this.order();
    }, () => this.say(button.dataset.denied), NEAR);
  }

  forget(button) {
    this.here = null;
    button.setAttribute("aria-pressed", "false");
    this.order();
    this.say("");
  }

  /** Numbers the jobs by the way from here, what waits for others left out; each list stands in that order. */
  order() {
    const stops = this.here ? route(this.here, cards().filter(isStop).map(asStop)) : [];
    const numbers = new Map(stops.map(({ card }, at) => [card, at + 1]));
    for (const card of cards()) {
      const number = numbers.get(card);
      if (number) card.dataset.onTheWay = String(number).padStart(4, "0");
      else delete card.dataset.onTheWay;
      const sign = card.querySelector("[data-stop]");
      sign.hidden = !number;
      sign.textContent = number ?? "";
    }
    cards().forEach((card) => putIn(card.parentElement, card));
    this.lead(stops);
    this.shown(cards().filter(({ hidden }) => !hidden));
  }

  /** A link that takes all stops to the phone's own map. */
  lead(stops) {
    const link = this.form.querySelector("[data-way-link]");
    // The sheet stands in this order too; where somebody is does not leave the phone for it.
    this.form.querySelector("[data-sheet]").hash = stops.map(({ card }) => card.dataset.work).join(",");
    link.hidden = !stops.length;
    if (!stops.length) return;
    const next = stops.slice(0, WAYPOINTS + 1).map(({ at }) => at.join(","));
    const address = new URL("https://www.google.com/maps/dir/?api=1");
    address.searchParams.set("destination", next.at(-1));
    if (next.length > 1) address.searchParams.set("waypoints", next.slice(0, -1).join("|"));
    link.href = address.href;
    this.say(link.dataset.ordered.replace("{count}", stops.length));
  }

  say(text) {
    this.form.querySelector("[data-way-said]").textContent = text;
  }
}

const isStop = (card) => card.dataset.spot && card.closest("[data-group]")?.dataset.group !== "waiting";
const asStop = (card) => ({ card, at: card.dataset.spot.split(",").map(Number), first: "first" in card.dataset || card.closest("[data-group]").dataset.group === "doing" });
