// When something happened on a phone whose clock may be wrong, in the town's time. Pure: tests run it without a browser.

const SLACK = 60_000; // ms: what a slow answer makes uncertain
const LIKELY = 2_000; // ms: a clock that is this near is right; the header has whole seconds
export const OLDEST = 7 * 86_400_000; // ms: the town believes no more (`shared/kernel/case.py`)

/** How far the town's clock is ahead of this device's, by an answer's Date header; null when it does not say. */
export function clockBy(header, sent, received) {
  const there = Date.parse(header ?? "");
  if (Number.isNaN(there)) return null;
  const ahead = Math.round(there + 500 - (sent + received) / 2);
  return Math.abs(ahead) < LIKELY ? 0 : ahead;
}

/**
 * The moment of a press, in the town's time. `at`: by the device's clock; `clock`: how far the town's was ahead when the
 * device last heard of it before, and `since`: when that was, in the town's time (null: never). `clockNow`, `now`: the
 * same as it is sent. Somebody may have set the clock in between, or the network did: then what was known before counts,
 * unless it would put the press before that or after now.
 */
export function happenedAt({ at, clock, since }, clockNow, now) {
  const latest = now + clockNow;
  const earliest = since ?? latest - OLDEST;
  const guesses = [clock, clockNow].filter((one) => one !== null && one !== undefined).map((ahead) => at + ahead);
  const likely = guesses.find((one) => one >= earliest - SLACK && one <= latest + SLACK) ?? guesses[0];
  return Math.min(Math.max(likely, earliest), latest);
}
