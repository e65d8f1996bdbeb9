// What is proposed, on the map: its plot, its mass and the shadow that the server has computed.
const NONE = { type: "FeatureCollection", features: [] };
const COLOURS = ["--plan-mass", "--plan-second"];

export class Proposals {
  constructor(map, colour) {
    this.map = map;
    ["shadow", "parcel", "mass"].forEach((part) => map.addSource(`proposed-${part}`, { type: "geojson", data: NONE }));
    const tone = ["match", ["get", "number"], 1, colour(COLOURS[1]), colour(COLOURS[0])];
    map.addLayer({ id: "proposed-shadow", type: "fill", source: "proposed-shadow", paint: { "fill-color": colour("--plan-shadow"), "fill-opacity": 0.4 } }, "plan-buildings");
    map.addLayer({ id: "proposed-parcel", type: "line", source: "proposed-parcel", paint: { "line-color": tone, "line-width": 3, "line-dasharray": [2, 1] } }, "plan-buildings");
    map.addLayer({ id: "proposed-mass", type: "fill-extrusion", source: "proposed-mass", paint: { "fill-extrusion-color": tone, "fill-extrusion-height": ["get", "height"], "fill-extrusion-opacity": 0.85 } });
  }

  /** `proposals`: as the page's own data holds them. The light comes from where the sun stands. */
  show(proposals) {
    ["shadow", "parcel", "mass"].forEach((part) => {
      const features = proposals.map((one, number) => one[part] && { ...one[part], properties: { ...one[part].properties, number } }).filter(Boolean);
      this.map.getSource(`proposed-${part}`).setData({ type: "FeatureCollection", features });
    });
    const sun = proposals.find((one) => one.sun)?.sun;
    this.map.setLight(sun ? { anchor: "map", position: [1.3, sun.azimuth, 90 - sun.elevation], intensity: 0.45 } : { anchor: "viewport", position: [1.15, 210, 30], intensity: 0.35 });
  }
}
