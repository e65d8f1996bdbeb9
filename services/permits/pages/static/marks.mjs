// Marks on the picture of a page: drawn with a pointer, or set and moved by keys. The fields of each mark are what is
// sent; what is drawn follows them, and they follow what is drawn.
import { unturned, unturnedStep } from "./sheet.mjs";

const CORNER = ["left", "top"];
const PLACES = [...CORNER, "width", "height"];
const STEP = 1; // percent of the page for one press of an arrow
const FRAME = { left: 40, top: 45, width: 20, height: 10 }; // one that was set by keys, to be moved
const SMALLEST = 1; // percent: what is drawn smaller is a tap
const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

/** A place within the page, to a tenth of a percent. */
const within = (value, most) => Math.round(Math.min(Math.max(value, 0), most) * 10) / 10;

export class Marking {
  constructor(form) {
    this.form = form;
    this.page = form.dataset.page;
    this.stage = form.querySelector("[data-stage]");
    this.rows = form.querySelector("[data-rows]");
    this.status = form.querySelector("[data-mark-said]");
    this.boxes = new Map(); // of each row that has a place on this page
    this.show();
    this.rows.querySelectorAll("[data-mark]").forEach((row) => this.hear(row));
    form.querySelector("#add-mark").addEventListener("click", () => this.add(FRAME)?.focus());
    this.stage.addEventListener("pointerdown", (event) => this.draw(event));
  }

  /** The picture; where the page cannot be shown, the words and its number are enough. */
  show() {
    const drawn = this.form.querySelector("[data-drawn]");
    const picture = this.stage.querySelector("img");
    picture.addEventListener("load", () => { this.stage.dataset.ready = "yes"; });
    picture.addEventListener("error", () => {
      drawn.hidden = true;
      this.form.querySelector("[data-unshown]").hidden = false;
    });
    drawn.hidden = false;
    picture.src = picture.dataset.src;
  }

  field(row, name) {
    return row.querySelector(`[name="${name}-${row.dataset.mark}"]`);
  }

  /** Where a row is on this page; null: on another, or nowhere. */
  placeOf(row) {
    const [left, top, width, height] = PLACES.map((name) => Number.parseFloat(this.field(row, name).value));
    if (this.field(row, "page").value !== this.page || !Number.isFinite(left) || !Number.isFinite(top) || this.isRemoved(row)) return null;
    return { left, top, width: width || 0, height: height || 0 };
  }

  isRemoved(row) {
    return this.field(row, "remove")?.checked ?? false;
  }

  hear(row) {
    row.addEventListener("input", () => this.follow(row));
    this.follow(row);
  }

  /** The box of a row, as its fields say. */
  follow(row) {
    const place = this.placeOf(row);
    const box = this.boxes.get(row) ?? (place && this.box(row));
    if (!place) {
      box?.remove();
      this.boxes.delete(row);
      return;
    }
    const number = row.dataset.mark;
    const name = this.form.dataset.name.replace("{number}", number);
    box.setAttribute("aria-label", `${name} ${this.field(row, "note").value}`.trim());
    box.firstElementChild.textContent = number;
    box.classList.toggle("pin", !place.width);
    for (const side of PLACES) box.style[side] = CORNER.includes(side) || place.width ? `${place[side]}%` : "";
  }

  box(row) {
    const box = document.createElement("button");
    box.type = "button";
    box.className = "mark";
    box.append(document.createElement("span"));
    box.setAttribute("aria-describedby", "stage-help");
    box.addEventListener("keydown", (event) => this.press(event, row));
    box.addEventListener("click", () => this.field(row, "note").focus());
    this.stage.append(box);
    this.boxes.set(row, box);
    return box;
  }

  /** Arrows move it, with Shift they change its size; Delete takes it away. */
  press(event, row) {
    if (event.key === "Delete") {
      event.preventDefault();
      this.remove(row);
      return;
    }
    if (!ARROWS[event.key]) return;
    event.preventDefault();
    const [right, down] = unturnedStep(ARROWS[event.key], this.turns);
    const place = this.placeOf(row);
    if (!event.shiftKey) this.place(row, { ...place, left: place.left + right, top: place.top + down });
    else if (place.width) this.place(row, { ...place, width: place.width + right, height: place.height + down });
    else this.place(row, { ...place, width: FRAME.width, height: FRAME.height }); // a pin becomes a frame
  }

