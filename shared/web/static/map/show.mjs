// Shows places: one with a pin, many as dots that gather where they would cover each other. A dot opens a card.
import { addDrawing, colour, fetchJson, maplibre, STREET, townMap } from "./engine.mjs";
import { distance } from "./geometry.mjs";
import { pinElement } from "./picker.mjs";
import { Search } from "./search.mjs";

const TONES = { ok: "--ok", bad: "--bad", info: "--info", brand: "--brand", warn: "--map-warn", neutral: "--map-neutral" };
const READABLE = 12.5; // the zoom from which streets and village names are seen
const APART = 16; // the zoom from which dots stand alone

export async function showPlaces(root) {
  const box = root.querySelector("[data-map-box]");
  const { map } = await townMap(box, { cooperativeGestures: true });
  map.addControl(new maplibre.FullscreenControl(), "top-right");
  const points = JSON.parse(root.dataset.points).map(featureOf);
  if (root.dataset.source) points.push(...(await fetchJson(root.dataset.source)).features.filter((one) => one.geometry?.type === "Point"));
  if (points.length === 1 && !root.dataset.source) single(map, points[0]);
  else await many(map, points);
  nearby(root, map, points);
  map.once("idle", () => { root.dataset.places = points.length; }); // all are drawn; tests wait for it
}

function featureOf({ latitude, longitude, ...properties }) {
  return { type: "Feature", properties, geometry: { type: "Point", coordinates: [longitude, latitude] } };
}

function single(map, { geometry, properties }) {
  const pin = pinElement();
  pin.setAttribute("aria-label", properties.title ?? "");
  const marker = new maplibre.Marker({ element: pin, anchor: "bottom" }).setLngLat(geometry.coordinates).addTo(map);
  marker.getElement().setAttribute("role", "img");
  map.jumpTo({ center: geometry.coordinates, zoom: STREET - 1 });
}

// --- many

/** A disc in the colour of a state with its sign, as in the legend. */
function toneDrawing(tone) {
  const points = colour(`--sign-${tone}`).match(/[\d.]+/g).map((share) => share * 0.18 + 13); // percent of a box of 18
  return `<svg xmlns="http://www.w3.org/2000/svg" width="44" height="44"><circle cx="22" cy="22" r="19.5" fill="${colour(TONES[tone])}" stroke="#fff" stroke-width="5"/><polygon points="${points.join(" ")}" fill="#fff"/></svg>`;
}

async function many(map, features) {
  await Promise.all(Object.keys(TONES).map((tone) => addDrawing(map, `tone-${tone}`, toneDrawing(tone))));
  map.addSource("places", { type: "geojson", data: { type: "FeatureCollection", features }, cluster: true, clusterMaxZoom: APART - 1, clusterRadius: 46 });
  const cluster = ["has", "point_count"];
  const tone = ["match", ["get", "tone"], Object.keys(TONES), ["concat", "tone-", ["get", "tone"]], "tone-brand"];
  const size = ["step", ["get", "point_count"], 16, 10, 20, 50, 25];
  map.addLayer({ id: "groups", type: "circle", source: "places", filter: cluster, paint: { "circle-color": colour("--ink"), "circle-radius": size, "circle-stroke-color": "#fff", "circle-stroke-width": 3 } });
  map.addLayer({ id: "counts", type: "symbol", source: "places", filter: cluster, layout: { "text-field": ["get", "point_count_abbreviated"], "text-font": ["Sarabun 600"], "text-size": 14, "text-allow-overlap": true, "text-padding": 12 }, paint: { "text-color": "#fff" } });
  map.addLayer({ id: "dots", type: "symbol", source: "places", filter: ["!", cluster], layout: { "icon-image": tone, "icon-allow-overlap": true, "icon-ignore-placement": true } });
  map.on("click", "groups", ({ features: [group] }) => enter(map, group));
  map.on("click", "dots", ({ features: [one] }) => open(map, one));
  ["groups", "dots"].forEach((layer) => {
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
  });
  if (features.length) map.jumpTo(viewOf(map, features));
}

/** Near enough to read the map, and then where most are. */
function viewOf(map, features) {
  const { center, zoom } = map.cameraForBounds(mostOf(features), { padding: 40, maxZoom: APART });
  if (zoom >= READABLE) return { center, zoom };
  const [lng, lat] = [0, 1].map((axis) => along(features, axis, 0.5));
  return { center: [lng, lat], zoom: READABLE };
}

