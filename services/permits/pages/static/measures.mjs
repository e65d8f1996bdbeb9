// What a footprint on its plot measures: pure geometry on WGS 84, to the centimetre at the size of a plot. It is shown and
// offered while somebody draws; what counts is measured by the server.

/** Metres of one degree to the east and to the north at a latitude. */
function scale(latitude) {
  const at = (latitude * Math.PI) / 180;
  return [111_412.84 * Math.cos(at) - 93.5 * Math.cos(3 * at), 111_132.92 - 559.82 * Math.cos(2 * at) + 1.175 * Math.cos(4 * at)];
}

/** Places in metres from the first of them. */
function flat(positions, [lng, lat]) {
  const [across, up] = scale(lat);
  return positions.map(([x, y]) => [(x - lng) * across, (y - lat) * up]);
}

const sides = (ring) => ring.map((corner, at) => [corner, ring[(at + 1) % ring.length]]);
const doubled = (ring) => sides(ring).reduce((sum, [[x1, y1], [x2, y2]]) => sum + x1 * y2 - x2 * y1, 0);
const turn = ([ax, ay], [bx, by], [cx, cy]) => Math.sign((bx - ax) * (cy - ay) - (by - ay) * (cx - ax));
const cross = ([a, b], [c, d]) => turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;

/** Square metres of an outline of `[longitude, latitude]`. */
export const areaOf = (ring) => (ring.length < 3 ? 0 : Math.abs(doubled(flat(ring, ring[0])) / 2));

function fromSide([x, y], [[x1, y1], [x2, y2]]) {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const share = dx || dy ? Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy))) : 0;
  return Math.hypot(x - x1 - share * dx, y - y1 - share * dy);
}

const isInside = ([x, y], border) => sides(border).filter(([[x1, y1], [x2, y2]]) => y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1).length % 2 === 1;

/** The smallest distance from the outline to the plot's border, in metres; 0 where it reaches beyond. */
export function setbackOf(ring, border) {
  const [built, plot] = [flat(ring, ring[0]), flat(border, ring[0])];
  const [walls, edges] = [sides(built), sides(plot)];
  if (!built.every((corner) => isInside(corner, plot)) || walls.some((wall) => edges.some((edge) => cross(wall, edge)))) return 0;
  const each = [...edges.flatMap((edge) => built.map((corner) => fromSide(corner, edge))), ...walls.flatMap((wall) => plot.map((corner) => fromSide(corner, wall)))];
  return Math.min(...each);
}
