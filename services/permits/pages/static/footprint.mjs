// The footprint in the application's form, drawn corner by corner on a map of the plot; the lines of text beneath it are
// what is sent. The map comes when somebody asks for it: the pin's own is on the page already.
import { plain, readPlace } from "/static/shared/map/degrees.mjs";
import { Corners, onTap, roughArea } from "./corners.mjs";

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
    this.field.addEventListener("change", () => this.corners?.read(this.field.value));
    this.form.elements.f_deed_number?.addEventListener("change", () => this.findDeed().catch((error) => console.warn("footprint:", error.message)));
    ["latitude", "longitude"].forEach((name) => this.form.elements[name].addEventListener("change", () => this.look()));
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
    await Promise.all([layers.load(), this.findDeed()]);
    box.dataset.footprint = "ready"; // tests wait for it
  }

  act(name, change) {
    this.root.querySelector(`[data-footprint-${name}]`).addEventListener("click", () => this.change(change));
  }

  change(change) {
    change(this.corners);
    const { places, text } = this.corners;
    this.field.value = text;
    const { said } = this.root.dataset;
    this.status.textContent = said.replace("{corners}", places.length).replace("{area}", roughArea(places).toFixed(0));
  }

  /** The plot of the deed that was typed: its border on the map, and the pin on it where nobody has set one. */
  async findDeed() {
    const deed = this.form.elements.f_deed_number?.value.trim();
    const { parcelOf } = await import("./plan_layers.mjs");
    const parcel = deed ? await parcelOf(deed) : null;
    this.map?.getSource("own-parcel").setData(parcel ?? { type: "FeatureCollection", features: [] });
    if (!parcel) return;
    if (this.pin().every((part) => part === "")) this.setPin(middleOf(parcel));
    this.look();
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
    console.warn("footprint:", error.message);
  }
}

/** The middle of a parcel's outline: plots are nearly boxes. */
function middleOf({ geometry }) {
  const ring = geometry.coordinates[0].slice(1);
  return [0, 1].map((axis) => ring.reduce((sum, at) => sum + at[axis], 0) / ring.length);
}

document.querySelectorAll("[data-footprint]").forEach((root) => new Drawing(root));
