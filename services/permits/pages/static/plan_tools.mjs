// What a tap on the plan's map means: look, draw the footprint, measure a distance, measure heights.
import { Corners, lengthOf, onTap } from "./corners.mjs";
import { areaOf } from "./measures.mjs";
import { MASSES } from "./plan_proposals.mjs";

const LOOK_AT = ["plan-permits", ...MASSES, "plan-buildings", "plan-ground"];
const HIGH = [...MASSES, "plan-buildings"];

export class Tools {
  /** `said`: the page's sentences; `opened(feature, at)`: shows what was tapped; `drawn()`: the footprint has changed. */
  constructor({ root, map, colour, field, opened, drawn }) {
    Object.assign(this, { root, map, field, opened, drawn, tool: "look", before: null });
    this.status = root.querySelector("[data-plan-said]");
    this.corners = new Corners(map, "drawn", colour("--plan-mass"), true);
    this.line = new Corners(map, "measured", colour("--accent"), false);
    this.corners.read(field.value);
    root.querySelectorAll("[data-plan-tool]").forEach((button) => button.addEventListener("click", () => this.take(button.dataset.planTool)));
    root.querySelector("[data-plan-here]").addEventListener("click", () => this.use(map.getCenter()));
    root.querySelector("[data-plan-undo]").addEventListener("click", () => { this.places.undo(); this.tell(); });
    root.querySelector("[data-plan-clear]").addEventListener("click", () => { this.places.clear(); this.tell(); });
    field.addEventListener("change", () => this.corners.read(field.value));
    onTap(map, (at) => this.use(at));
    map.getCanvas().addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.use(map.getCenter());
    });
  }

  get places() {
    return this.tool === "distance" ? this.line : this.corners;
  }

  take(tool) {
    this.tool = tool;
    this.before = null;
    this.map.doubleClickZoom[tool === "look" ? "enable" : "disable"](); // two quick taps are two places, or one: no nearer view
    this.root.querySelectorAll("[data-plan-tool]").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.planTool === tool)));
    this.root.querySelector("[data-plan-corners]").hidden = !["draw", "distance"].includes(tool);
    this.root.querySelector("[data-map-box]").classList.toggle("plan-aiming", tool !== "look");
    if (tool !== "distance") this.line.clear();
    this.say(`say-${tool}`);
  }

  use(at) {
    if (this.tool === "look") return this.look(at);
    if (this.tool === "heights") return this.measureHeight(at);
    this.places.add(at);
    this.tell();
  }

  tell() {
    if (this.tool === "distance") return this.say("said-distance", { metres: lengthOf(this.line.places).toFixed(1) });
    this.field.value = this.corners.text;
    this.say("said-drawn", { corners: this.corners.places.length, area: areaOf(this.corners.ring).toFixed(0) });
    if (this.corners.places.length !== 1 && this.corners.places.length !== 2) this.drawn();
  }

  under(at, layers) {
    const spot = this.map.project(at);
    return this.map.queryRenderedFeatures([[spot.x - 3, spot.y - 3], [spot.x + 3, spot.y + 3]], { layers })[0];
  }

  look(at) {
    const found = this.under(at, LOOK_AT);
    if (found) this.opened(found, at);
  }

  measureHeight(at) {
    const found = this.under(at, HIGH);
    if (!found) return this.say("said-nothing");
    const metres = found.properties.height_m ?? found.properties.height;
    const difference = this.before === null ? null : Math.abs(metres - this.before);
    this.before = metres;
    this.say(difference === null ? "said-height" : "said-difference", { metres: metres.toFixed(1), difference: difference?.toFixed(1) });
  }

  say(key, values = {}) {
    const name = key.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
    this.status.textContent = Object.entries(values).reduce((text, [hole, value]) => text.replace(`{${hole}}`, value), this.root.dataset[name]);
  }
}
