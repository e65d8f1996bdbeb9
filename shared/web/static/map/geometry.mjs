// Zones and places as maps need them: pure geometry on WGS 84 degrees, good for areas of a few kilometres.

/** A zone of `town.geojson` as its readers call it. */
export const zoneName = ({ properties }, language) => properties[language] ?? properties.th;

/** Even-odd over every ring, so that a hole is not inside. */
export function holds({ geometry }, { lng, lat }) {
  const crosses = ([x1, y1], [x2, y2]) => y1 > lat !== y2 > lat && lng < ((x2 - x1) * (lat - y1)) / (y2 - y1) + x1;
  return geometry.coordinates.some((rings) => rings.flatMap((ring) => ring.slice(1).filter((at, index) => crosses(ring[index], at))).length % 2);
}

/** The middle of a zone's box, where its name stands. */
export function middleOf({ geometry }) {
  const ring = geometry.coordinates[0][0];
  return [0, 1].map((axis) => (Math.min(...ring.map((at) => at[axis])) + Math.max(...ring.map((at) => at[axis]))) / 2);
}

const METRES = 111_320; // of one degree to the north

/** A circle of so many metres, as a polygon in degrees. */
export function circle({ lng, lat }, metres) {
  const up = metres / METRES;
  const across = up / Math.cos((lat * Math.PI) / 180);
  const ring = Array.from({ length: 65 }, (_, step) => [lng + across * Math.cos((step * Math.PI) / 32), lat + up * Math.sin((step * Math.PI) / 32)]);
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [ring] } };
}

/** Metres between two places. */
export function distance(one, other) {
  const across = (one.lng - other.lng) * Math.cos((one.lat * Math.PI) / 180);
  return Math.hypot(across, one.lat - other.lat) * METRES;
}
