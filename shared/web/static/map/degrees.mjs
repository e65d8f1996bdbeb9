// Degrees as people type them: in Thai digits too, latitude first. What is not understood is never taken for nothing.

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)$/;

/** Digits of every script as 0-9: those of one script stand together, ten by ten, from its nought on. */
const digit = (one) => {
  let from = one.codePointAt(0);
  while (/\p{Nd}/u.test(String.fromCodePoint(from - 1))) from -= 1;
  return String((one.codePointAt(0) - from) % 10);
};

export const plain = (text) => text.normalize("NFKC").replace(/\p{Nd}/gu, digit).replaceAll("\u2212", "-").trim();

/** The place, or null for what is none. */
export function readPlace(latitude, longitude) {
  const [lat, lng] = [latitude, longitude].map((part) => (NUMBER.test(plain(part)) ? Number(plain(part)) : NaN));
  return Math.abs(lat) <= 90 && Math.abs(lng) <= 180 ? { lat, lng } : null;
}

/** The places of a text, one on each line, and the lines that are none. */
export function readPlaces(text) {
  const lines = text.split("\n").filter((line) => line.trim());
  const read = lines.map((line) => {
    const parts = plain(line).replaceAll(",", " ").trim().split(/\s+/);
    return parts.length === 2 ? readPlace(...parts) : null;
  });
  return { places: read.filter(Boolean), unread: lines.filter((_, at) => !read[at]) };
}

/** And back, with the lines that were not understood at the end, where whoever wrote them sees them. */
export const writePlaces = (places, unread) => [...places.map(({ lng, lat }) => `${lat.toFixed(7)}, ${lng.toFixed(7)}`), ...unread].join("\n");
