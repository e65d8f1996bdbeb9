// The order in which to drive to one's jobs. Pure: tests run it without a browser.
// Not the shortest way of all, which nobody can work out for thirty stops: each time the nearest, then every stretch
// turned round that makes the way shorter so. In the plane: a town is small, and the roads are not known here.

const DEGREE = Math.PI / 180;

/** Metres as the crow flies, for places of one town. */
export function metres([north, east], [otherNorth, otherEast]) {
  const across = (otherEast - east) * Math.cos(((north + otherNorth) / 2) * DEGREE);
  return Math.hypot(otherNorth - north, across) * 111_195;
}

/** The stops in the order of the way from `start`; `first`: those that cannot wait, whatever the way. */
export function route(start, stops) {
  const urgent = way(start, stops.filter(({ first }) => first));
  return [...urgent, ...way(urgent.at(-1)?.at ?? start, stops.filter(({ first }) => !first))];
}

function way(start, stops) {
  return untangled(start, nearestFirst(start, stops));
}

function nearestFirst(start, stops) {
  const left = [...stops];
  const found = [];
  for (let here = start; left.length; here = found.at(-1).at) {
    const gaps = left.map(({ at }) => metres(here, at));
    found.push(...left.splice(gaps.indexOf(Math.min(...gaps)), 1));
  }
  return found;
}

/** Turns a stretch round while that makes the way shorter; the way ends wherever the last stop is. */
function untangled(start, stops) {
  const found = [...stops];
  const at = (index) => (index < 0 ? start : found[index].at);
  const gap = (one, other) => (other < found.length ? metres(at(one), at(other)) : 0);
  for (let better = true; better;) {
    better = false;
    for (let from = 0; from < found.length - 1; from += 1) {
      for (let to = from + 1; to < found.length; to += 1) {
        const beyond = to + 1 < found.length ? metres(at(from), at(to + 1)) : 0;
        if (metres(at(from - 1), at(to)) + beyond < gap(from - 1, from) + gap(to, to + 1) - 1) {
          found.splice(from, to - from + 1, ...found.slice(from, to + 1).reverse());
          better = true;
        }
      }
    }
  }
  return found;
}
