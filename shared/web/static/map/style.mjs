// How a town's map looks: a MapLibre style over the layers and kinds of tools/town_map/schema.py, names in Thai or
// English. Pure: it knows no page. The colours of land, water and roads are also those of tools/town_map/picture.py.

const WATER = "#aad3df";
const INK = "#3d4a47";

/** How wide a road is, in pixels, at zooms 12, 15 and 18. */
const ROADS = {
  path: [0.4, 1, 3], lane: [0.6, 2, 9], street: [0.9, 4.5, 16], medium: [2, 7, 20], main: [3, 9, 24],
};
const ROAD_FILLS = { path: "#c9b8a4", lane: "#ffffff", street: "#ffffff", medium: "#fbe6a8", main: "#f6c877" };
const ROAD_EDGES = { lane: "#cdc7bb", street: "#bcb5a7", medium: "#d9bd6a", main: "#d59a3c" };

/** The landmark kinds: an icon of icons.svg, and its colour. */
export const LANDMARKS = {
  temple: ["temple", "#a15c00"], school: ["school", "#7a4d9e"], hospital: ["hospital", "#b3261e"], market: ["store", "#b04a00"],
  office: ["landmark", "#37546e"], park: ["trees", "#2f7d32"], transport: ["bus", "#37546e"], sight: ["star", "#8a5a00"],
  shop: ["store", "#6b5b4b"], food: ["store", "#6b5b4b"], lodging: ["house", "#6b5b4b"],
};

/** A name in the reader's language, in the other where it has only that. */
export const named = (language) => (language === "en" ? ["coalesce", ["get", "en"], ["get", "th"]] : ["coalesce", ["get", "th"], ["get", "en"]]);

const kind = (...names) => ["in", ["get", "kind"], ["literal", names]];
const byZoom = (...stops) => ["interpolate", ["exponential", 1.5], ["zoom"], ...stops];
const wide = ([far, near, close], more = 0) => byZoom(12, far + more / 2, 15, near + more, 18, close + more);
const text = (size, weight = 400) => ({ "text-font": [`Sarabun ${weight}`], "text-size": size, "text-padding": 3, "text-line-height": 1.5 }); // Thai stacks two marks above a letter
const HALO = { "text-color": INK, "text-halo-color": "#fffffff0", "text-halo-width": 1.6 };

function fill(id, source, filter, colour, more = {}) {
  return { id, type: "fill", source: "town-map", "source-layer": source, filter, paint: { "fill-color": colour, ...more } };
}

function line(id, source, filter, colour, width, more = {}) {
  const layout = { "line-cap": "round", "line-join": "round" };
  return { id, type: "line", source: "town-map", "source-layer": source, filter, layout, paint: { "line-color": colour, "line-width": width, ...more } };
}

function ground() {
  const polygon = ["==", ["geometry-type"], "Polygon"];
  return [
    fill("built", "land", kind("built"), "#f0ede6"),
    fill("farm", "land", kind("farm"), "#eef3dc"),
    fill("green", "land", kind("green"), "#d3e6c8"),
    fill("grass", "land", kind("grass"), "#dcedcf"),
    fill("grounds", "land", kind("grounds"), "#f3ebdd"),
    fill("airfield", "land", kind("airfield"), "#e6e6ee"),
    fill("runway-area", "land", kind("runway"), "#d4d4de"),
    fill("lakes", "water", polygon, WATER),
    line("streams", "water", kind("stream", "ditch", "drain"), WATER, byZoom(12, 0.6, 16, 3)),
    line("canals", "water", kind("canal"), WATER, byZoom(11, 1, 16, 6)),
    line("rivers", "water", kind("river"), WATER, byZoom(10, 1.5, 16, 14)),
    fill("buildings", "buildings", ["==", ["get", "kind"], "building"], "#e0d8cc", { "fill-outline-color": "#c5b9a8" }),
  ];
}

function roads() {
  const names = Object.keys(ROADS);
  const edges = names.filter((name) => ROAD_EDGES[name]).map((name) => line(`${name}-edges`, "roads", kind(name), ROAD_EDGES[name], wide(ROADS[name], 1.6)));
  const fills = names.map((name) => line(name, "roads", kind(name), ROAD_FILLS[name], wide(ROADS[name]), name === "path" ? { "line-dasharray": [2, 1.5] } : {}));
  return [
    line("runways", "roads", kind("runway"), "#d4d4de", byZoom(11, 1, 16, 24)),
    ...edges, ...fills,
    line("rails", "roads", kind("rail"), "#8b8f95", byZoom(11, 0.8, 17, 3)),
    line("sleepers", "roads", kind("rail"), "#ffffff", byZoom(11, 0.5, 17, 2), { "line-dasharray": [3, 3] }),
  ];
}

