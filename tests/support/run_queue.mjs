// Runs the crew's queue without a browser: a shelf in memory, and a town that answers as it is told. Arguments: the module,
// and a file of `{steps, answers, syncs, room, kept, pause, release, back}`. `pause`, `release`: the acts of steps that are,
// before the first sync; `back`: that of a step which is taken back, `backAt` the path whose asking it comes with, else
// before the first sync; `boardless`: no board is open, and what it left is sent. `answers`: by path, one after the other, the last one again; a
// number is a status, "away" no answer. Prints what was asked, how each sync ended, and what is left.
import { readFileSync } from "node:fs";
import { register } from "node:module";
import { pathToFileURL } from "node:url";

const [module, file] = process.argv.slice(2);
const { steps, answers, syncs, room = 99, kept = [], pause = [], release = [], back, backAt, boardless } = JSON.parse(readFileSync(file, "utf-8"));
const shelf = new Map(kept.map((one) => [one.key, one]));
const copy = (one) => ({ ...one, sent: [...one.sent] }); // a clone would lose the names of files
globalThis.device = {
  alone: (_, work) => work(),
  Shelf: class {
    async put(thing) { if (!shelf.has(thing.key) && shelf.size >= room) return false; shelf.set(thing.key, copy(thing)); return true; }
    async update(thing) { if (!shelf.has(thing.key)) return false; shelf.set(thing.key, copy(thing)); return true; }
    async get(key) { return shelf.get(key); }
    async take(key, fits) { const found = shelf.get(key); if (!found || !fits(found)) return null; shelf.delete(key); return found; }
    async all() { return [...shelf.values()].map((one) => copy(one)); }
    async drop(key) { shelf.delete(key); }
  },
};
const stand = `data:text/javascript,${encodeURIComponent("export const { Shelf, alone } = globalThis.device;")}`;
const hook = `export const resolve = (name, context, next) => name === "/static/shared/device.mjs" ? { url: ${JSON.stringify(stand)}, shortCircuit: true } : next(name, context);`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);

const asked = [];
globalThis.fetch = async (address, { body, keepalive }) => {
  const fields = body ? [...body].map(([name, value]) => [name, typeof value === "string" ? value : value.name]) : [];
  asked.push([address, Object.fromEntries(fields), keepalive]);
  if (address === backAt) await takeBack();
  const given = answers[address] ?? [200];
  const answer = given.length > 1 ? given.shift() : given[0];
  if (answer === "away") throw new TypeError("no network");
  const { status = answer, ...data } = typeof answer === "number" ? {} : answer;
  return new Response(JSON.stringify(data), { status, headers: { Date: new Date().toUTCString() } });
};

const { Queue, sendKept } = await import(pathToFileURL(module));
const queue = new Queue("me", "th");
const added = [];
for (const { photos = [], ...step } of steps) {
  added.push(Boolean(await queue.add({ fields: [], about: {}, ...step, photos: photos.map((name) => ["photo", new File(["x"], name)]) })));
}
const those = (acts) => [...shelf.values()].filter(({ act }) => acts.includes(act));
let tookBack = null;
async function takeBack() {
  for (const { key } of those([back])) tookBack = Boolean(await queue.takeBack(key));
}
those(pause).forEach((step) => queue.pause(step));
those(release).forEach((step) => queue.release(step));
if (back && !backAt) await takeBack();
const ended = [];
const settled = [];
for (let turn = 0; turn < syncs; turn += 1) ended.push(await (boardless ? sendKept("th") : queue.sync((step, how) => { settled.push([step.act, how]); })));
const left = [...shelf.values()].map(({ act, person, refused, sent }) => ({ act, person, refused: refused ?? null, sent }));
console.log(JSON.stringify({ tookBack, added, asked, ended, settled, left }));
