// The desk by keys: through its rows, open one, say which keys there are. Never while somebody types; to be switched off.
import { announce } from "/static/shared/forms.mjs";

const OFF = "desk-keys-off";
const ROWS = "[data-work] h3 a, .reference-cell a";
const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
// On a Thai keyboard the same keys say other letters: then the place of the key counts.
const NAMES = { KeyJ: "j", KeyK: "k", KeyO: "o" };

const dialog = document.querySelector("[data-keys]");
const opener = document.querySelector("[data-keys-open]");
const on = dialog.querySelector("[data-keys-on]");

function stored() {
  try {
    return localStorage.getItem(OFF) === null;
  } catch {
    return true; // a browser that keeps nothing
  }
}

function keyOf(event) {
  if (event.key === "?" || (event.shiftKey && event.code === "Slash")) return "?";
  if (event.shiftKey) return "";
  return /^[a-z]$/.test(event.key) ? event.key : NAMES[event.code] ?? "";
}

function go(step) {
  const rows = [...document.querySelectorAll(ROWS)].filter((one) => one.checkVisibility());
  if (!rows.length) return;
  const here = rows.findIndex((one) => one.closest("tr, article").contains(document.activeElement));
  const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : here + step;
  if (next < 0 || next >= rows.length) return announce(dialog.dataset.end);
  rows[next].focus();
  rows[next].closest("tr, article").scrollIntoView({ block: "nearest" });
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
  if (!on.checked || dialog.open || event.target.closest?.(TYPING)) return;
  const key = keyOf(event);
  if (key === "j" || key === "k") go(key === "j" ? 1 : -1);
  else if (key === "o") document.activeElement.closest("tr, article")?.querySelector(ROWS.replaceAll("[data-work] ", ""))?.click();
  else if (key === "?") dialog.showModal();
  else return;
  event.preventDefault();
});

on.checked = stored();
on.addEventListener("change", () => {
  try {
    if (on.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "yes");
  } catch {
    // for this page alone, then
  }
  announce(on.checked ? dialog.dataset.said : dialog.dataset.saidOff);
});
opener.hidden = false;
opener.addEventListener("click", () => dialog.showModal());
