// What is proposed, on the map: its plot, its mass and the shadow that the server has computed.
const NONE = { type: "FeatureCollection", features: [] };
const COLOURS = ["--plan-mass", "--plan-second"];
export const MASSES = COLOURS.map((_, number) => `proposed-mass-${number}`);
const APART = 1.01; // the second is so much larger: walls that coincide would flicker

export class Proposals {
  constructor(map, colour) {
    this.map = map;
    ["shadow", "parcel", "mass"].forEach((part) => map.addSource(`proposed-${part}`, { type: "geojson", data: NONE }));
    const tone = ["match", ["get", "number"], 1, colour(COLOURS[1]), colour(COLOURS[0])];
    map.addLayer({ id: "proposed-shadow", type: "fill", source: "proposed-shadow", paint: { "fill-color": colour("--plan-shadow"), "fill-opacity": 0.4 } }, "plan-buildings");
    map.addLayer({ id: "proposed-parcel", type: "line", source: "proposed-parcel", paint: { "line-color": tone, "line-width": 3, "line-dasharray": [2, 1] } }, "plan-buildings");
    MASSES.forEach((id, number) => map.addLayer({ id, type: "fill-extrusion", source: "proposed-mass", filter: ["==", ["get", "number"], number], paint: { "fill-extrusion-color": colour(COLOURS[number]), "fill-extrusion-height": ["get", "height"], "fill-extrusion-opacity": number ? 0.45 : 0.85 } }));
  }

  /** `proposals`: as the page's own data holds them. The light comes from where the sun stands. */
  show(proposals) {
    ["shadow", "parcel", "mass"].forEach((part) => {
      const features = proposals.map((one, number) => one[part] && { ...one[part], geometry: part === "mass" && number ? larger(one[part].geometry) : one[part].geometry, properties: { ...one[part].properties, number } }).filter(Boolean);
      this.map.getSource(`proposed-${part}`).setData({ type: "FeatureCollection", features });
    });
    this.map.setPaintProperty(MASSES[0], "fill-extrusion-opacity", proposals.length > 1 ? 0.55 : 0.85); // one shines through the other
    const sun = proposals.find((one) => one.sun)?.sun;
    this.map.setLight(sun ? { anchor: "map", position: [1.3, sun.azimuth, 90 - sun.elevation], intensity: 0.45 } : { anchor: "viewport", position: [1.15, 210, 30], intensity: 0.35 });
  }

  /** One of two masses hides the other: each can be taken away. */
  choose(number, visible) {
    this.map.setLayoutProperty(MASSES[number], "visibility", visible ? "visible" : "none");
  }
}

function larger({ type, coordinates }) {
  return { type, coordinates: coordinates.map((ring) => {
    const middle = [0, 1].map((axis) => ring.slice(1).reduce((sum, at) => sum + at[axis], 0) / (ring.length - 1));
    return ring.map((at) => at.map((degree, axis) => middle[axis] + (degree - middle[axis]) * APART));
  }) };
}