/** The box around nine of ten: one report from the mountain must not make the town too small to read. */
function mostOf(features) {
  return [0.05, 0.95].map((share) => [along(features, 0, share), along(features, 1, share)]);
}

function along(features, axis, share) {
  const sorted = features.map(({ geometry }) => geometry.coordinates[axis]).sort((one, other) => one - other);
  return sorted[Math.round(share * (sorted.length - 1))];
}

/** Nearer, until the group falls apart; those at one and the same place open as a list. */
async function enter(map, group) {
  const source = map.getSource("places");
  const zoom = await source.getClusterExpansionZoom(group.properties.cluster_id);
  if (zoom <= APART - 1 || map.getZoom() < APART - 1.5) return map.easeTo({ center: group.geometry.coordinates, zoom: Math.min(zoom, APART) });
  const inside = await source.getClusterLeaves(group.properties.cluster_id, 20, 0);
  popup(map, group.geometry.coordinates, inside.map(({ properties }) => card(properties)));
}

/** Dots at the same spot lie under each other: all of them open. */
function open(map, one) {
  const spot = map.project(one.geometry.coordinates);
  const here = map.queryRenderedFeatures([[spot.x - 4, spot.y - 4], [spot.x + 4, spot.y + 4]], { layers: ["dots"] });
  popup(map, one.geometry.coordinates, here.map(({ properties }) => card(properties)));
}

function popup(map, at, cards) {
  const holder = Object.assign(document.createElement("div"), { className: "map-cards" });
  holder.append(...cards);
  new maplibre.Popup({ offset: 14, maxWidth: "19rem", focusAfterOpen: true }).setLngLat(at).setDOMContent(holder).addTo(map);
}

/** A place's picture, first words and state, as a link to all of it. */
function card({ title, text, state, tone, when, picture, href }) {
  const link = Object.assign(document.createElement("a"), { className: "map-card" });
  if (href) link.href = href;
  if (picture) link.append(Object.assign(document.createElement("img"), { src: picture, alt: "", width: 72, height: 72, loading: "lazy" }));
  const words = document.createElement("span");
  const add = (name, className, textContent) => textContent && words.append(Object.assign(document.createElement(name), { className, textContent }));
  add("strong", "", title);
  add("span", "map-card-text", text);
  add("span", `badge pill ${tone ?? "neutral"}`, state);
  add("small", "", when);
  link.append(words);
  return link;
}

// --- near me

const NEAREST = 5; // a street without reports is an empty map: it shows as much as holds these

function around(at, places) {
  const there = places.map(({ geometry }) => ({ lng: geometry.coordinates[0], lat: geometry.coordinates[1] }));
  there.sort((one, other) => distance(at, one) - distance(at, other));
  const across = ({ lng, lat }) => ({ lng: 2 * at.lng - lng, lat: 2 * at.lat - lat }); // so that the reader stays in the middle
  return there.slice(0, NEAREST).reduce((box, one) => box.extend(one).extend(across(one)), new maplibre.LngLatBounds(at, at));
}

/** What was reported around the reader, or around a place that is searched for. */
function nearby(root, map, places) {
  const marker = new maplibre.Marker({ element: Object.assign(document.createElement("span"), { className: "map-me" }) });
  const look = (at, box = around(at, places)) => {
    marker.setLngLat(at).addTo(map);
    map.fitBounds(box, { padding: 50, maxZoom: APART - 1 });
    root.dispatchEvent(new CustomEvent("near", { bubbles: true, detail: at }));
  };
  const search = root.querySelector("[data-map-search]");
  if (search) new Search(search, ({ latitude, longitude, box }) => look({ lng: longitude, lat: latitude }, box));
  const button = root.querySelector("[data-map-near]");
  if (button && navigator.geolocation) offerMine(root, button, look);
}

function offerMine(root, button, look) {
  button.hidden = false;
  const status = root.querySelector("[data-map-status]");
  const { dataset } = root.querySelector("[data-map-box]");
  button.addEventListener("click", () => {
    status.textContent = dataset.locating;
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      status.textContent = "";
      look({ lng: coords.longitude, lat: coords.latitude });
    }, () => { status.textContent = dataset.denied; }, { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
  });
}
