// The links of the reports that were sent from this device or opened on it: only this device knows them.
import { forget, keep, recall } from "/static/shared/device.mjs";

const NAME = "onestop-mine";
const MOST = 30;
const DAYS = 180; // then a report has long been answered, and the phone may have another owner

/** `{reference, secret, party, category, key, at}`, newest first; `party` is a follower's; `category` is null where even that
    is private; `key` is of the form that it was sent from here. */
export function links() {
  const since = Date.now() - DAYS * 86_400_000;
  return (recall(NAME) ?? []).filter(({ at }) => at > since);
}

/** The private link of whoever reported it, or of a follower. */
export const address = ({ reference, secret, party }) => `/track/${reference}?${new URLSearchParams({ ...(party && { party }), secret })}`;

const without = (gone) => links().filter(({ reference }) => reference !== gone);

export function remember(link) {
  const { key } = links().find(({ reference }) => reference === link.reference) ?? {};
  keep(NAME, [{ key, ...link, at: Date.now() }, ...without(link.reference)].slice(0, MOST));
}

export const forgetLink = (reference) => keep(NAME, without(reference));

export const forgetLinks = () => forget(NAME);
