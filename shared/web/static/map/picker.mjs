// Sets a place: by the device, by a name, by pasted degrees, or on the map. On a phone the map in the page only shows
// it, so that a finger scrolls the page; a tap opens it over the whole screen, where the map moves under a fixed pin.
import { readPlace } from "./degrees.mjs";
import { circle, distance, holds, zoneName } from "./geometry.mjs";
import { Search } from "./search.mjs";

const NOWHERE = { type: "FeatureCollection", features: [] };
const SURE = 100; // metres: the pin of a device that knows its place less well must be looked at
const SAME = 5; // metres: a pin that was not moved since the device set it
const HANDS = ["scrollZoom", "boxZoom", "dragPan", "doubleClickZoom", "touchZoomRotate"];

const parse = ({ latitude, longitude }) => ({ lat: Number(latitude), lng: Number(longitude) });

export class Picker {
  constructor(root) {
    this.root = root;
    this.part = (name) => root.querySelector(`[data-map-${name}]`);
    this.box = this.part("box");
    this.frame = this.part("frame");
    this.dialog = this.part("dialog");
    this.status = this.part("status");
    this.phone = matchMedia("(pointer: coarse), (max-width: 47.99rem)").matches;
    const form = root.closest("form") ?? root;
    this.fields = Object.fromEntries(["latitude", "longitude", "accuracy_m"].map((name) => [name, form.querySelector(`[name="${name}"]`)]));
    this.search = new Search(this.part("search"), (place) => this.go(place));
    this.listen();
    this.part("fields").open = this.part("fields").classList.contains("wrong");
  }

  listen() {
    ["latitude", "longitude"].forEach((name) => {
      this.fields[name].addEventListener("input", () => { this.fields.accuracy_m.value = ""; }); // what is typed has none
      this.fields[name].addEventListener("change", () => this.show());
    });
    this.root.querySelectorAll("[data-map-locate]").forEach((button) => {
      button.hidden = !navigator.geolocation;
      button.addEventListener("click", () => this.locate());
    });
    this.part("open").hidden = false;
    this.part("open").addEventListener("click", () => this.open());
    this.part("close").addEventListener("click", () => this.dialog.close());
    this.part("confirm").addEventListener("click", () => this.confirm());
    this.dialog.addEventListener("close", () => this.closed());
    // A field that the browser complains about must be seen.
    const fields = this.part("fields");
    fields.addEventListener("invalid", () => { fields.open = true; this.say(this.root.querySelector("#map-help").textContent); }, true);
  }

  /** The map itself, once: the library is large and may never be needed. Where a network failed, it is tried anew. */
  draw() {
    this.drawing ??= import("./engine.mjs").then((engine) => this.drawWith(engine)).catch((error) => {
      this.drawing = null;
      this.part("fields").open = true; // the place can still be written
      throw error;
    });
    return this.drawing;
  }

