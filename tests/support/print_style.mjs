// Prints a town map's style in Thai and English, for tests that compare it with the layers of the command.
import { readFileSync } from "node:fs";

const source = readFileSync(process.argv[2], "utf-8");
const { styleOf, LANDMARKS } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
const fonts = { 400: { thai: "/t", latin: "/l" }, 600: { thai: "/t", latin: "/l" } };
const none = { type: "FeatureCollection", features: [] };
const drawn = (settings, language) => styleOf({ fonts, ...settings }, { zones: none, zoneNames: none }, language, "#0b5d3b");
console.log(JSON.stringify({
  landmarks: Object.keys(LANDMARKS), icons: Object.values(LANDMARKS).map(([icon]) => icon),
  th: drawn({ vector: "https://town.example/town.pmtiles" }, "th"), en: drawn({ vector: "https://town.example/town.pmtiles" }, "en"),
  pictures: drawn({ pictures: { address: "https://tiles.example/{z}/{x}/{y}.png", maxZoom: 18 } }, "th"), bare: drawn({}, "th"),
}));
