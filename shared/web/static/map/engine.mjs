// Draws a town's map in a box: MapLibre with our style, loaded only when a map comes near the screen. What the map is
// for (picking a place, showing places) is the callers'.
import * as maplibre from "../vendor/maplibre-gl/maplibre-gl.mjs";
import { Protocol } from "../vendor/pmtiles/pmtiles.mjs";
import { middleOf } from "./geometry.mjs";
import { LANDMARKS, styleOf } from "./style.mjs";

export { maplibre };

export const STREET = 17; // the zoom at which one knows one's house
const OPENING = 14; // a built-up centre, with its main roads
const AROUND = 0.5; // of the town's width: so far beyond its bounds one may look

maplibre.setWorkerUrl(new URL("../vendor/maplibre-gl/maplibre-gl-worker.mjs", import.meta.url).href);
maplibre.addProtocol("pmtiles", new Protocol().tile);

/** The library's own sheet comes with the library. */
const styled = new Promise((done) => {
  const href = new URL("../vendor/maplibre-gl/maplibre-gl.css", import.meta.url).href;
  document.head.prepend(Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: done, onerror: done }));
});

const css = getComputedStyle(document.documentElement);
export const colour = (name) => css.getPropertyValue(name).trim();

function canDraw() {
  return Boolean(document.createElement("canvas").getContext("webgl2"));
}

/** The map in `box`, ready to take layers, as `{map, zones}`. `options` are MapLibre's own. */
export async function townMap(box, options = {}) {
  if (!canDraw()) throw new Error("no WebGL");
  await styled;
  const settings = absolute(JSON.parse(box.dataset.settings));
  const outline = await fetchJson(settings.outline);
  const zones = outline.features;
  const zoneNames = { type: "FeatureCollection", features: zones.map(labelOf) };
  const style = styleOf(settings, { zones: outline, zoneNames }, box.dataset.lang, colour("--brand"));
  const map = new maplibre.Map({ container: box, style, center: settings.centre, zoom: OPENING, maxBounds: around(settings.bounds), ...ours(box), ...options });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new maplibre.AttributionControl({ compact: true, customAttribution: settings.attribution }), "bottom-right");
  map.setMissingStyleImageResolver((id) => addMark(map, settings.icons, id));
  map.on("error", ({ error }) => console.warn("map:", error?.message)); // a tile that did not come; the rest is there
  map.on("movestart", () => { delete box.dataset.view; });
  map.on("moveend", () => sayView(map, box));
  await new Promise((done) => map.once("load", done));
  // The sources are named below every map too: inside it they would cover a phone's.
  box.querySelector(".maplibregl-ctrl-attrib")?.classList.remove("maplibregl-compact-show");
  settings.layers.forEach((address) => drawLayer(map, address));
  sayView(map, box);
  box.classList.add("map-ready");
  return { map, zones };
}

/** What is in view while the map stands still: zoom, latitude and longitude of the middle. Tests read it. */
function sayView(map, box) {
  const { lat, lng } = map.getCenter();
  box.dataset.view = [map.getZoom().toFixed(2), lat.toFixed(6), lng.toFixed(6)].join("/");
}

/** A zone's name as a label: its number on a line of its own. */
function labelOf(zone) {
  const broken = (name) => name.replace(/^(\S+ \d{1,3}) /, "$1\n");
  const { th, en } = zone.properties;
  return { type: "Feature", properties: { th: broken(th), en: broken(en) }, geometry: { type: "Point", coordinates: middleOf(zone) } };
}

function ours(box) {
  const { zoomIn, zoomOut, label, pin, twoFingers, withControl, fullScreen, close, attribution } = box.dataset;
  return {
    minZoom: 9.5, maxZoom: 19, dragRotate: false, pitchWithRotate: false, touchPitch: false, attributionControl: false,
    locale: {
      "NavigationControl.ZoomIn": zoomIn, "NavigationControl.ZoomOut": zoomOut, "Map.Title": label, "Marker.Title": pin,
      "CooperativeGesturesHandler.WindowsHelpText": withControl, "CooperativeGesturesHandler.MacHelpText": withControl.replace("Ctrl", "⌘"),
      "CooperativeGesturesHandler.MobileHelpText": twoFingers, "FullscreenControl.Enter": fullScreen, "FullscreenControl.Exit": close,
      "AttributionControl.ToggleAttribution": attribution, "Popup.Close": close,
    },
  };
}

/** MapLibre's worker has an address of its own: what it loads must be said in full. */
function absolute(settings) {
  const full = (address) => address && new URL(address, location.href).href;
  const fonts = Object.fromEntries(Object.entries(settings.fonts).map(([weight, files]) => [weight, { thai: full(files.thai), latin: full(files.latin) }]));
  return { ...settings, outline: full(settings.outline), vector: full(settings.vector), layers: settings.layers.map(full), fonts };
}

function around([west, south, east, north]) {
  const [across, up] = [(east - west) * AROUND, (north - south) * AROUND];
  return [west - across, south - up, east + across, north + up];
}

/** A layer of the profile over the map: lines, and areas of which `kind` says what they are. */
function drawLayer(map, address) {
  const id = address.split("/").pop();
  map.addSource(id, { type: "geojson", data: address });
  const areas = ["all", ["==", ["geometry-type"], "Polygon"], ["has", "kind"]];
  map.addLayer({ id: `${id}-areas`, type: "fill", source: id, filter: areas, paint: { "fill-color": colour("--accent"), "fill-opacity": 0.15 } }, "zone-edges");
  map.addLayer({ id: `${id}-lines`, type: "line", source: id, filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": colour("--accent"), "line-width": 2 } }, "zone-edges");
}

export async function fetchJson(address) {
  const answer = await fetch(address, { headers: { "Accept-Language": document.documentElement.lang } });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

// --- icons of landmarks: a white drawing on a coloured disc, made from icons.svg

let sheet;

async function addMark(map, icons, id) {
  const [icon, fill] = LANDMARKS[id.replace("mark-", "")] ?? LANDMARKS.sight;
  sheet ??= fetch(icons).then((answer) => answer.text()).then((text) => new DOMParser().parseFromString(text, "image/svg+xml"));
  const drawing = (await sheet).getElementById(icon)?.innerHTML ?? "";
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="44" height="44" viewBox="-10 -10 44 44"><circle cx="12" cy="12" r="20" fill="${fill}" stroke="#fff" stroke-width="3"/><g fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round">${drawing}</g></svg>`;
  await addDrawing(map, id, svg);
}

/** A picture for symbols, 44 pixels wide where a screen has two for each. */
export async function addDrawing(map, id, svg) {
  const picture = new Image(44, 44);
  picture.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  await picture.decode();
  if (!map.hasImage(id)) map.addImage(id, picture, { pixelRatio: 2 });
}