  async drawWith(engine) {
    this.engine = engine;
    Object.assign(this, await engine.townMap(this.box, { cooperativeGestures: !this.phone }));
    this.map.addSource("accuracy", { type: "geojson", data: NOWHERE });
    this.map.addLayer({ id: "accuracy", type: "fill", source: "accuracy", paint: { "fill-color": engine.colour("--brand"), "fill-opacity": 0.15, "fill-outline-color": engine.colour("--brand") } });
    this.marker = new engine.maplibre.Marker({ element: pinElement(), anchor: "bottom", draggable: !this.phone });
    this.marker.on("dragend", () => this.place(this.marker.getLngLat()));
    this.map.on("click", ({ lngLat }) => this.tapped(lngLat));
    this.map.on("moveend", () => this.sayHere());
    this.map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      if (this.dialog.open) this.confirm();
      else this.place(this.map.getCenter());
    });
    this.handle();
    this.show();
  }

  /** Whose the gestures are: the page's, or in the dialog the map's alone. */
  handle() {
    const whole = this.dialog.open;
    HANDS.forEach((name) => this.map[name][whole || !this.phone ? "enable" : "disable"]());
    this.map.touchZoomRotate.disableRotation();
    if (whole) this.map.cooperativeGestures.disable();
    else if (!this.phone) this.map.cooperativeGestures.enable();
    this.box.classList.toggle("map-choosing", whole);
    if (whole) this.marker.remove();
    else this.show();
    this.map.resize();
  }

  tapped(at) {
    if (this.dialog.open) this.map.easeTo({ center: at });
    else if (this.phone) this.open(at);
    else this.place(at);
  }

  // --- over the whole screen

  async open(at = null) {
    this.part("dialog-body").append(this.part("search"), this.box);
    this.dialog.showModal();
    try {
      await this.draw();
    } catch {
      this.dialog.close();
      return this.say(this.part("fallback").textContent);
    }
    if (!this.dialog.open) return;
    this.handle();
    const center = at ?? this.at();
    if (center) this.map.jumpTo({ center, zoom: Math.max(this.map.getZoom(), at ? this.map.getZoom() + 1 : this.engine.STREET) });
    if (!this.search.isAsked()) this.map.getCanvas().focus(); // the map may come long after the box was typed into
    this.sayHere();
  }

  /** Back into the page, whether a place was confirmed or not. */
  closed() {
    this.part("search-place").append(this.part("search"));
    this.frame.append(this.box);
    if (!this.map) return; // why it did not come is said already
    if (!this.at()) this.say(this.box.dataset.notSet);
    this.handle();
    this.part("open").focus();
  }

  confirm() {
    const at = this.map.getCenter();
    const found = this.found && distance(at, this.found) < SAME ? this.found.accuracy : "";
    this.dialog.close();
    this.place(at, found);
  }

  sayHere() {
    if (!this.dialog.open) return;
    this.part("here").textContent = this.zoneAt(this.map.getCenter()) || this.box.dataset.moveMap;
  }

  // --- the place

  /** Where the fields say, or null. */
  at() {
    return readPlace(this.fields.latitude.value, this.fields.longitude.value);
  }

  /** The pin at a place the person chose, or the device found to so many metres. */
  place(at, accuracy = "", said = this.box.dataset.placed) {
    this.fields.latitude.value = at.lat.toFixed(6);
    this.fields.longitude.value = at.lng.toFixed(6);
    this.fields.accuracy_m.value = accuracy;
    this.say(this.described(at, said));
    this.fields.latitude.dispatchEvent(new Event("change", { bubbles: true }));
    this.root.dispatchEvent(new CustomEvent("place", { bubbles: true, detail: { latitude: at.lat, longitude: at.lng } }));
  }

  /** A place that was searched for. What has an extent is where to look, anything smaller is where the pin may stand. */
  go(found) {
    const at = parse(found);
    if (!this.dialog.open && found.box) return this.open().then(() => this.look(at, found.box));
    if (!this.dialog.open) this.place(at);
    this.look(at, found.box);
  }

  look(at, box) {
    if (!this.map) return;
    if (box) this.map.fitBounds([box.slice(0, 2), box.slice(2)], { padding: 20, maxZoom: this.engine.STREET - 1 });
    else this.map.easeTo({ center: at, zoom: this.engine.STREET });
  }

  /** In which zone the pin is and how sure that is, so that a wrong place is noticed without reading the map. */
  described(at, said) {
    const metres = Number(this.fields.accuracy_m.value);
    const zone = this.zoneAt(at);
    const sure = metres ? ` (±${new Intl.NumberFormat(this.box.dataset.lang, { style: "unit", unit: "meter" }).format(metres)})` : "";
    const look = metres > SURE ? ` ${this.box.dataset.unsure}` : "";
    return `${said}${zone ? ` · ${zone}` : ""}${sure}${look}`;
  }

  zoneAt(at) {
    const zone = this.zones?.find((one) => holds(one, at));
    return zone ? zoneName(zone, this.box.dataset.lang) : "";
  }

  /** The fields' place on the map. */
  show() {
    const at = this.at();
    if (!this.map || !at || this.dialog.open) return;
    this.marker.setLngLat(at).addTo(this.map);
    this.marker.getElement().setAttribute("aria-label", this.box.dataset.pin);
    const metres = Number(this.fields.accuracy_m.value);
    this.map.getSource("accuracy").setData(metres ? circle(at, metres) : NOWHERE);
    if (!this.map.getBounds().contains(at)) this.map.jumpTo({ center: at, zoom: Math.max(this.map.getZoom(), this.engine.STREET) });
  }

  locate() {
    const tell = (text) => { this.say(text); this.part("here").textContent = text; };
    tell(this.box.dataset.locating);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => this.located({ lng: coords.longitude, lat: coords.latitude, accuracy: Math.round(coords.accuracy) }),
      () => tell(this.box.dataset.denied),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 },
    );
  }

  async located(found) {
    this.found = found;
    if (!this.dialog.open) {
      await this.draw().catch(() => {}); // whose zone it is, the map's outline tells
      this.place(found, found.accuracy, this.box.dataset.located);
    }
    if (!this.map) return;
    const extent = circle(found, Math.max(found.accuracy, 1)).geometry.coordinates[0].reduce((box, one) => box.extend(one), new this.engine.maplibre.LngLatBounds());
    this.map.fitBounds(extent, { maxZoom: this.engine.STREET, padding: 20 });
  }

  say(text) {
    this.status.textContent = text;
  }
}

export function pinElement() {
  const pin = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  pin.setAttribute("viewBox", "0 0 40 46");
  pin.classList.add("map-pin");
  const shape = document.createElementNS(pin.namespaceURI, "path");
  shape.setAttribute("d", "M20 2C10.6 2 3 9.5 3 18.8 3 31 20 44 20 44s17-13 17-25.2C37 9.5 29.4 2 20 2Z");
  shape.setAttribute("fill", "currentColor");
  shape.setAttribute("stroke", "#fff");
  shape.setAttribute("stroke-width", "2.5");
  const hole = document.createElementNS(pin.namespaceURI, "circle");
  [["cx", 20], ["cy", 18.5], ["r", 6], ["fill", "#fff"]].forEach(([name, value]) => hole.setAttribute(name, value));
  pin.append(shape, hole);
  return pin;
}
