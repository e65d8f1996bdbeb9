// The town plan's layers on a map: those of the whole town once, parcels and buildings as far as they are in view.
import { fetchJson } from "/static/shared/map/engine.mjs";

const COLLECTIONS = "/api/v1/plan/collections";
const NONE = { type: "FeatureCollection", features: [] };
const MOST = 5000; // features of one view
const CLOSE = 14; // the zoom from which single plots and houses can be told apart
const WAIT = 250; // ms after the map has come to rest
const EQUATOR = 40_075_017; // metres
const COLOURS = ["yellow", "orange", "red", "purple", "green", "white-green", "brown", "blue", "grey"];
const OF_LAYER = { zones: ["plan-zones"], parcels: ["plan-parcels", "plan-ground"], roads: ["plan-roads"], buildings: ["plan-buildings"], permits: ["plan-permits", "plan-permit-counts"] };

export class PlanLayers {
  constructor(map, colour) {
    this.map = map;
    ["plan-zones", "plan-parcels", "plan-roads", "plan-buildings", "plan-permits"].forEach((id) => map.addSource(id, { type: "geojson", data: NONE }));
    const fill = ["match", ["get", "colour"], ...COLOURS.flatMap((name) => [name, colour(`--plan-${name}`)]), colour("--plan-grey")];
    map.addLayer({ id: "plan-zones", type: "fill", source: "plan-zones", paint: { "fill-color": fill, "fill-opacity": 0.28 } }, "zone-edges");
    map.addLayer({ id: "plan-parcels", type: "line", source: "plan-parcels", minzoom: CLOSE, paint: { "line-color": "#7a6f5d", "line-width": ["interpolate", ["linear"], ["zoom"], CLOSE, 0.4, 19, 1.6] } }, "zone-edges");
    map.addLayer({ id: "plan-roads", type: "line", source: "plan-roads", minzoom: CLOSE, paint: { "line-color": "#fff", "line-opacity": 0.85, "line-width": asWideAsItIs(map) } }, "zone-edges");
    map.addLayer({ id: "plan-ground", type: "fill", source: "plan-parcels", minzoom: CLOSE, paint: { "fill-color": "#fff", "fill-opacity": 0.01 } }, "zone-edges");
    map.addLayer({ id: "plan-buildings", type: "fill-extrusion", source: "plan-buildings", minzoom: CLOSE, paint: { "fill-extrusion-color": colour("--plan-building"), "fill-extrusion-height": ["get", "height_m"], "fill-extrusion-opacity": 0.9 } });
    map.addLayer({ id: "plan-permits", type: "circle", source: "plan-permits", paint: { "circle-color": colour("--brand"), "circle-radius": 15, "circle-stroke-color": "#fff", "circle-stroke-width": 3 } });
    map.addLayer({ id: "plan-permit-counts", type: "symbol", source: "plan-permits", layout: { "text-field": ["get", "count"], "text-font": ["Sarabun 600"], "text-size": 14, "text-allow-overlap": true }, paint: { "text-color": "#fff" } });
    map.on("moveend", () => { clearTimeout(this.waiting); this.waiting = setTimeout(() => this.load(), WAIT); });
  }

  async start() {
    const [zones, permits] = await Promise.all([fetchJson(`${COLLECTIONS}/zones/items`), fetchJson(`${COLLECTIONS}/permits/items?limit=500`)]);
    this.map.getSource("plan-zones").setData(zones);
    this.map.getSource("plan-permits").setData({ type: "FeatureCollection", features: together(permits.features) });
    await this.load();
  }

  /** What lies in view; a tilted map sees far, and what is beyond the most is behind the houses in front. */
  async load() {
    if (this.map.getZoom() < CLOSE) return;
    const bounds = this.map.getBounds();
    const box = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((degree) => degree.toFixed(6)).join(",");
    if (box === this.loaded) return;
    this.loaded = box;
    await Promise.all(["parcels", "roads", "buildings"].map(async (kind) => {
      const found = await fetchJson(`${COLLECTIONS}/${kind}/items?limit=${MOST}&bbox=${box}`);
      if (this.loaded === box) this.map.getSource(`plan-${kind}`).setData(found);
    }));
  }

  show(layer, visible) {
    OF_LAYER[layer].forEach((id) => this.map.setLayoutProperty(id, "visibility", visible ? "visible" : "none"));
  }
}

/** A road's metres as pixels, which double from zoom to zoom. */
function asWideAsItIs(map) {
  const pixels = (zoom) => (2 ** zoom * 512) / (EQUATOR * Math.cos((map.getCenter().lat * Math.PI) / 180));
  return ["interpolate", ["exponential", 2], ["zoom"], ...[CLOSE, 20].flatMap((zoom) => [zoom, ["*", ["get", "width_m"], pixels(zoom)]])];
}

/** Permits of one village stand at one place: a dot for each place, with their number. */
function together(features) {
  const places = new Map();
  features.filter((one) => one.geometry).forEach((one) => {
    const at = one.geometry.coordinates.join();
    places.set(at, [...(places.get(at) ?? []), one]);
  });
  return [...places.values()].map((same) => ({
    type: "Feature", geometry: same[0].geometry,
    properties: { count: String(same.length), permits: JSON.stringify(same.slice(0, 20).map(({ properties }) => properties)) },
  }));
}
