// Maps of a page: each loads when it comes near the screen, since the drawing library is larger than any page. The
// fields, the list and the picture beside a map hold the truth, so that a page works just as well where there is none.
import { announce } from "./forms.mjs";

const NEAR = "600px"; // about a screen of a phone before it comes into sight

function whenNear(root, start) {
  const watch = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    watch.disconnect();
    root.classList.add("map-busy");
    start().finally(() => root.classList.remove("map-busy"));
  }, { rootMargin: NEAR });
  watch.observe(root.querySelector("[data-map-box]"));
}

/** Why there is no map, for who waits for it; the rest of the page goes on. */
function failed(root, error) {
  root.classList.add("map-failed");
  announce(root.querySelector("[data-map-fallback]")?.textContent);
  console.warn("map:", error.message);
}

async function pick(root) {
  const { Picker } = await import("./map/picker.mjs");
  const picker = new Picker(root);
  whenNear(root, () => picker.draw().catch((error) => failed(root, error)));
}

function show(root) {
  whenNear(root, () => import("./map/show.mjs").then(({ showPlaces }) => showPlaces(root)).catch((error) => failed(root, error)));
}

document.querySelectorAll('[data-map="pick"]').forEach(pick);
document.querySelectorAll('[data-map="show"]').forEach(show);
