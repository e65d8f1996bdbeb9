// What the plan knows of a plot and of what is drawn on it, said at the fields that declare the same: a value to take, or
// that the two contradict each other.
import { plain } from "/static/shared/map/degrees.mjs";

const near = {
  area: (one, other, [, percent]) => Math.abs(one - other) * 100 <= percent * Math.max(one, other),
  distance: (one, other, [metres]) => Math.abs(one - other) <= metres,
};

/** One field of the form with the line beneath it. */
class Field {
  constructor(input, kind, said) {
    Object.assign(this, { input, kind, said, measured: null });
    this.line = noteAt(input);
    this.take = Object.assign(document.createElement("button"), { type: "button", className: "button plain", textContent: said.take });
    this.take.addEventListener("click", () => {
      input.value = this.measured;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
    input.addEventListener("input", () => this.tell());
  }

  show(measured) {
    this.measured = measured === null ? null : measured.toFixed(2);
    this.tell();
  }

  tell() {
    const { input, line, said, measured } = this;
    const declared = plain(input.value).replaceAll(",", "");
    const agrees = near[this.kind](Number(declared), Number(measured), said.tolerance);
    const words = measured === null ? "" : declared === "" ? said.offer : agrees ? said.agrees : said.differs;
    line.replaceChildren(words.replace("{value}", said[this.kind].replace("{value}", measured)));
    line.classList.toggle("differs", words === said.differs);
    if (measured !== null && (declared === "" || !agrees)) line.append(" ", this.take);
  }
}

/** A line beneath a field that is read aloud when it changes. */
export function noteAt(input) {
  const line = Object.assign(document.createElement("p"), { className: "measured" });
  line.setAttribute("role", "status");
  input.after(line);
  return line;
}

/** The fields of a form that the map can measure: those of them that it asks for. */
export class Declared {
  constructor(form, said) {
    const field = (name, kind) => form.elements[name] && new Field(form.elements[name], kind, said);
    this.fields = { plot: field("f_plot_area_m2", "area"), covered: field("f_covered_area_m2", "area"), setback: field("f_setback_m", "distance") };
  }

  /** Square metres, square metres and metres; null for what nobody knows. */
  show(measured) {
    Object.entries(measured).forEach(([name, value]) => this.fields[name]?.show(value));
  }
}
