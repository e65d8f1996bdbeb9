// The links of the reports that were sent from this device or opened on it: only this device knows them.
import { forget, keep, recall } from "/static/shared/device.mjs";

const NAME = "onestop-mine";
const MOST = 30;
const DAYS = 180; // then a report has long been answered, and the phone may have another owner

/** `{reference, secret, party, category, at}`, newest first; `party` is a follower's; `category` is null where even that is private. */
export function links() {
  const since = Date.now() - DAYS * 86_400_000;
  return (recall(NAME) ?? []).filter(({ at }) => at > since);
}

const without = (gone) => links().filter(({ reference }) => reference !== gone);

export function remember(link) {
  keep(NAME, [{ ...link, at: Date.now() }, ...without(link.reference)].slice(0, MOST));
}

export const forgetLink = (reference) => keep(NAME, without(reference));

export const forgetLinks = () => forget(NAME);
