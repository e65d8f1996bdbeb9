// The footprint in the application's form, drawn corner by corner on a map of the plot; the lines of text beneath it are
// what is sent. The map comes when somebody asks for it: the pin's own is on the page already.
import { plain, readPlace, readPlaces } from "/static/shared/map/degrees.mjs";
import { Corners, onTap } from "./corners.mjs";
import { Declared, noteAt } from "./declared.mjs";
import { areaOf, setbackOf } from "./measures.mjs";
import { parcelAt, parcelOf } from "./parcels.mjs";

const PLOT = 19.5; // a plot fills a phone
const CLOSEST = 21; // a corner to five centimetres

class Drawing {
  constructor(root) {
    this.root = root;
    this.field = root.querySelector("textarea");
    this.form = this.field.form;
    this.status = root.querySelector("[data-footprint-said]");
    this.opener = root.querySelector("[data-footprint-open]");
    this.opener.hidden = false;
    this.opener.addEventListener("click", () => this.open().catch((error) => this.failed(error)));
    this.said = JSON.parse(root.dataset.measured);
    this.deed = this.form.elements.f_deed_number;
    this.found = this.deed && noteAt(this.deed);
    this.declared = new Declared(this.form, this.said);
    this.field.addEventListener("change", () => { this.corners?.read(this.field.value); this.measure(); });
    this.deed?.addEventListener("change", () => this.findPlot({ typed: true }));
    ["latitude", "longitude"].forEach((name) => this.form.elements[name].addEventListener("change", () => { this.look(); this.findPlot(); }));
    new IntersectionObserver(([{ isIntersecting }]) => root.classList.toggle("drawing", isIntersecting), { threshold: 0.3 }).observe(root.querySelector("[data-footprint-map]"));
    this.findPlot();
  }

  async open() {
    this.root.querySelector("[data-footprint-map]").hidden = false;
    this.opener.hidden = true;
    const [{ colour, townMap }, { PlanLayers }] = await Promise.all([import("/static/shared/map/engine.mjs"), import("./plan_layers.mjs")]);
    const box = this.root.querySelector("[data-map-box]");
    ({ map: this.map } = await townMap(box, { cooperativeGestures: true, doubleClickZoom: false, maxZoom: CLOSEST, zoom: PLOT, center: this.place() ?? JSON.parse(this.root.dataset.start) }));
    const layers = new PlanLayers(this.map, colour);
    layers.show("permits", false);
    this.map.addSource("own-parcel", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
    this.map.addLayer({ id: "own-parcel", type: "line", source: "own-parcel", paint: { "line-color": colour("--brand"), "line-width": 3 } });
    this.corners = new Corners(this.map, "drawn", colour("--plan-mass"), true);
    this.corners.read(this.field.value);
    onTap(this.map, (at) => this.change((corners) => corners.add(at)));
    this.map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.change((corners) => corners.add(this.map.getCenter()));
    });
    this.act("here", (corners) => corners.add(this.map.getCenter()));
    this.act("undo", (corners) => corners.undo());
    this.act("clear", (corners) => corners.clear());
    this.map.getCanvas().focus();
    this.showPlot();
    await layers.load();
    box.dataset.footprint = "ready"; // tests wait for it
  }

  act(name, change) {
    this.root.querySelector(`[data-footprint-${name}]`).addEventListener("click", () => this.change(change));
  }

  change(change) {
    change(this.corners);
    const { places, ring, text } = this.corners;
    this.field.value = text;
    this.measure();
    const { said } = this.root.dataset;
    this.status.textContent = said.replace("{corners}", places.length).replace("{area}", areaOf(ring).toFixed(0));
  }

  /** The plot of the deed that was typed, or else of the pin, as the server finds it; a deed sets the pin where nobody
   * has. Without the plan's layer there is none. */
  async findPlot({ typed = false } = {}) {
    if (!this.said.hasPlots) return;
    try {
      const deed = this.deed?.value.trim();
      const named = deed ? await parcelOf(deed) : null;
      if (deed !== this.deed?.value.trim()) return; // typed on meanwhile
      if (named && this.pin().every((part) => part === "")) this.setPin(middleOf(named));
      const at = this.place();
      this.parcel = named ?? (at ? await parcelAt(at) : null);
      this.tellDeed(deed, named);
      this.showPlot();
      this.measure();
      if (typed && named) this.look();
    } catch (error) {
      console.warn("footprint:", error.message);
    }
  }

  tellDeed(deed, named) {
    const words = !deed ? "" : named ? this.said.found : this.said.unknown;
    this.found?.replaceChildren(words.replace("{deed}", deed).replace("{area}", named ? areaOf(border(named)).toFixed(2) : ""));
    this.found?.classList.toggle("differs", Boolean(deed) && !named);
  }

  showPlot() {
    this.map?.getSource("own-parcel").setData(this.parcel ?? { type: "FeatureCollection", features: [] });
  }

  /** Plot and drawing against what the form declares. */
  measure() {
    const ring = readPlaces(this.field.value).places.map(({ lng, lat }) => [lng, lat]);
    const drawn = ring.length > 2;
    this.declared.show({
      plot: this.parcel ? areaOf(border(this.parcel)) : null,
      covered: drawn ? areaOf(ring) : null,
      setback: drawn && this.parcel ? setbackOf(ring, border(this.parcel)) : null,
    });
  }

  setPin([lng, lat]) {
    const { latitude, longitude } = this.form.elements;
    latitude.value = lat.toFixed(6);
    longitude.value = lng.toFixed(6);
    latitude.dispatchEvent(new Event("change", { bubbles: true }));
  }

  place() {
    const at = readPlace(...this.pin());
    return at && [at.lng, at.lat];
  }

  pin() {
    return ["latitude", "longitude"].map((name) => plain(this.form.elements[name].value));
  }

  look() {
    const center = this.place();
    if (center) this.map?.jumpTo({ center, zoom: PLOT });
  }

  failed(error) {
    this.root.querySelector(".map-field").classList.add("map-failed");
    this.field.closest("details").open = true;
    console.warn("footprint:", error.message);
  }
}

/** A parcel's outline, each corner once. */
const border = ({ geometry }) => geometry.coordinates[0].slice(1);

/** The middle of it: plots are nearly boxes. */
function middleOf(parcel) {
  const ring = border(parcel);
  return [0, 1].map((axis) => ring.reduce((sum, at) => sum + at[axis], 0) / ring.length);
}

document.querySelectorAll("[data-footprint]").forEach((root) => new Drawing(root));
