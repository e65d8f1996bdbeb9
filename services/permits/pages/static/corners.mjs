// The corners of a footprint: on a map, and as lines of text that are the truth.
import { readPlaces, writePlaces } from "/static/shared/map/degrees.mjs";
import { distance } from "/static/shared/map/geometry.mjs";

const NONE = { type: "FeatureCollection", features: [] };
const ECHO_MS = 400; // between the two taps of a double one; browsers wait up to 500
const ECHO_PIXELS = 30; // a finger does not hit the same spot twice
const feature = (type, coordinates) => ({ type: "Feature", properties: {}, geometry: { type, coordinates } });

/** Metres along the places. */
export const lengthOf = (places) => places.slice(1).reduce((sum, place, at) => sum + distance(places[at], place), 0);

/** Hears taps on a map, each once: of a double one, the second says nothing new, and would be a corner on a corner. */
export function onTap(map, act) {
  let last = null;
  map.on("click", ({ lngLat, point }) => {
    const now = performance.now();
    const isEcho = last !== null && now - last.now < ECHO_MS && Math.hypot(point.x - last.point.x, point.y - last.point.y) < ECHO_PIXELS;
    last = { now, point };
    if (!isEcho) act(lngLat);
  });
}

/** Places that somebody sets one by one on a map; `closed`: they are an outline. */
export class Corners {
  constructor(map, id, colour, closed) {
    Object.assign(this, { map, id, closed, places: [], unread: [] });
    map.addSource(id, { type: "geojson", data: NONE });
    map.addLayer({ id: `${id}-area`, type: "fill", source: id, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": colour, "fill-opacity": 0.3 } });
    map.addLayer({ id: `${id}-line`, type: "line", source: id, filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": colour, "line-width": 3 } });
    map.addLayer({ id: `${id}-dots`, type: "circle", source: id, filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": "#fff", "circle-radius": 6, "circle-stroke-color": colour, "circle-stroke-width": 3 } });
  }

  set(places) {
    this.places = places;
    this.draw();
  }

  /** What the text says; lines that are no places are kept for `text`. */
  read(text) {
    const { places, unread } = readPlaces(text);
    this.unread = unread;
    this.set(places);
  }

  /** As the server writes them. */
  get ring() {
    return this.places.map(({ lng, lat }) => [lng, lat]);
  }

  get text() {
    return writePlaces(this.places, this.unread);
  }

  add(place) {
    const before = this.places.at(-1);
    if (before?.lng === place.lng && before.lat === place.lat) return; // a key that was held down
    this.set([...this.places, { lng: place.lng, lat: place.lat }]);
  }

  undo() {
    this.set(this.places.slice(0, -1));
  }

  clear() {
    this.unread = [];
    this.set([]);
  }

  draw() {
    const positions = this.ring;
    const features = positions.map((position) => feature("Point", position));
    if (positions.length > 1) features.push(feature("LineString", this.closed && positions.length > 2 ? [...positions, positions[0]] : positions));
    if (this.closed && positions.length > 2) features.push(feature("Polygon", [[...positions, positions[0]]]));
    this.map.getSource(this.id).setData({ type: "FeatureCollection", features });
  }
}
