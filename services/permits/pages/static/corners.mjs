// The corners of a footprint: on a map, and as lines of text that are the truth. Latitude first, as people write places.
import { distance } from "/static/shared/map/geometry.mjs";

const NONE = { type: "FeatureCollection", features: [] };
const METRES = 111_320; // of one degree to the north
const feature = (type, coordinates) => ({ type: "Feature", properties: {}, geometry: { type, coordinates } });

/** The places in a text of "latitude, longitude" lines; lines that are none are left out. */
export function readCorners(text) {
  const places = text.split("\n").map((line) => line.replace(",", " ").trim().split(/\s+/).map(Number));
  return places.filter((place) => place.length === 2 && place.every(Number.isFinite)).map(([lat, lng]) => ({ lng, lat }));
}

export const writeCorners = (corners) => corners.map(({ lng, lat }) => `${lat.toFixed(7)}, ${lng.toFixed(7)}`).join("\n");

/** Square metres while drawing, good for a house; what counts is measured by the server. */
export function roughArea(corners) {
  if (corners.length < 3) return 0;
  const [origin] = corners;
  const flat = corners.map(({ lng, lat }) => [(lng - origin.lng) * METRES * Math.cos((origin.lat * Math.PI) / 180), (lat - origin.lat) * METRES]);
  const twice = flat.reduce((sum, [x, y], at) => {
    const [nextX, nextY] = flat[(at + 1) % flat.length];
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(twice / 2);
}

/** Metres along the places. */
export const lengthOf = (places) => places.slice(1).reduce((sum, place, at) => sum + distance(places[at], place), 0);

/** Places that somebody sets one by one on a map; `closed`: they are an outline. */
export class Corners {
  constructor(map, id, colour, closed) {
    Object.assign(this, { map, id, closed, places: [] });
    map.addSource(id, { type: "geojson", data: NONE });
    map.addLayer({ id: `${id}-area`, type: "fill", source: id, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": colour, "fill-opacity": 0.3 } });
    map.addLayer({ id: `${id}-line`, type: "line", source: id, filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": colour, "line-width": 3 } });
    map.addLayer({ id: `${id}-dots`, type: "circle", source: id, filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": "#fff", "circle-radius": 6, "circle-stroke-color": colour, "circle-stroke-width": 3 } });
  }

  set(places) {
    this.places = places;
    this.draw();
  }

  add(place) {
    this.set([...this.places, { lng: place.lng, lat: place.lat }]);
  }

  undo() {
    this.set(this.places.slice(0, -1));
  }

  clear() {
    this.set([]);
  }

  draw() {
    const positions = this.places.map(({ lng, lat }) => [lng, lat]);
    const features = positions.map((position) => feature("Point", position));
    if (positions.length > 1) features.push(feature("LineString", this.closed && positions.length > 2 ? [...positions, positions[0]] : positions));
    if (this.closed && positions.length > 2) features.push(feature("Polygon", [[...positions, positions[0]]]));
    this.map.getSource(this.id).setData({ type: "FeatureCollection", features });
  }
}
