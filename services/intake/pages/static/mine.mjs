// The reports sent from this device, with their secret links, which only this device knows.
import { mine } from "./drafts.mjs";

const box = document.querySelector("[data-mine]");
const reports = mine();
box.hidden = reports.length === 0;
box.querySelector("ul").append(...reports.map(({ reference, secret, category }) => {
  const item = document.createElement("li");
  const link = Object.assign(document.createElement("a"), { className: "row", href: `/track/${reference}?secret=${secret}` });
  const text = document.createElement("span");
  text.append(Object.assign(document.createElement("strong"), { textContent: category ?? reference }), Object.assign(document.createElement("small"), { textContent: reference }));
  link.append(text);
  item.append(link);
  return item;
}));