function symbols(id, source, filter, minzoom, layout, paint = {}) {
  return { id, type: "symbol", source: "town-map", "source-layer": source, minzoom, filter, layout, paint: { ...HALO, ...paint } };
}

function names(language) {
  const along = { "symbol-placement": "line", "text-field": named(language), "text-max-angle": 30, "symbol-spacing": 220 };
  const landmark = (id, rank, minzoom) => symbols(id, "labels", ["all", ["==", ["get", "rank"], rank], ["!=", ["get", "kind"], "settlement"]], minzoom, {
    ...text(12.5), "icon-image": ["concat", "mark-", ["get", "kind"]], "text-field": named(language), "text-anchor": "top", "text-offset": [0, 0.85],
    "text-max-width": 8, "text-optional": true, "icon-padding": 1,
  });
  return [
    symbols("water-names", "water", ["has", "kind"], 13, { ...along, ...text(12) }, { "text-color": "#3b7a92" }),
    symbols("small-road-names", "roads", kind("street", "lane", "path"), 14.5, { ...along, ...text(12) }),
    symbols("road-names", "roads", kind("main", "medium"), 12.5, { ...along, ...text(byZoom(12, 12, 17, 14.5), 600) }),
    symbols("road-numbers", "roads", ["all", kind("main", "medium"), ["has", "ref"]], 11, {
      "symbol-placement": "line", "symbol-spacing": 400, "text-field": ["get", "ref"], ...text(11, 600), "text-rotation-alignment": "viewport", "text-padding": 30,
    }, { "text-color": "#7a5200" }),
    landmark("lesser-landmarks", 4, 16.5), landmark("small-landmarks", 3, 15.5), landmark("landmarks", 2, 14.5), landmark("main-landmarks", 1, 13),
    symbols("settlements", "labels", kind("settlement"), 11, { ...text(13.5, 600), "text-field": named(language), "text-max-width": 8 }),
  ];
}

/** The zones of the profile, over whatever lies below: edges, and names that give way when one is near. */
function town(language, brand) {
  return [
    { id: "zone-edges", type: "line", source: "zones", paint: { "line-color": brand, "line-opacity": 0.3, "line-width": 1.2 } },
    { id: "zone-names", type: "symbol", source: "zone-names", minzoom: 11.5, maxzoom: 17,
      layout: { ...text(byZoom(11, 12, 15, 17), 600), "text-field": named(language), "text-max-width": 9, "text-padding": 6, "text-variable-anchor": ["center", "bottom", "top"], "text-radial-offset": 0.5 },
      paint: { ...HALO, "text-color": brand, "text-opacity": ["interpolate", ["linear"], ["zoom"], 15, 1, 17, 0.35] } },
  ];
}

function fontFaces(fonts) {
  const faces = ({ thai, latin }) => [{ url: thai, "unicode-range": ["U+0E01-0E5B"] }, { url: latin, "unicode-range": ["U+0000-00FF", "U+2000-206F"] }];
  return Object.fromEntries(Object.entries(fonts).map(([weight, files]) => [`Sarabun ${weight}`, faces(files)]));
}

/** `settings`: those of shared/web/maps.py with absolute addresses; `zones`, `zoneNames`: GeoJSON. */
export function styleOf(settings, { zones, zoneNames }, language, brand) {
  const sources = { zones: { type: "geojson", data: zones }, "zone-names": { type: "geojson", data: zoneNames } };
  const layers = [{ id: "ground", type: "background", paint: { "background-color": "#f7f5f0" } }];
  if (settings.pictures) {
    sources.pictures = { type: "raster", tiles: [settings.pictures.address], tileSize: 256, maxzoom: settings.pictures.maxZoom };
    layers.push({ id: "pictures", type: "raster", source: "pictures" });
  }
  if (settings.vector) {
    sources["town-map"] = { type: "vector", url: `pmtiles://${settings.vector}` };
    layers.push(...ground(), ...roads(), ...names(language));
  }
  return { version: 8, "font-faces": fontFaces(settings.fonts), sources, layers: [...layers, ...town(language, brand)] };
}
