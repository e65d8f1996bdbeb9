// A page to be read closely: larger step by step, turned, moved under the hand, and measured by a scale that whoever
// reads it sets from two points of a known distance. What is drawn on it keeps its place in the page's own directions.

const STEPS = [1, 1.5, 2, 3, 4, 6];
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ENDS = [{ x: 0.35, y: 0.5 }, { x: 0.65, y: 0.5 }]; // of a line that was asked for by keys
const [COARSE, FINE] = [0.01, 0.001]; // of the page's width for one press of an arrow; fine with Shift
const TURNS = ["", "rotate(90deg) translateY(-100%)", "rotate(180deg) translate(-100%, -100%)", "rotate(270deg) translateX(-100%)"];

/** A place of what is seen, both from 0 to 1, as the page has it that was turned so often by 90° to the right. */
export const unturned = ({ x, y }, turns) => [{ x, y }, { x: y, y: 1 - x }, { x: 1 - x, y: 1 - y }, { x: 1 - y, y: x }][turns % 4];

/** A step of what is seen, likewise. */
export const unturnedStep = ([x, y], turns) => [[x, y], [y, -x], [-x, -y], [-y, x]][turns % 4];

/** How far two places are apart in widths of the page, which is `shape` times as high as it is wide. */
export const apart = ([one, other], shape) => Math.hypot(one.x - other.x, (one.y - other.y) * shape);

export class Sheet {
  constructor(root) {
    this.root = root;
    [this.view, this.frame, this.stage] = [".stage-view", ".stage-frame", "[data-stage]"].map((one) => root.querySelector(one));
    this.picture = this.stage.querySelector("img");
    this.ends = [...this.stage.querySelectorAll("[data-end]")];
    this.line = this.stage.querySelector("line");
    [this.step, this.turns, this.places, this.shape] = [0, 0, null, 1];
    const on = (name, act) => root.querySelector(`#sheet-${name}`).addEventListener("click", act);
    on("larger", () => this.zoom(1));
    on("smaller", () => this.zoom(-1));
    on("turn", () => { this.turns = (this.turns + 1) % 4; this.fit(); });
    on("scale", () => this.setScale());
    root.querySelector("[data-known]").addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // it would send the marks
      this.setScale();
    });
    root.querySelectorAll("[name=tool]").forEach((one) => one.addEventListener("change", () => this.take(one.value)));
    this.stage.addEventListener("pointerdown", (event) => this.press(event), { capture: true });
    this.ends.forEach((end, index) => end.addEventListener("keydown", (event) => this.nudge(event, index)));
    this.picture.addEventListener("load", () => {
      this.shape = this.picture.naturalHeight / this.picture.naturalWidth;
      this.fit();
    });
    new ResizeObserver(() => this.fit()).observe(this.root);
    this.take("mark");
  }

  /** How many metres the page is wide; kept for as long as the browser's tab is open. */
  get scale() {
    return Number(sessionStorage.getItem(this.root.dataset.scaleOf)) || 0;
  }

  take(tool) {
    this.stage.dataset.tool = tool;
    this.root.querySelector("[data-measuring]").hidden = tool !== "measure";
    if (tool === "measure") this.measure(this.places ?? ENDS);
  }

  zoom(by) {
    this.step = Math.min(Math.max(this.step + by, 0), STEPS.length - 1);
    const large = this.picture.dataset.large;
    if (this.step > 1 && !this.picture.src.endsWith(large)) this.picture.src = large;
    this.fit();
  }

  /** As wide as there is room, times the step; what was in the middle stays there. */
  fit() {
    const { view } = this;
    const middle = [(view.scrollLeft + view.clientWidth / 2) / view.scrollWidth, (view.scrollTop + view.clientHeight / 2) / view.scrollHeight];
    const lies = this.turns % 2 === 1;
    const width = (lies ? view.clientWidth / this.shape : view.clientWidth) * STEPS[this.step];
    const [across, down] = lies ? [width * this.shape, width] : [width, width * this.shape];
    Object.assign(this.stage.style, { width: `${width}px`, transform: TURNS[this.turns] });
    Object.assign(this.frame.style, { width: `${across}px`, height: `${down}px` });
    this.stage.dataset.turns = this.turns;
    view.toggleAttribute("data-zoomed", this.step > 0);
    view.scrollTo(middle[0] * view.scrollWidth - view.clientWidth / 2, middle[1] * view.scrollHeight - view.clientHeight / 2);
    this.root.querySelector("[data-zoom]").textContent = `${STEPS[this.step] * 100}%`;
    this.root.querySelector("#sheet-smaller").disabled = this.step === 0;
    this.root.querySelector("#sheet-larger").disabled = this.step === STEPS.length - 1;
  }

  at({ clientX, clientY }) {
    const { left, top, width, height } = this.stage.getBoundingClientRect();
    const part = (value, most) => Math.min(Math.max(value / most, 0), 1);
    return unturned({ x: part(clientX - left, width), y: part(clientY - top, height) }, this.turns);
  }

  /** Moves the page, or draws the line that is measured; with the third tool it is marked, which is not done here. */
  press(event) {
    const { tool } = this.stage.dataset;
    if (tool === "mark" || event.button !== 0) return;
    event.stopPropagation();
    event.preventDefault();
    const from = [this.view.scrollLeft + event.clientX, this.view.scrollTop + event.clientY];
    const end = this.ends.indexOf(event.target.closest("[data-end]"));
    const fixed = end < 0 ? this.at(event) : this.places[1 - end];
    const move = (now) => {
      if (tool === "move") this.view.scrollTo(from[0] - now.clientX, from[1] - now.clientY);
      else this.measure(end === 0 ? [this.at(now), fixed] : [fixed, this.at(now)]);
    };
    const over = new AbortController();
    addEventListener("pointermove", move, { signal: over.signal });
    for (const last of ["pointerup", "pointercancel"]) addEventListener(last, () => over.abort(), { signal: over.signal });
  }

  /** Arrows move one end of the line. */
  nudge(event, index) {
    const step = KEYS[event.key];
    if (!step) return;
    event.preventDefault();
    const [right, down] = unturnedStep(step, this.turns).map((one) => one * (event.shiftKey ? FINE : COARSE));
    const place = this.places[index];
    const moved = { x: Math.min(Math.max(place.x + right, 0), 1), y: Math.min(Math.max(place.y + down / this.shape, 0), 1) };
    this.measure(this.places.map((one, other) => (other === index ? moved : one)));
  }

  measure(places) {
    this.places = places;
    places.forEach((place, index) => {
      Object.assign(this.ends[index].style, { left: `${place.x * 100}%`, top: `${place.y * 100}%` });
      this.line.setAttribute(`x${index + 1}`, `${place.x * 100}%`);
      this.line.setAttribute(`y${index + 1}`, `${place.y * 100}%`);
    });
    const length = apart(places, this.shape) * this.scale;
    const { measured, unmeasured } = this.root.dataset;
    this.root.querySelector("[data-length]").textContent = this.scale ? measured.replace("{metres}", length.toFixed(2)) : unmeasured;
  }

  /** The line that is drawn is so many metres long. */
  setScale() {
    const typed = this.root.querySelector("[data-known]");
    const [metres, widths] = [Number.parseFloat(typed.value), apart(this.places, this.shape)];
    if (!(metres > 0) || !(widths > 0)) {
      typed.focus();
      return;
    }
    sessionStorage.setItem(this.root.dataset.scaleOf, String(metres / widths));
    this.measure(this.places);
  }
}

if (typeof document !== "undefined") document.querySelectorAll("[data-drawn]").forEach((root) => new Sheet(root));
