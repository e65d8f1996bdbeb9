// The town plan's page: the map, and the form beside it without a new page. The server says what a proposal is worth.
import { announce } from "/static/shared/forms.mjs";

const root = document.querySelector("[data-plan]");
const form = document.querySelector("[data-plan-form]");
const TILTED = 55;
const PLOT = 18.2; // the zoom at which a plot and its neighbours fill a phone
const QUARTER = 16.2;

const proposals = () => JSON.parse(document.querySelector("[data-plan-result]").dataset.proposals);

async function draw() {
  const [{ colour, maplibre, townMap }, { PlanLayers }, { Proposals }, { Tools }] = await Promise.all([
    import("/static/shared/map/engine.mjs"), import("./plan_layers.mjs"), import("./plan_proposals.mjs"), import("./plan_tools.mjs"),
  ]);
  const box = root.querySelector("[data-map-box]");
  const { map } = await townMap(box, { cooperativeGestures: true, maxPitch: 75, maxZoom: 21, dragRotate: true, pitchWithRotate: true, touchPitch: true, ...camera() });
  map.touchZoomRotate.enableRotation();
  map.keyboard.enableRotation();
  map.addControl(new maplibre.FullscreenControl(), "top-right");
  const layers = new PlanLayers(map, colour);
  const shown = new Proposals(map, colour);
  shown.show(proposals());
  both(shown);
  const tools = new Tools({ root, map, colour, field: form.elements.footprint, opened: (found, at) => open(maplibre, map, found, at), drawn: () => ask() });
  bar(map, layers);
  map.on("moveend", () => remember(map));
  document.addEventListener("plan:tried", () => { shown.show(proposals()); both(shown); });
  form.addEventListener("reset", () => tools.corners.clear());
  await layers.start();
  map.once("idle", () => { box.dataset.plan = "drawn"; }); // tests wait for it
}

/** Where to look from: what the link says, else at the proposal, else at the parcels. */
function camera() {
  const [zoom, lat, lng, bearing, pitch] = (new URLSearchParams(location.hash.slice(1)).get("view") ?? "").split("/").map(Number);
  if ([zoom, lat, lng, bearing, pitch].every(Number.isFinite) && zoom) return { zoom, center: [lng, lat], bearing, pitch };
  const [first] = proposals();
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return { center: first?.at ?? JSON.parse(root.dataset.start), zoom: first ? PLOT : QUARTER, pitch: still ? 0 : TILTED, bearing: still ? 0 : -20 };
}

function remember(map) {
  const { lat, lng } = map.getCenter();
  const view = [map.getZoom().toFixed(2), lat.toFixed(6), lng.toFixed(6), map.getBearing().toFixed(0), map.getPitch().toFixed(0)].join("/");
  history.replaceState(null, "", `${location.pathname}${location.search}#view=${view}`);
}

function bar(map, layers) {
  root.querySelector("[data-plan-tools]").hidden = false;
  root.querySelector("[data-plan-layers]").open = matchMedia("(min-width: 64rem)").matches;
  root.querySelectorAll("[data-plan-layer]").forEach((box) => box.addEventListener("change", () => layers.show(box.dataset.planLayer, box.checked)));
  root.querySelectorAll("[data-plan-turn]").forEach((button) => button.addEventListener("click", () => map.easeTo({ bearing: map.getBearing() + Number(button.dataset.planTurn) })));
  const tilt = root.querySelector("[data-plan-tilt]");
  const say = () => tilt.setAttribute("aria-pressed", String(map.getPitch() > 10));
  tilt.addEventListener("click", () => map.easeTo({ pitch: map.getPitch() > 10 ? 0 : TILTED }));
  map.on("pitchend", say);
  say();
}

/** Which colour is which of two proposals, each to be looked at alone. */
function both(shown) {
  root.querySelector("[data-plan-both]").hidden = proposals().length < 2;
  root.querySelectorAll("[data-plan-mass]").forEach((box) => { box.onchange = () => shown.choose(Number(box.dataset.planMass), box.checked); });
}

/** A card at what was tapped, with a way on. */
function open(maplibre, map, found, at) {
  const card = Object.assign(document.createElement("div"), { className: "map-cards" });
  const add = (name, properties) => card.appendChild(Object.assign(document.createElement(name), properties));
  const { properties, layer } = found;
  const said = (key, name, value) => root.dataset[key].replace(`{${name}}`, value);
  if (layer.id === "plan-permits") {
    add("strong", { textContent: said("saidPermits", "count", properties.count) });
    JSON.parse(properties.permits).forEach((one) => add("a", { className: "map-card", href: `/verify/${one.verify_code}`, textContent: `${one.number} · ${one.type_name}` }));
  } else if (layer.id === "plan-ground") {
    add("strong", { textContent: said("saidParcel", "deed", properties.deed_number) });
    const button = add("button", { className: "button primary", type: "button", textContent: root.dataset.take });
    button.addEventListener("click", () => { popup.remove(); take(properties.deed_number); });
  } else {
    add("strong", { textContent: said("saidBuilding", "metres", properties.height_m ?? properties.height) });
  }
  const popup = new maplibre.Popup({ offset: 10, maxWidth: "19rem", focusAfterOpen: true }).setLngLat(at).setDOMContent(card).addTo(map);
}

function take(deed) {
  form.elements.deed.value = deed;
  form.elements.footprint.value = "";
  form.elements.latitude.value = "";
  form.elements.longitude.value = "";
  form.elements.footprint.dispatchEvent(new Event("change"));
  ask({ announced: true });
}

/** The same page with the form's values: its result takes the place of the one before. What is wrong, a new page says. */
async function ask({ announced = false } = {}) {
  const sent = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
  const address = `${form.getAttribute("action")}?${sent}`;
  const answer = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) {
    if (announced) location.assign(address);
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [now, next] = [document, page].map((one) => one.querySelector("[data-plan-result]"));
  now.replaceChildren(...next.childNodes);
  now.dataset.proposals = next.dataset.proposals;
  history.replaceState(null, "", `${address}${location.hash}`);
  sharing();
  document.dispatchEvent(new Event("plan:tried"));
  const outcome = now.querySelector(".badge")?.textContent.trim();
  if (outcome) announce(outcome);
}

function sharing() {
  document.querySelectorAll("[data-plan-share]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const done = await navigator.clipboard.writeText(location.href).then(() => true, () => false);
      const said = done ? button.dataset.shared : button.dataset.failed;
      button.querySelector("span").textContent = said;
      announce(said);
    });
  });
}

form.addEventListener("submit", (event) => { event.preventDefault(); ask({ announced: true }); });
form.addEventListener("change", () => { if (form.elements.deed.value || form.elements.footprint.value) ask(); });
sharing();
draw().catch((error) => {
  root.querySelector("[data-map-box]").closest(".map-field").classList.add("map-failed");
  console.warn("plan:", error.message);
});
