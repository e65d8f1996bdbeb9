// Reports that wait on this phone for a network, or for their writer to mend what the town refused.
import { Shelf } from "/static/shared/device.mjs";
import { isDraft } from "./draft.mjs";

const shelf = new Shelf("reports");

// A waiting report: `{key, title, fields, body, photos, sent, files, saved}`. `fields`: the form as it was filled in;
// `photos`: files to be sent; `sent`: ids of those that went up; `files`: the files of the last of these, for when the
// town no longer has them; `refused`: the problem, when the town will not take it as it is.
export const put = (report) => shelf.put(report);
export const update = (report) => shelf.update(report);
export const find = (key) => shelf.get(key);
export const drop = (key) => shelf.drop(key);
export const all = async () => (await shelf.all()).filter((one) => !isDraft(one));