  /** Writes a place into the fields; a frame ends where the page does. */
  place(row, { left, top, width, height }) {
    const size = width > 0 && height > 0 ? { width: within(width, 100), height: within(height, 100) } : { width: 0, height: 0 };
    const at = { left: within(left, 100 - size.width), top: within(top, 100 - size.height), ...size };
    for (const name of PLACES) this.field(row, name).value = CORNER.includes(name) || at.width ? at[name] : "";
    this.follow(row);
    this.status.textContent = this.form.dataset.said.replace("{number}", row.dataset.mark).replace("{left}", at.left).replace("{top}", at.top);
  }

  /** A mark at that place, in the first row that nothing is written in; its box. Undefined: there are enough. */
  add(place) {
    const row = this.emptyRow();
    if (!row) return undefined;
    this.field(row, "page").value = this.page;
    this.place(row, place);
    return this.boxes.get(row);
  }

  emptyRow() {
    const rows = [...this.rows.querySelectorAll("[data-mark]")];
    const empty = rows.find((row) => ["note", ...PLACES].every((name) => !this.field(row, name).value));
    if (empty || rows.length >= Number(this.form.dataset.most)) return empty;
    const made = document.createElement("div");
    made.innerHTML = this.form.querySelector("[data-row]").innerHTML.replaceAll("NUMBER", rows.length + 1);
    const row = made.firstElementChild;
    this.rows.append(row);
    this.hear(row);
    return row;
  }

  /** Its fields are empty again, which is how a mark goes. */
  remove(row) {
    for (const name of ["note", ...PLACES]) this.field(row, name).value = "";
    this.follow(row);
    this.status.textContent = this.form.dataset.removed.replace("{number}", row.dataset.mark);
    this.form.querySelector("#add-mark").focus();
  }

  /** A frame from where the pointer goes down to where it is lifted, a pin where it was not moved; on a mark, the mark
   *  moves. A finger that scrolls draws nothing: the browser takes it back. */
  draw(event) {
    if (event.button !== 0) return;
    const row = [...this.boxes].find(([, box]) => box.contains(event.target))?.[0];
    const from = this.at(event);
    const before = row && this.placeOf(row);
    const sketch = row ? null : this.sketch();
    let moved = false;
    const move = (now) => {
      const to = this.at(now);
      moved ||= Math.hypot(to.left - from.left, to.top - from.top) > SMALLEST;
      if (row && moved) this.place(row, { ...before, left: before.left + to.left - from.left, top: before.top + to.top - from.top });
      if (sketch) for (const [side, value] of Object.entries(spanned(from, to))) sketch.style[side] = `${value}%`;
    };
    const ends = new AbortController();
    const end = () => { sketch?.remove(); ends.abort(); };
    const { signal } = ends;
    addEventListener("pointermove", move, { signal });
    addEventListener("pointercancel", end, { signal });
    addEventListener("pointerup", (last) => {
      end();
      if (row) return;
      const place = spanned(from, this.at(last));
      const isFrame = place.width > SMALLEST && place.height > SMALLEST;
      const box = this.add(isFrame ? place : { ...from, width: 0, height: 0 });
      const drawn = [...this.boxes].find(([, one]) => one === box)?.[0];
      if (drawn) this.field(drawn, "note").focus();
    }, { signal });
  }

  sketch() {
    const sketch = document.createElement("div");
    sketch.className = "drawing";
    this.stage.append(sketch);
    return sketch;
  }

  get turns() {
    return Number(this.stage.dataset.turns ?? 0);
  }

  /** Where a pointer is, in percent of the page, which may be seen turned. */
  at({ clientX, clientY }) {
    const { left, top, width, height } = this.stage.getBoundingClientRect();
    const { x, y } = unturned({ x: (clientX - left) / width, y: (clientY - top) / height }, this.turns);
    return { left: within(x * 100, 100), top: within(y * 100, 100) };
  }
}

/** The frame between two corners. */
export function spanned(one, other) {
  const [left, top] = [Math.min(one.left, other.left), Math.min(one.top, other.top)];
  return { left, top, width: Math.abs(one.left - other.left), height: Math.abs(one.top - other.top) };
}

if (typeof document !== "undefined") document.querySelectorAll("[data-marking]").forEach((form) => new Marking(form));
