// Says what is wrong with a form: all of it at once, above the form and beside each field.
import { announce, leadToFields } from "/static/shared/forms.mjs";

export function clear(form) {
  form.parentElement.querySelectorAll("[data-error-summary]").forEach((one) => one.remove());
  form.querySelectorAll(".wrong").forEach((one) => one.classList.remove("wrong"));
  form.querySelectorAll("[aria-invalid]").forEach((one) => one.removeAttribute("aria-invalid"));
  form.querySelectorAll(".field-error").forEach((one) => one.remove());
}

/** `wrong`: `[field, what to say]`; in the order of the page, whatever order they come in. */
export function complain(form, wrong) {
  clear(form);
  const found = wrong.map(([name, text]) => ({ field: document.getElementById(name) ?? form.elements.text, text }));
  found.sort(({ field: one }, { field: other }) => (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
  found.forEach(mark);
  const summary = summaryOf(form, found);
  form.before(summary);
  leadToFields(summary);
  summary.focus();
  announce(wrong.map(([, text]) => text).join(" "));
}

const complaint = () => document.getElementById("complaint").content.firstElementChild.cloneNode(true);

function mark({ field, text }) {
  const place = field.closest(".field, fieldset, .map-field");
  field.closest("details")?.setAttribute("open", "");
  const said = complaint();
  said.id = `${field.id}-error`;
  said.querySelector("span").textContent = text;
  place.classList.add("wrong");
  place.querySelector("label, legend, p").after(said);
  const before = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id !== said.id && document.getElementById(id));
  field.setAttribute("aria-describedby", [...before, said.id].join(" "));
  field.setAttribute("aria-invalid", "true");
}

/** As the server draws it for a browser without scripts. */
function summaryOf(form, found) {
  const box = Object.assign(document.createElement("div"), { className: "alert bad error-summary", tabIndex: -1 });
  box.dataset.errorSummary = "";
  box.setAttribute("role", "alert");
  const list = document.createElement("ul");
  list.append(...found.map(({ field, text }) => {
    const item = document.createElement("li");
    item.append(Object.assign(document.createElement("a"), { href: `#${field.id}`, textContent: text }));
    return item;
  }));
  const body = document.createElement("div");
  body.append(Object.assign(document.createElement("strong"), { textContent: form.dataset.errors }), list);
  box.append(complaint().querySelector("svg"), body);
  return box;
}
