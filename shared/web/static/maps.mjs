// Loads the map and its library, by far the heaviest thing on a page, only when a map is about to be seen.
const AHEAD = "600px"; // about a screen of a phone before it comes into sight

function load() {
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("vendor/maplibre-gl/maplibre-gl.css", import.meta.url).href });
  document.head.append(style);
  import("./map.mjs");
}

const seen = new IntersectionObserver((entries) => {
  if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
  seen.disconnect();
  load();
}, { rootMargin: AHEAD });

document.querySelectorAll("[data-map]").forEach((map) => seen.observe(map));
