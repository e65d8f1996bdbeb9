// One's jobs on the town's map, numbered by the way there; a number leads to its card. Loads when it is unfolded.
import { cards } from "./cards.mjs";

const PADDING = 48; // px
const CLOSEST = 16; // zoom

export class JobsMap {
  constructor(fold) {
    this.root = fold.querySelector("[data-map=jobs]");
    this.fold = fold;
    this.marks = [];
    fold.addEventListener("toggle", () => fold.open && this.draw());
  }

  /** The board has changed, or its order. */
  async draw() {
    if (!this.fold.open) return;
    try {
      this.ready ??= this.open();
      const { map, maplibre } = await this.ready;
      this.put(map, maplibre);
    } catch (error) {
      this.ready = undefined; // with a network it may come yet
      this.root.classList.add("map-failed");
      console.warn("map:", error.message);
    }
  }

  async open() {
    this.root.classList.remove("map-failed");
    this.root.classList.add("map-busy");
    try {
      const { maplibre, townMap } = await import("/static/shared/map/engine.mjs");
      const { map } = await townMap(this.root.querySelector("[data-map-box]"), { cooperativeGestures: true });
      map.addControl(new maplibre.FullscreenControl(), "top-right");
      map.addControl(new maplibre.GeolocateControl({ trackUserLocation: true, positionOptions: { enableHighAccuracy: true } }), "top-right");
      return { map, maplibre };
    } finally {
      this.root.classList.remove("map-busy");
    }
  }

  put(map, maplibre) {
    this.marks.forEach((mark) => mark.remove());
    const jobs = cards().filter((card) => !card.hidden && card.dataset.spot);
    const places = jobs.map(({ dataset }) => dataset.spot.split(",").map(Number).reverse());
    this.marks = jobs.map((card, at) => new maplibre.Marker({ element: mark(card), anchor: "bottom" }).setLngLat(places[at]).addTo(map));
    this.root.dataset.places = jobs.length; // tests wait for it
    const seen = places.join();
    if (!jobs.length || seen === this.seen) return;
    this.seen = seen;
    const bounds = places.reduce((box, place) => box.extend(place), new maplibre.LngLatBounds(places[0], places[0]));
    map.fitBounds(bounds, { padding: PADDING, maxZoom: CLOSEST, animate: false });
  }
}

function mark(card) {
  const link = Object.assign(document.createElement("a"), { className: "job-mark", href: `#${card.id}` });
  const name = card.querySelector("h3").textContent;
  link.textContent = card.querySelector("[data-stop]").textContent || "•";
  link.setAttribute("aria-label", `${link.textContent} ${name} ${card.dataset.reference}`);
  link.title = name;
  link.classList.toggle("bad", "late" in card.dataset);
  return link;
}
