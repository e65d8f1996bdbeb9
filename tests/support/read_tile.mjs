// Prints a vector tile as the pages' map library reads it: of every layer the features' types, properties and lines.
import { readFileSync } from "node:fs";
import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";

const { layers } = new VectorTile(new PbfReader(readFileSync(process.argv[2])));
const featuresOf = (layer) => Array.from({ length: layer.length }, (_, at) => layer.feature(at));
const lines = (feature) => feature.loadGeometry().map((line) => line.map(({ x, y }) => [x, y]));
const said = (feature) => ({ type: feature.type, properties: feature.properties, lines: lines(feature) });
console.log(JSON.stringify(Object.fromEntries(Object.entries(layers).map(([name, layer]) => [
  name, { version: layer.version, extent: layer.extent, features: featuresOf(layer).map(said) },
]))));
