// Calls functions of a module of ours: the second argument is a file of `[[name, [arguments]], …]`, what they return is
// printed in the same order.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [module, calls] = process.argv.slice(2);
const known = await import(pathToFileURL(module));
console.log(JSON.stringify(JSON.parse(readFileSync(calls, "utf-8")).map(([name, given]) => known[name](...given) ?? null)));
