// Maps without a tile server: the town's own outline, places on it, and a pin to set. The fields beside the map
// hold the truth, so that a page works just as well where there is no map.
import * as maplibre from "./vendor/maplibre-gl/maplibre-gl.mjs";
import { announce } from "./forms.mjs";
import { circle, holds, zoneName } from "./places.mjs";

maplibre.setWorkerUrl(new URL("./vendor/maplibre-gl/maplibre-gl-worker.mjs", import.meta.url).href);

const css = getComputedStyle(document.documentElement);
const colour = (name) => css.getPropertyValue(name).trim();

const CLOSEST = 14; // nearer than this a village without roads in the town's layers is a blank square

function canDraw() {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2"));
}

/** The map of the town in `box`, as `{map, zones}`; resolves when it can take layers. */
export async function townMap(box) {
  const bounds = JSON.parse(box.dataset.bounds);
  const map = new maplibre.Map({
    container: box,
    style: { version: 8, sources: {}, layers: [{ id: "land", type: "background", paint: { "background-color": "#eef2ee" } }] },
    bounds: [bounds.slice(0, 2), bounds.slice(2)],
    fitBoundsOptions: { padding: 16 },
    maxZoom: 19,
    minZoom: 8,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    cooperativeGestures: false,
    locale: { "NavigationControl.ZoomIn": box.dataset.zoomIn, "NavigationControl.ZoomOut": box.dataset.zoomOut, "Map.Title": box.dataset.label, "Marker.Title": box.dataset.pin },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  await new Promise((done) => map.once("load", done));
  box.classList.add("map-ready");
  return { map, zones: await drawTown(map, box) };
}

async function drawTown(map, box) {
  const outline = await fetchJson(box.dataset.town);
  map.addSource("town", { type: "geojson", data: outline });
  map.addLayer({ id: "zones", type: "fill", source: "town", paint: { "fill-color": "#ffffff", "fill-opacity": 0.85 } });
  for (const address of JSON.parse(box.dataset.layers)) await drawLayer(map, address);
  map.addLayer({ id: "zone-edges", type: "line", source: "town", paint: { "line-color": colour("--brand"), "line-opacity": 0.55, "line-width": 1.5, "line-dasharray": [3, 2] } });
  const extent = extentOf(outline);
  if (!extent.isEmpty()) map.fitBounds(extent, { padding: 20, animate: false });
  outline.features.forEach((zone) => nameZone(map, zone, box.dataset.lang));
  return outline.features;
}

/** A layer of the profile: lines as roads, areas only where `kind` says what they are (water, green). */
async function drawLayer(map, address) {
  const id = address.split("/").pop();
  const tint = ["match", ["get", "kind"], ["water", "river", "canal", "stream"], "#a9cfe0", ["park", "forest", "green"], "#cfe3c8", "#b4bbb6"];
  map.addSource(id, { type: "geojson", data: await fetchJson(address) });
  map.addLayer({ id: `${id}-areas`, type: "fill", source: id, filter: ["all", ["==", ["geometry-type"], "Polygon"], ["has", "kind"]], paint: { "fill-color": tint, "fill-opacity": 0.6 } });
  map.addLayer({ id: `${id}-lines`, type: "line", source: id, filter: ["==", ["geometry-type"], "LineString"], layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": tint, "line-width": ["interpolate", ["linear"], ["zoom"], 11, 1.2, 16, 6] } });
}

/** The town's bounds are generous, its zones say where people live. */
function extentOf(outline) {
  const extent = new maplibre.LngLatBounds();
  outline.features.forEach((zone) => zone.geometry.coordinates.flat(2).forEach((at) => extent.extend(at)));
  return extent;
}

/** Names are HTML: Thai labels then need no glyph server. */
function nameZone(map, zone, language) {
  const ring = zone.geometry.coordinates[0][0];
  const middle = [0, 1].map((axis) => (Math.min(...ring.map((at) => at[axis])) + Math.max(...ring.map((at) => at[axis]))) / 2);
  const label = document.createElement("span");
  label.className = "map-zone-name";
  label.textContent = zoneName(zone, language);
  new maplibre.Marker({ element: label }).setLngLat(middle).addTo(map);
  // MapLibre makes every marker a focusable picture; a name on the map is neither.
  ["role", "aria-label", "tabindex"].forEach((name) => label.removeAttribute(name));
  label.setAttribute("aria-hidden", "true");
  const visible = () => { label.hidden = map.getZoom() < 11.5; };
  map.on("zoom", visible);
  visible();
}

async function fetchJson(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

// --- picking a place

function pinElement() {
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

const NOWHERE = { type: "FeatureCollection", features: [] };

class Picker {
  constructor(root) {
    this.root = root;
    this.box = root.querySelector("[data-map-box]");
    this.status = root.querySelector("[data-map-status]");
    const form = root.closest("form") ?? root;
    this.fields = Object.fromEntries(["latitude", "longitude", "accuracy_m"].map((name) => [name, form.querySelector(`[name="${name}"]`)]));
    this.locateButton = root.querySelector("[data-map-locate]");
    if (this.locateButton && navigator.geolocation) {
      this.locateButton.hidden = false;
      this.locateButton.addEventListener("click", () => this.locate());
    }
    ["latitude", "longitude"].forEach((name) => {
      this.fields[name].addEventListener("input", () => { this.fields.accuracy_m.value = ""; }); // what is typed has none
      this.fields[name].addEventListener("change", () => this.fromFields());
    });
  }

  async start() {
    Object.assign(this, await townMap(this.box));
    this.map.addSource("accuracy", { type: "geojson", data: NOWHERE });
    this.map.addLayer({ id: "accuracy", type: "fill", source: "accuracy", paint: { "fill-color": colour("--brand"), "fill-opacity": 0.15, "fill-outline-color": colour("--brand") } });
    this.marker = new maplibre.Marker({ element: pinElement(), anchor: "bottom", draggable: true });
    this.marker.on("dragend", () => this.place(this.marker.getLngLat()));
    this.map.on("click", (event) => this.place(event.lngLat));
    this.map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.place(this.map.getCenter());
    });
    this.fromFields();
    const fields = this.root.querySelector("[data-map-fields]");
    fields.open = false;
    // A field that the browser complains about must be seen.
    fields.addEventListener("invalid", () => { fields.open = true; this.say(this.root.querySelector("#map-help").textContent); }, true);
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

  /** In which zone the pin is and how sure that is, so that a wrong place is noticed without reading the map. */
  described(at, said) {
    const { lang } = this.box.dataset;
    const zone = this.zones?.find((one) => holds(one, at));
    const metres = Number(this.fields.accuracy_m.value);
    const sure = metres ? ` (±${new Intl.NumberFormat(lang, { style: "unit", unit: "meter" }).format(metres)})` : "";
    return `${said}${zone ? ` · ${zoneName(zone, lang)}` : ""}${sure}`;
  }

  show(at) {
    this.marker?.setLngLat(at).addTo(this.map);
    this.marker?.getElement().setAttribute("aria-label", this.box.dataset.pin);
    const metres = Number(this.fields.accuracy_m.value);
    this.map?.getSource("accuracy")?.setData(metres ? circle(at, metres) : NOWHERE);
  }

  fromFields() {
    const [lat, lng] = [this.fields.latitude.value, this.fields.longitude.value].map((value) => value.trim());
    if (lat === "" || lng === "" || !(Math.abs(lat) <= 90) || !(Math.abs(lng) <= 180)) return;
    const at = { lng: Number(lng), lat: Number(lat) };
    this.show(at);
    if (this.map && !this.map.getBounds().contains(at)) this.map.jumpTo({ center: at });
  }

  locate() {
    this.say(this.box.dataset.locating);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const at = { lng: coords.longitude, lat: coords.latitude };
        this.place(at, Math.round(coords.accuracy), this.box.dataset.located);
        const extent = circle(at, coords.accuracy).geometry.coordinates[0].reduce((box, one) => box.extend(one), new maplibre.LngLatBounds());
        this.map?.fitBounds(extent, { maxZoom: CLOSEST, padding: 20 });
      },
      () => this.say(this.box.dataset.denied),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 30000 },
    );
  }

  say(text) {
    this.status.textContent = text;
  }
}

// --- showing places

async function showPlaces(root) {
  const { map } = await townMap(root.querySelector("[data-map-box]"));
  const points = JSON.parse(root.dataset.points);
  if (root.dataset.source) points.push(...(await fetchJson(root.dataset.source)).features.filter((one) => one.geometry?.type === "Point").map(pointOf));
  points.forEach((point) => dot(map, point));
  if (points.length === 1) map.jumpTo({ center: [points[0].longitude, points[0].latitude], zoom: CLOSEST });
}

function pointOf(feature) {
  const [longitude, latitude] = feature.geometry.coordinates;
  return { longitude, latitude, ...feature.properties };
}

/** A place as a button that opens its title, or as a link where it has an address. */
function dot(map, { longitude, latitude, title, tone = "brand", href }) {
  const element = document.createElement(href ? "a" : "button");
  element.className = `map-dot ${tone}`;
  if (href) element.href = href;
  else element.type = "button";
  const marker = new maplibre.Marker({ element }).setLngLat([longitude, latitude]);
  if (title && !href) marker.setPopup(new maplibre.Popup({ offset: 18 }).setText(title));
  marker.addTo(map);
  element.removeAttribute("role");
  element.setAttribute("aria-label", title ?? "");
  element.title = title ?? "";
}

async function start(root) {
  const picker = root.dataset.map === "pick" ? new Picker(root) : null;
  try {
    if (!canDraw()) throw new Error("no WebGL");
    await (picker ? picker.start() : showPlaces(root));
  } catch (error) {
    announce(root.querySelector("[data-map-fallback]")?.textContent);
    console.warn("map:", error.message);
  }
}

document.querySelectorAll("[data-map]").forEach(start);
